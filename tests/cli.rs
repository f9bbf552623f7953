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
        assert_eq!(out(&output), "rows 0: mapped 0, listed 0, rejected 0\n", "{name}");
        assert!(!report.contains("panicked"), "{name}: {report}");
        assert!(!report.contains(|c: char| c.is_control() && c != '\n'), "{name}: {report}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_valid_dataset_gets_its_counts_and_its_account_and_status_0() {
    let folder = corpus("valid");
    let names = datasets(&folder);
    assert!(names.len() >= 3, "only {} valid datasets", names.len());
    for name in names {
        let output = dateline(&folder, &["check", &name]);
        assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""), "{name}");
        let said = out(&output);
        assert!(said.starts_with(&format!("{name}: ")), "{name}");
        assert!(said.lines().last().is_some_and(|line| line.starts_with("rows ")), "{name}: {said}");
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
        &["check", "broken/unknown-field.ron", "valid/every-field.ron", "broken/empty.ron", "missing.ron"],
    );
    assert_eq!(output.status.code(), Some(1));
    let nothing = "rows 0: mapped 0, listed 0, rejected 0\n";
    let all = "valid/every-field.ron: 5 incidents, 8 event types, 2 sources\nrows 5: mapped 5, listed 0, rejected 0\n";
    assert_eq!(out(&output), [nothing, all, nothing, nothing].concat());
    for file in [
        "broken/unknown-field.ron:29:13: ",
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
    assert_eq!(
        out(&output),
        "data/incidents-2024-03-12.ron: 6 incidents, 5 event types, 1 source\nrows 6: mapped 6, listed 0, rejected 0\n"
    );
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
    let expected =
        "/dev/stdin: 5 incidents, 8 event types, 2 sources\nrows 5: mapped 5, listed 0, rejected 0\n";
    assert_eq!(out(&output), expected);
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
        (vec!["--map", "lat=Y,lon=X", "check", "a.csv"], "behind it"),
        (vec!["check", "a.csv", "--map", "lat=Y"], "nowhere where the incidents are"),
        (vec!["check", "a.csv", "--map", "latitude=Y"], "no field `latitude`"),
        (vec!["convert", "a.csv"], "OUT"),
        (vec!["convert", "a.csv", "b.xyz"], ".ron, .kml"),
        (vec!["convert", "a.csv", "-"], "--to"),
        (vec!["convert", "a.csv", "-", "--to", "xyz"], ".ron, .kml"),
    ] {
        let output = dateline(Path::new("."), &args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(err(&output).contains(words) && out(&output).is_empty(), "{args:?}: {}", err(&output));
    }
}

#[test]
fn help_has_examples_and_version_has_the_number() {
    for args in [vec!["--help"], vec!["check", "--help"], vec!["convert", "--help"], vec!["render", "--help"]]
    {
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

/// A table with a row for each fate.
const TABLE: &str = "Name,Y,X\n\"A, or so\",1.5,2\nB,,3\nC,north\u{1b}[2J,4\nD,89,5\n";

#[test]
fn every_row_is_accounted_for_and_a_rejected_one_is_status_1() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("t.csv"), TABLE).expect("a table");
    let map = ["--map", "lat=Y,lon=X,title=Name"];
    let output = dateline(dir.path(), &[&["check", "t.csv"], map.as_slice()].concat());
    assert_eq!((output.status.code(), err(&output).as_str()), (Some(1), ""));
    let text = out(&output);
    assert!(text.starts_with("t.csv: 2 incidents, 1 event type\nt.csv: note: "), "{text}");
    let rows: Vec<&str> = text.lines().filter(|line| !line.contains("note: ")).skip(1).collect();
    let expected = [
        "t.csv:3:2: listed: Y is empty: the row has no position",
        "t.csv:4:2: rejected: Y `north\\u{1b}[2J` is no latitude in degrees",
        "t.csv:5: listed: latitude `89` lies beyond the edge of the map, which ends at 85 degrees",
        "rows 4: mapped 1, listed 2, rejected 1",
    ];
    assert_eq!(rows, expected);
    let output = dateline(dir.path(), &[&["check", "t.csv", "--show", "0"], map.as_slice()].concat());
    assert!(out(&output).contains("t.csv: and 3 more rows that are not on the map\n"), "{}", out(&output));
}

#[test]
fn an_incident_of_a_ron_dataset_beyond_the_map_is_listed_with_its_line() {
    let dir = tempfile::tempdir().expect("a folder");
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/incidents-2024-03-12.ron");
    let text = fs::read_to_string(bundled).expect("the dataset").replace("lat: 51.2772", "lat: 86");
    fs::write(dir.path().join("pole.ron"), &text).expect("a file");
    let line = text[..text.find("lat: 86").expect("the place")]
        .rfind("Incident(")
        .map(|at| text[..at].lines().count())
        .expect("the incident");
    let output = dateline(dir.path(), &["check", "pole.ron"]);
    assert_eq!(output.status.code(), Some(0));
    let expected = format!("pole.ron:{line}: listed: latitude `86` lies beyond the edge of the map");
    assert!(out(&output).contains(&expected), "{}", out(&output));
    assert!(out(&output).ends_with("\nrows 6: mapped 5, listed 1, rejected 0\n"), "{}", out(&output));
}

#[test]
fn a_dataset_goes_through_a_table_and_comes_back() {
    let dir = tempfile::tempdir().expect("a folder");
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/incidents-2024-03-12.ron");
    let bundled = bundled.to_str().expect("a plain path");
    let output = dateline(dir.path(), &["convert", bundled, "a.csv"]);
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(0), ""), "{}", err(&output));
    for words in [
        "rows 6: mapped 6, listed 0, rejected 0\na.csv: 6 incidents written\n",
        "a.csv: left out: links between incidents (3 incidents)\n",
    ] {
        assert!(err(&output).contains(words), "{}", err(&output));
    }
    let output = dateline(dir.path(), &["convert", "a.csv", "b.ron"]);
    assert!(output.status.success(), "{}", err(&output));
    let output = dateline(dir.path(), &["convert", "b.ron", "-", "--to", "csv"]);
    assert_eq!(out(&output), fs::read_to_string(dir.path().join("a.csv")).expect("the table"));
    assert_eq!(fs::read_dir(dir.path()).expect("the folder").count(), 2, "no part remains");
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_stays_a_device() {
    use std::os::unix::fs::FileTypeExt;
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("t.csv"), TABLE).expect("a table");
    let output =
        dateline(dir.path(), &["convert", "t.csv", "/dev/null", "--to", "csv", "--map", "lat=Y,lon=X"]);
    assert!(output.status.success(), "{}", err(&output));
    assert!(fs::metadata("/dev/null").expect("the device").file_type().is_char_device());
}

#[test]
fn only_what_a_view_shows_is_written() {
    let dir = tempfile::tempdir().expect("a folder");
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/incidents-2024-03-12.ron");
    let bundled = bundled.to_str().expect("a plain path");
    let output = dateline(dir.path(), &["convert", bundled, "a.tsv", "--event-type", "drone_strike"]);
    assert!(output.status.success(), "{}", err(&output));
    let table = fs::read_to_string(dir.path().join("a.tsv")).expect("the table");
    assert!(table.starts_with("id\ttitle\ttype\t") && table.contains("\nnizhny-novgorod\t"), "{table}");
    assert!(err(&output).contains("a.tsv: 1 incident written\n"), "{}", err(&output));
    let output = dateline(dir.path(), &["convert", bundled, "b.csv", "--event-type", "flood"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("no such event type") && !dir.path().join("b.csv").exists());
}

#[test]
fn a_table_that_cannot_be_written_or_read_leaves_what_was_there() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("t.csv"), TABLE).expect("a table");
    fs::write(dir.path().join("old.ron"), "old").expect("a file");
    let missing_column = ["convert", "t.csv", "old.ron", "--map", "lat=Z,lon=X"];
    for (args, words) in [
        (["convert", "missing.csv", "old.ron"].as_slice(), "missing.csv: there is no such file"),
        (&missing_column, "there is no column `Z`"),
        (
            &["convert", "t.csv", "nowhere/new.ron", "--map", "lat=Y,lon=X"],
            "nowhere/new.ron: the file cannot be written",
        ),
    ] {
        let output = dateline(dir.path(), args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(err(&output).contains(words), "{args:?}: {}", err(&output));
    }
    assert_eq!(fs::read_to_string(dir.path().join("old.ron")).expect("the file"), "old");
}

#[cfg(feature = "gui")]
#[test]
fn a_picture_that_ends_in_html_is_a_report_of_what_it_shows() {
    let dir = tempfile::tempdir().expect("a folder");
    let args = ["render", "--size", "320x240", "--output", "r.html", "--event-type", "drone_strike"];
    let output = command(dir.path(), &args)
        .env("VK_LOADER_DRIVERS_SELECT", "*lvp*")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .output()
        .expect("the binary starts");
    assert!(output.status.success(), "{}", err(&output));
    let page = fs::read_to_string(dir.path().join("r.html")).expect("the report");
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    assert_eq!(page.matches("<article").count(), 1);
    assert!(page.contains("1 of 6 incidents") && page.contains("src=\"data:image/png;base64,iVBORw0KGgo"));
}
