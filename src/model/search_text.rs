//! What a search looks through of an incident: its texts, one behind the other.
//!
//! A search goes through a million incidents and wants no more of each than this, so it is filled anew for each of them.

use super::{Incident, Status};

/// The texts of one incident that a reader sees, with a line break behind each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText {
    prose: String,
    names: String,
    pub(super) event_type: usize,
    pub(super) status: Status,
}

impl Default for SearchText {
    fn default() -> Self {
        Self { prose: String::new(), names: String::new(), event_type: 0, status: Status::Unverified }
    }
}

impl SearchText {
    /// Title, summary and claims.
    #[must_use]
    pub fn prose(&self) -> &str {
        &self.prose
    }

    /// The names of places, and tags.
    #[must_use]
    pub fn names(&self) -> &str {
        &self.names
    }

    /// Index of the event type.
    #[must_use]
    pub fn event_type(&self) -> usize {
        self.event_type
    }

    /// How far it is confirmed.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Forgets the texts.
    pub fn clear(&mut self) {
        self.prose.clear();
        self.names.clear();
    }

    /// Adds a title, a summary, or a part of a claim.
    pub fn push_prose(&mut self, text: &str) {
        push(&mut self.prose, text);
    }

    /// Adds the name of a place, or a tag.
    pub fn push_name(&mut self, text: &str) {
        push(&mut self.names, text);
    }

    /// Takes in all of an incident.
    pub fn set(&mut self, incident: &Incident) {
        self.clear();
        let place = &incident.place;
        self.push_prose(&incident.title);
        self.push_prose(&incident.summary);
        for claim in &incident.claims {
            self.push_prose(&claim.speaker);
            self.push_prose(&claim.text);
        }
        let names = std::iter::once(&place.name).chain(&place.local_name).chain(&place.region);
        names.chain(&incident.tags).for_each(|name| self.push_name(name));
        (self.event_type, self.status) = (incident.event_type, incident.status);
    }
}

fn push(all: &mut String, text: &str) {
    if !text.is_empty() {
        all.push_str(text);
        all.push('\n');
    }
}
