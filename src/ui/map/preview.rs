//! What is seen of files while they are being read: a dot for some of their incidents, over a veil where they will take
//! the place of what is open.

use eframe::egui::{Color32, Mesh, Painter, Rect, Shape, vec2};

use super::transform::MapTransform;
use crate::state::AppState;
use crate::ui::theme::Palette;

/// Side of a dot, in points.
const DOT_PX: f32 = 3.0;
/// How much of what is open is hidden.
const VEIL: f32 = 0.7;

/// Draws what is known so far over the map.
pub(super) fn paint(painter: &Painter, state: &AppState, transform: &MapTransform, palette: &Palette) {
    let Some(preview) = state.preview().filter(|preview| !preview.places.is_empty()) else { return };
    if preview.replaces && !state.is_waiting() {
        painter.rect_filled(transform.rect, 0.0, palette.map.land.gamma_multiply(VEIL));
    }
    let mut mesh = Mesh::default();
    let color: Color32 = palette.accent.gamma_multiply(0.8);
    let seen = transform.rect.expand(DOT_PX);
    for place in &preview.places {
        let at = transform.to_screen(*place);
        if seen.contains(at) {
            mesh.add_colored_rect(Rect::from_center_size(at, vec2(DOT_PX, DOT_PX)), color);
        }
    }
    painter.add(Shape::mesh(mesh));
}
