//! What happens when the program makes a mistake that it should never make (a panic): a report is written, without
//! anything of the reader's in it, and the terminal says where.
//!
//! A report holds the program's version, the system's name, the thread, the place in the code and the functions on the
//! way there. It holds neither names of files nor text of incidents: a message that was put together while the program
//! ran may hold either, so only messages that stand in the code as they are go into it.
//!
//! Crates that read other people's files may panic over a damaged one. That is no mistake of ours and is caught where it
//! is called, by [`guarded`], without a report.

use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::words::revealed;

/// More reports than this are not kept: the oldest go.
const MAX_REPORTS: usize = 20;
/// More reports than this are not written in one run: what fails in every frame says nothing new.
const MAX_REPORTS_PER_RUN: usize = 3;
/// What a report is called until the reader was told of it, and afterwards.
const NEW: &str = "new-failure-";
const TOLD: &str = "failure-";

/// Where reports go, and which were written in this run.
struct Reports {
    folder: Option<PathBuf>,
    written: Mutex<Vec<PathBuf>>,
}

static REPORTS: OnceLock<Reports> = OnceLock::new();

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Something that was called has panicked. It has said so already, or it was guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stumbled;

/// Calls code of others that may panic over what a file says: silently, since the file is to blame. Threads that it
/// starts are not guarded with it.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Stumbled> {
    let before = IS_GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work)).map_err(|_| Stumbled);
    IS_GUARDED.set(before);
    result
}

/// From now on a mistake of the program leaves a report in `folder`, which is made when it is needed. Without one, the
/// terminal alone is told. Only the first call counts.
pub fn install(folder: Option<PathBuf>) {
    if REPORTS.set(Reports { folder, written: Mutex::default() }).is_ok() {
        std::panic::set_hook(Box::new(|info| {
            if !IS_GUARDED.get() {
                tell(info);
            }
        }));
    }
}

/// The report of the last mistake in this run.
#[must_use]
pub fn last_report() -> Option<PathBuf> {
    REPORTS.get()?.written.lock().unwrap_or_else(PoisonError::into_inner).last().cloned()
}

/// The newest report of an earlier run that the reader was not told of. From now on they count as told.
#[must_use]
pub fn untold_report(folder: &Path) -> Option<PathBuf> {
    let mut newest = None;
    for name in names(folder, NEW) {
        let told = folder.join(name.replacen(NEW, TOLD, 1));
        // What cannot be renamed is told once more at the next start.
        newest = Some(match fs::rename(folder.join(&name), &told) {
            Ok(()) => told,
            Err(_) => folder.join(name),
        });
    }
    newest
}

/// The names in a folder that begin so, the oldest first: a name begins with its time.
fn names(folder: &Path, beginning: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.strip_suffix(".txt").is_some_and(|name| name.starts_with(beginning)))
        .collect();
    names.sort();
    names
}

/// Tells the terminal, and writes the report. Nothing in here may panic: that would end the program at once.
fn tell(info: &PanicHookInfo<'_>) {
    let report = REPORTS.get().and_then(|reports| {
        let folder = reports.folder.as_deref()?;
        let mut written = reports.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.len() >= MAX_REPORTS_PER_RUN {
            return written.last().cloned();
        }
        let path = write(folder, &text(info, &Backtrace::force_capture())).ok()?;
        written.push(path.clone());
        Some(path)
    });
    let place =
        info.location().map_or_else(String::new, |it| format!(" at {}:{}", short(it.file()), it.line()));
    let message = info.payload_as_str().unwrap_or_default();
    let mut out = format!("Dateline has made a mistake{place}: {}\n", revealed(message));
    let _ = match report {
        Some(path) => writeln!(
            out,
            "A report without your data lies in {}. Please send it to the people who make Dateline.",
            revealed(&path.to_string_lossy())
        ),
        None => writeln!(
            out,
            "No report could be written; please send these lines to the people who make Dateline."
        ),
    };
    let _ = io::stderr().lock().write_all(out.as_bytes());
}

/// The text of a report.
fn text(info: &PanicHookInfo<'_>, backtrace: &Backtrace) -> String {
    let mut out = String::new();
    let thread = std::thread::current();
    // Threads are named by the code.
    let thread = thread.name().unwrap_or("without a name");
    let now = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC");
    let place = info.location().map_or_else(
        || "unknown".to_owned(),
        |it| format!("{}:{}:{}", short(it.file()), it.line(), it.column()),
    );
    let _ = writeln!(out, "Dateline {}: a mistake of the program\n", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(out, "time:    {now}");
    let _ = writeln!(out, "system:  {} {}", std::env::consts::OS, std::env::consts::ARCH);
    let _ = writeln!(out, "thread:  {thread}");
    let _ = writeln!(out, "place:   {place}");
    let _ = writeln!(out, "message: {}", fixed_message(info.payload()));
    let _ = writeln!(out, "\nOn the way there:");
    for function in functions(&backtrace.to_string()) {
        let _ = writeln!(out, "  {function}");
    }
    let _ = writeln!(out, "\nThis report holds no file names and no text of incidents.");
    out
}

/// A message that stands in the code as it is; one that was put together may hold text of a file.
fn fixed_message(payload: &(dyn Any + Send)) -> &str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("(left out: it may hold text of a file)")
}

/// The functions of a backtrace without the paths of the machine that it was built on.
fn functions(backtrace: &str) -> impl Iterator<Item = &str> {
    /// More than this is a recursion that repeats itself.
    const MAX_FUNCTIONS: usize = 100;
    backtrace.lines().map(str::trim).filter(|line| !line.starts_with("at ")).take(MAX_FUNCTIONS)
}

/// A source file as it is called in its crate: what stands before is the machine that it was built on.
fn short(file: &str) -> &str {
    file.rfind("/src/").map_or(file, |at| {
        let start = file[..at].rfind('/').map_or(0, |slash| slash + 1);
        &file[start..]
    })
}

/// Writes a report into the folder and returns its path.
fn write(folder: &Path, text: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    for beginning in [TOLD, NEW] {
        let old = names(folder, beginning);
        for name in old.iter().take((old.len() + 1).saturating_sub(MAX_REPORTS)) {
            // One more old report is no reason to write no new one.
            let _ = fs::remove_file(folder.join(name));
        }
    }
    let time = jiff::Timestamp::now().strftime("%Y%m%d-%H%M%S%.3f").to_string();
    let path = folder.join(format!("{NEW}{time}-{}.txt", std::process::id()));
    let mut file = File::create_new(&path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(path)
}

/// The folder for reports: `named` where it is given, else the desktop's for the state of programs.
#[must_use]
pub fn folder(named: Option<PathBuf>) -> Option<PathBuf> {
    named.or_else(|| {
        let folders = directories::ProjectDirs::from("", "", "dateline")?;
        Some(folders.state_dir().unwrap_or_else(|| folders.data_local_dir()).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_was_put_together_is_left_out() {
        let fixed: Box<dyn Any + Send> = Box::new("index out of bounds");
        let made: Box<dyn Any + Send> = Box::new(format!("`{}` is no place", "secret"));
        assert_eq!(fixed_message(&*fixed), "index out of bounds");
        assert!(!fixed_message(&*made).contains("secret"));
    }

    #[test]
    fn paths_of_the_machine_that_built_the_program_are_left_out() {
        assert_eq!(
            short("/home/somebody/.cargo/registry/src/x/egui-0.37.0/src/ui.rs"),
            "egui-0.37.0/src/ui.rs"
        );
        assert_eq!(short("src/ui/app.rs"), "src/ui/app.rs");
        let trace = "   0: dateline::main\n             at /home/somebody/src/main.rs:3:4\n   1: start\n";
        assert_eq!(functions(trace).collect::<Vec<_>>(), ["0: dateline::main", "1: start"]);
    }

    #[test]
    fn a_guarded_call_gives_its_value_or_says_that_it_stumbled() {
        assert_eq!(guarded(|| 3), Ok(3));
        assert_eq!(guarded(|| -> u8 { std::panic::resume_unwind(Box::new("damaged")) }), Err(Stumbled));
        assert!(!IS_GUARDED.get());
    }

    #[test]
    fn the_reader_is_told_of_the_newest_report_once() {
        let folder = tempfile::tempdir().unwrap();
        for time in ["20260102", "20260101"] {
            fs::write(folder.path().join(format!("{NEW}{time}.txt")), "").unwrap();
        }
        fs::write(folder.path().join("settings.ron"), "").unwrap();
        let told = folder.path().join(format!("{TOLD}20260102.txt"));
        assert_eq!(untold_report(folder.path()), Some(told.clone()));
        assert!(told.exists() && folder.path().join(format!("{TOLD}20260101.txt")).exists());
        assert_eq!(untold_report(folder.path()), None);
        assert_eq!(untold_report(&folder.path().join("nowhere")), None);
    }

    #[test]
    fn old_reports_make_room_for_new_ones() {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..30 {
            fs::write(folder.path().join(format!("{TOLD}1999-{n:02}.txt")), "").unwrap();
        }
        let path = write(folder.path(), "text").unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "text");
        let left = names(folder.path(), TOLD);
        assert_eq!((left.len(), left[0].as_str()), (MAX_REPORTS - 1, "failure-1999-11.txt"));
    }
}
