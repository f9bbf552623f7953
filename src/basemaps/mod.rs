//! Maps of one's own: files of tiles, read without believing them.
//!
//! [`MapFile`] opens a `PMTiles` or `MBTiles` file and gives out its tiles; [`mvt`] decodes vector tiles, [`schema`] puts
//! those of two common schemas into the words of the embedded map, [`picture`] decodes raster tiles. [`crate::limits`]
//! bounds all of it. Nothing here knows of egui, and nothing waits for anything but the disk.

pub mod attribution;
pub mod inflate;
pub mod mbtiles;
pub mod mvt;
pub mod picture;
pub mod pmtiles;
pub mod schema;
pub mod tame;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use self::attribution::Part;
use self::pmtiles::TileType;
use self::schema::Schema;
use crate::geo::{Bounds, LonLat};
use crate::limits;
use crate::tiles::TileId;

/// Why a map or a tile of it cannot be read. Each says what is the matter in words for the reader.
#[derive(Debug, thiserror::Error)]
pub enum MapFileError {
    /// It is something else.
    #[error("it is neither a PMTiles file (version 3) nor an MBTiles file")]
    NotAMap,
    /// An old or a new version of the format.
    #[error(
        "it is a PMTiles file of version {0}; only version 3 can be read (the pmtiles program converts older ones)"
    )]
    Version(u8),
    /// Tiles of a kind that is not read.
    #[error(
        "its tiles are of a kind that cannot be drawn ({0}); PNG, JPEG, WebP and vector tiles can, packed by gzip or zstd"
    )]
    Content(String),
    /// Vector tiles with layers that nobody knows.
    #[error("its layers ({0}) are neither those of the Protomaps nor of the OpenMapTiles schema")]
    Schema(String),
    /// Zooms that cannot be.
    #[error("its tiles go from zoom {0} to {1}, which cannot be")]
    Zooms(u8, u8),
    /// There are no tiles.
    #[error("there is no tile in it")]
    Empty,
    /// The file ends too early.
    #[error("it points beyond its end: it is damaged, or was not copied as a whole")]
    CutOff,
    /// Numbers in it cannot be.
    #[error("it is damaged: its directories contradict themselves")]
    Damaged,
    /// A part is larger than any that makes sense.
    #[error("a part of it is too large to be what it says")]
    TooLarge,
    /// A packed part cannot be unpacked.
    #[error("a packed part of it is damaged: {0}")]
    Packed(std::io::Error),
    /// A vector tile that is none.
    #[error("a vector tile is damaged")]
    Tile,
    /// A picture that is none.
    #[error("a tile is damaged: {0}")]
    Picture(String),
    /// The disk.
    #[error("{0}")]
    Read(#[from] std::io::Error),
    /// The database.
    #[error("{0}")]
    Database(#[from] rusqlite::Error),
}

/// What is in the tiles of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Pictures.
    Raster,
    /// Shapes and names, drawn in the colours of the theme.
    Vector(Schema),
}

/// What a map says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct MapInfo {
    /// What is in its tiles.
    pub content: Content,
    /// The first zoom that has tiles.
    pub min_zoom: u8,
    /// The last zoom that has tiles; closer up these are enlarged.
    pub max_zoom: u8,
    /// Where it has tiles; `None` is everywhere.
    pub bounds: Option<Bounds>,
    /// Its name; empty where it has none.
    pub name: String,
    /// Who made it.
    pub attribution: Vec<Part>,
}

/// An opened file of tiles.
pub struct MapFile {
    info: MapInfo,
    source: Source,
}

enum Source {
    Archive(pmtiles::Archive<File>),
    Database(mbtiles::Database),
}

impl MapFile {
    /// Opens a file by what it holds, whatever its name.
    pub fn open(path: &Path) -> Result<Self, MapFileError> {
        let mut file = File::open(path)?;
        let mut head = Vec::new();
        Read::by_ref(&mut file).take(16).read_to_end(&mut head)?;
        if head.starts_with(b"PMTiles") {
            let archive = pmtiles::Archive::open(file)?;
            let info = info_of_archive(&archive)?;
            Ok(Self { info, source: Source::Archive(archive) })
        } else if head.starts_with(mbtiles::MAGIC) {
            let database = mbtiles::Database::open(path)?;
            let info = info_of_database(&database)?;
            Ok(Self { info, source: Source::Database(database) })
        } else {
            Err(MapFileError::NotAMap)
        }
    }

    /// What it says of itself.
    #[must_use]
    pub fn info(&self) -> &MapInfo {
        &self.info
    }

    /// The bytes of a tile, unpacked; `None` where the file has none.
    pub fn tile(&self, spot: TileId) -> Result<Option<Vec<u8>>, MapFileError> {
        let found = match &self.source {
            Source::Archive(archive) => archive.tile(spot),
            Source::Database(database) => database.tile(spot),
        };
        // Some programs write a tile of nothing for a place with nothing.
        found.map(|bytes| bytes.filter(|bytes| !bytes.is_empty()))
    }
}

/// How names of maps end.
pub const MAP_EXTENSIONS: [&str; 2] = ["pmtiles", "mbtiles"];

/// Whether a file is a map by its name.
#[must_use]
pub fn is_named_as_map(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    MAP_EXTENSIONS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// A file that was named as a map and cannot be one.
#[derive(Debug, thiserror::Error)]
#[error("the map {} cannot be read: {error}", visible(&path.to_string_lossy()))]
pub struct UnreadableMap {
    path: PathBuf,
    error: MapFileError,
}

/// Text of a file as it can be shown: what would be obeyed or could not be seen is written out.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if crate::model::is_hidden(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Opens the file that the command line names, to tell at once if it cannot be used.
pub fn check_map(path: Option<&Path>) -> Result<(), UnreadableMap> {
    let Some(path) = path else { return Ok(()) };
    MapFile::open(path).map(drop).map_err(|error| UnreadableMap { path: path.to_owned(), error })
}

fn info_of_archive<B: pmtiles::Bytes>(archive: &pmtiles::Archive<B>) -> Result<MapInfo, MapFileError> {
    let header = archive.header();
    let metadata = archive.metadata().unwrap_or_else(|error| {
        log::warn!("metadata of a map: {error}");
        String::new()
    });
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap_or_default();
    let text = |key: &str| metadata[key].as_str().unwrap_or_default();
    let content = match header.tile_type {
        TileType::Vector => Content::Vector(schema_of(&metadata)?),
        TileType::Unknown if metadata["vector_layers"].is_array() => Content::Vector(schema_of(&metadata)?),
        TileType::Unknown | TileType::Picture => Content::Raster,
    };
    Ok(MapInfo {
        content,
        min_zoom: header.min_zoom,
        max_zoom: header.max_zoom,
        bounds: header.bounds,
        name: short(text("name")),
        attribution: attribution::parts(text("attribution")),
    })
}

fn info_of_database(database: &mbtiles::Database) -> Result<MapInfo, MapFileError> {
    let metadata = database.metadata()?;
    let json: serde_json::Value =
        metadata.json.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let [min_zoom, max_zoom] = match (metadata.min_zoom, metadata.max_zoom) {
        (Some(first), Some(last)) => [first, last],
        _ => database.zooms()?.ok_or(MapFileError::Empty)?,
    };
    if min_zoom > max_zoom || max_zoom > limits::MAX_ZOOM {
        return Err(MapFileError::Zooms(min_zoom, max_zoom));
    }
    let is_vector = match metadata.format.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("pbf" | "mvt" | "application/x-protobuf") => true,
        Some("png" | "jpg" | "jpeg" | "webp" | "image/png" | "image/jpeg" | "image/webp") => false,
        _ => !picture::is_one(&database.any_tile()?.ok_or(MapFileError::Empty)?),
    };
    let content = if is_vector { Content::Vector(schema_of(&json)?) } else { Content::Raster };
    Ok(MapInfo {
        content,
        min_zoom,
        max_zoom,
        bounds: metadata.bounds.and_then(bounds),
        name: short(&metadata.name.unwrap_or_default()),
        attribution: attribution::parts(&metadata.attribution.unwrap_or_default()),
    })
}

/// The schema that a list of layers belongs to.
fn schema_of(metadata: &serde_json::Value) -> Result<Schema, MapFileError> {
    /// A message names no more layers.
    const NAMED: usize = 12;
    let layers = metadata["vector_layers"].as_array().map_or(&[][..], Vec::as_slice);
    let names: Vec<&str> = layers.iter().filter_map(|layer| layer["id"].as_str()).collect();
    Schema::of_layers(&names).ok_or_else(|| {
        let told: Vec<String> = names.iter().take(NAMED).map(|name| short(name)).collect();
        MapFileError::Schema(told.join(", "))
    })
}

/// A box that can be, in degrees from the west, south, east and north; `None` for one of no size, as some programs
/// write where they do not know.
fn bounds([west_deg, south_deg, east_deg, north_deg]: [f64; 4]) -> Option<Bounds> {
    let corners = [LonLat::new(west_deg, south_deg), LonLat::new(east_deg, north_deg)];
    let can_be =
        corners.iter().all(|corner| corner.is_valid()) && west_deg < east_deg && south_deg < north_deg;
    can_be.then_some(Bounds { west_deg, south_deg, east_deg, north_deg })
}

fn short(text: &str) -> String {
    visible(&text.trim().chars().take(limits::MAX_NAME_CHARS).collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::mbtiles::tests::{TABLES, database};
    use super::*;

    fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn fails(bytes: &[u8]) -> String {
        MapFile::open(written(bytes).path()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_a_file_is_stands_in_it_and_not_in_its_name() {
        let metadata = r#"{"name": "Town\u0007", "attribution": "<a href='https://a.example'>A</a>",
            "vector_layers": [{"id": "earth"}, {"id": "places"}, {"id": "roads"}]}"#;
        let file = written(&pmtiles::tests::world(1, metadata, b"\x1A\x00"));
        let map = MapFile::open(file.path()).unwrap();
        assert_eq!(map.info().content, Content::Vector(Schema::Protomaps));
        assert_eq!((map.info().name.as_str(), map.info().max_zoom), ("Town\\u{7}", 2));
        assert_eq!(map.info().attribution[0].link.as_deref(), Some("https://a.example"));
        let raster = database(&format!(
            "{TABLES} INSERT INTO metadata VALUES ('format', 'PNG'), ('bounds', '30,50,31,51');
             INSERT INTO tiles VALUES (3, 4, 5, x'89504E47'), (9, 0, 0, x'');"
        ));
        let map = MapFile::open(raster.path()).unwrap();
        assert_eq!((map.info().content, map.info().min_zoom, map.info().max_zoom), (Content::Raster, 3, 9));
        assert!(map.info().bounds.is_some());
        assert_eq!(map.tile(TileId { x: 0, y: 511, zoom: 9 }).unwrap(), None, "a tile of nothing is none");
    }

    #[test]
    fn what_cannot_be_drawn_is_refused_in_words() {
        assert!(fails(b"").contains("neither a PMTiles"));
        assert!(fails(b"<html>404</html>").contains("neither a PMTiles"));
        assert!(fails(&pmtiles::tests::world(5, "{}", b"x")).contains("AVIF"));
        let strange = r#"{"vector_layers": [{"id": "cadastre"}]}"#;
        assert!(fails(&pmtiles::tests::world(1, strange, b"x")).contains("cadastre"));
        let empty = database(TABLES);
        assert!(matches!(MapFile::open(empty.path()), Err(MapFileError::Empty)));
        let zooms = database(&format!(
            "{TABLES} INSERT INTO metadata VALUES ('format', 'png'), ('minzoom', 9), ('maxzoom', 3);"
        ));
        assert!(matches!(MapFile::open(zooms.path()), Err(MapFileError::Zooms(9, 3))));
        let other = database("CREATE TABLE notes (text);");
        assert!(MapFile::open(other.path()).err().unwrap().to_string().contains("metadata"));
    }
}
