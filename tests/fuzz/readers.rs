//! Every reader of files, with the files of its corpus.

use std::fs;
use std::path::Path;

use dateline::batch;
use dateline::io::table::Mapping;
use dateline::io::{self, ReadError, ReadOptions};
use dateline::model::{Dataset, Facts, Fate};
use dateline::progress::Progress;

use super::dice::Dice;
use super::engine::{Change, Input, Kind, Target};
use super::{archives, mutate};

/// Larger files of a corpus are left out: changes to them are changes to what is read.
const MOST_SEED_BYTES: usize = 48 << 10;

const RON: [&str; 24] = [
    "Dataset(",
    "Incident(",
    "EventType(",
    "Place(",
    "Time(",
    "Some(",
    "None",
    "format: 2",
    "id: \"a\"",
    "lat: 91.0",
    "precision: Exact",
    "r#\"x\"#",
    "/*",
    "*/",
    "//",
    "[",
    "]",
    "(",
    ")",
    ",",
    "\"\"",
    "'a'",
    "Source(",
    "related: []",
];
const JSON: [&str; 22] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "null",
    "true",
    "\"type\":\"Feature\"",
    "\"geometry\":null",
    "\"Point\"",
    "\"Polygon\"",
    "\"GeometryCollection\"",
    "\"coordinates\":[1,2]",
    "\"properties\":{}",
    "\\u0000",
    "\\ud800",
    "\x1e",
    "\"id\":1",
    "\"features\":[",
    "\"crs\":{\"type\":\"name\"}",
];
const CSV: [&str; 24] = [
    ",",
    ";",
    "\t",
    "|",
    "\"",
    "\n",
    "\r\n",
    "sep=;",
    "lat",
    "lon",
    "latitude",
    "longitude",
    "date",
    "event_date",
    "POINT (30 50)",
    "POLYGON ((0 0,1 0,1 1,0 0))",
    "51°32′N",
    "31.12.2024",
    "12/31/2024",
    "2024-01-01",
    "N",
    "title",
    "type",
    "url",
];
const XML: [&str; 34] = [
    "<kml>",
    "</kml>",
    "<gpx>",
    "</gpx>",
    "<Document>",
    "<Folder>",
    "</Folder>",
    "<Placemark>",
    "</Placemark>",
    "<Point>",
    "<coordinates>1,2</coordinates>",
    "<LineString>",
    "<Polygon>",
    "<MultiGeometry>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    "&b;",
    "&#x0;",
    "<?xml version=\"1.0\" encoding=\"utf-16\"?>",
    "<TimeSpan>",
    "<begin>2024</begin>",
    "<gx:Track>",
    "<when>2024</when>",
    "<styleUrl>#a</styleUrl>",
    "<ExtendedData>",
    "<Data name=\"a\">",
    "<wpt lat=\"1\" lon=\"2\">",
    "<trkpt lat=\"1\" lon=\"2\">",
    "xmlns:a=\"b\"",
    "<description>",
    "/>",
];
const SHEET: [&str; 24] = [
    "<row>",
    "</row>",
    "<c r=\"A1\" t=\"s\">",
    "<v>0</v>",
    "<v>1e300</v>",
    "t=\"inlineStr\"",
    "t=\"e\"",
    "r=\"XFD1048576\"",
    "r=\"A0\"",
    "<mergeCell ref=\"A1:B2\"/>",
    "<si>",
    "<t>",
    "xml:space=\"preserve\"",
    "numFmtId=\"14\"",
    "s=\"999\"",
    "date1904=\"1\"",
    "table:number-columns-repeated=\"1000000000\"",
    "table:number-rows-repeated=\"1000000000\"",
    "office:value-type=\"date\"",
    "office:date-value=\"2024-01-01\"",
    "<table:table-cell/>",
    "<table:covered-table-cell/>",
    "<text:p>",
    "&lol;",
];
const MAPS: [&str; 12] = [
    "lat=#1,lon=#2\n",
    "lat=a,lon=b,title='x'\n",
    "latlon=#1\n",
    "wkt=#1\n",
    "lat=#99,lon=#0\n",
    "title=#1\n",
    ",",
    "=",
    "'",
    "#",
    "date=#3,time=#4,end=#5\n",
    "type='a',source=#2,url=#3,deaths=#4,id=#1\n",
];

/// A target for each reader.
pub(crate) fn targets() -> Vec<Target> {
    let text = |folders: &[&str], names: &[(&str, &str)]| [corpus(folders), made(names)].concat();
    vec![
        reader(
            "ron",
            150,
            [text(&[""], &[]), vec![Input::new("bundled.ron", io::BUNDLED)]].concat(),
            |dice, input| {
                mutate::text(dice, &mut input.bytes, &RON);
            },
        ),
        reader("geojson", 250, text(&["geojson"], &[]), |dice, input| {
            mutate::text(dice, &mut input.bytes, &JSON)
        }),
        reader("timemap", 150, text(&["timemap"], &[]), |dice, input| {
            mutate::text(dice, &mut input.bytes, &JSON)
        }),
        reader("csv", 250, text(&["csv"], &[]), |dice, input| mutate::text(dice, &mut input.bytes, &CSV)),
        Target::new("csv-mapped", 150, mapped(), change_mapped, run_mapped),
        reader("xlsx", 60, corpus(&["xlsx"]), |dice, input| archives::zip(dice, input, &SHEET)),
        reader("ods", 60, corpus(&["ods"]), |dice, input| archives::zip(dice, input, &SHEET)),
        reader("kml", 250, text(&["kml"], &[]), |dice, input| mutate::text(dice, &mut input.bytes, &XML)),
        reader("kmz", 60, kmz(), |dice, input| archives::zip(dice, input, &XML)),
        reader("gpx", 150, text(&["gpx"], &[]), |dice, input| mutate::text(dice, &mut input.bytes, &XML)),
        reader("geoparquet", 80, corpus(&["geoparquet"]), |dice, input| {
            mutate::bytes(dice, &mut input.bytes)
        }),
        reader("packed", 80, corpus(&["packed"]), archives::packed),
        reader("any-bytes", 100, magics(), change_any),
    ]
}

fn reader(name: &'static str, brief_cases: u64, seeds: Vec<Input>, change: Change) -> Target {
    Target::new(name, brief_cases, seeds, change, |input| {
        read(&input.name, &input.bytes, &ReadOptions::default())
    })
}

/// The files of some corpora, valid and broken.
pub(crate) fn corpus(formats: &[&str]) -> Vec<Input> {
    let mut files = Vec::new();
    for format in formats {
        for part in ["valid", "broken"] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(format).join(part);
            for entry in fs::read_dir(folder).expect("the corpus is there") {
                let path = entry.expect("an entry").path();
                let bytes = fs::read(&path).expect("a file");
                if path.extension().is_some_and(|it| it != "txt") && bytes.len() <= MOST_SEED_BYTES {
                    files.push(Input::new(&path.file_name().expect("a name").to_string_lossy(), bytes));
                }
            }
        }
    }
    // In the same order on every machine.
    files.sort_by(|one, other| (&one.name, &one.bytes).cmp(&(&other.name, &other.bytes)));
    files
}

fn made(files: &[(&str, &str)]) -> Vec<Input> {
    files.iter().map(|(name, text)| Input::new(name, *text)).collect()
}

fn kmz() -> Vec<Input> {
    let mut files = corpus(&["packed"]);
    files.retain(|it| it.name.ends_with(".kmz") || it.name.ends_with(".zip"));
    files
}

/// First bytes by which formats are told, under any name.
fn magics() -> Vec<Input> {
    let magics: [&[u8]; 12] = [
        b"",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\x1f\x8b\x08\0",
        b"\x28\xb5\x2f\xfd",
        b"<kml",
        b"<gpx",
        b"PAR1",
        b"{",
        b"[",
        b"\xff\xfe",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    ];
    magics.iter().map(|magic| Input::new("a", *magic)).collect()
}

fn change_any(dice: &mut Dice, input: &mut Input) {
    let endings: Vec<&str> = io::known_extensions().collect();
    if dice.once_in(4) {
        input.name = format!("a.{}", dice.of(&endings));
    }
    let mut more: Vec<u8> = (0..dice.below(64)).map(|_| dice.next() as u8).collect();
    if dice.once_in(2) {
        input.bytes.append(&mut more);
    } else {
        mutate::bytes(dice, &mut input.bytes);
    }
}

/// Tables whose first line says what their columns mean, as `--map` takes it.
fn mapped() -> Vec<Input> {
    let mut tables = corpus(&["csv"]);
    for (n, table) in tables.iter_mut().enumerate() {
        table.bytes.splice(0..0, MAPS[n % 6].bytes());
    }
    tables
}

fn change_mapped(dice: &mut Dice, input: &mut Input) {
    let end = input.bytes.iter().position(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    if dice.once_in(3) {
        let map = *dice.of(&MAPS);
        input.bytes.splice(0..if dice.once_in(2) { end } else { 0 }, map.bytes());
    } else {
        mutate::text(dice, &mut input.bytes, &CSV);
    }
}

fn run_mapped(input: &Input) -> u64 {
    let end = input.bytes.iter().position(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let map = String::from_utf8_lossy(&input.bytes[..end]);
    let mapping = match map.trim_end().parse::<Mapping>() {
        Ok(mapping) => mapping,
        Err(error) => return Kind::new().words(&error.to_string()).value(),
    };
    assert_eq!(mapping.to_string().parse::<Mapping>().as_ref(), Ok(&mapping), "{mapping} reads back");
    let options = ReadOptions { mapping: Some(mapping), ..ReadOptions::default() };
    read(&input.name, &input.bytes[end..], &options)
}

/// Reads, and asserts what always holds.
pub(crate) fn read(name: &str, bytes: &[u8], options: &ReadOptions) -> u64 {
    let mut kind = Kind::new();
    match io::read_input(&io::Input::memory(name, bytes), options, &Progress::default()) {
        Ok(dataset) => {
            holds(name, &dataset, &mut kind);
            kind.exactly(&dataset.account.notes.len());
        }
        Err(error) => refused(&error, &mut kind),
    }
    kind.value()
}

/// What every dataset is, however it came about.
pub(crate) fn holds(name: &str, dataset: &Dataset, kind: &mut Kind) {
    let account = &dataset.account;
    let (listed, rejected) = (account.listed(), account.rejected());
    assert_eq!(account.rows(), account.mapped + listed + rejected);
    kind.about(account.mapped).about(listed).about(rejected).about(dataset.shapes.len() as u64);
    for note in &account.notes {
        assert!(!note.is_empty());
        kind.words(note);
    }
    for entry in account.entries.iter().take(20) {
        assert!(!entry.reason.is_empty());
        kind.exactly(entry.fate == Fate::Listed).words(&entry.reason);
    }
    is_shown_not_obeyed(&batch::account_text(name, dataset, 100));
    let mut ids = std::collections::HashSet::new();
    for number in 0..dataset.incidents.len() {
        let incident = dataset.incidents.at(number);
        assert_eq!(dataset.incidents.failure(), None);
        assert!(!incident.id.is_empty() && !incident.title.is_empty());
        assert!(incident.event_type < dataset.event_types.len(), "type {}", incident.event_type);
        let position = incident.place.position;
        assert!(position.is_valid(), "{position:?}");
        assert!(incident.place.radius_m.is_none_or(|it| it.is_finite() && it >= 0.0));
        assert!(incident.related.iter().all(|it| it.incident < dataset.incidents.len()));
        assert_eq!(dataset.incidents.facts(number), Some(Facts::of(&incident)));
        assert!(ids.insert(incident.id.clone()), "two incidents are called {}", incident.id.escape_debug());
    }
    let mut last = 0;
    for shape in &dataset.shapes {
        assert!(shape.incident >= last && shape.incident < dataset.incidents.len());
        last = shape.incident;
        assert!(shape.bounds.is_valid() && !shape.parts.is_empty());
        assert!(shape.parts.iter().flatten().all(|point| point.is_valid()));
    }
}

fn refused(error: &ReadError, kind: &mut Kind) {
    assert!(!error.problems().is_empty() && error.total() >= error.problems().len());
    for problem in error.problems().iter().take(20) {
        assert!(!problem.what.is_empty() && !problem.advice.is_empty(), "{problem:?}");
        kind.words(&problem.what);
    }
    is_shown_not_obeyed(&error.render(false));
    kind.exactly(error.preview().is_some());
}

/// Nothing in what goes to a terminal is obeyed there.
pub(crate) fn is_shown_not_obeyed(text: &str) {
    let is_obeyed = |c: &char| {
        c.is_control() && *c != '\n'
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    let obeyed = text.chars().find(is_obeyed);
    assert!(obeyed.is_none(), "{obeyed:?} goes to the terminal: {}", text.escape_debug());
}
