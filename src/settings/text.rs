//! How settings stand in their file, and what can be saved of a damaged one.
//!
//! The file is one RON value. It is written with an entry a line, so that damage costs no more than the lines that it
//! lies in: where the whole cannot be read, each line is read by itself.

use std::collections::HashSet;

use ron::ser::PrettyConfig;

use super::{ColumnsMemory, DatasetMemory, Settings};

/// The version of the format that this program reads and writes. Entries may be added to it; a new one is needed where
/// an old program would misunderstand an entry.
pub const VERSION: u32 = 1;

/// What a file says.
#[derive(Debug, Clone, PartialEq)]
pub enum Parsed {
    /// Everything could be read.
    Whole(Settings),
    /// Some of it is damaged.
    Damaged {
        /// What could be read.
        rest: Settings,
        /// How many entries could not.
        lost: usize,
    },
    /// A newer program has written it.
    Newer,
}

/// The text of a settings file.
pub fn write(settings: &Settings) -> Result<String, ron::Error> {
    let layout = PrettyConfig::new().depth_limit(2).new_line("\n");
    let mut text = ron::ser::to_string_pretty(settings, layout)?;
    text.push('\n');
    Ok(text)
}

/// Reads the bytes of a settings file.
#[must_use]
pub fn parse(bytes: &[u8]) -> Parsed {
    let text = String::from_utf8_lossy(bytes);
    let whole = std::str::from_utf8(bytes).ok().and_then(|text| ron::from_str::<Settings>(text).ok());
    let version = whole.as_ref().map(|settings| settings.version).or_else(|| version_of(&text));
    if version.is_some_and(|version| version > VERSION) {
        return Parsed::Newer;
    }
    let is_whole = whole.is_some() && version == Some(VERSION);
    let (settings, lost_lines) = whole.map_or_else(|| save_lines(&text), |settings| (settings, 0));
    let (mut rest, lost_entries) = settings.checked();
    rest.version = VERSION;
    let lost = lost_lines + lost_entries;
    if is_whole && lost == 0 {
        Parsed::Whole(rest)
    } else {
        // Where no entry is lost, the frame around them is broken, or the file says nothing at all.
        Parsed::Damaged { rest, lost: lost.max(1) }
    }
}

/// The version that the file states, whatever else is in it: its first entry.
fn version_of(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("version:")?;
    let digits = rest.trim_start().split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// Reads each line by itself. Returns what could be read and how many lines could not.
fn save_lines(text: &str) -> (Settings, usize) {
    let mut entries = String::new();
    let mut names = HashSet::new();
    let (mut files, mut columns, mut datasets) = (Vec::new(), Vec::new(), Vec::new());
    let mut lost = 0;
    for line in text.lines().map(|line| line.trim().trim_end_matches(',')).filter(|line| !is_frame(line)) {
        if line.starts_with('"') {
            match ron::from_str(line) {
                Ok(file) => files.push(file),
                Err(_) => lost += 1,
            }
        } else if line.starts_with("(columns:") {
            match ron::from_str::<ColumnsMemory>(line) {
                Ok(memory) => columns.push(memory),
                Err(_) => lost += 1,
            }
        } else if line.starts_with('(') {
            match ron::from_str::<DatasetMemory>(line) {
                Ok(memory) => datasets.push(memory),
                Err(_) => lost += 1,
            }
        } else if is_entry(line) && line.split(':').next().is_some_and(|name| names.insert(name)) {
            entries.push_str(line);
            entries.push(',');
        } else {
            lost += 1;
        }
    }
    let mut settings: Settings = ron::from_str(&format!("({entries})")).unwrap_or_default();
    settings.recent_files.extend(files);
    settings.columns.extend(columns);
    settings.datasets.extend(datasets);
    (settings, lost)
}

/// Whether a line holds nothing but the brackets around entries.
fn is_frame(line: &str) -> bool {
    matches!(line, "" | "(" | ")" | "]" | "recent_files: [" | "columns: [" | "datasets: [")
        || line.starts_with("//")
}

/// Whether a line is an entry that can be read without the others.
fn is_entry(line: &str) -> bool {
    let name = line.split(':').next().unwrap_or_default();
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        && ron::from_str::<Settings>(&format!("({line})")).is_ok()
}
