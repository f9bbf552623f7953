//! Whole frames of the window, drawn headless, and how long they take: p50, p99 and the slowest.
//!
//! ```sh
//! cargo run --release --example frames                        # the bundled six, 100 thousand and 1 million made-up ones
//! cargo run --release --example frames -- --incidents 5000000 # so many made-up ones only
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
use dateline::model::Dataset;
use dateline::state::{Command, View};
use dateline::ui::app::Dateline;
use eframe::egui::{self, Event, Modifiers, PointerButton, Pos2, RawInput, Rect, pos2, vec2};
use rustix::time::{ClockId, clock_gettime};

mod made_up;

/// What to draw.
#[derive(Parser)]
struct Options {
    /// So many made-up incidents, and nothing else.
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
    let made_up_counts = if let Some(count) = options.incidents {
        vec![count]
    } else {
        scenes(io::bundled()?, &options);
        shape_scenes("100 thousand areas", made_up::areas(100_000), &options);
        shape_scenes("a track of 100 thousand points", made_up::track(100_000), &options);
        vec![100_000, 1_000_000]
    };
    for count in made_up_counts {
        scenes(made_up::dataset(count), &options);
    }
    Ok(())
}

fn scenes(dataset: Dataset, options: &Options) {
    println!("{} incidents, {} x {} points", dataset.incidents.len(), options.size[0], options.size[1]);
    let mut stage = Stage::new(dataset, options);
    for zoom in [3.0, 6.0, 9.0] {
        stage.pan("pan", zoom, options.frames);
    }
    stage.dateline.apply(Command::ListView(true));
    for zoom in [3.0, 6.0, 9.0] {
        stage.pan("pan, list in view,", zoom, options.frames);
    }
    stage.dateline.apply(Command::ListView(false));
    stage.filter(options.frames);
    stage.play(options.frames);
    stage.drag(options.frames);
    stage.rest();
}

/// Pans over lines and areas, from the whole of them to a few.
fn shape_scenes(name: &str, dataset: Dataset, options: &Options) {
    println!("{name}, {} x {} points", options.size[0], options.size[1]);
    let mut stage = Stage::new(dataset, options);
    for zoom in [3.0, 6.0, 9.0, 12.0] {
        stage.pan("pan", zoom, options.frames);
    }
    stage.rest();
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
        self.frame_with(Vec::new())
    }

    /// A frame in which these things happen.
    fn frame_with(&mut self, events: Vec<Event>) -> Cost {
        self.time_s += 1.0 / 60.0;
        self.frames += 1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(self.size[0], self.size[1]))),
            time: Some(self.time_s),
            focused: true,
            events,
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
    fn pan(&mut self, scene: &str, zoom: f64, frames: usize) {
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
        report(&format!("{scene} at zoom {zoom}"), &costs);
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

    /// Draws a window of time on the timeline with the pointer, takes hold of its middle and drags that to and fro, a
    /// little in every frame.
    fn drag(&mut self, frames: usize) {
        if self.dateline.state().time_axis().is_none() {
            return;
        }
        let at = |share: f32| pos2(240.0 + share * (self.size[0] - 280.0), self.size[1] - 50.0);
        let [left, middle, right] = [0.3, 0.4, 0.5].map(at);
        let reach = 0.25 * (self.size[0] - 280.0);
        let button = |pos: Pos2, pressed: bool| {
            let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
            vec![Event::PointerMoved(pos), Event::PointerButton { pos, button, pressed, modifiers }]
        };
        let moved = |pos: Pos2| vec![Event::PointerMoved(pos)];
        for events in [moved(left), button(left, true), moved(middle), moved(right), button(right, false)] {
            self.frame_with(events);
        }
        self.frame_with(moved(middle));
        self.frame_with(button(middle, true));
        let place = |n: usize| middle + vec2(reach * (n as f32 / 90.0).sin(), 0.0);
        let mut windows = 0;
        let costs: Vec<Cost> = (0..frames)
            .map(|n| {
                let before = self.dateline.state().filter().window_min();
                let cost = self.frame_with(moved(place(n)));
                windows += usize::from(before != self.dateline.state().filter().window_min());
                cost
            })
            .collect();
        report("drag a time window", &costs);
        println!("the window was another after {windows} of {frames} frames");
        self.frame_with(button(place(frames), false));
        self.frame_with(vec![Event::PointerGone]);
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
