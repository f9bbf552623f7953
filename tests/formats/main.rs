//! The readers of all formats over files: a corpus of valid ones and one of broken ones for each format.

// A test ends by panicking with what went wrong.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod corpus;
mod csv;
mod geojson;
mod geoparquet;
mod gpx;
mod json;
mod kml;
mod mad;
mod packed;
mod spreadsheet;
mod timemap;
