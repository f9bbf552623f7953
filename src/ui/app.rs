//! The window's content: lays the panels out, drains the commands, carries out their effects.
//!
//! It does not know whether it is drawn in a real window, off screen, or in a test.

mod keys;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use eframe::egui::{
    CentralPanel, Context, Event, Frame, IdSalt, Margin, OpenUrl, Panel, PanelState, Popup, Rect, Stroke,
    ThemePreference, Ui,
};

use super::accessibility::{self, Handle, name_region};
use super::accounting::Accounting;
use super::actions::{self, Action};
use super::debug::DebugOverlay;
use super::exporting::Exporting;
use super::hand_on::HandOn;
use super::map::MapPanel;
use super::memory::{self, Memory, Panels};
use super::notice::{Notice, Notices};
use super::opening::{Early, Mappings, Opening};
use super::panels::filters::FilterPanel;
use super::panels::help::Help;
use super::panels::search::SearchPanel;
use super::panels::top_bar::{self, PanelsOpen};
use super::panels::{
    detail, layers,
    list::ListPanel,
    maps::MapSheets,
    timeline::{Timeline, playhead},
};
use super::picture;
use super::theme::{self, Palette};
use super::widgets::palette;
use crate::jobs::{Jobs, Wake};
use crate::model::{Dataset, Incident};
use crate::query::{Bitmap, ListOrder, text_matches};
use crate::settings::disk::Loaded;
use crate::state::{AppState, Command, Effect, ThemeChoice};
use crate::t;
use crate::tiles::Online;

/// Narrowest and default width of the sidebar, in points.
const LEFT_WIDTH: [f32; 2] = [224.0, 312.0];
/// Narrowest and default width of the detail panel, in points.
const RIGHT_WIDTH: [f32; 2] = [260.0, 364.0];
/// The side panels together leave the map this much, unless they are at their narrowest, in points.
const MIN_MAP_WIDTH: f32 = 320.0;
/// With less room for the map than this between both side panels, only one of them is shown, in points.
const NARROW_MAP_WIDTH: f32 = 240.0;

/// Everything that is drawn, with the state behind it.
pub struct Dateline {
    ctx: Context,
    state: AppState,
    map: MapPanel,
    filters: FilterPanel,
    list: ListPanel,
    timeline: Timeline,
    /// Whether the timeline is open.
    timeline_open: bool,
    open: PanelsOpen,
    /// Which side panel is open while there is room for one of them only.
    open_narrow: Option<PanelsOpen>,
    help: Help,
    debug: DebugOverlay,
    /// What screen readers read out when it changes: which incident is selected.
    announcement: String,
    notices: Notices,
    memory: Memory,
    opening: Opening,
    searches: Jobs<(), Option<Found>>,
    sorts: Jobs<(), Option<ListOrder>>,
    search: SearchPanel,
    hand_on: HandOn,
    accounting: Accounting,
    exporting: Exporting,
    maps: MapSheets,
    /// The widths of the side panels, in points.
    widths_pt: [Option<f32>; 2],
    /// The room for a side panel in the last frame, in points.
    room_before: f32,
    /// Keys that were pressed after one that moves the focus into a text field: they are for that field.
    for_the_field: Vec<Event>,
    /// Whether a text field had the focus in the last frame: egui takes it away on Esc before anybody can ask.
    was_typing: bool,
    commands: Vec<Command>,
}

/// What a search has found.
struct Found {
    dataset: Arc<Dataset>,
    words: Vec<String>,
    incidents: Bitmap,
}

/// How threads ask for a frame in which what they bring is taken in.
fn wake(ctx: &Context) -> Wake {
    let ctx = ctx.clone();
    Arc::new(move || ctx.request_repaint())
}

impl Dateline {
    /// A window on a dataset. Puts fonts and styles into `ctx`.
    #[must_use]
    pub fn new(ctx: &Context, dataset: Arc<Dataset>) -> Self {
        Self::on_state(ctx, AppState::new(dataset))
    }

    /// The same on a state that is there already.
    #[must_use]
    pub fn on_state(ctx: &Context, state: AppState) -> Self {
        theme::install(ctx);
        Self {
            ctx: ctx.clone(),
            state,
            map: MapPanel::new(ctx),
            filters: FilterPanel::new(ctx),
            list: ListPanel::default(),
            timeline: Timeline::default(),
            timeline_open: true,
            open: PanelsOpen { left: true, right: true },
            open_narrow: None,
            help: Help::default(),
            debug: DebugOverlay::default(),
            announcement: String::new(),
            notices: Notices::default(),
            memory: Memory::default(),
            opening: Opening::new(wake(ctx)),
            searches: Jobs::new(wake(ctx)),
            sorts: Jobs::new(wake(ctx)),
            search: SearchPanel::new(ctx),
            hand_on: HandOn::new(wake(ctx)),
            accounting: Accounting::new(wake(ctx)),
            exporting: Exporting::new(wake(ctx)),
            maps: MapSheets::default(),
            widths_pt: [None; 2],
            room_before: 0.0,
            for_the_field: Vec::new(),
            was_typing: false,
            commands: Vec::new(),
        }
    }

    /// Gives the window the adapter that draws points and heat.
    pub fn set_render_state(&mut self, render_state: egui_wgpu::RenderState) {
        self.map.set_render_state(render_state);
    }

    /// Gives leave to go online for maps that the reader chooses and agrees to; `None` takes it.
    pub fn allow_online(&mut self, online: Option<Online>) {
        self.state.allow_online(online);
    }

    /// What the window knows.
    #[must_use]
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Brings back what the reader has chosen when the program last ran, and remembers from now on.
    pub fn remember(&mut self, loaded: Loaded) {
        let (memory, notice) = memory::unpack(&self.ctx, loaded);
        self.memory = memory;
        self.opening.use_mappings(Mappings::of(self.memory.columns()));
        for command in self.memory.choices() {
            self.apply(command);
        }
        if let Some(panels) = self.memory.panels() {
            (self.open, self.widths_pt) = (panels.open, panels.widths_pt);
            self.timeline_open = panels.timeline_open;
        }
        self.notices.extend(notice);
    }

    /// Says which dataset is open now: that of a file, or the bundled one. What changes is remembered of that.
    pub fn dataset_opened(&mut self, file: Option<&Path>) {
        self.memory.dataset_opened(file);
    }

    /// Brings back what was shown of the dataset when it was last open.
    pub fn recall(&mut self) {
        let commands = self.memory.recall(&self.state);
        self.begin_as(commands);
    }

    /// Carries these commands out, effects and all, before the first frame.
    pub fn begin_as(&mut self, commands: Vec<Command>) {
        let ctx = self.ctx.clone();
        for command in commands {
            if let Some(effect) = self.apply(command) {
                self.carry_out(&ctx, effect);
            }
        }
    }

    /// Goes on with the files of the command line, which are being read already.
    pub fn go_on_with(&mut self, early: Early) {
        self.opening.go_on_with(early);
    }

    /// Lets the desktop's own dialog ask for files; it knows its parent window.
    pub fn use_desktop_dialog(&mut self, dialog: rfd::FileDialog) {
        self.exporting.use_desktop_dialog(dialog.clone());
        self.opening.use_desktop_dialog(dialog);
    }

    /// Makes the present state the start: there is nothing to take back.
    pub fn forget_history(&mut self) {
        self.state.forget_history();
    }

    /// Files that were opened, the newest first.
    #[must_use]
    pub fn recent_files(&self) -> &[PathBuf] {
        self.memory.recent_files()
    }

    /// Writes down what is not written yet, and remembers no more.
    pub fn finish(&mut self) {
        self.memory = Memory::default();
    }

    /// Tells the reader something, above the map.
    pub fn notify(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    /// Whether the last frame lacked nothing: every tile of the map was there, no file is being read, and what the
    /// filter asks for was found.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let awaits = self.state.is_searching() || self.state.awaits_values() || self.opening.is_reading();
        self.map.is_complete(&self.state) && !awaits
    }

    /// Does what the command says, as if the reader had done it. Effects on the outside world are left to the window.
    pub fn apply(&mut self, command: Command) -> Option<Effect> {
        let before = self.state.selection();
        let theme_before = self.state.theme();
        let comfort_before = (self.state.text_size(), self.state.reduced_motion());
        let restores = matches!(command, Command::Undo | Command::Redo | Command::RestoreView(_));
        let effect = self.state.apply(command);
        if restores {
            self.map.expect_selection(self.state.selection());
        }
        if self.state.theme() != theme_before {
            // Between frames: one frame is drawn in one theme.
            self.ctx.set_theme(match self.state.theme() {
                None => ThemePreference::System,
                Some(ThemeChoice::Light) => ThemePreference::Light,
                Some(ThemeChoice::Dark) => ThemePreference::Dark,
            });
        }
        if (self.state.text_size(), self.state.reduced_motion()) != comfort_before {
            self.ctx.set_zoom_factor(self.state.text_size().factor());
            theme::set_motion(&self.ctx, !self.state.reduced_motion());
        }
        if self.state.selection() != before {
            self.announcement = self.state.selected().map_or(String::new(), |it| announcement(&it));
            if let Some(incident) = self.state.selected() {
                log::info!("selected {}", incident.id.escape_debug());
            }
        }
        effect
    }

    /// Does what the command says with the next frame, effects and all.
    pub fn ask(&mut self, command: Command) {
        self.commands.push(command);
        self.ctx.request_repaint();
    }

    /// Draws one frame into all of `ui`.
    pub fn ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        let started = Instant::now();
        self.state.set_time(ctx.input(|input| input.time));
        let for_the_field = std::mem::take(&mut self.for_the_field);
        ctx.input_mut(|input| drop(input.events.splice(0..0, for_the_field)));
        self.update(&ctx);
        // A menu closes itself on Esc, and so does the field that asks for a path; that key press is spent.
        let keys_are_taken = Popup::is_any_open(&ctx)
            || self.opening.is_asking()
            || self.exporting.is_asking()
            || self.maps.is_asking(&self.state);
        if !keys_are_taken || self.search.is_open() {
            self.show_search(&ctx);
        }
        self.arrange_list();
        self.filters.update(&mut self.state, &mut self.notices);
        let map = self.panels(ui);
        self.opening.show(&ctx, map, &mut self.commands);
        self.exporting.show(&ctx, map, &self.state);
        self.maps.show(&ctx, &self.state, &mut self.commands);
        accessibility::announce(ui, &self.announcement);
        self.help.show(&ctx);
        if !keys_are_taken {
            self.keys(&ctx);
        }
        if self.state.playback().is_playing() {
            self.commands.push(Command::AdvancePlayback);
        }
        for command in std::mem::take(&mut self.commands) {
            if let Some(effect) = self.apply(command) {
                self.carry_out(&ctx, effect);
            }
            // What changed is drawn at once, not at the next movement of the pointer.
            ctx.request_repaint();
        }
        // The list of what is in view follows the map by a frame.
        if self.state.set_visible(self.map.visible()) {
            ctx.request_repaint();
        }
        let panels = Panels { open: self.open, widths_pt: self.widths_pt, timeline_open: self.timeline_open };
        let notice = self.memory.observe(&ctx, &self.state, panels);
        self.notices.extend(notice);
        if self.debug.is_open() {
            let shown = self.state.engine().total();
            self.debug.show(&ctx, started, shown, self.map.pending_tiles());
        }
    }

    /// Draws the map alone into all of `ui`, above its legend.
    pub fn picture(&mut self, ui: &mut Ui) {
        picture::mark(ui.ctx());
        picture::legend(ui, &self.state);
        let Self { state, map, commands, .. } = self;
        map_panel(palette(ui)).show(ui, |ui| map.show(ui, state, None, commands));
        self.commands.clear();
    }

    /// Takes in what other threads, the disk and the desktop have brought since the last frame.
    fn update(&mut self, ctx: &Context) {
        self.take_found();
        self.notices.extend(self.hand_on.take(&self.state, &mut self.commands));
        self.exporting.update(ctx, &mut self.notices);
        let Self { state, notices, commands, .. } = self;
        let opened = self.opening.update(ctx, state, notices, commands);
        self.accounting.update(&self.state, &mut self.notices);
        self.opening.take_chosen().into_iter().for_each(|chosen| self.memory.note_columns(chosen));
        let Some(opened) = opened else { return };
        if !opened.keeps_place {
            self.memory.dataset_opened(self.state.file());
            self.list.to_top();
            match self.opening.take_asked(&self.state, &mut self.notices) {
                Some(commands) => self.begin_as(commands),
                None => self.recall(),
            }
            self.state.forget_history();
        }
        // No selection that must be brought into sight: in a file that was read again it may only have another number.
        self.map.expect_selection(self.state.selection());
    }

    /// Before the rest of the window: a text field below would take Ctrl+K for its own.
    fn show_search(&mut self, ctx: &Context) {
        if ctx.input_mut(|input| actions::take(input, Action::Search)) {
            self.perform(ctx, Action::Search, 0);
        }
        if let Some(action) = self.search.show(ctx, &self.state, &mut self.commands) {
            self.perform(ctx, action, 0);
        }
    }

    fn carry_out(&mut self, ctx: &Context, effect: Effect) {
        match self.opening.carry_out(effect, &self.state) {
            Some(Effect::Copy(text)) => ctx.copy_text(text),
            Some(Effect::OpenLink(url)) => ctx.open_url(OpenUrl::new_tab(url)),
            Some(Effect::ShowAccount) => self.accounting.open(&self.state),
            Some(Effect::AskForExport(rows)) => self.exporting.ask(&self.state, rows),
            Some(Effect::LookUpView { dataset, view }) => self.hand_on.look_up(dataset, *view),
            Some(Effect::FindText { dataset, words }) => self.find_text(dataset, words),
            // Those that have to do with files are carried out by now.
            _ => {}
        }
    }

    fn find_text(&mut self, dataset: Arc<Dataset>, words: Vec<String>) {
        self.searches.start((), move |progress| {
            let incidents = text_matches(&dataset, &words, progress.cancel_flag())?;
            Some(Found { dataset, words, incidents })
        });
    }

    fn take_found(&mut self) {
        while let Some(((), result)) = self.searches.poll() {
            match result {
                Ok(Some(found)) => self.state.set_found(&found.dataset, found.words, found.incidents),
                // A search that was cancelled: another one is under way.
                Ok(None) => {}
                Err(error) => {
                    log::error!("looking for a text: {error}");
                    self.state.search_crashed();
                    self.notices.push(Notice::new(t!("search-crashed").to_owned()));
                }
            }
        }
    }

    /// Brings the list into the order that is wanted: as soon as that is worked out.
    fn arrange_list(&mut self) {
        while let Some(((), result)) = self.sorts.poll() {
            match result {
                Ok(Some(order)) => self.state.set_order(order),
                // Another order is being worked out.
                Ok(None) => {}
                Err(error) => log::error!("sorting the list: {error}"),
            }
        }
        if let Some(sorting) = self.state.arrange_list() {
            self.sorts.start((), move |progress| sorting.run(progress.cancel_flag()));
        }
    }

    /// Draws bar, panels and map; returns what the map fills.
    fn panels(&mut self, ui: &mut Ui) -> Rect {
        let palette = palette(ui);
        let is_narrow = ui.available_width() < LEFT_WIDTH[0] + RIGHT_WIDTH[0] + NARROW_MAP_WIDTH;
        let Self {
            state,
            map,
            filters,
            list,
            timeline,
            open,
            open_narrow,
            commands,
            notices,
            memory,
            opening,
            accounting,
            widths_pt,
            room_before,
            ..
        } = self;
        let timeline_open = &mut self.timeline_open;
        let mut actions = Vec::new();
        let open = if is_narrow {
            open_narrow.get_or_insert_with(|| open.narrowed(state.selection().is_some()))
        } else {
            *open_narrow = None;
            open
        };
        let open_before = *open;
        let bar_frame = frame(palette, Margin::symmetric(8, 0));
        Panel::top("bar").exact_size(theme::BAR_HEIGHT).frame(bar_frame).show(ui, |ui| {
            name_region(ui, t!("region-bar"));
            let recent = memory.recent_files();
            top_bar::show(ui, state, recent, (open, timeline_open), commands, &mut actions);
        });
        opening.show_problems(ui, commands);
        accounting.show(ui, state, commands);
        timeline.show(ui, state, timeline_open, commands);
        let handles = [Handle::new(ui, "sidebar", true), Handle::new(ui, "detail", false)];
        for handle in &handles {
            handle.follow_keys(ui);
        }
        let room = (ui.available_width() - MIN_MAP_WIDTH) / if is_narrow { 1.0 } else { 2.0 };
        let salts = ["sidebar", "detail"];
        let ids = salts.map(|salt| ui.scope_id().with_salt(IdSalt::new(salt)));
        if std::mem::replace(room_before, room) != room {
            // Where there is another room, panels are again as wide as the reader wants them, not as they had to be.
            for id in &ids {
                ui.data_mut(|data| data.remove::<PanelState>(*id));
            }
        }
        side_panel(Panel::left(salts[0]), LEFT_WIDTH, widths_pt[0], room, palette).show_collapsible(
            ui,
            &mut open.left,
            |ui| {
                ui.scope(|ui| {
                    name_region(ui, t!("region-filters"));
                    layers::show(ui, state, commands);
                    filters.show(ui, state, commands, &mut actions);
                });
                ui.add_space(theme::MARGIN);
                ui.scope(|ui| {
                    name_region(ui, t!("region-incidents"));
                    list.show(ui, state, map.hovered(), commands);
                });
            },
        );
        if !open.left {
            list.forget_pointer();
        }
        side_panel(Panel::right(salts[1]), RIGHT_WIDTH, widths_pt[1], room, palette).show_collapsible(
            ui,
            &mut open.right,
            |ui| {
                name_region(ui, t!("region-details"));
                detail::show(ui, state, commands);
            },
        );
        // A panel that is as wide as there is room need not be as the reader wants it.
        for (width, id) in widths_pt.iter_mut().zip(ids).filter(|_| !is_narrow) {
            let drawn = PanelState::load(ui.ctx(), id).map(|panel| panel.size().x);
            *width = drawn.filter(|drawn| *drawn < room - 0.5).or(*width);
        }
        notices.show(ui, commands);
        let shown = map_panel(palette).show(ui, |ui| {
            map.show(ui, state, list.hovered(), commands);
            playhead::show(ui, state);
        });
        handles[0].finish(ui, t!("handle-sidebar"));
        handles[1].finish(ui, t!("handle-details"));
        // An incident that is opened while its panel is closed would be opened for nobody to see.
        let opens = |command: &Command| command.opens_incident();
        if commands.iter().any(opens) {
            open.right = true;
        }
        if is_narrow && open.left && open.right {
            // The one that was just opened stays.
            *open = PanelsOpen { left: !open_before.left, right: open_before.left };
        }
        for action in actions {
            self.perform(&self.ctx.clone(), action, 0);
        }
        shown.response.rect
    }
}

fn announcement(incident: &Incident) -> String {
    let status = incident.status.label();
    t!("announce-selected", title = &incident.title, place = &incident.place.name, status = status)
}

/// What is left for the map.
fn map_panel(palette: &Palette) -> CentralPanel {
    CentralPanel::default().frame(Frame::new().fill(palette.map.land))
}

fn frame(palette: &Palette, margin: Margin) -> Frame {
    Frame::new().fill(palette.panel).inner_margin(margin).stroke(Stroke::NONE)
}

/// A panel between its least width and all the `room` there is for it: as wide as the reader has made it, or else by
/// default.
fn side_panel(
    panel: Panel,
    [min, default]: [f32; 2],
    width: Option<f32>,
    room: f32,
    palette: &Palette,
) -> Panel {
    let max = room.max(min);
    panel
        .resizable(true)
        .default_size(width.unwrap_or(default).clamp(min, max))
        .size_range(min..=max)
        .frame(frame(palette, Margin::symmetric(theme::MARGIN as i8, theme::MARGIN as i8)))
}
