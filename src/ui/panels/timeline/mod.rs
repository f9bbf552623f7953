//! The timeline along the bottom: how many incidents there were over time, by event type, and the window of time that the
//! reader takes hold of.
//!
//! `axis` is where minutes lie, `chart` and `bars` what is drawn, `legend` what that means, `window` what drags and keys
//! make of the window, `controls` what stands beside it, `zone` which clocks they are. Here is what the pointer and the keyboard do.

mod axis;
mod bars;
mod chart;
mod controls;
mod legend;
pub mod playhead;
mod window;
mod zone;

pub use zone::span_text;

use eframe::egui::accesskit::{Action, ActionData, ActionRequest};
use eframe::egui::{
    CursorIcon, EventFilter, Frame, Id, Key, Margin, Modifiers, Painter, Panel, PointerButton, Pos2, Rect,
    RectAlign, Response, Sense, Stroke, Tooltip, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use self::axis::Axis;
use self::chart::Chart;
use self::window::{Drag, Rules, Side};
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::accessibility::name_region;
use crate::ui::theme;
use crate::ui::widgets::{focus_ring, palette};

/// Height of the panel, in points.
const HEIGHT: f32 = 108.0;
/// With less room than this above it the timeline is left out, in points.
const MIN_ROOM_ABOVE: f32 = 180.0;
/// Width of the controls, in points.
const CONTROLS_WIDTH: f32 = 208.0;
/// Height of the labels below the bars, in points.
const LABELS_HEIGHT: f32 = 20.0;
/// How far to either side of its line a handle can be taken hold of, in points.
const GRIP_PX: f32 = 6.0;
/// How much a point of the wheel zooms.
const ZOOM_PER_PX: f64 = 0.004;
/// The shortest time that fills the strip, in bins of the finest kind.
const LEAST_BINS: f64 = 12.0;

/// The timeline and what it remembers between frames.
#[derive(Default)]
pub struct Timeline {
    /// The generation of the dataset that all the rest is about.
    generation: u64,
    /// The part of the axis that is seen; `None` for all of it.
    view_min: Option<[f64; 2]>,
    chart: Chart,
    drag: Option<Drag>,
}

/// What a frame works with.
struct Given<'a> {
    state: &'a AppState,
    axis: Axis,
    plot: Rect,
    rules: Rules,
}

impl Given<'_> {
    fn whole_min(&self) -> [f64; 2] {
        self.rules.axis_min.map(f64::from)
    }

    /// The window, or all of the axis.
    fn window_or_all(&self) -> [i32; 2] {
        let [first, end] = self.rules.axis_min;
        self.state.filter().window_min().unwrap_or([first, end - 1])
    }

    /// Where the window begins and ends, on the plot or beside it.
    fn window_px(&self) -> [f32; 2] {
        let [first, last] = self.window_or_all();
        [self.axis.x(first.into()), self.axis.x(f64::from(last) + 1.0)]
    }
}

impl Timeline {
    /// Draws it along the bottom of `ui`, while it is open and there is anything to show.
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, open: &mut bool, commands: &mut Vec<Command>) {
        let Some(axis_min) = state.time_axis() else { return };
        if ui.available_height() < HEIGHT + MIN_ROOM_ABOVE {
            return;
        }
        if self.generation != state.generation() {
            *self = Self { generation: state.generation(), ..Self::default() };
        }
        let frame = Frame::new().fill(palette(ui).panel).inner_margin(Margin::symmetric(12, 8));
        let panel = Panel::bottom("timeline").resizable(false).exact_size(HEIGHT).frame(frame);
        panel.show_collapsible(ui, open, |ui| {
            name_region(ui, t!("region-timeline"));
            let rect = ui.max_rect();
            let controls = Rect::from_min_size(rect.min, vec2(CONTROLS_WIDTH, rect.height()));
            let left = controls.right() + 2.0 * theme::MARGIN;
            let right = rect.right() - 2.0 * theme::GAP;
            let plot = Rect::from_min_max(
                pos2(left, rect.top()),
                pos2(right.max(left), rect.bottom() - LABELS_HEIGHT),
            );
            let is_wide = plot.width() > 40.0;
            let axis = self.axis(state, axis_min, plot);
            if is_wide {
                self.chart.prepare(ui, state, axis, plot);
            }
            ui.scope_builder(UiBuilder::new().max_rect(controls), |ui| {
                controls::show(ui, state, &self.chart, commands);
            });
            if is_wide {
                let rules = Rules { step: self.chart.step(), axis_min };
                self.strip(ui, &Given { state, axis, plot, rules }, commands);
            }
        });
    }

    /// The part of the axis that is seen: a window that plays is followed.
    fn axis(&mut self, state: &AppState, axis_min: [i32; 2], plot: Rect) -> Axis {
        let whole_min = axis_min.map(f64::from);
        if let Some(view) = self.view_min {
            let playhead = state.filter().window_min().filter(|_| state.playback().is_playing());
            let minute = playhead.map_or(view[0], |window| f64::from(window[1]));
            self.view_min = axis::following(view, whole_min, minute);
        }
        Axis::new(self.view_min.unwrap_or(whole_min), plot)
    }

    fn strip(&mut self, ui: &mut Ui, given: &Given<'_>, commands: &mut Vec<Command>) {
        // The keyboard has the handles; the strip itself is for the pointer only.
        let response = ui.interact(given.plot, Id::unique("timeline strip"), Sense::CLICK | Sense::DRAG);
        let handles = [Side::From, Side::To].map(|side| handle(ui, given, side));
        self.paint(ui, given, &response, &handles);
        self.follow_wheel(ui, given, &response);
        commands.extend(self.follow_pointer(ui, given, &response, &handles));
        for (side, handle) in [Side::From, Side::To].into_iter().zip(&handles) {
            commands.extend(follow_keys(ui, given, side, handle));
        }
        if self.drag.is_none() {
            self.hint(given, response);
        }
    }

    fn paint(&self, ui: &Ui, given: &Given<'_>, response: &Response, handles: &[Response; 2]) {
        let palette = palette(ui);
        let plot = given.plot;
        let has_window = given.state.filter().window_min().is_some();
        let painter = ui.painter().with_clip_rect(plot.expand2(vec2(theme::GAP, 0.0)));
        let window_px = given.window_px().map(|x| x.clamp(plot.left(), plot.right()));
        if has_window {
            let band = Rect::from_x_y_ranges(window_px[0]..=window_px[1], plot.y_range());
            painter.rect_filled(band, 2.0, palette.band());
        }
        let hovered = response.hover_pos().filter(|_| self.drag.is_none());
        let bin = hovered.and_then(|at| self.chart.bin_at(given.axis.minute(at.x)));
        if let Some((_, [first, last])) = bin {
            let x = [given.axis.x(first.into()), given.axis.x(f64::from(last) + 1.0)];
            painter.rect_filled(Rect::from_x_y_ranges(x[0]..=x[1], plot.y_range()), 2.0, palette.hovered);
        }
        self.chart.bars().paint(&painter, plot, has_window.then_some(window_px));
        self.chart.paint_ticks(ui.painter(), plot, palette);
        if let Some(time) = given.state.selected().and_then(|incident| incident.time.clone()) {
            // When the incident was that is being read.
            let [first, last] = given.state.span_on_clock(&time);
            let [from, to] = [f64::from(first), f64::from(last) + 1.0].map(|minute| given.axis.x(minute));
            let mark = Rect::from_x_y_ranges(from..=to.max(from + 6.0), plot.bottom()..=plot.bottom() + 4.0);
            painter_below(ui, plot).rect_filled(mark, 1.0, palette.text);
        }
        for (x, handle) in given.window_px().into_iter().zip(handles) {
            if x < plot.left() - 0.5 || x > plot.right() + 0.5 {
                continue;
            }
            let is_held = handle.hovered() || handle.dragged() || handle.has_focus();
            let color = if has_window || is_held { palette.accent } else { palette.outline };
            if has_window {
                painter.vline(painter.round_to_pixel_center(x), plot.y_range(), Stroke::new(1.0, color));
            }
            let pill = Rect::from_center_size(pos2(x, plot.center().y), vec2(5.0, 26.0));
            painter.rect_filled(pill, 2.5, color);
            focus_ring(ui, handle, pill.expand2(vec2(4.0, 4.0)));
        }
    }

    /// The wheel zooms around the pointer; sideways, and with Shift, it moves along.
    fn follow_wheel(&mut self, ui: &Ui, given: &Given<'_>, response: &Response) {
        let Some(pointer) = response.hover_pos().filter(|_| response.contains_pointer()) else { return };
        let scrolled =
            ui.input(|input| input.smooth_scroll_delta() + vec2(0.0, 200.0 * (input.zoom_delta() - 1.0)));
        let (view, whole) = (given.axis.view_min, given.whole_min());
        if scrolled.y != 0.0 {
            let finest = given.state.times().map_or(1.0, |times| times.finest().mean_min());
            let factor = (-f64::from(scrolled.y) * ZOOM_PER_PX).exp();
            self.view_min =
                axis::zoomed(view, whole, LEAST_BINS * finest, factor, given.axis.minute(pointer.x));
        }
        if scrolled.x != 0.0 {
            let by_min = f64::from(-scrolled.x / given.plot.width()) * given.axis.length_min();
            self.view_min = axis::panned(self.view_min.unwrap_or(view), whole, by_min);
        }
    }

    /// What the pointer makes of the window, if it does anything.
    fn follow_pointer(
        &mut self,
        ui: &Ui,
        given: &Given<'_>,
        response: &Response,
        handles: &[Response; 2],
    ) -> Option<Command> {
        let present = given.state.filter().window_min();
        // Handles lie over the bars of a narrow window: a click on them is one on the bars.
        let clicked = [response, &handles[0], &handles[1]].into_iter().find(|it| it.clicked());
        if let Some(clicked) = clicked {
            let minute = given.axis.minute(clicked.interact_pointer_pos()?.x);
            if clicked.double_clicked() {
                self.view_min = None;
                return Some(Command::SetTimeWindow(None));
            }
            let (_, bin) = self.chart.bin_at(minute)?;
            return Some(Command::SetTimeWindow(given.rules.clicked(bin, present)));
        }
        if response.dragged_by(PointerButton::Middle) || response.dragged_by(PointerButton::Secondary) {
            let by_min = f64::from(-response.drag_delta().x / given.plot.width()) * given.axis.length_min();
            self.view_min = axis::panned(given.axis.view_min, given.whole_min(), by_min);
            return None;
        }
        let held = handles.iter().position(Response::dragged);
        if held.is_none() && !response.dragged_by(PointerButton::Primary) {
            self.drag = None;
            return None;
        }
        let pointer_min = given.axis.minute(ui.input(|input| input.pointer.interact_pos())?.x);
        let drag = match self.drag {
            Some(drag) => drag,
            None => drag_from(given, held, ui.input(|input| input.pointer.press_origin())?),
        };
        self.drag = Some(drag);
        let window_min = given.rules.dragged(drag, pointer_min);
        (window_min != present).then_some(Command::SetTimeWindow(window_min))
    }

    /// Says which bin the pointer is on, and what is in it.
    fn hint(&self, given: &Given<'_>, response: Response) {
        let Some(pointer) = response.hover_pos() else { return };
        let minute = given.axis.minute(pointer.x);
        let is_inside = |[first, last]: [i32; 2]| (f64::from(first)..=f64::from(last)).contains(&minute);
        let response = if given.state.filter().window_min().is_some_and(is_inside) {
            response.on_hover_cursor(CursorIcon::Grab)
        } else {
            response
        };
        let Some((bin, span_min)) = self.chart.bin_at(minute) else { return };
        // Above the bars, which it would hide at the pointer.
        let x = [span_min[0].into(), f64::from(span_min[1]) + 1.0].map(|minute| given.axis.x(minute));
        let column = Rect::from_x_y_ranges(x[0]..=x[1], given.plot.y_range());
        let mut tooltip = Tooltip::for_enabled(&response);
        tooltip.popup = tooltip.popup.anchor(column).align(RectAlign::TOP).gap(2.0 * theme::GAP);
        tooltip.show(|ui| {
            ui.label(theme::strong(zone::span_text(given.state, span_min)));
            legend::content(ui, self.chart.bars(), &self.chart.content(bin));
        });
    }
}

/// Paints on the strip and what is just below it.
fn painter_below(ui: &Ui, plot: Rect) -> Painter {
    ui.painter().with_clip_rect(plot.with_max_y(plot.bottom() + LABELS_HEIGHT))
}

/// What is taken hold of at a place: the handle with this number, the window, or nothing yet.
fn drag_from(given: &Given<'_>, held: Option<usize>, origin: Pos2) -> Drag {
    let grab_min = given.axis.minute(origin.x);
    let is_inside =
        |[first, last]: &[i32; 2]| (f64::from(*first)..=f64::from(*last) + 1.0).contains(&grab_min);
    match (held, given.state.filter().window_min().filter(is_inside)) {
        (Some(0), _) => Drag::Edge(Side::From, given.window_or_all()),
        (Some(_), _) => Drag::Edge(Side::To, given.window_or_all()),
        (None, Some(start_min)) => Drag::Body { grab_min, start_min },
        (None, None) => Drag::New { anchor_min: grab_min },
    }
}

/// An end of the window: for the pointer a handle, for the keyboard and screen readers a slider.
fn handle(ui: &Ui, given: &Given<'_>, side: Side) -> Response {
    let [from, to] = given.window_px();
    let plot = given.plot;
    // Each reaches outward: a narrow window still has a body between them.
    let (x, reach, id, name) = match side {
        Side::From => {
            (from, [1.5 * GRIP_PX, 0.5 * GRIP_PX], Id::unique("timeline from"), t!("timeline-from"))
        }
        Side::To => (to, [0.5 * GRIP_PX, 1.5 * GRIP_PX], Id::unique("timeline to"), t!("timeline-to")),
    };
    let is_seen = (plot.left() - 0.5..=plot.right() + 0.5).contains(&x);
    let x = x.clamp(plot.left(), plot.right());
    let rect = Rect::from_x_y_ranges(x - reach[0]..=x + reach[1], plot.y_range());
    let sense = if is_seen { Sense::click_and_drag() } else { Sense::focusable_noninteractive() };
    let response = ui.interact(rect, id, sense).on_hover_cursor(CursorIcon::ResizeHorizontal);
    let [first, last] = given.window_or_all();
    let minute = if side == Side::From { first } else { last };
    response.widget_info(|| WidgetInfo::slider(true, minute.into(), name));
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_value(match side {
            Side::From => zone::minute_text(given.state, first),
            Side::To => zone::minute_text(given.state, last),
        });
        let [start, end] = given.rules.axis_min;
        node.set_min_numeric_value(start.into());
        node.set_max_numeric_value(f64::from(end) - 1.0);
        node.add_action(Action::Increment);
        node.add_action(Action::Decrement);
        node.add_action(Action::SetValue);
    });
    response
}

/// Moves an end as the keyboard or a screen reader asks: arrows by a bin, the page keys by ten, to the axis's ends.
fn follow_keys(ui: &Ui, given: &Given<'_>, side: Side, handle: &Response) -> Option<Command> {
    const KEYS: [(Key, i32); 6] = [
        (Key::ArrowLeft, -1),
        (Key::ArrowDown, -1),
        (Key::ArrowRight, 1),
        (Key::ArrowUp, 1),
        (Key::PageUp, 10),
        (Key::PageDown, -10),
    ];
    let times = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let asked =
        |action: Action| times(ui.input(|input| input.num_accesskit_action_requests(handle.id, action)));
    let wanted = ui.input(|input| {
        let number = |request: &ActionRequest| match request.data {
            Some(ActionData::NumericValue(minute)) => Some(minute),
            _ => None,
        };
        input.accesskit_action_requests(handle.id, Action::SetValue).filter_map(number).last()
    });
    if let Some(minute) = wanted {
        let drag = Drag::Edge(side, given.window_or_all());
        return Some(Command::SetTimeWindow(given.rules.dragged(drag, minute)));
    }
    let mut bins = asked(Action::Increment) - asked(Action::Decrement);
    let window_min = given.window_or_all();
    if handle.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(handle.id, filter));
        let pressed =
            |key: Key| times(ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)));
        bins += KEYS.map(|(key, bins)| pressed(key) * bins).iter().sum::<i32>();
        for (key, edge) in [(Key::Home, given.rules.axis_min[0]), (Key::End, given.rules.axis_min[1])] {
            if pressed(key) > 0 {
                return Some(Command::SetTimeWindow(given.rules.with_end(window_min, side, edge)));
            }
        }
    }
    (bins != 0).then(|| Command::SetTimeWindow(given.rules.stepped(window_min, side, bins)))
}
