//! The values that incidents have in those of their fields that no column holds (country, region, source, tag): how many
//! have each, and which.
//!
//! A million incidents with half a dozen values each make some 30 MB: every text is kept once, and of each value the
//! incidents' numbers, ascending. From those the choice of some values is a [`Bitmap`] within milliseconds.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bitmap::Bitmap;
use super::filter::Chosen;
use crate::model::{Dataset, Incident, TextError};
use crate::progress::Progress;

/// A field of which incidents have values that they share with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    /// The country's code in ISO 3166-1.
    Country,
    /// The region's name.
    Region,
    /// Who published something about it.
    Source,
    /// A tag.
    Tag,
}

impl Field {
    /// All fields, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Country, Self::Region, Self::Source, Self::Tag];

    /// Calls `each` with every value that the incident has; one may come twice.
    fn visit<'a>(self, incident: &'a Incident, mut each: impl FnMut(&'a str)) {
        let mut some = |value: &'a str| {
            if !value.is_empty() {
                each(value);
            }
        };
        match self {
            Self::Country => some(&incident.place.country),
            Self::Region => some(incident.place.region.as_deref().unwrap_or_default()),
            Self::Source => {
                let of_claims = incident.claims.iter().flat_map(|claim| &claim.sources);
                incident.sources.iter().chain(of_claims).for_each(|source| some(&source.publisher));
            }
            Self::Tag => incident.tags.iter().for_each(|tag| some(tag)),
        }
    }

    /// Whether the incident has one of these values.
    #[must_use]
    pub fn has_any(self, incident: &Incident, values: &Chosen) -> bool {
        let mut found = false;
        self.visit(incident, |value| found |= values.contains(value));
        found
    }
}

/// The values of one field.
#[derive(Debug, Default)]
pub struct Values {
    texts: Vec<Arc<str>>,
    by_text: HashMap<Arc<str>, u32>,
    /// Where the incidents of each value begin in `incidents`, and where the last ones end.
    starts: Vec<u32>,
    incidents: Vec<u32>,
}

impl Values {
    /// How many different values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether no incident has a value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The text of a value.
    #[must_use]
    pub fn text(&self, value: usize) -> &str {
        self.texts.get(value).map_or("", |text| text)
    }

    /// Whether any incident has this value.
    #[must_use]
    pub fn contains(&self, text: &str) -> bool {
        self.by_text.contains_key(text)
    }

    /// The incidents with a value, ascending.
    fn incidents(&self, value: usize) -> &[u32] {
        let ends = self.starts.get(value).zip(self.starts.get(value + 1));
        ends.and_then(|(start, end)| self.incidents.get(*start as usize..*end as usize)).unwrap_or_default()
    }

    /// Of how many of `among` each value is one, in the order of the values.
    #[must_use]
    pub fn counts(&self, among: &Bitmap) -> Vec<u32> {
        let count = |value| self.incidents(value).iter().filter(|it| among.contains(**it as usize)).count();
        (0..self.len()).map(|value| count(value) as u32).collect()
    }

    /// Puts the incidents that have one of these values into a set.
    fn mark(&self, values: &Chosen, into: &mut Bitmap) {
        let known = values.iter().filter_map(|text| self.by_text.get(text.as_str()));
        for value in known {
            self.incidents(*value as usize).iter().for_each(|incident| into.insert(*incident as usize));
        }
    }
}

/// The values of all fields of a dataset.
#[derive(Debug, Default)]
pub struct Facets {
    len: usize,
    fields: [Values; Field::ALL.len()],
}

impl Facets {
    /// Reads all incidents of a dataset once; `None` once cancelled. Takes long for a large one: run it off the window's
    /// thread.
    pub fn build(dataset: &Dataset, progress: &Progress) -> Result<Option<Self>, TextError> {
        /// Incidents between two looks at whether this is still wanted.
        const BATCH: usize = 1024;
        let len = dataset.incidents.len();
        let mut gathered: [Gathered; Field::ALL.len()] = Default::default();
        let mut goes_on = true;
        dataset.incidents.each(|n, incident| {
            for (field, gathered) in Field::ALL.into_iter().zip(&mut gathered) {
                field.visit(incident, |value| gathered.add(n as u32, value));
            }
            goes_on = n % BATCH != 0 || progress.go_on(n, len);
            goes_on
        })?;
        Ok(goes_on.then(|| Self { len, fields: gathered.map(Gathered::finish) }))
    }

    /// The values of a field.
    #[must_use]
    pub fn values(&self, field: Field) -> &Values {
        &self.fields[field as usize]
    }

    /// The incidents that have one of the chosen values of each field; `None` where nothing is chosen. Values that no
    /// incident has are those of no incident.
    #[must_use]
    pub fn matches<'a>(&self, chosen: impl IntoIterator<Item = (Field, &'a Chosen)>) -> Option<Bitmap> {
        let mut all: Option<Bitmap> = None;
        for (field, values) in chosen.into_iter().filter(|(_, values)| !values.is_empty()) {
            let mut any = Bitmap::zeros(self.len);
            self.values(field).mark(values, &mut any);
            all = Some(match all {
                Some(all) => all.and(&any),
                None => any,
            });
        }
        all
    }
}

/// The values of a field while they are read.
#[derive(Debug, Default)]
struct Gathered {
    texts: Vec<Arc<str>>,
    by_text: HashMap<Arc<str>, u32>,
    /// By value: how many incidents have it, and the last one that was seen with it.
    seen: Vec<(u32, u32)>,
    /// Incident and value, in the order of the incidents.
    pairs: Vec<(u32, u32)>,
}

impl Gathered {
    fn add(&mut self, incident: u32, text: &str) {
        let value = self.by_text.get(text).copied().unwrap_or_else(|| {
            let (value, text) = (self.texts.len() as u32, Arc::<str>::from(text));
            self.texts.push(Arc::clone(&text));
            self.by_text.insert(text, value);
            self.seen.push((0, u32::MAX));
            value
        });
        let (count, last) = &mut self.seen[value as usize];
        // The same publisher may stand behind several sources of an incident.
        if *last != incident {
            (*count, *last) = (*count + 1, incident);
            self.pairs.push((incident, value));
        }
    }

    fn finish(self) -> Values {
        let mut starts = Vec::with_capacity(self.texts.len() + 1);
        let mut next = 0;
        for (count, _) in &self.seen {
            starts.push(next);
            next += count;
        }
        starts.push(next);
        let mut at = starts.clone();
        let mut incidents = vec![0; self.pairs.len()];
        for (incident, value) in self.pairs {
            let at = &mut at[value as usize];
            incidents[*at as usize] = incident;
            *at += 1;
        }
        Values { texts: self.texts, by_text: self.by_text, starts, incidents }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::model::Source;
    use crate::query::Columns;
    use crate::query::{Criteria, shown_under};
    use crate::testing::{dataset_of, incident_at};

    fn incident(
        n: usize,
        country: usize,
        region: Option<usize>,
        sources: &[usize],
        tags: &[usize],
    ) -> Incident {
        let mut incident = incident_at(&format!("i{n}"), 0, n as f64, 50.0);
        incident.place.country = ["", "RU", "UA"][country].to_owned();
        incident.place.region = region.map(|region| format!("Region {region}"));
        let source =
            |publisher: &usize| Arc::new(Source { publisher: format!("P{publisher}"), ..Source::default() });
        incident.sources = sources.iter().map(source).collect();
        incident.tags = tags.iter().map(|tag| format!("tag {tag}")).collect();
        incident
    }

    fn incidents() -> impl Strategy<Value = Vec<Incident>> {
        let few = || prop::collection::vec(0..4_usize, 0..4);
        let one = (0..3_usize, prop::option::of(0..3_usize), few(), few());
        prop::collection::vec(one, 0..150).prop_map(|all| {
            let all = all.into_iter().enumerate();
            all.map(|(n, (country, region, sources, tags))| incident(n, country, region, &sources, &tags))
                .collect()
        })
    }

    fn chosen() -> impl Strategy<Value = [Chosen; 4]> {
        let of = |values: &'static [&'static str]| {
            prop::collection::btree_set(prop::sample::select(values), 0..3)
                .prop_map(|values| values.into_iter().map(str::to_owned).collect::<BTreeSet<_>>())
        };
        let countries = of(&["RU", "UA", "FR"]);
        let regions = of(&["Region 0", "Region 1", "nowhere"]);
        (countries, regions, of(&["P0", "P1", "P3"]), of(&["tag 0", "tag 2", ""])).prop_map(Into::into)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn who_has_the_chosen_values_is_what_looking_at_every_incident_gives(all in incidents(), chosen in chosen()) {
            let dataset = dataset_of(1, all.clone());
            let facets = Facets::build(&dataset, &Progress::default()).unwrap().unwrap();
            let has = |incident: &Incident, but: Option<Field>| {
                let conditions = Field::ALL.into_iter().zip(&chosen).filter(|(field, _)| Some(*field) != but);
                conditions.into_iter().all(|(field, values)| values.is_empty() || field.has_any(incident, values))
            };
            let columns = Columns::of(&dataset);
            let shown = |but: Option<Field>| {
                let fields = Field::ALL.into_iter().zip(&chosen).filter(|(field, _)| Some(*field) != but);
                let values = facets.matches(fields).map(Arc::new);
                shown_under(&columns, &Criteria { values, ..Criteria::default() })
            };
            let expected: Vec<usize> = (0..all.len()).filter(|&n| has(&all[n], None)).collect();
            prop_assert_eq!(shown(None).iter().collect::<Vec<_>>(), expected);
            for field in Field::ALL {
                let (values, counts) = (facets.values(field), facets.values(field).counts(&shown(Some(field))));
                for (value, count) in counts.into_iter().enumerate() {
                    let one = BTreeSet::from([values.text(value).to_owned()]);
                    let has_it = |incident: &&Incident| field.has_any(incident, &one) && has(incident, Some(field));
                    prop_assert_eq!(count as usize, all.iter().filter(has_it).count());
                }
            }
        }
    }

    #[test]
    fn an_incident_counts_once_for_a_publisher_however_often_it_is_cited() {
        let dataset = dataset_of(1, vec![incident(0, 1, None, &[1, 1, 2], &[3, 3])]);
        let facets = Facets::build(&dataset, &Progress::default()).unwrap().unwrap();
        let sources = facets.values(Field::Source);
        assert_eq!((sources.len(), sources.counts(&Bitmap::ones(1))), (2, vec![1, 1]));
        assert!(facets.values(Field::Region).is_empty());
    }

    #[test]
    fn who_no_longer_wants_the_values_gets_none() {
        let dataset = dataset_of(1, vec![incident(0, 1, None, &[], &[])]);
        let progress = Progress::default();
        progress.cancel();
        assert!(Facets::build(&dataset, &progress).unwrap().is_none());
    }
}
