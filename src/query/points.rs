//! What is drawn incident by incident, as points or as heat: who is shown and stands where the incident was, and which
//! slots lie in the view.

use std::ops::Range;

use super::answer::Answer;
use super::clusters::{Cells, MIN_CELL_PX, Members, ViewQuery};
use super::columns::Columns;
use super::morton;
use crate::model::Precision;

/// The shown incidents whose own position is known. Keep it: its buffers are used again.
#[derive(Debug, Default)]
pub struct Points {
    /// By slot: 64 to a word, lowest bit first.
    words: Vec<u64>,
    runs: Vec<Range<u32>>,
    in_view: usize,
    left_out: usize,
}

impl Points {
    /// Who is drawn, by slot: 64 to a word, lowest bit first.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The slots in and around the view, in ascending stretches.
    #[must_use]
    pub fn runs(&self) -> &[Range<u32>] {
        &self.runs
    }

    /// How many are drawn in and around the view.
    #[must_use]
    pub fn in_view(&self) -> usize {
        self.in_view
    }

    /// How many shown incidents are no points anywhere on the map: known only to a district, region or country.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// How many are drawn exactly where this one stands, itself among them.
    pub(super) fn count_on_spot(&self, columns: &Columns, incident: usize) -> usize {
        count(&self.words, &columns.spot_of(incident))
    }

    /// Who is drawn exactly where this one stands, itself among them.
    pub(super) fn members_on_spot(&self, columns: &Columns, incident: usize) -> Members {
        let mut runs: Vec<Range<u32>> = Vec::new();
        // Others at the same place are known only to an area.
        for slot in columns.spot_of(incident).filter(|&slot| super::bitmap::bit(&self.words, slot as usize)) {
            match runs.last_mut() {
                Some(run) if run.end == slot => run.end += 1,
                _ => runs.push(slot..slot + 1),
            }
        }
        Members { runs }
    }

    /// Finds who is drawn at all, for a new answer.
    pub(super) fn select(&mut self, columns: &Columns, answer: &Answer) {
        self.words.clear();
        let shown = answer.shown_words();
        self.words.extend(shown.iter().enumerate().map(|(n, &word)| word & columns.point_word(n)));
        let mappable = columns.mappable as usize;
        let drawn: u32 =
            self.words[..(mappable / 64).min(self.words.len())].iter().map(|it| it.count_ones()).sum();
        let rest = self
            .words
            .get(mappable / 64)
            .map_or(0, |word| (word & super::bitmap::low_bits(mappable % 64)).count_ones());
        self.left_out = (answer.rank(columns.mappable) - drawn - rest) as usize;
    }

    /// Finds the slots in and around a view.
    pub(super) fn look_at(&mut self, columns: &Columns, view: &ViewQuery) {
        self.runs.clear();
        self.in_view = 0;
        let Some(cells) = Cells::of(view) else { return };
        self.runs
            .extend(cells.keys().map(|cell| columns.run(cells.level, cell)).filter(|run| !run.is_empty()));
        self.runs.sort_unstable_by_key(|run| run.start);
        // Neighbours on the map are mostly neighbours in the order, too.
        self.runs.dedup_by(|next, run| {
            let joins = run.end == next.start;
            if joins {
                run.end = next.end;
            }
            joins
        });
        self.in_view = self.runs.iter().map(|run| count(&self.words, run)).sum();
    }
}

/// How many of the slots of a run are set.
fn count(words: &[u64], run: &Range<u32>) -> usize {
    let bit = |slot: u32| super::bitmap::bit(words, slot as usize);
    let (first, last) = (run.start.next_multiple_of(64), run.end / 64 * 64);
    if first >= last {
        return (run.start..run.end).filter(|&slot| bit(slot)).count();
    }
    let whole = &words[(first / 64) as usize..(last / 64) as usize];
    let edges = (run.start..first).chain(last..run.end).filter(|&slot| bit(slot)).count();
    whole.iter().map(|word| word.count_ones() as usize).sum::<usize>() + edges
}

/// The most shown incidents that stand in one square of about `side_px` in the view.
pub(super) fn densest(columns: &Columns, answer: &Answer, view: &ViewQuery, side_px: f64) -> u32 {
    // A finer look is a look at a view whose points are that much larger.
    let finer = ViewQuery { world_px: view.world_px * MIN_CELL_PX / side_px, ..*view };
    let finer = ViewQuery { size_px: view.size_px.map(|side| side * MIN_CELL_PX / side_px), ..finer };
    let Some(cells) = Cells::of(&finer) else { return 0 };
    let counts = cells.keys().map(|cell| {
        let run = columns.run(cells.level, cell);
        if run.is_empty() { 0 } else { answer.rank(run.end) - answer.rank(run.start) }
    });
    counts.max().unwrap_or(0)
}

impl Columns {
    /// The slots of all incidents at the place of this one; none where the map has no place for it.
    fn spot_of(&self, incident: usize) -> Range<u32> {
        let Some(slot) = self.slot_of(incident).filter(|&slot| slot < self.mappable()) else { return 0..0 };
        let key = morton::key(self.x[slot], self.y[slot]);
        let first = self.first_at(key, 0..self.mappable);
        first..key.checked_add(1).map_or(self.mappable, |next| self.first_at(next, first..self.mappable))
    }

    /// Which of the 64 slots of a word have a position of their own.
    fn point_word(&self, word: usize) -> u64 {
        let stride = self.planes.stride();
        let exact = word * stride + self.planes.types + super::columns::STATUSES.len();
        let planes = self.planes.bits.get(exact..word * stride + stride).unwrap_or_default();
        let known = planes.iter().zip(super::columns::PRECISIONS);
        known
            .filter(|(_, precision)| Precision::is_point(*precision))
            .fold(0, |bits, (plane, _)| bits | plane)
    }
}

impl Cells {
    /// The key of each of the cells.
    fn keys(self) -> impl Iterator<Item = u64> {
        let last_column = (1 << self.level) - 1;
        (self.row..self.row + self.rows).flat_map(move |row| {
            (0..self.columns)
                .map(move |column| morton::key(self.column.wrapping_add(column) & last_column, row))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::UnitPoint;
    use crate::query::{brute, pass};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn points_are_the_shown_incidents_with_a_position_of_their_own(
            (rows, criteria) in brute::rows().prop_flat_map(|rows| { let n = rows.len(); (Just(rows), brute::criteria(n)) }),
            x in 0.0..1.0_f64, y in 0.0..1.0_f64, zoom in 6.0..20.0_f64
        ) {
            let columns = brute::columns(&rows);
            let mut answer = Answer::default();
            pass::run(&columns, &criteria, &mut answer);
            let mut points = Points::default();
            points.select(&columns, &answer);
            let view = ViewQuery { center: UnitPoint { x, y }, world_px: zoom.exp2(), size_px: [500.0, 400.0] };
            points.look_at(&columns, &view);
            let shown = brute::shown(&criteria, &rows);
            let on_map = shown.iter().filter(|&&n| rows[n].units().is_some());
            let (drawn, left_out): (Vec<usize>, Vec<usize>) = on_map.partition(|&&n| rows[n].precision.is_point());
            prop_assert_eq!(points.left_out(), left_out.len());
            for &incident in &drawn {
                let slot = columns.slot_of(incident).unwrap();
                prop_assert!(points.words()[slot / 64] >> (slot % 64) & 1 == 1);
                let mut here = points.members_on_spot(&columns, incident).page(&columns, &answer, 0, rows.len());
                here.sort_unstable();
                let same = |other: &&usize| rows[**other].units() == rows[incident].units();
                prop_assert_eq!(points.count_on_spot(&columns, incident), here.len());
                prop_assert_eq!(here, drawn.iter().filter(same).copied().collect::<Vec<_>>());
            }
            prop_assert!(points.runs().windows(2).all(|pair| pair[0].end < pair[1].start));
            let inside = |n: usize| points.runs().iter().any(|run| run.contains(&(columns.slot_of(n).unwrap() as u32)));
            prop_assert_eq!(points.in_view(), drawn.iter().filter(|&&n| inside(n)).count());
            let cells = Cells::of(&view).unwrap();
            for &incident in &drawn {
                let slot = columns.slot_of(incident).unwrap();
                let unit = |value: u32| f64::from(value) / super::super::columns::WORLD;
                let here = UnitPoint { x: unit(columns.x()[slot]), y: unit(columns.y()[slot]) };
                prop_assert_eq!(inside(incident), cells.contains(here));
            }
            prop_assert!(densest(&columns, &answer, &view, 24.0) as usize <= shown.len());
        }
    }
}
