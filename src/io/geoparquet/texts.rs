//! Reads incidents back from the file: the rows around the one that somebody looks at, or all of them in order.

use std::fmt;
use std::ops::Range;

use super::damage::Damage;
use super::file::ParquetFile;
use super::plan::Plan;
use super::rows::{Blocks, Chunks, Columns, RowIndex, Stream};
use crate::io::ids::ToldApart;
use crate::model::{Incident, TextError, Texts};

/// Rows that are in memory at a time while all are gone through.
const BATCH_ROWS: usize = 1 << 10;

/// A file whose rows are known to be incidents.
pub(super) struct ParquetTexts {
    file: ParquetFile,
    plan: Plan,
    index: RowIndex,
    told_apart: ToldApart,
    leaves: Vec<usize>,
    chunks: Chunks,
    blocks: Blocks,
}

impl fmt::Debug for ParquetTexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParquetTexts").field("file", &self.file.source.0.name()).finish_non_exhaustive()
    }
}

impl ParquetTexts {
    pub(super) fn new(file: ParquetFile, plan: Plan, index: RowIndex, told_apart: ToldApart) -> Self {
        let leaves = plan.all_leaves();
        Self { file, plan, index, told_apart, leaves, chunks: Chunks::default(), blocks: Blocks::default() }
    }

    /// What the columns mean.
    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    fn try_read(&self, incident: usize) -> Result<Incident, Damage> {
        let number = self.index.row_of(incident);
        let (group, row) = self.index.place(number);
        let (columns, row) = self.blocks.get(&self.chunks, &self.file, group, row, &self.leaves)?;
        Ok(self.make(incident, row, &columns, number))
    }

    /// The incident in a row: row `row` of `columns`, and row `number` of the file.
    fn make(&self, incident: usize, row: usize, columns: &Columns, number: usize) -> Incident {
        let mut found = self.plan.incident(row, columns, number, &self.index);
        found.id = self.told_apart.name(incident, number + 1, found.id);
        found
    }

    /// Goes through some rows of one row group; says whether to go on.
    fn scan_group(
        &self,
        group: usize,
        rows: Range<usize>,
        wanted: &dyn Fn(&[u8]) -> bool,
        visit: &mut dyn FnMut(usize, &Incident) -> bool,
    ) -> Result<bool, Damage> {
        let first = self.index.first_row(group);
        let mut stream = Stream::open(&self.chunks, &self.file, group, rows.start, &self.leaves)?;
        let mut text = Vec::new();
        for from in rows.clone().step_by(BATCH_ROWS) {
            let count = BATCH_ROWS.min(rows.end - from);
            let columns = stream.next(count)?;
            for row in 0..count {
                let number = first + from + row;
                let Some(incident) = self.index.incident_of(number) else { continue };
                text.clear();
                self.plan.text(row, &columns, &mut text);
                if !wanted(&text) && !self.plan.adds_words() {
                    continue;
                }
                if !visit(incident, &self.make(incident, row, &columns, number)) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn try_scan(
        &self,
        range: Range<usize>,
        wanted: &dyn Fn(&[u8]) -> bool,
        visit: &mut dyn FnMut(usize, &Incident) -> bool,
    ) -> Result<(), Damage> {
        if range.is_empty() {
            return Ok(());
        }
        let (from, to) = (self.index.row_of(range.start), self.index.row_of(range.end - 1) + 1);
        for group in 0..self.file.groups() {
            let first = self.index.first_row(group);
            let end = (first + self.file.rows_of(group)).min(to);
            let start = first.max(from);
            if start < end && !self.scan_group(group, start - first..end - first, wanted, visit)? {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Texts for ParquetTexts {
    fn read(&self, incident: usize) -> Result<Incident, TextError> {
        let input = &self.file.source.0;
        input.check()?;
        self.try_read(incident).map_err(|damage| damage.into_text_error(input))
    }

    fn scan(
        &self,
        range: Range<usize>,
        wanted: &dyn Fn(&[u8]) -> bool,
        visit: &mut dyn FnMut(usize, &Incident) -> bool,
    ) -> Result<(), TextError> {
        let input = &self.file.source.0;
        input.check()?;
        self.try_scan(range, wanted, visit).map_err(|damage| damage.into_text_error(input))
    }
}
