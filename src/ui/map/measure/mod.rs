//! Measuring along clicks: each adds a point, and the lengths of the legs, their sum and the bearing of the last leg
//! stand beside the line, which is the geodesic. By keyboard, Enter adds the middle of the map.
//!
//! Nothing that was measured is part of the state: it belongs to the map's panel, as an open list does.

mod line;
mod panel;

pub(super) use self::line::cross;

use eframe::egui::{CursorIcon, Key, Modifiers, Popup, Pos2, Rect, Role, Sense, Ui, WidgetInfo};

use super::transform::MapTransform;
use crate::geo::geodesic::Leg;
use crate::geo::written::rounded;
use crate::geo::{LonLat, MILE_M, UnitPoint, compass_point};
use crate::locale;
use crate::state::Command;
use crate::t;
use crate::ui::accessibility::announce_as;

/// A click nearer than this to the last point is none: the second one of a double click, in points.
const SAME_SPOT_PX: f32 = 3.0;

/// The tool, and what was measured with it.
#[derive(Debug, Default)]
pub struct Measure {
    /// What is being measured; `None` while the tool is away.
    path: Option<Path>,
}

/// Points and the ways between them.
#[derive(Debug, Default, PartialEq)]
struct Path {
    spots: Vec<Spot>,
    /// One fewer than there are points.
    legs: Vec<Traced>,
}

/// A point, and how exactly it was set.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Spot {
    position: LonLat,
    /// What a point on the screen was long, in metres.
    pixel_m: f64,
    /// The same in degrees.
    pixel_deg: f64,
}

/// A leg with its line on the map.
#[derive(Debug, PartialEq)]
struct Traced {
    leg: Leg,
    trace: Vec<UnitPoint>,
    /// How exactly its length is known, in metres.
    pixel_m: f64,
}

impl Spot {
    fn new(position: LonLat, transform: &MapTransform) -> Self {
        Self {
            position,
            pixel_m: 1.0 / transform.px_per_m(position.lat_deg),
            pixel_deg: transform.pixel_deg(),
        }
    }
}

impl Path {
    fn add(&mut self, spot: Spot) {
        if let Some(last) = self.spots.last() {
            let leg = Leg::between(last.position, spot.position);
            let pixel_m = last.pixel_m.max(spot.pixel_m);
            self.legs.push(Traced { leg, trace: leg.trace(), pixel_m });
        }
        self.spots.push(spot);
    }

    fn take_back(&mut self) {
        self.spots.pop();
        self.legs.pop();
    }

    /// The sum of all legs, and how exactly it is known, in metres.
    fn total_m(&self) -> (f64, f64) {
        let pixel_m = self.legs.iter().map(|traced| traced.pixel_m).fold(0.0, f64::max);
        (self.legs.iter().map(|traced| traced.leg.distance_m).sum(), pixel_m)
    }

    /// All of it as text: each point, each leg, the sum.
    fn to_text(&self) -> String {
        let mut lines: Vec<String> = self
            .spots
            .iter()
            .enumerate()
            .map(|(n, spot)| {
                let position = spot.position.to_plain_text(spot.pixel_deg);
                match n.checked_sub(1).and_then(|before| self.legs.get(before)) {
                    Some(traced) => {
                        let length = length_text(traced.leg.distance_m, traced.pixel_m);
                        let bearing = bearing_text(&traced.leg);
                        t!("measured-leg", position = position, length = length, bearing = bearing)
                    }
                    None => position,
                }
            })
            .collect();
        if self.legs.len() > 1 {
            let (length_m, pixel_m) = self.total_m();
            lines.push(t!("measured-total", length = length_text(length_m, pixel_m)));
        }
        lines.push(String::new());
        lines.join("\n")
    }

    /// What a screen reader says of it.
    fn announcement(&self) -> String {
        match self.legs.last() {
            None => t!("measure-points", count = self.spots.len()),
            Some(traced) => {
                let (length_m, pixel_m) = self.total_m();
                let last = length_text(traced.leg.distance_m, traced.pixel_m);
                let total = length_text(length_m, pixel_m);
                t!("measure-says", last = last, bearing = bearing_text(&traced.leg), total = total)
            }
        }
    }
}

/// A length in kilometres and miles, or metres and feet, no more exact than a point on the screen: `148.2 km · 92.1 mi`.
fn length_text(length_m: f64, pixel_m: f64) -> String {
    /// International foot.
    const FOOT_M: f64 = 0.3048;
    let written = |unit_m: f64| {
        let (length, decimals) = rounded(length_m / unit_m, pixel_m / unit_m);
        locale::reader().decimal(length, decimals)
    };
    let metric = if length_m >= 1000.0 {
        t!("length-km", length = written(1000.0))
    } else {
        t!("length-m", length = written(1.0))
    };
    let imperial = if length_m >= MILE_M {
        t!("length-mi", length = written(MILE_M))
    } else {
        t!("length-ft", length = written(FOOT_M))
    };
    t!("measure-length", metric = metric, imperial = imperial)
}

/// The bearing in which a leg begins: `82° E`.
fn bearing_text(leg: &Leg) -> String {
    // 359.7 is north, not 360.
    let degrees = leg.bearing_deg.round() as usize % 360;
    t!("measure-bearing", degrees = degrees.to_string(), wind = compass_point(leg.bearing_deg))
}

impl Measure {
    /// Whether clicks on the map measure.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.path.is_some()
    }

    /// Takes the tool out, or puts it away.
    pub fn toggle(&mut self) {
        self.path = if self.is_active() { None } else { Some(Path::default()) };
    }

    /// Puts the tool away; says whether it was out.
    pub fn end(&mut self) -> bool {
        self.path.take().is_some()
    }

    /// Adds a point; the first one where the tool was away.
    pub fn add(&mut self, position: LonLat, transform: &MapTransform) {
        self.path.get_or_insert_default().add(Spot::new(position, transform));
    }

    /// Draws the line and what is known of it, over the markers, and takes clicks on the map and keys.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        transform: &MapTransform,
        map_has_focus: bool,
        commands: &mut Vec<Command>,
    ) {
        let Some(path) = &mut self.path else { return };
        take_keys(ui, path, transform, map_has_focus);
        // Over markers, so that they do not answer instead; drags and the wheel still reach the map below.
        let id = ui.scope_id().with("measure");
        let response = ui.interact(transform.rect, id, Sense::CLICK);
        response.widget_info(|| WidgetInfo::labeled(Role::Pane, true, t!("measure-ground")));
        let pointer = response.hover_pos().map(|pos| Spot::new(transform.to_lon_lat(pos), transform));
        if response.clicked()
            && let Some(pos) = response.interact_pointer_pos()
            && !is_repeated(path, pos, transform)
        {
            path.add(Spot::new(transform.to_lon_lat(pos), transform));
        }
        response.on_hover_cursor(CursorIcon::Crosshair);
        line::paint(ui, path, pointer, transform);
        announce_as(ui, "measured", &path.announcement());
        if panel::show(ui, path, transform.rect, commands) {
            self.path = None;
        }
    }

    /// Where labels of the map's own would be hidden.
    #[must_use]
    pub fn taken(&self, map: Rect) -> Option<Rect> {
        self.is_active().then(|| panel::rect(map))
    }
}

/// Whether the last point was set here already.
fn is_repeated(path: &Path, pos: Pos2, transform: &MapTransform) -> bool {
    path.spots
        .last()
        .is_some_and(|last| transform.to_screen(last.position.to_unit()).distance(pos) < SAME_SPOT_PX)
}

/// Enter adds the middle of the map, Backspace takes a point back. Keys of a control, a field or a menu are theirs.
fn take_keys(ui: &Ui, path: &mut Path, transform: &MapTransform, map_has_focus: bool) {
    let ctx = ui.ctx();
    let (focused, is_covered) =
        ctx.memory(|memory| (memory.focused().is_some(), memory.top_modal_layer().is_some()));
    if is_covered || Popup::is_any_open(ctx) || (focused && !map_has_focus) {
        return;
    }
    let presses = |key: Key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
    for _ in 0..presses(Key::Backspace) {
        path.take_back();
    }
    if presses(Key::Enter) > 0 && !is_repeated(path, transform.rect.center(), transform) {
        path.add(Spot::new(transform.center.to_lon_lat(), transform));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::view::View;
    use eframe::egui::{pos2, vec2};

    fn transform(zoom: f64) -> MapTransform {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        MapTransform::new(rect, View { center: LonLat::new(36.4, 51.2), zoom })
    }

    fn belgorod_kursk_voronezh(zoom: f64) -> Measure {
        let mut measure = Measure::default();
        for (lon, lat) in [(36.5873, 50.5956), (36.1926, 51.7304), (39.2003, 51.6605)] {
            measure.add(LonLat::new(lon, lat), &transform(zoom));
        }
        measure
    }

    #[test]
    fn what_is_measured_is_as_exact_as_the_map() {
        let text = |zoom| belgorod_kursk_voronezh(zoom).path.unwrap().to_text();
        assert_eq!(
            text(9.0),
            "50.60, 36.59\n51.73, 36.19: 129.2 km · 80.3 mi, bearing 348° N\n\
             51.66, 39.20: 208.1 km · 129.3 mi, bearing 91° E\nTotal: 337.3 km · 209.6 mi\n"
        );
        assert!(
            text(3.0).starts_with("50.6, 36.6\n51.7, 36.2: 130 km · 80 mi, bearing 348° N\n"),
            "{}",
            text(3.0)
        );
    }

    #[test]
    fn points_are_taken_back_one_by_one_down_to_none() {
        let mut path = belgorod_kursk_voronezh(9.0).path.unwrap();
        for (spots, legs) in [(2, 1), (1, 0), (0, 0), (0, 0)] {
            path.take_back();
            assert_eq!((path.spots.len(), path.legs.len()), (spots, legs));
        }
        assert_eq!(path, Path::default());
    }

    #[test]
    fn short_lengths_are_in_metres_and_feet() {
        assert_eq!(length_text(999.0, 1.0), "999 m · 3\u{202f}280 ft");
        assert_eq!(length_text(1500.0, 10.0), "1.50 km · 4\u{202f}900 ft");
        assert_eq!(length_text(0.0, 1.0), "0 m · 0 ft");
    }

    #[test]
    fn a_bearing_just_short_of_north_is_north() {
        let leg = Leg { bearing_deg: 359.7, ..Leg::between(LonLat::new(0.0, 0.0), LonLat::new(0.0, 1.0)) };
        assert_eq!(bearing_text(&leg), "0° N");
    }
}
