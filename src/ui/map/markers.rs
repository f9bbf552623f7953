//! Markers and rings: what stands on the map for one incident or for several, and how the pointer meets them.

use std::sync::Arc;

use eframe::egui::{
    Color32, CursorIcon, Galley, Id, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, Vec2,
    WidgetInfo, vec2,
};

use super::labels::{Taken, beside, paint_with_halo};
use super::transform::MapTransform;
use crate::geo::UnitPoint;
use crate::locale;
use crate::model::{Dataset, Incident};
use crate::query::cluster::{Cluster, clusters};
use crate::state::view::{View, WORLD_SIZE_AT_ZOOM_0};
use crate::state::{AppState, LabelLanguage};
use crate::t;
use crate::ui::symbol;
use crate::ui::theme::{self, Palette};
use crate::words::number;

/// Markers closer than this are merged, in points.
pub const MERGE_DISTANCE_PX: f64 = 2.0 * (theme::MARKER_RADIUS + theme::MARKER_RIM) as f64 + 4.0;
/// Thickness of a ring, in points.
const RING_WIDTH_PX: f32 = 5.0;

/// A marker or ring on the screen.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Where it stands, in points.
    pub pos: Pos2,
    /// Radius of what is drawn, in points.
    pub radius_px: f32,
    group: Arc<Group>,
}

/// What a mark stands for: worked out when the clusters are, shared by all frames until they change.
#[derive(Debug)]
struct Group {
    members: Vec<usize>,
    shares: Vec<(usize, usize)>,
    one_spot: bool,
}

/// The clusters of the shown incidents, kept until the filter or the zoom changes: panning merges nothing anew.
#[derive(Debug, Default)]
pub struct MarkCache {
    key: Option<(u64, u64)>,
    groups: Vec<(UnitPoint, Arc<Group>)>,
}

impl MarkCache {
    /// The marks on or near the screen.
    pub fn marks(&mut self, state: &AppState, transform: &MapTransform) -> Vec<Mark> {
        let key = (state.revision(), transform.zoom.to_bits());
        if self.key != Some(key) {
            self.key = Some(key);
            let position = |index: usize| state.dataset().incidents[index].place.position.to_unit();
            let points = state.matches().shown.iter().map(|&index| (index, position(index)));
            self.groups = clusters(points, MERGE_DISTANCE_PX / transform.world_px)
                .into_iter()
                .map(|cluster| (cluster.center, Arc::new(Group::new(state.dataset(), cluster, position))))
                .collect();
        }
        let near = transform.rect.expand(40.0);
        self.groups
            .iter()
            .map(|(center, group)| (transform.to_screen(*center), group))
            .filter(|(pos, _)| near.contains(*pos))
            .map(|(pos, group)| Mark {
                pos,
                radius_px: radius_px(group.members.len()),
                group: Arc::clone(group),
            })
            .collect()
    }
}

impl Group {
    fn new(dataset: &Dataset, cluster: Cluster, position: impl Fn(usize) -> UnitPoint) -> Self {
        // What is merged at the highest zoom is merged at every zoom.
        let always_merged = MERGE_DISTANCE_PX / (WORLD_SIZE_AT_ZOOM_0 * View::MAX_ZOOM.exp2());
        let one_spot = cluster.is_one_spot(position, always_merged);
        let mut counts = vec![0; dataset.event_types.len()];
        for &member in &cluster.members {
            counts[dataset.incidents[member].event_type] += 1;
        }
        let shares = counts.into_iter().enumerate().filter(|&(_, count)| count > 0).collect();
        Self { members: cluster.members, shares, one_spot }
    }
}

fn radius_px(members: usize) -> f32 {
    match members {
        1 => theme::MARKER_RADIUS + theme::MARKER_RIM,
        2..=99 => 17.0,
        100..=9999 => 20.0,
        _ => 23.0,
    }
}

impl Mark {
    /// What a screen reader says: "Tetkino: armed clash, contested", or what a ring is made of.
    #[must_use]
    pub fn accessible_name(&self, dataset: &Dataset) -> String {
        if let [index] = self.members()[..] {
            return incident_name(dataset, index);
        }
        let shares = &self.group.shares;
        let parts: Vec<String> = shares
            .iter()
            .map(|&(event_type, count)| {
                t!("ring-share", label = &dataset.event_types[event_type].label, count = count)
            })
            .collect();
        t!("ring-name", count = self.members().len(), shares = parts.join(t!("ring-and")))
    }

    /// The incidents that it stands for, ascending, never empty.
    #[must_use]
    pub fn members(&self) -> &[usize] {
        &self.group.members
    }

    /// Whether no zoom can part the members.
    #[must_use]
    pub fn is_one_spot(&self) -> bool {
        self.group.one_spot
    }

    /// Whether it stands for this incident, maybe among others.
    #[must_use]
    pub fn stands_for(&self, incident: Option<usize>) -> bool {
        incident.is_some_and(|incident| self.group.members.binary_search(&incident).is_ok())
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

    fn id(&self) -> Id {
        Id::unique(("mark", self.members()[0], self.members().len() > 1))
    }

    /// Draws the mark. `growth` is 0 to 1: how far it is pointed out.
    pub fn paint(
        &self,
        painter: &Painter,
        dataset: &Dataset,
        palette: &Palette,
        selected: bool,
        growth: f32,
    ) {
        let scale = 1.0 + 0.12 * growth + if selected { 0.15 } else { 0.0 };
        let accent = dataset.incidents[self.members()[0]].event_type;
        let accent = theme::color(dataset.event_types[accent].color);
        let radius = self.radius_px * scale;
        if selected {
            let (ground, line) = palette.halo(accent);
            painter.circle(self.pos, radius + 5.0, ground, line);
        }
        painter.circle_filled(self.pos + vec2(0.0, 1.0), radius + 1.5, Color32::from_black_alpha(45));
        if self.members().len() == 1 {
            painter.circle_filled(self.pos, radius, palette.rim);
            let disc = radius - theme::MARKER_RIM;
            painter.circle_filled(self.pos, disc, accent);
            let event_type = &dataset.event_types[dataset.incidents[self.members()[0]].event_type];
            symbol::paint(painter, event_type.symbol, self.pos, disc * 0.5, theme::shape_on(accent));
        } else {
            self.paint_ring(painter, dataset, palette, radius);
        }
    }

    /// Draws the line around a mark that has the keyboard's focus, outside its halo if it is `selected`, too.
    pub fn paint_focus(&self, painter: &Painter, palette: &Palette, selected: bool) {
        let radius = self.radius_px * 1.3 + if selected { 8.0 } else { 2.0 };
        painter.circle_stroke(self.pos, radius, Stroke::new(theme::FOCUS_WIDTH, palette.accent));
    }

    fn paint_ring(&self, painter: &Painter, dataset: &Dataset, palette: &Palette, radius: f32) {
        painter.circle_filled(self.pos, radius, palette.ring_inside);
        let total = self.members().len() as f32;
        let mut start = 0.0;
        for &(event_type, count) in &self.group.shares {
            let end = start + count as f32 / total;
            let color = theme::color(dataset.event_types[event_type].color);
            painter.add(arc(self.pos, radius - RING_WIDTH_PX / 2.0, start, end, color));
            start = end;
        }
        // Sectors in the colour of the ground still belong to a whole ring.
        for edge in [radius, radius - RING_WIDTH_PX] {
            painter.circle_stroke(self.pos, edge, Stroke::new(1.0, palette.ring_edge));
        }
        let text = short_count(self.members().len());
        let galley = painter.layout_no_wrap(text, theme::semibold(theme::SMALL_SIZE), palette.on_ring);
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
        let [index] = self.members()[..] else { return None };
        let place = &dataset.incidents[index].place;
        let can_write = |name: &&String| {
            painter.fonts_mut(|fonts| fonts.has_glyphs(&theme::semibold(theme::BODY_SIZE), name))
        };
        let local = place.local_name.as_ref().filter(|_| language == LabelLanguage::Local).filter(can_write);
        let name = local.unwrap_or(&place.name);
        let visible = |c: char| if c.is_control() { ' ' } else { c };
        let mut text: String = name.chars().take(MAX_CHARS).map(visible).collect();
        if name.chars().nth(MAX_CHARS).is_some() {
            text.push('…');
        }
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
    let incident: &Incident = &dataset.incidents[index];
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

/// A piece of a ring from one share of the circle to another, clockwise from the top.
fn arc(center: Pos2, radius: f32, from: f32, to: f32, color: Color32) -> Shape {
    let steps = ((to - from) * 64.0).ceil().max(2.0) as u16;
    let points = (0..=steps)
        .map(|n| {
            let turn = (from + (to - from) * f32::from(n) / f32::from(steps)) * std::f32::consts::TAU;
            center + radius * vec2(turn.sin(), -turn.cos())
        })
        .collect();
    Shape::line(points, Stroke::new(RING_WIDTH_PX, color))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{dataset_of, incident_at};
    use eframe::egui::pos2;

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
        let dataset = dataset_of(2, vec![incident_at("a", 0, 0.0, 0.0), incident_at("b", 1, 0.0, 0.0)]);
        let mark = |members: Vec<usize>| {
            let cluster = Cluster { center: UnitPoint { x: 0.5, y: 0.5 }, members };
            let group = Arc::new(Group::new(&dataset, cluster, |_| UnitPoint { x: 0.5, y: 0.5 }));
            Mark { pos: pos2(0.0, 0.0), radius_px: 1.0, group }
        };
        assert_eq!(mark(vec![0]).accessible_name(&dataset), "Place a: type 0, unverified");
        let mark = mark(vec![0, 1]);
        assert!(mark.is_one_spot() && mark.stands_for(Some(1)) && !mark.stands_for(None));
        assert_eq!(mark.accessible_name(&dataset), "2 incidents: Type 0 1, Type 1 1");
    }
}
