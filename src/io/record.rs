//! The words and records that the formats that are written have in common: statuses and precisions as other programs see
//! them, and sources, claims, event types and links as JSON where a format has nothing of its own for them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ron::{Words, word_of};
use crate::model::{Claim, EventType, Precision, Source, Stance, Status, TimePrecision};

/// How far an incident is confirmed.
pub(super) const STATUSES: Words<Status> = &[
    ("unverified", Status::Unverified),
    ("claimed", Status::Claimed),
    ("contested", Status::Contested),
    ("stated_by_officials", Status::StatedByOfficials),
    ("corroborated", Status::Corroborated),
];

/// How exactly a position is known.
pub(super) const PRECISIONS: Words<Precision> = &[
    ("exact", Precision::Exact),
    ("settlement", Precision::Settlement),
    ("district", Precision::District),
    ("region", Precision::Region),
    ("country", Precision::Country),
];

/// How exactly a time is known.
pub(super) const TIME_PRECISIONS: Words<TimePrecision> = &[
    ("minute", TimePrecision::Minute),
    ("day", TimePrecision::Day),
    ("week", TimePrecision::Week),
    ("month", TimePrecision::Month),
    ("year", TimePrecision::Year),
];

/// What a speaker does.
pub(super) const STANCES: Words<Stance> =
    &[("asserts", Stance::Asserts), ("denies", Stance::Denies), ("reports", Stance::Reports)];

/// What a word means.
pub(super) fn meaning<T: Copy>(words: Words<T>, word: &str) -> Option<T> {
    words.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
}

/// A source.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct SourceRecord {
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
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

impl SourceRecord {
    /// The records of sources.
    pub(super) fn all(sources: &[Arc<Source>]) -> Vec<Self> {
        let record = |source: &Arc<Source>| {
            let Source { id, publisher, title, author, date, url } = Source::clone(source);
            Self { id, publisher, title, author, date: date.map(|date| date.to_string()), url }
        };
        sources.iter().map(record).collect()
    }

    /// The sources of records. A date that cannot be read is none.
    pub(super) fn read(records: Vec<Self>) -> Vec<Arc<Source>> {
        let source = |record| {
            let Self { id, publisher, title, author, date, url } = record;
            let date = date.and_then(|date| date.parse().ok());
            Arc::new(Source { id, publisher, title, author, date, url })
        };
        records.into_iter().map(source).collect()
    }
}

/// A claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ClaimRecord {
    speaker: String,
    pub(super) stance: String,
    text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sources: Vec<SourceRecord>,
}

impl ClaimRecord {
    /// The records of claims, with the words that a format has for stances.
    pub(super) fn all(claims: &[Claim], stances: Words<Stance>) -> Vec<Self> {
        let record = |claim: &Claim| Self {
            speaker: claim.speaker.clone(),
            stance: word_of(stances, &claim.stance).to_owned(),
            text: claim.text.clone(),
            sources: SourceRecord::all(&claim.sources),
        };
        claims.iter().map(record).collect()
    }

    /// The claim, with the stance that its word means.
    pub(super) fn into_claim(self, stance: Stance) -> Claim {
        let Self { speaker, text, sources, .. } = self;
        Claim { speaker, stance, text, sources: SourceRecord::read(sources) }
    }
}

/// An event type. Formats have words of their own for symbols.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct TypeRecord {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) color: String,
    pub(super) symbol: String,
}

impl TypeRecord {
    /// The record of an event type, with a word for its symbol.
    pub(super) fn of(event_type: &EventType, symbol: &str) -> Self {
        Self {
            id: event_type.id.clone(),
            label: event_type.label.clone(),
            color: event_type.color.to_string(),
            symbol: symbol.to_owned(),
        }
    }
}

/// A link to another incident, by its identifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RelatedRecord {
    pub(super) id: String,
    pub(super) how: String,
}
