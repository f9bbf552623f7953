//! What the window says while files are held over it.

use eframe::egui::{Align2, Area, Context, Id, LayerId, Order, RichText, Shape, Stroke, vec2};

use crate::io::known_extensions;
use crate::t;
use crate::ui::theme::{self, Palette};

/// Distance of the dashed line from the window's edge, in points.
const INSET: f32 = 16.0;

/// Draws the hint over the whole window. `first` is the name of the file that would be opened, `count` how many there
/// are.
pub fn show(ctx: &Context, first: &str, count: usize, is_known_format: bool) {
    let palette = Palette::of(ctx.theme());
    let screen = ctx.content_rect();
    let painter = ctx.layer_painter(LayerId::new(Order::Foreground, Id::unique("drop veil")));
    painter.rect_filled(screen, 0.0, palette.panel.gamma_multiply(0.88));
    let line = screen.shrink(INSET);
    let corners =
        [line.left_top(), line.right_top(), line.right_bottom(), line.left_bottom(), line.left_top()];
    painter.extend(Shape::dashed_line(&corners, Stroke::new(2.0, palette.accent), 10.0, 6.0));
    let head = if count > 1 { t!("drop-several", count = count) } else { t!("drop-one", name = first) };
    let below = if is_known_format {
        t!("drop-replaces").to_owned()
    } else {
        let extensions: Vec<&str> = known_extensions().collect();
        t!("drop-other", extensions = extensions.join(", "))
    };
    let area = Area::new(Id::unique("drop hint"))
        .order(Order::Tooltip)
        .interactable(false)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0));
    area.show(ctx, |ui| {
        ui.set_max_width((screen.width() - 6.0 * INSET).max(0.0));
        ui.vertical_centered(|ui| {
            ui.label(RichText::new(head).font(theme::semibold(theme::TITLE_SIZE)));
            ui.label(RichText::new(below).color(palette.weak));
        });
    });
}
