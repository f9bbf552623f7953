//! What map formats (KML, GPX) have in common: features with a name, a description, times and a geometry become
//! incidents once all of them are read, since their event types and the order of their dates depend on all.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::geometry::Geometry;
use super::html::Plain;
use super::ids::{Ids, ToldApart, hash_of};
use super::input::Input;
use super::intake::{Intake, RowPlace};
use super::kml::Own;
use super::problem::ReadError;
use super::record::RelatedRecord;
use super::table::{Field, IsoDate, Properties, PropertyReader, PropertyRow, iso_date};
use crate::geo::LonLat;
use crate::model::{Dataset, EventType, Incident, IncidentTime, Related, Rgb, Source};
use crate::progress::Progress;

/// The share of the whole work that reading is; the rest is making incidents.
pub(super) const READING: f64 = 0.7;

/// Looks at the wish to stop are so many features apart.
const STEP: usize = 1024;

/// Characters of a description that stand for a missing name.
const TITLE_CHARS: usize = 80;

/// A feature as its file has it.
#[derive(Debug, Default)]
pub(super) struct Feature {
    pub(super) at: RowPlace,
    /// Its identifier; empty where it has none.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: Plain,
    /// Where it is, or why that is not known.
    pub(super) place: Spot,
    /// The point that the file gives for its marker, where it draws something else, too.
    pub(super) marker: Option<LonLat>,
    pub(super) time: Option<IncidentTime>,
    /// The dates of that as they stand in the file.
    pub(super) when: [String; 2],
    /// The name of its event type, if the file says one outside of the properties.
    pub(super) kind: String,
    pub(super) color: Option<Rgb>,
    pub(super) tags: Vec<String>,
    pub(super) sources: Vec<Source>,
    pub(super) properties: PropertyRow,
    /// What else the file says of it.
    pub(super) more: Vec<(String, String)>,
    /// What this program has written of it beside what the format has words for.
    pub(super) own: Option<Box<Own>>,
}

/// Where a feature is.
#[derive(Debug)]
pub(super) enum Spot {
    At(Geometry),
    /// It has no position.
    Nowhere(Fault),
    /// Its position is not understood.
    Wrong(Fault),
}

/// Why a feature is not on the map.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Fault {
    pub(super) field: String,
    pub(super) value: String,
    pub(super) reason: String,
}

impl Fault {
    pub(super) fn new(field: &str, value: &str, reason: &str) -> Self {
        Self { field: field.to_owned(), value: value.to_owned(), reason: reason.to_owned() }
    }
}

impl Default for Spot {
    fn default() -> Self {
        Self::Nowhere(Fault::new("", "", "has no position"))
    }
}

/// Dates as a file of features writes them, and what is to be said of them all.
#[derive(Debug, Default)]
pub(super) struct Dates {
    unread: Count,
    lost_clock: Count,
    no_begin: Count,
    no_end: Count,
    reversed: Count,
}

/// Features of which something is to be said, and the line of the first of them.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    features: u64,
    first_line: u64,
}

impl Count {
    fn add(&mut self, at: RowPlace) {
        if self.features == 0 {
            self.first_line = at.line;
        }
        self.features += 1;
    }

    fn words(self) -> Option<String> {
        match self.features {
            0 => None,
            1 => Some(format!("1 feature, in line {}", self.first_line)),
            count => Some(format!("{count} features, the first in line {}", self.first_line)),
        }
    }
}

impl Dates {
    /// One date. What cannot be read of it goes to `more` under this name.
    pub(super) fn one(
        &mut self,
        name: &str,
        text: &str,
        at: RowPlace,
        more: &mut Vec<(String, String)>,
    ) -> Option<IsoDate> {
        if text.is_empty() {
            return None;
        }
        let date = iso_date(text);
        match &date {
            None => self.unread.add(at),
            Some(date) if date.is_clock_lost => self.lost_clock.add(at),
            Some(_) => return date,
        }
        more.push((name.to_owned(), text.to_owned()));
        date
    }

    /// A single date as a time.
    pub(super) fn stamp(
        &mut self,
        name: &str,
        text: &str,
        at: RowPlace,
        more: &mut Vec<(String, String)>,
    ) -> Option<IncidentTime> {
        let date = self.one(name, text, at, more)?;
        Some(IncidentTime { start: date.moment, end: None, precision: date.precision })
    }

    /// A span from one date to another; either may be empty.
    pub(super) fn span(
        &mut self,
        [begin, end]: [&str; 2],
        at: RowPlace,
        more: &mut Vec<(String, String)>,
    ) -> Option<IncidentTime> {
        let first = self.one("begin", begin, at, more);
        let last = self.one("end", end, at, more);
        let Some(first) = first else {
            if last.as_ref().is_some_and(|last| !last.is_clock_lost) {
                more.push(("end".to_owned(), end.to_owned()));
            }
            if begin.is_empty() && last.is_some() {
                self.no_begin.add(at);
            }
            return None;
        };
        if end.is_empty() {
            self.no_end.add(at);
        }
        if last.as_ref().is_some_and(|last| last.precision != first.precision) {
            // One of them is known more exactly than the time as a whole.
            more.extend([("begin".to_owned(), begin.to_owned()), ("end".to_owned(), end.to_owned())]);
        }
        let precision = last.as_ref().map_or(first.precision, |last| last.precision.max(first.precision));
        let last = last.map(|last| last.moment).filter(|last| *last != first.moment);
        let mut time = IncidentTime { start: first.moment, end: last, precision };
        if time.is_reversed() {
            self.reversed.add(at);
            let raw = ("end".to_owned(), end.to_owned());
            if !more.contains(&raw) {
                more.push(raw);
            }
            time.end = None;
        }
        Some(time)
    }

    fn notes(&self) -> Vec<String> {
        let say = |count: Count, what: &str| count.words().map(|words| format!("{what} ({words})"));
        [
            say(self.unread, "the date could not be read: it is shown with the rest of what the file says"),
            say(self.lost_clock, "a time of day without a zone names no moment: only the day was taken"),
            say(self.no_begin, "a time span has no beginning: it is shown without a time"),
            say(self.no_end, "a time span has no end: its beginning was taken for the time"),
            say(self.reversed, "a time span ends before it begins: only its beginning was taken"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// All features of a file, which become a dataset together.
#[derive(Debug, Default)]
pub(super) struct Features {
    pub(super) all: Vec<Feature>,
    pub(super) properties: Properties,
    pub(super) dates: Dates,
    pub(super) notes: Vec<String>,
    /// The event types that the file lists, if it was written by this program.
    pub(super) event_types: Vec<EventType>,
}

impl Features {
    /// The dataset. Where event types have colours and these tell them apart, they keep them.
    pub(super) fn into_dataset(
        self,
        title: String,
        input: &Input,
        progress: &Progress,
    ) -> Result<Dataset, ReadError> {
        let Self { all, properties, dates, notes, event_types } = self;
        let mut intake = Intake::reporting(progress);
        for note in notes.into_iter().chain(dates.notes()) {
            intake.note(note);
        }
        let (reader, tally) =
            properties.reader(all.iter().map(|feature| (feature.at.line, &feature.properties)));
        for note in reader.notes(&tally) {
            intake.note(note);
        }
        let declared: HashMap<String, usize> =
            event_types.iter().enumerate().map(|(n, event_type)| (event_type.id.clone(), n)).collect();
        intake.event_types().declare(event_types);
        let colors = colors(all.iter().map(|feature| (kind(&reader, feature), feature.color)));
        let mut ids = Ids::default();
        let mut numbers = Vec::new();
        let mut related = Vec::new();
        let total = all.len();
        for (number, mut feature) in all.into_iter().enumerate() {
            if number % STEP == 0 && !progress.go_on(number, total) {
                return Err(ReadError::cancelled(input.name()));
            }
            let at = feature.at;
            let own_type = feature.own.as_ref().and_then(|own| declared.get(&own.event_type).copied());
            let links = feature.own.as_mut().map(|own| std::mem::take(&mut own.related)).unwrap_or_default();
            let kind = kind(&reader, &feature);
            let (mut incident, geometry) = match incident(&reader, feature) {
                Ok(found) => found,
                Err(Refusal::Listed(fault)) => {
                    intake.list(at, &fault.field, &fault.value, &fault.reason);
                    continue;
                }
                Err(Refusal::Rejected(fault)) => {
                    intake.reject(at, &fault.field, &fault.value, &fault.reason);
                    continue;
                }
            };
            let own = incident.id.trim();
            incident.id = if own.is_empty() { (number + 1).to_string() } else { own.to_owned() };
            let color = colors.get(&kind).copied().flatten();
            incident.event_type =
                own_type.unwrap_or_else(|| intake.event_types().index_with(&kind, color, None));
            let hash = hash_of(incident.id.as_bytes());
            let index = intake.keep(at, incident);
            ids.add(index, number + 1, hash, at.line);
            numbers.push(number + 1);
            related.extend(links.into_iter().map(|link| (index, link)));
            if let Some(shape) = geometry.into_shape(index) {
                intake.shape(shape);
            }
        }
        ids.note().into_iter().for_each(|note| intake.note(note));
        let mut dataset = intake.finish(title);
        if let Some(incidents) = dataset.incidents.in_memory_mut() {
            tell_apart(incidents, &numbers, &ids.into_told_apart());
            link(incidents, related);
        }
        Ok(dataset)
    }
}

/// Gives those incidents another identifier whose own an earlier one has.
fn tell_apart(incidents: &mut [Incident], numbers: &[usize], told_apart: &ToldApart) {
    for (n, (incident, number)) in incidents.iter_mut().zip(numbers).enumerate() {
        incident.id = told_apart.name(n, *number, std::mem::take(&mut incident.id));
    }
}

/// Ties incidents together that refer to each other by their identifiers.
fn link(incidents: &mut [Incident], related: Vec<(usize, RelatedRecord)>) {
    if related.is_empty() {
        return;
    }
    let numbers: HashMap<String, usize> =
        incidents.iter().enumerate().map(|(n, incident)| (incident.id.clone(), n)).collect();
    for (index, RelatedRecord { id, how }) in related {
        if let (Some(incident), Some(&other)) = (incidents.get_mut(index), numbers.get(&id)) {
            incident.related.push(Related { incident: other, how });
        }
    }
}

/// The name of a feature's event type.
fn kind(reader: &PropertyReader, feature: &Feature) -> String {
    let own = reader.type_name(&feature.properties);
    if own.trim().is_empty() { feature.kind.clone() } else { own.into_owned() }
}

enum Refusal {
    Listed(Fault),
    Rejected(Fault),
}

/// A feature as an incident, but for its event type.
fn incident(reader: &PropertyReader, feature: Feature) -> Result<(Incident, Geometry), Refusal> {
    let geometry = match feature.place {
        Spot::At(geometry) => geometry,
        Spot::Nowhere(fault) => return Err(Refusal::Listed(fault)),
        Spot::Wrong(fault) => return Err(Refusal::Rejected(fault)),
    };
    let Some(position) = feature.marker.or_else(|| geometry.position()) else {
        return Err(Refusal::Listed(Fault::new("", "", "has no position")));
    };
    let row = &feature.properties;
    let mut incident = reader.incident(row, position);
    if reader.overruled(row, Field::Precision).is_none() {
        incident.place.precision = geometry.precision();
    }
    let mut overruled = Vec::new();
    if !feature.id.is_empty() {
        overruled.extend(reader.overruled(row, Field::Id).filter(|(_, id)| *id != feature.id));
        incident.id = feature.id;
    }
    if !feature.name.is_empty() {
        overruled.extend(reader.overruled(row, Field::Title).filter(|(_, title)| *title != feature.name));
        incident.title = feature.name;
    } else if incident.title == position.to_decimal_text() {
        incident.title = first_line(&feature.description.text).unwrap_or(incident.title);
    }
    if !feature.description.text.is_empty() {
        let text = feature.description.text;
        overruled.extend(reader.overruled(row, Field::Summary).filter(|(_, summary)| *summary != text));
        incident.summary = text;
    }
    if feature.time.is_some() {
        let fields = [Field::Date, Field::Time, Field::EndDate];
        let dates = fields.into_iter().filter_map(|field| reader.overruled(row, field));
        let dates: Vec<_> = dates.filter(|date| !incident.more.contains(date)).collect();
        overruled.extend(dates);
        incident.time = feature.time;
    }
    let tags: Vec<String> = feature.tags.into_iter().filter(|tag| !incident.tags.contains(tag)).collect();
    incident.tags.extend(tags);
    let links = feature.description.urls.into_iter().map(|url| Source {
        publisher: host_of(&url).to_owned(),
        url: Some(url),
        ..Source::default()
    });
    for source in feature.sources.into_iter().chain(links) {
        if !incident.sources.iter().any(|known| known.url == source.url) {
            incident.sources.push(Arc::new(source));
        }
    }
    incident.more.extend(overruled);
    incident.more.extend(feature.more);
    if let Some(own) = feature.own {
        own.put_into(&feature.when, &mut incident);
    }
    Ok((incident, geometry))
}

/// The beginning of a text, as a headline.
fn first_line(text: &str) -> Option<String> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(match line.char_indices().nth(TITLE_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    })
}

/// The host of an address.
pub(super) fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    host.strip_prefix("www.").unwrap_or(host)
}

/// The colour of each event type: that of its first feature with one. None where all types would have the same.
fn colors(features: impl Iterator<Item = (String, Option<Rgb>)>) -> HashMap<String, Option<Rgb>> {
    let mut colors: HashMap<String, Option<Rgb>> = HashMap::new();
    for (kind, color) in features {
        let known = colors.entry(kind).or_default();
        *known = known.or(color);
    }
    let different: HashSet<Rgb> = colors.values().copied().flatten().collect();
    if colors.len() > 1 && different.len() < 2 {
        colors.clear();
    }
    colors
}
