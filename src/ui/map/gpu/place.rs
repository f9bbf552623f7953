//! Where the map lies, as the shaders take it.

use crate::geo::UnitPoint;
use crate::ui::map::transform::MapTransform;

/// The words of `Place` in `place.wgsl`.
pub(super) const PLACE_WORDS: usize = 8;

/// From the world's square of 32-bit integers to a target of pixels or cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    center: [u32; 2],
    fraction: [f32; 2],
    middle: [f32; 2],
    scale: f32,
}

impl Place {
    /// The place of a map on a target with `steps_per_point`, whose `middle` is the middle of the map.
    pub(super) fn new(transform: &MapTransform, steps_per_point: f32, middle: [f32; 2]) -> Self {
        let UnitPoint { x, y } = transform.center;
        // The southern end of the world is the largest number, not a world further.
        let (x, y) = (x.rem_euclid(1.0) * WORLD, (y * WORLD).clamp(0.0, WORLD - 1.0));
        Self {
            // `as` would hold on to the largest number where a tiny negative longitude rounds up to a whole world.
            center: [x.floor() as u64 as u32, y.floor() as u32],
            fraction: [x.fract() as f32, y.fract() as f32],
            middle,
            scale: (transform.world_px * f64::from(steps_per_point) / WORLD) as f32,
        }
    }

    /// As the shaders' uniform.
    pub(super) fn words(&self) -> [u32; PLACE_WORDS] {
        let Self { center, fraction, middle, scale } = self;
        [
            center[0],
            center[1],
            fraction[0].to_bits(),
            fraction[1].to_bits(),
            middle[0].to_bits(),
            middle[1].to_bits(),
            scale.to_bits(),
            0,
        ]
    }

    /// The same sum as the shaders'.
    pub(super) fn placed(&self, x: u32, y: u32) -> [f32; 2] {
        let east = x.wrapping_sub(self.center[0]).cast_signed() as f32;
        let south = (i64::from(y) - i64::from(self.center[1])) as f32;
        [
            self.middle[0] + (east - self.fraction[0]) * self.scale,
            self.middle[1] + (south - self.fraction[1]) * self.scale,
        ]
    }
}

/// Units in the world's width.
const WORLD: f64 = 4_294_967_296.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::LonLat;
    use crate::state::view::View;
    use eframe::egui::{Rect, pos2, vec2};
    use proptest::prelude::*;

    fn transform(lon: f64, lat: f64, zoom: f64) -> MapTransform {
        let rect = Rect::from_min_size(pos2(100.0, 50.0), vec2(800.0, 600.0));
        MapTransform::new(rect, View { center: LonLat::new(lon, lat), zoom })
    }

    proptest! {
        #[test]
        fn integers_lead_to_the_same_spot_as_64_bit_numbers(
            lon in -180.0..180.0_f64, lat in -84.0..84.0_f64, zoom in 0.0..20.0_f64,
            east_px in -400.0..400.0_f64, south_px in -300.0..300.0_f64
        ) {
            let map = transform(lon, lat, zoom);
            let x = (map.center.x + east_px / map.world_px).rem_euclid(1.0);
            let y = map.center.y + south_px / map.world_px;
            prop_assume!((0.0..1.0).contains(&y));
            let (x, y) = ((x * WORLD) as u32, (y * WORLD) as u32);
            let middle = map.rect.center();
            let [left, top] = Place::new(&map, 1.0, [middle.x, middle.y]).placed(x, y);
            let exact = map.to_screen(UnitPoint { x: f64::from(x) / WORLD, y: f64::from(y) / WORLD });
            // Half the world away, either side is right.
            let east = (left - exact.x).abs();
            let east = east.min((f64::from(east) - map.world_px).abs() as f32);
            prop_assert!(east < 1e-3 && (top - exact.y).abs() < 1e-3, "{left} {top}, not {exact:?}");
        }
    }

    #[test]
    fn a_pole_is_not_drawn_at_the_other_end_of_the_world() {
        let map = transform(0.0, 84.0, 0.0);
        let [_, top] = Place::new(&map, 1.0, [0.0, 0.0]).placed(0, u32::MAX);
        assert!((f64::from(top) - (1.0 - map.center.y) * map.world_px).abs() < 1e-3);
    }
}
