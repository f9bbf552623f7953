//! Incidents as points and as heat: what the map says of them, and what it falls back to.

use std::sync::Arc;
use std::time::Instant;

use dateline::model::Precision;
use dateline::state::{Command, Drawing, View};
use dateline::ui::Window;
use eframe::egui::Key;
use egui_kittest::Harness;
use egui_kittest::wgpu::{WgpuTestRenderer, default_wgpu_setup};
use egui_wgpu::{WgpuSetup, wgpu};

use crate::million::{counted, many};
use crate::support::{
    TestWindow, click, click_middle_of_map, made_of, markers, mentions, settle, shows, window,
    window_with_adapter,
};

/// Draws incidents in another way.
fn draw(window: &mut TestWindow, drawing: Drawing) {
    window.state_mut().dateline_mut().apply(Command::SetDrawing(drawing));
    settle(window);
}

/// Brings an incident to the middle of the map and clicks there.
fn click_on(window: &mut TestWindow, incident: usize, zoom: f64) {
    let center = window.state().dateline().state().dataset().incidents.at(incident).place.position;
    window.state_mut().dateline_mut().apply(Command::SetView(View { center, zoom }));
    settle(window);
    click_middle_of_map(window);
}

/// A window so wide that the adapter has no room for the grid in which heat is counted.
fn window_too_wide_for_heat() -> TestWindow {
    let WgpuSetup::CreateNew(mut setup) = default_wgpu_setup() else { unreachable!() };
    setup.device_descriptor = Arc::new(|_| wgpu::DeviceDescriptor {
        required_limits: wgpu::Limits { max_texture_dimension_2d: 2048, ..wgpu::Limits::default() },
        ..wgpu::DeviceDescriptor::default()
    });
    let renderer = WgpuTestRenderer::from_setup(WgpuSetup::CreateNew(setup));
    let builder = Harness::builder().with_size([4000.0, 600.0]).with_pixels_per_point(0.5).with_max_steps(64);
    let dataset = Arc::new(many());
    let mut window =
        builder.renderer(renderer).build_eframe(move |cc| Window::new(cc, dataset, Instant::now()));
    settle(&mut window);
    window
}

/// Whether the legend of heat is there, and ends with more than its least.
fn has_a_telling_legend(window: &TestWindow) -> bool {
    mentions(window, "Heat: incidents within") && !mentions(window, "from 1 to 10 or more")
}

#[test]
fn the_legend_of_heat_counts_the_same_whatever_was_drawn_before() {
    let mut window = window_with_adapter(many());
    draw(&mut window, Drawing::Points);
    assert!(!mentions(&window, "Heat: incidents within"));
    draw(&mut window, Drawing::Heat);
    assert!(has_a_telling_legend(&window));
}

#[test]
fn without_an_adapter_rings_stand_for_points_and_heat() {
    let mut window = window(many());
    for drawing in [Drawing::Points, Drawing::Heat] {
        draw(&mut window, drawing);
        assert_eq!(counted(&window), 20_000, "{drawing:?}");
        assert!(!mentions(&window, "Heat: incidents within"), "there is no heat that it could explain");
    }
}

#[test]
fn heat_that_the_adapter_refuses_becomes_rings_and_points_are_still_points() {
    let mut window = window_too_wide_for_heat();
    draw(&mut window, Drawing::Heat);
    window.render().expect("the window can be drawn");
    settle(&mut window);
    assert!(mentions(&window, "The graphics adapter cannot draw this"));
    assert!(!mentions(&window, "Heat: incidents within"));
    assert_eq!(counted(&window), 20_000, "rings stand for the heat");
    draw(&mut window, Drawing::Points);
    window.render().expect("the window can be drawn");
    settle(&mut window);
    assert!(!mentions(&window, "The graphics adapter cannot draw this"));
    assert_eq!(counted(&window), 0, "points are no marks");
}

#[test]
fn a_click_among_points_opens_none_that_is_known_only_to_an_area() {
    let mut dataset = many();
    for incident in dataset.incidents.in_memory_mut().unwrap().iter_mut().step_by(10) {
        incident.place.precision = Precision::Region;
    }
    let mut window = window_with_adapter(dataset);
    draw(&mut window, Drawing::Points);
    click_on(&mut window, 10_100, 7.0);
    let state = window.state().dateline().state();
    let selected = state.selected().expect("there is a point beside it");
    assert!(selected.place.precision.is_point(), "{}", selected.title);
}

#[test]
fn points_on_one_spot_are_chosen_from() {
    let place = |n: usize| (0.3 * ((n / 4) % 25) as f64, 0.3 * (n / 100) as f64);
    let mut dataset = made_of(2000, |n| (format!("Number {n}"), 10.0 + place(n).0, 44.0 + place(n).1));
    dataset.incidents.in_memory_mut().unwrap()[1001].place.precision = Precision::Region;
    let mut window = window_with_adapter(dataset);
    draw(&mut window, Drawing::Points);
    click_on(&mut window, 1000, 7.0);
    assert!(mentions(&window, "3 INCIDENTS HERE"));
    assert!(!shows(&window, "Number 1001 (here)"), "it is not drawn here");
    click(&mut window, "Number 1003 (here)");
    assert!(shows(&window, "Summary 1003."));
}

#[test]
fn over_points_and_heat_the_selected_incident_is_a_marker_unless_the_filter_hides_it() {
    let mut window = window_with_adapter(many());
    window.state_mut().dateline_mut().apply(Command::Select(4));
    for drawing in [Drawing::Points, Drawing::Heat] {
        draw(&mut window, drawing);
        assert_eq!(markers(&window), ["Place 4: fire, contested"]);
        window.key_press(Key::Num2);
        settle(&mut window);
        assert!(markers(&window).is_empty(), "fires are hidden");
        window.key_press(Key::Num2);
        settle(&mut window);
    }
}
