//! Tables: rows of cells under a header become incidents.
//!
//! Formats that hold tables (CSV, spreadsheets, GeoParquet) find cells; here they get their meaning, by the layout of a
//! known publisher, which the header's names give away, or by a [`Mapping`].

mod mapping;

pub use mapping::{Field, Mapping, MappingError, Preview, Value};
