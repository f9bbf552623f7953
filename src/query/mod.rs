//! Which incidents, where, how many: everything that is answered about a dataset without changing it.
//!
//! [`filter`] says which incidents pass, [`cluster`] which of them stand too close together on the screen to be drawn
//! one by one, [`nearby`] which lie around a given one.

mod answer;
mod bitmap;
mod build;
pub mod cluster;
mod columns;
mod criteria;
pub mod filter;
mod morton;
pub mod nearby;
mod parallel;
mod pass;
mod span;

pub use answer::Answer;
pub use bitmap::Bitmap;
pub use columns::{Columns, PRECISIONS, Row, STATUSES, TYPE_COUNTS, TYPES_APART};
pub use criteria::{Criteria, MapArea, StatusSet, TypeSet};
pub use filter::{Filter, Matches};
pub use pass::run;
pub use span::span_min;

#[cfg(test)]
mod brute;
