//! The incidents of a dataset: all in memory, or facts in memory and the rest read back from the file when it is asked for.
//!
//! A file of a million rows has half a gigabyte of text, of which a reader looks at a few lines. What map, filters and
//! orders need of every incident ([`Facts`]) stays in memory; titles, summaries, claims and sources are read again by a
//! [`Texts`] that knows where in the file each incident stands.

use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::joined::Joined;
use super::{Incident, Marks, Place, Precision, SearchText, Status, UNKNOWN_SPAN_MIN, span_min};
use crate::geo::LonLat;
use crate::t;

/// So many incidents that were read back are kept, and as many again that were read before them.
const KEPT: usize = 2048;

/// What is known of every incident without reading it back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts {
    /// Where its marker stands.
    pub position: LonLat,
    /// First and last minute, since 1970 in UTC, in which it may have happened: see [`span_min`].
    pub span_min: [i32; 2],
    /// Index of its event type.
    pub event_type: u16,
    /// How far it is confirmed.
    pub status: Status,
    /// How exactly its position is known.
    pub precision: Precision,
}

impl Facts {
    /// Those of no incident: nowhere, at no time.
    pub const NONE: Self = Self {
        position: LonLat::new(f64::NAN, f64::NAN),
        span_min: UNKNOWN_SPAN_MIN,
        event_type: 0,
        status: Status::Unverified,
        precision: Precision::Country,
    };

    /// The facts of an incident.
    #[must_use]
    pub fn of(incident: &Incident) -> Self {
        Self {
            position: incident.place.position,
            span_min: incident.time.as_ref().map_or(UNKNOWN_SPAN_MIN, span_min),
            event_type: u16::try_from(incident.event_type).unwrap_or(u16::MAX),
            status: incident.status,
            precision: incident.place.precision,
        }
    }
}

/// Why an incident cannot be read back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The file is another one now, so that what stands at an incident's place is not the incident.
    #[error("{file} has changed since it was opened; open it again to read on")]
    Changed {
        /// The file as the reader named it.
        file: String,
    },
    /// The file cannot be read any more.
    #[error("{file} cannot be read any more ({why}); put it back and open it again")]
    Unreadable {
        /// The file as the reader named it.
        file: String,
        /// The system's words.
        why: String,
    },
}

/// Reads incidents back from where a dataset came from. Used from several threads at once.
pub trait Texts: Send + Sync + fmt::Debug {
    /// The incident with this number.
    fn read(&self, incident: usize) -> Result<Incident, TextError>;

    /// Reads some incidents in the order of the file. Where `wanted` says no to the bytes that an incident stands in, it
    /// need not be read any further; `visit` is called with the number of each other one and says whether to go on.
    fn scan(
        &self,
        range: Range<usize>,
        wanted: &dyn Fn(&[u8]) -> bool,
        visit: &mut dyn FnMut(usize, &Incident) -> bool,
    ) -> Result<(), TextError>;

    /// What tells incidents apart once they can no longer be read back, where that was asked for.
    fn marks(&self) -> Option<&Marks> {
        None
    }

    /// The same, but with the texts of each incident only. What they say of event type and status does not count.
    fn search(
        &self,
        range: Range<usize>,
        wanted: &dyn Fn(&[u8]) -> bool,
        visit: &mut dyn FnMut(usize, &mut SearchText) -> bool,
    ) -> Result<(), TextError> {
        let mut text = SearchText::default();
        self.scan(range, wanted, &mut |n, incident| {
            text.set(incident);
            visit(n, &mut text)
        })
    }
}

/// All incidents of a dataset, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Incidents {
    place: Where,
}

#[derive(Debug, Clone)]
enum Where {
    Memory(Vec<Incident>),
    File(Arc<Stored>),
    Joined(Arc<Joined>),
}

/// Incidents whose texts are in a file.
#[derive(Debug)]
struct Stored {
    facts: Vec<Facts>,
    texts: Box<dyn Texts>,
    kept: Mutex<Kept>,
    has_failed: AtomicBool,
    failure: Mutex<Option<TextError>>,
}

/// The incidents that were read back last.
#[derive(Debug, Default)]
struct Kept {
    young: HashMap<usize, Arc<Incident>>,
    old: HashMap<usize, Arc<Incident>>,
}

/// An incident: a loan from the dataset, or one that was read back from the file.
#[derive(Debug, Clone)]
pub enum Held<'a> {
    /// It is in memory.
    Lent(&'a Incident),
    /// It was read back.
    Fetched(Arc<Incident>),
}

impl Deref for Held<'_> {
    type Target = Incident;

    fn deref(&self) -> &Incident {
        match self {
            Self::Lent(incident) => incident,
            Self::Fetched(incident) => incident,
        }
    }
}

impl Default for Where {
    fn default() -> Self {
        Self::Memory(Vec::new())
    }
}

impl From<Vec<Incident>> for Incidents {
    fn from(incidents: Vec<Incident>) -> Self {
        Self { place: Where::Memory(incidents) }
    }
}

impl Incidents {
    /// Incidents whose texts stay in a file: the facts of each, and who reads the rest.
    #[must_use]
    pub fn stored(facts: Vec<Facts>, texts: Box<dyn Texts>) -> Self {
        let stored = Stored {
            facts,
            texts,
            kept: Mutex::default(),
            has_failed: AtomicBool::new(false),
            failure: Mutex::default(),
        };
        Self { place: Where::File(Arc::new(stored)) }
    }

    /// Those of several datasets in a row.
    #[must_use]
    pub(super) fn joined(joined: Joined) -> Self {
        Self { place: Where::Joined(Arc::new(joined)) }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.place {
            Where::Memory(incidents) => incidents.len(),
            Where::File(stored) => stored.facts.len(),
            Where::Joined(joined) => joined.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The incident with this number. It may be read from the file: ask for those that are drawn, not for all. One that
    /// cannot be read back says so in its title; [`Incidents::failure`] then has the reason.
    #[must_use]
    pub fn get(&self, incident: usize) -> Option<Held<'_>> {
        match &self.place {
            Where::Memory(incidents) => incidents.get(incident).map(Held::Lent),
            Where::File(stored) => stored.get(incident).map(Held::Fetched),
            Where::Joined(joined) => joined.get(incident),
        }
    }

    /// The same for a number that is known to be one of theirs; for any other it gives what cannot be read back.
    #[must_use]
    pub fn at(&self, incident: usize) -> Held<'_> {
        self.get(incident).unwrap_or_else(|| Held::Fetched(Arc::new(unreadable(incident, &Facts::NONE))))
    }

    /// What is known of an incident without reading it back.
    #[must_use]
    pub fn facts(&self, incident: usize) -> Option<Facts> {
        match &self.place {
            Where::Memory(incidents) => incidents.get(incident).map(Facts::of),
            Where::File(stored) => stored.facts.get(incident).copied(),
            Where::Joined(joined) => joined.facts(incident),
        }
    }

    /// Reads some incidents in order: for work off the window's thread. Where `wanted` says no to the bytes that an
    /// incident stands in, it may be left out; incidents in memory are never asked about. `visit` says whether to go on.
    pub fn scan(
        &self,
        range: Range<usize>,
        wanted: &dyn Fn(&[u8]) -> bool,
        visit: &mut dyn FnMut(usize, &Incident) -> bool,
    ) -> Result<(), TextError> {
        let range = range.start.min(self.len())..range.end.min(self.len());
        match &self.place {
            Where::Memory(incidents) => {
                let mut some = incidents[range.clone()].iter().zip(range);
                let _ = some.all(|(incident, n)| visit(n, incident));
                Ok(())
            }
            Where::File(stored) => {
                stored.texts.scan(range, wanted, visit).inspect_err(|error| stored.note(error))
            }
            Where::Joined(joined) => joined.scan(range, wanted, visit),
        }
    }

    /// The same, but with the texts of each incident only, for a search: a good deal quicker where they are in a file.
    pub fn search(
        &self,
        range: Range<usize>,
        wanted: &dyn Fn(&[u8]) -> bool,
        visit: &mut dyn FnMut(usize, &SearchText) -> bool,
    ) -> Result<(), TextError> {
        let range = range.start.min(self.len())..range.end.min(self.len());
        match &self.place {
            Where::Memory(incidents) => {
                let mut text = SearchText::default();
                let mut some = incidents[range.clone()].iter().zip(range);
                let _ = some.all(|(incident, n)| {
                    text.set(incident);
                    visit(n, &text)
                });
                Ok(())
            }
            Where::File(stored) => {
                let with_facts = &mut |n: usize, text: &mut SearchText| {
                    let facts = stored.facts.get(n).unwrap_or(&Facts::NONE);
                    (text.event_type, text.status) = (facts.event_type.into(), facts.status);
                    visit(n, text)
                };
                stored.texts.search(range, wanted, with_facts).inspect_err(|error| stored.note(error))
            }
            Where::Joined(joined) => joined.search(range, wanted, visit),
        }
    }

    /// Reads all of them in order; `visit` says whether to go on.
    pub fn each(&self, mut visit: impl FnMut(usize, &Incident) -> bool) -> Result<(), TextError> {
        self.scan(0..self.len(), &|_| true, &mut visit)
    }

    /// What tells them apart once they can no longer be read back.
    #[must_use]
    pub fn marks(&self) -> Option<&Marks> {
        match &self.place {
            Where::File(stored) => stored.texts.marks(),
            Where::Memory(_) | Where::Joined(_) => None,
        }
    }

    /// Why the texts cannot be read back any more, once that is so.
    #[must_use]
    pub fn failure(&self) -> Option<TextError> {
        match &self.place {
            Where::File(stored) if stored.has_failed.load(Ordering::Relaxed) => {
                stored.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
            }
            Where::Joined(joined) => joined.failure(),
            _ => None,
        }
    }

    /// All incidents, where they are in memory.
    #[must_use]
    pub fn in_memory(&self) -> Option<&[Incident]> {
        match &self.place {
            Where::Memory(incidents) => Some(incidents),
            Where::File(_) | Where::Joined(_) => None,
        }
    }

    /// All incidents to change, where they are in memory.
    #[must_use]
    pub fn in_memory_mut(&mut self) -> Option<&mut Vec<Incident>> {
        match &mut self.place {
            Where::Memory(incidents) => Some(incidents),
            Where::File(_) | Where::Joined(_) => None,
        }
    }
}

/// Reads back what is not in memory: for tests, not for the window.
impl PartialEq for Incidents {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && (0..self.len()).all(|n| *self.at(n) == *other.at(n))
    }
}

impl Stored {
    fn get(&self, number: usize) -> Option<Arc<Incident>> {
        let facts = self.facts.get(number)?;
        if let Some(incident) = self.kept().get(number) {
            return Some(incident);
        }
        match self.texts.read(number) {
            Ok(incident) => {
                let incident = Arc::new(incident);
                self.kept().keep(number, Arc::clone(&incident));
                Some(incident)
            }
            Err(error) => {
                self.note(&error);
                Some(Arc::new(unreadable(number, facts)))
            }
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, error: &TextError) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.get_or_insert_with(|| error.clone());
        self.has_failed.store(true, Ordering::Relaxed);
    }
}

impl Kept {
    fn get(&mut self, number: usize) -> Option<Arc<Incident>> {
        if let Some(incident) = self.young.get(&number) {
            return Some(Arc::clone(incident));
        }
        let incident = self.old.remove(&number)?;
        self.keep(number, Arc::clone(&incident));
        Some(incident)
    }

    fn keep(&mut self, number: usize, incident: Arc<Incident>) {
        if self.young.len() >= KEPT {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(number, incident);
    }
}

/// What stands for an incident that cannot be read back: its facts stay true.
pub(crate) fn unreadable(number: usize, facts: &Facts) -> Incident {
    let place = Place {
        name: String::new(),
        local_name: None,
        region: None,
        region_code: None,
        country: String::new(),
        position: facts.position,
        precision: facts.precision,
        radius_m: None,
    };
    let mut incident = Incident::new(number.to_string(), t!("text-gone").to_owned(), place);
    incident.event_type = facts.event_type.into();
    incident.status = facts.status;
    incident
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::testing::incident_at;

    /// Makes up incidents and counts how often it is asked, until it is told to fail.
    #[derive(Debug, Default)]
    struct MadeUp {
        reads: Arc<AtomicUsize>,
        fails: Arc<AtomicBool>,
    }

    impl Texts for MadeUp {
        fn read(&self, incident: usize) -> Result<Incident, TextError> {
            self.reads.fetch_add(1, Ordering::Relaxed);
            if self.fails.load(Ordering::Relaxed) {
                return Err(TextError::Changed { file: "a.csv".to_owned() });
            }
            Ok(incident_at(&incident.to_string(), 0, 30.0, 50.0))
        }

        fn scan(
            &self,
            mut range: Range<usize>,
            _wanted: &dyn Fn(&[u8]) -> bool,
            visit: &mut dyn FnMut(usize, &Incident) -> bool,
        ) -> Result<(), TextError> {
            let _ = range.all(|n| self.read(n).is_ok_and(|incident| visit(n, &incident)));
            Ok(())
        }
    }

    fn stored(len: usize) -> (Incidents, Arc<AtomicUsize>, Arc<AtomicBool>) {
        let texts = MadeUp::default();
        let (reads, fails) = (Arc::clone(&texts.reads), Arc::clone(&texts.fails));
        let facts = Facts::of(&incident_at("x", 0, 30.0, 50.0));
        (Incidents::stored(vec![facts; len], Box::new(texts)), reads, fails)
    }

    #[test]
    fn what_was_read_back_is_not_read_again_while_it_is_looked_at() {
        let (incidents, reads, _) = stored(10 * KEPT);
        for _ in 0..3 {
            for n in 0..KEPT {
                assert_eq!(incidents.get(n).unwrap().id, n.to_string());
            }
        }
        assert_eq!(reads.load(Ordering::Relaxed), KEPT);
        assert!(incidents.get(10 * KEPT).is_none());
        for n in 0..10 * KEPT {
            let _ = incidents.get(n);
            assert_eq!(incidents.get(7).unwrap().id, "7");
        }
        assert_eq!(reads.load(Ordering::Relaxed), 10 * KEPT, "what is looked at stays");
    }

    #[test]
    fn an_incident_that_cannot_be_read_back_says_so_and_keeps_its_facts() {
        let (incidents, _, fails) = stored(2);
        assert_eq!(incidents.failure(), None);
        fails.store(true, Ordering::Relaxed);
        let incident = incidents.get(1).unwrap();
        assert_eq!(incident.place.position, LonLat::new(30.0, 50.0));
        assert_eq!(incident.title, t!("text-gone"));
        assert!(incidents.failure().unwrap().to_string().contains("a.csv has changed"));
    }
}
