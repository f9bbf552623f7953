//! One incident: what is reported, by whom, and how far it is agreed on.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{IncidentTime, Place, Source};
use crate::t;

/// Something that is reported to have happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Identifier, unique within the dataset.
    pub id: String,
    /// Headline, never empty.
    pub title: String,
    /// Index into [`super::Dataset::event_types`].
    pub event_type: usize,
    /// Where, and how exactly that is known.
    pub place: Place,
    /// When, and how exactly that is known; `None` where the file does not say.
    pub time: Option<IncidentTime>,
    /// A few sentences of plain text.
    pub summary: String,
    /// How far it is confirmed.
    pub status: Status,
    /// Who says what, in the order of the file.
    pub claims: Vec<Claim>,
    /// Where it was published.
    pub sources: Vec<Arc<Source>>,
    /// Other incidents of the dataset that belong to this one.
    pub related: Vec<Related>,
    /// Free words to find it by.
    pub tags: Vec<String>,
    /// Who took part, where the file names them without saying who says so.
    pub actors: Vec<String>,
    /// How many people died, where the file gives a number.
    pub deaths: Option<Deaths>,
    /// What else the file says of it, by the file's own names and in its order.
    pub more: Vec<(String, String)>,
}

/// A number of deaths as a file gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deaths {
    /// The lowest estimate.
    pub low: u32,
    /// The estimate that the file holds to be best.
    pub best: u32,
    /// The highest estimate.
    pub high: u32,
}

impl Incident {
    /// An incident of which nothing else is known: of the first event type, unverified, at an unknown time.
    #[must_use]
    pub fn new(id: String, title: String, place: Place) -> Self {
        Self {
            id,
            title,
            event_type: 0,
            place,
            time: None,
            summary: String::new(),
            status: Status::Unverified,
            claims: Vec::new(),
            sources: Vec::new(),
            related: Vec::new(),
            tags: Vec::new(),
            actors: Vec::new(),
            deaths: None,
            more: Vec::new(),
        }
    }

    /// When it happened, as a person reads it: see [`IncidentTime::to_long_text`].
    #[must_use]
    pub fn long_time(&self, zone: Option<&TimeZone>) -> String {
        self.time.as_ref().map_or_else(|| t!("time-unknown").to_owned(), |time| time.to_long_text(zone))
    }

    /// The same for lists: see [`IncidentTime::to_short_text`].
    #[must_use]
    pub fn short_time(&self, zone: Option<&TimeZone>) -> String {
        self.time.as_ref().map_or_else(|| t!("time-unknown").to_owned(), |time| time.to_short_text(zone))
    }
}

/// One speaker's account.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Who says so.
    pub speaker: String,
    /// What the speaker does: asserts, denies or reports.
    pub stance: Stance,
    /// What is said, in indirect speech.
    pub text: String,
    /// Where that was published.
    pub sources: Vec<Arc<Source>>,
}

/// A link to another incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// Index into [`super::Dataset::incidents`].
    pub incident: usize,
    /// In what way: "same operation".
    pub how: String,
}

/// What a speaker does with a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stance {
    /// Says that it is so.
    Asserts,
    /// Says that it is not so.
    Denies,
    /// Passes on what others say or what was seen.
    Reports,
}

impl Stance {
    /// The word that stands behind the speaker's name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Asserts => t!("stance-asserts"),
            Self::Denies => t!("stance-denies"),
            Self::Reports => t!("stance-reports"),
        }
    }
}

/// How far an incident is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Nobody involved has confirmed it and nobody has checked it.
    Unverified,
    /// Only a party to the event says so.
    Claimed,
    /// Parties give accounts that cannot all be true.
    Contested,
    /// The authority responsible for the place or the asset says so.
    StatedByOfficials,
    /// At least two independent sources agree.
    Corroborated,
}

impl Status {
    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Unverified => t!("status-unverified"),
            Self::Claimed => t!("status-claimed"),
            Self::Contested => t!("status-contested"),
            Self::StatedByOfficials => t!("status-officials"),
            Self::Corroborated => t!("status-corroborated"),
        }
    }

    /// A word short enough for a list row.
    #[must_use]
    pub fn short_label(self) -> &'static str {
        match self {
            Self::StatedByOfficials => t!("status-officials-short"),
            other => other.label(),
        }
    }

    /// What the word means, as the whole program uses it.
    #[must_use]
    pub fn definition(self) -> &'static str {
        match self {
            Self::Unverified => t!("status-unverified-means"),
            Self::Claimed => t!("status-claimed-means"),
            Self::Contested => t!("status-contested-means"),
            Self::StatedByOfficials => t!("status-officials-means"),
            Self::Corroborated => t!("status-corroborated-means"),
        }
    }
}
