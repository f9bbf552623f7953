//! What the map says about what lies under the pointer, and about an empty map.

use eframe::egui::{Rect, Response, Ui, UiBuilder, vec2};

use super::markers::Mark;
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::theme;
use crate::ui::widgets::palette;

/// Says something about what is under the pointer, unless a dialog lies over the window: egui would still show what is
/// said about things below it.
fn hint(response: &Response, add_contents: impl FnOnce(&mut Ui)) {
    if response.ctx.memory(|memory| memory.top_modal_layer().is_none()) {
        response.clone().on_hover_ui(|ui| {
            ui.set_max_width(280.0);
            add_contents(ui);
        });
    }
}

pub(super) fn tooltip(response: &Response, state: &AppState, mark: &Mark) {
    if let Some(index) = mark.incident() {
        incident_tooltip(response, state, index);
        return;
    }
    hint(response, |ui| {
        ui.label(theme::strong(mark.accessible_name(state.dataset())));
        let words = if mark.is_one_spot() { t!("ring-choose") } else { t!("ring-part") };
        ui.label(theme::small(words, palette(ui)));
    });
}

pub(super) fn incident_tooltip(response: &Response, state: &AppState, index: usize) {
    let dataset = state.dataset();
    hint(response, |ui| {
        let palette = palette(ui);
        let incident = dataset.incidents.at(index);
        let title: String = incident.title.chars().take(160).collect();
        ui.label(theme::strong(title));
        let event_type = &dataset.event_types[incident.event_type].label;
        ui.label(theme::small(format!("{event_type} · {}", incident.short_time(state.text_zone())), palette));
        let precision = incident.place.precision;
        let words = if precision.is_point() { String::new() } else { format!(" · {}", precision.label()) };
        ui.label(theme::small(format!("{}{words}", incident.status.label()), palette));
    });
}

/// Says of points on one spot how many they are.
pub(super) fn spot_tooltip(response: &Response, count: usize) {
    hint(response, |ui| {
        ui.label(theme::strong(t!("incidents-here", count = count)));
        ui.label(theme::small(t!("ring-choose"), palette(ui)));
    });
}

/// Says why the map is empty, and how to change that.
pub(super) fn nothing_shown(ui: &mut Ui, state: &AppState, rect: Rect, commands: &mut Vec<Command>) {
    if state.engine().total() > 0 || state.is_waiting() {
        return;
    }
    let palette = palette(ui);
    let height = if state.dataset().incidents.is_empty() { 40.0 } else { 64.0 };
    let size = vec2(260.0_f32.min(rect.width() - 24.0).max(1.0), height);
    let area = Rect::from_center_size(rect.center_top() + vec2(0.0, 52.0), size);
    ui.painter().rect_filled(area, theme::CORNER, palette.panel);
    let builder = UiBuilder::new().max_rect(area.shrink(theme::MARGIN)).id_salt("nothing shown");
    ui.scope_builder(builder, |ui| {
        ui.vertical_centered(|ui| {
            if state.dataset().incidents.is_empty() {
                ui.label(t!("map-empty-dataset"));
            } else {
                ui.label(t!("map-all-hidden"));
                let words = t!("map-reset-filter");
                if crate::ui::widgets::text_button(ui, theme::strong(words), words).clicked() {
                    commands.push(Command::ResetFilter);
                }
            }
        });
    });
}
