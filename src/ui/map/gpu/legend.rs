//! What the tones of heat stand for, and the legend that says so.

use eframe::egui::{Color32, Mesh, Pos2, Rect, Response, Role, Sense, Shape, Ui, WidgetInfo, pos2, vec2};

use crate::t;
use crate::ui::map::markers::short_count;
use crate::ui::theme::{self, HEAT_STEPS, Palette};
use crate::ui::widgets::palette;
use crate::words::number;

/// How far an incident's heat reaches, in points: the radius of the disc in which incidents are counted.
const RADIUS_PX: f32 = 12.0;
/// Width of the legend's ramp, in points.
const BAR_WIDTH_PX: f32 = 184.0;
/// Height of the legend's ramp, in points.
const BAR_HEIGHT_PX: f32 = 10.0;
/// Room between the ramp and its numbers, in points.
const NUMBER_GAP_PX: f32 = 3.0;

/// From incidents around a spot to a colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatScale {
    max: u32,
    radius_px: f32,
    steps: &'static [Color32; HEAT_STEPS],
}

impl HeatScale {
    /// A scale that ends with the next round number (1, 2 or 5 times a power of ten) from `max` on: so the picture is
    /// stable while the count is not.
    #[must_use]
    pub fn new(max: u32, palette: &'static Palette) -> Self {
        let tens = std::iter::successors(Some(10_u32), |tens| tens.checked_mul(10));
        let mut steps = tens.flat_map(|tens| [1, 2, 5].map(|step| tens.saturating_mul(step)));
        let round = steps.find(|round| *round >= max).unwrap_or(u32::MAX);
        Self { max: round, radius_px: RADIUS_PX, steps: &palette.heat }
    }

    /// What the last colour stands for: so many incidents within [`Self::radius_px`], or more.
    #[must_use]
    pub fn max(&self) -> u32 {
        self.max
    }

    /// Radius in which incidents are counted, in points. The count is a soft one: an incident weighs exp(-d²/r²) at
    /// the distance d, which makes 1 for each in the middle, and for evenly spread ones as many as lie within r.
    #[must_use]
    pub fn radius_px(&self) -> f32 {
        self.radius_px
    }

    /// Where a count lies on the ramp, 0 to 1: even steps for equal factors, and 0 for nothing.
    #[must_use]
    pub fn share(&self, count: f32) -> f32 {
        (count.max(0.0).ln_1p() / (self.max as f32).ln_1p()).min(1.0)
    }

    /// The colour at a place on the ramp, 0 to 1: nothing at 0, and the map still shines through a little at 1.
    #[must_use]
    pub fn color(&self, share: f32) -> Color32 {
        /// From here on the colours are as opaque as they become.
        const OPAQUE_FROM: f32 = 0.22;
        /// How opaque that is.
        const OPACITY: f32 = 0.88;
        let share = share.clamp(0.0, 1.0);
        let pos = share * (HEAT_STEPS - 1) as f32;
        let step = (pos as usize).min(HEAT_STEPS - 2);
        let missing = 1.0 - (share / OPAQUE_FROM).min(1.0);
        let color = self.steps[step].lerp_to_gamma(self.steps[step + 1], pos - step as f32);
        color.gamma_multiply(OPACITY * (1.0 - missing * missing))
    }

    /// The counts that the legend names: powers of ten, and the last.
    fn named(&self) -> Vec<u32> {
        let powers = std::iter::successors(Some(1_u32), |power| power.checked_mul(10));
        powers.take_while(|&power| power < self.max).chain([self.max]).collect()
    }

    fn accessible_name(&self) -> String {
        t!("heat-name", radius = self.radius_px as usize, max = number(self.max as usize))
    }
}

/// The legend of heat: the ramp with the counts that it stands for. Takes up its size in the layout of `ui`; put it on
/// a panel's ground.
pub fn heat_legend(ui: &mut Ui, scale: &HeatScale) -> Response {
    let palette = palette(ui);
    let title = t!("heat-title", radius = scale.radius_px as usize);
    let title = ui.painter().layout_no_wrap(title, theme::regular(theme::SMALL_SIZE), palette.text);
    let title_height = title.size().y + theme::GAP;
    let number_height =
        ui.painter().layout_no_wrap("1".into(), theme::regular(theme::HEAD_SIZE), palette.weak);
    let height = title_height + BAR_HEIGHT_PX + NUMBER_GAP_PX + number_height.size().y;
    let (rect, response) = ui.allocate_exact_size(vec2(BAR_WIDTH_PX, height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, scale.accessible_name()));
    if ui.is_rect_visible(rect) {
        ui.painter().galley(rect.min, title, palette.text);
        let top = rect.top() + title_height;
        let bar = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + BAR_HEIGHT_PX));
        // As on the map: the ramp is not opaque, and land shines through.
        ui.painter().rect_filled(bar, 0.0, palette.map.land);
        ui.painter().add(ramp(bar, scale));
        numbers(ui, bar, scale, palette);
    }
    response
}

/// A strip of quads whose corners have the ramp's colours.
fn ramp(bar: Rect, scale: &HeatScale) -> Shape {
    const QUADS: u32 = 92;
    let mut mesh = Mesh::default();
    for n in 0..=QUADS {
        let share = n as f32 / QUADS as f32;
        let x = bar.left() + share * bar.width();
        mesh.colored_vertex(pos2(x, bar.top()), scale.color(share));
        mesh.colored_vertex(pos2(x, bar.bottom()), scale.color(share));
        if n > 0 {
            let last = 2 * n;
            mesh.add_triangle(last - 2, last - 1, last);
            mesh.add_triangle(last - 1, last, last + 1);
        }
    }
    Shape::mesh(mesh)
}

/// The ends, and between them what finds room.
fn numbers(ui: &Ui, bar: Rect, scale: &HeatScale, palette: &Palette) {
    /// Least room between two numbers, in points.
    const BETWEEN_PX: f32 = 6.0;
    let named = scale.named();
    let place = |count: u32, is_last: bool| {
        let suffix = if is_last { "+" } else { "" };
        let text = format!("{}{suffix}", short_count(count as usize));
        let galley = ui.painter().layout_no_wrap(text, theme::regular(theme::HEAD_SIZE), palette.weak);
        let middle = bar.left() + scale.share(count as f32) * bar.width();
        let left = (middle - galley.size().x / 2.0).clamp(bar.left(), bar.right() - galley.size().x);
        (middle, Rect::from_min_size(Pos2::new(left, bar.bottom() + NUMBER_GAP_PX), galley.size()), galley)
    };
    let last = place(scale.max, true);
    let mut right = f32::NEG_INFINITY;
    let between = named[..named.len() - 1].iter().map(|&count| place(count, false));
    for (middle, rect, galley) in between.chain([last.clone()]) {
        let is_last = rect == last.1;
        let is_free = rect.left() >= right + BETWEEN_PX && rect.right() + BETWEEN_PX <= last.1.left();
        if is_free || is_last {
            right = rect.right();
            ui.painter().vline(
                middle.min(bar.right() - 0.5),
                bar.bottom()..=bar.bottom() + NUMBER_GAP_PX - 1.0,
                (1.0, palette.weak),
            );
            ui.painter().galley(rect.min, galley, palette.weak);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::Theme;

    fn scale(max: u32) -> HeatScale {
        HeatScale::new(max, Palette::of(Theme::Light))
    }

    #[test]
    fn a_scale_ends_with_a_round_number_that_is_not_below_the_highest_count() {
        for (max, round) in
            [(0, 10), (10, 10), (11, 20), (21, 50), (51, 100), (1001, 2000), (3_456_789, 5_000_000)]
        {
            assert_eq!(scale(max).max(), round);
        }
        assert!(scale(u32::MAX).max() == u32::MAX);
    }

    #[test]
    fn nothing_has_no_colour_and_the_last_colour_is_for_the_highest_count_and_all_above() {
        let scale = scale(1000);
        assert_eq!(scale.color(scale.share(0.0)), Color32::TRANSPARENT);
        assert_eq!(scale.share(1000.0), 1.0);
        assert_eq!(scale.share(5000.0), 1.0);
        assert!(scale.share(1.0) > 0.05);
    }

    #[test]
    fn the_legend_names_powers_of_ten_and_the_last() {
        assert_eq!(scale(500).named(), [1, 10, 100, 500]);
        assert_eq!(scale(1000).named(), [1, 10, 100, 1000]);
    }
}
