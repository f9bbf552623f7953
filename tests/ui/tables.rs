//! Tables of text in the window: what is read of their rows, whose texts stay in the file.

use egui_kittest::kittest::Queryable;

use crate::support::{click, mentions, settle, window};

/// A table of more than 8 MiB: its texts stay in the file.
fn large_table() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut text = "id,date,title,type,place,lat,lon,notes,deaths\n".to_owned();
    let notes = "Nobody was hurt, as the mayor says. ".repeat(20);
    for n in 0..12_000 {
        let (lat, lon) = (50.0 + f64::from(n % 100) / 100.0, 34.0 + f64::from(n / 100) / 100.0);
        let row = format!("A{n},2025-05-16,Shed {n} burns,Fire,Sumy,{lat},{lon},\"{notes}({n})\",2\n");
        text.push_str(&row);
    }
    std::fs::write(folder.path().join("sheds.csv"), text).expect("a file for the test");
    folder
}

#[test]
fn the_rows_of_a_large_table_are_read_in_the_window() {
    let folder = large_table();
    let path = folder.path().join("sheds.csv");
    let dataset = dateline::io::read_path(&path).expect("a valid table");
    assert!(dataset.incidents.in_memory().is_none(), "its texts stay in the file");
    let mut window = window(dataset);
    assert!(mentions(&window, "sheds"), "the file's name is the dataset's");
    let row = window.query_all_by_label_contains("Shed 3 burns").next().expect("a row of the list");
    row.click();
    settle(&mut window);
    assert!(mentions(&window, "Nobody was hurt, as the mayor says."));
    assert!(mentions(&window, "16 May 2025") && mentions(&window, "The very spot is known."));
    click(&mut window, "Next incident");
    assert!(mentions(&window, "(4)"), "the row below it");
}
