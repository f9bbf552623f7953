//! Search everywhere: incidents by title and place, places of the atlas, event types, coordinates, and all other text.
//!
//! Names are folded ([`crate::query::fold`]), so that case, accents and spelling do not matter, and small typing errors
//! are forgiven. The [`Finder`] does the work on threads of its own.

mod emphasis;
mod finder;
mod incidents;
mod places;
mod typo;
mod words;

pub use emphasis::{emphasis, snippet};
pub use finder::{Finder, Findings, Wake};
pub use places::{Spot, SpotTarget};
pub use words::fits;

use super::fold::fold;

/// How well a name as a whole is what was typed, from best to worst: the same, begins so, neither.
fn whole(question: &str, name: &str) -> u8 {
    let name = fold(name);
    if name == question {
        0
    } else if name.starts_with(question) {
        1
    } else {
        2
    }
}
