//! Places with their names, positions and populations: what lies near a position, and what is called so.
//!
//! The file (`assets/gazetteer.bin`, format in `assets/basemap/gazetteer.py`) holds every place of the detailed region
//! with at least 500 inhabitants and the larger ones of the rest of the world, in blocks of neighbouring places that are
//! compressed one by one. Opening reads the index only; a question opens the few blocks that can hold its answer.

use std::sync::LazyLock;

use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::AtlasError;
use super::bytes::{Cursor, GRID, grid_position, u32_at};
use crate::geo::{EARTH_RADIUS_M, LonLat};

static EMBEDDED: &[u8] = include_bytes!("../../assets/gazetteer.bin");
const MAGIC: &[u8; 8] = b"DLGAZ1\0\0";
const HEADER_SIZE: usize = 20;
const ENTRY_SIZE: usize = 20;
/// A block unpacks to about 20 kB and the table of regions to 60 kB; a damaged file could claim anything.
const MAX_UNPACKED: usize = 1 << 20;
/// How many cells of the grid one step of a block's box is.
const BOX_STEP: f64 = 32.0;

/// A town or village.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// English name.
    pub name: String,
    /// Name in the country's own language and script, where known.
    pub name_local: Option<String>,
    /// Russian name, where known.
    pub name_ru: Option<String>,
    /// Ukrainian name, where known.
    pub name_uk: Option<String>,
    /// Where it lies, to about 20 m.
    pub position: LonLat,
    /// Inhabitants.
    pub population: u32,
    /// ISO 3166-2 code of its region; empty where none is known.
    pub region_code: String,
    /// ISO 3166-1 code of its country, two letters.
    pub country: String,
}

/// A place and how a position lies from it, for "12 km NE of Sudzha".
#[derive(Debug, Clone, PartialEq)]
pub struct NearbyPlace {
    /// The place.
    pub place: Place,
    /// Distance between the place and the position, metres.
    pub distance_m: f64,
    /// Direction from the place to the position, degrees clockwise from north.
    pub bearing_deg: f64,
}

/// The opened file of places.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gazetteer<'a> {
    bytes: &'a [u8],
    places: usize,
    blocks: usize,
    regions_size: usize,
}

/// The embedded places.
#[must_use]
pub fn gazetteer() -> &'static Gazetteer<'static> {
    static GAZETTEER: LazyLock<Gazetteer<'static>> =
        LazyLock::new(|| Gazetteer::open(EMBEDDED).unwrap_or_default());
    &GAZETTEER
}

/// A block's line in the index.
struct Block {
    offset: usize,
    size: usize,
    /// West, north, east, south in degrees.
    west_deg: f64,
    north_deg: f64,
    east_deg: f64,
    south_deg: f64,
    largest_population: u32,
}

impl<'a> Gazetteer<'a> {
    /// Opens the bytes of a `gazetteer.bin`.
    pub fn open(bytes: &'a [u8]) -> Result<Self, AtlasError> {
        if !bytes.starts_with(MAGIC) {
            return Err(AtlasError::WrongFormat { expected: "a gazetteer" });
        }
        let count = |offset| u32_at(bytes, offset).and_then(|n| usize::try_from(n).ok());
        let (Some(places), Some(blocks), Some(regions_size)) = (count(8), count(12), count(16)) else {
            return Err(AtlasError::CutShort);
        };
        let head_size = blocks
            .checked_mul(ENTRY_SIZE)
            .and_then(|size| size.checked_add(HEADER_SIZE)?.checked_add(regions_size));
        match head_size {
            Some(size) if size <= bytes.len() => Ok(Self { bytes, places, blocks, regions_size }),
            _ => Err(AtlasError::CutShort),
        }
    }

    /// How many places there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places == 0
    }

    /// All places, block by block: neighbours follow each other.
    pub fn places(&self) -> impl Iterator<Item = Place> + use<'a> {
        let gazetteer = *self;
        let regions = gazetteer.region_table();
        (0..gazetteer.blocks)
            .filter_map(move |index| gazetteer.block_places(&gazetteer.block(index)?, &regions))
            .flatten()
    }

    /// The place nearest to a position among those with at least `min_population` inhabitants.
    #[must_use]
    pub fn nearest(&self, position: LonLat, min_population: u32) -> Option<NearbyPlace> {
        if !position.is_valid() {
            return None;
        }
        let mut candidates: Vec<(f64, Block)> = (0..self.blocks)
            .filter_map(|index| self.block(index))
            .filter(|block| block.largest_population >= min_population)
            .map(|block| (block.least_distance_m(position), block))
            .collect();
        candidates.sort_by(|a, b| a.0.total_cmp(&b.0));
        let regions = self.region_table();
        let mut best: Option<(f64, Place)> = None;
        for (least_m, block) in candidates {
            if best.as_ref().is_some_and(|(found_m, _)| *found_m <= least_m) {
                break;
            }
            for place in self.block_places(&block, &regions).unwrap_or_default() {
                let distance_m = place.position.distance_m(position);
                let nearer = best.as_ref().is_none_or(|(found_m, _)| distance_m < *found_m);
                if place.population >= min_population && nearer {
                    best = Some((distance_m, place));
                }
            }
        }
        best.map(|(distance_m, place)| NearbyPlace {
            bearing_deg: place.position.bearing_deg(position),
            distance_m,
            place,
        })
    }

    fn block(&self, index: usize) -> Option<Block> {
        let at = HEADER_SIZE + index * ENTRY_SIZE;
        let edge = |offset: usize| {
            let two = self.bytes.get(at + offset..at + offset + 2)?;
            Some(f64::from(u16::from_le_bytes(two.try_into().ok()?)) * BOX_STEP)
        };
        let north_west = grid_position(edge(8)? as i64, edge(10)? as i64)?;
        let south_east = grid_position(edge(12)? as i64, edge(14)? as i64)?;
        Some(Block {
            offset: usize::try_from(u32_at(self.bytes, at)?).ok()?,
            size: usize::try_from(u32_at(self.bytes, at + 4)?).ok()?,
            west_deg: north_west.lon_deg,
            north_deg: north_west.lat_deg,
            east_deg: south_east.lon_deg,
            south_deg: south_east.lat_deg,
            largest_population: u32_at(self.bytes, at + 16)?,
        })
    }

    /// Region code and country, by the number that places carry.
    fn region_table(&self) -> Vec<(String, String)> {
        self.read_region_table().unwrap_or_default()
    }

    fn read_region_table(&self) -> Option<Vec<(String, String)>> {
        let start = HEADER_SIZE + self.blocks * ENTRY_SIZE;
        let packed = self.bytes.get(start..start + self.regions_size)?;
        let unpacked = decompress_to_vec_with_limit(packed, MAX_UNPACKED).ok()?;
        let mut cursor = Cursor::at(&unpacked, 0)?;
        let count = cursor.varint()?;
        let mut table = Vec::new();
        for _ in 0..count {
            table.push((cursor.text()?.to_owned(), cursor.text()?.to_owned()));
        }
        Some(table)
    }

    /// The places of one block, or `None` where its bytes are damaged.
    fn block_places(&self, block: &Block, regions: &[(String, String)]) -> Option<Vec<Place>> {
        let packed = self.bytes.get(block.offset..block.offset.checked_add(block.size)?)?;
        let unpacked = decompress_to_vec_with_limit(packed, MAX_UNPACKED).ok()?;
        let mut cursor = Cursor::at(&unpacked, 0)?;
        let count = usize::try_from(cursor.varint()?).ok()?;
        let xs = differences(&mut cursor, count)?;
        let ys = differences(&mut cursor, count)?;
        let populations = column(count, || cursor.varint())?;
        let region_numbers = column(count, || cursor.varint())?;
        let mut names: [Vec<&str>; 4] = Default::default();
        for list in &mut names {
            *list = column(count, || cursor.text())?;
        }
        let mut places = Vec::with_capacity(xs.len());
        for i in 0..count {
            let (region_code, country) = regions.get(usize::try_from(region_numbers[i]).ok()?)?.clone();
            let other = |list: usize| match names[list][i] {
                "" => None,
                "=" => Some(names[0][i].to_owned()),
                name => Some(name.to_owned()),
            };
            places.push(Place {
                name: names[0][i].to_owned(),
                name_local: other(1),
                name_ru: other(2),
                name_uk: other(3),
                position: grid_position(xs[i], ys[i])?,
                population: populations[i],
                region_code,
                country,
            });
        }
        Some(places)
    }
}

impl Block {
    /// No place of the block is nearer to the position than this.
    fn least_distance_m(&self, position: LonLat) -> f64 {
        let lat_gap_deg = (position.lat_deg - self.north_deg).max(self.south_deg - position.lat_deg).max(0.0);
        let mut lon_gap_deg = f64::INFINITY;
        for turn_deg in [-360.0, 0.0, 360.0] {
            let lon_deg = position.lon_deg + turn_deg;
            lon_gap_deg = lon_gap_deg.min((self.west_deg - lon_deg).max(lon_deg - self.east_deg).max(0.0));
        }
        // The distance to the box's nearer meridian; past a quarter turn the way leads over the pole.
        let meridian_rad = if lon_gap_deg < 90.0 {
            (lon_gap_deg.to_radians().sin() * position.lat_deg.to_radians().cos()).asin()
        } else {
            (90.0 - position.lat_deg.abs()).to_radians()
        };
        EARTH_RADIUS_M * lat_gap_deg.to_radians().max(meridian_rad)
    }
}

/// `count` values; ends with `None` at the first that cannot be read, so a false count allocates nothing.
fn column<T>(count: usize, mut next: impl FnMut() -> Option<T>) -> Option<Vec<T>> {
    let mut values = Vec::new();
    for _ in 0..count {
        values.push(next()?);
    }
    Some(values)
}

/// A column of numbers that is stored as differences.
fn differences(cursor: &mut Cursor<'_>, count: usize) -> Option<Vec<i64>> {
    let mut value = 0_i64;
    column(count, || {
        value += cursor.zigzag()?;
        (0..=i64::from(GRID)).contains(&value).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::compass_point;
    use proptest::prelude::*;

    fn all() -> &'static [Place] {
        static ALL: LazyLock<Vec<Place>> = LazyLock::new(|| gazetteer().places().collect());
        &ALL
    }

    #[test]
    fn tetkino_is_found_with_its_names_region_and_country() {
        let near = gazetteer().nearest(LonLat::new(34.2938, 51.2813), 0).unwrap();
        assert!(near.distance_m < 200.0, "{near:?}");
        assert_eq!(near.place.name, "Tetkino");
        assert_eq!(near.place.name_ru.as_deref(), Some("Тёткино"));
        assert_eq!(near.place.name_local.as_deref(), Some("Тёткино"));
        assert_eq!((near.place.region_code.as_str(), near.place.country.as_str()), ("RU-KRS", "RU"));
        assert_eq!(near.place.population, 3852);
    }

    #[test]
    fn a_position_is_described_from_the_place_it_lies_near() {
        let sudzha = LonLat::new(35.2726, 51.1977);
        let near = gazetteer().nearest(sudzha.destination(45.0, 6_000.0), 5_000).unwrap();
        assert_eq!(near.place.name, "Sudzha");
        assert!((near.distance_m - 6_000.0).abs() < 1_000.0, "{}", near.distance_m);
        assert_eq!(compass_point(near.bearing_deg), "NE");
    }

    #[test]
    fn a_least_population_leaves_villages_out() {
        let near = gazetteer().nearest(LonLat::new(34.2938, 51.2813), 200_000).unwrap();
        assert_eq!(near.place.name, "Sumy");
    }

    #[test]
    fn the_nearest_place_may_lie_across_the_antimeridian() {
        let east = gazetteer().nearest(LonLat::new(-179.9, -16.8), 5_000).unwrap();
        assert_eq!(east.place.country, "FJ", "{east:?}");
        assert!(east.place.position.lon_deg > 0.0, "{east:?}");
    }

    #[test]
    fn there_are_sixty_thousand_places_and_the_five_capitals_among_them() {
        assert!(all().len() >= 60_000 && all().len() == gazetteer().len());
        for (name, region) in [
            ("Belgorod", "RU-BEL"),
            ("Kursk", "RU-KRS"),
            ("Nizhny Novgorod", "RU-NIZ"),
            ("Oryol", "RU-ORL"),
            ("Ivanovo", "RU-IVA"),
        ] {
            assert!(all().iter().any(|p| p.name == name && p.region_code == region), "{name}");
        }
    }

    #[test]
    fn crimean_towns_belong_to_ukraine() {
        for name in ["Sevastopol", "Simferopol", "Yalta", "Kerch"] {
            let town = all().iter().filter(|p| p.name == name).max_by_key(|p| p.population).unwrap();
            assert_eq!(town.country, "UA", "{town:?}");
            assert!(town.region_code.starts_with("UA-"), "{town:?}");
        }
    }

    #[test]
    fn every_region_code_of_a_place_has_an_outline() {
        let known: std::collections::HashSet<&str> = crate::atlas::regions().codes().collect();
        for place in all().iter().filter(|place| !place.region_code.is_empty()) {
            assert!(known.contains(place.region_code.as_str()), "{place:?}");
        }
    }

    #[test]
    fn files_of_another_kind_are_refused() {
        assert!(matches!(Gazetteer::open(b"PMTiles"), Err(AtlasError::WrongFormat { .. })));
        assert_eq!(Gazetteer::open(&EMBEDDED[..64]).unwrap_err(), AtlasError::CutShort);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn nearest_is_what_a_search_through_all_places_finds(
            lon in -180.0..180.0_f64, lat in -85.0..85.0_f64,
            min_population in prop_oneof![Just(0_u32), Just(10_000), Just(1_000_000)]
        ) {
            let position = LonLat::new(lon, lat);
            let distances = all().iter().filter(|p| p.population >= min_population);
            let least_m = distances.map(|p| p.position.distance_m(position)).fold(f64::INFINITY, f64::min);
            let near = gazetteer().nearest(position, min_population).unwrap();
            prop_assert!((near.distance_m - least_m).abs() < 1e-6, "{} {}", near.distance_m, least_m);
        }

        #[test]
        fn damaged_files_never_panic(
            changes in prop::collection::vec((prop_oneof![0..20_000_usize, 0..EMBEDDED.len()], any::<u8>()), 1..200),
            length in prop_oneof![Just(EMBEDDED.len()), 0..EMBEDDED.len()],
            lon in -180.0..180.0_f64, lat in -85.0..85.0_f64
        ) {
            let mut bytes = EMBEDDED.to_vec();
            for (at, value) in changes {
                bytes[at] = value;
            }
            bytes.truncate(length);
            if let Ok(gazetteer) = Gazetteer::open(&bytes) {
                let _ = (gazetteer.nearest(LonLat::new(lon, lat), 0), gazetteer.places().take(5_000).count());
            }
        }
    }
}
