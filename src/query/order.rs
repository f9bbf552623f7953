//! The order in which the list stands: worked out once, in the background where there are many incidents, and then
//! looked up.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};
use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::{near, parallel};
use crate::geo::LonLat;
use crate::model::{Dataset, UNKNOWN_SPAN_MIN};

/// By what the list is sorted. What is equal stands in the file's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum SortBy {
    /// As the file has it.
    #[default]
    File,
    /// By the beginning of its time, the latest first.
    Newest,
    /// By the beginning of its time, the earliest first.
    Oldest,
    /// By the name of the place, however it is written, then the newest first.
    Place,
    /// By event type as the dataset orders them, then the newest first.
    EventType,
    /// By distance to a position, the nearest first. What is known only to an area has no distance and comes last.
    Distance,
}

impl SortBy {
    /// All orders, as the menu has them.
    pub const ALL: [Self; 6] =
        [Self::File, Self::Newest, Self::Oldest, Self::Place, Self::EventType, Self::Distance];
}

/// A way to sort: by what and, for distances, from where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// From where distances are measured; the same for everything else.
    pub from: LonLat,
}

/// A sort that is ready to run, on any thread.
#[derive(Debug, Clone)]
pub struct Sorting {
    /// Whose incidents.
    pub dataset: Arc<Dataset>,
    /// The columns of those incidents.
    pub columns: Arc<Columns>,
    /// In which way.
    pub sort: Sort,
}

impl PartialEq for Sorting {
    fn eq(&self, other: &Self) -> bool {
        self.columns.id == other.columns.id && self.sort == other.sort
    }
}

impl Sorting {
    /// Sorts; `None` once `stop` is set.
    #[must_use]
    pub fn run(&self, stop: &AtomicBool) -> Option<ListOrder> {
        if self.sort.by != SortBy::Place {
            return ListOrder::new(&self.columns, self.sort, |_| "", stop);
        }
        let names = Names::read(&self.dataset, stop)?;
        ListOrder::new(&self.columns, self.sort, |incident| names.of(incident), stop)
    }
}

/// The name of each incident's place, each text once.
#[derive(Default)]
struct Names {
    texts: Vec<String>,
    /// By incident: the number of its text.
    of: Vec<u32>,
}

impl Names {
    /// Reads all places; `None` once `stop` is set.
    fn read(dataset: &Dataset, stop: &AtomicBool) -> Option<Self> {
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut names = Self::default();
        // What cannot be read back has no name; whoever shows it says why.
        let _ = dataset.incidents.each(|n, incident| {
            let name = incident.place.name.as_str();
            let number = numbers.get(name).copied().unwrap_or_else(|| {
                numbers.insert(name.to_owned(), names.texts.len() as u32);
                names.texts.push(name.to_owned());
                names.texts.len() as u32 - 1
            });
            names.of.push(number);
            n % CHUNK != 0 || !stop.load(Ordering::Relaxed)
        });
        (!stop.load(Ordering::Relaxed)).then_some(names)
    }

    fn of(&self, incident: usize) -> &str {
        self.of.get(incident).and_then(|&number| self.texts.get(number as usize)).map_or("", String::as_str)
    }
}

/// All incidents of some columns in an order of their own.
#[derive(Debug)]
pub struct ListOrder {
    /// The columns that it is of.
    pub(super) columns_id: u64,
    /// How it came about.
    sort: Sort,
    /// By place in the order: the slot of the incident that stands there.
    pub(super) slots: Vec<u32>,
    /// By incident: its place in the order.
    pub(super) rank: Vec<u32>,
}

/// So many keys are sorted between two looks at the wish to stop.
const CHUNK: usize = 1 << 17;

impl ListOrder {
    /// Sorts the incidents of the columns; `place` gives the name of an incident's place.
    pub(super) fn new<'a>(
        columns: &Columns,
        sort: Sort,
        place: impl Fn(usize) -> &'a str + Sync,
        stop: &AtomicBool,
    ) -> Option<Self> {
        let newest = |slot: usize| newest_key(columns, slot);
        let order = match sort.by {
            SortBy::File => sorted(columns, |_, _| (), stop)?,
            SortBy::Newest => sorted(columns, |_, slot| newest(slot), stop)?,
            SortBy::Oldest => sorted(columns, |_, slot| oldest_key(columns, slot), stop)?,
            SortBy::Place => {
                let ranks = name_ranks(columns.len(), &place, stop)?;
                let rank = |incident: usize| ranks.get(place(incident)).copied().unwrap_or(u32::MAX);
                sorted(columns, |incident, slot| (rank(incident), newest(slot)), stop)?
            }
            SortBy::EventType => sorted(columns, |_, slot| (columns.event_type[slot], newest(slot)), stop)?,
            SortBy::Distance => sorted(columns, |_, slot| distance_key(columns, slot, sort.from), stop)?,
        };
        let mut rank = vec![0; order.len()];
        for (at, &incident) in order.iter().enumerate() {
            rank[incident as usize] = at as u32;
        }
        let slots = order.into_iter().map(|incident| columns.slot_of[incident as usize]).collect();
        (!stop.load(Ordering::Relaxed)).then_some(Self { columns_id: columns.id, sort, slots, rank })
    }

    /// How it came about.
    #[must_use]
    pub fn sort(&self) -> Sort {
        self.sort
    }
}

/// Ascends from early to late beginnings, then from early to late ends.
fn time_key(start_min: i32, end_min: i32) -> u64 {
    let ascending = |minute: i32| u64::from(minute.cast_unsigned() ^ 1 << 31);
    ascending(start_min) << 32 | ascending(end_min)
}

/// Ascends with time. What happened nobody knows when comes last, here and from the newest on.
pub(super) fn oldest_key(columns: &Columns, slot: usize) -> u64 {
    known_key(columns, slot).map_or(u64::MAX, |key| key.min(u64::MAX - 1))
}

fn newest_key(columns: &Columns, slot: usize) -> u64 {
    known_key(columns, slot).map_or(u64::MAX, |key| (!key).min(u64::MAX - 1))
}

fn known_key(columns: &Columns, slot: usize) -> Option<u64> {
    let start_min = columns.start_min[slot];
    (start_min != UNKNOWN_SPAN_MIN[0]).then(|| time_key(start_min, columns.end_min[slot]))
}

/// Ascends with the distance; that of no position, and of none that is the incident's own, is the greatest.
fn distance_key(columns: &Columns, slot: usize, from: LonLat) -> u64 {
    let distance_m =
        if columns.is_point(slot) { near::position(columns, slot).distance_m(from) } else { f64::NAN };
    // The bits of numbers that are not negative ascend as they do.
    if distance_m.is_finite() { distance_m.max(0.0).to_bits() } else { u64::MAX }
}

/// The incidents by key, then by number: each thread sorts chunks of its own, and what is sorted is then merged.
fn sorted<K: Ord + Copy + Send>(
    columns: &Columns,
    key: impl Fn(usize, usize) -> K + Sync,
    stop: &AtomicBool,
) -> Option<Vec<u32>> {
    let slots = columns.slot_of.iter().enumerate();
    let mut keyed: Vec<Option<(K, u32)>> = Vec::new();
    keyed.resize(columns.len(), None);
    let share = columns.len().div_ceil(parallel::threads_for(columns.len())).max(1);
    let parts = keyed.chunks_mut(share).enumerate().collect();
    let went_on = parallel::each(parts, |(n, part): (usize, &mut [Option<(K, u32)>])| {
        let slots = slots.clone().skip(n * share);
        for (entry, (incident, &slot)) in part.iter_mut().zip(slots) {
            *entry = Some((key(incident, slot as usize), incident as u32));
        }
        part.chunks_mut(CHUNK).all(|chunk| {
            chunk.sort_unstable();
            !stop.load(Ordering::Relaxed)
        })
    });
    if went_on.contains(&false) {
        return None;
    }
    // The stable sort finds the chunks as runs and merges them.
    keyed.sort();
    Some(keyed.into_iter().flatten().map(|(_, incident)| incident).collect())
}

/// The place of each name among all names, in the order of a gazetteer; names that only their spelling parts share it.
fn name_ranks<'a>(
    len: usize,
    name: &(impl Fn(usize) -> &'a str + Sync),
    stop: &AtomicBool,
) -> Option<HashMap<&'a str, u32>> {
    let mut names: HashMap<&str, u32> = HashMap::new();
    for incident in 0..len {
        names.insert(name(incident), 0);
        if incident % CHUNK == 0 && stop.load(Ordering::Relaxed) {
            return None;
        }
    }
    let mut folded: Vec<(String, &str)> = names.keys().map(|&name| (letters(name), name)).collect();
    folded.sort_unstable();
    for (rank, spellings) in folded.chunk_by(|a, b| a.0 == b.0).enumerate() {
        names.extend(spellings.iter().map(|(_, name)| (*name, rank as u32)));
    }
    Some(names)
}

/// A name as a gazetteer sorts it: in small letters without accents.
fn letters(name: &str) -> String {
    let decomposition = CanonicalDecompositionBorrowed::new();
    name.chars()
        .flat_map(char::to_lowercase)
        .map(|mut letter| {
            while let Decomposed::Expansion(base, _) | Decomposed::Singleton(base) =
                decomposition.decompose(letter)
            {
                letter = base;
            }
            letter
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Row, brute};
    use proptest::prelude::*;

    const HERE: LonLat = LonLat::new(30.0, 50.0);
    const NAMES: [&str; 5] = ["Sévaré", "sevare", "Oryol", "", "Ägypten"];

    fn order(rows: &[Row], by: SortBy) -> Vec<usize> {
        let columns = brute::columns(rows);
        let sort = Sort { by, from: HERE };
        let order =
            ListOrder::new(&columns, sort, |n| NAMES[n % NAMES.len()], &AtomicBool::new(false)).unwrap();
        let incidents: Vec<usize> =
            order.slots.iter().map(|&slot| columns.incident_of(slot as usize).unwrap()).collect();
        for (at, &incident) in incidents.iter().enumerate() {
            assert_eq!(order.rank[incident] as usize, at);
        }
        incidents
    }

    /// Where what happened nobody knows when stands.
    const LAST: [i64; 2] = [i64::MAX; 2];

    /// The plainest sort that there is.
    fn plain(rows: &[Row], by: SortBy) -> Vec<usize> {
        let mut incidents: Vec<usize> = (0..rows.len()).collect();
        let is_timed = |n: usize| rows[n].span_min[0] != UNKNOWN_SPAN_MIN[0];
        let time = |n: usize| [rows[n].span_min[0], rows[n].span_min[1]].map(i64::from);
        let newest = |n: usize| if is_timed(n) { time(n).map(|minute| -minute) } else { LAST };
        let columns = brute::columns(rows);
        match by {
            SortBy::File => {}
            SortBy::Newest => incidents.sort_by_key(|&n| newest(n)),
            SortBy::Oldest => incidents.sort_by_key(|&n| if is_timed(n) { time(n) } else { LAST }),
            SortBy::Place => {
                let rank = ["", "agypten", "oryol", "sevare"];
                let name = |n: usize| match n % NAMES.len() {
                    0 | 1 => "sevare",
                    2 => "oryol",
                    3 => "",
                    _ => "agypten",
                };
                incidents.sort_by_key(|&n| (rank.iter().position(|it| *it == name(n)), newest(n)));
            }
            SortBy::EventType => incidents.sort_by_key(|&n| (rows[n].event_type, newest(n))),
            SortBy::Distance => {
                let distance_m = |n: usize| {
                    let slot = columns.slot_of(n).unwrap();
                    let distance_m = near::position(&columns, slot).distance_m(HERE);
                    if rows[n].precision.is_point() && distance_m.is_finite() {
                        distance_m
                    } else {
                        f64::INFINITY
                    }
                };
                incidents.sort_by(|&a, &b| distance_m(a).total_cmp(&distance_m(b)));
            }
        }
        incidents
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_order_is_that_of_a_plain_stable_sort(rows in brute::rows()) {
            for by in SortBy::ALL {
                prop_assert_eq!(order(&rows, by), plain(&rows, by), "{:?}", by);
            }
        }
    }

    #[test]
    fn many_are_sorted_in_parts_like_few() {
        let rows: Vec<Row> = (0..400_000)
            .map(|n| {
                let minute = n % 1009 * 7919 % 1009;
                Row { span_min: [minute, minute], ..brute::plain_row() }
            })
            .collect();
        for by in [SortBy::Newest, SortBy::Oldest] {
            assert_eq!(order(&rows, by), plain(&rows, by), "{by:?}");
        }
    }

    #[test]
    fn what_is_stopped_gives_no_order() {
        let columns = brute::columns(&[brute::plain_row(); 3]);
        for by in SortBy::ALL {
            let sort = Sort { by, from: HERE };
            assert!(ListOrder::new(&columns, sort, |_| "", &AtomicBool::new(true)).is_none());
        }
    }

    #[test]
    fn what_is_known_only_to_an_area_has_no_distance_and_comes_last() {
        let at = |lon_deg: f64, precision: usize| Row {
            position: LonLat::new(lon_deg, 50.0),
            precision: super::super::PRECISIONS[precision],
            ..brute::plain_row()
        };
        assert_eq!(order(&[at(30.0, 3), at(33.0, 0), at(29.0, 1)], SortBy::Distance), [2, 1, 0]);
    }
}
