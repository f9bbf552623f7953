//! How a fetcher behaves towards servers that do nothing wrong.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use dateline::tiles::{Agreed, Online, Provider, TileData, TileId, TileState};

use super::content::{gzip, png};
use super::server::{Manner, Request, Server, answer};
use super::{Map, PATIENCE, provider, view, view_at};

fn good(headers: &[&str]) -> Manner {
    Manner::Bytes(Arc::new(answer("200 OK", headers, &png())))
}

fn whole(map: &Map) {
    map.fetcher.want(&view());
    map.wait(PATIENCE, "the map is whole", |map| map.ready() == view().len());
}

#[test]
fn nobody_is_asked_before_the_reader_has_agreed_and_nobody_at_all_offline() {
    let server = Server::start(good(&[]));
    let provider = provider(&server.address().to_string(), ".png");
    assert!(Online::unless(true).is_none());
    let refused = Online::unless(false).unwrap().consent(&provider, &Agreed::default()).unwrap_err();
    assert_eq!(refused.host, server.address().to_string());
    // Even with leave, nothing is asked for that is not in view.
    let map = Map::new(&provider, None);
    thread::sleep(Duration::from_millis(300));
    assert_eq!((server.requests().len(), map.wakes.load(Ordering::SeqCst)), (0, 0));
}

#[test]
fn requests_say_who_asks_and_are_few_at_a_time_and_none_when_all_is_there() {
    let server = Server::start(good(&["Cache-Control: max-age=3600"]));
    let map = Map::new(&provider(&server.address().to_string(), ".png"), None);
    whole(&map);
    let requests = server.requests();
    assert_eq!(requests.len(), view().len());
    for request in &requests {
        assert!(request.header("user-agent").unwrap().starts_with(concat!(
            "Dateline/",
            env!("CARGO_PKG_VERSION"),
            " ("
        )));
        assert_eq!((request.header("referer"), request.header("cookie")), (None, None));
        assert_eq!((request.header("cache-control"), request.header("pragma")), (None, None));
    }
    assert!(server.most_open() <= 4, "{}", server.most_open());
    let (changes, wakes) = (map.fetcher.changes(), map.wakes.load(Ordering::SeqCst));
    map.fetcher.want(&view());
    thread::sleep(Duration::from_secs(2));
    assert_eq!(server.requests().len(), requests.len());
    assert_eq!((map.fetcher.changes(), map.wakes.load(Ordering::SeqCst)), (changes, wakes));
}

#[test]
fn what_is_no_longer_in_view_is_not_waited_for() {
    let server = Server::start(Manner::Silence);
    let map = Map::new(&provider(&server.address().to_string(), ".png"), None);
    map.fetcher.want(&view());
    map.wait(PATIENCE, "requests are under way", |_| server.open() == 4);
    thread::sleep(Duration::from_millis(300));
    assert_eq!(server.most_open(), 4, "few at a time");
    server.set(good(&[]));
    map.fetcher.want(&view_at(1));
    // Sooner than they would be given up by themselves.
    map.wait(Duration::from_secs(3), "the old requests are given up", |_| server.open() == 0);
    map.wait(PATIENCE, "the new view is whole", |map| map.fetcher.status().loading == 0);
    let is_ready = |id: &TileId| matches!(map.fetcher.tile(*id), TileState::Ready(_));
    assert!(view_at(1).iter().all(is_ready), "{:?}", map.fetcher.status());
    map.fetcher.want(&[]);
    assert_eq!(map.fetcher.tile(view_at(1)[0]), TileState::Loading);
}

#[test]
fn what_flies_past_is_not_asked_for() {
    let server = Server::start(good(&[]));
    let map = Map::new(&provider(&server.address().to_string(), ".png"), None);
    for place in 1..6 {
        map.fetcher.want(&view_at(place));
        thread::sleep(Duration::from_millis(5));
    }
    whole(&map);
    assert!(
        server
            .requests()
            .iter()
            .all(|request| view().iter().any(|id| request.path.contains(&format!("/{}/", id.x))))
    );
}

#[test]
fn what_was_kept_is_not_asked_for_again() {
    let server = Server::start(good(&["Cache-Control: max-age=3600"]));
    let provider = provider(&server.address().to_string(), ".png");
    let folder = tempfile::tempdir().unwrap();
    whole(&Map::new(&provider, Some(folder.path())));
    assert_eq!(server.requests().len(), view().len());
    whole(&Map::new(&provider, Some(folder.path())));
    assert_eq!(server.requests().len(), view().len(), "from the disk");
}

#[test]
fn what_has_expired_is_asked_after_by_its_mark_and_shown_meanwhile() {
    let with_mark = |request: &Request| match request.header("if-none-match") {
        Some("\"v1\"") => {
            b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\nCache-Control: max-age=3600\r\n\r\n".to_vec()
        }
        _ => answer("200 OK", &["ETag: \"v1\"", "Cache-Control: max-age=0"], &png()),
    };
    let server = Server::start(Manner::With(Arc::new(with_mark)));
    let provider = provider(&server.address().to_string(), ".png");
    let folder = tempfile::tempdir().unwrap();
    whole(&Map::new(&provider, Some(folder.path())));
    // All of them are asked after once.
    let map = Map::new(&provider, Some(folder.path()));
    whole(&map);
    map.wait(PATIENCE, "each was asked after", |_| server.requests().len() == 2 * view().len());
    let is_good = |path: std::path::PathBuf| {
        std::fs::read(path).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains("\"lifetime_s\":3600"))
    };
    map.wait(PATIENCE, "what the server said of each has reached the disk", |_| {
        let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| is_good(path.clone())).count() == view().len()
    });
    drop(map);
    whole(&Map::new(&provider, Some(folder.path())));
    thread::sleep(Duration::from_millis(500));
    assert_eq!(server.requests().len(), 2 * view().len(), "they are good for an hour");
}

#[test]
fn what_must_not_be_kept_leaves_nothing_on_disk() {
    let server = Server::start(good(&["Cache-Control: no-store"]));
    let folder = tempfile::tempdir().unwrap();
    whole(&Map::new(&provider(&server.address().to_string(), ".png"), Some(folder.path())));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn tiles_from_an_earlier_visit_are_shown_and_said_to_be_when_the_server_fails() {
    let server = Server::start(good(&["Cache-Control: max-age=0"]));
    let provider = provider(&server.address().to_string(), ".png");
    let folder = tempfile::tempdir().unwrap();
    whole(&Map::new(&provider, Some(folder.path())));
    server.set(Manner::Bytes(Arc::new(answer("500 Internal Server Error", &[], b""))));
    let map = Map::new(&provider, Some(folder.path()));
    whole(&map);
    map.wait(PATIENCE, "it is said", |map| map.fetcher.status().outdated == view().len());
    assert_eq!(
        map.fetcher.status().words().unwrap(),
        "6 tiles from an earlier visit: error 500 of the server"
    );
    server.set(good(&["Cache-Control: max-age=3600"]));
    map.wait(super::RECOVERY, "they are new", |map| map.fetcher.status().words().is_none());
}

#[test]
fn a_type_that_the_server_calls_wrong_does_no_harm() {
    let server = Server::start(good(&["Content-Type: text/html; charset=utf-8"]));
    whole(&Map::new(&provider(&server.address().to_string(), ".png"), None));
}

#[test]
fn a_redirect_within_the_server_is_followed() {
    let redirect = |request: &Request| match request.path.strip_prefix("/new") {
        Some(_) => answer("200 OK", &[], &png()),
        None => answer("301 Moved Permanently", &[&format!("Location: /new{}", request.path)], b""),
    };
    let server = Server::start(Manner::With(Arc::new(redirect)));
    whole(&Map::new(&provider(&server.address().to_string(), ".png"), None));
}

#[test]
fn where_the_server_has_nothing_to_draw_nothing_is_missing() {
    let server = Server::start(Manner::Bytes(Arc::new(
        b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".to_vec(),
    )));
    let map = Map::new(&provider(&server.address().to_string(), ".pbf"), None);
    whole(&map);
    let TileState::Ready(data) = map.fetcher.tile(view()[0]) else { panic!() };
    assert_eq!((data.as_ref(), map.fetcher.status().words()), (&TileData::Nothing, None));
}

#[test]
fn a_map_that_describes_itself_is_asked_for_its_description_first() {
    let server = Server::start(Manner::Silence);
    let host = server.address().to_string();
    let describe = move |host: String| {
        move |request: &Request| match request.path.as_str() {
            "/planet" => {
                let json = format!("{{\"tiles\":[\"http://{host}/v7/{{z}}/{{x}}/{{y}}\"],\"maxzoom\":14}}");
                // Most servers pack what is text.
                answer("200 OK", &["Content-Encoding: gzip"], &gzip(json.as_bytes()))
            }
            path if path.starts_with("/v7/") => answer("200 OK", &[], &png()),
            _ => answer("404 Not Found", &[], b""),
        }
    };
    server.set(Manner::With(Arc::new(describe(host.clone()))));
    let map = Map::new(&Provider::of_tile_json(&format!("http://{host}/planet")).unwrap(), None);
    whole(&map);
    assert_eq!((map.fetcher.max_zoom(), server.requests().len()), (14, 1 + view().len()));

    // It names a server that nobody has agreed to, then it is damaged, then it is good.
    server.set(Manner::With(Arc::new(describe("example.org".to_owned()))));
    let map = Map::new(&Provider::of_tile_json(&format!("http://{host}/planet")).unwrap(), None);
    map.fetcher.want(&view());
    map.wait(PATIENCE, "it is told", |map| map.fetcher.status().missing == view().len());
    assert_eq!(map.fetcher.status().words().unwrap(), "6 tiles missing: the server redirects to example.org");
    server.set(Manner::Bytes(Arc::new(answer("200 OK", &[], b"{\"tiles\":[]}"))));
    map.wait(PATIENCE, "it is told", |map| {
        map.fetcher.status().words().is_some_and(|words| words.contains("description of the map is damaged"))
    });
    server.set(Manner::With(Arc::new(describe(host))));
    map.wait(super::RECOVERY, "the map is whole", |map| map.ready() == view().len());
}

#[test]
fn a_tile_that_the_window_cannot_use_is_asked_for_again() {
    let server = Server::start(good(&["Cache-Control: max-age=3600"]));
    let map = Map::new(&provider(&server.address().to_string(), ".png"), None);
    whole(&map);
    map.fetcher.refuse(view()[2]);
    map.wait(PATIENCE, "it was asked for again", |_| server.requests().len() == view().len() + 1);
    map.wait(PATIENCE, "it is there again", |map| map.ready() == view().len());
}

#[test]
fn with_its_end_all_connections_end() {
    let server = Server::start(Manner::Silence);
    let map = Map::new(&provider(&server.address().to_string(), ".png"), None);
    map.fetcher.want(&view());
    map.wait(PATIENCE, "requests are under way", |_| server.open() > 0);
    drop(map);
    for _ in 0..500 {
        if server.open() == 0 {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{} connections are still open", server.open());
}
