//! What is seen of files while they are being read, and the state of a window that waits for its first ones.

use std::sync::Arc;

use super::{AppState, ViewTarget};
use crate::geo::{Bounds, LonLat, UnitPoint};
use crate::model::Dataset;

/// What was found so far in files that are being read: coarse, and gone when they are open.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// Where some of the incidents are.
    pub places: Vec<UnitPoint>,
    /// Whether they will take the place of what is open, rather than stand beside it.
    pub replaces: bool,
    bounds: Option<Bounds>,
}

impl Preview {
    /// Of longitudes and latitudes in degrees; those that the map cannot show are left out.
    #[must_use]
    pub fn new(places_deg: &[[f32; 2]], replaces: bool) -> Self {
        let places = places_deg.iter().map(|[lon, lat]| LonLat::new(f64::from(*lon), f64::from(*lat)));
        let places: Vec<LonLat> = places.filter(|place| place.is_valid()).collect();
        let bounds = Bounds::around(places.iter().copied());
        Self { places: places.into_iter().map(LonLat::to_unit).collect(), replaces, bounds }
    }
}

impl AppState {
    /// The state of a window whose first files are still being read: nothing is open yet. `title` is what it is called
    /// meanwhile.
    #[must_use]
    pub fn waiting(title: String) -> Self {
        let mut state = Self::new(Arc::new(Dataset { title, ..Dataset::default() }));
        state.files.clear();
        state
    }

    /// Whether nothing is open yet.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.files.is_empty()
    }

    /// What is seen of files that are being read.
    #[must_use]
    pub fn preview(&self) -> Option<&Preview> {
        self.preview.as_ref()
    }

    /// Takes in what is seen of files that are being read. While nothing is open, the map shows all of it, unless the
    /// reader has moved the map.
    pub fn set_preview(&mut self, preview: Option<Preview>) {
        let found = preview.as_ref().and_then(|preview| preview.bounds);
        if let (true, ViewTarget::Fit(seen), Some(found)) = (self.is_waiting(), self.target, found) {
            let corners =
                [LonLat::new(found.west_deg, found.south_deg), LonLat::new(found.east_deg, found.north_deg)];
            if self.preview.is_none() || !corners.iter().all(|corner| seen.contains(*corner)) {
                self.target = ViewTarget::Fit(found);
            }
        }
        self.preview = preview;
    }
}
