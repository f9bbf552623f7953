//! Dateline, a desktop map viewer for incidents: the news, read on the map.
//!
//! This is the map of the code. Each layer has one job and imports only from those to its left:
//!
//! ```text
//! { limits, locale, words, crash, progress, parallel, whole_file }  <-  geo  <-  { model, atlas, tiles }  <-  basemaps  <-  { io, query }  <-  state  <-  { cli, jobs, open, settings }  <-  { batch, watch }  <-  { ui, render }  <-  main
//! ```
//!
//! | module | job |
//! |---|---|
//! | [`limits`] | every limit that keeps a file or a server from taking what it likes, with its reason |
//! | [`locale`], [`words`] | how the reader writes numbers and dates; the one catalogue of all that is read in the window |
//! | [`crash`] | what a mistake of the program leaves behind, and calls that may stumble over a damaged file |
//! | [`progress`] | how far a piece of work is, and the wish that it should stop |
//! | `parallel` | work shared among the machine's cores |
//! | `whole_file` | files that are never half there |
//! | [`geo`] | longitude and latitude, bounds, Web Mercator on the unit square, great-circle distances, geodesics |
//! | [`model`] | incident, event type, place and its precision, time and its precision, claim, source, dataset |
//! | [`atlas`] | what the program knows of the world by itself: outlines of regions, a gazetteer |
//! | [`tiles`] | online maps: which there are, who agreed to them, and the tiles that are fetched |
//! | `basemaps` | maps of one's own: files of tiles, and vector tiles in the schemas that are drawn |
//! | [`io`] | one file per format behind one table, and the report of what is wrong with a file |
//! | [`query`] | which incidents, where, how many: filter, clusters, neighbours, search |
//! | [`state`] | all that the program knows, [`state::Command`] for all that a user can do, and their effects |
//! | [`settings`] | what is remembered from one run to the next, and its file |
//! | [`cli`] | the command line: raw arguments to a validated request |
//! | [`jobs`] | work off the UI thread, with progress and cancel |
//! | [`open`] | from a request to a dataset and the commands that bring the window there |
//! | [`batch`] | the commands without a window: what `check` says, and `convert` |
//! | `ui` | the window: theme, map, panels. Views borrow the state and push commands |
//! | `render` | the same window, drawn off screen into a PNG |
//! | `watch` | tells when a file on disk is no longer what was read of it |
//!
//! What always holds:
//!
//! - A [`model::Dataset`] is whole and valid; readers build one only from a file without problems.
//! - Whatever the reader does is a command, and only [`state::AppState::apply`] carries it out. Commands are drained
//!   after the layout: a frame never changes under its own feet. What comes from elsewhere takes its place before the
//!   layout, by methods of [`state::AppState`] of their own: a dataset that was read, what a search has found, the time.
//! - Only `ui` and `render` know of egui. The cargo feature `gui` (on by default) holds them; without it everything
//!   else still builds, so the compiler keeps the layers apart.
//! - A position that only stands in for an area is never treated as a point:
//!   [`model::Precision::is_point`] is asked before any distance, bearing or copy.
//!
//! - No request leaves the machine but those for the tiles of an online map that the reader has chosen and agreed to:
//!   only a [`tiles::Consent`] makes a fetcher, and with `--offline` there is none.
//!
//! Deliberately absent: other requests to any server, a database, plugins, an editor.

pub mod atlas;
#[cfg(feature = "gui")]
pub mod basemaps;
pub mod batch;
pub mod cli;
pub mod crash;
pub mod geo;
pub mod io;
pub mod jobs;
pub mod limits;
pub mod locale;
pub mod model;
pub mod open;
mod parallel;
pub mod progress;
pub mod query;
#[cfg(feature = "gui")]
pub mod render;
pub mod settings;
pub mod state;
#[cfg(test)]
mod testing;
pub mod tiles;
#[cfg(feature = "gui")]
pub mod ui;
#[cfg(feature = "gui")]
pub mod watch;
mod whole_file;
pub mod words;
