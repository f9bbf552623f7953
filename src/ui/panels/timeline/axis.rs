//! Where minutes lie on the screen, and what part of the time is seen.

use eframe::egui::Rect;

/// Minutes laid out from the left to the right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    /// The first minute that is seen and the first that is not any more.
    pub(super) view_min: [f64; 2],
    left_px: f32,
    width_px: f32,
}

impl Axis {
    pub(super) fn new(view_min: [f64; 2], plot: Rect) -> Self {
        Self { view_min, left_px: plot.left(), width_px: plot.width().max(1.0) }
    }

    pub(super) fn length_min(&self) -> f64 {
        (self.view_min[1] - self.view_min[0]).max(1.0)
    }

    pub(super) fn width_px(&self) -> f32 {
        self.width_px
    }

    /// Where a minute begins, in points.
    pub(super) fn x(&self, minute: f64) -> f32 {
        let share = (minute - self.view_min[0]) / self.length_min();
        self.left_px + (share * f64::from(self.width_px)) as f32
    }

    /// The minute at a place.
    pub(super) fn minute(&self, x_px: f32) -> f64 {
        let share = f64::from((x_px - self.left_px) / self.width_px);
        self.view_min[0] + share * self.length_min()
    }
}

/// The part of the axis that is seen after zooming by `factor` (less than 1 shows less) around a minute that stays where
/// it is. None for all of it.
pub(super) fn zoomed(
    view_min: [f64; 2],
    whole_min: [f64; 2],
    least_min: f64,
    factor: f64,
    around_min: f64,
) -> Option<[f64; 2]> {
    let whole = whole_min[1] - whole_min[0];
    let length = view_min[1] - view_min[0];
    let new_length = (length * factor).max(least_min.min(whole));
    if new_length >= whole {
        return None;
    }
    let share = ((around_min - view_min[0]) / length.max(1.0)).clamp(0.0, 1.0);
    let first = around_min - share * new_length;
    panned([first, first + new_length], whole_min, 0.0)
}

/// The part of the axis that is seen after moving on by so many minutes, as far as there is anything. None for all of it.
pub(super) fn panned(view_min: [f64; 2], whole_min: [f64; 2], by_min: f64) -> Option<[f64; 2]> {
    let length = view_min[1] - view_min[0];
    if length >= whole_min[1] - whole_min[0] {
        return None;
    }
    let first = (view_min[0] + by_min).clamp(whole_min[0], whole_min[1] - length);
    Some([first, first + length])
}

/// The part of the axis that is seen once a minute that has left it is followed.
pub(super) fn following(view_min: [f64; 2], whole_min: [f64; 2], minute: f64) -> Option<[f64; 2]> {
    if (view_min[0]..=view_min[1]).contains(&minute) {
        return panned(view_min, whole_min, 0.0);
    }
    // A page is turned, with a little of the last one on it.
    let first = minute - 0.1 * (view_min[1] - view_min[0]);
    panned(view_min, whole_min, first - view_min[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{pos2, vec2};
    use proptest::prelude::*;

    #[test]
    fn a_minute_that_left_the_view_is_followed() {
        let (view, whole) = ([100.0, 200.0], [0.0, 1000.0]);
        assert_eq!(following(view, whole, 150.0), Some(view));
        assert_eq!(following(view, whole, 201.0), Some([191.0, 291.0]));
        assert_eq!(following(view, whole, 5.0), Some([0.0, 100.0]));
        assert_eq!(following(whole, whole, 5.0), None);
    }

    proptest! {
        #[test]
        fn zooming_keeps_the_minute_under_the_pointer_and_stays_on_the_axis(
            first in 0.0..900.0_f64, length in 20.0..100.0_f64, share in 0.0..1.0_f64, factor in 0.1..4.0_f64
        ) {
            let (view, whole) = ([first, first + length], [0.0, 1000.0]);
            let plot = Rect::from_min_size(pos2(200.0, 0.0), vec2(700.0, 70.0));
            let around = first + share * length;
            let Some(zoomed) = zoomed(view, whole, 10.0, factor, around) else { return Ok(()) };
            prop_assert!(zoomed[0] >= 0.0 && zoomed[1] <= 1000.0 && zoomed[1] - zoomed[0] >= 9.999);
            let moved = Axis::new(zoomed, plot).x(around) - Axis::new(view, plot).x(around);
            let at_an_end = zoomed[0] == 0.0 || zoomed[1] >= 1000.0 - 1e-9;
            prop_assert!(moved.abs() < 0.1 || at_an_end, "{moved}");
        }

        #[test]
        fn a_place_and_its_minute_lead_to_each_other(x in 0.0..2000.0_f32) {
            let axis = Axis::new([-5.0e7, 5.0e7], Rect::from_min_size(pos2(200.0, 0.0), vec2(1100.0, 70.0)));
            prop_assert!((axis.x(axis.minute(x)) - x).abs() < 0.01);
        }
    }
}
