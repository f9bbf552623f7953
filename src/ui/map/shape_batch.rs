//! Shapes that were made ready to be drawn: those in and around a view, simplified to what a zoom can show.
//!
//! Making a batch of many shapes takes longer than a frame: it needs nothing of the window and can be done elsewhere.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::emath::TSTransform;
use eframe::egui::{Color32, Pos2, Theme, pos2};
use walkers::{Drawable, Drawables, Line};

use super::areas::{FillError, fill};
use super::shape_index::{Piece, ShapeIndex, UnitBox};
use super::transform::MapTransform;
use crate::geo::UnitPoint;
use crate::model::{Dataset, Precision, ShapeKind};
use crate::query::Columns;
use crate::state::AppState;
use crate::ui::theme::{self, Palette};

/// The most points that are drawn at once. Where there are more, the largest shapes are drawn.
const MAX_POINTS: usize = 60_000;
/// Points of one area that are filled. Beyond, it is drawn more coarsely.
const MAX_AREA_POINTS: usize = 8_000;
/// Shapes that are smaller than this on the screen are told by their markers, and those that are larger than the second
/// are drawn in full strength, in points.
const FADE_PX: [f64; 2] = [8.0, 20.0];
/// The strength of the faintest ones.
const FAINT: f64 = 0.25;
/// Points of a line that are nearer to each other are one, in points of the screen.
const TOLERANCE_PX: f64 = 0.5;
/// How far beyond the view shapes are kept, in widths of the view.
const MARGIN: f64 = 0.5;
/// Coordinates of what is drawn run to about this many units, so that 32-bit numbers are exact enough.
const LOCAL_SIZE: f64 = 4096.0;

/// What a batch was drawn for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    pub(super) revision: u64,
    /// The zoom, to whole steps up.
    pub(super) level: i32,
    pub(super) dark: bool,
    /// The incidents that are drawn strong; none for all others.
    pub(super) strong: Vec<usize>,
}

/// Shapes that were made ready to be drawn.
pub(super) struct Batch {
    pub(super) key: Key,
    /// What part of the world they fill.
    pub(super) region: UnitBox,
    pub(super) drawn: Vec<Drawn>,
    drawables: Drawables,
    origin: UnitPoint,
    unit_per_local: f64,
}

/// A piece as it is drawn, in the copy of the world in which it is seen.
pub(super) struct Drawn {
    pub(super) incident: usize,
    pub(super) kind: ShapeKind,
    pub(super) parts: Vec<Vec<UnitPoint>>,
    pub(super) bounds: UnitBox,
    /// How strong it is drawn, 0 to 1.
    strength: f64,
}

/// All that a batch is made of, apart from the window.
pub(super) struct Plan {
    pub(super) key: Key,
    view: UnitBox,
    index: Arc<ShapeIndex>,
    dataset: Arc<Dataset>,
    columns: Arc<Columns>,
    /// Who is shown, by slot.
    shown: Vec<u64>,
}

impl Plan {
    pub(super) fn new(index: &Arc<ShapeIndex>, state: &AppState, key: Key, view: UnitBox) -> Self {
        Self {
            key,
            view,
            index: Arc::clone(index),
            dataset: Arc::clone(state.dataset()),
            columns: Arc::clone(state.engine().columns()),
            shown: state.engine().answer().shown_words().to_vec(),
        }
    }

    fn is_drawn(&self, incident: usize) -> bool {
        if !self.key.strong.is_empty() {
            return self.key.strong.contains(&incident);
        }
        let slot = self.columns.slot_of(incident).unwrap_or(usize::MAX);
        self.shown.get(slot / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }

    /// The pieces that are drawn, the largest first where they are too many.
    fn pieces(&self, region: &UnitBox, least_size: f64) -> Vec<&Piece> {
        let shapes = &self.dataset.shapes;
        let mut pieces: Vec<&Piece> = self
            .index
            .within(region)
            .filter(|piece| piece.size >= least_size)
            .filter(|piece| shapes.get(piece.shape).is_some_and(|shape| self.is_drawn(shape.incident)))
            .collect();
        if pieces.len() > MAX_POINTS / 4 {
            pieces.sort_by(|a, b| b.size.total_cmp(&a.size));
        }
        pieces
    }

    /// Makes the batch. `None` once nobody waits for it.
    pub(super) fn make(self, goes_on: impl Fn() -> bool) -> Option<Batch> {
        let region = self.view.grown(MARGIN * self.view.size());
        // The zoom that is drawn is up to a step below the level.
        let world_px = MapTransform::world_px_at(f64::from(self.key.level));
        let size_px = |piece: &Piece| piece.size * world_px * std::f64::consts::FRAC_1_SQRT_2;
        let is_strong = !self.key.strong.is_empty();
        let least_px = if is_strong { 0.0 } else { FADE_PX[0] };
        let mut drawn = Vec::new();
        let mut points = 0;
        for piece in self.pieces(&region, least_px / world_px * std::f64::consts::SQRT_2) {
            let Some(shape) = self.dataset.shapes.get(piece.shape) else { continue };
            if !goes_on() {
                return None;
            }
            let copy = (region.middle().x - piece.bounds.middle().x).round();
            let mut parts = piece.points(shape, copy);
            let mut tolerance = TOLERANCE_PX / world_px;
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
            let strength = if is_strong { 1.0 } else { strength(size_px(piece)) };
            drawn.push(Drawn { incident: shape.incident, kind: shape.kind, parts, bounds, strength });
        }
        let origin = UnitPoint { x: region.west, y: region.north };
        let unit_per_local = region.size() / LOCAL_SIZE;
        let mut batch = Batch {
            key: self.key,
            region,
            drawn,
            drawables: Drawables::new(Vec::new()),
            origin,
            unit_per_local,
        };
        batch.drawables = batch.drawables_of(&self.dataset);
        Some(batch)
    }
}

impl Batch {
    /// Areas below lines, so that each kind is one thing to draw.
    fn drawables_of(&self, dataset: &Dataset) -> Drawables {
        let palette = Palette::of(if self.key.dark { Theme::Dark } else { Theme::Light });
        let is_strong = !self.key.strong.is_empty();
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
                let opacity = if is_strong { 0.12 } else { 0.14 * drawn.strength };
                for area in areas_of(&drawn.parts) {
                    if let Err(FillError(error)) = fill(&parts[area], color, opacity, &mut drawables) {
                        log::warn!("an area of incident {} cannot be filled: {error}", drawn.incident);
                    }
                }
            }
            let is_dashed = facts.precision != Precision::Exact;
            let width = if is_strong { 3.0 } else { 1.8 };
            let color: Color32 =
                palette.readable(color, palette.map.land).gamma_multiply(drawn.strength as f32);
            let dasharray = if is_dashed { vec![6.0, 4.0] } else { Vec::new() };
            let line = |points| Line { points, width, color, dasharray: dasharray.clone() };
            lines.extend(parts.into_iter().filter(|part| part.len() > 1).map(line));
        }
        if !lines.is_empty() {
            drawables.push(Drawable::Lines(lines));
        }
        Drawables::new(drawables)
    }

    /// The same as the map lies now.
    pub(super) fn placed(&self, transform: &MapTransform) -> Drawables {
        // The view may be in another copy of the world by now.
        let copy = (transform.center.x - self.region.middle().x).round();
        let scaling = (self.unit_per_local * transform.world_px) as f32;
        let origin = UnitPoint { x: self.origin.x + copy, y: self.origin.y };
        let translation = transform.place(origin).to_vec2();
        self.drawables.clone().with_transform(TSTransform { scaling, translation })
    }
}

/// How strong a shape of this size is drawn.
fn strength(size_px: f64) -> f64 {
    let share = ((size_px - FADE_PX[0]) / (FADE_PX[1] - FADE_PX[0])).clamp(0.0, 1.0);
    FAINT + (1.0 - FAINT) * share
}

impl Drawn {
    /// Whether a position is on its line or in its area.
    pub(super) fn is_hit(&self, at: UnitPoint, reach: f64) -> bool {
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
