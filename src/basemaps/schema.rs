//! Two schemas of vector tiles in the words of the embedded map, so that one style draws them all.
//!
//! The embedded map follows Protomaps' basemap schema (<https://docs.protomaps.com/basemaps/layers>) with layers and kinds
//! of its own choice; `OpenMapTiles` (<https://openmaptiles.org/schema/>) says the same things in other words. What
//! nothing is drawn for has no words.

use super::mvt::{Feature, Layer, Shape};

/// In whose words a vector tile speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Schema {
    /// Protomaps' basemap.
    Protomaps,
    /// `OpenMapTiles`.
    OpenMapTiles,
}

/// A layer of the style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Land.
    Land,
    /// What covers the land: see [`Cover`].
    Cover(Cover),
    /// Seas, lakes and wide rivers.
    Water,
    /// Rivers and canals as lines.
    River,
    /// The name of a water: see its word.
    WaterName(&'static str),
    /// A road or railway: see [`Road`].
    Road(Road),
    /// The name of a road, where it stands in a layer of its own.
    RoadName(Road),
    /// Buildings.
    Building,
    /// The border of a country.
    CountryBorder {
        /// Whether it is disputed.
        disputed: bool,
    },
    /// The border of a region.
    RegionBorder {
        /// Whether it is disputed.
        disputed: bool,
    },
    /// A place with a name.
    Place(Place),
}

/// What covers the land.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// Built-up areas.
    Urban,
    /// Woods.
    Wood,
    /// Parks and meadows.
    Green,
    /// Sand and rock.
    Sand,
    /// Glaciers.
    Ice,
}

/// How important a road is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Road {
    /// Motorways.
    Highway,
    /// Roads between towns.
    Major,
    /// Streets.
    Minor,
    /// Paths and tracks.
    Path,
    /// Railways.
    Rail,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A country.
    Country,
    /// A region.
    Region,
    /// A town, with its population rank as Protomaps counts it (1 to 16), and whether it is a country's capital.
    Locality {
        /// Population rank.
        rank: u8,
        /// Whether it is a capital.
        capital: bool,
    },
    /// A part of a town.
    Neighbourhood,
}

impl Schema {
    /// The schema that has these layers.
    #[must_use]
    pub fn of_layers(names: &[&str]) -> Option<Self> {
        let has = |name: &str| names.contains(&name);
        if ["earth", "places", "roads", "boundaries", "buildings"].iter().any(|name| has(name)) {
            return Some(Self::Protomaps);
        }
        let open = ["transportation", "water_name", "waterway", "place", "boundary", "transportation_name"];
        open.iter().any(|name| has(name)).then_some(Self::OpenMapTiles)
    }

    /// The schema of a tile, by its layers or, where they do not say, by the word that tells kinds apart in them.
    #[must_use]
    pub fn of_tile(layers: &[Layer<'_>]) -> Option<Self> {
        let names: Vec<&str> = layers.iter().map(|layer| layer.name).collect();
        let any_has = |key: &str| layers.iter().any(|layer| layer.has_key(key));
        Self::of_layers(&names)
            .or_else(|| any_has("kind").then_some(Self::Protomaps))
            .or_else(|| any_has("class").then_some(Self::OpenMapTiles))
    }

    /// Whether what no feature covers is land: `OpenMapTiles` has no land, only water.
    #[must_use]
    pub fn ground_is_land(self) -> bool {
        self == Self::OpenMapTiles
    }

    /// Whether anything of a layer is drawn.
    #[must_use]
    pub fn draws(self, layer: &str) -> bool {
        match self {
            Self::Protomaps => matches!(
                layer,
                "earth" | "landcover" | "landuse" | "water" | "roads" | "buildings" | "boundaries" | "places"
            ),
            Self::OpenMapTiles => matches!(
                layer,
                "water"
                    | "landcover"
                    | "landuse"
                    | "park"
                    | "waterway"
                    | "water_name"
                    | "transportation"
                    | "transportation_name"
                    | "building"
                    | "boundary"
                    | "place"
            ),
        }
    }

    /// What a feature of a layer is; `None` where nothing is drawn for it.
    #[must_use]
    pub fn kind(self, layer: &str, feature: &Feature<'_, '_>) -> Option<Kind> {
        match self {
            Self::Protomaps => protomaps(layer, feature),
            Self::OpenMapTiles => open_map_tiles(layer, feature),
        }
    }
}

fn protomaps(layer: &str, feature: &Feature<'_, '_>) -> Option<Kind> {
    // Before version 4 the key had a prefix.
    let kind = feature.text("kind").or_else(|| feature.text("pmap:kind")).unwrap_or_default();
    let is_area = matches!(feature.shape, Shape::Polygons(_));
    match layer {
        "earth" => is_area.then_some(Kind::Land),
        "landcover" | "landuse" => cover(kind).filter(|_| is_area).map(Kind::Cover),
        "water" => match feature.shape {
            Shape::Polygons(_) => Some(Kind::Water),
            Shape::Lines(_) => matches!(kind, "river" | "canal").then_some(Kind::River),
            Shape::Points(_) => water_name(kind).map(Kind::WaterName),
        },
        "roads" => Some(Kind::Road(match kind {
            "highway" => Road::Highway,
            "major_road" | "medium_road" => Road::Major,
            "minor_road" => Road::Minor,
            "path" => Road::Path,
            "rail" => Road::Rail,
            _ => return None,
        })),
        "buildings" => (is_area && kind != "address").then_some(Kind::Building),
        "boundaries" => {
            let disputed = feature.get("disputed").is_some() && feature.get("disputed") != Some(false.into());
            border(kind_of_border(kind, feature.number("pmap:min_admin_level")), disputed)
        }
        "places" => Some(Kind::Place(match kind {
            "country" => Place::Country,
            "region" | "state" => Place::Region,
            "locality" => {
                Place::Locality { rank: rank_of(feature), capital: feature.text("capital") == Some("yes") }
            }
            "neighbourhood" | "macrohood" => Place::Neighbourhood,
            _ => return None,
        })),
        _ => None,
    }
}

fn open_map_tiles(layer: &str, feature: &Feature<'_, '_>) -> Option<Kind> {
    let class = feature.text("class").unwrap_or_default();
    let is_area = matches!(feature.shape, Shape::Polygons(_));
    match layer {
        "water" => is_area.then_some(Kind::Water),
        "landcover" | "landuse" => cover(class).filter(|_| is_area).map(Kind::Cover),
        "park" => is_area.then_some(Kind::Cover(Cover::Green)),
        "waterway" => matches!(class, "river" | "canal").then_some(Kind::River),
        "water_name" => water_name(class).map(Kind::WaterName),
        "transportation" => road(class).map(Kind::Road),
        "transportation_name" => road(class).map(Kind::RoadName),
        "building" => is_area.then_some(Kind::Building),
        "boundary" if feature.is("maritime") => None,
        "boundary" => {
            let kind = feature.number("admin_level").map_or("", |level| match level as i64 {
                2 => "country",
                3 | 4 => "region",
                _ => "",
            });
            border(kind, feature.is("disputed"))
        }
        "place" => Some(Kind::Place(match class {
            "country" => Place::Country,
            "state" | "province" => Place::Region,
            "city" | "town" | "village" | "hamlet" => Place::Locality {
                rank: rank_by_class(class, feature.number("rank")),
                capital: feature.number("capital") == Some(2.0),
            },
            "suburb" | "quarter" | "neighbourhood" => Place::Neighbourhood,
            _ => return None,
        })),
        _ => None,
    }
}

impl From<bool> for super::mvt::Value<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

/// Before version 4 borders had no kind but a level.
fn kind_of_border(kind: &str, level: Option<f64>) -> &str {
    match level {
        Some(level) if kind.is_empty() && level <= 2.0 => "country",
        Some(level) if kind.is_empty() && level <= 4.0 => "region",
        _ => kind,
    }
}

fn border(kind: &str, disputed: bool) -> Option<Kind> {
    match kind {
        "country" | "unrecognized_country" => {
            Some(Kind::CountryBorder { disputed: disputed || kind != "country" })
        }
        "region" => Some(Kind::RegionBorder { disputed }),
        _ => None,
    }
}

/// The words of both schemas for what covers the land.
fn cover(kind: &str) -> Option<Cover> {
    Some(match kind {
        "urban_area" | "residential" | "industrial" | "commercial" | "retail" | "suburb" | "quarter"
        | "neighbourhood" => Cover::Urban,
        "forest" | "wood" => Cover::Wood,
        "park" | "garden" | "grass" | "grassland" | "meadow" | "golf_course" | "recreation_ground"
        | "village_green" | "playground" | "pitch" | "cemetery" | "allotments" | "national_park"
        | "nature_reserve" | "protected_area" | "zoo" | "stadium" => Cover::Green,
        "sand" | "beach" => Cover::Sand,
        "glacier" | "ice" => Cover::Ice,
        _ => return None,
    })
}

fn water_name(kind: &str) -> Option<&'static str> {
    ["ocean", "sea", "lake", "river"].into_iter().find(|word| *word == kind).or(match kind {
        "bay" | "strait" | "fjord" => Some("sea"),
        "water" | "reservoir" => Some("lake"),
        _ => None,
    })
}

fn road(class: &str) -> Option<Road> {
    Some(match class {
        "motorway" => Road::Highway,
        "trunk" | "primary" | "secondary" => Road::Major,
        "tertiary" | "minor" | "service" | "busway" | "raceway" => Road::Minor,
        "path" | "track" | "pedestrian" => Road::Path,
        "rail" => Road::Rail,
        _ => return None,
    })
}

/// A town's rank from its population where that is known, as the embedded map counts: files count differently.
fn rank_of(feature: &Feature<'_, '_>) -> u8 {
    let population = feature.number("population").filter(|people| *people > 0.0);
    let said = feature.number("population_rank").or_else(|| feature.number("pmap:population_rank"));
    population.map_or_else(|| said.unwrap_or(0.0).clamp(0.0, 16.0) as u8, rank_by_population)
}

fn rank_by_population(people: f64) -> u8 {
    /// The least population of the ranks 3 to 16.
    const RANKS: [f64; 14] = [200.0, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7];
    2 + RANKS.iter().filter(|least| people >= **least).count() as u8
}

/// `OpenMapTiles` counts the other way: 1 is the most important.
fn rank_by_class(class: &str, rank: Option<f64>) -> u8 {
    match (class, rank.unwrap_or(99.0) as i64) {
        ("city", ..=2) => 14,
        ("city", 3) => 13,
        ("city", 4..=5) => 12,
        ("city", 6..=7) => 11,
        ("city", _) => 10,
        ("town", ..=10) => 9,
        ("town", _) => 8,
        ("village", _) => 5,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::super::mvt::tests::{Made, layer, line, point, square};
    use super::super::mvt::{Budget, layers};
    use super::*;

    fn kinds(schema: Schema, name: &str, features: &[Made<'_>]) -> Vec<Option<Kind>> {
        let tile = layer(name, features);
        let layers = layers(&tile).unwrap();
        let mut budget = Budget::default();
        layers[0].features(&mut budget).map(|feature| schema.kind(name, &feature)).collect()
    }

    #[test]
    fn the_two_schemas_are_told_apart_by_their_layers_or_their_words() {
        assert_eq!(Schema::of_layers(&["water", "earth"]), Some(Schema::Protomaps));
        assert_eq!(Schema::of_layers(&["water", "transportation"]), Some(Schema::OpenMapTiles));
        assert_eq!(Schema::of_layers(&["parcels"]), None);
        let ocean = layer("water", &[(3, square(0, 4096), &[("class", "ocean")])]);
        assert_eq!(Schema::of_tile(&layers(&ocean).unwrap()), Some(Schema::OpenMapTiles));
        let ocean = layer("water", &[(3, square(0, 4096), &[("kind", "ocean")])]);
        assert_eq!(Schema::of_tile(&layers(&ocean).unwrap()), Some(Schema::Protomaps));
    }

    #[test]
    fn the_same_thing_has_the_same_word_in_both() {
        let way = || line(&[[0, 0], [9, 9]]);
        let city = Some(Kind::Place(Place::Locality { rank: 10, capital: false }));
        assert_eq!(kinds(Schema::OpenMapTiles, "place", &[(1, point(1, 1), &[("class", "city")])]), [city]);
        assert_eq!(
            kinds(Schema::Protomaps, "roads", &[(2, way(), &[("kind", "highway")])]),
            kinds(Schema::OpenMapTiles, "transportation", &[(2, way(), &[("class", "motorway")])])
        );
        assert_eq!(
            kinds(Schema::Protomaps, "landuse", &[(3, square(0, 9), &[("kind", "wood")])]),
            kinds(Schema::OpenMapTiles, "landcover", &[(3, square(0, 9), &[("class", "wood")])])
        );
        assert_eq!(kinds(Schema::OpenMapTiles, "poi", &[(1, point(1, 1), &[("class", "shop")])]), [None]);
    }

    #[test]
    fn a_disputed_border_stays_one() {
        let way = || line(&[[0, 0], [9, 9]]);
        let found = kinds(
            Schema::Protomaps,
            "boundaries",
            &[
                (2, way(), &[("kind", "country"), ("disputed", "yes")]),
                (2, way(), &[("kind", "country")]),
                (2, way(), &[("kind", "county")]),
            ],
        );
        let country = |disputed| Some(Kind::CountryBorder { disputed });
        assert_eq!(found, [country(true), country(false), None]);
    }

    #[test]
    fn ranks_grow_with_the_population() {
        assert_eq!([0.5, 200.0, 9_999.0, 10_000.0, 1e6, 3e7].map(rank_by_population), [2, 3, 6, 7, 13, 16]);
        assert!(rank_by_class("city", Some(1.0)) > rank_by_class("town", Some(1.0)));
    }
}
