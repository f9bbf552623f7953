//! Many incidents: rings, lists and choosers that cope, and the three ways to draw.

use std::sync::Arc;

use dateline::state::{Command, Drawing, View};
use eframe::egui::{Key, pos2, vec2};
use egui_kittest::kittest::Queryable;

use crate::support::{
    TestWindow, bundled, click, made_of, markers, mentions, settle, shows, window, window_with_adapter,
};

/// Twenty thousand incidents in a grid over Central Europe, every fourth a fire.
pub(crate) fn many() -> dateline::model::Dataset {
    made_of(20_000, |n| {
        (format!("Number {n}"), 8.0 + 0.08 * (n % 200) as f64, 44.0 + 0.08 * (n / 200) as f64)
    })
}

/// How many incidents the rings and markers on the map stand for.
pub(crate) fn counted(window: &TestWindow) -> usize {
    let names = markers(window);
    let counts = names.iter().map(|name| match name.split_once(" incidents: ") {
        Some((count, _)) => {
            count.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
        }
        None => 1,
    });
    counts.sum()
}

#[test]
fn the_rings_stand_for_every_incident_that_the_filter_shows() {
    let mut window = window(many());
    assert_eq!(counted(&window), 20_000);
    assert!(markers(&window).len() < 400, "{}", markers(&window).len());
    window.key_press(Key::Num2);
    settle(&mut window);
    assert_eq!(counted(&window), 15_000);
    assert!(mentions(&window, "15\u{202F}000 OF 20\u{202F}000"));
}

#[test]
fn a_ring_is_parted_by_its_click_until_single_incidents_stand_apart() {
    let mut window = window(many());
    for _ in 0..6 {
        let names = markers(&window);
        // Rings half out of the map are marks, too, but no pointer reaches their middle.
        let map = window.get_by_label("Map").rect().shrink(60.0);
        let in_sight = |name: &&String| {
            name.contains(" incidents: ")
                && window.query_all_by_label(name).any(|ring| map.contains(ring.rect().center()))
        };
        let Some(ring) = names.iter().find(in_sight).cloned() else { break };
        let before = names.len();
        let in_sight = |ring: &egui_kittest::Node<'_>| map.contains(ring.rect().center());
        window.query_all_by_label(&ring).find(in_sight).expect("the ring is there").click();
        settle(&mut window);
        assert!(markers(&window) != names || before == 1, "a click changes the view: {ring}");
    }
    let apart = markers(&window).iter().filter(|name| name.contains("contested")).count();
    assert!(apart > 0, "{:?}", markers(&window));
}

#[test]
fn the_list_goes_to_its_very_end_and_back() {
    let mut window = window(many());
    assert!(mentions(&window, "Number 0, "));
    window.key_press(Key::ArrowUp);
    settle(&mut window);
    let state = window.state().dateline().state();
    assert_eq!(state.selection(), Some(19_999), "the last one, from the end");
    assert!(mentions(&window, "Number 19999, "), "the list has followed");
    window.key_press(Key::ArrowDown);
    settle(&mut window);
    assert_eq!(window.state().dateline().state().selection(), Some(19_999), "there is none after it");
    let bar = window.get_by_label("Position in the list of incidents").rect();
    window.drag_at(bar.center());
    window.run_steps(2);
    window.hover_at(pos2(bar.center().x, bar.top()));
    window.run_steps(2);
    window.drop_at(pos2(bar.center().x, bar.top()));
    settle(&mut window);
    assert!(mentions(&window, "Number 0, "));
}

#[test]
fn ten_thousand_incidents_on_one_spot_open_as_a_chooser_that_can_be_paged_through() {
    let mut window = window(made_of(10_000, |n| (format!("Number {n}"), 16.37, 48.2)));
    let ring = "10\u{202F}000 incidents: Flood 7\u{202F}500, Fire 2\u{202F}500";
    assert_eq!(markers(&window), [ring]);
    click(&mut window, ring);
    assert!(mentions(&window, "10\u{202F}000 INCIDENTS HERE"));
    click(&mut window, "Number 3 (here)");
    assert!(shows(&window, "Summary 3."));
}

#[test]
fn incidents_are_drawn_in_three_ways_that_the_switch_and_a_key_choose() {
    let mut window = window(many());
    let drawing = |window: &TestWindow| window.state().dateline().state().drawing();
    click(&mut window, "How incidents are drawn: Heat");
    assert_eq!(drawing(&window), Drawing::Heat);
    window.key_press(Key::D);
    settle(&mut window);
    assert_eq!(drawing(&window), Drawing::Clusters);
    window.key_press(Key::D);
    settle(&mut window);
    assert_eq!(drawing(&window), Drawing::Points);
}

#[test]
fn few_points_are_drawn_as_markers() {
    let mut window = window(bundled());
    click(&mut window, "How incidents are drawn: Points");
    assert_eq!(markers(&window).len(), 6);
}

#[test]
fn a_point_opens_its_incident_and_those_known_only_to_an_area_are_counted_beside() {
    let mut dataset = many();
    for incident in dataset.incidents.in_memory_mut().unwrap().iter_mut().step_by(10) {
        incident.place.precision = dateline::model::Precision::Region;
    }
    let mut window = window_with_adapter(dataset);
    window.state_mut().dateline_mut().apply(Command::SetDrawing(Drawing::Points));
    settle(&mut window);
    assert!(mentions(&window, "2\u{202F}000 incidents known only to an area are no points"));
    let dataset = Arc::clone(window.state().dateline().state().dataset());
    let center = dataset.incidents.at(10_101).place.position;
    window.state_mut().dateline_mut().apply(Command::SetView(View { center, zoom: 7.0 }));
    settle(&mut window);
    let map = window.get_by_label("Map").rect();
    assert!(counted(&window) == 0, "points are no marks");
    let pointer = map.center() + vec2(2.0, 1.0);
    window.hover_at(pointer);
    settle(&mut window);
    window.drag_at(pointer);
    window.drop_at(pointer);
    settle(&mut window);
    assert_eq!(window.state().dateline().state().selection(), Some(10_101));
}

#[test]
fn a_text_is_looked_for_beside_the_window_and_then_found() {
    let mut window = window(many());
    window.get_by_label("Filter incidents by words").focus();
    window.run_steps(2);
    window.get_by_label("Filter incidents by words").type_text("number 1234");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !mentions(&window, "12 OF 20\u{202F}000") {
        assert!(std::time::Instant::now() < deadline, "nothing is found");
        window.run_steps(2);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
fn incidents_beyond_the_map_s_end_are_listed_and_counted_but_not_drawn() {
    let mut window = window(made_of(3, |n| (format!("Number {n}"), 16.0, [48.0, 89.0, -88.0][n])));
    assert_eq!(markers(&window).len(), 1);
    assert!(mentions(&window, "3 OF 3"));
    assert!(mentions(&window, "2 incidents lie beyond 85° of latitude"));
    let view = window.state().dateline().state().target();
    window.state_mut().dateline_mut().apply(Command::Select(1));
    settle(&mut window);
    window.key_press(Key::Enter);
    settle(&mut window);
    assert!(shows(&window, "Summary 1."));
    assert_eq!(window.state().dateline().state().target(), view, "there is nowhere to go");
    assert!(!mentions(&window, "off the screen"));
}
