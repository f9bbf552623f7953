//! How markers and rings glide apart and together when the zoom or the filter changes, so that the eye can follow what
//! became of what.

use std::collections::HashMap;

use crate::geo::UnitPoint;
use crate::query::{Cluster, ClusterKey};

/// How long a split or a merge takes, in seconds.
const DURATION_S: f64 = 0.15;
/// Something new comes from what stood nearer than this, in points; from farther away nobody would see the connection.
const REACH_PX: f64 = 160.0;

/// Where the marks of the last change came from.
#[derive(Debug, Default)]
pub struct Motion {
    origins: HashMap<ClusterKey, UnitPoint>,
    since_s: f64,
    /// What stood where before.
    before: Vec<(ClusterKey, UnitPoint)>,
}

impl Motion {
    /// Takes in what stands on the map now. `world_px` is the world's width in points. With `still` nothing moves.
    pub fn update(&mut self, clusters: &[Cluster], world_px: f64, now_s: f64, still: bool) {
        if still {
            self.origins.clear();
        } else if !self.is_moving(now_s) {
            // While something moves, it is let be: a filter that changes in every frame would never come to rest.
            self.start(clusters, world_px, now_s);
        }
        self.before.clear();
        self.before.extend(clusters.iter().map(|cluster| (cluster.key, cluster.center)));
    }

    /// Takes in what stands on the map after it was only moved: nothing is to glide.
    pub fn follow(&mut self, clusters: &[Cluster]) {
        self.before.clear();
        self.before.extend(clusters.iter().map(|cluster| (cluster.key, cluster.center)));
    }

    fn start(&mut self, clusters: &[Cluster], world_px: f64, now_s: f64) {
        self.origins.clear();
        for cluster in clusters {
            let distance_px = |point: UnitPoint| {
                let (east, south) = offset(cluster.center, point);
                east.hypot(south) * world_px
            };
            let same = self.before.iter().find(|(key, _)| *key == cluster.key).map(|(_, point)| *point);
            let nearest = || {
                let near = self.before.iter().map(|(_, point)| (distance_px(*point), *point));
                near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, point)| point)
            };
            let origin = same.or_else(nearest);
            let worth_it = origin.filter(|point| (1.0..REACH_PX).contains(&distance_px(*point)));
            self.origins.extend(worth_it.map(|point| (cluster.key, point)));
        }
        self.since_s = now_s;
    }

    /// Whether anything has not yet arrived.
    #[must_use]
    pub fn is_moving(&self, now_s: f64) -> bool {
        !self.origins.is_empty() && now_s - self.since_s < DURATION_S
    }

    /// Where a cluster is drawn at this moment.
    #[must_use]
    pub fn position(&self, cluster: &Cluster, now_s: f64) -> UnitPoint {
        let center = cluster.center;
        if !self.is_moving(now_s) {
            return center;
        }
        let Some(origin) = self.origins.get(&cluster.key) else { return center };
        let share = ((now_s - self.since_s) / DURATION_S).clamp(0.0, 1.0);
        // Fast at first, then gently into place.
        let left = (1.0 - share).powi(3);
        let (east, south) = offset(center, *origin);
        UnitPoint { x: center.x + east * left, y: center.y + south * left }
    }
}

/// How far `to` lies east and south of `from`, the short way round the world.
fn offset(from: UnitPoint, to: UnitPoint) -> (f64, f64) {
    let east = to.x - from.x;
    (east - east.round(), to.y - from.y)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster(incident: u32, x: f64) -> Cluster {
        Cluster::single(incident, UnitPoint { x, y: 0.5 })
    }

    #[test]
    fn what_is_new_comes_from_its_nearest_neighbour_and_arrives() {
        let mut motion = Motion::default();
        motion.update(&[cluster(1, 0.5)], 1000.0, 0.0, false);
        let split = [cluster(1, 0.49), cluster(2, 0.52)];
        motion.update(&split, 1000.0, 1.0, false);
        assert!((motion.position(&split[1], 1.0).x - 0.5).abs() < 1e-9);
        let between = motion.position(&split[1], 1.05).x;
        assert!(between > 0.5 && between < 0.52, "{between}");
        assert!(!motion.is_moving(1.151));
        assert_eq!(motion.position(&split[1], 1.2), split[1].center);
    }

    #[test]
    fn with_reduced_motion_nothing_moves() {
        let mut motion = Motion::default();
        motion.update(&[cluster(1, 0.5)], 1000.0, 0.0, true);
        motion.update(&[cluster(1, 0.49), cluster(2, 0.52)], 1000.0, 1.0, true);
        assert!(!motion.is_moving(1.0));
    }

    #[test]
    fn a_neighbour_across_the_antimeridian_is_near() {
        let mut motion = Motion::default();
        motion.update(&[cluster(1, 0.999)], 1000.0, 0.0, false);
        let moved = [cluster(2, 0.001)];
        motion.update(&moved, 1000.0, 1.0, false);
        assert!(motion.position(&moved[0], 1.0).x < 0.0);
    }
}
