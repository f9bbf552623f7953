//! The map by itself, drawn by a software adapter: what cannot be told from accessible names.

use std::sync::Arc;

use eframe::egui::Vec2;
use egui_kittest::Harness;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use egui_wgpu::RendererOptions;

use super::*;
use crate::model::{Dataset, Precision};
use crate::query::Columns;
use crate::state::Drawing;
use crate::testing::{dataset_of, incident_at};

/// A map, what it shows, and the commands that it gave.
struct Shown {
    panel: Option<MapPanel>,
    state: AppState,
    commands: Vec<Command>,
}

type TestMap = Harness<'static, Shown>;

const SIZE: Vec2 = vec2(800.0, 600.0);

/// A map that fills its window and follows its own commands.
fn map_of(state: AppState) -> TestMap {
    let adapter = create_render_state(default_wgpu_setup(), RendererOptions::PREDICTABLE);
    let adapter_of_map = adapter.clone();
    let show = move |ui: &mut Ui, shown: &mut Shown| {
        let Shown { panel, state, commands } = shown;
        let Some(panel) = panel else {
            // Fonts are there from the next frame on.
            theme::install(ui.ctx());
            walkers::install_renderer(Some(&adapter_of_map));
            let panel = panel.insert(MapPanel::new(ui.ctx()));
            panel.set_render_state(adapter_of_map.clone());
            return;
        };
        panel.show(ui, state, None, commands);
        for command in std::mem::take(commands) {
            state.apply(command);
        }
    };
    let shown = Shown { panel: None, state, commands: Vec::new() };
    let builder = Harness::builder().with_size(SIZE).with_max_steps(64);
    let mut map = builder.renderer(WgpuTestRenderer::from_render_state(adapter)).build_ui_state(show, shown);
    map.run_steps(4);
    map
}

fn panel(map: &TestMap) -> &MapPanel {
    let Some(panel) = &map.state().panel else { unreachable!() };
    panel
}

/// Incidents in a grid, half a degree apart; `precision` gives how exactly each is known.
fn grid(count: usize, precision: impl Fn(usize) -> Precision) -> Arc<Dataset> {
    let incident = |n: usize| {
        let (east, north) = (0.5 * (n % 200) as f64, 0.5 * (n / 200) as f64);
        let mut incident = incident_at(&n.to_string(), 0, -50.0 + east, -25.0 + north);
        incident.place.precision = precision(n);
        incident
    };
    Arc::new(dataset_of(1, (0..count).map(incident).collect()))
}

#[test]
fn areas_follow_the_view_under_heat_in_a_large_dataset() {
    let mut state = AppState::new(grid(20_200, |_| Precision::District));
    let view = |n: usize| View {
        center: grid(n + 1, |_| Precision::District).incidents.at(n).place.position,
        zoom: 9.0,
    };
    state.apply(Command::SetDrawing(Drawing::Heat));
    state.apply(Command::SetView(view(4050)));
    let mut map = map_of(state);
    assert!(panel(&map).schematic.contains(&4050), "{:?}", panel(&map).schematic);
    map.state_mut().state.apply(Command::SetView(view(8120)));
    map.run_steps(4);
    assert!(panel(&map).schematic.contains(&8120), "{:?}", panel(&map).schematic);
    assert!(!panel(&map).schematic.contains(&4050));
}

#[test]
fn the_mark_under_the_pointer_stands_for_its_incidents() {
    let incidents =
        [(-20.0, "a"), (20.0, "b"), (20.0, "c")].map(|(east, id)| incident_at(id, 0, east, 10.0)).to_vec();
    let mut state = AppState::new(Arc::new(dataset_of(1, incidents)));
    let view = View { center: LonLat::new(0.0, 10.0), zoom: 3.0 };
    state.apply(Command::SetView(view));
    let mut map = map_of(state);
    assert!(panel(&map).hovered().is_nothing());
    let transform = MapTransform::new(Rect::from_min_size(eframe::egui::Pos2::ZERO, SIZE), view);
    for (east, expected) in [(-20.0, [true, false, false]), (20.0, [false, true, true])] {
        map.hover_at(transform.to_screen(LonLat::new(east, 10.0).to_unit()));
        map.run_steps(4);
        let hovered = panel(&map).hovered();
        assert_eq!([0, 1, 2].map(|index| hovered.stands_for(&map.state().state, index)), expected);
    }
}

#[test]
fn a_dataset_that_takes_the_place_of_another_is_drawn_as_points_and_heat_go_on() {
    for drawing in [Drawing::Points, Drawing::Heat] {
        let mut state = AppState::new(grid(20_200, |_| Precision::Settlement));
        state.apply(Command::SetDrawing(drawing));
        let mut map = map_of(state);
        assert!(map.render().is_ok());
        for count in [700, 20_000, 900] {
            let dataset = grid(count, |_| Precision::Settlement);
            let columns = Arc::new(Columns::of(&dataset));
            drop(map.state_mut().state.replace_dataset(dataset, columns, None));
            map.run_steps(4);
            assert!(map.render().is_ok());
            assert_eq!(panel(&map).drawing.points().in_view(), count, "{drawing:?}");
        }
    }
}
