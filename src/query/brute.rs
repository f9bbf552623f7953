//! Random incidents and the plainest answers, against which the engine is tested.

use std::sync::Arc;

use proptest::prelude::*;

use super::columns::{Columns, PRECISIONS, Row, STATUSES};
use super::{Bitmap, Criteria, MapArea, StatusSet};
use crate::geo::LonLat;

/// Positions with duplicates, close neighbours, both sides of the antimeridian, poles, and some that are nowhere.
fn position() -> impl Strategy<Value = LonLat> {
    let lon = prop_oneof![
        4 => -180.0..=180.0_f64,
        2 => 30.0..30.001_f64,
        2 => prop_oneof![Just(179.999), Just(-179.999), Just(180.0), Just(-180.0), Just(30.0)],
    ];
    let lat = prop_oneof![
        4 => -85.0..=85.0_f64,
        2 => 50.0..50.001_f64,
        2 => prop_oneof![Just(50.0), Just(85.051), Just(-85.051), Just(0.0)],
        1 => prop_oneof![Just(90.0), Just(-86.0), Just(f64::NAN), Just(f64::INFINITY)],
    ];
    (lon, lat).prop_map(|(lon_deg, lat_deg)| LonLat::new(lon_deg, lat_deg))
}

fn span() -> impl Strategy<Value = [i32; 2]> {
    let start = prop_oneof![8 => -2000..2000_i32, 1 => Just(i32::MIN), 1 => Just(i32::MAX)];
    let length = prop_oneof![4 => Just(0), 4 => 0..3000_i32, 1 => Just(i32::MAX)];
    (start, length).prop_map(|(start, length)| [start, start.saturating_add(length)])
}

/// One random row.
pub(super) fn row() -> impl Strategy<Value = Row> {
    let event_type = prop_oneof![8 => 0..6_u16, 2 => 0..24_u16, 1 => Just(u16::MAX)];
    let codes = (0..STATUSES.len(), 0..PRECISIONS.len());
    (position(), event_type, codes, span()).prop_map(
        |(position, event_type, (status, precision), span_min)| Row {
            position,
            event_type,
            status: STATUSES[status],
            precision: PRECISIONS[precision],
            span_min,
        },
    )
}

/// Some random rows: often few, sometimes several words of them.
pub(super) fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop_oneof![prop::collection::vec(row(), 0..20), prop::collection::vec(row(), 0..300)]
}

/// Random criteria for so many incidents, each condition set or not.
pub(super) fn criteria(len: usize) -> impl Strategy<Value = Criteria> {
    let types = prop::option::of(prop::collection::vec(prop_oneof![0..24_usize, Just(65_535)], 0..8));
    let window = prop::option::of((-2500..2500_i32, 0..2000_i32));
    let statuses = prop::collection::vec(0..STATUSES.len(), 0..3);
    let at_least = prop::option::of(0..PRECISIONS.len());
    let given = || prop::option::of(prop::collection::vec(any::<bool>(), len));
    (types, window, statuses, at_least, prop::option::of(area()), given(), given()).prop_map(
        |(types, window, statuses, at_least, area, text, values)| {
            let mut hidden_statuses = StatusSet::default();
            for status in statuses {
                hidden_statuses.set(STATUSES[status], true);
            }
            Criteria {
                hidden_types: types.unwrap_or_default().into_iter().collect(),
                window_min: window.map(|(from, length)| [from, from + length]),
                clock: None,
                hidden_statuses,
                at_least: at_least.map(|precision| PRECISIONS[precision]),
                area,
                text: text.as_deref().map(set_of),
                values: values.as_deref().map(set_of),
            }
        },
    )
}

fn set_of(found: &[bool]) -> Arc<Bitmap> {
    let mut set = Bitmap::zeros(found.len());
    (0..found.len()).filter(|&n| found[n]).for_each(|n| set.insert(n));
    Arc::new(set)
}

/// A random area, across the antimeridian or not.
pub(super) fn area() -> impl Strategy<Value = MapArea> {
    (0.0..1.0_f64, 0.0..1.0_f64, -0.1..0.6_f64, 0.3..1.1_f64).prop_map(|(west, east, north, south)| MapArea {
        west,
        east,
        north,
        south,
    })
}

/// The conditions of some criteria, one by one, for a row: type, window, status, precision, area, text and
/// chosen values.
pub(super) fn conditions(criteria: &Criteria, incident: usize, row: &Row) -> [bool; 7] {
    let [start, end] = row.span_min;
    [
        !criteria.hidden_types.contains(row.event_type.into()),
        criteria.window_min.is_none_or(|[from, to]| start <= to && end >= from),
        !criteria.hidden_statuses.contains(row.status),
        criteria.at_least.is_none_or(|worst| row.precision <= worst),
        criteria.area.is_none_or(|area| {
            let (Some((x, y)), Some(area)) = (row.units(), area.units()) else { return false };
            area.contains(x, y)
        }),
        criteria.text.as_ref().is_none_or(|text| text.contains(incident)),
        criteria.values.as_ref().is_none_or(|values| values.contains(incident)),
    ]
}

/// The incidents that pass.
pub(super) fn shown(criteria: &Criteria, rows: &[Row]) -> Vec<usize> {
    (0..rows.len()).filter(|&n| conditions(criteria, n, &rows[n]).iter().all(|met| *met)).collect()
}

/// Columns of the rows.
pub(super) fn columns(rows: &[Row]) -> Columns {
    Columns::build(rows.len(), |n| rows[n])
}

/// A plain row, to be varied.
pub(super) fn plain_row() -> Row {
    let position = LonLat::new(30.0, 50.0);
    Row { position, event_type: 0, status: STATUSES[0], precision: PRECISIONS[0], span_min: [0, 0] }
}
