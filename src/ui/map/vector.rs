//! From the bytes of a vector tile to what walkers draws: decoded by [`crate::basemaps::mvt`], put into the words of the
//! embedded map, and drawn by the one style for all of them.

use std::collections::HashMap;

use eframe::egui::{Color32, Pos2, pos2};
use walkers::geo_types::{
    Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
};
use walkers::{Context, Drawable, Drawables, Style, StyleLayer, Text, json};

use crate::basemaps::mvt::{self, Feature, Shape};
use crate::basemaps::schema::{Cover, Kind, Place, Road, Schema};
use crate::basemaps::{MapFileError, tame};
use crate::limits;

/// Side of a vector tile on the screen, in points, at the zoom that it is made for.
pub const TILE_SIZE: u32 = 512;

/// A tile that can be drawn.
pub struct Decoded {
    /// Its shapes.
    pub drawables: Drawables,
    /// Its names.
    pub texts: Vec<Text>,
}

/// Shapes and names of a tile, before they are put together.
pub type Parts = (Vec<Drawable>, Vec<Text>);

/// Decodes a tile. `schema` is told by the tile itself where it is not known; `land` is what covers the ground where that
/// is not water.
pub fn decode(
    bytes: &[u8],
    schema: Option<Schema>,
    style: &Style,
    land: Color32,
    zoom: u8,
) -> Result<Decoded, MapFileError> {
    let (drawables, texts) = parts(bytes, schema, style, land, zoom)?;
    Ok(Decoded { drawables: Drawables::new(drawables), texts })
}

/// The same in pieces that can be looked at.
pub fn parts(
    bytes: &[u8],
    schema: Option<Schema>,
    style: &Style,
    land: Color32,
    zoom: u8,
) -> Result<Parts, MapFileError> {
    let layers = mvt::layers(bytes)?;
    let schema = schema.or_else(|| Schema::of_tile(&layers)).ok_or_else(|| {
        let names: Vec<&str> = layers.iter().map(|layer| layer.name).take(12).collect();
        MapFileError::Schema(names.join(", "))
    })?;
    let things = things(&layers, schema, zoom);
    let (mut drawables, mut texts) = (Vec::new(), Vec::new());
    for (index, layer) in style.layers.iter().enumerate() {
        draw_layer(layer, index, &things, &mut drawables, &mut texts);
    }
    if schema.ground_is_land()
        && let Some(ground) = drawables.first_mut()
    {
        *ground = Drawable::background(TILE_SIZE as f32, land);
    }
    Ok((drawables, texts))
}

/// Something that is drawn: its layer in the style, its shape, and what is said of it.
struct Thing {
    layer: &'static str,
    shape: Geometry<f32>,
    context: Context,
}

fn things(layers: &[mvt::Layer<'_>], schema: Schema, zoom: u8) -> Vec<Thing> {
    let mut room = mvt::Budget::default();
    let mut fills = tame::Budget::default();
    let mut dashed = 0.0;
    let mut things = Vec::new();
    for layer in layers.iter().filter(|layer| schema.draws(layer.name)) {
        for feature in layer.features(&mut room) {
            let Some(mut kind) = schema.kind(layer.name, &feature) else { continue };
            if let Kind::CountryBorder { disputed } | Kind::RegionBorder { disputed } = &mut kind {
                dashed += if *disputed { length(&feature.shape) } else { 0.0 };
                *disputed &= dashed <= limits::MAX_DASHED_SIDES;
            }
            let (name, properties) = words(kind, &feature);
            let Some((kind_of_shape, shape)) = geometry(feature.shape, &mut fills) else { continue };
            let context = Context::new(kind_of_shape.to_owned(), properties, zoom);
            things.push(Thing { layer: name, shape, context });
        }
    }
    things
}

fn draw_layer(
    layer: &StyleLayer,
    index: usize,
    things: &[Thing],
    drawables: &mut Vec<Drawable>,
    texts: &mut Vec<Text>,
) {
    let (source, filter) = match layer {
        StyleLayer::Background { paint } => {
            let nothing = Context::new(String::new(), HashMap::new(), 0);
            let color = paint.background_color.as_ref().map_or(Color32::WHITE, |it| it.evaluate(&nothing));
            drawables.push(Drawable::background(TILE_SIZE as f32, color));
            return;
        }
        StyleLayer::Fill { source_layer, filter, .. }
        | StyleLayer::Line { source_layer, filter, .. }
        | StyleLayer::Symbol { source_layer, filter, .. } => (source_layer, filter),
        StyleLayer::Circle { .. } | StyleLayer::Raster | StyleLayer::FillExtrusion => return,
    };
    for thing in things.iter().filter(|thing| source.matches(thing.layer)) {
        if filter.as_ref().is_some_and(|filter| !filter.matches(&thing.context)) {
            continue;
        }
        // A shape that cannot be tessellated is not drawn; the rest of the tile is.
        let drawn = match layer {
            StyleLayer::Fill { paint, .. } => {
                walkers::render_fill(&thing.shape, &thing.context, paint, drawables)
            }
            StyleLayer::Line { paint, .. } => {
                walkers::render_line(&thing.shape, &thing.context, paint, drawables)
            }
            StyleLayer::Symbol { layout, paint, minzoom, .. } => {
                walkers::render_symbol(&thing.shape, &thing.context, texts, layout, paint, *minzoom, index)
            }
            _ => Ok(()),
        };
        if let Err(error) = drawn {
            log::debug!("a shape of a tile is not drawn: {error}");
        }
    }
}

/// The style's words for a kind: its layer, and what the filters and labels ask for.
fn words(kind: Kind, feature: &Feature<'_, '_>) -> (&'static str, HashMap<String, walkers::Value>) {
    let mut properties = HashMap::new();
    let mut say = |key: &str, value: walkers::Value| drop(properties.insert(key.to_owned(), value));
    let layer = match kind {
        Kind::Land => "earth",
        Kind::Cover(cover) => {
            say("kind", json!(cover_word(cover)));
            "landcover"
        }
        Kind::Water => "water",
        Kind::River => {
            say("kind", json!("river"));
            "water"
        }
        Kind::WaterName(word) => {
            say("kind", json!(word));
            "water"
        }
        Kind::Road(road) => {
            say("kind", json!(road_word(road)));
            "roads"
        }
        Kind::RoadName(road) => {
            say("kind", json!(road_word(road)));
            "road_names"
        }
        Kind::Building => "buildings",
        Kind::CountryBorder { disputed } | Kind::RegionBorder { disputed } => {
            let is_country = matches!(kind, Kind::CountryBorder { .. });
            say("kind", json!(if is_country { "country" } else { "region" }));
            if disputed {
                say("disputed", json!(true));
            }
            "boundaries"
        }
        Kind::Place(place) => {
            match place {
                Place::Country => say("kind", json!("country")),
                Place::Region => say("kind", json!("region")),
                Place::Neighbourhood => say("kind", json!("neighbourhood")),
                Place::Locality { rank, capital } => {
                    say("kind", json!("locality"));
                    say("population_rank", json!(rank));
                    if capital {
                        say("capital", json!("yes"));
                    }
                }
            }
            "places"
        }
    };
    if let Some(people) = feature.number("population") {
        say("population", json!(people));
    }
    names(feature, &mut say);
    (layer, properties)
}

/// A feature's name in the languages that labels are written in. `name` is English in the embedded map and local in
/// others, which then have no `name:local`.
fn names(feature: &Feature<'_, '_>, say: &mut impl FnMut(&str, walkers::Value)) {
    let first = |keys: &[&str]| keys.iter().find_map(|key| feature.text(key));
    let Some(local) = first(&["name:local", "name"]) else { return };
    let english = first(&["name:en", "name_en", "name_int", "name:latin", "name"]).unwrap_or(local);
    say("name", json!(english));
    say("name:local", json!(local));
    for key in ["name:ru", "name:uk"] {
        if let Some(name) = feature.text(key) {
            say(key, json!(name));
        }
    }
}

fn cover_word(cover: Cover) -> &'static str {
    match cover {
        Cover::Urban => "urban_area",
        Cover::Wood => "wood",
        Cover::Green => "green",
        Cover::Sand => "sand",
        Cover::Ice => "ice",
    }
}

fn road_word(road: Road) -> &'static str {
    match road {
        Road::Highway => "highway",
        Road::Major => "major_road",
        Road::Minor => "minor_road",
        Road::Path => "path",
        Road::Rail => "rail",
    }
}

/// A shape as walkers takes it, in points of a tile, with what the style calls it. Polygons that are too wild to be
/// filled are left out.
fn geometry(shape: Shape, fills: &mut tame::Budget) -> Option<(&'static str, Geometry<f32>)> {
    let coord = |point: &mvt::Point| Coord { x: point[0] * TILE_SIZE as f32, y: point[1] * TILE_SIZE as f32 };
    let line = |points: &Vec<mvt::Point>| LineString(points.iter().map(coord).collect());
    Some(match shape {
        Shape::Points(points) => {
            ("Point", MultiPoint(points.iter().map(|point| Point(coord(point))).collect()).into())
        }
        Shape::Lines(lines) => ("LineString", MultiLineString(lines.iter().map(line).collect()).into()),
        Shape::Polygons(polygons) => {
            let tame = polygons.iter().filter(|polygon| fills.allows(polygon));
            let polygons: Vec<_> = tame
                .filter_map(|rings| rings.split_first())
                .map(|(outer, holes)| Polygon::new(line(outer), holes.iter().map(line).collect()))
                .collect();
            if polygons.is_empty() {
                return None;
            }
            ("Polygon", MultiPolygon(polygons).into())
        }
    })
}

/// How long lines are, in sides of the tile.
fn length(shape: &Shape) -> f32 {
    let Shape::Lines(lines) = shape else { return 0.0 };
    let at = |point: &mvt::Point| -> Pos2 { pos2(point[0], point[1]) };
    lines.iter().flat_map(|line| line.windows(2)).map(|pair| at(&pair[0]).distance(at(&pair[1]))).sum()
}
