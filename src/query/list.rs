//! The listed incidents in the list's order, page by page: those that are shown, or of these only those in the map's view.
//!
//! An answer is in slot order; the list's order is found from it chunk by chunk, and only as far as a question needs: a
//! list that stands at its top costs nothing while a time window plays or the map is moved.

use super::answer::Answer;
use super::bitmap::{Ones, bit, low_bits};
use super::columns::Columns;
use super::criteria::MapArea;
use super::order::ListOrder;
use super::pass;

/// Incidents in a chunk.
const CHUNK: usize = 4096;
const WORDS: usize = CHUNK / 64;
/// Up to so many listed incidents are brought into order at once: to find a page of them, nearly all others would have
/// to be looked at.
const FEW: usize = 4096;

/// The part of the list that is known. Keep it: its buffers are used again.
#[derive(Debug, Default)]
pub(super) struct List {
    /// The order; none is that of the dataset.
    order: Option<ListOrder>,
    /// Only what stands here is listed.
    area: Option<MapArea>,
    /// How many are listed, once that was asked.
    total: Option<usize>,
    /// Who is listed, by slot, where the area leaves any out.
    in_area: Vec<u64>,
    /// Where few are listed: their places in the order, ascending.
    few: Vec<u32>,
    /// Who is listed, by place in the order.
    words: Vec<u64>,
    /// How many are listed before each known chunk, and before the first unknown one.
    before: Vec<u32>,
}

/// What a list is a list of.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) columns: &'a Columns,
    pub(super) answer: &'a Answer,
}

impl List {
    /// Forgets all that is known, for another answer.
    pub(super) fn reset(&mut self) {
        self.total = None;
        self.few.clear();
        self.words.clear();
        self.before.clear();
    }

    /// Puts the list into another order; none is that of the dataset.
    pub(super) fn set_order(&mut self, order: Option<ListOrder>) {
        self.reset();
        self.order = order;
    }

    pub(super) fn order(&self) -> Option<&ListOrder> {
        self.order.as_ref()
    }

    /// Lists only what stands in the area; false if that is so already.
    pub(super) fn set_area(&mut self, area: Option<MapArea>) -> bool {
        let is_news = self.area != area;
        if is_news {
            self.area = area;
            self.reset();
        }
        is_news
    }

    /// How many are listed.
    pub(super) fn total(&mut self, of: Shown<'_>) -> usize {
        if let Some(total) = self.total {
            return total;
        }
        let total = self.area.map_or_else(|| of.answer.total(), |area| self.look_at(of, area));
        self.total = Some(total);
        if total <= FEW {
            self.collect(of);
        }
        total
    }

    /// Finds who of the shown stands in the area, and counts them.
    fn look_at(&mut self, Shown { columns, answer }: Shown<'_>, area: MapArea) -> usize {
        self.in_area.clear();
        self.in_area.resize(answer.shown.len(), 0);
        let Some(area) = area.units() else { return 0 };
        let mut total = 0;
        let words = answer.shown.iter().zip(&mut self.in_area).enumerate();
        for (n, (&shown, listed)) in words.filter(|(_, (shown, _))| **shown != 0) {
            *listed = shown & pass::in_area(columns, area, n);
            total += listed.count_ones();
        }
        total as usize
    }

    /// Brings all that is listed into order.
    fn collect(&mut self, of: Shown<'_>) {
        let Self { order, area, in_area, few, .. } = self;
        let words = if area.is_some() { &*in_area } else { &of.answer.shown };
        let slots =
            words.iter().enumerate().flat_map(|(n, &word)| Ones(word).map(move |bit| n * 64 + bit as usize));
        few.extend(slots.filter_map(|slot| of.columns.incident_of.get(slot)).filter_map(|&incident| {
            order.as_ref().map_or(Some(incident), |order| order.rank.get(incident as usize).copied())
        }));
        few.sort_unstable();
    }

    /// The incidents of the rows from `first_row` on, at most `count`.
    pub(super) fn page(&mut self, of: Shown<'_>, first_row: usize, count: usize) -> Vec<usize> {
        let total = self.total(of);
        let count = count.min(total.saturating_sub(first_row));
        if count == 0 {
            return Vec::new();
        }
        if total <= FEW {
            let rows = self.few.iter().skip(first_row).take(count);
            return rows.filter_map(|&place| self.incident(of, place as usize)).collect();
        }
        while self.known_rows() < first_row + count && self.extend(of) {}
        let chunk = self.before.partition_point(|&before| before as usize <= first_row).saturating_sub(1);
        let skipped = first_row - self.before.get(chunk).map_or(0, |&before| before as usize);
        let words = self.words.iter().enumerate().skip(chunk * WORDS);
        words
            .flat_map(|(n, &word)| Ones(word).map(move |bit| n * 64 + bit as usize))
            .skip(skipped)
            .take(count)
            .filter_map(|place| self.incident(of, place))
            .collect()
    }

    /// The row of an incident, or `None` if it is not listed.
    pub(super) fn row_of(&mut self, of: Shown<'_>, incident: usize) -> Option<usize> {
        let total = self.total(of);
        let slot = of.columns.slot_of(incident).filter(|&slot| self.lists(of.answer, slot))?;
        let place = self.place(of, incident)?;
        debug_assert_eq!(self.slots(of.columns).get(place).copied(), Some(slot as u32));
        if total <= FEW {
            return self.few.binary_search(&(place as u32)).ok();
        }
        let (chunk, word) = (place / CHUNK, place / 64);
        while self.words.len() <= word && self.extend(of) {}
        let within: u32 = self.words.get(chunk * WORDS..word)?.iter().map(|word| word.count_ones()).sum();
        let in_word = (self.words.get(word)? & low_bits(place % 64)).count_ones();
        Some((self.before.get(chunk)? + within + in_word) as usize)
    }

    /// The first listed incident.
    pub(super) fn first(&mut self, of: Shown<'_>) -> Option<usize> {
        self.first_from(of, 0)
    }

    /// The last listed incident.
    pub(super) fn last(&mut self, of: Shown<'_>) -> Option<usize> {
        self.last_before(of, of.columns.len())
    }

    /// The first listed incident after this one, which need not be listed itself.
    pub(super) fn next(&mut self, of: Shown<'_>, incident: usize) -> Option<usize> {
        let place = self.place(of, incident)?;
        self.first_from(of, place + 1)
    }

    /// The last listed incident before this one, which need not be listed itself.
    pub(super) fn previous(&mut self, of: Shown<'_>, incident: usize) -> Option<usize> {
        let place = self.place(of, incident)?;
        self.last_before(of, place)
    }

    fn first_from(&mut self, of: Shown<'_>, place: usize) -> Option<usize> {
        if self.total(of) <= FEW {
            let at = self.few.partition_point(|&few| (few as usize) < place);
            return self.incident(of, *self.few.get(at)? as usize);
        }
        let slots = self.slots(of.columns).get(place..)?;
        let at = slots.iter().position(|&slot| self.lists(of.answer, slot as usize))?;
        self.incident(of, place + at)
    }

    fn last_before(&mut self, of: Shown<'_>, place: usize) -> Option<usize> {
        if self.total(of) <= FEW {
            let at = self.few.partition_point(|&few| (few as usize) < place);
            return self.incident(of, *self.few.get(at.checked_sub(1)?)? as usize);
        }
        let slots = self.slots(of.columns).get(..place)?;
        let at = slots.iter().rposition(|&slot| self.lists(of.answer, slot as usize))?;
        self.incident(of, at)
    }

    /// Whether the incident in a slot is listed; to be asked once the total is known.
    fn lists(&self, answer: &Answer, slot: usize) -> bool {
        if self.area.is_some() { bit(&self.in_area, slot) } else { answer.shows_slot(slot) }
    }

    /// By place in the order: the slot of the incident there.
    fn slots<'a>(&'a self, columns: &'a Columns) -> &'a [u32] {
        self.order.as_ref().map_or(&columns.slot_of, |order| &order.slots)
    }

    /// The place of an incident in the order, listed or not.
    fn place(&self, of: Shown<'_>, incident: usize) -> Option<usize> {
        let place = |order: &ListOrder| order.rank.get(incident).map(|&rank| rank as usize);
        self.order.as_ref().map_or_else(|| (incident < of.columns.len()).then_some(incident), place)
    }

    /// The incident at a place in the order.
    fn incident(&self, of: Shown<'_>, place: usize) -> Option<usize> {
        match &self.order {
            None => Some(place),
            Some(order) => of.columns.incident_of(*order.slots.get(place)? as usize),
        }
    }

    fn known_rows(&self) -> usize {
        self.before.last().map_or(0, |&before| before as usize)
    }

    /// Makes one more chunk known; false if all are.
    fn extend(&mut self, Shown { columns, answer }: Shown<'_>) -> bool {
        if self.before.is_empty() {
            self.before.push(0);
        }
        let Self { order, area, in_area, words, .. } = self;
        let listed = if area.is_some() { &*in_area } else { &answer.shown };
        let slots = order.as_ref().map_or(&columns.slot_of, |order| &order.slots);
        let known = words.len();
        let Some(slots) = slots.get(known * 64..).filter(|slots| !slots.is_empty()) else {
            return false;
        };
        words.extend(slots[..slots.len().min(CHUNK)].chunks(64).map(|slots| {
            slots.iter().rev().fold(0, |word, &slot| word << 1 | u64::from(bit(listed, slot as usize)))
        }));
        let count: u32 = words[known..].iter().map(|word| word.count_ones()).sum();
        self.before.push(self.known_rows() as u32 + count);
        true
    }
}

/// Whether the incident is shown.
pub(super) fn contains(columns: &Columns, answer: &Answer, incident: usize) -> bool {
    columns.slot_of(incident).is_some_and(|slot| answer.shows_slot(slot))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::geo::LonLat;
    use crate::query::{Criteria, Row, Sort, SortBy, brute};
    use proptest::prelude::*;

    fn order(columns: &Columns, by: SortBy) -> Option<ListOrder> {
        let sort = Sort { by, from: LonLat::new(30.0, 50.0) };
        (by != SortBy::File).then(|| ListOrder::new(columns, sort, |_| "", &AtomicBool::new(false)).unwrap())
    }

    fn sort_by() -> impl Strategy<Value = SortBy> {
        prop::sample::select(SortBy::ALL.to_vec())
    }

    /// The rows that are listed, the plain way.
    fn expected(rows: &[Row], criteria: &Criteria, area: Option<MapArea>, places: &[usize]) -> Vec<usize> {
        let inside = Criteria { area, ..Criteria::default() };
        let (shown, inside) = (brute::shown(criteria, rows), brute::shown(&inside, rows));
        places.iter().copied().filter(|n| shown.contains(n) && inside.contains(n)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_list_is_the_shown_incidents_of_the_view_in_its_order(
            (rows, criteria) in brute::rows().prop_flat_map(|rows| { let n = rows.len(); (Just(rows), brute::criteria(n)) }),
            area in prop::option::of(brute::area()), by in sort_by(),
            first in 0..300_usize, count in 0..300_usize
        ) {
            let columns = brute::columns(&rows);
            let mut answer = Answer::default();
            pass::run(&columns, &criteria, &mut answer);
            let of = Shown { columns: &columns, answer: &answer };
            let order = order(&columns, by);
            let places: Vec<usize> = order.as_ref().map_or((0..rows.len()).collect(), |order| {
                order.slots.iter().map(|&slot| columns.incident_of(slot as usize).unwrap()).collect()
            });
            let listed = expected(&rows, &criteria, area, &places);
            let mut list = List::default();
            list.set_order(order);
            list.set_area(area);
            prop_assert_eq!(list.total(of), listed.len());
            let page: Vec<usize> = listed.iter().copied().skip(first).take(count).collect();
            prop_assert_eq!(list.page(of, first, count), page);
            prop_assert_eq!(list.first(of), listed.first().copied());
            prop_assert_eq!(list.last(of), listed.last().copied());
            for (place, &n) in places.iter().enumerate() {
                prop_assert_eq!(list.row_of(of, n), listed.iter().position(|&it| it == n));
                prop_assert_eq!(contains(&columns, &answer, n), brute::shown(&criteria, &rows).contains(&n));
                let after = places[place + 1..].iter().copied().find(|n| listed.contains(n));
                let before = places[..place].iter().copied().rfind(|n| listed.contains(n));
                prop_assert_eq!((list.next(of, n), list.previous(of, n)), (after, before));
            }
            prop_assert_eq!(list.row_of(of, rows.len()), None);
        }
    }

    /// Twenty thousand incidents of three types, the later ones earlier and farther east.
    fn many() -> Vec<Row> {
        let row = |n: i32| Row {
            event_type: (n % 3) as u16,
            span_min: [-n, -n],
            position: LonLat::new(f64::from(n) / 200.0, 50.0),
            ..brute::plain_row()
        };
        (0..20_000).map(row).collect()
    }

    #[test]
    fn a_page_deep_in_a_long_list_is_found_and_none_past_its_end() {
        let columns = brute::columns(&many());
        let mut answer = Answer::default();
        let criteria = Criteria { hidden_types: [0, 1].into_iter().collect(), ..Criteria::default() };
        pass::run(&columns, &criteria, &mut answer);
        let of = Shown { columns: &columns, answer: &answer };
        let mut list = List::default();
        assert_eq!(list.page(of, 5000, 3), [15_002, 15_005, 15_008]);
        assert_eq!(list.page(of, 6665, usize::MAX), [19_997]);
        assert!(list.page(of, 6666, 5).is_empty());
        assert_eq!(list.row_of(of, 19_997), Some(6665));
        list.set_order(order(&columns, SortBy::Oldest));
        assert_eq!(list.page(of, 0, 2), [19_997, 19_994]);
        assert_eq!((list.page(of, 6665, 9), list.row_of(of, 5)), (vec![2], Some(6664)));
        assert_eq!(
            (list.first(of), list.next(of, 5), list.previous(of, 5)),
            (Some(19_997), Some(2), Some(8))
        );
    }

    #[test]
    fn a_long_list_of_a_view_holds_what_stands_in_it() {
        let columns = brute::columns(&many());
        let mut answer = Answer::default();
        pass::run(&columns, &Criteria::default(), &mut answer);
        let of = Shown { columns: &columns, answer: &answer };
        let mut list = List::default();
        // From the tenth to the sixtieth degree.
        let x = |lon_deg: f64| (lon_deg + 180.0) / 360.0;
        let area = MapArea { west: x(9.9999), east: x(60.0001), north: 0.0, south: 1.0 };
        assert!(list.set_area(Some(area)) && !list.set_area(Some(area)));
        assert_eq!((list.total(of), list.page(of, 9999, 3)), (10_001, vec![11_999, 12_000]));
        list.set_order(order(&columns, SortBy::Oldest));
        assert_eq!((list.first(of), list.last(of)), (Some(12_000), Some(2000)));
        assert_eq!((list.row_of(of, 1999), list.row_of(of, 2000)), (None, Some(10_000)));
        assert_eq!((list.next(of, 13_000), list.previous(of, 13_000)), (Some(12_000), None));
    }
}
