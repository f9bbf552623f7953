//! How the map flies to an incident that would lie elsewhere, so that the reader sees where it is from where they were.
//!
//! The state is at the goal at once; only what is drawn follows. A reader who takes hold of the map ends the flight.

use eframe::egui::Context;

use crate::geo::UnitPoint;
use crate::state::view::{View, WORLD_SIZE_AT_ZOOM_0};

/// The shortest flight, in seconds.
const MIN_S: f64 = 0.15;
/// The longest flight, in seconds.
const MAX_S: f64 = 0.4;
/// From so many screens on, a flight takes as long as any.
const FAR_SCREENS: f64 = 4.0;
/// By at most so many zoom steps a long flight rises and comes down again.
const MAX_RISE: f64 = 4.0;

/// A flight from one view to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flight {
    from: View,
    to: View,
    /// When it was first drawn.
    since_s: Option<f64>,
    /// Between the two places, in widths of the map as `from` shows it.
    screens: f64,
}

impl Flight {
    /// A flight in a map of `size_px` points.
    pub(super) fn new(from: View, to: View, size_px: [f64; 2]) -> Self {
        let (east, south) = way(from.center.to_unit(), to.center.to_unit());
        let way_px = east.hypot(south) * WORLD_SIZE_AT_ZOOM_0 * from.zoom.exp2();
        Self { from, to, since_s: None, screens: way_px / size_px[0].max(1.0) }
    }

    /// Where it goes.
    pub(super) fn to(&self) -> View {
        self.to
    }

    /// The view at this moment, in a map of `size_px` points; `None` once it has arrived.
    pub(super) fn view(&mut self, ctx: &Context, size_px: [f64; 2]) -> Option<View> {
        let now_s = ctx.input(|input| input.time);
        let since_s = *self.since_s.get_or_insert(now_s);
        let share = (now_s - since_s) / self.duration_s();
        (share < 1.0).then(|| {
            ctx.request_repaint();
            self.at(share).clamped(size_px)
        })
    }

    fn duration_s(&self) -> f64 {
        MIN_S + (MAX_S - MIN_S) * (self.screens / FAR_SCREENS).min(1.0)
    }

    /// The view after this share of the time: gently off, gently into place.
    fn at(&self, share: f64) -> View {
        let share = share.clamp(0.0, 1.0);
        let done = share * share * (3.0 - 2.0 * share);
        let (start, goal) = (self.from.center.to_unit(), self.to.center.to_unit());
        let (east, south) = way(start, goal);
        let center = UnitPoint { x: start.x + east * done, y: start.y + south * done };
        // Beyond a screen the ground would only rush by: seen from higher up, it moves slower.
        let rise = self.screens.max(1.0).log2().min(MAX_RISE) * 4.0 * done * (1.0 - done);
        let zoom = self.from.zoom + (self.to.zoom - self.from.zoom) * done - rise;
        View { center: center.to_lon_lat(), zoom }
    }
}

/// How far `to` lies east and south of `from`, the short way round the world.
fn way(from: UnitPoint, to: UnitPoint) -> (f64, f64) {
    let east = to.x - from.x;
    (east - east.round(), to.y - from.y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::LonLat;

    fn view(lon_deg: f64) -> View {
        View { center: LonLat::new(lon_deg, 50.0), zoom: 8.0 }
    }

    fn flight(from_deg: f64, to_deg: f64) -> Flight {
        Flight::new(view(from_deg), view(to_deg), [1000.0, 800.0])
    }

    #[test]
    fn a_flight_takes_150_to_400_ms_by_its_distance() {
        let durations = [0.0, 2.0, 8.0, 90.0].map(|to_deg| flight(0.0, to_deg).duration_s());
        assert!(durations.is_sorted(), "{durations:?}");
        assert!((durations[0] - 0.15).abs() < 1e-9 && (durations[3] - 0.4).abs() < 1e-9, "{durations:?}");
    }

    #[test]
    fn a_flight_begins_and_ends_where_it_should_and_goes_the_short_way_round() {
        let flight = flight(175.0, -175.0);
        for (share, lon_deg) in [(0.0, 175.0), (1.0, -175.0)] {
            let at = flight.at(share);
            let away_deg = (at.center.lon_deg - lon_deg).rem_euclid(360.0);
            assert!(away_deg.min(360.0 - away_deg) < 1e-9, "{at:?}");
            assert!((at.zoom - 8.0).abs() < 1e-9, "{at:?}");
        }
        let between = flight.at(0.5);
        assert!(between.center.lon_deg.abs() > 175.0, "{between:?}");
        assert!(between.zoom < 8.0, "a long flight rises: {between:?}");
    }
}
