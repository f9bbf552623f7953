//! A piece of a file in memory, which moves on and grows while rows are read from it.

use std::io;

use super::scan::{Dialect, Ending, Field, next_line, row};
use crate::io::Input;
use crate::io::limits::MAX_ROW_BYTES;

/// Bytes that are read beyond what was asked for: most rows are shorter.
const MORE_BYTES: usize = 1 << 14;

/// A piece of a file.
#[derive(Debug)]
pub(super) struct Window<'a> {
    input: &'a Input,
    /// Where in the file it begins.
    base: u64,
    bytes: Vec<u8>,
}

/// A row that was gone through. Its bytes are those of the window from `at` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) at: usize,
    /// How many bytes it has without its line end.
    pub(super) len: usize,
    /// Where the next one begins in the file.
    pub(super) next: u64,
    /// Lines from its beginning to that of the next one.
    pub(super) lines: u32,
    pub(super) fault: Option<RowFault>,
}

/// What is wrong with a row as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowFault {
    /// A quotation mark, so many lines below its first and at this offset in it, is never closed.
    Unclosed { lines: u32, open: usize },
    /// It has more bytes than any row.
    TooLong,
}

impl<'a> Window<'a> {
    pub(super) fn new(input: &'a Input) -> Self {
        Self { input, base: 0, bytes: Vec::new() }
    }

    /// Reads what the file has from `from` to `to`, and a little more.
    pub(super) fn read(&mut self, from: u64, to: u64) -> io::Result<()> {
        let want = usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX).saturating_add(MORE_BYTES);
        self.base = from;
        self.bytes.clear();
        self.fill(want)
    }

    fn fill(&mut self, more: usize) -> io::Result<()> {
        let held = self.bytes.len();
        let left = self.input.len().saturating_sub(self.base + held as u64);
        let want = more.min(usize::try_from(left).unwrap_or(usize::MAX));
        self.bytes.resize(held + want, 0);
        let read = self.input.read_at(&mut self.bytes[held..], self.base + held as u64)?;
        self.bytes.truncate(held + read);
        if read < want {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it became shorter while it was read"));
        }
        Ok(())
    }

    /// Forgets what stands before `at` and reads on.
    fn grow(&mut self, at: u64) -> io::Result<()> {
        let passed = self.at(at).min(self.bytes.len());
        self.bytes.drain(..passed);
        self.base = at;
        // Twice as much each time: a long row is gone through only a few times.
        self.fill(self.bytes.len().max(4 * MORE_BYTES))
    }

    fn at(&self, offset: u64) -> usize {
        usize::try_from(offset.saturating_sub(self.base)).unwrap_or(usize::MAX)
    }

    fn is_all(&self) -> bool {
        self.base + self.bytes.len() as u64 >= self.input.len()
    }

    /// The bytes from `from` in the window on, `len` of them.
    pub(super) fn slice(&self, from: usize, len: usize) -> &[u8] {
        self.bytes.get(from..from + len).unwrap_or_default()
    }

    /// The byte of the file before this one, if the window has it.
    pub(super) fn before(&self, offset: u64) -> Option<u8> {
        self.bytes.get(self.at(offset).checked_sub(1)?).copied()
    }

    /// Where the line after that of `offset` begins, if the window has it.
    pub(super) fn line_after(&self, offset: u64) -> Option<u64> {
        Some(self.base + next_line(&self.bytes, self.at(offset))? as u64)
    }

    /// Where the row after that at `from` begins and how many cells that has, if the window has all of it.
    pub(super) fn peek(&self, from: u64, dialect: Dialect, fields: &mut Vec<Field>) -> Option<(u64, usize)> {
        match row(self.bytes.get(self.at(from)..)?, self.is_all(), dialect, fields) {
            Ending::Row { next, .. } => Some((from + next as u64, fields.len())),
            _ => None,
        }
    }

    /// Passes over line ends: where the first row from `from` on begins, and how many lines further down that is.
    /// Ends at `stop`, or shortly after it.
    pub(super) fn skip_blank(&mut self, mut from: u64, stop: u64) -> io::Result<(u64, u32)> {
        let mut lines = 0;
        loop {
            let at = self.at(from);
            match (self.bytes.get(at), self.bytes.get(at + 1)) {
                (Some(b'\r'), None) | (None, _) if !self.is_all() && from < stop => self.grow(from)?,
                (Some(b'\r'), Some(b'\n')) => {
                    from += 2;
                    lines += 1;
                }
                (Some(b'\r' | b'\n'), _) => {
                    from += 1;
                    lines += 1;
                }
                _ => return Ok((from, lines)),
            }
        }
    }

    /// Goes through the row that begins at `from`, where there is at least one byte.
    pub(super) fn row(&mut self, from: u64, dialect: Dialect, fields: &mut Vec<Field>) -> io::Result<Found> {
        loop {
            let at = self.at(from);
            // No row looks at more bytes than the longest has: so what is found does not depend on how much is in memory.
            let end = self.bytes.len().min(at.saturating_add(MAX_ROW_BYTES + 2));
            let bytes = self.bytes.get(at..end).unwrap_or_default();
            let is_long = bytes.len() >= MAX_ROW_BYTES + 2;
            let is_all = self.is_all() && end == self.bytes.len();
            let (open, lines) = match row(bytes, is_all, dialect, fields) {
                Ending::Row { end, next, lines } if end <= MAX_ROW_BYTES => {
                    return Ok(Found { at, len: end, next: from + next as u64, lines, fault: None });
                }
                Ending::Short if !is_long => {
                    self.grow(from)?;
                    continue;
                }
                Ending::Unclosed { open, lines } => (Some(open), lines),
                // Whether a quotation mark is at fault shows once the row is taken to end here.
                _ => match row(bytes, true, dialect, &mut Vec::new()) {
                    Ending::Unclosed { open, lines } => (Some(open), lines),
                    _ => (None, 0),
                },
            };
            return self.broken(from, open, lines);
        }
    }

    /// What is passed over of a row that has no end: up to the end of the line in which the mark stands that is not
    /// closed, so that the lines below it are read.
    fn broken(&mut self, from: u64, open: Option<usize>, lines: u32) -> io::Result<Found> {
        let mut search = from + open.unwrap_or(MAX_ROW_BYTES) as u64;
        let fault = open.map_or(RowFault::TooLong, |open| RowFault::Unclosed { lines, open });
        let next = loop {
            let start = self.at(search).min(self.bytes.len());
            let next = next_line(&self.bytes, start);
            // A CR at the end of the window may be half of a pair.
            match next.filter(|next| *next < self.bytes.len() || self.is_all()) {
                Some(next) => break self.base + next as u64,
                None if self.is_all() => break self.input.len(),
                None => {
                    search = self.base + self.bytes.len().saturating_sub(1) as u64;
                    if self.bytes.len() > 2 * MAX_ROW_BYTES {
                        self.grow(search)?;
                    } else {
                        self.fill(self.bytes.len().max(4 * MORE_BYTES))?;
                    }
                }
            }
        };
        // Of a very long line nothing is left to show.
        let is_here = self.base <= from;
        let len = if is_here { self.at(next).min(self.bytes.len()) - self.at(from) } else { 0 };
        Ok(Found { at: self.at(from), len, next, lines: lines + 1, fault: Some(fault) })
    }
}
