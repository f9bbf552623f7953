//! What the timeline shows: bars by event type, and the axis below. Worked out when something has changed, not for each
//! frame.

use std::sync::Arc;

use eframe::egui::{Color32, Galley, Painter, Rect, Ui, pos2};

use super::axis::Axis;
use super::bars::Bars;
use crate::query::bins::{self, Step};
use crate::query::{Histogram, TYPE_COUNTS, TYPES_APART, WIDTHS, dates};
use crate::state::AppState;
use crate::ui::theme::{self, Palette};
use crate::ui::widgets::palette;

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
    /// The histogram's revision, the plot and the layout that the bars were made for.
    bars_made_for: Option<(u64, Rect, Layout)>,
    ticks: Vec<(f32, Option<Arc<Galley>>)>,
}

/// What stands in a bin.
pub(super) struct Content {
    /// How many incidents are known to have happened in it.
    pub(super) known: u32,
    /// How many only may have, by how exactly they are known.
    pub(super) touching: [u32; WIDTHS],
}

#[derive(Debug, Clone, PartialEq)]
struct Layout {
    axis: Axis,
    step: Step,
    dark: bool,
    px_per_pt: f32,
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
        if self.bars_made_for != made_for {
            let colors = colors(state, palette(ui));
            self.bars.make(ui, &self.histogram, &colors, palette(ui), (axis, plot));
            self.bars_made_for = made_for;
        }
    }

    fn lay_out(&mut self, ui: &Ui, layout: &Layout, finest: Step) {
        let view = layout.axis.view_min;
        let span = [view[0].floor() as i32, view[1].ceil() as i32];
        bins::edges(span, layout.step, &mut self.edges_min);
        let color = palette(ui).weak;
        let set = |text: &str| {
            ui.painter().layout_no_wrap(text.to_owned(), theme::regular(theme::HEAD_SIZE), color)
        };
        let width = layout.axis.width_px();
        let ticks = dates::ticks(view, width, finest, |text| set(text).size().x);
        self.ticks = ticks.into_iter().map(|tick| (tick.x_px, tick.label.as_deref().map(set))).collect();
    }

    /// The bin at a minute: its number and its first and last minute.
    pub(super) fn bin_at(&self, minute: f64) -> Option<(usize, [i32; 2])> {
        let bin = self.edges_min.partition_point(|&edge| f64::from(edge) <= minute).checked_sub(1)?;
        let end = *self.edges_min.get(bin + 1)?;
        Some((bin, [self.edges_min[bin], end - 1]))
    }

    /// What the histogram says of a bin.
    pub(super) fn content(&self, bin: usize) -> Content {
        let known = self.histogram.known().get(bin).map_or(0, |counts| counts.iter().sum());
        Content { known, touching: self.histogram.touching().get(bin).copied().unwrap_or_default() }
    }

    /// How many incidents are drawn hatched, by how exactly they are known.
    pub(super) fn touching_any(&self) -> [u32; WIDTHS] {
        self.histogram.touching_any()
    }

    /// The bars, to be painted.
    pub(super) fn bars(&self) -> &Bars {
        &self.bars
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
