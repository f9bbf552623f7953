//! The rings that stand for several incidents: drawn once, kept as triangles, and only moved from then on. A world full
//! of rings costs a frame no more than a handful of markers.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::epaint::{Mesh, TessellationOptions, Tessellator};
use eframe::egui::{Color32, Painter, Pos2, Shape, Stroke, vec2};

use crate::ui::theme::Palette;

/// Thickness of a ring, as a share of its radius.
const WIDTH_SHARE: f32 = 0.28;
/// Greatest thickness of a ring, in points.
const MAX_WIDTH_PX: f32 = 8.0;
/// More drawn rings are not kept.
const CAPACITY: usize = 1024;

/// What makes two rings look the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Look {
    sectors: Vec<(Color32, u32)>,
    radius_bits: u32,
    px_per_point_bits: u32,
    dark: bool,
}

/// Rings that were drawn.
#[derive(Debug, Default)]
pub struct Rings {
    drawn: HashMap<Look, Arc<Mesh>>,
}

impl Rings {
    /// Draws a ring around `center`, with a sector for each colour as large as its count, and a shadow below it.
    pub fn paint(
        &mut self,
        painter: &Painter,
        palette: &Palette,
        center: Pos2,
        radius: f32,
        sectors: Vec<(Color32, u32)>,
    ) {
        let px_per_point = painter.pixels_per_point();
        let look = Look {
            sectors,
            radius_bits: radius.to_bits(),
            px_per_point_bits: px_per_point.to_bits(),
            dark: palette.dark,
        };
        if self.drawn.len() >= CAPACITY {
            self.drawn.clear();
        }
        let draw = |look: &Look| Arc::new(mesh(px_per_point, palette, radius, &look.sectors));
        let drawn = match self.drawn.get(&look) {
            Some(drawn) => Arc::clone(drawn),
            None => {
                let drawn = draw(&look);
                self.drawn.insert(look, Arc::clone(&drawn));
                drawn
            }
        };
        let mut mesh = Mesh::clone(&drawn);
        mesh.translate(center.to_vec2());
        painter.add(Shape::mesh(mesh));
    }
}

/// The triangles of a ring around the origin.
fn mesh(px_per_point: f32, palette: &Palette, radius: f32, sectors: &[(Color32, u32)]) -> Mesh {
    // Discs from egui's atlas would lose their place when the atlas grows.
    let options = TessellationOptions { prerasterized_discs: false, ..TessellationOptions::default() };
    let mut tessellator = Tessellator::new(px_per_point, options, [1, 1], Vec::new());
    let mut mesh = Mesh::default();
    let center = Pos2::ZERO;
    let shadow = Color32::from_black_alpha(45);
    let width = (radius * WIDTH_SHARE).min(MAX_WIDTH_PX);
    let mut add = |shape: Shape| tessellator.tessellate_shape(shape, &mut mesh);
    add(Shape::circle_filled(center + vec2(0.0, 1.0), radius + 1.5, shadow));
    add(Shape::circle_filled(center, radius, palette.ring_inside));
    let total: u32 = sectors.iter().map(|(_, count)| count).sum();
    let mut start = 0.0;
    for (color, count) in sectors {
        let end = start + *count as f32 / total.max(1) as f32;
        add(arc(center, radius - width / 2.0, width, start, end, *color));
        start = end;
    }
    // Sectors in the colour of the ground still belong to a whole ring.
    for edge in [radius, radius - width] {
        add(Shape::circle_stroke(center, edge, Stroke::new(1.0, palette.ring_edge)));
    }
    mesh
}

/// A piece of a ring from one share of the circle to another, clockwise from the top.
fn arc(center: Pos2, radius: f32, width: f32, from: f32, to: f32, color: Color32) -> Shape {
    let steps = ((to - from) * 64.0).ceil().max(2.0) as u16;
    let points = (0..=steps)
        .map(|n| {
            let turn = (from + (to - from) * f32::from(n) / f32::from(steps)) * std::f32::consts::TAU;
            center + radius * vec2(turn.sin(), -turn.cos())
        })
        .collect();
    Shape::line(points, Stroke::new(width, color))
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::Theme;

    #[test]
    fn a_ring_stays_within_its_radius_and_shadow() {
        let sectors = [(Color32::RED, 1), (Color32::BLUE, 3)];
        let mesh = mesh(1.0, Palette::of(Theme::Light), 20.0, &sectors);
        assert!(mesh.is_valid() && !mesh.is_empty());
        assert!(mesh.vertices.iter().all(|vertex| vertex.pos.to_vec2().length() < 24.0));
        for (color, _) in sectors {
            assert!(mesh.vertices.iter().any(|vertex| vertex.color == color), "{color:?}");
        }
    }
}
