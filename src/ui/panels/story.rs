//! The row of the detail panel that goes on in time, below the one that goes along the list. Its buttons stand at the
//! panel's edges, so that they stay under the pointer from incident to incident.

use eframe::egui::{Align, Button, Layout, Role, Ui, WidgetInfo};

use crate::state::{AppState, Command};
use crate::t;
use crate::ui::actions::Action;
use crate::ui::theme;
use crate::ui::widgets::{focus_ring, palette};

/// Height of the row, in points.
const HEIGHT_PX: f32 = 24.0;

/// Draws the row.
pub fn row(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let [has_earlier, has_later] = state.story_goes_on();
    ui.horizontal(|ui| {
        ui.set_min_height(HEIGHT_PX);
        if button(ui, t!("story-earlier"), Action::EarlierIncident, has_earlier) {
            commands.push(Command::SelectEarlier);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if button(ui, t!("story-later"), Action::LaterIncident, has_later) {
                commands.push(Command::SelectLater);
            }
            ui.centered_and_justified(|ui| ui.label(theme::small(t!("story-in-time"), palette(ui))));
        });
    });
    ui.add_space(theme::GAP);
}

fn button(ui: &mut Ui, text: &str, action: Action, enabled: bool) -> bool {
    let palette = palette(ui);
    let color = if enabled { palette.accent } else { palette.disabled };
    let response = ui.add_enabled(enabled, Button::new(theme::strong(text).color(color)));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, action.label()));
    focus_ring(ui, &response, response.rect);
    let tooltip = action.tooltip(ui.ctx());
    response.on_hover_text(&tooltip).on_disabled_hover_text(&tooltip).clicked()
}
