//! Every limit in one place, so that neither a file nor a server decides how much memory, time or screen it takes:
//! first those of the readers, then those of online maps and of maps of one’s own.

use std::time::Duration;

/// The largest file that is read, expanded. A million incidents take well under one gigabyte.
pub const MAX_FILE_BYTES: u64 = 16 << 30;

/// The largest text that is read as a whole, because its format wants it so.
pub const MAX_WHOLE_BYTES: u64 = 2 << 30;

/// Problems that are kept with their position.
pub const MAX_KEPT_PROBLEMS: usize = 1000;

/// Problems that are counted. Reading ends there: a file with so many is something else than a dataset.
pub const MAX_COUNTED_PROBLEMS: usize = 1_000_000;

/// Problems that a report shows before it says how many more there are.
pub const MAX_SHOWN_PROBLEMS: usize = 100;

/// Characters of a source line that a report shows around a problem.
pub(super) const EXCERPT_CHARS: usize = 100;

/// Characters of a word from the file that a message repeats.
pub(super) const QUOTED_CHARS: usize = 60;

/// Known names that are looked at to find the one that was meant by an unknown one.
pub(super) const MAX_SUGGESTION_CANDIDATES: usize = 5000;

/// Pairs of characters that are compared for one unknown name.
pub(super) const MAX_SUGGESTION_WORK: usize = 300_000;

/// Unknown ids of a file for which a near one is looked for. As many problems are shown.
pub(super) const MAX_ID_SUGGESTIONS: usize = MAX_SHOWN_PROBLEMS;

/// Bytes of odd literals that the ron crate is asked about, with [`RON_CALL_BYTES`] more for each.
pub(super) const MAX_RON_BYTES: usize = 16 << 20;

/// What a call of the ron crate costs at least, as bytes that it could read instead.
pub(super) const RON_CALL_BYTES: usize = 64;

/// Bytes at the beginning of a file by which its format is told.
pub const HEAD_BYTES: usize = 1 << 16;

/// Event types that are told apart; further ones of a file are its last one. The columns count them in 16 bits.
pub const MAX_EVENT_TYPES: usize = 65_000;

/// The largest metadata of a Parquet file: that of ten thousand row groups of a hundred columns takes less.
pub(super) const MAX_PARQUET_METADATA_BYTES: u64 = 64 << 20;

/// Entries of one list in a Parquet file's metadata. Row groups, columns and key-value pairs of real files are fewer; the
/// parquet crate makes room for half a kilobyte for each before it reads them.
pub(super) const MAX_PARQUET_LIST: u64 = 100_000;

/// Structures within structures in a Parquet file's metadata. The format has five.
pub(super) const MAX_PARQUET_DEPTH: usize = 24;

/// Columns of a table that are read. A spreadsheet has at most 16 384.
pub(super) const MAX_COLUMNS: usize = 16_384;

/// The largest page of a Parquet file, expanded. `DuckDB` writes the largest: a hundred million bytes.
pub(super) const MAX_PARQUET_PAGE_BYTES: i64 = 128 << 20;

/// Bytes of a Parquet page's header, which may hold the smallest and the largest value of the page.
pub(super) const MAX_PARQUET_HEADER_BYTES: usize = 4 << 20;

/// Rows of a Parquet file: its columns pack ten million equal rows into a few bytes, but each takes 32 bytes here.
pub(super) const MAX_PARQUET_ROWS: u64 = 100_000_000;

/// Points of one geometry that are drawn; it is a coastline of a continent.
pub(super) const MAX_GEOMETRY_POINTS: usize = 1_000_000;

/// Geometries within geometries. The simple features have two.
pub(super) const MAX_GEOMETRY_DEPTH: usize = 8;

/// Rows of a Parquet file for each of its bytes, beyond [`MIN_PARQUET_ROWS_BOUND`]: the best packed real ones have fewer.
pub(super) const MAX_PARQUET_ROWS_PER_BYTE: u64 = 8;

/// So many rows a Parquet file may have whatever its size.
pub(super) const MIN_PARQUET_ROWS_BOUND: u64 = 1_000_000;

/// Values of a column of lists in one row group, which may stand for nothing in a few bytes.
pub(super) const MAX_LIST_VALUES: u64 = 1 << 26;

/// Rows of an unknown table that somebody is shown who says what its columns mean.
pub const PREVIEW_ROWS: usize = 200;

/// The largest feature of a JSON text, and the most that may stand before the first one: it is in memory as a whole.
pub(super) const MAX_JSON_ITEM_BYTES: usize = 64 << 20;

/// The largest JSON text whose incidents are kept in memory, so that they are there even if the file is not any more.
pub(super) const SMALL_JSON_BYTES: u64 = 8 << 20;

/// Features by whose properties' names the meaning of all properties is told.
pub(super) const SAMPLE_FEATURES: usize = 1000;

/// Features of a JSON text. What is kept of each takes about 80 bytes.
pub(super) const MAX_FEATURES: usize = 50_000_000;

/// Features of a JSON text that are not on the map, each of which is kept with its reason. A file with more is something
/// else than a map of incidents.
pub(super) const MAX_REFUSED_FEATURES: usize = 4_000_000;

/// Columns of a table that is written, beside its own. A spreadsheet has 16 384; what a file says by more names than these
/// is kept in a column for all of it.
pub(super) const MAX_WRITTEN_COLUMNS: usize = 1000;

/// Expanded bytes that any compressed file may have, however small it is.
pub(super) const FREE_EXPANSION_BYTES: u64 = 64 << 20;

/// How much larger than its compressed file an expanded one may be. Tables of incidents shrink to a tenth; what is made
/// to fill disks shrinks to a thousandth.
pub(super) const MAX_EXPANSION_RATIO: u64 = 250;

/// Compressed files within each other: a GDELT day is one, a KMZ in a zip archive is two.
pub(super) const MAX_PACKED_DEPTH: usize = 2;

/// Files of an archive that are looked through for one of incidents.
pub(super) const MAX_ARCHIVE_ENTRIES: usize = 10_000;

/// Names of an archive's files that a message shows.
pub(super) const MAX_SHOWN_ENTRIES: usize = 10;

/// Elements of XML within each other. Folders of a map go ten deep; each level takes room on the stack.
pub(super) const MAX_XML_DEPTH: usize = 100;

/// The largest single piece of XML (a tag with its attributes, or a text): the coordinates of a line with
/// [`MAX_GEOMETRY_POINTS`].
pub(super) const MAX_XML_PIECE_BYTES: u64 = 64 << 20;

/// Properties of a file's features that are told apart by name; what further ones say is kept, but not looked at.
pub(super) const MAX_PROPERTY_NAMES: usize = 512;

/// Rows of a Parquet file whose identifiers are held against each other. Of more, reading the column would take longer than
/// all else.
pub(super) const MAX_COMPARED_IDS: usize = 1 << 22;

/// Lists within one JSON file (layers, datasets) that are told apart; what stands in further ones belongs to the last.
pub(super) const MAX_JSON_LISTS: usize = 10_000;

/// Features of a KML or GPX file, whose texts are all in memory: two kilobytes or so for each.
pub(super) const MAX_XML_FEATURES: usize = 5_000_000;

/// Folders of a KML file.
pub(super) const MAX_FOLDERS: usize = 1_000_000;

/// Shared styles of a KML file.
pub(super) const MAX_STYLES: usize = 100_000;

/// Rows of a sheet: Excel and `LibreOffice` have no more.
pub(super) const MAX_SHEET_ROWS: u32 = 1 << 20;

/// Filled cells of a sheet that are kept; each takes six bytes beside its text.
pub(super) const MAX_SHEET_CELLS: usize = 50_000_000;

/// Text of a sheet's cells: one text may stand in a million cells and take a few bytes in the file.
pub(super) const MAX_SHEET_TEXT_BYTES: usize = 1 << 30;

/// All of a spreadsheet's XML, expanded. A million rows of thirty columns take about one gigabyte.
pub(super) const MAX_SHEET_XML_BYTES: u64 = 2 << 30;

/// Files in a spreadsheet's archive.
pub(super) const MAX_BOOK_PARTS: usize = 10_000;

/// The largest table whose bytes are kept in memory, so that they are there even if the file is not any more.
pub(super) const SMALL_TABLE_BYTES: u64 = 8 << 20;

/// The largest row of a text table. A row is in memory as a whole, once for each core.
pub(super) const MAX_ROW_BYTES: usize = 16 << 20;

/// Cells of one row of a text table that are told apart. A spreadsheet has at most 16 384.
pub(super) const MAX_CELLS: usize = 20_000;

/// Bytes of a text table by which its separator, its columns and the order of its dates are told.
pub(super) const SAMPLE_BYTES: usize = 1 << 18;

/// Rows of a table by which the meaning of its columns is told.
pub(super) const SAMPLE_ROWS: usize = 1000;

/// Rows of a text table. What is kept of each takes 44 bytes.
pub(super) const MAX_TABLE_ROWS: usize = 100_000_000;

/// Rows of a table that are not on the map, each of which is kept with its reason. A file with more is something else
/// than a table of incidents.
pub(super) const MAX_REFUSED_ROWS: usize = 4_000_000;

/// Incidents of a report for browsers. Nobody reads more, and a browser lays all of them out at once.
pub const MAX_REPORTED: usize = 2000;

/// Bytes of a tile as it comes over the network. The largest of the known maps, vector tiles of big cities, come near one
/// megabyte.
pub const MAX_TILE_BYTES: usize = 4 << 20;

/// Bytes of a vector tile, unpacked. The largest real ones take about four megabytes.
pub const MAX_VECTOR_TILE_BYTES: usize = 16 << 20;

/// Pixels along a side of a raster tile: twice those of the largest that are usual, 512 points at double density. What has
/// more than two pixels for a point is made smaller, so that a view never takes much more memory than the screen.
pub const MAX_TILE_SIDE_PX: u32 = 2048;

/// Memory for decoding one raster tile: its pixels, and as much again for the decoder.
pub const MAX_TILE_DECODE_BYTES: u64 = 40 << 20;

/// Bytes of a map's description (`TileJSON`). That of `OpenFreeMap` takes about ten kilobytes.
pub const MAX_TILE_JSON_BYTES: usize = 1 << 20;

/// Layers of a vector tile. The schemas of Protomaps and `OpenMapTiles` have fewer than twenty.
pub const MAX_TILE_LAYERS: usize = 256;

/// Features of a vector tile. The fullest real ones have some ten thousand; an empty one takes two bytes there and a
/// hundred here.
pub const MAX_TILE_FEATURES: usize = 250_000;

/// Vertices of a vector tile, all features together. Real ones have some hundred thousand; each is tessellated.
pub const MAX_TILE_VERTICES: usize = 1_000_000;

/// How far from a tile's corner a vertex may lie, in the tile's own units. A tile is 4096 of them wide, and lines leave it
/// by a tenth.
pub const MAX_TILE_COORDINATE: i64 = 1 << 24;

/// Lines and rings of a feature times its numbers, all features together: the decoder makes room for all numbers of the
/// feature with each of them.
pub const MAX_TILE_RING_WORK: usize = 1 << 28;

/// Names and values of a layer of a vector tile. A value takes two bytes there and a hundred here.
pub const MAX_TILE_VALUES: usize = 250_000;

/// Properties of a vector tile's features, all together. Real ones have some hundred thousand.
pub const MAX_TILE_TAGS: usize = 1_000_000;

/// Text that the features of a vector tile refer to, counted as often as they do: each gets a copy of its own.
pub const MAX_TILE_TEXT_BYTES: usize = 32 << 20;

/// Redirects of one request. Real servers have one or two.
pub const MAX_REDIRECTS: usize = 5;

/// Tiles that are in view at the same time. A wall of 8000 by 6000 pixels shows 800 of 256 by 256.
pub const MAX_TILES_WANTED: usize = 1500;

/// Memory for tiles that are ready: some two hundred raster tiles of 256 by 256 pixels, or twelve of the largest.
pub const MAX_TILES_MEMORY_BYTES: usize = 64 << 20;

/// The disk cache of online maps: some ten thousand tiles.
pub const MAX_TILE_CACHE_BYTES: u64 = 256 << 20;

/// Files in the disk cache of online maps: their names are in memory, and small files take a block of the disk each.
pub const MAX_TILE_CACHE_FILES: usize = 40_000;

/// Headers of an answer that are kept with a tile in the disk cache.
pub const MAX_TILE_HEADER_BYTES: usize = 64 << 10;

/// Characters of the address of a user's own map. Keys that providers hand out take a hundred.
pub const MAX_TEMPLATE_CHARS: usize = 2000;

/// Characters of the name of a user's own map: a line of the menu.
pub const MAX_MAP_NAME_CHARS: usize = 60;

/// Characters of the attribution of a user's own map: a line below the map.
pub const MAX_ATTRIBUTION_CHARS: usize = 200;

/// How long a connection may take to come about, TLS included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a server may take until its answer begins, the connection included.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(6);

/// In every span of this length an answer must bring [`MIN_TILE_BYTES_PER_SPAN`]: a server that sends a byte now and then
/// would else hold the map for ever.
pub const STALL_TIMEOUT: Duration = Duration::from_secs(4);

/// See [`STALL_TIMEOUT`]: a kilobyte a second, a third of what a modem of 1995 did.
pub const MIN_TILE_BYTES_PER_SPAN: usize = 4096;

/// How long one tile may take as a whole.
pub const TILE_TIMEOUT: Duration = Duration::from_secs(20);

/// The longest wait before a server that failed is asked again. With the time that a request takes to fail, a map is whole
/// again within ten seconds of the fault's end.
pub const MAX_RETRY_WAIT: Duration = Duration::from_secs(4);

/// The longest wait before a tile is asked for again that a server which works otherwise did not give us.
pub const MAX_LOOK_WAIT: Duration = Duration::from_secs(8);

/// When nobody has moved the map for so long, what is missing is asked for only every [`IDLE_WAIT`].
pub const IDLE_AFTER: Duration = Duration::from_mins(10);

/// See [`IDLE_AFTER`].
pub const IDLE_WAIT: Duration = Duration::from_mins(1);

/// How long a tile must be in view before a server is asked for it: what flies past is not.
pub const SETTLE_TIME: Duration = Duration::from_millis(80);

/// The longest wait that a server can ask for (`Retry-After`).
pub const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);

/// The largest directory of a `PMTiles` file as it lies there. Real ones take up to a hundred kilobytes.
pub const MAX_DIRECTORY_BYTES: u64 = 4 << 20;

/// The same, expanded. An entry takes four bytes at least, so that this is room for four million.
pub const MAX_DIRECTORY_EXPANDED: usize = 16 << 20;

/// Directories below one another in a `PMTiles` file: the format has two or three. One that leads to itself ends here.
pub const MAX_DIRECTORY_DEPTH: usize = 4;

/// Entries of directories that are kept: a few leaves, whatever their size.
pub const MAX_KEPT_ENTRIES: usize = 1 << 20;

/// What a file says of itself, as it lies there and expanded. Statistics of tippecanoe take some megabytes.
pub const MAX_METADATA_BYTES: u64 = 8 << 20;

/// The same, expanded.
pub const MAX_METADATA_EXPANDED: usize = 16 << 20;

/// The last zoom that a map may claim to have. Tiles of zoom 24 are two metres wide.
pub const MAX_ZOOM: u8 = 24;

/// Coordinates of a tile reach so many of its sides beyond it. Real ones reach a few hundredths.
pub const MAX_BEYOND_TILE: f32 = 8.0;

/// Pairs of a polygon's edges that may cross, over all of a tile: the work of filling it grows with them.
pub const MAX_CROSSINGS: usize = 1_000_000;

/// Pairs of edges that are compared to count those. A coast of twenty thousand points takes a tenth.
pub const MAX_COMPARISONS: usize = 20_000_000;

/// Steps of `SQLite` for one question. Finding a tile takes a hundred; a view that counts for ever ends here.
pub const MAX_SQLITE_STEPS: u32 = 50_000_000;

/// What `SQLite` may take of memory, in bytes.
pub const MAX_SQLITE_BYTES: u32 = 128 << 20;

/// The name that is shown of a map of one's own, in characters.
pub const MAX_NAME_CHARS: usize = 80;

/// Longer texts of a vector tile are not read, in bytes: names are shorter, and every feature may repeat one.
pub const MAX_NAME_BYTES: usize = 400;

/// Dashed lines of a tile together, in sides of the tile: each dash is a piece of its own on the graphics card. Beyond
/// this, lines are drawn whole.
pub const MAX_DASHED_SIDES: f32 = 400.0;
