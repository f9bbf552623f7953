//! What the properties of a file's features mean: by their names, which are those of tables' columns, by TimeMap's, or
//! by this program's own.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::feature::{self, Members, Parsed, Refusal, text_of};
use super::others::{self, Group, Kind, parse};
use super::own;
use super::style::{self, Style};
use crate::io::features::host_of;
use crate::io::geometry::Geometry;
use crate::io::html;
use crate::io::limits::{MAX_PROPERTY_NAMES, PREVIEW_ROWS};
use crate::io::record::RelatedRecord;
use crate::io::table::{self, Cells, Fault, Field, Row, TableReader, Tally, Value};
use crate::io::timemap::Lists;
use crate::io::{EventTypes, ReadError, ReadOptions};
use crate::model::{Facts, Fate, Incident, Precision, Source};

/// Columns that stand for what is no property: the latitude and longitude of the geometry, and the event type by the
/// look of a feature or by TimeMap's associations.
const MADE: [&str; 3] = ["", "", ""];
const TYPE: usize = 2;

static SILENT: Group = Group::SILENT;

/// Reads items to incidents.
#[derive(Debug, Clone)]
pub(super) struct Meaning {
    kind: Kind,
    /// Whether the position is in the geometry of items and not among their members.
    has_geometry: bool,
    /// Whether things of OpenStreetMap are described, whose `type` is a word of its makers.
    is_osm: bool,
    table: TableReader,
    columns: HashMap<String, usize>,
    count: usize,
    type_column: Option<usize>,
    precision_column: Option<usize>,
    id_column: Option<usize>,
    has_styles: bool,
    own: Option<own::Header>,
    lists: Lists,
    groups: Vec<Group>,
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
    id: Option<Cow<'a, str>>,
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
            _ if self.meaning.type_column == Some(column) => {
                // Of several the first counts; the others become tags.
                let first = self.types(column).into_iter().next().map(text_of);
                first.filter(|text| !text.is_empty()).unwrap_or(Cow::Borrowed(&self.type_name))
            }
            _ => self.cells.get(column).copied().flatten().map_or(Cow::Borrowed(""), text_of),
        }
    }
}

impl<'a> Opened<'a> {
    /// What the column of event types says: a name, or a list of them.
    fn types(&self, column: usize) -> Vec<&'a str> {
        let Some(json) = self.cells.get(column).copied().flatten() else { return Vec::new() };
        let list = json.starts_with('[').then(|| feature::items_of(json)).flatten();
        list.unwrap_or_else(|| vec![json])
    }
}

impl Meaning {
    /// What the properties of these items mean, which are the first of their file, each with the number of its group.
    /// `lists` is what a TimeMap says of all of its events.
    pub(super) fn of(
        file: &str,
        kind: Kind,
        items: &[(&str, u16)],
        own: Option<own::Header>,
        lists: Lists,
        groups: Vec<Group>,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let mut header = MADE.map(str::to_owned).to_vec();
        let mut columns = HashMap::new();
        let (mut has_styles, mut is_osm, mut has_places) = (false, kind == Kind::Elements, false);
        let mut rows: Vec<Vec<String>> = Vec::new();
        for (item, group) in items {
            let group = groups.get(usize::from(*group)).unwrap_or(&SILENT);
            has_styles |= group.color.is_some();
            let Ok(parsed) = parse(kind, item, group) else { continue };
            has_places |= parsed.geometry.as_ref().is_ok_and(|it| it.position().is_some());
            let mut row = vec![String::new(); header.len()];
            for (name, json) in &parsed.properties.0 {
                has_styles |= style::is_style(name);
                is_osm |= name == "@id";
                if !columns.contains_key(name.as_ref()) && columns.len() < MAX_PROPERTY_NAMES {
                    columns.insert(name.clone().into_owned(), header.len());
                    header.push(name.clone().into_owned());
                    row.push(String::new());
                }
                if let (Some(&column), true) = (columns.get(name.as_ref()), rows.len() < PREVIEW_ROWS) {
                    row[column] = text_of(json).into_owned();
                }
            }
            if rows.len() < PREVIEW_ROWS {
                rows.push(row);
            }
        }
        let layout = options.mapping.is_none() && table::is_known_publisher(&header);
        let guess = || table::guess(&header, &rows);
        let mut mapping = options.mapping.clone().unwrap_or_else(guess);
        // Where there is nothing, nothing needs to say where it is.
        let has_geometry = kind.has_geometry() || items.is_empty() || has_places && !mapping.has_position();
        if has_geometry {
            mapping.set(Field::Lat, Some(Value::Number(0)));
            mapping.set(Field::Lon, Some(Value::Number(1)));
            mapping.set(Field::LatLon, None);
            mapping.set(Field::Wkt, None);
        }
        if is_osm {
            mapping.set(Field::Type, options.mapping.as_ref().and_then(|it| it.get(Field::Type).cloned()));
        }
        // A time without a day is a moment in most files, and is left as it is in the others.
        if let (None, Some(time)) = (mapping.get(Field::Date), mapping.get(Field::Time).cloned()) {
            mapping.set(Field::Date, Some(time));
            mapping.set(Field::Time, None);
        }
        if mapping.get(Field::Type).is_none() {
            mapping.set(Field::Type, Some(Value::Number(TYPE)));
        }
        let made = has_geometry.then_some([0, 1]);
        let options = ReadOptions { mapping: Some(mapping).filter(|_| !layout), ..options.clone() };
        let table = TableReader::of_rows(file, &header, &[], &options, made)?;
        let [type_column, precision_column, id_column] =
            [Field::Type, Field::Precision, Field::Id].map(|field| table.column(field));
        let mut meaning = Self {
            kind,
            has_geometry,
            is_osm,
            table,
            columns,
            count: header.len(),
            type_column,
            precision_column,
            id_column,
            has_styles,
            own,
            lists,
            groups,
        };
        // The order of day and month is decided by as many rows as a table's is.
        let rows: Vec<Vec<String>> = items
            .iter()
            .take(5 * PREVIEW_ROWS)
            .filter_map(|(item, group)| meaning.open(item, *group).ok())
            .map(|opened| (0..opened.count()).map(|column| opened.cell(column).into_owned()).collect())
            .collect();
        meaning.table = TableReader::of_rows(file, &header, &rows, &options, made)?;
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

    /// Takes in what is said of further lists.
    pub(super) fn learn_groups(&mut self, groups: &[Group]) {
        self.groups.clear();
        self.groups.extend_from_slice(groups);
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
        self.own.is_some()
            || self.has_styles
            || self.is_osm
            || self.table.adds_words()
            || !self.lists.is_empty()
    }

    /// What stays in memory of an item, and all of it if `is_whole`.
    pub(super) fn facts(
        &self,
        item: &str,
        group: u16,
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
        let mut opened = self.open(item, group)?;
        if opened.style.color.is_some() || opened.style.symbol.is_some() {
            let (Style { color, symbol, .. }, name) = (&opened.style, self.type_name(&opened));
            let index = types.types.index_with(&name, *color, *symbol);
            types.styles.entry(index).or_insert_with(|| opened.style.clone());
        }
        if !self.has_geometry && opened.properties.0.iter().all(|(_, json)| text_of(json).is_empty()) {
            return kept(Row::Blank);
        }
        let row = self.table.facts(&opened, line, &mut types.types, tally);
        let (mut facts, drawn) = kept(row)?;
        facts.precision = self.precision(&opened).unwrap_or(facts.precision);
        let incident =
            if is_whole { Some((self.texts(&opened, facts.event_type.into())?, Vec::new())) } else { None };
        let id = self.id(&opened);
        Ok(Found { facts, id, mark: 0, geometry: opened.geometry.take().or(drawn), incident })
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
        let opened = self.open(item, 0)?;
        let event_type = types.find(&self.type_name(&opened));
        Ok((self.texts(&opened, event_type)?, Vec::new()))
    }

    fn texts(&self, opened: &Opened<'_>, event_type: usize) -> Result<Incident, Refusal> {
        let (mut incident, _) = kept(self.table.incident(opened, &mut EventTypes::default()))?;
        incident.id = self.id(opened);
        incident.event_type = event_type;
        incident.place.precision = self.precision(opened).unwrap_or(incident.place.precision);
        if incident.summary.contains('<') {
            let html::Plain { text, urls } = html::plain(&incident.summary);
            incident.summary = text;
            add_links(&mut incident, urls);
        }
        if incident.summary.contains("[[http") {
            let (text, urls) = without_umap_links(&incident.summary);
            incident.summary = text;
            add_links(&mut incident, urls);
        }
        let others = opened.properties.0.iter().filter(|(name, _)| !self.columns.contains_key(name.as_ref()));
        let others = others.map(|(name, json)| (name.clone().into_owned(), text_of(json).into_owned()));
        incident.more.extend(others.filter(|(_, text)| !text.is_empty()));
        if let Some(column) = self.type_column {
            let more = opened.types(column).into_iter().skip(1).map(|json| text_of(json).into_owned());
            incident.tags.extend(more.filter(|tag| !tag.is_empty()));
        }
        if self.kind == Kind::Events {
            self.lists.add_to(&mut incident, &opened.properties);
        }
        Ok(incident)
    }

    fn open<'a>(&'a self, item: &'a str, group: u16) -> Result<Opened<'a>, Refusal> {
        let group = self.groups.get(usize::from(group)).unwrap_or(&SILENT);
        let Parsed { id, geometry, properties } = parse(self.kind, item, group)?;
        let (geometry, lat_lon) = if self.has_geometry {
            let geometry = geometry?;
            let at = geometry.position();
            let text = |angle: Option<f64>| angle.map_or_else(String::new, |it| it.to_string());
            let texts = [at.map(|it| it.lat_deg), at.map(|it| it.lon_deg)].map(text);
            (Some(geometry), texts.map(Cow::Owned))
        } else {
            (None, [Cow::Borrowed(""), Cow::Borrowed("")])
        };
        let mut style = if self.has_styles { style::of(&properties) } else { Style::default() };
        style.color = style.color.or(group.color);
        let type_name = self.made_type(&properties, &style, group);
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

    /// What an item is called to be where no member of it says so.
    fn made_type<'a>(&self, properties: &Members<'_>, style: &Style, group: &'a Group) -> Cow<'a, str> {
        let found = match self.kind {
            Kind::Events => Some(self.lists.type_of(properties)),
            Kind::Layers | Kind::Tables if self.groups.len() > 1 => return Cow::Borrowed(&group.name),
            _ if self.is_osm => others::osm_name(properties),
            _ => style.name.clone(),
        };
        found.map_or(Cow::Borrowed(""), Cow::Owned)
    }

    fn type_name<'a>(&'a self, opened: &'a Opened<'_>) -> Cow<'a, str> {
        self.table.type_name(opened)
    }

    fn id(&self, opened: &Opened<'_>) -> String {
        let own = opened.id.as_deref().map(text_of).filter(|id| !id.is_empty());
        own.or_else(|| Some(opened.cell(self.id_column?))).unwrap_or_default().trim().to_owned()
    }

    /// How exactly lines and areas say where something was, where the file has no word for it: by their size.
    fn precision(&self, opened: &Opened<'_>) -> Option<Precision> {
        let has_word = self.precision_column.is_some_and(|column| !opened.cell(column).trim().is_empty());
        let geometry = opened.geometry.as_ref().filter(|_| !has_word)?;
        geometry.precision_by_size()
    }
}

/// uMap's own way to write links, `[[https://example.org|a word]]`, as the word, and the addresses.
fn without_umap_links(text: &str) -> (String, Vec<String>) {
    let (mut plain, mut urls) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[[http") {
        let Some((link, behind)) = after.split_once("]]") else { break };
        let (url, word) = link.split_once('|').unwrap_or((link, ""));
        let url = format!("http{}", url.trim());
        plain.push_str(before);
        plain.push_str(if word.is_empty() { &url } else { word });
        urls.push(url);
        rest = behind;
    }
    plain.push_str(rest);
    (plain, urls)
}

/// Adds the links of a description, each once.
fn add_links(incident: &mut Incident, urls: Vec<String>) {
    for url in urls {
        if !incident.sources.iter().any(|known| known.url.as_ref() == Some(&url)) {
            let publisher = host_of(&url).to_owned();
            incident.sources.push(Arc::new(Source { publisher, url: Some(url), ..Source::default() }));
        }
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
