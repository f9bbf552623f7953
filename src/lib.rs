//! Dateline, a desktop map viewer for incidents: the news, read on the map.

pub mod cli;
pub mod geo;
pub mod io;
pub mod model;
pub mod query;
pub mod state;
#[cfg(test)]
mod testing;
