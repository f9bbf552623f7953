//! The window of time as the reader takes hold of it: what a drag, a click or a key makes of it.

use crate::query::bins::Step;

/// An end of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    From,
    To,
}

/// What is being dragged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Drag {
    /// A new window is drawn from here.
    New { anchor_min: f64 },
    /// An end of the window that began as this one.
    Edge(Side, [i32; 2]),
    /// The window that began as this one, taken hold of at a minute.
    Body { grab_min: f64, start_min: [i32; 2] },
}

/// The ground rules: bins that windows snap to, and the axis that they stay on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) step: Step,
    /// The first minute of the axis and the first after it.
    pub(super) axis_min: [i32; 2],
}

impl Rules {
    /// The window that a drag makes of where the pointer is; `None` for all times.
    pub(super) fn dragged(&self, drag: Drag, pointer_min: f64) -> Option<[i32; 2]> {
        let pointer = self.on_axis(pointer_min);
        match drag {
            Drag::New { anchor_min } => {
                let anchor = self.on_axis(anchor_min);
                let first = self.step.floor(anchor.min(pointer));
                self.kept([first, self.step.next(anchor.max(pointer)).saturating_sub(1)])
            }
            Drag::Edge(side, start_min) => {
                let edge = self.step.nearest(pointer);
                self.with_end(start_min, side, edge)
            }
            Drag::Body { grab_min, start_min } => {
                let way_min = f64::from(pointer) - grab_min;
                let steps = (way_min / self.step.mean_min()).round() as i32;
                self.kept(self.shifted(start_min, steps))
            }
        }
    }

    /// The bin's window that a click selects; on the window that there is, all times again.
    pub(super) fn clicked(&self, bin_min: [i32; 2], present_min: Option<[i32; 2]>) -> Option<[i32; 2]> {
        let bin = self.kept(bin_min);
        bin.filter(|_| bin != present_min)
    }

    /// The window with an end moved by so many bins.
    pub(super) fn stepped(&self, window_min: [i32; 2], side: Side, bins: i32) -> Option<[i32; 2]> {
        let mut edge = match side {
            Side::From => window_min[0],
            Side::To => window_min[1].saturating_add(1),
        };
        for _ in 0..bins.unsigned_abs() {
            let next = if bins < 0 { Step::previous } else { Step::next };
            edge = next(self.step, edge);
        }
        self.with_end(window_min, side, edge)
    }

    /// The window with an end at this edge, which is not part of it on the right: at least a bin is left between both.
    pub(super) fn with_end(&self, [first, last]: [i32; 2], side: Side, edge: i32) -> Option<[i32; 2]> {
        let end = last.saturating_add(1);
        match side {
            Side::From => self.kept([edge.min(self.step.previous(end)), last]),
            Side::To => self.kept([first, edge.max(self.step.next(first)).saturating_sub(1)]),
        }
    }

    /// By so many bins, or as many of them as there is room for.
    fn shifted(&self, window_min: [i32; 2], mut steps: i32) -> [i32; 2] {
        loop {
            let shift = |minute: i32| self.step.shift(minute, steps);
            let moved = [shift(window_min[0]), shift(window_min[1].saturating_add(1)).saturating_sub(1)];
            let is_off =
                (steps < 0 && moved[0] < self.axis_min[0]) || (steps > 0 && moved[1] >= self.axis_min[1]);
            if !is_off {
                return moved;
            }
            steps -= steps.signum();
        }
    }

    fn on_axis(&self, minute: f64) -> i32 {
        let [first, end] = self.axis_min;
        (minute.floor().clamp(f64::from(first), f64::from(end) - 1.0)) as i32
    }

    /// The part of a window that lies on the axis; all of the axis is no window.
    fn kept(&self, [first, last]: [i32; 2]) -> Option<[i32; 2]> {
        let axis = [self.axis_min[0], self.axis_min[1] - 1];
        let window = [first.clamp(axis[0], axis[1]), last.clamp(axis[0], axis[1])];
        (window != axis).then_some(window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: i32 = 1440;

    /// January 1970, day by day.
    fn rules() -> Rules {
        Rules { step: Step::Day, axis_min: [0, 31 * DAY] }
    }

    fn days(first: i32, last: i32) -> [i32; 2] {
        [first * DAY, (last + 1) * DAY - 1]
    }

    fn at(day: f64) -> f64 {
        day * f64::from(DAY)
    }

    #[test]
    fn a_window_that_is_drawn_takes_whole_bins_whichever_way() {
        for (anchor, pointer) in [(2.3, 4.7), (4.7, 2.3)] {
            assert_eq!(rules().dragged(Drag::New { anchor_min: at(anchor) }, at(pointer)), Some(days(2, 4)));
        }
        assert_eq!(rules().dragged(Drag::New { anchor_min: at(2.0) }, at(-9.0)), Some(days(0, 2)));
        assert_eq!(rules().dragged(Drag::New { anchor_min: at(0.5) }, at(99.0)), None, "all is no window");
    }

    #[test]
    fn an_end_snaps_to_bins_and_never_passes_the_other() {
        let start = days(5, 9);
        let drag = |side, day| rules().dragged(Drag::Edge(side, start), at(day));
        assert_eq!(drag(Side::From, 6.6), Some(days(7, 9)));
        assert_eq!(drag(Side::From, 20.0), Some(days(9, 9)));
        assert_eq!(drag(Side::To, 12.4), Some(days(5, 11)));
        assert_eq!(drag(Side::To, 1.0), Some(days(5, 5)));
        assert_eq!(drag(Side::To, 99.0), Some(days(5, 30)));
    }

    #[test]
    fn a_window_moves_as_a_whole_and_stops_at_the_ends() {
        let start_min = days(5, 9);
        let drag = |day| rules().dragged(Drag::Body { grab_min: at(6.5), start_min }, at(day));
        assert_eq!(drag(8.4), Some(days(7, 11)));
        assert_eq!(drag(-50.0), Some(days(0, 4)));
        assert_eq!(drag(500.0), Some(days(26, 30)));
        let months = Rules { step: Step::MONTH, axis_min: [0, 365 * DAY] };
        let march = days(59, 89);
        let moved = months.dragged(Drag::Body { grab_min: at(60.0), start_min: march }, at(30.0));
        assert_eq!(moved, Some(days(31, 58)), "March becomes February");
    }

    #[test]
    fn keys_move_an_end_by_a_bin() {
        let window = days(5, 9);
        assert_eq!(rules().stepped(window, Side::From, -1), Some(days(4, 9)));
        assert_eq!(rules().stepped(window, Side::To, 10), Some(days(5, 19)));
        assert_eq!(rules().stepped(window, Side::To, 99), Some(days(5, 30)));
        assert_eq!(rules().stepped([0, 31 * DAY - 1], Side::From, 1), Some(days(1, 30)));
    }

    #[test]
    fn a_click_selects_a_bin_and_another_one_frees_it() {
        let bin = days(3, 3);
        assert_eq!(rules().clicked(bin, None), Some(bin));
        assert_eq!(rules().clicked(bin, Some(bin)), None);
    }

    proptest! {
        #[test]
        fn no_drag_leads_off_the_axis_or_turns_a_window_round(
            first in 0..40_000_i32, length in 0..4000_i32, side in any::<bool>(), kind in 0..3, pointer in -1.0e6..1.0e6_f64
        ) {
            let last = (first + length).min(31 * DAY - 1);
            let start_min = [first.min(last), last];
            let drag = match kind {
                0 => Drag::New { anchor_min: first.into() },
                1 => Drag::Edge(if side { Side::From } else { Side::To }, start_min),
                _ => Drag::Body { grab_min: first.into(), start_min },
            };
            if let Some([first, last]) = rules().dragged(drag, pointer) {
                prop_assert!(0 <= first && first <= last && last < 31 * DAY);
            }
        }
    }
}
