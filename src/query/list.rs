//! The shown incidents in the dataset's order, page by page.
//!
//! An answer is in slot order; the list's order is found from it chunk by chunk, and only as far as a question needs: a
//! list that stands at its top costs nothing while a time window plays.

use super::answer::Answer;
use super::bitmap::{Ones, low_bits};
use super::columns::Columns;

/// Incidents in a chunk.
const CHUNK: usize = 4096;
const WORDS: usize = CHUNK / 64;

/// The part of the list that is known. Keep it: its buffers are used again.
#[derive(Debug, Default)]
pub(super) struct List {
    /// Who is shown, by incident.
    words: Vec<u64>,
    /// How many are shown before each known chunk, and before the first unknown one.
    before: Vec<u32>,
}

impl List {
    /// Forgets all, for another answer.
    pub(super) fn reset(&mut self) {
        self.words.clear();
        self.before.clear();
    }

    /// The incidents of the rows from `first_row` on, at most `count`.
    pub(super) fn page(
        &mut self,
        columns: &Columns,
        answer: &Answer,
        first_row: usize,
        count: usize,
    ) -> Vec<usize> {
        let count = count.min(answer.total().saturating_sub(first_row));
        if count == 0 {
            return Vec::new();
        }
        while self.known_rows() < first_row + count && self.extend(columns, answer) {}
        let chunk = self.before.partition_point(|&before| before as usize <= first_row).saturating_sub(1);
        let skipped = first_row - self.before.get(chunk).map_or(0, |&before| before as usize);
        let words = self.words.iter().enumerate().skip(chunk * WORDS);
        words
            .flat_map(|(n, &word)| Ones(word).map(move |bit| n * 64 + bit as usize))
            .skip(skipped)
            .take(count)
            .collect()
    }

    /// The row of an incident, or `None` if it is not shown.
    pub(super) fn row_of(&mut self, columns: &Columns, answer: &Answer, incident: usize) -> Option<usize> {
        if !contains(columns, answer, incident) {
            return None;
        }
        let (chunk, word) = (incident / CHUNK, incident / 64);
        while self.before.len() <= chunk && self.extend(columns, answer) {}
        let within: u32 = self.words.get(chunk * WORDS..word)?.iter().map(|word| word.count_ones()).sum();
        let in_word = (self.words.get(word)? & low_bits(incident % 64)).count_ones();
        Some((self.before.get(chunk)? + within + in_word) as usize)
    }

    fn known_rows(&self) -> usize {
        self.before.last().map_or(0, |&before| before as usize)
    }

    /// Makes one more chunk known; false if all are.
    fn extend(&mut self, columns: &Columns, answer: &Answer) -> bool {
        if self.before.is_empty() {
            self.before.push(0);
        }
        let first = self.words.len() * 64;
        let Some(slots) = columns.slot_of.get(first..).filter(|slots| !slots.is_empty()) else {
            return false;
        };
        let known = self.words.len();
        self.words.extend(slots[..slots.len().min(CHUNK)].chunks(64).map(|slots| {
            slots.iter().rev().fold(0, |word, &slot| word << 1 | u64::from(answer.shows_slot(slot as usize)))
        }));
        let count: u32 = self.words[known..].iter().map(|word| word.count_ones()).sum();
        self.before.push(self.known_rows() as u32 + count);
        true
    }
}

/// Whether the incident is shown.
pub(super) fn contains(columns: &Columns, answer: &Answer, incident: usize) -> bool {
    columns.slot_of(incident).is_some_and(|slot| answer.shows_slot(slot))
}

/// The first shown incident from this one on.
pub(super) fn first_from(columns: &Columns, answer: &Answer, incident: usize) -> Option<usize> {
    let slots = columns.slot_of.get(incident..)?;
    slots.iter().position(|&slot| answer.shows_slot(slot as usize)).map(|n| incident + n)
}

/// The last shown incident before this one.
pub(super) fn last_before(columns: &Columns, answer: &Answer, incident: usize) -> Option<usize> {
    let slots = &columns.slot_of[..incident.min(columns.len())];
    slots.iter().rposition(|&slot| answer.shows_slot(slot as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Criteria, Row, brute, pass};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_list_is_the_shown_incidents_in_their_order(
            (rows, criteria) in brute::rows().prop_flat_map(|rows| { let n = rows.len(); (Just(rows), brute::criteria(n)) }),
            first in 0..300_usize, count in 0..300_usize
        ) {
            let columns = brute::columns(&rows);
            let mut answer = Answer::default();
            pass::run(&columns, &criteria, &mut answer);
            let shown = brute::shown(&criteria, &rows);
            let mut list = List::default();
            let page: Vec<usize> = shown.iter().copied().skip(first).take(count).collect();
            prop_assert_eq!(list.page(&columns, &answer, first, count), page);
            for n in 0..rows.len() + 70 {
                prop_assert_eq!(list.row_of(&columns, &answer, n), shown.iter().position(|&it| it == n));
                prop_assert_eq!(contains(&columns, &answer, n), shown.contains(&n));
                prop_assert_eq!(first_from(&columns, &answer, n), shown.iter().copied().find(|&it| it >= n));
                prop_assert_eq!(last_before(&columns, &answer, n), shown.iter().copied().rfind(|&it| it < n));
            }
        }
    }

    #[test]
    fn a_page_deep_in_a_long_list_is_found_and_none_past_its_end() {
        let rows: Vec<Row> =
            (0..20_000).map(|n| Row { event_type: (n % 3) as u16, ..brute::plain_row() }).collect();
        let columns = brute::columns(&rows);
        let mut answer = Answer::default();
        let criteria = Criteria { hidden_types: [0, 1].into_iter().collect(), ..Criteria::default() };
        pass::run(&columns, &criteria, &mut answer);
        let mut list = List::default();
        assert_eq!(list.page(&columns, &answer, 5000, 3), [15_002, 15_005, 15_008]);
        assert_eq!(list.page(&columns, &answer, 6665, usize::MAX), [19_997]);
        assert!(list.page(&columns, &answer, 6666, 5).is_empty());
        assert_eq!(list.row_of(&columns, &answer, 19_997), Some(6665));
    }
}
