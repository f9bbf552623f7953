//! How another dataset takes the place of the open one.

use std::path::PathBuf;
use std::sync::Arc;

use super::{AppState, Found, OpenFile, View, ViewTarget, command};
use crate::model::{ColorBy, Dataset, Difference};
use crate::query::{Columns, Engine, Filter, has_more_text_than};

impl AppState {
    /// Grows whenever another dataset takes the place of the open one: what is kept of its incidents holds until then.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Puts another dataset in place of the open one: everything shown, nothing selected, the view fitted to all of it.
    /// Theme and map stay, and that only what is in view is listed. Returns the old dataset, which may take a while to drop.
    pub fn replace_dataset(
        &mut self,
        dataset: Arc<Dataset>,
        columns: Arc<Columns>,
        file: Option<PathBuf>,
    ) -> Arc<Dataset> {
        self.selection = None;
        self.files = vec![OpenFile { path: file, dataset: Arc::clone(&dataset) }];
        self.color_by = ColorBy::default();
        let mut filter = Filter::default();
        filter.set_in_view(self.filter.in_view());
        let old = self.put(dataset, columns, filter);
        self.target = ViewTarget::Fit(self.everything);
        old
    }

    /// Puts a newer state of the same file in place of the open dataset. Filter and selection stay with their event types
    /// and incident, by id, as far as these still exist; the view stays. Returns the old dataset. In a large one the
    /// filter's text must be looked for again: with the same text as a [`super::Command::SetText`].
    pub fn reload_dataset(&mut self, dataset: Arc<Dataset>, columns: Arc<Columns>) -> Arc<Dataset> {
        let mut filter = self.filter.clone();
        for event_type in 0..self.dataset.event_types.len() {
            filter.set_type_shown(event_type, true);
        }
        for (old, event_type) in self.dataset.event_types.iter().enumerate() {
            if let Some(new) = dataset.event_type_index(&event_type.id) {
                filter.set_type_shown(new, self.filter.shows_type(old));
            }
        }
        self.selection = self.selected().and_then(|incident| dataset.incident_index(&incident.id));
        self.put(dataset, columns, filter)
    }

    fn put(&mut self, dataset: Arc<Dataset>, columns: Arc<Columns>, filter: Filter) -> Arc<Dataset> {
        self.first_revision = self.revision() + 1;
        self.generation += 1;
        self.playback.stop();
        self.difference = Difference::default();
        self.engine = Engine::new(columns);
        self.set_clock();
        self.listing.dataset_changed();
        self.everything = super::area::bounds_of_shown(&dataset, &self.engine).unwrap_or(View::WORLD);
        self.searches_elsewhere = has_more_text_than(&dataset, command::SEARCHED_AT_ONCE_BYTES);
        let old = std::mem::replace(&mut self.dataset, dataset);
        self.found = Found::default();
        self.forget_values();
        self.filter = filter;
        self.refresh();
        // What could be taken back spoke of other incidents.
        self.forget_history();
        old
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::geo::LonLat;
    use crate::state::{Command, Effect, ThemeChoice, View};
    use crate::testing::{dataset_of, incident_at};

    const VIEW: View = View { center: LonLat { lon_deg: 10.0, lat_deg: 20.0 }, zoom: 5.0 };

    /// Type 0 hidden, text "b", incident "b" selected, the map moved, dark.
    fn in_use() -> AppState {
        let incidents = vec![incident_at("a", 0, 30.0, 50.0), incident_at("b", 1, 31.0, 50.0)];
        let mut state = AppState::new(Arc::new(dataset_of(2, incidents)));
        state.set_file("/data/a.ron".into());
        for command in [
            Command::SetTypeShown { event_type: 0, shown: false },
            Command::SetText("b".to_owned()),
            Command::Select(1),
            Command::SetView(VIEW),
            Command::SetTheme(ThemeChoice::Dark),
        ] {
            state.apply(command);
        }
        state
    }

    fn reload(state: &mut AppState, dataset: Dataset) {
        let columns = Arc::new(Columns::of(&dataset));
        state.reload_dataset(Arc::new(dataset), columns);
    }

    #[test]
    fn another_dataset_starts_anew_but_keeps_the_theme() {
        let mut state = in_use();
        let (revision, generation) = (state.revision(), state.generation());
        let dataset = Arc::new(dataset_of(1, vec![incident_at("c", 0, 5.0, 5.0)]));
        let columns = Arc::new(Columns::of(&dataset));
        let old = state.replace_dataset(dataset, columns, Some("/data/c.ron".into()));
        assert_eq!((old.incidents.len(), state.file()), (2, Some(Path::new("/data/c.ron"))));
        assert!(state.filter().is_empty() && state.selection().is_none());
        assert_eq!(state.engine().total(), 1);
        assert_eq!(state.target(), ViewTarget::Fit(state.engine().bounds().unwrap()));
        assert!(state.revision() > revision && state.generation() > generation);
        assert_eq!(state.theme(), Some(ThemeChoice::Dark));
        assert!(!state.can_undo(), "what could be taken back spoke of other incidents");
    }

    #[test]
    fn a_reload_keeps_filter_view_and_selection_by_id() {
        let mut state = in_use();
        // A type and an incident came first; "b" moved on in both lists.
        let mut dataset = dataset_of(
            3,
            vec![
                incident_at("new", 0, 30.0, 50.0),
                incident_at("a", 1, 30.0, 50.0),
                incident_at("b", 2, 31.0, 50.0),
            ],
        );
        for (event_type, id) in dataset.event_types.iter_mut().zip(["fresh", "type0", "type1"]) {
            event_type.id = id.to_owned();
        }
        reload(&mut state, dataset);
        assert_eq!(state.selected().map(|it| it.id.clone()).as_deref(), Some("b"));
        let shown: Vec<bool> = (0..3).map(|n| state.filter().shows_type(n)).collect();
        assert_eq!(shown, [true, false, true]);
        assert_eq!((state.filter().text(), state.target()), ("b", ViewTarget::At(VIEW)));
        assert_eq!(state.file(), Some(Path::new("/data/a.ron")));
    }

    #[test]
    fn a_reload_without_the_selected_incident_selects_nothing() {
        let mut state = in_use();
        reload(&mut state, dataset_of(1, vec![incident_at("a", 0, 30.0, 50.0)]));
        assert_eq!(state.selection(), None);
    }

    #[test]
    fn what_has_no_file_cannot_be_read_again() {
        let mut state = AppState::new(Arc::new(dataset_of(0, Vec::new())));
        assert_eq!(state.apply(Command::Reload), None);
        assert!(matches!(in_use().apply(Command::Reload), Some(Effect::Reload { .. })));
    }
}
