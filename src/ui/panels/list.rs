//! The list of the incidents that the filter shows. Rows have one height, so that a list of any length costs only
//! what is on the screen.

use eframe::egui::{Align, CursorIcon, Layout, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo};
use eframe::egui::{Rect, pos2, vec2};

use super::event_types::group_digits;
use crate::model::Incident;
use crate::state::{AppState, Command};
use crate::ui::symbol::paint_badge;
use crate::ui::theme;
use crate::ui::widgets::{lines, one_line, palette, text_button};

/// Height of a row: two lines of title, one of particulars, and the space around them, in points.
const ROW_HEIGHT: f32 = 68.0;

/// What the list remembers between frames.
#[derive(Debug, Default)]
pub struct ListPanel {
    /// The selection that the list last scrolled to.
    scrolled_to: Option<usize>,
    /// The incident under the pointer, for the map to point out.
    hovered: Option<usize>,
}

impl ListPanel {
    /// The incident whose row lies under the pointer.
    #[must_use]
    pub fn hovered(&self) -> Option<usize> {
        self.hovered
    }

    /// To be called when the list is not drawn: nothing is under the pointer then.
    pub fn forget_pointer(&mut self) {
        self.hovered = None;
    }

    /// Draws the section into the rest of the sidebar. `hovered_on_map` is the incident under the pointer there.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        hovered_on_map: Option<usize>,
        commands: &mut Vec<Command>,
    ) {
        let palette = palette(ui);
        let shown = &state.matches().shown;
        let total = state.dataset().incidents.len();
        ui.horizontal(|ui| {
            ui.label(theme::head("Incidents", palette));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(theme::head(
                    &format!("{} of {}", group_digits(shown.len()), group_digits(total)),
                    palette,
                ));
            });
        });
        ui.add_space(theme::GAP);
        self.hovered = None;
        if shown.is_empty() {
            empty(ui, state, commands);
            return;
        }
        let mut area = ScrollArea::vertical().auto_shrink(false);
        if self.scrolled_to != state.selection() {
            self.scrolled_to = state.selection();
            if let Some(offset) = Self::offset_for_selection(ui, state) {
                area = area.vertical_scroll_offset(offset);
            }
        }
        ui.spacing_mut().item_spacing.y = theme::GAP;
        let output = area.show_rows(ui, ROW_HEIGHT, shown.len(), |ui, range| {
            for &index in &shown[range] {
                self.row(ui, state, index, hovered_on_map == Some(index), commands);
            }
        });
        ui.data_mut(|data| {
            data.insert_temp(offset_id(), (output.state.clamped_offset().y, output.inner_rect.height()));
        });
    }

    /// The scroll position that brings the selection into sight, if it is not there already.
    fn offset_for_selection(ui: &Ui, state: &AppState) -> Option<f32> {
        let rank = state.selection_rank()? - 1;
        let known = ui.data(|data| data.get_temp::<(f32, f32)>(offset_id()));
        let (offset, height) = known.unwrap_or((0.0, ui.available_height()));
        let top = rank as f32 * (ROW_HEIGHT + theme::GAP);
        if top < offset {
            Some(top)
        } else if top + ROW_HEIGHT > offset + height {
            Some(top + ROW_HEIGHT - height)
        } else {
            None
        }
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        index: usize,
        pointed_out: bool,
        commands: &mut Vec<Command>,
    ) {
        let palette = palette(ui);
        let dataset = state.dataset();
        let incident = &dataset.incidents[index];
        let selected = state.selection() == Some(index);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        let meta = particulars(incident);
        response.widget_info(|| {
            WidgetInfo::selected(Role::ListItem, true, selected, format!("{}, {meta}", incident.title))
        });
        if response.clicked() {
            commands.push(Command::Select(index));
        }
        if response.hovered() {
            self.hovered = Some(index);
        }
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        let painter = ui.painter();
        if selected || pointed_out || response.hovered() {
            painter.rect_filled(rect, theme::CORNER, palette.raised);
        }
        if selected || response.has_focus() {
            let width = if response.has_focus() { 2.0 } else { 1.0 };
            painter.rect_stroke(rect, theme::CORNER, Stroke::new(width, palette.accent), StrokeKind::Inside);
        }
        let left = rect.left() + 2.0 * theme::GAP;
        let text_left = left + theme::BADGE_SIZE + 2.0 * theme::GAP;
        let width = rect.right() - 2.0 * theme::GAP - text_left;
        let title = lines(ui, &incident.title, theme::semibold(theme::BODY_SIZE), palette.text, width, 2);
        let meta = one_line(ui, &meta, theme::regular(theme::SMALL_SIZE), palette.weak, width);
        let block = title.size().y + 2.0 + meta.size().y;
        let top = rect.center().y - block / 2.0;
        let badge = Rect::from_min_size(pos2(left, top + 1.0), vec2(theme::BADGE_SIZE, theme::BADGE_SIZE));
        let painter = ui.painter();
        paint_badge(painter, &dataset.event_types[incident.event_type], badge);
        let meta_top = top + title.size().y + 2.0;
        painter.galley(pos2(text_left, top), title, palette.text);
        painter.galley(pos2(text_left, meta_top), meta, palette.weak);
    }
}

fn offset_id() -> eframe::egui::Id {
    eframe::egui::Id::unique("list offset")
}

/// The line under a title: place, time, status.
fn particulars(incident: &Incident) -> String {
    format!("{} · {} · {}", incident.place.name, incident.time.to_short_text(), incident.status.short_label())
}

/// What stands in place of an empty list.
fn empty(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let palette = palette(ui);
    if state.dataset().incidents.is_empty() {
        ui.label(theme::small("This dataset has no incidents. Open another file: dateline FILE.", palette));
        return;
    }
    let text = state.filter().text().trim();
    let words = if text.is_empty() {
        "All event types are hidden.".to_owned()
    } else {
        format!("No shown incident contains “{text}”.")
    };
    ui.label(theme::small(words, palette));
    ui.add_space(theme::GAP);
    if text_button(ui, theme::strong("Show all incidents"), "Show all incidents").clicked() {
        commands.push(Command::ResetFilter);
    }
}
