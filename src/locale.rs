//! How the reader writes numbers and dates: month names, the order of day, month and year, the marks in numbers.
//!
//! It follows the environment as every program of a desktop does (`LC_ALL`, then `LC_TIME` or `LC_NUMERIC`, then
//! `LANG`), with the data of the GNU C library. Nothing, `C` and `POSIX` mean plain English. Words other than month
//! names come from the catalogue ([`crate::words`]), whatever the locale; coordinates keep their decimal point.
//!
//! Only the real window asks the environment ([`install`]): tests and pictures do not depend on the machine.

use std::sync::OnceLock;

use jiff::civil::Date;
use pure_rust_locales::{Locale as Data, locale_match};

/// A way of writing numbers and dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale {
    /// Month names, as they stand in a date: long and short.
    months: [&'static [&'static str]; 2],
    /// Month names as they stand alone, where they differ.
    months_alone: [Option<&'static [&'static str]>; 2],
    pattern: Pattern,
    decimal_point: &'static str,
    separator: &'static str,
    /// Sizes of the groups of digits from the decimal point on; the last one is repeated. As in C, a number that is
    /// not positive ends the grouping.
    groups: &'static [i64],
}

/// How the parts of a date are put together: `%d` day, `%m` name of the month, `%n` its number, `%y` year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pattern {
    day: &'static str,
    month: &'static str,
}

impl Pattern {
    const DAY_FIRST: Self = Self { day: "%d %m %y", month: "%m %y" };
    const MONTH_FIRST: Self = Self { day: "%m %d, %y", month: "%m %y" };

    /// The GNU C library knows how dates are written in digits, not how they are written out.
    fn of(name: &str, digits: &str) -> Self {
        let language = name.split(['_', '@']).next().unwrap_or_default();
        let same_month = |day| Self { day, month: "%m %y" };
        match language {
            "bs" | "cs" | "da" | "de" | "dsb" | "et" | "fi" | "fo" | "hr" | "hsb" | "is" | "lb" | "nb"
            | "nn" | "sk" | "sl" | "sr" => same_month("%d. %m %y"),
            "ast" | "ca" | "es" | "gl" | "pt" => Self { day: "%d de %m de %y", month: "%m de %y" },
            "cmn" | "hak" | "ja" | "lzh" | "nan" | "yue" | "zh" => {
                Self { day: "%y年%n月%d日", month: "%y年%n月" }
            }
            "hu" => Self { day: "%y. %m %d.", month: "%y. %m" },
            "ko" => Self { day: "%y년 %n월 %d일", month: "%y년 %n월" },
            "lt" => Self { day: "%y m. %m %d d.", month: "%y m. %m" },
            "lv" => Self { day: "%y. gada %d. %m", month: "%y. gada %m" },
            _ if name == "en_CA" || begins_with_the_month(digits) => Self::MONTH_FIRST,
            _ => Self::DAY_FIRST,
        }
    }
}

/// Whether the first part of a pattern for C's `strftime`, besides the weekday, is the month.
fn begins_with_the_month(strftime: &str) -> bool {
    let parts = strftime
        .split('%')
        .skip(1)
        .filter_map(|part| part.trim_start_matches(['-', 'O', 'E']).chars().next());
    parts
        .into_iter()
        .find(|part| !matches!(part, 'a' | 'A'))
        .is_some_and(|part| matches!(part, 'm' | 'b' | 'B'))
}

/// How long month names are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// `12 March 2024`.
    Long,
    /// `12 Mar 2024`, for lists.
    Short,
}

impl Locale {
    /// Plain English: `12 March 2024`, `1 234 567` with thin spaces, `8.4`.
    pub const ENGLISH: Self = Self {
        months: [
            &[
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
            &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        ],
        months_alone: [None, None],
        pattern: Pattern::DAY_FIRST,
        decimal_point: ".",
        separator: "\u{202F}",
        groups: &[3],
    };

    /// The locale that environment variables ask for; `variable` reads one.
    #[must_use]
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let chosen = |category: &str| {
            set("LC_ALL").or_else(|| set(category)).or_else(|| set("LANG")).unwrap_or_default()
        };
        Self::of(&chosen("LC_TIME"), &chosen("LC_NUMERIC"))
    }

    /// Dates as in one locale and numbers as in another, by the names that C uses: `de_AT.UTF-8`. A name that nobody
    /// knows means plain English.
    #[must_use]
    pub fn of(dates: &str, numbers: &str) -> Self {
        let mut locale = Self::ENGLISH;
        if let Some(data) = data(dates) {
            let months = locale_match!(data => LC_TIME::MON);
            let short = locale_match!(data => LC_TIME::ABMON);
            // Without reordering, names that run from right to left would be set backwards.
            if [months, short]
                .iter()
                .all(|names| names.len() == 12 && !names.iter().any(|name| runs_left(name)))
            {
                locale.months = [months, short];
                locale.months_alone =
                    [locale_match!(data => LC_TIME::ALT_MON), locale_match!(data => LC_TIME::AB_ALT_MON)];
                locale.pattern = Pattern::of(&data.to_string(), locale_match!(data => LC_TIME::D_FMT));
            }
        }
        if let Some(data) = data(numbers) {
            locale.decimal_point = locale_match!(data => LC_NUMERIC::DECIMAL_POINT);
            locale.separator = locale_match!(data => LC_NUMERIC::THOUSANDS_SEP);
            locale.groups = locale_match!(data => LC_NUMERIC::GROUPING);
        }
        locale
    }

    /// Whether a date begins with its month.
    #[must_use]
    pub fn is_month_first(&self) -> bool {
        self.pattern.day.starts_with("%m")
    }

    /// The number of the month whose name begins with these letters, at least three, in any case.
    #[must_use]
    pub fn month_named(&self, letters: &str) -> Option<i8> {
        let letters = letters.to_lowercase();
        let alone = self.months_alone.into_iter().flatten();
        let mut lists = self.months.into_iter().chain(alone);
        letters.chars().nth(2)?;
        lists.find_map(|names| {
            let begins = |(name, _): &(&&str, i8)| name.to_lowercase().starts_with(&letters);
            names.iter().zip(1..).find(begins).map(|(_, month)| month)
        })
    }

    /// A whole number: `1 234`.
    #[must_use]
    pub fn number(&self, number: usize) -> String {
        self.digits(&number.to_string())
    }

    /// A number with so many decimals: `8.4`.
    #[must_use]
    pub fn decimal(&self, number: f64, decimals: usize) -> String {
        self.digits(&format!("{number:.decimals$}"))
    }

    /// A number with as many decimals as it has: `0.05`, `2 000`.
    #[must_use]
    pub fn exact(&self, number: f64) -> String {
        self.digits(&number.to_string())
    }

    /// A number as Rust writes it, with this locale's marks.
    fn digits(&self, plain: &str) -> String {
        let (whole, decimals) = plain.split_once('.').unwrap_or((plain, ""));
        let sign = whole.len() - whole.trim_start_matches('-').len();
        let count = whole.len() - sign;
        let mut text = String::with_capacity(plain.len() + count);
        text.push_str(&whole[..sign]);
        for (n, digit) in whole[sign..].chars().enumerate() {
            if n > 0 && self.ends_group(count - n) {
                text.push_str(self.separator);
            }
            text.push(digit);
        }
        if !decimals.is_empty() {
            text.push_str(self.decimal_point);
            text.push_str(decimals);
        }
        text
    }

    /// Whether a group ends so many digits before the decimal point.
    fn ends_group(&self, digits: usize) -> bool {
        let mut end = 0;
        let mut sizes = self.groups.iter();
        let mut size = 0;
        while end < digits {
            size = sizes.next().copied().unwrap_or(size);
            match usize::try_from(size) {
                Ok(size) if size > 0 => end += size,
                _ => return false,
            }
        }
        end == digits && digits > 0
    }

    /// A day: `12 March 2024`.
    #[must_use]
    pub fn day(&self, date: Date, length: Length) -> String {
        let name = name_of(self.months[length as usize], date);
        written(self.pattern.day, date, name)
    }

    /// A month: `March 2024`.
    #[must_use]
    pub fn month(&self, date: Date, length: Length) -> String {
        written(self.pattern.month, date, &self.month_name(date, length))
    }

    /// The name of a month as it stands alone: `March`.
    #[must_use]
    pub fn month_name(&self, date: Date, length: Length) -> String {
        let in_date = name_of(self.months[length as usize], date);
        let alone = self.months_alone[length as usize].map_or(in_date, |names| name_of(names, date));
        // Some lists are made for calendars, whose heads have capitals that a running text has not.
        if in_date.starts_with(char::is_lowercase) && alone.starts_with(char::is_uppercase) {
            return alone.to_lowercase();
        }
        alone.to_owned()
    }
}

/// The data for a name such as `de_AT.UTF-8@euro`, with the modifier if there are data for it, else without. A bare
/// language is taken for that of the country of the same name.
fn data(name: &str) -> Option<Data> {
    let (rest, modifier) = name.split_once('@').unwrap_or((name, ""));
    let place = rest.split('.').next().unwrap_or_default();
    let known = |name: &str| Data::try_from(name).ok().filter(|data| *data != Data::POSIX);
    known(&format!("{place}@{modifier}"))
        .or_else(|| known(place))
        .or_else(|| known(&format!("{place}_{}", place.to_uppercase())))
}

/// Whether a text contains letters of scripts that are written from right to left.
pub(crate) fn runs_left(text: &str) -> bool {
    text.chars()
        .any(|c| matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'))
}

fn name_of(names: &'static [&'static str], date: Date) -> &'static str {
    names.get(usize::from(date.month().unsigned_abs()) - 1).copied().unwrap_or_default()
}

fn written(pattern: &str, date: Date, month: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(pattern.len() + month.len() + 2);
    let mut parts = pattern.split('%');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        // Writing to a string cannot fail.
        let _ = match part.as_bytes().first() {
            Some(b'd') => write!(text, "{}", date.day()),
            Some(b'm') => write!(text, "{month}"),
            Some(b'n') => write!(text, "{}", date.month()),
            _ => write!(text, "{}", date.year()),
        };
        text.push_str(part.get(1..).unwrap_or_default());
    }
    text
}

static READER: OnceLock<Locale> = OnceLock::new();

/// Makes a locale the reader's, for as long as the program runs. To be called at its start; a second call changes
/// nothing.
pub fn install(locale: Locale) {
    if READER.set(locale).is_err() {
        log::warn!("the reader's locale is set already");
    }
}

/// The reader's locale: plain English unless another one was installed.
#[must_use]
pub fn reader() -> &'static Locale {
    READER.get().unwrap_or(&Locale::ENGLISH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Length::{Long, Short};
    use jiff::civil::date;

    fn locale(name: &str) -> Locale {
        Locale::of(name, name)
    }

    #[test]
    fn dates_are_written_as_the_reader_writes_them() {
        let day = date(2024, 3, 12);
        for (name, long, short, month) in [
            ("", "12 March 2024", "12 Mar 2024", "March 2024"),
            ("en", "12 March 2024", "12 Mar 2024", "March 2024"),
            ("en_GB.UTF-8", "12 March 2024", "12 Mar 2024", "March 2024"),
            ("en_US.UTF-8", "March 12, 2024", "Mar 12, 2024", "March 2024"),
            ("en_CA", "March 12, 2024", "Mar 12, 2024", "March 2024"),
            ("de_DE.UTF-8", "12. März 2024", "12. Mär 2024", "März 2024"),
            ("de_DE.UTF-8@euro", "12. März 2024", "12. Mär 2024", "März 2024"),
            ("de", "12. März 2024", "12. Mär 2024", "März 2024"),
            ("ru_RU.UTF-8", "12 марта 2024", "12 мар 2024", "март 2024"),
            ("uk_UA.UTF-8", "12 березня 2024", "12 бер 2024", "березень 2024"),
            ("fr_FR.UTF-8", "12 mars 2024", "12 mars 2024", "mars 2024"),
            ("es_ES", "12 de marzo de 2024", "12 de mar de 2024", "marzo de 2024"),
            ("ja_JP", "2024年3月12日", "2024年3月12日", "2024年3月"),
            ("hu_HU", "2024. március 12.", "2024. márc 12.", "2024. március"),
        ] {
            let locale = locale(name);
            assert_eq!(
                (locale.day(day, Long), locale.day(day, Short), locale.month(day, Long)),
                (long.to_owned(), short.to_owned(), month.to_owned()),
                "{name}"
            );
        }
    }

    #[test]
    fn numbers_are_written_as_the_reader_writes_them() {
        for (name, number, decimal) in [
            ("C", "1\u{202F}234\u{202F}567", "8.4"),
            ("en", "1\u{202F}234\u{202F}567", "8.4"),
            ("en_US", "1,234,567", "8.4"),
            ("de_DE", "1.234.567", "8,4"),
            ("ru_RU", "1\u{202F}234\u{202F}567", "8,4"),
            ("uk_UA", "1\u{202F}234\u{202F}567", "8,4"),
            ("fr_FR", "1\u{202F}234\u{202F}567", "8,4"),
            ("en_IN", "12,34,567", "8.4"),
            ("pl_PL", "1\u{202F}234\u{202F}567", "8,4"),
        ] {
            let locale = locale(name);
            assert_eq!(
                (locale.number(1_234_567), locale.decimal(8.42, 1)),
                (number.to_owned(), decimal.to_owned()),
                "{name}"
            );
        }
        let german = locale("de_DE");
        assert_eq!(
            (german.number(0), german.number(999), german.number(1000)),
            ("0".into(), "999".into(), "1.000".into())
        );
        assert_eq!(
            (german.exact(0.05), german.exact(2000.0), german.decimal(-1234.5, 1)),
            ("0,05".into(), "2.000".into(), "-1.234,5".into())
        );
    }

    #[test]
    fn the_environment_is_asked_in_the_order_of_c() {
        let from = |set: &[(&str, &str)]| {
            let set: Vec<(String, String)> =
                set.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            Locale::from_environment(move |name| {
                set.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
            })
        };
        assert_eq!(from(&[]), Locale::ENGLISH);
        for plain in ["C", "C.UTF-8", "POSIX", "", "xx_YY", "@", ".", "日本"] {
            assert_eq!(from(&[("LANG", plain)]), Locale::ENGLISH, "{plain}");
        }
        assert_eq!(from(&[("LANG", "de_DE.UTF-8")]), locale("de_DE"));
        let mixed = from(&[("LANG", "de_DE.UTF-8"), ("LC_TIME", "ru_RU.UTF-8"), ("LC_NUMERIC", "")]);
        assert_eq!(mixed, Locale::of("ru_RU", "de_DE"));
        assert_eq!(from(&[("LC_ALL", "C"), ("LC_TIME", "ru_RU.UTF-8"), ("LANG", "de_DE")]), Locale::ENGLISH);
    }

    #[test]
    fn names_that_would_be_set_backwards_are_written_in_english() {
        assert_eq!(locale("he_IL").day(date(2024, 3, 12), Long), "12 March 2024");
        assert_eq!(locale("ar_EG").day(date(2024, 3, 12), Long), "12 March 2024");
    }
}
