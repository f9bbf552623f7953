//! The zone that the timeline's times are in, in words: wherever a time of day stands, its zone does, too.

use jiff::tz::TimeZone;

use crate::model::is_of_days;
use crate::query::dates;
use crate::state::{AppState, ZoneChoice};
use crate::t;

/// What the zone of the axis is called.
pub(super) fn name(state: &AppState) -> String {
    let has_clock = state.times().is_some_and(|times| times.by_minute);
    if state.zone_choice() == ZoneChoice::Own && !has_clock {
        return t!("zone-dates").to_owned();
    }
    name_of(state.zone())
}

/// Why it is that zone.
pub(super) fn reason(state: &AppState) -> &'static str {
    let has_clock = state.times().is_some_and(|times| times.by_minute);
    match state.zone_choice() {
        ZoneChoice::Own if !has_clock => t!("zone-dates-why"),
        ZoneChoice::Own if state.engine().columns().common_zone().is_some() => t!("zone-common-why"),
        ZoneChoice::Own => t!("zone-several-why"),
        ZoneChoice::Utc => t!("zone-utc-why"),
        ZoneChoice::Local => t!("zone-local-why"),
    }
}

/// What a reader chooses between.
pub(super) fn choice(choice: ZoneChoice) -> String {
    match choice {
        ZoneChoice::Own => t!("zone-own").to_owned(),
        ZoneChoice::Utc => t!("zone-utc").to_owned(),
        ZoneChoice::Local => t!("zone-local").to_owned(),
    }
}

/// A span of the timeline, with its zone unless it is one of whole days.
pub fn span_text(state: &AppState, span_min: [i32; 2]) -> String {
    let text = dates::span_text(span_min);
    if is_of_days(span_min) { text } else { t!("zone-of", time = text, zone = name(state)) }
}

/// A minute of the timeline with its zone.
pub(super) fn minute_text(state: &AppState, minute: i32) -> String {
    t!("zone-of", time = dates::minute_text(minute), zone = name(state))
}

fn name_of(zone: &TimeZone) -> String {
    if let Some(name) = zone.iana_name() {
        return name.to_owned();
    }
    zone.to_fixed_offset().map_or_else(
        |_| t!("zone-local").to_owned(),
        |offset| {
            let minutes = offset.seconds().abs() / 60;
            let sign = if offset.is_negative() { '−' } else { '+' };
            t!("zone-offset", offset = format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::Offset;

    #[test]
    fn zones_are_called_by_their_names_and_others_by_their_distance_from_utc() {
        let fixed = |minutes: i32| TimeZone::fixed(Offset::from_seconds(minutes * 60).unwrap());
        assert_eq!(name_of(&TimeZone::get("Europe/Kyiv").unwrap()), "Europe/Kyiv");
        assert_eq!([0, 180, -210].map(|minutes| name_of(&fixed(minutes))), ["UTC", "UTC+03:00", "UTC−03:30"]);
    }
}
