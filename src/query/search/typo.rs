//! Small typing errors: how many letters two folded words differ by.

/// Longer words are compared by their first letters only.
const MAX_LETTERS: usize = 32;

/// A word that was typed, ready to be compared with many others.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    letters: Vec<char>,
    signature: u32,
    /// How many letters may differ.
    allowed: usize,
}

impl Typed {
    /// The word, or `None` if it is too short or too much of a number to guess what was meant.
    pub(super) fn new(word: &str) -> Option<Self> {
        let letters: Vec<char> = word.chars().take(MAX_LETTERS).collect();
        let allowed = match letters.len() {
            0..4 => return None,
            4..8 => 1,
            _ => 2,
        };
        if letters.iter().any(|letter| letter.is_numeric()) {
            return None;
        }
        Some(Self { signature: signature(word), letters, allowed })
    }

    /// Whether a word with this [`signature`] can be close at all: cheap, and sorts most words out.
    pub(super) fn may_be_close(&self, signature: u32) -> bool {
        (self.signature & !signature).count_ones() as usize <= self.allowed
    }

    /// Whether the typed word is this one, or its beginning, but for a few letters that are wrong, missing, too many or
    /// in the wrong order.
    pub(super) fn is_close(&self, word: &str) -> bool {
        // Too much begins with almost the same letters: where a word goes on, its first letter must be right.
        let may_go_on = word.starts_with(self.letters[0]);
        let columns = self.letters.len() + 1;
        let [mut before, mut last, mut row] = [[usize::MAX / 2; MAX_LETTERS + 1]; 3];
        for (column, distance) in last.iter_mut().take(columns).enumerate() {
            *distance = column;
        }
        let mut nearest = last[columns - 1];
        let mut previous = ' ';
        for (n, letter) in word.chars().take(MAX_LETTERS).enumerate() {
            row[0] = n + 1;
            for column in 1..columns {
                let typed = self.letters[column - 1];
                let mut distance = (last[column - 1] + usize::from(typed != letter))
                    .min(last[column] + 1)
                    .min(row[column - 1] + 1);
                if n > 0 && column > 1 && typed == previous && self.letters[column - 2] == letter {
                    distance = distance.min(before[column - 2] + 1);
                }
                row[column] = distance;
            }
            if row[..columns].iter().min().is_some_and(|least| *least > self.allowed) {
                return may_go_on && nearest <= self.allowed;
            }
            nearest = nearest.min(row[columns - 1]);
            previous = letter;
            (before, last, row) = (last, row, before);
        }
        (if may_go_on { nearest } else { last[columns - 1] }) <= self.allowed
    }
}

/// Which letters a word has, some of them sharing a bit.
pub(super) fn signature(word: &str) -> u32 {
    word.chars().fold(0, |bits, letter| bits | 1 << (u32::from(letter) % 32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_close(typed: &str, word: &str) -> bool {
        let typed = Typed::new(typed).unwrap();
        typed.may_be_close(signature(word)) && typed.is_close(word)
    }

    #[test]
    fn one_letter_may_be_wrong_in_a_short_word_and_two_in_a_long_one() {
        for word in ["tetkno", "tetkinno", "tetkiko", "ttekino", "tekino"] {
            assert!(is_close(word, "tetkino"), "{word}");
        }
        assert!(is_close("novogrod", "novgorod") && is_close("ekaterinberg", "ekaterinburg"));
        assert!(!is_close("tatkina", "tetkino") && !is_close("kursk", "omsk"));
    }

    #[test]
    fn short_words_and_numbers_are_not_guessed() {
        assert!(Typed::new("abc").is_none() && Typed::new("12345").is_none());
    }

    #[test]
    fn a_word_may_be_the_beginning_of_a_longer_one() {
        let typed = Typed::new("ekaternb").unwrap();
        assert!(typed.may_be_close(signature("ekaterinburg")) && typed.is_close("ekaterinburg"));
        assert!(!typed.is_close("katerina"));
    }

    proptest! {
        #[test]
        fn any_one_mistake_is_forgiven(word in "[a-zш]{5,40}", at in 0..5_usize, letter in "[a-z]", kind in 0..4) {
            let mut letters: Vec<char> = word.chars().collect();
            match kind {
                0 => letters[at] = letter.chars().next().unwrap(),
                1 => letters.insert(at, letter.chars().next().unwrap()),
                2 => letters.swap(at, at + usize::from(at < 4)),
                _ => { letters.remove(at); }
            }
            let typed: String = letters.into_iter().collect();
            prop_assert!(is_close(&typed, &word), "{} {}", typed, word);
        }
    }
}
