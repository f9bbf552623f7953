//! The embedded map's archive: a `PMTiles` file in the program itself.

use crate::basemaps::MapFileError;
use crate::basemaps::pmtiles;
use crate::tiles::TileId;

/// The map of the world, made by `assets/basemap/build.sh`.
pub static EMBEDDED: &[u8] = include_bytes!("../../../assets/basemap.pmtiles");

/// An opened archive. Reading never waits: everything is in memory.
pub struct Archive {
    reader: pmtiles::Archive<&'static [u8]>,
}

impl Archive {
    /// Opens an archive that lies in memory.
    pub fn open(bytes: &'static [u8]) -> Result<Self, MapFileError> {
        Ok(Self { reader: pmtiles::Archive::open(bytes)? })
    }

    /// The last zoom that has tiles anywhere.
    #[must_use]
    pub fn max_zoom(&self) -> u8 {
        self.reader.header().max_zoom
    }

    /// The unpacked vector tile, or `None` where the archive has none.
    pub fn tile(&self, id: TileId) -> Result<Option<Vec<u8>>, MapFileError> {
        self.reader.tile(id)
    }

    /// The archive's metadata, JSON.
    pub fn metadata(&self) -> Result<String, MapFileError> {
        self.reader.metadata()
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
