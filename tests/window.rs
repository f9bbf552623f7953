//! The real program in a real window: started under Xvfb, drawn by the software driver, clicked with a real pointer
//! and judged by the pixels on the screen.
//!
//! What the program says of itself comes from its log (`RUST_LOG=dateline=debug`): `map complete after N ms`,
//! `marker ID at X,Y` (window points, whenever the layout of the markers changes), `selected ID` and `frame N`.
//! Time limits here only end a wait that would never end: nothing is asserted about speed.
#![cfg(all(feature = "gui", target_os = "linux"))]
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends by panicking with what went wrong")]

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, ErrorKind},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use image::RgbImage;
use tempfile::TempDir;

/// Nothing that is waited for takes this long, not even on a slow machine that does something else as well.
const PATIENCE: Duration = Duration::from_mins(2);

/// No frame for so long: the window has come to rest. A busy machine may well take a second over one frame.
const REST: Duration = Duration::from_secs(3);

/// The part of the window that is surely inside the detail panel, measured from the right edge and the top.
const PANEL_WIDTH_PX: u32 = 260;
const PANEL_TOP_PX: u32 = 56;

/// What may be unlike between the screen and `dateline render`: a pixel of an edge here and there.
const SAME: f64 = 0.002;
/// Two incidents' panels, and the one that introduces the dataset, differ in far more than this.
const DIFFERENT: f64 = 0.01;

#[test]
fn a_click_on_a_marker_on_the_screen_opens_its_incident_in_the_panel() {
    let display = Display::start();
    let program = Program::start(&display, Command::new(BINARY).args(["--fresh", "--offline"]));
    program.wait_for_the_map();
    let window = display.only_window();
    assert!(display.title(&window).contains("Dateline"), "the title is {:?}", display.title(&window));

    let markers = program.markers();
    assert!(markers.len() >= 2, "the log names the markers {markers:?}");
    let introduction = ["light", "dark"].map(|theme| (theme, rendered(&window, theme, None)));
    let shown =
        |expected: &RgbImage| difference(&panel(&display.picture_of(&window)), &panel(expected)) < SAME;
    assert!(
        eventually(|| introduction.iter().any(|(_, expected)| shown(expected))),
        "the window shows {} instead of {} or its dark twin",
        kept(&display.picture_of(&window), "start"),
        kept(&introduction[0].1, "start-expected"),
    );
    let (theme, mut before) =
        introduction.into_iter().find(|(_, expected)| shown(expected)).expect("just seen");

    for id in markers.keys().take(2) {
        // The map may have moved since the last click.
        program.wait_until_at_rest();
        let (x_pt, y_pt) = program.markers()[id];
        display.click(&window, x_pt, y_pt);
        program.wait_for("the selection", |line| line.ends_with(&format!("selected {id}")));

        let expected = rendered(&window, theme, Some(id));
        assert!(
            difference(&panel(&before), &panel(&expected)) > DIFFERENT,
            "{id} looks like what was there before"
        );
        assert!(
            eventually(|| shown(&expected)),
            "a click on {id} shows {} instead of {}",
            kept(&display.picture_of(&window), id),
            kept(&expected, &format!("{id}-expected")),
        );
        before = expected;
    }
}

#[test]
fn a_window_that_nobody_touches_draws_no_frame() {
    let display = Display::start();
    let program = Program::start(&display, Command::new(BINARY).args(["--fresh", "--offline"]));
    program.wait_for_the_map();
    let before = program.frames();
    assert!(before > 0, "the log names no frame");

    thread::sleep(Duration::from_secs(5));
    assert_eq!(program.frames(), before, "frames were drawn for nobody");
}

#[test]
fn a_default_run_connects_to_nothing_but_local_sockets() {
    let display = Display::start();
    let trace = display.folder.path().join("connections");
    // -D: strace steps aside, so that the child is the program and ends with it. Where strace may not trace (some
    // containers: give them the capability SYS_PTRACE), its complaint stands in the log that is shown.
    let mut command = Command::new("strace");
    command.args(["-D", "-f", "-e", "trace=socket,connect", "-o"]).arg(&trace).args([BINARY, "--fresh"]);
    let program = Program::start(&display, &mut command);
    program.wait_for_the_map();
    drop(program);
    let read = || fs::read_to_string(&trace).unwrap_or_default();
    assert!(eventually(|| read().contains("+++ killed by SIGKILL +++")), "strace never ended:\n{}", read());

    let trace = read();
    let connections: Vec<_> = trace.lines().filter(|line| line.contains("connect(")).collect();
    assert!(
        connections.iter().any(|line| line.contains(".X11-unix")),
        "not even the display is in:\n{trace}"
    );
    let abroad: Vec<_> = connections.iter().filter(|line| !line.contains("sa_family=AF_UNIX")).collect();
    assert!(abroad.is_empty(), "connections to something else: {abroad:#?}");
    assert!(!trace.contains("socket(AF_INET"), "an internet socket was made:\n{trace}");
}

const BINARY: &str = env!("CARGO_BIN_EXE_dateline");

/// A virtual display of its own, gone with the value.
struct Display {
    server: Child,
    /// As in the variable `DISPLAY`.
    name: String,
    /// Holds the screen's memory as a file, and whatever the test puts there.
    folder: TempDir,
}

/// A window on a [`Display`]: where it is in pixels, which are points here.
struct Window {
    id: String,
    left_px: u32,
    top_px: u32,
    width_px: u32,
    height_px: u32,
}

impl Display {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1600x1000x24", "-dpi", "96"]);
        command.args(["-nolisten", "tcp", "-noreset", "-fbdir"]).arg(folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = spawn(&mut command);
        let mut number = String::new();
        let output = server.stdout.take().expect("stdout is piped");
        BufReader::new(output).read_line(&mut number).expect("Xvfb says its number");
        assert!(!number.trim().is_empty(), "Xvfb ended at once: run `{command:?}` to see why");
        Self { server, name: format!(":{}", number.trim()), folder }
    }

    /// Runs xdotool and returns what it prints.
    fn xdotool(&self, arguments: &[&str]) -> String {
        let output = run(Command::new("xdotool").args(arguments).env("DISPLAY", &self.name));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn title(&self, window: &Window) -> String {
        self.xdotool(&["getwindowname", &window.id])
    }

    /// The one visible window that has a name.
    fn only_window(&self) -> Window {
        let found = self.xdotool(&["search", "--onlyvisible", "--name", "."]);
        let id = found.lines().next().expect("a window").to_owned();
        let described = self.xdotool(&["getwindowgeometry", "--shell", &id]);
        let number = |name: &str| {
            let value = described.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in {described}"))
        };
        Window {
            left_px: number("X"),
            top_px: number("Y"),
            width_px: number("WIDTH"),
            height_px: number("HEIGHT"),
            id,
        }
    }

    /// Moves the pointer there and clicks, as slowly as a quick hand.
    fn click(&self, window: &Window, x_pt: f32, y_pt: f32) {
        let (x, y) = (format!("{x_pt:.0}"), format!("{y_pt:.0}"));
        self.xdotool(&["mousemove", "--window", &window.id, &x, &y]);
        self.xdotool(&["sleep", "0.2", "mousedown", "1", "sleep", "0.05", "mouseup", "1"]);
    }

    /// What the screen shows where the window is.
    fn picture_of(&self, window: &Window) -> RgbImage {
        let screen = screen(&self.folder.path().join("Xvfb_screen0"));
        let Window { left_px, top_px, width_px, height_px, .. } = *window;
        assert!(
            left_px + width_px <= screen.width() && top_px + height_px <= screen.height(),
            "the window of {width_px}x{height_px} at {left_px},{top_px} reaches beyond the screen"
        );
        image::imageops::crop_imm(&screen, left_px, top_px, width_px, height_px).to_image()
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        end(&mut self.server);
    }
}

/// The program while it runs, and what it has logged so far.
struct Program {
    process: Child,
    log: Arc<Mutex<Vec<String>>>,
    /// The home directory of the run: no settings of the tester's are read or written.
    _home: TempDir,
}

impl Program {
    fn start(display: &Display, command: &mut Command) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        command.env("DISPLAY", &display.name).env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
            command.env(name, home.path());
        }
        command.env("RUST_LOG", "dateline=debug").env("LC_ALL", "C");
        on_software_driver(command).env("WINIT_X11_SCALE_FACTOR", "1");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = spawn(command);
        let log = Arc::new(Mutex::new(Vec::new()));
        let stderr = process.stderr.take().expect("stderr is piped");
        let sink = Arc::clone(&log);
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                sink.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        Self { process, log, _home: home }
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for a line of the log, from the start of the run on.
    fn wait_for(&self, what: &str, is_it: impl Fn(&str) -> bool) {
        let found = eventually(|| self.log().iter().any(|line| is_it(line)));
        assert!(found, "waited in vain for {what}; the log:\n{}", self.log().join("\n"));
    }

    /// Waits until the map is drawn whole and nothing moves any more.
    fn wait_for_the_map(&self) {
        self.wait_for("the map", |line| line.contains("map complete after "));
        self.wait_until_at_rest();
    }

    /// How many frames the log names.
    fn frames(&self) -> usize {
        self.log()
            .iter()
            .filter(|line| line.split_once(" frame ").is_some_and(|(_, n)| n.parse::<u64>().is_ok()))
            .count()
    }

    /// Waits until animations and tiles have ended: no frame for [`REST`].
    fn wait_until_at_rest(&self) {
        let deadline = Instant::now() + PATIENCE;
        let (mut frames, mut since) = (self.frames(), Instant::now());
        while since.elapsed() < REST {
            assert!(Instant::now() < deadline, "the window never stops drawing: {frames} frames so far");
            thread::sleep(Duration::from_millis(50));
            if self.frames() != frames {
                (frames, since) = (self.frames(), Instant::now());
            }
        }
    }

    /// Where each marker was last said to be, in window points, by id.
    fn markers(&self) -> BTreeMap<String, (f32, f32)> {
        let mut markers = BTreeMap::new();
        for line in self.log() {
            let Some((id, place)) = line.split_once(" marker ").and_then(|(_, rest)| rest.split_once(" at "))
            else {
                continue;
            };
            let (x, y) = place.split_once(',').unwrap_or_else(|| panic!("no place in {line:?}"));
            let number = |text: &str| text.trim().parse().unwrap_or_else(|_| panic!("no number in {line:?}"));
            markers.insert(id.to_owned(), (number(x), number(y)));
        }
        markers
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// Starts a command, or says where a tool that is missing comes from.
fn spawn(command: &mut Command) -> Child {
    command.spawn().unwrap_or_else(|error| match error.kind() {
        ErrorKind::NotFound => panic!(
            "{} is missing: `make test` installs it (the list of packages is .ci/packages)",
            command.get_program().to_string_lossy()
        ),
        _ => panic!("{command:?}: {error}"),
    })
}

/// Runs a command to its end, which has to be a good one.
fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = spawn(command).wait_with_output().expect("its output");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn end(process: &mut Child) {
    // It may have ended by itself, which is no matter here.
    let _ = process.kill();
    let _ = process.wait();
}

/// Waits until it is so, but not for ever: whether it came to be.
fn eventually(is_it: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while !is_it() {
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(50));
    }
    true
}

/// Keeps a graphics card of the tester's out of it: the window and `render` are drawn by the same software.
fn on_software_driver(command: &mut Command) -> &mut Command {
    command.env("VK_LOADER_DRIVERS_SELECT", "*lvp*").env("LIBGL_ALWAYS_SOFTWARE", "1")
}

/// What `dateline render` draws in the window's size.
fn rendered(window: &Window, theme: &str, selected: Option<&str>) -> RgbImage {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("rendered.png");
    let size = format!("{}x{}", window.width_px, window.height_px);
    let mut command = Command::new(BINARY);
    command.args(["render", "--offline", "--theme", theme, "--size", &size, "--output"]).arg(&file);
    command.args(selected.map(|id| ["--select", id]).into_iter().flatten());
    run(on_software_driver(&mut command));
    image::open(&file).expect("a picture").into_rgb8()
}

/// The part of a picture of the window that is inside the detail panel.
fn panel(window: &RgbImage) -> RgbImage {
    let (width, height) = window.dimensions();
    let (left, top) = (width.saturating_sub(PANEL_WIDTH_PX), PANEL_TOP_PX);
    image::imageops::crop_imm(window, left, top, PANEL_WIDTH_PX, height - top).to_image()
}

/// The share of pixels that a person would call different, from 0 to 1.
fn difference(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let unlike =
        a.pixels().zip(b.pixels()).filter(|(a, b)| a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > 40));
    unlike.count() as f64 / f64::from(a.width() * a.height())
}

/// Keeps a picture for whoever looks into a failure.
fn kept(picture: &RgbImage, name: &str) -> String {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("window-{name}.png"));
    picture.save(&file).map_or_else(|error| error.to_string(), |()| file.display().to_string())
}

/// Reads the screen from the file that Xvfb keeps it in: an XWD file (`XWDFile.h` of the X.Org sources), a header of
/// big-endian words, a colour map, then rows of pixels, here of four bytes: blue, green, red and one unused.
fn screen(file: &Path) -> RgbImage {
    let bytes = fs::read(file).expect("the screen's memory");
    let word = |index: usize| {
        let word = bytes.get(index * 4..index * 4 + 4).and_then(|word| word.try_into().ok());
        u32::from_be_bytes(word.expect("a whole header"))
    };
    let (header_bytes, width, height) = (word(0), word(4), word(5));
    let (bits_per_pixel, bytes_per_row, colors) = (word(11), word(12), word(19));
    assert_eq!(
        (word(1), word(7), bits_per_pixel),
        (7, 0, 32),
        "not the version, byte order and depth asked for"
    );
    let pixels = (header_bytes + colors * 12) as usize;
    RgbImage::from_fn(width, height, |x, y| {
        let at = pixels + y as usize * bytes_per_row as usize + x as usize * 4;
        image::Rgb([bytes[at + 2], bytes[at + 1], bytes[at]])
    })
}
