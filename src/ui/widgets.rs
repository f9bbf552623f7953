//! Small controls that several panels use, each with its accessible name.

use eframe::egui::{
    Button, CursorIcon, Frame, Margin, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, vec2,
};

use super::symbol::{Icon, paint_icon};
use super::theme::{self, Palette};

/// The colours that the frame is drawn in.
#[must_use]
pub fn palette(ui: &Ui) -> &'static Palette {
    Palette::of(ui.theme())
}

/// A square button with a drawn picture; `name` is its accessible name and tooltip.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str, size: f32, enabled: bool) -> Response {
    let palette = palette(ui);
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(size), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    let color = if enabled { palette.text } else { palette.line };
    if enabled {
        focus_ring(ui, &response, rect);
        if response.hovered() {
            ui.painter().rect_filled(rect, theme::CORNER, palette.hovered);
        }
    }
    paint_icon(ui.painter(), icon, rect, color);
    response.on_hover_text(name)
}

/// The same on a raised ground of its own, as on the map.
pub fn raised_icon_button(ui: &mut Ui, icon: Icon, name: &str) -> Response {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(theme::BUTTON_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let fill = if response.hovered() { palette.hovered } else { palette.panel };
    ui.painter().rect(rect, theme::CORNER, fill, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    focus_ring(ui, &response, rect);
    paint_icon(ui.painter(), icon, rect, palette.text);
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(name)
}

/// Words that act like a button, set like a link.
pub fn text_button(ui: &mut Ui, text: RichText, name: &str) -> Response {
    let color = palette(ui).accent;
    let response = ui.add(Button::new(text.color(color)).frame(false));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    focus_ring(ui, &response, response.rect.expand(2.0));
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// A line around what has the keyboard's focus.
pub fn focus_ring(ui: &Ui, response: &Response, rect: Rect) {
    if response.has_focus() {
        let stroke = Stroke::new(2.0, palette(ui).accent);
        ui.painter().rect_stroke(rect, theme::CORNER, stroke, StrokeKind::Inside);
    }
}

/// A frame for a badge: rounded, in a quiet colour.
pub fn badge_frame(fill: eframe::egui::Color32) -> Frame {
    Frame::new().fill(fill).corner_radius(theme::CORNER).inner_margin(Margin::symmetric(8, 3))
}

/// A section head with the usual space above it.
pub fn section_head(ui: &mut Ui, text: &str) -> Response {
    ui.add_space(3.0 * theme::GAP);
    let head = theme::head(text, palette(ui));
    let response = ui.label(head);
    ui.add_space(theme::GAP / 2.0);
    response
}

/// Shortens `galley`-bound text to one line of the given width, with an ellipsis.
#[must_use]
pub fn one_line(
    ui: &Ui,
    text: &str,
    font: eframe::egui::FontId,
    color: eframe::egui::Color32,
    width: f32,
) -> std::sync::Arc<eframe::egui::Galley> {
    lines(ui, text, font, color, width, 1)
}

/// Lays text out in at most `rows` lines of the given width, the last one with an ellipsis where it is cut.
#[must_use]
pub fn lines(
    ui: &Ui,
    text: &str,
    font: eframe::egui::FontId,
    color: eframe::egui::Color32,
    width: f32,
    rows: usize,
) -> std::sync::Arc<eframe::egui::Galley> {
    let mut job = eframe::egui::text::LayoutJob::simple(clipped(text).to_owned(), font, color, width);
    job.wrap.max_rows = rows;
    job.break_on_newline = false;
    ui.painter().layout_job(job)
}

/// No row shows more than this many bytes of a text: laying out a whole book for one line would stall the frame.
fn clipped(text: &str) -> &str {
    const MAX_BYTES: usize = 600;
    if text.len() <= MAX_BYTES {
        return text;
    }
    let end = (0..=MAX_BYTES).rev().find(|&n| text.is_char_boundary(n)).unwrap_or(0);
    &text[..end]
}

/// A tick box of 16 points; the caller makes it clickable and names it.
pub fn paint_checkbox(ui: &Ui, rect: Rect, checked: bool) {
    let palette = palette(ui);
    let square = Rect::from_center_size(rect.center(), vec2(16.0, 16.0));
    if checked {
        ui.painter().rect_filled(square, 4.0, palette.accent);
        paint_icon(ui.painter(), Icon::Tick, square, palette.on_accent);
    } else {
        ui.painter().rect_stroke(square, 4.0, Stroke::new(1.5, palette.outline), StrokeKind::Inside);
    }
}
