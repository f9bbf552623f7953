//! The files that are open at once: each is a layer of the one dataset that the rest of the program knows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::AppState;
use crate::model::{ColorBy, Dataset, Difference};
use crate::query::{Bitmap, Columns};

/// A file that is open, or what came without one.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenFile {
    /// Where it was read from; `None` for the dataset that comes with the program.
    pub path: Option<PathBuf>,
    /// What was read.
    pub dataset: Arc<Dataset>,
}

/// What is open, ready to be shown: worked out off the window's thread.
#[derive(Debug, Clone)]
pub struct Arranged {
    /// The files, the first one at the bottom.
    pub files: Vec<OpenFile>,
    /// What their colours stand for.
    pub color_by: ColorBy,
    /// All of them as one.
    pub dataset: Arc<Dataset>,
    /// The columns of that.
    pub columns: Arc<Columns>,
    /// What is different from the reading before, where they were read again.
    pub difference: Option<Difference>,
}

impl Arranged {
    /// Joins files into one dataset with its columns. Takes a while for large ones.
    #[must_use]
    pub fn new(files: Vec<OpenFile>, color_by: ColorBy) -> Self {
        let parts: Vec<Arc<Dataset>> = files.iter().map(|file| Arc::clone(&file.dataset)).collect();
        let dataset = Dataset::joined(&parts, color_by);
        let columns = Arc::new(Columns::of(&dataset));
        Self { files, color_by, dataset, columns, difference: None }
    }
}

impl AppState {
    /// The files that are open, the first one at the bottom.
    #[must_use]
    pub fn files(&self) -> &[OpenFile] {
        &self.files
    }

    /// What colours stand for.
    #[must_use]
    pub fn color_by(&self) -> ColorBy {
        self.color_by
    }

    /// The file that the open dataset was read from, the first where they are several; `None` for one that was not read
    /// from a file, such as the bundled one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.files.first()?.path.as_deref()
    }

    /// Says from which file the dataset that the state began with was read.
    pub fn set_file(&mut self, path: PathBuf) {
        if let Some(file) = self.files.first_mut() {
            file.path = Some(path);
        }
    }

    /// Puts files in place of those that are open. Those that were read again, or have others beside them now, keep
    /// filter, selection and view: see [`AppState::reload_dataset`]. Returns the old dataset, which may take a while to
    /// drop.
    pub fn put_files(&mut self, arranged: Arranged, keeps_place: bool) -> Arc<Dataset> {
        let Arranged { files, color_by, dataset, columns, difference } = arranged;
        let old = if keeps_place {
            self.reload_dataset(dataset, columns)
        } else {
            self.replace_dataset(dataset, columns, None)
        };
        (self.files, self.color_by) = (files, color_by);
        self.difference = difference.unwrap_or_default();
        old
    }

    /// Whether an incident was added by the last reload.
    #[must_use]
    pub fn is_added(&self, incident: usize) -> bool {
        self.difference.added.binary_search(&incident).is_ok()
    }

    /// Whether an incident said something else before the last reload.
    #[must_use]
    pub fn is_changed(&self, incident: usize) -> bool {
        self.difference.changed.binary_search(&incident).is_ok()
    }

    /// What is found, without the incidents of files that are hidden.
    pub(super) fn with_hidden_layers(&self, found: Option<Arc<Bitmap>>) -> Option<Arc<Bitmap>> {
        let hidden = self.filter.hidden_layers();
        let layers = &self.dataset.layers;
        if hidden.is_empty() || layers.is_empty() {
            return found;
        }
        let mut shown =
            found.as_deref().cloned().unwrap_or_else(|| Bitmap::ones(self.dataset.incidents.len()));
        for layer in hidden.iter().filter_map(|&layer| layers.get(layer)) {
            shown.clear(layer.incidents.clone());
        }
        Some(Arc::new(shown))
    }

    /// The files without one of them.
    pub(super) fn files_without(&self, layer: usize) -> Option<Vec<OpenFile>> {
        let mut files = self.files.clone();
        (layer < files.len() && files.len() > 1).then(|| {
            files.remove(layer);
            files
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Command, Effect};
    use crate::testing::{dataset_of, incident_at};

    fn file(path: &str, id: &str) -> OpenFile {
        let dataset = Arc::new(dataset_of(2, vec![incident_at(id, 1, 30.0, 50.0)]));
        OpenFile { path: Some(path.into()), dataset }
    }

    #[test]
    fn files_that_join_keep_filter_and_selection() {
        let first = file("/data/a.ron", "a");
        let mut state = AppState::new(Arc::clone(&first.dataset));
        state.set_file("/data/a.ron".into());
        state.apply(Command::Select(0));
        state.apply(Command::SetTypeShown { event_type: 0, shown: false });
        let both = vec![file("/data/b.ron", "b"), first];
        drop(state.put_files(Arranged::new(both, ColorBy::EventType), true));
        assert_eq!((state.files().len(), state.dataset().incidents.len()), (2, 2));
        assert_eq!(state.selected().map(|it| it.id.clone()).as_deref(), Some("a"));
        assert!(!state.filter().shows_type(0) && state.filter().shows_type(1));
        let Some(Effect::Arrange { files, color_by }) = state.apply(Command::RemoveLayer(0)) else {
            panic!("the files are arranged anew");
        };
        drop(state.put_files(Arranged::new(files, color_by), true));
        assert_eq!(state.file(), Some(Path::new("/data/a.ron")));
        assert_eq!(state.apply(Command::RemoveLayer(0)), None, "something stays open");
    }

    #[test]
    fn what_a_reload_added_and_changed_is_marked_until_the_next() {
        let mut state = AppState::new(file("/data/a.ron", "a").dataset);
        let difference = Difference { added: vec![0], gone: 3, ..Difference::default() };
        let arranged = Arranged::new(vec![file("/data/a.ron", "a")], ColorBy::EventType);
        drop(state.put_files(Arranged { difference: Some(difference), ..arranged.clone() }, true));
        assert!(state.is_added(0) && !state.is_changed(0));
        drop(state.put_files(arranged, true));
        assert!(!state.is_added(0));
    }
}
