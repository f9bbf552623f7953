//! The rectangle that incidents must stand in: drawn by a drag over the map, or taken from the view by keyboard, and shown
//! for as long as the filter has it.

use eframe::egui::{
    Align2, Area, CursorIcon, Frame, Id, Order, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::transform::MapTransform;
use crate::geo::{Bounds, LonLat, UnitPoint};
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::theme::{self, Palette};
use crate::ui::widgets::{palette, text_button};

/// A drag shorter than this in either direction is none, in points.
const MIN_SIDE_PX: f32 = 4.0;
/// A rectangle taken from the view stays so far from the map's edges that its line is seen, in points.
const VIEW_INSET_PX: f32 = 12.0;
/// The tool's words stand so far below the map's upper edge, in points.
const INSET_PX: f32 = 12.0;

/// The tool that draws a rectangle.
#[derive(Debug, Default)]
pub struct RectangleTool {
    active: bool,
    /// Whether it was just taken out: its first button gets the focus.
    is_fresh: bool,
    /// Where the drag under way began, on the unit square: the map may move under it.
    start: Option<UnitPoint>,
}

impl RectangleTool {
    /// Whether it is out.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// Takes the tool out, or puts it away.
    pub fn toggle(&mut self) {
        *self = Self { active: !self.active, is_fresh: !self.active, start: None };
    }

    /// Puts the tool away; says whether it was out.
    pub fn end(&mut self) -> bool {
        std::mem::take(self).active
    }

    /// While the tool is out, takes drags over the map.
    pub fn show(&mut self, ui: &mut Ui, transform: &MapTransform, commands: &mut Vec<Command>) {
        if !self.active {
            return;
        }
        let palette = palette(ui);
        let drawn = self.follow_drag(ui, transform, palette).or_else(|| self.words(ui, transform));
        if let Some(rect) = drawn {
            commands.push(Command::SetRectangle(Some(bounds_of(transform, rect))));
            self.end();
        }
    }

    /// Lies over markers, so that a drag that begins on one is a drag all the same. Returns a rectangle that is finished.
    fn follow_drag(&mut self, ui: &Ui, transform: &MapTransform, palette: &Palette) -> Option<Rect> {
        let id = ui.scope_id().with("rectangle");
        let response = ui.interact(transform.rect, id, Sense::DRAG).on_hover_cursor(CursorIcon::Crosshair);
        response.widget_info(|| WidgetInfo::labeled(Role::Pane, true, t!("rectangle-ground")));
        if response.drag_started() {
            let origin = ui.input(|input| input.pointer.press_origin());
            self.start = origin.map(|pos| transform.to_unit(pos));
        }
        let start = transform.place(self.start?);
        let end = response.interact_pointer_pos().or_else(|| ui.input(|input| input.pointer.latest_pos()))?;
        let rect = Rect::from_two_pos(start, end).intersect(transform.rect);
        if !response.drag_stopped() {
            ui.painter().rect_filled(rect, 0.0, palette.band());
            paint_line(ui.painter(), rect, palette);
            return None;
        }
        self.start = None;
        (rect.width() >= MIN_SIDE_PX && rect.height() >= MIN_SIDE_PX).then_some(rect)
    }

    /// What to do, and the way by keyboard. Returns the rectangle of the view if that is wanted.
    fn words(&mut self, ui: &Ui, transform: &MapTransform) -> Option<Rect> {
        let mut wanted = None;
        let at = transform.rect.center_top() + vec2(0.0, INSET_PX);
        let area = Area::new(Id::unique("rectangle tool")).order(Order::Middle).pivot(Align2::CENTER_TOP);
        area.fixed_pos(at).constrain_to(transform.rect).show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).inner_margin(theme::MARGIN).show(ui, |ui| {
                ui.set_max_width((transform.rect.width() - 8.0 * theme::MARGIN).max(1.0));
                ui.label(theme::body(t!("rectangle-help")));
                ui.horizontal(|ui| {
                    let view = text_button(ui, theme::strong(t!("rectangle-view")), t!("rectangle-view"));
                    if std::mem::take(&mut self.is_fresh) {
                        view.request_focus();
                    }
                    if view.clicked() {
                        wanted = Some(transform.rect.shrink(VIEW_INSET_PX));
                    }
                    ui.add_space(theme::GAP);
                    if text_button(ui, theme::strong(t!("rectangle-cancel")), t!("rectangle-cancel"))
                        .clicked()
                    {
                        self.end();
                    }
                });
            });
        });
        wanted
    }
}

/// The box on the earth that a rectangle of the screen is.
fn bounds_of(transform: &MapTransform, rect: Rect) -> Bounds {
    let (north_west, south_east) = (transform.to_unit(rect.min), transform.to_unit(rect.max));
    let within = |point: UnitPoint| UnitPoint { y: point.y.clamp(0.0, 1.0), ..point }.to_lon_lat();
    let (LonLat { lon_deg: west_deg, lat_deg: north_deg }, to) = (within(north_west), within(south_east));
    let goes_round = south_east.x - north_west.x >= 1.0;
    let east_deg = if goes_round { west_deg + 360.0 } else { to.lon_deg };
    Bounds { west_deg, south_deg: to.lat_deg, east_deg, north_deg }
}

/// Draws the filter's rectangle, in every copy that the map shows of it.
pub fn paint(painter: &Painter, state: &AppState, transform: &MapTransform, palette: &Palette) {
    let Some(bounds) = state.filter().rectangle() else { return };
    let north_west = LonLat::new(bounds.west_deg, bounds.north_deg).to_unit();
    let south = LonLat::new(bounds.west_deg, bounds.south_deg).to_unit().y;
    let width = bounds.width_deg() / 360.0;
    let (min, max) = transform.visible();
    let first = (min.x - north_west.x - width).ceil();
    let copies = (max.x - first - north_west.x).floor().clamp(-1.0, 3.0) as i32;
    for copy in 0..=copies {
        let west = north_west.x + first + f64::from(copy);
        let corner = |x: f64, y: f64| transform.place(UnitPoint { x, y });
        let rect = Rect::from_min_max(corner(west, north_west.y), corner(west + width, south));
        paint_line(painter, near(rect, transform.rect), palette);
    }
}

/// A rectangle without what lies far off the screen, where points have no fractions any more.
fn near(rect: Rect, screen: Rect) -> Rect {
    const FAR_PX: f32 = 64.0;
    let around = screen.expand(FAR_PX);
    let inside = |pos: Pos2| {
        pos2(pos.x.clamp(around.left(), around.right()), pos.y.clamp(around.top(), around.bottom()))
    };
    Rect::from_min_max(inside(rect.min), inside(rect.max))
}

fn paint_line(painter: &Painter, rect: Rect, palette: &Palette) {
    for line in [Stroke::new(4.0, palette.map.land), Stroke::new(2.0, palette.accent)] {
        painter.rect_stroke(rect, 0.0, line, StrokeKind::Middle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::MapArea;
    use crate::state::View;

    fn map(lon_deg: f64, zoom: f64) -> MapTransform {
        let rect = Rect::from_min_size(pos2(100.0, 50.0), vec2(800.0, 600.0));
        MapTransform::new(rect, View { center: LonLat::new(lon_deg, 10.0), zoom })
    }

    #[test]
    fn a_rectangle_across_the_antimeridian_holds_both_sides_and_no_more() {
        let map = map(179.0, 5.0);
        let bounds = bounds_of(&map, map.rect.shrink(100.0));
        assert!(bounds.is_valid() && bounds.west_deg > bounds.east_deg, "{bounds:?}");
        let area = MapArea::of(bounds);
        assert!(area.contains(LonLat::new(175.0, 10.0)) && area.contains(LonLat::new(-179.0, 10.0)));
        assert!(!area.contains(LonLat::new(0.0, 10.0)) && !area.contains(LonLat::new(179.0, 80.0)));
    }

    #[test]
    fn a_rectangle_wider_than_the_world_goes_all_round_it() {
        let map = map(30.0, 0.5);
        let bounds = bounds_of(&map, map.rect);
        assert!(bounds.is_valid(), "{bounds:?}");
        for lon_deg in [-180.0, -90.0, 0.0, 30.0, 179.9] {
            assert!(MapArea::of(bounds).contains(LonLat::new(lon_deg, 0.0)), "{lon_deg}");
        }
    }
}
