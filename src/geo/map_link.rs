//! The position inside the address of a web map, as it is pasted. Nothing is requested from it.

use super::LonLat;
use super::coordinates::{Coordinates, number, position, typed};

/// In which order the two numbers of a pair stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    LatLon,
    LonLat,
}

/// The address of a web map within a text: from its scheme on, or a text that is one without.
pub(super) fn find(text: &str) -> Option<&str> {
    let (before, _) = text.split_once("://").unwrap_or_default();
    let scheme = before.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    if !scheme.is_empty() {
        return text[before.len() - scheme.len()..].split(char::is_whitespace).next();
    }
    let (host, _) = text.split_once(['/', '?', '#'])?;
    let is_host = host.contains('.') && host.starts_with(|c: char| c.is_ascii_alphabetic());
    (is_host && !host.contains(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-')))
        .then_some(text)
}

/// The position in such an address, in lower case, in the ways that OpenStreetMap, Google, Bing, Apple, Yandex, 2GIS, HERE
/// and many smaller maps write it.
pub(super) fn parse(link: &str) -> Option<Coordinates> {
    let link = &decoded(link);
    let zoom = ["z", "zoom", "lvl"].into_iter().find_map(|name| value_of(link, name)).and_then(number);
    let found = |position: Option<LonLat>, zoom: Option<f64>| Some(Coordinates { position: position?, zoom });
    let at = |(lat, lon)| position(lat, lon);
    if let Some((position, zoom)) = view_path(link) {
        return Some(Coordinates { position, zoom });
    }
    // A marked place says more than the middle of the screen.
    for (lat, lon) in
        [("mlat", "mlon"), ("lat", "lon"), ("lat", "lng"), ("latitude", "longitude"), ("y", "x")]
    {
        if let Some((lat, lon)) =
            value_of(link, lat).and_then(number).zip(value_of(link, lon).and_then(number))
        {
            return found(position(lat, lon), zoom);
        }
    }
    if let Some(place) = google_place(link) {
        return found(at(place), zoom);
    }
    if let Some((place, zoom)) = after_at_sign(link) {
        return found(at(place), zoom);
    }
    let is_yandex = link.contains("yandex");
    let by_lon = if is_yandex { Order::LonLat } else { Order::LatLon };
    let names = [
        ("whatshere[point]", Order::LonLat),
        ("poi[point]", Order::LonLat),
        ("pt", by_lon),
        ("coordinate", Order::LatLon),
        ("ll", by_lon),
        ("q", Order::LatLon),
        ("query", Order::LatLon),
        ("text", Order::LatLon),
        ("daddr", Order::LatLon),
        ("destination", Order::LatLon),
        ("cbll", Order::LatLon),
        ("viewpoint", Order::LatLon),
        ("center", Order::LatLon),
        ("cp", Order::LatLon),
        ("view", Order::LatLon),
        ("sll", by_lon),
        ("to", Order::LatLon),
        ("sp", Order::LatLon),
        ("params", Order::LatLon),
        ("m", Order::LonLat),
    ];
    let by_name = names.into_iter().find_map(|(name, order)| pair(value_of(link, name)?, order));
    if let Some(place) = by_name {
        return found(Some(place), zoom);
    }
    // Last of all a part of the path: .../place/51.27,34.28
    let by_lon = if link.contains("2gis.") { Order::LonLat } else { Order::LatLon };
    let path = link.split_once("://").map_or(link.as_str(), |(_, rest)| rest);
    let path = path.split(['?', '#']).next().unwrap_or(path);
    found(path.split('/').skip(1).find_map(|part| pair(part, by_lon)), zoom)
}

/// The value of a parameter, wherever in the address that stands.
fn value_of<'a>(link: &'a str, name: &str) -> Option<&'a str> {
    let of = |piece: &'a str| piece.strip_prefix(name)?.strip_prefix('=');
    // A semicolon stands between parameters, or between the two numbers of one.
    let by_semicolon = || link.split(['?', '&', '#', ';']).skip(1).find_map(of);
    link.split(['?', '&', '#']).skip(1).find_map(of).or_else(by_semicolon)
}

/// `#map=12/51.27/34.28`, `#12/51.27/34.28`, `map=51.27,34.28,12`.
fn view_path(link: &str) -> Option<(LonLat, Option<f64>)> {
    if value_of(link, "mlat").is_some() {
        return None;
    }
    let own = link.rsplit_once('#').map(|(_, fragment)| fragment);
    let value = value_of(link, "map").or(own)?;
    let numbers =
        |value: &str, separator| -> Vec<Option<f64>> { value.split(separator).map(number).collect() };
    if let [Some(zoom), Some(lat), Some(lon), ..] = numbers(value, '/')[..] {
        return Some((position(lat, lon)?, Some(zoom)));
    }
    let [Some(lat), Some(lon), ref rest @ ..] = numbers(value_of(link, "map")?, ',')[..] else { return None };
    Some((position(lat, lon)?, rest.first().copied().flatten()))
}

/// `!3d51.27!4d34.28`, the place itself, or `!2d34.28!3d51.27` of a map within a page.
fn google_place(link: &str) -> Option<(f64, f64)> {
    let after = |mark: &str| {
        let (_, rest) = link.rsplit_once(mark)?;
        number(rest.split(['!', '?', '&', '/']).next()?)
    };
    let lat = after("!3d")?;
    Some((lat, after("!4d").or_else(|| after("!2d"))?))
}

/// `/@51.27,34.28,12z`. NASA's fires have the longitude first.
fn after_at_sign(link: &str) -> Option<((f64, f64), Option<f64>)> {
    let (before, rest) = link.split_once('@').filter(|(before, _)| before.ends_with(['/', ';', '#']))?;
    let mut parts = rest.split([',', '/', '?']);
    let (first, second) = (number(parts.next()?)?, number(parts.next()?)?);
    let zoom = parts.next().and_then(|part| number(part.strip_suffix('z')?));
    let is_lon_first = before.contains("firms.");
    Some((if is_lon_first { (second, first) } else { (first, second) }, zoom))
}

/// Two numbers apart by a comma or the like, or a position as it is typed.
fn pair(value: &str, order: Order) -> Option<LonLat> {
    let value = value.trim();
    let value = ["loc:", "ll.", "point."].into_iter().find_map(|it| value.strip_prefix(it)).unwrap_or(value);
    let mut numbers = value.split([',', '~', ';', '/', '_']).map(|part| number(part.trim_end_matches('z')));
    if let (Some(Some(first)), Some(Some(second))) = (numbers.next(), numbers.next())
        // Degrees, minutes and seconds of a wiki stand apart in the same way.
        && (!value.contains('_') || value.starts_with(|c: char| c.is_ascii_digit()) && value.contains('.'))
    {
        return match order {
            Order::LatLon => position(first, second),
            Order::LonLat => position(second, first),
        };
    }
    typed(value.replace('_', " ").split(" region:").next()?.trim())
}

/// An address without percent signs: what they stand for, and blanks for plus signs between other things than numbers.
fn decoded(link: &str) -> String {
    let mut bytes = Vec::with_capacity(link.len());
    let mut rest = link.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        match (first, tail) {
            (b'%', [high, low, ..]) => {
                if let Some((high, low)) = digit(high).zip(digit(low)) {
                    bytes.push((high * 16 + low) as u8);
                    rest = &tail[2..];
                    continue;
                }
                bytes.push(b'%');
            }
            (b'+', _) => bytes.push(b' '),
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::coordinates;
    use proptest::prelude::*;

    /// Each leads to 51.2772° N, 34.2846° E.
    const LINKS: [&str; 52] = [
        "https://www.openstreetmap.org/#map=12/51.2772/34.2846",
        "https://www.openstreetmap.org/?mlat=51.2772&mlon=34.2846#map=5/10/10",
        "https://www.openstreetmap.org/node/1#map=19/51.2772/34.2846&layers=N",
        "https://openstreetmap.org/export/embed.html?lat=51.2772&lon=34.2846&zoom=12",
        "osm.org/#map=12/51.2772/34.2846",
        "https://opentopomap.org/#map=12/51.2772/34.2846",
        "https://www.google.com/maps/@51.2772,34.2846,12z",
        "https://www.google.com/maps/@51.2772,34.2846,1234m/data=!3m1!1e3",
        "https://www.google.com/maps/place/X/@51.0,34.0,9z/data=!4m6!3m5!1s0x0:0x0!8m2!3d51.2772!4d34.2846!16s",
        "https://www.google.com/maps/embed?pb=!1m18!1m12!1m3!1d2624.9!2d34.2846!3d51.2772!2m3!1f0",
        "https://maps.google.com/?q=51.2772,34.2846&z=12",
        "https://maps.google.com/maps?q=loc:51.2772+34.2846",
        "https://maps.google.com/?ll=51.2772,34.2846",
        "https://www.google.com/maps/search/?api=1&query=51.2772%2C34.2846",
        "https://www.google.com/maps/search/51.2772,+34.2846",
        "https://www.google.com/maps/place/51.2772,34.2846",
        "https://www.google.com/maps/place/51%C2%B016'37.9%22N+34%C2%B017'04.6%22E",
        "https://www.google.com/maps/dir/?api=1&destination=51.2772,34.2846",
        "https://www.google.com/maps/dir//51.2772,34.2846/",
        "https://www.google.de/maps?daddr=51.2772,34.2846",
        "https://www.google.com/maps/@?api=1&map_action=pano&viewpoint=51.2772%2C34.2846",
        "https://earth.google.com/web/@51.2772,34.2846,150.2a,1000d,35y,0h,0t,0r",
        "www.google.com/maps/@51.2772,34.2846,12z",
        "comgooglemaps://?center=51.2772,34.2846&zoom=12",
        "Look: https://www.google.com/maps/@51.2772,34.2846,12z there",
        "https://yandex.ru/maps/?ll=34.2846%2C51.2772&z=12",
        "https://yandex.com/maps/213/moscow/?ll=34.2846,51.2772&mode=whatshere",
        "https://yandex.ru/maps/?ll=10%2C10&whatshere%5Bpoint%5D=34.2846%2C51.2772&z=15",
        "https://yandex.ru/maps/?whatshere[zoom]=15&whatshere[point]=34.2846,51.2772",
        "https://yandex.ru/maps/?pt=34.2846,51.2772&z=12&l=map",
        "https://yandex.ru/maps/?text=51.2772%2C34.2846",
        "yandexmaps://maps.yandex.ru/?ll=34.2846,51.2772&z=12",
        "https://maps.apple.com/?ll=51.2772,34.2846",
        "https://maps.apple.com/?q=51.2772,34.2846&t=k",
        "https://maps.apple.com/place?coordinate=51.2772,34.2846&name=Here",
        "https://maps.apple.com/?sll=51.2772,34.2846&z=10",
        "https://www.bing.com/maps?cp=51.2772~34.2846&lvl=12",
        "https://bing.com/maps/default.aspx?sp=point.51.2772_34.2846_Here",
        "https://2gis.ru/kursk?m=34.2846%2C51.2772%2F12",
        "https://2gis.ru/geo/34.2846,51.2772",
        "http://wikimapia.org/#lang=en&lat=51.2772&lon=34.2846&z=12&m=w",
        "https://www.waze.com/ul?ll=51.2772%2C34.2846&navigate=yes",
        "https://waze.com/live-map/directions?to=ll.51.2772%2C34.2846",
        "https://wego.here.com/?map=51.2772,34.2846,12,normal",
        "https://share.here.com/l/51.2772,34.2846",
        "https://mapy.cz/zakladni?x=34.2846&y=51.2772&z=12",
        "https://geohack.toolforge.org/geohack.php?params=51.2772_N_34.2846_E_region:RU",
        "https://geohack.toolforge.org/geohack.php?params=51_16_38_N_34_17_05_E_region:RU",
        "https://deepstatemap.live/#12/51.2772/34.2846",
        "https://liveuamap.com/?ll=51.2772;34.2846&zoom=12",
        "https://zoom.earth/maps/satellite/#view=51.2772,34.2846,12z",
        "https://firms.modaps.eosdis.nasa.gov/map/#d:24hrs;@34.2846,51.2772,12.0z",
    ];

    #[test]
    fn the_position_of_every_web_map_s_links_is_read() {
        let astray: Vec<&str> = LINKS
            .into_iter()
            .filter(|link| {
                let found = coordinates::parse(link).map(|it| it.position);
                !found.is_some_and(|it| {
                    (it.lat_deg - 51.2772).abs() < 2e-4 && (it.lon_deg - 34.2846).abs() < 2e-4
                })
            })
            .collect();
        assert!(astray.is_empty(), "{astray:#?}");
    }

    #[test]
    fn a_link_that_says_a_zoom_brings_it() {
        for (link, zoom) in
            [(0, Some(12.0)), (3, Some(12.0)), (6, Some(12.0)), (7, None), (25, Some(12.0)), (43, Some(12.0))]
        {
            assert_eq!(coordinates::parse(LINKS[link]).unwrap().zoom, zoom, "{}", LINKS[link]);
        }
    }

    #[test]
    fn an_address_without_a_position_has_none() {
        for link in [
            "https://example.org/",
            "https://www.openstreetmap.org/way/123456",
            "https://maps.app.goo.gl/abcdef",
            "https://example.org/2024/03/12/news",
            "https://example.org/?q=oryol",
            "https://www.openstreetmap.org/#map=12/91/34",
            "https://example.org/?id=1,2000",
        ] {
            assert_eq!(coordinates::parse(link), None, "{link}");
        }
    }

    proptest! {
        #[test]
        fn no_address_upsets_the_parser(text in "\\PC{0,40}", tail in "[0-9a-z=&?#/@!%.,~_+-]{0,40}") {
            let _ = [format!("https://{text}"), format!("https://a.b/{tail}"), text].map(|it| coordinates::parse(&it));
        }
    }
}
