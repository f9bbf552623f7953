//! Names on the map that never overlap: markers' names first, then the map's own, the more important before the less.

use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Shape, Stroke, Vec2, epaint::TextShape, vec2,
};

use super::style::{LABEL_CLASSES, LabelClass, Stand, written_name};
use super::tile_layer::LabelRequest;
use crate::ui::bidi;
use crate::ui::theme::{self, Palette};

/// Width of the halo, in points.
const HALO_PX: f32 = 1.5;
/// Radius of a town's dot, in points.
const DOT_RADIUS_PX: f32 = 2.0;
/// A street, which comes in many pieces, is named again at this distance, in points.
const REPEAT_PX: f32 = 320.0;
/// Side of a cell of the collision grid, in points.
const CELL_PX: f32 = 128.0;

/// Rectangles that are taken, in a grid so that asking stays cheap.
#[derive(Debug, Default)]
pub struct Taken {
    cells: std::collections::HashMap<(i32, i32), Vec<Rect>>,
}

impl Taken {
    /// Marks a rectangle as taken.
    pub fn add(&mut self, rect: Rect) {
        for cell in cells(rect) {
            self.cells.entry(cell).or_default().push(rect);
        }
    }

    /// Whether nothing taken touches the rectangle.
    #[must_use]
    pub fn is_free(&self, rect: Rect) -> bool {
        cells(rect).all(|cell| {
            self.cells.get(&cell).is_none_or(|taken| taken.iter().all(|other| !other.intersects(rect)))
        })
    }
}

/// The grid cells under a rectangle; at most a screenful, whatever the rectangle's numbers.
fn cells(rect: Rect) -> impl Iterator<Item = (i32, i32)> {
    let index = |value: f32| (value.clamp(-20_000.0, 20_000.0) / CELL_PX).floor() as i32;
    let (left, right) = (index(rect.min.x), index(rect.max.x));
    let (top, bottom) = (index(rect.min.y), index(rect.max.y));
    (left..=right).flat_map(move |x| (top..=bottom).map(move |y| (x, y)))
}

/// The rectangles that a label of `size` may take beside a point: right, left, below, above. `clearance` is the free
/// space around the point.
#[must_use]
pub fn beside(pos: Pos2, size: Vec2, clearance: f32) -> [Rect; 4] {
    let half = size / 2.0;
    [
        pos + vec2(clearance + half.x, 0.0),
        pos - vec2(clearance + half.x, 0.0),
        pos + vec2(0.0, clearance + half.y),
        pos - vec2(0.0, clearance + half.y),
    ]
    .map(|center| Rect::from_center_size(center, size))
}

/// Draws text with a halo so that it can be read on any ground.
pub fn paint_with_halo(
    painter: &Painter,
    top_left: Pos2,
    galley: &Arc<Galley>,
    color: Color32,
    halo: Color32,
) {
    paint_turned(painter, top_left, galley, color, halo, 0.0);
}

/// The same, turned around its middle by so many radians clockwise.
fn paint_turned(
    painter: &Painter,
    top_left: Pos2,
    galley: &Arc<Galley>,
    color: Color32,
    halo: Color32,
    angle: f32,
) {
    const RING: [Vec2; 8] = [
        vec2(1.0, 0.0),
        vec2(0.7, 0.7),
        vec2(0.0, 1.0),
        vec2(-0.7, 0.7),
        vec2(-1.0, 0.0),
        vec2(-0.7, -0.7),
        vec2(0.0, -1.0),
        vec2(0.7, -0.7),
    ];
    let stamped = RING.iter().map(|direction| {
        TextShape::new(top_left + *direction * HALO_PX, Arc::clone(galley), halo)
            .with_override_text_color(halo)
            .with_angle_and_anchor(angle, Align2::CENTER_CENTER)
            .into()
    });
    painter.extend(stamped.collect::<Vec<Shape>>());
    let text = TextShape::new(top_left, Arc::clone(galley), color).with_override_text_color(color);
    painter.add(text.with_angle_and_anchor(angle, Align2::CENTER_CENTER));
}

/// Draws the map's own labels wherever `taken` leaves room. The order does not depend on where the map lies, so that
/// labels do not come and go while it is moved.
pub fn paint_map_labels(
    painter: &Painter,
    palette: &Palette,
    mut requests: Vec<LabelRequest>,
    taken: &mut Taken,
) {
    requests.sort_by(|a, b| {
        let by_population = b.population.total_cmp(&a.population);
        a.class.cmp(&b.class).then(by_population).then_with(|| a.text.cmp(&b.text))
    });
    let screen = painter.clip_rect();
    let mut streets: Vec<(&str, Pos2)> = Vec::new();
    for request in &requests {
        let class = &LABEL_CLASSES[request.class];
        let is_near =
            |(name, at): &(&str, Pos2)| *name == request.text && at.distance(request.pos) < REPEAT_PX;
        if class.stand == Stand::Along && streets.iter().any(is_near) {
            continue;
        }
        let color = class.color(&palette.map);
        let galley = layout(painter, request, class, color);
        let size = galley.size();
        let spot = match class.stand {
            Stand::Centered => {
                let rect = Rect::from_center_size(request.pos, size);
                (screen.contains_rect(rect) && taken.is_free(rect.expand(6.0))).then_some(rect)
            }
            Stand::Dot => dot_label(request.pos, size, DOT_RADIUS_PX, screen, taken),
            Stand::Capital => dot_label(request.pos, size, DOT_RADIUS_PX + 2.0, screen, taken),
            Stand::Along => along(request, size, screen, taken),
        };
        let Some(rect) = spot else { continue };
        let halo = if class.is_water() { palette.map.water } else { palette.map.land };
        if class.stand == Stand::Along {
            streets.push((&request.text, request.pos));
            paint_turned(painter, request.pos - size / 2.0, &galley, color, halo, request.angle);
            continue;
        }
        taken.add(rect.expand(2.0));
        paint_dot(painter, class.stand, request.pos, color, halo);
        paint_with_halo(painter, rect.min, &galley, color, halo);
    }
}

/// A place for a town's label such that neither its dot nor its name touches anything.
fn dot_label(pos: Pos2, size: Vec2, dot_px: f32, screen: Rect, taken: &mut Taken) -> Option<Rect> {
    let dot = Rect::from_center_size(pos, Vec2::splat(2.0 * dot_px + 4.0));
    if !screen.contains_rect(dot) || !taken.is_free(dot) {
        return None;
    }
    let rect = beside(pos, size, dot_px + 4.0)
        .into_iter()
        .find(|rect| screen.contains_rect(*rect) && taken.is_free(rect.expand(3.0)))?;
    taken.add(dot);
    Some(rect)
}

/// A place for a name along a line, if the line is long enough for it: a row of squares as high as the name, which leaves
/// the corners beside a slanting one to others.
fn along(request: &LabelRequest, size: Vec2, screen: Rect, taken: &mut Taken) -> Option<Rect> {
    if request.room.is_some_and(|room| room < size.x) {
        return None;
    }
    let direction = Vec2::angled(request.angle);
    let count = (size.x / size.y.max(1.0)).ceil().max(1.0) as usize;
    let squares: Vec<Rect> = (0..count)
        .map(|n| {
            let along = ((n as f32 + 0.5) / count as f32 - 0.5) * size.x;
            Rect::from_center_size(request.pos + direction * along, Vec2::splat(size.y))
        })
        .collect();
    let fits = squares.iter().all(|it| screen.contains_rect(*it) && taken.is_free(it.expand(3.0)));
    if !fits {
        return None;
    }
    for square in squares {
        taken.add(square.expand(2.0));
    }
    Some(Rect::from_center_size(request.pos, size))
}

fn paint_dot(painter: &Painter, stand: Stand, pos: Pos2, color: Color32, halo: Color32) {
    match stand {
        Stand::Centered | Stand::Along => {}
        Stand::Dot => {
            painter.circle(pos, DOT_RADIUS_PX, color, Stroke::new(1.0, halo));
        }
        Stand::Capital => {
            painter.circle(pos, DOT_RADIUS_PX + 1.5, halo, Stroke::new(1.0, color));
            painter.circle_filled(pos, DOT_RADIUS_PX, color);
        }
    }
}

fn layout(painter: &Painter, request: &LabelRequest, class: &LabelClass, color: Color32) -> Arc<Galley> {
    let mut job = LayoutJob::default();
    let spacing = if class.capitals { 0.8 } else { 0.0 };
    // Whole half points: galleys are cached by size, and a size for every zoom would fill the cache.
    let font_id: FontId = theme::regular((request.size * 2.0).round() / 2.0);
    let text =
        written_name(&request.text, |name| painter.fonts_mut(|fonts| fonts.has_glyphs(&font_id, name)));
    let text = if class.capitals { text.to_uppercase() } else { text.to_owned() };
    job.append(
        &bidi::line(&text),
        0.0,
        TextFormat { font_id, color, extra_letter_spacing: spacing, ..TextFormat::default() },
    );
    painter.layout_job(job)
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::pos2;
    use proptest::prelude::*;

    #[test]
    fn a_label_beside_a_point_keeps_clear_of_it() {
        let pos = pos2(100.0, 100.0);
        for rect in beside(pos, vec2(40.0, 12.0), 6.0) {
            assert!(rect.distance_to_pos(pos) >= 5.99, "{rect:?}");
        }
    }

    #[test]
    fn a_name_along_a_line_needs_a_line_as_long_and_leaves_room_for_none_across_it() {
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 400.0));
        let request = |angle: f32, room: f32| LabelRequest {
            class: 0,
            text: "Main Street".to_owned(),
            pos: pos2(200.0, 200.0),
            size: 10.0,
            population: 0.0,
            angle,
            room: Some(room),
        };
        let mut taken = Taken::default();
        assert!(along(&request(0.7, 50.0), vec2(80.0, 12.0), screen, &mut taken).is_none());
        assert!(along(&request(0.7, 90.0), vec2(80.0, 12.0), screen, &mut taken).is_some());
        assert!(along(&request(-0.7, 90.0), vec2(80.0, 12.0), screen, &mut taken).is_none());
        let corner = Rect::from_center_size(pos2(225.0, 175.0), vec2(10.0, 10.0));
        assert!(taken.is_free(corner), "beside the name");
    }

    proptest! {
        #[test]
        fn what_is_taken_is_not_free_wherever_it_lies(
            x in -500.0..5000.0_f32, y in -500.0..5000.0_f32, w in 1.0..400.0_f32, h in 1.0..400.0_f32,
            dx in 0.0..1.0_f32, dy in 0.0..1.0_f32
        ) {
            let mut taken = Taken::default();
            let rect = Rect::from_min_size(pos2(x, y), vec2(w, h));
            taken.add(rect);
            let inside = Rect::from_min_size(pos2(x + dx * w, y + dy * h), vec2(2.0, 2.0));
            prop_assert!(!taken.is_free(inside));
            prop_assert!(taken.is_free(Rect::from_min_size(pos2(x + w + 1.0, y), vec2(5.0, 5.0))));
        }
    }
}
