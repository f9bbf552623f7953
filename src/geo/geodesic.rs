//! Geodesics on the WGS 84 ellipsoid: how far it is from one point to another, which way it begins, and the line itself
//! as Web Mercator shows it.

use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic};

use super::{LonLat, UnitPoint};

/// Steps of a trace are no longer than this, in metres: on the map the line bends only a little in between.
const STEP_M: f64 = 250_000.0;

/// The shortest way from one point to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leg {
    /// Where it begins.
    pub from: LonLat,
    /// Where it ends.
    pub to: LonLat,
    /// Its length.
    pub distance_m: f64,
    /// The direction in which it begins, in degrees clockwise from north, 0 to 360.
    pub bearing_deg: f64,
}

impl Leg {
    /// The way between two points on earth.
    #[must_use]
    pub fn between(from: LonLat, to: LonLat) -> Self {
        let (distance_m, azimuth_deg, _, _): (f64, f64, f64, f64) =
            Geodesic::wgs84().inverse(from.lat_deg, from.lon_deg, to.lat_deg, to.lon_deg);
        Self { from, to, distance_m, bearing_deg: azimuth_deg.rem_euclid(360.0) }
    }

    /// The point at this share of the way, 0 to 1.
    #[must_use]
    pub fn at(&self, share: f64) -> LonLat {
        if share <= 0.0 {
            return self.from;
        }
        if share >= 1.0 {
            return self.to;
        }
        let (lat_deg, lon_deg): (f64, f64) = Geodesic::wgs84().direct(
            self.from.lat_deg,
            self.from.lon_deg,
            self.bearing_deg,
            self.distance_m * share,
        );
        LonLat::new(lon_deg, lat_deg)
    }

    /// Points along the way, in even steps from its beginning to its end. They go on past the antimeridian: no `x` is
    /// more than half a world away from that before it.
    #[must_use]
    pub fn trace(&self) -> Vec<UnitPoint> {
        let steps = (self.distance_m / STEP_M).ceil().clamp(1.0, 100.0);
        let mut points = vec![self.from.to_unit()];
        for n in 1..=steps as u32 {
            let before = points[points.len() - 1];
            points.push(self.at(f64::from(n) / steps).to_unit().beside(before));
        }
        points
    }
}

impl UnitPoint {
    /// The same point in that copy of the world in which it is nearest to another one.
    #[must_use]
    pub fn beside(self, other: Self) -> Self {
        Self { x: self.x - (self.x - other.x).round(), y: self.y }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_and_bearings_are_those_of_geographiclib() {
        let rows =
            include_str!("../../tests/data/geodesics.csv").lines().filter(|line| !line.starts_with('#'));
        let mut count = 0;
        for row in rows {
            let numbers: Vec<f64> = row.split(',').map(|number| number.parse().unwrap()).collect();
            let [lat, lon, to_lat, to_lon, distance_m, bearing_deg] = numbers[..] else { panic!("{row}") };
            let leg = Leg::between(LonLat::new(lon, lat), LonLat::new(to_lon, to_lat));
            assert!((leg.distance_m - distance_m).abs() < 0.001, "{row}: {leg:?}");
            // On the way to the other side of the earth, a hair's breadth turns the bearing.
            let turned = (leg.bearing_deg - bearing_deg + 180.0).rem_euclid(360.0) - 180.0;
            assert!(turned.abs() * distance_m.min(1e6) < 1.0, "{row}: {leg:?}");
            count += 1;
        }
        assert_eq!(count, 1000);
    }

    #[test]
    fn a_trace_across_the_antimeridian_goes_the_short_way() {
        let leg = Leg::between(LonLat::new(178.0, -18.0), LonLat::new(-172.0, -14.0));
        let trace = leg.trace();
        assert!(trace.windows(2).all(|pair| (pair[0].x - pair[1].x).abs() < 0.05));
        assert!(trace.last().unwrap().x > 1.0);
    }

    #[test]
    fn no_way_at_all_has_no_length() {
        let here = LonLat::new(34.0, 51.0);
        let leg = Leg::between(here, here);
        assert_eq!((leg.distance_m, leg.at(0.5), leg.trace().len()), (0.0, here, 2));
    }

    proptest! {
        #[test]
        fn half_the_way_is_half_the_length(
            lon in -180.0..180.0_f64, lat in -89.0..89.0_f64, to_lon in -180.0..180.0_f64, to_lat in -89.0..89.0_f64
        ) {
            let leg = Leg::between(LonLat::new(lon, lat), LonLat::new(to_lon, to_lat));
            let half = Leg::between(leg.from, leg.at(0.5));
            prop_assert!((half.distance_m * 2.0 - leg.distance_m).abs() < 0.01);
            let trace = leg.trace();
            prop_assert!(trace.windows(2).all(|pair| (pair[0].x - pair[1].x).abs() <= 0.5));
        }
    }
}
