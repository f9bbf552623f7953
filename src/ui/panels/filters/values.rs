//! The values of a field to choose from: counted under the other filters, the most frequent first, and searched.
//!
//! Counting looks at every incident and searching at every value, so both happen only when something has changed, and off
//! the window's thread where there are many.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;

use eframe::egui::Context;

use crate::atlas;
use crate::jobs::Jobs;
use crate::query::fold::fold;
use crate::query::{Facets, Field};
use crate::state::{AppState, Counting};

/// So many incidents and values are counted and searched at once; more would be felt in a frame.
const COUNTED_AT_ONCE: usize = 20_000;

/// What a list of values was made for.
#[derive(Debug, Clone, PartialEq)]
struct Key {
    generation: u64,
    revision: u64,
    field: Field,
    query: String,
}

/// A list that was made.
struct Made {
    key: Key,
    facets: Arc<Facets>,
    /// By value.
    counts: Vec<u32>,
    /// All values, the most frequent first. The order stays while the list is open, so that nothing moves away under the
    /// pointer.
    order: Arc<Vec<u32>>,
    /// Those that the search leaves of them.
    found: Vec<u32>,
}

/// The values of the field that the menu shows.
pub(super) struct ValueList {
    made: Option<Made>,
    jobs: Jobs<(), Made>,
}

/// A value as a row shows it.
pub(super) struct Row<'a> {
    /// Its text in the dataset.
    pub(super) text: &'a str,
    /// How many incidents would be shown with it.
    pub(super) count: u32,
}

impl ValueList {
    pub(super) fn new(ctx: &Context) -> Self {
        let ctx = ctx.clone();
        Self { made: None, jobs: Jobs::new(Arc::new(move || ctx.request_repaint())) }
    }

    /// Forgets the list: another one is wanted, or none.
    pub(super) fn forget(&mut self) {
        self.jobs.cancel(());
        self.made = None;
    }

    /// Makes the list anew if anything has changed.
    pub(super) fn update(&mut self, state: &AppState, field: Field, query: &str) {
        while let Some(((), result)) = self.jobs.poll() {
            match result {
                Ok(made) => self.made = Some(made),
                Err(error) => log::error!("counting values: {error}"),
            }
        }
        let (generation, revision) = (state.generation(), state.revision());
        let fits = |key: &Key| {
            (key.generation, key.revision, key.field) == (generation, revision, field) && key.query == query
        };
        if self.made.as_ref().is_some_and(|made| fits(&made.key)) {
            return;
        }
        // While one list is being made, what has changed since then waits: under a window that plays none would ever come.
        let (false, Some(counting), Some(facets)) =
            (self.jobs.running(()).is_some(), state.counting(field), state.facets())
        else {
            return;
        };
        let is_same = |made: &&Made| (made.key.generation, made.key.field) == (generation, field);
        let order = self.made.as_ref().filter(is_same).map(|made| Arc::clone(&made.order));
        let key = Key { generation, revision, field, query: query.to_owned() };
        let facets = Arc::clone(facets);
        if state.engine().len().max(facets.values(field).len()) <= COUNTED_AT_ONCE {
            self.made = Some(make(key, facets, &counting, order));
        } else {
            self.jobs.start((), move |_| make(key, facets, &counting, order));
        }
    }

    /// How many values there are to choose from; `None` until they are counted.
    pub(super) fn len(&self) -> Option<usize> {
        self.made.as_ref().map(|made| made.found.len())
    }

    /// A row of the list.
    pub(super) fn row(&self, row: usize) -> Option<Row<'_>> {
        let made = self.made.as_ref()?;
        let value = *made.found.get(row)? as usize;
        let count = made.counts.get(value).copied().unwrap_or(0);
        Some(Row { text: made.facets.values(made.key.field).text(value), count })
    }
}

fn make(key: Key, facets: Arc<Facets>, counting: &Counting, order: Option<Arc<Vec<u32>>>) -> Made {
    let counts = counting.run();
    let values = facets.values(key.field);
    let order = order.unwrap_or_else(|| {
        let mut order: Vec<u32> = (0..values.len() as u32).collect();
        let count = |value: u32| counts.get(value as usize).copied().unwrap_or(0);
        order.sort_by_cached_key(|&value| {
            (Reverse(count(value)), value_label(key.field, values.text(value as usize)).to_lowercase())
        });
        Arc::new(order)
    });
    let wanted = fold(&key.query);
    let is_found = |value: &u32| {
        let label = value_label(key.field, values.text(*value as usize));
        wanted.is_empty() || fold(&label).contains(&wanted)
    };
    let found = order.iter().copied().filter(is_found).collect();
    Made { key, facets, counts, order, found }
}

/// What people read for a value: a country's name for its code, all others as they are.
pub(super) fn value_label(field: Field, value: &str) -> Cow<'_, str> {
    let names = (field == Field::Country).then(|| atlas::regions().names(value)).flatten();
    names.map_or(Cow::Borrowed(value), |names| Cow::Borrowed(names.name_en))
}
