//! Tables: rows of cells under a header become incidents.
//!
//! Formats that hold tables (CSV, spreadsheets, GeoParquet) find cells; here they get their meaning, by the layout of a
//! known publisher, which the header's names give away, or by a [`Mapping`].

mod cells;
mod dates;
mod guess;
mod layouts;
mod mapping;
mod plan;
mod reader;
mod swapped;
mod tally;
#[cfg(test)]
mod tests;
mod texts;

pub use cells::Cells;
pub(super) use guess::guess;
pub use mapping::{Field, Mapping, MappingError, Preview, Value};
pub use reader::{Fault, Kept, Row, TableReader};
pub use tally::Tally;
