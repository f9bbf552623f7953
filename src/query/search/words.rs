//! An index of words: which documents have a word, one that begins so, or one that is almost the same.
//!
//! A document is a number with a few short texts: an incident with its title and place, a place with its names. Every
//! word is folded once, however often it occurs; a question reads the words that fit and their documents, never a text.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::typo::{Typed, signature};
use crate::query::fold::{beginnings, fold};

/// Marks a document in whose text the word comes first.
const FIRST: u32 = 1 << 31;
/// Documents between two looks at whether the work is still wanted.
const BATCH: usize = 4096;
/// With fewer documents than this, what was typed is taken for a typing error, too.
const ENOUGH: usize = 3;

/// How well a word fits, from worst to best: almost the same, begins so, is the same.
const CLOSE: u8 = 1;
const BEGINS: u8 = 2;
const SAME: u8 = 3;
/// Fits are counted up to this: 2 for each step of the above, 1 if the text begins with the first word.
const FITS: usize = 8;

/// Words with the documents that have them.
#[derive(Debug, Default)]
pub(super) struct WordIndex {
    documents: usize,
    /// All words in alphabetical order, one behind the other.
    text: String,
    /// Where each word ends in `text`.
    ends: Vec<usize>,
    signatures: Vec<u32>,
    /// Where the documents of each word begin in `postings`, and the end of the last.
    starts: Vec<usize>,
    /// Ascending for each word, with [`FIRST`].
    postings: Vec<u32>,
}

/// The documents that have all words.
#[derive(Debug, Default)]
pub(super) struct Fitting {
    /// How well each document fits; 0: not at all.
    fits: Vec<u8>,
    /// How many documents fit so well.
    counts: [usize; FITS],
}

/// What a word of a question may be in the index.
pub(super) struct Asked {
    /// The word itself, or its beginning.
    forms: Vec<String>,
    /// As it was typed.
    word: String,
    /// What it may have been meant to be, where little is found.
    guess: Option<Guess>,
}

/// What a word may have been meant to be.
struct Guess {
    typed: Typed,
    /// The word with two neighbouring letters swapped, folded: what is folded after that need not look alike.
    swapped: Vec<String>,
}

impl WordIndex {
    /// Indexes documents 0, 1, 2 ...; `read` calls its argument with each text of each document in turn, as long as the
    /// answer is yes. `None` once cancelled.
    pub(super) fn build(
        documents: usize,
        read: impl FnOnce(&mut dyn FnMut(usize, &str) -> bool),
        cancel: &AtomicBool,
    ) -> Option<Self> {
        let mut collected = Collected::default();
        read(&mut |document, text| {
            collected.add(document as u32, text);
            document % BATCH != 0 || !cancel.load(Ordering::Relaxed)
        });
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        collected.into_index(documents, cancel)
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn word(&self, n: usize) -> &str {
        let start = n.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[n]]
    }

    /// The first word that is not before this one.
    fn position(&self, word: &str) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.word(middle) < word {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The words that begin so.
    fn beginning_with(&self, beginning: &str) -> Range<usize> {
        let start = self.position(beginning);
        // No letter comes after the last one that there is.
        let end = self.position(&format!("{beginning}{}", char::MAX));
        start..end
    }

    /// The documents that have a word, or one that begins so, for every word of `text`. `None` once cancelled.
    pub(super) fn find(&self, text: &str, cancel: &AtomicBool) -> Option<Fitting> {
        let mut asked = Asked::all(text);
        let strict = self.fitting(&asked, cancel)?;
        if strict.total() >= ENOUGH {
            return Some(strict);
        }
        for word in &mut asked {
            word.guess = word.guess();
        }
        if asked.iter().any(|word| word.guess.is_some()) {
            self.fitting(&asked, cancel)
        } else {
            Some(strict)
        }
    }

    fn fitting(&self, asked: &[Asked], cancel: &AtomicBool) -> Option<Fitting> {
        let mut all: Option<Vec<u8>> = None;
        for word in asked {
            if cancel.load(Ordering::Relaxed) {
                return None;
            }
            let fits = self.fits_of(word);
            all = Some(match all {
                None => fits,
                Some(mut all) => {
                    for (sum, fit) in all.iter_mut().zip(fits) {
                        // The worst word counts, and whether the first one comes first.
                        *sum =
                            if *sum == 0 || fit == 0 { 0 } else { (*sum | 1).min(fit | 1) & !1 | *sum & 1 };
                    }
                    all
                }
            });
        }
        let fits = all.unwrap_or_default();
        let mut counts = [0; FITS];
        for fit in &fits {
            counts[usize::from(*fit)] += 1;
        }
        Some(Fitting { fits, counts })
    }

    /// How well each document fits one word.
    fn fits_of(&self, asked: &Asked) -> Vec<u8> {
        let mut fits = vec![0_u8; self.documents];
        if let Some(Guess { typed, swapped }) = &asked.guess {
            let close = (0..self.len())
                .filter(|&n| typed.may_be_close(self.signatures[n]) && typed.is_close(self.word(n)));
            close.for_each(|n| self.mark(&mut fits, n, CLOSE));
            let words = swapped.iter().flat_map(|form| self.beginning_with(form));
            words.for_each(|n| self.mark(&mut fits, n, CLOSE));
        }
        for form in &asked.forms {
            let words = self.beginning_with(form);
            words.clone().for_each(|n| self.mark(&mut fits, n, BEGINS));
            // The word itself is the first of those that begin with it.
            if words.start < self.len() && self.word(words.start) == form {
                self.mark(&mut fits, words.start, SAME);
            }
        }
        fits
    }

    fn mark(&self, fits: &mut [u8], word: usize, quality: u8) {
        for posting in &self.postings[self.starts[word]..self.starts[word + 1]] {
            let fit = &mut fits[(posting & !FIRST) as usize];
            *fit = (*fit).max(2 * quality + u8::from(posting & FIRST != 0));
        }
    }
}

impl Fitting {
    /// How many documents there are.
    pub(super) fn total(&self) -> usize {
        self.counts[1..].iter().sum()
    }

    /// Whether a document is among them.
    pub(super) fn contains(&self, document: usize) -> bool {
        self.fits.get(document).is_some_and(|fit| *fit > 0)
    }

    /// The best documents, at most `limit`; of those that fit equally well the first in `order`, which has each once.
    pub(super) fn best(&self, order: &[u32], limit: usize) -> Vec<u32> {
        let mut places = [0; FITS];
        let mut left = limit;
        for (fit, place) in places.iter_mut().enumerate().skip(1).rev() {
            *place = self.counts[fit].min(left);
            left -= *place;
        }
        let mut chosen: Vec<(u8, u32)> = Vec::new();
        let wanted = limit - left;
        for &document in order {
            if chosen.len() == wanted {
                break;
            }
            let fit = self.fits.get(document as usize).copied().unwrap_or(0);
            let place = &mut places[usize::from(fit)];
            if *place > 0 {
                *place -= 1;
                chosen.push((fit, document));
            }
        }
        chosen.sort_by_key(|(fit, _)| std::cmp::Reverse(*fit));
        chosen.into_iter().map(|(_, document)| document).collect()
    }
}

/// Whether a name has a word, or one that begins so, for every word of what was typed.
#[must_use]
pub fn fits(question: &str, name: &str) -> bool {
    let name = fold(name);
    let asked = Asked::all(question);
    !asked.is_empty() && asked.iter().all(|asked| name.split(' ').any(|word| asked.form_of(word).is_some()))
}

impl Asked {
    /// What of this the folded word is, or begins with.
    pub(super) fn form_of(&self, word: &str) -> Option<&str> {
        self.forms.iter().map(String::as_str).find(|form| word.starts_with(form))
    }

    /// What it may have been meant to be; `None` if it is too short, too long or too much of a number to say.
    fn guess(&self) -> Option<Guess> {
        /// What is longer was pasted. Its guesses would take room with the square of its length.
        const MAX_LETTERS: usize = 40;
        let typed = Typed::new(&self.forms[0])?;
        let letters: Vec<char> = self.word.chars().take(MAX_LETTERS + 1).collect();
        if letters.len() > MAX_LETTERS {
            return None;
        }
        let swapped = (1..letters.len()).flat_map(|n| {
            let mut letters = letters.clone();
            letters.swap(n - 1, n);
            beginnings(&letters.into_iter().collect::<String>())
        });
        Some(Guess { swapped: swapped.collect(), typed })
    }

    /// Whether the folded word is almost this.
    pub(super) fn is_close(&self, word: &str) -> bool {
        self.guess().is_some_and(|Guess { typed, swapped }| {
            typed.is_close(word) || swapped.iter().any(|form| word.starts_with(form.as_str()))
        })
    }

    pub(super) fn all(text: &str) -> Vec<Self> {
        /// More words than this are a text, not a question.
        const MAX_WORDS: usize = 12;
        let mut asked: Vec<Self> = Vec::new();
        for word in text.split_whitespace() {
            if asked.len() >= MAX_WORDS {
                break;
            }
            let folded = fold(word);
            let parts: Vec<&str> = folded.split(' ').filter(|part| !part.is_empty()).collect();
            asked.extend(parts.iter().map(|part| {
                // The spelling before it was folded says what it may become.
                let word = if parts.len() == 1 { word.to_owned() } else { (*part).to_owned() };
                Self { forms: beginnings(&word), word, guess: None }
            }));
        }
        asked.truncate(MAX_WORDS);
        asked
    }
}

/// What is gathered while documents are read.
#[derive(Default)]
struct Collected {
    /// The folded words of each piece of text between blanks, however it is spelled.
    pieces: HashMap<Box<str>, Box<[u32]>>,
    words: HashMap<Box<str>, u32>,
    /// Each word with a document, as they come.
    occurrences: Vec<(u32, u32)>,
}

impl Collected {
    fn add(&mut self, document: u32, text: &str) {
        let mut first = FIRST;
        for piece in text.split_whitespace() {
            if !self.pieces.contains_key(piece) {
                let words = self.words_of(piece);
                self.pieces.insert(piece.into(), words);
            }
            for word in self.pieces.get(piece).into_iter().flatten() {
                self.occurrences.push((*word, document | first));
                first = 0;
            }
        }
    }

    fn words_of(&mut self, piece: &str) -> Box<[u32]> {
        let folded = fold(piece);
        let words = folded.split(' ').filter(|word| !word.is_empty());
        words
            .map(|word| {
                let next = self.words.len() as u32;
                *self.words.entry(word.into()).or_insert(next)
            })
            .collect()
    }

    fn into_index(self, documents: usize, cancel: &AtomicBool) -> Option<WordIndex> {
        drop(self.pieces);
        let mut words: Vec<(Box<str>, u32)> = self.words.into_iter().collect();
        words.sort_unstable();
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        let mut index = WordIndex { documents, ..WordIndex::default() };
        let mut rank_of = vec![0_u32; words.len()];
        for (rank, (word, number)) in words.iter().enumerate() {
            rank_of[*number as usize] = rank as u32;
            index.text.push_str(word);
            index.ends.push(index.text.len());
            index.signatures.push(signature(word));
        }
        index.starts = vec![0; words.len() + 1];
        for (word, _) in &self.occurrences {
            index.starts[rank_of[*word as usize] as usize + 1] += 1;
        }
        for n in 1..index.starts.len() {
            index.starts[n] += index.starts[n - 1];
        }
        let mut next = index.starts.clone();
        index.postings = vec![0; self.occurrences.len()];
        for (word, document) in &self.occurrences {
            let at = &mut next[rank_of[*word as usize] as usize];
            index.postings[*at] = *document;
            *at += 1;
        }
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn index(texts: &[&str]) -> WordIndex {
        let never = AtomicBool::new(false);
        let read = |take: &mut dyn FnMut(usize, &str) -> bool| {
            for (n, texts) in texts.iter().enumerate() {
                texts.split('|').for_each(|text| assert!(take(n, text)));
            }
        };
        WordIndex::build(texts.len(), read, &never).unwrap()
    }

    fn found(index: &WordIndex, text: &str) -> Vec<u32> {
        let order: Vec<u32> = (0..index.documents as u32).collect();
        index.find(text, &AtomicBool::new(false)).unwrap().best(&order, 10)
    }

    #[test]
    fn a_word_that_was_pasted_is_not_guessed_at() {
        let guess = |letters: usize| Asked::all(&"ba".repeat(letters / 2))[0].guess();
        assert!(guess(40).is_some());
        assert!(guess(60_000).is_none(), "guesses of it would fill the memory");
    }

    #[test]
    fn the_same_word_comes_before_a_beginning_and_a_first_word_before_a_later_one() {
        let index = index(&["old oryol", "oryolskaya street", "the orel region", "oryol|depot"]);
        assert_eq!(found(&index, "орел"), [3, 0, 2, 1]);
        assert_eq!(found(&index, "ore old"), [0], "any word may be a beginning");
        assert_eq!(found(&index, "region orel"), [2]);
        assert_eq!(found(&index, "orel str"), [1]);
        assert_eq!(found(&index, "orel depot old"), Vec::<u32>::new());
        assert_eq!(found(&index, ""), Vec::<u32>::new());
    }

    #[test]
    fn a_typing_error_is_forgiven_where_little_else_is_found() {
        let index = index(&["tetkino bridge", "kursk", "kursk two", "kursk three", "kurks"]);
        for typed in ["tetkno brigde", "tetknio", "bridge tteki", "brigd tetk"] {
            assert_eq!(found(&index, typed), [0], "{typed}");
        }
        assert_eq!(found(&index, "kursk"), [1, 2, 3], "enough is spelled so");
        assert_eq!(found(&index, "kurks"), [4, 1, 2, 3]);
    }

    #[test]
    fn words_with_marks_between_them_are_found_either_way() {
        let index = index(&["self-propelled gun"]);
        assert_eq!(found(&index, "self-prop"), [0]);
        assert_eq!(found(&index, "propelled gun"), [0]);
    }

    #[test]
    fn what_is_cancelled_comes_to_nothing() {
        let cancelled = AtomicBool::new(true);
        assert!(WordIndex::build(1, |take| assert!(!take(0, "a")), &cancelled).is_none());
        assert!(index(&["a"]).find("a", &cancelled).is_none());
    }

    proptest! {
        #[test]
        fn exactly_those_documents_are_found_that_have_all_words(
            texts in prop::collection::vec("[abc ]{0,8}", 0..30), question in "[abc]{1,2} [abc]{0,3}"
        ) {
            let index = index(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            let fitting = index.find(&question, &AtomicBool::new(false)).unwrap();
            let asked = Asked::all(&question);
            for (n, text) in texts.iter().enumerate() {
                let folded = fold(text);
                let has = |asked: &Asked| folded.split(' ').any(|word| asked.form_of(word).is_some());
                prop_assert_eq!(fitting.contains(n), asked.iter().all(has), "{} {}", text, question);
            }
        }
    }
}
