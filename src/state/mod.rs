//! What the program knows while it runs, and the one way to change it.
//!
//! [`AppState`] holds the dataset, the filter with its answer, the selection and the view. The window only reads it;
//! everything that a user does becomes a [`Command`], and only [`AppState::apply`] carries it out. What must happen
//! outside (a copy to the clipboard, a link, a file to be read, a long search) comes back as an [`Effect`]. What
//! comes of that is brought in by methods of its own: a dataset by [`AppState::replace_dataset`] or
//! [`AppState::reload_dataset`], the end of a search by [`AppState::set_found`] or [`AppState::search_crashed`]. The
//! window also says what time it is, from which file it began, and where undo begins.

pub mod area;
pub mod comfort;
pub mod command;
mod filtering;
mod history;
pub mod layers;
pub mod likeness;
mod listing;
pub mod maps;
mod opening;
pub mod playback;
mod preview;
mod story;
mod time;
pub mod view;
pub mod view_text;

use std::sync::Arc;

pub use comfort::TextSize;
pub use command::{Command, Effect};
pub use filtering::Counting;
use jiff::tz::TimeZone;
pub use layers::{Arranged, OpenFile};
pub use maps::{MapChoice, MapShelf};
pub use playback::{Playback, PlaybackMode, Speed};
pub use preview::Preview;
use serde::{Deserialize, Serialize};
pub use view::{View, ViewTarget};

use crate::geo::Bounds;
use crate::model::{ColorBy, Dataset, Difference, Held};
use crate::query::bins::Times;
use crate::query::{Bitmap, Clock, Columns, Engine, Filter, has_more_text_than};

/// Light or dark, where the reader has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThemeChoice {
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
}

/// How incidents are drawn on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Drawing {
    /// As markers, and as rings where those would overlap.
    #[default]
    Clusters,
    /// As a small point each.
    Points,
    /// As heat: the more incidents, the stronger the colour.
    Heat,
}

impl Drawing {
    /// All ways, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::Clusters, Self::Points, Self::Heat];
}

/// In which language the map's own labels are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub enum LabelLanguage {
    /// English names.
    #[default]
    English,
    /// Names in the language and script of the place.
    Local,
    /// Russian names where known, else English.
    Russian,
    /// Ukrainian names where known, else English.
    Ukrainian,
}

impl LabelLanguage {
    /// All languages, in the order of the menu.
    pub const ALL: [Self; 4] = [Self::English, Self::Local, Self::Russian, Self::Ukrainian];
}

/// In which zone times of day are said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ZoneChoice {
    /// Each in its own.
    #[default]
    Own,
    /// Universal time.
    Utc,
    /// The zone of the reader's machine.
    Local,
}

impl ZoneChoice {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::Own, Self::Utc, Self::Local];
}

/// Everything the program knows. The window reads it, and changes it by [`AppState::apply`] and the few other methods
/// that bring in what no command of the reader's is.
#[derive(Debug)]
pub struct AppState {
    dataset: Arc<Dataset>,
    files: Vec<OpenFile>,
    color_by: ColorBy,
    difference: Difference,
    preview: Option<Preview>,
    generation: u64,
    /// What the revision had come to when this dataset took its place.
    first_revision: u64,
    filter: Filter,
    engine: Engine,
    /// The box around all incidents, shown or not.
    everything: Bounds,
    /// Whether a text is looked for off the window's thread: the dataset has much to look through.
    searches_elsewhere: bool,
    found: Found,
    selection: Option<usize>,
    target: ViewTarget,
    theme: Option<ThemeChoice>,
    maps: maps::Maps,
    drawing: Drawing,
    label_language: LabelLanguage,
    text_size: TextSize,
    motion: comfort::Motion,
    history: history::History,
    listing: listing::Listing,
    story: story::Story,
    values: filtering::Values,
    times: Option<Times>,
    playback: Playback,
    zone_choice: ZoneChoice,
    /// The zone of the timeline's axis.
    zone: TimeZone,
    /// What the clocks of that zone show; `None`: the columns' own minutes.
    clock: Option<Arc<Clock>>,
    now_s: f64,
}

/// What is known of the incidents that contain the filter's text.
#[derive(Debug, Default)]
struct Found {
    /// The words that were looked for; none: every incident passes.
    words: Vec<String>,
    /// Where they were found, in the dataset's order.
    incidents: Option<Arc<Bitmap>>,
    /// The words that are being looked for.
    searching: Option<Vec<String>>,
    /// The words whose search has crashed: it would do so again.
    crashed: Option<Vec<String>>,
}

impl AppState {
    /// The state at the start: everything shown, nothing selected, the view fitted to all incidents.
    #[must_use]
    pub fn new(dataset: Arc<Dataset>) -> Self {
        let columns = Arc::new(Columns::of(&dataset));
        Self::with_columns(dataset, columns)
    }

    /// The same for a dataset whose columns are there already.
    #[must_use]
    pub fn with_columns(dataset: Arc<Dataset>, columns: Arc<Columns>) -> Self {
        let times = columns.times();
        let engine = Engine::new(columns);
        let everything = area::bounds_of_shown(&dataset, &engine).unwrap_or(View::WORLD);
        let target = ViewTarget::Fit(everything);
        let mut state = Self {
            searches_elsewhere: has_more_text_than(&dataset, command::SEARCHED_AT_ONCE_BYTES),
            files: vec![OpenFile { path: None, dataset: Arc::clone(&dataset) }],
            dataset,
            color_by: ColorBy::default(),
            difference: Difference::default(),
            preview: None,
            generation: 0,
            first_revision: 0,
            filter: Filter::default(),
            engine,
            everything,
            found: Found::default(),
            selection: None,
            target,
            theme: None,
            maps: maps::Maps::default(),
            drawing: Drawing::default(),
            label_language: LabelLanguage::default(),
            text_size: TextSize::default(),
            motion: comfort::Motion::default(),
            history: history::History::default(),
            listing: listing::Listing::default(),
            story: story::Story::default(),
            values: filtering::Values::default(),
            times,
            playback: Playback::default(),
            zone_choice: ZoneChoice::default(),
            zone: TimeZone::UTC,
            clock: None,
            now_s: 0.0,
        };
        state.set_clock();
        if state.clock.is_some() {
            state.refresh();
        }
        state
    }

    /// The dataset that is open.
    #[must_use]
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    /// What the reader asks for.
    #[must_use]
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// What answers every question about the incidents that pass the filter. While a text is being looked for, the
    /// answer is that to the filter before.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether a text is being looked for.
    #[must_use]
    pub fn is_searching(&self) -> bool {
        self.found.searching.is_some()
    }

    /// Grows whenever the engine's answer may have changed: what is derived from it can be kept until then.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.first_revision + self.engine.generation()
    }

    /// Index of the selected incident. It may be hidden by the filter: see [`AppState::selection_is_hidden`].
    #[must_use]
    pub fn selection(&self) -> Option<usize> {
        self.selection
    }

    /// The selected incident.
    #[must_use]
    pub fn selected(&self) -> Option<Held<'_>> {
        self.dataset.incidents.get(self.selection?)
    }

    /// Whether an incident is selected that the filter hides.
    #[must_use]
    pub fn selection_is_hidden(&self) -> bool {
        self.selection.is_some_and(|index| !self.engine.contains(index))
    }

    /// What the map should show.
    #[must_use]
    pub fn target(&self) -> ViewTarget {
        self.target
    }

    /// The view of all incidents, shown or not.
    #[must_use]
    pub fn everything(&self) -> ViewTarget {
        ViewTarget::Fit(self.everything)
    }

    /// Light or dark, if the reader has chosen; otherwise the system decides.
    #[must_use]
    pub fn theme(&self) -> Option<ThemeChoice> {
        self.theme
    }

    /// How incidents are drawn.
    #[must_use]
    pub fn drawing(&self) -> Drawing {
        self.drawing
    }

    /// The language of the map's own labels.
    #[must_use]
    pub fn label_language(&self) -> LabelLanguage {
        self.label_language
    }

    /// How large everything is.
    #[must_use]
    pub fn text_size(&self) -> TextSize {
        self.text_size
    }

    /// Whether nothing should move on its own: as the reader chose, else as the system asks.
    #[must_use]
    pub fn reduced_motion(&self) -> bool {
        self.motion.is_reduced()
    }

    /// What the reader chose about motion; `None` follows the system.
    #[must_use]
    pub fn reduced_motion_choice(&self) -> Option<bool> {
        self.motion.reduced
    }

    /// What is known of the times of all incidents, shown or not, on the timeline's clock; `None` where there are none.
    #[must_use]
    pub fn times(&self) -> Option<Times> {
        self.times
    }

    /// The axis on which all incidents lie, shown or not: its first minute, and the first after it.
    #[must_use]
    pub fn time_axis(&self) -> Option<[i32; 2]> {
        self.times.map(Times::axis)
    }

    /// Whether a window of time plays, and how.
    #[must_use]
    pub fn playback(&self) -> &Playback {
        &self.playback
    }

    /// How fast a window plays: as the reader has chosen, else as the dataset's span suggests.
    #[must_use]
    pub fn speed(&self) -> Speed {
        self.playback.speed.or(self.times.map(Speed::for_times)).unwrap_or(Speed::Day)
    }

    /// In which zone times are, as the reader has chosen.
    #[must_use]
    pub fn zone_choice(&self) -> ZoneChoice {
        self.zone_choice
    }

    /// The zone whose clocks the timeline follows: its minutes, and those of the window of time, are what these show.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The zone in which incidents' times are said; `None`: each in its own.
    #[must_use]
    pub fn text_zone(&self) -> Option<&TimeZone> {
        (self.zone_choice != ZoneChoice::Own).then_some(&self.zone)
    }

    /// Says what time it is, in seconds since any moment: changes that follow each other quickly are taken back together.
    pub fn set_time(&mut self, now_s: f64) {
        self.now_s = now_s;
    }

    /// Forgets what could be taken back: the present state is the start.
    pub fn forget_history(&mut self) {
        self.history = history::History::default();
    }

    /// Whether there is anything to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    /// Whether there is anything to do again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    /// Whether there is a view to go back to.
    #[must_use]
    pub fn can_go_back(&self) -> bool {
        self.history.views().can_go_back(self.target)
    }

    /// Whether there is a view to go forward to.
    #[must_use]
    pub fn can_go_forward(&self) -> bool {
        self.history.views().can_go_forward(self.target)
    }

    /// The box around the given incidents, `None` for none.
    #[must_use]
    pub fn bounds_of(&self, incidents: impl IntoIterator<Item = usize>) -> Option<Bounds> {
        let facts = incidents.into_iter().filter_map(|index| self.dataset.incidents.facts(index));
        Bounds::around(facts.map(|facts| facts.position))
    }
}
