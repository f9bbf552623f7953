//! Files that are never half there: written beside their goal, brought to the disk, then put in its place.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::Path;

/// Writes `part`, a new file in the folder of `path`, and puts it in the place of `path`. After an error the old file is
/// there as before, and `part` is not.
pub(crate) fn put<E: From<io::Error>>(
    part: &Path,
    file: File,
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
) -> Result<(), E> {
    let mut file = BufWriter::new(file);
    let written = write(&mut file).and_then(|()| {
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(part, path)?;
        Ok(reach_disk(path)?)
    });
    if written.is_err() {
        // All that can still be done is to leave no rubbish.
        let _ = fs::remove_file(part);
    }
    written
}

/// Waits until a renamed file stands under its new name on the disk, too: that is the folder's to say.
fn reach_disk(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A folder that may be written into but not be looked at, or on a file system that has no such call, has the file all
    // the same.
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error) if error.kind() == io::ErrorKind::StorageFull => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all_and_no_part_remains() {
        let folder = tempfile::tempdir().unwrap();
        let (part, path) = (folder.path().join("a.part"), folder.path().join("a"));
        fs::write(&path, "old").unwrap();
        let failed = put(&part, File::create_new(&part).unwrap(), &path, |file| {
            file.write_all(b"half")?;
            Err(io::Error::other("interrupted"))
        });
        assert!(failed.is_err() && !part.exists());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        put(&part, File::create_new(&part).unwrap(), &path, |file| file.write_all(b"new")).unwrap();
        assert!(!part.exists());
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}
