//! The embedded map as it is shipped: what the archive says of itself, that every tile can be drawn, and that the
//! places and borders that matter most are where they should be.

#![cfg(feature = "gui")]
// A helper that fails is a test that fails.
#![allow(clippy::expect_used, clippy::panic)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use dateline::basemaps::schema::Schema;
use dateline::geo::LonLat;
use dateline::state::LabelLanguage;
use dateline::tiles::TileId;
use dateline::ui::map::archive::{Archive, EMBEDDED};
use dateline::ui::map::style::{StyleKey, style};
use dateline::ui::map::vector::{TILE_SIZE, parts};
use eframe::egui::Color32;
use walkers::{Drawable, Style, Text};

/// Counts what walkers complains about while it decodes.
struct Complaints(AtomicUsize);

static COMPLAINTS: Complaints = Complaints(AtomicUsize::new(0));

impl log::Log for Complaints {
    fn enabled(&self, metadata: &log::Metadata) -> bool {
        metadata.level() <= log::Level::Warn
    }

    fn log(&self, record: &log::Record) {
        if self.enabled(record.metadata()) {
            eprintln!("{}: {}", record.target(), record.args());
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn flush(&self) {}
}

fn archive() -> Archive {
    Archive::open(EMBEDDED).expect("the embedded archive opens")
}

fn light() -> Style {
    style(StyleKey { dark: false, language: LabelLanguage::English })
}

fn tile_over(position: LonLat, zoom: u8) -> TileId {
    let unit = position.to_unit();
    let side = f64::from(1u32 << zoom);
    TileId { x: (unit.x * side) as u32, y: (unit.y * side) as u32, zoom }
}

fn decoded(archive: &Archive, id: TileId, style: &Style) -> (Vec<Drawable>, Vec<Text>) {
    let bytes = archive.tile(id).expect("the tile can be read").expect("the tile is there");
    parts(&bytes, Some(Schema::Protomaps), style, Color32::BLACK, id.zoom)
        .unwrap_or_else(|error| panic!("{}/{}/{}: {error}", id.zoom, id.x, id.y))
}

/// Where a position lies within its tile, in points.
fn within(position: LonLat, id: TileId) -> [f32; 2] {
    let unit = position.to_unit();
    let side = f64::from(1u32 << id.zoom);
    [unit.x, unit.y].map(|value| ((value * side).fract() * f64::from(TILE_SIZE)) as f32)
}

#[test]
fn the_archive_says_what_it_is_and_where_its_data_is_from() {
    let archive = archive();
    assert!(EMBEDDED.len() <= 12_000_000, "{} bytes", EMBEDDED.len());
    assert_eq!(archive.max_zoom(), 9);
    let metadata: serde_json::Value =
        serde_json::from_str(&archive.metadata().expect("metadata")).expect("metadata is JSON");
    let layers: Vec<&str> = metadata["vector_layers"]
        .as_array()
        .expect("a list of layers")
        .iter()
        .filter_map(|layer| layer["id"].as_str())
        .collect();
    for layer in ["earth", "water", "boundaries", "places", "landcover"] {
        assert!(layers.contains(&layer), "{layer} is missing from {layers:?}");
    }
    let attribution = metadata["attribution"].as_str().unwrap_or_default();
    assert!(attribution.contains("Natural Earth") && attribution.contains("GeoNames"), "{attribution}");
}

#[test]
fn every_tile_of_the_world_is_there_and_every_tile_decodes_without_a_warning() {
    log::set_logger(&COMPLAINTS).expect("no other logger in this binary");
    log::set_max_level(log::LevelFilter::Warn);
    let archive = archive();
    let count = |half: u32| {
        let style = light();
        let mut found = 0;
        for zoom in 0..=archive.max_zoom() {
            let side = 1u32 << zoom;
            // Both halves of each row of tiles, so that both threads have land.
            for (x, y) in (half..side).step_by(2).flat_map(|x| (0..side).map(move |y| (x, y))) {
                let id = TileId { x, y, zoom };
                let bytes = archive.tile(id).expect("the tile can be read");
                assert!(zoom > 6 || bytes.is_some(), "{zoom}/{x}/{y} is missing");
                if let Some(bytes) = bytes {
                    let decoded = parts(&bytes, Some(Schema::Protomaps), &style, Color32::BLACK, zoom);
                    assert!(decoded.is_ok_and(|(drawn, _)| !drawn.is_empty()), "{zoom}/{x}/{y}");
                    found += 1;
                }
            }
        }
        found
    };
    let found: usize = thread::scope(|scope| {
        let other = scope.spawn(|| count(1));
        count(0) + other.join().expect("the other half")
    });
    assert!(found > 9000, "{found} tiles");
    assert_eq!(COMPLAINTS.0.load(Ordering::Relaxed), 0, "walkers complained");
}

#[test]
fn the_six_places_stand_on_the_map_under_their_english_names() {
    let (archive, style) = (archive(), light());
    for (name, lon, lat) in [
        ("Belgorod", 36.5873, 50.5956),
        ("Kursk", 36.1926, 51.7304),
        ("Tetkino", 34.2846, 51.2772),
        ("Nizhny Novgorod", 44.0059, 56.3269),
        ("Oryol", 36.0635, 52.9703),
        ("Ivanovo", 40.9739, 56.9972),
    ] {
        let position = LonLat::new(lon, lat);
        let id = tile_over(position, 9);
        let [x, y] = within(position, id);
        let (_, texts) = decoded(&archive, id, &style);
        let near = texts.iter().find(|text| text.text == name).unwrap_or_else(|| {
            panic!("{name} is not among {:?}", texts.iter().map(|text| &text.text).collect::<Vec<_>>())
        });
        // A tile of 512 points is about 45 km wide here: within 6 km.
        let off = (near.position.x - x).hypot(near.position.y - y);
        assert!(off < 70.0, "{name} is {off} points away");
    }
}

#[test]
fn the_line_at_perekop_is_dashed_and_the_border_of_russia_is_not() {
    let (archive, style) = (archive(), light());
    let dashed_near = |position: LonLat, reach: f32| {
        let id = tile_over(position, 9);
        let [x, y] = within(position, id);
        let (drawables, _) = decoded(&archive, id, &style);
        let mut found = Vec::new();
        for drawable in &drawables {
            let Drawable::Lines(lines) = drawable else { continue };
            for line in lines {
                if line.points.iter().any(|point| (point.x - x).hypot(point.y - y) < reach) {
                    found.push((!line.dasharray.is_empty(), line.width));
                }
            }
        }
        found
    };
    let perekop = dashed_near(LonLat::new(33.69, 46.16), 80.0);
    assert!(perekop.iter().any(|(dashed, _)| *dashed), "{perekop:?}");
    // The border between Sumy and Kursk regions, near Tetkino.
    let tetkino = dashed_near(LonLat::new(34.25, 51.26), 80.0);
    assert!(!tetkino.is_empty() && tetkino.iter().all(|(dashed, _)| !dashed), "{tetkino:?}");
}

#[test]
fn sevastopol_and_crimea_belong_to_ukraine() {
    let regions = dateline::atlas::regions();
    for (code, position) in
        [("UA-40", LonLat::new(33.5254, 44.6054)), ("UA-43", LonLat::new(34.1083, 44.9572))]
    {
        let region = regions.get(code).unwrap_or_else(|| panic!("{code} is missing"));
        assert!(region.country == "UA" && region.contains(position), "{code}");
    }
    let country = regions.country_outline("UA").expect("Ukraine has an outline");
    assert!(country.contains(LonLat::new(33.5254, 44.6054)));
}

#[test]
fn land_and_sea_agree_from_zoom_to_zoom() {
    let (archive, style) = (archive(), light());
    // Far from every coast, so that generalisation cannot matter.
    let spots = [
        ("the Urals", 60.0, 60.0, true),
        ("Siberia", 100.0, 62.0, true),
        ("the Sahara", 10.0, 24.0, true),
        ("Kansas", -98.0, 38.5, true),
        ("the Amazon", -60.0, -8.0, true),
        ("the Gobi", 105.0, 43.0, true),
        ("Antarctica", 100.0, -80.0, true),
        ("Greenland", -40.0, 73.0, true),
        ("the Pacific", -150.0, 10.0, false),
        ("the Atlantic", -35.0, 30.0, false),
        ("the Indian Ocean", 80.0, -20.0, false),
        ("the Black Sea", 34.0, 43.3, false),
        ("the date line", 179.999, -30.0, false),
    ];
    for (name, lon, lat, is_land) in spots {
        for zoom in 1..=6 {
            let position = LonLat::new(lon, lat);
            let id = tile_over(position, zoom);
            let (drawables, _) = decoded(&archive, id, &style);
            let seen = topmost_fill(&drawables, within(position, id));
            assert_eq!(seen == Some(land_color()), is_land, "{name} at {zoom}/{}/{}: {seen:?}", id.x, id.y);
        }
    }
}

fn land_color() -> [u8; 4] {
    dateline::ui::theme::Palette::of(eframe::egui::Theme::Light).map.land.to_array()
}

/// The colour of the last triangle that covers a point: what a reader sees there.
fn topmost_fill(drawables: &[Drawable], [x, y]: [f32; 2]) -> Option<[u8; 4]> {
    let mut seen = None;
    for drawable in drawables {
        let Drawable::Fill(mesh) = drawable else { continue };
        for triangle in mesh.indices.chunks_exact(3) {
            let corners: Vec<_> = triangle.iter().map(|&n| mesh.vertices[n as usize]).collect();
            let side = |a: usize, b: usize| {
                let (a, b) = (corners[a].position, corners[b].position);
                (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)
            };
            let sides = [side(0, 1), side(1, 2), side(2, 0)];
            if sides.iter().all(|it| *it >= 0.0) || sides.iter().all(|it| *it <= 0.0) {
                seen = Some(corners[0].color.to_array());
            }
        }
    }
    seen
}
