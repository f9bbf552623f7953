//! Maps of one's own that are damaged where it hurts most: in the directories that say where tiles lie. Their file is the
//! embedded map's, with another directory.

use std::io::Write as _;

use dateline::basemaps::{MapFile, MapFileError};
use dateline::tiles::TileId;

use super::content::{gzip, gzip_bomb};
use super::faults::assert_little_memory;

static WHOLE: &[u8] = include_bytes!("../../assets/basemap.pmtiles");

/// Where numbers stand in the header: the root directory, then the leaves, each with offset and length.
const ROOT: usize = 8;
const LEAVES: usize = 40;

/// Opens a map and reads some of its tiles.
fn read(bytes: &[u8]) -> Result<usize, MapFileError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let map = MapFile::open(file.path())?;
    let mut found = 0;
    for zoom in 0..=8 {
        let middle = (1 << zoom) / 2;
        found += usize::from(map.tile(TileId::new(zoom, middle, middle / 2).unwrap())?.is_some());
    }
    Ok(found)
}

fn put(bytes: &mut [u8], at: usize, offset: usize, length: usize) {
    bytes[at..at + 8].copy_from_slice(&(offset as u64).to_le_bytes());
    bytes[at + 8..at + 16].copy_from_slice(&(length as u64).to_le_bytes());
}

/// The map with this root directory, packed, which are its leaves as well.
fn with_directory(packed: &[u8]) -> Vec<u8> {
    let mut bytes = WHOLE.to_vec();
    bytes.extend(packed);
    put(&mut bytes, ROOT, WHOLE.len(), packed.len());
    put(&mut bytes, LEAVES, WHOLE.len(), packed.len());
    bytes
}

/// Numbers as directories hold them.
fn varints(numbers: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in numbers {
        let mut rest = *number;
        while rest >= 0x80 {
            bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
    }
    bytes
}

fn refused(what: &str, bytes: &[u8]) {
    let error = read(bytes).expect_err(what);
    assert!(error.to_string().contains(' '), "{what}: {error}");
}

#[test]
fn a_whole_map_is_read() {
    assert!(read(WHOLE).unwrap() >= 6);
}

#[test]
fn directories_that_make_no_sense_are_refused_in_words_and_take_little_memory() {
    // Number of entries; then their first tiles, their runs, their lengths, their offsets.
    let itself = gzip(&varints(&[1, 0, 0, 40, 1]));
    let mut circle = with_directory(&itself);
    put(&mut circle, LEAVES, WHOLE.len(), itself.len());
    refused("a directory that leads to itself", &circle);
    refused("more entries than there are atoms", &with_directory(&gzip(&varints(&[u64::MAX >> 1]))));
    refused("entries without their offsets", &with_directory(&gzip(&varints(&[3, 0, 1, 1]))));
    refused("a tile beyond the end", &with_directory(&gzip(&varints(&[1, 0, 1, 9, u64::MAX >> 2]))));
    refused("half a gigabyte of directory", &with_directory(&gzip_bomb()));
    let half = gzip(&varints(&[1, 0, 1, 9, 1]));
    refused("half a directory", &with_directory(&half[..half.len() / 2]));
    refused("a directory that is not packed", &with_directory(b"no directory at all"));
    let mut outside = WHOLE.to_vec();
    put(&mut outside, ROOT, usize::MAX / 2, usize::MAX / 2);
    refused("a directory outside of the file", &outside);
    assert_little_memory();
}

#[test]
fn a_map_that_ends_anywhere_is_read_as_far_as_it_goes_or_refused() {
    for end in [0, 7, 100, 126, 127, 500, 20_000, WHOLE.len() / 2] {
        if let Err(error) = read(&WHOLE[..end]) {
            assert!(error.to_string().contains(' '), "{end}: {error}");
        }
    }
}

#[test]
fn no_changed_byte_of_header_or_directory_does_more_than_an_error() {
    let length = u64::from_le_bytes(WHOLE[ROOT + 8..ROOT + 16].try_into().unwrap());
    let offset = u64::from_le_bytes(WHOLE[ROOT..ROOT + 8].try_into().unwrap());
    let end = usize::try_from(offset + length).unwrap();
    // Any of many, the same ones in every run.
    let mut random = 12_u64;
    let mut bytes = WHOLE.to_vec();
    for _ in 0..150 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = (random >> 33) as usize % if random & 1 << 20 == 0 { 127 } else { end };
        bytes[at] ^= (random >> 24) as u8 | 1;
        let _ = read(&bytes);
        bytes[at] = WHOLE[at];
    }
    assert_little_memory();
}
