//! What the program remembers from one run to the next: the window, its panels and looks, the files that were open,
//! and of each dataset what was shown of it.
//!
//! [`Settings`] is the plain data, [`text`] how it stands in a file and what can be saved of a damaged one, [`disk`]
//! where the file is and how it is replaced without ever being half there, [`keeper`] the thread that writes it.
//!
//! Nothing of what a file says is believed: `Settings::checked` takes out whatever cannot be.

pub mod disk;
pub mod keeper;
pub mod text;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::geo::{Bounds, LonLat};
use crate::model::{Precision, Status};
use crate::query::{Chosen, Field, SortBy};
use crate::state::maps::{MAX_MAP_FILES, MAX_OWN_MAPS};
use crate::state::{
    AppState, Command, Drawing, LabelLanguage, MapChoice, PlaybackMode, TextSize, ThemeChoice, View,
    ViewTarget, ZoneChoice,
};
use crate::tiles::{Agreed, CustomMap, Provider};

/// How many files the program remembers.
pub const MAX_RECENT: usize = 10;
/// How many datasets the program remembers something of.
pub const MAX_DATASETS: usize = 50;
/// How many sets of columns the program remembers the meaning of.
pub const MAX_COLUMNS: usize = 50;
/// The key of the dataset that comes with the program.
pub const BUNDLED: &str = "bundled";

/// The longest key, path or id that is believed, in bytes.
const MAX_TEXT_BYTES: usize = 4096;
/// The longest text of a filter, in characters: what the field takes.
const MAX_FILTER_CHARS: usize = 200;
/// The most chosen values of a dataset that are believed.
const MAX_VALUES: usize = 1000;
/// The most hidden event types of a dataset that are believed.
const MAX_HIDDEN: usize = 1000;

/// All that is remembered. The order of the fields is that of the file, where each has a line of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
// Each is an entry of its own in the file.
#[allow(clippy::struct_excessive_bools)]
pub struct Settings {
    /// The version of the file's format: see [`text::VERSION`].
    pub version: u32,
    /// Width and height of the window's inside while it is not maximised, in points without text size.
    pub window_size_pt: Option<[f32; 2]>,
    /// Left and top of the window's frame, in points without text size; `None` where the desktop does not say.
    pub window_position_pt: Option<[f32; 2]>,
    /// Whether the window fills its screen.
    pub window_maximized: bool,
    /// Whether the sidebar is open.
    pub left_panel_open: bool,
    /// Its width in points; `None` is the usual one.
    pub left_panel_width_pt: Option<f32>,
    /// Whether the detail panel is open.
    pub right_panel_open: bool,
    /// Its width in points; `None` is the usual one.
    pub right_panel_width_pt: Option<f32>,
    /// Whether the timeline is open.
    pub timeline_open: bool,
    /// What becomes of a window of time while it plays.
    pub playback_mode: PlaybackMode,
    /// The zone of times of day.
    pub zone: ZoneChoice,
    /// Light or dark; `None` follows the system.
    pub theme: Option<ThemeChoice>,
    /// What lies under the markers.
    pub map: MapChoice,
    /// Online maps of one's own.
    pub own_maps: Vec<CustomMap>,
    /// Files of maps, the last one first.
    pub map_files: Vec<PathBuf>,
    /// The servers of maps that may be asked.
    pub map_servers: Agreed,
    /// How incidents are drawn.
    pub drawing: Drawing,
    /// By what the list is sorted.
    pub list_order: SortBy,
    /// Whether the list holds only what stands in the map's view.
    pub list_in_view: bool,
    /// The language of the map's labels.
    pub label_language: LabelLanguage,
    /// How large text is, in percent of the usual size.
    pub text_size_percent: u16,
    /// Whether things move as little as can be; `None` follows the system.
    pub reduced_motion: Option<bool>,
    /// Files that were opened, the newest first.
    pub recent_files: Vec<PathBuf>,
    /// What was said about the columns of tables, the last one first.
    pub columns: Vec<ColumnsMemory>,
    /// What was shown of each dataset, the last one first.
    pub datasets: Vec<DatasetMemory>,
}

/// What was said about the columns of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnsMemory {
    /// Their names, with tabs between them.
    pub(crate) columns: String,
    /// What they mean, as `--map` takes it.
    pub(crate) mapping: String,
}

/// What was shown of a dataset. Everything is named by id: indices change with the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetMemory {
    /// The file's canonical path, or [`BUNDLED`].
    pub(crate) key: String,
    /// Where the map stood; `None` where it was fitted to all incidents.
    #[serde(default)]
    pub(crate) view: Option<PlaceMemory>,
    /// Ids of the event types that were hidden.
    #[serde(default)]
    pub(crate) hidden_types: Vec<String>,
    /// The text of the filter.
    #[serde(default)]
    pub(crate) text: String,
    /// First and last minute, since 1970 on the timeline's clock, of the time that was shown; `None` for all.
    #[serde(default)]
    pub(crate) window_min: Option<[i32; 2]>,
    /// The statuses that were chosen.
    #[serde(default)]
    pub(crate) statuses: Vec<Status>,
    /// How exactly positions had to be known at least.
    #[serde(default)]
    pub(crate) at_least: Option<Precision>,
    /// The values that were chosen, by their text.
    #[serde(default)]
    pub(crate) values: Vec<(Field, String)>,
    /// The box in which markers had to stand: west, south, east and north in degrees.
    #[serde(default)]
    pub(crate) rectangle_deg: Option<[f64; 4]>,
    /// Id of the incident that was selected.
    #[serde(default)]
    pub(crate) selection: Option<String>,
}

/// Where the map stood.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum PlaceMemory {
    /// At this centre and zoom.
    At { lon_deg: f64, lat_deg: f64, zoom: f64 },
    /// Fitted to this box.
    Fit { west_deg: f64, south_deg: f64, east_deg: f64, north_deg: f64 },
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: text::VERSION,
            window_size_pt: None,
            window_position_pt: None,
            window_maximized: false,
            left_panel_open: true,
            left_panel_width_pt: None,
            right_panel_open: true,
            right_panel_width_pt: None,
            timeline_open: true,
            playback_mode: PlaybackMode::default(),
            zone: ZoneChoice::default(),
            theme: None,
            map: MapChoice::default(),
            own_maps: Vec::new(),
            map_files: Vec::new(),
            map_servers: Agreed::default(),
            drawing: Drawing::default(),
            list_order: SortBy::default(),
            list_in_view: false,
            label_language: LabelLanguage::default(),
            text_size_percent: TextSize::default().percent(),
            reduced_motion: None,
            recent_files: Vec::new(),
            columns: Vec::new(),
            datasets: Vec::new(),
        }
    }
}

impl Settings {
    /// Puts a file first among the recent ones. A path that cannot be written down is not remembered.
    pub fn note_opened(&mut self, file: &Path) {
        if file.to_str().is_some_and(|text| text.len() <= MAX_TEXT_BYTES) {
            self.recent_files.retain(|other| other != file);
            self.recent_files.insert(0, file.to_owned());
            self.recent_files.truncate(MAX_RECENT);
        }
    }

    /// What was said about the columns of tables, as their names and the mapping, the last one last.
    #[must_use]
    pub fn mappings(&self) -> Vec<(String, String)> {
        self.columns.iter().rev().map(|it| (it.columns.clone(), it.mapping.clone())).collect()
    }

    /// Remembers what was said about columns. Names that are too long are not remembered.
    pub fn note_columns(&mut self, columns: String, mapping: String) {
        if is_good(&columns) && is_good(&mapping) {
            self.columns.retain(|other| other.columns != columns);
            self.columns.insert(0, ColumnsMemory { columns, mapping });
            self.columns.truncate(MAX_COLUMNS);
        }
    }

    /// What was shown of a dataset when it was last open.
    #[must_use]
    pub fn of_dataset(&self, key: &str) -> Option<&DatasetMemory> {
        self.datasets.iter().find(|memory| memory.key == key)
    }

    /// Counts a dataset as the one that was open last.
    pub fn touch_dataset(&mut self, key: &str) {
        if let Some(at) = self.datasets.iter().position(|memory| memory.key == key) {
            self.datasets[..=at].rotate_right(1);
        }
    }

    /// Remembers what is shown of a dataset, and forgets that of which was open longest ago. What could not be read again
    /// is not remembered.
    pub fn remember_dataset(&mut self, memory: DatasetMemory) {
        self.datasets.retain(|other| other.key != memory.key);
        if memory.says_anything() && memory.can_be() {
            self.datasets.insert(0, memory);
            self.datasets.truncate(MAX_DATASETS);
        }
    }

    /// Remembers what has changed of what is shown of a dataset; of the rest, what is remembered already stays.
    pub fn remember_changes(&mut self, before: &DatasetMemory, now: DatasetMemory) {
        let kept = self.of_dataset(&now.key).cloned();
        let mut kept = kept.unwrap_or_else(|| DatasetMemory::empty(now.key.clone()));
        kept.take_changes(before, now);
        self.remember_dataset(kept);
    }

    /// These settings without what cannot be, and how many entries that were.
    #[must_use]
    pub(crate) fn checked(mut self) -> (Self, usize) {
        let mut lost = 0;
        let mut check = |good: bool| {
            lost += usize::from(!good);
            good
        };
        self.window_size_pt = self.window_size_pt.filter(|size| check(within(size, 100.0..=32_768.0)));
        self.window_position_pt =
            self.window_position_pt.filter(|position| check(within(position, -65_536.0..=65_536.0)));
        for width in [&mut self.left_panel_width_pt, &mut self.right_panel_width_pt] {
            *width = width.filter(|width| check(within(&[*width], 50.0..=4096.0)));
        }
        if !check((50..=400).contains(&self.text_size_percent)) {
            self.text_size_percent = TextSize::default().percent();
        }
        self.recent_files.retain(|file| check(is_good_path(file)));
        self.recent_files.truncate(MAX_RECENT);
        if !check(can_be_map(&self.map)) {
            self.map = MapChoice::default();
        }
        self.own_maps.retain(|map| check(Provider::custom(map).is_ok()));
        self.own_maps.truncate(MAX_OWN_MAPS);
        self.map_files.retain(|file| check(is_good_path(file)));
        self.map_files.truncate(MAX_MAP_FILES);
        self.columns.retain(|memory| check(is_good(&memory.columns) && is_good(&memory.mapping)));
        self.columns.truncate(MAX_COLUMNS);
        self.datasets.retain(|memory| check(memory.can_be()));
        self.datasets.truncate(MAX_DATASETS);
        (self, lost)
    }
}

fn is_good_path(file: &Path) -> bool {
    !file.as_os_str().is_empty() && file.as_os_str().len() <= MAX_TEXT_BYTES
}

fn can_be_map(map: &MapChoice) -> bool {
    match map {
        MapChoice::File(file) => is_good_path(file),
        MapChoice::Own(_) => map.provider().is_some(),
        MapChoice::Embedded | MapChoice::Plain | MapChoice::Online(_) => true,
    }
}

fn within(numbers: &[f32], range: std::ops::RangeInclusive<f32>) -> bool {
    numbers.iter().all(|number| range.contains(number))
}

/// The key under which a dataset is remembered: the canonical path of its file, or [`BUNDLED`] for none. `None` where
/// the path cannot be written down.
#[must_use]
pub fn dataset_key(file: Option<&Path>) -> Option<String> {
    let Some(file) = file else { return Some(BUNDLED.to_owned()) };
    let canonical = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    canonical.to_str().filter(|text| text.len() <= MAX_TEXT_BYTES).map(str::to_owned)
}

impl DatasetMemory {
    /// Nothing but what a dataset shows that was just opened.
    fn empty(key: String) -> Self {
        Self {
            key,
            view: None,
            hidden_types: Vec::new(),
            text: String::new(),
            window_min: None,
            statuses: Vec::new(),
            at_least: None,
            values: Vec::new(),
            rectangle_deg: None,
            selection: None,
        }
    }

    /// Takes over what is unlike before.
    fn take_changes(&mut self, before: &Self, now: Self) {
        let Self {
            key: _,
            view,
            hidden_types,
            text,
            window_min,
            statuses,
            at_least,
            values,
            rectangle_deg,
            selection,
        } = now;
        if view != before.view {
            self.view = view;
        }
        if hidden_types != before.hidden_types {
            self.hidden_types = hidden_types;
        }
        if text != before.text {
            self.text = text;
        }
        if window_min != before.window_min {
            self.window_min = window_min;
        }
        if statuses != before.statuses {
            self.statuses = statuses;
        }
        if at_least != before.at_least {
            self.at_least = at_least;
        }
        if values != before.values {
            self.values = values;
        }
        if rectangle_deg != before.rectangle_deg {
            self.rectangle_deg = rectangle_deg;
        }
        if selection != before.selection {
            self.selection = selection;
        }
    }

    /// What is shown now.
    #[must_use]
    pub fn of(key: String, state: &AppState) -> Self {
        let (dataset, filter) = (state.dataset(), state.filter());
        let hidden = dataset.event_types.iter().enumerate().filter(|(n, _)| !filter.shows_type(*n));
        let hidden = hidden.map(|(_, event_type)| &event_type.id).filter(|id| is_good(id));
        let of_field = |(field, values): (Field, &Chosen)| {
            values.iter().map(move |text| (field, text.clone())).collect::<Vec<_>>()
        };
        let values = filter.all_chosen().flat_map(of_field);
        let view = match state.target() {
            target if target == state.everything() => None,
            ViewTarget::At(View { center, zoom }) => {
                Some(PlaceMemory::At { lon_deg: center.lon_deg, lat_deg: center.lat_deg, zoom })
            }
            ViewTarget::Fit(Bounds { west_deg, south_deg, east_deg, north_deg }) => {
                Some(PlaceMemory::Fit { west_deg, south_deg, east_deg, north_deg })
            }
        };
        Self {
            key,
            view,
            hidden_types: hidden.take(MAX_HIDDEN).cloned().collect(),
            text: Some(filter.text()).filter(|text| is_typed(text)).unwrap_or_default().to_owned(),
            window_min: filter.window_min(),
            statuses: filter.chosen_statuses().collect(),
            at_least: filter.at_least(),
            values: values.filter(|(_, text)| is_good(text)).take(MAX_VALUES).collect(),
            rectangle_deg: filter
                .rectangle()
                .map(|it| [it.west_deg, it.south_deg, it.east_deg, it.north_deg]),
            selection: state.selected().map(|incident| incident.id.clone()).filter(|id| is_good(id)),
        }
    }

    /// The commands that bring a fresh state back to what was shown. What the dataset has no longer is left out.
    #[must_use]
    pub fn commands(&self, state: &AppState) -> Vec<Command> {
        let dataset = state.dataset();
        let hidden = self.hidden_types.iter().filter_map(|id| dataset.event_type_index(id));
        let mut commands: Vec<Command> =
            hidden.map(|event_type| Command::SetTypeShown { event_type, shown: false }).collect();
        if !self.text.is_empty() {
            commands.push(Command::SetText(self.text.clone()));
        }
        if self.window_min.is_some() {
            commands.push(Command::SetTimeWindow(self.window_min));
        }
        commands.extend(self.statuses.iter().map(|&status| Command::ChooseStatus { status, chosen: true }));
        commands.extend(self.at_least.map(|precision| Command::SetAtLeast(Some(precision))));
        commands.extend(self.values.iter().map(|(field, value)| Command::ChooseValue {
            field: *field,
            value: value.clone(),
            chosen: true,
        }));
        commands.extend(self.rectangle_deg.map(|edges| Command::SetRectangle(Some(bounds_of(edges)))));
        let selected = self.selection.as_ref().and_then(|id| dataset.incident_index(id));
        commands.extend(selected.map(Command::Select));
        commands.extend(self.view.map(|view| match view.target() {
            ViewTarget::At(view) => Command::SetView(view),
            ViewTarget::Fit(bounds) => Command::FitBounds(bounds),
        }));
        commands
    }

    /// Whether anything is unlike a dataset that was just opened.
    fn says_anything(&self) -> bool {
        self.view.is_some()
            || !self.hidden_types.is_empty()
            || !self.text.is_empty()
            || self.window_min.is_some()
            || !self.statuses.is_empty()
            || self.at_least.is_some()
            || !self.values.is_empty()
            || self.rectangle_deg.is_some()
            || self.selection.is_some()
    }

    fn can_be(&self) -> bool {
        is_good(&self.key)
            && self.hidden_types.len() <= MAX_HIDDEN
            && self.hidden_types.iter().chain(&self.selection).all(|id| is_good(id))
            && is_typed(&self.text)
            && self.values.len() <= MAX_VALUES
            && self.values.iter().all(|(_, text)| is_good(text))
            && self.rectangle_deg.is_none_or(|edges| bounds_of(edges).is_valid())
            && self.window_min.is_none_or(|[first, last]| first <= last)
            && self.view.is_none_or(PlaceMemory::can_be)
    }
}

fn bounds_of([west_deg, south_deg, east_deg, north_deg]: [f64; 4]) -> Bounds {
    Bounds { west_deg, south_deg, east_deg, north_deg }
}

impl PlaceMemory {
    fn target(self) -> ViewTarget {
        match self {
            Self::At { lon_deg, lat_deg, zoom } => {
                ViewTarget::At(View { center: LonLat::new(lon_deg, lat_deg), zoom })
            }
            Self::Fit { west_deg, south_deg, east_deg, north_deg } => {
                ViewTarget::Fit(Bounds { west_deg, south_deg, east_deg, north_deg })
            }
        }
    }

    fn can_be(self) -> bool {
        match self.target() {
            ViewTarget::At(view) => view.center.is_valid() && (0.0..=View::MAX_ZOOM).contains(&view.zoom),
            ViewTarget::Fit(bounds) => bounds.is_valid(),
        }
    }
}

/// Whether a key or an id is one that is believed.
fn is_good(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_TEXT_BYTES
}

/// Whether a filter's text is one that can be typed.
fn is_typed(text: &str) -> bool {
    text.chars().count() <= MAX_FILTER_CHARS
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::text::{Parsed, parse, write};
    use super::*;
    use crate::testing::{dataset_of, incident_at};

    /// Incidents on both sides of the antimeridian; an incident and an event type whose ids are too long to be kept.
    fn state() -> AppState {
        let long = "x".repeat(MAX_TEXT_BYTES + 1);
        let incidents = vec![
            incident_at("a", 0, 178.0, -17.0),
            incident_at("b", 1, -172.0, -13.0),
            incident_at(&long, 2, 179.0, 60.0),
        ];
        let mut dataset = dataset_of(3, incidents);
        dataset.event_types[2].id = long;
        AppState::new(Arc::new(dataset))
    }

    #[test]
    fn times_are_in_their_own_zone_unless_a_file_says_otherwise() {
        for (text, zone) in [
            ("(version: 1)", ZoneChoice::Own),
            ("(version: 1, zone: Utc)", ZoneChoice::Utc),
            ("(version: 1, zone: Local)", ZoneChoice::Local),
        ] {
            let Parsed::Whole(settings) = parse(text.as_bytes()) else { panic!("{text} is whole") };
            assert_eq!(settings.zone, zone, "{text}");
        }
    }

    fn command() -> impl Strategy<Value = Command> {
        let number = || prop_oneof![9 => -400.0..400.0_f64, 1 => prop::num::f64::ANY];
        prop_oneof![
            (number(), number(), -3.0..30.0_f64).prop_map(|(lon_deg, lat_deg, zoom)| {
                Command::SetView(View { center: LonLat::new(lon_deg, lat_deg), zoom })
            }),
            (number(), number(), number(), number()).prop_map(
                |(west_deg, south_deg, east_deg, north_deg)| {
                    Command::FitBounds(Bounds { west_deg, south_deg, east_deg, north_deg })
                }
            ),
            Just(Command::FitShown),
            (0..4_usize).prop_map(Command::Select),
            Just(Command::GoToSelection),
            (0..4_usize, any::<bool>())
                .prop_map(|(event_type, shown)| Command::SetTypeShown { event_type, shown }),
            "[a-z\"\\\\й ]{0,3}".prop_map(Command::SetText),
            Just(Command::SetText("й".repeat(MAX_FILTER_CHARS + 1))),
            Just(Command::ChooseStatus { status: Status::Contested, chosen: true }),
            Just(Command::SetAtLeast(Some(Precision::District))),
            "[A-Z\"\\\\й ]{0,2}".prop_map(|value| Command::ChooseValue {
                field: Field::Country,
                value,
                chosen: true
            }),
            (number(), number(), number(), number()).prop_map(
                |(west_deg, south_deg, east_deg, north_deg)| {
                    Command::SetRectangle(Some(Bounds { west_deg, south_deg, east_deg, north_deg }))
                }
            ),
            Just(Command::Undo),
        ]
    }

    /// The settings that remember a state, and what a file says in which they were written.
    fn written(state: &AppState) -> (Settings, Parsed) {
        let mut settings = Settings::default();
        settings.remember_dataset(DatasetMemory::of("/data/a.ron".to_owned(), state));
        let text = write(&settings).unwrap();
        (settings, parse(text.as_bytes()))
    }

    #[test]
    fn a_box_across_the_antimeridian_is_remembered() {
        let mut state = state();
        state.apply(Command::SetTypeShown { event_type: 2, shown: false });
        state.apply(Command::FitShown);
        let fiji = state.target();
        assert!(matches!(fiji, ViewTarget::Fit(bounds) if bounds.west_deg > bounds.east_deg));
        let (settings, parsed) = written(&state);
        let Parsed::Whole(read) = parsed else { panic!("{parsed:?}") };
        assert_eq!(read, settings);
        let view = read.of_dataset("/data/a.ron").and_then(|memory| memory.view);
        assert_eq!(view.map(PlaceMemory::target), Some(fiji));
    }

    #[test]
    fn ids_and_texts_too_long_to_be_read_again_are_left_out_and_the_rest_is_kept() {
        let mut state = state();
        for command in [
            Command::SetTypeShown { event_type: 1, shown: false },
            Command::SetTypeShown { event_type: 2, shown: false },
            Command::Select(2),
            Command::SetText("x".repeat(MAX_FILTER_CHARS + 1)),
        ] {
            state.apply(command);
        }
        let (settings, _) = written(&state);
        let memory = settings.of_dataset("/data/a.ron").unwrap();
        assert_eq!(memory.hidden_types, ["type1"]);
        assert!(memory.selection.is_none() && memory.text.is_empty());
    }

    proptest! {
        #[test]
        fn whatever_was_done_the_settings_that_are_written_are_read_again_as_a_whole(
            commands in prop::collection::vec(command(), 0..12)
        ) {
            let mut state = state();
            for command in commands {
                state.apply(command);
            }
            let memory = DatasetMemory::of("/data/a.ron".to_owned(), &state);
            prop_assert!(memory.can_be(), "nothing of it has to be dropped: {:?}", memory);
            let (settings, parsed) = written(&state);
            prop_assert_eq!(parsed, Parsed::Whole(settings));
        }
    }
}
