//! Compressed files and archives: gzip, zstd and zip around any format, and KMZ.
//!
//! What is in them is expanded into a file without a name, with bounds on its size, on how much larger it may be than
//! what it came from, and on how often that may be done. Names of an archive's entries only say of which format they
//! are: nothing is ever written under them.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive, read::ZipFile};

use super::input::Input;
use super::limits::{
    FREE_EXPANSION_BYTES, HEAD_BYTES, MAX_ARCHIVE_ENTRIES, MAX_EXPANSION_RATIO, MAX_FILE_BYTES,
    MAX_PACKED_DEPTH, MAX_SHOWN_ENTRIES,
};
use super::problem::{ReadError, escape};
use super::{ReadOptions, format_by_content};
use crate::progress::Progress;

/// The file name extensions of what can be around a file of any format, in lower case and without the dot.
pub const EXTENSIONS: &[&str] = &["gz", "zip", "zst"];

/// The share of the whole work that expanding is.
const EXPANDING: f64 = 0.3;

/// What is around a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrap {
    Gzip,
    Zstd,
    Zip,
}

impl Wrap {
    fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1F, 0x8B, 8, ..] => Some(Self::Gzip),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Self::Zstd),
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Some(Self::Zip),
            _ => None,
        }
    }
}

/// What was in a compressed file.
#[derive(Debug)]
pub(super) struct Unpacked {
    /// The innermost file.
    pub(super) input: Input,
    /// What is to be said of what was left out.
    pub(super) notes: Vec<String>,
    /// The progress of what is still to be done.
    pub(super) progress: Progress,
    /// The part that was asked for was none of an archive's files: it is one of the file within.
    pub(super) is_part_open: bool,
}

/// Expands a file as often as it is compressed. One that is not comes back as it is.
pub(super) fn unpack(
    input: &Input,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Unpacked, ReadError> {
    let mut unpacked = Unpacked {
        input: input.clone(),
        notes: Vec::new(),
        progress: progress.clone(),
        is_part_open: options.part.is_some(),
    };
    for depth in 0.. {
        let head = unpacked.input.head()?;
        // Spreadsheets are archives, too.
        let is_file_itself = |wrap: &Wrap| *wrap == Wrap::Zip && format_by_content(&head).is_some();
        let Some(wrap) = Wrap::of(&head).filter(|wrap| !is_file_itself(wrap)) else { break };
        if depth == MAX_PACKED_DEPTH {
            let what = format!("archives lie within archives, more than {MAX_PACKED_DEPTH} deep");
            return Err(ReadError::whole_file(input.name(), what, "unpack it and open the file within"));
        }
        let working = unpacked.progress.part(0.0, EXPANDING);
        let part = options.part.as_deref().filter(|_| unpacked.is_part_open);
        match wrap {
            Wrap::Gzip => {
                let reader = MultiGzDecoder::new(unpacked.input.reader(&working));
                unpacked.input = expand(&unpacked.input, &inner_name(&unpacked.input), reader, &working)?;
            }
            Wrap::Zstd => {
                let reader = zstd::stream::read::Decoder::with_buffer(unpacked.input.reader(&working))
                    .map_err(|error| damaged(&unpacked.input, &error))?;
                unpacked.input = expand(&unpacked.input, &inner_name(&unpacked.input), reader, &working)?;
            }
            Wrap::Zip => match unzip(&unpacked.input, part, &working)? {
                Some(found) => {
                    unpacked.input = found.input;
                    unpacked.notes.extend(found.note);
                    unpacked.is_part_open &= !found.is_part;
                }
                None => break,
            },
        }
        unpacked.progress = unpacked.progress.part(EXPANDING, 1.0);
    }
    Ok(unpacked)
}

/// The name of a compressed file without what says that it is.
fn inner_name(input: &Input) -> String {
    let name = input.name();
    let stem = Path::new(name).file_stem().map(|stem| stem.to_string_lossy());
    let known = |extension: &std::ffi::OsStr| {
        let extension = extension.to_string_lossy().to_lowercase();
        EXTENSIONS.contains(&extension.as_str())
    };
    match stem {
        Some(stem) if Path::new(name).extension().is_some_and(known) => {
            Path::new(name).with_file_name(stem.as_ref()).to_string_lossy().into_owned()
        }
        _ => name.to_owned(),
    }
}

/// Puts what a decoder brings where it can be read again, unless it is far too much.
fn expand(input: &Input, name: &str, reader: impl Read, progress: &Progress) -> Result<Input, ReadError> {
    let most = FREE_EXPANSION_BYTES.max(input.len().saturating_mul(MAX_EXPANSION_RATIO));
    let mut bounded = Bounded { reader, left: most, failure: None };
    let spooled = Input::spool(name, &mut bounded, MAX_FILE_BYTES, progress);
    if progress.is_cancelled() {
        return Err(ReadError::cancelled(name));
    }
    match bounded.failure {
        Some(Failure::TooMuch) => Err(ReadError::whole_file(
            input.name(),
            format!("what is in it is more than {MAX_EXPANSION_RATIO} times as large as the file"),
            "this is no file of incidents; if it is one, unpack it first",
        )),
        Some(Failure::Damaged(error)) => Err(damaged(input, &error)),
        None => spooled,
    }
}

/// A decoder that ends with an error where too much comes out of it.
struct Bounded<R> {
    reader: R,
    left: u64,
    failure: Option<Failure>,
}

enum Failure {
    TooMuch,
    Damaged(io::Error),
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.reader.read(into) {
            Ok(count) if count as u64 > self.left => {
                self.failure = Some(Failure::TooMuch);
                Err(io::ErrorKind::FileTooLarge.into())
            }
            Ok(count) => {
                self.left -= count as u64;
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let kind = error.kind();
                self.failure = Some(Failure::Damaged(error));
                Err(kind.into())
            }
        }
    }
}

fn damaged(input: &Input, error: &dyn std::error::Error) -> ReadError {
    ReadError::whole_file(
        input.name(),
        format!("the compressed file is damaged or cut off ({error})"),
        "get it once more from where it came from",
    )
}

/// A file of an archive that was chosen.
struct Chosen {
    input: Input,
    note: Option<String>,
    /// Whether it is the one that was asked for.
    is_part: bool,
}

/// An entry of an archive that may be read.
struct Entry {
    number: usize,
    name: String,
    is_encrypted: bool,
    method: CompressionMethod,
}

/// What is in an archive, as far as it may be read.
#[derive(Default)]
struct Listing {
    entries: Vec<Entry>,
    /// Links, and names that lead out of the archive.
    odd: usize,
    is_spreadsheet: bool,
}

type Archive = ZipArchive<Seekable>;

/// Takes one file out of an archive; `None` where the archive as a whole is a file of a known format.
fn unzip(input: &Input, part: Option<&str>, progress: &Progress) -> Result<Option<Chosen>, ReadError> {
    let seekable = || Seekable { input: input.clone(), at: 0, progress: progress.clone() };
    let fail = |error: &ZipError| match error {
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            ReadError::whole_file(
                input.name(),
                format!("the archive is of a kind that is not known ({error})"),
                "unpack it and open the file within",
            )
        }
        _ => damaged(input, error),
    };
    let too_many = || {
        let what = format!("the archive has more than {MAX_ARCHIVE_ENTRIES} files");
        ReadError::whole_file(input.name(), what, "unpack it and open one of them")
    };
    if entries(input).map_err(|it| input.failed(&it))? > MAX_ARCHIVE_ENTRIES {
        return Err(too_many());
    }
    let mut archive = ZipArchive::new(seekable()).map_err(|it| fail(&it))?;
    if archive.len() > MAX_ARCHIVE_ENTRIES {
        return Err(too_many());
    }
    let listing = Listing::of(&archive);
    let is_part = |entry: &Entry| part == Some(entry.name.as_str());
    let chosen = listing.entries.iter().position(is_part);
    if chosen.is_none() && listing.is_spreadsheet {
        return Ok(None);
    }
    if chosen.is_none() && part.is_some() && listing.entries.len() > 1 {
        let what = format!("the archive has no file `{}`", part.unwrap_or_default());
        return Err(ReadError::whole_file(
            input.name(),
            what,
            format!("its files are {}", listing.names(None)),
        ));
    }
    let number = match chosen.or_else(|| listing.by_name(input)) {
        Some(number) => number,
        None => match listing.by_content(&mut archive, progress) {
            Some(number) => number,
            None => return Err(nothing_known(input, &listing)),
        },
    };
    let entry = &listing.entries[number];
    if entry.is_encrypted {
        let what = format!("`{}` in the archive is encrypted", escape(&entry.name));
        return Err(ReadError::whole_file(
            input.name(),
            what,
            "unpack it with its password and open the file",
        ));
    }
    if !matches!(entry.method, CompressionMethod::Stored | CompressionMethod::Deflated) {
        let what = format!(
            "`{}` in the archive is packed in a way that is not known ({})",
            escape(&entry.name),
            entry.method
        );
        return Err(ReadError::whole_file(input.name(), what, "unpack it and open the file"));
    }
    let name = entry.full_name(input);
    let file = archive.by_index(entry.number).map_err(|it| fail(&it))?;
    let input = expand(input, &name, file, progress)?;
    Ok(Some(Chosen { input, note: listing.note(number), is_part: chosen.is_some() }))
}

/// How many files an archive says that it has, before anything is kept of each: the record at its end tells.
fn entries(input: &Input) -> io::Result<usize> {
    let mut end = vec![0; usize::try_from(input.len()).unwrap_or(usize::MAX).min(ARCHIVE_END_BYTES)];
    let from = input.len() - end.len() as u64;
    let read = input.read_at(&mut end, from)?;
    end.truncate(read);
    let record = memchr::memmem::rfind(&end, b"PK\x05\x06").and_then(|at| end.get(at + 10..at + 12));
    Ok(record.map_or(0, |count| usize::from(count[0]) | usize::from(count[1]) << 8))
}

/// The record at an archive's end with the longest comment.
const ARCHIVE_END_BYTES: usize = 22 + 0xFFFF;

fn nothing_known(input: &Input, listing: &Listing) -> ReadError {
    let (what, advice) = match (listing.entries.len(), listing.odd) {
        (0, 0) => ("the archive is empty".to_owned(), "put a file of incidents into it"),
        (0, _) => (
            "the archive has only links and names that lead out of it".to_owned(),
            "do not trust it; ask for the file of incidents itself",
        ),
        _ => (
            format!("no file of the archive is of a known format ({})", listing.names(None)),
            "unpack it and convert one of them",
        ),
    };
    ReadError::whole_file(input.name(), what, advice)
}

impl Listing {
    fn of(archive: &Archive) -> Self {
        let mut listing = Self::default();
        for number in 0..archive.len() {
            let Ok(data) = archive.by_index_data(number) else { continue };
            let Ok(name) = data.name() else {
                listing.odd += 1;
                continue;
            };
            listing.is_spreadsheet |= name == "[Content_Types].xml" || name == "mimetype";
            if data.is_dir() || name.starts_with("__MACOSX/") || name.ends_with(".DS_Store") {
                continue;
            }
            if data.is_symlink() || !is_within(&name) {
                listing.odd += 1;
                continue;
            }
            let is_encrypted = data.encrypted();
            let (name, method) = (name.into_owned(), data.compression());
            listing.entries.push(Entry { number, name, is_encrypted, method });
        }
        listing
    }

    /// The file that is meant, by the names: a KMZ's document, or the first one of a known format.
    fn by_name(&self, archive: &Input) -> Option<usize> {
        let document = self.entries.iter().position(|entry| entry.name.eq_ignore_ascii_case("doc.kml"));
        let kml = || self.entries.iter().position(|entry| extension_is(&entry.name, "kml"));
        let is_kmz = extension_is(archive.name(), "kmz");
        let known = || self.entries.iter().position(|entry| is_known(&entry.name));
        document.or_else(|| if is_kmz { kml() } else { None }).or_else(known)
    }

    /// The same by what is in them.
    fn by_content(&self, archive: &mut Archive, progress: &Progress) -> Option<usize> {
        self.entries.iter().position(|entry| {
            if progress.is_cancelled() || entry.is_encrypted {
                return false;
            }
            let Ok(file) = archive.by_index(entry.number) else { return false };
            head_of(file).is_some_and(|head| format_by_content(&head).is_some() || Wrap::of(&head).is_some())
        })
    }

    /// What to say of the files that are not read.
    fn note(&self, chosen: usize) -> Option<String> {
        let mut notes = Vec::new();
        // Pictures of a KMZ are part of its document.
        let is_map = |entry: &Entry| extension_is(&entry.name, "kml");
        let has_map = self.entries.get(chosen).is_some_and(is_map);
        let is_one =
            has_map && !self.entries.iter().enumerate().any(|(n, it)| n != chosen && is_known(&it.name));
        if self.entries.len() > 1 && !is_one {
            let name = self.entries.get(chosen).map(|entry| escape(&entry.name)).unwrap_or_default();
            notes.push(format!(
                "of the archive's {} files only `{name}` was read; others are {}",
                self.entries.len(),
                self.names(Some(chosen))
            ));
        }
        if self.odd > 0 {
            let odd = self.odd;
            notes.push(format!(
                "{odd} of the archive's names are links or lead out of it: they were left alone"
            ));
        }
        (!notes.is_empty()).then(|| notes.join("; "))
    }

    /// The first names, to choose from.
    fn names(&self, but: Option<usize>) -> String {
        let others = || self.entries.iter().enumerate().filter(|(number, _)| Some(*number) != but);
        let mut names: Vec<String> =
            others().take(MAX_SHOWN_ENTRIES).map(|(_, entry)| format!("`{}`", escape(&entry.name))).collect();
        let more = others().count().saturating_sub(names.len());
        if more > 0 {
            names.push(format!("and {more} more"));
        }
        names.join(", ")
    }
}

impl Entry {
    /// Its name behind the archive's; a KMZ's document is called as the KMZ is.
    fn full_name(&self, archive: &Input) -> String {
        if self.name.eq_ignore_ascii_case("doc.kml") {
            archive.name().to_owned()
        } else {
            format!("{}/{}", archive.name(), self.name)
        }
    }
}

fn extension_is(name: &str, known: &str) -> bool {
    Path::new(name).extension().is_some_and(|it| it.to_string_lossy().eq_ignore_ascii_case(known))
}

/// Whether a name is that of a file that may be read.
fn is_known(name: &str) -> bool {
    super::has_known_extension(Path::new(name))
}

/// Whether a name stays in the folder that the archive would be unpacked into.
fn is_within(name: &str) -> bool {
    // Old programs for Windows write their own separators.
    let is_absolute = name.starts_with(['/', '\\']) || name.as_bytes().get(1) == Some(&b':');
    !is_absolute && !name.contains('\0') && name.split(['/', '\\']).all(|part| part != "..")
}

fn head_of(file: ZipFile<'_, Seekable>) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    file.take(HEAD_BYTES as u64).read_to_end(&mut head).ok()?;
    Some(head)
}

/// An input as the zip crate wants it.
struct Seekable {
    input: Input,
    at: u64,
    progress: Progress,
}

impl Read for Seekable {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.progress.go_on(self.at as usize, self.input.len() as usize) {
            return Ok(0);
        }
        let count = self.input.read_at(into, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Seekable {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.input.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
