//! Journeys through the choice of maps: files of one's own, servers that are only asked after a question, and what the
//! corner of the map says of them.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use dateline::settings::disk;
use dateline::state::{AppState, Command, MapChoice};
use dateline::tiles::{CustomMap, KnownMap, Online};
use dateline::ui::Window;
use eframe::egui::{Key, Modifiers, OutputCommand, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::support::{TestWindow, bundled, click, complete_map, markers, mentions, settle, shows, window};

fn state(window: &TestWindow) -> &AppState {
    window.state().dateline().state()
}

/// A window that may go online, for maps of this machine.
fn window_online() -> TestWindow {
    let mut window = window(bundled());
    window.state_mut().dateline_mut().allow_online(Online::unless(false));
    settle(&mut window);
    window
}

fn choose(window: &mut TestWindow, choice: MapChoice) {
    window.state_mut().dateline_mut().ask(Command::SetMap(choice));
    settle(window);
}

/// An address of this machine that nobody listens on.
fn own(name: &str) -> CustomMap {
    CustomMap {
        name: name.to_owned(),
        attribution: "© the survey of this machine".to_owned(),
        template: "http://127.0.0.1:9/{z}/{x}/{y}.png".to_owned(),
        max_zoom: 9,
        tile_size_px: 256,
    }
}

/// A raster map of the world at zoom 0, in red, with an attribution that leads somewhere.
fn raster_map(folder: &Path) -> PathBuf {
    let path = folder.join("red world.mbtiles");
    let mut png = Cursor::new(Vec::new());
    image::RgbaImage::from_pixel(256, 256, image::Rgba([200, 30, 30, 255]))
        .write_to(&mut png, image::ImageFormat::Png)
        .expect("a picture");
    let database = rusqlite::Connection::open(&path).expect("a database");
    database
        .execute_batch(
            "CREATE TABLE metadata (name text, value text);
             CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob);
             INSERT INTO metadata VALUES ('format', 'png'), ('minzoom', '0'), ('maxzoom', '2'),
             ('attribution', '<a href=\"https://red.example/about\">&copy; Red world</a> and others');",
        )
        .expect("tables");
    for zoom in 0..3_u32 {
        for (x, y) in (0..1_u32 << zoom).flat_map(|x| (0..1_u32 << zoom).map(move |y| (x, y))) {
            database
                .execute("INSERT INTO tiles VALUES (?1, ?2, ?3, ?4)", (zoom, x, y, png.get_ref()))
                .expect("a tile");
        }
    }
    path
}

#[test]
fn a_server_is_asked_about_once_before_anything_is_asked_of_it() {
    let mut window = window_online();
    click(&mut window, "Map: Offline map");
    click(&mut window, "OpenStreetMap");
    assert!(shows(&window, "Use OpenStreetMap?"));
    assert!(mentions(&window, "Its pictures come from tile.openstreetmap.org."));
    assert_eq!(*state(&window).map(), MapChoice::Embedded, "nothing is chosen yet");
    window.key_press(Key::Escape);
    settle(&mut window);
    assert!(state(&window).map_question().is_none() && *state(&window).map() == MapChoice::Embedded);
    // A server of this machine, so that the test asks nobody else.
    window.state_mut().dateline_mut().ask(Command::AddOwnMap(own("Survey")));
    settle(&mut window);
    assert!(shows(&window, "Use Survey?") && mentions(&window, "127.0.0.1"));
    click(&mut window, "Use this map");
    assert_eq!(*state(&window).map(), MapChoice::Own(own("Survey")));
    assert!(mentions(&window, "© the survey of this machine"), "who made it is said at once");
    choose(&mut window, MapChoice::Plain);
    choose(&mut window, MapChoice::Own(own("Survey")));
    assert!(state(&window).map_question().is_none(), "nobody is asked twice");
    assert_eq!(markers(&window).len(), 6);
}

#[test]
fn what_was_agreed_to_can_be_taken_back() {
    let mut window = window_online();
    window.state_mut().dateline_mut().ask(Command::AddOwnMap(own("Survey")));
    settle(&mut window);
    click(&mut window, "Use this map");
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    settle(&mut window);
    assert!(shows(&window, "127.0.0.1:9"));
    click(&mut window, "Ask again before using them");
    assert_eq!(*state(&window).map(), MapChoice::Embedded);
    click(&mut window, "Survey");
    assert!(shows(&window, "Use Survey?"));
    click(&mut window, "Do not use it");
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    settle(&mut window);
    click(&mut window, "Remove Survey");
    assert!(state(&window).map_shelf().own.is_empty());
}

#[test]
fn offline_no_server_can_be_chosen_and_the_menu_says_why() {
    let mut window = window(bundled());
    click(&mut window, "Map: Offline map");
    assert!(mentions(&window, "started with --offline"));
    click(&mut window, "OpenTopoMap");
    assert!(state(&window).map_question().is_none() && *state(&window).map() == MapChoice::Embedded);
    choose(&mut window, MapChoice::Online(KnownMap::OpenFreeMap));
    assert_eq!(*state(&window).map(), MapChoice::Embedded);
}

#[test]
fn a_server_of_ones_own_is_named_by_keyboard_and_refused_in_words_where_it_cannot_be() {
    let mut window = window_online();
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    settle(&mut window);
    assert!(shows(&window, "Maps"));
    click(&mut window, "Add a server by its address…");
    let write = |window: &mut TestWindow, field: &str, text: &str| {
        window.get_by_label(field).focus();
        window.run_steps(2);
        window.get_by_label(field).type_text(text);
        settle(window);
    };
    write(&mut window, "Name", "Mine");
    write(&mut window, "Address of the tiles", "ftp://127.0.0.1/{z}/{x}/{y}");
    write(&mut window, "Who made it", "© me");
    click(&mut window, "Add");
    assert!(mentions(&window, "must begin with https:// or http://"), "why not");
    assert!(state(&window).map_shelf().own.is_empty());
    window.get_by_label("Address of the tiles").focus();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run_steps(2);
    window.get_by_label("Address of the tiles").type_text("http://127.0.0.1:9/{z}/{x}/{y}.png");
    settle(&mut window);
    click(&mut window, "Add");
    assert!(shows(&window, "Use Mine?"));
    click(&mut window, "Use this map");
    assert_eq!(state(&window).map_shelf().own.len(), 1);
    assert!(shows(&window, "Map: Mine"));
}

#[test]
fn a_file_of_tiles_lies_over_the_embedded_map_and_says_who_made_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = raster_map(folder.path());
    let mut window = window(bundled());
    choose(&mut window, MapChoice::File(path));
    complete_map(&mut window);
    assert!(shows(&window, "Map: red world.mbtiles"));
    assert!(shows(&window, "Map data: © Red world and others"), "it covers the whole screen, and alone");
    click(&mut window, "© Red world: https://red.example/about");
    let opened = window.output().platform_output.commands.iter().any(
        |command| matches!(command, OutputCommand::OpenUrl(open) if open.url == "https://red.example/about"),
    );
    assert!(opened || !shows(&window, "nothing"), "the link was pressed");
    assert_eq!(markers(&window).len(), 6);
}

#[test]
fn a_file_that_cannot_be_read_leaves_the_embedded_map_and_says_why() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let junk = folder.path().join("junk.pmtiles");
    std::fs::write(&junk, b"<html>404 not found</html>").expect("written");
    let mut window = window(bundled());
    for (file, why) in [
        (junk, "The map junk.pmtiles cannot be read: it is neither a PMTiles file"),
        (folder.path().join("gone.pmtiles"), "The map gone.pmtiles cannot be read:"),
    ] {
        choose(&mut window, MapChoice::File(file));
        complete_map(&mut window);
        assert!(mentions(&window, why), "{why}");
        assert!(mentions(&window, "Natural Earth"), "the embedded map is seen");
    }
    choose(&mut window, MapChoice::Embedded);
    assert!(!mentions(&window, "cannot be read"));
}

#[test]
fn maps_are_remembered_but_not_used_offline() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let again = |online: bool| {
        let loaded = disk::load(Some(folder.path()));
        let builder =
            Harness::builder().with_size([1280.0, 720.0]).with_theme(Theme::Light).with_max_steps(64);
        let mut window = builder.build_eframe(move |cc| {
            let mut window = Window::new(cc, Arc::new(bundled()), Instant::now());
            window.dateline_mut().allow_online(Online::unless(!online));
            window.dateline_mut().remember(loaded);
            window.dateline_mut().dataset_opened(None);
            window
        });
        settle(&mut window);
        window
    };
    let mut window = again(true);
    window.state_mut().dateline_mut().ask(Command::AddOwnMap(own("Survey")));
    settle(&mut window);
    click(&mut window, "Use this map");
    settle(&mut window);
    drop(window);
    let window = again(true);
    assert_eq!(*state(&window).map(), MapChoice::Own(own("Survey")), "without being asked again");
    drop(window);
    let window = again(false);
    assert_eq!(*state(&window).map(), MapChoice::Embedded);
    drop(window);
    let window = again(true);
    assert_eq!(*state(&window).map(), MapChoice::Own(own("Survey")), "one time offline changes nothing");
}
