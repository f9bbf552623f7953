//! Incidents as points and as heat: what the map says of them, and what it falls back to.

use std::sync::Arc;
use std::time::Instant;

use dateline::state::{Command, Drawing};
use dateline::ui::Window;
use egui_kittest::Harness;
use egui_kittest::wgpu::{WgpuTestRenderer, default_wgpu_setup};
use egui_wgpu::{WgpuSetup, wgpu};

use crate::million::{counted, many};
use crate::support::{TestWindow, mentions, settle, window, window_with_adapter};

/// Draws incidents in another way.
fn draw(window: &mut TestWindow, drawing: Drawing) {
    window.state_mut().dateline_mut().apply(Command::SetDrawing(drawing));
    settle(window);
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
