//! Reading incidents: markers, list, panel and chooser show one selection.

use dateline::model::Precision;
use eframe::egui::{self, Key};
use egui_kittest::kittest::Queryable;

use crate::support::{
    TestWindow, bundled, click, made_of, markers, mentions, settle, shows, window, window_of_size,
};

#[test]
fn each_of_the_six_markers_opens_its_incident_in_the_panel() {
    let dataset = bundled();
    assert_eq!(dataset.incidents.len(), 6);
    let mut window = window(dataset.clone());
    assert_eq!(markers(&window).len(), 6, "all six stand apart: {:?}", markers(&window));
    for incident in dataset.incidents.in_memory().unwrap() {
        let event_type = dataset.event_types[incident.event_type].label.to_lowercase();
        let name =
            format!("{}: {event_type}, {}", incident.place.name, incident.status.label().to_lowercase());
        click(&mut window, &name);
        assert!(shows(&window, &incident.title), "{name} shows its title");
        assert!(shows(&window, &incident.summary), "{name} shows its summary");
        for claim in &incident.claims {
            assert!(
                mentions(&window, &format!("{} {}", claim.speaker, claim.stance.label())),
                "{}",
                claim.speaker
            );
        }
        assert_eq!(
            window.state().dateline().state().selected().map(|it| it.id.clone()),
            Some(incident.id.clone())
        );
    }
}

#[test]
fn a_row_of_the_list_opens_the_same_incident_as_its_marker() {
    let mut window = window_of_size(bundled(), [1280.0, 840.0], 1.0);
    let dataset = bundled();
    let incident = dataset.incidents.at(5);
    let row = format!("{}, ", incident.title);
    window.get_by_label_contains(&row).click();
    settle(&mut window);
    assert!(shows(&window, &incident.title));
}

#[test]
fn with_nothing_selected_the_panel_introduces_the_dataset() {
    let mut window = window(bundled());
    assert!(shows(&window, &bundled().introduction));
    assert!(mentions(&window, "As known on 12 March 2024"));
    click(&mut window, "Tetkino: armed clash, contested");
    assert!(!shows(&window, &bundled().introduction));
    window.key_press(Key::Escape);
    settle(&mut window);
    assert!(shows(&window, &bundled().introduction), "Esc closes the incident");
}

#[test]
fn next_and_previous_walk_through_all_six() {
    let mut window = window(bundled());
    click(&mut window, "Tetkino: armed clash, contested");
    assert!(shows(&window, "1 of 6"));
    for rank in 2..=6 {
        click(&mut window, "Next incident");
        assert!(shows(&window, &format!("{rank} of 6")));
    }
    click(&mut window, "Previous incident");
    assert!(shows(&window, "5 of 6"));
    click(&mut window, "Close the incident");
    assert_eq!(window.state().dateline().state().selection(), None);
}

#[test]
fn where_only_the_region_is_known_no_distance_is_offered_and_the_copy_says_so() {
    let dataset = bundled();
    let regions: Vec<_> = dataset
        .incidents
        .in_memory()
        .unwrap()
        .iter()
        .filter(|it| it.place.precision == Precision::Region)
        .collect();
    assert_eq!(regions.len(), 5);
    let mut window = window_of_size(dataset.clone(), [1280.0, 840.0], 1.0);
    for incident in regions {
        window.get_by_label_contains(&format!("{}, ", incident.title)).click();
        settle(&mut window);
        assert!(mentions(&window, "Region only · "), "{}", incident.id);
        assert!(!mentions(&window, " km "), "{}: no distance from a stand-in", incident.id);
        let text = copied_by(&mut window, "Copy the area's name");
        assert!(text.contains("region only"), "{text}");
        let text = copied_by(&mut window, "Copy as text");
        assert!(text.contains("region only") && text.contains(&incident.title), "{text}");
    }
}

/// Clicks a button and returns what it puts on the clipboard.
fn copied_by(window: &mut TestWindow, name: &str) -> String {
    window.get_by_label(name).click_accesskit();
    for _ in 0..12 {
        window.step();
        let commands = &window.output().platform_output.commands;
        let copied = commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        if let Some(text) = copied {
            return text;
        }
    }
    panic!("{name} copies nothing");
}

#[test]
fn related_incidents_are_one_click_away() {
    let mut window = window(bundled());
    click(&mut window, "Tetkino: armed clash, contested");
    let kursk = bundled().incidents.at(2).title.clone();
    // Far down in the panel: as a screen reader clicks, without scrolling there.
    window.get_by_label(&format!("Go to: {kursk}")).click_accesskit();
    settle(&mut window);
    assert!(shows(&window, &kursk));
}

#[test]
fn a_hundred_incidents_on_one_spot_open_as_a_chooser() {
    let mut window = window(made_of(100, |n| (format!("Number {n}"), 16.37, 48.2)));
    assert_eq!(markers(&window), ["100 incidents: Flood 75, Fire 25"]);
    click(&mut window, "100 incidents: Flood 75, Fire 25");
    assert!(mentions(&window, "100 INCIDENTS HERE"));
    click(&mut window, "Number 2 (here)");
    assert!(shows(&window, "Summary 2."));
    window.key_press(Key::Escape);
    settle(&mut window);
    assert!(!mentions(&window, "100 INCIDENTS HERE"), "Esc closes the chooser");
    assert!(shows(&window, "Summary 2."), "and only the chooser");
    window.key_press(Key::Escape);
    settle(&mut window);
    assert!(!shows(&window, "Summary 2."));
}

#[test]
fn a_ring_is_parted_by_a_click() {
    let mut window =
        window(made_of(3, |n| (format!("Number {n}"), 16.37 + [0.0, 0.0, 40.0][n], 48.2 + 0.05 * n as f64)));
    let before = markers(&window);
    assert!(before.iter().any(|name| name.contains("2 incidents")), "{before:?}");
    click(&mut window, "2 incidents: Flood 1, Fire 1");
    let after = markers(&window);
    assert!(after.iter().any(|name| name.starts_with("Place 0")), "{after:?}");
    assert!(after.iter().any(|name| name.starts_with("Place 1")), "{after:?}");
}

#[test]
fn a_text_without_end_is_shown_in_portions() {
    let mut window = window(made_of(1, |_| ("One".to_owned(), 16.0, 48.0)));
    assert!(!mentions(&window, "Show more"));
    let mut dataset = made_of(1, |_| ("One".to_owned(), 16.0, 48.0));
    dataset.incidents.in_memory_mut().unwrap()[0].summary = "word ".repeat(10_000);
    window = crate::support::window(dataset);
    click(&mut window, "Place 0: fire, contested");
    window.get_by_label("Show more (26 kB left)").click_accesskit();
    settle(&mut window);
    window.get_by_label("Show more (2 kB left)").click_accesskit();
    settle(&mut window);
    assert!(!mentions(&window, "Show more"));
}
