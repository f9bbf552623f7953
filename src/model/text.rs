//! Which links of a dataset may be opened.

pub(crate) use crate::words::is_hidden;
pub use crate::words::revealed;

/// Whether a link from a dataset may be opened at all: an http or https address with a host, and without spaces or
/// characters that cannot be seen. What is shown of it is then what is opened.
#[must_use]
pub fn may_open(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))
        && !url.chars().any(|c| is_hidden(c) || c.is_whitespace())
}
