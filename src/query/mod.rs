//! Which incidents, where, how many: everything that is answered about a dataset without changing it.
//!
//! [`filter`] says which incidents pass, [`cluster`] which of them stand too close together on the screen to be drawn
//! one by one, [`nearby`] which lie around a given one.

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
