//! How the values of a view are written and read: positions, times, names, lists.

use std::fmt::Write as _;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, date};

use crate::geo::{Bounds, LonLat};
use crate::model::{Precision, Status, is_hidden};
use crate::query::{PRECISIONS, STATUSES};
use crate::state::Drawing;
use crate::state::view::{View, WORLD_SIZE_AT_ZOOM_0};

/// The minutes of a day.
const DAY_MIN: i64 = 24 * 60;

pub(super) fn name_of(drawing: Drawing) -> &'static str {
    match drawing {
        Drawing::Clusters => "clusters",
        Drawing::Points => "points",
        Drawing::Heat => "heat",
    }
}

/// A number with at most so many decimals, and no zeros at its end.
fn write_number(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A plain number: no exponents, no names for what is not finite.
fn read_number(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'.' | b'-'));
    if is_plain { text.parse().ok() } else { None }
}

fn read_numbers<const N: usize>(value: &str) -> Option<[f64; N]> {
    let numbers: Option<Vec<f64>> = value.split(',').map(read_number).collect();
    numbers?.try_into().ok()
}

/// So exact that the map is nowhere off by more than a small part of a pixel.
pub(super) fn write_view(view: View) -> String {
    const ZOOM_DECIMALS: usize = 4;
    const PARTS_OF_PIXEL: f64 = 100.0;
    let zoom = write_number(view.zoom, ZOOM_DECIMALS);
    // From what is written: so that it is written the same again.
    let rounded: f64 = zoom.parse().unwrap_or(view.zoom);
    let part_deg = 360.0 / (WORLD_SIZE_AT_ZOOM_0 * rounded.exp2() * PARTS_OF_PIXEL);
    let decimals = (-part_deg.log10()).ceil().clamp(0.0, 12.0) as usize;
    // Far from the equator, degrees of latitude are longer on the map.
    let lat = write_number(view.center.lat_deg, decimals + 1);
    let lon = write_number(view.center.lon_deg, decimals);
    [lat, lon, zoom].join(",")
}

pub(super) fn read_view(value: &str) -> Option<View> {
    let [lat_deg, lon_deg, zoom] = read_numbers(value)?;
    let center = LonLat::new(lon_deg, lat_deg);
    (center.is_valid() && (0.0..=View::MAX_ZOOM).contains(&zoom)).then_some(View { center, zoom })
}

pub(super) fn write_bounds(bounds: Bounds) -> String {
    /// Edges of a box that is wider than this are written to the decimetre, others to the millimetre.
    const NARROW_DEG: f64 = 0.01;
    let is_wide = bounds.width_deg().max(bounds.north_deg - bounds.south_deg) > NARROW_DEG;
    let decimals = if is_wide { 6 } else { 8 };
    let Bounds { west_deg, south_deg, east_deg, north_deg } = bounds;
    [west_deg, south_deg, east_deg, north_deg].map(|edge| write_number(edge, decimals)).join(",")
}

pub(super) fn read_bounds(value: &str) -> Option<Bounds> {
    let [west_deg, south_deg, east_deg, north_deg] = read_numbers(value)?;
    let bounds = Bounds { west_deg, south_deg, east_deg, north_deg };
    bounds.is_valid().then_some(bounds)
}

/// Days where the window begins or ends with one, else minutes.
pub(super) fn write_window([first, last]: [i32; 2]) -> String {
    let [first, last] = [i64::from(first), i64::from(last)];
    let begins = write_minute(first, first.rem_euclid(DAY_MIN) == 0);
    let ends = write_minute(last, (last + 1).rem_euclid(DAY_MIN) == 0);
    [&begins, "..", &ends].concat()
}

fn write_minute(minute: i64, as_day: bool) -> String {
    let epoch = date(1970, 1, 1).at(0, 0, 0, 0);
    // Every minute that fits 32 bits lies in the years that the calendar knows.
    let time = epoch.saturating_add(SignedDuration::from_mins(minute));
    let day = time.date().to_string();
    if as_day { day } else { format!("{day}T{:02}:{:02}", time.hour(), time.minute()) }
}

pub(super) fn read_window(value: &str) -> Option<[i32; 2]> {
    let (first, last) = value.split_once("..")?;
    let window = [read_minute(first, 0)?, read_minute(last, DAY_MIN - 1)?];
    (window[0] <= window[1]).then_some(window)
}

/// A minute, or of a day the minute that is so many after its first.
fn read_minute(text: &str, of_day: i64) -> Option<i32> {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let (time, more) = match text.parse::<Date>() {
        Ok(day) if !text.contains('T') => (day.at(0, 0, 0, 0), of_day),
        _ => (text.parse::<DateTime>().ok()?, 0),
    };
    let seconds = time.duration_since(date(1970, 1, 1).at(0, 0, 0, 0)).as_secs();
    i32::try_from(seconds.div_euclid(60) + more).ok()
}

/// To the last digit: at its edges an incident is in or out.
pub(super) fn write_exact_bounds(bounds: Bounds) -> String {
    let Bounds { west_deg, south_deg, east_deg, north_deg } = bounds;
    [west_deg, south_deg, east_deg, north_deg].map(|edge| edge.to_string()).join(",")
}

/// Empty items do not exist.
pub(super) fn write_list<'a>(items: impl IntoIterator<Item = &'a String>) -> String {
    items.into_iter().filter(|item| !item.is_empty()).map(|item| escape(item)).collect::<Vec<_>>().join("+")
}

pub(super) fn read_list(value: &str) -> Option<Vec<String>> {
    value.split('+').map(|item| unescape(item).filter(|item| !item.is_empty())).collect()
}

pub(super) fn write_status(status: Status) -> &'static str {
    match status {
        Status::Unverified => "unverified",
        Status::Claimed => "claimed",
        Status::Contested => "contested",
        Status::StatedByOfficials => "stated-by-officials",
        Status::Corroborated => "corroborated",
    }
}

pub(super) fn read_status(name: &str) -> Option<Status> {
    STATUSES.into_iter().find(|status| write_status(*status) == name)
}

pub(super) fn write_precision(precision: Precision) -> String {
    precision_name(precision).to_owned()
}

fn precision_name(precision: Precision) -> &'static str {
    match precision {
        Precision::Exact => "exact",
        Precision::Settlement => "settlement",
        Precision::District => "district",
        Precision::Region => "region",
        Precision::Country => "country",
    }
}

pub(super) fn read_precision(name: &str) -> Option<Precision> {
    PRECISIONS.into_iter().find(|precision| precision_name(*precision) == name)
}

/// Letters and digits of every script stay as they are; what could mean something else, or cannot be seen, does not.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if (c.is_alphanumeric() && !is_hidden(c)) || "-_.,:/~@".contains(c) {
            escaped.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}

/// `None` where a percent sign stands before something else than two hexadecimal digits, or bytes are no text.
pub(super) fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        let digits =
            std::str::from_utf8(digits).ok().filter(|it| it.bytes().all(|c| c.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}
