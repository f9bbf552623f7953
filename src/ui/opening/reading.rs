//! What is to be read when files are opened, added or read again, and how that is done off the window's thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::io::table::Mapping;
use crate::io::{self, ReadError, ReadOptions};
use crate::model::{ColorBy, Dataset, Difference};
use crate::progress::Progress;
use crate::state::{AppState, Arranged, OpenFile};
use crate::t;
use crate::watch::Stamp;

/// How much of the time goes into reading, roughly; the rest puts in order what was read.
const READING: f64 = 0.95;

/// What is to be read.
#[derive(Debug, Clone)]
pub(super) enum Request {
    /// These files, in place of what is open.
    Files(Vec<PathBuf>),
    /// These files, beside what is open.
    Add { files: Vec<PathBuf>, beside: Vec<OpenFile>, color_by: ColorBy },
    /// The files that are open.
    Reload { files: Vec<OpenFile>, color_by: ColorBy },
    /// Nothing: just these files of those that are open are shown.
    Arrange { files: Vec<OpenFile>, color_by: ColorBy },
    /// The dataset that comes with the program: wanted, or instead of files that could not be opened.
    Bundled { instead: bool },
}

/// When something is read that is asked for while something else is being read.
pub(super) enum Next {
    /// At once, in place of that, and with what is still wanted of it.
    Now(Box<Request>),
    /// When that is there.
    Later,
}

/// What was read.
pub(super) struct Loaded {
    pub(super) request: Request,
    /// All that will be open; `None` where nothing that was asked for could be read.
    pub(super) arranged: Option<Arranged>,
    /// What the files were like before they were read.
    pub(super) stamps: Vec<(PathBuf, Stamp)>,
    /// The first file that could not be read, and how many others could not.
    pub(super) failed: Option<(PathBuf, ReadError)>,
    pub(super) more_failed: usize,
}

/// What somebody has said about the columns of tables, the newest last.
#[derive(Debug, Clone, Default)]
pub struct Mappings {
    /// By the names of the columns: what they mean.
    known: Vec<(String, Mapping)>,
    /// By file: what the command line says.
    of_files: Vec<(PathBuf, ReadOptions)>,
}

impl Mappings {
    /// What was remembered, as the names of the columns and the mapping's text. What is no mapping is left out.
    #[must_use]
    pub fn of(remembered: impl IntoIterator<Item = (String, String)>) -> Self {
        let parsed = remembered.into_iter().filter_map(|(columns, text)| Some((columns, text.parse().ok()?)));
        Self { known: parsed.collect(), of_files: Vec::new() }
    }

    /// The names of columns as one text.
    #[must_use]
    pub fn key(header: &[String]) -> String {
        header.join("\t")
    }

    /// What was said about a table of these columns.
    #[must_use]
    pub fn get(&self, header: &[String]) -> Option<&Mapping> {
        let key = Self::key(header);
        self.known.iter().rev().find(|(columns, _)| *columns == key).map(|(_, mapping)| mapping)
    }

    /// Takes in what is said about a table.
    pub fn set(&mut self, header: &[String], mapping: Mapping) {
        let key = Self::key(header);
        self.known.retain(|(columns, _)| *columns != key);
        self.known.push((key, mapping));
    }

    /// Takes in how a file was read, so that it is read likewise again.
    pub fn set_of_file(&mut self, path: &Path, options: ReadOptions) {
        self.of_files.push((path.to_owned(), options));
    }

    /// Reads a file: a table whose columns say nothing by themselves as it was said before.
    fn read(&self, path: &Path, progress: &Progress) -> Result<Dataset, ReadError> {
        let of_file = self.of_files.iter().rev().find(|(known, _)| known == path);
        let options = of_file.map_or_else(ReadOptions::default, |(_, options)| options.clone());
        // When the file is read again, the window says what is different.
        let options = ReadOptions { marks: true, ..options };
        let result = io::read_path_with(path, &options, progress);
        let known = match &result {
            Err(error) => error.preview().and_then(|preview| self.get(&preview.header)),
            Ok(_) => None,
        };
        match known {
            Some(mapping) => {
                let options = ReadOptions { mapping: Some(mapping.clone()), ..options };
                io::read_path_with(path, &options, progress)
            }
            None => result,
        }
    }
}

/// Files as they are read one after the other.
struct Reading<'a> {
    mappings: &'a Mappings,
    progress: &'a Progress,
    stamps: Vec<(PathBuf, Stamp)>,
    failed: Option<(PathBuf, ReadError)>,
    more_failed: usize,
}

impl Reading<'_> {
    fn read(&mut self, path: &Path, part: [f64; 2]) -> Option<OpenFile> {
        if self.progress.is_cancelled() {
            return None;
        }
        // Taken before reading: what is written meanwhile is then noticed.
        self.stamps.push((path.to_owned(), Stamp::of(path)));
        let progress = self.progress.part(part[0], part[1]);
        match self.mappings.read(path, &progress) {
            Ok(dataset) => Some(OpenFile { path: Some(path.to_owned()), dataset: Arc::new(dataset) }),
            Err(error) if self.failed.is_none() => {
                self.failed = Some((path.to_owned(), error));
                None
            }
            Err(_) => {
                self.more_failed += 1;
                None
            }
        }
    }

    fn read_all(&mut self, paths: &[PathBuf]) -> Vec<OpenFile> {
        let parts = parts(paths.iter().map(|path| Some(path.as_path())));
        paths.iter().zip(parts).filter_map(|(path, part)| self.read(path, part)).collect()
    }
}

impl Request {
    /// The files that are to be read.
    pub(super) fn files(&self) -> Vec<&Path> {
        match self {
            Self::Files(files) | Self::Add { files, .. } => files.iter().map(PathBuf::as_path).collect(),
            Self::Reload { files, .. } => files.iter().filter_map(|file| file.path.as_deref()).collect(),
            Self::Arrange { .. } | Self::Bundled { .. } => Vec::new(),
        }
    }

    /// Whether what is shown stays where it is: filter, selection and view.
    pub(super) fn keeps_place(&self) -> bool {
        matches!(self, Self::Add { .. } | Self::Reload { .. } | Self::Arrange { .. })
    }

    /// What becomes of this wish while another one is being carried out.
    pub(super) fn after(self, running: &Self) -> Next {
        let now = |request| Next::Now(Box::new(request));
        let both = |first: &[PathBuf], more: &[PathBuf]| first.iter().chain(more).cloned().collect();
        match (&self, running) {
            (Self::Add { files, .. }, Self::Files(running)) => now(Self::Files(both(running, files))),
            (Self::Add { files, .. }, Self::Add { files: running, beside, color_by }) => {
                now(Self::Add { files: both(running, files), beside: beside.clone(), color_by: *color_by })
            }
            (Self::Arrange { files, color_by }, Self::Add { files: running, .. }) => {
                now(Self::Add { files: running.clone(), beside: files.clone(), color_by: *color_by })
            }
            (Self::Arrange { files, color_by }, Self::Reload { .. }) => {
                now(Self::Reload { files: files.clone(), color_by: *color_by })
            }
            (Self::Files(_) | Self::Bundled { instead: false }, _)
            | (Self::Reload { .. }, Self::Reload { .. })
            | (Self::Arrange { .. }, Self::Arrange { .. }) => now(self),
            _ => Next::Later,
        }
    }

    /// What is left of a wish that had to wait, now that these files are open. `replaced`: they are others than when it
    /// was made.
    pub(super) fn later(self, state: &AppState, replaced: bool) -> Option<Self> {
        let (beside, color_by) = (state.files().to_vec(), state.color_by());
        match self {
            Self::Add { files, .. } if state.is_waiting() => Some(Self::Files(files)),
            Self::Add { files, .. } => Some(Self::Add { files, beside, color_by }),
            Self::Reload { .. } => (!replaced).then_some(Self::Reload { files: beside, color_by }),
            Self::Arrange { .. } => Some(self).filter(|_| !replaced),
            other => Some(other),
        }
    }

    pub(super) fn read(self, mappings: &Mappings, progress: &Progress) -> Loaded {
        let mut reading = Reading { mappings, progress, stamps: Vec::new(), failed: None, more_failed: 0 };
        let arranged = match &self {
            Self::Files(files) => {
                let read = reading.read_all(files);
                (!read.is_empty()).then(|| Arranged::new(read, ColorBy::default()))
            }
            Self::Add { files, beside, color_by } => {
                let read = reading.read_all(files);
                let all = || beside.iter().cloned().chain(read.iter().cloned()).collect();
                (!read.is_empty()).then(|| Arranged::new(all(), *color_by))
            }
            Self::Reload { files, color_by } => reload(&mut reading, files, *color_by),
            Self::Arrange { files, color_by } => Some(Arranged::new(files.clone(), *color_by)),
            Self::Bundled { .. } => match io::bundled() {
                Ok(dataset) => {
                    let file = OpenFile { path: None, dataset: Arc::new(dataset) };
                    Some(Arranged::new(vec![file], ColorBy::default()))
                }
                Err(error) => {
                    reading.failed = Some((PathBuf::from(t!("open-bundled-name")), error));
                    None
                }
            },
        };
        let Reading { stamps, failed, more_failed, .. } = reading;
        Loaded { request: self, arranged, stamps, failed, more_failed }
    }
}

/// From where to where reading each of some files is of the whole work: by their sizes.
fn parts<'a>(paths: impl Iterator<Item = Option<&'a Path>>) -> Vec<[f64; 2]> {
    // An empty file is looked at, too.
    let bytes = |path| std::fs::metadata(path).map_or(0, |it| it.len()) as f64 + 1.0;
    let sizes: Vec<f64> = paths.map(|path| path.map_or(1.0, bytes)).collect();
    let total: f64 = sizes.iter().sum();
    let mut done = 0.0;
    let part = |size: f64| {
        let from = done;
        done += size;
        [from, done].map(|bytes| bytes / total * READING)
    };
    sizes.into_iter().map(part).collect()
}

/// Reads the files that are open again. One that cannot be read stays as it is; `None` if that goes for all of them.
fn reload(reading: &mut Reading, files: &[OpenFile], color_by: ColorBy) -> Option<Arranged> {
    let mut any = false;
    let mut difference = Some(Difference::default());
    let mut first = 0;
    let mut all = Vec::new();
    let parts = parts(files.iter().map(|file| file.path.as_deref()));
    for (file, part) in files.iter().zip(parts) {
        let again = file.path.as_deref().and_then(|path| reading.read(path, part));
        any |= again.is_some();
        if let Some(again) = &again {
            let one = Difference::between(&file.dataset, &again.dataset, reading.progress.cancel_flag());
            difference = difference.zip(one).map(|(sum, one)| sum.with(one, first));
        }
        let file = again.unwrap_or_else(|| file.clone());
        first += file.dataset.incidents.len();
        all.push(file);
    }
    any.then(|| Arranged { difference, ..Arranged::new(all, color_by) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_files_all_that_can_be_read_are_opened_and_the_first_other_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let [missing, broken, good, other] =
            ["missing.ron", "broken.ron", "good.ron", "other.ron"].map(|it| folder.path().join(it));
        std::fs::write(&broken, "Dataset(").unwrap();
        std::fs::write(&good, io::BUNDLED).unwrap();
        std::fs::write(&other, io::BUNDLED).unwrap();
        let progress = Progress::default();
        let files = vec![missing.clone(), good.clone(), broken.clone(), other];
        let loaded = Request::Files(files).read(&Mappings::default(), &progress);
        let arranged = loaded.arranged.unwrap();
        assert_eq!((arranged.files.len(), arranged.dataset.incidents.len()), (2, 12));
        assert!(loaded.failed.is_some_and(|(file, _)| file == missing) && loaded.more_failed == 1);
        let loaded = Request::Files(vec![missing.clone(), broken]).read(&Mappings::default(), &progress);
        assert!(loaded.arranged.is_none() && loaded.failed.is_some_and(|(file, _)| file == missing));
        assert!(Request::Bundled { instead: false }.read(&Mappings::default(), &progress).arranged.is_some());
    }

    #[test]
    fn of_several_files_each_counts_by_its_size() {
        let folder = tempfile::tempdir().unwrap();
        let [small, large] = ["small", "large"].map(|name| folder.path().join(name));
        std::fs::write(&small, "x").unwrap();
        std::fs::write(&large, "x".repeat(997)).unwrap();
        let parts = parts([Some(&*small), None, Some(&*large)].into_iter());
        let ends = parts.iter().map(|[_, end]| (end / READING * 1001.0).round());
        assert_eq!(ends.collect::<Vec<_>>(), [2.0, 3.0, 1001.0]);
        assert!((parts[0][0], parts[1][0]) == (0.0, parts[0][1]));
    }

    #[test]
    fn a_second_wish_costs_nothing_of_the_first() {
        let path = |name: &str| PathBuf::from(name);
        let files = |names: &[&str]| Request::Files(names.iter().map(|it| path(it)).collect());
        let add = |name: &str| Request::Add {
            files: vec![path(name)],
            beside: Vec::new(),
            color_by: ColorBy::EventType,
        };
        let arrange = || Request::Arrange { files: Vec::new(), color_by: ColorBy::Layer };
        let reload = || Request::Reload { files: Vec::new(), color_by: ColorBy::EventType };
        let now = |next: Next| match next {
            Next::Now(request) => *request,
            Next::Later => panic!("it waits"),
        };
        let paths = |request: &Request| request.files().into_iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(paths(&now(files(&["b"]).after(&files(&["a"])))), [path("b")], "another file replaces");
        assert_eq!(paths(&now(add("b").after(&files(&["a"])))), [path("a"), path("b")]);
        assert_eq!(paths(&now(add("b").after(&add("a")))), [path("a"), path("b")]);
        let both = now(arrange().after(&add("a")));
        assert!(
            matches!(&both, Request::Add { color_by: ColorBy::Layer, .. }) && paths(&both) == [path("a")]
        );
        assert!(matches!(now(arrange().after(&reload())), Request::Reload { color_by: ColorBy::Layer, .. }));
        for (wish, running) in [(reload(), add("a")), (arrange(), files(&["a"])), (add("b"), reload())] {
            assert!(matches!(wish.after(&running), Next::Later));
        }
        let mut state = AppState::new(Arc::new(io::bundled().unwrap()));
        assert!(reload().later(&state, true).is_none() && arrange().later(&state, true).is_none());
        let later = add("b").later(&state, true);
        assert!(matches!(later, Some(Request::Add { beside, .. }) if beside.len() == 1));
        state = AppState::waiting("a".to_owned());
        assert!(matches!(add("b").later(&state, false), Some(Request::Files(_))));
    }

    #[test]
    fn a_file_that_is_read_again_says_what_is_different() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ron");
        std::fs::write(&path, io::BUNDLED).unwrap();
        let progress = Progress::default();
        let before =
            Request::Files(vec![path.clone()]).read(&Mappings::default(), &progress).arranged.unwrap();
        std::fs::write(&path, io::BUNDLED.replace("lat: 51.2772", "lat: 51.3")).unwrap();
        let request = Request::Reload { files: before.files.clone(), color_by: ColorBy::EventType };
        let after = request.read(&Mappings::default(), &progress).arranged.unwrap();
        assert_eq!(after.difference.unwrap().to_text(), "1 changed");
        std::fs::remove_file(&path).unwrap();
        let request = Request::Reload { files: before.files, color_by: ColorBy::EventType };
        let loaded = request.read(&Mappings::default(), &progress);
        assert!(loaded.arranged.is_none() && loaded.failed.is_some());
    }

    #[test]
    fn what_was_said_about_columns_is_known_again_and_nonsense_forgotten() {
        let header = ["where".to_owned(), "what".to_owned()];
        let mut mappings = Mappings::of([
            ("where\twhat".to_owned(), "latlon=where".to_owned()),
            ("other".to_owned(), "nonsense".to_owned()),
        ]);
        assert!(mappings.get(&header).is_some_and(Mapping::has_position));
        assert!(mappings.get(&["other".to_owned()]).is_none());
        mappings.set(&header, Mapping::default());
        assert_eq!(mappings.get(&header), Some(&Mapping::default()));
    }
}
