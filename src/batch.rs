//! The commands that need no window: what `check` says of a file, and `convert`.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use crate::cli::ConvertRequest;
use crate::io::escape;
use crate::io::export::{Selection, WriteError, WriteReport};
use crate::model::{Account, Dataset, Entry, Fate};
use crate::open::{self, OpenError};
use crate::progress::Progress;
use crate::state::AppState;

/// What `check` says of a file that was read: what is in it, what was decided for all of it, the first `show` rows that
/// are not on the map, and the sum of all rows as the last line. Every line ends, and none can play tricks on a terminal.
#[must_use]
pub fn account_text(file: &str, dataset: &Dataset, show: usize) -> String {
    let file = escape(file);
    let counts = [
        (dataset.incidents.len(), "incident"),
        (dataset.event_types.len(), "event type"),
        (dataset.sources.len(), "source"),
    ];
    // Formats that list no sources of their own name them with each incident.
    let counts = counts.into_iter().filter(|(number, noun)| *number > 0 || *noun != "source");
    let counts: Vec<String> = counts.map(|(number, noun)| count(number, noun)).collect();
    let mut out = format!("{file}: {}\n", counts.join(", "));
    let Account { notes, entries, .. } = &dataset.account;
    for note in notes {
        let _ = writeln!(out, "{file}: note: {}", escape(note));
    }
    for entry in entries.iter().take(show) {
        let _ = writeln!(out, "{file}:{}", entry_text(entry));
    }
    let hidden = entries.len().saturating_sub(show);
    if hidden > 0 {
        let are = if hidden == 1 { "is" } else { "are" };
        let _ = writeln!(out, "{file}: and {} that {are} not on the map", count(hidden, "more row"));
    }
    let _ = writeln!(out, "{}", dataset.account.summary());
    out
}

/// The last line for a file that cannot be read at all: no row of it was taken in.
#[must_use]
pub fn nothing_read() -> String {
    format!("{}\n", Account::default().summary())
}

/// ``17:5: rejected: lat `north` is no latitude in degrees``
fn entry_text(entry: &Entry) -> String {
    let Entry { fate, line, column, field, value, reason } = entry;
    let place = if *column == 0 { line.to_string() } else { format!("{line}:{column}") };
    let fate = match fate {
        Fate::Listed => "listed",
        Fate::Rejected => "rejected",
    };
    let field = if field.is_empty() { "row".to_owned() } else { escape(field) };
    let value = if value.is_empty() { String::new() } else { format!(" `{}`", escape(value)) };
    format!("{place}: {fate}: {field}{value} {}", escape(reason))
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Why a file was not converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// The file cannot be read, or the command line names what it does not have.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The new file cannot be written.
    #[error("{output}: {error}", output = escape(output))]
    Write {
        /// Where it should have gone.
        output: String,
        /// What went wrong.
        error: WriteError,
    },
}

/// Reads a file and writes it, or what a view shows of it, in another format. Returns what is to be told: the account of
/// the file, what a view names that is not there, and what the new file could not hold.
pub fn convert(request: &ConvertRequest) -> Result<String, ConvertError> {
    let dataset = open::open(Some(&request.input), &request.read)?;
    let mut told = account_text(&request.input.to_string_lossy(), &dataset, request.show);
    let selection = if request.view.says_what_to_show() {
        let commands = open::commands_for(&dataset, &request.view)?;
        if let Some(words) = open::what_is_missing(&commands) {
            let _ = writeln!(told, "{}", escape(&words));
        }
        let mut state = AppState::new(dataset.clone());
        for command in commands {
            // What it would do outside does not matter here.
            drop(state.apply(command));
        }
        let shown = (0..dataset.incidents.len()).filter(|&incident| state.engine().contains(incident));
        Selection::of(&dataset, shown.collect())
    } else {
        Selection::all(&dataset)
    };
    let written = match &request.output {
        Some(path) => request.target.write_file(&selection, path, &Progress::default()),
        None => to_stdout(request, &selection),
    };
    let output = request.output.as_deref().map_or("-".into(), Path::to_string_lossy).into_owned();
    let report = written.map_err(|error| ConvertError::Write { output: output.clone(), error })?;
    let _ = writeln!(told, "{}: {} written", escape(&output), count(report.written as usize, "incident"));
    for loss in report.losses() {
        let _ = writeln!(told, "{}: left out: {loss}", escape(&output));
    }
    Ok(told)
}

fn to_stdout(request: &ConvertRequest, selection: &Selection<'_>) -> Result<WriteReport, WriteError> {
    let stdout = io::stdout().lock();
    let mut out = io::BufWriter::with_capacity(1 << 16, stdout);
    match request.target.write(selection, &mut out, &Progress::default()) {
        // Who closes the pipe has read enough.
        Err(WriteError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(WriteReport::default()),
        result => {
            let flushed = out.flush();
            result.and_then(|report| Ok(flushed.map(|()| report)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{dataset_of, incident_at};

    #[test]
    fn the_account_tells_notes_rows_and_the_sum_and_nothing_to_a_terminal() {
        let mut dataset = dataset_of(1, vec![incident_at("a", 0, 30.0, 50.0)]);
        let entry = |fate, line, column, field: &str, value: &str, reason: &str| Entry {
            fate,
            line,
            column,
            field: field.into(),
            value: value.into(),
            reason: reason.into(),
        };
        dataset.account.notes.push("the file is Windows-1251 text".to_owned());
        dataset.account.entries = vec![
            entry(Fate::Listed, 3, 2, "lat", "", "is empty: the row has no position"),
            entry(Fate::Rejected, 4, 0, "", "x\u{1b}[2J", "has 1 cell, and the table has 9 columns"),
            entry(Fate::Rejected, 5, 2, "lat", "north", "is no latitude in degrees"),
        ];
        let expected = "\
a\\u{202e}.csv: 1 incident, 1 event type
a\\u{202e}.csv: note: the file is Windows-1251 text
a\\u{202e}.csv:3:2: listed: lat is empty: the row has no position
a\\u{202e}.csv:4: rejected: row `x\\u{1b}[2J` has 1 cell, and the table has 9 columns
a\\u{202e}.csv: and 1 more row that is not on the map
rows 4: mapped 1, listed 1, rejected 2
";
        let text = account_text("a\u{202e}.csv", &dataset, 2);
        assert_eq!(text, expected);
    }
}
