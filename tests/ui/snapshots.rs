//! A few small pictures of the whole window, so that nobody changes its looks without noticing.

use std::sync::Arc;
use std::time::Instant;

use dateline::state::{Command, ThemeChoice};
use dateline::ui::Window;
use egui_kittest::{Harness, SnapshotOptions};

use crate::support::{bundled, complete_map};

/// Software drivers differ in the last bit of antialiasing from version to version.
fn options() -> SnapshotOptions {
    SnapshotOptions::new().output_path("tests/ui/snapshots").threshold(1.2).max_failed_pixels(400)
}

fn snapshot(name: &str, theme: ThemeChoice, select: Option<usize>) {
    let dataset = Arc::new(bundled());
    let builder = Harness::builder().with_size([960.0, 600.0]).with_max_steps(64).wgpu();
    let mut window = builder.build_eframe(move |cc| Window::new(cc, dataset, Instant::now()));
    window.state_mut().dateline_mut().apply(Command::SetTheme(theme));
    if let Some(index) = select {
        window.state_mut().dateline_mut().apply(Command::Select(index));
    }
    complete_map(&mut window);
    window.snapshot_options(name, &options());
}

#[test]
fn the_light_window_with_its_introduction() {
    snapshot("introduction_light", ThemeChoice::Light, None);
}

#[test]
fn the_dark_window_with_an_incident() {
    snapshot("incident_dark", ThemeChoice::Dark, Some(0));
}
