//! Rows of a file: some columns of them side by side, read one after the other or at any place, and which row is which
//! incident.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::columns::{Batch, Reader};
use super::damage::Damage;
use super::file::ParquetFile;
use super::pages::Chunk;
use crate::io::geometry::Geometry;
use crate::io::table::Fault;
use crate::model::Facts;

/// Rows that are read back together: who looks at one looks at its neighbours, and a page is expanded for all of them.
pub(super) const BLOCK_ROWS: usize = 256;

/// So many blocks are kept.
const KEPT_BLOCKS: usize = 32;

/// So many columns of row groups are remembered with the places of their pages.
const KEPT_CHUNKS: usize = 8192;

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    /// It is an incident, and this is drawn for it.
    Kept(Facts, Option<Geometry>),
    /// It has no position.
    Listed(Fault),
    /// It is not understood.
    Rejected(Fault),
}

/// Says what is wrong with a row, in the column with this number, counted from 0.
pub(super) fn fault(leaf: usize, field: &str, value: &str, reason: &str) -> Fault {
    let column = u32::try_from(leaf).map_or(0, |leaf| leaf.saturating_add(1));
    Fault { column, field: field.to_owned(), value: value.to_owned(), reason: reason.to_owned() }
}

/// Some columns of some rows; columns that were not asked for have no values.
pub(super) struct Columns {
    batches: Vec<Option<Batch>>,
}

impl Columns {
    pub(super) fn batch(&self, leaf: usize) -> Option<&Batch> {
        self.batches.get(leaf)?.as_ref()
    }

    pub(super) fn bytes(&self, leaf: usize, row: usize) -> Option<&[u8]> {
        self.batch(leaf)?.bytes(row)
    }

    pub(super) fn text(&self, leaf: usize, row: usize) -> Option<&str> {
        self.batch(leaf)?.text(row)
    }

    pub(super) fn number(&self, leaf: usize, row: usize) -> Option<f64> {
        self.batch(leaf)?.number(row)
    }

    pub(super) fn integer(&self, leaf: usize, row: usize) -> Option<i64> {
        self.batch(leaf)?.integer(row)
    }
}

/// Reads rows of a row group one after the other.
pub(super) struct Stream {
    readers: Vec<(usize, Reader)>,
    width: usize,
}

impl Stream {
    /// Some columns from the row with this number on.
    pub(super) fn open(
        chunks: &Chunks,
        file: &ParquetFile,
        group: usize,
        from: usize,
        leaves: &[usize],
    ) -> Result<Self, Damage> {
        let reader = |&leaf: &usize| Ok((leaf, Reader::open(&chunks.get(file, group, leaf)?, from)?));
        let readers = leaves.iter().map(reader).collect::<Result<_, Damage>>()?;
        Ok(Self { readers, width: file.leaves.len() })
    }

    /// The next rows, all of which must be there.
    pub(super) fn next(&mut self, rows: usize) -> Result<Columns, Damage> {
        let mut batches: Vec<Option<Batch>> = (0..self.width).map(|_| None).collect();
        for (leaf, reader) in &mut self.readers {
            if let Some(place) = batches.get_mut(*leaf) {
                *place = Some(reader.read(rows)?);
            }
        }
        Ok(Columns { batches })
    }
}

/// Columns of row groups whose pages are known.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    known: Mutex<HashMap<(usize, usize), Chunk>>,
}

impl Chunks {
    fn get(&self, file: &ParquetFile, group: usize, leaf: usize) -> Result<Chunk, Damage> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(chunk) = known().get(&(group, leaf)) {
            return Ok(chunk.clone());
        }
        let chunk = file.chunk(group, leaf)?;
        let mut known = known();
        if known.len() >= KEPT_CHUNKS {
            known.clear();
        }
        known.insert((group, leaf), chunk.clone());
        Ok(chunk)
    }
}

/// A row group and a block in it, and what stands there.
type Block = ((usize, usize), Arc<Columns>);

/// Blocks of rows that were read back last.
#[derive(Default)]
pub(super) struct Blocks {
    /// The newest comes last.
    kept: Mutex<Vec<Block>>,
}

impl Blocks {
    /// The block that a row of a row group stands in, and its number there.
    pub(super) fn get(
        &self,
        chunks: &Chunks,
        file: &ParquetFile,
        group: usize,
        row: usize,
        leaves: &[usize],
    ) -> Result<(Arc<Columns>, usize), Damage> {
        let (block, within) = (row / BLOCK_ROWS, row % BLOCK_ROWS);
        let key = (group, block);
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, columns)) = kept().iter().find(|(known, _)| *known == key) {
            return Ok((Arc::clone(columns), within));
        }
        let from = block * BLOCK_ROWS;
        let rows = file.rows_of(group).saturating_sub(from).min(BLOCK_ROWS);
        let mut columns = Stream::open(chunks, file, group, from, leaves)?.next(rows)?;
        for batch in &mut columns.batches {
            *batch = batch.take().map(Batch::compact);
        }
        let columns = Arc::new(columns);
        let mut kept = kept();
        if kept.len() >= KEPT_BLOCKS {
            kept.remove(0);
        }
        kept.push((key, Arc::clone(&columns)));
        Ok((columns, within))
    }
}

/// Which row is which incident: they are the same numbers but for rows that are no incidents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RowIndex {
    /// The first row of each row group, and the number of all rows.
    groups: Vec<usize>,
    /// The rows that are no incidents, in order.
    dropped: Vec<usize>,
}

impl RowIndex {
    /// For row groups of so many rows.
    pub(super) fn new(rows: impl Iterator<Item = usize>) -> Self {
        let mut end = 0;
        let ends = rows.map(|rows| {
            end += rows;
            end
        });
        Self { groups: std::iter::once(0).chain(ends).collect(), dropped: Vec::new() }
    }

    /// Says that a row is no incident; rows come in order.
    pub(super) fn drop_row(&mut self, row: usize) {
        self.dropped.push(row);
    }

    /// The number of the first row of a row group.
    pub(super) fn first_row(&self, group: usize) -> usize {
        self.groups.get(group).copied().unwrap_or(usize::MAX)
    }

    /// The row of an incident.
    pub(super) fn row_of(&self, incident: usize) -> usize {
        // As many rows are left out before it as there are whose number, less those left out before them, is not larger.
        let mut low = 0;
        let mut high = self.dropped.len();
        while low < high {
            let middle = low.midpoint(high);
            if self.dropped[middle] - middle <= incident { low = middle + 1 } else { high = middle }
        }
        incident + low
    }

    /// The incident of a row, if it is one.
    pub(super) fn incident_of(&self, row: usize) -> Option<usize> {
        let rows = self.groups.last().copied().unwrap_or(0);
        match self.dropped.binary_search(&row) {
            Err(before) if row < rows => Some(row - before),
            _ => None,
        }
    }

    /// The row group of a row, and the row's number there.
    pub(super) fn place(&self, row: usize) -> (usize, usize) {
        let group = self.groups.partition_point(|&first| first <= row).saturating_sub(1);
        (group, row - self.groups.get(group).copied().unwrap_or(0).min(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_row_has_its_place_in_a_row_group() {
        let index = RowIndex::new([3, 0, 2].into_iter());
        let places: Vec<_> = (0..5).map(|row| index.place(row)).collect();
        assert_eq!(places, [(0, 0), (0, 1), (0, 2), (2, 0), (2, 1)]);
    }

    proptest! {
        #[test]
        fn incidents_are_the_rows_that_are_left(kept in prop::collection::vec(any::<bool>(), 0..100)) {
            let mut index = RowIndex::new(std::iter::once(kept.len()));
            let mut rows = Vec::new();
            for (row, &is_kept) in kept.iter().enumerate() {
                if is_kept { rows.push(row) } else { index.drop_row(row) }
            }
            for (incident, &row) in rows.iter().enumerate() {
                prop_assert_eq!((index.row_of(incident), index.incident_of(row)), (row, Some(incident)));
            }
            prop_assert_eq!(index.incident_of(kept.len()), None);
        }
    }
}
