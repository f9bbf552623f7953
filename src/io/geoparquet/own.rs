//! The columns in which Dateline writes its incidents, and reading them back to what they were.
//!
//! Other programs see a plain table with a geometry. What they have no use for stands in the file's metadata under the
//! key `dateline`: title, event types with their colours, sources. A file without that key is a table like any other.

use std::collections::HashMap;

use jiff::civil::Date;
use parquet::basic::Type;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::file::{ParquetFile, Positions};
use super::rows::{Columns, Outcome, fault};
use super::wkb;
use crate::io::geometry::Geometry;
use crate::io::limits::MAX_EVENT_TYPES;
use crate::io::record::{
    ClaimRecord, PRECISIONS, STATUSES, SourceRecord, TIME_PRECISIONS, TypeRecord, meaning,
};
use crate::io::ron::{STANCES, SYMBOLS, word_of};
use crate::io::table::Fault;
use crate::model::{
    Dataset, Deaths, EventType, Facts, Incident, IncidentTime, Moment, Place, Related, Rgb, UNKNOWN_SPAN_MIN,
};

/// The key of the metadata.
pub(super) const KEY: &str = "dateline";

/// The column of lines and areas.
pub(super) const SHAPE: &str = "shape";

/// The version of these columns that this program writes, and the newest that it reads.
const FORMAT: u32 = 1;

/// The columns, in the order in which they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Title,
    EventType,
    EventTypeId,
    /// The first instant in which it may have happened, in milliseconds of UTC.
    TimeFrom,
    /// The last one.
    TimeTo,
    Date,
    EndDate,
    TimePrecision,
    Place,
    LocalName,
    Region,
    RegionCode,
    Country,
    Precision,
    RadiusM,
    Status,
    Summary,
    Tags,
    Actors,
    DeathsLow,
    Deaths,
    DeathsHigh,
    /// Publishers and addresses of the sources, for programs that read no JSON.
    Source,
    Url,
    /// Claims, sources, related incidents and what else is known: lists of records, as JSON.
    Claims,
    Sources,
    Related,
    More,
    Geometry,
    Shape,
}

/// How a column is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A text in every row.
    Text,
    /// A text in some rows.
    SomeText,
    /// A list of texts.
    Texts,
    /// JSON in some rows.
    Json,
    /// An instant in some rows.
    Instant,
    /// A number in some rows.
    Number,
    /// A count in some rows.
    Count,
    /// A geometry in every row.
    Geometry,
    /// A geometry in some rows.
    SomeGeometry,
}

/// All columns with their names.
pub(super) const COLUMNS: [(Column, &str, Form); 31] = [
    (Column::Id, "id", Form::Text),
    (Column::Title, "title", Form::Text),
    (Column::EventType, "type", Form::Text),
    (Column::EventTypeId, "type_id", Form::Text),
    (Column::TimeFrom, "time_from", Form::Instant),
    (Column::TimeTo, "time_to", Form::Instant),
    (Column::Date, "date", Form::SomeText),
    (Column::EndDate, "end", Form::SomeText),
    (Column::TimePrecision, "time_precision", Form::SomeText),
    (Column::Place, "place", Form::SomeText),
    (Column::LocalName, "local_name", Form::SomeText),
    (Column::Region, "region", Form::SomeText),
    (Column::RegionCode, "region_code", Form::SomeText),
    (Column::Country, "country", Form::SomeText),
    (Column::Precision, "precision", Form::Text),
    (Column::RadiusM, "radius_m", Form::Number),
    (Column::Status, "status", Form::Text),
    (Column::Summary, "summary", Form::SomeText),
    (Column::Tags, "tags", Form::Texts),
    (Column::Actors, "actors", Form::Texts),
    (Column::DeathsLow, "deaths_low", Form::Count),
    (Column::Deaths, "deaths", Form::Count),
    (Column::DeathsHigh, "deaths_high", Form::Count),
    (Column::Source, "source", Form::SomeText),
    (Column::Url, "url", Form::SomeText),
    (Column::Claims, "claims", Form::Json),
    (Column::Sources, "sources", Form::Json),
    (Column::Related, "related", Form::Json),
    (Column::More, "more", Form::Json),
    (Column::Geometry, "geometry", Form::Geometry),
    (Column::Shape, SHAPE, Form::SomeGeometry),
];

/// What stands in the metadata.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Meta {
    format: u32,
    title: String,
    #[serde(default)]
    introduction: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    licence: Option<String>,
    event_types: Vec<TypeRecord>,
    #[serde(default)]
    sources: Vec<SourceRecord>,
}

/// A related incident as JSON: its row in the file, counted from 0, and its identifier for whoever reads it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct RowRecord {
    pub(super) row: usize,
    pub(super) id: String,
    pub(super) how: String,
}

impl Meta {
    /// That of a dataset.
    pub(super) fn of(dataset: &Dataset) -> Self {
        Self {
            format: FORMAT,
            title: dataset.title.clone(),
            introduction: dataset.introduction.clone(),
            as_of: dataset.as_of.map(|date| date.to_string()),
            licence: dataset.licence.clone(),
            event_types: dataset
                .event_types
                .iter()
                .map(|it| TypeRecord::of(it, word_of(SYMBOLS, &it.symbol)))
                .collect(),
            sources: SourceRecord::all(&dataset.sources),
        }
    }

    fn event_types(&self) -> Option<Vec<EventType>> {
        let event_type = |it: &TypeRecord| {
            Some(EventType {
                id: it.id.clone(),
                label: Some(it.label.clone()).filter(|label| !label.is_empty())?,
                color: Rgb::from_hex(&it.color)?,
                symbol: meaning(SYMBOLS, &it.symbol)?,
            })
        };
        self.event_types.iter().map(event_type).collect()
    }
}

fn name_of(column: Column) -> &'static str {
    COLUMNS.get(column as usize).map_or("", |(_, name, _)| name)
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

/// What a dataset has beside its incidents.
pub(super) struct Head {
    meta: Meta,
    event_types: Vec<EventType>,
}

/// A file that Dateline has written.
#[derive(Debug)]
pub(super) struct Own {
    meta: Meta,
    event_types: Vec<EventType>,
    type_of: HashMap<String, u16>,
    /// The column's number in the file, for each of [`COLUMNS`].
    leaves: Vec<Option<usize>>,
}

impl Own {
    /// Whether the file is one; one whose metadata or columns are not those is a table like any other.
    pub(super) fn find(file: &ParquetFile) -> Option<Self> {
        let meta: Meta = serde_json::from_str(file.key_value(KEY)?).ok()?;
        let event_types = meta.event_types()?;
        if meta.format != FORMAT || event_types.len() > MAX_EVENT_TYPES {
            return None;
        }
        let type_of: HashMap<String, u16> =
            event_types.iter().zip(0..).map(|(it, n)| (it.id.clone(), n)).collect();
        let leaves: Vec<Option<usize>> =
            COLUMNS.iter().map(|(column, name, form)| find_leaf(file, *column, name, *form)).collect();
        let is_whole =
            leaves.iter().zip(COLUMNS).all(|(leaf, (column, ..))| leaf.is_some() || column == Column::Shape);
        (is_whole && type_of.len() == event_types.len()).then_some(Self {
            meta,
            event_types,
            type_of,
            leaves,
        })
    }

    fn leaf(&self, column: Column) -> usize {
        self.leaves.get(column as usize).copied().flatten().unwrap_or(usize::MAX)
    }

    /// The columns that tell what is known of every incident without its texts, and what is drawn for it.
    pub(super) fn fact_leaves(&self) -> Vec<usize> {
        use Column::{EventTypeId, Geometry, Precision, Shape, Status, TimeFrom, TimeTo};
        let columns = [Geometry, TimeFrom, TimeTo, EventTypeId, Status, Precision, Shape];
        columns.iter().filter_map(|&column| self.leaves.get(column as usize).copied().flatten()).collect()
    }

    /// All columns.
    pub(super) fn all_leaves(&self) -> Vec<usize> {
        self.leaves.iter().copied().flatten().collect()
    }

    /// The lines or areas of a row.
    fn shape(&self, row: usize, columns: &Columns) -> Option<Geometry> {
        let geometry = wkb::read(columns.bytes(self.leaf(Column::Shape), row)?).ok()?;
        geometry.is_on_earth().then_some(geometry)
    }

    /// What is known of the incident in a row.
    pub(super) fn facts(&self, row: usize, columns: &Columns) -> Outcome {
        match self.try_facts(row, columns) {
            Ok(facts) => Outcome::Kept(facts, self.shape(row, columns)),
            Err(fault) => Outcome::Rejected(fault),
        }
    }

    fn try_facts(&self, row: usize, columns: &Columns) -> Result<Facts, Fault> {
        let text = |column| columns.text(self.leaf(column), row).unwrap_or_default();
        let refuse = |column: Column, reason| fault(self.leaf(column), name_of(column), text(column), reason);
        let position = columns.bytes(self.leaf(Column::Geometry), row).and_then(wkb::point);
        let position = position
            .filter(|position| position.is_valid())
            .ok_or_else(|| refuse(Column::Geometry, "is not a point on the earth"))?;
        let event_type = self.type_of.get(text(Column::EventTypeId)).copied();
        let [status, precision] = [text(Column::Status), text(Column::Precision)];
        Ok(Facts {
            position,
            span_min: self.span_min(row, columns),
            event_type: event_type
                .ok_or_else(|| refuse(Column::EventTypeId, "is no event type of this file"))?,
            status: meaning(STATUSES, status).ok_or_else(|| refuse(Column::Status, "is no status"))?,
            precision: meaning(PRECISIONS, precision)
                .ok_or_else(|| refuse(Column::Precision, "is no precision"))?,
        })
    }

    fn span_min(&self, row: usize, columns: &Columns) -> [i32; 2] {
        let minute = |column| columns.integer(self.leaf(column), row).map(minute_of);
        match (minute(Column::TimeFrom), minute(Column::TimeTo)) {
            (Some(from), Some(to)) if from <= to => [from, to],
            _ => UNKNOWN_SPAN_MIN,
        }
    }

    /// The incident in a row. `incident_of` tells the incident of another row of the file.
    pub(super) fn incident(
        &self,
        row: usize,
        columns: &Columns,
        incident_of: &dyn Fn(usize) -> Option<usize>,
    ) -> Incident {
        let facts = self.try_facts(row, columns).unwrap_or(Facts::NONE);
        let some = |column| columns.text(self.leaf(column), row).map(str::to_owned);
        let text = |column| some(column).unwrap_or_default();
        let texts = |column| columns.batch(self.leaf(column)).map(|it| it.texts(row)).unwrap_or_default();
        let place = Place {
            name: text(Column::Place),
            local_name: some(Column::LocalName),
            region: some(Column::Region),
            region_code: some(Column::RegionCode),
            country: text(Column::Country),
            position: facts.position,
            precision: facts.precision,
            radius_m: columns.batch(self.leaf(Column::RadiusM)).and_then(|it| it.number(row)),
        };
        let id = text(Column::Id);
        let title = some(Column::Title).filter(|title| !title.is_empty()).unwrap_or_else(|| id.clone());
        let mut incident = Incident {
            event_type: facts.event_type.into(),
            time: self.time(row, columns),
            summary: text(Column::Summary),
            status: facts.status,
            tags: texts(Column::Tags),
            actors: texts(Column::Actors),
            deaths: self.deaths(row, columns),
            ..Incident::new(id, title, place)
        };
        self.read_lists(row, columns, &mut incident, incident_of);
        incident
    }

    fn time(&self, row: usize, columns: &Columns) -> Option<IncidentTime> {
        let text = |column| columns.text(self.leaf(column), row);
        Some(IncidentTime {
            start: Moment::parse(text(Column::Date)?).ok()?,
            end: text(Column::EndDate).and_then(|end| Moment::parse(end).ok()),
            precision: meaning(TIME_PRECISIONS, text(Column::TimePrecision)?)?,
        })
    }

    fn deaths(&self, row: usize, columns: &Columns) -> Option<Deaths> {
        let count =
            |column| columns.integer(self.leaf(column), row).and_then(|count| u32::try_from(count).ok());
        Some(Deaths {
            low: count(Column::DeathsLow)?,
            best: count(Column::Deaths)?,
            high: count(Column::DeathsHigh)?,
        })
    }

    /// The lists of records. One that somebody has damaged is kept as the text that it is.
    fn read_lists(
        &self,
        row: usize,
        columns: &Columns,
        incident: &mut Incident,
        incident_of: &dyn Fn(usize) -> Option<usize>,
    ) {
        let mut broken = Vec::new();
        let sources: Option<Vec<SourceRecord>> = self.parsed(Column::Sources, row, columns, &mut broken);
        let claims: Option<Vec<ClaimRecord>> = self.parsed(Column::Claims, row, columns, &mut broken);
        let related: Option<Vec<RowRecord>> = self.parsed(Column::Related, row, columns, &mut broken);
        let more: Option<Vec<(String, String)>> = self.parsed(Column::More, row, columns, &mut broken);
        incident.sources = SourceRecord::read(sources.unwrap_or_default());
        incident.claims.extend(
            claims.into_iter().flatten().filter_map(|record| {
                meaning(STANCES, &record.stance).map(|stance| record.into_claim(stance))
            }),
        );
        incident.related.extend(
            related
                .into_iter()
                .flatten()
                .filter_map(|record| Some(Related { incident: incident_of(record.row)?, how: record.how })),
        );
        incident.more = more.unwrap_or_default();
        incident.more.extend(broken);
    }

    fn parsed<T: DeserializeOwned>(
        &self,
        column: Column,
        row: usize,
        columns: &Columns,
        broken: &mut Vec<(String, String)>,
    ) -> Option<T> {
        let text = columns.text(self.leaf(column), row)?;
        serde_json::from_str(text)
            .map_err(|_| broken.push((name_of(column).to_owned(), text.to_owned())))
            .ok()
    }

    /// What the dataset has beside its incidents.
    pub(super) fn head(&self) -> Head {
        Head { meta: self.meta.clone(), event_types: self.event_types.clone() }
    }
}

impl Head {
    /// Gives it to the dataset.
    pub(super) fn give_to(self, dataset: &mut Dataset) {
        let Meta { title, introduction, as_of, licence, sources, .. } = self.meta;
        dataset.title = title;
        dataset.introduction = introduction;
        dataset.as_of = as_of.as_deref().and_then(day);
        dataset.licence = licence;
        dataset.event_types = self.event_types;
        dataset.sources = SourceRecord::read(sources);
    }
}

/// The leaf of one of the columns, if it is stored as this program stores it.
fn find_leaf(file: &ParquetFile, column: Column, name: &str, form: Form) -> Option<usize> {
    if column == Column::Geometry {
        let Some(Positions::Wkb(leaf)) = file.positions else { return None };
        return Some(leaf);
    }
    let physical = match form {
        Form::Instant | Form::Count => Type::INT64,
        Form::Number => Type::DOUBLE,
        _ => Type::BYTE_ARRAY,
    };
    let leaf = file.leaves.iter().find(|leaf| leaf.name == name)?;
    (leaf.physical == physical && leaf.is_list == (form == Form::Texts)).then_some(leaf.index)
}

/// The minute of an instant in milliseconds, on the scale of [`Facts::span_min`].
fn minute_of(millis: i64) -> i32 {
    millis.div_euclid(60_000).clamp(i64::from(i32::MIN) + 1, i32::MAX.into()) as i32
}
