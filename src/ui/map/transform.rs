//! Between the Mercator unit square and the screen, in 64-bit numbers throughout.

use eframe::egui::{Pos2, Rect, Vec2, vec2};

use crate::geo::{Bounds, LonLat, UnitPoint};
use crate::query::{MapArea, ViewQuery};
use crate::state::view::{View, WORLD_SIZE_AT_ZOOM_0};

/// How the map lies on the screen in this frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapTransform {
    /// Where the map is, in points.
    pub rect: Rect,
    /// What lies in its middle.
    pub center: UnitPoint,
    /// Zoom as walkers counts it.
    pub zoom: f64,
    /// Width of the whole world, in points.
    pub world_px: f64,
}

impl MapTransform {
    /// The transform for a view in a rectangle.
    #[must_use]
    pub fn new(rect: Rect, view: View) -> Self {
        let world_px = Self::world_px_at(view.zoom);
        Self { rect, center: view.center.to_unit(), zoom: view.zoom, world_px }
    }

    /// Width of the whole world at a zoom, in points.
    #[must_use]
    pub fn world_px_at(zoom: f64) -> f64 {
        WORLD_SIZE_AT_ZOOM_0 * zoom.exp2()
    }

    /// The view as the engine is asked about it.
    #[must_use]
    pub fn query(&self) -> ViewQuery {
        let size_px = [f64::from(self.rect.width()), f64::from(self.rect.height())];
        ViewQuery { center: self.center, world_px: self.world_px, size_px }
    }

    /// From the square to the screen, as it is: a point east of the antimeridian may lie a world away.
    #[must_use]
    pub fn place(&self, point: UnitPoint) -> Pos2 {
        self.rect.center() + self.offset_px(point)
    }

    /// From the square to the screen, to that copy of the world which is nearest to the middle of the map.
    #[must_use]
    pub fn to_screen(&self, point: UnitPoint) -> Pos2 {
        self.place(UnitPoint { x: point.x - (point.x - self.center.x).round(), y: point.y })
    }

    fn offset_px(&self, point: UnitPoint) -> Vec2 {
        vec2(
            ((point.x - self.center.x) * self.world_px) as f32,
            ((point.y - self.center.y) * self.world_px) as f32,
        )
    }

    /// What is seen of the square.
    #[must_use]
    pub fn area(&self) -> MapArea {
        let (north_west, south_east) = (self.to_unit(self.rect.min), self.to_unit(self.rect.max));
        MapArea { west: north_west.x, east: south_east.x, north: north_west.y, south: south_east.y }
    }

    /// From the screen to the square; `x` may lie outside 0 to 1 where the world repeats.
    #[must_use]
    pub fn to_unit(&self, pos: Pos2) -> UnitPoint {
        let offset = pos - self.rect.center();
        UnitPoint {
            x: self.center.x + f64::from(offset.x) / self.world_px,
            y: self.center.y + f64::from(offset.y) / self.world_px,
        }
    }

    /// From the screen to degrees.
    #[must_use]
    pub fn to_lon_lat(&self, pos: Pos2) -> LonLat {
        self.to_unit(pos).to_lon_lat()
    }

    /// How many degrees of longitude a point on the screen is wide.
    #[must_use]
    pub fn pixel_deg(&self) -> f64 {
        360.0 / self.world_px
    }

    /// How many points a metre takes up on the screen at a latitude.
    #[must_use]
    pub fn px_per_m(&self, lat_deg: f64) -> f64 {
        /// Circumference of the sphere that Web Mercator is made of, in metres.
        const EARTH_CIRCUMFERENCE_M: f64 = 40_075_016.686;
        self.world_px / (EARTH_CIRCUMFERENCE_M * lat_deg.to_radians().cos().max(1e-6))
    }

    /// Whether a box reaches into the screen, in any copy of the world.
    #[must_use]
    pub fn shows(&self, bounds: Bounds) -> bool {
        let (min, max) = self.visible();
        let north_west = LonLat::new(bounds.west_deg, bounds.north_deg).to_unit();
        let bottom = LonLat::new(bounds.west_deg, bounds.south_deg).to_unit().y;
        let width = bounds.width_deg() / 360.0;
        // The copy whose left edge is the last at or before the screen's right edge.
        let left = north_west.x + (max.x - north_west.x).floor();
        left + width >= min.x && north_west.y <= max.y && bottom >= min.y
    }

    /// The part of the square that is on the screen; `x` may reach beyond 0 and 1.
    #[must_use]
    pub fn visible(&self) -> (UnitPoint, UnitPoint) {
        (self.to_unit(self.rect.min), self.to_unit(self.rect.max))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::pos2;
    use proptest::prelude::*;

    fn transform(lon: f64, lat: f64, zoom: f64) -> MapTransform {
        let rect = Rect::from_min_size(pos2(100.0, 50.0), vec2(800.0, 600.0));
        MapTransform::new(rect, View { center: LonLat::new(lon, lat), zoom })
    }

    #[test]
    fn a_point_across_the_antimeridian_is_drawn_next_to_its_neighbours() {
        let map = transform(179.0, 0.0, 5.0);
        let west_of_it = map.to_screen(LonLat::new(-179.0, 0.0).to_unit());
        assert!(map.rect.contains(west_of_it) && west_of_it.x > map.rect.center().x);
    }

    #[test]
    fn a_box_is_shown_in_whichever_copy_of_the_world_it_lies() {
        let fiji = Bounds { west_deg: 177.0, south_deg: -19.0, east_deg: -178.0, north_deg: -16.0 };
        assert!(transform(179.0, -17.0, 5.0).shows(fiji) && transform(-179.5, -17.0, 5.0).shows(fiji));
        assert!(!transform(0.0, -17.0, 5.0).shows(fiji) && !transform(179.0, 40.0, 5.0).shows(fiji));
    }

    proptest! {
        #[test]
        fn to_the_screen_and_back_is_identity_within_a_hundredth_of_a_point(
            lon in -179.0..179.0_f64, lat in -80.0..80.0_f64, zoom in 0.0..20.0_f64,
            x in 100.0..900.0_f32, y in 50.0..650.0_f32
        ) {
            let map = transform(lon, lat, zoom);
            let back = map.place(map.to_unit(pos2(x, y)));
            prop_assert!((back - pos2(x, y)).length() < 0.01, "{back:?}");
        }
    }
}
