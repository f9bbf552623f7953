//! What separates the cells of a file, and whether its first row names the columns: told by its first rows.

use super::scan::{Dialect, Ending, Record, is_blank_line, row};
use crate::geo::coordinates;
use crate::io::geometry;
use crate::io::table::{looks_like_data, looks_like_gdelt};

/// Separators, those first that are the better guess where several fit equally well.
const DELIMITERS: [u8; 4] = [b'\t', b';', b',', b'|'];

/// Rows by which a separator is told.
const ROWS: usize = 50;

/// The first rows of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) dialect: Dialect,
    /// The names of the columns; empty where the first row is data.
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// Where the first row that is data begins, in bytes.
    pub(super) body: usize,
    /// The lines before it.
    pub(super) lines: u32,
}

/// Tells the separator and the header of a file by its first bytes; `is_all` says whether these are all of it. `None`
/// where it has no row.
pub(super) fn sample(text: &str, is_all: bool, most_rows: usize) -> Option<Sample> {
    let (told, start) = separator_line(text);
    let text = &text[start..];
    let delimiters = told.as_slice();
    let candidates = if delimiters.is_empty() { &DELIMITERS[..] } else { delimiters };
    let mut best: Option<(f64, Dialect)> = None;
    for &delimiter in candidates {
        // Only in tables with tabs, such as GDELT's, do quotation marks mean nothing.
        let with_or_without = if delimiter == b'\t' { &[true, false][..] } else { &[true] };
        for &quotes in with_or_without {
            let dialect = Dialect { delimiter, quotes };
            let rows = rows(text, is_all, dialect, ROWS);
            // A quotation mark that is none takes in all that follows it.
            let end = rows.last().map_or(0, |last| last.next);
            let is_cut = with_or_without.len() > 1 && rows.len() < ROWS && end < text.len() / 2;
            let score = score(&rows) * if is_cut { 0.1 } else { 1.0 };
            let has_columns = quotes || rows.first().is_some_and(|first| first.cells.len() > 1);
            if has_columns && best.is_none_or(|(least, _)| score > least) {
                best = Some((score, dialect));
            }
        }
    }
    let dialect = best?.1;
    let mut rows = rows(text, is_all, dialect, most_rows);
    let first = rows.first()?;
    let is_headless = is_data(&first.cells);
    let before = u32::from(start > 0);
    if is_headless {
        let (body, lines) = (start + first.at, before + first.line);
        let rows = rows.into_iter().map(|row| row.cells).collect();
        return Some(Sample { dialect, header: Vec::new(), rows, body, lines });
    }
    let header = rows.remove(0);
    Some(Sample {
        dialect,
        body: start + header.next,
        lines: before + header.line + header.lines,
        header: header.cells,
        rows: rows.into_iter().map(|row| row.cells).collect(),
    })
}

/// Spreadsheets may say in the first line what separates the cells: `sep=;`.
fn separator_line(text: &str) -> (Vec<u8>, usize) {
    let end = text.find(['\r', '\n']).unwrap_or(text.len());
    let sign = text[..end].trim().trim_matches('"').strip_prefix("sep=").map(str::as_bytes);
    match sign {
        Some([delimiter]) if delimiter.is_ascii() => {
            let pair = usize::from(text[end..].starts_with("\r\n"));
            (vec![*delimiter], (end + 1 + pair).min(text.len()))
        }
        _ => (Vec::new(), 0),
    }
}

struct Found {
    cells: Vec<String>,
    at: usize,
    next: usize,
    /// Lines before it, and in it.
    line: u32,
    lines: u32,
}

/// The first rows, without one that may be cut off.
fn rows(text: &str, is_all: bool, dialect: Dialect, most: usize) -> Vec<Found> {
    let (mut rows, mut fields) = (Vec::new(), Vec::new());
    let (mut at, mut line) = (0, 0);
    while at < text.len() && rows.len() < most {
        let Ending::Row { end, next, lines } = row(&text.as_bytes()[at..], is_all, dialect, &mut fields)
        else {
            break;
        };
        if !is_blank_line(&fields) {
            let cells = Record { text: &text[at..at + end], fields: &fields }.to_texts();
            rows.push(Found { cells, at, next: at + next, line, lines });
        }
        at += next;
        line += lines;
    }
    rows
}

/// How well rows fall into columns: the more columns, and the more rows with as many as the first, the better.
fn score(rows: &[Found]) -> f64 {
    let Some(first) = rows.first() else { return 0.0 };
    let columns = first.cells.len();
    if columns < 2 {
        return 0.01;
    }
    let fitting = rows.iter().filter(|row| row.cells.len() == columns).count();
    let share = fitting as f64 / rows.len() as f64;
    (columns as f64).min(100.0) * (0.05 + share * share)
}

/// Whether a first row is data: names of columns hold no positions, dates and fractions.
fn is_data(cells: &[String]) -> bool {
    let is_fraction = |cell: &str| {
        let digits = cell.trim().trim_start_matches('-');
        digits.contains(['.', ','])
            && digits
                .split(['.', ','])
                .all(|part| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit()))
    };
    looks_like_gdelt(cells)
        || cells.iter().any(|cell| {
            is_fraction(cell)
                || looks_like_data(cell)
                || cell.contains('(') && geometry::from_wkt(cell).is_some()
                || cell.contains(['.', '°']) && coordinates::parse(cell).is_some()
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(text: &str) -> (char, Vec<String>, u32) {
        let sample = sample(text, true, 100).unwrap();
        assert_eq!(text[..sample.body].lines().count(), sample.lines as usize, "{text}");
        (sample.dialect.delimiter.into(), sample.header, sample.lines)
    }

    #[test]
    fn separators_are_told_by_the_rows() {
        for delimiter in [',', ';', '\t', '|'] {
            let text =
                "lat,lon,title\n51.2,34.2,\"a\nb\"\n51.3,34.3,c\n".replace(',', &delimiter.to_string());
            assert_eq!(told(&text).0, delimiter);
        }
        assert_eq!(told("lat;lon;title\n51,2;34,2;Fire, and smoke\n51,3;34,3;b\n").0, ';');
        assert_eq!(told("title,lat,lon\na; b; c; d,1,2\n").0, ',');
        assert_eq!(told("sep=|\r\na;b|c;d\r\n1;2|3;4\r\n").0, '|');
    }

    #[test]
    fn the_header_is_the_first_row_unless_that_is_data() {
        assert_eq!(told("\n\nlat,lon\n1,2\n").2, 3);
        assert_eq!(told("\"a\nb\",lon\n1,2\n").1, ["a\nb", "lon"]);
        for text in ["51.2,34.2,a\n", "a,2025-05-16\n", "a,POINT (1 2)\n"] {
            assert_eq!(told(text), (',', Vec::new(), 0), "{text}");
        }
        assert_eq!(told("year,2019,2020\nx,1,2\n").1.len(), 3);
        assert_eq!(sample("", true, 9), None);
        assert_eq!(sample("\n\r\n", true, 9), None);
    }

    #[test]
    fn marks_mean_nothing_where_rows_fall_into_columns_only_without_them() {
        let text = "lat\tlon\ttitle\n1\t2\t\"Fire\n3\t4\tb\n5\t6\tc\n";
        assert!(!sample(text, true, 9).unwrap().dialect.quotes);
        assert!(sample("lat\tlon\ttitle\n1\t2\t\"a\tb\"\n", true, 9).unwrap().dialect.quotes);
    }

    proptest! {
        #[test]
        fn any_text_is_told_something_of(text in "([a-z0-9.;,|\\t\"\\n\\r]|\\PC){0,60}", is_all: bool) {
            if let Some(sample) = sample(&text, is_all, 10) {
                prop_assert!(text.is_char_boundary(sample.body));
            }
        }
    }
}
