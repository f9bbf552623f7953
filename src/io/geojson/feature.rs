//! One feature: its JSON taken apart, and its geometry.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::geo::LonLat;
use crate::io::geometry::{Found, Geometry};
use crate::io::limits::{MAX_GEOMETRY_DEPTH, MAX_GEOMETRY_POINTS};
use crate::model::Fate;

/// Why an item is not on the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::io) struct Refusal {
    pub(in crate::io) fate: Fate,
    pub(in crate::io) field: String,
    pub(in crate::io) value: String,
    pub(in crate::io) reason: String,
    /// Lines and columns from where the item begins to where the fault is.
    pub(in crate::io) offset: (u64, u32),
}

impl Refusal {
    pub(in crate::io) fn new(fate: Fate, field: &str, value: &str, reason: impl Into<String>) -> Self {
        let (field, value, reason) = (field.to_owned(), value.to_owned(), reason.into());
        Self { fate, field, value, reason, offset: (0, 0) }
    }

    pub(in crate::io) fn rejected(field: &str, value: &str, reason: impl Into<String>) -> Self {
        Self::new(Fate::Rejected, field, value, reason)
    }

    /// For an item that is not the JSON that was expected.
    pub(in crate::io) fn of(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        // The place is that within the item, which nobody can see.
        let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
        let reason = match error.classify() {
            Category::Data => what.to_owned(),
            Category::Eof => "is not valid JSON: it ends too early".to_owned(),
            Category::Syntax | Category::Io => format!("is not valid JSON: {what}"),
        };
        let offset = (error.line().saturating_sub(1) as u64, error.column().saturating_sub(1) as u32);
        Self { offset, ..Self::rejected("", "", reason) }
    }
}

/// A text that is borrowed where nothing in it is escaped.
#[derive(Debug, Deserialize)]
struct Word<'a>(#[serde(borrow)] Cow<'a, str>);

/// The members of an object in their order, each as its JSON.
#[derive(Debug, Default)]
pub(in crate::io) struct Members<'a>(pub(in crate::io) Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Members<'a> {
    pub(in crate::io) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(16);
                while let Some((name, value)) = map.next_entry::<Word<'de>, &'de RawValue>()? {
                    members.push((name.0, value.get()));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// A feature, with its parts as their JSON.
#[derive(Debug, Deserialize)]
pub(in crate::io) struct Feature<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub(in crate::io) id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    geometry: Option<&'a RawValue>,
    #[serde(borrow, default)]
    properties: Option<Members<'a>>,
}

/// What a JSON object with a geometry is.
pub(in crate::io) struct Parsed<'a> {
    pub(in crate::io) id: Option<Cow<'a, str>>,
    pub(in crate::io) geometry: Result<Geometry, Refusal>,
    pub(in crate::io) properties: Members<'a>,
}

/// Takes a feature, or a geometry without one, apart.
pub(in crate::io) fn parse(text: &str) -> Result<Parsed<'_>, Refusal> {
    if !text.starts_with('{') {
        return Err(Refusal::rejected("", text, "is not an object in curly brackets, as a feature is"));
    }
    let feature: Feature<'_> = serde_json::from_str(text).map_err(|error| Refusal::of(&error))?;
    let kind = feature.kind.as_ref().map(|kind| kind.0.as_ref());
    let geometry = match kind {
        Some("Feature") => feature.geometry.map(RawValue::get).filter(|text| *text != "null"),
        Some(kind) if KINDS.contains(&kind) => Some(text),
        Some("FeatureCollection") => {
            return Err(Refusal::rejected("type", "FeatureCollection", "is a collection and not a feature"));
        }
        Some(kind) => return Err(Refusal::rejected("type", kind, "is no feature and no geometry")),
        None => return Err(Refusal::rejected("type", "", "is missing: it would say \"Feature\"")),
    };
    let geometry = match geometry {
        Some(text) => read_geometry(text),
        None => Err(Refusal::new(Fate::Listed, "geometry", "null", "has no position")),
    };
    let id = feature.id.map(RawValue::get).filter(|id| *id != "null");
    Ok(Parsed { id: id.map(Cow::Borrowed), geometry, properties: feature.properties.unwrap_or_default() })
}

/// The kinds of geometries.
pub(super) const KINDS: [&str; 7] =
    ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"];

/// A position; `None` for an empty one. Heights and measures are passed over.
pub(super) struct Position(pub(super) Option<LonLat>);

/// A number to its last digit, which serde's reading of JSON does not do.
pub(super) struct Number(pub(super) f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = <&RawValue>::deserialize(deserializer)?.get();
        digits.parse().map(Self).map_err(|_| serde::de::Error::custom("is not a number"))
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl<'de> Visitor<'de> for Numbers {
            type Value = Position;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a longitude and a latitude")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Self::Value, A::Error> {
                let Some(Number(lon_deg)) = numbers.next_element()? else { return Ok(Position(None)) };
                let Some(Number(lat_deg)) = numbers.next_element()? else {
                    return Err(serde::de::Error::invalid_length(1, &self));
                };
                while numbers.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Position(Some(LonLat::new(lon_deg, lat_deg))))
            }
        }
        deserializer.deserialize_seq(Numbers)
    }
}

/// Positions that follow each other.
struct Line(Vec<LonLat>);

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let positions = Vec::<Position>::deserialize(deserializer)?;
        Ok(Self(positions.into_iter().filter_map(|position| position.0).collect()))
    }
}

#[derive(Deserialize)]
struct RawGeometry<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<Word<'a>>,
    #[serde(borrow, default)]
    coordinates: Option<&'a RawValue>,
    #[serde(borrow, default)]
    geometries: Option<Vec<&'a RawValue>>,
}

/// The geometry in a text that is one, or a feature.
pub(in crate::io) fn geometry_of(text: &str) -> Option<Geometry> {
    parse(text).and_then(|parsed| parsed.geometry).ok()
}

pub(super) fn read_geometry(text: &str) -> Result<Geometry, Refusal> {
    let mut found = Found::default();
    add_geometry(text, &mut found, 0)?;
    checked(found)
}

/// What was found as a geometry, if it lies on the earth and is not too large.
pub(super) fn checked(found: Found) -> Result<Geometry, Refusal> {
    let count = found.points.len() + found.lines.iter().chain(&found.rings).map(Vec::len).sum::<usize>();
    if count > MAX_GEOMETRY_POINTS {
        let reason = format!("has more than {MAX_GEOMETRY_POINTS} positions; simplify it");
        return Err(Refusal::rejected("coordinates", &count.to_string(), reason));
    }
    let all = found.points.iter().chain(found.lines.iter().flatten()).chain(found.rings.iter().flatten());
    if let Some(wrong) = all.copied().find(|position| !position.is_valid()) {
        let value = format!("{}, {}", wrong.lon_deg, wrong.lat_deg);
        let reason = "lies beyond 180 degrees of longitude or 90 of latitude";
        return Err(Refusal::rejected("coordinates", &value, reason));
    }
    match found.into_geometry() {
        geometry if geometry.position().is_none() => {
            Err(Refusal::new(Fate::Listed, "coordinates", "[]", "has no position"))
        }
        geometry => Ok(geometry),
    }
}

fn add_geometry(text: &str, found: &mut Found, depth: usize) -> Result<(), Refusal> {
    if depth > MAX_GEOMETRY_DEPTH {
        let reason = format!("has collections within collections, more than {MAX_GEOMETRY_DEPTH} deep");
        return Err(Refusal::rejected("geometry", "", reason));
    }
    let wrong = |reason: String| Refusal::rejected("geometry", text, reason);
    if !text.starts_with('{') {
        return Err(wrong("is not an object in curly brackets, as a geometry is".to_owned()));
    }
    let raw: RawGeometry<'_> =
        serde_json::from_str(text).map_err(|error| wrong(Refusal::of(&error).reason))?;
    let Some(Word(kind)) = raw.kind else { return Err(wrong("has no type".to_owned())) };
    if kind == "GeometryCollection" {
        let geometries = raw.geometries.unwrap_or_default();
        return geometries.iter().try_for_each(|text| add_geometry(text.get(), found, depth + 1));
    }
    let text = raw.coordinates.map_or("null", RawValue::get);
    let added = match kind.as_ref() {
        "Point" => serde_json::from_str(text).map(|Position(position)| found.points.extend(position)),
        "MultiPoint" => serde_json::from_str(text).map(|Line(points)| found.points.extend(points)),
        "LineString" => serde_json::from_str(text).map(|line| add_lines(&mut found.lines, [line])),
        "MultiLineString" => {
            serde_json::from_str(text).map(|lines: Vec<Line>| add_lines(&mut found.lines, lines))
        }
        "Polygon" => serde_json::from_str(text).map(|rings: Vec<Line>| add_lines(&mut found.rings, rings)),
        "MultiPolygon" => serde_json::from_str(text)
            .map(|areas: Vec<Vec<Line>>| add_lines(&mut found.rings, areas.into_iter().flatten())),
        _ => return Err(Refusal::rejected("type", &kind, "is no geometry of GeoJSON")),
    };
    added.map_err(|_| {
        let reason = format!("are not the longitudes and latitudes of a {kind}");
        Refusal::rejected("coordinates", text, reason)
    })
}

fn add_lines(into: &mut Vec<Vec<LonLat>>, lines: impl IntoIterator<Item = Line>) {
    into.extend(lines.into_iter().map(|line| line.0).filter(|line| !line.is_empty()));
}

/// The text of a JSON value: that of a string without its quotes and escapes, that of a list with semicolons, nothing
/// for null and an object without members, and the JSON of anything else.
pub(in crate::io) fn text_of(json: &str) -> Cow<'_, str> {
    match json.as_bytes() {
        [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => Cow::Borrowed(&json[1..json.len() - 1]),
        [b'"', ..] => serde_json::from_str::<String>(json).map_or(Cow::Borrowed(json), Cow::Owned),
        [b'[', ..] => list_of(json).map_or(Cow::Borrowed(json), Cow::Owned),
        b"null" | b"{}" => Cow::Borrowed(""),
        _ => Cow::Borrowed(json),
    }
}

/// The texts and numbers of a list with semicolons between them; `None` where that could not be told apart again.
fn list_of(json: &str) -> Option<String> {
    let items = items_of(json)?;
    let is_plain = items.iter().all(|item| !item.starts_with(['[', '{']));
    let texts: Vec<Cow<'_, str>> = items.into_iter().map(text_of).collect();
    let is_told_apart = is_plain && texts.iter().all(|text| !text.contains(';'));
    is_told_apart.then(|| texts.join("; "))
}

/// The items of a list, each as its JSON.
pub(in crate::io) fn items_of(json: &str) -> Option<Vec<&str>> {
    let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    Some(items.into_iter().map(RawValue::get).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ShapeKind;
    use proptest::prelude::*;

    fn geometry(json: &str) -> Result<Geometry, String> {
        let text = format!("{{\"type\":\"Feature\",\"geometry\":{json},\"properties\":null}}");
        parse(&text).and_then(|feature| feature.geometry).map_err(|refusal| refusal.reason)
    }

    #[test]
    fn every_kind_of_geometry_is_understood() {
        let at = Geometry::Point(LonLat::new(34.28, 51.27));
        assert_eq!(geometry(r#"{"type":"Point","coordinates":[34.28,51.27,120.5]}"#), Ok(at.clone()));
        assert_eq!(geometry(r#"{"coordinates":[34.28,51.27],"type":"Point"}"#), Ok(at));
        for (json, kind) in [
            (r#"{"type":"LineString","coordinates":[[0,0],[1,1]]}"#, ShapeKind::Line),
            (r#"{"type":"MultiLineString","coordinates":[[[0,0],[1,1]],[[2,2],[3,3]]]}"#, ShapeKind::Line),
            (r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}"#, ShapeKind::Area),
            (r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}"#, ShapeKind::Area),
            (
                r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[0,0]},{"type":"LineString","coordinates":[[0,0],[1,1]]}]}"#,
                ShapeKind::Line,
            ),
        ] {
            assert!(matches!(geometry(json), Ok(Geometry::Drawn(found, _)) if found == kind), "{json}");
        }
    }

    #[test]
    fn what_is_no_geometry_says_why() {
        for (json, words) in [
            ("null", "has no position"),
            (r#"{"type":"Point","coordinates":[]}"#, "has no position"),
            (r#"{"type":"GeometryCollection","geometries":[]}"#, "has no position"),
            (r#"{"type":"Point","coordinates":["34","51"]}"#, "are not the longitudes"),
            (r#"{"type":"Point","coordinates":[34]}"#, "are not the longitudes"),
            (r#"{"type":"Point"}"#, "are not the longitudes"),
            (r#"{"type":"Point","coordinates":[51,134]}"#, "lies beyond"),
            (r#"{"type":"Circle","coordinates":[51,34]}"#, "is no geometry of GeoJSON"),
            (r#"{"coordinates":[51,34]}"#, "has no type"),
            ("7", "is not an object"),
        ] {
            let reason = geometry(json).unwrap_err();
            assert!(reason.contains(words), "{json}: {reason}");
        }
        let deep = r#"{"type":"GeometryCollection","geometries":["#.repeat(20);
        assert!(geometry(&format!("{deep}{}", "]}".repeat(20))).unwrap_err().contains("deep"));
    }

    #[test]
    fn values_become_texts() {
        for (json, text) in [
            (r#""a""#, "a"),
            (r#""a\u00e9\n""#, "aé\n"),
            ("null", ""),
            ("1.50", "1.50"),
            (r#"["a","b",3]"#, "a; b; 3"),
            (r#"["a;b"]"#, r#"["a;b"]"#),
            (r#"{"a":1}"#, r#"{"a":1}"#),
        ] {
            assert_eq!(text_of(json), text);
        }
    }

    proptest! {
        #[test]
        fn any_json_is_looked_through(text in "(\\{\"type\":\"(Feature|Point)\"|,\"(geometry|coordinates|properties)\":|[\\[\\]{}0-9,.\"-]|null){0,12}") {
            let _ = parse(&text).map(|feature| feature.geometry);
            let _ = text_of(&text);
        }
    }
}
