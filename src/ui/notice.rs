//! Messages to the reader: strips above the map, the oldest on top, each with a button that closes it. A screen reader
//! reads a new one out.

use std::sync::Arc;

use eframe::egui::accesskit::{Live, Role};
use eframe::egui::{
    Align, Align2, FontSelection, Frame, Galley, Label, Layout, Margin, Panel, TextWrapMode, Ui, UiBuilder,
    WidgetText,
};

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

    /// Takes a message away that is no longer true.
    pub fn withdraw(&mut self, notice: &Notice) {
        self.queue.retain(|(_, other)| other != notice);
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
    let buttons_width =
        theme::BUTTON_HEIGHT + notice.actions.iter().map(|(label, _)| button_width(ui, label)).sum::<f32>();
    let text_width = (ui.available_width() - buttons_width - 3.0 * theme::MARGIN).max(1.0);
    let text = WidgetText::from(theme::body(notice.text.as_str()).color(palette.on_notice));
    let text = text.into_galley(ui, Some(TextWrapMode::Wrap), text_width, FontSelection::Default);
    // Known before it is drawn, with the line under it: a new message is whole in its first frame.
    let height = text.size().y.max(theme::BUTTON_HEIGHT) + 2.0 * theme::GAP + 1.0;
    let margin = Margin::symmetric(theme::MARGIN as i8, theme::GAP as i8);
    Panel::top(("notice", number))
        .exact_size(height)
        .resizable(false)
        .frame(Frame::new().fill(palette.notice).inner_margin(margin))
        .show(ui, |ui| row(ui, notice, text, buttons_width, commands))
        .inner
}

fn row(
    ui: &mut Ui,
    notice: &Notice,
    text: Arc<Galley>,
    buttons_width: f32,
    commands: &mut Vec<Command>,
) -> bool {
    let rect = ui.available_rect_before_wrap();
    let text_rect = Align2::LEFT_CENTER.align_size_within_rect(text.size(), rect);
    let response = ui.put(text_rect, Label::new(text));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Status);
        node.set_label(notice.text.as_str());
        node.set_live(Live::Polite);
    });
    let buttons = rect.with_min_x(rect.right() - buttons_width);
    let builder = UiBuilder::new().max_rect(buttons).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let mut closed = false;
        for (label, command) in &notice.actions {
            if text_button(ui, theme::strong(*label), label).clicked() {
                commands.push(command.clone());
                closed = true;
            }
        }
        icon_button(ui, Icon::Close, t!("notice-close"), theme::BUTTON_HEIGHT, true).clicked() || closed
    })
    .inner
}

/// The width of a button with this text, in points.
fn button_width(ui: &Ui, label: &str) -> f32 {
    let font = theme::semibold(theme::BODY_SIZE);
    let text = ui.painter().layout_no_wrap(label.to_owned(), font, ui.visuals().text_color());
    text.size().x + 2.0 * ui.spacing().button_padding.x
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
        notices.withdraw(&Notice::new("30".to_owned()));
        assert_eq!(notices.queue[0].1.text, "31");
    }
}
