//! The window of time that plays: where it is after so long, how fast it goes, and whether it moves or grows.
//!
//! Where a window is follows from where it began and how long it has played, never from where it was a frame ago: so
//! nothing is lost to rounding, however uneven the frames.

use serde::{Deserialize, Serialize};

use crate::query::bins::{Step, Times};

/// A frame counts for no longer than this, in seconds: a window that was out of sight goes on where it was.
const LONGEST_FRAME_S: f64 = 0.25;

/// How much time passes while a window plays, each second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Speed {
    /// An hour a second.
    Hour,
    /// A day a second.
    Day,
    /// A week a second.
    Week,
    /// A month a second.
    Month,
    /// A year a second.
    Year,
    /// Ten years a second.
    Decade,
}

impl Speed {
    /// All speeds, the slowest first.
    pub const ALL: [Self; 6] = [Self::Hour, Self::Day, Self::Week, Self::Month, Self::Year, Self::Decade];

    /// The slowest one that plays all of them within about two minutes. Hours say nothing where only days are known.
    #[must_use]
    pub fn for_times(times: Times) -> Self {
        const MOST_S: f64 = 130.0;
        let length_min = f64::from(times.span_min[1]) - f64::from(times.span_min[0]);
        let in_time = |speed: &&Self| {
            length_min <= MOST_S * speed.step().mean_min() && (times.by_minute || **speed != Self::Hour)
        };
        Self::ALL.iter().find(in_time).copied().unwrap_or(Self::Decade)
    }

    /// What passes in a second, and what a single step is.
    #[must_use]
    pub fn step(self) -> Step {
        match self {
            Self::Hour => Step::HOUR,
            Self::Day => Step::Day,
            Self::Week => Step::Week,
            Self::Month => Step::MONTH,
            Self::Year => Step::YEAR,
            Self::Decade => Step::DECADE,
        }
    }
}

/// What becomes of the window while it plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum PlaybackMode {
    /// Both its ends move on.
    #[default]
    Moves,
    /// Its beginning stays, its end moves on.
    Grows,
}

impl PlaybackMode {
    /// Both, in the order of the menu.
    pub const ALL: [Self; 2] = [Self::Moves, Self::Grows];
}

/// Whether a window plays, and how.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Playback {
    /// What the reader has chosen; otherwise the dataset's span decides.
    pub(super) speed: Option<Speed>,
    pub(super) mode: PlaybackMode,
    run: Option<Run>,
}

/// A window that plays.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Run {
    /// Where it began.
    start_min: [i32; 2],
    /// For how long it has played since.
    elapsed_s: f64,
    /// When that was last counted.
    seen_s: f64,
    /// Where it is now, unless somebody else has moved it.
    window_min: [i32; 2],
}

impl Playback {
    /// Whether a window plays.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.run.is_some()
    }

    /// What becomes of the window while it plays.
    #[must_use]
    pub fn mode(&self) -> PlaybackMode {
        self.mode
    }

    /// Begins to play a window.
    pub(super) fn start(&mut self, window_min: [i32; 2], now_s: f64) {
        self.run = Some(Run { start_min: window_min, elapsed_s: 0.0, seen_s: now_s, window_min });
    }

    pub(super) fn stop(&mut self) {
        self.run = None;
    }

    /// Counts from here: speed or mode are others now.
    pub(super) fn begin_anew(&mut self) {
        if let Some(run) = &mut self.run {
            (run.start_min, run.elapsed_s) = (run.window_min, 0.0);
        }
    }

    /// Where the window is by now, of which the present one is given: the reader may have moved it meanwhile. Stops at the
    /// end of the axis, and where there is no window any more.
    pub(super) fn advance(
        &mut self,
        present_min: Option<[i32; 2]>,
        axis_min: [i32; 2],
        speed: Speed,
        now_s: f64,
    ) -> Option<[i32; 2]> {
        let mut run = self.run.take()?;
        let present_min = present_min?;
        if present_min != run.window_min {
            run = Run { start_min: present_min, elapsed_s: 0.0, window_min: present_min, ..run };
        }
        run.elapsed_s += (now_s - run.seen_s).clamp(0.0, LONGEST_FRAME_S);
        run.seen_s = now_s;
        let (window_min, has_arrived) =
            window_after(run.start_min, self.mode, speed, run.elapsed_s, axis_min[1]);
        run.window_min = window_min;
        self.run = Some(run).filter(|_| !has_arrived);
        Some(window_min)
    }
}

/// Where a window is that began at `start_min` and has played so long, and whether it has come to the end: `end_min` is
/// the first minute after the axis.
#[must_use]
pub fn window_after(
    start_min: [i32; 2],
    mode: PlaybackMode,
    speed: Speed,
    elapsed_s: f64,
    end_min: i32,
) -> ([i32; 2], bool) {
    let room = (i64::from(end_min) - 1 - i64::from(start_min[1])).max(0);
    let way = (speed.step().mean_min() * elapsed_s.max(0.0)) as i64;
    let by = way.min(room);
    let moved = |minute: i32| (i64::from(minute) + by) as i32;
    let first = if mode == PlaybackMode::Moves { moved(start_min[0]) } else { start_min[0] };
    ([first, moved(start_min[1])], way >= room)
}

/// The window from which to play: the present one, unless it is at the end already; then, or where there is none, one at
/// the beginning.
#[must_use]
pub(super) fn window_to_start(
    present_min: Option<[i32; 2]>,
    mode: PlaybackMode,
    first_min: [i32; 2],
    axis_min: [i32; 2],
) -> [i32; 2] {
    let Some([first, last]) = present_min else { return first_min };
    if i64::from(last) + 1 < i64::from(axis_min[1]) {
        return [first, last];
    }
    let width = i64::from(last) - i64::from(first);
    let axis_width = i64::from(axis_min[1]) - i64::from(axis_min[0]) - 1;
    if width >= axis_width {
        return first_min;
    }
    match mode {
        PlaybackMode::Moves => [axis_min[0], (i64::from(axis_min[0]) + width) as i32],
        PlaybackMode::Grows => {
            let unit = i64::from(first_min[1]) - i64::from(first_min[0]);
            [first, (i64::from(first) + unit.min(width)) as i32]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_window_moves_or_grows_and_stops_at_the_end() {
        let day = 1440;
        let after = |mode, seconds| window_after([0, day - 1], mode, Speed::Day, seconds, 10 * day);
        assert_eq!(after(PlaybackMode::Moves, 2.5), ([2 * day + day / 2, 3 * day + day / 2 - 1], false));
        assert_eq!(after(PlaybackMode::Grows, 2.5), ([0, 3 * day + day / 2 - 1], false));
        assert_eq!(after(PlaybackMode::Moves, 99.0), ([9 * day, 10 * day - 1], true));
        assert_eq!(after(PlaybackMode::Grows, 99.0), ([0, 10 * day - 1], true));
        assert_eq!(
            window_after([5, 20 * day], PlaybackMode::Moves, Speed::Year, 1.0, 10 * day),
            ([5, 20 * day], true)
        );
    }

    #[test]
    fn the_speed_follows_the_span() {
        let speed = |days: i32| Speed::for_times(Times { span_min: [0, days * 1440], by_minute: true });
        let found = [1, 30, 365, 2922, 36_500, 730_000].map(speed);
        let expected = [Speed::Hour, Speed::Day, Speed::Week, Speed::Month, Speed::Year, Speed::Decade];
        assert_eq!(found, expected);
        assert_eq!(Speed::for_times(Times { span_min: [0, 1439], by_minute: false }), Speed::Day);
    }

    #[test]
    fn playing_begins_where_the_window_is_or_from_the_beginning() {
        let (axis, first) = ([0, 1000], [0, 9]);
        let start = |present, mode| window_to_start(present, mode, first, axis);
        assert_eq!(start(None, PlaybackMode::Moves), [0, 9]);
        assert_eq!(start(Some([40, 59]), PlaybackMode::Moves), [40, 59]);
        assert_eq!(start(Some([980, 999]), PlaybackMode::Moves), [0, 19], "as wide as before");
        assert_eq!(start(Some([400, 999]), PlaybackMode::Grows), [400, 409]);
        assert_eq!(start(Some([0, 999]), PlaybackMode::Moves), [0, 9]);
    }

    proptest! {
        #[test]
        fn uneven_frames_lead_where_even_ones_do(frames in prop::collection::vec(0.001..0.2_f64, 1..200), grows in any::<bool>()) {
            let mut playback = Playback { mode: if grows { PlaybackMode::Grows } else { PlaybackMode::Moves }, ..Playback::default() };
            let (start, axis) = ([100, 1539], [0, 100_000_000]);
            playback.start(start, 50.0);
            let (mut now, mut window) = (50.0, start);
            for frame in &frames {
                now += frame;
                window = playback.advance(Some(window), axis, Speed::Week, now).unwrap();
            }
            let expected = window_after(start, playback.mode, Speed::Week, now - 50.0, axis[1]).0;
            prop_assert!((window[1] - expected[1]).abs() <= 1 && (window[0] - expected[0]).abs() <= 1);
        }
    }
}
