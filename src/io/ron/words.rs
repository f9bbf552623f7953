//! Words for the first syntax error of a text.
//!
//! The ron crate names the mistake. It does not read the whole text for that: [`excerpt`] gives it the open brackets
//! around the mistake without the finished items in them, which mean nothing for it, and what follows.

use std::borrow::Cow;
use std::ops::Range;

use ron::error::{Error, Position};
use serde::de::IgnoredAny;

use super::super::problem::{Finding, quoted};
use super::cursor::Cursor;
use super::schema::DATASET;
use super::syntax::{Fault, MAX_DEPTH};

/// Bytes behind a mistake that ron is shown.
const AFTER_BYTES: usize = 4096;

/// For a text whose first mark already shows that it is no dataset: that, however long it is and whatever follows.
pub(super) fn not_a_dataset(text: &str) -> Option<Finding> {
    let mut cursor = Cursor::new(text);
    cursor.skip_gap();
    let start = cursor.at();
    if start == text.len() {
        let what = if text.trim().is_empty() { "the file is empty" } else { "the file holds only comments" };
        return Some(finding(start..start, what, "write a dataset: Dataset(format: 1, ...)"));
    }
    // `#` begins an attribute; `/` is a comment with a mistake in it.
    if matches!(cursor.peek(), b'#' | b'/' | b'(') {
        return None;
    }
    let is_name = cursor.name().is_some();
    let end = cursor.at();
    cursor.skip_gap();
    if is_name && cursor.peek() == b'(' {
        return None;
    }
    let span = if end > start { start..end } else { word_at(text, start) };
    let what = format!("expected `Dataset(`, found {}", quoted(&text[span.clone()]));
    Some(finding(
        span,
        what,
        "this is not a Dateline dataset; name a RON file that begins with Dataset(format: 1, ...)",
    ))
}

/// Whether the first mark of a text is that of a dataset: its name, or a bracket and a field of its own.
pub(super) fn begins_as_dataset(text: &str) -> bool {
    let mut cursor = Cursor::new(text);
    cursor.skip_gap();
    cursor.skip_attributes();
    let name = cursor.name().map(|(name, _)| name);
    cursor.skip_gap();
    if !cursor.eat(b'(') {
        return false;
    }
    cursor.skip_gap();
    let field = cursor.name().map(|(name, _)| name);
    name == Some("Dataset") || (name.is_none() && field.is_some_and(|field| DATASET.has(field)))
}

/// What is wrong at the fault.
pub(super) fn of(text: &str, fault: &Fault) -> Finding {
    if fault.open.len() == MAX_DEPTH {
        let advice = "a dataset needs no more than six levels of brackets";
        return finding(word_at(text, fault.at), "the text is nested too deeply", advice);
    }
    let (part, pieces, is_to_end) = excerpt(text, fault);
    let Err(error) = ron::Options::default().from_str::<IgnoredAny>(&part) else {
        return fallback(text, fault);
    };
    let stop_in_part = byte_of(&part, error.span.end);
    if stop_in_part == part.len() && !is_to_end && error.code != Error::ExpectedStringEnd {
        return fallback(text, fault);
    }
    let start = in_text(&pieces, byte_of(&part, error.span.start));
    let stop = in_text(&pieces, stop_in_part);
    let bracket = fault.open.last().map(|frame| frame.bracket);
    words(text, &error.code, start, stop, bracket)
}

fn finding(span: Range<usize>, what: impl Into<String>, advice: impl Into<String>) -> Finding {
    Finding { span, what: what.into(), advice: advice.into(), see: None }
}

fn fallback(text: &str, fault: &Fault) -> Finding {
    finding(word_at(text, fault.at), "this is not RON", "compare it with the format's description")
}

/// The text around a fault: for every open bracket the item that leads to the next one, then what follows. With it the
/// pieces as pairs of (byte in the excerpt, byte in the text), and whether it reaches to the text's end.
fn excerpt(text: &str, fault: &Fault) -> (String, Vec<(usize, usize)>, bool) {
    let mut excerpt = Excerpt { text, part: String::new(), pieces: Vec::new() };
    let mut from = 0;
    for frame in &fault.open {
        excerpt.push(from..frame.bracket);
        excerpt.push_piece(frame.bracket..frame.bracket + 1);
        from = frame.item;
        if from > frame.bracket + 1 {
            // The first item tells ron a struct from a tuple: one of the kind stands for those left out.
            excerpt.part.push_str(frame.first_item());
        }
    }
    let mut to = (fault.at + AFTER_BYTES).min(text.len());
    while !text.is_char_boundary(to) {
        to += 1;
    }
    excerpt.push(from..fault.at);
    excerpt.push_piece(fault.at..to);
    (excerpt.part, excerpt.pieces, to == text.len())
}

/// Parts of a text, joined.
struct Excerpt<'a> {
    text: &'a str,
    part: String,
    /// Pairs of (byte in `part`, byte in `text`).
    pieces: Vec<(usize, usize)>,
}

impl Excerpt<'_> {
    /// Adds text that is right as far as it goes, without most of what lies in long literals and gaps: ron would read it
    /// for seconds and find nothing.
    fn push(&mut self, span: Range<usize>) {
        let mut cursor = Cursor::new(&self.text[..span.end]);
        cursor.go_to(span.start);
        let mut from = span.start;
        while cursor.at() < span.end {
            let start = cursor.at();
            cursor.skip_gap();
            if cursor.at() > start + AFTER_BYTES {
                self.push_piece(from..start);
                self.part.push(' ');
                from = cursor.at();
            }
            let start = cursor.at();
            if !cursor.at_text() {
                cursor.skip_atom();
                continue;
            }
            let (inside, _) = cursor.skip_text();
            if inside.len() > AFTER_BYTES {
                self.push_piece(from..inside.start);
                // A raw text or bytes must not be closed by what is left of it; a bad escape needs nothing before it.
                from = inside.end;
            }
            if cursor.at() == start {
                break;
            }
        }
        self.push_piece(from..span.end);
    }

    fn push_piece(&mut self, span: Range<usize>) {
        self.pieces.push((self.part.len(), span.start));
        self.part.push_str(&self.text[span]);
    }
}

fn in_text(pieces: &[(usize, usize)], in_part: usize) -> usize {
    let piece = pieces.iter().rev().find(|(start, _)| *start <= in_part);
    piece.map_or(in_part, |(start, from)| from + (in_part - start))
}

/// ron's error in words. Its span runs from where the parser last stood to where it stopped; the mistake is nearly
/// always at the stop.
fn words(text: &str, error: &Error, start: usize, stop: usize, bracket: Option<usize>) -> Finding {
    if let Some(found) = inside_a_literal(text, error, start, stop) {
        return found;
    }
    if stop == text.len() {
        return unclosed(text, stop, bracket);
    }
    let found = text[stop..].chars().next().unwrap_or(' ');
    if matches!(found, ')' | ']' | '}') {
        return wrong_bracket(text, stop, found, bracket);
    }
    let (what, advice) = between_values(error, found).unwrap_or_else(|| {
        (format!("this is not RON ({error})").into(), "compare it with the format's description")
    });
    finding(word_at(text, stop), what, advice)
}

/// Mistakes in a text, a comment or an attribute: these are marked where they begin.
fn inside_a_literal(text: &str, error: &Error, start: usize, stop: usize) -> Option<Finding> {
    Some(match error {
        Error::ExpectedStringEnd => {
            let quote = text[start..].find('"').map_or(start, |at| start + at);
            let span = quote..(quote + 1).min(text.len());
            finding(span, "this text has no end", "close it with a double quote")
        }
        Error::UnclosedBlockComment => {
            let comment = text[..stop].rfind("/*").unwrap_or(start);
            finding(comment..comment + 2, "this comment has no end", "close it with */")
        }
        Error::InvalidEscape(_) => {
            let slash = text[..stop].rfind('\\').unwrap_or(start);
            let advice = r#"use \n, \t, \", \\ or \u{...}; a backslash itself is written \\"#;
            finding(slash..stop.max(slash), "unknown escape in this text", advice)
        }
        Error::NoSuchExtension(name) => {
            let what = format!("unknown RON extension {}", quoted(name));
            finding(start..stop, what, "remove it; a dataset needs none")
        }
        _ => return None,
    })
}

/// What is wrong and what to do where something else was expected than the character that was found.
fn between_values(error: &Error, found: char) -> Option<(Cow<'static, str>, &'static str)> {
    let (what, advice) = match error {
        Error::ExpectedComma if found == ':' => (
            "a colon has no place here",
            "before it stands a field's name without quotes, as in `title: \"...\"`",
        ),
        Error::ExpectedComma => (
            "expected a comma here",
            "put a comma after the value before it, a colon after a field's name, or close the bracket",
        ),
        Error::ExpectedMapColon => ("expected a colon here", "write `name: value`"),
        Error::TrailingCharacters => (
            "there is more text after the dataset's end",
            "remove it, or look for a bracket that is closed too early",
        ),
        Error::ExpectedIdentifier | Error::SuggestRawIdentifier(_) => {
            ("expected a field's name here", "names are letters, digits and underscores, without quotes")
        }
        Error::UnexpectedChar(_) => (
            "this has no place here",
            "texts stand in double quotes; names are letters, digits and underscores",
        ),
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
        _ => return None,
    };
    Some((what.into(), advice))
}

/// The text ends while a bracket is open.
fn unclosed(text: &str, stop: usize, bracket: Option<usize>) -> Finding {
    let end = text.trim_end().len().min(stop);
    let Some(bracket) = bracket else {
        return finding(end..end, "the file ends too early", "it seems cut off; add what is missing");
    };
    let mark = text[bracket..].chars().next().unwrap_or('(');
    let advice = format!("close it with `{}`, or restore what is missing", closing(mark));
    let found = finding(end..end, format!("the file ends, but a `{mark}` is still open"), advice);
    Finding { see: Some((bracket, "opened")), ..found }
}

fn wrong_bracket(text: &str, stop: usize, found: char, bracket: Option<usize>) -> Finding {
    let span = stop..stop + 1;
    match bracket.map(|bracket| (bracket, text[bracket..].chars().next().unwrap_or('('))) {
        Some((bracket, mark)) if closing(mark) != found => {
            let wrong = finding(
                span,
                format!("`{found}` does not close `{mark}`"),
                format!("put `{}` first", closing(mark)),
            );
            Finding { see: Some((bracket, "opened")), ..wrong }
        }
        _ => finding(
            span,
            format!("`{found}` has no place here"),
            "a value is missing before it, or there is a bracket too many",
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
    let line_start =
        std::iter::once(0).chain(newlines).nth(position.line.saturating_sub(1)).unwrap_or(text.len());
    let in_line = text[line_start..].char_indices().nth(position.col.saturating_sub(1));
    in_line.map_or(text.len(), |(at, _)| line_start + at)
}
