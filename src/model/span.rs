//! Times as spans of minutes, so that "does it touch the window" is two comparisons.

use jiff::civil::Date;

use super::{IncidentTime, Moment, TimePrecision};

/// The span of an incident whose time nobody knows: it touches no window and stands in no bin.
pub const UNKNOWN_SPAN_MIN: [i32; 2] = [i32::MIN; 2];

const MINUTES_A_DAY: i64 = 24 * 60;

/// The first and the last minute, since 1970 in UTC, in which the incident may have happened. An imprecise time covers
/// all of its week (from Monday), month or year; years past about 4000 either side of 1970 end at the scale's ends.
///
/// What is known to the day or less is a matter of the calendar, not of an instant: it stands at the minutes of its days
/// as UTC counts them, whatever zone it was said in ([`is_of_days`]), and no clock moves it to another day.
#[must_use]
pub fn span_min(time: &IncidentTime) -> [i32; 2] {
    let [first, last] = moment_span(&time.start, time.precision);
    let last = time.end.as_ref().map_or(last, |end| moment_span(end, time.precision)[1]);
    [first, last.max(first)].map(|minute| minute.clamp(i64::from(i32::MIN) + 1, i32::MAX.into()) as i32)
}

/// Whether a span is one of whole days, which are the same days on the clocks of every zone.
#[must_use]
pub fn is_of_days([first, last]: [i32; 2]) -> bool {
    let is_midnight = |minute: i64| minute.rem_euclid(MINUTES_A_DAY) == 0;
    first < last && is_midnight(first.into()) && is_midnight(i64::from(last) + 1)
}

fn moment_span(moment: &Moment, precision: TimePrecision) -> [i64; 2] {
    let date = match moment {
        Moment::Instant(zoned) if precision == TimePrecision::Minute => {
            return [zoned.timestamp().as_second().div_euclid(60); 2];
        }
        Moment::Instant(zoned) => zoned.date(),
        Moment::Day(date) => *date,
    };
    let [first_day, next_day] = days_of(date, precision);
    [first_day * MINUTES_A_DAY, next_day * MINUTES_A_DAY - 1]
}

/// The first day of the span that `date` stands for and the first day after it.
fn days_of(date: Date, precision: TimePrecision) -> [i64; 2] {
    let (year, month) = (i64::from(date.year()), i64::from(date.month()));
    let day = day_number(year, month, date.day().into());
    match precision {
        TimePrecision::Minute | TimePrecision::Day => [day, day + 1],
        TimePrecision::Week => {
            let monday = day - i64::from(date.weekday().to_monday_zero_offset());
            [monday, monday + 7]
        }
        TimePrecision::Month => {
            let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            [day_number(year, month, 1), day_number(next_year, next_month, 1)]
        }
        TimePrecision::Year => [day_number(year, 1, 1), day_number(year + 1, 1, 1)],
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March: so the leap day is
/// a year's last.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn span(start: &str, end: Option<&str>, precision: TimePrecision) -> [i32; 2] {
        let end = end.map(|end| Moment::parse(end).unwrap());
        span_min(&IncidentTime { start: Moment::parse(start).unwrap(), end, precision })
    }

    #[test]
    fn an_imprecise_time_covers_all_that_it_may_mean() {
        use TimePrecision::{Day, Minute, Month, Week, Year};
        let day = 24 * 60;
        assert_eq!(span("1970-01-02", None, Day), [day, 2 * day - 1]);
        assert_eq!(span("1970-01-02T00:30:59+00:30", None, Minute), [day, day]);
        assert_eq!(
            span("1970-01-02T00:30+00:30", None, Day),
            [day, 2 * day - 1],
            "a day is a day in every zone"
        );
        assert_eq!(span("1970-01-02", None, Minute), [day, 2 * day - 1]);
        assert_eq!(span("1970-01-08", None, Week), [4 * day, 11 * day - 1]);
        assert_eq!(span("1970-02-10", None, Month), [31 * day, 59 * day - 1]);
        assert_eq!(span("1971-12-10", None, Month), [(365 + 334) * day, 730 * day - 1]);
        assert_eq!(span("1972-02-10", None, Year), [730 * day, (730 + 366) * day - 1]);
    }

    #[test]
    fn an_end_extends_the_span_and_a_reversed_one_does_not_shrink_it() {
        let day = 24 * 60;
        assert_eq!(span("1970-01-02", Some("1970-01-04"), TimePrecision::Day), [day, 4 * day - 1]);
        assert_eq!(span("1970-01-02", Some("1969-01-04"), TimePrecision::Day), [day, day]);
    }

    #[test]
    fn spans_of_days_are_told_from_those_of_instants() {
        let day = 24 * 60;
        for span in [[0, day - 1], [-day, day - 1], [31 * day, 59 * day - 1]] {
            assert!(is_of_days(span), "{span:?}");
        }
        for span in [[0, 0], [0, day - 2], [1, day], [60, day + 59], UNKNOWN_SPAN_MIN, [i32::MAX; 2]] {
            assert!(!is_of_days(span), "{span:?}");
        }
    }

    #[test]
    fn the_calendar_s_ends_stop_at_the_scale_s_ends() {
        assert_eq!(span("9999-12-31", None, TimePrecision::Year), [i32::MAX; 2]);
        assert_eq!(span("-009999-01-01", None, TimePrecision::Year), [i32::MIN + 1; 2], "a known time");
    }

    proptest! {
        #[test]
        fn days_are_counted_as_the_calendar_library_counts_them(
            year in -4000i16..=4000, month in 1i8..=12, day in 1i8..=28
        ) {
            let since = date(year, month, day).since(date(1970, 1, 1)).unwrap().get_days();
            prop_assert_eq!(day_number(year.into(), month.into(), day.into()), i64::from(since));
        }
    }
}
