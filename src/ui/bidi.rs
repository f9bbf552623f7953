//! Texts of one line in scripts that are written from right to left.
//!
//! egui shapes each word of such a script as it must be, from right to left, but sets one word after the other from the
//! left. [`line()`] hands it the words of a line in the order in which they must stand. Only what fits on one line and is
//! not cut can be treated so: which words of a longer text share a line is known when it has been laid out, too late.

use std::borrow::Cow;

use unicode_bidi::{BidiClass, Level, ParagraphBidiInfo, bidi_class};

use crate::locale::runs_left;
use crate::words::revealed;

/// The text of a single line with its words in the order in which they stand, from left to right.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    // Embeddings and overrides of a text from outside are shown, not obeyed.
    let text = revealed(text);
    if !runs_left(&text) {
        return text;
    }
    let text = text.as_ref();
    let info = ParagraphBidiInfo::new(text, None);
    let (levels, runs) = info.visual_runs(0..text.len());
    let mut visual = String::with_capacity(text.len());
    for run in runs {
        let is_rtl = levels.get(run.start).is_some_and(Level::is_rtl);
        let part = text.get(run).unwrap_or_default();
        if is_rtl {
            push_reversed(&mut visual, part);
        } else {
            visual.push_str(part);
        }
    }
    Cow::Owned(visual)
}

/// Appends the words of a run from the last to the first, each as it is; marks between them face the other way.
fn push_reversed(visual: &mut String, run: &str) {
    let mut end = run.len();
    while let Some(last) = run[..end].chars().next_back() {
        let word_start = run[..end].trim_end_matches(belongs_to_word).len();
        if word_start < end {
            visual.push_str(&run[word_start..end]);
            end = word_start;
        } else {
            visual.push(mirrored(last));
            end -= last.len_utf8();
        }
    }
}

/// Whether a character is a letter of a word that is shaped as one, or a mark on such a letter.
fn belongs_to_word(c: char) -> bool {
    matches!(bidi_class(c), BidiClass::R | BidiClass::AL | BidiClass::NSM | BidiClass::BN)
}

fn mirrored(c: char) -> char {
    match c {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        '<' => '>',
        '>' => '<',
        '«' => '»',
        '»' => '«',
        '‹' => '›',
        '›' => '‹',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_stand_in_the_order_in_which_they_are_read() {
        for (text, visual) in [
            ("\u{5E8}\u{5DE}\u{5EA} \u{5D2}\u{5DF}", "\u{5D2}\u{5DF} \u{5E8}\u{5DE}\u{5EA}"),
            // A hyphen, a number that keeps its own direction, and brackets that open on their right.
            ("\u{5D0}\u{5DC}-\u{5D6}\u{5D5}\u{5E8}", "\u{5D6}\u{5D5}\u{5E8}-\u{5D0}\u{5DC}"),
            ("\u{5D0} (\u{5D1}) 12", "12 (\u{5D1}) \u{5D0}"),
            // One word among others stays where it is.
            ("Haifa \u{5D7}\u{5D9}\u{5E4}\u{5D4} Port", "Haifa \u{5D7}\u{5D9}\u{5E4}\u{5D4} Port"),
        ] {
            assert_eq!(line(text), visual, "{text:?}");
        }
    }

    #[test]
    fn other_scripts_are_left_alone() {
        for text in ["Tetkino", "Тёткино", "東京 12", "", "a (b)"] {
            assert!(matches!(line(text), Cow::Borrowed(same) if same == text));
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_added(text in "[a-z0-9 ()\u{5D0}-\u{5EA}\u{627}-\u{64A}\u{5B0}\u{2067}-]{0,20}") {
            let sorted = |text: &str| {
                let mut chars: Vec<char> = text.chars().filter(|c| !"()".contains(*c)).collect();
                chars.sort_unstable();
                chars
            };
            prop_assert_eq!(sorted(&line(&text)), sorted(&revealed(&text)));
        }
    }
}
