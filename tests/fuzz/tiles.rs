//! The embedded map's format: an archive of tiles (`PMTiles`), and a tile (MVT).

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use dateline::state::LabelLanguage;
use dateline::ui::map::archive::{Archive, EMBEDDED};
use dateline::ui::map::basemap::TILE_SIZE;
use dateline::ui::map::style::{StyleKey, style};
use flate2::Compression;
use flate2::write::GzEncoder;
use walkers::{Style, Tile, TileId};

use super::engine::{Input, Kind, Target};
use super::mutate;

/// The first bytes of an archive: its header.
const HEADER_BYTES: usize = 127;

/// A target for each.
pub(crate) fn targets() -> Vec<Target> {
    vec![
        Target::new("pmtiles", 150, vec![Input::new("", small_archive())], |dice, it| mutate::bytes(dice, &mut it.bytes), run_archive),
        Target::new("mvt", 40, tiles(), |dice, it| mutate::bytes(dice, &mut it.bytes), run_tile),
    ]
}

/// An archive with two small tiles.
fn small_archive() -> Vec<u8> {
    // Entries of a directory: how many, tiles from the one before, runs, lengths, offsets (plus one, 0 is the next).
    let tiles = [gzip(b"\x1a\x02\x78\x02"), gzip(b"")];
    let (first, second) = (tiles[0].len() as u8, tiles[1].len() as u8);
    let directory = gzip(&[2, 0, 1, 1, 1, first, second, 1, 0]);
    let metadata = gzip(b"{\"vector_layers\":[]}");
    let data = tiles.concat();
    let mut offset = HEADER_BYTES as u64;
    let mut header = b"PMTiles\x03".to_vec();
    for part in [directory.len(), metadata.len(), 0, data.len()] {
        header.extend(offset.to_le_bytes());
        header.extend((part as u64).to_le_bytes());
        offset += part as u64;
    }
    for count in [2_u64, 2, 2] {
        header.extend(count.to_le_bytes());
    }
    // Clustered, gzip inside and for tiles, vector tiles, zooms 0 to 1.
    header.extend([1, 2, 2, 1, 0, 1]);
    header.resize(HEADER_BYTES, 0);
    [header, directory, metadata, data].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).and_then(|()| packer.finish()).expect("room in memory")
}

fn run_archive(input: &Input) -> u64 {
    let mut kind = Kind::new();
    let archive = match Archive::open(input.bytes.clone()) {
        Ok(archive) => archive,
        Err(error) => return kind.words(&error.to_string()).value(),
    };
    kind.exactly(archive.max_zoom()).exactly(archive.metadata().is_ok());
    for (zoom, x, y) in [(0, 0, 0), (1, 0, 0), (1, 1, 1), (30, 7, 7)] {
        match archive.tile(TileId { x, y, zoom }) {
            Ok(tile) => drop(kind.exactly(tile.map(|it| it.len().min(64)))),
            Err(error) => drop(kind.words(&error.to_string())),
        }
    }
    kind.value()
}

/// Tiles of the embedded map, of all sizes up to some.
fn tiles() -> Vec<Input> {
    let archive = Archive::open(EMBEDDED).expect("the map is part of the program");
    let ids = [(0, 0, 0), (3, 1, 1), (4, 0, 7), (5, 18, 10), (6, 37, 20), (6, 36, 21), (5, 3, 25)];
    let tile = |(zoom, x, y)| archive.tile(TileId { x, y, zoom }).ok().flatten();
    let tiles = ids.into_iter().filter_map(tile).filter(|it| it.len() < 48 << 10);
    tiles.map(|bytes| Input::new("", bytes)).collect()
}

/// The decoder is not ours: a panic of it costs the map a tile and no more, as its worker does. What no guard can
/// keep out are a hang, memory without bounds and a stack that runs over.
fn run_tile(input: &Input) -> u64 {
    static STYLE: OnceLock<Style> = OnceLock::new();
    let style = STYLE.get_or_init(|| style(StyleKey { dark: false, language: LabelLanguage::English }));
    let mut kind = Kind::new();
    match catch_unwind(AssertUnwindSafe(|| Tile::from_mvt(&input.bytes, style, 5, TILE_SIZE))) {
        Ok(Ok(Tile::Vector { drawables, texts })) => {
            kind.about(drawables.len() as u64).about(texts.len() as u64);
        }
        Ok(Ok(Tile::Raster(_))) => panic!("a vector tile is no picture"),
        Ok(Err(error)) => drop(kind.words(&error.to_string())),
        Err(_) => drop(kind.exactly("panic")),
    }
    kind.value()
}
