//! Several datasets as one: the files that are open at once, each a layer of the map.
//!
//! Incidents follow each other layer by layer. Event types of the same name are one, or, to tell layers apart by colour,
//! each layer has its own in the layer's colour.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::{
    Account, Dataset, EventType, Facts, Held, Incident, Incidents, Related, Rgb, SearchText, Shape, TextError,
};
use crate::t;

/// Colours of layers: far apart for every kind of eye, dark enough for a white shape.
const COLORS: [u32; 8] =
    [0x0000_5FA8, 0x00B3_4700, 0x0000_7A5A, 0x008C_3A86, 0x008A_6A00, 0x00A8_1E3C, 0x003F_6B00, 0x005A_5A6E];

/// One of the files that are open at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// What its dataset is called.
    pub title: String,
    /// Which incidents are its own.
    pub incidents: Range<usize>,
    /// Its colour, where layers are told apart by colour.
    pub color: Rgb,
    /// What became of its rows.
    pub account: Account,
}

/// What colours stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum ColorBy {
    /// Event types: those of the same name are one.
    #[default]
    EventType,
    /// Files: each has its own event types, all in its colour.
    Layer,
}

/// The incidents of several datasets in a row.
#[derive(Debug)]
pub(super) struct Joined {
    parts: Vec<Part>,
    len: usize,
}

#[derive(Debug)]
struct Part {
    dataset: Arc<Dataset>,
    first: usize,
    /// By event type of the dataset: that of all together.
    event_types: Vec<usize>,
    /// Whether its incidents are the same in all together: then they need not be copied.
    is_same: bool,
}

impl Dataset {
    /// These datasets as one; a single one is itself, unless colours are to stand for layers.
    #[must_use]
    pub fn joined(parts: &[Arc<Self>], color_by: ColorBy) -> Arc<Self> {
        if let ([only], ColorBy::EventType) = (parts, color_by) {
            return Arc::clone(only);
        }
        let mut types = Types { color_by, ..Types::default() };
        let mut all = Self { title: t!("layers-title", count = parts.len()), ..Self::default() };
        // Files of one hand name the same sources.
        let mut seen = HashSet::new();
        let mut joined = Joined { parts: Vec::new(), len: 0 };
        for (layer, dataset) in parts.iter().enumerate() {
            let color = layer_color(layer);
            let event_types = types.take(dataset, layer, color);
            let first = joined.len;
            joined.len += dataset.incidents.len();
            all.layers.push(Layer {
                title: dataset.title.clone(),
                incidents: first..joined.len,
                color,
                account: dataset.account.clone(),
            });
            let shapes = dataset.shapes.iter().cloned();
            all.shapes.extend(shapes.map(|it| Shape { incident: it.incident + first, ..it }));
            let sources = dataset.sources.iter();
            all.sources.extend(
                sources
                    .filter(|it| seen.insert((it.publisher.clone(), it.title.clone(), it.url.clone())))
                    .cloned(),
            );
            all.account.mapped += dataset.account.mapped;
            all.account.entries.extend(dataset.account.entries.iter().cloned());
            let notes = dataset.account.notes.iter();
            all.account.notes.extend(notes.map(|note| format!("{}: {note}", dataset.title)));
            let is_same = first == 0 && event_types.iter().copied().eq(0..event_types.len());
            joined.parts.push(Part { dataset: Arc::clone(dataset), first, event_types, is_same });
        }
        all.as_of = parts.iter().filter_map(|dataset| dataset.as_of).max();
        all.event_types = types.all;
        all.incidents = Incidents::joined(joined);
        Arc::new(all)
    }

    /// The layer that an incident belongs to, where several files are open.
    #[must_use]
    pub fn layer_of(&self, incident: usize) -> Option<&Layer> {
        self.layers.iter().find(|layer| layer.incidents.contains(&incident))
    }
}

fn layer_color(layer: usize) -> Rgb {
    let [_, r, g, b] = COLORS[layer % COLORS.len()].to_be_bytes();
    Rgb { r, g, b }
}

/// The event types of all datasets.
#[derive(Default)]
struct Types {
    color_by: ColorBy,
    all: Vec<EventType>,
    by_label: HashMap<String, usize>,
}

impl Types {
    /// Takes in those of a dataset; gives the new index of each.
    fn take(&mut self, dataset: &Dataset, layer: usize, color: Rgb) -> Vec<usize> {
        let types = dataset.event_types.iter();
        types
            .map(|event_type| {
                let key = event_type.label.to_lowercase();
                if self.color_by == ColorBy::EventType
                    && let Some(&known) = self.by_label.get(&key)
                {
                    return known;
                }
                let mut own = event_type.clone();
                if self.color_by == ColorBy::Layer {
                    own.color = color;
                    own.label = t!("layers-type", label = &own.label, layer = &dataset.title);
                }
                // Types of different names may share an identifier, and all of them do with a second look at one file.
                if self.all.iter().any(|other| other.id == own.id) {
                    own.id = format!("{}_{}", own.id, layer + 1);
                }
                self.by_label.insert(key, self.all.len());
                self.all.push(own);
                self.all.len() - 1
            })
            .collect()
    }
}

impl Joined {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    fn part(&self, incident: usize) -> Option<&Part> {
        let part = self.parts.partition_point(|part| part.first <= incident).checked_sub(1)?;
        self.parts.get(part).filter(|part| incident - part.first < part.dataset.incidents.len())
    }

    pub(super) fn get(&self, incident: usize) -> Option<Held<'_>> {
        let part = self.part(incident)?;
        let held = part.dataset.incidents.get(incident - part.first)?;
        Some(if part.is_same { held } else { Held::Fetched(Arc::new(part.placed(&held))) })
    }

    pub(super) fn facts(&self, incident: usize) -> Option<Facts> {
        let part = self.part(incident)?;
        let facts = part.dataset.incidents.facts(incident - part.first)?;
        let event_type = part.event_type(facts.event_type.into());
        Some(Facts { event_type: u16::try_from(event_type).unwrap_or(u16::MAX), ..facts })
    }

    pub(super) fn scan(
        &self,
        range: Range<usize>,
        wanted: &dyn Fn(&[u8]) -> bool,
        visit: &mut dyn FnMut(usize, &Incident) -> bool,
    ) -> Result<(), TextError> {
        let mut goes_on = true;
        for (part, own) in self.parts_of(range) {
            if !goes_on {
                break;
            }
            part.dataset.incidents.scan(own, wanted, &mut |n, incident| {
                let n = part.first + n;
                goes_on = if part.is_same { visit(n, incident) } else { visit(n, &part.placed(incident)) };
                goes_on
            })?;
        }
        Ok(())
    }

    pub(super) fn search(
        &self,
        range: Range<usize>,
        wanted: &dyn Fn(&[u8]) -> bool,
        visit: &mut dyn FnMut(usize, &SearchText) -> bool,
    ) -> Result<(), TextError> {
        let (mut goes_on, mut placed) = (true, SearchText::default());
        for (part, own) in self.parts_of(range) {
            if !goes_on {
                break;
            }
            part.dataset.incidents.search(own, wanted, &mut |n, text| {
                placed.clone_from(text);
                placed.event_type = part.event_type(text.event_type);
                goes_on = visit(part.first + n, &placed);
                goes_on
            })?;
        }
        Ok(())
    }

    /// The layers that some of the incidents belong to, with those of each by their numbers there.
    fn parts_of(&self, range: Range<usize>) -> impl Iterator<Item = (&Part, Range<usize>)> {
        self.parts.iter().filter_map(move |part| {
            let inside = |at: usize| at.saturating_sub(part.first).min(part.dataset.incidents.len());
            let own = inside(range.start)..inside(range.end);
            (!own.is_empty()).then_some((part, own))
        })
    }

    pub(super) fn failure(&self) -> Option<TextError> {
        self.parts.iter().find_map(|part| part.dataset.incidents.failure())
    }
}

impl Part {
    fn event_type(&self, own: usize) -> usize {
        self.event_types.get(own).copied().unwrap_or(0)
    }

    /// An incident of the dataset as one of all together.
    fn placed(&self, incident: &Incident) -> Incident {
        let related = incident.related.iter();
        let related =
            related.map(|it| Related { incident: it.incident + self.first, how: it.how.clone() }).collect();
        Incident { event_type: self.event_type(incident.event_type), related, ..incident.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{dataset_of, incident_at};

    fn two() -> [Arc<Dataset>; 2] {
        let mut first = dataset_of(2, vec![incident_at("a", 0, 1.0, 1.0), incident_at("b", 1, 2.0, 2.0)]);
        first.title = "One".to_owned();
        let mut second = dataset_of(2, vec![incident_at("c", 0, 3.0, 3.0), incident_at("d", 1, 4.0, 4.0)]);
        second.title = "Two".to_owned();
        second.event_types[0].label = "Other".to_owned();
        second.event_types[1].label = "TYPE 0".to_owned();
        second.incidents.in_memory_mut().unwrap()[0].related =
            vec![Related { incident: 1, how: "next".to_owned() }];
        [first, second].map(Arc::new)
    }

    #[test]
    fn event_types_of_the_same_name_are_one_and_incidents_follow_each_other() {
        let all = Dataset::joined(&two(), ColorBy::EventType);
        let labels: Vec<&str> = all.event_types.iter().map(|it| it.label.as_str()).collect();
        assert_eq!(labels, ["Type 0", "Type 1", "Other"]);
        let mut ids: Vec<&str> = all.event_types.iter().map(|it| it.id.as_str()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 3);
        let seen: Vec<(String, usize)> =
            (0..4).map(|n| (all.incidents.at(n).id.clone(), all.incidents.at(n).event_type)).collect();
        assert_eq!(seen, [("a".into(), 0), ("b".into(), 1), ("c".into(), 2), ("d".into(), 0)]);
        assert_eq!(
            (0..4).map(|n| all.incidents.facts(n).unwrap().event_type).collect::<Vec<_>>(),
            [0, 1, 2, 0]
        );
        assert_eq!(all.incidents.at(2).related[0].incident, 3);
        assert_eq!(all.layers[1].incidents, 2..4);
        assert_eq!(all.layer_of(3).map(|it| it.title.as_str()), Some("Two"));
        assert!(all.incidents.get(4).is_none() && all.account.mapped == 4);
    }

    #[test]
    fn coloured_by_layer_each_has_its_own_types_in_its_colour() {
        let all = Dataset::joined(&two(), ColorBy::Layer);
        assert_eq!(all.event_types.len(), 4);
        assert_eq!(all.event_types[0].color, all.event_types[1].color);
        assert_ne!(all.event_types[1].color, all.event_types[2].color);
        let mut ids: Vec<&str> = all.event_types.iter().map(|it| it.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 4);
    }

    #[test]
    fn a_pass_over_a_part_crosses_from_layer_to_layer() {
        let all = Dataset::joined(&two(), ColorBy::EventType);
        let mut seen = Vec::new();
        all.incidents
            .scan(1..3, &|_| true, &mut |n, incident| {
                seen.push((n, incident.id.clone()));
                true
            })
            .unwrap();
        assert_eq!(seen, [(1, "b".to_owned()), (2, "c".to_owned())]);
        let mut count = 0;
        let _ = all.incidents.each(|_, _| {
            count += 1;
            false
        });
        assert_eq!(count, 1, "who has enough is asked no more");
    }

    #[test]
    fn one_dataset_is_itself() {
        let [one, _] = two();
        assert!(Arc::ptr_eq(&Dataset::joined(std::slice::from_ref(&one), ColorBy::EventType), &one));
    }
}
