//! Geometries of KML: points, lines, areas and tracks, in any collection of them.

use crate::geo::LonLat;
use crate::io::features::Fault;
use crate::io::geometry::{Found, Geometry};
use crate::io::limits::{MAX_GEOMETRY_DEPTH, MAX_GEOMETRY_POINTS};
use crate::io::problem::ReadError;
use crate::io::xml::Xml;

/// What a placemark draws.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    found: Found,
    points: usize,
    fault: Option<Fault>,
    /// The height of its only point, as the file writes it, where it is none.
    pub(super) altitude: Option<String>,
    /// The first and the last time of its tracks.
    pub(super) whens: Option<[String; 2]>,
}

impl Drawing {
    /// Whether an element is a geometry.
    #[expect(clippy::unused_self, reason = "it reads as a question to what takes them")]
    pub(super) fn takes(&self, name: &str) -> bool {
        matches!(
            name,
            "Point" | "LineString" | "LinearRing" | "Polygon" | "MultiGeometry" | "Track" | "MultiTrack"
        )
    }

    /// Reads the geometry that was opened last to its end.
    pub(super) fn read(&mut self, xml: &mut Xml, depth: usize) -> Result<(), ReadError> {
        if depth > MAX_GEOMETRY_DEPTH {
            self.fail(xml.name(), "", "has geometries within each other too deep");
            return xml.skip();
        }
        match xml.name() {
            "Point" => {
                let points = self.coordinates(xml, true)?;
                self.found.points.extend(points);
                Ok(())
            }
            "LineString" | "LinearRing" => {
                let line = self.coordinates(xml, false)?;
                self.line(line);
                Ok(())
            }
            "Polygon" => self.polygon(xml),
            "Track" => self.track(xml),
            _ => {
                while xml.child()? {
                    if self.takes(xml.name()) { self.read(xml, depth + 1)? } else { xml.skip()? }
                }
                Ok(())
            }
        }
    }

    /// A line of one point is a point.
    fn line(&mut self, line: Vec<LonLat>) {
        match line.as_slice() {
            [] => {}
            [point] => self.found.points.push(*point),
            _ => self.found.lines.push(line),
        }
    }

    fn polygon(&mut self, xml: &mut Xml) -> Result<(), ReadError> {
        let (mut outer, mut holes) = (Vec::new(), Vec::new());
        while xml.child()? {
            let is_outer = match xml.name() {
                "outerBoundaryIs" => true,
                "innerBoundaryIs" => false,
                _ => {
                    xml.skip()?;
                    continue;
                }
            };
            while xml.child()? {
                if xml.name() != "LinearRing" {
                    xml.skip()?;
                    continue;
                }
                let ring = self.coordinates(xml, false)?;
                if ring.is_empty() {
                    continue;
                }
                if is_outer { outer.push(ring) } else { holes.push(ring) }
            }
        }
        self.found.rings.append(&mut outer);
        self.found.rings.append(&mut holes);
        Ok(())
    }

    fn track(&mut self, xml: &mut Xml) -> Result<(), ReadError> {
        let mut line = Vec::new();
        while xml.child()? {
            match xml.name() {
                "when" => {
                    let when = xml.content()?;
                    match &mut self.whens {
                        _ if when.is_empty() => {}
                        Some([_, last]) => *last = when,
                        None => self.whens = Some([when.clone(), when]),
                    }
                }
                "coord" => {
                    let text = xml.content()?;
                    // A point of time without a place.
                    if text.is_empty() {
                        continue;
                    }
                    match point(text.split_ascii_whitespace()) {
                        Ok((at, _)) => self.push(&mut line, at),
                        Err(reason) => self.fail("gx:coord", &text, reason),
                    }
                }
                _ => xml.skip()?,
            }
        }
        self.line(line);
        Ok(())
    }

    fn push(&mut self, line: &mut Vec<LonLat>, at: LonLat) {
        self.points += 1;
        if self.points > MAX_GEOMETRY_POINTS {
            self.fail("coordinates", "", &format!("has more than {MAX_GEOMETRY_POINTS} points"));
        } else {
            line.push(at);
        }
    }

    /// The coordinates within the element that was opened last.
    fn coordinates(&mut self, xml: &mut Xml, is_point: bool) -> Result<Vec<LonLat>, ReadError> {
        let mut line = Vec::new();
        while xml.child()? {
            if xml.name() != "coordinates" {
                xml.skip()?;
                continue;
            }
            let text = xml.content()?;
            // People write blanks behind the commas, which part points from each other.
            let joined = (text.contains(", ") || text.contains(" ,")).then(|| without_blanks(&text));
            for tuple in joined.as_ref().unwrap_or(&text).split_ascii_whitespace() {
                match point(tuple.split(',')) {
                    Ok((at, altitude)) => {
                        if is_point {
                            self.altitude = altitude.map(str::to_owned);
                        }
                        self.push(&mut line, at);
                    }
                    Err(reason) => {
                        self.fail("coordinates", tuple, reason);
                        break;
                    }
                }
            }
        }
        Ok(line)
    }

    /// The first fault counts.
    fn fail(&mut self, field: &str, value: &str, reason: &str) {
        self.fault.get_or_insert_with(|| Fault::new(field, value, reason));
    }

    /// The point that the file gives for its marker, where it draws something else, too.
    pub(super) fn marker(&self) -> Option<LonLat> {
        match self.found.points.as_slice() {
            [point] if !self.found.lines.is_empty() || !self.found.rings.is_empty() => Some(*point),
            _ => None,
        }
    }

    /// What it all is, or why it cannot be understood.
    pub(super) fn into_geometry(self) -> Result<Geometry, Fault> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(self.found.into_geometry()),
        }
    }
}

/// A longitude, a latitude and, if it is not zero, a height.
fn point<'a>(mut numbers: impl Iterator<Item = &'a str>) -> Result<(LonLat, Option<&'a str>), &'static str> {
    let mut number = || {
        let text = numbers.next()?.trim();
        Some((text, text.parse::<f64>().ok().filter(|number| number.is_finite())))
    };
    let (Some((_, lon_deg)), Some((_, lat_deg))) = (number(), number()) else {
        return Err("is no longitude and latitude with a comma between them");
    };
    let (Some(lon_deg), Some(lat_deg)) = (lon_deg, lat_deg) else {
        return Err("is no longitude and latitude in degrees");
    };
    let altitude = number();
    if altitude.is_some_and(|(text, number)| number.is_none() && !text.is_empty()) || number().is_some() {
        return Err("has something else than a height behind longitude and latitude");
    }
    let at = LonLat::new(lon_deg, lat_deg);
    if !at.is_valid() {
        return Err("lies beyond 180 degrees of longitude or 90 of latitude; KML writes the longitude first");
    }
    Ok((at, altitude.filter(|(_, number)| number.is_some_and(|it| it != 0.0)).map(|(text, _)| text)))
}

/// The text without the blanks around its commas.
fn without_blanks(text: &str) -> String {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    parts.join(",")
}
