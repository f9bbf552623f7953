//! A dataset: the incidents of one file with the event types and sources that they refer to.

use std::sync::Arc;

use jiff::civil::Date;

use super::{Account, EventType, Incidents, Layer, Shape};
use crate::locale::{self, Length};
use crate::t;

/// Everything that one file says. Built by the readers in `crate::io`, never changed afterwards.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dataset {
    /// What the window shows as the dataset's name.
    pub title: String,
    /// What the dataset is and how it came about, in plain text.
    pub introduction: String,
    /// The day up to which the dataset's author knew what is said here, if the file names it.
    pub as_of: Option<Date>,
    /// Licence of the dataset, if it says one.
    pub licence: Option<String>,
    /// Event types in the order in which the file lists them.
    pub event_types: Vec<EventType>,
    /// Sources in the order in which the file lists them; empty where it names them with each incident only.
    pub sources: Vec<Arc<Source>>,
    /// Incidents in the order in which the file lists them.
    pub incidents: Incidents,
    /// The lines and areas that the file draws for some of them, in the same order.
    pub shapes: Vec<Shape>,
    /// What became of the rows of the file.
    pub account: Account,
    /// The files that it was joined from; none for a single one.
    pub layers: Vec<Layer>,
}

/// Where something was published.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Source {
    /// Identifier, unique within the dataset; empty where the file lists no sources of its own.
    pub id: String,
    /// Who published it.
    pub publisher: String,
    /// Its headline or name; may be empty.
    pub title: String,
    /// Who wrote it, if known.
    pub author: Option<String>,
    /// When it was published, if known.
    pub date: Option<Date>,
    /// Its address, if known. May be anything that a stranger wrote: only http and https are ever opened.
    pub url: Option<String>,
}

impl Source {
    /// As a person reads it, with what is known of it: `The River Gazette: “A headline”, A. Writer, 1 May 2025`.
    #[must_use]
    pub fn to_text(&self) -> String {
        let title = (!self.title.is_empty()).then(|| t!("source-title", title = &self.title));
        let head = [Some(self.publisher.clone()).filter(|it| !it.is_empty()), title];
        let head: Vec<String> = head.into_iter().flatten().collect();
        let date = self.date.map(|date| locale::reader().day(date, Length::Long));
        let rest = [self.author.clone(), date].into_iter().flatten();
        std::iter::once(head.join(": "))
            .filter(|it| !it.is_empty())
            .chain(rest)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl Dataset {
    /// The index of the incident with this id. Looks through all of them: not for every frame.
    #[must_use]
    pub fn incident_index(&self, id: &str) -> Option<usize> {
        let mut found = None;
        // Where the file cannot be read any more, whoever shows an incident says so.
        let _ = self.incidents.each(|n, incident| {
            found = (incident.id == id).then_some(n);
            found.is_none()
        });
        found
    }

    /// What the file draws for an incident: its lines and areas.
    #[must_use]
    pub fn shapes_of(&self, incident: usize) -> &[Shape] {
        let first = self.shapes.partition_point(|shape| shape.incident < incident);
        let count = self.shapes[first..].iter().take_while(|shape| shape.incident == incident).count();
        &self.shapes[first..first + count]
    }

    /// The index of the event type with this id.
    #[must_use]
    pub fn event_type_index(&self, id: &str) -> Option<usize> {
        self.event_types.iter().position(|event_type| event_type.id == id)
    }
}
