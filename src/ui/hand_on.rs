//! Views that are handed on: the present one goes to the clipboard, one that was pasted is looked up off the window's
//! thread and then restored.

use std::sync::Arc;

use super::notice::Notice;
use crate::jobs::{Jobs, Wake};
use crate::model::Dataset;
use crate::state::view_text::{Resolved, ViewText};
use crate::state::{AppState, Command};
use crate::t;

/// Looks pasted views up.
pub struct HandOn {
    jobs: Jobs<(), Found>,
}

/// A view, and the dataset that it was looked up in.
struct Found {
    dataset: Arc<Dataset>,
    resolved: Resolved,
}

impl HandOn {
    /// Nothing is looked up yet. `wake` is called from other threads.
    #[must_use]
    pub fn new(wake: Wake) -> Self {
        Self { jobs: Jobs::new(wake) }
    }

    /// Puts the present view on the clipboard, or says why not.
    pub fn copy(state: &AppState, commands: &mut Vec<Command>) -> Option<Notice> {
        match ViewText::of(state).write() {
            Ok(text) => commands.push(Command::Copy(text)),
            Err(error) => return Some(Notice::new(error.to_string())),
        }
        None
    }

    /// Looks up what a view names.
    pub fn look_up(&mut self, dataset: Arc<Dataset>, view: ViewText) {
        self.jobs.start((), move |progress| {
            let resolved = view.resolve(&dataset, progress);
            Found { dataset, resolved }
        });
    }

    /// Restores a view that was looked up since; returns what must be said about it.
    pub fn take(&mut self, state: &AppState, commands: &mut Vec<Command>) -> Vec<Notice> {
        let mut notices = Vec::new();
        while let Some(((), result)) = self.jobs.poll() {
            match result {
                // Another dataset was opened meanwhile: what was found is not in it.
                Ok(found) if !Arc::ptr_eq(&found.dataset, state.dataset()) => {}
                Ok(Found { resolved, .. }) => {
                    notices.extend(resolved.what_is_missing().map(Notice::new));
                    commands.push(Command::RestoreView(Box::new(resolved)));
                }
                Err(error) => {
                    log::error!("looking up a view: {error}");
                    notices.push(Notice::new(t!("view-crashed").to_owned()));
                }
            }
        }
        notices
    }
}
