//! What the columns of an unknown table seem to mean: by their names in several languages, held against their values.

use crate::geo::coordinates;

use super::cells::{angle_deg, geometry_of, is_unknown};
use super::dates;
use super::layouts::Scale;
use super::{Field, Mapping, Value};

/// Names of columns, folded as by [`folded`], the most telling first.
const NAMES: [(Field, &str); 23] = [
    (
        Field::Lat,
        "latitude, lat, широта, latitud, breitengrad, geographische breite, breite, latitudine, \
            szerokość geograficzna, enlem, lat deg, latitude deg, lat wgs84, geo lat, geolat, gps lat, \
            gps latitude, decimal latitude, decimallatitude, point y, coord y, y coord, ycoord, y",
    ),
    (
        Field::Lon,
        "longitude, lon, lng, long, долгота, довгота, longitud, längengrad, laengengrad, \
            geographische länge, länge, laenge, longitudine, długość geograficzna, boylam, lon deg, \
            longitude deg, lon wgs84, long wgs84, geo lon, geo lng, geo long, geolon, geolng, gps lon, \
            gps lng, gps longitude, decimal longitude, decimallongitude, point x, coord x, x coord, \
            xcoord, x",
    ),
    (
        Field::LatLon,
        "coordinates, coords, coordinate, координаты, координати, lat lon, lat long, lat lng, \
            latlon, latlong, latlng, latitude longitude, широта долгота, koordinaten, coordonnées, \
            coordenadas, geolocation, geolocations, geo point, geopoint, gps, gps coordinates, \
            gps координаты, position, location coordinates, геолокация, геолокація",
    ),
    (
        Field::Wkt,
        "wkt, geom wkt, wkt geom, geometry wkt, wkt geometry, the geom, geom, geometry, geojson, shape, \
            geometrie, геометрия, геометрія",
    ),
    (
        Field::Date,
        "date, event date, incident date, date of event, date of incident, дата, дата события, \
            дата події, datum, fecha, data, date start, start date, datetime, date time, start, when, \
            day, occurred, occurred at, timestamp, verified date, begin, когда, коли, tag, acq date, \
            urlpubtimedate, time, event time, время",
    ),
    (Field::Time, "time, event time, время, час, uhrzeit, heure, hora, local time, time local, acq time"),
    (
        Field::EndDate,
        "end date, date end, end, until, дата окончания, дата завершення, enddatum, date de fin, \
            fecha fin, fecha de fin",
    ),
    (
        Field::Title,
        "title, headline, заголовок, название, назва, наименование, titel, überschrift, titre, \
            título, titulo, event label, item label, name, event, event title, event name, incident, subject, \
            событие, подія, имя, ereignis, nom, nombre, label, what, what happened, что произошло, \
            що сталося, что случилось",
    ),
    (
        Field::Type,
        "event type, type, category, categories, kind, type of event, incident type, attacktype1 txt, тип, \
            тип события, тип події, категория, категорія, вид, вид события, тип инцидента, тип атаки, \
            art, kategorie, typ, catégorie, categorie, tipo, categoría, categoria, type of attack, class",
    ),
    (
        Field::Summary,
        "description, summary, notes, note, details, narrative, описание, опис, текст, примечание, \
            примітка, комментарий, коментар, beschreibung, descripción, descripcion, résumé, text, \
            comment, comments, content, desc, body, bemerkung, html, обстоятельства, обставини, содержание, \
            зміст, подробности, деталі",
    ),
    (Field::Status, "status, verification, verification status, статус"),
    (
        Field::Precision,
        "precision, geo precision, location precision, geoprecision, where prec, accuracy, точность, \
            точність, genauigkeit, précision",
    ),
    (
        Field::Place,
        "place, location, place name, placename, location name, city, town, settlement, village, \
            locality, asciiname, place label, место, населенный пункт, населённый пункт, нас пункт, город, \
            локация, место события, місце, місто, населений пункт, локація, місце події, ort, stadt, lieu, \
            ville, lugar, ciudad, address, адрес, адреса, where, where did it happen, где, де",
    ),
    (
        Field::Region,
        "admin1, adm1, adm 1, admin 1, adm1 name, admin1 name, provstate, province, state, oblast, \
            region, область, регион, регіон, субъект рф, bundesland, région, provincia",
    ),
    (
        Field::Country,
        "country txt, country, country name, country code, iso3, iso2, страна, країна, land, pays, país, \
            pais, nation",
    ),
    (
        Field::Source,
        "source, sources, publisher, source name, outlet, источник, источники, джерело, джерела, \
            quelle, quellen, fuente, media",
    ),
    (
        Field::Url,
        "url, link, source url, source link, sourceurl, link to source, source link1, href, web, website, \
            ссылка, ссылки, ссылка на источник, посилання, посилання на джерело, lien, enlace, links, urls",
    ),
    (
        Field::Tags,
        "tags, keywords, теги, метки, schlagworte, schlagwörter, étiquettes, etiquetas, mentionedthemes",
    ),
    (
        Field::Actor,
        "actor, actors, actor1, perpetrator, gname, party, side a, участник, сторона, учасник, akteur",
    ),
    (
        Field::Deaths,
        "deaths, fatalities, killed, number killed, people killed, total killed, deaths best, nkill, dead, \
            affected killed, погибшие, погибло, погибших, погибшие чел, число погибших, убито, убитые, \
            жертвы, загиблі, загинуло, загиблих, кількість загиблих, жертви, tote, todesopfer, morts, muertos",
    ),
    (
        Field::DeathsLow,
        "deaths low, deaths min, min deaths, deaths lower, deaths at least, fatalities low, \
            fatalities min, killed low, killed min, min killed",
    ),
    (
        Field::DeathsHigh,
        "deaths high, deaths max, max deaths, deaths upper, deaths at most, fatalities high, \
            fatalities max, killed high, killed max, max killed",
    ),
    (
        Field::Id,
        "id, event id, event id cnty, eventid, incident id, identifier, objectid, uuid, uid, global id, globalid, fid, ид, айди",
    ),
];

/// Names that mean an angle or a date only where the values are such.
const DOUBTFUL: &str = "x, y, point x, point y, coord x, coord y, x coord, y coord, xcoord, ycoord, breite, länge, long, \
    data, day, when, start, begin, tag, timestamp, end, until, когда, коли, time, event time, время, час";

/// The names in a list of them.
fn split(names: &str) -> impl Iterator<Item = &str> {
    names.split(", ")
}

/// A column's name in lower case, words apart: `Geo_Precision` and `geo precision` are one.
pub(super) fn folded(name: &str) -> String {
    let letters: String =
        name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same for a name whose words are told apart by capitals: `EventType`.
fn unfolded(name: &str) -> String {
    let mut apart = String::with_capacity(name.len() + 4);
    let mut is_small = false;
    for c in name.chars() {
        if is_small && c.is_uppercase() {
            apart.push(' ');
        }
        is_small = c.is_lowercase();
        apart.push(c);
    }
    folded(&apart)
}

/// What the columns seem to mean. `rows` are some of the table's first ones.
pub(in crate::io) fn guess(header: &[String], rows: &[Vec<String>]) -> Mapping {
    let names: Vec<String> = header.iter().map(|name| folded(name)).collect();
    let parted: Vec<String> = header.iter().map(|name| unfolded(name)).collect();
    let columns = names.len().max(rows.iter().map(Vec::len).max().unwrap_or(0));
    let mut taken = vec![false; columns];
    let mut mapping = Mapping::default();
    for (field, known) in &NAMES {
        let best = split(known).find_map(|known| {
            let is_named = |column: usize| names[column] == known || parted[column] == known;
            let mut with_name = names.iter().enumerate().filter(|(column, _)| is_named(*column));
            with_name
                .find(|(column, name)| !taken[*column] && fits(*field, name, *column, rows))
                .map(|(at, _)| at)
        });
        if let Some(column) = best.or_else(|| by_word(*field, &parted, &taken, rows)) {
            taken[column] = true;
            mapping.set(*field, Some(value_of(header, column)));
        }
    }
    if !mapping.has_position() {
        by_values(header, rows, &taken, &mut mapping);
    }
    mapping
}

/// A column that has a telling word among others in its name: `Latitude (WGS 84)`.
fn by_word(field: Field, names: &[String], taken: &[bool], rows: &[Vec<String>]) -> Option<usize> {
    let words: &[&str] = match field {
        Field::Lat => &["latitude", "lat", "широта"],
        Field::Lon => &["longitude", "lon", "lng", "долгота", "довгота"],
        Field::Date => &["date", "дата", "datum", "fecha"],
        Field::Url => &["link", "url", "ссылка", "посилання"],
        Field::Summary => &["describe", "happened", "description", "описание", "опис"],
        _ => return None,
    };
    // Ten-millionths of degrees are no degrees.
    let has = |name: &str| name.split(' ').any(|word| words.contains(&word)) && !name.ends_with(" e7");
    let is_known = |name: &str| NAMES.iter().any(|(_, known)| split(known).any(|known| known == name));
    (0..names.len()).find(|&column| {
        !taken[column]
            && !is_known(&names[column])
            && has(&names[column])
            && fits(field, &names[column], column, rows)
    })
}

/// Whether a column is what its name says: most of its values are what the field takes, where the name leaves a doubt. A column without values fits: its name is all there is.
fn fits(field: Field, name: &str, column: usize, rows: &[Vec<String>]) -> bool {
    let is_doubtful = split(DOUBTFUL).any(|doubtful| doubtful == name);
    let is_date = |cell: &str| {
        let found = dates::read(cell, dates::Order::DayFirst);
        found.reading.is_some() && found.manner != dates::Manner::Serial
    };
    match field {
        Field::Lat | Field::Lon if is_doubtful => {
            let is_angle =
                |cell: &str| angle_deg(cell, field == Field::Lat).is_some_and(|it| it.abs() <= 180.0);
            most(column, rows, is_angle).unwrap_or(true)
        }
        Field::Date | Field::EndDate if is_doubtful => any(column, rows, is_date),
        Field::LatLon => any(column, rows, is_pair),
        Field::Wkt => any(column, rows, |cell| geometry_of(cell).is_some()),
        // Codes of a publisher's own list name nothing.
        Field::Region | Field::Country => any(column, rows, |cell| cell.parse::<f64>().is_err()),
        // Addresses of things are no headlines.
        Field::Title => any(column, rows, |cell| !is_url(cell)),
        Field::Url => any(column, rows, |cell| is_url(cell) || !cell.contains(' ') && cell.contains('.')),
        // An accuracy in metres is another thing.
        Field::Precision => {
            let scale = Scale::of_column(name);
            most(column, rows, |cell| scale.read(cell).is_some()).unwrap_or(true)
        }
        _ => true,
    }
}

fn is_url(cell: &str) -> bool {
    cell.contains("://") || cell.trim_start().starts_with("www.")
}

fn is_pair(cell: &str) -> bool {
    !cell.contains("://") && coordinates::parse(cell).is_some()
}

/// Whether a test holds for any of a column's values, or there are none.
fn any(column: usize, rows: &[Vec<String>], test: impl Fn(&str) -> bool) -> bool {
    most(column, rows, &test).is_none()
        || rows.iter().filter_map(|row| row.get(column)).any(|cell| test(cell))
}

/// Whether a test holds for most of a column's values; `None` where it has none.
fn most(column: usize, rows: &[Vec<String>], test: impl Fn(&str) -> bool) -> Option<bool> {
    let values = || rows.iter().filter_map(|row| row.get(column)).filter(|cell| !is_unknown(cell));
    let count = values().count();
    (count > 0).then(|| 2 * values().filter(|cell| test(cell)).count() > count)
}

/// A position by what stands in the columns, where no name tells it: pairs and geometries look like nothing else.
fn by_values(header: &[String], rows: &[Vec<String>], taken: &[bool], mapping: &mut Mapping) {
    let is_geometry = |cell: &str| geometry_of(cell).is_some();
    let is_sure_pair = |cell: &str| cell.contains(['.', '°']) && is_pair(cell);
    for field in [Field::Wkt, Field::LatLon] {
        let test = |cell: &str| if field == Field::Wkt { is_geometry(cell) } else { is_sure_pair(cell) };
        let fitting = (0..taken.len()).find(|&column| most(column, rows, test) == Some(true));
        if let Some(column) = fitting {
            for (other, _) in Field::ALL {
                let is_column = mapping.get(other) == Some(&value_of(header, column));
                if is_column {
                    mapping.set(other, None);
                }
            }
            mapping.set(field, Some(value_of(header, column)));
            return;
        }
    }
}

/// A column by its name, or by its number where the name is not its own.
pub(super) fn value_of(header: &[String], column: usize) -> Value {
    match header.get(column) {
        Some(name)
            if !name.trim().is_empty() && header.iter().filter(|other| *other == name).count() == 1 =>
        {
            Value::Column(name.clone())
        }
        _ => Value::Number(column),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(header: &[&str], row: &[&str]) -> String {
        let strings = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<String>>();
        guess(&strings(header), &[strings(row)]).to_string()
    }

    #[test]
    fn columns_are_known_by_their_names_in_several_languages() {
        assert_eq!(
            guessed(
                &["Широта", "Долгота", "Дата", "Заголовок", "Источник"],
                &["51,2", "34,2", "16.05.2025", "a", "b"]
            ),
            "lat=Широта,lon=Долгота,date=Дата,title=Заголовок,source=Источник"
        );
        assert_eq!(
            guessed(&["Координати", "Місце", "Опис"], &["51.2, 34.2", "Київ", "x"]),
            "latlon=Координати,summary=Опис,place=Місце"
        );
        assert_eq!(guessed(&["Y", "X", "Name"], &["51.2", "34.2", "a"]), "lat=Y,lon=X,title=Name");
        assert_eq!(
            guessed(&["Breitengrad", "Längengrad", "Ort"], &["51.2", "4.2", "a"]),
            "lat=Breitengrad,lon=Längengrad,place=Ort"
        );
        assert_eq!(
            guessed(&["Latitude (WGS 84)", "Longitude (WGS 84)"], &["1", "2"]),
            "lat=Latitude (WGS 84),lon=Longitude (WGS 84)"
        );
    }

    #[test]
    fn a_name_is_not_believed_against_the_values_below_it() {
        assert_eq!(guessed(&["position", "x", "y"], &["left wing", "4500000", "5600000"]), "");
        assert_eq!(guessed(&["geometry", "name"], &["round", "a"]), "title=name");
        let cells = ["51.2", "34.2", "12", "1.5 km"];
        assert_eq!(guessed(&["lat", "lon", "day", "accuracy"], &cells), "lat=lat,lon=lon");
        let cells = ["51.2", "34.2", "2025-05-16T06:30:00Z", "exact"];
        assert_eq!(
            guessed(&["lat", "lon", "time", "accuracy"], &cells),
            "lat=lat,lon=lon,date=time,precision=accuracy"
        );
    }

    #[test]
    fn pairs_and_geometries_are_known_by_their_values() {
        assert_eq!(
            guessed(&["where it was", "name"], &["51.27, 34.28", "a"]),
            "latlon=where it was,title=name"
        );
        assert_eq!(guessed(&["", "a"], &["POINT (34 51)", "b"]), "wkt=#1");
        assert_eq!(guessed(&["@lat", "@lon", "@id"], &["1", "2", "3"]), "lat=@lat,lon=@lon,id=@id");
        assert_eq!(guessed(&["address", "a"], &["51.27, 34.28", "b"]), "latlon=address");
    }

    #[test]
    fn a_column_whose_name_is_not_its_own_goes_by_its_number() {
        assert_eq!(guessed(&["lat", "lon", "lat"], &["1", "2", "3"]), "lat=#1,lon=lon");
    }
}
