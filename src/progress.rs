//! How far a piece of work has come, and the wish that it should stop: shared by who does it and who waits for it.
//!
//! A worker calls [`Progress::go_on`] now and then, often enough that a wish to stop is met within a tenth of a second,
//! and gives up what it does when the answer is no.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// The whole of a piece of work, in the unit of [`Shared::done`].
const WHOLE: f64 = 1_000_000.0;

/// A handle on a piece of work; clones speak of the same one.
#[derive(Debug, Clone)]
pub struct Progress {
    shared: Arc<Shared>,
    /// The share of the whole work at which this part begins and ends.
    part: [f64; 2],
}

#[derive(Debug, Default)]
struct Shared {
    is_cancelled: AtomicBool,
    done: AtomicU32,
}

impl Default for Progress {
    fn default() -> Self {
        Self { shared: Arc::default(), part: [0.0, 1.0] }
    }
}

impl Progress {
    /// A handle for a part of this work, which reports from `from` to `to` of it (0 to 1).
    #[must_use]
    pub fn part(&self, from: f64, to: f64) -> Self {
        let [start, end] = self.part;
        let at = |share: f64| start + (end - start) * share;
        Self { shared: Arc::clone(&self.shared), part: [at(from), at(to)] }
    }

    /// Reports that `done` of `total` units of this part are done; says whether to go on.
    #[must_use]
    pub fn go_on(&self, done: usize, total: usize) -> bool {
        let [start, end] = self.part;
        let share = (done as f64 / total.max(1) as f64).min(1.0);
        self.shared.done.store(((start + (end - start) * share) * WHOLE) as u32, Ordering::Relaxed);
        !self.is_cancelled()
    }

    /// The share of the whole work that is done, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f32 {
        (f64::from(self.shared.done.load(Ordering::Relaxed)) / WHOLE) as f32
    }

    /// Asks the worker to stop.
    pub fn cancel(&self) {
        self.shared.is_cancelled.store(true, Ordering::Relaxed);
    }

    /// The wish to stop, for workers that know of nothing else.
    #[must_use]
    pub fn cancel_flag(&self) -> &AtomicBool {
        &self.shared.is_cancelled
    }

    /// Whether somebody has asked the worker to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.shared.is_cancelled.load(Ordering::Relaxed)
    }
}

/// Reports the way through a text at coarse intervals, so that it costs nothing.
#[derive(Debug)]
pub struct Pace {
    progress: Progress,
    len_bytes: usize,
    next_bytes: usize,
}

impl Pace {
    /// How much of the text is read between two looks at the wish to stop: a few milliseconds of work.
    const STEP_BYTES: usize = 1 << 17;

    /// For a text of so many bytes.
    #[must_use]
    pub fn new(progress: &Progress, len_bytes: usize) -> Self {
        Self { progress: progress.clone(), len_bytes, next_bytes: 0 }
    }

    /// Whether to go on at this byte of the text.
    #[inline]
    pub fn go_on(&mut self, at_bytes: usize) -> bool {
        if at_bytes < self.next_bytes {
            return true;
        }
        self.next_bytes = at_bytes + Self::STEP_BYTES;
        self.progress.go_on(at_bytes, self.len_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_parts_report_to_the_whole() {
        let whole = Progress::default();
        let part = whole.part(0.5, 1.0).part(0.0, 0.5);
        assert!(part.go_on(1, 2));
        assert!((whole.share() - 0.625).abs() < 1e-5);
        assert!(part.go_on(9, 0) && whole.share() <= 0.75, "never beyond its end");
    }

    #[test]
    fn a_wish_to_stop_reaches_every_handle() {
        let whole = Progress::default();
        let part = whole.part(0.0, 0.1);
        whole.clone().cancel();
        assert!(!part.go_on(0, 1) && part.is_cancelled());
    }
}
