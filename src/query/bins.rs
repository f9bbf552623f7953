//! Time in steps of the calendar: the bins of a histogram that follow a span, and steps back and forth from a minute.
//!
//! Minutes are those since 1970 in UTC; where a day, a month or a year begins is a matter of the zone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

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
    /// So many minutes, counted from midnight.
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
    pub fn floor(self, minute: i32, zone: &TimeZone) -> i32 {
        clamped(self.floor_wide(minute.into(), zone))
    }

    /// The first edge after this minute.
    #[must_use]
    pub fn next(self, minute: i32, zone: &TimeZone) -> i32 {
        clamped(self.next_wide(minute.into(), zone))
    }

    /// The last edge before this minute.
    #[must_use]
    pub fn previous(self, minute: i32, zone: &TimeZone) -> i32 {
        self.floor(minute.saturating_sub(1), zone)
    }

    /// The edge that is nearest to a minute.
    #[must_use]
    pub fn nearest(self, minute: i32, zone: &TimeZone) -> i32 {
        let (before, after) = (self.floor(minute, zone), self.next(minute, zone));
        let is_past_middle = i64::from(minute) - i64::from(before) > i64::from(after) - i64::from(minute);
        if is_past_middle { after } else { before }
    }

    /// The minute so many steps on, or back: by the calendar, from wherever it is.
    #[must_use]
    pub fn shift(self, minute: i32, count: i32, zone: &TimeZone) -> i32 {
        let civil = civil(minute.into(), zone);
        let by_days = |days: i64| minute_of(civil.saturating_add(jiff::Span::new().days(days)), zone);
        clamped(match self {
            Self::Minutes(minutes) => i64::from(minute) + i64::from(count) * i64::from(minutes),
            Self::Day => by_days(count.into()),
            Self::Week => by_days(7 * i64::from(count)),
            Self::Months(months) => {
                let months = i64::from(count) * i64::from(months);
                // Past what the library counts in, there is no such minute on this scale either.
                let months = months.clamp(-100_000, 100_000);
                minute_of(civil.saturating_add(jiff::Span::new().months(months)), zone)
            }
        })
    }

    fn floor_wide(self, minute: i64, zone: &TimeZone) -> i64 {
        // Where clocks are set back, an edge may come a second time: the first one counts.
        minute_of(self.floor_civil(civil(minute, zone)), zone).min(minute)
    }

    fn next_wide(self, edge: i64, zone: &TimeZone) -> i64 {
        let next = match self {
            // Hours are counted, not read off the clock: one that comes twice is two.
            Self::Minutes(count) if count <= 60 => {
                let next = edge + i64::from(count);
                let aligned = self.floor_wide(next, zone);
                return if aligned > edge { aligned } else { next };
            }
            Self::Minutes(count) => {
                let floor = self.floor_civil(civil(edge, zone));
                floor.saturating_add(jiff::Span::new().minutes(i64::from(count)))
            }
            Self::Day | Self::Week => {
                let floor = self.floor_civil(civil(edge, zone));
                let days = if self == Self::Day { 1 } else { 7 };
                floor.saturating_add(jiff::Span::new().days(days))
            }
            Self::Months(count) => month_start(months(civil(edge, zone).date(), count) + i32::from(count)),
        };
        minute_of(next, zone).max(edge + 1)
    }

    fn floor_civil(self, time: DateTime) -> DateTime {
        let date = time.date();
        match self {
            Self::Minutes(count) => {
                let minute = i32::from(time.hour()) * 60 + i32::from(time.minute());
                let floor = minute - minute.rem_euclid(i32::from(count.max(1)));
                date.at((floor / 60) as i8, (floor % 60) as i8, 0, 0)
            }
            Self::Day => date.at(0, 0, 0, 0),
            Self::Week => {
                let days = i64::from(date.weekday().to_monday_zero_offset());
                date.saturating_sub(jiff::Span::new().days(days)).at(0, 0, 0, 0)
            }
            Self::Months(count) => month_start(months(date, count)),
        }
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

/// What clock and calendar show at a minute.
#[must_use]
pub fn civil(minute: i64, zone: &TimeZone) -> DateTime {
    let outside = if minute < 0 { Timestamp::MIN } else { Timestamp::MAX };
    zone.to_datetime(
        minute.checked_mul(60).map_or(outside, |second| Timestamp::from_second(second).unwrap_or(outside)),
    )
}

/// The first minute in which clock and calendar have come to this.
pub(super) fn minute_of(time: DateTime, zone: &TimeZone) -> i64 {
    let outside = if time.year() < 0 { i64::from(i32::MIN) } else { i64::from(i32::MAX) };
    zone.to_timestamp(time).map_or(outside, |it| {
        let second = it.as_second();
        second.div_euclid(60) + i64::from(second.rem_euclid(60) > 0)
    })
}

fn clamped(minute: i64) -> i32 {
    minute.clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

/// The edges of all bins that a span touches; its end is not part of it.
pub fn edges(span_min: [i32; 2], step: Step, zone: &TimeZone, into: &mut Vec<i32>) {
    into.clear();
    let [first, end] = [span_min[0], span_min[1].max(span_min[0].saturating_add(1))];
    let mut edge = step.floor(first, zone);
    into.push(edge);
    while edge < end && into.len() < MAX_EDGES {
        let next = step.next(edge, zone);
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
    /// The finest step in which such times are told apart.
    #[must_use]
    pub fn finest(self) -> Step {
        if self.by_minute { Step::Minutes(1) } else { Step::Day }
    }

    /// The axis on which all of them lie, with something around a single day: its first minute, and the first after it.
    #[must_use]
    pub fn axis(self, zone: &TimeZone) -> [i32; 2] {
        /// What stands around less than a week, in minutes.
        const AROUND: i32 = 3 * MINUTES_A_DAY as i32;
        /// The usual width of an axis: its ends are those of its bins.
        const USUAL_PX: f64 = 1000.0;
        let [first, last] = self.span_min;
        let length = f64::from(last) - f64::from(first) + 1.0;
        let around = |step: Step, by: i32| {
            [step.floor(first.saturating_sub(by), zone), step.next(last.saturating_add(by), zone)]
        };
        if self.by_minute && length < MINUTES_A_DAY as f64 {
            around(Step::Day, 0)
        } else if length < Step::Week.mean_min() {
            around(Step::Day, AROUND)
        } else {
            around(Step::for_bins(length, USUAL_PX, Step::Day), 0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn at(text: &str) -> i32 {
        let time: DateTime = text.parse().unwrap();
        clamped(minute_of(time, &TimeZone::UTC))
    }

    fn steps() -> impl Strategy<Value = Step> {
        prop::sample::select(&Step::BINS[..])
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
            let found = [step.floor(minute, &TimeZone::UTC), step.next(minute, &TimeZone::UTC)];
            assert_eq!(found, [at(first), at(next)], "{step:?}");
            assert_eq!(step.previous(found[1], &TimeZone::UTC), found[0], "{step:?}");
        }
        assert_eq!(Step::DECADE.floor(at("-000003-05-01T00:00"), &TimeZone::UTC), at("-000010-01-01T00:00"));
    }

    #[test]
    fn a_day_begins_at_midnight_of_its_zone_even_when_clocks_change() {
        let kyiv = zone("Europe/Kyiv");
        let mut edges_min = Vec::new();
        edges([at("2024-03-30T12:00"), at("2024-04-01T12:00")], Step::Day, &kyiv, &mut edges_min);
        let expected = ["2024-03-29T22:00", "2024-03-30T22:00", "2024-03-31T21:00", "2024-04-01T21:00"];
        assert_eq!(edges_min, expected.map(at));
        edges([at("2024-10-26T23:00"), at("2024-10-27T02:00")], Step::HOUR, &kyiv, &mut edges_min);
        assert_eq!(edges_min.len(), 4, "the hour that comes twice is two hours");
    }

    #[test]
    fn steps_follow_the_calendar() {
        let utc = TimeZone::UTC;
        assert_eq!(Step::MONTH.shift(at("2024-04-01T00:00"), -1, &utc), at("2024-03-01T00:00"));
        assert_eq!(Step::MONTH.shift(at("2024-01-31T05:00"), 1, &utc), at("2024-02-29T05:00"));
        assert_eq!(Step::YEAR.shift(i32::MAX, 1, &utc), i32::MAX);
        assert_eq!(Step::DECADE.shift(0, i32::MIN, &utc), i32::MIN);
        assert_eq!(Step::Day.nearest(at("2024-01-31T15:00"), &utc), at("2024-02-01T00:00"));
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
        let utc = TimeZone::UTC;
        let day = [at("2024-03-12T00:00"), at("2024-03-12T23:59")];
        let axis = Times { span_min: day, by_minute: false }.axis(&utc);
        assert_eq!(axis, [at("2024-03-09T00:00"), at("2024-03-16T00:00")]);
        let hours = Times { span_min: [at("2024-03-12T07:11"), at("2024-03-12T18:40")], by_minute: true };
        assert_eq!(hours.axis(&utc), [at("2024-03-12T00:00"), at("2024-03-13T00:00")]);
        let years = Times { span_min: [at("2018-01-05T00:00"), at("2025-12-30T23:59")], by_minute: false };
        assert_eq!(years.axis(&utc), [at("2018-01-01T00:00"), at("2026-01-01T00:00")]);
        let ever = Times { span_min: [i32::MIN, i32::MAX], by_minute: true };
        assert_eq!(ever.axis(&utc), [i32::MIN, i32::MAX]);
    }

    proptest! {
        #[test]
        fn edges_ascend_cover_the_span_and_are_bounded(
            first in any::<i32>(), length in prop_oneof![1..10_000_i32, 1..i32::MAX], width in 1.0..4000.0_f64,
            zone in zones()
        ) {
            let span = [first, first.saturating_add(length)];
            let length = f64::from(span[1]) - f64::from(span[0]);
            let step = Step::for_bins(length, width, Step::Minutes(1));
            let mut found = Vec::new();
            edges(span, step, &zone, &mut found);
            prop_assert!(found.windows(2).all(|edges| edges[0] < edges[1]));
            prop_assert!(found[0] <= span[0]);
            prop_assert!(found[found.len() - 1] >= span[1]);
            prop_assert!(found.len() as f64 <= width.max(250.0) / 4.0 + 3.0, "{} for {width}", found.len());
        }

        #[test]
        fn every_minute_lies_between_its_edges(minute in -1_000_000_000..1_000_000_000_i32, step in steps(), zone in zones()) {
            let (floor, next) = (step.floor(minute, &zone), step.next(minute, &zone));
            prop_assert!(floor <= minute && minute < next);
            prop_assert_eq!(step.previous(next, &zone).max(floor), step.previous(next, &zone));
        }

        #[test]
        fn edges_are_midnights_of_the_zone(day in -30_000..30_000_i64, zone in zones()) {
            let civil_day = date(1970, 1, 1).saturating_add(jiff::Span::new().days(day));
            let minute = clamped(minute_of(civil_day.at(12, 0, 0, 0), &zone));
            let edge = Step::Day.floor(minute, &zone);
            prop_assert_eq!(civil(edge.into(), &zone).date(), civil(minute.into(), &zone).date());
            prop_assert!(civil(i64::from(edge) - 1, &zone).date() < civil(minute.into(), &zone).date());
        }
    }
}
