//! Messages to the reader: strips above the map, the oldest on top, each with a button that closes it. A screen reader
//! reads a new one out.

use eframe::egui::accesskit::{Live, Role};
use eframe::egui::{Align, Frame, Id, Label, Layout, Margin, Panel, Ui};

use super::symbol::Icon;
use super::theme;
use super::widgets::{icon_button, palette, text_button};
use crate::state::Command;
use crate::t;

/// How many are shown at once; the others wait.
const SHOWN: usize = 3;
/// How many are kept; of more, the oldest are dropped.
const MAX: usize = 20;

/// A message, and what the reader can do about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    text: String,
    actions: Vec<(&'static str, Command)>,
}

impl Notice {
    /// A message without any button but that which closes it.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self { text, actions: Vec::new() }
    }

    /// Adds a button: what stands on it, and what it does. It closes the message, too.
    #[must_use]
    pub fn with_action(mut self, label: &'static str, command: Command) -> Self {
        self.actions.push((label, command));
        self
    }
}

/// The messages that are not closed yet.
#[derive(Debug, Default)]
pub struct Notices {
    queue: Vec<(u64, Notice)>,
    /// How many there were so far: each has a number of its own.
    count: u64,
}

impl Notices {
    /// Adds a message. One that is there already is not repeated.
    pub fn push(&mut self, notice: Notice) {
        if self.queue.iter().any(|(_, other)| *other == notice) {
            return;
        }
        self.count += 1;
        self.queue.push((self.count, notice));
        if self.queue.len() > MAX {
            self.queue.remove(0);
        }
    }

    /// Adds messages.
    pub fn extend(&mut self, notices: impl IntoIterator<Item = Notice>) {
        notices.into_iter().for_each(|notice| self.push(notice));
    }

    /// Draws the first messages along the top of what is left of `ui`.
    pub fn show(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let mut closed = None;
        for (number, notice) in self.queue.iter().take(SHOWN) {
            if strip(ui, *number, notice, commands) {
                closed = Some(*number);
            }
        }
        self.queue.retain(|(number, _)| Some(*number) != closed);
    }
}

/// Draws one message; says whether it is to be closed.
fn strip(ui: &mut Ui, number: u64, notice: &Notice, commands: &mut Vec<Command>) -> bool {
    let palette = palette(ui);
    let margin = Margin::symmetric(theme::MARGIN as i8, theme::GAP as i8);
    let frame = Frame::new().fill(palette.notice).inner_margin(margin);
    let panel = Panel::top(Id::unique(("notice", number))).resizable(false).frame(frame);
    let shown = panel.show(ui, |ui| {
        let mut closed = false;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            closed = icon_button(ui, Icon::Close, t!("notice-close"), theme::BUTTON_HEIGHT, true).clicked();
            for (label, command) in notice.actions.iter().rev() {
                if text_button(ui, theme::strong(*label), label).clicked() {
                    commands.push(command.clone());
                    closed = true;
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center).with_main_wrap(true), |ui| {
                let text = theme::body(notice.text.as_str()).color(palette.on_notice);
                let response = ui.add(Label::new(text).wrap());
                ui.ctx().accesskit_node_builder(response.id, |node| {
                    node.set_role(Role::Status);
                    node.set_label(notice.text.as_str());
                    node.set_live(Live::Polite);
                });
            });
        });
        closed
    });
    shown.inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_not_repeated_and_the_queue_is_bounded() {
        let mut notices = Notices::default();
        for n in 0..100 {
            notices.push(Notice::new(format!("{}", n / 2)));
        }
        assert_eq!(notices.queue.len(), MAX);
        assert_eq!(notices.queue[0].1.text, "30");
    }
}
