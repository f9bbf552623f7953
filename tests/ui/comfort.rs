//! For readers who use a screen reader, the keyboard, large text or little motion.

use std::sync::Arc;

use dateline::state::Command;
use eframe::egui::accesskit::{Live, Role};
use eframe::egui::{self, Key, Modifiers, Rect, Shape, Stroke, Theme};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::support::{TestWindow, bundled, click, made_of, markers, settle, shows, window, window_of_size};

/// What a screen reader is told to read out.
fn announced(window: &TestWindow) -> String {
    let polite = |node: &Node<'_>| node.accesskit_node().live() == Live::Polite;
    let live: Vec<_> = window.query_all_by(|node| node.role() == Role::Status).filter(polite).collect();
    assert_eq!(live.len(), 1, "there is one place that announces");
    live[0].accesskit_node().label().unwrap_or_default()
}

/// The name of the innermost region or group that a node is in.
fn region_of(node: &Node<'_>) -> String {
    let mut parent = node.accesskit_node().parent();
    while let Some(node) = parent {
        if matches!(node.role(), Role::Region | Role::Group) {
            return node.label().unwrap_or_default();
        }
        parent = node.parent();
    }
    String::new()
}

/// Role and name of what has the keyboard's focus, and where it is.
fn focused(window: &TestWindow) -> Option<(Role, String, Rect)> {
    let node = window
        .query_all_by(|_| true)
        .find(|node| node.is_focused() && node.accesskit_node().role() != Role::Window)?;
    let label = node.accesskit_node().label().unwrap_or_default();
    Some((node.accesskit_node().role(), label, node.rect()))
}

#[test]
fn the_window_is_made_of_named_regions() {
    let mut window = window(bundled());
    click(&mut window, "Tetkino: armed clash, contested");
    for region in ["Tools", "Filters", "Incidents", "Details"] {
        assert_eq!(window.get_by_label(region).accesskit_node().role(), Role::Region, "{region}");
    }
    for (name, region) in [
        ("Switch to dark", "Tools"),
        ("Armed clash, 1", "Filters"),
        ("Next incident", "Details"),
        ("Zoom in", "Map"),
        ("Tetkino: armed clash, contested", "Map"),
    ] {
        assert_eq!(region_of(&window.get_by_label(name)), region, "{name}");
    }
    let rows: Vec<Node<'_>> = window.query_all_by(|node| node.role() == Role::ListItem).collect();
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(region_of(row), "Incidents");
        let row = row.accesskit_node();
        assert_eq!(row.parent().map(|parent| parent.role()), Some(Role::List));
        assert_eq!(
            (row.is_selected(), row.position_in_set()),
            (Some(n == 0), Some(n + 1)),
            "{:?}",
            row.label()
        );
    }
}

#[test]
fn a_selection_is_announced_wherever_it_is_made() {
    let mut window = window(bundled());
    assert_eq!(announced(&window), "");
    click(&mut window, "Tetkino: armed clash, contested");
    let title = bundled().incidents.at(0).title.clone();
    assert_eq!(announced(&window), format!("Selected: {title}, Tetkino, Contested"), "on the map");
    let dataset = bundled();
    let other = dataset.incidents.at(2);
    window.get_by_label_contains(&format!("{}, {} · ", other.title, other.place.name)).click();
    settle(&mut window);
    let status = other.status.label();
    assert_eq!(
        announced(&window),
        format!("Selected: {}, {}, {status}", other.title, other.place.name),
        "in the list"
    );
    window.key_press(Key::Escape);
    settle(&mut window);
    assert_eq!(announced(&window), "");
}

/// Whether a shape, or one inside it, is a line in this colour as thick as a focus ring, near a rectangle.
fn is_ring(shape: &Shape, color: egui::Color32, near: Rect) -> bool {
    let is_line =
        |stroke: Stroke, rect: Rect| stroke.color == color && stroke.width >= 2.0 && rect.intersects(near);
    match shape {
        Shape::Vec(shapes) => shapes.iter().any(|shape| is_ring(shape, color, near)),
        Shape::Rect(rect) => is_line(rect.stroke, rect.rect) && !rect.rect.contains_rect(near.expand(60.0)),
        Shape::Circle(circle) => is_line(circle.stroke, circle.visual_bounding_rect()),
        _ => false,
    }
}

#[test]
fn the_tab_key_reaches_every_control_and_shows_where_it_is() {
    /// More than there are controls.
    const MAX_STEPS: usize = 120;
    for theme in [Theme::Light, Theme::Dark] {
        let mut dataset = bundled();
        let incidents = dataset.incidents.in_memory_mut().unwrap();
        let source = &mut incidents[0].sources[0];
        Arc::make_mut(source).url = Some("https://example.org/".to_owned());
        let mut window = window(dataset);
        let choice = match theme {
            Theme::Light => dateline::state::ThemeChoice::Light,
            Theme::Dark => dateline::state::ThemeChoice::Dark,
        };
        window.state_mut().dateline_mut().apply(Command::SetTheme(choice));
        click(&mut window, "Tetkino: armed clash, contested");
        let accent = dateline::ui::theme::Palette::of(theme).accent;
        let mut seen: Vec<(Role, String)> = Vec::new();
        for _ in 0..MAX_STEPS {
            window.key_press(Key::Tab);
            window.run_steps(3);
            let Some((role, name, rect)) = focused(&window) else { continue };
            if seen.contains(&(role, name.clone())) {
                break;
            }
            assert!(!name.trim().is_empty(), "a nameless {role:?} at {rect:?} after {seen:?}");
            let near = rect.expand(4.0);
            let ring = window.output().shapes.iter().any(|clipped| is_ring(&clipped.shape, accent, near));
            assert!(ring, "nothing shows that {role:?} {name:?} at {rect:?} has the focus");
            seen.push((role, name));
        }
        for (role, name) in [
            (Role::Button, "Hide the sidebar"),
            (Role::SearchInput, "Filter incidents by words"),
            (Role::Button, "Map: Offline map"),
            (Role::CheckBox, "Armed clash, 1"),
            (Role::Splitter, "Width of the sidebar"),
            (Role::Splitter, "Width of the detail panel"),
            (Role::Group, "Map"),
            (Role::Button, "Tetkino: armed clash, contested"),
            (Role::Button, "Zoom in"),
            (Role::Button, "Next incident"),
            (Role::Button, "Copy as text"),
        ] {
            assert!(seen.contains(&(role, name.to_owned())), "the Tab key never reaches {name}: {seen:?}");
        }
        assert!(seen.iter().any(|(role, _)| *role == Role::ListItem), "{seen:?}");
        assert!(seen.iter().any(|(role, _)| *role == Role::Link), "{seen:?}");
    }
}

#[test]
fn the_choices_of_a_menu_show_the_focus_too() {
    let mut window = window(bundled());
    click(&mut window, "Map: Offline map");
    let accent = dateline::ui::theme::Palette::of(Theme::Light).accent;
    window.get_by_label("No map").focus();
    window.run_steps(3);
    let rect = window.get_by_label("No map").rect();
    assert!(window.output().shapes.iter().any(|clipped| is_ring(&clipped.shape, accent, rect)));
}

#[test]
fn arrow_keys_move_the_handle_between_panels() {
    let mut window = window(bundled());
    let map = |window: &TestWindow| window.get_by_label("Map").rect();
    for (name, wider) in
        [("Width of the sidebar", Key::ArrowRight), ("Width of the detail panel", Key::ArrowLeft)]
    {
        let before = map(&window).width();
        window.get_by_label(name).focus();
        window.run_steps(2);
        window.key_press(wider);
        settle(&mut window);
        assert!(map(&window).width() < before - 5.0, "{name}: {before} to {}", map(&window).width());
        assert_eq!(focused(&window).map(|it| it.1).as_deref(), Some(name), "the focus stays");
    }
}

fn percent(window: &TestWindow) -> u16 {
    window.state().dateline().state().text_size().percent()
}

#[test]
fn text_grows_and_shrinks_by_keyboard() {
    let mut window = window(bundled());
    let height = |window: &TestWindow| {
        let rect = window.get_by_label("Zoom in").rect();
        rect.height() * window.ctx.zoom_factor()
    };
    let usual = height(&window);
    let mut press = |key: Key| {
        window.key_press_modifiers(Modifiers::COMMAND, key);
        settle(&mut window);
        (percent(&window), height(&window) / usual)
    };
    for step in [110, 125, 150, 175, 200, 200] {
        let (percent, share) = press(Key::Plus);
        assert_eq!(percent, step);
        assert!((share - f32::from(step) / 100.0).abs() < 0.01, "{share}");
    }
    assert_eq!(press(Key::Minus).0, 175);
    assert_eq!(press(Key::Num0), (100, 1.0));
    assert_eq!(press(Key::Minus).0, 90);
}

#[test]
fn nothing_is_lost_at_the_largest_text_in_a_small_window() {
    let mut window = window(bundled());
    window.state_mut().dateline_mut().apply(Command::SetTextSize(200));
    settle(&mut window);
    let screen = window.ctx.content_rect();
    assert!((screen.width() - 640.0).abs() < 1.0, "{screen:?}");
    for name in
        ["Hide the sidebar", "Filter incidents by words", "Map: Offline map", "Zoom in", "Armed clash, 1"]
    {
        let rect = window.get_by_label(name).rect();
        assert!(screen.contains_rect(rect), "{name} at {rect:?}");
    }
    assert!(window.get_by_label("Map").rect().width() > 200.0);
    // With room for one panel only, the one that is opened last stays.
    assert!(shows(&window, "6 OF 6") && !shows(&window, "Details"));
    window.get_by_label_contains(&bundled().incidents.at(0).title).click();
    settle(&mut window);
    assert!(shows(&window, &bundled().incidents.at(0).title) && !shows(&window, "6 OF 6"));
    let title = window.get_by_label(&bundled().incidents.at(0).title).rect();
    assert!(screen.contains_rect(title), "{title:?}");
    click(&mut window, "Show the sidebar");
    assert!(shows(&window, "6 OF 6") && !shows(&window, "Details"));
    // Where there is room again, both come back.
    window.state_mut().dateline_mut().apply(Command::UsualText);
    settle(&mut window);
    assert!(shows(&window, "6 OF 6") && shows(&window, "Details"));
}

#[test]
fn every_scale_from_one_to_three_shows_the_same() {
    for scale in [1.0, 1.25, 1.5, 2.0, 2.5, 3.0] {
        let mut window = window_of_size(bundled(), [1280.0, 720.0], scale);
        assert_eq!(markers(&window).len(), 6, "at {scale}");
        click(&mut window, "Tetkino: armed clash, contested");
        assert!(shows(&window, &bundled().incidents.at(0).title), "at {scale}");
    }
}

#[test]
fn with_less_motion_nothing_moves_on_its_own() {
    let mut window = window(made_of(2, |n| (format!("{n}"), 16.0 + n as f64, 48.0)));
    let animation = |window: &TestWindow| window.ctx.style_of(Theme::Light).animation_time;
    assert!(!window.state().dateline().state().reduced_motion());
    window.state_mut().dateline_mut().apply(Command::SystemReducesMotion(true));
    assert!(window.state().dateline().state().reduced_motion(), "as the system asks");
    assert_eq!(animation(&window), 0.0);
    window.state_mut().dateline_mut().apply(Command::SetReducedMotion(Some(false)));
    assert!(!window.state().dateline().state().reduced_motion(), "the reader's choice counts more");
    assert!(animation(&window) > 0.0);
    window.state_mut().dateline_mut().apply(Command::SetReducedMotion(Some(true)));
    // A panel is gone in the frame after the click, not after a slide.
    window.get_by_label("Hide the sidebar").click();
    window.run_steps(3);
    let left = window.get_by_label("Map").rect().left();
    assert_eq!(left, 0.0);
}

/// Drags the map and lets go of it while the pointer moves; returns where the map stood then and a while later.
fn thrown(window: &mut TestWindow) -> [dateline::state::ViewTarget; 2] {
    let start = window.get_by_label("Map").rect().center();
    window.drag_at(start);
    window.run_steps(1);
    for n in 1..4_u8 {
        window.hover_at(start + egui::vec2(30.0 * f32::from(n), 0.0));
        window.run_steps(1);
    }
    window.drop_at(start + egui::vec2(120.0, 0.0));
    // The first for the release, the second for what the map made of it.
    window.run_steps(2);
    let released = window.state().dateline().state().target();
    settle(window);
    [released, window.state().dateline().state().target()]
}

#[test]
fn with_less_motion_the_map_stays_where_it_is_let_go() {
    let mut window = window(bundled());
    let [released, later] = thrown(&mut window);
    assert_ne!(released, later, "it glides on");
    window.state_mut().dateline_mut().apply(Command::SetReducedMotion(Some(true)));
    settle(&mut window);
    let [released, later] = thrown(&mut window);
    assert_eq!(released, later);
}
