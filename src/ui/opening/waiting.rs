//! What is said and shown of files while they are being read.

use std::path::Path;
use std::time::{Duration, Instant};

use super::name_of;
use super::reading::Request;
use crate::jobs::Running;
use crate::state::Preview;
use crate::t;

/// How often it is brought up to date: often enough to be alive, seldom enough to be calm and to cost nothing.
pub(super) const STEP: Duration = Duration::from_millis(250);
/// Before so much time has passed and so much is done, nobody knows how long the rest will take.
const LEAST_KNOWN: (Duration, f32) = (Duration::from_millis(700), 0.02);

/// The files that are being read, as they are shown.
#[derive(Debug)]
pub(super) struct Waiting {
    /// What is being read.
    pub(super) request: Request,
    /// Their names.
    words: String,
    pace: Option<String>,
    /// When that was last brought up to date.
    at: Option<Instant>,
}

impl Waiting {
    pub(super) fn new(request: Request) -> Self {
        let words = words(&request.files());
        Self { request, words, pace: None, at: None }
    }

    /// What is being done.
    pub(super) fn words(&self) -> &str {
        &self.words
    }

    /// How fast, if that is known.
    pub(super) fn pace(&self) -> Option<&str> {
        self.pace.as_deref()
    }

    /// The name to be told where reading has failed.
    pub(super) fn name(&self) -> String {
        self.request.files().first().map_or_else(|| t!("open-bundled-name").to_owned(), |it| name_of(it))
    }

    /// Brings it up to date when it is time; gives what is then to be seen on the map.
    pub(super) fn update<K>(&mut self, job: &Running<K>) -> Option<Preview> {
        if self.at.is_some_and(|at| at.elapsed() < STEP) {
            return None;
        }
        self.at = Some(Instant::now());
        let progress = job.progress();
        self.pace = pace(progress.rows(), job.age(), progress.share());
        let is_new = matches!(self.request, Request::Files(_) | Request::Add { .. });
        is_new.then(|| Preview::new(&progress.places_deg(), !self.request.keeps_place()))
    }
}

fn words(files: &[&Path]) -> String {
    match files {
        [] => t!("loading-file", name = t!("open-bundled-name")),
        [file] => t!("loading-file", name = name_of(file)),
        [first, others @ ..] => t!("loading-files", name = name_of(first), count = others.len()),
    }
}

/// `612 000 rows · 310 000 a second · about 2 seconds left`.
fn pace(rows: u64, age: Duration, share: f32) -> Option<String> {
    let is_known = age >= LEAST_KNOWN.0;
    let rate = (rows as f64 / age.as_secs_f64().max(1e-3)) as usize;
    let left_s = age.as_secs_f64() * f64::from(1.0 - share) / f64::from(share.max(1e-6));
    let left = match left_s.ceil() {
        left_s if left_s <= 90.0 => t!("loading-seconds", count = (left_s as usize).max(1)),
        left_s => t!("loading-minutes", count = (left_s / 60.0).round() as usize),
    };
    let parts = [
        (rows > 0).then(|| t!("loading-rows", count = rows as usize)),
        (is_known && rate > 0).then(|| t!("loading-rate", count = rounded(rate))),
        (is_known && share >= LEAST_KNOWN.1).then_some(left),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// To two digits: what changes all the time is not read more exactly.
fn rounded(count: usize) -> usize {
    let unit = 10_usize.pow(count.max(1).ilog10().saturating_sub(1));
    (count + unit / 2) / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_rate_and_time_left_are_said_as_soon_as_they_are_known() {
        assert_eq!(pace(0, Duration::from_millis(100), 0.0), None);
        assert_eq!(pace(1, Duration::from_millis(100), 0.5).as_deref(), Some("1 row"));
        let after = Duration::from_secs(2);
        assert_eq!(
            pace(612_345, after, 0.5).as_deref(),
            Some("612\u{202f}345 rows · 310\u{202f}000 a second · about 2 seconds left")
        );
        assert_eq!(pace(0, after, 0.01), None);
        assert_eq!(pace(0, after, 0.99).as_deref(), Some("about a second left"));
        assert_eq!(pace(0, Duration::from_secs(100), 0.25).as_deref(), Some("about 5 minutes left"));
        assert_eq!([0, 7, 99, 1234, 98_765].map(rounded), [0, 7, 99, 1200, 99_000]);
    }
}
