//! Towns, regions and countries by any of their names.

use std::cmp::Reverse;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use super::whole;
use super::words::WordIndex;
use crate::atlas::gazetteer::{Place, gazetteer};
use crate::atlas::regions;
use crate::geo::{Bounds, LonLat};
use crate::query::fold::fold;

/// So many are looked at more closely to choose the best of them.
const CANDIDATES: usize = 200;
/// A region stands among towns of this size: behind its capital, before its villages.
const REGION_SIZE: u32 = 100_000;

/// Something of the atlas that one can go to.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    /// Its names: the English one first.
    pub names: Vec<String>,
    /// Name in its own language, where it differs from the English one.
    pub local_name: Option<String>,
    /// ISO 3166 code of the region or country that it lies in; empty for a country.
    pub within: String,
    /// Where it lies.
    pub target: SpotTarget,
}

/// Where something of the atlas lies.
#[derive(Debug, Clone, PartialEq)]
pub enum SpotTarget {
    /// A town or village.
    Town {
        /// Its middle.
        position: LonLat,
        /// Inhabitants.
        population: u32,
    },
    /// A region or country with an outline of this ISO 3166 code.
    Area(String),
}

impl SpotTarget {
    /// The box around it; `None` where nothing is known.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        match self {
            Self::Town { position, .. } => Bounds::around([*position]),
            Self::Area(code) => {
                let outline = regions().get(code).or_else(|| regions().country_outline(code));
                outline.map(|region| region.bounds)
            }
        }
    }
}

impl Spot {
    /// The English name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    fn town(place: Place) -> Self {
        let local_name = place.name_local.filter(|local| *local != place.name);
        let mut names = vec![place.name];
        for name in [local_name.clone(), place.name_ru, place.name_uk].into_iter().flatten() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let within = if place.region_code.is_empty() { place.country } else { place.region_code };
        Self {
            names,
            local_name,
            within,
            target: SpotTarget::Town { position: place.position, population: place.population },
        }
    }

    fn area(code: &str) -> Option<Self> {
        let known = regions().names(code)?;
        let local_name = Some(known.name_local.to_owned()).filter(|it| !it.is_empty() && it != known.name_en);
        let names = std::iter::once(known.name_en.to_owned()).chain(local_name.clone()).collect();
        let within = if code.contains('-') { known.country.to_owned() } else { String::new() };
        Some(Self { names, local_name, within, target: SpotTarget::Area(code.to_owned()) })
    }

    fn size(&self) -> u32 {
        match &self.target {
            SpotTarget::Town { population, .. } => *population,
            SpotTarget::Area(code) if code.contains('-') => REGION_SIZE,
            SpotTarget::Area(_) => u32::MAX,
        }
    }
}

/// All of the atlas by its names.
#[derive(Debug)]
pub(super) struct PlaceIndex {
    /// Larger ones first.
    spots: Vec<Spot>,
    words: WordIndex,
    order: Vec<u32>,
}

/// The embedded places. The first call takes a moment: it is for a thread other than the window's.
pub(super) fn places() -> &'static PlaceIndex {
    static PLACES: OnceLock<PlaceIndex> = OnceLock::new();
    PLACES.get_or_init(PlaceIndex::build)
}

impl PlaceIndex {
    fn build() -> Self {
        let mut spots: Vec<Spot> = gazetteer().places().map(Spot::town).collect();
        spots.extend(regions().countries().chain(regions().codes()).filter_map(Spot::area));
        spots.sort_by_key(|spot| Reverse(spot.size()));
        let read = |take: &mut dyn FnMut(usize, &str) -> bool| {
            let _ = spots.iter().enumerate().all(|(n, spot)| spot.names.iter().all(|name| take(n, name)));
        };
        let words = WordIndex::build(spots.len(), read, &AtomicBool::new(false)).unwrap_or_default();
        let order = (0..spots.len() as u32).collect();
        Self { spots, words, order }
    }

    /// The places that are called so, the best first, at most `limit`, larger ones before smaller ones. `None` once
    /// cancelled.
    pub(super) fn find(&self, question: &str, limit: usize, cancel: &AtomicBool) -> Option<Vec<Spot>> {
        let folded = fold(question);
        let fitting = self.words.find(question, cancel)?;
        let mut ranked: Vec<(u8, &Spot)> = fitting
            .best(&self.order, CANDIDATES)
            .into_iter()
            .filter_map(|n| self.spots.get(n as usize))
            .map(|spot| (spot.names.iter().map(|name| whole(&folded, name)).min().unwrap_or(2), spot))
            .collect();
        ranked.sort_by_key(|(whole, _)| *whole);
        Some(ranked.into_iter().take(limit).map(|(_, spot)| spot.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(question: &str) -> Vec<Spot> {
        places().find(question, 6, &AtomicBool::new(false)).unwrap()
    }

    fn first(question: &str) -> String {
        found(question).first().map_or(String::new(), |spot| spot.name().to_owned())
    }

    #[test]
    fn a_town_is_found_by_any_of_its_names_and_spellings() {
        for question in ["Oryol", "Orel", "Орёл", "Орел", "орёл", "ORËL"] {
            assert_eq!(first(question), "Oryol", "{question}");
        }
        for question in ["Kyiv", "Kiev", "Київ", "Киев", "kiyv"] {
            assert_eq!(first(question), "Kyiv", "{question}");
        }
        for question in ["Kharkiv", "Kharkov", "Харьков", "Harkiv", "Kharkv", "Khrakiv"] {
            assert_eq!(first(question), "Kharkiv", "{question}");
        }
    }

    /// Romanisations as they are met: of Russian in the way of maps (BGN), of passports, of the GOST and of libraries;
    /// of Ukrainian in the national way and in that of maps. Each letter with what is written for it.
    const ROMANISATIONS: [(&str, &str); 6] = [
        (
            "ru",
            "а a б b в v г g д d е e ё yo ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch \
                ш sh щ shch ъ ' ы y ь ' э e ю yu я ya",
        ),
        (
            "ru",
            "а a б b в v г g д d е e ё e ж zh з z и i й i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch \
                ш sh щ shch ъ ie ы y ь - э e ю iu я ia",
        ),
        (
            "ru",
            "а a б b в v г g д d е e ё jo ж zh з z и i й j к k л l м m н n о o п p р r с s т t у u ф f х h ц c ч ch \
                ш sh щ shch ъ ' ы y ь ' э e ю ju я ja",
        ),
        (
            "ru",
            "а a б b в v г g д d е ye ё yo ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch \
                ш sh щ sch ъ - ы y ь - э e ю yu я ya",
        ),
        (
            "uk",
            "а a б b в v г h ґ g д d е e є ie ж zh з z и y і i ї i й i к k л l м m н n о o п p р r с s т t у u ф f х kh \
                ц ts ч ch ш sh щ shch ь - ю iu я ia ' -",
        ),
        (
            "uk",
            "а a б b в v г h ґ g д d е e є ye ж zh з z и y і i ї yi й y к k л l м m н n о o п p р r с s т t у u ф f \
                х kh ц ts ч ch ш sh щ shch ь ' ю yu я ya ' '",
        ),
    ];

    fn romanise(name: &str, table: &str) -> String {
        let letters: Vec<&str> = table.split_whitespace().collect();
        let of = |c: char| {
            let pair = letters.chunks(2).find(|pair| pair[0].starts_with(c));
            pair.map_or(c.to_string(), |pair| pair[1].trim_matches('-').to_owned())
        };
        name.to_lowercase().replace('’', "'").chars().map(of).collect()
    }

    /// The largest towns of a country with both a Russian and a Ukrainian name.
    fn towns(country: &str, count: usize) -> Vec<(Place, [String; 2])> {
        let mut towns: Vec<Place> = gazetteer().places().filter(|place| place.country == country).collect();
        towns.sort_by_key(|place| Reverse(place.population));
        let named = towns.into_iter().filter_map(|place| {
            let names = [place.name_ru.clone()?, place.name_uk.clone()?];
            Some((place, names))
        });
        named.take(count).collect()
    }

    #[test]
    fn two_hundred_and_forty_towns_are_found_by_all_their_spellings() {
        let towns: Vec<_> = towns("RU", 120).into_iter().chain(towns("UA", 120)).collect();
        assert_eq!(towns.len(), 240);
        let mut astray = Vec::new();
        for (place, [russian, ukrainian]) in &towns {
            let known = [&place.name, russian, ukrainian].map(|name| fold(name));
            let mut spellings =
                vec![russian.replace('ё', "е"), russian.to_uppercase(), ukrainian.to_uppercase()];
            spellings.extend(ROMANISATIONS.iter().map(|(language, table)| {
                romanise(if *language == "ru" { russian } else { ukrainian }, table)
            }));
            let strays = spellings.into_iter().filter(|spelling| !known.contains(&fold(spelling)));
            astray.extend(strays.map(|spelling| format!("{spelling} is not {known:?}")));
            for name in [&place.name, russian, ukrainian] {
                if !found(name).iter().any(|spot| spot.name() == place.name) {
                    astray.push(format!("{name} does not find {}", place.name));
                }
            }
        }
        assert!(astray.is_empty(), "{}\n{astray:#?}", astray.len());
    }

    #[test]
    fn larger_places_come_first_and_whole_names_before_those() {
        assert_eq!(first("mosc"), "Moscow");
        assert_eq!(first("nizhniy novgorod"), "Nizhny Novgorod");
        assert_eq!(first("ukrain"), "Ukraine");
        let sizes: Vec<u32> = found("petrop").iter().map(Spot::size).collect();
        assert!(sizes.len() == 6 && sizes.is_sorted_by(|a, b| a >= b), "{sizes:?}");
    }

    #[test]
    fn a_region_has_a_box_and_a_country_around_it() {
        let region = found("курская область").into_iter().next().unwrap();
        assert_eq!((region.name(), region.within.as_str()), ("Kursk Oblast", "RU"));
        assert!(region.target.bounds().unwrap().contains(LonLat::new(36.2, 51.7)));
    }

    #[test]
    fn nonsense_is_called_nothing() {
        assert_eq!(found("qqqzzzxxx"), []);
        assert_eq!(found(" — "), []);
    }
}
