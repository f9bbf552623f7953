//! A scroll area for any number of rows of one height. egui's own counts in 32-bit points from the top: beyond a hundred
//! thousand rows, they would no longer stand still.

use std::ops::Range;

use eframe::egui::{Id, Key, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::theme;
use super::widgets::palette;

/// Width of the scroll bar with the space beside it, in points.
const BAR_WIDTH_PX: f32 = 10.0;
/// Least height of the bar's handle, in points.
const MIN_HANDLE_PX: f32 = 28.0;

/// Where such an area stands.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LongScroll {
    /// The row at the top edge, with the part of it that is above.
    top: f64,
}

impl LongScroll {
    /// Brings a row into sight, if it is not. `height_px` is that of the area.
    pub fn reveal(&mut self, row: usize, height_px: f32, row_px: f32) {
        let visible = f64::from(height_px / row_px);
        let row = row as f64;
        if row < self.top {
            self.top = row;
        } else if row + 1.0 > self.top + visible {
            self.top = row + 1.0 - visible;
        }
    }

    /// Back to the first row.
    pub fn to_top(&mut self) {
        self.top = 0.0;
    }

    fn clamp(&mut self, rows: usize, visible: f64) {
        self.top = self.top.clamp(0.0, (rows as f64 - visible).max(0.0));
    }

    /// Draws the area into the rest of `ui`. `add_rows` gets the rows in sight and where the first of them lies.
    /// `name` is what a screen reader calls the scroll bar.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        name: &str,
        rows: usize,
        row_px: f32,
        add_rows: impl FnOnce(&mut Ui, Range<usize>, Rect),
    ) {
        let rect = ui.available_rect_before_wrap();
        let visible = f64::from(rect.height() / row_px);
        self.wheel_and_keys(ui, rect, row_px, visible, rows);
        self.clamp(rows, visible);
        let bar = Rect::from_min_max(pos2(rect.right() - BAR_WIDTH_PX + 2.0, rect.top()), rect.max);
        self.bar(ui, name, bar, rows, visible);
        let first = self.top.floor() as usize;
        let last = ((self.top + visible).ceil() as usize).min(rows);
        let offset_px = ((self.top - self.top.floor()) * f64::from(row_px)) as f32;
        let inner = Rect::from_min_max(rect.min, pos2(rect.right() - BAR_WIDTH_PX, rect.bottom()));
        let first_row = Rect::from_min_size(inner.min - vec2(0.0, offset_px), vec2(inner.width(), row_px));
        ui.scope_builder(UiBuilder::new().max_rect(inner), |ui| {
            ui.set_clip_rect(ui.clip_rect().intersect(inner));
            add_rows(ui, first.min(last)..last, first_row);
        });
        ui.advance_cursor_after_rect(rect);
    }

    fn wheel_and_keys(&mut self, ui: &Ui, rect: Rect, row_px: f32, visible: f64, rows: usize) {
        if ui.rect_contains_pointer(rect) {
            let wheel_px = ui.input(|input| input.smooth_scroll_delta().y);
            self.top -= f64::from(wheel_px / row_px);
        }
        let focused = ui.ctx().memory(eframe::egui::Memory::focused);
        let inside =
            focused.and_then(|id| ui.ctx().read_response(id)).is_some_and(|it| rect.intersects(it.rect));
        if inside {
            let pressed = |key: Key| ui.input(|input| input.num_presses(key)) as f64;
            self.top += visible.floor() * (pressed(Key::PageDown) - pressed(Key::PageUp));
            if pressed(Key::Home) > 0.0 {
                self.top = 0.0;
            }
            if pressed(Key::End) > 0.0 {
                self.top = rows as f64;
            }
        }
    }

    fn bar(&mut self, ui: &Ui, name: &str, bar: Rect, rows: usize, visible: f64) {
        let hidden = rows as f64 - visible;
        if hidden <= 0.0 {
            return;
        }
        let share = (visible / rows as f64) as f32;
        let handle_px = (bar.height() * share).max(MIN_HANDLE_PX).min(bar.height());
        let room_px = bar.height() - handle_px;
        let id: Id = ui.scope_id().with("long scroll bar");
        let response = ui.interact(bar, id, Sense::click_and_drag());
        if let Some(pointer) =
            response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on())
        {
            let at = (pointer.y - bar.top() - handle_px / 2.0) / room_px.max(1.0);
            self.top = f64::from(at.clamp(0.0, 1.0)) * hidden;
        }
        self.clamp(rows, visible);
        let value = self.top / hidden;
        let top = bar.top() + room_px * value as f32;
        let handle = Rect::from_min_size(pos2(bar.left(), top), vec2(bar.width(), handle_px));
        let palette = palette(ui);
        let color = if response.hovered() || response.dragged() { palette.weak } else { palette.outline };
        let width = if response.hovered() || response.dragged() { 8.0 } else { 6.0 };
        let handle = Rect::from_center_size(handle.center(), vec2(width, handle.height()));
        ui.painter().rect_filled(handle, width / 2.0, color);
        response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, name));
        super::widgets::focus_ring(ui, &response, bar.expand(theme::GAP / 2.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_brought_into_sight_and_no_further() {
        let mut scroll = LongScroll::default();
        scroll.reveal(999_999, 720.0, 72.0);
        assert_eq!(scroll.top, 999_990.0);
        scroll.reveal(999_995, 720.0, 72.0);
        assert_eq!(scroll.top, 999_990.0, "it is in sight already");
        scroll.reveal(5, 720.0, 72.0);
        assert_eq!(scroll.top, 5.0);
        scroll.clamp(8, 10.0);
        assert_eq!(scroll.top, 0.0, "all rows fit");
    }
}
