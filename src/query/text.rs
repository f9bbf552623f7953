//! Which incidents contain the words of a search.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::bitmap::Bitmap;
use super::parallel;
use crate::model::{Dataset, Incident};

/// Incidents between two looks at whether the search is still wanted.
const BATCH: usize = 64;

/// The words of what a reader typed, in lower case, as [`text_matches`] wants them.
#[must_use]
pub fn words_of(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_lowercase).collect()
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
    let labels: Vec<String> = dataset.event_types.iter().map(|it| it.label.to_lowercase()).collect();
    // Text is worth a second thread much earlier than numbers are.
    let threads = parallel::threads_for(len.saturating_mul(256));
    let share = len.div_ceil(threads).div_ceil(BATCH).max(1) * BATCH;
    let jobs = range.clone().step_by(share).map(|start| start..(start + share).min(range.end)).collect();
    let found = parallel::each(jobs, |part: Range<usize>| search(dataset, part, &labels, words, cancel));
    let words: Option<Vec<Vec<u64>>> = found.into_iter().collect();
    words.map(|words| Bitmap::from_words(words.concat(), len))
}

fn search(
    dataset: &Dataset,
    range: Range<usize>,
    labels: &[String],
    words: &[String],
    cancel: &AtomicBool,
) -> Option<Vec<u64>> {
    let mut text = String::new();
    let first = range.start;
    let mut found = vec![0; range.len().div_ceil(BATCH)];
    // What cannot be read back is not found; whoever shows it says why.
    let _ = dataset.incidents.scan(range, &|_| true, &mut |n, incident| {
        let at = n - first;
        if contains_words(incident, labels, words, &mut text) {
            found[at / BATCH] |= 1 << (at % BATCH);
        }
        !at.is_multiple_of(BATCH) || !cancel.load(Ordering::Relaxed)
    });
    (!cancel.load(Ordering::Relaxed)).then_some(found)
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

fn contains_words(incident: &Incident, labels: &[String], words: &[String], text: &mut String) -> bool {
    // A word holds no white space, so none is found across the line break between two texts.
    text.clear();
    for part in texts_of(incident) {
        push_lowercase(part, text);
        text.push('\n');
    }
    push_lowercase(incident.status.label(), text);
    let label = labels.get(incident.event_type).map_or("", String::as_str);
    words.iter().all(|word| text.contains(word.as_str()) || label.contains(word.as_str()))
}

/// Appends what `str::to_lowercase` gives, mostly without its allocation.
fn push_lowercase(part: &str, text: &mut String) {
    if part.is_ascii() {
        let from = text.len();
        text.push_str(part);
        text[from..].make_ascii_lowercase();
    } else if part.contains('Σ') {
        // The one letter whose lower case depends on its neighbours.
        text.push_str(&part.to_lowercase());
    } else {
        text.extend(part.chars().flat_map(char::to_lowercase));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
            texts in prop::collection::vec("[aAbBΣσςİß ]{0,6}", 0..150), search in "[aAbBΣσςİß ]{0,3}"
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
                let texts = [&incident.title, &incident.place.name, &incident.summary, &incident.tags[0]];
                words_of(&search).iter().all(|word| texts.iter().any(|text| text.to_lowercase().contains(word)))
            };
            let expected: Vec<usize> = (0..texts.len()).filter(contains).collect();
            prop_assert_eq!(found(&dataset, &search), expected);
        }
    }
}
