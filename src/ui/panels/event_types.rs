//! The legend that is also the filter: each event type with its shape, label, count and tick box.

use eframe::egui::{Align, Layout, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use eframe::egui::{Modifiers, Rect};

use crate::state::{AppState, Command};
use crate::t;
use crate::ui::accessibility::follow_focus;
use crate::ui::symbol::paint_badge;
use crate::ui::theme;
use crate::ui::widgets::{focus_ring, lines, paint_checkbox, palette, text_button};

/// What the line below that adds filters takes up, in points.
const ADD_FILTER_HEIGHT: f32 = 28.0;
/// Height of a row with one line, in points.
const ROW_HEIGHT: f32 = 28.0;
/// With more event types than this only the rows in sight are laid out, with one line each: a file may have 65 000.
const MAX_MEASURED: usize = 300;
/// Side of the badge in a legend row, in points.
const BADGE: f32 = 20.0;

/// Draws the section.
pub fn show(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let dataset = state.dataset();
    let palette = palette(ui);
    ui.horizontal(|ui| {
        ui.label(theme::head(t!("event-types"), palette));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 1.0;
            ui.spacing_mut().button_padding.x = theme::GAP;
            if text_button(ui, theme::head(t!("event-types-none"), palette), t!("event-types-hide-all"))
                .clicked()
            {
                commands.push(Command::HideAllTypes);
            }
            ui.add_space(2.0);
            ui.label(theme::head("·", palette));
            ui.add_space(2.0);
            if text_button(ui, theme::head(t!("event-types-all"), palette), t!("event-types-show-all"))
                .clicked()
            {
                commands.push(Command::ShowAllTypes);
            }
        });
    });
    ui.add_space(theme::GAP);
    if dataset.event_types.is_empty() && !state.is_waiting() {
        ui.label(theme::small(t!("event-types-missing"), palette));
    }
    // Whatever their number, half of the sidebar is left to the list, but for the line that adds filters.
    let height = (ui.available_height() / 2.0 - ADD_FILTER_HEIGHT).max(ADD_FILTER_HEIGHT);
    ScrollArea::vertical()
        .id_salt("event types")
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink([false, true])
        .show_viewport(ui, |ui, viewport| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let count = dataset.event_types.len();
            if count <= MAX_MEASURED {
                (0..count).for_each(|event_type| row(ui, state, event_type, 2, commands));
            } else {
                rows_in_sight(ui, state, viewport, commands);
            }
            follow_focus(ui);
        });
}

/// Draws those of many rows that are in sight, and one more at either end for the focus to move to. All have one height.
fn rows_in_sight(ui: &mut Ui, state: &AppState, viewport: Rect, commands: &mut Vec<Command>) {
    let count = state.dataset().event_types.len();
    let above = |y: f32| (y / ROW_HEIGHT).max(0.0) as usize;
    let first = above(viewport.top()).saturating_sub(1).min(count);
    let end = (above(viewport.bottom()) + 2).min(count);
    ui.add_space(first as f32 * ROW_HEIGHT);
    (first..end).for_each(|event_type| row(ui, state, event_type, 1, commands));
    ui.add_space((count - end) as f32 * ROW_HEIGHT);
}

/// One row of at most so many lines, clickable as a whole. Clicking with Alt (or Ctrl) shows only this type.
fn row(ui: &mut Ui, state: &AppState, index: usize, max_lines: usize, commands: &mut Vec<Command>) {
    let palette = palette(ui);
    let event_type = &state.dataset().event_types[index];
    let shown = state.filter().shows_type(index);
    let count = state.engine().count_of_type(index);
    let width = ui.available_width();
    let count_text = crate::words::number(count);
    let painter = ui.painter().clone();
    let count_galley = painter.layout_no_wrap(count_text, theme::regular(theme::SMALL_SIZE), palette.weak);
    let label_left = BADGE + 3.0 * theme::GAP;
    let label_width = (width - label_left - count_galley.size().x - 24.0 - 4.0 * theme::GAP).max(40.0);
    let label =
        lines(ui, &event_type.label, theme::regular(theme::BODY_SIZE), palette.text, label_width, max_lines);
    let height = (label.size().y + 2.0 * theme::GAP).max(ROW_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    let name = t!("event-type-name", label = &event_type.label, count = count);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, shown, &name));
    if response.clicked() {
        let only = ui.input(|input| input.modifiers.contains(Modifiers::ALT) || input.modifiers.command);
        commands.push(if only {
            Command::ShowOnlyType(index)
        } else {
            Command::SetTypeShown { event_type: index, shown: !shown }
        });
    }
    if response.hovered() {
        painter.rect_filled(rect.expand2(vec2(theme::GAP, 0.0)), theme::CORNER, palette.raised);
    }
    focus_ring(ui, &response, rect.expand2(vec2(theme::GAP, 0.0)));
    let middle = rect.center().y;
    paint_badge(
        &painter,
        event_type,
        Rect::from_center_size(pos2(rect.left() + BADGE / 2.0, middle), vec2(BADGE, BADGE)),
    );
    let label_color = if shown { palette.text } else { palette.weak };
    painter.galley_with_override_text_color(
        pos2(rect.left() + label_left, middle - label.size().y / 2.0),
        label,
        label_color,
    );
    let box_rect = Rect::from_center_size(pos2(rect.right() - 9.0, middle), vec2(18.0, 18.0));
    paint_checkbox(ui, box_rect, shown);
    let count_left = box_rect.left() - 2.0 * theme::GAP - count_galley.size().x;
    painter.galley(pos2(count_left, middle - count_galley.size().y / 2.0), count_galley, palette.weak);
    response.on_hover_text(t!("event-type-hint"));
}
