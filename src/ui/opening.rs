//! Opening files: from every way to ask for one (menu, shortcut, dialog, path field, drop) to the dataset that takes the
//! place of the open one, or to the problems that keep it from doing so.
//!
//! Reading goes on a thread of [`crate::jobs`]; the old dataset stays until the new one is there.

mod early;
mod reading;
mod waiting;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use eframe::egui::{Context, Id, Rect, Ui};

use super::dialog::{self, Dialog};
use super::folder::Folder;
use super::notice::{Notice, Notices};
use super::panels::mapper::{self, Mapper};
use super::panels::path_field::{self, PathField, folder_to_begin_in};
use super::panels::problems::{self, Problems};
use super::panels::{drop_hint, loading};
use crate::basemaps;
use crate::cli::ViewOptions;
use crate::io::table::{Mapping, Preview};
use crate::io::{self, ReadError, ReadOptions, escape};
use crate::jobs::{Jobs, Wake, discard};
use crate::model::Account;
use crate::open::{commands_for, what_is_missing};
use crate::state::{AppState, Arranged, Command, Effect, MapChoice};
use crate::t;
use crate::watch::{Change, Stamp, Watch};
pub use early::Early;
pub use reading::Mappings;
use reading::{Loaded, Next, Request};
use waiting::{STEP, Waiting};

/// A file that is read faster than this is opened without a word.
const SILENT: Duration = Duration::from_millis(200);
/// Longer names of files are cut where they are shown.
const MAX_NAME_CHARS: usize = 120;

/// Everything between the wish to open a file and the file being open.
pub struct Opening {
    wake: Wake,
    jobs: Jobs<Work, Done>,
    /// What is being read.
    waiting: Option<Waiting>,
    /// What was read before there was a window.
    arrived: Option<Loaded>,
    /// What is done when that has been read.
    later: Vec<Request>,
    /// What the command line wants to be shown of its files.
    asked: Option<(Request, ViewOptions)>,
    /// The desktop's dialog with its parent window; `None` where the window always asks by itself.
    desktop: Option<rfd::FileDialog>,
    dialog: Option<Dialog>,
    path_field: Option<PathField>,
    problems: Option<(Problems, Request)>,
    /// What is asked about the columns of a table, and what was to be opened.
    mapper: Option<(Mapper, Request)>,
    mappings: Mappings,
    /// What was said last about columns: their names and what they mean.
    chosen: Option<(String, String)>,
    /// The files that are open, each with its place among them.
    watches: Vec<(PathBuf, Watch)>,
    /// Whether the file that is being asked for shall stand beside those that are open.
    asks_for_layer: bool,
    /// The message that speaks of the open file: it goes when another is opened.
    told: Option<Notice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Load,
    List,
    Try,
}

enum Done {
    Loaded(Box<Loaded>),
    /// What came of a mapping of columns.
    Tried(Mapping, Result<Account, String>),
    Listed(Folder),
}

/// A dataset has taken the place of the one that was open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// It is the same file, read again: filter, selection and view stay.
    pub keeps_place: bool,
}

impl Opening {
    /// Nothing asked for yet. `wake` asks for a frame in which what other threads bring is taken in.
    #[must_use]
    pub fn new(wake: Wake) -> Self {
        Self {
            jobs: Jobs::new(Arc::clone(&wake)),
            wake,
            waiting: None,
            arrived: None,
            later: Vec::new(),
            asked: None,
            desktop: None,
            dialog: None,
            path_field: None,
            problems: None,
            mapper: None,
            mappings: Mappings::default(),
            chosen: None,
            watches: Vec::new(),
            asks_for_layer: false,
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
        self.path_field.is_some() || self.mapper.is_some()
    }

    /// Begins with what was said about columns in earlier runs.
    pub fn use_mappings(&mut self, mappings: Mappings) {
        self.mappings = mappings;
    }

    /// Goes on with the files of the command line.
    pub fn go_on_with(&mut self, early: Early) {
        early.call(&self.wake);
        let Early { jobs, request, mappings, view, done, .. } = early;
        self.asked = Some((request.clone(), view));
        self.waiting = done.is_none().then(|| Waiting::new(request));
        (self.jobs, self.mappings, self.arrived) = (jobs, mappings, done);
    }

    /// Whether files are being read.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        self.waiting.is_some() || self.arrived.is_some()
    }

    /// The commands that show what the command line wants to be shown of the files that have just been opened; `None`
    /// where it says nothing about them.
    pub fn take_asked(&mut self, state: &AppState, notices: &mut Notices) -> Option<Vec<Command>> {
        let paths = state.files().iter().filter_map(|file| file.path.as_deref());
        let is_of = |request: &Request| paths.clone().any(|path| request.files().contains(&path));
        let (_, view) = self.asked.take_if(|(request, _)| is_of(request))?;
        if !view.says_what_to_show() {
            return None;
        }
        match commands_for(state.dataset(), &view) {
            Ok(commands) => {
                notices.extend(what_is_missing(&commands).map(Notice::new));
                Some(commands)
            }
            Err(error) => {
                notices.push(Notice::new(error.to_string()));
                None
            }
        }
    }

    /// What was just said about the columns of a table: their names and the mapping, as texts to be remembered.
    pub fn take_chosen(&mut self) -> Option<(String, String)> {
        self.chosen.take()
    }

    /// Closes the panel of problems; says whether there was one.
    pub fn close_problems(&mut self) -> bool {
        self.problems.take().is_some()
    }

    /// Carries out the effects that have to do with files, and returns the others.
    pub fn carry_out(&mut self, effect: Effect, state: &AppState) -> Option<Effect> {
        match effect {
            Effect::AskForFile { as_layer } => {
                self.asks_for_layer = as_layer;
                self.ask(state);
            }
            Effect::Open(files) if files.is_empty() => {}
            Effect::Open(files) => self.load(Request::Files(files)),
            Effect::OpenBundled => self.load(Request::Bundled { instead: false }),
            Effect::Add { files, .. } if files.is_empty() => {}
            Effect::Add { files, beside, color_by } => self.load(Request::Add { files, beside, color_by }),
            Effect::Arrange { files, color_by } => self.load(Request::Arrange { files, color_by }),
            Effect::Reload { files, color_by } => self.load(Request::Reload { files, color_by }),
            Effect::CancelLoad => {
                self.jobs.cancel(Work::Load);
                self.waiting = None;
                self.go_on(state, false);
            }
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

    /// What becomes of a file that somebody has picked.
    fn opened_as(&self, file: PathBuf) -> Command {
        if basemaps::is_named_as_map(&file) {
            return Command::SetMap(MapChoice::File(file));
        }
        if self.asks_for_layer { Command::AddLayers(vec![file]) } else { Command::Open(file) }
    }

    /// Reads, now or when what is being read is there: nothing that was asked for is lost by a second wish.
    fn load(&mut self, request: Request) {
        let running = self.waiting.take();
        let request = match running.as_ref().map(|running| request.clone().after(&running.request)) {
            None => request,
            Some(Next::Now(request)) => *request,
            Some(Next::Later) => {
                self.later.push(request);
                self.waiting = running;
                return;
            }
        };
        self.waiting = Some(Waiting::new(request.clone()));
        let mappings = self.mappings.clone();
        self.jobs
            .start(Work::Load, move |progress| Done::Loaded(Box::new(request.read(&mappings, progress))));
    }

    /// Goes on with what was asked for meanwhile; `replaced` says whether other files have been opened. A window with
    /// nothing in it gets the dataset that comes with the program.
    fn go_on(&mut self, state: &AppState, replaced: bool) {
        for request in std::mem::take(&mut self.later) {
            if let Some(request) = request.later(state, replaced) {
                self.load(request);
            }
        }
        if state.is_waiting() && self.waiting.is_none() {
            self.load(Request::Bundled { instead: true });
        }
    }

    /// Takes in what has happened since the last frame: on other threads, on disk, and by files that were dropped.
    pub fn update(
        &mut self,
        ctx: &Context,
        state: &mut AppState,
        notices: &mut Notices,
        commands: &mut Vec<Command>,
    ) -> Option<Opened> {
        let arrived = self.arrived.take();
        let mut opened = arrived.and_then(|loaded| self.take(loaded, state, notices, commands));
        while let Some((work, result)) = self.jobs.poll() {
            match (work, result) {
                (_, Ok(Done::Loaded(loaded))) => opened = self.take(*loaded, state, notices, commands),
                (_, Ok(Done::Listed(folder))) => {
                    if let Some(field) = &mut self.path_field {
                        field.take(folder);
                    }
                }
                (_, Ok(Done::Tried(mapping, result))) => {
                    if let Some((mapper, _)) = &mut self.mapper {
                        mapper.take(&mapping, result.as_ref().map_err(String::clone));
                    }
                }
                (Work::Try, Err(_)) => self.mapper = None,
                (Work::Load, Err(_)) => {
                    let name = self.waiting.take().map_or_else(String::new, |waiting| waiting.name());
                    notices.push(Notice::new(t!("open-crashed", name = name)));
                    self.go_on(state, false);
                }
                // The field says what it knows of a folder: nothing.
                (Work::List, Err(_)) => {}
            }
        }
        self.ask_dialog(state, commands);
        let changes = self.watches.iter_mut().find_map(|(path, watch)| Some((path.clone(), watch.poll()?)));
        if let Some((path, change)) = changes {
            self.tell_change(change, &path, notices);
        }
        commands.extend(dropped(ctx));
        self.look_ahead(state);
        self.wait(ctx);
        opened
    }

    /// Shows what is known so far of what is being read.
    fn look_ahead(&mut self, state: &mut AppState) {
        let job = self.jobs.running(Work::Load).filter(|job| job.age() >= SILENT);
        match (job, &mut self.waiting) {
            (Some(job), Some(waiting)) => {
                if let Some(preview) = waiting.update(job) {
                    state.set_preview(Some(preview));
                }
            }
            _ if state.preview().is_some() => state.set_preview(None),
            _ => {}
        }
    }

    fn ask_dialog(&mut self, state: &AppState, commands: &mut Vec<Command>) {
        let Some(answer) = self.dialog.as_mut().and_then(Dialog::poll) else { return };
        self.dialog = None;
        match answer {
            dialog::Answer::Picked(file) => {
                self.path_field = None;
                commands.push(self.opened_as(file));
            }
            dialog::Answer::Unavailable => {
                self.path_field.get_or_insert_with(|| PathField::new(folder_to_begin_in(state.file())));
            }
            dialog::Answer::Dismissed => {}
        }
    }

    fn tell_change(&mut self, change: Change, path: &Path, notices: &mut Notices) {
        let name = name_of(path);
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
        let Loaded { request, arranged, stamps, failed, more_failed } = loaded;
        self.waiting = None;
        let is_reload = matches!(request, Request::Reload { .. });
        let is_instead = matches!(request, Request::Bundled { instead: true });
        if is_reload || arranged.is_some() && !is_instead {
            self.tell(None, notices);
        }
        let keeps_place = request.keeps_place();
        let is_addition = matches!(request, Request::Add { .. });
        if !is_instead {
            self.problems = None;
        }
        let failed_files: Vec<PathBuf> = failed.iter().map(|(path, _)| path.clone()).collect();
        if let Some((path, error)) = failed {
            if more_failed > 0 {
                self.tell(Some(Notice::new(t!("open-more-failed", count = more_failed))), notices);
            }
            self.tell_failure(&path, error, request);
        }
        let Some(arranged) = arranged else {
            self.go_on(state, false);
            return None;
        };
        if let Some(difference) = &arranged.difference {
            let words = t!("open-reloaded", difference = difference.to_text());
            self.tell(Some(Notice::new(words)), notices);
        }
        log::info!("opened {} files", arranged.files.len());
        if keeps_place {
            // The text is looked for anew; in a large dataset that takes a while.
            commands.push(Command::SetText(state.filter().text().to_owned()));
        }
        if is_addition {
            // What was asked for is to be seen.
            commands.push(Command::FitShown);
        }
        self.watches.retain(|(path, _)| keeps_place && state_has(&arranged, path));
        discard(state.put_files(arranged, keeps_place));
        for (path, stamp) in stamps {
            if !failed_files.contains(&path) {
                self.watch(&path, stamp);
            }
        }
        self.go_on(state, !keeps_place);
        Some(Opened { keeps_place })
    }

    /// Shows why a file cannot be read, or asks what its columns mean if that is all that is missing.
    fn tell_failure(&mut self, path: &Path, error: ReadError, request: Request) {
        if let Some(preview) = error.preview() {
            let known = self.mappings.get(&preview.header).cloned();
            self.mapper = Some((Mapper::new(path.to_owned(), Preview::clone(preview), known), request));
            return;
        }
        let is_reload = matches!(request, Request::Reload { .. });
        self.problems = Some((Problems::new(name_of(path), error, is_reload), request));
    }

    fn show_mapper(&mut self, ctx: &Context) {
        let Some((mapper, _)) = &mut self.mapper else { return };
        match mapper.show(ctx) {
            Some(mapper::Wish::Try(mapping)) => {
                let file = mapper.file().clone();
                self.jobs.start(Work::Try, move |progress| {
                    let options = ReadOptions { mapping: Some(mapping.clone()), ..ReadOptions::default() };
                    let result = io::read_path_with(&file, &options, progress);
                    Done::Tried(mapping, result.map(|dataset| dataset.account).map_err(|it| it.to_string()))
                });
            }
            Some(mapper::Wish::Open(mapping)) => {
                self.jobs.cancel(Work::Try);
                if let Some((mapper, request)) = self.mapper.take() {
                    self.chosen = Some((Mappings::key(mapper.header()), mapping.to_string()));
                    self.mappings.set(mapper.header(), mapping);
                    self.load(request);
                }
            }
            Some(mapper::Wish::Close) => {
                self.jobs.cancel(Work::Try);
                self.mapper = None;
            }
            None => {}
        }
    }

    /// Watches a file that is open, which was like `stamp` before it was read.
    pub fn watch(&mut self, file: &Path, stamp: Stamp) {
        self.watches.retain(|(path, _)| path != file);
        match Watch::start(file, stamp, Arc::clone(&self.wake)) {
            Ok(watch) => self.watches.push((file.to_owned(), watch)),
            Err(error) => log::warn!("{} is not watched: {error}", file.display()),
        }
    }

    /// Draws the panel of problems, if there are any, along the bottom of what is left of the window.
    pub fn show_problems(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let Some((problems, request)) = &mut self.problems else { return };
        match problems.show(ui) {
            Some(problems::Wish::Copy(text)) => commands.push(Command::Copy(text)),
            Some(problems::Wish::Again) => commands.push(match request.clone() {
                Request::Files(files) => Command::OpenAll(files),
                Request::Add { files, .. } => Command::AddLayers(files),
                Request::Bundled { .. } => Command::OpenBundled,
                Request::Reload { .. } | Request::Arrange { .. } => Command::Reload,
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
                commands.push(self.opened_as(file));
            }
            Some(path_field::Wish::Close) => self.path_field = None,
            None => {}
        }
        self.show_mapper(ctx);
        show_drop_hint(ctx);
    }

    fn show_loading(&self, ctx: &Context, map: Rect, commands: &mut Vec<Command>) {
        let job = self.jobs.running(Work::Load).filter(|job| job.age() >= SILENT);
        let Some((job, waiting)) = job.zip(self.waiting.as_ref()) else { return };
        if loading::show(ctx, map, waiting.words(), waiting.pace(), job.share()) {
            commands.push(Command::CancelLoad);
        }
    }
}

fn state_has(arranged: &Arranged, path: &Path) -> bool {
    arranged.files.iter().any(|file| file.path.as_deref() == Some(path))
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

/// The command for files that were dropped on the window: those of a known format first. With Ctrl (or Shift) they
/// are put beside those that are open.
fn dropped(ctx: &Context) -> Option<Command> {
    let mut files: Vec<PathBuf> =
        ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
    if let Some(map) = files.iter().position(|file| basemaps::is_named_as_map(file)) {
        return Some(Command::SetMap(MapChoice::File(files.swap_remove(map))));
    }
    files.sort_by_key(|file| !io::has_known_extension(file));
    let beside = ctx.input(|input| input.modifiers.command || input.modifiers.shift);
    let command = if beside { Command::AddLayers } else { Command::OpenAll };
    (!files.is_empty()).then(|| command(files))
}

fn show_drop_hint(ctx: &Context) {
    let mut files: Vec<PathBuf> =
        ctx.input(|input| input.raw.hovered_files.iter().filter_map(|file| file.path.clone()).collect());
    files.sort_by_key(|file| !io::has_known_extension(file));
    if let Some(first) = files.first() {
        let is_known = io::has_known_extension(first) || basemaps::is_named_as_map(first);
        drop_hint::show(ctx, &name_of(first), files.len(), is_known);
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
        opening.carry_out(Effect::AskForFile { as_layer: false }, &state);
        assert!(opening.is_asking());
    }
}
