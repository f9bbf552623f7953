//! Reads the features of a large file back when somebody looks at them.

use std::ops::Range;
use std::sync::Arc;

use memchr::memchr;

use super::meaning::Meaning;
use super::read::Ids;
use crate::io::{EventTypes, Input};
use crate::model::{Incident, TextError, Texts};

/// Bytes that are read at a time on a way through many incidents.
const BLOCK_BYTES: u64 = 4 << 20;

/// Where each incident stands, and what its properties mean.
#[derive(Debug)]
pub(super) struct FeatureTexts {
    pub(super) input: Input,
    pub(super) meaning: Arc<Meaning>,
    pub(super) types: EventTypes,
    pub(super) ids: Ids,
    pub(super) offsets: Vec<u64>,
    pub(super) lengths: Vec<u32>,
}

impl FeatureTexts {
    fn incident(&self, number: usize, bytes: &[u8]) -> Result<Incident, TextError> {
        let changed = || TextError::Changed { file: self.input.name().to_owned() };
        let text = std::str::from_utf8(bytes).map_err(|_| changed())?;
        let (mut incident, related) = self.meaning.incident(text, &self.types).map_err(|_| changed())?;
        incident.id = self.ids.name(number, incident.id);
        incident.related = self.ids.resolve(related);
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
        let range = range.start..range.end.min(self.offsets.len());
        let mut next = range.start;
        while next < range.end {
            let Some((first, length)) = self.place(next) else { break };
            let mut last = first + length as u64;
            let mut end = next + 1;
            while let Some((offset, length)) = self.place(end).filter(|_| end < range.end) {
                if offset + length as u64 - first > BLOCK_BYTES {
                    break;
                }
                last = offset + length as u64;
                end += 1;
            }
            let block = self.input.again(first, (last - first) as usize)?;
            for number in next..end {
                let Some((offset, length)) = self.place(number) else { break };
                let from = (offset - first) as usize;
                let bytes = block.get(from..from + length).unwrap_or_default();
                // What is escaped stands in other bytes than those that are looked for.
                let is_wanted = self.meaning.adds_words() || memchr(b'\\', bytes).is_some() || wanted(bytes);
                if is_wanted && !visit(number, &self.incident(number, bytes)?) {
                    return Ok(());
                }
            }
            next = end;
        }
        Ok(())
    }
}
