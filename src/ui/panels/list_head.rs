//! The head of the list: what it holds in which order, the menu behind that, and how many.

use eframe::egui::{Align, Layout, Role};
use eframe::egui::{
    CursorIcon, Label, Popup, Rect, Response, Sense, TextStyle, TextWrapMode, Ui, WidgetInfo, WidgetText,
    pos2, vec2,
};

use crate::query::SortBy;
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::symbol::{Icon, paint_icon};
use crate::ui::theme;
use crate::ui::widgets::{focus_ring, outline_choices, palette, text_button};

/// Width of the menu, in points.
const MENU_WIDTH: f32 = 248.0;
/// Side of the arrow behind the head, in points.
const ARROW: f32 = 12.0;
/// Height of the head in one line, enough to be hit, in points.
const HEIGHT: f32 = 24.0;
/// Least width of the head, whatever the count beside it takes, in points.
const MIN_WIDTH: f32 = 88.0;

/// Draws the head.
pub fn show(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let palette = palette(ui);
    ui.horizontal_top(|ui| {
        let count = WidgetText::from(theme::head(&count(state), palette));
        let wide = f32::INFINITY;
        let count = count.into_galley(ui, Some(TextWrapMode::Extend), wide, TextStyle::Body);
        let room = ui.available_width() - count.size().x - 2.0 * theme::GAP;
        let button = head_button(ui, state, room.max(MIN_WIDTH));
        // On the line of the head's first row.
        let corner = pos2(ui.max_rect().right() - count.size().x, button.rect.top());
        ui.put(Rect::from_min_size(corner, vec2(count.size().x, HEIGHT)), Label::new(count));
        let popup = Popup::menu(&button).gap(theme::GAP).accessible_name(t!("list-menu"));
        popup.show(|ui| menu(ui, state, commands));
    });
    if state.is_sorted_from_elsewhere() && !state.is_sorting() {
        let words = theme::strong(t!("list-from-here")).size(theme::SMALL_SIZE);
        let response = text_button(ui, words, t!("list-from-here"));
        if response.on_hover_text(t!("list-from-here-hint")).clicked() {
            commands.push(Command::SortList(SortBy::Distance));
        }
    }
}

/// How many incidents are listed, or why that is not known yet.
fn count(state: &AppState) -> String {
    // Until a text is looked for in all incidents, the counts are those of the filter before.
    if state.is_searching() || state.awaits_values() {
        return t!("list-searching").to_owned();
    }
    if state.is_sorting() {
        return t!("list-sorting").to_owned();
    }
    t!("list-count", shown = state.engine().rows(), total = state.dataset().incidents.len())
}

/// What the list holds, in as many lines as it needs, with an arrow that says that there is a menu.
fn head_button(ui: &mut Ui, state: &AppState, width: f32) -> Response {
    let palette = palette(ui);
    let words = head(state.sort_by(), state.lists_view());
    let room = width - ARROW - theme::GAP;
    let galley = WidgetText::from(theme::head(words, palette));
    let galley = galley.into_galley(ui, Some(TextWrapMode::Wrap), room, TextStyle::Body);
    let row_height = galley.size().y / galley.rows.len().max(1) as f32;
    let size = galley.size() + vec2(ARROW + theme::GAP, HEIGHT - row_height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let order = label(state.sort_by());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, t!("list-menu-name", order = order)));
    let around = rect.expand2(vec2(theme::GAP, 0.0));
    if response.hovered() || Popup::is_id_open(ui.ctx(), Popup::default_response_id(&response)) {
        ui.painter().rect_filled(around, theme::CORNER, palette.hovered);
    }
    focus_ring(ui, &response, around);
    // The arrow stands behind the last word.
    let last_width = galley.rows.last().map_or(0.0, |row| row.rect().right());
    let arrow = pos2(rect.left() + last_width + theme::GAP + ARROW / 2.0, rect.bottom() - HEIGHT / 2.0);
    ui.painter().galley(rect.min + vec2(0.0, (HEIGHT - row_height) / 2.0), galley, palette.weak);
    let arrow = Rect::from_center_size(arrow, vec2(ARROW, ARROW));
    paint_icon(ui.painter(), Icon::Down, arrow, palette.weak);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn menu(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let palette = palette(ui);
    ui.set_width(MENU_WIDTH);
    outline_choices(ui);
    ui.label(theme::head(t!("list-menu"), palette));
    for by in SortBy::ALL {
        // The one that is chosen can be chosen again: distances are then measured from where the map is now.
        if ui.radio(state.sort_by() == by, label(by)).clicked() {
            commands.push(Command::SortList(by));
        }
    }
    hint(ui, t!("list-order-distance-hint"));
    ui.separator();
    let mut in_view = state.lists_view();
    let response = ui.checkbox(&mut in_view, t!("list-in-view"));
    if response.clicked() {
        commands.push(Command::ListView(in_view));
    }
    hint(ui, t!("list-in-view-hint"));
}

/// What the choice above means. A menu would set it in full lines.
fn hint(ui: &mut Ui, words: &str) {
    ui.with_layout(Layout::top_down(Align::Min), |ui| ui.label(theme::small(words, palette(ui))));
}

fn label(by: SortBy) -> &'static str {
    match by {
        SortBy::File => t!("list-order-file"),
        SortBy::Newest => t!("list-order-newest"),
        SortBy::Oldest => t!("list-order-oldest"),
        SortBy::Place => t!("list-order-place"),
        SortBy::EventType => t!("list-order-type"),
        SortBy::Distance => t!("list-order-distance"),
    }
}

fn head(by: SortBy, in_view: bool) -> &'static str {
    match (by, in_view) {
        (SortBy::File, false) => t!("list-head-file"),
        (SortBy::Newest, false) => t!("list-head-newest"),
        (SortBy::Oldest, false) => t!("list-head-oldest"),
        (SortBy::Place, false) => t!("list-head-place"),
        (SortBy::EventType, false) => t!("list-head-type"),
        (SortBy::Distance, false) => t!("list-head-distance"),
        (SortBy::File, true) => t!("list-head-view-file"),
        (SortBy::Newest, true) => t!("list-head-view-newest"),
        (SortBy::Oldest, true) => t!("list-head-view-oldest"),
        (SortBy::Place, true) => t!("list-head-view-place"),
        (SortBy::EventType, true) => t!("list-head-view-type"),
        (SortBy::Distance, true) => t!("list-head-view-distance"),
    }
}
