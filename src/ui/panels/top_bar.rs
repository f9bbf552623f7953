//! The bar along the top: name, dataset, the text field that filters, the map menu, light or dark.

use std::path::PathBuf;

use eframe::egui::{
    Align, Button, Frame, Id, IdSalt, Key, Layout, Margin, Popup, Rect, RichText, Role, Stroke, TextEdit, Ui,
    UiBuilder, WidgetInfo, vec2,
};

use super::{dataset_menu, maps};
use crate::state::{AppState, Command, Drawing, LabelLanguage, ThemeChoice};
use crate::t;
use crate::ui::actions::Action;
use crate::ui::symbol::{Icon, paint_icon};
use crate::ui::theme;
use crate::ui::widgets::{focus_ring, icon_button, outline_choices, palette, segments, text_button};

/// Which of the side panels are open; owned by the window, since it says nothing about the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PanelsOpen {
    /// Event types and list.
    pub left: bool,
    /// The detail panel.
    pub right: bool,
}

impl PanelsOpen {
    /// Which one stays open where there is no room for both: that of the incident, if one is being read.
    #[must_use]
    pub fn narrowed(self, is_reading: bool) -> Self {
        let right = self.right && (is_reading || !self.left);
        Self { left: self.left && !right, right }
    }
}

/// In a narrower bar, how incidents are drawn is chosen in the map's menu, in points.
const WIDE_BAR: f32 = 1000.0;
/// Width of the text field where there is room for it, in points.
const FIELD_WIDTH: f32 = 320.0;
/// Least width of the text field, in points.
const MIN_FIELD_WIDTH: f32 = 120.0;

/// The id of the text field, so that a shortcut can move the focus there.
#[must_use]
pub fn field_id() -> Id {
    Id::unique("filter text")
}

/// Draws the bar. `recent` are the files that were opened last; what is asked for in the dataset's menu is added to
/// `actions`. The timeline is open or not beside the panels.
pub fn show(
    ui: &mut Ui,
    state: &AppState,
    recent: &[PathBuf],
    (open, timeline_open): (&mut PanelsOpen, &mut bool),
    commands: &mut Vec<Command>,
    actions: &mut Vec<Action>,
) {
    let bar = ui.max_rect();
    let is_wide = bar.width() >= WIDE_BAR;
    let mut right_edge = bar.right();
    ui.scope_builder(UiBuilder::new().max_rect(bar).layout(Layout::right_to_left(Align::Center)), |ui| {
        let name = if open.right { t!("detail-hide") } else { t!("detail-show") };
        if icon_button(ui, Icon::RightPanel, name, theme::BUTTON_HEIGHT, true).clicked() {
            open.right = !open.right;
        }
        let name = if *timeline_open { t!("timeline-hide") } else { t!("timeline-show") };
        let has_times = state.times().is_some();
        if icon_button(ui, Icon::BottomPanel, name, theme::BUTTON_HEIGHT, has_times).clicked() {
            *timeline_open = !*timeline_open;
        }
        if is_wide {
            export_button(ui, actions);
        }
        theme_button(ui, commands);
        map_menu(ui, state, is_wide, commands, actions);
        if is_wide {
            drawing_switch(ui, state, commands);
        }
        right_edge = ui.min_rect().left();
    });
    let text = palette(ui).text;
    let app_name = ui.painter().layout_no_wrap(t!("app-name").to_owned(), theme::semibold(15.0), text);
    let gap = ui.spacing().item_spacing.x;
    let right_edge = right_edge - 2.0 * theme::MARGIN;
    let menu_edge = bar.left() + theme::BUTTON_HEIGHT + gap + dataset_menu::MIN_WIDTH + theme::MARGIN;
    let left_edge = menu_edge + app_name.size().x + gap;
    // The name of the program is the first to go: the window's own bar says it, too.
    let has_room = right_edge - left_edge >= MIN_FIELD_WIDTH;
    let field = field_rect(bar, if has_room { left_edge } else { menu_edge }, right_edge);
    ui.scope_builder(UiBuilder::new().max_rect(bar).layout(Layout::left_to_right(Align::Center)), |ui| {
        let name = if open.left { t!("sidebar-hide") } else { t!("sidebar-show") };
        if icon_button(ui, Icon::LeftPanel, name, theme::BUTTON_HEIGHT, true).clicked() {
            open.left = !open.left;
        }
        if has_room {
            ui.label(app_name);
        }
        let width = field.left() - ui.cursor().left() - theme::MARGIN;
        dataset_menu::show(ui, state, recent, width, commands, actions);
    });
    ui.scope_builder(UiBuilder::new().max_rect(field), |ui| text_field(ui, state, commands, actions));
}

/// In the middle of the bar, but between the edges of what stands on either side.
fn field_rect(bar: Rect, left_edge: f32, right_edge: f32) -> Rect {
    let width = FIELD_WIDTH.min(right_edge - left_edge).max(MIN_FIELD_WIDTH);
    let field = Rect::from_center_size(bar.center(), vec2(width, theme::BUTTON_HEIGHT));
    let field = field.translate(vec2((right_edge - field.right()).min(0.0), 0.0));
    field.translate(vec2((left_edge - field.left()).max(0.0), 0.0))
}

/// Markers and rings, points, or heat.
fn drawing_switch(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let labels = Drawing::ALL.map(drawing_label);
    let chosen = Drawing::ALL.iter().position(|drawing| *drawing == state.drawing());
    if let Some(n) = segments(ui, t!("drawing"), &labels, chosen.unwrap_or(0)) {
        commands.push(Command::SetDrawing(Drawing::ALL[n]));
    }
}

fn drawing_label(drawing: Drawing) -> &'static str {
    match drawing {
        Drawing::Clusters => t!("drawing-clusters"),
        Drawing::Points => t!("drawing-points"),
        Drawing::Heat => t!("drawing-heat"),
    }
}

fn theme_button(ui: &mut Ui, commands: &mut Vec<Command>) {
    let dark = ui.visuals().dark_mode;
    let (icon, name, choice) = if dark {
        (Icon::Sun, t!("switch-to-light"), ThemeChoice::Light)
    } else {
        (Icon::Moon, t!("switch-to-dark"), ThemeChoice::Dark)
    };
    if icon_button(ui, icon, name, theme::BUTTON_HEIGHT, true).clicked() {
        commands.push(Command::SetTheme(choice));
    }
}

/// In a narrower bar it is in the dataset's menu only.
fn export_button(ui: &mut Ui, actions: &mut Vec<Action>) {
    let button = ui.add(Button::new(t!("bar-export")).min_size(vec2(0.0, theme::BUTTON_HEIGHT)));
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, Action::Export.label()));
    focus_ring(ui, &button, button.rect);
    if button.on_hover_text(Action::Export.tooltip(ui.ctx())).clicked() {
        actions.push(Action::Export);
    }
}

/// The keys that open the search, where there is room for them: also a button, for who has only a pointer.
fn search_hint(ui: &mut Ui, rect: Rect, actions: &mut Vec<Action>) {
    let keys = Action::Search.keys(ui.ctx()).join(t!("help-or"));
    let text = theme::small(keys, palette(ui));
    let button = ui.put(rect, Button::new(text).frame(false));
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, Action::Search.label()));
    focus_ring(ui, &button, rect);
    if button.on_hover_text(Action::Search.label()).clicked() {
        actions.push(Action::Search);
    }
}

fn text_field(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>, actions: &mut Vec<Action>) {
    /// Room for the keys of the search, in points.
    const HINT_WIDTH: f32 = 48.0;
    /// In a narrower field they are left away, in points.
    const WIDE_FIELD: f32 = 260.0;
    let palette = palette(ui);
    let focused = ui.memory(|memory| memory.has_focus(field_id()));
    // The line is part of the field's height.
    let inner_height = theme::BUTTON_HEIGHT - 4.0;
    let line = Stroke::new(2.0, if focused { palette.accent } else { palette.raised });
    let frame = Frame::new()
        .stroke(line)
        .fill(palette.raised)
        .corner_radius(theme::CORNER)
        .inner_margin(Margin::symmetric(8, 0));
    frame.show(ui, |ui| {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.set_height(inner_height);
            let (lens, _) = ui.allocate_exact_size(vec2(16.0, 16.0), eframe::egui::Sense::hover());
            paint_icon(ui.painter(), Icon::Lens, lens, palette.weak);
            let mut text = state.filter().text().to_owned();
            let has_hint = text.is_empty() && ui.available_width() >= WIDE_FIELD;
            let clear_width = match (text.is_empty(), has_hint) {
                (false, _) => 28.0,
                (true, true) => HINT_WIDTH + theme::GAP,
                (true, false) => 0.0,
            };
            let edit = TextEdit::singleline(&mut text)
                .id(field_id())
                .hint_text(RichText::new(t!("filter-field")).color(palette.weak))
                .frame(Frame::NONE)
                .align(eframe::egui::Align2::LEFT_CENTER)
                .min_size(vec2(0.0, inner_height))
                .desired_width((ui.available_width() - clear_width).max(0.0))
                .char_limit(200);
            let response = ui.add(edit);
            eframe::egui::Response::widget_info(&response, || {
                WidgetInfo::labeled(Role::SearchInput, true, t!("filter-field"))
            });
            if response.changed() {
                commands.push(Command::SetText(text.clone()));
            }
            if response.has_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
                response.surrender_focus();
            }
            if has_hint {
                let size = vec2(HINT_WIDTH, inner_height - theme::GAP);
                let rect = Rect::from_min_size(ui.cursor().min, size);
                let center = eframe::egui::pos2(rect.center().x, response.rect.center().y);
                search_hint(ui, Rect::from_center_size(center, size), actions);
            }
            if !text.is_empty() && icon_button(ui, Icon::Close, t!("filter-clear"), 20.0, true).clicked() {
                commands.push(Command::SetText(String::new()));
            }
        });
    });
}

fn map_menu(
    ui: &mut Ui,
    state: &AppState,
    is_wide: bool,
    commands: &mut Vec<Command>,
    actions: &mut Vec<Action>,
) {
    let label = &maps::label(state.map());
    let palette = palette(ui);
    let button = Button::new((
        RichText::new(label.as_str()),
        eframe::egui::Atom::custom(IdSalt::new("map menu arrow"), vec2(12.0, 12.0)),
    ))
    .min_size(vec2(0.0, theme::BUTTON_HEIGHT));
    let atoms = button.atom_ui(ui);
    if let Some(rect) = atoms.rect(IdSalt::new("map menu arrow")) {
        paint_icon(ui.painter(), Icon::Down, rect, palette.weak);
    }
    let response = atoms.response;
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, t!("map-menu", choice = label)));
    Popup::menu(&response).show(|ui| {
        ui.set_min_width(200.0);
        outline_choices(ui);
        ui.label(theme::head(t!("map-menu-ground"), palette));
        maps::choices(state).for_each(|choice| maps::radio(ui, state, &choice, commands));
        if text_button(ui, theme::strong(t!("map-menu-more")), Action::Maps.label()).clicked() {
            actions.push(Action::Maps);
            ui.close();
        }
        if !is_wide {
            ui.add_space(2.0 * theme::GAP);
            ui.label(theme::head(t!("drawing"), palette));
            for drawing in Drawing::ALL {
                if ui.radio(state.drawing() == drawing, drawing_label(drawing)).clicked() {
                    commands.push(Command::SetDrawing(drawing));
                }
            }
        }
        ui.add_space(2.0 * theme::GAP);
        ui.label(theme::head(t!("map-menu-names"), palette));
        for language in LabelLanguage::ALL {
            if ui.radio(state.label_language() == language, language_label(language)).clicked() {
                commands.push(Command::SetLabelLanguage(language));
            }
        }
        ui.add_space(2.0 * theme::GAP);
        ui.set_max_width(220.0);
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            let words = if state.map().is_online() {
                t!("map-menu-online")
            } else if state.may_go_online() {
                t!("map-menu-offline")
            } else {
                t!("maps-offline")
            };
            ui.label(theme::small(words, palette));
        });
    });
}

fn language_label(language: LabelLanguage) -> &'static str {
    match language {
        LabelLanguage::English => t!("names-english"),
        LabelLanguage::Local => t!("names-local"),
        LabelLanguage::Russian => t!("names-russian"),
        LabelLanguage::Ukrainian => t!("names-ukrainian"),
    }
}
