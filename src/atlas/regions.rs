//! Outlines of the world's regions by ISO 3166-2 code, and of countries by ISO 3166-1 code.
//!
//! The file (`assets/regions.bin`, format in `assets/basemap/regions.py`) stores each stretch of border once and each
//! region as a list of such stretches, so neighbours meet without a gap. In European Russia, Ukraine and Belarus the
//! outlines keep every vertex that the basemap draws at its last zoom; elsewhere they are simplified to about 60 m near that area and 220 m
//! in the rest of the world. The source is generalised to about a kilometre: an outline does not tell on which
//! side of a border a point lies.
//!
//! Borders are the internationally recognised ones: Crimea and Sevastopol belong to Ukraine.

use std::sync::LazyLock;

use super::AtlasError;
use super::bytes::{Cursor, grid_position, u32_at, unfold};
use crate::geo::{Bounds, LonLat};

static EMBEDDED: &[u8] = include_bytes!("../../assets/regions.bin");
const MAGIC: &[u8; 8] = b"DLREGN1\0";
const HEADER_SIZE: usize = 16;
const ENTRY_SIZE: usize = 12;
/// No outline has more vertices than this; a damaged file could otherwise ask for any number.
const MAX_VERTICES: usize = 1_000_000;

/// A closed line: the last vertex repeats the first. Longitudes run on past 180 where a region crosses the
/// antimeridian, so that neighbouring vertices are always near each other.
pub type Ring = Vec<LonLat>;

/// The outer ring, then the rings of its holes.
pub type Polygon = Vec<Ring>;

/// One region (or one country) with its outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    /// ISO 3166-2 code such as `RU-BEL`; for a country its two letters.
    pub code: String,
    /// ISO 3166-1 code of the country, two letters; empty where no state is generally recognised.
    pub country: String,
    /// English name: `Belgorod Oblast`.
    pub name_en: String,
    /// Name in the region's own language and script: `Белгородская область`; the English one where none is known.
    pub name_local: String,
    /// The outline.
    pub polygons: Vec<Polygon>,
    /// Where the name goes: a point inside the region.
    pub label: LonLat,
    /// The smallest box around the outline; crosses the antimeridian where the region does.
    pub bounds: Bounds,
}

/// A region's names, without its outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegionNames<'a> {
    /// As [`Region::country`].
    pub country: &'a str,
    /// As [`Region::name_en`].
    pub name_en: &'a str,
    /// As [`Region::name_local`].
    pub name_local: &'a str,
}

/// The opened file of outlines. Opening reads 16 bytes; each outline is decoded when it is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Regions<'a> {
    bytes: &'a [u8],
    entries: usize,
    arcs: usize,
}

/// The embedded outlines.
#[must_use]
pub fn regions() -> &'static Regions<'static> {
    static REGIONS: LazyLock<Regions<'static>> =
        LazyLock::new(|| Regions::open(EMBEDDED).unwrap_or_default());
    &REGIONS
}

impl<'a> Regions<'a> {
    /// Opens the bytes of a `regions.bin`.
    pub fn open(bytes: &'a [u8]) -> Result<Self, AtlasError> {
        if !bytes.starts_with(MAGIC) {
            return Err(AtlasError::WrongFormat { expected: "a file of region outlines" });
        }
        let count = |offset| u32_at(bytes, offset).and_then(|n| usize::try_from(n).ok());
        let (Some(entries), Some(arcs)) = (count(8), count(12)) else { return Err(AtlasError::CutShort) };
        let index_size = entries.checked_mul(ENTRY_SIZE).and_then(|size| {
            size.checked_add(HEADER_SIZE)?.checked_add(arcs.checked_add(1)?.checked_mul(4)?)
        });
        match index_size {
            Some(size) if size <= bytes.len() => Ok(Self { bytes, entries, arcs }),
            _ => Err(AtlasError::CutShort),
        }
    }

    /// The region with this ISO 3166-2 code, written as in the standard (`RU-BEL`; lower case is understood).
    #[must_use]
    pub fn get(&self, code: &str) -> Option<Region> {
        if code.contains('-') { self.decode(code) } else { None }
    }

    /// The outline of a whole country by its two letters (`UA`), without the borders between its regions.
    #[must_use]
    pub fn country_outline(&self, country: &str) -> Option<Region> {
        if country.contains('-') { None } else { self.decode(country) }
    }

    /// The names of a region or country, without decoding its outline.
    #[must_use]
    pub fn names(&self, code: &str) -> Option<RegionNames<'a>> {
        self.record(&code.trim().to_ascii_uppercase()).map(|(names, _)| names)
    }

    /// The codes of all regions, in alphabetical order. Codes that Natural Earth made up for places that have none in
    /// ISO 3166-2 end in `~`.
    pub fn codes(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.all_codes().filter(|code| code.contains('-'))
    }

    /// The two letters of all countries that have an outline.
    pub fn countries(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.all_codes().filter(|code| !code.contains('-'))
    }

    fn all_codes(self) -> impl Iterator<Item = &'a str> + use<'a> {
        (0..self.entries).filter_map(move |index| self.code_at(index))
    }

    fn code_at(&self, index: usize) -> Option<&'a str> {
        let at = HEADER_SIZE + index * ENTRY_SIZE;
        let padded = self.bytes.get(at..at + 8)?;
        std::str::from_utf8(padded).ok().map(|code| code.trim_end_matches('\0'))
    }

    /// The names in the record of `code`, and where reading goes on.
    fn record(&self, code: &str) -> Option<(RegionNames<'a>, Cursor<'a>)> {
        let (mut low, mut high) = (0, self.entries);
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.code_at(middle)? < code {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if low == self.entries || self.code_at(low)? != code {
            return None;
        }
        let offset = u32_at(self.bytes, HEADER_SIZE + low * ENTRY_SIZE + 8)?;
        let mut cursor = Cursor::at(self.bytes, usize::try_from(offset).ok()?)?;
        let country = std::str::from_utf8(cursor.take(2)?).ok()?.trim_end_matches('\0');
        let names = RegionNames { country, name_en: cursor.text()?, name_local: cursor.text()? };
        Some((names, cursor))
    }

    fn decode(&self, code: &str) -> Option<Region> {
        let code = code.trim().to_ascii_uppercase();
        let (names, mut cursor) = self.record(&code)?;
        let label = grid_position(i64::from(cursor.varint()?), i64::from(cursor.varint()?))?;
        let mut budget = MAX_VERTICES;
        let mut polygons = Vec::new();
        for _ in 0..cursor.varint()? {
            let mut polygon = Polygon::new();
            for _ in 0..cursor.varint()? {
                polygon.push(self.ring(&mut cursor, &mut budget)?);
            }
            polygons.push(polygon);
        }
        let vertices = polygons.iter().flatten().flatten();
        let bounds = Bounds::around(vertices.map(|&vertex| within_world(vertex)))?;
        Some(Region {
            code,
            country: names.country.to_owned(),
            name_en: names.name_en.to_owned(),
            name_local: names.name_local.to_owned(),
            polygons,
            label: within_world(label),
            bounds,
        })
    }

    /// One ring: its arcs joined end to end. `budget` is the number of vertices that may still be decoded.
    fn ring(&self, cursor: &mut Cursor<'a>, budget: &mut usize) -> Option<Ring> {
        let mut ring = Ring::new();
        let mut arc = 0_i64;
        for _ in 0..cursor.varint()? {
            let reference = cursor.varint()?;
            arc += unfold(reference >> 1);
            // Each arc starts where the one before it ended.
            ring.pop();
            let from = ring.len();
            self.arc(usize::try_from(arc).ok()?, &mut ring, budget)?;
            if reference & 1 == 1 {
                ring[from..].reverse();
            }
        }
        Some(ring)
    }

    /// Appends the vertices of one arc.
    fn arc(&self, number: usize, ring: &mut Ring, budget: &mut usize) -> Option<()> {
        if number >= self.arcs {
            return None;
        }
        let offset = u32_at(self.bytes, HEADER_SIZE + self.entries * ENTRY_SIZE + number * 4)?;
        let mut cursor = Cursor::at(self.bytes, usize::try_from(offset).ok()?)?;
        let count = usize::try_from(cursor.varint()?).ok()?;
        *budget = budget.checked_sub(count)?;
        let (mut x, mut y) = (i64::from(cursor.varint()?), i64::from(cursor.varint()?));
        ring.push(grid_position(x, y)?);
        for _ in 1..count {
            x += cursor.zigzag()?;
            y += cursor.zigzag()?;
            ring.push(grid_position(x, y)?);
        }
        Some(())
    }
}

impl Region {
    /// Whether the point lies inside the outline (even-odd rule; edges are straight in degrees).
    #[must_use]
    pub fn contains(&self, point: LonLat) -> bool {
        let inside = |point: LonLat| {
            self.polygons.iter().flatten().filter(|ring| crosses(ring, point)).count() % 2 == 1
        };
        // A ring that runs on past 180 degrees holds its western-hemisphere points one turn further east.
        inside(point) || (point.lon_deg < 0.0 && inside(LonLat::new(point.lon_deg + 360.0, point.lat_deg)))
    }
}

/// Whether a ray from the point eastward crosses the ring an odd number of times.
fn crosses(ring: &[LonLat], point: LonLat) -> bool {
    let mut odd = false;
    for edge in ring.windows(2) {
        let (a, b) = (edge[0], edge[1]);
        if (a.lat_deg > point.lat_deg) != (b.lat_deg > point.lat_deg) {
            let along = (point.lat_deg - a.lat_deg) / (b.lat_deg - a.lat_deg);
            odd ^= point.lon_deg < a.lon_deg + along * (b.lon_deg - a.lon_deg);
        }
    }
    odd
}

/// The same place with a longitude of at most 180 degrees.
fn within_world(point: LonLat) -> LonLat {
    if point.lon_deg > 180.0 { LonLat::new(point.lon_deg - 360.0, point.lat_deg) } else { point }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CAPITALS: [(&str, &str, f64, f64); 8] = [
        ("RU-BEL", "Belgorod Oblast", 50.5956, 36.5873),
        ("RU-KRS", "Kursk Oblast", 51.7304, 36.1926),
        ("RU-NIZ", "Nizhny Novgorod Oblast", 56.3269, 44.0059),
        ("RU-ORL", "Oryol Oblast", 52.9703, 36.0635),
        ("RU-IVA", "Ivanovo Oblast", 56.9972, 40.9739),
        ("RU-MOW", "Moscow", 55.7558, 37.6173),
        ("UA-40", "Sevastopol", 44.6, 33.53),
        ("AT-9", "Vienna", 48.2082, 16.3738),
    ];

    #[test]
    fn regions_contain_their_capitals() {
        for (code, name_en, lat, lon) in CAPITALS {
            let region = regions().get(code).unwrap();
            assert_eq!(region.name_en, name_en);
            assert!(region.contains(LonLat::new(lon, lat)), "{code}");
            assert!(region.bounds.contains(LonLat::new(lon, lat)), "{code}");
            assert!(!region.contains(LonLat::new(lon + 20.0, lat)), "{code}");
        }
    }

    #[test]
    fn names_are_given_in_the_local_script() {
        assert_eq!(regions().names("RU-BEL").unwrap().name_local, "Белгородская область");
        assert_eq!(regions().names("UA-32").unwrap().name_local, "Київська область");
        assert_eq!(regions().names("UA").unwrap().name_en, "Ukraine");
    }

    #[test]
    fn crimea_and_sevastopol_belong_to_ukraine() {
        let ukraine = regions().country_outline("UA").unwrap();
        let russia = regions().country_outline("RU").unwrap();
        for (lon, lat) in [(33.53, 44.6), (34.1, 44.95), (36.4, 45.33)] {
            let place = LonLat::new(lon, lat);
            assert!(ukraine.contains(place) && !russia.contains(place), "{place:?}");
        }
        assert_eq!(regions().get("UA-43").unwrap().country, "UA");
        assert_eq!(regions().get("UA-40").unwrap().country, "UA");
    }

    /// Codes of ISO 3166-2 that must be there, by country: all of those where the bundled dataset plays, some of others.
    #[rustfmt::skip]
    const EXPECTED: [(&str, &str); 43] = [
        ("UA", "05 07 09 12 14 18 21 23 26 30 32 35 40 43 46 48 51 53 56 59 61 63 65 68 71 74 77"),
        ("RU", "AD AL ALT AMU ARK AST BA BEL BRY BU CE CHE CHU CU DA IN IRK IVA KAM KB KC KDA KEM KGD \
          KGN KHA KHM KIR KK KL KLU KO KOS KR KRS KYA LEN LIP MAG ME MO MOS MOW MUR NEN NGR NIZ \
          NVS OMS ORE ORL PER PNZ PRI PSK ROS RYA SA SAK SAM SAR SE SMO SPE STA SVE TA TAM TOM TUL \
          TVE TY TYU UD ULY VGG VLA VLG VOR YAN YAR YEV ZAB"),
        ("AT", "1 2 3 4 5 6 7 8 9"),
        ("DE", "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH"),
        ("US", "AK AL AZ CA CO DC FL HI NY TX WA"),
        ("CA", "AB BC ON QC YT NU"),
        ("AU", "NSW QLD TAS VIC WA"),
        ("FR", "IDF BRE COR"),
        ("GB", "ENG SCT WLS NIR"),
        ("CN", "BJ XJ SH"),
        ("BR", "SP AM DF"),
        ("IN", "DL TN MH"),
        ("BY", "BR HO HM HR MA MI VI"),
        ("MD", "CU"),
        ("RO", "B CJ"),
        ("CH", "ZH GE"),
        ("IT", "62 82"),
        ("ES", "MD CT"),
        ("JP", "13 01"),
        ("MX", "JAL"),
        ("AR", "C B"),
        ("ZA", "WC"),
        ("TR", "34 06"),
        ("IL", "JM TA"),
        ("SE", "AB"),
        ("NO", "03"),
        ("FI", "18"),
        ("GE", "TB AB"),
        ("KZ", "ALA"),
        ("KR", "11"),
        ("ID", "JK"),
        ("EG", "C"),
        ("NG", "LA"),
        ("NL", "NH"),
        ("BE", "BRU"),
        ("HU", "BU"),
        ("IR", "23 07"),
        ("SY", "DI"),
        ("IQ", "BG"),
        ("LB", "BA"),
        ("SA", "01"),
        ("PK", "PB"),
        ("AF", "KAB"),
    ];

    #[test]
    fn the_codes_of_the_standard_are_known() {
        let codes = || {
            EXPECTED.iter().flat_map(|(country, regions)| {
                regions.split(' ').map(move |region| (country, format!("{country}-{region}")))
            })
        };
        assert!(codes().count() > 200);
        let missing: Vec<String> = codes()
            .filter(|(country, code)| regions().get(code).is_none_or(|region| region.country != **country))
            .map(|(_, code)| code)
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        for country in EXPECTED.map(|(country, _)| country) {
            assert!(regions().country_outline(country).is_some(), "{country}");
        }
    }

    #[test]
    fn every_code_has_an_outline_and_a_label_inside_its_bounds() {
        let mut count = 0;
        for code in regions().codes() {
            let region = regions().get(code).unwrap();
            assert!(!region.polygons.is_empty(), "{code}");
            for ring in region.polygons.iter().flatten() {
                assert!(ring.len() >= 4 && ring.first() == ring.last(), "{code}");
            }
            assert!(region.bounds.contains(region.label), "{code}");
            count += 1;
        }
        assert!(count > 4500, "{count}");
        for country in regions().countries() {
            assert!(regions().country_outline(country).is_some(), "{country}");
        }
    }

    #[test]
    fn the_five_regions_keep_the_full_detail_of_the_source() {
        for code in ["RU-BEL", "RU-KRS", "RU-NIZ", "RU-ORL", "RU-IVA"] {
            let region = regions().get(code).unwrap();
            let vertices = region.polygons[0][0].len();
            assert!(vertices > 400, "{code}: {vertices}");
        }
    }

    #[test]
    fn a_region_across_the_antimeridian_is_in_one_piece() {
        let chukotka = regions().get("RU-CHU").unwrap();
        assert!(
            chukotka.contains(LonLat::new(166.44, 68.05)) && chukotka.contains(LonLat::new(-175.0, 67.0))
        );
        assert!(chukotka.bounds.width_deg() < 40.0);
        let jumps = chukotka.polygons.iter().flatten().flat_map(|ring| ring.windows(2));
        assert!(jumps.into_iter().all(|edge| (edge[0].lon_deg - edge[1].lon_deg).abs() < 90.0));
    }

    #[test]
    fn unknown_codes_and_other_cases_are_handled() {
        assert_eq!(regions().get("XX-1"), None);
        assert_eq!(regions().get(""), None);
        assert_eq!(regions().get("UA"), None);
        assert_eq!(regions().country_outline("RU-BEL"), None);
        assert_eq!(regions().get(" ru-bel ").unwrap().code, "RU-BEL");
    }

    #[test]
    fn files_of_another_kind_are_refused() {
        assert!(matches!(Regions::open(b"PMTiles"), Err(AtlasError::WrongFormat { .. })));
        assert_eq!(Regions::open(&EMBEDDED[..100]).unwrap_err(), AtlasError::CutShort);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damaged_files_never_panic(
            changes in prop::collection::vec((prop_oneof![0..20_000_usize, 0..EMBEDDED.len()], any::<u8>()), 1..200),
            length in prop_oneof![Just(EMBEDDED.len()), 0..EMBEDDED.len()],
            code in "(RU-BEL|UA-43|US-CA|RU|CA|AQ|[A-Z]{2}-[A-Z0-9]{1,3})"
        ) {
            let mut bytes = EMBEDDED.to_vec();
            for (at, value) in changes {
                bytes[at] = value;
            }
            bytes.truncate(length);
            if let Ok(regions) = Regions::open(&bytes) {
                let _ = (regions.get(&code), regions.country_outline(&code), regions.codes().count());
            }
        }
    }
}
