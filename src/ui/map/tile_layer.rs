//! A map of tiles as a walkers layer: tiles are decoded on threads of their own, kept in a bounded cache, and drawn as
//! often as the world repeats.
//!
//! It is a [`walkers::Layer`] rather than `walkers::Tiles`, since tiles end at the antimeridian there. Where a tile is
//! not there yet its nearest ancestor is drawn in its place; where the map has none, the ancestor is what is meant.
//! Labels are not drawn here but handed out, so that they can give way to markers.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use eframe::egui::emath::TSTransform;
use eframe::egui::{Context, Pos2, Rect, TextureHandle, pos2, vec2};
use walkers::{Canvas, Layer, Projector, Text};

use super::grid::{self, Spot, parent};
use super::source::{Found, Source};
use super::stamp::stamp;
use super::style::{StyleKey, class_of, style};
use super::tile_work::{Job, Workers};
use super::transform::MapTransform;
use super::vector::{self, Decoded};
use crate::geo::Bounds;
use crate::tiles::TileId;

/// How many tiles are kept; 1440x900 shows about a dozen large ones or forty small ones at a time.
const CACHE_CAPACITY: usize = 192;
/// How many tiles are remembered not to exist.
const MISSING_CAPACITY: usize = 50_000;

/// A tile that can be drawn.
pub enum Drawn {
    /// Shapes and names.
    Vector(Decoded),
    /// A picture.
    Picture(TextureHandle),
}

enum Slot {
    /// On its way.
    Pending,
    Ready {
        tile: Arc<Drawn>,
        last_used: u64,
    },
    /// Not in the map: its parent is what is meant.
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
    /// How it is turned, in radians clockwise.
    pub angle: f32,
    /// How long it may be, in points; `None` is as long as it likes.
    pub room: Option<f32>,
}

/// A map of tiles. Lives as long as it is looked at.
pub struct TileLayer {
    source: Arc<Source>,
    workers: Workers,
    slots: HashMap<TileId, Slot>,
    /// Tiles in the style before this one, drawn until all of the new ones are there.
    outdated: HashMap<TileId, Arc<Drawn>>,
    key: Option<StyleKey>,
    layer_count: usize,
    frame: u64,
    complete: bool,
    /// Why the last tile that could not be drawn could not.
    problem: Option<String>,
    labels: Vec<LabelRequest>,
    /// Where the last frame drew something of it.
    covered: Vec<Rect>,
}

impl TileLayer {
    /// A map of the tiles of a source.
    #[must_use]
    pub fn new(ctx: &Context, source: Source) -> Self {
        let source = Arc::new(source);
        let workers = Workers::new(ctx, &source);
        Self {
            source,
            workers,
            slots: HashMap::new(),
            outdated: HashMap::new(),
            key: None,
            layer_count: 0,
            frame: 0,
            complete: false,
            problem: None,
            labels: Vec::new(),
            covered: Vec::new(),
        }
    }

    /// Where its tiles are from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Takes in what the workers have finished, and makes the style current.
    pub fn begin_frame(&mut self, key: StyleKey) {
        self.frame += 1;
        self.labels.clear();
        self.covered.clear();
        if self.key != Some(key) {
            let style = style(key);
            self.layer_count = style.layers.len();
            self.key = Some(key);
            let ready = self.slots.drain().filter_map(|(id, slot)| match slot {
                Slot::Ready { tile, .. } => Some((id, tile)),
                Slot::Pending | Slot::Missing => None,
            });
            self.outdated = ready.collect();
            self.workers.use_style(key, style);
        }
        for done in self.workers.take_done() {
            if done.key != key {
                continue;
            }
            match done.result {
                Ok(Some(tile)) => {
                    let slot = Slot::Ready { tile: Arc::new(tile), last_used: self.frame };
                    self.slots.insert(done.id, slot);
                }
                Ok(None) => drop(self.slots.insert(done.id, Slot::Missing)),
                Err(words) => self.failed(done.id, words),
            }
        }
    }

    /// A tile that cannot be drawn is fetched again; in a file it stays as it is.
    fn failed(&mut self, id: TileId, words: String) {
        log::warn!("tile {}/{}/{}: {words}", id.zoom, id.x, id.y);
        if self.source.refuse(id) {
            self.slots.remove(&id);
        } else {
            self.slots.insert(id, Slot::Missing);
            self.problem = Some(words);
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

    /// Why the last tile that could not be drawn could not.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// The labels of the tiles that the last frame drew.
    pub fn take_labels(&mut self) -> Vec<LabelRequest> {
        std::mem::take(&mut self.labels)
    }

    /// Where the last frame drew something of it, in pieces that do not overlap.
    #[must_use]
    pub fn covered(&self) -> &[Rect] {
        &self.covered
    }

    /// The layer to draw in this frame.
    pub fn layer(&mut self) -> impl Layer + '_ {
        Drawing { map: self }
    }

    /// The tile to draw for `id`: itself or its nearest ancestor that is ready. What is meant but not there yet is put
    /// on `wanted`, and a tile in the style of before is drawn rather than a coarser one.
    fn resolve(&mut self, id: TileId, wanted: &mut Vec<TileId>) -> Option<(TileId, Arc<Drawn>)> {
        let zooms = self.source.zooms();
        let mut at = Some(id);
        let mut asked = false;
        let mut missing = 0;
        while let Some(id) = at.filter(|id| id.zoom >= zooms[0] && missing <= self.source.max_stretch()) {
            if id.zoom <= zooms[1] {
                match self.slots.get_mut(&id) {
                    Some(Slot::Ready { tile, last_used }) => {
                        *last_used = self.frame;
                        return Some((id, Arc::clone(tile)));
                    }
                    Some(Slot::Missing) => missing += 1,
                    Some(Slot::Pending) | None => {
                        missing += 1;
                        if !asked {
                            wanted.push(id);
                            asked = true;
                        }
                        if let Some(tile) = self.outdated.get(&id) {
                            return Some((id, Arc::clone(tile)));
                        }
                    }
                }
            }
            at = parent(id);
        }
        None
    }

    /// Hands the workers what this frame lacks, nearest to the middle first, and forgets what nobody wants any more.
    fn request(&mut self, mut in_view: Vec<TileId>, mut wanted: Vec<TileId>) {
        let mut seen = HashSet::new();
        wanted.retain(|id| seen.insert(*id));
        // What is drawn may have to be renewed; where the map has nothing an ancestor is asked for.
        let mut seen = HashSet::new();
        in_view.extend_from_slice(&wanted);
        in_view.retain(|id| seen.insert(*id));
        self.source.want(&in_view);
        // What has failed stays wanted, but nobody waits for it.
        let awaited = wanted.iter().any(|id| self.source.is_awaited(*id));
        self.complete = wanted.is_empty() || !awaited;
        if wanted.is_empty() {
            self.outdated.clear();
        }
        for id in self.workers.forget_waiting() {
            if matches!(self.slots.get(&id), Some(Slot::Pending)) {
                self.slots.remove(&id);
            }
        }
        let mut jobs = Vec::new();
        for id in wanted {
            if matches!(self.slots.get(&id), Some(Slot::Pending)) {
                continue;
            }
            match self.source.find(id) {
                Found::InFile => jobs.push(Job { id, data: None }),
                Found::Data(data) => jobs.push(Job { id, data: Some(data) }),
                Found::Nothing => {
                    self.slots.insert(id, Slot::Missing);
                    continue;
                }
                Found::NotYet => continue,
            }
            self.slots.insert(id, Slot::Pending);
        }
        self.workers.work_on(jobs);
        self.evict();
    }

    /// Forgets the tiles that were not drawn for longest, a quarter at a time so that this happens rarely.
    fn evict(&mut self) {
        // What the map lacks is a few bytes a tile, and found out again when it is looked at again.
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

    fn collect_labels(&mut self, tile: &Decoded, full: Rect, visible: Rect, map_zoom: f64) {
        let scale = full.width() / vector::TILE_SIZE as f32;
        let tile_zoom = (map_zoom - 1.0) as f32;
        for text in &tile.texts {
            let pos = full.min + text.position.to_vec2() * scale;
            let Some(class) = class_of(text.layer, self.layer_count) else { continue };
            let room = text.max_width.map(|width| width * scale);
            // Half-open, so that a label on the seam of two tiles is taken once.
            let inside = pos.x >= visible.min.x
                && pos.x < visible.max.x
                && pos.y >= visible.min.y
                && pos.y < visible.max.y;
            if inside
                && text.angle.is_finite()
                && text.min_zoom.is_none_or(|min_zoom| tile_zoom >= min_zoom)
                && may_fit(text, room)
            {
                self.labels.push(LabelRequest {
                    class,
                    text: text.text.clone(),
                    pos,
                    size: text.font_size,
                    population: text.padding,
                    angle: text.angle,
                    room,
                });
            }
        }
    }
}

/// Whether a label is not sure to be longer than it may be. Asked before its text is copied: streets are many.
fn may_fit(text: &Text, room: Option<f32>) -> bool {
    /// No letter is narrower, on average over a name, in sizes of the type.
    const NARROW: f32 = 0.35;
    room.is_none_or(|room| text.text.chars().count() as f32 * NARROW * text.font_size <= room)
}

struct Drawing<'a> {
    map: &'a mut TileLayer,
}

impl Layer for Drawing<'_> {
    fn draw(&mut self, canvas: &mut Canvas, projector: &Projector) {
        let transform = super::transform_of(projector);
        let [min_zoom, max_zoom] = self.map.source.zooms();
        let is_raster = self.map.source.is_raster();
        let tile_pt = self.map.source.tile_pt();
        // Pictures are stretched in pieces of about their own size.
        let deepest = if is_raster { u8::MAX } else { max_zoom };
        let (mut in_view, mut wanted) = (Vec::new(), Vec::new());
        if grid::zoom_for(&transform, tile_pt) >= f64::from(min_zoom) {
            for spot in grid::visible(&transform, tile_pt, deepest) {
                let clip = within(self.map.source.bounds(), &transform, spot, is_raster);
                if !clip.is_positive() || !clip.intersects(transform.rect) {
                    continue;
                }
                in_view.push(grid::up_to(spot.id, max_zoom));
                if let Some((id, tile)) = self.map.resolve(spot.id, &mut wanted) {
                    self.map.draw(canvas, &transform, (spot, clip), id, &tile);
                }
            }
        }
        self.map.request(in_view, wanted);
    }
}

impl TileLayer {
    /// Draws a tile, or an ancestor `id` of it, into its place.
    fn draw(
        &mut self,
        canvas: &mut Canvas,
        transform: &MapTransform,
        (spot, clip): (Spot, Rect),
        id: TileId,
        tile: &Drawn,
    ) {
        self.covered.push(clip);
        match tile {
            Drawn::Vector(tile) => {
                let full = grid::rect_of(transform, Spot { id, world: spot.world });
                let onto = TSTransform {
                    scaling: full.width() / vector::TILE_SIZE as f32,
                    translation: full.min.to_vec2(),
                };
                canvas.add_drawables(tile.drawables.clone().with_transform(onto).with_clip_rect(clip));
                let visible = clip.intersect(transform.rect.expand(64.0));
                self.collect_labels(tile, full, visible, transform.zoom);
            }
            Drawn::Picture(texture) => {
                stamp(canvas, texture, part_of(spot.id, id), grid::rect_of(transform, spot));
            }
        }
    }
}

/// The part of an ancestor that a tile is, 0 to 1.
fn part_of(id: TileId, ancestor: TileId) -> Rect {
    let levels = u32::from(id.zoom.saturating_sub(ancestor.zoom)).min(31);
    let side = 1.0 / (1_u64 << levels) as f32;
    let within = |at: u32, of: u32| (u64::from(at) - (u64::from(of) << levels)) as f32 * side;
    Rect::from_min_size(pos2(within(id.x, ancestor.x), within(id.y, ancestor.y)), vec2(side, side))
}

/// Where a tile may draw: in its place, as far as the map says that it reaches. Pictures are drawn whole.
fn within(bounds: Option<Bounds>, transform: &MapTransform, spot: Spot, is_raster: bool) -> Rect {
    let place = grid::rect_of(transform, spot);
    match bounds {
        Some(bounds) => {
            let inside = place.intersect(grid::rect_of_bounds(transform, bounds, spot.world));
            if is_raster && inside.is_positive() { place } else { inside }
        }
        None => place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::LabelLanguage;
    use walkers::Drawables;

    const CHILD: TileId = TileId { x: 304, y: 170, zoom: 9 };

    fn layer() -> TileLayer {
        TileLayer {
            workers: Workers::none(),
            frame: 1,
            ..TileLayer::new(&Context::default(), Source::embedded())
        }
    }

    fn ready() -> Slot {
        let tile = Decoded { drawables: Drawables::new(Vec::new()), texts: Vec::new() };
        Slot::Ready { tile: Arc::new(Drawn::Vector(tile)), last_used: 0 }
    }

    fn ancestor(levels: usize) -> TileId {
        (0..levels).fold(CHILD, |id, _| parent(id).unwrap())
    }

    #[test]
    fn at_a_cold_start_an_ancestor_stands_in_and_the_tile_itself_is_asked_for() {
        let mut map = layer();
        map.slots.insert(ancestor(3), ready());
        let mut wanted = Vec::new();
        let found = map.resolve(CHILD, &mut wanted).map(|(id, _)| id);
        assert_eq!((found, wanted), (Some(ancestor(3)), vec![CHILD]));
    }

    #[test]
    fn a_new_style_is_drawn_over_the_old_one_tile_by_tile() {
        let mut map = layer();
        map.begin_frame(StyleKey { dark: false, language: LabelLanguage::English });
        map.slots.insert(CHILD, ready());
        map.begin_frame(StyleKey { dark: true, language: LabelLanguage::English });
        let mut wanted = Vec::new();
        assert!(map.resolve(CHILD, &mut wanted).is_some(), "never blank");
        assert_eq!(wanted, vec![CHILD], "but the new one is asked for");
        map.slots.insert(CHILD, ready());
        map.request(Vec::new(), Vec::new());
        assert!(map.outdated.is_empty());
    }

    #[test]
    fn where_the_archive_ends_the_ancestor_is_what_is_meant() {
        let mut map = layer();
        for levels in 0..3 {
            map.slots.insert(ancestor(levels), Slot::Missing);
        }
        map.slots.insert(ancestor(3), ready());
        let mut wanted = Vec::new();
        assert!(map.resolve(CHILD, &mut wanted).is_some());
        map.request(Vec::new(), wanted);
        assert!(map.is_complete());
    }

    #[test]
    fn a_tile_that_scrolled_away_before_its_turn_is_forgotten() {
        let mut map = layer();
        map.request(Vec::new(), vec![CHILD]);
        assert!(matches!(map.slots.get(&CHILD), Some(Slot::Pending)));
        map.request(Vec::new(), vec![ancestor(1)]);
        assert!(!map.slots.contains_key(&CHILD) && map.slots.len() == 1);
    }

    #[test]
    fn the_cache_stays_bounded_and_keeps_what_is_on_the_screen() {
        let mut map = layer();
        for x in 0..1000 {
            map.slots.insert(TileId { x, y: 0, zoom: 9 }, ready());
        }
        let mut wanted = Vec::new();
        map.resolve(TileId { x: 7, y: 0, zoom: 9 }, &mut wanted);
        map.request(Vec::new(), wanted);
        assert!(map.slots.contains_key(&TileId { x: 7, y: 0, zoom: 9 }));
        map.frame += 1;
        map.slots.insert(CHILD, ready());
        map.request(Vec::new(), Vec::new());
        assert!(map.slots.len() <= CACHE_CAPACITY + 1, "{}", map.slots.len());
    }

    #[test]
    fn of_an_ancestor_that_part_is_drawn_which_the_tile_is() {
        let id = TileId { zoom: 3, x: 5, y: 2 };
        assert_eq!(part_of(id, id), Rect::from_min_size(pos2(0.0, 0.0), vec2(1.0, 1.0)));
        let part = part_of(id, TileId { zoom: 1, x: 1, y: 0 });
        assert_eq!(part, Rect::from_min_size(pos2(0.25, 0.5), vec2(0.25, 0.25)));
    }
}
