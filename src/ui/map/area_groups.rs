//! Which areas are drawn: the regions, circles and discs that incidents in view are known to, each once for a colour.

use std::collections::{HashMap, HashSet};

use super::areas::{self, AreaId, AreaRequest};
use super::markers::ViewMarks;
use super::transform::MapTransform;
use crate::geo::Bounds;
use crate::model::{Dataset, Incident};
use crate::state::AppState;
use crate::ui::theme;

/// The areas of the incidents, each once for a colour.
#[derive(Default)]
pub(super) struct AreaGroups {
    /// The generation of the state's dataset that they were worked out for.
    generation: Option<u64>,
    groups: Vec<AreaGroup>,
    /// The areas of the view that were found last, by an incident of each, and what for.
    kept: Option<(AreasKey, Vec<usize>)>,
}

/// What the areas of a view depend on: the answer, which no two datasets share, the view, and the marks.
type AreasKey = (u64, Option<MapTransform>, Option<(u64, MapTransform)>);

/// In larger datasets, and where incidents are read back from the file, only the areas of incidents that the map tells
/// apart are looked for.
const MAX_INCIDENTS: usize = 20_000;

/// All incidents, where they are few and at hand.
fn few(dataset: &Dataset) -> Option<&[Incident]> {
    dataset.incidents.in_memory().filter(|incidents| incidents.len() <= MAX_INCIDENTS)
}

/// Incidents of one event type that stand for one area.
struct AreaGroup {
    bounds: Bounds,
    /// Ascending, never empty.
    members: Vec<usize>,
}

impl AreaGroups {
    fn regroup(&mut self, state: &AppState) {
        let dataset = state.dataset();
        if self.generation == Some(state.generation()) {
            return;
        }
        self.generation = Some(state.generation());
        self.groups.clear();
        let Some(incidents) = few(dataset) else { return };
        let mut places: HashMap<(AreaId, usize), usize> = HashMap::new();
        for (index, incident) in incidents.iter().enumerate() {
            let Some(id) = AreaId::of(&incident.place) else { continue };
            let Some(bounds) = areas::bounds_of(&incident.place) else { continue };
            let next = self.groups.len();
            let at = *places.entry((id, incident.event_type)).or_insert(next);
            if at == next {
                self.groups.push(AreaGroup { bounds, members: Vec::new() });
            }
            self.groups[at].members.push(index);
        }
    }

    /// An incident of each area that the filter shows and that `on_screen` accepts, at most `count`.
    fn shown(&self, state: &AppState, on_screen: impl Fn(&Bounds) -> bool, count: usize) -> Vec<usize> {
        let shown = |group: &&AreaGroup| on_screen(&group.bounds);
        let member =
            |group: &AreaGroup| group.members.iter().copied().find(|&index| state.engine().contains(index));
        self.groups.iter().filter(shown).filter_map(member).take(count).collect()
    }

    /// An incident of each area that is on the screen; none where they are too many.
    fn in_view(&mut self, state: &AppState, marks: &ViewMarks, transform: Option<&MapTransform>) -> &[usize] {
        let key = (state.revision(), transform.copied(), marks.found_for());
        if self.kept.as_ref().is_none_or(|(kept, _)| *kept != key) {
            let found = self.find(state, marks, transform);
            self.kept = Some((key, found));
        }
        self.kept.as_ref().map_or(&[], |(_, found)| found)
    }

    fn find(&mut self, state: &AppState, marks: &ViewMarks, transform: Option<&MapTransform>) -> Vec<usize> {
        let incidents = &state.dataset().incidents;
        let is_seen = |bounds: &Bounds| {
            transform.is_none_or(|transform| transform.shows(*bounds) && areas::is_seen(*bounds, transform))
        };
        let enough = areas::MAX_OUTLINES + 1;
        let mut found = if few(state.dataset()).is_none() {
            let mut seen = HashSet::new();
            let told_apart = marks.told_apart(state, 10 * enough).into_iter();
            let is_new = |index: &usize| {
                let incident = incidents.at(*index);
                areas::bounds_of(&incident.place).is_some_and(|bounds| is_seen(&bounds))
                    && AreaId::of(&incident.place).is_some_and(|id| seen.insert((id, incident.event_type)))
            };
            told_apart.filter(is_new).take(enough).collect()
        } else {
            self.shown(state, is_seen, enough)
        };
        if found.len() > areas::MAX_OUTLINES {
            found.clear();
        }
        found
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
                incidents.at(index).event_type == incidents.at(other).event_type
                    && AreaId::of(&incidents.at(index).place) == AreaId::of(&incidents.at(other).place)
            })
        };
        let mut weak = self.in_view(state, marks, transform).to_vec();
        weak.retain(|&index| !same_as_strong(index));
        let request = |index: usize, strong: bool| {
            let incident = incidents.at(index);
            let color = theme::color(state.dataset().event_types[incident.event_type].color);
            AreaRequest { index, incident, color, strong }
        };
        let mut requests: Vec<AreaRequest<'a>> =
            weak.into_iter().map(|index| request(index, false)).collect();
        requests.extend(strong.into_iter().map(|index| request(index, true)));
        // What the file draws says more than a disc.
        requests.retain(|request| state.dataset().shapes_of(request.index).is_empty());
        requests
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use eframe::egui::{Rect, pos2, vec2};

    use super::*;
    use crate::geo::LonLat;
    use crate::model::Precision;
    use crate::query::Columns;
    use crate::state::{Command, View};
    use crate::testing::{dataset_of, incident_at};

    #[test]
    fn areas_that_are_kept_follow_the_view_the_filter_and_the_dataset() {
        let dataset = |longitudes: [f64; 2]| {
            let incident = |n: usize| {
                let mut incident = incident_at(&n.to_string(), n, longitudes[n], 50.0);
                incident.place.precision = Precision::District;
                incident
            };
            Arc::new(dataset_of(2, vec![incident(0), incident(1)]))
        };
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 300.0));
        let mut groups = AreaGroups::default();
        let mut drawn = |state: &AppState, lon_deg: f64| -> Vec<usize> {
            let transform = MapTransform::new(rect, View { center: LonLat::new(lon_deg, 50.0), zoom: 9.0 });
            let requests = groups.requests(state, &ViewMarks::default(), None, Some(&transform));
            requests.iter().map(|request| request.index).collect()
        };
        let mut state = AppState::new(dataset([10.0, 20.0]));
        assert_eq!(
            (drawn(&state, 10.0), drawn(&state, 10.0), drawn(&state, 20.0)),
            (vec![0], vec![0], vec![1])
        );
        state.apply(Command::SetTypeShown { event_type: 1, shown: false });
        assert!(drawn(&state, 20.0).is_empty());
        let other = dataset([20.0, 10.0]);
        drop(state.replace_dataset(Arc::clone(&other), Arc::new(Columns::of(&other)), None));
        assert_eq!(drawn(&state, 20.0), [0]);
    }
}
