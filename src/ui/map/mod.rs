//! The map: the ground, the areas and markers of incidents, and what the pointer does with them.

pub mod archive;
mod area_groups;
pub mod areas;
pub mod attribution;
pub mod chooser;
pub mod drawing;
mod few_marks;
mod flight;
pub mod furniture;
pub mod gpu;
pub mod graticule;
pub mod grid;
pub mod ground;
mod hints;
pub mod labels;
pub mod markers;
pub mod measure;
pub mod motion;
pub mod off_screen;
mod preview;
pub mod rectangle;
pub mod rings;
mod shape_batch;
mod shape_index;
pub mod shapes;
pub mod source;
pub mod spot_menu;
pub mod stamp;
pub mod style;
pub mod tile_layer;
mod tile_work;
pub mod transform;
pub mod vector;

use eframe::egui::{Context, EventFilter, Painter, Rect, Response, Role, Ui, UiBuilder, WidgetInfo, vec2};
use walkers::{Map, MapMemory, Projector, lon_lat};

use self::area_groups::AreaGroups;
use self::areas::Areas;
use self::chooser::Chooser;
use self::drawing::DrawingLayer;
use self::flight::Flight;
use self::ground::Ground;
use self::hints::{nothing_shown, tooltip};
use self::labels::{Taken, paint_map_labels};
use self::markers::{Mark, ViewMarks};
use self::measure::Measure;
use self::rectangle::RectangleTool;
use self::rings::Rings;
use self::shapes::Shapes;
use self::spot_menu::SpotMenu;
use self::style::StyleKey;
use self::transform::MapTransform;
use crate::geo::{LonLat, UnitPoint};
use crate::query::{MapArea, Members};
use crate::state::view::View;
use crate::state::{AppState, Command, MapChoice};
use crate::t;
use crate::ui::theme::{self, Palette};
use crate::ui::widgets::palette;

/// Free space around a fitted box: room for markers, their names and the buttons, in points.
const FIT_MARGIN_PX: [f64; 2] = [56.0, 48.0];
/// Zoom steps for a double click; a notch of a wheel is about two thirds of it.
const ZOOM_SPEED: f64 = 1.0;
/// A selected marker nearer to the map's edge than this is brought to the middle, in points.
const REVEAL_INSET_PX: f32 = 32.0;
/// Two views closer than this are the same, in degrees and zoom steps.
const SAME_VIEW: f64 = 1e-9;

/// What the map remembers between frames.
// Each is of its own.
#[allow(clippy::struct_excessive_bools)]
pub struct MapPanel {
    ground: Ground,
    /// What the attribution of the last frame took of the map.
    attribution: Rect,
    areas: Areas,
    memory: MapMemory,
    /// The view that `memory` was last brought to or read as.
    synced: Option<View>,
    marks: ViewMarks,
    rings: Rings,
    drawing: DrawingLayer,
    area_groups: AreaGroups,
    shapes: Shapes,
    /// Incidents whose schematic disc this frame draws.
    schematic: Vec<usize>,
    /// Whether lines of latitude and longitude are drawn.
    grid: bool,
    hovered: Hovered,
    /// The selection of the last frame.
    seen_selection: Option<usize>,
    /// The steps along the story of the last frame.
    seen_steps: u64,
    /// On its way to a selection.
    flight: Option<Flight>,
    /// Whether a frame was drawn: the first one's view is what was asked for, wherever the selection is.
    was_shown: bool,
    chooser: Option<Chooser>,
    rectangle: RectangleTool,
    measure: Measure,
    spot_menu: SpotMenu,
    logged_marks: Vec<Mark>,
    asked: Asked,
    focused: bool,
    /// Whether it has the focus because the pointer took hold of it: that needs no frame to be seen.
    is_held: bool,
    /// What the last frame showed.
    visible: Option<MapArea>,
}

/// How the keyboard asks the map to move.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Asked {
    /// Steps to the right and down.
    pan: [f64; 2],
    /// Zoom steps.
    zoom: f64,
}

/// What the pointer is on.
#[derive(Debug, Default)]
pub struct Hovered {
    incident: Option<usize>,
    ring: Option<Members>,
}

impl Hovered {
    /// Whether the pointer is on no mark.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.incident.is_none() && self.ring.is_none()
    }

    /// Whether the mark under the pointer stands for this incident, maybe among others.
    #[must_use]
    pub fn stands_for(&self, state: &AppState, incident: usize) -> bool {
        self.incident == Some(incident)
            || self.ring.as_ref().is_some_and(|members| state.engine().is_member(members, incident))
    }
}

/// How the map lies on the screen, as walkers sees it, kept within the ends of the world.
pub(crate) fn transform_of(projector: &Projector) -> MapTransform {
    let rect = projector.clip_rect();
    let center = projector.unproject(rect.center().to_vec2());
    let view = View { center: LonLat::new(center.x(), center.y()), zoom: projector.zoom() };
    MapTransform::new(rect, view.clamped(size_of(rect)))
}

fn size_of(rect: Rect) -> [f64; 2] {
    [f64::from(rect.width()), f64::from(rect.height())]
}

fn same(a: View, b: View) -> bool {
    (a.center.lon_deg - b.center.lon_deg).abs() < SAME_VIEW
        && (a.center.lat_deg - b.center.lat_deg).abs() < SAME_VIEW
        && (a.zoom - b.zoom).abs() < SAME_VIEW
}

impl MapPanel {
    /// A map with nothing loaded yet.
    #[must_use]
    pub fn new(ctx: &Context) -> Self {
        Self {
            ground: Ground::new(ctx),
            attribution: Rect::NOTHING,
            areas: Areas::default(),
            memory: MapMemory::default(),
            synced: None,
            marks: ViewMarks::default(),
            rings: Rings::default(),
            drawing: DrawingLayer::default(),
            area_groups: AreaGroups::default(),
            shapes: Shapes::new(ctx),
            schematic: Vec::new(),
            grid: false,
            hovered: Hovered::default(),
            seen_selection: None,
            seen_steps: 0,
            flight: None,
            was_shown: false,
            chooser: None,
            rectangle: RectangleTool::default(),
            measure: Measure::default(),
            spot_menu: SpotMenu::default(),
            logged_marks: Vec::new(),
            asked: Asked::default(),
            focused: false,
            is_held: false,
            visible: None,
        }
    }

    /// Gives the map the adapter that draws points and heat; without one, rings are drawn instead.
    pub fn set_render_state(&mut self, render_state: egui_wgpu::RenderState) {
        self.drawing.set_render_state(render_state);
    }

    /// Whether every tile of the last frame was there, and every line and area.
    #[must_use]
    pub fn is_complete(&self, state: &AppState) -> bool {
        self.ground.is_complete(state) && self.shapes.is_complete()
    }

    /// How many tiles of the map are still on their way.
    #[must_use]
    pub fn pending_tiles(&self) -> usize {
        self.ground.pending()
    }

    /// What the pointer is on.
    #[must_use]
    pub fn hovered(&self) -> &Hovered {
        &self.hovered
    }

    /// What the last frame showed of the world.
    #[must_use]
    pub fn visible(&self) -> Option<MapArea> {
        self.visible
    }

    /// Closes the chooser, or else puts a tool away; says whether there was one.
    pub fn close_topmost(&mut self) -> bool {
        self.chooser.take().is_some() || self.rectangle.end() || self.measure.end()
    }

    /// Takes the tool that draws a rectangle out, or puts it away.
    pub fn toggle_rectangle(&mut self) {
        self.measure.end();
        self.rectangle.toggle();
    }

    /// Takes the measuring tool out, or puts it away.
    pub fn toggle_measure(&mut self) {
        self.rectangle.end();
        self.measure.toggle();
    }

    /// Opens the menu of the point in the middle of the map.
    pub fn open_spot_menu(&mut self) {
        self.spot_menu.ask();
    }

    /// Draws the map into the rest of the window. `hovered_in_list` is the incident under the pointer there.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        hovered_in_list: Option<usize>,
        commands: &mut Vec<Command>,
    ) {
        let palette = palette(ui);
        let rect = ui.available_rect_before_wrap();
        ui.painter().rect_filled(rect, 0.0, palette.map.land);
        let view = self.in_flight(ui.ctx(), state.target().resolve(size_of(rect), FIT_MARGIN_PX), rect);
        self.bring_memory_to(view);
        let highlighted = hovered_in_list.or(self.hovered.incident);
        let response = self.show_ground(ui, state, highlighted);
        response.widget_info(|| WidgetInfo::labeled(Role::Group, true, t!("map-name")));
        self.follow_keys(ui, &response);
        let transform = self.read_memory(response.rect, commands);
        self.visible = Some(transform.area());
        ui.set_clip_rect(response.rect);
        // For a screen reader, markers and buttons are inside the map, not beside it.
        let inside = UiBuilder::new().max_rect(response.rect).accessibility_parent(response.id);
        let ui = &mut ui.new_child(inside);
        // Below the incidents, whose colours it must not change.
        rectangle::paint(ui.painter(), state, &transform, palette);
        let painted = self.drawing.paint(ui.painter(), state, &transform, palette);
        // Under points and heat, too: by them the areas are chosen that the next frame draws.
        let now_s = ui.input(|input| input.time);
        self.marks.update(state, &transform, now_s, painted || state.reduced_motion());
        if painted {
            self.show_few_marks(ui, state, &transform, highlighted, &response, commands);
        } else {
            self.show_marks(ui, state, &transform, highlighted, commands);
        }
        if self.hovered.is_nothing() && !self.rectangle.is_active() && !self.measure.is_active() {
            self.hovered.incident = self.shapes.show(state, &transform, &response, commands);
        }
        preview::paint(ui.painter(), state, &transform, palette);
        self.rectangle.show(ui, &transform, commands);
        self.measure.show(ui, &transform, self.focused, commands);
        self.drawing.furniture(ui, state, &transform, painted);
        off_screen::show(
            ui,
            state,
            &transform,
            hovered_in_list.into_iter().chain(state.selection()),
            commands,
        );
        let pointer = response.hover_pos().filter(|_| self.hovered.is_nothing());
        let said = self.ground.status(transform.rect);
        self.attribution = furniture::show(ui, &transform, pointer, said, &mut self.measure, commands);
        self.spot_menu.show(ui, &transform, &mut self.measure, commands);
        if !self.is_held {
            crate::ui::widgets::focus_ring(ui, &response, response.rect);
        }
        nothing_shown(ui, state, response.rect, commands);
        self.reveal_selection(state, &transform, commands);
        if let Some(chooser) = &mut self.chooser
            && !chooser.show(ui, state, &transform, commands)
        {
            self.chooser = None;
        }
    }

    /// What is drawn on the way to `goal`. A flight that went elsewhere is over.
    fn in_flight(&mut self, ctx: &Context, goal: View, rect: Rect) -> View {
        let mut flight = self.flight.take().filter(|flight| same(flight.to(), goal));
        let view = flight.as_mut().and_then(|flight| flight.view(ctx, size_of(rect)));
        self.flight = flight.filter(|_| view.is_some());
        view.unwrap_or(goal)
    }

    fn bring_memory_to(&mut self, view: View) {
        if self.synced.is_some_and(|synced| same(synced, view)) {
            return;
        }
        self.synced = Some(view);
        self.place_memory(view);
    }

    /// Brings walkers' memory to a view that is clamped already.
    fn place_memory(&mut self, view: View) {
        self.memory.center_at(lon_lat(view.center.lon_deg, view.center.lat_deg));
        if self.memory.set_zoom(view.zoom).is_err() {
            log::error!("a view beyond the map's zooms: {}", view.zoom);
        }
    }

    /// The basemap and the areas, drawn by walkers, which also moves its memory with the reader's gestures.
    fn show_ground(&mut self, ui: &mut Ui, state: &AppState, highlighted: Option<usize>) -> Response {
        let palette = palette(ui);
        let transform = self.synced.map(|view| MapTransform::new(ui.available_rect_before_wrap(), view));
        let requests = self.area_groups.requests(state, &self.marks, highlighted, transform.as_ref());
        self.schematic = requests
            .iter()
            .filter(|request| areas::schematic_foot(&request.incident.place).is_some())
            .map(|request| request.index)
            .collect();
        let key = StyleKey { dark: palette.dark, language: state.label_language() };
        let center =
            self.synced.map_or(lon_lat(0.0, 0.0), |view| lon_lat(view.center.lon_deg, view.center.lat_deg));
        let map = Map::new(None, &mut self.memory, center)
            .zoom_with_ctrl(false)
            .double_click_to_zoom(true)
            .zoom_speed(ZOOM_SPEED);
        self.ground.begin_frame(state, key);
        let map = self.ground.add_to(map);
        let map = map.with_layer(self.areas.layer(requests, palette), 1.0);
        let map = map.with_layer(self.shapes.layer(state, highlighted, palette), 1.0);
        let response = map.show(ui, |_, _, _, _| ()).response;
        // With less motion the map stays where the reader lets go of it.
        if state.reduced_motion() && self.memory.animating() {
            self.memory.detached().into_iter().for_each(|center| self.memory.center_at(center));
        }
        response
    }

    /// Moves the map by so many steps to the right and down, at its next frame.
    pub fn pan(&mut self, right: f64, down: f64) {
        self.asked.pan[0] += right;
        self.asked.pan[1] += down;
    }

    /// Zooms the map by so many steps, at its next frame.
    pub fn zoom(&mut self, steps: f64) {
        self.asked.zoom += steps;
    }

    /// Says that a selection comes with a view of its own: the map does not move to it.
    pub fn expect_selection(&mut self, selection: Option<usize>) {
        self.seen_selection = selection;
    }

    /// Whether the map has the keyboard's focus.
    #[must_use]
    pub fn has_focus(&self) -> bool {
        self.focused
    }

    /// Carries out what was asked for by [`Self::pan`] and [`Self::zoom`].
    fn follow_keys(&mut self, ui: &Ui, response: &Response) {
        /// How far a step moves the map, in points.
        const STEP_PX: f64 = 80.0;
        if response.is_pointer_button_down_on() && !self.focused {
            response.request_focus();
            self.is_held = true;
        }
        self.focused = response.has_focus();
        self.is_held &= self.focused;
        if self.focused {
            // Arrows move the map, not the focus.
            let filter =
                EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        }
        let asked = std::mem::take(&mut self.asked);
        let Some(view) = self.synced.filter(|_| asked != Asked::default()) else { return };
        let transform = MapTransform::new(response.rect, view);
        let center = UnitPoint {
            x: transform.center.x + asked.pan[0] * STEP_PX / transform.world_px,
            y: transform.center.y + asked.pan[1] * STEP_PX / transform.world_px,
        };
        let view = View { center: center.to_lon_lat(), zoom: view.zoom + asked.zoom }
            .clamped(size_of(response.rect));
        self.place_memory(view);
    }

    /// Where the reader's gestures have brought the map; told to the state if that is new.
    fn read_memory(&mut self, rect: Rect, commands: &mut Vec<Command>) -> MapTransform {
        let center = self.memory.detached().map_or(LonLat::new(0.0, 0.0), |it| LonLat::new(it.x(), it.y()));
        let moved = View { center, zoom: self.memory.zoom() };
        let mut view = moved.clamped(size_of(rect));
        // walkers moves the centre for a zoom that is not granted: at the limit nothing moves.
        if let Some(synced) = self.synced.filter(|it| view.zoom != moved.zoom && it.zoom == view.zoom) {
            view.center = synced.center;
        }
        if self.synced.is_none_or(|synced| !same(synced, view)) {
            commands.push(Command::SetView(view));
            self.synced = Some(view);
        }
        if !same(moved, view) {
            self.place_memory(view);
        }
        MapTransform::new(rect, view)
    }

    fn show_marks(
        &mut self,
        ui: &Ui,
        state: &AppState,
        transform: &MapTransform,
        highlighted: Option<usize>,
        commands: &mut Vec<Command>,
    ) {
        let palette = palette(ui);
        let dataset = state.dataset();
        let now_s = ui.input(|input| input.time);
        if self.marks.is_moving(now_s) {
            ui.ctx().request_repaint();
        }
        let marks = self.marks.marks(transform, now_s);
        self.log_marks(state, &marks);
        let selected_mark = self.marks.holding(state, state.selection());
        let highlighted_mark = self.marks.holding(state, highlighted);
        let is_selected = |mark: &Mark| selected_mark == Some(mark.id());
        let is_highlighted = |mark: &Mark| highlighted_mark == Some(mark.id());
        let mut taken = Taken::default();
        furniture::taken_by(transform.rect, self.attribution)
            .into_iter()
            .chain(self.measure.taken(transform.rect))
            .chain(marks.iter().map(|mark| mark.rect().expand(2.0)))
            .for_each(|rect| taken.add(rect));
        // The selected and the pointed-out first: their names have the first choice of room. Drawn in reverse.
        let mut order: Vec<usize> = (0..marks.len()).collect();
        order.sort_by_key(|&n| (!is_selected(&marks[n]), !is_highlighted(&marks[n])));
        let painter = ui.painter().clone();
        let placed: Vec<_> = order
            .iter()
            .map(|&n| {
                let (mark, selected) = (&marks[n], is_selected(&marks[n]));
                mark.place_label(&painter, dataset, palette, &mut taken, state.label_language(), selected)
            })
            .collect();
        self.name_schematic_discs(&painter, state, transform, palette, &mut taken);
        self.paint_names(&painter, state, transform, palette, &mut taken);
        // In the order of the list, so that the Tab key goes through them as through the rows.
        let responses: Vec<Response> =
            marks.iter().map(|mark| mark.interact(ui, dataset, is_selected(mark))).collect();
        self.hovered = Hovered::default();
        for &n in order.iter().rev() {
            let (mark, response) = (&marks[n], &responses[n]);
            let pointed_out = response.hovered() || response.has_focus() || is_highlighted(mark);
            let growth = ui.ctx().animate_bool(response.id.with("growth"), pointed_out);
            mark.paint(&painter, dataset, palette, &mut self.rings, is_selected(mark), growth);
            if response.has_focus() {
                mark.paint_focus(&painter, palette, is_selected(mark));
            }
            if response.hovered() {
                let ring = mark.incident().is_none().then(|| self.marks.members(mark));
                self.hovered = Hovered { incident: mark.incident(), ring };
            }
            self.click(mark, response, state, commands);
            tooltip(response, state, mark);
        }
        placed.iter().flatten().for_each(|label| label.paint(&painter, palette));
    }

    /// The map's own names, and where they are few, lines of latitude and longitude.
    fn paint_names(
        &mut self,
        painter: &Painter,
        state: &AppState,
        transform: &MapTransform,
        palette: &Palette,
        taken: &mut Taken,
    ) {
        let labels = self.ground.take_labels();
        let on_screen = labels.iter().filter(|label| transform.rect.contains(label.pos)).count();
        // While tiles are on their way, nobody knows how much the map will say.
        if self.is_complete(state) {
            self.grid = graticule::is_wanted(transform, on_screen, self.grid);
        }
        if *state.map() == MapChoice::Embedded && self.grid {
            graticule::paint(painter, transform, palette, taken);
        }
        paint_map_labels(painter, palette, labels, taken);
    }

    /// Says of discs that stand for nothing better than "around here" that they are schematic.
    fn name_schematic_discs(
        &self,
        painter: &Painter,
        state: &AppState,
        transform: &MapTransform,
        palette: &Palette,
        taken: &mut Taken,
    ) {
        for &index in &self.schematic {
            let place = &state.dataset().incidents.at(index).place;
            let Some(foot) = areas::schematic_foot(place) else { continue };
            let galley = painter.layout_no_wrap(
                t!("area-schematic").to_owned(),
                theme::regular(theme::HEAD_SIZE),
                palette.text,
            );
            let pos = transform.to_screen(foot.to_unit());
            let rect = Rect::from_center_size(pos + vec2(0.0, galley.size().y / 2.0 + 3.0), galley.size());
            if painter.clip_rect().contains_rect(rect) && taken.is_free(rect) {
                taken.add(rect);
                labels::paint_with_halo(painter, rect.min, &galley, palette.text, palette.map.land);
            }
        }
    }

    fn click(&mut self, mark: &Mark, response: &Response, state: &AppState, commands: &mut Vec<Command>) {
        if !response.clicked() {
            return;
        }
        match mark.incident() {
            Some(index) => commands.push(Command::Select(index)),
            None if mark.is_one_spot() => {
                let members = self.marks.members(mark);
                self.chooser = Some(Chooser::new(members, mark.count(), state.revision()));
            }
            None => commands.extend(self.marks.bounds_of(state, mark).map(Command::FitBounds)),
        }
    }

    /// Brings a newly selected marker into the map if it lies outside or at its very edge, or the reader goes on in time.
    fn reveal_selection(&mut self, state: &AppState, transform: &MapTransform, commands: &mut Vec<Command>) {
        let seen = std::mem::replace(&mut self.seen_selection, state.selection());
        let was_shown = std::mem::replace(&mut self.was_shown, true);
        let steps = state.steps_in_time();
        let in_story = std::mem::replace(&mut self.seen_steps, steps) != steps;
        if !was_shown || seen == state.selection() {
            return;
        }
        let on_map = state.selection().is_some_and(|index| state.engine().is_on_map(index));
        let Some(incident) = state.selected().filter(|_| on_map) else { return };
        let pos = transform.to_screen(incident.place.position.to_unit());
        if in_story || !transform.rect.shrink(REVEAL_INSET_PX).contains(pos) {
            // From where the map is drawn, and at the zoom where a flight before this one would have come down.
            let zoom = self.flight.map_or(transform.zoom, |flight| flight.to().zoom);
            let view = View { center: incident.place.position, zoom };
            let size_px = size_of(transform.rect);
            let from = View { center: transform.center.to_lon_lat(), zoom: transform.zoom };
            let flight = || Flight::new(from, view.clamped(size_px), size_px);
            self.flight = (!state.reduced_motion()).then(flight);
            commands.push(Command::FollowSelection(view));
        }
    }

    /// Says in the log where markers are, for tests that click on the real screen.
    fn log_marks(&mut self, state: &AppState, marks: &[Mark]) {
        if !log::log_enabled!(log::Level::Debug) {
            return;
        }
        let places = |marks: &[Mark]| marks.iter().map(|mark| (mark.pos, mark.count())).collect::<Vec<_>>();
        if places(&self.logged_marks) == places(marks) {
            return;
        }
        for mark in marks {
            let Some(incident) = mark.incident().and_then(|index| state.dataset().incidents.get(index))
            else {
                continue;
            };
            let id = incident.id.escape_debug();
            log::debug!("marker {id} at {:.0},{:.0}", mark.pos.x, mark.pos.y);
        }
        self.logged_marks = marks.to_vec();
    }
}

#[cfg(test)]
mod tests;
