//! GeoParquet by the libraries of other programs (`tests/corpus/make_tables.py`).

use crate::corpus;

#[test]
fn valid_files_are_read_as_other_programs_wrote_them() {
    corpus::check("geoparquet", "valid", 12);
}

#[test]
fn broken_files_are_read_whole_or_not_at_all() {
    corpus::check("geoparquet", "broken", 20);
}
