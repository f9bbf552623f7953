//! How the rows of a file become incidents: by the columns that Dateline writes, or as those of any table, whose position
//! may come from the geometry.

use std::borrow::Cow;

use parquet::basic::Type;

use super::cell::{self, Kind};
use super::damage::Damage;
use super::file::{Leaf, ParquetFile, Positions};
use super::own::Own;
use super::rows::{Chunks, Columns, Outcome, RowIndex, Stream, fault};
use super::wkb;
use crate::geo::LonLat;
use crate::io::geometry::Geometry;
use crate::io::ids::hash_of;
use crate::io::limits::PREVIEW_ROWS;
use crate::io::table::{Cells, Fault, Field, Preview, Row, TableReader, Tally, Value};
use crate::io::{EventTypes, ReadError, ReadOptions};
use crate::model::{Facts, Incident, UNKNOWN_SPAN_MIN, unreadable};

/// What is said of a row whose geometry is empty.
const NO_POSITION: &str = "is empty: the row has no position";

/// The first and the last day, since 1970, of the years of four digits: others are left to whoever reads texts.
const PLAIN_DAYS: std::ops::Range<i64> = -719_528..2_932_897;

const MINUTES_A_DAY: i64 = 24 * 60;

/// How rows become incidents.
#[derive(Debug)]
pub(super) enum Plan {
    /// By the columns that Dateline writes.
    Own(Box<Own>),
    /// As rows of a table.
    Table(Box<Table>),
}

/// What was counted while the rows of a part were read.
#[derive(Debug, Default)]
pub(super) struct Tallies {
    pub(super) event_types: EventTypes,
    pub(super) tally: Tally,
}

/// A table whose columns somebody else has named.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) reader: TableReader,
    /// The columns of the table in the order of its header.
    columns: Vec<Leaf>,
    place: Place,
    time: Option<Clock>,
    fact_leaves: Vec<usize>,
    /// Whether identifiers are among them.
    has_ids: bool,
    /// The name of the geometry column, which is the header's last.
    geometry: Option<String>,
    /// All event types, once the file is read.
    event_types: EventTypes,
}

/// What an incident is called whose row, of this number, has no identifier.
fn made_id(number: usize) -> String {
    format!("row-{}", number + 1)
}

/// Where a row's position comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// From the geometry.
    Geometry(Positions),
    /// From two columns of numbers: longitude and latitude.
    Numbers(usize, usize),
    /// From cells, as texts.
    Cells,
}

/// A column of dates or times that need not become texts first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Clock {
    leaf: usize,
    kind: Kind,
}

/// A row as its cells. Columns that were not read are empty.
struct RowCells<'a> {
    table: &'a Table,
    columns: &'a Columns,
    row: usize,
}

impl Cells for RowCells<'_> {
    fn count(&self) -> usize {
        self.table.reader.header().len()
    }

    fn cell(&self, column: usize) -> Cow<'_, str> {
        let Some(leaf) = self.table.columns.get(column) else { return Cow::Borrowed("") };
        let Some(batch) = self.columns.batch(leaf.index) else { return Cow::Borrowed("") };
        if leaf.kind == Kind::Text
            && !leaf.is_list
            && let Some(text) = batch.text(self.row)
        {
            return Cow::Borrowed(text);
        }
        let mut text = String::new();
        batch.cell(self.row, &leaf.kind, &mut text);
        Cow::Owned(text)
    }
}

impl Plan {
    /// Looks at the columns and at the first rows.
    pub(super) fn of(file: &ParquetFile, options: &ReadOptions) -> Result<Self, ReadError> {
        if let Some(own) = Own::find(file).filter(|_| options.mapping.is_none()) {
            return Ok(Self::Own(Box::new(own)));
        }
        let columns: Vec<Leaf> = file.shown().cloned().collect();
        let sample = sample(file, &columns).map_err(|damage| damage.into_read_error(&file.source.0))?;
        Table::new(file, columns, &sample, options).map(|table| Self::Table(Box::new(table)))
    }

    /// The columns that tell what is known of every incident without its texts.
    pub(super) fn fact_leaves(&self) -> Vec<usize> {
        match self {
            Self::Own(own) => own.fact_leaves(),
            Self::Table(table) => table.fact_leaves.clone(),
        }
    }

    /// Whether rows have identifiers.
    pub(super) fn has_ids(&self) -> bool {
        matches!(self, Self::Table(table) if table.reader.column(Field::Id).is_some())
    }

    /// Says that identifiers of rows are needed, too, if the table has any and this program has not written it.
    pub(super) fn ask_for_ids(&mut self) {
        let Self::Table(table) = self else { return };
        let leaf = table.reader.column(Field::Id).and_then(|column| table.columns.get(column));
        if let Some(leaf) = leaf {
            table.fact_leaves.push(leaf.index);
            table.fact_leaves.sort_unstable();
            table.fact_leaves.dedup();
        }
        table.has_ids = leaf.is_some();
    }

    /// The hash of a row's identifier, if they were asked for. `number` is that of the row in the file.
    pub(super) fn id_hash(&self, row: usize, columns: &Columns, number: usize) -> Option<u64> {
        let Self::Table(table) = self else { return None };
        if !table.has_ids {
            return None;
        }
        let cells = RowCells { table, columns, row };
        let id = table.reader.id(&cells);
        Some(match id.trim() {
            "" => hash_of(made_id(number).as_bytes()),
            id => hash_of(id.as_bytes()),
        })
    }

    /// All columns.
    pub(super) fn all_leaves(&self) -> Vec<usize> {
        match self {
            Self::Own(own) => own.all_leaves(),
            Self::Table(table) => {
                let columns = table.columns.iter().map(|leaf| leaf.index);
                columns.chain(table.place.leaves()).collect()
            }
        }
    }

    /// What is known of a row. `line` is counted from 1 within the part that the tallies are of.
    pub(super) fn facts(&self, row: usize, columns: &Columns, line: u64, tallies: &mut Tallies) -> Outcome {
        match self {
            Self::Own(own) => own.facts(row, columns),
            Self::Table(table) => table.facts(row, columns, line, tallies),
        }
    }

    /// The incident in a row that is one: row `row` of `columns`, and row `number` of the file.
    pub(super) fn incident(
        &self,
        row: usize,
        columns: &Columns,
        number: usize,
        index: &RowIndex,
    ) -> Incident {
        match self {
            Self::Own(own) => own.incident(row, columns, &|row| index.incident_of(row)),
            Self::Table(table) => table.incident(row, columns, number),
        }
    }

    /// The indices in `all` of the event types of a part; empty where they are the same.
    pub(super) fn merge_types(&self, part: &EventTypes, all: &mut EventTypes) -> Vec<u16> {
        match self {
            Self::Own(_) => Vec::new(),
            Self::Table(_) => part
                .all()
                .iter()
                .map(|event_type| u16::try_from(all.index_of(&event_type.label)).unwrap_or(u16::MAX))
                .collect(),
        }
    }

    /// Takes from all rows what holds for each; says whether they are to be read again.
    pub(super) fn settle(&mut self, tally: &Tally) -> bool {
        match self {
            Self::Own(_) => false,
            Self::Table(table) => table.reader.settle(tally),
        }
    }

    /// Keeps the event types of the whole file.
    pub(super) fn keep_types(&mut self, all: &EventTypes) {
        if let Self::Table(table) = self {
            table.event_types.clone_from(all);
        }
    }

    /// Adds the text of a row for whoever searches it.
    pub(super) fn text(&self, row: usize, columns: &Columns, out: &mut Vec<u8>) {
        match self {
            Self::Own(own) => {
                for leaf in own.all_leaves() {
                    out.extend_from_slice(columns.bytes(leaf, row).unwrap_or_default());
                    out.push(b'\n');
                }
            }
            Self::Table(table) => {
                let cells = RowCells { table, columns, row };
                for column in 0..table.columns.len() {
                    out.extend_from_slice(cells.cell(column).as_bytes());
                    out.push(b'\n');
                }
            }
        }
    }

    /// Whether an incident has words that do not stand in its row.
    pub(super) fn adds_words(&self) -> bool {
        match self {
            // Lists of records escape some signs.
            Self::Own(_) => false,
            Self::Table(table) => table.reader.adds_words(),
        }
    }
}

/// The cells of the first rows.
fn sample(file: &ParquetFile, columns: &[Leaf]) -> Result<Vec<Vec<String>>, Damage> {
    let chunks = Chunks::default();
    let leaves: Vec<usize> = columns.iter().map(|leaf| leaf.index).collect();
    let mut sample = Vec::new();
    for group in 0..file.groups() {
        let rows = file.rows_of(group).min(PREVIEW_ROWS - sample.len());
        if rows == 0 {
            continue;
        }
        let read = Stream::open(&chunks, file, group, 0, &leaves)?.next(rows)?;
        sample.extend((0..rows).map(|row| {
            let cell = |leaf: &Leaf| {
                let mut text = String::new();
                if let Some(batch) = read.batch(leaf.index) {
                    batch.cell(row, &leaf.kind, &mut text);
                }
                text
            };
            columns.iter().map(cell).collect()
        }));
        if sample.len() >= PREVIEW_ROWS {
            break;
        }
    }
    Ok(sample)
}

impl Place {
    fn leaves(self) -> Vec<usize> {
        match self {
            Self::Geometry(Positions::Wkb(leaf)) => vec![leaf],
            Self::Geometry(Positions::Points(x, y)) | Self::Numbers(x, y) => vec![x, y],
            Self::Cells => Vec::new(),
        }
    }
}

impl Table {
    fn new(
        file: &ParquetFile,
        columns: Vec<Leaf>,
        sample: &[Vec<String>],
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let name = file.source.0.name();
        let mut header: Vec<String> = columns.iter().map(|leaf| leaf.name.clone()).collect();
        let (reader, geometry) = if file.positions.is_none() {
            (TableReader::new(name, &header, sample, options)?, None)
        } else {
            let geometry = file.geometry_name.clone();
            header.push(geometry.clone());
            let rows: Vec<Vec<String>> =
                sample.iter().map(|row| row.iter().cloned().chain([String::new()]).collect()).collect();
            (reader_with_geometry(name, &header, &rows, options)?, Some(geometry))
        };
        let numeric = |field| {
            let leaf = reader.column(field).and_then(|column| columns.get(column))?;
            let is_number = matches!(leaf.physical, Type::DOUBLE | Type::FLOAT)
                || matches!(leaf.physical, Type::INT32 | Type::INT64) && leaf.kind == Kind::Plain;
            (is_number && !leaf.is_list).then_some(leaf.index)
        };
        let place = match (file.positions, numeric(Field::Lon).zip(numeric(Field::Lat))) {
            (Some(positions), _) => Place::Geometry(positions),
            (None, Some((lon, lat))) if reader.column(Field::Wkt).is_none() => Place::Numbers(lon, lat),
            _ => Place::Cells,
        };
        let time = clock(&reader, &columns);
        let of_cells = reader.fact_columns();
        let of_cells = of_cells.iter().filter_map(|column| columns.get(*column)).map(|leaf| leaf.index);
        let mut fact_leaves: Vec<usize> = of_cells.chain(place.leaves()).collect();
        fact_leaves.sort_unstable();
        fact_leaves.dedup();
        let event_types = EventTypes::default();
        Ok(Self { reader, columns, place, time, fact_leaves, has_ids: false, geometry, event_types })
    }

    fn facts(&self, row: usize, columns: &Columns, line: u64, tallies: &mut Tallies) -> Outcome {
        let cells = RowCells { table: self, columns, row };
        let Tallies { event_types, tally } = tallies;
        let (position, geometry) = match self.place {
            Place::Geometry(positions) => match Self::geometry(positions, row, columns) {
                Ok(geometry) => match geometry.position() {
                    Some(position) => (Some(position), Some(geometry)),
                    None => return Outcome::Listed(self.geometry_fault(row, columns, NO_POSITION)),
                },
                Err(reason) => return Outcome::Rejected(self.geometry_fault(row, columns, reason)),
            },
            Place::Numbers(lon, lat) => {
                let position = columns.number(lon, row).zip(columns.number(lat, row));
                let position = position.map(|(lon_deg, lat_deg)| LonLat::new(lon_deg, lat_deg));
                (position.filter(|position| position.is_valid()), None)
            }
            Place::Cells => (None, None),
        };
        let Some(position) = position else {
            return match self.reader.facts(&cells, line, event_types, tally) {
                Row::Kept((facts, geometry)) => Outcome::Kept(facts, geometry),
                Row::Listed(fault) => Outcome::Listed(fault),
                Row::Rejected(fault) => Outcome::Rejected(fault),
                Row::Blank => Outcome::Listed(fault(usize::MAX, "", "", "has no values at all")),
            };
        };
        let span = self.time.and_then(|clock| clock.span_min(row, columns));
        Outcome::Kept(
            self.reader.facts_at(&cells, position, span, line, event_types, tally),
            geometry.filter(|geometry| matches!(geometry, Geometry::Drawn(..))),
        )
    }

    fn geometry(positions: Positions, row: usize, columns: &Columns) -> Result<Geometry, &'static str> {
        let geometry = match positions {
            Positions::Wkb(leaf) => match columns.bytes(leaf, row) {
                None => Geometry::Empty,
                Some(bytes) => match wkb::point(bytes) {
                    Some(point) => Geometry::Point(point),
                    None => wkb::read(bytes)?,
                },
            },
            Positions::Points(x, y) => match columns.number(x, row).zip(columns.number(y, row)) {
                Some((x, y)) if !x.is_nan() && !y.is_nan() => Geometry::Point(LonLat::new(x, y)),
                _ => Geometry::Empty,
            },
        };
        let is_on_earth = geometry.is_on_earth();
        is_on_earth.then_some(geometry).ok_or("lies beyond 180 degrees of longitude or 90 of latitude")
    }

    fn geometry_fault(&self, row: usize, columns: &Columns, reason: &str) -> Fault {
        let leaves = self.place.leaves();
        let mut value = String::new();
        for batch in leaves.iter().filter_map(|leaf| columns.batch(*leaf)) {
            value.push_str(if value.is_empty() { "" } else { " " });
            batch.cell(row, &Kind::Geometry, &mut value);
        }
        let leaf = leaves.first().copied().unwrap_or(usize::MAX);
        fault(leaf, self.geometry.as_deref().unwrap_or_default(), &value, reason)
    }

    fn incident(&self, row: usize, columns: &Columns, number: usize) -> Incident {
        let cells = RowCells { table: self, columns, row };
        let geometry = match self.place {
            Place::Geometry(positions) => Self::geometry(positions, row, columns).ok(),
            Place::Numbers(..) | Place::Cells => None,
        };
        let mut incident = match geometry.as_ref().and_then(Geometry::position) {
            Some(position) => self.reader.incident_at(&cells, position, &self.event_types),
            None => match self.reader.incident_of(&cells, &self.event_types) {
                Row::Kept((incident, _)) => incident,
                // It was an incident when the file was opened: only one that has changed since gets here.
                _ => unreadable(number, &Facts::NONE),
            },
        };
        if let Some(Geometry::Points(points)) = geometry {
            incident.more.push((self.geometry.clone().unwrap_or_default(), in_words(&points)));
        }
        if incident.id.is_empty() {
            incident.id = made_id(number);
        }
        incident
    }
}

/// Several spots as well-known text: only the first has a marker.
fn in_words(points: &[LonLat]) -> String {
    let points: Vec<String> = points.iter().map(|it| format!("{} {}", it.lon_deg, it.lat_deg)).collect();
    format!("MULTIPOINT ({})", points.join(", "))
}

/// A reader that has the positions from a geometry, which is the header's last column and empty as a cell.
fn reader_with_geometry(
    name: &str,
    header: &[String],
    rows: &[Vec<String>],
    options: &ReadOptions,
) -> Result<TableReader, ReadError> {
    let publishers =
        options.mapping.is_none().then(|| TableReader::new(name, header, rows, options).ok()).flatten();
    if let Some(reader) = publishers.filter(TableReader::is_of_publisher) {
        return Ok(reader);
    }
    let guess = || Preview::of(header, rows).guess;
    let mut mapping = options.mapping.clone().unwrap_or_else(guess);
    for field in [Field::Lat, Field::Lon, Field::LatLon] {
        mapping.set(field, None);
    }
    mapping.set(Field::Wkt, Some(Value::of_column(header, header.len() - 1)));
    TableReader::new(name, header, rows, &ReadOptions { mapping: Some(mapping), ..options.clone() })
}

/// The column of dates, where it is one of dates or times and nothing else says when.
fn clock(reader: &TableReader, columns: &[Leaf]) -> Option<Clock> {
    if reader.is_of_publisher()
        || reader.column(Field::Time).is_some()
        || reader.column(Field::EndDate).is_some()
    {
        return None;
    }
    let leaf = columns.get(reader.column(Field::Date)?)?;
    let is_time = matches!(leaf.kind, Kind::Date | Kind::Timestamp { .. }) && !leaf.is_list;
    is_time.then_some(Clock { leaf: leaf.index, kind: leaf.kind })
}

impl Clock {
    /// What the text of the cell would be read as; `None` where only the text can tell.
    fn span_min(self, row: usize, columns: &Columns) -> Option<[i32; 2]> {
        let Some(value) = columns.integer(self.leaf, row) else { return Some(UNKNOWN_SPAN_MIN) };
        let whole = |day: i64| {
            let first = day * MINUTES_A_DAY;
            PLAIN_DAYS.contains(&day).then_some([first as i32, (first + MINUTES_A_DAY - 1) as i32])
        };
        match self.kind {
            Kind::Date => whole(value),
            Kind::Timestamp { per_second, is_utc } => {
                let seconds = value.div_euclid(per_second);
                let day = seconds.div_euclid(86_400);
                if is_utc {
                    let minute = seconds.div_euclid(60);
                    return PLAIN_DAYS.contains(&day).then_some([minute as i32; 2]);
                }
                let is_midnight =
                    cell::instant(value, per_second).is_some() && value.rem_euclid(per_second * 86_400) == 0;
                if is_midnight { whole(day) } else { None }
            }
            _ => None,
        }
    }
}
