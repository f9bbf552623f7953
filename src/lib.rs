//! Dateline, a desktop map viewer for incidents: the news, read on the map.

pub mod atlas;
pub mod geo;
pub mod io;
pub mod model;
