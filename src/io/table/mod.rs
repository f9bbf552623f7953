//! Tables: rows of cells under a header become incidents.
//!
//! Formats that hold tables (CSV, spreadsheets, GeoParquet) find cells; here they get their meaning, by the layout of a
//! known publisher, which the header's names give away, or by a [`Mapping`].

mod cells;
mod dates;
mod guess;
mod layouts;
mod mapping;
mod own;
mod plan;
mod properties;
mod reader;
mod swapped;
mod tally;
#[cfg(test)]
mod tests;
mod texts;
mod when;
mod write;

pub use cells::Cells;
pub(in crate::io) use dates::{IsoDate, iso_date};
pub(super) use guess::guess;
pub use mapping::{Field, Mapping, MappingError, Preview, Value};
pub(in crate::io) use properties::{Properties, PropertyReader, PropertyRow};
pub use reader::{Fault, Row, TableReader};
pub use tally::Tally;
pub(super) use write::{write_selection, write_with_tabs};

/// Whether a cell is a date, as no name of a column is.
pub(super) fn looks_like_data(cell: &str) -> bool {
    let found = dates::read(cell, dates::Order::DayFirst);
    let reading = found.reading.filter(|_| found.manner != dates::Manner::Serial);
    reading.is_some_and(|it| it.precision <= crate::model::TimePrecision::Day)
}

/// Whether a row is one of GDELT's, which have no header.
pub(super) fn looks_like_gdelt(cells: &[String]) -> bool {
    layouts::is_gdelt_row(cells)
}

/// Whether columns with these names are those of a known publisher.
pub(super) fn is_known_layout(header: &[String]) -> bool {
    layouts::Layout::of(header) != layouts::Layout::Mapped
}

/// Whether features have the properties of a known publisher.
pub(super) fn is_known_publisher(names: &[String]) -> bool {
    !matches!(layouts::Layout::of_properties(names), layouts::Layout::Mapped | layouts::Layout::Dateline)
}

/// Whether these names alone say where something is.
pub(super) fn names_have_position(names: &[String]) -> bool {
    guess::guess(names, &[]).has_position()
}

/// Whether columns with these names (none where there is no header) say where something is.
pub(super) fn has_position(header: &[String], rows: &[Vec<String>]) -> bool {
    is_known_layout(header) || rows.first().is_some_and(|row| header.is_empty() && looks_like_gdelt(row)) || {
        guess::guess(header, rows).has_position()
    }
}
