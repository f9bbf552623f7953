//! Vector tiles.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use dateline::state::LabelLanguage;
use dateline::ui::map::archive::{Archive, EMBEDDED};
use dateline::ui::map::basemap::TILE_SIZE;
use dateline::ui::map::style::{StyleKey, style};
use walkers::{Style, Tile, TileId};

use super::engine::{Input, Kind, Target};
use super::mutate;

/// One target.
pub(crate) fn targets() -> Vec<Target> {
    vec![Target::new("mvt", 40, tiles(), |dice, it| mutate::bytes(dice, &mut it.bytes), run_tile)]
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
