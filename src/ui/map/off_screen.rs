//! Arrows at the map's edge towards incidents that the reader points at or reads but that lie off the screen.

use eframe::egui::{CursorIcon, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, vec2};

use super::labels::paint_with_halo;
use super::transform::MapTransform;
use crate::model::EventType;
use crate::state::View;
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::symbol;
use crate::ui::theme::{self, Palette};
use crate::ui::widgets::{focus_ring, palette};

/// How far from the map's edges an arrow's disc stands, in points: clear of the furniture.
const INSET_PX: Vec2 = vec2(60.0, 60.0);
/// Radius of an arrow's disc, in points.
const RADIUS_PX: f32 = 13.0;
/// How far the arrow's point stands from the middle of its disc, in points.
const REACH_PX: f32 = 25.0;

/// Draws an arrow for each of the incidents that lies off the screen; a click on it goes there.
pub fn show(
    ui: &Ui,
    state: &AppState,
    transform: &MapTransform,
    incidents: impl IntoIterator<Item = usize>,
    commands: &mut Vec<Command>,
) {
    let mut drawn: Option<usize> = None;
    for index in incidents {
        let Some(incident) = state.dataset().incidents.get(index).filter(|_| drawn != Some(index)) else {
            continue;
        };
        // Beyond the map's end there is nothing to go to.
        if !state.engine().is_on_map(index) {
            continue;
        }
        let target = transform.to_screen(incident.place.position.to_unit());
        let Some((pos, direction)) = arrow(transform.rect, target) else { continue };
        drawn = Some(index);
        let event_type = &state.dataset().event_types[incident.event_type];
        let palette = palette(ui);
        paint(ui, palette, event_type, pos, direction);
        let square = Rect::from_center_size(pos, Vec2::splat(2.0 * RADIUS_PX + 4.0));
        let response = ui.interact(square, ui.scope_id().with(("off screen", index)), Sense::click());
        let name = t!("off-screen-go", place = &incident.place.name);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        focus_ring(ui, &response, square);
        label(ui, palette, &incident.place.name, pos, direction);
        if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(name).clicked() {
            let center = incident.place.position;
            commands.push(Command::SetView(View { center, zoom: transform.zoom }));
        }
    }
}

/// Where the arrow towards `target` stands and which way it points; `None` if the target is on the screen.
fn arrow(screen: Rect, target: Pos2) -> Option<(Pos2, Vec2)> {
    if screen.shrink(theme::MARKER_RADIUS / 2.0).contains(target) {
        return None;
    }
    let inner = screen.shrink2(INSET_PX.min(screen.size() * 0.4));
    let center = inner.center();
    let way = target - center;
    let half = inner.size() / 2.0;
    // As far along the way as the nearer edge allows.
    let share = (half.x / way.x.abs().max(1e-3)).min(half.y / way.y.abs().max(1e-3));
    Some((center + way * share.min(1.0), way.normalized()))
}

fn paint(ui: &Ui, palette: &Palette, event_type: &EventType, pos: Pos2, direction: Vec2) {
    let fill = theme::color(event_type.color);
    let across = direction.rot90();
    let base = pos + direction * (RADIUS_PX - 1.0);
    let head = vec![pos + direction * REACH_PX, base + across * 9.0, base - across * 9.0];
    let painter = ui.painter();
    painter.add(Shape::convex_polygon(head, fill, Stroke::new(2.0, palette.rim)));
    painter.circle(pos, RADIUS_PX, fill, Stroke::new(2.0, palette.rim));
    symbol::paint(painter, event_type.symbol, pos, RADIUS_PX * 0.5, theme::shape_on(fill));
}

/// The place's name on the inner side of the arrow.
fn label(ui: &Ui, palette: &Palette, name: &str, pos: Pos2, direction: Vec2) {
    let font = theme::semibold(theme::SMALL_SIZE);
    let galley = crate::ui::widgets::one_line(ui, name, font, palette.text, 160.0);
    let size = galley.size();
    let left = if direction.x > 0.0 { pos.x - RADIUS_PX - 6.0 - size.x } else { pos.x + RADIUS_PX + 6.0 };
    let top_left = Pos2::new(left, pos.y - size.y / 2.0);
    paint_with_halo(ui.painter(), top_left, &galley, palette.text, palette.map.land);
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::pos2;
    use proptest::prelude::*;

    #[test]
    fn what_is_on_the_screen_needs_no_arrow() {
        let screen = Rect::from_min_size(pos2(300.0, 50.0), vec2(800.0, 600.0));
        assert_eq!(arrow(screen, pos2(700.0, 300.0)), None);
        let (pos, direction) = arrow(screen, pos2(5000.0, 350.0)).unwrap();
        assert_eq!((pos, direction), (pos2(1040.0, 350.0), vec2(1.0, 0.0)));
    }

    proptest! {
        #[test]
        fn an_arrow_stands_on_the_screen_and_points_at_its_target(
            x in -1e6..1e6_f32, y in -1e6..1e6_f32, width in 50.0..3000.0_f32, height in 50.0..2000.0_f32
        ) {
            let screen = Rect::from_min_size(pos2(300.0, 50.0), vec2(width, height));
            if let Some((pos, direction)) = arrow(screen, pos2(x, y)) {
                prop_assert!(screen.contains(pos), "{pos:?}");
                prop_assert!((direction.length() - 1.0).abs() < 1e-3);
                let ahead = (pos2(x, y) - screen.center()).dot(direction);
                prop_assert!(ahead > 0.0);
            }
        }
    }
}
