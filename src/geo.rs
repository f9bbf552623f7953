//! Positions on the earth and on the map: longitude and latitude, Web Mercator on the unit square, bounds that may
//! cross the antimeridian, and great-circle distances. [`geodesic`] has the exact ones, [`written`] how positions and
//! lengths are written no more exactly than they are known.
//!
//! Everything here is plain arithmetic; of the rest of the crate only the words are used.

pub mod coordinates;
pub mod geodesic;
mod map_link;
mod spoken;
pub mod written;

use std::f64::consts::PI;

use crate::t;

/// Mean radius of the earth (IUGG), for great-circle distances.
pub(crate) const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// International mile, in metres.
pub const MILE_M: f64 = 1609.344;

/// The latitude at which Web Mercator ends: the map is a square up to here.
pub const MAX_MERCATOR_LAT_DEG: f64 = 85.051_128_779_806_59;

/// A position in degrees, WGS 84.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LonLat {
    /// Longitude, -180 to 180, east positive.
    pub lon_deg: f64,
    /// Latitude, -90 to 90, north positive.
    pub lat_deg: f64,
}

/// A position on the Web Mercator unit square: x grows eastward, y southward, both 0 to 1 inside the world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitPoint {
    /// 0 at the antimeridian's eastern side, 1 at its western side.
    pub x: f64,
    /// 0 at 85.05 degrees north, 1 at 85.05 degrees south.
    pub y: f64,
}

impl LonLat {
    /// A position from degrees, taken as they are.
    #[must_use]
    pub const fn new(lon_deg: f64, lat_deg: f64) -> Self {
        Self { lon_deg, lat_deg }
    }

    /// Whether both numbers are finite and within the earth's ranges.
    #[must_use]
    pub fn is_valid(self) -> bool {
        (-180.0..=180.0).contains(&self.lon_deg) && (-90.0..=90.0).contains(&self.lat_deg)
    }

    /// Projects to the Web Mercator unit square (EPSG:3857, scaled). Latitudes past the square's edge are moved to it.
    #[must_use]
    pub fn to_unit(self) -> UnitPoint {
        let lat_rad = self.lat_deg.clamp(-MAX_MERCATOR_LAT_DEG, MAX_MERCATOR_LAT_DEG).to_radians();
        UnitPoint { x: (self.lon_deg + 180.0) / 360.0, y: (1.0 - lat_rad.tan().asinh() / PI) / 2.0 }
    }

    /// Great-circle distance in metres on a sphere (haversine), within 0.6 % of the ellipsoid's.
    #[must_use]
    pub fn distance_m(self, other: Self) -> f64 {
        let (lat_a, lat_b) = (self.lat_deg.to_radians(), other.lat_deg.to_radians());
        let half_lat = (lat_b - lat_a) / 2.0;
        let half_lon = (other.lon_deg - self.lon_deg).to_radians() / 2.0;
        let h = half_lat.sin().powi(2) + lat_a.cos() * lat_b.cos() * half_lon.sin().powi(2);
        2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()
    }

    /// Initial bearing from here to `other`, in degrees clockwise from north, 0 to 360.
    #[must_use]
    pub fn bearing_deg(self, other: Self) -> f64 {
        let (lat_a, lat_b) = (self.lat_deg.to_radians(), other.lat_deg.to_radians());
        let lon = (other.lon_deg - self.lon_deg).to_radians();
        let y = lon.sin() * lat_b.cos();
        let x = lat_a.cos() * lat_b.sin() - lat_a.sin() * lat_b.cos() * lon.cos();
        y.atan2(x).to_degrees().rem_euclid(360.0)
    }

    /// The point `distance_m` away along `bearing_deg`, on a sphere.
    #[must_use]
    pub fn destination(self, bearing_deg: f64, distance_m: f64) -> Self {
        let angle = distance_m / EARTH_RADIUS_M;
        let bearing = bearing_deg.to_radians();
        let lat = self.lat_deg.to_radians();
        let to_lat = (lat.sin() * angle.cos() + lat.cos() * angle.sin() * bearing.cos()).asin();
        let lon = (bearing.sin() * angle.sin() * lat.cos()).atan2(angle.cos() - lat.sin() * to_lat.sin());
        let to_lon = self.lon_deg + lon.to_degrees();
        Self::new((to_lon + 180.0).rem_euclid(360.0) - 180.0, to_lat.to_degrees())
    }

    /// Decimal degrees with hemispheres, as a person reads them: `51.2772° N, 34.2846° E`.
    #[must_use]
    pub fn to_decimal_text(self) -> String {
        let (ns, ew) = self.hemispheres();
        format!("{:.4}° {ns}, {:.4}° {ew}", self.lat_deg.abs(), self.lon_deg.abs())
    }

    /// Degrees, minutes and seconds: `51°16′38″ N, 34°17′05″ E`.
    #[must_use]
    pub fn to_dms_text(self) -> String {
        let (ns, ew) = self.hemispheres();
        format!("{} {ns}, {} {ew}", dms(self.lat_deg), dms(self.lon_deg))
    }

    fn hemispheres(self) -> (&'static str, &'static str) {
        (
            if self.lat_deg < 0.0 { t!("side-south") } else { t!("side-north") },
            if self.lon_deg < 0.0 { t!("side-west") } else { t!("side-east") },
        )
    }
}

fn dms(degrees: f64) -> String {
    let seconds = (degrees.abs() * 3600.0).round() as u64;
    format!("{}°{:02}′{:02}″", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

impl UnitPoint {
    /// Back to degrees; the inverse of [`LonLat::to_unit`]. An `x` outside 0 to 1 is taken round the world.
    #[must_use]
    pub fn to_lon_lat(self) -> LonLat {
        let lat_rad = (PI * (1.0 - 2.0 * self.y)).sinh().atan();
        LonLat::new(self.x.rem_euclid(1.0) * 360.0 - 180.0, lat_rad.to_degrees())
    }
}

/// The eight principal winds, from a bearing: `NE` for 45 degrees.
#[must_use]
pub fn compass_point(bearing_deg: f64) -> &'static str {
    match (bearing_deg.rem_euclid(360.0) / 45.0).round() as u8 % 8 {
        0 => t!("wind-n"),
        1 => t!("wind-ne"),
        2 => t!("wind-e"),
        3 => t!("wind-se"),
        4 => t!("wind-s"),
        5 => t!("wind-sw"),
        6 => t!("wind-w"),
        _ => t!("wind-nw"),
    }
}

/// A box in degrees. When `west_deg` is greater than `east_deg` it crosses the antimeridian.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Western edge, degrees.
    pub west_deg: f64,
    /// Southern edge, degrees.
    pub south_deg: f64,
    /// Eastern edge, degrees.
    pub east_deg: f64,
    /// Northern edge, degrees.
    pub north_deg: f64,
}

impl Bounds {
    /// The smallest box around the points, or `None` for no points. Of the two ways round the world the shorter one
    /// is taken, so points on both sides of the antimeridian give a narrow box across it.
    #[must_use]
    pub fn around(points: impl IntoIterator<Item = LonLat>) -> Option<Self> {
        let mut lons = Vec::new();
        let (mut south_deg, mut north_deg) = (f64::INFINITY, f64::NEG_INFINITY);
        for point in points {
            lons.push(point.lon_deg);
            south_deg = south_deg.min(point.lat_deg);
            north_deg = north_deg.max(point.lat_deg);
        }
        lons.sort_by(f64::total_cmp);
        let (first, last) = (*lons.first()?, *lons.last()?);
        // The box is the complement of the widest gap between neighbouring longitudes; the gap through the
        // antimeridian wins ties, so that an ordinary box stays ordinary.
        let (mut west_deg, mut east_deg, mut widest) = (first, last, first + 360.0 - last);
        for pair in lons.windows(2) {
            if pair[1] - pair[0] > widest {
                (west_deg, east_deg, widest) = (pair[1], pair[0], pair[1] - pair[0]);
            }
        }
        Some(Self { west_deg, south_deg, east_deg, north_deg })
    }

    /// Width in degrees, 0 to 360, the right way round for boxes that cross the antimeridian.
    #[must_use]
    pub fn width_deg(self) -> f64 {
        let width = self.east_deg - self.west_deg;
        if width < 0.0 { width + 360.0 } else { width }
    }

    /// Whether this is a box on the earth: from south to north, and no more than once round the world. Eastern edges
    /// are given as longitudes or, for a box that is written on past the antimeridian, as up to 360 degrees east of the
    /// western one.
    #[must_use]
    pub fn is_valid(self) -> bool {
        LonLat::new(self.west_deg, self.south_deg).is_valid()
            && (self.south_deg..=90.0).contains(&self.north_deg)
            && (-180.0..=self.west_deg + 360.0).contains(&self.east_deg)
    }

    /// Whether the point lies inside or on the edge.
    #[must_use]
    pub fn contains(self, point: LonLat) -> bool {
        let lon_inside = if self.west_deg <= self.east_deg {
            (self.west_deg..=self.east_deg).contains(&point.lon_deg)
        } else {
            point.lon_deg >= self.west_deg || point.lon_deg <= self.east_deg
        };
        lon_inside && (self.south_deg..=self.north_deg).contains(&point.lat_deg)
    }

    /// The middle of the box as the map shows it: half way in longitude and in Mercator's y.
    #[must_use]
    pub fn center(self) -> LonLat {
        let north = LonLat::new(self.west_deg, self.north_deg).to_unit();
        let south = LonLat::new(self.west_deg, self.south_deg).to_unit();
        let x = north.x + self.width_deg() / 720.0;
        UnitPoint { x, y: f64::midpoint(north.y, south.y) }.to_lon_lat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BELGOROD: LonLat = LonLat::new(36.5873, 50.5956);
    const KURSK: LonLat = LonLat::new(36.1926, 51.7304);

    #[test]
    fn belgorod_to_kursk_is_about_129_km_to_the_north() {
        let distance_m = BELGOROD.distance_m(KURSK);
        assert!((128_000.0..130_500.0).contains(&distance_m), "{distance_m}");
        assert_eq!(compass_point(BELGOROD.bearing_deg(KURSK)), "N");
    }

    #[test]
    fn the_antipodes_are_half_the_earth_apart() {
        let distance_m = LonLat::new(0.0, 0.0).distance_m(LonLat::new(180.0, 0.0));
        assert!((distance_m - PI * EARTH_RADIUS_M).abs() < 1.0);
    }

    #[test]
    fn the_unit_square_has_greenwich_and_the_equator_in_its_middle() {
        assert_eq!(LonLat::new(0.0, 0.0).to_unit(), UnitPoint { x: 0.5, y: 0.5 });
        assert!(LonLat::new(0.0, 90.0).to_unit().y.abs() < 1e-9);
    }

    #[test]
    fn coordinates_read_as_people_write_them() {
        let tetkino = LonLat::new(34.2846, 51.2772);
        assert_eq!(tetkino.to_decimal_text(), "51.2772° N, 34.2846° E");
        assert_eq!(tetkino.to_dms_text(), "51°16′38″ N, 34°17′05″ E");
        assert_eq!(LonLat::new(-0.5, -33.0).to_decimal_text(), "33.0000° S, 0.5000° W");
        assert_eq!(LonLat::new(0.0, 59.999_999).to_dms_text(), "60°00′00″ N, 0°00′00″ E");
    }

    #[test]
    fn bounds_take_the_short_way_round_the_antimeridian() {
        let fiji = LonLat::new(178.0, -18.0);
        let samoa = LonLat::new(-172.0, -14.0);
        let bounds = Bounds::around([fiji, samoa]).unwrap();
        assert_eq!(bounds.width_deg(), 10.0);
        assert!(bounds.contains(LonLat::new(180.0, -16.0)) && !bounds.contains(LonLat::new(0.0, -16.0)));
        assert!((bounds.center().lon_deg + 177.0).abs() < 1e-9);
    }

    #[test]
    fn no_points_have_no_bounds() {
        assert_eq!(Bounds::around([]), None);
    }

    proptest! {
        #[test]
        fn projecting_there_and_back_is_identity(lon in -180.0..179.999_f64, lat in -85.0..85.0_f64) {
            let back = LonLat::new(lon, lat).to_unit().to_lon_lat();
            prop_assert!((back.lon_deg - lon).abs() < 1e-9 && (back.lat_deg - lat).abs() < 1e-9);
        }

        #[test]
        fn bounds_contain_every_point_they_are_made_of(
            points in prop::collection::vec((-180.0..180.0_f64, -90.0..90.0_f64), 1..20)
        ) {
            let points: Vec<LonLat> = points.into_iter().map(|(lon, lat)| LonLat::new(lon, lat)).collect();
            let bounds = Bounds::around(points.iter().copied()).unwrap();
            prop_assert!(points.iter().all(|&point| bounds.contains(point)));
        }

        #[test]
        fn a_destination_lies_at_its_distance(
            lon in -180.0..180.0_f64, lat in -80.0..80.0_f64, bearing in 0.0..360.0_f64, distance in 1.0..1_000_000.0_f64
        ) {
            let from = LonLat::new(lon, lat);
            prop_assert!((from.distance_m(from.destination(bearing, distance)) - distance).abs() < 0.01);
        }
    }
}
