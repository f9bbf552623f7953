//! Geometries as well-known binary (ISO 13249-3 and the older EWKB), read and written.

use crate::geo::LonLat;
use crate::io::geometry::{Found, Geometry, polygons};
use crate::io::limits::{MAX_GEOMETRY_DEPTH, MAX_GEOMETRY_POINTS};
use crate::model::ShapeKind;

/// Why bytes are no geometry, in words that follow its name.
pub(super) type Fault = &'static str;

const BROKEN: Fault = "is not a geometry in well-known binary";

/// Reads a point, which is what most geometries are, without making room for anything.
pub(super) fn point(bytes: &[u8]) -> Option<LonLat> {
    let (head, numbers) = bytes.split_first_chunk::<5>()?;
    let (x, y) = match head {
        [1, 1, 0, 0, 0] => (f64::from_le_bytes(eight(numbers, 0)?), f64::from_le_bytes(eight(numbers, 8)?)),
        [0, 0, 0, 0, 1] => (f64::from_be_bytes(eight(numbers, 0)?), f64::from_be_bytes(eight(numbers, 8)?)),
        _ => return None,
    };
    (numbers.len() == 16 && !x.is_nan() && !y.is_nan()).then_some(LonLat::new(x, y))
}

fn eight(bytes: &[u8], at: usize) -> Option<[u8; 8]> {
    bytes.get(at..at + 8)?.try_into().ok()
}

/// Reads any geometry.
pub(super) fn read(bytes: &[u8]) -> Result<Geometry, Fault> {
    let mut reader = Reader { bytes, at: 0, points: 0 };
    let mut found = Found::default();
    reader.geometry(&mut found, 0)?;
    if reader.at != bytes.len() {
        return Err(BROKEN);
    }
    Ok(found.into_geometry())
}

/// Reads any geometry that names no coordinate system, or WGS 84.
pub(in crate::io) fn of_wgs84(bytes: &[u8]) -> Option<Geometry> {
    const WGS_84: u32 = 4326;
    let (head, rest) = bytes.split_first_chunk::<5>()?;
    let order = head[0];
    let number =
        |bytes: [u8; 4]| if order == 0 { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
    let has_system = number(head[1..].try_into().ok()?) & 0x2000_0000 != 0;
    let is_known = !has_system || rest.first_chunk::<4>().is_some_and(|system| number(*system) == WGS_84);
    read(bytes).ok().filter(|_| is_known)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    points: usize,
}

/// How the numbers of a geometry are written.
#[derive(Clone, Copy)]
struct Form {
    is_little: bool,
    /// Numbers of a point: its height and its measure are passed over.
    numbers: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let bytes = self.bytes.get(self.at..self.at + N).and_then(|bytes| bytes.try_into().ok());
        self.at += N;
        bytes.ok_or(BROKEN)
    }

    fn count(&mut self, form: Form) -> Result<usize, Fault> {
        let bytes = self.take()?;
        let count = if form.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
        // Every part takes at least four bytes: so no more are begun than there can be.
        if count as usize > self.bytes.len().saturating_sub(self.at) / 4 {
            return Err(BROKEN);
        }
        Ok(count as usize)
    }

    fn point(&mut self, form: Form) -> Result<LonLat, Fault> {
        let mut number = || -> Result<f64, Fault> {
            let bytes = self.take()?;
            Ok(if form.is_little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
        };
        let point = LonLat::new(number()?, number()?);
        for _ in 2..form.numbers {
            number()?;
        }
        self.points += 1;
        if self.points > MAX_GEOMETRY_POINTS {
            return Err("has more than a million points");
        }
        Ok(point)
    }

    fn line(&mut self, form: Form) -> Result<Vec<LonLat>, Fault> {
        let count = self.count(form)?;
        (0..count).map(|_| self.point(form)).collect()
    }

    fn geometry(&mut self, found: &mut Found, depth: usize) -> Result<(), Fault> {
        if depth > MAX_GEOMETRY_DEPTH {
            return Err("has geometries nested too deeply");
        }
        let [order] = self.take()?;
        let is_little = match order {
            0 => false,
            1 => true,
            _ => return Err(BROKEN),
        };
        let code = self.take()?;
        let code = if is_little { u32::from_le_bytes(code) } else { u32::from_be_bytes(code) };
        if code & 0x2000_0000 != 0 {
            // The older kind may name a coordinate system; the file's metadata are believed instead.
            let _: [u8; 4] = self.take()?;
        }
        let (flags, kind) = (code >> 30, code & 0x0FFF_FFFF);
        let more = (flags & 1) + (flags >> 1) + [0, 1, 1, 2].get((kind / 1000) as usize).ok_or(BROKEN)?;
        let form = Form { is_little, numbers: 2 + more as usize };
        match kind % 1000 {
            1 => {
                let point = self.point(form)?;
                // A point without coordinates is an empty one.
                found.points.extend(Some(point).filter(|it| !it.lon_deg.is_nan() && !it.lat_deg.is_nan()));
            }
            2 => found.lines.extend(Some(self.line(form)?).filter(|line| !line.is_empty())),
            3 => {
                for _ in 0..self.count(form)? {
                    found.rings.extend(Some(self.line(form)?).filter(|ring| !ring.is_empty()));
                }
            }
            4..=7 => {
                for _ in 0..self.count(form)? {
                    self.geometry(found, depth + 1)?;
                }
            }
            _ => return Err("is of a kind that is not read; points, lines and polygons are"),
        }
        Ok(())
    }
}

/// Adds a point as well-known binary.
pub(super) fn write_point(point: LonLat, out: &mut Vec<u8>) {
    out.extend_from_slice(&[1, 1, 0, 0, 0]);
    write_position(point, out);
}

fn write_position(point: LonLat, out: &mut Vec<u8>) {
    out.extend_from_slice(&point.lon_deg.to_le_bytes());
    out.extend_from_slice(&point.lat_deg.to_le_bytes());
}

fn write_head(kind: u32, count: usize, out: &mut Vec<u8>) {
    out.push(1);
    out.extend_from_slice(&kind.to_le_bytes());
    out.extend_from_slice(&(count as u32).to_le_bytes());
}

fn write_points(points: &[LonLat], out: &mut Vec<u8>) {
    out.extend_from_slice(&(points.len() as u32).to_le_bytes());
    for &point in points {
        write_position(point, out);
    }
}

/// A shape as a collection of lines or of polygons.
pub(super) fn write_shape(kind: ShapeKind, parts: &[Vec<LonLat>]) -> Vec<u8> {
    let mut out = Vec::new();
    match kind {
        ShapeKind::Line => {
            write_head(5, parts.len(), &mut out);
            for part in parts {
                out.extend_from_slice(&[1, 2, 0, 0, 0]);
                write_points(part, &mut out);
            }
        }
        ShapeKind::Area => {
            let polygons = polygons(parts);
            write_head(6, polygons.len(), &mut out);
            for rings in polygons {
                write_head(3, rings.len(), &mut out);
                for ring in rings {
                    write_points(ring, &mut out);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ring(west: f64, south: f64, size: f64) -> Vec<LonLat> {
        [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]
            .iter()
            .map(|(x, y)| LonLat::new(west + x * size, south + y * size))
            .collect()
    }

    #[test]
    fn points_are_read_in_both_orders_with_and_without_height() {
        let spot = LonLat::new(36.2, 51.7);
        let mut little = Vec::new();
        write_point(spot, &mut little);
        assert_eq!((point(&little), read(&little)), (Some(spot), Ok(Geometry::Point(spot))));
        let mut big = vec![0, 0, 0, 0, 1];
        big.extend(36.2_f64.to_be_bytes().into_iter().chain(51.7_f64.to_be_bytes()));
        assert_eq!((point(&big), read(&big)), (Some(spot), Ok(Geometry::Point(spot))));
        for head in [[1, 0xE9, 3, 0, 0], [1, 1, 0, 0, 0x80]] {
            let mut high = head.to_vec();
            high.extend([36.2_f64, 51.7, 120.0].iter().flat_map(|it| it.to_le_bytes()));
            assert_eq!((point(&high), read(&high)), (None, Ok(Geometry::Point(spot))));
        }
        let mut with_srid = vec![1, 1, 0, 0, 0x20, 0xE6, 0x10, 0, 0];
        with_srid.extend([36.2_f64, 51.7].iter().flat_map(|it| it.to_le_bytes()));
        assert_eq!(read(&with_srid), Ok(Geometry::Point(spot)));
    }

    #[test]
    fn a_point_without_coordinates_is_empty() {
        let mut bytes = Vec::new();
        write_point(LonLat::new(f64::NAN, f64::NAN), &mut bytes);
        assert_eq!((point(&bytes), read(&bytes)), (None, Ok(Geometry::Empty)));
    }

    #[test]
    fn shapes_are_written_as_they_are_read() {
        let areas = vec![ring(0.0, 0.0, 4.0), ring(1.0, 1.0, 1.0), ring(10.0, 0.0, 2.0)];
        let bytes = write_shape(ShapeKind::Area, &areas);
        assert_eq!(bytes[5..9], [2, 0, 0, 0], "two polygons, one with a hole");
        assert_eq!(read(&bytes), Ok(Geometry::Drawn(ShapeKind::Area, areas.clone())));
        let lines = vec![ring(0.0, 0.0, 1.0), ring(5.0, 5.0, 1.0)];
        let bytes = write_shape(ShapeKind::Line, &lines);
        assert_eq!(read(&bytes), Ok(Geometry::Drawn(ShapeKind::Line, lines)));
    }

    #[test]
    fn what_announces_more_than_there_is_is_refused() {
        let mut line = vec![1, 2, 0, 0, 0];
        line.extend(u32::MAX.to_le_bytes());
        assert_eq!(read(&line), Err(BROKEN));
        let mut deep = Vec::new();
        for _ in 0..100 {
            write_head(7, 1, &mut deep);
        }
        assert!(read(&deep).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_geometry_or_not(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            let _ = read(&bytes).map(|geometry| geometry.position());
        }

        #[test]
        fn a_damaged_geometry_is_one_or_not(at in 0_usize..200, byte in any::<u8>()) {
            let mut bytes = write_shape(ShapeKind::Area, &[ring(0.0, 0.0, 4.0), ring(1.0, 1.0, 2.0)]);
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(geometry) = read(&bytes) {
                let _ = geometry.position();
            }
        }
    }
}
