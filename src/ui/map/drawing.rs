//! Incidents drawn one by one by the graphics adapter, as points or as heat, and what has to be said beside them.

use std::sync::Arc;

use eframe::egui::{Align2, Area, Color32, Frame, Id, Order, Painter, Ui, vec2};
use egui_wgpu::RenderState;

use super::gpu::{GpuError, GpuLayer, HeatScale, PointColumns, PointStyle, Points as GpuPoints, heat_legend};
use super::transform::MapTransform;
use crate::query::{Columns, Points};
use crate::state::{AppState, Drawing};
use crate::t;
use crate::ui::theme::{self, Palette};

/// Up to so many incidents in view are drawn as markers: they can be told apart and named.
const MARKERS_UP_TO: usize = 300;

/// What draws incidents one by one. Until it is first needed, nothing is set up.
#[derive(Default)]
pub struct DrawingLayer {
    render_state: Option<RenderState>,
    gpu: GpuLayer,
    points: Points,
    /// What `points` and `most` were found for: the answer, the view, and how it is drawn.
    key: Option<(u64, MapTransform, Drawing)>,
    /// The columns that were last drawn, and how many came before them.
    columns: Option<Arc<Columns>>,
    generation: u64,
    colors: Vec<Color32>,
    /// The most incidents that stand within heat's radius in the view, about.
    most: u32,
    /// Why the adapter cannot be drawn with at all.
    not_installed: Option<GpuError>,
    /// Why the adapter did not draw what the last frame asked for.
    error: Option<GpuError>,
}

impl DrawingLayer {
    /// Gives it the adapter to draw with.
    pub fn set_render_state(&mut self, render_state: RenderState) {
        self.render_state = Some(render_state);
    }

    /// Who is drawn one by one.
    #[must_use]
    pub fn points(&self) -> &Points {
        &self.points
    }

    /// Draws the incidents as the state says. False where markers and rings are to be drawn instead: for few incidents,
    /// and where the adapter cannot.
    pub fn paint(
        &mut self,
        painter: &Painter,
        state: &AppState,
        transform: &MapTransform,
        palette: &'static Palette,
    ) -> bool {
        if self.columns.as_ref().is_some_and(|it| !Arc::ptr_eq(it, state.engine().columns())) {
            self.forget();
        }
        let result = self.try_to_paint(painter, state, transform, palette);
        let error = result.as_ref().err().cloned();
        if error != self.error {
            if let Some(error) = &error {
                log::warn!("points and heat: {error}");
            }
            self.error = error;
        }
        result.unwrap_or(false)
    }

    /// Lets go of a dataset that is no longer open, even if the new one is never drawn in this way.
    fn forget(&mut self) {
        self.columns = None;
        self.points = Points::default();
        self.key = None;
        self.gpu.forget();
    }

    /// Asks the adapter in every frame anew, which remembers for itself what it cannot do: a refusal of heat says nothing
    /// about points, nor about other incidents.
    fn try_to_paint(
        &mut self,
        painter: &Painter,
        state: &AppState,
        transform: &MapTransform,
        palette: &'static Palette,
    ) -> Result<bool, GpuError> {
        if state.drawing() == Drawing::Clusters {
            return Ok(false);
        }
        self.find(state, transform, palette);
        if state.drawing() == Drawing::Points && self.points.in_view() <= MARKERS_UP_TO {
            return Ok(false);
        }
        self.install()?;
        if !self.gpu.is_installed() {
            return Ok(false);
        }
        self.paint_by_adapter(painter, state, transform, palette).map(|()| true)
    }

    fn install(&mut self) -> Result<(), GpuError> {
        if let Some(render_state) = self.render_state.take() {
            self.not_installed = self.gpu.install(&render_state).err();
        }
        self.not_installed.clone().map_or(Ok(()), Err)
    }

    /// Brings up to date who is drawn.
    fn find(&mut self, state: &AppState, transform: &MapTransform, palette: &'static Palette) {
        let engine = state.engine();
        if self.columns.is_none() {
            self.columns = Some(Arc::clone(engine.columns()));
            self.generation += 1;
        }
        let key = (state.revision(), *transform, state.drawing());
        if self.key != Some(key) {
            let view = transform.query();
            let fresh = self.key.is_none_or(|(revision, ..)| revision != key.0);
            engine.points(&view, fresh, &mut self.points);
            if state.drawing() == Drawing::Heat {
                let radius_px = self.scale(palette).radius_px();
                self.most = engine.densest(&view, f64::from(2.0 * radius_px));
            }
            self.key = Some(key);
        }
        let colors = state.dataset().event_types.iter();
        let colors = colors.map(|event_type| palette.on_map(theme::color(event_type.color)));
        if !colors.clone().eq(self.colors.iter().copied()) {
            self.colors = colors.collect();
        }
    }

    fn paint_by_adapter(
        &mut self,
        painter: &Painter,
        state: &AppState,
        transform: &MapTransform,
        palette: &'static Palette,
    ) -> Result<(), GpuError> {
        let columns = state.engine().columns();
        let columns = PointColumns { x: columns.x(), y: columns.y(), event_type: columns.event_types() };
        let points = GpuPoints {
            columns,
            generation: self.generation,
            shown: self.points.words(),
            revision: state.revision(),
            runs: self.points.runs(),
        };
        if state.drawing() == Drawing::Points {
            let style = PointStyle::at(transform.zoom, palette, &self.colors);
            return self.gpu.paint_points(painter, transform, &points, &style);
        }
        let scale = self.scale(palette);
        self.gpu.paint_heat(painter, transform, &points, &scale)
    }

    /// What the tones of heat stand for in this view.
    fn scale(&self, palette: &'static Palette) -> HeatScale {
        HeatScale::new(self.most, palette)
    }

    /// What stands over the map beside points and heat: the legend, and whom they or the map leave out.
    pub fn furniture(&self, ui: &Ui, state: &AppState, transform: &MapTransform, painted: bool) {
        let mut words = Vec::new();
        if let Some(error) = self.error.as_ref().filter(|_| state.drawing() != Drawing::Clusters) {
            words.push(t!("drawing-failed", reason = error.to_string()));
        }
        let off_map = state.engine().shown_off_map();
        if off_map > 0 {
            words.push(t!("drawing-off-map", count = off_map));
        }
        let left_out = self.points.left_out();
        if painted && left_out > 0 {
            words.push(match state.drawing() {
                Drawing::Heat => t!("drawing-left-out-heat", count = left_out),
                _ => t!("drawing-left-out", count = left_out),
            });
        }
        let has_heat = painted && state.drawing() == Drawing::Heat;
        if words.is_empty() && !has_heat {
            return;
        }
        let corner = transform.rect.left_bottom() + vec2(INSET_PX, -LEGEND_BOTTOM_PX);
        let area = Area::new(Id::unique("legend")).order(Order::Middle).pivot(Align2::LEFT_BOTTOM);
        area.fixed_pos(corner).interactable(false).show(ui.ctx(), |ui| {
            let palette = crate::ui::widgets::palette(ui);
            let frame = Frame::new().fill(palette.veil()).corner_radius(theme::CORNER).inner_margin(8);
            frame.show(ui, |ui| {
                ui.set_width(LEGEND_WIDTH_PX - 16.0);
                if has_heat {
                    heat_legend(ui, &self.scale(palette));
                }
                for line in words {
                    ui.label(theme::small(line, palette));
                }
            });
        });
    }
}

/// Width of the legend with its ground, in points.
const LEGEND_WIDTH_PX: f32 = 208.0;
/// Distance of the legend from the map's left edge, in points.
const INSET_PX: f32 = 12.0;
/// Distance of the legend from the map's lower edge, in points: clear of the scale bar.
const LEGEND_BOTTOM_PX: f32 = 56.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::LonLat;
    use crate::model::Dataset;
    use crate::state::{Command, View};
    use crate::testing::{dataset_of, incident_at};
    use eframe::egui::{Rect, Theme, pos2};

    #[test]
    fn a_dataset_that_is_no_longer_open_is_let_go_of_whatever_is_drawn() {
        let dataset = || Arc::new(dataset_of(1, vec![incident_at("a", 0, 30.0, 50.0)]));
        let columns = |dataset: &Dataset| Arc::new(Columns::of(dataset));
        let first = dataset();
        let old = columns(&first);
        let kept = Arc::downgrade(&old);
        let mut state = AppState::with_columns(first, old);
        state.apply(Command::SetDrawing(Drawing::Heat));
        let mut layer = DrawingLayer::default();
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 300.0));
        let transform = MapTransform::new(rect, View { center: LonLat::new(30.0, 50.0), zoom: 5.0 });
        let mut paint = |state: &AppState| {
            eframe::egui::__run_test_ui(|ui| {
                layer.paint(ui.painter(), state, &transform, Palette::of(Theme::Light));
            });
        };
        paint(&state);
        let second = dataset();
        let new = columns(&second);
        drop(state.replace_dataset(second, new, None));
        assert!(kept.upgrade().is_some(), "heat was drawn of it");
        state.apply(Command::SetDrawing(Drawing::Clusters));
        paint(&state);
        assert!(kept.upgrade().is_none());
    }
}
