//! Filtering: every way to hide and show incidents, with counts that stay true.

use std::collections::BTreeSet;

use eframe::egui::Key;
use egui_kittest::kittest::Queryable;

use crate::support::{bundled, click, markers, mentions, settle, shows, window};

#[test]
fn every_combination_of_event_types_leaves_exactly_its_markers_and_counts() {
    let dataset = bundled();
    let types = dataset.event_types.len();
    let mut window = window(dataset.clone());
    let mut shown: BTreeSet<usize> = (0..types).collect();
    // Gray code: one click leads from each combination to the next.
    for step in 1..(1u32 << types) {
        let flipped = step.trailing_zeros() as usize;
        let count =
            dataset.incidents.in_memory().unwrap().iter().filter(|it| it.event_type == flipped).count();
        click(&mut window, &format!("{}, {count}", dataset.event_types[flipped].label));
        if !shown.remove(&flipped) {
            shown.insert(flipped);
        }
        let mut expected: Vec<String> = dataset
            .incidents
            .in_memory()
            .unwrap()
            .iter()
            .filter(|it| shown.contains(&it.event_type))
            .map(|it| {
                let event_type = dataset.event_types[it.event_type].label.to_lowercase();
                format!("{}: {event_type}, {}", it.place.name, it.status.label().to_lowercase())
            })
            .collect();
        expected.sort();
        assert_eq!(markers(&window), expected, "{shown:?}");
        assert!(shows(&window, &format!("{} OF 6", expected.len())), "{shown:?}");
    }
}

#[test]
fn none_and_all_hide_and_show_everything() {
    let mut window = window(bundled());
    click(&mut window, "Hide all event types");
    assert_eq!(markers(&window), Vec::<String>::new());
    assert!(shows(&window, "The filter hides all incidents."), "the map says why it is empty");
    assert!(shows(&window, "All event types are hidden."), "and so does the list");
    click(&mut window, "Show all event types");
    assert_eq!(markers(&window).len(), 6);
}

#[test]
fn an_empty_result_offers_the_way_back() {
    let mut window = window(bundled());
    window.get_by_label("Filter incidents by words").focus();
    window.run_steps(2);
    window.get_by_label("Filter incidents by words").type_text("nothing has this");
    settle(&mut window);
    assert!(shows(&window, "0 OF 6"));
    click(&mut window, "Show all incidents");
    assert!(shows(&window, "6 OF 6"));
}

#[test]
fn words_filter_list_and_map_in_any_script() {
    let mut window = window(bundled());
    window.get_by_label("Filter incidents by words").focus();
    window.run_steps(2);
    window.get_by_label("Filter incidents by words").type_text("орёл");
    settle(&mut window);
    assert!(shows(&window, "1 OF 6"));
    assert_eq!(markers(&window).len(), 1);
    click(&mut window, "Clear the text");
    assert!(shows(&window, "6 OF 6"));
}

#[test]
fn a_selected_incident_that_the_filter_hides_is_said_to_be_hidden_and_can_be_shown() {
    let mut window = window(bundled());
    click(&mut window, "Tetkino: armed clash, contested");
    click(&mut window, "Armed clash, 1");
    assert!(shows(&window, "The filter hides this incident."));
    assert!(shows(&window, &bundled().incidents.at(0).title), "it can still be read");
    click(&mut window, "Show the hidden incident");
    assert!(!mentions(&window, "The filter hides"));
    assert_eq!(markers(&window).len(), 6);
}

#[test]
fn esc_in_the_text_field_leaves_the_selection_alone() {
    let mut window = window(bundled());
    click(&mut window, "Tetkino: armed clash, contested");
    window.get_by_label("Filter incidents by words").focus();
    window.run_steps(2);
    window.key_press(Key::Escape);
    settle(&mut window);
    assert!(window.state().dateline().state().selection().is_some());
}
