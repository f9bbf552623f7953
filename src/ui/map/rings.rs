//! The rings that stand for several incidents: drawn once, kept as triangles, and only moved from then on. A world full
//! of rings costs a frame no more than a handful of markers.

use std::collections::HashMap;

use eframe::egui::epaint::Mesh;
use eframe::egui::{Color32, Painter, Pos2, Shape, Vec2, vec2};

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
    drawn: HashMap<Look, Mesh>,
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
        let mut moved = if let Some(drawn) = self.drawn.get(&look) {
            drawn.clone()
        } else {
            let drawn = mesh(px_per_point, palette, radius, &look.sectors);
            self.drawn.insert(look, drawn.clone());
            drawn
        };
        moved.translate(center.to_vec2());
        painter.add(Shape::mesh(moved));
    }
}

/// The triangles of a ring around the origin: a shadow, then bands from the outside in whose colours run into each
/// other within a pixel, so that all edges are smooth. The fewer corners, the less there is to copy in each frame.
fn mesh(px_per_point: f32, palette: &Palette, radius: f32, sectors: &[(Color32, u32)]) -> Mesh {
    let mut mesh = Mesh::default();
    let width = (radius * WIDTH_SHARE).min(MAX_WIDTH_PX);
    let pixel = 1.0 / px_per_point;
    let turns = turns(radius * px_per_point, pixel / radius, sectors);
    let shadow = Color32::from_black_alpha(45);
    let below = vec2(0.0, 1.0);
    add_bands(
        &mut mesh,
        &turns,
        below,
        &[(radius + 2.0 * pixel, Some(Color32::TRANSPARENT)), (radius, Some(shadow))],
    );
    // `None` is the colour of the sector.
    let inner = radius - width;
    let bands = [
        (radius + pixel, Some(Color32::TRANSPARENT)),
        (radius + 0.25 * pixel, Some(palette.ring_edge)),
        (radius - 0.75 * pixel, None),
        (inner + 0.75 * pixel, None),
        (inner - 0.25 * pixel, Some(palette.ring_edge)),
        (inner - 1.25 * pixel, Some(palette.ring_inside)),
        (0.0, Some(palette.ring_inside)),
    ];
    add_bands(&mut mesh, &turns, Vec2::ZERO, &bands);
    mesh
}

/// Where the corners of a circle of so many pixels lie, as shares of the circle clockwise from the top, each with the
/// colour of its sector. Two lie close together where one sector ends and the next begins.
fn turns(radius_px: f32, pixel_rad: f32, sectors: &[(Color32, u32)]) -> Vec<(f32, Color32)> {
    /// Corners of a whole circle; between them it bends by less than can be seen.
    const CORNERS: [f32; 2] = [24.0, 64.0];
    let corners = (radius_px * 1.3).clamp(CORNERS[0], CORNERS[1]);
    let edge = pixel_rad / std::f32::consts::TAU / 2.0;
    let total: u32 = sectors.iter().map(|(_, count)| count).sum();
    let mut turns = Vec::new();
    let mut start = 0.0;
    for (color, count) in sectors {
        let end = start + *count as f32 / total.max(1) as f32;
        let (from, to) = (start + edge, end - edge);
        // A sector narrower than its edges is a hairline in its middle.
        let (from, to) = if from < to { (from, to) } else { (start.midpoint(end), start.midpoint(end)) };
        let steps = ((to - from) * corners).ceil().max(1.0) as u16;
        turns.extend((0..=steps).map(|n| (from + (to - from) * f32::from(n) / f32::from(steps), *color)));
        start = end;
    }
    turns.extend(turns.first().map(|(turn, color)| (turn + 1.0, *color)));
    turns
}

/// Adds circles from the outside in, filled between one and the next.
fn add_bands(mesh: &mut Mesh, turns: &[(f32, Color32)], offset: Vec2, bands: &[(f32, Option<Color32>)]) {
    for (n, (radius, color)) in bands.iter().enumerate() {
        let first = mesh.vertices.len() as u32;
        let count = turns.len() as u32;
        for (turn, sector) in turns {
            let angle = turn * std::f32::consts::TAU;
            let pos = Pos2::ZERO + offset + *radius * vec2(angle.sin(), -angle.cos());
            mesh.colored_vertex(pos, color.unwrap_or(*sector));
        }
        if n == 0 {
            continue;
        }
        for here in first..first + count - 1 {
            mesh.add_triangle(here, here + 1, here - count);
            mesh.add_triangle(here + 1, here - count, here - count + 1);
        }
    }
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
        assert!(mesh.vertices.len() < 600, "{}", mesh.vertices.len());
    }

    #[test]
    fn a_sector_narrower_than_a_pixel_is_still_there_and_the_circle_closes() {
        let turns = turns(20.0, 0.05, &[(Color32::RED, 1), (Color32::BLUE, 1_000_000)]);
        assert!(turns.iter().any(|(_, color)| *color == Color32::RED));
        assert!(turns.windows(2).all(|pair| pair[0].0 <= pair[1].0 + 1e-6), "{turns:?}");
        assert!((turns[turns.len() - 1].0 - turns[0].0 - 1.0).abs() < 1e-6);
    }
}
