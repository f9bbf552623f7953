//! The readers of all formats over files: a corpus of valid ones and one of broken ones for each format.

mod corpus;
mod csv;
mod geoparquet;
mod spreadsheet;
