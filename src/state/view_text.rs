//! A view as a text that can be handed on: where the map stands, what is filtered, the window of time, the selection and
//! how incidents are drawn.
//!
//! ```text
//! dateline:1 map=51.53,34.05,8.5 types=drone_strike+raid time=2024-03-01..2024-03-12 select=tetkino draw=heat
//!
//! view  = "dateline:1" *( space key "=" value )      space is any white space, keys come in any order and once each
//! value = item *( "+" item )                         "+" only in lists; no item at all is an empty list
//! item  = *( letter / digit / "-_.,:/~@" / "%" hex hex )          the rest is written as its UTF-8 bytes, as in a URL
//! ```
//!
//! | key | value | left out |
//! |---|---|---|
//! | `map` | latitude, longitude and zoom of the map's centre | the map stays |
//! | `fit` | west, south, east, north: the box that the map is fitted to, instead of `map` | |
//! | `types` | ids of the event types that are shown | all are shown |
//! | `no-types` | ids of those that are not, instead of `types` | |
//! | `text` | the words that incidents must contain | any |
//! | `time` | first and last day or minute in UTC, `2024-03-01..2024-03-02T17:59` | whenever |
//! | `select` | id of the incident that is open | none is |
//! | `draw` | `clusters`, `points` or `heat` | stays |
//!
//! Numbers have as many decimals as it takes for no one to see a difference. A key that is not known belongs to a newer
//! version; the rest is restored and the reader is told. A value that cannot be read spoils the whole text: it was not
//! written by Dateline. Nothing is longer than [`MAX_BYTES`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, date};

use super::{AppState, Drawing, View, ViewTarget};
use crate::geo::{Bounds, LonLat};
use crate::model::{Dataset, is_hidden};
use crate::progress::Progress;
use crate::query::Filter;
use crate::state::view::WORLD_SIZE_AT_ZOOM_0;
use crate::t;

/// What every view begins with, up to the number of its grammar.
const SCHEME: &str = "dateline:";
/// The grammar that is written and read.
const VERSION: &str = "1";
/// Longer texts are neither written nor read.
pub const MAX_BYTES: usize = 32_768;
/// The minutes of a day.
const DAY_MIN: i64 = 24 * 60;

/// A view, in words that mean the same whatever dataset is open.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ViewText {
    /// What the map shows.
    target: Option<ViewTarget>,
    types: Types,
    text: String,
    window_min: Option<[i32; 2]>,
    /// Id of the incident that is open.
    selected: Option<String>,
    drawing: Option<Drawing>,
    /// Keys that this version does not know.
    unknown: Vec<String>,
}

/// Which event types are shown, by their ids.
#[derive(Debug, Clone, PartialEq, Default)]
enum Types {
    #[default]
    All,
    Only(Vec<String>),
    Without(Vec<String>),
}

/// Why a text is no view that can be restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ViewTextError {
    /// It does not begin like one.
    #[error("{}", words::none())]
    None,
    /// Its grammar is that of another version.
    #[error("{}", words::version(.0))]
    Version(String),
    /// Nobody writes so much.
    #[error("{}", words::too_long())]
    TooLong,
    /// A part of it cannot be read.
    #[error("{}", words::part(.0))]
    Part(String),
}

/// What the errors say.
mod words {
    use super::MAX_BYTES;
    use crate::t;

    pub(super) fn none() -> &'static str {
        t!("view-none")
    }

    pub(super) fn version(version: &str) -> String {
        t!("view-version", version = version)
    }

    pub(super) fn too_long() -> String {
        t!("view-long", kilobytes = MAX_BYTES / 1024)
    }

    pub(super) fn part(part: &str) -> String {
        t!("view-part", part = part)
    }
}

/// A view that was looked up in a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    view: ViewText,
    filter: Filter,
    selection: Option<usize>,
    missing: Vec<Missing>,
}

/// What a view names and is not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Missing {
    Incident(String),
    EventType(String),
    Key(String),
}

/// Whether somebody means this to be a view.
#[must_use]
pub fn looks_like_view(text: &str) -> bool {
    text.trim_start().starts_with(SCHEME)
}

impl ViewText {
    /// What is shown now.
    #[must_use]
    pub fn of(state: &AppState) -> Self {
        let (filter, types) = (state.filter(), &state.dataset().event_types);
        let ids = |shown: bool| -> Vec<String> {
            let those = types.iter().enumerate().filter(|(n, _)| filter.shows_type(*n) == shown);
            those.map(|(_, event_type)| event_type.id.clone()).collect()
        };
        let (shown, hidden) = (ids(true), ids(false));
        let types = match (shown.len(), hidden.len()) {
            (_, 0) => Types::All,
            (few, many) if few <= many => Types::Only(shown),
            _ => Types::Without(hidden),
        };
        Self {
            target: Some(state.target()),
            types,
            text: filter.text().to_owned(),
            window_min: filter.window_min(),
            selected: state.selected().map(|incident| incident.id.clone()),
            drawing: Some(state.drawing()),
            unknown: Vec::new(),
        }
    }

    /// Writes it down.
    pub fn write(&self) -> Result<String, ViewTextError> {
        let mut text = [SCHEME, VERSION].concat();
        let mut pair = |key: &str, value: String| {
            text.extend([" ", key, "=", &value]);
        };
        match self.target {
            Some(ViewTarget::At(view)) => pair("map", write_view(view)),
            Some(ViewTarget::Fit(bounds)) => pair("fit", write_bounds(bounds)),
            None => {}
        }
        match &self.types {
            Types::All => {}
            Types::Only(ids) => pair("types", write_list(ids)),
            Types::Without(ids) => pair("no-types", write_list(ids)),
        }
        if !self.text.is_empty() {
            pair("text", escape(&self.text));
        }
        if let Some(window_min) = self.window_min {
            pair("time", write_window(window_min));
        }
        if let Some(id) = &self.selected {
            pair("select", escape(id));
        }
        if let Some(drawing) = self.drawing {
            pair("draw", name_of(drawing).to_owned());
        }
        if text.len() > MAX_BYTES { Err(ViewTextError::TooLong) } else { Ok(text) }
    }

    /// Reads a text.
    pub fn read(text: &str) -> Result<Self, ViewTextError> {
        let mut parts = text.split_whitespace();
        let version = parts.next().and_then(|head| head.strip_prefix(SCHEME)).ok_or(ViewTextError::None)?;
        if text.len() > MAX_BYTES {
            return Err(ViewTextError::TooLong);
        }
        if version != VERSION {
            return Err(ViewTextError::Version(shown(version)));
        }
        let mut view = Self::default();
        let mut seen = BTreeSet::new();
        for part in parts {
            let bad = || ViewTextError::Part(shown(part));
            let (key, value) = part.split_once('=').filter(|(key, _)| is_key(key)).ok_or_else(bad)?;
            // Of two keys for one thing only one can hold.
            let about = match key {
                "fit" => "map",
                "no-types" => "types",
                key => key,
            };
            if !seen.insert(about) {
                return Err(bad());
            }
            view.take(key, value).ok_or_else(bad)?;
        }
        Ok(view)
    }

    /// Takes one pair in; `None` where its value cannot be read.
    fn take(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            "map" => self.target = Some(ViewTarget::At(read_view(value)?)),
            "fit" => self.target = Some(ViewTarget::Fit(read_bounds(value)?)),
            "types" => self.types = Types::Only(read_list(value)?),
            "no-types" => self.types = Types::Without(read_list(value)?),
            "text" => self.text = unescape(value)?,
            "time" => self.window_min = Some(read_window(value)?),
            "select" => self.selected = Some(unescape(value).filter(|id| !id.is_empty())?),
            "draw" => self.drawing = Some(Drawing::ALL.into_iter().find(|it| name_of(*it) == value)?),
            unknown => self.unknown.push(unknown.to_owned()),
        }
        Some(())
    }

    /// Looks up in a dataset what the view names. Reads through all incidents where it names one: not for the window's
    /// thread. A search that is cancelled finds nothing.
    #[must_use]
    pub fn resolve(self, dataset: &Dataset, progress: &Progress) -> Resolved {
        let mut missing: BTreeSet<Missing> = self.unknown.iter().cloned().map(Missing::Key).collect();
        let mut filter = Filter::default();
        self.filter_types(dataset, &mut filter, &mut missing);
        filter.set_text(self.text.clone());
        filter.set_window_min(self.window_min);
        let selection = self.selected.as_deref().and_then(|id| find_incident(dataset, id, progress));
        if selection.is_none() {
            missing.extend(self.selected.clone().map(Missing::Incident));
        }
        Resolved { view: self, filter, selection, missing: missing.into_iter().collect() }
    }

    fn filter_types(&self, dataset: &Dataset, filter: &mut Filter, missing: &mut BTreeSet<Missing>) {
        let (ids, named_are_shown) = match &self.types {
            Types::All => return,
            Types::Only(ids) => (ids, true),
            Types::Without(ids) => (ids, false),
        };
        let known: BTreeMap<&str, usize> =
            dataset.event_types.iter().enumerate().map(|(n, it)| (it.id.as_str(), n)).collect();
        for event_type in 0..dataset.event_types.len() {
            filter.set_type_shown(event_type, !named_are_shown);
        }
        for id in ids {
            match known.get(id.as_str()) {
                Some(event_type) => filter.set_type_shown(*event_type, named_are_shown),
                None => {
                    missing.insert(Missing::EventType(id.clone()));
                }
            }
        }
    }
}

/// The one pass over all incidents.
fn find_incident(dataset: &Dataset, id: &str, progress: &Progress) -> Option<usize> {
    let mut found = None;
    // Where the file cannot be read any more, whoever shows an incident says so.
    let _ = dataset.incidents.each(|n, incident| {
        found = (incident.id == id).then_some(n);
        found.is_none() && !progress.is_cancelled()
    });
    found
}

impl Resolved {
    /// Says what the view names and is not there; `None` where everything is.
    #[must_use]
    pub fn what_is_missing(&self) -> Option<String> {
        let listed = |pick: fn(&Missing) -> Option<&String>| {
            /// So many are named; of more, only their number is said.
            const NAMED: usize = 4;
            let all: Vec<&String> = self.missing.iter().filter_map(pick).collect();
            let named = all.iter().take(NAMED).map(|it| t!("view-quoted", text = shown(it)));
            let more = all.len().saturating_sub(NAMED);
            let more = (more > 0).then(|| t!("view-more", count = more));
            let text = named.chain(more).collect::<Vec<_>>().join(t!("view-and"));
            Some((text, all.len())).filter(|(_, count)| *count > 0)
        };
        let incident = listed(|it| if let Missing::Incident(id) = it { Some(id) } else { None });
        let types = listed(|it| if let Missing::EventType(id) = it { Some(id) } else { None });
        let keys = listed(|it| if let Missing::Key(key) = it { Some(key) } else { None });
        let sentences = [
            incident.map(|(names, _)| t!("view-no-incident", names = names)),
            types.map(|(names, count)| t!("view-no-types", names = names, count = count)),
            keys.map(|(names, _)| t!("view-no-keys", names = names)),
        ];
        let sentences: Vec<String> = sentences.into_iter().flatten().collect();
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }
}

impl AppState {
    /// Brings back what was handed on, as one step.
    pub(super) fn restore_view(&mut self, resolved: Resolved) {
        let Resolved { view, filter, selection, .. } = resolved;
        self.playback.stop();
        self.filter = filter;
        self.selection = selection.filter(|index| *index < self.dataset.incidents.len());
        self.drawing = view.drawing.unwrap_or(self.drawing);
        self.target = match view.target {
            Some(ViewTarget::At(view)) => view.within_limits().map_or(self.target, ViewTarget::At),
            Some(ViewTarget::Fit(bounds)) if bounds.is_valid() => ViewTarget::Fit(bounds),
            _ => self.target,
        };
        self.refresh();
    }
}

fn name_of(drawing: Drawing) -> &'static str {
    match drawing {
        Drawing::Clusters => "clusters",
        Drawing::Points => "points",
        Drawing::Heat => "heat",
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|c| c.is_ascii_lowercase() || c == b'-')
}

/// What is said of a part of a text: not all of a long one, and nothing that cannot be seen.
fn shown(part: &str) -> String {
    const MAX_CHARS: usize = 60;
    let mut text: String = part.chars().filter(|c| !is_hidden(*c)).take(MAX_CHARS).collect();
    if part.chars().nth(MAX_CHARS).is_some() {
        text.push('…');
    }
    text
}

/// A number with at most so many decimals, and no zeros at its end.
fn write_number(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A plain number: no exponents, no names for what is not finite.
fn read_number(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'.' | b'-'));
    if is_plain { text.parse().ok() } else { None }
}

fn read_numbers<const N: usize>(value: &str) -> Option<[f64; N]> {
    let numbers: Option<Vec<f64>> = value.split(',').map(read_number).collect();
    numbers?.try_into().ok()
}

/// So exact that the map is nowhere off by more than a small part of a pixel.
fn write_view(view: View) -> String {
    const ZOOM_DECIMALS: usize = 4;
    const PARTS_OF_PIXEL: f64 = 100.0;
    let zoom = write_number(view.zoom, ZOOM_DECIMALS);
    // From what is written: so that it is written the same again.
    let rounded: f64 = zoom.parse().unwrap_or(view.zoom);
    let part_deg = 360.0 / (WORLD_SIZE_AT_ZOOM_0 * rounded.exp2() * PARTS_OF_PIXEL);
    let decimals = (-part_deg.log10()).ceil().clamp(0.0, 12.0) as usize;
    // Far from the equator, degrees of latitude are longer on the map.
    let lat = write_number(view.center.lat_deg, decimals + 1);
    let lon = write_number(view.center.lon_deg, decimals);
    [lat, lon, zoom].join(",")
}

fn read_view(value: &str) -> Option<View> {
    let [lat_deg, lon_deg, zoom] = read_numbers(value)?;
    let center = LonLat::new(lon_deg, lat_deg);
    (center.is_valid() && (0.0..=View::MAX_ZOOM).contains(&zoom)).then_some(View { center, zoom })
}

fn write_bounds(bounds: Bounds) -> String {
    /// Edges of a box that is wider than this are written to the decimetre, others to the millimetre.
    const NARROW_DEG: f64 = 0.01;
    let is_wide = bounds.width_deg().max(bounds.north_deg - bounds.south_deg) > NARROW_DEG;
    let decimals = if is_wide { 6 } else { 8 };
    let Bounds { west_deg, south_deg, east_deg, north_deg } = bounds;
    [west_deg, south_deg, east_deg, north_deg].map(|edge| write_number(edge, decimals)).join(",")
}

fn read_bounds(value: &str) -> Option<Bounds> {
    let [west_deg, south_deg, east_deg, north_deg] = read_numbers(value)?;
    let bounds = Bounds { west_deg, south_deg, east_deg, north_deg };
    bounds.is_valid().then_some(bounds)
}

/// Days where the window begins or ends with one, else minutes.
fn write_window([first, last]: [i32; 2]) -> String {
    let [first, last] = [i64::from(first), i64::from(last)];
    let begins = write_minute(first, first.rem_euclid(DAY_MIN) == 0);
    let ends = write_minute(last, (last + 1).rem_euclid(DAY_MIN) == 0);
    [&begins, "..", &ends].concat()
}

fn write_minute(minute: i64, as_day: bool) -> String {
    let epoch = date(1970, 1, 1).at(0, 0, 0, 0);
    // Every minute that fits 32 bits lies in the years that the calendar knows.
    let time = epoch.saturating_add(SignedDuration::from_mins(minute));
    let day = time.date().to_string();
    if as_day { day } else { format!("{day}T{:02}:{:02}", time.hour(), time.minute()) }
}

fn read_window(value: &str) -> Option<[i32; 2]> {
    let (first, last) = value.split_once("..")?;
    let window = [read_minute(first, 0)?, read_minute(last, DAY_MIN - 1)?];
    (window[0] <= window[1]).then_some(window)
}

/// A minute, or of a day the minute that is so many after its first.
fn read_minute(text: &str, of_day: i64) -> Option<i32> {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let (time, more) = match text.parse::<Date>() {
        Ok(day) if !text.contains('T') => (day.at(0, 0, 0, 0), of_day),
        _ => (text.parse::<DateTime>().ok()?, 0),
    };
    let seconds = time.duration_since(date(1970, 1, 1).at(0, 0, 0, 0)).as_secs();
    i32::try_from(seconds.div_euclid(60) + more).ok()
}

fn write_list(items: &[String]) -> String {
    items.iter().map(|item| escape(item)).collect::<Vec<_>>().join("+")
}

fn read_list(value: &str) -> Option<Vec<String>> {
    if value.is_empty() {
        return Some(Vec::new());
    }
    value.split('+').map(unescape).collect()
}

/// Letters and digits of every script stay as they are; what could mean something else, or cannot be seen, does not.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if (c.is_alphanumeric() && !is_hidden(c)) || "-_.,:/~@".contains(c) {
            escaped.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                escaped.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    escaped
}

/// `None` where a percent sign stands before something else than two hexadecimal digits, or bytes are no text.
fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        let digits =
            std::str::from_utf8(digits).ok().filter(|it| it.bytes().all(|c| c.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::state::Command;
    use crate::testing::{dataset_of, incident_at};

    const TYPES: usize = 6;

    fn fresh() -> AppState {
        let incidents =
            (0..8).map(|n| incident_at(&format!("Село {n}+%"), n % TYPES, 30.0 + n as f64, 50.0)).collect();
        AppState::new(Arc::new(dataset_of(TYPES, incidents)))
    }

    fn read(text: &str) -> ViewText {
        ViewText::read(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn restored(text: &str) -> AppState {
        let mut state = fresh();
        let resolved = read(text).resolve(state.dataset(), &Progress::default());
        state.apply(Command::RestoreView(Box::new(resolved)));
        state
    }

    fn write(state: &AppState) -> String {
        ViewText::of(state).write().unwrap()
    }

    #[test]
    fn a_view_is_short_and_can_be_read() {
        let mut state = fresh();
        for command in [
            Command::SetView(View { center: LonLat::new(34.05, 51.53), zoom: 8.5 }),
            Command::HideAllTypes,
            Command::SetTypeShown { event_type: 1, shown: true },
            Command::SetTypeShown { event_type: 3, shown: true },
            Command::SetText("oil depot".to_owned()),
            Command::SetTimeWindow(read_window("2024-03-01..2024-03-12T18:30")),
            Command::Select(2),
            Command::SetDrawing(Drawing::Heat),
        ] {
            state.apply(command);
        }
        assert_eq!(
            write(&state),
            "dateline:1 map=51.53,34.05,8.5 types=type1+type3 text=oil%20depot time=2024-03-01..2024-03-12T18:30 \
             select=Село%202%2B%25 draw=heat"
        );
        assert_eq!(
            write(&fresh()),
            "dateline:1 fit=30,50,37,50 draw=clusters",
            "without conditions nothing is said of them"
        );
    }

    #[test]
    fn few_hidden_types_are_named_instead_of_many_shown() {
        let mut state = fresh();
        state.apply(Command::SetTypeShown { event_type: 4, shown: false });
        assert!(write(&state).contains(" no-types=type4 "));
        state.apply(Command::HideAllTypes);
        assert!(write(&state).contains(" types= "));
        assert!((0..TYPES).all(|n| !restored(&write(&state)).filter().shows_type(n)));
    }

    #[test]
    fn restoring_is_one_step_and_clears_what_the_text_leaves_out() {
        let mut state = fresh();
        state.apply(Command::SetText("i3".to_owned()));
        state.apply(Command::SetDrawing(Drawing::Points));
        let before = (state.filter().clone(), state.target());
        let resolved =
            read("dateline:1\n  map=10,20,5\ttypes=type2").resolve(state.dataset(), &Progress::default());
        assert_eq!(resolved.what_is_missing(), None);
        state.apply(Command::RestoreView(Box::new(resolved)));
        assert_eq!(state.filter().text(), "");
        assert_eq!(state.drawing(), Drawing::Points, "nothing is said of it");
        let view = View { center: LonLat::new(20.0, 10.0), zoom: 5.0 };
        assert_eq!(state.target(), ViewTarget::At(view));
        state.apply(Command::Undo);
        assert_eq!((state.filter().clone(), state.target()), before);
    }

    #[test]
    fn what_is_not_there_any_more_is_told_and_the_rest_is_restored() {
        let text = "dateline:1 no-types=type1+gone+lost select=nobody wind=strong draw=points";
        let missing = read(text).resolve(fresh().dataset(), &Progress::default()).what_is_missing();
        assert_eq!(
            missing.as_deref(),
            Some(
                "This dataset has no incident “nobody”, which the view names. This dataset has none of the event \
                 types “gone”, “lost”, which the view names. The view says “wind”, which this version does not know."
            )
        );
        let state = restored(text);
        assert!(!state.filter().shows_type(1) && state.filter().shows_type(0));
        assert_eq!((state.selection(), state.drawing()), (None, Drawing::Points));
        let many = ["dateline:1 types=", &["a", "b", "c", "d", "e", "f"].join("+")].concat();
        let missing = read(&many).resolve(fresh().dataset(), &Progress::default()).what_is_missing();
        assert!(missing.unwrap().contains("“a”, “b”, “c”, “d”, 2 more"));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_the_part_that_is_wrong() {
        assert_eq!(ViewText::read("oil depot"), Err(ViewTextError::None));
        assert_eq!(ViewText::read(""), Err(ViewTextError::None));
        assert_eq!(ViewText::read("dateline:2 map=1,2,3"), Err(ViewTextError::Version("2".to_owned())));
        for bad in [
            "map=91,0,3",
            "map=1,2",
            "map=1,2,21",
            "map=1e1,2,3",
            "map=NaN,2,3",
            "fit=0,10,5,5",
            "time=2024-03-02..2024-03-01",
            "time=2024-02-30..2024-03-01",
            "time=2024-03-01",
            "text=%2",
            "text=%zz",
            "text=%FF",
            "select=",
            "draw=lines",
            "nonsense",
            "=x",
            "Text=x",
        ] {
            let text = format!("dateline:1 draw=heat {bad}").replacen(
                "draw=heat ",
                "",
                usize::from(bad.starts_with("draw")),
            );
            assert_eq!(ViewText::read(&text), Err(ViewTextError::Part(bad.to_owned())), "{text}");
        }
        let twice = ViewText::read("dateline:1 map=1,2,3 fit=1,2,3,4");
        assert_eq!(twice, Err(ViewTextError::Part("fit=1,2,3,4".to_owned())));
        let long = format!("dateline:1 text={}", "x".repeat(MAX_BYTES));
        assert_eq!(ViewText::read(&long), Err(ViewTextError::TooLong));
        assert_eq!(ViewText { text: long, ..ViewText::default() }.write(), Err(ViewTextError::TooLong));
    }

    #[test]
    fn a_day_at_the_end_of_a_window_is_all_of_that_day() {
        let window = read_window("1970-01-01..1970-01-02").unwrap();
        assert_eq!(window, [0, 2 * 1440 - 1]);
        assert_eq!(write_window(window), "1970-01-01..1970-01-02");
        assert_eq!(read_window("1969-12-31T23:59Z..1970-01-01T00:00"), Some([-1, 0]));
    }

    fn near(a: ViewTarget, b: ViewTarget) -> bool {
        match (a, b) {
            (ViewTarget::At(a), ViewTarget::At(b)) => {
                let world_px = WORLD_SIZE_AT_ZOOM_0 * a.zoom.exp2();
                let (from, to) = (a.center.to_unit(), b.center.to_unit());
                let off_px = (from.x - to.x).hypot(from.y - to.y) * world_px;
                off_px < 0.02 && (a.zoom - b.zoom).abs() < 1e-4
            }
            (ViewTarget::Fit(a), ViewTarget::Fit(b)) => {
                let edges = |it: Bounds| [it.west_deg, it.south_deg, it.east_deg, it.north_deg];
                edges(a).into_iter().zip(edges(b)).all(|(a, b)| (a - b).abs() < 6e-7)
            }
            _ => false,
        }
    }

    fn target() -> impl Strategy<Value = ViewTarget> {
        let lon_lat = (-180.0..=180.0_f64, -85.0..=85.0_f64);
        prop_oneof![
            (lon_lat, 0.0..=20.0_f64).prop_map(|((lon, lat), zoom)| {
                ViewTarget::At(View { center: LonLat::new(lon, lat), zoom })
            }),
            (-180.0..=180.0_f64, -90.0..=90.0_f64, 0.0..=360.0_f64, 0.0..=1.0_f64).prop_map(
                |(west_deg, south_deg, width, share)| {
                    let north_deg = south_deg + (90.0 - south_deg) * share;
                    let bounds = Bounds { west_deg, south_deg, east_deg: west_deg + width, north_deg };
                    ViewTarget::Fit(bounds)
                }
            ),
        ]
    }

    prop_compose! {
        fn state()(
            target in target(), hidden in prop::collection::vec(any::<bool>(), TYPES), text in "\\PC{0,30}|.{0,10}",
            window in prop::option::of((any::<i32>(), 0..5_000_000_i32)),
            selection in prop::option::of(0..8_usize), drawing in 0..3_usize
        ) -> AppState {
            let mut state = fresh();
            match target {
                ViewTarget::At(view) => state.apply(Command::SetView(view)),
                ViewTarget::Fit(bounds) => state.apply(Command::FitBounds(bounds)),
            };
            for (event_type, hidden) in hidden.into_iter().enumerate() {
                state.apply(Command::SetTypeShown { event_type, shown: !hidden });
            }
            state.apply(Command::SetText(text));
            let window_min = window.map(|(first, length)| [first, first.saturating_add(length)]);
            state.apply(Command::SetTimeWindow(window_min));
            selection.map(|index| state.apply(Command::Select(index)));
            state.apply(Command::SetDrawing(Drawing::ALL[drawing]));
            state
        }
    }

    proptest! {
        #[test]
        fn to_copy_a_view_and_to_paste_it_changes_nothing(before in state()) {
            let text = write(&before);
            let after = restored(&text);
            prop_assert_eq!(after.filter(), before.filter());
            prop_assert_eq!(after.selection(), before.selection());
            prop_assert_eq!(after.drawing(), before.drawing());
            prop_assert!(near(after.target(), before.target()), "{} {:?}", text, before.target());
            prop_assert_eq!(after.engine().total(), before.engine().total());
            prop_assert_eq!(write(&after), text.clone(), "and it is written the same again");
            prop_assert!(text.chars().all(|c| c == ' ' || !(c.is_whitespace() || is_hidden(c))));
        }

        #[test]
        fn no_text_panics(text in ".{0,200}|dateline:.{0,60}") {
            let _ = ViewText::read(&text);
        }

        #[test]
        fn whatever_can_be_read_can_be_restored(
            pairs in prop::collection::vec(
                ("(map|fit|types|no-types|text|time|select|draw|more)", "([0-9.,+T:%-]{0,24}|heat|\\PC{0,12})"), 0..6
            )
        ) {
            let pairs: Vec<String> = pairs.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
            let text = format!("dateline:1 {}", pairs.join(" "));
            if let Ok(view) = ViewText::read(&text) {
                let mut state = fresh();
                let resolved = view.resolve(state.dataset(), &Progress::default());
                let _ = resolved.what_is_missing();
                state.apply(Command::RestoreView(Box::new(resolved)));
                let again = read(&write(&state)).resolve(state.dataset(), &Progress::default());
                prop_assert_eq!(&again.filter, state.filter());
            }
        }

        #[test]
        fn every_text_is_escaped_and_read_back(text in any::<String>()) {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['+', '=', ' ', '\'', '"']));
            prop_assert_eq!(unescape(&escaped), Some(text));
        }
    }
}
