//! What makes the window comfortable for its reader: how large everything is, and whether it moves.

/// How large text and everything else is, in steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextSize(usize);

impl TextSize {
    /// The steps, in percent.
    pub const STEPS_PERCENT: [u16; 8] = [80, 90, 100, 110, 125, 150, 175, 200];

    /// The step nearest to so many percent.
    #[must_use]
    pub fn nearest(percent: u16) -> Self {
        let distance = |step: &usize| Self::STEPS_PERCENT[*step].abs_diff(percent);
        Self((0..Self::STEPS_PERCENT.len()).min_by_key(distance).unwrap_or_default())
    }

    /// In percent of the usual size.
    #[must_use]
    pub fn percent(self) -> u16 {
        Self::STEPS_PERCENT[self.0]
    }

    /// As a factor: 1 is the usual size.
    #[must_use]
    pub fn factor(self) -> f32 {
        f32::from(self.percent()) / 100.0
    }

    /// The next larger step; the largest stays.
    #[must_use]
    pub fn larger(self) -> Self {
        Self((self.0 + 1).min(Self::STEPS_PERCENT.len() - 1))
    }

    /// The next smaller step; the smallest stays.
    #[must_use]
    pub fn smaller(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

impl Default for TextSize {
    fn default() -> Self {
        Self::nearest(100)
    }
}

/// Whether things may move on their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Motion {
    /// What the reader chose; `None` follows the system.
    pub(super) reduced: Option<bool>,
    /// What the system asks for, where that is known.
    pub(super) system_reduces: bool,
}

impl Motion {
    pub(super) fn is_reduced(self) -> bool {
        self.reduced.unwrap_or(self.system_reduces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_grows_and_shrinks_in_steps_and_stops_at_the_ends() {
        let steps = |from: TextSize, step: fn(TextSize) -> TextSize| {
            std::iter::successors(Some(from), |size| Some(step(*size)).filter(|next| next != size))
                .map(TextSize::percent)
                .collect::<Vec<_>>()
        };
        assert_eq!(steps(TextSize::default(), TextSize::larger), [100, 110, 125, 150, 175, 200]);
        assert_eq!(steps(TextSize::default(), TextSize::smaller), [100, 90, 80]);
    }

    #[test]
    fn any_number_is_taken_for_the_nearest_step() {
        for (percent, step) in [(0, 80), (101, 100), (160, 150), (9999, 200)] {
            assert_eq!(TextSize::nearest(percent).percent(), step);
        }
    }

    #[test]
    fn what_the_reader_chose_counts_more_than_the_system() {
        for (reduced, system_reduces, is_reduced) in
            [(None, false, false), (None, true, true), (Some(false), true, false), (Some(true), false, true)]
        {
            assert_eq!(Motion { reduced, system_reduces }.is_reduced(), is_reduced);
        }
    }
}
