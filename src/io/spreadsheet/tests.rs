//! Spreadsheets of any bytes: they are read whole, or refused in words.

use proptest::prelude::*;

use super::*;

const XLSX: &[u8] = include_bytes!("../../../tests/corpus/xlsx/valid/shared-strings.xlsx");
const ODS: &[u8] = include_bytes!("../../../tests/corpus/ods/valid/spans.ods");

fn read(name: &str, bytes: &[u8]) -> Result<Dataset, ReadError> {
    read_input(&Input::memory(name, bytes), &ReadOptions::default(), &Progress::default())
}

/// Packs the parts of a spreadsheet again, one of them damaged. Its sums are right: the damage reaches the readers.
fn repacked(source: &[u8], damaged: &str, damage: &dyn Fn(&mut Vec<u8>)) -> Vec<u8> {
    use std::io::{Cursor, Read, Write};
    let mut archive = zip::ZipArchive::new(Cursor::new(source)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..archive.len() {
        let mut entry = archive.by_index(n).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if name == damaged {
            damage(&mut bytes);
        }
        let stored =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        out.start_file(name, stored).unwrap();
        out.write_all(&bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn check(result: Result<Dataset, ReadError>) -> Result<(), TestCaseError> {
    match result {
        Ok(dataset) => {
            let account = &dataset.account;
            prop_assert_eq!(account.rows(), account.mapped + account.listed() + account.rejected());
            prop_assert!(dataset.incidents.len() as u64 >= account.mapped);
        }
        Err(error) => prop_assert!(!error.problems()[0].advice.is_empty()),
    }
    Ok(())
}

#[test]
fn reading_stops_when_nobody_waits() {
    let progress = Progress::default();
    progress.cancel();
    for (name, bytes) in [("a.xlsx", XLSX), ("a.ods", ODS)] {
        let error = read_input(&Input::memory(name, bytes), &ReadOptions::default(), &progress).unwrap_err();
        assert!(error.to_string().contains("cancelled"), "{error}");
    }
}

#[test]
fn spreadsheets_are_told_by_their_bytes_and_other_archives_are_none() {
    assert!(detect(XLSX) && detect(ODS) && detect(COMPOUND));
    assert!(!detect(b"PK\x03\x04") && !detect(b"id,lat,lon") && !detect(b""));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_bytes_are_a_spreadsheet_or_not(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        check(read("a.xlsx", &bytes))?;
        let ods: Vec<u8> = ODS[..80].iter().chain(&bytes).copied().collect();
        check(read("a.ods", &ods))?;
    }

    #[test]
    fn a_damaged_archive_is_read_or_refused(
        is_ods in any::<bool>(), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)
    ) {
        let mut bytes = if is_ods { ODS } else { XLSX }.to_vec();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        check(read("a", &bytes))?;
    }

    #[test]
    fn damaged_xml_is_read_or_refused(
        part in prop::sample::select(vec![
            "content.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml",
            "[Content_Types].xml", "xl/_rels/workbook.xml.rels",
        ]),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let source = if part == "content.xml" { ODS } else { XLSX };
        let bytes = repacked(source, part, &|bytes| {
            for (at, byte) in &damage {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            if let Some(cut) = &cut {
                bytes.truncate(cut.index(bytes.len()));
            }
        });
        check(read("a", &bytes))?;
    }
}
