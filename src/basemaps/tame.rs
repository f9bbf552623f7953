//! Which polygons may be filled: those whose edges hardly cross.
//!
//! Filling takes time and memory for every crossing of two edges. Real shapes have next to none; one that a file makes
//! up can have the square of its points.

use super::mvt::Point;
use crate::limits;

/// Polygons with fewer points than this cannot have many crossings.
const FEW_POINTS: usize = 32;
/// How many crossings a polygon may have for each of its points, and how many anyway. Neighbours count, too.
const PER_POINT: usize = 12;

/// What a tile may still take.
#[derive(Debug)]
pub struct Budget {
    crossings: usize,
    comparisons: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { crossings: limits::MAX_CROSSINGS, comparisons: limits::MAX_COMPARISONS }
    }
}

impl Budget {
    /// Whether a polygon may be filled, as far as the boxes around its edges say.
    pub fn allows(&mut self, rings: &[Vec<Point>]) -> bool {
        let points: usize = rings.iter().map(Vec::len).sum();
        if points < FEW_POINTS {
            return true;
        }
        let mut edges: Vec<[f32; 4]> = Vec::with_capacity(points);
        for ring in rings {
            let next = ring.iter().cycle().skip(1);
            edges.extend(
                ring.iter()
                    .zip(next)
                    .map(|(a, b)| [a[0].min(b[0]), a[0].max(b[0]), a[1].min(b[1]), a[1].max(b[1])]),
            );
        }
        edges.sort_unstable_by(|a, b| a[0].total_cmp(&b[0]));
        let most = PER_POINT * points;
        let mut crossings = 0;
        for (n, edge) in edges.iter().enumerate() {
            for other in edges[n + 1..].iter().take_while(|other| other[0] <= edge[1]) {
                let Some(left) = self.comparisons.checked_sub(1) else { return false };
                self.comparisons = left;
                crossings += usize::from(other[2] <= edge[3] && other[3] >= edge[2]);
                if crossings > most || crossings > self.crossings {
                    return false;
                }
            }
        }
        self.crossings -= crossings;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wavy coast around the middle of the tile.
    fn coast(points: usize) -> Vec<Point> {
        let at = |n: usize| {
            let angle = n as f32 / points as f32 * std::f32::consts::TAU;
            let radius = 0.4 + 0.05 * (angle * 40.0).sin();
            [0.5 + radius * angle.cos(), 0.5 + radius * angle.sin()]
        };
        (0..points).map(at).collect()
    }

    /// From one side to the other and back, again and again.
    fn scribble(points: usize) -> Vec<Point> {
        (0..points).map(|n| [(n % 2) as f32, (n * 7919 % points) as f32 / points as f32]).collect()
    }

    #[test]
    fn coasts_are_filled_and_scribbles_are_not() {
        let mut budget = Budget::default();
        assert!(budget.allows(&[coast(20_000)]));
        assert!(budget.allows(&[vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]]));
        assert!(!budget.allows(&[scribble(20_000)]));
        assert!(budget.allows(&[coast(1_000)]), "one scribble does not spoil the tile");
    }

    #[test]
    fn many_scribbles_cost_no_more_than_the_budget() {
        let mut budget = Budget { crossings: 1_000, comparisons: 100_000 };
        let allowed = (0..1_000).filter(|_| budget.allows(&[scribble(200)])).count();
        assert!(allowed < 10, "{allowed}");
    }
}
