//! The files that are open at once, where they are several: their colours, how many incidents each has, and what closes
//! them.

use eframe::egui::{Align, Layout, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::model::{ColorBy, Layer};
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::symbol::Icon;
use crate::ui::theme;
use crate::ui::widgets::{
    focus_ring, icon_button, lines, long_list, paint_checkbox, palette, prefix, segments, text_button,
};

/// Side of the square in a file's colour, in points.
const SWATCH: f32 = 14.0;
/// Height of a row, in points.
const ROW_HEIGHT: f32 = 28.0;
/// More of a name is not shown.
const MAX_TITLE_BYTES: usize = 2000;

/// Draws the section; nothing where only one file is open.
pub fn show(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let layers = &state.dataset().layers;
    if layers.len() < 2 {
        return;
    }
    let palette = palette(ui);
    ui.horizontal(|ui| {
        ui.label(theme::head(t!("layers-head"), palette));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().button_padding.x = theme::GAP;
            if text_button(ui, theme::head(t!("layers-add"), palette), t!("layers-add-name")).clicked() {
                commands.push(Command::AskForLayer);
            }
        });
    });
    ui.add_space(theme::GAP);
    ui.spacing_mut().item_spacing.y = 0.0;
    long_list(ui, "layers", layers.len(), |ui, n| row(ui, state, n, &layers[n], commands));
    ui.add_space(theme::GAP);
    let by = [ColorBy::EventType, ColorBy::Layer];
    let chosen = by.iter().position(|by| *by == state.color_by()).unwrap_or(0);
    let words = [t!("layers-by-type"), t!("layers-by-file")];
    ui.horizontal(|ui| {
        ui.set_min_height(theme::BUTTON_HEIGHT);
        ui.label(theme::small(t!("layers-color"), palette));
        if let Some(n) = segments(ui, t!("layers-color"), &words, chosen) {
            commands.extend(by.get(n).copied().map(Command::SetColorBy));
        }
    });
    ui.add_space(theme::MARGIN);
}

/// A file: its colour, its name, how many incidents it has, whether they are shown, and what closes it.
fn row(ui: &mut Ui, state: &AppState, index: usize, layer: &Layer, commands: &mut Vec<Command>) {
    let palette = palette(ui);
    let shown = state.filter().shows_layer(index);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let width = (ui.available_width() - ROW_HEIGHT).max(0.0);
        let (rect, response) = ui.allocate_exact_size(vec2(width, ROW_HEIGHT), Sense::click());
        let count = layer.incidents.len();
        let name = t!("layers-row", title = &layer.title, count = count);
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, shown, &name));
        if response.clicked() {
            commands.push(Command::SetLayerShown { layer: index, shown: !shown });
        }
        let around = rect.expand2(vec2(theme::GAP, 0.0));
        if response.hovered() {
            ui.painter().rect_filled(around, theme::CORNER, palette.raised);
        }
        focus_ring(ui, &response, around);
        let middle = rect.center().y;
        let mut left = rect.left();
        if state.color_by() == ColorBy::Layer {
            let square = Rect::from_center_size(pos2(left + SWATCH / 2.0, middle), vec2(SWATCH, SWATCH));
            ui.painter().rect_filled(square, 3.0, theme::color(layer.color));
            left = square.right() + 2.0 * theme::GAP;
        }
        let count = ui.painter().layout_no_wrap(
            crate::words::number(count),
            theme::regular(theme::SMALL_SIZE),
            palette.weak,
        );
        let box_rect = Rect::from_center_size(pos2(rect.right() - 9.0, middle), vec2(18.0, 18.0));
        let count_left = box_rect.left() - 2.0 * theme::GAP - count.size().x;
        let room = count_left - 2.0 * theme::GAP - left;
        let title = lines(ui, &layer.title, theme::regular(theme::BODY_SIZE), palette.text, room, 1);
        let color = if shown { palette.text } else { palette.weak };
        let at = pos2(left, middle - title.size().y / 2.0);
        ui.painter().galley_with_override_text_color(at, title, color);
        let at = pos2(count_left, middle - count.size().y / 2.0);
        ui.painter().galley(at, count, palette.weak);
        paint_checkbox(ui, box_rect, shown);
        response.on_hover_text(prefix(&layer.title, MAX_TITLE_BYTES));
        let close = t!("layers-close", title = &layer.title);
        if icon_button(ui, Icon::Close, &close, ROW_HEIGHT, true).clicked() {
            commands.push(Command::RemoveLayer(index));
        }
    });
}
