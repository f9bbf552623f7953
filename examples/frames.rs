//! Whole frames of the window, drawn headless, and how long they take: p50, p99 and the slowest.
//!
//! ```sh
//! cargo run --release --example frames                       # the bundled dataset
//! cargo run --release --example frames -- --incidents 1000000 # made-up incidents, always the same
//! ```
//!
//! A frame is all that happens on the window's thread up to the triangles that a graphics card would get: input,
//! layout, queries, shapes, tessellation. Times are of the processor (this thread alone), so that other work on the
//! machine does not count; the clock's times stand beside them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use dateline::geo::LonLat;
use dateline::io;
use dateline::model::{
    Dataset, EventType, Incident, IncidentTime, Moment, Place, Precision, Rgb, Status, Symbol, TimePrecision,
};
use dateline::state::{Command, View};
use dateline::ui::app::Dateline;
use eframe::egui::{self, RawInput, Rect, pos2, vec2};
use rustix::time::{ClockId, clock_gettime};

/// What to draw.
#[derive(Parser)]
struct Options {
    /// Made-up incidents instead of the bundled dataset.
    #[arg(long)]
    incidents: Option<usize>,
    /// Frames of each scene.
    #[arg(long, default_value_t = 600)]
    frames: usize,
    /// Width and height in points.
    #[arg(long, num_args = 2, default_values_t = [1440.0, 900.0])]
    size: Vec<f32>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse();
    let dataset = match options.incidents {
        Some(count) => made_up(count),
        None => io::bundled()?,
    };
    println!("{} incidents, {} x {} points", dataset.incidents.len(), options.size[0], options.size[1]);
    let mut stage = Stage::new(dataset, &options);
    for zoom in [3.0, 6.0, 9.0] {
        stage.pan(zoom, options.frames);
    }
    stage.filter(options.frames);
    stage.play(options.frames);
    stage.rest();
    Ok(())
}

/// A window without a screen.
struct Stage {
    ctx: egui::Context,
    dateline: Dateline,
    size: [f32; 2],
    time_s: f64,
    frames: usize,
}

/// What one frame took.
#[derive(Clone, Copy)]
struct Cost {
    cpu: Duration,
    wall: Duration,
}

fn thread_cpu() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}

impl Stage {
    fn new(dataset: Dataset, options: &Options) -> Self {
        let ctx = egui::Context::default();
        let started = Instant::now();
        let dateline = Dateline::new(&ctx, Arc::new(dataset));
        println!("ready for the first frame after {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
        let mut stage =
            Self { ctx, dateline, size: [options.size[0], options.size[1]], time_s: 0.0, frames: 0 };
        stage.settle();
        stage
    }

    fn frame(&mut self) -> Cost {
        self.time_s += 1.0 / 60.0;
        self.frames += 1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(self.size[0], self.size[1]))),
            time: Some(self.time_s),
            focused: true,
            ..RawInput::default()
        };
        let (cpu, wall) = (thread_cpu(), Instant::now());
        let mut output = self.ctx.run_ui(input, |ui| self.dateline.ui(ui));
        output.textures_delta.clear();
        let triangles = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let cost = Cost { cpu: thread_cpu().saturating_sub(cpu), wall: wall.elapsed() };
        drop(triangles);
        cost
    }

    /// Draws until every tile is there.
    fn settle(&mut self) {
        for _ in 0..2000 {
            self.frame();
            if self.dateline.is_complete() {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        for _ in 0..20 {
            self.frame();
        }
    }

    /// Moves the map a little in every frame, over ground that was seen before: what is measured is the window, not
    /// the arrival of tiles.
    fn pan(&mut self, zoom: f64, frames: usize) {
        let view = |n: usize| {
            let turn = n as f64 / 240.0 * std::f64::consts::TAU;
            let reach = 24.0 / zoom.exp2() * 8.0;
            let center = LonLat::new(37.0 + reach * turn.sin(), 50.0 + 0.4 * reach * turn.cos());
            Command::SetView(View { center, zoom })
        };
        for n in 0..240 {
            self.dateline.apply(view(n));
            self.frame();
        }
        self.settle();
        let costs: Vec<Cost> = (0..frames)
            .map(|n| {
                self.dateline.apply(view(n));
                self.frame()
            })
            .collect();
        report(&format!("pan at zoom {zoom}"), &costs);
    }

    /// Changes the filter in every frame.
    fn filter(&mut self, frames: usize) {
        self.dateline.apply(Command::FitShown);
        self.settle();
        let types = self.dateline.state().dataset().event_types.len().max(1);
        let costs: Vec<Cost> = (0..frames)
            .map(|n| {
                let shown = (n / types) % 2 == 1;
                self.dateline.apply(Command::SetTypeShown { event_type: n % types, shown });
                self.frame()
            })
            .collect();
        report("filter by event type", &costs);
        self.dateline.apply(Command::ShowAllTypes);
        self.settle();
    }

    /// Moves a window of 60 days on by a day in every frame, from the beginning again when it has come to the end.
    fn play(&mut self, frames: usize) {
        const DAY_MIN: i32 = 24 * 60;
        const WIDTH_MIN: i32 = 60 * DAY_MIN;
        let Some([first, end]) = self.dateline.state().time_axis() else { return };
        let days = ((end - first - WIDTH_MIN) / DAY_MIN).max(1);
        let costs: Vec<Cost> = (0..days)
            .cycle()
            .take(frames)
            .map(|day| {
                let from = first + day * DAY_MIN;
                self.dateline.apply(Command::SetTimeWindow(Some([from, from + WIDTH_MIN - 1])));
                self.frame()
            })
            .collect();
        report("play a time window", &costs);
        self.dateline.apply(Command::SetTimeWindow(None));
        self.settle();
    }

    /// Counts the frames that nobody asked for.
    fn rest(&mut self) {
        let wanted = self.ctx.has_requested_repaint();
        println!("at rest: {}", if wanted { "asks for another frame" } else { "no frame is asked for" });
        println!("{} frames in all", self.frames);
    }
}

fn report(scene: &str, costs: &[Cost]) {
    let line = |name: &str, mut times: Vec<Duration>| {
        times.sort_unstable();
        let at = |share: f64| {
            let n = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
            times.get(n).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        println!(
            "{scene:<24} {name}  p50 {:6.2} ms  p99 {:6.2} ms  slowest {:6.2} ms",
            at(0.5),
            at(0.99),
            at(1.0)
        );
    };
    line("cpu ", costs.iter().map(|cost| cost.cpu).collect());
    line("wall", costs.iter().map(|cost| cost.wall).collect());
}

/// Numbers that look random and are the same in every run (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Evenly from 0 to 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Around 0, more often near it (the sum of three even ones).
    fn bell(&mut self) -> f64 {
        self.unit() + self.unit() + self.unit() - 1.5
    }
}

/// Incidents around made-up towns, some crowded and most not, over eight years.
fn made_up(count: usize) -> Dataset {
    let mut numbers = Numbers(20_260_701);
    let towns: Vec<(f64, f64, f64)> = (0..2000)
        .map(|_| {
            let (lon, lat) = (numbers.unit() * 160.0 - 20.0, numbers.unit() * 85.0 - 30.0);
            (lon, lat, 0.02 + 0.5 * numbers.unit())
        })
        .collect();
    let labels = ["Battles", "Explosions", "Violence against civilians", "Protests", "Riots", "Developments"];
    let colors = ["#C2410C", "#A61B3C", "#7B3FA0", "#0A6BB0", "#8F6400", "#4B7A1E"];
    let event_types = labels.iter().zip(colors).enumerate().map(|(n, (label, color))| EventType {
        id: format!("type{n}"),
        label: (*label).to_owned(),
        color: Rgb::from_hex(color).unwrap_or(Rgb { r: 0, g: 0, b: 0 }),
        symbol: Symbol::ALL[n],
    });
    let first_day = jiff::civil::date(2018, 1, 1);
    let incidents = (0..count)
        .map(|n| {
            let (lon, lat, spread) = towns[(numbers.unit().powi(4) * 2000.0) as usize % 2000];
            let day = first_day.saturating_add(jiff::Span::new().days((numbers.unit() * 2922.0) as i64));
            let position = LonLat::new(lon + spread * numbers.bell(), lat + spread * numbers.bell());
            incident(n, (numbers.next() % 6) as usize, position, day)
        })
        .collect();
    Dataset {
        title: format!("{count} made-up incidents"),
        introduction: String::new(),
        as_of: jiff::civil::date(2026, 1, 1),
        licence: None,
        event_types: event_types.collect(),
        sources: Vec::new(),
        incidents,
    }
}

fn incident(n: usize, event_type: usize, position: LonLat, day: jiff::civil::Date) -> Incident {
    Incident {
        id: format!("i{n}"),
        title: format!("Incident {n}"),
        event_type,
        place: Place {
            name: format!("Place {}", n % 2000),
            local_name: None,
            region: None,
            region_code: None,
            country: "RU".to_owned(),
            position,
            precision: if n.is_multiple_of(10) { Precision::District } else { Precision::Settlement },
            radius_m: None,
        },
        time: IncidentTime { start: Moment::Day(day), end: None, precision: TimePrecision::Day },
        summary: String::new(),
        status: Status::Claimed,
        claims: Vec::new(),
        sources: Vec::new(),
        related: Vec::new(),
        tags: Vec::new(),
    }
}
