//! The program without a pointer: every shortcut of the table does what the help sheet says.

use dateline::state::{ThemeChoice, ViewTarget};
use eframe::egui::{Event, Key, Modifiers, OutputCommand};
use egui_kittest::kittest::Queryable;

use crate::support::{TestWindow, bundled, complete_map, mentions, settle, shows, window, window_of_size};

fn press(window: &mut TestWindow, key: Key) {
    press_with(window, Modifiers::NONE, key);
}

fn press_with(window: &mut TestWindow, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window);
}

fn selected(window: &TestWindow) -> Option<usize> {
    window.state().dateline().state().selection()
}

fn zoom(window: &TestWindow) -> f64 {
    match window.state().dateline().state().target() {
        ViewTarget::At(view) => view.zoom,
        ViewTarget::Fit(_) => 0.0,
    }
}

#[test]
fn the_whole_program_is_driven_by_keyboard_alone() {
    let mut window = window(bundled());
    // Through the incidents.
    press(&mut window, Key::J);
    press(&mut window, Key::ArrowDown);
    press(&mut window, Key::J);
    assert_eq!(selected(&window), Some(2));
    press(&mut window, Key::K);
    press(&mut window, Key::ArrowUp);
    assert_eq!(selected(&window), Some(0));
    assert!(shows(&window, &bundled().incidents.at(0).title));
    // To its place, and away from it.
    press(&mut window, Key::Enter);
    let zoomed = |window: &TestWindow| window.get_by_label("Tetkino: armed clash, contested").rect().center();
    let place = zoomed(&window);
    press(&mut window, Key::Plus);
    press(&mut window, Key::Plus);
    assert!(zoom(&window) > 10.0, "{}", zoom(&window));
    press(&mut window, Key::Minus);
    press(&mut window, Key::F);
    assert!(zoomed(&window).distance(place) > 20.0, "all six are shown again");
    // Filter by number and by text.
    press(&mut window, Key::Num1);
    assert!(shows(&window, "4 OF 6"), "two ground incursions are hidden");
    press_with(&mut window, Modifiers::ALT, Key::Num2);
    assert!(shows(&window, "1 OF 6"));
    press(&mut window, Key::R);
    assert!(shows(&window, "6 OF 6"));
    press(&mut window, Key::Slash);
    window.get_by_label("Filter incidents by words").type_text("refinery oryol j1t");
    settle(&mut window);
    assert!(shows(&window, "0 OF 6"), "letters go into the field, not to the shortcuts");
    assert_eq!(selected(&window), Some(0));
    press(&mut window, Key::Escape);
    assert_eq!(selected(&window), Some(0), "Esc leaves the field first");
    press(&mut window, Key::R);
    // Close, theme, help.
    press(&mut window, Key::Escape);
    assert_eq!(selected(&window), None);
    press(&mut window, Key::T);
    assert_eq!(window.state().dateline().state().theme(), Some(ThemeChoice::Dark));
    press(&mut window, Key::F1);
    assert!(mentions(&window, "Show only this event type"));
    press(&mut window, Key::Escape);
    assert!(!mentions(&window, "Show only this event type"));
}

#[test]
fn a_question_mark_opens_the_help_sheet_which_names_every_action() {
    let mut window = window(bundled());
    press_with(&mut window, Modifiers::SHIFT, Key::Questionmark);
    for action in dateline::ui::actions::ACTIONS {
        assert!(mentions(&window, action.action.label()), "{:?}", action.action);
    }
    crate::support::click(&mut window, "Close the shortcuts");
    assert!(!mentions(&window, "Show only this event type"));
}

#[test]
fn behind_the_help_sheet_nothing_changes() {
    let mut window = window(bundled());
    press(&mut window, Key::J);
    press(&mut window, Key::F1);
    let state = |window: &TestWindow| {
        let state = window.state().dateline().state();
        (state.selection(), state.theme(), state.filter().clone(), state.target(), state.drawing())
    };
    let before = state(&window);
    for key in [Key::J, Key::T, Key::Num1, Key::Plus, Key::D, Key::Enter, Key::Slash] {
        press(&mut window, key);
        assert_eq!(state(&window), before, "{key:?}");
    }
    press_with(&mut window, Modifiers::COMMAND, Key::Plus);
    assert_eq!(window.state().dateline().state().text_size().percent(), 110);
    assert!(mentions(&window, "Show only this event type"));
    press(&mut window, Key::Escape);
    assert!(!mentions(&window, "Show only this event type"));
    assert_eq!(state(&window), before, "Esc closes the sheet only");
    press(&mut window, Key::J);
    assert_ne!(state(&window), before);
}

#[test]
fn with_alt_the_arrows_go_back_also_while_a_handle_between_panels_has_the_focus() {
    let mut window = window(bundled());
    let start = window.state().dateline().state().target();
    press(&mut window, Key::J);
    press(&mut window, Key::Enter);
    let width = window.get_by_label("Map").rect().width();
    window.get_by_label("Width of the sidebar").focus();
    window.run_steps(2);
    press_with(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!(window.state().dateline().state().target(), start);
    assert!((window.get_by_label("Map").rect().width() - width).abs() < 0.5);
}

#[test]
fn copying_takes_the_selected_incident() {
    let mut window = window(bundled());
    press(&mut window, Key::J);
    window.event(Event::Copy);
    let mut copied = None;
    for _ in 0..4 {
        window.step();
        let commands = &window.output().platform_output.commands;
        copied = copied.or_else(|| {
            commands.iter().find_map(|command| match command {
                OutputCommand::CopyText(text) => Some(text.clone()),
                _ => None,
            })
        });
    }
    let title = &bundled().incidents.at(0).title.clone();
    assert!(copied.is_some_and(|text| text.contains(title)));
}

#[test]
fn the_focus_can_be_seen_and_reaches_the_markers() {
    let mut window = window(bundled());
    let mut reached = Vec::new();
    for _ in 0..60 {
        window.key_press(Key::Tab);
        window.run_steps(2);
        let focused = window.query_all_by(|node| node.is_focused() && !node.is_hidden()).next();
        reached.extend(focused.and_then(|node| {
            use egui_kittest::kittest::NodeT;
            node.accesskit_node().label()
        }));
    }
    for name in ["Filter incidents by words", "Tetkino: armed clash, contested", "Map", "Zoom in"] {
        assert!(reached.iter().any(|it| it == name), "{name} is not among {reached:?}");
    }
}

#[test]
fn what_lies_off_the_screen_has_an_arrow_that_leads_there() {
    let mut window = window(bundled());
    press(&mut window, Key::J);
    press(&mut window, Key::Enter);
    complete_map(&mut window);
    let arrow = "Go to Tetkino, off the screen";
    assert!(!shows(&window, arrow));
    window.get_by_label("Map").focus();
    window.run_steps(2);
    for _ in 0..12 {
        press(&mut window, Key::ArrowRight);
    }
    assert!(shows(&window, arrow));
    crate::support::click(&mut window, arrow);
    assert!(!shows(&window, arrow));
}

#[test]
fn a_card_under_the_pointer_shows_where_its_marker_is() {
    let mut window = window_of_size(bundled(), [1280.0, 840.0], 1.0);
    crate::support::click(&mut window, "Tetkino: armed clash, contested");
    press(&mut window, Key::Enter);
    for _ in 0..3 {
        press(&mut window, Key::Plus);
    }
    let title = format!("{}, ", bundled().incidents.at(5).title);
    window.get_by_label_contains(&title).hover();
    settle(&mut window);
    assert!(shows(&window, "Go to Ivanovo, off the screen"));
}

#[test]
fn the_figures_for_developers_come_and_go() {
    let mut window = window(bundled());
    press(&mut window, Key::F12);
    assert!(mentions(&window, "ms (p99)") && mentions(&window, "Tiles on their way"));
    complete_map(&mut window);
    assert!(window.try_run().is_ok(), "open, they ask for no frame of their own");
    press(&mut window, Key::F12);
    assert!(!mentions(&window, "ms (p99)"));
}
