//! Opening files: every way to a file, and what the window says when that does not work out.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dateline::io::BUNDLED;
use dateline::state::{Command, View, ViewTarget};
use eframe::egui::{Event, HoveredFile, Key, Modifiers, OutputCommand, ViewportCommand};
use egui_kittest::kittest::Queryable;
use tempfile::TempDir;

use crate::support::{Dropped, TestWindow, bundled, click, mentions, settle, shows, wait_until, window};

/// A folder with a copy of the bundled dataset under another title, a broken file, and one of another kind.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    write(folder.path(), "flood.ron", &titled("A flood"));
    write(folder.path(), "broken.ron", &broken(3));
    write(folder.path(), "notes.txt", "no dataset");
    std::fs::create_dir(folder.path().join("older")).expect("a folder in it");
    folder
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let file = folder.join(name);
    std::fs::write(&file, text).expect("a file for the test");
    file
}

/// The bundled dataset with another title.
fn titled(title: &str) -> String {
    BUNDLED.replacen(&bundled().title, title, 1)
}

/// A dataset with so many problems, each in a line of its own from line 2 on.
fn broken(problems: usize) -> String {
    let lines: Vec<String> = (0..problems).map(|n| format!("    wrong{n}: {n},\n")).collect();
    let lines = lines.concat();
    let rest = BUNDLED.split_once('(').expect("the dataset's bracket").1;
    format!("Dataset(\n{lines}{rest}")
}

fn has_open(window: &TestWindow, title: &str) -> bool {
    window.state().dateline().state().dataset().title == title
}

fn waits_for(window: &mut TestWindow, title: &str) {
    wait_until(window, &format!("{title} opens"), |window| has_open(window, title));
}

/// A window that began with this file.
fn window_on(file: &Path) -> TestWindow {
    let mut window = window(bundled());
    window.state_mut().dateline_mut().ask(Command::Open(file.to_owned()));
    wait_until(&mut window, "the file opens", |window| {
        window.state().dateline().state().file() == Some(file)
    });
    window
}

fn drop_files(window: &mut TestWindow, files: &[PathBuf]) {
    window.input_mut().hovered_files.clear();
    for file in files {
        window.input_mut().dropped_files.push(Arc::new(Dropped(file.clone())));
    }
    window.step();
}

#[test]
fn a_dropped_file_opens_and_the_titles_follow() {
    let folder = folder();
    let mut window = window(bundled());
    click(&mut window, "Tetkino: armed clash, contested");
    drop_files(&mut window, &[folder.path().join("flood.ron")]);
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut title = None;
    while title.is_none() {
        assert!(Instant::now() < deadline, "the window's title follows");
        std::thread::sleep(Duration::from_millis(5));
        window.step();
        let commands = window.output().viewport_output.values().flat_map(|viewport| &viewport.commands);
        title = commands.into_iter().find_map(|command| match command {
            ViewportCommand::Title(title) => Some(title.clone()),
            _ => None,
        });
    }
    settle(&mut window);
    assert_eq!(title.as_deref(), Some("A flood — Dateline"));
    assert!(shows(&window, "Dataset: A flood"));
    let state = window.state().dateline().state();
    assert_eq!(state.selection(), None, "another dataset begins anew");
    assert_eq!(state.file(), Some(folder.path().join("flood.ron").as_path()));
}

#[test]
fn a_file_held_over_the_window_is_told_what_a_drop_does() {
    let folder = folder();
    let mut window = window(bundled());
    let hover = |name: &str| HoveredFile { path: Some(folder.path().join(name)), ..HoveredFile::default() };
    window.input_mut().hovered_files.push(hover("flood.ron"));
    settle(&mut window);
    assert!(shows(&window, "Drop to open flood.ron"));
    window.input_mut().hovered_files.push(hover("broken.ron"));
    settle(&mut window);
    assert!(shows(&window, "Drop to open 2 files, each as a layer"));
    window.input_mut().hovered_files = vec![hover("notes.txt")];
    settle(&mut window);
    assert!(mentions(&window, "Datasets have the extension ron"));
    window.input_mut().hovered_files.clear();
    settle(&mut window);
    assert!(!mentions(&window, "Drop to open"));
}

#[test]
fn several_dropped_files_open_as_layers_that_can_be_hidden_coloured_and_closed() {
    let folder = folder();
    write(folder.path(), "fire.ron", &titled("A fire"));
    let mut window = window(bundled());
    let files = ["notes.txt", "flood.ron", "fire.ron"].map(|name| folder.path().join(name));
    drop_files(&mut window, &files);
    waits_for(&mut window, "2 files");
    assert!(mentions(&window, "notes.txt"), "what could not be read is told");
    let dataset = |window: &TestWindow| Arc::clone(window.state().dateline().state().dataset());
    assert_eq!((dataset(&window).incidents.len(), dataset(&window).event_types.len()), (12, 5));
    assert!(shows(&window, "12 OF 12"), "the list counts all of them");
    click(&mut window, "A fire, 6");
    assert!(shows(&window, "6 OF 12"));
    click(&mut window, "Colour by: File");
    wait_until(&mut window, "each file has types of its own", |window| {
        dataset(window).event_types.len() == 10
    });
    assert!(shows(&window, "6 OF 12"), "what was hidden stays hidden");
    click(&mut window, "Close A flood");
    waits_for(&mut window, "A fire");
    assert!(!mentions(&window, "Close A fire"), "a single file needs no list of files");
}

#[test]
fn a_broken_file_lists_its_problems_with_their_lines_and_the_old_dataset_stays() {
    let folder = folder();
    let mut window = window(bundled());
    drop_files(&mut window, &[folder.path().join("broken.ron")]);
    wait_until(&mut window, "the problems", |window| mentions(window, "broken.ron cannot be opened"));
    assert!(has_open(&window, &bundled().title));
    assert!(shows(&window, "broken.ron cannot be opened: 3 problems"));
    for (line, n) in [(2, 0), (3, 1), (4, 2)] {
        let words = format!("line {line}, column 5: Unknown field `wrong{n}` in Dataset. ");
        assert!(mentions(&window, &words), "{words}");
    }
    assert!(mentions(&window, "wrong2: 2,"), "the line itself is shown");
    window.get_by_label("Copy all as text").click();
    let copied = (0..12).find_map(|_| {
        window.step();
        window.output().platform_output.commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    });
    let copied = copied.expect("a text on the clipboard");
    assert!(copied.contains("broken.ron:4:5: unknown field `wrong2`"), "{copied}");
    window.key_press(Key::Escape);
    settle(&mut window);
    assert!(!mentions(&window, "cannot be opened"), "Esc closes the problems");
}

#[test]
fn a_thousand_problems_are_listed_a_screenful_at_a_time_and_a_mended_file_opens() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write(folder.path(), "many.ron", &broken(1200));
    let mut window = window(bundled());
    window.state_mut().dateline_mut().ask(Command::Open(file.clone()));
    wait_until(&mut window, "the problems", |window| mentions(window, "1\u{202F}200 problems"));
    let rows = window.query_all_by_label_contains(": Unknown field").count();
    assert!((1..20).contains(&rows), "{rows} rows are drawn");
    std::fs::write(&file, titled("Mended")).expect("the file can be mended");
    click(&mut window, "Read it again");
    waits_for(&mut window, "Mended");
    assert!(!mentions(&window, "cannot be opened"));
}

#[test]
fn a_missing_file_is_told_and_what_to_do() {
    let mut window = window(bundled());
    window.state_mut().dateline_mut().ask(Command::Open("/no/such/file.ron".into()));
    wait_until(&mut window, "the problem", |window| mentions(window, "file.ron cannot be opened: 1 problem"));
    assert!(shows(&window, "the whole file: There is no such file. Check the path."));
    click(&mut window, "Close the problems");
    assert!(!mentions(&window, "cannot be opened"));
}

fn press(window: &mut TestWindow, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window);
}

fn type_text(window: &mut TestWindow, text: &str) {
    window.input_mut().events.push(Event::Text(text.to_owned()));
    settle(window);
}

#[test]
fn the_path_field_completes_a_path_and_opens_it_by_keyboard_alone() {
    let folder = folder();
    let mut window = window_on(&folder.path().join("flood.ron"));
    press(&mut window, Modifiers::COMMAND, Key::O);
    wait_until(&mut window, "the folder is listed", |window| shows(window, "older/"));
    assert!(window.get_by_label("Path of the file").is_focused());
    assert!(shows(&window, "flood.ron") && shows(&window, "broken.ron"));
    assert!(!shows(&window, "notes.txt"), "only what can be opened is listed");
    type_text(&mut window, "ol");
    press(&mut window, Modifiers::NONE, Key::Tab);
    wait_until(&mut window, "the folder within", |window| {
        mentions(window, "No dataset or folder here begins like that.")
    });
    write(folder.path(), "third.ron", &titled("The third"));
    type_text(&mut window, "../th");
    wait_until(&mut window, "the new file is listed", |window| shows(window, "third.ron"));
    press(&mut window, Modifiers::NONE, Key::Tab);
    assert!(window.get_by_label("Path of the file").is_focused(), "Tab completes");
    press(&mut window, Modifiers::NONE, Key::Enter);
    waits_for(&mut window, "The third");
    assert!(!shows(&window, "Path of the file"), "the field is closed");
}

#[test]
fn the_path_fields_list_is_gone_through_with_arrows_and_clicks_and_esc_closes_it() {
    let folder = folder();
    let mut window = window_on(&folder.path().join("flood.ron"));
    click(&mut window, "Dataset: A flood");
    window.get_by_label("Open a file… Ctrl+O").click();
    settle(&mut window);
    wait_until(&mut window, "the folder is listed", |window| shows(window, "older/"));
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert!(!shows(&window, "Path of the file"), "Esc closes the field");
    press(&mut window, Modifiers::COMMAND, Key::O);
    wait_until(&mut window, "the folder is listed", |window| shows(window, "older/"));
    // older/, broken.ron, flood.ron: the last one.
    press(&mut window, Modifiers::NONE, Key::ArrowUp);
    std::fs::write(folder.path().join("flood.ron"), titled("By arrows")).expect("a new state of the file");
    press(&mut window, Modifiers::NONE, Key::Enter);
    waits_for(&mut window, "By arrows");
    press(&mut window, Modifiers::COMMAND, Key::O);
    wait_until(&mut window, "the folder is listed", |window| shows(window, "broken.ron"));
    click(&mut window, "broken.ron");
    wait_until(&mut window, "its problems", |window| mentions(window, "broken.ron cannot be opened"));
}

#[test]
fn a_file_that_changes_on_disk_is_offered_and_a_reload_keeps_filter_view_and_selection() {
    let folder = folder();
    let file = folder.path().join("flood.ron");
    let mut window = window_on(&file);
    let view = View { center: dateline::geo::LonLat::new(36.0, 51.0), zoom: 6.5 };
    for command in [Command::SetTypeShown { event_type: 0, shown: false }, Command::Select(3)] {
        window.state_mut().dateline_mut().apply(command);
    }
    settle(&mut window);
    // Away from the selection: a reload must not bring it back.
    window.state_mut().dateline_mut().apply(Command::SetView(view));
    settle(&mut window);
    let selected = window.state().dateline().state().selected().map(|it| it.id.clone());
    // As editors do it: another file takes the place of the old one.
    let extra = r#"incidents: [Incident(id: "new", title: "New", event_type: "drone_strike",
        place: Place(name: "Kyiv", country: "UA", position: (lon: 30.5, lat: 50.5), precision: Settlement),
        time: Time(start: "2024-03-12", precision: Day), summary: "", status: Claimed, sources: []),"#;
    let edition = titled("The flood, second edition").replacen("incidents: [", extra, 1);
    let new = write(folder.path(), "flood.ron.new", &edition);
    std::fs::rename(&new, &file).expect("the file is replaced");
    wait_until(&mut window, "the change is offered", |window| {
        mentions(window, "flood.ron has changed on disk.")
    });
    assert!(has_open(&window, "A flood"), "nothing happens unasked");
    click(&mut window, "Read it again");
    waits_for(&mut window, "The flood, second edition");
    assert!(!mentions(&window, "has changed on disk"));
    assert!(mentions(&window, "Read again: 1 added."), "the difference is told");
    assert!(mentions(&window, "New · Kyiv"), "and what came is marked");
    let state = window.state().dateline().state();
    assert_eq!(state.selected().map(|it| it.id.clone()), selected);
    assert!(!state.filter().shows_type(0) && state.filter().shows_type(1));
    assert_eq!(state.target(), ViewTarget::At(view));
}

#[test]
fn a_changed_file_that_is_broken_or_gone_is_told_and_its_old_state_stays() {
    let folder = folder();
    let file = folder.path().join("flood.ron");
    let mut window = window_on(&file);
    std::fs::write(&file, broken(2)).expect("the file is broken");
    wait_until(&mut window, "the change is offered", |window| {
        mentions(window, "flood.ron has changed on disk.")
    });
    press(&mut window, Modifiers::COMMAND, Key::R);
    wait_until(&mut window, "the problems", |window| mentions(window, "flood.ron can no longer be read"));
    assert!(mentions(&window, "what was read before stays open: 2 problems"));
    std::fs::remove_file(&file).expect("the file is removed");
    wait_until(&mut window, "the loss is told", |window| {
        mentions(window, "flood.ron is no longer on disk. What was read of it stays open.")
    });
    assert!(has_open(&window, "A flood"));
}

#[test]
fn a_file_that_cannot_be_opened_takes_no_message_of_the_open_one_away() {
    let folder = folder();
    let file = folder.path().join("flood.ron");
    let mut window = window_on(&file);
    std::fs::write(&file, titled("Another flood")).expect("the file changes");
    wait_until(&mut window, "the change is offered", |window| {
        mentions(window, "flood.ron has changed on disk.")
    });
    drop_files(&mut window, &[folder.path().join("broken.ron")]);
    wait_until(&mut window, "the problems", |window| mentions(window, "broken.ron cannot be opened"));
    assert!(mentions(&window, "flood.ron has changed on disk."), "it still has");
    window.state_mut().dateline_mut().ask(Command::OpenBundled);
    waits_for(&mut window, &bundled().title);
    assert!(!mentions(&window, "has changed on disk"));
}

#[test]
fn the_menu_offers_recent_files_the_bundled_dataset_and_steps_with_their_keys() {
    let folder = folder();
    let mut window = window_on(&folder.path().join("flood.ron"));
    click(&mut window, "Dataset: A flood");
    window.get_by_label("The dataset that comes with Dateline").click();
    waits_for(&mut window, &bundled().title);
    assert_eq!(window.state().dateline().state().file(), None);
    click(&mut window, &format!("Dataset: {}", bundled().title));
    for words in
        ["Open a file…", "Read the file again", "Undo", "Back to the view before", "Keyboard shortcuts"]
    {
        assert!(mentions(&window, words), "{words}");
    }
    window.get_by_label_contains("flood.ron").click();
    waits_for(&mut window, "A flood");
}

#[test]
fn a_first_start_says_how_to_open_a_file() {
    let mut window = window(bundled());
    assert!(shows(&window, "or drop one on the window."));
    window.get_by_label("Open a file…").click_accesskit();
    settle(&mut window);
    assert!(shows(&window, "Path of the file"));
}
