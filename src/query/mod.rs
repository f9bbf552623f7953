//! Which incidents, where, how many: everything that is answered about a dataset without changing it.
//!
//! [`Columns`] hold what is asked about, in Morton order; a pass over them turns [`Criteria`] into an [`Answer`]: one bit
//! per incident, and tables that count any stretch of the order with two look-ups. From those an [`Engine`] answers
//! everything else: clusters of a view, pages of the list, histogram, what is nearest. It is all that the rest of the
//! program asks, so that something else may answer one day.
//!
//! [`filter`], [`cluster`] and [`nearby`] look at every incident each time; they serve what has not moved to the engine.

mod answer;
mod bitmap;
mod build;
pub mod cluster;
mod clusters;
mod columns;
mod criteria;
mod engine;
pub mod filter;
mod histogram;
mod list;
mod merge;
mod morton;
mod near;
pub mod nearby;
mod parallel;
mod pass;
mod span;
mod text;

pub use answer::Answer;
pub use bitmap::Bitmap;
pub use clusters::{Cells, Cluster, ClusterKey, Clusters, GAP_PX, SINGLE_RADIUS_PX, ViewQuery};
pub use columns::{Columns, PRECISIONS, Row, STATUSES, TYPE_COUNTS, TYPES_APART};
pub use criteria::{Criteria, MapArea, StatusSet, TypeSet};
pub use engine::{Engine, LARGE, Pass};
pub use filter::{Filter, Matches};
pub use histogram::Histogram;
pub use pass::run;
pub use span::span_min;
pub use text::{text_matches, words_of};

#[cfg(test)]
mod brute;
