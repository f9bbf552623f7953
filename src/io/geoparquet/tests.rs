//! What is written is read back as it was; what is damaged becomes words.

use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;

use super::{Plan, file::ParquetFile};
use crate::geo::{Bounds, LonLat};
use crate::io::export::Selection;
use crate::io::{Input, ReadError, ReadOptions};
use crate::model::{
    Claim, Dataset, Deaths, Facts, Incident, IncidentTime, Moment, Precision, Related, Shape, ShapeKind,
    Source, Stance, Status, TimePrecision,
};
use crate::progress::Progress;
use crate::testing::{dataset_of, incident_at};

fn written(dataset: &Dataset, chosen: Option<Vec<usize>>) -> Vec<u8> {
    let selection = chosen.map_or_else(|| Selection::all(dataset), |chosen| Selection::of(dataset, chosen));
    let mut bytes = Vec::new();
    let report = super::write_selection(&selection, &mut bytes, &Progress::default()).unwrap();
    assert_eq!((report.written, report.losses()), (selection.len() as u64, Vec::new()));
    bytes
}

fn read(bytes: &[u8]) -> Result<Dataset, ReadError> {
    super::read_input(&Input::memory("a.parquet", bytes), &ReadOptions::default(), &Progress::default())
}

fn source(n: u8) -> Arc<Source> {
    Arc::new(Source {
        id: format!("s{n}"),
        publisher: "Вісник".to_owned(),
        title: format!("“Title” {n}\n\\"),
        author: n.is_multiple_of(2).then(|| "A. Writer".to_owned()),
        date: n.is_multiple_of(3).then(|| date(2024, 3, 1)),
        url: Some("https://example.org/?a=1&b=2".to_owned()),
    })
}

/// An incident with everything that an incident may have.
fn full(n: usize) -> Incident {
    let mut incident = incident_at(&format!("id {n}"), n % 2, 30.0 + n as f64, 50.5);
    incident.summary = "Two “lines”\nand a tab\t, and \u{7}".to_owned();
    incident.status = Status::Contested;
    incident.place.local_name = Some("Орёл".to_owned());
    incident.place.region = Some("Oryol Oblast".to_owned());
    incident.place.region_code = Some("RU-ORL".to_owned());
    incident.place.precision = Precision::Region;
    incident.place.radius_m = Some(1500.25);
    let moment = |text: &str| Moment::parse(text).unwrap();
    incident.time = Some(IncidentTime {
        start: moment("2024-03-12T06:30:45+02:00[Europe/Kyiv]"),
        end: Some(moment("2024-03-12T18:00:00+02:00")),
        precision: TimePrecision::Minute,
    });
    incident.claims = vec![Claim {
        speaker: "Town council".to_owned(),
        stance: Stance::Denies,
        text: "It was \"not\" so".to_owned(),
        sources: vec![source(1)],
    }];
    incident.sources = vec![source(0), source(3)];
    incident.related = vec![Related { incident: 0, how: "same night".to_owned() }];
    incident.tags = vec!["a; b".to_owned(), String::new(), "дрон".to_owned()];
    incident.actors = vec!["One".to_owned()];
    incident.deaths = Some(Deaths { low: 0, best: 3, high: u32::MAX });
    incident.more = vec![("k".to_owned(), "v".to_owned()), ("k".to_owned(), String::new())];
    incident
}

fn full_dataset() -> Dataset {
    let mut plain = incident_at("plain", 1, -180.0, -85.0);
    plain.time = None;
    plain.place.name = String::new();
    plain.place.country = String::new();
    let mut dataset = dataset_of(2, vec![plain, full(1), full(2)]);
    dataset.introduction = "What it is".to_owned();
    dataset.licence = Some("CC0-1.0".to_owned());
    dataset.sources = vec![source(0), source(1)];
    let ring = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)];
    let parts = vec![ring.iter().map(|&(lon, lat)| LonLat::new(lon, lat)).collect::<Vec<_>>()];
    let bounds = Bounds::around(parts[0].iter().copied()).unwrap();
    dataset.shapes = vec![
        Shape { incident: 1, kind: ShapeKind::Area, parts: parts.clone(), bounds },
        Shape { incident: 2, kind: ShapeKind::Line, parts, bounds },
    ];
    dataset
}

#[test]
fn everything_that_is_written_is_read_back() {
    let dataset = full_dataset();
    let read = read(&written(&dataset, None)).unwrap();
    assert_eq!(read, dataset);
}

#[test]
fn of_some_incidents_those_that_belong_together_still_do() {
    let dataset = full_dataset();
    let read = read(&written(&dataset, Some(vec![0, 2]))).unwrap();
    assert_eq!(read.incidents.len(), 2);
    assert_eq!(read.incidents.at(1).related, dataset.incidents.at(2).related);
    assert_eq!(read.shapes[0].incident, 1);
    let alone = super::tests::read(&written(&dataset, Some(vec![1]))).unwrap();
    assert!(alone.incidents.at(0).related.is_empty());
}

#[test]
fn a_dataset_without_incidents_is_one() {
    let mut dataset = dataset_of(1, Vec::new());
    let read = read(&written(&dataset, None)).unwrap();
    dataset.account.notes.push("the table has no rows".to_owned());
    assert_eq!(read, dataset);
}

#[test]
fn texts_of_a_large_file_are_read_back_from_any_row_group() {
    let incidents: Vec<Incident> = (0..70_000)
        .map(|n| incident_at(&n.to_string(), n % 3, (n % 360) as f64 - 180.0, (n % 170) as f64 - 85.0))
        .collect();
    let dataset = dataset_of(3, incidents);
    let bytes = written(&dataset, None);
    let input = Input::memory("a.parquet", &bytes);
    let file = ParquetFile::open(&input).unwrap();
    let plan = Plan::of(&file, &ReadOptions::default()).unwrap();
    let loaded = super::load::load(&file, &plan, &Progress::default()).unwrap();
    assert_eq!(loaded.intake.account().summary(), "rows 70000: mapped 70000, listed 0, rejected 0");
    let texts = super::ParquetTexts::new(file, plan, loaded.index, loaded.ids.into_told_apart());
    let stored = loaded.intake.finish_stored("T".to_owned(), Box::new(texts)).incidents;
    for n in [0, 1, 65_535, 65_536, 69_999, 40_000, 2048, 2047] {
        assert_eq!(*stored.at(n), *dataset.incidents.at(n), "{n}");
        assert_eq!(stored.facts(n).unwrap(), Facts::of(&dataset.incidents.at(n)));
    }
    let mut seen = Vec::new();
    stored
        .scan(65_000..66_000, &|text| text.windows(5).any(|it| it == b"65530"), &mut |n, _| {
            seen.push(n);
            true
        })
        .unwrap();
    assert_eq!(seen, [65_530]);
}

#[test]
fn reading_stops_when_nobody_waits() {
    let progress = Progress::default();
    progress.cancel();
    let bytes = written(&full_dataset(), None);
    let error = super::read_input(&Input::memory("a.parquet", &bytes), &ReadOptions::default(), &progress);
    assert!(error.unwrap_err().to_string().contains("cancelled"));
}

fn any_incident(of: usize) -> impl Strategy<Value = Incident> {
    let text = || "[ -~а-я\"\\\\\n\u{1F600}]{0,12}";
    let time = prop::option::of((
        0_i64..4_000_000_000,
        prop::option::of(0_i64..9_000_000),
        0..5_usize,
        any::<bool>(),
    ));
    let lists = (
        prop::collection::vec(text(), 0..4),
        prop::collection::vec(text(), 0..3),
        prop::collection::vec((text(), text()), 0..3),
        prop::option::of(any::<[u32; 3]>()),
    );
    ((text(), text(), text()), (-180.0..=180.0, -90.0..=90.0), time, lists, 0..of).prop_map(
        |((id, title, summary), (lon, lat), time, (tags, actors, more, deaths), event_type)| {
            let mut incident = incident_at(&id, event_type, lon, lat);
            incident.title = format!("t{title}");
            incident.summary = summary;
            (incident.tags, incident.actors, incident.more) = (tags, actors, more);
            incident.deaths = deaths.map(|[low, best, high]| Deaths { low, best, high });
            incident.time = time.map(|(start, length, precision, is_day)| {
                use TimePrecision::{Day, Minute, Month, Week, Year};
                let zoned = |second| {
                    let offset = jiff::tz::Offset::constant(3);
                    let instant = jiff::Timestamp::from_second(second).unwrap();
                    let text = instant.display_with_offset(offset).to_string();
                    let moment = Moment::parse(&text).unwrap();
                    if is_day { Moment::Day(moment.date()) } else { moment }
                };
                IncidentTime {
                    start: zoned(start),
                    end: length.map(|length| zoned(start + length)),
                    precision: [Minute, Day, Week, Month, Year][precision],
                }
            });
            incident
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_dataset_is_read_back_as_it_was(incidents in prop::collection::vec(any_incident(3), 0..8)) {
        let mut dataset = dataset_of(3, incidents);
        let read = read(&written(&dataset, None)).unwrap();
        for n in 0..dataset.incidents.len() {
            prop_assert_eq!(read.incidents.facts(n), dataset.incidents.facts(n));
        }
        dataset.account = read.account.clone();
        prop_assert_eq!(read.account.rows(), dataset.incidents.len() as u64);
        prop_assert_eq!(read, dataset);
    }

    #[test]
    fn any_bytes_are_a_file_or_an_error_in_words(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let framed: Vec<u8> = b"PAR1".iter().chain(&bytes).copied().chain(*b"PAR1").collect();
        prop_assert!(read(&bytes).is_err());
        let _ = read(&framed);
    }

    #[test]
    fn a_damaged_file_is_read_or_an_error_in_words(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), cut in 0..40_usize
    ) {
        let mut bytes = written(&full_dataset(), None);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cut < 20 {
            bytes.drain(cut * 50..cut * 50 + 7);
        }
        match read(&bytes) {
            Ok(dataset) => {
                let account = &dataset.account;
                prop_assert_eq!(account.rows(), account.mapped + account.listed() + account.rejected());
            }
            Err(error) => prop_assert!(!error.problems()[0].advice.is_empty()),
        }
    }
}

/// Files by other hands, with dictionaries, lists, pages of both versions and delta-packed texts.
const FOREIGN: [&[u8]; 5] = [
    include_bytes!("../../../tests/corpus/geoparquet/valid/plain-columns.parquet"),
    include_bytes!("../../../tests/corpus/geoparquet/valid/geopandas-gzip.parquet"),
    include_bytes!("../../../tests/corpus/geoparquet/valid/native-points.parquet"),
    include_bytes!("../../../tests/corpus/geoparquet/valid/pages-v2.parquet"),
    include_bytes!("../../../tests/corpus/geoparquet/valid/byte-stream-split.parquet"),
];

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_by_another_hand_is_read_or_an_error_in_words(
        file in prop::sample::select(FOREIGN.to_vec()),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        near_end in any::<bool>(),
    ) {
        let mut bytes = file.to_vec();
        let len = bytes.len();
        for (at, byte) in damage {
            // The metadata stand at the end.
            let at = if near_end { len - 1 - at.index(len.min(3000)) } else { at.index(len) };
            bytes[at] = byte;
        }
        match read(&bytes) {
            Ok(dataset) => prop_assert!(dataset.incidents.len() as u64 >= dataset.account.mapped),
            Err(error) => prop_assert!(!error.problems()[0].advice.is_empty()),
        }
    }
}
