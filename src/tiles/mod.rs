//! Online maps: which there are, who agreed to them, and the source of their tiles.
//!
//! ```text
//! provider, template   which maps there are, and the address of each tile
//! consent              who may be asked at all: without it there is no fetcher
//! fetcher              what the window sees: the tiles in view, and what has become of each
//! engine, plan         the thread behind it: what to ask for next, and when to ask again
//! request              one request within its limits
//! content, raster, vector   what came: sniffed, unpacked, decoded, checked, never believed
//! disk, memory         what is kept, and for how long
//! status               what is missing and why, in words
//! ```
//!
//! A tile that fails is asked for again, sooner than ten seconds after its server has recovered, without pestering a
//! server that is down: while it is, one request at a time probes it. What is not in view is not asked for, and what is
//! no longer in view is not waited for. Nothing here draws: below these tiles the map that comes with the program
//! is always there.
//!
//! Nothing here knows of egui. What speaks to servers is part of the feature `gui`; the rest is plain data, which settings
//! and state keep without it.

pub mod consent;
#[cfg(feature = "gui")]
mod content;
#[cfg(feature = "gui")]
mod disk;
#[cfg(feature = "gui")]
mod engine;
#[cfg(feature = "gui")]
pub mod fetcher;
#[cfg(feature = "gui")]
mod freshness;
#[cfg(feature = "gui")]
mod memory;
#[cfg(feature = "gui")]
mod plan;
pub mod provider;
#[cfg(feature = "gui")]
pub mod raster;
#[cfg(feature = "gui")]
mod request;
pub mod status;
pub mod template;
mod tile;
pub mod vector;

pub use consent::{Agreed, Consent, NotAgreed, Online};
#[cfg(feature = "gui")]
pub use fetcher::{Fetcher, TileState, Wake};
pub use provider::{Attribution, Content, CustomMap, CustomProblem, KnownMap, Provider};
pub use status::{Reason, Status};
pub use template::{TemplateProblem, UrlTemplate};
pub use tile::{Picture, TileData, TileId};

/// Names a folder to be used instead of the reader's own for what is kept of online maps.
pub const CACHE_VARIABLE: &str = "DATELINE_CACHE_DIR";

/// The folder for what is kept of online maps: that which [`CACHE_VARIABLE`] names, else the desktop's.
#[must_use]
pub fn cache_folder() -> Option<std::path::PathBuf> {
    let named =
        std::env::var_os(CACHE_VARIABLE).filter(|name| !name.is_empty()).map(std::path::PathBuf::from);
    let desktops = || Some(directories::ProjectDirs::from("", "", "dateline")?.cache_dir().to_owned());
    Some(named.or_else(desktops)?.join("tiles"))
}
