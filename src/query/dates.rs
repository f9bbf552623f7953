//! Spans and minutes as a reader writes them: the labels of a time axis, and what a window or a bin is called. Minutes
//! are those of [`super::bins`]; whose clock they are of is for others to say.

use jiff::civil::DateTime;

use super::bins::{Step, civil};
use crate::locale::{self, Length, Locale};
use crate::t;

/// Least distance between two labels, in points.
const LABEL_GAP_PX: f32 = 12.0;

/// Least distance from the beginning of a label to that of the next: an axis is not a text, in points.
const LABEL_STEP_PX: f32 = 80.0;

/// From so many minutes on, the time of day of a span's ends says nothing.
const LONG_MIN: i64 = 3 * 24 * 60;

/// The steps that an axis may be labelled in, ascending.
const STEPS: [Step; 24] = [
    Step::Minutes(1),
    Step::Minutes(5),
    Step::Minutes(15),
    Step::Minutes(30),
    Step::HOUR,
    Step::Minutes(180),
    Step::Minutes(360),
    Step::Minutes(720),
    Step::Day,
    Step::Week,
    Step::MONTH,
    Step::Months(3),
    Step::Months(6),
    Step::YEAR,
    Step::Months(24),
    Step::Months(60),
    Step::DECADE,
    Step::Months(240),
    Step::Months(600),
    Step::Months(1200),
    Step::Months(2400),
    Step::Months(6000),
    Step::Months(12_000),
    Step::Months(24_000),
];

/// A mark on a time axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Distance from the axis's left end, in points.
    pub x_px: f32,
    /// What stands to the right of it, where there is room.
    pub label: Option<String>,
}

/// Marks on an axis that shows these minutes over so many points, as fine as their labels have room. `width_px` says how
/// wide a label is. No two labels touch, and none sticks out on the right.
pub fn ticks(
    span_min: [f64; 2],
    width: f32,
    finest: Step,
    mut width_px: impl FnMut(&str) -> f32,
) -> Vec<Tick> {
    let px_per_min = f64::from(width) / (span_min[1] - span_min[0]).max(1.0);
    let last_step = STEPS.len() - 1;
    for (n, step) in STEPS.into_iter().enumerate().filter(|(_, it)| it.mean_min() >= finest.mean_min()) {
        let spacing = (step.mean_min() * px_per_min) as f32;
        if n < last_step && spacing < LABEL_STEP_PX {
            continue;
        }
        let marks = marks(span_min, px_per_min, step);
        let widths: Vec<f32> = marks.iter().map(|mark| width_px(&mark.label)).collect();
        let widest = marks.iter().zip(&widths).filter(|(mark, _)| !mark.is_major).map(|(_, width)| *width);
        if n < last_step && widest.fold(0.0, f32::max) + LABEL_GAP_PX > spacing {
            continue;
        }
        return spaced(marks, &widths, width);
    }
    Vec::new()
}

/// A mark whose label may or may not find room.
struct Mark {
    x_px: f32,
    label: String,
    /// Whether others are read against it: the first, and where the next larger part of the calendar begins.
    is_major: bool,
}

fn marks(span_min: [f64; 2], px_per_min: f64, step: Step) -> Vec<Mark> {
    let locale = locale::reader();
    let mut marks: Vec<Mark> = Vec::new();
    let mut edge = step.previous(span_min[0].ceil() as i32);
    loop {
        let next = step.next(edge);
        if next <= edge || f64::from(next) >= span_min[1] {
            return marks;
        }
        edge = next;
        let (label, is_major) = label(step, civil(edge.into()), marks.is_empty(), locale);
        marks.push(Mark { x_px: ((f64::from(edge) - span_min[0]) * px_per_min) as f32, label, is_major });
    }
}

/// What stands at a mark, and whether it is a major one. The first says all of the date.
fn label(step: Step, time: DateTime, is_first: bool, locale: &Locale) -> (String, bool) {
    let date = time.date();
    match step {
        Step::Minutes(_) if time.hour() == 0 && time.minute() == 0 => (locale.day(date, Length::Short), true),
        Step::Minutes(_) if is_first => (timed(time, locale), true),
        Step::Minutes(_) => (clock(time), false),
        Step::Day if is_first => (locale.day(date, Length::Short), true),
        Step::Day if date.day() == 1 => (locale.month(date, Length::Short), true),
        Step::Day => (date.day().to_string(), false),
        Step::Week => (locale.day(date, Length::Short), false),
        Step::Months(count) if count >= 12 => (date.year().to_string(), false),
        Step::Months(_) if date.month() == 1 => (date.year().to_string(), true),
        Step::Months(_) if is_first => (locale.month(date, Length::Short), true),
        Step::Months(_) => (locale.month_name(date, Length::Short), false),
    }
}

/// Takes the labels away that have no room: those beside a major one that is wider than the others.
fn spaced(marks: Vec<Mark>, widths: &[f32], width: f32) -> Vec<Tick> {
    let mut placed: Vec<usize> = Vec::new();
    for (n, mark) in marks.iter().enumerate() {
        if mark.x_px + widths[n] > width {
            continue;
        }
        let touches = |&other: &usize| marks[other].x_px + widths[other] + LABEL_GAP_PX > mark.x_px;
        if mark.is_major {
            while placed.last().filter(|other| touches(other)).is_some_and(|&other| !marks[other].is_major) {
                placed.pop();
            }
        }
        if !placed.last().is_some_and(touches) {
            placed.push(n);
        }
    }
    let mut has_label = vec![false; marks.len()];
    for n in placed {
        has_label[n] = true;
    }
    let tick = |(mark, shown): (Mark, bool)| Tick { x_px: mark.x_px, label: shown.then_some(mark.label) };
    marks.into_iter().zip(has_label).map(tick).collect()
}

/// The time of day: `06:30`.
fn clock(time: DateTime) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn timed(time: DateTime, locale: &Locale) -> String {
    t!("moment", day = locale.day(time.date(), Length::Short), time = clock(time))
}

/// A minute as a date with the time of day: `1 Mar 2021, 06:30`.
#[must_use]
pub fn minute_text(minute: i32) -> String {
    timed(civil(minute.into()), locale::reader())
}

/// The day that a minute lies in, long: `1 March 2021`.
#[must_use]
pub fn day_text(minute: i32) -> String {
    locale::reader().day(civil(minute.into()).date(), Length::Long)
}

/// The span from a first to a last minute, in as few words as say it: `2021`, `March 2021`, `1 Mar 2021`,
/// `1 Mar 2021 – 31 Mar 2023`, `1 Mar 2021, 06:00 – 18:00`.
#[must_use]
pub fn span_text([first, last]: [i32; 2]) -> String {
    let locale = locale::reader();
    let (from, to) = (civil(first.into()), civil(last.into()));
    // The first minute that is not part of it any more.
    let end = civil(i64::from(last) + 1);
    let is_whole = |step: Step| step.floor(first) == first && step.next(first) == last.saturating_add(1);
    if is_whole(Step::YEAR) {
        return from.year().to_string();
    }
    if is_whole(Step::MONTH) {
        return locale.month(from.date(), Length::Short);
    }
    let is_midnight = |time: DateTime| time.hour() == 0 && time.minute() == 0;
    let day = |time: DateTime| locale.day(time.date(), Length::Short);
    let by_days = is_midnight(from) && is_midnight(end);
    if by_days || i64::from(last) - i64::from(first) >= LONG_MIN {
        if from.date() == to.date() {
            return day(from);
        }
        return t!("span", first = day(from), last = day(to));
    }
    let last = if from.date() == to.date() { clock(end) } else { timed(end, locale) };
    t!("span", first = timed(from, locale), last = last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> i32 {
        let time: DateTime = text.parse().unwrap();
        (time.duration_since(jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0)).as_secs() / 60) as i32
    }

    /// As wide as letters of six points.
    fn width_px(label: &str) -> f32 {
        6.0 * label.chars().count() as f32
    }

    fn labels(first: &str, end: &str, width: f32) -> Vec<String> {
        let span = [f64::from(at(first)), f64::from(at(end))];
        let ticks = ticks(span, width, Step::Minutes(1), width_px);
        ticks.into_iter().filter_map(|tick| tick.label).collect()
    }

    #[test]
    fn an_axis_is_labelled_as_finely_as_there_is_room() {
        assert_eq!(
            labels("2018-01-01T00:00", "2026-01-01T00:00", 1100.0),
            ["2018", "2019", "2020", "2021", "2022", "2023", "2024", "2025"]
        );
        let months = labels("2023-12-20T00:00", "2024-05-10T00:00", 500.0);
        assert_eq!(months, ["2024", "Feb", "Mar", "Apr", "May"]);
        let days = labels("2024-02-27T00:00", "2024-03-04T00:00", 600.0);
        assert_eq!(days, ["27 Feb 2024", "28", "29", "Mar 2024", "2", "3"]);
        let hours = labels("2024-02-28T12:00", "2024-02-29T12:00", 600.0);
        assert_eq!(hours[0], "28 Feb 2024, 12:00");
        assert!(
            hours.contains(&"29 Feb 2024".to_owned()) && hours.contains(&"06:00".to_owned()),
            "{hours:?}"
        );
        let centuries = labels("0001-01-01T00:00", "2026-01-01T00:00", 900.0);
        assert_eq!(centuries[..3], ["200", "400", "600"]);
    }

    #[test]
    fn a_span_is_said_in_few_words() {
        for (first, last, text) in [
            ("2021-01-01T00:00", "2021-12-31T23:59", "2021"),
            ("2021-03-01T00:00", "2021-03-31T23:59", "Mar 2021"),
            ("2021-03-01T00:00", "2021-03-01T23:59", "1 Mar 2021"),
            ("2021-03-01T00:00", "2023-03-31T23:59", "1 Mar 2021 – 31 Mar 2023"),
            ("2021-03-01T06:00", "2021-03-01T17:59", "1 Mar 2021, 06:00 – 18:00"),
            ("2021-03-01T06:00", "2021-03-02T05:59", "1 Mar 2021, 06:00 – 2 Mar 2021, 06:00"),
            ("2021-03-01T06:17", "2021-05-02T05:38", "1 Mar 2021 – 2 May 2021"),
        ] {
            assert_eq!(span_text([at(first), at(last)]), text);
        }
        assert!(!span_text([i32::MIN, i32::MAX]).is_empty());
    }

    proptest! {
        #[test]
        fn labels_never_collide(
            first in -2.0e9..2.0e9_f64, length in prop_oneof![30.0..1.0e5_f64, 1.0e4..2.0e9], width in 20.0..3000.0_f32
        ) {
            let span = [first, (first + length).min(f64::from(i32::MAX))];
            let ticks = ticks(span, width, Step::Minutes(1), width_px);
            prop_assert!(ticks.len() < 400);
            let mut free_from = 0.0;
            for (x, label) in ticks.iter().filter_map(|tick| Some((tick.x_px, tick.label.as_ref()?))) {
                prop_assert!(x >= free_from - 0.5, "{ticks:?}");
                free_from = x + width_px(label) + LABEL_GAP_PX;
                prop_assert!(x + width_px(label) <= width + 0.5);
            }
        }
    }
}
