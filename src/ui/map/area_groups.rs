//! Which areas are drawn: the regions, circles and discs that incidents in view are known to, each once for a colour.

use std::collections::{HashMap, HashSet};

use super::areas::{self, AreaBoxes, AreaId, AreaRequest};
use super::markers::ViewMarks;
use super::transform::MapTransform;
use crate::geo::Bounds;
use crate::state::AppState;
use crate::ui::theme;

/// The areas of the incidents, each once for a colour.
#[derive(Default)]
pub(super) struct AreaGroups {
    /// The generation of the state's dataset that they were worked out for.
    generation: Option<u64>,
    groups: Vec<AreaGroup>,
    boxes: AreaBoxes,
    /// Which are shown, for as long as neither the filter nor the map changes.
    kept: Option<Kept>,
}

/// An incident of each area that is shown, and of which revision of the state on which map.
struct Kept {
    revision: u64,
    transform: Option<MapTransform>,
    incidents: Vec<usize>,
}

/// Incidents of one event type that stand for one area.
struct AreaGroup {
    bounds: Bounds,
    /// Ascending, never empty.
    members: Vec<usize>,
}

impl AreaGroups {
    /// In larger datasets only the areas of incidents that the map tells apart are looked for, in each frame anew.
    const MAX_INCIDENTS: usize = 20_000;

    fn regroup(&mut self, state: &AppState) {
        let dataset = state.dataset();
        if self.generation == Some(state.generation()) {
            return;
        }
        self.generation = Some(state.generation());
        self.groups.clear();
        self.kept = None;
        if dataset.incidents.len() > Self::MAX_INCIDENTS {
            return;
        }
        let mut places: HashMap<(AreaId, usize), usize> = HashMap::new();
        for (index, incident) in dataset.incidents.iter().enumerate() {
            let Some(id) = AreaId::of(&incident.place) else { continue };
            let Some(bounds) = self.boxes.of(&incident.place) else { continue };
            let next = self.groups.len();
            let at = *places.entry((id, incident.event_type)).or_insert(next);
            if at == next {
                self.groups.push(AreaGroup { bounds, members: Vec::new() });
            }
            self.groups[at].members.push(index);
        }
    }

    /// An incident of each area that the filter shows and that is seen on the map, at most `count`. Looked for once: in
    /// most frames nothing has moved.
    fn shown(&mut self, state: &AppState, transform: Option<&MapTransform>, count: usize) -> Vec<usize> {
        let (revision, transform) = (state.revision(), transform.copied());
        if let Some(kept) = &self.kept
            && (kept.revision, kept.transform) == (revision, transform)
        {
            return kept.incidents.clone();
        }
        let on_screen = |bounds: &Bounds| is_seen(bounds, transform.as_ref());
        let incidents = self.look_for(state, on_screen, count);
        self.kept = Some(Kept { revision, transform, incidents: incidents.clone() });
        incidents
    }

    fn look_for(&self, state: &AppState, on_screen: impl Fn(&Bounds) -> bool, count: usize) -> Vec<usize> {
        let shown = |group: &&AreaGroup| on_screen(&group.bounds);
        let member =
            |group: &AreaGroup| group.members.iter().copied().find(|&index| state.engine().contains(index));
        self.groups.iter().filter(shown).filter_map(member).take(count).collect()
    }

    /// The areas to draw: one for each region and colour, all that are on the screen as long as they are few, and
    /// those of the incidents that are selected or pointed out in any case.
    pub(super) fn requests<'a>(
        &mut self,
        state: &'a AppState,
        marks: &ViewMarks,
        highlighted: Option<usize>,
        transform: Option<&MapTransform>,
    ) -> Vec<AreaRequest<'a>> {
        let incidents = &state.dataset().incidents;
        self.regroup(state);
        let strong: Vec<usize> = [state.selection(), highlighted]
            .into_iter()
            .flatten()
            .filter(|&index| state.engine().contains(index))
            .collect();
        let same_as_strong = |index: usize| {
            strong.iter().any(|&other| {
                incidents[index].event_type == incidents[other].event_type
                    && AreaId::of(&incidents[index].place) == AreaId::of(&incidents[other].place)
            })
        };
        let enough = areas::MAX_OUTLINES + 1;
        let mut weak = if incidents.len() > Self::MAX_INCIDENTS {
            let mut seen = HashSet::new();
            let told_apart = marks.told_apart(state, 10 * enough).into_iter();
            let boxes = &mut self.boxes;
            let is_new = |index: &usize| {
                let incident = &incidents[*index];
                boxes.of(&incident.place).is_some_and(|bounds| is_seen(&bounds, transform))
                    && AreaId::of(&incident.place).is_some_and(|id| seen.insert((id, incident.event_type)))
            };
            told_apart.filter(is_new).take(enough).collect()
        } else {
            self.shown(state, transform, enough)
        };
        if weak.len() > areas::MAX_OUTLINES {
            weak.clear();
        }
        weak.retain(|&index| !same_as_strong(index));
        let request = |index: usize, strong: bool| {
            let incident = &incidents[index];
            let color = theme::color(state.dataset().event_types[incident.event_type].color);
            AreaRequest { index, incident, color, strong }
        };
        let mut requests: Vec<AreaRequest<'a>> =
            weak.into_iter().map(|index| request(index, false)).collect();
        requests.extend(strong.into_iter().map(|index| request(index, true)));
        requests
    }
}

/// Whether an area is on the map, and larger there than a marker. Before the map was laid out, every area is.
fn is_seen(bounds: &Bounds, transform: Option<&MapTransform>) -> bool {
    transform.is_none_or(|transform| transform.shows(*bounds) && areas::is_seen(*bounds, transform))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use eframe::egui::{Rect, pos2, vec2};

    use super::*;
    use crate::geo::LonLat;
    use crate::query::Columns;
    use crate::state::Command;
    use crate::state::view::View;
    use crate::testing::{dataset_of, incident_at};

    /// Circles of 50 km at these longitudes on the equator, each of a type of its own.
    fn state(lons_deg: &[f64]) -> AppState {
        let incidents = lons_deg.iter().enumerate().map(|(n, &lon_deg)| {
            let mut incident = incident_at(&n.to_string(), n, lon_deg, 0.0);
            incident.place.radius_m = Some(50_000.0);
            incident
        });
        AppState::new(Arc::new(dataset_of(lons_deg.len(), incidents.collect())))
    }

    fn map_at(lon_deg: f64) -> MapTransform {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        MapTransform::new(rect, View { center: LonLat::new(lon_deg, 0.0), zoom: 6.0 })
    }

    fn drawn(groups: &mut AreaGroups, state: &AppState, transform: &MapTransform) -> Vec<usize> {
        let requests = groups.requests(state, &ViewMarks::default(), None, Some(transform));
        requests.iter().map(|request| request.index).collect()
    }

    #[test]
    fn areas_are_looked_for_once_and_again_when_map_filter_or_dataset_change() {
        let mut state = state(&[0.0, 1.0, 90.0]);
        let mut groups = AreaGroups::default();
        assert_eq!(drawn(&mut groups, &state, &map_at(0.0)), [0, 1]);
        let kept = |groups: &AreaGroups| groups.kept.as_ref().map(|kept| kept.incidents.as_ptr());
        let first = kept(&groups);
        assert_eq!(drawn(&mut groups, &state, &map_at(0.0)), [0, 1]);
        assert!(first.is_some() && kept(&groups) == first, "nothing has changed");
        assert_eq!(drawn(&mut groups, &state, &map_at(90.0)), [2]);
        state.apply(Command::SetTypeShown { event_type: 0, shown: false });
        assert_eq!(drawn(&mut groups, &state, &map_at(0.0)), [1]);
        let other = dataset_of(1, vec![state.dataset().incidents[0].clone()]);
        let columns = Arc::new(Columns::of(&other));
        state.replace_dataset(Arc::new(other), columns, None);
        assert_eq!(drawn(&mut groups, &state, &map_at(0.0)), [0]);
    }
}
