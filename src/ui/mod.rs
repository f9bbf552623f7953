//! The window: everything that knows of egui, but for [`crate::render`], which draws the same window off screen.

pub mod accessibility;
pub mod actions;
pub mod app;
pub mod bidi;
pub mod debug;
pub mod dialog;
pub mod folder;
pub mod hand_on;
pub mod long_scroll;
pub mod map;
pub mod memory;
pub mod motion;
pub mod notice;
pub mod opening;
pub mod panels;
pub mod symbol;
pub mod theme;
pub mod widgets;
mod window;

pub use window::{RunError, Window, run};
