//! Files of the corpora of KML, GPX, GeoJSON, TimeMap and archives with bytes exchanged, cut out and cut off, and random pieces of XML: none
//! of them may stop the program, and every account's sum holds.

use std::fs;
use std::path::Path;

use dateline::io;
use proptest::prelude::*;

/// The valid files of these corpora.
fn files() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for format in ["kml", "gpx", "packed", "geojson", "timemap"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(format).join("valid");
        for entry in fs::read_dir(folder).expect("the corpus is there") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|it| it != "txt") {
                let name = path.file_name().expect("a file").to_string_lossy().into_owned();
                files.push((name, fs::read(&path).expect("a file")));
            }
        }
    }
    files.sort();
    files
}

fn read(name: &str, bytes: &[u8]) {
    match io::read_bytes(name, bytes) {
        Ok(dataset) => {
            let account = &dataset.account;
            assert_eq!(account.rows(), account.mapped + account.listed() + account.rejected());
        }
        Err(error) => assert!(error.problems().iter().all(|it| !it.what.is_empty() && !it.advice.is_empty())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn files_with_a_few_bytes_exchanged_are_read_or_told_of(
        file in prop::sample::select(files()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (name, mut bytes) = file;
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        read(&name, &bytes);
    }

    #[test]
    fn random_pieces_of_xml_are_read_or_told_of(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "<kml>", "</kml>", "<gpx>", "</gpx>", "<Document>", "</Document>", "<Folder>", "</Folder>", "<Placemark>",
            "</Placemark>", "<name>", "</name>", "<Point>", "</Point>", "<coordinates>", "</coordinates>", "1,2", "x", "&",
            ";", "<![CDATA[", "]]>", "<!--", "-->", "<?xml?>", "<wpt lat=\"1\" lon=\"2\">", "</wpt>", "<trk/>", "\"", "<",
            ">", "\n", "<Style id=\"a\">", "</Style>", "<styleUrl>#a</styleUrl>", "<Polygon>", "</Polygon>",
            "<TimeSpan><begin>2024</begin></TimeSpan>", "<ExtendedData><Data name=\"dateline\"><value>{}</value></Data></ExtendedData>",
        ]), 0..40),
        name in prop::sample::select(vec!["a.kml", "a.gpx", "a.kmz"]),
    ) {
        read(name, pieces.concat().as_bytes());
        read(name, format!("<kml><Document>{}</Document></kml>", pieces.concat()).as_bytes());
    }

    #[test]
    fn random_bytes_are_read_or_told_of(
        magic in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"<kml>", b"\xff\xfe"]),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        name in prop::sample::select(vec!["a.kml", "a.gpx", "a.kmz", "a.zip", "a.csv.gz"]),
    ) {
        read(name, &[magic, &bytes].concat());
    }
}
