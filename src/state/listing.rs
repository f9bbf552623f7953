//! How the list stands: in which order, and what of it is in the map's view. The order is not taken back by undo: it is
//! how the reader looks at the incidents, not which ones.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{AppState, ViewTarget};
use crate::geo::{LonLat, UnitPoint};
use crate::query::{ListOrder, MapArea, Sort, SortBy, Sorting};

/// Up to so many incidents are sorted at once; more would be felt in a frame.
const SORTED_AT_ONCE: usize = 20_000;
/// A centre that has moved by less than this share of the view's width is still the same.
const SAME_CENTER: f64 = 0.05;

/// What the reader wants of the list, and what the map shows.
#[derive(Debug)]
pub(super) struct Listing {
    wanted: Sort,
    /// The order that is being worked out.
    sorting: Option<Sort>,
    /// What the map shows, once it was drawn.
    visible: Option<MapArea>,
}

impl Default for Listing {
    fn default() -> Self {
        let wanted = Sort { by: SortBy::File, from: LonLat::new(0.0, 0.0) };
        Self { wanted, sorting: None, visible: None }
    }
}

impl Listing {
    /// Another dataset is open: what was worked out for the one before says nothing of it.
    pub(super) fn dataset_changed(&mut self) {
        self.sorting = None;
        self.visible = None;
    }
}

impl AppState {
    /// By what the list is to be sorted.
    #[must_use]
    pub fn sort_by(&self) -> SortBy {
        self.listing.wanted.by
    }

    /// Whether another order of the list is being worked out; until then it stands as before.
    #[must_use]
    pub fn is_sorting(&self) -> bool {
        self.listing.sorting.is_some()
    }

    /// Whether the list holds only what stands in the map's view.
    #[must_use]
    pub fn lists_view(&self) -> bool {
        self.filter.in_view()
    }

    /// Whether the list is sorted by the distance to somewhere else than the map's centre.
    #[must_use]
    pub fn is_sorted_from_elsewhere(&self) -> bool {
        let Some(visible) = self.listing.visible.filter(|_| self.sort_by() == SortBy::Distance) else {
            return false;
        };
        let (from, center) = (self.listing.wanted.from.to_unit(), center_of(visible));
        let east = from.x - center.x;
        let moved = (east - east.round()).hypot(from.y - center.y);
        moved > SAME_CENTER * (visible.east - visible.west).abs()
    }

    /// Says what the map shows. True if the list is another one by that.
    pub fn set_visible(&mut self, visible: Option<MapArea>) -> bool {
        self.listing.visible = visible;
        let before = self.engine.arrangement();
        self.limit_list();
        self.engine.arrangement() != before
    }

    pub(super) fn list_view(&mut self, in_view: bool) {
        self.filter.set_in_view(in_view);
        self.limit_list();
    }

    /// Lists what the filter says: what stands in the map's view, or everything.
    pub(super) fn limit_list(&mut self) {
        self.engine.limit_list(self.listing.visible.filter(|_| self.filter.in_view()));
    }

    pub(super) fn sort_list(&mut self, by: SortBy) {
        let center = match (self.listing.visible, self.target) {
            (Some(visible), _) => center_of(visible).to_lon_lat(),
            (None, ViewTarget::Fit(bounds)) => bounds.center(),
            (None, ViewTarget::At(view)) => view.center,
        };
        let from = if by == SortBy::Distance { center } else { Listing::default().wanted.from };
        self.listing.wanted = Sort { by, from };
    }

    /// Brings the list into the order that is wanted: at once where there are few incidents, else with what is returned,
    /// which is to be run off the window's thread and handed to [`AppState::set_order`]. To be called before each frame;
    /// mostly there is nothing to do.
    pub fn arrange_list(&mut self) -> Option<Sorting> {
        let wanted = self.listing.wanted;
        let has = self.engine.sort();
        if has.map_or(wanted.by == SortBy::File, |has| has == wanted) {
            self.listing.sorting = None;
            return None;
        }
        if wanted.by == SortBy::File {
            self.listing.sorting = None;
            self.engine.set_order(None);
            return None;
        }
        if self.listing.sorting == Some(wanted) {
            return None;
        }
        self.listing.sorting = Some(wanted);
        let dataset = Arc::clone(&self.dataset);
        let sorting = Sorting { dataset, columns: Arc::clone(self.engine.columns()), sort: wanted };
        if self.engine.len() > SORTED_AT_ONCE {
            return Some(sorting);
        }
        if let Some(order) = sorting.run(&AtomicBool::new(false)) {
            self.set_order(order);
        }
        None
    }

    /// Takes in an order that was worked out; nothing happens if another one is wanted by now.
    pub fn set_order(&mut self, order: ListOrder) {
        if self.listing.sorting == Some(order.sort()) && self.engine.set_order(Some(order)) {
            self.listing.sorting = None;
        }
    }
}

fn center_of(area: MapArea) -> UnitPoint {
    UnitPoint { x: f64::midpoint(area.west, area.east), y: f64::midpoint(area.north, area.south) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Columns;
    use crate::state::Command;
    use crate::testing::{dataset_of, incident_at};

    /// Incidents in a row from 0 to `count` degrees east, the types taking turns.
    fn state(count: usize) -> AppState {
        let incident = |n: usize| incident_at(&format!("i{n}"), n % 2, n as f64 / 1000.0, 50.0);
        AppState::new(Arc::new(dataset_of(2, (0..count).map(incident).collect())))
    }

    fn around(lon_deg: f64, width_deg: f64) -> MapArea {
        let x = |lon_deg: f64| (lon_deg + 180.0) / 360.0;
        MapArea {
            west: x(lon_deg - width_deg / 2.0),
            east: x(lon_deg + width_deg / 2.0),
            north: 0.0,
            south: 1.0,
        }
    }

    #[test]
    fn few_are_sorted_at_once_and_the_selection_walks_in_that_order() {
        let mut state = state(6);
        state.apply(Command::SortList(SortBy::EventType));
        assert_eq!(state.arrange_list(), None);
        assert_eq!(state.engine().page(0, 9), [0, 2, 4, 1, 3, 5]);
        state.apply(Command::Select(4));
        state.apply(Command::SelectNext);
        assert_eq!((state.selection(), state.selection_rank()), (Some(1), Some(4)));
        state.apply(Command::Undo);
        state.apply(Command::Undo);
        assert!(!state.can_undo() && state.sort_by() == SortBy::EventType, "no order is taken back");
        state.apply(Command::SortList(SortBy::File));
        assert_eq!((state.arrange_list(), state.engine().page(0, 2)), (None, vec![0, 1]));
    }

    #[test]
    fn many_are_sorted_elsewhere_while_the_old_order_stays() {
        let mut state = state(SORTED_AT_ONCE + 1);
        state.apply(Command::SortList(SortBy::EventType));
        let sorting = state.arrange_list().unwrap();
        assert!(state.is_sorting() && state.arrange_list().is_none(), "it is started once");
        assert_eq!(state.engine().page(1, 1), [1]);
        state.set_order(sorting.run(&AtomicBool::new(false)).unwrap());
        assert!(!state.is_sorting() && state.arrange_list().is_none());
        assert_eq!(state.engine().page(1, 1), [2]);
    }

    #[test]
    fn an_order_that_comes_too_late_changes_nothing() {
        let mut state = state(SORTED_AT_ONCE + 1);
        state.apply(Command::SortList(SortBy::EventType));
        let late = state.arrange_list().unwrap().run(&AtomicBool::new(false)).unwrap();
        state.apply(Command::SortList(SortBy::Newest));
        assert!(state.arrange_list().is_some());
        state.set_order(late);
        assert!(state.is_sorting() && state.engine().sort().is_none());
    }

    #[test]
    fn another_dataset_is_sorted_in_the_same_way() {
        let mut state = state(6);
        state.apply(Command::SortList(SortBy::EventType));
        state.arrange_list();
        let dataset = Arc::new(dataset_of(
            2,
            (0..4).map(|n| incident_at(&format!("i{n}"), 1 - n % 2, 1.0, 1.0)).collect(),
        ));
        let columns = Arc::new(Columns::of(&dataset));
        state.replace_dataset(dataset, columns, None);
        assert!(state.arrange_list().is_none());
        assert_eq!(state.engine().page(0, 9), [1, 3, 0, 2]);
    }

    #[test]
    fn distances_are_measured_from_where_the_map_was_when_that_was_chosen() {
        let mut state = state(6);
        state.set_visible(Some(around(0.0039, 0.01)));
        state.apply(Command::SortList(SortBy::Distance));
        state.arrange_list();
        assert_eq!(state.engine().page(0, 3), [4, 3, 5]);
        assert!(!state.is_sorted_from_elsewhere());
        state.set_visible(Some(around(0.0, 0.01)));
        assert!(state.arrange_list().is_none() && state.is_sorted_from_elsewhere());
        assert_eq!(state.engine().first(), Some(4));
        state.apply(Command::SortList(SortBy::Distance));
        state.arrange_list();
        assert_eq!((state.engine().first(), state.is_sorted_from_elsewhere()), (Some(0), false));
    }

    #[test]
    fn a_list_of_the_view_follows_the_map_and_leaves_the_map_alone() {
        let mut state = state(6);
        assert!(!state.set_visible(Some(around(0.0045, 0.0012))), "all are listed");
        state.apply(Command::ListView(true));
        assert_eq!((state.engine().rows(), state.engine().page(0, 9)), (2, vec![4, 5]));
        assert!(state.set_visible(Some(around(0.0, 0.001))));
        assert_eq!((state.engine().page(0, 9), state.engine().total()), (vec![0], 6));
        assert!(!state.set_visible(Some(around(0.0, 0.001))), "the map rests");
        state.apply(Command::Select(3));
        assert!(state.selection_rank().is_none() && !state.selection_is_hidden());
        state.apply(Command::ListView(false));
        assert_eq!((state.engine().rows(), state.can_undo()), (6, true));
    }
}
