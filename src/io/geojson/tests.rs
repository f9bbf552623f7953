//! Whole files, read and written.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;

use crate::geo::{Bounds, LonLat};
use crate::io::export::Selection;
use crate::io::{self, Input, ReadOptions, read_bytes};
use crate::model::{
    Claim, Dataset, Deaths, Incident, Moment, Precision, Related, Shape, ShapeKind, Source, Stance, Status,
};
use crate::progress::Progress;
use crate::testing::{dataset_of, incident_at};

fn read(text: &str) -> Dataset {
    read_bytes("a.geojson", text.as_bytes()).unwrap()
}

fn collection(features: &[&str]) -> String {
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}", features.join(",\n"))
}

fn point(properties: &str) -> String {
    format!(
        r#"{{"type":"Feature","geometry":{{"type":"Point","coordinates":[34.28,51.27]}},"properties":{properties}}}"#
    )
}

fn written(dataset: &Dataset) -> String {
    let mut out = Vec::new();
    super::write_selection(&Selection::all(dataset), &mut out, &Progress::default()).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn properties_are_known_by_their_names_in_any_case_and_several_languages() {
    for properties in [
        r#"{"Title":"A","EVENT_TYPE":"Fire","date":"2025-05-16","Notes":"<b>x</b> &amp; y","url":"https://e.org/1","tags":["p","q"],"n":7}"#,
        r#"{"название":"A","тип":"Fire","дата":"16.05.2025","описание":"x & y","ссылка":"https://e.org/1","теги":"p; q","n":7}"#,
        r#"{"name":"A","category":"Fire","timestamp":"16 May 2025","description":"x & y","link":"https://e.org/1","tags":"p,q","n":7}"#,
    ] {
        let dataset = read(&collection(&[&point(properties)]));
        let incident = dataset.incidents.at(0);
        assert_eq!((incident.title.as_str(), incident.summary.as_str()), ("A", "x & y"), "{properties}");
        assert_eq!(dataset.event_types[incident.event_type].label, "Fire");
        assert_eq!(
            incident.time.as_ref().map(|time| time.start.clone()),
            Some(Moment::Day(date(2025, 5, 16)))
        );
        assert_eq!(incident.sources[0].url.as_deref(), Some("https://e.org/1"));
        assert_eq!(incident.tags, ["p", "q"]);
        assert_eq!(incident.more, [("n".to_owned(), "7".to_owned())]);
        assert_eq!(incident.place.precision, Precision::Exact);
    }
}

#[test]
fn every_feature_ends_in_the_account_with_its_line() {
    let dataset = read(&collection(&[
        &point("{}"),
        r#"{"type":"Feature","geometry":null,"properties":{}}"#,
        r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[34,NaN]},"properties":{}}"#,
        r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[200,1]},"properties":{}}"#,
        "7",
    ]));
    assert_eq!(dataset.account.summary(), "rows 5: mapped 1, listed 1, rejected 3");
    let lines: Vec<(u64, &str)> =
        dataset.account.entries.iter().map(|it| (it.line, it.reason.as_ref())).collect();
    assert_eq!(lines[0], (3, "has no position"));
    assert!(lines[1].0 == 4 && lines[1].1.contains("is not valid JSON"), "{lines:?}");
    assert_eq!(lines[2], (5, "lies beyond 180 degrees of longitude or 90 of latitude"));
}

#[test]
fn a_broken_line_of_a_stream_costs_itself_only() {
    let text = format!("{}\n{{\"type\":\"Feat\n\n{}\r\n", point("{}"), point("{\"name\":\"B\"}"));
    let dataset = read_bytes("a.ndjson", text.as_bytes()).unwrap();
    assert_eq!(dataset.account.summary(), "rows 3: mapped 2, listed 0, rejected 1");
    assert_eq!(dataset.account.entries[0].line, 2);
    assert_eq!(dataset.incidents.at(1).title, "B");
    let sequence = format!("\u{1e}{}\n\u{1e}{}\n", point("{}"), point("{}"));
    assert_eq!(read(&sequence).incidents.len(), 2);
}

#[test]
fn coordinates_in_other_reference_systems_are_refused_wherever_it_says_so() {
    let crs = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3857"}}"#;
    let feature = point("{}");
    for text in [
        format!("{{{crs},\"type\":\"FeatureCollection\",\"features\":[{feature}]}}"),
        format!("{{\"type\":\"FeatureCollection\",\"features\":[{feature}],{crs}}}"),
    ] {
        let report = read_bytes("a.json", text.as_bytes()).unwrap_err().to_string();
        assert!(report.contains("EPSG::3857") && report.contains("ogr2ogr"), "{report}");
        assert!(read_bytes("a.json", text.replace("EPSG::3857", "OGC:1.3:CRS84").as_bytes()).is_ok());
    }
}

#[test]
fn the_order_of_day_and_month_is_decided_by_all_features() {
    let mut features: Vec<String> = (0..2000).map(|_| point(r#"{"date":"03/04/2025"}"#)).collect();
    features.push(point(r#"{"date":"16/05/2025"}"#));
    let texts: Vec<&str> = features.iter().map(String::as_str).collect();
    let dataset = read(&collection(&texts));
    let time = dataset.incidents.at(0).time.clone().unwrap();
    assert_eq!(time.start, Moment::Day(date(2025, 4, 3)));
    assert!(
        dataset.account.notes.iter().any(|note| note.contains("day first")),
        "{:?}",
        dataset.account.notes
    );
}

#[test]
fn identifiers_are_those_of_the_file_and_told_apart() {
    let with_id = |id: &str| point("{}").replacen('{', &format!("{{\"id\":{id},"), 1);
    let dataset = read(&collection(&[&with_id("7"), &with_id("\"x\""), &with_id("\"x\""), &point("{}")]));
    let ids: Vec<String> = (0..4).map(|n| dataset.incidents.at(n).id.clone()).collect();
    assert_eq!(ids, ["7", "x", "x #3", "4"]);
    assert!(dataset.account.notes[0].contains("identifier"), "{:?}", dataset.account.notes);
}

#[test]
fn lines_and_areas_are_drawn_and_known_as_exactly_as_they_are_small() {
    let area = r#"{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[30,50],[33,50],[33,52],[30,50]]]},"properties":{"name":"A"}}"#;
    let dataset = read(&collection(&[&point("{}"), area]));
    let incident = dataset.incidents.at(1);
    assert_eq!(incident.place.precision, Precision::Region);
    let [shape] = dataset.shapes.as_slice() else { panic!("{:?}", dataset.shapes) };
    assert_eq!((shape.incident, shape.kind), (1, ShapeKind::Area));
    assert!(shape.bounds.contains(incident.place.position));
}

#[test]
fn exports_of_other_programs_are_understood() {
    let umap = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A","_umap_options":{"color":"Red"}},"geometry":{"type":"Point","coordinates":[1,2]}}],"_umap_options":{"name":"Layer"}}"#;
    let dataset = read(umap);
    assert_eq!(dataset.event_types[0].label, "Colour #FF0000");
    assert_eq!(dataset.event_types[0].color.to_string(), "#FF0000");
    let osm = r#"{"type":"FeatureCollection","generator":"overpass-turbo","features":[{"type":"Feature","id":"node/5","properties":{"type":"node","id":5,"tags":{"name":"School","amenity":"school"}},"geometry":{"type":"Point","coordinates":[1,2]}}]}"#;
    let dataset = read(osm);
    let incident = dataset.incidents.at(0);
    assert_eq!((incident.id.as_str(), incident.title.as_str()), ("node/5", "School"));
    assert!(incident.more.contains(&("amenity".to_owned(), "school".to_owned())), "{:?}", incident.more);
}

/// A file so large that its texts stay in it.
fn large(properties: impl Fn(usize) -> String) -> (tempfile::TempDir, Dataset) {
    let mut text = String::from("{\"features\":[");
    let padding = "x".repeat(1000);
    for n in 0..9000 {
        let comma = if n == 0 { "" } else { ",\n" };
        let lon = f64::from(n) / 1000.0;
        write!(
            text,
            r#"{comma}{{"type":"Feature","geometry":{{"type":"Point","coordinates":[{lon},51.5]}},"properties":{{{},"notes":"{padding}"}}}}"#,
            properties(n as usize)
        )
        .unwrap();
    }
    text.push_str("],\"type\":\"FeatureCollection\"}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.geojson");
    std::fs::write(&path, text).unwrap();
    let dataset = io::read_path(&path).unwrap();
    (folder, dataset)
}

#[test]
fn of_a_large_file_the_texts_are_read_back() {
    let (folder, dataset) = large(|n| format!(r#""title":"T\u0021{n}","type":"{}""#, n % 3));
    assert!(dataset.incidents.in_memory().is_none() && dataset.incidents.len() == 9000);
    let incident = dataset.incidents.at(4321);
    assert_eq!((incident.title.as_str(), incident.id.as_str()), ("T!4321", "4322"));
    assert_eq!(dataset.incidents.facts(4321).unwrap().event_type as usize, incident.event_type);
    assert_eq!(dataset.event_types[incident.event_type].label, "1");
    let mut seen = 0;
    dataset
        .incidents
        .scan(10..8990, &|_| true, &mut |n, incident| {
            assert_eq!(incident.title, format!("T!{n}"));
            seen += 1;
            true
        })
        .unwrap();
    assert_eq!(seen, 8980);
    std::fs::write(folder.path().join("a.geojson"), "{}").unwrap();
    let _ = dataset.incidents.at(1);
    assert!(dataset.incidents.failure().unwrap().to_string().contains("has changed"));
}

#[test]
fn a_reader_that_is_cancelled_ends() {
    let progress = Progress::default();
    progress.cancel();
    let input = Input::memory("a.json", collection(&[&point("{}")]).as_bytes());
    assert!(super::read_input(&input, &ReadOptions::default(), &progress).is_err());
}

fn full() -> Dataset {
    let mut first = incident_at("a", 1, 30.0, 50.0);
    let source = Source {
        id: "s".to_owned(),
        publisher: "The Gazette".to_owned(),
        title: "“Headline”".to_owned(),
        author: Some("A. Writer".to_owned()),
        date: Some(date(2025, 5, 1)),
        url: Some("https://example.org/?a=1&b=2".to_owned()),
    };
    let source = Arc::new(source);
    first.sources =
        vec![Arc::clone(&source), Arc::new(Source { publisher: "B".to_owned(), ..Source::default() })];
    first.claims = vec![Claim {
        speaker: "The mayor".to_owned(),
        stance: Stance::Denies,
        text: "that it was so".to_owned(),
        sources: vec![source],
    }];
    first.status = Status::Contested;
    first.related = vec![Related { incident: 1, how: "same night".to_owned() }];
    first.tags = vec!["a; b".to_owned(), "c".to_owned()];
    first.actors = vec!["Group".to_owned()];
    first.deaths = Some(Deaths { low: 1, best: 2, high: 5 });
    first.more = vec![("z".to_owned(), "1".to_owned()), ("a".to_owned(), "[2]".to_owned())];
    first.place.local_name = Some("Местo".to_owned());
    first.place.region = Some("Region".to_owned());
    first.place.region_code = Some("AT-9".to_owned());
    first.place.radius_m = Some(1500.5);
    let mut second = incident_at("b", 0, 31.0, 51.0);
    second.time = None;
    second.summary = "Line one\nline two\t\u{202e}end".to_owned();
    second.more = vec![("title".to_owned(), "x".to_owned()), ("title".to_owned(), "y".to_owned())];
    let mut dataset = dataset_of(2, vec![first, second]);
    dataset.introduction = "What it is".to_owned();
    dataset.licence = Some("CC0".to_owned());
    let ring = [(30.0, 50.0), (32.0, 50.0), (32.0, 52.0), (30.0, 50.0)];
    let hole = [(31.0, 50.5), (31.5, 50.5), (31.5, 51.0), (31.0, 50.5)];
    let parts: Vec<Vec<LonLat>> =
        [ring, hole].map(|part| part.map(|(lon, lat)| LonLat::new(lon, lat)).to_vec()).into();
    let bounds = Bounds::around(parts[0].iter().copied()).unwrap();
    dataset.shapes = vec![Shape { incident: 1, kind: ShapeKind::Area, parts, bounds }];
    dataset
}

#[test]
fn what_is_written_is_read_back_to_the_same() {
    let dataset = full();
    let text = written(&dataset);
    assert!(text.contains(r#""type":"Polygon""#), "a ring within another one is its hole: {text}");
    let mut back = read(&text);
    assert_eq!(back.account.summary(), "rows 2: mapped 2, listed 0, rejected 0");
    back.account = dataset.account.clone();
    assert_eq!(back, dataset);
}

#[test]
fn what_another_program_leaves_of_a_written_file_is_still_understood() {
    let original = full();
    let foreign = written(&original).replacen("\"dateline\":", "\"other\":", 1);
    let dataset = read(&foreign);
    let (incident, same) = (dataset.incidents.at(0), original.incidents.at(0));
    assert_eq!((&incident.title, &incident.time, incident.status), (&same.title, &same.time, same.status));
    assert_eq!(dataset.event_types[incident.event_type].label, "Type 1");
    assert_eq!(incident.place.precision, same.place.precision);
}

#[test]
fn a_newer_version_is_refused_with_words() {
    let text = written(&full()).replacen("\"format\":1", "\"format\":9", 1);
    assert!(read_bytes("a.geojson", text.as_bytes()).unwrap_err().to_string().contains("newer Dateline"));
}

fn incidents() -> impl Strategy<Value = Vec<Incident>> {
    let word = "[a-zé;\"\\\\{}\n<& ]{0,12}";
    let more = prop::collection::vec(("[a-z;]{1,6}", word), 0..4);
    let one =
        (word, word, -180.0..180.0_f64, -85.0..85.0_f64, prop::collection::vec(word, 0..3), more, 0..2_usize);
    prop::collection::vec(one, 0..8).prop_map(|all| {
        let numbered = all.into_iter().enumerate();
        numbered
            .map(|(n, (title, summary, lon, lat, tags, more, event_type))| {
                let mut incident = incident_at(&format!("i{n}"), event_type, lon, lat);
                incident.title = format!("T{title}");
                (incident.summary, incident.tags, incident.more) = (summary, tags, more);
                incident
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn any_incidents_are_written_and_read_back_to_the_same(incidents in incidents()) {
        let dataset = dataset_of(2, incidents);
        let back = read(&written(&dataset));
        prop_assert_eq!(&back.incidents, &dataset.incidents);
        prop_assert_eq!(&back.event_types, &dataset.event_types);
    }

    #[test]
    fn a_file_with_damage_is_an_error_or_an_account_that_adds_up(
        damage in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![Just(b'"'), Just(b'{'), Just(b']'), Just(b'\n'), any::<u8>()]), 1..6),
        cut in any::<prop::sample::Index>(), is_cut: bool, is_stream: bool
    ) {
        let mut bytes = if is_stream {
            format!("{}\n{}\n{}\n", point("{\"date\":\"2025-05-16\"}"), point("{\"a\":[1,{}]}"), point("null")).into_bytes()
        } else {
            written(&full()).into_bytes()
        };
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let name = if is_stream { "a.ndjson" } else { "a.geojson" };
        let input = Input::memory(name, &bytes);
        match super::read_input(&input, &ReadOptions::default(), &Progress::default()) {
            Ok(dataset) => {
                let listed_on_the_map = dataset.account.mapped as usize;
                prop_assert!(listed_on_the_map <= dataset.incidents.len());
                prop_assert!((0..dataset.incidents.len()).all(|n| !dataset.incidents.at(n).title.is_empty()));
            }
            Err(error) => prop_assert!(!error.problems().is_empty()),
        }
    }
}
