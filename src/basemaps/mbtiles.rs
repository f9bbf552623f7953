//! Reads `MBTiles`: an `SQLite` database with a table `metadata` and a table or view `tiles`.
//!
//! The format is described at <https://github.com/mapbox/mbtiles-spec>. `SQLite` itself is built for files that mean
//! harm; what is left to do is to bound how long and with how much memory it looks, since a view may be any question.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::MapFileError;
use super::inflate::{Packing, unpack};
use crate::limits;
use crate::tiles::TileId;

/// How an `SQLite` database begins.
pub const MAGIC: &[u8] = b"SQLite format 3\0";

/// An opened database. It may be asked from several threads; they take turns.
pub struct Database {
    connection: Mutex<Connection>,
    steps: Arc<AtomicU32>,
}

/// What a database says of itself. What it does not say, or not so that it can be understood, is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata {
    /// `pbf`, `png`, `jpg`, `webp`.
    pub format: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Who made it, often as HTML.
    pub attribution: Option<String>,
    /// JSON with the layers of vector tiles.
    pub json: Option<String>,
    /// West, south, east and north in degrees.
    pub bounds: Option<[f64; 4]>,
    /// The first zoom that has tiles.
    pub min_zoom: Option<u8>,
    /// The last zoom that has tiles.
    pub max_zoom: Option<u8>,
}

/// Steps of `SQLite` between two looks at how many there were.
const STEPS_AT_ONCE: u32 = 1000;

impl Database {
    /// Opens a database for reading. Nothing is written beside it.
    pub fn open(path: &Path) -> Result<Self, MapFileError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE;
        let mut connection = Connection::open_with_flags(address(path), flags)?;
        // The schema is the file's: it may define views, and nothing else that runs.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        let largest = i32::try_from(limits::MAX_METADATA_EXPANDED).unwrap_or(i32::MAX);
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, largest)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        connection.set_limit(Limit::SQLITE_LIMIT_WORKER_THREADS, 0)?;
        connection.pragma_update(None, "hard_heap_limit", limits::MAX_SQLITE_BYTES)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        connection.pragma_update(None, "mmap_size", 0)?;
        let steps = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&steps);
        let is_too_much = move || {
            counted.fetch_add(STEPS_AT_ONCE, Ordering::Relaxed).saturating_add(STEPS_AT_ONCE)
                > limits::MAX_SQLITE_STEPS
        };
        connection.progress_handler(STEPS_AT_ONCE.cast_signed(), Some(is_too_much))?;
        Ok(Self { connection: Mutex::new(connection), steps })
    }

    /// The connection, with all its steps still to go.
    fn ask(&self) -> MutexGuard<'_, Connection> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        self.steps.store(0, Ordering::Relaxed);
        connection
    }

    /// What it says of itself.
    pub fn metadata(&self) -> Result<Metadata, MapFileError> {
        /// More rows than this are something else than metadata.
        const MAX_ROWS: usize = 1000;
        let connection = self.ask();
        let mut question = connection.prepare("SELECT name, value FROM metadata")?;
        let mut rows = question.query([])?;
        let mut metadata = Metadata::default();
        for _ in 0..MAX_ROWS {
            let Some(row) = rows.next()? else { break };
            let (Some(name), Some(value)) = (text(row.get_ref(0)?), text(row.get_ref(1)?)) else { continue };
            match name.as_str() {
                "format" => metadata.format = Some(value),
                "name" => metadata.name = Some(value),
                "attribution" => metadata.attribution = Some(value),
                "json" => metadata.json = Some(value),
                "bounds" => metadata.bounds = edges(&value),
                "minzoom" => metadata.min_zoom = value.trim().parse().ok(),
                "maxzoom" => metadata.max_zoom = value.trim().parse().ok(),
                _ => {}
            }
        }
        Ok(metadata)
    }

    /// The first and the last zoom that have tiles, as the tiles themselves say; `None` where there are none.
    pub fn zooms(&self) -> Result<Option<[u8; 2]>, MapFileError> {
        let connection = self.ask();
        // Two questions: each is answered by the end of an index.
        let end = |question: &str| {
            connection.query_row(question, [], |row| row.get::<_, Option<i64>>(0)).map_err(MapFileError::from)
        };
        let first = end("SELECT min(zoom_level) FROM tiles")?;
        let last = end("SELECT max(zoom_level) FROM tiles")?;
        let zoom = |value: i64| u8::try_from(value).map_err(|_| MapFileError::Damaged);
        first.zip(last).map(|(first, last)| Ok([zoom(first)?, zoom(last)?])).transpose()
    }

    /// Any tile, to be looked at.
    pub fn any_tile(&self) -> Result<Option<Vec<u8>>, MapFileError> {
        let connection = self.ask();
        let found = connection
            .query_row("SELECT tile_data FROM tiles LIMIT 1", [], |row| row.get::<_, Vec<u8>>(0))
            .optional()?;
        found.map(unpacked).transpose()
    }

    /// The bytes of a tile, unpacked; `None` where the database has none.
    pub fn tile(&self, spot: TileId) -> Result<Option<Vec<u8>>, MapFileError> {
        let Some(row) = 1_u32.checked_shl(spot.zoom.into()).and_then(|side| side.checked_sub(spot.y + 1))
        else {
            return Ok(None);
        };
        let connection = self.ask();
        let mut question = connection.prepare(
            "SELECT tile_data FROM tiles WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3",
        )?;
        let found = question
            .query_row((spot.zoom, spot.x, row), |row| row.get::<_, Option<Vec<u8>>>(0))
            .optional()?
            .flatten();
        drop(question);
        drop(connection);
        found.map(unpacked).transpose()
    }
}

fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, MapFileError> {
    if bytes.len() > limits::MAX_TILE_BYTES {
        return Err(MapFileError::TooLarge);
    }
    let packing = Packing::of(&bytes);
    unpack(bytes, packing, limits::MAX_VECTOR_TILE_BYTES)
}

/// Numbers count as text, too: some programs write zooms so.
fn text(value: rusqlite::types::ValueRef<'_>) -> Option<String> {
    use rusqlite::types::ValueRef;
    match value {
        ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}

fn edges(text: &str) -> Option<[f64; 4]> {
    let numbers: Vec<f64> = text.split(',').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

/// The address of a file that `SQLite` reads as one that nobody writes: without locks, journals and files beside it.
fn address(path: &Path) -> String {
    use std::fmt::Write;
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut address = String::from("file:");
    let text = path.as_os_str().as_encoded_bytes();
    if !text.starts_with(b"/") {
        // A drive of Windows.
        address.push_str("///");
    }
    for &byte in text {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' | b':' => {
                address.push(char::from(byte));
            }
            b'\\' if cfg!(windows) => address.push('/'),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(address, "%{byte:02X}");
            }
        }
    }
    address.push_str("?immutable=1");
    address
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A database with these statements carried out.
    pub(crate) fn database(statements: &str) -> tempfile::NamedTempFile {
        let file = tempfile::Builder::new().suffix("? #ä.mbtiles").tempfile().unwrap();
        let connection = Connection::open(file.path()).unwrap();
        connection.execute_batch(statements).unwrap();
        file
    }

    pub(crate) const TABLES: &str = "CREATE TABLE metadata (name text, value text);
        CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob);
        CREATE UNIQUE INDEX tile_index on tiles (zoom_level, tile_column, tile_row);";

    #[test]
    fn rows_are_counted_from_the_south() {
        let file =
            database(&format!("{TABLES} INSERT INTO tiles VALUES (1, 0, 1, x'0102'), (4, 0, 0, x'03');"));
        let database = Database::open(file.path()).unwrap();
        assert_eq!(database.tile(TileId { x: 0, y: 0, zoom: 1 }).unwrap(), Some(vec![1, 2]));
        assert_eq!(database.tile(TileId { x: 0, y: 1, zoom: 1 }).unwrap(), None);
        assert_eq!(database.tile(TileId { x: 0, y: 9, zoom: 1 }).unwrap(), None);
        assert_eq!(database.zooms().unwrap(), Some([1, 4]));
    }

    #[test]
    fn metadata_that_cannot_be_understood_is_left_out() {
        let file = database(&format!(
            "{TABLES} INSERT INTO metadata VALUES ('format', 'png'), ('minzoom', 2), ('maxzoom', 'many'),
             ('bounds', '1,2,3'), ('name', x'00'), (NULL, 'x');"
        ));
        let metadata = Database::open(file.path()).unwrap().metadata().unwrap();
        let format = Some("png".to_owned());
        assert_eq!(metadata, Metadata { format, min_zoom: Some(2), ..Metadata::default() });
    }

    #[test]
    fn a_view_that_never_ends_and_a_blob_without_end_are_given_up() {
        let endless = database(
            "CREATE TABLE metadata (name text, value text);
             CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
             SELECT -i AS zoom_level, 0 AS tile_column, 0 AS tile_row, x'00' AS tile_data FROM n;",
        );
        assert!(Database::open(endless.path()).unwrap().tile(TileId { x: 0, y: 7, zoom: 3 }).is_err());
        let huge = database(
            "CREATE TABLE metadata (name text, value text);
             CREATE VIEW tiles AS
             SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, zeroblob(900000000) AS tile_data;",
        );
        assert!(Database::open(huge.path()).unwrap().tile(TileId { x: 0, y: 0, zoom: 0 }).is_err());
    }

    #[test]
    fn a_damaged_database_is_an_error_in_words() {
        let file = database(TABLES);
        let mut bytes = std::fs::read(file.path()).unwrap();
        bytes[100..].fill(0xA5);
        std::fs::write(file.path(), &bytes).unwrap();
        let failed = Database::open(file.path()).and_then(|database| database.metadata());
        let words = failed.unwrap_err().to_string();
        assert!(words.contains("malformed") || words.contains("not a database"), "{words}");
    }
}
