//! The list that opens where several incidents stand on one spot.

use eframe::egui::{Area, Frame, Id, Order, Role, ScrollArea, Sense, Ui, WidgetInfo};
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
}

impl Chooser {
    /// A chooser for these incidents, which stand on one spot.
    #[must_use]
    pub fn new(members: Members, count: usize, revision: u64) -> Self {
        Self { members, count, revision, fresh: true }
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
                let rows = ScrollArea::vertical().max_height(height).auto_shrink([false, true]);
                rows.show_rows(ui, ROW_HEIGHT, self.count, |ui, range| {
                    mark_list(ui);
                    for (index, rank) in page(range.start, range.len()).into_iter().zip(range) {
                        if row(ui, state, index, rank, self.count) {
                            commands.push(Command::Select(index));
                        }
                    }
                });
            });
        });
        let beside = !self.fresh && response.response.clicked_elsewhere();
        self.fresh = false;
        open && !beside
    }
}

fn row(ui: &mut Ui, state: &AppState, index: usize, rank: usize, count: usize) -> bool {
    let palette = palette(ui);
    let dataset = state.dataset();
    let incident = dataset.incidents.at(index);
    let selected = state.selection() == Some(index);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
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
    response.clicked()
}
