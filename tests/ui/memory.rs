//! The window that is opened again: all is as it was. And what was done is taken back, done again, gone back to.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use dateline::settings::disk;
use dateline::state::{AppState, Command, Drawing, MapChoice, ThemeChoice, View, ViewTarget};
use dateline::ui::Window;
use eframe::egui::{Key, Modifiers, Theme, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::support::{TestWindow, bundled, click, markers, mentions, settle, shows, window};

/// A window on the bundled dataset whose settings are in a folder.
fn window_with_memory(folder: &Path) -> TestWindow {
    window_asked_for(folder, None)
}

/// The same where the command line asks for this; what is remembered of the dataset then waits.
fn window_asked_for(folder: &Path, asked: Option<Command>) -> TestWindow {
    let loaded = disk::load(Some(folder));
    let builder = Harness::builder().with_size([1280.0, 720.0]).with_theme(Theme::Light).with_max_steps(64);
    let mut window = builder.build_eframe(move |cc| {
        let mut window = Window::new(cc, Arc::new(bundled()), Instant::now());
        let dateline = window.dateline_mut();
        dateline.remember(loaded);
        dateline.dataset_opened(None);
        match asked {
            Some(command) => drop(dateline.apply(command)),
            None => dateline.recall(),
        }
        dateline.forget_history();
        window
    });
    settle(&mut window);
    window
}

fn press(window: &mut TestWindow, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window);
}

fn state(window: &TestWindow) -> &AppState {
    window.state().dateline().state()
}

fn map_left(window: &TestWindow) -> f32 {
    window.get_by_label("Map").rect().left()
}

#[test]
fn a_window_that_is_opened_again_is_as_it_was() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = window_with_memory(folder.path());
    let panel_before = map_left(&window);
    click(&mut window, "Oryol: infrastructure fire, stated by officials");
    press(&mut window, Modifiers::NONE, Key::Enter);
    press(&mut window, Modifiers::NONE, Key::Plus);
    press(&mut window, Modifiers::NONE, Key::Num1);
    press(&mut window, Modifiers::NONE, Key::T);
    window.get_by_label("Filter incidents by words").focus();
    window.run_steps(2);
    window.get_by_label("Filter incidents by words").type_text("o");
    settle(&mut window);
    window.state_mut().dateline_mut().apply(Command::SetMap(MapChoice::Plain));
    // The sidebar is drawn wider by its edge.
    let edge = pos2(panel_before - 1.0, 500.0);
    window.drag_at(edge);
    window.run_steps(2);
    window.hover_at(edge + vec2(40.0, 0.0));
    window.run_steps(2);
    window.drop_at(edge + vec2(40.0, 0.0));
    settle(&mut window);
    click(&mut window, "Hide the detail panel");
    for command in [Command::SetDrawing(Drawing::Points), Command::SetReducedMotion(Some(true))] {
        window.state_mut().dateline_mut().apply(command);
    }
    settle(&mut window);
    let before = (state(&window).filter().clone(), state(&window).selection(), state(&window).target());
    let (marks, panel) = (markers(&window), map_left(&window));
    assert!(before.1.is_some() && panel > panel_before + 20.0, "{panel_before} {panel}");
    drop(window);

    let window = window_with_memory(folder.path());
    let after = (state(&window).filter().clone(), state(&window).selection(), state(&window).target());
    assert_eq!(after, before);
    assert_eq!((state(&window).theme(), state(&window).map()), (Some(ThemeChoice::Dark), &MapChoice::Plain));
    assert_eq!((state(&window).drawing(), state(&window).reduced_motion()), (Drawing::Points, true));
    assert_eq!(markers(&window), marks);
    assert!((map_left(&window) - panel).abs() < 1.0);
    assert!(shows(&window, "Show the detail panel"));
    assert!(!state(&window).can_undo(), "what was done in another life is not taken back");
}

#[test]
fn a_window_that_nobody_touched_writes_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    drop(window_with_memory(folder.path()));
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0);
}

#[test]
fn the_text_size_is_remembered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = window_with_memory(folder.path());
    press(&mut window, Modifiers::COMMAND, Key::Plus);
    drop(window);
    let window = window_with_memory(folder.path());
    assert_eq!((state(&window).text_size().percent(), window.ctx.zoom_factor()), (110, 1.1));
}

#[test]
fn what_the_reader_resets_is_forgotten() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = window_with_memory(folder.path());
    press(&mut window, Modifiers::NONE, Key::J);
    press(&mut window, Modifiers::NONE, Key::Escape);
    drop(window);
    let window = window_with_memory(folder.path());
    assert_eq!((state(&window).selection(), markers(&window).len()), (None, 6));
}

#[test]
fn what_the_command_line_asks_for_takes_nothing_from_what_is_remembered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = window_with_memory(folder.path());
    press(&mut window, Modifiers::NONE, Key::Num1);
    press(&mut window, Modifiers::NONE, Key::J);
    let (filter, selection) = (state(&window).filter().clone(), state(&window).selection());
    assert!(!filter.is_empty() && selection != Some(2));
    drop(window);
    let mut window = window_asked_for(folder.path(), Some(Command::Select(2)));
    assert!(state(&window).filter().is_empty());
    press(&mut window, Modifiers::NONE, Key::Plus);
    let view = state(&window).target();
    drop(window);
    let window = window_with_memory(folder.path());
    assert_eq!((state(&window).filter(), state(&window).selection()), (&filter, selection));
    assert_eq!(state(&window).target(), view, "what the reader did then is remembered");
}

#[test]
fn damaged_settings_are_told_above_the_map_and_the_message_can_be_closed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = "(\n    version: 1,\n    theme: Some(Dark),\n    map: Pla#in,\n)\n";
    fs::write(folder.path().join(disk::FILE_NAME), text).expect("written");
    let mut window = window_with_memory(folder.path());
    assert!(mentions(&window, "One entry of the saved settings is damaged."));
    assert!(mentions(&window, "settings.ron.damaged-1"));
    assert_eq!(state(&window).theme(), Some(ThemeChoice::Dark), "the others are kept");
    click(&mut window, "Close this message");
    assert!(!mentions(&window, "is damaged"));
    drop(window);
    assert!(!mentions(&window_with_memory(folder.path()), "is damaged"));
}

#[test]
fn undo_and_redo_by_keyboard() {
    let mut window = window(bundled());
    press(&mut window, Modifiers::NONE, Key::Num1);
    assert!(shows(&window, "4 OF 6"));
    click(&mut window, "Oryol: infrastructure fire, stated by officials");
    let selected = state(&window).selection();
    press(&mut window, Modifiers::NONE, Key::Enter);
    let close = state(&window).target();
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert!(state(&window).target() != close && state(&window).selection() == selected);
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!(state(&window).selection(), None);
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert!(shows(&window, "6 OF 6"));
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert!(shows(&window, "6 OF 6"), "past the start nothing happens");
    for _ in 0..2 {
        press(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    }
    press(&mut window, Modifiers::COMMAND, Key::Y);
    assert_eq!((state(&window).selection(), state(&window).target()), (selected, close));
    assert!(shows(&window, "4 OF 6") && !state(&window).can_redo());
}

#[test]
fn undoing_a_selection_that_moved_the_map_brings_both_back() {
    let mut window = window(bundled());
    let far = View { center: dateline::geo::LonLat::new(0.0, 0.0), zoom: 6.0 };
    window.state_mut().dateline_mut().apply(Command::SetView(far));
    settle(&mut window);
    press(&mut window, Modifiers::NONE, Key::J);
    assert!(state(&window).target() != ViewTarget::At(far), "the map goes to what is selected");
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!((state(&window).selection(), state(&window).target()), (None, ViewTarget::At(far)));
    press(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(state(&window).selection(), Some(0));
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!(state(&window).target(), ViewTarget::At(far));
}

#[test]
fn back_and_forward_by_keyboard() {
    let mut window = window(bundled());
    let start = state(&window).target();
    press(&mut window, Modifiers::NONE, Key::J);
    press(&mut window, Modifiers::NONE, Key::Enter);
    let close = state(&window).target();
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!((state(&window).target(), state(&window).selection()), (start, Some(0)));
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!(state(&window).target(), start);
    press(&mut window, Modifiers::ALT, Key::ArrowRight);
    assert_eq!(state(&window).target(), close);
}
