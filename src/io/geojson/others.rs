//! JSON that is no GeoJSON and has incidents all the same: what its items are, and what stands in them.
//!
//! | who writes it | items |
//! |---|---|
//! | TimeMap | objects, in `events` or a list alone |
//! | the interfaces of ACLED (`data`) and UCDP (`Result`), and many others | objects, in a list of any name |
//! | Overpass | `elements` with tags, and the position or the line of each |
//! | `ArcGIS` | `features` with attributes and a geometry of its own kind |
//! | uMap | `layers`, each with features |
//! | kepler.gl | `datasets`, each with names of fields and rows of values |

use std::borrow::Cow;

use memchr::{memchr_iter, memrchr};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::feature::{self, Members, Parsed, Refusal, text_of};
use super::scan::Item;
use super::style;
use crate::geo::LonLat;
use crate::io::geometry::{Found, Geometry};
use crate::io::limits::{MAX_JSON_LISTS, MAX_PROPERTY_NAMES};
use crate::model::{Fate, Rgb};

/// What items are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) enum Kind {
    /// GeoJSON's features: the position is in the geometry.
    Features,
    /// TimeMap's events: the position is among the members.
    Events,
    /// Objects whose position is among the members, or in one of them.
    Records,
    /// Overpass' elements.
    Elements,
    /// Features of `ArcGIS`.
    Attributes,
    /// uMap's layers of features.
    Layers,
    /// kepler.gl's datasets of rows.
    Tables,
}

impl Kind {
    /// Whether the position is in the geometry of items, wherever they have one.
    pub(super) fn has_geometry(self) -> bool {
        matches!(self, Self::Features | Self::Elements | Self::Attributes | Self::Layers)
    }

    /// Whether the items stand in lists within the items of the outermost one.
    pub(super) fn has_groups(self) -> bool {
        matches!(self, Self::Layers | Self::Tables)
    }
}

/// One of the lists of a file, and what is said of all in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    /// What it is called.
    pub(super) name: String,
    /// The names of the values, where items are lists of them.
    fields: Vec<String>,
    /// The colour of the layer.
    pub(super) color: Option<Rgb>,
}

impl Group {
    /// The one list of a file that has no others.
    pub(super) const SILENT: Self = Self { name: String::new(), fields: Vec::new(), color: None };
}

/// Takes an item apart.
pub(super) fn parse<'a>(kind: Kind, item: &'a str, group: &'a Group) -> Result<Parsed<'a>, Refusal> {
    match kind {
        Kind::Features | Kind::Layers => {
            let mut parsed = feature::parse(item)?;
            flatten_tags(&mut parsed.properties);
            Ok(parsed)
        }
        Kind::Tables => {
            let values = feature::items_of(item).ok_or_else(|| {
                Refusal::rejected("", item, "is not a list in square brackets, as a row is")
            })?;
            let (count, columns) = (values.len(), group.fields.len());
            if count != columns {
                let values = if count == 1 { "1 value".to_owned() } else { format!("{count} values") };
                let reason = format!("has {values}, and the table has {columns} fields");
                return Err(Refusal::rejected("", item, reason));
            }
            let names = group.fields.iter().map(|name| Cow::Borrowed(name.as_str()));
            let properties = Members(names.zip(values).collect());
            Ok(Parsed { id: None, geometry: place_of(&properties), properties })
        }
        Kind::Events | Kind::Records => {
            let properties = members_of(item)?;
            let geometry = if kind == Kind::Events { Ok(Geometry::Empty) } else { place_of(&properties) };
            Ok(Parsed { id: None, geometry, properties })
        }
        Kind::Elements => element(item),
        Kind::Attributes => attributes(item),
    }
}

fn members_of(item: &str) -> Result<Members<'_>, Refusal> {
    if !item.starts_with('{') {
        return Err(Refusal::rejected("", item, "is not an object in curly brackets, as an event is"));
    }
    serde_json::from_str(item).map_err(|error| Refusal::of(&error))
}

/// OpenStreetMap's tags stand in an object of their own in some exports.
fn flatten_tags(properties: &mut Members<'_>) {
    let Some(at) = properties.0.iter().position(|(name, json)| name == "tags" && json.starts_with('{'))
    else {
        return;
    };
    if let Ok(tags) = serde_json::from_str::<Members<'_>>(properties.0[at].1) {
        properties.0.splice(at..=at, tags.0);
    }
}

fn nowhere(reason: &str) -> Refusal {
    Refusal::new(Fate::Listed, "", "", reason)
}

fn number(members: &Members<'_>, name: &str) -> Option<f64> {
    text_of(members.get(name)?).trim().parse().ok()
}

/// The position that the members of an object name: `{"lat": 50.6, "lng": 36.6}`.
fn pair_of(members: &Members<'_>) -> Option<LonLat> {
    const NAMES: [[&str; 2]; 5] =
        [["lat", "lon"], ["lat", "lng"], ["latitude", "longitude"], ["lat", "long"], ["y", "x"]];
    NAMES.iter().find_map(|[lat, lon]| Some(LonLat::new(number(members, lon)?, number(members, lat)?)))
}

fn point(at: LonLat) -> Result<Geometry, Refusal> {
    feature::checked(Found { points: vec![at], ..Found::default() })
}

/// Where an object is that has no columns for it: in a geometry of GeoJSON, in an object with both angles, or in
/// ten-millionths of degrees.
pub(in crate::io) fn place_of(properties: &Members<'_>) -> Result<Geometry, Refusal> {
    const PLACES: [&str; 11] = [
        "geometry",
        "geom",
        "the_geom",
        "_geojson",
        "geojson",
        "location",
        "position",
        "coordinates",
        "coords",
        "geo",
        "center",
    ];
    let whole = ["latitudeE7", "longitudeE7"].map(|name| number(properties, name));
    if let [Some(lat), Some(lon)] = whole {
        // Some phones have written more than half a turn.
        let lon_deg = lon / 1e7;
        let lon_deg = if lon_deg > 180.0 { lon_deg - 429.496_729_6 } else { lon_deg };
        return point(LonLat::new(lon_deg, lat / 1e7));
    }
    for json in PLACES.iter().filter_map(|name| properties.get(name)) {
        let json = text_of(json);
        let Ok(members) = serde_json::from_str::<Members<'_>>(&json) else { continue };
        if members.get("type").is_some() && (members.get("coordinates").or(members.get("geometry"))).is_some()
        {
            return feature::parse(&json).and_then(|parsed| parsed.geometry);
        }
        if let Some(at) = pair_of(&members) {
            return point(at);
        }
    }
    Err(nowhere("has no position"))
}

/// An element of OpenStreetMap as Overpass writes it.
fn element(item: &str) -> Result<Parsed<'_>, Refusal> {
    let mut properties = members_of(item)?;
    let text = |name: &str| properties.get(name).map(text_of).unwrap_or_default();
    let id = format!("\"{}/{}\"", text("type"), text("id"));
    let has_tags = properties.get("tags").is_some();
    let geometry = match (pair_of(&properties), properties.get("geometry"), properties.get("center")) {
        // Most are the corners of ways.
        (Some(_), _, _) if !has_tags => Err(nowhere("has no tags: it is a corner of something else")),
        (Some(at), _, _) => point(at),
        (None, Some(corners), _) => corners_of(corners),
        (None, None, Some(center)) => members_of(center)
            .and_then(|members| pair_of(&members).map_or_else(|| Err(nowhere("has no position")), point)),
        (None, None, None) => {
            Err(nowhere("has no position of its own; ask Overpass for `out center;` or `out geom;`"))
        }
    };
    let is_said = |name: &str| {
        ["lat", "lon", "type", "id", "nodes", "geometry", "center", "bounds", "members"].contains(&name)
    };
    properties.0.retain(|(name, _)| !is_said(name));
    flatten_tags(&mut properties);
    Ok(Parsed { id: Some(Cow::Owned(id)), geometry, properties })
}

/// The corners of a way; one that ends where it begins is an area.
fn corners_of(json: &str) -> Result<Geometry, Refusal> {
    let corners = feature::items_of(json).unwrap_or_default();
    let line: Vec<LonLat> =
        corners.into_iter().filter_map(|corner| pair_of(&members_of(corner).ok()?)).collect();
    let mut found = Found::default();
    match line.as_slice() {
        [] => {}
        [only] => found.points.push(*only),
        [first, .., last] if first == last && line.len() > 3 => found.rings.push(line),
        _ => found.lines.push(line),
    }
    feature::checked(found)
}

/// A feature as `ArcGIS` writes it.
fn attributes(item: &str) -> Result<Parsed<'_>, Refusal> {
    #[derive(Deserialize)]
    struct Esri<'a> {
        #[serde(borrow, default)]
        attributes: Option<Members<'a>>,
        #[serde(borrow, default)]
        geometry: Option<&'a RawValue>,
    }
    let esri: Esri<'_> = serde_json::from_str(item).map_err(|error| Refusal::of(&error))?;
    let geometry = match esri.geometry.map(RawValue::get).map(members_of) {
        None => Err(nowhere("has no position")),
        Some(Err(refusal)) => Err(refusal),
        Some(Ok(members)) => match (members.get("paths"), members.get("rings"), members.get("points")) {
            (Some(paths), _, _) => as_geojson("MultiLineString", paths),
            (_, Some(rings), _) => as_geojson("Polygon", rings),
            (_, _, Some(points)) => as_geojson("MultiPoint", points),
            _ => pair_of(&members).map_or_else(|| Err(nowhere("has no position")), point),
        },
    };
    Ok(Parsed { id: None, geometry, properties: esri.attributes.unwrap_or_default() })
}

fn as_geojson(kind: &str, coordinates: &str) -> Result<Geometry, Refusal> {
    feature::read_geometry(&format!("{{\"type\":\"{kind}\",\"coordinates\":{coordinates}}}"))
}

/// Takes the items of the outermost list apart into those within them, and adds what is said of each list.
pub(super) fn expand(kind: Kind, bytes: &[u8], outer: &[Item], groups: &mut Vec<Group>) -> Vec<Item> {
    let mut all = Vec::new();
    for item in outer {
        let text = bytes.get(item.range.clone()).and_then(|bytes| std::str::from_utf8(bytes).ok());
        // One that cannot be read is an item that is rejected.
        let Some((group, inner)) = text.and_then(|text| list_in(kind, text)) else {
            all.push(item.clone());
            continue;
        };
        if groups.len() < MAX_JSON_LISTS {
            groups.push(group);
        }
        let number = (groups.len() - 1) as u16;
        all.extend(inner.into_iter().map(|range| within(item, range, bytes, number)));
    }
    all
}

/// An item that stands in another.
fn within(outer: &Item, range: std::ops::Range<usize>, bytes: &[u8], group: u16) -> Item {
    let start = outer.range.start + range.start;
    let before = &bytes[outer.range.start..start];
    let lines = memchr_iter(b'\n', before).count() as u64;
    let column = match memrchr(b'\n', before) {
        Some(last) => before.len() - last,
        None => outer.column as usize + before.len(),
    };
    let column = u32::try_from(column).unwrap_or(u32::MAX);
    Item { range: start..outer.range.start + range.end, line: outer.line + lines, column, group }
}

/// What is said of a list, and where its items stand in the text.
fn list_in(kind: Kind, text: &str) -> Option<(Group, Vec<std::ops::Range<usize>>)> {
    let members = members_of(text).ok()?;
    let (group, list) = if kind == Kind::Layers {
        let options = members.get("_umap_options").and_then(|json| members_of(json).ok()).unwrap_or_default();
        let name = options.get("name").map(text_of).unwrap_or_default().into_owned();
        let color = options.get("color").and_then(|json| style::color_of(&text_of(json)));
        (Group { name, color, ..Group::default() }, members.get("features")?)
    } else {
        let data = members_of(members.get("data")?).ok()?;
        let name = data.get("label").map(text_of).unwrap_or_default().into_owned();
        let fields = feature::items_of(data.get("fields")?)?.into_iter().take(MAX_PROPERTY_NAMES);
        let named = |json: &str| members_of(json).ok()?.get("name").map(|name| text_of(name).into_owned());
        let fields = fields.map(|json| named(json).unwrap_or_default()).collect();
        (Group { name, fields, color: None }, data.get("allData").or(data.get("rows"))?)
    };
    let start = |part: &str| part.as_ptr() as usize - text.as_ptr() as usize;
    let items = feature::items_of(list)?;
    Some((group, items.into_iter().map(|item| start(item)..start(item) + item.len()).collect()))
}

/// What OpenStreetMap calls a thing by its tags: the value of the most telling one.
pub(super) fn osm_name(properties: &Members<'_>) -> Option<String> {
    const KEYS: [&str; 25] = [
        "amenity",
        "shop",
        "tourism",
        "historic",
        "leisure",
        "office",
        "craft",
        "emergency",
        "healthcare",
        "military",
        "man_made",
        "power",
        "aeroway",
        "railway",
        "public_transport",
        "highway",
        "waterway",
        "natural",
        "landuse",
        "barrier",
        "building",
        "boundary",
        "route",
        "place",
        "addr:housenumber",
    ];
    let (key, value) = KEYS.iter().find_map(|key| Some((*key, text_of(properties.get(key)?))))?;
    let word = match (key, value.as_ref()) {
        ("addr:housenumber", _) => "address",
        (key, "yes" | "") => key,
        (_, value) => value,
    };
    Some(style::capitalised(word))
}
