//! How long the incidents' engine takes: building, filtering, clusters, hits, nearest, histogram, list.
//!
//! The incidents are those of `examples/made_up`. Sizes are 100 thousand, 1 million and 10 million (`100k`, `1m`, `10m`).
//! `filter` is the pass under two hidden event types and a time window with its tables; `conditions` tries each
//! condition. `clusters` are those of a view of 1440 by 900 points over Europe, `crowd` over the busiest town. `floor_copy` copies the columns that a pass reads, and
//! is what memory alone allows. `DATELINE_BENCH_POINTS=FILE` writes a million longitudes and latitudes for other programs
//! to compare with (little-endian doubles).

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion};
use dateline::geo::{LonLat, UnitPoint};
use dateline::model::{Precision, Status};
use dateline::query::{
    Answer, Bitmap, Clusters, Columns, Criteria, Engine, Histogram, MapArea, Row, ViewQuery, run,
};

use made_up::{DAYS, Dice, MINUTES_A_DAY, rows};

#[path = "../examples/made_up/rows.rs"]
mod made_up;

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
    let mut group = bench.benchmark_group("conditions");
    let mut answer = Answer::default();
    for (condition, criteria) in criteria(columns.len()) {
        run(columns, &criteria, &mut answer);
        println!("{condition}/{name}: {} of {} shown", answer.total(), columns.len());
        group.bench_function(BenchmarkId::new(condition, name), |bench| {
            bench.iter(|| run(columns, &criteria, &mut answer));
        });
    }
    group.finish();
    let hidden_types = [1, 4].into_iter().collect();
    let criteria = Criteria { hidden_types, window_min: Some(WINDOW), ..Criteria::default() };
    bench.bench_function(&format!("filter/{name}"), |bench| {
        bench.iter(|| run(columns, &criteria, &mut answer));
    });
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
    let mut clusters = Clusters::default();
    for (group, center) in centers {
        let mut bench = bench.benchmark_group(*group);
        for zoom in [1, 3, 6, 7, 8, 9, 10, 12, 15, 18] {
            let view = view(zoom, *center);
            engine.clusters(&view, radius_px, &mut clusters);
            println!("{group}/{name}/z{zoom}: {} of {}", clusters.iter().len(), clusters.total());
            bench.bench_function(BenchmarkId::new(name, format!("z{zoom}")), |bench| {
                bench.iter(|| engine.clusters(&view, radius_px, &mut clusters));
            });
        }
        bench.finish();
    }
}

fn questions(bench: &mut Criterion, name: &str, engine: &mut Engine, center: LonLat) {
    let mut dice = Dice(11);
    for (zoom, suffix) in [(8, ""), (2, "/z2"), (16, "/z16")] {
        let half_px = 256.0 * f64::from(zoom).exp2();
        let UnitPoint { x, y } = center.to_unit();
        bench.bench_function(&format!("hit/{name}{suffix}"), |bench| {
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
    for (name, count) in [("100k", 100_000), ("1m", 1_000_000), ("10m", 10_000_000)] {
        let rows: Vec<Row> = rows(count).into_iter().map(|(row, _)| row).collect();
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
        let centers = [("clusters", LonLat::new(30.0, 48.0)), ("crowd", crowd)];
        clusters(&mut bench, name, &engine, &centers);
        questions(&mut bench, name, &mut engine, crowd);
    }
    bench.final_summary();
}
