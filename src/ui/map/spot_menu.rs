//! The menu of a point on the map: its coordinates to be copied, in the ways that people and programs write them, and
//! measuring from there. It opens with the right button, or by key in the middle of the map.

use eframe::egui::{
    Align, Button, Id, Layout, Popup, PopupAnchor, PopupKind, SetOpenCommand, Ui,
    containers::menu::menu_style,
};

use super::measure::{Measure, cross};
use super::transform::MapTransform;
use crate::geo::LonLat;
use crate::state::Command;
use crate::t;
use crate::ui::theme;
use crate::ui::widgets::{focus_ring, palette};

/// Width of the menu, in points.
const WIDTH: f32 = 264.0;

/// The menu, and the point that it is about.
#[derive(Debug, Default)]
pub struct SpotMenu {
    at: Option<LonLat>,
    /// Whether it was asked for by key since the last frame.
    asked: bool,
}

fn id() -> Id {
    Id::unique("spot menu")
}

impl SpotMenu {
    /// Opens the menu for the middle of the map, at its next frame.
    pub fn ask(&mut self) {
        self.asked = true;
    }

    /// Draws it while it is open.
    pub fn show(
        &mut self,
        ui: &Ui,
        transform: &MapTransform,
        measure: &mut Measure,
        commands: &mut Vec<Command>,
    ) {
        let by_key = std::mem::take(&mut self.asked);
        let clicked = clicked_at(ui, transform);
        let opens = by_key || clicked.is_some();
        if by_key {
            self.at = Some(transform.center.to_lon_lat());
        } else if let Some(position) = clicked {
            self.at = Some(position);
        }
        let Some(position) = self.at else { return };
        let pos = transform.to_screen(position.to_unit());
        if !opens && !Popup::is_id_open(ui.ctx(), id()) {
            self.at = None;
            return;
        }
        cross(ui.painter(), pos, palette(ui));
        Popup::new(id(), ui.ctx().clone(), PopupAnchor::Position(pos), ui.layer_id())
            .kind(PopupKind::Menu)
            .layout(Layout::top_down_justified(Align::Min))
            .style(menu_style)
            .accessible_name(t!("spot-menu"))
            .gap(theme::GAP)
            .open_memory(opens.then_some(SetOpenCommand::Bool(true)))
            .show(|ui| {
                ui.set_width(WIDTH);
                items(ui, position, transform, by_key, measure, commands);
            });
    }
}

/// Where the right button was clicked on the map and nothing that lies over it.
fn clicked_at(ui: &Ui, transform: &MapTransform) -> Option<LonLat> {
    let clicked =
        ui.input(|input| input.pointer.secondary_clicked().then(|| input.pointer.interact_pos()).flatten());
    let on_map = |pos: &eframe::egui::Pos2| {
        transform.rect.contains(*pos) && ui.ctx().layer_id_at(*pos) == Some(ui.layer_id())
    };
    clicked.filter(on_map).map(|pos| transform.to_lon_lat(pos))
}

fn items(
    ui: &mut Ui,
    position: LonLat,
    transform: &MapTransform,
    opens_by_key: bool,
    measure: &mut Measure,
    commands: &mut Vec<Command>,
) {
    let pixel_deg = transform.pixel_deg();
    let texts = [
        position.to_plain_text(pixel_deg),
        position.to_dms_text_within(pixel_deg),
        position.to_geo_uri(pixel_deg),
    ];
    for (n, text) in texts.into_iter().enumerate() {
        let button = ui.add(Button::new(t!("spot-copy", text = &text)));
        if n == 0 && opens_by_key {
            button.request_focus();
        }
        focus_ring(ui, &button, button.rect);
        if button.clicked() {
            commands.push(Command::Copy(text));
        }
    }
    ui.separator();
    let words = if measure.is_active() { t!("spot-add") } else { t!("spot-measure") };
    let button = ui.add(Button::new(words));
    focus_ring(ui, &button, button.rect);
    if button.clicked() {
        measure.add(position, transform);
    }
}
