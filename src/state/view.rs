//! Where the map looks: a centre and a zoom, or a box to be fitted into whatever size the window has.

use crate::geo::{Bounds, LonLat, UnitPoint};

/// Width of the whole world in points at zoom 0, as walkers and most web maps count.
pub const WORLD_SIZE_AT_ZOOM_0: f64 = 256.0;

/// A centre and a zoom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// What lies in the middle of the map.
    pub center: LonLat,
    /// Zoom as walkers counts it: the world is `256 * 2^zoom` points wide.
    pub zoom: f64,
}

/// What the map should show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ViewTarget {
    /// This box, as large as it goes; follows the window's size until the reader moves the map.
    Fit(Bounds),
    /// Exactly this view.
    At(View),
}

impl View {
    /// The farthest zoom that the program offers.
    pub const MAX_ZOOM: f64 = 20.0;

    /// The whole world, for a dataset without incidents.
    pub const WORLD: Bounds = Bounds { west_deg: -170.0, south_deg: -58.0, east_deg: 190.0, north_deg: 78.0 };

    /// The closest view that shows all of `bounds` inside a map of `size` points with `margin` points left free on
    /// each side. A single spot gets a zoom at which its surroundings can be recognised.
    #[must_use]
    pub fn fitting(bounds: Bounds, size: [f64; 2], margin: [f64; 2]) -> Self {
        /// Zoom for a box without extent: a town and the country around it.
        const SPOT_ZOOM: f64 = 9.0;
        let north_west = LonLat::new(bounds.west_deg, bounds.north_deg).to_unit();
        let south_east = LonLat::new(bounds.west_deg, bounds.south_deg).to_unit();
        let extent = [bounds.width_deg() / 360.0, south_east.y - north_west.y];
        let zoom_for = |axis: usize| {
            let free = (size[axis] - 2.0 * margin[axis]).max(size[axis] / 4.0).max(1.0);
            (free / (extent[axis].max(1e-12) * WORLD_SIZE_AT_ZOOM_0)).log2()
        };
        let is_spot = extent.iter().all(|side| *side < 1e-12);
        let zoom = if is_spot { SPOT_ZOOM } else { zoom_for(0).min(zoom_for(1)) };
        Self { center: bounds.center(), zoom }.clamped(size)
    }

    /// The nearest view whose zoom the program offers, whatever the size of the map; `None` where a number is not finite.
    #[must_use]
    pub(super) fn within_limits(self) -> Option<Self> {
        let LonLat { lon_deg, lat_deg } = self.center;
        if !(lon_deg.is_finite() && lat_deg.is_finite() && self.zoom.is_finite()) {
            return None;
        }
        // A longitude that is one already stays as it is, to the last digit.
        let is_inside = (-180.0..=180.0).contains(&lon_deg);
        let lon_deg = if is_inside { lon_deg } else { (lon_deg + 180.0).rem_euclid(360.0) - 180.0 };
        let center = LonLat::new(lon_deg, lat_deg.clamp(-90.0, 90.0));
        Some(Self { center, zoom: self.zoom.clamp(0.0, Self::MAX_ZOOM) })
    }

    /// The nearest view that shows no place twice over, nothing beyond Mercator's latitudes and no zoom that the
    /// program does not offer, in a map of `size` points. Numbers that are not finite give the middle of the world.
    #[must_use]
    pub fn clamped(self, size: [f64; 2]) -> Self {
        let height = size[1].max(1.0);
        // Of a window larger than the world at zoom 0, the world must at least fill the height.
        let min_zoom = (height / WORLD_SIZE_AT_ZOOM_0).log2().max(0.0);
        let zoom = if self.zoom.is_finite() { self.zoom } else { min_zoom };
        let zoom = zoom.clamp(min_zoom.min(Self::MAX_ZOOM), Self::MAX_ZOOM);
        let center = if self.center.lon_deg.is_finite() && self.center.lat_deg.is_finite() {
            self.center.to_unit()
        } else {
            UnitPoint { x: 0.5, y: 0.5 }
        };
        let half_height = (height / 2.0 / (WORLD_SIZE_AT_ZOOM_0 * zoom.exp2())).min(0.5);
        let center = UnitPoint { x: center.x, y: center.y.clamp(half_height, 1.0 - half_height) };
        Self { center: center.to_lon_lat(), zoom }
    }
}

impl ViewTarget {
    /// The view that results in a map of `size` points with `margin` kept free around a fitted box.
    #[must_use]
    pub fn resolve(self, size: [f64; 2], margin: [f64; 2]) -> View {
        match self {
            Self::Fit(bounds) => View::fitting(bounds, size, margin),
            Self::At(view) => view.clamped(size),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_fitted_box_fills_the_tighter_side() {
        let bounds = Bounds { west_deg: 30.0, south_deg: 50.0, east_deg: 40.0, north_deg: 51.0 };
        let view = View::fitting(bounds, [1000.0, 800.0], [100.0, 100.0]);
        let width = bounds.width_deg() / 360.0 * WORLD_SIZE_AT_ZOOM_0 * view.zoom.exp2();
        assert!((width - 800.0).abs() < 1e-6, "{width}");
    }

    #[test]
    fn a_single_spot_is_shown_with_its_surroundings() {
        let bounds = Bounds { west_deg: 34.0, south_deg: 51.0, east_deg: 34.0, north_deg: 51.0 };
        assert_eq!(View::fitting(bounds, [1000.0, 800.0], [100.0, 100.0]).zoom, 9.0);
    }

    #[test]
    fn two_neighbours_are_shown_apart_however_close_they_are() {
        let bounds = Bounds { west_deg: 34.0, south_deg: 51.0, east_deg: 34.001, north_deg: 51.0 };
        assert!(View::fitting(bounds, [1000.0, 800.0], [100.0, 100.0]).zoom > 15.0);
    }

    #[test]
    fn numbers_that_are_not_finite_show_the_world() {
        let view = View { center: LonLat::new(f64::NAN, 0.0), zoom: f64::INFINITY }.clamped([800.0, 600.0]);
        assert!(view.center.is_valid() && view.zoom.is_finite());
    }

    proptest! {
        #[test]
        fn no_clamped_view_looks_past_the_ends_of_the_world(
            lon in -400.0..400.0_f64, lat in -90.0..90.0_f64, zoom in -5.0..30.0_f64,
            width in 1.0..8000.0_f64, height in 1.0..6000.0_f64
        ) {
            let view = View { center: LonLat::new(lon, lat), zoom }.clamped([width, height]);
            let world = WORLD_SIZE_AT_ZOOM_0 * view.zoom.exp2();
            let middle = view.center.to_unit().y * world;
            prop_assert!(middle - height / 2.0 >= -1e-3 && middle + height / 2.0 <= world + 1e-3);
            prop_assert!((-180.0..=180.0).contains(&view.center.lon_deg));
            let again = view.clamped([width, height]);
            prop_assert!((again.zoom - view.zoom).abs() < 1e-9);
        }
    }
}
