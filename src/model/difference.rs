//! What is different in a file that was read again.
//!
//! Incidents that say the same in both are the same ones, whatever their identifiers: a row that moved is not news. Of
//! the others, those of one identifier have changed.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Dataset, Incident, Moment};
use crate::t;

/// What came, changed and went from one reading of a file to the next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// Incidents of the newer dataset that are new in it, ascending.
    pub added: Vec<usize>,
    /// Incidents of the newer dataset that say something else than before, ascending.
    pub changed: Vec<usize>,
    /// How many incidents are gone.
    pub gone: usize,
}

impl Difference {
    /// Compares two readings. `None` where the older one can no longer be read back, because its texts were in the file,
    /// and once `stop` is set. Takes long for a large dataset.
    #[must_use]
    pub fn between(old: &Dataset, new: &Dataset, stop: &AtomicBool) -> Option<Self> {
        let mut before = Remaining::default();
        for incident in old.incidents.in_memory()? {
            before.add(fingerprint(old, incident), &incident.id);
        }
        let mut unmatched = Vec::new();
        let read = new.incidents.each(|n, incident| {
            if !before.take_same(fingerprint(new, incident)) {
                unmatched.push((n, incident.id.clone()));
            }
            !stop.load(Ordering::Relaxed)
        });
        if read.is_err() || stop.load(Ordering::Relaxed) {
            return None;
        }
        let mut ids = before.into_ids();
        let mut difference = Self::default();
        for (n, id) in unmatched {
            match ids.get_mut(&id).filter(|left| **left > 0) {
                Some(left) => {
                    *left -= 1;
                    difference.changed.push(n);
                }
                None => difference.added.push(n),
            }
        }
        difference.gone = ids.values().sum();
        Some(difference)
    }

    /// Both differences as one; the incidents of the other one's dataset follow `first` others.
    #[must_use]
    pub fn with(mut self, other: Self, first: usize) -> Self {
        self.added.extend(other.added.into_iter().map(|n| n + first));
        self.changed.extend(other.changed.into_iter().map(|n| n + first));
        self.gone += other.gone;
        self
    }

    /// Whether nothing is different.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.gone == 0
    }

    /// In words: `3 added, 1 changed, 2 gone`.
    #[must_use]
    pub fn to_text(&self) -> String {
        if self.is_empty() {
            return t!("difference-none").to_owned();
        }
        let count = |count: usize, words: fn(usize) -> String| (count > 0).then(|| words(count));
        let parts = [
            count(self.added.len(), |count| t!("difference-added", count = count)),
            count(self.changed.len(), |count| t!("difference-changed", count = count)),
            count(self.gone, |count| t!("difference-gone", count = count)),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// The incidents of the older reading that have not been found in the newer one.
#[derive(Default)]
struct Remaining {
    /// By fingerprint: the identifiers of those that say this.
    by_content: HashMap<u64, Vec<String>>,
}

impl Remaining {
    fn add(&mut self, fingerprint: u64, id: &str) {
        self.by_content.entry(fingerprint).or_default().push(id.to_owned());
    }

    fn take_same(&mut self, fingerprint: u64) -> bool {
        self.by_content.get_mut(&fingerprint).is_some_and(|same| same.pop().is_some())
    }

    /// How many of each identifier are left.
    fn into_ids(self) -> HashMap<String, usize> {
        let mut ids = HashMap::new();
        for id in self.by_content.into_values().flatten() {
            *ids.entry(id).or_default() += 1;
        }
        ids
    }
}

/// What an incident says, without its identifier, as a number.
fn fingerprint(dataset: &Dataset, incident: &Incident) -> u64 {
    let mut hasher = DefaultHasher::new();
    let it = &mut hasher;
    let Incident { title, place, summary, status, tags, actors, more, .. } = incident;
    (title, summary, status, tags, actors, more).hash(it);
    dataset.event_types.get(incident.event_type).map(|event_type| &event_type.label).hash(it);
    (&place.name, &place.local_name, &place.region, &place.region_code, &place.country).hash(it);
    (place.position.lon_deg.to_bits(), place.position.lat_deg.to_bits(), place.precision).hash(it);
    place.radius_m.map(f64::to_bits).hash(it);
    if let Some(time) = &incident.time {
        (time.start.to_text(), time.end.as_ref().map(Moment::to_text), time.precision).hash(it);
    }
    incident.deaths.map(|deaths| (deaths.low, deaths.best, deaths.high)).hash(it);
    for claim in &incident.claims {
        (&claim.speaker, claim.stance.label(), &claim.text).hash(it);
    }
    for source in &incident.sources {
        (&source.publisher, &source.title, &source.author, &source.url, source.date).hash(it);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{dataset_of, incident_at};

    fn compared(old: Vec<Incident>, new: Vec<Incident>) -> Difference {
        Difference::between(&dataset_of(1, old), &dataset_of(1, new), &AtomicBool::new(false)).unwrap()
    }

    fn incident(id: &str, title: &str) -> Incident {
        Incident { title: title.to_owned(), ..incident_at(id, 0, 30.0, 50.0) }
    }

    #[test]
    fn what_came_changed_and_went_is_told_in_words() {
        let old = vec![incident("a", "A"), incident("b", "B"), incident("c", "C"), incident("d", "D")];
        let new = vec![incident("e", "E"), incident("b", "B, corrected"), incident("a", "A")];
        let difference = compared(old, new);
        assert_eq!(difference, Difference { added: vec![0], changed: vec![1], gone: 2 });
        assert_eq!(difference.to_text(), "1 added, 1 changed, 2 gone");
    }

    #[test]
    fn rows_that_only_moved_are_no_news() {
        let numbered = |titles: &[&str]| {
            let rows = titles.iter().enumerate();
            rows.map(|(n, title)| Incident {
                place: incident_at("x", 0, 30.0, 50.0).place,
                ..incident(&n.to_string(), title)
            })
            .collect::<Vec<_>>()
        };
        let difference = compared(numbered(&["A", "B", "C"]), numbered(&["new", "A", "B", "C"]));
        assert_eq!(difference, Difference { added: vec![0], changed: Vec::new(), gone: 0 });
        let difference = compared(numbered(&["A", "B"]), numbered(&["B", "A"]));
        assert!(difference.is_empty() && difference.to_text() == "nothing has changed");
    }

    #[test]
    fn of_those_that_say_the_same_each_counts() {
        let difference = compared(
            vec![incident("a", "A"), incident("a", "A"), incident("a", "A")],
            vec![incident("a", "A"), incident("a", "other")],
        );
        assert_eq!(difference, Difference { added: Vec::new(), changed: vec![1], gone: 1 });
    }
}
