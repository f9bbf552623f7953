//! Reading the incidents as a story: one after the other in time, whatever the order of the list.
//!
//! Next and previous go along the list as it stands; later and earlier go through all that the filter shows, also where
//! the list holds only what is in view: the map flies along and would change that list at every step.

use std::cell::Cell;

use super::{AppState, Command};

/// How far the reader is in the story.
#[derive(Debug, Default)]
pub(super) struct Story {
    /// How often the selection was moved along it.
    steps: u64,
    /// Whether it goes on in both directions, with the revision and the incident that this is known of.
    known: Cell<Option<(u64, usize, [bool; 2])>>,
}

impl Command {
    /// Whether an incident is opened by it, for the reader to see.
    #[must_use]
    pub fn opens_incident(&self) -> bool {
        let moves = [Self::SelectNext, Self::SelectPrevious, Self::SelectLater, Self::SelectEarlier];
        matches!(self, Self::Select(_)) || moves.contains(self)
    }
}

impl AppState {
    /// Selects the incident that comes after (or before) the selected one in time. At either end the selection stays.
    pub(super) fn step_in_time(&mut self, later: bool) {
        let next =
            if later { self.engine.later(self.selection) } else { self.engine.earlier(self.selection) };
        if next.is_some() {
            self.selection = next;
            self.story.steps += 1;
        }
    }

    /// Grows with every step along the story: the map then brings the selection into its middle.
    #[must_use]
    pub fn steps_in_time(&self) -> u64 {
        self.story.steps
    }

    /// Whether any incident is earlier than the selected one, and whether any is later.
    #[must_use]
    pub fn story_goes_on(&self) -> [bool; 2] {
        let Some(selection) = self.selection else { return [self.engine.total() > 0; 2] };
        let revision = self.revision();
        let known = self.story.known.get().filter(|(at, of, _)| (*at, *of) == (revision, selection));
        known.map_or_else(
            || {
                let goes_on = self.engine.story_goes_on(selection);
                self.story.known.set(Some((revision, selection, goes_on)));
                goes_on
            },
            |(.., goes_on)| goes_on,
        )
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::query::SortBy;
    use crate::state::{AppState, Command};
    use crate::testing::{dataset_of, incident_at};

    #[test]
    fn the_story_is_read_in_time_whatever_the_order_of_the_list() {
        let incidents = (0..3).map(|n| incident_at(&format!("i{n}"), 0, f64::from(n), 50.0)).collect();
        let mut state = AppState::new(Arc::new(dataset_of(1, incidents)));
        state.apply(Command::SortList(SortBy::Newest));
        let _ = state.arrange_list();
        let mut read = Vec::new();
        for _ in 0..4 {
            state.apply(Command::SelectLater);
            read.push(state.selection());
        }
        assert_eq!(read, [Some(0), Some(1), Some(2), Some(2)]);
        assert_eq!((state.story_goes_on(), state.steps_in_time()), ([true, false], 3));
        state.apply(Command::SelectEarlier);
        assert_eq!((state.selection(), state.story_goes_on()), (Some(1), [true, true]));
        state.apply(Command::Undo);
        assert_eq!(state.selection(), None, "a walk is taken back as one");
    }
}
