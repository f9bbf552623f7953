//! Tables of text. Each `NAME.csv` or `NAME.tsv` of the corpus has in `NAME.txt` what is to be said of it: the account's
//! sum, its rows that are not on the map, and its notes; or why it cannot be read. `UPDATE_CORPUS=1` writes those anew,
//! to be read before they are believed.

#![allow(clippy::expect_used, reason = "a test ends by panicking with what went wrong")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use dateline::io;
use dateline::model::{Dataset, Fate};

fn files(part: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/csv").join(part);
    let is_table = |path: &PathBuf| path.extension().is_some_and(|it| it != "txt");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the corpus is there")
        .map(|it| it.expect("an entry").path())
        .filter(is_table)
        .collect();
    files.sort();
    files
}

/// The account in words, and the first incidents.
fn told(path: &Path) -> String {
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    let bytes = fs::read(path).expect("a file");
    let dataset = match io::read_bytes(&name, &bytes) {
        Ok(dataset) => dataset,
        Err(error) => return format!("{error}\n"),
    };
    let account = &dataset.account;
    assert_eq!(account.rows(), account.mapped + account.listed() + account.rejected(), "{name}");
    let mut told = format!("{}\n", account.summary());
    for entry in &account.entries {
        let fate = if entry.fate == Fate::Listed { "listed" } else { "rejected" };
        let (line, column, field, value) = (entry.line, entry.column, &entry.field, io::escape(&entry.value));
        writeln!(told, "{fate} {line}:{column} {field} `{value}` {}", entry.reason).expect("a text");
    }
    for note in &account.notes {
        writeln!(told, "note: {note}").expect("a text");
    }
    incidents(&dataset, &mut told);
    told
}

fn incidents(dataset: &Dataset, told: &mut String) {
    for number in 0..dataset.incidents.len() {
        let incident = dataset.incidents.at(number);
        assert!(!incident.title.is_empty());
        let place = &incident.place;
        let deaths = incident
            .deaths
            .map_or(String::new(), |it| format!(", deaths {}/{}/{}", it.low, it.best, it.high));
        let kind = &dataset.event_types[incident.event_type].label;
        let (id, title, when) = (&incident.id, io::escape(&incident.title), incident.short_time(None));
        let (lon, lat, precision) = (place.position.lon_deg, place.position.lat_deg, place.precision);
        writeln!(told, "{id}: {title} | {kind} | {lat} {lon} {precision:?} | {when}{deaths}")
            .expect("a text");
    }
    assert_eq!(dataset.incidents.failure(), None);
}

fn check(part: &str) {
    let files = files(part);
    assert!(files.len() >= 15, "{part} has {} files", files.len());
    let is_update = std::env::var_os("UPDATE_CORPUS").is_some();
    for path in files {
        let told = told(&path);
        let expected = path.with_extension("txt");
        if is_update {
            fs::write(&expected, &told).expect("a place to write");
        }
        assert_eq!(fs::read_to_string(&expected).unwrap_or_default(), told, "{}", path.display());
    }
}

#[test]
fn valid_tables_are_read_as_their_publishers_mean_them() {
    check("valid");
}

#[test]
fn of_broken_tables_every_row_is_accounted_for() {
    check("broken");
}

#[test]
fn a_million_rows_of_nothing_are_told_by_their_lines() {
    let text = format!("lat,lon,title\n{}1,2,a\n", "x,y,z\n".repeat(300_000));
    let dataset = io::read_bytes("a.csv", text.as_bytes()).expect("a table");
    assert_eq!(dataset.account.summary(), "rows 300001: mapped 1, listed 0, rejected 300000");
    assert_eq!(dataset.account.entries[299_999].line, 300_001);
}

#[test]
fn rows_of_nothing_but_separators_take_little_and_a_type_for_each_row_takes_no_longer() {
    let text = format!("lat,lon,title\nx{}\n1,2,a\n", ",".repeat(10 << 20));
    let dataset = io::read_bytes("a.csv", text.as_bytes()).expect("a table");
    assert_eq!(dataset.account.summary(), "rows 2: mapped 1, listed 1, rejected 0");
    let mut text = "lat,lon,type\n".to_owned();
    (0..200_000).for_each(|n| writeln!(text, "1,2,{n}").expect("a text"));
    let dataset = io::read_bytes("a.csv", text.as_bytes()).expect("a table");
    assert_eq!((dataset.incidents.len(), dataset.event_types.len()), (200_000, io::limits::MAX_EVENT_TYPES));
    assert_eq!(dataset.incidents.at(199_999).event_type, io::limits::MAX_EVENT_TYPES - 1);
}

/// More than a block, with rows of several lines and bad ones between them.
#[test]
fn bad_rows_far_into_a_file_are_named_with_their_lines() {
    let mut text = "id,lat,lon,notes\n".to_owned();
    let (mut line, mut bad) = (2, Vec::new());
    for n in 0..60_000_u64 {
        let lat = if n % 997 == 5 { "north" } else { "51.5" };
        if lat == "north" {
            bad.push((line, 2));
        }
        let notes = ["\"one\ntwo, with \"\"marks\"\"\r\nthree\"", "plain", "\"a, b\""][(n % 3) as usize];
        writeln!(text, "{n},{lat},34.5,{notes} and so on for some sixty letters more than there were")
            .expect("a text");
        line += if n % 3 == 0 { 3 } else { 1 };
    }
    assert!(text.len() > 4 << 20);
    let dataset = io::read_bytes("a.csv", text.as_bytes()).expect("a table");
    let told: Vec<(u64, u32)> = dataset.account.entries.iter().map(|it| (it.line, it.column)).collect();
    assert_eq!(told, bad);
    assert_eq!(dataset.incidents.len() + bad.len(), 60_000);
}

#[test]
fn a_cell_of_megabytes_is_a_cell() {
    let text = format!("lat,lon,notes\n1,2,\"{}\"\n3,4,b\n", "a,\n".repeat(1 << 20));
    let dataset = io::read_bytes("a.csv", text.as_bytes()).expect("a table");
    assert_eq!(dataset.incidents.len(), 2);
    assert_eq!(dataset.incidents.at(0).summary.len(), (3 << 20) - 1, "without the last line end");
}
