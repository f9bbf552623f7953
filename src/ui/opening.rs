//! Opening files: from every way to ask for one (menu, shortcut, dialog, path field, drop) to the dataset that takes the
//! place of the open one, or to the problems that keep it from doing so.
//!
//! Reading goes on a thread of [`crate::jobs`]; the old dataset stays until the new one is there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use eframe::egui::{Context, Id, Rect, Ui};

use super::dialog::{self, Dialog};
use super::folder::Folder;
use super::notice::{Notice, Notices};
use super::panels::path_field::{self, PathField, folder_to_begin_in};
use super::panels::problems::{self, Problems};
use super::panels::{drop_hint, loading};
use crate::io::{self, ReadError, ReadOptions, escape};
use crate::jobs::{Jobs, Wake, discard};
use crate::model::Dataset;
use crate::progress::Progress;
use crate::query::Columns;
use crate::state::{AppState, Command, Effect};
use crate::t;
use crate::watch::{Change, Stamp, Watch};

/// A file that is read faster than this is opened without a word.
const SILENT: Duration = Duration::from_millis(200);
/// How often the progress is drawn.
const STEP: Duration = Duration::from_millis(100);
/// Longer names of files are cut where they are shown.
const MAX_NAME_CHARS: usize = 120;

/// Everything between the wish to open a file and the file being open.
pub struct Opening {
    wake: Wake,
    jobs: Jobs<Work, Done>,
    /// The name of the file that is being read.
    loading: String,
    /// The desktop's dialog with its parent window; `None` where the window always asks by itself.
    desktop: Option<rfd::FileDialog>,
    dialog: Option<Dialog>,
    path_field: Option<PathField>,
    problems: Option<(Problems, Request)>,
    watch: Option<Watch>,
    /// The message that speaks of the open file: it goes when another is opened.
    told: Option<Notice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Load,
    List,
}

enum Done {
    Loaded(Loaded),
    Listed(Folder),
}

/// What is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Request {
    /// The first of these that can be read.
    Files(Vec<PathBuf>),
    Bundled,
    /// The file of the open dataset.
    Reload(PathBuf),
}

/// What was read.
struct Loaded {
    request: Request,
    /// Which file, and what it was like before it was read; `None` for the bundled dataset.
    file: Option<(PathBuf, Stamp)>,
    result: Result<(Arc<Dataset>, Arc<Columns>), ReadError>,
}

/// A dataset has taken the place of the one that was open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// It is the same file, read again: filter, selection and view stay.
    pub keeps_place: bool,
}

/// A dataset with its columns: both are worked out off the UI thread.
fn with_columns(dataset: Dataset) -> (Arc<Dataset>, Arc<Columns>) {
    let columns = Columns::of(&dataset);
    (Arc::new(dataset), Arc::new(columns))
}

impl Request {
    fn files(&self) -> &[PathBuf] {
        match self {
            Self::Files(files) => files,
            Self::Reload(file) => std::slice::from_ref(file),
            Self::Bundled => &[],
        }
    }

    fn read(self, progress: &Progress) -> Loaded {
        let mut first_failure = None;
        for file in self.files() {
            // Taken before reading: what is written meanwhile is then noticed.
            let stamp = Stamp::of(file);
            let result = io::read_path_with(file, &ReadOptions::default(), progress).map(with_columns);
            let file = Some((file.clone(), stamp));
            if result.is_ok() || progress.is_cancelled() {
                return Loaded { request: self, file, result };
            }
            first_failure.get_or_insert((file, result));
        }
        match first_failure {
            Some((file, result)) => Loaded { request: self, file, result },
            None => Loaded { request: self, file: None, result: io::bundled().map(with_columns) },
        }
    }
}

impl Opening {
    /// Nothing asked for yet. `wake` asks for a frame in which what other threads bring is taken in.
    #[must_use]
    pub fn new(wake: Wake) -> Self {
        Self {
            jobs: Jobs::new(Arc::clone(&wake)),
            wake,
            loading: String::new(),
            desktop: None,
            dialog: None,
            path_field: None,
            problems: None,
            watch: None,
            told: None,
        }
    }

    /// Lets the desktop's own dialog ask for files. It knows its parent window.
    pub fn use_desktop_dialog(&mut self, dialog: rfd::FileDialog) {
        self.desktop = Some(dialog);
    }

    /// Whether a sheet of its own lies over the window, which takes the keys.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        self.path_field.is_some()
    }

    /// Closes the panel of problems; says whether there was one.
    pub fn close_problems(&mut self) -> bool {
        self.problems.take().is_some()
    }

    /// Carries out the effects that have to do with files, and returns the others.
    pub fn carry_out(&mut self, effect: Effect, state: &AppState) -> Option<Effect> {
        match effect {
            Effect::AskForFile => self.ask(state),
            Effect::Open(files) if files.is_empty() => {}
            Effect::Open(files) => self.load(Request::Files(files)),
            Effect::OpenBundled => self.load(Request::Bundled),
            Effect::Reload(file) => self.load(Request::Reload(file)),
            Effect::CancelLoad => drop(self.jobs.cancel(Work::Load)),
            other => return Some(other),
        }
        None
    }

    fn ask(&mut self, state: &AppState) {
        if self.path_field.is_some() {
            return;
        }
        let folder = folder_to_begin_in(state.file());
        match &self.desktop {
            // Who asks again does not see the dialog: it may be behind the window, or the portal may have died.
            Some(dialog) if self.dialog.is_none() => {
                let dialog = dialog.clone().set_directory(folder);
                self.dialog = Some(Dialog::ask(dialog, Arc::clone(&self.wake)));
            }
            _ => self.path_field = Some(PathField::new(folder)),
        }
    }

    fn load(&mut self, request: Request) {
        self.loading =
            request.files().first().map_or_else(|| t!("open-bundled-name").to_owned(), |it| name_of(it));
        self.jobs.start(Work::Load, move |progress| Done::Loaded(request.read(progress)));
    }

    /// Takes in what has happened since the last frame: on other threads, on disk, and by files that were dropped.
    pub fn update(
        &mut self,
        ctx: &Context,
        state: &mut AppState,
        notices: &mut Notices,
        commands: &mut Vec<Command>,
    ) -> Option<Opened> {
        let mut opened = None;
        while let Some((work, result)) = self.jobs.poll() {
            match (work, result) {
                (_, Ok(Done::Loaded(loaded))) => opened = self.take(loaded, state, notices, commands),
                (_, Ok(Done::Listed(folder))) => {
                    if let Some(field) = &mut self.path_field {
                        field.take(folder);
                    }
                }
                (Work::Load, Err(_)) => {
                    notices.push(Notice::new(t!("open-crashed", name = &self.loading)));
                }
                // The field says what it knows of a folder: nothing.
                (Work::List, Err(_)) => {}
            }
        }
        self.ask_dialog(state, commands);
        while let Some(change) = self.watch.as_mut().and_then(Watch::poll) {
            self.tell_change(change, state, notices);
        }
        commands.extend(dropped(ctx));
        self.wait(ctx);
        opened
    }

    fn ask_dialog(&mut self, state: &AppState, commands: &mut Vec<Command>) {
        let Some(answer) = self.dialog.as_mut().and_then(Dialog::poll) else { return };
        self.dialog = None;
        match answer {
            dialog::Answer::Picked(file) => {
                self.path_field = None;
                commands.push(Command::Open(file));
            }
            dialog::Answer::Unavailable => {
                self.path_field.get_or_insert_with(|| PathField::new(folder_to_begin_in(state.file())));
            }
            dialog::Answer::Dismissed => {}
        }
    }

    fn tell_change(&mut self, change: Change, state: &AppState, notices: &mut Notices) {
        let name = state.file().map(name_of).unwrap_or_default();
        let notice = match change {
            Change::Written => {
                Notice::new(t!("open-changed", name = name)).with_action(t!("open-reload"), Command::Reload)
            }
            Change::Vanished => Notice::new(t!("open-vanished", name = name)),
        };
        self.tell(Some(notice), notices);
    }

    /// Tells something of the open file in place of what was told before.
    fn tell(&mut self, notice: Option<Notice>, notices: &mut Notices) {
        if let Some(told) = &self.told {
            notices.withdraw(told);
        }
        notices.extend(notice.clone());
        self.told = notice;
    }

    /// Asks for the frames in which something that is waited for can be seen.
    fn wait(&self, ctx: &Context) {
        // Later the dialog's thread asks for a frame when it has an answer.
        if self.dialog.as_ref().is_some_and(Dialog::tries_patience) {
            ctx.request_repaint_after(dialog::PATIENCE);
        }
        if let Some(job) = self.jobs.running(Work::Load) {
            ctx.request_repaint_after(SILENT.saturating_sub(job.age()).max(STEP));
        }
    }

    /// Puts what was read in place of the open dataset, or shows why it cannot be.
    fn take(
        &mut self,
        loaded: Loaded,
        state: &mut AppState,
        notices: &mut Notices,
        commands: &mut Vec<Command>,
    ) -> Option<Opened> {
        let Loaded { request, file, result } = loaded;
        let is_reload = matches!(request, Request::Reload(_));
        if is_reload || result.is_ok() {
            self.tell(None, notices);
        }
        let name =
            file.as_ref().map_or_else(|| t!("open-bundled-name").to_owned(), |(file, _)| name_of(file));
        let (dataset, columns) = match result {
            Ok(read) => read,
            Err(error) => {
                self.problems = Some((Problems::new(name, error, is_reload), request));
                return None;
            }
        };
        self.problems = None;
        let path = file.as_ref().map(|(path, _)| path.clone());
        log::info!("opened {name}");
        let keeps_place = is_reload && state.file() == path.as_deref();
        discard(if keeps_place {
            // The text is looked for anew; in a large dataset that takes a while.
            commands.push(Command::SetText(state.filter().text().to_owned()));
            state.reload_dataset(dataset, columns)
        } else {
            state.replace_dataset(dataset, columns, path.clone())
        });
        self.watch = None;
        if let Some((path, stamp)) = file {
            self.watch(&path, stamp);
            let left_out = request.files().len() - 1;
            if left_out > 0 {
                let words = t!("open-left-out", name = name, count = left_out);
                self.tell(Some(Notice::new(words)), notices);
            }
        }
        Some(Opened { keeps_place })
    }

    /// Watches the file of the open dataset, which was like `stamp` before it was read.
    pub fn watch(&mut self, file: &Path, stamp: Stamp) {
        self.watch = match Watch::start(file, stamp, Arc::clone(&self.wake)) {
            Ok(watch) => Some(watch),
            Err(error) => {
                log::warn!("{} is not watched: {error}", file.display());
                None
            }
        };
    }

    /// Draws the panel of problems, if there are any, along the bottom of what is left of the window.
    pub fn show_problems(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let Some((problems, request)) = &mut self.problems else { return };
        match problems.show(ui) {
            Some(problems::Wish::Copy(text)) => commands.push(Command::Copy(text)),
            Some(problems::Wish::Again) => commands.push(match request.clone() {
                Request::Files(files) => Command::OpenFirst(files),
                Request::Bundled => Command::OpenBundled,
                Request::Reload(_) => Command::Reload,
            }),
            Some(problems::Wish::Close) => self.problems = None,
            None => {}
        }
    }

    /// Draws what lies over the window: the strip over the map, which fills `map`, the path field, the hint for a drop.
    pub fn show(&mut self, ctx: &Context, map: Rect, commands: &mut Vec<Command>) {
        self.show_loading(ctx, map, commands);
        match self.path_field.as_mut().and_then(|field| field.show(ctx)) {
            Some(path_field::Wish::List(folder)) => {
                self.jobs.start(Work::List, move |progress| Done::Listed(Folder::read(&folder, progress)));
            }
            Some(path_field::Wish::Open(file)) => {
                self.path_field = None;
                commands.push(Command::Open(file));
            }
            Some(path_field::Wish::Close) => self.path_field = None,
            None => {}
        }
        show_drop_hint(ctx);
    }

    fn show_loading(&self, ctx: &Context, map: Rect, commands: &mut Vec<Command>) {
        let job = self.jobs.running(Work::Load).filter(|job| job.age() >= SILENT);
        if job.is_some_and(|job| loading::show(ctx, map, &self.loading, job.share())) {
            commands.push(Command::CancelLoad);
        }
    }
}

/// A file's name as it can be shown: short, and without characters that cannot be seen.
#[must_use]
pub fn name_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    let name = escape(&name);
    match name.char_indices().nth(MAX_NAME_CHARS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name,
    }
}

/// Says that the window system brings no files that are dropped on the window, so that nobody is told to try.
pub fn refuse_drops(ctx: &Context) {
    ctx.data_mut(|data| data.insert_temp(no_drops(), true));
}

/// Whether files can be dropped on the window.
#[must_use]
pub fn accepts_drops(ctx: &Context) -> bool {
    !ctx.data(|data| data.get_temp(no_drops()).unwrap_or(false))
}

fn no_drops() -> Id {
    Id::unique("no drops")
}

/// The command for files that were dropped on the window: those of a known format first.
fn dropped(ctx: &Context) -> Option<Command> {
    let mut files: Vec<PathBuf> =
        ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
    files.sort_by_key(|file| !io::has_known_extension(file));
    (!files.is_empty()).then_some(Command::OpenFirst(files))
}

fn show_drop_hint(ctx: &Context) {
    let mut files: Vec<PathBuf> =
        ctx.input(|input| input.raw.hovered_files.iter().filter_map(|file| file.path.clone()).collect());
    files.sort_by_key(|file| !io::has_known_extension(file));
    if let Some(first) = files.first() {
        drop_hint::show(ctx, &name_of(first), files.len(), io::has_known_extension(first));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_is_shown_short_and_without_tricks() {
        assert_eq!(name_of(Path::new("/data/flood.ron")), "flood.ron");
        assert_eq!(name_of(Path::new("/")), "/");
        assert_eq!(name_of(Path::new("a\u{202E}nor.b")), "a\\u{202e}nor.b");
        assert_eq!(name_of(Path::new(&"x".repeat(5000))).chars().count(), MAX_NAME_CHARS + 1);
    }

    #[test]
    fn who_asks_again_while_the_desktops_dialog_says_nothing_gets_the_path_field() {
        let state = AppState::new(Arc::new(io::bundled().unwrap()));
        let mut opening = Opening::new(Arc::new(|| ()));
        opening.use_desktop_dialog(rfd::FileDialog::new());
        let (_portal, dialog) = Dialog::silent();
        opening.dialog = Some(dialog);
        assert!(!opening.is_asking());
        opening.carry_out(Effect::AskForFile, &state);
        assert!(opening.is_asking());
    }

    #[test]
    fn of_several_files_the_first_that_can_be_read_is_taken_and_else_the_first_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let [missing, broken, good] =
            ["missing.ron", "broken.ron", "good.ron"].map(|it| folder.path().join(it));
        std::fs::write(&broken, "Dataset(").unwrap();
        std::fs::write(&good, io::BUNDLED).unwrap();
        let progress = Progress::default();
        let loaded = Request::Files(vec![missing.clone(), broken.clone(), good.clone()]).read(&progress);
        assert!(loaded.result.is_ok() && loaded.file.is_some_and(|(file, _)| file == good));
        let loaded = Request::Files(vec![missing.clone(), broken]).read(&progress);
        assert!(loaded.result.is_err() && loaded.file.is_some_and(|(file, _)| file == missing));
        assert!(Request::Bundled.read(&progress).result.is_ok());
    }
}
