//! How far a piece of work has come, and the wish that it should stop: shared by who does it and who waits for it.
//!
//! A worker calls [`Progress::go_on`] now and then, often enough that a wish to stop is met within a tenth of a second,
//! and gives up what it does when the answer is no.
//!
//! Who reads a file also tells what was found in it so far, by [`Progress::found`] or row by row through [`Finds`]: how
//! many rows, and where some of them are, so that there is something to see before the end.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The whole of a piece of work, in the unit of [`Shared::done`].
const WHOLE: f64 = 1_000_000.0;

/// A handle on a piece of work; clones speak of the same one.
#[derive(Debug, Clone)]
pub struct Progress {
    shared: Arc<Shared>,
    /// The share of the whole work at which this part begins and ends.
    part: [f64; 2],
    /// Rows that were found before this part.
    rows_before: u64,
}

#[derive(Debug, Default)]
struct Shared {
    is_cancelled: AtomicBool,
    done: AtomicU32,
    rows: AtomicU64,
    places: Mutex<Places>,
}

/// Where some of the rows are that were found so far: evenly picked, and never so many that they are a burden.
#[derive(Debug, Clone, Default)]
struct Places {
    /// Longitude and latitude in degrees.
    kept: Vec<[f32; 2]>,
    /// One of so many rows is kept, as a power of two.
    step: u32,
    /// Rows so far.
    seen: u64,
}

impl Places {
    /// So many at most.
    const MAX: usize = 1 << 14;

    fn add(&mut self, place: [f32; 2]) {
        if self.seen & ((1 << self.step) - 1) == 0 {
            if self.kept.len() == Self::MAX {
                let mut n = 0;
                self.kept.retain(|_| {
                    n += 1;
                    n % 2 == 1
                });
                self.step += 1;
            }
            self.kept.push(place);
        }
        self.seen += 1;
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self { shared: Arc::default(), part: [0.0, 1.0], rows_before: 0 }
    }
}

impl Progress {
    /// A handle for a part of this work, which reports from `from` to `to` of it (0 to 1).
    #[must_use]
    pub fn part(&self, from: f64, to: f64) -> Self {
        let [start, end] = self.part;
        let at = |share: f64| start + (end - start) * share;
        Self { shared: Arc::clone(&self.shared), part: [at(from), at(to)], rows_before: self.rows() }
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

    /// Tells of rows that were found, with the longitude and latitude in degrees of those that have a position.
    pub fn found(&self, rows: usize, places_deg: impl IntoIterator<Item = [f32; 2]>) {
        self.shared.rows.fetch_add(rows as u64, Ordering::Relaxed);
        let mut places = self.places();
        places_deg.into_iter().for_each(|place| places.add(place));
    }

    /// Takes back what was told of rows: they are read again in another way.
    pub fn forget_rows(&self) {
        self.shared.rows.store(self.rows_before, Ordering::Relaxed);
    }

    /// How many rows were found so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.shared.rows.load(Ordering::Relaxed)
    }

    /// Longitudes and latitudes in degrees of some of the rows that were found so far, spread evenly over them.
    #[must_use]
    pub fn places_deg(&self) -> Vec<[f32; 2]> {
        self.places().kept.clone()
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.shared.places.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Tells row by row what is found in a file, in batches, so that it costs nothing.
#[derive(Debug, Default)]
pub struct Finds {
    progress: Option<Progress>,
    rows: usize,
    places_deg: Vec<[f32; 2]>,
    told: u64,
}

impl Finds {
    /// Rows that are told of at once.
    const BATCH: usize = 1 << 11;

    /// Tells of what is found by this piece of work.
    #[must_use]
    pub fn new(progress: &Progress) -> Self {
        Self { progress: Some(progress.clone()), rows: 0, places_deg: Vec::new(), told: 0 }
    }

    /// A row: its longitude and latitude in degrees, if it has a position.
    #[inline]
    pub fn add(&mut self, place_deg: Option<[f64; 2]>) {
        if self.progress.is_none() {
            return;
        }
        self.rows += 1;
        self.places_deg.extend(place_deg.map(|[lon, lat]| [lon as f32, lat as f32]));
        if self.rows == Self::BATCH {
            self.tell();
        }
    }

    fn tell(&mut self) {
        if let Some(progress) = &self.progress {
            progress.found(self.rows, self.places_deg.drain(..));
            self.told += std::mem::take(&mut self.rows) as u64;
        }
    }

    /// Says that all of it holds.
    pub fn keep(mut self) {
        self.tell();
        self.told = 0;
    }
}

impl Drop for Finds {
    /// What is found once more in another way of reading counts once.
    fn drop(&mut self) {
        if let Some(progress) = &self.progress {
            progress.shared.rows.fetch_sub(self.told, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_of_the_places_are_kept_evenly_however_many_there_are() {
        let progress = Progress::default();
        let mut finds = Finds::new(&progress);
        for n in 0..200_000 {
            finds.add(Some([f64::from(n), 0.0]));
        }
        assert!(progress.rows() >= 198_000 && progress.rows() <= 200_000);
        finds.keep();
        let kept = progress.places_deg();
        assert!((Places::MAX / 2..=Places::MAX).contains(&kept.len()), "{}", kept.len());
        assert!(kept.windows(2).all(|pair| pair[1][0] - pair[0][0] == kept[1][0] - kept[0][0]));
        assert_eq!(progress.rows(), 200_000);
    }

    #[test]
    fn what_is_read_again_counts_once() {
        let progress = Progress::default();
        for _ in 0..2 {
            let mut finds = Finds::new(&progress);
            (0..5000).for_each(|_| finds.add(None));
        }
        assert_eq!(progress.rows(), 0);
        let mut finds = Finds::new(&progress);
        (0..5000).for_each(|_| finds.add(None));
        finds.keep();
        assert_eq!((progress.rows(), progress.places_deg().len()), (5000, 0));
    }

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
