//! A dataset: the incidents of one file with the event types and sources that they refer to.

use jiff::civil::Date;

use super::{EventType, Incident};

/// Everything that one file says. Built by the readers in `crate::io`, never changed afterwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// What the window shows as the dataset's name.
    pub title: String,
    /// What the dataset is and how it came about, in plain text.
    pub introduction: String,
    /// The day up to which the dataset's author knew what is said here.
    pub as_of: Date,
    /// Licence of the dataset, if it says one.
    pub licence: Option<String>,
    /// Event types in the order in which the file lists them.
    pub event_types: Vec<EventType>,
    /// Sources in the order in which the file lists them.
    pub sources: Vec<Source>,
    /// Incidents in the order in which the file lists them.
    pub incidents: Vec<Incident>,
}

/// Where something was published.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Identifier, unique within the dataset.
    pub id: String,
    /// Who published it.
    pub publisher: String,
    /// Its headline or name.
    pub title: String,
    /// Who wrote it, if known.
    pub author: Option<String>,
    /// When it was published.
    pub date: Date,
    /// Its address, if known. May be anything that a stranger wrote: only http and https are ever opened.
    pub url: Option<String>,
}

impl Dataset {
    /// The index of the incident with this id.
    #[must_use]
    pub fn incident_index(&self, id: &str) -> Option<usize> {
        self.incidents.iter().position(|incident| incident.id == id)
    }

    /// The index of the event type with this id.
    #[must_use]
    pub fn event_type_index(&self, id: &str) -> Option<usize> {
        self.event_types.iter().position(|event_type| event_type.id == id)
    }
}
