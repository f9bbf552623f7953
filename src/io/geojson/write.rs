//! Writes incidents as GeoJSON, one feature in each line of a collection. All that the model holds is kept, but for links
//! to incidents that are not written.

use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::own;
use crate::geo::LonLat;
use crate::io::export::{Links, Selection, WriteError, WriteReport};
use crate::io::geometry::polygons;
use crate::io::record::RelatedRecord;
use crate::model::{Dataset, Incident, Shape, ShapeKind};
use crate::progress::Progress;

/// Writes some incidents.
pub(in crate::io) fn write_selection(
    selection: &Selection<'_>,
    out: &mut dyn Write,
    progress: &Progress,
) -> Result<WriteReport, WriteError> {
    let dataset = selection.dataset;
    let mut report = WriteReport::default();
    let mut links = Links::default();
    let header = serde_json::to_string(&own::Header::of(dataset)).map_err(io::Error::from)?;
    let name = serde_json::to_string(&dataset.title).map_err(io::Error::from)?;
    let member = own::MEMBER;
    write!(out, "{{\"type\":\"FeatureCollection\",\"name\":{name},\"{member}\":{header},\"features\":[")?;
    selection.each(progress, |index, incident| {
        let related = links.of(selection, incident)?;
        if related.len() < incident.related.len() {
            report.lose("links to incidents that are not written");
        }
        let feature = feature(dataset, incident, dataset.shapes_of(index), &related);
        let feature = feature.and_then(|feature| serde_json::to_string(&feature)).map_err(io::Error::from)?;
        let comma = if report.written == 0 { "" } else { "," };
        write!(out, "{comma}\n{feature}")?;
        report.written += 1;
        Ok(())
    })?;
    out.write_all(b"\n]}\n")?;
    Ok(report)
}

fn feature(
    dataset: &Dataset,
    incident: &Incident,
    shapes: &[Shape],
    related: &[RelatedRecord],
) -> Result<Feature, serde_json::Error> {
    let geometry = match shapes {
        [] => json!({ "type": "Point", "coordinates": pair(incident.place.position) }),
        [shape] => geometry(shape),
        shapes => {
            let geometries: Vec<Value> = shapes.iter().map(geometry).collect();
            json!({ "type": "GeometryCollection", "geometries": geometries })
        }
    };
    let properties = own::properties(dataset, incident, related, !shapes.is_empty())?;
    Ok(Feature { kind: "Feature", id: incident.id.clone(), geometry, properties: Ordered(properties) })
}

/// A feature with its members in the order in which people read them.
#[derive(Serialize)]
struct Feature {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    geometry: Value,
    properties: Ordered,
}

struct Ordered(Vec<(String, Value)>);

impl Serialize for Ordered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

fn pair(position: LonLat) -> Value {
    json!([position.lon_deg, position.lat_deg])
}

/// Lines as they are. A ring within another one is its hole.
fn geometry(shape: &Shape) -> Value {
    let line = |part: &Vec<LonLat>| Value::Array(part.iter().copied().map(pair).collect());
    match (shape.kind, shape.parts.as_slice()) {
        (ShapeKind::Line, [part]) => json!({ "type": "LineString", "coordinates": line(part) }),
        (ShapeKind::Line, parts) => {
            json!({ "type": "MultiLineString", "coordinates": parts.iter().map(line).collect::<Vec<_>>() })
        }
        (ShapeKind::Area, parts) => {
            let area = |rings: &[Vec<LonLat>]| rings.iter().map(line).collect::<Vec<_>>();
            let areas: Vec<Vec<Value>> = polygons(parts).into_iter().map(area).collect();
            match areas.as_slice() {
                [area] => json!({ "type": "Polygon", "coordinates": area }),
                areas => json!({ "type": "MultiPolygon", "coordinates": areas }),
            }
        }
    }
}
