//! The timeline: the window of time by pointer and by keyboard, and how it plays.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use dateline::io;
use dateline::model::Dataset;
use dateline::state::{AppState, Command, PlaybackMode, Speed};
use dateline::ui::Window;
use eframe::egui::accesskit::Role;
use eframe::egui::{self, Key, Modifiers, Pos2, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::support::{TestWindow, bundled, click, made_of, mentions, settle, shows, window, window_of_size};

const DAY_MIN: i32 = 24 * 60;

/// A dataset with an incident on each of these days or moments.
fn made_at<S: AsRef<str>>(starts: &[S], precision: &str) -> Dataset {
    let mut text = String::from(
        r##"Dataset(format: 1, title: "Made for a test", introduction: "", as_of: "2025-05-02",
        event_types: [EventType(id: "flood", label: "Flood", color: "#0A6BB0", symbol: Diamond)],
        sources: [], incidents: ["##,
    );
    for (n, start) in starts.iter().enumerate() {
        write!(
            text,
            r#"Incident(id: "i{n}", title: "Incident {n}", event_type: "flood",
            place: Place(name: "Place {n}", country: "AT", position: (lon: {n}.0, lat: 48.0), precision: Settlement),
            time: Time(start: "{}", precision: {precision}), summary: "", status: Contested, sources: []),"#,
            start.as_ref()
        )
        .expect("writing to a string");
    }
    text.push_str("])");
    io::read_bytes("made.ron", text.as_bytes()).unwrap_or_else(|error| panic!("{}", error.render(false)))
}

/// An incident on the first of every month of two years.
fn two_years() -> Dataset {
    let starts: Vec<String> = (0..24).map(|n| format!("{}-{:02}-01", 2020 + n / 12, n % 12 + 1)).collect();
    made_at(&starts, "Day")
}

fn state(window: &TestWindow) -> &AppState {
    window.state().dateline().state()
}

fn time_window(window: &TestWindow) -> Option<[i32; 2]> {
    state(window).filter().window_min()
}

fn axis(window: &TestWindow) -> [i32; 2] {
    state(window).time_axis().expect("there are incidents")
}

fn press(window: &mut TestWindow, key: Key) {
    window.key_press_modifiers(Modifiers::NONE, key);
    settle(window);
}

/// Where the bars are: between the handles, while there is no window.
fn plot(window: &TestWindow) -> Rect {
    let [from, to] = ["From", "To"].map(|name| window.get_by_label(name).rect());
    Rect::from_min_max(pos2(from.right() - 3.0, from.top()), pos2(to.left() + 3.0, to.bottom()))
}

/// A place on the strip, by its share of the way from the left.
fn at(plot: Rect, share: f32) -> Pos2 {
    pos2(plot.left() + share * plot.width(), plot.top() + 0.8 * plot.height())
}

fn drag(window: &mut TestWindow, from: Pos2, to: Pos2) {
    window.hover_at(from);
    window.run_steps(2);
    window.drag_at(from);
    window.run_steps(2);
    for n in 1..=4u8 {
        window.hover_at(from.lerp(to, f32::from(n) / 4.0));
        window.run_steps(2);
    }
    window.drop_at(to);
    settle(window);
}

fn click_at(window: &mut TestWindow, place: Pos2) {
    window.hover_at(place);
    window.run_steps(2);
    window.drag_at(place);
    window.run_steps(1);
    window.drop_at(place);
    window.run_steps(2);
}

#[test]
fn a_drag_over_the_bars_makes_a_window_and_one_undo_takes_it_back() {
    let mut window = window(two_years());
    assert!(shows(&window, "All times") && shows(&window, "24 OF 24"));
    let plot = plot(&window);
    drag(&mut window, at(plot, 0.27), at(plot, 0.48));
    let [first, last] = time_window(&window).expect("a window");
    let length = f64::from(axis(&window)[1] - axis(&window)[0]);
    let share = |minute: i32| f64::from(minute - axis(&window)[0]) / length;
    assert!((0.24..=0.27).contains(&share(first)) && (0.48..=0.51).contains(&share(last)));
    assert!(shows(&window, "5 OF 24"), "July to November 2020");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle(&mut window);
    assert_eq!(time_window(&window), None);
    assert!(!state(&window).can_undo() && shows(&window, "24 OF 24"));
}

#[test]
fn edges_and_body_of_the_window_drag() {
    let mut window = window(two_years());
    let plot = plot(&window);
    drag(&mut window, at(plot, 0.3), at(plot, 0.5));
    let drawn = time_window(&window).expect("a window");
    let middle = at(plot, 0.4);
    drag(&mut window, middle, middle + vec2(0.2 * plot.width(), 0.0));
    let moved = time_window(&window).expect("a window");
    assert_eq!(moved[1] - moved[0], drawn[1] - drawn[0], "a week is a week");
    assert!((moved[0] - drawn[0] - 146 * DAY_MIN).abs() < 8 * DAY_MIN, "{drawn:?} {moved:?}");
    let right = window.get_by_label("To").rect().center();
    drag(&mut window, right, right + vec2(0.1 * plot.width(), 0.0));
    let wider = time_window(&window).expect("a window");
    assert!(wider[0] == moved[0] && wider[1] > moved[1] + 60 * DAY_MIN, "{moved:?} {wider:?}");
    let left = window.get_by_label("From").rect().center();
    drag(&mut window, left, at(plot, 2.0));
    let narrow = time_window(&window).expect("a window");
    assert!(narrow[1] == wider[1] && narrow[0] < narrow[1], "an end stops before the other: {narrow:?}");
}

#[test]
fn a_click_selects_a_bin_and_says_what_is_in_it() {
    let mut window = window(two_years());
    let plot = plot(&window);
    let place = at(plot, 0.007);
    window.hover_at(place);
    window.run_steps(60);
    assert!(mentions(&window, "1 incident"), "under the pointer");
    click_at(&mut window, place);
    settle(&mut window);
    let [first, last] = time_window(&window).expect("a window");
    assert_eq!(last - first + 1, 7 * DAY_MIN, "two years are seen week by week");
    assert!(shows(&window, "1 OF 24"));
}

/// A window whose frames follow each other as fast as clicks of a double click do.
fn quick_window(dataset: Dataset) -> TestWindow {
    let builder = Harness::builder().with_size([1280.0, 720.0]).with_step_dt(1.0 / 60.0);
    let dataset = Arc::new(dataset);
    let mut window = builder.build_eframe(move |cc| Window::new(cc, dataset, Instant::now()));
    window.run_steps(60);
    window
}

#[test]
fn a_double_click_shows_all_times_again() {
    let mut window = quick_window(two_years());
    let plot = plot(&window);
    drag(&mut window, at(plot, 0.3), at(plot, 0.5));
    window.run_steps(60);
    for _ in 0..2 {
        click_at(&mut window, at(plot, 0.8));
    }
    settle(&mut window);
    assert_eq!(time_window(&window), None);
}

#[test]
fn the_wheel_zooms_around_the_pointer_and_a_double_click_resets_the_axis() {
    let mut window = quick_window(two_years());
    let plot = plot(&window);
    for _ in 0..3 {
        window.hover_at(at(plot, 0.5));
        window.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Line,
            delta: vec2(0.0, 4.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        window.run_steps(30);
    }
    // The same drag is a shorter time now.
    drag(&mut window, at(plot, 0.4), at(plot, 0.6));
    let [first, last] = time_window(&window).expect("a window");
    assert!(last - first < 100 * DAY_MIN, "{} days", (last - first) / DAY_MIN);
    let middle = i32::midpoint(first, last) - i32::midpoint(axis(&window)[0], axis(&window)[1]);
    assert!(middle.abs() < 30 * DAY_MIN, "around the pointer");
    window.run_steps(60);
    for _ in 0..2 {
        click_at(&mut window, at(plot, 0.9));
    }
    settle(&mut window);
    drag(&mut window, at(plot, 0.4), at(plot, 0.6));
    let [first, last] = time_window(&window).expect("a window");
    assert!(last - first > 130 * DAY_MIN, "{} days", (last - first) / DAY_MIN);
}

#[test]
fn two_sliders_move_the_ends_by_keyboard_and_say_where_they_are() {
    let mut window = window(two_years());
    for (name, value) in [("From", "1 Jan 2020, 00:00"), ("To", "31 Dec 2021, 23:59")] {
        let node = window.get_by_label(name);
        let node = node.accesskit_node();
        assert_eq!(node.role(), Role::Slider);
        assert!(node.value().is_some_and(|said| !said.is_empty()), "{name} {value}");
    }
    window.get_by_label("From").focus();
    window.run_steps(2);
    press(&mut window, Key::ArrowRight);
    press(&mut window, Key::ArrowRight);
    let first = time_window(&window).expect("a window")[0];
    assert_eq!(first - axis(&window)[0], 14 * DAY_MIN, "two weeks");
    assert!(window.get_by_label("From").is_focused(), "the arrows do not move the focus");
    press(&mut window, Key::ArrowLeft);
    assert_eq!(time_window(&window).expect("a window")[0], first - 7 * DAY_MIN);
    window.get_by_label("To").focus();
    window.run_steps(2);
    press(&mut window, Key::PageDown);
    assert!(time_window(&window).expect("a window")[1] < axis(&window)[1] - 60 * DAY_MIN);
    press(&mut window, Key::End);
    window.get_by_label("From").focus();
    window.run_steps(2);
    press(&mut window, Key::Home);
    assert_eq!(time_window(&window), None, "from one end to the other is no window");
}

#[test]
fn space_plays_and_pauses_while_no_control_has_the_focus() {
    let mut window = window(two_years());
    window.key_press(Key::Space);
    window.run_steps(30);
    assert!(state(&window).playback().is_playing() && shows(&window, "Pause"));
    let before = time_window(&window).expect("a window");
    window.run_steps(30);
    let after = time_window(&window).expect("a window");
    assert!(after[0] > before[0] && after[1] - after[0] == before[1] - before[0], "{before:?} {after:?}");
    let date = dateline::query::dates::day_text(after[1]);
    assert!(mentions(&window, &date[date.len() - 4..]), "the date stands on the map");
    press(&mut window, Key::Space);
    assert!(!state(&window).playback().is_playing());
    let rest = time_window(&window);
    window.run_steps(10);
    assert_eq!(time_window(&window), rest);
    window.get_by_label("Filter incidents by words").focus();
    window.run_steps(2);
    press(&mut window, Key::Space);
    assert!(!state(&window).playback().is_playing(), "a space is typed");
}

#[test]
fn the_play_button_and_its_menu_choose_speed_and_mode() {
    let mut window = window(two_years());
    click(&mut window, "Speed and mode: 1 week/s");
    click(&mut window, "1 month/s");
    assert_eq!(state(&window).speed(), Speed::Month);
    click(&mut window, "Speed and mode: 1 month/s");
    click(&mut window, "grows");
    assert_eq!(state(&window).playback().mode(), PlaybackMode::Grows);
    click(&mut window, "Play");
    window.run_steps(60);
    click(&mut window, "Pause");
    let [first, last] = time_window(&window).expect("a window");
    let earliest = state(&window).times().expect("there are incidents").span_min[0];
    assert!(first == earliest && last > first + 31 * DAY_MIN, "its beginning stays");
    click(&mut window, "Show all times");
    assert_eq!(time_window(&window), None);
}

#[test]
fn comma_and_full_stop_step_by_what_passes_in_a_second() {
    let mut window = window(two_years());
    window.state_mut().dateline_mut().apply(Command::SetSpeed(Speed::Month));
    for name in ["Jan", "Feb", "Mar"] {
        press(&mut window, Key::Period);
        assert!(mentions(&window, name) && shows(&window, "1 OF 24"), "{name}");
    }
    press(&mut window, Key::Comma);
    assert!(shows(&window, "Feb 2020"));
}

#[test]
fn what_lies_outside_the_window_counts_in_the_legend_no_more_but_stays_in_the_strip() {
    let mut window = window(two_years());
    window.state_mut().dateline_mut().apply(Command::SetSpeed(Speed::Month));
    press(&mut window, Key::Period);
    assert!(shows(&window, "Flood, 1"));
    click(&mut window, "Show all times");
    assert!(shows(&window, "Flood, 24"));
}

#[test]
fn the_timeline_closes_and_opens_again() {
    let mut window = window(two_years());
    let height = |window: &TestWindow| window.get_by_label("Map").rect().height();
    let before = height(&window);
    click(&mut window, "Hide the timeline");
    settle(&mut window);
    assert!(height(&window) > before + 80.0 && !shows(&window, "Play"));
    click(&mut window, "Show the timeline");
    settle(&mut window);
    assert!(shows(&window, "Play") && (height(&window) - before).abs() < 1.0);
}

#[test]
fn every_span_of_time_has_a_strip_from_one_moment_to_two_thousand_years() {
    let spans: [(&str, Dataset); 6] = [
        ("one day", made_at(&["2024-03-12"], "Day")),
        ("one minute", made_at(&["2024-03-12T06:30:00Z"], "Minute")),
        ("one year, no better known", made_at(&["2024-03-12"], "Year")),
        ("a day of minutes", made_at(&["2024-03-12T06:30:00Z", "2024-03-12T23:59:00Z"], "Minute")),
        ("two thousand years", made_at(&["0024-03-12", "2024-03-12"], "Day")),
        ("more than can be counted", made_at(&["-009999-01-01", "9999-12-31"], "Day")),
    ];
    for (name, dataset) in spans {
        let count = dataset.incidents.len();
        let mut window = window(dataset);
        let plot = plot(&window);
        assert!(plot.width() > 700.0, "{name}: {plot:?}");
        drag(&mut window, at(plot, 0.2), at(plot, 0.75));
        assert!(time_window(&window).is_some(), "{name}");
        click(&mut window, "Show all times");
        window.key_press(Key::Space);
        window.run_steps(20);
        assert!(time_window(&window).is_some(), "{name}");
        click(&mut window, "Show all times");
        assert!(shows(&window, &format!("{count} OF {count}")), "{name}");
    }
}

#[test]
fn without_incidents_there_is_no_strip_and_in_a_low_window_the_map_comes_first() {
    let window = window(made_of(0, |_| unreachable!("there are none")));
    assert!(!shows(&window, "Play"));
    let window = window_of_size(bundled(), [900.0, 320.0], 1.0);
    assert!(!shows(&window, "Play") && shows(&window, "Map"));
}

#[test]
fn at_rest_nothing_is_drawn_and_only_playing_asks_for_frames() {
    let mut window = window(two_years());
    crate::support::complete_map(&mut window);
    assert!(window.try_run().is_ok(), "no frame asks for another one");
    press(&mut window, Key::Period);
    assert!(window.try_run().is_ok());
    press(&mut window, Key::Space);
    assert!(window.try_run().is_err(), "a window that plays goes on");
}
