//! Sheets of Excel workbooks (XLSX), cell by cell through calamine.

use std::io::{BufReader, Read, Seek};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, Xlsx, XlsxError};
use memchr::memmem;
use zip::ZipArchive;

use super::bytes::Seekable;
use super::grid::{Grid, Span};
use super::{Ask, Sheet, SheetError, choose, guarded};
use crate::io::Input;
use crate::io::limits::{MAX_BOOK_PARTS, MAX_SHEET_XML_BYTES};
use crate::progress::Progress;

/// How much of the time goes into looking at the archive before calamine does.
const SURVEY_SHARE: f64 = 0.25;

/// What a merged cell begins with in a sheet's XML.
const MERGED: &[u8] = b"<mergeCell ";

/// What a document that defines entities begins with. Workbooks have none.
const DOCTYPE: &[u8] = b"<!DOCTYPE";

/// How much is expanded at a time.
const CHUNK_BYTES: usize = 1 << 16;

/// Reads one sheet.
pub(super) fn read(input: &Input, ask: Ask<'_>, progress: &Progress) -> Result<Sheet, SheetError> {
    let has_merged = survey(input, &progress.part(0.0, SURVEY_SHARE))?;
    let progress = progress.part(SURVEY_SHARE, 1.0);
    guarded(|| read_sheet(input, ask, has_merged, &progress))
}

/// Expands every part of the workbook once, to nowhere: calamine would expand it whatever its size. Says whether any
/// sheet has merged cells.
fn survey(input: &Input, progress: &Progress) -> Result<bool, SheetError> {
    let mut archive = ZipArchive::new(Seekable::new(input, progress))?;
    if archive.len() > MAX_BOOK_PARTS {
        return Err(SheetError::TooLarge);
    }
    let mut has_merged = false;
    let mut left = MAX_SHEET_XML_BYTES;
    for n in 0..archive.len() {
        let mut entry = archive.by_index(n)?;
        if entry.encrypted() {
            return Err(SheetError::Encrypted);
        }
        let name = entry.name()?.to_ascii_lowercase();
        if matches!(name.rsplit_once('.'), Some((_, "xml" | "rels"))) {
            let is_sheet = name.starts_with("xl/worksheets/");
            has_merged |= expand(&mut entry, &mut left, progress)? && is_sheet;
        }
    }
    Ok(has_merged)
}

/// Reads to the end; says whether there are merged cells.
fn expand(from: &mut impl Read, left: &mut u64, progress: &Progress) -> Result<bool, SheetError> {
    let (merged, doctype) = (memmem::Finder::new(MERGED), memmem::Finder::new(DOCTYPE));
    let mut buffer = vec![0; CHUNK_BYTES + MERGED.len()];
    let (mut kept, mut has_merged) = (0, false);
    loop {
        let read = from.read(&mut buffer[kept..])?;
        if read == 0 {
            return Ok(has_merged);
        }
        *left = left.checked_sub(read as u64).ok_or(SheetError::TooLarge)?;
        if progress.is_cancelled() {
            return Err(SheetError::Cancelled);
        }
        let end = kept + read;
        has_merged |= merged.find(&buffer[..end]).is_some();
        if doctype.find(&buffer[..end]).is_some() {
            return Err(SheetError::Damaged("it has a document type of its own".to_owned()));
        }
        kept = end.min(MERGED.len() - 1);
        buffer.copy_within(end - kept..end, 0);
    }
}

fn read_sheet(
    input: &Input,
    ask: Ask<'_>,
    has_merged: bool,
    progress: &Progress,
) -> Result<Sheet, SheetError> {
    let mut book: Xlsx<_> = Xlsx::new(BufReader::new(Seekable::new(input, progress)))?;
    let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    let chosen = choose(&names, ask)?;
    let name = names.get(chosen).cloned().unwrap_or_default();
    let merged = if has_merged { book.merge_cells_by_sheet_name(&name)? } else { Vec::new() };
    let mut grid = read_cells(&mut book, &name, progress)?;
    for area in merged {
        let column = u16::try_from(area.start.1).unwrap_or(u16::MAX);
        grid.span(Span {
            column,
            first_row: area.start.0.saturating_add(1),
            last_row: area.end.0.saturating_add(1),
        })?;
    }
    Ok(Sheet { grid, names, chosen })
}

fn read_cells<RS: Read + Seek>(
    book: &mut Xlsx<RS>,
    name: &str,
    progress: &Progress,
) -> Result<Grid, SheetError> {
    let mut cells = book.worksheet_cells_reader(name)?;
    let mut grid = Grid::default();
    while let Some(cell) = cells.next_cell()? {
        if progress.is_cancelled() {
            return Err(SheetError::Cancelled);
        }
        let (row, column) = cell.get_position();
        let row = row.saturating_add(1);
        match cell.get_value() {
            DataRef::Empty => {}
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                grid.push(row, column, text)?;
            }
            DataRef::SharedString(text) => grid.push(row, column, text)?,
            DataRef::Int(value) => grid.push(row, column, &value.to_string())?,
            DataRef::Float(value) => grid.push(row, column, &number(*value))?,
            DataRef::Bool(value) => grid.push(row, column, if *value { "true" } else { "false" })?,
            DataRef::DateTime(value) => grid.push(row, column, &date_time(value))?,
            DataRef::Error(error) => grid.push(row, column, &error.to_string())?,
        }
    }
    Ok(grid)
}

/// A number as a sheet shows it where there is room: with fifteen digits at most.
fn number(value: f64) -> String {
    let shown = format!("{value:.14e}").parse::<f64>().unwrap_or(value);
    shown.to_string()
}

/// A date, a time of day, or both; no zone is known.
fn date_time(value: &ExcelDateTime) -> String {
    let serial = value.as_f64();
    if value.is_duration() || (0.0..1.0).contains(&serial) {
        let seconds = (serial * 86_400.0).round() as i64;
        return format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date}T{hour:02}:{minute:02}:{second:02}")
    }
}

impl From<XlsxError> for SheetError {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::Io(error) => error.into(),
            XlsxError::Zip(error) => error.into(),
            error => Self::Damaged(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType;

    #[test]
    fn numbers_are_those_that_a_person_sees() {
        for (value, text) in [(12.0, "12"), (0.1 + 0.2, "0.3"), (55.7558, "55.7558"), (-1e-7, "-0.0000001")] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn dates_are_counted_from_1900_or_from_1904() {
        let text =
            |serial, is_1904| date_time(&ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, is_1904));
        assert_eq!(text(45_778.0, false), "2025-05-01");
        assert_eq!(text(45_778.25, false), "2025-05-01T06:00:00");
        assert_eq!(text(44_316.0, true), "2025-05-01");
        assert_eq!(text(0.75, false), "18:00:00");
    }
}
