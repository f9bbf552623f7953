//! A corpus: files of one format, and beside each `NAME.ext` a `NAME.ext.txt` with what is to be said of it. The account's
//! sum, its rows that are not on the map, its notes and its first incidents; or why it cannot be read. `UPDATE_CORPUS=1`
//! writes those texts anew, to be read before they are believed.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use dateline::io;
use dateline::model::{Dataset, Facts, Fate};

/// So many incidents of a file are told.
const TOLD: usize = 8;

/// Holds every file of a part of a format's corpus against its text; there must be at least so many of them.
pub(crate) fn check(format: &str, part: &str, least: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(format).join(part);
    let is_file = |path: &PathBuf| path.extension().is_some_and(|it| it != "txt");
    let entries = fs::read_dir(folder).expect("the corpus is there");
    let mut files: Vec<PathBuf> = entries.map(|it| it.expect("an entry").path()).filter(is_file).collect();
    files.sort();
    assert!(files.len() >= least, "{format}/{part} has {} files", files.len());
    for path in files {
        let told = told(&path);
        let expected = PathBuf::from(format!("{}.txt", path.display()));
        if std::env::var_os("UPDATE_CORPUS").is_some() {
            fs::write(&expected, &told).expect("a place to write");
        }
        assert_eq!(fs::read_to_string(&expected).unwrap_or_default(), told, "{}", path.display());
    }
}

fn told(path: &Path) -> String {
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    let bytes = fs::read(path).expect("a file");
    let dataset = match io::read_bytes(&name, &bytes) {
        Ok(dataset) => dataset,
        Err(error) => {
            assert!(error.problems().iter().all(|problem| !problem.advice.is_empty()), "{name}");
            return error.render(false);
        }
    };
    let account = &dataset.account;
    assert_eq!(account.rows(), account.mapped + account.listed() + account.rejected(), "{name}");
    let mut told = format!("{}\n", account.summary());
    for note in &account.notes {
        writeln!(told, "note: {note}").expect("a text");
    }
    for entry in &account.entries {
        let fate = if entry.fate == Fate::Listed { "listed" } else { "rejected" };
        let (line, column, field, value) = (entry.line, entry.column, &entry.field, io::escape(&entry.value));
        writeln!(told, "{fate} {line}:{column} {field} `{value}` {}", entry.reason).expect("a text");
    }
    incidents(&dataset, &mut told);
    told
}

fn incidents(dataset: &Dataset, told: &mut String) {
    for number in 0..dataset.incidents.len() {
        let incident = dataset.incidents.at(number);
        assert!(!incident.title.is_empty() && !incident.id.is_empty());
        assert_eq!(dataset.incidents.facts(number), Some(Facts::of(&incident)));
        let kind = &dataset.event_types[incident.event_type].label;
        if number >= TOLD {
            continue;
        }
        let (id, title, when) = (&incident.id, io::escape(&incident.title), incident.long_time(None));
        let place = &incident.place;
        let (lon, lat, precision) = (place.position.lon_deg, place.position.lat_deg, place.precision);
        let shape =
            dataset.shapes_of(number).first().map(|it| format!(" | {:?}", it.kind)).unwrap_or_default();
        writeln!(told, "{id}: {title} | {kind} | {lat} {lon} {precision:?} | {when}{shape}").expect("a text");
        for (name, value) in &incident.more {
            writeln!(told, "    {}: {}", io::escape(name), io::escape(value)).expect("a text");
        }
    }
    assert_eq!(dataset.incidents.failure(), None);
}
