//! How vector maps are drawn: a style for walkers, made from the theme's colours, and the classes of labels that
//! [`super::labels`] places.
//!
//! Layer and attribute names are those of the embedded map, which follow the Protomaps basemap schema;
//! `assets/basemap/README.md` lists those that the archive has. Maps of one's own and of servers have more, down to
//! streets and buildings; [`super::vector`] puts them into these words.

use eframe::egui::Color32;
use walkers::Style;
use walkers::json;

use crate::state::LabelLanguage;
use crate::ui::theme::{MapPalette, Palette, hex};

/// A kind of label on the map, from the most important to the least.
#[derive(Debug, Clone, Copy)]
pub struct LabelClass {
    layer: &'static str,
    filter: Filter,
    /// Lowest map zoom at which it appears.
    min_zoom: f32,
    /// Size of the text in points, at the lowest zoom and from three zooms on.
    size: [f32; 2],
    color: fn(&MapPalette) -> Color32,
    /// How it stands on its point.
    pub stand: Stand,
    /// Whether it is set in capitals.
    pub capitals: bool,
}

/// How a label stands on its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// Centred on it.
    Centered,
    /// Beside a dot.
    Dot,
    /// Beside a dot with a ring.
    Capital,
    /// Along a line, turned as it runs.
    Along,
}

/// Population rank from which a capital is more than any town of its size: about ten thousand inhabitants.
const CAPITAL_RANK: u8 = 7;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Filter {
    Kind(&'static str),
    Country,
    Capital,
    /// Towns whose population rank lies from the first to below the second.
    Rank(u8, u8),
    /// Lines of this kind that have a name.
    Line(&'static str),
}

/// The layers that hold lines with names.
const LINE_NAMES: &str = "roads+names";

/// All classes. The order is the order of importance: where two labels collide, the earlier class stays.
pub const LABEL_CLASSES: &[LabelClass] = &[
    label("places", Filter::Country, 1.5, [11.0, 14.0], |map| map.country, Stand::Centered, true),
    label("places", Filter::Capital, 3.4, [11.5, 14.0], |map| map.city, Stand::Capital, true),
    label("places", Filter::Rank(14, 99), 3.8, [11.5, 14.0], |map| map.city, Stand::Dot, false),
    label("places", Filter::Rank(13, 14), 4.4, [11.5, 14.0], |map| map.city, Stand::Dot, false),
    label("places", Filter::Rank(12, 13), 5.0, [11.5, 13.5], |map| map.city, Stand::Dot, false),
    label("water", Filter::Kind("ocean"), 1.0, [12.0, 14.0], |map| map.water_name, Stand::Centered, false),
    label("water", Filter::Kind("sea"), 2.6, [11.0, 13.0], |map| map.water_name, Stand::Centered, false),
    label("places", Filter::Rank(11, 12), 5.4, [11.0, 13.0], |map| map.town, Stand::Dot, false),
    label("places", Filter::Kind("region"), 6.3, [10.0, 11.0], |map| map.region, Stand::Centered, true),
    label("places", Filter::Rank(10, 11), 6.4, [11.0, 13.0], |map| map.town, Stand::Dot, false),
    label("places", Filter::Rank(9, 10), 7.0, [11.0, 12.5], |map| map.town, Stand::Dot, false),
    label("places", Filter::Rank(7, 9), 7.7, [11.0, 12.0], |map| map.town, Stand::Dot, false),
    label("water", Filter::Kind("lake"), 6.0, [10.5, 12.0], |map| map.water_name, Stand::Centered, false),
    label("places", Filter::Rank(5, 7), 8.5, [10.5, 12.0], |map| map.town, Stand::Dot, false),
    label("places", Filter::Rank(0, 5), 9.4, [10.5, 12.0], |map| map.town, Stand::Dot, false),
    label("water", Filter::Kind("river"), 6.6, [10.0, 11.0], |map| map.water_name, Stand::Centered, false),
    label(
        "places",
        Filter::Kind("neighbourhood"),
        12.0,
        [10.5, 12.0],
        |map| map.region,
        Stand::Centered,
        true,
    ),
    label(LINE_NAMES, Filter::Line("highway"), 12.5, [10.0, 11.0], |map| map.town, Stand::Along, false),
    label(LINE_NAMES, Filter::Line("major_road"), 13.5, [10.0, 11.5], |map| map.town, Stand::Along, false),
    label(LINE_NAMES, Filter::Line("minor_road"), 14.8, [10.0, 11.5], |map| map.town, Stand::Along, false),
];

const fn label(
    layer: &'static str,
    filter: Filter,
    min_zoom: f32,
    size: [f32; 2],
    color: fn(&MapPalette) -> Color32,
    stand: Stand,
    capitals: bool,
) -> LabelClass {
    LabelClass { layer, filter, min_zoom, size, color, stand, capitals }
}

impl LabelClass {
    /// Its colour in a theme.
    #[must_use]
    pub fn color(&self, map: &MapPalette) -> Color32 {
        (self.color)(map)
    }

    /// Whether it names a sea, a lake or a river.
    #[must_use]
    pub fn is_water(&self) -> bool {
        self.layer == "water"
    }
}

/// What a style is made for; tiles drawn for one key are of no use for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StyleKey {
    /// Dark theme.
    pub dark: bool,
    /// Language of the labels.
    pub language: LabelLanguage,
}

/// The style for a key.
#[must_use]
pub fn style(key: StyleKey) -> Style {
    let theme = if key.dark { eframe::egui::Theme::Dark } else { eframe::egui::Theme::Light };
    let map = &Palette::of(theme).map;
    let mut layers = ground(map);
    layers.extend(lines(map));
    layers.extend(LABEL_CLASSES.iter().rev().map(|class| symbol(class, map, key.language)));
    // The layers are ours and a test reads them; an unreadable one would only leave the map empty.
    serde_json::from_value(json!({ "layers": layers })).unwrap_or_default()
}

/// The class of a label that walkers made from style layer `layer`.
#[must_use]
pub fn class_of(layer: usize, layer_count: usize) -> Option<usize> {
    layer_count.checked_sub(1 + layer).filter(|&class| class < LABEL_CLASSES.len())
}

/// Zoom stops are written for the map's zoom; a style means the tile's, which is one less.
fn stops(stops: &[(f64, f64)]) -> serde_json::Value {
    let mut expression = vec![json!("interpolate"), json!(["linear"]), json!(["zoom"])];
    for &(map_zoom, value) in stops {
        expression.push(json!(map_zoom - 1.0));
        expression.push(json!(value));
    }
    json!(expression)
}

fn ground(map: &MapPalette) -> Vec<serde_json::Value> {
    let polygon = json!(["==", ["geometry-type"], "Polygon"]);
    let cover = |kind: &str, color: Color32| {
        json!({"type": "fill", "source-layer": "landcover", "filter": ["==", ["get", "kind"], kind],
            "paint": {"fill-color": hex(color)}})
    };
    vec![
        json!({"type": "background", "paint": {"background-color": hex(map.water)}}),
        json!({"type": "fill", "source-layer": "earth", "filter": polygon, "paint": {"fill-color": hex(map.land)}}),
        cover("urban_area", map.urban),
        cover("green", map.green),
        cover("wood", map.wood),
        cover("sand", map.sand),
        cover("ice", map.ice),
        json!({"type": "fill", "source-layer": "water", "filter": polygon, "paint": {"fill-color": hex(map.water)}}),
    ]
}

fn lines(map: &MapPalette) -> Vec<serde_json::Value> {
    let river = json!(["all", ["==", ["geometry-type"], "LineString"], ["==", ["get", "kind"], "river"]]);
    let border = |kind: &str, disputed: bool| {
        let disputed = if disputed { json!(["has", "disputed"]) } else { json!(["!", ["has", "disputed"]]) };
        json!(["all", ["==", ["get", "kind"], kind], disputed])
    };
    let line = |layer: &str, filter: serde_json::Value, color: Color32, width: serde_json::Value| {
        json!({"type": "line", "source-layer": layer, "filter": filter,
            "paint": {"line-color": hex(color), "line-width": width}})
    };
    let country_width = stops(&[(2.0, 0.6), (5.0, 1.1), (10.0, 2.0)]);
    let mut lines =
        vec![line("water", river, map.river, stops(&[(3.0, 0.5), (7.0, 1.2), (10.0, 2.2), (15.0, 5.0)]))];
    lines.extend(roads(map));
    lines.extend([
        line("boundaries", border("region", false), map.region_line, stops(&[(4.0, 0.5), (9.0, 1.2)])),
        json!({"type": "line", "source-layer": "boundaries", "filter": border("region", true),
            "paint": {"line-color": hex(map.country_line), "line-width": country_width, "line-dasharray": [3, 2.5]}}),
        line("boundaries", border("country", false), map.country_line, country_width.clone()),
        json!({"type": "line", "source-layer": "boundaries", "filter": border("country", true),
            "paint": {"line-color": hex(map.country_line), "line-width": country_width, "line-dasharray": [3, 2.5]}}),
    ]);
    lines
}

/// Railways, streets and roads, the edges of all below the roads themselves so that crossings stay open.
fn roads(map: &MapPalette) -> Vec<serde_json::Value> {
    /// What the edge adds to a road's width.
    const EDGE: f64 = 1.4;
    let of = |kind: &str, color: Color32, width: serde_json::Value| {
        json!({"type": "line", "source-layer": "roads", "filter": ["==", ["get", "kind"], kind],
            "paint": {"line-color": hex(color), "line-width": width}})
    };
    let wider = |widths: &[(f64, f64)]| {
        stops(&widths.iter().map(|&(zoom, width)| (zoom, width + EDGE)).collect::<Vec<_>>())
    };
    let buildings = json!({"type": "fill", "source-layer": "buildings",
        "filter": ["==", ["geometry-type"], "Polygon"], "paint": {"fill-color": hex(map.building)}});
    let minor = [(12.0, 0.4), (14.0, 1.4), (16.0, 4.0), (18.0, 9.0)];
    let major = [(6.0, 0.3), (9.0, 0.9), (12.0, 2.0), (15.0, 5.0), (18.0, 12.0)];
    let highway = [(5.0, 0.4), (9.0, 1.4), (12.0, 2.8), (15.0, 6.5), (18.0, 14.0)];
    vec![
        buildings,
        of("path", map.path, stops(&[(13.0, 0.6), (17.0, 1.6)])),
        of("rail", map.rail, stops(&[(6.0, 0.6), (10.0, 1.2), (16.0, 2.0)])),
        of("minor_road", map.road_edge, wider(&minor)),
        of("major_road", map.road_edge, wider(&major)),
        of("highway", map.road_edge, wider(&highway)),
        of("minor_road", map.road, stops(&minor)),
        of("major_road", map.road, stops(&major)),
        of("highway", map.highway, stops(&highway)),
    ]
}

fn symbol(class: &LabelClass, map: &MapPalette, language: LabelLanguage) -> serde_json::Value {
    let is_point = json!(["==", ["geometry-type"], "Point"]);
    let kind = |kind: &str| json!(["==", ["get", "kind"], kind]);
    let filter = match class.filter {
        Filter::Kind(name) => json!(["all", is_point, kind(name)]),
        Filter::Country => json!(["all", is_point, kind("country")]),
        Filter::Capital => json!([
            "all",
            is_point,
            kind("locality"),
            ["==", ["get", "capital"], "yes"],
            [">=", ["get", "population_rank"], CAPITAL_RANK]
        ]),
        Filter::Rank(from, below) => json!([
            "all",
            is_point,
            kind("locality"),
            [">=", ["get", "population_rank"], from],
            ["<", ["get", "population_rank"], below]
        ]),
        Filter::Line(name) => {
            json!(["all", ["==", ["geometry-type"], "LineString"], ["has", "name"], kind(name)])
        }
    };
    let layers = if class.layer == LINE_NAMES { json!(["roads", "road_names"]) } else { json!(class.layer) };
    let size = stops(&[
        (f64::from(class.min_zoom), f64::from(class.size[0])),
        (f64::from(class.min_zoom) + 3.0, f64::from(class.size[1])),
    ]);
    json!({"type": "symbol", "source-layer": layers, "filter": filter, "minzoom": class.min_zoom - 1.0,
        // The padding is not drawn: it carries the population, by which labels of one class give way to each other.
        "layout": {"text-field": text_field(language), "text-size": size,
            "text-padding": ["coalesce", ["get", "population"], 0]},
        "paint": {"text-color": hex((class.color)(map))}})
}

/// Stands between a name and the English one that takes its place where no font has its script.
const FALLBACK_SEPARATOR: char = '\u{1F}';

fn text_field(language: LabelLanguage) -> serde_json::Value {
    let english = json!(["coalesce", ["get", "name:en"], ["get", "name"]]);
    let first = match language {
        LabelLanguage::English => return english,
        LabelLanguage::Local => "name:local",
        LabelLanguage::Russian => "name:ru",
        LabelLanguage::Ukrainian => "name:uk",
    };
    json!(["concat", ["coalesce", ["get", first], english], FALLBACK_SEPARATOR.to_string(), english])
}

/// The name to write: the one in the chosen language, or the English one where `can_write` says no.
#[must_use]
pub fn written_name(text: &str, can_write: impl FnOnce(&str) -> bool) -> &str {
    match text.split_once(FALLBACK_SEPARATOR) {
        None => text,
        Some((name, _)) if can_write(name) => name,
        Some((_, english)) => english,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_script_that_no_font_has_is_written_in_english() {
        assert_eq!(written_name("東京\u{1F}Tokyo", |_| false), "Tokyo");
        assert_eq!(written_name("Київ\u{1F}Kyiv", |name| name == "Київ"), "Київ");
        assert_eq!(written_name("Kyiv", |_| false), "Kyiv");
    }

    #[test]
    fn every_style_can_be_read_and_ends_with_the_labels() {
        for dark in [false, true] {
            for language in LabelLanguage::ALL {
                let style = style(StyleKey { dark, language });
                let count = style.layers.len();
                assert!(count > LABEL_CLASSES.len());
                assert_eq!(class_of(count - 1, count), Some(0), "the last layer is the most important label");
                assert_eq!(class_of(count - LABEL_CLASSES.len(), count), Some(LABEL_CLASSES.len() - 1));
                assert_eq!(class_of(0, count), None);
            }
        }
    }
}
