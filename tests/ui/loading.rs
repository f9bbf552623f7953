//! While files are being read: what is said and shown of them, what a second wish becomes, and files of the command line.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use dateline::cli::ViewOptions;
use dateline::io::{BUNDLED, ReadOptions};
use dateline::state::Command;
use dateline::ui::opening::Early;
use tempfile::TempDir;

use crate::support::{
    TestWindow, bundled, click, mentions, settle, shows, wait_until, window, window_that_waits,
};

/// A folder with a table of so many rows, and a pipe that holds up whoever reads it.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new(rows: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let it = Self { folder };
        it.write("sheds.csv", &table("Shed", rows));
        it.make_pipe();
        it
    }

    fn make_pipe(&self) {
        let made = Process::new("mkfifo").arg(self.path("slow.ron")).status().expect("mkfifo runs");
        assert!(made.success());
    }

    /// Waits for who reads the pipe and holds it up for as long as the result is kept. The next one finds another pipe.
    fn hold(&self) -> File {
        let pipe = File::options().write(true).open(self.path("slow.ron")).expect("a pipe that is read");
        std::fs::remove_file(self.path("slow.ron")).expect("the pipe can be removed");
        self.make_pipe();
        pipe
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file for the test");
    }

    /// Lets the one go on who reads the pipe.
    fn finish(&self) {
        self.write("slow.ron", &BUNDLED.replacen(&bundled().title, "Slow", 1));
    }
}

/// Ends the reading of a test that nobody waits for: a thread that hangs in a pipe would go on.
impl Drop for Files {
    fn drop(&mut self) {
        let pipe = self.path("slow.ron");
        let _ = std::thread::spawn(move || std::fs::write(pipe, ""));
    }
}

fn table(name: &str, rows: usize) -> String {
    let row = |n: usize| format!("{name} {n},{},{}\n", 40.0 + n as f64 * 1e-3, 30.0 + n as f64 * 1e-3);
    std::iter::once("Name,Latitude,Longitude\n".to_owned()).chain((0..rows).map(row)).collect()
}

fn ask(window: &mut TestWindow, command: Command) {
    window.state_mut().dateline_mut().ask(command);
    settle(window);
}

fn title(window: &TestWindow) -> &str {
    &window.state().dateline().state().dataset().title
}

fn names(window: &TestWindow) -> Vec<&str> {
    let files = window.state().dateline().state().files();
    files.iter().map(|file| file.dataset.title.as_str()).collect()
}

/// A window that was started with these files.
fn started_with(files: Vec<PathBuf>, view: ViewOptions) -> TestWindow {
    let mut early = Early::start(files, &ReadOptions::default(), Vec::new(), view);
    early.wait().expect("they can be read");
    window_that_waits(early)
}

#[test]
fn what_was_read_is_counted_and_on_the_map_before_the_rest_and_cancel_brings_back_what_was_open() {
    let files = Files::new(3000);
    let mut window = window(bundled());
    ask(&mut window, Command::OpenAll(vec![files.path("sheds.csv"), files.path("slow.ron")]));
    wait_until(&mut window, "the rows are counted", |window| mentions(window, "3\u{202f}000 rows"));
    assert!(mentions(&window, "Reading sheds.csv and another file"));
    let preview = window.state().dateline().state().preview().expect("something to see");
    assert!(preview.replaces && preview.places.len() == 3000);
    assert_eq!(title(&window), bundled().title, "what was open stays");
    assert!(!window.state().dateline().is_complete());
    click(&mut window, "Cancel");
    assert!(!mentions(&window, "Reading"));
    assert!(window.state().dateline().state().preview().is_none());
    assert_eq!(title(&window), bundled().title);
}

#[test]
fn a_second_file_that_is_added_meanwhile_does_not_cost_the_first_one() {
    let files = Files::new(3);
    files.write("huts.csv", &table("Hut", 2));
    let mut window = window(bundled());
    ask(&mut window, Command::OpenAll(vec![files.path("slow.ron")]));
    let first = files.hold();
    ask(&mut window, Command::AddLayers(vec![files.path("huts.csv")]));
    let second = files.hold();
    ask(&mut window, Command::AddLayers(vec![files.path("sheds.csv")]));
    files.finish();
    wait_until(&mut window, "all of them are open", |window| names(window) == ["Slow", "huts", "sheds"]);
    drop((first, second));
}

#[test]
fn a_reload_while_another_file_is_read_waits_for_its_turn() {
    let files = Files::new(3);
    let mut window = window(bundled());
    ask(&mut window, Command::Open(files.path("sheds.csv")));
    wait_until(&mut window, "the table is open", |window| title(window) == "sheds");
    ask(&mut window, Command::AddLayers(vec![files.path("slow.ron")]));
    files.write("sheds.csv", &table("Shed", 5));
    ask(&mut window, Command::Reload);
    assert_eq!(names(&window), ["sheds"]);
    let mut pipe = files.hold();
    std::fs::remove_file(files.path("slow.ron")).expect("the pipe can be removed");
    files.write("slow.ron", BUNDLED);
    pipe.write_all(BUNDLED.as_bytes()).expect("somebody reads it");
    drop(pipe);
    wait_until(&mut window, "then the files are read again", |window| {
        mentions(window, "Read again: 2 added")
    });
    assert_eq!(names(&window).len(), 2);
}

#[test]
fn files_of_the_command_line_are_read_while_the_window_is_there_already() {
    let files = Files::new(2500);
    let mut window =
        started_with(vec![files.path("slow.ron"), files.path("sheds.csv")], ViewOptions::default());
    assert!(window.state().dateline().state().is_waiting());
    assert!(mentions(&window, "It is still being read."));
    assert!(!mentions(&window, "has no incidents"));
    files.finish();
    wait_until(&mut window, "both are open", |window| names(window) == ["Slow", "sheds"]);
    let state = window.state().dateline().state();
    assert_eq!((state.dataset().incidents.len(), state.can_undo()), (2506, false));
}

#[test]
fn who_cancels_the_files_of_the_command_line_gets_the_dataset_of_the_program() {
    let files = Files::new(2);
    let mut window =
        started_with(vec![files.path("sheds.csv"), files.path("slow.ron")], ViewOptions::default());
    wait_until(&mut window, "it is said", |window| shows(window, "Cancel"));
    click(&mut window, "Cancel");
    wait_until(&mut window, "something is open", |window| title(window) == bundled().title);
}

#[test]
fn what_the_command_line_selects_is_selected_when_its_file_is_open() {
    let files = Files::new(2);
    let view = |id: &str| ViewOptions { select: Some(id.to_owned()), ..ViewOptions::default() };
    let id = bundled().incidents.at(2).id.clone();
    let mut window = started_with(vec![files.path("slow.ron")], view(&id));
    files.finish();
    wait_until(&mut window, "it is open", |window| title(window) == "Slow");
    assert_eq!(window.state().dateline().state().selection(), Some(2));
    let mut window = started_with(vec![files.path("slow.ron")], view("nobody"));
    files.finish();
    wait_until(&mut window, "it is open", |window| title(window) == "Slow");
    assert!(mentions(&window, "--select nobody: the dataset has no such incident"));
}

#[test]
fn a_large_file_of_the_command_line_that_is_broken_is_told_over_the_dataset_of_the_program() {
    let files = Files::new(2);
    let mut window = started_with(vec![files.path("slow.ron")], ViewOptions::default());
    files.write("slow.ron", "Dataset(\n    wrong: 1,\n)");
    wait_until(&mut window, "the problems", |window| mentions(window, "slow.ron cannot be opened"));
    wait_until(&mut window, "something is open", |window| title(window) == bundled().title);
    assert!(mentions(&window, "slow.ron cannot be opened"), "the problems stay");
}

#[test]
fn small_files_are_there_in_the_first_frame() {
    let files = Files::new(7);
    let window = started_with(vec![files.path("sheds.csv")], ViewOptions::default());
    assert_eq!(title(&window), "sheds");
    assert_eq!(window.state().dateline().state().file(), Some(&*files.path("sheds.csv")) as Option<&Path>);
}

#[test]
fn an_incident_says_from_which_of_several_files_it_is() {
    let files = Files::new(2);
    files.write("huts.csv", &table("Hut", 2));
    let mut window = window(bundled());
    ask(&mut window, Command::OpenAll(vec![files.path("sheds.csv"), files.path("huts.csv")]));
    wait_until(&mut window, "both are open", |window| names(window) == ["sheds", "huts"]);
    ask(&mut window, Command::Select(3));
    assert!(shows(&window, "From huts"));
    ask(&mut window, Command::Select(0));
    assert!(shows(&window, "From sheds"));
}

#[test]
fn a_table_whose_texts_have_changed_says_so_when_it_is_read_again_and_one_that_is_gone_stays_open() {
    let files = Files::new(3);
    let mut window = window(bundled());
    ask(&mut window, Command::Open(files.path("sheds.csv")));
    wait_until(&mut window, "the table is open", |window| title(window) == "sheds");
    files.write("sheds.csv", &table("Shed", 3).replacen("Shed 1", "Barn 1", 1));
    wait_until(&mut window, "the change is told", |window| mentions(window, "sheds.csv has changed on disk"));
    click(&mut window, "Read it again");
    wait_until(&mut window, "the difference is told", |window| mentions(window, "Read again: 1 changed."));
    std::fs::remove_file(files.path("sheds.csv")).expect("the file is removed");
    wait_until(&mut window, "the loss is told", |window| mentions(window, "sheds.csv is no longer on disk"));
    assert_eq!(title(&window), "sheds");
}
