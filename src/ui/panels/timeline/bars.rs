//! The bars of the timeline as triangles: full colours for what is known to have happened in a bin, hatched above that
//! what only may have.

use std::sync::Arc;

use eframe::egui::{
    Color32, ColorImage, Mesh, Painter, Rect, Shape, TextureHandle, TextureOptions, TextureWrapMode, Ui,
    Vec2, pos2, vec2,
};

use super::axis::Axis;
use crate::query::{Histogram, TYPE_COUNTS};
use crate::ui::theme::Palette;

/// The least height of a bar, so that a single incident beside thousands is seen, in points.
const LEAST_BAR_PX: f32 = 2.0;
/// Bars at least so wide have a gap between them, in points.
const GAP_FROM_PX: f32 = 4.0;
/// Part of the plot's height that the highest bar takes.
const HIGHEST: f32 = 0.94;
/// From one stripe of the hatching to the next, in points.
const STRIPES_PX: f32 = 4.0;
/// Part of the hatching that the stripes take.
const STRIPE: f32 = 0.4;
/// How opaque the ground between the stripes is.
const BETWEEN: f32 = 0.26;

/// The bars in full colours and in faint ones.
#[derive(Default)]
pub(super) struct Bars {
    full: Meshes,
    faint: Meshes,
    hatching: Option<Hatching>,
}

/// Bars in one set of colours.
#[derive(Default)]
struct Meshes {
    solid: Arc<Mesh>,
    hatched: Arc<Mesh>,
}

impl Bars {
    /// Makes them anew.
    pub(super) fn make(
        &mut self,
        ui: &Ui,
        histogram: &Histogram,
        colors: &[Color32; TYPE_COUNTS],
        palette: &Palette,
        (axis, plot): (Axis, Rect),
    ) {
        let hatching = Hatching::at(ui, self.hatching.take());
        self.full.clear(&hatching);
        self.faint.clear(&hatching);
        let faint_colors = colors.map(|color| palette.faint(color));
        let columns = histogram.known().iter().zip(histogram.spread());
        let columns = columns.map(|(known, spread)| (known.map(|count| count as f32), spread));
        let total = |(known, spread): ([f32; TYPE_COUNTS], &[f32; TYPE_COUNTS])| sum(&known) + sum(spread);
        // What is spread thinly looks thin, even where there is nothing else.
        let highest = columns.clone().map(total).fold(1.0, f32::max);
        let px_per_incident = plot.height() * HIGHEST / highest;
        for ((known, spread), edges) in columns.zip(histogram.edges_min().windows(2)) {
            let [left, right] = [edges[0], edges[1]].map(|edge| {
                ui.painter().round_to_pixel_center(axis.x(edge.into()).clamp(plot.left(), plot.right()))
            });
            let gap = if right - left >= GAP_FROM_PX { 1.0 } else { 0.0 };
            let mut place = Place { left, width: (right - gap - left).max(0.0), bottom: plot.bottom() };
            for (event_type, bar) in place.stack(&known, px_per_incident) {
                Arc::make_mut(&mut self.full.solid).add_colored_rect(bar, colors[event_type]);
                Arc::make_mut(&mut self.faint.solid).add_colored_rect(bar, faint_colors[event_type]);
            }
            for (event_type, bar) in place.stack(spread, px_per_incident) {
                hatching.add(bar, colors[event_type], &mut self.full.hatched);
                hatching.add(bar, faint_colors[event_type], &mut self.faint.hatched);
            }
        }
        self.hatching = Some(hatching);
    }

    /// Draws them: faint, and between `window_px` full. Without a window all are full.
    pub(super) fn paint(&self, painter: &Painter, plot: Rect, window_px: Option<[f32; 2]>) {
        let Some([from, to]) = window_px else { return self.full.paint(painter) };
        self.faint.paint(painter);
        let inside = Rect::from_min_max(pos2(from, plot.top()), pos2(to, plot.bottom()));
        self.full.paint(&painter.with_clip_rect(inside.intersect(painter.clip_rect())));
    }

    /// Draws a sample of the hatching, as a legend has it.
    pub(super) fn paint_sample(&self, painter: &Painter, rect: Rect, color: Color32) {
        let Some(hatching) = &self.hatching else { return };
        let mut mesh = Arc::new(Mesh::with_texture(hatching.texture.id()));
        hatching.add(rect, color, &mut mesh);
        painter.add(Shape::mesh(mesh));
    }
}

impl Meshes {
    fn clear(&mut self, hatching: &Hatching) {
        Arc::make_mut(&mut self.solid).clear();
        let hatched = Arc::make_mut(&mut self.hatched);
        hatched.clear();
        hatched.texture_id = hatching.texture.id();
    }

    fn paint(&self, painter: &Painter) {
        painter.add(Shape::mesh(Arc::clone(&self.solid)));
        if !self.hatched.is_empty() {
            painter.add(Shape::mesh(Arc::clone(&self.hatched)));
        }
    }
}

/// Where the next bar of a column stands.
struct Place {
    left: f32,
    width: f32,
    bottom: f32,
}

impl Place {
    /// A bar for each event type of which there is any, one on the other.
    fn stack<'a>(
        &'a mut self,
        counts: &'a [f32; TYPE_COUNTS],
        px_per_incident: f32,
    ) -> impl Iterator<Item = (usize, Rect)> + 'a {
        /// Less than this is what adding and subtracting has left over.
        const NOTHING: f32 = 1e-9;
        let sum = sum(counts);
        let px_per_incident = px_per_incident.max(LEAST_BAR_PX / sum.max(NOTHING));
        let counts = counts.iter().enumerate().filter(move |(_, count)| sum > NOTHING && **count > 0.0);
        counts.map(move |(event_type, count)| {
            let height = count * px_per_incident;
            self.bottom -= height;
            (event_type, Rect::from_min_size(pos2(self.left, self.bottom), vec2(self.width, height)))
        })
    }
}

fn sum(counts: &[f32; TYPE_COUNTS]) -> f32 {
    counts.iter().sum()
}

/// Slanted stripes, as a pattern that is repeated pixel by pixel: it runs on from bar to bar.
struct Hatching {
    texture: TextureHandle,
    px_per_pt: f32,
}

impl Hatching {
    /// The hatching for the present scale: the one that there is, or another.
    fn at(ui: &Ui, present: Option<Self>) -> Self {
        let px_per_pt = ui.pixels_per_point();
        present.filter(|present| present.px_per_pt == px_per_pt).unwrap_or_else(|| {
            let options = TextureOptions { wrap_mode: TextureWrapMode::Repeat, ..TextureOptions::NEAREST };
            let texture = ui.ctx().load_texture("hatching", Self::pattern(px_per_pt), options);
            Self { texture, px_per_pt }
        })
    }

    /// White, to be coloured by what is hatched.
    fn pattern(px_per_pt: f32) -> ColorImage {
        let side = ((STRIPES_PX * px_per_pt).round() as usize).max(2);
        let stripe = ((STRIPE * side as f32).round() as usize).max(1);
        let pixel = |n: usize| {
            let is_stripe = (n % side + n / side) % side < stripe;
            Color32::WHITE.gamma_multiply(if is_stripe { 1.0 } else { BETWEEN })
        };
        ColorImage::new([side, side], (0..side * side).map(pixel).collect())
    }

    fn add(&self, bar: Rect, color: Color32, to: &mut Arc<Mesh>) {
        let scale = Vec2::splat(self.px_per_pt) / self.texture.size_vec2();
        let uv =
            Rect::from_min_max((bar.min.to_vec2() * scale).to_pos2(), (bar.max.to_vec2() * scale).to_pos2());
        Arc::make_mut(to).add_rect_with_uv(bar, uv, color);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(of: &[(usize, f32)]) -> [f32; TYPE_COUNTS] {
        let mut counts = [0.0; TYPE_COUNTS];
        for (event_type, count) in of {
            counts[*event_type] = *count;
        }
        counts
    }

    #[test]
    fn a_column_stands_on_its_ground_one_event_type_on_the_other() {
        let mut place = Place { left: 10.0, width: 5.0, bottom: 100.0 };
        let known: Vec<_> = place.stack(&counts(&[(0, 3.0), (2, 1.0)]), 10.0).collect();
        assert_eq!(known[0], (0, Rect::from_min_max(pos2(10.0, 70.0), pos2(15.0, 100.0))));
        assert_eq!(known[1], (2, Rect::from_min_max(pos2(10.0, 60.0), pos2(15.0, 70.0))));
        let spread: Vec<_> = place.stack(&counts(&[(1, 0.5)]), 10.0).collect();
        assert_eq!(spread, [(1, Rect::from_min_max(pos2(10.0, 55.0), pos2(15.0, 60.0)))]);
    }

    #[test]
    fn a_share_however_small_can_be_seen_and_nothing_cannot() {
        let height = |count: f32| {
            let mut place = Place { left: 0.0, width: 5.0, bottom: 100.0 };
            place.stack(&counts(&[(1, count)]), 10.0).map(|(_, bar)| bar.height()).sum::<f32>()
        };
        assert!((height(2e-6) - LEAST_BAR_PX).abs() < 0.001);
        assert_eq!([height(0.0), height(1e-13)], [0.0, 0.0]);
    }

    #[test]
    fn stripes_meet_where_the_pattern_is_repeated() {
        for px_per_pt in [1.0, 1.25, 2.0, 3.0] {
            let ColorImage { size: [side, _], pixels, .. } = Hatching::pattern(px_per_pt);
            let row = |n: usize| &pixels[n * side..][..side];
            let mut moved = row(side - 1).to_vec();
            moved.rotate_left(1);
            assert_eq!(moved, row(0), "at {px_per_pt}");
        }
    }
}
