//! What the path field knows of a folder, and how it completes what is typed.

use std::path::{Path, PathBuf};

use crate::basemaps::is_named_as_map;
use crate::io::has_known_extension;
use crate::progress::Progress;

/// More entries of a folder are not listed.
const MAX_ENTRIES: usize = 20_000;

/// A folder's content, as far as it can be opened: folders and files of a known format, maps among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// The folder.
    pub path: PathBuf,
    /// Folders first, then files, each by name.
    pub entries: Vec<Entry>,
    /// Whether the folder could be read at all.
    pub is_readable: bool,
}

/// A folder or a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Whether it is a file; folders come first.
    pub is_file: bool,
    /// Its name as it can be shown and typed.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// What begins with what is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matching {
    /// What is typed.
    pub typed: String,
    /// Numbers of the folder's entries, ascending.
    pub rows: Vec<usize>,
    /// What the name can be completed to: as far as all of them agree, with a slash behind the only folder.
    pub completion: Option<String>,
}

impl Folder {
    /// Reads a folder.
    #[must_use]
    pub fn read(path: &Path, progress: &Progress) -> Self {
        let Ok(content) = std::fs::read_dir(path) else {
            return Self { path: path.to_owned(), entries: Vec::new(), is_readable: false };
        };
        let mut entries: Vec<Entry> = content
            .take_while(|_| !progress.is_cancelled())
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                // Follows links: a link to a folder is as good as a folder.
                let is_file = !path.is_dir();
                let name = path.file_name()?.to_string_lossy().into_owned();
                (!is_file || has_known_extension(&path) || is_named_as_map(&path)).then_some(Entry {
                    is_file,
                    name,
                    path,
                })
            })
            .take(MAX_ENTRIES)
            .collect();
        entries.sort_by_cached_key(|entry| (entry.is_file, entry.name.to_lowercase(), entry.name.clone()));
        Self { path: path.to_owned(), entries, is_readable: true }
    }

    /// Looks for the entries whose name begins with what is typed, whatever the case. Hidden ones only if a dot is typed.
    #[must_use]
    pub fn matching(&self, typed: &str) -> Matching {
        let lower = typed.to_lowercase();
        let is_meant = |entry: &Entry| {
            (!entry.name.starts_with('.') || lower.starts_with('.'))
                && entry.name.to_lowercase().starts_with(&lower)
        };
        let numbered = self.entries.iter().enumerate();
        let rows: Vec<usize> = numbered.filter(|(_, entry)| is_meant(entry)).map(|(n, _)| n).collect();
        let completion = self.completion(typed, &rows);
        Matching { typed: typed.to_owned(), rows, completion }
    }

    /// What the name can be completed to: as far as all these entries agree, with a slash behind the only folder.
    fn completion(&self, typed: &str, rows: &[usize]) -> Option<String> {
        let mut matching = rows.iter().filter_map(|&row| self.entries.get(row));
        let first = matching.next()?;
        let mut common = first.name.as_str();
        for other in matching {
            let agreed = common.char_indices().zip(other.name.chars()).find(|((_, a), b)| a != b);
            let end = agreed.map_or(common.len().min(other.name.len()), |((at, _), _)| at);
            common = &common[..end];
        }
        let slash = if rows.len() == 1 && !first.is_file { "/" } else { "" };
        let completed = format!("{common}{slash}");
        (completed.len() > typed.len()).then_some(completed)
    }
}

/// What is typed, in two parts: the folder with its slash, and the beginning of a name in it.
#[must_use]
pub fn parted(typed: &str) -> (&str, &str) {
    match typed {
        "~" | "." | ".." => (typed, ""),
        _ => typed.rfind(std::path::is_separator).map_or(("", typed), |at| typed.split_at(at + 1)),
    }
}

/// Where a typed path leads from the working folder. A tilde stands for the home folder.
#[must_use]
pub fn resolve(working_folder: &Path, typed: &str) -> PathBuf {
    let rest =
        typed.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with(std::path::is_separator));
    match rest.zip(directories::UserDirs::new()) {
        Some((rest, dirs)) => dirs.home_dir().join(rest.trim_start_matches(std::path::is_separator)),
        None => working_folder.join(typed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> (tempfile::TempDir, Folder) {
        let dir = tempfile::tempdir().unwrap();
        for name in names {
            match name.strip_suffix('/') {
                Some(name) => std::fs::create_dir(dir.path().join(name)).unwrap(),
                None => std::fs::write(dir.path().join(name), "").unwrap(),
            }
        }
        let folder = Folder::read(dir.path(), &Progress::default());
        (dir, folder)
    }

    fn names<'a>(folder: &'a Folder, typed: &str) -> Vec<&'a str> {
        folder.matching(typed).rows.iter().map(|&row| folder.entries[row].name.as_str()).collect()
    }

    #[test]
    fn folders_come_first_and_files_of_other_kinds_not_at_all() {
        let (_dir, folder) = folder(&["b.ron", "A.RON", "notes.txt", "zoo/", ".git/", ".hidden.ron"]);
        assert_eq!(names(&folder, ""), ["zoo", "A.RON", "b.ron"]);
        assert_eq!(names(&folder, "a"), ["A.RON"]);
        assert_eq!(names(&folder, "."), [".git", ".hidden.ron"]);
    }

    #[test]
    fn a_name_is_completed_as_far_as_all_agree() {
        let (_dir, folder) = folder(&["flood-1.ron", "flood-2.ron", "Ölkrise.ron", "Öltank.ron", "sub/"]);
        let completion = |typed| folder.matching(typed).completion;
        assert_eq!(completion("fl").as_deref(), Some("flood-"));
        assert_eq!(completion("flood-"), None, "here they part");
        assert_eq!(completion("flood-2").as_deref(), Some("flood-2.ron"));
        assert_eq!(completion("ö").as_deref(), Some("Öl"));
        assert_eq!(completion("s").as_deref(), Some("sub/"));
        assert_eq!(completion("x"), None);
    }

    #[test]
    fn a_folder_that_cannot_be_read_is_told() {
        let (dir, _) = folder(&[]);
        assert!(!Folder::read(&dir.path().join("missing"), &Progress::default()).is_readable);
    }

    #[test]
    fn a_typed_path_is_parted_and_resolved() {
        assert_eq!(parted("data/fl"), ("data/", "fl"));
        assert_eq!(parted("/fl"), ("/", "fl"));
        assert_eq!(parted("fl"), ("", "fl"));
        assert_eq!(parted(".."), ("..", ""));
        let working = Path::new("/work");
        assert_eq!(resolve(working, "data/a.ron"), Path::new("/work/data/a.ron"));
        assert_eq!(resolve(working, "/a.ron"), Path::new("/a.ron"));
        assert_eq!(resolve(working, "~x/a.ron"), Path::new("/work/~x/a.ron"));
        if let Some(dirs) = directories::UserDirs::new() {
            assert_eq!(resolve(working, "~/a.ron"), dirs.home_dir().join("a.ron"));
        }
    }
}
