//! What is typed, pasted, remembered or given on the command line.

use std::ffi::OsString;
use std::sync::{Arc, OnceLock};

use dateline::geo::LonLat;
use dateline::geo::coordinates;
use dateline::io::{self, geometry};
use dateline::model::{Dataset, Moment};
use dateline::progress::Progress;
use dateline::query::search::{emphasis, fits, snippet};
use dateline::query::{fold, words_of};
use dateline::settings::text::{self, Parsed};
use dateline::settings::{DatasetMemory, Settings};
use dateline::state::view_text::ViewText;
use dateline::state::{AppState, Command, ViewTarget};
use dateline::{cli, model};

use super::dice::Dice;
use super::engine::{Input, Kind, Target};
use super::{mutate, readers};

const SETTINGS: [&str; 24] = [
    "(",
    ")",
    "[",
    "]",
    ",",
    "Some(",
    "None",
    "version: 1",
    "version: 2",
    "theme: Some(Dark)",
    "datasets: [",
    "(key: \"bundled\", text: \"a\")",
    "view: Some(At(lon_deg: 1.0, lat_deg: 2.0, zoom: 3.0))",
    "view: Some(Fit(west_deg: 1.0, south_deg: 2.0, east_deg: 3.0, north_deg: 4.0))",
    "window_min: Some((0, -1))",
    "statuses: [Claimed]",
    "values: [(Tag, \"x\")]",
    "rectangle_deg: Some((1.0, 2.0, 3.0, 4.0))",
    "recent_files: [\"/a\"]",
    "columns: [(columns: \"a\\tb\", mapping: \"lat=a\")]",
    "text_size_percent: 65535",
    "window_size_pt: Some((1e30, NaN))",
    "selection: Some(\"kursk\")",
    "//",
];
const VIEW: [&str; 26] = [
    "dateline:1",
    "dateline:2",
    " ",
    "map=51.53,34.05,8.5",
    "fit=30,50,40,60",
    "types=",
    "types=raid+drone_strike",
    "no-types=armed_clash",
    "time=2024-03-01..2024-03-12",
    "time=..",
    "select=tetkino",
    "draw=heat",
    "draw=",
    "text=a%20b",
    "%",
    "%zz",
    "%ff",
    "+",
    "precision=exact",
    "status=claimed+contested",
    "within=170,-10,-170,10",
    "in-view=yes",
    "country=RU",
    "tag=%E2%80%AE",
    "=",
    "region=",
];
const TYPED: [&str; 34] = [
    "51.2772, 34.2761",
    "51°16′38″N 34°16′34″E",
    "51 16 38.1 N, 34 16 34 E",
    "N51.5 W0.1",
    "geo:51.2,34.2;u=35?z=12",
    "geo:90,0",
    "https://www.openstreetmap.org/#map=12/51.27/34.28",
    "https://www.google.com/maps/@51.27,34.28,12z",
    "51,27 34,28",
    "-",
    "°",
    "'",
    "\"",
    "N",
    "S",
    "E",
    "W",
    "2024-03-12",
    "2024-03-12T06:30:00+02:00",
    "2024-03-12T06:30[Europe/Vienna]",
    "12.03.2024",
    "T24:00",
    "Z",
    "[UTC]",
    "POINT (30 50)",
    "SRID=4326;POINT Z (1 2 3)",
    "MULTIPOLYGON (((0 0,1 0,1 1,0 0)))",
    "GEOMETRYCOLLECTION (",
    "EMPTY",
    "(",
    ")",
    "LINESTRING (0 0,1 1)",
    ",",
    "nan",
];
const ARGUMENTS: [&str; 30] = [
    "dateline",
    "check",
    "convert",
    "render",
    "--map",
    "lat=Y,lon=X",
    "--view",
    "dateline:1 map=1,2,3",
    "--center",
    "51,34",
    "--zoom",
    "9",
    "--size",
    "1x1",
    "4294967295x4294967295",
    "--scale",
    "NaN",
    "--output",
    "a.png",
    "--to",
    "csv.gz",
    "--theme",
    "dark",
    "--",
    "-",
    "--offline",
    "--select",
    "--event-type",
    "--show",
    "18446744073709551616",
];
const WORDS: [&str; 16] = [
    "Oryol",
    "Орёл",
    "Орел",
    "kh",
    "щ",
    "Straße",
    "ﬁre",
    "İstanbul",
    "İ",
    "ά",
    "東京",
    "e\u{301}",
    "-",
    "'",
    "a b",
    "drone",
];

/// A target for each.
pub(crate) fn targets() -> Vec<Target> {
    let lines = |lines: &[&str]| lines.iter().map(|line| Input::new("", *line)).collect::<Vec<_>>();
    vec![
        Target::new(
            "settings",
            150,
            settings(),
            |dice, it| mutate::text(dice, &mut it.bytes, &SETTINGS),
            run_settings,
        ),
        Target::new("view", 300, views(), |dice, it| mutate::text(dice, &mut it.bytes, &VIEW), run_view),
        Target::new(
            "typed",
            600,
            lines(&TYPED),
            |dice, it| mutate::text(dice, &mut it.bytes, &TYPED),
            run_typed,
        ),
        Target::new(
            "search",
            300,
            lines(&WORDS),
            |dice, it| mutate::text(dice, &mut it.bytes, &WORDS),
            run_search,
        ),
        Target::new("arguments", 200, arguments(), change_arguments, run_arguments),
    ]
}

/// The bundled dataset, read once.
pub(crate) fn bundled() -> &'static Arc<Dataset> {
    static BUNDLED: OnceLock<Arc<Dataset>> = OnceLock::new();
    BUNDLED.get_or_init(|| Arc::new(io::bundled().expect("the bundled dataset is valid")))
}

fn settings() -> Vec<Input> {
    let mut settings = Settings::default();
    let empty = text::write(&settings).expect("settings can be written");
    let mut state = AppState::new(Arc::clone(bundled()));
    state.apply(Command::Select(2));
    state.apply(Command::SetText("drone".to_owned()));
    state.apply(Command::SetTypeShown { event_type: 1, shown: false });
    settings.remember_dataset(DatasetMemory::of("bundled".to_owned(), &state));
    settings.note_opened("/tmp/a.ron".as_ref());
    settings.note_columns("a\tb".to_owned(), "lat=a,lon=b".to_owned());
    let full = text::write(&settings).expect("settings can be written");
    vec![Input::new("", empty), Input::new("", full)]
}

fn run_settings(input: &Input) -> u64 {
    let mut kind = Kind::new();
    let (settings, lost) = match text::parse(&input.bytes) {
        Parsed::Newer => return kind.value(),
        Parsed::Whole(settings) => (settings, 0),
        Parsed::Damaged { rest, lost } => (rest, lost),
    };
    kind.about(lost as u64).about(settings.datasets.len() as u64).about(settings.recent_files.len() as u64);
    let written = text::write(&settings).expect("what was read can be written");
    assert_eq!(text::parse(written.as_bytes()), Parsed::Whole(settings.clone()), "{written}");
    for memory in &settings.datasets {
        let mut state = AppState::new(Arc::clone(bundled()));
        for command in memory.commands(&state) {
            drop(state.apply(command));
        }
        is_sane(&state);
        kind.about(state.engine().total() as u64).exactly(state.selection());
    }
    kind.value()
}

/// What is true of every state.
pub(crate) fn is_sane(state: &AppState) {
    let engine = state.engine();
    assert!(engine.total() <= engine.len());
    assert!(state.selection().is_none_or(|it| it < state.dataset().incidents.len()));
    match state.target() {
        ViewTarget::Fit(bounds) => assert!(bounds.is_valid(), "{bounds:?}"),
        ViewTarget::At(view) => {
            assert!(
                view.center.is_valid() && (0.0..=dateline::state::View::MAX_ZOOM).contains(&view.zoom),
                "{view:?}"
            );
        }
    }
}

fn views() -> Vec<Input> {
    let mut state = AppState::new(Arc::clone(bundled()));
    let mut views = vec![ViewText::of(&state)];
    let commands = [
        Command::Select(0),
        Command::ShowOnlyType(2),
        Command::SetText("drone \u{202e}%+=".to_owned()),
        Command::SetTimeWindow(Some([28_500_000, 28_510_000])),
        Command::GoToSelection,
    ];
    for command in commands {
        state.apply(command);
        views.push(ViewText::of(&state));
    }
    let written = views.iter().map(|it| Input::new("", it.write().expect("a short view")));
    written.chain(VIEW.iter().map(|part| Input::new("", format!("dateline:1 {part}")))).collect()
}

fn run_view(input: &Input) -> u64 {
    let mut kind = Kind::new();
    let text = String::from_utf8_lossy(&input.bytes);
    let view = match ViewText::read(&text) {
        Ok(view) => view,
        Err(error) => return kind.words(&error.to_string()).value(),
    };
    if let Ok(written) = view.write() {
        // Keys that are not known are not written.
        let again = ViewText::read(&written).expect("what was written can be read");
        assert_eq!(again.write().as_deref(), Ok(written.as_str()));
        readers::is_shown_not_obeyed(&written);
    }
    let resolved = view.resolve(bundled(), &Progress::default());
    kind.words(&resolved.what_is_missing().unwrap_or_default());
    let mut state = AppState::new(Arc::clone(bundled()));
    drop(state.apply(Command::RestoreView(Box::new(resolved))));
    is_sane(&state);
    let text = ViewText::of(&state).write().expect("a short view");
    let again =
        ViewText::read(&text).expect("a view that was written").resolve(bundled(), &Progress::default());
    let mut other = AppState::new(Arc::clone(bundled()));
    drop(other.apply(Command::RestoreView(Box::new(again))));
    assert_eq!(ViewText::of(&other).write().as_deref(), Ok(text.as_str()), "what was handed on is handed on");
    kind.about(state.engine().total() as u64).exactly(state.selection()).exactly(state.drawing() as u8);
    kind.value()
}

fn run_typed(input: &Input) -> u64 {
    let mut kind = Kind::new();
    let text = String::from_utf8_lossy(&input.bytes);
    if let Some(found) = coordinates::parse(&text) {
        assert!(found.position.is_valid() && found.zoom.is_none_or(f64::is_finite), "{text:?}: {found:?}");
        kind.exactly(1).exactly(found.zoom.is_some());
        reads_back(found.position);
    }
    for is_lat in [true, false] {
        kind.exactly(coordinates::angle_deg(&text, is_lat).is_some());
    }
    match Moment::parse(&text) {
        Ok(moment) => {
            assert_eq!(Moment::parse(&moment.to_text()).as_ref(), Ok(&moment), "{text:?}");
            kind.exactly(moment.date().year() / 1000);
        }
        Err(error) => drop(kind.words(&error.to_string())),
    }
    if let Some(geometry) = geometry::from_wkt(&text) {
        kind.words(&format!("{geometry:?}"));
    }
    kind.exactly(model::may_open(&text));
    kind.value()
}

/// Whatever way a position is written, the same is read, as exactly as it was written.
fn reads_back(position: LonLat) {
    let pixel_deg = 1e-5;
    for text in [
        position.to_plain_text(pixel_deg),
        position.to_geo_uri(pixel_deg),
        position.to_dms_text_within(pixel_deg),
    ] {
        let again = coordinates::parse(&text).unwrap_or_else(|| panic!("{text} is not read"));
        let off = (again.position.lon_deg - position.lon_deg)
            .abs()
            .max((again.position.lat_deg - position.lat_deg).abs());
        assert!(off < 3e-4, "{position:?} is written as {text}");
    }
}

fn run_search(input: &Input) -> u64 {
    let mut kind = Kind::new();
    let text = String::from_utf8_lossy(&input.bytes);
    let (question, name) = text.split_once(' ').unwrap_or((&text, &text));
    let folded = fold::fold(name);
    assert_eq!(fold::fold(&folded), folded, "folding what is folded changes nothing");
    for range in fold::word_ranges(name).into_iter().chain(emphasis(question, name)) {
        assert!(name.get(range.clone()).is_some(), "{range:?} of {name:?}");
    }
    if let Some((line, found)) = snippet(question, [name]) {
        assert!(line.get(found.clone()).is_some() && !line.contains('\n'), "{found:?} of {line:?}");
        kind.exactly(2);
    }
    kind.exactly(fits(question, name)).about(folded.len() as u64);
    if name.chars().any(char::is_alphanumeric) {
        assert!(fits(name, name) || folded.is_empty(), "{name:?} is called so");
    }
    let words = words_of(question);
    kind.about(words.len() as u64);
    kind.value()
}

fn arguments() -> Vec<Input> {
    let lines = [
        "dateline\0a.ron",
        "dateline\0check\0a.csv\0--map\0lat=Y,lon=X",
        "dateline\0convert\0a.ron\0b.csv",
        "dateline\0convert\0a.ron\0-\0--to\0csv",
        "dateline\0render\0--output\0a.png\0--size\0640x480\0--center\051,34\0--zoom\09",
        "dateline\0--view\0dateline:1 draw=heat",
    ];
    lines.iter().map(|line| Input::new("", *line)).collect()
}

fn change_arguments(dice: &mut Dice, input: &mut Input) {
    let mut parts: Vec<Vec<u8>> = input.bytes.split(|&byte| byte == 0).map(<[u8]>::to_vec).collect();
    let at = dice.below(parts.len());
    match dice.below(4) {
        0 => parts.insert(at + 1, dice.of(&ARGUMENTS).as_bytes().to_vec()),
        1 => drop(parts.remove(at)),
        _ => mutate::text(dice, &mut parts[at], &ARGUMENTS),
    }
    input.bytes = parts.join(&0);
}

fn run_arguments(input: &Input) -> u64 {
    let arguments =
        input.bytes.split(|&byte| byte == 0).map(|it| OsString::from(&*String::from_utf8_lossy(it)));
    let mut kind = Kind::new();
    match cli::parse(arguments) {
        Ok(request) => drop(kind.words(&format!("{request:?}"))),
        Err(error) => {
            let text = error.to_string();
            assert!(!text.is_empty());
            kind.exactly(error.kind() as u8);
        }
    }
    kind.value()
}
