//! Settings on the disk: a program that is killed while it saves leaves the old file or the new one, and no file,
//! whatever is in it, keeps the program from starting or takes more with it than what is damaged.

// The helpers of tests may fail like tests.
#![allow(clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use dateline::io;
use dateline::settings::disk::{self, FILE_NAME, SettingsError};
use dateline::settings::text::{Parsed, parse, write};
use dateline::settings::{BUNDLED, DatasetMemory, MAX_DATASETS, MAX_RECENT, Settings};
use dateline::state::{AppState, Command as Act, LabelLanguage, MapChoice, ThemeChoice, ViewTarget};

/// Names the file that a child of [`kills_at_any_moment_leave_an_old_file_or_a_new_one`] saves to.
const CHILD: &str = "DATELINE_TEST_SAVES_TO";

/// Settings that say `n` in many places.
fn numbered(n: u16) -> Settings {
    let mut settings =
        Settings { window_size_pt: Some([1000.0, f32::from(n) + 500.0]), ..Settings::default() };
    for file in 0..MAX_RECENT {
        settings.note_opened(&PathBuf::from(format!("/data/{n}/{file}.ron")));
    }
    settings
}

/// Not a test of its own: where [`CHILD`] is set, saves again and again until it is killed.
#[test]
fn child_that_saves() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let mut out = std::io::stdout();
    for n in 0..u16::MAX {
        disk::save(Path::new(&path), &numbered(n)).expect("saved");
        writeln!(out, "saved {n}").expect("told");
    }
}

#[cfg(unix)]
#[test]
fn kills_at_any_moment_leave_an_old_file_or_a_new_one() {
    const KILLS: u32 = 200;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(FILE_NAME);
    let program = std::env::current_exe().expect("this program");
    let mut random = 0x2545_F491_u32;
    let mut between = 0;
    for _ in 0..KILLS {
        let mut child = Command::new(&program)
            .args(["child_that_saves", "--exact", "--nocapture"])
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let mut output = BufReader::new(child.stdout.take().expect("piped"));
        // The first save is over: from here on there is a file of this child's.
        let mut line = String::new();
        while !line.contains("saved") {
            line.clear();
            assert!(output.read_line(&mut line).expect("a line") > 0, "the child saves nothing");
        }
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        std::thread::sleep(Duration::from_micros(u64::from(random % 8000)));
        child.kill().expect("killed");
        child.wait().expect("gone");
        output.read_to_string(&mut line).expect("the rest");
        let last: u16 = line
            .lines()
            .filter_map(|line| line.split("saved ").nth(1)?.parse().ok())
            .next_back()
            .expect("a number");
        let Parsed::Whole(settings) = parse(&fs::read(&path).expect("a file")) else {
            panic!("a broken file after {last}")
        };
        // It may have been killed after saving and before telling.
        assert!([last, last + 1].map(numbered).contains(&settings), "neither {last} nor the next");
        between += usize::from(settings != numbered(last));
    }
    let parts = fs::read_dir(folder.path()).expect("the folder").count() - 1;
    println!("{between} of {KILLS} kills between saving and telling, {parts} files left half done");
}

/// Settings with something everywhere, and the state that they remember.
fn full() -> (Settings, AppState) {
    let mut state = AppState::new(Arc::new(io::bundled().expect("valid")));
    state.apply(Act::ShowOnlyType(1));
    state.apply(Act::SetText("water".to_owned()));
    state.apply(Act::Select(2));
    state.apply(Act::GoToSelection);
    let mut settings = Settings {
        window_position_pt: Some([-20.0, 40.0]),
        window_maximized: true,
        left_panel_open: false,
        left_panel_width_pt: Some(300.0),
        theme: Some(ThemeChoice::Dark),
        map: MapChoice::Plain,
        label_language: LabelLanguage::Ukrainian,
        ..numbered(7)
    };
    for n in (0..4).rev() {
        settings.remember_dataset(DatasetMemory::of(format!("/data/{n}.ron"), &state));
    }
    settings.remember_dataset(DatasetMemory::of(BUNDLED.to_owned(), &state));
    (settings, state)
}

/// Loads a file with these bytes; checks that it is survived and set aside, and that what is saved next can be read.
fn survived(bytes: &[u8]) -> (Settings, SettingsError) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(FILE_NAME);
    fs::write(&path, bytes).expect("written");
    let loaded = disk::load(Some(folder.path()));
    let problem = loaded.problem.expect("something is wrong");
    let (SettingsError::Damaged { kept_as, .. } | SettingsError::Newer { kept_as }) = &problem else {
        panic!("{problem}")
    };
    assert_eq!(fs::read(kept_as).expect("set aside"), bytes);
    let mut state = AppState::new(Arc::new(io::bundled().expect("valid")));
    for memory in [BUNDLED, "/data/0.ron"].iter().filter_map(|key| loaded.settings.of_dataset(key)) {
        for command in memory.commands(&state) {
            state.apply(command);
        }
        assert!(matches!(state.target().resolve([800.0, 600.0], [9.0; 2]), view if view.center.is_valid()));
        assert!(!matches!(state.target(), ViewTarget::At(view) if !view.zoom.is_finite()));
    }
    let file = loaded.file.expect("settings are still kept");
    disk::save(&file, &loaded.settings).expect("saved");
    let again = disk::load(Some(folder.path()));
    assert!(again.problem.is_none() && again.settings == loaded.settings);
    (loaded.settings, problem)
}

#[test]
fn what_is_written_is_what_is_read() {
    let (settings, _) = full();
    let text = write(&settings).expect("text");
    assert_eq!(parse(text.as_bytes()), Parsed::Whole(settings));
    assert!(
        text.lines().count() > 20 && text.contains("\n    theme: Some(Dark),\n"),
        "a line an entry:\n{text}"
    );
}

#[test]
fn a_damaged_line_costs_no_other_line() {
    let (settings, _) = full();
    let text = write(&settings).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    let entries = lines.iter().filter(|line| line.trim().len() > 2 && !line.ends_with('['));
    let mut files = 0;
    for line in entries.filter(|line| !line.contains("version")) {
        for damage in [" \u{0}~", "\"", "((((", "99999999999999999999999999", "]"] {
            let at = line.len() / 2;
            let at = (at..line.len()).find(|&at| line.is_char_boundary(at)).unwrap_or(0);
            let damaged = format!("{}{damage}{}", &line[..at], &line[at + 1..]);
            let whole = text.replacen(line, &damaged, 1);
            if matches!(parse(whole.as_bytes()), Parsed::Whole(_)) {
                continue;
            }
            files += 1;
            let (rest, problem) = survived(whole.as_bytes());
            assert!(matches!(problem, SettingsError::Damaged { lost: 1, .. }), "{problem}:\n{whole}");
            let kept = write(&rest).expect("text");
            for other in lines.iter().filter(|other| other != &line) {
                assert!(kept.contains(other), "{damaged} has cost {other}");
            }
        }
    }
    assert!(files > 50, "{files}");
}

#[test]
fn a_file_that_ends_early_keeps_what_came_before() {
    let (settings, _) = full();
    let text = write(&settings).expect("text");
    for part in 1..20 {
        let end = text.len() * part / 20;
        let (rest, _) = survived(&text.as_bytes()[..end]);
        let kept = write(&rest).expect("text");
        let mut whole = text[..end].lines().collect::<Vec<_>>();
        whole.pop();
        for line in whole.iter().filter(|line| !line.ends_with('[')) {
            assert!(kept.contains(line), "{line} is lost");
        }
    }
}

#[test]
fn flipped_bits_cost_at_most_their_line() {
    let (settings, _) = full();
    let text = write(&settings).expect("text");
    let whole = text.lines().count();
    let mut broken = 0;
    for byte in (0..text.len()).step_by(7) {
        let mut bytes = text.clone().into_bytes();
        bytes[byte] ^= 1 << (byte % 8);
        match parse(&bytes) {
            Parsed::Whole(_) => {}
            Parsed::Newer => assert!(text[..byte].lines().count() <= 2, "only the version says so"),
            Parsed::Damaged { rest, lost } => {
                broken += 1;
                let kept = write(&rest).expect("text");
                // A flipped bit may make one line two, or join two.
                let same = text.lines().filter(|line| kept.contains(line)).count();
                assert!(lost <= 2 && same + 2 >= whole, "{lost} lost, {same} of {whole}: byte {byte}");
            }
        }
    }
    assert!(broken > 50, "{broken}");
}

#[test]
fn files_that_are_no_settings_are_survived() {
    let deep = "(".repeat(100_000);
    let deep_value = format!("(version: 1, theme: {}", "Some(".repeat(100_000));
    let comments = "/*".repeat(100_000);
    let many: String = (0..20_000).fold(String::from("("), |mut text, n| {
        let _ = write!(text, "x{n}: {n},\n    \"/a{n}\",\n");
        text
    });
    let huge_string = format!("(version: 1,\n    \"{}\",\n)", "x".repeat(1_000_000));
    let noise: Vec<u8> = (0..5000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let files: [&[u8]; 20] = [
        b"",
        b"\n\n",
        b"(",
        b")",
        b"\0\0\0\0\0\0\0\0",
        b"\xFF\xFE(\0v\0",
        b"null",
        b"[1, 2, 3]",
        b"{\"version\": 1}",
        b"version = 1",
        b"(version: -1)",
        b"(version: \"1\")",
        b"(version: 1, window_size_pt: Some((NaN, inf)))",
        b"(version: 1, window_size_pt: Some((1e39, 900)), left_panel_width_pt: Some(-4.0))",
        b"(version: 1, datasets: [(key: \"bundled\", view: Some(At(lon_deg: NaN, lat_deg: 1e300, zoom: -inf)))])",
        b"(version: 1, datasets: [(key: \"bundled\", view: Some(Fit(west_deg: 5, south_deg: NaN, east_deg: inf, north_deg: 0)))])",
        b"(version: 1, datasets: [(key: \"\")])",
        b"(version: 1, recent_files: \"no list\")",
        deep.as_bytes(),
        deep_value.as_bytes(),
    ];
    for bytes in
        files.into_iter().chain([comments.as_bytes(), many.as_bytes(), huge_string.as_bytes(), &noise])
    {
        let (settings, _) = survived(bytes);
        assert!(settings.recent_files.len() <= MAX_RECENT);
        assert_eq!(
            settings.of_dataset(BUNDLED),
            None,
            "{}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(90)])
        );
    }
}

#[test]
fn a_file_of_a_newer_version_is_set_aside_whole_and_never_written_over() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(FILE_NAME);
    for (n, text) in
        ["(version: 2, theme: Some(Sepia))", "Settings(\n  version: 7,\n  map: {})"].iter().enumerate()
    {
        fs::write(&path, text).expect("written");
        let loaded = disk::load(Some(folder.path()));
        assert!(matches!(loaded.problem, Some(SettingsError::Newer { .. })), "{:?}", loaded.problem);
        assert_eq!(loaded.settings, Settings::default());
        assert!(!path.exists());
        let kept_as = folder.path().join(format!("{FILE_NAME}.newer-{}", n + 1));
        assert_eq!(fs::read_to_string(kept_as).expect("kept"), *text);
    }
}

#[test]
fn entries_that_this_version_does_not_know_are_ignored() {
    let text = "(\n    version: 1,\n    dreams: Some((colour: [1, 2])),\n    theme: Some(Dark),\n)\n";
    let Parsed::Whole(settings) = parse(text.as_bytes()) else { panic!("damaged") };
    assert_eq!(settings.theme, Some(ThemeChoice::Dark));
}

#[test]
fn a_folder_in_the_place_of_the_file_and_no_home_are_survived_without_writing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join(FILE_NAME)).expect("a folder");
    let loaded = disk::load(Some(folder.path()));
    assert!(matches!(loaded.problem, Some(SettingsError::Unreadable { .. })) && loaded.file.is_none());
    let loaded = disk::load(None);
    assert!(matches!(loaded.problem, Some(SettingsError::NoHome)) && loaded.file.is_none());
}

#[test]
fn a_folder_that_is_not_there_yet_is_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let inner = folder.path().join("a/b");
    let loaded = disk::load(Some(&inner));
    assert!(loaded.problem.is_none());
    disk::save(&loaded.file.expect("a file"), &numbered(3)).expect("saved");
    assert_eq!(disk::load(Some(&inner)).settings, numbered(3));
}

#[test]
fn the_oldest_files_and_datasets_are_forgotten() {
    let (mut settings, state) = full();
    for n in 0..200 {
        settings.note_opened(&PathBuf::from(format!("/many/{n}")));
        settings.remember_dataset(DatasetMemory::of(format!("/many/{n}"), &state));
        settings.touch_dataset("/many/0");
    }
    assert_eq!(settings.recent_files.len(), MAX_RECENT);
    assert_eq!(settings.recent_files[0], PathBuf::from("/many/199"));
    let known = (0..200).filter(|n| settings.of_dataset(&format!("/many/{n}")).is_some());
    let known: Vec<i32> = known.collect();
    assert_eq!(known.len(), MAX_DATASETS);
    assert_eq!((known[0], known[1]), (0, 151), "what was open last stays");
}
