//! What is written: datasets whose every text is nasty, in all formats, in a report for browsers, for the clipboard and for
//! a terminal. It reads back, and nothing in it is obeyed.

use std::sync::Arc;

use dateline::geo::{Bounds, LonLat};
use dateline::io::export::{Selection, Target as Format, targets as formats};
use dateline::io::{self, report};
use dateline::model::{
    Account, Claim, Dataset, Deaths, EventType, Incident, IncidentTime, Moment, Place, Precision, Related,
    Rgb, Shape, ShapeKind, Source, Stance, Status, Symbol, TimePrecision,
};
use dateline::progress::Progress;
use dateline::query::{PRECISIONS, STATUSES};
use dateline::state::command::incident_text;
use jiff::civil::date;

use super::dice::Dice;
use super::engine::{Input, Kind, Target};
use super::mutate::nasty_text;
use super::readers;

/// One target: the bytes are what the dice begin with.
pub(crate) fn targets() -> Vec<Target> {
    let seeds = (0..16_u64).map(|n| Input::new("", n.to_le_bytes())).collect();
    let change = |dice: &mut Dice, input: &mut Input| input.bytes = dice.next().to_le_bytes().to_vec();
    vec![Target::new("writers", 60, seeds, change, run)]
}

fn run(input: &Input) -> u64 {
    let mut seed = [0; 8];
    let count = input.bytes.len().min(8);
    seed[..count].copy_from_slice(&input.bytes[..count]);
    let dataset = dataset(&mut Dice(u64::from_le_bytes(seed)));
    let mut kind = Kind::new();
    for format in formats() {
        written_and_read(&dataset, format, &mut kind);
    }
    is_plain_html(&dataset);
    for incident in 0..dataset.incidents.len() {
        assert!(incident_text(&dataset, incident, None).is_some());
    }
    kind.value()
}

fn written_and_read(dataset: &Dataset, format: Format, kind: &mut Kind) {
    let name = format.format().name;
    let mut bytes = Vec::new();
    let report = match format.write(&Selection::all(dataset), &mut bytes, &Progress::default()) {
        Ok(report) => report,
        Err(error) => panic!("{name}: {error}"),
    };
    assert_eq!(report.written, dataset.incidents.len() as u64, "{name}");
    let losses = report.losses();
    for loss in &losses {
        kind.words(loss);
    }
    let file = format!("a.{}", format.ending());
    let again = match io::read_bytes(&file, &bytes) {
        Ok(again) => again,
        Err(error) => {
            panic!("{name} is not read back: {error}\n{}", String::from_utf8_lossy(&bytes).escape_debug())
        }
    };
    readers::holds(&file, &again, kind);
    assert_eq!(again.incidents.len(), dataset.incidents.len(), "{name}: {:?}", again.account);
    for number in 0..dataset.incidents.len() {
        let (before, after) = (dataset.incidents.at(number), again.incidents.at(number));
        assert_eq!(before.place.position, after.place.position, "{name}");
        // Readers of tables and maps leave out the blanks around a text.
        assert_eq!((&before.id, before.title.trim()), (&after.id, after.title.trim()), "{name}");
        assert_eq!(before.summary.trim(), after.summary.trim(), "{name}");
        if name == "RON" {
            assert_eq!(*before, *after);
        }
    }
}

/// No element, no attribute and no address comes from the data: all that a report has of markup is its own.
fn is_plain_html(dataset: &Dataset) {
    let mut bytes = Vec::new();
    let head = report::Head { map_png: None, filter: "<script>alert(1)</script>\" onload=\"x", zone: None };
    report::write(&Selection::all(dataset), head, &mut bytes, &Progress::default()).expect("room in memory");
    let text = String::from_utf8(bytes).expect("a report is UTF-8");
    let body = text.split_once("</head>").expect("a report has a head").1;
    for tag in body.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap_or_default().to_lowercase();
        let is_own = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        assert!(is_own && !matches!(&*name, "script" | "iframe" | "object" | "b"), "<{tag}>");
        // What stands in quotes is no attribute, and quotes of the data are written in another way.
        let names: String = tag.split('"').step_by(2).collect();
        assert!(!names.to_lowercase().contains("onload"), "<{tag}>");
        assert!(!tag.to_lowercase().contains("\"javascript:"), "<{tag}>");
    }
    let is_obeyed = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(is_obeyed), "a report has characters that are obeyed");
}

fn dataset(dice: &mut Dice) -> Dataset {
    let event_types: Vec<EventType> = (0..1 + dice.below(4)).map(|n| event_type(dice, n)).collect();
    let sources: Vec<Arc<Source>> = (0..dice.below(4)).map(|n| Arc::new(source(dice, n))).collect();
    let count = dice.below(6);
    let incidents: Vec<Incident> =
        (0..count).map(|n| incident(dice, n, count, event_types.len(), &sources)).collect();
    let shapes = (0..count).filter_map(|n| dice.once_in(4).then(|| shape(dice, n))).collect();
    Dataset {
        title: nasty_text(dice),
        introduction: nasty_text(dice),
        as_of: dice.once_in(2).then_some(date(2024, 3, 12)),
        licence: dice.once_in(2).then(|| nasty_text(dice)),
        event_types,
        sources,
        account: Account { mapped: count as u64, ..Account::default() },
        incidents: incidents.into(),
        shapes,
        ..Dataset::default()
    }
}

fn event_type(dice: &mut Dice, n: usize) -> EventType {
    let color = Rgb { r: dice.next() as u8, g: dice.next() as u8, b: dice.next() as u8 };
    EventType { id: format!("type{n}"), label: name(dice, n), color, symbol: *dice.of(&Symbol::ALL) }
}

/// A nasty text that is not empty and, with its number, like no other.
fn name(dice: &mut Dice, n: usize) -> String {
    format!("{n}{}.", nasty_text(dice))
}

fn source(dice: &mut Dice, n: usize) -> Source {
    Source {
        id: format!("s{n}"),
        publisher: name(dice, n),
        title: nasty_text(dice),
        author: dice.once_in(2).then(|| name(dice, n)),
        date: dice.once_in(2).then_some(date(2025, 1, 31)),
        url: dice.once_in(2).then(|| {
            let urls = [
                "https://example.org/a?b=c&d",
                "javascript:alert(1)",
                "http://x/\"onload=\"",
                "x",
                "https://[::1]/\u{202e}",
            ];
            (*dice.of(&urls)).to_owned()
        }),
    }
}

fn incident(dice: &mut Dice, n: usize, count: usize, types: usize, sources: &[Arc<Source>]) -> Incident {
    let place = Place {
        name: name(dice, n),
        local_name: dice.once_in(3).then(|| name(dice, n)),
        region: dice.once_in(3).then(|| name(dice, n)),
        region_code: None,
        country: "RU".to_owned(),
        position: position(dice),
        precision: *dice.of::<[Precision; 5], _>(&PRECISIONS),
        radius_m: dice.once_in(4).then(|| dice.between(1.0, 1e5).round()),
    };
    let some = |dice: &mut Dice| sources.iter().filter(|_| dice.once_in(3)).cloned().collect::<Vec<_>>();
    let mut incident = Incident::new(format!("i{n}"), name(dice, n), place);
    incident.event_type = dice.below(types);
    incident.summary = nasty_text(dice);
    incident.status = *dice.of::<[Status; 5], _>(&STATUSES);
    incident.time = dice.once_in(2).then(|| IncidentTime {
        start: Moment::Day(date(2024, 1 + dice.below(12) as i8, 1 + dice.below(28) as i8)),
        end: None,
        precision: TimePrecision::Day,
    });
    incident.claims = (0..dice.below(3))
        .map(|n| Claim {
            speaker: name(dice, n),
            stance: *dice.of(&[Stance::Asserts, Stance::Denies, Stance::Reports]),
            text: name(dice, n),
            sources: some(dice),
        })
        .collect();
    incident.sources = some(dice);
    let other = dice.below(count);
    if other != n && dice.once_in(3) {
        incident.related = vec![Related { incident: other, how: name(dice, n) }];
    }
    incident.tags = (0..dice.below(3)).map(|n| name(dice, n)).collect();
    let deaths = dice.below(9) as u32;
    incident.deaths = dice.once_in(3).then_some(Deaths { low: deaths, best: deaths, high: deaths + 1 });
    incident
}

fn position(dice: &mut Dice) -> LonLat {
    match dice.below(4) {
        0 => LonLat::new([180.0, -180.0, 0.0, 1e-9][dice.below(4)], [90.0, -90.0, 0.0, -1e-9][dice.below(4)]),
        _ => LonLat::new(dice.between(-180.0, 180.0), dice.between(-90.0, 90.0)),
    }
}

fn shape(dice: &mut Dice, incident: usize) -> Shape {
    let kind = if dice.once_in(2) { ShapeKind::Line } else { ShapeKind::Area };
    let corner = LonLat::new(dice.between(-100.0, 100.0), dice.between(-60.0, 60.0));
    let at = |lon: f64, lat: f64| LonLat::new(corner.lon_deg + lon, corner.lat_deg + lat);
    let part = vec![at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 0.0)];
    let bounds = Bounds::around(part.iter().copied()).expect("some points");
    Shape { incident, kind, parts: vec![part], bounds }
}
