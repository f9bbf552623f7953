//! Writes incidents as GeoParquet 1.1: points as well-known binary, everything else in columns that other programs read,
//! and nothing of what Dateline knows left out.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnPath, TypePtr};
use serde::Serialize;

use super::own::{self, COLUMNS, Column, Form, Meta, RowRecord};
use super::wkb;
use crate::geo::LonLat;
use crate::io::export::{Selection, WriteError, WriteReport};
use crate::io::record::{ClaimRecord, PRECISIONS, STATUSES, SourceRecord, TIME_PRECISIONS};
use crate::io::ron::{STANCES, word_of};
use crate::model::{Dataset, Incident, IncidentTime, Moment, TimePrecision, span_min};
use crate::progress::Progress;

/// Rows of a row group: so many are in memory at a time.
const GROUP_ROWS: usize = 1 << 16;

/// Rows of a page: so many are expanded to read one of them back.
const PAGE_ROWS: usize = 1 << 11;

/// Columns whose values recur.
const RECURRING: [Column; 14] = [
    Column::EventType,
    Column::EventTypeId,
    Column::TimePrecision,
    Column::Place,
    Column::LocalName,
    Column::Region,
    Column::RegionCode,
    Column::Country,
    Column::Precision,
    Column::Status,
    Column::Tags,
    Column::Actors,
    Column::Date,
    Column::Source,
];

/// Writes a selection of incidents.
pub(in crate::io) fn write_selection(
    selection: &Selection<'_>,
    out: &mut dyn Write,
    progress: &Progress,
) -> Result<WriteReport, WriteError> {
    let chosen = (selection.len() < selection.dataset.incidents.len()).then(|| selection.indices().collect());
    let mut writer = Writer::new(selection.dataset, chosen, out).map_err(into_write_error)?;
    let mut report = WriteReport::default();
    selection.each(progress, |number, incident| {
        if selection.dataset.shapes_of(number).len() > 1 {
            report.lose("lines and areas beyond the first kind");
        }
        report.written += 1;
        writer.push(number, incident).map_err(into_write_error)
    })?;
    writer.finish().map_err(into_write_error)?;
    Ok(report)
}

fn into_write_error(error: ParquetError) -> WriteError {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => WriteError::Io(*error),
            Err(error) => WriteError::Io(io::Error::other(error.to_string())),
        },
        error => WriteError::Io(io::Error::other(error.to_string())),
    }
}

/// Where the parquet crate writes to: it wants something that may go to another thread.
#[derive(Debug, Clone, Default)]
struct Outbox(Arc<Mutex<Vec<u8>>>);

impl Outbox {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Outbox {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The values of a column that wait to be written.
#[derive(Debug, Default)]
struct Pending {
    bytes: Vec<ByteArray>,
    integers: Vec<i64>,
    numbers: Vec<f64>,
    def: Vec<i16>,
    rep: Vec<i16>,
}

impl Pending {
    fn text(&mut self, text: &str) {
        self.bytes.push(text.as_bytes().to_vec().into());
    }

    fn some<T>(&mut self, value: Option<T>, push: impl FnOnce(&mut Self, T)) {
        self.def.push(i16::from(value.is_some()));
        if let Some(value) = value {
            push(self, value);
        }
    }

    fn some_text(&mut self, text: Option<&str>) {
        self.some(text, Self::text);
    }

    fn some_integer(&mut self, value: Option<i64>) {
        self.some(value, |it, value| it.integers.push(value));
    }

    fn texts(&mut self, texts: &[String]) {
        for (n, text) in texts.iter().enumerate() {
            self.text(text);
            self.def.push(1);
            self.rep.push(i16::from(n > 0));
        }
        if texts.is_empty() {
            self.def.push(0);
            self.rep.push(0);
        }
    }

    /// A list of records, or nothing where it is empty.
    fn json<T: Serialize>(&mut self, records: &[T]) -> Result<(), ParquetError> {
        if records.is_empty() {
            self.some_text(None);
            return Ok(());
        }
        let text = serde_json::to_string(records).map_err(|error| ParquetError::External(Box::new(error)))?;
        self.some_text(Some(&text));
        Ok(())
    }
}

/// Incidents on their way into a file.
pub(super) struct Writer<'a> {
    dataset: &'a Dataset,
    /// The incidents that are written, ascending; `None` for all.
    chosen: Option<Vec<usize>>,
    file: SerializedFileWriter<Outbox>,
    outbox: Outbox,
    out: &'a mut dyn Write,
    pending: Vec<Pending>,
    count: usize,
    bounds: Option<[f64; 4]>,
}

impl<'a> Writer<'a> {
    /// Begins a file for these incidents of a dataset, which come in ascending order; `None` for all.
    pub(super) fn new(
        dataset: &'a Dataset,
        chosen: Option<Vec<usize>>,
        out: &'a mut dyn Write,
    ) -> Result<Self, ParquetError> {
        let outbox = Outbox::default();
        let has_shapes = !dataset.shapes.is_empty();
        let file = SerializedFileWriter::new(outbox.clone(), schema(has_shapes)?, Arc::new(properties()?))?;
        Ok(Self {
            dataset,
            chosen,
            file,
            outbox,
            out,
            pending: columns(has_shapes).map(|_| Pending::default()).collect(),
            count: 0,
            bounds: None,
        })
    }

    /// Adds the next incident.
    pub(super) fn push(&mut self, number: usize, incident: &Incident) -> Result<(), ParquetError> {
        self.push_plain(number, incident);
        self.push_records(incident)?;
        let LonLat { lon_deg: x, lat_deg: y } = incident.place.position;
        let [west, south, east, north] = self.bounds.unwrap_or([x, y, x, y]);
        self.bounds = Some([west.min(x), south.min(y), east.max(x), north.max(y)]);
        self.count += 1;
        if self.count.is_multiple_of(GROUP_ROWS) { self.flush() } else { Ok(()) }
    }

    fn push_plain(&mut self, number: usize, incident: &Incident) {
        let event_type = self.dataset.event_types.get(incident.event_type);
        let (place, time) = (&incident.place, incident.time.as_ref());
        let [from, to] = time.map_or([None; 2], |time| millis_of(time).map(Some));
        let [low, best, high] = incident
            .deaths
            .map_or([None; 3], |it| [it.low, it.best, it.high].map(|count| Some(i64::from(count))));
        let shape = self.dataset.shapes_of(number).first();
        let some = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
        for (column, pending) in columns(true).zip(&mut self.pending) {
            match column {
                Column::Id => pending.text(&incident.id),
                Column::Title => pending.text(&incident.title),
                Column::EventType => pending.text(event_type.map_or("", |it| &it.label)),
                Column::EventTypeId => pending.text(event_type.map_or("", |it| &it.id)),
                Column::TimeFrom => pending.some_integer(from),
                Column::TimeTo => pending.some_integer(to),
                Column::Date => pending.some_text(time.map(|it| it.start.to_text()).as_deref()),
                Column::EndDate => {
                    pending.some_text(time.and_then(|it| it.end.as_ref()).map(Moment::to_text).as_deref());
                }
                Column::TimePrecision => {
                    pending.some_text(time.map(|it| word_of(TIME_PRECISIONS, &it.precision)));
                }
                Column::Place => pending.some_text(some(&place.name).as_deref()),
                Column::LocalName => pending.some_text(place.local_name.as_deref()),
                Column::Region => pending.some_text(place.region.as_deref()),
                Column::RegionCode => pending.some_text(place.region_code.as_deref()),
                Column::Country => pending.some_text(some(&place.country).as_deref()),
                Column::Precision => pending.text(word_of(PRECISIONS, &place.precision)),
                Column::RadiusM => pending.some(place.radius_m, |it, radius| it.numbers.push(radius)),
                Column::Status => pending.text(word_of(STATUSES, &incident.status)),
                Column::Summary => pending.some_text(some(&incident.summary).as_deref()),
                Column::Tags => pending.texts(&incident.tags),
                Column::Actors => pending.texts(&incident.actors),
                Column::DeathsLow => pending.some_integer(low),
                Column::Deaths => pending.some_integer(best),
                Column::DeathsHigh => pending.some_integer(high),
                Column::Geometry => {
                    let mut bytes = Vec::with_capacity(21);
                    wkb::write_point(place.position, &mut bytes);
                    pending.bytes.push(bytes.into());
                }
                Column::Shape => pending.some(shape, |it, shape| {
                    it.bytes.push(wkb::write_shape(shape.kind, &shape.parts).into());
                }),
                Column::Source => {
                    let publishers = incident.sources.iter().map(|source| source.publisher.as_str());
                    pending.some_text(joined(publishers).as_deref());
                }
                Column::Url => {
                    let urls = incident.sources.iter().filter_map(|source| source.url.as_deref());
                    pending.some_text(joined(urls).as_deref());
                }
                Column::Claims | Column::Sources | Column::Related | Column::More => {}
            }
        }
    }

    fn push_records(&mut self, incident: &Incident) -> Result<(), ParquetError> {
        let related: Vec<RowRecord> = incident
            .related
            .iter()
            .filter_map(|it| {
                let row = self.row_of(it.incident)?;
                let id = self.dataset.incidents.at(it.incident).id.clone();
                Some(RowRecord { row, id, how: it.how.clone() })
            })
            .collect();
        for (column, pending) in columns(true).zip(&mut self.pending) {
            match column {
                Column::Claims => {
                    let claims = ClaimRecord::all(&incident.claims, STANCES);
                    pending.json(&claims)?;
                }
                Column::Sources => {
                    let sources = SourceRecord::all(&incident.sources);
                    pending.json(&sources)?;
                }
                Column::Related => pending.json(&related)?,
                Column::More => pending.json(&incident.more)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn row_of(&self, incident: usize) -> Option<usize> {
        match &self.chosen {
            Some(chosen) => chosen.binary_search(&incident).ok(),
            None => Some(incident),
        }
    }

    /// Writes what has gathered as a row group.
    fn flush(&mut self) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for ((_, _, form), pending) in COLUMNS.iter().zip(&mut self.pending) {
            write_column(&mut group, *form, &std::mem::take(pending))?;
        }
        group.close()?;
        self.pass_on()
    }

    fn pass_on(&mut self) -> Result<(), ParquetError> {
        let bytes = std::mem::take(&mut *self.outbox.lock());
        self.out.write_all(&bytes).map_err(|error| ParquetError::External(Box::new(error)))
    }

    /// Ends the file.
    pub(super) fn finish(mut self) -> Result<(), ParquetError> {
        if !self.count.is_multiple_of(GROUP_ROWS) {
            self.flush()?;
        }
        let meta = serde_json::to_string(&Meta::of(self.dataset))
            .map_err(|error| ParquetError::External(Box::new(error)))?;
        let geo = self.geo().to_string();
        for (key, value) in [("geo", geo), (own::KEY, meta)] {
            self.file.append_key_value_metadata(KeyValue::new(key.to_owned(), value));
        }
        self.file.finish()?;
        self.pass_on()
    }

    fn geo(&self) -> serde_json::Value {
        let mut geometry = serde_json::json!({ "encoding": "WKB", "geometry_types": ["Point"] });
        if let Some(bounds) = self.bounds {
            geometry["bbox"] = serde_json::json!(bounds);
        }
        let mut columns = serde_json::json!({ "geometry": geometry });
        if !self.dataset.shapes.is_empty() {
            columns[own::SHAPE] = serde_json::json!({
                "encoding": "WKB",
                "geometry_types": ["MultiLineString", "MultiPolygon"],
            });
        }
        serde_json::json!({ "version": "1.1.0", "primary_column": "geometry", "columns": columns })
    }
}

/// Texts as one cell has them; nothing where there are none.
fn joined<'t>(texts: impl Iterator<Item = &'t str>) -> Option<String> {
    let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// The columns of a file; that of shapes comes last and only where there are any.
fn columns(has_shapes: bool) -> impl Iterator<Item = Column> {
    COLUMNS.iter().map(|(column, ..)| *column).filter(move |column| has_shapes || *column != Column::Shape)
}

fn schema(has_shapes: bool) -> Result<TypePtr, ParquetError> {
    let column = |(column, name, form): (Column, &str, Form)| match form {
        _ if column == Column::Shape && !has_shapes => String::new(),
        Form::Text => format!("required binary {name} (STRING);"),
        Form::SomeText | Form::Json => format!("optional binary {name} (STRING);"),
        Form::Texts => {
            let list = "repeated group list { required binary element (STRING); }";
            format!("required group {name} (LIST) {{ {list} }}")
        }
        Form::Instant => format!("optional int64 {name} (TIMESTAMP(MILLIS,true));"),
        Form::Number => format!("optional double {name};"),
        Form::Count => format!("optional int64 {name};"),
        Form::Geometry => format!("required binary {name};"),
        Form::SomeGeometry => format!("optional binary {name};"),
    };
    let text = format!("message dateline {{ {} }}", COLUMNS.map(column).concat());
    Ok(Arc::new(parse_message_type(&text)?))
}

fn properties() -> Result<WriterProperties, ParquetError> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_created_by(concat!("dateline ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_dictionary_enabled(false);
    for (column, name, form) in COLUMNS {
        let path = match form {
            Form::Texts => ColumnPath::new(vec![name.to_owned(), "list".to_owned(), "element".to_owned()]),
            _ => ColumnPath::from(name),
        };
        if matches!(form, Form::Geometry | Form::SomeGeometry | Form::Json) {
            properties = properties.set_column_statistics_enabled(path.clone(), EnabledStatistics::None);
        }
        if RECURRING.contains(&column) {
            properties = properties.set_column_dictionary_enabled(path, true);
        }
    }
    Ok(properties.build())
}

fn write_column(
    group: &mut SerializedRowGroupWriter<'_, Outbox>,
    form: Form,
    pending: &Pending,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    let def = Some(pending.def.as_slice());
    match form {
        Form::Text | Form::Geometry => {
            column.typed::<ByteArrayType>().write_batch(&pending.bytes, None, None)?;
        }
        Form::SomeText | Form::Json | Form::SomeGeometry => {
            column.typed::<ByteArrayType>().write_batch(&pending.bytes, def, None)?;
        }
        Form::Texts => {
            column.typed::<ByteArrayType>().write_batch(&pending.bytes, def, Some(&pending.rep))?;
        }
        Form::Instant | Form::Count => {
            column.typed::<Int64Type>().write_batch(&pending.integers, def, None)?;
        }
        Form::Number => {
            column.typed::<DoubleType>().write_batch(&pending.numbers, def, None)?;
        }
    }
    column.close()
}

/// The first and the last instant in which it may have happened, in milliseconds since 1970 in UTC; what is known to the
/// minute keeps its seconds.
fn millis_of(time: &IncidentTime) -> [i64; 2] {
    let span = span_min(time).map(|minute| i64::from(minute) * 60_000);
    let exact = |moment: &Moment, minute: i64| match moment {
        Moment::Instant(zoned) if time.precision == TimePrecision::Minute => {
            let millis = zoned.timestamp().as_millisecond();
            // Beyond the ends of the scale it is clamped.
            if millis.div_euclid(60_000) == minute / 60_000 { millis } else { minute }
        }
        _ => minute,
    };
    [exact(&time.start, span[0]), exact(time.end.as_ref().unwrap_or(&time.start), span[1])]
}
