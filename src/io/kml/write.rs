//! Incidents as KML: placemarks that any map program shows, in the colours of their event types, each with a record that
//! this program reads back to the same incident.

use std::io::Write;

use jiff::civil::Date;

use super::own::{self, Own, OwnDataset};
use crate::geo::LonLat;
use crate::io::export::{Links, Selection, WriteError, WriteReport};
use crate::io::geometry::polygons;
use crate::io::record::{PRECISIONS, RelatedRecord, STANCES, STATUSES};
use crate::io::ron::word_of;
use crate::model::{EventType, Incident, IncidentTime, Moment, Rgb, Shape, ShapeKind, TimePrecision};
use crate::progress::Progress;

/// The picture of the markers, which is white: the style colours it. It is part of what programs that show KML bring.
const ICON: &str = "http://maps.google.com/mapfiles/kml/shapes/placemark_circle.png";

/// What programs show of an incident that somebody clicks: without the record, which is not for people.
const BALLOON: &str = "<h3>$[name]</h3><p>$[type], $[status]</p><p>$[place] ($[precision])</p>$[description]\
                       <p>$[claims]</p><p>$[sources]</p>";

/// Writes some incidents as a document.
pub(in crate::io) fn write_selection(
    selection: &Selection<'_>,
    out: &mut dyn Write,
    progress: &Progress,
) -> Result<WriteReport, WriteError> {
    let dataset = selection.dataset;
    let mut report = WriteReport::default();
    let mut links = Links::default();
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document>\n")?;
    writeln!(out, "<name>{}</name>", xml(&name(&dataset.title)))?;
    if !dataset.introduction.is_empty() {
        writeln!(out, "<description>{}</description>", xml(&description(&dataset.introduction)))?;
    }
    for (number, event_type) in dataset.event_types.iter().enumerate() {
        style(out, number, event_type)?;
    }
    out.write_all(b"<ExtendedData>\n")?;
    record(out, &OwnDataset::of(dataset))?;
    out.write_all(b"</ExtendedData>\n")?;
    selection.each(progress, |index, incident| {
        report.written += 1;
        placemark(out, selection, links.of(selection, incident)?, index, incident)
    })?;
    out.write_all(b"</Document>\n</kml>\n")?;
    Ok(report)
}

fn style(out: &mut dyn Write, number: usize, event_type: &EventType) -> Result<(), WriteError> {
    let color = |alpha: u8, Rgb { r, g, b }: Rgb| format!("{alpha:02x}{b:02x}{g:02x}{r:02x}");
    let (solid, light) = (color(0xFF, event_type.color), color(0x66, event_type.color));
    writeln!(
        out,
        "<Style id=\"type-{number}\"><IconStyle><color>{solid}</color><Icon><href>{ICON}</href></Icon></IconStyle>\
         <LineStyle><color>{solid}</color><width>2</width></LineStyle>\
         <PolyStyle><color>{light}</color></PolyStyle><BalloonStyle><text>{}</text></BalloonStyle></Style>",
        xml(BALLOON)
    )?;
    Ok(())
}

fn placemark(
    out: &mut dyn Write,
    selection: &Selection<'_>,
    related: Vec<RelatedRecord>,
    index: usize,
    incident: &Incident,
) -> Result<(), WriteError> {
    let dataset = selection.dataset;
    writeln!(out, "<Placemark id=\"{}\">", attribute(&incident.id))?;
    writeln!(out, "<name>{}</name>", xml(&name(&incident.title)))?;
    if !incident.summary.is_empty() {
        writeln!(out, "<description>{}</description>", xml(&description(&incident.summary)))?;
    }
    if let Some(time) = &incident.time {
        match dates(time) {
            [when, end] if end.is_empty() => writeln!(out, "<TimeStamp><when>{when}</when></TimeStamp>")?,
            [begin, end] => writeln!(out, "<TimeSpan><begin>{begin}</begin><end>{end}</end></TimeSpan>")?,
        }
    }
    writeln!(out, "<styleUrl>#type-{}</styleUrl>", incident.event_type)?;
    out.write_all(b"<ExtendedData>\n")?;
    let event_type = dataset.event_types.get(incident.event_type);
    for (name, value) in words(incident, event_type.map_or("", |it| it.label.as_str())) {
        // What the balloon names must be there.
        if !value.is_empty() || BALLOON.contains(&format!("$[{name}]")) {
            writeln!(out, "<Data name=\"{name}\"><value>{}</value></Data>", xml(&value))?;
        }
    }
    record(out, &Own::of(incident, event_type.map_or("", |it| it.id.as_str()), related))?;
    out.write_all(b"</ExtendedData>\n")?;
    geometry(out, incident.place.position, dataset.shapes_of(index))?;
    out.write_all(b"</Placemark>\n")?;
    Ok(())
}

/// What other programs show of an incident beside its name and description.
fn words(incident: &Incident, event_type: &str) -> [(&'static str, String); 11] {
    let place = &incident.place;
    let claims: Vec<String> = incident
        .claims
        .iter()
        .map(|claim| format!("{} {}: {}", claim.speaker, word_of(STANCES, &claim.stance), claim.text))
        .collect();
    let sources: Vec<String> = incident
        .sources
        .iter()
        .map(|source| {
            let parts = [source.publisher.as_str(), &source.title, source.url.as_deref().unwrap_or_default()];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
        })
        .collect();
    [
        ("type", event_type.to_owned()),
        ("status", word_of(STATUSES, &incident.status).to_owned()),
        ("precision", word_of(PRECISIONS, &place.precision).to_owned()),
        ("place", place.name.clone()),
        ("region", place.region.clone().unwrap_or_default()),
        ("country", place.country.clone()),
        ("tags", incident.tags.join("; ")),
        ("actors", incident.actors.join("; ")),
        ("deaths", incident.deaths.map_or(String::new(), |it| it.best.to_string())),
        ("claims", claims.join("\n")),
        ("sources", sources.join("\n")),
    ]
}

fn record(out: &mut dyn Write, record: &impl serde::Serialize) -> Result<(), WriteError> {
    let json = serde_json::to_string(record).map_err(std::io::Error::from)?;
    // Two characters that JSON may hold and XML may not.
    let json = json.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff");
    writeln!(out, "<Data name=\"{}\"><value>{}</value></Data>", own::NAME, xml(&json))?;
    Ok(())
}

/// A point, and what is drawn beside it.
fn geometry(out: &mut dyn Write, at: LonLat, shapes: &[Shape]) -> Result<(), WriteError> {
    let point = format!("<Point><coordinates>{},{}</coordinates></Point>", at.lon_deg, at.lat_deg);
    if shapes.is_empty() {
        writeln!(out, "{point}")?;
        return Ok(());
    }
    writeln!(out, "<MultiGeometry>{point}")?;
    for shape in shapes {
        match shape.kind {
            ShapeKind::Line => {
                for line in shape.parts.iter().filter(|line| line.len() > 1) {
                    writeln!(out, "<LineString><coordinates>{}</coordinates></LineString>", points(line))?;
                }
            }
            ShapeKind::Area => areas(out, &shape.parts)?,
        }
    }
    out.write_all(b"</MultiGeometry>\n")?;
    Ok(())
}

/// Areas, each with the holes that follow it.
fn areas(out: &mut dyn Write, rings: &[Vec<LonLat>]) -> Result<(), WriteError> {
    for polygon in polygons(rings) {
        out.write_all(b"<Polygon>")?;
        for (n, ring) in polygon.iter().enumerate() {
            let boundary = if n == 0 { "outerBoundaryIs" } else { "innerBoundaryIs" };
            let points = points(ring);
            writeln!(
                out,
                "<{boundary}><LinearRing><coordinates>{points}</coordinates></LinearRing></{boundary}>"
            )?;
        }
        out.write_all(b"</Polygon>\n")?;
    }
    Ok(())
}

fn points(line: &[LonLat]) -> String {
    line.iter().map(|at| format!("{},{}", at.lon_deg, at.lat_deg)).collect::<Vec<_>>().join(" ")
}

/// First and last date as KML writes them, no more exact than they are known; the last is empty where it says no more
/// than the first.
pub(super) fn dates(time: &IncidentTime) -> [String; 2] {
    let date = |moment: &Moment| match (time.precision, moment) {
        (TimePrecision::Year, _) => year(moment.date()),
        (TimePrecision::Month, _) => format!("{}-{:02}", year(moment.date()), moment.date().month()),
        (TimePrecision::Minute, Moment::Instant(zoned)) => {
            zoned.timestamp().display_with_offset(zoned.offset()).to_string()
        }
        _ => moment.date().to_string(),
    };
    let begin = date(&time.start);
    let end = time.end.as_ref().map(date).filter(|end| *end != begin).unwrap_or_default();
    [begin, end]
}

fn year(date: Date) -> String {
    format!("{:04}", date.year())
}

/// A name as it is written and read back: without blanks around it.
pub(super) fn name(text: &str) -> String {
    allowed(text).trim().to_owned()
}

/// A text as HTML, which is what descriptions are.
pub(super) fn description(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    allowed(&escaped.replace('\n', "<br/>"))
}

/// A text without the characters that XML cannot hold.
fn allowed(text: &str) -> String {
    let is_allowed = |c: char| match c {
        '\t' | '\n' | '\r' => true,
        c => c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'),
    };
    text.chars().map(|c| if is_allowed(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// A text between two tags.
fn xml(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    allowed(&escaped.replace('\r', "&#13;"))
}

/// A text between double quotes.
fn attribute(text: &str) -> String {
    xml(text).replace('"', "&quot;").replace('\n', "&#10;").replace('\t', "&#9;")
}
