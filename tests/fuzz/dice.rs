//! Numbers that look random and are always the same for the same seed (splitmix64).

use std::ops::Range;

/// A pair of dice.
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but not including, `end`; 0 where there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.next() % end as u64) as usize }
    }

    /// Once in `n` times.
    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of some things.
    pub(crate) fn of<'a, T: ?Sized + AsRef<[U]>, U>(&mut self, things: &'a T) -> &'a U {
        let things = things.as_ref();
        &things[self.below(things.len())]
    }

    /// A number between two others.
    pub(crate) fn between(&mut self, least: f64, most: f64) -> f64 {
        least + (most - least) * (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A stretch of something that is so long: mostly a short one.
    pub(crate) fn stretch(&mut self, len: usize) -> Range<usize> {
        let start = self.below(len + 1);
        let longest = if self.once_in(8) { len } else { 1 << self.below(7) };
        let size = self.below(longest + 1);
        start..(start + size).min(len)
    }
}
