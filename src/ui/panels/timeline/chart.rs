//! What the timeline shows: bars by event type, and the axis below. Worked out when something has changed, not for each
//! frame.

use std::sync::Arc;

use eframe::egui::{Color32, Galley, Mesh, Painter, Rect, Shape, Ui, pos2, vec2};
use jiff::tz::TimeZone;

use super::axis::Axis;
use crate::query::bins::{self, Step};
use crate::query::{Histogram, TYPE_COUNTS, TYPES_APART, dates};
use crate::state::AppState;
use crate::ui::theme::{self, Palette};
use crate::ui::widgets::palette;

/// The least height of a bar, so that a single incident beside thousands is seen, in points.
const LEAST_BAR_PX: f32 = 2.0;
/// Bars at least so wide have a gap between them, in points.
const GAP_FROM_PX: f32 = 4.0;
/// Part of the plot's height that the highest bar takes.
const HIGHEST: f32 = 0.94;

/// The bars and the labels, as they were last worked out.
#[derive(Default)]
pub(super) struct Chart {
    edges_min: Vec<i32>,
    histogram: Histogram,
    /// What the edges and labels were worked out for.
    laid_out: Option<Layout>,
    /// For which answer the histogram was asked for.
    asked_at: Option<u64>,
    bars: Bars,
    ticks: Vec<(f32, Option<Arc<Galley>>)>,
}

#[derive(Debug, Clone, PartialEq)]
struct Layout {
    axis: Axis,
    zone: TimeZone,
    step: Step,
    dark: bool,
    px_per_pt: f32,
}

/// The bars as triangles, in full colours and in faint ones.
#[derive(Default)]
struct Bars {
    full: Arc<Mesh>,
    faint: Arc<Mesh>,
    /// The histogram's revision, the plot and the scale that they were made for.
    made_for: Option<(u64, Rect, Layout)>,
}

impl Chart {
    /// The step of the bins.
    pub(super) fn step(&self) -> Step {
        self.laid_out.as_ref().map_or(Step::Day, |layout| layout.step)
    }

    /// Brings everything to the state and the axis.
    pub(super) fn prepare(&mut self, ui: &Ui, state: &AppState, axis: Axis, plot: Rect) {
        let finest = state.times().map_or(Step::Day, bins::Times::finest);
        let layout = Layout {
            axis,
            zone: state.zone().clone(),
            step: Step::for_bins(axis.length_min(), f64::from(axis.width_px()), finest),
            dark: palette(ui).dark,
            px_per_pt: ui.pixels_per_point(),
        };
        if self.laid_out.as_ref() != Some(&layout) {
            self.lay_out(ui, &layout, finest);
            self.laid_out = Some(layout.clone());
            self.asked_at = None;
        }
        if self.asked_at != Some(state.revision()) {
            self.asked_at = Some(state.revision());
            state.engine().histogram(&self.edges_min, &mut self.histogram);
        }
        let made_for = Some((self.histogram.revision(), plot, layout));
        if self.bars.made_for != made_for {
            self.bars.make(
                &self.histogram,
                &colors(state, palette(ui)),
                palette(ui),
                axis,
                plot,
                ui.painter(),
            );
            self.bars.made_for = made_for;
        }
    }

    fn lay_out(&mut self, ui: &Ui, layout: &Layout, finest: Step) {
        let view = layout.axis.view_min;
        let span = [view[0].floor() as i32, view[1].ceil() as i32];
        bins::edges(span, layout.step, &layout.zone, &mut self.edges_min);
        let color = palette(ui).weak;
        let set = |text: &str| {
            ui.painter().layout_no_wrap(text.to_owned(), theme::regular(theme::HEAD_SIZE), color)
        };
        let width = layout.axis.width_px();
        let ticks = dates::ticks(view, width, finest, &layout.zone, |text| set(text).size().x);
        self.ticks = ticks.into_iter().map(|tick| (tick.x_px, tick.label.as_deref().map(set))).collect();
    }

    /// The bin at a minute: its number and its first and last minute.
    pub(super) fn bin_at(&self, minute: f64) -> Option<(usize, [i32; 2])> {
        let bin = self.edges_min.partition_point(|&edge| f64::from(edge) <= minute).checked_sub(1)?;
        let end = *self.edges_min.get(bin + 1)?;
        Some((bin, [self.edges_min[bin], end - 1]))
    }

    /// How many incidents a bin holds; those whose time is known less exactly count in part.
    pub(super) fn count(&self, bin: usize) -> f32 {
        self.histogram.counts().get(bin).map_or(0.0, |counts| counts.iter().sum())
    }

    /// Draws the bars: faint ones, and between `window_px` full ones. Without a window all are full.
    pub(super) fn paint_bars(&self, painter: &Painter, plot: Rect, window_px: Option<[f32; 2]>) {
        let Some([from, to]) = window_px else {
            painter.add(Shape::mesh(Arc::clone(&self.bars.full)));
            return;
        };
        painter.add(Shape::mesh(Arc::clone(&self.bars.faint)));
        let inside = Rect::from_min_max(pos2(from, plot.top()), pos2(to, plot.bottom()));
        let inside = painter.with_clip_rect(inside.intersect(painter.clip_rect()));
        inside.add(Shape::mesh(Arc::clone(&self.bars.full)));
    }

    /// Draws the line below the bars, and the labels below that.
    pub(super) fn paint_ticks(&self, painter: &Painter, plot: Rect, palette: &Palette) {
        const TICK_PX: f32 = 4.0;
        let y = painter.round_to_pixel_center(plot.bottom());
        let stroke = eframe::egui::Stroke::new(1.0, palette.outline);
        painter.hline(plot.x_range(), y, stroke);
        for (x, label) in &self.ticks {
            let Some(label) = label else { continue };
            let x = plot.left() + x;
            painter.vline(painter.round_to_pixel_center(x), y..=y + TICK_PX, stroke);
            painter.galley(pos2(x, y + TICK_PX), Arc::clone(label), palette.weak);
        }
    }
}

/// The colours of the event types that are told apart, then that of all others.
fn colors(state: &AppState, palette: &Palette) -> [Color32; TYPE_COUNTS] {
    let mut colors = [palette.weak; TYPE_COUNTS];
    for (color, event_type) in colors[..TYPES_APART].iter_mut().zip(&state.dataset().event_types) {
        *color = palette.on_map(theme::color(event_type.color));
    }
    colors
}

impl Bars {
    fn make(
        &mut self,
        histogram: &Histogram,
        colors: &[Color32; TYPE_COUNTS],
        palette: &Palette,
        axis: Axis,
        plot: Rect,
        painter: &Painter,
    ) {
        let (full, faint) = (Arc::make_mut(&mut self.full), Arc::make_mut(&mut self.faint));
        full.clear();
        faint.clear();
        let total = |counts: &[f32; TYPE_COUNTS]| counts.iter().sum::<f32>();
        let highest = histogram.counts().iter().map(total).fold(0.0, f32::max);
        if highest <= 0.0 {
            return;
        }
        let faint_colors = colors.map(|color| palette.faint(color));
        let room = plot.height() * HIGHEST;
        for (counts, edges) in histogram.counts().iter().zip(histogram.edges_min().windows(2)) {
            let sum = total(counts);
            if sum < 0.005 {
                continue;
            }
            let [left, right] = [edges[0], edges[1]].map(|edge| {
                painter.round_to_pixel_center(axis.x(edge.into()).clamp(plot.left(), plot.right()))
            });
            let gap = if right - left >= GAP_FROM_PX { 1.0 } else { 0.0 };
            let px_per_incident = (sum / highest * room).max(LEAST_BAR_PX) / sum;
            let mut bottom = plot.bottom();
            for (event_type, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                let height = count * px_per_incident;
                let size = vec2((right - gap - left).max(0.0), height);
                let bar = Rect::from_min_size(pos2(left, bottom - height), size);
                bottom -= height;
                full.add_colored_rect(bar, colors[event_type]);
                faint.add_colored_rect(bar, faint_colors[event_type]);
            }
        }
    }
}
