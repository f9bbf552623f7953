//! The menu that adds filters: first what they are about, then the values of that, with how many incidents have each.

use eframe::egui::{
    Align2, Button, Context, Margin, Popup, PopupCloseBehavior, Rect, Response, Role, ScrollArea, Sense,
    TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::chips::field_label;
use super::values::{ValueList, value_label};
use crate::model::Precision;
use crate::query::{Field, PRECISIONS, STATUSES};
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::accessibility::{follow_focus, mark_list};
use crate::ui::actions::Action;
use crate::ui::symbol::Icon;
use crate::ui::theme;
use crate::ui::widgets::{
    focus_ring, icon_button, one_line, outline_choices, paint_checkbox, palette, prefix,
};

/// Width of the menu, in points.
const WIDTH: f32 = 288.0;
/// Height of a value's row, in points.
const ROW_HEIGHT: f32 = 28.0;
/// How many values are shown at once.
const VISIBLE_ROWS: usize = 9;
/// Room for the rows and what stands above them, in points.
const MAX_HEIGHT: f32 = ROW_HEIGHT * (VISIBLE_ROWS as f32 + 4.0);
/// Fewer values than these need no search.
const SEARCHED_FROM: usize = 9;
/// So much of a long value is read out, in bytes; the row cuts it to its width.
const MAX_BYTES: usize = 300;

/// What the menu shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    /// What filters may be about.
    Kinds,
    Status,
    Precision,
    Values(Field),
}

/// The menu, and where it stands.
pub(super) struct Menu {
    page: Page,
    query: String,
    values: ValueList,
    /// Whether the page was just opened: its first control gets the focus.
    is_fresh: bool,
    /// Whether the field is large enough to be searched, once that was found.
    has_search: bool,
}

impl Menu {
    pub(super) fn new(ctx: &Context) -> Self {
        let values = ValueList::new(ctx);
        Self { page: Page::Kinds, query: String::new(), values, is_fresh: false, has_search: false }
    }

    /// Draws it while it is open; `button` opens it.
    pub(super) fn show(
        &mut self,
        button: &Response,
        state: &AppState,
        commands: &mut Vec<Command>,
        actions: &mut Vec<Action>,
    ) {
        if !Popup::is_id_open(&button.ctx, Popup::default_response_id(button)) && self.page != Page::Kinds {
            self.turn_to(Page::Kinds);
        }
        let popup =
            Popup::menu(button).gap(theme::GAP).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        popup.accessible_name(t!("filter-add")).show(|ui| {
            ui.set_width(WIDTH);
            // As high as the page before was is no limit for this one.
            ui.set_max_height(MAX_HEIGHT);
            match self.page {
                Page::Kinds => self.kinds(ui, state, commands, actions),
                Page::Status => self.statuses(ui, state, commands),
                Page::Precision => self.precisions(ui, state, commands),
                Page::Values(field) => self.values(ui, state, field, commands),
            }
        });
    }

    fn turn_to(&mut self, page: Page) {
        self.page = page;
        self.query.clear();
        self.values.forget();
        self.is_fresh = true;
        self.has_search = false;
    }

    fn kinds(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        commands: &mut Vec<Command>,
        actions: &mut Vec<Action>,
    ) {
        let fields = Field::ALL.map(|field| (field_label(field), Page::Values(field)));
        let pages =
            [(t!("filter-kind-status"), Page::Status), (t!("filter-kind-precision"), Page::Precision)];
        for (n, (label, page)) in pages.into_iter().chain(fields).enumerate() {
            let response = ui.add(Button::new(label).right_text("›"));
            response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, true, t!("filter-by", kind = label)));
            focus_ring(ui, &response, response.rect);
            if n == 0 && std::mem::take(&mut self.is_fresh) {
                response.request_focus();
            }
            if response.clicked() {
                if matches!(page, Page::Values(_)) {
                    commands.push(Command::GatherValues);
                }
                self.turn_to(page);
            }
        }
        ui.separator();
        let keys = Action::Rectangle.keys(ui.ctx()).into_iter().next().unwrap_or_default();
        let rectangle = Button::new(t!("filter-draw-rectangle")).shortcut_text(keys);
        let rectangle = ui.add(rectangle);
        focus_ring(ui, &rectangle, rectangle.rect);
        if rectangle.clicked() {
            actions.push(Action::Rectangle);
            ui.close();
        }
        outline_choices(ui);
        let mut in_view = state.filter().in_view();
        if ui.checkbox(&mut in_view, t!("filter-in-view")).clicked() {
            commands.push(Command::ListView(in_view));
        }
    }

    /// The way back, and what the page is about.
    fn head(&mut self, ui: &mut Ui, label: &str) {
        let turned = std::mem::take(&mut self.is_fresh);
        ui.horizontal(|ui| {
            let back = icon_button(ui, Icon::Previous, t!("filter-back"), 24.0, true);
            if turned {
                back.request_focus();
            }
            ui.label(theme::strong(label));
            if back.clicked() {
                self.turn_to(Page::Kinds);
            }
        });
    }

    fn statuses(&mut self, ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
        self.head(ui, t!("filter-kind-status"));
        ui.spacing_mut().item_spacing.y = 0.0;
        for status in STATUSES {
            let chosen = state.filter().chooses_status(status);
            let count = state.engine().count_of_status(status);
            if value_row(ui, status.label(), count, chosen, Role::CheckBox)
                .on_hover_text(status.definition())
                .clicked()
            {
                commands.push(Command::ChooseStatus { status, chosen: !chosen });
            }
        }
    }

    fn precisions(&mut self, ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
        self.head(ui, t!("filter-kind-precision"));
        ui.spacing_mut().item_spacing.y = 0.0;
        for precision in PRECISIONS {
            let chosen = state.filter().at_least().unwrap_or(Precision::Country) == precision;
            let count = state.engine().count_at_least(precision);
            let label = match precision {
                Precision::Country => t!("filter-any-precision").to_owned(),
                precision => t!("filter-at-least", precision = precision.label()),
            };
            if value_row(ui, &label, count, chosen, Role::RadioButton).clicked() {
                commands.push(Command::SetAtLeast(Some(precision)));
            }
        }
    }

    fn values(&mut self, ui: &mut Ui, state: &AppState, field: Field, commands: &mut Vec<Command>) {
        let turned = self.is_fresh;
        self.head(ui, field_label(field));
        if self.page != Page::Values(field) {
            return;
        }
        let total = state.facets().map(|facets| facets.values(field).len());
        let has_search = total.is_some_and(|total| total >= SEARCHED_FROM);
        if has_search {
            let is_new = !std::mem::replace(&mut self.has_search, true);
            self.search_field(ui, field, turned || is_new);
        }
        self.values.update(state, field, &self.query);
        match (total, self.values.len()) {
            (Some(0), _) => note(ui, t!("filter-no-values")),
            (Some(_), Some(0)) => note(ui, t!("filter-no-match")),
            (Some(_), Some(count)) => self.rows(ui, state, field, count, commands),
            _ => note(ui, t!("filter-counting")),
        }
    }

    fn search_field(&mut self, ui: &mut Ui, field: Field, is_new: bool) {
        let name = t!("filter-search", kind = field_label(field));
        let edit = TextEdit::singleline(&mut self.query).hint_text(t!("filter-search-hint")).char_limit(200);
        let edit = edit.margin(Margin::symmetric(8, 6)).align(Align2::LEFT_CENTER);
        let response = ui.add(edit.desired_width(f32::INFINITY));
        response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, &name));
        if is_new {
            response.request_focus();
        }
    }

    fn rows(&self, ui: &mut Ui, state: &AppState, field: Field, count: usize, commands: &mut Vec<Command>) {
        ui.spacing_mut().item_spacing.y = 0.0;
        let height = ROW_HEIGHT * count.min(VISIBLE_ROWS) as f32;
        let area = ScrollArea::vertical().id_salt(("values", field, &self.query)).max_height(height);
        area.auto_shrink([false, true]).show_rows(ui, ROW_HEIGHT, count, |ui, rows| {
            mark_list(ui);
            for row in rows.filter_map(|row| self.values.row(row)) {
                let chosen = state.filter().chosen(field).contains(row.text);
                let label = value_label(field, row.text);
                let label = prefix(&label, MAX_BYTES);
                let response = value_row(ui, &label, row.count as usize, chosen, Role::CheckBox);
                if response.clicked() {
                    commands.push(Command::ChooseValue {
                        field,
                        value: row.text.to_owned(),
                        chosen: !chosen,
                    });
                }
            }
            follow_focus(ui);
        });
    }
}

fn note(ui: &mut Ui, words: &str) {
    ui.add_space(theme::GAP);
    ui.label(theme::small(words, palette(ui)));
}

/// A value with its box and how many incidents have it.
fn value_row(ui: &mut Ui, label: &str, count: usize, chosen: bool, role: Role) -> Response {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(role, true, chosen, t!("filter-value", value = label, count = count))
    });
    if response.hovered() {
        ui.painter().rect_filled(rect, theme::CORNER, palette.hovered);
    }
    focus_ring(ui, &response, rect);
    let middle = rect.center().y;
    let mark = Rect::from_center_size(pos2(rect.left() + 14.0, middle), vec2(18.0, 18.0));
    if role == Role::RadioButton {
        ui.painter().circle_stroke(mark.center(), 7.5, eframe::egui::Stroke::new(1.5, palette.outline));
        if chosen {
            ui.painter().circle_filled(mark.center(), 4.5, palette.accent);
        }
    } else {
        paint_checkbox(ui, mark, chosen);
    }
    let number = crate::words::number(count);
    let number = ui.painter().layout_no_wrap(number, theme::regular(theme::SMALL_SIZE), palette.weak);
    let number_left = rect.right() - 2.0 * theme::GAP - number.size().x;
    let left = mark.right() + 2.0 * theme::GAP;
    let color = if count == 0 && !chosen { palette.weak } else { palette.text };
    let text = one_line(
        ui,
        label,
        theme::regular(theme::BODY_SIZE),
        color,
        (number_left - left - 2.0 * theme::GAP).max(1.0),
    );
    let is_cut = text.elided;
    ui.painter().galley(pos2(number_left, middle - number.size().y / 2.0), number, palette.weak);
    ui.painter().galley(pos2(left, middle - text.size().y / 2.0), text, color);
    if is_cut { response.on_hover_text(label) } else { response }
}
