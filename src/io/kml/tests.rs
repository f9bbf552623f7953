//! KML: what is written is read back, whatever it is.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::geo::LonLat;
use crate::io::export::Selection;
use crate::io::read_bytes;
use crate::model::{
    Claim, Deaths, Incident, IncidentTime, Moment, Precision, Related, Stance, Status, TimePrecision,
};
use crate::testing::{dataset_of, incident_at};

fn written(selection: &Selection<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write_selection(selection, &mut out, &Progress::default()).unwrap();
    out
}

/// Texts with what XML, HTML and JSON have signs for.
fn text() -> impl Strategy<Value = String> {
    "(<b>|</b>|<br>|&amp;|&lt;|]]>|\"|'|\\n|\\r|\\t|\\u{0}|\\u{1b}|\\u{fffe}| |[a-zа-я0-9{}\\[\\]\\\\]){0,12}"
}

fn time() -> impl Strategy<Value = Option<IncidentTime>> {
    let precision = prop::sample::select(vec![
        TimePrecision::Minute,
        TimePrecision::Day,
        TimePrecision::Week,
        TimePrecision::Month,
        TimePrecision::Year,
    ]);
    let moment = prop::sample::select(vec![
        "2024-03-12",
        "2024-03-14",
        "1999-12-31",
        "2024-03-12T06:30:00+03:00",
        "2024-03-12T23:59:59.5Z",
        "2024-03-12T06:30:00+01:00[Europe/Vienna]",
    ]);
    prop::option::of((moment.clone(), prop::option::of(moment), precision).prop_map(
        |(start, end, precision)| {
            let start = Moment::parse(start).unwrap();
            let mut time = IncidentTime { start, end: end.map(|end| Moment::parse(end).unwrap()), precision };
            if time.is_reversed() {
                time.end = None;
            }
            time
        },
    ))
}

fn source() -> impl Strategy<Value = Arc<Source>> {
    (text(), text(), prop::option::of(text()))
        .prop_map(|(publisher, title, url)| Arc::new(Source { publisher, title, url, ..Source::default() }))
}

fn incident() -> impl Strategy<Value = Incident> {
    let texts = prop::collection::vec(text(), 6);
    let lists = prop::collection::vec(text(), 0..3);
    let sources = prop::collection::vec(source(), 0..2);
    (texts, lists, sources, time(), -180.0..180.0_f64, -80.0..80.0_f64, any::<[u32; 3]>()).prop_map(
        |(texts, list, sources, time, lon_deg, lat_deg, [low, best, high])| {
            let mut incident = incident_at("x", (best % 2) as usize, lon_deg, lat_deg);
            incident.title = format!("t{}", texts[0]);
            incident.summary.clone_from(&texts[1]);
            incident.place.name.clone_from(&texts[2]);
            incident.place.region = Some(texts[3].clone());
            incident.place.precision = [Precision::Exact, Precision::Region][(low % 2) as usize];
            incident.time = time;
            incident.status = [Status::Contested, Status::Unverified][(high % 2) as usize];
            let claim_sources = sources.clone();
            incident.claims = vec![Claim {
                speaker: texts[4].clone(),
                stance: Stance::Denies,
                text: texts[5].clone(),
                sources: claim_sources,
            }];
            incident.sources = sources;
            incident.tags.clone_from(&list);
            incident.more = list.iter().map(|it| (it.clone(), it.clone())).collect();
            incident.actors = list;
            incident.deaths = (low % 3 == 0).then_some(Deaths { low, best, high });
            incident
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_incidents_are_the_same_after_they_were_kml(incidents in prop::collection::vec(incident(), 1..4)) {
        let mut incidents = incidents;
        let count = incidents.len();
        for (n, incident) in incidents.iter_mut().enumerate() {
            incident.id = format!("id \"{n}\" <&>");
            incident.related = vec![Related { incident: (n + 1) % count, how: incident.summary.clone() }];
        }
        let dataset = dataset_of(2, incidents);
        let mut read = read_bytes("a.kml", &written(&Selection::all(&dataset))).unwrap();
        read.account.clone_from(&dataset.account);
        prop_assert_eq!(read, dataset);
    }
}

#[test]
fn lines_and_areas_with_holes_are_the_same_after_they_were_kml() {
    let ring = |size: f64| {
        let at = |lon, lat| LonLat::new(30.0 + lon * size, 50.0 + lat * size);
        vec![at(-1.0, -1.0), at(1.0, -1.0), at(1.0, 1.0), at(-1.0, 1.0), at(-1.0, -1.0)]
    };
    let other: Vec<LonLat> = ring(0.5).iter().map(|at| LonLat::new(at.lon_deg + 10.0, at.lat_deg)).collect();
    let area = Geometry::Drawn(ShapeKind::Area, vec![ring(2.0), ring(1.0), other]);
    let line = Geometry::Drawn(ShapeKind::Line, vec![ring(1.0), ring(0.1)]);
    let mut dataset = dataset_of(1, vec![incident_at("a", 0, 30.0, 50.0), incident_at("b", 0, 30.5, 50.5)]);
    dataset.shapes = vec![area.into_shape(0).unwrap(), line.into_shape(1).unwrap()];
    let out = written(&Selection::all(&dataset));
    assert_eq!(String::from_utf8_lossy(&out).matches("<innerBoundaryIs>").count(), 1);
    let mut read = read_bytes("a.kml", &out).unwrap();
    read.account.clone_from(&dataset.account);
    assert_eq!(read, dataset);
}

#[test]
fn what_was_changed_in_another_program_counts() {
    let dataset = dataset_of(1, vec![incident_at("a", 0, 30.0, 50.0)]);
    let text = String::from_utf8(written(&Selection::all(&dataset))).unwrap();
    let text = text
        .replace("<name>Title a</name>", "<name>Another</name><description>Said anew</description>")
        .replace("<when>2024-03-12</when>", "<when>2024-03</when>")
        .replace("30,50", "31,50");
    let read = read_bytes("a.kml", text.as_bytes()).unwrap();
    let incident = read.incidents.at(0);
    assert_eq!((incident.title.as_str(), incident.summary.as_str()), ("Another", "Said anew"));
    assert_eq!(incident.time.as_ref().unwrap().precision, TimePrecision::Month);
    assert_eq!(incident.place.position, LonLat::new(31.0, 50.0));
    assert_eq!(incident.place.name, "Place a");
}

#[test]
fn only_what_is_selected_is_written_and_linked() {
    let mut incidents =
        vec![incident_at("a", 0, 1.0, 1.0), incident_at("b", 0, 2.0, 2.0), incident_at("c", 0, 3.0, 3.0)];
    incidents[2].related = (0..2).map(|incident| Related { incident, how: "same day".to_owned() }).collect();
    let dataset = dataset_of(1, incidents);
    let read = read_bytes("a.kml", &written(&Selection::of(&dataset, vec![1, 2]))).unwrap();
    assert_eq!(read.incidents.len(), 2);
    assert_eq!(read.incidents.at(1).related, [Related { incident: 0, how: "same day".to_owned() }]);
}
