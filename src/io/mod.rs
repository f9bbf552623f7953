//! Datasets from files: one table of formats, one way to read, one kind of report.
//!
//! A file is read whole or not at all. What is wrong with it comes back as a [`ReadError`]: every problem with its line,
//! column and what to do, as [`ReadError::render`] shows them.

pub mod limits;
mod load;
mod problem;
pub mod ron;

use std::path::Path;

use crate::model::Dataset;
use crate::progress::Progress;
pub use problem::{Problem, ReadError, SourcePlace, escape};
pub use ron::nearest;

/// The dataset that comes with the program, as RON text.
pub const BUNDLED: &str = include_str!("../../data/incidents-2024-03-12.ron");

/// The name under which problems in [`BUNDLED`] are reported: its path in the source tree.
const BUNDLED_NAME: &str = "data/incidents-2024-03-12.ron";

/// How much of the time it takes to open a file goes into getting its bytes, roughly.
const READ_SHARE: f64 = 0.08;

/// A file format of datasets.
#[derive(Debug)]
pub struct Format {
    /// What people call it.
    pub name: &'static str,
    /// The file name extensions that mean it, in lower case and without the dot.
    pub extensions: &'static [&'static str],
    /// Reads a text: the file's name for messages, the text, how many bytes of the file stand before the text, and
    /// whom to tell how far it is.
    read: fn(&str, &str, usize, &Progress) -> Result<Dataset, ReadError>,
}

/// Every format that can be read. The first one is taken where a file's name says nothing.
pub const FORMATS: &[Format] = &[Format { name: "RON", extensions: &["ron"], read: ron::read }];

/// Reads the dataset in a file. The format is chosen by the name's extension.
pub fn read_path(path: &Path) -> Result<Dataset, ReadError> {
    read_path_with(path, &Progress::default())
}

/// The same with progress. Once it is cancelled, reading ends within a tenth of a second, with an error that nobody
/// waits for any more.
pub fn read_path_with(path: &Path, progress: &Progress) -> Result<Dataset, ReadError> {
    let name = path.to_string_lossy();
    let bytes = load::bytes(&name, path, &progress.part(0.0, READ_SHARE))?;
    read_bytes_with(&name, &bytes, &progress.part(READ_SHARE, 1.0))
}

/// Reads a dataset from memory. `name` chooses the format by its extension and stands in messages.
pub fn read_bytes(name: &str, bytes: &[u8]) -> Result<Dataset, ReadError> {
    read_bytes_with(name, bytes, &Progress::default())
}

/// Whether a file's name has an extension of a known format.
#[must_use]
pub fn has_known_extension(path: &Path) -> bool {
    format_of(path).is_some()
}

fn format_of(path: &Path) -> Option<&'static Format> {
    let extension = path.extension()?.to_string_lossy().to_lowercase();
    FORMATS.iter().find(|format| format.extensions.iter().any(|known| *known == extension))
}

fn read_bytes_with(name: &str, bytes: &[u8], progress: &Progress) -> Result<Dataset, ReadError> {
    let (text, base) = load::text(name, bytes, progress)?;
    match format_of(Path::new(name)).or_else(|| FORMATS.first()) {
        Some(format) => (format.read)(name, text, base, progress),
        None => Err(ReadError::whole_file(
            name,
            "no format is known",
            "this is a mistake in the program; report it",
        )),
    }
}

/// Reads [`BUNDLED`].
pub fn bundled() -> Result<Dataset, ReadError> {
    read_bytes(BUNDLED_NAME, BUNDLED.as_bytes())
}
