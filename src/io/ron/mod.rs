//! RON dataset format 1.
//!
//! A dataset is one struct, `Dataset(...)`, in RON (Rusty Object Notation): structs in round brackets, lists in square
//! brackets, texts in double quotes, `//` and `/* */` comments, commas between items and after the last one if you like.
//! A struct's name may be left out. Optional fields are written without `Some(...)`; `Some(...)` and `None` are
//! understood, too. The file is UTF-8. A field that is not listed here is an error. `data/incidents-2024-03-12.ron` in
//! the source tree is an example.
//!
//! | struct | field | | value |
//! |---|---|---|---|
//! | `Dataset` | `format` | required | `1` |
//! | | `title` | required | text, not empty |
//! | | `introduction` | required | text: what the dataset is and how it came about |
//! | | `as_of` | optional | date (`"2025-05-02"`): the day up to which the author knew what is said |
//! | | `licence` | optional | text |
//! | | `event_types` | required | list of `EventType` |
//! | | `sources` | required | list of `Source` |
//! | | `incidents` | required | list of `Incident` |
//! | `EventType` | `id` | required | text, not empty, unique among event types |
//! | | `label` | required | text, not empty |
//! | | `color` | required | text `"#RRGGBB"` |
//! | | `symbol` | required | `Circle`, `Triangle`, `Diamond`, `Square`, `Cross`, `Plus`, `Star` or `Hexagon` |
//! | `Source` | `id` | required | text, not empty, unique among sources |
//! | | `publisher` | required | text; empty where nobody knows |
//! | | `title` | required | text; empty where it has none |
//! | | `author` | optional | text |
//! | | `date` | optional | date of publication |
//! | | `url` | optional | text; only `http` and `https` addresses can be opened |
//! | `Incident` | `id` | required | text, not empty, unique among incidents |
//! | | `title` | required | text, not empty |
//! | | `event_type` | required | id of an event type |
//! | | `place` | required | `Place` |
//! | | `time` | optional | `Time`; without it nobody knows when |
//! | | `summary` | required | text |
//! | | `status` | required | `Unverified`, `Claimed`, `Contested`, `StatedByOfficials` or `Corroborated` |
//! | | `claims` | optional | list of `Claim` |
//! | | `sources` | required | list of source ids |
//! | | `related` | optional | list of `Related` |
//! | | `tags` | optional | list of texts |
//! | | `actors` | optional | list of texts: who took part, where nobody says who says so |
//! | | `deaths` | optional | `Deaths`; without it no number is reported, which is not 0 |
//! | | `more` | optional | list of `More`: what the format has no field for |
//! | | `shapes` | optional | list of `Shape`: lines and areas to draw |
//! | `Place` | `name` | required | text: the name in English; empty where nobody knows |
//! | | `local_name` | optional | text: the name in the local language and script |
//! | | `region` | optional | text: the first-level division |
//! | | `region_code` | optional | ISO 3166-2 code (`"AT-9"`): the outline to draw when the precision is `Region` |
//! | | `country` | optional | ISO 3166-1 alpha-2 code (`"AT"`) |
//! | | `position` | required | `(lon: 16.3725, lat: 48.2083)`: degrees, WGS 84; lon -180 to 180, lat -90 to 90 |
//! | | `precision` | required | `Exact`, `Settlement`, `District`, `Region` or `Country` |
//! | | `radius_m` | optional | number: metres, more than 0 |
//! | `Time` | `start` | required | date, or date and time with offset or zone (RFC 9557) |
//! | | `end` | optional | the same, not before `start` |
//! | | `precision` | required | `Minute`, `Day`, `Week`, `Month` or `Year` |
//! | `Claim` | `speaker` | required | text, not empty |
//! | | `stance` | required | `Asserts`, `Denies` or `Reports` |
//! | | `text` | required | text, not empty: what is said |
//! | | `sources` | required | list of source ids |
//! | `Related` | `id` | required | id of another incident |
//! | | `how` | required | text, not empty: in what way |
//! | `Deaths` | `low`, `best`, `high` | required | whole numbers: the lowest, the best and the highest estimate |
//! | `More` | `name`, `value` | required | texts |
//! | `Shape` | `kind` | required | `Line` or `Area` |
//! | | `parts` | required | list of lists of numbers: longitudes and latitudes in turn. The lines, or the rings of the areas |
//!
//! Reading goes in two steps. First `syntax` checks the whole text: one that is not RON ends at its first syntax error,
//! which the ron crate names. Then `records` reads it again and notes every problem. The ron crate gives no positions
//! for values, and serde stops at the first mistake, so both steps walk with a cursor of their own. Memory is needed for
//! the text and the dataset, never for a tree of the text.

mod cursor;
mod extras;
mod literal;
mod reader;
mod records;
mod schema;
mod suggest;
mod syntax;
mod words;
mod write;

use super::problem::ReadError;
use super::{Input, ReadOptions, load};
use crate::model::Dataset;
use crate::progress::Progress;

pub use suggest::nearest;
pub use write::write;
pub(super) use write::write_selection;

/// How much of the time the first step takes, roughly.
const SYNTAX_SHARE: f64 = 0.45;

/// How much of the time it takes to read a file goes into getting its bytes, roughly.
const BYTES_SHARE: f64 = 0.08;

/// Whether a text begins as a dataset does, after comments and attributes.
pub(super) fn detect(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    // The head may end within a character.
    let text = std::str::from_utf8(head)
        .unwrap_or_else(|error| std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default());
    words::begins_as_dataset(text)
}

/// Reads a dataset from a file.
pub(super) fn read_input(input: &Input, _: &ReadOptions, progress: &Progress) -> Result<Dataset, ReadError> {
    let bytes = load::bytes(input, &progress.part(0.0, BYTES_SHARE))?;
    let progress = progress.part(BYTES_SHARE, 1.0);
    let (text, base) = load::text(input.name(), &bytes, &progress)?;
    read(input.name(), text, base, &progress)
}

/// Reads a dataset from a text, `base` bytes of whose file stand before it.
pub(super) fn read(name: &str, text: &str, base: usize, progress: &Progress) -> Result<Dataset, ReadError> {
    let report = |findings| ReadError::locate(name, text, base, findings);
    if let Some(finding) = words::not_a_dataset(text) {
        return Err(report(finding.into()));
    }
    let syntax = syntax::check(text, &progress.part(0.0, SYNTAX_SHARE));
    // Naming what is wrong takes a while, and nobody waits for what a cancelled reader has found.
    let stop = || Err(ReadError::cancelled(name));
    match syntax {
        Err(_) if progress.is_cancelled() => return stop(),
        Err(fault) => return Err(report(words::of(text, &fault).into())),
        Ok(()) => {}
    }
    match records::read(text, &progress.part(SYNTAX_SHARE, 1.0)) {
        Err(_) if progress.is_cancelled() => stop(),
        result => result.map_err(report),
    }
}

#[cfg(test)]
mod tests;
