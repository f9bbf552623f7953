//! The reader of tables of text on small files: dialects, encodings, rows that are odd, and the way back to texts.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::io::{FORMATS, read_bytes};
use crate::model::{Fate, TextError};

const HEADER: &str = "id,date,title,lat,lon,notes\n";

fn read_text(text: &str) -> Dataset {
    read_bytes("t.csv", text.as_bytes()).unwrap()
}

fn with(text: &str, threads: usize, block_bytes: u64) -> Result<Dataset, ReadError> {
    let input = Input::memory("t.csv", text.as_bytes());
    read(&input, &ReadOptions::default(), &Progress::default(), threads, block_bytes)
}

/// What is said of the rows that are not on the map.
fn entries(dataset: &Dataset) -> Vec<(u64, u32, String)> {
    dataset.account.entries.iter().map(|it| (it.line, it.column, it.reason.to_string())).collect()
}

#[test]
fn every_row_is_on_the_map_or_named_with_its_line() {
    let dataset = read_text(&format!(
        "{HEADER}1,2025-05-16,a,51.5,34.5,\"two\nlines\"\n2,2025-05-16,b,,34.5,x\n\n3,2025-05-16,c,north,34.5,x\n\
         4,2025-05-16,d,51.5\n5,soon,e,51.5,34.5,\"say \"\"no\"\"\"\n,,,,,\n6,2025-05-16,f,89.9,34.5,x"
    ));
    assert_eq!(dataset.account.summary(), "rows 6: mapped 2, listed 2, rejected 2");
    let places: Vec<(u64, u32)> = entries(&dataset).iter().map(|it| (it.0, it.1)).collect();
    assert_eq!(places, [(4, 4), (6, 4), (7, 0), (10, 0)]);
    assert_eq!(dataset.incidents.len(), 3, "one beyond the map can still be read");
    assert_eq!(dataset.incidents.at(0).summary, "two\nlines");
    assert_eq!(dataset.incidents.at(1).summary, "say \"no\"");
    assert_eq!(dataset.incidents.at(1).more, [("date".to_owned(), "soon".to_owned())]);
    let notes = dataset.account.notes.join("\n");
    assert!(notes.contains("1 row, in line 8") && notes.contains("1 row, in line 9"), "{notes}");
}

#[test]
fn a_mark_that_is_never_closed_costs_one_row() {
    let dataset = read_text(&format!("{HEADER}1,,a,1,2,x\n2,,\"b\n,1,2,x\n3,,c,1,2,x\n4,,d,1,2,x\n"));
    assert_eq!(dataset.account.summary(), "rows 5: mapped 3, listed 0, rejected 2");
    assert_eq!(entries(&dataset)[0].0, 3);
    assert!(entries(&dataset)[0].2.contains("never closed"));
    assert_eq!((entries(&dataset)[0].1, dataset.account.entries[0].field.as_ref()), (3, "title"));
}

#[test]
fn a_row_without_end_is_passed_over_and_the_lines_below_it_are_read() {
    let long = "x".repeat(super::super::limits::MAX_ROW_BYTES + 10);
    let dataset = with(
        &format!("{HEADER}1,,a,1,2,{long}\n2,,b,1,2,x\n3,,c,1,2,\"{long}\"\n4,,d,1,2,x\n"),
        1,
        BLOCK_BYTES,
    )
    .unwrap();
    assert_eq!(dataset.account.summary(), "rows 4: mapped 2, listed 0, rejected 2");
    assert!(entries(&dataset)[0].2.contains("16 MiB"), "{:?}", entries(&dataset));
    assert_eq!(entries(&dataset).iter().map(|it| it.0).collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn an_id_that_stands_twice_is_told_apart() {
    let dataset = read_text(&format!("{HEADER}a,,x,1,2,\nb,,y,1,2,\na,,z,1,2,\n,,w,1,2,\n,,v,1,2,\n"));
    let ids: Vec<String> = (0..5).map(|n| dataset.incidents.at(n).id.clone()).collect();
    assert_eq!(ids, ["a", "b", "a #3", "row-4", "row-5"]);
    assert!(dataset.account.notes.iter().any(|note| note.contains("line 4")), "{:?}", dataset.account.notes);
}

#[test]
fn rows_in_another_encoding_are_decoded_or_rejected() {
    let text = format!("{HEADER}{}", "1,,Взрыв на окраине города,51.5,34.5,Дрон попал в дом\n".repeat(3));
    let bytes = encoding_rs::WINDOWS_1251.encode(&text).0;
    let dataset = read_bytes("t.csv", &bytes).unwrap();
    assert_eq!(dataset.incidents.at(0).title, "Взрыв на окраине города");
    assert!(
        dataset.account.notes.iter().any(|note| note.contains("windows-1251")),
        "{:?}",
        dataset.account.notes
    );
    let mut late = format!("{HEADER}{}", "1,,plain,51.5,34.5,x\n".repeat(20_000)).into_bytes();
    late.extend_from_slice(
        &encoding_rs::WINDOWS_1251.encode("2,,Взрыв на окраине города рано утром,51.5,34.5,x\n").0,
    );
    let dataset = read_bytes("t.csv", &late).unwrap();
    assert_eq!(dataset.incidents.at(20_000).title, "Взрыв на окраине города рано утром");
    let mut damaged = format!("{HEADER}1,,Взрыв,1,2,x\n2,,Огонь,1,2,x\n3,,").into_bytes();
    damaged.extend_from_slice(b"\xFF\xFE,1,2,x\n4,,d,1,2,x\n");
    let dataset = read_bytes("t.csv", &damaged).unwrap();
    assert_eq!(entries(&dataset), [(4, 3, "has bytes that are not UTF-8 text".to_owned())]);
    assert_eq!(dataset.incidents.len(), 3);
}

#[test]
fn later_rows_may_decide_the_order_of_the_dates() {
    let mut text = HEADER.to_owned();
    for n in 0..30_000 {
        writeln!(text, "{n},03/04/2025,a,1,2,").unwrap();
    }
    text.push_str("x,16/04/2025,a,1,2,\n");
    let dataset = read_text(&text);
    assert_eq!(dataset.incidents.at(0).long_time(None), "3 April 2025");
    assert_eq!(dataset.incidents.facts(0), Some(crate::model::Facts::of(&dataset.incidents.at(0))));
}

#[test]
fn a_table_is_known_by_its_content_and_other_formats_are_not_taken_for_one() {
    for text in [
        "lat;lon\n1;2\n",
        "Широта,Долгота\n51.2,34.2\n",
        "event_date,event_type,sub_event_type,location,latitude,longitude\n",
        "name\tcoordinates\na\t51.5, 34.5\n",
    ] {
        assert!(detect(text.as_bytes()), "{text}");
        let utf_16: Vec<u8> =
            "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert!(detect(&utf_16), "{text} in UTF-16");
    }
    for text in [
        "",
        "a,b\n1,2\n",
        "{\"lat\":1,\"lon\":2}\n",
        "Dataset(lat, lon)\n",
        "lat\n1\n",
        "<a>lat,lon</a>\n1,2\n",
        "\0\0\0\0",
    ] {
        assert!(!detect(text.as_bytes()), "{text}");
    }
    let others: Vec<&str> =
        FORMATS.iter().filter(|it| (it.detect)(b"lat,lon\n1,2\n")).map(|it| it.name).collect();
    assert_eq!(others, ["CSV"]);
}

#[test]
fn a_table_that_cannot_be_read_says_why_and_what_to_do() {
    for (text, words) in [
        ("", "empty"),
        ("\n\n\r\n", "nothing but empty lines"),
        ("\"lat,lon\n1,2\n", "first row cannot be read"),
        ("name,number\na,1\n", "no column was found"),
    ] {
        let error = read_bytes("t.csv", text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(words), "{text}: {error}");
    }
    let header_only = read_text("lat,lon\n");
    assert_eq!(header_only.account.summary(), "rows 0: mapped 0, listed 0, rejected 0");
    assert!(header_only.account.notes.iter().any(|note| note.contains("no rows")));
}

#[test]
fn the_file_s_rows_are_shown_to_somebody_who_maps_them() {
    let input = Input::memory("t.csv", b"name;north;east\na;51,5;34,5\n");
    let preview = preview(&input, &Progress::default()).unwrap();
    assert_eq!(
        (preview.header, preview.rows[0][1].as_str()),
        (["name", "north", "east"].map(str::to_owned).to_vec(), "51,5")
    );
    let options =
        ReadOptions { mapping: Some("lat=north,lon=#3".parse().unwrap()), ..ReadOptions::default() };
    let dataset = read_input(&input, &options, &Progress::default()).unwrap();
    assert_eq!(dataset.incidents.at(0).place.position.lon_deg, 34.5);
}

#[test]
fn what_is_read_back_is_asked_for_only_where_it_is_wanted() {
    let dataset = read_text(&format!("{HEADER}1,,fire,1,2,\n2,,flood,1,2,\n3,,fire,1,2,\n"));
    let mut found = Vec::new();
    let wanted = |bytes: &[u8]| bytes.windows(4).any(|it| it == b"fire");
    dataset
        .incidents
        .scan(0..3, &wanted, &mut |n, incident| {
            found.push((n, incident.id.clone()));
            true
        })
        .unwrap();
    assert_eq!(found, [(0, "1".to_owned()), (2, "3".to_owned())]);
    let mut count = 0;
    dataset
        .incidents
        .each(|_, _| {
            count += 1;
            count < 2
        })
        .unwrap();
    assert_eq!(count, 2);
}

#[test]
fn a_large_file_that_was_written_to_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.csv");
    let mut text = HEADER.to_owned();
    while (text.len() as u64) < SMALL_TABLE_BYTES + 100 {
        text.push_str("1,2025-05-16,a fire in the market,51.5,34.5,nobody was hurt\n");
    }
    std::fs::write(&path, &text).unwrap();
    let dataset = crate::io::read_path(&path).unwrap();
    let last = dataset.incidents.len() - 1;
    assert_eq!(dataset.incidents.at(last).title, "a fire in the market");
    let mut count = 0;
    dataset
        .incidents
        .each(|_, _| {
            count += 1;
            true
        })
        .unwrap();
    assert_eq!(count, dataset.incidents.len());
    std::fs::write(&path, "lat,lon\n").unwrap();
    let error = dataset.incidents.each(|_, _| true).unwrap_err();
    assert!(matches!(error, TextError::Changed { .. }));
}

#[test]
fn a_cancelled_reader_gives_up() {
    let progress = Progress::default();
    progress.cancel();
    let input = Input::memory("t.csv", format!("{HEADER}1,,a,1,2,\n").as_bytes());
    assert!(read_input(&input, &ReadOptions::default(), &progress).is_err());
}

#[test]
fn ten_million_empty_lines_are_passed_over() {
    let text = format!("{HEADER}{}1,,a,1,2,\n{}x\n", "\n".repeat(9_000_000), "\r\n".repeat(1_000_000));
    let dataset = read_text(&text);
    assert_eq!(dataset.account.summary(), "rows 2: mapped 1, listed 0, rejected 1");
    assert_eq!(entries(&dataset)[0].0, 10_000_003);
}

/// Rows with all that makes them hard to tell apart.
fn hard_rows() -> impl Strategy<Value = String> {
    let row = prop_oneof![
        6 => Just("1,2025-05-16,a,51.5,34.5,\"x\n1,2025-05-16,a,51.5,34.5,y\"\n".to_owned()),
        4 => "[0-9]{1,3},03/0[1-9]/2025,[a-z \"]{0,9},-?[0-9]{1,2}\\.[0-9],[0-9]{1,3},\"[a-z,\n\r]{0,20}\"\r?\n",
        2 => "[a-z,\"\n\r]{0,24}",
        1 => Just("\n\n\r\n".to_owned()),
        1 => "\"[^\"]{0,30}",
        1 => Just("2,,ж,91,34.5,\"\"\"\"\n".to_owned()),
    ];
    prop::collection::vec(row, 0..40).prop_map(|rows| format!("{HEADER}{}", rows.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn many_readers_find_what_one_finds(text in hard_rows(), block_bytes in 8_u64..300) {
        let one = with(&text, 1, 1 << 30).unwrap();
        let many = with(&text, 3, block_bytes).unwrap();
        prop_assert_eq!(&one.account, &many.account);
        prop_assert_eq!(&one.incidents, &many.incidents);
        prop_assert_eq!(&one.event_types, &many.event_types);
        for n in 0..one.incidents.len() {
            prop_assert_eq!(one.incidents.facts(n), Some(crate::model::Facts::of(&many.incidents.at(n))));
        }
    }

    #[test]
    fn every_row_that_the_csv_crate_finds_is_accounted_for(
        rows in prop::collection::vec(("[a-z\",\n]{0,5}", prop_oneof!["-?[0-9]{1,3}", "[a-z]{0,2}"], "-?[0-9]{1,3}"), 1..30)
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["title", "lat", "lon"]).unwrap();
        for (title, lat, lon) in &rows {
            writer.write_record([title, lat, lon]).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let dataset = read_bytes("t.csv", &bytes);
        // Where no latitude is one, the guess finds no position.
        if let Ok(dataset) = dataset {
            prop_assert_eq!(dataset.account.rows(), rows.len() as u64);
            let kept = rows.iter().filter(|(_, lat, lon)| {
                let on_earth = |text: &str, most: i32| text.parse::<i32>().is_ok_and(|it| it.abs() <= most);
                on_earth(lat, 90) && on_earth(lon, 180)
            });
            prop_assert_eq!(dataset.incidents.len(), kept.count());
        }
    }

    #[test]
    fn any_bytes_end_in_a_dataset_or_in_words(
        bytes in prop::collection::vec(prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), any::<u8>()], 0..200),
        has_header: bool,
    ) {
        let bytes = if has_header { [HEADER.as_bytes(), &bytes].concat() } else { bytes };
        match read_bytes("t.csv", &bytes) {
            Ok(dataset) => {
                let account = &dataset.account;
                prop_assert_eq!(account.rows(), account.mapped + account.listed() + account.rejected());
                prop_assert!((0..dataset.incidents.len()).all(|n| !dataset.incidents.at(n).title.is_empty()));
                prop_assert_eq!(dataset.incidents.failure(), None);
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }

    #[test]
    fn a_changed_byte_costs_no_more_than_the_rows_it_stands_in(at in 40_usize..400, byte: u8) {
        let mut bytes = HEADER.to_owned();
        for n in 0..20 {
            writeln!(bytes, "{n},2025-05-16,a,51.5,34.5,\"x\ny\"").unwrap();
        }
        let mut bytes = bytes.into_bytes();
        bytes[at] = byte;
        let dataset = read_bytes("t.csv", &bytes).unwrap();
        prop_assert!(dataset.account.mapped >= 10, "{}", dataset.account.summary());
        let fates = dataset.account.entries.iter().filter(|it| it.fate == Fate::Rejected).count();
        prop_assert!(fates <= 5);
    }
}
