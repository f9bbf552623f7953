//! The times of all incidents as the clocks of one zone show them: what a window of time and a histogram are asked in.
//!
//! Columns hold minutes in UTC. A reader looks at them along an axis that follows the clocks of a zone. There an instant
//! stands where those clocks stood, and what is known to the day or less stands at its days, which are the same in
//! every zone ([`is_of_days`]). The hour that comes twice where clocks are set back is one hour of the axis.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::bins::Times;
use super::columns::Columns;
use super::parallel;
use crate::model::{Dataset, Held, IncidentTime, UNKNOWN_SPAN_MIN, is_of_days};

/// All incidents' spans on the clocks of a zone.
#[derive(Debug)]
pub struct Clock {
    id: u64,
    columns_id: u64,
    start_min: Vec<i32>,
    end_min: Vec<i32>,
    times: Option<Times>,
}

impl PartialEq for Clock {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// By slot: first and last minutes.
#[derive(Clone, Copy)]
pub(super) struct Spans<'a> {
    pub(super) start_min: &'a [i32],
    pub(super) end_min: &'a [i32],
}

impl Clock {
    /// What the clocks of a zone make of the columns' spans; `None` where that is nothing: they show UTC, or no incident
    /// is an instant.
    #[must_use]
    pub fn new(columns: &Columns, zone: &TimeZone) -> Option<Self> {
        static NEXT_ID: AtomicU64 = AtomicU64::new(1);
        let times = columns.times.filter(|times| times.by_minute && *zone != TimeZone::UTC)?;
        let offsets = Offsets::until(zone, times.span_min[1]);
        let len = columns.len();
        let mut clock = Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            columns_id: columns.id,
            start_min: vec![0; len],
            end_min: vec![0; len],
            times: None,
        };
        let share = len.div_ceil(parallel::threads_for(len)).max(1);
        let stretches = clock.start_min.chunks_mut(share).zip(clock.end_min.chunks_mut(share)).enumerate();
        parallel::each(stretches.collect(), |(n, (start, end)): (usize, (&mut [i32], &mut [i32]))| {
            offsets.fill(columns, n * share..(n * share + start.len()), start, end);
        });
        clock.times = Times::of(clock.spans());
        Some(clock)
    }

    /// What is known of all times on these clocks.
    #[must_use]
    pub fn times(&self) -> Option<Times> {
        self.times
    }

    fn spans(&self) -> Spans<'_> {
        Spans { start_min: &self.start_min, end_min: &self.end_min }
    }
}

impl Columns {
    /// The spans on a clock, if it is one of these columns; else in UTC.
    pub(super) fn spans<'a>(&'a self, clock: Option<&'a Clock>) -> Spans<'a> {
        let utc = Spans { start_min: &self.start_min, end_min: &self.end_min };
        clock.filter(|clock| clock.columns_id == self.id).map_or(utc, Clock::spans)
    }
}

/// A single span on the clocks of a zone.
#[must_use]
pub fn on_clock(span_min: [i32; 2], zone: &TimeZone) -> [i32; 2] {
    if span_min == UNKNOWN_SPAN_MIN || is_of_days(span_min) {
        return span_min;
    }
    let offset =
        |minute: i32| Timestamp::from_second(i64::from(minute) * 60).map_or(0, |at| offset_min(zone, at));
    span_min.map(|minute| moved(minute, offset(minute)))
}

fn offset_min(zone: &TimeZone, at: Timestamp) -> i32 {
    zone.to_offset(at).seconds().div_euclid(60)
}

/// Never so far that it would be no known time any more.
fn moved(minute: i32, by_min: i32) -> i32 {
    minute.saturating_add(by_min).max(i32::MIN + 1)
}

/// The zone of all times of day, as far as a sample tells: an axis in another zone would be right, too, but read less
/// well. `None` where they have several, or there are none.
pub(super) fn common_zone(dataset: &Dataset, columns: &Columns) -> Option<TimeZone> {
    /// So many incidents are asked, and of those that must be read back for it fewer.
    const SAMPLE: usize = 1000;
    const READ_BACK: usize = 32;
    if !columns.times?.by_minute {
        return None;
    }
    let is_instant = |slot: &usize| {
        let span = [columns.start_min[*slot], columns.end_min[*slot]];
        span != UNKNOWN_SPAN_MIN && !is_of_days(span)
    };
    // Neighbours in this order are neighbours on the map: a sample of it comes from everywhere.
    let instants = || (0..columns.len()).filter(is_instant).filter_map(|slot| columns.incident_of(slot));
    let is_read_back = matches!(dataset.incidents.at(instants().next()?), Held::Fetched(_));
    let step = instants().count().div_ceil(if is_read_back { READ_BACK } else { SAMPLE }).max(1);
    let mut common = None;
    for incident in instants().step_by(step) {
        let incident = dataset.incidents.at(incident);
        match (incident.time.as_ref().and_then(IncidentTime::zone), &common) {
            (Some(zone), None) => common = Some(zone.clone()),
            (Some(zone), Some(common)) if zone != common => return None,
            _ => {}
        }
    }
    common
}

/// How far a zone's clocks are ahead of UTC, from when to when.
struct Offsets {
    /// The first minute of each.
    from_min: Vec<i32>,
    by_min: Vec<i32>,
}

impl Offsets {
    fn until(zone: &TimeZone, last: i32) -> Self {
        let at = |minute: i32| Timestamp::from_second(i64::from(minute) * 60).unwrap_or(Timestamp::MIN);
        let first = at(i32::MIN);
        let mut offsets = Self { from_min: vec![i32::MIN], by_min: vec![offset_min(zone, first)] };
        for change in zone.following(first).take_while(|change| change.timestamp() <= at(last)) {
            offsets.from_min.push((change.timestamp().as_second().div_euclid(60)) as i32);
            offsets.by_min.push(offset_min(zone, change.timestamp()));
        }
        offsets
    }

    /// Which of them holds at a minute; `known` is likely that one.
    fn find(&self, minute: i32, known: usize) -> usize {
        let is_over = self.from_min.get(known + 1).is_some_and(|next| *next <= minute);
        if self.from_min[known] <= minute && !is_over {
            return known;
        }
        self.from_min.partition_point(|from| *from <= minute).saturating_sub(1)
    }

    /// Moves the spans of some slots.
    fn fill(&self, columns: &Columns, slots: Range<usize>, start: &mut [i32], end: &mut [i32]) {
        let spans = columns.start_min[slots.clone()].iter().zip(&columns.end_min[slots]);
        let mut known = 0;
        for ((start, end), span) in start.iter_mut().zip(end).zip(spans) {
            let span = [*span.0, *span.1];
            if span == UNKNOWN_SPAN_MIN || is_of_days(span) {
                [*start, *end] = span;
                continue;
            }
            known = self.find(span[0], known);
            let by_min = self.by_min[known];
            let last_by_min = self.by_min[self.find(span[1], known)];
            *start = moved(span[0], by_min);
            // Where clocks are set back, a span may seem to end before it began.
            *end = moved(span[1], last_by_min).max(*start);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::model::{Moment, TimePrecision, span_min};
    use crate::query::{Criteria, Engine, Histogram, Row, brute};

    const DAY: i32 = 1440;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn zones() -> impl Strategy<Value = TimeZone> {
        const NAMES: [&str; 8] = [
            "UTC",
            "Europe/Kyiv",
            "America/New_York",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "America/Sao_Paulo",
            "Africa/Monrovia",
        ];
        prop::sample::select(&NAMES[..]).prop_map(zone)
    }

    fn rows(spans: &[[i32; 2]]) -> Vec<Row> {
        spans.iter().map(|&span_min| Row { span_min, ..brute::plain_row() }).collect()
    }

    fn minute(text: &str) -> i32 {
        let start = Moment::parse(text).unwrap();
        span_min(&IncidentTime { start, end: None, precision: TimePrecision::Minute })[0]
    }

    #[test]
    fn an_instant_stands_where_the_clocks_stood_and_a_date_where_it_is() {
        let kyiv = zone("Europe/Kyiv");
        for (instant, clock) in [
            ("2024-03-12T22:30Z", "2024-03-13T00:30Z"),
            ("2024-03-31T00:59Z", "2024-03-31T02:59Z"),
            ("2024-03-31T01:00Z", "2024-03-31T04:00Z"),
        ] {
            assert_eq!(on_clock([minute(instant); 2], &kyiv), [minute(clock); 2]);
        }
        for zone in [kyiv, zone("America/New_York"), zone("Pacific/Apia")] {
            for span in [[0, DAY - 1], [-7 * DAY, -1], UNKNOWN_SPAN_MIN] {
                assert_eq!(on_clock(span, &zone), span);
            }
        }
    }

    #[test]
    fn a_window_of_a_day_holds_what_that_day_held_on_the_clocks() {
        let rows = rows(&[[0, DAY - 1], [DAY, 2 * DAY - 1], [DAY + 60; 2], [DAY + 360; 2]]);
        let columns = Arc::new(brute::columns(&rows));
        let mut engine = Engine::new(Arc::clone(&columns));
        // In New York it was still the day before, at eight and at one o'clock.
        let clock = Clock::new(&columns, &zone("America/New_York")).map(Arc::new);
        let on_day = |day: i32| Criteria {
            window_min: Some([day * DAY, (day + 1) * DAY - 1]),
            clock: clock.clone(),
            ..Criteria::default()
        };
        engine.apply(&on_day(0));
        assert_eq!((0..4).map(|n| engine.contains(n)).collect::<Vec<_>>(), [true, false, true, false]);
        engine.apply(&on_day(1));
        assert_eq!((0..4).map(|n| engine.contains(n)).collect::<Vec<_>>(), [false, true, false, true]);
        let mut histogram = Histogram::default();
        engine.histogram(&[0, DAY, 2 * DAY], &mut histogram);
        assert_eq!(histogram.known().iter().map(|counts| counts[0]).collect::<Vec<_>>(), [2, 2]);
        engine.apply(&Criteria { clock: None, ..on_day(1) });
        engine.histogram(&[0, DAY, 2 * DAY], &mut histogram);
        assert_eq!(histogram.known().iter().map(|counts| counts[0]).collect::<Vec<_>>(), [1, 3], "in UTC");
    }

    #[test]
    fn without_instants_or_in_utc_there_is_nothing_to_move() {
        let days = brute::columns(&rows(&[[0, DAY - 1], UNKNOWN_SPAN_MIN]));
        assert_eq!(Clock::new(&days, &zone("Europe/Kyiv")), None);
        assert_eq!(Clock::new(&brute::columns(&rows(&[[5; 2]])), &TimeZone::UTC), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn all_spans_are_moved_as_each_by_itself(rows in brute::rows(), zone in zones()) {
            let columns = brute::columns(&rows);
            let Some(clock) = Clock::new(&columns, &zone) else { return Ok(()) };
            for slot in 0..columns.len() {
                let span = [columns.start_min[slot], columns.end_min[slot]];
                let [start, end] = on_clock(span, &zone);
                prop_assert_eq!([clock.start_min[slot], clock.end_min[slot]], [start, end.max(start)]);
            }
        }
    }
}
