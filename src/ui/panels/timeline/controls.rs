//! The controls beside the timeline: play, how fast and in which way, and what time is shown.

use eframe::egui::{
    Align, Atom, Button, IdSalt, Layout, Popup, Response, RichText, Role, Ui, UiBuilder, WidgetInfo, vec2,
};

use super::chart::Chart;
use super::{legend, zone};
use crate::query::dates;
use crate::state::{AppState, Command, PlaybackMode, Speed, ZoneChoice};
use crate::t;
use crate::ui::actions::Action;
use crate::ui::symbol::{Icon, paint_icon};
use crate::ui::theme;
use crate::ui::widgets::{focus_ring, icon_button, one_line, outline_choices, palette};

/// Width of the play button, whatever it says, in points.
const PLAY_WIDTH: f32 = 84.0;
/// Height of a line of text, in points.
const LINE_HEIGHT: f32 = 22.0;

/// Draws them into all of `ui`.
pub(super) fn show(ui: &mut Ui, state: &AppState, chart: &Chart, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.y = theme::GAP;
    ui.horizontal(|ui| {
        play_button(ui, state, commands);
        pace_menu(ui, state, commands);
    });
    readout(ui, state, commands);
    ui.horizontal(|ui| pace(ui, state, chart));
}

/// How the window plays, on which clock, and at the end of the line what hatching means, if there is any.
fn pace(ui: &mut Ui, state: &AppState, chart: &Chart) {
    let palette = palette(ui);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        legend::show(ui, chart.bars(), chart.touching_any());
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let text = format!("{} · {}", mode_label(state.playback().mode()), zone::name(state));
            let font = theme::regular(theme::SMALL_SIZE);
            let galley = one_line(ui, &text, font, palette.weak, ui.available_width());
            let response = ui.label(galley);
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
            response.on_hover_ui(|ui| {
                ui.label(theme::strong(zone::name(state)));
                ui.label(theme::small(zone::reason(state), palette));
            });
        });
    });
}

fn play_button(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let (icon, name) = if state.playback().is_playing() {
        (Icon::Pause, t!("timeline-pause"))
    } else {
        (Icon::Play, t!("timeline-play"))
    };
    let response = button(ui, icon, name, true, PLAY_WIDTH);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    if response.clicked() {
        commands.push(Command::PlayPause);
    }
    response.on_hover_text(Action::PlayPause.tooltip(ui.ctx()));
}

/// A button with a picture before its words, or after them.
fn button(ui: &mut Ui, icon: Icon, words: &str, icon_first: bool, width: f32) -> Response {
    let salt = IdSalt::new("picture");
    let picture = Atom::custom(salt, vec2(12.0, 12.0));
    let words = RichText::new(words);
    let button = if icon_first { Button::new((picture, words)) } else { Button::new((words, picture)) };
    let atoms = button.min_size(vec2(width, theme::BUTTON_HEIGHT)).atom_ui(ui);
    if let Some(rect) = atoms.rect(salt) {
        paint_icon(ui.painter(), icon, rect, palette(ui).text);
    }
    focus_ring(ui, &atoms.response, atoms.response.rect);
    atoms.response
}

fn pace_menu(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let label = speed_label(state.speed());
    let response = button(ui, Icon::Down, label, false, 0.0);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, t!("timeline-pace", speed = label)));
    let palette = palette(ui);
    Popup::menu(&response).show(|ui| {
        ui.set_min_width(140.0);
        outline_choices(ui);
        ui.label(theme::head(t!("timeline-pace-speed"), palette));
        for speed in Speed::ALL {
            if ui.radio(state.speed() == speed, speed_label(speed)).clicked() {
                commands.push(Command::SetSpeed(speed));
            }
        }
        ui.add_space(2.0 * theme::GAP);
        ui.label(theme::head(t!("timeline-pace-mode"), palette));
        for mode in PlaybackMode::ALL {
            if ui.radio(state.playback().mode() == mode, mode_label(mode)).clicked() {
                commands.push(Command::SetPlaybackMode(mode));
            }
        }
        ui.add_space(2.0 * theme::GAP);
        ui.label(theme::head(t!("timeline-pace-zone"), palette));
        for choice in ZoneChoice::ALL {
            if ui.radio(state.zone_choice() == choice, zone::choice(choice)).clicked() {
                commands.push(Command::SetZone(choice));
            }
        }
    });
}

/// What time is shown, and a way back to all of it.
fn readout(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let size = vec2(ui.available_width(), LINE_HEIGHT);
    let (_, rect) = ui.allocate_space(size);
    let builder = UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP;
        let palette = palette(ui);
        let Some(window_min) = state.filter().window_min() else {
            ui.label(t!("timeline-all")).on_hover_text(t!("timeline-all-hint"));
            return;
        };
        let text = dates::span_text(window_min);
        let width = rect.width() - LINE_HEIGHT - theme::GAP;
        let galley = one_line(ui, &text, theme::regular(theme::BODY_SIZE), palette.text, width);
        let elided = galley.elided;
        let response = ui.label(galley);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
        if elided {
            response.on_hover_text(&text);
        }
        // At the end of the line, so that it stays where it is while dates pass.
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, Icon::Close, t!("timeline-clear"), LINE_HEIGHT, true).clicked() {
                commands.push(Command::SetTimeWindow(None));
            }
        });
    });
}

fn speed_label(speed: Speed) -> &'static str {
    match speed {
        Speed::Hour => t!("speed-hour"),
        Speed::Day => t!("speed-day"),
        Speed::Week => t!("speed-week"),
        Speed::Month => t!("speed-month"),
        Speed::Year => t!("speed-year"),
        Speed::Decade => t!("speed-decade"),
    }
}

fn mode_label(mode: PlaybackMode) -> &'static str {
    match mode {
        PlaybackMode::Moves => t!("mode-moves"),
        PlaybackMode::Grows => t!("mode-grows"),
    }
}
