//! Who made the maps that are seen, always in the corner while they are; and quietly above it, what of them is missing.

use std::sync::Arc;

use eframe::egui::accesskit::{Live, Role as NodeRole};
use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    Color32, CursorIcon, Galley, Rect, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::ground::GroundStatus;
use crate::basemaps::attribution::Part;
use crate::state::Command;
use crate::t;
use crate::ui::picture;
use crate::ui::theme::{self, Palette};
use crate::ui::widgets::{focus_ring, palette};

/// Widest line, in points, where the map has room for it.
const MAX_WIDTH: f32 = 460.0;
/// Room for the embedded map's makers in one line, in points.
const MIN_WIDTH: f32 = 250.0;
/// Space around the words, in points.
const PADDING: [f32; 2] = [6.0, 3.0];
/// Distance from the map's edges, in points.
const INSET: f32 = 4.0;

/// Draws it; returns what it takes of the map.
pub fn show(ui: &mut Ui, map: Rect, said: &GroundStatus, commands: &mut Vec<Command>) -> Rect {
    let width = MAX_WIDTH.min((map.width() * 0.6).max(MIN_WIDTH)).min(map.width() - 4.0 * INSET);
    let corner = map.right_bottom() - vec2(INSET, INSET);
    let made = makers(ui, Rect::from_min_max(corner, corner), width, said, commands);
    let above = if made.is_positive() { made.right_top() - vec2(0.0, INSET) } else { corner };
    made.union(problem(ui, Rect::from_min_max(above, above), width, said))
}

/// The words in the lower right corner of what is free, on a ground of their own.
fn ground(ui: &Ui, corner: Rect, galley: &Arc<Galley>, fill: Color32) -> Rect {
    let size = galley.size() + 2.0 * vec2(PADDING[0], PADDING[1]);
    let rect = Rect::from_min_max(corner.max - size, corner.max);
    ui.painter().rect_filled(rect, 4.0, fill);
    rect
}

fn makers(ui: &mut Ui, corner: Rect, width: f32, said: &GroundStatus, commands: &mut Vec<Command>) -> Rect {
    let parts = &said.attribution;
    if parts.is_empty() {
        return Rect::NOTHING;
    }
    let palette = palette(ui);
    // The ground lets the embedded map shine through, whose colours are known; under other maps it does not.
    let is_embedded = parts.len() == 1 && parts[0].text == t!("map-data");
    let (fill, color) =
        if is_embedded { (palette.veil(), palette.weak) } else { (palette.panel, palette.text) };
    let galley = ui.painter().layout_job(job(parts, color, palette, width));
    let rect = ground(ui, corner, &galley, fill);
    let at = rect.min + vec2(PADDING[0], PADDING[1]);
    let whole: String = parts.iter().map(|part| part.text.as_str()).collect();
    let response = ui.interact(rect, ui.scope_id().with("attribution"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, t!("map-data-name", data = &whole)));
    ui.painter().galley(at, Arc::clone(&galley), color);
    if !picture::is_marked(ui.ctx()) {
        links(ui, parts, &galley, at, commands);
    }
    rect
}

/// The words as one text, what leads somewhere underlined.
fn job(parts: &[Part], color: Color32, palette: &Palette, width: f32) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    job.wrap.max_rows = 4;
    for part in parts {
        let color = if part.link.is_some() { palette.accent } else { color };
        let font_id = theme::regular(theme::HEAD_SIZE);
        job.append(&part.text, 0.0, TextFormat { font_id, color, ..TextFormat::default() });
    }
    job
}

/// Makes the parts that lead somewhere links: the whole address is shown before it is opened.
fn links(ui: &mut Ui, parts: &[Part], galley: &Galley, at: eframe::egui::Pos2, commands: &mut Vec<Command>) {
    let mut first = 0;
    for (n, part) in parts.iter().enumerate() {
        let last = first + part.text.chars().count();
        let Some(url) = &part.link else {
            first = last;
            continue;
        };
        let place = |index: usize| {
            galley.pos_from_cursor(eframe::egui::text::CCursor::new(index)).translate(at.to_vec2())
        };
        let (begin, end) = (place(first), place(last));
        first = last;
        // A link that runs over lines is clicked in its first.
        let right = if end.top() > begin.top() { at.x + galley.size().x } else { end.right() };
        let rect = Rect::from_min_max(begin.min, pos2(right, begin.bottom()));
        let builder = UiBuilder::new().max_rect(rect).id_salt(("attribution link", n));
        ui.scope_builder(builder, |ui| {
            let response = ui
                .interact(rect, ui.scope_id().with("link"), Sense::click())
                .on_hover_cursor(CursorIcon::PointingHand)
                .on_hover_text(url);
            response.widget_info(|| {
                WidgetInfo::labeled(Role::Link, true, t!("map-data-link", text = part.text.trim(), url = url))
            });
            if response.hovered() {
                let line = Stroke::new(1.0, palette(ui).accent);
                ui.painter().line_segment([rect.left_bottom(), rect.right_bottom()], line);
            }
            focus_ring(ui, &response, rect.expand(2.0));
            if response.clicked() {
                commands.push(Command::OpenLink(url.clone()));
            }
        });
    }
}

fn problem(ui: &mut Ui, corner: Rect, width: f32, said: &GroundStatus) -> Rect {
    let Some(words) = &said.problem else { return Rect::NOTHING };
    let palette = palette(ui);
    let font = theme::regular(theme::HEAD_SIZE);
    let galley = ui.painter().layout(words.clone(), font, palette.on_notice, width);
    let rect = ground(ui, corner, &galley, palette.notice);
    ui.painter().galley(rect.min + vec2(PADDING[0], PADDING[1]), galley, palette.on_notice);
    let response = ui.interact(rect, ui.scope_id().with("map problem"), Sense::hover());
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(NodeRole::Status);
        node.set_label(words.as_str());
        node.set_live(Live::Polite);
        if let Some(advice) = &said.advice {
            node.set_description(advice.as_str());
        }
    });
    if let Some(advice) = &said.advice {
        response.on_hover_text(advice);
    }
    rect
}
