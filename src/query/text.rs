//! Which incidents contain the words of a search.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::bitmap::Bitmap;
use super::columns::STATUSES;
use super::parallel;
use super::word::Word;
use crate::model::{Dataset, EventType, Incident, SearchText};

/// Incidents between two looks at whether the search is still wanted.
const BATCH: usize = 64;

/// The words of what a reader typed, in lower case, as [`text_matches`] wants them. One is found in any text that contains it, however it is
/// spelled there.
#[must_use]
pub fn words_of(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_lowercase).collect()
}

/// The words of a search, ready to be looked for: see [`super::word`] for when one is found.
#[derive(Debug)]
struct TextQuery {
    words: Vec<Word>,
    /// By event type and then by status, for each word: whether that contains it.
    in_types: Vec<Vec<bool>>,
    in_statuses: Vec<Vec<bool>>,
    /// The words that no event type and no status contains: they must stand in the incident's own row.
    in_rows: Vec<usize>,
}

impl TextQuery {
    /// Takes the words that [`words_of`] gives.
    fn new(words: &[String], event_types: &[EventType]) -> Self {
        let words: Vec<Word> = words.iter().map(|word| Word::new(word)).collect();
        let mut buffer = String::new();
        let mut found_in = |label: &str| -> Vec<bool> {
            words.iter().map(|word| word.is_in(label.as_bytes(), true, &mut buffer)).collect()
        };
        let in_types: Vec<Vec<bool>> = event_types.iter().map(|it| found_in(&it.label)).collect();
        let in_statuses: Vec<Vec<bool>> = STATUSES.iter().map(|it| found_in(it.label())).collect();
        let is_in_label = |word: &usize| in_types.iter().chain(&in_statuses).any(|found| found[*word]);
        let in_rows = (0..words.len()).filter(|word| !is_in_label(word)).collect();
        Self { words, in_types, in_statuses, in_rows }
    }

    /// Whether a row of a file, as its bytes stand there, may hold all the words: no if it certainly does not. Where
    /// anything may be written in another way than it reads, the answer is that it may.
    fn may_match(&self, bytes: &[u8], buffer: &mut String) -> bool {
        let is_absent = |word: &usize| !self.words[*word].is_in(bytes, true, buffer);
        // Looked for first: few rows hold all words, and only those that do not are worth a look at how they are written.
        !(self.in_rows.iter().any(is_absent) && is_plain(bytes))
    }

    /// Whether an incident contains all the words.
    fn matches(&self, text: &SearchText, buffer: &mut String) -> bool {
        let in_type = self.in_types.get(text.event_type());
        let in_status = STATUSES.iter().position(|it| *it == text.status()).map(|at| &self.in_statuses[at]);
        self.words.iter().enumerate().all(|(n, word)| {
            in_type.is_some_and(|found| found[n])
                || in_status.is_some_and(|found| found[n])
                || word.is_in(text.names().as_bytes(), true, buffer)
                || word.is_in(text.prose().as_bytes(), false, buffer)
        })
    }
}

/// Whether bytes read as they stand: nothing in them could begin an escape, and there are no doubled quotes.
fn is_plain(bytes: &[u8]) -> bool {
    memchr::memchr3(b'\\', b'&', 0, bytes).is_none()
        && memchr::memchr_iter(b'"', bytes).all(|at| bytes.get(at + 1) != Some(&b'"'))
}

/// The incidents in which each of the lower-case words occurs in a text that a reader sees; `None` once cancelled. Takes
/// long for a large dataset: run it off the window's thread.
#[must_use]
pub fn text_matches(dataset: &Dataset, words: &[String], cancel: &AtomicBool) -> Option<Bitmap> {
    let len = dataset.incidents.len();
    if words.is_empty() {
        return Some(Bitmap::ones(len));
    }
    matches_among(dataset, 0..len, words, cancel)
}

/// The same among some of the incidents only; the first of `range` is the bitmap's number 0.
pub(super) fn matches_among(
    dataset: &Dataset,
    range: Range<usize>,
    words: &[String],
    cancel: &AtomicBool,
) -> Option<Bitmap> {
    let range = range.start.min(dataset.incidents.len())..range.end.min(dataset.incidents.len());
    let len = range.len();
    let query = TextQuery::new(words, &dataset.event_types);
    // Text is worth a second thread much earlier than numbers are.
    let threads = parallel::threads_for(len.saturating_mul(256));
    let share = len.div_ceil(threads).div_ceil(BATCH).max(1) * BATCH;
    let jobs = range.clone().step_by(share).map(|start| start..(start + share).min(range.end)).collect();
    let found = parallel::each(jobs, |part: Range<usize>| search(dataset, part, &query, cancel));
    let words: Option<Vec<Vec<u64>>> = found.into_iter().collect();
    words.map(|words| Bitmap::from_words(words.concat(), len))
}

fn search(
    dataset: &Dataset,
    range: Range<usize>,
    query: &TextQuery,
    cancel: &AtomicBool,
) -> Option<Vec<u64>> {
    let first = range.start;
    let mut found = vec![0; range.len().div_ceil(BATCH)];
    let (buffer, mut own_buffer) = (RefCell::new(String::new()), String::new());
    let is_cancelled = || cancel.load(Ordering::Relaxed);
    let wanted = |row: &[u8]| is_cancelled() || query.may_match(row, &mut buffer.borrow_mut());
    // What cannot be read back is not found; whoever shows it says why.
    let _ = dataset.incidents.search(range, &wanted, &mut |n, text| {
        let at = n - first;
        if query.matches(text, &mut own_buffer) {
            found[at / BATCH] |= 1 << (at % BATCH);
        }
        !is_cancelled()
    });
    (!is_cancelled()).then_some(found)
}

/// Whether a dataset holds more than so many bytes of what [`text_matches`] looks through. Counts no further than that.
#[must_use]
pub fn has_more_text_than(dataset: &Dataset, bytes: usize) -> bool {
    let Some(incidents) = dataset.incidents.in_memory() else {
        // Reading back takes longer than a frame, however little there is.
        return !dataset.incidents.is_empty();
    };
    let mut left = bytes;
    incidents.iter().any(|incident| {
        let text = texts_of(incident).map(String::len).sum::<usize>() + incident.status.label().len();
        let is_more = text > left;
        left = left.saturating_sub(text);
        is_more
    })
}

/// The texts of an incident that a reader sees.
fn texts_of(incident: &Incident) -> impl Iterator<Item = &String> {
    let place = &incident.place;
    [&incident.title, &place.name, &incident.summary]
        .into_iter()
        .chain(&place.local_name)
        .chain(&place.region)
        .chain(incident.claims.iter().flat_map(|claim| [&claim.speaker, &claim.text]))
        .chain(&incident.tags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Claim, Stance};
    use crate::testing::{dataset_of, incident_at};
    use proptest::prelude::*;

    fn found(dataset: &Dataset, text: &str) -> Vec<usize> {
        text_matches(dataset, &words_of(text), &AtomicBool::new(false)).unwrap().iter().collect()
    }

    #[test]
    fn text_finds_any_script_whatever_its_case() {
        let mut incidents: Vec<_> =
            (0..4).map(|n| incident_at(&format!("i{n}"), n % 2, 30.0, 50.0)).collect();
        incidents[2].place.local_name = Some("Тёткино".to_owned());
        incidents[3].summary = "ΟΔΟΣ".to_owned();
        let dataset = dataset_of(2, incidents);
        assert_eq!(found(&dataset, "  тЁТКИНО "), [2]);
        assert_eq!(found(&dataset, "ΟΔΟΣ"), [3]);
        assert_eq!(found(&dataset, "i1 nowhere"), Vec::<usize>::new());
        assert_eq!(found(&dataset, "type unverified i"), [0, 1, 2, 3]);
        assert_eq!(found(&dataset, " "), [0, 1, 2, 3]);
    }

    #[test]
    fn accents_the_script_and_the_spelling_of_names_do_not_matter() {
        let incidents = ["Орёл", "In Oryol", "Orel", "café", "I forgot", "oryol"].map(|summary| {
            let mut incident = incident_at("x", 0, 0.0, 0.0);
            summary.clone_into(&mut incident.summary);
            incident
        });
        let dataset = dataset_of(1, incidents.to_vec());
        for spelling in ["орел", "Орёл", "Oryol", "orel"] {
            assert_eq!(found(&dataset, spelling), [0, 1, 2, 5], "{spelling}");
        }
        assert_eq!(found(&dataset, "cafe"), [3]);
        assert_eq!(found(&dataset, "forhot"), Vec::<usize>::new());
    }

    #[test]
    fn a_name_is_found_in_every_text_that_a_reader_sees() {
        let put: [fn(&mut Incident, String); 7] = [
            |it, name| it.title = name,
            |it, name| it.place.name = name,
            |it, name| it.place.local_name = Some(name),
            |it, name| it.place.region = Some(name),
            |it, name| it.summary = name,
            |it, name| it.tags = vec![name.to_lowercase()],
            |it, name| {
                let claim = Claim {
                    speaker: String::new(),
                    stance: Stance::Asserts,
                    text: name,
                    sources: Vec::new(),
                };
                it.claims = vec![claim];
            },
        ];
        for (name, others) in
            [("Oryol", ["Orel", "Орёл", "Орел"]), ("Luhansk", ["Lugansk", "Луганськ", "Луганск"])]
        {
            let incidents = put.map(|put| {
                let mut incident = incident_at("x", 0, 0.0, 0.0);
                put(&mut incident, name.to_owned());
                incident
            });
            let dataset = dataset_of(1, incidents.to_vec());
            for other in others {
                assert_eq!(found(&dataset, other).len(), put.len(), "{other} in {name}");
            }
        }
    }

    #[test]
    fn a_plain_row_without_a_word_is_passed_over() {
        let query = |text: &str| TextQuery::new(&words_of(text), &[]);
        let may_match = |text: &str, row: &str| query(text).may_match(row.as_bytes(), &mut String::new());
        assert!(may_match("fire north", "1,FIRE,in the North") && !may_match("fire north", "2,fire,south"));
        assert!(!may_match("fire north", "2,fire,зüd") && may_match("fire north", r"2,\u0066ire,south"));
        assert!(may_match("\u{43e}", "o"), "it may be written in Latin");
    }

    #[test]
    fn all_that_is_looked_through_counts_as_text() {
        let mut incident = incident_at("a", 0, 0.0, 0.0);
        incident.tags = vec!["tag".to_owned()];
        // "Title a", "Place a", "tag" and the status.
        let bytes = 7 + 7 + 3 + incident.status.label().len();
        let dataset = dataset_of(1, vec![incident.clone(), incident]);
        assert!(has_more_text_than(&dataset, 2 * bytes - 1) && !has_more_text_than(&dataset, 2 * bytes));
        assert!(!has_more_text_than(&dataset_of(1, Vec::new()), 0));
    }

    #[test]
    fn a_cancelled_search_finds_nothing() {
        let dataset = dataset_of(1, vec![incident_at("a", 0, 0.0, 0.0)]);
        assert_eq!(text_matches(&dataset, &words_of("a"), &AtomicBool::new(true)), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_words_are_found_where_looking_at_each_text_finds_them(
            texts in prop::collection::vec("[aAbBΣσςİß ]{0,6}", 0..150), search in "[aAbBΣσςß ]{0,3}"
        ) {
            let incidents = texts.iter().map(|text| {
                let mut incident = incident_at("x", 0, 0.0, 0.0);
                incident.summary.clone_from(text);
                incident.tags = vec![text.chars().rev().collect()];
                incident
            });
            let dataset = dataset_of(1, incidents.collect());
            let contains = |n: &usize| {
                let incident = dataset.incidents.get(*n).unwrap();
                let texts = [(&incident.title, false), (&incident.place.name, true), (&incident.summary, false), (&incident.tags[0], true)];
                words_of(&search).iter().all(|word| {
                    let is_here = |(text, is_name): &(&String, bool)| {
                        Word::new(word).is_in(text.as_bytes(), *is_name, &mut String::new())
                    };
                    texts.iter().any(is_here)
                })
            };
            let expected: Vec<usize> = (0..texts.len()).filter(contains).collect();
            prop_assert_eq!(found(&dataset, &search), expected);
        }

        #[test]
        fn a_row_that_holds_the_words_is_never_passed_over(
            text in "[aAbBgGhёЁéé&\\\\\" .-]{0,12}", search in "[aAbBghёéе&\\\\\"]{1,3}"
        ) {
            let mut incident = incident_at("x", 0, 0.0, 0.0);
            incident.summary.clone_from(&text);
            let mut own = SearchText::default();
            own.set(&incident);
            let query = TextQuery::new(&words_of(&search), &[]);
            let is_found = query.matches(&own, &mut String::new());
            // As CSV and JSON may write it.
            let rows = [text.clone(), format!("\"{}\"", text.replace('"', "\"\"")), format!("{text:?}")];
            for row in rows {
                let row = format!("{} {} {row}", incident.title, incident.place.name);
                prop_assert!(!is_found || query.may_match(row.as_bytes(), &mut String::new()), "{row}");
            }
        }
    }
}
