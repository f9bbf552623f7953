//! What of a text to point out: the letters that were typed, however they are spelled there.

use std::ops::Range;

use super::words::Asked;
use crate::model::revealed;
use crate::query::fold::{fold, word_ranges};
use crate::query::word::Word;
use crate::query::words_of;

/// Only so much of a name is looked at, in characters: more is not drawn of one either, and every frame that draws it
/// asks.
const LOOKED_AT: usize = 600;

/// The parts of a name that were asked for, in bytes, ascending.
#[must_use]
pub fn emphasis(question: &str, name: &str) -> Vec<Range<usize>> {
    let name = name.char_indices().nth(LOOKED_AT).map_or(name, |(end, _)| &name[..end]);
    let asked = Asked::all(question);
    let words: Vec<(Range<usize>, String)> =
        word_ranges(name).into_iter().map(|range| (range.clone(), fold(&name[range]))).collect();
    let mut parts: Vec<Range<usize>> = Vec::new();
    for asked in &asked {
        let before = parts.len();
        for (range, word) in &words {
            if let Some(form) = asked.form_of(word) {
                parts.push(range.start..range.start + spelled_by(&name[range.clone()], word, form));
            }
        }
        if parts.len() == before {
            let close = words.iter().filter(|(_, word)| asked.is_close(word));
            parts.extend(close.map(|(range, _)| range.clone()));
        }
    }
    // Two words of a question may be found in one.
    parts.sort_by_key(|part| (part.start, std::cmp::Reverse(part.end)));
    parts.dedup_by(|later, earlier| later.start == earlier.start);
    parts
}

/// The fewest bytes of a word that fold to what was typed.
fn spelled_by(spelled: &str, folded: &str, form: &str) -> usize {
    if folded == form {
        return spelled.len();
    }
    let mut ends = spelled.char_indices().map(|(at, c)| at + c.len_utf8());
    ends.find(|&end| fold(&spelled[..end]).starts_with(form)).unwrap_or(spelled.len())
}

/// The text around the first word of `question` that it contains in one of `texts`, on one line, and where it stands
/// there in bytes.
#[must_use]
pub fn snippet<'a>(
    question: &str,
    texts: impl IntoIterator<Item = &'a str>,
) -> Option<(String, Range<usize>)> {
    /// So much stands before what was found, in characters.
    const BEFORE: usize = 24;
    /// And so much from there on.
    const AFTER: usize = 120;
    /// Of a longer text only so much is looked at, in bytes: every frame that draws the line asks.
    const LOOKED_AT: usize = 100_000;
    let wanted = words_of(question);
    texts.into_iter().find_map(|text| {
        let text = &text[..text.floor_char_boundary(LOOKED_AT)];
        let found = wanted.iter().find_map(|word| position(text, word).or_else(|| spelled_at(text, word)))?;
        let start = text[..found.start].char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| at);
        let end =
            text[found.start..].char_indices().nth(AFTER).map_or(text.len(), |(at, _)| found.start + at);
        let found_end = found.end.min(end);
        let mut line = if start > 0 { "…".to_owned() } else { String::new() };
        // A line break becomes a blank, and what would be obeyed is spelled out.
        let mut push = |part: &str| {
            line.extend(revealed(part).chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { c }));
            line.len()
        };
        let from = push(&text[start..found.start]);
        let to = push(&text[found.start..found_end]);
        push(&text[found_end..end]);
        Some((line, from..to))
    })
}

/// Where another spelling of a lower-case word stands in a text.
fn spelled_at(text: &str, word: &str) -> Option<Range<usize>> {
    let start = Word::new(word).other_spelling(text.as_bytes(), true, &mut String::new())?;
    let rest = text.get(start..)?;
    let end = word_ranges(rest).first()?.end;
    Some(start..start + spelled_by(&rest[..end], &fold(&rest[..end]), &fold(word)))
}

/// Where a lower-case word stands in a text, whatever its case there.
fn position(text: &str, word: &str) -> Option<Range<usize>> {
    // Lower case may be longer or shorter: each of its bytes remembers the letter that it comes from.
    let mut lower = String::with_capacity(text.len());
    let mut origins = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        lower.extend(c.to_lowercase());
        origins.resize(lower.len(), at..at + c.len_utf8());
    }
    let at = lower.find(word)?;
    let last = (at + word.len()).checked_sub(1)?;
    Some(origins.get(at)?.start..origins.get(last)?.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts<'a>(question: &str, name: &'a str) -> Vec<&'a str> {
        emphasis(question, name).into_iter().map(|range| &name[range]).collect()
    }

    #[test]
    fn what_was_typed_is_pointed_out_however_it_is_spelled() {
        assert_eq!(parts("орел", "Oryol"), ["Oryol"]);
        assert_eq!(parts("ore", "Орёл (Oryol)"), ["Орё", "Oryo"]);
        assert_eq!(parts("depot fi", "Fire at the depot"), ["Fi", "depot"]);
        assert_eq!(parts("protset 77", "Protests number 7731"), ["Protests", "77"]);
        assert_eq!(parts("tetkno", "Bridge near Tetkino"), ["Tetkino"]);
        assert_eq!(parts("x", "Oryol"), Vec::<&str>::new());
        assert_eq!(parts("", "Oryol"), Vec::<&str>::new());
    }

    #[test]
    fn of_a_name_without_end_only_the_beginning_is_looked_at() {
        let name = format!("{} oryol", "x".repeat(1_000_000));
        assert_eq!(parts("xx", &name), ["xx"]);
        assert_eq!(parts("oryol", &name), Vec::<&str>::new());
    }

    #[test]
    fn a_snippet_shows_what_stands_around() {
        let text = "The governor said that a fire at the İzmit DEPOT\nhad been put out.";
        let (line, range) = snippet("nothing depot", ["other", text]).unwrap();
        assert_eq!(&line[range], "DEPOT");
        assert_eq!(line, "…that a fire at the İzmit DEPOT had been put out.");
        assert_eq!(snippet("kursk", [text]), None);
        let (line, range) = snippet("orel", ["It fell in Oryol and in Орёл."]).unwrap();
        assert_eq!(&line[range], "Oryol");
        let (line, range) = snippet("орел", ["It fell in Орёл."]).unwrap();
        assert_eq!(&line[range], "Орёл");
    }

    #[test]
    fn of_a_text_without_end_only_the_beginning_is_looked_at() {
        let text = format!("{} depot", "ö".repeat(10_000_000));
        assert_eq!(snippet("depot", [text.as_str()]), None);
        assert!(snippet("öö", [text.as_str()]).is_some());
    }

    proptest! {
        #[test]
        fn nothing_is_cut_through_a_letter(question in "\\PC{0,8}", text in "\\PC{0,60}") {
            let mut end = 0;
            for range in emphasis(&question, &text) {
                prop_assert!(range.start >= end && text.get(range.clone()).is_some());
                end = range.end;
            }
            if let Some((line, range)) = snippet(&question, [text.as_str()]) {
                prop_assert!(line.get(range).is_some());
            }
        }
    }
}
