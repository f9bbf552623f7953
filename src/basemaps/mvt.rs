//! Decodes vector tiles (Mapbox Vector Tile, versions 1 and 2) without believing them.
//!
//! The format is described at <https://github.com/mapbox/vector-tile-spec>. The crates that decode it make room for
//! whatever a tile says, ring by ring; this one counts first. What it gives out borrows from the tile.

use super::MapFileError;
use crate::limits;

/// A layer of a tile.
#[derive(Debug)]
pub struct Layer<'t> {
    /// Its name.
    pub name: &'t str,
    extent: f32,
    keys: Vec<&'t str>,
    values: Vec<Value<'t>>,
    features: Vec<&'t [u8]>,
}

/// A value of an attribute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'t> {
    /// Text.
    Text(&'t str),
    /// A number of any kind.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// Something else, or text that is longer than any name.
    Other,
}

/// A point in a tile: 0 to 1 from the west and from the north, a little more where a shape leaves the tile.
pub type Point = [f32; 2];

/// The shape of a feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Points.
    Points(Vec<Point>),
    /// Lines of two points or more.
    Lines(Vec<Vec<Point>>),
    /// Polygons: each an outer ring and its holes, the first point of a ring not repeated.
    Polygons(Vec<Vec<Vec<Point>>>),
}

/// A feature: a shape and what is said of it.
#[derive(Debug)]
pub struct Feature<'l, 't> {
    /// Where it is.
    pub shape: Shape,
    layer: &'l Layer<'t>,
    tags: Vec<(u32, u32)>,
}

impl<'t> Feature<'_, 't> {
    /// What is said of it under this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'t>> {
        let tag = self.tags.iter().find(|(of, _)| self.layer.keys.get(*of as usize) == Some(&key))?;
        self.layer.values.get(tag.1 as usize).copied()
    }

    /// The text under this key.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&'t str> {
        match self.get(key)? {
            Value::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// The number under this key.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<f64> {
        match self.get(key)? {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Whether what is under this key means yes.
    #[must_use]
    pub fn is(&self, key: &str) -> bool {
        match self.get(key) {
            Some(Value::Bool(yes)) => yes,
            Some(Value::Number(number)) => number != 0.0,
            Some(Value::Text(text)) => matches!(text, "yes" | "true" | "1"),
            _ => false,
        }
    }
}

/// What a tile may still take.
#[derive(Debug)]
pub struct Budget {
    features: usize,
    points: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { features: limits::MAX_TILE_FEATURES, points: limits::MAX_TILE_VERTICES }
    }
}

/// The layers of a tile.
pub fn layers(tile: &[u8]) -> Result<Vec<Layer<'_>>, MapFileError> {
    let mut layers = Vec::new();
    for field in Fields(tile) {
        if let (3, Wire::Bytes(bytes)) = field? {
            if layers.len() >= limits::MAX_TILE_LAYERS {
                return Err(MapFileError::TooLarge);
            }
            layers.push(Layer::parse(bytes)?);
        }
    }
    Ok(layers)
}

impl<'t> Layer<'t> {
    fn parse(bytes: &'t [u8]) -> Result<Self, MapFileError> {
        /// What a layer is wide that does not say it.
        const USUAL_EXTENT: f32 = 4096.0;
        let mut layer = Self {
            name: "",
            extent: USUAL_EXTENT,
            keys: Vec::new(),
            values: Vec::new(),
            features: Vec::new(),
        };
        for field in Fields(bytes) {
            match field? {
                (1, Wire::Bytes(name)) => layer.name = std::str::from_utf8(name).unwrap_or_default(),
                (2, Wire::Bytes(feature)) => layer.features.push(feature),
                (3, Wire::Bytes(key)) => layer.keys.push(std::str::from_utf8(key).unwrap_or_default()),
                (4, Wire::Bytes(value)) => layer.values.push(parse_value(value)?),
                (5, Wire::Number(extent)) if extent > 0 => layer.extent = extent as f32,
                (5, _) => return Err(MapFileError::Tile),
                _ => {}
            }
        }
        Ok(layer)
    }

    /// Whether any of its features may say something under this key.
    #[must_use]
    pub fn has_key(&self, key: &str) -> bool {
        self.keys.contains(&key)
    }

    /// Its features, as many as the budget has room for. Those that are damaged are left out.
    pub fn features<'l>(&'l self, budget: &mut Budget) -> impl Iterator<Item = Feature<'l, 't>> {
        self.features
            .iter()
            .map_while(move |bytes| {
                budget.features = budget.features.checked_sub(1)?;
                Some(self.feature(bytes, &mut budget.points))
            })
            .flatten()
    }

    fn feature(&self, bytes: &[u8], room: &mut usize) -> Option<Feature<'_, 't>> {
        let (mut kind, mut tags, mut geometry) = (0, Vec::new(), &[][..]);
        for field in Fields(bytes) {
            match field.ok()? {
                (2, Wire::Bytes(bytes)) => tags = pairs(bytes)?,
                (3, Wire::Number(number)) => kind = number,
                (4, Wire::Bytes(bytes)) => geometry = bytes,
                _ => {}
            }
        }
        let parts = self.parts(geometry, room)?;
        let shape = match kind {
            1 => Shape::Points(parts.into_iter().flatten().collect()),
            2 => Shape::Lines(parts.into_iter().filter(|line| line.len() >= 2).collect()),
            3 => Shape::Polygons(polygons(parts)),
            _ => return None,
        };
        Some(Feature { shape, layer: self, tags })
    }

    /// The points of a geometry, in a new part from each `MoveTo` on.
    fn parts(&self, geometry: &[u8], room: &mut usize) -> Option<Vec<Vec<Point>>> {
        let mut numbers = Varints(geometry);
        let mut parts: Vec<Vec<Point>> = Vec::new();
        let (mut x, mut y) = (0_i64, 0_i64);
        while let Some(command) = numbers.next() {
            let (id, count) = (command & 7, command >> 3);
            match id {
                1 | 2 => {
                    for _ in 0..count {
                        x = x.checked_add(signed(numbers.next()?))?;
                        y = y.checked_add(signed(numbers.next()?))?;
                        *room = room.checked_sub(1)?;
                        if id == 1 || parts.is_empty() {
                            parts.push(Vec::new());
                        }
                        let point = [x, y].map(|it| {
                            (it as f32 / self.extent)
                                .clamp(-limits::MAX_BEYOND_TILE, 1.0 + limits::MAX_BEYOND_TILE)
                        });
                        parts.last_mut()?.push(point);
                    }
                }
                // A ring is closed by itself.
                7 => {}
                _ => return None,
            }
        }
        Some(parts)
    }
}

/// Rings as polygons: whatever turns like the first is an outer ring, the others are holes in the one before.
fn polygons(rings: Vec<Vec<Point>>) -> Vec<Vec<Vec<Point>>> {
    let mut polygons: Vec<Vec<Vec<Point>>> = Vec::new();
    let mut outer_is_positive = None;
    for ring in rings {
        let area = area(&ring);
        if ring.len() < 3 || area == 0.0 {
            continue;
        }
        let is_outer = *outer_is_positive.get_or_insert(area > 0.0) == (area > 0.0);
        match polygons.last_mut() {
            Some(polygon) if !is_outer => polygon.push(ring),
            _ => polygons.push(vec![ring]),
        }
    }
    polygons
}

fn area(ring: &[Point]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    let sum = ring
        .iter()
        .zip(next)
        .map(|(a, b)| f64::from(a[0]) * f64::from(b[1]) - f64::from(b[0]) * f64::from(a[1]));
    sum.sum()
}

fn parse_value(bytes: &[u8]) -> Result<Value<'_>, MapFileError> {
    let mut value = Value::Other;
    for field in Fields(bytes) {
        value = match field? {
            (1, Wire::Bytes(text)) if text.len() <= limits::MAX_NAME_BYTES => {
                std::str::from_utf8(text).map_or(Value::Other, Value::Text)
            }
            (2, Wire::Four(bits)) => Value::Number(f32::from_bits(bits).into()),
            (3, Wire::Eight(bits)) => Value::Number(f64::from_bits(bits)),
            (4, Wire::Number(number)) => Value::Number(number.cast_signed() as f64),
            (5, Wire::Number(number)) => Value::Number(number as f64),
            (6, Wire::Number(number)) => Value::Number(signed(number) as f64),
            (7, Wire::Number(number)) => Value::Bool(number != 0),
            _ => value,
        };
    }
    Ok(match value {
        Value::Number(number) if !number.is_finite() => Value::Other,
        value => value,
    })
}

/// A number that is written so that small negative ones are short.
fn signed(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

fn pairs(bytes: &[u8]) -> Option<Vec<(u32, u32)>> {
    let mut numbers = Varints(bytes);
    let mut pairs = Vec::new();
    while let Some(key) = numbers.next() {
        pairs.push((u32::try_from(key).ok()?, u32::try_from(numbers.next()?).ok()?));
    }
    Some(pairs)
}

/// Numbers of seven bits a byte, the lowest first. Ends where the bytes end or make no number.
struct Varints<'b>(&'b [u8]);

impl Iterator for Varints<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

/// What a field of a protocol buffer holds.
enum Wire<'b> {
    Number(u64),
    Eight(u64),
    Bytes(&'b [u8]),
    Four(u32),
}

/// The fields of a protocol buffer, each with its number.
struct Fields<'b>(&'b [u8]);

impl<'b> Fields<'b> {
    fn field(&mut self) -> Option<(u64, Wire<'b>)> {
        let key = self.number()?;
        let wire = match key & 7 {
            0 => Wire::Number(self.number()?),
            1 => {
                let (bytes, rest) = self.0.split_first_chunk()?;
                self.0 = rest;
                Wire::Eight(u64::from_le_bytes(*bytes))
            }
            2 => {
                let length = usize::try_from(self.number()?).ok()?;
                let (bytes, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                Wire::Bytes(bytes)
            }
            5 => {
                let (bytes, rest) = self.0.split_first_chunk()?;
                self.0 = rest;
                Wire::Four(u32::from_le_bytes(*bytes))
            }
            _ => return None,
        };
        Some((key >> 3, wire))
    }

    fn number(&mut self) -> Option<u64> {
        let mut numbers = Varints(self.0);
        let number = numbers.next();
        self.0 = numbers.0;
        number
    }
}

impl<'b> Iterator for Fields<'b> {
    type Item = Result<(u64, Wire<'b>), MapFileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field().ok_or(MapFileError::Tile);
        if field.is_err() {
            // What follows cannot be understood either.
            self.0 = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn varint(mut value: u64, bytes: &mut Vec<u8>) {
        while value >= 0x80 {
            bytes.push((value & 0x7F) as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
    }

    fn bytes_field(number: u64, content: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        varint(number << 3 | 2, &mut bytes);
        varint(content.len() as u64, &mut bytes);
        bytes.extend(content);
        bytes
    }

    fn number_field(number: u64, value: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        varint(number << 3, &mut bytes);
        varint(value, &mut bytes);
        bytes
    }

    fn packed(numbers: &[i64]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for number in numbers {
            varint(number.cast_unsigned(), &mut bytes);
        }
        bytes
    }

    fn zigzag(value: i64) -> i64 {
        (value << 1) ^ (value >> 63)
    }

    /// The numbers of a geometry: each part a list of points, closed or not.
    fn geometry(parts: &[&[[i64; 2]]], closed: bool) -> Vec<i64> {
        let (mut numbers, mut at) = (Vec::new(), [0, 0]);
        for part in parts {
            for (n, point) in part.iter().enumerate() {
                match n {
                    0 => numbers.push(1 << 3 | 1),
                    1 => numbers.push(i64::try_from(part.len() - 1).unwrap() << 3 | 2),
                    _ => {}
                }
                numbers.extend([zigzag(point[0] - at[0]), zigzag(point[1] - at[1])]);
                at = *point;
            }
            if closed {
                numbers.push(1 << 3 | 7);
            }
        }
        numbers
    }

    /// A feature: its kind, its geometry, its attributes, which are texts.
    pub(crate) type Made<'a> = (u64, Vec<i64>, &'a [(&'a str, &'a str)]);

    pub(crate) fn layer(name: &str, features: &[Made<'_>]) -> Vec<u8> {
        let mut keys: Vec<&str> = Vec::new();
        let mut values: Vec<&str> = Vec::new();
        let place = |list: &mut Vec<&str>, text: &'static str| {
            list.iter().position(|it| *it == text).unwrap_or_else(|| {
                list.push(text);
                list.len() - 1
            }) as u32
        };
        let mut bytes = bytes_field(1, name.as_bytes());
        for (kind, geometry, attributes) in features {
            let mut feature = Vec::new();
            let tags: Vec<i64> = attributes
                .iter()
                .flat_map(|(key, value)| {
                    let (key, value): (&'static str, &'static str) =
                        (key.to_string().leak(), value.to_string().leak());
                    [i64::from(place(&mut keys, key)), i64::from(place(&mut values, value))]
                })
                .collect();
            feature.extend(bytes_field(2, &packed(&tags)));
            feature.extend(number_field(3, *kind));
            feature.extend(bytes_field(4, &packed(geometry)));
            bytes.extend(bytes_field(2, &feature));
        }
        for key in keys {
            bytes.extend(bytes_field(3, key.as_bytes()));
        }
        for value in values {
            bytes.extend(bytes_field(4, &bytes_field(1, value.as_bytes())));
        }
        bytes.extend(number_field(15, 2));
        bytes_field(3, &bytes)
    }

    pub(crate) fn square(from: i64, to: i64) -> Vec<i64> {
        geometry(&[&[[from, from], [to, from], [to, to], [from, to]]], true)
    }

    pub(crate) fn point(x: i64, y: i64) -> Vec<i64> {
        geometry(&[&[[x, y]]], false)
    }

    pub(crate) fn line(points: &[[i64; 2]]) -> Vec<i64> {
        geometry(&[points], false)
    }

    fn shapes(tile: &[u8]) -> Vec<Shape> {
        let layers = layers(tile).unwrap();
        let mut budget = Budget::default();
        layers
            .iter()
            .flat_map(|layer| layer.features(&mut budget).map(|it| it.shape).collect::<Vec<_>>())
            .collect()
    }

    #[test]
    fn points_lines_and_polygons_with_holes_come_out_with_what_is_said_of_them() {
        let hole = geometry(
            &[
                &[[0, 0], [4096, 0], [4096, 4096], [0, 4096]],
                &[[1024, 1024], [1024, 2048], [2048, 2048], [2048, 1024]],
                &[[-4096, 0], [-2048, 0], [-2048, 2048]],
            ],
            true,
        );
        let tile = layer(
            "places",
            &[
                (1, point(2048, 1024), &[("name", "Oryol"), ("capital", "yes")]),
                (2, line(&[[0, 0], [4096, 8192]]), &[]),
                (3, hole, &[]),
            ],
        );
        let parsed = layers(&tile).unwrap();
        assert_eq!((parsed.len(), parsed[0].name, parsed[0].has_key("capital")), (1, "places", true));
        let mut budget = Budget::default();
        let features: Vec<_> = parsed[0].features(&mut budget).collect();
        assert_eq!(features[0].text("name"), Some("Oryol"));
        assert!(features[0].is("capital") && features[0].get("kind").is_none());
        assert_eq!(features[0].shape, Shape::Points(vec![[0.5, 0.25]]));
        assert_eq!(features[1].shape, Shape::Lines(vec![vec![[0.0, 0.0], [1.0, 2.0]]]));
        let Shape::Polygons(polygons) = &features[2].shape else { panic!("no polygon") };
        assert_eq!(polygons.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
    }

    #[test]
    fn numbers_of_all_kinds_are_numbers() {
        for (value, number) in [
            (number_field(4, 7), 7.0),
            (number_field(5, 7), 7.0),
            (number_field(6, 13), -7.0),
            ([&[0x15][..], &1.5_f32.to_le_bytes()].concat(), 1.5),
            ([&[0x19][..], &1.5_f64.to_le_bytes()].concat(), 1.5),
        ] {
            assert_eq!(parse_value(&value).unwrap(), Value::Number(number));
        }
        let nan = [&[0x19][..], &f64::NAN.to_le_bytes()].concat();
        assert_eq!(parse_value(&nan).unwrap(), Value::Other);
        let long = bytes_field(1, &vec![b'x'; limits::MAX_NAME_BYTES + 1]);
        assert_eq!(parse_value(&long).unwrap(), Value::Other);
    }

    #[test]
    fn counts_that_the_tile_has_no_bytes_for_make_no_room() {
        let absurd = layer("water", &[(2, vec![(1 << 28) << 3 | 1, 2, 2], &[]), (1, point(1, 1), &[])]);
        assert_eq!(shapes(&absurd).len(), 1, "the damaged one is left out");
        let far = layer("water", &[(2, vec![9, zigzag(i64::from(i32::MAX)), 0, 10, 2, 2], &[])]);
        let Shape::Lines(lines) = &shapes(&far)[0] else { panic!("no line") };
        assert!(lines[0].iter().flatten().all(|it| it.abs() <= 1.0 + limits::MAX_BEYOND_TILE));
    }

    #[test]
    fn a_tile_stops_at_its_budget() {
        let many = layer("water", &[(1, point(1, 1), &[]), (1, point(2, 2), &[]), (1, point(3, 3), &[])]);
        let layers = layers(&many).unwrap();
        let mut budget = Budget { features: 2, points: 100 };
        assert_eq!(layers[0].features(&mut budget).count(), 2);
        let mut budget = Budget { features: 9, points: 1 };
        assert_eq!(layers[0].features(&mut budget).count(), 1);
    }

    #[test]
    fn what_is_no_tile_is_an_error() {
        assert!(layers(b"<html>").is_err() && layers(&[0x1A, 0xFF, 0xFF]).is_err());
        assert!(layers(&[0x1A; 3]).is_err());
        assert!(layers(b"").unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn no_bytes_do_more_than_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(layers) = layers(&bytes) {
                let mut budget = Budget::default();
                for layer in &layers {
                    let _ = layer.features(&mut budget).count();
                }
            }
        }

        #[test]
        fn no_damage_to_a_tile_does_more_than_an_error(at in 0..90_usize, value in any::<u8>()) {
            let mut tile = layer("roads", &[(2, line(&[[0, 0], [9, 9]]), &[("kind", "path")]), (3, square(0, 99), &[])]);
            let at = at % tile.len();
            tile[at] = value;
            if let Ok(layers) = layers(&tile) {
                let mut budget = Budget::default();
                for layer in &layers {
                    for feature in layer.features(&mut budget) {
                        let _ = feature.text("kind");
                    }
                }
            }
        }
    }
}
