//! Writes incidents as GeoJSON, one feature in each line of a collection.

use std::collections::HashSet;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::own::{self, OwnRelated};
use crate::geo::LonLat;
use crate::model::{Dataset, Incident, Shape, ShapeKind, TextError};
use crate::progress::Progress;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WriteReport {
    /// How many incidents.
    pub written: usize,
    /// What could not be kept, in sentences without full stops.
    pub lost: Vec<String>,
}

/// Why incidents could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file that is written to.
    #[error("the file cannot be written ({0}); check the space and the permissions there")]
    Target(#[from] io::Error),
    /// The file that the incidents come from.
    #[error(transparent)]
    Source(#[from] TextError),
    /// Nobody wants it any more.
    #[error("writing was cancelled")]
    Cancelled,
}

/// Writes these incidents of a dataset, in this order. All that the model holds is kept, but for links to incidents that
/// are not written.
pub fn write(
    dataset: &Dataset,
    incidents: &[usize],
    out: &mut dyn Write,
    progress: &Progress,
) -> Result<WriteReport, WriteError> {
    let written: HashSet<usize> = incidents.iter().copied().collect();
    let mut report = WriteReport::default();
    let mut lost_links = 0;
    let header = serde_json::to_string(&own::Header::of(dataset)).map_err(io::Error::from)?;
    let name = serde_json::to_string(&dataset.title).map_err(io::Error::from)?;
    write!(
        out,
        "{{\"type\":\"FeatureCollection\",\"name\":{name},\"{}\":{header},\"features\":[",
        own::MEMBER
    )?;
    for &index in incidents {
        if !progress.go_on(report.written, incidents.len()) {
            return Err(WriteError::Cancelled);
        }
        let Some(incident) = dataset.incidents.get(index) else { continue };
        if let Some(failure) = dataset.incidents.failure() {
            return Err(failure.into());
        }
        let known = incident.related.iter().filter(|link| written.contains(&link.incident));
        let related: Vec<OwnRelated> = known
            .filter_map(|link| {
                let id = dataset.incidents.get(link.incident)?.id.clone();
                Some(OwnRelated { id, how: link.how.clone() })
            })
            .collect();
        lost_links += incident.related.len() - related.len();
        let feature = feature(dataset, &incident, dataset.shape_of(index), &related);
        let feature = feature.and_then(|feature| serde_json::to_string(&feature)).map_err(io::Error::from)?;
        let comma = if report.written == 0 { "" } else { "," };
        write!(out, "{comma}\n{feature}")?;
        report.written += 1;
    }
    out.write_all(b"\n]}\n")?;
    out.flush()?;
    if lost_links > 0 {
        report.lost.push(format!("{lost_links} links lead to incidents that were not written"));
    }
    Ok(report)
}

fn feature(
    dataset: &Dataset,
    incident: &Incident,
    shape: Option<&Shape>,
    related: &[OwnRelated],
) -> Result<Value, serde_json::Error> {
    let geometry = shape.map_or_else(|| json!({ "type": "Point", "coordinates": pair(incident.place.position) }), geometry);
    let properties = own::properties(dataset, incident, related, shape.is_some())?;
    let properties: Map<String, Value> = properties.into_iter().collect();
    Ok(json!({ "type": "Feature", "id": incident.id, "geometry": geometry, "properties": properties }))
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
            let mut areas: Vec<Vec<Value>> = Vec::new();
            let mut outer: Option<&Vec<LonLat>> = None;
            for part in parts {
                let is_hole = outer.is_some_and(|outer| part.first().is_some_and(|first| holds(outer, *first)));
                match areas.last_mut().filter(|_| is_hole) {
                    Some(area) => area.push(line(part)),
                    None => {
                        areas.push(vec![line(part)]);
                        outer = Some(part);
                    }
                }
            }
            match areas.as_slice() {
                [area] => json!({ "type": "Polygon", "coordinates": area }),
                areas => json!({ "type": "MultiPolygon", "coordinates": areas }),
            }
        }
    }
}

/// Whether a ring has a point in it.
fn holds(ring: &[LonLat], point: LonLat) -> bool {
    let sides = ring.iter().zip(ring.iter().cycle().skip(1));
    let crossed = sides.filter(|(a, b)| {
        (a.lat_deg > point.lat_deg) != (b.lat_deg > point.lat_deg) && {
            let share = (point.lat_deg - a.lat_deg) / (b.lat_deg - a.lat_deg);
            a.lon_deg + share * (b.lon_deg - a.lon_deg) > point.lon_deg
        }
    });
    crossed.count() % 2 == 1
}
