//! The areas that incidents stand for: outlines of regions and countries, circles, and schematic discs, with the boxes
//! around them. How they are drawn stands in `ui/map/areas.rs`.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::view::View;
use crate::atlas;
use crate::geo::{Bounds, LonLat};
use crate::model::{Dataset, Held, Place, Precision};
use crate::query::Engine;

/// In larger datasets a map that is fitted to all incidents shows their markers only.
const MAX_FITTED: usize = 500;

/// What an incident's area looks like.
#[derive(Debug, Clone, PartialEq)]
pub enum AreaShape {
    /// The outline of a first-level division, by ISO 3166-2.
    Region(String),
    /// The outline of a country, by ISO 3166-1.
    Country(String),
    /// A circle that the dataset gives, in metres.
    Circle(f64),
    /// A circle that only says "around here": nothing better is known. Radius in metres.
    Schematic(f64),
}

/// The area to draw for a place, `None` where the marker alone says it all.
#[must_use]
pub fn area_of(place: &Place) -> Option<AreaShape> {
    let outline = match (place.precision, &place.region_code) {
        (Precision::Region, Some(code)) if atlas::regions().names(code).is_some() => {
            Some(AreaShape::Region(code.clone()))
        }
        (Precision::Country, _)
            if place.country.len() == 2 && atlas::regions().names(&place.country).is_some() =>
        {
            Some(AreaShape::Country(place.country.clone()))
        }
        _ => None,
    };
    // Whatever a file says, no circle is larger than a hemisphere.
    let circle = place.radius_m.map(|radius_m| AreaShape::Circle(radius_m.min(10_000_000.0)));
    outline.or(circle).or(match place.precision {
        Precision::Exact | Precision::Settlement => None,
        Precision::District => Some(AreaShape::Schematic(15_000.0)),
        Precision::Region => Some(AreaShape::Schematic(60_000.0)),
        Precision::Country => Some(AreaShape::Schematic(250_000.0)),
    })
}

/// What tells the areas of incidents apart: all that are known only to one region have one area.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AreaId(String);

impl AreaId {
    /// The area of a place, `None` where the marker alone says it all.
    #[must_use]
    pub fn of(place: &Place) -> Option<Self> {
        Some(match area_of(place)? {
            AreaShape::Region(code) => Self(format!("region {code}")),
            AreaShape::Country(code) => Self(format!("country {code}")),
            circle => Self(format!("{circle:?} {:?}", place.position)),
        })
    }
}

/// The box around the area of a place, a little too large for circles; `None` where there is no area. Unpacking the
/// outline of a region takes long: each is looked at once.
#[must_use]
pub fn bounds_of(place: &Place) -> Option<Bounds> {
    static OUTLINES: LazyLock<Mutex<HashMap<AreaId, Option<Bounds>>>> = LazyLock::new(Mutex::default);
    let shape = area_of(place)?;
    if let AreaShape::Circle(radius_m) | AreaShape::Schematic(radius_m) = shape {
        let corner = radius_m * std::f64::consts::SQRT_2;
        return Bounds::around(
            [45.0, 135.0, 225.0, 315.0].map(|deg| place.position.destination(deg, corner)),
        );
    }
    // Whoever panicked with it left whole entries behind.
    let mut outlines = OUTLINES.lock().unwrap_or_else(PoisonError::into_inner);
    *outlines.entry(AreaId::of(place)?).or_insert_with(|| {
        let outline = match &shape {
            AreaShape::Region(code) => atlas::regions().get(code),
            AreaShape::Country(code) => atlas::regions().country_outline(code),
            AreaShape::Circle(_) | AreaShape::Schematic(_) => None,
        };
        outline.map(|outline| outline.bounds)
    })
}

/// The box around all shown incidents and, where they are few, their areas, so that no region runs out of the map.
/// Whole countries are left out: one incident that is known no better must not shrink all others to a dot.
#[must_use]
pub fn bounds_of_shown(dataset: &Dataset, engine: &Engine) -> Option<Bounds> {
    let markers = engine.bounds()?;
    if engine.total() > MAX_FITTED {
        return Some(markers);
    }
    let incidents = engine.page(0, MAX_FITTED).into_iter().filter_map(|n| dataset.incidents.get(n));
    let mut all = vec![markers];
    let is_smaller = |incident: &Held<'_>| incident.place.precision != Precision::Country;
    all.extend(incidents.filter(is_smaller).filter_map(|incident| bounds_of(&incident.place)));
    // With their middles, so that a wide box is not taken for the way round the other side of the world.
    Bounds::around(all.iter().flat_map(|it| {
        let (north_west, south_east) =
            (LonLat::new(it.west_deg, it.north_deg), LonLat::new(it.east_deg, it.south_deg));
        [north_west, it.center(), south_east]
    }))
    .or(Some(View::WORLD))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::query::Columns;
    use crate::testing::{dataset_of, incident_at};

    #[test]
    fn a_map_that_is_fitted_to_incidents_shows_all_of_their_areas_but_not_all_of_their_countries() {
        let mut incidents = vec![incident_at("a", 0, 30.0, 50.0), incident_at("b", 0, 31.0, 50.0)];
        let fitted = |incidents: &[crate::model::Incident]| {
            let dataset = dataset_of(1, incidents.to_vec());
            bounds_of_shown(&dataset, &Engine::new(Arc::new(Columns::of(&dataset)))).unwrap()
        };
        assert!((fitted(&incidents).width_deg() - 1.0).abs() < 1e-6);
        incidents[1].place.radius_m = Some(200_000.0);
        let wide = fitted(&incidents);
        assert!(wide.east_deg > 33.7 && wide.north_deg > 51.7 && wide.west_deg < 28.3, "{wide:?}");
        incidents[1].place.precision = Precision::Country;
        assert!((fitted(&incidents).width_deg() - 1.0).abs() < 1e-6);
    }
}
