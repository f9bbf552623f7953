//! Small controls that several panels use, each with its accessible name.

use std::borrow::Cow;

use eframe::egui::{
    Button, Context, CursorIcon, Frame, Label, Margin, Rect, Response, RichText, Role, Sense, Stroke,
    StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};

use super::symbol::{Icon, paint_icon};
use super::theme::{self, Palette};
use crate::model::revealed;
use crate::t;

/// The colours that the frame is drawn in.
#[must_use]
pub fn palette(ui: &Ui) -> &'static Palette {
    Palette::of(ui.theme())
}

/// How wide a sheet over the window is: as wide as it likes to be, as far as there is room. A window can be a point wide.
#[must_use]
pub fn sheet_width(ctx: &Context, likes: f32) -> f32 {
    /// What stays free around it.
    const AROUND: f32 = 80.0;
    likes.min(ctx.content_rect().width() - AROUND).max(0.0)
}

/// A square button with a drawn picture; `name` is its accessible name and tooltip.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str, size: f32, enabled: bool) -> Response {
    let palette = palette(ui);
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(size), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    let color = if enabled { palette.text } else { palette.disabled };
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
    let response = raised(ui, icon, false, name);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    response
}

/// The same for what is on or off.
pub fn raised_icon_switch(ui: &mut Ui, icon: Icon, name: &str, is_on: bool) -> Response {
    let response = raised(ui, icon, is_on, name);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, name));
    response
}

fn raised(ui: &mut Ui, icon: Icon, is_on: bool, name: &str) -> Response {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(theme::BUTTON_HEIGHT), Sense::click());
    let (fill, color) = match (is_on, response.hovered()) {
        (true, _) => (palette.accent, palette.on_accent),
        (false, true) => (palette.hovered, palette.text),
        (false, false) => (palette.panel, palette.text),
    };
    ui.painter().rect(rect, theme::CORNER, fill, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    focus_ring(ui, &response, if is_on { rect.expand(2.0) } else { rect });
    paint_icon(ui.painter(), icon, rect, color);
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

/// A row of choices of which one holds, drawn as one piece. Returns the one that was just chosen. `name` says what they
/// are about.
pub fn segments(ui: &mut Ui, name: &str, labels: &[&str], chosen: usize) -> Option<usize> {
    const PADDING_PX: f32 = 10.0;
    let palette = palette(ui);
    let font = theme::regular(theme::BODY_SIZE);
    let galleys: Vec<_> = labels
        .iter()
        .map(|label| ui.painter().layout_no_wrap((*label).to_owned(), font.clone(), palette.text))
        .collect();
    let width: f32 = galleys.iter().map(|galley| galley.size().x + 2.0 * PADDING_PX).sum();
    let (rect, _) = ui.allocate_exact_size(vec2(width, theme::BUTTON_HEIGHT), Sense::hover());
    ui.painter().rect(
        rect,
        theme::CORNER,
        palette.raised,
        Stroke::new(1.0, palette.line),
        StrokeKind::Inside,
    );
    let mut picked = None;
    let mut left = rect.left();
    for (n, galley) in galleys.into_iter().enumerate() {
        let size = vec2(galley.size().x + 2.0 * PADDING_PX, rect.height());
        let segment = Rect::from_min_size(eframe::egui::pos2(left, rect.top()), size);
        left = segment.right();
        let id = ui.scope_id().with((name, n));
        let response = ui.interact(segment, id, Sense::click()).on_hover_cursor(CursorIcon::PointingHand);
        let holds = n == chosen;
        response.widget_info(|| {
            WidgetInfo::selected(Role::RadioButton, true, holds, format!("{name}: {}", labels[n]))
        });
        let color = if holds {
            ui.painter().rect_filled(segment, theme::CORNER, palette.accent);
            palette.on_accent
        } else {
            if response.hovered() {
                ui.painter().rect_filled(segment, theme::CORNER, palette.hovered);
            }
            palette.text
        };
        focus_ring(ui, &response, if holds { segment.expand(2.0) } else { segment });
        if holds && response.has_focus() {
            // The ring has the colour of the chosen one: a line between the two keeps them apart.
            let line = Stroke::new(1.0, palette.on_accent);
            ui.painter().rect_stroke(segment, theme::CORNER, line, StrokeKind::Inside);
        }
        let at = segment.center() - galley.size() / 2.0;
        ui.painter().galley_with_override_text_color(at, galley, color);
        if response.clicked() && !holds {
            picked = Some(n);
        }
    }
    picked
}

/// A line around what has the keyboard's focus.
pub fn focus_ring(ui: &Ui, response: &Response, rect: Rect) {
    if response.has_focus() {
        let stroke = Stroke::new(theme::FOCUS_WIDTH, palette(ui).accent);
        ui.painter().rect_stroke(rect, theme::CORNER, stroke, StrokeKind::Inside);
    }
}

/// To be called at the beginning of a menu: egui leaves the lines around its controls away, and with them empty radio
/// buttons and the focus.
pub fn outline_choices(ui: &mut Ui) {
    let palette = palette(ui);
    let widgets = &mut ui.visuals_mut().widgets;
    widgets.inactive.bg_stroke = Stroke::new(1.0, palette.outline);
    widgets.hovered.bg_stroke = Stroke::new(1.0, palette.text);
    widgets.active.bg_stroke = Stroke::new(theme::FOCUS_WIDTH, palette.accent);
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
    /// No row shows more of a text: laying out a whole book for one line would stall the window.
    const MAX_BYTES: usize = 600;
    let mut job =
        eframe::egui::text::LayoutJob::simple(prefix(text, MAX_BYTES).into_owned(), font, color, width);
    job.wrap.max_rows = rows;
    job.break_on_newline = false;
    ui.painter().layout_job(job)
}

/// Running text of any length: as much of it as a screenful or ten, the rest on request. Laying all of a book out
/// would stall the window.
pub fn long_text(ui: &mut Ui, salt: &str, text: &str) {
    /// How much is shown at first, and how much more with each click, in bytes.
    const PORTION: usize = 24_000;
    let id = ui.scope_id().with(("long text", salt, text.len()));
    let portions: usize = ui.data(|data| data.get_temp(id)).unwrap_or(1);
    let shown = cut(text, PORTION.saturating_mul(portions));
    // A label for each portion, so that a longer text costs only its new part and what is in sight.
    let mut rest = shown;
    while !rest.is_empty() {
        let portion = cut(rest, PORTION);
        ui.add(Label::new(theme::body(revealed(portion))).wrap());
        rest = &rest[portion.len()..];
    }
    let hidden = text.len() - shown.len();
    if hidden > 0 {
        let words = t!("more-text", kilobytes = hidden.div_ceil(1000));
        if text_button(ui, theme::strong(&words), &words).clicked() {
            ui.data_mut(|data| data.insert_temp(id, portions + 1));
        }
    }
}

/// A list of any length: the first rows, the rest on request.
pub fn long_list(ui: &mut Ui, salt: &str, length: usize, mut row: impl FnMut(&mut Ui, usize)) {
    /// How many rows are shown at first, and how many more with each click.
    const PORTION: usize = 50;
    let id = ui.scope_id().with(("long list", salt, length));
    let portions: usize = ui.data(|data| data.get_temp(id)).unwrap_or(1);
    let shown = PORTION.saturating_mul(portions).min(length);
    for n in 0..shown {
        row(ui, n);
    }
    if shown < length {
        let words = t!("more-rows", count = length - shown);
        if text_button(ui, theme::strong(&words), &words).clicked() {
            ui.data_mut(|data| data.insert_temp(id, portions + 1));
        }
    }
}

/// Something that takes a moment to work out, kept for as long as `key` stays the same.
pub fn kept<K, T>(ui: &Ui, salt: &'static str, key: K, work_out: impl FnOnce() -> T) -> std::sync::Arc<T>
where
    K: PartialEq + Clone + Send + Sync + 'static,
    T: Send + Sync + 'static,
{
    let id = eframe::egui::Id::unique(("kept", salt));
    let known = ui.data(|data| data.get_temp::<(K, std::sync::Arc<T>)>(id));
    if let Some((_, value)) = known.filter(|(known, _)| *known == key) {
        return value;
    }
    let value = std::sync::Arc::new(work_out());
    ui.data_mut(|data| data.insert_temp(id, (key, std::sync::Arc::clone(&value))));
    value
}

/// The beginning of a text from outside as it may be shown: at most `bytes` of it, and with characters that would be
/// obeyed spelled out.
#[must_use]
pub fn prefix(text: &str, bytes: usize) -> Cow<'_, str> {
    revealed(cut(text, bytes))
}

/// The first bytes of a text, at most `bytes`, ending between characters.
#[must_use]
pub fn cut(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let end = (0..=bytes).rev().find(|&n| text.is_char_boundary(n)).unwrap_or(0);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_between_characters() {
        assert_eq!(prefix("Тёткино", 5), "Тё");
        assert_eq!(prefix("abc", 5), "abc");
        assert_eq!(prefix("я", 1), "");
        assert_eq!(prefix("a\u{202E}bc", 5), "a\\u{202e}b");
    }
}
