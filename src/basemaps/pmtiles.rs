//! Reads `PMTiles`, version 3: a header of 127 bytes, directories that say where tiles lie, and the tiles.
//!
//! The format is described at <https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md>. Nothing that a file says
//! of itself sizes an allocation before it is held against [`crate::limits`] and the file's own length.

use std::io::{Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use super::MapFileError;
use super::inflate::{Packing, unpack};
use crate::geo::Bounds;
use crate::limits;
use crate::tiles::TileId;

/// How a `PMTiles` file of version 3 begins.
pub const MAGIC: &[u8] = b"PMTiles\x03";
/// Length of the header, in bytes.
const HEADER_BYTES: usize = 127;

/// Where the bytes of an archive come from.
pub trait Bytes: Send {
    /// How many there are.
    fn length(&mut self) -> std::io::Result<u64>;
    /// Some of them. The caller has made sure that they are there and not too many.
    fn read(&mut self, offset: u64, length: usize) -> std::io::Result<Vec<u8>>;
}

impl Bytes for std::fs::File {
    fn length(&mut self) -> std::io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read(&mut self, offset: u64, length: usize) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.seek(SeekFrom::Start(offset))?;
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

impl Bytes for &'static [u8] {
    fn length(&mut self) -> std::io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read(&mut self, offset: u64, length: usize) -> std::io::Result<Vec<u8>> {
        let part = usize::try_from(offset).ok().and_then(|start| self.get(start..start.checked_add(length)?));
        part.map(<[u8]>::to_vec).ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
    }
}

/// What the tiles of an archive are, as its header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TileType {
    /// It does not say.
    Unknown,
    /// Vector tiles.
    Vector,
    /// Pictures: PNG, JPEG or WebP.
    Picture,
}

/// What an archive's header says.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    root: Part,
    metadata: Part,
    leaves: Part,
    data: Part,
    internal: Packing,
    packing: Packing,
    /// What the tiles are.
    pub tile_type: TileType,
    /// The first zoom that has tiles.
    pub min_zoom: u8,
    /// The last zoom that has tiles.
    pub max_zoom: u8,
    /// Where it has tiles; `None` where that cannot be.
    pub bounds: Option<Bounds>,
}

/// A part of the file.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Part {
    offset: u64,
    length: u64,
}

impl Header {
    fn parse(bytes: &[u8]) -> Result<Self, MapFileError> {
        if bytes.len() < HEADER_BYTES || !bytes.starts_with(b"PMTiles") {
            return Err(MapFileError::NotAMap);
        }
        if bytes[7] != 3 {
            return Err(MapFileError::Version(bytes[7]));
        }
        let number = |at: usize| bytes[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let part = |at: usize| Part { offset: number(at), length: number(at + 8) };
        let degrees =
            |at: usize| bytes[at..].first_chunk().map_or(0.0, |it| f64::from(i32::from_le_bytes(*it)) / 1e7);
        let tile_type = match bytes[99] {
            0 => TileType::Unknown,
            1 => TileType::Vector,
            2..=4 => TileType::Picture,
            5 => return Err(MapFileError::Content("AVIF".to_owned())),
            6 => return Err(MapFileError::Content("MLT".to_owned())),
            other => return Err(MapFileError::Content(other.to_string())),
        };
        let (min_zoom, max_zoom) = (bytes[100], bytes[101]);
        if min_zoom > max_zoom || max_zoom > limits::MAX_ZOOM {
            return Err(MapFileError::Zooms(min_zoom, max_zoom));
        }
        let bounds = super::bounds([degrees(102), degrees(106), degrees(110), degrees(114)]);
        Ok(Self {
            root: part(8),
            metadata: part(24),
            leaves: part(40),
            data: part(56),
            internal: packing(bytes[97])?,
            packing: packing(bytes[98])?,
            tile_type,
            min_zoom,
            max_zoom,
            bounds,
        })
    }
}

fn packing(code: u8) -> Result<Packing, MapFileError> {
    match code {
        0 | 1 => Ok(Packing::None),
        2 => Ok(Packing::Gzip),
        3 => Err(MapFileError::Content("Brotli".to_owned())),
        4 => Ok(Packing::Zstd),
        other => Err(MapFileError::Content(other.to_string())),
    }
}

/// Where a run of tiles lies, or a directory of the next level.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Entry {
    tile: u64,
    offset: u64,
    length: u32,
    /// How many tiles in a row are this one; 0 for a directory.
    run: u32,
}

/// Entries in the order of tiles.
#[derive(Debug)]
struct Directory(Vec<Entry>);

impl Directory {
    fn parse(bytes: &[u8]) -> Result<Self, MapFileError> {
        let mut numbers = Numbers(bytes);
        let count = usize::try_from(numbers.next()?).map_err(|_| MapFileError::Damaged)?;
        // Each takes four numbers of a byte at least.
        if count > numbers.0.len() / 4 {
            return Err(MapFileError::Damaged);
        }
        let mut entries = vec![Entry { tile: 0, offset: 0, length: 0, run: 0 }; count];
        let mut tile = 0_u64;
        for (n, entry) in entries.iter_mut().enumerate() {
            let step = numbers.next()?;
            if step == 0 && n > 0 {
                return Err(MapFileError::Damaged);
            }
            tile = tile.checked_add(step).ok_or(MapFileError::Damaged)?;
            entry.tile = tile;
        }
        for entry in &mut entries {
            entry.run = u32::try_from(numbers.next()?).map_err(|_| MapFileError::Damaged)?;
        }
        for entry in &mut entries {
            entry.length = u32::try_from(numbers.next()?).map_err(|_| MapFileError::Damaged)?;
        }
        let mut end = None;
        for entry in &mut entries {
            entry.offset = match numbers.next()? {
                // Right behind the one before.
                0 => end.ok_or(MapFileError::Damaged)?,
                offset => offset - 1,
            };
            end = Some(entry.offset.checked_add(u64::from(entry.length)).ok_or(MapFileError::Damaged)?);
        }
        Ok(Self(entries))
    }

    /// The entry that holds a tile, or the directory in which it would be.
    fn find(&self, tile: u64) -> Option<Entry> {
        let at = self.0.partition_point(|entry| entry.tile <= tile).checked_sub(1)?;
        let entry = self.0[at];
        (entry.run == 0 || tile - entry.tile < u64::from(entry.run)).then_some(entry)
    }
}

/// Numbers of seven bits a byte, the lowest first.
struct Numbers<'b>(&'b [u8]);

impl Numbers<'_> {
    fn next(&mut self) -> Result<u64, MapFileError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or(MapFileError::Damaged)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(MapFileError::Damaged)
    }
}

/// The number of a tile: all of a zoom behind those of the zooms before, along a Hilbert curve.
fn number_of(spot: TileId) -> Option<u64> {
    let side = 1_u64 << spot.zoom.min(limits::MAX_ZOOM);
    let (mut x, mut y) = (u64::from(spot.x), u64::from(spot.y));
    if spot.zoom > limits::MAX_ZOOM || x >= side || y >= side {
        return None;
    }
    let mut number = (side * side - 1) / 3;
    let mut half = side / 2;
    while half > 0 {
        let (right, below) = (u64::from(x & half > 0), u64::from(y & half > 0));
        number += half * half * ((3 * right) ^ below);
        if below == 0 {
            if right == 1 {
                x = half.wrapping_sub(1).wrapping_sub(x);
                y = half.wrapping_sub(1).wrapping_sub(y);
            }
            std::mem::swap(&mut x, &mut y);
        }
        half /= 2;
    }
    Some(number)
}

/// An opened archive. It may be asked from several threads; they take turns.
pub struct Archive<B> {
    header: Header,
    length: u64,
    root: Directory,
    bytes: Mutex<B>,
    /// Directories of lower levels that were read, the last one first, by their places in the file.
    leaves: Mutex<Vec<(u64, Arc<Directory>)>>,
}

impl<B: Bytes> Archive<B> {
    /// Opens an archive: reads its header and its first directory.
    pub fn open(mut bytes: B) -> Result<Self, MapFileError> {
        let length = bytes.length()?;
        let head = usize::try_from(length).unwrap_or(usize::MAX).min(HEADER_BYTES);
        let header = Header::parse(&bytes.read(0, head)?)?;
        let mut archive = Self {
            root: Directory(Vec::new()),
            length,
            bytes: Mutex::new(bytes),
            leaves: Mutex::default(),
            header,
        };
        archive.root = archive.directory(archive.header.root)?;
        Ok(archive)
    }

    /// What it says of itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What else it says of itself: JSON.
    pub fn metadata(&self) -> Result<String, MapFileError> {
        let packed = self.read(self.header.metadata, limits::MAX_METADATA_BYTES)?;
        let bytes = unpack(packed, self.header.internal, limits::MAX_METADATA_EXPANDED)?;
        String::from_utf8(bytes).map_err(|_| MapFileError::Damaged)
    }

    /// The bytes of a tile, unpacked; `None` where the archive has none.
    pub fn tile(&self, spot: TileId) -> Result<Option<Vec<u8>>, MapFileError> {
        let Some(number) = number_of(spot) else { return Ok(None) };
        let mut found = self.root.find(number);
        for _ in 0..=limits::MAX_DIRECTORY_DEPTH {
            let Some(entry) = found else { return Ok(None) };
            if entry.run > 0 {
                let part = within(self.header.data, entry)?;
                let packed = self.read(part, limits::MAX_TILE_BYTES as u64)?;
                return unpack(packed, self.header.packing, limits::MAX_VECTOR_TILE_BYTES).map(Some);
            }
            found = self.leaf(within(self.header.leaves, entry)?)?.find(number);
        }
        Err(MapFileError::Damaged)
    }

    fn leaf(&self, part: Part) -> Result<Arc<Directory>, MapFileError> {
        let lock = || self.leaves.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept = lock();
        if let Some(at) = kept.iter().position(|(offset, _)| *offset == part.offset) {
            kept[..=at].rotate_right(1);
            return Ok(Arc::clone(&kept[0].1));
        }
        drop(kept);
        let directory = Arc::new(self.directory(part)?);
        let mut kept = lock();
        kept.insert(0, (part.offset, Arc::clone(&directory)));
        let mut entries = 0;
        kept.retain(|(_, directory)| {
            entries += directory.0.len() + 1;
            entries <= limits::MAX_KEPT_ENTRIES
        });
        Ok(directory)
    }

    fn directory(&self, part: Part) -> Result<Directory, MapFileError> {
        let packed = self.read(part, limits::MAX_DIRECTORY_BYTES)?;
        Directory::parse(&unpack(packed, self.header.internal, limits::MAX_DIRECTORY_EXPANDED)?)
    }

    fn read(&self, Part { offset, length }: Part, limit: u64) -> Result<Vec<u8>, MapFileError> {
        let end = offset.checked_add(length).ok_or(MapFileError::Damaged)?;
        if end > self.length {
            return Err(MapFileError::CutOff);
        }
        let length =
            usize::try_from(length).ok().filter(|_| length <= limit).ok_or(MapFileError::TooLarge)?;
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(bytes.read(offset, length)?)
    }
}

/// Where an entry of a section lies in the file.
fn within(section: Part, entry: Entry) -> Result<Part, MapFileError> {
    let offset = section.offset.checked_add(entry.offset).ok_or(MapFileError::Damaged)?;
    Ok(Part { offset, length: u64::from(entry.length) })
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::basemaps::mvt::tests::varint;

    /// A directory of (tile, offset, length, run).
    fn directory(entries: &[(u64, u64, u32, u32)]) -> Vec<u8> {
        type Row = (u64, u64, u32, u32);
        let mut bytes = Vec::new();
        varint(entries.len() as u64, &mut bytes);
        let mut last = 0;
        for entry in entries {
            varint(entry.0 - last, &mut bytes);
            last = entry.0;
        }
        let numbers: [fn(&Row) -> u64; 3] = [|it| it.3.into(), |it| it.2.into(), |it| it.1 + 1];
        for number in numbers {
            for entry in entries {
                varint(number(entry), &mut bytes);
            }
        }
        bytes
    }

    /// An archive that is not packed: header, root, metadata, leaves and data, one after the other.
    pub(crate) fn archive(
        tile_type: u8,
        root: &[u8],
        metadata: &[u8],
        leaves: &[u8],
        data: &[u8],
    ) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let mut offset = HEADER_BYTES as u64;
        for part in [root, metadata, leaves, data] {
            bytes.extend(offset.to_le_bytes());
            bytes.extend((part.len() as u64).to_le_bytes());
            offset += part.len() as u64;
        }
        bytes.extend([0; 24]);
        bytes.extend([1, 1, 1, tile_type, 0, 2]);
        for degrees in [-180.0, -85.0, 180.0, 85.0_f64] {
            bytes.extend(((degrees * 1e7) as i32).to_le_bytes());
        }
        bytes.extend([0; 9]);
        for part in [root, metadata, leaves, data] {
            bytes.extend(part);
        }
        bytes
    }

    /// An archive whose only tile is that of the world.
    pub(crate) fn world(tile_type: u8, metadata: &str, tile: &[u8]) -> Vec<u8> {
        archive(tile_type, &directory(&[(0, 0, tile.len() as u32, 1)]), metadata.as_bytes(), &[], tile)
    }

    fn open(bytes: Vec<u8>) -> Result<Archive<&'static [u8]>, MapFileError> {
        let bytes: &'static [u8] = bytes.leak();
        Archive::open(bytes)
    }

    const WORLD: TileId = TileId { x: 0, y: 0, zoom: 0 };

    #[test]
    fn tiles_are_numbered_along_a_hilbert_curve_zoom_by_zoom() {
        let number = |zoom, x, y| number_of(TileId { zoom, x, y });
        // From the table of the format's description.
        assert_eq!(number(0, 0, 0), Some(0));
        assert_eq!([number(1, 0, 0), number(1, 0, 1)], [Some(1), Some(2)]);
        assert_eq!([number(1, 1, 1), number(1, 1, 0)], [Some(3), Some(4)]);
        assert_eq!(number(2, 0, 0), Some(5));
        assert_eq!(number(12, 3423, 1763), Some(19_078_479));
        assert_eq!([number(1, 2, 0), number(0, 0, 1), number(60, 0, 0)], [None; 3]);
    }

    #[test]
    fn a_tile_is_found_through_a_leaf_and_in_a_run() {
        let leaf = directory(&[(5, 0, 3, 2), (9, 3, 2, 1)]);
        let root = directory(&[(5, 0, leaf.len() as u32, 0)]);
        let archive = open(archive(1, &root, b"{}", &leaf, b"abcde")).unwrap();
        let tile = |x, y| archive.tile(TileId { x, y, zoom: 2 }).unwrap();
        assert_eq!(tile(0, 0).as_deref(), Some(&b"abc"[..]));
        assert_eq!(tile(1, 0).as_deref(), Some(&b"abc"[..]), "the same for the next tile of the run");
        assert_eq!(tile(1, 1), None);
        assert_eq!(tile(0, 2).as_deref(), Some(&b"de"[..]));
        assert_eq!(archive.tile(WORLD).unwrap(), None);
    }

    #[test]
    fn directories_that_lead_to_themselves_end_in_an_error() {
        let mut leaf = directory(&[(0, 0, 5, 0)]);
        leaf = directory(&[(0, 0, leaf.len() as u32, 0)]);
        let root = leaf.clone();
        let archive = open(archive(1, &root, b"{}", &leaf, b"")).unwrap();
        assert!(matches!(archive.tile(WORLD), Err(MapFileError::Damaged)));
    }

    #[test]
    fn counts_and_offsets_that_cannot_be_are_refused_before_room_is_made_for_them() {
        let mut absurd = Vec::new();
        varint(u64::MAX >> 1, &mut absurd);
        assert!(matches!(open(archive(1, &absurd, b"", &[], b"")), Err(MapFileError::Damaged)));
        let far = directory(&[(0, u64::MAX >> 2, u32::MAX, 1)]);
        assert!(matches!(
            open(archive(1, &far, b"", &[], b"")).unwrap().tile(WORLD),
            Err(MapFileError::CutOff)
        ));
        let overflowing = [1, 0, 1, 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
        let opened = open(archive(1, &overflowing, b"", &[], b""));
        assert!(opened.is_err_and(|error| matches!(error, MapFileError::Damaged)));
        let mut beyond = world(1, "{}", b"tile");
        beyond[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
        assert!(open(beyond).is_err());
        let mut zooms = world(1, "{}", b"tile");
        zooms[101] = 200;
        assert!(matches!(open(zooms), Err(MapFileError::Zooms(0, 200))));
    }

    #[test]
    fn what_is_no_archive_or_of_another_version_is_said_to_be_so() {
        assert!(matches!(open(vec![7; 200]), Err(MapFileError::NotAMap)));
        assert!(matches!(open(Vec::new()), Err(MapFileError::NotAMap)));
        let mut old = world(1, "{}", b"tile");
        old[7] = 2;
        assert!(matches!(open(old), Err(MapFileError::Version(2))));
    }

    proptest! {
        #[test]
        fn no_damage_to_an_archive_does_more_than_an_error(
            at in 0..160_usize, value in any::<u8>(), cut in 0..200_usize
        ) {
            let leaf = directory(&[(5, 0, 3, 2), (9, 3, 2, 1)]);
            let root = directory(&[(0, 0, 3, 1), (5, 0, leaf.len() as u32, 0)]);
            let mut bytes = archive(1, &root, b"{}", &leaf, b"abcde");
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
            bytes.truncate(bytes.len().saturating_sub(cut.saturating_sub(100)));
            if let Ok(archive) = open(bytes) {
                let _ = archive.metadata();
                for x in 0..4 {
                    let _ = archive.tile(TileId { x, y: x / 2, zoom: 2 });
                }
            }
        }
    }
}
