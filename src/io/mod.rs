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
pub use problem::{Problem, ReadError, SourcePlace, escape};
pub use ron::nearest;

/// The dataset that comes with the program, as RON text.
pub const BUNDLED: &str = include_str!("../../data/incidents-2024-03-12.ron");

/// The name under which problems in [`BUNDLED`] are reported: its path in the source tree.
const BUNDLED_NAME: &str = "data/incidents-2024-03-12.ron";

/// A file format of datasets.
#[derive(Debug)]
pub struct Format {
    /// What people call it.
    pub name: &'static str,
    /// The file name extensions that mean it, in lower case and without the dot.
    pub extensions: &'static [&'static str],
    /// Reads a text: the file's name for messages, the text, and how many bytes of the file stand before the text.
    read: fn(&str, &str, usize) -> Result<Dataset, ReadError>,
}

/// Every format that can be read. The first one is taken where a file's name says nothing.
pub const FORMATS: &[Format] = &[Format { name: "RON", extensions: &["ron"], read: ron::read }];

/// Reads the dataset in a file. The format is chosen by the name's extension.
pub fn read_path(path: &Path) -> Result<Dataset, ReadError> {
    let name = path.to_string_lossy();
    let bytes = load::bytes(&name, path)?;
    read_bytes(&name, &bytes)
}

/// Reads a dataset from memory. `name` chooses the format by its extension and stands in messages.
pub fn read_bytes(name: &str, bytes: &[u8]) -> Result<Dataset, ReadError> {
    let (text, base) = load::text(name, bytes)?;
    let extension = Path::new(name).extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let by_name = extension.and_then(|extension| {
        FORMATS.iter().find(|format| format.extensions.iter().any(|known| *known == extension))
    });
    match by_name.or_else(|| FORMATS.first()) {
        Some(format) => (format.read)(name, text, base),
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
