//! The real window: eframe around [`Dateline`].

use std::sync::Arc;
use std::time::Instant;

use eframe::egui::{self, ViewportBuilder};

use super::app::Dateline;
use crate::cli::WindowRequest;
use crate::locale::{self, Locale};
use crate::model::Dataset;
use crate::open::{OpenError, commands_for, open};
use crate::t;

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
    let dataset = open(request.file.as_deref())?;
    let commands = commands_for(&dataset, &request.view).map_err(RunError::Open)?;
    let title = t!("window-title", title = window_title(&dataset.title));
    let viewport = ViewportBuilder::default()
        .with_title(title)
        .with_app_id("dateline")
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([860.0, 520.0]);
    let options = eframe::NativeOptions { viewport, ..Default::default() };
    let creator = move |cc: &eframe::CreationContext<'_>| {
        let mut window = Window::new(cc, dataset, started);
        for command in commands {
            window.dateline.apply(command);
        }
        Ok(Box::new(window) as Box<dyn eframe::App>)
    };
    eframe::run_native("dateline", options, Box::new(creator)).map_err(|error| classify(&error))
}

/// A dataset's title as window systems can bear it: short, and without control characters.
fn window_title(title: &str) -> String {
    /// Longer than any title bar.
    const MAX_CHARS: usize = 200;
    title.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect()
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
}

impl Window {
    /// The window's content on a dataset; `started` is when the program began, for the log.
    #[must_use]
    pub fn new(cc: &eframe::CreationContext<'_>, dataset: Arc<Dataset>, started: Instant) -> Self {
        if cc.wgpu_render_state.is_some() {
            walkers::install_renderer(cc.wgpu_render_state.as_ref());
        }
        let mut dateline = Dateline::new(&cc.egui_ctx, dataset);
        if let Some(render_state) = &cc.wgpu_render_state {
            dateline.set_render_state(render_state.clone());
        }
        Self { dateline, started, frames: 0, was_complete: false }
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

    #[test]
    fn no_title_upsets_the_window_system() {
        assert_eq!(window_title("A\0B\nC"), "ABC");
        assert_eq!(window_title(&"x".repeat(100_000)).len(), 200);
    }
}
