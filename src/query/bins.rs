//! Time in steps of the calendar: the bins of a histogram that follow a span, and steps back and forth from a minute.
//!
//! Minutes are those that clock and calendar show, counted from the beginning of 1970: which clock that is, says
//! [`super::Clock`].

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, date};

use super::clock::Spans;
use crate::model::UNKNOWN_SPAN_MIN;

/// No bin is narrower than this, in points.
const MIN_BIN_PX: f64 = 5.0;

/// More edges than this are never made: no screen is so wide.
const MAX_EDGES: usize = 4097;

const MINUTES_A_DAY: i64 = 24 * 60;
/// The mean month of the Gregorian calendar.
const MINUTES_A_MONTH: f64 = 365.2425 / 12.0 * 24.0 * 60.0;

/// A step of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many minutes, counted from midnight: a day has a whole number of them.
    Minutes(u16),
    /// A day.
    Day,
    /// A week from Monday.
    Week,
    /// So many months, counted from January of the year 0.
    Months(u16),
}

impl Step {
    /// An hour.
    pub const HOUR: Self = Self::Minutes(60);
    /// A month.
    pub const MONTH: Self = Self::Months(1);
    /// A year.
    pub const YEAR: Self = Self::Months(12);
    /// Ten years, from one that ends in 0.
    pub const DECADE: Self = Self::Months(120);

    /// The steps that bins may have, ascending: from a minute to a century.
    pub const BINS: [Self; 11] = [
        Self::Minutes(1),
        Self::Minutes(15),
        Self::HOUR,
        Self::Minutes(6 * 60),
        Self::Day,
        Self::Week,
        Self::MONTH,
        Self::Months(3),
        Self::YEAR,
        Self::DECADE,
        Self::Months(1200),
    ];

    /// The step of bins for a span of so many minutes that is drawn so wide: the finest one whose bins can be seen, and
    /// none finer than `finest`.
    #[must_use]
    pub fn for_bins(length_min: f64, width_px: f64, finest: Self) -> Self {
        let px_per_min = width_px / length_min.max(1.0);
        let fits =
            |step: &&Self| step.mean_min() >= finest.mean_min() && step.mean_min() * px_per_min >= MIN_BIN_PX;
        Self::BINS.iter().find(fits).copied().unwrap_or(Self::BINS[Self::BINS.len() - 1])
    }

    /// How long it is on average, in minutes.
    #[must_use]
    pub fn mean_min(self) -> f64 {
        match self {
            Self::Minutes(count) => f64::from(count),
            Self::Day => MINUTES_A_DAY as f64,
            Self::Week => 7.0 * MINUTES_A_DAY as f64,
            Self::Months(count) => f64::from(count) * MINUTES_A_MONTH,
        }
    }

    /// The last edge that is not after this minute.
    #[must_use]
    pub fn floor(self, minute: i32) -> i32 {
        clamped(self.floor_wide(minute.into()))
    }

    /// The first edge after this minute.
    #[must_use]
    pub fn next(self, minute: i32) -> i32 {
        clamped(self.next_wide(minute.into()))
    }

    /// The last edge before this minute.
    #[must_use]
    pub fn previous(self, minute: i32) -> i32 {
        self.floor(minute.saturating_sub(1))
    }

    /// The edge that is nearest to a minute.
    #[must_use]
    pub fn nearest(self, minute: i32) -> i32 {
        let (before, after) = (self.floor(minute), self.next(minute));
        let is_past_middle = i64::from(minute) - i64::from(before) > i64::from(after) - i64::from(minute);
        if is_past_middle { after } else { before }
    }

    /// The minute so many steps on, or back: by the calendar, from wherever it is.
    #[must_use]
    pub fn shift(self, minute: i32, count: i32) -> i32 {
        let civil = civil(minute.into());
        let by_days = |days: i64| i64::from(minute) + days * MINUTES_A_DAY;
        clamped(match self {
            Self::Minutes(minutes) => i64::from(minute) + i64::from(count) * i64::from(minutes),
            Self::Day => by_days(count.into()),
            Self::Week => by_days(7 * i64::from(count)),
            Self::Months(months) => {
                let months = i64::from(count) * i64::from(months);
                // Past what the library counts in, there is no such minute on this scale either.
                let months = months.clamp(-100_000, 100_000);
                minute_of(civil.saturating_add(jiff::Span::new().months(months)))
            }
        })
    }

    fn floor_wide(self, minute: i64) -> i64 {
        /// The first minute of a Monday.
        const MONDAY: i64 = 4 * MINUTES_A_DAY;
        match self {
            Self::Minutes(count) => minute - minute.rem_euclid(count.max(1).into()),
            Self::Day => minute - minute.rem_euclid(MINUTES_A_DAY),
            Self::Week => minute - (minute - MONDAY).rem_euclid(7 * MINUTES_A_DAY),
            Self::Months(count) => minute_of(month_start(months(civil(minute).date(), count))),
        }
    }

    fn next_wide(self, minute: i64) -> i64 {
        let floor = self.floor_wide(minute);
        let next = match self {
            Self::Minutes(count) => floor + i64::from(count),
            Self::Day => floor + MINUTES_A_DAY,
            Self::Week => floor + 7 * MINUTES_A_DAY,
            Self::Months(count) => {
                minute_of(month_start(months(civil(minute).date(), count) + i32::from(count)))
            }
        };
        next.max(minute + 1)
    }
}

/// Months since the year 0 of the step that a day lies in.
fn months(date: Date, count: u16) -> i32 {
    let month = i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
    month - month.rem_euclid(i32::from(count.max(1)))
}

fn month_start(months: i32) -> DateTime {
    let (year, month) = (months.div_euclid(12) as i16, months.rem_euclid(12) as i8 + 1);
    Date::new(year, month, 1).unwrap_or(if months < 0 { Date::MIN } else { Date::MAX }).at(0, 0, 0, 0)
}

/// The minute from which all are counted.
const EPOCH: DateTime = date(1970, 1, 1).at(0, 0, 0, 0);

/// What clock and calendar show at a minute.
#[must_use]
pub fn civil(minute: i64) -> DateTime {
    EPOCH.saturating_add(SignedDuration::from_secs(minute.saturating_mul(60)))
}

/// The minute at which clock and calendar show this.
pub(super) fn minute_of(time: DateTime) -> i64 {
    time.duration_since(EPOCH).as_secs().div_euclid(60)
}

fn clamped(minute: i64) -> i32 {
    minute.clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

/// The edges of all bins that a span touches; its end is not part of it.
pub fn edges(span_min: [i32; 2], step: Step, into: &mut Vec<i32>) {
    into.clear();
    let [first, end] = [span_min[0], span_min[1].max(span_min[0].saturating_add(1))];
    let mut edge = step.floor(first);
    into.push(edge);
    while edge < end && into.len() < MAX_EDGES {
        let next = step.next(edge);
        if next <= edge {
            break;
        }
        edge = next;
        into.push(edge);
    }
}

/// What is known of the times of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The first and the last minute of all.
    pub span_min: [i32; 2],
    /// Whether any is known more exactly than to the day.
    pub by_minute: bool,
}

impl Times {
    /// What is known of some spans; `None` where all are unknown.
    pub(super) fn of(spans: Spans<'_>) -> Option<Self> {
        /// Shorter spans than this are known more exactly than to the day, in minutes.
        const DAY_MIN: u32 = 24 * 60 - 1;
        let is_known = |start: &&i32| **start != UNKNOWN_SPAN_MIN[0];
        let span_min = [*spans.start_min.iter().filter(is_known).min()?, *spans.end_min.iter().max()?];
        let is_short = |(start, end): (&i32, &i32)| {
            is_known(&start) && end.wrapping_sub(*start).cast_unsigned() < DAY_MIN
        };
        Some(Self { span_min, by_minute: spans.start_min.iter().zip(spans.end_min).any(is_short) })
    }

    /// The finest step in which such times are told apart.
    #[must_use]
    pub fn finest(self) -> Step {
        if self.by_minute { Step::Minutes(1) } else { Step::Day }
    }

    /// The axis on which all of them lie, with something around a single date: its first minute, and the first after it.
    #[must_use]
    pub fn axis(self) -> [i32; 2] {
        /// What stands around less than a week, in minutes.
        const AROUND: i32 = 3 * MINUTES_A_DAY as i32;
        /// The usual width of an axis: its ends are those of its bins.
        const USUAL_PX: f64 = 1000.0;
        let [first, last] = self.span_min;
        let length = f64::from(last) - f64::from(first) + 1.0;
        let around =
            |step: Step, by: i32| [step.floor(first.saturating_sub(by)), step.next(last.saturating_add(by))];
        if length < Step::Week.mean_min() {
            around(Step::Day, if self.by_minute { 0 } else { AROUND })
        } else {
            around(Step::for_bins(length, USUAL_PX, Step::Day), 0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> i32 {
        let time: DateTime = text.parse().unwrap();
        clamped(minute_of(time))
    }

    fn steps() -> impl Strategy<Value = Step> {
        prop::sample::select(&Step::BINS[..])
    }

    #[test]
    fn edges_lie_where_the_calendar_s_parts_begin() {
        for (step, first, next) in [
            (Step::Minutes(1), "2024-02-29T13:47", "2024-02-29T13:48"),
            (Step::Minutes(15), "2024-02-29T13:45", "2024-02-29T14:00"),
            (Step::HOUR, "2024-02-29T13:00", "2024-02-29T14:00"),
            (Step::Minutes(360), "2024-02-29T12:00", "2024-02-29T18:00"),
            (Step::Day, "2024-02-29T00:00", "2024-03-01T00:00"),
            (Step::Week, "2024-02-26T00:00", "2024-03-04T00:00"),
            (Step::MONTH, "2024-02-01T00:00", "2024-03-01T00:00"),
            (Step::Months(3), "2024-01-01T00:00", "2024-04-01T00:00"),
            (Step::YEAR, "2024-01-01T00:00", "2025-01-01T00:00"),
            (Step::DECADE, "2020-01-01T00:00", "2030-01-01T00:00"),
            (Step::Months(1200), "2000-01-01T00:00", "2100-01-01T00:00"),
        ] {
            let minute = at("2024-02-29T13:47");
            let found = [step.floor(minute), step.next(minute)];
            assert_eq!(found, [at(first), at(next)], "{step:?}");
            assert_eq!(step.previous(found[1]), found[0], "{step:?}");
        }
        assert_eq!(Step::DECADE.floor(at("-000003-05-01T00:00")), at("-000010-01-01T00:00"));
    }

    #[test]
    fn steps_follow_the_calendar() {
        assert_eq!(Step::MONTH.shift(at("2024-04-01T00:00"), -1), at("2024-03-01T00:00"));
        assert_eq!(Step::MONTH.shift(at("2024-01-31T05:00"), 1), at("2024-02-29T05:00"));
        assert_eq!(Step::YEAR.shift(i32::MAX, 1), i32::MAX);
        assert_eq!(Step::DECADE.shift(0, i32::MIN), i32::MIN);
        assert_eq!(Step::Day.nearest(at("2024-01-31T15:00")), at("2024-02-01T00:00"));
    }

    #[test]
    fn bins_follow_the_span() {
        let step = |days: f64| Step::for_bins(days * 1440.0, 1128.0, Step::Minutes(1));
        let steps = [1.0 / 24.0, 1.0, 7.0, 31.0, 120.0, 366.0, 2922.0, 3.0e4, 8.0e5, 3.0e6].map(step);
        let expected = [
            Step::Minutes(1),
            Step::Minutes(15),
            Step::HOUR,
            Step::Minutes(360),
            Step::Day,
            Step::Week,
            Step::MONTH,
            Step::YEAR,
            Step::DECADE,
            Step::Months(1200),
        ];
        assert_eq!(steps, expected);
        assert_eq!(Step::for_bins(60.0, 1000.0, Step::Day), Step::Day);
    }

    #[test]
    fn a_single_day_has_a_week_around_it_and_a_day_of_minutes_stands_alone() {
        let day = [at("2024-03-12T00:00"), at("2024-03-12T23:59")];
        let axis = Times { span_min: day, by_minute: false }.axis();
        assert_eq!(axis, [at("2024-03-09T00:00"), at("2024-03-16T00:00")]);
        let hours = Times { span_min: [at("2024-03-12T07:11"), at("2024-03-12T18:40")], by_minute: true };
        assert_eq!(hours.axis(), [at("2024-03-12T00:00"), at("2024-03-13T00:00")]);
        let night = Times { span_min: [at("2024-03-12T19:11"), at("2024-03-13T04:40")], by_minute: true };
        assert_eq!(night.axis(), [at("2024-03-12T00:00"), at("2024-03-14T00:00")]);
        let years = Times { span_min: [at("2018-01-05T00:00"), at("2025-12-30T23:59")], by_minute: false };
        assert_eq!(years.axis(), [at("2018-01-01T00:00"), at("2026-01-01T00:00")]);
        let ever = Times { span_min: [i32::MIN, i32::MAX], by_minute: true };
        assert_eq!(ever.axis(), [i32::MIN, i32::MAX]);
    }

    proptest! {
        #[test]
        fn edges_ascend_cover_the_span_and_are_bounded(
            first in any::<i32>(), length in prop_oneof![1..10_000_i32, 1..i32::MAX], width in 1.0..4000.0_f64
        ) {
            let span = [first, first.saturating_add(length)];
            let length = f64::from(span[1]) - f64::from(span[0]);
            let step = Step::for_bins(length, width, Step::Minutes(1));
            let mut found = Vec::new();
            edges(span, step, &mut found);
            prop_assert!(found.windows(2).all(|edges| edges[0] < edges[1]));
            prop_assert!(found[0] <= span[0]);
            prop_assert!(found[found.len() - 1] >= span[1]);
            prop_assert!(found.len() as f64 <= width.max(250.0) / 4.0 + 3.0, "{} for {width}", found.len());
        }

        #[test]
        fn every_minute_lies_between_its_edges(minute in -1_000_000_000..1_000_000_000_i32, step in steps()) {
            let (floor, next) = (step.floor(minute), step.next(minute));
            prop_assert!(floor <= minute && minute < next);
            prop_assert_eq!(step.previous(next).max(floor), step.previous(next));
        }
    }
}
