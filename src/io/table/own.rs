//! Dateline's own columns: the table that is written is read back to the same incidents.
//!
//! Most columns are for people and other programs. What no cell can hold as it is, because it has parts or separators of
//! its own, stands in the column `dateline` as JSON, too, and counts there.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Field;
use super::cells::Cells;
use super::layouts::Layout;
use super::reader::TableReader;
use crate::io::record::{ClaimRecord, STANCES, SourceRecord, TIME_PRECISIONS, meaning};
use crate::model::{Incident, IncidentTime, Moment, Stance};

/// The columns in the order in which they are written. What a file says by its own names follows them.
pub(super) const COLUMNS: [&str; 27] = [
    "id",
    "title",
    "type",
    "date",
    "end",
    "time_precision",
    "lat",
    "lon",
    "precision",
    "radius_m",
    "place",
    "local_name",
    "region",
    "region_code",
    "country",
    "status",
    "summary",
    "claims",
    "source",
    "url",
    "tags",
    "actors",
    "deaths",
    "deaths_low",
    "deaths_high",
    "geometry",
    "dateline",
];

/// Stands before the name of a column that a file had itself, where the name is one of the above.
pub(super) const FOREIGN: &str = "file:";

/// Those that hold what every table may have, by folded name.
pub(super) const FIELDS: &[(Field, &str)] = &[
    (Field::Id, "id"),
    (Field::Title, "title"),
    (Field::Type, "type"),
    (Field::Date, "date"),
    (Field::EndDate, "end"),
    (Field::Lat, "lat"),
    (Field::Lon, "lon"),
    (Field::Precision, "precision"),
    (Field::Place, "place"),
    (Field::Region, "region"),
    (Field::Country, "country"),
    (Field::Status, "status"),
    (Field::Summary, "summary"),
    (Field::Source, "source"),
    (Field::Url, "url"),
    (Field::Tags, "tags"),
    (Field::Actor, "actors"),
    (Field::Deaths, "deaths"),
    (Field::DeathsLow, "deaths low"),
    (Field::DeathsHigh, "deaths high"),
    (Field::Wkt, "geometry"),
];

/// Those that only Dateline knows, by folded name.
pub(super) const BESIDE: &[&str] =
    &["radius m", "local name", "region code", "time precision", "claims", "dateline"];

/// What no cell can hold as it is.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sources: Option<Vec<SourceRecord>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) claims: Vec<ClaimRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) actors: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) more: Option<Vec<(String, String)>>,
}

/// Whether a spreadsheet would take a text for a formula, or one that is protected from that for a protected one.
fn looks_like_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
        || text.strip_prefix('\'').is_some_and(looks_like_a_formula)
}

/// A text as a cell: an apostrophe keeps a spreadsheet from taking it for a formula. Numbers stay as they are.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.parse::<f64>().is_ok();
    if looks_like_a_formula(text) && !is_number { format!("'{text}").into() } else { text.into() }
}

/// The text of a cell.
pub(super) fn unescaped(cell: Cow<'_, str>) -> Cow<'_, str> {
    match cell.strip_prefix('\'') {
        Some(rest) if looks_like_a_formula(rest) => rest.to_owned().into(),
        _ => cell,
    }
}

impl TableReader {
    /// When a row happened, where it says so as it was written. Somebody may have changed it: then it is read as other
    /// tables are.
    pub(super) fn own_time<C: Cells + ?Sized>(&self, cells: &C) -> Option<IncidentTime> {
        if self.plan.layout != Layout::Dateline {
            return None;
        }
        let word = cells.cell(self.plan.time_code?);
        let precision = meaning(TIME_PRECISIONS, &word)?;
        let moment = |field| Moment::parse(&self.plan.text(cells, field)).ok();
        let (start, end) = (moment(Field::Date)?, moment(Field::EndDate));
        let is_whole = end.is_some() || self.plan.text(cells, Field::EndDate).is_empty();
        Some(IncidentTime { start, end, precision }).filter(|time| is_whole && !time.is_reversed())
    }

    /// Adds what only Dateline's own columns say.
    pub(super) fn own<C: Cells + ?Sized>(&self, cells: &C, incident: &mut Incident) {
        for (name, value) in &mut incident.more {
            if let Some(own) = name.strip_prefix(FOREIGN) {
                *name = own.to_owned();
            }
            *value = unescaped(std::mem::take(value).into()).into_owned();
        }
        for (column, name) in self.header.iter().enumerate() {
            let cell = unescaped(cells.cell(column));
            if cell.is_empty() {
                continue;
            }
            match name.as_str() {
                "radius_m" => incident.place.radius_m = cell.parse().ok().filter(|it: &f64| *it > 0.0),
                "local_name" => incident.place.local_name = Some(cell.into_owned()),
                "region_code" => incident.place.region_code = Some(cell.into_owned()),
                // Somebody may have changed it: then the other columns count.
                "dateline" => {
                    if let Ok(record) = serde_json::from_str::<Record>(&cell) {
                        record.put_into(incident);
                    }
                }
                _ => {}
            }
        }
    }
}

impl Record {
    fn put_into(self, incident: &mut Incident) {
        if let Some(sources) = self.sources {
            incident.sources = SourceRecord::read(sources);
        }
        let claim = |record: ClaimRecord| {
            let stance = meaning(STANCES, &record.stance).unwrap_or(Stance::Reports);
            record.into_claim(stance)
        };
        incident.claims = self.claims.into_iter().map(claim).collect();
        incident.tags = self.tags.unwrap_or_else(|| std::mem::take(&mut incident.tags));
        incident.actors = self.actors.unwrap_or_else(|| std::mem::take(&mut incident.actors));
        incident.more = self.more.unwrap_or_else(|| std::mem::take(&mut incident.more));
    }

    /// Whether there is nothing that a cell could not hold.
    pub(super) fn is_empty(&self) -> bool {
        self.claims.is_empty()
            && self.sources.is_none()
            && self.tags.is_none()
            && self.actors.is_none()
            && self.more.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_protected_and_a_number_is_not_touched() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("- a list", "'- a list"),
            ("-12.5", "-12.5"),
            ("+3", "+3"),
            ("'quoted'", "'quoted'"),
            ("'=x", "''=x"),
            ("", ""),
        ] {
            assert_eq!(escaped(text), cell);
            assert_eq!(unescaped(cell.into()), text);
        }
    }
}
