//! From the text to a dataset: items are found block by block, read on all cores, and taken in in their order.

use std::collections::HashMap;
use std::sync::Arc;

use super::feature::{Members, Refusal};
use super::meaning::{Found, LocalTypes, Meaning};
use super::others::{self, Group, Kind};
use super::own;
use super::scan::{Item, Scanner};
use super::texts::FeatureTexts;
use crate::io::ids::{Ids, hash_of};
use crate::io::limits::{MAX_FEATURES, MAX_REFUSED_FEATURES, SAMPLE_FEATURES, SMALL_JSON_BYTES};
use crate::io::record::RelatedRecord;
use crate::io::table::Tally;
use crate::io::timemap::Lists;
use crate::io::{Input, Intake, ReadError, ReadOptions, RowPlace, title_of};
use crate::model::{Dataset, Fate, Incident, Marks, Related};
use crate::parallel;
use crate::progress::Progress;

/// Features that a thread is worth starting for.
const FEATURES_A_THREAD: usize = 500;

/// Reads the items of a list, or the items that the text consists of.
pub(in crate::io) fn read_items(
    input: &Input,
    kind: Kind,
    list: &str,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Dataset, ReadError> {
    // What holds for the whole file may stand at its end: the second pass knows it from the beginning.
    match Pass::new(input, kind, list, options, None, &progress.part(0.0, 1.0))?.run()? {
        Outcome::Done(dataset) => Ok(*dataset),
        Outcome::Again(meaning) => {
            match Pass::new(input, kind, list, options, Some(*meaning), progress)?.run()? {
                Outcome::Done(dataset) => Ok(*dataset),
                Outcome::Again(_) => Err(ReadError::whole_file(
                    input.name(),
                    "the file changed while it was read",
                    "open it again when it is complete",
                )),
            }
        }
    }
}

enum Outcome {
    Done(Box<Dataset>),
    /// Something that was found late changes what was read before it.
    Again(Box<Meaning>),
}

/// One way through the text.
struct Pass<'a> {
    input: &'a Input,
    kind: Kind,
    progress: &'a Progress,
    scanner: Scanner<'a>,
    /// Items that were found and not yet read.
    items: Vec<Item>,
    groups: Vec<Group>,
    meaning: Meaning,
    is_second: bool,
    is_small: bool,
    intake: Intake,
    tally: Tally,
    related: Vec<(usize, Vec<RelatedRecord>)>,
    ids: Ids,
    links: Links,
    offsets: Vec<u64>,
    lengths: Vec<u32>,
    marks_rows: bool,
    marks: Marks,
}

/// Which incident has which identifier, by its hash: where incidents refer to each other.
#[derive(Debug, Default)]
pub(super) struct Links(HashMap<u64, u32>);

impl Links {
    /// The links of an incident to others; those to none are left out.
    pub(super) fn resolve(&self, related: Vec<RelatedRecord>) -> Vec<Related> {
        let link = |own: RelatedRecord| {
            Some(Related { incident: *self.0.get(&hash_of(own.id.as_bytes()))? as usize, how: own.how })
        };
        related.into_iter().filter_map(link).collect()
    }
}

/// The identifier of an incident: its own, or its number.
pub(super) fn id_of(incident: usize, own: String) -> String {
    if own.is_empty() { (incident + 1).to_string() } else { own }
}

/// What one thread made of some items.
struct Part {
    types: LocalTypes,
    tally: Tally,
    rows: Vec<Result<Found, Refusal>>,
}

impl<'a> Pass<'a> {
    fn new(
        input: &'a Input,
        kind: Kind,
        list: &'a str,
        options: &'a ReadOptions,
        meaning: Option<Meaning>,
        progress: &'a Progress,
    ) -> Result<Self, ReadError> {
        let mut scanner = Scanner::new(input, list, progress);
        let mut groups = Vec::new();
        let items = batch(kind, &mut scanner, &mut groups)?;
        let is_second = meaning.is_some();
        let meaning = if let Some(meaning) = meaning {
            meaning
        } else {
            let texts = items.iter().take(SAMPLE_FEATURES);
            let texts = texts.filter_map(|item| Some((text_of(scanner.bytes(), item).ok()?, item.group)));
            let texts: Vec<(&str, u16)> = texts.collect();
            let own = own_header(input, &scanner)?;
            let lists = lists_of(kind, &scanner);
            Meaning::of(input.name(), kind, &texts, own, lists, groups.clone(), options)?
        };
        let mut intake = Intake::reporting(progress);
        if let Some(header) = meaning.own() {
            intake.event_types().declare(header.types());
        }
        Ok(Self {
            input,
            kind,
            progress,
            scanner,
            items,
            groups,
            meaning,
            is_second,
            is_small: input.len() <= SMALL_JSON_BYTES || kind.has_groups(),
            intake,
            tally: Tally::default(),
            related: Vec::new(),
            ids: Ids::default(),
            links: Links::default(),
            offsets: Vec::new(),
            lengths: Vec::new(),
            marks_rows: options.marks,
            marks: Marks::default(),
        })
    }

    fn run(mut self) -> Result<Outcome, ReadError> {
        while !self.items.is_empty() {
            let items = std::mem::take(&mut self.items);
            self.take_in(&items)?;
            let known = self.groups.len();
            self.items = batch(self.kind, &mut self.scanner, &mut self.groups)?;
            if self.groups.len() > known {
                self.meaning.learn_groups(&self.groups);
            }
        }
        check_crs(self.input, &self.scanner)?;
        self.check_whole()?;
        if !self.is_second {
            let own = own_header(self.input, &self.scanner)?;
            let lists = lists_of(self.kind, &self.scanner);
            let is_late = own.as_ref() != self.meaning.own() || !self.meaning.has_lists(&lists);
            if is_late {
                self.meaning.learn(own, lists);
            }
            if self.meaning.settle(&self.tally) || is_late {
                return Ok(Outcome::Again(Box::new(self.meaning)));
            }
        }
        Ok(Outcome::Done(Box::new(self.finish())))
    }

    /// Reads some items.
    fn take_in(&mut self, items: &[Item]) -> Result<(), ReadError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(4);
        let threads = cores.min(items.len() / FEATURES_A_THREAD + 1);
        let jobs: Vec<&[Item]> = items.chunks(items.len().div_ceil(threads)).collect();
        let (bytes, meaning, is_small) = (self.scanner.bytes(), &self.meaning, self.is_small);
        let marks = self.marks_rows && !is_small;
        let parts = parallel::each(jobs, |items| {
            let mut part = read_part(bytes, meaning, is_small, items, self.progress);
            if marks {
                part.mark(bytes, items);
            }
            part
        });
        if self.progress.is_cancelled() {
            return Err(ReadError::cancelled(self.input.name()));
        }
        let mut items = items.iter();
        for part in parts {
            let mut types: HashMap<u16, u16> = HashMap::new();
            self.tally.merge(&part.tally, 0);
            for (row, item) in part.rows.into_iter().zip(items.by_ref()) {
                match row {
                    Ok(mut found) => {
                        if self.meaning.own().is_none() {
                            let local = found.facts.event_type;
                            let intake = &mut self.intake;
                            let index = types.entry(local).or_insert_with(|| {
                                let style = part.types.styles.get(&local.into());
                                let (color, symbol) = style.map_or((None, None), |it| (it.color, it.symbol));
                                let name = part.types.types.all().get(usize::from(local));
                                let name = name.map_or("", |event_type| event_type.label.as_str());
                                intake.event_types().index_with(name, color, symbol) as u16
                            });
                            found.facts.event_type = *index;
                        }
                        self.keep(item, found);
                    }
                    Err(refusal) => self.refuse(item, &refusal),
                }
            }
        }
        let account = self.intake.account();
        if self.intake.len() > MAX_FEATURES || account.entries.len() > MAX_REFUSED_FEATURES {
            return Err(ReadError::whole_file(
                self.input.name(),
                "there are too many features, or too many that are not on the map",
                "split the file into several",
            ));
        }
        Ok(())
    }

    fn keep(&mut self, item: &Item, found: Found) {
        let at = RowPlace { line: item.line, column: item.column };
        let Found { facts, geometry, id, mark, incident } = found;
        let index = self.intake.len();
        let id = id_of(index, id);
        let hash = hash_of(id.as_bytes());
        self.ids.add(index, index + 1, hash, item.line);
        // Only what this program wrote names others.
        if self.meaning.own().is_some() {
            self.links.0.entry(hash).or_insert(index as u32);
        }
        if let Some((mut incident, related)) = incident {
            incident.event_type = facts.event_type.into();
            incident.id = id;
            if !related.is_empty() {
                self.related.push((index, related));
            }
            self.intake.keep(at, incident);
        } else {
            self.offsets.push(self.scanner.base() + item.range.start as u64);
            self.lengths.push(item.range.len() as u32);
            if self.marks_rows {
                self.marks.rows.push(mark);
                self.marks.ids.push((hash_of(id.as_bytes()) >> 32) as u32);
            }
            self.intake.keep_facts(at, facts);
        }
        if let Some(shape) = geometry.and_then(|geometry| geometry.into_shape(index)) {
            self.intake.shape(shape);
        }
    }

    fn refuse(&mut self, item: &Item, refusal: &Refusal) {
        let Refusal { fate, field, value, reason, offset: (lines, columns) } = refusal;
        let column = if *lines == 0 { item.column.saturating_add(*columns) } else { columns + 1 };
        let at = RowPlace { line: item.line + lines, column };
        match fate {
            Fate::Listed => self.intake.list(at, field, value, reason),
            Fate::Rejected => self.intake.reject(at, field, value, reason),
        }
    }

    /// A text that is one thing and no feature is no dataset with a rejected row, but another kind of file.
    fn check_whole(&self) -> Result<(), ReadError> {
        let account = self.intake.account();
        match account.entries.as_slice() {
            [entry] if self.scanner.is_one() && entry.fate == Fate::Rejected && account.mapped == 0 => {
                let field = match (entry.field.is_empty(), entry.value.is_empty()) {
                    (true, _) => String::new(),
                    (false, true) => format!("{} ", entry.field),
                    (false, false) => format!("{} `{}` ", entry.field, entry.value),
                };
                Err(ReadError::whole_file(
                    self.input.name(),
                    format!(
                        "this is neither GeoJSON nor a list of objects that say where they are: {field}{}",
                        entry.reason
                    ),
                    "name a file with a FeatureCollection, a Feature, one feature in each line, or a list of objects \
                     with latitude and longitude",
                ))
            }
            _ => Ok(()),
        }
    }

    fn finish(mut self) -> Dataset {
        for note in self.meaning.notes(&self.tally).into_iter().chain(self.ids.note()) {
            self.intake.note(note);
        }
        let member = |name: &str| {
            let text = self.scanner.member(name).filter(|json| json.starts_with('"'));
            text.map(|json| super::text_of(json).trim().to_owned()).filter(|text| !text.is_empty())
        };
        let own = self.meaning.own().cloned();
        let title = match &own {
            Some(header) if !header.title.trim().is_empty() => header.title.clone(),
            _ => member("title").or_else(|| member("name")).unwrap_or_else(|| title_of(self.input)),
        };
        let description = member("description").unwrap_or_default();
        let licence = member("licence");
        let (offsets, lengths) = (std::mem::take(&mut self.offsets), std::mem::take(&mut self.lengths));
        let told_apart = self.ids.into_told_apart();
        let mut dataset = if self.is_small {
            let mut dataset = self.intake.finish(title);
            if let Some(incidents) = dataset.incidents.in_memory_mut() {
                for (n, incident) in incidents.iter_mut().enumerate() {
                    incident.id = told_apart.name(n, n + 1, std::mem::take(&mut incident.id));
                }
                resolve_all(incidents, self.related, &self.links);
            }
            dataset
        } else {
            let texts = FeatureTexts {
                input: self.input.clone(),
                meaning: Arc::new(self.meaning),
                types: self.intake.event_types().clone(),
                told_apart,
                links: self.links,
                offsets,
                lengths,
                marks: self.marks_rows.then_some(self.marks),
            };
            self.intake.finish_stored(title, Box::new(texts))
        };
        dataset.introduction = description;
        dataset.licence = licence;
        if let Some(header) = own {
            dataset.introduction = header.introduction;
            dataset.as_of = header.as_of.and_then(|date| date.parse().ok());
            dataset.licence = header.licence;
        }
        dataset
    }
}

fn lists_of(kind: Kind, scanner: &Scanner<'_>) -> Lists {
    if kind == Kind::Events { Lists::of(scanner) } else { Lists::default() }
}

fn resolve_all(incidents: &mut [Incident], related: Vec<(usize, Vec<RelatedRecord>)>, links: &Links) {
    for (index, related) in related {
        if let Some(incident) = incidents.get_mut(index) {
            incident.related = links.resolve(related);
        }
    }
}

impl Part {
    /// Marks the rows by what stands in the file.
    fn mark(&mut self, bytes: &[u8], items: &[Item]) {
        for (row, item) in self.rows.iter_mut().zip(items) {
            if let Ok(found) = row {
                let row = bytes.get(item.range.clone()).unwrap_or_default();
                found.mark = (hash_of(row) >> 32) as u32;
            }
        }
    }
}

fn read_part(bytes: &[u8], meaning: &Meaning, is_small: bool, items: &[Item], progress: &Progress) -> Part {
    let mut part =
        Part { types: LocalTypes::default(), tally: Tally::default(), rows: Vec::with_capacity(items.len()) };
    for item in items {
        if progress.is_cancelled() {
            break;
        }
        let row = text_of(bytes, item).and_then(|text| {
            meaning.facts(text, item.group, item.line, is_small, &mut part.types, &mut part.tally)
        });
        part.rows.push(row);
    }
    part
}

/// The next items; none at the end of the text.
fn batch(kind: Kind, scanner: &mut Scanner<'_>, groups: &mut Vec<Group>) -> Result<Vec<Item>, ReadError> {
    loop {
        let items = scanner.batch()?;
        if !kind.has_groups() || items.is_empty() {
            return Ok(items);
        }
        // Lists may be empty.
        let inner = others::expand(kind, scanner.bytes(), &items, groups);
        if !inner.is_empty() {
            return Ok(inner);
        }
    }
}

/// The text of an item.
fn text_of<'a>(bytes: &'a [u8], item: &Item) -> Result<&'a str, Refusal> {
    let bytes = bytes.get(item.range.clone()).unwrap_or_default();
    std::str::from_utf8(bytes).map_err(|error| {
        let value =
            String::from_utf8_lossy(&bytes[error.valid_up_to()..]).chars().take(20).collect::<String>();
        Refusal::rejected("", &value, "is not UTF-8 text")
    })
}

/// What this program says of a file that it wrote.
fn own_header(input: &Input, scanner: &Scanner<'_>) -> Result<Option<own::Header>, ReadError> {
    let Some(json) = scanner.member(own::MEMBER) else { return Ok(None) };
    // Another program's member of this name says nothing.
    let Ok(header) = serde_json::from_str::<own::Header>(json) else { return Ok(None) };
    if header.format > own::VERSION {
        return Err(ReadError::whole_file(
            input.name(),
            format!(
                "the file is of version {} of Dateline's GeoJSON, and this program knows {}",
                header.format,
                own::VERSION
            ),
            "open it with a newer Dateline",
        ));
    }
    Ok(Some(header))
}

/// Refuses coordinates of `ArcGIS` that are no degrees of WGS 84.
fn check_esri(input: &Input, scanner: &Scanner<'_>) -> Result<(), ReadError> {
    let system =
        scanner.member("spatialReference").and_then(|json| serde_json::from_str::<Members<'_>>(json).ok());
    let Some(id) = system.as_ref().and_then(|it| it.get("wkid").or(it.get("latestWkid"))) else {
        return Ok(());
    };
    if id == "4326" {
        return Ok(());
    }
    Err(ReadError::whole_file(
        input.name(),
        format!(
            "the coordinates are not longitudes and latitudes in WGS 84, but in the system {}",
            super::text_of(id)
        ),
        "ask the server for outSR=4326, or for f=geojson",
    ))
}

/// Refuses coordinates that are no degrees of WGS 84.
fn check_crs(input: &Input, scanner: &Scanner<'_>) -> Result<(), ReadError> {
    check_esri(input, scanner)?;
    let Some(crs) = scanner.member("crs").filter(|crs| *crs != "null") else { return Ok(()) };
    let letters: String = crs.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    if ["CRS84", "EPSG4326", "WGS84"].iter().any(|known| letters.contains(known)) {
        return Ok(());
    }
    let named = serde_json::from_str::<Members<'_>>(crs).ok().and_then(|crs| crs.get("properties"));
    let named = named.and_then(|json| serde_json::from_str::<Members<'_>>(json).ok()?.get("name"));
    let name: String = named.map_or(crs.into(), super::text_of).chars().take(100).collect();
    Err(ReadError::whole_file(
        input.name(),
        format!("the coordinates are not longitudes and latitudes in WGS 84, but in {name}"),
        "convert them, as with ogr2ogr -t_srs EPSG:4326 out.geojson in.geojson",
    ))
}
