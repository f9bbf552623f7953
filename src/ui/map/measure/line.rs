//! The measured line on the map: the geodesic as it is, at every zoom and in every copy of the world, with its points and
//! the lengths of its legs.

use eframe::egui::{Align2, Painter, Pos2, Rect, Shape, Stroke, Ui, Vec2, vec2};

use super::{Path, Spot, bearing_text, length_text};
use crate::geo::UnitPoint;
use crate::geo::geodesic::Leg;
use crate::t;
use crate::ui::map::transform::MapTransform;
use crate::ui::theme::{self, Palette};
use crate::ui::widgets::palette;

/// How far the line on the screen may be from the true one, in points.
const EXACT_PX: f32 = 0.3;
/// Straight pieces are no longer than this: beyond, numbers on the screen lose their exactness, in points.
const MAX_PIECE_PX: f32 = 1500.0;
/// The line is halved no more often than this.
const MAX_DEPTH: u32 = 24;
/// The line's width, and that of the rim around it, in points.
const WIDTHS_PX: [f32; 2] = [2.0, 4.5];
/// Radius of a point, in points.
const SPOT_PX: f32 = 4.0;
/// Half the length of the cross in the middle of the map, in points.
const CROSS_PX: f32 = 8.0;
/// Free space around the words of a leg, in points.
const PADDING_PX: [f32; 2] = [5.0, 2.0];

/// Draws what was measured, the leg that a click would add, and a cross where Enter would set a point.
pub(super) fn paint(ui: &Ui, path: &Path, hovered: Option<Spot>, transform: &MapTransform) {
    let palette = palette(ui);
    let painter = ui.painter().with_clip_rect(transform.rect);
    let preview = path.spots.last().zip(hovered).map(|(last, spot)| {
        let leg = Leg::between(last.position, spot.position);
        (leg, last.pixel_m.max(spot.pixel_m))
    });
    for (width, color) in [(WIDTHS_PX[1], palette.map.land), (WIDTHS_PX[0], palette.accent)] {
        for traced in &path.legs {
            for piece in pieces(&traced.leg, &traced.trace, transform) {
                painter.add(Shape::line(piece, Stroke::new(width, color)));
            }
        }
    }
    if let Some((leg, _)) = &preview {
        for piece in pieces(leg, &leg.trace(), transform) {
            painter.extend(Shape::dashed_line(&piece, Stroke::new(WIDTHS_PX[0], palette.accent), 6.0, 5.0));
        }
    }
    cross(&painter, transform.rect.center(), palette);
    for (n, spot) in path.spots.iter().enumerate() {
        let fill = if n == 0 { palette.accent } else { palette.panel };
        for copy in copies(spot.position.to_unit(), transform) {
            painter.circle(copy, SPOT_PX + 1.5, palette.map.land, Stroke::NONE);
            painter.circle(copy, SPOT_PX, fill, Stroke::new(2.0, palette.accent));
        }
    }
    for traced in &path.legs {
        let text = length_text(traced.leg.distance_m, traced.pixel_m);
        let ends = [traced.leg.from, traced.leg.to].map(|end| transform.to_screen(end.to_unit()));
        words(&painter, &text, transform.to_screen(traced.leg.at(0.5).to_unit()), Some(ends), palette);
    }
    if let Some((leg, pixel_m)) = preview.filter(|(leg, _)| leg.distance_m > 0.0) {
        let length = length_text(leg.distance_m, pixel_m);
        let text = t!("measure-preview", length = length, bearing = bearing_text(&leg));
        let beside = transform.to_screen(leg.to.to_unit()) + vec2(0.0, -22.0);
        words(&painter, &text, beside, None, palette);
    }
}

/// Words on a quiet ground. Those of a leg are left away where it is shorter than they are.
fn words(painter: &Painter, text: &str, center: Pos2, ends: Option<[Pos2; 2]>, palette: &Palette) {
    let galley = painter.layout_no_wrap(text.to_owned(), theme::regular(theme::SMALL_SIZE), palette.text);
    let ground = Rect::from_center_size(center, galley.size() + 2.0 * vec2(PADDING_PX[0], PADDING_PX[1]));
    if ends.is_some_and(|[from, to]| from.distance(to) < ground.width() + 2.0 * SPOT_PX) {
        return;
    }
    // The words of a leg stay on it; others stay in sight.
    let room = painter.clip_rect().shrink(4.0);
    let aside = (room.min - ground.min).max(Vec2::ZERO) + (room.max - ground.max).min(Vec2::ZERO);
    let ground = if ends.is_none() { ground.translate(aside) } else { ground };
    painter.rect_filled(ground, theme::CORNER, palette.veil());
    painter.galley(
        Align2::CENTER_CENTER.align_size_within_rect(galley.size(), ground).min,
        galley,
        palette.text,
    );
}

/// Where Enter sets a point: thin lines that leave the very middle free.
pub(in super::super) fn cross(painter: &Painter, center: Pos2, palette: &Palette) {
    for (width, color) in [(3.5, palette.map.land), (1.5, palette.text)] {
        arms(painter, center, Stroke::new(width, color));
    }
}

fn arms(painter: &Painter, center: Pos2, stroke: Stroke) {
    for arm in [vec2(1.0, 0.0), vec2(-1.0, 0.0), vec2(0.0, 1.0), vec2(0.0, -1.0)] {
        painter.line_segment([center + arm * 2.5, center + arm * CROSS_PX], stroke);
    }
}

/// A point in each copy of the world that is on the screen.
fn copies(point: UnitPoint, transform: &MapTransform) -> impl Iterator<Item = Pos2> {
    let (min, max) = transform.visible();
    let first = (min.x - point.x).ceil() as i32;
    let last = (max.x - point.x).floor() as i32;
    let transform = *transform;
    (first..=last).map(move |n| transform.place(UnitPoint { x: point.x + f64::from(n), y: point.y }))
}

/// What is on the screen of a leg, in every copy of the world, as lines that a reader cannot tell from the geodesic.
fn pieces(leg: &Leg, trace: &[UnitPoint], transform: &MapTransform) -> Vec<Vec<Pos2>> {
    let (min, max) = transform.visible();
    let (west, east) = trace
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(west, east), it| (west.min(it.x), east.max(it.x)));
    let mut pieces = Vec::new();
    for copy in (min.x - east).ceil() as i32..=(max.x - west).floor() as i32 {
        let mut tracer = Tracer { leg, transform, shift: f64::from(copy), pieces: vec![Vec::new()] };
        let steps = (trace.len() - 1).max(1) as f64;
        for (n, ends) in trace.windows(2).enumerate() {
            let shares = [n as f64 / steps, (n + 1) as f64 / steps];
            tracer.follow(shares, [ends[0], ends[1]], MAX_DEPTH);
        }
        pieces.extend(tracer.pieces.into_iter().filter(|piece| piece.len() > 1));
    }
    pieces
}

/// Follows a leg and keeps what is on the screen.
struct Tracer<'a> {
    leg: &'a Leg,
    transform: &'a MapTransform,
    /// In which copy of the world, in worlds to the east.
    shift: f64,
    pieces: Vec<Vec<Pos2>>,
}

impl Tracer<'_> {
    fn place(&self, point: UnitPoint) -> Pos2 {
        self.transform.place(UnitPoint { x: point.x + self.shift, y: point.y })
    }

    /// Adds the part between two points, which stand at these shares of the way; halves it where it is not straight.
    fn follow(&mut self, [from, to]: [f64; 2], [start, end]: [UnitPoint; 2], depth: u32) {
        let [a, b] = [start, end].map(|point| self.place(point));
        let length = a.distance(b);
        // The way may bulge out of the box around its ends.
        let reach = Rect::from_two_pos(a, b).expand(length / 2.0 + 8.0);
        let is_beyond_the_map = |point: UnitPoint| point.y <= 1e-9 || point.y >= 1.0 - 1e-9;
        if !reach.intersects(self.transform.rect) || (is_beyond_the_map(start) && is_beyond_the_map(end)) {
            self.pieces.push(Vec::new());
            return;
        }
        let half = f64::midpoint(from, to);
        let middle = self.leg.at(half).to_unit().beside(start);
        let is_straight = length < MAX_PIECE_PX && distance_to_line(self.place(middle), a, b) < EXACT_PX;
        if is_straight || depth == 0 {
            if let Some(piece) = self.pieces.last_mut() {
                if piece.is_empty() {
                    piece.push(a);
                }
                piece.push(b);
            }
            return;
        }
        self.follow([from, half], [start, middle], depth - 1);
        self.follow([half, to], [middle, end], depth - 1);
    }
}

/// How far a point is from the straight line through two others.
fn distance_to_line(point: Pos2, a: Pos2, b: Pos2) -> f32 {
    let along = b - a;
    if along.length() < 1e-3 {
        return point.distance(a);
    }
    let off = point - a;
    (along.x * off.y - along.y * off.x).abs() / along.length()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::LonLat;
    use crate::state::view::View;
    use eframe::egui::pos2;
    use proptest::prelude::*;

    fn transform(lon: f64, lat: f64, zoom: f64) -> MapTransform {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        MapTransform::new(rect, View { center: LonLat::new(lon, lat), zoom })
    }

    fn drawn(leg: &Leg, transform: &MapTransform) -> Vec<Vec<Pos2>> {
        pieces(leg, &leg.trace(), transform)
    }

    #[test]
    fn a_line_across_the_antimeridian_is_drawn_in_one_piece() {
        let leg = Leg::between(LonLat::new(177.0, -18.0), LonLat::new(-172.0, -14.0));
        for lon in [178.0, -178.0] {
            let lines = drawn(&leg, &transform(lon, -16.0, 5.0));
            assert_eq!(lines.len(), 1, "{lines:?}");
            let width = (lines[0][0].x - lines[0][lines[0].len() - 1].x).abs();
            assert!((width - 11.0 / 360.0 * 256.0 * 32.0).abs() < 0.1, "{width}");
        }
    }

    #[test]
    fn a_line_is_drawn_in_every_copy_of_the_world_that_is_seen() {
        let leg = Leg::between(LonLat::new(10.0, 0.0), LonLat::new(20.0, 0.0));
        assert_eq!(drawn(&leg, &transform(0.0, 0.0, 0.0)).len(), 3);
        assert_eq!(copies(leg.from.to_unit(), &transform(0.0, 0.0, 0.0)).count(), 3);
    }

    #[test]
    fn what_lies_beyond_the_map_is_not_drawn() {
        let leg = Leg::between(LonLat::new(0.0, 80.0), LonLat::new(180.0, 80.0));
        let lines = drawn(&leg, &transform(0.0, 80.0, 2.0));
        assert!(lines.iter().flatten().all(|pos| pos.y.is_finite()));
        let flat = |pair: &[Pos2]| pair[0].y == pair[1].y && (pair[0].x - pair[1].x).abs() > 100.0;
        assert!(!lines.iter().any(|line| line.windows(2).any(flat)), "{lines:?}");
    }

    proptest! {
        #[test]
        fn what_is_drawn_lies_on_the_geodesic_at_every_zoom(
            lon in -180.0..180.0_f64, lat in -70.0..70.0_f64, to_lon in -180.0..180.0_f64, to_lat in -70.0..70.0_f64,
            share in 0.0..1.0_f64, zoom in 1.0..20.0_f64
        ) {
            let leg = Leg::between(LonLat::new(lon, lat), LonLat::new(to_lon, to_lat));
            let on_it = leg.at(share);
            prop_assume!(on_it.lat_deg.abs() < 80.0 && leg.distance_m < 19_000_000.0);
            let transform = transform(on_it.lon_deg, on_it.lat_deg, zoom);
            let lines = drawn(&leg, &transform);
            prop_assert!(lines.iter().map(Vec::len).sum::<usize>() < 2000);
            let center = transform.rect.center();
            let off = lines
                .iter()
                .flat_map(|line| line.windows(2))
                .map(|pair| distance_to_piece(center, pair[0], pair[1]))
                .fold(f32::INFINITY, f32::min);
            prop_assert!(off < 1.0, "{off} of {lines:?}");
        }
    }

    fn distance_to_piece(point: Pos2, a: Pos2, b: Pos2) -> f32 {
        let along = b - a;
        let share = ((point - a).dot(along) / along.length_sq().max(1e-9)).clamp(0.0, 1.0);
        point.distance(a + along * share)
    }
}
