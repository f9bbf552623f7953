//! The letter by which a folded word is looked for in plain text: the one whose spellings are met least often.
//!
//! What folds to a letter is written with few signs: whatever becomes `g` has a g or an h in it. So one look for those
//! signs, which the processor does many bytes at a time, and one at the byte before leave few words to be folded.

/// A letter of a folded word.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    /// The signs that it is written with, small and capital.
    signs: Vec<u8>,
    /// By byte: whether it may stand before such a sign, of which it is the second or a later one.
    before: Box<[bool; 256]>,
    /// Whether the word begins with it.
    is_first: bool,
    /// So many bytes before the sign the word begins at the latest.
    reach: usize,
}

/// What a folded letter is written with in plain text, and what the last sign of it may be. The first has a sign of every
/// spelling; `None` for what no plain text is folded to.
fn signs(folded: char) -> Option<(&'static [u8], &'static [u8])> {
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
        'ш' => (b"s", b"h"),
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
        /// How often each letter is met, in parts of a thousand of English text.
        const OFTEN: [u32; 26] = [
            82, 15, 28, 43, 127, 22, 20, 61, 70, 2, 8, 40, 24, 67, 75, 19, 1, 60, 63, 91, 28, 10, 24, 2, 20,
            1,
        ];
        let often = |byte: &u8| OFTEN.get(usize::from(byte.wrapping_sub(b'a'))).copied().unwrap_or(10);
        let word: Vec<char> = folded.split(' ').next()?.chars().collect();
        let written: Vec<(&[u8], &[u8])> = word.iter().map(|letter| signs(*letter)).collect::<Option<_>>()?;
        let cost = |at: &usize| written[*at].0.iter().map(often).sum::<u32>();
        let at = (0..word.len()).min_by_key(cost)?;
        let own = written[at].0;
        let mut before = Box::new([false; 256]);
        let last_before = at.checked_sub(1).map_or(&b""[..], |at| written[at].1);
        // What stands before the sign in a spelling of the letter itself: io, yo and jo, kh and gh.
        let leading: &[u8] = match word[at] {
            'e' => b"ijy",
            'g' => b"kg",
            _ => b"",
        };
        // A doubled letter is one; so is any that merges with the one before, and marks do not count.
        for byte in last_before.iter().chain(own).chain(written[at].1).chain(leading).chain(b"'`") {
            before[usize::from(*byte)] = true;
            before[usize::from(byte.to_ascii_uppercase())] = true;
        }
        let signs = own.iter().flat_map(|byte| [*byte, byte.to_ascii_uppercase()]);
        let mut signs: Vec<u8> = signs.collect();
        signs.dedup();
        /// Signs for each letter before, with some that are doubled or do not count.
        const SIGNS: usize = 4;
        Some(Self { signs, before, is_first: at == 0, reach: (at + 1) * SIGNS })
    }

    /// Where words of a plain text begin that may be spellings of this one, in no order and maybe several times.
    pub(super) fn starts<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        self.signs.chunks(3).flat_map(move |signs| {
            let [one, two, three] = [signs[0], signs[signs.len() / 2], signs[signs.len() - 1]];
            memchr::memchr3_iter(one, two, three, text).filter_map(|at| self.start(text, at))
        })
    }

    /// Where the word begins that has the letter here.
    fn start(&self, text: &[u8], at: usize) -> Option<usize> {
        let before = *at.checked_sub(1).and_then(|at| text.get(at)).unwrap_or(&b' ');
        if !before.is_ascii_alphanumeric() && !matches!(before, b'\'' | b'`') {
            return self.is_first.then_some(at);
        }
        if !self.before[usize::from(before)] {
            return None;
        }
        let is_break = |byte: &u8| !byte.is_ascii_alphanumeric() && !matches!(byte, b'\'' | b'`');
        let back = text[..at].iter().rev().take(self.reach + 1).position(is_break);
        let start = at - back.unwrap_or(at.min(self.reach));
        let marks = text[start..at].iter().take_while(|byte| matches!(byte, b'\'' | b'`')).count();
        // Within a word only if it is longer than any spelling is.
        (back.is_some() || start == 0).then_some(start + marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::fold::{begins, fold};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn no_spelling_is_missed(text in "[a-eghkosty]{1,6}|[a-z'0-9]{1,6}|(sh|ch|zh|ts|io|ye|kh|ph|ss|'){1,4}", len in 1..5_usize) {
            let folded: String = fold(&text).chars().take(len).collect();
            prop_assume!(text.starts_with(|c: char| c.is_ascii_alphanumeric()) && !folded.is_empty());
            prop_assume!(begins(text.as_bytes(), &folded, &mut String::new()));
            let text = format!("x {text}");
            let anchor = Anchor::of(&folded).expect("it is plain");
            prop_assert!(anchor.starts(text.as_bytes()).any(|at| at == 2), "{folded} in {text}");
        }

        #[test]
        fn what_begins_so_is_told_as_folding_all_of_it_tells(
            text in "[a-eghkostyzш]{1,8}|[a-zёйь' -]{1,10}|(sh|ch|zh|ts|io|ye|kh|ph|ss|'|-| ){1,6}", len in 1..6_usize
        ) {
            prop_assume!(text.starts_with(|c: char| c.is_alphanumeric() && c != 'ь'));
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
