//! The online maps that there are to choose from, and a reader's own, each within what its provider asks for.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::template::{TemplateProblem, UrlTemplate, host_of};
use crate::limits::{MAX_ATTRIBUTION_CHARS, MAX_MAP_NAME_CHARS};
use crate::t;

/// The last zoom that a reader's own map may have.
pub const MAX_CUSTOM_ZOOM: u8 = 24;

const DAY: Duration = Duration::from_hours(24);

/// An online map that the program knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KnownMap {
    /// The map of openstreetmap.org, as pictures.
    OpenStreetMap,
    /// The map of openfreemap.org, as vector tiles in the schema of `OpenMapTiles`.
    OpenFreeMap,
    /// The topographic map of opentopomap.org, as pictures.
    OpenTopoMap,
}

impl KnownMap {
    /// All of them, in the order of menus.
    pub const ALL: [Self; 3] = [Self::OpenStreetMap, Self::OpenFreeMap, Self::OpenTopoMap];
}

/// Who made a map, to be shown as long as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// What is shown.
    pub text: Cow<'static, str>,
    /// The page that it leads to: an address with `https`.
    pub link: Option<&'static str>,
}

/// What the tiles of a map are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Pictures: PNG, JPEG or WebP.
    Raster,
    /// Vector tiles (MVT).
    Vector,
    /// Whatever comes: told by its first bytes.
    Any,
}

/// Where the addresses of a map's tiles come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// From the template.
    Template(UrlTemplate),
    /// From a description (`TileJSON`) that is fetched first, since the addresses change with every edition of the map.
    TileJson(Url),
}

/// An online map and what its provider asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// What people call it.
    pub name: Cow<'static, str>,
    /// Who made it.
    pub attribution: Attribution,
    /// What its tiles are.
    pub content: Content,
    /// The last zoom that has tiles. Beyond it, tiles of this zoom are drawn larger.
    pub max_zoom: u8,
    /// Side of a tile on the screen, in points, at the zoom that it is made for.
    pub tile_size_px: u32,
    /// Requests at the same time, at least two.
    pub(super) parallel: usize,
    /// How long a tile is good for where the server does not say.
    pub(super) keep: Duration,
    pub(super) source: Source,
    hosts: Vec<String>,
    shown_host: String,
}

impl Provider {
    /// A map that the program knows. `None` would be a mistake in the table below, which a test rules out.
    #[must_use]
    pub fn known(map: KnownMap) -> Option<Self> {
        match map {
            // https://operations.osmfoundation.org/policies/tiles/: this address, an honest User-Agent, attribution,
            // tiles kept as long as the server says or else seven days, nothing fetched in advance. Two connections at
            // a time, as it has asked of programs that are no browsers.
            KnownMap::OpenStreetMap => Self {
                name: "OpenStreetMap".into(),
                attribution: Attribution {
                    text: "© OpenStreetMap contributors".into(),
                    link: Some("https://www.openstreetmap.org/copyright"),
                },
                content: Content::Raster,
                max_zoom: 19,
                tile_size_px: 256,
                parallel: 2,
                keep: 7 * DAY,
                ..Self::of_template("https://tile.openstreetmap.org/{z}/{x}/{y}.png").ok()?
            },
            // https://openfreemap.org: no limit on requests; the addresses of the tiles change weekly and stand in the
            // TileJSON. Six connections, as browsers do.
            KnownMap::OpenFreeMap => Self {
                name: "OpenFreeMap".into(),
                attribution: Attribution {
                    text: "OpenFreeMap © OpenMapTiles, data from OpenStreetMap".into(),
                    link: Some("https://openfreemap.org"),
                },
                content: Content::Vector,
                max_zoom: 14,
                tile_size_px: 512,
                parallel: 6,
                keep: 7 * DAY,
                ..Self::of_tile_json("https://tiles.openfreemap.org/planet").ok()?
            },
            // https://opentopomap.org/about: attribution in these words; a small server, so two connections.
            KnownMap::OpenTopoMap => Self {
                name: "OpenTopoMap".into(),
                attribution: Attribution {
                    text:
                        "Map data: © OpenStreetMap contributors, SRTM | map style: © OpenTopoMap (CC-BY-SA)"
                            .into(),
                    link: Some("https://opentopomap.org/about"),
                },
                content: Content::Raster,
                max_zoom: 17,
                tile_size_px: 256,
                parallel: 2,
                keep: 7 * DAY,
                ..Self::of_template("https://{s}.tile.opentopomap.org/{z}/{x}/{y}.png").ok()?
            },
        }
        .into()
    }

    /// A map of the reader's own, if it can be one.
    pub fn custom(map: &CustomMap) -> Result<Self, CustomProblem> {
        let path = map.template.split(['?', '#']).next().unwrap_or_default().trim();
        let is_vector = [".pbf", ".mvt"].iter().any(|ending| path.to_ascii_lowercase().ends_with(ending));
        Ok(Self {
            content: if is_vector { Content::Vector } else { Content::Any },
            name: line(&map.name, MAX_MAP_NAME_CHARS).ok_or(CustomProblem::Name)?.into(),
            attribution: Attribution {
                text: line(&map.attribution, MAX_ATTRIBUTION_CHARS).ok_or(CustomProblem::Attribution)?.into(),
                link: None,
            },
            max_zoom: Some(map.max_zoom)
                .filter(|zoom| *zoom <= MAX_CUSTOM_ZOOM)
                .ok_or(CustomProblem::Zoom)?,
            tile_size_px: Some(map.tile_size_px)
                .filter(|size| [256, 512].contains(size))
                .ok_or(CustomProblem::TileSize)?,
            ..Self::of_template(&map.template)?
        })
    }

    /// A map whose description (`TileJSON`) lies at this address.
    pub fn of_tile_json(address: &str) -> Result<Self, TemplateProblem> {
        let url = super::template::parse_url(address)?;
        let host = host_of(&url).ok_or(TemplateProblem::NotAnAddress)?;
        Ok(Self::of_source(Source::TileJson(url), vec![host.clone()], host))
    }

    fn of_template(text: &str) -> Result<Self, TemplateProblem> {
        let template = UrlTemplate::parse(text)?;
        let (hosts, shown) = (template.hosts().to_vec(), template.shown_host().to_owned());
        Ok(Self::of_source(Source::Template(template), hosts, shown))
    }

    fn of_source(source: Source, hosts: Vec<String>, shown_host: String) -> Self {
        Self {
            name: shown_host.clone().into(),
            attribution: Attribution { text: shown_host.clone().into(), link: None },
            content: Content::Any,
            max_zoom: 19,
            tile_size_px: 256,
            parallel: 4,
            keep: DAY,
            source,
            hosts,
            shown_host,
        }
    }

    /// The servers that it asks and no others, in ASCII, each with its port where that is not the usual one.
    #[must_use]
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// The name under which a reader knows its servers: what is shown before anything is asked of them.
    #[must_use]
    pub fn shown_host(&self) -> &str {
        &self.shown_host
    }
}

/// A map of the reader's own, as settings keep it; [`Provider::custom`] checks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomMap {
    /// What the reader calls it.
    pub name: String,
    /// Who made it, to be shown as long as it is.
    pub attribution: String,
    /// The address of each tile: see [`UrlTemplate`].
    pub template: String,
    /// The last zoom that has tiles.
    pub max_zoom: u8,
    /// Side of a tile on the screen, in points: 256 or 512.
    pub tile_size_px: u32,
}

/// Why a map of the reader's own cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomProblem {
    /// It has no name, or one that is longer than a line.
    Name,
    /// It has no attribution, or one that is longer than a line.
    Attribution,
    /// Its last zoom is beyond that of any map.
    Zoom,
    /// Its tiles have a size that is not used.
    TileSize,
    /// Its address cannot be one.
    Template(TemplateProblem),
}

impl std::error::Error for CustomProblem {}

impl fmt::Display for CustomProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Self::Name => t!("custom-map-name", limit = MAX_MAP_NAME_CHARS),
            Self::Attribution => t!("custom-map-attribution", limit = MAX_ATTRIBUTION_CHARS),
            Self::Zoom => t!("custom-map-zoom", limit = usize::from(MAX_CUSTOM_ZOOM)),
            Self::TileSize => t!("custom-map-tile-size").into(),
            Self::Template(problem) => problem.to_string(),
        })
    }
}

impl From<TemplateProblem> for CustomProblem {
    fn from(problem: TemplateProblem) -> Self {
        Self::Template(problem)
    }
}

/// One line of text with something in it.
fn line(text: &str, max_chars: usize) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= max_chars && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> CustomMap {
        CustomMap {
            name: "Mine".to_owned(),
            attribution: "© me".to_owned(),
            template: "https://example.org/{z}/{x}/{y}.png".to_owned(),
            max_zoom: 18,
            tile_size_px: 256,
        }
    }

    #[test]
    fn every_known_map_names_its_maker_and_its_server_and_keeps_to_its_policy() {
        for map in KnownMap::ALL {
            let provider = Provider::known(map).unwrap();
            assert!(provider.attribution.text.contains("OpenStreetMap"), "{map:?}");
            assert!(provider.attribution.link.unwrap().starts_with("https://"), "{map:?}");
            assert!(!provider.hosts().is_empty() && provider.shown_host().ends_with(".org"), "{map:?}");
            assert!(provider.keep >= 7 * DAY && (2..=6).contains(&provider.parallel), "{map:?}");
        }
        assert_eq!(Provider::known(KnownMap::OpenStreetMap).unwrap().parallel, 2);
    }

    #[test]
    fn a_map_of_ones_own_needs_a_name_an_attribution_and_an_address() {
        let provider = Provider::custom(&own()).unwrap();
        assert_eq!((provider.name.as_ref(), provider.shown_host()), ("Mine", "example.org"));
        let wrong = |change: fn(&mut CustomMap)| {
            let mut map = own();
            change(&mut map);
            Provider::custom(&map).unwrap_err()
        };
        assert_eq!(wrong(|map| map.name = " ".to_owned()), CustomProblem::Name);
        assert_eq!(wrong(|map| map.name = "a\u{1b}[31m".to_owned()), CustomProblem::Name);
        assert_eq!(wrong(|map| map.attribution = "x".repeat(201)), CustomProblem::Attribution);
        assert_eq!(wrong(|map| map.max_zoom = 99), CustomProblem::Zoom);
        assert_eq!(wrong(|map| map.tile_size_px = 0), CustomProblem::TileSize);
        assert!(matches!(wrong(|map| map.template = "x".to_owned()), CustomProblem::Template(_)));
    }
}
