//! Work off the UI thread: each job on a thread of its own, with progress and cancel, its result on one channel.
//!
//! The owner names the kinds of work and what comes of them. Of each kind only the newest job counts: a newer one cancels
//! the older, and what is cancelled never arrives. The channel is asked with [`Jobs::poll`]; `wake` is called whenever it
//! has something new. Nothing here knows of egui.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::progress::Progress;

/// A way to call the owner of jobs: its next poll will find something.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// A job that came to no result: its thread could not be started, or it ended by a mistake in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the work ended without a result")]
pub struct Crashed;

/// The jobs of one owner. `K` names kinds of work, `T` is what comes of them.
pub struct Jobs<K, T> {
    wake: Wake,
    sender: Sender<Finished<T>>,
    receiver: Receiver<Finished<T>>,
    running: Vec<Running<K>>,
    started: u64,
}

struct Finished<T> {
    number: u64,
    result: Result<T, Crashed>,
}

/// A job that is under way.
#[derive(Debug)]
pub struct Running<K> {
    kind: K,
    number: u64,
    progress: Progress,
    since: Instant,
}

impl<K> Running<K> {
    /// The share that is done, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f32 {
        self.progress.share()
    }

    /// How far it is, and what it has found so far.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// For how long it has been running.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.since.elapsed()
    }
}

impl<K: Copy + PartialEq, T: Send + 'static> Jobs<K, T> {
    /// No jobs yet. `wake` is called from their threads.
    #[must_use]
    pub fn new(wake: Wake) -> Self {
        let (sender, receiver) = channel();
        Self { wake, sender, receiver, running: Vec::new(), started: 0 }
    }

    /// Starts a job and cancels the older one of its kind.
    pub fn start(&mut self, kind: K, work: impl FnOnce(&Progress) -> T + Send + 'static) {
        self.cancel(kind);
        self.started += 1;
        let (number, progress) = (self.started, Progress::default());
        let (sender, wake, handle) = (self.sender.clone(), Arc::clone(&self.wake), progress.clone());
        let job = move || {
            // A mistake in a reader must not leave the window waiting for ever.
            let result = catch_unwind(AssertUnwindSafe(|| work(&handle))).map_err(|_| Crashed);
            if !handle.is_cancelled() && sender.send(Finished { number, result }).is_ok() {
                wake();
            }
        };
        self.running.push(Running { kind, number, progress, since: Instant::now() });
        if let Err(error) = std::thread::Builder::new().name("job".to_owned()).spawn(job) {
            log::warn!("no thread for a job: {error}");
            // The owner holds the receiver: this cannot fail.
            let _ = self.sender.send(Finished { number, result: Err(Crashed) });
            (self.wake)();
        }
    }

    /// Cancels the job of this kind; says whether there was one. Its result will not arrive, however long its thread
    /// takes to notice.
    pub fn cancel(&mut self, kind: K) -> bool {
        let before = self.running.len();
        self.running.retain(|job| {
            if job.kind == kind {
                job.progress.cancel();
            }
            job.kind != kind
        });
        self.running.len() < before
    }

    /// The job of this kind that is under way.
    #[must_use]
    pub fn running(&self, kind: K) -> Option<&Running<K>> {
        self.running.iter().find(|job| job.kind == kind)
    }

    /// The next result that has arrived.
    pub fn poll(&mut self) -> Option<(K, Result<T, Crashed>)> {
        while let Ok(finished) = self.receiver.try_recv() {
            // What was cancelled a moment too late for its thread to notice is dropped here.
            if let Some(at) = self.running.iter().position(|job| job.number == finished.number) {
                return Some((self.running.swap_remove(at).kind, finished.result));
            }
        }
        None
    }
}

impl<K, T> Drop for Jobs<K, T> {
    fn drop(&mut self) {
        self.running.iter().for_each(|job| job.progress.cancel());
    }
}

/// Drops something large on a thread of its own: freeing a million incidents takes longer than a frame.
pub fn discard<T: Send + 'static>(garbage: T) {
    // Without a thread the closure is dropped here and now, and `garbage` with it.
    let _ = std::thread::Builder::new().name("discard".to_owned()).spawn(move || drop(garbage));
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, mpsc};

    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Kind {
        Load,
        Search,
    }

    fn jobs() -> (Jobs<Kind, u32>, Receiver<()>) {
        let (sender, woken) = channel();
        let sender = Mutex::new(sender);
        let wake = move || sender.lock().unwrap().send(()).unwrap();
        (Jobs::new(Arc::new(wake)), woken)
    }

    /// A job that reports when it has seen the wish to stop.
    fn until_cancelled(seen: Sender<()>) -> impl FnOnce(&Progress) -> u32 {
        move |progress| {
            while progress.go_on(1, 2) {
                std::thread::yield_now();
            }
            let _ = seen.send(());
            0
        }
    }

    #[test]
    fn a_result_arrives_once_and_wakes_the_owner() {
        let (mut jobs, woken) = jobs();
        jobs.start(Kind::Load, |_| 7);
        woken.recv().unwrap();
        assert_eq!(jobs.poll(), Some((Kind::Load, Ok(7))));
        assert!(jobs.poll().is_none() && jobs.running(Kind::Load).is_none());
    }

    #[test]
    fn what_is_cancelled_stops_and_never_arrives() {
        let (mut jobs, _woken) = jobs();
        let (sender, seen) = mpsc::channel();
        jobs.start(Kind::Load, until_cancelled(sender));
        assert!(jobs.running(Kind::Load).is_some());
        assert!(jobs.cancel(Kind::Load) && !jobs.cancel(Kind::Load));
        seen.recv().unwrap();
        assert!(jobs.poll().is_none());
    }

    #[test]
    fn a_newer_job_cancels_the_older_of_its_kind_and_no_other() {
        let (mut jobs, woken) = jobs();
        let (sender, seen) = mpsc::channel();
        let (other_sender, other_seen) = mpsc::channel();
        jobs.start(Kind::Search, until_cancelled(other_sender));
        jobs.start(Kind::Load, until_cancelled(sender));
        jobs.start(Kind::Load, |_| 2);
        seen.recv().unwrap();
        woken.recv().unwrap();
        assert_eq!(jobs.poll(), Some((Kind::Load, Ok(2))));
        assert!(jobs.running(Kind::Search).is_some() && other_seen.try_recv().is_err());
    }

    #[test]
    fn a_job_that_finishes_while_it_is_cancelled_is_dropped() {
        let (mut jobs, woken) = jobs();
        jobs.start(Kind::Load, |_| 1);
        woken.recv().unwrap();
        jobs.cancel(Kind::Load);
        assert!(jobs.poll().is_none());
    }

    #[test]
    fn a_job_that_panics_is_told() {
        let (mut jobs, woken) = jobs();
        jobs.start(Kind::Load, |_| std::panic::resume_unwind(Box::new("silent")));
        woken.recv().unwrap();
        assert_eq!(jobs.poll(), Some((Kind::Load, Err(Crashed))));
    }

    #[test]
    fn jobs_stop_with_their_owner() {
        let (mut jobs, _woken) = jobs();
        let (sender, seen) = mpsc::channel();
        jobs.start(Kind::Load, until_cancelled(sender));
        drop(jobs);
        seen.recv().unwrap();
    }
}
