//! Vector tiles.

use dateline::basemaps::mvt::{Budget, layers};
use dateline::tiles::TileId;
use dateline::ui::map::archive::{Archive, EMBEDDED};

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

/// Whatever the bytes are, the decoder ends, within its budget.
fn run_tile(input: &Input) -> u64 {
    let mut kind = Kind::new();
    match layers(&input.bytes) {
        Ok(layers) => {
            let mut budget = Budget::default();
            let features: usize = layers.iter().map(|layer| layer.features(&mut budget).count()).sum();
            kind.about(layers.len() as u64).about(features as u64);
        }
        Err(error) => drop(kind.words(&error.to_string())),
    }
    kind.value()
}
