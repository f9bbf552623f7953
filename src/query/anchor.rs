//! The letter by which a folded word is looked for in plain text: the one whose spellings are met least often.
//!
//! What folds to a letter is written with few signs: whatever becomes `g` has a g or an h in it. So one look for those
//! signs between what may stand around them leaves few words to be folded.

use super::needle::Needle;

/// A letter of a folded word, with its neighbours.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    /// What is written for the letter, and what may stand before and after it.
    needle: Needle,
    /// Where the letter stands in the needle.
    at: usize,
    /// Whether the word begins with it.
    is_first: bool,
    /// So many letters before the sign the word begins at the latest.
    reach: usize,
}

/// What a letter is written with, and its last signs.
type Written = (&'static [u8], &'static [u8]);

/// What a folded letter is written with in plain text, and what the last sign of it may be. The first has a sign of every
/// spelling; `None` for what no plain text is folded to.
fn signs(folded: char) -> Option<Written> {
    Some(match folded {
        'a' => (b"a", b"a"),
        'b' => (b"b", b"b"),
        'c' => (b"ct", b"csz"),
        'd' => (b"d", b"dh"),
        'e' => (b"eo", b"eo"),
        'f' => (b"fp", b"fh"),
        'g' => (b"gh", b"gh"),
        'i' => (b"ijy", b"ijy"),
        'k' => (b"kqx", b"kqx"),
        'l' => (b"l", b"l"),
        'm' => (b"m", b"m"),
        'n' => (b"n", b"n"),
        'o' => (b"o", b"o"),
        'p' => (b"p", b"p"),
        'r' => (b"r", b"r"),
        's' => (b"sx", b"sx"),
        't' => (b"t", b"th"),
        'u' => (b"u", b"u"),
        'v' => (b"vw", b"vw"),
        'z' => (b"z", b"z"),
        // Its s may be that of an x: xch is k and sch.
        'ш' => (b"sx", b"h"),
        'ч' => (b"c", b"h"),
        'ж' => (b"z", b"h"),
        '0'..='9' => {
            let digit = &DIGITS[folded as usize - '0' as usize..][..1];
            (digit, digit)
        }
        _ => return None,
    })
}

const DIGITS: &[u8] = b"0123456789";

impl Anchor {
    /// That of a folded word, or of the first of several; `None` if plain text has no spelling of it.
    pub(super) fn of(folded: &str) -> Option<Self> {
        let word: Vec<char> = folded.split(' ').next()?.chars().collect();
        let written: Vec<Written> = word.iter().map(|letter| signs(*letter)).collect::<Option<_>>()?;
        let anchors = (0..word.len()).map(|at| Self::at(&word, &written, at));
        anchors.min_by(|a, b| a.needle.frequency().total_cmp(&b.needle.frequency()))
    }

    fn at(word: &[char], written: &[Written], at: usize) -> Self {
        /// Signs for each letter before, with some that are doubled or do not count.
        const SIGNS: usize = 4;
        let (signs, last) = written[at];
        // What stands before the sign in a spelling of the letter itself: io, yo and jo, kh and gh.
        let leading: &[u8] = match word[at] {
            'e' => b"ijy",
            'g' => b"kg",
            _ => b"",
        };
        // What is met within its spelling after the sign, or merges with it: shch, ie.
        let trailing: &[u8] = match word[at] {
            'e' => b"ijyeo",
            // The t may be written th.
            'c' => b"sztch",
            'f' | 't' | 'd' => b"h",
            // Doubled, it goes on with the first sign of kh.
            'g' => b"hk",
            'ш' => b"hcs",
            'ч' => b"hc",
            'ж' => b"hz",
            _ => b"",
        };
        // A doubled letter is one, and marks do not count.
        let around = [signs, b"'`"].concat();
        let mut classes = vec![signs.to_vec()];
        let mut has_before = false;
        // An x is both a k and an s: what stands beside it is beside the two.
        let is_pair = |first: Option<usize>| {
            matches!(first.and_then(|at| word.get(at..at + 2)), Some(['k', 's' | 'ш']))
        };
        let (has_x_before, has_x_after) = (is_pair(at.checked_sub(1)), is_pair(Some(at)));
        if !has_x_before && let Some((_, last_before)) = at.checked_sub(1).and_then(|at| written.get(at)) {
            has_before = true;
            classes.insert(0, [*last_before, last, leading, &around].concat());
        }
        if !has_x_after && let (Some((next, _)), Some(letter)) = (written.get(at + 1), word.get(at + 1)) {
            let leading: &[u8] = match letter {
                'e' => b"ijy",
                'g' => b"kg",
                _ => b"",
            };
            classes.push([*next, trailing, leading, &around].concat());
        }
        let at_sign = usize::from(has_before);
        Self {
            needle: Needle::new(classes),
            at: at_sign,
            is_first: at == usize::from(has_x_before),
            reach: (at + 1) * SIGNS,
        }
    }

    /// The first word of a plain text for whose beginning this holds, of those that may be spellings of this one.
    pub(super) fn find(&self, text: &[u8], mut holds: impl FnMut(usize) -> bool) -> Option<usize> {
        let mut found = None;
        self.needle.find(text, |place| {
            let start = self.start(text, place + self.at).filter(|&start| holds(start));
            found = start;
            start.is_some()
        });
        found
    }

    /// Where the word begins that has the letter here.
    fn start(&self, text: &[u8], at: usize) -> Option<usize> {
        let before = *at.checked_sub(1).and_then(|at| text.get(at)).unwrap_or(&b' ');
        if !before.is_ascii_alphanumeric() && !matches!(before, b'\'' | b'`') {
            return self.is_first.then_some(at);
        }
        let is_mark = |byte: &u8| matches!(byte, b'\'' | b'`');
        let is_in_word = |byte: &u8| byte.is_ascii_alphanumeric() || is_mark(byte);
        let within = || text[..at].iter().rev().take_while(|byte| is_in_word(byte));
        // Within a word only if it is longer than any spelling is; marks and repeated letters do not count.
        let mut after = None;
        let counts = |byte: &&u8| !is_mark(byte) && after.replace(**byte) != Some(**byte);
        let letters = within().filter(counts).take(self.reach + 1).count();
        let start = at - if letters > self.reach { return None } else { within().count() };
        let marks = text[start..at].iter().take_while(|byte| is_mark(byte)).count();
        Some(start + marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::fold::{begins, fold};
    use proptest::prelude::*;

    #[test]
    fn a_letter_is_found_where_one_of_its_signs_is_written_with_two_or_doubled() {
        for (word, text) in [
            ("gc", "x khkhts"),
            ("gc", "x khkhkhts"),
            ("gc", "x ghkhts"),
            ("ce", "x thse"),
            ("cc", "x thsts"),
            ("e", "x i''''o"),
            ("e", "x yyyyyo"),
            ("kш", "x xch"),
        ] {
            let anchor = Anchor::of(word).expect("it is plain");
            assert!(anchor.find(text.as_bytes(), |at| at == 2).is_some(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn no_spelling_is_missed(text in "[a-eghkosty]{1,6}|[a-z'0-9]{1,6}|(sh|ch|zh|ts|io|ye|kh|ph|ss|'){1,4}", len in 1..5_usize) {
            let folded: String = fold(&text).chars().take(len).collect();
            prop_assume!(text.starts_with(|c: char| c.is_ascii_alphanumeric()) && !folded.is_empty());
            prop_assume!(begins(text.as_bytes(), &folded, &mut String::new()));
            let text = format!("x {text}");
            let anchor = Anchor::of(&folded).expect("it is plain");
            prop_assert!(anchor.find(text.as_bytes(), |at| at == 2).is_some(), "{folded} in {text}");
        }

        #[test]
        fn what_begins_so_is_told_as_folding_all_of_it_tells(
            text in "[a-eghkostyzш]{1,8}|[a-zёй' -]{1,10}|(sh|ch|zh|ts|io|ye|kh|ph|ss|'|-| ){1,6}", len in 1..6_usize
        ) {
            prop_assume!(text.starts_with(char::is_alphanumeric));
            let whole = fold(&text);
            let own: String = whole.chars().take(len).collect();
            prop_assume!(!own.is_empty());
            for wanted in [own, "iesh".to_owned(), "шi".to_owned(), "ts".to_owned()] {
                let is_so = begins(text.as_bytes(), &wanted, &mut String::new());
                prop_assert_eq!(is_so, whole.starts_with(&wanted), "{} in {}", wanted, text);
            }
        }
    }
}
