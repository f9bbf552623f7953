//! What is noticed while the rows of a table are read, and how it is said when they all are.

use super::dates::{Evidence, Found, Manner, Order};
use crate::model::TimePrecision;

/// Rows of which something is to be said, and the line of the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Count {
    pub(super) rows: u64,
    pub(super) first_line: u64,
}

impl Count {
    pub(super) fn add(&mut self, line: u64) {
        self.merge(Self { rows: 1, first_line: line }, 0);
    }

    fn merge(&mut self, other: Self, lines_before: u64) {
        if self.rows == 0 && other.rows > 0 {
            self.first_line = other.first_line + lines_before;
        }
        self.rows += other.rows;
    }

    /// `17 rows, the first in line 3`.
    fn words(self) -> String {
        let Self { rows, first_line } = self;
        if rows == 1 {
            format!("1 row, in line {first_line}")
        } else {
            format!("{rows} rows, the first in line {first_line}")
        }
    }
}

/// What was noticed of some rows that follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    pub(super) day_first: u64,
    pub(super) month_first: u64,
    pub(super) either: u64,
    /// Times that are midnight in UTC, and others.
    pub(super) utc_midnight: u64,
    pub(super) clocks: u64,
    pub(super) epoch: Count,
    pub(super) serial: Count,
    /// Rows of tags below the names of columns.
    pub(super) tags: Count,
    pub(super) unread_date: Count,
    pub(super) lost_clock: Count,
    pub(super) odd_precision: Count,
    pub(super) swapped: Count,
    pub(super) blank: Count,
}

impl Tally {
    /// Adds what was noticed of the rows that follow. Their lines were counted from 0, after `lines_before` others.
    pub fn merge(&mut self, other: &Self, lines_before: u64) {
        self.day_first += other.day_first;
        self.month_first += other.month_first;
        self.either += other.either;
        self.utc_midnight += other.utc_midnight;
        self.clocks += other.clocks;
        self.epoch.merge(other.epoch, lines_before);
        self.serial.merge(other.serial, lines_before);
        self.tags.merge(other.tags, lines_before);
        self.unread_date.merge(other.unread_date, lines_before);
        self.lost_clock.merge(other.lost_clock, lines_before);
        self.odd_precision.merge(other.odd_precision, lines_before);
        self.swapped.merge(other.swapped, lines_before);
        self.blank.merge(other.blank, lines_before);
    }

    pub(super) fn date(&mut self, found: &Found, line: u64) {
        match &found.reading {
            Some(_) if found.is_utc_midnight => self.utc_midnight += 1,
            Some(reading) if reading.precision == TimePrecision::Minute => self.clocks += 1,
            _ => {}
        }
        match found.manner {
            Manner::Plain => {}
            Manner::Epoch => self.epoch.add(line),
            Manner::Serial => self.serial.add(line),
        }
        match found.evidence {
            Evidence::None => {}
            Evidence::DayFirst => self.day_first += 1,
            Evidence::MonthFirst => self.month_first += 1,
            Evidence::Either => self.either += 1,
        }
    }

    /// The order of day and month that most of the dates allow; where all allow both, the month stands before the day,
    /// as it does in ISO dates.
    pub(super) fn order(&self) -> Order {
        let is_day_first = self.day_first > 0 && self.day_first >= self.month_first;
        if is_day_first { Order::DayFirst } else { Order::MonthFirst }
    }

    /// Whether midnight in UTC stands for no time of day: all times are it.
    pub(super) fn is_midnight_a_day(&self) -> bool {
        self.utc_midnight > 0 && self.clocks == 0
    }

    /// What is to be said of the table as a whole.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let mut say = |count: Count, words: &dyn Fn(String) -> String| {
            if count.rows > 0 {
                notes.push(words(count.words()));
            }
        };
        say(self.unread_date, &|rows| format!("the date could not be read, and no time is shown ({rows})"));
        say(self.lost_clock, &|rows| {
            format!("a time of day without a zone names no moment, so only the day was taken ({rows})")
        });
        say(self.epoch, &|rows| {
            format!("numbers were read as seconds or milliseconds since 1970, in UTC ({rows})")
        });
        say(self.serial, &|rows| {
            format!("numbers were read as days since 1900, as spreadsheets count dates ({rows})")
        });
        say(self.tags, &|rows| format!("tags below the names of columns (HXL) are no row of data ({rows})"));
        say(self.odd_precision, &|rows| {
            format!(
                "how exactly the position is known could not be read; it is taken as known to the region only ({rows})"
            )
        });
        say(self.swapped, &|rows| {
            format!(
                "the latitude lies beyond 90 degrees and the longitude does not: the columns may be exchanged ({rows})"
            )
        });
        say(self.blank, &|rows| format!("rows without any text were left out ({rows})"));
        if self.is_midnight_a_day() {
            notes.push(
                "all times are midnight in UTC, which stands for no time of day: the days were taken"
                    .to_owned(),
            );
        }
        notes.extend(self.order_words());
        notes
    }

    fn order_words(&self) -> Option<String> {
        let Self { day_first, month_first, either, .. } = *self;
        if day_first + month_first + either == 0 {
            return None;
        }
        let (word, sure, other) = match self.order() {
            Order::DayFirst => ("day", day_first, month_first),
            Order::MonthFirst => ("month", month_first, day_first),
        };
        Some(match (sure, other) {
            (0, _) => format!(
                "dates such as 03/04/2025 can be read in two ways, and none of the {either} in the column says in which: \
                 they were read with the {word} first"
            ),
            (_, 0) => {
                format!("dates were read with the {word} first: {sure} of them cannot be read otherwise")
            }
            _ => format!(
                "dates were read with the {word} first: {sure} of them cannot be read otherwise; {other} can only be \
                 read the other way round and were not"
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_dates_is_decided_by_all_of_them_and_said() {
        let tally =
            |day_first, month_first, either| Tally { day_first, month_first, either, ..Tally::default() };
        for (tally, order, words) in [
            (tally(3, 0, 9), Order::DayFirst, "day first: 3"),
            (tally(0, 3, 9), Order::MonthFirst, "month first: 3"),
            (tally(0, 0, 9), Order::MonthFirst, "two ways"),
            (tally(5, 2, 0), Order::DayFirst, "2 can only be read the other way round"),
        ] {
            assert_eq!(tally.order(), order);
            assert!(tally.notes()[0].contains(words), "{:?}", tally.notes());
        }
        assert!(Tally::default().notes().is_empty());
    }

    #[test]
    fn lines_are_counted_on_from_one_part_of_a_file_to_the_next() {
        let mut part = Tally::default();
        part.blank.add(3);
        part.blank.add(7);
        let mut all = Tally::default();
        all.merge(&Tally::default(), 0);
        all.merge(&part, 100);
        all.merge(&part, 200);
        assert_eq!(all.blank, Count { rows: 4, first_line: 103 });
    }
}
