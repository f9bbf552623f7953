//! Morton order: the bits of x and y interleaved, so that every cell of the map, at any level, is one contiguous run.

/// The key of a position; x in the even bits, y in the odd ones.
pub(super) fn key(x: u32, y: u32) -> u64 {
    spread(x) | spread(y) << 1
}

/// The position of a key.
pub(super) fn position(key: u64) -> (u32, u32) {
    (squeeze(key), squeeze(key >> 1))
}

/// The cell of `level` that holds the key: one of `4^level`, itself numbered in Morton order.
pub(super) fn cell(key: u64, level: u32) -> u64 {
    key.checked_shr(64 - 2 * level).unwrap_or(0)
}

/// The first key of a cell, or `None` for the cell after the last.
pub(super) fn first_key(cell: u64, level: u32) -> Option<u64> {
    if level == 0 {
        return (cell == 0).then_some(0);
    }
    (cell.checked_shr(2 * level).unwrap_or(0) == 0).then(|| cell << (64 - 2 * level))
}

/// The deepest level at which both positions are in the same cell.
pub(super) fn common_level(a: (u32, u32), b: (u32, u32)) -> u32 {
    ((a.0 ^ b.0) | (a.1 ^ b.1)).leading_zeros()
}

fn spread(value: u32) -> u64 {
    let mut v = u64::from(value);
    v = (v | v << 16) & 0x0000_FFFF_0000_FFFF;
    v = (v | v << 8) & 0x00FF_00FF_00FF_00FF;
    v = (v | v << 4) & 0x0F0F_0F0F_0F0F_0F0F;
    v = (v | v << 2) & 0x3333_3333_3333_3333;
    (v | v << 1) & 0x5555_5555_5555_5555
}

fn squeeze(value: u64) -> u32 {
    let mut v = value & 0x5555_5555_5555_5555;
    v = (v | v >> 1) & 0x3333_3333_3333_3333;
    v = (v | v >> 2) & 0x0F0F_0F0F_0F0F_0F0F;
    v = (v | v >> 4) & 0x00FF_00FF_00FF_00FF;
    v = (v | v >> 8) & 0x0000_FFFF_0000_FFFF;
    (v | v >> 16) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_four_quarters_of_the_world_follow_each_other() {
        let far = 1 << 31;
        let quarters = [(0, 0), (far, 0), (0, far), (far, far)].map(|(x, y)| cell(key(x, y), 1));
        assert_eq!(quarters, [0, 1, 2, 3]);
        assert_eq!(cell(u64::MAX, 0), 0);
        assert_eq!((first_key(4, 1), first_key(1, 0), first_key(3, 1)), (None, None, Some(3 << 62)));
    }

    proptest! {
        #[test]
        fn a_key_gives_its_position_back(x in any::<u32>(), y in any::<u32>(), level in 0u32..=32) {
            let key = key(x, y);
            prop_assert_eq!(position(key), (x, y));
            let first = first_key(cell(key, level), level).unwrap();
            prop_assert!(first <= key && first_key(cell(key, level) + 1, level).is_none_or(|next| key < next));
        }
    }
}
