//! Which incidents, where, how many: everything that is answered about a dataset without changing it.
//!
//! [`filter`] says which incidents pass, [`cluster`] which of them stand too close together on the screen to be drawn
//! one by one, [`nearby`] which lie around a given one.

pub mod cluster;
pub mod coordinates;
pub mod filter;
pub mod nearby;

pub use filter::{Filter, Matches};
