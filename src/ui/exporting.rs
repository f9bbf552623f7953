//! Writing what is open to a file: from the wish to the message that says what was written and what the format could
//! not hold. Writing goes on a thread of [`crate::jobs`]; a file is there whole or as before.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use eframe::egui::{Context, Rect};
use jiff::tz::TimeZone;

use super::dialog::{self, Dialog};
use super::notice::{Notice, Notices};
use super::opening::name_of;
use super::panels::export::{Choice, Counts, ExportSheet, Form, What, Wish};
use super::panels::filters;
use super::panels::loading;
use super::panels::path_field::folder_to_begin_in;
use super::picture::Picture;
use crate::io::export::{Selection, WriteError, WriteReport, put_bytes};
use crate::io::report::{self, Head};
use crate::io::{account, escape};
use crate::jobs::{Jobs, Wake};
use crate::model::Dataset;
use crate::progress::Progress;
use crate::render::RenderError;
use crate::state::AppState;
use crate::t;

/// What is written faster than this is written without a word.
const SILENT: Duration = Duration::from_millis(200);
/// How often the progress is drawn.
const STEP: Duration = Duration::from_millis(100);
/// More kinds of what a format could not hold are not named.
const MAX_LOSSES: usize = 6;

/// Everything between the wish to write a file and the file being there.
pub struct Exporting {
    wake: Wake,
    jobs: Jobs<(), Done>,
    desktop: Option<rfd::FileDialog>,
    dialog: Option<Dialog>,
    sheet: Option<ExportSheet>,
    /// The rows of the account that shall be written.
    rows: Option<Arc<Vec<usize>>>,
    /// The file that is being written.
    writing: PathBuf,
}

enum Done {
    Written(PathBuf, WriteReport),
    /// There is a file of this name, and nobody has said that it may go.
    Exists(PathBuf),
    Failed(PathBuf, String),
    Cancelled,
}

/// What a job takes with it.
struct Job {
    dataset: Arc<Dataset>,
    /// The incidents or rows; `None` for all.
    chosen: Option<Vec<usize>>,
    picture: Option<Picture>,
    /// The zone that times are said in.
    zone: Option<TimeZone>,
    /// What the filter asks for, where that is what is written.
    filter: String,
    choice: Choice,
}

impl Exporting {
    /// Nothing asked for yet. `wake` is called from other threads.
    #[must_use]
    pub fn new(wake: Wake) -> Self {
        let jobs = Jobs::new(Arc::clone(&wake));
        Self { wake, jobs, desktop: None, dialog: None, sheet: None, rows: None, writing: PathBuf::new() }
    }

    /// Lets the desktop's own dialog ask for files. It knows its parent window.
    pub fn use_desktop_dialog(&mut self, dialog: rfd::FileDialog) {
        self.desktop = Some(dialog);
    }

    /// Whether a sheet lies over the window, which takes the keys.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        self.sheet.is_some() && !self.is_told()
    }

    /// Whether something is written for so long that its progress is told. Then the sheet, which would lie over the button
    /// that stops it, is gone until there is something to ask.
    fn is_told(&self) -> bool {
        self.jobs.running(()).is_some_and(|job| job.age() >= SILENT)
    }

    /// Asks what to write, and where: incidents, or these rows of the account.
    pub fn ask(&mut self, state: &AppState, rows: Option<Arc<Vec<usize>>>) {
        let counts = Counts {
            all: state.dataset().incidents.len(),
            shown: state.engine().total(),
            has_selection: state.selection().is_some(),
            rows: rows.as_ref().map(|rows| rows.len()),
        };
        let folder = folder_to_begin_in(state.file());
        self.sheet = ExportSheet::new(folder, &state.dataset().title, counts, self.desktop.is_some());
        self.rows = rows;
    }

    /// Takes in what has happened since the last frame, and asks for the frames in which something can be seen.
    pub fn update(&mut self, ctx: &Context, notices: &mut Notices) {
        while let Some(((), result)) = self.jobs.poll() {
            match result {
                Ok(Done::Written(path, report)) => {
                    self.sheet = None;
                    notices.push(Notice::new(written_text(&path, &report)));
                }
                Ok(Done::Exists(path)) => {
                    if let Some(sheet) = &mut self.sheet {
                        sheet.ask_to_replace(path);
                    }
                }
                Ok(Done::Failed(path, why)) => {
                    notices.push(Notice::new(t!("export-failed", name = name_of(&path), why = why)));
                }
                Ok(Done::Cancelled) => {}
                Err(error) => {
                    log::error!("writing a file: {error}");
                    notices.push(Notice::new(t!("export-crashed", name = name_of(&self.writing))));
                }
            }
        }
        if let Some(answer) = self.dialog.as_mut().and_then(Dialog::poll) {
            self.dialog = None;
            match (answer, &mut self.sheet) {
                (dialog::Answer::Picked(path), Some(sheet)) => sheet.choose(&path),
                (dialog::Answer::Unavailable, Some(sheet)) => sheet.without_dialog(),
                _ => {}
            }
        }
        if self.dialog.as_ref().is_some_and(Dialog::tries_patience) {
            ctx.request_repaint_after(dialog::PATIENCE);
        }
        if let Some(job) = self.jobs.running(()) {
            ctx.request_repaint_after(SILENT.saturating_sub(job.age()).max(STEP));
        }
    }

    /// Draws the sheet, and the progress over the map, which fills `map`.
    pub fn show(&mut self, ctx: &Context, map: Rect, state: &AppState) {
        let sheet = if self.is_told() { None } else { self.sheet.as_mut() };
        match sheet.and_then(|sheet| sheet.show(ctx)) {
            Some(Wish::Choose(path)) => self.choose(&path),
            Some(Wish::Write(choice)) => self.write(ctx, state, choice, map),
            Some(Wish::Close) => {
                self.sheet = None;
                self.dialog = None;
            }
            None => {}
        }
        let job = self.jobs.running(()).filter(|job| job.age() >= SILENT);
        let words = t!("export-writing", name = name_of(&self.writing));
        if job.is_some_and(|job| loading::show(ctx, map, &words, None, job.share())) {
            self.jobs.cancel(());
        }
    }

    fn choose(&mut self, path: &Path) {
        let Some(desktop) = self.desktop.clone().filter(|_| self.dialog.is_none()) else { return };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let folder = path.parent().unwrap_or(Path::new("/"));
        let desktop = desktop.set_directory(folder).set_file_name(name);
        self.dialog = Some(Dialog::ask_where_to(desktop, Arc::clone(&self.wake)));
    }

    fn write(&mut self, ctx: &Context, state: &AppState, choice: Choice, map: Rect) {
        let dataset = Arc::clone(state.dataset());
        let chosen = match choice.what {
            What::All => None,
            What::Shown => {
                Some((0..dataset.incidents.len()).filter(|&n| state.engine().contains(n)).collect())
            }
            What::Selected => Some(state.selection().into_iter().collect()),
            What::Rows => self.rows.as_deref().cloned(),
        };
        let has_picture = matches!(choice.form, Form::Report | Form::Picture);
        let picture = has_picture.then(|| Picture::of(ctx, state, map.size()));
        let filter = if choice.what == What::Shown { filters::words(state) } else { String::new() };
        self.writing.clone_from(&choice.path);
        let job = Job { dataset, chosen, picture, zone: state.text_zone().cloned(), filter, choice };
        self.jobs.start((), move |progress| job.run(progress));
    }
}

impl Job {
    fn run(self, progress: &Progress) -> Done {
        let path = self.choice.path.clone();
        if !self.choice.replaces && path.exists() {
            return Done::Exists(path);
        }
        match self.write(progress) {
            Ok(report) => Done::Written(path, report),
            Err(Failure::Write(WriteError::Cancelled) | Failure::Picture(RenderError::Cancelled)) => {
                Done::Cancelled
            }
            Err(error) => Done::Failed(path, error.to_string()),
        }
    }

    fn write(self, progress: &Progress) -> Result<WriteReport, Failure> {
        let Self { dataset, chosen, picture, zone, filter, choice: Choice { what, form, path, .. } } = self;
        if what == What::Rows {
            return Ok(account::write_csv(&dataset, chosen.as_deref(), &path, progress)?);
        }
        let selection = match chosen {
            Some(chosen) => Selection::of(&dataset, chosen),
            None => Selection::all(&dataset),
        };
        match form {
            Form::Data(target) => Ok(target.write_file(&selection, &path, progress)?),
            Form::Picture => {
                let Some(picture) = picture else { return Ok(WriteReport::default()) };
                let png = picture.png(progress)?;
                Ok(put_bytes(&path, &png)?)
            }
            Form::Report => {
                let drawn = picture.map(|picture| picture.png(&progress.part(0.0, 0.3)));
                // Where nothing can be drawn, the words are still worth having.
                let png = drawn.and_then(|png| png.map_err(|error| log::warn!("no picture: {error}")).ok());
                let head = Head { map_png: png.as_deref(), filter: &filter, zone: zone.as_ref() };
                let mut report = report::write_file(&selection, head, &path, &progress.part(0.3, 1.0))?;
                if png.is_none() {
                    report.leave_out("picture of the map");
                }
                Ok(report)
            }
        }
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Picture(#[from] RenderError),
}

/// What was written, and what is not in it.
fn written_text(path: &Path, report: &WriteReport) -> String {
    let name = name_of(path);
    let head = match report.written {
        0 => t!("export-written", name = name),
        count => t!("export-written-count", count = count as usize, name = name),
    };
    let mut losses = report.losses();
    losses.truncate(MAX_LOSSES);
    if losses.is_empty() {
        return head;
    }
    t!("export-losses", head = head, losses = escape(&losses.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_says_what_a_format_could_not_hold() {
        let mut report = WriteReport::default();
        report.written = 2;
        let path = Path::new("/data/out.csv");
        assert_eq!(written_text(path, &report), "2 written to out.csv.");
        report.lose("links between incidents");
        assert_eq!(
            written_text(path, &report),
            "2 written to out.csv. Not in it: links between incidents (1 incident)."
        );
    }
}
