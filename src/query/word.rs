//! One word of a search, looked for in the bytes of a text.
//!
//! It is found wherever it stands as it was typed, whatever the case; and at the beginning of a word that is another
//! spelling of it ([`super::fold`]): in another script, with other accents, or in another of the ways in which Latin writes
//! Cyrillic names. Between two plain words not every spelling counts: whoever looks for `hot` does not mean `got`. There a
//! name, which is a tag or begins with a capital, may be spelled in any way, and in any other word only the vowels may
//! differ.
//!
//! Half a gigabyte of text must be gone through in a second, so nothing is folded that cannot be it by its first letter.

use super::anchor::Anchor;
use super::fold::{begins, fold, may_begin};
use super::needle::Needle;

/// A word that is looked for.
#[derive(Debug, Clone)]
pub(super) struct Word {
    lower: String,
    typed: Typed,
    spelled: Option<Spelled>,
}

/// How the word is looked for as it was typed.
#[derive(Debug, Clone)]
enum Typed {
    /// A plain word by its rarest letters, of which the first stands so many bytes after the word's beginning.
    Plain { needle: Needle, at: usize },
    /// By a letter that few words have: the last byte of its small and of its capital form, which ends so many bytes
    /// after the word's beginning.
    By { bytes: [u8; 2], end: usize },
    /// In the whole text in lower case: its small and capital letters are not equally long.
    InLower,
}

/// How its other spellings are looked for.
#[derive(Debug, Clone)]
struct Spelled {
    folded: String,
    /// Whether it is plain, so that not every spelling of plain words counts.
    is_plain: bool,
    consonants: Vec<u8>,
    /// How it is found in plain text, where it has plain spellings.
    anchor: Option<Anchor>,
    /// By byte: whether a word that is spelled so may begin with it.
    begins: Box<[bool; 256]>,
    /// By character of up to two bytes, the same.
    begins_with: Box<[u64; TWO_BYTES / 64]>,
}

/// Characters of up to two bytes.
const TWO_BYTES: usize = 0x800;
/// Plain words shorter than this have one spelling only, in folded letters.
const MIN_LETTERS: usize = 3;

impl Word {
    /// Takes a word without white space, in lower case.
    pub(super) fn new(lower: &str) -> Self {
        Self { lower: lower.to_owned(), typed: Typed::new(lower), spelled: Spelled::new(lower) }
    }

    /// Whether a text contains it; `is_name` if that is the name of something. `buffer` is room for letters.
    pub(super) fn is_in(&self, text: &[u8], is_name: bool, buffer: &mut String) -> bool {
        self.is_typed_in(text) || self.other_spelling(text, is_name, buffer).is_some()
    }

    fn is_typed_in(&self, text: &[u8]) -> bool {
        let word = self.lower.as_bytes();
        if let Typed::Plain { needle, at } = &self.typed {
            let start = |place: usize| text.get(place.checked_sub(*at)?..)?.get(..word.len());
            let is_here = |place| start(place).is_some_and(|here| here.eq_ignore_ascii_case(word));
            return needle.find(text, is_here).is_some();
        }
        let Typed::By { bytes: [small, capital], end } = self.typed else {
            let in_lower = |text: &str| text.to_lowercase().replace('ς', "σ");
            return in_lower(&String::from_utf8_lossy(text)).contains(&in_lower(&self.lower));
        };
        let Some(last) = text.len().checked_sub(word.len()) else { return false };
        // Only where the whole word fits does its letter count.
        let within = text.get(end..=last + end).unwrap_or_default();
        let is_here = |start: usize| is_same(&text[start..start + word.len()], &self.lower);
        memchr::memchr2_iter(small, capital, within).any(is_here)
    }

    /// Where the first word of a text stands that is another spelling of this one, or begins with one.
    pub(super) fn other_spelling(&self, text: &[u8], is_name: bool, buffer: &mut String) -> Option<usize> {
        let spelled = self.spelled.as_ref()?;
        if text.is_ascii() {
            let may_begin = |at: usize| text.get(at).is_some_and(|byte| spelled.begins[usize::from(*byte)]);
            let is_at = |at: usize| may_begin(at) && spelled.is_at(text, at, is_name, buffer);
            return spelled.anchor.as_ref()?.find(text, is_at);
        }
        let mut before = b' ';
        text.iter().enumerate().position(|(at, &byte)| {
            let may_begin = spelled.begins[usize::from(byte)] && !before.is_ascii_alphanumeric();
            before = byte;
            may_begin && spelled.is_at(text, at, is_name, buffer)
        })
    }
}

/// Whether a text is a word of lower case, letter by letter.
fn is_same(text: &[u8], lower: &str) -> bool {
    // The one letter whose small form depends on its neighbours.
    let sigma = |c: char| if c == 'ς' { 'σ' } else { c };
    std::str::from_utf8(text)
        .is_ok_and(|text| text.chars().flat_map(char::to_lowercase).map(sigma).eq(lower.chars().map(sigma)))
}

impl Typed {
    fn new(lower: &str) -> Self {
        /// From the most frequent on, as far as it is worth telling apart.
        const FREQUENT: &str = "оеаинтсрвлкмдпуыяьг";
        if lower.is_ascii() {
            return Self::plain(lower.as_bytes());
        }
        let rarity = |c: char| FREQUENT.chars().position(|it| it == c).unwrap_or(usize::MAX);
        let last_byte = |c: char| *c.encode_utf8(&mut [0; 4]).as_bytes().last().unwrap_or(&0);
        let mut best = (0, Self::By { bytes: [0; 2], end: 0 });
        for (at, small) in lower.char_indices() {
            let mut forms = small.to_uppercase();
            let (Some(capital), None) = (forms.next(), forms.next()) else { return Self::InLower };
            if capital.len_utf8() != small.len_utf8() {
                return Self::InLower;
            }
            let rank = if matches!(small, 'σ' | 'ς') { 1 } else { rarity(small).saturating_add(2) };
            if rank > best.0 {
                let end = at + small.len_utf8() - 1;
                best = (rank, Self::By { bytes: [last_byte(small), last_byte(capital)], end });
            }
        }
        // Of a word of sigmas no letter is certain.
        if best.0 == 1 { Self::InLower } else { best.1 }
    }

    fn plain(word: &[u8]) -> Self {
        /// Letters that are looked for at once.
        const LETTERS: usize = 3;
        let needles = word
            .windows(LETTERS.min(word.len()).max(1))
            .map(|letters| Needle::new(letters.iter().map(|letter| vec![*letter])));
        let rarest = needles.enumerate().min_by(|(_, a), (_, b)| a.frequency().total_cmp(&b.frequency()));
        // What is empty stands everywhere.
        let (at, needle) = rarest.unwrap_or_default();
        Self::Plain { needle, at }
    }
}

impl Spelled {
    fn new(lower: &str) -> Option<Self> {
        let folded = fold(lower);
        let first = folded.chars().next()?;
        // A short plain word has other spellings only with accents and in other scripts.
        let is_short = lower.is_ascii() && folded.chars().count() < MIN_LETTERS;
        let mut spelled = Self::of(folded, lower, first);
        if is_short {
            spelled.anchor = None;
            spelled.begins[..128].fill(false);
        }
        Some(spelled)
    }

    fn of(folded: String, lower: &str, first: char) -> Self {
        let mut begins = Box::new([false; 256]);
        let mut begins_with = Box::new([0; TWO_BYTES / 64]);
        for c in (0..TWO_BYTES as u32).filter_map(char::from_u32).filter(|c| c.is_alphanumeric()) {
            if may_begin(c, first) {
                begins[usize::from(c.encode_utf8(&mut [0; 4]).as_bytes()[0])] = true;
                begins_with[c as usize / 64] |= 1 << (c as usize % 64);
            }
        }
        // What is longer is looked at when it is met.
        begins[0xE0..0xF5].fill(true);
        let is_plain = lower.is_ascii();
        let consonants = consonants(lower.as_bytes()).collect();
        Self { consonants, anchor: Anchor::of(&folded), folded, is_plain, begins, begins_with }
    }

    /// Whether a word begins here that is spelled so.
    fn is_at(&self, text: &[u8], at: usize, is_name: bool, buffer: &mut String) -> bool {
        let rest = &text[at..];
        if let [lead @ 0xC0..0xE0, next, ..] = rest {
            let c = usize::from(lead & 0x1F) << 6 | usize::from(next & 0x3F);
            if self.begins_with[c / 64] >> (c % 64) & 1 == 0 {
                return false;
            }
        }
        !ends_within_word(&text[..at])
            && begins(rest, &self.folded, buffer)
            && (!self.is_plain || self.may_be_meant(rest, is_name))
    }

    /// Whether somebody who typed a plain word may mean this spelling of it.
    fn may_be_meant(&self, rest: &[u8], is_name: bool) -> bool {
        let is_part = |byte: &u8| !byte.is_ascii() || byte.is_ascii_alphanumeric() || *byte == b'\'';
        let end = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let word = &rest[..end];
        is_name
            || !word.is_ascii()
            || word[0].is_ascii_uppercase()
            || self.folded.contains(' ')
            || consonants(word).take(self.consonants.len()).eq(self.consonants.iter().copied())
    }
}

/// The letters of a plain word in lower case without vowels and marks, doubled ones once.
fn consonants(word: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let mut before = 0;
    word.iter().map(u8::to_ascii_lowercase).filter(move |&byte| {
        let is_doubled = std::mem::replace(&mut before, byte) == byte && !byte.is_ascii_digit();
        byte.is_ascii_alphanumeric() && !is_doubled && !b"aeiouyj".contains(&byte)
    })
}

/// Whether the last character of a text is a part of a word, so that none begins behind it.
fn ends_within_word(text: &[u8]) -> bool {
    let Some(&last) = text.last() else { return false };
    if last.is_ascii() {
        return last.is_ascii_alphanumeric();
    }
    let lead = text.iter().rev().take(4).find(|byte| **byte >= 0xC0);
    // What is written with two bytes and more: signs of Latin 1, punctuation, and that of East Asia; all else are letters.
    !matches!(lead, Some(0xC2 | 0xE2) | None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finds(word: &str, text: &str) -> bool {
        Word::new(&word.to_lowercase()).is_in(text.as_bytes(), false, &mut String::new())
    }

    #[test]
    fn all_spellings_of_a_name_find_each_other() {
        for names in [
            &["Oryol", "Orel", "Орёл", "Орел", "ОРЁЛ", "Орe\u{308}л"][..],
            &["Luhansk", "Lugansk", "Луганськ", "Луганск", "Luhans'k", "Luhans’k"],
            &["Ivano-Frankivsk", "Івано-Франківськ", "IVANO-FRANKIVSK", "Ivano‑Frankivsk"],
            &["Yelets", "Elets", "Елец"],
            &["Zürich", "Zurich"],
            &["Łódź", "Lodz"],
        ] {
            for asked in names {
                for name in names {
                    for text in [name.to_string(), format!("Fire in «{name}», again"), format!("x\n{name}")]
                    {
                        assert!(finds(asked, &text), "{asked} in {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn of_plain_words_in_lower_case_only_the_vowels_may_be_others() {
        assert!(finds("orel", "fire in oryol, again") && finds("oryol", "the orel region"));
        for (word, text) in [
            ("hot", "I got it"),
            ("tank", "we thank you"),
            ("gold", "hold on"),
            ("forhot", "I forgot"),
            ("rel", "Orël, Орёл"),
            ("lugansk", "luhansk"),
        ] {
            assert!(!finds(word, text), "{word} in {text}");
        }
        let is_tag = Word::new("lugansk").is_in(b"luhansk", true, &mut String::new());
        assert!(is_tag, "a tag is a name, however it is written");
        assert!(finds("rel", "Orel"), "as it was typed it may stand anywhere");
    }

    #[test]
    fn capitals_of_all_scripts_count_as_their_letters() {
        for (word, text) in [
            ("тёткино", "село ТЁТКИНО"),
            ("οδος", "ΟΔΟΣ"),
            ("straße", "Hauptstraße"),
            ("σσ", "ΑΣΣ"),
            ("é", "CAFÉ"),
        ] {
            assert!(finds(word, text), "{word} in {text}");
        }
        assert!(finds("", "a") && !finds("ab", "a") && !finds("—", "-"));
    }

    proptest! {
        #[test]
        fn what_stands_in_a_text_is_found_there(
            before in "[ a-cЁ«]{0,3}", word in "[a-cёЁéß'σςΣ-]{1,4}", after in "[ a-cё]{0,3}"
        ) {
            let text = format!("{before}{word}{after}");
            prop_assert!(finds(&word, &text), "{word} in {text}");
            prop_assert!(finds(&word, &text.to_uppercase()) || word.contains(['ß', 'Σ', 'σ', 'ς']), "{word} in {text}");
        }

        #[test]
        fn a_word_of_another_script_is_found_where_it_folds_alike(
            text in "[a-dhksyiéо ,’'-]{0,12}", word in "[а-дхксыиё]{1,3}"
        ) {
            let wanted = fold(&word);
            prop_assume!(!wanted.is_empty());
            let starts = text.char_indices().filter(|(at, c)| {
                let before = text[..*at].chars().next_back();
                c.is_alphanumeric() && !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '’' | '\''))
            });
            let mut starts = starts.filter(|(at, _)| fold(&text[*at..]).starts_with(&wanted));
            prop_assert!(starts.next().is_none() || finds(&word, &text), "{word} in {text}");
        }
    }
}
