//! An input as those read it who jump about in it: archives.

use std::io::{self, Read, Seek, SeekFrom};

use crate::io::Input;
use crate::progress::Progress;

/// Reads an input from any place, telling how far it is. Once nobody waits any more it fails.
#[derive(Debug, Clone)]
pub(super) struct Seekable {
    input: Input,
    progress: Progress,
    at: u64,
}

impl Seekable {
    pub(super) fn new(input: &Input, progress: &Progress) -> Self {
        Self { input: input.clone(), progress: progress.clone(), at: 0 }
    }
}

impl Read for Seekable {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.progress.go_on(self.at as usize, self.input.len() as usize) {
            return Err(io::Error::other("cancelled"));
        }
        let read = self.input.read_at(into, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Seekable {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::End(by) => (self.input.len(), by),
            SeekFrom::Current(by) => (self.at, by),
        };
        let at = from.checked_add_signed(by).ok_or(io::ErrorKind::InvalidInput)?;
        self.at = at;
        Ok(at)
    }
}
