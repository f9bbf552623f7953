//! Reads what an incident may have besides: deaths, texts by name, lines and areas; and lists what the map cannot show.

use super::super::intake::{BEYOND_THE_MAP, RowPlace, entry};
use super::reader::Reader;
use super::records::{degrees, owned};
use super::schema;
use crate::geo::{Bounds, LonLat};
use crate::model::{Deaths, Entry, Fate, Shape};

pub(super) fn deaths(r: &mut Reader<'_>) -> Option<Deaths> {
    let (mut low, mut best, mut high) = (None, None, None);
    r.fields(&schema::DEATHS, |r, field| match field {
        "low" => low = count(r, field),
        "best" => best = count(r, field),
        _ => high = count(r, field),
    })?;
    Some(Deaths { low: low?, best: best?, high: high? })
}

fn count(r: &mut Reader<'_>, field: &str) -> Option<u32> {
    let number = r.number(field)?;
    if number.is_whole && (0.0..=f64::from(u32::MAX)).contains(&number.value) {
        return Some(number.value as u32);
    }
    r.report(number.span, || {
        let what = format!("{} is no number of people", number.value);
        (what, "write a whole number that is not negative".to_owned())
    });
    None
}

pub(super) fn more(r: &mut Reader<'_>) -> Option<(String, String)> {
    let (mut name, mut value) = (None, None);
    r.fields(&schema::MORE, |r, field| match field {
        "name" => name = r.text(field),
        _ => value = r.text(field),
    })?;
    Some((owned(name?), owned(value?)))
}

pub(super) fn shape(r: &mut Reader<'_>, incident: usize) -> Option<Shape> {
    let (mut kind, mut parts) = (None, Vec::new());
    let head = r.fields(&schema::SHAPE, |r, field| match field {
        "kind" => kind = r.word(field, schema::SHAPE_KINDS),
        _ => drop(r.list("lists of numbers", |r| parts.extend(part(r)))),
    })?;
    let Some(bounds) = Bounds::around(parts.iter().flatten().copied()) else {
        let advice = "give it a point, as in `parts: [[16.37, 48.20]]`, or remove it";
        r.report(head, || ("a shape without points".to_owned(), advice.to_owned()));
        return None;
    };
    Some(Shape { incident, kind: kind?, parts, bounds })
}

/// Longitudes and latitudes in turn.
fn part(r: &mut Reader<'_>) -> Option<Vec<LonLat>> {
    let (mut points, mut lon_deg) = (Vec::new(), None);
    let start = r.at();
    r.list("numbers", |r| match lon_deg.take() {
        None => lon_deg = degrees(r, "longitude", -180.0..=180.0),
        Some(lon) => {
            points.extend(degrees(r, "latitude", -90.0..=90.0).map(|lat| LonLat::new(lon, lat)));
        }
    })?;
    if lon_deg.is_some() {
        r.report(start..start + 1, || {
            let advice = "write longitudes and latitudes in turn, as in [16.37, 48.20, 16.41, 48.22]";
            ("a longitude without its latitude".to_owned(), advice.to_owned())
        });
    }
    Some(points)
}

/// The entries of the account for incidents that begin at these bytes of the text, with their latitudes.
pub(super) fn beyond_the_map(text: &str, incidents: &[(usize, f64)]) -> Vec<Entry> {
    let (mut at, mut line) = (0, 1);
    let mut line_at = |start: usize| {
        line += text[at..start].matches('\n').count() as u64;
        at = start;
        line
    };
    let list = |&(start, lat_deg): &(usize, f64)| {
        let place = RowPlace { line: line_at(start), column: 0 };
        entry(Fate::Listed, place, "latitude", &lat_deg.to_string(), BEYOND_THE_MAP)
    };
    incidents.iter().map(list).collect()
}
