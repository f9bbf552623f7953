//! What readers of rows fill while they go through a file: event types by name, incidents, and the account of every row.
//!
//! Each row ends in exactly one of [`Intake::keep`], [`Intake::list`] and [`Intake::reject`], so that the account's sum
//! holds whatever the file says.

use std::collections::{HashMap, HashSet};

use crate::geo::MAX_MERCATOR_LAT_DEG;
use crate::model::{
    Account, Dataset, Entry, EventType, Facts, Fate, Incident, Incidents, Rgb, Shape, Symbol, Texts,
};

use super::limits::{MAX_EVENT_TYPES, QUOTED_CHARS};
use crate::progress::{Finds, Progress};

/// The colours of event types that a file does not colour: dark enough for a white shape, far enough apart, and in an
/// order in which neighbours differ.
const COLORS: [u32; 10] = [
    0x00C2_410C,
    0x000A_6BB0,
    0x007B_3FA0,
    0x004B_7A1E,
    0x00A6_1B3C,
    0x008F_6400,
    0x0000_7A75,
    0x005B_5BD6,
    0x009D_2C84,
    0x0054_6069,
];

/// Why an incident near a pole is not on the map.
pub(super) const BEYOND_THE_MAP: &str = "lies beyond the edge of the map, which ends at 85 degrees";

/// Where a row stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowPlace {
    /// Number of its first line, counted from 1; the number of the row in formats without lines.
    pub line: u64,
    /// Number of the column or, in text, of the character, counted from 1; 0 for the row as a whole.
    pub column: u32,
}

/// A dataset in the making.
#[derive(Debug, Default)]
pub struct Intake {
    event_types: EventTypes,
    incidents: Vec<Incident>,
    facts: Vec<Facts>,
    shapes: Vec<Shape>,
    account: Account,
    finds: Finds,
}

/// Event types by the name under which a file has them.
#[derive(Debug, Clone, Default)]
pub struct EventTypes {
    all: Vec<EventType>,
    by_name: HashMap<String, usize>,
    ids: HashSet<String>,
}

impl EventTypes {
    /// The index of the event type with this name, which is made if it is new. The name's case and the blanks around it
    /// do not matter. Past [`MAX_EVENT_TYPES`] all new ones are the last.
    pub fn index_of(&mut self, name: &str) -> usize {
        self.index_with(name, None, None)
    }

    /// The same with the colour and the symbol that the file gives to a new one.
    pub fn index_with(&mut self, name: &str, color: Option<Rgb>, symbol: Option<Symbol>) -> usize {
        let name = named(name);
        if let Some(&index) = self.by_name.get(name) {
            return index;
        }
        let folded = name.to_lowercase();
        let index = match self.by_name.get(&folded) {
            Some(&index) => index,
            None if self.all.len() >= MAX_EVENT_TYPES => return self.all.len() - 1,
            None => {
                let n = self.all.len();
                let [_, r, g, b] = COLORS[n % COLORS.len()].to_be_bytes();
                self.all.push(EventType {
                    id: slug(name, n, &mut self.ids),
                    label: name.to_owned(),
                    color: color.unwrap_or(Rgb { r, g, b }),
                    symbol: symbol.unwrap_or(Symbol::ALL[n % Symbol::ALL.len()]),
                });
                self.by_name.insert(folded, n);
                n
            }
        };
        self.by_name.insert(name.to_owned(), index);
        index
    }

    /// Takes event types in as a file declares them, before any other: their numbers stay what they are in the list.
    pub fn declare(&mut self, declared: Vec<EventType>) {
        for (n, event_type) in declared.iter().enumerate() {
            self.by_name.entry(event_type.label.to_lowercase()).or_insert(n);
            self.ids.insert(event_type.id.clone());
        }
        self.all = declared;
    }

    /// The index of the event type with this name, once all of them are known.
    #[must_use]
    pub fn find(&self, name: &str) -> usize {
        let name = named(name);
        let found = self.by_name.get(name).or_else(|| self.by_name.get(&name.to_lowercase()));
        found.copied().unwrap_or(self.all.len().saturating_sub(1))
    }

    /// All of them, in the order in which the file names them.
    #[must_use]
    pub fn all(&self) -> &[EventType] {
        &self.all
    }
}

/// What an event type is called whose row may name none.
fn named(name: &str) -> &str {
    let name = name.trim();
    if name.is_empty() { "Incident" } else { name }
}

/// An identifier made of a label, unlike all others.
fn slug(label: &str, number: usize, others: &mut HashSet<String>) -> String {
    let word = |c: char| if c.is_alphanumeric() { c } else { '_' };
    let id: String = label.to_lowercase().chars().take(60).map(word).collect();
    let mut id = id.trim_matches('_').to_owned();
    // No label is so long as this becomes: it comes to an end.
    while id.is_empty() || others.contains(&id) {
        id = format!("{id}_{number}");
    }
    others.insert(id.clone());
    id
}

impl Intake {
    /// An intake that tells how many rows it has taken in, and where some of them are.
    #[must_use]
    pub fn reporting(progress: &Progress) -> Self {
        Self { finds: Finds::new(progress), ..Self::default() }
    }

    /// The event types, to look up or add to.
    pub fn event_types(&mut self) -> &mut EventTypes {
        &mut self.event_types
    }

    /// Takes a row in, with all that is known of it. `at` is where it stands. A position that the map cannot show is
    /// listed and kept: it can still be read.
    pub fn keep(&mut self, at: RowPlace, incident: Incident) -> usize {
        self.count(at, &Facts::of(&incident));
        self.incidents.push(incident);
        self.incidents.len() - 1
    }

    /// Takes a row in whose texts stay in the file: see [`Intake::finish_stored`].
    pub fn keep_facts(&mut self, at: RowPlace, facts: Facts) -> usize {
        self.count(at, &facts);
        self.facts.push(facts);
        self.facts.len() - 1
    }

    /// Makes room for so many rows whose texts stay in the file, once they are known to be there.
    pub fn reserve_facts(&mut self, rows: usize) {
        self.facts.reserve_exact(rows);
    }

    fn count(&mut self, at: RowPlace, facts: &Facts) {
        let position = facts.position;
        self.finds.add(Some([position.lon_deg, position.lat_deg]));
        if facts.position.lat_deg.abs() <= MAX_MERCATOR_LAT_DEG {
            self.account.mapped += 1;
        } else {
            let value = facts.position.lat_deg.to_string();
            self.account.entries.push(entry(Fate::Listed, at, "latitude", &value, BEYOND_THE_MAP));
        }
    }

    /// Adds the lines or areas of an incident that was taken in.
    pub fn shape(&mut self, shape: Shape) {
        self.shapes.push(shape);
    }

    /// Notes a row that is understood but has no position.
    pub fn list(&mut self, at: RowPlace, field: &str, value: &str, reason: &str) {
        self.finds.add(None);
        self.account.entries.push(entry(Fate::Listed, at, field, value, reason));
    }

    /// Notes a row that is not understood.
    pub fn reject(&mut self, at: RowPlace, field: &str, value: &str, reason: &str) {
        self.finds.add(None);
        self.account.entries.push(entry(Fate::Rejected, at, field, value, reason));
    }

    /// Notes a decision that holds for the whole file, once.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.account.notes.contains(&note) {
            self.account.notes.push(note);
        }
    }

    /// How many incidents were taken in.
    #[must_use]
    pub fn len(&self) -> usize {
        self.incidents.len().max(self.facts.len())
    }

    /// Whether none was taken in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The account so far.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The dataset, with all texts in memory.
    #[must_use]
    pub fn finish(self, title: String) -> Dataset {
        let Self { event_types, incidents, shapes, account, finds, .. } = self;
        finds.keep();
        let (event_types, incidents) = (event_types.all, incidents.into());
        Dataset { title, event_types, incidents, shapes, account, ..Dataset::default() }
    }

    /// The dataset, whose texts are read back by `texts`: for readers that called [`Intake::keep_facts`].
    #[must_use]
    pub fn finish_stored(self, title: String, texts: Box<dyn Texts>) -> Dataset {
        let Self { event_types, facts, shapes, account, finds, .. } = self;
        finds.keep();
        let (event_types, incidents) = (event_types.all, Incidents::stored(facts, texts));
        Dataset { title, event_types, incidents, shapes, account, ..Dataset::default() }
    }
}

/// An entry of the account; of a long value only the beginning is kept.
pub(super) fn entry(fate: Fate, at: RowPlace, field: &str, value: &str, reason: &str) -> Entry {
    let clipped = value.char_indices().nth(QUOTED_CHARS).map(|(end, _)| format!("{}…", &value[..end]));
    Entry {
        fate,
        line: at.line,
        column: at.column,
        field: field.into(),
        value: clipped.map_or_else(|| value.into(), String::into_boxed_str),
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::incident_at;

    #[test]
    fn every_row_is_counted_once_and_one_beyond_the_map_is_listed_and_kept() {
        let mut intake = Intake::default();
        let at = RowPlace { line: 2, column: 0 };
        intake.keep(at, incident_at("a", 0, 30.0, 50.0));
        intake.keep(at, incident_at("pole", 0, 30.0, 89.0));
        intake.list(at, "lat", "", "is empty");
        intake.reject(at, "lat", &"x".repeat(1000), "is not a number");
        intake.event_types().index_of("Fire");
        let dataset = intake.finish("T".to_owned());
        assert_eq!(dataset.account.summary(), "rows 4: mapped 1, listed 2, rejected 1");
        assert_eq!(dataset.incidents.len(), 2);
        assert!(dataset.account.entries[2].value.chars().count() <= QUOTED_CHARS + 1);
    }

    #[test]
    fn event_types_of_one_name_are_one_whatever_its_case() {
        let mut types = EventTypes::default();
        let indices: Vec<usize> = ["Fire", " fire ", "FIRE", "Fire!", "", "Пожар"]
            .iter()
            .map(|name| types.index_of(name))
            .collect();
        assert_eq!(indices, [0, 0, 0, 1, 2, 3]);
        assert_eq!(["fIRE", "", "incident", "Пожар"].map(|name| types.find(name)), [0, 2, 2, 3]);
        let ids: Vec<&str> = types.all().iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["fire", "fire_1", "incident", "пожар"]);
    }

    #[test]
    fn a_file_with_a_type_for_every_row_ends_in_one_for_the_rest() {
        let mut types = EventTypes::default();
        for n in 0..=MAX_EVENT_TYPES {
            types.index_of(&n.to_string());
        }
        assert_eq!(types.all().len(), MAX_EVENT_TYPES);
    }
}
