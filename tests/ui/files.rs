//! Files out of the window: the map as a picture, a report that says what was filtered, a wish to stop, and texts whose
//! file is no longer what it was.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use dateline::state::Command;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use crate::support::{TestWindow, bundled, click, made_of, mentions, settle, shows, window};

/// Opens the sheet and writes to another file.
fn write_to(window: &mut TestWindow, path: &Path) {
    window.state_mut().dateline_mut().ask(Command::AskForExport(None));
    settle(window);
    window.get_by_label("File").focus();
    window.step();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.get_by_label("File").type_text(&path.to_string_lossy());
    settle(window);
    click(window, "Write the file");
}

/// Runs frames until something is so.
fn wait(window: &mut TestWindow, what: &str, is_so: impl Fn(&TestWindow) -> bool) {
    let deadline = Instant::now() + Duration::from_mins(2);
    while !is_so(window) {
        assert!(Instant::now() < deadline, "{what} never comes");
        std::thread::sleep(Duration::from_millis(5));
        window.step();
    }
}

#[test]
fn the_map_is_written_as_a_picture_with_a_legend() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("map.png");
    let mut window = window(bundled());
    write_to(&mut window, &path);
    wait(&mut window, "the picture", |window| mentions(window, "map.png is"));
    assert!(mentions(&window, "map.png is written"));
    let picture = image::open(&path).expect("a picture").into_rgb8();
    assert!(picture.width() > 640 && picture.height() > 640, "{:?}", picture.dimensions());
    // The colour of every event type is in it, on the map and in the legend below it.
    for event_type in bundled().event_types {
        let color = event_type.color;
        let lines: Vec<u32> = picture
            .enumerate_pixels()
            .filter(|(_, _, pixel)| pixel.0 == [color.r, color.g, color.b])
            .map(|(_, y, _)| y)
            .collect();
        let legend = picture.height() - 130;
        assert!(lines.iter().any(|&y| y < legend), "{} is on the map", event_type.label);
        assert!(lines.iter().any(|&y| y >= legend), "{} is in the legend", event_type.label);
    }
}

#[test]
fn a_report_says_what_the_filter_asks_for() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("report.html");
    let mut window = window(bundled());
    window.state_mut().dateline_mut().ask(Command::ShowOnlyType(0));
    window.state_mut().dateline_mut().ask(Command::SetText("border".to_owned()));
    settle(&mut window);
    let label = window.state().dateline().state().dataset().event_types[0].label.clone();
    write_to(&mut window, &path);
    wait(&mut window, "the report", |window| mentions(window, "written to report.html"));
    let report = std::fs::read_to_string(&path).expect("a report");
    let filter = report.lines().find(|line| line.contains("Filter:")).expect("a line about the filter");
    assert!(filter.contains(&label) && filter.contains("border"), "{filter}");
}

#[test]
fn writing_that_is_cancelled_leaves_no_file() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("out.geojson.gz");
    // Enough of them that writing takes much longer than a click.
    let mut window = window(made_of(100_000, |n| {
        (format!("Number {n}"), 8.0 + 0.01 * (n % 400) as f64, 44.0 + 0.01 * (n / 400) as f64)
    }));
    write_to(&mut window, &path);
    wait(&mut window, "the progress", |window| shows(window, "Cancel"));
    click(&mut window, "Cancel");
    assert!(!mentions(&window, "Writing out.geojson.gz"));
    // Whoever writes looks at the wish to stop now and then, and takes away what was begun.
    let files = || std::fs::read_dir(folder.path()).expect("the folder").count();
    wait(&mut window, "an empty folder", |_| files() == 0);
    std::thread::sleep(Duration::from_millis(500));
    settle(&mut window);
    assert_eq!(files(), 0, "nothing is half there");
    assert!(!mentions(&window, "written to"));
}

#[test]
fn texts_whose_file_has_changed_are_said_to_be_gone() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("sheds.csv");
    let mut table = String::from("id,title,lat,lon,notes\n");
    for n in 0..10_000 {
        let notes = "A shed burns. ".repeat(70);
        writeln!(table, "s{n},Shed {n},{},{},{notes}", 48.0 + f64::from(n % 100) / 50.0, 16.0)
            .expect("a text");
    }
    std::fs::write(&path, &table).expect("a table");
    let dataset = dateline::io::read_path(&path).expect("a dataset");
    std::fs::write(&path, "id,title,lat,lon,notes\nx,Another,48,16,short\n").expect("another table");
    let mut window = window(dataset);
    window.state_mut().dateline_mut().ask(Command::Select(5_000));
    wait(&mut window, "the notice", |window| mentions(window, "texts cannot be read back"));
    let out = folder.path().join("out.csv");
    write_to(&mut window, &out);
    wait(&mut window, "the refusal", |window| mentions(window, "out.csv"));
    settle(&mut window);
    assert!(!out.exists(), "nothing is written of texts that nobody can read");
}
