//! What commands do to the window of time: it is set, stepped and played.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::playback::{self, PlaybackMode};
use super::{AppState, Command, ZoneChoice};
use crate::model::IncidentTime;
use crate::query::bins::Times;
use crate::query::clock::{Clock, on_clock};
use crate::query::span_min;

impl AppState {
    /// Carries out a command that is about time.
    pub(super) fn change_time(&mut self, command: &Command) {
        match *command {
            Command::SetTimeWindow(window_min) => {
                self.set_window(window_min.filter(|[first, last]| first <= last));
            }
            Command::PlayPause => self.play_or_pause(),
            Command::AdvancePlayback => self.advance(),
            Command::StepTime(steps) => self.step_time(steps),
            Command::SetSpeed(speed) => {
                self.playback.begin_anew();
                self.playback.speed = Some(speed);
            }
            Command::SetPlaybackMode(mode) => {
                self.playback.begin_anew();
                self.playback.mode = mode;
            }
            Command::SetZone(choice) => {
                self.zone_choice = choice;
                self.set_clock();
                self.refresh();
            }
            _ => {}
        }
    }

    /// Reads times off the clocks of the zone that is chosen. One axis has one zone: if all have the same one of their own,
    /// that, else UTC.
    pub(super) fn set_clock(&mut self) {
        let columns = self.engine.columns();
        self.zone = match self.zone_choice {
            ZoneChoice::Own => columns.common_zone().cloned().unwrap_or(TimeZone::UTC),
            ZoneChoice::Utc => TimeZone::UTC,
            ZoneChoice::Local => TimeZone::try_system().unwrap_or(TimeZone::UTC),
        };
        self.clock = Clock::new(columns, &self.zone).map(Arc::new);
        self.times = self.clock.as_ref().map_or_else(|| columns.times(), |clock| clock.times());
    }

    /// The first and the last minute of a time on the timeline's clock.
    #[must_use]
    pub fn span_on_clock(&self, time: &IncidentTime) -> [i32; 2] {
        on_clock(span_min(time), &self.zone)
    }

    fn set_window(&mut self, window_min: Option<[i32; 2]>) {
        if self.filter.window_min() != window_min {
            self.filter.set_window_min(window_min);
            self.refresh();
        }
    }

    fn play_or_pause(&mut self) {
        if self.playback.is_playing() {
            self.playback.stop();
            return;
        }
        let Some(times) = self.times else { return };
        let (present, mode) = (self.filter.window_min(), self.playback.mode);
        let first_min = self.end_window(times, true);
        let window_min = playback::window_to_start(present, mode, first_min, times.axis());
        self.set_window(Some(window_min));
        self.playback.start(window_min, self.now_s);
    }

    fn advance(&mut self) {
        let Some(axis_min) = self.time_axis() else { return };
        let (present, speed) = (self.filter.window_min(), self.speed());
        let window_min = self.playback.advance(present, axis_min, speed, self.now_s);
        if window_min.is_some() {
            self.set_window(window_min);
        }
    }

    /// The step of the calendar in which the first incident lies, or the last one. It may begin before the axis: it is a
    /// whole month, or whatever the step is.
    fn end_window(&self, times: Times, at_start: bool) -> [i32; 2] {
        let (step, minute) = (self.speed().step(), times.span_min[usize::from(!at_start)]);
        [step.floor(minute), step.next(minute).saturating_sub(1)]
    }

    /// Steps go on for as long as there are incidents ahead, and never turn a window round.
    fn step_time(&mut self, steps: i32) {
        let Some(times) = self.times.filter(|_| steps != 0) else { return };
        self.playback.stop();
        let Some([first, last]) = self.filter.window_min() else {
            self.set_window(Some(self.end_window(times, steps > 0)));
            return;
        };
        let moves = self.playback.mode == PlaybackMode::Moves;
        let [earliest, latest] = times.span_min;
        let is_ahead = if steps > 0 { last < latest } else { !moves || first > earliest };
        let shift = |minute: i32| self.speed().step().shift(minute, steps);
        // The end is stepped as the first minute that is not part of the window, so that months stay whole.
        let last = shift(last.saturating_add(1)).saturating_sub(1);
        let first = if moves { shift(first) } else { first };
        if is_ahead && first <= last && first <= latest && last >= earliest {
            self.set_window(Some([first, last]));
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::model::Moment;
    use crate::query::dates::span_text;
    use crate::state::Speed;
    use crate::testing::{dataset_of, incident_at};

    /// An incident on the first of every month of 2020 and 2021.
    fn state() -> AppState {
        let incidents = (0..24i8).map(|n| {
            let mut incident = incident_at(&format!("i{n}"), 0, 30.0, 50.0);
            let start = Moment::Day(date(2020 + i16::from(n / 12), n % 12 + 1, 1));
            incident.time.as_mut().unwrap().start = start;
            incident
        });
        let mut state = AppState::new(Arc::new(dataset_of(1, incidents.collect())));
        state.apply(Command::SetSpeed(Speed::Month));
        state
    }

    fn shown(state: &AppState) -> (String, usize) {
        let window = state.filter().window_min();
        let text = window.map_or(String::new(), span_text);
        (text, state.engine().total())
    }

    #[test]
    fn a_window_shows_what_touches_it_and_a_reversed_one_everything() {
        let mut state = state();
        state.apply(Command::StepTime(1));
        assert_eq!(shown(&state), ("Jan 2020".to_owned(), 1));
        state.apply(Command::SetTimeWindow(Some([5, 4])));
        assert_eq!(shown(&state), (String::new(), 24));
    }

    #[test]
    fn steps_go_month_by_month_and_stop_at_the_ends() {
        let mut state = state();
        for text in ["Jan 2020", "Feb 2020", "Mar 2020"] {
            state.apply(Command::StepTime(1));
            assert_eq!(shown(&state), (text.to_owned(), 1));
        }
        for _ in 0..5 {
            state.apply(Command::StepTime(-1));
        }
        assert_eq!(shown(&state).0, "Jan 2020");
        state.apply(Command::SetPlaybackMode(PlaybackMode::Grows));
        state.apply(Command::StepTime(2));
        assert_eq!(shown(&state), ("1 Jan 2020 – 31 Mar 2020".to_owned(), 3));
        state.apply(Command::SetTimeWindow(None));
        state.apply(Command::StepTime(-1));
        assert_eq!(shown(&state).1, 1, "back from the end");
    }

    #[test]
    fn a_window_plays_to_the_end_and_then_rests() {
        let mut state = state();
        state.set_time(10.0);
        state.apply(Command::PlayPause);
        assert_eq!(shown(&state).0, "Jan 2020");
        let axis = state.time_axis().unwrap();
        for frame in 1..=400 {
            state.set_time(10.0 + f64::from(frame) * 0.1);
            state.apply(Command::AdvancePlayback);
        }
        assert!(!state.playback().is_playing());
        assert_eq!(state.filter().window_min().unwrap()[1], axis[1] - 1);
        state.apply(Command::Undo);
        assert_eq!((state.filter().window_min(), state.can_undo()), (None, false), "playing is one step");
    }

    #[test]
    fn a_window_that_the_reader_moves_plays_on_from_there() {
        let mut state = state();
        state.apply(Command::PlayPause);
        let axis = state.time_axis().unwrap();
        let moved = [axis[0] + 500_000, axis[0] + 510_000];
        state.apply(Command::SetTimeWindow(Some(moved)));
        state.set_time(0.1);
        state.apply(Command::AdvancePlayback);
        let first = state.filter().window_min().unwrap()[0];
        assert!(state.playback().is_playing() && (moved[0]..moved[0] + 10_000).contains(&first));
        state.apply(Command::ResetFilter);
        state.apply(Command::AdvancePlayback);
        assert!(!state.playback().is_playing(), "without a window nothing plays");
    }

    #[test]
    fn dragging_a_window_is_one_step_to_take_back() {
        let mut state = state();
        for n in 0..20 {
            state.set_time(f64::from(n) * 0.05);
            state.apply(Command::SetTimeWindow(Some([0, 1000 + n])));
        }
        state.apply(Command::Undo);
        assert_eq!((state.filter().window_min(), state.can_undo()), (None, false));
        state.apply(Command::Redo);
        assert_eq!(state.filter().window_min(), Some([0, 1019]));
    }

    #[test]
    fn revealing_an_incident_clears_a_window_only_if_that_hides_it() {
        let mut state = state();
        state.apply(Command::StepTime(1));
        state.apply(Command::Select(0));
        state.apply(Command::RevealSelection);
        assert_eq!(shown(&state).0, "Jan 2020");
        state.apply(Command::Select(5));
        state.apply(Command::RevealSelection);
        assert_eq!(shown(&state), (String::new(), 24));
    }

    #[test]
    fn without_incidents_there_is_no_time_to_play() {
        let mut state = AppState::new(Arc::new(dataset_of(0, Vec::new())));
        for command in [Command::PlayPause, Command::StepTime(1), Command::AdvancePlayback] {
            state.apply(command);
        }
        assert!(state.time_axis().is_none() && !state.playback().is_playing());
        assert_eq!(state.filter().window_min(), None);
    }
}
