//! One incident: what is reported, by whom, and how far it is agreed on.

use super::{IncidentTime, Place};
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
    /// When, and how exactly that is known.
    pub time: IncidentTime,
    /// A few sentences of plain text.
    pub summary: String,
    /// How far it is confirmed.
    pub status: Status,
    /// Who says what, in the order of the file.
    pub claims: Vec<Claim>,
    /// Indices into [`super::Dataset::sources`].
    pub sources: Vec<usize>,
    /// Other incidents of the dataset that belong to this one.
    pub related: Vec<Related>,
    /// Free words to find it by.
    pub tags: Vec<String>,
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
    /// Indices into [`super::Dataset::sources`].
    pub sources: Vec<usize>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
