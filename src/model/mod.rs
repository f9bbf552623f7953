//! What an incident is: the types that every other layer speaks in, independent of file formats and of the window.
//!
//! A [`Dataset`] is always whole and valid: readers in `crate::io` check a file completely before they build one, so
//! indices such as [`Incident::event_type`] may be used without a second look.

mod account;
mod dataset;
mod difference;
mod event_type;
mod incident;
mod incidents;
mod joined;
mod place;
mod search_text;
mod shape;
mod span;
mod text;
mod time;

pub use account::{Account, Entry, Fate};
pub use dataset::{Dataset, Source};
pub use difference::{Difference, Marks};
pub use event_type::{EventType, Rgb, Symbol};
pub use incident::{Claim, Deaths, Incident, Related, Stance, Status};
pub(crate) use incidents::unreadable;
pub use incidents::{Facts, Held, Incidents, TextError, Texts};
pub use joined::{ColorBy, Layer};
pub use place::{Place, Precision};
pub use search_text::SearchText;
pub use shape::{Shape, ShapeKind};
pub use span::{UNKNOWN_SPAN_MIN, is_of_days, span_min};
pub(crate) use text::is_hidden;
pub use text::{may_open, revealed};
pub use time::{IncidentTime, Moment, MomentError, TimePrecision};
