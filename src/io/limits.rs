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

/// Points of one geometry that are drawn; it is a coastline of a continent.
pub(super) const MAX_GEOMETRY_POINTS: usize = 1_000_000;

/// Geometries within geometries. The simple features have two.
pub(super) const MAX_GEOMETRY_DEPTH: usize = 8;

/// Rows of an unknown table that somebody is shown who says what its columns mean.
pub const PREVIEW_ROWS: usize = 200;

/// The largest feature of a JSON text, and the most that may stand before the first one: it is in memory as a whole.
pub(super) const MAX_JSON_ITEM_BYTES: usize = 64 << 20;

/// The largest JSON text whose incidents are kept in memory, so that they are there even if the file is not any more.
pub(super) const SMALL_JSON_BYTES: u64 = 8 << 20;

/// Features by whose properties' names the meaning of all properties is told.
pub(super) const SAMPLE_FEATURES: usize = 1000;

/// Names of properties that may have a meaning; those of more are kept with each incident as they are.
pub(super) const MAX_PROPERTY_NAMES: usize = 512;

/// Features of a JSON text. What is kept of each takes about 80 bytes.
pub(super) const MAX_FEATURES: usize = 50_000_000;

/// Features of a JSON text that are not on the map, each of which is kept with its reason. A file with more is something
/// else than a map of incidents.
pub(super) const MAX_REFUSED_FEATURES: usize = 4_000_000;
