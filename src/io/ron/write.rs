//! Writes a dataset in RON dataset format 1, as a person would: one line per small record, optional fields only where
//! they say something. [`super::read`] reads it back to an equal dataset.

use std::fmt::Write;
use std::sync::Arc;

use super::schema::{PRECISIONS, STANCES, STATUSES, SYMBOLS, TIME_PRECISIONS, word_of};
use crate::model::{Claim, Dataset, EventType, Incident, IncidentTime, Place, Related, Source};

/// The dataset as RON text with a line feed at its end. References that point nowhere are left out; in a dataset that
/// came from a reader there are none.
#[must_use]
pub fn write(dataset: &Dataset) -> String {
    let mut out = format!("Dataset(\n    format: {},\n", super::records::FORMAT_VERSION);
    let mut field = |name: &str, value: String| {
        let _ = writeln!(out, "    {name}: {value},");
    };
    field("title", text(&dataset.title));
    field("introduction", text(&dataset.introduction));
    if let Some(as_of) = dataset.as_of {
        field("as_of", text(&as_of.to_string()));
    }
    if let Some(licence) = &dataset.licence {
        field("licence", text(licence));
    }
    field("event_types", block(dataset.event_types.iter().map(event_type)));
    field("sources", block(dataset.sources.iter().map(|one| source(one))));
    let mut incidents = Vec::new();
    let _ = dataset.incidents.each(|_, one| {
        incidents.push(incident(dataset, one));
        true
    });
    field("incidents", block(incidents.into_iter()));
    out.push_str(")\n");
    out
}

/// A list with each item on its own line, inside the dataset's bracket.
fn block(items: impl Iterator<Item = String>) -> String {
    let mut out = String::from("[\n");
    for item in items {
        let _ = writeln!(out, "        {item},");
    }
    out.push_str("    ]");
    out
}

/// A list on one line.
fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// A struct on one line, of the fields that have a value.
fn one_line(name: &str, fields: impl IntoIterator<Item = (&'static str, Option<String>)>) -> String {
    let fields = fields.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", value?)));
    format!("{name}({})", fields.collect::<Vec<_>>().join(", "))
}

fn event_type(event_type: &EventType) -> String {
    one_line(
        "EventType",
        [
            ("id", Some(text(&event_type.id))),
            ("label", Some(text(&event_type.label))),
            ("color", Some(text(&event_type.color.to_string()))),
            ("symbol", Some(word_of(SYMBOLS, &event_type.symbol).to_owned())),
        ],
    )
}

fn source(source: &Source) -> String {
    one_line(
        "Source",
        [
            ("id", Some(text(&source.id))),
            ("publisher", Some(text(&source.publisher))),
            ("title", Some(text(&source.title))),
            ("author", source.author.as_deref().map(text)),
            ("date", source.date.map(|date| text(&date.to_string()))),
            ("url", source.url.as_deref().map(text)),
        ],
    )
}

fn incident(dataset: &Dataset, incident: &Incident) -> String {
    let mut out = String::from("Incident(\n");
    let mut field = |name: &str, value: String| {
        let _ = writeln!(out, "            {name}: {value},");
    };
    field("id", text(&incident.id));
    field("title", text(&incident.title));
    if let Some(event_type) = dataset.event_types.get(incident.event_type) {
        field("event_type", text(&event_type.id));
    }
    field("place", place(&incident.place));
    if let Some(when) = &incident.time {
        field("time", time(when));
    }
    field("summary", text(&incident.summary));
    field("status", word_of(STATUSES, &incident.status).to_owned());
    if !incident.claims.is_empty() {
        field("claims", list(incident.claims.iter().map(claim)));
    }
    field("sources", sources(&incident.sources));
    if !incident.related.is_empty() {
        field("related", list(incident.related.iter().filter_map(|one| related(dataset, one))));
    }
    if !incident.tags.is_empty() {
        field("tags", list(incident.tags.iter().map(|tag| text(tag))));
    }
    out.push_str("        )");
    out
}

fn place(place: &Place) -> String {
    let position = one_line(
        "",
        [("lon", Some(number(place.position.lon_deg))), ("lat", Some(number(place.position.lat_deg)))],
    );
    one_line(
        "Place",
        [
            ("name", Some(text(&place.name))),
            ("local_name", place.local_name.as_deref().map(text)),
            ("region", place.region.as_deref().map(text)),
            ("region_code", place.region_code.as_deref().map(text)),
            ("country", Some(&place.country).filter(|code| !code.is_empty()).map(|code| text(code))),
            ("position", Some(position)),
            ("precision", Some(word_of(PRECISIONS, &place.precision).to_owned())),
            ("radius_m", place.radius_m.map(number)),
        ],
    )
}

fn time(time: &IncidentTime) -> String {
    one_line(
        "Time",
        [
            ("start", Some(text(&time.start.to_text()))),
            ("end", time.end.as_ref().map(|end| text(&end.to_text()))),
            ("precision", Some(word_of(TIME_PRECISIONS, &time.precision).to_owned())),
        ],
    )
}

fn claim(claim: &Claim) -> String {
    one_line(
        "Claim",
        [
            ("speaker", Some(text(&claim.speaker))),
            ("stance", Some(word_of(STANCES, &claim.stance).to_owned())),
            ("text", Some(text(&claim.text))),
            ("sources", Some(sources(&claim.sources))),
        ],
    )
}

fn related(dataset: &Dataset, related: &Related) -> Option<String> {
    let incident = dataset.incidents.get(related.incident)?;
    Some(one_line("Related", [("id", Some(text(&incident.id))), ("how", Some(text(&related.how)))]))
}

fn sources(sources: &[Arc<Source>]) -> String {
    list(sources.iter().map(|source| text(&source.id)))
}

/// The shortest digits that read back to the same number, with a point.
fn number(value: f64) -> String {
    format!("{value:?}")
}

/// A text in double quotes. What a terminal or an editor would obey instead of show is escaped.
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if crate::model::is_hidden(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
