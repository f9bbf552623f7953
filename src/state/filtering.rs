//! What commands do to the filter's conditions, and the values that incidents have in common: which there are is found
//! once for each dataset, when it is first asked, and for a large one off the window's thread.

use std::sync::Arc;

use super::{AppState, Command};
use crate::model::Dataset;
use crate::progress::Progress;
use crate::query::{Bitmap, Chosen, Columns, Criteria, Facets, Field, MapArea, shown_under};

/// The values of up to so many incidents are gathered at once; more would be felt in a frame.
const GATHERED_AT_ONCE: usize = 20_000;

/// What is known of the values.
#[derive(Debug, Default)]
pub(super) struct Values {
    facets: Option<Arc<Facets>>,
    /// Whether somebody has asked for them.
    wanted: bool,
    /// Whether they are being gathered.
    gathering: bool,
    /// The values that were chosen when the matches were found.
    chosen: [Chosen; Field::ALL.len()],
    /// Who has the chosen values; `None`: everybody passes.
    matches: Option<Arc<Bitmap>>,
}

/// The counting of a field's values: how many incidents would have each if none of that field were chosen, the other
/// conditions unchanged. To be run off the window's thread where there are many incidents.
#[derive(Debug)]
pub struct Counting {
    columns: Arc<Columns>,
    criteria: Criteria,
    facets: Arc<Facets>,
    field: Field,
}

impl Counting {
    /// Counts, in the order of the field's values.
    #[must_use]
    pub fn run(&self) -> Vec<u32> {
        self.facets.values(self.field).counts(&shown_under(&self.columns, &self.criteria))
    }
}

impl AppState {
    /// The values that incidents have, once they are gathered: see [`Command::GatherValues`].
    #[must_use]
    pub fn facets(&self) -> Option<&Arc<Facets>> {
        self.values.facets.as_ref()
    }

    /// Whether the filter asks for values that are not gathered yet: until they are, those of the filter before count.
    #[must_use]
    pub fn awaits_values(&self) -> bool {
        self.values.facets.is_none() && self.filter.chooses_values()
    }

    /// The dataset whose values are to be gathered now, off the window's thread, and handed to
    /// [`AppState::set_facets`]. To be called before each frame; mostly there is nothing to do.
    pub fn gather_values(&mut self) -> Option<Arc<Dataset>> {
        let values = &mut self.values;
        if !values.wanted || values.gathering || values.facets.is_some() {
            return None;
        }
        values.gathering = true;
        Some(Arc::clone(&self.dataset))
    }

    /// Takes in the values that were gathered; nothing happens if they are those of another dataset. Where they cannot
    /// be gathered, none are given instead.
    pub fn set_facets(&mut self, dataset: &Arc<Dataset>, facets: Facets) {
        if Arc::ptr_eq(dataset, &self.dataset) {
            self.values.gathering = false;
            self.values.facets = Some(Arc::new(facets));
            if self.filter.chooses_values() {
                self.refresh();
            }
        }
    }

    /// How the values of a field are counted under the present filter; `None` until they are gathered.
    #[must_use]
    pub fn counting(&self, field: Field) -> Option<Counting> {
        let facets = Arc::clone(self.values.facets.as_ref()?);
        let others = self.filter.all_chosen().filter(|(other, _)| *other != field);
        let values = facets.matches(others).map(Arc::new);
        let criteria = Criteria { values, ..self.engine.criteria().clone() };
        Some(Counting { columns: Arc::clone(self.engine.columns()), criteria, facets, field })
    }

    /// Another dataset is open.
    pub(super) fn forget_values(&mut self) {
        self.values = Values::default();
    }

    /// Carries out a command that is about the filter's conditions.
    pub(super) fn change_filter(&mut self, command: &Command) {
        let filter = &mut self.filter;
        match command {
            Command::ChooseStatus { status, chosen } => filter.choose_status(*status, *chosen),
            Command::SetAtLeast(precision) => filter.set_at_least(*precision),
            Command::ChooseValue { field, value, chosen } => filter.choose(*field, value, *chosen),
            Command::SetRectangle(rectangle) => filter.set_rectangle(*rectangle),
            Command::GatherValues => return self.want_values(),
            _ => {}
        }
        self.refresh();
    }

    fn want_values(&mut self) {
        self.values.wanted = true;
        let is_small = self.dataset.incidents.in_memory().is_some_and(|all| all.len() <= GATHERED_AT_ONCE);
        if self.values.facets.is_none() && is_small {
            let facets = Facets::build(&self.dataset, &Progress::default()).ok().flatten();
            self.values.facets = Some(Arc::new(facets.unwrap_or_default()));
        }
    }

    /// The incidents that have the chosen values; `None`: everybody passes.
    pub(super) fn value_matches(&mut self) -> Option<Arc<Bitmap>> {
        if self.filter.chooses_values() {
            self.want_values();
        }
        let has_changed =
            self.filter.all_chosen().any(|(field, chosen)| self.values.chosen[field as usize] != *chosen);
        if !self.filter.chooses_values() {
            self.values.matches = None;
        } else if has_changed && let Some(facets) = &self.values.facets {
            self.values.matches = facets.matches(self.filter.all_chosen()).map(Arc::new);
        } else {
            // Those before stand: nothing has changed, or nothing is known yet.
            return self.values.matches.clone();
        }
        for (field, chosen) in self.filter.all_chosen() {
            self.values.chosen[field as usize].clone_from(chosen);
        }
        self.values.matches.clone()
    }

    /// Takes out of the conditions those that hide the selected incident.
    pub(super) fn reveal_by_conditions(&mut self) {
        let Some(index) = self.selection else { return };
        let Some(incident) = self.dataset.incidents.get(index) else { return };
        let (status, place) = (incident.status, &incident.place);
        let filter = &mut self.filter;
        if filter.chosen_statuses().next().is_some() {
            filter.choose_status(status, true);
        }
        filter.set_at_least(filter.at_least().filter(|worst| place.precision <= *worst));
        let stands_in = |bounds: &_| MapArea::of(*bounds).contains(place.position);
        filter.set_rectangle(filter.rectangle().filter(stands_in));
        for field in Field::ALL {
            if !field.has_any(&incident, filter.chosen(field)) {
                filter.forget(field);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::Bounds;
    use crate::model::{Incident, Precision, Status};
    use crate::testing::{dataset_of, incident_at};

    /// From 0 to `count` degrees east, in two countries by turns; the first is exact and corroborated.
    fn dataset(count: usize) -> Arc<Dataset> {
        let incident = |n: usize| {
            let mut incident: Incident = incident_at(&format!("i{n}"), 0, n as f64 / 1000.0, 50.0);
            incident.place.country = ["RU", "UA"][n % 2].to_owned();
            if n == 0 {
                (incident.place.precision, incident.status) = (Precision::Exact, Status::Corroborated);
            }
            incident
        };
        Arc::new(dataset_of(1, (0..count).map(incident).collect()))
    }

    fn choose(value: &str, chosen: bool) -> Command {
        Command::ChooseValue { field: Field::Country, value: value.to_owned(), chosen }
    }

    fn rectangle(west_deg: f64, east_deg: f64) -> Command {
        Command::SetRectangle(Some(Bounds { west_deg, south_deg: 40.0, east_deg, north_deg: 60.0 }))
    }

    #[test]
    fn each_condition_is_a_step_to_take_back_and_reset_undoes_all() {
        let mut state = AppState::new(dataset(6));
        let contested = Command::ChooseStatus { status: Status::Corroborated, chosen: true };
        let steps = [
            (choose("RU", true), 3),
            (rectangle(-1.0, 0.003), 2),
            (Command::SetAtLeast(Some(Precision::Exact)), 1),
            (contested, 1),
            (choose("UA", true), 1),
        ];
        for (command, total) in steps.clone() {
            state.apply(command);
            assert_eq!(state.engine().total(), total);
        }
        state.apply(Command::ResetFilter);
        assert!(state.filter().is_empty() && state.engine().total() == 6);
        for (_, total) in steps.into_iter().rev() {
            state.apply(Command::Undo);
            assert_eq!(state.engine().total(), total);
        }
        state.apply(Command::Undo);
        assert!(!state.can_undo() && state.engine().total() == 6);
    }

    #[test]
    fn the_values_of_many_are_gathered_elsewhere_while_the_answer_before_stands() {
        let dataset = dataset(GATHERED_AT_ONCE + 1);
        let mut state = AppState::new(Arc::clone(&dataset));
        assert!(state.gather_values().is_none(), "nobody has asked");
        state.apply(choose("UA", true));
        assert!(state.awaits_values() && state.engine().total() == GATHERED_AT_ONCE + 1);
        let wanted = state.gather_values().unwrap();
        assert!(state.gather_values().is_none(), "they are gathered once");
        let facets = Facets::build(&wanted, &Progress::default()).unwrap().unwrap();
        state.set_facets(&wanted, facets);
        assert!(!state.awaits_values() && state.engine().total() == GATHERED_AT_ONCE / 2);
        assert_eq!(
            state.counting(Field::Country).unwrap().run().iter().sum::<u32>() as usize,
            dataset.incidents.len()
        );
    }

    #[test]
    fn values_that_come_too_late_change_nothing() {
        let first = dataset(GATHERED_AT_ONCE + 1);
        let mut state = AppState::new(first);
        state.apply(choose("UA", true));
        let wanted = state.gather_values().unwrap();
        let other = dataset(4);
        state.replace_dataset(Arc::clone(&other), Arc::new(Columns::of(&other)), None);
        state.set_facets(&wanted, Facets::default());
        assert!(state.facets().is_none() && state.engine().total() == 4);
    }

    #[test]
    fn values_hold_for_a_file_that_was_read_again() {
        let mut state = AppState::new(dataset(4));
        state.apply(choose("UA", true));
        let newer = dataset(10);
        state.reload_dataset(Arc::clone(&newer), Arc::new(Columns::of(&newer)));
        assert_eq!(state.engine().total(), 5);
    }

    #[test]
    fn revealing_an_incident_takes_out_only_what_hides_it() {
        let mut state = AppState::new(dataset(6));
        let shown =
            [choose("UA", true), rectangle(-1.0, 1.0), Command::SetAtLeast(Some(Precision::Settlement))];
        let hiding = [Command::ChooseStatus { status: Status::Claimed, chosen: true }, Command::Select(0)];
        shown.into_iter().chain(hiding).for_each(|command| drop(state.apply(command)));
        assert!(state.selection_is_hidden());
        state.apply(Command::RevealSelection);
        let filter = state.filter();
        assert!(!state.selection_is_hidden() && filter.chosen(Field::Country).is_empty());
        assert!(filter.rectangle().is_some() && filter.at_least() == Some(Precision::Settlement));
        assert!(filter.chooses_status(Status::Claimed) && filter.chooses_status(Status::Corroborated));
        state.apply(rectangle(170.0, -170.0));
        state.apply(Command::RevealSelection);
        assert!(state.filter().rectangle().is_none() && !state.selection_is_hidden());
    }
}
