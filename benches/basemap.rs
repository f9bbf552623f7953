//! How long a tile of the embedded map takes to decode and tessellate: median and slowest over the whole archive.
//!
//! Not a criterion bench: what matters is the spread over ten thousand different tiles, each of them once.

use std::time::{Duration, Instant};

use dateline::basemaps::schema::Schema;
use dateline::state::LabelLanguage;
use dateline::tiles::TileId;
use dateline::ui::map::archive::{Archive, EMBEDDED};
use dateline::ui::map::style::{StyleKey, style};
use dateline::ui::map::vector::decode;
use eframe::egui::Color32;

fn main() {
    let archive = match Archive::open(EMBEDDED) {
        Ok(archive) => archive,
        Err(error) => return eprintln!("{error}"),
    };
    let style = style(StyleKey { dark: false, language: LabelLanguage::English });
    let mut times: Vec<(Duration, TileId)> = Vec::new();
    for zoom in 0..=archive.max_zoom() {
        let side = 1u32 << zoom;
        for (x, y) in (0..side).flat_map(|x| (0..side).map(move |y| (x, y))) {
            let id = TileId { x, y, zoom };
            let started = Instant::now();
            let Ok(Some(bytes)) = archive.tile(id) else { continue };
            if decode(&bytes, Some(Schema::Protomaps), &style, Color32::BLACK, zoom).is_ok() {
                times.push((started.elapsed(), id));
            }
        }
    }
    times.sort_by_key(|(time, _)| *time);
    let at = |share: f64| {
        times.get((times.len() as f64 * share) as usize).map_or(0.0, |it| it.0.as_secs_f64() * 1e3)
    };
    println!(
        "decode and tessellate, {} tiles: median {:.2} ms, p99 {:.2} ms",
        times.len(),
        at(0.5),
        at(0.99)
    );
    for (time, id) in times.iter().rev().take(5) {
        println!("  slow: {:.2} ms for {}/{}/{}", time.as_secs_f64() * 1e3, id.zoom, id.x, id.y);
    }
}
