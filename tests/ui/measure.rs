//! Measuring along clicks, and the coordinates of any point of the map.

use dateline::geo::LonLat;
use dateline::state::{Command, View};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, OutputCommand, PointerButton, Pos2, pos2};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::support::{TestWindow, bundled, click, complete_map, mentions, settle, shows, window};

/// A window that looks at a place where no marker stands, at a zoom where a pixel is 300 m wide.
fn at_sea() -> TestWindow {
    let mut window = window(bundled());
    look_at(&mut window, LonLat::new(34.0, 43.0), 8.0);
    window
}

fn look_at(window: &mut TestWindow, center: LonLat, zoom: f64) {
    window.state_mut().dateline_mut().ask(Command::SetView(View { center, zoom }));
    settle(window);
}

fn press(window: &mut TestWindow, key: Key) {
    window.key_press(key);
    settle(window);
}

/// The middle of the map on the screen.
fn middle(window: &TestWindow) -> Pos2 {
    window.get_by_label("Map").rect().center()
}

fn click_at(window: &mut TestWindow, pos: Pos2, button: PointerButton) {
    window.event(Event::PointerMoved(pos));
    settle(window);
    for pressed in [true, false] {
        window.event(Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
    }
    // A second click right after it would be a double one.
    window.run_steps(60);
}

/// What a click on this puts on the clipboard.
fn copied_by(window: &mut TestWindow, name: &str) -> Option<String> {
    window.get_by_label(name).click();
    (0..12).find_map(|_| {
        window.step();
        window.output().platform_output.commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    })
}

#[test]
fn clicks_measure_along_a_line_and_backspace_and_escape_take_it_back() {
    let mut window = at_sea();
    press(&mut window, Key::M);
    assert!(mentions(&window, "Click on the map to add points"));
    let start = middle(&window);
    click_at(&mut window, start, PointerButton::Primary);
    click_at(&mut window, start + eframe::egui::vec2(100.0, 0.0), PointerButton::Primary);
    // 100 points at zoom 8 and 43° north are 44.7 km, each 450 m: there is nothing to be said of tenths.
    assert!(mentions(&window, "45 km · 28 mi"), "the only leg");
    assert!(mentions(&window, "Last leg begins at 90° E"));
    click_at(&mut window, start + eframe::egui::vec2(100.0, -100.0), PointerButton::Primary);
    assert!(mentions(&window, "1.  45 km"), "each leg");
    assert!(mentions(&window, "Last leg begins at 0° N"));
    assert!(window.state().dateline().state().selection().is_none());
    press(&mut window, Key::Backspace);
    assert!(!mentions(&window, "1.  45 km") && mentions(&window, "45 km"));
    press(&mut window, Key::Escape);
    assert!(!shows(&window, "Stop measuring"));
}

#[test]
fn by_keyboard_enter_adds_the_middle_of_the_map() {
    let mut window = at_sea();
    press(&mut window, Key::M);
    press(&mut window, Key::Enter);
    assert!(shows(&window, "1 point set"), "it is read out");
    look_at(&mut window, LonLat::new(34.0, 44.0), 8.0);
    press(&mut window, Key::Enter);
    assert!(mentions(&window, "bearing 0° N; 111 km · 69 mi in all"), "it is read out");
    press(&mut window, Key::Backspace);
    assert!(shows(&window, "1 point set"));
}

#[test]
fn enter_opens_no_incident_while_it_measures() {
    let mut window = at_sea();
    window.state_mut().dateline_mut().ask(Command::Select(0));
    settle(&mut window);
    look_at(&mut window, LonLat::new(34.0, 43.0), 8.0);
    let before = window.state().dateline().state().target();
    press(&mut window, Key::M);
    press(&mut window, Key::Enter);
    assert_eq!(window.state().dateline().state().target(), before);
    press(&mut window, Key::Escape);
    assert!(window.state().dateline().state().selection().is_some(), "Esc ends only the measuring");
    press(&mut window, Key::Escape);
    assert!(window.state().dateline().state().selection().is_none());
}

#[test]
fn what_was_measured_is_copied_as_text() {
    let mut window = at_sea();
    click(&mut window, "Measure along clicks (M)");
    for lat in [43.0, 44.0] {
        look_at(&mut window, LonLat::new(34.0, lat), 8.0);
        press(&mut window, Key::Enter);
    }
    let text = copied_by(&mut window, "Copy what was measured");
    assert_eq!(text.as_deref(), Some("43.00, 34.00\n44.00, 34.00: 111 km · 69 mi, bearing 0° N\n"));
}

#[test]
fn markers_do_not_answer_while_it_measures() {
    let mut window = window(bundled());
    let marker = "Tetkino: armed clash, contested";
    let at = window.get_by_label(marker).rect().center();
    press(&mut window, Key::M);
    click_at(&mut window, at, PointerButton::Primary);
    assert!(window.state().dateline().state().selection().is_none());
    assert!(shows(&window, "1 point set"));
    press(&mut window, Key::M);
    click_at(&mut window, at, PointerButton::Primary);
    assert_eq!(window.state().dateline().state().selection(), Some(0));
}

#[test]
fn the_map_is_still_dragged_and_zoomed_while_it_measures() {
    let mut window = at_sea();
    press(&mut window, Key::M);
    let before = window.state().dateline().state().target();
    let from = middle(&window);
    window.drag_at(from);
    window.run_steps(2);
    window.event(Event::PointerMoved(from + eframe::egui::vec2(120.0, 40.0)));
    window.run_steps(2);
    window.drop_at(from + eframe::egui::vec2(120.0, 40.0));
    settle(&mut window);
    assert_ne!(window.state().dateline().state().target(), before);
    assert!(!shows(&window, "1 point set"), "a drag is no click");
}

#[test]
fn the_right_button_offers_the_coordinates_of_the_point_in_three_ways() {
    let mut window = at_sea();
    let at = middle(&window);
    for (name, text) in [
        ("Copy 43.00, 34.00", "43.00, 34.00"),
        ("Copy 43°00′ N, 34°00′ E", "43°00′ N, 34°00′ E"),
        ("Copy geo:43.00,34.00", "geo:43.00,34.00"),
    ] {
        click_at(&mut window, at, PointerButton::Secondary);
        let copied = copied_by(&mut window, name);
        assert_eq!(copied.as_deref(), Some(text));
        settle(&mut window);
        assert!(!shows(&window, name), "the menu closes");
    }
}

#[test]
fn by_keyboard_the_menu_opens_in_the_middle_and_measures_from_there() {
    let mut window = at_sea();
    press(&mut window, Key::C);
    assert!(window.get_by_label("Copy 43.00, 34.00").is_focused());
    press(&mut window, Key::Escape);
    assert!(!mentions(&window, "Copy 43.00"));
    press(&mut window, Key::C);
    click(&mut window, "Measure from here");
    assert!(shows(&window, "1 point set") && shows(&window, "Stop measuring"));
    look_at(&mut window, LonLat::new(34.0, 44.0), 8.0);
    press(&mut window, Key::C);
    click(&mut window, "Add this point to the measured line");
    assert!(mentions(&window, "111 km · 69 mi"));
}

#[test]
fn measuring_is_found_by_search_and_rests_when_nothing_moves() {
    let mut window = at_sea();
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut window);
    let row = window
        .query_all_by(|node| node.role() == Role::ListBoxOption)
        .any(|node| node.accesskit_node().label().as_deref() == Some("Measure along clicks"));
    assert!(row);
    press(&mut window, Key::Escape);
    press(&mut window, Key::M);
    press(&mut window, Key::Enter);
    click_at(&mut window, pos2(700.0, 300.0), PointerButton::Primary);
    complete_map(&mut window);
    assert!(window.try_run().is_ok(), "it asks for no frame of its own");
}
