//! A monkey at the window: thousands of clicks, keys, drags, turns of the wheel, sizes, scales, themes and dropped files,
//! always the same ones for a seed, with what must always hold checked after each.
//!
//! ```sh
//! DATELINE_MONKEY=20000 DATELINE_MONKEY_SEED=2 cargo test --test ui monkey -- --nocapture
//! ```
//!
//! The monkey sits in a process and a home of its own, since it also writes exports.

// The dice cast as they like.
#![allow(clippy::pedantic, clippy::format_push_string)]

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::sync::Arc;

use dateline::cli::ViewOptions;
use dateline::io::{BUNDLED, ReadOptions};
use dateline::model::Dataset;
use dateline::query::{Filter, STATUSES};
use dateline::state::{AppState, Command, View, ViewTarget};
use dateline::ui::opening::Early;
use eframe::egui::epaint::text::MissingGlyphPolicy;
use eframe::egui::{
    Event, HoveredFile, ImeEvent, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2,
    Rect, Shape, Theme, TouchPhase, pos2, vec2,
};
use egui_kittest::kittest::Queryable;

use crate::support::{Dropped, TestWindow, window_that_waits};

/// Events in `cargo test`; `DATELINE_MONKEY` says how many instead.
const EVENTS: usize = 2500;
/// Events between two looks at what can be taken back: fewer than the steps that are kept.
const EPISODE: usize = 120;
/// Incidents that are counted one by one after each event; of larger datasets the sums are compared.
const COUNTED: usize = 500;

#[test]
fn a_monkey_at_the_window_breaks_nothing() {
    let home = tempfile::tempdir().expect("a home for the monkey");
    let status = Process::new(env::current_exe().expect("this program"))
        .args(["--ignored", "--exact", "monkey::the_monkey_itself", "--nocapture"])
        .current_dir(home.path())
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .env("XDG_CACHE_HOME", home.path())
        .env("DATELINE_CONFIG_DIR", home.path().join("config"))
        .status()
        .expect("a process");
    assert!(status.success(), "the monkey has found something: see above");
}

#[test]
#[ignore = "the test above starts it in a home of its own"]
fn the_monkey_itself() {
    let number = |name: &str| env::var(name).ok().and_then(|it| it.parse().ok());
    let events = number("DATELINE_MONKEY").unwrap_or(EVENTS as u64) as usize;
    let seed = number("DATELINE_MONKEY_SEED").unwrap_or(1);
    let folder = env::current_dir().expect("a folder");
    let files = files(&folder);
    let mut monkey = Monkey::new(seed, files);
    for n in 0..events {
        if n % EPISODE == 0 {
            monkey.takes_all_back();
        }
        monkey.act(n);
    }
    monkey.takes_all_back();
    println!("{events} events, {} frames, seed {seed}", monkey.frames);
}

/// Files as people drop them: good, broken, of other kinds, large enough to be read for a while, and none at all.
fn files(folder: &Path) -> Vec<PathBuf> {
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    };
    let table = |rows: usize| {
        let mut text = String::from("lat,lon,title,type,date\n");
        for n in 0..rows {
            let (lat, lon) = (n % 170, n % 360);
            text.push_str(&format!(
                "{}.5,{}.25,Number {n},Type {},2024-{:02}-11\n",
                lat as i64 - 85,
                lon as i64 - 180,
                n % 300,
                1 + n % 12
            ));
        }
        text
    };
    let spot = "title,lat,lon\n".to_owned() + &"Same,48.2,16.37\n".repeat(400);
    let hard = format!(
        "title,lat,lon,summary\n\"{}\",1,2,\"{}\"\n\u{202e}x,89,180,\nNaN,-90,-180,x\n",
        "x".repeat(5000),
        "word ".repeat(20_000)
    );
    vec![
        write("good.ron", BUNDLED.as_bytes()),
        write("broken.ron", BUNDLED.replace("lat: 51", "lat: north").as_bytes()),
        write("cut.ron", &BUNDLED.as_bytes()[..2000]),
        write("few.csv", table(40).as_bytes()),
        write("many.csv", table(20_000).as_bytes()),
        write("spot.csv", spot.as_bytes()),
        write("hard.csv", hard.as_bytes()),
        write("unknown.csv", b"a,b,c\n1,2,3\nx,y,z\n"),
        write("none.csv", b"title,lat,lon\n"),
        write("empty.geojson", b""),
        write("line.geojson", br#"{"type":"LineString","coordinates":[[179,10],[-179,11]]}"#),
        write("noise.bin", &(0..5000_u32).map(|n| (n * n / 7) as u8).collect::<Vec<u8>>()),
        write("bad.csv.gz", b"\x1f\x8b\x08\x00nothing"),
        folder.join("missing.ron"),
        folder.to_owned(),
    ]
}

/// What undo brings back.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    filter: Filter,
    selection: Option<usize>,
    target: ViewTarget,
}

impl Shown {
    fn of(state: &AppState) -> Self {
        Self { filter: state.filter().clone(), selection: state.selection(), target: state.target() }
    }
}

struct Monkey {
    window: TestWindow,
    files: Vec<PathBuf>,
    dice: u64,
    size: [f32; 2],
    pointer: Pos2,
    /// Where things stood that can be clicked, when it was last looked.
    spots: Vec<Rect>,
    /// What was shown when the episode began, and of which dataset.
    start: (Shown, Arc<Dataset>),
    frames: usize,
    /// What was done, for the message.
    did: String,
}

impl Monkey {
    fn new(seed: u64, files: Vec<PathBuf>) -> Self {
        let file = files[0].clone();
        let mut early = Early::start(vec![file], &ReadOptions::default(), [], ViewOptions::default());
        early.wait().expect("a valid file");
        let window = window_that_waits(early);
        // Tests have no fonts but the program's own; a reader's machine has, or shows boxes.
        window.ctx.set_missing_glyph_policy(MissingGlyphPolicy::Tofu);
        let state = window.state().dateline().state();
        let start = (Shown::of(state), Arc::clone(state.dataset()));
        let size = [1280.0, 720.0];
        Self {
            window,
            files,
            dice: seed,
            size,
            pointer: pos2(9.0, 9.0),
            spots: Vec::new(),
            start,
            frames: 0,
            did: String::new(),
        }
    }

    /// A number below another one (splitmix64).
    fn below(&mut self, end: usize) -> usize {
        self.dice = self.dice.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.dice;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }

    fn one<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())]
    }

    fn state(&self) -> &AppState {
        self.window.state().dateline().state()
    }

    /// One event, a frame, and what must hold after it.
    fn act(&mut self, n: usize) {
        if n.is_multiple_of(16) {
            self.look();
        }
        match self.below(100) {
            0..25 => self.click(),
            25..35 => self.drag(),
            35..48 => self.wheel(),
            48..78 => self.key(),
            78..84 => self.text(),
            84..89 => self.hover(),
            89..91 => self.resize(),
            91..93 => self.looks(),
            93..95 => self.drop_files(),
            95 => self.command(),
            96 => self.leave(),
            _ => self.did = "waits".to_owned(),
        }
        self.frame();
        self.holds(n);
    }

    fn frame(&mut self) {
        self.window.step();
        self.frames += 1;
    }

    /// Looks where things stand that could be clicked.
    fn look(&mut self) {
        let screen = Rect::from_min_size(Pos2::ZERO, vec2(self.size[0], self.size[1]));
        let spots = self
            .window
            .query_all_by(|node| node.label().is_some() && node.bounding_box().is_some())
            .map(|node| node.rect());
        self.spots = spots.filter(|rect| rect.is_positive() && screen.contains(rect.center())).collect();
    }

    fn somewhere(&mut self) -> Pos2 {
        let spots = self.spots.len();
        if spots > 0 && self.below(3) > 0 {
            let spot = self.below(spots);
            return self.spots[spot].center();
        }
        let [width, height] = self.size;
        let mut part = |length: f32| length * (self.below(1001) as f32 / 1000.0);
        pos2(part(width), part(height))
    }

    fn modifiers(&mut self) -> Modifiers {
        let ctrl = Modifiers::COMMAND;
        let some = [
            Modifiers::NONE,
            Modifiers::NONE,
            Modifiers::NONE,
            Modifiers::SHIFT,
            Modifiers::ALT,
            ctrl,
            ctrl | Modifiers::SHIFT,
        ];
        self.one(&some)
    }

    fn push(&mut self, event: Event) {
        self.window.input_mut().events.push(event);
    }

    fn move_to(&mut self, pos: Pos2) {
        self.pointer = pos;
        self.push(Event::PointerMoved(pos));
    }

    fn button(&mut self, button: PointerButton, pressed: bool, modifiers: Modifiers) {
        let pos = self.pointer;
        self.push(Event::PointerButton { pos, button, pressed, modifiers });
    }

    fn click(&mut self) {
        let pos = self.somewhere();
        let (button, modifiers) = (
            self.one(&[
                PointerButton::Primary,
                PointerButton::Primary,
                PointerButton::Primary,
                PointerButton::Secondary,
                PointerButton::Middle,
            ]),
            self.modifiers(),
        );
        self.did = format!("clicks {button:?} at {pos:?} with {modifiers:?}");
        self.move_to(pos);
        for _ in 0..self.one(&[1, 1, 1, 2, 3]) {
            self.button(button, true, modifiers);
            self.button(button, false, modifiers);
        }
    }

    fn drag(&mut self) {
        let [from, to] = [self.somewhere(), self.somewhere()];
        let modifiers = self.modifiers();
        self.did = format!("drags from {from:?} to {to:?} with {modifiers:?}");
        self.move_to(from);
        self.button(PointerButton::Primary, true, modifiers);
        self.frame();
        for step in 1..=3 {
            self.move_to(from + (to - from) * (step as f32 / 3.0));
            if self.below(4) == 0 {
                // Something else while the button is down.
                self.key();
                self.did += " while it drags";
            }
            self.frame();
        }
        // Sometimes nobody ever hears that the button was let go.
        if self.below(6) > 0 {
            self.button(PointerButton::Primary, false, modifiers);
        }
    }

    fn wheel(&mut self) {
        let pos = self.somewhere();
        let unit = self.one(&[MouseWheelUnit::Line, MouseWheelUnit::Point, MouseWheelUnit::Page]);
        let amount = self.one(&[0.5, 1.0, 3.0, 40.0, 1e6, -0.5, -1.0, -3.0, -40.0, -1e6]);
        let delta =
            self.one(&[vec2(0.0, amount), vec2(0.0, amount), vec2(amount, 0.0), vec2(amount, -amount)]);
        let modifiers = self.modifiers();
        self.did = format!("turns {delta:?} {unit:?} at {pos:?} with {modifiers:?}");
        self.move_to(pos);
        if self.below(5) == 0 {
            let factor = self.one(&[0.01, 0.5, 0.9, 1.1, 2.0, 100.0]);
            self.push(Event::Zoom(factor));
        } else {
            self.push(Event::MouseWheel {
                unit,
                delta,
                modifiers,
                phase: TouchPhase::Move,
                source: MouseWheelSource::Wheel,
            });
        }
    }

    fn key(&mut self) {
        const OFTEN: [Key; 34] = [
            Key::Escape,
            Key::Escape,
            Key::Enter,
            Key::Space,
            Key::Tab,
            Key::Tab,
            Key::ArrowUp,
            Key::ArrowDown,
            Key::ArrowLeft,
            Key::ArrowRight,
            Key::Home,
            Key::End,
            Key::PageUp,
            Key::PageDown,
            Key::Backspace,
            Key::Delete,
            Key::Plus,
            Key::Minus,
            Key::Num0,
            Key::Num1,
            Key::Num2,
            Key::B,
            Key::D,
            Key::F,
            Key::J,
            Key::K,
            Key::M,
            Key::N,
            Key::P,
            Key::R,
            Key::T,
            Key::Z,
            Key::Comma,
            Key::Period,
        ];
        let key = if self.below(3) == 0 { self.one(Key::ALL) } else { self.one(&OFTEN) };
        let modifiers = self.modifiers();
        self.did = format!("presses {key:?} with {modifiers:?}");
        for pressed in [true, false] {
            self.push(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
        }
    }

    fn text(&mut self) {
        let texts = [
            "a",
            "fire",
            "Орёл",
            " ",
            "51.5, 34.1",
            "\u{202e}",
            "👩‍👩‍👧",
            "dateline:1 map=51,34,8 draw=heat",
            "dateline:1 types=",
            "/",
            "\n",
            "\t",
            "%",
            "2024-03-12",
            "good.ron",
            "a\u{301}\u{301}",
            "0",
            "x.csv",
        ];
        let text = self.one(&texts).to_owned();
        self.did = format!("types {text:?}");
        let event = match self.below(4) {
            0 => Event::Paste(if self.below(4) == 0 { text.repeat(3000) } else { text }),
            1 => Event::Ime(ImeEvent::Commit(text)),
            _ => Event::Text(text),
        };
        self.push(event);
    }

    fn hover(&mut self) {
        let pos = self.somewhere();
        self.did = format!("points at {pos:?}");
        self.move_to(pos);
    }

    fn resize(&mut self) {
        let sizes = [
            [1.0, 1.0],
            [8000.0, 6000.0],
            [1280.0, 720.0],
            [1280.0, 720.0],
            [320.0, 240.0],
            [700.0, 500.0],
            [1.0, 900.0],
            [3000.0, 2.0],
        ];
        self.size = self.one(&sizes);
        self.did = format!("makes it {:?} large", self.size);
        self.window.set_size(vec2(self.size[0], self.size[1]));
        self.frame();
        // Drawn over and over it would only take time.
        if self.size == [8000.0, 6000.0] {
            self.holds(usize::MAX);
            self.size = [1280.0, 720.0];
            self.window.set_size(vec2(1280.0, 720.0));
        }
    }

    fn looks(&mut self) {
        if self.below(2) == 0 {
            let theme = self.one(&[Theme::Dark, Theme::Light]);
            self.did = format!("makes the desktop {theme:?}");
            self.window.input_mut().system_theme = Some(theme);
        } else {
            let scale = self.one(&[0.5, 1.0, 1.0, 1.25, 2.0, 3.0]);
            self.did = format!("scales by {scale}");
            self.window.set_pixels_per_point(scale);
        }
    }

    fn drop_files(&mut self) {
        let count = self.one(&[1, 1, 1, 2, 5]);
        let numbers: Vec<usize> = (0..count).map(|_| self.below(self.files.len())).collect();
        let files: Vec<PathBuf> = numbers.into_iter().map(|n| self.files[n].clone()).collect();
        self.did = format!("drops {files:?}");
        if self.below(3) == 0 {
            self.window.input_mut().hovered_files = files
                .into_iter()
                .map(|path| HoveredFile { path: Some(path), ..HoveredFile::default() })
                .collect();
            return;
        }
        self.window.input_mut().hovered_files.clear();
        for file in files {
            self.window.input_mut().dropped_files.push(Arc::new(Dropped(file)));
        }
    }

    /// What no key or click does soon enough.
    fn command(&mut self) {
        let command = match self.below(4) {
            0 => {
                let n = self.below(9);
                let path = self.files[n].clone();
                Command::Open(path)
            }
            1 => Command::Reload,
            2 => {
                let event_type = self.below(400);
                Command::SetTypeShown { event_type, shown: self.below(2) == 0 }
            }
            _ => Command::Select(self.below(30_000)),
        };
        self.did = format!("asks for {command:?}");
        self.window.state_mut().dateline_mut().ask(command);
    }

    fn leave(&mut self) {
        self.did = "leaves the window".to_owned();
        let event = self.one(&[0, 1, 2]);
        self.push(match event {
            0 => Event::PointerGone,
            1 => Event::WindowFocused(false),
            _ => Event::WindowFocused(true),
        });
    }

    /// What must hold after every event.
    fn holds(&mut self, n: usize) {
        let did = format!("event {n}: the monkey {}", self.did);
        let state = self.state();
        let (engine, filter, dataset) = (state.engine(), state.filter(), state.dataset());
        assert_eq!(engine.len(), dataset.incidents.len(), "{did}");
        let shown = engine.total();
        if engine.len() <= COUNTED {
            let counted = (0..engine.len()).filter(|&incident| engine.contains(incident)).count();
            assert_eq!(counted, shown, "{did}");
        }
        let by_type: usize = (0..dataset.event_types.len())
            .filter(|&it| filter.shows_type(it))
            .map(|it| engine.count_of_type(it))
            .sum();
        assert_eq!(by_type, shown, "the counts of event types add up: {did}");
        let chosen: Vec<_> = filter.chosen_statuses().collect();
        let statuses = STATUSES.iter().filter(|it| chosen.is_empty() || chosen.contains(it));
        let by_status: usize = statuses.map(|it| engine.count_of_status(*it)).sum();
        assert_eq!(by_status, shown, "the counts of statuses add up: {did}");
        assert!(engine.rows() <= shown, "{did}");
        assert!(state.selection().is_none_or(|it| it < dataset.incidents.len()), "{did}");
        match state.target() {
            ViewTarget::Fit(bounds) => assert!(bounds.is_valid(), "{bounds:?}: {did}"),
            ViewTarget::At(View { center, zoom }) => {
                assert!(
                    center.is_valid() && (0.0..=View::MAX_ZOOM).contains(&zoom),
                    "{center:?} {zoom}: {did}"
                );
            }
        }
        if n.is_multiple_of(40) {
            self.draws_no_nonsense(&did);
        }
    }

    /// Nothing is drawn at places that are no numbers.
    fn draws_no_nonsense(&self, did: &str) {
        for shape in &self.window.output().shapes {
            assert!(is_somewhere(&shape.shape), "{:?} is drawn nowhere: {did}", shape.shape);
        }
    }

    /// Undo leads back to where the episode began, and redo to where it ended.
    fn takes_all_back(&mut self) {
        // It does not lead back to another dataset.
        if Arc::ptr_eq(&self.start.1, self.state().dataset()) && !self.state().playback().is_playing() {
            let end = Shown::of(self.state());
            let mut steps = 0;
            while self.state().can_undo() {
                drop(self.window.state_mut().dateline_mut().apply(Command::Undo));
                steps += 1;
                assert!(steps <= 1000, "undo has an end");
            }
            assert_eq!(Shown::of(self.state()), self.start.0, "undo leads to the start");
            for _ in 0..steps {
                drop(self.window.state_mut().dateline_mut().apply(Command::Redo));
            }
            assert_eq!(Shown::of(self.state()), end, "redo leads to the end");
        }
        self.window.state_mut().dateline_mut().forget_history();
        self.start = (Shown::of(self.state()), Arc::clone(self.state().dataset()));
    }
}

/// Whether all points of a shape are numbers.
fn is_somewhere(shape: &Shape) -> bool {
    match shape {
        Shape::Vec(shapes) => shapes.iter().all(is_somewhere),
        Shape::Circle(circle) => circle.center.is_finite() && circle.radius.is_finite(),
        Shape::LineSegment { points, .. } => points.iter().all(|point| point.is_finite()),
        Shape::Path(path) => path.points.iter().all(|point| point.is_finite()),
        Shape::Rect(rect) => !rect.rect.any_nan(),
        Shape::Text(text) => text.pos.is_finite(),
        Shape::Mesh(mesh) => mesh.vertices.iter().all(|vertex| vertex.pos.is_finite()),
        _ => true,
    }
}
