//! Reading the incidents as a story: later and earlier in time, by key and by button, with the map along.

use std::fmt::Write as _;

use dateline::io;
use dateline::query::SortBy;
use dateline::state::{Command, View, ViewTarget};
use eframe::egui::Key;
use egui_kittest::kittest::Queryable;

use crate::support::{TestWindow, click, settle, shows, window};

/// Eight incidents, each a day later than the one before and some screens away from it.
fn eight() -> TestWindow {
    let mut text = String::from(
        r##"Dataset(format: 1, title: "A story", introduction: "", as_of: "2025-05-20",
        event_types: [EventType(id: "flood", label: "Flood", color: "#0A6BB0", symbol: Diamond)], sources: [],
        incidents: ["##,
    );
    for n in 0..8 {
        let (day, lon) = (n + 1, 10 * (n + 1));
        write!(
            text,
            r#"Incident(id: "i{n}", title: "Number {n}", event_type: "flood",
            place: Place(name: "Place {n}", country: "AT", position: (lon: {lon}.0, lat: 48.0), precision: Settlement),
            time: Time(start: "2025-05-0{day}", precision: Day), summary: "", status: Contested, sources: []),"#
        )
        .expect("writing to a string");
    }
    text.push_str("])");
    let dataset = io::read_bytes("story.ron", text.as_bytes())
        .unwrap_or_else(|error| panic!("{}", error.render(false)));
    let mut window = window(dataset);
    let view = View { center: dateline::geo::LonLat::new(10.0, 48.0), zoom: 8.0 };
    window.state_mut().dateline_mut().apply(Command::SetView(view));
    settle(&mut window);
    window
}

fn press(window: &mut TestWindow, key: Key) {
    window.key_press(key);
    settle(window);
}

fn selected(window: &TestWindow) -> Option<usize> {
    window.state().dateline().state().selection()
}

/// Where the state says that the map is, in degrees of longitude.
fn lon_deg(window: &TestWindow) -> f64 {
    match window.state().dateline().state().target() {
        ViewTarget::At(view) => view.center.lon_deg,
        ViewTarget::Fit(bounds) => bounds.center().lon_deg,
    }
}

#[test]
fn the_story_goes_on_in_time_whatever_the_order_of_the_list_and_the_map_comes_along() {
    let mut window = eight();
    window.state_mut().dateline_mut().apply(Command::SortList(SortBy::Newest));
    settle(&mut window);
    press(&mut window, Key::N);
    assert_eq!(selected(&window), Some(0), "it begins with the earliest");
    press(&mut window, Key::N);
    press(&mut window, Key::N);
    assert_eq!(selected(&window), Some(2));
    assert!((lon_deg(&window) - 30.0).abs() < 1e-6, "{}", lon_deg(&window));
    assert!(shows(&window, "Number 2"));
    press(&mut window, Key::P);
    assert_eq!(selected(&window), Some(1));
    press(&mut window, Key::J);
    assert_eq!(selected(&window), Some(0), "the list goes on in its own order, the newest first");
}

#[test]
fn the_buttons_of_the_story_stay_in_place_and_end_with_it() {
    let mut window = eight();
    press(&mut window, Key::N);
    let place = |window: &TestWindow| window.get_by_label("Next incident in time").rect();
    let before = place(&window);
    for n in 1..8 {
        click(&mut window, "Next incident in time");
        assert_eq!((selected(&window), place(&window)), (Some(n), before));
    }
    press(&mut window, Key::N);
    assert_eq!(selected(&window), Some(7), "there is nothing later");
    click(&mut window, "Previous incident in time");
    assert_eq!(selected(&window), Some(6));
}

#[test]
fn a_reader_who_takes_hold_of_the_map_ends_the_flight() {
    let mut window = eight();
    press(&mut window, Key::N);
    window.key_press(Key::N);
    window.step();
    window.step();
    let view = View { center: dateline::geo::LonLat::new(-50.0, 10.0), zoom: 5.0 };
    window.state_mut().dateline_mut().apply(Command::SetView(view));
    settle(&mut window);
    assert!((lon_deg(&window) + 50.0).abs() < 1e-6, "{}", lon_deg(&window));
}
