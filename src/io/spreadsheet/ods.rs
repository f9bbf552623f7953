//! Sheets of `OpenDocument` spreadsheets (ODS): `content.xml`, read as it comes.
//!
//! calamine reads these, too, but all sheets at once, and without end where the file ends too early.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read, Seek};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

use super::bytes::Seekable;
use super::grid::{Grid, Span};
use super::{Ask, Sheet, SheetError, choose};
use crate::io::Input;
use crate::io::limits::{MAX_BOOK_PARTS, MAX_COLUMNS, MAX_SHEET_ROWS, MAX_SHEET_XML_BYTES};
use crate::progress::Progress;

/// Bytes of the list of a document's parts that are looked through for one that is encrypted.
const MANIFEST_BYTES: u64 = 1 << 20;

/// Reads one sheet.
pub(super) fn read(input: &Input, ask: Ask<'_>, progress: &Progress) -> Result<Sheet, SheetError> {
    let mut archive = ZipArchive::new(Seekable::new(input, progress))?;
    if archive.len() > MAX_BOOK_PARTS {
        return Err(SheetError::TooLarge);
    }
    check_encryption(&mut archive)?;
    let chosen = match ask {
        Ask::Number(number) => number,
        // The names come first: which sheet is meant is known before any cell is kept.
        Ask::Named(_) => choose(&names(content(&mut archive)?, progress)?, ask)?,
    };
    let mut walk = Walk::new(chosen, progress);
    walk.read(&mut Reader::from_reader(content(&mut archive)?))?;
    // Says that there is none where there is none.
    choose(&walk.names, Ask::Number(chosen))?;
    Ok(Sheet { grid: walk.grid, names: walk.names, chosen })
}

fn check_encryption<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<(), SheetError> {
    let mut manifest = Vec::new();
    if let Ok(entry) = archive.by_name("META-INF/manifest.xml") {
        entry.take(MANIFEST_BYTES).read_to_end(&mut manifest)?;
    }
    if memchr::memmem::find(&manifest, b"encryption-data").is_some() {
        return Err(SheetError::Encrypted);
    }
    Ok(())
}

fn content<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<impl BufRead, SheetError> {
    let entry = archive.by_name("content.xml")?;
    Ok(BufReader::new(Bounded { inner: entry, left: MAX_SHEET_XML_BYTES }))
}

/// Fails where more is expanded than may be.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(into)?;
        self.left = self.left.checked_sub(read as u64).ok_or(std::io::ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}

/// The names of all sheets.
fn names(content: impl BufRead, progress: &Progress) -> Result<Vec<String>, SheetError> {
    let mut walk = Walk::new(usize::MAX, progress);
    walk.read(&mut Reader::from_reader(content))?;
    Ok(walk.names)
}

/// A way through a document's content.
struct Walk<'a> {
    /// The number of the sheet whose cells are kept.
    chosen: usize,
    progress: &'a Progress,
    names: Vec<String>,
    grid: Grid,
    /// How many elements around this place are not looked at: notes on cells, tables within cells.
    skipped: usize,
    is_in_table: bool,
    row: Row,
    cell: Option<Cell>,
}

/// The row that is being read.
#[derive(Default)]
struct Row {
    /// Its number in the sheet, counted from 1.
    number: u32,
    repeated: u32,
    /// The next column.
    column: u32,
    has_cells: bool,
}

/// The cell that is being read.
#[derive(Default)]
struct Cell {
    value: Option<String>,
    text: String,
    paragraphs: usize,
    repeated: u32,
    rows_spanned: u32,
}

impl<'a> Walk<'a> {
    fn new(chosen: usize, progress: &'a Progress) -> Self {
        Self {
            chosen,
            progress,
            names: Vec::new(),
            grid: Grid::default(),
            skipped: 0,
            is_in_table: false,
            row: Row::default(),
            cell: None,
        }
    }

    fn is_chosen(&self) -> bool {
        self.is_in_table && self.names.len() == self.chosen.saturating_add(1)
    }

    fn read<R: BufRead>(&mut self, reader: &mut Reader<R>) -> Result<(), SheetError> {
        let mut buffer = Vec::new();
        let mut depth = 0_usize;
        loop {
            if self.progress.is_cancelled() {
                return Err(SheetError::Cancelled);
            }
            buffer.clear();
            match reader.read_event_into(&mut buffer)? {
                Event::Start(element) => {
                    depth += 1;
                    self.start(&element)?;
                }
                Event::Empty(element) => {
                    self.start(&element)?;
                    self.end(element.local_name().into_inner())?;
                }
                Event::End(element) => {
                    depth = depth.saturating_sub(1);
                    self.end(element.local_name().into_inner())?;
                }
                Event::Text(text) => self.text(&text.into_inner()),
                Event::CData(text) => self.text(&text.into_inner()),
                Event::GeneralRef(entity) => {
                    let c = match &*entity {
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "amp" => Some('&'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => entity.resolve_char_ref()?,
                    };
                    let c =
                        c.ok_or_else(|| SheetError::Damaged("it uses an entity of its own".to_owned()))?;
                    self.text(c.encode_utf8(&mut [0; 4]));
                }
                Event::DocType(_) => {
                    return Err(SheetError::Damaged("it has a document type of its own".to_owned()));
                }
                Event::Eof if depth > 0 => return Err(SheetError::CutOff),
                Event::Eof => return Ok(()),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), SheetError> {
        let name = element.local_name().into_inner();
        if self.skipped > 0 {
            self.skipped += 1;
            return Ok(());
        }
        match name {
            "annotation" => self.skipped = 1,
            "table" if self.is_in_table => self.skipped = 1,
            "table" => {
                self.is_in_table = true;
                self.names.push(attribute(element, "name")?.unwrap_or_default().into_owned());
                self.row = Row::default();
            }
            "table-row" if self.is_in_table => {
                self.row.number = self.row.number.saturating_add(1);
                self.row.repeated = count(element, "number-rows-repeated")?;
                self.row.column = 0;
                self.row.has_cells = false;
            }
            "table-cell" | "covered-table-cell" if self.is_in_table => self.cell = Some(Cell::of(element)?),
            "p" => {
                if let Some(cell) = &mut self.cell {
                    if cell.paragraphs > 0 {
                        cell.text.push('\n');
                    }
                    cell.paragraphs += 1;
                }
            }
            "s" => {
                let blanks = count(element, "c")?.min(1000) as usize;
                self.text(&" ".repeat(blanks));
            }
            "tab" => self.text("\t"),
            "line-break" => self.text("\n"),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if self.skipped == 0
            && let Some(cell) = &mut self.cell
            && cell.paragraphs > 0
        {
            cell.text.push_str(text);
        }
    }

    fn end(&mut self, name: &str) -> Result<(), SheetError> {
        if self.skipped > 0 {
            self.skipped -= 1;
            return Ok(());
        }
        match name {
            "table" => self.is_in_table = false,
            "table-cell" | "covered-table-cell" => self.end_cell()?,
            "table-row" => self.end_row()?,
            _ => {}
        }
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), SheetError> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        let text = cell.value.unwrap_or(cell.text);
        let (row, column) = (self.row.number, self.row.column);
        self.row.column = column.saturating_add(cell.repeated);
        if text.is_empty() || !self.is_chosen() {
            return Ok(());
        }
        self.row.has_cells = true;
        for column in column..self.row.column {
            self.grid.push(row, column, &text)?;
        }
        if cell.rows_spanned > 1 {
            let last_row = row.saturating_add(cell.rows_spanned - 1);
            self.grid.span(Span { column: column as u16, first_row: row, last_row })?;
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), SheetError> {
        let more = self.row.repeated.saturating_sub(1).min(MAX_SHEET_ROWS);
        let first = self.row.number;
        self.row.number = first.saturating_add(more);
        if self.row.has_cells {
            for number in first + 1..=self.row.number {
                if self.progress.is_cancelled() {
                    return Err(SheetError::Cancelled);
                }
                self.grid.repeat_last(number)?;
            }
        }
        Ok(())
    }
}

impl Cell {
    fn of(element: &BytesStart<'_>) -> Result<Self, SheetError> {
        let kind = attribute(element, "value-type")?.unwrap_or_default();
        let value = match &*kind {
            "float" | "percentage" | "currency" => attribute(element, "value")?,
            "date" => attribute(element, "date-value")?,
            "time" => attribute(element, "time-value")?.map(|text| clock(&text).map_or(text, Cow::Owned)),
            "boolean" => attribute(element, "boolean-value")?,
            // What is empty here is an error, which stands in the text.
            _ => attribute(element, "string-value")?.filter(|text| !text.is_empty()),
        };
        Ok(Self {
            value: value.map(Cow::into_owned),
            repeated: count(element, "number-columns-repeated")?.min(MAX_COLUMNS as u32),
            rows_spanned: count(element, "number-rows-spanned")?,
            ..Self::default()
        })
    }
}

/// `PT06H30M00S` as `06:30:00`; `None` where it is something else.
fn clock(text: &str) -> Option<String> {
    let rest = text.strip_prefix("PT")?;
    let (hours, rest) = rest.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?.split(['.', ',']).next()?;
    let numbers = [hours, minutes, seconds].map(|part| part.parse::<u32>().ok());
    let [Some(hours), Some(minutes), Some(seconds)] = numbers else { return None };
    Some(format!("{hours:02}:{minutes:02}:{seconds:02}"))
}

/// The value of an attribute of the document's own vocabulary: `LibreOffice` repeats some in its own.
fn attribute<'e>(element: &'e BytesStart<'_>, name: &str) -> Result<Option<Cow<'e, str>>, SheetError> {
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| SheetError::Damaged(error.to_string()))?;
        let key = attribute.key.into_inner();
        let (prefix, local) = key.split_once(':').unwrap_or(("", key));
        if local == name && prefix != "calcext" {
            return Ok(Some(attribute.normalized_value(XmlVersion::Implicit1_0)?));
        }
    }
    Ok(None)
}

/// A count in an attribute: 1 where there is none.
fn count(element: &BytesStart<'_>, name: &str) -> Result<u32, SheetError> {
    let text = attribute(element, name)?;
    // A count beyond any sheet is cut to that of a sheet later on.
    Ok(text.map_or(1, |text| text.trim().parse().unwrap_or(u32::MAX)))
}

impl From<quick_xml::Error> for SheetError {
    fn from(error: quick_xml::Error) -> Self {
        match error {
            quick_xml::Error::Io(error) => std::io::Error::new(error.kind(), error.to_string()).into(),
            error => Self::Damaged(error.to_string()),
        }
    }
}
