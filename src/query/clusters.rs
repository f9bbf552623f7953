//! What a view of the map shows: single incidents, and clusters where markers would overlap.
//!
//! The world is cut into cells whose side on the screen is between [`MIN_CELL_PX`] and twice that; the cut depends on
//! the zoom alone, so nothing changes while the map is panned. A cell is a run of slots: its count and its centroid are
//! two look-ups. Where a cell holds few incidents they stand for themselves. What would overlap is then merged
//! ([`super::merge`]). Cells around the view are looked at, too, so that what happens at its edge does not depend on
//! where the edge is.

use std::ops::Range;

use super::answer::Answer;
use super::columns::{Columns, TYPE_COUNTS, WORLD};
use super::merge::{Merging, Node};
use super::morton;
use crate::geo::{Bounds, UnitPoint};

/// Least side of a cell.
pub(super) const MIN_CELL_PX: f64 = 80.0;

/// Cells around the view that are looked at as well.
const MARGIN: f64 = 1.0;

/// Up to so many incidents of a cell stand for themselves.
const FEW: u32 = 8;

/// Deepest level of cells.
const MAX_LEVEL: u32 = 31;

/// No screen is larger: a bound on the work.
const MAX_VIEW_PX: f64 = 16_384.0;

/// Radius of a single incident's marker.
pub const SINGLE_RADIUS_PX: f32 = 14.0;

/// Nearest that two discs may come to each other.
pub const GAP_PX: f32 = 2.0;

/// Incidents closer than this, in the columns' units, overlap at zoom 20, the deepest: 30 points there.
const ONE_SPOT: u32 = 480;

/// A view of the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ViewQuery {
    /// What stands in the middle.
    pub center: UnitPoint,
    /// Width of the whole world, in points of the screen.
    pub world_px: f64,
    /// Width and height of the view.
    pub size_px: [f64; 2],
}

/// The cells that were looked at: whole ones, so that every incident is in or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cells {
    /// The world is cut into `2^level` columns and as many rows.
    pub level: u32,
    /// Westernmost column.
    pub column: u32,
    /// How many columns, eastward, across the antimeridian if need be.
    pub columns: u32,
    /// Northernmost row.
    pub row: u32,
    /// How many rows, southward.
    pub rows: u32,
}

/// Tells a cluster again in the next frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClusterKey {
    /// The biggest part of the cluster is this incident.
    Incident(u32),
    /// The biggest part of the cluster is this cell of a level.
    Cell(u32, u64),
}

/// One incident, or several that are drawn as one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Mean position.
    pub center: UnitPoint,
    /// How many incidents, never 0.
    pub count: u32,
    /// How many of each event type.
    pub types: [u32; TYPE_COUNTS],
    /// The incident, if it is one.
    pub incident: Option<usize>,
    /// Whether its members stand so close together that no zoom parts them.
    pub is_one_spot: bool,
    /// Its identity across frames.
    pub key: ClusterKey,
    /// Where its runs are in [`Clusters::runs`].
    pub(super) runs: Range<u32>,
}

impl Cluster {
    /// A cluster of one incident.
    #[must_use]
    pub(crate) fn single(incident: u32, center: UnitPoint) -> Self {
        let key = ClusterKey::Incident(incident);
        let types = [0; TYPE_COUNTS];
        let incident = Some(incident as usize);
        Self { center, count: 1, types, incident, is_one_spot: true, key, runs: 0..0 }
    }
}

/// Whom a cluster stands for, as long as the answer that it was found in is the present one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Members {
    pub(super) runs: Vec<Range<u32>>,
}

/// The clusters of a view. Keep it: its buffers are used again.
#[derive(Debug, Default)]
pub struct Clusters {
    pub(super) list: Vec<Cluster>,
    pub(super) runs: Vec<Range<u32>>,
    cells: Cells,
    total: u32,
    merging: Merging,
}

impl Cells {
    /// The cells that a view and its margin touch; `None` for a view that shows nothing.
    pub(super) fn of(view: &ViewQuery) -> Option<Self> {
        let ViewQuery { center, world_px, size_px } = *view;
        let numbers = [center.x, center.y, world_px, size_px[0], size_px[1]];
        if numbers.iter().any(|it| !it.is_finite()) || world_px <= 0.0 || size_px.iter().any(|it| *it <= 0.0)
        {
            return None;
        }
        let level = (world_px / MIN_CELL_PX).log2().floor().clamp(0.0, f64::from(MAX_LEVEL)) as u32;
        let cells = f64::from(1u32 << level);
        // From the first to behind the last cell along an axis.
        let reach = |center: f64, size_px: f64| {
            let half = size_px.min(MAX_VIEW_PX) / world_px / 2.0;
            [((center - half) * cells - MARGIN).floor(), ((center + half) * cells + MARGIN).floor() + 1.0]
        };
        let [north, south] = reach(center.y, size_px[1]).map(|row| row.clamp(0.0, cells));
        let [west, east] = reach(center.x.rem_euclid(1.0), size_px[0]);
        let (column, columns) =
            if east - west >= cells { (0.0, cells) } else { (west.rem_euclid(cells), east - west) };
        (south > north).then_some(Self {
            level,
            column: column as u32,
            columns: columns as u32,
            row: north as u32,
            rows: (south - north) as u32,
        })
    }

    /// Whether the point, x taken round the world, lies in one of the cells.
    #[must_use]
    pub fn contains(&self, point: UnitPoint) -> bool {
        let cells = f64::from(1u32 << self.level);
        let (column, row) = ((point.x.rem_euclid(1.0) * cells) as u32, (point.y * cells) as u32);
        let from_west = column.wrapping_sub(self.column) & ((1 << self.level) - 1);
        from_west < self.columns && row.wrapping_sub(self.row) < self.rows
    }
}

impl Clusters {
    /// All clusters, those outside the view but within its margin included.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Cluster> {
        self.list.iter()
    }

    /// The clusters as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[Cluster] {
        &self.list
    }

    /// How many incidents are in all clusters together: all that are shown in [`Clusters::cells`].
    #[must_use]
    pub fn total(&self) -> usize {
        self.total as usize
    }

    /// The cells that were looked at.
    #[must_use]
    pub fn cells(&self) -> Cells {
        self.cells
    }

    /// Finds the clusters of the view. `radius_px` gives the radius of a ring for so many incidents.
    pub(super) fn find(
        &mut self,
        columns: &Columns,
        answer: &Answer,
        view: &ViewQuery,
        radius_px: impl Fn(u32) -> f32,
    ) {
        self.list.clear();
        self.runs.clear();
        self.total = 0;
        self.cells = Cells::default();
        let Some(cells) = Cells::of(view) else { return };
        self.cells = cells;
        let unit_px = WORLD / view.world_px;
        let radius = |count: u32| {
            let px = if count == 1 { SINGLE_RADIUS_PX } else { radius_px(count).max(0.0) };
            f64::from(px) * unit_px
        };
        self.merging.start(&cells, f64::from(GAP_PX) * unit_px);
        self.seed(columns, answer, &cells, &radius);
        self.merging.merge(&radius);
        self.collect(columns, answer);
    }

    /// Gives the merging every cell's centroid, or its incidents if they are few.
    fn seed(&mut self, columns: &Columns, answer: &Answer, cells: &Cells, radius: &impl Fn(u32) -> f64) {
        let last_column = (1 << cells.level) - 1;
        for row in cells.row..cells.row + cells.rows {
            for column in 0..cells.columns {
                let cell = morton::key(cells.column.wrapping_add(column) & last_column, row);
                let run = columns.run(cells.level, cell);
                let count = if run.is_empty() { 0 } else { answer.rank(run.end) - answer.rank(run.start) };
                if count == 0 {
                    continue;
                }
                self.total += count;
                if count <= FEW {
                    for slot in answer.slots_in(run) {
                        let (x, y) = (columns.x[slot as usize], columns.y[slot as usize]);
                        let key = ClusterKey::Incident(columns.incident_of[slot as usize]);
                        let node = Node::new(f64::from(x), f64::from(y), 1, radius(1), slot, key);
                        self.merging.add(node, slot..slot + 1);
                    }
                } else {
                    let [from, to] = [run.start, run.end].map(|slot| answer.position_sums(columns, slot));
                    let mean = |axis: usize| (to[axis] - from[axis]) as f64 / f64::from(count);
                    let key = ClusterKey::Cell(cells.level, cell);
                    let node = Node::new(mean(0), mean(1), count, radius(count), run.start, key);
                    self.merging.add(node, run);
                }
            }
        }
    }

    fn collect(&mut self, columns: &Columns, answer: &Answer) {
        for node in self.merging.nodes() {
            let first = self.runs.len() as u32;
            self.runs.extend(self.merging.runs(node));
            let mut cluster = Cluster {
                center: UnitPoint { x: node.x / WORLD, y: node.y / WORLD },
                count: node.count,
                types: [0; TYPE_COUNTS],
                incident: None,
                is_one_spot: true,
                key: node.key,
                runs: first..self.runs.len() as u32,
            };
            let runs = &self.runs[first as usize..];
            if let (1, [run]) = (node.count, runs) {
                let slot = run.start as usize;
                let event_type = usize::from(columns.event_type[slot]);
                cluster.types[event_type.min(TYPE_COUNTS - 1)] = 1;
                cluster.incident = columns.incident_of(slot);
            } else {
                for run in runs {
                    answer.count_types(columns, run, &mut cluster.types);
                }
                cluster.is_one_spot = is_one_spot(columns, answer, runs, (node.x, node.y));
            }
            self.list.push(cluster);
        }
    }

    fn runs_of(&self, cluster: &Cluster) -> &[Range<u32>] {
        self.runs.get(cluster.runs.start as usize..cluster.runs.end as usize).unwrap_or_default()
    }

    /// Whom the cluster stands for, to be asked about later.
    #[must_use]
    pub fn members(&self, cluster: &Cluster) -> Members {
        Members { runs: self.runs_of(cluster).to_vec() }
    }

    /// The cluster that stands for this incident, maybe among others; it must be shown.
    #[must_use]
    pub fn holding(&self, columns: &Columns, incident: usize) -> Option<&Cluster> {
        let slot = columns.slot_of(incident)? as u32;
        self.list.iter().find(|cluster| self.runs_of(cluster).iter().any(|run| run.contains(&slot)))
    }
}

impl Members {
    pub(super) fn hold(&self, slot: u32) -> bool {
        self.runs.iter().any(|run| run.contains(&slot))
    }

    /// The smallest box around the members; `center` is any point among them.
    pub(super) fn bounds(&self, columns: &Columns, answer: &Answer, center: UnitPoint) -> Option<Bounds> {
        let center = (center.x * WORLD) as u64 as u32;
        let mut spread = Spread::default();
        for slot in self.runs.iter().flat_map(|run| answer.slots_in(run.clone())) {
            spread.add(columns, slot, center);
        }
        let corner = |east: i32, y: u32| {
            UnitPoint { x: f64::from(center.wrapping_add_signed(east)) / WORLD, y: f64::from(y) / WORLD }
                .to_lon_lat()
        };
        let Spread { west, east, north, south } = spread;
        let (north_west, south_east) = (corner(west, north), corner(east, south));
        (west <= east).then_some(Bounds {
            west_deg: north_west.lon_deg,
            south_deg: south_east.lat_deg,
            east_deg: south_east.lon_deg,
            north_deg: north_west.lat_deg,
        })
    }

    /// The incidents from `offset` on, at most `count`, in the order of the map.
    pub(super) fn page(
        &self,
        columns: &Columns,
        answer: &Answer,
        mut offset: usize,
        count: usize,
    ) -> Vec<usize> {
        let mut members = Vec::new();
        for run in &self.runs {
            let before = answer.rank(run.start);
            let within = (answer.rank(run.end) - before) as usize;
            if offset >= within {
                offset -= within;
                continue;
            }
            let Some(start) = answer.select(before + offset as u32) else { break };
            offset = 0;
            let slots = answer.slots_in(start..run.end).take(count - members.len());
            members.extend(slots.filter_map(|slot| columns.incident_of(slot as usize)));
        }
        members
    }
}

/// How far members reach from a centre, in the columns' units.
struct Spread {
    west: i32,
    east: i32,
    north: u32,
    south: u32,
}

impl Default for Spread {
    fn default() -> Self {
        Self { west: i32::MAX, east: i32::MIN, north: u32::MAX, south: 0 }
    }
}

impl Spread {
    fn add(&mut self, columns: &Columns, slot: u32, center: u32) {
        let (x, y) = (columns.x[slot as usize], columns.y[slot as usize]);
        let east = x.wrapping_sub(center).cast_signed();
        self.west = self.west.min(east);
        self.east = self.east.max(east);
        self.north = self.north.min(y);
        self.south = self.south.max(y);
    }

    fn is_one_spot(&self) -> bool {
        i64::from(self.east) - i64::from(self.west) < ONE_SPOT.into()
            && self.south.saturating_sub(self.north) < ONE_SPOT
    }
}

/// Whether the shown slots of the runs stand within a square that no zoom parts. Nearly always one member far from the
/// centroid answers that, and where the first and the last member of a run share a place, so do all between.
fn is_one_spot(columns: &Columns, answer: &Answer, runs: &[Range<u32>], center: (f64, f64)) -> bool {
    let center = [center.0, center.1].map(|it| it as u64 as u32);
    let mut spread = Spread::default();
    for run in runs {
        let Some(first) = answer.first_in(run) else { continue };
        spread.add(columns, first, center[0]);
        let from_center = columns.y[first as usize].abs_diff(center[1]);
        if !spread.is_one_spot() || spread.west.unsigned_abs() > ONE_SPOT || from_center > ONE_SPOT {
            return false;
        }
        let Some(last) = answer.rank(run.end).checked_sub(1).and_then(|n| answer.select(n)) else { continue };
        spread.add(columns, last, center[0]);
        let position = |slot: u32| (columns.x[slot as usize], columns.y[slot as usize]);
        if position(first) != position(last) {
            for slot in answer.slots_in(first + 1..last) {
                spread.add(columns, slot, center[0]);
                if !spread.is_one_spot() {
                    return false;
                }
            }
        }
        if !spread.is_one_spot() {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::LonLat;
    use crate::query::{Criteria, Row, brute, pass};
    use proptest::prelude::*;

    /// As the window draws them.
    fn radius_px(count: u32) -> f32 {
        14.0 + 2.0 * (count as f32).log10()
    }

    fn view() -> impl Strategy<Value = ViewQuery> {
        let center = prop_oneof![
            (0.0..1.0_f64, 0.0..1.0_f64),
            (prop_oneof![Just(0.0), Just(0.9999)], 0.3..0.4_f64),
            Just((LonLat::new(30.0, 50.0).to_unit().x, LonLat::new(30.0, 50.0).to_unit().y)),
        ];
        (center, 3.0..26.0_f64, 10.0..3000.0_f64, 10.0..1500.0_f64).prop_map(
            |((x, y), zoom, width, height)| ViewQuery {
                center: UnitPoint { x, y },
                world_px: zoom.exp2(),
                size_px: [width, height],
            },
        )
    }

    fn answered(rows: &[Row], criteria: &Criteria) -> (Columns, Answer) {
        let columns = brute::columns(rows);
        let mut answer = Answer::default();
        pass::run(&columns, criteria, &mut answer);
        (columns, answer)
    }

    fn unit(columns: &Columns, incident: usize) -> UnitPoint {
        let slot = columns.slot_of(incident).unwrap();
        UnitPoint { x: f64::from(columns.x[slot]) / WORLD, y: f64::from(columns.y[slot]) / WORLD }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(192))]

        #[test]
        fn the_clusters_of_a_view_hold_each_shown_incident_of_its_cells_once(
            (rows, criteria) in brute::rows().prop_flat_map(|rows| { let n = rows.len(); (Just(rows), brute::criteria(n)) }),
            view in view()
        ) {
            let (columns, answer) = answered(&rows, &criteria);
            let mut clusters = Clusters::default();
            clusters.find(&columns, &answer, &view, radius_px);
            let mut members = Vec::new();
            for cluster in clusters.iter() {
                let mine = clusters.members(cluster).page(&columns, &answer, 0, usize::MAX);
                prop_assert_eq!(mine.len(), cluster.count as usize);
                let paged: Vec<usize> = (0..mine.len().div_ceil(3))
                    .flat_map(|page| clusters.members(cluster).page(&columns, &answer, page * 3, 3)).collect();
                prop_assert_eq!(&paged, &mine);
                let mut types = [0; TYPE_COUNTS];
                for &n in &mine {
                    types[usize::from(rows[n].event_type).min(TYPE_COUNTS - 1)] += 1;
                }
                prop_assert_eq!(types, cluster.types);
                prop_assert_eq!(cluster.incident, if let [only] = mine[..] { Some(only) } else { None });
                members.extend(mine);
            }
            members.sort_unstable();
            let expected: Vec<usize> = brute::shown(&criteria, &rows).into_iter()
                .filter(|&n| rows[n].units().is_some() && clusters.cells().contains(unit(&columns, n)))
                .collect();
            prop_assert_eq!(clusters.total(), expected.len());
            prop_assert_eq!(members, expected);
        }

        #[test]
        fn every_incident_in_the_view_is_in_a_cluster_of_it(rows in brute::rows(), view in view()) {
            let (columns, answer) = answered(&rows, &Criteria::default());
            let mut clusters = Clusters::default();
            clusters.find(&columns, &answer, &view, radius_px);
            for n in (0..rows.len()).filter(|&n| rows[n].units().is_some()) {
                let at = unit(&columns, n);
                let east = at.x - view.center.x;
                let in_view = (east - east.round()).abs() * view.world_px <= view.size_px[0] / 2.0
                    && (at.y - view.center.y).abs() * view.world_px <= view.size_px[1] / 2.0;
                prop_assert!(!in_view || clusters.cells().contains(at));
            }
        }

        #[test]
        fn no_two_clusters_overlap_and_each_stands_where_its_members_do(rows in brute::rows(), view in view()) {
            let (columns, answer) = answered(&rows, &Criteria::default());
            let mut clusters = Clusters::default();
            clusters.find(&columns, &answer, &view, radius_px);
            let gap = |a: UnitPoint, b: UnitPoint| {
                let east = b.x - a.x;
                (east - east.round()).hypot(b.y - a.y) * view.world_px
            };
            for (n, a) in clusters.iter().enumerate() {
                for b in clusters.iter().skip(n + 1) {
                    let px = gap(a.center, b.center);
                    let least = f64::from(radius_px(a.count) + radius_px(b.count));
                    prop_assert!(px > least, "{px} {least} {a:?} {b:?}");
                    prop_assert_ne!(a.key, b.key);
                }
                let members = clusters.members(a).page(&columns, &answer, 0, usize::MAX);
                let mean_east = members.iter().map(|&n| {
                    let east = unit(&columns, n).x - a.center.x;
                    east - east.round()
                }).sum::<f64>() / members.len() as f64;
                let mean_y = members.iter().map(|&n| unit(&columns, n).y).sum::<f64>() / members.len() as f64;
                let wide = view.world_px < 2000.0;
                prop_assert!(wide || mean_east.abs() * view.world_px < 0.01, "{mean_east}");
                prop_assert!((mean_y - a.center.y).abs() * view.world_px < 0.01);
            }
        }

        #[test]
        fn bounds_and_one_spot_agree_with_the_members(rows in brute::rows(), zoom in 10.0..30.0_f64) {
            let (columns, answer) = answered(&rows, &Criteria::default());
            let mut clusters = Clusters::default();
            let center = LonLat::new(30.0, 50.0).to_unit();
            let view = ViewQuery { center, world_px: zoom.exp2(), size_px: [3000.0, 2000.0] };
            clusters.find(&columns, &answer, &view, radius_px);
            for cluster in clusters.iter() {
                let members = clusters.members(cluster).page(&columns, &answer, 0, usize::MAX);
                let bounds = clusters.members(cluster).bounds(&columns, &answer, cluster.center).unwrap();
                let mut spread = Spread::default();
                for &n in &members {
                    let at = unit(&columns, n).to_lon_lat();
                    let slack = 1e-9;
                    let grown = Bounds {
                        west_deg: bounds.west_deg - slack, south_deg: bounds.south_deg - slack,
                        east_deg: bounds.east_deg + slack, north_deg: bounds.north_deg + slack,
                    };
                    prop_assert!(grown.contains(at), "{grown:?} {at:?}");
                    let slot = columns.slot_of[n];
                    spread.add(&columns, slot, (cluster.center.x * WORLD) as u64 as u32);
                }
                prop_assert_eq!(cluster.is_one_spot, spread.is_one_spot());
            }
        }

        #[test]
        fn panning_by_a_few_points_changes_nothing_that_stays_well_inside(
            rows in brute::rows(), zoom in 10.0..28.0_f64, east_px in 0.0..60.0_f64, south_px in 0.0..60.0_f64
        ) {
            let (columns, answer) = answered(&rows, &Criteria::default());
            let (mut before, mut after) = (Clusters::default(), Clusters::default());
            let center = LonLat::new(30.0, 50.0).to_unit();
            let mut view = ViewQuery { center, world_px: zoom.exp2(), size_px: [1440.0, 900.0] };
            before.find(&columns, &answer, &view, radius_px);
            view.center.x += east_px / view.world_px;
            view.center.y += south_px / view.world_px;
            after.find(&columns, &answer, &view, radius_px);
            for cluster in before.iter() {
                let px = (cluster.center.x - center.x).hypot(cluster.center.y - center.y) * view.world_px;
                let same = |other: &&Cluster| other.key == cluster.key && other.center == cluster.center;
                prop_assert!(px > 150.0 || after.iter().any(|other| same(&other)));
            }
        }
    }

    #[test]
    fn a_hundred_incidents_on_one_spot_are_one_cluster_that_no_zoom_parts() {
        let (columns, answer) = answered(&[brute::plain_row(); 100], &Criteria::default());
        let mut clusters = Clusters::default();
        let center = LonLat::new(30.0, 50.0).to_unit();
        clusters.find(
            &columns,
            &answer,
            &ViewQuery { center, world_px: 2e8, size_px: [800.0, 600.0] },
            radius_px,
        );
        let [cluster] = clusters.as_slice() else { panic!("{clusters:?}") };
        assert!(cluster.is_one_spot && cluster.count == 100);
    }

    #[test]
    fn a_view_that_makes_no_sense_shows_nothing() {
        let (columns, answer) = answered(&[brute::plain_row()], &Criteria::default());
        let good =
            ViewQuery { center: UnitPoint { x: 0.5, y: 0.4 }, world_px: 512.0, size_px: [800.0, 600.0] };
        let mut clusters = Clusters::default();
        clusters.find(&columns, &answer, &good, radius_px);
        assert_eq!(clusters.total(), 1);
        for (center, world_px, size) in [
            (UnitPoint { x: f64::NAN, y: 0.0 }, 512.0, 800.0),
            (UnitPoint { x: 0.5, y: f64::INFINITY }, 512.0, 800.0),
            (good.center, 0.0, 800.0),
            (good.center, f64::INFINITY, 800.0),
            (good.center, 512.0, -1.0),
            (UnitPoint { x: 0.5, y: 40.0 }, 512.0, 800.0),
        ] {
            clusters.find(
                &columns,
                &answer,
                &ViewQuery { center, world_px, size_px: [size, 600.0] },
                radius_px,
            );
            assert_eq!(clusters.total(), 0);
        }
        for radius in [f32::NAN, -1.0, f32::INFINITY, 1e30] {
            clusters.find(&columns, &answer, &good, |_| radius);
            assert_eq!(clusters.total(), 1);
        }
    }
}
