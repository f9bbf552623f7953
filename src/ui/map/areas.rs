//! The areas that incidents stand for: outlines of regions and countries, circles, and schematic discs.
//!
//! An incident that is known only to the region is drawn as that region, dashed and translucent, never as a bare
//! point. Outlines are tessellated once and kept on the GPU by walkers.

use std::collections::HashMap;

use eframe::egui::emath::TSTransform;
use eframe::egui::{Color32, Pos2, pos2};
use walkers::geo_types::{Coord, Geometry, LineString, Polygon};
use walkers::{Canvas, Drawable, Drawables, Float, Layer, Line, Projector, json};

use super::transform::MapTransform;
use crate::atlas;
use crate::geo::{Bounds, LonLat, UnitPoint};
use crate::model::{Held, Place};
pub use crate::state::area::{AreaId, AreaShape, area_of, bounds_of};
use crate::ui::theme::{self, Palette};

/// How many outlines are drawn on the screen at once without being asked for.
pub const MAX_OUTLINES: usize = 50;
/// How many tessellated outlines are kept.
const CACHE_CAPACITY: usize = 256;
/// Corners of a circle.
const CIRCLE_CORNERS: u16 = 96;
/// Local coordinates of an outline run to about this many units, so that 32-bit numbers are exact enough.
const LOCAL_SIZE: f64 = 4096.0;

/// Whether an area is larger on the screen than the marker that stands for it.
#[must_use]
pub fn is_seen(bounds: Bounds, transform: &MapTransform) -> bool {
    let width_px = bounds.width_deg() / 360.0 * transform.world_px;
    width_px > f64::from(2.0 * theme::MARKER_RADIUS)
}

/// What makes two drawn outlines the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    outline: AreaId,
    color: Color32,
    strong: bool,
    dark: bool,
}

/// A tessellated outline: `origin` and `scale` take its local coordinates to the unit square.
struct Outline {
    drawables: Drawables,
    origin: UnitPoint,
    unit_per_local: f64,
    last_used: u64,
}

/// Tessellated outlines by what they show.
#[derive(Default)]
pub struct Areas {
    outlines: HashMap<Key, Outline>,
    frame: u64,
}

/// One area to be drawn in this frame.
pub struct AreaRequest<'a> {
    /// Index of the incident.
    pub index: usize,
    /// Whose area it is.
    pub incident: Held<'a>,
    /// Colour of the incident's event type.
    pub color: Color32,
    /// Drawn stronger: selected or under the pointer.
    pub strong: bool,
}

impl Areas {
    /// The layer that draws these areas, weak ones first.
    pub fn layer<'a>(&'a mut self, requests: Vec<AreaRequest<'a>>, palette: &'a Palette) -> impl Layer + 'a {
        self.frame += 1;
        AreaLayer { areas: self, requests, palette }
    }

    fn outline(&mut self, request: &AreaRequest, palette: &Palette) -> Option<&Outline> {
        let place = &request.incident.place;
        let shape = area_of(place)?;
        let key = Key {
            outline: AreaId::of(place)?,
            color: request.color,
            strong: request.strong,
            dark: palette.dark,
        };
        let frame = self.frame;
        if !self.outlines.contains_key(&key) {
            if self.outlines.len() >= CACHE_CAPACITY {
                self.outlines.retain(|_, outline| outline.last_used + 1 >= frame);
            }
            let outline = tessellate(&polygons_of(&shape, place.position), request, palette, frame)?;
            self.outlines.insert(key.clone(), outline);
        }
        let outline = self.outlines.get_mut(&key)?;
        outline.last_used = frame;
        Some(outline)
    }
}

/// The lowest point of a schematic disc, where the map says what it is; `None` for areas that are known.
#[must_use]
pub fn schematic_foot(place: &Place) -> Option<LonLat> {
    match area_of(place)? {
        AreaShape::Schematic(radius_m) => Some(place.position.destination(180.0, radius_m)),
        _ => None,
    }
}

struct AreaLayer<'a> {
    areas: &'a mut Areas,
    requests: Vec<AreaRequest<'a>>,
    palette: &'a Palette,
}

impl Layer for AreaLayer<'_> {
    fn draw(&mut self, canvas: &mut Canvas, projector: &Projector) {
        let transform = super::transform_of(projector);
        self.requests.sort_by_key(|request| request.strong);
        for request in &self.requests {
            if let Some(outline) = self.areas.outline(request, self.palette) {
                for drawables in placed(outline, &transform, request.incident.place.position) {
                    canvas.add_drawables(drawables);
                }
            }
        }
    }
}

/// The outline in that copy of the world in which its marker stands.
fn placed(outline: &Outline, transform: &MapTransform, marker: LonLat) -> impl Iterator<Item = Drawables> {
    let marker = marker.to_unit();
    let world = (transform.center.x - marker.x).round();
    let scaling = (outline.unit_per_local * transform.world_px) as f32;
    // An outline that crosses the antimeridian is stored in one piece around its origin.
    let shift = (marker.x - outline.origin.x).round();
    let origin = UnitPoint { x: outline.origin.x + world + shift, y: outline.origin.y };
    let translation = transform.place(origin).to_vec2();
    std::iter::once(outline.drawables.clone().with_transform(TSTransform { scaling, translation }))
}

/// Rings on the unit square, the outer one first; `x` runs on past 0 and 1 where a ring crosses the antimeridian.
type UnitPolygon = Vec<Vec<UnitPoint>>;

fn polygons_of(shape: &AreaShape, center: LonLat) -> Vec<UnitPolygon> {
    let region = match shape {
        AreaShape::Region(code) => atlas::regions().get(code),
        AreaShape::Country(code) => atlas::regions().country_outline(code),
        AreaShape::Circle(radius_m) | AreaShape::Schematic(radius_m) => {
            let corner = |n| center.destination(f64::from(n) * 360.0 / f64::from(CIRCLE_CORNERS), *radius_m);
            return vec![vec![closed(unrolled((0..=CIRCLE_CORNERS).map(corner)))]];
        }
    };
    let polygons = region.map(|region| region.polygons).unwrap_or_default();
    polygons.iter().map(|rings| rings.iter().map(|ring| unrolled(ring.iter().copied())).collect()).collect()
}

/// Closes a circle around a pole along the map's edge: unrolled, it ends a whole world away from where it began.
fn closed(mut ring: Vec<UnitPoint>) -> Vec<UnitPoint> {
    if let [first, .., last] = ring[..]
        && (last.x - first.x).abs() > 0.5
    {
        let edge = if first.y + last.y < 1.0 { 0.0 } else { 1.0 };
        ring.extend([UnitPoint { x: last.x, y: edge }, UnitPoint { x: first.x, y: edge }, first]);
    }
    ring
}

/// Projects a ring without a jump where it crosses the antimeridian.
pub(super) fn unrolled(ring: impl Iterator<Item = LonLat>) -> Vec<UnitPoint> {
    let mut previous: Option<f64> = None;
    ring.map(|point| {
        let mut unit = point.to_unit();
        if let Some(previous) = previous {
            unit.x += (previous - unit.x).round();
        }
        previous = Some(unit.x);
        unit
    })
    .collect()
}

fn tessellate(
    polygons: &[UnitPolygon],
    request: &AreaRequest,
    palette: &Palette,
    frame: u64,
) -> Option<Outline> {
    let points = || polygons.iter().flatten().flatten();
    let min = points().fold(UnitPoint { x: f64::INFINITY, y: f64::INFINITY }, |min, point| UnitPoint {
        x: min.x.min(point.x),
        y: min.y.min(point.y),
    });
    let extent = points().map(|point| (point.x - min.x).max(point.y - min.y)).fold(0.0, f64::max);
    if !(extent > 0.0 && extent.is_finite()) {
        return None;
    }
    let unit_per_local = extent / LOCAL_SIZE;
    let local = |point: &UnitPoint| {
        pos2(((point.x - min.x) / unit_per_local) as f32, ((point.y - min.y) / unit_per_local) as f32)
    };
    let mut drawables = Vec::new();
    let fill = walkers_paint(request.color, if request.strong { 0.20 } else { 0.11 });
    let context = walkers::Context::new("Polygon".to_owned(), HashMap::new(), 0);
    let mut lines = Vec::new();
    let line_color = palette.readable(request.color, palette.map.land);
    for polygon in polygons {
        let rings: Vec<Vec<Pos2>> = polygon.iter().map(|ring| ring.iter().map(local).collect()).collect();
        if let Err(error) = walkers::render_fill(&geometry(&rings), &context, &fill, &mut drawables) {
            log::warn!("the area of {} cannot be filled: {error}", request.incident.id);
        }
        lines.extend(rings.into_iter().map(|points| Line {
            points,
            width: if request.strong { 2.0 } else { 1.4 },
            color: line_color,
            dasharray: vec![5.0, 3.5],
        }));
    }
    drawables.push(Drawable::Lines(lines));
    Some(Outline { drawables: Drawables::new(drawables), origin: min, unit_per_local, last_used: frame })
}

/// Why an area cannot be filled.
pub(super) struct FillError(pub(super) String);

/// Fills rings, an outer one followed by its holes, and others after these.
pub(super) fn fill(
    rings: &[Vec<Pos2>],
    color: Color32,
    opacity: f64,
    into: &mut Vec<Drawable>,
) -> Result<(), FillError> {
    let context = walkers::Context::new("Polygon".to_owned(), HashMap::new(), 0);
    let paint = walkers_paint(color, opacity);
    walkers::render_fill(&geometry(rings), &context, &paint, into)
        .map_err(|error| FillError(error.to_string()))
}

fn walkers_paint(color: Color32, opacity: f64) -> walkers::Paint {
    walkers::Paint {
        fill_color: Some(walkers::Color(json!(theme::hex(color)))),
        fill_opacity: Some(Float(json!(opacity))),
        ..walkers::Paint::default()
    }
}

fn geometry(rings: &[Vec<Pos2>]) -> Geometry<f32> {
    let line =
        |ring: &Vec<Pos2>| LineString::new(ring.iter().map(|pos| Coord { x: pos.x, y: pos.y }).collect());
    let mut rings = rings.iter().map(line);
    let outer = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
    Geometry::Polygon(Polygon::new(outer, rings.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Precision;
    use crate::testing::incident_at;

    fn place(precision: Precision, code: Option<&str>, radius_m: Option<f64>) -> Place {
        let mut place = incident_at("a", 0, 36.5873, 50.5956).place;
        place.precision = precision;
        place.region_code = code.map(str::to_owned);
        place.radius_m = radius_m;
        place
    }

    #[test]
    fn a_place_known_to_the_region_is_that_region() {
        let shape = area_of(&place(Precision::Region, Some("RU-BEL"), Some(1.0)));
        assert_eq!(shape, Some(AreaShape::Region("RU-BEL".to_owned())));
    }

    #[test]
    fn without_a_known_code_the_radius_is_drawn_and_without_both_a_schematic_disc() {
        let shape = area_of(&place(Precision::Region, Some("XX-??"), Some(5000.0)));
        assert_eq!(shape, Some(AreaShape::Circle(5000.0)));
        assert!(matches!(area_of(&place(Precision::District, None, None)), Some(AreaShape::Schematic(_))));
    }

    #[test]
    fn a_point_has_an_area_only_if_the_dataset_gives_a_radius() {
        assert_eq!(area_of(&place(Precision::Settlement, Some("RU-BEL"), None)), None);
        assert_eq!(area_of(&place(Precision::Exact, None, Some(300.0))), Some(AreaShape::Circle(300.0)));
    }

    #[test]
    fn only_a_schematic_disc_is_called_so() {
        assert!(
            schematic_foot(&place(Precision::Region, None, None)).is_some_and(|foot| foot.lat_deg < 50.5956)
        );
        assert_eq!(schematic_foot(&place(Precision::Region, Some("RU-BEL"), None)), None);
        assert_eq!(schematic_foot(&place(Precision::Region, None, Some(9000.0))), None);
    }

    #[test]
    fn a_circle_around_a_pole_reaches_the_edge_of_the_map() {
        let polygons = polygons_of(&AreaShape::Circle(3_000_000.0), LonLat::new(20.0, 75.0));
        let ring = &polygons[0][0];
        assert!(ring.iter().any(|point| point.y == 0.0) && ring.first() == ring.last());
    }

    #[test]
    fn incidents_of_one_region_have_one_area() {
        let here = place(Precision::Region, Some("RU-BEL"), None);
        let mut there = here.clone();
        there.position = LonLat::new(37.0, 51.0);
        assert_eq!(AreaId::of(&here), AreaId::of(&there));
        assert!(bounds_of(&here).is_some_and(|bounds| bounds.contains(LonLat::new(36.5873, 50.5956))));
        let (a, b) = (place(Precision::District, None, None), place(Precision::District, None, None));
        assert_eq!(AreaId::of(&a), AreaId::of(&b));
        let mut b = b;
        b.position = there.position;
        assert_ne!(AreaId::of(&a), AreaId::of(&b), "discs stand where their incident does");
    }

    #[test]
    fn a_circle_across_the_antimeridian_stays_in_one_piece() {
        let polygons = polygons_of(&AreaShape::Circle(200_000.0), LonLat::new(179.9, 10.0));
        let widest = polygons[0][0].windows(2).map(|pair| (pair[0].x - pair[1].x).abs()).fold(0.0, f64::max);
        assert!(widest < 0.01, "{widest}");
    }
}
