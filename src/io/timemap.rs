//! TimeMap JSON, as Forensic Architecture and Bellingcat write it: an object with a list of `events`, or the list alone.
//!
//! An event has `id`, `date` and `time`, `latitude` and `longitude`, `location` and `description`, and the lists
//! `associations` (or `category` and `filters`) and `sources`. Other members are understood by their names as columns of
//! tables are, or kept as they are. The first association that names a category is the event type, all others are tags.
//! Lists of all `associations` and `sources` beside the events give these their titles and addresses.

use std::collections::HashMap;
use std::sync::Arc;

use super::geojson::{Kind, Members, Scanner, items_of, read_items, text_of};
use super::{Input, ReadError, ReadOptions};
use crate::model::{Dataset, Incident, Source};
use crate::progress::Progress;

/// The member that holds the events.
const LIST: &str = "events";

/// The members of an event that say what kind of event it is.
const KINDS: [&str; 5] = ["associations", "category", "categories", "filters", "filter"];

/// Whether a file begins as a TimeMap does: with a list of events, or of objects that have a latitude and no geometry.
pub(super) fn detect(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let has_list = || {
        let mut lists = text.match_indices("\"events\"");
        lists.any(|(at, name)| {
            let after = text[at + name.len()..].trim_start().strip_prefix(':');
            after.is_some_and(|after| after.trim_start().starts_with('['))
        })
    };
    match text.as_bytes().first() {
        Some(b'{') => has_list() && !text.contains("\"FeatureCollection\""),
        Some(b'[') => {
            text[1..].trim_start().starts_with('{')
                && text.contains("\"latitude\"")
                && text.contains("\"longitude\"")
                && !text.contains("\"geometry\"")
        }
        _ => false,
    }
}

/// Reads a dataset from a file.
pub(super) fn read_input(
    input: &Input,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Dataset, ReadError> {
    read_items(input, Kind::Events, LIST, options, progress)
}

/// What a file says of all of its events: the titles of associations, and the sources by identifier.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lists {
    associations: HashMap<String, Association>,
    sources: HashMap<String, Arc<Source>>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Association {
    title: String,
    /// Whether it filters or tells a story rather than naming a kind of event.
    is_tag: bool,
}

impl Lists {
    /// From the members beside the events, as far as the scanner has come.
    pub(super) fn of(scanner: &Scanner<'_>) -> Self {
        let mut lists = Self::default();
        for json in scanner.member("associations").and_then(items_of).unwrap_or_default() {
            let Ok(members) = serde_json::from_str::<Members<'_>>(json) else { continue };
            let text = |name: &str| members.get(name).map(text_of).unwrap_or_default();
            let (id, title, mode) = (text("id"), text("title"), text("mode"));
            let title = if title.is_empty() { id.clone() } else { title };
            let is_tag = !mode.is_empty() && !mode.eq_ignore_ascii_case("category");
            lists.associations.insert(id.into_owned(), Association { title: title.into_owned(), is_tag });
        }
        let sources = scanner.member("sources").unwrap_or("null");
        if let Ok(members) = serde_json::from_str::<Members<'_>>(sources) {
            let found = members
                .0
                .iter()
                .filter_map(|(id, json)| Some((id.clone().into_owned(), Arc::new(source_of(json, id)?))));
            lists.sources.extend(found);
        }
        for json in items_of(sources).unwrap_or_default() {
            if let Some(source) = source_of(json, "") {
                lists.sources.insert(source.id.clone(), Arc::new(source));
            }
        }
        lists
    }

    /// Whether the file has none.
    pub(super) fn is_empty(&self) -> bool {
        self.associations.is_empty() && self.sources.is_empty()
    }

    /// What an event is called to be: its first association that names a kind.
    pub(super) fn type_of(&self, event: &Members<'_>) -> String {
        let all = self.all_kinds(event);
        let first = all.iter().find(|kind| !kind.is_tag).or(all.first());
        first.map(|kind| kind.title.clone()).unwrap_or_default()
    }

    /// The associations of an event with their titles.
    fn all_kinds(&self, event: &Members<'_>) -> Vec<Association> {
        let mut all: Vec<Association> = Vec::new();
        for json in KINDS.iter().filter_map(|name| event.get(name)) {
            for item in items_of(json).unwrap_or_else(|| vec![json]) {
                let text = match serde_json::from_str::<Members<'_>>(item) {
                    Ok(members) => named(&members, all.is_empty()),
                    Err(_) => text_of(item).trim().to_owned(),
                };
                let kind = self.associations.get(&text).cloned();
                let kind = kind.unwrap_or(Association { title: text, is_tag: false });
                if !kind.title.is_empty() && !all.iter().any(|known| known.title == kind.title) {
                    all.push(kind);
                }
            }
        }
        all
    }

    /// Adds to an incident what its event says in lists.
    pub(super) fn add_to(&self, incident: &mut Incident, event: &Members<'_>) {
        let own_type = self.type_of(event);
        let tags =
            self.all_kinds(event).into_iter().map(|kind| kind.title).filter(|title| *title != own_type);
        incident.tags.extend(tags);
        incident.more.retain(|(name, _)| !KINDS.contains(&name.as_str()));
        let Some(items) = event.get("sources").and_then(items_of) else { return };
        incident.more.retain(|(name, _)| name != "sources");
        incident.sources = items.into_iter().filter_map(|json| self.source(json)).collect();
    }

    fn source(&self, json: &str) -> Option<Arc<Source>> {
        let text = text_of(json);
        match self.sources.get(text.as_ref()) {
            Some(known) => Some(Arc::clone(known)),
            None => source_of(json, "").map(Arc::new),
        }
    }
}

/// What an association is called. Bellingcat's have a key and a value; beside the first, the value alone would say too
/// little.
fn named(members: &Members<'_>, is_first: bool) -> String {
    let text = |name: &str| members.get(name).map(text_of).unwrap_or_default().trim().to_owned();
    let (key, value) = (text("key"), text("value"));
    match [text("title"), text("id")].into_iter().find(|it| !it.is_empty()) {
        Some(name) => name,
        None if is_first || key.is_empty() || value.is_empty() => value,
        None => format!("{key}: {value}"),
    }
}

/// A source as TimeMap writes it: an address, a name, or an object with `id`, `title`, `url`, `path` or `paths`, and `date`.
fn source_of(json: &str, id: &str) -> Option<Source> {
    let Ok(members) = serde_json::from_str::<Members<'_>>(json) else {
        let text = text_of(json).trim().to_owned();
        let is_url = text.starts_with("http://") || text.starts_with("https://");
        return match text {
            text if text.is_empty() => None,
            text if is_url => {
                Some(Source { publisher: host_of(&text).to_owned(), url: Some(text), ..Source::default() })
            }
            text => Some(Source { publisher: text, ..Source::default() }),
        };
    };
    let text = |name: &str| members.get(name).map(|json| text_of(json).into_owned()).unwrap_or_default();
    let paths = members.get("paths").and_then(items_of).unwrap_or_default();
    let url = [
        text("url"),
        text("link"),
        text("path"),
        paths.first().map_or_else(String::new, |path| text_of(path).into_owned()),
    ];
    // Some are held back and have a word instead.
    let url = url.into_iter().find(|url| url.contains("://"));
    let id = if id.is_empty() { text("id") } else { id.to_owned() };
    let mut publisher = [text("publisher"), text("author")].into_iter().find(|it| !it.is_empty());
    if publisher.is_none() {
        publisher = url.as_deref().map(|url| host_of(url).to_owned()).filter(|host| !host.is_empty());
    }
    let title =
        [text("title"), text("description")].into_iter().find(|it| !it.is_empty()).unwrap_or_default();
    Some(Source {
        publisher: publisher.unwrap_or_else(|| id.clone()),
        id,
        title,
        author: None,
        date: text("date").parse().ok(),
        url,
    })
}

/// The host of an address.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest).trim_start_matches("www.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::LonLat;
    use crate::io::read_bytes;

    const WHOLE: &str = r#"{
  "events": [
    {"id": "e1", "date": "2022-03-01", "time": "10:30", "latitude": "51.27", "longitude": "34.28",
     "location": "Tetkino", "description": "A <b>strike</b>", "associations": ["shelling", "verified"],
     "sources": ["s1", "https://www.example.org/post/1"]},
    {"id": "e2", "date": "2022-03-02", "latitude": "", "longitude": "", "description": "Nowhere"}
  ],
  "associations": [
    {"id": "shelling", "title": "Shelling", "mode": "CATEGORY"},
    {"id": "verified", "title": "Verified", "mode": "FILTER"}
  ],
  "sources": {"s1": {"id": "s1", "title": "A video", "paths": ["https://example.org/v"], "type": "Video"}}
}"#;

    #[test]
    fn associations_become_types_and_tags_and_sources_keep_their_addresses() {
        assert!(detect(WHOLE.as_bytes()));
        let dataset = read_bytes("map.json", WHOLE.as_bytes()).unwrap();
        assert_eq!(dataset.account.summary(), "rows 2: mapped 1, listed 1, rejected 0");
        let incident = dataset.incidents.at(0);
        assert_eq!((incident.id.as_str(), incident.place.name.as_str()), ("e1", "Tetkino"));
        assert_eq!(incident.place.position, LonLat::new(34.28, 51.27));
        assert_eq!(dataset.event_types[incident.event_type].label, "Shelling");
        assert_eq!(
            (incident.tags.as_slice(), incident.summary.as_str()),
            (&["Verified".to_owned()][..], "A strike")
        );
        let sources: Vec<_> =
            incident.sources.iter().map(|it| (it.publisher.as_str(), it.url.as_deref())).collect();
        assert_eq!(
            sources,
            [
                ("example.org", Some("https://example.org/v")),
                ("example.org", Some("https://www.example.org/post/1"))
            ]
        );
    }

    #[test]
    fn the_flat_export_is_read_by_the_same_names() {
        let flat = r#"[{"id":1,"date":"2022-03-01","latitude":51.27,"longitude":34.28,"location":"Sumy","description":"x","sources":["a"],"filters":["Fire","Night"]}]"#;
        assert!(detect(flat.as_bytes()) && !detect(b"[{\"type\":\"Feature\"}]"));
        let dataset = read_bytes("flat.json", flat.as_bytes()).unwrap();
        let incident = dataset.incidents.at(0);
        assert_eq!(dataset.event_types[incident.event_type].label, "Fire");
        assert_eq!(incident.tags, ["Night"]);
        assert_eq!(incident.sources[0].publisher, "a");
    }
}
