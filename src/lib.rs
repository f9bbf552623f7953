//! Dateline, a desktop map viewer for incidents: the news, read on the map.

pub mod atlas;
pub mod geo;
pub mod model;
pub mod query;
pub mod state;
#[cfg(test)]
mod testing;
