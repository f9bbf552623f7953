//! What was measured, in words, at the upper left of the map.

use eframe::egui::{Align, Area, Frame, Id, Layout, Order, Rect, RichText, ScrollArea, Ui, accesskit, vec2};

use super::{Path, bearing_text, length_text};
use crate::state::Command;
use crate::t;
use crate::ui::symbol::Icon;
use crate::ui::theme;
use crate::ui::widgets::{icon_button, palette, text_button};

/// Width of the words, in points.
const WIDTH: f32 = 232.0;
/// Distance from the map's edges, in points.
const INSET: f32 = 12.0;
/// So much of the legs is shown at once, in points.
const MAX_LEGS_HEIGHT: f32 = 132.0;
/// Height that is kept free of the map's names, in points.
const TAKEN_HEIGHT: f32 = 150.0;

/// About what the panel covers of a map.
pub(super) fn rect(map: Rect) -> Rect {
    Rect::from_min_size(map.min, vec2(WIDTH + 2.0 * theme::MARGIN + INSET, TAKEN_HEIGHT))
}

/// Draws it; says whether the tool is to be put away.
pub(super) fn show(ui: &Ui, path: &mut Path, map: Rect, commands: &mut Vec<Command>) -> bool {
    let area = Area::new(Id::unique("measure panel"))
        .order(Order::Middle)
        .fixed_pos(map.min + vec2(INSET, INSET))
        .constrain_to(map);
    area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).inner_margin(theme::MARGIN).show(ui, |ui| {
            ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
                node.set_role(accesskit::Role::Group);
                node.set_label(t!("measure-title"));
            });
            ui.set_width(WIDTH.min(map.width() - 2.0 * INSET - 2.0 * theme::MARGIN).max(1.0));
            content(ui, path, commands)
        })
    })
    .inner
    .inner
}

fn content(ui: &mut Ui, path: &mut Path, commands: &mut Vec<Command>) -> bool {
    let palette = palette(ui);
    let mut closed = false;
    ui.horizontal(|ui| {
        ui.label(theme::head(t!("measure-title"), palette));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            closed = icon_button(ui, Icon::Close, t!("measure-close"), 20.0, true).clicked();
        });
    });
    if let Some(last) = path.legs.last() {
        let (length_m, pixel_m) = path.total_m();
        let total = RichText::new(length_text(length_m, pixel_m));
        ui.label(total.font(theme::semibold(theme::BODY_SIZE)).color(palette.text));
        ui.label(theme::small(t!("measure-last-bearing", bearing = bearing_text(&last.leg)), palette));
    }
    if path.legs.len() > 1 {
        legs(ui, path);
    }
    if path.legs.len() < 2 {
        ui.label(theme::small(t!("measure-help"), palette));
    }
    if !path.spots.is_empty() {
        ui.horizontal(|ui| {
            if !path.legs.is_empty()
                && text_button(ui, theme::strong(t!("measure-copy")), t!("measure-copy-name")).clicked()
            {
                commands.push(Command::Copy(path.to_text()));
            }
            if text_button(ui, theme::strong(t!("measure-back")), t!("measure-back-name")).clicked() {
                path.take_back();
            }
        });
    }
    closed
}

/// The length of each leg. The newest is in sight.
fn legs(ui: &mut Ui, path: &Path) {
    let palette = palette(ui);
    let area =
        ScrollArea::vertical().max_height(MAX_LEGS_HEIGHT).auto_shrink([false, true]).stick_to_bottom(true);
    area.id_salt("measured legs").show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (n, traced) in path.legs.iter().enumerate() {
            let length = length_text(traced.leg.distance_m, traced.pixel_m);
            ui.label(theme::small(t!("measure-leg", number = n + 1, length = length), palette));
        }
    });
}
