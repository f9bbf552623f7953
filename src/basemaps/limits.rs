//! Every limit of maps of one's own in one place, so that no file decides how much memory or time it takes.

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

/// The largest tile as it lies in a file. Makers of tiles aim at half a megabyte.
pub const MAX_TILE_BYTES: u64 = 8 << 20;

/// The same, expanded: what a gzip bomb is stopped at.
pub const MAX_TILE_EXPANDED: usize = 16 << 20;

/// The last zoom that a map may claim to have. Tiles of zoom 24 are two metres wide.
pub const MAX_ZOOM: u8 = 24;

/// Layers of a vector tile that are looked at. Schemas have up to twenty.
pub const MAX_TILE_LAYERS: usize = 256;

/// Features of a vector tile that are drawn. A dense street map has some thousands.
pub const MAX_TILE_FEATURES: usize = 100_000;

/// Points of a vector tile that are drawn. A dense street map has a hundred thousand.
pub const MAX_TILE_POINTS: usize = 1_000_000;

/// Longer texts of a vector tile are not read, in bytes: names are shorter, and every feature may repeat one.
pub const MAX_TILE_TEXT_BYTES: usize = 400;

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

/// The attribution that is shown of a map of one's own, in characters.
pub const MAX_ATTRIBUTION_CHARS: usize = 300;

/// The name that is shown of a map of one's own, in characters.
pub const MAX_NAME_CHARS: usize = 80;

/// Width and height of a picture in a tile, in pixels: four times the largest that is in use.
pub const MAX_PICTURE_SIDE_PX: u32 = 4096;
