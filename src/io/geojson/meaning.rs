//! What the properties of a file's features mean: by their names, which are those of tables' columns, by TimeMap's, or
//! by this program's own.

use std::borrow::Cow;
use std::collections::HashMap;

use super::feature::{self, Members, Parsed, Refusal, text_of};
use super::own;
use super::style::{self, Style};
use crate::io::geometry::Geometry;
use crate::io::html;
use crate::io::limits::{MAX_PROPERTY_NAMES, PREVIEW_ROWS};
use crate::io::record::RelatedRecord;
use crate::io::table::{self, Cells, Fault, Field, Row, TableReader, Tally, Value};
use crate::io::timemap::Lists;
use crate::io::{EventTypes, ReadError, ReadOptions};
use crate::model::{Facts, Fate, Incident, Precision};

/// What items are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) enum Kind {
    /// GeoJSON's features: the position is in the geometry.
    Features,
    /// TimeMap's events: the position is among the members.
    Events,
}

/// Columns that stand for what is no property: the latitude and longitude of the geometry, and the event type by the
/// look of a feature or by TimeMap's associations.
const MADE: [&str; 3] = ["", "", ""];
const TYPE: usize = 2;

/// Reads items to incidents.
#[derive(Debug, Clone)]
pub(super) struct Meaning {
    kind: Kind,
    table: TableReader,
    columns: HashMap<String, usize>,
    count: usize,
    type_column: Option<usize>,
    precision_column: Option<usize>,
    id_column: Option<usize>,
    has_styles: bool,
    own: Option<own::Header>,
    lists: Lists,
}

/// What stays in memory of an item.
pub(super) struct Found {
    pub(super) facts: Facts,
    pub(super) geometry: Option<Geometry>,
    /// The identifier that the item has; empty where it has none.
    pub(super) id: String,
    /// What it says, as a number; 0 where nobody asks.
    pub(super) mark: u32,
    /// All of it, where that was asked for.
    pub(super) incident: Option<(Incident, Vec<RelatedRecord>)>,
}

/// Event types as one worker finds them, with what the file says of their look.
#[derive(Default)]
pub(super) struct LocalTypes {
    pub(super) types: EventTypes,
    pub(super) styles: HashMap<usize, Style>,
}

/// An item as a row of cells.
struct Opened<'a> {
    meaning: &'a Meaning,
    id: Option<&'a str>,
    geometry: Option<Geometry>,
    lat_lon: [Cow<'static, str>; 2],
    type_name: Cow<'a, str>,
    style: Style,
    /// The values of the columns as JSON.
    cells: Vec<Option<&'a str>>,
    properties: Members<'a>,
}

impl Cells for Opened<'_> {
    fn count(&self) -> usize {
        self.meaning.count
    }

    fn cell(&self, column: usize) -> Cow<'_, str> {
        match column {
            0 | 1 => Cow::Borrowed(&self.lat_lon[column]),
            TYPE => Cow::Borrowed(&self.type_name),
            _ => self.cells.get(column).copied().flatten().map_or(Cow::Borrowed(""), text_of),
        }
    }
}

impl Meaning {
    /// What the properties of these items mean, which are the first of their file. `lists` is what a TimeMap says of all
    /// of its events.
    pub(super) fn of(
        file: &str,
        kind: Kind,
        items: &[&str],
        own: Option<own::Header>,
        lists: Lists,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let mut header = MADE.map(str::to_owned).to_vec();
        let mut columns = HashMap::new();
        let mut has_styles = false;
        for item in items {
            let Ok(parsed) = parse(kind, item) else { continue };
            for (name, _) in &parsed.properties.0 {
                has_styles |= style::is_style(name);
                if !columns.contains_key(name.as_ref()) && columns.len() < MAX_PROPERTY_NAMES {
                    columns.insert(name.clone().into_owned(), header.len());
                    header.push(name.clone().into_owned());
                }
            }
        }
        let mut mapping = options.mapping.clone().unwrap_or_else(|| table::guess(&header, &[]));
        // Where there is nothing, nothing needs to say where it is.
        if kind == Kind::Features || items.is_empty() {
            mapping.set(Field::Lat, Some(Value::Number(0)));
            mapping.set(Field::Lon, Some(Value::Number(1)));
            mapping.set(Field::LatLon, None);
            mapping.set(Field::Wkt, None);
        }
        // A time without a day is a moment in most files, and is left as it is in the others.
        if let (None, Some(time)) = (mapping.get(Field::Date), mapping.get(Field::Time).cloned()) {
            mapping.set(Field::Date, Some(time));
            mapping.set(Field::Time, None);
        }
        if mapping.get(Field::Type).is_none() {
            mapping.set(Field::Type, Some(Value::Number(TYPE)));
        }
        let column = |field| match mapping.get(field) {
            Some(Value::Column(name)) => header.iter().position(|known| known == name),
            Some(Value::Number(column)) => Some(*column),
            _ => None,
        };
        let [type_column, precision_column, id_column] =
            [Field::Type, Field::Precision, Field::Id].map(column);
        let options = ReadOptions { mapping: Some(mapping), ..options.clone() };
        let table = TableReader::of_rows(file, &header, &[], &options)?;
        let mut meaning = Self {
            kind,
            table,
            columns,
            count: header.len(),
            type_column,
            precision_column,
            id_column,
            has_styles,
            own,
            lists,
        };
        // The order of day and month is decided by as many rows as a table's is.
        let rows: Vec<Vec<String>> = items
            .iter()
            .take(5 * PREVIEW_ROWS)
            .filter_map(|item| meaning.open(item).ok())
            .map(|opened| (0..opened.count()).map(|column| opened.cell(column).into_owned()).collect())
            .collect();
        meaning.table = TableReader::of_rows(file, &header, &rows, &options)?;
        Ok(meaning)
    }

    /// Takes the order of day and month from all rows; says whether they are to be read again.
    pub(super) fn settle(&mut self, tally: &Tally) -> bool {
        self.table.settle(tally)
    }

    /// Whether these lists are those that it knows.
    pub(super) fn has_lists(&self, lists: &Lists) -> bool {
        self.lists == *lists
    }

    /// Takes in what stood at the end of the file.
    pub(super) fn learn(&mut self, own: Option<own::Header>, lists: Lists) {
        (self.own, self.lists) = (own, lists);
    }

    /// What is to be said of the file as a whole.
    pub(super) fn notes(&self, tally: &Tally) -> Vec<String> {
        self.table.notes(tally)
    }

    /// Whether the program itself wrote the file.
    pub(super) fn own(&self) -> Option<&own::Header> {
        self.own.as_ref()
    }

    /// Whether an incident has words that do not stand in its bytes.
    pub(super) fn adds_words(&self) -> bool {
        self.own.is_some() || self.has_styles || !self.lists.is_empty()
    }

    /// What stays in memory of an item, and all of it if `is_whole`.
    pub(super) fn facts(
        &self,
        item: &str,
        line: u64,
        is_whole: bool,
        types: &mut LocalTypes,
        tally: &mut Tally,
    ) -> Result<Found, Refusal> {
        if let Some(header) = &self.own {
            let parsed = feature::parse(item)?;
            let geometry = parsed.geometry.as_ref().ok().cloned();
            let (incident, related) = own::incident(header, parsed)?;
            let (facts, id) = (Facts::of(&incident), incident.id.clone());
            return Ok(Found {
                facts,
                geometry,
                id,
                mark: 0,
                incident: is_whole.then_some((incident, related)),
            });
        }
        let mut opened = self.open(item)?;
        if opened.style.color.is_some() || opened.style.symbol.is_some() {
            let (Style { color, symbol, .. }, name) = (&opened.style, self.type_name(&opened));
            let index = types.types.index_with(&name, *color, *symbol);
            types.styles.entry(index).or_insert_with(|| opened.style.clone());
        }
        if self.kind == Kind::Events && opened.properties.0.iter().all(|(_, json)| text_of(json).is_empty()) {
            return kept(Row::Blank);
        }
        let row = self.table.facts(&opened, line, &mut types.types, tally);
        let (mut facts, _) = kept(row)?;
        facts.precision = self.precision(&opened).unwrap_or(facts.precision);
        let incident =
            if is_whole { Some((self.texts(&opened, facts.event_type.into())?, Vec::new())) } else { None };
        let id = self.id(&opened);
        Ok(Found { facts, id, mark: 0, geometry: opened.geometry.take(), incident })
    }

    /// All of an item, with the incidents that it names as related.
    pub(super) fn incident(
        &self,
        item: &str,
        types: &EventTypes,
    ) -> Result<(Incident, Vec<RelatedRecord>), Refusal> {
        if let Some(header) = &self.own {
            return own::incident(header, feature::parse(item)?);
        }
        let opened = self.open(item)?;
        let event_type = types.find(&self.type_name(&opened));
        Ok((self.texts(&opened, event_type)?, Vec::new()))
    }

    fn texts(&self, opened: &Opened<'_>, event_type: usize) -> Result<Incident, Refusal> {
        let (mut incident, _) = kept(self.table.incident(opened, &mut EventTypes::default()))?;
        incident.id = self.id(opened);
        incident.event_type = event_type;
        incident.place.precision = self.precision(opened).unwrap_or(incident.place.precision);
        if incident.summary.contains('<') {
            incident.summary = html::plain(&incident.summary).text;
        }
        let others = opened.properties.0.iter().filter(|(name, _)| !self.columns.contains_key(name.as_ref()));
        let others = others.map(|(name, json)| (name.clone().into_owned(), text_of(json).into_owned()));
        incident.more.extend(others.filter(|(_, text)| !text.is_empty()));
        if self.kind == Kind::Events {
            self.lists.add_to(&mut incident, &opened.properties);
        }
        Ok(incident)
    }

    fn open<'a>(&'a self, item: &'a str) -> Result<Opened<'a>, Refusal> {
        let Parsed { id, geometry, properties } = parse(self.kind, item)?;
        let (geometry, lat_lon) = match self.kind {
            Kind::Events => (None, [Cow::Borrowed(""), Cow::Borrowed("")]),
            Kind::Features => {
                let geometry = geometry?;
                let at = geometry.position();
                let text = |angle: Option<f64>| angle.map_or_else(String::new, |it| it.to_string());
                let texts = [at.map(|it| it.lat_deg), at.map(|it| it.lon_deg)].map(text);
                (Some(geometry), texts.map(Cow::Owned))
            }
        };
        let style = if self.has_styles { style::of(&properties) } else { Style::default() };
        let type_name = match self.kind {
            _ if self.type_column != Some(TYPE) => Cow::Borrowed(""),
            Kind::Features => style.name.clone().map_or(Cow::Borrowed(""), Cow::Owned),
            Kind::Events => Cow::Owned(self.lists.type_of(&properties)),
        };
        let mut cells = vec![None; self.count];
        for (n, (name, json)) in properties.0.iter().enumerate() {
            // Most features have the same properties in the same order.
            let guess = MADE.len() + n;
            let is_there = self.table.header().get(guess).is_some_and(|known| known == name);
            let column = if is_there { Some(guess) } else { self.columns.get(name.as_ref()).copied() };
            if let Some(cell) = column.and_then(|column| cells.get_mut(column)) {
                *cell = Some(*json);
            }
        }
        Ok(Opened { meaning: self, id, geometry, lat_lon, type_name, style, cells, properties })
    }

    fn type_name<'a>(&self, opened: &'a Opened<'_>) -> Cow<'a, str> {
        self.type_column.map_or(Cow::Borrowed(""), |column| opened.cell(column))
    }

    fn id(&self, opened: &Opened<'_>) -> String {
        let own = opened.id.map(text_of).filter(|id| !id.is_empty());
        own.or_else(|| Some(opened.cell(self.id_column?))).unwrap_or_default().trim().to_owned()
    }

    /// How exactly lines and areas say where something was, where the file has no word for it: by their size.
    fn precision(&self, opened: &Opened<'_>) -> Option<Precision> {
        let has_word = self.precision_column.is_some_and(|column| !opened.cell(column).trim().is_empty());
        let geometry = opened.geometry.as_ref().filter(|_| !has_word)?;
        geometry.precision_by_size()
    }
}

fn parse(kind: Kind, item: &str) -> Result<Parsed<'_>, Refusal> {
    match kind {
        Kind::Features => {
            let mut parsed = feature::parse(item)?;
            flatten_tags(&mut parsed.properties);
            Ok(parsed)
        }
        Kind::Events => {
            if !item.starts_with('{') {
                return Err(Refusal::rejected(
                    "",
                    item,
                    "is not an object in curly brackets, as an event is",
                ));
            }
            let properties = serde_json::from_str(item).map_err(|error| Refusal::of(&error))?;
            Ok(Parsed { id: None, geometry: Ok(Geometry::Empty), properties })
        }
    }
}

/// OpenStreetMap's tags stand in an object of their own in some exports.
fn flatten_tags(properties: &mut Members<'_>) {
    let Some(at) = properties.0.iter().position(|(name, json)| name == "tags" && json.starts_with('{'))
    else {
        return;
    };
    if let Ok(tags) = serde_json::from_str::<Members<'_>>(properties.0[at].1) {
        properties.0.splice(at..=at, tags.0);
    }
}

fn kept<T>(row: Row<T>) -> Result<T, Refusal> {
    let refusal = |fate, fault: Fault| Refusal::new(fate, &fault.field, &fault.value, fault.reason);
    match row {
        Row::Kept(found) => Ok(found),
        Row::Listed(fault) => Err(refusal(Fate::Listed, fault)),
        Row::Rejected(fault) => Err(refusal(Fate::Rejected, fault)),
        Row::Blank => Err(Refusal::new(Fate::Listed, "", "", "has no position and no text")),
    }
}
