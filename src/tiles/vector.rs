//! The structure of a vector tile (MVT 1 and 2, <https://github.com/mapbox/vector-tile-spec>), looked through before
//! anything decodes it: whole, and within limits for all that the decoder would make room for.
//!
//! Files of maps hold the same tiles as servers: whoever decodes one calls [`check`] first.

use crate::limits::{
    MAX_TILE_COORDINATE, MAX_TILE_FEATURES, MAX_TILE_LAYERS, MAX_TILE_RING_WORK, MAX_TILE_TAGS,
    MAX_TILE_TEXT_BYTES, MAX_TILE_VALUES, MAX_TILE_VERTICES, MAX_VECTOR_TILE_BYTES,
};

/// What is wrong with a vector tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VectorProblem {
    /// Its bytes are no vector tile, or end too early.
    #[error("it is not a whole vector tile")]
    Malformed,
    /// It would take more memory or time than a tile may.
    #[error("it has more in it than a tile may have")]
    TooLarge,
}

use VectorProblem::{Malformed, TooLarge};

/// Looks a vector tile through, unpacked.
pub fn check(tile: &[u8]) -> Result<(), VectorProblem> {
    bounded(tile.len(), MAX_VECTOR_TILE_BYTES)?;
    let mut sums = Sums::default();
    let mut layers = 0;
    for field in Fields(tile) {
        if let (3, Field::Bytes(layer)) = field? {
            layers += 1;
            bounded(layers, MAX_TILE_LAYERS)?;
            check_layer(layer, &mut sums)?;
        }
    }
    Ok(())
}

/// What the features of a tile take, all together.
#[derive(Default)]
struct Sums {
    features: usize,
    tags: usize,
    text_bytes: usize,
    vertices: usize,
    ring_work: usize,
}

fn bounded(count: usize, limit: usize) -> Result<(), VectorProblem> {
    if count <= limit { Ok(()) } else { Err(TooLarge) }
}

fn check_layer(layer: &[u8], sums: &mut Sums) -> Result<(), VectorProblem> {
    // Features may stand before the names and values that they refer to.
    let (mut key_bytes, mut value_bytes) = (Vec::new(), Vec::new());
    for field in Fields(layer) {
        match field? {
            (3, Field::Bytes(key)) => key_bytes.push(text(key)?),
            (4, Field::Bytes(value)) => value_bytes.push(check_value(value)?),
            (1, Field::Bytes(name)) => drop(text(name)?),
            (15, Field::Number(version)) if version != 1 && version != 2 => return Err(Malformed),
            (1..=4, Field::Number(_)) | (5 | 15, Field::Bytes(_)) => return Err(Malformed),
            _ => {}
        }
        bounded(key_bytes.len().max(value_bytes.len()), MAX_TILE_VALUES)?;
    }
    for field in Fields(layer) {
        if let (2, Field::Bytes(feature)) = field? {
            check_feature(feature, &key_bytes, &value_bytes, sums)?;
        }
    }
    Ok(())
}

/// The length of a text.
fn text(bytes: &[u8]) -> Result<usize, VectorProblem> {
    std::str::from_utf8(bytes).map(str::len).map_err(|_| Malformed)
}

/// The length of the text that a value has, if any.
fn check_value(value: &[u8]) -> Result<usize, VectorProblem> {
    let mut length = 0;
    for field in Fields(value) {
        if let (1, Field::Bytes(bytes)) = field? {
            length = text(bytes)?;
        }
    }
    Ok(length)
}

fn check_feature(
    feature: &[u8],
    key_bytes: &[usize],
    value_bytes: &[usize],
    sums: &mut Sums,
) -> Result<(), VectorProblem> {
    sums.features += 1;
    bounded(sums.features, MAX_TILE_FEATURES)?;
    let (mut tags, mut geometry) = (None, None);
    for field in Fields(feature) {
        match field? {
            (2, Field::Bytes(bytes)) if tags.is_none() => tags = Some(bytes),
            (4, Field::Bytes(bytes)) if geometry.is_none() => geometry = Some(bytes),
            // A kind of geometry that there is not, and lists in several pieces, which no encoder writes.
            (3, Field::Number(4..)) | (3, Field::Bytes(_)) | (2 | 4, _) => return Err(Malformed),
            _ => {}
        }
    }
    check_tags(tags.unwrap_or_default(), key_bytes, value_bytes, sums)?;
    check_geometry(geometry.unwrap_or_default(), sums)
}

fn check_tags(
    tags: &[u8],
    key_bytes: &[usize],
    value_bytes: &[usize],
    sums: &mut Sums,
) -> Result<(), VectorProblem> {
    let mut numbers = Numbers(tags);
    while let Some(key) = numbers.next().transpose()? {
        let value = numbers.next().ok_or(Malformed)??;
        let key = key_bytes.get(key as usize).ok_or(Malformed)?;
        let value = value_bytes.get(value as usize).ok_or(Malformed)?;
        sums.tags += 1;
        sums.text_bytes += key + value;
        bounded(sums.tags, MAX_TILE_TAGS)?;
        bounded(sums.text_bytes, MAX_TILE_TEXT_BYTES)?;
    }
    Ok(())
}

fn check_geometry(geometry: &[u8], sums: &mut Sums) -> Result<(), VectorProblem> {
    let mut numbers = Numbers(geometry);
    let (mut x, mut y) = (0_i64, 0_i64);
    let (mut count, mut parts, mut in_part) = (0_usize, 0_usize, 0_usize);
    while let Some(command) = numbers.next().transpose()? {
        count += 1;
        match command & 7 {
            kind @ (1 | 2) => {
                if kind == 1 {
                    (parts, in_part) = (parts + 1, 0);
                }
                for _ in 0..command >> 3 {
                    x += zigzag(numbers.next().ok_or(Malformed)??);
                    y += zigzag(numbers.next().ok_or(Malformed)??);
                    if x.abs() > MAX_TILE_COORDINATE || y.abs() > MAX_TILE_COORDINATE {
                        return Err(Malformed);
                    }
                    count += 2;
                    in_part += 1;
                    sums.vertices += 1;
                    bounded(sums.vertices, MAX_TILE_VERTICES)?;
                }
            }
            7 if in_part > 0 => (parts, in_part) = (parts + 1, 0),
            _ => return Err(Malformed),
        }
    }
    sums.ring_work = sums.ring_work.saturating_add(parts.saturating_mul(count));
    bounded(sums.ring_work, MAX_TILE_RING_WORK)
}

fn zigzag(number: u32) -> i64 {
    i64::from((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

/// A field of a protobuf message.
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Fixed,
}

/// The fields of a protobuf message with their numbers. Ends after the first problem.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Field<'a>), VectorProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = field(&mut self.0);
        if field.is_none() {
            self.0 = &[];
        }
        Some(field.ok_or(Malformed))
    }
}

fn field<'a>(bytes: &mut &'a [u8]) -> Option<(u64, Field<'a>)> {
    let tag = varint(bytes)?;
    let number = tag >> 3;
    // Field numbers go from 1 to 2^29 - 1.
    if number == 0 || number >= 1 << 29 {
        return None;
    }
    let field = match tag & 7 {
        0 => Field::Number(varint(bytes)?),
        1 => take(bytes, 8).map(|_| Field::Fixed)?,
        2 => {
            let length = usize::try_from(varint(bytes)?).ok()?;
            Field::Bytes(take(bytes, length)?)
        }
        5 => take(bytes, 4).map(|_| Field::Fixed)?,
        _ => return None,
    };
    Some((number, field))
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = *take(bytes, 1)?.first()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            // Of the tenth byte only one bit has room.
            return (shift < 63 || byte <= 1).then_some(number);
        }
    }
    None
}

/// Packed 32-bit numbers. Ends after the first problem.
struct Numbers<'a>(&'a [u8]);

impl Iterator for Numbers<'_> {
    type Item = Result<u32, VectorProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let number = varint(&mut self.0).and_then(|number| u32::try_from(number).ok());
        if number.is_none() {
            self.0 = &[];
        }
        Some(number.ok_or(Malformed))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(mut value: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }

    fn bytes(field: u64, content: &[u8]) -> Vec<u8> {
        [number(field << 3 | 2), number(content.len() as u64), content.to_vec()].concat()
    }

    fn packed(field: u64, numbers: &[u64]) -> Vec<u8> {
        bytes(field, &numbers.iter().flat_map(|value| number(*value)).collect::<Vec<_>>())
    }

    /// A tile of one layer with these features, a name and a value.
    fn tile(features: &[Vec<u8>]) -> Vec<u8> {
        let features: Vec<u8> = features.iter().flat_map(|feature| bytes(2, feature)).collect();
        let names = [bytes(3, b"name"), bytes(4, &bytes(1, b"Sea"))].concat();
        let version = [number(15 << 3), number(2)].concat();
        bytes(3, &[bytes(1, b"water"), features, names, version].concat())
    }

    fn feature(geometry: &[u64], tags: &[u64]) -> Vec<u8> {
        let kind = [number(3 << 3), number(3)].concat();
        [packed(2, tags), kind, packed(4, geometry)].concat()
    }

    const TRIANGLE: [u64; 8] = [9, 2, 2, 18, 20, 0, 0, 20];

    #[test]
    fn a_whole_tile_passes_and_so_does_an_empty_one() {
        let triangle = [&TRIANGLE[..], &[15]].concat();
        assert_eq!(check(&tile(&[feature(&triangle, &[0, 0])])), Ok(()));
        assert_eq!(check(&[]), Ok(()));
    }

    #[test]
    fn every_tile_of_the_embedded_kind_that_ends_early_is_told() {
        let whole = tile(&[feature(&TRIANGLE, &[0, 0])]);
        for end in 1..whole.len() {
            assert_eq!(check(&whole[..end]), Err(Malformed), "{end}");
        }
    }

    #[test]
    fn geometry_that_makes_no_sense_is_told() {
        for geometry in [
            &[9, 2][..],            // a point with one coordinate
            &[9],                   // and with none
            &[15],                  // a ring that closes before it begins
            &[3, 2, 2],             // no such command
            &[9, 1 << 32, 0],       // more than 32 bits
            &[9, (1 << 26), 0],     // far outside of the tile
            &[(1 << 32) - 7, 2, 2], // half a billion points
        ] {
            assert_eq!(check(&tile(&[feature(geometry, &[])])), Err(Malformed), "{geometry:?}");
        }
    }

    #[test]
    fn properties_that_nobody_names_are_told() {
        for tags in [&[0][..], &[1, 0], &[0, 1], &[u64::from(u32::MAX), 0]] {
            assert_eq!(check(&tile(&[feature(&TRIANGLE, tags)])), Err(Malformed), "{tags:?}");
        }
    }

    #[test]
    fn what_would_take_much_more_memory_than_bytes_is_told() {
        // Empty features, empty values, and a long text that is referred to again and again.
        assert_eq!(check(&tile(&vec![Vec::new(); MAX_TILE_FEATURES + 1])), Err(TooLarge));
        let values = bytes(4, &[]).repeat(MAX_TILE_VALUES + 1);
        assert_eq!(check(&bytes(3, &values)), Err(TooLarge));
        let names = [bytes(3, b"name"), bytes(4, &bytes(1, &[b'x'; 100_000]))].concat();
        let features = bytes(2, &packed(2, &[0; 2 * 400]));
        assert_eq!(check(&bytes(3, &[names, features].concat())), Err(TooLarge));
        assert_eq!(check(&bytes(3, b"").repeat(MAX_TILE_LAYERS + 1)), Err(TooLarge));
    }

    #[test]
    fn many_small_rings_in_one_feature_are_told() {
        // The decoder makes room for all of the feature with each ring: here 100 000 times two megabytes.
        let rings: Vec<u64> = [9, 0, 0, 15].repeat(100_000);
        assert_eq!(check(&tile(&[feature(&rings, &[])])), Err(TooLarge));
        let islands: Vec<u64> = [9, 2, 2, 18, 20, 0, 0, 20, 15].repeat(1000);
        assert_eq!(check(&tile(&[feature(&islands, &[])])), Ok(()));
    }

    #[test]
    fn another_version_is_told() {
        assert_eq!(check(&bytes(3, &[number(15 << 3), number(3)].concat())), Err(Malformed));
    }

    proptest! {
        #[test]
        fn whatever_comes_there_is_an_answer(junk in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = check(&junk);
            let _ = check(&bytes(3, &junk));
            let _ = check(&bytes(3, &bytes(2, &junk)));
        }

        #[test]
        fn what_is_changed_anywhere_there_is_an_answer(at in any::<proptest::sample::Index>(), to in any::<u8>()) {
            let mut tile = tile(&[feature(&TRIANGLE, &[0, 0])]);
            let at = at.index(tile.len());
            tile[at] = to;
            let _ = check(&tile);
        }
    }
}
