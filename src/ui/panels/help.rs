//! The sheet with every shortcut, from the table of actions.

use eframe::egui::{Align, Context, Frame, Id, Label, Layout, Modal, RichText, ScrollArea, Ui, vec2};

use crate::t;
use crate::ui::actions::{ACTIONS, Action, Group};
use crate::ui::symbol::Icon;
use crate::ui::theme;
use crate::ui::widgets::{icon_button, palette};

/// Width of one of the two columns, in points.
const COLUMN_WIDTH: f32 = 352.0;
/// Width of the keys in a column, in points.
const KEYS_WIDTH: f32 = 142.0;

/// The sheet and whether it is open.
#[derive(Debug, Default)]
pub struct Help {
    /// Whether it is open.
    pub open: bool,
}

impl Help {
    /// Draws the sheet over the window while it is open.
    pub fn show(&mut self, ctx: &Context) {
        if !self.open {
            return;
        }
        let screen = ctx.content_rect();
        let two_columns = screen.width() > 2.0 * COLUMN_WIDTH + 120.0;
        let frame = Frame::popup(&ctx.global_style()).inner_margin(20);
        let modal = Modal::new(Id::unique("help")).frame(frame).show(ctx, |ui| {
            let columns = if two_columns { 2.0 } else { 1.0 };
            ui.set_width(columns * COLUMN_WIDTH + (columns - 1.0) * 2.0 * theme::MARGIN);
            ui.horizontal(|ui| {
                ui.label(RichText::new(Action::Help.label()).font(theme::semibold(theme::TITLE_SIZE)));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let close = icon_button(ui, Icon::Close, t!("help-close"), theme::BUTTON_HEIGHT, true);
                    close.clicked()
                })
                .inner
            })
            .inner
                | {
                    let height = screen.height() - 160.0;
                    let area = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
                    area.show(ui, |ui| {
                        ui.spacing_mut().interact_size.y = 0.0;
                        if two_columns {
                            ui.columns(2, |columns| {
                                groups(&mut columns[0], &Group::ALL[..5]);
                                groups(&mut columns[1], &Group::ALL[5..]);
                            });
                        } else {
                            groups(ui, &Group::ALL);
                        }
                    });
                    false
                }
        });
        // Esc goes through the table of actions like every other key.
        if modal.inner || modal.backdrop_response.clicked() {
            self.open = false;
        }
    }
}

fn groups(ui: &mut Ui, groups: &[Group]) {
    let palette = palette(ui);
    for &group in groups {
        ui.add_space(2.0 * theme::GAP);
        ui.label(theme::head(group.label(), palette));
        for action in actions_of(group) {
            ui.horizontal_top(|ui| {
                let keys = action.keys(ui.ctx()).join(t!("help-or"));
                let width = ui.available_width();
                ui.allocate_ui_with_layout(vec2(KEYS_WIDTH, 0.0), Layout::top_down(Align::Min), |ui| {
                    ui.set_width(KEYS_WIDTH);
                    ui.add(Label::new(theme::strong(keys)).wrap());
                });
                ui.allocate_ui_with_layout(
                    vec2(width - KEYS_WIDTH - 2.0 * theme::GAP, 0.0),
                    Layout::top_down(Align::Min),
                    |ui| ui.add(Label::new(action.label()).wrap()),
                );
            });
        }
    }
}

/// Each action of a group once, in the order of the table.
fn actions_of(group: Group) -> Vec<Action> {
    let mut actions: Vec<Action> = Vec::new();
    for entry in ACTIONS.iter().filter(|entry| entry.group == group) {
        if !actions.contains(&entry.action) {
            actions.push(entry.action);
        }
    }
    actions
}
