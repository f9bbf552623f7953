//! Compressed files and archives: the corpus, and bombs.

use std::io::{Cursor, Write};
use std::path::Path;

use dateline::io::{self, ReadOptions};
use dateline::progress::Progress;
use flate2::Compression;
use flate2::write::GzEncoder;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::corpus;

fn refused(name: &str, bytes: &[u8]) -> String {
    io::read_bytes(name, bytes).expect_err("it is refused").to_string()
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        archive.write_all(bytes).expect("memory");
    }
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn valid_files_are_read_as_what_is_in_them() {
    corpus::check("packed", "valid", 10);
}

#[test]
fn broken_files_are_told_of_in_words() {
    corpus::check("packed", "broken", 15);
}

#[test]
fn a_file_that_grows_a_thousandfold_is_refused() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..100 {
        packed.write_all(&zeros).expect("memory");
    }
    let packed = packed.finish().expect("memory");
    assert!(refused("a.csv.gz", &packed).contains("250 times"));
    let archive = zip_of(&[("a.csv", &vec![b' '; 100 << 20])]);
    assert!(refused("a.zip", &archive).contains("250 times"));
}

#[test]
fn archives_of_archives_of_archives_are_not_followed() {
    let mut bytes = zip_of(&[("a.csv", b"lat,lon\n1,2\n")]);
    for _ in 0..5 {
        let inner: Vec<(String, &[u8])> = (0..16).map(|n| (format!("{n}.zip"), bytes.as_slice())).collect();
        let inner: Vec<(&str, &[u8])> = inner.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        bytes = zip_of(&inner);
    }
    assert!(refused("42.zip", &bytes).contains("deep"));
}

#[test]
fn an_archive_of_very_many_files_is_refused() {
    let names: Vec<String> = (0..10_001).map(|n| n.to_string()).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    assert!(refused("a.zip", &zip_of(&files)).contains("more than 10000 files"));
}

#[test]
fn a_file_of_an_archive_can_be_chosen_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.zip");
    let [a, b] = ["lat,lon,title\n1,2,A\n", "lat,lon,title\n1,2,B\n"].map(str::as_bytes);
    std::fs::write(&path, zip_of(&[("a.csv", a), ("sub/b.csv", b)])).expect("a file");
    let read = |path: &Path, part: &str| {
        let options = ReadOptions { part: Some(part.to_owned()), ..ReadOptions::default() };
        io::read_path_with(path, &options, &Progress::default())
    };
    let dataset = read(&path, "sub/b.csv").expect("it is there");
    assert_eq!((dataset.incidents.at(0).title.as_str(), dataset.title.as_str()), ("B", "b"));
    let words = read(&path, "c.csv").expect_err("it is not there").to_string();
    assert!(words.contains("no file `c.csv`") && words.contains("`sub/b.csv`"), "{words}");
}
