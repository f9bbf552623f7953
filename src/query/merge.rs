//! Merging discs that overlap, until none do.
//!
//! In each round every disc looks for the neighbour that it overlaps most; pairs that have chosen each other become one
//! disc at their common mean. The deepest overlap of all is always such a pair, so every round makes progress; and as no
//! order of looking plays a part, the result is the same wherever the view begins.

use std::ops::Range;

use super::clusters::{Cells, ClusterKey};
use super::columns::WORLD;

const NONE: u32 = u32::MAX;

/// What is looked at to find neighbours. Lengths are in the columns' units.
#[derive(Debug, Clone, Copy)]
struct Disc {
    x: f64,
    y: f64,
    radius: f64,
    /// The next one in the same cell of the grid.
    next: u32,
    chooses: bool,
}

impl Disc {
    /// From edge to edge, less the gap that must be kept: negative where the two overlap, `None` where they do not.
    fn overlap(&self, other: &Self, gap: f64) -> Option<f64> {
        let (east, south) = (east_of(self.x, other.x), other.y - self.y);
        let square = east * east + south * south;
        let least = self.radius + other.radius + gap;
        (square < least * least).then(|| square.sqrt() - least)
    }
}

/// A disc with what it stands for.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) count: u32,
    pub(super) key: ClusterKey,
    radius: f64,
    /// The first slot: tells pairs apart that overlap equally.
    first: u32,
    /// Count of the part that the key comes from.
    biggest: u32,
    /// The neighbour that it overlaps most, and by how much (negative).
    best: u32,
    best_gap: f64,
    /// Runs of slots, as a chain in `Merging::runs`.
    runs: [u32; 2],
    /// Place in the grid.
    bucket: u32,
    /// Whether it was merged in this round.
    is_new: bool,
}

impl Node {
    pub(super) fn new(x: f64, y: f64, count: u32, radius: f64, first: u32, key: ClusterKey) -> Self {
        let (biggest, best_gap) = (count, 0.0);
        let (best, runs, bucket, is_new) = (NONE, [NONE; 2], NONE, true);
        Self { x, y, count, key, radius, first, biggest, best, best_gap, runs, bucket, is_new }
    }
}

/// The discs of a view and the grid on which they find each other. Keep it: its buffers are used again.
#[derive(Debug, Default)]
pub(super) struct Merging {
    nodes: Vec<Node>,
    /// One for each node.
    discs: Vec<Disc>,
    /// A run and the next one of the same node.
    runs: Vec<(Range<u32>, u32)>,
    /// First node of each cell.
    grid: Vec<u32>,
    cells: Cells,
    gap: f64,
    widest: f64,
}

impl Merging {
    /// Forgets everything. Discs must keep `gap` apart.
    pub(super) fn start(&mut self, cells: &Cells, gap: f64) {
        self.cells = *cells;
        self.gap = gap;
        self.widest = 0.0;
        self.nodes.clear();
        self.discs.clear();
        self.runs.clear();
        self.grid.clear();
        self.grid.resize(cells.columns as usize * cells.rows as usize, NONE);
    }

    /// Adds a disc that stands for a run of slots.
    pub(super) fn add(&mut self, mut node: Node, run: Range<u32>) {
        node.runs = [self.runs.len() as u32; 2];
        self.runs.push((run, NONE));
        self.widest = self.widest.max(node.radius);
        self.discs.push(Disc { x: node.x, y: node.y, radius: node.radius, next: NONE, chooses: false });
        self.nodes.push(node);
        self.enter(self.nodes.len() as u32 - 1);
    }

    /// The discs that are left.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.count > 0)
    }

    /// The runs of a disc.
    pub(super) fn runs(&self, node: &Node) -> impl Iterator<Item = Range<u32>> + '_ {
        let chain = |at: u32| self.runs.get(at as usize);
        std::iter::successors(chain(node.runs[0]), move |(_, next)| chain(*next)).map(|(run, _)| run.clone())
    }

    /// Merges until no two discs overlap.
    pub(super) fn merge(&mut self, radius: &impl Fn(u32) -> f64) {
        loop {
            self.choose_all();
            let mut merged = false;
            for at in 0..self.nodes.len() as u32 {
                let best = self.node(at).best;
                if best != NONE && at < best && self.node(best).best == at {
                    self.join(at, best, radius);
                    merged = true;
                }
            }
            if !merged {
                return;
            }
        }
    }

    fn node(&self, at: u32) -> &Node {
        &self.nodes[at as usize]
    }

    fn node_mut(&mut self, at: u32) -> &mut Node {
        &mut self.nodes[at as usize]
    }

    /// Lets those choose that are new, and those whose choice is no longer what it was.
    fn choose_all(&mut self) {
        for at in 0..self.nodes.len() as u32 {
            let node = self.node(at);
            let is_stale = node.best != NONE && self.node(node.best).is_new;
            let chooses = node.count > 0 && (node.is_new || is_stale);
            self.discs[at as usize].chooses = chooses;
            if chooses {
                self.node_mut(at).best = NONE;
            }
        }
        for at in 0..self.nodes.len() as u32 {
            if self.discs[at as usize].chooses {
                self.choose(at);
            }
        }
        self.nodes.iter_mut().for_each(|node| node.is_new = false);
    }

    /// Offers a disc and all discs that it overlaps to each other. Of two that choose the first one does so.
    fn choose(&mut self, at: u32) {
        let disc = self.discs[at as usize];
        let [columns, rows] = self.reach(self.node(at).bucket, disc.radius + self.widest + self.gap);
        for row in rows {
            for column in columns.clone() {
                let column = if column >= self.cells.columns { column - self.cells.columns } else { column };
                let mut other = self.grid[(row * self.cells.columns + column) as usize];
                while other != NONE {
                    let them = &self.discs[other as usize];
                    let next = them.next;
                    let is_done = other == at || (them.chooses && other < at);
                    if let (false, Some(gap)) = (is_done, disc.overlap(them, self.gap)) {
                        self.offer(at, other, gap);
                        self.offer(other, at, gap);
                    }
                    other = next;
                }
            }
        }
    }

    /// The grid's columns (to be taken round the world) and rows that are so near to a bucket.
    fn reach(&self, bucket: u32, distance: f64) -> [Range<u32>; 2] {
        let Cells { level, columns, rows, .. } = self.cells;
        let reach = (distance / side(level)).ceil() as u32;
        let (column, row) = (bucket % columns, bucket / columns);
        let clip = |at: u32, size: u32| at.saturating_sub(reach)..at.saturating_add(reach + 1).min(size);
        let rows = clip(row, rows);
        if columns < 1 << level {
            [clip(column, columns), rows]
        } else if reach >= columns / 2 {
            [0..columns, rows]
        } else {
            let first = (column + columns - reach) % columns;
            [first..first + 2 * reach + 1, rows]
        }
    }

    /// Makes `other` the choice of `at` if it overlaps more than the present one.
    fn offer(&mut self, at: u32, other: u32, gap: f64) {
        let node = self.node(at);
        let order = |other: u32, gap: f64| {
            let firsts = [node.first, self.node(other).first];
            (gap, firsts[0].min(firsts[1]), firsts[0].max(firsts[1]))
        };
        if node.best == NONE || order(other, gap) < order(node.best, node.best_gap) {
            let node = self.node_mut(at);
            (node.best, node.best_gap) = (other, gap);
        }
    }

    /// Makes one disc of two.
    fn join(&mut self, a: u32, b: u32, radius: &impl Fn(u32) -> f64) {
        let (into, from) = if self.node(a).first < self.node(b).first { (a, b) } else { (b, a) };
        self.leave(into);
        self.leave(from);
        let other = self.node(from).clone();
        self.node_mut(from).count = 0;
        self.node_mut(from).is_new = true;
        self.node_mut(from).best = NONE;
        let tail = self.node(into).runs[1];
        self.runs[tail as usize].1 = other.runs[0];
        let node = self.node_mut(into);
        node.runs[1] = other.runs[1];
        let count = node.count + other.count;
        let share = f64::from(other.count) / f64::from(count);
        node.x = (node.x + east_of(node.x, other.x) * share).rem_euclid(WORLD);
        node.y += (other.y - node.y) * share;
        node.count = count;
        node.radius = radius(count);
        node.is_new = true;
        node.best = NONE;
        if other.biggest > node.biggest {
            (node.key, node.biggest) = (other.key, other.biggest);
        }
        self.widest = self.widest.max(self.node(into).radius);
        self.enter(into);
    }

    /// Puts a node into the grid.
    fn enter(&mut self, at: u32) {
        let Cells { level, column, columns, row, rows } = self.cells;
        let node = self.node(at);
        let [x, y] = [node.x, node.y].map(|it| (it / side(level)) as u32);
        let from_west = x.wrapping_sub(column) & ((1 << level) - 1);
        let bucket = y.saturating_sub(row).min(rows - 1) * columns + from_west.min(columns - 1);
        let next = std::mem::replace(&mut self.grid[bucket as usize], at);
        let node = &mut self.nodes[at as usize];
        node.bucket = bucket;
        let disc = &mut self.discs[at as usize];
        (disc.x, disc.y, disc.radius, disc.next) = (node.x, node.y, node.radius, next);
    }

    /// Takes a node out of the grid.
    fn leave(&mut self, at: u32) {
        let (bucket, next) = (self.node(at).bucket, self.discs[at as usize].next);
        let mut before = self.grid[bucket as usize];
        if before == at {
            self.grid[bucket as usize] = next;
            return;
        }
        while self.discs[before as usize].next != at {
            before = self.discs[before as usize].next;
        }
        self.discs[before as usize].next = next;
    }
}

/// Side of a cell.
fn side(level: u32) -> f64 {
    WORLD / f64::from(1u32 << level)
}

/// How far east of `a` the place `b` is, the shorter way round the world.
fn east_of(a: f64, b: f64) -> f64 {
    let east = b - a;
    if east > WORLD / 2.0 {
        east - WORLD
    } else if east < -WORLD / 2.0 {
        east + WORLD
    } else {
        east
    }
}
