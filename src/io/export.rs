//! Datasets to files: which incidents are written, what a format could not hold, and files that are never half there.
//!
//! A format that can be written has a [`WriteFn`] in the table of formats. It takes a [`Selection`], goes through it with
//! [`Selection::each`], which reads texts back piece by piece, and notes in a [`WriteReport`] what it has to leave out.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::record::RelatedRecord;
use super::{FORMATS, Format, escape};
use crate::model::{Dataset, Incident, TextError};
use crate::progress::Progress;
use crate::whole_file;

/// Writes a selection of incidents in a format, telling how far it is. It flushes nothing and closes nothing.
pub type WriteFn = fn(&Selection<'_>, &mut dyn Write, &Progress) -> Result<WriteReport, WriteError>;

/// Looks at the wish to stop are so many incidents apart.
const STEP: usize = 256;

/// Where at least one in so many incidents is wanted, all of them are read in a row.
const SPARSE: usize = 16;

/// The extension of what is packed with gzip.
const GZIP: &str = "gz";

/// Some of a dataset's incidents, in the order of the file.
#[derive(Debug, Clone)]
pub struct Selection<'a> {
    /// What they are part of, for its title, event types and shapes.
    pub dataset: &'a Dataset,
    /// Their indices, ascending; `None` for all.
    chosen: Option<Vec<usize>>,
}

impl<'a> Selection<'a> {
    /// All incidents.
    #[must_use]
    pub fn all(dataset: &'a Dataset) -> Self {
        Self { dataset, chosen: None }
    }

    /// The incidents with these indices. Those that do not exist are left out.
    #[must_use]
    pub fn of(dataset: &'a Dataset, mut incidents: Vec<usize>) -> Self {
        incidents.sort_unstable();
        incidents.dedup();
        incidents.retain(|&incident| incident < dataset.incidents.len());
        Self { dataset, chosen: Some(incidents) }
    }

    /// How many incidents there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chosen.as_ref().map_or(self.dataset.incidents.len(), Vec::len)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the incident with this index is part of it.
    #[must_use]
    pub fn contains(&self, incident: usize) -> bool {
        match &self.chosen {
            Some(chosen) => chosen.binary_search(&incident).is_ok(),
            None => incident < self.dataset.incidents.len(),
        }
    }

    /// The indices of the incidents, ascending.
    pub fn indices(&self) -> impl Iterator<Item = usize> {
        let all = if self.chosen.is_some() { 0 } else { self.dataset.incidents.len() };
        self.chosen.iter().flatten().copied().chain(0..all)
    }

    /// Goes through the incidents, each with its index. A failure of `visit` ends it.
    pub fn each(
        &self,
        progress: &Progress,
        mut visit: impl FnMut(usize, &Incident) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        let total = self.len();
        let incidents = &self.dataset.incidents;
        let mut done = 0;
        let mut step = |n: usize, incident: &Incident| {
            if done % STEP == 0 && !progress.go_on(done, total) {
                return Err(WriteError::Cancelled);
            }
            done += 1;
            visit(n, incident)
        };
        let chosen = self.chosen.as_deref();
        let (first, last) = match chosen {
            Some([]) => return Ok(()),
            Some([first, .., last]) => (*first, *last + 1),
            Some([only]) => (*only, *only + 1),
            None => (0, incidents.len()),
        };
        if (last - first) / SPARSE > total {
            for n in self.indices() {
                let incident = incidents.at(n);
                // One that cannot be read back is no incident to write.
                if let Some(error) = incidents.failure() {
                    return Err(error.into());
                }
                step(n, &incident)?;
            }
            return Ok(());
        }
        let mut wanted = chosen.map(|chosen| chosen.iter().copied().peekable());
        let mut result = Ok(());
        incidents.scan(first..last, &|_| true, &mut |n, incident| {
            let is_wanted = wanted.as_mut().is_none_or(|it| it.next_if_eq(&n).is_some());
            if is_wanted {
                result = step(n, incident);
            }
            result.is_ok()
        })?;
        result
    }
}

/// The links of incidents to others of a selection. The identifier of another one is read when somebody is linked to it:
/// few are, and to look at all texts for them would be to read all of them twice.
#[derive(Debug, Default)]
pub(super) struct Links {
    known: HashMap<usize, String>,
}

impl Links {
    /// Those of an incident, as far as they lead to others of the selection.
    pub(super) fn of(
        &mut self,
        selection: &Selection<'_>,
        incident: &Incident,
    ) -> Result<Vec<RelatedRecord>, WriteError> {
        let incidents = &selection.dataset.incidents;
        let mut links = Vec::new();
        for link in incident.related.iter().filter(|link| selection.contains(link.incident)) {
            let id = match self.known.entry(link.incident) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let id = incidents.at(link.incident).id.clone();
                    // One that cannot be read back has no identifier to write.
                    if let Some(failure) = incidents.failure() {
                        return Err(failure.into());
                    }
                    place.insert(id)
                }
            };
            links.push(RelatedRecord { id: id.clone(), how: link.how.clone() });
        }
        Ok(links)
    }
}

/// What was written, and what the format could not hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WriteReport {
    /// How many incidents were written.
    pub written: u64,
    /// What was left out or changed, in words as for [`WriteReport::lose`], and of how many incidents.
    lost: Vec<(&'static str, u64)>,
    /// What was left out of the dataset as a whole.
    left_out: Vec<&'static str>,
}

impl WriteReport {
    /// Notes that the format cannot hold something of an incident: "who says what", "lines and areas".
    pub fn lose(&mut self, what: &'static str) {
        match self.lost.iter_mut().find(|(known, _)| *known == what) {
            Some((_, count)) => *count += 1,
            None => self.lost.push((what, 1)),
        }
    }

    /// Notes that the format cannot hold something of the dataset as a whole: "its introduction".
    pub fn leave_out(&mut self, what: &'static str) {
        if !self.left_out.contains(&what) {
            self.left_out.push(what);
        }
    }

    /// What could not be held, a line for each kind: `who says what (12 incidents)`.
    #[must_use]
    pub fn losses(&self) -> Vec<String> {
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        let counted =
            self.lost.iter().map(|(what, count)| format!("{what} ({count} incident{})", plural(*count)));
        self.left_out.iter().map(|what| (*what).to_owned()).chain(counted).collect()
    }
}

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The system says no.
    #[error("the file cannot be written ({0}); check the folder and the room on the disk")]
    Io(#[from] io::Error),
    /// The incidents' own texts cannot be read any more.
    #[error(transparent)]
    Texts(#[from] TextError),
    /// Nobody waits for it any more.
    #[error("writing was cancelled")]
    Cancelled,
    /// The format cannot hold a dataset like this.
    #[error("{0}")]
    Refused(String),
    /// No format that can be written has this extension.
    #[error("{name}: no format that can be written has this ending; give one of {known}", name = escape(name))]
    UnknownFormat {
        /// The file's name as it was given.
        name: String,
        /// The known endings.
        known: String,
    },
}

/// A format to write in, and whether the file is to be packed.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    format: &'static Format,
    write: WriteFn,
    is_packed: bool,
}

impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        (self.format.name, self.is_packed) == (other.format.name, other.is_packed)
    }
}

/// The formats that can be written, in the order of [`FORMATS`].
pub fn targets() -> impl Iterator<Item = Target> {
    FORMATS.iter().filter_map(|format| Some(Target { format, write: format.write?, is_packed: false }))
}

impl Target {
    /// The target for a file's ending, in any case: `csv`, `geojson.gz`.
    #[must_use]
    pub fn of_ending(ending: &str) -> Option<Self> {
        let ending = ending.trim_start_matches('.').to_lowercase();
        let (ending, is_packed) = match ending.strip_suffix(GZIP).map(|rest| rest.strip_suffix('.')) {
            Some(Some(rest)) => (rest, true),
            _ => (ending.as_str(), false),
        };
        let target = targets().find(|target| target.format.extensions.contains(&ending))?;
        Some(Self { is_packed, ..target })
    }

    /// The target for a file's name.
    pub fn of_path(path: &Path) -> Result<Self, WriteError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut parts = name.rsplit('.');
        let (last, before) = (parts.next().unwrap_or_default(), parts.next());
        let ending = match before {
            Some(before) if last.eq_ignore_ascii_case(GZIP) => format!("{before}.{last}"),
            Some(_) => last.to_owned(),
            None => String::new(),
        };
        Self::of_ending(&ending).ok_or_else(|| WriteError::UnknownFormat {
            name: path.to_string_lossy().into_owned(),
            known: known_endings(),
        })
    }

    /// The format.
    #[must_use]
    pub fn format(&self) -> &'static Format {
        self.format
    }

    /// The usual ending of its files, without the dot in front.
    #[must_use]
    pub fn ending(&self) -> &'static str {
        self.format.extensions.first().copied().unwrap_or_default()
    }

    /// Writes a selection to any place.
    pub fn write(
        &self,
        selection: &Selection<'_>,
        out: &mut dyn Write,
        progress: &Progress,
    ) -> Result<WriteReport, WriteError> {
        if !self.is_packed {
            let report = (self.write)(selection, out, progress)?;
            out.flush()?;
            return Ok(report);
        }
        let mut packed = BufWriter::with_capacity(1 << 16, GzEncoder::new(out, Compression::default()));
        let report = (self.write)(selection, &mut packed, progress)?;
        let packed = packed.into_inner().map_err(io::IntoInnerError::into_error)?;
        packed.finish()?.flush()?;
        Ok(report)
    }

    /// Writes a selection to a file, which is there whole or as before.
    pub fn write_file(
        &self,
        selection: &Selection<'_>,
        path: &Path,
        progress: &Progress,
    ) -> Result<WriteReport, WriteError> {
        put_file(path, |out| self.write(selection, out, progress))
    }
}

/// Writes a file that is there whole or as before.
pub(super) fn put_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<WriteReport, WriteError>,
) -> Result<WriteReport, WriteError> {
    // A pipe or a device is no file that could be put in its place.
    if fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
        let mut out = BufWriter::new(OpenOptions::new().write(true).open(path)?);
        let report = write(&mut out)?;
        out.flush()?;
        return Ok(report);
    }
    let part = part_beside(path);
    let file = File::create_new(&part)?;
    let mut report = WriteReport::default();
    whole_file::put(&part, file, path, |out| -> Result<(), WriteError> {
        report = write(out)?;
        Ok(())
    })?;
    Ok(report)
}

/// Writes bytes that are there already to a file, which is there whole or as before.
pub fn put_bytes(path: &Path, bytes: &[u8]) -> Result<WriteReport, WriteError> {
    put_file(path, |out| {
        out.write_all(bytes)?;
        Ok(WriteReport::default())
    })
}

/// The endings of all formats that can be written, as people read them: `.ron, .csv`.
#[must_use]
pub fn known_endings() -> String {
    targets().map(|target| format!(".{}", target.ending())).collect::<Vec<_>>().join(", ")
}

/// A new file beside the goal: a name of its own, so that nothing of the reader's is written over on the way.
pub(crate) fn part_beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{dataset_of, incident_at};

    fn dataset(len: usize) -> Dataset {
        dataset_of(1, (0..len).map(|n| incident_at(&format!("i{n}"), 0, 30.0, 50.0)).collect())
    }

    fn visited(selection: &Selection<'_>) -> Vec<usize> {
        let mut visited = Vec::new();
        let visit = |n, incident: &Incident| {
            assert_eq!(incident.id, format!("i{n}"));
            visited.push(n);
            Ok(())
        };
        selection.each(&Progress::default(), visit).unwrap();
        visited
    }

    #[test]
    fn a_selection_is_gone_through_in_the_order_of_the_file_however_sparse_it_is() {
        let dataset = dataset(1000);
        assert_eq!(visited(&Selection::all(&dataset)), (0..1000).collect::<Vec<_>>());
        for chosen in [vec![], vec![7], vec![3, 999], vec![2, 3, 5, 8], (5..900).collect()] {
            let shuffled = chosen.iter().rev().copied().chain([5000]).collect();
            let selection = Selection::of(&dataset, shuffled);
            assert_eq!(visited(&selection), chosen);
            assert_eq!(selection.indices().collect::<Vec<_>>(), chosen);
            assert!(chosen.iter().all(|&n| selection.contains(n)) && !selection.contains(5000));
        }
    }

    #[test]
    fn a_selection_can_be_cancelled() {
        let (dataset, progress) = (dataset(10), Progress::default());
        progress.cancel();
        let result = Selection::all(&dataset).each(&progress, |_, _| Ok(()));
        assert!(matches!(result, Err(WriteError::Cancelled)));
    }

    #[test]
    fn what_is_lost_is_counted_by_kind() {
        let mut report = WriteReport::default();
        report.lose("who says what");
        report.lose("shapes");
        report.lose("who says what");
        assert_eq!(report.losses(), ["who says what (2 incidents)", "shapes (1 incident)"]);
    }

    #[test]
    fn the_format_follows_from_the_ending_also_behind_gz() {
        for name in ["a.ron", "A.RON", "b.c.ron.gz", ".ron.gz"] {
            assert!(Target::of_path(Path::new(name)).is_ok(), "{name}");
        }
        for name in ["a", "ron", "a.gz", "a.txt", "a.ron.zip", ""] {
            let words = Target::of_path(Path::new(name)).unwrap_err().to_string();
            assert!(words.contains(".ron"), "{name}: {words}");
        }
    }

    #[test]
    fn a_file_is_written_whole_or_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.ron.gz");
        std::fs::write(&path, "old").unwrap();
        let (dataset, progress) = (dataset(3), Progress::default());
        let target = Target::of_path(&path).unwrap();
        progress.cancel();
        assert!(target.write_file(&Selection::all(&dataset), &path, &progress).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        let report = target.write_file(&Selection::all(&dataset), &path, &Progress::default()).unwrap();
        assert_eq!((report.written, report.losses()), (3, Vec::new()));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(std::fs::read(&path).unwrap()[..2], [0x1F, 0x8B]);
    }
}
