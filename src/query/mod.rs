//! Which incidents, where, how many: everything that is answered about a dataset without changing it.
//!
//! A [`Filter`] is what the reader asks for. [`Columns`] hold what is asked about, in Morton order; a pass over them
//! turns [`Criteria`] into an [`Answer`]: one bit per incident, and tables that count any stretch of the order with two
//! look-ups. From those an [`Engine`] answers everything else: clusters of a view, pages of the list, counts for each
//! option of the filter, histogram, what is nearest. It is all that the rest of the program asks, so that something else
//! may answer one day. Text is looked through by [`text_matches`]; [`coordinates`] reads positions that people type;
//! [`search`] finds by name what the reader looks for, however it is spelled ([`fold`]).

mod anchor;
mod answer;
pub mod bins;
mod bitmap;
mod bounds;
mod build;
pub mod clock;
mod clusters;
mod columns;
mod criteria;
pub mod dates;
mod engine;
pub mod facets;
mod filter;
pub mod fold;
mod histogram;
mod list;
mod merge;
mod morton;
mod near;
mod needle;
mod order;
mod pass;
mod points;
pub mod search;
mod story;
mod text;
pub mod typed_dates;
mod word;

pub use crate::geo::coordinates;
pub use crate::model::span_min;
use crate::parallel;
pub use answer::Answer;
pub use bitmap::Bitmap;
pub use clock::Clock;
pub use clusters::{Cells, Cluster, ClusterKey, Clusters, GAP_PX, Members, SINGLE_RADIUS_PX, ViewQuery};
pub use columns::{Columns, PRECISIONS, Row, STATUSES, TYPE_COUNTS, TYPES_APART};
pub use criteria::{Criteria, MapArea, StatusSet, TypeSet};
pub use engine::{Engine, Pass};
pub use facets::{Facets, Field};
pub use filter::{Chosen, Filter};
pub use histogram::{Histogram, WIDTHS, Width};
pub use near::Nearby;
pub use order::{ListOrder, Sort, SortBy, Sorting};
pub use pass::{run, shown_under};
pub use points::Points;
pub use text::{has_more_text_than, text_matches, words_of};

#[cfg(test)]
mod brute;
