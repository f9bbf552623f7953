//! Times as they are known: what is inexact is drawn and said as such, and every time of day says its zone.

use std::fmt::Write as _;

use dateline::io;
use dateline::model::Dataset;
use dateline::progress::Progress;
use dateline::state::view_text::ViewText;
use dateline::state::{AppState, Command, ZoneChoice};
use eframe::egui::accesskit::Role;
use eframe::egui::{Rect, pos2};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::support::{TestWindow, click, mentions, settle, shows, window};

const DAY_MIN: i32 = 24 * 60;

/// A dataset with an incident at each of these times.
fn made_at(times: &[(&str, &str)]) -> Dataset {
    let mut text = String::from(
        r##"Dataset(format: 1, title: "Made for a test", introduction: "", as_of: "2025-05-02",
        event_types: [EventType(id: "flood", label: "Flood", color: "#0A6BB0", symbol: Diamond)],
        sources: [], incidents: ["##,
    );
    for (n, (start, precision)) in times.iter().enumerate() {
        write!(
            text,
            r#"Incident(id: "i{n}", title: "Incident {n}", event_type: "flood",
            place: Place(name: "Place {n}", country: "AT", position: (lon: {n}.0, lat: 48.0), precision: Settlement),
            time: Time(start: "{start}", precision: {precision}), summary: "", status: Contested, sources: []),"#,
        )
        .expect("writing to a string");
    }
    text.push_str("])");
    io::read_bytes("made.ron", text.as_bytes()).unwrap_or_else(|error| panic!("{}", error.render(false)))
}

/// Two days, a week, two months and a year of 2024.
fn more_or_less_exact() -> Dataset {
    made_at(&[
        ("2024-01-01", "Day"),
        ("2024-12-31", "Day"),
        ("2024-03-13", "Week"),
        ("2024-03-01", "Month"),
        ("2024-05-01", "Month"),
        ("2024-01-01", "Year"),
    ])
}

/// Late in the evening of 12 March in New York, and that day and the next one as dates.
fn in_new_york() -> Dataset {
    made_at(&[
        ("2024-03-12T22:30:00-04:00[America/New_York]", "Minute"),
        ("2024-03-12", "Day"),
        ("2024-03-13", "Day"),
    ])
}

/// Two incidents of one moment, in two zones.
fn in_two_zones() -> Dataset {
    made_at(&[("2024-03-12T06:30:00+02:00", "Minute"), ("2024-03-12T07:30:00+03:00", "Minute")])
}

fn state(window: &TestWindow) -> &AppState {
    window.state().dateline().state()
}

fn choose_zone(window: &mut TestWindow, name: &str) {
    click(window, "Speed and mode: 1 hour/s");
    click(window, name);
}

/// Which incidents touch a day, by their numbers.
fn on_day(window: &mut TestWindow, day: &str) -> Vec<usize> {
    let day: jiff::civil::Date = day.parse().expect("a date");
    let first = day.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() as i32 * 60;
    window.state_mut().dateline_mut().apply(Command::SetTimeWindow(Some([first, first + DAY_MIN - 1])));
    settle(window);
    (0..state(window).dataset().incidents.len()).filter(|&n| state(window).engine().contains(n)).collect()
}

/// Where the bars are: between the handles, while there is no window.
fn plot(window: &TestWindow) -> Rect {
    let [from, to] = ["From", "To"].map(|name| window.get_by_label(name).rect());
    Rect::from_min_max(pos2(from.right() - 3.0, from.top()), pos2(to.left() + 3.0, to.bottom()))
}

#[test]
fn what_is_known_only_to_the_week_month_or_year_is_said_to_be_so() {
    let mut window = window(more_or_less_exact());
    let said = "1 known only to within a week, 2 known only to within a month, 1 known only to within a year";
    assert!(shows(&window, said));
    let plot = plot(&window);
    // In the middle of March.
    window.hover_at(pos2(plot.left() + 0.2 * plot.width(), plot.center().y));
    window.run_steps(60);
    for words in
        ["1 known only to within a week", "1 known only to within a month", "1 known only to within a year"]
    {
        assert!(shows(&window, words), "under the pointer: {words}");
    }
    window.hover_at(pos2(plot.left() + 10.0, plot.center().y));
    window.run_steps(60);
    assert!(shows(&window, "1 known more exactly") && !shows(&window, "1 known only to within a week"));
}

#[test]
fn where_all_is_known_to_the_day_nothing_is_hatched() {
    let window = window(made_at(&[("2024-01-01", "Day"), ("2024-12-31", "Day")]));
    assert!(!mentions(&window, "known only to within") && shows(&window, "moves · dates as given"));
}

#[test]
fn the_legend_follows_the_filter() {
    let mut window = window(more_or_less_exact());
    assert!(mentions(&window, "known only to within"));
    window.state_mut().dateline_mut().apply(Command::HideAllTypes);
    settle(&mut window);
    assert!(!mentions(&window, "known only to within"));
}

#[test]
fn times_are_in_their_own_zone_until_the_reader_chooses_another() {
    let mut window = window(in_two_zones());
    assert_eq!(state(&window).zone_choice(), ZoneChoice::Own);
    assert!(
        mentions(&window, "12 Mar 2024, 06:30 (+02:00)") && mentions(&window, "12 Mar 2024, 07:30 (+03:00)")
    );
    assert!(shows(&window, "moves · UTC"), "an axis for both");
    choose_zone(&mut window, "UTC");
    assert!(mentions(&window, "12 Mar 2024, 04:30 (UTC)") && !mentions(&window, "+02:00"));
    window.state_mut().dateline_mut().apply(Command::Select(1));
    settle(&mut window);
    assert!(mentions(&window, "12 March 2024, 04:30 (UTC)"), "in the panel, too");
    choose_zone(&mut window, "the zone of each incident");
    assert!(mentions(&window, "12 March 2024, 07:30 (+03:00)"));
}

#[test]
fn the_timeline_follows_the_zone_that_all_incidents_have_in_common() {
    let mut window = window(in_new_york());
    assert!(shows(&window, "moves · America/New_York"));
    for (name, value) in [("From", "12 Mar 2024, 00:00"), ("To", "13 Mar 2024, 23:59")] {
        let node = window.get_by_label(name);
        let said = node.accesskit_node().value().expect("a value");
        assert_eq!(said, format!("{value} (America/New_York)"));
    }
    let begins = state(&window).time_axis().expect("there are incidents")[0];
    window.state_mut().dateline_mut().apply(Command::SetTimeWindow(Some([begins, begins + 89])));
    settle(&mut window);
    assert!(mentions(&window, "00:00 – 01:30 (America/New_York)"), "the chip of the window says the zone");
}

#[test]
fn a_row_that_has_no_room_for_the_zone_says_it_under_the_pointer() {
    let mut window = window(in_new_york());
    let words = "Place 0 · 12 Mar 2024, 22:30 (America/New_York) · Contested";
    assert!(!shows(&window, words));
    let row = window.get_all_by_role(Role::ListItem).next().expect("a row").rect();
    window.hover_at(row.center());
    window.run_steps(60);
    assert!(shows(&window, words));
}

#[test]
fn a_date_known_to_the_day_is_that_day_in_every_zone() {
    let mut window = window(in_new_york());
    assert_eq!(on_day(&mut window, "2024-03-12"), [0, 1]);
    assert_eq!(on_day(&mut window, "2024-03-13"), [2]);
    window.state_mut().dateline_mut().apply(Command::SetZone(ZoneChoice::Utc));
    assert_eq!(on_day(&mut window, "2024-03-12"), [1]);
    assert_eq!(on_day(&mut window, "2024-03-13"), [0, 2], "there it was half past two in the night");
    assert!(mentions(&window, "13 Mar 2024 · Contested"));
}

#[test]
fn a_view_that_is_handed_on_brings_the_clock_of_its_window_along() {
    let mut window = window(in_new_york());
    window.state_mut().dateline_mut().apply(Command::SetZone(ZoneChoice::Utc));
    let shown = on_day(&mut window, "2024-03-13");
    let mut twin = AppState::new(state(&window).dataset().clone());
    let text = ViewText::of(state(&window)).write().expect("a short text");
    assert!(text.contains("time=2024-03-13..2024-03-13 zone=utc"), "{text}");
    let view = ViewText::read(&text).expect("what was written");
    let resolved = view.resolve(twin.dataset(), &Progress::default());
    twin.apply(Command::RestoreView(Box::new(resolved)));
    assert_eq!((0..3).filter(|&n| twin.engine().contains(n)).collect::<Vec<_>>(), shown);
}
