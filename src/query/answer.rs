//! What a pass over the columns leaves: who is shown, in slot order, and tables from which any stretch of slots is
//! counted and averaged with two look-ups.
//!
//! The tables hold one row per word of 64 slots, counted from the start of the word's chunk; chunks have bases of their
//! own. So threads can write chunks without knowing what came before them.

use std::ops::Range;
use std::sync::Arc;

use super::bitmap::{Bitmap, Ones, bit, low_bits};
use super::columns::{Columns, PRECISIONS, STATUSES, TYPE_COUNTS, precision_code, status_code};
use super::criteria::Criteria;
use super::morton;
use crate::model::{Precision, Status};

/// Words in a chunk.
pub(super) const CHUNK: usize = 1024;

/// What stands before a chunk, or in it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) count: u32,
    pub(super) position: [u64; 2],
    pub(super) types: [u32; TYPE_COUNTS],
}

/// The answer to some [`Criteria`]. Its buffers are used again by the next pass that writes into it.
#[derive(Debug, Default)]
pub struct Answer {
    pub(super) columns_id: u64,
    pub(super) criteria: Criteria,
    /// Who passes, by slot. One bit past the last slot always exists.
    pub(super) shown: Vec<u64>,
    /// Who passes if there were no time window, by slot.
    pub(super) at_any_time: Vec<u64>,
    pub(super) counts: Vec<u32>,
    pub(super) positions: Vec<[u64; 2]>,
    /// As many entries per word as there are planes of event types.
    pub(super) types: Vec<u32>,
    pub(super) type_planes: usize,
    pub(super) bases: Vec<Sums>,
    pub(super) total: Sums,
    pub(super) options: Options,
    /// One for each thread.
    pub(super) tallies: Vec<Options>,
    pub(super) text: GivenInSlots,
    pub(super) values: GivenInSlots,
}

/// How many incidents each option of a condition would show, the other conditions unchanged.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) types: Vec<u32>,
    pub(super) statuses: [u32; STATUSES.len()],
    /// By precision, that one only.
    pub(super) precisions: [u32; PRECISIONS.len()],
}

/// The incidents in which a text was found, or which have the chosen values, brought into slot order: kept, since they
/// stay while a window plays.
#[derive(Debug, Default)]
pub(super) struct GivenInSlots {
    pub(super) source: Option<Arc<Bitmap>>,
    pub(super) words: Vec<u64>,
}

impl Answer {
    /// What was asked.
    #[must_use]
    pub fn criteria(&self) -> &Criteria {
        &self.criteria
    }

    /// How many incidents pass.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total.count as usize
    }

    /// How many incidents of this type would pass if the type were shown, the other conditions unchanged.
    #[must_use]
    pub fn count_of_type(&self, event_type: usize) -> usize {
        self.options.types.get(event_type).map_or(0, |&count| count as usize)
    }

    /// How many incidents of this status would pass if the status were shown, the other conditions unchanged.
    #[must_use]
    pub fn count_of_status(&self, status: Status) -> usize {
        self.options.statuses[usize::from(status_code(status))] as usize
    }

    /// How many incidents would pass if their position had to be known at least so exactly, the other conditions
    /// unchanged.
    #[must_use]
    pub fn count_at_least(&self, precision: Precision) -> usize {
        self.options.precisions.iter().take(usize::from(precision_code(precision)) + 1).sum::<u32>() as usize
    }

    /// Who passes, by slot: 64 to a word, lowest bit first. The bits past the last slot are zero.
    #[must_use]
    pub fn shown_words(&self) -> &[u64] {
        &self.shown
    }

    pub(super) fn shows_slot(&self, slot: usize) -> bool {
        bit(&self.shown, slot)
    }

    /// How many of the slots before this one are shown.
    pub(super) fn rank(&self, slot: u32) -> u32 {
        let (word, bit) = (slot as usize / 64, slot as usize % 64);
        let Some(bits) = self.shown.get(word) else { return self.total.count };
        self.bases[word / CHUNK].count + self.counts[word] + (bits & low_bits(bit)).count_ones()
    }

    /// Sums of x and y of the shown slots before this one.
    pub(super) fn position_sums(&self, columns: &Columns, slot: u32) -> [u64; 2] {
        let (word, bit) = (slot as usize / 64, slot as usize % 64);
        let Some(bits) = self.shown.get(word) else { return self.total.position };
        let (base, row) = (self.bases[word / CHUNK].position, self.positions[word]);
        let part = masked_sums(columns, word, bits & low_bits(bit));
        [base[0] + row[0] + part[0], base[1] + row[1] + part[1]]
    }

    /// Adds (or, where `sign` is -1, takes away) the shown slots before this one, by event type.
    fn add_types(
        &self,
        columns: &Columns,
        slot: u32,
        into: &mut [u32; TYPE_COUNTS],
        add: fn(u32, u32) -> u32,
    ) {
        let (word, bit) = (slot as usize / 64, slot as usize % 64);
        let Some(bits) = self.shown.get(word) else {
            into.iter_mut().zip(&self.total.types).for_each(|(into, count)| *into = add(*into, *count));
            return;
        };
        let bits = bits & low_bits(bit);
        let row = &self.types[word * self.type_planes..][..self.type_planes];
        let planes = &columns.planes.bits[word * columns.planes.stride()..][..self.type_planes];
        let base = &self.bases[word / CHUNK].types;
        for (((into, base), row), plane) in into.iter_mut().zip(base).zip(row).zip(planes) {
            *into = add(*into, base + row + (plane & bits).count_ones());
        }
    }

    /// Adds the shown slots of a run by event type.
    pub(super) fn count_types(&self, columns: &Columns, run: &Range<u32>, into: &mut [u32; TYPE_COUNTS]) {
        self.add_types(columns, run.end, into, u32::wrapping_add);
        self.add_types(columns, run.start, into, u32::wrapping_sub);
    }

    /// The slot of the `n`-th shown incident, counted from 0.
    pub(super) fn select(&self, n: u32) -> Option<u32> {
        if n >= self.total.count {
            return None;
        }
        let chunk = self.bases.partition_point(|base| base.count <= n) - 1;
        let within = n - self.bases[chunk].count;
        let first = chunk * CHUNK;
        let counts = &self.counts[first..(first + CHUNK).min(self.counts.len())];
        let word = first + counts.partition_point(|&count| count <= within) - 1;
        let skipped = (within - self.counts[word]) as usize;
        Ones(self.shown[word]).nth(skipped).map(|bit| word as u32 * 64 + bit)
    }

    /// The first shown slot of a run.
    pub(super) fn first_in(&self, run: &Range<u32>) -> Option<u32> {
        // Mostly it is at hand; where few are shown the tables find it faster than a walk.
        let at_hand = run.start..run.end.min(run.start.saturating_add(64));
        let first = self.slots_in(at_hand).next().or_else(|| self.select(self.rank(run.start)))?;
        (first < run.end).then_some(first)
    }

    /// The shown slots of a run, ascending.
    pub(super) fn slots_in(&self, run: Range<u32>) -> impl Iterator<Item = u32> + '_ {
        let (first, last) = (run.start as usize / 64, (run.end as usize).div_ceil(64));
        let words = self.shown.get(first..last).unwrap_or_default();
        words.iter().enumerate().flat_map(move |(n, &word)| {
            let start = (first + n) as u32 * 64;
            let mut bits = word;
            if run.start > start {
                bits &= !low_bits((run.start - start) as usize);
            }
            if run.end < start + 64 {
                bits &= low_bits(run.end.saturating_sub(start) as usize);
            }
            Ones(bits).map(move |bit| start + bit)
        })
    }
}

/// Sums of x and y over the set bits of a word.
pub(super) fn masked_sums(columns: &Columns, word: usize, bits: u64) -> [u64; 2] {
    /// Fewer set bits than this are added one by one.
    const FEW: u32 = 8;
    /// Positions that share a cell of this level differ by so little that 32 bits hold the sum of 64 differences.
    const ENOUGH: u32 = 6;
    if bits == 0 {
        return [0; 2];
    }
    if bits == u64::MAX {
        return columns.word_sums[word];
    }
    let (x, y) = (&columns.x[word * 64..], &columns.y[word * 64..]);
    if let (Some(x), Some(y), FEW..) = (x.first_chunk::<64>(), y.first_chunk::<64>(), bits.count_ones()) {
        // In Morton order the first and the last of the word tell what all have in common.
        let level = morton::common_level((x[0], y[0]), (x[63], y[63]));
        if level >= ENOUGH && (word + 1) * 64 <= columns.mappable() {
            let count = bits.count_ones();
            let sums = wrapped_sums(x, y, bits);
            let full = |sum: u32, any: u32| {
                let base = any & !u32::MAX.checked_shr(level).unwrap_or(0);
                u64::from(sum.wrapping_sub(base.wrapping_mul(count))) + u64::from(base) * u64::from(count)
            };
            return [full(sums[0], x[0]), full(sums[1], y[0])];
        }
    }
    Ones(bits).fold([0; 2], |sums, bit| {
        let bit = bit as usize;
        [sums[0] + u64::from(x[bit]), sums[1] + u64::from(y[bit])]
    })
}

/// For each byte, its bits as masks of whole numbers.
static MASKS: [[u32; 8]; 256] = {
    let mut masks = [[0; 8]; 256];
    let mut at = 0;
    while at < 256 * 8 {
        masks[at / 8][at % 8] = if (at / 8) >> (at % 8) & 1 == 1 { u32::MAX } else { 0 };
        at += 1;
    }
    masks
};

/// Sums over the set bits, modulo 2^32. Written for the vectoriser.
fn wrapped_sums(x: &[u32; 64], y: &[u32; 64], bits: u64) -> [u32; 2] {
    let (mut sum_x, mut sum_y) = ([0_u32; 8], [0_u32; 8]);
    let eights = x.as_chunks::<8>().0.iter().zip(y.as_chunks::<8>().0);
    for (byte, (x, y)) in bits.to_le_bytes().into_iter().zip(eights) {
        let masks = &MASKS[usize::from(byte)];
        for n in 0..8 {
            sum_x[n] = sum_x[n].wrapping_add(x[n] & masks[n]);
            sum_y[n] = sum_y[n].wrapping_add(y[n] & masks[n]);
        }
    }
    [sum_x, sum_y].map(|sums| sums.into_iter().fold(0, u32::wrapping_add))
}
