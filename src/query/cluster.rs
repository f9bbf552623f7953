//! Incidents that would overlap on the screen, merged.
//!
//! Greedy merging on a grid: points in index order join the first cluster whose centre lies within the merging
//! distance, otherwise they found one. Clusters keep their founding position as the grid key but move to the mean of
//! their members; a second pass merges clusters whose means came too close, until nothing changes. Cost is linear in
//! the points for each pass, since only neighbouring grid cells are looked at.

use std::collections::HashMap;

use crate::geo::UnitPoint;

/// Incidents drawn as one thing: a single marker, or a ring for several.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Mean position of the members.
    pub center: UnitPoint,
    /// Indices as given to [`clusters`], ascending, never empty.
    pub members: Vec<usize>,
}

impl Cluster {
    /// Whether all members stand within `within` (in units of the Mercator square) of the first, so that no zoom at
    /// which that much is visible can part them.
    #[must_use]
    pub fn is_one_spot(&self, position: impl Fn(usize) -> UnitPoint, within: f64) -> bool {
        let first = position(self.members[0]);
        self.members.iter().all(|&member| distance_between(first, position(member)) < within)
    }
}

/// How far east of `a` the point `b` is, the shorter way around the world.
fn east_of(a: UnitPoint, b: UnitPoint) -> f64 {
    let gap = b.x - a.x;
    gap - gap.round()
}

fn distance_between(a: UnitPoint, b: UnitPoint) -> f64 {
    east_of(a, b).hypot(b.y - a.y)
}

/// Merges points closer than `distance` (in units of the Mercator square) into clusters, across the antimeridian, too.
/// Points are `(index, position)`; the answer is in the order of each cluster's smallest index.
#[must_use]
pub fn clusters(points: impl IntoIterator<Item = (usize, UnitPoint)>, distance: f64) -> Vec<Cluster> {
    let mut result: Vec<Cluster> =
        points.into_iter().map(|(index, center)| Cluster { center, members: vec![index] }).collect();
    loop {
        let before = result.len();
        result = merge_once(result, distance);
        if result.len() == before {
            break;
        }
    }
    for cluster in &mut result {
        cluster.members.sort_unstable();
    }
    result.sort_by_key(|cluster| cluster.members[0]);
    result
}

/// The grid on which neighbours are looked up. Its columns go around the world, so all of them are equally wide and none
/// is narrower than the merging distance.
#[derive(Clone, Copy)]
struct Grid {
    columns: i64,
    distance: f64,
}

impl Grid {
    fn new(distance: f64) -> Self {
        Self { columns: ((1.0 / distance).floor() as i64).max(1), distance }
    }

    fn cell_of(self, point: UnitPoint) -> (i64, i64) {
        let column = (point.x * self.columns as f64).floor() as i64;
        (column.rem_euclid(self.columns), (point.y / self.distance).floor() as i64)
    }

    /// The cell and its neighbours.
    fn around(self, (column, row): (i64, i64)) -> impl Iterator<Item = (i64, i64)> {
        let columns = [-1, 0, 1].map(|step| column.saturating_add(step).rem_euclid(self.columns));
        columns
            .into_iter()
            .flat_map(move |column| (-1..=1).map(move |step| (column, row.saturating_add(step))))
    }
}

fn merge_once(input: Vec<Cluster>, distance: f64) -> Vec<Cluster> {
    let grid = Grid::new(distance);
    let mut output: Vec<Cluster> = Vec::with_capacity(input.len());
    let mut cells: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    for cluster in input {
        let cell = grid.cell_of(cluster.center);
        let near = grid
            .around(cell)
            .filter_map(|cell| cells.get(&cell))
            .flatten()
            .copied()
            .find(|&other| distance_between(output[other].center, cluster.center) < distance);
        if let Some(target) = near {
            absorb(&mut output, &mut cells, target, cluster, grid);
        } else {
            cells.entry(cell).or_default().push(output.len());
            output.push(cluster);
        }
    }
    output
}

/// Moves `cluster` into `output[target]` and keeps the cells true to the target's new centre.
fn absorb(
    output: &mut [Cluster],
    cells: &mut HashMap<(i64, i64), Vec<usize>>,
    target: usize,
    cluster: Cluster,
    grid: Grid,
) {
    let into = &mut output[target];
    let share = cluster.members.len() as f64 / (into.members.len() + cluster.members.len()) as f64;
    let old_cell = grid.cell_of(into.center);
    let x = into.center.x + east_of(into.center, cluster.center) * share;
    into.center = UnitPoint {
        // A mean beyond the antimeridian comes in again on the other side.
        x: if (0.0..=1.0).contains(&x) { x } else { x.rem_euclid(1.0) },
        y: into.center.y + (cluster.center.y - into.center.y) * share,
    };
    into.members.extend(cluster.members);
    let new_cell = grid.cell_of(into.center);
    if new_cell != old_cell {
        if let Some(cell) = cells.get_mut(&old_cell) {
            cell.retain(|&other| other != target);
        }
        cells.entry(new_cell).or_default().push(target);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(x: f64, y: f64) -> UnitPoint {
        UnitPoint { x, y }
    }

    #[test]
    fn points_far_apart_stay_alone() {
        let result = clusters([(0, point(0.1, 0.1)), (1, point(0.9, 0.9))], 0.01);
        assert_eq!(result.iter().map(|c| c.members.clone()).collect::<Vec<_>>(), [vec![0], vec![1]]);
    }

    #[test]
    fn a_hundred_points_on_one_spot_are_one_cluster_that_no_zoom_parts() {
        let result = clusters((0..100).map(|n| (n, point(0.5, 0.5))), 1e-12);
        assert_eq!(result.len(), 1);
        assert!(result[0].is_one_spot(|_| point(0.5, 0.5), 1e-9));
        assert!(!result[0].is_one_spot(|n| point(n as f64 / 100.0, 0.5), 1e-9));
    }

    #[test]
    fn points_on_both_sides_of_the_antimeridian_are_neighbours() {
        let points = [point(0.9995, 0.5), point(0.0003, 0.5), point(0.9999, 0.5), point(0.5, 0.5)];
        let result = clusters(points.into_iter().enumerate(), 0.003);
        assert_eq!(result.iter().map(|c| c.members.clone()).collect::<Vec<_>>(), [vec![0, 1, 2], vec![3]]);
        assert!((result[0].center.x - 0.9999).abs() < 1e-9, "{:?}", result[0].center);
        assert!(result[0].is_one_spot(|n| points[n], 0.001) && !result[0].is_one_spot(|n| points[n], 0.0005));
    }

    #[test]
    fn a_distance_that_makes_no_sense_does_no_harm() {
        for distance in [0.0, -1.0, f64::MIN_POSITIVE, f64::NAN, 3.0, f64::INFINITY] {
            let result = clusters([(0, point(0.0, 0.0)), (1, point(1.0, 0.9))], distance);
            assert_eq!(result.len(), if distance > 2.0 { 1 } else { 2 }, "{distance}");
        }
    }

    proptest! {
        #[test]
        fn every_point_is_in_one_cluster_and_no_two_clusters_are_too_close(
            raw in prop::collection::vec((prop_oneof![0.0..=1.0_f64, 0.0..0.01_f64, 0.99..=1.0_f64], 0.0..1.0_f64), 0..120),
            distance in 0.001..0.3_f64
        ) {
            let result = clusters(raw.iter().enumerate().map(|(n, &(x, y))| (n, point(x, y))), distance);
            let mut members: Vec<usize> = result.iter().flat_map(|c| c.members.clone()).collect();
            members.sort_unstable();
            prop_assert_eq!(members, (0..raw.len()).collect::<Vec<_>>());
            for (n, a) in result.iter().enumerate() {
                prop_assert!((0.0..=1.0).contains(&a.center.x) && (0.0..=1.0).contains(&a.center.y));
                for b in &result[n + 1..] {
                    let east = (a.center.x - b.center.x).abs();
                    prop_assert!(east.min(1.0 - east).hypot(a.center.y - b.center.y) >= distance);
                }
            }
        }
    }
}
