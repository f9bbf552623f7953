//! The threads that read, decode and tessellate tiles.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use eframe::egui::{ColorImage, Context, TextureOptions};
use walkers::Style;

use super::grid::parent;
use super::source::Source;
use super::style::StyleKey;
use super::tile_layer::Drawn;
use super::vector;
use crate::basemaps::schema::Schema;
use crate::basemaps::{MapFileError, picture};
use crate::tiles::{Picture, TileData, TileId};
use crate::ui::theme::{self, Palette};

/// How many threads decode. Two, so that a machine with two cores fills the map at once and the window stays smooth.
const WORKERS: usize = 2;

/// A tile to be made.
pub(super) struct Job {
    /// Which.
    pub(super) id: TileId,
    /// What was fetched for it; `None` where it is in a file.
    pub(super) data: Option<Arc<TileData>>,
}

/// What came of a job.
pub(super) struct Done {
    /// The style that it was made in.
    pub(super) key: StyleKey,
    /// Which tile it is.
    pub(super) id: TileId,
    /// The tile, nothing where the map has none, or why it cannot be drawn.
    pub(super) result: Result<Option<Drawn>, String>,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Job>,
    style: Option<(StyleKey, Arc<Style>)>,
    done: Vec<Done>,
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

/// The threads of a map. They end with it.
pub(super) struct Workers {
    shared: Arc<Shared>,
}

impl Workers {
    /// Threads for a source.
    #[must_use]
    pub(super) fn new(ctx: &Context, source: &Arc<Source>) -> Self {
        let shared = Arc::new(Shared::default());
        for number in 0..WORKERS {
            let (source, shared, ctx) = (Arc::clone(source), Arc::clone(&shared), ctx.clone());
            let spawned = thread::Builder::new()
                .name(format!("map tiles {number}"))
                .spawn(move || work(&source, &shared, &ctx));
            if let Err(error) = spawned {
                log::error!("cannot start a thread for map tiles: {error}");
            }
        }
        Self { shared }
    }

    /// Without any thread, nothing is ever done.
    #[cfg(test)]
    pub(super) fn none() -> Self {
        Self { shared: Arc::default() }
    }

    /// From now on tiles are made in this style.
    pub(super) fn use_style(&self, key: StyleKey, style: Style) {
        let mut queue = self.shared.lock();
        queue.style = Some((key, Arc::new(style)));
        queue.waiting.clear();
    }

    /// What is done since the last time.
    #[must_use]
    pub(super) fn take_done(&self) -> Vec<Done> {
        std::mem::take(&mut self.shared.lock().done)
    }

    /// Drops the jobs that nobody has begun; returns which.
    pub(super) fn forget_waiting(&self) -> Vec<TileId> {
        self.shared.lock().waiting.drain(..).map(|job| job.id).collect()
    }

    /// Puts jobs before those that wait, the most important first.
    pub(super) fn work_on(&self, mut jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        // Workers take from the end.
        jobs.reverse();
        self.shared.lock().waiting.extend(jobs);
        self.shared.wake.notify_all();
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.wake.notify_all();
    }
}

fn work(source: &Source, shared: &Shared, ctx: &Context) {
    loop {
        let mut queue = shared.lock();
        let (job, key, style) = loop {
            if queue.closed {
                return;
            }
            if let Some((key, style)) = queue.style.clone()
                && let Some(job) = queue.waiting.pop()
            {
                break (job, key, style);
            }
            queue = shared.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        };
        drop(queue);
        // The decoders are bounded; if one ever panics, one tile is missing and the map goes on.
        let made = catch_unwind(AssertUnwindSafe(|| make(source, &job, key, &style, ctx)));
        let result = made.unwrap_or(Err(MapFileError::Tile)).map_err(|error| error.to_string());
        let missing = if matches!(result, Ok(None)) { missing_above(source, job.id) } else { Vec::new() };
        let mut queue = shared.lock();
        queue.done.push(Done { key, id: job.id, result });
        queue.done.extend(missing.into_iter().map(|id| Done { key, id, result: Ok(None) }));
        drop(queue);
        ctx.request_repaint();
    }
}

/// The ancestors of a missing tile that are missing too, so that the map need not ask for one after the other.
fn missing_above(source: &Source, id: TileId) -> Vec<TileId> {
    let Source::Embedded(_) = source else { return Vec::new() };
    let ancestors = std::iter::successors(parent(id), |id| parent(*id));
    ancestors.take_while(|id| matches!(source.read(*id), Ok(None))).collect()
}

/// Reads and decodes one tile.
fn make(
    source: &Source,
    job: &Job,
    key: StyleKey,
    style: &Style,
    ctx: &Context,
) -> Result<Option<Drawn>, MapFileError> {
    let vector = |bytes: &[u8], schema: Option<Schema>| {
        let land = Palette::of_dark(key.dark).map.land;
        vector::decode(bytes, schema, style, land, job.id.zoom).map(|tile| Some(Drawn::Vector(tile)))
    };
    match job.data.as_deref() {
        Some(TileData::Raster(picture)) => {
            Ok(Some(texture(ctx, job.id, picture.clone(), key.dark, source.is_photograph())))
        }
        Some(TileData::Vector(bytes)) => vector(bytes, source.schema()),
        Some(TileData::Nothing) => Ok(None),
        None => {
            let Some(bytes) = source.read(job.id)? else { return Ok(None) };
            if !source.is_raster() {
                return vector(&bytes, source.schema());
            }
            let is_photograph = picture::is_photograph(&bytes);
            Ok(Some(texture(ctx, job.id, picture::decode(&bytes)?, key.dark, is_photograph)))
        }
    }
}

/// A picture on the graphics card, as the theme wants it.
fn texture(ctx: &Context, id: TileId, mut picture: Picture, dark: bool, is_photograph: bool) -> Drawn {
    if dark {
        theme::darken(&mut picture.rgba, is_photograph);
    }
    let size = [picture.width_px as usize, picture.height_px as usize];
    let image = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
    let name = format!("tile {}/{}/{}", id.zoom, id.x, id.y);
    Drawn::Picture(ctx.load_texture(name, image, TextureOptions::LINEAR))
}
