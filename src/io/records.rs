//! JSON that is neither GeoJSON nor a TimeMap: what the interfaces of publishers answer (ACLED, UCDP, Overpass, `ArcGIS`),
//! what map programs keep (uMap, kepler.gl), and lists of objects of any kind that have a position.
//!
//! What a file is follows from its first bytes: from the names of the outermost members, and from the first object in the
//! list that one of them is. What its items mean is found out as for GeoJSON's features.

use super::geojson::{Kind, Members, place_of, read_items};
use super::table::names_have_position;
use super::{Input, ReadError, ReadOptions};
use crate::model::Dataset;
use crate::progress::Progress;

/// Members whose lists say something of others and are no incidents themselves.
const BESIDE: [&str; 7] = ["fields", "columns", "messages", "sources", "associations", "links", "errors"];

/// What a file is, by its first bytes.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    kind: Kind,
    /// The member that holds the items; empty where the text is the list, or each line is an item.
    list: String,
}

/// Whether a file is one of these.
pub(super) fn detect(head: &[u8]) -> bool {
    tell(head).is_some()
}

/// Reads a file.
pub(super) fn read_input(
    input: &Input,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Dataset, ReadError> {
    let told = tell(&input.head()?).unwrap_or(Told { kind: Kind::Records, list: "features".to_owned() });
    read_items(input, told.kind, &told.list, options, progress)
}

fn tell(head: &[u8]) -> Option<Told> {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let told = |kind, list: &str| Some(Told { kind, list: list.to_owned() });
    if let Some(items) = text.strip_prefix('[') {
        return if is_record(items.trim_start()) { told(Kind::Records, "") } else { None };
    }
    let members = outermost(text);
    let has = |name: &str| members.iter().any(|(known, _)| *known == name);
    let list = |name: &str| {
        let value = members.iter().find(|(known, _)| *known == name)?.1;
        value.strip_prefix('[').map(str::trim_start)
    };
    let is_umap =
        text.contains("\"_umap_options\"") || members.iter().any(|(_, value)| value.starts_with("\"umap\""));
    if list("layers").is_some() && is_umap {
        return told(Kind::Layers, "layers");
    }
    if list("datasets").is_some_and(|first| first.contains("\"fields\"") || first.contains("\"allData\"")) {
        return told(Kind::Tables, "datasets");
    }
    let is_element = |first: &str| {
        ["\"node\"", "\"way\"", "\"relation\""]
            .iter()
            .any(|word| first.get(..200).unwrap_or(first).contains(word))
    };
    if list("elements").is_some_and(|first| has("osm3s") || is_element(first)) {
        return told(Kind::Elements, "elements");
    }
    let is_esri = has("geometryType") || has("spatialReference") || has("objectIdFieldName");
    if list("features").is_some_and(|first| is_esri && first.contains("\"attributes\"")) {
        return told(Kind::Attributes, "features");
    }
    // GeoJSON and TimeMaps are told by themselves.
    let is_other = |name: &str| BESIDE.contains(&name) || name == "features" || name == "events";
    let found = members.iter().find(|(name, value)| {
        let items = value.strip_prefix('[').map(str::trim_start);
        !is_other(name) && items.is_some_and(is_record)
    });
    match found {
        Some((name, _)) => told(Kind::Records, name),
        None if is_record(text) => told(Kind::Records, ""),
        None => None,
    }
}

/// Whether a text begins with an object that says where something is, and is no feature of GeoJSON.
fn is_record(text: &str) -> bool {
    let mut objects = serde_json::Deserializer::from_str(text).into_iter::<Members<'_>>();
    let Some(Ok(object)) = objects.next() else { return false };
    if object.get("type").is_some() && object.get("geometry").or(object.get("coordinates")).is_some() {
        return false;
    }
    let names: Vec<String> = object.0.iter().map(|(name, _)| name.clone().into_owned()).collect();
    names_have_position(&names) || place_of(&object).is_ok()
}

/// The members of the object that a text begins with, each with the text from its value on, as far as it goes.
fn outermost(text: &str) -> Vec<(&str, &str)> {
    let mut members = Vec::new();
    let Some(mut rest) = text.strip_prefix('{') else { return members };
    loop {
        let Some(name) = rest.trim_start().strip_prefix('"') else { return members };
        let Some((name, after)) = name.split_once('"') else { return members };
        let Some(value) = after.trim_start().strip_prefix(':').map(str::trim_start) else { return members };
        members.push((name, value));
        let mut values = serde_json::Deserializer::from_str(value).into_iter::<serde::de::IgnoredAny>();
        let Some(Ok(_)) = values.next() else { return members };
        let after = value.get(values.byte_offset()..).unwrap_or_default().trim_start();
        let Some(next) = after.strip_prefix(',') else { return members };
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::read_bytes;
    use proptest::prelude::*;

    #[test]
    fn a_file_is_told_by_its_outermost_members() {
        for (text, kind, list) in [
            (
                r#"{"status":200,"messages":[],"data":[{"latitude":"50.6","longitude":"36.6"}]}"#,
                Kind::Records,
                "data",
            ),
            (r#"{"Result":[{"latitude":50.6,"longitude":36.6}]}"#, Kind::Records, "Result"),
            (r#"[{"lat":50.6,"lng":36.6}]"#, Kind::Records, ""),
            ("{\"lat\":50.6,\"lng\":36.6}\n{\"lat\":50.7,\"lng\":36.6}", Kind::Records, ""),
            (
                r#"{"locations":[{"latitudeE7":506000000,"longitudeE7":366000000}]}"#,
                Kind::Records,
                "locations",
            ),
            (r#"{"elements":[{"type":"node","id":1,"lat":50.6,"lon":36.6}]}"#, Kind::Elements, "elements"),
            (r#"{"type":"umap","layers":[]}"#, Kind::Layers, "layers"),
            (r#"{"datasets":[{"data":{"fields":[]}}]}"#, Kind::Tables, "datasets"),
            (r#"{"geometryType":"x","features":[{"attributes":{}}]}"#, Kind::Attributes, "features"),
        ] {
            assert_eq!(tell(text.as_bytes()), Some(Told { kind, list: list.to_owned() }), "{text}");
        }
        for text in [
            r#"{"type":"FeatureCollection","features":[]}"#,
            r#"[{"type":"Feature","geometry":null}]"#,
            r#"{"type":"Point","coordinates":[36.6,50.6]}"#,
            r#"{"data":[{"name":"a"}]}"#,
            "{",
            "",
        ] {
            assert_eq!(tell(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_position_may_stand_in_an_object_of_its_own() {
        let text = r#"[{"title":"A","location":{"lat":50.6,"lng":36.6}},{"title":"B","location":null},
            {"title":"C","location":{"type":"Point","coordinates":[36.7,50.7]}}]"#;
        let dataset = read_bytes("a.json", text.as_bytes()).unwrap();
        assert_eq!(dataset.account.summary(), "rows 3: mapped 2, listed 1, rejected 0");
        assert_eq!(dataset.incidents.at(1).place.position, crate::geo::LonLat::new(36.7, 50.7));
    }

    proptest! {
        #[test]
        fn any_text_can_be_told_from_these(text in "[\\[\\]{}\",:a1 ]{0,60}") {
            let _ = tell(text.as_bytes());
        }
    }
}
