//! Everything that a user can do, and what it does to the state.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::tz::TimeZone;

use super::area;
use super::history::{Kind, Snapshot};
use super::view_text::{Resolved, ViewText};
use super::{
    AppState, Drawing, Found, LabelLanguage, MapChoice, MapShelf, OpenFile, PlaybackMode, Speed, TextSize,
    ThemeChoice, View, ViewTarget, ZoneChoice,
};
use crate::geo::Bounds;
pub use crate::model::may_open;
use crate::model::{ColorBy, Dataset, Precision, Status, UNKNOWN_SPAN_MIN};
use crate::query::{Bitmap, Criteria, Field, Filter, SortBy, text_matches};
use crate::t;
use crate::tiles::CustomMap;

/// Something that a user does. Indices refer to the open dataset; one that does not exist changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Opens this incident.
    Select(usize),
    /// Closes the open incident.
    ClearSelection,
    /// Opens the next incident of the list, the first if none is open.
    SelectNext,
    /// Opens the previous incident of the list, the last if none is open.
    SelectPrevious,
    /// Selects the incident that comes next in time, whatever the list's order.
    SelectLater,
    /// Selects the incident that comes last before in time.
    SelectEarlier,
    /// Shows or hides the incidents of one event type.
    SetTypeShown {
        /// Index of the event type.
        event_type: usize,
        /// Whether its incidents are shown.
        shown: bool,
    },
    /// Shows the incidents of this event type and hides all others.
    ShowOnlyType(usize),
    /// Shows all event types.
    ShowAllTypes,
    /// Hides all event types.
    HideAllTypes,
    /// Chooses a status, or chooses it no longer: of the chosen ones an incident must have one.
    ChooseStatus {
        /// The status.
        status: Status,
        /// Whether it is chosen.
        chosen: bool,
    },
    /// Shows only incidents whose position is known at least so exactly; `None`: however little.
    SetAtLeast(Option<Precision>),
    /// Chooses a value of a field, or chooses it no longer: of the chosen ones of each field an incident must have one.
    ChooseValue {
        /// The field.
        field: Field,
        /// The value as the dataset writes it.
        value: String,
        /// Whether it is chosen.
        chosen: bool,
    },
    /// Shows only incidents whose markers stand in this box; `None`: everywhere.
    SetRectangle(Option<Bounds>),
    /// Finds out which values incidents have in common, for the reader to choose from.
    GatherValues,
    /// Shows only incidents that contain these words.
    SetText(String),
    /// Shows only incidents that touch the time from a first to a last minute of the timeline; `None`: whenever.
    SetTimeWindow(Option<[i32; 2]>),
    /// Plays the window of time, or stops it.
    PlayPause,
    /// Moves a window that plays to where it is by now: once in every frame.
    AdvancePlayback,
    /// Moves the window of time by so many steps: what passes in a second while it plays. One that grows moves its end.
    StepTime(i32),
    /// Chooses how fast the window plays.
    SetSpeed(Speed),
    /// Chooses what becomes of the window while it plays.
    SetPlaybackMode(PlaybackMode),
    /// Chooses the zone of all times of day.
    SetZone(ZoneChoice),
    /// Shows everything.
    ResetFilter,
    /// Changes the filter just as far as needed for the selected incident to be shown.
    RevealSelection,
    /// Fits the map to what the filter shows, or to everything if it shows nothing.
    FitShown,
    /// Brings the selected incident into the middle of the map, close enough to see its surroundings.
    GoToSelection,
    /// Fits the map to this box.
    FitBounds(Bounds),
    /// Moves the map.
    SetView(View),
    /// Moves the map to a selection that would lie off the screen.
    FollowSelection(View),
    /// Looks up what a view names that was handed on, and then restores it.
    OpenView(Box<ViewText>),
    /// Restores a view that was handed on and looked up.
    RestoreView(Box<Resolved>),
    /// Takes the last change of filter, selection or view back.
    Undo,
    /// Does again what was taken back.
    Redo,
    /// Goes to the view before.
    Back,
    /// Goes to the view from which the reader went back.
    Forward,
    /// Chooses light or dark.
    SetTheme(ThemeChoice),
    /// Chooses what lies under the markers. An online map whose servers were not agreed to yet becomes a question.
    SetMap(MapChoice),
    /// Agrees that the servers of the map in question are asked, and chooses it.
    AgreeToMap,
    /// Does not.
    DeclineMap,
    /// Adds an online map of one's own, in place of that of the same name, and chooses it.
    AddOwnMap(CustomMap),
    /// Forgets a map of one's own, or a file.
    RemoveMap(MapChoice),
    /// Takes back what was agreed to about servers.
    ForgetAgreements,
    /// Brings back what is remembered of maps.
    RestoreMaps(Box<MapShelf>),
    /// Chooses how incidents are drawn.
    SetDrawing(Drawing),
    /// Chooses the order of the list. Distances are measured from the map's centre as it is now.
    SortList(SortBy),
    /// Chooses whether only what stands in the map's view is listed and counted.
    ListView(bool),
    /// Chooses the language of the map's own labels.
    SetLabelLanguage(LabelLanguage),
    /// Makes everything one step larger.
    LargerText,
    /// Makes everything one step smaller.
    SmallerText,
    /// Makes everything as large as at first.
    UsualText,
    /// Makes everything as large as the step nearest to so many percent.
    SetTextSize(u16),
    /// Chooses whether things move on their own; `None` follows the system.
    SetReducedMotion(Option<bool>),
    /// Says that the system asks for less motion, or that it does not.
    SystemReducesMotion(bool),
    /// Puts a text on the clipboard.
    Copy(String),
    /// Opens a link in the browser, if it is one that may be opened.
    OpenLink(String),
    /// Asks which file to open.
    AskForFile,
    /// Opens the dataset in this file.
    Open(PathBuf),
    /// Opens these files, each as a layer, as far as they can be read.
    OpenAll(Vec<PathBuf>),
    /// Asks which file to open beside those that are open.
    AskForLayer,
    /// Opens these files beside those that are open.
    AddLayers(Vec<PathBuf>),
    /// Closes one of the files that are open; the last one stays.
    RemoveLayer(usize),
    /// Shows or hides the incidents of one of the files that are open.
    SetLayerShown {
        /// Its place among them.
        layer: usize,
        /// Whether its incidents are shown.
        shown: bool,
    },
    /// Chooses what colours stand for.
    SetColorBy(ColorBy),
    /// Opens the dataset that comes with the program.
    OpenBundled,
    /// Reads the files that are open again.
    Reload,
    /// Stops reading a file: what is open stays.
    CancelLoad,
    /// Shows what became of the rows of the files that are open.
    ShowAccount,
    /// Asks in which format incidents shall be written, and where; or where these rows of the account shall be, which
    /// are named by their places in it.
    AskForExport(Option<Arc<Vec<usize>>>),
}

/// What a command asks the outside world for.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Put this text on the clipboard.
    Copy(String),
    /// Open this http or https address in the browser.
    OpenLink(String),
    /// Ask which file to open: beside those that are open, or in their place.
    AskForFile {
        /// Beside them.
        as_layer: bool,
    },
    /// Read these files and open them in place of those that are open.
    Open(Vec<PathBuf>),
    /// Read these files and open them beside those that are open.
    Add {
        /// What to read.
        files: Vec<PathBuf>,
        /// What is open.
        beside: Vec<OpenFile>,
        /// What colours stand for.
        color_by: ColorBy,
    },
    /// Show just these files of those that are open.
    Arrange {
        /// The files.
        files: Vec<OpenFile>,
        /// What colours stand for.
        color_by: ColorBy,
    },
    /// Open the dataset that comes with the program.
    OpenBundled,
    /// Read these files, which are open, again.
    Reload {
        /// The files with what was read of them before.
        files: Vec<OpenFile>,
        /// What colours stand for.
        color_by: ColorBy,
    },
    /// Stop reading a file.
    CancelLoad,
    /// Show what became of the rows of the files that are open.
    ShowAccount,
    /// Ask in which format incidents shall be written, and where; or where these rows of the account shall be.
    AskForExport(Option<Arc<Vec<usize>>>),
    /// Look up in this dataset what a view names, off the window's thread, and restore it.
    LookUpView {
        /// The dataset that it is about.
        dataset: Arc<Dataset>,
        /// The view.
        view: Box<ViewText>,
    },
    /// Look for the incidents that contain these words, off the window's thread, and hand what is found to
    /// [`AppState::set_found`].
    FindText {
        /// The dataset to look through.
        dataset: Arc<Dataset>,
        /// The words, in lower case.
        words: Vec<String>,
    },
}

/// Up to so much text is looked through at once, in bytes; more would be felt in a frame.
pub(super) const SEARCHED_AT_ONCE_BYTES: usize = 1_000_000;

impl AppState {
    /// Carries out one command and returns what it asks the outside world for. What it changes of filter, selection and
    /// view can be taken back.
    pub fn apply(&mut self, command: Command) -> Option<Effect> {
        let restored = match command {
            Command::Undo => self.history.undo(self.snapshot()),
            Command::Redo => self.history.redo(self.snapshot()),
            _ => {
                let (kind, before) = (Kind::of(&command), self.snapshot());
                let effect = self.carry_out(command);
                let after = self.snapshot();
                if before != after {
                    self.history.record(before, &after, kind, self.now_s);
                }
                return effect.or_else(|| self.search());
            }
        };
        if let Some(snapshot) = restored {
            self.restore(snapshot);
        }
        self.search()
    }

    /// What has to be looked for, if the filter's text is a new one and the dataset is large.
    fn search(&mut self) -> Option<Effect> {
        let words = self.filter.words();
        if words == self.found.words {
            self.found.searching = None;
            return None;
        }
        if [&self.found.searching, &self.found.crashed].contains(&&Some(words.clone())) {
            return None;
        }
        self.found.searching = Some(words.clone());
        Some(Effect::FindText { dataset: Arc::clone(&self.dataset), words })
    }

    /// Takes in what was found for an [`Effect::FindText`]; nothing happens if something else is wanted by now.
    pub fn set_found(&mut self, dataset: &Arc<Dataset>, words: Vec<String>, incidents: Bitmap) {
        if self.found.searching.as_ref() == Some(&words) && Arc::ptr_eq(dataset, &self.dataset) {
            self.found = Found { words, incidents: Some(Arc::new(incidents)), ..Found::default() };
            self.refresh();
        }
    }

    /// Says that what was asked for by the last [`Effect::FindText`] will never be found. The matches of the text before
    /// stand until another text is wanted.
    pub fn search_crashed(&mut self) {
        self.found.crashed = self.found.searching.take();
    }

    fn go_forward(&mut self) {
        self.target = self.history.views_mut().forward(self.target).unwrap_or(self.target);
    }

    fn go_to_selection(&mut self) {
        // What is known only to an area is all of that area.
        let area = self.selected().and_then(|incident| area::bounds_of(&incident.place));
        let on_map = self.selection.filter(|&index| self.engine.is_on_map(index));
        self.fit(area.or_else(|| self.bounds_of(on_map)));
    }

    fn carry_out(&mut self, command: Command) -> Option<Effect> {
        match command {
            Command::Select(index) if index < self.dataset.incidents.len() => self.selection = Some(index),
            Command::ClearSelection => self.selection = None,
            Command::SelectNext | Command::SelectPrevious => self.step(command == Command::SelectNext),
            Command::SelectLater => self.step_in_time(true),
            Command::SelectEarlier => self.step_in_time(false),
            Command::SetTypeShown { event_type, shown } => {
                self.show_types(|n, before| if n == event_type { shown } else { before });
            }
            Command::ShowOnlyType(event_type) if event_type < self.dataset.event_types.len() => {
                self.show_types(|n, _| n == event_type);
            }
            // Undo and redo are not carried out but put back what was.
            Command::Select(_) | Command::ShowOnlyType(_) | Command::Undo | Command::Redo => {}
            Command::ShowAllTypes => self.show_types(|_, _| true),
            Command::HideAllTypes => self.show_types(|_, _| false),
            Command::SetText(text) => {
                self.filter.set_text(text);
                self.refresh();
            }
            Command::SetLayerShown { layer, shown } => {
                self.filter.set_layer_shown(layer, shown);
                self.refresh();
            }
            Command::ChooseStatus { .. }
            | Command::SetAtLeast(_)
            | Command::ChooseValue { .. }
            | Command::SetRectangle(_)
            | Command::GatherValues => self.change_filter(&command),
            Command::SetTimeWindow(_)
            | Command::PlayPause
            | Command::AdvancePlayback
            | Command::StepTime(_)
            | Command::SetSpeed(_)
            | Command::SetPlaybackMode(_)
            | Command::SetZone(_) => self.change_time(&command),
            Command::ResetFilter => {
                self.filter = Filter::default();
                self.refresh();
            }
            Command::RevealSelection => self.reveal_selection(),
            Command::FitShown => self.target = self.fit_shown(),
            Command::GoToSelection => self.go_to_selection(),
            Command::FitBounds(bounds) => self.fit(Some(bounds)),
            Command::SetView(view) | Command::FollowSelection(view) => {
                self.target = view.within_limits().map_or(self.target, ViewTarget::At);
            }
            Command::OpenView(view) => {
                return Some(Effect::LookUpView { dataset: Arc::clone(&self.dataset), view });
            }
            Command::RestoreView(resolved) => self.restore_view(*resolved),
            Command::Back => self.target = self.history.views_mut().back(self.target).unwrap_or(self.target),
            Command::Forward => self.go_forward(),
            Command::SetTheme(theme) => self.theme = Some(theme),
            Command::SetMap(_)
            | Command::AgreeToMap
            | Command::DeclineMap
            | Command::AddOwnMap(_)
            | Command::RemoveMap(_)
            | Command::ForgetAgreements
            | Command::RestoreMaps(_) => self.change_map(command),
            Command::SetDrawing(drawing) => self.drawing = drawing,
            Command::SortList(by) => self.sort_list(by),
            Command::ListView(in_view) => self.list_view(in_view),
            Command::SetLabelLanguage(language) => self.label_language = language,
            Command::LargerText => self.text_size = self.text_size.larger(),
            Command::SmallerText => self.text_size = self.text_size.smaller(),
            Command::UsualText => self.text_size = TextSize::default(),
            Command::SetTextSize(percent) => self.text_size = TextSize::nearest(percent),
            Command::SetReducedMotion(choice) => self.motion.reduced = choice,
            Command::SystemReducesMotion(reduces) => self.motion.system_reduces = reduces,
            Command::Copy(text) => return Some(Effect::Copy(text)),
            Command::OpenLink(url) => return may_open(&url).then_some(Effect::OpenLink(url)),
            Command::AskForFile => return Some(Effect::AskForFile { as_layer: false }),
            Command::AskForLayer => return Some(Effect::AskForFile { as_layer: true }),
            Command::Open(file) => return Some(Effect::Open(vec![file])),
            Command::OpenAll(files) => return Some(Effect::Open(files)),
            Command::AddLayers(files) => {
                return Some(Effect::Add { files, beside: self.files.clone(), color_by: self.color_by });
            }
            Command::RemoveLayer(layer) => {
                return self.files_without(layer).map(|files| {
                    // A single file has nothing to be told apart from.
                    let color_by = if files.len() > 1 { self.color_by } else { ColorBy::EventType };
                    Effect::Arrange { files, color_by }
                });
            }
            Command::SetColorBy(color_by) => {
                let files = self.files.clone();
                return (color_by != self.color_by).then_some(Effect::Arrange { files, color_by });
            }
            Command::OpenBundled => return Some(Effect::OpenBundled),
            Command::Reload => {
                let (files, color_by) = (self.files.clone(), self.color_by);
                let can_be_read = files.iter().any(|file| file.path.is_some());
                return can_be_read.then_some(Effect::Reload { files, color_by });
            }
            Command::CancelLoad => return Some(Effect::CancelLoad),
            Command::ShowAccount => return Some(Effect::ShowAccount),
            Command::AskForExport(rows) => return Some(Effect::AskForExport(rows)),
        }
        None
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot { filter: self.filter.clone(), selection: self.selection, target: self.target }
    }

    fn restore(&mut self, snapshot: Snapshot) {
        let refilter = self.filter != snapshot.filter;
        Snapshot { filter: self.filter, selection: self.selection, target: self.target } = snapshot;
        if refilter {
            self.refresh();
        }
    }

    /// Answers the filter anew. A text that takes long to look for is answered later; until then the matches of the
    /// text before stand.
    pub(super) fn refresh(&mut self) {
        let words = self.filter.words();
        if words.is_empty() {
            self.found = Found::default();
        } else if words != self.found.words && !self.searches_elsewhere {
            let incidents = text_matches(&self.dataset, &words, &AtomicBool::new(false)).map(Arc::new);
            self.found = Found { words, incidents, ..Found::default() };
        }
        let text = self.with_hidden_layers(self.found.incidents.clone());
        let values = self.value_matches();
        let clock = self.clock.clone();
        self.engine.apply(&Criteria { clock, text, values, ..self.filter.conditions().clone() });
        self.limit_list();
    }

    /// Shows the event types for which `shown` says so; it is told whether each was shown before.
    fn show_types(&mut self, shown: impl Fn(usize, bool) -> bool) {
        for event_type in 0..self.dataset.event_types.len() {
            let before = self.filter.shows_type(event_type);
            self.filter.set_type_shown(event_type, shown(event_type, before));
        }
        self.refresh();
    }

    fn reveal_selection(&mut self) {
        let Some(incident) = self.selected() else { return };
        let span_min = incident.time.as_ref().map_or(UNKNOWN_SPAN_MIN, |time| self.span_on_clock(time));
        let event_type = incident.event_type;
        self.filter.set_type_shown(event_type, true);
        let touches = |window: &[i32; 2]| span_min[0] <= window[1] && window[0] <= span_min[1];
        self.filter.set_window_min(self.filter.window_min().filter(touches));
        self.reveal_by_conditions();
        self.refresh();
        if self.selection_is_hidden() {
            self.filter.set_text(String::new());
            self.refresh();
        }
    }

    /// Fits the map to a box, if there is one that can be.
    fn fit(&mut self, bounds: Option<Bounds>) {
        self.target = bounds.filter(|it| it.is_valid()).map_or(self.target, ViewTarget::Fit);
    }

    fn fit_shown(&self) -> ViewTarget {
        let shown = area::bounds_of_shown(&self.dataset, &self.engine);
        ViewTarget::Fit(shown.unwrap_or(self.everything))
    }

    /// Moves the selection within the list. From an incident that is not in it the neighbour in the list's order is
    /// taken; at either end the selection stays.
    fn step(&mut self, forward: bool) {
        let next = match (self.selection, forward) {
            (None, true) => self.engine.first(),
            (None, false) => self.engine.last(),
            (Some(current), true) => self.engine.shown_after(current),
            (Some(current), false) => self.engine.shown_before(current),
        };
        self.selection = next.or(self.selection);
    }

    /// Place of the selection in the list, counted from 1; `None` when nothing is selected or it is not listed.
    #[must_use]
    pub fn selection_rank(&self) -> Option<usize> {
        self.engine.row_of(self.selection?).map(|row| row + 1)
    }
}

/// The incident as a plain text that can be pasted anywhere. It claims no more than is known about the position. Times of
/// day are those of the zone; for `None`, of their own.
#[must_use]
pub fn incident_text(dataset: &Dataset, index: usize, zone: Option<&TimeZone>) -> Option<String> {
    let incident = dataset.incidents.get(index)?;
    let mut lines = vec![
        incident.title.clone(),
        position_text(dataset, index)?,
        incident.long_time(zone),
        t!("copied-type", label = &dataset.event_types.get(incident.event_type)?.label),
        t!("copied-status", status = incident.status.label()),
        String::new(),
        incident.summary.clone(),
    ];
    lines.extend(incident.claims.iter().map(|claim| {
        let stance = claim.stance.label();
        t!("copied-claim", speaker = &claim.speaker, stance = stance, text = &claim.text)
    }));
    lines.extend(incident.sources.iter().map(|source| t!("copied-source", source = source.to_text())));
    // The last line ends, too.
    lines.push(String::new());
    Some(lines.join("\n"))
}

/// Place and coordinates for the clipboard, with the precision wherever the position only stands in for an area.
#[must_use]
pub fn position_text(dataset: &Dataset, index: usize) -> Option<String> {
    let place = &dataset.incidents.get(index)?.place;
    let coordinates = format!("{:.4}, {:.4}", place.position.lat_deg, place.position.lon_deg);
    Some(if place.precision.is_point() {
        t!("position-point", name = &place.name, coordinates = coordinates)
    } else {
        let area = place.region.as_deref().unwrap_or(&place.name);
        let precision = place.precision.label().to_lowercase();
        t!("position-area", area = area, precision = precision, coordinates = coordinates)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::geo::LonLat;
    use crate::model::Precision;
    use crate::testing::{dataset_of, incident_at};

    fn state() -> AppState {
        let incidents = (0..6).map(|n| incident_at(&format!("i{n}"), n % 3, 30.0 + n as f64, 50.0)).collect();
        AppState::new(Arc::new(dataset_of(3, incidents)))
    }

    #[test]
    fn next_and_previous_walk_the_list_and_stop_at_its_ends() {
        let mut state = state();
        state.apply(Command::SelectPrevious);
        assert_eq!(state.selection(), Some(5));
        state.apply(Command::SelectNext);
        assert_eq!((state.selection(), state.selection_rank()), (Some(5), Some(6)));
        state.apply(Command::Select(1));
        state.apply(Command::SetTypeShown { event_type: 0, shown: false });
        state.apply(Command::SelectNext);
        assert_eq!(state.selection(), Some(2), "3 is hidden");
        state.apply(Command::SelectNext);
        assert_eq!(state.selection(), Some(4));
    }

    #[test]
    fn a_hidden_selection_stays_and_can_be_revealed() {
        let mut state = state();
        state.apply(Command::Select(0));
        state.apply(Command::ShowOnlyType(1));
        state.apply(Command::SetText("i4".to_owned()));
        assert!(state.selection_is_hidden() && state.selection_rank().is_none());
        state.apply(Command::RevealSelection);
        assert!(!state.selection_is_hidden());
        assert!(
            state.filter().shows_type(1) && !state.filter().shows_type(2),
            "no more than needed is changed"
        );
    }

    #[test]
    fn indices_that_do_not_exist_change_nothing() {
        let mut state = state();
        state.apply(Command::Select(99));
        state.apply(Command::SetTypeShown { event_type: 99, shown: false });
        state.apply(Command::ShowOnlyType(99));
        assert!(state.selection().is_none() && state.filter().is_empty());
    }

    #[test]
    fn much_text_is_looked_for_elsewhere_however_few_incidents_it_stands_in() {
        let mut incidents = vec![incident_at("a", 0, 34.0, 51.0), incident_at("b", 0, 34.0, 51.0)];
        let mut state = AppState::new(Arc::new(dataset_of(1, incidents.clone())));
        assert_eq!(state.apply(Command::SetText("a".to_owned())), None);
        incidents[0].summary = "x".repeat(SEARCHED_AT_ONCE_BYTES);
        let mut state = AppState::new(Arc::new(dataset_of(1, incidents)));
        let effect = state.apply(Command::SetText("a".to_owned()));
        assert!(matches!(effect, Some(Effect::FindText { .. })) && state.is_searching());
    }

    #[test]
    fn a_search_that_crashes_ends_and_is_begun_again_only_for_another_text() {
        let mut incident = incident_at("a", 0, 34.0, 51.0);
        incident.summary = "x".repeat(SEARCHED_AT_ONCE_BYTES);
        let mut state = AppState::new(Arc::new(dataset_of(1, vec![incident])));
        assert!(state.apply(Command::SetText("a".to_owned())).is_some());
        state.search_crashed();
        assert!(!state.is_searching());
        assert_eq!(state.apply(Command::Select(0)), None);
        assert!(!state.is_searching());
        let effect = state.apply(Command::SetText("b".to_owned()));
        assert!(matches!(effect, Some(Effect::FindText { .. })) && state.is_searching());
        state.search_crashed();
        state.apply(Command::SetText(String::new()));
        let effect = state.apply(Command::SetText("b".to_owned()));
        assert!(effect.is_some(), "typed anew it is tried anew");
    }

    #[test]
    fn views_beyond_what_the_program_offers_are_brought_back_and_impossible_ones_change_nothing() {
        let mut state = state();
        let view = |lon_deg, zoom| View { center: LonLat::new(lon_deg, 50.0), zoom };
        state.apply(Command::SetView(view(190.0, 21.0)));
        assert_eq!(state.target(), ViewTarget::At(view(-170.0, View::MAX_ZOOM)));
        state.apply(Command::FollowSelection(view(30.0, -1.0)));
        assert_eq!(state.target(), ViewTarget::At(view(30.0, 0.0)));
        state.apply(Command::SetView(view(f64::NAN, 3.0)));
        state.apply(Command::SetView(view(10.0, f64::INFINITY)));
        let bounds = Bounds { west_deg: 10.0, south_deg: f64::NAN, east_deg: 20.0, north_deg: 5.0 };
        state.apply(Command::FitBounds(bounds));
        assert_eq!(state.target(), ViewTarget::At(view(30.0, 0.0)));
    }

    #[test]
    fn going_to_an_incident_that_is_known_only_to_an_area_shows_all_of_the_area() {
        let mut incidents = vec![incident_at("a", 0, 30.0, 50.0), incident_at("b", 0, 31.0, 50.0)];
        incidents[1].place.radius_m = Some(100_000.0);
        let mut state = AppState::new(Arc::new(dataset_of(1, incidents)));
        let mut width_deg = |index: usize| {
            state.apply(Command::Select(index));
            state.apply(Command::GoToSelection);
            let ViewTarget::Fit(bounds) = state.target() else { panic!("{:?}", state.target()) };
            bounds.width_deg()
        };
        assert_eq!(width_deg(0), 0.0);
        assert!(width_deg(1) > 2.5);
    }

    #[test]
    fn only_web_addresses_are_opened() {
        for good in ["https://example.org/water", "http://example.org", "HTTPS://[::1]/"] {
            assert!(may_open(good), "{good}");
        }
        for bad in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://",
            "https:// a",
            "http:/x",
            "https://a\nb",
            "https://exa\u{200B}mple.org",
            "https://example.org/\u{202E}moc",
            "https://example.org/\u{2066}",
            "\u{FEFF}https://example.org",
        ] {
            assert!(!may_open(bad), "{bad}");
        }
        let mut state = state();
        assert_eq!(state.apply(Command::OpenLink("ftp://x".to_owned())), None);
    }

    #[test]
    fn what_is_copied_says_when_only_the_region_is_known() {
        let mut incidents = vec![incident_at("a", 0, 36.5873, 50.5956), incident_at("b", 0, 34.0, 51.0)];
        incidents[0].place.precision = Precision::Region;
        incidents[0].place.region = Some("Belgorod Oblast".to_owned());
        let dataset = dataset_of(1, incidents);
        assert_eq!(
            position_text(&dataset, 0).as_deref(),
            Some("Belgorod Oblast (region only; marker at 50.5956, 36.5873)")
        );
        assert_eq!(position_text(&dataset, 1).as_deref(), Some("Place b (51.0000, 34.0000)"));
        assert!(incident_text(&dataset, 0, None).unwrap().contains("region only"));
    }
}
