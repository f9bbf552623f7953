//! Between the window and what is remembered of it: notices what the reader changes, brings back what was there.
//!
//! Only what changes is written down, each thing by itself. What the command line asks for is there from the start, so it
//! is never taken for the reader's choice, and what it leaves out is not forgotten.

use std::path::{Path, PathBuf};

use eframe::egui::Context;

use super::notice::Notice;
use super::panels::top_bar::PanelsOpen;
use crate::query::{Filter, SortBy};
use crate::settings::disk::{Loaded, SettingsError};
use crate::settings::keeper::Keeper;
use crate::settings::{DatasetMemory, Settings, dataset_key};
use crate::state::{
    AppState, Command, Drawing, LabelLanguage, MapChoice, MapShelf, PlaybackMode, TextSize, ThemeChoice,
    ViewTarget, ZoneChoice,
};
use crate::t;

/// What the window remembers; [`Memory::default`] remembers nothing.
#[derive(Default)]
pub struct Memory {
    keeper: Option<Keeper>,
    /// Under which key the open dataset is remembered.
    key: Option<String>,
    recent_files: Vec<PathBuf>,
    /// Where the window was in the last frame in which that was known.
    window: Option<WindowPlace>,
    /// How everything else was in the last frame.
    seen: Option<Seen>,
}

/// The side panels, as far as they are remembered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Panels {
    /// Which are open.
    pub open: PanelsOpen,
    /// The widths of the sidebar and of the detail panel, in points; `None` is the usual one.
    pub widths_pt: [Option<f32>; 2],
    /// Whether the timeline is open.
    pub timeline_open: bool,
}

/// What may change from one frame to the next.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    panels: Panels,
    theme: Option<ThemeChoice>,
    map: MapChoice,
    map_shelf: MapShelf,
    drawing: Drawing,
    sort_by: SortBy,
    lists_view: bool,
    label_language: LabelLanguage,
    text_size: TextSize,
    reduced_motion: Option<bool>,
    playback_mode: PlaybackMode,
    zone: ZoneChoice,
    filter: Filter,
    selection: Option<usize>,
    target: ViewTarget,
    /// The last three, as they are remembered.
    shown: DatasetMemory,
}

/// Where a window is, in points without text size.
#[derive(Debug, Clone, Copy, PartialEq)]
struct WindowPlace {
    size_pt: [f32; 2],
    position_pt: Option<[f32; 2]>,
    maximized: bool,
}

impl Memory {
    /// Remembers from now on, beginning with what was loaded.
    #[must_use]
    pub fn new(ctx: &Context, settings: Settings, file: Option<PathBuf>) -> Self {
        let recent_files = settings.recent_files.clone();
        let window = settings.window_size_pt.map(|size_pt| WindowPlace {
            size_pt,
            position_pt: settings.window_position_pt,
            maximized: settings.window_maximized,
        });
        let ctx = ctx.clone();
        let keeper = Keeper::new(settings, file, move || ctx.request_repaint());
        Self { keeper: Some(keeper), recent_files, window, ..Self::default() }
    }

    /// Files that were opened, the newest first.
    #[must_use]
    pub fn recent_files(&self) -> &[PathBuf] {
        &self.recent_files
    }

    /// The commands that bring back what the reader has chosen for every dataset.
    #[must_use]
    pub fn choices(&self) -> Vec<Command> {
        self.read(|settings| {
            let theme = settings.theme.map(Command::SetTheme);
            let maps = MapShelf {
                own: settings.own_maps.clone(),
                files: settings.map_files.clone(),
                agreed: settings.map_servers.clone(),
            };
            let others = [
                Command::RestoreMaps(Box::new(maps)),
                Command::SetMap(settings.map.clone()),
                Command::SetDrawing(settings.drawing),
                Command::SortList(settings.list_order),
                Command::ListView(settings.list_in_view),
                Command::SetLabelLanguage(settings.label_language),
                Command::SetTextSize(settings.text_size_percent),
                Command::SetReducedMotion(settings.reduced_motion),
                Command::SetPlaybackMode(settings.playback_mode),
                Command::SetZone(settings.zone),
            ];
            theme.into_iter().chain(others).collect()
        })
        .unwrap_or_default()
    }

    /// The side panels as they were.
    #[must_use]
    pub fn panels(&self) -> Option<Panels> {
        self.read(|settings| Panels {
            open: PanelsOpen { left: settings.left_panel_open, right: settings.right_panel_open },
            widths_pt: [settings.left_panel_width_pt, settings.right_panel_width_pt],
            timeline_open: settings.timeline_open,
        })
    }

    /// Says which dataset is open now: that of a file, or the bundled one.
    pub fn dataset_opened(&mut self, file: Option<&Path>) {
        self.key = dataset_key(file);
        self.seen = None;
        let absolute = file.map(|file| std::path::absolute(file).unwrap_or_else(|_| file.to_owned()));
        let Some(keeper) = &self.keeper else {
            // Until the window is closed, its menu still knows them.
            self.recent_files = noted(std::mem::take(&mut self.recent_files), absolute.as_deref());
            return;
        };
        let key = self.key.as_deref();
        if let Some(file) = absolute {
            keeper.change(|settings| settings.note_opened(&file));
            self.recent_files = keeper.read(|settings| settings.recent_files.clone());
        }
        if key.is_some_and(|key| keeper.read(|settings| settings.of_dataset(key).is_some())) {
            keeper.change(|settings| settings.touch_dataset(key.unwrap_or_default()));
        }
    }

    /// What was said about the columns of tables, as the names of the columns and the mapping.
    #[must_use]
    pub fn columns(&self) -> Vec<(String, String)> {
        self.read(Settings::mappings).unwrap_or_default()
    }

    /// Remembers what was said about the columns of a table.
    pub fn note_columns(&self, (columns, mapping): (String, String)) {
        if let Some(keeper) = &self.keeper {
            keeper.change(|settings| settings.note_columns(columns, mapping));
        }
    }

    /// The commands that bring a fresh state to what was shown of the open dataset when it was last open.
    #[must_use]
    pub fn recall(&self, state: &AppState) -> Vec<Command> {
        let key = self.key.as_deref().unwrap_or_default();
        self.read(|settings| settings.of_dataset(key).map(|memory| memory.commands(state)))
            .flatten()
            .unwrap_or_default()
    }

    /// Looks at what is on the screen after a frame and remembers what has changed. Returns what the reader should know.
    pub fn observe(&mut self, ctx: &Context, state: &AppState, panels: Panels) -> Option<Notice> {
        let keeper = self.keeper.as_ref()?;
        let window = window_place(ctx).map(|place| place.or_normal(self.window)).or(self.window);
        if window != self.window {
            self.window = window;
            keeper.change(|settings| window.into_iter().for_each(|window| window.write(settings)));
        }
        let key = self.key.as_deref();
        let before = self.seen.get_or_insert_with(|| Seen::now(state, panels, key));
        if !before.is(state, panels) {
            let now = Seen::now(state, panels, key);
            keeper.change(|settings| {
                now.write_changes(before, settings);
                if key.is_some() && now.shown != before.shown {
                    settings.remember_changes(&before.shown, now.shown.clone());
                }
            });
            *before = now;
        }
        keeper.take_problem().map(|problem| notice_of(&problem))
    }

    fn read<T>(&self, read: impl FnOnce(&Settings) -> T) -> Option<T> {
        self.keeper.as_ref().map(|keeper| keeper.read(read))
    }
}

/// The files that were opened, with this one in front.
fn noted(recent_files: Vec<PathBuf>, file: Option<&Path>) -> Vec<PathBuf> {
    let mut settings = Settings { recent_files, ..Settings::default() };
    if let Some(file) = file {
        settings.note_opened(file);
    }
    settings.recent_files
}

impl Seen {
    fn now(state: &AppState, panels: Panels, key: Option<&str>) -> Self {
        Self {
            panels,
            theme: state.theme(),
            map: state.map().clone(),
            map_shelf: state.map_shelf().clone(),
            drawing: state.drawing(),
            sort_by: state.sort_by(),
            lists_view: state.lists_view(),
            label_language: state.label_language(),
            text_size: state.text_size(),
            reduced_motion: state.reduced_motion_choice(),
            playback_mode: state.playback().mode(),
            zone: state.zone_choice(),
            filter: state.filter().clone(),
            selection: state.selection(),
            target: state.target(),
            shown: DatasetMemory::of(key.unwrap_or_default().to_owned(), state),
        }
    }

    /// Whether nothing has changed. Asked in every frame.
    fn is(&self, state: &AppState, panels: Panels) -> bool {
        self.panels == panels
            && (self.theme, self.drawing) == (state.theme(), state.drawing())
            && (&self.map, &self.map_shelf) == (state.map(), state.map_shelf())
            && (self.sort_by, self.lists_view) == (state.sort_by(), state.lists_view())
            && (self.label_language, self.text_size) == (state.label_language(), state.text_size())
            && self.reduced_motion == state.reduced_motion_choice()
            && (self.playback_mode, self.zone) == (state.playback().mode(), state.zone_choice())
            && (self.selection, self.target) == (state.selection(), state.target())
            && self.filter == *state.filter()
    }

    /// Writes down what is unlike before.
    fn write_changes(&self, before: &Self, settings: &mut Settings) {
        if self.panels.open != before.panels.open {
            settings.left_panel_open = self.panels.open.left;
            settings.right_panel_open = self.panels.open.right;
        }
        if self.panels.timeline_open != before.panels.timeline_open {
            settings.timeline_open = self.panels.timeline_open;
        }
        let [left, right] = self.panels.widths_pt;
        // A panel that was never open has no width.
        if left.is_some() && left != before.panels.widths_pt[0] {
            settings.left_panel_width_pt = left;
        }
        if right.is_some() && right != before.panels.widths_pt[1] {
            settings.right_panel_width_pt = right;
        }
        if self.theme != before.theme {
            settings.theme = self.theme;
        }
        if self.map != before.map {
            settings.map = self.map.clone();
        }
        if self.map_shelf != before.map_shelf {
            let MapShelf { own, files, agreed } = self.map_shelf.clone();
            (settings.own_maps, settings.map_files, settings.map_servers) = (own, files, agreed);
        }
        if self.drawing != before.drawing {
            settings.drawing = self.drawing;
        }
        if self.sort_by != before.sort_by {
            settings.list_order = self.sort_by;
        }
        if self.lists_view != before.lists_view {
            settings.list_in_view = self.lists_view;
        }
        if self.label_language != before.label_language {
            settings.label_language = self.label_language;
        }
        if self.text_size != before.text_size {
            settings.text_size_percent = self.text_size.percent();
        }
        if self.reduced_motion != before.reduced_motion {
            settings.reduced_motion = self.reduced_motion;
        }
        if self.playback_mode != before.playback_mode {
            settings.playback_mode = self.playback_mode;
        }
        if self.zone != before.zone {
            settings.zone = self.zone;
        }
    }
}

impl WindowPlace {
    /// A maximised window comes back to the size that it had before.
    fn or_normal(self, before: Option<Self>) -> Self {
        before.filter(|_| self.maximized).map_or(self, |before| Self { maximized: true, ..before })
    }

    fn write(self, settings: &mut Settings) {
        settings.window_size_pt = Some(self.size_pt);
        settings.window_position_pt = self.position_pt;
        settings.window_maximized = self.maximized;
    }
}

/// Where the real window is; `None` off screen and while it is minimised or fills the whole screen.
fn window_place(ctx: &Context) -> Option<WindowPlace> {
    ctx.input(|input| {
        let window = input.viewport();
        // The text size that this frame is drawn in.
        let zoom = input.pixels_per_point() / window.native_pixels_per_point?;
        if window.minimized == Some(true) || window.fullscreen == Some(true) {
            return None;
        }
        let size = window.inner_rect?.size() * zoom;
        let position = window.outer_rect.map(|rect| rect.min.to_vec2() * zoom);
        Some(WindowPlace {
            size_pt: size.into(),
            position_pt: position.map(Into::into),
            maximized: window.maximized == Some(true),
        })
    })
}

/// What the reader is told.
#[must_use]
pub fn notice_of(problem: &SettingsError) -> Notice {
    let path = |path: &Path| path.display().to_string();
    Notice::new(match problem {
        SettingsError::Damaged { lost, kept_as } => {
            t!("settings-damaged", count = *lost, file = path(kept_as))
        }
        SettingsError::Newer { kept_as } => t!("settings-newer", file = path(kept_as)),
        SettingsError::Unreadable { path: file, error } => {
            t!("settings-unreadable", file = path(file), error = error.to_string())
        }
        SettingsError::Unwritable { path: file, error } => {
            t!("settings-unwritable", file = path(file), error = error.to_string())
        }
        SettingsError::NoHome => t!("settings-no-home").to_owned(),
    })
}

/// Brings what was loaded into the parts that the window needs, and says once in the log what is wrong with it.
pub(super) fn unpack(ctx: &Context, loaded: Loaded) -> (Memory, Option<Notice>) {
    let notice = loaded.problem.map(|problem| {
        log::warn!("{problem}");
        notice_of(&problem)
    });
    (Memory::new(ctx, loaded.settings, loaded.file), notice)
}
