//! The layouts of known publishers, whatever the order of their columns, and what their codes mean.

use super::guess::folded;
use super::{Field, Mapping};
use crate::model::Precision;

/// Whose columns a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Armed Conflict Location & Event Data, of 2023 and later or older.
    Acled,
    /// The Georeferenced Event Dataset of the Uppsala Conflict Data Program.
    Ucdp,
    /// The events of the Global Database of Events, Language and Tone, of its first or its second version.
    Gdelt,
    /// Dateline's own, as [`super::write_selection`] writes it.
    Dateline,
    /// Anybody's.
    Mapped,
}

impl Layout {
    /// What people call it.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Acled => Some("ACLED"),
            Self::Ucdp => Some("UCDP GED"),
            Self::Gdelt => Some("GDELT"),
            Self::Dateline => Some("Dateline"),
            Self::Mapped => None,
        }
    }

    /// The layout that has these names of columns.
    pub(super) fn of(header: &[String]) -> Self {
        const POSITIONS: [[&str; 2]; 3] =
            [["latitude", "longitude"], ["actiongeo lat", "actiongeo long"], ["lat", "lon"]];
        let names: Vec<String> = header.iter().map(|name| folded(name)).collect();
        let has = |name: &str| names.iter().any(|known| known == name);
        let has_position = POSITIONS.iter().any(|names| names.iter().all(|name| has(name)));
        if has_position { Self::of_properties(header) } else { Self::Mapped }
    }

    /// The layout that has these names of properties, beside those of the position.
    pub(super) fn of_properties(header: &[String]) -> Self {
        let names: Vec<String> = header.iter().map(|name| folded(name)).collect();
        let has = |needed: &[&str]| needed.iter().all(|name| names.iter().any(|known| known == name));
        if has(&["dateline", "id", "title", "type", "lat", "lon"]) {
            Self::Dateline
        } else if has(&["event date", "event type", "sub event type", "location"]) {
            Self::Acled
        } else if has(&["type of violence", "side a", "side b", "where prec", "date start"]) {
            Self::Ucdp
        } else if has(&["globaleventid", "sqldate", "eventrootcode", "actiongeo type"]) {
            Self::Gdelt
        } else {
            Self::Mapped
        }
    }

    /// The columns, by folded name, that hold what every incident has. Of two names for one field the first that the
    /// table has counts.
    pub(super) fn fields(self) -> &'static [(Field, &'static str)] {
        match self {
            Self::Acled => &[
                (Field::Lat, "latitude"),
                (Field::Lon, "longitude"),
                (Field::Date, "event date"),
                (Field::Type, "event type"),
                (Field::Summary, "notes"),
                (Field::Precision, "geo precision"),
                (Field::Place, "location"),
                (Field::Region, "admin1"),
                (Field::Country, "country"),
                (Field::Source, "source"),
                (Field::Tags, "tags"),
                (Field::Deaths, "fatalities"),
                (Field::Id, "event id cnty"),
                (Field::Id, "data id"),
            ],
            Self::Ucdp => &[
                (Field::Lat, "latitude"),
                (Field::Lon, "longitude"),
                (Field::Date, "date start"),
                (Field::EndDate, "date end"),
                (Field::Type, "type of violence"),
                (Field::Precision, "where prec"),
                (Field::Place, "where coordinates"),
                (Field::Region, "adm 1"),
                (Field::Country, "country"),
                (Field::Source, "source office"),
                (Field::Deaths, "best"),
                (Field::DeathsLow, "low"),
                (Field::DeathsHigh, "high"),
                (Field::Id, "id"),
            ],
            Self::Gdelt => &[
                (Field::Lat, "actiongeo lat"),
                (Field::Lon, "actiongeo long"),
                (Field::Date, "sqldate"),
                (Field::Type, "eventrootcode"),
                (Field::Precision, "actiongeo type"),
                (Field::Place, "actiongeo fullname"),
                (Field::Url, "sourceurl"),
                (Field::Id, "globaleventid"),
            ],
            Self::Dateline => super::own::FIELDS,
            Self::Mapped => &[],
        }
    }

    /// The columns, by folded name, that name who took part.
    pub(super) fn actors(self) -> &'static [&'static str] {
        match self {
            Self::Acled => &["actor1", "assoc actor 1", "actor2", "assoc actor 2"],
            Self::Ucdp => &["side a", "side b"],
            Self::Gdelt => &["actor1name", "actor2name"],
            Self::Dateline | Self::Mapped => &[],
        }
    }

    /// Columns, by folded name, that say once more what others say.
    pub(super) fn repeated(self) -> &'static [&'static str] {
        match self {
            Self::Ucdp => &["geom wkt"],
            Self::Dateline => super::own::BESIDE,
            _ => &[],
        }
    }
}

/// The names of GDELT's columns, which its files do not have. The first version lacks the fields of the second division
/// and, in its older files, the address.
pub(super) fn gdelt_header(columns: usize) -> Option<Vec<String>> {
    const HEAD: &str = "GLOBALEVENTID SQLDATE MonthYear Year FractionDate Actor1Code Actor1Name Actor1CountryCode \
        Actor1KnownGroupCode Actor1EthnicCode Actor1Religion1Code Actor1Religion2Code Actor1Type1Code Actor1Type2Code \
        Actor1Type3Code Actor2Code Actor2Name Actor2CountryCode Actor2KnownGroupCode Actor2EthnicCode \
        Actor2Religion1Code Actor2Religion2Code Actor2Type1Code Actor2Type2Code Actor2Type3Code IsRootEvent EventCode \
        EventBaseCode EventRootCode QuadClass GoldsteinScale NumMentions NumSources NumArticles AvgTone";
    const GEO: &str = "Type FullName CountryCode ADM1Code ADM2Code Lat Long FeatureID";
    let is_second = match columns {
        61 => true,
        57 | 58 => false,
        _ => return None,
    };
    let mut names: Vec<String> = HEAD.split_whitespace().map(str::to_owned).collect();
    for who in ["Actor1Geo", "Actor2Geo", "ActionGeo"] {
        let fields = GEO.split_whitespace().filter(|name| is_second || *name != "ADM2Code");
        names.extend(fields.map(|name| format!("{who}_{name}")));
    }
    names.extend(["DATEADDED", "SOURCEURL"].map(str::to_owned));
    names.truncate(columns);
    Some(names)
}

/// Whether a row without a header is one of GDELT's: a number, a day, its month and its year.
pub(super) fn is_gdelt_row(row: &[String]) -> bool {
    let is_number = |column: usize, digits: usize| {
        row.get(column).is_some_and(|cell| {
            (digits == 0 || cell.len() == digits)
                && !cell.is_empty()
                && cell.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let starts = |long: usize, short: usize| {
        row.get(long).zip(row.get(short)).is_some_and(|(a, b)| a.starts_with(b.as_str()))
    };
    gdelt_header(row.len()).is_some()
        && is_number(0, 0)
        && is_number(1, 8)
        && is_number(2, 6)
        && is_number(3, 4)
        && starts(1, 2)
        && starts(2, 3)
}

/// The labels of GDELT's (CAMEO's) root codes, from 01 on.
const CAMEO: [&str; 20] = [
    "Make public statement",
    "Appeal",
    "Express intent to cooperate",
    "Consult",
    "Engage in diplomatic cooperation",
    "Engage in material cooperation",
    "Provide aid",
    "Yield",
    "Investigate",
    "Demand",
    "Disapprove",
    "Reject",
    "Threaten",
    "Protest",
    "Exhibit force posture",
    "Reduce relations",
    "Coerce",
    "Assault",
    "Fight",
    "Use unconventional mass violence",
];

/// The label of a CAMEO root code.
pub(super) fn cameo(code: &str) -> Option<&'static str> {
    CAMEO.get(code.trim().parse::<usize>().ok()?.checked_sub(1)?).copied()
}

/// The label of UCDP's type of violence.
pub(super) fn violence(code: &str) -> Option<&'static str> {
    match code.trim() {
        "1" => Some("State-based conflict"),
        "2" => Some("Non-state conflict"),
        "3" => Some("One-sided violence"),
        _ => None,
    }
}

/// What the values of a column about precision mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// ACLED's `geo_precision`, 1 to 3.
    Acled,
    /// UCDP's `where_prec`, 1 to 7.
    Ucdp,
    /// The type of a place in GDELT, 1 to 5.
    Gdelt,
    /// Dateline's own words.
    Words,
}

/// Words for how exactly a position is known, with the kinds of places of `GeoNames`.
const WORDS: [(Precision, &[&str]); 5] = [
    (
        Precision::Exact,
        &["exact", "point", "address", "building", "rooftop", "точно", "точная", "точне", "адрес", "адреса"],
    ),
    (
        Precision::Settlement,
        &[
            "settlement",
            "city",
            "town",
            "village",
            "город",
            "село",
            "населенный пункт",
            "населённый пункт",
            "місто",
            "населений пункт",
        ],
    ),
    (Precision::District, &["district", "raion", "county", "adm2", "adm3", "район"]),
    (Precision::Region, &["region", "oblast", "province", "state", "adm1", "область", "регион", "регіон"]),
    (Precision::Country, &["country", "adm0", "pcli", "страна", "країна"]),
];

/// UCDP's second level: within about 25 km of a known point.
const NEAR_M: f64 = 25_000.0;

impl Scale {
    /// The scale of a column with this folded name.
    pub(super) fn of_column(name: &str) -> Self {
        match name {
            "geo precision" => Self::Acled,
            "where prec" => Self::Ucdp,
            "actiongeo type" => Self::Gdelt,
            _ => Self::Words,
        }
    }

    /// What a value means, with the radius that it speaks of.
    pub(super) fn read(self, value: &str) -> Option<(Precision, Option<f64>)> {
        use Precision::{Country, District, Region, Settlement};
        let value = value.trim();
        let precision = match (self, value) {
            (Self::Ucdp, "2") => return Some((District, Some(NEAR_M))),
            (Self::Acled | Self::Ucdp, "1") | (Self::Gdelt, "3" | "4") => Settlement,
            (Self::Acled, "2") | (Self::Ucdp, "3") => District,
            (Self::Acled, "3") | (Self::Ucdp, "4" | "5") | (Self::Gdelt, "2" | "5") => Region,
            (Self::Ucdp, "6" | "7") | (Self::Gdelt, "1") => Country,
            (Self::Words | Self::Acled, _) => {
                let word = value.to_lowercase();
                let known = WORDS.iter().find(|(_, words)| words.contains(&word.as_str()));
                let is_settlement = word.starts_with("ppl");
                known.map(|(precision, _)| *precision).or(is_settlement.then_some(Settlement))?
            }
            _ => return None,
        };
        Some((precision, None))
    }
}

/// A mapping in words, for the account.
pub(super) fn in_words(mapping: &Mapping) -> String {
    format!("the columns were read as {mapping}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gdelt_s_columns_stand_where_its_codebooks_say() {
        let second = gdelt_header(61).unwrap();
        assert_eq!((second[28].as_str(), second[51].as_str()), ("EventRootCode", "ActionGeo_Type"));
        assert_eq!(
            (second[56].as_str(), second[57].as_str(), second[60].as_str()),
            ("ActionGeo_Lat", "ActionGeo_Long", "SOURCEURL")
        );
        let first = gdelt_header(58).unwrap();
        assert_eq!((first.len(), first[53].as_str(), first[57].as_str()), (58, "ActionGeo_Lat", "SOURCEURL"));
        assert_eq!(gdelt_header(57).unwrap().last().unwrap(), "DATEADDED");
        for columns in [57, 58, 61] {
            assert_eq!(Layout::of(&gdelt_header(columns).unwrap()), Layout::Gdelt);
        }
    }

    #[test]
    fn codes_of_all_publishers_end_on_one_scale() {
        assert_eq!(Scale::Acled.read("1"), Some((Precision::Settlement, None)));
        assert_eq!(Scale::Ucdp.read("2"), Some((Precision::District, Some(25_000.0))));
        assert_eq!(Scale::Ucdp.read("7"), Some((Precision::Country, None)));
        assert_eq!(Scale::Gdelt.read("5"), Some((Precision::Region, None)));
        assert_eq!(Scale::Words.read("Settlement"), Some((Precision::Settlement, None)));
        for (scale, wrong) in
            [(Scale::Acled, "4"), (Scale::Ucdp, "0"), (Scale::Gdelt, ""), (Scale::Words, "1")]
        {
            assert_eq!(scale.read(wrong), None);
        }
        assert_eq!(
            (cameo("14"), cameo("1"), cameo("20")),
            (Some("Protest"), Some("Make public statement"), Some("Use unconventional mass violence"))
        );
        assert_eq!((cameo("0"), cameo("21"), cameo("x")), (None, None, None));
    }
}
