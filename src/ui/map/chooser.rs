//! The list that opens where several incidents stand on one spot.

use std::ops::Range;

use eframe::egui::{
    Area, EventFilter, Frame, Id, Key, Modifiers, Order, Response, Role, ScrollArea, Sense, Ui, WidgetInfo,
};
use eframe::egui::{Rect, pos2, vec2};

use super::transform::MapTransform;
use crate::query::Members;
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::accessibility::{mark_list, mark_row};
use crate::ui::symbol::{Icon, paint_badge};
use crate::ui::theme;
use crate::ui::widgets::{focus_ring, icon_button, one_line, palette};

/// Width of the list, in points.
const WIDTH: f32 = 280.0;
/// Height of a row, in points.
const ROW_HEIGHT: f32 = 32.0;
/// How many rows are shown at once.
const VISIBLE_ROWS: usize = 8;

/// An open chooser.
#[derive(Debug)]
pub struct Chooser {
    members: Members,
    count: usize,
    /// What the filter let through when it opened: when that changes, so would the list.
    revision: u64,
    /// A chooser opens on a click; that same click must not count as one beside it.
    fresh: bool,
    keys: RowKeys,
}

/// How the focus goes from row to row.
#[derive(Debug)]
struct RowKeys {
    /// The row that gets the focus as soon as it is laid out.
    wanted: Option<usize>,
    /// The rows that are in sight.
    in_sight: Range<usize>,
}

impl Chooser {
    /// A chooser for these incidents, which stand on one spot.
    #[must_use]
    pub fn new(members: Members, count: usize, revision: u64) -> Self {
        Self {
            members,
            count,
            revision,
            fresh: true,
            keys: RowKeys { wanted: Some(0), in_sight: 0..VISIBLE_ROWS },
        }
    }

    /// Draws it at its spot; says whether it stays open.
    pub fn show(
        &mut self,
        ui: &Ui,
        state: &AppState,
        transform: &MapTransform,
        commands: &mut Vec<Command>,
    ) -> bool {
        if self.revision != state.revision() {
            return false;
        }
        let page = |first: usize, count: usize| state.engine().members(&self.members, first, count);
        let first = page(0, 1).first().and_then(|&index| state.dataset().incidents.get(index));
        let Some(incident) = first else { return false };
        let spot = transform.to_screen(incident.place.position.to_unit());
        let palette = palette(ui);
        let mut open = true;
        let area = Area::new(Id::unique("chooser"))
            .order(Order::Foreground)
            .fixed_pos(spot + vec2(20.0, 8.0))
            .constrain_to(transform.rect.shrink(8.0));
        let response = area.show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).inner_margin(8).show(ui, |ui| {
                ui.set_width(WIDTH);
                ui.horizontal(|ui| {
                    ui.label(theme::head(&t!("incidents-here", count = self.count), palette));
                    ui.with_layout(eframe::egui::Layout::right_to_left(eframe::egui::Align::Center), |ui| {
                        open &= !icon_button(ui, Icon::Close, t!("chooser-close"), 20.0, true).clicked();
                    });
                });
                ui.spacing_mut().item_spacing.y = 0.0;
                let height = ROW_HEIGHT * self.count.min(VISIBLE_ROWS) as f32;
                let mut rows = ScrollArea::vertical().max_height(height).auto_shrink([false, true]);
                if let Some(top_px) = self.keys.scroll_to_px() {
                    rows = rows.vertical_scroll_offset(top_px);
                }
                let shown = rows.show_rows(ui, ROW_HEIGHT, self.count, |ui, range| {
                    mark_list(ui);
                    for (index, rank) in page(range.start, range.len()).into_iter().zip(range) {
                        let response = row(ui, state, index, rank, self.count);
                        if response.clicked() {
                            commands.push(Command::Select(index));
                        }
                        self.keys.follow(ui, &response, rank, self.count);
                    }
                });
                let first = (shown.state.clamped_offset().y / ROW_HEIGHT).ceil() as usize;
                self.keys.in_sight = first..first + self.count.min(VISIBLE_ROWS);
            });
        });
        let beside = !self.fresh && response.response.clicked_elsewhere();
        self.fresh = false;
        open && !beside
    }
}

impl RowKeys {
    /// Where the list must begin for the row that is wanted to be in sight, in points; `None` where it is.
    fn scroll_to_px(&self) -> Option<f32> {
        let wanted = self.wanted.filter(|wanted| !self.in_sight.contains(wanted))?;
        let first =
            if wanted < self.in_sight.start { wanted } else { (wanted + 1).saturating_sub(VISIBLE_ROWS) };
        Some(first as f32 * ROW_HEIGHT)
    }

    /// The focus goes from row to row by the arrow keys, which do not move the map meanwhile.
    fn follow(&mut self, ui: &Ui, response: &Response, rank: usize, count: usize) {
        if self.wanted == Some(rank) {
            self.wanted = None;
            response.request_focus();
        }
        if !response.has_focus() {
            return;
        }
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        let (down, up) = (pressed(Key::ArrowDown), pressed(Key::ArrowUp));
        let next = (rank + down).saturating_sub(up).min(count.saturating_sub(1));
        if next != rank {
            self.wanted = Some(next);
            ui.ctx().request_repaint();
        }
    }
}

fn row(ui: &mut Ui, state: &AppState, index: usize, rank: usize, count: usize) -> Response {
    let palette = palette(ui);
    let dataset = state.dataset();
    let incident = dataset.incidents.at(index);
    let selected = state.selection() == Some(index);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW_HEIGHT));
    // One name for each row, wherever the list is scrolled to.
    let response = ui.interact(rect, Id::unique(("chooser row", rank)), Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(Role::ListItem, true, selected, t!("chooser-row", title = &incident.title))
    });
    mark_row(ui, response.id, selected, rank, count);
    if selected || response.hovered() {
        ui.painter().rect_filled(rect, theme::CORNER, palette.raised);
    }
    focus_ring(ui, &response, rect);
    let badge = Rect::from_center_size(pos2(rect.left() + 14.0, rect.center().y), vec2(20.0, 20.0));
    paint_badge(ui.painter(), &dataset.event_types[incident.event_type], badge);
    let left = badge.right() + 8.0;
    let title = one_line(
        ui,
        &incident.title,
        theme::regular(theme::BODY_SIZE),
        palette.text,
        rect.right() - left - 10.0,
    );
    let top = rect.center().y - title.size().y / 2.0;
    ui.painter().galley(pos2(left, top), title, palette.text);
    response
}
