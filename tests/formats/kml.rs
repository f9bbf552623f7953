//! KML: the corpus, what is made to harm, and writing what was read.

use std::fmt::Write as _;

use dateline::io;
use dateline::io::export::{Selection, Target};
use dateline::model::Dataset;
use dateline::progress::Progress;

use crate::corpus;

fn refused(text: &str) -> String {
    io::read_bytes("a.kml", text.as_bytes()).expect_err("it is refused").to_string()
}

/// Written as KML and read again.
fn again(dataset: &Dataset) -> Dataset {
    let mut out = Vec::new();
    let target = Target::of_ending("kml").expect("KML can be written");
    let report =
        target.write(&Selection::all(dataset), &mut out, &Progress::default()).expect("it is written");
    assert_eq!((report.written, report.losses()), (dataset.incidents.len() as u64, Vec::new()));
    io::read_bytes("a.kml", &out).unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(&out)))
}

#[test]
fn valid_files_are_read_as_they_mean_it() {
    corpus::check("kml", "valid", 15);
}

#[test]
fn broken_files_are_told_of_in_words() {
    corpus::check("kml", "broken", 15);
}

#[test]
fn the_bundled_dataset_is_the_same_after_it_was_kml() {
    let dataset = io::bundled().expect("it is whole");
    let mut read = again(&dataset);
    // KML lists no sources apart from those of incidents.
    read.sources.clone_from(&dataset.sources);
    assert_eq!(read.account.summary(), dataset.account.summary());
    read.account.clone_from(&dataset.account);
    assert!(read == dataset, "{read:?}");
}

#[test]
fn what_was_read_from_kml_is_the_same_after_it_was_written() {
    for name in ["folders", "geometries", "dates", "dates2", "tracks", "entities", "my-maps"] {
        let path = format!("{}/tests/corpus/kml/valid/{name}.kml", env!("CARGO_MANIFEST_DIR"));
        let dataset = io::read_path(path.as_ref()).expect("it is valid");
        let mut read = again(&dataset);
        read.account.notes.clone_from(&dataset.account.notes);
        assert_eq!(read, dataset, "{name}");
    }
}

#[test]
fn a_hundred_thousand_levels_are_refused() {
    let text = format!("<kml>{}", "<Folder>".repeat(100_000));
    assert!(refused(&text).contains("deep"), "{}", refused(&text));
}

#[test]
fn an_attribute_of_a_hundred_megabytes_is_refused() {
    let text = format!("<kml><Placemark id=\"{}\"/></kml>", "x".repeat(100 << 20));
    assert!(refused(&text).contains("larger than 64 MiB"));
}

#[test]
fn entities_are_not_expanded_and_no_other_file_is_read() {
    let mut laughs = "<!DOCTYPE kml [<!ENTITY a \"ha\">".to_owned();
    for (from, to) in ('a'..='y').zip('b'..='z') {
        let ten = format!("&{from};").repeat(10);
        write!(laughs, "<!ENTITY {to} \"{ten}\">").expect("a text");
    }
    laughs.push_str("]><kml><Placemark><name>&z;</name></Placemark></kml>");
    assert!(refused(&laughs).contains("document type declaration"));
    let other = "<!DOCTYPE kml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><kml><name>&x;</name></kml>";
    assert!(refused(other).contains("document type declaration"));
}

#[test]
fn ten_million_empty_lines_are_passed_over() {
    let text = format!("<kml>{}<Placemark><name>a</name></Placemark></kml>", "\n".repeat(10_000_000));
    let dataset = io::read_bytes("a.kml", text.as_bytes()).expect("it is valid");
    assert_eq!(dataset.account.summary(), "rows 1: mapped 0, listed 1, rejected 0");
    assert_eq!(dataset.account.entries[0].line, 10_000_001);
}

#[test]
fn reading_ends_when_nobody_waits_for_it() {
    let progress = Progress::default();
    progress.cancel();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.kml");
    std::fs::write(&path, "<kml></kml>").expect("a file");
    let error =
        io::read_path_with(&path, &io::ReadOptions::default(), &progress).expect_err("it is cancelled");
    assert!(error.to_string().contains("cancelled"), "{error}");
}
