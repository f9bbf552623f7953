//! Writes settings a moment after they have changed, on a thread of its own, and when it is dropped.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Settings;
use super::disk::{self, SettingsError};

/// Settings are written once they have not changed for so long.
const QUIET: Duration = Duration::from_millis(700);
/// Settings that change all the time are written at least so often.
const PATIENCE: Duration = Duration::from_secs(10);

/// The settings while the program runs.
pub struct Keeper {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    settings: Settings,
    /// How often they have changed.
    revision: u64,
    closing: bool,
    problem: Option<SettingsError>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing is left half done under this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keeper {
    /// Keeps settings in a file; without one only until the program ends. `wake` is called when [`Self::take_problem`]
    /// has something.
    #[must_use]
    pub fn new(settings: Settings, file: Option<PathBuf>, wake: impl Fn() + Send + 'static) -> Self {
        let state = State { settings, revision: 0, closing: false, problem: None };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let thread = file.and_then(|file| {
            let path = file.clone();
            let theirs = Arc::clone(&shared);
            let thread = std::thread::Builder::new().name("settings".to_owned());
            let started = thread.spawn(move || write_changes(&theirs, &file, &wake));
            started
                .map_err(|error| shared.lock().problem = Some(SettingsError::Unwritable { path, error }))
                .ok()
        });
        Self { shared, thread }
    }

    /// Reads something of the settings.
    pub fn read<T>(&self, read: impl FnOnce(&Settings) -> T) -> T {
        read(&self.shared.lock().settings)
    }

    /// Changes the settings. They are written in a moment.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) {
        let mut state = self.shared.lock();
        change(&mut state.settings);
        state.revision += 1;
        self.shared.changed.notify_one();
    }

    /// Why settings could not be written, once.
    #[must_use]
    pub fn take_problem(&self) -> Option<SettingsError> {
        self.shared.lock().problem.take()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.shared.lock().closing = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // A thread that has panicked has said so already.
            let _ = thread.join();
        }
    }
}

/// The thread's work: waits for changes, lets them come to rest, writes them.
fn write_changes(shared: &Shared, file: &Path, wake: &impl Fn()) {
    let mut written = 0;
    let mut could_write = true;
    loop {
        let state = wait_for_change(shared, written);
        let closing = state.closing;
        if state.revision != written || (closing && !could_write) {
            written = state.revision;
            let settings = state.settings.clone();
            drop(state);
            let result = disk::save(file, &settings);
            let could = std::mem::replace(&mut could_write, result.is_ok());
            // Told once, not after each change.
            if let Err(error) = result
                && could
            {
                log::error!("{error}");
                shared.lock().problem = Some(error);
                wake();
            }
        }
        if closing {
            return;
        }
    }
}

/// Waits until there is something to write and it has come to rest, or the end has come.
fn wait_for_change(shared: &Shared, written: u64) -> MutexGuard<'_, State> {
    let idle = |state: &mut State| !state.closing && state.revision == written;
    let mut state = shared.changed.wait_while(shared.lock(), idle).unwrap_or_else(PoisonError::into_inner);
    let first = Instant::now();
    while !state.closing && first.elapsed() < PATIENCE {
        let seen = state.revision;
        let more = |state: &mut State| !state.closing && state.revision == seen;
        let (next, timeout) =
            shared.changed.wait_timeout_while(state, QUIET, more).unwrap_or_else(PoisonError::into_inner);
        state = next;
        if timeout.timed_out() {
            break;
        }
    }
    state
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::state::MapChoice;

    #[test]
    fn what_has_changed_is_written_at_the_latest_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = disk::load(Some(folder.path())).file;
        let keeper = Keeper::new(Settings::default(), file, || {});
        for _ in 0..100 {
            keeper.change(|settings| settings.map = MapChoice::Plain);
        }
        drop(keeper);
        assert_eq!(disk::load(Some(folder.path())).settings.map, MapChoice::Plain);
    }

    #[test]
    fn what_has_changed_is_written_while_the_program_runs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(disk::FILE_NAME);
        let keeper = Keeper::new(Settings::default(), Some(file.clone()), || {});
        keeper.change(|settings| settings.map = MapChoice::Plain);
        let deadline = Instant::now() + Duration::from_mins(1);
        while !file.exists() {
            assert!(Instant::now() < deadline, "nothing is written");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn nothing_is_written_where_nothing_has_changed_or_no_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        drop(Keeper::new(Settings::default(), Some(folder.path().join(disk::FILE_NAME)), || {}));
        let keeper = Keeper::new(Settings::default(), None, || {});
        keeper.change(|settings| settings.map = MapChoice::Plain);
        assert_eq!(keeper.read(|settings| settings.map.clone()), MapChoice::Plain);
        drop(keeper);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn that_settings_cannot_be_written_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "").unwrap();
        let (sender, woken) = mpsc::channel();
        let file = folder.path().join("file").join(disk::FILE_NAME);
        let keeper = Keeper::new(Settings::default(), Some(file), move || {
            let _ = sender.send(());
        });
        keeper.change(|settings| settings.map = MapChoice::Plain);
        woken.recv_timeout(Duration::from_mins(1)).unwrap();
        assert!(matches!(keeper.take_problem(), Some(SettingsError::Unwritable { .. })));
        keeper.change(|settings| settings.map = MapChoice::Embedded);
        let shared = Arc::clone(&keeper.shared);
        drop(keeper);
        assert!(shared.lock().problem.is_none() && woken.try_recv().is_err());
    }
}
