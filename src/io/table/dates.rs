//! Dates as tables write them: ISO, with names of months, with the day or the month first.
//!
//! Nothing is guessed from one cell: whether `03/04/2025` is in March or in April is decided once for the whole column
//! (see [`Order`]) and said in the account, as is whether midnight in UTC stands for no time of day. A year of two digits and a time of day without a zone say less than they
//! seem to: the one is no date, of the other the day is taken.

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

use crate::model::{Moment, TimePrecision};

/// Which number comes first in dates that begin with none of four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Order {
    /// `16/05/2025`.
    DayFirst,
    /// `05/16/2025`.
    #[default]
    MonthFirst,
}

/// What a date says of the order of all dates in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// Nothing: it is the same either way.
    None,
    /// Its first number can only be a day.
    DayFirst,
    /// Its second number can only be a day.
    MonthFirst,
    /// It is a date either way.
    Either,
}

/// A date that was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    pub(super) moment: Moment,
    pub(super) precision: TimePrecision,
    /// Whether a time of day was left out, because nothing says in which zone it is.
    pub(super) is_clock_lost: bool,
}

/// How a program writes a date that no person would write so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// It does not.
    Plain,
    /// As seconds or milliseconds since 1970, in UTC.
    Epoch,
    /// As days since 1900, as spreadsheets count.
    Serial,
}

/// What is in a cell, and what it says of its column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// `None` where the order that was asked for makes no date of it.
    pub(super) reading: Option<Reading>,
    pub(super) evidence: Evidence,
    pub(super) manner: Manner,
    /// Whether it has midnight in UTC as a time of day, which may stand for none.
    pub(super) is_utc_midnight: bool,
}

const NOTHING: Found =
    Found { reading: None, evidence: Evidence::None, manner: Manner::Plain, is_utc_midnight: false };

/// Longer texts are no dates.
const MAX_BYTES: usize = 64;

/// The beginnings of the months' names in English, German, French, Spanish, Russian and Ukrainian. Of two that fit the
/// longer one counts: `mar` and `mars`, `juin` and `juil`.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "янв", "січ"],
    &["feb", "fév", "fev", "фев", "лют"],
    &["mar", "mär", "maer", "мар", "бер"],
    &["apr", "avr", "abr", "апр", "кві"],
    &["may", "mai", "май", "мая", "мае", "тра"],
    &["jun", "juin", "июн", "чер"],
    &["jul", "juil", "июл", "лип"],
    &["aug", "aoû", "aou", "ago", "авг", "сер"],
    &["sep", "сен", "вер"],
    &["oct", "okt", "окт", "жов"],
    &["nov", "ноя", "лис"],
    &["dec", "dez", "déc", "dic", "дек", "гру"],
];

/// Reads a cell.
pub(super) fn read(text: &str, order: Order) -> Found {
    let text = text.trim();
    if let Some(date) = quick(text) {
        return known(Moment::Day(date), TimePrecision::Day, false);
    }
    if text.len() > MAX_BYTES || !text.contains(|c: char| c.is_ascii_digit()) {
        return NOTHING;
    }
    if text.contains(':')
        && let Ok(moment @ Moment::Instant(_)) = Moment::parse(text)
    {
        let is_utc_midnight = is_utc_midnight(text);
        return Found { is_utc_midnight, ..known(moment, TimePrecision::Minute, false) };
    }
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && let Some(found) = counted(text)
    {
        return found;
    }
    let Some((numbers, rest)) = date_part(text) else { return NOTHING };
    let clock = if rest_of(rest).is_empty() { None } else { clock(rest) };
    if clock.is_none() && !rest_of(rest).is_empty() {
        return NOTHING;
    }
    let (date, evidence) = match numbers {
        Part::Year(year) => return reduced(year, 1, TimePrecision::Year, clock),
        Part::Month(year, month) => return reduced(year, month, TimePrecision::Month, clock),
        Part::Day(year, month, day) => (date(year, month, day), Evidence::None),
        Part::Unordered { numbers: [first, second], year, is_dotted } => {
            let (day_first, month_first) = (date(year, second, first), date(year, first, second));
            let evidence = match (day_first, month_first) {
                (Some(_), Some(_)) if !is_dotted && first != second => Evidence::Either,
                (Some(_), None) if !is_dotted => Evidence::DayFirst,
                (None, Some(_)) if !is_dotted => Evidence::MonthFirst,
                _ => Evidence::None,
            };
            let is_day_first = is_dotted || order == Order::DayFirst;
            (if is_day_first { day_first } else { month_first }, evidence)
        }
    };
    Found { reading: date.and_then(|date| with_clock(date, clock)), evidence, ..NOTHING }
}

/// `2025-05-16T00:00:00.000Z`
fn is_utc_midnight(text: &str) -> bool {
    let clock = text.as_bytes().get(11..).unwrap_or_default();
    let zone = clock.strip_prefix(b"00:00:00").unwrap_or(b"-");
    let zeros = zone.iter().take_while(|byte| matches!(byte, b'.' | b'0')).count();
    let zone = &zone[zeros..];
    matches!(zone, b"Z" | b"+00:00" | b"+00")
}

/// A number that counts seconds, milliseconds or days, or one of as many digits as a day with its time has.
fn counted(text: &str) -> Option<Found> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let number: i64 = whole.parse().ok()?;
    let moment = match (whole.len(), number) {
        (13, 100_000_000_000..) => Timestamp::from_millisecond(number),
        (10, 100_000_000..) => Timestamp::from_second(number),
        (5, 20_000..=80_000) => {
            let date = Date::constant(1899, 12, 30).checked_add(Span::new().days(number)).ok()?;
            // What follows the point is the time of day.
            let is_clock_lost = part.bytes().any(|byte| byte != b'0');
            let found = known(Moment::Day(date), TimePrecision::Day, is_clock_lost);
            return Some(Found { manner: Manner::Serial, ..found });
        }
        (12 | 14, _) if part.is_empty() => {
            let date = date(whole[..4].parse().ok()?, whole[4..6].parse().ok()?, whole[6..8].parse().ok()?)?;
            let second = whole.get(12..14).map_or(Ok(0), str::parse);
            let time = Time::new(whole[8..10].parse().ok()?, whole[10..12].parse().ok()?, second.ok()?, 0);
            let reading = with_clock(date, Some(Clock { time: time.ok()?, offset: None }));
            return Some(Found { reading, ..NOTHING });
        }
        _ => return None,
    };
    let zoned = moment.ok()?.to_zoned_datetime(TimeZone::UTC);
    let is_utc_midnight = zoned.time() == Time::midnight();
    let found = known(Moment::Instant(Box::new(zoned)), TimePrecision::Minute, false);
    Some(Found { manner: Manner::Epoch, is_utc_midnight, ..found })
}

/// A date as XML writes it: a year, a month, a day, or a day with a time.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::io) struct IsoDate {
    pub(in crate::io) moment: Moment,
    pub(in crate::io) precision: TimePrecision,
    /// Whether a time of day was left out, because nothing says in which zone it is.
    pub(in crate::io) is_clock_lost: bool,
}

/// Reads such a date, and nothing that could be read in two ways.
pub(in crate::io) fn iso_date(text: &str) -> Option<IsoDate> {
    let text = text.trim();
    let begins_with_year = text.len() >= 4 && text.bytes().take(4).all(|byte| byte.is_ascii_digit());
    let found = read(text, Order::DayFirst);
    let is_sure = begins_with_year && found.manner == Manner::Plain && found.evidence == Evidence::None;
    let Reading { moment, precision, is_clock_lost } = found.reading.filter(|_| is_sure)?;
    Some(IsoDate { moment, precision, is_clock_lost })
}

fn known(moment: Moment, precision: TimePrecision, is_clock_lost: bool) -> Found {
    let reading = Some(Reading { moment, precision, is_clock_lost });
    Found { reading, ..NOTHING }
}

fn day(date: Date) -> Reading {
    Reading { moment: Moment::Day(date), precision: TimePrecision::Day, is_clock_lost: false }
}

/// A year or a month; a time of day after it is nonsense.
fn reduced(year: i16, month: i8, precision: TimePrecision, clock: Option<Clock>) -> Found {
    match (date(year, month, 1), clock) {
        (Some(date), None) => known(Moment::Day(date), precision, false),
        _ => NOTHING,
    }
}

fn with_clock(date: Date, clock: Option<Clock>) -> Option<Reading> {
    let Some(Clock { time, offset }) = clock else { return Some(day(date)) };
    let Some(offset) = offset else {
        // Midnight is how programs write that there is no time of day.
        let is_clock_lost = time != Time::midnight();
        return Some(Reading { is_clock_lost, ..day(date) });
    };
    let zoned = date.to_datetime(time).to_zoned_datetime(TimeZone::fixed(offset)).ok()?;
    let moment = Moment::Instant(Box::new(zoned));
    Some(Reading { moment, precision: TimePrecision::Minute, is_clock_lost: false })
}

fn date(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}

/// What most tables have, in a few nanoseconds: `2025-05-16`, the same at midnight, `16 May 2025`.
fn quick(text: &str) -> Option<Date> {
    if let Some((day, clock)) = text.as_bytes().split_at_checked(10)
        && let Some(date) = iso_day(day)
    {
        let is_midnight = clock.get(1..).is_some_and(|clock| clock.starts_with(b"00:00:00"))
            && clock[9..].iter().all(|byte| matches!(byte, b'.' | b'0'));
        return (clock.is_empty() || is_midnight && matches!(clock[0], b' ' | b'T')).then_some(date);
    }
    let (day, rest) = text.split_once(' ')?;
    let (month, year) = rest.split_once(' ')?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(day) || !matches!(day.len(), 1 | 2) || !is_number(year) || year.len() != 4 {
        return None;
    }
    let name = month.as_bytes().get(..3).filter(|_| month.bytes().all(|byte| byte.is_ascii_alphabetic()))?;
    let known = MONTHS
        .iter()
        .position(|names| names.first().is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(name)))?;
    date(year.parse().ok()?, known as i8 + 1, day.parse().ok()?)
}

/// `2025-05-16` and nothing else.
fn iso_day(text: &[u8]) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else { return None };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i16::from(byte - b'0'));
    let pair = |tens, ones| Some(digit(tens)? * 10 + digit(ones)?);
    let year = pair(y1, y2)? * 100 + pair(y3, y4)?;
    date(year, pair(m1, m2)? as i8, pair(d1, d2)? as i8)
}

/// The date at the beginning of a text, as far as it can be told without knowing the order.
enum Part {
    Year(i16),
    Month(i16, i8),
    Day(i16, i8, i8),
    Unordered { numbers: [i8; 2], year: i16, is_dotted: bool },
}

/// A piece of a date.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Piece {
    /// A number with as many digits.
    Number(u32, usize),
    Month(i8),
}

/// Splits a text into its date and what follows it.
fn date_part(text: &str) -> Option<(Part, &str)> {
    use Piece::{Month, Number};
    let mut rest = without_weekday(text);
    let mut pieces = Vec::with_capacity(3);
    let mut signs = Vec::with_capacity(3);
    while pieces.len() < 3 {
        let (sign, from) = if pieces.is_empty() { (' ', rest) } else { separator(rest) };
        let Some((piece, after)) = piece(from) else { break };
        // A number before a colon is an hour: the date has ended.
        if after.starts_with(':') {
            break;
        }
        pieces.push(piece);
        signs.push(sign);
        rest = after;
    }
    let is_written = |sign: char| matches!(sign, '-' | '/' | '.');
    let part = match (pieces.as_slice(), signs.as_slice()) {
        ([Number(number, 8)], _) => {
            Part::Day((number / 10_000) as i16, (number / 100 % 100) as i8, (number % 100) as i8)
        }
        ([Number(year, 4)], _) => Part::Year(*year as i16),
        ([Number(year, 4), Number(month, 1 | 2)] | [Number(month, 1 | 2), Number(year, 4)], [_, sign])
            if is_written(*sign) =>
        {
            Part::Month(*year as i16, *month as i8)
        }
        ([Month(month), Number(year, 4)] | [Number(year, 4), Month(month)], _) => {
            Part::Month(*year as i16, *month)
        }
        (
            [Number(day, 1 | 2), Month(month), Number(year, 4)]
            | [Month(month), Number(day, 1 | 2), Number(year, 4)]
            | [Number(year, 4), Month(month), Number(day, 1 | 2)],
            _,
        ) => Part::Day(*year as i16, *month, *day as i8),
        ([Number(year, 4), Number(month, 1 | 2), Number(day, 1 | 2)], [_, one, other])
            if is_written(*one) && one == other =>
        {
            Part::Day(*year as i16, *month as i8, *day as i8)
        }
        ([Number(first, 1 | 2), Number(second, 1 | 2), Number(year, 4)], [_, one, other])
            if is_written(*one) && one == other =>
        {
            Part::Unordered {
                numbers: [*first as i8, *second as i8],
                year: *year as i16,
                is_dotted: *one == '.',
            }
        }
        _ => return None,
    };
    // A Russian or Ukrainian year may be followed by its word.
    let word = ["года", "год", "г.", "г", "року", "рік", "р.", "р"].into_iter().find_map(|word| {
        let after = rest.trim_start().strip_prefix(word)?;
        (!after.starts_with(char::is_alphabetic)).then_some(after)
    });
    Some((part, word.unwrap_or(rest)))
}

/// A weekday stands before a comma: `Fri, 16 May 2025`.
fn without_weekday(text: &str) -> &str {
    match text.split_once(',') {
        Some((weekday, after)) if !weekday.is_empty() && weekday.chars().all(char::is_alphabetic) => {
            after.trim_start()
        }
        _ => text,
    }
}

/// What stands between two pieces of a date, by its most telling sign, and what follows.
fn separator(text: &str) -> (char, &str) {
    let mut after = text.trim_start();
    for word in ["de ", "del ", "of "] {
        after = after.strip_prefix(word).unwrap_or(after);
    }
    let sign = after.chars().next().filter(|c| matches!(c, '-' | '/' | '.' | ','));
    match sign {
        Some(sign) => (sign, after[1..].trim_start()),
        None => (' ', after),
    }
}

fn piece(text: &str) -> Option<(Piece, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let rest = &text[digits..];
        let ordinal = ["st", "nd", "rd", "th"].into_iter().find_map(|word| rest.strip_prefix(word));
        return Some((Piece::Number(text[..digits].parse().ok()?, digits), ordinal.unwrap_or(rest)));
    }
    let letters = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    Some((Piece::Month(month_of(&text[..letters])?), &text[letters..]))
}

fn month_of(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    let fitting = |names: &[&str]| {
        names.iter().filter(|name| word.starts_with(**name)).map(|name| name.len()).max().unwrap_or(0)
    };
    let (month, length) = (1..).zip(MONTHS.map(fitting)).max_by_key(|(_, length)| *length)?;
    (length > 0).then_some(month)
}

/// A time of day, and where it counts from.
#[derive(Debug, Clone, Copy)]
struct Clock {
    time: Time,
    offset: Option<Offset>,
}

/// What follows a date, without what stands between the two.
fn rest_of(text: &str) -> &str {
    text.trim_start_matches([' ', ',', 'T', 't', '\u{a0}'])
}

/// A time of day, alone or after a date.
fn clock(text: &str) -> Option<Clock> {
    let text = rest_of(text);
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.')).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let (hour, rest_of_time) = digits.split_once(':')?;
    let (minute, second) = rest_of_time.split_once(':').unwrap_or((rest_of_time, "0"));
    let second = second.split('.').next().unwrap_or(second);
    let is_short = |text: &str| matches!(text.len(), 1 | 2);
    if !is_short(hour) || !is_short(minute) || !is_short(second) {
        return None;
    }
    let (mut hour, minute, second) =
        (hour.parse::<i8>().ok()?, minute.parse::<i8>().ok()?, second.parse::<i8>().ok()?);
    let rest = rest.trim();
    let zone = match rest.get(..2).map(str::to_ascii_uppercase).as_deref() {
        Some(half @ ("AM" | "PM")) if (1..=12).contains(&hour) => {
            hour = hour % 12 + if half == "PM" { 12 } else { 0 };
            rest[2..].trim()
        }
        _ => rest,
    };
    let time = Time::new(hour, minute, second, 0).ok()?;
    let offset = if zone.is_empty() { None } else { Some(offset_of(zone)?) };
    Some(Clock { time, offset })
}

/// `Z`, `UTC`, `GMT`, `+02:00`, `+0200`, `UTC+2`.
fn offset_of(text: &str) -> Option<Offset> {
    let upper = text.to_ascii_uppercase();
    let name = ["UTC", "GMT", "Z"].into_iter().find_map(|name| upper.strip_prefix(name));
    let number = name.unwrap_or(&upper).trim();
    if number.is_empty() {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match (number.strip_prefix('+'), number.strip_prefix(['-', '\u{2212}'])) {
        (Some(digits), _) => (1, digits),
        (_, Some(digits)) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = match digits.len() {
        1 | 2 => (number, 0),
        3 | 4 => (number / 100, number % 100),
        _ => return None,
    };
    if minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// Reads a time of day that stands in a column of its own, and joins it with its day where it names its zone.
pub(super) fn at_clock(date: Date, text: &str) -> Option<Reading> {
    with_clock(date, Some(clock(text.trim())?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(cell: &str, order: Order) -> String {
        read(cell, order).reading.map_or_else(
            || "none".to_owned(),
            |it| {
                let lost = if it.is_clock_lost { " (clock lost)" } else { "" };
                format!("{} {:?}{lost}", it.moment.to_text(), it.precision)
            },
        )
    }

    #[test]
    fn dates_are_read_as_tables_write_them() {
        for cell in [
            "2025-05-16",
            "16 May 2025",
            "16 may 2025",
            "May 16, 2025",
            "16.05.2025",
            "16.5.2025",
            "16-May-2025",
            "2025/05/16",
            "2025.05.16",
            "20250516",
            "16. Mai 2025",
            "16 мая 2025 г.",
            "16 травня 2025 року",
            "16 de mayo de 2025",
            "16 mai 2025",
            "16th May 2025",
            "Fri, 16 May 2025",
            "16/05/2025",
            "2025-05-16 00:00:00.000",
            "2025 May 16",
        ] {
            assert_eq!(text(cell, Order::DayFirst), "2025-05-16 Day", "{cell}");
        }
        assert_eq!(text("05/16/2025", Order::MonthFirst), "2025-05-16 Day");
        assert_eq!(text("16.05.2025", Order::MonthFirst), "2025-05-16 Day", "dots mean the day first");
        for (cell, month) in [
            ("1 липня 2024", 7),
            ("1 листопада 2024", 11),
            ("1 juillet 2024", 7),
            ("1 mars 2024", 3),
            ("1 серпня 2024", 8),
        ] {
            assert_eq!(text(cell, Order::DayFirst), format!("2024-{month:02}-01 Day"), "{cell}");
        }
    }

    #[test]
    fn a_date_says_no_more_than_its_cell() {
        assert_eq!(text("2025", Order::DayFirst), "2025-01-01 Year");
        for cell in ["2025-05", "2025/05", "05.2025", "05/2025", "May 2025", "май 2025"] {
            assert_eq!(text(cell, Order::DayFirst), "2025-05-01 Month", "{cell}");
        }
    }

    #[test]
    fn a_time_of_day_counts_only_with_its_zone() {
        assert_eq!(text("2025-05-16T06:30:00+02:00", Order::DayFirst), "2025-05-16T06:30:00+02:00 Minute");
        assert_eq!(text("16 May 2025 06:30 UTC+2", Order::DayFirst), "2025-05-16T06:30:00+02:00 Minute");
        assert_eq!(text("5/16/2025 6:30 PM -0300", Order::MonthFirst), "2025-05-16T18:30:00-03:00 Minute");
        for cell in ["2025-05-16 06:30", "2025-05-16T06:30:12.5", "16.05.2025, 6:30"] {
            assert_eq!(text(cell, Order::DayFirst), "2025-05-16 Day (clock lost)", "{cell}");
        }
        let date = date(2025, 5, 16).unwrap();
        assert_eq!(at_clock(date, "06:30+02:00").unwrap().precision, TimePrecision::Minute);
        assert!(at_clock(date, "06:30").unwrap().is_clock_lost);
        assert_eq!(at_clock(date, "morning"), None);
    }

    #[test]
    fn numbers_that_programs_count_are_moments_and_days_and_say_so() {
        for (cell, expected, manner) in [
            ("1710237012345", "2024-03-12T09:50:12.345+00:00[UTC] Minute", Manner::Epoch),
            ("1710201600", "2024-03-12T00:00:00+00:00[UTC] Minute", Manner::Epoch),
            ("45363", "2024-03-12 Day", Manner::Serial),
            ("45363.0", "2024-03-12 Day", Manner::Serial),
            ("45363.5", "2024-03-12 Day (clock lost)", Manner::Serial),
            ("20240312143000", "2024-03-12 Day (clock lost)", Manner::Plain),
            ("202403120000", "2024-03-12 Day", Manner::Plain),
        ] {
            assert_eq!(
                (text(cell, Order::MonthFirst).as_str(), read(cell, Order::MonthFirst).manner),
                (expected, manner)
            );
        }
        assert_eq!((iso_date("45363"), iso_date("1710201600")), (None, None));
    }

    #[test]
    fn midnight_in_utc_is_noticed() {
        for (cell, is_midnight) in [
            ("2024-03-12T00:00:00Z", true),
            ("2024-03-12T00:00:00.000Z", true),
            ("2024-03-12 00:00:00+00:00", true),
            ("1710201600000", true),
            ("2024-03-12T00:00:01Z", false),
            ("2024-03-12T00:00:00+03:00", false),
            ("2024-03-12T00:00:00", false),
        ] {
            assert_eq!(read(cell, Order::MonthFirst).is_utc_midnight, is_midnight, "{cell}");
        }
    }

    #[test]
    fn what_is_no_date_is_not_taken_for_one() {
        for cell in [
            "",
            "yesterday",
            "16.05.25",
            "1/2/3",
            "2025-13-01",
            "2025-02-30",
            "31/31/2025",
            "20251301",
            "99999",
            "16 Xyz 2025",
            "2025-05-16 afternoon",
            "2025-05-16 25:00",
            "May",
            "1.5",
            "16 05 2025",
            "2025-05/16",
        ] {
            assert_eq!(text(cell, Order::DayFirst), "none", "{cell}");
        }
    }

    #[test]
    fn a_date_tells_the_order_of_its_column_only_where_it_can_be_no_other() {
        for (cell, evidence) in [
            ("16/05/2025", Evidence::DayFirst),
            ("05/16/2025", Evidence::MonthFirst),
            ("03/04/2025", Evidence::Either),
            ("04/04/2025", Evidence::None),
            ("03.04.2025", Evidence::None),
            ("2025-04-03", Evidence::None),
        ] {
            assert_eq!(read(cell, Order::DayFirst).evidence, evidence, "{cell}");
            assert_eq!(read(cell, Order::MonthFirst).evidence, evidence, "{cell}");
        }
        assert_eq!(text("05/16/2025", Order::DayFirst), "none");
    }

    proptest! {
        #[test]
        fn any_text_is_looked_through(text in "[0-9./, :TZ+-]{0,24}|\\PC{0,20}") {
            let _ = (read(&text, Order::DayFirst), read(&text, Order::MonthFirst));
        }

        #[test]
        fn every_day_is_read_in_each_of_its_forms(year in 1000i16..=9999, month in 1i8..=12, day in 1i8..=28) {
            let date = date(year, month, day).unwrap();
            for form in ["%Y-%m-%d", "%d %B %Y", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d", "%b %d, %Y"] {
                let found = read(&date.strftime(form).to_string(), Order::DayFirst).reading;
                prop_assert_eq!(found.map(|it| it.moment), Some(Moment::Day(date)), "{}", form);
            }
        }
    }
}
