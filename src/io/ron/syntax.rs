//! Whether a text is RON at all, as the ron crate judges it, and words for its first mistake.

use std::ops::Range;

use ron::error::{Error, Position, SpannedError};
use serde::de::IgnoredAny;

use super::super::problem::{Finding, quoted};
use super::cursor::Cursor;

/// Has ron read the whole text without building anything from it. The finding is the first syntax error.
pub(super) fn check(text: &str) -> Result<(), Finding> {
    not_a_dataset(text)?;
    ron::Options::default().from_str::<IgnoredAny>(text).map(|_| ()).map_err(|error| words(text, &error))
}

/// A text whose first mark already shows that it is no dataset: said at once, however long it is.
fn not_a_dataset(text: &str) -> Result<(), Finding> {
    let mut cursor = Cursor::new(text);
    cursor.skip_gap();
    let start = cursor.at();
    if start == text.len() {
        let what = if text.trim().is_empty() { "the file is empty" } else { "the file holds only comments" };
        return Err(finding(start..start, what, "write a dataset: Dataset(format: 1, ...)"));
    }
    // `#` begins an attribute; `/` a comment with a mistake in it, which ron explains.
    if matches!(cursor.peek(), b'#' | b'/' | b'(') {
        return Ok(());
    }
    let is_name = cursor.name().is_some();
    let end = cursor.at();
    cursor.skip_gap();
    if is_name && cursor.peek() == b'(' {
        return Ok(());
    }
    let span = if end > start { start..end } else { word_at(text, start) };
    let what = format!("expected `Dataset(`, found {}", quoted(&text[span.clone()]));
    Err(finding(
        span,
        what,
        "this is not a Dateline dataset; name a RON file that begins with Dataset(format: 1, ...)",
    ))
}

fn finding(span: Range<usize>, what: impl Into<String>, advice: impl Into<String>) -> Finding {
    Finding { span, what: what.into(), advice: advice.into(), see: None }
}

/// ron's error in words. Its span runs from where the parser last stood to where it stopped; the mistake is nearly
/// always at the stop.
fn words(text: &str, error: &SpannedError) -> Finding {
    let start = byte_of(text, error.span.start);
    let stop = byte_of(text, error.span.end);
    let here = word_at(text, stop);
    match &error.code {
        Error::ExceededRecursionLimit => {
            return finding(
                here,
                "the text is nested too deeply",
                "a dataset needs no more than six levels of brackets",
            );
        }
        Error::ExpectedStringEnd => {
            let quote = text[start..].find('"').map_or(start, |at| start + at);
            return finding(quote..quote + 1, "this text has no end", "close it with a double quote");
        }
        Error::UnclosedBlockComment => {
            let comment = text[..stop].rfind("/*").unwrap_or(start);
            return finding(comment..comment + 2, "this comment has no end", "close it with */");
        }
        Error::InvalidEscape(_) => {
            let slash = text[..stop].rfind('\\').unwrap_or(start);
            let advice = r#"use \n, \t, \", \\ or \u{...}; a backslash itself is written \\"#;
            return finding(slash..stop.max(slash + 1), "unknown escape in this text", advice);
        }
        Error::NoSuchExtension(name) => {
            return finding(
                start..stop,
                format!("unknown RON extension {}", quoted(name)),
                "remove it; a dataset needs none",
            );
        }
        _ => {}
    }
    if stop == text.len() {
        return unclosed(text, stop);
    }
    let found = text[stop..].chars().next().unwrap_or(' ');
    if matches!(found, ')' | ']' | '}') {
        return wrong_bracket(text, stop, found);
    }
    let (what, advice) = match &error.code {
        Error::ExpectedComma => {
            ("expected a comma here", "put a comma after the value before, or close its bracket")
        }
        Error::ExpectedMapColon => ("expected a colon here", "write `name: value`"),
        Error::TrailingCharacters => (
            "there is more text after the dataset's end",
            "remove it, or look for a bracket that is closed too early",
        ),
        Error::ExpectedIdentifier | Error::SuggestRawIdentifier(_) => {
            ("expected a field's name here", "names are letters, digits and underscores, without quotes")
        }
        Error::UnexpectedChar(_) => {
            ("this has no place here", "texts stand in double quotes; names are letters, digits and _")
        }
        Error::ExpectedAttribute | Error::ExpectedAttributeEnd => {
            ("unknown attribute", "remove it; a dataset needs none")
        }
        Error::IntegerOutOfBounds
        | Error::InvalidIntegerDigit { .. }
        | Error::ExpectedInteger
        | Error::ExpectedFloat
        | Error::FloatUnderscore
        | Error::UnderscoreAtBeginning => {
            ("this is not a number", "write it with digits and a point, as in 36.5873")
        }
        other => {
            return finding(
                here,
                format!("this is not RON ({other})"),
                "compare with the format's description",
            );
        }
    };
    finding(here, what, advice)
}

/// The text ends while a bracket is open.
fn unclosed(text: &str, stop: usize) -> Finding {
    let end = text.trim_end().len().min(stop);
    let mut found = finding(end..end, "the file ends too early", "it seems cut off; add what is missing");
    if let Some(open) = Cursor::open_bracket(text, stop) {
        let bracket = text[open..].chars().next().unwrap_or('(');
        found.what = format!("the file ends, but a `{bracket}` is still open");
        found.advice = format!("close it with `{}`, or restore what is missing", closing(bracket));
        found.see = Some((open, "opened"));
    }
    found
}

fn wrong_bracket(text: &str, stop: usize, found: char) -> Finding {
    let span = stop..stop + 1;
    match Cursor::open_bracket(text, stop).map(|open| (open, text[open..].chars().next().unwrap_or('('))) {
        Some((open, bracket)) if closing(bracket) != found => {
            let what = format!("`{found}` does not close the `{bracket}` before it");
            let see = Some((open, "opened"));
            Finding { see, ..finding(span, what, format!("put `{}` first", closing(bracket))) }
        }
        _ => finding(
            span,
            format!("`{found}` has no place here"),
            "a value is missing before it, or a bracket too many",
        ),
    }
}

fn closing(bracket: char) -> char {
    match bracket {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// The word that starts at a byte, or one character; empty at the end of the text.
fn word_at(text: &str, start: usize) -> Range<usize> {
    let rest = &text[start..];
    let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let one = rest.chars().next().map_or(0, char::len_utf8);
    start..start + word.max(one)
}

/// The byte of ron's line and column, both counted in characters from 1.
fn byte_of(text: &str, position: Position) -> usize {
    let newlines = text.match_indices('\n').map(|(at, _)| at + 1);
    let line_start = std::iter::once(0).chain(newlines).nth(position.line - 1).unwrap_or(text.len());
    let in_line = text[line_start..].char_indices().nth(position.col.saturating_sub(1));
    in_line.map_or(text.len(), |(at, _)| line_start + at)
}
