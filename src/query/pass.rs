//! The pass over the columns: from criteria to an [`Answer`], 64 incidents at a time.
//!
//! Event type, status and precision are bits already, so those conditions, and the counts of their options, are a few
//! operations on words. Only the time window and the map area look at numbers.

use std::sync::Arc;

use super::answer::{Answer, CHUNK, GivenInSlots, Options, Sums, masked_sums};
use super::bitmap::{Bitmap, Ones, bit, low_bits, pack};
use super::clock::Spans;
use super::columns::{Columns, STATUSES, TYPES_APART};
use super::criteria::{Criteria, MapArea, TypeSet, UnitArea};
use super::{morton, parallel};

/// Answers the criteria. Whatever `into` held before is overwritten; its buffers are used again.
pub fn run(columns: &Columns, criteria: &Criteria, into: &mut Answer) {
    let threads = parallel::threads_for(columns.len());
    into.prepare(columns, criteria, threads);
    let given = [&into.text, &into.values].map(GivenInSlots::words);
    let plan = Plan::new(columns, criteria, given);
    let chunks = into.bases.len().div_ceil(threads);
    let jobs = into
        .bases
        .chunks_mut(chunks)
        .zip(into.shown.chunks_mut(chunks * CHUNK))
        .zip(into.at_any_time.chunks_mut(chunks * CHUNK))
        .zip(into.counts.chunks_mut(chunks * CHUNK))
        .zip(into.positions.chunks_mut(chunks * CHUNK))
        .zip(into.types.chunks_mut((chunks * CHUNK * into.type_planes).max(1)))
        .zip(&mut into.tallies)
        .enumerate()
        .map(|(n, ((((((bases, shown), at_any_time), counts), positions), types), options))| {
            let first_word = n * chunks * CHUNK;
            Stretch { first_word, bases, shown, at_any_time, counts, positions, types, options }
        })
        .collect();
    parallel::each(jobs, |stretch: Stretch| stretch.fill(&plan));
    into.finish();
}

/// The incidents, in the dataset's order, that pass some criteria. Keeps nothing.
#[must_use]
pub fn shown_under(columns: &Columns, criteria: &Criteria) -> Bitmap {
    let mut answer = Answer::default();
    run(columns, criteria, &mut answer);
    let mut shown = Bitmap::zeros(columns.len());
    for (slots, word) in columns.incident_of.chunks(64).zip(&answer.shown) {
        Ones(*word).for_each(|bit| shown.insert(slots[bit as usize] as usize));
    }
    shown
}

impl Answer {
    fn prepare(&mut self, columns: &Columns, criteria: &Criteria, threads: usize) {
        let words = columns.len() / 64 + 1;
        if self.columns_id != columns.id {
            self.columns_id = columns.id;
            (self.text, self.values) = Default::default();
            self.type_planes = columns.planes.types;
            self.shown.resize(words, 0);
            self.at_any_time.resize(words, 0);
            self.counts.resize(words, 0);
            self.positions.resize(words, [0; 2]);
            // At least one entry, so that there are as many stretches of it as of the others.
            self.types.resize((words * self.type_planes).max(1), 0);
            self.bases.resize(words.div_ceil(CHUNK), Sums::default());
        }
        self.tallies.resize_with(threads, Options::default);
        self.tallies.iter_mut().chain([&mut self.options]).for_each(|tally| tally.clear(columns.event_types));
        self.criteria.clone_from(criteria);
        self.text.bring(columns, criteria.text.as_ref());
        self.values.bring(columns, criteria.values.as_ref());
    }

    /// Turns each chunk's sums into those of all chunks before it, and adds the threads' tallies up.
    fn finish(&mut self) {
        self.total = Sums::default();
        for base in &mut self.bases {
            let own = std::mem::replace(base, self.total);
            self.total.add(&own);
        }
        self.tallies.iter().for_each(|tally| self.options.add(tally));
    }
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.position[0] += other.position[0];
        self.position[1] += other.position[1];
        self.types.iter_mut().zip(&other.types).for_each(|(sum, count)| *sum += count);
    }
}

impl Options {
    fn clear(&mut self, event_types: usize) {
        self.types.clear();
        self.types.resize(event_types, 0);
        self.statuses.fill(0);
        self.precisions.fill(0);
    }

    fn add(&mut self, other: &Self) {
        self.types.iter_mut().zip(&other.types).for_each(|(sum, count)| *sum += count);
        self.statuses.iter_mut().zip(&other.statuses).for_each(|(sum, count)| *sum += count);
        self.precisions.iter_mut().zip(&other.precisions).for_each(|(sum, count)| *sum += count);
    }
}

impl GivenInSlots {
    /// Who is given, where anything is asked for.
    fn words(&self) -> Option<&[u64]> {
        self.source.as_ref().map(|_| self.words.as_slice())
    }

    /// Brings the matches into slot order, unless they are there already.
    fn bring(&mut self, columns: &Columns, matches: Option<&Arc<Bitmap>>) {
        let known = match (&self.source, matches) {
            (Some(known), Some(matches)) => Arc::ptr_eq(known, matches),
            (None, None) => true,
            _ => false,
        };
        if known {
            return;
        }
        self.source = matches.cloned();
        let Some(matches) = matches else { return };
        let found = matches.words();
        self.words.clear();
        self.words.extend(columns.incident_of.chunks(64).map(|incidents| {
            incidents
                .iter()
                .rev()
                .fold(0, |word, &incident| word << 1 | u64::from(bit(found, incident as usize)))
        }));
        self.words.resize(columns.len() / 64 + 1, 0);
    }
}

/// Where an incident may stand.
enum Within {
    World,
    Area(UnitArea),
    Nothing,
}

/// The criteria, ready to be put to words.
struct Plan<'a> {
    columns: &'a Columns,
    /// One bit for each of the event types told apart.
    hidden_types: u64,
    /// Asked one by one for types that are not told apart, if any of those is hidden.
    other_types: Option<&'a TypeSet>,
    hidden_statuses: u8,
    worst_precision: usize,
    window: Option<[i32; 2]>,
    /// The spans on the clock of the window.
    spans: Spans<'a>,
    within: Within,
    /// Who contains the text, and who has the chosen values.
    given: [Option<&'a [u64]>; 2],
}

impl<'a> Plan<'a> {
    fn new(columns: &'a Columns, criteria: &'a Criteria, given: [Option<&'a [u64]>; 2]) -> Self {
        let hidden = &criteria.hidden_types;
        let others_asked = (TYPES_APART..columns.event_types).any(|event_type| hidden.contains(event_type));
        Self {
            columns,
            hidden_types: hidden.low_word() & low_bits(TYPES_APART),
            other_types: others_asked.then_some(hidden),
            hidden_statuses: criteria.hidden_statuses.bits(),
            worst_precision: criteria.worst_precision(),
            window: criteria.window_min,
            spans: columns.spans(criteria.clock.as_deref()),
            within: match criteria.area.map(MapArea::units) {
                None => Within::World,
                Some(None) => Within::Nothing,
                Some(Some(area)) => Within::Area(area),
            },
            given,
        }
    }

    /// The 64 incidents of a word under each condition.
    fn conditions(&self, word: usize) -> Conditions<'a> {
        let columns = self.columns;
        let planes = &columns.planes.bits[word * columns.planes.stride()..][..columns.planes.stride()];
        let (types, rest) = planes.split_at(columns.planes.types);
        let (statuses, precisions) = rest.split_at(STATUSES.len());
        let mut given = u64::MAX;
        if (word + 1) * 64 > columns.len() {
            given = low_bits(columns.len() % 64);
        }
        for words in self.given.into_iter().flatten() {
            given &= words[word];
        }
        match self.within {
            Within::Area(area) if given != 0 => given &= in_area(columns, area, word),
            Within::Nothing => given = 0,
            _ => {}
        }
        Conditions {
            given,
            of_type: !self.hidden_of_type(types, word),
            of_status: !statuses.iter().enumerate().fold(0, |hidden, (status, plane)| {
                hidden | if self.hidden_statuses >> status & 1 == 1 { *plane } else { 0 }
            }),
            of_precision: precisions[..=self.worst_precision].iter().fold(0, |shown, plane| shown | plane),
            in_window: self.window.map_or(u64::MAX, |window| in_window(self.spans, window, word)),
            types,
            statuses,
            precisions,
        }
    }

    fn hidden_of_type(&self, types: &[u64], word: usize) -> u64 {
        let mut hidden = 0;
        let mut left = self.hidden_types & low_bits(types.len().min(TYPES_APART));
        while left != 0 {
            hidden |= types[left.trailing_zeros() as usize];
            left &= left - 1;
        }
        if let (Some(set), Some(others)) = (self.other_types, types.get(TYPES_APART)) {
            let event_type = |bit: u32| usize::from(self.columns.event_type[word * 64 + bit as usize]);
            hidden |= Ones(*others)
                .filter(|&bit| set.contains(event_type(bit)))
                .fold(0, |word, bit| word | 1 << bit);
        }
        hidden
    }
}

/// 64 incidents under each condition by itself, and their planes.
struct Conditions<'a> {
    given: u64,
    of_type: u64,
    of_status: u64,
    of_precision: u64,
    in_window: u64,
    types: &'a [u64],
    statuses: &'a [u64],
    precisions: &'a [u64],
}

/// How many of the incidents that pass all conditions but the time window touch this one.
pub(super) fn count_in_time(columns: &Columns, answer: &Answer, window_min: [i32; 2]) -> usize {
    let words = answer.at_any_time.iter().enumerate();
    let spans = columns.spans(answer.criteria.clock.as_deref());
    words.map(|(word, shown)| (shown & in_window(spans, window_min, word)).count_ones() as usize).sum()
}

/// Whose span touches the window.
#[expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch to the vectoriser")]
fn in_window(spans: Spans<'_>, [from, to]: [i32; 2], word: usize) -> u64 {
    let (start, end) = (&spans.start_min[word * 64..], &spans.end_min[word * 64..]);
    let touches = |start: i32, end: i32| u8::from((start <= to) & (end >= from));
    let mut flags = [0; 64];
    if let (Some(start), Some(end)) = (start.first_chunk::<64>(), end.first_chunk::<64>()) {
        for ((flag, start), end) in flags.iter_mut().zip(start).zip(end) {
            *flag = touches(*start, *end);
        }
    } else {
        for ((flag, start), end) in flags.iter_mut().zip(start).zip(end) {
            *flag = touches(*start, *end);
        }
    }
    pack(&flags)
}

/// Who stands in the area. Neighbours in Morton order are neighbours on the map, so most words are all in or all out.
fn in_area(columns: &Columns, area: UnitArea, word: usize) -> u64 {
    let first = word * 64;
    let last = (first + 64).min(columns.mappable());
    if first >= last {
        return 0;
    }
    let (x, y) = (&columns.x[first..last], &columns.y[first..last]);
    let level = morton::common_level((x[0], y[0]), (x[x.len() - 1], y[y.len() - 1]));
    let mask = (1 << (32 - level)) - 1;
    let corner = [x[0], y[0]].map(|at| (u64::from(at) & !mask) as u32);
    if let Some(all) = area.covers(corner[0], corner[1], mask + 1) {
        return if !all {
            0
        } else if x.len() == 64 {
            u64::MAX
        } else {
            low_bits(x.len())
        };
    }
    let mut flags = [0; 64];
    for ((flag, x), y) in flags.iter_mut().zip(x).zip(y) {
        *flag = u8::from(area.contains(*x, *y));
    }
    pack(&flags)
}

/// The part of an answer that one thread writes.
struct Stretch<'a> {
    first_word: usize,
    bases: &'a mut [Sums],
    shown: &'a mut [u64],
    at_any_time: &'a mut [u64],
    counts: &'a mut [u32],
    positions: &'a mut [[u64; 2]],
    types: &'a mut [u32],
    options: &'a mut Options,
}

impl Stretch<'_> {
    fn fill(mut self, plan: &Plan) {
        let columns = plan.columns;
        let mut sums = Sums::default();
        for at in 0..self.shown.len() {
            if at % CHUNK == 0 {
                if at > 0 {
                    self.bases[at / CHUNK - 1] = sums;
                }
                sums = Sums::default();
            }
            let word = self.first_word + at;
            let it = plan.conditions(word);
            let but_type = it.given & it.of_status & it.of_precision & it.in_window;
            let shown = but_type & it.of_type;
            self.shown[at] = shown;
            self.at_any_time[at] = it.given & it.of_status & it.of_precision & it.of_type;
            self.counts[at] = sums.count;
            self.positions[at] = sums.position;
            self.tally_types(&it, plan, word, &mut sums);
            for (count, plane) in self.options.statuses.iter_mut().zip(it.statuses) {
                *count += (plane & it.given & it.of_type & it.of_precision & it.in_window).count_ones();
            }
            for (count, plane) in self.options.precisions.iter_mut().zip(it.precisions) {
                *count += (plane & it.given & it.of_type & it.of_status & it.in_window).count_ones();
            }
            sums.count += shown.count_ones();
            let position = masked_sums(columns, word, shown);
            sums.position[0] += position[0];
            sums.position[1] += position[1];
        }
        if let Some(last) = self.bases.last_mut() {
            *last = sums;
        }
    }

    /// Writes the word's row of counts by event type, and counts the types as options.
    fn tally_types(&mut self, it: &Conditions, plan: &Plan, word: usize, sums: &mut Sums) {
        let planes = it.types.len();
        let at = word - self.first_word;
        self.types[at * planes..][..planes].copy_from_slice(&sums.types[..planes]);
        let but_type = it.given & it.of_status & it.of_precision & it.in_window;
        let apart = planes.min(TYPES_APART);
        for (event_type, plane) in it.types[..apart].iter().enumerate() {
            let count = (plane & but_type).count_ones();
            self.options.types[event_type] += count;
            if plan.hidden_types >> event_type & 1 == 0 {
                sums.types[event_type] += count;
            }
        }
        if let Some(others) = it.types.get(TYPES_APART) {
            sums.types[TYPES_APART] += (others & but_type & it.of_type).count_ones();
            for bit in Ones(others & but_type) {
                let event_type = plan.columns.event_type[word * 64 + bit as usize];
                self.options.types[usize::from(event_type)] += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Bitmap, PRECISIONS, brute};
    use proptest::prelude::*;

    fn rows_and_criteria() -> impl Strategy<Value = (Vec<crate::query::Row>, Criteria, Criteria)> {
        brute::rows().prop_flat_map(|rows| {
            let len = rows.len();
            (Just(rows), brute::criteria(len), brute::criteria(len))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn a_pass_shows_and_counts_what_meets_the_conditions((rows, earlier, criteria) in rows_and_criteria()) {
            let columns = brute::columns(&rows);
            let mut answer = Answer::default();
            run(&columns, &earlier, &mut answer);
            run(&columns, &criteria, &mut answer);
            let shown = brute::shown(&criteria, &rows);
            let found: Vec<usize> =
                (0..rows.len()).filter(|&n| answer.shows_slot(columns.slot_of(n).unwrap())).collect();
            prop_assert_eq!(&found, &shown);
            prop_assert_eq!(answer.total(), shown.len());
            let met_but = |left_out: usize, n: usize| {
                let conditions = brute::conditions(&criteria, n, &rows[n]);
                conditions.iter().enumerate().all(|(condition, met)| *met || condition == left_out)
            };
            let count = |left_out: usize, option: &dyn Fn(usize) -> bool| {
                (0..rows.len()).filter(|&n| met_but(left_out, n) && option(n)).count()
            };
            for event_type in [0, 1, 5, 15, 16, 17, 23, 65_535] {
                let expected = count(0, &|n| usize::from(rows[n].event_type) == event_type);
                prop_assert_eq!(answer.count_of_type(event_type), expected);
            }
            for status in STATUSES {
                prop_assert_eq!(answer.count_of_status(status), count(2, &|n| rows[n].status == status));
            }
            for precision in PRECISIONS {
                prop_assert_eq!(answer.count_at_least(precision), count(3, &|n| rows[n].precision <= precision));
            }
            let at_any_time = (0..rows.len()).filter(|&n| met_but(1, n)).count();
            prop_assert_eq!(answer.at_any_time.iter().map(|it| it.count_ones() as usize).sum::<usize>(), at_any_time);
        }

        #[test]
        fn two_look_ups_count_and_sum_any_run(
            (rows, _, criteria) in rows_and_criteria(), a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()
        ) {
            let columns = brute::columns(&rows);
            let mut answer = Answer::default();
            run(&columns, &criteria, &mut answer);
            let (a, b) = (a.index(rows.len() + 1) as u32, b.index(rows.len() + 1) as u32);
            let run = a.min(b)..a.max(b);
            let slots: Vec<u32> = run.clone().filter(|&slot| answer.shows_slot(slot as usize)).collect();
            prop_assert_eq!(answer.slots_in(run.clone()).collect::<Vec<_>>(), slots.clone());
            prop_assert_eq!((answer.rank(run.end) - answer.rank(run.start)) as usize, slots.len());
            let sums = [run.start, run.end].map(|slot| answer.position_sums(&columns, slot));
            let x: u64 = slots.iter().map(|&slot| u64::from(columns.x[slot as usize])).sum();
            let y: u64 = slots.iter().map(|&slot| u64::from(columns.y[slot as usize])).sum();
            prop_assert_eq!([sums[1][0] - sums[0][0], sums[1][1] - sums[0][1]], [x, y]);
            let mut types = [0; TYPES_APART + 1];
            answer.count_types(&columns, &run, &mut types);
            for (event_type, count) in types.into_iter().enumerate() {
                let of_type = |slot: &u32| usize::from(columns.event_type[*slot as usize]).min(TYPES_APART) == event_type;
                prop_assert_eq!(count as usize, slots.iter().copied().filter(of_type).count());
            }
            for (n, slot) in slots.iter().enumerate() {
                prop_assert_eq!(answer.select(answer.rank(run.start) + n as u32), Some(*slot));
            }
            prop_assert_eq!(answer.select(answer.total.count), None);
        }
    }

    #[test]
    fn what_lies_outside_the_matches_of_a_text_is_not_shown_even_past_their_end() {
        let rows = [brute::plain_row(); 3];
        let mut answer = Answer::default();
        let text = Some(Arc::new(Bitmap::ones(1)));
        run(&brute::columns(&rows), &Criteria { text, ..Criteria::default() }, &mut answer);
        assert_eq!(answer.total(), 1);
    }
}
