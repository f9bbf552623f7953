//! The real window: eframe around [`Dateline`].

use std::sync::Arc;
use std::time::Instant;

use eframe::egui::{self, Pos2, Rect, Vec2, ViewportBuilder, ViewportCommand, pos2, vec2};

use super::app::Dateline;
use super::motion;
use super::notice::Notice;
use super::opening::{self, Early};
use crate::basemaps::{UnreadableMap, check_map};
use crate::cli::{ViewOptions, WindowRequest};
use crate::locale::{self, Locale};
use crate::model::Dataset;
use crate::open::{OpenError, commands_for, open, what_is_missing};
use crate::settings::{Settings, disk};
use crate::state::{AppState, Command};
use crate::t;
use crate::tiles::Online;

/// Why the window could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The dataset cannot be read, or the command line names what it does not have.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The map that the command line names cannot be read.
    #[error(transparent)]
    Map(#[from] UnreadableMap),
    /// No display to open a window on.
    #[error(
        "there is no display to open a window on ({0}).\nStart Dateline from a desktop session, or set DISPLAY or \
         WAYLAND_DISPLAY. On Debian the client libraries come with: apt-get install libx11-6 libxkbcommon-x11-0 \
         libwayland-client0.\nWithout a display, draw a picture instead: dateline render --output map.png"
    )]
    NoDisplay(String),
    /// No graphics adapter, not even a software one.
    #[error(
        "there is no graphics adapter that can draw the window ({0}).\nInstall a Vulkan driver; Mesa's draws without \
         a graphics card: apt-get install libvulkan1 mesa-vulkan-drivers.\nThen try again, or draw a picture: \
         dateline render --output map.png"
    )]
    NoAdapter(String),
    /// Anything else that keeps the window from opening.
    #[error("the window cannot be opened: {0}")]
    Window(String),
}

/// Opens the window and returns when it is closed. `started` is when the program began, for the log.
pub fn run(request: &WindowRequest, started: Instant) -> Result<(), RunError> {
    locale::install(Locale::from_environment(|name| std::env::var(name).ok()));
    check_map(request.view.basemap.as_deref())?;
    let loaded = (!request.shared.fresh).then(|| disk::load(disk::folder().as_deref()));
    let early = read_early(request, loaded.as_ref().map(|loaded| &loaded.settings))?;
    let state = match &early {
        Some(early) => AppState::waiting(early.title()),
        None => AppState::new(open(None, &request.read)?),
    };
    let commands = first_commands(request, &state, early.is_some())?;
    let placed = loaded.as_ref().map_or(Placed::default(), |loaded| Placed::of(&loaded.settings));
    let viewport = ViewportBuilder::default()
        .with_title(window_title(state.dataset()))
        .with_icon(icon())
        .with_app_id("dateline");
    let viewport = placed.apply_to(viewport);
    let options = eframe::NativeOptions { viewport, ..Default::default() };
    let recalls = early.is_none() && !request.view.says_what_to_show();
    let creator = move |cc: &eframe::CreationContext<'_>| {
        let mut window = Window::on_state(cc, state, started);
        window.placed = placed;
        window.dateline.allow_online(Online::unless(request.shared.offline));
        window.dateline.apply(Command::SystemReducesMotion(motion::system_reduces_motion()));
        window.dateline.use_desktop_dialog(rfd::FileDialog::new().set_parent(cc));
        if is_wayland() {
            // winit brings no drops there yet.
            opening::refuse_drops(&cc.egui_ctx);
        }
        if let Some(loaded) = loaded {
            window.dateline.remember(loaded);
        }
        match early {
            Some(early) => window.dateline.go_on_with(early),
            None => window.dateline.dataset_opened(None),
        }
        // What the command line asks for wins over what is remembered.
        if recalls {
            window.dateline.recall();
        }
        if let Some(words) = what_is_missing(&commands) {
            window.dateline.notify(Notice::new(words));
        }
        window.dateline.begin_as(commands);
        window.dateline.forget_history();
        Ok(Box::new(window) as Box<dyn eframe::App>)
    };
    eframe::run_native("dateline", options, Box::new(creator)).map_err(|error| classify(&error))
}

/// Begins to read the files of the command line, if it names any: the window need not wait for them, nor they for it.
fn read_early(request: &WindowRequest, settings: Option<&Settings>) -> Result<Option<Early>, RunError> {
    if request.files.is_empty() {
        return Ok(None);
    }
    let remembered = settings.map(Settings::mappings).unwrap_or_default();
    let mut early = Early::start(request.files.clone(), &request.read, remembered, request.view.clone());
    early.wait()?;
    Ok(Some(early))
}

/// What the command line asks for: what it says about the incidents of files waits for these.
fn first_commands(
    request: &WindowRequest,
    state: &AppState,
    is_early: bool,
) -> Result<Vec<Command>, RunError> {
    let ViewOptions { theme, drawing, .. } = request.view;
    let basemap = request.view.basemap.clone();
    let looks = ViewOptions { theme, drawing, basemap, ..ViewOptions::default() };
    let view = if is_early { &looks } else { &request.view };
    Ok(commands_for(state.dataset(), view)?)
}

/// The window's title: the dataset's as window systems can bear it, short and without control characters.
fn window_title(dataset: &Dataset) -> String {
    /// Longer than any title bar.
    const MAX_CHARS: usize = 200;
    let title: String = dataset.title.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect();
    t!("window-title", title = title)
}

/// Whether winit will open the window on Wayland: it does wherever one of these is set.
fn is_wayland() -> bool {
    ["WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// The window's icon. Without one, which should not happen, the window system shows its own.
fn icon() -> egui::IconData {
    const PNG: &[u8] = include_bytes!("../../assets/icon/dateline.png");
    eframe::icon_data::from_png_bytes(PNG).unwrap_or_else(|error| {
        log::error!("the icon cannot be read: {error}");
        egui::IconData::default()
    })
}

fn classify(error: &eframe::Error) -> RunError {
    let text = error.to_string();
    // winit tells where in its source it gave up before it says why.
    let text = text.rsplit(": ").next().unwrap_or(&text).trim_end_matches('.').to_owned();
    match error {
        eframe::Error::WinitEventLoop(_) | eframe::Error::Winit(_) => RunError::NoDisplay(text),
        eframe::Error::Wgpu(_) => RunError::NoAdapter(text),
        eframe::Error::AppCreation(_) => RunError::Window(text),
    }
}

/// Where the window stood when the program last ran.
#[derive(Debug, Clone, Copy, Default)]
struct Placed {
    size_pt: Option<[f32; 2]>,
    position_pt: Option<[f32; 2]>,
    maximized: bool,
}

impl Placed {
    fn of(settings: &Settings) -> Self {
        Self {
            size_pt: settings.window_size_pt,
            position_pt: settings.window_position_pt,
            maximized: settings.window_maximized,
        }
    }

    fn apply_to(self, viewport: ViewportBuilder) -> ViewportBuilder {
        const MIN_SIZE: Vec2 = vec2(860.0, 520.0);
        let size = self.size_pt.map_or(vec2(1440.0, 900.0), Vec2::from).max(MIN_SIZE);
        let viewport =
            viewport.with_inner_size(size).with_min_inner_size(MIN_SIZE).with_maximized(self.maximized);
        self.position_pt.map_or(viewport.clone(), |position| viewport.with_position(position))
    }

    /// Once the window is on the screen: does what could not be done before. Only then the screens are known, and some
    /// window managers of X11 take no wish of a window that they have not seen.
    fn settle(self, ctx: &egui::Context, frame: &eframe::Frame) {
        if self.maximized {
            ctx.send_viewport_cmd(ViewportCommand::Maximized(true));
        } else if self.position_pt.is_some()
            && let Some(window) = frame.winit_window()
            && let Ok(position) = window.outer_position()
        {
            let rect = |x: i32, y: i32, width: u32, height: u32| {
                Rect::from_min_size(pos2(x as f32, y as f32), vec2(width as f32, height as f32))
            };
            let size = window.outer_size();
            let bar = rect(position.x, position.y, size.width, size.height);
            let screens: Vec<Rect> = window
                .available_monitors()
                .map(|it| rect(it.position().x, it.position().y, it.size().width, it.size().height))
                .collect();
            if let Some(position_px) = reachable_position(bar, &screens) {
                let position = position_px / ctx.pixels_per_point();
                log::info!("the window was off the screen");
                ctx.send_viewport_cmd(ViewportCommand::OuterPosition(position));
            }
        }
    }
}

/// Where a window must be moved for its title bar to be within reach; `None` if it is. All in pixels.
fn reachable_position(window: Rect, screens: &[Rect]) -> Option<Pos2> {
    /// So much of the bar is enough to take hold of.
    const GRIP_PX: Vec2 = vec2(120.0, 24.0);
    let bar = Rect::from_min_size(window.min, vec2(window.width(), GRIP_PX.y));
    let within_reach = |screen: &Rect| {
        let seen = screen.intersect(bar);
        seen.width() >= GRIP_PX.x.min(bar.width()) && seen.height() >= GRIP_PX.y
    };
    let first = screens.first().filter(|_| !screens.iter().any(within_reach))?;
    Some(first.min + (first.size() - window.size()).max(Vec2::ZERO) / 2.0)
}

/// What eframe calls for each frame.
pub struct Window {
    dateline: Dateline,
    placed: Placed,
    started: Instant,
    frames: u64,
    was_complete: bool,
    /// The generation of the dataset that the window's title names.
    titled: u64,
}

impl Window {
    /// The window's content on a dataset; `started` is when the program began, for the log.
    #[must_use]
    pub fn new(cc: &eframe::CreationContext<'_>, dataset: Arc<Dataset>, started: Instant) -> Self {
        Self::on_state(cc, AppState::new(dataset), started)
    }

    /// The same on a state that is there already.
    #[must_use]
    pub fn on_state(cc: &eframe::CreationContext<'_>, state: AppState, started: Instant) -> Self {
        if cc.wgpu_render_state.is_some() {
            walkers::install_renderer(cc.wgpu_render_state.as_ref());
        }
        let mut dateline = Dateline::on_state(&cc.egui_ctx, state);
        if let Some(render_state) = &cc.wgpu_render_state {
            dateline.set_render_state(render_state.clone());
        }
        let titled = dateline.state().generation();
        Self { dateline, placed: Placed::default(), started, frames: 0, was_complete: false, titled }
    }

    /// What the window shows.
    #[must_use]
    pub fn dateline(&self) -> &Dateline {
        &self.dateline
    }

    /// What the window shows, to act on it.
    pub fn dateline_mut(&mut self) -> &mut Dateline {
        &mut self.dateline
    }
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        self.dateline.ui(ui);
        let state = self.dateline.state();
        if self.titled != state.generation() {
            self.titled = state.generation();
            ui.send_viewport_cmd(ViewportCommand::Title(window_title(state.dataset())));
        }
        self.frames += 1;
        log::debug!("frame {}", self.frames);
        let elapsed_ms = self.started.elapsed().as_millis();
        if self.frames == 1 {
            // Not yet on the screen: the next frame is the first that can look.
            ui.ctx().request_repaint();
        } else if self.frames == 2 {
            self.placed.settle(ui.ctx(), frame);
        }
        if self.frames == 1 {
            log::info!("first frame after {elapsed_ms} ms");
        }
        if !self.was_complete && self.dateline.is_complete() {
            self.was_complete = true;
            log::info!("map complete after {elapsed_ms} ms");
        }
    }

    fn on_exit(&mut self) {
        self.dateline.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::dataset_of;

    #[test]
    fn a_window_whose_bar_cannot_be_reached_is_brought_back() {
        let screens = [[0.0, 0.0, 1920.0, 1080.0], [1920.0, 200.0, 1280.0, 1024.0]]
            .map(|[x, y, width, height]| Rect::from_min_size(pos2(x, y), vec2(width, height)));
        let at = |x: f32, y: f32| {
            reachable_position(Rect::from_min_size(pos2(x, y), vec2(1000.0, 700.0)), &screens)
        };
        for (x, y) in [(0.0, 0.0), (-800.0, 0.0), (1800.0, 1000.0), (2500.0, 500.0)] {
            assert_eq!(at(x, y), None, "{x}, {y}");
        }
        for (x, y) in [(-950.0, 0.0), (5000.0, 300.0), (100.0, -690.0), (1950.0, 0.0), (0.0, 1070.0)] {
            assert_eq!(at(x, y), Some(pos2(460.0, 190.0)), "{x}, {y}");
        }
        assert_eq!(reachable_position(Rect::from_min_size(pos2(9e4, 0.0), vec2(9.0, 9.0)), &[]), None);
    }

    #[test]
    fn no_title_upsets_the_window_system() {
        let mut dataset = dataset_of(0, Vec::new());
        dataset.title = "A\0B\nC".to_owned();
        assert_eq!(window_title(&dataset), "ABC — Dateline");
        dataset.title = "x".repeat(100_000);
        assert_eq!(window_title(&dataset).chars().count(), 211);
    }

    #[test]
    fn the_icon_is_a_square_that_window_systems_take() {
        let icon = icon();
        assert_eq!([icon.width, icon.height], [256, 256]);
        assert_eq!(icon.rgba.len(), 256 * 256 * 4);
    }
}
