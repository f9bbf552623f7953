//! A reader of the small pieces that the embedded files are made of: varints, zigzag numbers, strings.
//!
//! Every method returns `None` instead of reading past the end.

use crate::geo::{LonLat, UnitPoint};

/// Cells a side of the grid on which the pipeline keeps positions: 2^21 over the Web Mercator unit square.
pub(super) const GRID: u32 = 1 << 21;

/// A position in the bytes of a file.
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// Starts reading at `offset`.
    pub(super) fn at(bytes: &'a [u8], offset: usize) -> Option<Self> {
        bytes.get(offset..).map(|rest| Self { rest })
    }

    /// The next `n` bytes.
    pub(super) fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        Some(taken)
    }

    /// A LEB128 number of at most five bytes.
    pub(super) fn varint(&mut self) -> Option<u32> {
        let mut value = 0_u64;
        for shift in (0..35).step_by(7) {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return u32::try_from(value).ok();
            }
        }
        None
    }

    /// A signed number, folded into an unsigned one.
    pub(super) fn zigzag(&mut self) -> Option<i64> {
        self.varint().map(unfold)
    }

    /// A string with its length before it.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = self.varint()?;
        std::str::from_utf8(self.take(usize::try_from(length).ok()?)?).ok()
    }
}

/// 0, 1, 2, 3 ... back to 0, -1, 1, -2 ...
pub(super) fn unfold(folded: u32) -> i64 {
    let half = i64::from(folded >> 1);
    if folded & 1 == 0 { half } else { -half - 1 }
}

/// A little-endian number at `offset`.
pub(super) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    let four = bytes.get(offset..offset.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

/// Grid cells to degrees. `x` may go on past the antimeridian, up to half a world; the longitude then exceeds 180.
pub(super) fn grid_position(x: i64, y: i64) -> Option<LonLat> {
    let grid = i64::from(GRID);
    if !(0..=grid * 3 / 2).contains(&x) || !(0..=grid).contains(&y) {
        return None;
    }
    let unit = UnitPoint { x: 0.0, y: y as f64 / f64::from(GRID) };
    Some(LonLat::new(x as f64 / f64::from(GRID) * 360.0 - 180.0, unit.to_lon_lat().lat_deg))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_are_read_to_their_last_byte_and_no_further() {
        let mut cursor = Cursor::at(&[0x05, 0xac, 0x02, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x80], 0).unwrap();
        assert_eq!(cursor.varint(), Some(5));
        assert_eq!(cursor.varint(), Some(300));
        assert_eq!(cursor.varint(), Some(u32::MAX));
        assert_eq!(cursor.varint(), None);
    }

    #[test]
    fn folded_numbers_unfold_around_zero() {
        assert_eq!([0, 1, 2, 3, u32::MAX].map(unfold), [0, -1, 1, -2, -(1 << 31)]);
    }

    #[test]
    fn a_string_longer_than_the_file_is_refused() {
        assert_eq!(Cursor::at(&[3, b'a', b'b'], 0).unwrap().text(), None);
        assert_eq!(Cursor::at(&[2, b'a', b'b'], 0).unwrap().text(), Some("ab"));
    }

    #[test]
    fn the_middle_of_the_grid_is_greenwich_on_the_equator() {
        let half = i64::from(GRID / 2);
        assert_eq!(grid_position(half, half), Some(LonLat::new(0.0, 0.0)));
        assert_eq!(grid_position(-1, half), None);
    }
}
