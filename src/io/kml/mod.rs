//! KML: placemarks become incidents, in whatever folders and documents they lie.
//!
//! What is read: points, lines, areas and tracks; names, descriptions (HTML becomes text, its links become sources),
//! time stamps and spans with reduced dates, extended data by the names that columns of tables may have, too, and the
//! colours of styles. Event types are what the data says, else the folders, else the styles. A folder's name is a tag.
//! Nothing is ever fetched: network links, overlays, styles and pictures of other files are left alone, and it is said.
//!
//! What is written ([`write_selection`]) is read back to the same incidents: see [`own`].

mod geometry;
mod own;
mod styles;
mod write;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use self::geometry::Drawing;
pub(super) use self::own::Own;
use self::own::OwnDataset;
use self::styles::{Style, Styles};
pub(super) use self::write::write_selection;
use super::features::{self, Fault, Feature, Features, Spot, host_of};
use super::geometry::Geometry;
use super::html;
use super::input::Input;
use super::limits::{MAX_FOLDERS, MAX_XML_FEATURES};
use super::problem::ReadError;
use super::table::iso_date;
use super::xml::{self, Xml};
use super::{ReadOptions, title_of};
use crate::model::{Dataset, Rgb, ShapeKind, Source, TimePrecision};
use crate::progress::Progress;

/// So many folders or styles can be told apart on the map; more of them are something else than kinds of incidents.
const MAX_KINDS: usize = 24;

/// Whether a file is KML.
pub(super) fn detect(head: &[u8]) -> bool {
    xml::begins_with(head, "kml")
}

/// Reads a file.
pub(super) fn read_input(input: &Input, _: &ReadOptions, progress: &Progress) -> Result<Dataset, ReadError> {
    let (xml, note) = Xml::new(input, &progress.part(0.0, features::READING))?;
    let mut reader = Reader::new(xml);
    reader.features.notes.extend(note);
    reader.read()?;
    reader.finish(input, &progress.part(features::READING, 1.0))
}

/// A folder or document.
#[derive(Debug, Default)]
struct Folder {
    name: String,
    parent: Option<usize>,
    /// Whether it is the document itself, whose name is the dataset's.
    is_document: bool,
}

/// What says of which kind a feature is.
#[derive(Debug, Default)]
struct Look {
    folder: Option<usize>,
    style_url: String,
    style: Style,
    is_area: bool,
    is_line: bool,
}

struct Reader {
    xml: Xml,
    features: Features,
    looks: Vec<Look>,
    styles: Styles,
    folders: Vec<Folder>,
    introduction: String,
    own: Option<OwnDataset>,
    /// Elements that are left alone, by name, and how many there are.
    left: HashMap<&'static str, u64>,
}

/// What is left alone, and why.
const LEFT: [(&str, &str); 6] = [
    ("NetworkLink", "links to other files were not followed"),
    ("GroundOverlay", "pictures on the ground are not shown"),
    ("PhotoOverlay", "photographs are not shown"),
    ("ScreenOverlay", "pictures on the screen are not shown"),
    ("Model", "models of buildings are not shown"),
    ("Tour", "tours are not played"),
];

impl Reader {
    fn new(xml: Xml) -> Self {
        Self {
            xml,
            features: Features::default(),
            looks: Vec::new(),
            styles: Styles::default(),
            folders: Vec::new(),
            introduction: String::new(),
            own: None,
            left: HashMap::new(),
        }
    }

    fn read(&mut self) -> Result<(), ReadError> {
        // The file's one element.
        self.xml.child()?;
        if self.xml.name() != "kml" {
            return Err(self
                .xml
                .error("the file is not KML: its first element is not <kml>", "name a KML file"));
        }
        self.container(None)?;
        // Nothing but comments may follow.
        self.xml.child()?;
        Ok(())
    }

    /// Reads what a document or folder holds.
    fn container(&mut self, folder: Option<usize>) -> Result<(), ReadError> {
        while self.xml.child()? {
            let is_document = self.xml.name() == "Document";
            match self.xml.name() {
                "Document" | "Folder" => {
                    self.xml.bound(self.folders.len(), MAX_FOLDERS, "folders")?;
                    let is_document = is_document && folder.is_none();
                    self.folders.push(Folder { name: String::new(), parent: folder, is_document });
                    self.container(Some(self.folders.len() - 1))?;
                }
                "Placemark" => self.placemark(folder)?,
                "name" => {
                    let name = self.xml.content()?;
                    if let Some(folder) = folder.and_then(|folder| self.folders.get_mut(folder)) {
                        folder.name = name;
                    }
                }
                "description" => {
                    let text = html::plain(&self.xml.content()?).text;
                    if folder.is_some_and(|folder| self.folders[folder].is_document) {
                        self.introduction = text;
                    }
                }
                "ExtendedData" => self.document_data()?,
                "Style" => self.styles.read_style(&mut self.xml)?,
                "StyleMap" => self.styles.read_map(&mut self.xml)?,
                _ => self.leave()?,
            }
        }
        Ok(())
    }

    /// Passes over an element, and counts it if somebody may miss it.
    fn leave(&mut self) -> Result<(), ReadError> {
        if let Some((name, _)) = LEFT.iter().find(|(name, _)| *name == self.xml.name()) {
            *self.left.entry(name).or_default() += 1;
        }
        self.xml.skip()
    }

    fn document_data(&mut self) -> Result<(), ReadError> {
        while self.xml.child()? {
            let is_own =
                self.xml.name() == "Data" && self.xml.attribute("name").as_deref() == Some(own::NAME);
            let value = self.xml.content()?;
            if is_own && self.own.is_none() {
                self.own = OwnDataset::read(&value);
            }
        }
        Ok(())
    }

    fn placemark(&mut self, folder: Option<usize>) -> Result<(), ReadError> {
        self.xml.bound(self.looks.len(), MAX_XML_FEATURES, "placemarks")?;
        let mut feature = Feature {
            at: self.xml.at(),
            id: self.xml.attribute("id").unwrap_or_default(),
            ..Feature::default()
        };
        let mut look = Look { folder, ..Look::default() };
        let mut drawing = Drawing::default();
        let mut when = [String::new(), String::new()];
        let mut is_span = false;
        let mut address = String::new();
        while self.xml.child()? {
            match self.xml.name() {
                "name" => feature.name = self.xml.content()?,
                "description" => feature.description = html::plain(&self.xml.content()?),
                "Snippet" | "snippet" => {
                    let text = html::plain(&self.xml.content()?).text;
                    more(&mut feature, "snippet", text);
                }
                "address" => {
                    address = self.xml.content()?;
                    more(&mut feature, "address", address.clone());
                }
                "phoneNumber" => {
                    let number = self.xml.content()?;
                    more(&mut feature, "phoneNumber", number);
                }
                "link" => {
                    let url = self.xml.attribute("href").unwrap_or_default();
                    feature.sources.extend(source(&url));
                    self.xml.skip()?;
                }
                "author" => {
                    let author = self.xml.content()?;
                    more(&mut feature, "author", author);
                }
                "styleUrl" => look.style_url = self.xml.content()?,
                "Style" => look.style = Style::read(&mut self.xml)?,
                "TimeStamp" => when = self.text_of(["when", ""])?,
                "TimeSpan" => (when, is_span) = (self.text_of(["begin", "end"])?, true),
                "ExtendedData" => self.extended_data(&mut feature)?,
                "Model" => self.leave()?,
                _ if drawing.takes(self.xml.name()) => drawing.read(&mut self.xml, 0)?,
                _ => self.xml.skip()?,
            }
        }
        self.put_time(&mut feature, &drawing, when, is_span);
        put_place(&mut feature, &mut look, drawing, &address);
        if repeats(&feature.description.text, self.features.properties.pairs(&feature.properties)) {
            feature.description.text.clear();
        }
        self.features.all.push(feature);
        self.looks.push(look);
        Ok(())
    }

    /// The texts of two children of the element that was opened last.
    fn text_of(&mut self, names: [&str; 2]) -> Result<[String; 2], ReadError> {
        let mut texts = [String::new(), String::new()];
        while self.xml.child()? {
            match names.iter().position(|name| *name == self.xml.name()) {
                Some(which) => texts[which] = self.xml.content()?,
                None => self.xml.skip()?,
            }
        }
        Ok(texts)
    }

    /// A placemark's own time counts, else that of its track.
    fn put_time(&mut self, feature: &mut Feature, drawing: &Drawing, when: [String; 2], is_span: bool) {
        let (at, dates, more) = (feature.at, &mut self.features.dates, &mut feature.more);
        let is_empty = when.iter().all(String::is_empty);
        feature.time = match (&when, &drawing.whens) {
            ([stamp, _], _) if !is_empty && !is_span => dates.stamp("when", stamp, at, more),
            ([begin, end], _) if !is_empty => dates.span([begin, end], at, more),
            (_, Some([first, last])) => dates.span([first, last], at, more),
            _ => None,
        };
        feature.when = when;
    }

    /// What a placemark says by name: in plain pairs, in those of a schema, and in elements of others.
    fn extended_data(&mut self, feature: &mut Feature) -> Result<(), ReadError> {
        while self.xml.child()? {
            match self.xml.name() {
                "Data" => {
                    let name = self.xml.attribute("name").unwrap_or_default();
                    let [value, _] = self.text_of(["value", ""])?;
                    self.property(feature, name, value);
                }
                "SchemaData" => {
                    while self.xml.child()? {
                        if self.xml.name() == "SimpleData" {
                            let name = self.xml.attribute("name").unwrap_or_default();
                            let value = self.xml.content()?;
                            self.property(feature, name, value);
                        } else {
                            self.xml.skip()?;
                        }
                    }
                }
                _ => {
                    let name = self.xml.name().to_owned();
                    let value = self.xml.content()?;
                    self.property(feature, name, value);
                }
            }
        }
        Ok(())
    }

    fn property(&mut self, feature: &mut Feature, name: String, value: String) {
        if name == own::NAME
            && feature.own.is_none()
            && let Some(own) = Own::read(&value)
        {
            feature.own = Some(Box::new(own));
            return;
        }
        if !value.is_empty() {
            self.features.properties.add(&mut feature.properties, name, value);
        }
    }

    fn finish(mut self, input: &Input, progress: &Progress) -> Result<Dataset, ReadError> {
        let document = self.folders.iter().find(|folder| folder.is_document && !folder.name.is_empty());
        let first = || self.folders.iter().find(|folder| folder.parent.is_none() && !folder.name.is_empty());
        let title = document.or_else(first).map_or_else(|| title_of(input), |folder| folder.name.clone());
        self.put_kinds();
        self.put_tags();
        for (name, why) in LEFT {
            if let Some(count) = self.left.get(name) {
                self.features.notes.push(format!("{why} ({count} of <{name}>)"));
            }
        }
        if let Some(event_types) = self.own.as_ref().and_then(OwnDataset::event_types) {
            self.features.event_types = event_types;
        }
        let mut dataset = self.features.into_dataset(title, input, progress)?;
        dataset.introduction = self.introduction;
        if let Some(own) = self.own {
            own.put_into(&mut dataset);
        }
        Ok(dataset)
    }

    /// Says of which kind each feature is where its data does not: by folder, if there are some and they are no dates;
    /// else by style.
    fn put_kinds(&mut self) {
        let folders: Vec<Option<&str>> = self.looks.iter().map(|look| self.folder_name(look)).collect();
        let styles: Vec<(Option<String>, Option<Rgb>)> =
            self.looks.iter().map(|look| self.style_of(look)).collect();
        let different: HashSet<&str> = folders.iter().copied().flatten().collect();
        let looks: HashSet<&str> = styles.iter().filter_map(|(name, _)| name.as_deref()).collect();
        let dates = different.iter().filter(|name| is_date(name)).count();
        let have_folders = (2..=MAX_KINDS).contains(&different.len()) && 2 * dates <= different.len();
        let have_looks = (2..=MAX_KINDS).contains(&looks.len());
        let by_folder = have_folders || !have_looks;
        let kinds: Vec<(String, Option<Rgb>)> = folders
            .iter()
            .zip(&styles)
            .map(|(folder, (style, color))| {
                let kind =
                    if by_folder { folder.unwrap_or_default() } else { style.as_deref().unwrap_or_default() };
                (kind.to_owned(), *color)
            })
            .collect();
        if !by_folder {
            self.features.notes.push("event types are told apart by the styles of the file".to_owned());
        }
        for (feature, (kind, color)) in self.features.all.iter_mut().zip(kinds) {
            (feature.kind, feature.color) = (kind, color);
        }
    }

    /// The name of the innermost folder that has one.
    fn folder_name(&self, look: &Look) -> Option<&str> {
        self.path(look.folder).map(|folder| folder.name.as_str()).find(|name| !name.is_empty())
    }

    /// A folder and those around it, from the innermost on, without the document.
    fn path(&self, folder: Option<usize>) -> impl Iterator<Item = &Folder> {
        let folder_of = |number: usize| self.folders.get(number);
        std::iter::successors(folder.and_then(folder_of), move |folder| folder.parent.and_then(folder_of))
            .filter(|folder| !folder.is_document)
    }

    /// What a feature's style is called, and its colour.
    fn style_of(&self, look: &Look) -> (Option<String>, Option<Rgb>) {
        let silent = Style::default();
        let shared = self.styles.get(&look.style_url).unwrap_or(&silent);
        let color = look.style.over(shared).color(look.is_area, look.is_line);
        let name = styles::wordy_name(&look.style_url);
        (name.or_else(|| color.map(|color| styles::color_name(color).to_owned())), color)
    }

    fn put_tags(&mut self) {
        let tags: Vec<Vec<String>> = self
            .looks
            .iter()
            .map(|look| {
                let names = self.path(look.folder).map(|folder| folder.name.clone());
                let mut names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
                names.reverse();
                names.dedup();
                names
            })
            .collect();
        for (feature, tags) in self.features.all.iter_mut().zip(tags) {
            feature.tags = tags;
        }
    }
}

/// Whether a description says no more than the data does: Google's My Maps writes `name: value` of each once more.
fn repeats<'a>(description: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> bool {
    let mut rest = description.to_owned();
    for (name, value) in pairs {
        let said = format!("{name}: {value}");
        if let Some(at) = rest.find(&said) {
            rest.replace_range(at..at + said.len(), "");
        }
    }
    rest.trim().is_empty()
}

fn put_place(feature: &mut Feature, look: &mut Look, drawing: Drawing, address: &str) {
    if let (Some(altitude), None) = (&drawing.altitude, &feature.own) {
        more(feature, "altitude", altitude.clone());
    }
    feature.marker = drawing.marker();
    feature.place = match drawing.into_geometry() {
        Err(fault) => Spot::Wrong(fault),
        Ok(Geometry::Empty) if !address.is_empty() => {
            let reason = "has an address, but no coordinates; addresses are not looked up";
            Spot::Nowhere(Fault::new("address", address, reason))
        }
        Ok(Geometry::Empty) => Spot::default(),
        Ok(geometry) => {
            look.is_area = matches!(geometry, Geometry::Drawn(ShapeKind::Area, _));
            look.is_line = matches!(geometry, Geometry::Drawn(ShapeKind::Line, _));
            Spot::At(geometry)
        }
    };
}

fn more(feature: &mut Feature, name: &str, value: String) {
    if !value.is_empty() {
        feature.more.push((name.to_owned(), value));
    }
}

/// A link as a source, if it goes to the web.
fn source(url: &str) -> Option<Source> {
    let is_web = url.starts_with("http://") || url.starts_with("https://");
    is_web.then(|| Source {
        publisher: host_of(url).to_owned(),
        url: Some(url.to_owned()),
        ..Source::default()
    })
}

/// Whether a folder is called after a day, a month or a year.
fn is_date(name: &str) -> bool {
    iso_date(name).is_some_and(|date| date.precision >= TimePrecision::Day)
}
