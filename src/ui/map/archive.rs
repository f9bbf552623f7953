//! The embedded map's archive: a PMTiles file (version 3) in the program itself.

use bytes::Bytes;
use pmtiles::{AsyncBackend, AsyncPmTilesReader, BackendResponse, PmtResult, TileCoord};
use walkers::TileId;

/// The map of the world, made by `assets/basemap/build.sh`.
pub static EMBEDDED: &[u8] = include_bytes!("../../../assets/basemap.pmtiles");

/// Why a tile cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The archive is damaged or of another version.
    #[error("the map archive cannot be read: {0}")]
    Unreadable(#[from] pmtiles::PmtError),
}

struct Embedded(&'static [u8]);

impl AsyncBackend for Embedded {
    async fn read(&self, offset: usize, length: usize) -> PmtResult<BackendResponse> {
        let start = offset.min(self.0.len());
        let end = offset.saturating_add(length).min(self.0.len());
        Ok(BackendResponse::new(Bytes::from_static(&self.0[start..end])))
    }
}

/// An opened archive. Reading never waits: everything is in memory.
pub struct Archive {
    reader: AsyncPmTilesReader<Embedded>,
    max_zoom: u8,
}

impl Archive {
    /// Opens an archive that lies in memory.
    pub fn open(bytes: &'static [u8]) -> Result<Self, ArchiveError> {
        let reader = pollster::block_on(AsyncPmTilesReader::try_from_source(Embedded(bytes)))?;
        let max_zoom = reader.get_header().max_zoom;
        Ok(Self { reader, max_zoom })
    }

    /// The last zoom that has tiles anywhere.
    #[must_use]
    pub fn max_zoom(&self) -> u8 {
        self.max_zoom
    }

    /// The unpacked vector tile, or `None` where the archive has none.
    pub fn tile(&self, id: TileId) -> Result<Option<Bytes>, ArchiveError> {
        let Ok(coord) = TileCoord::new(id.zoom, id.x, id.y) else { return Ok(None) };
        Ok(pollster::block_on(self.reader.get_tile_decompressed(coord))?)
    }

    /// The archive's metadata, JSON.
    pub fn metadata(&self) -> Result<String, ArchiveError> {
        Ok(pollster::block_on(self.reader.get_metadata())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_archive_opens_and_has_the_world() {
        let archive = Archive::open(EMBEDDED).unwrap();
        assert!(archive.max_zoom() >= 6);
        assert!(archive.tile(TileId { x: 0, y: 0, zoom: 0 }).unwrap().is_some());
        assert!(archive.tile(TileId { x: 0, y: 0, zoom: 30 }).unwrap().is_none());
        assert!(archive.metadata().unwrap().contains("vector_layers"));
    }

    #[test]
    fn a_damaged_archive_is_an_error() {
        static JUNK: [u8; 200] = [7; 200];
        assert!(Archive::open(&JUNK).is_err());
        assert!(Archive::open(&[]).is_err());
    }
}
