//! Where the settings file is, how it is read, set aside and replaced.
//!
//! A file is replaced as a whole: the new one is written beside it, brought to the disk, and put in its place by one
//! rename. Whenever the program ends, the old file is there or the new one. A file that this program cannot read
//! completely is never written over: it is renamed first.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Settings;
use super::text::{self, Parsed};
use crate::whole_file;

/// Names a folder to be used instead of the reader's own.
pub const FOLDER_VARIABLE: &str = "DATELINE_CONFIG_DIR";
/// Name of the settings file.
pub const FILE_NAME: &str = "settings.ron";

/// No settings file that this program writes comes near this size.
const MAX_BYTES: u64 = 4 << 20;
/// A file that a writer left half done is rubbish after this time: no writer takes so long.
const RUBBISH_AFTER: Duration = Duration::from_mins(10);

/// What keeps settings from being remembered.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Some of the file is damaged; it was set aside.
    #[error("{lost} entries of the settings are damaged; the file is now {}", kept_as.display())]
    Damaged {
        /// How many entries were lost.
        lost: usize,
        /// Where the damaged file is now.
        kept_as: PathBuf,
    },
    /// A newer program has written the file; it was set aside.
    #[error("the settings are those of a newer version; the file is now {}", kept_as.display())]
    Newer {
        /// Where the newer file is now.
        kept_as: PathBuf,
    },
    /// The file is there but cannot be read or set aside. It is not written over.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write {}: {error}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// There is no home folder.
    #[error("no home folder to keep settings in")]
    NoHome,
}

/// What was found on the disk.
#[derive(Debug)]
pub struct Loaded {
    /// The settings, or the usual ones.
    pub settings: Settings,
    /// Where they are to be written; `None` where that must not be.
    pub file: Option<PathBuf>,
    /// What the reader should know.
    pub problem: Option<SettingsError>,
}

/// The folder of the reader's settings: that which [`FOLDER_VARIABLE`] names, else the desktop's.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    named_folder().or_else(|| {
        directories::ProjectDirs::from("", "", "dateline").map(|folders| folders.config_dir().to_owned())
    })
}

/// The folder that [`FOLDER_VARIABLE`] names.
#[must_use]
pub fn named_folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER_VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from)
}

/// Reads the settings in a folder. Whatever is wrong with them, there are settings afterwards.
#[must_use]
pub fn load(folder: Option<&Path>) -> Loaded {
    let Some(folder) = folder else {
        return Loaded { settings: Settings::default(), file: None, problem: Some(SettingsError::NoHome) };
    };
    let path = folder.join(FILE_NAME);
    // A link to a file that is kept elsewhere stays a link.
    let path = path.canonicalize().unwrap_or(path);
    remove_rubbish(&path);
    let bytes = match read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Loaded { settings: Settings::default(), file: Some(path), problem: None };
        }
        Err(error) => return unreadable(path, error),
    };
    let (settings, mark, lost) = match text::parse(&bytes) {
        Parsed::Whole(settings) => return Loaded { settings, file: Some(path), problem: None },
        Parsed::Damaged { rest, lost } => (rest, "damaged", Some(lost)),
        Parsed::Newer => (Settings::default(), "newer", None),
    };
    let kept_as = match set_aside(&path, mark) {
        Ok(kept_as) => kept_as,
        Err(error) => return unreadable(path, error),
    };
    if lost.is_some() {
        // What was saved of it must not be lost should the program end soon. An error will come up again.
        let _ = save(&path, &settings);
    }
    let problem = match lost {
        Some(lost) => SettingsError::Damaged { lost, kept_as },
        None => SettingsError::Newer { kept_as },
    };
    Loaded { settings, file: Some(path), problem: Some(problem) }
}

fn unreadable(path: PathBuf, error: io::Error) -> Loaded {
    let problem = SettingsError::Unreadable { path, error };
    Loaded { settings: Settings::default(), file: None, problem: Some(problem) }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // Only a regular file ends. Already opening a pipe would wait for somebody to write to it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Renames the file to the first free one of `NAME.MARK-1`, `NAME.MARK-2` and so on.
fn set_aside(path: &Path, mark: &str) -> io::Result<PathBuf> {
    /// A reader with so many of them has another problem.
    const MAX_KEPT: u32 = 1000;
    for n in 1..=MAX_KEPT {
        let kept_as = beside(path, &format!("{mark}-{n}"));
        // The empty file reserves the name: nothing that was set aside earlier is written over.
        match File::create_new(&kept_as) {
            Ok(_) => {
                return fs::rename(path, &kept_as).map(|()| kept_as);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("too many files were set aside already"))
}

/// Replaces the settings file.
pub fn save(path: &Path, settings: &Settings) -> Result<(), SettingsError> {
    let text = text::write(settings).map_err(io::Error::other);
    let written = text.and_then(|text| replace(path, text.as_bytes()));
    written.map_err(|error| SettingsError::Unwritable { path: path.to_owned(), error })
}

/// Puts a new file in the place of `path`, or leaves the old one.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let part = beside(path, &format!("{}.part", std::process::id()));
    let file = File::create(&part)?;
    whole_file::put(&part, file, path, |file| file.write_all(bytes))
}

/// Removes what writers left that were killed.
fn remove_rubbish(path: &Path) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return;
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let file_name = entry.file_name();
        let middle =
            file_name.to_str().and_then(|it| it.strip_prefix(name)?.strip_prefix('.')?.strip_suffix(".part"));
        let is_part =
            middle.is_some_and(|pid| !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit()));
        let age =
            entry.metadata().and_then(|it| it.modified()).map(|time| time.elapsed().unwrap_or_default());
        if is_part && age.is_ok_and(|age| age > RUBBISH_AFTER) {
            // Rubbish that cannot be removed harms nobody.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// `settings.ron` and a mark: `settings.ron.MARK`, in the same folder.
fn beside(path: &Path, mark: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(mark);
    path.with_file_name(name)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_in_the_place_of_the_file_does_not_hold_up_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join(FILE_NAME);
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let (sender, receiver) = std::sync::mpsc::channel();
        let of = folder.path().to_owned();
        std::thread::spawn(move || sender.send(load(Some(&of))).is_ok());
        let loaded = receiver.recv_timeout(Duration::from_secs(30)).unwrap();
        assert!(matches!(loaded.problem, Some(SettingsError::Unreadable { .. })));
        assert!(loaded.file.is_none(), "it is not written over");
    }
}
