//! Lines and areas that files draw for their incidents: in the colour of the event type, dashed where the position is
//! not exact, and strong for the incident that is selected or pointed out.
//!
//! What lies in and around the view is simplified to what the zoom can show and kept on the graphics adapter until the
//! view leaves it: a map that is moved draws again what it has, however many points the files have.

use std::sync::Arc;

use eframe::egui::{Context, CursorIcon, PointerButton, Pos2, Response};
use walkers::{Canvas, Layer, Projector};

use super::hints::incident_tooltip;
use super::shape_batch::{Batch, Drawn, Key, Plan};
use super::shape_index::{ShapeIndex, UnitBox};
use super::transform::MapTransform;
use crate::jobs::{Jobs, Wake};
use crate::model::ShapeKind;
use crate::progress::Progress;
use crate::state::{AppState, Command};
use crate::ui::theme::Palette;

/// Shapes of no more points than this are made ready within a frame.
const MAX_AT_ONCE: usize = 10_000;
/// How near to a line the pointer must be, in points.
const REACH_PX: f64 = 6.0;

/// What is kept of the shapes between frames.
pub struct Shapes {
    index: Arc<ShapeIndex>,
    /// The generation of the state's dataset that the index was made for, and whether it has few points.
    generation: Option<u64>,
    is_small: bool,
    weak: Option<Batch>,
    strong: Option<Batch>,
    jobs: Jobs<(), Made>,
    /// Whether what is drawn is not what the view asks for.
    is_late: bool,
}

/// What was made ready off the window's thread, and for which generation of the dataset.
enum Made {
    Index(u64, ShapeIndex),
    Batch(u64, Option<Batch>),
}

impl Shapes {
    /// None yet. What is made ready elsewhere asks for a frame.
    #[must_use]
    pub fn new(ctx: &Context) -> Self {
        let ctx = ctx.clone();
        Self::with_wake(Arc::new(move || ctx.request_repaint()))
    }

    fn with_wake(wake: Wake) -> Self {
        Self {
            index: Arc::default(),
            generation: None,
            is_small: true,
            weak: None,
            strong: None,
            jobs: Jobs::new(wake),
            is_late: false,
        }
    }

    /// The layer that draws them. `highlighted` is the incident under the pointer.
    pub fn layer<'a>(
        &'a mut self,
        state: &'a AppState,
        highlighted: Option<usize>,
        palette: &'a Palette,
    ) -> impl Layer + 'a {
        ShapeLayer { shapes: self, state, highlighted, palette }
    }

    fn update(
        &mut self,
        state: &AppState,
        transform: &MapTransform,
        highlighted: Option<usize>,
        palette: &Palette,
    ) {
        self.follow_dataset(state);
        self.take_made();
        if self.index.is_empty() {
            self.is_late = self.jobs.running(()).is_some();
            return;
        }
        let level = transform.zoom.ceil() as i32;
        let mut key = Key { revision: state.revision(), level, dark: palette.dark, strong: Vec::new() };
        let view = UnitBox::of(transform);
        let is_new = |kept: &Option<Batch>, key: &Key| {
            kept.as_ref().is_none_or(|kept| kept.key != *key || !kept.region.holds(&view))
        };
        self.is_late = is_new(&self.weak, &key);
        // One after the other: a filter that changes with every frame must not keep them from ever being ready.
        if self.is_late && self.jobs.running(()).is_none() {
            let plan = Plan::new(&self.index, state, key.clone(), view);
            if self.is_small {
                self.weak = plan.make(|| true);
                self.is_late = false;
            } else {
                let generation = state.generation();
                let make = move |progress: &Progress| plan.make(|| !progress.is_cancelled());
                self.jobs.start((), move |progress| Made::Batch(generation, make(progress)));
            }
        }
        let strong = [state.selection(), highlighted].into_iter().flatten();
        key.strong = strong.filter(|&incident| state.engine().contains(incident)).collect();
        key.strong.retain(|&incident| !state.dataset().shapes_of(incident).is_empty());
        if key.strong.is_empty() {
            self.strong = None;
        } else if is_new(&self.strong, &key) {
            self.strong = Plan::new(&self.index, state, key, view).make(|| true);
        }
    }

    /// Looks where the shapes of another dataset are: at once, where they are few.
    fn follow_dataset(&mut self, state: &AppState) {
        if self.generation == Some(state.generation()) {
            return;
        }
        self.generation = Some(state.generation());
        self.index = Arc::default();
        (self.weak, self.strong) = (None, None);
        self.jobs.cancel(());
        let mut points = state.dataset().shapes.iter().flat_map(|shape| &shape.parts).map(Vec::len);
        let mut left = MAX_AT_ONCE;
        self.is_small = points.all(|count| {
            let fits = count <= left;
            left = left.saturating_sub(count);
            fits
        });
        if self.is_small {
            self.index = Arc::new(ShapeIndex::of(&state.dataset().shapes));
        } else {
            let (generation, dataset) = (state.generation(), Arc::clone(state.dataset()));
            self.jobs.start((), move |_| Made::Index(generation, ShapeIndex::of(&dataset.shapes)));
        }
    }

    fn take_made(&mut self) {
        while let Some(((), made)) = self.jobs.poll() {
            match made {
                Ok(Made::Index(generation, index)) if self.generation == Some(generation) => {
                    self.index = Arc::new(index);
                }
                Ok(Made::Batch(generation, batch)) if self.generation == Some(generation) => {
                    self.weak = batch;
                }
                Ok(_) => {}
                Err(error) => log::error!("drawing lines and areas: {error}"),
            }
        }
    }

    /// Whether all that the view asks for was drawn.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.is_late
    }

    /// The incident whose line is near a position, or within whose area that lies: the smallest one.
    fn hit(&self, transform: &MapTransform, pos: Pos2) -> Option<usize> {
        let at = transform.to_unit(pos);
        let reach = REACH_PX / transform.world_px;
        let drawn = self.weak.iter().flat_map(|batch| &batch.drawn);
        let hits = drawn.filter(|drawn| drawn.bounds.grown(reach).contains(at) && drawn.is_hit(at, reach));
        let size = |drawn: &Drawn| (drawn.kind == ShapeKind::Area, drawn.bounds.size());
        let first = hits.min_by(|a, b| size(a).partial_cmp(&size(b)).unwrap_or(std::cmp::Ordering::Equal))?;
        Some(first.incident)
    }

    /// What the pointer does with them: `ground` is the map, on which no mark is under it. Gives the incident of the line
    /// or area there.
    pub(super) fn show(
        &self,
        state: &AppState,
        transform: &MapTransform,
        ground: &Response,
        commands: &mut Vec<Command>,
    ) -> Option<usize> {
        if self.index.is_empty() || !ground.hovered() {
            return None;
        }
        let hit = self.hit(transform, ground.hover_pos()?)?;
        if ground.clicked_by(PointerButton::Primary) {
            commands.push(Command::Select(hit));
        }
        incident_tooltip(&ground.clone().on_hover_cursor(CursorIcon::PointingHand), state, hit);
        Some(hit)
    }
}

struct ShapeLayer<'a> {
    shapes: &'a mut Shapes,
    state: &'a AppState,
    highlighted: Option<usize>,
    palette: &'a Palette,
}

impl Layer for ShapeLayer<'_> {
    fn draw(&mut self, canvas: &mut Canvas, projector: &Projector) {
        let transform = super::transform_of(projector);
        self.shapes.update(self.state, &transform, self.highlighted, self.palette);
        for batch in self.shapes.weak.iter().chain(&self.shapes.strong) {
            if !batch.drawn.is_empty() {
                canvas.add_drawables(batch.placed(&transform));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Rect, Theme, pos2, vec2};

    use super::*;
    use crate::geo::{Bounds, LonLat};
    use crate::model::{Dataset, Shape};
    use crate::state::View;
    use crate::testing::{dataset_of, incident_at};

    fn shape(incident: usize, kind: ShapeKind, parts: &[Vec<(f64, f64)>]) -> Shape {
        let line = |part: &Vec<(f64, f64)>| part.iter().map(|&(lon, lat)| LonLat::new(lon, lat)).collect();
        let parts: Vec<Vec<LonLat>> = parts.iter().map(line).collect();
        let bounds = Bounds::around(parts.iter().flatten().copied()).unwrap();
        Shape { incident, kind, parts, bounds }
    }

    /// An area with a line through it and a hole in it, across the antimeridian.
    fn state() -> AppState {
        let mut dataset: Dataset =
            dataset_of(2, vec![incident_at("area", 0, 179.0, 1.0), incident_at("line", 1, 179.0, 0.5)]);
        let ring = vec![(178.0, -2.0), (-178.0, -2.0), (-178.0, 2.0), (178.0, 2.0), (178.0, -2.0)];
        let hole = vec![(178.5, 1.0), (179.5, 1.0), (179.5, 1.5), (178.5, 1.5), (178.5, 1.0)];
        dataset.shapes = vec![
            shape(0, ShapeKind::Area, &[ring, hole]),
            shape(1, ShapeKind::Line, &[vec![(177.0, 0.0), (-177.0, 0.0)]]),
        ];
        AppState::new(Arc::new(dataset))
    }

    fn at(zoom: f64) -> MapTransform {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        MapTransform::new(rect, View { center: LonLat::new(-179.9, 0.0), zoom })
    }

    #[test]
    fn a_line_is_hit_before_the_area_around_it_and_a_hole_is_not_the_area() {
        let (state, transform) = (state(), at(7.0));
        let mut shapes = Shapes::with_wake(Arc::new(|| ()));
        shapes.update(&state, &transform, None, Palette::of(Theme::Light));
        let hit = |lon, lat| shapes.hit(&transform, transform.to_screen(LonLat::new(lon, lat).to_unit()));
        assert_eq!(hit(179.0, 0.0), Some(1));
        assert_eq!(hit(-179.0, 0.0), Some(1));
        assert_eq!(hit(-179.0, -1.5), Some(0));
        assert_eq!(hit(179.0, -1.5), Some(0));
        assert_eq!(hit(179.0, 1.25), None, "in the hole");
        assert_eq!(hit(-177.5, 1.5), None);
    }

    #[test]
    fn what_is_kept_serves_while_the_view_is_moved_and_follows_the_filter() {
        let (mut state, palette) = (state(), Palette::of(Theme::Light));
        let mut shapes = Shapes::with_wake(Arc::new(|| ()));
        let update = |shapes: &mut Shapes, state: &AppState, lon_deg: f64| {
            let view = View { center: LonLat::new(lon_deg, 0.0), zoom: 7.0 };
            shapes.update(state, &MapTransform::new(at(7.0).rect, view), None, palette);
            shapes.weak.as_ref().map(|batch| (batch.region, batch.drawn.len()))
        };
        let first = update(&mut shapes, &state, -179.9);
        assert_eq!(first.map(|(_, count)| count), Some(2));
        assert_eq!(update(&mut shapes, &state, -179.7), first, "the same is drawn again");
        assert_ne!(update(&mut shapes, &state, -170.0), first);
        state.apply(Command::SetTypeShown { event_type: 0, shown: false });
        assert_eq!(update(&mut shapes, &state, -179.9).map(|(_, count)| count), Some(1));
        state.apply(Command::Select(1));
        update(&mut shapes, &state, -179.9);
        assert_eq!(shapes.strong.as_ref().map(|batch| batch.drawn.len()), Some(1));
    }

    #[test]
    fn a_track_of_many_points_is_drawn_with_few() {
        let mut dataset = dataset_of(1, vec![incident_at("track", 0, 10.0, 50.0)]);
        let track: Vec<(f64, f64)> = (0..100_000)
            .map(|n| (10.0 + f64::from(n) * 1e-5, 50.0 + (f64::from(n) * 0.1).sin() * 1e-3))
            .collect();
        dataset.shapes = vec![shape(0, ShapeKind::Line, &[track])];
        let state = AppState::new(Arc::new(dataset));
        for zoom in [5.0, 9.0, 16.0] {
            let view = View { center: LonLat::new(10.5, 50.0), zoom };
            let transform = MapTransform::new(at(zoom).rect, view);
            let mut shapes = Shapes::with_wake(Arc::new(|| ()));
            while shapes.weak.is_none() || !shapes.is_complete() {
                shapes.update(&state, &transform, None, Palette::of(Theme::Dark));
            }
            let drawn = &shapes.weak.as_ref().unwrap().drawn;
            let points: usize = drawn.iter().flat_map(|it| &it.parts).map(Vec::len).sum();
            assert!((2..8000).contains(&points), "{points} at {zoom}");
        }
    }

    #[test]
    fn shapes_that_are_small_on_the_screen_fade_into_their_markers() {
        let incidents = (0..3).map(|n| incident_at(&n.to_string(), 0, f64::from(n) * 5.0, 50.0)).collect();
        let mut dataset = dataset_of(1, incidents);
        // At zoom 5 a degree is 22.8 points wide.
        let line = |n: usize, width: f64| {
            let west = n as f64 * 5.0;
            shape(n, ShapeKind::Line, &[vec![(west, 50.0), (west + width, 50.0)]])
        };
        dataset.shapes = vec![line(0, 0.2), line(1, 0.7), line(2, 3.0)];
        let state = AppState::new(Arc::new(dataset));
        let view = View { center: LonLat::new(5.0, 50.0), zoom: 5.0 };
        let mut shapes = Shapes::with_wake(Arc::new(|| ()));
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        shapes.update(&state, &MapTransform::new(rect, view), None, Palette::of(Theme::Light));
        let drawn: Vec<usize> =
            shapes.weak.iter().flat_map(|batch| &batch.drawn).map(|it| it.incident).collect();
        assert_eq!(drawn, [1, 2], "the smallest is its marker");
    }
}
