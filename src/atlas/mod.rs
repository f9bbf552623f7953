//! What the program knows of the world by itself: outlines of regions and countries, and a gazetteer of places.
//!
//! Both are files that `make basemap` builds from public data (see `assets/basemap/README.md`) and that are embedded in the
//! program. Opening them reads a few bytes; only what is asked for is decoded. A file that is damaged gives fewer
//! answers, never a panic.

mod bytes;
pub mod gazetteer;
pub mod regions;

pub use gazetteer::{Gazetteer, NearbyPlace, Place, gazetteer};
pub use regions::{Polygon, Region, RegionNames, Regions, Ring, regions};

/// An embedded file that cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AtlasError {
    /// The first bytes are not those of the expected format.
    #[error("this is not {expected}: build it again with `make basemap`")]
    WrongFormat {
        /// What the file should have been.
        expected: &'static str,
    },
    /// The file ends before its own index does.
    #[error("the file is cut short: build it again with `make basemap`")]
    CutShort,
}
