//! Every word that a person reads in the window, from one catalogue: `assets/locales/en.ftl`, in Fluent's syntax
//! (<https://projectfluent.org>), which knows plurals.
//!
//! [`crate::t!`] looks a message up: without arguments it gives a `&'static str`, with arguments a `String`.
//!
//! ```
//! assert_eq!(dateline::t!("app-name"), "Dateline");
//! assert_eq!(dateline::t!("incidents-here", count = 2), "2 incidents here");
//! ```
//!
//! A key that the catalogue lacks is shown as it is: a missing word must not end the program. Tests find such keys,
//! and keys that nothing uses.

mod characters;

use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};

pub(crate) use characters::is_hidden;
pub use characters::revealed;

/// The catalogue in English.
const ENGLISH: &str = include_str!("../assets/locales/en.ftl");

/// The words for a key of the catalogue: `t!("key")` or `t!("key", name = value, ...)`.
#[macro_export]
macro_rules! t {
    ($key:literal) => { $crate::words::plain($key) };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::words::with($key, &[$((stringify!($name), $crate::words::Value::from($value))),+])
    };
}

/// What a message can be given: a text, or a number that its plural follows.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Stands in the message as it is, with characters that would be obeyed spelled out: see [`revealed`].
    Text(std::borrow::Cow<'a, str>),
    /// Stands in the message in the reader's way of writing numbers.
    Number(usize),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.as_str().into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<std::borrow::Cow<'a, str>> for Value<'a> {
    fn from(text: std::borrow::Cow<'a, str>) -> Self {
        Self::Text(text)
    }
}

impl From<usize> for Value<'_> {
    fn from(number: usize) -> Self {
        Self::Number(number)
    }
}

struct Catalogue {
    bundle: FluentBundle<FluentResource>,
    /// Messages without arguments, worked out once: the window asks for them in every frame.
    plain: HashMap<String, String>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    // What can be read of a faulty catalogue is still worth more than nothing; a test holds that it has no fault.
    let resource = FluentResource::try_new(ENGLISH.to_owned()).unwrap_or_else(|(resource, _)| resource);
    let keys: Vec<String> = message_keys(&resource);
    let mut bundle = FluentBundle::new_concurrent(vec!["en".parse().unwrap_or_default()]);
    // Isolating marks are for mixed directions; egui would draw them as boxes.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(crate::words::number(number.value as usize)),
        _ => None,
    }));
    bundle.add_resource_overriding(resource);
    let plain = keys
        .into_iter()
        .filter_map(|key| {
            let mut errors = Vec::new();
            let text = format(&bundle, &key, None, &mut errors)?;
            errors.is_empty().then_some((key, text))
        })
        .collect();
    Catalogue { bundle, plain }
});

fn message_keys(resource: &FluentResource) -> Vec<String> {
    let key = |entry: &fluent_syntax::ast::Entry<&str>| match entry {
        fluent_syntax::ast::Entry::Message(message) => Some(message.id.name.to_owned()),
        _ => None,
    };
    resource.entries().filter_map(key).collect()
}

fn format(
    bundle: &FluentBundle<FluentResource>,
    key: &str,
    args: Option<&FluentArgs<'_>>,
    errors: &mut Vec<FluentError>,
) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    Some(bundle.format_pattern(pattern, args, errors).into_owned())
}

/// The words for a key without arguments; use [`crate::t!`].
#[must_use]
pub fn plain(key: &'static str) -> &'static str {
    CATALOGUE.plain.get(key).map_or(key, String::as_str)
}

/// The words for a key with arguments; use [`crate::t!`].
#[must_use]
pub fn with(key: &'static str, values: &[(&'static str, Value<'_>)]) -> String {
    let mut args = FluentArgs::with_capacity(values.len());
    for (name, value) in values {
        match value {
            // Texts of files are shown, never obeyed.
            Value::Text(text) => args.set(*name, revealed(text)),
            Value::Number(number) => args.set(*name, *number),
        }
    }
    let mut errors = Vec::new();
    format(&CATALOGUE.bundle, key, Some(&args), &mut errors).unwrap_or_else(|| key.to_owned())
}

/// A number as the reader writes it.
#[must_use]
pub fn number(number: usize) -> String {
    crate::locale::reader().number(number)
}

#[cfg(test)]
mod coverage;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_has_no_fault() {
        assert!(FluentResource::try_new(ENGLISH.to_owned()).is_ok());
    }

    #[test]
    fn a_plural_follows_its_number() {
        assert_eq!(t!("incidents-here", count = 1), "1 incident here");
        assert_eq!(t!("incidents-here", count = 1234), "1\u{202F}234 incidents here");
    }

    #[test]
    fn what_a_text_hides_is_spelled_out_in_the_words_around_it() {
        assert!(t!("window-title", title = "a\u{202E}b\u{1B}").contains("a\\u{202e}b\\u{1b}"));
    }

    #[test]
    fn a_missing_key_is_shown_as_it_is() {
        assert_eq!(plain("no-such-key"), "no-such-key");
        assert_eq!(with("no-such-key", &[("a", Value::from(1))]), "no-such-key");
    }
}
