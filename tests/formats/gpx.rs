//! GPX: the corpus, and a long track.

use std::fmt::Write as _;

use dateline::io;

use crate::corpus;

#[test]
fn valid_files_are_read_as_they_mean_it() {
    corpus::check("gpx", "valid", 9);
}

#[test]
fn broken_files_are_told_of_in_words() {
    corpus::check("gpx", "broken", 15);
}

#[test]
fn a_track_of_a_hundred_thousand_points_is_one_incident() {
    let mut text = "<gpx><trk><name>Long</name><trkseg>".to_owned();
    for n in 0..100_000 {
        write!(text, "<trkpt lat=\"{}\" lon=\"{}\"><ele>1</ele></trkpt>", 40 + n % 5, n % 90)
            .expect("a text");
    }
    text.push_str("</trkseg></trk></gpx>");
    let dataset = io::read_bytes("a.gpx", text.as_bytes()).expect("it is valid");
    assert_eq!(dataset.account.summary(), "rows 1: mapped 1, listed 0, rejected 0");
    assert_eq!(dataset.shapes[0].parts[0].len(), 100_000);
}
