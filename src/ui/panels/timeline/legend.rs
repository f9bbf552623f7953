//! What the hatching of the timeline means, in words: how many incidents are not known to the day, and how exactly they
//! are known.

use eframe::egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::bars::Bars;
use super::chart::Content;
use crate::query::{WIDTHS, Width};
use crate::t;
use crate::ui::theme;
use crate::ui::widgets::palette;

/// Width and height of a sample of the hatching, in points.
const SAMPLE: [f32; 2] = [14.0, 10.0];

/// Says in a line that there is something hatched, and under the pointer and to a screen reader what.
pub(super) fn show(ui: &mut Ui, bars: &Bars, touching: [u32; WIDTHS]) {
    if touching.iter().all(|count| *count == 0) {
        return;
    }
    let response = sample_and(ui, bars, t!("timeline-hatched"));
    let description = lines(touching).collect::<Vec<_>>().join(", ");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &description));
    response.on_hover_ui(|ui| {
        ui.label(theme::strong(t!("timeline-hatched-why")));
        lines(touching).for_each(|line| {
            ui.label(theme::small(line, palette(ui)));
        });
    });
}

/// Says what stands in a bin.
pub(super) fn content(ui: &mut Ui, bars: &Bars, content: &Content) {
    let is_spread = content.touching.iter().any(|count| *count > 0);
    let known = content.known as usize;
    if !is_spread {
        ui.label(theme::small(t!("timeline-count", count = known), palette(ui)));
        return;
    }
    if known > 0 {
        ui.label(theme::small(t!("timeline-known", count = known), palette(ui)));
    }
    for line in lines(content.touching) {
        sample_and(ui, bars, &line);
    }
}

/// How many are known how exactly, in a line each.
fn lines(touching: [u32; WIDTHS]) -> impl Iterator<Item = String> {
    let counts = Width::ALL.into_iter().zip(touching).filter(|(_, count)| *count > 0);
    counts.map(|(width, count)| {
        let count = count as usize;
        match width {
            Width::Day => t!("timeline-within-day", count = count),
            Width::Week => t!("timeline-within-week", count = count),
            Width::Month => t!("timeline-within-month", count = count),
            Width::Year => t!("timeline-within-year", count = count),
            Width::Longer => t!("timeline-within-longer", count = count),
        }
    })
}

/// A sample of the hatching with words to its right.
fn sample_and(ui: &mut Ui, bars: &Bars, words: &str) -> Response {
    let palette = palette(ui);
    let font = theme::regular(theme::SMALL_SIZE);
    let words_galley = ui.painter().layout_no_wrap(words.to_owned(), font, palette.weak);
    let left = SAMPLE[0] + 1.5 * theme::GAP;
    let size = vec2(left + words_galley.size().x, words_galley.size().y);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let sample = Rect::from_min_size(pos2(rect.left(), rect.center().y - SAMPLE[1] / 2.0), SAMPLE.into());
    bars.paint_sample(ui.painter(), sample, palette.weak);
    ui.painter().galley(pos2(rect.left() + left, rect.top()), words_galley, palette.weak);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    response
}
