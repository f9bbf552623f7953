//! What this program writes into a KML file beside what KML has words for: a record of each incident as JSON, in a
//! `Data` element with the name [`NAME`], and one of the dataset in its document's. Reading it back, what people may
//! have changed in another program (name, description, time, position) counts as it stands in the file.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::write;
use crate::io::html;
use crate::model::{
    Claim, Dataset, Deaths, EventType, Incident, IncidentTime, Moment, Place, Precision, Rgb, Source, Stance,
    Status, Symbol, TimePrecision,
};

/// The name of the record.
pub(super) const NAME: &str = "dateline";

/// The version that is written, and the last one that is read.
const VERSION: u32 = 1;

/// What stands with the document.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct OwnDataset {
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    licence: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    introduction: String,
    event_types: Vec<OwnType>,
}

#[derive(Debug, Serialize, Deserialize)]
struct OwnType {
    id: String,
    label: String,
    color: String,
    symbol: String,
}

/// What stands with a placemark.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::io) struct Own {
    version: u32,
    pub(in crate::io) event_type: String,
    title: String,
    place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    local_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region_code: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    country: String,
    precision: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    radius_m: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    time_precision: String,
    status: String,
    summary: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    claims: Vec<OwnClaim>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<OwnSource>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::io) related: Vec<OwnRelated>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actors: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deaths: Option<[u32; 3]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    more: Vec<(String, String)>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct OwnClaim {
    speaker: String,
    stance: String,
    text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sources: Vec<OwnSource>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct OwnSource {
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
    publisher: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// A link to another incident, by its identifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::io) struct OwnRelated {
    pub(in crate::io) id: String,
    pub(in crate::io) how: String,
}

type Words<T> = &'static [(T, &'static str)];

const STATUSES: Words<Status> = &[
    (Status::Unverified, "unverified"),
    (Status::Claimed, "claimed"),
    (Status::Contested, "contested"),
    (Status::StatedByOfficials, "stated_by_officials"),
    (Status::Corroborated, "corroborated"),
];
const PRECISIONS: Words<Precision> = &[
    (Precision::Exact, "exact"),
    (Precision::Settlement, "settlement"),
    (Precision::District, "district"),
    (Precision::Region, "region"),
    (Precision::Country, "country"),
];
const TIME_PRECISIONS: Words<TimePrecision> = &[
    (TimePrecision::Minute, "minute"),
    (TimePrecision::Day, "day"),
    (TimePrecision::Week, "week"),
    (TimePrecision::Month, "month"),
    (TimePrecision::Year, "year"),
];
const STANCES: Words<Stance> =
    &[(Stance::Asserts, "asserts"), (Stance::Denies, "denies"), (Stance::Reports, "reports")];
const SYMBOLS: Words<Symbol> = &[
    (Symbol::Circle, "circle"),
    (Symbol::Triangle, "triangle"),
    (Symbol::Diamond, "diamond"),
    (Symbol::Square, "square"),
    (Symbol::Cross, "cross"),
    (Symbol::Plus, "plus"),
    (Symbol::Star, "star"),
    (Symbol::Hexagon, "hexagon"),
];

fn word<T: PartialEq>(words: Words<T>, value: &T) -> String {
    words.iter().find(|(known, _)| known == value).map_or("", |(_, word)| word).to_owned()
}

fn value<T: Copy>(words: Words<T>, word: &str) -> Option<T> {
    words.iter().find(|(_, known)| *known == word).map(|(value, _)| *value)
}

/// Half of the earth's circumference.
const MAX_RADIUS_M: f64 = 20_037_508.0;

/// Whether a text looks like a country's code.
fn is_code(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The words of a status and of a precision, as other programs may want them.
pub(super) fn status_word(status: Status) -> String {
    word(STATUSES, &status)
}

/// The word of a precision.
pub(super) fn precision_word(precision: Precision) -> String {
    word(PRECISIONS, &precision)
}

/// The word of a stance.
pub(super) fn stance_word(stance: Stance) -> String {
    word(STANCES, &stance)
}

impl OwnDataset {
    pub(super) fn of(dataset: &Dataset) -> Self {
        let own_type = |it: &EventType| OwnType {
            id: it.id.clone(),
            label: it.label.clone(),
            color: it.color.to_string(),
            symbol: word(SYMBOLS, &it.symbol),
        };
        Self {
            version: VERSION,
            as_of: dataset.as_of.map(|date| date.to_string()),
            licence: dataset.licence.clone(),
            title: dataset.title.clone(),
            introduction: dataset.introduction.clone(),
            event_types: dataset.event_types.iter().map(own_type).collect(),
        }
    }

    /// `None` where it is none, or one of a later version.
    pub(super) fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().filter(|own: &Self| own.version == VERSION)
    }

    /// The event types, if they are whole and no two have one identifier.
    pub(super) fn event_types(&self) -> Option<Vec<EventType>> {
        let mut ids = std::collections::HashSet::new();
        let event_type = |it: &OwnType| {
            let is_new = !it.id.is_empty() && !it.label.trim().is_empty() && ids.insert(it.id.clone());
            is_new.then_some(EventType {
                id: it.id.clone(),
                label: it.label.clone(),
                color: Rgb::from_hex(&it.color)?,
                symbol: value(SYMBOLS, &it.symbol)?,
            })
        };
        let is_bounded = self.event_types.len() < crate::io::limits::MAX_EVENT_TYPES;
        if is_bounded { self.event_types.iter().map(event_type).collect() } else { None }
    }

    /// Puts what a KML document has no word for into the dataset.
    pub(super) fn put_into(self, dataset: &mut Dataset) {
        dataset.as_of = self.as_of.and_then(|date| date.parse().ok());
        dataset.licence = self.licence;
        if write::name(&self.title) == dataset.title {
            dataset.title = self.title;
        }
        if html::plain(&write::description(&self.introduction)).text == dataset.introduction {
            dataset.introduction = self.introduction;
        }
    }
}

impl Own {
    /// The record of an incident. `related` says which of its links stay.
    pub(super) fn of(incident: &Incident, event_type: &str, related: Vec<OwnRelated>) -> Self {
        let place = &incident.place;
        Self {
            version: VERSION,
            event_type: event_type.to_owned(),
            title: incident.title.clone(),
            place: place.name.clone(),
            local_name: place.local_name.clone(),
            region: place.region.clone(),
            region_code: place.region_code.clone(),
            country: place.country.clone(),
            precision: word(PRECISIONS, &place.precision),
            radius_m: place.radius_m,
            start: incident.time.as_ref().map(|time| time.start.to_text()),
            end: incident.time.as_ref().and_then(|time| time.end.as_ref().map(Moment::to_text)),
            time_precision: incident
                .time
                .as_ref()
                .map_or(String::new(), |it| word(TIME_PRECISIONS, &it.precision)),
            status: word(STATUSES, &incident.status),
            summary: incident.summary.clone(),
            claims: incident.claims.iter().map(OwnClaim::of).collect(),
            sources: incident.sources.iter().map(|source| OwnSource::of(source)).collect(),
            related,
            tags: incident.tags.clone(),
            actors: incident.actors.clone(),
            deaths: incident.deaths.map(|it| [it.low, it.best, it.high]),
            more: incident.more.clone(),
        }
    }

    /// `None` where it is none, or one of a later version.
    pub(super) fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().filter(|own: &Self| own.version == VERSION)
    }

    fn time(&self) -> Option<IncidentTime> {
        let start = Moment::parse(self.start.as_deref()?).ok()?;
        let end = self.end.as_deref().and_then(|end| Moment::parse(end).ok());
        let time = IncidentTime { start, end, precision: value(TIME_PRECISIONS, &self.time_precision)? };
        (!time.is_reversed()).then_some(time)
    }

    /// Puts the record into an incident that was made of what KML has words for. Where these (`when` are the dates as they
    /// stand in the file) say something else than they did when the record was written, they count.
    pub(in crate::io) fn put_into(self, when: &[String; 2], incident: &mut Incident) {
        let time = self.time();
        if time.as_ref().map_or_else(Default::default, write::dates) == *when {
            incident.time = time;
        }
        if write::name(&self.title) == incident.title {
            incident.title = self.title;
        }
        if html::plain(&write::description(&self.summary)).text == incident.summary {
            incident.summary = self.summary;
        }
        incident.place = Place {
            name: self.place,
            local_name: self.local_name,
            region: self.region,
            region_code: self.region_code.filter(|code| code.get(2..3) == Some("-") && is_code(&code[..2])),
            country: Some(self.country).filter(|code| is_code(code)).unwrap_or_default(),
            position: incident.place.position,
            precision: value(PRECISIONS, &self.precision).unwrap_or(incident.place.precision),
            radius_m: self.radius_m.filter(|radius| *radius > 0.0 && *radius <= MAX_RADIUS_M),
        };
        incident.status = value(STATUSES, &self.status).unwrap_or(incident.status);
        incident.claims = self.claims.into_iter().filter_map(OwnClaim::into_claim).collect();
        incident.sources = self.sources.into_iter().map(|source| Arc::new(source.into_source())).collect();
        incident.tags = self.tags;
        incident.actors = self.actors;
        incident.deaths = self.deaths.map(|[low, best, high]| Deaths { low, best, high });
        incident.more = self.more;
    }
}

impl OwnClaim {
    fn of(claim: &Claim) -> Self {
        Self {
            speaker: claim.speaker.clone(),
            stance: word(STANCES, &claim.stance),
            text: claim.text.clone(),
            sources: claim.sources.iter().map(|source| OwnSource::of(source)).collect(),
        }
    }

    fn into_claim(self) -> Option<Claim> {
        Some(Claim {
            speaker: self.speaker,
            stance: value(STANCES, &self.stance)?,
            text: self.text,
            sources: self.sources.into_iter().map(|source| Arc::new(source.into_source())).collect(),
        })
    }
}

impl OwnSource {
    fn of(source: &Source) -> Self {
        Self {
            id: source.id.clone(),
            publisher: source.publisher.clone(),
            title: source.title.clone(),
            author: source.author.clone(),
            date: source.date.map(|date| date.to_string()),
            url: source.url.clone(),
        }
    }

    fn into_source(self) -> Source {
        Source {
            id: self.id,
            publisher: self.publisher,
            title: self.title,
            author: self.author,
            date: self.date.and_then(|date| date.parse().ok()),
            url: self.url,
        }
    }
}
