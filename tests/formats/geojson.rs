//! GeoJSON: a corpus of valid and of broken files, and large ones that are made here.

use std::fmt::Write as _;

use dateline::io::read_bytes;

use crate::corpus;

#[test]
fn valid_files_say_what_they_hold() {
    corpus::check("geojson", "valid", 15);
}

#[test]
fn broken_files_say_what_is_wrong_with_them() {
    corpus::check("geojson", "broken", 15);
}

#[test]
fn ten_million_empty_lines_are_no_features() {
    let text = "\n".repeat(10_000_000);
    let error = read_bytes("a.ndjson", text.as_bytes()).expect_err("an empty file");
    assert!(error.to_string().contains("the file is empty"), "{error}");
    let text = format!("{text}{{\"type\":\"Point\",\"coordinates\":[1,2]}}{text}");
    let dataset = read_bytes("a.ndjson", text.as_bytes()).expect("one feature");
    assert_eq!(dataset.account.summary(), "rows 1: mapped 1, listed 0, rejected 0");
}

#[test]
fn a_feature_of_many_megabytes_is_read() {
    let mut text = String::from(
        r#"{"type":"Feature","properties":{"name":"Track"},"geometry":{"type":"LineString","coordinates":["#,
    );
    for n in 0..500_000 {
        let comma = if n == 0 { "" } else { "," };
        write!(text, "{comma}[{},50.5]", f64::from(n) * 1e-5).expect("a text");
    }
    text.push_str("]}}");
    let dataset = read_bytes("a.geojson", text.as_bytes()).expect("a track");
    assert_eq!(dataset.shapes[0].parts[0].len(), 500_000);
}

#[test]
fn brackets_without_end_are_an_error_and_no_hang() {
    for open in ["[", "{\"features\":[", "{\"a\":", "[{\"a\":["] {
        let text = open.repeat(300_000);
        let _ = read_bytes("a.geojson", text.as_bytes()).expect_err("no end");
    }
}
