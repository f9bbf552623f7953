//! A strip over the foot of the map while a file is being read or written: its name, how far that is, how fast it goes,
//! and a way to stop it.

use eframe::egui::{
    Align2, Area, Context, Frame, Id, Label, Margin, Order, ProgressBar, Rect, Role, Ui, WidgetInfo,
    accesskit::Live, pos2, vec2,
};

use crate::t;
use crate::ui::theme;
use crate::ui::widgets::{one_line, palette, text_button};

/// Widest strip, in points.
const MAX_WIDTH: f32 = 520.0;
/// What bar, percentage and button take of it, in points.
const CONTROLS_WIDTH: f32 = 270.0;
/// Distance from the map's lower edge, above scale and attribution, in points.
const FOOT: f32 = 40.0;

/// Draws the strip over the map, which fills `map`. `words` say what is done, `pace` how fast that goes, if anything is
/// known of it, `share` is how much of it is done, 0 to 1. Says whether the reader wants it to stop.
#[must_use]
pub fn show(ctx: &Context, map: Rect, words: &str, pace: Option<&str>, share: f32) -> bool {
    let area = Area::new(Id::unique(("loading", words)))
        .order(Order::Middle)
        .pivot(Align2::CENTER_BOTTOM)
        .fixed_pos(pos2(map.center().x, map.bottom() - FOOT))
        .constrain(true);
    let width = MAX_WIDTH.min(map.width() - 6.0 * theme::GAP) - CONTROLS_WIDTH;
    let shown = area.show(ctx, |ui| {
        let frame = Frame::popup(ui.style()).inner_margin(Margin::symmetric(14, 9));
        frame.show(ui, |ui| content(ui, width.max(80.0), words, pace, share)).inner
    });
    shown.inner
}

fn content(ui: &mut Ui, width: f32, words: &str, pace: Option<&str>, share: f32) -> bool {
    let palette = palette(ui);
    ui.spacing_mut().item_spacing = vec2(theme::MARGIN, 2.0);
    let stop = ui.horizontal(|ui| {
        let galley = one_line(ui, words, theme::regular(theme::BODY_SIZE), palette.text, width);
        let response = ui.label(galley);
        // Read out once when it comes up, not with every step.
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_live(Live::Polite));
        let percent = t!("loading-percent", count = (share * 100.0) as usize);
        let bar = ProgressBar::new(share).desired_width(110.0).desired_height(6.0).fill(palette.accent);
        ui.add(bar).widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &percent));
        // As wide whatever it says: nothing moves while the number grows.
        ui.add_sized(vec2(36.0, 18.0), Label::new(theme::small(percent, palette)));
        text_button(ui, theme::strong(t!("loading-cancel")), t!("loading-cancel")).clicked()
    });
    if let Some(pace) = pace {
        let width = stop.response.rect.width();
        let galley = one_line(ui, pace, theme::regular(theme::SMALL_SIZE), palette.weak, width);
        ui.label(galley);
    }
    stop.inner
}
