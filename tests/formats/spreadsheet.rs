//! Spreadsheets by the libraries of other programs (`tests/corpus/make_tables.py`), and such as lie.

use std::io::{Cursor, Write as _};

use dateline::io::{self, ReadOptions};
use dateline::progress::Progress;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::corpus;

#[test]
fn valid_workbooks_are_read_as_their_authors_see_them() {
    corpus::check("xlsx", "valid", 6);
    corpus::check("ods", "valid", 3);
}

#[test]
fn broken_workbooks_are_read_whole_or_not_at_all() {
    corpus::check("xlsx", "broken", 15);
    corpus::check("ods", "broken", 15);
}

#[test]
fn a_sheet_is_found_by_its_name_or_its_number() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/xlsx/valid/russian.xlsx");
    for (part, is_there) in [("Происшествия", true), ("происшествия", true), ("2", true), ("3", false)]
    {
        let options = ReadOptions { part: Some(part.to_owned()), ..ReadOptions::default() };
        let result = io::read_path_with(&path, &options, &Progress::default());
        assert_eq!(result.is_ok(), is_there, "{part}");
        if let Err(error) = result {
            assert!(error.to_string().contains("“Содержание”, “Происшествия”"), "{error}");
        }
    }
}

/// An ODS of these rows.
fn ods(rows: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file("mimetype", stored).unwrap();
    archive.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
    archive.start_file("content.xml", SimpleFileOptions::default()).unwrap();
    let head = "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"S\">";
    let tail = "</table:table></office:spreadsheet></office:body></office:document-content>";
    for part in [head, rows, tail] {
        archive.write_all(part.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn row(cells: &[&str], repeated: u32) -> String {
    let cell = |text: &&str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let cells: String = cells.iter().map(cell).collect();
    format!("<table:table-row table:number-rows-repeated=\"{repeated}\">{cells}</table:table-row>")
}

#[test]
fn a_sheet_that_repeats_a_long_text_a_million_times_is_refused() {
    let long = "x".repeat(40_000);
    let rows = row(&["name", "lat", "lon"], 1) + &row(&[long.as_str(), "1", "2"], 1_000_000);
    let error = io::read_bytes("a.ods", &ods(&rows)).unwrap_err();
    assert!(error.to_string().contains("too large"), "{error}");
}

#[test]
fn rows_that_are_repeated_are_rows_and_empty_ones_are_none() {
    let rows = row(&["name", "lat", "lon"], 1) + &row(&[""], 900_000) + &row(&["a", "1", "2"], 5000);
    let dataset = io::read_bytes("a.ods", &ods(&rows)).unwrap();
    assert_eq!(dataset.account.summary(), "rows 5000: mapped 5000, listed 0, rejected 0");
    assert_eq!(dataset.incidents.at(0).id, "row-900002");
}

#[test]
fn a_sheet_that_expands_without_end_is_refused() {
    // Two gigabytes and more of blanks, in two megabytes.
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().large_file(true);
    for name in ["xl/workbook.xml", "xl/worksheets/sheet1.xml"] {
        archive.start_file(name, options).unwrap();
        let blanks = vec![b' '; 1 << 20];
        for _ in 0..1050 {
            archive.write_all(&blanks).unwrap();
        }
    }
    let bytes = archive.finish().unwrap().into_inner();
    let error = io::read_bytes("a.xlsx", &bytes).unwrap_err();
    assert!(error.to_string().contains("too large"), "{error}");
}
