//! What a mistake of the program leaves behind. A test binary of its own: the hook is the whole process's.

// A helper that fails is a test that fails.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;

use dateline::crash;

fn reports(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| fs::read_to_string(entry.path()).unwrap()).collect()
}

#[test]
fn a_mistake_leaves_a_report_without_the_readers_data_and_guarded_ones_leave_none() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("made when needed");
    crash::install(Some(folder.clone()));

    assert!(crash::guarded(|| assert_eq!(1, 2, "a damaged file")).is_err());
    assert!(
        !folder.exists() && crash::last_report().is_none(),
        "what a file is to blame for is no mistake of ours"
    );

    let thread = std::thread::Builder::new().name("map tiles 3".to_owned());
    let fail = || {
        let secret = format!("{}/protest-in-our-street.csv", home.path().display());
        assert!(secret.is_empty(), "cannot read {secret}: Тёткино");
    };
    assert!(std::thread::scope(|scope| thread.spawn_scoped(scope, fail).unwrap().join()).is_err());
    let [report] = reports(&folder).try_into().unwrap();
    for part in ["map tiles 3", "tests/crash.rs", env!("CARGO_PKG_VERSION"), std::env::consts::OS] {
        assert!(report.contains(part), "{part} is missing: {report}");
    }
    for part in ["protest", "Тёткино", &*home.path().to_string_lossy(), env!("CARGO_MANIFEST_DIR")] {
        assert!(!report.contains(part), "{part} stands in the report: {report}");
    }
    let path = crash::last_report().unwrap();
    assert!(path.starts_with(&folder));

    // What fails in every frame does not fill the disk.
    for _ in 0..50 {
        assert!(std::thread::spawn(|| panic!("again")).join().is_err());
    }
    assert_eq!(reports(&folder).len(), 3);
    assert!(
        reports(&folder).iter().any(|report| report.contains("again")),
        "words of the code stand in the report"
    );

    // After the next start the window tells of the newest one, once.
    let told = crash::untold_report(&folder).unwrap();
    assert!(told.exists() && crash::untold_report(&folder).is_none());
}
