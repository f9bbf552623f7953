//! What to ask for next, and when to ask again. Pure bookkeeping: nothing here waits or asks.
//!
//! - While a server works, what is in view is asked for in its order, a few at a time.
//! - Two failures in a row that are the server's: it is down. From then on single requests probe it, a second apart at
//!   first, then [`MAX_RETRY_WAIT`] at most; all else waits. The first answer ends that, and all is asked for again.
//! - What a working server did not give us (there is none, or it is damaged) is looked for again a few at a time, up to
//!   [`MAX_LOOK_WAIT`] apart. If one has come, all the others are asked for at once.
//! - While a server has asked us to wait, nobody asks it.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::status::Reason;
use super::tile::TileId;
use crate::limits::{IDLE_AFTER, IDLE_WAIT, MAX_LOOK_WAIT, MAX_RETRY_WAIT, SETTLE_TIME};

/// So many failures of the server in a row mean that it is down.
const DOWN_AFTER: u32 = 2;
/// The first wait before something is asked for again.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// What describes the map: its tiles wait for it.
    Description,
    /// A tile.
    Tile(TileId),
}

/// How far an item is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    /// It may be on disk. It came into view at `since`.
    Looking { since: Instant },
    /// To be asked for from then on.
    New { from: Instant },
    /// The server was asked; `before`: why it was missing when it was.
    Asked { before: Option<Reason> },
    /// It was asked for at `at` in vain.
    Failed { reason: Reason, at: Instant, is_due: bool },
    /// There.
    Done,
}

/// How an item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// On its way.
    Loading,
    /// Missing, for the time being.
    Missing(Reason),
    /// There.
    Done,
}

/// What a change of the view brings.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Moved {
    /// To be looked for on disk.
    pub(super) new: Vec<Item>,
    /// No longer in view: not to be waited for.
    pub(super) gone: Vec<Item>,
}

/// The bookkeeping for one map.
#[derive(Debug)]
pub(super) struct Plan {
    parallel: usize,
    /// In view, the most important first.
    order: Vec<Item>,
    stages: HashMap<Item, Stage>,
    /// How many of them are asked for.
    asked: usize,
    /// When the view changed last.
    moved_at: Instant,
    /// Failures of the server in a row, the last with its reason.
    failures: u32,
    why_down: Reason,
    /// When the server may be probed next while it is down, when it was last, and how often.
    probe_at: Instant,
    probed_at: Instant,
    probes: u32,
    /// When to look again for what is missing while the server works, and how often that was in vain.
    look_at: Option<Instant>,
    looks: u32,
    /// Until when the server wants not to be asked.
    hold_until: Option<Instant>,
}

impl Plan {
    pub(super) fn new(parallel: usize, now: Instant) -> Self {
        Self {
            parallel: parallel.max(1),
            order: Vec::new(),
            stages: HashMap::new(),
            asked: 0,
            moved_at: now,
            failures: 0,
            why_down: Reason::Offline,
            probe_at: now,
            probed_at: now,
            probes: 0,
            look_at: None,
            looks: 0,
            hold_until: None,
        }
    }

    /// Says what is in view now.
    pub(super) fn want(&mut self, items: &[Item], now: Instant) -> Moved {
        self.moved_at = now;
        let mut moved = Moved::default();
        let mut stages = HashMap::with_capacity(items.len());
        self.order.clear();
        for item in items {
            if stages.contains_key(item) {
                continue;
            }
            let stage = self.stages.remove(item).unwrap_or_else(|| {
                moved.new.push(*item);
                Stage::Looking { since: now }
            });
            stages.insert(*item, stage);
            self.order.push(*item);
        }
        moved.gone = self.stages.drain().map(|(item, _)| item).collect();
        self.stages = stages;
        if !moved.new.is_empty() {
            // Perhaps only what was in view before is beyond this server.
            self.probe_at = self.probe_at.min(self.probed_at + FIRST_WAIT);
        }
        self.asked = self.stages.values().filter(|stage| matches!(stage, Stage::Asked { .. })).count();
        moved
    }

    /// The item has been looked for: it is there and good, or has to be asked for.
    pub(super) fn looked(&mut self, item: Item, is_good: bool, now: Instant) {
        if let Some(stage @ Stage::Looking { .. }) = self.stages.get_mut(&item) {
            let from = if let Stage::Looking { since } = stage { *since + SETTLE_TIME } else { now };
            *stage = if is_good { Stage::Done } else { Stage::New { from } };
        }
    }

    /// What to ask for now. It counts as asked for from now on.
    pub(super) fn next(&mut self, now: Instant) -> Option<Item> {
        if self.asked >= self.parallel || self.hold_until.is_some_and(|until| now < until) {
            return None;
        }
        let item = if self.is_down() {
            if now < self.probe_at {
                return None;
            }
            let item = self.first(|stage| matches!(stage, Stage::New { from } if *from <= now));
            let item = item.or_else(|| self.oldest_failures(1).first().copied())?;
            self.probes += 1;
            self.probed_at = now;
            self.probe_at = now + self.wait(self.probes, MAX_RETRY_WAIT, now);
            item
        } else {
            if self.look_at.is_some_and(|at| at <= now) {
                self.look_again(now);
            }
            self.first(|stage| match stage {
                Stage::New { from } => *from <= now,
                Stage::Failed { is_due, .. } => *is_due,
                _ => false,
            })?
        };
        let before = match self.stages.get(&item) {
            Some(Stage::Failed { reason, .. }) => Some(reason.clone()),
            _ => self.is_down().then(|| self.why_down.clone()),
        };
        self.stages.insert(item, Stage::Asked { before });
        self.asked += 1;
        Some(item)
    }

    /// When [`Self::next`] may have something again if nothing happens before.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        let new = self.stages.values().filter_map(|stage| match stage {
            Stage::New { from } => Some(*from),
            _ => None,
        });
        let new = new.min();
        let has_failed = self.stages.values().any(|stage| matches!(stage, Stage::Failed { .. }));
        if self.asked >= self.parallel || (new.is_none() && !has_failed) {
            return None;
        }
        let at = if self.is_down() {
            let ready = if has_failed { self.probe_at } else { new? };
            self.probe_at.max(ready)
        } else {
            [new, self.look_at.filter(|_| has_failed)].into_iter().flatten().min()?
        };
        Some(self.hold_until.map_or(at, |until| at.max(until)))
    }

    /// The item has come.
    pub(super) fn succeeded(&mut self, item: Item) {
        let was_down = self.is_down();
        self.failures = 0;
        self.probes = 0;
        if let Some(stage) = self.stages.get_mut(&item) {
            let was_missing = match stage {
                Stage::Asked { before } => {
                    self.asked -= 1;
                    before.is_some()
                }
                Stage::Failed { .. } => true,
                _ => false,
            };
            *stage = Stage::Done;
            if was_missing || was_down {
                self.all_due();
            }
        }
        if !self.stages.values().any(|stage| matches!(stage, Stage::Failed { .. })) {
            (self.look_at, self.looks) = (None, 0);
        }
    }

    /// The item has not come; the server wants not to be asked for `wait`.
    pub(super) fn failed(&mut self, item: Item, reason: Reason, wait: Option<Duration>, now: Instant) {
        if let Some(wait) = wait {
            let until = now + wait;
            self.hold_until = Some(self.hold_until.map_or(until, |other| other.max(until)));
        }
        if reason.is_of_the_server() {
            self.failures += 1;
            self.why_down = reason.clone();
            if self.failures == DOWN_AFTER {
                self.probe_at = now + FIRST_WAIT;
            }
        } else {
            // It answers.
            if self.is_down() {
                self.all_due();
            }
            (self.failures, self.probes) = (0, 0);
        }
        if let Some(stage) = self.stages.get_mut(&item) {
            if matches!(stage, Stage::Asked { .. }) {
                self.asked -= 1;
            }
            *stage = Stage::Failed { reason, at: now, is_due: false };
            self.look_at.get_or_insert(now + FIRST_WAIT);
        }
    }

    /// Asks again for all that is missing, as soon as the server lets us.
    pub(super) fn retry(&mut self, now: Instant) {
        self.moved_at = now;
        (self.failures, self.probes, self.looks) = (0, 0, 0);
        self.all_due();
    }

    /// How an item in view stands.
    pub(super) fn standing(&self, item: Item, now: Instant) -> Option<Standing> {
        Some(match self.stages.get(&item)? {
            Stage::Done => Standing::Done,
            Stage::Failed { reason, .. } | Stage::Asked { before: Some(reason) } => {
                Standing::Missing(reason.clone())
            }
            Stage::Asked { before: None } | Stage::Looking { .. } => Standing::Loading,
            Stage::New { .. } if self.is_down() => Standing::Missing(self.why_down.clone()),
            Stage::New { .. } if self.hold_until.is_some_and(|until| now < until) => {
                Standing::Missing(Reason::Busy)
            }
            Stage::New { .. } => Standing::Loading,
        })
    }

    /// Until when the server wants not to be asked.
    pub(super) fn hold_until(&self) -> Option<Instant> {
        self.hold_until
    }

    fn is_down(&self) -> bool {
        self.failures >= DOWN_AFTER
    }

    fn first(&self, is_meant: impl Fn(&Stage) -> bool) -> Option<Item> {
        self.order.iter().find(|item| self.stages.get(item).is_some_and(&is_meant)).copied()
    }

    /// Of what has failed the items that were not asked for for longest.
    fn oldest_failures(&self, count: usize) -> Vec<Item> {
        let failed = |item: &Item| match self.stages.get(item) {
            Some(Stage::Failed { at, .. }) => Some((*at, *item)),
            _ => None,
        };
        let mut failed: Vec<(Instant, Item)> = self.order.iter().filter_map(failed).collect();
        failed.sort_by_key(|(at, _)| *at);
        failed.into_iter().take(count).map(|(_, item)| item).collect()
    }

    fn look_again(&mut self, now: Instant) {
        for item in self.oldest_failures(self.parallel) {
            if let Some(Stage::Failed { is_due, .. }) = self.stages.get_mut(&item) {
                *is_due = true;
            }
        }
        self.looks += 1;
        self.look_at = Some(now + self.wait(self.looks, MAX_LOOK_WAIT, now));
    }

    fn all_due(&mut self) {
        for stage in self.stages.values_mut() {
            if let Stage::Failed { is_due, .. } = stage {
                *is_due = true;
            }
        }
    }

    /// The wait after so many tries: twice as long each time, up to `longest`, or more when nobody is looking.
    fn wait(&self, tries: u32, longest: Duration, now: Instant) -> Duration {
        let is_idle = now.saturating_duration_since(self.moved_at) > IDLE_AFTER;
        if is_idle { IDLE_WAIT } else { FIRST_WAIT.saturating_mul(1 << tries.min(10)).min(longest) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const STEP: Duration = Duration::from_millis(100);

    fn item(x: u32) -> Item {
        Item::Tile(TileId::new(10, x, 0).unwrap())
    }

    /// A view of so many tiles, none of them on disk.
    fn plan(tiles: u32) -> (Plan, Instant) {
        let now = Instant::now();
        let mut plan = Plan::new(2, now);
        let items: Vec<Item> = (0..tiles).map(item).collect();
        assert_eq!(plan.want(&items, now).new, items);
        items.iter().for_each(|item| plan.looked(*item, false, now));
        (plan, now + SETTLE_TIME)
    }

    fn asked(plan: &mut Plan, now: Instant) -> Vec<Item> {
        std::iter::from_fn(|| plan.next(now)).collect()
    }

    /// Lets time pass while a server answers everything in the same way; gives what was asked for when.
    fn pass(
        plan: &mut Plan,
        now: &mut Instant,
        time: Duration,
        answer: impl Fn(Item) -> Option<Reason>,
    ) -> Vec<(Duration, Item)> {
        let (start, mut log) = (*now, Vec::new());
        while *now < start + time {
            while let Some(item) = plan.next(*now) {
                log.push((*now - start, item));
                match answer(item) {
                    Some(reason) => plan.failed(item, reason, None, *now),
                    None => plan.succeeded(item),
                }
            }
            // Where nothing is due, nobody would ask.
            assert!(plan.wake_at().is_none_or(|at| at > *now), "it would spin");
            *now += STEP;
        }
        log
    }

    fn missing(plan: &Plan, now: Instant) -> usize {
        let standings = plan.order.iter().filter_map(|item| plan.standing(*item, now));
        standings.filter(|standing| matches!(standing, Standing::Missing(_))).count()
    }

    #[test]
    fn tiles_are_asked_for_in_their_order_a_few_at_a_time_and_not_before_the_map_rests() {
        let (mut plan, now) = plan(5);
        assert_eq!(asked(&mut plan, now - STEP), []);
        assert_eq!(asked(&mut plan, now), [item(0), item(1)]);
        plan.succeeded(item(0));
        assert_eq!(asked(&mut plan, now), [item(2)]);
    }

    #[test]
    fn what_is_on_disk_is_not_asked_for() {
        let now = Instant::now();
        let mut plan = Plan::new(2, now);
        plan.want(&[item(0)], now);
        plan.looked(item(0), true, now);
        assert_eq!((asked(&mut plan, now + SECOND), plan.wake_at()), (vec![], None));
        assert_eq!(plan.standing(item(0), now), Some(Standing::Done));
    }

    #[test]
    fn what_is_no_longer_in_view_makes_room() {
        let (mut plan, now) = plan(5);
        asked(&mut plan, now);
        let moved = plan.want(&[item(1), item(9), item(9)], now);
        assert_eq!((moved.new, moved.gone.len()), (vec![item(9)], 4));
        plan.looked(item(9), false, now);
        assert_eq!(asked(&mut plan, now + SECOND), [item(9)]);
        plan.succeeded(item(0));
        assert_eq!(plan.standing(item(0), now), None);
    }

    #[test]
    fn when_all_is_there_nothing_is_due() {
        let (mut plan, mut now) = plan(5);
        assert_eq!(pass(&mut plan, &mut now, SECOND, |_| None).len(), 5);
        assert_eq!(plan.wake_at(), None);
    }

    #[test]
    fn a_server_that_is_down_is_probed_by_single_requests_and_the_map_is_whole_soon_after_it_is_up() {
        let (mut plan, mut now) = plan(40);
        let log = pass(&mut plan, &mut now, 60 * SECOND, |_| Some(Reason::Timeout));
        assert!((15..=20).contains(&log.len()), "{}", log.len());
        assert!(log.windows(2).skip(2).all(|pair| pair[1].0 - pair[0].0 >= SECOND));
        assert_eq!(missing(&plan, now), 40);
        let log = pass(&mut plan, &mut now, MAX_RETRY_WAIT, |_| None);
        assert_eq!((log.len(), missing(&plan, now)), (40, 0));
    }

    #[test]
    fn one_tile_on_which_the_server_fails_does_not_hold_up_the_others() {
        let (mut plan, mut now) = plan(20);
        let answer = |asked| (asked == item(3)).then_some(Reason::Server(500));
        pass(&mut plan, &mut now, SECOND / 2, answer);
        assert_eq!(missing(&plan, now), 1);
        let log = pass(&mut plan, &mut now, 60 * SECOND, answer);
        assert!((10..=18).contains(&log.len()) && log.iter().all(|(_, asked)| *asked == item(3)), "{log:?}");
    }

    #[test]
    fn a_tile_on_which_the_server_always_fails_does_not_hold_up_a_new_view_for_long() {
        let (mut plan, mut now) = plan(1);
        pass(&mut plan, &mut now, 30 * SECOND, |_| Some(Reason::Server(500)));
        let items: Vec<Item> = (0..9).map(item).collect();
        plan.want(&items, now);
        items.iter().for_each(|item| plan.looked(*item, false, now));
        pass(&mut plan, &mut now, SECOND + 2 * STEP, |asked| {
            (asked == item(0)).then_some(Reason::Server(500))
        });
        assert_eq!(missing(&plan, now), 1);
    }

    #[test]
    fn even_if_the_probes_fall_on_tiles_that_always_fail_the_others_come() {
        let (mut plan, mut now) = plan(6);
        pass(&mut plan, &mut now, 30 * SECOND, |_| Some(Reason::Server(502)));
        let answer = |asked| (asked == item(0) || asked == item(1)).then_some(Reason::Server(500));
        pass(&mut plan, &mut now, 30 * SECOND, answer);
        assert_eq!(missing(&plan, now), 2);
    }

    #[test]
    fn what_a_working_server_lacks_is_looked_for_now_and_then_and_all_of_it_comes_together() {
        let (mut plan, mut now) = plan(40);
        let log = pass(&mut plan, &mut now, 60 * SECOND, |_| Some(Reason::NotFound));
        assert!((50..=64).contains(&log.len()), "{}", log.len());
        let log = pass(&mut plan, &mut now, MAX_LOOK_WAIT, |_| None);
        assert_eq!((log.len(), missing(&plan, now)), (40, 0));
    }

    #[test]
    fn a_server_that_wants_to_be_left_alone_is() {
        let (mut plan, now) = plan(5);
        asked(&mut plan, now);
        plan.failed(item(0), Reason::Busy, Some(30 * SECOND), now);
        plan.failed(item(1), Reason::Busy, Some(20 * SECOND), now);
        assert_eq!(asked(&mut plan, now + 29 * SECOND), []);
        assert_eq!(plan.wake_at(), Some(now + 30 * SECOND));
        assert_eq!(missing(&plan, now), 5);
        plan.retry(now);
        assert_eq!(asked(&mut plan, now + 29 * SECOND), [], "whoever asks");
        assert_eq!(asked(&mut plan, now + 30 * SECOND).len(), 2);
    }

    #[test]
    fn when_nobody_has_touched_the_map_for_long_it_asks_less_often() {
        let (mut plan, mut now) = plan(5);
        pass(&mut plan, &mut now, IDLE_AFTER + 60 * SECOND, |_| Some(Reason::Offline));
        let log = pass(&mut plan, &mut now, 600 * SECOND, |_| Some(Reason::Offline));
        assert!((9..=11).contains(&log.len()), "{}", log.len());
        let items: Vec<Item> = (0..5).map(item).collect();
        plan.want(&items, now);
        plan.retry(now);
        assert_eq!(asked(&mut plan, now).len(), 2);
    }

    #[test]
    fn while_a_missing_tile_is_asked_for_again_it_is_still_missing() {
        let (mut plan, now) = plan(1);
        asked(&mut plan, now);
        assert_eq!(plan.standing(item(0), now), Some(Standing::Loading));
        plan.failed(item(0), Reason::NotFound, None, now);
        assert_eq!(asked(&mut plan, now + SECOND), [item(0)]);
        assert_eq!(plan.standing(item(0), now), Some(Standing::Missing(Reason::NotFound)));
    }
}
