//! Search everywhere: what is typed finds places, incidents, event types, coordinates and commands, and Enter goes there.

use std::time::{Duration, Instant};

use dateline::state::{ThemeChoice, View, ViewTarget};
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::support::{TestWindow, bundled, click, complete_map, made_of, mentions, settle, shows, window};

const FIELD: &str = "Search incidents, places, commands";

/// Runs frames until this holds: what is found comes from other threads.
fn until(window: &mut TestWindow, what: &str, holds: impl Fn(&TestWindow) -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        settle(window);
        if holds(window) {
            return;
        }
        assert!(Instant::now() < deadline, "{what}: {:?}", rows(window));
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Opens the palette and types.
fn search(window: &mut TestWindow, text: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(window);
    window.get_by_label(FIELD).type_text(text);
    settle(window);
}

/// The rows of the palette, the chosen one with a star.
fn rows(window: &TestWindow) -> Vec<String> {
    let options = window.query_all_by(|node| node.role() == Role::ListBoxOption);
    options
        .map(|node| {
            let node = node.accesskit_node();
            let star = if node.is_selected() == Some(true) { "*" } else { "" };
            format!("{star}{}", node.label().unwrap_or_default())
        })
        .collect()
}

fn has_row(window: &TestWindow, part: &str) -> bool {
    rows(window).iter().any(|row| row.contains(part))
}

fn press(window: &mut TestWindow, key: Key) {
    window.key_press(key);
    settle(window);
}

fn is_open(window: &TestWindow) -> bool {
    shows(window, FIELD)
}

fn view(window: &TestWindow) -> View {
    match window.state().dateline().state().target() {
        ViewTarget::At(view) => view,
        ViewTarget::Fit(bounds) => panic!("the map is fitted to {bounds:?}"),
    }
}

#[test]
fn a_place_is_flown_to_however_it_is_spelled() {
    for spelling in ["Oryol", "Орел", "orel"] {
        let mut window = window(bundled());
        search(&mut window, spelling);
        until(&mut window, spelling, |window| has_row(window, "*Oryol, Орёл · Oryol Oblast, Russia"));
        press(&mut window, Key::Enter);
        assert!(!is_open(&window));
        let center = view(&window).center;
        assert!((center.lon_deg - 36.08).abs() < 0.2 && (center.lat_deg - 52.97).abs() < 0.2, "{center:?}");
    }
}

#[test]
fn a_country_is_shown_as_a_whole() {
    let mut window = window(bundled());
    search(&mut window, "ukrai");
    until(&mut window, "the country", |window| has_row(window, "*Ukraine"));
    press(&mut window, Key::Enter);
    let ViewTarget::Fit(bounds) = window.state().dateline().state().target() else { panic!("no box") };
    assert!(bounds.west_deg > 20.0 && bounds.east_deg < 42.0, "{bounds:?}");
}

#[test]
fn an_incident_is_found_by_its_title_with_a_typing_error_and_opened() {
    let mut window = window(bundled());
    let title = bundled().incidents.at(0).title.clone();
    let place = bundled().incidents.at(0).place.name.clone();
    search(&mut window, "tetknio");
    until(&mut window, "the incident", |window| has_row(window, &format!("{title}, {place}")));
    assert!(mentions(&window, "INCIDENTS · "));
    // The list has a row of the same name.
    let option = window
        .query_all_by_label_contains(&title)
        .find(|node| node.accesskit_node().role() == Role::ListBoxOption);
    option.expect("it is there").click();
    settle(&mut window);
    assert!(!is_open(&window));
    assert_eq!(window.state().dateline().state().selection(), Some(0));
    assert!(mentions(&window, "Go to: ") || shows(&window, &title), "its particulars are shown");
}

#[test]
fn what_stands_only_in_a_text_is_found_below_all_names() {
    let mut dataset = made_of(40, |n| (format!("Incident {n}"), 14.0 + n as f64 / 10.0, 48.0));
    dataset.incidents.in_memory_mut().unwrap()[17].summary =
        "A witness speaks of a zeppelin over the river.".to_owned();
    let mut window = window(dataset);
    search(&mut window, "zeppelin");
    until(&mut window, "the text", |window| mentions(window, "IN THE TEXT · 1"));
    let last = rows(&window).pop().unwrap_or_default();
    assert!(last.starts_with("Incident 17, ") && last.contains("speaks of a zeppelin over"), "{last}");
    press(&mut window, Key::ArrowUp);
    assert!(has_row(&window, "*Incident 17"), "up from the first row leads to the last");
    press(&mut window, Key::Enter);
    assert_eq!(window.state().dateline().state().selection(), Some(17));
}

#[test]
fn an_event_type_is_shown_alone() {
    let mut window = window(made_of(8, |n| (format!("Incident {n}"), 14.0, 48.0)));
    search(&mut window, "fire");
    until(&mut window, "the type", |window| has_row(window, "Fire, 2 incidents"));
    click(&mut window, "Fire, 2 incidents");
    assert!(shows(&window, "2 OF 8"));
}

#[test]
fn coordinates_in_any_form_are_flown_to() {
    for text in [
        "51.2772, 34.2846",
        "geo:51.2772,34.2846?z=12",
        "https://www.openstreetmap.org/#map=12/51.2772/34.2846",
    ] {
        let mut window = window(bundled());
        search(&mut window, text);
        until(&mut window, text, |window| has_row(window, "*51.2772° N, 34.2846° E"));
        press(&mut window, Key::Enter);
        let view = view(&window);
        assert!((view.center.lat_deg - 51.2772).abs() < 1e-6 && view.zoom >= 12.0, "{view:?}");
    }
}

#[test]
fn everything_that_can_be_done_is_found_with_its_keys_and_done() {
    let mut window = window(bundled());
    search(&mut window, "");
    assert!(has_row(&window, "*Open a file") && has_row(&window, "Keyboard shortcuts"));
    complete_map(&mut window);
    assert!(window.try_run().is_ok(), "open, it asks for no frame of its own");
    press(&mut window, Key::Escape);
    assert!(!is_open(&window));
    search(&mut window, "light and dark");
    until(&mut window, "the command", |window| has_row(window, "Switch between light and dark"));
    click(&mut window, "Switch between light and dark");
    assert_eq!(window.state().dateline().state().theme(), Some(ThemeChoice::Dark));
}

#[test]
fn the_text_is_kept_as_a_filter() {
    let mut window = window(bundled());
    search(&mut window, "Tetkino");
    until(&mut window, "the filter", |window| has_row(window, "Keep “Tetkino” as a filter"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    until(&mut window, "closed", |window| !is_open(window));
    assert_eq!(window.state().dateline().state().filter().text(), "Tetkino");
}

#[test]
fn enter_waits_for_what_it_was_meant_for() {
    let mut window = window(bundled());
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut window);
    window.get_by_label(FIELD).type_text("Kursk");
    window.key_press(Key::Enter);
    until(&mut window, "closed", |window| !is_open(window));
    let center = view(&window).center;
    assert!((center.lon_deg - 36.19).abs() < 0.3 && (center.lat_deg - 51.73).abs() < 0.3, "{center:?}");
}

#[test]
fn a_command_that_moves_the_focus_does_so() {
    let mut window = window(bundled());
    search(&mut window, "filter by te");
    until(&mut window, "the command", |window| has_row(window, "*Filter by text"));
    press(&mut window, Key::Enter);
    until(&mut window, "closed", |window| !is_open(window));
    until(&mut window, "the focus", |window| window.get_by_label("Filter incidents by words").is_focused());
}

#[test]
fn the_palette_opens_and_closes_by_key_and_by_pointer_and_gives_the_focus_back() {
    let mut window = window(bundled());
    press(&mut window, Key::Slash);
    window.get_by_label("Filter incidents by words").type_text("gov");
    settle(&mut window);
    press(&mut window, Key::Home);
    search(&mut window, "");
    assert!(is_open(&window));
    assert_eq!(
        window.state().dateline().state().filter().text(),
        "gov",
        "the field below does not act on Ctrl+K"
    );
    press(&mut window, Key::Escape);
    assert!(!is_open(&window));
    assert!(window.get_by_label("Filter incidents by words").is_focused());
    click(&mut window, "Clear the text");
    click(&mut window, "Search everywhere");
    assert!(is_open(&window));
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut window);
    assert!(!is_open(&window));
}

#[test]
fn a_screen_reader_is_told_what_the_palette_is_and_what_was_found() {
    let mut window = window(bundled());
    search(&mut window, "wzxkvw");
    until(&mut window, "the answer", |window| mentions(window, "Nothing is called “wzxkvw”."));
    assert!(window.get_by_label("Search").accesskit_node().role() == Role::Dialog);
    assert!(window.get_by_label("Results").accesskit_node().role() == Role::ListBox);
    assert!(shows(&window, "1 result"), "keeping it as a filter");
    assert_eq!(rows(&window), ["*Keep “wzxkvw” as a filter"]);
    assert_eq!(window.get_by_label(FIELD).accesskit_node().role(), Role::SearchInput);
    // The focus is in the field, which passes it on to the chosen row.
    assert!(window.get_by_label("Keep “wzxkvw” as a filter").is_focused());
}

#[test]
fn what_lies_below_the_palette_has_nothing_to_say() {
    let mut window = window(bundled());
    let marker = "Tetkino: armed clash, contested";
    window.get_by_label(marker).hover();
    settle(&mut window);
    assert!(window.query_all_by(|node| node.role() == Role::Tooltip).next().is_some());
    search(&mut window, "");
    assert!(window.query_all_by(|node| node.role() == Role::Tooltip).next().is_none());
}
