//! Datasets from files: one table of formats, one way to read, one kind of report.
//!
//! A format reads an [`Input`] into a [`Dataset`] with an account of every row, or says in a
//! [`ReadError`] why that cannot be: every problem with its line, column and what to do, as [`ReadError::render`] shows
//! them. Nothing is ever half read: what was open stays until the new dataset is whole.
//!
//! A new format is one file here and one line in [`FORMATS`]; the open dialog, drag and drop, the command line and the
//! list of formats in the README follow from that table.

pub mod account;
pub mod csv;
pub mod export;
mod features;
pub mod geojson;
pub mod geometry;
mod geoparquet;
mod gpx;
mod html;
mod ids;
mod input;
mod intake;
mod kml;
mod load;
pub mod packed;
mod problem;
mod record;
mod records;
pub mod report;
pub mod ron;
mod spreadsheet;
pub mod table;
mod timemap;
mod xml;

use std::path::Path;

pub use crate::limits;
use crate::model::Dataset;
use crate::progress::Progress;
pub use input::{Input, InputReader};
pub use intake::{EventTypes, Intake, RowPlace};
pub use problem::{Problem, ReadError, SourcePlace, escape};
pub use ron::nearest;
use table::Mapping;

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
    /// Whether a file with these first bytes is of this format, whatever its name.
    detect: fn(&[u8]) -> bool,
    /// Reads a file, with what the reader has chosen, telling how far it is.
    read: fn(&Input, &ReadOptions, &Progress) -> Result<Dataset, ReadError>,
    /// Writes one; `None` where nobody would want that.
    write: Option<export::WriteFn>,
}

/// Every format that can be read, in the order in which a file's first bytes are held against them. Where they say
/// nothing, its name counts.
pub const FORMATS: &[Format] = &[
    Format {
        name: "RON",
        extensions: &["ron"],
        detect: ron::detect,
        read: ron::read_input,
        write: Some(ron::write_selection),
    },
    Format {
        name: "KML",
        extensions: &["kml"],
        detect: kml::detect,
        read: kml::read_input,
        write: Some(kml::write_selection),
    },
    // An archive around KML: its name counts once it is unpacked.
    Format { name: "KMZ", extensions: &["kmz"], detect: |_| false, read: kml::read_input, write: None },
    Format { name: "GPX", extensions: &["gpx"], detect: gpx::detect, read: gpx::read_input, write: None },
    Format {
        name: "GeoParquet",
        extensions: &["parquet", "geoparquet"],
        detect: geoparquet::detect,
        read: geoparquet::read_input,
        write: Some(geoparquet::write_selection),
    },
    Format {
        name: "Spreadsheet",
        extensions: &["xlsx", "xlsm", "ods", "xls"],
        detect: spreadsheet::detect,
        read: spreadsheet::read_input,
        write: None,
    },
    Format {
        name: "CSV",
        extensions: &["csv"],
        detect: csv::detect,
        read: csv::read_input,
        write: Some(table::write_selection),
    },
    // The same but for what stands between cells, which is found out.
    Format {
        name: "TSV",
        extensions: &["tsv", "tab"],
        detect: |_| false,
        read: csv::read_input,
        write: Some(table::write_with_tabs),
    },
    Format {
        name: "TimeMap",
        extensions: &[],
        detect: timemap::detect,
        read: timemap::read_input,
        write: None,
    },
    Format {
        name: "JSON",
        extensions: &["umap"],
        detect: records::detect,
        read: records::read_input,
        write: None,
    },
    Format {
        name: "GeoJSON",
        extensions: &["geojson", "json", "ndjson", "geojsonl", "jsonl", "geojsons"],
        detect: geojson::detect,
        read: geojson::read_input,
        write: Some(geojson::write_selection),
    },
];

/// What somebody has chosen for files that do not say everything themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// What the columns of a table mean.
    pub mapping: Option<Mapping>,
    /// The sheet of a spreadsheet, or the file in an archive; the first one where there is none.
    pub part: Option<String>,
    /// Whether incidents whose texts stay in the file are marked, so that a later reading can be compared with this one:
    /// see [`crate::model::Marks`].
    pub marks: bool,
}

/// Reads the dataset in a file.
pub fn read_path(path: &Path) -> Result<Dataset, ReadError> {
    read_path_with(path, &ReadOptions::default(), &Progress::default())
}

/// The same with options and progress. Once it is cancelled, reading ends within a tenth of a second, with an error that
/// nobody waits for any more.
pub fn read_path_with(path: &Path, options: &ReadOptions, progress: &Progress) -> Result<Dataset, ReadError> {
    read_input(&Input::open(&path.to_string_lossy(), path)?, options, progress)
}

/// Reads a dataset from memory. `name` stands in messages, and its extension chooses the format where the bytes do not.
pub fn read_bytes(name: &str, bytes: &[u8]) -> Result<Dataset, ReadError> {
    read_input(&Input::memory(name, bytes), &ReadOptions::default(), &Progress::default())
}

/// The extensions of all formats and of what can be around them, without the dot.
pub fn known_extensions() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().flat_map(|format| format.extensions).chain(packed::EXTENSIONS).copied()
}

/// Whether a file's name has one of them.
#[must_use]
pub fn has_known_extension(path: &Path) -> bool {
    path.extension().is_some_and(|extension| known_extensions().any(|it| extension.eq_ignore_ascii_case(it)))
}

fn format_of(path: &Path) -> Option<&'static Format> {
    let extension = path.extension()?.to_string_lossy().to_lowercase();
    FORMATS.iter().find(|format| format.extensions.iter().any(|known| *known == extension))
}

/// Reads what is open or in memory already.
pub fn read_input(input: &Input, options: &ReadOptions, progress: &Progress) -> Result<Dataset, ReadError> {
    // A spreadsheet is an archive, too: of parts that mean nothing by themselves.
    if spreadsheet::detect(&input.head()?) {
        return read_plain(input, options, progress);
    }
    let unpacked = packed::unpack(input, options, progress)?;
    let part = options.part.clone().filter(|_| unpacked.is_part_open);
    let options = ReadOptions { part, ..options.clone() };
    let mut dataset = read_plain(&unpacked.input, &options, &unpacked.progress)?;
    dataset.account.notes.splice(0..0, unpacked.notes);
    Ok(dataset)
}

fn format_by_content(head: &[u8]) -> Option<&'static Format> {
    FORMATS.iter().find(|format| (format.detect)(head))
}

fn read_plain(input: &Input, options: &ReadOptions, progress: &Progress) -> Result<Dataset, ReadError> {
    let head = input.head()?;
    match format_by_content(&head).or_else(|| format_of(Path::new(input.name()))) {
        Some(format) => (format.read)(input, options, progress),
        // Tables without a header (GeoNames) are often called so: somebody may say what their columns mean.
        None if is_text(input.name()) && csv::has_columns(&head) => csv::read_input(input, options, progress),
        None => Err(unknown(input, &head)),
    }
}

fn is_text(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("txt"))
}

/// What is said of a file that is of none of the formats, as far as its bytes and its name tell.
fn unknown(input: &Input, head: &[u8]) -> ReadError {
    if head.trim_ascii().is_empty() {
        return ReadError::whole_file(input.name(), "the file is empty", "name a file with incidents");
    }
    if xml::begins_with(head, "osm") {
        let advice = "save it as GeoJSON, as overpass turbo does, or as Overpass JSON";
        return ReadError::whole_file(input.name(), "this is OpenStreetMap XML, which is not read", advice);
    }
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    let advice = format!("name a file of one of these: {}", names.join(", "));
    ReadError::whole_file(
        input.name(),
        "neither its content nor its name says of which format the file is",
        advice,
    )
}

/// What a dataset is called whose file gives it no title: the file's name without its folder and extension.
#[must_use]
pub fn title_of(input: &Input) -> String {
    let path = Path::new(input.name());
    let stem = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
    crate::io::escape(&stem)
}

/// Reads [`BUNDLED`].
pub fn bundled() -> Result<Dataset, ReadError> {
    read_bytes(BUNDLED_NAME, BUNDLED.as_bytes())
}
