//! Whether the desktop asks programs to move less: what can be learnt from its settings files.
//!
//! KDE writes how long animations last, GTK whether there are any. GNOME keeps its answer where only a program of its
//! own can read it; there the reader's choice decides.

use std::path::Path;

/// The settings files that know, below the folder of all settings, with the entry and the values that mean less motion.
const ENTRIES: [(&str, &str, &[&str]); 3] = [
    ("kdeglobals", "AnimationDurationFactor", &["0"]),
    ("gtk-4.0/settings.ini", "gtk-enable-animations", &["0", "false"]),
    ("gtk-3.0/settings.ini", "gtk-enable-animations", &["0", "false"]),
];

/// Whether the desktop asks for less motion.
#[must_use]
pub fn system_reduces_motion() -> bool {
    directories::BaseDirs::new().is_some_and(|dirs| is_reduced_in(dirs.config_dir()))
}

fn is_reduced_in(folder: &Path) -> bool {
    ENTRIES.iter().any(|(file, entry, values)| {
        // Most machines have only one of the files, if any.
        std::fs::read_to_string(folder.join(file)).is_ok_and(|text| {
            let value = value_of(&text, entry);
            value.is_some_and(|value| values.iter().any(|it| value.eq_ignore_ascii_case(it)))
        })
    })
}

/// The value of an entry, whichever section it stands in.
fn value_of<'a>(text: &'a str, entry: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == entry).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desktop_without_animations_asks_for_less_motion() {
        let folder = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        assert!(!is_reduced_in(folder.path()), "nothing is known");
        write("kdeglobals", "[KDE]\nAnimationDurationFactor=0.5\n");
        write("gtk-3.0/settings.ini", "[Settings]\ngtk-enable-animations=true\n");
        assert!(!is_reduced_in(folder.path()));
        write("gtk-3.0/settings.ini", "[Settings]\ngtk-enable-animations = False\n");
        assert!(is_reduced_in(folder.path()));
        write("gtk-3.0/settings.ini", "\u{0}=\n=\n");
        write("kdeglobals", "[KDE]\nAnimationDurationFactor=0\n");
        assert!(is_reduced_in(folder.path()));
    }
}
