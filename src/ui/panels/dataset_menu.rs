//! The title of the open dataset in the bar, and the menu behind it: other files, steps back, the size of text, help.

use std::path::{Path, PathBuf};

use eframe::egui::{
    Button, CursorIcon, Popup, Rect, Response, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

use crate::io::escape;
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::accounting::has_something;
use crate::ui::actions::Action;
use crate::ui::opening::name_of;
use crate::ui::symbol::{Icon, paint_icon};
use crate::ui::theme;
use crate::ui::widgets::{focus_ring, one_line, outline_choices, palette, prefix};

/// Width of the menu, in points.
const MENU_WIDTH: f32 = 300.0;
/// Side of the arrow behind the title, in points.
const ARROW: f32 = 12.0;
/// Narrowest room for the title: with less, only the arrow is drawn, in points.
const MIN_TITLE_WIDTH: f32 = 24.0;
/// Width of the arrow alone, with the space around it, in points.
pub const MIN_WIDTH: f32 = ARROW + 4.0 * theme::GAP;
/// More of a title or path is not shown in a tooltip.
const MAX_TOOLTIP_BYTES: usize = 1000;

/// Draws title and menu into at most `width` points. What the reader asks for in the menu is added to `commands` and
/// `actions`; `recent` are the files that were opened last.
pub fn show(
    ui: &mut Ui,
    state: &AppState,
    recent: &[PathBuf],
    width: f32,
    commands: &mut Vec<Command>,
    actions: &mut Vec<Action>,
) {
    let response = title_button(ui, state, width);
    Popup::menu(&response).accessible_name(t!("menu-dataset")).show(|ui| {
        ui.set_width(MENU_WIDTH);
        item(ui, Action::Open, true, actions);
        if ui.add(Button::new(t!("menu-add-file"))).clicked() {
            ui.close();
            commands.push(Command::AskForLayer);
        }
        recent_files(ui, state, recent, commands);
        if ui.add(Button::new(t!("menu-bundled"))).clicked() {
            ui.close();
            commands.push(Command::OpenBundled);
        }
        let can_be_read = state.files().iter().any(|file| file.path.is_some());
        item(ui, Action::Reload, can_be_read, actions);
        item(ui, Action::Export, true, actions);
        let has_account = has_something(state.dataset());
        if has_account && ui.add(Button::new(t!("account-menu"))).clicked() {
            ui.close();
            commands.push(Command::ShowAccount);
        }
        ui.separator();
        item(ui, Action::Undo, state.can_undo(), actions);
        item(ui, Action::Redo, state.can_redo(), actions);
        item(ui, Action::Back, state.can_go_back(), actions);
        item(ui, Action::Forward, state.can_go_forward(), actions);
        item(ui, Action::CopyView, true, actions);
        ui.separator();
        item(ui, Action::LargerText, true, actions);
        item(ui, Action::SmallerText, true, actions);
        item(ui, Action::UsualText, true, actions);
        let mut reduced = state.reduced_motion();
        outline_choices(ui);
        if ui.checkbox(&mut reduced, t!("menu-less-motion")).clicked() {
            commands.push(Command::SetReducedMotion(Some(reduced)));
        }
        ui.separator();
        item(ui, Action::Help, true, actions);
    });
}

/// The title, cut to what fits, with an arrow that says that there is a menu.
fn title_button(ui: &mut Ui, state: &AppState, width: f32) -> Response {
    let palette = palette(ui);
    let title = &state.dataset().title;
    let padding = 2.0 * theme::GAP;
    let room = width - ARROW - 3.0 * theme::GAP - 2.0 * padding;
    let galley = one_line(ui, title, theme::regular(theme::SMALL_SIZE), palette.weak, room.max(0.0));
    let text_width = if room < MIN_TITLE_WIDTH { 0.0 } else { galley.size().x + theme::GAP };
    let size = vec2(text_width + ARROW + 2.0 * padding, theme::BUTTON_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = prefix(title, MAX_TOOLTIP_BYTES);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, t!("menu-name", title = &*name)));
    if response.hovered() || Popup::is_id_open(ui.ctx(), Popup::default_response_id(&response)) {
        ui.painter().rect_filled(rect, theme::CORNER, palette.hovered);
    }
    focus_ring(ui, &response, rect);
    if text_width > 0.0 {
        let at = pos2(rect.left() + padding, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, palette.weak);
    }
    let arrow = pos2(rect.right() - padding - ARROW / 2.0, rect.center().y + 1.0);
    paint_icon(ui.painter(), Icon::Down, Rect::from_center_size(arrow, vec2(ARROW, ARROW)), palette.weak);
    let path = state.file().map_or_else(|| t!("menu-bundled").to_owned(), shown_path);
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(format!("{name}\n{path}"))
}

fn shown_path(path: &Path) -> String {
    prefix(&escape(&path.to_string_lossy()), MAX_TOOLTIP_BYTES).into_owned()
}

/// An action of the table with its key.
fn item(ui: &mut Ui, action: Action, enabled: bool, actions: &mut Vec<Action>) {
    let keys = action.keys(ui.ctx()).into_iter().next().unwrap_or_default();
    let button = Button::new(action.label()).shortcut_text(keys);
    if ui.add_enabled(enabled, button).clicked() {
        // The pointer closes a menu by itself, the keyboard does not.
        ui.close();
        actions.push(action);
    }
}

fn recent_files(ui: &mut Ui, state: &AppState, recent: &[PathBuf], commands: &mut Vec<Command>) {
    let palette = palette(ui);
    let others: Vec<&PathBuf> = recent.iter().filter(|file| state.file() != Some(file)).collect();
    if others.is_empty() {
        return;
    }
    ui.add_space(theme::GAP);
    ui.label(theme::head(t!("menu-recent"), palette));
    for file in others {
        // Files of one name lie in different folders.
        let folder = file.parent().map(name_of).unwrap_or_default();
        let folder = RichText::new(folder).size(theme::SMALL_SIZE).color(palette.weak);
        let button = Button::new(name_of(file)).right_text(folder).truncate();
        if ui.add(button).on_hover_text(shown_path(file)).clicked() {
            ui.close();
            commands.push(Command::Open(file.clone()));
        }
    }
    ui.separator();
}
