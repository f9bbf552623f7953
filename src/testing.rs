//! Small datasets for unit tests.

use jiff::civil::date;

use crate::geo::LonLat;
use crate::model::{
    Account, Dataset, EventType, Incident, IncidentTime, Moment, Place, Precision, Rgb, Symbol, TimePrecision,
};

/// A dataset with `types` event types and these incidents.
pub(crate) fn dataset_of(types: usize, incidents: Vec<Incident>) -> Dataset {
    let event_types = (0..types)
        .map(|n| EventType {
            id: format!("type{n}"),
            label: format!("Type {n}"),
            color: Rgb { r: 194, g: 65, b: 12 },
            symbol: Symbol::ALL[n % Symbol::ALL.len()],
        })
        .collect();
    Dataset {
        title: "Test".to_owned(),
        introduction: String::new(),
        as_of: Some(date(2024, 3, 12)),
        licence: None,
        event_types,
        sources: Vec::new(),
        account: Account { mapped: incidents.len() as u64, ..Account::default() },
        incidents: incidents.into(),
        ..Dataset::default()
    }
}

/// An incident known to the settlement, with its id as title and place name.
pub(crate) fn incident_at(id: &str, event_type: usize, lon_deg: f64, lat_deg: f64) -> Incident {
    let place = Place {
        name: format!("Place {id}"),
        local_name: None,
        region: None,
        region_code: None,
        country: "RU".to_owned(),
        position: LonLat::new(lon_deg, lat_deg),
        precision: Precision::Settlement,
        radius_m: None,
    };
    let day =
        IncidentTime { start: Moment::Day(date(2024, 3, 12)), end: None, precision: TimePrecision::Day };
    Incident { event_type, time: Some(day), ..Incident::new(id.to_owned(), format!("Title {id}"), place) }
}
