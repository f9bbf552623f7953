//! The incidents as a story: which one comes before and after another in time.
//!
//! The list may stand in any order and hold only what is in view; a story has one order and all that the filter shows.
//! Nothing is kept for it: one look through the columns finds a neighbour, about as fast as a pass of the filter.

use super::answer::Answer;
use super::bitmap::Ones;
use super::columns::Columns;
use super::order::oldest_key;

/// By what the story is ordered: time, then the file. What happened nobody knows when comes last.
type Place = (u64, u32);

fn place(columns: &Columns, slot: usize) -> Option<Place> {
    Some((oldest_key(columns, slot), *columns.incident_of.get(slot)?))
}

/// The places of all that is shown, in no order.
fn places<'a>(columns: &'a Columns, answer: &'a Answer) -> impl Iterator<Item = Place> + 'a {
    let words = answer.shown.iter().enumerate();
    let slots = words.flat_map(|(n, &word)| Ones(word).map(move |bit| n * 64 + bit as usize));
    slots.filter_map(|slot| place(columns, slot))
}

/// The shown incident that comes next after this one, which need not be shown itself; the first for none.
pub(super) fn later(columns: &Columns, answer: &Answer, than: Option<usize>) -> Option<usize> {
    let here = here(columns, than);
    places(columns, answer).filter(|at| here.is_none_or(|here| *at > here)).min().map(|(_, n)| n as usize)
}

/// The shown incident that begins first in this span.
pub(super) fn first_in(columns: &Columns, answer: &Answer, [first, last]: [i32; 2]) -> Option<usize> {
    let spans = columns.spans(answer.criteria.clock.as_deref());
    let is_inside = |at: &Place| {
        let slot = columns.slot_of(at.1 as usize);
        slot.is_some_and(|slot| (first..=last).contains(&spans.start_min[slot]))
    };
    places(columns, answer).filter(is_inside).min().map(|(_, n)| n as usize)
}

/// The shown incident that comes last before this one, which need not be shown itself; the last for none.
pub(super) fn earlier(columns: &Columns, answer: &Answer, than: Option<usize>) -> Option<usize> {
    let here = here(columns, than);
    places(columns, answer).filter(|at| here.is_none_or(|here| *at < here)).max().map(|(_, n)| n as usize)
}

/// Whether anything shown comes before, and whether anything comes after. Mostly known after a few incidents.
pub(super) fn goes_on(columns: &Columns, answer: &Answer, from: usize) -> [bool; 2] {
    let Some(here) = here(columns, Some(from)) else { return [false; 2] };
    let any = |is: fn(&Place, &Place) -> bool| places(columns, answer).any(|at| is(&at, &here));
    [any(Place::lt), any(Place::gt)]
}

fn here(columns: &Columns, incident: Option<usize>) -> Option<Place> {
    place(columns, columns.slot_of(incident?)?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use crate::geo::LonLat;
    use crate::model::{Precision, Status, UNKNOWN_SPAN_MIN};
    use crate::query::{Columns, Criteria, Engine, Row};

    fn engine(starts: &[Option<i32>]) -> Engine {
        let row = |n: usize| Row {
            position: LonLat::new(n as f64, 50.0 - n as f64),
            event_type: 0,
            status: Status::Unverified,
            precision: Precision::Exact,
            span_min: starts[n].map_or(UNKNOWN_SPAN_MIN, |start| [start, start + 59]),
        };
        Engine::new(Arc::new(Columns::build(starts.len(), row)))
    }

    proptest! {
        #[test]
        fn reading_on_meets_every_incident_once_in_time_order_with_ties_as_in_the_file(
            starts in prop::collection::vec(prop::option::weighted(0.9, -3..3_i32), 1..40)
        ) {
            let engine = engine(&starts);
            let mut expected: Vec<usize> = (0..starts.len()).collect();
            expected.sort_by_key(|&n| (starts[n].is_none(), starts[n], n));
            let onward = std::iter::successors(engine.later(None), |&at| engine.later(Some(at)));
            prop_assert_eq!(onward.collect::<Vec<_>>(), expected.clone());
            let back = std::iter::successors(engine.earlier(None), |&at| engine.earlier(Some(at)));
            prop_assert_eq!(back.collect::<Vec<_>>(), expected.iter().rev().copied().collect::<Vec<_>>());
            for (n, &incident) in expected.iter().enumerate() {
                prop_assert_eq!(engine.story_goes_on(incident), [n > 0, n + 1 < expected.len()]);
            }
        }
    }

    #[test]
    fn a_time_has_its_incidents_and_a_first_one() {
        let mut engine = engine(&[Some(300), Some(100), None, Some(110)]);
        assert_eq!(
            [[90, 120], [0, 99], [150, 310], [165, 299]].map(|span| engine.count_in_time(span)),
            [2, 0, 3, 1]
        );
        assert_eq!(
            [[90, 120], [0, 99], [105, 400]].map(|span| engine.first_in(span)),
            [Some(1), None, Some(3)]
        );
        engine.apply(&Criteria { window_min: Some([100, 105]), ..Criteria::default() });
        assert_eq!(
            (engine.count_in_time([200, 400]), engine.first_in([200, 400])),
            (1, None),
            "hidden by the window only"
        );
    }

    #[test]
    fn what_the_filter_hides_is_no_part_of_the_story_but_may_be_where_it_is_taken_up() {
        let mut engine = engine(&[Some(10), Some(20), Some(30)]);
        engine.apply(&Criteria { window_min: Some([5, 200]), ..Criteria::default() });
        assert_eq!([engine.later(Some(0)), engine.earlier(Some(0))], [Some(1), None]);
        engine.apply(&Criteria { window_min: Some([85, 200]), ..Criteria::default() });
        assert_eq!([engine.later(Some(0)), engine.earlier(Some(2))], [Some(2), None]);
        assert_eq!(engine.story_goes_on(2), [false, false]);
    }
}
