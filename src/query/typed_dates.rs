//! Dates as people type them: a day, a month or a year, in digits or with the month's name, or a span of them.
//!
//! Where the order of day and month is not said, both are offered: the reader knows what was meant.

use jiff::ToSpan;
use jiff::civil::Date;

use super::bins::minute_of;
use crate::locale;

/// The months' names in English, Russian (alone and in a date), and Ukrainian (the same). Three letters of one are enough.
const MONTHS: [[&str; 5]; 12] = [
    ["january", "январь", "января", "січень", "січня"],
    ["february", "февраль", "февраля", "лютий", "лютого"],
    ["march", "март", "марта", "березень", "березня"],
    ["april", "апрель", "апреля", "квітень", "квітня"],
    ["may", "май", "мая", "травень", "травня"],
    ["june", "июнь", "июня", "червень", "червня"],
    ["july", "июль", "июля", "липень", "липня"],
    ["august", "август", "августа", "серпень", "серпня"],
    ["september", "сентябрь", "сентября", "вересень", "вересня"],
    ["october", "октябрь", "октября", "жовтень", "жовтня"],
    ["november", "ноябрь", "ноября", "листопад", "листопада"],
    ["december", "декабрь", "декабря", "грудень", "грудня"],
];

/// What stands between the two ends of a span.
const BETWEEN: [&str; 8] = [" – ", " — ", " - ", " to ", " до ", " по ", "..", "…"];

/// A time that somebody has typed: whole days, months or years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypedTime {
    first: Date,
    /// The first day that is not part of it.
    end: Date,
    /// Whether it was typed as a number that may well be something else.
    pub is_bare_year: bool,
}

impl TypedTime {
    /// Its first and last minute, since 1970 on the clock of the timeline.
    #[must_use]
    pub fn span_min(self) -> [i32; 2] {
        let minute = |date: Date| minute_of(date.at(0, 0, 0, 0));
        let clamped = |minute: i64| minute.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
        [clamped(minute(self.first)), clamped(minute(self.end) - 1)]
    }

    fn day(date: Date) -> Option<Self> {
        Some(Self { first: date, end: date.checked_add(1.day()).ok()?, is_bare_year: false })
    }

    fn month(year: i16, month: i8) -> Option<Self> {
        let first = Date::new(year, month, 1).ok()?;
        Some(Self { first, end: first.checked_add(1.month()).ok()?, is_bare_year: false })
    }

    fn year(year: i16) -> Option<Self> {
        let first = Date::new(year, 1, 1).ok()?;
        Some(Self { first, end: first.checked_add(1.year()).ok()?, is_bare_year: true })
    }

    fn until(self, last: Self) -> Option<Self> {
        (self.first < last.end).then_some(Self { first: self.first, end: last.end, is_bare_year: false })
    }
}

/// The times that a text may mean, the likelier one first; none if it is no date. A day without a year is taken in each of
/// these years.
#[must_use]
pub fn parse(text: &str, years: &[i16]) -> Vec<TypedTime> {
    /// Longer texts are no dates.
    const MAX_BYTES: usize = 80;
    let text = text.trim().to_lowercase();
    if text.len() > MAX_BYTES || !text.contains(|c: char| c.is_ascii_digit()) {
        return Vec::new();
    }
    for between in BETWEEN {
        if let Some((first, last)) = text.split_once(between) {
            let (first, last) = (times(first, years), times(last, years));
            // In both ends the same number stands first.
            let spans = first.iter().zip(&last).filter_map(|(first, last)| first.until(*last));
            let spans: Vec<TypedTime> = spans.collect();
            if !spans.is_empty() {
                return spans;
            }
        }
    }
    times(&text, years)
}

/// A piece of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Four digits.
    Year(i16),
    /// One or two digits.
    Number(i8),
    Month(i8),
}

// One order of words in each line.
#[allow(clippy::unnested_or_patterns)]
fn times(text: &str, years: &[i16]) -> Vec<TypedTime> {
    use Part::{Month, Number, Year};
    let Some(parts) = parts(text) else { return Vec::new() };
    let day = |year: i16, month: i8, day: i8| Date::new(year, month, day).ok().and_then(TypedTime::day);
    let one = |time: Option<TypedTime>| time.into_iter().collect();
    match parts[..] {
        [Year(year)] => one(TypedTime::year(year).filter(|_| (1800..=2100).contains(&year))),
        [Year(first), Year(last)] => {
            let span = |(first, last): (TypedTime, TypedTime)| first.until(last);
            one(TypedTime::year(first).zip(TypedTime::year(last)).and_then(span))
        }
        [Year(year), Number(month) | Month(month)] | [Number(month) | Month(month), Year(year)] => {
            one(TypedTime::month(year, month))
        }
        [Month(first), Month(last), Year(year)] => {
            let span = |(first, last): (TypedTime, TypedTime)| first.until(last);
            one(TypedTime::month(year, first).zip(TypedTime::month(year, last)).and_then(span))
        }
        [Number(date), Month(month), Year(year)]
        | [Month(month), Number(date), Year(year)]
        | [Year(year), Month(month), Number(date)]
        | [Year(year), Number(month), Number(date)] => one(day(year, month, date)),
        [Number(first), Number(last), Month(month), Year(year)] => {
            let span = |(first, last): (TypedTime, TypedTime)| first.until(last);
            one(day(year, month, first).zip(day(year, month, last)).and_then(span))
        }
        [Number(date), Month(month)] | [Month(month), Number(date)] => {
            years.iter().filter_map(|year| day(*year, month, date)).collect()
        }
        [Number(first), Number(second), Year(year)] => either(year, first, second),
        [Number(first), Number(second), Number(year)] => either(2000 + i16::from(year), first, second),
        _ => Vec::new(),
    }
}

/// A day with its month in either order. Most of the world writes the day first.
fn either(year: i16, first: i8, second: i8) -> Vec<TypedTime> {
    let mut days = [(second, first), (first, second)];
    if locale::reader().is_month_first() {
        days.reverse();
    }
    let mut dates: Vec<Date> =
        days.into_iter().filter_map(|(month, day)| Date::new(year, month, day).ok()).collect();
    dates.dedup();
    dates.into_iter().filter_map(TypedTime::day).collect()
}

/// The pieces of a date; `None` if there is anything else in the text.
#[allow(clippy::unnested_or_patterns)]
fn parts(text: &str) -> Option<Vec<Part>> {
    /// No date has more.
    const MAX_PARTS: usize = 4;
    let mut parts = Vec::new();
    for piece in text.split(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | '/' | '-' | '–' | '—'))
    {
        let end = piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len());
        let (digits, rest) = piece.split_at(end);
        match (digits.len(), rest) {
            (0, "") | (0, "of" | "г" | "р" | "года" | "году" | "год" | "року" | "рік") => {
            }
            (0, name) => parts.push(Part::Month(month_named(name)?)),
            (1 | 2, "" | "st" | "nd" | "rd" | "th" | "го" | "е" | "ое") => {
                parts.push(Part::Number(digits.parse().ok()?));
            }
            (4, "" | "г") => parts.push(Part::Year(digits.parse().ok()?)),
            (8, "") => {
                let number = |at: std::ops::Range<usize>| digits[at].parse().ok();
                parts.extend([
                    Part::Year(digits[..4].parse().ok()?),
                    Part::Number(number(4..6)?),
                    Part::Number(number(6..8)?),
                ]);
            }
            _ => return None,
        }
    }
    (!parts.is_empty() && parts.len() <= MAX_PARTS).then_some(parts)
}

fn month_named(word: &str) -> Option<i8> {
    let begins = |(names, _): &(&[&str; 5], i8)| names.iter().any(|name| name.starts_with(word));
    let found = MONTHS.iter().zip(1..).find(begins).filter(|_| word.chars().nth(2).is_some());
    found.map(|(_, month)| month).or_else(|| locale::reader().month_named(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::dates::span_text;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<String> {
        let times = parse(text, &[2024]);
        times.into_iter().map(|time| span_text(time.span_min())).collect()
    }

    #[test]
    fn days_months_and_years_are_read_in_every_usual_way() {
        for text in [
            "12 March 2024",
            "12 mar 2024",
            "March 12, 2024",
            "Mar 12th 2024",
            "12th of March, 2024",
            "2024-03-12",
            "2024/3/12",
            "2024.03.12",
            "20240312",
            "12 марта 2024 г.",
            "12 березня 2024 року",
            "2024 March 12",
            " 12-Mar-2024 ",
            "12 march",
            "13.03.2024 - 13.03.2024",
        ] {
            let expected = if text.starts_with("13") { "13 Mar 2024" } else { "12 Mar 2024" };
            assert_eq!(read(text), [expected], "{text}");
        }
        for text in ["March 2024", "mar 2024", "2024-03", "03/2024", "03.2024", "март 2024", "березень 2024"]
        {
            assert_eq!(read(text), ["Mar 2024"], "{text}");
        }
        assert_eq!(read("2024"), ["2024"]);
    }

    #[test]
    fn a_day_that_may_be_a_month_is_offered_as_both() {
        for text in ["12.03.2024", "12/03/2024", "12-3-2024", "12.03.24"] {
            assert_eq!(read(text), ["12 Mar 2024", "3 Dec 2024"], "{text}");
        }
        assert_eq!(read("13.03.2024"), ["13 Mar 2024"]);
        assert_eq!(read("03/13/2024"), ["13 Mar 2024"]);
        assert_eq!(read("03.03.2024"), ["3 Mar 2024"]);
    }

    #[test]
    fn spans_are_read() {
        assert_eq!(read("12 – 15 March 2024"), ["12 Mar 2024 – 15 Mar 2024"]);
        assert_eq!(read("12–15 March 2024"), ["12 Mar 2024 – 15 Mar 2024"]);
        assert_eq!(read("March–May 2024"), ["1 Mar 2024 – 31 May 2024"]);
        assert_eq!(read("2022-2024"), ["1 Jan 2022 – 31 Dec 2024"]);
        assert_eq!(read("12 March 2024 to 3 April 2024"), ["12 Mar 2024 – 3 Apr 2024"]);
        assert_eq!(read("2024 – 2022"), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "Oryol",
            "march",
            "51.2772, 34.2846",
            "31 February 2024",
            "2024-13-01",
            "7731",
            "12",
            "geo:1,2",
            "1 2 3 4 5",
        ] {
            assert_eq!(read(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(parse("12 March", &[]), []);
    }

    proptest! {
        #[test]
        fn no_text_upsets_the_parser(text in "\\PC{0,40}", digits in "[0-9./ –-]{0,24}") {
            for time in parse(&text, &[2024]).into_iter().chain(parse(&digits, &[2024])) {
                let [first, last] = time.span_min();
                prop_assert!(first <= last);
            }
        }
    }
}
