//! What a reader asks for: conditions that an incident must all meet.

use std::sync::Arc;

use super::bitmap::{Bitmap, bit};
use super::clock::Clock;
use super::columns::{precision_code, status_code, x_units, y_units};
use crate::geo::{Bounds, LonLat, MAX_MERCATOR_LAT_DEG, UnitPoint};
use crate::model::{Precision, Status};

/// The conditions. The default ones let everything through.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Criteria {
    /// Incidents of these event types are left out.
    pub hidden_types: TypeSet,
    /// First and last minute since 1970 on the clock: the incident's span must touch it.
    pub window_min: Option<[i32; 2]>,
    /// The clock that the window, and the edges of a histogram, are read off; `None`: one in UTC.
    pub clock: Option<Arc<Clock>>,
    /// Incidents of these statuses are left out.
    pub hidden_statuses: StatusSet,
    /// The position must be known at least so exactly.
    pub at_least: Option<Precision>,
    /// The marker must stand in this part of the map. What the map has no place for is never in it.
    pub area: Option<MapArea>,
    /// The incidents, in the dataset's order, in which a searched text was found: see [`super::text_matches`].
    pub text: Option<Arc<Bitmap>>,
    /// The incidents, in the dataset's order, that have the chosen values: see [`super::Facets::matches`].
    pub values: Option<Arc<Bitmap>>,
}

/// A set of event types.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypeSet {
    /// Never ends in a zero, so that equal sets are equal.
    words: Vec<u64>,
}

impl TypeSet {
    /// Whether the type is in the set.
    #[must_use]
    pub fn contains(&self, event_type: usize) -> bool {
        bit(&self.words, event_type)
    }

    /// Puts the type into the set or takes it out. Types past 65 535 do not exist.
    pub fn set(&mut self, event_type: usize, contained: bool) {
        if event_type > usize::from(u16::MAX) {
            return;
        }
        let word = event_type / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let bit = 1 << (event_type % 64);
        if contained {
            self.words[word] |= bit;
        } else {
            self.words[word] &= !bit;
        }
        while self.words.last() == Some(&0) {
            self.words.pop();
        }
    }

    /// Whether the set holds no type.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The first types as bits.
    pub(super) fn low_word(&self) -> u64 {
        self.words.first().copied().unwrap_or(0)
    }
}

impl FromIterator<usize> for TypeSet {
    fn from_iter<I: IntoIterator<Item = usize>>(types: I) -> Self {
        let mut set = Self::default();
        types.into_iter().for_each(|event_type| set.set(event_type, true));
        set
    }
}

/// A set of statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatusSet(u8);

impl StatusSet {
    /// Whether the status is in the set.
    #[must_use]
    pub const fn contains(self, status: Status) -> bool {
        self.0 >> status_code(status) & 1 == 1
    }

    /// Puts the status into the set or takes it out.
    pub const fn set(&mut self, status: Status, contained: bool) {
        if contained {
            self.0 |= 1 << status_code(status);
        } else {
            self.0 &= !(1 << status_code(status));
        }
    }

    /// Whether the set holds no status.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// By status code: one bit each.
    pub(super) const fn bits(self) -> u8 {
        self.0
    }
}

/// A rectangle on the Web Mercator unit square, edges included. Where `west` is greater than `east` it crosses the
/// antimeridian; where `east` is a whole turn past `west` it goes all round the world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapArea {
    /// Western edge.
    pub west: f64,
    /// Eastern edge.
    pub east: f64,
    /// Northern edge, the smaller y.
    pub north: f64,
    /// Southern edge, the greater y.
    pub south: f64,
}

impl MapArea {
    /// The rectangle that a box in degrees is on the map.
    #[must_use]
    pub fn of(bounds: Bounds) -> Self {
        let north_west = LonLat::new(bounds.west_deg, bounds.north_deg).to_unit();
        let south_east = LonLat::new(bounds.east_deg, bounds.south_deg).to_unit();
        Self { west: north_west.x, east: south_east.x, north: north_west.y, south: south_east.y }
    }

    /// Whether the map shows a position in the area.
    #[must_use]
    pub fn contains(self, position: LonLat) -> bool {
        let UnitPoint { x, y } = position.to_unit();
        let is_on_map = x.is_finite() && position.lat_deg.abs() <= MAX_MERCATOR_LAT_DEG;
        is_on_map && self.units().is_some_and(|area| area.contains(x_units(x), y_units(y)))
    }

    /// The area in the columns' units; `None` if nothing can be in it.
    pub(super) fn units(self) -> Option<UnitArea> {
        let is_number = [self.west, self.east, self.north, self.south].iter().all(|edge| !edge.is_nan());
        if !is_number || self.north > self.south || self.south < 0.0 || self.north > 1.0 {
            return None;
        }
        let (west, width) = if self.east - self.west >= 1.0 || !(self.east - self.west).is_finite() {
            (0, u32::MAX)
        } else {
            let west = x_units(self.west);
            (west, x_units(self.east).wrapping_sub(west))
        };
        let north = y_units(self.north);
        Some(UnitArea { west, width, north, height: y_units(self.south) - north })
    }
}

/// A [`MapArea`] in the columns' units.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnitArea {
    west: u32,
    width: u32,
    north: u32,
    height: u32,
}

impl UnitArea {
    pub(super) fn contains(self, x: u32, y: u32) -> bool {
        (x.wrapping_sub(self.west) <= self.width) & (y.wrapping_sub(self.north) <= self.height)
    }

    /// Whether all, none or (`None`) some of a square cell, given by its north-western corner, lies in the area.
    pub(super) fn covers(self, x: u32, y: u32, side: u64) -> Option<bool> {
        let last = (side - 1) as u32;
        let (from_west, from_north) = (x.wrapping_sub(self.west), y.wrapping_sub(self.north));
        let inside = |from: u32, size: u32| from <= size && last <= size - from;
        // Outside: the edge's distance on from the cell's first line is more than the cell's side.
        let outside = |from: u32, size: u32| from > size && 0_u32.wrapping_sub(from) > last;
        if inside(from_west, self.width) && inside(from_north, self.height) {
            Some(true)
        } else if outside(from_west, self.width) || outside(from_north, self.height) {
            Some(false)
        } else {
            None
        }
    }
}

impl Criteria {
    /// Whether everything passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The code of the worst precision that passes.
    pub(super) fn worst_precision(&self) -> usize {
        usize::from(precision_code(self.at_least.unwrap_or(Precision::Country)))
    }
}
