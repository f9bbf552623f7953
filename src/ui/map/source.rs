//! Where the tiles of a map come from: the archive in the program, a file of one's own, or a server.

use std::sync::Arc;

use super::archive::{Archive, EMBEDDED};
use super::vector;
use crate::basemaps::schema::Schema;
use crate::basemaps::{Content, MapFile, MapFileError};
use crate::geo::Bounds;
use crate::tiles::{self, Fetcher, TileData, TileId, TileState};

/// Where tiles come from.
pub enum Source {
    /// From the archive in the program; `None` where it cannot be read, which a test rules out.
    Embedded(Option<Arc<Archive>>),
    /// From a file.
    File(Arc<MapFile>),
    /// From a server.
    Online(Box<Online>),
}

/// Tiles from a server.
pub struct Online {
    fetcher: Fetcher,
    /// Whether its pictures are photographs, as far as their address says.
    is_photograph: bool,
}

/// What is known of a tile.
pub enum Found {
    /// It is to be looked for in the file, which takes a moment.
    InFile,
    /// It was fetched.
    Data(Arc<TileData>),
    /// The map has nothing there.
    Nothing,
    /// It is being fetched, or could not be.
    NotYet,
}

impl Source {
    /// The map in the program.
    #[must_use]
    pub fn embedded() -> Self {
        let archive = Archive::open(EMBEDDED).map(Arc::new);
        Self::Embedded(archive.inspect_err(|error| log::error!("{error}; the map stays empty")).ok())
    }

    /// The map of a server that tiles are fetched from already.
    #[must_use]
    pub fn online(fetcher: Fetcher, is_photograph: bool) -> Self {
        Self::Online(Box::new(Online { fetcher, is_photograph }))
    }

    /// The first and the last zoom that have tiles.
    #[must_use]
    pub fn zooms(&self) -> [u8; 2] {
        match self {
            Self::Embedded(archive) => [0, archive.as_ref().map_or(0, |archive| archive.max_zoom())],
            Self::File(file) => [file.info().min_zoom, file.info().max_zoom],
            Self::Online(online) => [0, online.fetcher.max_zoom()],
        }
    }

    /// Where it has tiles; `None` is everywhere.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        match self {
            Self::File(file) => file.info().bounds,
            Self::Embedded(_) | Self::Online(_) => None,
        }
    }

    /// Whether its tiles are pictures, as far as that is known.
    #[must_use]
    pub fn is_raster(&self) -> bool {
        match self {
            Self::Embedded(_) => false,
            Self::File(file) => file.info().content == Content::Raster,
            Self::Online(online) => online.fetcher.provider().content != tiles::Content::Vector,
        }
    }

    /// The schema of its vector tiles, where that is known.
    #[must_use]
    pub fn schema(&self) -> Option<Schema> {
        match self {
            Self::Embedded(_) => Some(Schema::Protomaps),
            Self::File(file) => match file.info().content {
                Content::Vector(schema) => Some(schema),
                Content::Raster => None,
            },
            Self::Online(_) => None,
        }
    }

    /// Whether its pictures are photographs, as far as that is known without looking at them.
    #[must_use]
    pub fn is_photograph(&self) -> bool {
        matches!(self, Self::Online(online) if online.is_photograph)
    }

    /// Side of a tile on the screen, in points, at the zoom that it is made for.
    #[must_use]
    pub fn tile_pt(&self) -> u32 {
        /// Side of most pictures.
        const PICTURE_PT: u32 = 256;
        match self {
            Self::Online(online) => online.fetcher.provider().tile_size_px,
            _ if self.is_raster() => PICTURE_PT,
            _ => vector::TILE_SIZE,
        }
    }

    /// How many tiles that are missing may lie between a place and the ancestor that is drawn in it. Far enlarged, a
    /// map of one's own says less than the embedded one below it, which is what it is for.
    #[must_use]
    pub fn max_stretch(&self) -> usize {
        match self {
            Self::Embedded(_) => usize::MAX,
            Self::File(_) | Self::Online(_) => 4,
        }
    }

    /// Says which tiles are in view, the most important first.
    pub fn want(&self, in_view: &[TileId]) {
        if let Self::Online(online) = self {
            online.fetcher.want(in_view);
        }
    }

    /// Whether a tile that is not there yet will be soon: one that could not be fetched is asked for again, but nobody
    /// waits for it.
    #[must_use]
    pub fn is_awaited(&self, id: TileId) -> bool {
        match self {
            Self::Online(online) => !matches!(online.fetcher.tile(id), TileState::Missing(_)),
            Self::Embedded(_) | Self::File(_) => true,
        }
    }

    /// What is known of a tile.
    #[must_use]
    pub fn find(&self, id: TileId) -> Found {
        let Self::Online(online) = self else { return Found::InFile };
        match online.fetcher.tile(id) {
            TileState::Ready(data) if *data == TileData::Nothing => Found::Nothing,
            TileState::Ready(data) => Found::Data(data),
            TileState::Loading | TileState::Missing(_) => Found::NotYet,
        }
    }

    /// The bytes of a tile of a file. Takes a moment.
    pub fn read(&self, id: TileId) -> Result<Option<Vec<u8>>, MapFileError> {
        match self {
            Self::Embedded(archive) => archive.as_ref().map_or(Ok(None), |archive| archive.tile(id)),
            Self::File(file) => file.tile(id),
            Self::Online(_) => Ok(None),
        }
    }

    /// Takes a tile back that could not be drawn; says whether there will be another.
    #[must_use]
    pub fn refuse(&self, id: TileId) -> bool {
        match self {
            Self::Online(online) => {
                online.fetcher.refuse(id);
                true
            }
            Self::Embedded(_) | Self::File(_) => false,
        }
    }

    /// What fetches its tiles.
    #[must_use]
    pub fn fetcher(&self) -> Option<&Fetcher> {
        match self {
            Self::Online(online) => Some(&online.fetcher),
            Self::Embedded(_) | Self::File(_) => None,
        }
    }
}
