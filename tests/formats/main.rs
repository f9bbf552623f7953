//! The readers of all formats over files: a corpus of valid ones and one of broken ones for each format.

// A test ends by panicking with what went wrong.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod corpus;
mod csv;
mod geojson;
mod geoparquet;
mod gpx;
mod json;
mod kml;
mod mad;
mod packed;
mod spreadsheet;
mod timemap;

/// Every format and every extension that can be read stands in the README's table, and none that cannot.
#[test]
fn the_readme_lists_the_formats_that_there_are() {
    let readme = include_str!("../../README.md");
    let table =
        readme.split_once("## Formats").expect("a section").1.split_once("\n\n**").expect("its text").0;
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    let named: Vec<&str> = rows.filter_map(|row| row.split('|').nth(1)).map(str::trim).collect();
    for format in dateline::io::FORMATS {
        // What stands between cells, and what is around KML, has no row of its own.
        let is_there = |name: &str| named.iter().any(|row| row.split(", ").any(|it| it == name));
        assert!(is_there(format.name) || format.name == "TSV", "{} is not in the README", format.name);
    }
    let mut written: Vec<&str> =
        table.split('`').skip(1).step_by(2).filter_map(|it| it.strip_prefix('.')).collect();
    let mut known: Vec<&str> = dateline::io::known_extensions().collect();
    for list in [&mut written, &mut known] {
        list.sort_unstable();
        list.dedup();
    }
    // Refused in words.
    known.retain(|extension| *extension != "xls");
    assert_eq!(written, known);
}
