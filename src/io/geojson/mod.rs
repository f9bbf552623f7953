//! GeoJSON (RFC 7946): collections, single features and geometries, one feature in each line, and text sequences
//! (RFC 8142).
//!
//! Any geometry is understood. Lines and areas are drawn, and a point on the longest line or within the largest area
//! stands for them; how exactly that says where something was follows from their size, where no property says it. A point
//! is taken for the very spot. Properties are known by their names, as the columns of tables are, in any case and in
//! several languages; those that mean nothing here are kept as they are. Where nothing names a kind of event, colours and
//! symbols (simplestyle 1.1, uMap) tell kinds apart.
//!
//! What this program writes has these names. Everything but `title` and `event_type_id` may be missing:
//!
//! | property | value |
//! |---|---|
//! | `title`, `summary` | text |
//! | `type`, `event_type_id` | label and identifier of the event type; `marker-color` and `marker-symbol` are its look |
//! | `date`, `end` | date, or date and time with offset or zone (RFC 9557) |
//! | `time_precision` | `minute`, `day`, `week`, `month` or `year` |
//! | `status` | `unverified`, `claimed`, `contested`, `stated_by_officials` or `corroborated` |
//! | `precision` | `exact`, `settlement`, `district`, `region` or `country` |
//! | `radius_m` | number: radius of the area within which it happened, in metres |
//! | `position` | `[lon, lat]`: where the marker stands, if the geometry is a line or an area |
//! | `place`, `local_name`, `region`, `region_code`, `country` | text |
//! | `claims` | list of `{speaker, stance, text, sources}`; the stance is `asserts`, `denies` or `reports` |
//! | `sources` | list of `{id, publisher, title, author, date, url}` |
//! | `source`, `url` | text: the sources' publishers and addresses, for other programs |
//! | `related` | list of `{id, how}` |
//! | `tags`, `actors` | list of texts |
//! | `deaths`, `deaths_low`, `deaths_high` | number |
//! | `more` | list of `[name, text]`: what else a file said, where it cannot stand among the properties |
//!
//! The member `dateline` of the collection has `format`, `title`, `introduction`, `as_of`, `licence` and `event_types`.

mod feature;
mod meaning;
mod others;
mod own;
mod read;
mod scan;
mod style;
#[cfg(test)]
mod tests;
mod texts;
mod write;

pub(super) use feature::{Members, geometry_of, items_of, text_of};
pub(super) use others::{Kind, place_of};
pub(super) use read::read_items;
pub(super) use scan::Scanner;
pub(super) use write::write_selection;

use super::{Input, ReadError, ReadOptions};
use crate::model::Dataset;
use crate::progress::Progress;

/// The member that holds the features.
const LIST: &str = "features";

/// Whether a file begins as GeoJSON does, with its members in any order.
pub(super) fn detect(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start().trim_start_matches('\u{1e}').trim_start();
    if !text.starts_with(['{', '[']) {
        return false;
    }
    let mut types = text.match_indices("\"type\"");
    types.any(|(at, name)| {
        let after = text[at + name.len()..].trim_start().strip_prefix(':').unwrap_or_default().trim_start();
        let word = after.strip_prefix('"').and_then(|rest| rest.split('"').next()).unwrap_or_default();
        word == "Feature" || word == "FeatureCollection" || feature::KINDS.contains(&word)
    })
}

/// Reads a dataset from a file.
pub(super) fn read_input(
    input: &Input,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Dataset, ReadError> {
    read_items(input, Kind::Features, LIST, options, progress)
}
