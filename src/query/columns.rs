//! What map, list and filter need of every incident, as columns in Morton order: built once per dataset, never changed.
//!
//! A *slot* is a place in that order, an *incident* an index in the dataset. Incidents that the map cannot show (past
//! Mercator's latitudes, or nowhere at all) have the slots after all others, and no cell ever holds them.

use std::ops::Range;

use jiff::tz::TimeZone;

use super::bins::Times;
use super::build;
use super::clock;
use super::morton;
use crate::geo::{LonLat, MAX_MERCATOR_LAT_DEG};
use crate::model::{Dataset, Facts, Precision, Status};

/// So many event types are told apart everywhere; those beyond them count together as "other".
pub const TYPES_APART: usize = 16;

/// Entries of a count per event type: one for each of the first [`TYPES_APART`] types, then "other".
pub const TYPE_COUNTS: usize = TYPES_APART + 1;

/// The statuses, in the order of their codes.
pub const STATUSES: [Status; 5] =
    [Status::Unverified, Status::Claimed, Status::Contested, Status::StatedByOfficials, Status::Corroborated];

/// The precisions from best to worst, in the order of their codes.
pub const PRECISIONS: [Precision; 5] =
    [Precision::Exact, Precision::Settlement, Precision::District, Precision::Region, Precision::Country];

/// Side of the world in the columns' units: 2^32, so that a unit is 9.3 mm on the equator.
pub(super) const WORLD: f64 = 4_294_967_296.0;

/// What the columns hold of one incident.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Where its marker stands. May be anything; what is not on the map is reported as such.
    pub position: LonLat,
    /// Index of its event type.
    pub event_type: u16,
    /// How far it is confirmed.
    pub status: Status,
    /// How exactly its position is known.
    pub precision: Precision,
    /// First and last minute, since 1970 in UTC, in which it may have happened: see [`crate::model::span_min`].
    pub span_min: [i32; 2],
}

/// All incidents of a dataset, ready for questions.
#[derive(Debug)]
pub struct Columns {
    /// Tells columns apart, so that no answer is ever read against other columns than its own.
    pub(super) id: u64,
    pub(super) x: Vec<u32>,
    pub(super) y: Vec<u32>,
    pub(super) start_min: Vec<i32>,
    pub(super) end_min: Vec<i32>,
    pub(super) event_type: Vec<u16>,
    /// Status code in the low four bits, precision code in the high ones.
    pub(super) codes: Vec<u8>,
    pub(super) incident_of: Vec<u32>,
    pub(super) slot_of: Vec<u32>,
    pub(super) planes: Planes,
    /// Sums of x and y over each word's 64 slots.
    pub(super) word_sums: Vec<[u64; 2]>,
    pub(super) directory: Directory,
    /// Slots before this one are on the map.
    pub(super) mappable: u32,
    /// Positions of the slots that are not on the map, in order.
    pub(super) off_map: Vec<LonLat>,
    pub(super) event_types: usize,
    pub(super) times: Option<Times>,
    pub(super) common_zone: Option<TimeZone>,
}

/// For each word of 64 slots one word of bits for every event type told apart, every status and every precision.
#[derive(Debug)]
pub(super) struct Planes {
    pub(super) bits: Vec<u64>,
    /// Planes of event types: as many as there are types, at most [`TYPE_COUNTS`].
    pub(super) types: usize,
}

impl Planes {
    /// Planes in all.
    pub(super) fn stride(&self) -> usize {
        self.types + STATUSES.len() + PRECISIONS.len()
    }
}

/// The first slot of every cell of one level, and the end of the last.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) level: u32,
    pub(super) first: Vec<u32>,
}

impl From<Facts> for Row {
    fn from(facts: Facts) -> Self {
        let Facts { position, span_min, event_type, status, precision } = facts;
        Self { position, event_type, status, precision, span_min }
    }
}

impl Row {
    /// The row's place on the unit square in the columns' units, or `None` where the map has no place for it.
    pub(super) fn units(&self) -> Option<(u32, u32)> {
        let LonLat { lon_deg, lat_deg } = self.position;
        if !lon_deg.is_finite() || lat_deg.is_nan() || lat_deg.abs() > MAX_MERCATOR_LAT_DEG {
            return None;
        }
        // Half the world's height is pi: a logarithm of sines is five times as fast as the usual asinh of a tangent.
        let sin = lat_deg.to_radians().sin();
        let y = 0.5 - ((1.0 + sin) / (1.0 - sin)).ln() / (4.0 * std::f64::consts::PI);
        Some((x_units(lon_deg / 360.0 + 0.5), y_units(y)))
    }
}

/// A place along the unit square's upper edge in units, taken round the world.
pub(super) fn x_units(x: f64) -> u32 {
    // Most are inside, and a remainder is slow. 2^32, the eastern end, is the western one.
    let inside = if (0.0..1.0).contains(&x) { x } else { x.rem_euclid(1.0) };
    (inside * WORLD + 0.5) as u64 as u32
}

/// A place along the unit square's side in units, moved to its ends from outside.
pub(super) fn y_units(y: f64) -> u32 {
    (y * WORLD + 0.5) as u32
}

impl Columns {
    /// Columns of `len` incidents, of which `row` gives each once, in any order and from several threads.
    #[must_use]
    pub fn build(len: usize, row: impl Fn(usize) -> Row + Sync) -> Self {
        build::build(len, &row)
    }

    /// Columns of a dataset's incidents.
    #[must_use]
    pub fn of(dataset: &Dataset) -> Self {
        let mut columns = Self::build(dataset.incidents.len(), |incident| {
            dataset.incidents.facts(incident).unwrap_or(Facts::NONE).into()
        });
        columns.common_zone = clock::common_zone(dataset, &columns);
        columns
    }

    /// How many incidents there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.x.len()
    }

    /// Whether there are no incidents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.x.is_empty()
    }

    /// What is known of the times of all incidents; `None` where there are none.
    #[must_use]
    pub fn times(&self) -> Option<Times> {
        self.times
    }

    /// The zone in which the incidents' times of day were said, as far as they have been asked: see [`Columns::of`]. `None`
    /// where there are several zones, or no times of day.
    #[must_use]
    pub fn common_zone(&self) -> Option<&TimeZone> {
        self.common_zone.as_ref()
    }

    /// How many incidents are on the map: the slots before this number.
    #[must_use]
    pub fn mappable(&self) -> usize {
        self.mappable as usize
    }

    /// The incidents that the map has no place for, in the dataset's order.
    #[must_use]
    pub fn not_mappable(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.incident_of[self.mappable()..].iter().map(|&incident| incident as usize)
    }

    /// The incident in a slot.
    #[must_use]
    pub fn incident_of(&self, slot: usize) -> Option<usize> {
        self.incident_of.get(slot).map(|&incident| incident as usize)
    }

    /// The slot of an incident.
    #[must_use]
    pub fn slot_of(&self, incident: usize) -> Option<usize> {
        self.slot_of.get(incident).map(|&slot| slot as usize)
    }

    /// By slot: x on the Web Mercator square, of which the whole range of a `u32` is one turn round the world.
    #[must_use]
    pub fn x(&self) -> &[u32] {
        &self.x
    }

    /// By slot: y on the Web Mercator square, southward.
    #[must_use]
    pub fn y(&self) -> &[u32] {
        &self.y
    }

    /// By slot: the event type.
    #[must_use]
    pub fn event_types(&self) -> &[u16] {
        &self.event_type
    }

    /// By slot: whether the position is the incident's own rather than a stand-in's.
    #[must_use]
    pub fn is_point(&self, slot: usize) -> bool {
        self.precision(slot).is_some_and(Precision::is_point)
    }

    /// By slot: how exactly the position is known.
    #[must_use]
    pub fn precision(&self, slot: usize) -> Option<Precision> {
        PRECISIONS.get(usize::from(self.codes.get(slot)? >> 4)).copied()
    }

    /// First and last minute of all incidents whose time is known, or `None` without any.
    #[must_use]
    pub fn span_min(&self) -> Option<[i32; 2]> {
        self.times.map(|times| times.span_min)
    }

    /// Memory that columns, order and directory hold, in bytes.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        fn bytes<T>(column: &Vec<T>) -> usize {
            column.capacity() * size_of::<T>()
        }
        bytes(&self.x)
            + bytes(&self.y)
            + bytes(&self.start_min)
            + bytes(&self.end_min)
            + bytes(&self.event_type)
            + bytes(&self.codes)
            + bytes(&self.incident_of)
            + bytes(&self.slot_of)
            + bytes(&self.planes.bits)
            + bytes(&self.word_sums)
            + bytes(&self.directory.first)
            + bytes(&self.off_map)
    }

    /// The slots of a cell of `level`, numbered in Morton order. Down to the directory's level it is a look-up, below a
    /// search in one of the directory's runs.
    pub(super) fn run(&self, level: u32, cell: u64) -> Range<u32> {
        let Directory { level: depth, first } = &self.directory;
        if level <= *depth {
            let shift = 2 * (depth - level);
            let slot = |cell: u64| first.get((cell << shift) as usize).copied().unwrap_or(self.mappable);
            return slot(cell)..slot(cell + 1);
        }
        self.run_within(level, cell, &self.run(*depth, cell.checked_shr(2 * (level - depth)).unwrap_or(0)))
    }

    /// The same, where the run of a cell around it is known.
    pub(super) fn run_within(&self, level: u32, cell: u64, around: &Range<u32>) -> Range<u32> {
        if level <= self.directory.level {
            return self.run(level, cell);
        }
        let first = |cell: u64, within: Range<u32>| {
            morton::first_key(cell, level).map_or(within.end, |key| self.first_at(key, within))
        };
        let start = first(cell, around.clone());
        // After the world's last cell at the deepest level there is no number left.
        let next = cell.checked_add(1).map_or(around.end, |cell| first(cell, start..around.end));
        start..next
    }

    /// The first slot in the range whose key is not below `key`.
    pub(super) fn first_at(&self, key: u64, mut within: Range<u32>) -> u32 {
        while within.start < within.end {
            let middle = within.start.midpoint(within.end);
            let slot = middle as usize;
            if morton::key(self.x[slot], self.y[slot]) < key {
                within.start = middle + 1;
            } else {
                within.end = middle;
            }
        }
        within.start
    }
}

/// The code of a status: its place in [`STATUSES`].
pub(super) const fn status_code(status: Status) -> u8 {
    match status {
        Status::Unverified => 0,
        Status::Claimed => 1,
        Status::Contested => 2,
        Status::StatedByOfficials => 3,
        Status::Corroborated => 4,
    }
}

/// The code of a precision: its place in [`PRECISIONS`].
pub(super) const fn precision_code(precision: Precision) -> u8 {
    match precision {
        Precision::Exact => 0,
        Precision::Settlement => 1,
        Precision::District => 2,
        Precision::Region => 3,
        Precision::Country => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::brute;
    use proptest::prelude::*;

    #[test]
    fn the_world_s_very_last_cell_has_its_incident() {
        let position = LonLat::new(179.999_999_93, -85.051_128);
        let columns = brute::columns(&[Row { position, ..brute::plain_row() }]);
        let cell = morton::cell(morton::key(u32::MAX, u32::MAX), 32);
        assert!(columns.run(32, cell).len() <= 1);
        assert_eq!(columns.run(1, 3), 0..1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn slots_are_in_morton_order_and_lead_back_to_their_incidents(rows in brute::rows()) {
            let columns = brute::columns(&rows);
            let off_map: Vec<usize> = (0..rows.len()).filter(|&n| rows[n].units().is_none()).collect();
            prop_assert_eq!(columns.not_mappable().collect::<Vec<_>>(), off_map);
            let mut last = None;
            for slot in 0..columns.mappable() {
                let incident = columns.incident_of(slot).unwrap();
                prop_assert_eq!(columns.slot_of(incident), Some(slot));
                prop_assert_eq!(rows[incident].units(), Some((columns.x[slot], columns.y[slot])));
                prop_assert_eq!(rows[incident].event_type, columns.event_type[slot]);
                prop_assert_eq!(Some(rows[incident].precision), columns.precision(slot));
                let key = (morton::key(columns.x[slot], columns.y[slot]), incident);
                prop_assert!(last < Some(key));
                last = Some(key);
            }
        }

        #[test]
        fn a_cell_s_run_holds_exactly_what_stands_in_the_cell(rows in brute::rows(), level in 0u32..=32) {
            let columns = brute::columns(&rows);
            for slot in 0..columns.mappable() {
                let cell = |slot: usize| morton::cell(morton::key(columns.x[slot], columns.y[slot]), level);
                let expected: Vec<usize> =
                    (0..columns.mappable()).filter(|&other| cell(other) == cell(slot)).collect();
                let run = columns.run(level, cell(slot));
                prop_assert_eq!((run.start as usize..run.end as usize).collect::<Vec<_>>(), expected);
            }
        }

        #[test]
        fn a_position_is_kept_to_a_centimetre(lon in -180.0..180.0_f64, lat in -85.0..85.0_f64) {
            let position = LonLat::new(lon, lat);
            let row = Row { position, ..brute::plain_row() };
            let (x, y) = row.units().unwrap();
            let kept = crate::geo::UnitPoint { x: f64::from(x) / WORLD, y: f64::from(y) / WORLD }.to_lon_lat();
            prop_assert!(position.distance_m(kept) < 0.01);
        }
    }
}
