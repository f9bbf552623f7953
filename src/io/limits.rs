//! Every limit of the readers in one place, so that no file decides how much memory or screen it takes.

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
