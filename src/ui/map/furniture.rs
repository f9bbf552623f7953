//! What stands in the map's corners: buttons to zoom, fit and measure, scale bar, cursor coordinates, attribution.

use eframe::egui::{Pos2, Rect, Stroke, Ui, UiBuilder, Vec2, pos2, vec2};

use super::attribution;
use super::ground::GroundStatus;
use super::labels::paint_with_halo;
use super::measure::Measure;
use super::transform::MapTransform;
use crate::geo::MILE_M;
use crate::locale;
use crate::state::Command;
use crate::state::view::View;
use crate::t;
use crate::ui::actions::Action;
use crate::ui::picture;
use crate::ui::symbol::Icon;
use crate::ui::theme::{self, Palette};
use crate::ui::widgets::{palette, raised_icon_button, raised_icon_switch};

/// Distance of everything from the map's edges, in points.
const INSET_PX: f32 = 12.0;
/// Widest scale bar, in points.
const MAX_BAR_PX: f64 = 120.0;

/// The rectangles that the furniture takes, so that labels keep clear of it. `attribution` is what that took in the frame
/// before.
#[must_use]
pub fn taken_by(rect: Rect, attribution: Rect) -> Vec<Rect> {
    let lift = scale_lift(rect, attribution);
    vec![
        buttons_rect(rect),
        Rect::from_min_size(rect.left_bottom() - vec2(0.0, 44.0 + lift), vec2(340.0, 44.0)),
        attribution.expand(4.0),
    ]
}

/// How far the scale bar stands above its usual place, in points: above the attribution where there is no room beside it.
fn scale_lift(rect: Rect, attribution: Rect) -> f32 {
    /// Room for the longest scale bar, in points.
    const SCALE_PX: f32 = MAX_BAR_PX as f32 + 2.0 * INSET_PX;
    if attribution.is_positive() && attribution.left() < rect.left() + SCALE_PX {
        rect.bottom() - attribution.top()
    } else {
        0.0
    }
}

fn buttons_rect(rect: Rect) -> Rect {
    let size = vec2(theme::BUTTON_HEIGHT, 4.0 * theme::BUTTON_HEIGHT + 3.0 * 2.0 * theme::GAP);
    Rect::from_min_size(pos2(rect.right() - INSET_PX - size.x, rect.top() + INSET_PX), size)
}

/// Draws all of it; returns what the attribution takes. `pointer` is where the pointer is over the bare map, `said` what
/// is said of the maps.
pub fn show(
    ui: &mut Ui,
    transform: &MapTransform,
    pointer: Option<Pos2>,
    said: &GroundStatus,
    measure: &mut Measure,
    commands: &mut Vec<Command>,
) -> Rect {
    if !picture::is_marked(ui.ctx()) {
        buttons(ui, transform, measure, commands);
    }
    let palette = palette(ui);
    let attribution = attribution::show(ui, transform.rect, said, commands);
    let middle = transform.rect.bottom() - INSET_PX - 9.0 - scale_lift(transform.rect, attribution);
    scale_bar(ui, transform, middle, palette);
    coordinates(ui, transform, pointer, (middle, attribution), palette);
    attribution
}

fn buttons(ui: &mut Ui, transform: &MapTransform, measure: &mut Measure, commands: &mut Vec<Command>) {
    let rect = buttons_rect(transform.rect);
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(2.0 * theme::GAP);
        let center = transform.center.to_lon_lat();
        let zoomed = |steps: f64| Command::SetView(View { center, zoom: transform.zoom + steps });
        if raised_icon_button(ui, Icon::ZoomIn, t!("zoom-in")).clicked() {
            commands.push(zoomed(1.0));
        }
        if raised_icon_button(ui, Icon::ZoomOut, t!("zoom-out")).clicked() {
            commands.push(zoomed(-1.0));
        }
        if raised_icon_button(ui, Icon::Fit, t!("fit-shown")).clicked() {
            commands.push(Command::FitShown);
        }
        let name = Action::Measure.tooltip(ui.ctx());
        if raised_icon_switch(ui, Icon::Ruler, &name, measure.is_active()).clicked() {
            measure.toggle();
        }
    });
}

/// The longest length of the form 1, 2 or 5 times a power of ten that is at most `longest`.
#[must_use]
pub fn round_length(longest: f64) -> f64 {
    if !(longest > 0.0 && longest.is_finite()) {
        return 1.0;
    }
    let power = 10f64.powf(longest.log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|step| step * power).find(|length| *length <= longest).unwrap_or(power)
}

/// Two bars, kilometres above miles, true for the latitude in the middle of the map; `middle` is where they meet.
fn scale_bar(ui: &Ui, transform: &MapTransform, middle: f32, palette: &Palette) {
    /// International foot.
    const FOOT_M: f64 = 0.3048;
    let px_per_m = transform.px_per_m(transform.center.to_lon_lat().lat_deg);
    let longest_m = MAX_BAR_PX / px_per_m;
    let exact = |length: f64| locale::reader().exact(length);
    let metric = round_length(longest_m);
    let metric_text = if metric >= 1000.0 {
        t!("length-km", length = exact(metric / 1000.0))
    } else {
        t!("length-m", length = exact(metric))
    };
    let (imperial_m, imperial_text) = if longest_m >= MILE_M {
        let miles = round_length(longest_m / MILE_M);
        (miles * MILE_M, t!("length-mi", length = exact(miles)))
    } else {
        let feet = round_length(longest_m / FOOT_M);
        (feet * FOOT_M, t!("length-ft", length = exact(feet)))
    };
    let left = transform.rect.left() + INSET_PX;
    let painter = ui.painter();
    for (length_m, text, side) in [(metric, metric_text, -1.0), (imperial_m, imperial_text, 1.0)] {
        let right = left + (length_m * px_per_m) as f32;
        for (width, color) in [(4.0, palette.map.land), (1.5, palette.text)] {
            let stroke = Stroke::new(width, color);
            painter.line_segment([pos2(left, middle), pos2(right, middle)], stroke);
            for x in [left, right] {
                painter.line_segment([pos2(x, middle), pos2(x, middle + side * 6.0)], stroke);
            }
        }
        let galley = painter.layout_no_wrap(text, theme::regular(theme::HEAD_SIZE), palette.text);
        let top = if side < 0.0 { middle - 3.0 - galley.size().y } else { middle + 2.0 };
        paint_with_halo(painter, pos2(left + 5.0, top), &galley, palette.text, palette.map.land);
    }
}

fn coordinates(
    ui: &Ui,
    transform: &MapTransform,
    pointer: Option<Pos2>,
    (middle, attribution): (f32, Rect),
    palette: &Palette,
) {
    let Some(pointer) = pointer else { return };
    let text = transform.to_lon_lat(pointer).to_decimal_text_within(transform.pixel_deg());
    let galley = ui.painter().layout_no_wrap(text, theme::regular(theme::HEAD_SIZE), palette.text);
    let left = transform.rect.left() + INSET_PX + MAX_BAR_PX as f32 + 16.0;
    // Where the attribution of the data begins, there is no room any more.
    let top = middle - galley.size().y / 2.0;
    if Rect::from_min_size(pos2(left, top), galley.size()).expand(4.0).intersects(attribution) {
        return;
    }
    paint_with_halo(ui.painter(), pos2(left, top), &galley, palette.text, palette.map.land);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_bar_has_a_round_length() {
        for (longest, round) in [(1.0, 1.0), (199.9, 100.0), (250.0, 200.0), (999.0, 500.0), (0.07, 0.05)] {
            assert!((round_length(longest) - round).abs() < 1e-9, "{longest}");
        }
        assert_eq!(round_length(f64::NAN), 1.0);
    }
}
