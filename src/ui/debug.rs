//! Figures for developers over the window: how long frames take, what they are made of, how much memory there is.
//! While it is closed nothing is measured, and open it asks for no frame of its own.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use eframe::egui::{Align2, Context, Frame, Id, Order, RichText, vec2};

use super::theme;
use crate::locale::reader;
use crate::t;

/// Frames that the figures are taken from.
const KEPT_FRAMES: usize = 240;
/// How long a reading of the process's memory is good for.
const MEMORY_AGE: Duration = Duration::from_millis(500);

/// The overlay, and what it has measured.
#[derive(Debug, Default)]
pub struct DebugOverlay {
    measured: Option<Measured>,
}

#[derive(Debug)]
struct Measured {
    times: VecDeque<Duration>,
    memory_bytes: Option<u64>,
    memory_at: Instant,
}

impl DebugOverlay {
    /// Opens or closes it.
    pub fn toggle(&mut self) {
        self.measured = if self.measured.is_some() {
            None
        } else {
            Some(Measured {
                times: VecDeque::with_capacity(KEPT_FRAMES),
                memory_bytes: resident_bytes(),
                memory_at: Instant::now(),
            })
        };
    }

    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.measured.is_some()
    }

    /// Takes in a frame that began at `started`, and draws the figures. `incidents` is how many are shown,
    /// `tiles` how many are on their way.
    pub fn show(&mut self, ctx: &Context, started: Instant, incidents: usize, tiles: usize) {
        let Some(measured) = &mut self.measured else { return };
        if measured.times.len() == KEPT_FRAMES {
            measured.times.pop_front();
        }
        measured.times.push_back(started.elapsed());
        if measured.memory_at.elapsed() > MEMORY_AGE {
            measured.memory_bytes = resident_bytes();
            measured.memory_at = Instant::now();
        }
        let [p50, p99] = percentiles_ms(&measured.times);
        let memory = measured.memory_bytes.map_or_else(
            || t!("debug-unknown").to_owned(),
            |bytes| t!("debug-megabytes", count = (bytes / 1_000_000) as usize),
        );
        let lines = [
            t!("debug-frames", p50 = reader().decimal(p50, 2), p99 = reader().decimal(p99, 2)),
            t!("debug-shapes", count = shape_count(ctx)),
            t!("debug-tiles", count = tiles),
            t!("debug-incidents", count = incidents),
            t!("debug-memory", memory = memory),
        ];
        let area = eframe::egui::Area::new(Id::unique("debug overlay"))
            .order(Order::Foreground)
            .interactable(false)
            .anchor(Align2::CENTER_TOP, vec2(0.0, theme::BAR_HEIGHT + 2.0 * theme::GAP));
        area.show(ctx, |ui| {
            Frame::popup(ui.style()).inner_margin(8).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                for line in lines {
                    ui.label(RichText::new(line).size(theme::SMALL_SIZE));
                }
            });
        });
    }
}

/// The middle and the 99th percentile, in milliseconds.
fn percentiles_ms(times: &VecDeque<Duration>) -> [f64; 2] {
    let mut sorted: Vec<Duration> = times.iter().copied().collect();
    sorted.sort_unstable();
    [50, 99].map(|percent| {
        let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    })
}

/// The shapes of this frame so far.
fn shape_count(ctx: &Context) -> usize {
    let layers: Vec<_> = ctx.memory(|memory| memory.layer_ids().collect());
    ctx.graphics(|graphics| {
        let lists = layers.iter().filter_map(|layer| graphics.get(*layer));
        lists.map(|list| list.all_entries().len()).sum()
    })
}

/// What the process takes up of the machine's memory; known on Linux.
fn resident_bytes() -> Option<u64> {
    /// Linux tells in pages; all machines that the window runs on have pages of this size.
    const PAGE_BYTES: u64 = 4096;
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * PAGE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_times() {
        let times: VecDeque<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        let [p50, p99] = percentiles_ms(&times);
        assert!((p50 - 51.0).abs() < 1e-9 && (p99 - 100.0).abs() < 1e-9, "{p50} {p99}");
        assert_eq!(percentiles_ms(&VecDeque::new()), [0.0, 0.0]);
    }

    #[test]
    fn closed_it_measures_nothing() {
        let mut overlay = DebugOverlay::default();
        overlay.toggle();
        assert!(overlay.is_open());
        overlay.toggle();
        assert!(!overlay.is_open() && overlay.measured.is_none());
    }
}
