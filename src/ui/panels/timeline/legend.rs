//! What the hatching of the timeline means, in words: how many incidents are not known to the day, and how exactly they
//! are known.

use eframe::egui::{Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::bars::Bars;
use super::chart::Content;
use crate::query::{WIDTHS, Width};
use crate::t;
use crate::ui::theme;
use crate::ui::widgets::palette;

/// Width and height of a sample of the hatching, in points.
const SAMPLE: [f32; 2] = [14.0, 10.0];

/// Says in a line that there is something hatched, and under the pointer and to a screen reader what.
pub(super) fn show(ui: &mut Ui, bars: &Bars, touching: [u32; WIDTHS]) {
    if touching.iter().all(|count| *count == 0) {
        return;
    }
    let response = sample_and(ui, bars, t!("timeline-hatched")).interact(Sense::hover());
    let description = lines(touching).collect::<Vec<_>>().join(", ");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &description));
    response.on_hover_ui(|ui| {
        ui.label(theme::strong(t!("timeline-hatched-why")));
        lines(touching).for_each(|line| {
            ui.label(theme::small(line, palette(ui)));
        });
    });
}

/// Says what stands in a bin.
pub(super) fn content(ui: &mut Ui, bars: &Bars, content: &Content) {
    let is_spread = content.touching.iter().any(|count| *count > 0);
    let known = content.known as usize;
    if !is_spread {
        ui.label(theme::small(t!("timeline-count", count = known), palette(ui)));
        return;
    }
    if known > 0 {
        ui.label(theme::small(t!("timeline-known", count = known), palette(ui)));
    }
    for line in lines(content.touching) {
        sample_and(ui, bars, &line);
    }
}

/// How many are known how exactly, in a line each.
fn lines(touching: [u32; WIDTHS]) -> impl Iterator<Item = String> {
    let counts = Width::ALL.into_iter().zip(touching).filter(|(_, count)| *count > 0);
    counts.map(|(width, count)| {
        let count = count as usize;
        match width {
            Width::Day => t!("timeline-within-day", count = count),
            Width::Week => t!("timeline-within-week", count = count),
            Width::Month => t!("timeline-within-month", count = count),
            Width::Year => t!("timeline-within-year", count = count),
            Width::Longer => t!("timeline-within-longer", count = count),
        }
    })
}

/// A sample of the hatching with words beside it.
fn sample_and(ui: &mut Ui, bars: &Bars, words: &str) -> Response {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 1.5 * theme::GAP;
        let (_, place) = ui.allocate_space(vec2(SAMPLE[0], SAMPLE[1]));
        bars.paint_sample(ui.painter(), place, palette(ui).weak);
        ui.label(theme::small(words, palette(ui)));
    })
    .response
}
