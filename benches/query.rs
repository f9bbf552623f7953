//! How long the incidents' engine takes: building, filtering, clusters, hits, nearest, histogram, list.
//!
//! The incidents are seeded and lie as news does: around two thousand towns of very different weight. Sizes are 10
//! thousand to 1 million; `DATELINE_BENCH_10M=1` adds 10 million. `floor_copy` copies the columns that a pass reads, and
//! is what memory alone allows. `DATELINE_BENCH_POINTS=FILE` writes a million longitudes and latitudes for other programs
//! to compare with (little-endian doubles).

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion};
use dateline::geo::{LonLat, UnitPoint};
use dateline::model::{Precision, Status};
use dateline::query::{
    Answer, Bitmap, Clusters, Columns, Criteria, Engine, Histogram, MapArea, PRECISIONS, Row, STATUSES,
    ViewQuery, run,
};

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
const TOWNS: usize = 2000;
const TYPE_WEIGHTS: [f64; 6] = [0.22, 0.24, 0.13, 0.27, 0.07, 0.07];
const MINUTES_A_DAY: i32 = 1440;
/// 1 January 2018 and 2026, in days since 1970.
const DAYS: [i32; 2] = [17_532, 20_454];

/// A small generator with a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ z >> 31) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, from: f64, to: f64) -> f64 {
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

fn rows(count: usize) -> Vec<Row> {
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
            let [lon, lat, spread] = towns[dice.pick(&weights)];
            let round = |deg: f64| (deg * 1e4).round() / 1e4;
            let day = dice.between(DAYS[0].into(), DAYS[1].into()) as i32;
            let days = [1, 7, 30][dice.pick(&spans)];
            let position = LonLat::new(
                round((lon + dice.normal() * spread).clamp(-179.9, 179.9)),
                round((lat + dice.normal() * spread).clamp(-55.0, 70.0)),
            );
            Row {
                position,
                event_type: dice.pick(&types) as u16,
                status: STATUSES[dice.pick(&statuses)],
                precision: PRECISIONS[dice.pick(&precisions)],
                span_min: [day * MINUTES_A_DAY, (day + days) * MINUTES_A_DAY - 1],
            }
        })
        .collect()
}

/// About a year and a half of the eight.
const WINDOW: [i32; 2] = [18_600 * MINUTES_A_DAY, 19_150 * MINUTES_A_DAY];

fn criteria(len: usize) -> Vec<(&'static str, Criteria)> {
    let mut words = Bitmap::zeros(len);
    let mut dice = Dice(7);
    (0..len).filter(|_| dice.unit() < 0.4).for_each(|n| words.insert(n));
    let everything = Criteria::default();
    let types = Criteria { hidden_types: [1, 4].into_iter().collect(), ..everything.clone() };
    let window = Criteria { window_min: Some(WINDOW), ..everything.clone() };
    let mut statuses = everything.clone();
    statuses.hidden_statuses.set(Status::Unverified, true);
    let precision = Criteria { at_least: Some(Precision::Settlement), ..everything.clone() };
    let area = MapArea { west: 0.45, east: 0.72, north: 0.25, south: 0.52 };
    let area = Criteria { area: Some(area), ..everything.clone() };
    let text = Criteria { text: Some(Arc::new(words)), ..everything.clone() };
    let types_and_window = Criteria { window_min: Some(WINDOW), ..types.clone() };
    let all = Criteria {
        hidden_statuses: statuses.hidden_statuses,
        at_least: precision.at_least,
        area: area.area,
        text: text.text.clone(),
        ..types_and_window.clone()
    };
    vec![
        ("everything", everything),
        ("types", types),
        ("window", window),
        ("statuses", statuses),
        ("precision", precision),
        ("area", area),
        ("text", text),
        ("types_and_window", types_and_window),
        ("all_conditions", all),
    ]
}

fn radius_px(count: u32) -> f32 {
    match count {
        0..=99 => 17.0,
        100..=9999 => 20.0,
        _ => 23.0,
    }
}

fn view(zoom: i32, center: LonLat) -> ViewQuery {
    ViewQuery { center: center.to_unit(), world_px: 256.0 * f64::from(zoom).exp2(), size_px: [1440.0, 900.0] }
}

fn build(bench: &mut Criterion, name: &str, rows: &[Row]) {
    bench.benchmark_group("build").sample_size(10).bench_function(name, |bench| {
        bench.iter_batched(|| (), |()| Columns::build(rows.len(), |n| rows[n]), BatchSize::PerIteration);
    });
}

fn filter(bench: &mut Criterion, name: &str, columns: &Columns) {
    let mut group = bench.benchmark_group("filter");
    let mut answer = Answer::default();
    for (condition, criteria) in criteria(columns.len()) {
        run(columns, &criteria, &mut answer);
        println!("filter/{condition}/{name}: {} of {} shown", answer.total(), columns.len());
        group.bench_function(BenchmarkId::new(condition, name), |bench| {
            bench.iter(|| run(columns, &criteria, &mut answer));
        });
    }
    group.finish();
    // What a pass under all conditions reads: positions, both ends of the span, and the bits of each condition.
    let len = columns.len();
    let words = (len / 64 + 1) * 16;
    let (positions, spans, bits) = (vec![1u64; len], vec![2u64; len], vec![3u64; words]);
    let mut copies = (vec![0u64; len], vec![0u64; len], vec![0u64; words]);
    bench.bench_function(&format!("floor_copy/{name}"), |bench| {
        bench.iter(|| {
            copies.0.copy_from_slice(black_box(&positions));
            copies.1.copy_from_slice(black_box(&spans));
            copies.2.copy_from_slice(black_box(&bits));
            black_box(&copies);
        });
    });
}

fn clusters(bench: &mut Criterion, name: &str, engine: &Engine, centers: &[(&str, LonLat)]) {
    let mut group = bench.benchmark_group("clusters");
    let mut clusters = Clusters::default();
    for (place, center) in centers {
        for zoom in 1..=18 {
            let view = view(zoom, *center);
            engine.clusters(&view, radius_px, &mut clusters);
            println!("clusters/{place}/{name}/z{zoom}: {} of {}", clusters.iter().len(), clusters.total());
            group.bench_function(BenchmarkId::new(format!("{place}/{name}"), format!("z{zoom}")), |bench| {
                bench.iter(|| engine.clusters(&view, radius_px, &mut clusters));
            });
        }
    }
    group.finish();
}

fn questions(bench: &mut Criterion, name: &str, engine: &mut Engine, center: LonLat) {
    let mut dice = Dice(11);
    for zoom in [2, 8, 16] {
        let half_px = 256.0 * f64::from(zoom).exp2();
        let UnitPoint { x, y } = center.to_unit();
        bench.bench_function(&format!("hit/{name}/z{zoom}"), |bench| {
            bench.iter(|| {
                let (east, south) = (dice.between(-200.0, 200.0), dice.between(-200.0, 200.0));
                engine.hit(UnitPoint { x: x + east / half_px, y: y + south / half_px }, 14.0 / half_px)
            });
        });
    }
    bench.bench_function(&format!("nearest/{name}"), |bench| {
        bench.iter(|| engine.nearest(center, 8, 100_000.0));
    });
    // Other edges each time: what is known already is not counted again.
    let mut edges: Vec<i32> =
        (0..=300).map(|n| (DAYS[0] + n * (DAYS[1] - DAYS[0]) / 300) * MINUTES_A_DAY).collect();
    let mut histogram = Histogram::default();
    bench.bench_function(&format!("histogram/{name}"), |bench| {
        bench.iter(|| {
            edges[0] -= 1;
            engine.histogram(&edges, &mut histogram);
        });
    });
    let mut from = WINDOW;
    let mut play = |engine: &mut Engine| {
        from = from.map(|minute| minute + 1);
        engine.apply(&Criteria { window_min: Some(from), ..Criteria::default() });
    };
    bench.bench_function(&format!("play/{name}"), |bench| bench.iter(|| play(engine)));
    bench.bench_function(&format!("play_and_list_top/{name}"), |bench| {
        bench.iter(|| {
            play(engine);
            engine.page(0, 40)
        });
    });
    bench.bench_function(&format!("play_and_list_deep/{name}"), |bench| {
        bench.iter(|| {
            play(engine);
            engine.page(engine.total().saturating_sub(50), 40)
        });
    });
    engine.apply(&Criteria::default());
}

fn main() {
    let mut bench = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600))
        .sample_size(20)
        .configure_from_args();
    let mut sizes = vec![("10k", 10_000), ("100k", 100_000), ("1m", 1_000_000)];
    if std::env::var_os("DATELINE_BENCH_10M").is_some() {
        sizes.push(("10m", 10_000_000));
    }
    for (name, count) in sizes {
        let rows = rows(count);
        if let (Some(path), 1_000_000) = (std::env::var_os("DATELINE_BENCH_POINTS"), count) {
            let numbers = rows.iter().flat_map(|row| [row.position.lon_deg, row.position.lat_deg]);
            let bytes: Vec<u8> = numbers.flat_map(f64::to_le_bytes).collect();
            if let Err(error) = std::fs::write(path, bytes) {
                eprintln!("{error}");
            }
        }
        build(&mut bench, name, &rows);
        let columns = Columns::build(rows.len(), |n| rows[n]);
        println!("bytes per point/{name}: {:.1}", columns.heap_bytes() as f64 / count as f64);
        // The busiest town, as far as a reader who looks for it would go.
        let crowd = rows[count / 2].position;
        drop(rows);
        filter(&mut bench, name, &columns);
        let mut engine = Engine::new(Arc::new(columns));
        let centers = [("europe", LonLat::new(30.0, 48.0)), ("crowd", crowd)];
        clusters(&mut bench, name, &engine, &centers);
        questions(&mut bench, name, &mut engine, crowd);
    }
    bench.final_summary();
}
