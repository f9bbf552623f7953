//! Spreadsheets: Excel workbooks (XLSX) and `OpenDocument` spreadsheets (ODS).
//!
//! One sheet is read, the first or the one that was asked for, into a grid of texts; the rows below its header are those
//! of a table (see [`super::table`]). The header may stand below a title. A cell that spans several rows holds for each
//! of them. Rows without any text are no rows. Lines in the account are the numbers of rows that the sheet itself shows.

mod bytes;
mod grid;
mod header;
mod ods;
mod rows;
mod xlsx;

#[cfg(test)]
mod tests;

use zip::result::ZipError;

use grid::Grid;

use super::{Input, ReadError, ReadOptions, escape};
use crate::crash;
use crate::model::Dataset;
use crate::progress::Progress;

/// What every archive begins with.
const ARCHIVE: &[u8] = b"PK\x03\x04";

/// What files of older versions of Excel begin with, and encrypted ones of all versions.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// What stands in `OpenDocument` spreadsheets behind the name of their first entry.
const ODS_TYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

/// Where the name of an entry begins in its head.
const NAME_AT: usize = 30;

/// How much of the time goes into the sheet's cells, roughly.
const CELLS_SHARE: f64 = 0.8;

/// So many sheets are looked at for one with a table, where none is asked for.
const TRIED_SHEETS: usize = 8;

/// So many names of sheets are listed.
const LISTED_NAMES: usize = 12;

/// A sheet that was read.
#[derive(Debug)]
struct Sheet {
    grid: Grid,
    /// The names of all sheets.
    names: Vec<String>,
    /// The number of this one.
    chosen: usize,
}

/// Why a sheet cannot be read.
#[derive(Debug, thiserror::Error)]
enum SheetError {
    /// It needs a password.
    #[error("the spreadsheet is encrypted")]
    Encrypted,
    /// It is larger, once expanded, than may be.
    #[error("the spreadsheet is too large")]
    TooLarge,
    /// It ends within its cells.
    #[error("the spreadsheet is damaged: it ends in the middle of its data")]
    CutOff,
    /// Something in it is not as it has to be.
    #[error("the spreadsheet is damaged: {0}")]
    Damaged(String),
    /// There is no sheet of that name.
    #[error("the spreadsheet has no sheet “{asked}”; it has {known}")]
    NoSheet {
        /// The name as it was given.
        asked: String,
        /// The names of those that there are.
        known: String,
    },
    /// There is no sheet at all.
    #[error("the spreadsheet has no sheets")]
    NoSheets,
    /// The system.
    #[error("the file cannot be read ({0})")]
    Io(std::io::Error),
    /// Nobody waits for it any more.
    #[error("reading was cancelled")]
    Cancelled,
}

impl From<std::io::Error> for SheetError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::CutOff,
            std::io::ErrorKind::FileTooLarge => Self::TooLarge,
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput => {
                Self::Damaged("its packed data cannot be expanded".to_owned())
            }
            _ => Self::Io(error),
        }
    }
}

impl From<ZipError> for SheetError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => error.into(),
            ZipError::InvalidArchive(_) => Self::CutOff,
            error => Self::Damaged(error.to_string()),
        }
    }
}

impl SheetError {
    fn into_read_error(self, input: &Input, progress: &Progress) -> ReadError {
        if progress.is_cancelled() {
            return ReadError::cancelled(input.name());
        }
        let advice = match &self {
            Self::Encrypted => "save it without a password",
            Self::TooLarge => "save the sheet as CSV",
            Self::NoSheet { .. } => "name one of them with --part",
            _ => "open it in a spreadsheet program and save it again",
        };
        ReadError::whole_file(input.name(), self.to_string(), advice)
    }
}

/// Whether these are the first bytes of a spreadsheet, or of an Excel file that can only be refused in words.
pub(super) fn detect(head: &[u8]) -> bool {
    head.starts_with(COMPOUND) || is_ods(head) || is_xlsx(head)
}

fn is_ods(head: &[u8]) -> bool {
    let behind_name = NAME_AT + b"mimetype".len();
    head.starts_with(ARCHIVE)
        && head.get(NAME_AT..).is_some_and(|name| name.starts_with(b"mimetype"))
        && head.get(behind_name..).is_some_and(|data| {
            memchr::memmem::find(&data[..data.len().min(2 * ODS_TYPE.len())], ODS_TYPE).is_some()
        })
}

fn is_xlsx(head: &[u8]) -> bool {
    head.starts_with(ARCHIVE)
        && memchr::memmem::find_iter(head, ARCHIVE).any(|at| {
            let name = head.get(at + NAME_AT..).unwrap_or_default();
            name.len() >= 3 && name[..3].eq_ignore_ascii_case(b"xl/")
        })
}

/// Reads a sheet.
pub(super) fn read_input(
    input: &Input,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Dataset, ReadError> {
    let head = input.head()?;
    if head.starts_with(COMPOUND) {
        return Err(ReadError::whole_file(
            input.name(),
            "this is an Excel file of before 2007 (.xls), or one with a password",
            "save it as .xlsx without a password",
        ));
    }
    let read_sheet = |ask: Ask<'_>| {
        let cells = progress.part(0.0, CELLS_SHARE);
        let sheet =
            if is_ods(&head) { ods::read(input, ask, &cells) } else { xlsx::read(input, ask, &cells) };
        let sheet = sheet.map_err(|error| error.into_read_error(input, progress))?;
        let count = sheet.names.len();
        let dataset = rows::read(input, sheet, options, &progress.part(CELLS_SHARE, 1.0));
        Ok::<_, ReadError>((dataset, count))
    };
    if let Some(part) = &options.part {
        return read_sheet(Ask::Named(part))?.0;
    }
    let (first, count) = read_sheet(Ask::Number(0))?;
    // A table of contents may come first.
    let is_other_wanted = first.as_ref().err().is_some_and(|error| error.preview().is_some() || count > 1);
    for number in 1..count.min(TRIED_SHEETS) {
        if !is_other_wanted || progress.is_cancelled() {
            break;
        }
        if let (Ok(dataset), _) = read_sheet(Ask::Number(number))? {
            return Ok(dataset);
        }
    }
    first
}

/// Which sheet is asked for.
#[derive(Debug, Clone, Copy)]
enum Ask<'a> {
    /// That with this name, or with this number as text.
    Named(&'a str),
    /// That with this number, counted from 0.
    Number(usize),
}

/// The number of the sheet that is asked for.
fn choose(names: &[String], ask: Ask<'_>) -> Result<usize, SheetError> {
    let part = match ask {
        Ask::Number(number) if number < names.len() => return Ok(number),
        Ask::Number(_) => return Err(SheetError::NoSheets),
        Ask::Named(part) => part,
    };
    let folded = part.trim().to_lowercase();
    let number = folded.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    names
        .iter()
        .position(|name| name == part)
        .or_else(|| names.iter().position(|name| name.trim().to_lowercase() == folded))
        .or_else(|| number.filter(|number| *number < names.len()))
        .ok_or_else(|| SheetError::NoSheet { asked: escape(part), known: listed(names.iter()) })
}

/// Names as a sentence lists them.
fn listed<'a>(names: impl ExactSizeIterator<Item = &'a String>) -> String {
    let more = names.len().saturating_sub(LISTED_NAMES);
    let shown: Vec<String> = names.take(LISTED_NAMES).map(|name| format!("“{}”", escape(name))).collect();
    let shown = shown.join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// Calls a crate that may panic over what a damaged file says.
fn guarded<T>(work: impl FnOnce() -> Result<T, SheetError>) -> Result<T, SheetError> {
    crash::guarded(work)
        .unwrap_or_else(|_| Err(SheetError::Damaged("its cells cannot be decoded".to_owned())))
}
