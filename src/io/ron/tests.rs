//! Tests of the reader as a whole: what it takes, that it tells all problems, and that write-then-read is identity.

use std::fmt::Write;
use std::sync::Arc;

use jiff::civil::Date;
use proptest::prelude::*;

use super::super::{BUNDLED, bundled, read_bytes};
use super::*;
use crate::geo::{Bounds, LonLat};
use crate::model::{
    Account, Claim, Deaths, EventType, Incident, IncidentTime, Moment, Place, Precision, Related, Rgb,
};
use crate::model::{Shape, ShapeKind, Source, Stance, Status, Symbol, TimePrecision};

fn read_text(text: &str) -> Result<Dataset, ReadError> {
    read_bytes("a.ron", text.as_bytes())
}

#[test]
fn the_bundled_dataset_has_its_six_incidents_and_five_event_types() {
    let dataset = bundled().unwrap_or_else(|error| panic!("{error}"));
    let ids: Vec<&str> = incidents_of(&dataset).iter().map(|incident| incident.id.as_str()).collect();
    assert_eq!(ids, ["tetkino", "belgorod", "kursk", "nizhny-novgorod", "oryol", "ivanovo"]);
    let types: Vec<&str> = dataset.event_types.iter().map(|event_type| event_type.id.as_str()).collect();
    assert_eq!(
        types,
        ["ground_incursion", "armed_clash", "drone_strike", "infrastructure_fire", "aircraft_crash"]
    );
}

#[test]
fn the_bundled_dataset_says_where_and_how_far_known_each_incident_is() {
    let dataset = bundled().unwrap();
    let facts: Vec<_> = incidents_of(&dataset)
        .iter()
        .map(|incident| {
            let Place { position, precision, region_code, .. } = &incident.place;
            let event_type = dataset.event_types[incident.event_type].id.as_str();
            (
                position.lat_deg,
                position.lon_deg,
                *precision,
                region_code.as_deref(),
                event_type,
                incident.status,
            )
        })
        .collect();
    let officials = Status::StatedByOfficials;
    assert_eq!(
        facts,
        [
            (51.2772, 34.2846, Precision::Settlement, Some("RU-KRS"), "armed_clash", Status::Contested),
            (50.5956, 36.5873, Precision::Region, Some("RU-BEL"), "ground_incursion", Status::Contested),
            (51.7304, 36.1926, Precision::Region, Some("RU-KRS"), "ground_incursion", Status::Contested),
            (56.3269, 44.0059, Precision::Region, Some("RU-NIZ"), "drone_strike", officials),
            (52.9703, 36.0635, Precision::Region, Some("RU-ORL"), "infrastructure_fire", officials),
            (56.9972, 40.9739, Precision::Region, Some("RU-IVA"), "aircraft_crash", officials),
        ]
    );
    let relations = |index: usize| {
        let incident = dataset.incidents.at(index);
        let related = &incident.related;
        assert!(related.iter().all(|related| related.how == "same operation"));
        related.iter().map(|related| related.incident).collect::<Vec<_>>()
    };
    assert_eq!([relations(0), relations(1), relations(2)], [vec![1, 2], vec![2, 0], vec![1, 0]]);
    assert!((3..6).all(|index| relations(index).is_empty()));
    assert!(incidents_of(&dataset).iter().all(|incident| !incident.claims.is_empty()));
}

#[test]
fn references_may_stand_before_what_they_name() {
    let text = r##"(
        incidents: [
            (id: "a", title: "A", event_type: "u", place: (name: "P", country: "AT", position: (lon: 1, lat: 2), precision: Exact),
             time: (start: "2025-05-01", precision: Day), summary: "", status: Claimed, sources: ["y", "x"],
             claims: [(speaker: "S", stance: Reports, text: "T", sources: ["x"])], related: [(id: "b", how: "h")]),
            (id: "b", title: "B", event_type: "t", place: (name: "P", country: "AT", position: (lon: 1, lat: 2), precision: Exact),
             time: (start: "2025-05-01", precision: Day), summary: "", status: Claimed, sources: []),
        ],
        sources: [(id: "x", publisher: "P", title: "T", date: "2025-05-01"), (id: "y", publisher: "P", title: "T", date: "2025-05-01")],
        event_types: [(id: "t", label: "T", color: "#000000", symbol: Star), (id: "u", label: "U", color: "#000000", symbol: Plus)],
        format: 1, title: "T", introduction: "", as_of: "2025-05-01",
    )"##;
    let dataset = read_text(text).unwrap_or_else(|error| panic!("{error}"));
    let first = dataset.incidents.at(0);
    let ids = |sources: &[Arc<Source>]| sources.iter().map(|it| it.id.clone()).collect::<Vec<_>>().join(" ");
    assert_eq!((first.event_type, ids(&first.sources).as_str()), (1, "y x"));
    assert_eq!((ids(&first.claims[0].sources).as_str(), first.related[0].incident), ("x", 1));
    assert_eq!(dataset.incidents.at(1).event_type, 0);
}

#[test]
fn a_misspelt_field_is_told_once_and_what_it_holds_is_checked() {
    let text =
        BUNDLED.replace("    incidents: [", "    incident: [").replace("lat: 51.2772", "lat: 151.2772");
    let error = read_text(&text).unwrap_err();
    let problems: Vec<&str> = error.problems().iter().map(|problem| problem.what.as_str()).collect();
    assert_eq!(problems, ["unknown field `incident` in Dataset", "latitude 151.2772 is out of range"]);
}

#[test]
fn a_syntax_error_far_into_a_file_is_named_as_near_its_beginning() {
    let mut text = String::from("Dataset(format: 1, incidents: [");
    for number in 0..2000 {
        let _ = write!(text, "\n(id: \"{number}\", tags: [1, (2), {{3: 4}}]),");
    }
    for (broken, what) in [
        ("\n(id: 1, title \"x\")])", "expected a colon here"),
        ("\n(id \"x\")])", "expected a comma here"),
        ("\n(id: \"x\" title: 1)])", "expected a comma here"),
        ("\n(id: \"x\")", "the file ends, but a `[` is still open (opened in line 1)"),
        ("\n(id: \"x)])", "this text has no end"),
        ("\n(id: \"\\q\")])", "unknown escape in this text"),
        ("\n(id: [1, 2)])", "`)` does not close `[` (opened in line 2002)"),
        ("\n(id: 1, \"x\": 2)])", "expected a field's name here"),
        ("\n(id: 1 /* x)])", "this comment has no end"),
    ] {
        let error = read_text(&format!("{text}{broken}")).unwrap_err();
        let problem = &error.problems()[0];
        assert_eq!((error.total(), problem.what.as_str()), (1, what), "{broken}");
        assert_eq!(problem.place.as_ref().unwrap().line, 2002, "{broken}");
    }
}

#[test]
fn near_ids_are_looked_for_only_for_as_many_wrong_ones_as_are_shown() {
    let mut text = String::from(
        r#"(format: 1, title: "t", introduction: "", as_of: "2025-05-01", event_types: [], sources: ["#,
    );
    for n in 0..300 {
        let _ = write!(text, r#"(id: "source-{n:04}", publisher: "p", title: "t", date: "2025-05-01"), "#);
    }
    text.push_str("], incidents: [(sources: [");
    for n in 0..150 {
        let _ = write!(text, r#""sauce-{n:04}", "#);
    }
    text.push_str("])])");
    let error = read_text(&text).unwrap_err();
    let wrong: Vec<_> =
        error.problems().iter().filter(|problem| problem.what.contains("unknown source")).collect();
    assert_eq!((wrong.len(), wrong[7].advice.as_str()), (150, "did you mean `source-0007`?"));
    let suggested = wrong.iter().filter(|problem| problem.advice.contains("did you mean")).count();
    assert_eq!(suggested, super::super::limits::MAX_ID_SUGGESTIONS);
}

#[test]
fn a_fault_behind_or_in_a_long_text_is_told_where_it_stands() {
    let long = r"\u{41}é".repeat(5000);
    for (text, start, words) in [
        (format!(r#"(title: "{long}" x)"#), 11 + long.len(), "expected a comma here"),
        (format!(r#"(title: "{long}\q")"#), 9 + long.len(), "unknown escape in this text"),
        (format!("(title: r#\"{long}\"# x)"), 14 + long.len(), "expected a comma here"),
        (format!("(a: 1, /*{long}*/ b: [1 2])"), 18 + long.len(), "expected a comma here"),
        (format!(r#"(title: "{long})"#), 8, "this text has no end"),
    ] {
        let error = read_text(&text).unwrap_err();
        let problem = &error.problems()[0];
        let place = problem.place.as_ref().unwrap();
        assert_eq!((place.span.start, problem.what.as_str()), (start, words));
    }
}

#[test]
fn so_many_problems_that_nobody_counts_them_end_the_reading() {
    let error = read_text(&format!("Dataset({})", "a:1,".repeat(1_200_000))).unwrap_err();
    assert_eq!(error.total(), super::super::limits::MAX_COUNTED_PROBLEMS);
    assert!(error.render(false).contains("and at least 999900 more"));
}

/// Changes of the bundled dataset, each of which is one problem more, whatever else is changed.
const MUTATIONS: [(&str, &str); 14] = [
    ("introduction: \"", "introduction: 5, // \""),
    ("as_of: \"2024-03-12\"", "as_of: \"2024-03-32\""),
    ("#C2410C", "#C2410"),
    ("symbol: Cross", "symbol: Crss"),
    ("label: \"Drone strike\"", "label: \"\""),
    ("publisher: \"The Telegraph\", ", ""),
    ("event_type: \"armed_clash\"", "event_type: \"armed_clsh\""),
    ("lon: 34.2846", "lon: 334.2846"),
    ("lat: 50.5956", "lat: NaN"),
    ("Related(id: \"kursk\"", "Related(id: \"kurks\""),
    ("id: \"oryol\",", "id: \"kursk\","),
    ("tags: [\"energy\", \"oil\"]", "tags: \"energy\""),
    (
        "status: StatedByOfficials,\n            claims: [\n                Claim(speaker: \"Russian defence",
        "mood: Calm, status: Stated,\n claims: [Claim(speaker: \"Russian defence",
    ),
    ("stance: Denies", "stance: Denies, stance: Denies"),
];

proptest! {
    #[test]
    fn every_one_of_several_problems_is_told(chosen in prop::sample::subsequence(MUTATIONS.to_vec(), 1..=MUTATIONS.len())) {
        let mut text = BUNDLED.to_owned();
        for (from, to) in &chosen {
            prop_assert!(text.contains(from), "{} is not in the bundled dataset", from);
            text = text.replacen(from, to, 1);
        }
        let error = read_text(&text).unwrap_err();
        prop_assert!(error.total() >= chosen.len(), "{} of {}:\n{}", error.total(), chosen.len(), error);
        prop_assert!(error.problems().iter().all(|problem| problem.place.is_some()));
    }

    #[test]
    fn changed_bytes_never_make_the_reader_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_usize), 1..6)
    ) {
        let mut bytes = BUNDLED.as_bytes().to_vec();
        for (at, byte, kind) in changes {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.drain(at..(at + usize::from(byte)).min(bytes.len()))),
            }
        }
        if let Err(error) = read_bytes("a.ron", &bytes) {
            prop_assert!(error.total() > 0 && !error.render(true).is_empty());
        }
    }

    #[test]
    fn any_tokens_end_in_a_dataset_or_in_problems(
        tokens in prop::collection::vec(prop::sample::select(vec![
            "(", ")", "[", "]", "{", "}", ",", ":", "Dataset", "Some", "None", "incidents", "id", "place", "position", "lon", "time",
            "event_types", "1", "-1.5", "\"x\"", "'c'", "r\"y\"", "b\"z\"", "1..2", "inf", "\n", "//\n",
        ]), 0..30)
    ) {
        let text = format!("Dataset({}", tokens.join(" "));
        prop_assert!(read_text(&text).unwrap_err().total() > 0);
        let mut inner = String::new();
        for token in tokens {
            let _ = write!(inner, "title: {token}, incidents: [({token}: {token})],");
        }
        let error = read_text(&format!("Dataset({inner})")).unwrap_err();
        prop_assert!(error.total() > 0);
    }

    #[test]
    fn what_is_written_is_read_back_unchanged(dataset in any_dataset()) {
        let text = write(&dataset);
        match read_text(&text) {
            Ok(read) => {
                prop_assert_eq!(read.account.rows(), dataset.account.rows());
                prop_assert_eq!(Dataset { account: dataset.account.clone(), ..read }, dataset);
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}

/// A text that says something, with everything that needs care in it.
fn filled() -> impl Strategy<Value = String> {
    r#"[a-zé日"\\/]([ -~\n\t\r\u{0}\u{202e}\u{2028}é日🦀]{0,12})"#
}

fn date() -> impl Strategy<Value = Date> {
    (1..=9999_i16, 1..=12_i8, 1..=28_i8).prop_map(|(year, month, day)| Date::new(year, month, day).unwrap())
}

fn moment() -> impl Strategy<Value = Moment> {
    let zones = prop::sample::select(vec!["Z", "+02:00", "-09:30", "[Europe/Vienna]", "[Asia/Kathmandu]"]);
    let instant = (1950..2050_i16, 1..=12_i8, 1..=28_i8, 4..24_i8, 0..60_i8, zones)
        .prop_map(|(y, m, d, h, min, zone)| format!("{y:04}-{m:02}-{d:02}T{h:02}:{min:02}:00{zone}"));
    prop_oneof![date().prop_map(Moment::Day), instant.prop_map(|text| Moment::parse(&text).unwrap())]
}

fn word<T: Copy + std::fmt::Debug + 'static>(words: schema::Words<T>) -> impl Strategy<Value = T> {
    prop::sample::select(words).prop_map(|(_, value)| value)
}

fn any_time() -> impl Strategy<Value = IncidentTime> {
    (moment(), prop::option::of(moment()), word::<TimePrecision>(schema::TIME_PRECISIONS)).prop_map(
        |(start, end, precision)| {
            let time = IncidentTime { start, end, precision };
            if time.is_reversed() { IncidentTime { end: None, ..time } } else { time }
        },
    )
}

fn any_place() -> impl Strategy<Value = Place> {
    let texts = (filled(), prop::option::of(filled()), prop::option::of(filled()));
    let codes = (prop::option::of("[A-Z]{2}-[A-Z0-9]{1,3}"), "[A-Z]{2}");
    let numbers = (-180.0..=180.0_f64, -90.0..=90.0_f64, prop::option::of(1e-3..2e7_f64));
    (texts, codes, numbers, word::<Precision>(schema::PRECISIONS)).prop_map(
        |((name, local_name, region), (region_code, country), (lon, lat, radius_m), precision)| Place {
            name,
            local_name,
            region,
            region_code,
            country,
            position: LonLat::new(lon, lat),
            precision,
            radius_m,
        },
    )
}

fn any_event_type(index: usize) -> impl Strategy<Value = EventType> {
    (filled(), filled(), any::<(u8, u8, u8)>(), word::<Symbol>(schema::SYMBOLS)).prop_map(
        move |(id, label, (r, g, b), symbol)| EventType {
            id: format!("{id}{index}"),
            label,
            color: Rgb { r, g, b },
            symbol,
        },
    )
}

fn any_source(index: usize) -> impl Strategy<Value = Arc<Source>> {
    (
        filled(),
        filled(),
        filled(),
        prop::option::of(filled()),
        prop::option::of(date()),
        prop::option::of(filled()),
    )
        .prop_map(move |(id, publisher, title, author, date, url)| {
            Arc::new(Source { id: format!("{id}{index}"), publisher, title, author, date, url })
        })
}

fn any_claim(sources: Vec<Arc<Source>>) -> impl Strategy<Value = Claim> {
    let sources = prop::collection::vec(prop::sample::select(sources), 0..3);
    (filled(), word::<Stance>(schema::STANCES), filled(), sources)
        .prop_map(|(speaker, stance, text, sources)| Claim { speaker, stance, text, sources })
}

fn any_incident(
    index: usize,
    incidents: usize,
    types: usize,
    sources: Vec<Arc<Source>>,
) -> impl Strategy<Value = Incident> {
    let related = (1..incidents.max(2), filled())
        .prop_map(move |(step, how)| Related { incident: (index + step) % incidents, how });
    let lists = (
        prop::collection::vec(any_claim(sources.clone()), 0..3),
        prop::collection::vec(prop::sample::select(sources), 0..3),
        prop::collection::vec(related, 0..if incidents > 1 { 3 } else { 1 }),
        prop::collection::vec(".{0,8}", 0..3),
        prop::collection::vec(".{0,8}", 0..3),
        prop::option::of((any::<u32>(), any::<u32>(), any::<u32>())),
        prop::collection::vec((".{0,8}", ".{0,8}"), 0..3),
    );
    let texts = (filled(), filled(), ".{0,20}");
    (texts, 0..types, any_place(), prop::option::of(any_time()), word::<Status>(schema::STATUSES), lists)
        .prop_map(
            move |(
                (id, title, summary),
                event_type,
                place,
                time,
                status,
                (claims, sources, related, tags, actors, deaths, more),
            )| {
                let incident = Incident::new(format!("{id}{index}"), title, place);
                let deaths = deaths.map(|(low, best, high)| Deaths { low, best, high });
                let incident = Incident { event_type, time, summary, status, claims, sources, ..incident };
                Incident { related, tags, actors, deaths, more, ..incident }
            },
        )
}

fn any_shape() -> impl Strategy<Value = Shape> {
    let point = (-180.0..=180.0_f64, -90.0..=90.0_f64).prop_map(|(lon, lat)| LonLat::new(lon, lat));
    let parts = prop::collection::vec(prop::collection::vec(point, 1..4), 1..3);
    (0..4_usize, word::<ShapeKind>(schema::SHAPE_KINDS), parts).prop_map(|(incident, kind, parts)| {
        let bounds = Bounds::around(parts.iter().flatten().copied()).unwrap();
        Shape { incident, kind, parts, bounds }
    })
}

fn any_dataset() -> impl Strategy<Value = Dataset> {
    let parts = (1..4_usize, 1..4_usize, 0..4_usize).prop_flat_map(|(types, sources, incidents)| {
        let sources = (0..sources).map(any_source).collect::<Vec<_>>();
        (Just((types, incidents)), sources)
    });
    parts.prop_flat_map(|((types, incidents), sources)| {
        let lists = (
            (0..types).map(any_event_type).collect::<Vec<_>>(),
            (0..incidents)
                .map(|index| any_incident(index, incidents, types, sources.clone()))
                .collect::<Vec<_>>(),
        );
        let heads = (filled(), ".{0,20}", prop::option::of(date()), prop::option::of(filled()));
        let shapes = prop::collection::vec(any_shape(), 0..3).prop_map(|mut shapes| {
            shapes.sort_by_key(|shape| shape.incident);
            shapes
        });
        (heads, lists, shapes).prop_map(
            move |((title, introduction, as_of, licence), (event_types, incidents), shapes)| {
                let account = Account { mapped: incidents.len() as u64, ..Account::default() };
                let shapes = shapes.clone().into_iter().filter(|it| it.incident < incidents.len()).collect();
                let (sources, incidents) = (sources.clone(), incidents.into());
                let head = Dataset { title, introduction, as_of, licence, shapes, ..Dataset::default() };
                Dataset { event_types, sources, incidents, account, ..head }
            },
        )
    })
}

/// All incidents of a dataset that was read from RON.
fn incidents_of(dataset: &Dataset) -> &[Incident] {
    dataset.incidents.in_memory().unwrap()
}

#[test]
fn a_cancelled_reader_stops_where_it_is() {
    use crate::progress::Progress;
    // Long enough for a look on the way; nothing behind the first look is read.
    let text = format!("Dataset(format: 1, tags: [{}", "\"x\", ".repeat(100_000));
    let progress = Progress::default();
    progress.cancel();
    let error = super::read("a.ron", &text, 0, &progress).unwrap_err();
    assert_eq!(error.problems()[0].what, "reading was cancelled");
    let findings = super::records::read(&text, &progress).unwrap_err();
    assert!(findings.total() > 0, "half a dataset is none");
}

#[test]
fn a_reader_tells_how_far_it_is() {
    use crate::progress::Progress;
    let progress = Progress::default();
    assert!(super::read("a.ron", BUNDLED, 0, &progress).is_ok());
    assert!(progress.share() >= 0.45, "it has come to its second step: {}", progress.share());
}
