//! Which incidents lie around a given one.

use crate::model::Dataset;

/// Another incident and how far away it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearby {
    /// Index of the other incident.
    pub incident: usize,
    /// Great-circle distance in metres.
    pub distance_m: f64,
}

/// The incidents within `radius_m` of the given one, nearest first, at most `limit`. Only positions that are known to
/// the settlement or better have a distance, on both sides: for a stand-in marker the answer is empty.
#[must_use]
pub fn nearby(dataset: &Dataset, incident: usize, radius_m: f64, limit: usize) -> Vec<Nearby> {
    let Some(here) = dataset.incidents.get(incident).map(|it| &it.place).filter(|it| it.precision.is_point())
    else {
        return Vec::new();
    };
    let mut found: Vec<Nearby> = dataset
        .incidents
        .iter()
        .enumerate()
        .filter(|(index, other)| *index != incident && other.place.precision.is_point())
        .map(|(index, other)| Nearby {
            incident: index,
            distance_m: here.position.distance_m(other.place.position),
        })
        .filter(|nearby| nearby.distance_m <= radius_m)
        .collect();
    found.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
    found.truncate(limit);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Precision;
    use crate::testing::{dataset_of, incident_at};

    #[test]
    fn neighbours_come_nearest_first_and_stand_ins_are_left_out() {
        let mut incidents = vec![
            incident_at("here", 0, 30.0, 50.0),
            incident_at("far", 0, 31.0, 50.0),
            incident_at("near", 0, 30.1, 50.0),
            incident_at("region", 0, 30.0, 50.0),
            incident_at("too far", 0, 40.0, 50.0),
        ];
        incidents[3].place.precision = Precision::Region;
        let dataset = dataset_of(1, incidents);
        let found: Vec<usize> = nearby(&dataset, 0, 100_000.0, 9).iter().map(|n| n.incident).collect();
        assert_eq!(found, [2, 1]);
        assert_eq!(nearby(&dataset, 0, 100_000.0, 1).len(), 1);
        assert_eq!(nearby(&dataset, 3, 100_000.0, 9), []);
        assert_eq!(nearby(&dataset, 99, 100_000.0, 9), []);
    }
}
