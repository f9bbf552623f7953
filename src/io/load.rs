//! Bytes to text: opening a file, its size, its encoding.

use std::io::{ErrorKind, Read};

use super::input::Input;
use super::limits::MAX_WHOLE_BYTES;
use super::problem::{ReadError, SourcePlace};
use crate::progress::Progress;

/// Bytes that are read and looked at before more are read.
const CHUNK_BYTES: u64 = 1 << 20;

/// A UTF-8 byte order mark; some editors write one.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Reads a whole input. Reading stops early where the bytes cannot be text, so that a large file of another kind costs
/// nothing; [`text`] then says what is wrong with them.
pub(super) fn bytes(input: &Input, progress: &Progress) -> Result<Vec<u8>, ReadError> {
    input.bound(MAX_WHOLE_BYTES)?;
    let known_bytes = usize::try_from(input.len()).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    let mut reader = input.reader(progress);
    let mut checked = 0;
    loop {
        let read =
            reader.by_ref().take(CHUNK_BYTES).read_to_end(&mut bytes).map_err(|it| input.failed(&it))?;
        if progress.is_cancelled() {
            return Err(ReadError::cancelled(input.name()));
        }
        if read == 0 {
            return Ok(bytes);
        }
        match first_fault(&bytes[checked..]) {
            Some(Fault::Unfinished(at)) => checked += at,
            Some(_) => return Ok(bytes),
            None => checked = bytes.len(),
        }
        // The first chunk is text: make room for the rest at once instead of growing step by step.
        make_room(&mut bytes, known_bytes.saturating_sub(checked)).map_err(|error| input.failed(&error))?;
    }
}

/// Makes room for `more` bytes, or says that memory is short: `Vec::reserve` would end the program.
fn make_room(bytes: &mut Vec<u8>, more: usize) -> std::io::Result<()> {
    bytes.try_reserve(more).map_err(|_| ErrorKind::OutOfMemory.into())
}

pub(super) fn io_words(error: &std::io::Error) -> (String, &'static str) {
    match error.kind() {
        ErrorKind::NotFound => ("there is no such file".into(), "check the path"),
        ErrorKind::PermissionDenied => {
            ("the file may not be read".into(), "change its permissions or read it as another user")
        }
        ErrorKind::OutOfMemory => {
            ("there is not enough memory for the file".into(), "split it into several datasets")
        }
        _ => (format!("the file cannot be read ({error})"), "check the path and the device"),
    }
}

/// Why bytes are not text, with the offset.
enum Fault {
    /// Not UTF-8.
    Encoding(usize),
    /// A zero byte, which no text has.
    Zero(usize),
    /// The bytes end within a character.
    Unfinished(usize),
}

fn first_fault(bytes: &[u8]) -> Option<Fault> {
    let (valid, fault) = match std::str::from_utf8(bytes) {
        Ok(_) => (bytes.len(), None),
        Err(error) if error.error_len().is_none() => {
            (error.valid_up_to(), Some(Fault::Unfinished(error.valid_up_to())))
        }
        Err(error) => (error.valid_up_to(), Some(Fault::Encoding(error.valid_up_to()))),
    };
    bytes[..valid].iter().position(|&byte| byte == 0).map(Fault::Zero).or(fault)
}

/// The same chunk by chunk, so that looking through a large file can be stopped.
fn first_fault_of(name: &str, bytes: &[u8], progress: &Progress) -> Result<Option<Fault>, ReadError> {
    let mut checked = 0;
    while checked < bytes.len() {
        let end = (checked + CHUNK_BYTES as usize).min(bytes.len());
        match first_fault(&bytes[checked..end]) {
            None => checked = end,
            // A character across two chunks.
            Some(Fault::Unfinished(at)) if end < bytes.len() => checked += at,
            Some(Fault::Unfinished(at)) => return Ok(Some(Fault::Unfinished(checked + at))),
            Some(Fault::Encoding(at)) => return Ok(Some(Fault::Encoding(checked + at))),
            Some(Fault::Zero(at)) => return Ok(Some(Fault::Zero(checked + at))),
        }
        if progress.is_cancelled() {
            return Err(ReadError::cancelled(name));
        }
    }
    Ok(None)
}

/// The bytes as text without a byte order mark, and the number of bytes of the mark.
pub(super) fn text<'a>(
    name: &str,
    bytes: &'a [u8],
    progress: &Progress,
) -> Result<(&'a str, usize), ReadError> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(ReadError::whole_file(name, "the file is UTF-16 text", "save it as UTF-8"));
    }
    let base = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
    let body = &bytes[base..];
    let (at, what, advice) = match first_fault_of(name, body, progress)? {
        Some(Fault::Zero(at)) => (at, "a zero byte: this is not a text file", "name a RON dataset"),
        Some(Fault::Encoding(at) | Fault::Unfinished(at)) => {
            (at, "these bytes are not UTF-8 text", "save the file as UTF-8, or name a RON dataset")
        }
        None => {
            // The check above has read all of it; this cannot fail, and if it did it would say so.
            let text = std::str::from_utf8(body).map_err(|error| {
                ReadError::whole_file(
                    name,
                    format!("the file is not UTF-8 text ({error})"),
                    "save it as UTF-8",
                )
            })?;
            return Ok((text, base));
        }
    };
    let before = &body[..at];
    let line = 1 + before.split(|&byte| byte == b'\n').skip(1).count();
    let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    let column = 1 + String::from_utf8_lossy(&before[line_start..]).chars().count();
    let place = SourcePlace { line, column, span: base + at..base + at + 1, excerpt: None };
    Err(ReadError::at(name, place, what, advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text<'a>(name: &str, bytes: &'a [u8]) -> Result<(&'a str, usize), ReadError> {
        super::text(name, bytes, &Progress::default())
    }

    fn place(bytes: &[u8]) -> (usize, usize, Range<usize>) {
        let error = text("a.ron", bytes).unwrap_err();
        let place = error.problems()[0].place.clone().unwrap();
        (place.line, place.column, place.span)
    }
    use std::ops::Range;

    #[test]
    fn bytes_that_are_not_utf_8_are_reported_at_their_line_and_column() {
        assert_eq!(place(b"one\r\ntw\xC3\xB6 \xFFo"), (2, 5, 10..11));
        assert_eq!(place(b"\xEF\xBB\xBF\xFF"), (1, 1, 3..4));
        assert_eq!(place(b"one\n\xC3"), (2, 1, 4..5));
    }

    #[test]
    fn a_zero_byte_is_not_text() {
        assert_eq!(place(b"one\n\0"), (2, 1, 4..5));
    }

    #[test]
    fn a_byte_order_mark_is_left_out() {
        assert_eq!(text("a.ron", b"\xEF\xBB\xBFone").unwrap(), ("one", 3));
    }

    #[test]
    fn utf_16_is_named() {
        assert!(text("a.ron", b"\xFF\xFEa\0").unwrap_err().to_string().contains("UTF-16"));
    }

    #[test]
    fn memory_that_is_not_there_is_an_error() {
        let error = make_room(&mut vec![1], isize::MAX as usize).unwrap_err();
        assert_eq!(io_words(&error).0, "there is not enough memory for the file");
        assert!(make_room(&mut Vec::new(), 1).is_ok());
    }

    #[test]
    fn a_character_across_two_chunks_is_read_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.ron");
        let content = format!("{}ö end", "x".repeat(CHUNK_BYTES as usize - 1));
        std::fs::write(&path, &content).unwrap();
        assert_eq!(
            bytes(&Input::open("a.ron", &path).unwrap(), &Progress::default()).unwrap(),
            content.as_bytes()
        );
    }

    #[test]
    fn a_fault_far_into_a_file_is_found_where_it_is() {
        let mut bytes = "ö".repeat(CHUNK_BYTES as usize).into_bytes();
        assert!(text("a.ron", &bytes).is_ok());
        bytes.push(0xFF);
        assert_eq!(place(&bytes).1, CHUNK_BYTES as usize + 1);
    }

    #[test]
    fn a_large_file_of_another_kind_is_not_read_to_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.ron");
        std::fs::write(&path, vec![0xFF; 3 * CHUNK_BYTES as usize]).unwrap();
        assert_eq!(
            bytes(&Input::open("a.ron", &path).unwrap(), &Progress::default()).unwrap().len() as u64,
            CHUNK_BYTES
        );
    }
}
