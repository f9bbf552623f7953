//! A set of numbered things, one bit each, in words of 64.

use std::ops::Range;

/// A set of the numbers `0..len`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bitmap {
    words: Vec<u64>,
    len: usize,
}

impl Bitmap {
    /// The empty set of `0..len`.
    #[must_use]
    pub fn zeros(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }

    /// The full set of `0..len`.
    #[must_use]
    pub fn ones(len: usize) -> Self {
        Self::from_words(vec![u64::MAX; len.div_ceil(64)], len)
    }

    /// A set from its words, lowest bit first. Missing words are empty; bits from `len` on are dropped.
    #[must_use]
    pub fn from_words(mut words: Vec<u64>, len: usize) -> Self {
        words.resize(len.div_ceil(64), 0);
        if let (Some(last), 1..) = (words.last_mut(), len % 64) {
            *last &= low_bits(len % 64);
        }
        Self { words, len }
    }

    /// How many numbers there are, in the set or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no numbers at all (not: whether the set holds none).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the number is in the set. Numbers from `len` on are not.
    #[must_use]
    pub fn contains(&self, number: usize) -> bool {
        bit(&self.words, number)
    }

    /// Puts the number into the set. Numbers from `len` on are left out.
    pub fn insert(&mut self, number: usize) {
        if number < self.len {
            self.words[number / 64] |= 1 << (number % 64);
        }
    }

    /// The numbers that are in both sets, of as many as this one has.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        let others = other.words.iter().copied().chain(std::iter::repeat(0));
        self.words.iter_mut().zip(others).for_each(|(word, other)| *word &= other);
        self
    }

    /// Takes a stretch of numbers out of the set.
    pub fn clear(&mut self, numbers: Range<usize>) {
        let numbers = numbers.start.min(self.len)..numbers.end.min(self.len);
        for n in numbers.start / 64..numbers.end.div_ceil(64) {
            let from = numbers.start.saturating_sub(n * 64);
            let until = (numbers.end - n * 64).min(64);
            let below = |count: usize| if count == 64 { u64::MAX } else { low_bits(count) };
            self.words[n] &= !(below(until) & !below(from));
        }
    }

    /// How many numbers are in the set.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The words, lowest bit first.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The numbers in the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(n, &word)| Ones(word).map(move |bit| n * 64 + bit as usize))
    }
}

/// The bit of a number; false past the end.
pub(super) fn bit(words: &[u64], number: usize) -> bool {
    words.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
}

/// A word whose lowest `count` bits are set, `count` below 64.
pub(super) fn low_bits(count: usize) -> u64 {
    (1 << count) - 1
}

/// The set bits of a word, ascending.
pub(super) struct Ones(pub(super) u64);

impl Iterator for Ones {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let bit = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        (bit < 64).then_some(bit)
    }
}

/// 64 flags, each 0 or 1, as one word.
pub(super) fn pack(flags: &[u8; 64]) -> u64 {
    // The product brings the lowest bit of byte `n` to bit 56 + n, and nothing else there.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = flags.as_chunks::<8>();
    eights
        .iter()
        .rev()
        .fold(0, |word, eight| word << 8 | u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_past_the_end_are_never_in_the_set() {
        let mut set = Bitmap::ones(70);
        set.insert(70);
        assert_eq!((set.count(), set.contains(69), set.contains(70)), (70, true, false));
        assert_eq!(Bitmap::zeros(0).count() + Bitmap::ones(0).count(), 0);
    }

    proptest! {
        #[test]
        fn a_set_holds_what_was_put_in(numbers in prop::collection::btree_set(0usize..300, 0..50)) {
            let mut set = Bitmap::zeros(300);
            for &number in &numbers {
                set.insert(number);
            }
            prop_assert_eq!(set.iter().collect::<Vec<_>>(), numbers.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(set.count(), numbers.len());
        }

        #[test]
        fn a_stretch_that_is_taken_out_is_gone_and_nothing_else(len in 0usize..300, a in 0usize..320, b in 0usize..320) {
            let mut set = Bitmap::ones(len);
            set.clear(a..b);
            let left: Vec<usize> = (0..len).filter(|n| !(a..b).contains(n)).collect();
            prop_assert_eq!(set.iter().collect::<Vec<_>>(), left);
        }

        #[test]
        fn flags_are_packed_in_their_order(word in any::<u64>()) {
            prop_assert_eq!(pack(&std::array::from_fn(|n| (word >> n & 1) as u8)), word);
        }
    }
}
