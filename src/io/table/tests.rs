use proptest::prelude::*;

use super::layouts::gdelt_header;
use super::*;
use crate::geo::LonLat;
use crate::io::{EventTypes, ReadOptions};
use crate::model::{Deaths, Facts, Incident, Precision, SearchText, TimePrecision};

fn strings(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|&cell| cell.to_owned()).collect()
}

/// A reader for these columns and a row of them, with the order of the columns turned round to show that it does not
/// matter.
fn table(cells: &[(&str, &str)]) -> (TableReader, Vec<String>) {
    let header: Vec<String> = cells.iter().rev().map(|(name, _)| (*name).to_owned()).collect();
    let row: Vec<String> = cells.iter().rev().map(|(_, cell)| (*cell).to_owned()).collect();
    let reader =
        TableReader::new("t.csv", &header, std::slice::from_ref(&row), &ReadOptions::default()).unwrap();
    (reader, row)
}

fn incident(reader: &TableReader, row: &[String]) -> (Incident, EventTypes) {
    let mut types = EventTypes::default();
    match reader.incident(row, &mut types) {
        Row::Kept((incident, _)) => {
            assert!(is_searched_for(reader, row, &incident));
            (incident, types)
        }
        other => panic!("{other:?}"),
    }
}

/// Whether a search looks through the same of a row as of its incident.
fn is_searched_for(reader: &TableReader, row: &[String], incident: &Incident) -> bool {
    let (mut of_row, mut of_incident) = (SearchText::default(), SearchText::default());
    of_incident.set(incident);
    !reader.search_text(row, &mut of_row)
        || [of_row.prose(), of_row.names()] == [of_incident.prose(), of_incident.names()]
}

const ACLED: [(&str, &str); 31] = [
    ("event_id_cnty", "UKR77"),
    ("event_date", "16 May 2025"),
    ("year", "2025"),
    ("time_precision", "2"),
    ("disorder_type", "Political violence"),
    ("event_type", "Explosions/Remote violence"),
    ("sub_event_type", "Air/drone strike"),
    ("actor1", "Forces of A"),
    ("assoc_actor_1", "Group B; Group C"),
    ("inter1", "State forces"),
    ("actor2", "Civilians (Ukraine)"),
    ("assoc_actor_2", ""),
    ("inter2", "Civilians"),
    ("interaction", "State forces-Civilians"),
    ("civilian_targeting", "Civilian targeting"),
    ("iso", "804"),
    ("region", "Europe"),
    ("country", "Ukraine"),
    ("admin1", "Sumy"),
    ("admin2", ""),
    ("admin3", ""),
    ("location", "Sumy"),
    ("latitude", "50.9077"),
    ("longitude", "34.7981"),
    ("geo_precision", "2"),
    ("source", "Paper; Agency"),
    ("source_scale", "National"),
    ("notes", "A drone hit a house."),
    ("fatalities", "0"),
    ("tags", "crowd size=no report"),
    ("timestamp", "1747400000"),
];

#[test]
fn an_acled_row_is_read_with_its_codes() {
    let (reader, row) = table(&ACLED);
    let (incident, types) = incident(&reader, &row);
    assert_eq!((incident.id.as_str(), incident.title.as_str()), ("UKR77", "Air/drone strike, Sumy"));
    assert_eq!(types.all()[incident.event_type].label, "Explosions/Remote violence");
    assert_eq!((incident.place.precision, incident.place.country.as_str()), (Precision::District, "UA"));
    assert_eq!(incident.place.position, LonLat::new(34.7981, 50.9077));
    assert_eq!(incident.time.as_ref().unwrap().precision, TimePrecision::Week);
    assert_eq!(incident.actors, ["Forces of A", "Group B", "Group C", "Civilians (Ukraine)"]);
    let publishers: Vec<&str> = incident.sources.iter().map(|source| source.publisher.as_str()).collect();
    assert_eq!(publishers, ["Paper", "Agency"]);
    assert_eq!((incident.summary.as_str(), incident.deaths), ("A drone hit a house.", None));
    assert_eq!(incident.tags, ["crowd size=no report"]);
    assert!(
        incident.more.contains(&("fatalities".to_owned(), "0".to_owned())),
        "0 is what none reported is written as"
    );
    assert!(!incident.more.iter().any(|(name, _)| name == "latitude" || name == "notes"));
}

#[test]
fn acled_s_reported_deaths_are_a_number() {
    let mut cells = ACLED;
    cells[28].1 = "3";
    let (reader, row) = table(&cells);
    assert_eq!(incident(&reader, &row).0.deaths, Some(Deaths { low: 3, best: 3, high: 3 }));
}

#[test]
fn older_acled_tables_are_known_too() {
    let mut cells: Vec<(&str, &str)> = ACLED.to_vec();
    cells[0] = ("data_id", "123");
    cells.extend([("iso3", "UKR"), ("event_id_no_cnty", "77")]);
    let (reader, row) = table(&cells);
    assert_eq!(incident(&reader, &row).0.id, "123");
}

#[test]
fn a_ucdp_row_keeps_its_range_of_deaths_and_its_codes() {
    let (reader, row) = table(&[
        ("id", "244657"),
        ("type_of_violence", "1"),
        ("dyad_name", "Government of X - Y"),
        ("side_a", "Government of X"),
        ("side_b", "Y"),
        ("source_office", "Agence; Paper"),
        ("source_date", "2017-07-31; 2017-08-01"),
        ("source_headline", "One; Two"),
        ("where_prec", "1"),
        ("where_coordinates", "Kabul city"),
        ("adm_1", "Kabul province"),
        ("latitude", "34.53"),
        ("longitude", "69.17"),
        ("geom_wkt", "POINT (69.17 34.53)"),
        ("country", "Afghanistan"),
        ("date_prec", "1"),
        ("date_start", "2017-07-31 00:00:00.000"),
        ("date_end", "2017-07-31 00:00:00.000"),
        ("best", "4"),
        ("high", "6"),
        ("low", "0"),
    ]);
    let (incident, types) = incident(&reader, &row);
    assert_eq!(incident.title, "Government of X - Y, Kabul city");
    assert_eq!(types.all()[0].label, "State-based conflict");
    assert_eq!(incident.deaths, Some(Deaths { low: 0, best: 4, high: 6 }));
    assert_eq!(incident.actors, ["Government of X", "Y"]);
    let time = incident.time.as_ref().unwrap();
    assert_eq!((time.precision, time.end.clone()), (TimePrecision::Day, None));
    assert_eq!(
        (incident.sources[1].title.as_str(), incident.sources[1].date.unwrap().to_string().as_str()),
        ("Two", "2017-08-01")
    );
    assert_eq!((incident.place.precision, incident.place.country.as_str()), (Precision::Settlement, "AF"));
}

#[test]
fn gdelt_is_known_without_a_header() {
    for (columns, place) in [(61, 51), (58, 49), (57, 49)] {
        let mut row = vec![String::new(); columns];
        let is_second = columns == 61;
        for (column, cell) in [
            (0, "1100"),
            (1, "20250516"),
            (2, "202505"),
            (3, "2025"),
            (6, "POLICE"),
            (16, "PROTESTER"),
            (28, "14"),
            (30, "-6.5"),
        ] {
            row[column] = cell.to_owned();
        }
        let lat = place + if is_second { 5 } else { 4 };
        for (column, cell) in
            [(place, "4"), (place + 1, "Sumy, Sumska Oblast, Ukraine"), (lat, "50.9"), (lat + 1, "34.8")]
        {
            row[column] = cell.to_owned();
        }
        if columns > 57 {
            row[columns - 1] = "https://www.example.org/a".to_owned();
        }
        let reader = TableReader::new("g", &[], std::slice::from_ref(&row), &ReadOptions::default()).unwrap();
        let (incident, types) = incident(&reader, &row);
        assert_eq!(incident.title, "Protest, Sumy, Sumska Oblast, Ukraine");
        assert_eq!(types.all()[0].label, "Protest");
        assert_eq!(incident.actors, ["POLICE", "PROTESTER"]);
        assert_eq!(incident.place.precision, Precision::Settlement);
        assert_eq!(
            incident.sources.first().map(|it| it.publisher.as_str()),
            (columns > 57).then_some("example.org")
        );
        assert!(incident.more.contains(&("GoldsteinScale".to_owned(), "-6.5".to_owned())));
        row[lat] = String::new();
        assert!(
            matches!(reader.incident(row.as_slice(), &mut EventTypes::default()), Row::Listed(fault) if fault.field == "ActionGeo_Lat")
        );
    }
    assert_eq!(gdelt_header(60), None);
}

fn mapped(header: &[&str], rows: &[&[&str]]) -> (TableReader, Vec<Vec<String>>) {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| strings(row)).collect();
    (TableReader::new("t.csv", &strings(header), &rows, &ReadOptions::default()).unwrap(), rows)
}

#[test]
fn an_unknown_table_is_read_by_a_guess_and_says_so() {
    let (reader, rows) = mapped(
        &["Дата", "Место", "Широта", "Долгота", "Описание", "Ссылка", "Примечания к делу"],
        &[&["16.05.2025", "Сумы", "50,9077", "34°47′53″ E", "Дрон попал в дом.", "https://t.me/x/1", "7"]],
    );
    let (incident, _) = incident(&reader, &rows[0]);
    assert_eq!((incident.title.as_str(), incident.place.name.as_str()), ("Дрон попал в дом.", "Сумы"));
    assert!((incident.place.position.lon_deg - 34.7981).abs() < 1e-4);
    assert_eq!(incident.place.precision, Precision::Exact);
    assert_eq!(incident.sources[0].url.as_deref(), Some("https://t.me/x/1"));
    assert_eq!(incident.more, [("Примечания к делу".to_owned(), "7".to_owned())]);
    let notes = reader.notes(&Tally::default()).join("\n");
    assert!(notes.contains("lat=Широта") && notes.contains("very spots"), "{notes}");
}

#[test]
fn geometries_are_drawn_and_pairs_are_read() {
    let (reader, rows) = mapped(&["name", "geom"], &[&["a", "LINESTRING (0 0, 1 1, 2 0)"]]);
    match reader.incident(rows[0].as_slice(), &mut EventTypes::default()) {
        Row::Kept((incident, Some(geometry))) => {
            assert_eq!(incident.place.position, LonLat::new(1.0, 1.0));
            assert!(geometry.into_shape(0).is_some());
        }
        other => panic!("{other:?}"),
    }
    let (reader, rows) = mapped(&["name", "coordinates"], &[&["a", "51.5, 34.5"]]);
    assert_eq!(incident(&reader, &rows[0]).0.place.position, LonLat::new(34.5, 51.5));
}

#[test]
fn a_row_without_position_is_listed_and_one_that_makes_no_sense_is_rejected() {
    let (reader, _) = mapped(&["title", "lat", "lon"], &[&["a", "51.5", "34.5"]]);
    let fate = |cells: &[&str]| match reader.incident(cells, &mut EventTypes::default()) {
        Row::Kept(_) => "kept".to_owned(),
        Row::Listed(fault) => format!("listed {} {}: {}", fault.column, fault.field, fault.reason),
        Row::Rejected(fault) => format!("rejected {} {}: {}", fault.column, fault.field, fault.reason),
        Row::Blank => "blank".to_owned(),
    };
    assert_eq!(fate(&["a", "1", "2", "", " "]), "kept", "empty cells beyond the last column are no harm");
    assert_eq!(fate(&["a", "", "2"]), "listed 2 lat: is empty: the row has no position");
    assert_eq!(fate(&["a", "1", "N/A"]), "listed 3 lon: says that the position is not known");
    assert_eq!(fate(&["a", "north", "2"]), "rejected 2 lat: is no latitude in degrees");
    assert_eq!(fate(&["a", "91", "2"]), "rejected 2 lat: lies beyond 90 degrees");
    assert_eq!(fate(&["a", "1", "-180.5"]), "rejected 3 lon: lies beyond 180 degrees");
    assert_eq!(fate(&["a", "1"]), "rejected 0 : has 2 cells, and the table has 3 columns");
    assert_eq!(fate(&["a", "1", "2", "3"]), "rejected 0 : has 4 cells, and the table has 3 columns");
    assert_eq!(fate(&["", " ", ""]), "blank");
}

#[test]
fn a_date_that_cannot_be_read_hides_nothing() {
    let (reader, _) = mapped(&["lat", "lon", "date", "title"], &[&["1", "2", "2025-05-16", "a"]]);
    let row = strings(&["1", "2", "soon", "a"]);
    let (found, _) = incident(&reader, &row);
    assert_eq!((found.time, found.more), (None, vec![("date".to_owned(), "soon".to_owned())]));
    let mut tally = Tally::default();
    let facts = reader.facts(row.as_slice(), 7, &mut EventTypes::default(), &mut tally);
    assert!(matches!(facts, Row::Kept(_)));
    assert!(
        reader.notes(&tally).iter().any(|note| note.contains("1 row, in line 7")),
        "{:?}",
        reader.notes(&tally)
    );
}

#[test]
fn the_whole_column_decides_whether_the_day_stands_first() {
    let header = ["lat", "lon", "date"];
    let day = |rows: &[&[&str]]| {
        let (reader, rows) = mapped(&header, rows);
        incident(&reader, &rows[0]).0.long_time(None)
    };
    assert_eq!(day(&[&["1", "2", "03/04/2025"], &["1", "2", "16/05/2025"]]), "3 April 2025");
    assert_eq!(day(&[&["1", "2", "03/04/2025"], &["1", "2", "05/16/2025"]]), "4 March 2025");
    let (mut reader, rows) = mapped(&header, &[&["1", "2", "03/04/2025"]]);
    let mut tally = Tally::default();
    for row in [&rows[0], &strings(&["1", "2", "30/04/2025"])] {
        reader.facts(row.as_slice(), 1, &mut EventTypes::default(), &mut tally);
    }
    assert!(reader.settle(&tally), "later rows say another order than the first ones");
    assert_eq!(incident(&reader, &rows[0]).0.long_time(None), "3 April 2025");
    assert!(!reader.settle(&tally));
}

#[test]
fn a_title_is_made_of_what_is_there() {
    let title = |header: &[&str], row: &[&str]| {
        let (reader, rows) = mapped(header, &[row]);
        incident(&reader, &rows[0]).0.title
    };
    assert_eq!(title(&["lat", "lon", "type", "city"], &["1", "2", "Fire", "Sumy"]), "Fire, Sumy");
    assert_eq!(
        title(&["lat", "lon", "type", "notes"], &["1", "2", "Fire", "A house burnt."]),
        "A house burnt."
    );
    assert_eq!(title(&["lat", "lon", "type"], &["1", "2", "Fire"]), "Fire");
    assert_eq!(title(&["lat", "lon"], &["1", "2"]), "1.0000° N, 2.0000° E");
    assert_eq!(title(&["lat", "lon", "notes"], &["1", "2", &"ж".repeat(100)]).chars().count(), 81);
}

#[test]
fn a_table_without_a_position_is_shown_to_somebody_who_can_say_where_it_is() {
    let rows = [strings(&["51.5", "34.5", "a"]), strings(&["north", "34.5", "b"]), strings(&["", "", "c"])];
    let header = strings(&["north-south", "east-west", "name"]);
    let error = TableReader::new("t.csv", &header, &rows, &ReadOptions::default()).unwrap_err();
    let preview = error.preview().unwrap();
    assert_eq!(preview.guess.to_string(), "title=name");
    let mapping = "lat=north-south,lon=East West,type='Flood'".parse().unwrap();
    let options = ReadOptions { mapping: Some(mapping), ..ReadOptions::default() };
    let reader = TableReader::new("t.csv", &header, &rows, &options).unwrap();
    let (found, types) = incident(&reader, &rows[0]);
    assert_eq!((found.title.as_str(), types.all()[0].label.as_str()), ("Flood", "Flood"));
    assert_eq!(Preview::of(&[], &rows).header, ["#1", "#2", "#3"]);
}

proptest! {
    #[test]
    fn the_facts_of_a_row_are_those_of_its_incident(
        cells in prop::collection::vec("|[0-9.,/ -]{1,12}|[A-Za-z;, ]{0,9}|POINT \\([0-9] [0-9]\\)|20[0-9]{2}-0[1-9]-1[0-9]", 1..12),
        lat in "-?[0-9]{1,2}\\.[0-9]{1,4}|\\PC{0,5}",
    ) {
        let mut row = cells;
        row.extend([lat, "34.5".to_owned(), "2025-05-16".to_owned()]);
        let mut header: Vec<String> = ["type", "wkt", "end date", "time", "status", "geo_precision", "country", "deaths", "url", "source", "x1", "x2"]
            .iter().take(row.len() - 3).map(|&name| name.to_owned()).collect();
        header.extend(["lat", "lon", "date"].map(str::to_owned));
        let mapping = "lat=lat,lon=lon,date=date".parse::<Mapping>().unwrap();
        for options in [ReadOptions::default(), ReadOptions { mapping: Some(mapping), ..ReadOptions::default() }] {
            let Ok(reader) = TableReader::new("t", &header, std::slice::from_ref(&row), &options) else { continue };
            let (mut types, mut tally) = (EventTypes::default(), Tally::default());
            let facts = reader.facts(row.as_slice(), 1, &mut types, &mut tally);
            match (facts, reader.incident(row.as_slice(), &mut types)) {
                (Row::Kept((facts, geometry)), Row::Kept((incident, other))) => {
                    prop_assert_eq!(facts, Facts::of(&incident));
                    prop_assert_eq!(geometry, other);
                    prop_assert!(!incident.title.is_empty());
                    prop_assert!(is_searched_for(&reader, &row, &incident));
                }
                (Row::Listed(a), Row::Listed(b)) | (Row::Rejected(a), Row::Rejected(b)) => prop_assert_eq!(a, b),
                (Row::Blank, Row::Blank) => {}
                (facts, incident) => prop_assert!(false, "{facts:?} {incident:?}"),
            }
        }
    }
}
