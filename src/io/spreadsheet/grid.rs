//! The filled cells of a sheet as text, packed: a sheet says that it has seventeen billion cells and has a few.

use std::borrow::Cow;

use super::SheetError;
use crate::io::limits::{MAX_COLUMNS, MAX_SHEET_CELLS, MAX_SHEET_ROWS, MAX_SHEET_TEXT_BYTES};
use crate::io::table::Cells;

/// A sheet's cells, row by row.
#[derive(Debug, Default)]
pub(super) struct Grid {
    rows: Vec<GridRow>,
    columns: Vec<u16>,
    /// Where in the text each cell ends.
    ends: Vec<u32>,
    text: String,
    /// Cells that span rows, by column and first row.
    spans: Vec<Span>,
}

#[derive(Debug, Clone, Copy)]
struct GridRow {
    /// As the sheet counts it, from 1.
    number: u32,
    first_cell: u32,
}

/// A cell whose value holds for the rows below it, too: its rows as the sheet counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) column: u16,
    pub(super) first_row: u32,
    pub(super) last_row: u32,
}

impl Grid {
    /// Adds a cell of a row (counted from 1) and a column (from 0). Rows come in order, and so do the columns of a row;
    /// one that does not begins a row anew. Empty cells are nothing.
    pub(super) fn push(&mut self, row: u32, column: u32, text: &str) -> Result<(), SheetError> {
        if text.is_empty() {
            return Ok(());
        }
        if row > MAX_SHEET_ROWS || column as usize >= MAX_COLUMNS {
            return Err(SheetError::Damaged(format!("it has a cell in row {row} and column {}", column + 1)));
        }
        if self.columns.len() >= MAX_SHEET_CELLS || self.text.len() + text.len() > MAX_SHEET_TEXT_BYTES {
            return Err(SheetError::TooLarge);
        }
        let column = column as u16;
        let is_new = self.rows.last().is_none_or(|last| {
            let is_after = self.columns[last.first_cell as usize..].last().is_none_or(|&last| last < column);
            last.number != row || !is_after
        });
        if is_new {
            self.rows.push(GridRow { number: row, first_cell: self.columns.len() as u32 });
        }
        self.columns.push(column);
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        Ok(())
    }

    /// Adds the cells of a row once more, as another row.
    pub(super) fn repeat_last(&mut self, row: u32) -> Result<(), SheetError> {
        let Some(last) = self.len().checked_sub(1) else { return Ok(()) };
        let cells: Vec<(u16, String)> =
            self.cells(last).map(|(column, text)| (column, text.to_owned())).collect();
        cells.into_iter().try_for_each(|(column, text)| self.push(row, column.into(), &text))
    }

    /// Says that a cell's value holds for rows below it.
    pub(super) fn span(&mut self, span: Span) -> Result<(), SheetError> {
        if self.spans.len() >= MAX_SHEET_CELLS {
            return Err(SheetError::TooLarge);
        }
        self.spans.push(span);
        Ok(())
    }

    /// Once all is there: then cells say what those say that span them.
    pub(super) fn sort_spans(&mut self) {
        self.spans.sort_unstable();
    }

    /// Once it is known where the header stands. Says how many cells span rows below this one.
    pub(super) fn settle_spans(&mut self, header_row: u32) -> usize {
        self.spans.retain(|span| span.first_row > header_row && span.last_row > span.first_row);
        self.spans.sort_unstable();
        self.spans.len()
    }

    /// Whether rows have words that do not stand in them.
    pub(super) fn has_spans(&self) -> bool {
        !self.spans.is_empty()
    }

    /// How many rows have cells.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A row's number in the sheet.
    pub(super) fn number(&self, row: usize) -> u32 {
        self.rows.get(row).map_or(0, |row| row.number)
    }

    fn range(&self, row: usize) -> std::ops::Range<usize> {
        let start = self.rows.get(row).map_or(self.columns.len(), |row| row.first_cell as usize);
        start..self.rows.get(row + 1).map_or(self.columns.len(), |row| row.first_cell as usize)
    }

    fn text(&self, cell: usize) -> &str {
        let start = cell.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.text[start..self.ends[cell] as usize]
    }

    /// The filled cells of a row with their columns.
    pub(super) fn cells(&self, row: usize) -> impl Iterator<Item = (u16, &str)> {
        self.range(row).map(|cell| (self.columns[cell], self.text(cell)))
    }

    /// All the text of a row.
    pub(super) fn row_text(&self, row: usize) -> &str {
        let range = self.range(row);
        let start = range.start.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        let end = range.end.checked_sub(1).map_or(0, |last| self.ends[last] as usize);
        &self.text[start..end.max(start)]
    }

    /// How many columns a row reaches.
    pub(super) fn width(&self, row: usize) -> usize {
        self.columns[self.range(row)].last().map_or(0, |&last| usize::from(last) + 1)
    }

    /// The text of a cell; empty where there is none.
    pub(super) fn cell(&self, row: usize, column: usize) -> &str {
        let range = self.range(row);
        let column = column as u16;
        match self.columns[range.clone()].binary_search(&column) {
            Ok(at) => self.text(range.start + at),
            Err(_) => self.spanning(self.number(row), column),
        }
    }

    /// What a cell that spans a row has.
    fn spanning(&self, number: u32, column: u16) -> &str {
        let before = self.spans.partition_point(|span| (span.column, span.first_row) <= (column, number));
        let Some(span) = before.checked_sub(1).and_then(|at| self.spans.get(at)) else { return "" };
        if span.column != column || !(span.first_row + 1..=span.last_row).contains(&number) {
            return "";
        }
        let source = self.rows.partition_point(|row| row.number < span.first_row);
        let is_source = self.rows.get(source).is_some_and(|row| row.number == span.first_row);
        let range = self.range(source);
        match self.columns[range.clone()].binary_search(&column) {
            Ok(at) if is_source => self.text(range.start + at),
            _ => "",
        }
    }
}

/// A row as a table's cells.
pub(super) struct SheetRow<'a> {
    pub(super) grid: &'a Grid,
    pub(super) row: usize,
    pub(super) width: usize,
}

impl Cells for SheetRow<'_> {
    fn count(&self) -> usize {
        self.width
    }

    fn cell(&self, column: usize) -> Cow<'_, str> {
        Cow::Borrowed(if column < self.width { self.grid.cell(self.row, column) } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_where_they_were_put_and_others_are_empty() {
        let mut grid = Grid::default();
        for (row, column, text) in [(2, 0, "a"), (2, 5, "b"), (1_048_576, 16_383, "c")] {
            grid.push(row, column, text).unwrap();
        }
        assert_eq!((grid.len(), grid.width(0), grid.number(1)), (2, 6, 1_048_576));
        assert_eq!([0, 1, 5, 6].map(|column| grid.cell(0, column)), ["a", "", "b", ""]);
        assert_eq!((grid.cell(1, 16_383), grid.row_text(0)), ("c", "ab"));
        assert!(grid.push(1, 16_384, "x").is_err() && grid.push(u32::MAX, 0, "x").is_err());
    }

    #[test]
    fn a_cell_that_spans_rows_holds_for_all_of_them_but_not_for_others() {
        let mut grid = Grid::default();
        for (row, column, text) in [(1, 0, "head"), (2, 0, "one"), (2, 1, "x"), (3, 1, "y"), (5, 1, "z")] {
            grid.push(row, column, text).unwrap();
        }
        grid.span(Span { column: 0, first_row: 2, last_row: 4 }).unwrap();
        grid.span(Span { column: 1, first_row: 1, last_row: 1 }).unwrap();
        assert_eq!(grid.settle_spans(1), 1);
        assert_eq!([1, 2, 3].map(|row| grid.cell(row, 0)), ["one", "one", ""]);
    }
}
