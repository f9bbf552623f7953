//! Tells when a file on disk is no longer what was read of it.
//!
//! The folder is watched, not the file: editors and programs that write atomically put another file in its place.
//! Nothing polls. A burst of events counts once, when it is over; and what counts is whether size or time of the file
//! have changed, so that reading it, or writing another file beside it, says nothing.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, SystemTime};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::jobs::Wake;

/// A burst of events is over when nothing has happened for so long.
const QUIET: Duration = Duration::from_millis(300);

/// What tells one state of a file from another: its size and when it was written. `None` while there is no such file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(Option<(u64, Option<SystemTime>)>);

impl Stamp {
    /// The stamp of a file as it is now. What is no file, such as a pipe, has none: it cannot be read twice.
    #[must_use]
    pub fn of(file: &Path) -> Self {
        let metadata = std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file);
        Self(metadata.map(|it| (it.len(), it.modified().ok())))
    }
}

/// What has become of a watched file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is another file, or has other contents.
    Written,
    /// There is no such file any more.
    Vanished,
}

/// A file that is watched until this is dropped.
pub struct Watch {
    changes: Receiver<Change>,
    // The thread that waits for events ends with it.
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Watches a file of which `seen` was read. `wake` is called whenever [`Watch::poll`] has something new.
    pub fn start(file: &Path, seen: Stamp, wake: Wake) -> notify::Result<Self> {
        let (event_sender, events) = channel();
        let (sender, changes) = channel();
        // Whatever happened between reading the file and watching it.
        let _ = event_sender.send(());
        let places = places_of(file);
        let names = places.clone();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| concerns(&event, &names)) {
                // Nobody listens any more once the watch is dropped.
                let _ = event_sender.send(());
            }
        })?;
        for folder in places.iter().filter_map(|place| place.parent()) {
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        let file = file.to_owned();
        std::thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || report_changes(&events, &file, seen, &sender, &wake))
            .map_err(notify::Error::io)?;
        Ok(Self { changes, _watcher: watcher })
    }

    /// The next change that was noticed.
    pub fn poll(&mut self) -> Option<Change> {
        self.changes.try_recv().ok()
    }
}

/// The file itself, and where it leads to if it is a link.
fn places_of(file: &Path) -> Vec<PathBuf> {
    let mut places = vec![file.to_owned()];
    places.extend(file.canonicalize().ok().filter(|real| real != file));
    places
}

fn concerns(event: &notify::Event, places: &[PathBuf]) -> bool {
    let is_about = |path: &PathBuf| {
        // The folder itself: it was moved or removed.
        places.iter().any(|place| place.file_name() == path.file_name() || place.parent() == Some(path))
    };
    !matches!(event.kind, EventKind::Access(_)) && (event.need_rescan() || event.paths.iter().any(is_about))
}

fn report_changes(
    events: &Receiver<()>,
    file: &Path,
    mut seen: Stamp,
    changes: &Sender<Change>,
    wake: &Wake,
) {
    while events.recv().is_ok() {
        let end = loop {
            if let Err(end) = events.recv_timeout(QUIET) {
                break end;
            }
        };
        if end == RecvTimeoutError::Disconnected {
            return;
        }
        let now = Stamp::of(file);
        if now != seen {
            seen = now;
            let change = if now.0.is_some() { Change::Written } else { Change::Vanished };
            if changes.send(change).is_err() {
                return;
            }
            wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A watched file, and a channel that tells when the watch has something new.
    struct Watched {
        folder: tempfile::TempDir,
        file: PathBuf,
        watch: Watch,
        woken: Receiver<()>,
    }

    fn wake() -> (Wake, Receiver<()>) {
        let (sender, woken) = channel();
        let sender = Mutex::new(sender);
        let wake = move || {
            let _ = sender.lock().unwrap().send(());
        };
        (Arc::new(wake), woken)
    }

    fn watched() -> Watched {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.ron");
        fs::write(&file, "one").unwrap();
        let (wake, woken) = wake();
        let watch = Watch::start(&file, Stamp::of(&file), wake).unwrap();
        Watched { folder, file, watch, woken }
    }

    impl Watched {
        fn next(&mut self) -> Option<Change> {
            self.woken.recv_timeout(Duration::from_secs(20)).unwrap();
            self.watch.poll()
        }
    }

    #[test]
    fn a_file_that_is_replaced_and_then_removed_is_noticed() {
        let mut it = watched();
        let new = it.folder.path().join("a.ron.new");
        fs::write(&new, "longer").unwrap();
        fs::rename(&new, &it.file).unwrap();
        assert_eq!(it.next(), Some(Change::Written));
        fs::remove_file(&it.file).unwrap();
        assert_eq!(it.next(), Some(Change::Vanished));
        fs::write(&it.file, "back").unwrap();
        assert_eq!(it.next(), Some(Change::Written));
    }

    #[test]
    fn a_burst_counts_once_and_other_files_do_not_count() {
        let mut it = watched();
        fs::write(it.folder.path().join("b.ron"), "other").unwrap();
        fs::read(&it.file).unwrap();
        for n in 0..20 {
            fs::write(&it.file, "x".repeat(n + 10)).unwrap();
        }
        assert_eq!(it.next(), Some(Change::Written));
        assert_eq!(it.watch.poll(), None);
    }

    #[test]
    fn what_changed_before_the_watch_began_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.ron");
        let before = Stamp::of(&file);
        fs::write(&file, "one").unwrap();
        let (wake, woken) = wake();
        let mut watch = Watch::start(&file, before, wake).unwrap();
        woken.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(watch.poll(), Some(Change::Written));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed() {
        let mut it = watched();
        let elsewhere = tempfile::tempdir().unwrap();
        let link = elsewhere.path().join("link.ron");
        std::os::unix::fs::symlink(&it.file, &link).unwrap();
        let (wake, woken) = wake();
        it.watch = Watch::start(&link, Stamp::of(&link), wake).unwrap();
        it.woken = woken;
        fs::write(&it.file, "changed").unwrap();
        assert_eq!(it.next(), Some(Change::Written));
    }
}
