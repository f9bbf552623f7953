//! The window under test, and datasets that try its patience.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dateline::io;
use dateline::model::Dataset;
use dateline::state::AppState;
use dateline::ui::Window;
use dateline::ui::opening::Early;
use eframe::egui::{DroppedFile, Theme};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, Node};

pub(crate) type TestWindow = Harness<'static, Window>;

/// The bundled dataset.
pub(crate) fn bundled() -> Dataset {
    io::bundled().expect("the bundled dataset is valid")
}

/// A window of 1280x720 on a dataset, after its first frames. Not drawn: journeys need no pixels.
pub(crate) fn window(dataset: Dataset) -> TestWindow {
    window_of_size(dataset, [1280.0, 720.0], 1.0)
}

/// A window that was started with files.
pub(crate) fn window_that_waits(early: Early) -> TestWindow {
    let builder = Harness::builder().with_size([1280.0, 720.0]).with_theme(Theme::Light).with_max_steps(64);
    let mut window = builder.build_eframe(move |cc| {
        let mut window = Window::on_state(cc, AppState::waiting(early.title()), Instant::now());
        window.dateline_mut().go_on_with(early);
        window
    });
    settle(&mut window);
    window
}

/// A window of another size and scale.
pub(crate) fn window_of_size(dataset: Dataset, size: [f32; 2], scale: f32) -> TestWindow {
    let builder = Harness::builder()
        .with_size(size)
        .with_pixels_per_point(scale)
        .with_theme(Theme::Light)
        .with_max_steps(64);
    let dataset = Arc::new(dataset);
    let mut window = builder.build_eframe(move |cc| Window::new(cc, dataset, Instant::now()));
    settle(&mut window);
    window
}

/// A window of 1280x720 with a graphics adapter, so that points and heat are drawn as such.
pub(crate) fn window_with_adapter(dataset: Dataset) -> TestWindow {
    let builder = Harness::builder().with_size([1280.0, 720.0]).with_theme(Theme::Light).with_max_steps(64);
    let dataset = Arc::new(dataset);
    let mut window = builder.wgpu().build_eframe(move |cc| Window::new(cc, dataset, Instant::now()));
    settle(&mut window);
    window
}

/// Runs frames until panels, animations and selections have come to rest. Tiles of the map may still be on their way.
pub(crate) fn settle(window: &mut TestWindow) {
    window.run_steps(12);
}

/// Runs frames until every tile is there.
pub(crate) fn complete_map(window: &mut TestWindow) {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        settle(window);
        if window.state().dateline().is_complete() {
            return;
        }
        assert!(Instant::now() < deadline, "the map does not become complete");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Runs frames until something is so, for a minute at most, and waits until all has come to rest.
pub(crate) fn wait_until(window: &mut TestWindow, what: &str, is_so: impl Fn(&TestWindow) -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !is_so(window) {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(10));
        window.step();
    }
    settle(window);
}

/// Clicks on the map where its middle is, and waits.
pub(crate) fn click_middle_of_map(window: &mut TestWindow) {
    let middle = window.get_by_label("Map").rect().center();
    window.hover_at(middle);
    settle(window);
    window.drag_at(middle);
    window.drop_at(middle);
    settle(window);
}

/// A file that was dropped on the window.
#[derive(Debug)]
pub(crate) struct Dropped(pub(crate) PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("files are read from their path".to_owned())
    }
}

/// Clicks what bears this accessible name, and waits.
pub(crate) fn click(window: &mut TestWindow, name: &str) {
    window.get_by_label(name).click();
    settle(window);
}

/// Whether a widget with exactly this accessible name or text is in the window.
pub(crate) fn shows(window: &TestWindow, name: &str) -> bool {
    window.query_all_by_label(name).next().is_some()
}

/// Whether any widget's name or text contains this.
pub(crate) fn mentions(window: &TestWindow, part: &str) -> bool {
    window.query_all_by_label_contains(part).next().is_some()
}

/// The accessible names of everything on the map that is a marker or a ring, sorted.
pub(crate) fn markers(window: &TestWindow) -> Vec<String> {
    let is_mark = |name: &String| {
        name.contains(", contested")
            || name.contains(", stated by officials")
            || name.contains(" incidents: ")
    };
    let mut names: Vec<String> = window
        .query_all_by(|_| true)
        .filter_map(|node: Node<'_>| node.accesskit_node().label())
        .filter(is_mark)
        .collect();
    names.sort();
    names
}

/// A dataset in RON with `count` incidents; `incident` gives each one's title, longitude and latitude.
pub(crate) fn made_of(count: usize, incident: impl Fn(usize) -> (String, f64, f64)) -> Dataset {
    let mut text = String::from(
        r##"Dataset(format: 1, title: "Made for a test", introduction: "", as_of: "2025-05-02",
        event_types: [EventType(id: "flood", label: "Flood", color: "#0A6BB0", symbol: Diamond),
            EventType(id: "fire", label: "Fire", color: "#8F6400", symbol: Circle)],
        sources: [], incidents: ["##,
    );
    for n in 0..count {
        let (title, lon, lat) = incident(n);
        let event_type = if n % 4 == 0 { "fire" } else { "flood" };
        write!(
            text,
            r#"Incident(id: "i{n}", title: {title:?}, event_type: "{event_type}",
            place: Place(name: "Place {n}", country: "AT", position: (lon: {lon:?}, lat: {lat:?}), precision: Settlement),
            time: Time(start: "2025-05-01", precision: Day), summary: "Summary {n}.", status: Contested, sources: []),"#
        )
        .expect("writing to a string");
    }
    text.push_str("])");
    match io::read_bytes("made.ron", text.as_bytes()) {
        Ok(dataset) => dataset,
        Err(error) => panic!("{}", error.render(false)),
    }
}
