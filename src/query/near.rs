//! What is nearest: to the pointer, on the map; to an incident, on the earth.
//!
//! Both walk the cells of the Morton order, nearest cell first, and turn back where nothing nearer can be.

use std::ops::Range;

/// An incident and how far away it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearby {
    /// Index of the incident.
    pub incident: usize,
    /// Great-circle distance in metres.
    pub distance_m: f64,
}

use super::answer::Answer;
use super::columns::{Columns, WORLD};
use super::morton;
use crate::geo::{EARTH_RADIUS_M, LonLat, UnitPoint};

/// Runs of up to so many slots are looked at one by one.
const FEW: u32 = 24;

/// A way to measure from a place to the incidents.
trait Measure {
    /// Distance to a place in the columns' units.
    fn to(&self, x: u32, y: u32) -> f64;

    /// No distance within the cell is less.
    fn to_cell(&self, cell: &Square) -> f64;
}

/// A cell in the columns' units.
struct Square {
    west: f64,
    north: f64,
    side: f64,
}

/// On the unit square, x round the world.
struct OnMap {
    x: f64,
    y: f64,
}

impl Measure for OnMap {
    fn to(&self, x: u32, y: u32) -> f64 {
        let east = (f64::from(x) - self.x).abs();
        east.min(WORLD - east).hypot(f64::from(y) - self.y)
    }

    fn to_cell(&self, cell: &Square) -> f64 {
        // From the cell's western edge, eastward: inside, or past its eastern edge by less than the way round.
        let from_west = (self.x - cell.west).rem_euclid(WORLD);
        let east = if from_west <= cell.side { 0.0 } else { (from_west - cell.side).min(WORLD - from_west) };
        let south = (cell.north - self.y).max(self.y - cell.north - cell.side).max(0.0);
        east.hypot(south)
    }
}

/// On the earth, in metres.
struct OnEarth {
    position: LonLat,
    x: f64,
}

impl Measure for OnEarth {
    fn to(&self, x: u32, y: u32) -> f64 {
        self.position.distance_m(lon_lat(f64::from(x), f64::from(y)))
    }

    /// Never more than the way to the cell's latitudes, nor than that to its nearer meridian.
    fn to_cell(&self, cell: &Square) -> f64 {
        /// The cell's edges and the distance itself are rounded.
        const SLACK_M: f64 = 0.01;
        let lat = |y: f64| lon_lat(0.0, y).lat_deg;
        let here = self.position.lat_deg;
        let north_deg = (here - lat(cell.north)).max(lat(cell.north + cell.side) - here).max(0.0);
        let from_west = (self.x - cell.west).rem_euclid(WORLD);
        let east = if from_west <= cell.side { 0.0 } else { (from_west - cell.side).min(WORLD - from_west) };
        let east_rad = east / WORLD * std::f64::consts::TAU;
        let across_rad = if east_rad < std::f64::consts::FRAC_PI_2 {
            (east_rad.sin() * here.to_radians().cos()).asin()
        } else {
            // More than a quarter round: a pole is nearer than any other place of the meridian.
            (90.0 - here.abs()).to_radians()
        };
        north_deg.to_radians().max(across_rad) * EARTH_RADIUS_M - SLACK_M
    }
}

fn lon_lat(x: f64, y: f64) -> LonLat {
    UnitPoint { x: x / WORLD, y: y / WORLD }.to_lon_lat()
}

/// Where the incident in a slot is.
pub(super) fn position(columns: &Columns, slot: usize) -> LonLat {
    match columns.off_map.get(slot.wrapping_sub(columns.mappable())) {
        Some(position) => *position,
        None => lon_lat(columns.x[slot].into(), columns.y[slot].into()),
    }
}

/// The nearest found so far, in order, at most so many.
struct Nearest {
    found: Vec<(f64, u32)>,
    limit: usize,
    max: f64,
}

impl Nearest {
    fn new(limit: usize, max: f64) -> Self {
        Self { found: Vec::new(), limit, max: if max.is_nan() { -1.0 } else { max } }
    }

    /// What is farther than this is of no use.
    fn reach(&self) -> f64 {
        if self.found.len() < self.limit {
            self.max
        } else {
            self.found.last().map_or(-1.0, |it| it.0.min(self.max))
        }
    }

    /// At the same distance the incident that comes first in the dataset is nearer.
    fn offer(&mut self, distance: f64, incident: u32) {
        if distance > self.reach() || distance.is_nan() {
            return;
        }
        let at = self.found.partition_point(|it| *it < (distance, incident));
        if at < self.limit {
            self.found.truncate(self.limit - 1);
            self.found.insert(at, (distance, incident));
        }
    }
}

/// A walk through the cells.
struct Walk<'a, M> {
    columns: &'a Columns,
    answer: Option<&'a Answer>,
    measure: M,
    wanted: &'a dyn Fn(u32) -> bool,
    nearest: Nearest,
}

impl<M: Measure> Walk<'_, M> {
    /// Looks into a cell whose slots are `run`.
    fn enter(&mut self, level: u32, cell: u64, run: Range<u32>) {
        let count = match self.answer {
            Some(answer) => answer.rank(run.end) - answer.rank(run.start),
            None => run.end - run.start,
        };
        if count == 0 {
            return;
        }
        if count <= FEW || level == 32 {
            self.look(run);
            return;
        }
        let mut children = [0, 1, 2, 3].map(|child| {
            let child = cell << 2 | child;
            (self.distance(level + 1, child), child)
        });
        children.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (distance, child) in children {
            if distance <= self.nearest.reach() {
                self.enter(level + 1, child, self.columns.run_within(level + 1, child, &run));
            }
        }
    }

    fn distance(&self, level: u32, cell: u64) -> f64 {
        let (x, y) = morton::position(morton::first_key(cell, level).unwrap_or(0));
        let side = WORLD / (1u64 << level) as f64;
        self.measure.to_cell(&Square { west: x.into(), north: y.into(), side })
    }

    fn look(&mut self, run: Range<u32>) {
        match self.answer {
            Some(answer) => answer.slots_in(run).for_each(|slot| self.offer(slot)),
            None => run.for_each(|slot| self.offer(slot)),
        }
    }

    fn offer(&mut self, slot: u32) {
        let (columns, at) = (self.columns, slot as usize);
        if (self.wanted)(slot) {
            self.nearest.offer(self.measure.to(columns.x[at], columns.y[at]), columns.incident_of[at]);
        }
    }
}

/// The nearest point within `radius` of `point`, both on the unit square: of the shown incidents only those whose position
/// is their own are drawn as points.
pub(super) fn hit(columns: &Columns, answer: &Answer, point: UnitPoint, radius: f64) -> Option<usize> {
    if !point.x.is_finite() || !point.y.is_finite() {
        return None;
    }
    let measure = OnMap { x: point.x.rem_euclid(1.0) * WORLD, y: point.y * WORLD };
    let nearest = Nearest::new(1, radius * WORLD);
    let wanted = |slot: u32| columns.is_point(slot as usize);
    let mut walk = Walk { columns, answer: Some(answer), measure, wanted: &wanted, nearest };
    walk.enter(0, 0, 0..columns.mappable);
    walk.nearest.found.first().map(|&(_, incident)| incident as usize)
}

/// The incidents nearest to a position on the earth, at most `limit`, none farther than `max_distance_m`, and only those
/// whose position is their own. With an answer only what it shows.
pub(super) fn nearest(
    columns: &Columns,
    answer: Option<&Answer>,
    position: LonLat,
    limit: usize,
    max_distance_m: f64,
    left_out: Option<usize>,
) -> Vec<Nearby> {
    if limit == 0 || !position.lon_deg.is_finite() || !position.lat_deg.is_finite() {
        return Vec::new();
    }
    let left_out = left_out.and_then(|incident| columns.slot_of(incident));
    let wanted = |slot: u32| columns.is_point(slot as usize) && Some(slot as usize) != left_out;
    let measure = OnEarth { position, x: position.to_unit().x.rem_euclid(1.0) * WORLD };
    let mut walk =
        Walk { columns, answer, measure, wanted: &wanted, nearest: Nearest::new(limit, max_distance_m) };
    walk.enter(0, 0, 0..columns.mappable);
    let mut nearest = walk.nearest;
    // Near the poles the map ends, the earth does not.
    for (slot, other) in (columns.mappable..).zip(&columns.off_map) {
        let shown = answer.is_none_or(|answer| answer.shows_slot(slot as usize));
        if shown && wanted(slot) && other.is_valid() {
            nearest.offer(position.distance_m(*other), columns.incident_of[slot as usize]);
        }
    }
    let nearby = |(distance_m, incident): (f64, u32)| Nearby { incident: incident as usize, distance_m };
    nearest.found.into_iter().map(nearby).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Criteria, brute, pass};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn the_pointer_hits_the_nearest_point_within_the_radius(
            (rows, criteria) in brute::rows().prop_flat_map(|rows| { let n = rows.len(); (Just(rows), brute::criteria(n)) }),
            x in prop_oneof![-0.5..1.5_f64, Just(0.0), Just(0.583_334)], y in prop_oneof![0.0..1.0_f64, Just(0.335)],
            radius in prop_oneof![0.0..0.001_f64, 0.0..0.8_f64]
        ) {
            let columns = brute::columns(&rows);
            let mut answer = Answer::default();
            pass::run(&columns, &criteria, &mut answer);
            let distance = |n: usize| {
                let (x2, y2) = rows[n].units()?;
                let east = (f64::from(x2) - x.rem_euclid(1.0) * WORLD).abs();
                let distance = east.min(WORLD - east).hypot(f64::from(y2) - y * WORLD);
                (distance <= radius * WORLD).then_some(distance)
            };
            let expected = brute::shown(&criteria, &rows).into_iter()
                .filter(|&n| rows[n].precision.is_point())
                .filter_map(|n| distance(n).map(|distance| (distance, n)))
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            prop_assert_eq!(hit(&columns, &answer, UnitPoint { x, y }, radius), expected.map(|it| it.1));
        }

        #[test]
        fn the_nearest_on_earth_are_those_that_measuring_all_finds(
            (rows, criteria) in brute::rows().prop_flat_map(|rows| { let n = rows.len(); (Just(rows), brute::criteria(n)) }),
            lon in prop_oneof![-180.0..=180.0_f64, Just(30.0), Just(179.9995)],
            lat in prop_oneof![-90.0..=90.0_f64, Just(50.0), Just(84.0), Just(-85.0)],
            limit in 0..20_usize, max in prop_oneof![0.0..2e7_f64, 0.0..1000.0_f64, Just(f64::INFINITY)],
            only_shown in any::<bool>()
        ) {
            let columns = brute::columns(&rows);
            let mut answer = Answer::default();
            pass::run(&columns, &criteria, &mut answer);
            let from = LonLat::new(lon, lat);
            let shown = brute::shown(&criteria, &rows);
            let mut expected: Vec<f64> = (0..rows.len())
                .filter(|n| (!only_shown || shown.contains(n)) && *n != 3)
                .filter(|&n| rows[n].precision.is_point() && rows[n].position.is_valid())
                .map(|n| from.distance_m(rows[n].position))
                .filter(|&distance| distance <= max)
                .collect();
            expected.sort_by(f64::total_cmp);
            expected.truncate(limit);
            let found = nearest(&columns, only_shown.then_some(&answer), from, limit, max, Some(3));
            // A centimetre of rounding may put one at the edge in or out.
            prop_assert!(found.len().abs_diff(expected.len()) <= 1);
            for (found, expected) in found.iter().zip(&expected) {
                prop_assert!((found.distance_m - expected).abs() < 0.05, "{} {expected}", found.distance_m);
            }
        }
    }

    #[test]
    fn a_pointer_or_a_position_that_makes_no_sense_finds_nothing() {
        let columns = brute::columns(&[brute::plain_row(); 3]);
        let mut answer = Answer::default();
        pass::run(&columns, &Criteria::default(), &mut answer);
        for (x, radius) in [(f64::NAN, 1.0), (f64::INFINITY, 1.0), (0.5, f64::NAN), (0.5, -1.0)] {
            assert_eq!(hit(&columns, &answer, UnitPoint { x, y: 0.5 }, radius), None);
            assert_eq!(nearest(&columns, None, LonLat::new(x, 0.0), 3, radius, None), []);
        }
        assert_eq!(hit(&columns, &answer, UnitPoint { x: 0.5, y: 0.5 }, f64::INFINITY), Some(0));
    }
}
