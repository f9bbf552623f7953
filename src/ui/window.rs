//! The real window: eframe around [`Dateline`].

use std::sync::Arc;
use std::time::Instant;

use eframe::egui::{self, ViewportBuilder, ViewportCommand};

use super::app::Dateline;
use super::opening;
use crate::cli::WindowRequest;
use crate::locale::{self, Locale};
use crate::model::Dataset;
use crate::open::{OpenError, commands_for, open};
use crate::t;
use crate::watch::Stamp;

/// Why the window could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The dataset cannot be read, or the command line names what it does not have.
    #[error(transparent)]
    Open(#[from] OpenError),
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
    // What the file is like before it is read, and a path that does not depend on the working folder.
    let file = request.file.as_ref().map(|file| std::path::absolute(file).unwrap_or_else(|_| file.clone()));
    let file = file.map(|file| (Stamp::of(&file), file));
    let dataset = open(request.file.as_deref())?;
    let commands = commands_for(&dataset, &request.view).map_err(RunError::Open)?;
    let viewport = ViewportBuilder::default()
        .with_title(window_title(&dataset))
        .with_icon(icon())
        .with_app_id("dateline")
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([860.0, 520.0]);
    let options = eframe::NativeOptions { viewport, ..Default::default() };
    let creator = move |cc: &eframe::CreationContext<'_>| {
        let mut window = Window::new(cc, dataset, started);
        window.dateline.use_desktop_dialog(rfd::FileDialog::new().set_parent(cc));
        if let Some((stamp, file)) = &file {
            window.dateline.began_with(file, *stamp);
        }
        if is_wayland() {
            // winit brings no drops there yet.
            opening::refuse_drops(&cc.egui_ctx);
        }
        for command in commands {
            window.dateline.apply(command);
        }
        Ok(Box::new(window) as Box<dyn eframe::App>)
    };
    eframe::run_native("dateline", options, Box::new(creator)).map_err(|error| classify(&error))
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

/// What eframe calls for each frame.
pub struct Window {
    dateline: Dateline,
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
        if cc.wgpu_render_state.is_some() {
            walkers::install_renderer(cc.wgpu_render_state.as_ref());
        }
        let dateline = Dateline::new(&cc.egui_ctx, dataset);
        let titled = dateline.state().generation();
        Self { dateline, started, frames: 0, was_complete: false, titled }
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
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
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
            log::info!("first frame after {elapsed_ms} ms");
        }
        if !self.was_complete && self.dateline.is_complete() {
            self.was_complete = true;
            log::info!("map complete after {elapsed_ms} ms");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::dataset_of;

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
