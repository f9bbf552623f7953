//! Finding one's way by typing and by clicking: dates, spellings, the keyboard after a click on the map, lists by arrows.

use std::time::{Duration, Instant};

use dateline::query::dates::span_text;
use dateline::state::ViewTarget;
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::support::{TestWindow, bundled, made_of, settle, window};

const FIELD: &str = "Search incidents, places, commands";

fn rows(window: &TestWindow) -> Vec<String> {
    let options = window.query_all_by(|node| node.role() == Role::ListBoxOption);
    options.map(|node| node.accesskit_node().label().unwrap_or_default()).collect()
}

fn until(window: &mut TestWindow, what: &str, holds: impl Fn(&TestWindow) -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !holds(window) {
        assert!(Instant::now() < deadline, "{what}: {:?}", rows(window));
        std::thread::sleep(Duration::from_millis(5));
        settle(window);
    }
}

fn search(window: &mut TestWindow, text: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(window);
    window.get_by_label(FIELD).type_text(text);
    settle(window);
}

fn has_row(window: &TestWindow, beginning: &str) -> bool {
    rows(window).iter().any(|row| row.starts_with(beginning))
}

fn press(window: &mut TestWindow, key: Key) {
    window.key_press(key);
    settle(window);
}

fn click_at(window: &mut TestWindow, pos: Pos2) {
    window.event(Event::PointerMoved(pos));
    settle(window);
    for pressed in [true, false] {
        let modifiers = Modifiers::NONE;
        window.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers });
        window.step();
    }
    settle(window);
}

fn window_text(window: &TestWindow) -> String {
    let window_min = window.state().dateline().state().filter().window_min();
    window_min.map_or(String::new(), span_text)
}

#[test]
fn a_typed_date_is_shown_alone_and_one_of_two_meanings_is_chosen() {
    let mut window = window(bundled());
    search(&mut window, "12 March 2024");
    until(&mut window, "the day", |window| has_row(window, "Show only 12 Mar 2024, 6 incidents"));
    press(&mut window, Key::Enter);
    // It counts as soon as all names were looked for.
    until(&mut window, "the window", |window| window_text(window) == "12 Mar 2024");
    search(&mut window, "12.03.2024");
    until(&mut window, "both", |window| {
        has_row(window, "Show only 12 Mar 2024") && has_row(window, "Show only 3 Dec 2024, 0 incidents")
    });
    window.get_by_label_contains("Show only 3 Dec 2024").click();
    settle(&mut window);
    assert_eq!(window_text(&window), "3 Dec 2024");
}

#[test]
fn the_first_incident_of_a_typed_time_is_opened() {
    let mut window = window(bundled());
    search(&mut window, "March 2024");
    until(&mut window, "the first", |window| has_row(window, "First incident of Mar 2024"));
    window.get_by_label_contains("First incident of Mar 2024").click();
    settle(&mut window);
    assert!(window.state().dateline().state().selection().is_some());
    assert_eq!(window_text(&window), "");
}

#[test]
fn another_spelling_of_a_plain_name_is_found_in_the_text() {
    let mut dataset = made_of(4, |n| (format!("Incident {n}"), 14.0 + n as f64, 48.0));
    dataset.incidents.in_memory_mut().expect("it is in memory")[2].summary =
        "A drone fell in Oryol.".to_owned();
    for spelling in ["Orel", "Орёл", "орел", "oryol"] {
        let mut dataset = dataset.clone();
        dataset.title = spelling.to_owned();
        let mut window = window(dataset);
        search(&mut window, spelling);
        until(&mut window, spelling, |window| {
            has_row(window, "Incident 2, ") && rows(window).iter().any(|row| row.contains("drone fell"))
        });
    }
}

#[test]
fn a_click_on_the_map_gives_it_the_keyboard_and_letters_go_on_working() {
    let mut window = window(bundled());
    let map = window.get_by_label("Map").rect();
    click_at(&mut window, map.left_bottom() + eframe::egui::vec2(60.0, -120.0));
    assert!(window.get_by_label("Map").is_focused());
    let before = view(&window);
    press(&mut window, Key::ArrowRight);
    assert_ne!(view(&window), before, "arrows move the map");
    press(&mut window, Key::J);
    press(&mut window, Key::J);
    press(&mut window, Key::K);
    assert_eq!(window.state().dateline().state().selection(), Some(0));
    press(&mut window, Key::N);
    press(&mut window, Key::F);
    assert!(matches!(window.state().dateline().state().target(), ViewTarget::Fit(_)));
}

fn view(window: &TestWindow) -> String {
    format!("{:?}", window.state().dateline().state().target())
}

#[test]
fn arrows_keep_the_chosen_row_in_sight() {
    let mut window = window(made_of(40, |n| (format!("Depot {n}"), 14.0 + n as f64 / 10.0, 48.0)));
    search(&mut window, "");
    let count = rows(&window).len();
    assert!(count > 20, "{count}");
    for _ in 0..count - 1 {
        press(&mut window, Key::ArrowDown);
        let chosen = window
            .query_all_by(|node| node.role() == Role::ListBoxOption && node.is_selected() == Some(true));
        let rect = chosen.map(|node| node.rect()).next().expect("one is chosen");
        assert!(
            rect.bottom() <= 720.0 && rect.top() >= window.get_by_label(FIELD).rect().bottom() - 1.0,
            "{rect}"
        );
    }
}

#[test]
fn the_list_of_a_spot_goes_by_arrows_and_enter_opens_a_row() {
    let mut window = window(made_of(20, |n| (format!("Incident {n}"), 14.0, 48.0)));
    let ring = window.query_all_by_label_contains("20 incidents: ").next().expect("a ring").rect().center();
    click_at(&mut window, ring);
    let in_focus = |window: &TestWindow| {
        let focused = window.query_all_by(|node| node.role() == Role::ListItem && node.is_focused()).next();
        focused.map(|node| (node.accesskit_node().label().unwrap_or_default(), node.rect()))
    };
    let (first, area) = in_focus(&window).expect("the first row has the focus");
    for _ in 0..15 {
        press(&mut window, Key::ArrowDown);
    }
    let (last, rect) = in_focus(&window).expect("a row has the focus");
    assert!(first != last && (rect.top() - area.top()).abs() < 9.0 * 32.0, "{first} {last} {rect}");
    press(&mut window, Key::ArrowUp);
    press(&mut window, Key::Enter);
    assert!(window.state().dateline().state().selection().is_some());
    press(&mut window, Key::Escape);
    assert!(in_focus(&window).is_none(), "it is closed");
}
