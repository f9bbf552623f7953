//! One row of a file: where its cells begin and end (RFC 4180, and what programs make of it).
//!
//! A cell that begins with a quotation mark ends with one; within it, two stand for one, and separators and line ends are
//! text. Anywhere else a quotation mark is a sign like any other. A row ends with LF, CR, or both.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr2, memchr3};

use crate::io::limits::MAX_CELLS;
use crate::io::table::Cells;

/// How a file separates its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// What stands between two cells.
    pub(super) delimiter: u8,
    /// Whether quotation marks quote.
    pub(super) quotes: bool,
}

/// Where a cell stands in its row, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    start: u32,
    /// Of a quoted cell the closing quotation mark, else the same as `end`.
    close: u32,
    end: u32,
    has_doubled: bool,
}

impl Field {
    /// Whether it ends before a byte of its row.
    pub(super) fn ends_before(self, at: usize) -> bool {
        (self.end as usize) < at
    }

    /// Where it stands in its row.
    pub(super) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// What stands in it, as it stands in its row.
    pub(super) fn bytes_of(self, row: &[u8]) -> &[u8] {
        row.get(self.range()).unwrap_or_default()
    }
}

/// How a row ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// At `end`; the next row begins at `next`, so many lines further down.
    Row {
        /// The byte after the row's last.
        end: usize,
        /// The byte after its line end.
        next: usize,
        /// Line ends in the row and after it.
        lines: u32,
    },
    /// Beyond these bytes.
    Short,
    /// Never: the quotation mark at `open`, so many lines below the row's first, is not closed.
    Unclosed {
        /// Where the mark stands.
        open: usize,
        /// Line ends before it.
        lines: u32,
    },
}

/// The line ends in a text: LF, CR, or both together.
pub(super) fn line_ends(bytes: &[u8]) -> u32 {
    let line_feeds = memchr_iter(b'\n', bytes).count();
    let lone = match memchr(b'\r', bytes) {
        None => 0,
        Some(first) => {
            memchr_iter(b'\r', &bytes[first..]).filter(|at| bytes.get(first + at + 1) != Some(&b'\n')).count()
        }
    };
    (line_feeds + lone) as u32
}

/// Goes through the row that begins with the first of the bytes, of which there is at least one. `is_all` says whether
/// the file ends with them. Rows and bytes are fewer than 4 GiB.
pub(super) fn row(bytes: &[u8], is_all: bool, dialect: Dialect, fields: &mut Vec<Field>) -> Ending {
    fields.clear();
    let (mut at, mut lines) = (0, 0);
    loop {
        let start = at;
        let (end, field) = if dialect.quotes && bytes.get(at) == Some(&b'"') {
            let (close, has_doubled) = match closing(bytes, at + 1, is_all) {
                Ok(found) => found,
                Err(()) if is_all => return Ending::Unclosed { open: at, lines },
                Err(()) => return Ending::Short,
            };
            lines += line_ends(&bytes[at + 1..close]);
            let end = cell_end(bytes, close + 1, dialect.delimiter);
            (end, Field { start: start as u32 + 1, close: close as u32, end: end as u32, has_doubled })
        } else {
            let end = cell_end(bytes, at, dialect.delimiter);
            (end, Field { start: start as u32, close: end as u32, end: end as u32, has_doubled: false })
        };
        let next = match bytes.get(end) {
            None if is_all => end,
            None => return Ending::Short,
            Some(byte) if *byte == dialect.delimiter => {
                // A row with more cells than any table has columns is refused, however many they are.
                if fields.len() <= MAX_CELLS {
                    fields.push(field);
                }
                at = end + 1;
                continue;
            }
            Some(b'\r') => match bytes.get(end + 1) {
                Some(b'\n') => end + 2,
                None if !is_all => return Ending::Short,
                _ => end + 1,
            },
            Some(_) => end + 1,
        };
        fields.push(field);
        return Ending::Row { end, next, lines: lines + u32::from(next > end) };
    }
}

/// The quotation mark that closes what begins here, and whether marks before it stand doubled.
fn closing(bytes: &[u8], from: usize, is_all: bool) -> Result<(usize, bool), ()> {
    let (mut at, mut has_doubled) = (from, false);
    loop {
        let quote = at + memchr(b'"', bytes.get(at..).unwrap_or_default()).ok_or(())?;
        match bytes.get(quote + 1) {
            Some(b'"') => {
                has_doubled = true;
                at = quote + 2;
            }
            None if !is_all => return Err(()),
            _ => return Ok((quote, has_doubled)),
        }
    }
}

#[inline]
fn cell_end(bytes: &[u8], from: usize, delimiter: u8) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + memchr3(delimiter, b'\n', b'\r', rest).unwrap_or(rest.len())
}

/// The first byte of the next line, if there is one.
pub(super) fn next_line(bytes: &[u8], from: usize) -> Option<usize> {
    let end = from + memchr2(b'\n', b'\r', bytes.get(from..)?)?;
    let is_pair = bytes[end] == b'\r' && bytes.get(end + 1) == Some(&b'\n');
    Some(end + 1 + usize::from(is_pair))
}

/// Whether a row is nothing but a line end.
pub(super) fn is_blank_line(fields: &[Field]) -> bool {
    matches!(fields, [Field { start: 0, end: 0, .. }])
}

/// A row with its cells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) text: &'a str,
    pub(super) fields: &'a [Field],
}

impl Cells for Record<'_> {
    fn count(&self) -> usize {
        self.fields.len()
    }

    #[inline]
    fn cell(&self, column: usize) -> Cow<'_, str> {
        let Some(field) = self.fields.get(column) else { return Cow::Borrowed("") };
        let text = |from: u32, to: u32| self.text.get(from as usize..to as usize).unwrap_or_default();
        let quoted = text(field.start, field.close);
        // What stands between the closing mark and the separator belongs to the cell.
        let rest = text(field.close + 1, field.end);
        if !field.has_doubled && rest.is_empty() {
            return Cow::Borrowed(quoted);
        }
        let mut cell = if field.has_doubled { quoted.replace("\"\"", "\"") } else { quoted.to_owned() };
        cell.push_str(rest);
        Cow::Owned(cell)
    }
}

impl Record<'_> {
    /// The cells as texts of their own.
    pub(super) fn to_texts(self) -> Vec<String> {
        (0..self.count()).map(|column| self.cell(column).into_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All rows of a text with the lines in which they begin; blank lines are left out.
    fn rows(text: &str, delimiter: u8) -> Vec<(u32, Vec<String>)> {
        let (mut rows, mut fields) = (Vec::new(), Vec::new());
        let (mut at, mut line) = (0, 1);
        while at < text.len() {
            let dialect = Dialect { delimiter, quotes: true };
            match row(&text.as_bytes()[at..], true, dialect, &mut fields) {
                Ending::Row { end, next, lines } => {
                    if !is_blank_line(&fields) {
                        rows.push((line, Record { text: &text[at..at + end], fields: &fields }.to_texts()));
                    }
                    at += next;
                    line += lines;
                }
                other => {
                    rows.push((line, vec![format!("{other:?}")]));
                    break;
                }
            }
        }
        rows
    }

    fn by_the_csv_crate(text: &str) -> Vec<Vec<String>> {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        reader.records().map(|it| it.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn cells_and_lines_are_those_of_the_file() {
        let text = "a,b\r\n\r\n\"x\ny\",\"say \"\"no\"\"\"\rq\"uo\"te,\"ab\"cd\n,\n";
        let rows = rows(text, b',');
        let expected =
            [(1, ["a", "b"]), (3, ["x\ny", "say \"no\""]), (5, ["q\"uo\"te", "abcd"]), (6, ["", ""])];
        assert_eq!(rows, expected.map(|(line, cells)| (line, cells.map(str::to_owned).to_vec())));
    }

    #[test]
    fn a_mark_that_is_never_closed_is_found_where_it_opens() {
        let mut fields = Vec::new();
        let dialect = Dialect { delimiter: b',', quotes: true };
        let text = b"a,\"x\ny\",\"never\nclosed";
        assert_eq!(row(text, true, dialect, &mut fields), Ending::Unclosed { open: 8, lines: 1 });
        assert_eq!(row(text, false, dialect, &mut fields), Ending::Short);
        for (text, is_all) in [("a,b", false), ("a,b\r", false), ("a,\"b\"", false)] {
            assert_eq!(row(text.as_bytes(), is_all, dialect, &mut fields), Ending::Short, "{text}");
        }
        assert_eq!(row(b"a,b", true, dialect, &mut fields), Ending::Row { end: 3, next: 3, lines: 0 });
    }

    proptest! {
        #[test]
        fn cells_are_those_that_the_csv_crate_finds(text in "([a-z é]{0,3}|\"([a-z,\\n]|\"\"){0,4}\"|,|,|\\n|\\r\\n|\\r){0,24}") {
            let ours: Vec<Vec<String>> = rows(&text, b',').into_iter().map(|(_, cells)| cells).collect();
            // The crate closes at the end of the file what nobody has closed.
            let is_closed = !ours.last().is_some_and(|row| row[0].starts_with("Unclosed"));
            prop_assert!(!is_closed || ours == by_the_csv_crate(&text), "{:?}", ours);
        }

        #[test]
        fn what_the_csv_crate_writes_is_read_back(
            table in prop::collection::vec(prop::collection::vec("[a-z\",;\\n\\r ]{0,6}|\\PC{0,4}", 2..6), 1..8)
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let ours: Vec<Vec<String>> = rows(&text, b',').into_iter().map(|(_, cells)| cells).collect();
            prop_assert_eq!(ours, table);
        }

        #[test]
        fn any_bytes_are_gone_through(bytes in prop::collection::vec(prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), any::<u8>()], 1..60)) {
            let (mut at, mut fields) = (0, Vec::new());
            while at < bytes.len() {
                match row(&bytes[at..], true, Dialect { delimiter: b',', quotes: true }, &mut fields) {
                    Ending::Row { next, .. } => { prop_assert!(next > 0); at += next }
                    _ => break,
                }
            }
        }
    }
}
