//! Which row of a sheet is the header of its table: titles and remarks may stand above it.

use super::grid::Grid;
use crate::io::limits::PREVIEW_ROWS;
use crate::io::table::TableReader;
use crate::io::{ReadError, ReadOptions};

/// A header stands among the first so many rows.
const SEARCHED_ROWS: usize = 30;

/// A table in a sheet.
pub(super) struct Found {
    pub(super) reader: TableReader,
    /// The first row below the header.
    pub(super) first_row: usize,
    /// The row of the header, if it has one.
    pub(super) header_row: Option<usize>,
}

/// Finds the first row whose names make a table of those below it.
pub(super) fn find(name: &str, grid: &Grid, options: &ReadOptions) -> Result<Found, ReadError> {
    let candidates: Vec<usize> =
        (0..grid.len().min(SEARCHED_ROWS)).filter(|&row| looks_like_names(grid, row)).collect();
    let mut first_error = None;
    for &row in &candidates {
        match try_header(name, grid, Some(row), options) {
            Ok(found) => return Ok(found),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    match first_error {
        Some(error) => Err(error),
        None => try_header(name, grid, None, options),
    }
}

/// Names are texts, at least two of them, and most columns have one.
fn looks_like_names(grid: &Grid, row: usize) -> bool {
    let cells: Vec<&str> =
        grid.cells(row).map(|(_, text)| text.trim()).filter(|text| !text.is_empty()).collect();
    let is_number = |text: &&str| text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+');
    let most =
        (row..grid.len().min(row + PREVIEW_ROWS)).map(|row| grid.cells(row).count()).max().unwrap_or(0);
    cells.len() >= 2 && cells.len() * 2 >= most && !cells.iter().any(is_number)
}

fn try_header(
    name: &str,
    grid: &Grid,
    header_row: Option<usize>,
    options: &ReadOptions,
) -> Result<Found, ReadError> {
    let first_row = header_row.map_or(0, |row| row + 1);
    let sample = first_row..grid.len().min(first_row + PREVIEW_ROWS);
    let width = sample.clone().chain(header_row).map(|row| grid.width(row)).max().unwrap_or(0);
    let row_of =
        |row: usize| -> Vec<String> { (0..width).map(|column| grid.cell(row, column).to_owned()).collect() };
    let rows: Vec<Vec<String>> = sample.map(row_of).collect();
    let header: Vec<String> = header_row.map_or_else(Vec::new, |row| {
        let named = |(column, name): (usize, String)| {
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            if name.is_empty() { unnamed(column) } else { name }
        };
        row_of(row).into_iter().enumerate().map(named).collect()
    });
    let reader = TableReader::new(name, &header, &rows, options)?;
    Ok(Found { reader, first_row, header_row })
}

/// What a column without a name is called: by its number, as mappings name it.
pub(super) fn unnamed(column: usize) -> String {
    format!("#{}", column + 1)
}
