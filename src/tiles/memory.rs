//! The tiles that are there. What is in view always is; of the rest as much as there is room for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::SystemTime;

use super::freshness::Freshness;
use super::tile::{TileData, TileId};
use crate::limits::MAX_TILES_MEMORY_BYTES;

/// Room for tiles that take next to nothing.
const MAX_TILES: usize = 4000;

struct Held {
    data: Arc<TileData>,
    /// `None` if it must not be kept: it is dropped when it leaves the view.
    freshness: Option<Freshness>,
    /// Whether it may be shown: fresh, asked after, or allowed to be neither.
    is_shown: bool,
    used: u64,
}

/// The tiles that are there.
#[derive(Default)]
pub(super) struct Memory {
    held: HashMap<TileId, Held>,
    turn: u64,
}

impl Memory {
    pub(super) fn contains(&self, id: TileId) -> bool {
        self.held.contains_key(&id)
    }

    /// The tile, if it may be shown.
    pub(super) fn shown(&self, id: TileId) -> Option<&Arc<TileData>> {
        self.held.get(&id).filter(|held| held.is_shown).map(|held| &held.data)
    }

    pub(super) fn freshness(&self, id: TileId) -> Option<&Freshness> {
        self.held.get(&id)?.freshness.as_ref()
    }

    /// Whether a tile that comes back into view is good. If it may not be shown before its server was asked, it is not.
    pub(super) fn is_fresh(&mut self, id: TileId, now: SystemTime) -> bool {
        let Some(held) = self.held.get_mut(&id) else { return false };
        let is_fresh = held.freshness.as_ref().is_some_and(|freshness| freshness.is_fresh(now));
        held.is_shown = is_fresh || held.freshness.as_ref().is_some_and(Freshness::may_be_stale);
        is_fresh
    }

    /// Takes a tile. `is_good`: it is fresh, or comes from the server at this moment.
    pub(super) fn put(
        &mut self,
        id: TileId,
        data: Arc<TileData>,
        freshness: Option<Freshness>,
        is_good: bool,
    ) {
        let is_shown = is_good || freshness.as_ref().is_some_and(Freshness::may_be_stale);
        self.held.insert(id, Held { data, freshness, is_shown, used: self.turn });
    }

    /// The server says that a tile is still good.
    pub(super) fn renew(&mut self, id: TileId, freshness: Option<Freshness>) {
        if let Some(held) = self.held.get_mut(&id) {
            (held.freshness, held.is_shown) = (freshness, true);
        }
    }

    pub(super) fn remove(&mut self, id: TileId) {
        self.held.remove(&id);
    }

    /// Drops what is not in view and has no room, what was in view longest ago first.
    pub(super) fn make_room(&mut self, in_view: &[TileId]) {
        self.bound(in_view, MAX_TILES_MEMORY_BYTES, MAX_TILES);
    }

    fn bound(&mut self, in_view: &[TileId], max_bytes: usize, max_tiles: usize) {
        self.turn += 1;
        let in_view: HashSet<&TileId> = in_view.iter().collect();
        let mut others = Vec::new();
        self.held.retain(|id, held| {
            if in_view.contains(id) {
                held.used = self.turn;
                return true;
            }
            others.push((held.used, *id, held.data.bytes()));
            held.freshness.is_some()
        });
        let mut bytes: usize = others.iter().map(|(_, _, bytes)| bytes).sum();
        let mut tiles = others.len();
        others.sort_unstable();
        for (_, id, size) in others {
            if bytes <= max_bytes && tiles <= max_tiles {
                break;
            }
            self.held.remove(&id);
            bytes -= size;
            tiles -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{CACHE_CONTROL, HeaderMap, HeaderValue};

    use super::*;

    fn id(x: u32) -> TileId {
        TileId::new(10, x, 0).unwrap()
    }

    fn freshness(control: &'static str) -> Option<Freshness> {
        let headers = HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static(control))]);
        Freshness::of(&headers, SystemTime::now(), Duration::ZERO)
    }

    fn data() -> Arc<TileData> {
        Arc::new(TileData::Vector(vec![0; 100]))
    }

    #[test]
    fn memory_is_bounded_and_what_is_in_view_stays() {
        let mut memory = Memory::default();
        for x in 0..100 {
            memory.put(id(x), data(), freshness("max-age=60"), true);
            memory.bound(&[id(0), id(x)], 1000, 50);
            assert!(memory.held.len() <= 12, "{}", memory.held.len());
        }
        assert!(memory.contains(id(0)) && memory.contains(id(99)) && memory.contains(id(95)));
        memory.bound(&[id(99)], 1000, 3);
        assert_eq!(memory.held.len(), 4);
    }

    #[test]
    fn what_must_not_be_kept_goes_with_the_view() {
        let mut memory = Memory::default();
        memory.put(id(1), data(), freshness("no-store"), true);
        memory.bound(&[id(1)], 1000, 50);
        assert!(memory.shown(id(1)).is_some());
        memory.bound(&[], 1000, 50);
        assert!(!memory.contains(id(1)));
    }

    #[test]
    fn what_must_be_asked_after_is_not_shown_before() {
        let mut memory = Memory::default();
        memory.put(id(1), data(), freshness("no-cache"), false);
        assert!(memory.contains(id(1)) && memory.shown(id(1)).is_none());
        memory.renew(id(1), freshness("no-cache"));
        assert!(memory.shown(id(1)).is_some());
        assert!(!memory.is_fresh(id(1), SystemTime::now()) && memory.shown(id(1)).is_none());
        memory.put(id(2), data(), freshness("max-age=0"), false);
        assert!(memory.shown(id(2)).is_some(), "shown until there is something newer");
    }
}
