//! Tables of text: values apart by commas, semicolons, tabs or bars, in whatever encoding.
//!
//! Rows are independent: one that makes no sense is rejected with its line, and reading goes on below it. What stays in
//! memory is what the map needs of each row, and where the row stands in the file.

mod dialect;
mod encoding;
mod load;
mod scan;
#[cfg(test)]
mod tests;
mod texts;
mod window;

use super::limits::{SAMPLE_BYTES, SAMPLE_ROWS, SMALL_TABLE_BYTES};
use super::table::{Preview, TableReader, has_position, is_known_layout};
use super::{Input, ReadError, ReadOptions, title_of};
use crate::model::Dataset;
use crate::parallel;
use crate::progress::Progress;
use dialect::Sample;
use encoding::Told;
use load::{BLOCK_BYTES, Loaded, load};
use scan::Dialect;
use texts::CsvTexts;

/// A file, and how it is to be read.
#[derive(Debug)]
struct Table {
    input: Input,
    dialect: Dialect,
    reader: TableReader,
    /// Where the first row of data begins, in bytes, and how many lines stand before it.
    body: u64,
    lines: u32,
    block_bytes: u64,
    /// Whether rows are marked.
    marks: bool,
}

/// Whether a file with these first bytes is a table whose columns say where something is.
pub(super) fn detect(head: &[u8]) -> bool {
    sample_of(head).is_some_and(|sample| {
        let columns = sample.rows.first().map_or(0, Vec::len);
        let fits = columns > 1 && (columns == sample.header.len() || sample.header.is_empty());
        (fits || is_known_layout(&sample.header)) && has_position(&sample.header, &sample.rows)
    })
}

/// Whether a file with these first bytes has columns at all, whatever they mean: prose has none.
pub(super) fn has_columns(head: &[u8]) -> bool {
    sample_of(head).is_some_and(|sample| {
        let columns = sample.rows.first().map_or(0, Vec::len);
        columns > 2 && sample.rows.iter().all(|row| row.len() == columns)
    })
}

/// The first rows of a text that does not begin as other formats do.
fn sample_of(head: &[u8]) -> Option<Sample> {
    let text = match encoding::of_head(head) {
        Told::Utf8 { mark } => String::from_utf8_lossy(&head[mark..]),
        Told::Other(encoding) => encoding.decode(head).0,
    };
    // Other formats begin with a bracket; none of a table's names does.
    let is_other = text.trim_start().starts_with(['{', '[', '<', '(', '/']);
    let text = text.trim_end_matches('\u{fffd}');
    if is_other { None } else { dialect::sample(text, false, SAMPLE_ROWS) }
}

/// Reads a table.
pub(super) fn read_input(
    input: &Input,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Dataset, ReadError> {
    let threads = parallel::threads_for(usize::MAX);
    read(input, options, progress, threads, BLOCK_BYTES)
}

/// The same with so many threads and blocks of such a size.
fn read(
    input: &Input,
    options: &ReadOptions,
    progress: &Progress,
    threads: usize,
    block_bytes: u64,
) -> Result<Dataset, ReadError> {
    // Another encoding takes a good part of the time, if it is one.
    let (first, rest) = (progress.part(0.0, 0.4), progress.part(0.4, 1.0));
    let mut text = TextInput::open(input, &first)?;
    let mut table = text.table(options, block_bytes)?;
    let is_decoded = !text.notes.is_empty();
    let mut loaded = load(&table, threads, if is_decoded { &rest } else { progress })?;
    if loaded.signs.are_foreign() && text.may_be_foreign {
        text.decode(encoding::of_rows(input, &first)?, &first)?;
        table = text.table(options, block_bytes)?;
        loaded = load(&table, threads, &rest)?;
    }
    if table.reader.settle(&loaded.tally) {
        loaded = load(&table, threads, progress)?;
    }
    input.check().map_err(|error| {
        ReadError::whole_file(input.name(), error.to_string(), "wait until it is written")
    })?;
    Ok(finish(table, loaded, text.notes))
}

/// What there is to see of a table, for somebody who says what its columns mean.
pub fn preview(input: &Input, progress: &Progress) -> Result<Preview, ReadError> {
    let sample = TextInput::open(input, progress)?.sample()?;
    Ok(Preview::of(&sample.header, &sample.rows))
}

/// A file as UTF-8.
struct TextInput {
    input: Input,
    /// Bytes before the text.
    mark: usize,
    /// Whether nothing says for certain that it is UTF-8.
    may_be_foreign: bool,
    notes: Vec<String>,
}

impl TextInput {
    fn open(input: &Input, progress: &Progress) -> Result<Self, ReadError> {
        let input = if input.len() <= SMALL_TABLE_BYTES {
            Input::memory(input.name(), &input.whole(progress)?)
        } else {
            input.clone()
        };
        match encoding::of_head(&input.head()?) {
            Told::Utf8 { mark } => Ok(Self { input, mark, may_be_foreign: mark == 0, notes: Vec::new() }),
            Told::Other(encoding) => {
                let mut text = Self { input, mark: 0, may_be_foreign: false, notes: Vec::new() };
                text.decode(encoding, progress)?;
                Ok(text)
            }
        }
    }

    fn decode(
        &mut self,
        encoding: &'static encoding_rs::Encoding,
        progress: &Progress,
    ) -> Result<(), ReadError> {
        let (input, note) = encoding::decode(&self.input, encoding, progress)?;
        self.input = input;
        self.may_be_foreign = false;
        self.notes.push(note);
        Ok(())
    }

    fn sample(&self) -> Result<Sample, ReadError> {
        let mut bytes = vec![0; SAMPLE_BYTES.min(usize::try_from(self.input.len()).unwrap_or(SAMPLE_BYTES))];
        let read = self.input.read_at(&mut bytes, 0).map_err(|error| self.input.failed(&error))?;
        bytes.truncate(read);
        let text = &bytes[self.mark.min(read)..];
        let is_all = read as u64 >= self.input.len();
        // Bytes that are not UTF-8 become three: so nothing may be measured behind them.
        let end = std::str::from_utf8(text).map_or_else(|error| error.valid_up_to(), str::len);
        let valid = std::str::from_utf8(&text[..end]).unwrap_or_default();
        let sample = dialect::sample(valid, is_all && end == text.len(), SAMPLE_ROWS);
        let sample = sample.ok_or_else(|| self.no_rows(text))?;
        let first = if sample.header.is_empty() { sample.rows.first() } else { Some(&sample.header) };
        if first.and_then(|row| row.first()).is_some_and(|cell| cell.trim_start().starts_with('<')) {
            return Err(
                self.no_table("the file begins with `<`: this is a page of the web or XML, not a table")
            );
        }
        Ok(sample)
    }

    fn no_table(&self, what: &str) -> ReadError {
        ReadError::whole_file(self.input.name(), what, "name a table of text")
    }

    fn no_rows(&self, text: &[u8]) -> ReadError {
        let name = self.input.name();
        if text.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            let what = if self.input.is_empty() {
                "the file is empty"
            } else {
                "the file has nothing but empty lines"
            };
            return ReadError::whole_file(name, what, "name a table with a header and rows");
        }
        ReadError::whole_file(
            name,
            "the first row cannot be read: a quotation mark in it is not closed, it is not text, or it is longer than a header",
            "name a table whose first row holds the names of its columns",
        )
    }

    fn table(&self, options: &ReadOptions, block_bytes: u64) -> Result<Table, ReadError> {
        let sample = self.sample()?;
        let rows = || sample.rows.iter().chain([&sample.header]).flatten();
        let reader =
            TableReader::new(self.input.name(), &sample.header, &sample.rows, options).map_err(|error| {
                // Nobody can say what the columns of a picture mean.
                let is_binary = error.preview().is_some() && rows().any(|cell| cell.contains('\0'));
                if is_binary {
                    self.no_table("there are zero bytes in it: this is not a text file")
                } else {
                    error
                }
            })?;
        Ok(Table {
            input: self.input.clone(),
            dialect: sample.dialect,
            reader,
            body: (self.mark + sample.body) as u64,
            lines: sample.lines,
            block_bytes,
            marks: options.marks,
        })
    }
}

fn finish(table: Table, loaded: Loaded, notes: Vec<String>) -> Dataset {
    let Loaded { mut intake, mut rows, tally, ids, .. } = loaded;
    notes.into_iter().chain(table.reader.notes(&tally)).for_each(|note| intake.note(note));
    ids.note().into_iter().for_each(|note| intake.note(note));
    rows.told_apart = ids.into_told_apart();
    if intake.account().rows() == 0 {
        intake.note("the table has no rows");
    }
    let title = title_of(&table.input);
    let types = intake.event_types().clone();
    intake.finish_stored(title, Box::new(CsvTexts { table, rows, types }))
}
