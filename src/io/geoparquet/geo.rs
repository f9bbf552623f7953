//! The `geo` metadata of GeoParquet 1.0 and 1.1: which column is the geometry, how it is written, and in which
//! coordinates.

use serde_json::Value;

use super::cell::Kind;
use super::damage::Damage;
use super::file::{Leaf, Positions};
use crate::io::escape;

/// What the metadata say of the geometry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) positions: Positions,
    /// The name of the geometry column.
    pub(super) name: String,
    /// Columns that are not shown: geometries, and the boxes around them.
    pub(super) hidden: Vec<usize>,
    pub(super) notes: Vec<String>,
}

/// Finds the geometry column.
pub(super) fn geometry(text: &str, leaves: &[Leaf]) -> Result<Found, Damage> {
    let geo: Value = serde_json::from_str(text)
        .map_err(|error| Damage::Contradiction(format!("its `geo` metadata are not JSON ({error})")))?;
    let columns = geo.get("columns").and_then(Value::as_object);
    let primary = geo.get("primary_column").and_then(Value::as_str);
    let (Some(columns), Some(primary)) = (columns, primary) else {
        return Err(Damage::Contradiction("its `geo` metadata name no geometry column".to_owned()));
    };
    let Some(column) = columns.get(primary) else {
        return Err(Damage::Contradiction(
            "its `geo` metadata do not describe the geometry column".to_owned(),
        ));
    };
    let mut notes = Vec::new();
    check_crs(column.get("crs"), &mut notes)?;
    let encoding = column.get("encoding").and_then(Value::as_str).unwrap_or("WKB");
    let positions = positions(primary, encoding, leaves)?;
    let mut hidden: Vec<usize> = Vec::new();
    for (name, column) in columns {
        let is_of = |leaf: &&Leaf, name: &str| {
            leaf.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        hidden.extend(leaves.iter().filter(|leaf| is_of(leaf, name)).map(|leaf| leaf.index));
        if let Some(cover) = cover(column) {
            hidden.extend(leaves.iter().filter(|leaf| is_of(leaf, cover)).map(|leaf| leaf.index));
        }
        if name != primary && name != super::own::SHAPE {
            notes.push(format!("the column “{}” holds further geometries, which are left out", escape(name)));
        }
    }
    Ok(Found { positions, name: primary.to_owned(), hidden, notes })
}

/// The name of the column that holds the box around each geometry.
fn cover(column: &Value) -> Option<&str> {
    column.get("covering")?.get("bbox")?.get("xmin")?.get(0)?.as_str()
}

fn positions(primary: &str, encoding: &str, leaves: &[Leaf]) -> Result<Positions, Damage> {
    let find = |name: &str| leaves.iter().find(|leaf| leaf.name == name && !leaf.is_list);
    if encoding.eq_ignore_ascii_case("WKB") {
        let is_binary = |leaf: &&Leaf| matches!(leaf.kind, Kind::Text | Kind::Geometry);
        let leaf = find(primary).filter(is_binary);
        return leaf.map(|leaf| Positions::Wkb(leaf.index)).ok_or_else(|| {
            Damage::Contradiction("its geometry column is missing or holds no geometries".to_owned())
        });
    }
    if encoding.eq_ignore_ascii_case("point") {
        let part = |name: &str| {
            find(&format!("{primary}.{name}")).filter(|leaf| leaf.kind == Kind::Plain).map(|leaf| leaf.index)
        };
        return part("x")
            .zip(part("y"))
            .map(|(x, y)| Positions::Points(x, y))
            .ok_or_else(|| Damage::Contradiction("its geometry column lacks x or y".to_owned()));
    }
    Err(Damage::Unknown(format!(
        "geometries are stored as `{}`, which is not read; WKB and point are",
        escape(encoding)
    )))
}

/// Coordinates are longitude and latitude on WGS 84, or on something that differs from it by no more than metres.
fn check_crs(crs: Option<&Value>, notes: &mut Vec<String>) -> Result<(), Damage> {
    match crs {
        // Without a word it is OGC:CRS84.
        None => Ok(()),
        Some(Value::Null) => {
            notes.push(
                "the file does not say what its coordinates are: they were taken for longitude and latitude (WGS 84)"
                    .to_owned(),
            );
            Ok(())
        }
        Some(crs) => {
            let id = crs.get("id");
            let authority = id.and_then(|id| id.get("authority")).and_then(Value::as_str).unwrap_or_default();
            let code = id.and_then(|id| id.get("code")).map(|code| match code {
                Value::String(code) => code.clone(),
                code => code.to_string(),
            });
            let name = format!("{authority}:{}", code.unwrap_or_default());
            if is_wgs84_name(&name) {
                return Ok(());
            }
            let title = crs.get("name").and_then(Value::as_str).unwrap_or(&name);
            match crs.get("type").and_then(Value::as_str) {
                Some("GeographicCRS") => {
                    notes.push(format!(
                        "coordinates are on {}: they are shown as if they were on WGS 84",
                        escape(title)
                    ));
                    Ok(())
                }
                _ => Err(other_crs(title)),
            }
        }
    }
}

/// Whether a coordinate system's name is one of those of WGS 84.
pub(super) fn is_wgs84_name(name: &str) -> bool {
    ["OGC:CRS84", "OGC:CRS84H", "EPSG:4326", "EPSG:4979"].iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Coordinates that would have to be converted.
pub(super) fn other_crs(name: &str) -> Damage {
    Damage::Unknown(format!(
        "coordinates are in another system ({}), not longitude and latitude on WGS 84",
        escape(&name.chars().take(80).collect::<String>())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::basic::Type;

    fn leaf(index: usize, name: &str, kind: Kind) -> Leaf {
        Leaf { index, name: name.to_owned(), kind, physical: Type::BYTE_ARRAY, is_list: false }
    }

    fn leaves() -> Vec<Leaf> {
        vec![
            leaf(0, "id", Kind::Text),
            leaf(1, "geometry", Kind::Text),
            leaf(2, "bbox.xmin", Kind::Plain),
            leaf(3, "at.x", Kind::Plain),
            leaf(4, "at.y", Kind::Plain),
            leaf(5, "bboxes", Kind::Text),
        ]
    }

    fn found(column: &str) -> Result<Found, String> {
        let text = format!(
            r#"{{"version": "1.1.0", "primary_column": "geometry", "columns": {{"geometry": {column}}}}}"#
        );
        geometry(&text, &leaves()).map_err(|damage| damage.to_string())
    }

    #[test]
    fn the_geometry_and_its_boxes_are_no_columns_of_the_table() {
        let column = r#"{"encoding": "WKB", "geometry_types": ["Point"],
            "covering": {"bbox": {"xmin": ["bbox", "xmin"], "ymin": ["bbox", "ymin"]}}}"#;
        let expected = Found {
            positions: Positions::Wkb(1),
            name: "geometry".to_owned(),
            hidden: vec![1, 2],
            notes: Vec::new(),
        };
        assert_eq!(found(column), Ok(expected));
    }

    #[test]
    fn native_points_are_two_columns() {
        let text = r#"{"primary_column": "at", "columns": {"at": {"encoding": "point"}}}"#;
        let found = geometry(text, &leaves()).unwrap();
        assert_eq!((found.positions, found.hidden), (Positions::Points(3, 4), vec![3, 4]));
    }

    #[test]
    fn coordinates_that_are_not_degrees_are_refused_in_words() {
        let projected = r#"{"encoding": "WKB", "crs": {"type": "ProjectedCRS", "name": "WGS 84 / Pseudo-Mercator",
            "id": {"authority": "EPSG", "code": 3857}}}"#;
        assert!(found(projected).unwrap_err().contains("Pseudo-Mercator"));
        let other = r#"{"encoding": "WKB", "crs": {"type": "GeographicCRS", "name": "ETRS89",
            "id": {"authority": "EPSG", "code": 4258}}}"#;
        assert!(found(other).unwrap().notes[0].contains("ETRS89"));
        assert!(found(r#"{"encoding": "WKB", "crs": null}"#).unwrap().notes[0].contains("does not say"));
        let known = r#"{"encoding": "WKB", "crs": {"id": {"authority": "OGC", "code": "CRS84"}}}"#;
        assert!(found(known).unwrap().notes.is_empty());
    }

    #[test]
    fn what_is_not_understood_is_said() {
        assert!(geometry("{", &[]).unwrap_err().to_string().contains("not JSON"));
        assert!(geometry("{}", &[]).unwrap_err().to_string().contains("no geometry column"));
        assert!(found(r#"{"encoding": "linestring"}"#).unwrap_err().contains("`linestring`"));
    }
}
