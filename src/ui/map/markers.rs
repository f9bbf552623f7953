//! Markers and rings: what stands on the map for one incident or for several, and how the pointer meets them.

use std::sync::Arc;

use eframe::egui::{
    Color32, CursorIcon, Galley, Id, Painter, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2,
    WidgetInfo, vec2,
};

use super::labels::{Taken, beside, paint_with_halo};
use super::motion::Motion;
use super::rings::Rings;
use super::transform::MapTransform;
use crate::geo::Bounds;
use crate::locale;
use crate::model::{Dataset, Incident};
use crate::query::{Cluster, Clusters, Members, SINGLE_RADIUS_PX, TYPE_COUNTS};
use crate::state::{AppState, LabelLanguage};
use crate::t;
use crate::ui::bidi;
use crate::ui::symbol;
use crate::ui::theme::{self, Palette};
use crate::words::number;

/// A marker or ring on the screen.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Where it stands, in points.
    pub pos: Pos2,
    /// Radius of what is drawn, in points.
    pub radius_px: f32,
    cluster: Cluster,
}

/// The markers and rings of the view, kept until the filter or the view changes.
#[derive(Debug, Default)]
pub struct ViewMarks {
    clusters: Clusters,
    /// What the clusters were found for.
    key: Option<(u64, MapTransform)>,
    motion: Motion,
    /// The generation of the state's dataset whose marks these are.
    generation: u64,
}

impl ViewMarks {
    /// Finds what stands on the map in this view. With `still` nothing glides.
    pub fn update(&mut self, state: &AppState, transform: &MapTransform, now_s: f64, still: bool) {
        if self.generation != state.generation() {
            // Incidents of another dataset have the same numbers: nothing became of the ones before.
            *self = Self { generation: state.generation(), ..Self::default() };
        }
        let key = (state.revision(), *transform);
        if self.key == Some(key) {
            return;
        }
        let view = transform.query();
        state.engine().clusters(&view, ring_radius_px, &mut self.clusters);
        let moved_only = self
            .key
            .is_some_and(|(revision, before)| revision == key.0 && before.world_px == transform.world_px);
        let first = self.key.is_none();
        if moved_only {
            self.motion.follow(self.clusters.as_slice());
        } else {
            self.motion.update(self.clusters.as_slice(), transform.world_px, now_s, still || first);
        }
        self.key = Some(key);
    }

    /// The revision of the state and the view that the marks were found for.
    #[must_use]
    pub fn found_for(&self) -> Option<(u64, MapTransform)> {
        self.key
    }

    /// Whether anything is still gliding into place.
    #[must_use]
    pub fn is_moving(&self, now_s: f64) -> bool {
        self.motion.is_moving(now_s)
    }

    /// The marks on or near the screen: single incidents in the order of the list, then rings.
    #[must_use]
    pub fn marks(&self, transform: &MapTransform, now_s: f64) -> Vec<Mark> {
        let near = transform.rect.expand(40.0);
        let mut marks: Vec<Mark> = self
            .clusters
            .iter()
            .map(|cluster| Mark {
                pos: transform.to_screen(self.motion.position(cluster, now_s)),
                radius_px: if cluster.count == 1 { SINGLE_RADIUS_PX } else { ring_radius_px(cluster.count) },
                cluster: cluster.clone(),
            })
            .filter(|mark| near.contains(mark.pos))
            .collect();
        marks.sort_by_key(|mark| (mark.cluster.incident.is_none(), mark.cluster.incident, mark.cluster.key));
        marks
    }

    /// Whom a mark stands for.
    #[must_use]
    pub fn members(&self, mark: &Mark) -> Members {
        self.clusters.members(&mark.cluster)
    }

    /// The box around whom a mark stands for.
    #[must_use]
    pub fn bounds_of(&self, state: &AppState, mark: &Mark) -> Option<Bounds> {
        state.engine().bounds_of(&self.members(mark), mark.cluster.center)
    }

    /// What tells the mark that stands for this incident, maybe among others.
    #[must_use]
    pub fn holding(&self, state: &AppState, incident: Option<usize>) -> Option<Id> {
        let incident = incident.filter(|&incident| state.engine().contains(incident))?;
        self.clusters.holding(state.engine().columns(), incident).map(id_of)
    }

    /// Up to `count` incidents that stand on the map by themselves or in small rings.
    #[must_use]
    pub fn told_apart(&self, state: &AppState, count: usize) -> Vec<usize> {
        /// In a larger ring nobody looks for single areas.
        const SMALL_RING: u32 = 24;
        let small = self.clusters.iter().filter(|cluster| cluster.count <= SMALL_RING);
        small
            .flat_map(|cluster| {
                state.engine().members(&self.clusters.members(cluster), 0, SMALL_RING as usize)
            })
            .take(count)
            .collect()
    }
}

/// Radius of a ring for so many incidents, in points: it grows with the order of magnitude.
fn ring_radius_px(count: u32) -> f32 {
    let magnitude = (count.max(1) as f32).log10();
    16.0 + 0.8 * magnitude + 7.0 * (magnitude - 3.0).max(0.0)
}

fn id_of(cluster: &Cluster) -> Id {
    Id::unique(("mark", cluster.key, cluster.count > 1))
}

impl Mark {
    /// The marker of one incident, whatever stands around it; `None` where the map has no place for it.
    #[must_use]
    pub fn of_incident(state: &AppState, transform: &MapTransform, index: usize) -> Option<Self> {
        let cluster = state.engine().single(index)?;
        Some(Self { pos: transform.to_screen(cluster.center), radius_px: SINGLE_RADIUS_PX, cluster })
    }

    /// What a screen reader says: "Tetkino: armed clash, contested", or what a ring is made of.
    #[must_use]
    pub fn accessible_name(&self, dataset: &Dataset) -> String {
        if let Some(index) = self.incident() {
            return incident_name(dataset, index);
        }
        let parts: Vec<String> = self
            .shares()
            .map(|(n, count)| t!("ring-share", label = share_label(dataset, n), count = count as usize))
            .collect();
        t!("ring-name", count = self.count(), shares = parts.join(t!("ring-and")))
    }

    /// How many incidents it stands for.
    #[must_use]
    pub fn count(&self) -> usize {
        self.cluster.count as usize
    }

    /// The incident, if it stands for one.
    #[must_use]
    pub fn incident(&self) -> Option<usize> {
        self.cluster.incident
    }

    /// Whether no zoom can part the members.
    #[must_use]
    pub fn is_one_spot(&self) -> bool {
        self.cluster.is_one_spot
    }

    /// Each part of the event types that occurs, with its count.
    fn shares(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        self.cluster.types.iter().copied().enumerate().filter(|(_, count)| *count > 0)
    }

    /// The square that reacts to the pointer.
    #[must_use]
    pub fn rect(&self) -> Rect {
        Rect::from_center_size(self.pos, Vec2::splat(2.0 * self.radius_px + 2.0))
    }

    /// Puts the mark into the frame's widgets, so that pointer, keyboard and screen reader find it.
    #[must_use]
    pub fn interact(&self, ui: &Ui, dataset: &Dataset, selected: bool) -> Response {
        let response =
            ui.interact(self.rect(), self.id(), Sense::click()).on_hover_cursor(CursorIcon::PointingHand);
        response.widget_info(|| {
            WidgetInfo::selected(Role::Button, true, selected, self.accessible_name(dataset))
        });
        response
    }

    /// What tells it from all other marks, from frame to frame.
    #[must_use]
    pub fn id(&self) -> Id {
        id_of(&self.cluster)
    }

    /// Draws the mark. `growth` is 0 to 1: how far it is pointed out.
    pub fn paint(
        &self,
        painter: &Painter,
        dataset: &Dataset,
        palette: &Palette,
        rings: &mut Rings,
        selected: bool,
        growth: f32,
    ) {
        let scale = 1.0 + 0.12 * growth + if selected { 0.15 } else { 0.0 };
        let radius = self.radius_px * scale;
        let event_type =
            self.incident().map(|index| &dataset.event_types[dataset.incidents.at(index).event_type]);
        let accent = event_type.map_or(palette.accent, |event_type| theme::color(event_type.color));
        if selected {
            let (ground, line) = palette.halo(accent);
            painter.circle(self.pos, radius + 5.0, ground, line);
        }
        if let Some(event_type) = event_type {
            let shadow = Color32::from_black_alpha(45);
            painter.circle_filled(self.pos + vec2(0.0, 1.0), radius + 1.5, shadow);
            painter.circle_filled(self.pos, radius, palette.rim);
            let disc = radius - theme::MARKER_RIM;
            painter.circle_filled(self.pos, disc, accent);
            symbol::paint(painter, event_type.symbol, self.pos, disc * 0.5, theme::shape_on(accent));
        } else {
            self.paint_ring(painter, dataset, palette, radius, rings);
        }
    }

    /// Draws the line around a mark that has the keyboard's focus, outside its halo if it is `selected`, too.
    pub fn paint_focus(&self, painter: &Painter, palette: &Palette, selected: bool) {
        let radius = self.radius_px * 1.3 + if selected { 8.0 } else { 2.0 };
        painter.circle_stroke(self.pos, radius, Stroke::new(theme::FOCUS_WIDTH, palette.accent));
    }

    fn paint_ring(
        &self,
        painter: &Painter,
        dataset: &Dataset,
        palette: &Palette,
        radius: f32,
        rings: &mut Rings,
    ) {
        let color = |part: usize| {
            if is_rest(dataset, part) { palette.weak } else { theme::color(dataset.event_types[part].color) }
        };
        let sectors = self.shares().map(|(part, count)| (color(part), count)).collect();
        rings.paint(painter, palette, self.pos, radius, sectors);
        let size = if radius > 24.0 { theme::BODY_SIZE } else { theme::SMALL_SIZE };
        let galley =
            painter.layout_no_wrap(short_count(self.count()), theme::semibold(size), palette.on_ring);
        painter.galley(self.pos - galley.size() / 2.0, galley, palette.on_ring);
    }

    /// Finds room for the name beside a single marker and takes it. `None` for rings, and where there is no room.
    pub fn place_label(
        &self,
        painter: &Painter,
        dataset: &Dataset,
        palette: &Palette,
        taken: &mut Taken,
        language: LabelLanguage,
        selected: bool,
    ) -> Option<PlacedLabel> {
        /// A name that is a novel is no label; the list and the panel show it in full.
        const MAX_CHARS: usize = 40;
        let index = self.incident()?;
        let place = &dataset.incidents.at(index).place;
        let can_write = |name: &&String| {
            painter.fonts_mut(|fonts| fonts.has_glyphs(&theme::semibold(theme::BODY_SIZE), name))
        };
        let local = place.local_name.as_ref().filter(|_| language == LabelLanguage::Local).filter(can_write);
        let name = local.unwrap_or(&place.name);
        let in_line = |c: char| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c };
        let mut text: String = name.chars().take(MAX_CHARS).map(in_line).collect();
        if name.chars().nth(MAX_CHARS).is_some() {
            text.push('…');
        }
        let text = bidi::line(&text).into_owned();
        let galley = painter.layout_no_wrap(text, theme::semibold(theme::BODY_SIZE), palette.text);
        let screen = painter.clip_rect();
        let rect = beside(self.pos, galley.size(), self.radius_px + if selected { 11.0 } else { 5.0 })
            .into_iter()
            .find(|rect| screen.contains_rect(*rect) && taken.is_free(*rect))?;
        taken.add(rect.expand(1.0));
        Some(PlacedLabel { top_left: rect.min, galley })
    }
}

/// A marker's name with the place that was found for it.
pub struct PlacedLabel {
    top_left: Pos2,
    galley: Arc<Galley>,
}

impl PlacedLabel {
    /// Draws it.
    pub fn paint(&self, painter: &Painter, palette: &Palette) {
        paint_with_halo(painter, self.top_left, &self.galley, palette.text, palette.map.land);
    }
}

/// "Tetkino: armed clash, contested".
#[must_use]
pub fn incident_name(dataset: &Dataset, index: usize) -> String {
    let incident: &Incident = &dataset.incidents.at(index);
    let event_type = dataset.event_types[incident.event_type].label.to_lowercase();
    let status = incident.status.label().to_lowercase();
    t!("marker-name", place = &incident.place.name, type = event_type, status = status)
}

/// `12`, `1.2k`, `136k`, `2.1M`.
#[must_use]
pub fn short_count(count: usize) -> String {
    let scaled = |unit: usize, suffix: char| {
        let tenths = count * 10 / unit;
        if tenths < 100 && !tenths.is_multiple_of(10) {
            format!("{}{suffix}", locale::reader().decimal(tenths as f64 / 10.0, 1))
        } else {
            format!("{}{suffix}", tenths / 10)
        }
    };
    match count {
        0..=999 => number(count),
        1000..=999_999 => scaled(1000, 'k'),
        _ => scaled(1_000_000, 'M'),
    }
}

/// Whether this part of a ring is made of all the event types that are not counted apart.
fn is_rest(dataset: &Dataset, part: usize) -> bool {
    part + 1 == TYPE_COUNTS && dataset.event_types.len() > TYPE_COUNTS
}

fn share_label(dataset: &Dataset, part: usize) -> &str {
    if is_rest(dataset, part) { t!("ring-rest") } else { &dataset.event_types[part].label }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::{LonLat, UnitPoint};
    use crate::query::Columns;
    use crate::state::View;
    use crate::testing::{dataset_of, incident_at};
    use eframe::egui::pos2;

    #[test]
    fn a_marker_is_as_large_as_the_clusters_leave_room_for() {
        assert_eq!(theme::MARKER_RADIUS + theme::MARKER_RIM, SINGLE_RADIUS_PX);
    }

    #[test]
    fn marks_of_another_dataset_do_not_glide_from_those_before() {
        let dataset = |east| Arc::new(dataset_of(1, vec![incident_at("a", 0, 30.0 + east, 50.0)]));
        let mut state = AppState::new(dataset(0.0));
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        let at = |zoom| MapTransform::new(rect, View { center: LonLat::new(30.0, 50.0), zoom });
        let mut marks = ViewMarks::default();
        marks.update(&state, &at(8.0), 0.0, false);
        let other = dataset(0.1);
        drop(state.replace_dataset(Arc::clone(&other), Arc::new(Columns::of(&other)), None));
        marks.update(&state, &at(9.0), 1.0, false);
        assert!(!marks.is_moving(1.0));
    }

    #[test]
    fn counts_are_short_enough_for_a_ring() {
        for (count, text) in [
            (2, "2"),
            (819, "819"),
            (1000, "1k"),
            (1260, "1.2k"),
            (9999, "9.9k"),
            (136_400, "136k"),
            (2_100_000, "2.1M"),
        ] {
            assert_eq!(short_count(count), text);
        }
    }

    #[test]
    fn a_mark_says_what_it_stands_for() {
        let incidents = vec![incident_at("a", 0, 0.0, 0.0), incident_at("b", 1, 0.0, 0.0)];
        let dataset = dataset_of(2, incidents);
        let mut cluster = Cluster::single(0, UnitPoint { x: 0.5, y: 0.5 });
        let mark = |cluster: &Cluster| Mark { pos: pos2(0.0, 0.0), radius_px: 1.0, cluster: cluster.clone() };
        assert_eq!(mark(&cluster).accessible_name(&dataset), "Place a: type 0, unverified");
        cluster.incident = None;
        cluster.count = 3;
        cluster.types[0] = 1;
        cluster.types[1] = 2;
        assert_eq!(mark(&cluster).accessible_name(&dataset), "3 incidents: Type 0 1, Type 1 2");
    }

    #[test]
    fn event_types_past_those_that_are_counted_apart_are_other() {
        let names = |types: usize| {
            let dataset = dataset_of(types, Vec::new());
            share_label(&dataset, TYPE_COUNTS - 1).to_owned()
        };
        assert_eq!(names(TYPE_COUNTS), "Type 16", "the only one of the rest has its name");
        assert_eq!(names(65_000), "other");
    }
}
