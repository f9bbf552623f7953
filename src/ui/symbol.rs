//! The shapes that stand for event types, drawn as vectors so that they are crisp at every scale.

use eframe::egui::{Color32, Painter, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, Vec2, pos2, vec2};

use super::theme::{self, Palette};
use crate::model::{EventType, Symbol};

/// Draws `symbol` in a circle of `radius` points around `center`.
pub fn paint(painter: &Painter, symbol: Symbol, center: Pos2, radius: f32, color: Color32) {
    painter.add(shape(symbol, center, radius, color));
}

/// A disc in the event type's colour with its symbol, as in lists and legends. Decoration: the text beside it says
/// the same.
pub fn badge(ui: &mut Ui, event_type: &EventType, size: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(size), Sense::hover());
    paint_badge(ui.painter(), event_type, rect);
    response
}

/// Draws a badge into `rect`.
pub fn paint_badge(painter: &Painter, event_type: &EventType, rect: Rect) {
    let fill = theme::color(event_type.color);
    let radius = rect.width() / 2.0;
    let edge = Palette::of(painter.ctx().theme()).edge(fill);
    // The line lies inside the badge, so that all are of one size.
    painter.circle(rect.center(), radius - edge.width / 2.0, fill, edge);
    paint(painter, event_type.symbol, rect.center(), radius * 0.5, theme::shape_on(fill));
}

fn shape(symbol: Symbol, center: Pos2, radius: f32, color: Color32) -> Shape {
    let polygon = |points: Vec<Pos2>| Shape::convex_polygon(points, color, Stroke::NONE);
    match symbol {
        Symbol::Circle => Shape::circle_filled(center, radius * 0.78, color),
        // Moved up a little: the middle of a triangle's surface lies below the middle of its box.
        Symbol::Triangle => {
            polygon(regular_polygon(center + vec2(0.0, radius * 0.14), radius * 1.02, 3, -90.0))
        }
        Symbol::Diamond => polygon(regular_polygon(center, radius, 4, -90.0)),
        Symbol::Square => polygon(regular_polygon(center, radius * 1.06, 4, -45.0)),
        Symbol::Hexagon => polygon(regular_polygon(center, radius, 6, -90.0)),
        Symbol::Cross => bars(center, radius * 0.92, radius * 0.36, 45.0, color),
        Symbol::Plus => bars(center, radius * 0.98, radius * 0.36, 0.0, color),
        Symbol::Star => star(center, radius * 1.08, color),
    }
}

fn on_circle(center: Pos2, radius: f32, angle_deg: f32) -> Pos2 {
    let angle = angle_deg.to_radians();
    center + radius * vec2(angle.cos(), angle.sin())
}

fn regular_polygon(center: Pos2, radius: f32, corners: u8, first_deg: f32) -> Vec<Pos2> {
    let step_deg = 360.0 / f32::from(corners);
    (0..corners).map(|n| on_circle(center, radius, first_deg + step_deg * f32::from(n))).collect()
}

/// Two bars that cross in the middle.
fn bars(center: Pos2, half_length: f32, width: f32, turn_deg: f32, color: Color32) -> Shape {
    let bar = |angle_deg: f32| {
        let along = on_circle(Pos2::ZERO, half_length, angle_deg).to_vec2();
        let across = on_circle(Pos2::ZERO, width / 2.0, angle_deg + 90.0).to_vec2();
        let corners = vec![
            center - along - across,
            center + along - across,
            center + along + across,
            center - along + across,
        ];
        Shape::convex_polygon(corners, color, Stroke::NONE)
    };
    Shape::Vec(vec![bar(turn_deg), bar(turn_deg + 90.0)])
}

/// A five-pointed star as a mesh: its outline is not convex.
fn star(center: Pos2, radius: f32, color: Color32) -> Shape {
    /// Inner to outer radius of the regular pentagram.
    const INNER: f32 = 0.382;
    let mut mesh = eframe::egui::Mesh::default();
    mesh.colored_vertex(center, color);
    for n in 0..10u8 {
        let radius = if n % 2 == 0 { radius } else { radius * INNER };
        mesh.colored_vertex(on_circle(center, radius, -90.0 + 36.0 * f32::from(n)), color);
    }
    for n in 0..10 {
        mesh.add_triangle(0, n + 1, (n + 1) % 10 + 1);
    }
    Shape::mesh(mesh)
}

/// The pictures on buttons: drawn, because text fonts lack most of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A cross: close, clear.
    Close,
    /// Zoom in.
    ZoomIn,
    /// Zoom out.
    ZoomOut,
    /// Arrows to all corners: fit everything.
    Fit,
    /// A crescent: go dark.
    Moon,
    /// A sun: go light.
    Sun,
    /// A lens: search.
    Lens,
    /// To the previous one.
    Previous,
    /// To the next one.
    Next,
    /// Opens downward.
    Down,
    /// A window with a bar on its left.
    LeftPanel,
    /// A window with a bar on its right.
    RightPanel,
    /// A window with a bar below.
    BottomPanel,
    /// A triangle that points on: play.
    Play,
    /// Two bars: pause.
    Pause,
    /// A tick.
    Tick,
    /// A half-filled disc: accounts differ.
    Half,
    /// A place on the map.
    Spot,
    /// A ruler: measure.
    Ruler,
}

/// Draws an icon into the middle of `rect`; lines are 1.5 points wide.
pub fn paint_icon(painter: &Painter, icon: Icon, rect: Rect, color: Color32) {
    let center = rect.center();
    let stroke = Stroke::new(1.5, color);
    let at = |x: f32, y: f32| center + vec2(x, y);
    let line = |points: &[Pos2]| {
        painter.add(Shape::line(points.to_vec(), stroke));
    };
    match icon {
        Icon::Close => {
            line(&[at(-4.0, -4.0), at(4.0, 4.0)]);
            line(&[at(4.0, -4.0), at(-4.0, 4.0)]);
        }
        Icon::ZoomIn => {
            line(&[at(-5.5, 0.0), at(5.5, 0.0)]);
            line(&[at(0.0, -5.5), at(0.0, 5.5)]);
        }
        Icon::ZoomOut => line(&[at(-5.5, 0.0), at(5.5, 0.0)]),
        Icon::Fit => {
            for (x, y) in [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)] {
                line(&[at(x * 6.0, y * 2.0), at(x * 6.0, y * 6.0), at(x * 2.0, y * 6.0)]);
            }
        }
        Icon::Moon => painter_moon(painter, center, color),
        Icon::Sun => {
            painter.circle_filled(center, 3.5, color);
            for n in 0..8u8 {
                let angle = 45.0 * f32::from(n);
                line(&[on_circle(center, 5.5, angle), on_circle(center, 7.5, angle)]);
            }
        }
        Icon::Lens => {
            painter.circle_stroke(at(-1.0, -1.0), 4.5, stroke);
            line(&[at(2.5, 2.5), at(6.0, 6.0)]);
        }
        Icon::Previous => line(&[at(2.0, -4.5), at(-2.5, 0.0), at(2.0, 4.5)]),
        Icon::Next => line(&[at(-2.0, -4.5), at(2.5, 0.0), at(-2.0, 4.5)]),
        Icon::Down => line(&[at(-4.0, -2.0), at(0.0, 2.0), at(4.0, -2.0)]),
        Icon::LeftPanel | Icon::RightPanel => {
            let frame = Rect::from_center_size(center, vec2(14.0, 11.0));
            painter.rect_stroke(frame, 2.0, stroke, eframe::egui::StrokeKind::Middle);
            let x = if icon == Icon::LeftPanel { frame.left() + 5.0 } else { frame.right() - 5.0 };
            line(&[pos2(x, frame.top()), pos2(x, frame.bottom())]);
        }
        Icon::BottomPanel => {
            let frame = Rect::from_center_size(center, vec2(14.0, 11.0));
            painter.rect_stroke(frame, 2.0, stroke, eframe::egui::StrokeKind::Middle);
            let y = frame.bottom() - 4.0;
            line(&[pos2(frame.left(), y), pos2(frame.right(), y)]);
        }
        Icon::Play => {
            let corners = vec![at(-3.5, -5.0), at(5.0, 0.0), at(-3.5, 5.0)];
            painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
        }
        Icon::Pause => {
            for x in [-3.0, 3.0] {
                let bar = Rect::from_center_size(at(x, 0.0), vec2(3.0, 10.0));
                painter.rect_filled(bar, 0.0, color);
            }
        }
        Icon::Tick => {
            painter
                .add(Shape::line(vec![at(-3.5, 0.2), at(-1.0, 2.8), at(3.8, -2.8)], Stroke::new(2.0, color)));
        }
        Icon::Ruler => {
            // Along the diagonal, with three marks on its upper edge.
            line(&[at(-7.0, 3.5), at(3.5, -7.0), at(7.0, -3.5), at(-3.5, 7.0), at(-7.0, 3.5)]);
            for step in [-3.5, 0.0, 3.5_f32] {
                let foot = at(step - 1.75, -step - 1.75);
                line(&[foot, foot + vec2(2.0, 2.0)]);
            }
        }
        Icon::Spot => {
            painter.circle_stroke(center, 5.5, stroke);
            painter.circle_filled(center, 2.0, color);
        }
        Icon::Half => {
            painter.circle_stroke(center, 4.5, stroke);
            let left = (0..=12u8).map(|n| on_circle(center, 4.5, 90.0 + 15.0 * f32::from(n))).collect();
            painter.add(Shape::convex_polygon(left, color, Stroke::NONE));
        }
    }
}

/// A crescent: what one disc leaves of another, as a strip of triangles between the two arcs from horn to horn.
fn painter_moon(painter: &Painter, center: Pos2, color: Color32) {
    /// Radii of the moon and of the disc that covers it, their distance, and the direction from one to the other.
    const MOON: f32 = 6.5;
    const COVER: f32 = 5.2;
    const DISTANCE: f32 = 3.8;
    const TOWARD_DEG: f32 = -40.0;
    const STEPS: u16 = 28;
    let cover = on_circle(center, DISTANCE, TOWARD_DEG);
    let (moon_sq, cover_sq, distance_sq) = (MOON * MOON, COVER * COVER, DISTANCE * DISTANCE);
    let horn_on_moon = ((distance_sq + moon_sq - cover_sq) / (2.0 * DISTANCE * MOON)).acos().to_degrees();
    let horn_on_cover = ((moon_sq - distance_sq - cover_sq) / (2.0 * DISTANCE * COVER)).acos().to_degrees();
    let mut mesh = eframe::egui::Mesh::default();
    for n in 0..=STEPS {
        let share = f32::from(n) / f32::from(STEPS);
        let angle = |horn: f32| TOWARD_DEG + horn + share * (360.0 - 2.0 * horn);
        mesh.colored_vertex(on_circle(center, MOON, angle(horn_on_moon)), color);
        mesh.colored_vertex(on_circle(cover, COVER, angle(horn_on_cover)), color);
    }
    for n in 0..u32::from(STEPS) {
        mesh.add_triangle(2 * n, 2 * n + 1, 2 * n + 2);
        mesh.add_triangle(2 * n + 1, 2 * n + 2, 2 * n + 3);
    }
    painter.add(Shape::mesh(mesh));
}
