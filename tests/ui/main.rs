//! Journeys through the window, by accessible name: what a reader does and what the window then says. One binary, so
//! that it links once.

#![cfg(feature = "gui")]
// A helper that fails is a test that fails.
#![allow(clippy::expect_used, clippy::panic)]

mod account;
mod comfort;
mod drawing;
mod export;
mod files;
mod filtering;
mod filters;
mod finding;
mod hostile;
mod keyboard;
mod layouts;
mod list;
#[cfg(unix)]
mod loading;
mod maps;
mod measure;
mod memory;
mod million;
mod monkey;
mod opening;
mod reading;
mod search;
mod shapes;
mod snapshots;
mod story;
mod support;
mod tables;
mod timeline;
mod times;
mod view_text;
