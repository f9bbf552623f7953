//! Delta-packed lengths, as they stand before the texts of a page: how many there are, where they end, and their sum.
//!
//! The parquet crate makes room for as many texts as they announce, each with a beginning that it copies from the text
//! before it: a page of a few bytes could announce terabytes.

use parquet::basic::Encoding;

use crate::io::limits::MAX_PARQUET_PAGE_BYTES;

/// Values of a block are at most so many; writers use 128.
const MAX_BLOCK: u64 = 1 << 20;

/// Lengths that were looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lengths {
    count: u64,
    /// Sum of all of them.
    sum: u64,
    /// Where the bytes behind them begin.
    end: usize,
}

/// Whether what a page's values announce is bounded by how many values the page has, and by the size of pages.
pub(super) fn fits(encoding: Encoding, values: &[u8], num_values: u32) -> bool {
    let most = u64::from(num_values);
    let is_bounded =
        |lengths: &Lengths| lengths.count <= most && lengths.sum <= MAX_PARQUET_PAGE_BYTES as u64;
    match encoding {
        // A page of nulls only may have no values, and no header for them.
        _ if values.is_empty() => true,
        Encoding::DELTA_BINARY_PACKED => head(values).is_some_and(|(head, _)| head.count <= most),
        Encoding::DELTA_LENGTH_BYTE_ARRAY => lengths(values).is_some_and(|it| is_bounded(&it)),
        Encoding::DELTA_BYTE_ARRAY => lengths(values).is_some_and(|prefixes| {
            let suffixes = values.get(prefixes.end..).and_then(lengths);
            is_bounded(&prefixes) && suffixes.is_some_and(|it| is_bounded(&it))
        }),
        _ => true,
    }
}

/// What stands before delta-packed numbers.
struct Head {
    block: u64,
    parts: u64,
    count: u64,
    first: i64,
}

fn head(bytes: &[u8]) -> Option<(Head, usize)> {
    let mut at = 0;
    let (block, parts, count) =
        (unsigned(bytes, &mut at)?, unsigned(bytes, &mut at)?, unsigned(bytes, &mut at)?);
    let first = signed(bytes, &mut at)?;
    let is_sound =
        block <= MAX_BLOCK && parts > 0 && parts <= block && block % parts == 0 && (block / parts) % 8 == 0;
    is_sound.then_some((Head { block, parts, count, first }, at))
}

fn lengths(bytes: &[u8]) -> Option<Lengths> {
    let (head, mut at) = head(bytes)?;
    let part = usize::try_from(head.block / head.parts).ok()?;
    let (mut value, mut sum) = (head.first, 0_u64);
    let mut left = head.count;
    if left > 0 {
        sum = u64::try_from(value).ok()?;
        left -= 1;
    }
    while left > 0 {
        let least = signed(bytes, &mut at)?;
        let widths = bytes.get(at..at + usize::try_from(head.parts).ok()?)?;
        at += widths.len();
        for &width in widths {
            // The widths of parts without values may be anything, and nothing stands there.
            if left == 0 {
                break;
            }
            let width = usize::from(width);
            let packed = bytes.get(at..)?;
            for n in 0..part.min(usize::try_from(left).unwrap_or(part)) {
                value = value.checked_add(least)?.checked_add(bits(packed, n * width, width)?)?;
                sum = sum.checked_add(u64::try_from(value).ok()?)?;
            }
            left = left.saturating_sub(part as u64);
            at += width * part / 8;
        }
    }
    (at <= bytes.len()).then_some(Lengths { count: head.count, sum, end: at })
}

/// The number in these bits, the lowest first. Lengths have at most 32.
fn bits(bytes: &[u8], from: usize, width: usize) -> Option<i64> {
    if width > 32 {
        return None;
    }
    let mut word = [0; 8];
    let first = from / 8;
    let last = (from + width).div_ceil(8);
    let there = bytes.get(first..last)?;
    word[..there.len()].copy_from_slice(there);
    Some(((u64::from_le_bytes(word) >> (from % 8)) & ((1_u64 << width) - 1)).cast_signed())
}

fn unsigned(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn signed(bytes: &[u8], at: &mut usize) -> Option<i64> {
    let zigzag = unsigned(bytes, at)?;
    Some((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The lengths 1, 2, 3, 4, 5 as the format's own description packs them: all deltas are 1, in no bits.
    const ONE_TO_FIVE: [u8; 9] = [0x80, 0x01, 0x04, 0x05, 0x02, 0x02, 0, 0, 0];

    #[test]
    fn lengths_are_summed_and_their_end_is_found() {
        let bytes: Vec<u8> = ONE_TO_FIVE.into_iter().chain([0, b'x']).collect();
        assert_eq!(lengths(&bytes), Some(Lengths { count: 5, sum: 15, end: 10 }));
        assert!(fits(Encoding::DELTA_LENGTH_BYTE_ARRAY, &bytes, 5));
        assert!(!fits(Encoding::DELTA_LENGTH_BYTE_ARRAY, &bytes, 4));
    }

    #[test]
    fn a_page_that_announces_terabytes_does_not_fit() {
        // 2^40 values, all of the length 2^30, in no bits.
        let count = [0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
        let bytes: Vec<u8> = [0x80, 0x01, 0x04].into_iter().chain(count).chain([0x02; 60]).collect();
        for encoding in
            [Encoding::DELTA_BINARY_PACKED, Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY]
        {
            assert!(!fits(encoding, &bytes, 1000), "{encoding}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_looked_through(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = lengths(&bytes);
        }
    }
}
