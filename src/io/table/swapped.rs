//! Whether latitude and longitude seem to be exchanged, by the countries that a table names. Nothing is put right: it is
//! said.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Field;
use super::reader::TableReader;
use crate::atlas;
use crate::geo::{Bounds, LonLat};

/// Rows that are looked at.
const ROWS: usize = 200;

/// The two letters of the country with this name or code.
pub(super) fn country_code(name: &str) -> Option<&'static str> {
    static CODES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
        let regions = atlas::regions();
        let names = regions.countries().filter_map(|code| Some((code, regions.names(code)?)));
        names
            .flat_map(|(code, names)| {
                [code, names.name_en, names.name_local].map(|name| (name.to_lowercase(), code))
            })
            .collect()
    });
    let name = name.trim().to_lowercase();
    // `Russia (Soviet Union)`
    let short = name.split(" (").next().unwrap_or(&name);
    CODES.get(name.as_str()).or_else(|| CODES.get(short)).copied()
}

/// What to say of a table of which these are some rows.
pub(super) fn note(reader: &TableReader, rows: &[Vec<String>]) -> Option<String> {
    if !reader.plan.has(Field::Country) {
        return None;
    }
    let mut bounds: HashMap<&str, Option<Bounds>> = HashMap::new();
    let (mut inside, mut exchanged) = (0, 0);
    for row in rows.iter().take(ROWS) {
        let cells = row.as_slice();
        let Some(code) = country_code(&reader.plan.text(cells, Field::Country)) else { continue };
        let Ok((position, None)) = reader.place(cells) else { continue };
        let bounds =
            bounds.entry(code).or_insert_with(|| Some(atlas::regions().country_outline(code)?.bounds));
        let Some(bounds) = bounds else { continue };
        let other = LonLat::new(position.lat_deg, position.lon_deg);
        match (bounds.contains(position), other.is_valid() && bounds.contains(other)) {
            (true, _) => inside += 1,
            (false, true) => exchanged += 1,
            (false, false) => {}
        }
    }
    (exchanged > inside).then(|| {
        format!(
            "latitude and longitude may be exchanged: of the rows that were looked at, {exchanged} lie in their country \
             only the other way round, and {inside} as they are; nothing was changed"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::ReadOptions;

    fn note_of(rows: &[[&str; 3]]) -> Option<String> {
        let header = ["lat", "lon", "country"].map(str::to_owned);
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        note(&TableReader::new("a", &header, &rows, &ReadOptions::default()).unwrap(), &rows)
    }

    #[test]
    fn columns_that_are_exchanged_are_noticed_by_the_country() {
        let kharkiv = ["49.99", "36.23", "Ukraine"];
        assert_eq!(note_of(&[kharkiv, ["48.5", "38.0", "UA"]]), None);
        let words = note_of(&[["36.23", "49.99", "Ukraine"], ["38.0", "48.5", "Україна"], kharkiv]).unwrap();
        assert!(words.contains("exchanged") && words.contains("2 lie"), "{words}");
        assert_eq!(note_of(&[["36.23", "49.99", "Atlantis"]]), None);
    }
}
