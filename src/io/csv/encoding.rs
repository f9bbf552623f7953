//! The encoding of a table: told by its bytes, and taken out of the way by reading the file as UTF-8 from then on.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::io::limits::{MAX_FILE_BYTES, SMALL_TABLE_BYTES};
use crate::io::{Input, ReadError};
use crate::progress::Progress;

/// Bytes that an encoding is told by.
const SAMPLE_BYTES: usize = 4 << 20;

/// Bytes that are turned into UTF-8 at a time.
const CHUNK_BYTES: usize = 1 << 18;

/// What the first bytes of a file say of its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// UTF-8 as far as can be seen, after a mark of so many bytes.
    Utf8 {
        /// Bytes of the mark.
        mark: usize,
    },
    /// Another one.
    Other(&'static Encoding),
}

/// How many lines hold signs beyond ASCII that are UTF-8, and how many hold such that are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Signs {
    pub(super) good: u64,
    pub(super) bad: u64,
}

impl Signs {
    /// Whether the whole file is in another encoding, rather than some of its rows damaged.
    pub(super) fn are_foreign(self) -> bool {
        self.bad > self.good
    }
}

/// Tells the encoding of a file by its first bytes.
pub(super) fn of_head(head: &[u8]) -> Told {
    if let Some((encoding, mark)) = Encoding::for_bom(head) {
        return if encoding == UTF_8 { Told::Utf8 { mark } } else { Told::Other(encoding) };
    }
    if let Some(encoding) = utf_16_without_mark(head) {
        return Told::Other(encoding);
    }
    let mut signs = Signs::default();
    // The last line may be cut off within a sign.
    let whole = head.iter().rposition(|&byte| byte == b'\n').map_or(head, |end| &head[..end]);
    for line in whole.split(|&byte| byte == b'\n').filter(|line| !line.is_ascii()) {
        match std::str::from_utf8(line) {
            Ok(_) => signs.good += 1,
            Err(error) if error.error_len().is_none() && whole.len() == head.len() => {}
            Err(_) => signs.bad += 1,
        }
    }
    if signs.are_foreign() { Told::Other(by_letters(head)) } else { Told::Utf8 { mark: 0 } }
}

/// Text of mostly Latin signs in UTF-16 has a zero for every other byte.
fn utf_16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let sample = &head[..head.len().min(4096)];
    let zeros = |first: usize| sample.iter().skip(first).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), sample.len() / 2);
    let is_one_sided = |many: usize, few: usize| pairs > 1 && many * 10 > pairs * 4 && few * 20 < pairs;
    if is_one_sided(odd, even) {
        Some(UTF_16LE)
    } else if is_one_sided(even, odd) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The encoding in which bytes that are not UTF-8 make the most sense.
fn by_letters(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Tells the encoding of a file whose rows have turned out not to be UTF-8.
pub(super) fn of_rows(input: &Input, progress: &Progress) -> Result<&'static Encoding, ReadError> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut reader = input.reader(progress);
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut left = SAMPLE_BYTES;
    // What is ASCII says nothing: it is passed over, however much it is.
    while left > 0 {
        let read = reader.read(&mut buffer).map_err(|error| input.failed(&error))?;
        if progress.is_cancelled() {
            return Err(ReadError::cancelled(input.name()));
        }
        if read == 0 {
            break;
        }
        if !buffer[..read].is_ascii() {
            detector.feed(&buffer[..read], false);
            left = left.saturating_sub(read);
        }
    }
    detector.feed(&[], true);
    Ok(detector.guess(None, Utf8Detection::Deny))
}

/// The file as UTF-8, and what to say of that.
pub(super) fn decode(
    input: &Input,
    encoding: &'static Encoding,
    progress: &Progress,
) -> Result<(Input, String), ReadError> {
    let mut decoding = Decoding {
        bytes: input.reader(progress),
        decoder: encoding.new_decoder_with_bom_removal(),
        raw: vec![0; CHUNK_BYTES],
        text: Vec::new(),
        at: 0,
        is_done: false,
        has_errors: false,
    };
    let decoded = if input.len() <= SMALL_TABLE_BYTES {
        let mut text = Vec::new();
        decoding.read_to_end(&mut text).map_err(|error| input.failed(&error))?;
        Input::memory(input.name(), &text)
    } else {
        Input::spool(input.name(), &mut decoding, MAX_FILE_BYTES, progress)?
    };
    if progress.is_cancelled() {
        return Err(ReadError::cancelled(input.name()));
    }
    let lost =
        if decoding.has_errors { "; bytes that have no meaning in it are shown as \u{fffd}" } else { "" };
    Ok((decoded, format!("the file is not UTF-8: it was read as {}{lost}", encoding.name())))
}

/// Reads bytes of one encoding as UTF-8.
struct Decoding<R> {
    bytes: R,
    decoder: Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    is_done: bool,
    has_errors: bool,
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.text.len() && !self.is_done {
            let read = self.bytes.read(&mut self.raw)?;
            self.is_done = read == 0;
            let room = self.decoder.max_utf8_buffer_length(read).unwrap_or(4 * CHUNK_BYTES);
            self.text.resize(room, 0);
            let (_, _, written, has_errors) =
                self.decoder.decode_to_utf8(&self.raw[..read], &mut self.text, self.is_done);
            self.text.truncate(written);
            self.at = 0;
            self.has_errors |= has_errors;
        }
        let rest = &self.text[self.at..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{KOI8_U, WINDOWS_1251, WINDOWS_1252};

    const RUSSIAN: &str = "Широта;Долгота;Описание\n51,2;34,2;Взрыв прогремел на окраине города рано утром\n";

    fn decoded(bytes: &[u8]) -> String {
        let Told::Other(encoding) = of_head(bytes) else {
            return String::from_utf8_lossy(bytes).into_owned();
        };
        let (input, _) = decode(&Input::memory("a", bytes), encoding, &Progress::default()).unwrap();
        String::from_utf8(input.whole(&Progress::default()).unwrap()).unwrap()
    }

    #[test]
    fn encodings_are_told_by_their_bytes() {
        for encoding in [WINDOWS_1251, KOI8_U] {
            let bytes = encoding.encode(RUSSIAN).0;
            assert_eq!(decoded(&bytes), RUSSIAN, "{}", encoding.name());
        }
        let german = "Breite;Länge;Ort\n48,2;16,3;Fünf Häuser beschädigt, Straße gesperrt\n";
        assert_eq!(decoded(&WINDOWS_1252.encode(german).0), german);
        let little: Vec<u8> = german.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = german.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [&little, &big] {
            assert_eq!(decoded(bytes), german, "without a mark");
        }
        assert_eq!(decoded(&[&[0xFF, 0xFE][..], &little].concat()), german);
        assert_eq!(decoded(&[&[0xFE, 0xFF][..], &big].concat()), german);
    }

    #[test]
    fn utf_8_stays_what_it_is_with_some_rows_damaged() {
        assert_eq!(of_head(b"\xEF\xBB\xBFa"), Told::Utf8 { mark: 3 });
        assert_eq!(of_head("ä\nö\nü".as_bytes()), Told::Utf8 { mark: 0 });
        assert_eq!(of_head(b"\xC3\xA4\n\xC3\xB6\n\xFF\n"), Told::Utf8 { mark: 0 });
        assert_eq!(of_head(&"ä".as_bytes()[..1]), Told::Utf8 { mark: 0 }, "a sign that is cut off");
        assert_eq!(of_head(b""), Told::Utf8 { mark: 0 });
    }
}
