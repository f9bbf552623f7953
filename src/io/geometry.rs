//! Geometries as files write them: spots, lines and areas, the point that stands for each, and well-known text.

use super::limits::{MAX_GEOMETRY_DEPTH, MAX_GEOMETRY_POINTS};
use crate::geo::{Bounds, LonLat};
use crate::model::{Precision, Shape, ShapeKind};

/// What a geometry is to the map.
#[derive(Debug, Clone, PartialEq)]
pub enum Geometry {
    /// It has no position.
    Empty,
    /// A spot.
    Point(LonLat),
    /// Several spots; the first one stands for them.
    Points(Vec<LonLat>),
    /// Lines or areas.
    Drawn(ShapeKind, Vec<Vec<LonLat>>),
}

/// What a geometry and those within it are made of.
#[derive(Debug, Default)]
pub struct Found {
    /// Spots.
    pub points: Vec<LonLat>,
    /// Lines.
    pub lines: Vec<Vec<LonLat>>,
    /// Outer rings, each followed by its holes.
    pub rings: Vec<Vec<LonLat>>,
}

impl Found {
    /// Areas say more than lines, and lines more than points.
    #[must_use]
    pub fn into_geometry(self) -> Geometry {
        match (self.points.as_slice(), self.lines.is_empty(), self.rings.is_empty()) {
            (_, _, false) => Geometry::Drawn(ShapeKind::Area, self.rings),
            (_, false, true) => Geometry::Drawn(ShapeKind::Line, self.lines),
            ([], true, true) => Geometry::Empty,
            ([point], true, true) => Geometry::Point(*point),
            _ => Geometry::Points(self.points),
        }
    }
}

impl Geometry {
    /// The position that stands for it: the middle of the longest line, a point within the largest area.
    #[must_use]
    pub fn position(&self) -> Option<LonLat> {
        match self {
            Self::Empty => None,
            Self::Point(point) => Some(*point),
            Self::Points(points) => points.first().copied(),
            Self::Drawn(ShapeKind::Line, lines) => {
                let longest = lines.iter().max_by(|a, b| length(a).total_cmp(&length(b)))?;
                longest.get(longest.len() / 2).copied()
            }
            Self::Drawn(ShapeKind::Area, rings) => {
                let largest = rings.iter().max_by(|a, b| area(a).abs().total_cmp(&area(b).abs()))?;
                inner_point(largest, rings)
            }
        }
    }

    /// What is drawn for it, beside the marker of the incident with this number.
    #[must_use]
    pub fn into_shape(self, incident: usize) -> Option<Shape> {
        let Self::Drawn(kind, parts) = self else { return None };
        let bounds = Bounds::around(parts.iter().flatten().copied())?;
        Some(Shape { incident, kind, parts, bounds })
    }

    /// How exactly the position that stands for it says where all of it is: by the distance between its corners.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision_by_size().unwrap_or(Precision::Exact)
    }

    /// The same; `None` for a single spot, which has no size.
    #[must_use]
    pub fn precision_by_size(&self) -> Option<Precision> {
        let bounds = match self {
            Self::Empty | Self::Point(_) => return None,
            Self::Points(points) => Bounds::around(points.iter().copied())?,
            Self::Drawn(_, parts) => Bounds::around(parts.iter().flatten().copied())?,
        };
        let south_west = LonLat::new(bounds.west_deg, bounds.south_deg);
        Some(match south_west.distance_m(LonLat::new(bounds.east_deg, bounds.north_deg)) {
            ..=500.0 => Precision::Exact,
            ..=20_000.0 => Precision::Settlement,
            ..=150_000.0 => Precision::District,
            ..=1_500_000.0 => Precision::Region,
            _ => Precision::Country,
        })
    }

    /// Whether all of it lies on the earth.
    #[must_use]
    pub fn is_on_earth(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Point(point) => point.is_valid(),
            Self::Points(points) => points.iter().all(|point| point.is_valid()),
            Self::Drawn(_, parts) => parts.iter().flatten().all(|point| point.is_valid()),
        }
    }
}

fn length(line: &[LonLat]) -> f64 {
    line.windows(2)
        .map(|ends| (ends[1].lon_deg - ends[0].lon_deg).hypot(ends[1].lat_deg - ends[0].lat_deg))
        .sum()
}

/// Twice the area of a ring, in square degrees; positive where it runs against the clock.
fn area(ring: &[LonLat]) -> f64 {
    sides(ring).map(|(a, b)| a.lon_deg * b.lat_deg - b.lon_deg * a.lat_deg).sum()
}

fn sides(ring: &[LonLat]) -> impl Iterator<Item = (LonLat, LonLat)> + '_ {
    ring.iter().zip(ring.iter().cycle().skip(1)).map(|(a, b)| (*a, *b))
}

/// Parts rings at those that begin a new area: what lies within the outer ring before it is a hole of it.
pub(super) fn polygons(rings: &[Vec<LonLat>]) -> Vec<&[Vec<LonLat>]> {
    let mut polygons = Vec::new();
    let mut start = 0;
    for n in 1..=rings.len() {
        let is_hole =
            n < rings.len() && rings[n].first().is_some_and(|&point| is_within(&rings[start], point));
        if !is_hole {
            polygons.push(&rings[start..n]);
            start = n;
        }
    }
    polygons
}

/// Whether a point lies within a ring.
fn is_within(ring: &[LonLat], point: LonLat) -> bool {
    let crossed = sides(ring).filter(|(a, b)| {
        (a.lat_deg > point.lat_deg) != (b.lat_deg > point.lat_deg) && {
            let share = (point.lat_deg - a.lat_deg) / (b.lat_deg - a.lat_deg);
            point.lon_deg < a.lon_deg + share * (b.lon_deg - a.lon_deg)
        }
    });
    crossed.count() % 2 == 1
}

/// A point within an area: the middle of its widest part at the height of its centre.
fn inner_point(largest: &[LonLat], rings: &[Vec<LonLat>]) -> Option<LonLat> {
    let bounds = Bounds::around(largest.iter().copied())?;
    let lat_deg = f64::midpoint(bounds.south_deg, bounds.north_deg);
    let mut crossings: Vec<f64> = rings
        .iter()
        .flat_map(|ring| sides(ring))
        .filter(|(a, b)| (a.lat_deg > lat_deg) != (b.lat_deg > lat_deg))
        .map(|(a, b)| {
            let share = (lat_deg - a.lat_deg) / (b.lat_deg - a.lat_deg);
            a.lon_deg + share * (b.lon_deg - a.lon_deg)
        })
        .collect();
    crossings.sort_by(f64::total_cmp);
    let widest = crossings
        .chunks_exact(2)
        .max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))
        .map(|ends| LonLat::new(f64::midpoint(ends[0], ends[1]), lat_deg));
    // An area without height has none.
    widest.or_else(|| largest.first().copied())
}

/// Reads well-known text (`POINT (34.28 51.27)`), with or without a leading `SRID=4326;`. `None` where it is none, or
/// where it names another reference system than WGS 84.
#[must_use]
pub fn from_wkt(text: &str) -> Option<Geometry> {
    let text = text.trim();
    let text = match text.split_once(';') {
        Some((srid, rest)) if srid.trim().eq_ignore_ascii_case("SRID=4326") => rest,
        Some(_) => return None,
        None => text,
    };
    let mut words = Words { rest: text, points: 0 };
    let mut found = Found::default();
    words.geometry(&mut found, 0)?;
    words.rest.trim().is_empty().then(|| found.into_geometry())
}

struct Words<'a> {
    rest: &'a str,
    points: usize,
}

impl<'a> Words<'a> {
    fn word(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn takes(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.strip_prefix(sign);
        self.rest = found.unwrap_or(rest);
        found.is_some()
    }

    fn geometry(&mut self, found: &mut Found, depth: usize) -> Option<()> {
        if depth > MAX_GEOMETRY_DEPTH {
            return None;
        }
        let kind = self.word().to_ascii_uppercase();
        let mut next = self.rest.trim_start();
        // Heights and measures are passed over.
        let marks = next.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        if ["Z", "M", "ZM"].iter().any(|known| marks.eq_ignore_ascii_case(known)) {
            next = &next[marks.len()..];
        }
        self.rest = next;
        if self.word().eq_ignore_ascii_case("EMPTY") {
            return Some(());
        }
        let kind = kind.strip_suffix("ZM").or(kind.strip_suffix(['Z', 'M'])).unwrap_or(&kind);
        match kind {
            "POINT" | "MULTIPOINT" => self.list(|words| {
                let has_brackets = words.takes('(');
                let point = words.point()?;
                found.points.push(point);
                (!has_brackets || words.takes(')')).then_some(())
            }),
            "LINESTRING" => self.line(&mut found.lines),
            "MULTILINESTRING" => self.list(|words| words.line(&mut found.lines)),
            "POLYGON" => self.list(|words| words.line(&mut found.rings)),
            "MULTIPOLYGON" => self.list(|words| words.list(|words| words.line(&mut found.rings))),
            "GEOMETRYCOLLECTION" => self.list(|words| words.geometry(found, depth + 1)),
            _ => None,
        }
    }

    /// Items between brackets, with commas between them.
    fn list(&mut self, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if !self.takes('(') {
            return None;
        }
        loop {
            item(self)?;
            if !self.takes(',') {
                return self.takes(')').then_some(());
            }
        }
    }

    fn line(&mut self, lines: &mut Vec<Vec<LonLat>>) -> Option<()> {
        let mut line = Vec::new();
        self.list(|words| {
            line.push(words.point()?);
            Some(())
        })?;
        lines.push(line);
        Some(())
    }

    fn point(&mut self) -> Option<LonLat> {
        self.points += 1;
        if self.points > MAX_GEOMETRY_POINTS {
            return None;
        }
        let end = self.rest.find([',', '(', ')'])?;
        let (numbers, rest) = self.rest.split_at(end);
        self.rest = rest;
        let mut numbers = numbers.split_ascii_whitespace().map(|number| number.parse::<f64>().ok());
        let (lon, lat) = (numbers.next()??, numbers.next()??);
        let others = numbers.try_fold(0, |count, number| number.map(|_| count + 1))?;
        (others <= 2 && lon.is_finite() && lat.is_finite()).then_some(LonLat::new(lon, lat))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn well_known_text_becomes_what_it_draws() {
        let at = LonLat::new(34.28, 51.27);
        for text in [
            "POINT (34.28 51.27)",
            "point(34.28 51.27)",
            "SRID=4326;POINT Z (34.28 51.27 120)",
            "POINTZ(34.28 51.27 1)",
        ] {
            assert_eq!(from_wkt(text), Some(Geometry::Point(at)), "{text}");
        }
        assert_eq!(from_wkt("POINT EMPTY"), Some(Geometry::Empty));
        let line = from_wkt("LINESTRING (0 0, 1 1, 2 0)").unwrap();
        assert_eq!(line.position(), Some(LonLat::new(1.0, 1.0)));
        let area =
            from_wkt("MULTIPOLYGON (((0 0, 4 0, 4 2, 0 2, 0 0), (1 0.5, 3 0.5, 3 1.5, 1 1.5, 1 0.5)))")
                .unwrap();
        let inside = area.position().unwrap();
        assert!(inside.lat_deg == 1.0 && (inside.lon_deg < 1.0 || inside.lon_deg > 3.0), "{inside:?}");
        assert_eq!(area.into_shape(7).unwrap().parts.len(), 2);
        let all = from_wkt("GEOMETRYCOLLECTION (POINT (1 1), LINESTRING (0 0, 1 1))").unwrap();
        assert!(matches!(all, Geometry::Drawn(ShapeKind::Line, _)));
        assert_eq!(from_wkt("MULTIPOINT ((1 2), (3 4))"), from_wkt("MULTIPOINT (1 2, 3 4)"));
    }

    #[test]
    fn what_is_no_well_known_text_is_not_taken_for_one() {
        for text in [
            "",
            "POINT",
            "POINT (1)",
            "POINT (1 2",
            "POINT (a b)",
            "POINT (1 2) x",
            "CIRCLE (1 2)",
            "SRID=3857;POINT (1 2)",
            "POINT (inf 2)",
            "LINESTRING ()",
        ] {
            assert_eq!(from_wkt(text), None, "{text}");
        }
        assert_eq!(from_wkt(&"GEOMETRYCOLLECTION (".repeat(10_000)), None);
    }

    proptest! {
        #[test]
        fn any_text_is_looked_through(text in "(POINT|LINESTRING|POLYGON|MULTI|EMPTY| |Z|[(),0-9. -]){0,40}") {
            let _ = from_wkt(&text).map(|geometry| geometry.position());
        }
    }
}
