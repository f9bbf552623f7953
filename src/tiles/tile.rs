//! A tile: which one, and what came for it.

/// Zooms beyond this have no tiles anywhere.
pub(super) const MAX_ZOOM: u8 = 30;

/// One tile of a map's grid, counted from the north-west as in XYZ addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Zoom: the world is 2^zoom tiles wide.
    pub zoom: u8,
    /// Column from the antimeridian eastward.
    pub x: u32,
    /// Row from the north southward.
    pub y: u32,
}

impl TileId {
    /// The tile, if the grid has it.
    #[must_use]
    pub fn new(zoom: u8, x: u32, y: u32) -> Option<Self> {
        let exists = zoom <= MAX_ZOOM && x < 1 << zoom && y < 1 << zoom;
        exists.then_some(Self { zoom, x, y })
    }

    /// The row counted from the south, as TMS does.
    #[must_use]
    pub fn y_from_south(self) -> u32 {
        (1 << self.zoom) - 1 - self.y
    }
}

/// A decoded raster tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels along the upper side, at most [`crate::limits::MAX_TILE_SIDE_PX`].
    pub width_px: u32,
    /// Pixels along the left side, at most [`crate::limits::MAX_TILE_SIDE_PX`].
    pub height_px: u32,
    /// Red, green, blue and opacity (not premultiplied) of each pixel, row by row.
    pub rgba: Vec<u8>,
}

/// What came for a tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TileData {
    /// A picture.
    Raster(Picture),
    /// A vector tile (MVT), unpacked; its structure and its sizes have been checked.
    Vector(Vec<u8>),
    /// The server says that there is nothing here: the map below shows through.
    Nothing,
}

impl TileData {
    /// The memory that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Raster(picture) => picture.rgba.len(),
            Self::Vector(bytes) => bytes.len(),
            Self::Nothing => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_lies_in_its_grid() {
        assert!(TileId::new(0, 0, 0).is_some() && TileId::new(30, (1 << 30) - 1, 0).is_some());
        assert!(TileId::new(0, 1, 0).is_none() && TileId::new(3, 0, 8).is_none());
        assert!(TileId::new(31, 0, 0).is_none() && TileId::new(255, 0, 0).is_none());
    }

    #[test]
    fn rows_from_the_south_run_the_other_way() {
        assert_eq!(TileId::new(2, 1, 0).unwrap().y_from_south(), 3);
        assert_eq!(TileId::new(0, 0, 0).unwrap().y_from_south(), 0);
    }
}
