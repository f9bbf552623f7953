//! The cells of one row, wherever they are, and what single cells say.

use std::borrow::Cow;

use crate::geo::coordinates;
use crate::io::geometry::{self, Geometry};
use crate::io::{geojson, geoparquet};

/// The cells of a row as text.
pub trait Cells {
    /// How many there are.
    fn count(&self) -> usize;

    /// The text of one; empty where there is none.
    fn cell(&self, column: usize) -> Cow<'_, str>;
}

impl<T: AsRef<str>> Cells for [T] {
    fn count(&self) -> usize {
        self.len()
    }

    fn cell(&self, column: usize) -> Cow<'_, str> {
        Cow::Borrowed(self.get(column).map_or("", AsRef::as_ref))
    }
}

/// Ways to write that a value is not known.
const UNKNOWN: [&str; 12] =
    ["na", "n/a", "#n/a", "nan", "null", "none", "nil", "unknown", "-", "—", "?", "неизвестно"];

/// Whether a cell says nothing, or that nothing is known.
pub(super) fn is_unknown(cell: &str) -> bool {
    let cell = cell.trim();
    // Nearly all cells are numbers and dates.
    if cell.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    cell.is_empty() || cell.len() <= 20 && UNKNOWN.contains(&cell.to_lowercase().as_str())
}

/// An angle in degrees: see [`coordinates::angle_deg`].
pub(super) fn angle_deg(cell: &str, is_lat: bool) -> Option<f64> {
    let cell = cell.trim();
    let is_plain = cell.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    if is_plain && let Ok(angle) = cell.parse::<f64>() {
        return Some(angle);
    }
    // Programs write angles next to nothing so: `8.5e-05`.
    if let Some((_, exponent)) = cell.split_once(['e', 'E'])
        && exponent.starts_with('-')
        && exponent.len() > 1
        && exponent[1..].bytes().all(|byte| byte.is_ascii_digit())
    {
        return cell.parse().ok();
    }
    coordinates::angle_deg(cell, is_lat)
}

/// A geometry as tables have it: well-known text, its bytes in hexadecimal digits as databases write them, or GeoJSON.
pub(super) fn geometry_of(cell: &str) -> Option<Geometry> {
    let cell = cell.trim();
    match cell.as_bytes().first()? {
        b'{' => geojson::geometry_of(cell),
        b'0' if cell.len() >= MIN_WKB_DIGITS => wkb_of(cell),
        _ => geometry::from_wkt(cell),
    }
}

/// A point has so many digits: an order, a kind and two numbers.
const MIN_WKB_DIGITS: usize = 2 * (1 + 4 + 16);

fn wkb_of(digits: &str) -> Option<Geometry> {
    let pairs = digits.as_bytes().chunks_exact(2);
    let is_even = pairs.remainder().is_empty();
    let bytes = pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
    geoparquet::geometry_of_wkb(&bytes).filter(|_| is_even)
}

/// A count of people: digits, with blanks between thousands at most.
pub(super) fn count_of(cell: &str) -> Option<u32> {
    let cell = cell.trim();
    let cell = cell.strip_suffix(".0").unwrap_or(cell);
    let digits: String = cell.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}')).collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// The parts of a list in one cell, without those that are empty.
pub(super) fn list_of(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').map(str::trim).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_stand_and_never_in_part() {
        assert_eq!(angle_deg(" 51.2772 ", true), Some(51.2772));
        assert_eq!(angle_deg("51,2772", true), Some(51.2772));
        assert_eq!(angle_deg("34°17′05″ E", false).map(|it| (it * 1e4).round()), Some(342_847.0));
        assert_eq!(angle_deg("-8.5e-05", false), Some(-0.000_085));
        for wrong in ["51.2772 or so", "1e3", "inf", "", "5-1", "1.2.3"] {
            assert_eq!(angle_deg(wrong, true), None, "{wrong}");
        }
        assert_eq!(count_of("1 200"), Some(1200));
        assert_eq!(count_of("3.0"), Some(3));
        for wrong in ["", "-1", "1.5", "many", "99999999999"] {
            assert_eq!(count_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn words_for_nothing_are_known() {
        assert!(is_unknown(" N/A ") && is_unknown("") && is_unknown("NaN"));
        assert!(!is_unknown("0") && !is_unknown("None of them"));
    }
}
