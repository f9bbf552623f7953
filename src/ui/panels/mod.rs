//! The panels around the map, one file each.
//!
//! A panel borrows the state, draws itself, and pushes [`Command`](crate::state::Command)s; it never changes the
//! state.

pub mod detail;
pub mod event_types;
pub mod help;
pub mod introduction;
pub mod list;
pub mod timeline;
pub mod top_bar;
