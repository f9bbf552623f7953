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
