//! Made-up incidents, always the same for the same number: where, what and when. They lie as news does: around two
//! thousand towns of very different weight, over eight years.

use dateline::geo::LonLat;
use dateline::query::{PRECISIONS, Row, STATUSES};

/// Longitudes and latitudes between which towns lie, and how many of them.
const LANDS: [[f64; 5]; 16] = [
    [-17.0, 40.0, 4.0, 15.0, 18.0],
    [-10.0, 35.0, 15.0, 35.0, 8.0],
    [10.0, 40.0, -30.0, 4.0, 12.0],
    [35.0, 60.0, 12.0, 38.0, 16.0],
    [60.0, 92.0, 8.0, 36.0, 18.0],
    [92.0, 108.0, 8.0, 28.0, 8.0],
    [22.0, 40.0, 44.0, 54.0, 14.0],
    [-9.0, 22.0, 38.0, 55.0, 8.0],
    [40.0, 130.0, 45.0, 62.0, 3.0],
    [-110.0, -85.0, 14.0, 30.0, 8.0],
    [-122.0, -75.0, 30.0, 49.0, 6.0],
    [-78.0, -40.0, -25.0, 8.0, 10.0],
    [-72.0, -55.0, -55.0, -25.0, 3.0],
    [100.0, 122.0, 22.0, 42.0, 3.0],
    [105.0, 125.0, -8.0, 18.0, 5.0],
    [116.0, 150.0, -37.0, -18.0, 1.0],
];
/// How many towns there are.
pub(crate) const TOWNS: usize = 2000;
const TYPE_WEIGHTS: [f64; 6] = [0.22, 0.24, 0.13, 0.27, 0.07, 0.07];
/// Minutes of a day.
pub(crate) const MINUTES_A_DAY: i32 = 1440;
/// 1 January 2018 and 2026, in days since 1970.
pub(crate) const DAYS: [i32; 2] = [17_532, 20_454];

/// A small generator with a seed (`SplitMix64`).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// Evenly from 0 to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ z >> 31) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Evenly between two numbers.
    pub(crate) fn between(&mut self, from: f64, to: f64) -> f64 {
        from + self.unit() * (to - from)
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// An index, each as likely as its share of the running sums.
    fn pick(&mut self, running: &[f64]) -> usize {
        let at = self.unit() * running.last().copied().unwrap_or(0.0);
        running.partition_point(|sum| *sum <= at).min(running.len() - 1)
    }
}

fn running(weights: impl IntoIterator<Item = f64>) -> Vec<f64> {
    weights
        .into_iter()
        .scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        })
        .collect()
}

/// So many incidents, each with the number of its town.
pub(crate) fn rows(count: usize) -> Vec<(Row, usize)> {
    let mut dice = Dice(20_260_701);
    let lands = running(LANDS.iter().map(|land| land[4]));
    let towns: Vec<[f64; 3]> = (0..TOWNS)
        .map(|_| {
            let [west, east, south, north, _] = LANDS[dice.pick(&lands)];
            [dice.between(west, east), dice.between(south, north), dice.between(0.02, 0.6)]
        })
        .collect();
    // A Pareto distribution: some towns are in the news every day.
    let weights = running((0..TOWNS).map(|_| (1.0 - dice.unit()).powf(-1.0 / 1.2) - 0.8));
    let types = running(TYPE_WEIGHTS);
    let spans = running([0.85, 0.12, 0.03]);
    let precisions = running([0.3, 0.3, 0.33, 0.06, 0.01]);
    let statuses = running([0.3, 0.25, 0.1, 0.2, 0.15]);
    (0..count)
        .map(|_| {
            let town = dice.pick(&weights);
            let [lon, lat, spread] = towns[town];
            let round = |deg: f64| (deg * 1e4).round() / 1e4;
            let day = dice.between(DAYS[0].into(), DAYS[1].into()) as i32;
            let days = [1, 7, 30][dice.pick(&spans)];
            let position = LonLat::new(
                round((lon + dice.normal() * spread).clamp(-179.9, 179.9)),
                round((lat + dice.normal() * spread).clamp(-55.0, 70.0)),
            );
            let row = Row {
                position,
                event_type: dice.pick(&types) as u16,
                status: STATUSES[dice.pick(&statuses)],
                precision: PRECISIONS[dice.pick(&precisions)],
                span_min: [day * MINUTES_A_DAY, (day + days) * MINUTES_A_DAY - 1],
            };
            (row, town)
        })
        .collect()
}
