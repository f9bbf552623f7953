//! The account of an import: what the window says of rows that are not on the map.

use dateline::state::Command;
use egui_kittest::kittest::Queryable;
use tempfile::TempDir;

use crate::support::{TestWindow, bundled, click, mentions, settle, shows, wait_until, window};

const TABLE: &str = "id,date,title,type,place,lat,lon\n\
    a,2025-05-16,A shed burns,Fire,Sumy,50.9,34.8\n\
    b,2025-05-16,A barn burns,Fire,Sumy,,\n\
    c,2025-05-16,A mill burns,Fire,Sumy,ninety,34.8\n\
    d,2025-05-16,A boat sinks,Flood,Sumy,95.5,34.8\n";

/// A window that has opened a table with this text.
fn window_on(text: &str) -> (TempDir, TestWindow) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("sheds.csv");
    std::fs::write(&path, text).expect("a file for the test");
    let mut window = window(bundled());
    window.state_mut().dateline_mut().ask(Command::Open(path.clone()));
    wait_until(&mut window, "the table opens", |window| {
        window.state().dateline().state().file() == Some(&path)
    });
    (folder, window)
}

#[test]
fn rows_that_are_not_on_the_map_are_told_listed_and_copied() {
    let (_folder, mut window) = window_on(TABLE);
    let account = window.state().dateline().state().dataset().account.clone();
    assert_eq!(account.rows(), 4);
    assert!(mentions(&window, "4 rows: 1 on the map"), "the message above the map");
    click(&mut window, "Show the account");
    wait_until(&mut window, "the rows are shown", |window| mentions(window, "Line 3"));
    assert!(mentions(&window, "It says: ninety") && mentions(&window, "It says: 95.5"));
    let field = window.get_by_label("Find in these rows");
    field.focus();
    field.type_text("ninety");
    settle(&mut window);
    wait_until(&mut window, "the rows are shown", |window| {
        mentions(window, "It says: ninety") && !mentions(window, "95.5")
    });
    click(&mut window, "Copy 1");
    click(&mut window, "Close the account");
    assert!(!mentions(&window, "It says: ninety"));
}

#[test]
fn nothing_is_said_when_every_row_is_on_the_map() {
    let (_folder, window) =
        window_on("id,date,title,type,place,lat,lon\na,2025-05-16,A shed burns,Fire,Sumy,50.9,34.8\n");
    let account = &window.state().dateline().state().dataset().account;
    assert_eq!((account.rows(), account.mapped), (1, 1));
    assert_eq!(mentions(&window, "1 row:"), !account.notes.is_empty());
}

#[test]
fn the_bundled_dataset_is_nobodys_import() {
    let window = window(bundled());
    assert!(!shows(&window, "Show the account"));
}
