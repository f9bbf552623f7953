//! Tells what became of the rows of a file: a message when it has opened, and the panel behind it.

use std::sync::Arc;

use eframe::egui::Ui;

use super::notice::{Notice, Notices};
use super::panels::account::{AccountPanel, Wish, summary};
use crate::jobs::{Jobs, Wake};
use crate::model::{Dataset, Entry, Fate};
use crate::progress::Progress;
use crate::state::{AppState, Command};
use crate::t;

/// Looks at the wish to stop are so many rows apart.
const STEP: usize = 4096;

/// Which rows somebody wants to see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// What became of them; `None`: whatever.
    pub fate: Option<Fate>,
    /// What stands in field, value or reason, in any case.
    pub text: String,
}

/// Everything about the account of what is open.
pub struct Accounting {
    jobs: Jobs<(), Found>,
    panel: Option<AccountPanel>,
    /// The generation of the dataset that was last spoken of.
    generation: Option<u64>,
    /// What was said of it.
    told: Option<Notice>,
    /// What was said when its texts could no longer be read.
    failure: Option<Notice>,
}

struct Found {
    generation: u64,
    wanted: Wanted,
    rows: Vec<usize>,
}

impl Accounting {
    /// Nothing said yet. `wake` is called from other threads.
    #[must_use]
    pub fn new(wake: Wake) -> Self {
        Self { jobs: Jobs::new(wake), panel: None, generation: None, told: None, failure: None }
    }

    /// Opens the panel.
    pub fn open(&mut self, state: &AppState) {
        if self.panel.is_none() {
            let panel = AccountPanel::new(state);
            self.look_for(state, panel.wanted().clone());
            self.panel = Some(panel);
        }
    }

    /// Closes the panel; says whether it was open.
    pub fn close(&mut self) -> bool {
        self.jobs.cancel(());
        self.panel.take().is_some()
    }

    /// Speaks of a dataset that has just opened, and of texts that cannot be read back.
    pub fn update(&mut self, state: &AppState, notices: &mut Notices) {
        while let Some(((), result)) = self.jobs.poll() {
            match (result, &mut self.panel) {
                (Ok(found), Some(panel)) if found.generation == state.generation() => {
                    panel.take(&found.wanted, found.rows);
                }
                (Err(error), _) => {
                    log::error!("looking through an account: {error}");
                    self.panel = None;
                }
                _ => {}
            }
        }
        if self.generation != Some(state.generation()) {
            self.generation = Some(state.generation());
            self.take_back_failure(notices);
            self.tell(state, notices);
            if self.close() && has_something(state.dataset()) {
                self.open(state);
            }
        }
        if self.failure.is_none()
            && let Some(error) = state.dataset().incidents.failure()
        {
            let notice = Notice::new(t!("account-texts-lost", why = error.to_string()))
                .with_action(t!("open-reload"), Command::Reload);
            notices.push(notice.clone());
            self.failure = Some(notice);
        }
    }

    fn take_back_failure(&mut self, notices: &mut Notices) {
        if let Some(failure) = self.failure.take() {
            notices.withdraw(&failure);
        }
    }

    /// Says how many rows are on the map, unless all of them are and nothing was decided.
    fn tell(&mut self, state: &AppState, notices: &mut Notices) {
        let dataset = state.dataset();
        // The dataset that comes with the program is nobody's import.
        let from_file = state.files().iter().any(|file| file.path.is_some());
        let notice = (from_file && has_something(dataset)).then(|| {
            Notice::new(summary(&dataset.account)).with_action(t!("account-show"), Command::ShowAccount)
        });
        // Other colours, or a layer less: what was read and closed once is not said again.
        if notice == self.told {
            return;
        }
        if let Some(told) = &self.told {
            notices.withdraw(told);
        }
        notices.extend(notice.clone());
        self.told = notice;
    }

    /// Draws the panel, if it is open, along the bottom of what is left of the window.
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
        let Some(panel) = &mut self.panel else { return };
        match panel.show(ui, &state.dataset().account) {
            Some(Wish::Want(wanted)) => self.look_for(state, wanted),
            Some(Wish::Do(command)) => commands.push(command),
            Some(Wish::Close) => drop(self.close()),
            None => {}
        }
    }

    fn look_for(&mut self, state: &AppState, wanted: Wanted) {
        let (dataset, generation) = (Arc::clone(state.dataset()), state.generation());
        self.jobs.start((), move |progress| {
            let rows = rows_of(&dataset, &wanted, progress);
            Found { generation, wanted, rows }
        });
    }
}

/// Whether the account of a dataset has anything to tell.
#[must_use]
pub fn has_something(dataset: &Dataset) -> bool {
    !dataset.account.entries.is_empty() || !dataset.account.notes.is_empty()
}

/// The places of the rows that are wanted; of a search that was cancelled those that were found.
fn rows_of(dataset: &Dataset, wanted: &Wanted, progress: &Progress) -> Vec<usize> {
    let entries = &dataset.account.entries;
    let text = wanted.text.trim().to_lowercase();
    let passes = |entry: &Entry| {
        let has = |part: &str| part.to_lowercase().contains(&text);
        wanted.fate.is_none_or(|fate| entry.fate == fate)
            && (text.is_empty() || has(&entry.field) || has(&entry.value) || has(&entry.reason))
    };
    let go_on = |n: usize| !n.is_multiple_of(STEP) || progress.go_on(n, entries.len());
    let found = entries.iter().enumerate().take_while(|(n, _)| go_on(*n));
    found.filter(|(_, entry)| passes(entry)).map(|(n, _)| n).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::dataset_of;

    #[test]
    fn rows_are_found_by_fate_and_by_what_stands_in_them() {
        let entry = |fate, value: &str| Entry {
            fate,
            line: 2,
            column: 0,
            field: "lat".into(),
            value: value.into(),
            reason: "is no latitude".into(),
        };
        let mut dataset = dataset_of(1, Vec::new());
        dataset.account.entries =
            vec![entry(Fate::Listed, "Ärger"), entry(Fate::Rejected, "91"), entry(Fate::Rejected, "x")];
        let rows = |fate, text: &str| {
            rows_of(&dataset, &Wanted { fate, text: text.to_owned() }, &Progress::default())
        };
        assert_eq!(rows(None, ""), [0, 1, 2]);
        assert_eq!(rows(Some(Fate::Rejected), ""), [1, 2]);
        assert_eq!(rows(None, " ärger "), [0]);
        assert_eq!(rows(Some(Fate::Rejected), "LATITUDE"), [1, 2]);
        assert_eq!(rows(Some(Fate::Listed), "91"), Vec::<usize>::new());
    }
}
