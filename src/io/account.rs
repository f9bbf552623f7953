//! The account of an import as a table: the rows that are not on the map, for those who mend the file.

use std::borrow::Cow;
use std::path::Path;

use super::export::{WriteError, WriteReport, put_file};
use crate::model::{Account, Dataset, Entry, Fate};
use crate::progress::Progress;

/// Looks at the wish to stop are so many rows apart.
const STEP: usize = 1024;

/// Names of the columns.
const HEADER: [&str; 7] = ["file", "fate", "line", "column", "field", "value", "reason"];

/// Writes the rows of a dataset that are not on the map as CSV: those with the given places in its account, or all of
/// them. The file is there whole or as before.
pub fn write_csv(
    dataset: &Dataset,
    chosen: Option<&[usize]>,
    path: &Path,
    progress: &Progress,
) -> Result<WriteReport, WriteError> {
    let entries = &dataset.account.entries;
    let total = chosen.map_or(entries.len(), <[usize]>::len);
    let files = Files::of(dataset);
    put_file(path, |out| {
        let fail = |error: csv::Error| WriteError::Io(error.into());
        let mut table = csv::Writer::from_writer(out);
        table.write_record(HEADER).map_err(fail)?;
        let mut report = WriteReport::default();
        for done in 0..total {
            if done % STEP == 0 && !progress.go_on(done, total) {
                return Err(WriteError::Cancelled);
            }
            let at = chosen.map_or(done, |chosen| chosen[done]);
            let Some(entry) = entries.get(at) else { continue };
            table.write_record(row(files.name(at), entry).iter().map(AsRef::<str>::as_ref)).map_err(fail)?;
            report.written += 1;
        }
        table.flush()?;
        Ok(report)
    })
}

/// Which file each entry of an account is from.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// By file: the place of the first entry that is no longer its own, and its name.
    ends: Vec<(usize, String)>,
}

impl Files {
    /// The files of a dataset: its layers, or the one that it was read from.
    #[must_use]
    pub fn of(dataset: &Dataset) -> Self {
        let own = [(&dataset.title, &dataset.account)];
        let layers = dataset.layers.iter().map(|layer| (&layer.title, &layer.account));
        let parts: Vec<(&String, &Account)> =
            if dataset.layers.is_empty() { own.into() } else { layers.collect() };
        let mut end = 0;
        let ends = parts.into_iter().map(|(title, account)| {
            end += account.entries.len();
            (end, title.clone())
        });
        Self { ends: ends.collect() }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// What the file of an entry is called.
    #[must_use]
    pub fn name(&self, entry: usize) -> &str {
        let at = self.ends.partition_point(|(end, _)| *end <= entry);
        self.ends.get(at).map_or("", |(_, name)| name)
    }
}

fn row<'a>(file: &'a str, entry: &'a Entry) -> [Cow<'a, str>; 7] {
    let fate = match entry.fate {
        Fate::Listed => "listed",
        Fate::Rejected => "rejected",
    };
    let column = if entry.column == 0 { String::new() } else { entry.column.to_string() };
    [
        harmless(file),
        fate.into(),
        entry.line.to_string().into(),
        column.into(),
        harmless(&entry.field),
        harmless(&entry.value),
        harmless(&entry.reason),
    ]
}

/// A cell that no spreadsheet takes for a formula. Numbers stay what they are.
fn harmless(text: &str) -> Cow<'_, str> {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    if is_formula { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::dataset_of;

    fn dataset() -> Dataset {
        let entry = |fate, value: &str| Entry {
            fate,
            line: 3,
            column: 2,
            field: "lat".into(),
            value: value.into(),
            reason: "is not a number".into(),
        };
        let mut dataset = dataset_of(1, Vec::new());
        dataset.title = "Sheds".to_owned();
        dataset.account.entries = vec![
            entry(Fate::Rejected, "=1+1"),
            entry(Fate::Listed, "-91"),
            entry(Fate::Rejected, "say \"here\", twice"),
        ];
        dataset
    }

    fn written(chosen: Option<&[usize]>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.csv");
        write_csv(&dataset(), chosen, &path, &Progress::default()).unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn rows_that_are_not_on_the_map_become_a_table_without_formulas() {
        assert_eq!(
            written(None),
            "file,fate,line,column,field,value,reason\n\
             Sheds,rejected,3,2,lat,'=1+1,is not a number\n\
             Sheds,listed,3,2,lat,-91,is not a number\n\
             Sheds,rejected,3,2,lat,\"say \"\"here\"\", twice\",is not a number\n"
        );
        assert_eq!(written(Some(&[1])).lines().count(), 2);
    }

    #[test]
    fn each_entry_is_of_the_layer_whose_account_has_it() {
        let mut other = dataset();
        other.title = "Barns".to_owned();
        let parts = [dataset(), other].map(std::sync::Arc::new);
        let all = Dataset::joined(&parts, crate::model::ColorBy::EventType);
        let files = Files::of(&all);
        assert_eq!(files.len(), 2);
        assert_eq!([0, 2, 3, 5, 6].map(|n| files.name(n)), ["Sheds", "Sheds", "Barns", "Barns", ""]);
    }
}
