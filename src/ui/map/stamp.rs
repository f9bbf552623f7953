//! Puts a picture into the map between walkers' layers.
//!
//! walkers takes pictures only as its own [`Tiles`], and those end at the antimeridian. So each picture is handed over as
//! the tile of a map of its own that has just this one and lies just where the picture shall be.

use eframe::egui::{Rect, TextureHandle};
use walkers::sources::Attribution;
use walkers::{
    Canvas, Layer, MapMemory, Pixels, Position, Projection, Projector, Tile, TileId, TilePiece, Tiles,
    lon_lat,
};

/// Side in points of the tiles by which walkers counts zooms.
const COUNTED_PT: f64 = 256.0;

/// Draws the part `uv` of a picture into a square of the screen.
pub fn stamp(canvas: &mut Canvas, texture: &TextureHandle, uv: Rect, square: Rect) {
    let side = f64::from(square.width());
    // As walkers counts: a zoom for tiles of this size, rounded half up, and the rest. One more where that would be
    // below 0, which walkers does not know.
    let steps = (side / COUNTED_PT).log2();
    let level = (steps + 0.5).floor().clamp(-6.0, 6.0);
    let zoom = (1.0 - level).max(1.0) + steps;
    let mut memory = MapMemory::default();
    if !side.is_finite() || memory.set_zoom(zoom).is_err() {
        return;
    }
    let middle = Middle(Pixels::new(side / 2.0, side / 2.0));
    let projector = Projector::new(square, &middle, &memory, lon_lat(0.0, 0.0));
    let mut tile = OneTile {
        piece: Some(TilePiece::new(Tile::Raster(texture.clone()), uv)),
        tile_pt: (COUNTED_PT * level.exp2()) as u32,
    };
    Layer::draw(&mut &mut tile, canvas, &projector);
}

/// A map that has one tile, in its north-western corner.
struct OneTile {
    piece: Option<TilePiece>,
    tile_pt: u32,
}

impl Tiles for OneTile {
    fn at(&mut self, id: TileId) -> Option<TilePiece> {
        if (id.x, id.y) == (0, 0) { self.piece.take() } else { None }
    }

    fn attribution(&self) -> Attribution {
        Attribution { text: "", url: "", logo_light: None, logo_dark: None }
    }

    fn tile_size(&self) -> u32 {
        self.tile_pt
    }
}

/// A projection in which everything is in the middle.
struct Middle(Pixels);

impl Projection for Middle {
    fn project(&self, _: Position, _: f64) -> Pixels {
        self.0
    }

    fn unproject(&self, _: Pixels, _: f64) -> Position {
        lon_lat(0.0, 0.0)
    }

    fn scale_pixel_per_meter(&self, _: Position, _: f64) -> f64 {
        1.0
    }
}
