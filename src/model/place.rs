//! Where an incident happened, and how exactly that is known.

use serde::{Deserialize, Serialize};

use crate::geo::LonLat;
use crate::t;

/// A place as the dataset names it.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Name in English; empty where the file gives none.
    pub name: String,
    /// Name in the local language and script.
    pub local_name: Option<String>,
    /// The region (first-level division) in English.
    pub region: Option<String>,
    /// ISO 3166-2 code of the region: names the outline that is drawn when the precision is [`Precision::Region`].
    pub region_code: Option<String>,
    /// ISO 3166-1 alpha-2 code of the country; empty where the file does not say.
    pub country: String,
    /// Where the marker stands. It is the incident's position only as far as `precision` says so.
    pub position: LonLat,
    /// How exactly the position is known.
    pub precision: Precision,
    /// Radius of the area within which it happened, in metres, where the dataset gives one.
    pub radius_m: Option<f64>,
}

/// How exactly a position is known, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Precision {
    /// The very spot.
    Exact,
    /// The town or village.
    Settlement,
    /// The district.
    District,
    /// The region: a first-level division.
    Region,
    /// Only the country.
    Country,
}

impl Precision {
    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Exact => t!("precision-exact"),
            Self::Settlement => t!("precision-settlement"),
            Self::District => t!("precision-district"),
            Self::Region => t!("precision-region"),
            Self::Country => t!("precision-country"),
        }
    }

    /// Whether the position is that of the incident rather than a stand-in for a larger area. Where it is not, no
    /// distance, bearing or nearest town may be offered.
    #[must_use]
    pub const fn is_point(self) -> bool {
        matches!(self, Self::Exact | Self::Settlement)
    }
}
