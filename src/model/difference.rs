//! What is different in a file that was read again.
//!
//! Incidents that say the same in both are the same ones, whatever their identifiers: a row that moved is not news. Of
//! the others, those of one identifier have changed.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Dataset, Facts, Incident, Incidents, Moment};
use crate::t;

/// Texts of more incidents than these are not read back from a file to be compared.
const MAX_READ_BACK: usize = 200_000;

/// What tells incidents apart whose texts stay in a file: taken when they are read, because later the file is another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// Of each incident a hash of all that its row says, but for its identifier.
    pub rows: Vec<u32>,
    /// Of each incident a hash of its identifier; 0 where it has none.
    pub ids: Vec<u32>,
}

/// What came, changed and went from one reading of a file to the next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// Incidents of the newer dataset that are new in it, ascending.
    pub added: Vec<usize>,
    /// Incidents of the newer dataset that say something else than before, ascending.
    pub changed: Vec<usize>,
    /// How many incidents are gone.
    pub gone: usize,
    /// Whether no more than positions, times, event types, statuses and precisions could be compared.
    pub only_facts: bool,
}

/// What is compared of an incident: what it says, and its identifier, as numbers.
type Print = (u64, u64);

impl Difference {
    /// Compares two readings: all that they say, or, where the texts of the older one can no longer be read back, what is
    /// known without them. `None` once `stop` is set. Takes long for a large dataset.
    #[must_use]
    pub fn between(old: &Dataset, new: &Dataset, stop: &AtomicBool) -> Option<Self> {
        let marks = old.incidents.marks().zip(new.incidents.marks());
        let by_marks = marks.map(|(old, new)| (prints_of_marks(old), prints_of_marks(new)));
        let by_texts = || Some((prints_of_texts(old, stop)?, prints_of_texts(new, stop)?));
        let (prints, only_facts) = match by_marks.or_else(by_texts) {
            Some(prints) => (prints, false),
            None => ((prints_of_facts(old), prints_of_facts(new)), true),
        };
        let difference = compared(&prints.0, &prints.1);
        (!stop.load(Ordering::Relaxed)).then_some(Self { only_facts, ..difference })
    }

    /// Both differences as one; the incidents of the other one's dataset follow `first` others.
    #[must_use]
    pub fn with(mut self, other: Self, first: usize) -> Self {
        self.added.extend(other.added.into_iter().map(|n| n + first));
        self.changed.extend(other.changed.into_iter().map(|n| n + first));
        self.gone += other.gone;
        self.only_facts |= other.only_facts;
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
        let words = self.counts_text();
        if self.only_facts { t!("difference-only-facts", difference = words) } else { words }
    }

    fn counts_text(&self) -> String {
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

/// Pairs incidents off: first those that say the same under the same identifier, then those that say the same, then
/// those of one identifier, which have changed.
fn compared(old: &[Print], new: &[Print]) -> Difference {
    let is_still = |n: usize| old.get(n).is_some() && old.get(n) == new.get(n);
    // Most rows of most files stay where they are: only the others are sorted.
    let left = |prints: &[Print]| {
        let others = prints.iter().enumerate().filter(|(n, _)| !is_still(*n));
        let mut others: Vec<(Print, usize)> = others.map(|(n, print)| (*print, n)).collect();
        others.sort_unstable();
        others
    };
    let (old, new) = (left(old), left(new));
    let (old, new) = without_pairs(old, new, |print| print);
    let (old, new) = without_pairs(old, new, |(content, _)| (content, 0));
    let mut ids: HashMap<u64, usize> = HashMap::new();
    for ((_, id), _) in old {
        *ids.entry(id).or_default() += 1;
    }
    let mut difference = Difference::default();
    for ((_, id), n) in new {
        match ids.get_mut(&id).filter(|left| **left > 0) {
            Some(left) => {
                *left -= 1;
                difference.changed.push(n);
            }
            None => difference.added.push(n),
        }
    }
    difference.added.sort_unstable();
    difference.changed.sort_unstable();
    difference.gone = ids.values().sum();
    difference
}

type Sorted = Vec<(Print, usize)>;

/// What is left of two sorted lists when each entry of one is paired off with one of the other that has the same `key`,
/// by which both are sorted, too.
fn without_pairs(old: Sorted, new: Sorted, key: impl Fn(Print) -> Print) -> (Sorted, Sorted) {
    let (mut old_left, mut new_left) = (Vec::new(), Vec::new());
    let mut old = old.into_iter().peekable();
    for entry in new {
        while let Some(gone) = old.next_if(|it| key(it.0) < key(entry.0)) {
            old_left.push(gone);
        }
        if old.next_if(|it| key(it.0) == key(entry.0)).is_none() {
            new_left.push(entry);
        }
    }
    old_left.extend(old);
    (old_left, new_left)
}

/// The identifier of an incident that has none: its place in the file.
fn place_id(n: usize) -> u64 {
    !(n as u64)
}

fn prints_of_marks(marks: &Marks) -> Vec<Print> {
    let id = |(n, id): (usize, &u32)| if *id == 0 { place_id(n) } else { u64::from(*id) };
    marks.rows.iter().map(|row| u64::from(*row)).zip(marks.ids.iter().enumerate().map(id)).collect()
}

/// `None` where the texts cannot be read back, or would take too long.
fn prints_of_texts(dataset: &Dataset, stop: &AtomicBool) -> Option<Vec<Print>> {
    let incidents: &Incidents = &dataset.incidents;
    if incidents.in_memory().is_none() && incidents.len() > MAX_READ_BACK {
        return None;
    }
    let mut prints = Vec::with_capacity(incidents.len());
    let read = incidents.each(|_, incident| {
        let mut hasher = DefaultHasher::new();
        incident.id.hash(&mut hasher);
        prints.push((fingerprint(dataset, incident), hasher.finish()));
        !stop.load(Ordering::Relaxed)
    });
    read.ok().map(|()| prints)
}

fn prints_of_facts(dataset: &Dataset) -> Vec<Print> {
    let labels = |event_type: u16| dataset.event_types.get(usize::from(event_type)).map(|it| &it.label);
    let print = |n: usize| {
        let Facts { position, span_min, event_type, status, precision } =
            dataset.incidents.facts(n).unwrap_or(Facts::NONE);
        let mut hasher = DefaultHasher::new();
        (position.lon_deg.to_bits(), position.lat_deg.to_bits(), span_min, status, precision)
            .hash(&mut hasher);
        labels(event_type).hash(&mut hasher);
        (hasher.finish(), place_id(n))
    };
    (0..dataset.incidents.len()).map(print).collect()
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
    use std::ops::Range;

    use proptest::prelude::*;

    use super::*;
    use crate::model::{TextError, Texts};
    use crate::testing::{dataset_of, incident_at};

    fn between(old: Vec<Incident>, new: Vec<Incident>) -> Difference {
        Difference::between(&dataset_of(1, old), &dataset_of(1, new), &AtomicBool::new(false)).unwrap()
    }

    fn incident(id: &str, title: &str) -> Incident {
        Incident { title: title.to_owned(), ..incident_at(id, 0, 30.0, 50.0) }
    }

    #[test]
    fn what_came_changed_and_went_is_told_in_words() {
        let old = vec![incident("a", "A"), incident("b", "B"), incident("c", "C"), incident("d", "D")];
        let new = vec![incident("e", "E"), incident("b", "B, corrected"), incident("a", "A")];
        let difference = between(old, new);
        let expected = Difference { added: vec![0], changed: vec![1], gone: 2, only_facts: false };
        assert_eq!(difference, expected);
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
        let difference = between(numbered(&["A", "B", "C"]), numbered(&["new", "A", "B", "C"]));
        assert_eq!((difference.added, difference.changed, difference.gone), (vec![0], Vec::new(), 0));
        let difference = between(numbered(&["A", "B"]), numbered(&["B", "A"]));
        assert!(difference.is_empty() && difference.to_text() == "nothing has changed");
    }

    #[test]
    fn of_those_that_say_the_same_each_counts() {
        let difference = between(
            vec![incident("a", "A"), incident("a", "A"), incident("a", "A")],
            vec![incident("a", "A"), incident("a", "other")],
        );
        assert_eq!((difference.added, difference.changed, difference.gone), (Vec::new(), vec![1], 1));
    }

    /// Texts that can no longer be read back, with marks or without.
    #[derive(Debug)]
    struct Lost(Option<Marks>);

    impl Texts for Lost {
        fn read(&self, _: usize) -> Result<Incident, TextError> {
            Err(TextError::Changed { file: "a.csv".to_owned() })
        }

        fn scan(
            &self,
            _: Range<usize>,
            _: &dyn Fn(&[u8]) -> bool,
            _: &mut dyn FnMut(usize, &Incident) -> bool,
        ) -> Result<(), TextError> {
            Err(TextError::Changed { file: "a.csv".to_owned() })
        }

        fn marks(&self) -> Option<&Marks> {
            self.0.as_ref()
        }
    }

    fn lost(lons: &[f64], marks: Option<(&[u32], &[u32])>) -> Dataset {
        let facts = |lon: &f64| Facts::of(&incident_at("x", 0, *lon, 50.0));
        let marks = marks.map(|(rows, ids)| Marks { rows: rows.to_vec(), ids: ids.to_vec() });
        let incidents = Incidents::stored(lons.iter().map(facts).collect(), Box::new(Lost(marks)));
        Dataset { incidents, ..dataset_of(1, Vec::new()) }
    }

    #[test]
    fn what_is_no_longer_in_the_file_is_compared_by_marks() {
        let stop = AtomicBool::new(false);
        let old = lost(&[1.0, 2.0, 3.0], Some((&[10, 20, 30], &[1, 2, 3])));
        let new = lost(&[9.0, 1.0, 2.0], Some((&[40, 10, 21], &[4, 1, 2])));
        let difference = Difference::between(&old, &new, &stop).unwrap();
        assert_eq!(difference.to_text(), "1 added, 1 changed, 1 gone");
        assert_eq!((difference.added, difference.changed), (vec![0], vec![2]));
        let numbered = lost(&[1.0, 2.0], Some((&[10, 20], &[0, 0])));
        let changed = lost(&[1.0, 2.0], Some((&[10, 21], &[0, 0])));
        assert_eq!(Difference::between(&numbered, &changed, &stop).unwrap().to_text(), "1 changed");
    }

    #[test]
    fn without_marks_facts_are_compared_and_that_is_said() {
        let stop = AtomicBool::new(false);
        let difference = Difference::between(&lost(&[1.0, 2.0], None), &lost(&[1.0, 5.0, 6.0], None), &stop);
        let text = difference.unwrap().to_text();
        assert!(text.starts_with("1 added, 1 changed (only positions"), "{text}");
        stop.store(true, Ordering::Relaxed);
        assert_eq!(Difference::between(&lost(&[1.0], None), &lost(&[2.0], None), &stop), None);
    }

    proptest! {
        #[test]
        fn every_incident_is_paired_off_at_most_once(
            old in prop::collection::vec((0_u64..6, 0_u64..6), 0..40),
            new in prop::collection::vec((0_u64..6, 0_u64..6), 0..40)
        ) {
            let difference = compared(&old, &new);
            let came = difference.added.len();
            prop_assert_eq!(old.len() + came, new.len() + difference.gone);
            let mut touched: Vec<usize> = difference.added.iter().chain(&difference.changed).copied().collect();
            touched.sort_unstable();
            touched.dedup();
            prop_assert_eq!(touched.len(), came + difference.changed.len());
            prop_assert!(compared(&new, &new).is_empty());
            let mut shuffled = old.clone();
            shuffled.reverse();
            prop_assert!(compared(&old, &shuffled).is_empty());
        }
    }
}
