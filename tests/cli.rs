//! The built binary as a user types it: `check` over a corpus of broken and valid datasets, usage, help and exit codes.
//!
//! Each `tests/corpus/broken/NAME.ron` has its expected lines in `NAME.txt`: one for each problem, in order, position
//! included. After a change of words, `UPDATE_CORPUS=1 cargo test --test cli` writes them anew; read the difference.

// The helpers of tests may fail like tests.
#![allow(clippy::expect_used)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn dateline(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().expect("the binary starts")
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    command.current_dir(folder).args(args).stdin(Stdio::null()).env_remove("RUST_LOG");
    command
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("stdout is UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("stderr is UTF-8")
}

fn corpus(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(part)
}

fn datasets(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the corpus is there");
    let names =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"));
    let mut names: Vec<String> = names
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "ron"))
        .collect();
    names.sort();
    names
}

#[test]
fn every_broken_dataset_ends_with_its_words_and_positions_and_status_1() {
    let folder = corpus("broken");
    let names = datasets(&folder);
    assert!(names.len() >= 20, "only {} broken datasets", names.len());
    let mut wrong = Vec::new();
    for name in names {
        let output = dateline(&folder, &["check", &name]);
        let report = err(&output);
        let lines: Vec<&str> = report.lines().filter(|line| line.starts_with(&name)).collect();
        let problems = lines.join("\n") + "\n";
        let table = folder.join(&name).with_extension("txt");
        if std::env::var_os("UPDATE_CORPUS").is_some() {
            fs::write(&table, &problems).expect("the table is written");
        }
        let expected = fs::read_to_string(&table).unwrap_or_default();
        if problems != expected || lines.is_empty() {
            wrong.push(format!("{name}: expected\n{expected}found\n{problems}"));
        }
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(out(&output).is_empty(), "{name}");
        assert!(!report.contains("panicked"), "{name}: {report}");
        assert!(!report.contains(|c: char| c.is_control() && c != '\n'), "{name}: {report}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_valid_dataset_gets_one_line_and_status_0() {
    let folder = corpus("valid");
    let names = datasets(&folder);
    assert!(names.len() >= 3, "only {} valid datasets", names.len());
    for name in names {
        let output = dateline(&folder, &["check", &name]);
        assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""), "{name}");
        assert!(
            out(&output).starts_with(&format!("{name}: ")) && out(&output).lines().count() == 1,
            "{name}"
        );
    }
}

#[test]
fn a_problem_is_shown_with_its_line_underlined() {
    let output = dateline(&corpus("broken"), &["check", "unknown-references.ron"]);
    let expected = "\
unknown-references.ron:19:25: unknown event type `flod`; did you mean `flood`?
19 │             event_type: \"flod\",
   │                         ^^^^^^
";
    assert!(err(&output).starts_with(expected), "{}", err(&output));
}

#[test]
fn several_files_are_all_checked() {
    let folder = corpus("");
    let output = dateline(
        &folder,
        &["check", "broken/json.ron", "valid/every-field.ron", "broken/empty.ron", "missing.ron"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(out(&output), "valid/every-field.ron: 5 incidents, 8 event types, 2 sources\n");
    for file in [
        "broken/json.ron:1:1: ",
        "broken/empty.ron:1:1: ",
        "missing.ron: there is no such file; check the path\n",
    ] {
        assert!(err(&output).contains(file), "{}", err(&output));
    }
}

#[test]
fn the_bundled_dataset_passes_as_a_file() {
    let output = dateline(Path::new(env!("CARGO_MANIFEST_DIR")), &["check", "data/incidents-2024-03-12.ron"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(out(&output), "data/incidents-2024-03-12.ron: 6 incidents, 5 event types, 1 source\n");
}

#[test]
fn what_is_no_file_is_told_in_words() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("empty.ron"), "").expect("a file");
    for (name, words) in [
        (".", ".: this is a directory; "),
        ("missing.ron", "missing.ron: there is no such file; "),
        ("empty.ron/x", "empty.ron/x: the file cannot be read ("),
        ("empty.ron", "empty.ron:1:1: the file is empty; "),
    ] {
        let output = dateline(dir.path(), &["check", name]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(err(&output).starts_with(words), "{}", err(&output));
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_told_in_words() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("secret.ron");
    fs::write(&path, "Dataset()").expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("permissions");
    if fs::read(&path).is_ok() {
        // The superuser reads everything; there is nothing to see here.
        return;
    }
    let output = dateline(dir.path(), &["check", "secret.ron"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).starts_with("secret.ron: the file may not be read; "), "{}", err(&output));
}

#[test]
fn a_hundred_megabytes_of_junk_end_with_words_and_status_1() {
    const BYTES: usize = 100_000_000;
    let dir = tempfile::tempdir().expect("a folder");
    let noise: Vec<u8> =
        (0..BYTES as u64).map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8).collect();
    let text =
        |start: &str, unit: &str| [start.as_bytes(), unit.repeat(BYTES / unit.len()).as_bytes()].concat();
    for (name, junk, words) in [
        ("noise.ron", noise, "not a text file"),
        ("prose.ron", text("", "lorem ipsum\n"), "expected `Dataset(`, found `lorem`"),
        ("brackets.ron", text("Dataset(x: ", "("), "nested too deeply"),
        ("text.ron", text("Dataset(title: \"", "junk"), "this text has no end"),
    ] {
        fs::write(dir.path().join(name), junk).expect("the junk is written");
        let output = dateline(dir.path(), &["check", name]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(err(&output).contains(words) && err(&output).len() < 2000, "{name}: {}", err(&output));
        fs::remove_file(dir.path().join(name)).expect("the junk is removed");
    }
}

#[test]
fn a_closed_pipe_is_no_reason_to_panic() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/incidents-2024-03-12.ron");
    let file = file.to_str().expect("a plain path");
    let mut child = command(Path::new("."), &["check", file, file, file])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the binary ends");
    assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""));
}

#[test]
fn a_dataset_may_come_through_a_pipe() {
    if !Path::new("/dev/stdin").exists() {
        return;
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .args(["check", "/dev/stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let dataset = fs::read(corpus("valid/every-field.ron")).expect("a dataset");
    child.stdin.take().expect("a pipe").write_all(&dataset).expect("the dataset is written");
    let output = child.wait_with_output().expect("the binary ends");
    assert_eq!(out(&output), "/dev/stdin: 5 incidents, 8 event types, 2 sources\n");
}

#[test]
fn wrong_usage_is_status_2_and_says_what_is_right() {
    for (args, words) in [
        (vec!["--nonsense"], "--nonsense"),
        (vec!["check"], "FILE"),
        (vec!["render"], "--output"),
        (vec!["render", "--output", "a.png", "--size", "big"], "1440x900"),
        (vec!["render", "--output", "a.png", "--center", "-33.9,151.2"], "--zoom"),
        (vec!["--select", "kursk", "check", "a.ron"], "behind it"),
    ] {
        let output = dateline(Path::new("."), &args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(err(&output).contains(words) && out(&output).is_empty(), "{args:?}: {}", err(&output));
    }
}

#[test]
fn help_has_examples_and_version_has_the_number() {
    for args in [vec!["--help"], vec!["check", "--help"], vec!["render", "--help"]] {
        let output = dateline(Path::new("."), &args);
        assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""), "{args:?}");
        assert!(out(&output).contains("Examples:\n  dateline "), "{args:?}: {}", out(&output));
    }
    let output = dateline(Path::new("."), &["--version"]);
    assert_eq!(out(&output), concat!("dateline ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn global_options_stand_before_and_behind_a_command() {
    let file = "every-field.ron";
    for args in [["--offline", "check", file], ["check", "--fresh", file], ["check", file, "--offline"]] {
        assert_eq!(dateline(&corpus("valid"), &args).status.code(), Some(0), "{args:?}");
    }
}

#[cfg(feature = "gui")]
#[test]
fn a_broken_dataset_is_told_by_window_and_render_as_by_check() {
    let folder = corpus("broken");
    let report = err(&dateline(&folder, &["check", "several-at-once.ron"]));
    let picture = std::env::temp_dir().join("dateline-never-drawn.png");
    let picture = picture.to_str().expect("a plain path");
    for args in [vec!["several-at-once.ron"], vec!["render", "several-at-once.ron", "--output", picture]] {
        let output = dateline(&folder, &args);
        assert_eq!((output.status.code(), err(&output)), (Some(1), report.clone()), "{args:?}");
    }
}
