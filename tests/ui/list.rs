//! The list of incidents: its orders, what is in view of the map, and the keys that walk through it.

use std::time::{Duration, Instant};

use dateline::geo::LonLat;
use dateline::model::Dataset;
use dateline::query::SortBy;
use dateline::settings::disk;
use dateline::state::{AppState, Command, View, ViewTarget};
use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::support::{TestWindow, click, made_of, mentions, settle, shows, window};

/// Eight incidents from west to east, every fourth a fire.
fn eight() -> Dataset {
    made_of(8, |n| (format!("Number {n}"), 10.0 + n as f64, 48.0))
}

/// More than are sorted at once, in a grid over Central Europe, every fourth a fire.
fn many() -> Dataset {
    made_of(20_400, |n| {
        (format!("Number {n}"), 8.0 + 0.08 * (n % 200) as f64, 44.0 + 0.08 * (n / 200) as f64)
    })
}

fn state(window: &TestWindow) -> &AppState {
    window.state().dateline().state()
}

/// The titles of the rows that are drawn, from top to bottom.
fn rows(window: &TestWindow) -> Vec<String> {
    let mut rows: Vec<(f32, String)> = window
        .query_all_by_role(Role::ListItem)
        .filter_map(|row| {
            let name = row.accesskit_node().label()?;
            Some((row.rect().top(), name.split(',').next()?.to_owned()))
        })
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.into_iter().map(|(_, title)| title).collect()
}

/// The first rows by number.
fn first_rows(window: &TestWindow, count: usize) -> Vec<String> {
    rows(window).into_iter().take(count).map(|title| title.replace("Number ", "")).collect()
}

fn choose(window: &mut TestWindow, item: &str) {
    window.query_all_by_label_contains("Order of the list: ").next().expect("the head is a button").click();
    settle(window);
    click(window, item);
}

fn look_at(window: &mut TestWindow, lon_deg: f64, zoom: f64) {
    let view = View { center: LonLat::new(lon_deg, 48.0), zoom };
    window.state_mut().dateline_mut().apply(Command::SetView(view));
    settle(window);
}

fn wait_until_sorted(window: &mut TestWindow) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while state(window).is_sorting() {
        assert!(Instant::now() < deadline, "the list is never sorted");
        std::thread::sleep(Duration::from_millis(10));
        settle(window);
    }
    settle(window);
}

#[test]
fn the_menu_of_the_head_chooses_an_order_and_the_keys_walk_in_it() {
    let mut window = window(eight());
    assert_eq!(first_rows(&window, 3), ["0", "1", "2"]);
    choose(&mut window, "Event type");
    assert!(shows(&window, "Order of the list: Event type"));
    assert_eq!(first_rows(&window, 4), ["1", "2", "3", "5"], "floods first, as the dataset has it");
    window.key_press(Key::J);
    window.key_press(Key::J);
    window.key_press(Key::J);
    window.key_press(Key::J);
    settle(&mut window);
    assert_eq!(state(&window).selection(), Some(5));
    assert!(mentions(&window, "4 of 8"));
    window.key_press(Key::K);
    settle(&mut window);
    assert_eq!(state(&window).selection(), Some(3));
    choose(&mut window, "As in the file");
    assert_eq!(first_rows(&window, 3), ["0", "1", "2"]);
    assert!(mentions(&window, "4 of 8"), "the selection stays");
}

#[test]
fn the_head_and_its_menu_are_reached_by_the_keyboard() {
    let mut window = window(eight());
    window.get_by_label("Order of the list: As in the file").focus();
    window.run_steps(2);
    window.key_press(Key::Space);
    settle(&mut window);
    assert!(shows(&window, "Newest first") && shows(&window, "In view only"));
    window.get_by_label("Place, A to Z").focus();
    window.run_steps(2);
    window.key_press(Key::Space);
    settle(&mut window);
    assert_eq!(state(&window).sort_by(), SortBy::Place);
    assert!(mentions(&window, "Order of the list: Place, A to Z"));
}

#[test]
fn distance_is_that_to_the_map_s_centre_and_is_measured_anew_on_request() {
    let mut window = window(eight());
    look_at(&mut window, 14.0, 6.0);
    choose(&mut window, "Nearest to the map’s centre");
    assert_eq!(first_rows(&window, 3), ["4", "3", "5"]);
    assert!(!shows(&window, "Sort from here"));
    look_at(&mut window, 17.0, 6.0);
    assert_eq!(first_rows(&window, 1), ["4"], "the list does not move by itself");
    click(&mut window, "Sort from here");
    assert_eq!(first_rows(&window, 3), ["7", "6", "5"]);
    assert!(!shows(&window, "Sort from here"));
}

#[test]
fn a_list_of_what_is_in_view_follows_the_map_and_counts_what_it_lists() {
    let mut window = window(eight());
    choose(&mut window, "In view only");
    assert!(mentions(&window, "8 OF 8"));
    look_at(&mut window, 10.0, 9.0);
    assert!(mentions(&window, "1 OF 8"));
    assert_eq!(rows(&window), ["Number 0"]);
    window.key_press(Key::J);
    window.key_press(Key::J);
    settle(&mut window);
    assert_eq!(state(&window).selection(), Some(0), "what is not listed is not walked to");
    look_at(&mut window, -40.0, 9.0);
    assert!(mentions(&window, "0 OF 8") && mentions(&window, "No shown incident is in the map’s view."));
    assert_eq!(state(&window).engine().total(), 8, "the filter is left alone");
    click(&mut window, "List all, in view or not");
    assert!(mentions(&window, "8 OF 8") && !state(&window).lists_view());
}

#[test]
fn a_view_across_the_antimeridian_lists_both_its_sides() {
    let mut window = window(made_of(4, |n| (format!("Number {n}"), [179.5, -179.5, 0.0, 170.0][n], 48.0)));
    window.state_mut().dateline_mut().apply(Command::ListView(true));
    look_at(&mut window, 180.0, 7.0);
    assert_eq!(first_rows(&window, 4), ["0", "1"]);
}

#[test]
fn a_long_list_is_sorted_beside_the_window_and_keeps_the_selection_in_sight() {
    let mut window = window(many());
    window.state_mut().dateline_mut().apply(Command::Select(8));
    settle(&mut window);
    choose(&mut window, "Event type");
    wait_until_sorted(&mut window);
    assert_eq!(state(&window).selection_rank(), Some(15_300 + 3), "after all floods");
    assert!(rows(&window).contains(&"Number 8".to_owned()), "{:?}", rows(&window));
    window.key_press(Key::J);
    settle(&mut window);
    assert_eq!(state(&window).selection(), Some(12));
    window.key_press(Key::Escape);
    settle(&mut window);
    choose(&mut window, "As in the file");
    assert_eq!(first_rows(&window, 2), ["0", "1"], "without a selection it begins at its top");
}

#[test]
fn a_long_list_of_what_is_in_view_counts_the_map_s_own_rectangle() {
    let mut window = window(many());
    window.state_mut().dateline_mut().apply(Command::ListView(true));
    look_at(&mut window, 12.0, 7.0);
    let map = window.get_by_label("Map").rect();
    let ViewTarget::At(view) = state(&window).target() else { panic!("the map was moved") };
    let (center, world_px) = (view.center.to_unit(), 256.0 * view.zoom.exp2());
    let inside = state(&window).dataset().incidents.in_memory().unwrap().iter().filter(|incident| {
        let at = incident.place.position.to_unit();
        (at.x - center.x).abs() * world_px <= f64::from(map.width()) / 2.0
            && (at.y - center.y).abs() * world_px <= f64::from(map.height()) / 2.0
    });
    let inside = inside.count();
    assert!((1000..20_000).contains(&inside), "{inside}");
    assert_eq!(state(&window).engine().rows(), inside);
}

#[test]
fn order_and_view_of_the_list_are_remembered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut first = window(eight());
    let remember = |window: &mut TestWindow| {
        window.state_mut().dateline_mut().remember(disk::load(Some(folder.path())));
        settle(window);
    };
    remember(&mut first);
    choose(&mut first, "Event type");
    choose(&mut first, "In view only");
    drop(first);
    let mut second = window(eight());
    remember(&mut second);
    assert!(state(&second).lists_view());
    assert_eq!(first_rows(&second, 2), ["1", "2"]);
}
