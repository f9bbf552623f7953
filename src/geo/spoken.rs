//! The words around coordinates, made signs: `lat 51.27 lon 34.28`, `51 deg 16 min north`, `51°16′ с. ш.`, and the forms
//! that have no signs at all: `511638N 0341705E`, `POINT (34.28 51.27)`.

use super::LonLat;
use super::coordinates::position;

/// Coordinates in numbers, units and letters.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Spoken {
    pub(super) text: String,
    /// Whether the words say that the longitude comes first.
    pub(super) is_lon_first: bool,
    /// The position itself, where its form is one of those that have no signs.
    pub(super) position: Option<LonLat>,
}

/// Words for a wind, the longer ones first, and its letter.
const WINDS: [(&str, &str); 24] = [
    ("північної широти", "N"),
    ("південної широти", "S"),
    ("східної довготи", "E"),
    ("західної довготи", "W"),
    ("северной широты", "N"),
    ("южной широты", "S"),
    ("восточной долготы", "E"),
    ("западной долготы", "W"),
    ("пн.ш.", "N"),
    ("пд.ш.", "S"),
    ("сх.д.", "E"),
    ("зх.д.", "W"),
    ("пн. ш.", "N"),
    ("пд. ш.", "S"),
    ("сх. д.", "E"),
    ("зх. д.", "W"),
    ("с.ш.", "N"),
    ("ю.ш.", "S"),
    ("в.д.", "E"),
    ("з.д.", "W"),
    ("с. ш.", "N"),
    ("ю. ш.", "S"),
    ("в. д.", "E"),
    ("з. д.", "W"),
];

/// The same in English, which need no full stops.
const ENGLISH_WINDS: [(&str, &str); 4] = [("north", "N"), ("south", "S"), ("east", "E"), ("west", "W")];

const LAT_WORDS: [&str; 6] = ["latitude", "широта", "lat.", "lat", "шир.", "ш:"];
const LON_WORDS: [&str; 8] = ["longitude", "долгота", "довгота", "long", "lon.", "lon", "lng", "д:"];

/// Names of units with the sign of each, the longer ones first.
const UNITS: [(&str, &str); 12] = [
    ("degrees", "°"),
    ("degree", "°"),
    ("deg", "°"),
    ("град.", "°"),
    ("minutes", "′"),
    ("minute", "′"),
    ("min", "′"),
    ("мин.", "′"),
    ("seconds", "″"),
    ("second", "″"),
    ("sec", "″"),
    ("сек.", "″"),
];

/// Takes in a text that may be a position.
pub(super) fn in_signs(text: &str) -> Spoken {
    let lower = text.trim().to_lowercase();
    if let Some(position) = compact(&lower).or_else(|| well_known_text(&lower)) {
        return Spoken { position: Some(position), ..Spoken::default() };
    }
    let mut text = if lower.starts_with('{') { lower.replace('"', "") } else { lower };
    for (words, letter) in WINDS.into_iter().chain(ENGLISH_WINDS) {
        text = text.replace(words, letter);
    }
    let around = |c: char| matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '/' | '.') || c.is_whitespace();
    let mut text = text.trim_matches(around).to_owned();
    let (lat, lon) = (take_label(&mut text, &LAT_WORDS), take_label(&mut text, &LON_WORDS));
    for (unit, sign) in UNITS {
        text = text.replace(unit, sign);
    }
    Spoken {
        text: units(&text),
        is_lon_first: lat.zip(lon).is_some_and(|(lat, lon)| lon < lat),
        position: None,
    }
}

/// Takes a label away, with the sign behind it; says where it stood.
fn take_label(text: &mut String, labels: &[&str]) -> Option<usize> {
    let (at, label) = labels.iter().find_map(|label| Some((text.find(label)?, *label)))?;
    let end = at + label.len();
    let sign = text[end..].len() - text[end..].trim_start_matches([':', '=', ' ', '"']).len();
    // What follows keeps its place, so that of two labels the first one is known.
    text.replace_range(at..end + sign, &" ".repeat(label.len() + sign));
    Some(at)
}

/// Letters and marks that stand for units between digits: `51d16m38s`, `51:16:38`, `51-16-38N`.
fn units(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let has_letters = |wanted: &[char]| chars.iter().any(|c| wanted.contains(c));
    let by_letters = has_letters(&['d']) && !has_letters(&['°']);
    let has_winds = has_letters(&['n', 'N', 'e', 'E', 'w', 'W', 'S', 'с', 'в']);
    let is_digit = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    let mut result = String::with_capacity(text.len());
    let mut has_minutes = false;
    for (at, &c) in chars.iter().enumerate() {
        let (after_digit, before_digit) = (is_digit(at.checked_sub(1)), is_digit(Some(at + 1)));
        result.push(match c {
            'd' if by_letters && after_digit => '°',
            'm' if by_letters && after_digit => {
                has_minutes = true;
                '′'
            }
            's' if by_letters && after_digit && std::mem::take(&mut has_minutes) => '″',
            ':' if after_digit && before_digit => ' ',
            '-' if after_digit && before_digit && has_winds => ' ',
            _ => c,
        });
    }
    result
}

/// `511638N 0341705E` or `5116N 03417E`, as pilots and soldiers write it.
fn compact(text: &str) -> Option<LonLat> {
    let (lat, rest) = text.split_at_checked(text.find(['n', 's'])?)?;
    let is_south = rest.starts_with('s');
    let lon = rest[1..].trim_matches([' ', ',', '/']);
    let is_west = lon.ends_with('w');
    let lon = lon.strip_suffix(['e', 'w'])?;
    let angle = |text: &str, degrees: usize| {
        let is_whole = text.bytes().all(|byte| byte.is_ascii_digit());
        let fits = is_whole && (text.len() == degrees + 2 || text.len() == degrees + 4);
        let number = |at: std::ops::Range<usize>| text.get(at).map_or(Some(0.0), |it| it.parse::<f64>().ok());
        let (whole, minutes) = (number(0..degrees)?, number(degrees..degrees + 2)?);
        let seconds = number(degrees + 2..degrees + 4)?;
        (fits && minutes < 60.0 && seconds < 60.0).then_some(whole + minutes / 60.0 + seconds / 3600.0)
    };
    let (lat, lon) = (angle(lat.trim(), 2)?, angle(lon, 3)?);
    position(if is_south { -lat } else { lat }, if is_west { -lon } else { lon })
}

/// `POINT (34.28 51.27)`: the longitude comes first.
fn well_known_text(text: &str) -> Option<LonLat> {
    let inside = text.strip_prefix("point")?.trim_start().strip_prefix('(')?.strip_suffix(')')?;
    let mut numbers = inside.split_whitespace().map(|part| part.parse::<f64>().ok());
    let (lon, lat) = (numbers.next()??, numbers.next()??);
    position(lat, lon)
}

#[cfg(test)]
mod tests {
    use super::super::coordinates::parse;
    use proptest::prelude::*;

    /// Each is 51.2772° N, 34.2847° E, to a second.
    const TYPINGS: [&str; 40] = [
        "51°16'38\"N 34°17'05\"E",
        "51° 16′ 38″ N, 34° 17′ 5″ E",
        "51º16’38’’N 34º17’05’’E",
        "51°16'38''N, 34°17'5''E",
        "N51°16'38\" E34°17'05\"",
        "N 51 16 38 E 34 17 05",
        "51 16 38 N 034 17 05 E",
        "51:16:38N 34:17:05E",
        "51:16:38, 34:17:05",
        "51-16-38N 34-17-05E",
        "51-16-38 N, 034-17-05 E",
        "51d16m38s N 34d17m05s E",
        "51d 16m 38s N, 34d 17m 5s E",
        "51 deg 16 min 38 sec N, 34 deg 17 min 5 sec E",
        "51 degrees 16 minutes 38 seconds north, 34 degrees 17 minutes 5 seconds east",
        "51.2772 north 34.2847 east",
        "51.2772 degrees N, 34.2847 degrees E",
        "lat 51.2772 lon 34.2847",
        "lat: 51.2772, lon: 34.2847",
        "Lat=51.2772, Lng=34.2847",
        "latitude: 51.2772 longitude: 34.2847",
        "lon 34.2847, lat 51.2772",
        "longitude 34.2847; latitude 51.2772",
        "(51.2772, 34.2847)",
        "[51.2772, 34.2847]",
        "{\"lat\": 51.2772, \"lng\": 34.2847}",
        "+51.2772+034.2847/",
        "POINT (34.2847 51.2772)",
        "Point(34.2847 51.2772)",
        "511638N 0341705E",
        "511638N0341705E",
        "51°16′38″ с. ш. 34°17′05″ в. д.",
        "51°16′38″ с.ш., 34°17′05″ в.д.",
        "51,2772° с.ш. 34,2847° в.д.",
        "51°16′38″ северной широты 34°17′05″ восточной долготы",
        "51°16′38″ пн. ш. 34°17′05″ сх. д.",
        "широта 51.2772, долгота 34.2847",
        "51°16.633'N 34°17.083'E",
        "51° 16.633′ N 34° 17.083′ E",
        "51.2772°N 34.2847°E",
    ];

    #[test]
    fn positions_are_read_however_they_are_typed() {
        let astray: Vec<_> = TYPINGS
            .into_iter()
            .map(|text| (text, parse(text).map(|it| it.position)))
            .filter(|(_, found)| {
                !found.is_some_and(|it| {
                    (it.lat_deg - 51.2772).abs() < 3e-4 && (it.lon_deg - 34.2847).abs() < 3e-4
                })
            })
            .collect();
        assert!(astray.is_empty(), "{astray:#?}");
    }

    #[test]
    fn south_and_west_stay_where_they_are() {
        for text in [
            "33°52'10\"S 151°12'30\"W",
            "33d52m10s S, 151d12m30s W",
            "335210S 1511230W",
            "33 52 10 south 151 12 30 west",
            "33-52-10S 151-12-30W",
            "lat -33.8694, lon -151.2083",
            "-33.8694 -151.2083",
        ] {
            let found = parse(text).map(|it| it.position);
            let is_there = found.is_some_and(|it| {
                (it.lat_deg + 33.8694).abs() < 3e-4 && (it.lon_deg + 151.2083).abs() < 3e-4
            });
            assert!(is_there, "{text}: {found:?}");
        }
    }

    #[test]
    fn words_are_no_coordinates() {
        for text in [
            "lat",
            "north",
            "latitude longitude",
            "min 5",
            "Eastern 12, North 5",
            "5n 6e x",
            "116N 9999E",
            "point()",
            "516638N 0341705E",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_words_upset_the_parser(text in "([0-9 .,;:dmsnewNE°'-]|lat|lon|deg|min|с\\.ш\\.|point\\(){0,14}") {
            let _ = parse(&text);
        }
    }
}
