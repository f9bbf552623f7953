//! Lines of latitude and longitude with their degrees, where the map itself has little to say: far beyond the scale
//! of its data, and out at sea.

use eframe::egui::{Painter, Pos2, Stroke, pos2};

use super::labels::{Taken, paint_with_halo};
use super::transform::MapTransform;
use crate::geo::{LonLat, MAX_MERCATOR_LAT_DEG, UnitPoint};
use crate::t;
use crate::ui::theme::{self, Palette};

/// From this zoom on the map's data is drawn much larger than it was made for.
const BEYOND_DATA_ZOOM: f64 = 10.5;
/// With fewer labels than the first number on the screen the map says too little to find one's way; with as many as
/// the second it says enough. In between nothing changes, so that the grid does not flicker while the map moves.
const FEW_LABELS: [usize; 2] = [3, 7];
/// Lines are at least this far apart, in points.
const MIN_DISTANCE_PX: f64 = 180.0;
/// Distance of the degrees from the map's edges, in points.
const INSET_PX: f32 = 4.0;

/// Whether the lines are wanted; `before` is the last answer.
#[must_use]
pub fn is_wanted(transform: &MapTransform, labels_on_screen: usize, before: bool) -> bool {
    let [few, enough] = FEW_LABELS;
    transform.zoom >= BEYOND_DATA_ZOOM || labels_on_screen < if before { enough } else { few }
}

/// The smallest round step, in degrees, whose lines are far enough apart.
#[must_use]
pub fn step_deg(world_px: f64) -> f64 {
    const STEPS: [f64; 3] = [1.0, 2.0, 5.0];
    let least = MIN_DISTANCE_PX * 360.0 / world_px;
    let power = 10f64.powf(least.log10().floor());
    STEPS.into_iter().map(|step| step * power).find(|step| *step >= least).unwrap_or(power * 10.0).min(30.0)
}

/// Draws the lines and, along the left and the upper edge, their degrees.
pub fn paint(painter: &Painter, transform: &MapTransform, palette: &Palette, taken: &mut Taken) {
    let step = step_deg(transform.world_px);
    let decimals = (-step.log10().floor()).clamp(0.0, 6.0) as usize;
    let stroke = Stroke::new(1.0, palette.map.region_line);
    let rect = transform.rect;
    let (min, max) = transform.visible();
    // Unwrapped longitudes, so that the lines run on where the world repeats.
    let (west, east) = (min.x * 360.0 - 180.0, max.x * 360.0 - 180.0);
    for lon_deg in multiples(west, east, step) {
        let x = transform.place(UnitPoint { x: (lon_deg + 180.0) / 360.0, y: 0.5 }).x;
        painter.line_segment([pos2(x, rect.top()), pos2(x, rect.bottom())], stroke);
        let wrapped = (lon_deg + 180.0).rem_euclid(360.0) - 180.0;
        let text = degrees(wrapped, decimals, [t!("side-east"), t!("side-west")]);
        label(painter, pos2(x + INSET_PX, rect.top() + INSET_PX), text, palette, taken);
    }
    let (south, north) = (max.to_lon_lat().lat_deg, min.to_lon_lat().lat_deg);
    for lat_deg in multiples(south, north, step).filter(|lat| lat.abs() < MAX_MERCATOR_LAT_DEG) {
        let y = transform.place(LonLat::new(0.0, lat_deg).to_unit()).y;
        painter.line_segment([pos2(rect.left(), y), pos2(rect.right(), y)], stroke);
        let text = degrees(lat_deg, decimals, [t!("side-north"), t!("side-south")]);
        label(painter, pos2(rect.left() + INSET_PX, y + INSET_PX), text, palette, taken);
    }
}

fn multiples(from: f64, to: f64, step: f64) -> impl Iterator<Item = f64> {
    /// More lines than any screen has room for.
    const MAX_LINES: i64 = 200;
    let first = (from / step).ceil() as i64;
    let last = ((to / step).floor() as i64).min(first.saturating_add(MAX_LINES));
    (first..=last).map(move |n| n as f64 * step)
}

fn degrees(value: f64, decimals: usize, [positive, negative]: [&str; 2]) -> String {
    let side = if value < 0.0 { negative } else { positive };
    format!("{:.decimals$}° {side}", value.abs())
}

fn label(painter: &Painter, top_left: Pos2, text: String, palette: &Palette, taken: &mut Taken) {
    let galley = painter.layout_no_wrap(text, theme::regular(theme::HEAD_SIZE), palette.map.region);
    let rect = eframe::egui::Rect::from_min_size(top_left, galley.size());
    if painter.clip_rect().contains_rect(rect) && taken.is_free(rect) {
        taken.add(rect);
        paint_with_halo(painter, top_left, &galley, palette.map.region, palette.map.land);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_far_enough_apart_but_not_much_farther_at_every_zoom() {
        for zoom in 2..=20 {
            let world_px = 256.0 * f64::from(zoom).exp2();
            let distance = step_deg(world_px) / 360.0 * world_px;
            assert!(
                (MIN_DISTANCE_PX - 1e-6..MIN_DISTANCE_PX * 2.6).contains(&distance) || zoom < 4,
                "{zoom}: {distance}"
            );
        }
    }

    #[test]
    fn degrees_name_their_side() {
        assert_eq!(degrees(-0.25, 2, ["E", "W"]), "0.25° W");
        assert_eq!(degrees(51.0, 0, ["N", "S"]), "51° N");
    }

    #[test]
    fn multiples_cover_the_span_and_no_more() {
        assert_eq!(multiples(-0.5, 2.1, 1.0).collect::<Vec<_>>(), [0.0, 1.0, 2.0]);
        assert!(multiples(0.0, 1e12, 1e-6).count() <= 201);
    }
}
