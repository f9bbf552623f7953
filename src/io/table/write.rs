//! Writes incidents as a table in CSV (RFC 4180): a header, a row for each, and cells that a spreadsheet takes for what
//! they are.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write;

use super::guess::folded;
use super::own::{COLUMNS, FOREIGN, Record, escaped};
use crate::geo::LonLat;
use crate::io::export::{Selection, WriteError, WriteReport};
use crate::io::limits::MAX_WRITTEN_COLUMNS;
use crate::io::record::{ClaimRecord, PRECISIONS, STANCES, STATUSES, SourceRecord, TIME_PRECISIONS};
use crate::io::ron::word_of;
use crate::model::{Deaths, Incident, Moment, Shape, ShapeKind, Source};
use crate::progress::Progress;

/// How much of the time it takes to write goes into looking for columns, roughly.
const FIRST_LOOK: f64 = 0.4;

/// Writes some incidents, with commas between cells.
pub(in crate::io) fn write_selection(
    selection: &Selection<'_>,
    out: &mut dyn Write,
    progress: &Progress,
) -> Result<WriteReport, WriteError> {
    write_separated(selection, b',', out, progress)
}

/// The same with tabs between cells.
pub(in crate::io) fn write_with_tabs(
    selection: &Selection<'_>,
    out: &mut dyn Write,
    progress: &Progress,
) -> Result<WriteReport, WriteError> {
    write_separated(selection, b'\t', out, progress)
}

fn write_separated(
    selection: &Selection<'_>,
    separator: u8,
    out: &mut dyn Write,
    progress: &Progress,
) -> Result<WriteReport, WriteError> {
    let mut report = WriteReport::default();
    report.leave_out("colours and symbols of event types");
    let dataset = selection.dataset;
    if !dataset.introduction.is_empty() || dataset.licence.is_some() {
        report.leave_out("introduction and licence of the dataset");
    }
    let more = MoreColumns::of(selection, &progress.part(0.0, FIRST_LOOK))?;
    let mut table = csv::WriterBuilder::new().delimiter(separator).from_writer(out);
    let fail = |error: csv::Error| WriteError::Io(error.into());
    let own = COLUMNS.into_iter().map(Cow::Borrowed);
    let header = own.chain(more.names.iter().map(|name| column_name(name)));
    table.write_record(header.map(Cow::into_owned)).map_err(fail)?;
    selection.each(&progress.part(FIRST_LOOK, 1.0), |n, incident| {
        if !incident.related.is_empty() {
            report.lose("links between incidents");
        }
        report.written += 1;
        let label = dataset.event_types.get(incident.event_type).map_or("", |it| it.label.as_str());
        let cells = row(incident, label, dataset.shapes_of(n), &more);
        table.write_record(&cells).map_err(fail)
    })?;
    table.flush()?;
    Ok(report)
}

/// The columns of what files say by their own names.
#[derive(Debug, Default)]
struct MoreColumns {
    names: Vec<String>,
    places: HashMap<String, usize>,
}

impl MoreColumns {
    fn of(selection: &Selection<'_>, progress: &Progress) -> Result<Self, WriteError> {
        let mut columns = Self::default();
        selection.each(progress, |_, incident| {
            // A name that some incidents lack stands where it stands among the names of the others.
            let mut after = 0;
            for (name, _) in &incident.more {
                let known = columns.places.get(name).copied();
                let is_full = columns.names.len() >= MAX_WRITTEN_COLUMNS;
                match known {
                    Some(place) => after = place + 1,
                    None if is_full || !can_be_a_column(name) => {}
                    None => {
                        columns.names.insert(after, name.clone());
                        columns.places =
                            columns.names.iter().enumerate().map(|(n, name)| (name.clone(), n)).collect();
                        after += 1;
                    }
                }
            }
            Ok(())
        })?;
        Ok(columns)
    }

    /// The cells of an incident, and whether they say all that it says, in its order.
    fn cells<'a>(&self, incident: &'a Incident) -> (Vec<&'a str>, bool) {
        let mut cells = vec![""; self.names.len()];
        let (mut is_all, mut last) = (true, None);
        for (name, value) in &incident.more {
            let place = self.places.get(name).copied();
            is_all &= place > last && value.trim() == value && !value.is_empty();
            last = place;
            if let Some(cell) = place.and_then(|place| cells.get_mut(place)) {
                *cell = value;
            }
        }
        (cells, is_all)
    }
}

/// Whether a name can stand in the header and be known again.
fn can_be_a_column(name: &str) -> bool {
    !name.is_empty()
        && name.trim() == name
        && !name.starts_with(FOREIGN)
        && !name.starts_with(['=', '+', '-', '@', '\'', '#', '\t', '\r', '\u{feff}'])
}

/// The name of the column for what a file says by this name: another than those of the table's own.
fn column_name(name: &str) -> Cow<'_, str> {
    let same = folded(name);
    let is_taken = COLUMNS.iter().any(|own| folded(own) == same);
    if is_taken { format!("{FOREIGN}{name}").into() } else { name.into() }
}

fn row(incident: &Incident, label: &str, shapes: &[Shape], more: &MoreColumns) -> Vec<String> {
    let place = &incident.place;
    let time = incident.time.as_ref();
    let (more_cells, is_all) = more.cells(incident);
    let number = |count: fn(Deaths) -> u32| incident.deaths.map_or(String::new(), |it| count(it).to_string());
    let raw = |text: String| (text, false);
    let text = |text: &str| (text.to_owned(), true);
    let own = [
        text(&incident.id),
        text(&incident.title),
        text(label),
        raw(time.map_or(String::new(), |time| time.start.to_text())),
        raw(time.and_then(|time| time.end.as_ref()).map_or(String::new(), Moment::to_text)),
        raw(time.map_or("", |time| word_of(TIME_PRECISIONS, &time.precision)).to_owned()),
        raw(place.position.lat_deg.to_string()),
        raw(place.position.lon_deg.to_string()),
        raw(word_of(PRECISIONS, &place.precision).to_owned()),
        raw(place.radius_m.map_or(String::new(), |radius_m| radius_m.to_string())),
        text(&place.name),
        text(place.local_name.as_deref().unwrap_or_default()),
        text(place.region.as_deref().unwrap_or_default()),
        text(place.region_code.as_deref().unwrap_or_default()),
        text(&place.country),
        raw(word_of(STATUSES, &incident.status).to_owned()),
        text(&incident.summary),
        text(&claims_in_words(incident)),
        text(&joined(incident.sources.iter().map(|source| source.publisher.as_str()))),
        text(&joined(incident.sources.iter().filter_map(|source| source.url.as_deref()))),
        text(&joined(incident.tags.iter().map(String::as_str))),
        text(&joined(incident.actors.iter().map(String::as_str))),
        raw(number(|deaths| deaths.best)),
        raw(number(|deaths| deaths.low)),
        raw(number(|deaths| deaths.high)),
        raw(geometry(shapes)),
        raw(record(incident, is_all)),
    ];
    own.into_iter()
        .map(|(cell, is_text)| if is_text { escaped(&cell).into_owned() } else { cell })
        .chain(more_cells.into_iter().map(|cell| escaped(cell).into_owned()))
        .collect()
}

fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    parts.collect::<Vec<_>>().join("; ")
}

/// For people: a line for each.
fn claims_in_words(incident: &Incident) -> String {
    let line =
        |claim: &crate::model::Claim| format!("{} {}: {}", claim.speaker, claim.stance.label(), claim.text);
    incident.claims.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What the cells do not say as it is.
fn record(incident: &Incident, more_is_all: bool) -> String {
    let is_name = |part: &String| {
        !part.is_empty()
            && part.trim() == part
            && !part.contains([';', '\n', '\r'])
            && !part.starts_with("http")
    };
    let is_plain = |part: &String| !part.is_empty() && part.trim() == part && !part.contains([';', ',']);
    let list = |parts: &[String]| (!parts.iter().all(is_plain)).then(|| parts.to_vec());
    let sources = &incident.sources;
    let has_urls = sources.iter().any(|source| source.url.is_some());
    let is_bare = |source: &Source| {
        let Source { id, publisher, title, author, date, url } = source;
        let is_address = |url: &String| is_plain(url) && !url.contains(char::is_whitespace);
        id.is_empty()
            && title.is_empty()
            && author.is_none()
            && date.is_none()
            && is_name(publisher)
            // Each has an address, or none has: else nobody knows whose it is.
            && url.as_ref().map_or(!has_urls, is_address)
    };
    let record = Record {
        sources: (!sources.iter().all(|source| is_bare(source))).then(|| SourceRecord::all(sources)),
        claims: ClaimRecord::all(&incident.claims, STANCES),
        tags: list(&incident.tags),
        actors: list(&incident.actors),
        more: (!more_is_all).then(|| incident.more.clone()),
    };
    if record.is_empty() {
        return String::new();
    }
    // Texts and lists of texts: nothing that JSON could not hold.
    serde_json::to_string(&record).unwrap_or_default()
}

/// Well-known text. Rings follow each other as the shape has them: which are holes, the even-odd rule says.
fn geometry(shapes: &[Shape]) -> String {
    let point = |point: &LonLat| format!("{} {}", point.lon_deg, point.lat_deg);
    let part =
        |points: &Vec<LonLat>| format!("({})", points.iter().map(point).collect::<Vec<_>>().join(", "));
    let parts = |shape: &Shape| shape.parts.iter().map(part).collect::<Vec<_>>().join(", ");
    let mut all = String::new();
    for shape in shapes {
        let name = match shape.kind {
            ShapeKind::Line => "MULTILINESTRING",
            ShapeKind::Area => "POLYGON",
        };
        let comma = if all.is_empty() { "" } else { ", " };
        let _ = write!(all, "{comma}{name} ({})", parts(shape));
    }
    if shapes.len() > 1 { format!("GEOMETRYCOLLECTION ({all})") } else { all }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::geo::Bounds;
    use crate::io::table::{Row, TableReader};
    use crate::io::{EventTypes, ReadOptions, bundled, read_bytes};
    use crate::model::{Dataset, IncidentTime, TimePrecision};

    /// Writes a dataset and reads its rows back.
    fn round_trip(dataset: &Dataset) -> Vec<Incident> {
        let mut out = Vec::new();
        write_selection(&Selection::all(dataset), &mut out, &Progress::default()).unwrap();
        let mut table = csv::ReaderBuilder::new().has_headers(false).from_reader(out.as_slice());
        let mut rows = table.records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
        let header = rows.next().unwrap();
        let rows: Vec<Vec<String>> = rows.collect();
        let reader = TableReader::new("a.csv", &header, &rows, &ReadOptions::default()).unwrap();
        let mut types = EventTypes::default();
        for event_type in &dataset.event_types {
            types.index_of(&event_type.label);
        }
        let read = |row: &Vec<String>| match reader.incident(row.as_slice(), &mut types) {
            Row::Kept((incident, _)) => incident,
            other => panic!("{other:?}"),
        };
        rows.iter().map(read).collect()
    }

    #[test]
    fn the_bundled_dataset_comes_back_but_for_its_links() {
        let dataset = bundled().unwrap();
        for (read, n) in round_trip(&dataset).into_iter().zip(0..) {
            let incident = dataset.incidents.at(n);
            assert_eq!(read, Incident { related: Vec::new(), ..Incident::clone(&incident) });
        }
    }

    #[test]
    fn times_and_shapes_come_back_as_exactly_as_they_were_known() {
        let dataset = bundled().unwrap();
        let mut incidents = Vec::new();
        for (start, end, precision) in [
            (
                "2025-05-01T06:30:00+02:00[Europe/Vienna]",
                Some("2025-05-01T18:00:00+02:00"),
                TimePrecision::Minute,
            ),
            ("2025-05-01T06:30:00Z", None, TimePrecision::Day),
            ("2025-05-01", Some("2025-05-31"), TimePrecision::Month),
            ("2025-05-01", None, TimePrecision::Year),
        ] {
            let moment = |text: &str| Moment::parse(text).unwrap();
            let time = IncidentTime { start: moment(start), end: end.map(moment), precision };
            let incident = Incident { related: Vec::new(), ..Incident::clone(&dataset.incidents.at(0)) };
            let deaths = Some(Deaths { low: 0, best: 2, high: 9 });
            incidents.push(Incident { time: Some(time), deaths, ..incident });
        }
        incidents.push(Incident { time: None, ..incidents[0].clone() });
        incidents[1].place.radius_m = Some(1500.5);
        let points = [[30.0, 50.0], [31.0, 50.0], [30.5, 51.0], [30.0, 50.0]];
        let parts = vec![points.map(|[lon, lat]| LonLat::new(lon, lat)).to_vec()];
        let bounds = Bounds::around(parts[0].iter().copied()).unwrap();
        let shapes = [ShapeKind::Line, ShapeKind::Area]
            .into_iter()
            .zip(0..)
            .map(|(kind, incident)| Shape { incident, kind, parts: parts.clone(), bounds })
            .collect();
        let changed = Dataset { incidents: incidents.clone().into(), shapes, ..dataset };
        assert_eq!(round_trip(&changed), incidents);
        let mut out = Vec::new();
        write_with_tabs(&Selection::all(&changed), &mut out, &Progress::default()).unwrap();
        let read = read_bytes("a.tsv", &out).unwrap();
        assert_eq!(read.shapes, changed.shapes);
        assert_eq!(read.account.summary(), "rows 5: mapped 5, listed 0, rejected 0");
    }

    #[test]
    fn what_a_file_says_by_its_own_names_keeps_its_place_beside_the_columns_of_the_table() {
        let dataset = bundled().unwrap();
        let with = |more: &[(&str, &str)]| {
            let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            Incident { more, related: Vec::new(), ..Incident::clone(&dataset.incidents.at(3)) }
        };
        let incidents = [
            with(&[("year", "2021"), ("Country", "Atlantis")]),
            with(&[("year", "2022"), ("weather", "-3"), ("Country", "=A1")]),
            with(&[("Country", "Atlantis"), ("year", "2022")]),
            with(&[("year", "1"), ("year", "2"), ("file:x", "3"), ("", "4")]),
        ];
        let changed = Dataset { incidents: incidents.to_vec().into(), ..dataset.clone() };
        assert_eq!(round_trip(&changed), incidents);
        let mut out = Vec::new();
        write_selection(&Selection::all(&changed), &mut out, &Progress::default()).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().next().unwrap().ends_with(",geometry,dateline,year,weather,file:Country"));
    }

    proptest! {
        #[test]
        fn texts_come_back_whatever_is_in_them(
            texts in prop::collection::vec("[=+@'a-zA-Zé日;,\"{}-][ -~\n\r\t\u{202e}é日🦀]{0,12}[!-~]", 6),
            list in prop::collection::vec("[ -~é]{0,8}", 0..3),
            sources in prop::collection::vec(("[ -~é]{0,6}", prop::option::of("https://[a-z;, ]{1,4}")), 0..3),
        ) {
            let mut dataset = bundled().unwrap();
            let mut incident = Incident::clone(&dataset.incidents.at(0));
            incident.related.clear();
            incident.title = texts[0].clone();
            incident.summary = texts[1].clone();
            incident.place.name = texts[2].clone();
            incident.more = vec![(texts[3].clone(), texts[4].clone()), ("Note".to_owned(), texts[5].clone())];
            incident.tags = list.clone();
            incident.actors = list;
            incident.claims.truncate(1);
            incident.sources = sources
                .into_iter()
                .map(|(publisher, url)| Arc::new(Source { publisher, url, ..Source::default() }))
                .collect();
            dataset.incidents = vec![incident.clone()].into();
            prop_assert_eq!(&round_trip(&dataset)[0], &incident);
        }
    }
}
