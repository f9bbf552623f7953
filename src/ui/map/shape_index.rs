//! Where on the map lines and areas are: pieces in boxes, so that only those in view are looked at.

use super::areas::unrolled;
use super::transform::MapTransform;
use crate::geo::UnitPoint;
use crate::model::{Shape, ShapeKind};

/// Points of a line that are one piece. A long track is looked at piece by piece.
const PIECE_POINTS: usize = 512;
/// Pieces that are looked at together.
const BLOCK_PIECES: usize = 64;

/// A box on the Mercator unit square; `x` runs on past 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct UnitBox {
    pub(super) west: f64,
    pub(super) north: f64,
    pub(super) east: f64,
    pub(super) south: f64,
}

impl UnitBox {
    const NOTHING: Self =
        Self { west: f64::INFINITY, north: f64::INFINITY, east: f64::NEG_INFINITY, south: f64::NEG_INFINITY };

    /// What a view shows.
    pub(super) fn of(transform: &MapTransform) -> Self {
        let (min, max) = transform.visible();
        Self { west: min.x, north: min.y, east: max.x, south: max.y }
    }

    fn around<'a>(points: impl IntoIterator<Item = &'a UnitPoint>) -> Self {
        points.into_iter().fold(Self::NOTHING, |all, point| Self {
            west: all.west.min(point.x),
            north: all.north.min(point.y),
            east: all.east.max(point.x),
            south: all.south.max(point.y),
        })
    }

    fn with(self, other: &Self) -> Self {
        Self {
            west: self.west.min(other.west),
            north: self.north.min(other.north),
            east: self.east.max(other.east),
            south: self.south.max(other.south),
        }
    }

    /// The longer side.
    pub(super) fn size(&self) -> f64 {
        (self.east - self.west).max(self.south - self.north)
    }

    pub(super) fn middle(&self) -> UnitPoint {
        UnitPoint { x: f64::midpoint(self.west, self.east), y: f64::midpoint(self.north, self.south) }
    }

    pub(super) fn grown(&self, by: f64) -> Self {
        Self { west: self.west - by, north: self.north - by, east: self.east + by, south: self.south + by }
    }

    /// The same in another copy of the world.
    pub(super) fn moved(&self, copies: f64) -> Self {
        Self { west: self.west + copies, east: self.east + copies, ..*self }
    }

    pub(super) fn contains(&self, at: UnitPoint) -> bool {
        (self.west..=self.east).contains(&at.x) && (self.north..=self.south).contains(&at.y)
    }

    /// Whether all of another box lies within this one.
    pub(super) fn holds(&self, other: &Self) -> bool {
        self.west <= other.west
            && self.north <= other.north
            && self.east >= other.east
            && self.south >= other.south
    }

    /// Whether they touch in any copy of the world.
    fn touches(&self, other: &Self) -> bool {
        let reach = (self.east - self.west + other.east - other.west) / 2.0;
        let apart = self.middle().x - other.middle().x;
        (apart - apart.round()).abs() <= reach && self.north <= other.south && other.north <= self.south
    }
}

/// A stretch of a line, or all of an area.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    /// Index of the shape.
    pub(super) shape: usize,
    part: usize,
    first: usize,
    last: usize,
    pub(super) bounds: UnitBox,
    /// The longer side of all of the shape, on the unit square.
    pub(super) size: f64,
}

/// All pieces, those near to each other together.
#[derive(Debug, Default)]
pub(super) struct ShapeIndex {
    pieces: Vec<Piece>,
    /// The boxes around each [`BLOCK_PIECES`].
    blocks: Vec<UnitBox>,
}

impl Piece {
    /// Its points, so many copies of the world to the east.
    pub(super) fn points(&self, shape: &Shape, copies: f64) -> Vec<Vec<UnitPoint>> {
        let mut parts = match shape.kind {
            ShapeKind::Area => rings_of(shape),
            ShapeKind::Line => {
                let points = shape.parts.get(self.part).and_then(|part| part.get(self.first..self.last));
                vec![unrolled(points.unwrap_or_default().iter().copied())]
            }
        };
        parts.iter_mut().flatten().for_each(|point| point.x += copies);
        parts
    }
}

/// The rings of an area in one copy of the world.
fn rings_of(shape: &Shape) -> Vec<Vec<UnitPoint>> {
    let mut start: Option<f64> = None;
    let rings = shape.parts.iter().map(|part| {
        let mut ring = unrolled(part.iter().copied());
        if let Some(first) = ring.first().map(|first| first.x) {
            let copies = (*start.get_or_insert(first) - first).round();
            for point in &mut ring {
                point.x += copies;
            }
        }
        ring
    });
    rings.collect()
}

impl ShapeIndex {
    /// For the shapes of a dataset.
    pub(super) fn of(shapes: &[Shape]) -> Self {
        let mut pieces = Vec::new();
        for (n, shape) in shapes.iter().enumerate() {
            let from = pieces.len();
            match shape.kind {
                ShapeKind::Area => {
                    let bounds = UnitBox::around(rings_of(shape).iter().flatten());
                    pieces.push(Piece { shape: n, part: 0, first: 0, last: 0, bounds, size: 0.0 });
                }
                ShapeKind::Line => {
                    for (part, points) in shape.parts.iter().enumerate() {
                        // Pieces share the points at which they meet.
                        for first in (0..points.len().saturating_sub(1)).step_by(PIECE_POINTS) {
                            let last = (first + PIECE_POINTS + 1).min(points.len());
                            let bounds = UnitBox::around(&unrolled(points[first..last].iter().copied()));
                            pieces.push(Piece { shape: n, part, first, last, bounds, size: 0.0 });
                        }
                    }
                }
            }
            // Across the antimeridian that is too much, which draws a small shape that could have been left out.
            let all = pieces[from..].iter().fold(UnitBox::NOTHING, |all, piece| all.with(&piece.bounds));
            pieces[from..].iter_mut().for_each(|piece| piece.size = all.size());
        }
        pieces.retain(|piece| piece.bounds.size().is_finite());
        pieces.sort_by_cached_key(|piece| place_of(piece.bounds.middle()));
        let blocks = pieces.chunks(BLOCK_PIECES);
        let around =
            |block: &[Piece]| block.iter().fold(UnitBox::NOTHING, |all, piece| all.with(&piece.bounds));
        Self { blocks: blocks.map(around).collect(), pieces }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The pieces that reach into a box.
    pub(super) fn within(&self, region: &UnitBox) -> impl Iterator<Item = &Piece> {
        let blocks = self.pieces.chunks(BLOCK_PIECES).zip(&self.blocks);
        let near = blocks.filter(move |(_, bounds)| bounds.touches(region)).flat_map(|(block, _)| block);
        near.filter(move |piece| piece.bounds.touches(region))
    }
}

/// Where a point is on a curve on which neighbours are near (Morton's).
fn place_of(at: UnitPoint) -> u32 {
    let bits = |share: f64| {
        let cell = (share.rem_euclid(1.0) * 65_536.0) as u32;
        (0..16).fold(0_u32, |all, bit| all | (cell >> bit & 1) << (2 * bit))
    };
    bits(at.x) | bits(at.y) << 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::{Bounds, LonLat};
    use proptest::prelude::*;

    fn line(from: (f64, f64), to: (f64, f64)) -> Shape {
        let parts = vec![vec![LonLat::new(from.0, from.1), LonLat::new(to.0, to.1)]];
        let bounds = Bounds::around(parts[0].iter().copied()).unwrap();
        Shape { incident: 0, kind: ShapeKind::Line, parts, bounds }
    }

    proptest! {
        #[test]
        fn whatever_reaches_into_a_view_is_found(
            lines in prop::collection::vec(((-180.0..180.0_f64, -80.0..80.0_f64), (-3.0..3.0_f64, -3.0..3.0_f64)), 1..300),
            west in -0.5..1.5_f64, north in 0.0..1.0_f64, size in 0.001..0.4_f64
        ) {
            let turned = |lon: f64| (lon + 180.0).rem_euclid(360.0) - 180.0;
            let shapes: Vec<Shape> =
                lines.iter().map(|((lon, lat), by)| line((*lon, *lat), (turned(lon + by.0), lat + by.1))).collect();
            let index = ShapeIndex::of(&shapes);
            let region = UnitBox { west, north, east: west + size, south: north + size };
            let mut found: Vec<usize> = index.within(&region).map(|piece| piece.shape).collect();
            found.sort_unstable();
            let touches = |piece: &&Piece| {
                [-2.0, -1.0, 0.0, 1.0, 2.0].iter().any(|copies| {
                    let bounds = piece.bounds.moved(*copies);
                    bounds.west <= region.east && region.west <= bounds.east
                        && bounds.north <= region.south && region.north <= bounds.south
                })
            };
            let mut wanted: Vec<usize> = index.pieces.iter().filter(touches).map(|piece| piece.shape).collect();
            wanted.sort_unstable();
            prop_assert_eq!(found, wanted);
        }
    }
}
