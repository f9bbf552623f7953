//! Reads the records of the format (dataset, event types, sources, incidents) and checks what they say.
//!
//! Records refer to each other by id. An id that is already known is looked up at once; others wait until the whole file
//! is read. Nothing is returned unless the file has no problem at all, so half-read records never leave this module.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use jiff::civil::Date;

use super::super::limits::{MAX_COUNTED_PROBLEMS, MAX_ID_SUGGESTIONS, MAX_SUGGESTION_CANDIDATES};
use super::super::problem::{Finding, Findings, quoted};
use super::reader::{Reader, Text};
use super::suggest::nearest;
use super::{extras, schema};
use crate::geo::{LonLat, MAX_MERCATOR_LAT_DEG};
use crate::model::{
    Account, Claim, Dataset, EventType, Incident, IncidentTime, Moment, MomentError, Place, Related, Rgb,
    Shape, Source,
};
use crate::progress::Progress;

/// The version of the format that this program reads.
pub(super) const FORMAT_VERSION: u32 = 1;

/// No place on earth is farther away than half its circumference.
const MAX_RADIUS_M: f64 = 20_037_508.0;

/// Reads a text that ron has found to be RON.
pub(super) fn read(text: &str, progress: &Progress) -> Result<Dataset, Findings> {
    let mut records = Records::default();
    let mut reader = Reader::new(text, progress);
    let dataset = records.dataset(&mut reader);
    records.resolve_waiting(&mut reader);
    if let Some(newer) = records.newer_format {
        return Err(newer.into());
    }
    match dataset {
        Some(dataset) if reader.findings.total() == 0 => {
            std::mem::take(&mut reader.finds).keep();
            Ok(records.put_references(dataset, text))
        }
        _ if reader.findings.total() > 0 => Err(reader.findings),
        // Every path above notes why it has no result; this is the net below them.
        _ => Err(Findings::from(Finding {
            span: 0..0,
            what: "this dataset cannot be read".into(),
            advice: "compare it with the format's description".into(),
            see: None,
        })),
    }
}

/// What kind of record an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    EventType,
    Source,
    Incident,
}

impl Kind {
    const fn label(self) -> &'static str {
        match self {
            Self::EventType => "event type",
            Self::Source => "source",
            Self::Incident => "incident",
        }
    }

    const fn list(self) -> &'static str {
        match self {
            Self::EventType => "event_types",
            Self::Source => "sources",
            Self::Incident => "incidents",
        }
    }
}

/// Stands for an index that is found later.
const NOT_YET: usize = usize::MAX;

/// Where in the dataset a reference belongs.
#[derive(Debug, Clone, Copy)]
enum Slot {
    EventType { incident: usize },
    Source { incident: usize, at: usize },
    ClaimSource { incident: usize, claim: usize, at: usize },
    Related { incident: usize, at: usize },
}

/// A reference to an id that was not known when it was read.
#[derive(Debug)]
struct Waiting<'a> {
    id: Text<'a>,
    kind: Kind,
    slot: Slot,
}

/// The records of one kind that were read so far.
#[derive(Debug, Default)]
struct Known<'a> {
    /// Index and position of each id.
    ids: HashMap<Cow<'a, str>, (usize, usize)>,
    /// How many records were begun, with or without an id.
    count: usize,
    /// Whether the list was there to be read.
    has_list: bool,
}

/// Everything that is known while a file is read.
#[derive(Debug, Default)]
struct Records<'a> {
    known: [Known<'a>; 3],
    waiting: Vec<Waiting<'a>>,
    /// How many of those that wait will not be found.
    unknown: usize,
    resolved: Vec<(Slot, usize)>,
    newer_format: Option<Finding>,
    /// Stands for sources until they are put into their places.
    some_source: Option<Arc<Source>>,
    shapes: Vec<Shape>,
    /// Incidents beyond the edge of the map: where in the text each begins, and its latitude.
    beyond: Vec<(usize, f64)>,
}

impl<'a> Records<'a> {
    fn dataset(&mut self, r: &mut Reader<'a>) -> Option<Dataset> {
        let (mut title, mut introduction, mut as_of, mut licence) = (None, None, None, None);
        let (mut event_types, mut sources, mut incidents) = (None, None, None);
        r.fields(&schema::DATASET, |r, field| match field {
            "format" => self.format(r),
            "title" => title = r.filled_text(field),
            "introduction" => introduction = r.text(field),
            "as_of" => as_of = r.optional(|r| date(r, field)),
            "licence" => licence = optional_text(r, field),
            "event_types" => event_types = self.list(r, Kind::EventType, Self::event_type),
            "sources" => sources = self.list(r, Kind::Source, Self::source),
            _ => incidents = self.list(r, Kind::Incident, Self::incident),
        })?;
        Some(Dataset {
            title: owned(title?),
            introduction: owned(introduction?),
            as_of,
            licence,
            event_types: event_types?,
            sources: sources?.into_iter().map(Arc::new).collect(),
            incidents: incidents?.into(),
            shapes: Vec::new(),
            account: Account::default(),
            layers: Vec::new(),
        })
    }

    fn format(&mut self, r: &mut Reader<'a>) {
        let Some(number) = r.number("format") else { return };
        if number.is_whole && number.value == f64::from(FORMAT_VERSION) {
            return;
        }
        if number.is_whole && number.value > f64::from(FORMAT_VERSION) {
            // What a later version means by the rest is not known, so nothing else is said about it.
            self.newer_format = Some(Finding {
                span: number.span,
                what: format!(
                    "unsupported format {}: this program reads format {FORMAT_VERSION}",
                    number.value
                ),
                advice: "open it with a newer Dateline, or ask for the dataset in format 1".into(),
                see: None,
            });
            return;
        }
        r.report(number.span, || {
            let what =
                format!("unsupported format {}: this program reads format {FORMAT_VERSION}", number.value);
            (what, format!("write format: {FORMAT_VERSION}"))
        });
    }

    /// Reads a list of records. Items with problems are left out of the result, but counted.
    fn list<T>(
        &mut self,
        r: &mut Reader<'a>,
        kind: Kind,
        mut record: impl FnMut(&mut Self, &mut Reader<'a>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut items = Vec::new();
        r.list(kind.list(), |r| {
            items.extend(record(self, r));
            self.known[kind as usize].count += 1;
        })?;
        self.known[kind as usize].has_list = true;
        Some(items)
    }

    /// Reads a record's own id.
    fn id(&mut self, r: &mut Reader<'a>, kind: Kind) -> Option<String> {
        let id = r.filled_text("id")?;
        let known = &mut self.known[kind as usize];
        let index = known.count;
        match known.ids.entry(id.value.clone()) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert((index, id.span.start));
            }
            std::collections::hash_map::Entry::Occupied(entry) => {
                let first = entry.get().1;
                r.findings.push(|| Finding {
                    span: id.span.clone(),
                    what: format!("duplicate {} id {}", kind.label(), quoted(&id.value)),
                    advice: "give each its own id".into(),
                    see: Some((first, "first used")),
                });
            }
        }
        Some(owned(id))
    }

    fn event_type(&mut self, r: &mut Reader<'a>) -> Option<EventType> {
        let (mut id, mut label, mut color, mut symbol) = (None, None, None, None);
        r.fields(&schema::EVENT_TYPE, |r, field| match field {
            "id" => id = self.id(r, Kind::EventType),
            "label" => label = r.filled_text(field),
            "color" => color = rgb(r, field),
            _ => symbol = r.word(field, schema::SYMBOLS),
        })?;
        Some(EventType { id: id?, label: owned(label?), color: color?, symbol: symbol? })
    }

    fn source(&mut self, r: &mut Reader<'a>) -> Option<Source> {
        let (mut id, mut publisher, mut title, mut author, mut day, mut url) =
            (None, None, None, None, None, None);
        r.fields(&schema::SOURCE, |r, field| match field {
            "id" => id = self.id(r, Kind::Source),
            "publisher" => publisher = r.text(field),
            "title" => title = r.text(field),
            "author" => author = optional_text(r, field),
            "date" => day = r.optional(|r| date(r, field)),
            _ => url = optional_text(r, field),
        })?;
        Some(Source { id: id?, publisher: owned(publisher?), title: owned(title?), author, date: day, url })
    }

    fn incident(&mut self, r: &mut Reader<'a>) -> Option<Incident> {
        let incident = self.known[Kind::Incident as usize].count;
        let (mut id, mut title, mut event_type, mut place, mut time) = (None, None, None, None, None);
        let (mut summary, mut status, mut sources) = (None, None, None);
        let (mut claims, mut related, mut tags) = (Vec::new(), Vec::new(), Vec::new());
        let (mut actors, mut deaths, mut more) = (Vec::new(), None, Vec::new());
        let head = r.fields(&schema::INCIDENT, |r, field| match field {
            "id" => id = self.id(r, Kind::Incident),
            "title" => title = r.filled_text(field),
            "event_type" => {
                event_type = self.reference(r, field, Kind::EventType, Slot::EventType { incident });
            }
            "place" => place = read_place(r),
            "time" => time = r.optional(read_time),
            "summary" => summary = r.text(field),
            "status" => status = r.word(field, schema::STATUSES),
            "claims" => optional_list(r, "claims", |r| {
                let claim = self.claim(r, incident, claims.len());
                claims.extend(claim);
            }),
            "sources" => sources = self.sources(r, |at| Slot::Source { incident, at }),
            "related" => optional_list(r, "related incidents", |r| {
                let link = self.related(r, Slot::Related { incident, at: related.len() });
                related.extend(link);
            }),
            "tags" => optional_list(r, "texts", |r| tags.extend(r.text("tags").map(owned))),
            "actors" => optional_list(r, "texts", |r| actors.extend(r.text("actors").map(owned))),
            "deaths" => deaths = r.optional(extras::deaths),
            "more" => optional_list(r, "texts with names", |r| more.extend(extras::more(r))),
            _ => optional_list(r, "shapes", |r| self.shapes.extend(extras::shape(r, incident))),
        })?;
        let place: Place = place?;
        r.finds.add(Some([place.position.lon_deg, place.position.lat_deg]));
        if place.position.lat_deg.abs() > MAX_MERCATOR_LAT_DEG {
            self.beyond.push((head.start, place.position.lat_deg));
        }
        Some(Incident {
            id: id?,
            title: owned(title?),
            event_type: event_type?,
            place,
            time,
            summary: owned(summary?),
            status: status?,
            claims,
            sources: sources?,
            related,
            tags,
            actors,
            deaths,
            more,
        })
    }

    fn claim(&mut self, r: &mut Reader<'a>, incident: usize, claim: usize) -> Option<Claim> {
        let (mut speaker, mut stance, mut text, mut sources) = (None, None, None, None);
        r.fields(&schema::CLAIM, |r, field| match field {
            "speaker" => speaker = r.filled_text(field),
            "stance" => stance = r.word(field, schema::STANCES),
            "text" => text = r.filled_text(field),
            _ => sources = self.sources(r, |at| Slot::ClaimSource { incident, claim, at }),
        })?;
        Some(Claim { speaker: owned(speaker?), stance: stance?, text: owned(text?), sources: sources? })
    }

    fn related(&mut self, r: &mut Reader<'a>, slot: Slot) -> Option<Related> {
        let (mut incident, mut how) = (None, None);
        r.fields(&schema::RELATED, |r, field| match field {
            "id" => incident = self.reference(r, field, Kind::Incident, slot),
            _ => how = r.filled_text(field),
        })?;
        Some(Related { incident: incident?, how: owned(how?) })
    }

    /// Reads a list of source ids. What stands in the result for each is put right by [`Self::put_references`].
    fn sources(&mut self, r: &mut Reader<'a>, slot: impl Fn(usize) -> Slot) -> Option<Vec<Arc<Source>>> {
        let mut sources = Vec::new();
        r.list("source ids", |r| {
            let slot = slot(sources.len());
            let Some(source) = self.reference(r, "sources", Kind::Source, slot) else { return };
            if source != NOT_YET {
                self.resolved.push((slot, source));
            }
            sources.push(Arc::clone(self.some_source.get_or_insert_with(Arc::default)));
        })?;
        Some(sources)
    }

    /// Reads an id of another record and returns its index: [`NOT_YET`] if it is not known yet.
    fn reference(&mut self, r: &mut Reader<'a>, field: &str, kind: Kind, slot: Slot) -> Option<usize> {
        let id = r.text(field)?;
        if kind != Kind::Incident
            && let Some(&(index, _)) = self.known[kind as usize].ids.get(&id.value)
        {
            return Some(index);
        }
        // A list that has been read will not grow: what it lacks is a problem, and no more are kept than are counted.
        let is_unknown = kind != Kind::Incident && self.known[kind as usize].has_list;
        self.unknown += usize::from(is_unknown);
        if !is_unknown || self.unknown <= MAX_COUNTED_PROBLEMS {
            self.waiting.push(Waiting { id, kind, slot });
        }
        Some(NOT_YET)
    }

    /// Looks up the references that waited. Lists that could not be read at all were reported once; what refers to them
    /// is not reported again.
    fn resolve_waiting(&mut self, r: &mut Reader<'a>) {
        let mut suggestions = Suggestions::of(&self.known);
        for Waiting { id, kind, slot } in std::mem::take(&mut self.waiting) {
            if r.is_cancelled() {
                return;
            }
            let known = &self.known[kind as usize];
            match known.ids.get(&id.value) {
                Some(&(index, _)) if matches!(slot, Slot::Related { incident, .. } if incident == index) => {
                    r.report(id.span, || {
                        let what = format!("incident {} is related to itself", quoted(&id.value));
                        (what, "name another incident, or remove it".to_owned())
                    });
                }
                Some(&(index, _)) => self.resolved.push((slot, index)),
                None if known.has_list => r.report(id.span.clone(), || {
                    let what = format!("unknown {} {}", kind.label(), quoted(&id.value));
                    (what, suggestions.advice(&id.value, kind))
                }),
                None => {}
            }
        }
    }

    /// Puts the indices of references that waited into their places.
    fn put_references(self, mut dataset: Dataset, text: &str) -> Dataset {
        let Dataset { incidents, sources, account, shapes, .. } = &mut dataset;
        let Some(incidents) = incidents.in_memory_mut() else { return dataset };
        *shapes = self.shapes;
        account.mapped = (incidents.len() - self.beyond.len()) as u64;
        account.entries = extras::beyond_the_map(text, &self.beyond);
        for (slot, index) in self.resolved {
            match slot {
                Slot::EventType { incident } => {
                    put(incidents.get_mut(incident).map(|incident| &mut incident.event_type), Some(index));
                }
                Slot::Related { incident, at } => {
                    let related = incidents.get_mut(incident).and_then(|it| it.related.get_mut(at));
                    put(related.map(|related| &mut related.incident), Some(index));
                }
                Slot::Source { incident, at } => {
                    let place = incidents.get_mut(incident).and_then(|it| it.sources.get_mut(at));
                    put(place, sources.get(index).cloned());
                }
                Slot::ClaimSource { incident, claim, at } => {
                    let claim = incidents.get_mut(incident).and_then(|it| it.claims.get_mut(claim));
                    put(claim.and_then(|it| it.sources.get_mut(at)), sources.get(index).cloned());
                }
            }
        }
        dataset
    }
}

/// Puts what was found into its place. Both are there in a dataset without problems.
fn put<T>(place: Option<&mut T>, value: Option<T>) {
    if let (Some(place), Some(value)) = (place, value) {
        *place = value;
    }
}

/// What to write instead of ids that are not known. Looking for near ones costs time, so only so many are looked for.
struct Suggestions<'k> {
    known: &'k [Known<'k>; 3],
    /// The ids of each kind in the order of the file, once they were asked for.
    names: [Option<Vec<&'k str>>; 3],
    left: usize,
}

impl<'k> Suggestions<'k> {
    fn of(known: &'k [Known<'k>; 3]) -> Self {
        Self { known, names: [const { None }; 3], left: MAX_ID_SUGGESTIONS }
    }

    fn advice(&mut self, id: &str, kind: Kind) -> String {
        let (list, ids) = (kind.list(), &self.known[kind as usize].ids);
        if self.left == 0 || ids.is_empty() || ids.len() > MAX_SUGGESTION_CANDIDATES {
            return format!("list it in `{list}`, or name one that is there");
        }
        self.left -= 1;
        let names = self.names[kind as usize].get_or_insert_with(|| {
            let mut names: Vec<(&str, usize)> =
                ids.iter().map(|(name, &(index, _))| (name.as_ref(), index)).collect();
            names.sort_unstable_by_key(|&(_, index)| index);
            names.into_iter().map(|(name, _)| name).collect()
        });
        if let Some(near) = nearest(id, names.iter().copied()) {
            return format!("did you mean {}?", quoted(near));
        }
        let first: Vec<String> = names.iter().take(8).map(|name| quoted(name)).collect();
        let more = if names.len() > first.len() { ", ..." } else { "" };
        format!("list it in `{list}`, or name one of {}{more}", first.join(", "))
    }
}

pub(super) fn owned(text: Text<'_>) -> String {
    text.value.into_owned()
}

/// An optional text; a blank one counts as none.
fn optional_text(r: &mut Reader<'_>, field: &str) -> Option<String> {
    let text = r.optional(|r| r.text(field))?;
    (!text.value.trim().is_empty()).then(|| owned(text))
}

fn optional_list<'a>(r: &mut Reader<'a>, of: &str, mut read: impl FnMut(&mut Reader<'a>)) {
    r.optional(|r| r.list(of, |r| read(r)));
}

fn rgb(r: &mut Reader<'_>, field: &str) -> Option<Rgb> {
    let text = r.text(field)?;
    let color = Rgb::from_hex(&text.value);
    if color.is_none() {
        r.report(text.span, || {
            let what = format!("{} is not a colour", quoted(&text.value));
            (what, r##"write # and six hexadecimal digits, as in "#0A6BB0""##.to_owned())
        });
    }
    color
}

/// A calendar day without a time.
fn date(r: &mut Reader<'_>, field: &str) -> Option<Date> {
    let text = r.text(field)?;
    if let Ok(Moment::Day(date)) = Moment::parse(&text.value) {
        return Some(date);
    }
    r.report(text.span, || {
        date_words(&text.value, "is not a date", r#"write year-month-day, as in "2025-05-01""#)
    });
    None
}

fn moment(r: &mut Reader<'_>, field: &str) -> Option<(Moment, Range<usize>)> {
    let text = r.text(field)?;
    let error = match Moment::parse(&text.value) {
        Ok(moment) => return Some((moment, text.span)),
        Err(error) => error,
    };
    let advice = match error {
        MomentError::Malformed => {
            r#"write a date, as in "2025-05-01", or a date and time with offset, as in "2025-05-01T06:30:00+02:00""#
        }
        MomentError::NoZone => {
            r#"add the offset or the zone, as in "2025-05-01T06:30:00+02:00", or leave out the time"#
        }
        MomentError::UnknownZone => {
            r#"name a zone of the IANA database, as in "2025-05-01T06:30[Europe/Vienna]""#
        }
    };
    r.report(text.span, || date_words(&text.value, &error.to_string(), advice));
    None
}

fn date_words(value: &str, wrong: &str, advice: &str) -> (String, String) {
    let looks_right = value.len() >= 10
        && value.bytes().take(10).enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if looks_right && value.get(..10).is_some_and(|day| day.parse::<Date>().is_err()) {
        return (format!("there is no such day as {}", quoted(value)), "check month and day".to_owned());
    }
    (format!("{} {wrong}", quoted(value)), advice.to_owned())
}

fn read_place(r: &mut Reader<'_>) -> Option<Place> {
    let (mut name, mut local_name, mut region, mut region_code) = (None, None, None, None);
    let (mut country, mut position, mut precision, mut radius_m) = (None, None, None, None);
    r.fields(&schema::PLACE, |r, field| match field {
        "name" => name = r.text(field),
        "local_name" => local_name = optional_text(r, field),
        "region" => region = optional_text(r, field),
        "region_code" => {
            region_code = r.optional(|r| code(r, field, is_region_code, "AT-9", "ISO 3166-2"));
        }
        "country" => {
            country = r.optional(|r| code(r, field, is_country_code, "AT", "ISO 3166-1 alpha-2"));
        }
        "position" => position = read_position(r),
        "precision" => precision = r.word(field, schema::PRECISIONS),
        _ => radius_m = r.optional(|r| radius(r, field)),
    })?;
    Some(Place {
        name: owned(name?),
        local_name,
        region,
        region_code,
        country: country.unwrap_or_default(),
        position: position?,
        precision: precision?,
        radius_m,
    })
}

fn read_position(r: &mut Reader<'_>) -> Option<LonLat> {
    let (mut lon, mut lat) = (None, None);
    r.fields(&schema::POSITION, |r, field| match field {
        "lon" => lon = degrees(r, "longitude", -180.0..=180.0),
        _ => lat = degrees(r, "latitude", -90.0..=90.0),
    })?;
    Some(LonLat::new(lon?, lat?))
}

pub(super) fn degrees(r: &mut Reader<'_>, what: &str, range: RangeInclusive<f64>) -> Option<f64> {
    let number = r.number(what)?;
    // Not a number is in no range.
    if range.contains(&number.value) {
        return Some(number.value);
    }
    r.report(number.span, || {
        let advice = format!("write degrees from {} to {}", range.start(), range.end());
        (format!("{what} {} is out of range", number.value), advice)
    });
    None
}

fn radius(r: &mut Reader<'_>, field: &str) -> Option<f64> {
    let number = r.number(field)?;
    if number.value > 0.0 && number.value <= MAX_RADIUS_M {
        return Some(number.value);
    }
    r.report(number.span, || {
        let advice = format!("write metres, more than 0 and at most {MAX_RADIUS_M}");
        (format!("radius {} is out of range", number.value), advice)
    });
    None
}

fn code(
    r: &mut Reader<'_>,
    field: &str,
    is_code: fn(&str) -> bool,
    example: &str,
    standard: &str,
) -> Option<String> {
    let text = r.text(field)?;
    if is_code(&text.value) {
        return Some(owned(text));
    }
    r.report(text.span, || {
        let what = format!("{} is not a code of {standard}", quoted(&text.value));
        (what, format!("write it as in \"{example}\""))
    });
    None
}

/// Two capital letters.
pub(super) fn is_country_code(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// A country's code, a hyphen, and one to three letters or digits.
pub(super) fn is_region_code(text: &str) -> bool {
    text.split_once('-').is_some_and(|(country, region)| {
        is_country_code(country)
            && (1..=3).contains(&region.len())
            && region.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

fn read_time(r: &mut Reader<'_>) -> Option<IncidentTime> {
    let (mut start, mut end, mut precision) = (None, None, None);
    r.fields(&schema::TIME, |r, field| match field {
        "start" => start = moment(r, field),
        "end" => end = r.optional(|r| moment(r, field)),
        _ => precision = r.word(field, schema::TIME_PRECISIONS),
    })?;
    let (start, _) = start?;
    let Some((end, span)) = end else {
        return Some(IncidentTime { start, end: None, precision: precision? });
    };
    let reversed = IncidentTime {
        start,
        end: Some(end),
        // The order does not depend on the precision, so it is checked even where that is wrong.
        precision: precision.unwrap_or(crate::model::TimePrecision::Day),
    };
    if reversed.is_reversed() {
        r.report(span, || {
            ("the end lies before the start".to_owned(), "swap them, or correct one of them".to_owned())
        });
        return None;
    }
    precision.map(|_| reversed)
}
