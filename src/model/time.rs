//! When an incident happened, and how exactly that is known.

use std::borrow::Cow;

use jiff::civil::Date;
use jiff::fmt::temporal::{DateTimeParser, Pieces};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, ZonedDateTime};

use crate::locale::{self, Length, Locale};
use crate::t;

/// A time with its precision.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentTime {
    /// The moment, or the beginning of the span.
    pub start: Moment,
    /// The end of the span, never before `start`.
    pub end: Option<Moment>,
    /// How exactly `start` and `end` are known.
    pub precision: TimePrecision,
}

/// A day, or an instant with the zone that its source thinks in.
#[derive(Debug, Clone, PartialEq)]
pub enum Moment {
    /// A calendar day; no zone is known.
    Day(Date),
    /// A date and time with offset or zone.
    Instant(Box<ZonedDateTime>),
}

/// How exactly a time is known, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimePrecision {
    /// To the minute.
    Minute,
    /// To the day.
    Day,
    /// To the week.
    Week,
    /// To the month.
    Month,
    /// To the year.
    Year,
}

/// Why a text is not a [`Moment`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MomentError {
    /// Neither a date nor a date with a time.
    #[error("is not a date or a date with a time")]
    Malformed,
    /// A time of day without offset or zone names no instant.
    #[error("has a time of day but no offset or zone")]
    NoZone,
    /// The zone is not in the IANA database.
    #[error("names an unknown time zone")]
    UnknownZone,
}

impl Moment {
    /// Reads an RFC 9557 date (`2025-05-01`) or date and time with offset or zone
    /// (`2025-05-01T06:30:00+02:00`, `2025-05-01T06:30[Europe/Vienna]`).
    pub fn parse(text: &str) -> Result<Self, MomentError> {
        let pieces = Pieces::parse(text).map_err(|_| MomentError::Malformed)?;
        let Some(time) = pieces.time() else {
            let bare = pieces.offset().is_none() && pieces.time_zone_annotation().is_none();
            return if bare { Ok(Self::Day(pieces.date())) } else { Err(MomentError::Malformed) };
        };
        if pieces.time_zone_annotation().is_some() {
            static PARSER: DateTimeParser = DateTimeParser::new();
            let zoned = PARSER.parse_zoned_datetime(text).map_err(|_| MomentError::UnknownZone)?;
            return Ok(Self::Instant(Box::new(zoned)));
        }
        let offset = pieces.to_numeric_offset().ok_or(MomentError::NoZone)?;
        let zoned = pieces.date().to_datetime(time).to_zoned_datetime(TimeZone::fixed(offset));
        zoned.map(|zoned| Self::Instant(Box::new(zoned))).map_err(|_| MomentError::Malformed)
    }

    /// The calendar day, in the moment's own zone.
    #[must_use]
    pub fn date(&self) -> Date {
        match self {
            Self::Day(date) => *date,
            Self::Instant(zoned) => zoned.date(),
        }
    }

    /// The first instant that the moment covers; a day without a zone is taken in UTC.
    #[must_use]
    pub fn first_instant(&self) -> Timestamp {
        match self {
            Self::Day(date) => {
                date.to_zoned_datetime(TimeZone::UTC).map_or(Timestamp::MIN, |zoned| zoned.timestamp())
            }
            Self::Instant(zoned) => zoned.timestamp(),
        }
    }

    /// As an RFC 9557 text that [`Moment::parse`] reads back to an equal value.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Day(date) => date.to_string(),
            // A fixed offset is written as such, not as the zone named after it.
            Self::Instant(zoned) if zoned.time_zone().iana_name().is_none() => {
                zoned.timestamp().display_with_offset(zoned.offset()).to_string()
            }
            Self::Instant(zoned) => zoned.to_string(),
        }
    }
}

impl IncidentTime {
    /// Whether `end` lies before `start`. Days and instants compare by calendar day when one of them has no time.
    #[must_use]
    pub fn is_reversed(&self) -> bool {
        match (&self.start, &self.end) {
            (_, None) => false,
            (Moment::Instant(start), Some(Moment::Instant(end))) => end.timestamp() < start.timestamp(),
            (start, Some(end)) => end.date() < start.date(),
        }
    }

    /// As a person reads it, no more exact than it is known: `12 March 2024`, `week of 11 March 2024`, `March 2024`,
    /// `2024`, `1 May 2025, 06:30 to 18:00 (+02:00)`. Times of day are those of this zone; for `None`, of their own.
    #[must_use]
    pub fn to_long_text(&self, zone: Option<&TimeZone>) -> String {
        self.in_zone(zone).to_text(locale::reader(), Length::Long)
    }

    /// The same with short month names, for lists: `12 Mar 2024`.
    #[must_use]
    pub fn to_short_text(&self, zone: Option<&TimeZone>) -> String {
        self.in_zone(zone).to_text(locale::reader(), Length::Short)
    }

    /// The same time on the clocks of a zone. What is known to the day or less stays as it is: it is the same day
    /// everywhere.
    fn in_zone(&self, zone: Option<&TimeZone>) -> Cow<'_, Self> {
        let Some(zone) = zone.filter(|_| self.precision == TimePrecision::Minute) else {
            return Cow::Borrowed(self);
        };
        let moved = |moment: &Moment| match moment {
            Moment::Day(date) => Moment::Day(*date),
            Moment::Instant(zoned) => Moment::Instant(Box::new(zoned.with_time_zone(zone.clone()))),
        };
        Cow::Owned(Self { start: moved(&self.start), end: self.end.as_ref().map(moved), ..*self })
    }

    /// The zone of its time of day, if it has one and that is known.
    #[must_use]
    pub fn zone(&self) -> Option<&TimeZone> {
        match (&self.start, self.precision) {
            (Moment::Instant(zoned), TimePrecision::Minute) => Some(zoned.time_zone()),
            _ => None,
        }
    }

    fn to_text(&self, locale: &Locale, length: Length) -> String {
        let one = |moment: &Moment| match self.precision {
            TimePrecision::Minute | TimePrecision::Day => locale.day(moment.date(), length),
            TimePrecision::Week => {
                let date = moment.date();
                let monday = date
                    .checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
                    .unwrap_or(date);
                t!("time-week", day = locale.day(monday, length))
            }
            TimePrecision::Month => locale.month(moment.date(), length),
            TimePrecision::Year => moment.date().year().to_string(),
        };
        let clock = |moment: &Moment| match (self.precision, moment) {
            (TimePrecision::Minute, Moment::Instant(zoned)) => Some(zoned.strftime("%H:%M").to_string()),
            _ => None,
        };
        let zone = match (self.precision, &self.start) {
            (TimePrecision::Minute, Moment::Instant(zoned)) => format!(" ({})", zone_text(zoned)),
            _ => String::new(),
        };
        let day = one(&self.start);
        let timed = |day: &str, clock: &Option<String>| match clock {
            Some(clock) => format!("{day}, {clock}"),
            None => day.to_owned(),
        };
        let start = timed(&day, &clock(&self.start));
        let Some(end) = &self.end else { return format!("{start}{zone}") };
        let (end_day, end_clock) = (one(end), clock(end));
        let end = match end_clock {
            Some(clock) if end_day == day => clock,
            None if end_day == day => return format!("{start}{zone}"),
            clock => timed(&end_day, &clock),
        };
        let span = t!("time-span", start = start, end = end);
        format!("{span}{zone}")
    }
}

fn zone_text(zoned: &ZonedDateTime) -> String {
    zoned.time_zone().iana_name().map_or_else(|| zoned.strftime("%:z").to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(start: &str, end: Option<&str>, precision: TimePrecision) -> IncidentTime {
        let end = end.map(|end| Moment::parse(end).unwrap());
        IncidentTime { start: Moment::parse(start).unwrap(), end, precision }
    }

    #[test]
    fn a_moment_is_a_day_or_an_instant_with_offset_or_zone() {
        assert!(matches!(Moment::parse("2025-05-01"), Ok(Moment::Day(_))));
        for instant in
            ["2025-05-01T06:30:00+02:00", "2025-05-01T06:30:00Z", "2025-05-01T06:30[Europe/Vienna]"]
        {
            assert!(matches!(Moment::parse(instant), Ok(Moment::Instant(_))), "{instant}");
        }
        assert_eq!(Moment::parse("2025-05-01T06:30"), Err(MomentError::NoZone));
        assert_eq!(Moment::parse("2025-05-01T06:30[Europe/Atlantis]"), Err(MomentError::UnknownZone));
        for wrong in ["", "2025", "2025-13-01", "2025-02-30", "yesterday", "01.05.2025"] {
            assert_eq!(Moment::parse(wrong), Err(MomentError::Malformed), "{wrong}");
        }
    }

    #[test]
    fn a_moment_is_written_as_it_is_read() {
        for text in ["2025-05-01", "2025-05-01T06:30:00+02:00", "2025-05-01T06:30:00+02:00[Europe/Vienna]"] {
            assert_eq!(Moment::parse(text).unwrap().to_text(), text);
        }
    }

    #[test]
    fn a_time_says_no_more_than_is_known() {
        use TimePrecision::{Day, Minute, Month, Week, Year};
        let cases = [
            (time("2024-03-12", None, Day), "12 March 2024"),
            (time("2024-03-12T10:00:00Z", None, Day), "12 March 2024"),
            (time("2024-03-13", None, Week), "week of 11 March 2024"),
            (time("2024-03-12", None, Month), "March 2024"),
            (time("2024-03-12", None, Year), "2024"),
            (time("2024-03-12", Some("2024-03-14"), Day), "12 March 2024 to 14 March 2024"),
            (time("2024-03-12", Some("2024-03-12"), Day), "12 March 2024"),
            (
                time("2025-05-01T06:30:00+02:00", Some("2025-05-01T18:00:00+02:00"), Minute),
                "1 May 2025, 06:30 to 18:00 (+02:00)",
            ),
        ];
        for (time, text) in cases {
            assert_eq!(time.to_long_text(None), text);
        }
    }

    #[test]
    fn a_time_of_day_is_said_in_the_zone_that_is_asked_for_and_a_date_stays_the_date() {
        use TimePrecision::{Day, Minute, Month};
        let [utc, kyiv] = [TimeZone::UTC, TimeZone::get("Europe/Kyiv").unwrap()];
        let instant = time("2024-03-12T23:30:00-05:00", None, Minute);
        for (zone, text) in [
            (None, "12 Mar 2024, 23:30 (-05:00)"),
            (Some(&utc), "13 Mar 2024, 04:30 (UTC)"),
            (Some(&kyiv), "13 Mar 2024, 06:30 (Europe/Kyiv)"),
        ] {
            assert_eq!(instant.to_short_text(zone), text);
            for date in ["2024-03-12", "2024-03-12T23:30:00-05:00", "2024-03-12T00:30:00+05:00"] {
                assert_eq!(time(date, None, Day).to_short_text(zone), "12 Mar 2024");
                assert_eq!(time(date, None, Month).to_short_text(zone), "Mar 2024");
            }
        }
    }

    #[test]
    fn an_end_before_the_start_is_noticed() {
        assert!(time("2024-03-12", Some("2024-03-11"), TimePrecision::Day).is_reversed());
        assert!(
            time("2024-03-12T10:00:00Z", Some("2024-03-12T11:00:00+02:00"), TimePrecision::Minute)
                .is_reversed()
        );
        assert!(!time("2024-03-12T10:00:00Z", Some("2024-03-12"), TimePrecision::Day).is_reversed());
    }
}
