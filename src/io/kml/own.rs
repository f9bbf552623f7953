//! What this program writes into a KML file beside what KML has words for: a record of each incident as JSON, in a
//! `Data` element with the name [`NAME`], and one of the dataset in its document's. Reading it back, what people may
//! have changed in another program (name, description, time, position) counts as it stands in the file.

use serde::{Deserialize, Serialize};

use super::write;
use crate::io::html;
use crate::io::record::{
    ClaimRecord, PRECISIONS, RelatedRecord, STANCES, STATUSES, SourceRecord, TIME_PRECISIONS, TypeRecord,
    meaning,
};
use crate::io::ron::{Words, word_of};
use crate::model::{Dataset, Deaths, EventType, Incident, IncidentTime, Moment, Place, Rgb, Symbol};

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
    event_types: Vec<TypeRecord>,
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
    claims: Vec<ClaimRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<SourceRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::io) related: Vec<RelatedRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actors: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deaths: Option<[u32; 3]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    more: Vec<(String, String)>,
}

const SYMBOLS: Words<Symbol> = &[
    ("circle", Symbol::Circle),
    ("triangle", Symbol::Triangle),
    ("diamond", Symbol::Diamond),
    ("square", Symbol::Square),
    ("cross", Symbol::Cross),
    ("plus", Symbol::Plus),
    ("star", Symbol::Star),
    ("hexagon", Symbol::Hexagon),
];

/// Half of the earth's circumference.
const MAX_RADIUS_M: f64 = 20_037_508.0;

/// Whether a text looks like a country's code.
fn is_code(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

impl OwnDataset {
    pub(super) fn of(dataset: &Dataset) -> Self {
        Self {
            version: VERSION,
            as_of: dataset.as_of.map(|date| date.to_string()),
            licence: dataset.licence.clone(),
            title: dataset.title.clone(),
            introduction: dataset.introduction.clone(),
            event_types: dataset
                .event_types
                .iter()
                .map(|it| TypeRecord::of(it, word_of(SYMBOLS, &it.symbol)))
                .collect(),
        }
    }

    /// `None` where it is none, or one of a later version.
    pub(super) fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().filter(|own: &Self| own.version == VERSION)
    }

    /// The event types, if they are whole and no two have one identifier.
    pub(super) fn event_types(&self) -> Option<Vec<EventType>> {
        let mut ids = std::collections::HashSet::new();
        let event_type = |it: &TypeRecord| {
            let is_new = !it.id.is_empty() && !it.label.trim().is_empty() && ids.insert(it.id.clone());
            is_new.then_some(EventType {
                id: it.id.clone(),
                label: it.label.clone(),
                color: Rgb::from_hex(&it.color)?,
                symbol: meaning(SYMBOLS, &it.symbol)?,
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
    pub(super) fn of(incident: &Incident, event_type: &str, related: Vec<RelatedRecord>) -> Self {
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
            precision: word_of(PRECISIONS, &place.precision).to_owned(),
            radius_m: place.radius_m,
            start: incident.time.as_ref().map(|time| time.start.to_text()),
            end: incident.time.as_ref().and_then(|time| time.end.as_ref().map(Moment::to_text)),
            time_precision: incident
                .time
                .as_ref()
                .map_or(String::new(), |it| word_of(TIME_PRECISIONS, &it.precision).to_owned()),
            status: word_of(STATUSES, &incident.status).to_owned(),
            summary: incident.summary.clone(),
            claims: ClaimRecord::all(&incident.claims, STANCES),
            sources: SourceRecord::all(&incident.sources),
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
        let time = IncidentTime { start, end, precision: meaning(TIME_PRECISIONS, &self.time_precision)? };
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
            precision: meaning(PRECISIONS, &self.precision).unwrap_or(incident.place.precision),
            radius_m: self.radius_m.filter(|radius| *radius > 0.0 && *radius <= MAX_RADIUS_M),
        };
        incident.status = meaning(STATUSES, &self.status).unwrap_or(incident.status);
        incident.claims = self
            .claims
            .into_iter()
            .filter_map(|claim| meaning(STANCES, &claim.stance).map(|stance| claim.into_claim(stance)))
            .collect();
        incident.sources = SourceRecord::read(self.sources);
        incident.tags = self.tags;
        incident.actors = self.actors;
        incident.deaths = self.deaths.map(|[low, best, high]| Deaths { low, best, high });
        incident.more = self.more;
    }
}
