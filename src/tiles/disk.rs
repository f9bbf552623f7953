//! What is kept of online maps on disk: a file for each answer, all maps in one folder, the least recently used removed
//! first.
//!
//! ```text
//! "DATELINE"   8 bytes
//! sum          4 bytes, big-endian: CRC-32 of all that follows
//! length       4 bytes, big-endian: of the head
//! head         JSON: how long the answer is good for
//! body         the answer as it came
//! ```
//!
//! The name of a file is a number for the address, which itself stands nowhere: it may hold a key. Files are put in place
//! whole; what a lost machine leaves half written is told by its sum, so nothing waits for the disk. Several windows can
//! use one folder. Nobody else may look into it: it tells where the reader has looked.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use url::Url;

use super::freshness::Freshness;
use crate::limits::{MAX_TILE_BYTES, MAX_TILE_CACHE_BYTES, MAX_TILE_CACHE_FILES, MAX_TILE_HEADER_BYTES};

const MARK: &[u8; 8] = b"DATELINE";
const ENDING: &str = "tile";
const PART_ENDING: &str = "part";
/// Bytes before the head.
const FRONT_BYTES: usize = 16;
/// What a writer left half done is rubbish after this time: no writer takes so long.
const RUBBISH_AFTER: Duration = Duration::from_mins(10);
/// Uses of a file that are less apart than this are not told apart: it would cost a write each.
const USE_STEP: Duration = Duration::from_mins(10);

/// An answer on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) freshness: Freshness,
    pub(super) body: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    freshness: Freshness,
}

/// The folder.
#[derive(Debug)]
pub(super) struct Disk {
    folder: PathBuf,
    max_bytes: u64,
    files: Mutex<Files>,
    has_complained: AtomicBool,
}

#[derive(Debug, Default)]
struct Files {
    total_bytes: u64,
    /// Of each file its size and when it was used last.
    by_name: HashMap<u128, (u64, SystemTime)>,
}

impl Files {
    fn put(&mut self, name: u128, bytes: u64, used: SystemTime) {
        self.forget(name);
        self.total_bytes += bytes;
        self.by_name.insert(name, (bytes, used));
    }

    fn forget(&mut self, name: u128) {
        if let Some((bytes, _)) = self.by_name.remove(&name) {
            self.total_bytes -= bytes;
        }
    }
}

impl Disk {
    /// Opens the folder, makes it where it is missing, and looks at what there is: a while with many files.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        Self::open_bounded(folder, MAX_TILE_CACHE_BYTES)
    }

    fn open_bounded(folder: &Path, max_bytes: u64) -> io::Result<Self> {
        make_private(folder)?;
        let mut files = Files::default();
        for entry in fs::read_dir(folder)?.filter_map(Result::ok) {
            // Links and folders are not ours.
            let Ok(meta) = entry.metadata() else { continue };
            let path = entry.path();
            let used = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            match path.extension().and_then(|ending| ending.to_str()) {
                Some(ENDING) if meta.is_file() => {
                    let name = path.file_stem().and_then(|name| name.to_str());
                    if let Some(Ok(name)) = name.map(|name| u128::from_str_radix(name, 16)) {
                        files.put(name, meta.len(), used);
                    }
                }
                Some(PART_ENDING) if used.elapsed().is_ok_and(|age| age > RUBBISH_AFTER) => {
                    // If it cannot be removed, the next start tries again.
                    let _ = fs::remove_file(&path);
                }
                _ => {}
            }
        }
        let disk = Self {
            folder: folder.to_owned(),
            max_bytes,
            files: Mutex::new(files),
            has_complained: AtomicBool::new(false),
        };
        disk.make_room();
        Ok(disk)
    }

    /// What is kept for an address.
    pub(super) fn load(&self, url: &Url) -> Option<Kept> {
        let name = name(url);
        let used = self.lock().by_name.get(&name).map(|(_, used)| *used)?;
        let kept = read(&self.path(name)).unwrap_or_else(|error| {
            log::debug!("a kept map tile cannot be read: {error}");
            None
        });
        if kept.is_none() {
            self.remove(url);
            return None;
        }
        let now = SystemTime::now();
        if now.duration_since(used).is_ok_and(|age| age > USE_STEP) {
            // Where the time cannot be set, the file counts as used when it was written.
            let _ = File::options().write(true).open(self.path(name)).and_then(|file| file.set_modified(now));
            if let Some((_, used)) = self.lock().by_name.get_mut(&name) {
                *used = now;
            }
        }
        kept
    }

    /// Keeps an answer. If that fails, the map goes on without, and the log says so once.
    pub(super) fn store(&self, url: &Url, freshness: &Freshness, body: &[u8]) {
        match self.write(name(url), freshness, body) {
            Ok(()) => self.make_room(),
            Err(error) => {
                if !self.has_complained.swap(true, Ordering::Relaxed) {
                    log::warn!("map tiles cannot be kept in {}: {error}", self.folder.display());
                }
            }
        }
    }

    /// Forgets what is kept for an address.
    pub(super) fn remove(&self, url: &Url) {
        let name = name(url);
        self.lock().forget(name);
        // Another window may have removed it.
        let _ = fs::remove_file(self.path(name));
    }

    fn write(&self, name: u128, freshness: &Freshness, body: &[u8]) -> io::Result<()> {
        let head = serde_json::to_vec(&Head { freshness: freshness.clone() })?;
        let length = u32::try_from(head.len()).map_err(io::Error::other)?.to_be_bytes();
        let mut sum = flate2::Crc::new();
        for part in [&length[..], &head, body] {
            sum.update(part);
        }
        let mut file =
            tempfile::Builder::new().suffix(&format!(".{PART_ENDING}")).tempfile_in(&self.folder)?;
        for part in [MARK, &sum.sum().to_be_bytes()[..], &length, &head, body] {
            file.write_all(part)?;
        }
        file.persist(self.path(name)).map_err(|error| error.error)?;
        let bytes = (FRONT_BYTES + head.len() + body.len()) as u64;
        self.lock().put(name, bytes, SystemTime::now());
        Ok(())
    }

    /// Removes what was not used for longest, an eighth at a time so that this happens rarely.
    fn make_room(&self) {
        let mut files = self.lock();
        if files.total_bytes <= self.max_bytes && files.by_name.len() <= MAX_TILE_CACHE_FILES {
            return;
        }
        let mut names: Vec<(SystemTime, u128)> =
            files.by_name.iter().map(|(name, (_, used))| (*used, *name)).collect();
        names.sort_unstable();
        for (_, name) in names {
            let is_small = files.total_bytes <= self.max_bytes / 8 * 7;
            if is_small && files.by_name.len() <= MAX_TILE_CACHE_FILES / 8 * 7 {
                break;
            }
            files.forget(name);
            // Another window may have removed it.
            let _ = fs::remove_file(self.path(name));
        }
    }

    fn path(&self, name: u128) -> PathBuf {
        self.folder.join(format!("{name:032x}.{ENDING}"))
    }

    /// A thread that panicked leaves plain data behind; it can be used on.
    fn lock(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(url: &Url) -> u128 {
    fnv(url.as_str().as_bytes())
}

/// A number for a text, the same on every machine and for ever: FNV-1a with 128 bits.
fn fnv(bytes: &[u8]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(OFFSET, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

/// Makes a folder that only the reader can look into.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Reads a file; `None` if it is not whole.
fn read(path: &Path) -> io::Result<Option<Kept>> {
    let limit = FRONT_BYTES + MAX_TILE_HEADER_BYTES + MAX_TILE_BYTES;
    let mut bytes = Vec::new();
    File::open(path)?.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(parse(bytes).filter(|kept| kept.body.len() <= MAX_TILE_BYTES))
}

fn parse(mut bytes: Vec<u8>) -> Option<Kept> {
    let (mark, rest) = bytes.split_first_chunk::<8>()?;
    let (expected, rest) = rest.split_first_chunk::<4>()?;
    let mut sum = flate2::Crc::new();
    sum.update(rest);
    if mark != MARK || sum.sum() != u32::from_be_bytes(*expected) {
        return None;
    }
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let head: Head = serde_json::from_slice(rest.get(..length)?).ok()?;
    bytes.drain(..FRONT_BYTES + length);
    Some(Kept { freshness: head.freshness, body: bytes })
}

#[cfg(test)]
mod tests {
    use reqwest::header::{CACHE_CONTROL, HeaderMap, HeaderValue};

    use super::*;

    fn url(name: &str) -> Url {
        Url::parse(&format!("https://example.org/{name}?key=secret")).unwrap()
    }

    fn freshness() -> Freshness {
        let headers = HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static("max-age=60"))]);
        Freshness::of(&headers, SystemTime::now(), Duration::ZERO).unwrap()
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn what_was_kept_is_there_after_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        assert_eq!(disk.load(&url("a")), None);
        disk.store(&url("a"), &freshness(), b"tile");
        let kept = Kept { freshness: freshness(), body: b"tile".to_vec() };
        assert_eq!(disk.load(&url("a")), Some(kept.clone()));
        assert_eq!(Disk::open(folder.path()).unwrap().load(&url("a")), Some(kept));
        assert_eq!(disk.load(&url("b")), None);
    }

    #[test]
    fn a_file_that_is_not_whole_is_no_answer_and_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let changes: [fn(&mut Vec<u8>); 3] =
            [|bytes| bytes.truncate(40), |bytes| bytes[999] ^= 1, Vec::clear];
        for change in changes {
            let disk = Disk::open(folder.path()).unwrap();
            disk.store(&url("a"), &freshness(), &[7; 1000]);
            let [path] = &files(folder.path())[..] else { panic!() };
            let mut bytes = fs::read(path).unwrap();
            change(&mut bytes);
            fs::write(path, bytes).unwrap();
            assert_eq!(disk.load(&url("a")), None);
            assert!(files(folder.path()).is_empty());
        }
    }

    #[test]
    fn the_folder_stays_within_its_bounds_and_keeps_what_was_used_last() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open_bounded(folder.path(), 20_000).unwrap();
        for number in 0..100 {
            disk.store(&url(&number.to_string()), &freshness(), &[7; 1000]);
            let bytes: u64 = files(folder.path()).iter().map(|path| path.metadata().unwrap().len()).sum();
            assert!(bytes <= 20_000, "{bytes}");
            assert_eq!(bytes, disk.lock().total_bytes);
        }
        assert!(disk.load(&url("99")).is_some() && disk.load(&url("0")).is_none());
        let disk = Disk::open_bounded(folder.path(), 5_000).unwrap();
        assert!(disk.lock().total_bytes <= 5_000);
    }

    #[test]
    fn no_file_tells_the_address_and_nobody_else_may_look() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("cache/tiles");
        Disk::open(&inner).unwrap().store(&url("a"), &freshness(), b"tile");
        let [path] = &files(&inner)[..] else { panic!() };
        assert!(!String::from_utf8_lossy(&fs::read(path).unwrap()).contains("secret"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&inner).unwrap().permissions().mode() & 0o077, 0);
        }
    }

    #[test]
    fn strange_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("notes.txt"), "mine").unwrap();
        fs::create_dir(folder.path().join("0.tile")).unwrap();
        let disk = Disk::open_bounded(folder.path(), 10).unwrap();
        disk.store(&url("a"), &freshness(), &[7; 100]);
        assert_eq!(files(folder.path()).len(), 2);
    }

    #[test]
    fn without_a_disk_that_can_be_written_nothing_is_kept_and_nothing_fails() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("tiles");
        let disk = Disk::open(&inner).unwrap();
        fs::remove_dir(&inner).unwrap();
        disk.store(&url("a"), &freshness(), b"tile");
        assert_eq!(disk.load(&url("a")), None);
    }
}
