//! What another state needs to show the same: taken from a state at once, made into one on another thread, for pictures.

use std::sync::Arc;

use super::maps::Maps;
use super::{AppState, Drawing, Found, LabelLanguage, ThemeChoice, ViewTarget, ZoneChoice};
use crate::model::Dataset;
use crate::query::{Bitmap, Columns, Filter};

/// What a state shows, but for the selection: a picture is of all alike.
#[derive(Debug)]
pub struct Likeness {
    dataset: Arc<Dataset>,
    columns: Arc<Columns>,
    filter: Filter,
    words: Vec<String>,
    incidents: Option<Arc<Bitmap>>,
    values: super::filtering::Values,
    target: ViewTarget,
    maps: Maps,
    drawing: Drawing,
    label_language: LabelLanguage,
    theme: Option<ThemeChoice>,
    zone_choice: ZoneChoice,
}

impl Likeness {
    /// What this state shows.
    #[must_use]
    pub fn of(state: &AppState) -> Self {
        Self {
            dataset: Arc::clone(&state.dataset),
            columns: Arc::clone(state.engine.columns()),
            filter: state.filter.clone(),
            words: state.found.words.clone(),
            incidents: state.found.incidents.clone(),
            values: state.values.alike(),
            target: state.target,
            maps: state.maps.alike(),
            drawing: state.drawing,
            label_language: state.label_language,
            theme: state.theme,
            zone_choice: state.zone_choice,
        }
    }

    /// A state that shows the same. Takes a while for large datasets.
    #[must_use]
    pub fn into_state(self) -> AppState {
        let mut state = AppState::with_columns(self.dataset, self.columns);
        state.found = Found { words: self.words, incidents: self.incidents, ..Found::default() };
        state.filter = self.filter;
        // A text that is still being looked for is looked for here, too: nobody waits in a frame.
        state.searches_elsewhere = false;
        state.values = self.values;
        state.zone_choice = self.zone_choice;
        state.set_clock();
        state.refresh();
        state.target = self.target;
        (state.maps, state.drawing, state.label_language) = (self.maps, self.drawing, self.label_language);
        state.theme = self.theme;
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Command;
    use crate::testing::{dataset_of, incident_at};

    #[test]
    fn a_likeness_shows_the_same_and_selects_nothing() {
        let incidents = (0..6).map(|n| incident_at(&format!("i{n}"), n % 3, 30.0 + n as f64, 50.0)).collect();
        let mut state = AppState::new(Arc::new(dataset_of(3, incidents)));
        state.apply(Command::SetTypeShown { event_type: 0, shown: false });
        state.apply(Command::SetText("i4".to_owned()));
        state.apply(Command::SetDrawing(Drawing::Heat));
        state.apply(Command::Select(4));
        state.apply(Command::FitShown);
        let twin = Likeness::of(&state).into_state();
        let shown = |state: &AppState| (0..6).map(|n| state.engine().contains(n)).collect::<Vec<_>>();
        assert_eq!(shown(&twin), shown(&state));
        assert_eq!((twin.engine().total(), twin.target()), (1, state.target()));
        assert_eq!((twin.drawing(), twin.selection()), (Drawing::Heat, None));
    }
}
