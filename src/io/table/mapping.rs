//! Which column of a table means what: guessed, chosen in the window, or given on the command line as
//! `lat=Y,lon=X,title=Name`.
//!
//! A value in single quotes stands for itself in every row: `type='Flood'`. Names of columns are those of the header;
//! what begins with `#` is a column's number, counted from 1: `#3`.

use std::fmt;
use std::str::FromStr;

/// What a column may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Latitude in degrees.
    Lat,
    /// Longitude in degrees.
    Lon,
    /// Latitude and longitude in one cell, the latitude first.
    LatLon,
    /// A geometry as well-known text.
    Wkt,
    /// The day, or the day and the time.
    Date,
    /// The time of day, where it has a column of its own.
    Time,
    /// The last day, where it has a column of its own.
    EndDate,
    /// The headline.
    Title,
    /// The event type.
    Type,
    /// A few sentences.
    Summary,
    /// How far it is confirmed.
    Status,
    /// How exactly the position is known.
    Precision,
    /// Name of the place.
    Place,
    /// The region.
    Region,
    /// The country.
    Country,
    /// Who published it.
    Source,
    /// The address at which it was published.
    Url,
    /// Words to find it by.
    Tags,
    /// Who took part.
    Actor,
    /// How many people died.
    Deaths,
    /// How many at least.
    DeathsLow,
    /// How many at most.
    DeathsHigh,
    /// The identifier.
    Id,
}

impl Field {
    /// All fields with the names under which `--map` knows them, in the order in which the window shows them.
    pub const ALL: [(Self, &'static str); 23] = [
        (Self::Lat, "lat"),
        (Self::Lon, "lon"),
        (Self::LatLon, "latlon"),
        (Self::Wkt, "wkt"),
        (Self::Date, "date"),
        (Self::Time, "time"),
        (Self::EndDate, "end"),
        (Self::Title, "title"),
        (Self::Type, "type"),
        (Self::Summary, "summary"),
        (Self::Status, "status"),
        (Self::Precision, "precision"),
        (Self::Place, "place"),
        (Self::Region, "region"),
        (Self::Country, "country"),
        (Self::Source, "source"),
        (Self::Url, "url"),
        (Self::Tags, "tags"),
        (Self::Actor, "actor"),
        (Self::Deaths, "deaths"),
        (Self::DeathsLow, "deaths_low"),
        (Self::DeathsHigh, "deaths_high"),
        (Self::Id, "id"),
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(field, _)| *field == self).map_or("", |(_, name)| name)
    }
}

/// Where a field's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// From the column of this name.
    Column(String),
    /// From the column with this number, counted from 0: for tables without a header.
    Number(usize),
    /// The same text in every row.
    Constant(String),
}

/// Where each field comes from. A field stands in it at most once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Mapping {
    fields: Vec<(Field, Value)>,
}

/// Why a text is no mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// A part has no equals sign.
    #[error("`{0}` has no equals sign; write field=column, as in lat=Y,lon=X,title=Name")]
    NoEquals(String),
    /// The field is not known.
    #[error("there is no field `{0}`; fields are {list}", list = Field::ALL.map(|(_, name)| name).join(", "))]
    UnknownField(String),
    /// The field stands there twice.
    #[error("`{0}` is given twice; keep one of them")]
    Twice(&'static str),
    /// A column has no name, or its number is none.
    #[error("`{0}` names no column; write its name, or # and its number, as in lat=#3")]
    NoColumn(String),
}

impl Mapping {
    /// Where a field comes from.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&Value> {
        self.fields.iter().find(|(known, _)| *known == field).map(|(_, value)| value)
    }

    /// Says where a field comes from; `None` takes it out.
    pub fn set(&mut self, field: Field, value: Option<Value>) {
        self.fields.retain(|(known, _)| *known != field);
        self.fields.extend(value.map(|value| (field, value)));
        self.fields.sort_by_key(|(field, _)| *field);
    }

    /// All fields that come from somewhere.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Value)> {
        self.fields.iter().map(|(field, value)| (*field, value))
    }

    /// Whether it says where an incident is.
    #[must_use]
    pub fn has_position(&self) -> bool {
        let has = |field| self.get(field).is_some();
        has(Field::Lat) && has(Field::Lon) || has(Field::LatLon) || has(Field::Wkt)
    }
}

impl FromStr for Mapping {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, MappingError> {
        let mut mapping = Self::default();
        for part in parts(text).into_iter().filter(|part| !part.trim().is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return Err(MappingError::NoEquals(part.to_owned()));
            };
            let name = name.trim();
            let Some((field, known)) = Field::ALL.iter().find(|(_, known)| known.eq_ignore_ascii_case(name))
            else {
                return Err(MappingError::UnknownField(name.to_owned()));
            };
            if mapping.get(*field).is_some() {
                return Err(MappingError::Twice(known));
            }
            let value = value.trim();
            let quoted = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            let value = match (quoted, value.strip_prefix('#')) {
                (Some(constant), _) => Value::Constant(constant.replace("''", "'")),
                (None, Some(number)) => match number.parse::<usize>() {
                    Ok(number) if number > 0 => Value::Number(number - 1),
                    _ => return Err(MappingError::NoColumn(value.to_owned())),
                },
                (None, None) if value.is_empty() => return Err(MappingError::NoColumn(part.to_owned())),
                (None, None) => Value::Column(value.to_owned()),
            };
            mapping.set(*field, Some(value));
        }
        Ok(mapping)
    }
}

/// Splits at commas that stand outside quotes.
fn parts(text: &str) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(|c| {
        is_quoted ^= c == '\'';
        c == ',' && !is_quoted
    })
    .collect()
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (field, value)) in self.iter().enumerate() {
            let comma = if n == 0 { "" } else { "," };
            write!(f, "{comma}{}=", field.name())?;
            match value {
                Value::Column(name) => f.write_str(name)?,
                Value::Number(number) => write!(f, "#{}", number + 1)?,
                Value::Constant(text) => write!(f, "'{}'", text.replace('\'', "''"))?,
            }
        }
        Ok(())
    }
}

/// What somebody who maps columns looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The names of the columns, or their numbers where there is no header.
    pub header: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
    /// What the columns seem to mean.
    pub guess: Mapping,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_is_written_as_it_is_read() {
        for text in ["lat=Y,lon=X,title=Name", "latlon=#3,type='Flood, or ''worse'''", "wkt=geom"] {
            assert_eq!(text.parse::<Mapping>().unwrap().to_string(), text);
        }
        assert!("lat=Y, lon = X".parse::<Mapping>().unwrap().has_position());
        assert!(!"lat=Y,title=X".parse::<Mapping>().unwrap().has_position());
    }

    #[test]
    fn a_text_that_is_no_mapping_says_what_to_write() {
        for (text, words) in [
            ("lat", "no equals sign"),
            ("latitude=Y", "no field `latitude`"),
            ("lat=a,lat=b", "given twice"),
            ("lat=#0", "names no column"),
            ("lat=", "names no column"),
        ] {
            assert!(text.parse::<Mapping>().unwrap_err().to_string().contains(words), "{text}");
        }
    }
}
