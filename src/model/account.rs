//! The account of an import: every row of a file is on the map, or it stands here with its line and the reason why not.

/// What became of the rows of a file. Always `rows = mapped + listed + rejected`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Account {
    /// Rows whose incidents are on the map.
    pub mapped: u64,
    /// Rows that are not on the map, in the order of the file.
    pub entries: Vec<Entry>,
    /// What the reader decided for the whole file, in sentences: an encoding, the order of day and month, what was left
    /// out.
    pub notes: Vec<String>,
}

/// A row that is not on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Whether it could be read.
    pub fate: Fate,
    /// Number of the row's first line, counted from 1; the number of the row in formats without lines.
    pub line: u64,
    /// Number of the column or, in text, of the character, counted from 1; 0 where the row as a whole is meant.
    pub column: u32,
    /// Name of the field that is wrong or missing; empty where the row as a whole is meant.
    pub field: Box<str>,
    /// What stands there, clipped.
    pub value: Box<str>,
    /// Why the row is not on the map, without a full stop.
    pub reason: Box<str>,
}

/// What became of a row that is not on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It is understood, but has no position that the map could show.
    Listed,
    /// It is not understood.
    Rejected,
}

impl Account {
    /// How many rows the file has.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.mapped + self.entries.len() as u64
    }

    /// How many rows have no position that the map could show.
    #[must_use]
    pub fn listed(&self) -> u64 {
        self.count(Fate::Listed)
    }

    /// How many rows were not understood.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.count(Fate::Rejected)
    }

    fn count(&self, fate: Fate) -> u64 {
        self.entries.iter().filter(|entry| entry.fate == fate).count() as u64
    }

    /// The line with which `check` ends: `rows R: mapped M, listed L, rejected X`.
    #[must_use]
    pub fn summary(&self) -> String {
        let (rows, listed, rejected) = (self.rows(), self.listed(), self.rejected());
        format!("rows {rows}: mapped {}, listed {listed}, rejected {rejected}", self.mapped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_the_account_is_the_number_of_rows() {
        let entry = |fate| Entry {
            fate,
            line: 2,
            column: 3,
            field: "lat".into(),
            value: "x".into(),
            reason: "is not a number".into(),
        };
        let entries = vec![entry(Fate::Listed), entry(Fate::Rejected), entry(Fate::Listed)];
        let account = Account { mapped: 4, entries, notes: Vec::new() };
        assert_eq!(account.summary(), "rows 7: mapped 4, listed 2, rejected 1");
    }
}
