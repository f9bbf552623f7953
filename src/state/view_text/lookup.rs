//! Looking up in a dataset what a view names, and saying what of it is not there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Types, ViewText, shown};
use crate::model::Dataset;
use crate::progress::Progress;
use crate::query::{Facets, Filter};
use crate::t;

/// A view that was looked up in a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    pub(super) view: ViewText,
    /// The whole filter, with the dataset's event types.
    pub(super) filter: Filter,
    pub(super) selection: Option<usize>,
    missing: Vec<Missing>,
}

/// What a view names and is not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Missing {
    Incident(String),
    EventType(String),
    /// A country, a region, a publisher or a tag.
    Value(String),
    Key(String),
}

impl ViewText {
    /// Looks up in a dataset what the view names. Reads through all incidents where it names one: not for the window's
    /// thread. A search that is cancelled finds nothing.
    #[must_use]
    pub fn resolve(self, dataset: &Dataset, progress: &Progress) -> Resolved {
        let mut missing: BTreeSet<Missing> = self.unknown.iter().cloned().map(Missing::Key).collect();
        let mut filter = self.filter.clone();
        self.filter_types(dataset, &mut filter, &mut missing);
        self.look_values_up(dataset, progress, &mut missing);
        let selection = self.selected.as_deref().and_then(|id| find_incident(dataset, id, progress));
        if selection.is_none() {
            missing.extend(self.selected.clone().map(Missing::Incident));
        }
        Resolved { view: self, filter, selection, missing: missing.into_iter().collect() }
    }

    /// Values stay in the filter though nobody has them: so it shows what was meant.
    fn look_values_up(&self, dataset: &Dataset, progress: &Progress, missing: &mut BTreeSet<Missing>) {
        if !self.filter.chooses_values() {
            return;
        }
        // Where the file cannot be read any more, whoever shows an incident says so.
        let Ok(Some(facets)) = Facets::build(dataset, progress) else { return };
        for (field, chosen) in self.filter.all_chosen() {
            let known = facets.values(field);
            let unknown = chosen.iter().filter(|value| !known.contains(value));
            missing.extend(unknown.cloned().map(Missing::Value));
        }
    }

    fn filter_types(&self, dataset: &Dataset, filter: &mut Filter, missing: &mut BTreeSet<Missing>) {
        let (ids, named_are_shown) = match &self.types {
            Types::All => return,
            Types::Only(ids) => (ids, true),
            Types::Without(ids) => (ids, false),
        };
        let known: BTreeMap<&str, usize> =
            dataset.event_types.iter().enumerate().map(|(n, it)| (it.id.as_str(), n)).collect();
        for event_type in 0..dataset.event_types.len() {
            filter.set_type_shown(event_type, !named_are_shown);
        }
        for id in ids {
            match known.get(id.as_str()) {
                Some(event_type) => filter.set_type_shown(*event_type, named_are_shown),
                None => {
                    missing.insert(Missing::EventType(id.clone()));
                }
            }
        }
    }
}

/// The one pass over all incidents.
fn find_incident(dataset: &Dataset, id: &str, progress: &Progress) -> Option<usize> {
    let mut found = None;
    // Where the file cannot be read any more, whoever shows an incident says so.
    let _ = dataset.incidents.each(|n, incident| {
        found = (incident.id == id).then_some(n);
        found.is_none() && !progress.is_cancelled()
    });
    found
}

impl Resolved {
    /// Says what the view names and is not there; `None` where everything is.
    #[must_use]
    pub fn what_is_missing(&self) -> Option<String> {
        let listed = |pick: fn(&Missing) -> Option<&String>| {
            /// So many are named; of more, only their number is said.
            const NAMED: usize = 4;
            let all: Vec<&String> = self.missing.iter().filter_map(pick).collect();
            let named = all.iter().take(NAMED).map(|it| t!("view-quoted", text = shown(it)));
            let more = all.len().saturating_sub(NAMED);
            let more = (more > 0).then(|| t!("view-more", count = more));
            let text = named.chain(more).collect::<Vec<_>>().join(t!("view-and"));
            Some((text, all.len())).filter(|(_, count)| *count > 0)
        };
        let incident = listed(|it| if let Missing::Incident(id) = it { Some(id) } else { None });
        let types = listed(|it| if let Missing::EventType(id) = it { Some(id) } else { None });
        let values = listed(|it| if let Missing::Value(value) = it { Some(value) } else { None });
        let keys = listed(|it| if let Missing::Key(key) = it { Some(key) } else { None });
        let sentences = [
            incident.map(|(names, _)| t!("view-no-incident", names = names)),
            types.map(|(names, count)| t!("view-no-types", names = names, count = count)),
            values.map(|(names, _)| t!("view-no-values", names = names)),
            keys.map(|(names, _)| t!("view-no-keys", names = names)),
        ];
        let sentences: Vec<String> = sentences.into_iter().flatten().collect();
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }
}
