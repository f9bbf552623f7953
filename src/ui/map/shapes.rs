//! Lines and areas that files draw for their incidents: in the colour of the event type, dashed where the position is
//! not exact, and strong for the incident that is selected or pointed out.
//!
//! What lies in and around the view is simplified to what the zoom can show and kept on the graphics adapter until the
//! view leaves it: a map that is moved draws again what it has, however many points the files have.

use std::ops::Range;

use eframe::egui::emath::TSTransform;
use eframe::egui::{CursorIcon, PointerButton, Pos2, Response, pos2};
use walkers::{Canvas, Drawable, Drawables, Layer, Line, Projector};

use super::areas::{FillError, fill};
use super::hints::incident_tooltip;
use super::shape_index::{Piece, ShapeIndex, UnitBox};
use super::transform::MapTransform;
use crate::geo::UnitPoint;
use crate::model::{Precision, ShapeKind};
use crate::state::{AppState, Command};
use crate::ui::theme::{self, Palette};

/// The most points that are drawn at once. Where there are more, the largest shapes are drawn.
const MAX_POINTS: usize = 60_000;
/// Points of one area that are filled. Beyond, it is drawn more coarsely.
const MAX_AREA_POINTS: usize = 8_000;
/// Shapes that are smaller than this on the screen are told by their markers, in points.
const MIN_SIZE_PX: f64 = 3.0;
/// Points of a line that are nearer to each other are one, in points of the screen.
const TOLERANCE_PX: f64 = 0.5;
/// How near to a line the pointer must be, in points.
const REACH_PX: f64 = 6.0;
/// How far beyond the view shapes are kept, in widths of the view.
const MARGIN: f64 = 0.5;
/// Coordinates of what is drawn run to about this many units, so that 32-bit numbers are exact enough.
const LOCAL_SIZE: f64 = 4096.0;

/// What is kept of the shapes between frames.
#[derive(Default)]
pub struct Shapes {
    index: ShapeIndex,
    /// The generation of the state's dataset that the index was made for.
    generation: Option<u64>,
    weak: Option<Batch>,
    strong: Option<Batch>,
}

/// What a batch was drawn for.
#[derive(Debug, Clone, PartialEq)]
struct Key {
    revision: u64,
    /// The zoom, to whole steps up.
    level: i32,
    dark: bool,
    /// The incidents that are drawn strong; none for all others.
    strong: Vec<usize>,
}

/// Shapes that were made ready to be drawn.
struct Batch {
    key: Key,
    /// What part of the world they fill.
    region: UnitBox,
    drawn: Vec<Drawn>,
    drawables: Drawables,
    origin: UnitPoint,
    unit_per_local: f64,
}

/// A piece as it is drawn, in the copy of the world in which it is seen.
struct Drawn {
    incident: usize,
    kind: ShapeKind,
    parts: Vec<Vec<UnitPoint>>,
    bounds: UnitBox,
}

impl Shapes {
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
        if self.generation != Some(state.generation()) {
            self.generation = Some(state.generation());
            self.index = ShapeIndex::of(&state.dataset().shapes);
            (self.weak, self.strong) = (None, None);
        }
        if self.index.is_empty() {
            return;
        }
        let level = transform.zoom.ceil() as i32;
        let mut key = Key { revision: state.revision(), level, dark: palette.dark, strong: Vec::new() };
        let view = UnitBox::of(transform);
        let is_new = |kept: &Option<Batch>, key: &Key| {
            kept.as_ref().is_none_or(|kept| kept.key != *key || !kept.region.holds(&view))
        };
        if is_new(&self.weak, &key) {
            self.weak = Some(Batch::of(&self.index, state, &key, view, palette));
        }
        let strong = [state.selection(), highlighted].into_iter().flatten();
        key.strong = strong.filter(|&incident| state.engine().contains(incident)).collect();
        key.strong.retain(|&incident| !state.dataset().shapes_of(incident).is_empty());
        if key.strong.is_empty() {
            self.strong = None;
        } else if is_new(&self.strong, &key) {
            self.strong = Some(Batch::of(&self.index, state, &key, view, palette));
        }
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

impl Drawn {
    fn is_hit(&self, at: UnitPoint, reach: f64) -> bool {
        match self.kind {
            ShapeKind::Area => self.parts.iter().filter(|ring| holds(ring, at)).count() % 2 == 1,
            ShapeKind::Line => {
                let near = |ends: &[UnitPoint]| distance(at, ends[0], ends[1]) <= reach;
                self.parts.iter().any(|line| line.windows(2).any(near))
            }
        }
    }
}

/// Whether a ring has a point in it.
fn holds(ring: &[UnitPoint], at: UnitPoint) -> bool {
    let crossed = sides(ring).filter(|(a, b)| {
        (a.y > at.y) != (b.y > at.y) && a.x + (at.y - a.y) / (b.y - a.y) * (b.x - a.x) > at.x
    });
    crossed.count() % 2 == 1
}

/// Which rings are one area: an outer one, and its holes, which lie within it.
fn areas_of(rings: &[Vec<UnitPoint>]) -> Vec<Range<usize>> {
    let mut areas: Vec<Range<usize>> = Vec::new();
    for (n, ring) in rings.iter().enumerate() {
        let is_hole =
            areas.last().is_some_and(|area| ring.first().is_some_and(|at| holds(&rings[area.start], *at)));
        match areas.last_mut().filter(|_| is_hole) {
            Some(area) => area.end = n + 1,
            None => areas.push(n..n + 1),
        }
    }
    areas
}

fn sides(ring: &[UnitPoint]) -> impl Iterator<Item = (UnitPoint, UnitPoint)> + '_ {
    ring.iter().zip(ring.iter().cycle().skip(1)).map(|(a, b)| (*a, *b))
}

/// From a point to a stretch of a line.
fn distance(at: UnitPoint, from: UnitPoint, to: UnitPoint) -> f64 {
    let (along_x, along_y) = (to.x - from.x, to.y - from.y);
    let length = along_x * along_x + along_y * along_y;
    let share =
        if length > 0.0 { ((at.x - from.x) * along_x + (at.y - from.y) * along_y) / length } else { 0.0 };
    let share = share.clamp(0.0, 1.0);
    (at.x - from.x - share * along_x).hypot(at.y - from.y - share * along_y)
}

/// Leaves out points that are nearer than this to the one before.
fn simplified(points: Vec<UnitPoint>, tolerance: f64) -> Vec<UnitPoint> {
    let Some(&last) = points.last() else { return points };
    let mut kept: Vec<UnitPoint> = Vec::new();
    for point in points {
        let is_far = |before: &UnitPoint| (point.x - before.x).hypot(point.y - before.y) >= tolerance;
        if kept.last().is_none_or(is_far) {
            kept.push(point);
        }
    }
    if kept.last() != Some(&last) {
        kept.push(last);
    }
    kept
}

impl Batch {
    fn of(index: &ShapeIndex, state: &AppState, key: &Key, view: UnitBox, palette: &Palette) -> Self {
        let region = view.grown(MARGIN * view.size());
        let dataset = state.dataset();
        let world_px = MapTransform::world_px_at(f64::from(key.level));
        let tolerance = TOLERANCE_PX / world_px;
        let is_strong = !key.strong.is_empty();
        let is_drawn = |incident: usize| {
            if is_strong { key.strong.contains(&incident) } else { state.engine().contains(incident) }
        };
        let mut pieces: Vec<&Piece> = index
            .within(&region)
            .filter(|piece| is_strong || piece.size * world_px >= MIN_SIZE_PX)
            .filter(|piece| dataset.shapes.get(piece.shape).is_some_and(|shape| is_drawn(shape.incident)))
            .collect();
        if pieces.len() > MAX_POINTS / 4 {
            pieces.sort_by(|a, b| b.size.total_cmp(&a.size));
        }
        let mut drawn = Vec::new();
        let mut points = 0;
        for piece in pieces {
            let Some(shape) = dataset.shapes.get(piece.shape) else { continue };
            let copy = (region.middle().x - piece.bounds.middle().x).round();
            let mut parts = piece.points(shape, copy);
            let mut tolerance = tolerance;
            parts = parts.into_iter().map(|part| simplified(part, tolerance)).collect();
            while parts.iter().map(Vec::len).sum::<usize>() > MAX_AREA_POINTS {
                tolerance *= 2.0;
                parts = parts.into_iter().map(|part| simplified(part, tolerance)).collect();
            }
            points += parts.iter().map(Vec::len).sum::<usize>();
            if points > MAX_POINTS {
                break;
            }
            let bounds = piece.bounds.moved(copy);
            drawn.push(Drawn { incident: shape.incident, kind: shape.kind, parts, bounds });
        }
        let origin = UnitPoint { x: region.west, y: region.north };
        let unit_per_local = region.size() / LOCAL_SIZE;
        let mut batch = Self {
            key: key.clone(),
            region,
            drawn,
            drawables: Drawables::new(Vec::new()),
            origin,
            unit_per_local,
        };
        batch.drawables = batch.drawables_of(state, palette);
        batch
    }

    /// Areas below lines, so that each kind is one thing to draw.
    fn drawables_of(&self, state: &AppState, palette: &Palette) -> Drawables {
        let is_strong = !self.key.strong.is_empty();
        let dataset = state.dataset();
        let (mut drawables, mut lines) = (Vec::new(), Vec::new());
        for drawn in &self.drawn {
            let Some(facts) = dataset.incidents.facts(drawn.incident) else { continue };
            let event_type = dataset.event_types.get(usize::from(facts.event_type));
            let Some(color) = event_type.map(|event_type| theme::color(event_type.color)) else { continue };
            let local = |point: &UnitPoint| {
                let x = (point.x - self.origin.x) / self.unit_per_local;
                let y = (point.y - self.origin.y) / self.unit_per_local;
                pos2(x as f32, y as f32)
            };
            let parts: Vec<Vec<Pos2>> =
                drawn.parts.iter().map(|part| part.iter().map(local).collect()).collect();
            if drawn.kind == ShapeKind::Area {
                // The strong one lies over itself.
                let opacity = if is_strong { 0.12 } else { 0.14 };
                for area in areas_of(&drawn.parts) {
                    if let Err(FillError(error)) = fill(&parts[area], color, opacity, &mut drawables) {
                        log::warn!("an area of incident {} cannot be filled: {error}", drawn.incident);
                    }
                }
            }
            let is_dashed = facts.precision != Precision::Exact;
            let width = if is_strong { 3.0 } else { 1.8 };
            let color = palette.readable(color, palette.map.land);
            let dasharray = if is_dashed { vec![6.0, 4.0] } else { Vec::new() };
            let line = |points| Line { points, width, color, dasharray: dasharray.clone() };
            lines.extend(parts.into_iter().filter(|part| part.len() > 1).map(line));
        }
        if !lines.is_empty() {
            drawables.push(Drawable::Lines(lines));
        }
        Drawables::new(drawables)
    }

    fn placed(&self, transform: &MapTransform) -> Drawables {
        // The view may be in another copy of the world by now.
        let copy = (transform.center.x - self.region.middle().x).round();
        let scaling = (self.unit_per_local * transform.world_px) as f32;
        let origin = UnitPoint { x: self.origin.x + copy, y: self.origin.y };
        let translation = transform.place(origin).to_vec2();
        self.drawables.clone().with_transform(TSTransform { scaling, translation })
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
    use std::sync::Arc;

    use eframe::egui::{Rect, Theme, vec2};

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
        let mut shapes = Shapes::default();
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
        let mut shapes = Shapes::default();
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
            let mut shapes = Shapes::default();
            shapes.update(&state, &transform, None, Palette::of(Theme::Dark));
            let drawn = &shapes.weak.as_ref().unwrap().drawn;
            let points: usize = drawn.iter().flat_map(|it| &it.parts).map(Vec::len).sum();
            assert!((2..8000).contains(&points), "{points} at {zoom}");
        }
    }
}
