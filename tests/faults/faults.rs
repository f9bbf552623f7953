//! Fault by fault: told in words, and gone within ten seconds of its end.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use dateline::tiles::{Reason, TileState};

use super::content::{gzip, gzip_bomb, png, png_of_100_megapixels, vector_tile};
use super::server::{Manner, Server, answer};
use super::{Map, PATIENCE, RECOVERY, provider, view};

static PNG: LazyLock<Vec<u8>> = LazyLock::new(png);

/// What this process has had in memory at most, in bytes; 0 where the system does not tell.
fn most_memory() -> u64 {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return 0 };
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    1024 * line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
}

/// What all tests here together may take: far less than any of the large answers would.
const MEMORY: u64 = 320 << 20;

/// Nothing here has taken what a fault would have liked.
pub(crate) fn assert_little_memory() {
    assert!(most_memory() < MEMORY, "{}", most_memory());
}

fn bytes(status: &str, headers: &[&str], body: &[u8]) -> Manner {
    Manner::Bytes(Arc::new(answer(status, headers, body)))
}

fn good(ending: &str) -> Manner {
    let body = if ending == ".pbf" { gzip(&vector_tile()) } else { PNG.clone() };
    bytes("200 OK", &["Cache-Control: max-age=3600"], &body)
}

/// A fault of a server with pictures.
fn fault(manner: Manner, reason: &Reason, words: &str) {
    fault_of(".png", manner, reason, words);
}

/// A fault from the beginning, then its end: all tiles are missing for this reason, then all are there.
fn fault_of(ending: &str, manner: Manner, reason: &Reason, words: &str) {
    let server = Server::start(manner);
    let folder = tempfile::tempdir().unwrap();
    let map = Map::new(&provider(&server.address().to_string(), ending), Some(folder.path()));
    map.fetcher.want(&view());
    map.wait(PATIENCE, "the fault is told", |map| map.fetcher.status().missing == view().len());
    let status = map.fetcher.status();
    assert_eq!((status.reason.as_ref(), status.words().unwrap().as_str()), (Some(reason), words));
    assert!(!status.advice().unwrap().is_empty());
    assert_eq!(map.ready(), 0, "nothing of it is taken for a tile");
    assert!(map.fetcher.tile(view()[0]) != TileState::Loading);
    assert!(map.wakes.load(std::sync::atomic::Ordering::SeqCst) > 0);

    server.set(good(ending));
    map.wait(RECOVERY, "the map is whole again", |map| map.ready() == view().len());
    let status = map.fetcher.status();
    assert_eq!((status.words(), status.missing, status.loading), (None, 0, 0));
    assert_little_memory();
}

#[test]
fn tiles_that_are_not_there() {
    fault(bytes("404 Not Found", &[], b"no"), &Reason::NotFound, "6 tiles missing: not on the server");
}

#[test]
fn a_server_that_wants_fewer_requests() {
    // It asks for three seconds, and gets them.
    let server = Server::start(bytes("429 Too Many Requests", &["Retry-After: 3"], b""));
    let map = Map::new(&provider(&server.address().to_string(), ".png"), None);
    map.fetcher.want(&view());
    map.wait(PATIENCE, "it is told", |map| map.fetcher.status().missing == view().len());
    assert_eq!(map.fetcher.status().words().unwrap(), "6 tiles missing: the server asks to wait");
    assert!(map.fetcher.status().advice().unwrap().contains("second"));
    map.fetcher.retry();
    server.set(good(".png"));
    map.wait(RECOVERY, "the map is whole again", |map| map.ready() == view().len());
    assert_eq!(map.fetcher.status().words(), None);
    let requests = server.requests();
    let first = requests[0].at;
    // Those that were under way at the same time as the first had not been told yet.
    let second = requests.iter().find(|request| request.at > first + Duration::from_millis(1500)).unwrap();
    assert!(second.at >= first + Duration::from_millis(2900), "{:?}", second.at - first);
}

#[test]
fn a_server_that_fails() {
    let manner = bytes("500 Internal Server Error", &[], b"oops");
    fault(manner, &Reason::Server(500), "6 tiles missing: error 500 of the server");
}

#[test]
fn a_server_that_does_not_let_us_in() {
    fault(bytes("403 Forbidden", &[], b""), &Reason::Forbidden, "6 tiles missing: the server refuses");
}

#[test]
fn redirects_in_a_circle() {
    let manner = bytes("302 Found", &["Location: /6/0/20.png"], b"");
    fault(manner, &Reason::Redirects, "6 tiles missing: the server only redirects");
}

#[test]
fn a_redirect_that_leaves_the_web() {
    let manner = bytes("302 Found", &["Location: file:///etc/passwd"], b"");
    fault(manner, &Reason::Unsafe, "6 tiles missing: the server redirects to an unsafe address");
}

#[test]
fn a_redirect_to_a_server_that_nobody_has_agreed_to() {
    let other = Server::start(good(".png"));
    let host = format!("localhost:{}", other.address().port());
    let location = format!("Location: http://{host}/6/0/20.png");
    let words = format!("6 tiles missing: the server redirects to {host}");
    fault(bytes("302 Found", &[&location], b""), &Reason::OtherHost(host), &words);
    assert_eq!(other.requests().len(), 0, "it is not asked");
}

#[test]
fn a_server_that_says_nothing() {
    fault(Manner::Silence, &Reason::Timeout, "6 tiles missing: timeout");
}

#[test]
fn a_server_whose_answer_never_begins() {
    let drip = Manner::Drip(Arc::default(), Arc::new(answer("200 OK", &[], &PNG)), 1);
    fault(drip, &Reason::Timeout, "6 tiles missing: timeout");
}

/// A picture of which some bytes come ten times a second.
fn slow(count: usize) -> Manner {
    let mut head = answer("200 OK", &[], &PNG);
    let body = head.split_off(head.len() - PNG.len());
    Manner::Drip(Arc::new(head), Arc::new(body), count)
}

#[test]
fn a_server_whose_answer_never_ends() {
    fault(slow(1), &Reason::Timeout, "6 tiles missing: timeout");
}

#[test]
fn a_server_that_is_just_not_too_slow_to_be_waited_for() {
    assert!(PNG.len() > 60_000, "it would come");
    let server = Server::start(slow(200));
    let map = Map::new(&provider(&server.address().to_string(), ".png"), None);
    map.fetcher.want(&view());
    map.wait(PATIENCE, "the fault is told", |map| map.fetcher.status().missing > 2);
    assert_eq!(map.fetcher.status().reason, Some(Reason::Timeout));
}

#[test]
fn connections_that_break() {
    fault(Manner::Reset, &Reason::Broken, "6 tiles missing: the connection broke");
}

#[test]
fn connections_that_break_within_a_tile() {
    let mut bytes = answer("200 OK", &[], &PNG);
    bytes.truncate(bytes.len() - 100);
    fault(Manner::Bytes(Arc::new(bytes)), &Reason::Broken, "6 tiles missing: the connection broke");
}

#[test]
fn what_is_not_http() {
    let manner = Manner::Bytes(Arc::new(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()));
    fault(manner, &Reason::Broken, "6 tiles missing: the connection broke");
}

#[test]
fn a_head_without_end() {
    let line = [b"X: ".to_vec(), vec![b'x'; 4000], b"\r\n".to_vec()].concat();
    let manner = Manner::Endless(Arc::new(b"HTTP/1.1 200 OK\r\n".to_vec()), Arc::new(line));
    fault(manner, &Reason::Broken, "6 tiles missing: the connection broke");
}

#[test]
fn a_body_without_end() {
    let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    let manner = Manner::Endless(Arc::new(head), Arc::new(vec![7; 1 << 16]));
    fault(manner, &Reason::TooLarge, "6 tiles missing: larger than a tile may be");
}

#[test]
fn a_body_that_is_said_to_be_huge() {
    let manner = Manner::Bytes(Arc::new(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_vec()));
    fault(manner, &Reason::TooLarge, "6 tiles missing: larger than a tile may be");
}

#[test]
fn pictures_that_end_too_early() {
    let half = &PNG[..PNG.len() / 2];
    fault(
        bytes("200 OK", &["Content-Type: image/png"], half),
        &Reason::Damaged,
        "6 tiles missing: the tile is damaged",
    );
}

#[test]
fn answers_with_nothing_in_them() {
    fault(bytes("200 OK", &[], b""), &Reason::Damaged, "6 tiles missing: the tile is damaged");
}

#[test]
fn web_pages_instead_of_pictures() {
    let page = b"<!DOCTYPE html><html><body>Please log in to the hotel's network</body></html>";
    for kind in ["Content-Type: text/html", "Content-Type: image/png"] {
        fault(
            bytes("200 OK", &[kind], page),
            &Reason::NotATile,
            "6 tiles missing: the answer is no map tile",
        );
    }
}

#[test]
fn pictures_of_100_megapixels() {
    let manner = bytes("200 OK", &["Content-Type: image/png"], &png_of_100_megapixels());
    fault(manner, &Reason::TooManyPixels, "6 tiles missing: more pixels than a tile may have");
}

#[test]
fn a_vector_tile_that_unpacks_to_half_a_gigabyte() {
    let manner = bytes("200 OK", &["Content-Encoding: gzip"], &gzip_bomb());
    fault_of(".pbf", manner, &Reason::TooLarge, "6 tiles missing: larger than a tile may be");
}

#[test]
fn vector_tiles_that_are_damaged() {
    let whole = vector_tile();
    // The end is missing; a property refers to a name that is not there; a line has half a billion points.
    let mut property = whole.clone();
    property[9] = 99;
    let mut points = whole.clone();
    points[14] = 0x7a;
    for damaged in [whole[..whole.len() - 3].to_vec(), property, points] {
        let manner = bytes("200 OK", &[], &gzip(&damaged));
        fault_of(".pbf", manner, &Reason::Damaged, "6 tiles missing: the tile is damaged");
    }
}

#[test]
fn a_picture_where_a_vector_tile_should_be() {
    let manner = bytes("200 OK", &["Content-Type: application/x-protobuf"], &PNG);
    fault_of(".pbf", manner, &Reason::NotATile, "6 tiles missing: the answer is no map tile");
}

#[test]
fn a_server_that_is_not_there() {
    let server = Server::start(good(".png"));
    let address = server.address();
    drop(server);
    let map = Map::new(&provider(&address.to_string(), ".png"), None);
    map.fetcher.want(&view());
    map.wait(PATIENCE, "the fault is told", |map| map.fetcher.status().missing == view().len());
    assert_eq!(map.fetcher.status().words().unwrap(), "6 tiles missing: the server takes no requests");
    let _server = Server::start_at(address, good(".png"));
    map.wait(RECOVERY, "the map is whole again", |map| map.ready() == view().len());
}

#[test]
fn a_name_that_nobody_knows() {
    // RFC 2606 keeps this name free for ever.
    let map = Map::new(&provider("tiles.invalid", ".png"), None);
    map.fetcher.want(&view());
    map.wait(PATIENCE, "the fault is told", |map| map.fetcher.status().missing == view().len());
    // Where nobody can be asked about names at all, that takes longer than a server may.
    let status = map.fetcher.status();
    assert!(matches!(status.reason, Some(Reason::Offline | Reason::Timeout)), "{status:?}");
}

#[test]
fn a_server_that_fails_in_the_middle_of_a_visit_and_recovers() {
    let server = Server::start(good(".png"));
    let map = Map::new(&provider(&server.address().to_string(), ".png"), None);
    map.fetcher.want(&view());
    map.wait(PATIENCE, "the map is whole", |map| map.ready() == view().len());
    server.set(bytes("502 Bad Gateway", &[], b""));
    let there: Vec<_> = view().into_iter().chain(super::view_at(1)).collect();
    map.fetcher.want(&there);
    map.wait(PATIENCE, "the fault is told", |map| map.fetcher.status().missing == 6);
    assert_eq!(map.ready(), view().len(), "what was there still is");
    let end = Instant::now();
    server.set(good(".png"));
    map.wait(RECOVERY, "the map is whole again", |map| map.fetcher.status().missing == 0);
    map.wait(RECOVERY.saturating_sub(end.elapsed()), "and nothing loads", |map| {
        map.fetcher.status().loading == 0
    });
}
