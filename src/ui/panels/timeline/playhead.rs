//! While a window of time plays, how far it has come stands on the map.

use eframe::egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::zone;
use crate::query::dates;
use crate::state::{AppState, Speed};
use crate::ui::theme;
use crate::ui::widgets::palette;

/// Width of the ground, so that it does not jump from date to date, in points.
const MIN_WIDTH: f32 = 190.0;
/// Distance from the upper edge, in points.
const INSET: f32 = 12.0;

/// Draws it at the top of the map that fills `ui`.
pub fn show(ui: &Ui, state: &AppState) {
    let Some([_, last]) = state.filter().window_min().filter(|_| state.playback().is_playing()) else {
        return;
    };
    let text =
        if state.speed() == Speed::Hour { zone::minute_text(state, last) } else { dates::day_text(last) };
    let palette = palette(ui);
    let galley = ui.painter().layout_no_wrap(text.clone(), theme::semibold(17.0), palette.text);
    let size =
        vec2((galley.size().x + 2.0 * theme::MARGIN).max(MIN_WIDTH), galley.size().y + 2.0 * theme::GAP);
    let map = ui.max_rect();
    let ground = Rect::from_center_size(pos2(map.center().x, map.top() + INSET + size.y / 2.0), size);
    ui.painter().rect_filled(ground, theme::CORNER, palette.veil());
    let at = Align2::CENTER_CENTER.anchor_size(ground.center(), galley.size()).min;
    ui.painter().galley(at, galley, palette.text);
    let response = ui.interact(ground, ui.scope_id().with("playhead"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
}
