//! Writes a dataset in RON dataset format 1, as a person would: one line per small record, optional fields only where
//! they say something. [`super::read`] reads it back to an equal dataset.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;

use super::records::{is_country_code, is_region_code};
use super::schema::{PRECISIONS, SHAPE_KINDS, STANCES, STATUSES, SYMBOLS, TIME_PRECISIONS, word_of};
use crate::io::export::{Selection, WriteError, WriteReport};
use crate::model::{
    Claim, Dataset, Deaths, EventType, Incident, IncidentTime, Place, Related, Shape, Source,
};
use crate::progress::Progress;

/// How much of the time it takes to write goes into a first look at identifiers and sources, roughly.
const FIRST_LOOK: f64 = 0.4;

/// The dataset as RON text with a line feed at its end. References that point nowhere are left out; in a dataset that
/// came from a reader there are none.
#[must_use]
pub fn write(dataset: &Dataset) -> String {
    let mut out = Vec::new();
    // Memory takes everything, and nobody can cancel this.
    if let Err(error) = write_selection(&Selection::all(dataset), &mut out, &Progress::default()) {
        log::error!("writing RON: {error}");
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Writes some incidents as a dataset of their own, with the event types and sources that they refer to.
pub(in crate::io) fn write_selection(
    selection: &Selection<'_>,
    out: &mut dyn Write,
    progress: &Progress,
) -> Result<WriteReport, WriteError> {
    let dataset = selection.dataset;
    let mut report = WriteReport::default();
    let names = Names::of(selection, &mut report, &progress.part(0.0, FIRST_LOOK))?;
    writeln!(out, "Dataset(\n    format: {},", super::records::FORMAT_VERSION)?;
    let title = if dataset.title.trim().is_empty() { "Dataset" } else { &dataset.title };
    writeln!(out, "    title: {},\n    introduction: {},", text(title), text(&dataset.introduction))?;
    if let Some(as_of) = dataset.as_of {
        writeln!(out, "    as_of: {},", text(&as_of.to_string()))?;
    }
    if let Some(licence) = dataset.licence.as_ref().filter(|licence| !licence.trim().is_empty()) {
        writeln!(out, "    licence: {},", text(licence))?;
    }
    block(out, "event_types", dataset.event_types.iter().map(event_type))?;
    block(out, "sources", names.sources.iter().map(|(id, one)| source(id, one)))?;
    out.write_all(b"    incidents: [\n")?;
    selection.each(&progress.part(FIRST_LOOK, 1.0), |n, one| {
        report.written += 1;
        Ok(writeln!(out, "        {},", incident(selection, &names, n, one, &mut report))?)
    })?;
    out.write_all(b"    ],\n)\n")?;
    Ok(report)
}

/// The identifiers under which incidents and sources are written. Those of several files may be the same.
#[derive(Debug, Default)]
struct Names {
    /// Incidents that have another identifier than their own.
    incidents: HashMap<usize, String>,
    /// The sources in the order in which they are written, each with its identifier.
    sources: Vec<(String, Arc<Source>)>,
    /// By what a source says: its place among them.
    by_source: HashMap<SourceKey, usize>,
}

/// All that a source says.
type SourceKey = [Option<String>; 6];

impl Names {
    fn of(
        selection: &Selection<'_>,
        report: &mut WriteReport,
        progress: &Progress,
    ) -> Result<Self, WriteError> {
        let mut names = Self::default();
        let (mut ids, mut source_ids) = (HashSet::new(), HashSet::new());
        // Those that the dataset lists itself stay in its order, used or not, where all of it is written.
        if selection.len() == selection.dataset.incidents.len() {
            selection.dataset.sources.iter().for_each(|one| names.add_source(one, &mut source_ids));
        }
        selection.each(progress, |n, incident| {
            let id = unlike(&incident.id, &n.to_string(), &mut ids);
            if id != incident.id {
                report.lose("identifiers that stood there twice: a number was added to the second");
                names.incidents.insert(n, id);
            }
            let of_claims = incident.claims.iter().flat_map(|claim| &claim.sources);
            incident.sources.iter().chain(of_claims).for_each(|one| names.add_source(one, &mut source_ids));
            Ok(())
        })?;
        Ok(names)
    }

    fn add_source(&mut self, source: &Arc<Source>, ids: &mut HashSet<String>) {
        let count = self.sources.len();
        if let std::collections::hash_map::Entry::Vacant(entry) = self.by_source.entry(source_key(source)) {
            entry.insert(count);
            let id = unlike(&source.id, &format!("source{}", count + 1), ids);
            self.sources.push((id, Arc::clone(source)));
        }
    }

    fn incident<'a>(&'a self, dataset: &Dataset, index: usize) -> Option<std::borrow::Cow<'a, str>> {
        match self.incidents.get(&index) {
            Some(id) => Some(id.into()),
            None => dataset.incidents.get(index).map(|incident| incident.id.clone().into()),
        }
    }

    fn source_ids(&self, sources: &[Arc<Source>]) -> String {
        let place = |source| self.by_source.get(&source_key(source)).and_then(|&at| self.sources.get(at));
        list(sources.iter().filter_map(|source| place(source)).map(|(id, _)| text(id)))
    }
}

fn source_key(source: &Source) -> SourceKey {
    let Source { id, publisher, title, author, date, url } = source;
    let date = date.map(|date| date.to_string());
    [Some(id.clone()), Some(publisher.clone()), Some(title.clone()), author.clone(), date, url.clone()]
}

/// An identifier that is not in use yet: this one, or this one with a number.
fn unlike(id: &str, instead: &str, used: &mut HashSet<String>) -> String {
    let id = if id.trim().is_empty() { instead } else { id };
    if used.insert(id.to_owned()) {
        return id.to_owned();
    }
    let mut number = 2_u64;
    loop {
        let other = format!("{id}-{number}");
        if used.insert(other.clone()) {
            return other;
        }
        number += 1;
    }
}

/// A list with each item on its own line, inside the dataset's bracket.
fn block(out: &mut dyn Write, name: &str, items: impl Iterator<Item = String>) -> io::Result<()> {
    writeln!(out, "    {name}: [")?;
    for item in items {
        writeln!(out, "        {item},")?;
    }
    writeln!(out, "    ],")
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

fn source(id: &str, source: &Source) -> String {
    one_line(
        "Source",
        [
            ("id", Some(text(id))),
            ("publisher", Some(text(&source.publisher))),
            ("title", Some(text(&source.title))),
            ("author", source.author.as_deref().map(text)),
            ("date", source.date.map(|date| text(&date.to_string()))),
            ("url", source.url.as_deref().map(text)),
        ],
    )
}

fn incident(
    selection: &Selection<'_>,
    names: &Names,
    index: usize,
    incident: &Incident,
    report: &mut WriteReport,
) -> String {
    let dataset = selection.dataset;
    let mut out = String::from("Incident(\n");
    let mut field = |name: &str, value: String| {
        let _ = writeln!(out, "            {name}: {value},");
    };
    field("id", text(names.incidents.get(&index).unwrap_or(&incident.id)));
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
        field("claims", list(incident.claims.iter().map(|one| claim(names, one))));
    }
    field("sources", names.source_ids(&incident.sources));
    let links: Vec<&Related> =
        incident.related.iter().filter(|link| selection.contains(link.incident)).collect();
    if links.len() < incident.related.len() {
        report.lose("links to incidents that are not part of the file");
    }
    if !links.is_empty() {
        field("related", list(links.into_iter().filter_map(|one| related(dataset, names, one))));
    }
    for (name, texts) in [("tags", &incident.tags), ("actors", &incident.actors)] {
        if !texts.is_empty() {
            field(name, list(texts.iter().map(|one| text(one))));
        }
    }
    if let Some(count) = &incident.deaths {
        field("deaths", deaths(*count));
    }
    let more = more(incident);
    if !more.is_empty() {
        field("more", list(more.into_iter()));
    }
    let shapes = dataset.shapes_of(index);
    if !shapes.is_empty() {
        field("shapes", list(shapes.iter().map(shape)));
    }
    out.push_str("        )");
    out
}

fn deaths(deaths: Deaths) -> String {
    let Deaths { low, best, high } = deaths;
    format!("Deaths(low: {low}, best: {best}, high: {high})")
}

/// What the format has no field for, also codes that are none.
fn more(incident: &Incident) -> Vec<String> {
    let Place { country, region_code, .. } = &incident.place;
    let country = (!country.is_empty() && !is_country_code(country)).then_some(("country", country));
    let region = region_code.as_ref().filter(|code| !is_region_code(code)).map(|code| ("region_code", code));
    let odd = country.into_iter().chain(region);
    let more = incident.more.iter().map(|(name, value)| (name.as_str(), value));
    odd.chain(more)
        .map(|(name, value)| format!("More(name: {}, value: {})", text(name), text(value)))
        .collect()
}

/// Longitudes and latitudes in turn.
fn shape(shape: &Shape) -> String {
    let part = |points: &Vec<crate::geo::LonLat>| {
        list(points.iter().flat_map(|point| [number(point.lon_deg), number(point.lat_deg)]))
    };
    let parts = list(shape.parts.iter().map(part));
    format!("Shape(kind: {}, parts: {parts})", word_of(SHAPE_KINDS, &shape.kind))
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
            ("region_code", place.region_code.as_deref().filter(|code| is_region_code(code)).map(text)),
            ("country", Some(&place.country).filter(|code| is_country_code(code)).map(|code| text(code))),
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

fn claim(names: &Names, claim: &Claim) -> String {
    one_line(
        "Claim",
        [
            ("speaker", Some(text(&claim.speaker))),
            ("stance", Some(word_of(STANCES, &claim.stance).to_owned())),
            ("text", Some(text(&claim.text))),
            ("sources", Some(names.source_ids(&claim.sources))),
        ],
    )
}

fn related(dataset: &Dataset, names: &Names, related: &Related) -> Option<String> {
    let id = names.incident(dataset, related.incident)?;
    Some(one_line("Related", [("id", Some(text(&id))), ("how", Some(text(&related.how)))]))
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
