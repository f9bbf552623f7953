//! Reads the features of a large file back when somebody looks at them.

use std::ops::Range;
use std::sync::Arc;

use memchr::memchr;

use super::meaning::Meaning;
use super::read::{Links, id_of};
use crate::io::ids::ToldApart;
use crate::io::{EventTypes, Input};
use crate::model::{Incident, Marks, TextError, Texts};

/// Where each incident stands, and what its properties mean.
#[derive(Debug)]
pub(super) struct FeatureTexts {
    pub(super) input: Input,
    pub(super) meaning: Arc<Meaning>,
    pub(super) types: EventTypes,
    pub(super) told_apart: ToldApart,
    pub(super) links: Links,
    pub(super) offsets: Vec<u64>,
    pub(super) lengths: Vec<u32>,
    pub(super) marks: Option<Marks>,
}

impl FeatureTexts {
    fn incident(&self, number: usize, bytes: &[u8]) -> Result<Incident, TextError> {
        let changed = || TextError::Changed { file: self.input.name().to_owned() };
        let text = std::str::from_utf8(bytes).map_err(|_| changed())?;
        let (mut incident, related) = self.meaning.incident(text, &self.types).map_err(|_| changed())?;
        incident.id = self.told_apart.name(number, number + 1, id_of(number, incident.id));
        incident.related = self.links.resolve(related);
        Ok(incident)
    }

    fn place(&self, number: usize) -> Option<(u64, usize)> {
        Some((*self.offsets.get(number)?, *self.lengths.get(number)? as usize))
    }
}

impl Texts for FeatureTexts {
    fn read(&self, number: usize) -> Result<Incident, TextError> {
        let changed = || TextError::Changed { file: self.input.name().to_owned() };
        let (offset, length) = self.place(number).ok_or_else(changed)?;
        self.incident(number, &self.input.again(offset, length)?)
    }

    fn scan(
        &self,
        range: Range<usize>,
        wanted: &dyn Fn(&[u8]) -> bool,
        visit: &mut dyn FnMut(usize, &Incident) -> bool,
    ) -> Result<(), TextError> {
        self.input.each_stretch(
            range,
            |n| self.place(n),
            |number, bytes| {
                // What is escaped stands in other bytes than those that are looked for.
                let is_wanted = self.meaning.adds_words() || memchr(b'\\', bytes).is_some() || wanted(bytes);
                Ok(!is_wanted || visit(number, &self.incident(number, bytes)?))
            },
        )
    }

    fn marks(&self) -> Option<&Marks> {
        self.marks.as_ref()
    }
}
