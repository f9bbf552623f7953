//! How many incidents there were, over time, whatever the time window.
//!
//! A span that is no longer than a bin counts where it begins, and so does one of up to a day. A longer one is not known
//! better than that: each bin gets the share of it that lies there, apart from what is known to lie there.

use super::answer::Answer;
use super::bitmap::Ones;
use super::clock::Spans;
use super::columns::{Columns, TYPE_COUNTS, TYPES_APART};
use super::{criteria::Criteria, parallel};

/// Spans of up to so many minutes count where they begin, unless bins are narrower.
const POINT_LIKE_MIN: u32 = 24 * 60;

/// Entries of the table that leads from a minute to its bin.
const TABLE: usize = 4096;

/// More bins than this are never drawn; further edges are dropped.
const MAX_BINS: usize = 4096;

/// How exactly the longer spans are known, in as many steps.
pub const WIDTHS: usize = 5;

/// Within what a span lies that is known no better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// A day: only where bins are narrower than that.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
    /// Something longer.
    Longer,
}

impl Width {
    /// All of them, the narrowest first.
    pub const ALL: [Self; WIDTHS] = [Self::Day, Self::Week, Self::Month, Self::Year, Self::Longer];

    /// The least of them that a span fits whose last minute comes so long after its first.
    fn of(length_min: u32) -> Self {
        const DAY_MIN: u32 = 24 * 60;
        match length_min / DAY_MIN {
            0 => Self::Day,
            1..7 => Self::Week,
            7..31 => Self::Month,
            31..366 => Self::Year,
            _ => Self::Longer,
        }
    }
}

/// Counts per bin and event type. Keep it: its buffers are used again, and it is only counted anew when needed.
#[derive(Debug, Default)]
pub struct Histogram {
    edges_min: Vec<i32>,
    counts: Counts,
    of: Option<(u64, Criteria)>,
    revision: u64,
    scratch: Vec<Part>,
}

/// What is counted, by bin.
#[derive(Debug, Default)]
struct Counts {
    known: Vec<[u32; TYPE_COUNTS]>,
    spread: Vec<[f32; TYPE_COUNTS]>,
    touching: Vec<[u32; WIDTHS]>,
    touching_any: [u32; WIDTHS],
}

impl Counts {
    fn clear(&mut self, bins: usize) {
        self.known.clear();
        self.known.resize(bins, [0; TYPE_COUNTS]);
        self.spread.clear();
        self.spread.resize(bins, [0.0; TYPE_COUNTS]);
        self.touching.clear();
        self.touching.resize(bins, [0; WIDTHS]);
        self.touching_any = [0; WIDTHS];
    }
}

impl Histogram {
    /// The edges that were asked for: bin `n` holds the minutes from edge `n` to before edge `n + 1`.
    #[must_use]
    pub fn edges_min(&self) -> &[i32] {
        &self.edges_min
    }

    /// By bin: how many incidents of each event type are known to have happened there.
    #[must_use]
    pub fn known(&self) -> &[[u32; TYPE_COUNTS]] {
        &self.counts.known
    }

    /// By bin: the sum of the shares that it has of longer spans, for each event type.
    #[must_use]
    pub fn spread(&self) -> &[[f32; TYPE_COUNTS]] {
        &self.counts.spread
    }

    /// By bin: how many of those longer spans touch it, for each [`Width`].
    #[must_use]
    pub fn touching(&self) -> &[[u32; WIDTHS]] {
        &self.counts.touching
    }

    /// How many longer spans touch any of the bins, for each [`Width`].
    #[must_use]
    pub fn touching_any(&self) -> [u32; WIDTHS] {
        self.counts.touching_any
    }

    /// Grows with every new count: what was derived from the counts holds while it stays.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Counts the incidents that pass all conditions but the time window.
    pub(super) fn count(&mut self, columns: &Columns, answer: &Answer, edges_min: &[i32]) {
        let edges_min = &edges_min[..edges_min.len().min(MAX_BINS + 1)];
        let untimed = |criteria: &Criteria| Criteria { window_min: None, ..criteria.clone() };
        let of = Some((columns.id, untimed(&answer.criteria)));
        if self.of == of && self.edges_min == edges_min {
            return;
        }
        self.of = of;
        self.revision += 1;
        self.edges_min.clear();
        self.edges_min.extend_from_slice(edges_min);
        self.counts.clear(edges_min.len().saturating_sub(1));
        if self.counts.known.is_empty() || !edges_min.is_sorted() {
            return;
        }
        let bins = Bins::new(&self.edges_min);
        let spans = columns.spans(answer.criteria.clock.as_deref());
        let threads = parallel::threads_for(columns.len());
        self.scratch.resize_with(threads, Part::default);
        let words = answer.at_any_time.len().div_ceil(threads).max(1);
        let jobs = self.scratch.iter_mut().zip(answer.at_any_time.chunks(words)).enumerate().collect();
        parallel::each(jobs, |(n, (part, shown)): (usize, (&mut Part, &[u64]))| {
            part.count(columns, spans, &bins, (n * words, shown));
        });
        for part in &self.scratch[..answer.at_any_time.len().div_ceil(words)] {
            part.add_to(&mut self.counts, &bins);
        }
    }
}

/// The bins, and the way from a minute to its bin: a table by equal steps of time gives the first bin to look at.
struct Bins<'a> {
    edges: &'a [i32],
    table: Box<[u16; TABLE]>,
    shift: u32,
    width_min: u32,
    /// Spans shorter than this, in minutes, count where they begin.
    point_like_min: u32,
    /// Whether no step of the table holds more than one edge.
    is_fine: bool,
}

impl<'a> Bins<'a> {
    fn new(edges: &'a [i32]) -> Self {
        let (first, last) = (edges[0], edges[edges.len() - 1]);
        let width = last.wrapping_sub(first).cast_unsigned();
        let shift = (32 - width.leading_zeros()).saturating_sub(TABLE.ilog2());
        let steps: Vec<u16> = (0..=width >> shift)
            .map(|step| {
                let minute = first.wrapping_add_unsigned(step << shift);
                (edges.partition_point(|&edge| edge <= minute) - 1) as u16
            })
            .collect();
        let is_fine = steps.windows(2).all(|bins| bins[1] - bins[0] <= 1)
            && steps.last().is_some_and(|&bin| usize::from(bin) + 2 >= edges.len());
        let mut table = Box::new([0; TABLE]);
        table.iter_mut().zip(&steps).for_each(|(entry, bin)| *entry = *bin);
        let narrowest = edges.windows(2).map(|edge| edge[1].wrapping_sub(edge[0]).cast_unsigned()).min();
        let point_like_min = narrowest.unwrap_or(POINT_LIKE_MIN).clamp(1, POINT_LIKE_MIN);
        Self { edges, table, shift, width_min: width, point_like_min, is_fine }
    }

    /// The bin of a minute, or `None` outside all bins.
    fn of(&self, minute: i32) -> Option<usize> {
        let from_first = minute.wrapping_sub(self.edges[0]).cast_unsigned();
        if from_first >= self.width_min || minute < self.edges[0] {
            return None;
        }
        let mut bin = usize::from(self.table[(from_first >> self.shift) as usize % TABLE]);
        if self.is_fine {
            bin += usize::from(self.edges[bin + 1] <= minute);
        } else {
            while self.edges[bin + 1] <= minute {
                bin += 1;
            }
        }
        Some(bin)
    }

    fn width(&self, bin: usize) -> f64 {
        f64::from(self.edges[bin + 1]) - f64::from(self.edges[bin])
    }
}

/// What one thread has counted. Every table has a row per bin and an entry per event type that there is: so it stays in
/// the core's nearest cache.
#[derive(Debug, Default)]
struct Part {
    types: usize,
    /// Those that count where they begin.
    points: Vec<u32>,
    /// Shares of longer spans that cover only a part of the bin.
    shares: Vec<f64>,
    /// How much more of the longer spans lies in each minute of this bin than of the one before.
    density: Vec<f64>,
    /// How many more of the longer spans touch this bin than the one before: an entry per width.
    touching: Vec<[i32; WIDTHS]>,
    touching_any: [u32; WIDTHS],
}

impl Part {
    /// Counts those that are shown from a word on.
    fn count(&mut self, columns: &Columns, spans: Spans<'_>, bins: &Bins, (first, shown): (usize, &[u64])) {
        // One row more: what ends in the last bin is taken off after it.
        let entries = bins.edges.len() * columns.planes.types;
        self.types = columns.planes.types;
        self.points.clear();
        self.points.resize(entries, 0);
        self.shares.clear();
        self.shares.resize(entries, 0.0);
        self.density.clear();
        self.density.resize(entries, 0.0);
        self.touching.clear();
        self.touching.resize(bins.edges.len(), [0; WIDTHS]);
        self.touching_any = [0; WIDTHS];
        for (n, &word) in shown.iter().enumerate() {
            self.count_word(columns, spans, bins, (word, (first + n) * 64));
        }
    }

    /// Counts the incidents of a word, whose first slot is given. Long spans are set aside first: they come at random,
    /// and a branch would be mispredicted for most of them.
    fn count_word(&mut self, columns: &Columns, spans: Spans<'_>, bins: &Bins, (word, first): (u64, usize)) {
        let (start, end) = (slots(spans.start_min, first), slots(spans.end_min, first));
        let event_type = slots(&columns.event_type, first);
        let (types, points) = (self.types, self.points.as_mut_slice());
        let mut long = 0;
        let mut count_one = |bit: usize| {
            // No end is before its start, so the difference fits an unsigned number.
            let is_long = end[bit].wrapping_sub(start[bit]).cast_unsigned() >= bins.point_like_min;
            long |= u64::from(is_long) << bit;
            if let Some(bin) = bins.of(start[bit]) {
                let event_type = usize::from(event_type[bit]).min(TYPES_APART);
                points[bin * types + event_type] += u32::from(!is_long);
            }
        };
        if word == u64::MAX {
            (0..64).for_each(&mut count_one);
        } else {
            Ones(word).for_each(|bit| count_one(bit as usize & 63));
        }
        for bit in Ones(long) {
            let bit = bit as usize & 63;
            self.spread(bins, [start[bit], end[bit]], usize::from(event_type[bit]).min(TYPES_APART));
        }
    }

    /// Gives each bin its share of a long span: the first and the last one what they have of it, those between all that
    /// they can hold.
    fn spread(&mut self, bins: &Bins, [start, end]: [i32; 2], event_type: usize) {
        let (earliest, latest) = (bins.edges[0], bins.edges[bins.edges.len() - 1].saturating_sub(1));
        let (from, to) = (start.max(earliest), end.min(latest));
        let Some(first) = bins.of(from).filter(|_| from <= to) else { return };
        let Some(last) = bins.of(to) else { return };
        let types = self.types;
        let width = Width::of(end.wrapping_sub(start).cast_unsigned()) as usize;
        self.touching[first][width] += 1;
        self.touching[last + 1][width] -= 1;
        self.touching_any[width] += 1;
        if first == last && (from, to) == (start, end) {
            self.shares[first * types + event_type] += 1.0;
            return;
        }
        let a_minute = 1.0 / (f64::from(end) - f64::from(start) + 1.0);
        // Where both are the same bin, the two parts overlap by its whole width, and the density takes that off again.
        self.shares[first * types + event_type] +=
            (f64::from(bins.edges[first + 1]) - f64::from(from)) * a_minute;
        self.shares[last * types + event_type] +=
            (f64::from(to) + 1.0 - f64::from(bins.edges[last])) * a_minute;
        self.density[(first + 1) * types + event_type] += a_minute;
        self.density[last * types + event_type] -= a_minute;
    }

    fn add_to(&self, counts: &mut Counts, bins: &Bins) {
        let (mut density, mut touching) = ([0.0; TYPE_COUNTS], [0; WIDTHS]);
        for (bin, (known, spread)) in counts.known.iter_mut().zip(&mut counts.spread).enumerate() {
            let entries = bin * self.types..(bin + 1) * self.types;
            for (count, points) in known.iter_mut().zip(&self.points[entries.clone()]) {
                *count += points;
            }
            for (event_type, (count, entry)) in spread.iter_mut().zip(entries).enumerate() {
                density[event_type] += self.density[entry];
                *count += (self.shares[entry] + density[event_type] * bins.width(bin)) as f32;
            }
        }
        for (sums, more) in counts.touching.iter_mut().zip(&self.touching) {
            for ((sum, touching), more) in sums.iter_mut().zip(&mut touching).zip(more) {
                *touching += more;
                *sum += touching.cast_unsigned();
            }
        }
        for (sum, touching) in counts.touching_any.iter_mut().zip(self.touching_any) {
            *sum += touching;
        }
    }
}

/// The 64 entries of a column from a slot on, filled up at its end: of a known size, so that no access is checked.
fn slots<T: Copy + Default>(column: &[T], first: usize) -> [T; 64] {
    let rest = column.get(first..).unwrap_or_default();
    rest.first_chunk().copied().unwrap_or_else(|| {
        let mut filled = [T::default(); 64];
        filled[..rest.len()].copy_from_slice(rest);
        filled
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Row, brute, pass};
    use proptest::prelude::*;

    fn histogram(rows: &[Row], criteria: &Criteria, edges: &[i32]) -> Histogram {
        let columns = brute::columns(rows);
        let mut answer = Answer::default();
        pass::run(&columns, criteria, &mut answer);
        let mut histogram = Histogram::default();
        histogram.count(&columns, &answer, edges);
        histogram
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn each_bin_gets_its_share_of_each_span_whatever_the_window(
            (rows, criteria) in brute::rows().prop_flat_map(|rows| { let n = rows.len(); (Just(rows), brute::criteria(n)) }),
            edges in prop::collection::btree_set(prop_oneof![9 => -3000..3000_i32, 1 => any::<i32>()], 0..30)
        ) {
            let edges: Vec<i32> = edges.into_iter().collect();
            let found = histogram(&rows, &criteria, &edges);
            let bins = edges.len().saturating_sub(1);
            let (mut known, mut spread) = (vec![[0; TYPE_COUNTS]; bins], vec![[0.0; TYPE_COUNTS]; bins]);
            let (mut touching, mut touching_any) = (vec![[0; WIDTHS]; bins], [0; WIDTHS]);
            let untimed = Criteria { window_min: None, ..criteria };
            let narrowest = edges.windows(2).map(|edge| edge[1].wrapping_sub(edge[0]).cast_unsigned()).min();
            let point_like = f64::from(narrowest.unwrap_or(1440).clamp(1, 1440));
            for n in brute::shown(&untimed, &rows) {
                let [start, end] = rows[n].span_min.map(f64::from);
                let days = (end - start + 1.0) / 1440.0;
                let width = [1.0, 7.0, 31.0, 366.0].iter().filter(|limit| days > **limit).count();
                let event_type = usize::from(rows[n].event_type).min(16);
                let mut touches_any = false;
                for bin in 0..bins {
                    let (from, to) = (f64::from(edges[bin]), f64::from(edges[bin + 1]));
                    if end - start < point_like {
                        known[bin][event_type] += u32::from(start >= from && start < to);
                    } else {
                        let share = ((end + 1.0).min(to) - start.max(from)).max(0.0) / (end - start + 1.0);
                        spread[bin][event_type] += share;
                        touching[bin][width] += u32::from(share > 0.0);
                        touches_any |= share > 0.0;
                    }
                }
                touching_any[width] += u32::from(touches_any);
            }
            prop_assert_eq!(found.known(), known);
            prop_assert_eq!(found.touching(), touching);
            prop_assert_eq!(found.touching_any(), touching_any);
            for (found, expected) in found.spread().iter().zip(&spread) {
                for (found, expected) in found.iter().zip(expected) {
                    prop_assert!((f64::from(*found) - expected).abs() < 1e-3, "{found} {expected}");
                }
            }
        }
    }

    #[test]
    fn edges_that_make_no_bins_do_no_harm() {
        let rows = [brute::plain_row(); 3];
        for edges in [&[][..], &[5], &[5, 5], &[9, 3], &[i32::MIN, i32::MAX], &[0, 0, 1, 1]] {
            let counts = histogram(&rows, &Criteria::default(), edges);
            assert_eq!(counts.known().len(), edges.len().saturating_sub(1));
        }
        assert_eq!(histogram(&rows, &Criteria::default(), &[0, 0, 1, 1]).known()[1][0], 3);
    }
}
