//! The embedded map as a walkers layer: tiles are decoded and tessellated on threads of their own, kept in a bounded
//! cache, and drawn as often as the world repeats.
//!
//! It is a [`walkers::Layer`] rather than `walkers::Tiles`, since tiles end at the antimeridian there. Where a tile is
//! not there yet its nearest ancestor is drawn in its place; where the archive has none, the ancestor is what is
//! meant. Labels are not drawn here but handed out, so that they can give way to markers.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use eframe::egui::emath::TSTransform;
use eframe::egui::{Context, Pos2, Rect, pos2, vec2};
use walkers::{Canvas, Drawables, Layer, Projector, Style, Text, Tile, TileId};

use super::archive::{Archive, EMBEDDED};
use super::style::{StyleKey, class_of, style};
use super::transform::MapTransform;

/// Side of a tile on the screen, in points, at the zoom that it is made for.
pub const TILE_SIZE: u32 = 512;
/// How many tiles are kept; 1440x900 shows about a dozen at a time.
const CACHE_CAPACITY: usize = 192;
/// How many tiles are remembered not to exist.
const MISSING_CAPACITY: usize = 50_000;
/// How many threads decode. Two, so that a machine with two cores fills the map at once and the window stays smooth.
const WORKERS: usize = 2;

/// A decoded tile.
struct Decoded {
    drawables: Drawables,
    texts: Vec<Text>,
}

enum Slot {
    /// On its way.
    Pending,
    Ready {
        tile: Arc<Decoded>,
        last_used: u64,
    },
    /// Not in the archive: its parent is what is meant.
    Missing,
}

/// A label that the map would like to have.
#[derive(Debug, Clone)]
pub struct LabelRequest {
    /// Index into [`super::style::LABEL_CLASSES`].
    pub class: usize,
    /// What it says.
    pub text: String,
    /// Where it stands on the screen.
    pub pos: Pos2,
    /// Its size, in points.
    pub size: f32,
    /// Inhabitants of what it names, 0 where that means nothing: the more, the earlier it is placed.
    pub population: f32,
}

#[derive(Default)]
struct Queue {
    wanted: Vec<TileId>,
    style: Option<(StyleKey, Arc<Style>)>,
    done: Vec<(StyleKey, TileId, Option<Decoded>)>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

impl Shared {
    /// A worker that panicked leaves plain data behind; it can be used on.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The embedded map. Lives as long as the window.
pub struct Basemap {
    shared: Arc<Shared>,
    slots: HashMap<TileId, Slot>,
    /// Tiles in the style before this one, drawn until all of the new ones are there.
    outdated: HashMap<TileId, Arc<Decoded>>,
    key: Option<StyleKey>,
    layer_count: usize,
    max_zoom: u8,
    frame: u64,
    complete: bool,
    labels: Vec<LabelRequest>,
}

impl Basemap {
    /// Opens the archive and starts the workers. A damaged archive gives an empty map and a message in the log.
    #[must_use]
    pub fn new(ctx: &Context) -> Self {
        let shared = Arc::new(Shared::default());
        let max_zoom = match Archive::open(EMBEDDED) {
            Ok(archive) => {
                let max_zoom = archive.max_zoom();
                let archive = Arc::new(archive);
                for number in 0..WORKERS {
                    spawn_worker(number, Arc::clone(&archive), Arc::clone(&shared), ctx.clone());
                }
                max_zoom
            }
            Err(error) => {
                log::error!("{error}; the map stays empty");
                0
            }
        };
        Self {
            shared,
            slots: HashMap::new(),
            outdated: HashMap::new(),
            key: None,
            layer_count: 0,
            max_zoom,
            frame: 0,
            complete: false,
            labels: Vec::new(),
        }
    }

    /// Takes in what the workers have finished, and makes the style current.
    pub fn begin_frame(&mut self, key: StyleKey) {
        self.frame += 1;
        self.labels.clear();
        if self.key != Some(key) {
            let style = style(key);
            self.layer_count = style.layers.len();
            self.key = Some(key);
            let ready = self.slots.drain().filter_map(|(id, slot)| match slot {
                Slot::Ready { tile, .. } => Some((id, tile)),
                Slot::Pending | Slot::Missing => None,
            });
            self.outdated = ready.collect();
            let mut queue = self.shared.lock();
            queue.style = Some((key, Arc::new(style)));
            queue.wanted.clear();
        }
        let done = std::mem::take(&mut self.shared.lock().done);
        for (done_key, id, tile) in done {
            if done_key == key {
                let slot = tile.map_or(Slot::Missing, |tile| Slot::Ready {
                    tile: Arc::new(tile),
                    last_used: self.frame,
                });
                self.slots.insert(id, slot);
            }
        }
    }

    /// Whether everything that the last frame wanted was drawn as it is meant.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// How many tiles are still on their way.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.slots.values().filter(|slot| matches!(slot, Slot::Pending)).count()
    }

    /// The labels of the tiles that the last frame drew.
    pub fn take_labels(&mut self) -> Vec<LabelRequest> {
        std::mem::take(&mut self.labels)
    }

    /// The layer to draw in this frame.
    pub fn layer(&mut self) -> impl Layer + '_ {
        BasemapLayer { map: self }
    }

    /// The tile to draw for `id`: itself or its nearest ancestor that is ready. What is meant but not there yet is put
    /// on `wanted`, and a tile in the style of before is drawn rather than a coarser one.
    fn resolve(&mut self, id: TileId, wanted: &mut Vec<TileId>) -> Option<(TileId, Arc<Decoded>)> {
        let mut at = Some(id);
        let mut asked = false;
        while let Some(id) = at {
            match self.slots.get_mut(&id) {
                Some(Slot::Ready { tile, last_used }) => {
                    *last_used = self.frame;
                    return Some((id, Arc::clone(tile)));
                }
                Some(Slot::Missing) => {}
                Some(Slot::Pending) | None => {
                    if !asked {
                        wanted.push(id);
                        asked = true;
                    }
                    if let Some(tile) = self.outdated.get(&id) {
                        return Some((id, Arc::clone(tile)));
                    }
                }
            }
            at = parent(id);
        }
        None
    }

    /// Hands the workers what this frame lacks, nearest to the middle first, and forgets what nobody wants any more.
    fn request(&mut self, mut wanted: Vec<TileId>) {
        self.complete = wanted.is_empty();
        if self.complete {
            self.outdated.clear();
        }
        let mut queue = self.shared.lock();
        let stale: HashSet<TileId> = queue.wanted.drain(..).collect();
        for id in &stale {
            if matches!(self.slots.get(id), Some(Slot::Pending)) {
                self.slots.remove(id);
            }
        }
        let mut seen = HashSet::new();
        wanted.retain(|id| seen.insert(*id) && !matches!(self.slots.get(id), Some(Slot::Pending)));
        for id in &wanted {
            self.slots.insert(*id, Slot::Pending);
        }
        // Workers take from the end.
        wanted.reverse();
        let work = !wanted.is_empty();
        queue.wanted = wanted;
        drop(queue);
        if work {
            self.shared.wake.notify_all();
        }
        self.evict();
    }

    /// Forgets the tiles that were not drawn for longest, a quarter at a time so that this happens rarely.
    fn evict(&mut self) {
        // What the archive lacks is a few bytes a tile, and found out again when it is looked at again.
        if self.slots.len() > MISSING_CAPACITY {
            self.slots.retain(|_, slot| !matches!(slot, Slot::Missing));
        }
        let mut ready: Vec<(u64, TileId)> = self
            .slots
            .iter()
            .filter_map(|(id, slot)| match slot {
                Slot::Ready { last_used, .. } => Some((*last_used, *id)),
                Slot::Pending | Slot::Missing => None,
            })
            .collect();
        if ready.len() <= CACHE_CAPACITY {
            return;
        }
        ready.sort_unstable_by_key(|(used, _)| *used);
        ready.truncate(ready.len() - CACHE_CAPACITY * 3 / 4);
        for (used, id) in ready {
            if used != self.frame {
                self.slots.remove(&id);
            }
        }
    }
}

impl Drop for Basemap {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.wake.notify_all();
    }
}

fn parent(id: TileId) -> Option<TileId> {
    Some(TileId { x: id.x / 2, y: id.y / 2, zoom: id.zoom.checked_sub(1)? })
}

fn spawn_worker(number: usize, archive: Arc<Archive>, shared: Arc<Shared>, ctx: Context) {
    let work = move || {
        loop {
            let mut queue = shared.lock();
            let (id, key, style) = loop {
                if queue.closed {
                    return;
                }
                if let Some((key, style)) = queue.style.clone()
                    && let Some(id) = queue.wanted.pop()
                {
                    break (id, key, style);
                }
                queue = shared.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
            };
            drop(queue);
            // The data is ours, the decoder is not: if it ever panics, one tile is missing and the map goes on.
            let tile = catch_unwind(AssertUnwindSafe(|| decode(&archive, id, &style))).unwrap_or_default();
            let missing = if tile.is_none() { missing_above(&archive, id) } else { Vec::new() };
            let mut queue = shared.lock();
            queue.done.push((key, id, tile));
            queue.done.extend(missing.into_iter().map(|id| (key, id, None)));
            drop(queue);
            ctx.request_repaint();
        }
    };
    if let Err(error) = thread::Builder::new().name(format!("map tiles {number}")).spawn(work) {
        log::error!("cannot start a thread for map tiles: {error}");
    }
}

/// The ancestors of a missing tile that are missing too, so that the map need not ask for one after the other.
fn missing_above(archive: &Archive, id: TileId) -> Vec<TileId> {
    let ancestors = std::iter::successors(parent(id), |id| parent(*id));
    ancestors.take_while(|id| matches!(archive.tile(*id), Ok(None))).collect()
}

/// Reads and tessellates one tile; a damaged one counts as missing.
fn decode(archive: &Archive, id: TileId, style: &Style) -> Option<Decoded> {
    let bytes = match archive.tile(id) {
        Ok(bytes) => bytes?,
        Err(error) => {
            log::warn!("tile {}/{}/{}: {error}", id.zoom, id.x, id.y);
            return None;
        }
    };
    match Tile::from_mvt(&bytes, style, id.zoom, TILE_SIZE) {
        Ok(Tile::Vector { drawables, texts }) => {
            let drawables = Arc::try_unwrap(drawables).unwrap_or_else(|shared| shared.to_vec());
            Some(Decoded { drawables: Drawables::new(drawables), texts })
        }
        Ok(Tile::Raster(_)) => None,
        Err(error) => {
            log::warn!("tile {}/{}/{}: {error}", id.zoom, id.x, id.y);
            None
        }
    }
}

struct BasemapLayer<'a> {
    map: &'a mut Basemap,
}

/// A tile's place in the repeating world: `world` 0 is the one around Greenwich.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Spot {
    id: TileId,
    world: i64,
}

impl Layer for BasemapLayer<'_> {
    fn draw(&mut self, canvas: &mut Canvas, projector: &Projector) {
        let transform = super::transform_of(projector);
        let mut wanted = Vec::new();
        for spot in visible_spots(&transform, self.map.max_zoom) {
            if let Some((id, tile)) = self.map.resolve(spot.id, &mut wanted) {
                let clip = tile_rect(&transform, spot);
                let full = tile_rect(&transform, Spot { id, world: spot.world });
                draw_tile(canvas, &tile, full, clip);
                self.map.collect_labels(
                    &tile,
                    full,
                    clip.intersect(transform.rect.expand(64.0)),
                    transform.zoom,
                );
            }
        }
        self.map.request(wanted);
    }
}

impl Basemap {
    fn collect_labels(&mut self, tile: &Decoded, full: Rect, visible: Rect, map_zoom: f64) {
        let scale = full.width() / TILE_SIZE as f32;
        for text in &tile.texts {
            let pos = full.min + text.position.to_vec2() * scale;
            let Some(class) = class_of(text.layer, self.layer_count) else { continue };
            let tile_zoom = (map_zoom - 1.0) as f32;
            // Half-open, so that a label on the seam of two tiles is taken once.
            let inside = pos.x >= visible.min.x
                && pos.x < visible.max.x
                && pos.y >= visible.min.y
                && pos.y < visible.max.y;
            if inside && text.min_zoom.is_none_or(|min_zoom| tile_zoom >= min_zoom) {
                self.labels.push(LabelRequest {
                    class,
                    text: text.text.clone(),
                    pos,
                    size: text.font_size,
                    population: text.padding,
                });
            }
        }
    }
}

fn draw_tile(canvas: &mut Canvas, tile: &Decoded, full: Rect, clip: Rect) {
    let transform = TSTransform { scaling: full.width() / TILE_SIZE as f32, translation: full.min.to_vec2() };
    canvas.add_drawables(tile.drawables.clone().with_transform(transform).with_clip_rect(clip));
}

/// The tiles under the screen at the zoom that suits it, from the middle outward.
fn visible_spots(transform: &MapTransform, max_zoom: u8) -> Vec<Spot> {
    let zoom = (transform.zoom.round() - 1.0).clamp(0.0, f64::from(max_zoom)) as u8;
    let count = f64::from(1u32 << zoom);
    let (min, max) = transform.visible();
    let columns = ((min.x * count).floor() as i64)..=((max.x * count).ceil() as i64 - 1);
    let last = (1i64 << zoom) - 1;
    let rows = ((min.y * count).floor() as i64).max(0)..=((max.y * count).ceil() as i64 - 1).min(last);
    let mut spots = Vec::new();
    for row in rows {
        for column in columns.clone() {
            let world = column.div_euclid(last + 1);
            let id = TileId { x: column.rem_euclid(last + 1) as u32, y: row as u32, zoom };
            spots.push(Spot { id, world });
        }
    }
    let middle = transform.rect.center();
    spots.sort_by(|a, b| {
        let distance = |spot: &Spot| tile_rect(transform, *spot).center().distance_sq(middle);
        distance(a).total_cmp(&distance(b))
    });
    spots
}

/// Where a tile lies on the screen. Edges come from the same numbers for neighbours, so that no seam opens.
fn tile_rect(transform: &MapTransform, spot: Spot) -> Rect {
    let size = 1.0 / f64::from(1u32 << spot.id.zoom);
    let corner = |x: u32, y: u32| {
        transform.place(crate::geo::UnitPoint {
            x: f64::from(x) * size + spot.world as f64,
            y: f64::from(y) * size,
        })
    };
    let (min, max) = (corner(spot.id.x, spot.id.y), corner(spot.id.x + 1, spot.id.y + 1));
    Rect::from_min_size(pos2(min.x, min.y), vec2(max.x - min.x, max.y - min.y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::LonLat;
    use crate::state::view::View;
    use eframe::egui::Rect;

    const CHILD: TileId = TileId { x: 304, y: 170, zoom: 9 };

    fn basemap() -> Basemap {
        Basemap {
            shared: Arc::default(),
            slots: HashMap::new(),
            outdated: HashMap::new(),
            key: None,
            layer_count: 0,
            max_zoom: 9,
            frame: 1,
            complete: false,
            labels: Vec::new(),
        }
    }

    fn ready() -> Slot {
        let tile = Decoded { drawables: Drawables::new(Vec::new()), texts: Vec::new() };
        Slot::Ready { tile: Arc::new(tile), last_used: 0 }
    }

    fn ancestor(levels: usize) -> TileId {
        (0..levels).fold(CHILD, |id, _| parent(id).unwrap())
    }

    #[test]
    fn at_a_cold_start_an_ancestor_stands_in_and_the_tile_itself_is_asked_for() {
        let mut map = basemap();
        map.slots.insert(ancestor(3), ready());
        let mut wanted = Vec::new();
        let found = map.resolve(CHILD, &mut wanted).map(|(id, _)| id);
        assert_eq!((found, wanted), (Some(ancestor(3)), vec![CHILD]));
    }

    #[test]
    fn a_new_style_is_drawn_over_the_old_one_tile_by_tile() {
        let mut map = basemap();
        map.begin_frame(StyleKey { dark: false, language: crate::state::LabelLanguage::English });
        map.slots.insert(CHILD, ready());
        map.begin_frame(StyleKey { dark: true, language: crate::state::LabelLanguage::English });
        let mut wanted = Vec::new();
        assert!(map.resolve(CHILD, &mut wanted).is_some(), "never blank");
        assert_eq!(wanted, vec![CHILD], "but the new one is asked for");
        map.slots.insert(CHILD, ready());
        map.request(Vec::new());
        assert!(map.outdated.is_empty());
    }

    #[test]
    fn where_the_archive_ends_the_ancestor_is_what_is_meant() {
        let mut map = basemap();
        for levels in 0..3 {
            map.slots.insert(ancestor(levels), Slot::Missing);
        }
        map.slots.insert(ancestor(3), ready());
        let mut wanted = Vec::new();
        assert!(map.resolve(CHILD, &mut wanted).is_some());
        map.request(wanted);
        assert!(map.is_complete());
    }

    #[test]
    fn a_tile_that_scrolled_away_before_its_turn_is_forgotten() {
        let mut map = basemap();
        map.request(vec![CHILD]);
        assert!(matches!(map.slots.get(&CHILD), Some(Slot::Pending)));
        map.request(vec![ancestor(1)]);
        assert!(!map.slots.contains_key(&CHILD) && map.slots.len() == 1);
    }

    #[test]
    fn the_cache_stays_bounded_and_keeps_what_is_on_the_screen() {
        let mut map = basemap();
        for x in 0..1000 {
            map.slots.insert(TileId { x, y: 0, zoom: 9 }, ready());
        }
        let mut wanted = Vec::new();
        map.resolve(TileId { x: 7, y: 0, zoom: 9 }, &mut wanted);
        map.request(wanted);
        assert!(map.slots.contains_key(&TileId { x: 7, y: 0, zoom: 9 }));
        map.frame += 1;
        map.slots.insert(CHILD, ready());
        map.request(Vec::new());
        assert!(map.slots.len() <= CACHE_CAPACITY + 1, "{}", map.slots.len());
    }

    #[test]
    fn the_world_repeats_at_its_sides_and_ends_at_its_poles() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(1440.0, 900.0));
        let view = View { center: LonLat::new(180.0, 80.0), zoom: 3.0 }.clamped([1440.0, 900.0]);
        let spots = visible_spots(&MapTransform::new(rect, view), 9);
        assert!(spots.iter().any(|spot| spot.world == 0) && spots.iter().any(|spot| spot.world != 0));
        assert!(spots.iter().all(|spot| spot.id.zoom == 2 && spot.id.x < 4 && spot.id.y < 4));
        let covered = spots.iter().map(|spot| tile_rect(&MapTransform::new(rect, view), *spot));
        let area: f32 = covered.map(|tile| tile.intersect(rect).area().max(0.0)).sum();
        assert!((area - rect.area()).abs() < 10.0, "{area}");
    }
}
