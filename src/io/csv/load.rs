//! Reads what stays in memory of every row, on all cores.
//!
//! The file is cut into blocks of equal size. Who reads a block must know where in it the first row begins, and whether
//! a line end is one of a row or of a text within quotation marks cannot be told from the block alone. So each reader
//! takes the first line from which on rows have as many cells as the table has columns, and goes on to the first row of
//! the next block. When the blocks are put together, in order, a block counts only if it began where the one before it
//! ended; else it is read again from there. Since the first block begins at the table's first row, every row is exactly
//! that which one reader would have found.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Table;
use super::encoding::Signs;
use super::scan::{Field, Record};
use super::texts::made_id;
use super::window::{Found, RowFault, Window};
use crate::io::geometry::Geometry;
use crate::io::ids::{Ids, ToldApart, hash_of};
use crate::io::limits::{MAX_REFUSED_ROWS, MAX_TABLE_ROWS};
use crate::io::table::{Fault, Row, Tally};
use crate::io::{EventTypes, Intake, ReadError, RowPlace};
use crate::model::{Facts, Fate, Marks};
use crate::parallel;
use crate::progress::Progress;

/// Bytes of a block: small enough to stay near the core that reads it, and to be done in a hundredth of a second.
pub(super) const BLOCK_BYTES: u64 = 1 << 20;

/// Lines that are tried for the first row of a block.
const MAX_TRIES: usize = 64;

/// Where the rows are that are incidents.
#[derive(Debug, Default)]
pub(super) struct RowIndex {
    pub(super) offsets: Vec<u64>,
    pub(super) lens: Vec<u32>,
    /// Incidents whose id an earlier one has, once all are read.
    pub(super) told_apart: ToldApart,
    /// What they say, where that was asked for.
    pub(super) marks: Marks,
}

/// All that was read.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) intake: Intake,
    pub(super) rows: RowIndex,
    pub(super) tally: Tally,
    pub(super) signs: Signs,
    pub(super) ids: Ids,
}

/// A row that is an incident.
struct Kept {
    facts: Facts,
    /// From the first row of its block.
    offset: u32,
    len: u32,
    line: u32,
    id: u64,
    /// What it says; 0 where nobody asks.
    mark: u32,
}

/// A row that is not on the map.
struct Refused {
    fate: Fate,
    line: u32,
    fault: Fault,
}

/// What was found in a block.
#[derive(Default)]
struct Block {
    /// Where its first row begins; beyond its end where it has none.
    start: u64,
    /// Where the first row of the next block begins.
    end: u64,
    /// Lines from one to the other.
    lines: u32,
    kept: Vec<Kept>,
    refused: Vec<Refused>,
    shapes: Vec<(usize, Geometry)>,
    types: EventTypes,
    tally: Tally,
    signs: Signs,
}

/// Reads all rows of a table, on as many threads as there are cores.
pub(super) fn load(table: &Table, threads: usize, progress: &Progress) -> Result<Loaded, ReadError> {
    let total = table.input.len();
    let blocks =
        usize::try_from(total.saturating_sub(table.body).div_ceil(table.block_bytes)).unwrap_or(usize::MAX);
    let (next, done, has_stopped) = (AtomicUsize::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let merger = Mutex::new(Merger::new(table, progress));
    let work = |_| -> Result<(), ReadError> {
        let mut reader = BlockReader::new(table, progress);
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= blocks || has_stopped.load(Ordering::Relaxed) {
                return Ok(());
            }
            let block = reader.read(number, None);
            let taken = block.and_then(|block| {
                merger.lock().unwrap_or_else(PoisonError::into_inner).take(number, block, &mut reader)
            });
            let done = done.fetch_add(table.block_bytes, Ordering::Relaxed) + table.block_bytes;
            let goes_on = progress.go_on(done as usize, total as usize);
            if taken.is_err() || !goes_on {
                has_stopped.store(true, Ordering::Relaxed);
                return if goes_on { taken } else { Err(ReadError::cancelled(table.input.name())) };
            }
        }
    };
    let threads = threads.clamp(1, blocks.max(1));
    let results = parallel::each((0..threads).collect(), work);
    results.into_iter().collect::<Result<Vec<()>, ReadError>>()?;
    if progress.is_cancelled() {
        return Err(ReadError::cancelled(table.input.name()));
    }
    Ok(merger.into_inner().unwrap_or_else(PoisonError::into_inner).loaded)
}

/// Reads blocks one after the other.
struct BlockReader<'a> {
    table: &'a Table,
    progress: &'a Progress,
    window: Window<'a>,
    fields: Vec<Field>,
}

impl<'a> BlockReader<'a> {
    fn new(table: &'a Table, progress: &'a Progress) -> Self {
        Self { table, progress, window: Window::new(&table.input), fields: Vec::new() }
    }

    /// Reads the block with this number, from where its first row is known to begin, or seems to.
    fn read(&mut self, number: usize, start: Option<u64>) -> Result<Block, ReadError> {
        self.read_rows(number, start).map_err(|error| self.table.input.failed(&error))
    }

    fn read_rows(&mut self, number: usize, start: Option<u64>) -> io::Result<Block> {
        let from = self.table.body + number as u64 * self.table.block_bytes;
        let stop = (from + self.table.block_bytes).min(self.table.input.len());
        // The byte before tells whether a line begins here.
        self.window.read(start.unwrap_or(from.saturating_sub(1)), stop)?;
        let start = match start {
            Some(start) => start,
            None if number == 0 => self.table.body,
            None => match self.first_row(from, stop)? {
                Some(start) => start,
                None => return Ok(Block { start: u64::MAX, end: u64::MAX, ..Block::default() }),
            },
        };
        let mut block = Block { start, ..Block::default() };
        let mut at = start;
        loop {
            let (row, lines) = self.window.skip_blank(at, self.table.input.len())?;
            block.lines += lines;
            at = row;
            if at >= stop || self.progress.is_cancelled() {
                block.end = at;
                return Ok(block);
            }
            let found = self.window.row(at, self.table.dialect, &mut self.fields)?;
            self.take(&mut block, at, found);
            block.lines += found.lines;
            at = found.next;
        }
    }

    /// Where the first row of a block seems to begin: two rows from there on have as many cells as there are columns.
    fn first_row(&mut self, from: u64, stop: u64) -> io::Result<Option<u64>> {
        let begins_line = matches!(self.window.before(from), Some(b'\n' | b'\r'));
        let mut at = from;
        for attempt in 0..MAX_TRIES {
            if attempt > 0 || !begins_line {
                match self.window.line_after(at) {
                    Some(next) => at = next,
                    None => return Ok(None),
                }
            }
            at = self.window.skip_blank(at, stop)?.0;
            if at >= stop {
                return Ok(None);
            }
            if self.fits(at) {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    fn fits(&mut self, at: u64) -> bool {
        let mut at = at;
        for _ in 0..2 {
            if at >= self.table.input.len() {
                return true;
            }
            // Looking further than the window is reading far ahead for a guess.
            let Some((next, columns)) = self.window.peek(at, self.table.dialect, &mut self.fields) else {
                return false;
            };
            if columns != self.table.reader.header().len() {
                return false;
            }
            at = next;
        }
        true
    }

    /// Takes a row into its block.
    fn take(&mut self, block: &mut Block, at: u64, found: Found) {
        let line = block.lines;
        let mut refuse = |fate, line, fault| block.refused.push(Refused { fate, line, fault });
        let bytes = self.window.slice(found.at, found.len);
        if let Some(fault) = found.fault {
            let (line, fault) = broken(self.table, fault, line, bytes, self.fields.len());
            refuse(Fate::Rejected, line, fault);
            return;
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                block.signs.bad += 1;
                refuse(Fate::Rejected, line, foreign(self.table, bytes, error.valid_up_to(), &self.fields));
                return;
            }
        };
        block.signs.good += u64::from(!text.is_ascii());
        let record = Record { text, fields: &self.fields };
        let reader = &self.table.reader;
        match reader.facts(&record, line.into(), &mut block.types, &mut block.tally) {
            Row::Kept((facts, geometry)) => {
                block.shapes.extend(geometry.map(|geometry| (block.kept.len(), geometry)));
                let id = hash_of(reader.id(&record).trim().as_bytes());
                let mark =
                    if self.table.marks { mark_of(reader.id_column(), bytes, &self.fields) } else { 0 };
                let offset = at.saturating_sub(block.start) as u32;
                block.kept.push(Kept { facts, offset, len: found.len as u32, line, id, mark });
            }
            Row::Listed(fault) => refuse(Fate::Listed, line, fault),
            Row::Rejected(fault) => refuse(Fate::Rejected, line, fault),
            Row::Blank => {}
        }
    }
}

/// What a row says, but for its identifier and its line end, as a number.
fn mark_of(id_column: Option<usize>, row: &[u8], fields: &[Field]) -> u32 {
    let id = id_column.and_then(|column| fields.get(column)).map_or(0..0, |field| field.range());
    let end = row.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last + 1);
    let before = row.get(..id.start).unwrap_or_default();
    let behind = row.get(id.end..end).unwrap_or_default();
    ((hash_of(before).rotate_left(1) ^ hash_of(behind)) >> 32) as u32
}

/// What to say of a row that has no end, and in which line.
fn broken(table: &Table, fault: RowFault, line: u32, bytes: &[u8], cells_before: usize) -> (u32, Fault) {
    let (line, at, column, reason) = match fault {
        RowFault::Unclosed { lines, open } => {
            let reason = "begins with a quotation mark that is never closed; the lines below it were read on their own";
            (line + lines, open, cells_before, reason)
        }
        RowFault::TooLong => (line, 0, 0, "has more than 16 MiB"),
    };
    let is_cell = matches!(fault, RowFault::Unclosed { .. });
    let value = bytes.get(at..).unwrap_or_default();
    let value = String::from_utf8_lossy(&value[..value.len().min(400)]).trim_end().to_owned();
    let field = table.reader.header().get(column).filter(|_| is_cell).cloned().unwrap_or_default();
    let column = if is_cell { column as u32 + 1 } else { 0 };
    (line, Fault { column, field, value, reason: reason.to_owned() })
}

/// What to say of a row whose byte at `at` is no text.
fn foreign(table: &Table, bytes: &[u8], at: usize, fields: &[Field]) -> Fault {
    let column = fields.iter().take_while(|field| field.ends_before(at)).count();
    let cell = fields.get(column).map_or(bytes, |field| field.bytes_of(bytes));
    Fault {
        column: column as u32 + 1,
        field: table.reader.header().get(column).cloned().unwrap_or_default(),
        value: String::from_utf8_lossy(&cell[..cell.len().min(400)]).into_owned(),
        reason: "has bytes that are not UTF-8 text".to_owned(),
    }
}

/// Puts blocks together in the order of the file.
struct Merger<'a> {
    table: &'a Table,
    loaded: Loaded,
    /// Blocks that are done before one before them.
    waiting: BTreeMap<usize, Block>,
    next: usize,
    /// Where the next block must begin, and how many lines stand before it.
    expected: u64,
    lines: u64,
    has_ids: bool,
}

impl<'a> Merger<'a> {
    fn new(table: &'a Table, progress: &Progress) -> Self {
        Self {
            table,
            loaded: Loaded { intake: Intake::reporting(progress), ..Loaded::default() },
            waiting: BTreeMap::new(),
            next: 0,
            expected: table.body,
            lines: table.lines.into(),
            has_ids: table.reader.has_ids(),
        }
    }

    fn take(&mut self, number: usize, block: Block, reader: &mut BlockReader<'_>) -> Result<(), ReadError> {
        self.waiting.insert(number, block);
        while let Some(mut block) = self.waiting.remove(&self.next) {
            let number = self.next;
            self.next += 1;
            let stop = self.table.body + (number as u64 + 1) * self.table.block_bytes;
            if self.expected >= stop.min(self.table.input.len()) {
                // A row that began earlier goes through all of it.
                continue;
            }
            if number > 0 && block.start != self.expected {
                block = reader.read(number, Some(self.expected))?;
            }
            self.expected = block.end;
            self.add(block);
            let refused = self.loaded.intake.account().entries.len();
            if self.loaded.rows.offsets.len() > MAX_TABLE_ROWS || refused > MAX_REFUSED_ROWS {
                return Err(self.too_many(refused));
            }
        }
        Ok(())
    }

    fn too_many(&self, refused: usize) -> ReadError {
        let name = self.table.input.name();
        if refused > MAX_REFUSED_ROWS {
            let what = format!("more than {MAX_REFUSED_ROWS} rows have no position or make no sense");
            return ReadError::whole_file(
                name,
                what,
                "say what its columns mean, as in --map lat=Y,lon=X,title=Name",
            );
        }
        let what = format!("the table has more than {MAX_TABLE_ROWS} rows");
        ReadError::whole_file(name, what, "split it into several files")
    }

    /// Adds the rows of a block, those that are on the map and those that are not in the order of their lines.
    fn add(&mut self, block: Block) {
        let Self { loaded, lines, .. } = self;
        let Loaded { intake, rows, ids, .. } = loaded;
        let place = |line: u32, column| RowPlace { line: *lines + u64::from(line) + 1, column };
        let indices: Vec<usize> =
            block.types.all().iter().map(|it| intake.event_types().index_of(&it.label)).collect();
        let first = intake.len();
        for (number, geometry) in block.shapes {
            geometry.into_shape(first + number).into_iter().for_each(|shape| intake.shape(shape));
        }
        let mut refused = block.refused.into_iter().peekable();
        let refuse = |intake: &mut Intake, Refused { fate, line, fault }| {
            let Fault { column, field, value, reason } = fault;
            match fate {
                Fate::Listed => intake.list(place(line, column), &field, &value, &reason),
                Fate::Rejected => intake.reject(place(line, column), &field, &value, &reason),
            }
        };
        for mut kept in block.kept {
            while let Some(earlier) = refused.next_if(|it| it.line < kept.line) {
                refuse(intake, earlier);
            }
            let index = indices.get(usize::from(kept.facts.event_type)).copied().unwrap_or(0);
            kept.facts.event_type = u16::try_from(index).unwrap_or(u16::MAX);
            let at = place(kept.line, 0);
            if self.has_ids {
                let number = intake.len();
                let hash = if kept.id == 0 { hash_of(made_id(number).as_bytes()) } else { kept.id };
                ids.add(number, number + 1, hash, at.line);
            }
            intake.keep_facts(at, kept.facts);
            rows.offsets.push(block.start + u64::from(kept.offset));
            rows.lens.push(kept.len);
            if self.table.marks {
                rows.marks.rows.push(kept.mark);
                rows.marks.ids.push((kept.id >> 32) as u32);
            }
        }
        refused.for_each(|rest| refuse(intake, rest));
        loaded.tally.merge(&block.tally, *lines + 1);
        loaded.signs.good += block.signs.good;
        loaded.signs.bad += block.signs.bad;
        *lines += u64::from(block.lines);
    }
}
