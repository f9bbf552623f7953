//! The readers of all formats over files: a corpus of valid ones and one of broken ones for each format.

// A helper that fails is a test that fails.
#![allow(clippy::expect_used, clippy::panic)]

mod corpus;
mod csv;
mod geojson;
mod gpx;
mod kml;
mod mad;
mod packed;
mod timemap;
