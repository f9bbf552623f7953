//! A view is a thing one can hand on: copied as a text, pasted into the search or given on the command line.

use std::time::{Duration, Instant};

use dateline::geo::LonLat;
use dateline::state::view_text::ViewText;
use dateline::state::{AppState, Command, Drawing, View, ViewTarget};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, OutputCommand};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::support::{TestWindow, bundled, click, made_of, mentions, settle, shows, window};

const FIELD: &str = "Search incidents, places, commands";

fn state(window: &TestWindow) -> &AppState {
    window.state().dateline().state()
}

fn ask(window: &mut TestWindow, command: Command) {
    window.state_mut().dateline_mut().ask(command);
    settle(window);
}

/// What `Ctrl+Shift+C` puts on the clipboard.
fn copy_view(window: &mut TestWindow) -> String {
    let modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    // One event, so that no frame but the last is drawn before the clipboard is looked at.
    let key =
        |pressed: bool| Event::Key { key: Key::C, physical_key: None, pressed, repeat: false, modifiers };
    window.event(key(true));
    let text = (0..12).find_map(|_| {
        window.step();
        window.output().platform_output.commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    });
    window.event(key(false));
    settle(window);
    text.expect("a text on the clipboard")
}

/// Opens the palette and pastes.
fn paste(window: &mut TestWindow, text: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(window);
    window.event(Event::Paste(text.to_owned()));
    settle(window);
}

fn rows(window: &TestWindow) -> Vec<String> {
    let options = window.query_all_by(|node| node.role() == Role::ListBoxOption);
    options.map(|node| node.accesskit_node().label().unwrap_or_default()).collect()
}

/// Runs frames until this holds: a view is looked up on another thread.
fn until(window: &mut TestWindow, holds: impl Fn(&TestWindow) -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !holds(window) {
        assert!(Instant::now() < deadline, "it never comes");
        settle(window);
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Another view than the first one, in everything that can be handed on.
fn look_around(window: &mut TestWindow) {
    for command in [
        Command::SetView(View { center: LonLat::new(34.05, 51.53), zoom: 6.5 }),
        Command::SetTypeShown { event_type: 1, shown: false },
        Command::SetText("said drone".to_owned()),
        // Of 12 March 2024 in UTC.
        Command::SetTimeWindow(Some([28_503_360, 28_504_799])),
        Command::Select(2),
        Command::SetDrawing(Drawing::Points),
    ] {
        ask(window, command);
    }
    ask(window, Command::SetView(View { center: LonLat::new(34.05, 51.53), zoom: 6.5 }));
}

#[test]
fn what_is_copied_in_one_window_is_pasted_in_another() {
    let mut first = window(bundled());
    look_around(&mut first);
    let text = copy_view(&mut first);
    assert!(text.starts_with("dateline:1 map=51.53,34.05,6.5 no-types="), "{text}");
    assert!(text.contains(" text=said%20drone time=2024-03-12..2024-03-12 select="), "{text}");
    assert!(text.ends_with(" draw=points"), "{text}");
    let mut second = window(bundled());
    paste(&mut second, &text);
    assert_eq!(rows(&second), [format!("Restore this view, {text}")]);
    second.key_press(Key::Enter);
    until(&mut second, |window| state(window).drawing() == Drawing::Points);
    assert!(!shows(&second, FIELD), "the palette closes");
    assert_eq!(state(&second).filter(), state(&first).filter());
    assert_eq!(state(&second).selection(), Some(2));
    assert_eq!(state(&second).target(), state(&first).target(), "the map does not move on to the selection");
    assert_eq!(copy_view(&mut second), text);
    second.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle(&mut second);
    assert!(state(&second).filter().is_empty() && state(&second).selection().is_none(), "it is one step");
}

#[test]
fn what_no_longer_exists_is_told_above_the_map() {
    let mut window = window(made_of(4, |n| (format!("Incident {n}"), 14.0 + n as f64, 48.0)));
    paste(&mut window, "dateline:1 map=48,15,7 types=fire+quake select=gone weather=rain");
    window.key_press(Key::Enter);
    until(&mut window, |window| mentions(window, "no incident “gone”"));
    assert!(mentions(&window, "no event type “quake”"));
    assert!(mentions(&window, "“weather”, which this version does not know"));
    assert!(shows(&window, "1 OF 4"), "the rest is restored");
    let view = View { center: LonLat::new(15.0, 48.0), zoom: 7.0 };
    assert_eq!(state(&window).target(), ViewTarget::At(view));
}

#[test]
fn a_broken_view_says_what_is_wrong_and_changes_nothing() {
    let mut window = window(bundled());
    let before = copy_view(&mut window);
    for (text, words) in [
        ("dateline:1 map=51.53,34.05", "“map=51.53,34.05” means nothing here"),
        ("dateline:7 map=51.53,34.05,8", "of a version (7) that is not known here"),
    ] {
        paste(&mut window, text);
        assert!(rows(&window)[0].contains(words), "{:?}", rows(&window));
        window.key_press(Key::Enter);
        settle(&mut window);
        assert!(shows(&window, FIELD), "it stays open, to be mended");
        window.key_press(Key::Escape);
        settle(&mut window);
        assert!(!shows(&window, FIELD));
        assert_eq!(copy_view(&mut window), before);
    }
}

#[test]
fn the_view_is_copied_from_the_menu_and_found_by_search() {
    let mut window = window(bundled());
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut window);
    assert!(rows(&window).iter().any(|row| row == "Copy the view as text"));
    window.key_press(Key::Escape);
    settle(&mut window);
    click(&mut window, "Dataset: Incidents in Russia, 12 March 2024");
    assert!(mentions(&window, "Copy the view as text"));
}

#[test]
fn a_long_text_that_is_pasted_arrives_whole() {
    let mut window = window(made_of(4, |n| (format!("Incident {n}"), 14.0 + n as f64, 48.0)));
    let ids: Vec<String> = (0..1500).map(|n| format!("gone{n}")).collect();
    let text = format!("dateline:1 map=48,15,7 types={}+fire", ids.join("+"));
    assert!(ViewText::read(&text).is_ok() && text.len() > 10_000);
    paste(&mut window, &text);
    window.key_press(Key::Enter);
    until(&mut window, |window| shows(window, "1 OF 4"));
    assert!(mentions(&window, "1496 more") || mentions(&window, "1\u{202f}496 more"));
}
