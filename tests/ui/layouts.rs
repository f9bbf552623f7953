//! Sizes, scales and contents that a layout can break on.

use dateline::state::{MapChoice, ViewTarget};
use eframe::egui::accesskit::Role;
use eframe::egui::{self, Theme};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::support::{
    TestWindow, bundled, click, complete_map, made_of, markers, mentions, settle, shows, window,
    window_of_size,
};

#[test]
fn the_six_markers_stand_apart_at_every_usual_size_and_scale() {
    for (size, scale) in
        [([1280.0, 720.0], 1.0), ([1440.0, 900.0], 1.0), ([1280.0, 720.0], 2.0), ([2560.0, 1440.0], 1.0)]
    {
        let window = window_of_size(bundled(), size, scale);
        assert_eq!(markers(&window).len(), 6, "{size:?} at {scale}");
        let rects: Vec<egui::Rect> =
            markers(&window).iter().map(|name| window.get_by_label(name).rect()).collect();
        for (n, rect) in rects.iter().enumerate() {
            assert!(egui::Rect::from_min_size(egui::Pos2::ZERO, size.into()).contains_rect(*rect));
            assert!(rects[n + 1..].iter().all(|other| !other.intersects(*rect)), "{size:?} at {scale}");
        }
    }
}

#[test]
fn no_size_of_the_window_breaks_it() {
    for size in [[1.0, 1.0], [40.0, 30.0], [300.0, 200.0], [8000.0, 6000.0]] {
        let mut window = window_of_size(bundled(), size, 1.0);
        window.set_size([1280.0, 720.0].into());
        settle(&mut window);
        assert_eq!(markers(&window).len(), 6, "after {size:?}");
    }
}

#[test]
fn dragging_and_the_wheel_move_the_map_and_keep_it_within_the_world() {
    let mut window = window(bundled());
    let center = window.get_by_label("Map").rect().center();
    let view = |window: &TestWindow| match window.state().dateline().state().target() {
        ViewTarget::At(view) => view,
        ViewTarget::Fit(_) => panic!("the map has not been moved"),
    };
    window.drag_at(center);
    window.run_steps(1);
    window.hover_at(center + egui::vec2(0.0, 300.0));
    window.run_steps(1);
    window.drop_at(center + egui::vec2(0.0, 300.0));
    settle(&mut window);
    let moved = view(&window);
    assert!(moved.center.lat_deg > 56.0, "dragging down shows what lies north: {moved:?}");
    for _ in 0..40 {
        window.hover_at(center);
        window.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Line,
            delta: egui::vec2(0.0, -3.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: egui::Modifiers::NONE,
        });
        window.run_steps(4);
    }
    settle(&mut window);
    let far = view(&window);
    assert!(far.zoom < moved.zoom - 1.0 && far.center.is_valid(), "{moved:?} to {far:?}");
    // The whole height of the map is world: 256 points at zoom 0.
    let height = f64::from(window.get_by_label("Map").rect().height());
    assert!(256.0 * far.zoom.exp2() >= height - 1e-6, "{far:?}");
}

#[test]
fn an_empty_dataset_says_what_to_do() {
    let window = window(made_of(0, |_| unreachable!("there are none")));
    assert!(mentions(&window, "This dataset has no incidents"));
    assert!(shows(&window, "Open a file…"));
}

#[test]
fn long_texts_neither_panic_nor_push_the_window_apart() {
    let title = "A very long title ".repeat(20);
    let mut window = window(made_of(2, |n| (format!("{n} {title}"), 16.0 + 3.0 * n as f64, 48.0)));
    click(&mut window, "Place 0: fire, contested");
    assert!(shows(&window, &format!("0 {title}")));
    let map = window.get_by_label("Map").rect();
    assert!(map.width() > 300.0, "the map keeps its room: {map:?}");
}

#[test]
fn side_panels_close_and_open_again_when_needed() {
    let mut window = window(bundled());
    let before = window.get_by_label("Map").rect().width();
    click(&mut window, "Hide the sidebar");
    click(&mut window, "Hide the detail panel");
    settle(&mut window);
    assert!(window.get_by_label("Map").rect().width() > before + 400.0);
    assert!(!shows(&window, "6 OF 6"));
    click(&mut window, "Tetkino: armed clash, contested");
    settle(&mut window);
    assert!(shows(&window, &bundled().incidents.at(0).title), "opening an incident opens its panel");
}

#[test]
fn the_theme_button_goes_there_and_back() {
    let mut window = window(bundled());
    let theme = |window: &TestWindow| window.ctx.theme();
    click(&mut window, "Switch to dark");
    assert_eq!(theme(&window), Theme::Dark);
    click(&mut window, "Switch to light");
    assert_eq!(theme(&window), Theme::Light);
}

#[test]
fn the_map_can_be_left_out() {
    let mut window = window(bundled());
    click(&mut window, "Map: Offline map");
    click(&mut window, "No map");
    assert_eq!(window.state().dateline().state().map(), &MapChoice::Plain);
    assert!(window.state().dateline().is_complete());
    assert_eq!(markers(&window).len(), 6, "the markers stay");
}

#[test]
fn the_zoom_buttons_move_the_map_and_fit_brings_it_back() {
    let mut window = window(bundled());
    let place =
        |window: &TestWindow| window.get_by_label("Kursk: ground incursion, contested").rect().center();
    let before = place(&window);
    click(&mut window, "Zoom in");
    assert!(place(&window).distance(before) > 10.0);
    click(&mut window, "Fit to all shown incidents");
    assert!(place(&window).distance(before) < 1.0);
}

#[test]
fn the_map_becomes_complete_and_then_rests() {
    let mut window = window(bundled());
    complete_map(&mut window);
    assert!(window.try_run().is_ok(), "no frame asks for another one");
}

#[test]
fn every_control_has_an_accessible_name() {
    let mut window = window(bundled());
    click(&mut window, "Tetkino: armed clash, contested");
    let nameless: Vec<String> = window
        .query_all_by(|node| {
            matches!(node.role(), Role::Button | Role::CheckBox | Role::ListItem | Role::Link)
        })
        .map(|node| node.accesskit_node())
        .filter(|node| node.label().is_none_or(|label| label.trim().is_empty()))
        .map(|node| format!("{:?} at {:?}", node.role(), node.bounding_box()))
        .collect();
    assert_eq!(nameless, Vec::<String>::new());
}

#[test]
fn the_map_moves_by_keyboard_while_it_has_the_focus() {
    let mut window = window(bundled());
    let place =
        |window: &TestWindow| window.get_by_label("Kursk: ground incursion, contested").rect().center();
    let before = place(&window);
    window.key_press(egui::Key::ArrowRight);
    settle(&mut window);
    assert_eq!(place(&window), before, "not without the focus");
    window.get_by_label("Map").focus();
    window.run_steps(2);
    window.key_press(egui::Key::ArrowRight);
    settle(&mut window);
    assert!(place(&window).x < before.x - 40.0, "the map moved right");
    window.key_press(egui::Key::Minus);
    settle(&mut window);
    let view = window.state().dateline().state().target();
    assert!(matches!(view, ViewTarget::At(view) if view.zoom < 6.0), "{view:?}");
}

#[test]
fn forty_event_types_leave_room_for_the_list() {
    let mut dataset = bundled();
    for n in 0..40 {
        let mut event_type = dataset.event_types[0].clone();
        event_type.id = format!("extra{n}");
        event_type.label = format!("Extra {n}");
        dataset.event_types.push(event_type);
    }
    let window = window(dataset);
    let head = window.get_by_label("6 OF 6").rect();
    assert!(head.bottom() < 500.0, "{head:?}");
}

#[test]
fn a_slash_goes_to_the_text_field() {
    let mut window = window(bundled());
    window.key_press(egui::Key::Slash);
    settle(&mut window);
    assert!(window.get_by_label("Filter incidents by words").is_focused());
}
