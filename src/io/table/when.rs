//! When a row happened: its dates and times of day, in one column or in several, and how exactly they are known.

use std::borrow::Cow;

use super::Field;
use super::cells::{Cells, is_unknown};
use super::dates;
use super::layouts::Layout;
use super::reader::TableReader;
use super::tally::Tally;
use crate::model::{IncidentTime, Moment, TimePrecision};

/// When something happened, and which cells could not be made part of it.
#[derive(Debug, Default)]
pub(super) struct When {
    pub(super) time: Option<IncidentTime>,
    /// Columns that say more than the time does.
    pub(super) left: Vec<usize>,
}

impl TableReader {
    /// When it happened.
    pub(super) fn when<C: Cells + ?Sized>(
        &self,
        cells: &C,
        line: u64,
        mut tally: Option<&mut Tally>,
    ) -> When {
        let mut when = When { time: self.own_time(cells), ..When::default() };
        if when.time.is_some() {
            return when;
        }
        let text = match self.plan.day_parts {
            Some(columns) => Cow::Owned(day_of(columns.map(|column| cells.cell(column)))),
            None => self.plan.text(cells, Field::Date),
        };
        if is_unknown(&text) {
            when.left.extend(self.plan.day_parts.into_iter().flatten());
            return when;
        }
        let found = dates::read(&text, self.order);
        if let Some(tally) = tally.as_deref_mut() {
            tally.date(&found, line);
        }
        let Some(mut reading) = self.in_days(found) else {
            if let Some(tally) = tally {
                tally.unread_date.add(line);
            }
            when.left.extend(self.plan.day_parts.into_iter().flatten());
            when.left.extend(self.plan.column(Field::Date));
            when.left.extend(self.plan.column(Field::EndDate));
            when.left.extend(self.plan.column(Field::Time));
            return when;
        };
        if reading.is_clock_lost {
            when.left.extend(self.plan.column(Field::Date));
        }
        self.add_clock(cells, &mut reading, &mut when);
        if let (true, Some(tally)) = (reading.is_clock_lost, tally) {
            tally.lost_clock.add(line);
        }
        let precision = self.time_code(cells, reading.precision);
        let end = self.end(cells, &reading.moment, precision, &mut when);
        let mut time = IncidentTime { start: reading.moment, end, precision };
        if time.is_reversed() {
            when.left.extend(self.plan.column(Field::EndDate));
            time.end = None;
        }
        when.time = Some(time);
        when
    }

    /// A date, with midnight in UTC as the column has it.
    fn in_days(&self, found: dates::Found) -> Option<dates::Reading> {
        let reading = found.reading?;
        let is_day = self.is_midnight_a_day && found.is_utc_midnight;
        let moment = if is_day { Moment::Day(reading.moment.date()) } else { return Some(reading) };
        Some(dates::Reading { moment, precision: TimePrecision::Day, is_clock_lost: false })
    }

    /// Joins a day with the time that stands in a column of its own.
    fn add_clock<C: Cells + ?Sized>(&self, cells: &C, reading: &mut dates::Reading, when: &mut When) {
        let text = self.plan.text(cells, Field::Time);
        if is_unknown(&text) {
            return;
        }
        let joined = match reading.moment {
            Moment::Day(date) if reading.precision == TimePrecision::Day => dates::at_clock(date, &text),
            _ => None,
        };
        match joined {
            Some(joined) if !joined.is_clock_lost => *reading = joined,
            other => {
                reading.is_clock_lost |= other.is_some();
                when.left.extend(self.plan.column(Field::Time));
            }
        }
    }

    /// The last day, unless it says no more than the first.
    fn end<C: Cells + ?Sized>(
        &self,
        cells: &C,
        start: &Moment,
        precision: TimePrecision,
        when: &mut When,
    ) -> Option<Moment> {
        let text = self.plan.text(cells, Field::EndDate);
        if is_unknown(&text) {
            return None;
        }
        match self.in_days(dates::read(&text, self.order)) {
            Some(end) if end.moment == *start => None,
            // A month whose last day is given says so already.
            Some(end) if precision > TimePrecision::Week && is_within(&end.moment, start, precision) => None,
            Some(end) => Some(end.moment),
            None => {
                when.left.extend(self.plan.column(Field::EndDate));
                None
            }
        }
    }

    /// How exactly a date is known by the publisher's code: ACLED's `time_precision`, UCDP's `date_prec`.
    fn time_code<C: Cells + ?Sized>(&self, cells: &C, read: TimePrecision) -> TimePrecision {
        let Some(column) = self.plan.time_code.filter(|_| read == TimePrecision::Day) else { return read };
        match (self.plan.layout, cells.cell(column).trim()) {
            (Layout::Acled, "2") | (Layout::Ucdp, "3") => TimePrecision::Week,
            (Layout::Acled, "3") | (Layout::Ucdp, "4") => TimePrecision::Month,
            (Layout::Ucdp, "5") => TimePrecision::Year,
            _ => read,
        }
    }
}

/// A date of its parts, as far as they are known: a month or a day may be 0.
fn day_of(parts: [Cow<'_, str>; 3]) -> String {
    let [year, month, day] = parts.map(|part| part.trim().parse::<u16>().unwrap_or(0));
    match (year, month, day) {
        (0, ..) => String::new(),
        (_, 0, _) => format!("{year:04}"),
        (_, _, 0) => format!("{year:04}-{month:02}"),
        _ => format!("{year:04}-{month:02}-{day:02}"),
    }
}

fn is_within(end: &Moment, start: &Moment, precision: TimePrecision) -> bool {
    let (end, start) = (end.date(), start.date());
    end.year() == start.year() && (precision == TimePrecision::Year || end.month() == start.month())
}
