//! Filters beyond event types: each kind is added from the menu, stands as a chip, and is taken back.

use std::sync::Arc;

use dateline::model::{Dataset, Precision, Source, Status};
use dateline::query::Field;
use dateline::state::Command;
use eframe::egui::{Key, Modifiers, Pos2};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::support::{TestWindow, bundled, click, complete_map, made_of, mentions, settle, shows, window};

/// Twelve incidents in a row, from 10 to 15.5 degrees east; of each field, the values take turns.
fn varied() -> Dataset {
    let mut dataset = made_of(12, |n| (format!("Incident {n}"), 10.0 + n as f64 / 2.0, 48.0));
    let mut incidents = dataset.incidents.in_memory().unwrap_or_default().to_vec();
    for (n, incident) in incidents.iter_mut().enumerate() {
        incident.status = [Status::Claimed, Status::Contested, Status::Corroborated][n % 3];
        incident.place.precision = [Precision::Exact, Precision::Settlement, Precision::Region][n / 4];
        ["AT", "UA"][n % 2].clone_into(&mut incident.place.country);
        incident.place.region = Some(["Tyrol", "Kyiv Oblast"][n % 2].to_owned());
        let publisher = ["The River Gazette", "Morning Post", "Wire"][n % 3].to_owned();
        incident.sources = vec![Arc::new(Source { publisher, ..Source::default() })];
        incident.tags = vec![format!("tag {n}"), "Общий тег".to_owned()];
    }
    dataset.incidents = incidents.into();
    dataset
}

#[test]
fn a_picture_waits_until_the_values_of_a_large_dataset_are_known() {
    let mut dataset = made_of(20_001, |n| (format!("{n}"), (n % 150) as f64, (n % 100) as f64 / 2.0));
    for incident in dataset.incidents.in_memory_mut().into_iter().flatten().step_by(3) {
        "UA".clone_into(&mut incident.place.country);
    }
    let mut window = window(dataset);
    complete_map(&mut window);
    let value = "UA".to_owned();
    let choose = Command::ChooseValue { field: Field::Country, value, chosen: true };
    window.state_mut().dateline_mut().apply(choose);
    assert!(!window.state().dateline().is_complete(), "the filter does not hold yet");
    complete_map(&mut window);
    assert_eq!(window.state().dateline().state().engine().total(), 6667);
}

/// Opens the menu at one kind of filter.
fn open(window: &mut TestWindow, kind: &str) {
    click(window, "Add filter");
    click(window, &format!("Filter by {kind}"));
}

/// Chooses a value there, and closes the menu.
fn choose(window: &mut TestWindow, kind: &str, value: &str) {
    open(window, kind);
    click(window, value);
    window.key_press(Key::Escape);
    settle(window);
}

#[test]
fn a_status_is_added_and_taken_back_by_its_chip() {
    let mut window = window(varied());
    choose(&mut window, "Status", "Contested, 4");
    assert!(shows(&window, "4 OF 12"));
    click(&mut window, "Remove filter: Status Contested");
    assert!(shows(&window, "12 OF 12") && !mentions(&window, "Remove filter"));
}

#[test]
fn two_values_of_a_field_add_up_and_two_fields_narrow() {
    let mut window = window(varied());
    open(&mut window, "Source");
    click(&mut window, "Wire, 4");
    click(&mut window, "Morning Post, 4");
    window.key_press(Key::Escape);
    settle(&mut window);
    assert!(shows(&window, "8 OF 12"));
    choose(&mut window, "Country", "Austria, 4");
    assert!(shows(&window, "4 OF 12"));
    click(&mut window, "Remove filter: Source Wire");
    assert!(shows(&window, "2 OF 12"));
    click(&mut window, "Reset filters");
    assert!(shows(&window, "12 OF 12") && !mentions(&window, "Remove filter"));
}

#[test]
fn counts_are_those_given_the_other_filters() {
    let mut window = window(varied());
    choose(&mut window, "Region", "Tyrol, 6");
    open(&mut window, "Country");
    assert!(shows(&window, "Austria, 6") && shows(&window, "Ukraine, 0"));
}

#[test]
fn positions_known_at_least_so_exactly() {
    let mut window = window(varied());
    choose(&mut window, "Precision", "at least Settlement, 8");
    assert!(shows(&window, "8 OF 12"));
    click(&mut window, "Remove filter: Precision at least Settlement");
    assert!(shows(&window, "12 OF 12"));
}

#[test]
fn a_tag_is_found_by_typing_part_of_it_in_any_spelling() {
    let mut window = window(varied());
    open(&mut window, "Tag");
    let search = "Search: Tag";
    assert!(window.get_by_label(search).accesskit_node().is_focused(), "typing can begin at once");
    window.get_by_label(search).type_text("obshch");
    settle(&mut window);
    assert!(!mentions(&window, "tag 1, "), "what does not match is gone");
    click(&mut window, "Общий тег, 12");
    window.key_press(Key::Escape);
    settle(&mut window);
    assert!(shows(&window, "Remove filter: Tag Общий тег") && shows(&window, "12 OF 12"));
    choose(&mut window, "Tag", "tag 3, 1");
    assert!(shows(&window, "12 OF 12"), "values of one field add up");
}

#[test]
fn what_is_in_view_is_a_filter_that_undo_takes_back() {
    let mut window = window(varied());
    click(&mut window, "Add filter");
    click(&mut window, "In the map’s view");
    window.key_press(Key::Escape);
    settle(&mut window);
    for _ in 0..3 {
        click(&mut window, "Zoom in");
    }
    assert!(!shows(&window, "12 OF 12"), "the count follows the map");
    click(&mut window, "Remove filter: In the map’s view");
    assert!(shows(&window, "12 OF 12"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle(&mut window);
    assert!(shows(&window, "Remove filter: In the map’s view") && !shows(&window, "12 OF 12"));
}

fn drag(window: &mut TestWindow, from: Pos2, to: Pos2) {
    window.hover_at(from);
    window.run_steps(2);
    window.drag_at(from);
    window.run_steps(2);
    window.hover_at(from.lerp(to, 0.5));
    window.run_steps(2);
    window.hover_at(to);
    window.run_steps(2);
    window.drop_at(to);
    settle(window);
}

#[test]
fn a_rectangle_is_dragged_over_the_map_and_the_map_stays() {
    let mut window = window(varied());
    let view = window.state().dateline().state().target();
    window.key_press(Key::B);
    settle(&mut window);
    let map = window.get_by_label("Drag a rectangle here").rect();
    drag(&mut window, map.left_top() + (map.size() * 0.01), map.center_bottom() - map.size() * 0.02);
    let state = window.state().dateline().state();
    assert!(state.filter().rectangle().is_some() && state.target() == view);
    let shown = state.engine().total();
    assert!((4..9).contains(&shown), "{shown} stand in the western half");
    assert!(!mentions(&window, "Drag a rectangle"), "the tool is put away");
    click(&mut window, "Remove filter: In the rectangle");
    assert!(shows(&window, "12 OF 12"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle(&mut window);
    assert!(shows(&window, &format!("{shown} OF 12")), "undo brings it back");
}

#[test]
fn by_keyboard_the_rectangle_is_the_view_and_esc_leaves_the_tool() {
    let mut window = window(varied());
    window.key_press(Key::B);
    settle(&mut window);
    window.key_press(Key::Escape);
    settle(&mut window);
    assert!(!mentions(&window, "Drag a rectangle") && shows(&window, "12 OF 12"));
    for _ in 0..3 {
        click(&mut window, "Zoom in");
    }
    window.key_press(Key::B);
    settle(&mut window);
    window.key_press(Key::Enter);
    settle(&mut window);
    assert!(shows(&window, "Remove filter: In the rectangle") && !shows(&window, "12 OF 12"));
}

#[test]
fn words_times_and_event_types_stand_as_chips_too() {
    let mut window = window(bundled());
    click(&mut window, "Hide all event types");
    assert!(mentions(&window, "Remove filter: Event types 0 of"));
    window.get_by_label("Filter incidents by words").focus();
    window.run_steps(2);
    window.get_by_label("Filter incidents by words").type_text("орёл");
    settle(&mut window);
    assert!(shows(&window, "Remove filter: Words “орёл”"));
    click(&mut window, "Reset filters");
    assert!(shows(&window, "6 OF 6"));
}

#[test]
fn the_focus_moves_on_when_a_chip_is_taken_away() {
    let mut window = window(varied());
    choose(&mut window, "Status", "Contested, 4");
    choose(&mut window, "Status", "Claimed, 4");
    for left in ["Remove filter: Status Contested", "Add filter"] {
        let chip = window.get_all_by_role(eframe::egui::accesskit::Role::Button);
        let first = chip
            .into_iter()
            .find(|it| it.accesskit_node().label().is_some_and(|it| it.starts_with("Remove filter")));
        first.expect("a chip is left").focus();
        window.run_steps(2);
        window.key_press(Key::Enter);
        settle(&mut window);
        assert!(window.get_by_label(left).accesskit_node().is_focused(), "{left}");
    }
}
