//! The panels around the map, one file each.
//!
//! A panel borrows the state, draws itself, and pushes [`Command`](crate::state::Command)s; it never changes the
//! state.

pub mod account;
pub mod dataset_menu;
pub mod detail;
pub mod drop_hint;
pub mod event_types;
pub mod export;
pub mod filters;
pub mod help;
pub mod introduction;
pub mod layers;
pub mod list;
pub mod list_head;
pub mod loading;
pub mod mapper;
pub mod maps;
pub mod path_field;
pub mod problems;
pub mod search;
pub mod story;
pub mod timeline;
pub mod top_bar;
