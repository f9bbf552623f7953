//! What the reader can take back and do again, and the views that lie behind.
//!
//! A [`Snapshot`] is small: filter, selection and what the map should show. [`History`] keeps those from before each
//! step, so that undo is no more than putting one back. What belongs to one gesture (the map dragged, a word typed, the
//! list run through with a key held down) is one step: changes of one [`Kind`] that follow each other without a pause.
//! The caller says what time it is; where nobody does, the kind alone decides.

use std::collections::VecDeque;

use super::{Command, ViewTarget};
use crate::query::Filter;

/// Changes of one kind that follow each other faster than this are one step, in seconds.
const PAUSE_S: f64 = 0.8;
/// The most steps that are kept; the oldest go first.
const MAX_STEPS: usize = 200;
/// The most views that are kept in either direction.
const MAX_VIEWS: usize = 50;

/// What undo brings back.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Snapshot {
    pub(super) filter: Filter,
    pub(super) selection: Option<usize>,
    pub(super) target: ViewTarget,
}

/// What a change is part of, as far as history cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The map is being moved.
    Move,
    /// A text is being typed.
    Typing,
    /// The window of time is being drawn, or plays.
    Window,
    /// The list is being run through.
    Walk,
    /// The map follows a selection that would lie off the screen.
    Follow,
    /// The reader goes back or forward through views.
    Travel,
    /// A step of its own.
    Single,
}

impl Kind {
    pub(super) fn of(command: &Command) -> Self {
        match command {
            Command::SetView(_) => Self::Move,
            Command::SetText(_) => Self::Typing,
            Command::SetTimeWindow(_)
            | Command::PlayPause
            | Command::AdvancePlayback
            | Command::StepTime(_) => Self::Window,
            Command::SelectNext | Command::SelectPrevious | Command::SelectLater | Command::SelectEarlier => {
                Self::Walk
            }
            Command::FollowSelection(_) => Self::Follow,
            Command::Back | Command::Forward => Self::Travel,
            _ => Self::Single,
        }
    }

    /// Whether the map only passes through views while changes of this kind follow each other.
    fn passes(self) -> bool {
        matches!(self, Self::Move | Self::Follow)
    }
}

/// A step that the reader took.
#[derive(Debug, Clone)]
struct Step {
    before: Snapshot,
    kind: Kind,
    /// When the last change that belongs to it was made.
    at_s: f64,
}

/// The steps that lead here, and those that were taken back.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    past: VecDeque<Step>,
    future: Vec<Snapshot>,
    /// Whether the last step may still grow: nothing was taken back since.
    open: bool,
    views: Views,
}

impl History {
    /// Notes a change that a command of this kind has made.
    pub(super) fn record(&mut self, before: Snapshot, after: &Snapshot, kind: Kind, now_s: f64) {
        if before.target != after.target {
            self.views.leave(before.target, kind, now_s);
        }
        let joins = self.joins(kind, now_s);
        self.future.clear();
        self.open = true;
        if let Some(last) = self.past.back_mut().filter(|_| joins) {
            last.at_s = now_s;
            // What was moved and moved back has not changed.
            if last.before == *after {
                self.past.pop_back();
                self.open = false;
            }
            return;
        }
        if self.past.len() == MAX_STEPS {
            self.past.pop_front();
        }
        self.past.push_back(Step { before, kind, at_s: now_s });
    }

    /// Whether a change is part of the last step.
    fn joins(&self, kind: Kind, now_s: f64) -> bool {
        self.open
            && self.past.back().is_some_and(|last| match kind {
                Kind::Single | Kind::Travel => false,
                Kind::Follow => true,
                _ => last.kind == kind && now_s - last.at_s < PAUSE_S,
            })
    }

    /// What was before the last step.
    pub(super) fn undo(&mut self, now: Snapshot) -> Option<Snapshot> {
        self.rest();
        let step = self.past.pop_back()?;
        self.future.push(now);
        Some(step.before)
    }

    /// What was before the last undo.
    pub(super) fn redo(&mut self, now: Snapshot) -> Option<Snapshot> {
        self.rest();
        let after = self.future.pop()?;
        self.past.push_back(Step { before: now, kind: Kind::Single, at_s: 0.0 });
        Some(after)
    }

    /// What comes next is a step of its own, and the present view one at which the reader stayed.
    fn rest(&mut self) {
        self.open = false;
        self.views.moved = None;
    }

    pub(super) fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    pub(super) fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// The views behind and ahead.
    pub(super) fn views(&self) -> &Views {
        &self.views
    }

    /// The views behind and ahead, to go there.
    pub(super) fn views_mut(&mut self) -> &mut Views {
        &mut self.views
    }
}

/// The views at which the reader stayed.
#[derive(Debug, Clone, Default)]
pub(super) struct Views {
    behind: VecDeque<ViewTarget>,
    ahead: Vec<ViewTarget>,
    /// How and when the present view was reached.
    moved: Option<(Kind, f64)>,
}

impl Views {
    /// Notes that a view was left. One that the map only passed through is not kept.
    fn leave(&mut self, view: ViewTarget, kind: Kind, now_s: f64) {
        let reached = self.moved.replace((kind, now_s));
        if kind == Kind::Travel {
            return;
        }
        self.ahead.clear();
        let passing =
            kind.passes() && reached.is_some_and(|(kind, at_s)| kind.passes() && now_s - at_s < PAUSE_S);
        if passing || self.behind.back() == Some(&view) {
            return;
        }
        if self.behind.len() == MAX_VIEWS {
            self.behind.pop_front();
        }
        self.behind.push_back(view);
    }

    /// The view before, which is now the present one. Views equal to the present one (undo may lead there, too) are
    /// passed over.
    pub(super) fn back(&mut self, now: ViewTarget) -> Option<ViewTarget> {
        let at = self.behind.iter().rposition(|view| *view != now)?;
        self.behind.truncate(at + 1);
        self.ahead.push(now);
        self.behind.pop_back()
    }

    /// The view from which the reader last went back.
    pub(super) fn forward(&mut self, now: ViewTarget) -> Option<ViewTarget> {
        let at = self.ahead.iter().rposition(|view| *view != now)?;
        self.ahead.truncate(at + 1);
        self.behind.push_back(now);
        self.ahead.pop()
    }

    pub(super) fn can_go_back(&self, now: ViewTarget) -> bool {
        self.behind.iter().any(|view| *view != now)
    }

    pub(super) fn can_go_forward(&self, now: ViewTarget) -> bool {
        self.ahead.iter().any(|view| *view != now)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::geo::LonLat;
    use crate::state::{AppState, View};
    use crate::testing::{dataset_of, incident_at};

    fn state() -> AppState {
        let incidents = (0..6).map(|n| incident_at(&format!("i{n}"), n % 3, 30.0 + n as f64, 50.0)).collect();
        AppState::new(Arc::new(dataset_of(3, incidents)))
    }

    fn view(lon_deg: f64) -> View {
        View { center: LonLat::new(lon_deg, 50.0), zoom: 5.0 }
    }

    fn undo_all(state: &mut AppState) -> usize {
        let mut steps = 0;
        while state.can_undo() {
            state.apply(Command::Undo);
            steps += 1;
        }
        steps
    }

    #[test]
    fn filter_selection_and_view_are_taken_back_one_by_one_and_done_again() {
        let mut state = state();
        let start = state.snapshot();
        state.apply(Command::SetTypeShown { event_type: 1, shown: false });
        state.apply(Command::Select(3));
        state.apply(Command::SetView(view(10.0)));
        let end = state.snapshot();
        state.apply(Command::Undo);
        assert_eq!((state.target(), state.selection()), (start.target, Some(3)));
        state.apply(Command::Undo);
        assert_eq!((state.selection(), state.engine().total()), (None, 4));
        state.apply(Command::Undo);
        assert_eq!((state.snapshot(), state.engine().total()), (start, 6));
        assert!(!state.can_undo());
        for _ in 0..3 {
            state.apply(Command::Redo);
        }
        assert_eq!((state.snapshot(), state.can_redo()), (end, false));
    }

    #[test]
    fn a_gesture_is_one_step_and_a_pause_ends_it() {
        let mut state = state();
        for n in 0..50 {
            state.set_time(f64::from(n) * 0.02);
            state.apply(Command::SetView(view(f64::from(n))));
        }
        state.set_time(5.0);
        state.apply(Command::SetView(view(60.0)));
        state.apply(Command::SetText("t".to_owned()));
        state.apply(Command::SetText("te".to_owned()));
        state.apply(Command::Undo);
        assert_eq!(state.filter().text(), "");
        state.apply(Command::Undo);
        assert_eq!(state.target(), ViewTarget::At(view(49.0)));
        assert_eq!(undo_all(&mut state), 1);
    }

    #[test]
    fn what_changes_nothing_leaves_no_step_and_what_comes_back_to_the_start_neither() {
        let mut state = state();
        state.apply(Command::Select(99));
        state.apply(Command::ShowAllTypes);
        state.apply(Command::Undo);
        state.apply(Command::Redo);
        assert!(!state.can_undo() && !state.can_redo());
        state.apply(Command::SetText("a".to_owned()));
        state.apply(Command::SetText(String::new()));
        assert!(!state.can_undo());
    }

    #[test]
    fn what_is_done_after_an_undo_takes_the_place_of_what_was_taken_back() {
        let mut state = state();
        state.apply(Command::Select(0));
        state.apply(Command::Select(1));
        state.apply(Command::Undo);
        state.apply(Command::Select(2));
        assert!(!state.can_redo());
        state.apply(Command::Undo);
        assert_eq!(state.selection(), Some(0));
    }

    #[test]
    fn the_map_that_follows_a_selection_goes_back_with_it() {
        let mut state = state();
        let start = state.snapshot();
        state.apply(Command::Select(0));
        state.set_time(30.0);
        state.apply(Command::FollowSelection(view(30.0)));
        state.apply(Command::Undo);
        assert_eq!(state.snapshot(), start);
    }

    #[test]
    fn back_and_forward_move_only_the_view_and_skip_what_the_map_passed_through() {
        let mut state = state();
        let start = state.target();
        for n in 0..20 {
            state.set_time(f64::from(n) * 0.02);
            state.apply(Command::SetView(view(f64::from(n))));
        }
        state.set_time(10.0);
        state.apply(Command::Select(2));
        state.apply(Command::GoToSelection);
        let close = state.target();
        state.apply(Command::Back);
        assert_eq!((state.target(), state.selection()), (ViewTarget::At(view(19.0)), Some(2)));
        state.apply(Command::Back);
        assert_eq!((state.target(), state.can_go_back()), (start, false));
        state.apply(Command::Forward);
        state.apply(Command::Forward);
        assert_eq!((state.target(), state.can_go_forward()), (close, false));
        state.apply(Command::Back);
        state.apply(Command::FitShown);
        assert!(!state.can_go_forward());
        state.apply(Command::Back);
        assert_eq!(state.target(), ViewTarget::At(view(19.0)));
    }

    #[test]
    fn views_that_undo_has_brought_back_are_passed_over() {
        let mut state = state();
        state.apply(Command::SetView(view(1.0)));
        state.apply(Command::Undo);
        assert!(!state.can_go_back());
        state.apply(Command::Redo);
        assert!(state.can_go_back());
    }

    #[test]
    fn no_more_steps_and_views_are_kept_than_said() {
        let mut state = state();
        for n in 0..1000 {
            state.set_time(f64::from(n) * 10.0);
            state.apply(Command::SetView(view(f64::from(n) / 10.0)));
        }
        let behind = state.history.views.behind.len();
        assert_eq!((behind, undo_all(&mut state)), (MAX_VIEWS, MAX_STEPS));
    }

    fn command() -> impl Strategy<Value = Command> {
        prop_oneof![
            (0..8usize).prop_map(Command::Select),
            Just(Command::ClearSelection),
            Just(Command::SelectNext),
            Just(Command::SelectPrevious),
            Just(Command::SelectLater),
            Just(Command::SelectEarlier),
            (0..4usize, any::<bool>())
                .prop_map(|(event_type, shown)| Command::SetTypeShown { event_type, shown }),
            (0..4usize).prop_map(Command::ShowOnlyType),
            "[i0-9 ]{0,3}".prop_map(Command::SetText),
            Just(Command::ResetFilter),
            Just(Command::RevealSelection),
            Just(Command::FitShown),
            Just(Command::GoToSelection),
            (0..5u8).prop_map(|lon| Command::SetView(view(f64::from(lon)))),
            (0..5u8).prop_map(|lon| Command::FollowSelection(view(f64::from(lon)))),
            Just(Command::Undo),
            Just(Command::Redo),
            Just(Command::Back),
            Just(Command::Forward),
        ]
    }

    proptest! {
        #[test]
        fn undoing_all_gives_the_start_and_redoing_all_the_end(
            commands in prop::collection::vec((command(), 0.0..1.0_f64), 0..120)
        ) {
            let mut state = state();
            let start = state.snapshot();
            let mut now_s = 0.0;
            for (command, pause_s) in commands {
                now_s += pause_s;
                state.set_time(now_s);
                state.apply(command);
            }
            while state.can_redo() {
                state.apply(Command::Redo);
            }
            let (end, shown) = (state.snapshot(), state.engine().page(0, usize::MAX));
            let steps = undo_all(&mut state);
            prop_assert_eq!(&state.snapshot(), &start);
            for _ in 0..steps {
                prop_assert!(state.can_redo());
                state.apply(Command::Redo);
            }
            prop_assert!(!state.can_redo());
            prop_assert_eq!((&state.snapshot(), &state.engine().page(0, usize::MAX)), (&end, &shown));
        }
    }
}
