//! The files of the command line: their reading begins before there is a window.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use super::reading::{Loaded, Mappings, Request};
use super::{Done, Work};
use crate::cli::{self, ViewOptions};
use crate::io::{ReadError, ReadOptions};
use crate::jobs::{Jobs, Wake};
use crate::open::{OpenError, open};

/// Files that together are no larger than this are waited for: then the window opens with what is in them, and what is
/// wrong with them can be told where the program was started.
const SMALL_BYTES: u64 = 1 << 20;
/// But no longer than this.
const PATIENCE: Duration = Duration::from_secs(2);

/// Files that are being read for a window that is not there yet.
pub struct Early {
    pub(super) jobs: Jobs<Work, Done>,
    pub(super) request: Request,
    /// The files as they were named, and how they are to be read.
    named: (Vec<PathBuf>, ReadOptions),
    pub(super) mappings: Mappings,
    /// What to show of them.
    pub(super) view: ViewOptions,
    /// What was read, if that is done.
    pub(super) done: Option<Loaded>,
    /// How the window is called, once there is one.
    window: Arc<OnceLock<Wake>>,
    ready: Receiver<()>,
}

impl Early {
    /// Begins to read files, which may be named from the working folder. `remembered` is what was said about columns in earlier runs.
    #[must_use]
    pub fn start(
        named: Vec<PathBuf>,
        options: &ReadOptions,
        remembered: impl IntoIterator<Item = (String, String)>,
        view: ViewOptions,
    ) -> Self {
        let absolute = |file: &PathBuf| std::path::absolute(file).unwrap_or_else(|_| file.clone());
        let files: Vec<PathBuf> = named.iter().map(absolute).collect();
        let window: Arc<OnceLock<Wake>> = Arc::default();
        let (sender, ready) = channel();
        let sender = Mutex::new(sender);
        let called = Arc::clone(&window);
        let wake = move || {
            // Nobody waits for it once the window is there.
            let _ = sender.lock().map(|sender| sender.send(()));
            if let Some(wake) = called.get() {
                wake();
            }
        };
        let mut jobs = Jobs::new(Arc::new(wake));
        let mut mappings = Mappings::of(remembered);
        for file in &files {
            mappings.set_of_file(file, options.clone());
        }
        let request = Request::Files(files);
        let (known, wanted) = (mappings.clone(), request.clone());
        jobs.start(Work::Load, move |progress| Done::Loaded(Box::new(wanted.read(&known, progress))));
        Self { jobs, request, named: (named, options.clone()), mappings, view, done: None, window, ready }
    }

    /// Waits for small files. An error where none of them can be read, or where the command line names what they do not
    /// have; a table whose columns nobody knows is none, because the window asks what they mean.
    pub fn wait(&mut self) -> Result<(), OpenError> {
        let bytes = |file: &PathBuf| std::fs::metadata(file).map_or(0, |it| it.len());
        let Request::Files(files) = &self.request else { return Ok(()) };
        if files.iter().map(bytes).sum::<u64>() > SMALL_BYTES || self.ready.recv_timeout(PATIENCE).is_err() {
            return Ok(());
        }
        // A crash is told in the window.
        let Some((_, Ok(Done::Loaded(mut loaded)))) = self.jobs.poll() else { return Ok(()) };
        if let Some(arranged) = &loaded.arranged {
            cli::check_ids(&self.view, &arranged.dataset)?;
        } else if let Some((file, error)) = loaded.failed.take_if(|(_, error)| error.preview().is_none()) {
            return Err(self.as_named(&file, error));
        }
        self.done = Some(*loaded);
        Ok(())
    }

    /// The same error with the file's name as it was given. It is read once more for that: it is small.
    fn as_named(&self, file: &Path, error: ReadError) -> OpenError {
        let (named, options) = &self.named;
        let at = self.request.files().iter().position(|known| *known == file);
        let name = at.and_then(|at| named.get(at));
        name.and_then(|name| open(Some(name), options).err()).unwrap_or_else(|| error.into())
    }

    /// What the window is called at first.
    #[must_use]
    pub fn title(&self) -> String {
        let read = self.done.as_ref().and_then(|loaded| loaded.arranged.as_ref());
        let first = || self.request.files().first().map_or_else(String::new, |file| super::name_of(file));
        read.map_or_else(first, |arranged| arranged.dataset.title.clone())
    }

    /// Says how the window is called when the files are read.
    pub(super) fn call(&self, wake: &Wake) {
        let _ = self.window.set(Arc::clone(wake));
    }
}
