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
    /// Whether all members stand on one spot, so that no zoom can part them.
    #[must_use]
    pub fn is_one_spot(&self, position: impl Fn(usize) -> UnitPoint) -> bool {
        /// Under 4 cm on the ground at the equator.
        const SAME_SPOT: f64 = 1e-9;
        let first = position(self.members[0]);
        self.members.iter().all(|&member| {
            let other = position(member);
            (other.x - first.x).abs() < SAME_SPOT && (other.y - first.y).abs() < SAME_SPOT
        })
    }
}

/// Merges points closer than `distance` (in units of the Mercator square) into clusters. Points are `(index,
/// position)`; the answer is in the order of each cluster's smallest index. Positions on both sides of the
/// antimeridian are not merged.
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

fn merge_once(input: Vec<Cluster>, distance: f64) -> Vec<Cluster> {
    let cell_of =
        |point: UnitPoint| ((point.x / distance).floor() as i64, (point.y / distance).floor() as i64);
    let mut output: Vec<Cluster> = Vec::with_capacity(input.len());
    let mut grid: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    for cluster in input {
        let (column, row) = cell_of(cluster.center);
        let near = (-1..=1)
            .flat_map(|dx| (-1..=1).map(move |dy| (column.saturating_add(dx), row.saturating_add(dy))))
            .filter_map(|cell| grid.get(&cell))
            .flatten()
            .copied()
            .find(|&other| {
                let center = output[other].center;
                (center.x - cluster.center.x).hypot(center.y - cluster.center.y) < distance
            });
        if let Some(target) = near {
            absorb(&mut output, &mut grid, target, cluster, cell_of);
        } else {
            grid.entry((column, row)).or_default().push(output.len());
            output.push(cluster);
        }
    }
    output
}

/// Moves `cluster` into `output[target]` and keeps the grid true to the target's new centre.
fn absorb(
    output: &mut [Cluster],
    grid: &mut HashMap<(i64, i64), Vec<usize>>,
    target: usize,
    cluster: Cluster,
    cell_of: impl Fn(UnitPoint) -> (i64, i64),
) {
    let into = &mut output[target];
    let (old, new) = (into.members.len() as f64, cluster.members.len() as f64);
    let old_cell = cell_of(into.center);
    into.center = UnitPoint {
        x: (into.center.x * old + cluster.center.x * new) / (old + new),
        y: (into.center.y * old + cluster.center.y * new) / (old + new),
    };
    into.members.extend(cluster.members);
    let new_cell = cell_of(into.center);
    if new_cell != old_cell {
        if let Some(cell) = grid.get_mut(&old_cell) {
            cell.retain(|&other| other != target);
        }
        grid.entry(new_cell).or_default().push(target);
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
        assert!(result[0].is_one_spot(|_| point(0.5, 0.5)));
        assert!(!result[0].is_one_spot(|n| point(n as f64 / 100.0, 0.5)));
    }

    proptest! {
        #[test]
        fn every_point_is_in_one_cluster_and_no_two_clusters_are_too_close(
            raw in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), 0..120), distance in 0.001..0.3_f64
        ) {
            let result = clusters(raw.iter().enumerate().map(|(n, &(x, y))| (n, point(x, y))), distance);
            let mut members: Vec<usize> = result.iter().flat_map(|c| c.members.clone()).collect();
            members.sort_unstable();
            prop_assert_eq!(members, (0..raw.len()).collect::<Vec<_>>());
            for (n, a) in result.iter().enumerate() {
                for b in &result[n + 1..] {
                    prop_assert!((a.center.x - b.center.x).hypot(a.center.y - b.center.y) >= distance);
                }
            }
        }
    }
}
