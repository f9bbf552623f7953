//! What keys and menus do: from an action of the table to the command or the part of the window that carries it out.

use eframe::egui::text_selection::LabelSelectionState;
use eframe::egui::{Context, Event, Theme};

use super::Dateline;
use crate::state::command::incident_text;
use crate::state::{Command, Drawing, ThemeChoice};
use crate::ui::actions::{self, Action, Focus};
use crate::ui::hand_on::HandOn;
use crate::ui::panels::top_bar;

impl Dateline {
    /// Carries out what is pressed. `Ctrl+C` comes from the window system as a request to copy.
    pub(super) fn keys(&mut self, ctx: &Context) {
        let typing = ctx.text_edit_focused();
        let was_typing = std::mem::replace(&mut self.was_typing, typing);
        let focus = if typing || was_typing {
            Focus::Text
        } else if self.map.has_focus() {
            Focus::Map
        } else if ctx.memory(|memory| memory.focused().is_some()) {
            Focus::Control
        } else {
            Focus::Nothing
        };
        let (mut pressed, rest) = ctx.input_mut(|input| actions::take_pressed(input, focus));
        self.for_the_field = rest;
        let copies = ctx.input(|input| input.events.contains(&Event::Copy));
        if copies && focus != Focus::Text && !has_selection(ctx) {
            pressed.push((Action::CopyIncident, 0));
        }
        if self.help.open {
            pressed.retain(|(action, _)| action.works_behind_help());
        }
        for (action, nth) in pressed {
            self.perform(ctx, action, nth);
        }
    }

    /// Does what the reader asks for by a key or a menu. `nth` is which of the action's keys it was, from 0.
    pub(super) fn perform(&mut self, ctx: &Context, action: Action, nth: usize) {
        let shown = |n: usize| self.state.filter().shows_type(n);
        match action {
            Action::NextIncident => self.commands.push(Command::SelectNext),
            Action::PreviousIncident => self.commands.push(Command::SelectPrevious),
            Action::LaterIncident => self.commands.push(Command::SelectLater),
            Action::EarlierIncident => self.commands.push(Command::SelectEarlier),
            Action::GoToIncident => self.commands.push(Command::GoToSelection),
            Action::Close => self.close(),
            Action::CopyIncident => {
                let text = self
                    .state
                    .selection()
                    .and_then(|it| incident_text(self.state.dataset(), it, self.state.text_zone()));
                self.commands.extend(text.map(Command::Copy));
            }
            Action::CopyView => self.notices.extend(HandOn::copy(&self.state, &mut self.commands)),
            Action::Search => {
                self.help.open = false;
                self.search.toggle(ctx);
            }
            Action::FindText => {
                self.search.close(ctx);
                self.search.focus(ctx, top_bar::field_id());
            }
            Action::ToggleType => {
                self.commands.push(Command::SetTypeShown { event_type: nth, shown: !shown(nth) });
            }
            Action::OnlyType => self.commands.push(Command::ShowOnlyType(nth)),
            Action::ResetFilter => self.commands.push(Command::ResetFilter),
            Action::PlayPause => self.commands.push(Command::PlayPause),
            Action::StepBack => self.commands.push(Command::StepTime(-1)),
            Action::StepForward => self.commands.push(Command::StepTime(1)),
            Action::PanLeft => self.map.pan(-1.0, 0.0),
            Action::PanRight => self.map.pan(1.0, 0.0),
            Action::PanUp => self.map.pan(0.0, -1.0),
            Action::PanDown => self.map.pan(0.0, 1.0),
            Action::ZoomIn => self.map.zoom(1.0),
            Action::ZoomOut => self.map.zoom(-1.0),
            Action::Fit => self.commands.push(Command::FitShown),
            Action::Rectangle => self.map.toggle_rectangle(),
            Action::NextDrawing => {
                let at = Drawing::ALL.iter().position(|it| *it == self.state.drawing()).unwrap_or(0);
                self.commands.push(Command::SetDrawing(Drawing::ALL[(at + 1) % Drawing::ALL.len()]));
            }
            Action::Measure => self.map.toggle_measure(),
            Action::SpotMenu => self.map.open_spot_menu(),
            Action::Maps => self.maps.toggle(),
            Action::SwitchTheme => {
                let dark = ctx.theme() == Theme::Dark;
                let theme = if dark { ThemeChoice::Light } else { ThemeChoice::Dark };
                self.commands.push(Command::SetTheme(theme));
            }
            Action::Help => {
                self.search.close(ctx);
                self.help.open = !self.help.open;
            }
            Action::Undo => self.commands.push(Command::Undo),
            Action::Redo => self.commands.push(Command::Redo),
            Action::Back => self.commands.push(Command::Back),
            Action::Forward => self.commands.push(Command::Forward),
            Action::Open => self.commands.push(Command::AskForFile),
            Action::Export => self.commands.push(Command::AskForExport(None)),
            Action::Reload => self.commands.push(Command::Reload),
            Action::LargerText => self.commands.push(Command::LargerText),
            Action::SmallerText => self.commands.push(Command::SmallerText),
            Action::UsualText => self.commands.push(Command::UsualText),
            Action::DebugOverlay => self.debug.toggle(),
        }
        ctx.request_repaint();
    }

    /// Closes the topmost thing that is open.
    fn close(&mut self) {
        if self.help.open {
            self.help.open = false;
        } else if !self.opening.close_problems() && !self.accounting.close() && !self.map.close_topmost() {
            self.commands.push(Command::ClearSelection);
        }
    }
}

/// Whether text of a label is selected: `Ctrl+C` then means that text.
fn has_selection(ctx: &Context) -> bool {
    ctx.plugin_opt::<LabelSelectionState>().is_some_and(|labels| labels.lock().has_selection())
}
