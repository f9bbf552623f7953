//! The source of an online map's tiles as the window sees it: what is in view goes in, what has become of each tile
//! comes out. Nothing here waits; the work is done on a thread of its own.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::consent::Consent;
use super::engine::{self, Event};
use super::memory::Memory;
use super::plan::{Item, Plan, Standing};
use super::provider::Provider;
use super::status::{Reason, Status};
use super::tile::{TileData, TileId};
use crate::limits::MAX_TILES_WANTED;

/// A way to call the window: something has changed.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// What has become of a tile.
#[derive(Debug, Clone, PartialEq)]
pub enum TileState {
    /// On its way, or not wanted.
    Loading,
    /// There.
    Ready(Arc<TileData>),
    /// Missing, and asked for again as long as it is in view.
    Missing(Reason),
}

/// No thread could be had for the work.
#[derive(Debug, thiserror::Error)]
#[error("cannot start fetching map tiles: {0}")]
pub struct StartError(#[from] std::io::Error);

/// The tiles of one online map. What it does ends with it.
pub struct Fetcher {
    provider: Provider,
    shared: Arc<Shared>,
    events: UnboundedSender<Event>,
}

impl Fetcher {
    /// Begins to fetch the tiles of the map that was agreed to, as soon as some are wanted. What comes is kept in `cache`,
    /// a folder for all online maps ([`super::cache_folder`]), or only in memory. `wake` is called from another thread
    /// whenever a tile or the status has changed.
    pub fn start(consent: Consent, cache: Option<PathBuf>, wake: Wake) -> Result<Self, StartError> {
        let provider = consent.into_provider();
        let shared = Arc::new(Shared::new(provider.max_zoom, wake));
        let (events, receiver) = unbounded_channel();
        let runtime = engine::runtime()?;
        let work = {
            let (provider, shared, sender) = (provider.clone(), Arc::clone(&shared), events.clone());
            move || engine::run(runtime, provider, cache, shared, receiver, sender)
        };
        std::thread::Builder::new().name("map tiles".to_owned()).spawn(work)?;
        Ok(Self { provider, shared, events })
    }

    /// The map.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// Says which tiles are in view, the most important first. Cheap where that has not changed: call it in every frame.
    /// What is no longer among them is not waited for any more; an empty list ends all requests.
    pub fn want(&self, tiles: &[TileId]) {
        let tiles = &tiles[..tiles.len().min(MAX_TILES_WANTED)];
        let mut state = self.shared.lock();
        if state.wanted == tiles {
            return;
        }
        state.wanted.clear();
        state.wanted.extend_from_slice(tiles);
        // What is in view is told at once, so that the next question for it has the right answer.
        let old = std::mem::take(&mut state.tiles);
        state.tiles = tiles.iter().filter_map(|id| Some((*id, old.get(id)?.clone()))).collect();
        drop(state);
        self.tell(Event::Moved);
    }

    /// What has become of a tile.
    #[must_use]
    pub fn tile(&self, id: TileId) -> TileState {
        self.shared.lock().tiles.get(&id).cloned().unwrap_or(TileState::Loading)
    }

    /// Grows whenever a tile or the status has changed.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.shared.lock().changes
    }

    /// What has become of the tiles in view, all together.
    #[must_use]
    pub fn status(&self) -> Status {
        let state = self.shared.lock();
        let wait =
            state.hold_until.map(|until| until.saturating_duration_since(Instant::now()).as_secs_f64());
        // Said as long as it lasts, and never as nothing.
        let wait_s = wait.filter(|wait| *wait > 0.0).map(|wait| wait.ceil() as u64);
        Status { wait_s, ..state.status.clone() }
    }

    /// The last zoom that has tiles: the provider's, or an earlier one if its description says so.
    #[must_use]
    pub fn max_zoom(&self) -> u8 {
        self.shared.max_zoom.load(Ordering::Relaxed)
    }

    /// Takes back a tile that turned out to be of no use, though it had passed all checks here: it is missing as damaged,
    /// no longer kept, and asked for again.
    pub fn refuse(&self, id: TileId) {
        self.tell(Event::Refused(id));
    }

    /// Asks again for what is missing, now, unless the server has asked us to wait.
    pub fn retry(&self) {
        self.tell(Event::Retry);
    }

    fn tell(&self, event: Event) {
        // The thread listens as long as there is a fetcher.
        let _ = self.events.send(event);
    }
}

impl Drop for Fetcher {
    fn drop(&mut self) {
        self.tell(Event::Closed);
    }
}

/// What the window and the thread share.
pub(super) struct Shared {
    state: Mutex<State>,
    max_zoom: AtomicU8,
    wake: Wake,
}

#[derive(Default)]
struct State {
    wanted: Vec<TileId>,
    /// Of tiles in view what has become of them.
    tiles: HashMap<TileId, TileState>,
    status: Status,
    hold_until: Option<Instant>,
    changes: u64,
}

impl Shared {
    fn new(max_zoom: u8, wake: Wake) -> Self {
        Self { state: Mutex::default(), max_zoom: AtomicU8::new(max_zoom), wake }
    }

    pub(super) fn wanted(&self) -> Vec<TileId> {
        self.lock().wanted.clone()
    }

    pub(super) fn set_max_zoom(&self, max_zoom: u8) {
        self.max_zoom.store(max_zoom, Ordering::Relaxed);
    }

    /// Takes over how everything in view stands, and wakes the window if that is new. Until the map `is_described` its
    /// tiles stand as its description does.
    pub(super) fn publish(&self, plan: &Plan, memory: &Memory, is_described: bool) {
        let has_changed =
            self.lock().update(plan, memory, is_described, self.max_zoom.load(Ordering::Relaxed));
        if has_changed {
            (self.wake)();
        }
    }

    /// A thread that panicked leaves plain data behind; it can be used on.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Says whether anything is new.
    fn update(&mut self, plan: &Plan, memory: &Memory, is_described: bool, max_zoom: u8) -> bool {
        let now = Instant::now();
        let mut status = Status { wanted: self.wanted.len(), ..Status::default() };
        let mut reasons: Vec<(Reason, usize)> = Vec::new();
        let mut has_changed = false;
        for id in &self.wanted {
            let item = if is_described { Item::Tile(*id) } else { Item::Description };
            let standing =
                plan.standing(item, now).unwrap_or_else(|| match TileId::new(id.zoom, id.x, id.y) {
                    // The view has changed a moment ago.
                    Some(id) if id.zoom <= max_zoom => Standing::Loading,
                    _ => Standing::Missing(Reason::NotFound),
                });
            let shown = memory.shown(*id).cloned();
            if let Standing::Missing(reason) = &standing {
                match reasons.iter_mut().find(|(known, _)| known == reason) {
                    Some((_, count)) => *count += 1,
                    None => reasons.push((reason.clone(), 1)),
                }
                *(if shown.is_some() { &mut status.outdated } else { &mut status.missing }) += 1;
            }
            let new = match (shown, standing) {
                (Some(data), _) => TileState::Ready(data),
                (None, Standing::Missing(reason)) => TileState::Missing(reason),
                (None, Standing::Loading | Standing::Done) => TileState::Loading,
            };
            status.loading += usize::from(new == TileState::Loading);
            if !is_same(self.tiles.get(id).unwrap_or(&TileState::Loading), &new) {
                self.tiles.insert(*id, new);
                has_changed = true;
            }
        }
        status.reason = reasons.into_iter().max_by_key(|(_, count)| *count).map(|(reason, _)| reason);
        has_changed |= status != self.status || plan.hold_until() != self.hold_until;
        (self.status, self.hold_until) = (status, plan.hold_until());
        self.changes += u64::from(has_changed);
        has_changed
    }
}

/// Whether two states are the same, without a look at the pixels.
fn is_same(old: &TileState, new: &TileState) -> bool {
    match (old, new) {
        (TileState::Ready(old), TileState::Ready(new)) => Arc::ptr_eq(old, new),
        (TileState::Ready(_), _) | (_, TileState::Ready(_)) => false,
        (old, new) => old == new,
    }
}
