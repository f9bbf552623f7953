//! What screen readers are told beyond the names of single controls: regions of the window, what is announced, and the
//! handles between panels, which the keyboard moves as well.

use eframe::egui::accesskit::{self, Live};
use eframe::egui::{
    Event, EventFilter, Id, IdSalt, InputState, Key, Memory, Modifiers, Rect, Response, Role, Sense,
    StrokeKind, Ui,
};

use super::theme;
use super::widgets::palette;

/// Makes the part of the window that `ui` is a region with this name.
pub fn name_region(ui: &Ui, name: &str) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_role(Role::Region);
        node.set_label(name);
    });
}

/// Makes `ui` a list for its rows to stand in.
pub fn mark_list(ui: &Ui) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_role(Role::List));
}

/// Says of a row of a list where it stands in it, `rank` counted from 0, and whether it is selected.
pub fn mark_row(ui: &Ui, row: Id, selected: bool, rank: usize, count: usize) {
    ui.ctx().accesskit_node_builder(row, |node| {
        node.clear_toggled();
        node.set_selected(selected);
        node.set_position_in_set(rank + 1);
        node.set_size_of_set(count);
    });
}

/// Brings what has just got the keyboard's focus into sight, if it is in this part of a scroll area; to be called at the
/// end of its contents.
pub fn follow_focus(ui: &Ui) {
    let Some(focused) = ui.memory(Memory::focused).and_then(|id| ui.ctx().read_response(id)) else { return };
    // Another panel, or another layer, is none of this area's business.
    let here = focused.layer_id == ui.layer_id() && ui.min_rect().contains_rect(focused.rect);
    if here && focused.gained_focus() && !ui.clip_rect().contains_rect(focused.rect) {
        // With a little of what is around it.
        ui.scroll_to_rect(focused.rect.expand(theme::MARGIN), None);
    }
}

/// Has these words read out when they change, as soon as nothing else is being read.
pub fn announce(ui: &Ui, words: &str) {
    announce_as(ui, "announcement", words);
}

/// The same for a part of the window that has something of its own to say.
pub fn announce_as(ui: &Ui, speaker: &'static str, words: &str) {
    let id = Id::unique(speaker);
    // Nothing is drawn; the node only needs a place in the tree.
    ui.interact(Rect::from_min_size(ui.max_rect().min, eframe::egui::Vec2::ZERO), id, Sense::empty());
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_role(Role::Status);
        node.set_live(Live::Polite);
        node.set_label(words);
    });
}

/// Takes the presses of a key out of the input and counts them. With Alt it is another shortcut, which egui's own count
/// would take as well.
fn take_presses(input: &mut InputState, key: Key) -> usize {
    let before = input.events.len();
    input.events.retain(|event| match event {
        Event::Key { key: it, modifiers, pressed: true, .. } => {
            *it != key || modifiers.alt || !modifiers.matches_logically(Modifiers::NONE)
        }
        _ => true,
    });
    before - input.events.len()
}

/// The handle at the inner edge of a side panel.
#[derive(Debug, Clone, Copy)]
pub struct Handle {
    id: Id,
    /// The arrow that widens the panel, and the one that narrows it.
    keys: [Key; 2],
}

impl Handle {
    /// The handle of the panel with this salt on the left of `ui`, or on its right.
    #[must_use]
    pub fn new(ui: &Ui, salt: &'static str, is_left: bool) -> Self {
        let keys =
            if is_left { [Key::ArrowRight, Key::ArrowLeft] } else { [Key::ArrowLeft, Key::ArrowRight] };
        // As egui derives it; a test holds that it is found.
        Self { id: ui.scope_id().with_salt(IdSalt::new(salt)).with("__resize"), keys }
    }

    /// Lets the arrow keys move the handle while it has the focus; to be called before its panel is shown. They become
    /// the requests that a screen reader makes, which egui answers.
    pub fn follow_keys(self, ui: &Ui) {
        if !ui.memory(|memory| memory.has_focus(self.id)) {
            return;
        }
        let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(self.id, filter));
        for (key, action) in
            self.keys.into_iter().zip([accesskit::Action::Increment, accesskit::Action::Decrement])
        {
            let times = ui.input_mut(|input| take_presses(input, key));
            let request = accesskit::ActionRequest {
                action,
                target_tree: accesskit::TreeId::ROOT,
                target_node: self.id.accesskit_id(),
                data: None,
            };
            let requests = std::iter::repeat_n(Event::AccessKitActionRequest(request), times);
            ui.input_mut(|input| input.events.extend(requests));
        }
    }

    /// Names the handle and shows when it has the focus; to be called when its panel has been shown.
    pub fn finish(self, ui: &Ui, name: &str) {
        ui.ctx().accesskit_node_builder(self.id, |node| node.set_label(name));
        if let Some(response) = ui.ctx().read_response(self.id).filter(Response::has_focus) {
            let line = Rect::from_center_size(
                response.rect.center(),
                eframe::egui::vec2(2.0 * theme::FOCUS_WIDTH, response.rect.height()),
            );
            let stroke = eframe::egui::Stroke::new(theme::FOCUS_WIDTH, palette(ui).accent);
            ui.painter().rect_stroke(line, 0.0, stroke, StrokeKind::Inside);
        }
    }
}
