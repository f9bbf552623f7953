//! The list of the incidents that the filter shows. Rows are as high as their titles need, worked out once for each
//! filter and width; in a long list they all have one height, so that it costs only what is on the screen.

use eframe::egui::{CursorIcon, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo};
use eframe::egui::{Rect, pos2, vec2};

use jiff::tz::TimeZone;

use super::list_head;
use crate::model::Incident;
use crate::query::Sort;
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::accessibility::{mark_list, mark_row};
use crate::ui::long_scroll::LongScroll;
use crate::ui::map::Hovered;
use crate::ui::symbol::paint_badge;
use crate::ui::theme;
use crate::ui::widgets::{lines, one_line, palette, prefix, text_button};

/// Height of a row with two lines of title: those, one of particulars, and the space around them, in points.
const ROW_HEIGHT: f32 = 68.0;
/// More of a name of a place is not shown.
const MAX_NAME_BYTES: usize = 600;
/// Height of a row with one line of title, in points.
const SHORT_ROW_HEIGHT: f32 = 52.0;
/// Height of the rows of a longer list, enough for two lines of title, in points.
const LONG_ROW_HEIGHT: f32 = 60.0;
/// In a longer list all rows have the same height.
const MAX_MEASURED: usize = 300;

/// What the list remembers between frames.
#[derive(Debug, Default)]
pub struct ListPanel {
    /// The selection that the list last scrolled to.
    scrolled_to: Option<usize>,
    /// The incident under the pointer, for the map to point out.
    hovered: Option<usize>,
    rows: Rows,
    scroll: LongScroll,
    goes_to_top: bool,
    /// How the list was arranged in the last frame: its order, and whether it held only what is in view.
    arranged: (Option<Sort>, bool),
}

/// Where the rows of the list lie.
#[derive(Debug, Default)]
struct Rows {
    /// What the tops were worked out for: the state's revision, the list's arrangement, the width in points, the scale.
    key: Option<(u64, u64, u32, u32)>,
    /// The top of each row and the end of the last, in points; empty where all rows have the same height.
    tops: Vec<f32>,
    count: usize,
}

impl Rows {
    fn measure(&mut self, ui: &Ui, state: &AppState) {
        let width = title_width(ui.available_width());
        let (list, scale) = (state.engine().arrangement(), ui.ctx().pixels_per_point());
        let key = (state.revision(), list, width.to_bits(), scale.to_bits());
        if self.key == Some(key) {
            return;
        }
        let count = state.engine().rows();
        *self = Self { key: Some(key), tops: Vec::new(), count };
        if count > MAX_MEASURED {
            return;
        }
        let mut top = 0.0;
        self.tops.push(top);
        for index in state.engine().page(0, count) {
            let incident = state.dataset().incidents.at(index);
            let galley =
                lines(ui, &incident.title, theme::semibold(theme::BODY_SIZE), palette(ui).text, width, 2);
            top += theme::GAP + if galley.rows.len() > 1 { ROW_HEIGHT } else { SHORT_ROW_HEIGHT };
            self.tops.push(top);
        }
    }

    fn top(&self, rank: usize) -> f32 {
        self.tops.get(rank).copied().unwrap_or(0.0)
    }

    fn height(&self, rank: usize) -> f32 {
        self.top(rank + 1) - self.top(rank) - theme::GAP
    }

    /// The rows that reach into the span from `from` to `to`.
    fn between(&self, from: f32, to: f32) -> std::ops::Range<usize> {
        let first = self.tops.partition_point(|top| *top <= from).saturating_sub(1).min(self.count);
        first..self.tops.partition_point(|top| *top < to).clamp(first, self.count)
    }
}

/// What a title may take up of a row.
fn title_width(row_width: f32) -> f32 {
    (row_width - theme::BADGE_SIZE - 6.0 * theme::GAP).max(1.0)
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

    /// Goes back to the first row with the next frame: another dataset is open.
    pub fn to_top(&mut self) {
        self.goes_to_top = true;
        self.scroll.to_top();
    }

    /// Draws the section into the rest of the sidebar. `on_map` is what the pointer is on there.
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, on_map: &Hovered, commands: &mut Vec<Command>) {
        let listed = state.engine().rows();
        list_head::show(ui, state, commands);
        ui.add_space(theme::GAP);
        self.hovered = None;
        if listed == 0 {
            empty(ui, state, commands);
            return;
        }
        self.rows.measure(ui, state);
        self.follow_arrangement(state);
        if self.rows.tops.is_empty() {
            self.show_long(ui, state, on_map, commands);
            return;
        }
        let mut area = ScrollArea::vertical().auto_shrink(false);
        if std::mem::take(&mut self.goes_to_top) {
            area = area.vertical_scroll_offset(0.0);
        }
        if self.scrolled_to != state.selection() {
            self.scrolled_to = state.selection();
            if let Some(offset) = self.offset_for_selection(ui, state) {
                area = area.vertical_scroll_offset(offset);
            }
        }
        let output = area.show_viewport(ui, |ui, viewport| {
            mark_list(ui);
            ui.set_height(self.rows.top(listed));
            let origin = ui.max_rect().min;
            let ranks = self.rows.between(viewport.top(), viewport.bottom());
            for (index, rank) in state.engine().page(ranks.start, ranks.len()).into_iter().zip(ranks) {
                let size = vec2(ui.available_width(), self.rows.height(rank));
                let rect = Rect::from_min_size(origin + vec2(0.0, self.rows.top(rank)), size);
                self.row(ui, state, (rank, index), rect, on_map.stands_for(state, index), commands);
            }
        });
        ui.data_mut(|data| {
            data.insert_temp(offset_id(), (output.state.clamped_offset().y, output.inner_rect.height()));
        });
    }

    /// The same for a list too long to be measured: all rows have one height.
    fn show_long(&mut self, ui: &mut Ui, state: &AppState, on_map: &Hovered, commands: &mut Vec<Command>) {
        const STEP: f32 = LONG_ROW_HEIGHT + theme::GAP;
        let mut scroll = self.scroll;
        if self.scrolled_to != state.selection() {
            self.scrolled_to = state.selection();
            if let Some(rank) = state.selection_rank() {
                scroll.reveal(rank - 1, ui.available_height(), STEP);
            }
        }
        scroll.show(ui, t!("list-scroll-bar"), self.rows.count, STEP, |ui, ranks, first| {
            let page = state.engine().page(ranks.start, ranks.len());
            mark_list(ui);
            for (n, (rank, index)) in ranks.zip(page).enumerate() {
                let rect = first
                    .translate(vec2(0.0, n as f32 * STEP))
                    .with_max_y(first.top() + n as f32 * STEP + LONG_ROW_HEIGHT);
                self.row(ui, state, (rank, index), rect, on_map.stands_for(state, index), commands);
            }
        });
        self.scroll = scroll;
    }

    /// In another order the selection is brought into sight; where it is not listed, the list begins at its top.
    fn follow_arrangement(&mut self, state: &AppState) {
        let arranged = (state.engine().sort(), state.lists_view());
        if std::mem::replace(&mut self.arranged, arranged) != arranged {
            self.scrolled_to = None;
            if state.selection_rank().is_none() {
                self.to_top();
            }
        }
    }

    /// The scroll position that brings the selection into sight, if it is not there already.
    fn offset_for_selection(&self, ui: &Ui, state: &AppState) -> Option<f32> {
        let rank = state.selection_rank()? - 1;
        let known = ui.data(|data| data.get_temp::<(f32, f32)>(offset_id()));
        let (offset, height) = known.unwrap_or((0.0, ui.available_height()));
        let (top, bottom) = (self.rows.top(rank), self.rows.top(rank + 1));
        if top < offset {
            Some(top)
        } else if bottom > offset + height {
            Some(bottom - height)
        } else {
            None
        }
    }

    fn row(
        &mut self,
        ui: &Ui,
        state: &AppState,
        (rank, index): (usize, usize),
        rect: Rect,
        pointed_out: bool,
        commands: &mut Vec<Command>,
    ) {
        let palette = palette(ui);
        let dataset = state.dataset();
        let incident = dataset.incidents.at(index);
        let selected = state.selection() == Some(index);
        let response = ui.interact(rect, ui.scope_id().with(("row", index)), Sense::click());
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        let mut meta = particulars(&incident, state.text_zone());
        if let Some(news) = news(state, index) {
            meta = t!("list-news", news = news, particulars = &meta);
        }
        response.widget_info(|| {
            WidgetInfo::selected(
                Role::ListItem,
                true,
                selected,
                t!("list-row", title = &incident.title, particulars = &meta),
            )
        });
        mark_row(ui, response.id, selected, rank, state.engine().rows());
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
        let width = title_width(rect.width());
        let title = lines(ui, &incident.title, theme::semibold(theme::BODY_SIZE), palette.text, width, 2);
        let line = one_line(ui, &meta, theme::regular(theme::SMALL_SIZE), palette.weak, width);
        let block = title.size().y + 2.0 + line.size().y;
        let top = rect.center().y - block / 2.0;
        let badge = Rect::from_min_size(pos2(left, top + 1.0), vec2(theme::BADGE_SIZE, theme::BADGE_SIZE));
        let painter = ui.painter();
        paint_badge(painter, &dataset.event_types[incident.event_type], badge);
        let meta_top = top + title.size().y + 2.0;
        painter.galley(pos2(text_left, top), title, palette.text);
        painter.galley(pos2(text_left, meta_top), line.clone(), palette.weak);
        if line.elided {
            // The zone of a time may be in the part that has no room.
            response.on_hover_text(&meta);
        }
    }
}

fn offset_id() -> eframe::egui::Id {
    eframe::egui::Id::unique("list offset")
}

/// The line under a title: place, time, status.
fn particulars(incident: &Incident, zone: Option<&TimeZone>) -> String {
    let particulars = format!("{} · {}", incident.short_time(zone), incident.status.short_label());
    // A file need not name the place.
    if incident.place.name.is_empty() {
        particulars
    } else {
        format!("{} · {particulars}", prefix(&incident.place.name, MAX_NAME_BYTES))
    }
}

/// What the last reload did to an incident.
fn news(state: &AppState, index: usize) -> Option<&'static str> {
    if state.is_added(index) {
        return Some(t!("list-added"));
    }
    state.is_changed(index).then(|| t!("list-changed"))
}

/// What stands in place of an empty list.
fn empty(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let palette = palette(ui);
    if state.is_waiting() {
        return;
    }
    if state.dataset().incidents.is_empty() {
        ui.label(theme::small(t!("list-empty-dataset"), palette));
        return;
    }
    if state.engine().total() > 0 {
        ui.label(theme::small(t!("list-none-in-view"), palette));
        ui.add_space(theme::GAP);
        if text_button(ui, theme::strong(t!("list-everywhere")), t!("list-everywhere")).clicked() {
            commands.push(Command::ListView(false));
        }
        return;
    }
    let text = state.filter().text().trim();
    let types = 0..state.dataset().event_types.len();
    let words = if !text.is_empty() {
        t!("list-no-match", text = text)
    } else if types.into_iter().any(|n| state.filter().shows_type(n)) {
        t!("list-none-passes").to_owned()
    } else {
        t!("list-no-type").to_owned()
    };
    ui.label(theme::small(words, palette));
    ui.add_space(theme::GAP);
    if text_button(ui, theme::strong(t!("list-show-all")), t!("list-show-all")).clicked() {
        commands.push(Command::ResetFilter);
    }
}
