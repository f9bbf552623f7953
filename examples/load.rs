//! What is hard on the window, and whether it stays responsive: no frame may take longer than 100 ms, and when all is over
//! the memory must be what it was.
//!
//! ```sh
//! cargo run --release --example load                                # all scenes with made-up files
//! cargo run --release --example load -- --table 1000000.csv         # a table of one's own for the reloads
//! cargo run --release --example load -- --scene types               # one scene
//! cargo run --release --example load -- --scene soak --minutes 20   # a table that is written anew every few seconds
//! ```
//!
//! Scenes are `reloads` (a hundred, in quick succession), `files` (fifty at once), `spot` (10 000 incidents at one
//! coordinate), `summary` (10 MB of it), `title` (100 000 characters), `types` (65 000 of them) and `soak`. Each is played
//! `--warm` times to warm caches up and then measured. Times of frames are of the processor (this thread alone), so that other work
//! on the machine does not count; the clock's times stand beside them.

// Figures are made and printed here, nothing is kept.
#![allow(clippy::pedantic, clippy::single_match_else)]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use dateline::io;
use dateline::state::{Command, Drawing};
use dateline::ui::app::Dateline;
use eframe::egui::{
    self, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, RawInput, Rect, TouchPhase, pos2, vec2,
};
use rustix::time::{ClockId, clock_gettime};

/// The longest that a frame may take.
const LONGEST: Duration = Duration::from_millis(100);
/// Time between two frames.
const STEP: Duration = Duration::from_millis(16);
/// Why a scene cannot be played.
type Failure = Box<dyn std::error::Error>;

/// What to play.
#[derive(Parser)]
struct Options {
    /// This scene, and no other.
    #[arg(long)]
    scene: Option<String>,
    /// The table that is read again and again; without it a made-up one of `--rows` rows.
    #[arg(long)]
    table: Option<PathBuf>,
    /// Rows of the made-up table.
    #[arg(long, default_value_t = 1_000_000)]
    rows: usize,
    /// Reloads in quick succession.
    #[arg(long, default_value_t = 100)]
    reloads: usize,
    /// How often each scene is played before it is measured.
    #[arg(long, default_value_t = 1)]
    warm: usize,
    /// How long the soak is.
    #[arg(long, default_value_t = 20)]
    minutes: u64,
}

fn main() -> Result<(), Failure> {
    let options = Options::parse();
    let folder = tempfile::tempdir()?;
    let mut stage = Stage::new(folder.path())?;
    let scenes: [(&str, Scene); 7] = [
        ("spot", |stage, _| stage.plays("spot.csv", spot)),
        ("summary", |stage, _| stage.plays("summary.csv", summary)),
        ("title", |stage, _| stage.plays("title.csv", title)),
        ("types", |stage, _| stage.plays("types.csv", types)),
        ("files", |stage, _| files(stage)),
        ("reloads", reloads),
        ("soak", soak),
    ];
    for (name, scene) in scenes {
        let is_wanted = options.scene.as_deref().map_or(name != "soak", |wanted| wanted == name);
        if is_wanted {
            // Fonts, tiles and caches of the allocator belong to the program, not to the scene.
            let warm = if matches!(name, "reloads" | "soak") { 0 } else { options.warm };
            for _ in 0..warm {
                scene(&mut stage, &options)?;
            }
            stage.begin();
            scene(&mut stage, &options)?;
            stage.tell(name);
        }
    }
    Ok(())
}

type Scene = fn(&mut Stage, &Options) -> Result<(), Failure>;

/// A window without a screen.
struct Stage<'a> {
    folder: &'a Path,
    ctx: egui::Context,
    dateline: Dateline,
    started: Instant,
    events: Vec<Event>,
    /// Processor and clock time of each frame since the scene began.
    costs: Vec<[Duration; 2]>,
    /// What the window did in the slowest frame.
    slowest: (Duration, String),
    doing: String,
    memory_kib: u64,
}

impl<'a> Stage<'a> {
    fn new(folder: &'a Path) -> Result<Self, Failure> {
        let ctx = egui::Context::default();
        let dateline = Dateline::new(&ctx, Arc::new(io::bundled()?));
        Ok(Self {
            folder,
            ctx,
            dateline,
            started: Instant::now(),
            events: Vec::new(),
            costs: Vec::new(),
            slowest: (Duration::ZERO, String::new()),
            doing: String::new(),
            memory_kib: 0,
        })
    }

    fn begin(&mut self) {
        self.memory_kib = memory_kib();
        self.costs.clear();
        self.slowest = (Duration::ZERO, String::new());
    }

    fn frame(&mut self) {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1440.0, 900.0))),
            time: Some(self.started.elapsed().as_secs_f64()),
            focused: true,
            events: std::mem::take(&mut self.events),
            ..RawInput::default()
        };
        let (cpu, wall) = (thread_cpu(), Instant::now());
        let mut output = self.ctx.run_ui(input, |ui| self.dateline.ui(ui));
        output.textures_delta.clear();
        drop(self.ctx.tessellate(output.shapes, output.pixels_per_point));
        let cost = [thread_cpu().saturating_sub(cpu), wall.elapsed()];
        self.costs.push(cost);
        if cost[0] > self.slowest.0 {
            self.slowest = (cost[0], self.doing.clone());
        }
        std::thread::sleep(STEP.saturating_sub(cost[1]));
    }

    fn frames(&mut self, doing: &str, count: usize) {
        doing.clone_into(&mut self.doing);
        for _ in 0..count {
            self.frame();
        }
    }

    /// Asks for something and draws until it is there.
    fn until(&mut self, doing: &str, is_so: impl Fn(&Dateline) -> bool) -> Result<(), Failure> {
        doing.clone_into(&mut self.doing);
        let deadline = Instant::now() + Duration::from_mins(5);
        while !is_so(&self.dateline) {
            if Instant::now() > deadline {
                return Err(format!("{doing}: nothing comes of it").into());
            }
            self.frame();
        }
        Ok(())
    }

    fn open(&mut self, files: Vec<PathBuf>) -> Result<(), Failure> {
        let before = Arc::clone(self.dateline.state().dataset());
        self.dateline.ask(Command::OpenAll(files));
        self.until("opens", |dateline| !Arc::ptr_eq(dateline.state().dataset(), &before))
    }

    fn close(&mut self) -> Result<(), Failure> {
        let before = Arc::clone(self.dateline.state().dataset());
        self.dateline.ask(Command::OpenBundled);
        self.until("closes", |dateline| !Arc::ptr_eq(dateline.state().dataset(), &before))?;
        drop(before);
        self.frames("rests", 30);
        Ok(())
    }

    /// Opens a file and does with it what readers do.
    fn plays(&mut self, name: &str, text: fn() -> String) -> Result<(), Failure> {
        let file = self.folder.join(name);
        fs::write(&file, text())?;
        self.open(vec![file])?;
        self.frames("rests", 20);
        self.reads();
        self.close()
    }

    /// Goes through what a reader does with any dataset.
    fn reads(&mut self) {
        for (doing, place) in [
            ("turns the list", pos2(150.0, 600.0)),
            ("turns the event types", pos2(150.0, 150.0)),
            ("zooms", pos2(700.0, 400.0)),
        ] {
            self.events.push(Event::PointerMoved(place));
            for amount in [-3.0, -300.0, 20.0, 3.0] {
                let delta = vec2(0.0, amount);
                let (unit, modifiers) = (MouseWheelUnit::Line, Modifiers::NONE);
                self.events.push(Event::MouseWheel {
                    unit,
                    delta,
                    modifiers,
                    phase: TouchPhase::Move,
                    source: MouseWheelSource::Wheel,
                });
                self.frames(doing, 8);
            }
        }
        for incident in 0..3 {
            self.dateline.ask(Command::Select(incident));
            self.frames("opens an incident", 8);
        }
        self.events.push(Event::PointerMoved(pos2(1250.0, 300.0)));
        self.frames("points at the incident", 40);
        for drawing in [Drawing::Points, Drawing::Heat, Drawing::Clusters] {
            self.dateline.ask(Command::SetDrawing(drawing));
            self.frames("draws otherwise", 8);
        }
        for event_type in 0..3 {
            self.dateline.ask(Command::ShowOnlyType(event_type));
            self.frames("filters by type", 4);
        }
        self.dateline.ask(Command::HideAllTypes);
        self.frames("hides all types", 4);
        self.dateline.ask(Command::ShowAllTypes);
        self.frames("shows all types", 4);
        self.key(Key::K, Modifiers::COMMAND);
        self.frames("asks", 8);
        for letter in ["w", "o", "r", "d"] {
            self.events.push(Event::Text(letter.to_owned()));
            self.frames("asks", 12);
        }
        self.key(Key::Escape, Modifiers::NONE);
        self.frames("asks no more", 4);
        for text in ["w", "wo", "wor", "word", ""] {
            self.dateline.ask(Command::SetText(text.to_owned()));
            self.frames("filters by text", 12);
        }
        self.dateline.ask(Command::ListView(true));
        self.frames("lists the view", 8);
        self.dateline.ask(Command::ListView(false));
        self.dateline.ask(Command::ClearSelection);
        self.dateline.ask(Command::FitShown);
        self.frames("rests", 20);
    }

    fn key(&mut self, key: Key, modifiers: Modifiers) {
        for pressed in [true, false] {
            self.events.push(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
        }
    }

    fn tell(&self, name: &str) {
        let mut cpu: Vec<Duration> = self.costs.iter().map(|cost| cost[0]).collect();
        cpu.sort_unstable();
        let at = |share: f64| {
            cpu.get((cpu.len() as f64 * share) as usize).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        let wall = self.costs.iter().map(|cost| cost[1]).max().unwrap_or_default();
        let over = cpu.iter().filter(|time| **time > LONGEST).count();
        let (slowest, doing) = &self.slowest;
        let (before, after) = (self.memory_kib as f64 / 1024.0, memory_kib() as f64 / 1024.0);
        println!(
            "{name:<8} {} frames  p50 {:.1} ms  p99 {:.1} ms  slowest {:.1} ms ({doing}; by the clock {:.1} ms)  over 100 ms: {over}  \
             memory {before:.0} -> {after:.0} MiB ({:+.1} %)",
            cpu.len(),
            at(0.5),
            at(0.99),
            slowest.as_secs_f64() * 1e3,
            wall.as_secs_f64() * 1e3,
            (after / before - 1.0) * 100.0
        );
    }
}

fn spot() -> String {
    let rows = (0..10_000).map(|n| format!("Number {n},48.2,16.37,Type {}\n", n % 20));
    std::iter::once("title,lat,lon,type\n".to_owned()).chain(rows).collect()
}

fn summary() -> String {
    format!(
        "title,lat,lon,summary\nLong,48.2,16.37,\"{}\"\nShort,50,30,word\n",
        "A word and another. ".repeat(500_000)
    )
}

fn title() -> String {
    let [words, letters] = ["A word ".repeat(14_286), "w".repeat(100_000)];
    format!(
        "title,lat,lon,place,type\n{words},48.2,16.37,{words},{words}\n{letters},50,30,{letters},{letters}\nShort,49,20,Vienna,Fire\n"
    )
}

fn types() -> String {
    let rows = (0..65_000).map(|n| format!("Number {n},{}.5,{}.25,Type {n}\n", n % 160 - 80, n % 360 - 180));
    std::iter::once("title,lat,lon,type\n".to_owned()).chain(rows).collect()
}

/// Fifty files at once.
fn files(stage: &mut Stage) -> Result<(), Failure> {
    let mut files = Vec::new();
    for number in 0..50 {
        let file = stage.folder.join(format!("file{number}.csv"));
        fs::write(&file, table(2000, number))?;
        files.push(file);
    }
    stage.open(files)?;
    stage.reads();
    stage.close()
}

fn table(rows: usize, seed: usize) -> String {
    let mut text = String::from("title,lat,lon,type,date,summary\n");
    for n in 0..rows {
        let (lat, lon) = ((n * 7 + seed) % 160, (n * 13 + seed) % 360);
        let (month, day) = (1 + n % 12, 1 + n % 28);
        let _ = writeln!(
            text,
            "Number {n},{}.{:03},{}.{:03},Type {},2024-{month:02}-{day:02},A few words about what happened there",
            lat as i64 - 80,
            n % 1000,
            lon as i64 - 180,
            n % 997,
            n % 9
        );
    }
    text
}

/// A large table, read again before it was read.
fn reloads(stage: &mut Stage, options: &Options) -> Result<(), Failure> {
    let file = match &options.table {
        Some(file) => file.clone(),
        None => {
            let file = stage.folder.join("large.csv");
            fs::write(&file, table(options.rows, 0))?;
            file
        }
    };
    stage.open(vec![file])?;
    for _ in 0..2 {
        stage.reload()?;
    }
    stage.begin();
    for n in 0..options.reloads {
        if n % 10 == 9 {
            stage.reload()?;
        } else {
            stage.dateline.ask(Command::Reload);
            stage.frames("reads again", 1 + n % 7);
        }
    }
    stage.reload()?;
    stage.frames("rests", 60);
    Ok(())
}

impl Stage<'_> {
    fn reload(&mut self) -> Result<(), Failure> {
        let before = Arc::clone(self.dateline.state().dataset());
        self.dateline.ask(Command::Reload);
        self.until("reads again", |dateline| !Arc::ptr_eq(dateline.state().dataset(), &before))?;
        drop(before);
        self.frames("rests", 20);
        Ok(())
    }
}

/// A table that is written anew every few seconds and read again, while somebody reads. A line for each minute.
fn soak(stage: &mut Stage, options: &Options) -> Result<(), Failure> {
    let file = stage.folder.join("live.csv");
    fs::write(&file, table(20_000, 0))?;
    stage.open(vec![file.clone()])?;
    let began = Instant::now();
    let mut minutes = Vec::new();
    for minute in 0..options.minutes {
        let end = Duration::from_secs(60 * (minute + 1));
        let mut least = u64::MAX;
        let mut round = 0;
        while began.elapsed() < end {
            round += 1;
            fs::write(&file, table(20_000, (minute * 60) as usize + round))?;
            stage.reload()?;
            if round % 4 == 0 {
                stage.reads();
            }
            stage.frames("rests", 100);
            least = least.min(memory_kib());
        }
        minutes.push(least);
        print!("{} MiB ", least >> 10);
        std::io::stdout().flush()?;
    }
    println!();
    let last = &minutes[minutes.len() / 2..];
    let (least, most) = (last.iter().min().copied().unwrap_or(1), last.iter().max().copied().unwrap_or(1));
    println!("the last half lies within {:.1} %", (most as f64 / least as f64 - 1.0) * 100.0);
    Ok(())
}

fn thread_cpu() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}

/// What the process has in memory, without what it only maps from files; 0 where the system does not say.
fn memory_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|it| it.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
