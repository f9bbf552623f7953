//! What the reader asks for, in the reader's terms; the engine answers its [`Criteria`].
//!
//! Values (countries, regions, publishers, tags) are named by their text, so that a filter can be written down and holds
//! for a file that was read again. Which incidents have them is found by [`super::Facets`].

use std::collections::BTreeSet;

use super::columns::STATUSES;
use super::criteria::{Criteria, MapArea};
use super::facets::Field;
use super::text::words_of;
use crate::geo::Bounds;
use crate::model::{Precision, Status};

/// Values of one field that the reader has chosen, of which an incident must have one; none: no condition.
pub type Chosen = BTreeSet<String>;

/// What the reader asks for: conditions on each incident, and a text that it must contain.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// What the columns alone can answer.
    conditions: Criteria,
    /// Incidents of these files are left out, where several are open: ascending.
    hidden_layers: Vec<usize>,
    /// Words that all must occur somewhere in the incident; case does not matter. Empty: no condition.
    text: String,
    /// By field: the values of which an incident must have one.
    chosen: [Chosen; Field::ALL.len()],
    /// The box of which `conditions` holds the place on the map.
    rectangle: Option<Bounds>,
    /// Whether only what stands in the map's view is listed and counted.
    in_view: bool,
}

impl Filter {
    /// Whether incidents of this type pass.
    #[must_use]
    pub fn shows_type(&self, event_type: usize) -> bool {
        !self.conditions.hidden_types.contains(event_type)
    }

    /// Shows or hides one event type.
    pub fn set_type_shown(&mut self, event_type: usize, shown: bool) {
        self.conditions.hidden_types.set(event_type, !shown);
    }

    /// Whether incidents of this file pass, where several are open.
    #[must_use]
    pub fn shows_layer(&self, layer: usize) -> bool {
        self.hidden_layers.binary_search(&layer).is_err()
    }

    /// Shows or hides the incidents of one file.
    pub fn set_layer_shown(&mut self, layer: usize, shown: bool) {
        match self.hidden_layers.binary_search(&layer) {
            Ok(at) if shown => drop(self.hidden_layers.remove(at)),
            Err(at) if !shown => self.hidden_layers.insert(at, layer),
            _ => {}
        }
    }

    /// The files whose incidents are left out.
    #[must_use]
    pub fn hidden_layers(&self) -> &[usize] {
        &self.hidden_layers
    }

    /// The first and the last minute, since 1970 on the clock of the criteria, of the time that incidents must touch.
    #[must_use]
    pub fn window_min(&self) -> Option<[i32; 2]> {
        self.conditions.window_min
    }

    /// Shows only incidents whose time touches this one.
    pub fn set_window_min(&mut self, window_min: Option<[i32; 2]>) {
        self.conditions.window_min = window_min;
    }

    /// The text that incidents must contain.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Sets the text that incidents must contain.
    pub fn set_text(&mut self, text: String) {
        self.text = text;
    }

    /// Whether this status is one of those that were chosen. Where none was, all pass and this is false for each.
    #[must_use]
    pub fn chooses_status(&self, status: Status) -> bool {
        let hidden = self.conditions.hidden_statuses;
        !hidden.is_empty() && !hidden.contains(status)
    }

    /// The statuses that were chosen; none: all pass.
    pub fn chosen_statuses(&self) -> impl Iterator<Item = Status> + '_ {
        STATUSES.into_iter().filter(|status| self.chooses_status(*status))
    }

    /// Chooses a status, or chooses it no longer. Without a chosen one, and with all of them, every status passes.
    pub fn choose_status(&mut self, status: Status, chosen: bool) {
        let is_wanted = |it| if it == status { chosen } else { self.chooses_status(it) };
        let wanted = STATUSES.map(is_wanted);
        let is_condition = wanted.contains(&true);
        for (status, wanted) in STATUSES.into_iter().zip(wanted) {
            self.conditions.hidden_statuses.set(status, is_condition && !wanted);
        }
    }

    /// How exactly the position must be known at least; `None`: however little.
    #[must_use]
    pub fn at_least(&self) -> Option<Precision> {
        self.conditions.at_least
    }

    /// Shows only incidents whose position is known at least so exactly. At least to the country is no condition.
    pub fn set_at_least(&mut self, at_least: Option<Precision>) {
        self.conditions.at_least = at_least.filter(|precision| *precision != Precision::Country);
    }

    /// The box in which the marker must stand.
    #[must_use]
    pub fn rectangle(&self) -> Option<Bounds> {
        self.rectangle
    }

    /// Shows only incidents whose markers stand in this box. One that is no box on the earth is no condition.
    pub fn set_rectangle(&mut self, rectangle: Option<Bounds>) {
        self.rectangle = rectangle.filter(|bounds| bounds.is_valid());
        self.conditions.area = self.rectangle.map(MapArea::of);
    }

    /// The values of a field of which an incident must have one; none: no condition.
    #[must_use]
    pub fn chosen(&self, field: Field) -> &Chosen {
        &self.chosen[field as usize]
    }

    /// Chooses a value of a field, or chooses it no longer.
    pub fn choose(&mut self, field: Field, value: &str, chosen: bool) {
        let values = &mut self.chosen[field as usize];
        if !chosen {
            values.remove(value);
        } else if !values.contains(value) {
            values.insert(value.to_owned());
        }
    }

    /// Chooses no value of a field any longer.
    pub fn forget(&mut self, field: Field) {
        self.chosen[field as usize].clear();
    }

    /// Whether values of any field are chosen.
    #[must_use]
    pub fn chooses_values(&self) -> bool {
        self.chosen.iter().any(|values| !values.is_empty())
    }

    /// All chosen values, field by field.
    pub fn all_chosen(&self) -> impl Iterator<Item = (Field, &Chosen)> {
        Field::ALL.into_iter().zip(&self.chosen)
    }

    /// Whether only what stands in the map's view is listed and counted. The map itself shows the same either way.
    #[must_use]
    pub fn in_view(&self) -> bool {
        self.in_view
    }

    /// Lists and counts only what stands in the map's view, or everything.
    pub fn set_in_view(&mut self, in_view: bool) {
        self.in_view = in_view;
    }

    /// Whether everything passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty()
            && self.hidden_layers.is_empty()
            && self.text.trim().is_empty()
            && !self.chooses_values()
            && !self.in_view
    }

    /// The words of the text, in lower case.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        words_of(&self.text)
    }

    /// What the columns alone can answer: everything but the text and the chosen values.
    #[must_use]
    pub fn conditions(&self) -> &Criteria {
        &self.conditions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn showing_what_was_hidden_gives_an_empty_filter_again() {
        let mut filter = Filter::default();
        filter.set_type_shown(1, false);
        assert!(!filter.is_empty() && !filter.shows_type(1) && filter.shows_type(0));
        filter.set_type_shown(1, true);
        assert_eq!(filter, Filter::default());
    }

    #[test]
    fn blanks_ask_for_nothing() {
        let mut filter = Filter::default();
        filter.set_text("  ".to_owned());
        assert!(filter.is_empty() && filter.words().is_empty());
        filter.set_text(" Тёткино x".to_owned());
        assert_eq!(filter.words(), ["тёткино", "x"]);
    }

    #[test]
    fn what_is_chosen_and_chosen_no_longer_leaves_an_empty_filter() {
        let mut filter = Filter::default();
        filter.choose_status(Status::Contested, true);
        filter.choose_status(Status::Claimed, true);
        assert_eq!(filter.chosen_statuses().collect::<Vec<_>>(), [Status::Claimed, Status::Contested]);
        filter.choose(Field::Tag, "drone", true);
        filter.choose(Field::Tag, "drone", true);
        assert!(filter.chooses_values() && filter.chosen(Field::Tag).len() == 1);
        filter.set_at_least(Some(Precision::District));
        filter.set_rectangle(Some(Bounds {
            west_deg: 170.0,
            south_deg: -9.0,
            east_deg: -170.0,
            north_deg: 9.0,
        }));
        filter.set_in_view(true);
        assert!(!filter.is_empty());
        filter.choose_status(Status::Contested, false);
        filter.choose_status(Status::Claimed, false);
        filter.choose(Field::Tag, "drone", false);
        filter.set_at_least(Some(Precision::Country));
        filter.set_rectangle(None);
        filter.set_in_view(false);
        assert_eq!(filter, Filter::default());
    }

    #[test]
    fn choosing_every_status_is_no_condition() {
        let mut filter = Filter::default();
        for status in STATUSES {
            filter.choose_status(status, true);
        }
        assert_eq!(filter, Filter::default());
    }

    #[test]
    fn a_box_that_is_none_is_no_condition() {
        let mut filter = Filter::default();
        let upside_down = Bounds { west_deg: 1.0, south_deg: 9.0, east_deg: 2.0, north_deg: -9.0 };
        for bounds in [upside_down, Bounds { west_deg: f64::NAN, ..upside_down }] {
            filter.set_rectangle(Some(bounds));
            assert!(filter.is_empty());
        }
    }
}
