//! Work shared among the machine's cores.

use std::sync::OnceLock;

/// More threads than this gain nothing: the memory is then the limit.
const MAX_THREADS: usize = 4;

/// Fewer points than this are done before a second thread has started.
const MIN_POINTS: usize = 250_000;

/// How many threads work on so many points is shared among.
pub(crate) fn threads_for(points: usize) -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    if points < MIN_POINTS {
        return 1;
    }
    (*CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))).min(MAX_THREADS)
}

/// Does all the jobs at once, the first of them on this thread, and gives their results in order.
pub(crate) fn each<J: Send, R: Send>(jobs: Vec<J>, work: impl Fn(J) -> R + Sync) -> Vec<R> {
    let work = &work;
    let mut jobs = jobs.into_iter();
    let Some(first) = jobs.next() else { return Vec::new() };
    std::thread::scope(|scope| {
        let others: Vec<_> = jobs.map(|job| scope.spawn(move || work(job))).collect();
        let mut results = vec![work(first)];
        for other in others {
            match other.join() {
                Ok(result) => results.push(result),
                Err(payload) => std::panic::resume_unwind(payload),
            }
        }
        results
    })
}
