//! A view as a text that can be handed on: where the map stands, what is filtered, the window of time, the selection and
//! how incidents are drawn.
//!
//! ```text
//! dateline:1 map=51.53,34.05,8.5 types=drone_strike+raid time=2024-03-01..2024-03-12 select=tetkino draw=heat
//!
//! view  = "dateline:1" *( space key "=" value )      space is any white space, keys come in any order and once each
//! value = item *( "+" item )                         "+" only in lists; "types=" shows none at all
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
//! | `time` | first and last day or minute of the timeline, `2024-03-01..2024-03-02T17:59` | whenever |
//! | `zone` | whose clocks these are: `utc`, `local` for those of the computer | the incidents' own |
//! | `status` | `unverified`, `claimed`, `contested`, `stated-by-officials`, `corroborated` | any |
//! | `precision` | how exactly the place is known at least: `exact`, `settlement`, `district`, `region` | however little |
//! | `country`, `region`, `source`, `tag` | values of which incidents must have one, as the dataset writes them | any |
//! | `within` | west, south, east, north: the rectangle in which markers must stand | anywhere |
//! | `in-view` | `yes`: only what stands in the map's view is listed | everything is |
//! | `select` | id of the incident that is open | none is |
//! | `draw` | `clusters`, `points` or `heat` | stays |
//!
//! Numbers have as many decimals as it takes for no one to see a difference. A key that is not known belongs to a newer
//! version; the rest is restored and the reader is told. A value that cannot be read spoils the whole text: it was not
//! written by Dateline. Nothing is longer than [`MAX_BYTES`].

mod lookup;
mod values;

use std::collections::BTreeSet;

pub use self::lookup::Resolved;
use self::values::{
    escape, name_of, read_bounds, read_list, read_precision, read_status, read_view, read_window, unescape,
    write_bounds, write_exact_bounds, write_list, write_precision, write_status, write_view, write_window,
};
use super::{AppState, Drawing, ViewTarget, ZoneChoice};
use crate::model::{Status, is_hidden};
use crate::query::{Field, Filter};

/// What every view begins with, up to the number of its grammar.
const SCHEME: &str = "dateline:";
/// The grammar that is written and read.
const VERSION: &str = "1";
/// What stands for a condition that needs no more words.
const YES: &str = "yes";
/// Longer texts are neither written nor read.
pub const MAX_BYTES: usize = 32_768;

/// A view, in words that mean the same whatever dataset is open.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ViewText {
    /// What the map shows.
    target: Option<ViewTarget>,
    types: Types,
    /// All of the filter but the event types, whose numbers are the dataset's.
    filter: Filter,
    /// Id of the incident that is open.
    selected: Option<String>,
    drawing: Option<Drawing>,
    /// The zone of the window of time.
    zone: Option<ZoneChoice>,
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
        // Which files are hidden is not handed on: what they are called is the reader's own.
        let mut without_types = filter.clone();
        for layer in filter.hidden_layers() {
            without_types.set_layer_shown(*layer, true);
        }
        (0..state.dataset().event_types.len()).for_each(|n| without_types.set_type_shown(n, true));
        Self {
            target: Some(state.target()),
            types,
            filter: without_types,
            selected: state.selected().map(|incident| incident.id.clone()),
            drawing: Some(state.drawing()),
            zone: filter.window_min().map(|_| state.zone_choice()),
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
        for (key, value) in self.conditions() {
            pair(key, value);
        }
        if let Some(id) = &self.selected {
            pair("select", escape(id));
        }
        if let Some(drawing) = self.drawing {
            pair("draw", name_of(drawing).to_owned());
        }
        if text.len() > MAX_BYTES { Err(ViewTextError::TooLong) } else { Ok(text) }
    }

    /// The conditions of the filter as pairs, each only where it holds.
    fn conditions(&self) -> Vec<(&'static str, String)> {
        let filter = &self.filter;
        let statuses: Vec<Status> = filter.chosen_statuses().collect();
        let statuses = statuses.into_iter().map(write_status).collect::<Vec<_>>().join("+");
        let text = Some(filter.text()).filter(|text| !text.is_empty()).map(escape);
        let before = [
            ("text", text),
            ("time", filter.window_min().map(write_window)),
            ("zone", self.zone.and_then(write_zone).map(str::to_owned)),
            ("status", Some(statuses).filter(|names| !names.is_empty())),
            ("precision", filter.at_least().map(write_precision)),
        ];
        let values = filter.all_chosen().map(|(field, chosen)| (key_of(field), write_list(chosen)));
        let after = [
            ("within", filter.rectangle().map(write_exact_bounds)),
            ("in-view", filter.in_view().then(|| YES.to_owned())),
        ];
        let held = |(key, value): (&'static str, Option<String>)| value.map(|value| (key, value));
        let values = values.filter(|(_, list)| !list.is_empty());
        before.into_iter().filter_map(held).chain(values).chain(after.into_iter().filter_map(held)).collect()
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
            "types" if value.is_empty() => self.types = Types::Only(Vec::new()),
            "types" => self.types = Types::Only(read_list(value)?),
            "no-types" => self.types = Types::Without(read_list(value)?),
            "select" => self.selected = Some(unescape(value).filter(|id| !id.is_empty())?),
            "draw" => self.drawing = Some(Drawing::ALL.into_iter().find(|it| name_of(*it) == value)?),
            key => return self.take_condition(key, value),
        }
        Some(())
    }

    fn take_condition(&mut self, key: &str, value: &str) -> Option<()> {
        let filter = &mut self.filter;
        match key {
            "text" => filter.set_text(unescape(value)?),
            "time" => filter.set_window_min(Some(read_window(value)?)),
            "zone" => {
                let known = |zone: &ZoneChoice| write_zone(*zone) == Some(value);
                self.zone = Some(ZoneChoice::ALL.into_iter().find(known)?);
            }
            "status" => {
                for name in value.split('+') {
                    filter.choose_status(read_status(name)?, true);
                }
            }
            "precision" => filter.set_at_least(Some(read_precision(value)?)),
            "within" => filter.set_rectangle(Some(read_bounds(value)?)),
            "in-view" => (value == YES).then(|| filter.set_in_view(true))?,
            key => match Field::ALL.into_iter().find(|field| key_of(*field) == key) {
                Some(field) => read_list(value)?.iter().for_each(|value| filter.choose(field, value, true)),
                None => self.unknown.push(key.to_owned()),
            },
        }
        Some(())
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
        // Minutes of the window mean nothing without their clock.
        let own = self.filter.window_min().map(|_| ZoneChoice::Own);
        if let Some(zone) = view.zone.or(own).filter(|zone| *zone != self.zone_choice) {
            self.zone_choice = zone;
            self.set_clock();
        }
        self.refresh();
    }
}

/// How a zone is written; the usual one is not.
fn write_zone(zone: ZoneChoice) -> Option<&'static str> {
    match zone {
        ZoneChoice::Own => None,
        ZoneChoice::Utc => Some("utc"),
        ZoneChoice::Local => Some("local"),
    }
}

fn key_of(field: Field) -> &'static str {
    match field {
        Field::Country => "country",
        Field::Region => "region",
        Field::Source => "source",
        Field::Tag => "tag",
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::geo::{Bounds, LonLat};
    use crate::model::{Precision, Source};
    use crate::progress::Progress;
    use crate::query::{PRECISIONS, STATUSES};
    use crate::state::Command;
    use crate::state::view::{View, WORLD_SIZE_AT_ZOOM_0};
    use crate::testing::{dataset_of, incident_at};

    const TYPES: usize = 6;
    const VALUES: [&str; 4] = ["oil", "Курск + %", "a=b", "…"];

    fn fresh() -> AppState {
        let incidents = (0..8).map(|n| {
            let mut incident = incident_at(&format!("Село {n}+%"), n % TYPES, 30.0 + n as f64, 50.0);
            incident.tags = vec![VALUES[n % VALUES.len()].to_owned()];
            let publisher = VALUES[n / 2 % VALUES.len()].to_owned();
            incident.sources = vec![Arc::new(Source { publisher, ..Source::default() })];
            incident
        });
        AppState::new(Arc::new(dataset_of(TYPES, incidents.collect())))
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
            "status=sure",
            "precision=roughly",
            "within=1,2,3",
            "in-view=no",
            "tag=",
            "tag=a++b",
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
        let mut filter = Filter::default();
        filter.set_text(long);
        assert_eq!(ViewText { filter, ..ViewText::default() }.write(), Err(ViewTextError::TooLong));
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

    type Conditions = ([bool; 5], Option<Precision>, Option<Bounds>, bool, Vec<(usize, usize)>);

    fn conditions() -> impl Strategy<Value = Conditions> {
        let rectangle = (-180.0..=180.0_f64, -90.0..=0.0_f64, -180.0..=180.0_f64, 0.0..=90.0_f64).prop_map(
            |(west_deg, south_deg, east_deg, north_deg)| Bounds { west_deg, south_deg, east_deg, north_deg },
        );
        let values = prop::collection::vec((0..Field::ALL.len(), 0..=VALUES.len()), 0..4);
        let at_least = prop::option::of(prop::sample::select(PRECISIONS.to_vec()));
        (any::<[bool; 5]>(), at_least, prop::option::of(rectangle), any::<bool>(), values)
    }

    prop_compose! {
        fn state()(
            target in target(), hidden in prop::collection::vec(any::<bool>(), TYPES), text in "\\PC{0,30}|.{0,10}",
            window in prop::option::of((any::<i32>(), 0..5_000_000_i32)),
            selection in prop::option::of(0..8_usize), drawing in 0..3_usize, zone in 0..3_usize,
            (statuses, at_least, rectangle, in_view, values) in conditions()
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
            state.apply(Command::SetZone(ZoneChoice::ALL[zone]));
            state.apply(Command::SetTimeWindow(window_min));
            selection.map(|index| state.apply(Command::Select(index)));
            state.apply(Command::SetDrawing(Drawing::ALL[drawing]));
            for (status, chosen) in STATUSES.into_iter().zip(statuses) {
                state.apply(Command::ChooseStatus { status, chosen });
            }
            state.apply(Command::SetAtLeast(at_least));
            state.apply(Command::SetRectangle(rectangle));
            state.apply(Command::ListView(in_view));
            for (field, value) in values {
                let value = VALUES.get(value).map_or("Nobody's", |it| it).to_owned();
                state.apply(Command::ChooseValue { field: Field::ALL[field], value, chosen: true });
            }
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
            if before.filter().window_min().is_some() {
                prop_assert_eq!(after.zone_choice(), before.zone_choice());
            }
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
                ("(map|fit|types|no-types|text|time|zone|select|draw|status|precision|tag|country|within|in-view|more)", "([0-9.,+T:%-]{0,24}|heat|yes|utc|claimed|\\PC{0,12})"), 0..6
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
