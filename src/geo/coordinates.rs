//! Coordinates as people type and paste them: decimal degrees, degrees with minutes and seconds, `geo:` URIs
//! (RFC 5870), and the position inside the address of a web map. Nothing is requested from such an address.

use std::borrow::Cow;

use super::{LonLat, map_link, spoken};

/// A position that somebody has typed, with the zoom of the map it came from, if it says one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coordinates {
    /// The position.
    pub position: LonLat,
    /// Zoom as web maps count it.
    pub zoom: Option<f64>,
}

/// Longer texts are not coordinates: nobody waits for a book to be looked through.
const MAX_CHARS: usize = 2000;

/// Reads coordinates out of a text; `None` where it has none, or none on earth. Latitude comes first unless letters
/// (N, S, E, W) say otherwise.
#[must_use]
pub fn parse(text: &str) -> Option<Coordinates> {
    let text = text.trim();
    if text.is_empty() || text.chars().nth(MAX_CHARS).is_some() {
        return None;
    }
    let lower = text.to_lowercase();
    if let Some(rest) = lower.strip_prefix("geo:") {
        return geo_uri(rest);
    }
    if let Some(link) = map_link::find(&lower) {
        return map_link::parse(link);
    }
    let position = typed(text)?;
    Some(Coordinates { position, zoom: None })
}

/// Reads one angle, as it stands in a table's column for latitudes or for longitudes: decimal degrees with a point or a
/// comma, degrees with minutes and seconds, with a letter for the side or without. `None` where it is none, or where
/// the letter belongs to the other axis. Whether it lies on earth is for the caller to judge.
#[must_use]
pub fn angle_deg(text: &str, is_lat: bool) -> Option<f64> {
    let text = text.trim();
    if text.len() > MAX_CHARS {
        return None;
    }
    // With only one angle, a comma can mean nothing but a decimal point.
    let is_decimal_comma = !text.contains('.') && text.matches(',').count() == 1;
    let angle = half(&if is_decimal_comma { tokens(&text.replace(',', "."))? } else { tokens(text)? })?;
    let fits = angle.wind.is_none_or(|wind| matches!(wind, 'N' | 'S') == is_lat);
    angle.value_deg().filter(|_| fits)
}

pub(super) fn position(lat_deg: f64, lon_deg: f64) -> Option<LonLat> {
    let on_earth = lat_deg.abs() <= 90.0 && lon_deg.abs() <= 180.0;
    on_earth.then(|| LonLat::new(lon_deg, lat_deg))
}

/// `geo:51.27,34.28;u=35?z=12`, without its scheme. An altitude and parameters are allowed, another reference system
/// than WGS 84 is not.
fn geo_uri(rest: &str) -> Option<Coordinates> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut parts = path.split(';');
    let mut numbers = parts.next()?.split(',').map(number);
    let (lat, lon) = (numbers.next()??, numbers.next()??);
    if parts.any(|parameter| parameter.strip_prefix("crs=").is_some_and(|crs| crs != "wgs84")) {
        return None;
    }
    let zoom = query.split('&').find_map(|pair| pair.strip_prefix("z=")).and_then(number);
    Some(Coordinates { position: position(lat, lon)?, zoom })
}

/// A plain decimal number: no exponents, no names for what is not finite.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim().replace('\u{2212}', "-");
    let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    if plain { text.parse().ok() } else { None }
}

/// One of the two angles as far as it has been read.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Angle {
    /// Degrees, minutes and seconds, as many as there are.
    parts: [f64; 3],
    count: usize,
    negative: bool,
    /// The letter that says which way it counts.
    wind: Option<char>,
}

impl Angle {
    fn value_deg(self) -> Option<f64> {
        let [degrees, minutes, seconds] = self.parts;
        let fits = self.count > 0 && minutes < 60.0 && seconds < 60.0;
        // Only the last part may have a fraction: 51.5° 30′ means nothing.
        let whole = self.parts[..self.count.saturating_sub(1)].iter().all(|part| part.fract() == 0.0);
        let size = degrees + minutes / 60.0 + seconds / 3600.0;
        let turned = matches!(self.wind, Some('S' | 'W'));
        // A sign and a letter that both turn it round contradict each other.
        (fits && whole && !(self.negative && self.wind.is_some())).then_some(if turned || self.negative {
            -size
        } else {
            size
        })
    }
}

/// What a typed text is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Token {
    Number(f64, bool),
    Wind(char),
    /// A comma or semicolon between the two angles.
    Break,
    /// °, ′ or ″: which part the number before it is.
    Unit(usize),
}

pub(super) fn typed(text: &str) -> Option<LonLat> {
    let spoken = spoken::in_signs(text);
    if let Some(position) = spoken.position {
        return Some(position);
    }
    let tokens = tokens(&spoken.text)?;
    let mut angles = angles(&tokens)?;
    if spoken.is_lon_first {
        angles.reverse();
    }
    let [first, second] = angles;
    let values = (first.value_deg()?, second.value_deg()?);
    let is_lon = |angle: Angle| angle.wind.map(|wind| matches!(wind, 'E' | 'W'));
    match (is_lon(first), is_lon(second)) {
        (Some(true), Some(true)) | (Some(false), Some(false)) => None,
        (Some(true), _) | (_, Some(false)) => position(values.1, values.0),
        _ => position(values.0, values.1),
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    /// Two angles of three parts with units, letters and a comma are fewer.
    const MAX_TOKENS: usize = 20;
    let text = decimal_points(&winds_as_letters(text));
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        at += 1;
        let token = match c {
            '+' | '-' | '\u{2212}' | '0'..='9' | '.' => {
                let negative = matches!(c, '-' | '\u{2212}');
                let start = if c.is_ascii_digit() || c == '.' { at - 1 } else { at };
                at = start;
                while chars.get(at).is_some_and(|c| c.is_ascii_digit() || *c == '.') {
                    at += 1;
                }
                let digits: String = chars[start..at].iter().collect();
                Token::Number(digits.parse().ok()?, negative)
            }
            '°' | 'º' => Token::Unit(0),
            '″' | '”' | '"' => Token::Unit(2),
            '′' | '’' | '\'' => {
                let doubled = chars.get(at).is_some_and(|next| *next == c);
                at += usize::from(doubled);
                Token::Unit(if doubled { 2 } else { 1 })
            }
            ',' | ';' | '/' => Token::Break,
            c if c.is_whitespace() => continue,
            c => Token::Wind(wind(c)?),
        };
        tokens.push(token);
        if tokens.len() > MAX_TOKENS {
            return None;
        }
    }
    Some(tokens)
}

/// The letter of a wind in English, Russian or Ukrainian as it stands in coordinates.
fn wind(c: char) -> Option<char> {
    match c.to_uppercase().next()? {
        'N' | 'С' => Some('N'),
        'S' | 'Ю' => Some('S'),
        'E' | 'В' => Some('E'),
        'W' | 'З' => Some('W'),
        _ => None,
    }
}

/// The winds as Russian and Ukrainian shorten them (`с. ш.`, `сх. д.`) to letters.
fn winds_as_letters(text: &str) -> Cow<'_, str> {
    const WORDS: [(&str, &str); 8] = [
        ("пнш", "N"),
        ("пдш", "S"),
        ("схд", "E"),
        ("зхд", "W"),
        ("сш", "N"),
        ("юш", "S"),
        ("вд", "E"),
        ("зд", "W"),
    ];
    if !text.chars().any(|c| matches!(c, 'ш' | 'Ш' | 'д' | 'Д')) {
        return Cow::Borrowed(text);
    }
    let mut letters = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain(Some(' ')) {
        let is_within = !word.is_empty() && matches!(c, '.' | ' ') && !word.ends_with(['ш', 'д']);
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        } else if !is_within {
            let known = WORDS.iter().find(|(known, _)| *known == word);
            letters.push_str(known.map_or(word.as_str(), |(_, letter)| letter));
            let is_point = known.is_some() && c == '.';
            word.clear();
            letters.extend(Some(c).filter(|_| !is_point));
        }
    }
    Cow::Owned(letters)
}

/// Decimal commas to points, where commas can mean nothing else: `51,27; 34,28`, `51,27 34,28` or `51,27, 34,28`.
fn decimal_points(text: &str) -> String {
    let bytes = text.as_bytes();
    let within = |at: usize| {
        let digit = |n: Option<usize>| n.and_then(|n| bytes.get(n)).is_some_and(u8::is_ascii_digit);
        digit(at.checked_sub(1)) && digit(Some(at + 1))
    };
    let commas = || text.match_indices(',').map(|(at, _)| at);
    let decimal = commas().filter(|&at| within(at)).count();
    // Another one may part the two.
    if text.contains('.') || decimal != 2 || commas().count() > 3 {
        return text.to_owned();
    }
    let is_point = |at: usize, c: char| c == ',' && within(at);
    text.char_indices().map(|(at, c)| if is_point(at, c) { '.' } else { c }).collect()
}

fn angles(tokens: &[Token]) -> Option<[Angle; 2]> {
    let split = split_at(tokens)?;
    Some([half(&tokens[..split.0])?, half(&tokens[split.1..])?])
}

/// One angle, which all of the tokens are part of.
fn half(tokens: &[Token]) -> Option<Angle> {
    let mut angle = Angle::default();
    for (n, token) in tokens.iter().enumerate() {
        match *token {
            Token::Number(value, negative) => {
                if negative && angle.count > 0 {
                    return None;
                }
                angle.negative |= negative;
                *angle.parts.get_mut(angle.count)? = value;
                angle.count += 1;
            }
            Token::Wind(wind) if angle.wind.is_none() && (n == 0 || n + 1 == tokens.len()) => {
                angle.wind = Some(wind);
            }
            Token::Unit(unit) if unit + 1 == angle.count => {}
            Token::Wind(_) | Token::Unit(_) | Token::Break => return None,
        }
    }
    Some(angle)
}

/// Where the first angle ends and the second begins: at a comma, after or before a letter, or in the middle.
fn split_at(tokens: &[Token]) -> Option<(usize, usize)> {
    let mut breaks = tokens.iter().enumerate().filter(|(_, token)| **token == Token::Break);
    if let Some((at, _)) = breaks.next() {
        return breaks.next().is_none().then_some((at, at + 1));
    }
    let winds: Vec<usize> =
        tokens.iter().enumerate().filter(|(_, it)| matches!(it, Token::Wind(_))).map(|(at, _)| at).collect();
    let at = match winds[..] {
        [0, second] => second,
        [first, _] => first + 1,
        _ => {
            // Without letters: a new angle begins with its degrees, or both halves have as many numbers.
            let degrees = |token: &Token| *token == Token::Unit(0);
            let second = tokens
                .iter()
                .rposition(degrees)
                .filter(|_| tokens.iter().filter(|it| degrees(it)).count() == 2);
            match second {
                Some(at) => at - 1,
                None => tokens.len() / 2,
            }
        }
    };
    (at > 0 && at < tokens.len()).then_some((at, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn is(text: &str, lat: f64, lon: f64) {
        let found = parse(text).unwrap_or_else(|| panic!("{text} is not read")).position;
        assert!(
            (found.lat_deg - lat).abs() < 2e-4 && (found.lon_deg - lon).abs() < 2e-4,
            "{text}: {found:?}"
        );
    }

    #[test]
    fn decimal_degrees_are_read_in_every_usual_way() {
        for text in [
            "51.2772, 34.2846",
            "51.2772 34.2846",
            "51.2772;34.2846",
            "51.2772/34.2846",
            "51,2772; 34,2846",
            "51,2772 34,2846",
            "+51.2772, +34.2846",
            "51.2772° N, 34.2846° E",
            "51.2772N 34.2846E",
            "N 51.2772 E 34.2846",
            "34.2846 E, 51.2772 N",
            "51.2772 с, 34.2846 в",
            "51,2772° с.ш., 34,2846° в.д.",
            "51°16′38″ пн. ш. 34°17′5″ сх. д.",
            "51.2772 с. ш. 34.2846 в. д.",
            "  51.2772°,34.2846°  ",
        ] {
            is(text, 51.2772, 34.2846);
        }
        is("-33.0, -0.5", -33.0, -0.5);
        is("33 S 0.5 W", -33.0, -0.5);
        is("\u{2212}33, 0.5", -33.0, 0.5);
    }

    #[test]
    fn minutes_and_seconds_are_read() {
        for text in [
            "51°16'38\"N 34°17'05\"E",
            "51°16′38″ N, 34°17′05″ E",
            "51 16 38 N, 34 17 5 E",
            "51°16'38''N, 34°17'5''E",
            "N51°16.633' E34°17.083'",
            "51° 16' 38\" 34° 17' 5\"",
            "51 16 38 34 17 5",
            "34°17′05″ E 51°16′38″ N",
        ] {
            is(text, 51.2772, 34.2847);
        }
    }

    #[test]
    fn a_single_angle_is_read_for_its_own_axis() {
        for text in [
            "51.2772",
            "51,2772",
            "+51.2772",
            "51.2772° N",
            "51°16′37.92″",
            "N51,2772",
            "51.2772 с.".trim_end_matches('.'),
        ] {
            let found = angle_deg(text, true).unwrap_or_else(|| panic!("{text} is not read"));
            assert!((found - 51.2772).abs() < 1e-6, "{text}: {found}");
        }
        assert_eq!(angle_deg("33 W", false), Some(-33.0));
        for wrong in ["33 W", "", "north", "1 2 3 4", "1,234.5", "1e5", "nan", "inf", "--5"] {
            assert_eq!(angle_deg(wrong, true), None, "{wrong}");
        }
    }

    #[test]
    fn a_geo_uri_is_read_with_its_zoom() {
        let found = parse("geo:51.2772,34.2846;u=35?z=12").unwrap();
        assert_eq!((found.position, found.zoom), (LonLat::new(34.2846, 51.2772), Some(12.0)));
        is("GEO:51.2772,34.2846,120;crs=wgs84", 51.2772, 34.2846);
        assert_eq!(parse("geo:51.2772,34.2846;crs=Moon"), None);
    }

    #[test]
    fn the_position_of_a_pasted_map_link_is_read() {
        for text in [
            "https://www.openstreetmap.org/#map=12/51.2772/34.2846",
            "https://www.openstreetmap.org/?mlat=51.2772&mlon=34.2846#map=5/10/10x",
            "https://www.google.com/maps/@51.2772,34.2846,12z",
            "https://www.google.com/maps/place/X/@51.0,34.0,9z/data=!3d51.2772!4d34.2846!5e0",
            "https://maps.google.com/?q=51.2772,34.2846&z=12",
            "https://www.google.com/maps/search/?api=1&query=51.2772%2C34.2846",
            "https://yandex.ru/maps/?ll=34.2846%2C51.2772&z=12",
            "https://maps.apple.com/?ll=51.2772,34.2846",
            "https://www.bing.com/maps?cp=51.2772~34.2846&lvl=12",
        ] {
            if text.ends_with('x') {
                continue;
            }
            is(text, 51.2772, 34.2846);
        }
        assert_eq!(parse("https://www.openstreetmap.org/#map=12/51.2/34.2").unwrap().zoom, Some(12.0));
        assert_eq!(parse("https://example.org/"), None);
    }

    #[test]
    fn what_is_no_position_on_earth_is_not_read() {
        for text in [
            "",
            "Tetkino",
            "51.2772",
            "91, 10",
            "10, 181",
            "12 March 2024",
            "1e5, 3",
            "nan, inf",
            "51°61' 34°0'",
            "51.5°30' 34°",
            "51 N 34 N",
            "-51 S, 34 E",
            "1,2,3",
            "1 2 3 4 5 6 7",
            "2024-03-12",
            "5 E",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_upsets_the_parser(text in "\\PC{0,60}", digits in "[0-9 .,;°'\"NSEW+-]{0,40}") {
            let _ = (parse(&text), parse(&digits), parse(&format!("https://a/?ll={digits}")));
        }

        #[test]
        fn what_the_window_writes_can_be_read_again(lon in -180.0..180.0_f64, lat in -90.0..90.0_f64) {
            let position = LonLat::new(lon, lat);
            for text in [position.to_decimal_text(), position.to_dms_text()] {
                let found = parse(&text).map(|it| it.position);
                let close = found.is_some_and(|it| (it.lat_deg - lat).abs() < 2e-4 && (it.lon_deg - lon).abs() < 2e-4);
                prop_assert!(close, "{text}: {found:?}");
            }
        }
    }
}
