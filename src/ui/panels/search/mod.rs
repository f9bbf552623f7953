//! Search everywhere: the palette over the window. What is typed finds places, incidents, event types, coordinates and
//! everything that the program can do; Enter takes the reader there.
//!
//! The focus stays in the field. The arrow keys, and the pointer where it moves, choose among the rows.

mod rows;
mod times;

use std::sync::Arc;

use eframe::egui::{
    Align2, Context, EventFilter, Frame, Id, Key, Label, Margin, Memory, Modal, Modifiers, Popup, RichText,
    Role, ScrollArea, Stroke, TextEdit, Ui, WidgetInfo, accesskit, vec2,
};

use self::rows::{Asked, Choice, Group, Row};
use self::times::Times;
use crate::query::search::{Finder, Spot, SpotTarget};
use crate::state::view::View;
use crate::state::view_text::{MAX_BYTES, ViewText, ViewTextError, looks_like_view};
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::accessibility::announce_as;
use crate::ui::actions::Action;
use crate::ui::theme;
use crate::ui::widgets::{cut, palette, sheet_width};

/// Width of the palette where there is room for it, in points.
const WIDTH: f32 = 640.0;
/// Where its upper edge stands, in points.
const TOP: f32 = 88.0;
/// Free space below it, in points.
const BOTTOM: f32 = 48.0;
/// It is never higher than this, in points.
const MAX_HEIGHT: f32 = 680.0;
/// The size of what is typed, in points.
const FIELD_SIZE: f32 = 17.0;
/// Height of the field, in points.
const FIELD_HEIGHT: f32 = 40.0;

/// The palette, and what was found.
pub struct SearchPanel {
    finder: Finder,
    open: bool,
    text: String,
    /// The view that the text is, if it is meant to be one.
    view: Option<Result<ViewText, ViewTextError>>,
    /// The times that it is.
    times: Times,
    /// The row that Enter takes; the first one where nobody has chosen another.
    chosen: Option<Choice>,
    /// Whether the chosen row must be brought into sight.
    reveal: bool,
    /// How Enter was pressed before there was an answer to what had been typed: it counts as soon as there is one.
    pressed: Option<Enter>,
    /// What had the focus before.
    focus_before: Option<Id>,
    /// What gets the focus as soon as nothing lies over it.
    focus_after: Option<Id>,
}

/// How Enter was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Enter {
    /// Alone: take what is chosen.
    Take,
    /// With Ctrl: keep the text as a filter.
    Keep,
}

fn field_id() -> Id {
    Id::unique("search everywhere")
}

impl SearchPanel {
    /// Nothing is open yet.
    #[must_use]
    pub fn new(ctx: &Context) -> Self {
        let ctx = ctx.clone();
        Self {
            finder: Finder::new(Arc::new(move || ctx.request_repaint())),
            open: false,
            text: String::new(),
            view: None,
            times: Times::default(),
            chosen: None,
            reveal: false,
            pressed: None,
            focus_before: None,
            focus_after: None,
        }
    }

    /// Opens the palette, or closes it.
    pub fn toggle(&mut self, ctx: &Context) {
        if self.open {
            self.close(ctx);
            return;
        }
        self.open = true;
        self.finder.prepare();
        self.focus_after = None;
        self.focus_before = ctx.memory(Memory::focused);
        ctx.memory_mut(|memory| memory.request_focus(field_id()));
    }

    /// Whether it is open: all keys but Ctrl's are then its own.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Closes the palette; the focus goes back to where it was.
    pub fn close(&mut self, ctx: &Context) {
        if !self.open {
            return;
        }
        self.open = false;
        self.text.clear();
        self.view = None;
        self.finder.forget();
        self.choose(None);
        self.pressed = None;
        ctx.memory_mut(|memory| memory.surrender_focus(field_id()));
        if let Some(id) = self.focus_before.take() {
            self.focus(ctx, id);
        }
    }

    /// Gives something in the window the focus, when the palette is out of the way.
    pub fn focus(&mut self, ctx: &Context, id: Id) {
        self.focus_after = Some(id);
        ctx.request_repaint();
    }

    /// What lies below a dialog can have no focus, and for a frame longer than that is shown.
    fn return_focus(&mut self, ctx: &Context) {
        let Some(id) = self.focus_after else { return };
        ctx.request_repaint();
        if ctx.memory(|memory| memory.top_modal_layer().is_none()) {
            self.focus_after = None;
            ctx.memory_mut(|memory| memory.request_focus(id));
        }
    }

    /// Draws the palette over the window while it is open; returns what the reader wants done. To be called before
    /// what lies below, so that the keys are taken here.
    pub fn show(&mut self, ctx: &Context, state: &AppState, commands: &mut Vec<Command>) -> Option<Action> {
        // Its index is built while nobody searches yet.
        self.finder.open(state.dataset());
        if !self.open {
            self.return_focus(ctx);
            return None;
        }
        let was_behind = self.finder.is_behind();
        self.finder.poll();
        if was_behind && !self.finder.is_behind() {
            // What was chosen belonged to what was typed before.
            self.choose(None);
        }
        let screen = ctx.content_rect();
        let area = Modal::default_area(Id::unique("search")).anchor(Align2::CENTER_TOP, vec2(0.0, TOP));
        let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(0));
        let modal = Modal::new(Id::unique("search")).area(area).frame(frame).show(ctx, |ui| {
            ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
                node.set_role(Role::Dialog);
                node.set_label(t!("search-title"));
            });
            ui.set_width(sheet_width(ui.ctx(), WIDTH));
            self.content(ui, state, (screen.height() - TOP - BOTTOM).min(MAX_HEIGHT))
        });
        if let Some(choice) = modal.inner {
            return self.take(ctx, &choice, commands);
        }
        if modal.should_close() && !Popup::is_any_open(ctx) {
            self.close(ctx);
        }
        None
    }

    /// The field and the rows; returns what was taken.
    fn content(&mut self, ui: &mut Ui, state: &AppState, height: f32) -> Option<Choice> {
        let step = arrows(ui);
        self.field(ui);
        self.times.look_up(&self.text, state);
        let rows = self.rows();
        let count = rows.len();
        let at = rows.iter().position(|row| Some(&row.choice) == self.chosen.as_ref()).unwrap_or(0);
        if let Some(step) = step {
            self.reveal = true;
            let next = (at.cast_signed() + step).rem_euclid(count.max(1).cast_signed()).cast_unsigned();
            self.chosen = rows.get(next).map(|row| row.choice.clone());
        }
        self.announce(ui, count);
        if let Some(row) = self.chosen.as_ref().or(rows.first().map(|row| &row.choice)) {
            let row = row.id().accesskit_id();
            ui.ctx().accesskit_node_builder(field_id(), |node| node.set_active_descendant(row));
        }
        let taken = self.list(ui, state, &rows, height - FIELD_HEIGHT);
        self.take_enter(ui);
        if taken.is_some() {
            return taken;
        }
        // What is chosen may belong to what was typed before.
        if self.finder.is_behind() {
            return None;
        }
        match self.pressed.take()? {
            Enter::Keep => Some(Choice::Keep).filter(|_| !self.text.trim().is_empty() && self.view.is_none()),
            Enter::Take => {
                // The rows are those of this frame's text only if it was answered at once.
                let rows = self.rows();
                let chosen = rows.iter().find(|row| Some(&row.choice) == self.chosen.as_ref());
                chosen.or(rows.first()).map(|row| row.choice.clone())
            }
        }
    }

    /// What was asked for, and what there is to choose from.
    fn rows(&self) -> Vec<Row> {
        rows::rows(self.asked())
    }

    fn asked(&self) -> Asked<'_> {
        let times = self.times.all();
        Asked { findings: self.finder.findings(), text: &self.text, view: self.view.as_ref(), times }
    }

    /// Takes in what is in the field now.
    fn ask(&mut self) {
        /// More than this is no name of anything, in bytes.
        const LONGEST_NAME: usize = 2000;
        self.choose(None);
        self.view = looks_like_view(&self.text).then(|| ViewText::read(&self.text));
        let question = if self.view.is_some() { "" } else { cut(&self.text, LONGEST_NAME) };
        self.finder.ask(question);
    }

    /// The field, and how Enter is pressed in it.
    fn field(&mut self, ui: &mut Ui) {
        let colors = palette(ui);
        // Nothing else in the palette takes the focus, and none of what lies below may.
        ui.memory_mut(|memory| memory.request_focus(field_id()));
        let keys = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: false };
        let edit = TextEdit::singleline(&mut self.text)
            .id(field_id())
            .font(theme::regular(FIELD_SIZE))
            .hint_text(RichText::new(t!("search-field")).size(FIELD_SIZE).color(colors.weak))
            .frame(Frame::new().inner_margin(Margin::symmetric(theme::MARGIN as i8 + 8, 10)))
            .min_size(vec2(0.0, FIELD_HEIGHT))
            .desired_width(f32::INFINITY)
            .event_filter(keys)
            .return_key(None)
            .char_limit(MAX_BYTES);
        let response = ui.add(edit);
        response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, t!("search-field")));
        if response.changed() {
            self.ask();
        }
        let line = response.rect.bottom();
        ui.painter().hline(response.rect.x_range(), line, Stroke::new(1.0, colors.line));
    }

    /// Enter counts after the text of this frame: who types fast presses it in the same one.
    fn take_enter(&mut self, ui: &Ui) {
        ui.input_mut(|input| {
            for (modifiers, enter) in [(Modifiers::COMMAND, Enter::Keep), (Modifiers::NONE, Enter::Take)] {
                if input.consume_key(modifiers, Key::Enter) {
                    self.pressed = Some(enter);
                }
            }
        });
    }

    fn choose(&mut self, choice: Option<Choice>) {
        self.chosen = choice;
        self.reveal = true;
    }

    fn announce(&self, ui: &Ui, count: usize) {
        let words = if self.text.is_empty() || self.finder.is_behind() {
            String::new()
        } else {
            t!("search-count", count = count)
        };
        announce_as(ui, "found", &words);
    }

    /// The rows under their heads; returns the one that was clicked.
    fn list(&mut self, ui: &mut Ui, state: &AppState, rows: &[Row], height: f32) -> Option<Choice> {
        let colors = palette(ui);
        let findings = self.finder.findings();
        let has_names = rows.iter().any(|row| row.group != Group::Do);
        let instead = if has_names || self.text.trim().is_empty() {
            None
        } else if self.finder.is_looking() {
            Some(t!("search-looking").to_owned())
        } else {
            Some(t!("search-nothing", text = &self.text))
        };
        let mut taken = None;
        let mut pointed_at = None;
        let area = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
        area.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            Frame::new().inner_margin(Margin::symmetric(8, 8)).show(ui, |ui| {
                if let Some(words) = instead {
                    ui.add_space(theme::GAP);
                    Frame::new().inner_margin(Margin::symmetric(theme::MARGIN as i8, 4)).show(ui, |ui| {
                        ui.add(Label::new(RichText::new(words).color(colors.weak)).wrap());
                    });
                }
                ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
                    node.set_role(accesskit::Role::ListBox);
                    node.set_label(t!("search-results"));
                });
                let chosen =
                    rows.iter().position(|row| Some(&row.choice) == self.chosen.as_ref()).unwrap_or(0);
                for (n, row) in rows.iter().enumerate() {
                    if n == 0 || rows[n - 1].group != row.group {
                        rows::head(ui, row.group, findings, self.finder.is_looking());
                    }
                    let response = row.show(ui, state, self.asked(), (n, rows.len()), n == chosen);
                    if n == chosen && self.reveal && !ui.clip_rect().contains_rect(response.rect) {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() {
                        taken = Some(row.choice.clone());
                    }
                    let moves = ui.input(|input| input.pointer.delta() != eframe::egui::Vec2::ZERO);
                    if response.hovered() && moves {
                        pointed_at = Some(row.choice.clone());
                    }
                }
            });
        });
        self.reveal = false;
        if pointed_at.is_some() && pointed_at != self.chosen {
            self.chosen = pointed_at;
            // The row under the pointer was drawn before it was known to be chosen.
            ui.ctx().request_repaint();
        }
        taken
    }

    /// Does what was taken and closes the palette.
    fn take(&mut self, ctx: &Context, choice: &Choice, commands: &mut Vec<Command>) -> Option<Action> {
        let findings = self.finder.findings();
        let mut action = None;
        match choice {
            Choice::Incident(index) | Choice::InText(index) => {
                commands.extend([Command::Select(*index), Command::GoToSelection]);
            }
            Choice::Place(n) => commands.extend(findings.places.get(*n).and_then(go_to)),
            Choice::Position => commands.extend(findings.coordinates.map(|it| {
                let zoom = it.zoom.unwrap_or(POSITION_ZOOM);
                Command::SetView(View { center: it.position, zoom })
            })),
            Choice::Time(n) => {
                let time = self.times.all().get(*n);
                commands.extend(time.map(|time| Command::SetTimeWindow(Some(time.window_min))));
            }
            Choice::FirstIn(n) => {
                let first = self.times.all().get(*n).and_then(|time| time.first);
                commands
                    .extend(first.into_iter().flat_map(|it| [Command::Select(it), Command::GoToSelection]));
            }
            Choice::EventType(event_type) => commands.push(Command::ShowOnlyType(*event_type)),
            Choice::Keep => commands.push(Command::SetText(self.text.trim().to_owned())),
            Choice::View => match &self.view {
                Some(Ok(view)) => commands.push(Command::OpenView(Box::new(view.clone()))),
                // What is wrong stands in the row, and what can be mended in the field above it.
                _ => return None,
            },
            Choice::Do(it) => action = Some(*it),
        }
        self.close(ctx);
        action
    }
}

/// By how many rows the arrow keys move.
fn arrows(ui: &Ui) -> Option<isize> {
    let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)).cast_signed();
    let step = pressed(Key::ArrowDown) - pressed(Key::ArrowUp);
    Some(step).filter(|step| *step != 0)
}

/// Zoom for coordinates that say none: a few streets.
const POSITION_ZOOM: f64 = 13.0;

/// The view of a place: the larger it is, the more of what is around.
fn go_to(spot: &Spot) -> Option<Command> {
    match &spot.target {
        SpotTarget::Town { position, population } => {
            let zoom = match population {
                1_000_000.. => 9.5,
                100_000.. => 10.5,
                10_000.. => 11.5,
                _ => 12.5,
            };
            Some(Command::SetView(View { center: *position, zoom }))
        }
        area @ SpotTarget::Area(_) => area.bounds().map(Command::FitBounds),
    }
}
