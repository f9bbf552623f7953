//! What is read: the bytes of a file, wherever they are, so that readers can come back to any of them later.
//!
//! A file on disk is read piece by piece. What was compressed is expanded into a file without a name, with bounds on its
//! size, and then looks like any other. A file that has changed since it was opened is noticed before its bytes are
//! believed.

use std::fs::{File, Metadata};
use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::limits::{HEAD_BYTES, MAX_FILE_BYTES, MAX_WHOLE_BYTES};
use super::load::io_words;
use super::problem::ReadError;
use crate::model::TextError;
use crate::progress::Progress;

/// How much a reader takes from an input at a time.
const CHUNK_BYTES: usize = 1 << 20;

/// How much is read at a time on a way through many incidents: it stays near the core that looks through it.
const STRETCH_BYTES: u64 = 1 << 18;

/// The bytes of a file. Clones are the same file.
#[derive(Debug, Clone)]
pub struct Input {
    name: Arc<str>,
    bytes: Bytes,
    len: u64,
}

#[derive(Debug, Clone)]
enum Bytes {
    Memory(Arc<[u8]>),
    File(Arc<Opened>),
}

#[derive(Debug)]
struct Opened {
    file: File,
    /// What the file was like when it was opened. A file without a name cannot change under its only owner's hands.
    stamp: Option<(u64, Option<SystemTime>)>,
}

impl Opened {
    fn stamp(metadata: &Metadata) -> (u64, Option<SystemTime>) {
        (metadata.len(), metadata.modified().ok())
    }
}

impl Input {
    /// Opens a file. `name` stands in messages.
    pub fn open(name: &str, path: &Path) -> Result<Self, ReadError> {
        let fail = |error: &io::Error| {
            let (what, advice) = io_words(error);
            ReadError::whole_file(name, what, advice)
        };
        if path.is_dir() {
            return Err(ReadError::whole_file(name, "this is a directory", "name a dataset file in it"));
        }
        let mut file = File::open(path).map_err(|error| fail(&error))?;
        let metadata = file.metadata().map_err(|error| fail(&error))?;
        if !metadata.is_file() {
            // A pipe can be read once only: keep what comes.
            return Self::spool(name, &mut file, MAX_FILE_BYTES, &Progress::default());
        }
        if metadata.len() > MAX_FILE_BYTES {
            return Err(too_large(name, MAX_FILE_BYTES));
        }
        let stamp = Opened::stamp(&metadata);
        Ok(Self {
            name: name.into(),
            len: stamp.0,
            bytes: Bytes::File(Arc::new(Opened { file, stamp: Some(stamp) })),
        })
    }

    /// Bytes that are in memory already.
    #[must_use]
    pub fn memory(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.into(), len: bytes.len() as u64, bytes: Bytes::Memory(bytes.into()) }
    }

    /// Keeps what a stream brings, at most `most` bytes of it, in a file without a name.
    pub fn spool(name: &str, from: &mut dyn Read, most: u64, progress: &Progress) -> Result<Self, ReadError> {
        let fail = |error: &io::Error| {
            let (what, advice) = io_words(error);
            ReadError::whole_file(name, what, advice)
        };
        let mut file = tempfile::tempfile().map_err(|error| fail(&error))?;
        let mut buffer = vec![0; CHUNK_BYTES];
        let mut len = 0;
        loop {
            let read = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(fail(&error)),
            };
            len += read as u64;
            if len > most {
                return Err(too_large(name, most));
            }
            if progress.is_cancelled() {
                return Err(ReadError::cancelled(name));
            }
            io::Write::write_all(&mut file, &buffer[..read]).map_err(|error| fail(&error))?;
        }
        Ok(Self { name: name.into(), len, bytes: Bytes::File(Arc::new(Opened { file, stamp: None })) })
    }

    /// The name that stands in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same bytes under another name.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self { name: name.into(), ..self }
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Fills as much of `buffer` as there are bytes from `offset` on; says how much that was.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match &self.bytes {
            Bytes::Memory(bytes) => {
                let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                let count = buffer.len().min(bytes.len() - from);
                buffer[..count].copy_from_slice(&bytes[from..from + count]);
                Ok(count)
            }
            Bytes::File(opened) => {
                let mut filled = 0;
                while filled < buffer.len() {
                    match read_file_at(&opened.file, &mut buffer[filled..], offset + filled as u64) {
                        Ok(0) => break,
                        Ok(read) => filled += read,
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(filled)
            }
        }
    }

    /// The first bytes, by which a format is told: at most [`HEAD_BYTES`].
    pub fn head(&self) -> Result<Vec<u8>, ReadError> {
        let mut head = vec![0; HEAD_BYTES.min(usize::try_from(self.len).unwrap_or(HEAD_BYTES))];
        let read = self.read_at(&mut head, 0).map_err(|error| self.failed(&error))?;
        head.truncate(read);
        Ok(head)
    }

    /// A reader from the first byte on that reports progress by bytes; once that is cancelled it reads nothing more.
    #[must_use]
    pub fn reader(&self, progress: &Progress) -> InputReader {
        InputReader { input: self.clone(), progress: progress.clone(), offset: 0, buffer: Vec::new(), at: 0 }
    }

    /// All bytes. For formats that must be read as a whole.
    pub fn whole(&self, progress: &Progress) -> Result<Vec<u8>, ReadError> {
        self.bound(MAX_WHOLE_BYTES)?;
        let mut bytes = Vec::new();
        let len = usize::try_from(self.len).unwrap_or(usize::MAX);
        if bytes.try_reserve_exact(len).is_err() {
            return Err(self.failed(&io::ErrorKind::OutOfMemory.into()));
        }
        self.reader(progress).read_to_end(&mut bytes).map_err(|error| self.failed(&error))?;
        if progress.is_cancelled() {
            return Err(ReadError::cancelled(&self.name));
        }
        Ok(bytes)
    }

    /// An error if there are more bytes than this.
    pub fn bound(&self, most: u64) -> Result<(), ReadError> {
        if self.len > most { Err(too_large(&self.name, most)) } else { Ok(()) }
    }

    /// Reads some bytes again, later: those of an incident that somebody looks at.
    pub fn again(&self, offset: u64, len: usize) -> Result<Vec<u8>, TextError> {
        let mut bytes = Vec::new();
        self.again_into(offset, len, &mut bytes)?;
        Ok(bytes)
    }

    fn again_into(&self, offset: u64, len: usize, bytes: &mut Vec<u8>) -> Result<(), TextError> {
        self.check()?;
        bytes.resize(len, 0);
        match self.read_at(bytes, offset) {
            Ok(read) if read == len => Ok(()),
            Ok(_) => Err(TextError::Changed { file: self.name.to_string() }),
            Err(error) => Err(self.unreadable(&error)),
        }
    }

    /// Reads the stretches of some incidents again, as many at a time as fit into a block: for a way through many of
    /// them. `place` gives offset and length of each, which ascend; `visit` gets number and bytes and says whether to go
    /// on. It ends where an incident has no place.
    pub(super) fn each_stretch(
        &self,
        range: Range<usize>,
        place: impl Fn(usize) -> Option<(u64, usize)>,
        mut visit: impl FnMut(usize, &[u8]) -> Result<bool, TextError>,
    ) -> Result<(), TextError> {
        let (mut next, mut block) = (range.start, Vec::new());
        while next < range.end {
            let Some((start, _)) = place(next) else { return Ok(()) };
            let ends = (next..range.end).map_while(&place).map(|(offset, len)| offset + len as u64);
            let within = ends.clone().take_while(|end| end - start <= STRETCH_BYTES).count().max(1);
            let end = ends.take(within).last().unwrap_or(start);
            self.again_into(start, (end - start) as usize, &mut block)?;
            for number in next..next + within {
                let Some((offset, len)) = place(number) else { return Ok(()) };
                let at = (offset - start) as usize;
                if !visit(number, block.get(at..at + len).unwrap_or_default())? {
                    return Ok(());
                }
            }
            next += within;
        }
        Ok(())
    }

    /// Whether the file is still what was opened.
    pub fn check(&self) -> Result<(), TextError> {
        let Bytes::File(opened) = &self.bytes else { return Ok(()) };
        let Some(stamp) = opened.stamp else { return Ok(()) };
        match opened.file.metadata() {
            Ok(metadata) if Opened::stamp(&metadata) == stamp => Ok(()),
            Ok(_) => Err(TextError::Changed { file: self.name.to_string() }),
            Err(error) => Err(self.unreadable(&error)),
        }
    }

    fn unreadable(&self, error: &io::Error) -> TextError {
        TextError::Unreadable { file: self.name.to_string(), why: error.to_string() }
    }

    /// An error of the system while this was read, in words.
    #[must_use]
    pub fn failed(&self, error: &io::Error) -> ReadError {
        let (what, advice) = io_words(error);
        ReadError::whole_file(&self.name, what, advice)
    }
}

#[cfg(unix)]
fn read_file_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_file_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

fn too_large(name: &str, most: u64) -> ReadError {
    ReadError::whole_file(
        name,
        format!("the file is larger than {} GiB", most >> 30),
        "split it into several files",
    )
}

/// Reads an input from its beginning to its end.
#[derive(Debug)]
pub struct InputReader {
    input: Input,
    progress: Progress,
    /// Where in the input the buffer ends.
    offset: u64,
    buffer: Vec<u8>,
    at: usize,
}

impl InputReader {
    /// How many bytes were taken so far.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.offset - (self.buffer.len() - self.at) as u64
    }
}

impl BufRead for InputReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.buffer.len() && self.progress.go_on(self.offset as usize, self.input.len as usize)
        {
            self.buffer.resize(CHUNK_BYTES, 0);
            self.at = 0;
            let read = self.input.read_at(&mut self.buffer, self.offset)?;
            self.buffer.truncate(read);
            self.offset += read as u64;
        }
        Ok(&self.buffer[self.at..])
    }

    fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.buffer.len());
    }
}

impl Read for InputReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let from = self.fill_buf()?;
        let count = from.len().min(into.len());
        into[..count].copy_from_slice(&from[..count]);
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_part_of_a_file_can_be_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        std::fs::write(&path, "0123456789").unwrap();
        let spooled = Input::spool("b", &mut &b"0123456789"[..], 100, &Progress::default()).unwrap();
        for input in [Input::open("a.csv", &path).unwrap(), Input::memory("m", b"0123456789"), spooled] {
            assert_eq!(input.again(3, 4).unwrap(), b"3456");
            assert_eq!(input.whole(&Progress::default()).unwrap(), b"0123456789");
            assert_eq!(input.again(8, 4), Err(TextError::Changed { file: input.name().to_owned() }));
            assert_eq!((input.len(), input.head().unwrap().as_slice()), (10, &b"0123456789"[..]));
        }
    }

    #[test]
    fn a_file_that_was_written_to_is_not_believed_any_more() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        std::fs::write(&path, "0123456789").unwrap();
        let input = Input::open("a.csv", &path).unwrap();
        std::fs::write(&path, "another text").unwrap();
        assert_eq!(input.again(0, 4), Err(TextError::Changed { file: "a.csv".to_owned() }));
    }

    #[test]
    fn a_stream_without_end_is_cut_off() {
        let error = Input::spool("a", &mut io::repeat(7), 3 << 20, &Progress::default()).unwrap_err();
        assert!(error.to_string().contains("larger"), "{error}");
    }

    #[test]
    fn a_cancelled_reader_ends() {
        let progress = Progress::default();
        progress.cancel();
        assert!(Input::memory("m", b"abc").whole(&progress).is_err());
    }
}
