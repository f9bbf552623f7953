//! Rows to incidents: position, time, type and precision of every row, which is what stays in memory of a large table.

use std::borrow::Cow;

use super::cells::{self, Cells, is_unknown};
use super::dates::Order;
use super::layouts::{self, Layout};
use super::plan::Plan;
use super::tally::Tally;
use super::{Field, Mapping, Preview, Value, guess};
use crate::geo::{LonLat, coordinates};
use crate::io::geometry::Geometry;
use crate::io::limits::PREVIEW_ROWS;
use crate::io::{EventTypes, ReadError, ReadOptions};
use crate::model::{Facts, Fate, Incident, Precision, Status, UNKNOWN_SPAN_MIN, span_min};

/// Reads the rows of one table. What it needs to know of the table as a whole it has from the header and some rows.
#[derive(Debug, Clone)]
pub struct TableReader {
    pub(super) header: Vec<String>,
    pub(super) plan: Plan,
    pub(super) order: Order,
    pub(super) is_midnight_a_day: bool,
    /// What is said of the table before any row is read.
    notes: Vec<String>,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Row<T> {
    /// It is an incident, and here is what was asked for of it.
    Kept(T),
    /// It is understood, but has no position.
    Listed(Fault),
    /// It is not understood.
    Rejected(Fault),
    /// All of its cells are empty.
    Blank,
}

/// What keeps a row from the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Number of the column, counted from 1; 0 for the row as a whole.
    pub column: u32,
    /// Name of the column; empty for the row as a whole.
    pub field: String,
    /// What stands there.
    pub value: String,
    /// Why the row is not on the map, without a full stop.
    pub reason: String,
}

impl TableReader {
    /// For a table in `file` with these names of columns (none where it has no header), some or all of whose rows are
    /// given. Known layouts are told by their header; else the mapping of the options counts, else a guess. Where
    /// nothing says where the incidents are, the error has a [`Preview`].
    pub fn new(
        file: &str,
        header: &[String],
        rows: &[Vec<String>],
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let is_gdelt = header.is_empty()
            && !rows.is_empty()
            && rows.iter().take(3).all(|row| layouts::is_gdelt_row(row));
        let header = match rows.first() {
            Some(row) if is_gdelt => layouts::gdelt_header(row.len()).unwrap_or_default(),
            Some(row) if header.is_empty() => (1..=row.len()).map(|number| format!("#{number}")).collect(),
            _ => header.to_vec(),
        };
        let mut notes = Vec::new();
        let layout = Layout::of(&header);
        let plan = match &options.mapping {
            None if layout != Layout::Mapped => {
                notes.extend(layout.name().map(|name| format!("the columns are those of {name}")));
                Plan::of_layout(layout, &header)
            }
            mapping => {
                let guess = guess::guess(&header, rows);
                let mapping = mapping.as_ref().unwrap_or(&guess);
                let unmapped =
                    |what: String| ReadError::unmapped(file, what, preview(&header, rows, guess.clone()));
                if !mapping.has_position() {
                    return Err(unmapped("no column was found that says where the incidents are".to_owned()));
                }
                notes.push(layouts::in_words(mapping));
                let plan = Plan::of_mapping(mapping, &header, header.len())
                    .map_err(|name| unmapped(format!("there is no column `{name}`")))?;
                if let Some(parts) = plan.day_parts {
                    let [year, month, day] =
                        parts.map(|column| header.get(column).map_or("", String::as_str));
                    notes.push(format!("the date was put together from {year}, {month} and {day}"));
                }
                plan
            }
        };
        if plan.layout == Layout::Mapped && !plan.has(Field::Precision) {
            notes.push(
                "no column says how exactly the positions are known: they were taken for the very spots"
                    .to_owned(),
            );
        }
        let mut reader = Self { header, plan, order: Order::default(), is_midnight_a_day: false, notes };
        reader.look_at(rows);
        Ok(reader)
    }

    /// The same for rows of features: of the mapping nothing is said. `made` are the columns of the latitude and the
    /// longitude where the position is not among the properties.
    pub(in crate::io) fn of_rows(
        file: &str,
        header: &[String],
        rows: &[Vec<String>],
        options: &ReadOptions,
        made: Option<[usize; 2]>,
    ) -> Result<Self, ReadError> {
        let layout = Layout::of_properties(header);
        if options.mapping.is_some() || layout == Layout::Mapped {
            let mut reader = Self::new(file, header, rows, options)?;
            reader.plan.use_unnamed(header);
            reader.notes = super::swapped::note(&reader, rows).into_iter().collect();
            return Ok(reader);
        }
        let mut plan = Plan::of_layout(layout, header);
        plan.use_unnamed(header);
        if let Some([lat, lon]) = made {
            plan.put_position(lat, lon);
        }
        let mut reader = Self::of_plan(header.to_vec(), plan);
        reader.look_at(rows);
        Ok(reader)
    }

    /// For rows whose position is known without their cells.
    pub(super) fn of_plan(header: Vec<String>, plan: Plan) -> Self {
        let notes = plan.layout.name().map(|name| format!("the properties are those of {name}"));
        let notes = notes.into_iter().collect();
        Self { header, plan, order: Order::default(), is_midnight_a_day: false, notes }
    }

    /// Decides by some rows what holds for all.
    fn look_at(&mut self, rows: &[Vec<String>]) {
        let mut tally = Tally::default();
        for row in rows {
            self.when(row.as_slice(), 0, Some(&mut tally));
        }
        self.settle(&tally);
        self.notes.extend(super::swapped::note(self, rows));
    }

    /// Takes the order of day and month, and what midnight means, from all rows that were read. Says whether that is
    /// another than they were read with: then they are to be read again.
    pub fn settle(&mut self, tally: &Tally) -> bool {
        let order = tally.order();
        let has_changed = order != self.order && tally.day_first + tally.month_first + tally.either > 0;
        let is_day = tally.is_midnight_a_day();
        let is_other_midnight = is_day != self.is_midnight_a_day && tally.utc_midnight > 0;
        (self.order, self.is_midnight_a_day) = (order, is_day);
        has_changed || is_other_midnight
    }

    /// What is to be said of the table as a whole, once all rows are read.
    #[must_use]
    pub fn notes(&self, tally: &Tally) -> Vec<String> {
        self.notes.iter().cloned().chain(tally.notes()).collect()
    }

    /// The names of the columns.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The identifier that a row has; empty where it has none.
    #[must_use]
    pub fn id<'a, C: Cells + ?Sized>(&'a self, cells: &'a C) -> Cow<'a, str> {
        self.plan.text(cells, Field::Id)
    }

    /// The column of their identifiers.
    #[must_use]
    pub fn id_column(&self) -> Option<usize> {
        self.plan.column(Field::Id)
    }

    /// Whether rows have identifiers.
    #[must_use]
    pub fn has_ids(&self) -> bool {
        self.plan.has(Field::Id)
    }

    /// Whether an incident has words that do not stand in its row: those of a publisher's codes, or of the mapping.
    #[must_use]
    pub fn adds_words(&self) -> bool {
        matches!(self.plan.layout, Layout::Gdelt | Layout::Ucdp) || self.plan.has_constants()
    }

    /// What stays in memory of a row, and what is drawn for it. `line` is counted as [`Tally::merge`] wants it.
    pub fn facts<C: Cells + ?Sized>(
        &self,
        cells: &C,
        line: u64,
        event_types: &mut EventTypes,
        tally: &mut Tally,
    ) -> Row<(Facts, Option<Geometry>)> {
        if is_blank(cells) {
            tally.blank.add(line);
            return Row::Blank;
        }
        let (position, geometry) = match self.place(cells) {
            Ok(place) => place,
            Err(_) if is_tags(cells) => {
                tally.tags.add(line);
                return Row::Blank;
            }
            Err((fate, fault)) => {
                if self.looks_swapped(cells) {
                    tally.swapped.add(line);
                }
                return Row::refused(fate, fault);
            }
        };
        let mut facts = self.facts_at(cells, position, None, line, event_types, tally);
        facts.precision = self.by_size(cells, geometry.as_ref()).unwrap_or(facts.precision);
        Row::Kept((facts, geometry))
    }

    /// How exactly lines and areas say where something was, where no column has a word for it: by their size.
    fn by_size<C: Cells + ?Sized>(&self, cells: &C, geometry: Option<&Geometry>) -> Option<Precision> {
        let is_silent = || self.plan.text(cells, Field::Precision).trim().is_empty();
        let drawn = geometry.filter(|geometry| matches!(geometry, Geometry::Drawn(..)))?;
        if self.plan.layout == Layout::Mapped && is_silent() { drawn.precision_by_size() } else { None }
    }

    /// The same for a row whose position is known without its cells, and perhaps its time, too.
    pub fn facts_at<C: Cells + ?Sized>(
        &self,
        cells: &C,
        position: LonLat,
        span: Option<[i32; 2]>,
        line: u64,
        event_types: &mut EventTypes,
        tally: &mut Tally,
    ) -> Facts {
        let (precision, _, is_odd) = self.precision(cells);
        if is_odd {
            tally.odd_precision.add(line);
        }
        let span_min = span.unwrap_or_else(|| {
            self.when(cells, line, Some(tally)).time.as_ref().map_or(UNKNOWN_SPAN_MIN, span_min)
        });
        let event_type = event_types.index_of(&self.type_name(cells));
        Facts {
            position,
            span_min,
            event_type: u16::try_from(event_type).unwrap_or(u16::MAX),
            status: self.status(cells).0,
            precision,
        }
    }

    /// Whether the columns are those of a known publisher, who has codes of his own.
    #[must_use]
    pub fn is_of_publisher(&self) -> bool {
        self.plan.layout != Layout::Mapped
    }

    /// The number of the column that a field comes from.
    #[must_use]
    pub fn column(&self, field: Field) -> Option<usize> {
        self.plan.column(field)
    }

    /// The numbers of the columns without which [`TableReader::facts`] cannot be.
    #[must_use]
    pub fn fact_columns(&self) -> Vec<usize> {
        use Field::{Date, EndDate, Lat, LatLon, Lon, Precision, Status, Time, Type, Wkt};
        let fields = [Lat, Lon, LatLon, Wkt, Date, Time, EndDate, Type, Status, Precision];
        let of_days = self.plan.day_parts.into_iter().flatten();
        fields
            .iter()
            .filter_map(|field| self.column(*field))
            .chain(self.plan.time_code)
            .chain(of_days)
            .collect()
    }

    /// All of a row. Its identifier is empty where the row has none; the caller knows its number.
    pub fn incident<C: Cells + ?Sized>(
        &self,
        cells: &C,
        event_types: &mut EventTypes,
    ) -> Row<(Incident, Option<Geometry>)> {
        if is_blank(cells) {
            return Row::Blank;
        }
        match self.place(cells) {
            Ok((position, geometry)) => {
                event_types.index_of(&self.type_name(cells));
                Row::Kept((self.whole(cells, position, geometry.as_ref(), event_types), geometry))
            }
            Err((fate, fault)) => Row::refused(fate, fault),
        }
    }

    /// The same once all event types are known.
    pub(in crate::io) fn incident_of<C: Cells + ?Sized>(
        &self,
        cells: &C,
        event_types: &EventTypes,
    ) -> Row<(Incident, Option<Geometry>)> {
        match self.place(cells) {
            Ok((position, geometry)) => {
                Row::Kept((self.whole(cells, position, geometry.as_ref(), event_types), geometry))
            }
            Err((fate, fault)) => Row::refused(fate, fault),
        }
    }

    fn whole<C: Cells + ?Sized>(
        &self,
        cells: &C,
        position: LonLat,
        geometry: Option<&Geometry>,
        event_types: &EventTypes,
    ) -> Incident {
        let mut incident = self.incident_at(cells, position, event_types);
        incident.place.precision = self.by_size(cells, geometry).unwrap_or(incident.place.precision);
        incident
    }

    /// The same for a row whose position is known without its cells.
    pub(in crate::io) fn incident_at<C: Cells + ?Sized>(
        &self,
        cells: &C,
        position: LonLat,
        event_types: &EventTypes,
    ) -> Incident {
        let mut incident = self.texts(cells, position);
        incident.event_type = event_types.find(&self.type_name(cells));
        incident
    }

    /// Where a row is, and what is drawn for it.
    pub(super) fn place<C: Cells + ?Sized>(
        &self,
        cells: &C,
    ) -> Result<(LonLat, Option<Geometry>), (Fate, Fault)> {
        self.check_count(cells)?;
        let geometry = self.geometry(cells)?;
        if self.plan.has(Field::Lat) && self.plan.has(Field::Lon) {
            let missing = [Field::Lat, Field::Lon].map(|field| is_unknown(&self.plan.text(cells, field)));
            let has_other = self.plan.has(Field::LatLon) || geometry.is_some();
            match missing {
                [false, false] => {
                    let (lat_deg, lon_deg) = (self.angle(cells, Field::Lat)?, self.angle(cells, Field::Lon)?);
                    return Ok((LonLat::new(lon_deg, lat_deg), geometry));
                }
                [true, true] if has_other => {}
                [true, _] => return Err(self.listed(cells, Field::Lat)),
                [_, true] => return Err(self.listed(cells, Field::Lon)),
            }
        }
        if self.plan.has(Field::LatLon) {
            let text = self.plan.text(cells, Field::LatLon);
            if !is_unknown(&text) {
                let found = coordinates::parse(&text).ok_or_else(|| {
                    self.rejected(cells, Field::LatLon, "is no latitude and longitude on earth")
                })?;
                return Ok((found.position, geometry));
            }
        }
        let field = if self.plan.has(Field::Wkt) { Field::Wkt } else { Field::LatLon };
        match geometry.as_ref().and_then(Geometry::position) {
            Some(position) => Ok((position, geometry)),
            None => Err(self.listed(cells, field)),
        }
    }

    fn check_count<C: Cells + ?Sized>(&self, cells: &C) -> Result<(), (Fate, Fault)> {
        let (count, columns) = (cells.count(), self.header.len());
        let is_filled = |column: usize| !cells.cell(column).trim().is_empty();
        if count == columns || count > columns && !(columns..count).any(is_filled) {
            return Ok(());
        }
        let has = if count == 1 { "has 1 cell".to_owned() } else { format!("has {count} cells") };
        let reason = format!("{has}, and the table has {columns} columns");
        let fault = Fault { column: 0, field: String::new(), value: cells.cell(0).into_owned(), reason };
        Err((Fate::Rejected, fault))
    }

    fn geometry<C: Cells + ?Sized>(&self, cells: &C) -> Result<Option<Geometry>, (Fate, Fault)> {
        if !self.plan.has(Field::Wkt) {
            return Ok(None);
        }
        let text = self.plan.text(cells, Field::Wkt);
        if is_unknown(&text) {
            return Ok(None);
        }
        match cells::geometry_of(&text) {
            None => Err(self.rejected(cells, Field::Wkt, "is no geometry in well-known text or GeoJSON")),
            Some(geometry) if !geometry.is_on_earth() => Err(self.rejected(
                cells,
                Field::Wkt,
                "lies beyond 180 degrees of longitude or 90 of latitude",
            )),
            Some(geometry) => Ok(Some(geometry)),
        }
    }

    fn angle<C: Cells + ?Sized>(&self, cells: &C, field: Field) -> Result<f64, (Fate, Fault)> {
        let is_lat = field == Field::Lat;
        let (name, most_deg) = if is_lat { ("latitude", 90) } else { ("longitude", 180) };
        match cells::angle_deg(&self.plan.text(cells, field), is_lat) {
            None => Err(self.rejected(cells, field, &format!("is no {name} in degrees"))),
            Some(angle) if angle.abs() > f64::from(most_deg) => {
                Err(self.rejected(cells, field, &format!("lies beyond {most_deg} degrees")))
            }
            Some(angle) => Ok(angle),
        }
    }

    /// Whether a latitude is beyond the poles that would be a longitude beside this longitude as a latitude.
    fn looks_swapped<C: Cells + ?Sized>(&self, cells: &C) -> bool {
        let angle = |field, is_lat| cells::angle_deg(&self.plan.text(cells, field), is_lat);
        let beyond = |angle: f64| (90.0..=180.0).contains(&angle.abs());
        angle(Field::Lat, true).is_some_and(beyond)
            && angle(Field::Lon, false).is_some_and(|it| it.abs() <= 90.0)
    }

    fn listed<C: Cells + ?Sized>(&self, cells: &C, field: Field) -> (Fate, Fault) {
        let is_empty = self.plan.text(cells, field).trim().is_empty();
        let reason = if is_empty {
            "is empty: the row has no position"
        } else {
            "says that the position is not known"
        };
        (Fate::Listed, self.fault(cells, field, reason))
    }

    fn rejected<C: Cells + ?Sized>(&self, cells: &C, field: Field, reason: &str) -> (Fate, Fault) {
        (Fate::Rejected, self.fault(cells, field, reason))
    }

    fn fault<C: Cells + ?Sized>(&self, cells: &C, field: Field, reason: &str) -> Fault {
        let column = self.plan.column(field);
        Fault {
            column: column.and_then(|column| u32::try_from(column + 1).ok()).unwrap_or(0),
            field: column.and_then(|column| self.header.get(column).cloned()).unwrap_or_default(),
            value: self.plan.text(cells, field).into_owned(),
            reason: reason.to_owned(),
        }
    }

    /// How exactly a position is known, the radius that goes with it, and whether the row's word for it is not known.
    /// Then the region is all that may be claimed.
    pub(super) fn precision<C: Cells + ?Sized>(&self, cells: &C) -> (Precision, Option<f64>, bool) {
        let text = self.plan.text(cells, Field::Precision);
        if self.plan.layout == Layout::Mapped && text.trim().is_empty() {
            return (Precision::Exact, None, false);
        }
        match self.plan.scale.read(&text) {
            Some((precision, radius_m)) => (precision, radius_m, false),
            None => (Precision::Region, None, true),
        }
    }

    /// The name of a row's event type.
    pub(in crate::io) fn type_name<'a, C: Cells + ?Sized>(&'a self, cells: &'a C) -> Cow<'a, str> {
        let text = self.plan.text(cells, Field::Type);
        let label = match self.plan.layout {
            Layout::Gdelt => layouts::cameo(&text),
            Layout::Ucdp => layouts::violence(&text),
            Layout::Acled | Layout::Dateline | Layout::Mapped => None,
        };
        label.map_or(text, Cow::Borrowed)
    }

    /// How far a row is confirmed, and whether it has a word for that which is not known.
    pub(super) fn status<C: Cells + ?Sized>(&self, cells: &C) -> (Status, bool) {
        if !self.plan.has(Field::Status) {
            return (Status::Unverified, false);
        }
        let text = guess::folded(&self.plan.text(cells, Field::Status));
        let status = match text.as_str() {
            "" | "unverified" => Status::Unverified,
            "claimed" => Status::Claimed,
            "contested" => Status::Contested,
            "stated by officials" | "statedbyofficials" => Status::StatedByOfficials,
            "corroborated" => Status::Corroborated,
            _ => return (Status::Unverified, true),
        };
        (status, false)
    }
}

impl<T> Row<T> {
    fn refused(fate: Fate, fault: Fault) -> Self {
        match fate {
            Fate::Listed => Self::Listed(fault),
            Fate::Rejected => Self::Rejected(fault),
        }
    }
}

fn is_blank<C: Cells + ?Sized>(cells: &C) -> bool {
    (0..cells.count()).all(|column| cells.cell(column).trim().is_empty())
}

/// Whether a row consists of tags of the Humanitarian Exchange Language, which stand below the names of columns.
fn is_tags<C: Cells + ?Sized>(cells: &C) -> bool {
    let is_tag =
        |cell: &str| cell.is_empty() || cell.starts_with('#') && cell[1..].starts_with(char::is_alphabetic);
    (0..cells.count()).all(|column| is_tag(cells.cell(column).trim()))
}

fn preview(header: &[String], rows: &[Vec<String>], guess: Mapping) -> Preview {
    Preview { header: header.to_vec(), rows: rows.iter().take(PREVIEW_ROWS).cloned().collect(), guess }
}

impl Preview {
    /// What there is to see of a table with these columns (none where it has no header) and rows.
    #[must_use]
    pub fn of(header: &[String], rows: &[Vec<String>]) -> Self {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let header = match header {
            [] => (1..=columns).map(|number| format!("#{number}")).collect(),
            _ => header.to_vec(),
        };
        let guess = guess::guess(&header, rows);
        preview(&header, rows, guess)
    }
}

/// The column that a value of a mapping names, for those who show it.
impl Value {
    /// A column of this header by its number: by its name where that is its own.
    #[must_use]
    pub fn of_column(header: &[String], column: usize) -> Self {
        guess::value_of(header, column)
    }
}
