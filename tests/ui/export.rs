//! Exports: what is open becomes a file.

use std::path::Path;
use std::time::{Duration, Instant};

use dateline::state::Command;
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use crate::support::{TestWindow, bundled, click, mentions, settle, shows, window};

/// Types another file into the open sheet.
fn name_file(window: &mut TestWindow, path: &Path) {
    let field = window.get_by_label("File");
    field.focus();
    window.step();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.get_by_label("File").type_text(&path.to_string_lossy());
    settle(window);
}

fn wait_for(window: &mut TestWindow, words: &str) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !mentions(window, words) {
        assert!(Instant::now() < deadline, "{words} is never said");
        std::thread::sleep(Duration::from_millis(10));
        window.step();
    }
    settle(window);
}

#[test]
fn what_the_filter_shows_is_written_and_read_again() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("out.ron");
    let mut window = window(bundled());
    window.state_mut().dateline_mut().ask(Command::ShowOnlyType(0));
    settle(&mut window);
    let shown = window.state().dateline().state().engine().total();
    window.key_press_modifiers(Modifiers::COMMAND, Key::E);
    settle(&mut window);
    name_file(&mut window, &path);
    assert!(shows(&window, "Format: RON"), "the format follows the name");
    click(&mut window, "Write the file");
    wait_for(&mut window, "written to out.ron");
    assert_eq!(dateline::io::read_path(&path).expect("what was written").incidents.len(), shown);
}

#[test]
fn a_file_that_is_there_is_not_replaced_unless_that_is_said() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("old.csv");
    std::fs::write(&path, "old").expect("a file for the test");
    let mut window = window(bundled());
    window.state_mut().dateline_mut().ask(Command::AskForExport(None));
    settle(&mut window);
    name_file(&mut window, &path);
    click(&mut window, "Write the file");
    wait_for(&mut window, "There is a file of this name");
    assert_eq!(std::fs::read_to_string(&path).expect("the old file"), "old");
    click(&mut window, "Replace");
    wait_for(&mut window, "written to old.csv");
    assert!(std::fs::read_to_string(&path).expect("the new file").lines().count() > 1);
}

#[test]
fn the_sheet_closes_by_its_button_and_leaves_nothing_behind() {
    let mut window = window(bundled());
    window.state_mut().dateline_mut().ask(Command::AskForExport(None));
    settle(&mut window);
    assert!(shows(&window, "File"));
    click(&mut window, "Close the export");
    assert!(!shows(&window, "File"));
}

#[test]
fn the_bar_has_a_button_for_exports_where_there_is_room() {
    let mut window = window(bundled());
    window.get_by_role_and_label(Role::Button, "Export…").click();
    settle(&mut window);
    assert!(shows(&window, "File"), "the sheet is open");
}
