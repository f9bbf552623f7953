//! Incidents by the words of their titles and places.

use std::cmp::Reverse;
use std::sync::atomic::AtomicBool;

use super::whole;
use super::words::{Fitting, WordIndex};
use crate::model::Dataset;
use crate::query::fold::fold;

/// So many are looked at more closely to choose the best of them.
const CANDIDATES: usize = 400;

/// The words of a dataset's titles and places.
#[derive(Debug)]
pub(super) struct IncidentIndex {
    words: WordIndex,
    newest_first: Vec<u32>,
}

impl IncidentIndex {
    /// Reads all titles and places; `None` once cancelled. Takes seconds for a million incidents.
    pub(super) fn build(dataset: &Dataset, cancel: &AtomicBool) -> Option<Self> {
        let incidents = &dataset.incidents;
        let read = |take: &mut dyn FnMut(usize, &str) -> bool| {
            // What cannot be read back is not found; whoever shows it says why.
            let _ = incidents.each(|n, incident| {
                let (title, place) = (&incident.title, &incident.place);
                [title, &place.name]
                    .into_iter()
                    .chain(&place.local_name)
                    .chain(&place.region)
                    .all(|text| take(n, text))
            });
        };
        let words = WordIndex::build(incidents.len(), read, cancel)?;
        let start = |n: usize| incidents.facts(n).map_or(i32::MIN, |facts| facts.span_min[0]);
        let starts_min: Vec<i32> = (0..incidents.len()).map(start).collect();
        let mut newest_first: Vec<u32> = (0..incidents.len() as u32).collect();
        newest_first.sort_by_key(|&n| Reverse(starts_min[n as usize]));
        Some(Self { words, newest_first })
    }

    /// The incidents whose title and place have all words.
    pub(super) fn find(&self, question: &str, cancel: &AtomicBool) -> Option<Fitting> {
        self.words.find(question, cancel)
    }

    /// The best of them, at most `limit`, of equally good ones the newest.
    pub(super) fn best(
        &self,
        dataset: &Dataset,
        fitting: &Fitting,
        question: &str,
        limit: usize,
    ) -> Vec<usize> {
        let folded = fold(question);
        let candidates = fitting.best(&self.newest_first, CANDIDATES);
        let mut ranked: Vec<(u8, usize)> = candidates
            .into_iter()
            .filter_map(|n| Some((whole(&folded, &dataset.incidents.get(n as usize)?.title), n as usize)))
            .collect();
        ranked.sort_by_key(|(whole, _)| *whole);
        ranked.into_iter().take(limit).map(|(_, n)| n).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Moment;
    use crate::testing::{dataset_of, incident_at};
    use jiff::civil::date;

    fn found(dataset: &Dataset, question: &str) -> Vec<usize> {
        let never = AtomicBool::new(false);
        let index = IncidentIndex::build(dataset, &never).unwrap();
        let fitting = index.find(question, &never).unwrap();
        index.best(dataset, &fitting, question, 10)
    }

    #[test]
    fn a_title_that_is_what_was_typed_comes_first_and_newer_before_older() {
        let titles = ["Fire at depot two", "Fire at depot", "The fire at the depot", "Fire at depot one"];
        let incidents = titles.iter().zip(1..).map(|(title, day)| {
            let mut incident = incident_at("x", 0, 30.0, 50.0);
            incident.title = (*title).to_owned();
            incident.time.as_mut().unwrap().start = Moment::Day(date(2024, 3, day));
            incident
        });
        let dataset = dataset_of(1, incidents.collect());
        assert_eq!(found(&dataset, "fire at depot"), [1, 3, 0, 2]);
    }

    #[test]
    fn a_place_is_found_in_any_of_its_scripts() {
        let mut incident = incident_at("x", 0, 30.0, 50.0);
        incident.place.name = "Oryol".to_owned();
        incident.place.local_name = Some("Орёл".to_owned());
        incident.place.region = Some("Oryol Oblast".to_owned());
        let dataset = dataset_of(1, vec![incident]);
        for question in ["Oryol", "орел", "OREL", "orël", "oryol obl", "Oriol", "oryo"] {
            assert_eq!(found(&dataset, question), [0], "{question}");
        }
        assert_eq!(found(&dataset, "kursk"), Vec::<usize>::new());
    }
}
