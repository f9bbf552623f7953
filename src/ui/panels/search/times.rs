//! The times that what was typed may mean: each can be shown alone, or its first incident be opened.

use crate::query::bins;
use crate::query::typed_dates;
use crate::state::AppState;
use crate::ui::panels::timeline::span_text;

/// A time that was typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Time {
    /// From its first to its last minute.
    pub(super) window_min: [i32; 2],
    /// As a person reads it.
    pub(super) name: String,
    /// How many incidents would be shown.
    pub(super) count: usize,
    /// The first one that is shown.
    pub(super) first: Option<usize>,
}

/// What was typed as times.
#[derive(Debug, Default)]
pub(super) struct Times {
    times: Vec<Time>,
    /// The text and the answer that they are about: they are looked up once for each.
    about: Option<(String, u64)>,
}

impl Times {
    /// The times, with the one first that is likelier to be meant.
    pub(super) fn all(&self) -> &[Time] {
        &self.times
    }

    /// Takes in what is in the field.
    pub(super) fn look_up(&mut self, text: &str, state: &AppState) {
        let revision = state.revision();
        if self.about.as_ref().is_some_and(|(of, at)| of == text && *at == revision) {
            return;
        }
        self.about = Some((text.to_owned(), revision));
        self.times.clear();
        let engine = state.engine();
        for typed in typed_dates::parse(text, &years(state)) {
            let window_min = typed.span_min();
            let count = engine.count_in_time(window_min);
            // Four digits are mostly a part of some name.
            if count > 0 || !typed.is_bare_year {
                let name = span_text(state, window_min);
                self.times.push(Time { window_min, name, count, first: engine.first_in(window_min) });
            }
        }
    }
}

/// The last years that have incidents: those that a day without a year may be in.
fn years(state: &AppState) -> Vec<i16> {
    /// More would be a list of all years.
    const YEARS: i16 = 2;
    let Some(times) = state.times() else { return Vec::new() };
    let [first, last] = times.span_min.map(|minute| bins::civil(minute.into()).year());
    (first.max(last.saturating_sub(YEARS - 1))..=last).rev().collect()
}
