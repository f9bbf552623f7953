//! Which incidents pass the filter, and how many each option of the filter would let through.

use crate::model::{Dataset, Incident};

/// What the reader asks for. An incident passes when its event type is shown and it contains the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// By event type index: true where the type is hidden. Missing entries count as shown.
    hidden: Vec<bool>,
    /// Words that all must occur somewhere in the incident; case does not matter. Empty: no condition.
    text: String,
}

impl Filter {
    /// Whether incidents of this type pass.
    #[must_use]
    pub fn shows_type(&self, event_type: usize) -> bool {
        !self.hidden.get(event_type).copied().unwrap_or(false)
    }

    /// Shows or hides one event type.
    pub fn set_type_shown(&mut self, event_type: usize, shown: bool) {
        if self.hidden.len() <= event_type {
            self.hidden.resize(event_type + 1, false);
        }
        self.hidden[event_type] = !shown;
        // Two filters that let the same through are equal: trailing "shown" entries say nothing.
        while self.hidden.last() == Some(&false) {
            self.hidden.pop();
        }
    }

    /// The text that incidents must contain.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Sets the text that incidents must contain.
    pub fn set_text(&mut self, text: String) {
        self.text = text;
    }

    /// Whether everything passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hidden.is_empty() && self.text.trim().is_empty()
    }

    fn words(&self) -> Vec<String> {
        self.text.split_whitespace().map(str::to_lowercase).collect()
    }
}

/// The answer to a [`Filter`]: computed when the filter changes, read in every frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matches {
    /// Indices of the incidents that pass, in the dataset's order.
    pub shown: Vec<usize>,
    /// For each event type the number of incidents that would pass if it were shown, the other conditions unchanged.
    pub per_type: Vec<usize>,
}

impl Matches {
    /// Applies the filter to every incident.
    #[must_use]
    pub fn of(dataset: &Dataset, filter: &Filter) -> Self {
        let words = filter.words();
        let mut matches = Self { shown: Vec::new(), per_type: vec![0; dataset.event_types.len()] };
        for (index, incident) in dataset.incidents.iter().enumerate() {
            if !words.is_empty() && !contains_words(dataset, incident, &words) {
                continue;
            }
            matches.per_type[incident.event_type] += 1;
            if filter.shows_type(incident.event_type) {
                matches.shown.push(index);
            }
        }
        matches
    }

    /// Whether the incident passes.
    #[must_use]
    pub fn contains(&self, incident: usize) -> bool {
        self.shown.binary_search(&incident).is_ok()
    }
}

/// Whether each of the lower-case words occurs in a text that a reader sees of the incident.
fn contains_words(dataset: &Dataset, incident: &Incident, words: &[String]) -> bool {
    let event_type = &dataset.event_types[incident.event_type];
    let place = &incident.place;
    let mut texts: Vec<String> = [&incident.title, &place.name, &incident.summary, &event_type.label]
        .into_iter()
        .chain(&place.local_name)
        .chain(&place.region)
        .chain(incident.claims.iter().flat_map(|claim| [&claim.speaker, &claim.text]))
        .chain(&incident.tags)
        .map(|text| text.to_lowercase())
        .collect();
    texts.push(incident.status.label().to_lowercase());
    words.iter().all(|word| texts.iter().any(|text| text.contains(word.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{dataset_of, incident_at};
    use proptest::prelude::*;

    fn four() -> Dataset {
        let mut incidents: Vec<_> =
            (0..4).map(|n| incident_at(&format!("i{n}"), n % 2, 30.0, 50.0)).collect();
        incidents[2].place.local_name = Some("Тёткино".to_owned());
        dataset_of(2, incidents)
    }

    #[test]
    fn an_empty_filter_lets_everything_through() {
        let matches = Matches::of(&four(), &Filter::default());
        assert_eq!(matches, Matches { shown: vec![0, 1, 2, 3], per_type: vec![2, 2] });
    }

    #[test]
    fn a_hidden_type_keeps_its_count() {
        let mut filter = Filter::default();
        filter.set_type_shown(0, false);
        let matches = Matches::of(&four(), &filter);
        assert_eq!(matches, Matches { shown: vec![1, 3], per_type: vec![2, 2] });
        assert!(matches.contains(1) && !matches.contains(0));
    }

    #[test]
    fn text_finds_any_script_whatever_its_case() {
        let mut filter = Filter::default();
        filter.set_text("  тЁТКИНО ".to_owned());
        assert_eq!(Matches::of(&four(), &filter), Matches { shown: vec![2], per_type: vec![1, 0] });
        filter.set_text("i1 nowhere".to_owned());
        assert_eq!(Matches::of(&four(), &filter).shown, Vec::<usize>::new());
    }

    #[test]
    fn showing_what_was_hidden_gives_an_empty_filter_again() {
        let mut filter = Filter::default();
        filter.set_type_shown(1, false);
        assert!(!filter.is_empty());
        filter.set_type_shown(1, true);
        assert_eq!(filter, Filter::default());
    }

    proptest! {
        #[test]
        fn shown_incidents_are_exactly_those_of_shown_types(
            types in prop::collection::vec(0usize..5, 0..40), hidden in prop::collection::vec(any::<bool>(), 5)
        ) {
            let incidents = types.iter().enumerate().map(|(n, &t)| incident_at(&format!("i{n}"), t, 0.0, 0.0)).collect();
            let dataset = dataset_of(5, incidents);
            let mut filter = Filter::default();
            for (event_type, &hide) in hidden.iter().enumerate() {
                filter.set_type_shown(event_type, !hide);
            }
            let matches = Matches::of(&dataset, &filter);
            let expected: Vec<usize> = (0..types.len()).filter(|&n| !hidden[types[n]]).collect();
            prop_assert_eq!(&matches.shown, &expected);
            prop_assert_eq!(matches.per_type.iter().sum::<usize>(), types.len());
        }
    }
}
