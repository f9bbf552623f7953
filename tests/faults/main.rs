//! Online maps with a server that fails: for each fault nothing hangs, panics or takes much memory, the status says in words
//! what is wrong, and within ten seconds of the fault's end the map is whole. Everything happens on this machine.

// A test that cannot go on may say so by a panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod archives;
mod content;
mod faults;
mod manners;
mod secrecy;
mod server;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use dateline::tiles::{Agreed, CustomMap, Fetcher, Online, Provider, TileId, TileState};

/// How soon after a fault's end the map must be whole.
const RECOVERY: Duration = Duration::from_secs(10);
/// How soon a fault must be told. Nothing is measured by it: it ends tests that would never end.
const PATIENCE: Duration = Duration::from_secs(30);

/// A fetcher as the window has it.
struct Map {
    fetcher: Fetcher,
    wakes: Arc<AtomicUsize>,
}

/// A map whose tiles have such addresses, `{z}/{x}/{y}` and this ending, at a server on this machine.
fn provider(host: &str, ending: &str) -> Provider {
    provider_at(&format!("http://{host}"), ending)
}

/// The same with the beginning of the address as a whole.
fn provider_at(origin: &str, ending: &str) -> Provider {
    Provider::custom(&CustomMap {
        name: "Here".to_owned(),
        attribution: "Nobody".to_owned(),
        template: format!("{origin}/{{z}}/{{x}}/{{y}}{ending}"),
        max_zoom: 19,
        tile_size_px: 256,
    })
    .unwrap()
}

impl Map {
    fn new(provider: &Provider, cache: Option<&Path>) -> Self {
        let mut agreed = Agreed::default();
        agreed.add(provider);
        let consent = Online::unless(false).unwrap().consent(provider, &agreed).unwrap();
        let wakes = Arc::new(AtomicUsize::new(0));
        let wake = {
            let wakes = Arc::clone(&wakes);
            Arc::new(move || {
                wakes.fetch_add(1, Ordering::SeqCst);
            })
        };
        Self { fetcher: Fetcher::start(consent, cache.map(Path::to_owned), wake).unwrap(), wakes }
    }

    /// So many of the tiles in view are there.
    fn ready(&self) -> usize {
        view().iter().filter(|id| matches!(self.fetcher.tile(**id), TileState::Ready(_))).count()
    }

    /// Waits until something holds.
    fn wait(&self, time: Duration, what: &str, holds: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !holds(self) {
            assert!(start.elapsed() < time, "not within {time:?}: {what}; {:?}", self.fetcher.status());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The tiles in view.
fn view() -> Vec<TileId> {
    view_at(0)
}

/// Those of a view elsewhere.
fn view_at(place: u32) -> Vec<TileId> {
    (0..6).map(|x| TileId::new(6, 10 * place + x, 20).unwrap()).collect()
}
