//! Arrows at the map's edge towards incidents that the reader points at or reads but that lie off the screen.

use eframe::egui::{
    Align2, CursorIcon, Pos2, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::transform::MapTransform;
use crate::model::EventType;
use crate::state::View;
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::symbol;
use crate::ui::theme::{self, Palette};
use crate::ui::widgets::{focus_ring, palette};

/// How far from the map's edges an arrow's middle stands, in points.
const INSET_PX: Vec2 = vec2(16.0, 16.0);
/// Half the length of an arrow, in points.
const HALF_LENGTH_PX: f32 = 10.0;

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
        // Beyond the map's end there is nothing to go to; and what the filter hides is not on the map.
        if !state.engine().is_on_map(index) || !state.engine().contains(index) {
            continue;
        }
        let target = transform.to_screen(incident.place.position.to_unit());
        let Some((pos, direction)) = arrow(transform.rect, target) else { continue };
        drawn = Some(index);
        let event_type = &state.dataset().event_types[incident.event_type];
        let palette = palette(ui);
        paint_arrow(ui, palette, event_type, pos, direction);
        let chip = paint_chip(ui, palette, event_type, &incident.place.name, (pos, direction));
        let touched = chip.union(Rect::from_center_size(pos, Vec2::splat(2.0 * HALF_LENGTH_PX)));
        let response = ui.interact(touched, ui.scope_id().with(("off screen", index)), Sense::click());
        let name = t!("off-screen-go", place = &incident.place.name);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        focus_ring(ui, &response, chip.expand(2.0));
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

/// A triangle at the map's edge: nothing that could be taken for a marker.
fn paint_arrow(ui: &Ui, palette: &Palette, event_type: &EventType, pos: Pos2, direction: Vec2) {
    // Longer than wide, or nobody could tell which of its corners points.
    let across = direction.rot90() * (0.65 * HALF_LENGTH_PX);
    let (tip, base) = (pos + direction * (1.2 * HALF_LENGTH_PX), pos - direction * HALF_LENGTH_PX);
    let corners = vec![tip, base + across, base - across];
    let fill = theme::color(event_type.color);
    ui.painter().add(Shape::convex_polygon(corners, fill, Stroke::new(2.0, palette.rim)));
}

/// Badge and name on a ground of their own, on the inner side of the arrow; returns where.
fn paint_chip(
    ui: &Ui,
    palette: &Palette,
    event_type: &EventType,
    name: &str,
    (pos, direction): (Pos2, Vec2),
) -> Rect {
    const BADGE_PX: f32 = 16.0;
    let font = theme::semibold(theme::SMALL_SIZE);
    let galley = crate::ui::widgets::one_line(ui, name, font, palette.text, 140.0);
    let size = vec2(BADGE_PX + galley.size().x + 5.0 * theme::GAP, 24.0);
    // As far inward as the chip reaches towards the arrow.
    let reach = (size.x / 2.0 / direction.x.abs().max(1e-3)).min(size.y / 2.0 / direction.y.abs().max(1e-3));
    let chip = Rect::from_center_size(pos - direction * (reach + HALF_LENGTH_PX), size);
    let painter = ui.painter();
    painter.rect(chip, 12.0, palette.panel, Stroke::new(1.0, palette.outline), StrokeKind::Inside);
    let badge = Align2::LEFT_CENTER
        .align_size_within_rect(Vec2::splat(BADGE_PX), chip.shrink2(vec2(theme::GAP, 0.0)));
    symbol::paint_badge(painter, event_type, badge);
    let text = pos2(badge.right() + theme::GAP + 2.0, chip.center().y - galley.size().y / 2.0);
    painter.galley(text, galley, palette.text);
    chip
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_on_the_screen_needs_no_arrow() {
        let screen = Rect::from_min_size(pos2(300.0, 50.0), vec2(800.0, 600.0));
        assert_eq!(arrow(screen, pos2(700.0, 300.0)), None);
        let (pos, direction) = arrow(screen, pos2(5000.0, 350.0)).unwrap();
        assert_eq!((pos, direction), (pos2(1084.0, 350.0), vec2(1.0, 0.0)));
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
