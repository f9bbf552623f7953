//! Building the columns: project, sort by Morton key, gather. Every step is shared among the cores.
//!
//! The keys are parted by their top bits into one share per thread, so that each thread sorts its share alone (least
//! significant byte first, bytes that are the same everywhere skipped) and no merge follows.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::columns::{
    Columns, Directory, PRECISIONS, Planes, Row, STATUSES, TYPE_COUNTS, TYPES_APART, precision_code,
    status_code,
};
use super::{morton, parallel};
use crate::geo::LonLat;

/// Bits of the key by which it is parted among the threads.
const BUCKET_BITS: u32 = 12;
const BUCKETS: usize = 1 << BUCKET_BITS;

/// The directory goes no deeper: it would take 64 MiB.
const MAX_DIRECTORY_LEVEL: u32 = 12;

/// Start, end, and event type with codes: what is gathered into slot order. An array of zeros comes from the system
/// without being written first.
type Rest = [u32; 3];

/// A Morton key and its incident.
type Keyed = (u64, u32);

/// The first look at a stretch of incidents.
struct Share {
    keyed: Vec<Keyed>,
    buckets: Vec<u32>,
    off_map: Vec<(u32, LonLat)>,
    event_types: usize,
}

pub(super) fn build(len: usize, row: &(impl Fn(usize) -> Row + Sync)) -> Columns {
    static NEXT_ID: AtomicU64 = AtomicU64::new(1);
    let len = len.min(u32::MAX as usize - 64);
    let threads = parallel::threads_for(len);
    let mut rest: Vec<Rest> = vec![[0; 3]; len];
    let stretch = len.div_ceil(threads).max(1);
    let jobs = rest.chunks_mut(stretch).enumerate().map(|(n, rest)| (n * stretch, rest)).collect();
    let shares = parallel::each(jobs, |(first, rest)| read(first, rest, row));

    let mappable: usize = shares.iter().map(|share| share.keyed.len()).sum();
    let off_map: Vec<(u32, LonLat)> = shares.iter().flat_map(|share| share.off_map.iter().copied()).collect();
    let event_types = shares.iter().map(|share| share.event_types).max().unwrap_or(0);
    let (sorted, directory) = sort(shares, mappable, threads);
    let mut columns = Columns {
        id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
        x: vec![0; len],
        y: vec![0; len],
        start_min: vec![0; len],
        end_min: vec![0; len],
        event_type: vec![0; len],
        codes: vec![0; len],
        incident_of: vec![0; len],
        slot_of: Vec::new(),
        planes: Planes { bits: Vec::new(), types: event_types.min(TYPE_COUNTS) },
        word_sums: vec![[0; 2]; len / 64 + 1],
        directory,
        mappable: mappable as u32,
        off_map: off_map.iter().map(|&(_, position)| position).collect(),
        event_types,
    };
    columns.planes.bits = vec![0; (len / 64 + 1) * columns.planes.stride()];
    let off_map: Vec<Keyed> = off_map.iter().map(|&(incident, _)| (u64::MAX, incident)).collect();
    gather(&mut columns, &sorted, &off_map, &rest, threads);
    columns
}

/// Reads the rows from `first` on: keys of those on the map, and the rest of each.
fn read(first: usize, rest: &mut [Rest], row: &impl Fn(usize) -> Row) -> Share {
    let mut share = Share {
        keyed: Vec::with_capacity(rest.len()),
        buckets: vec![0; BUCKETS],
        off_map: Vec::new(),
        event_types: 0,
    };
    for (n, rest) in rest.iter_mut().enumerate() {
        let incident = first + n;
        let row = row(incident);
        let codes = status_code(row.status) | precision_code(row.precision) << 4;
        let [start, end] = row.span_min;
        let type_and_codes = u32::from(row.event_type) | u32::from(codes) << 16;
        *rest = [start.cast_unsigned(), end.max(start).cast_unsigned(), type_and_codes];
        share.event_types = share.event_types.max(usize::from(row.event_type) + 1);
        if let Some((x, y)) = row.units() {
            let key = morton::key(x, y);
            share.buckets[bucket(key)] += 1;
            share.keyed.push((key, incident as u32));
        } else {
            share.off_map.push((incident as u32, row.position));
        }
    }
    share
}

fn bucket(key: u64) -> usize {
    (key >> (64 - BUCKET_BITS)) as usize
}

/// All keys in order, in one piece per thread, with the directory over them.
fn sort(shares: Vec<Share>, mappable: usize, threads: usize) -> (Vec<Vec<Keyed>>, Directory) {
    let level = directory_level(mappable);
    let mut first = vec![0; (1 << (2 * level)) + 1];
    let mut totals = vec![0; BUCKETS];
    for share in &shares {
        totals.iter_mut().zip(&share.buckets).for_each(|(total, count)| *total += *count as usize);
    }
    let mut jobs = Vec::new();
    let (mut left, mut slot) = (first.as_mut_slice(), 0);
    for buckets in part(&totals, mappable, if 2 * level < BUCKET_BITS { 1 } else { threads }) {
        let count = totals[buckets.clone()].iter().sum();
        let cells =
            if buckets.end == BUCKETS { left.len() } else { buckets.len() << (2 * level - BUCKET_BITS) };
        let (cells, rest) = left.split_at_mut(cells);
        left = rest;
        jobs.push((buckets, count, cells, slot as u32));
        slot += count;
    }
    let sorted = parallel::each(jobs, |(buckets, count, cells, slot)| {
        let mine = pick(&shares, &buckets, count);
        let sorted = radix_sort(mine);
        fill_directory(cells, &sorted, level, (buckets.start as u64) << (2 * level) >> BUCKET_BITS, slot);
        sorted
    });
    (sorted, Directory { level, first })
}

/// About four incidents a cell if they were spread evenly.
fn directory_level(mappable: usize) -> u32 {
    (mappable.max(1).ilog2().div_ceil(2)).saturating_sub(1).min(MAX_DIRECTORY_LEVEL)
}

/// Stretches of buckets, about equally full, that cover them all.
fn part(totals: &[usize], sum: usize, parts: usize) -> Vec<Range<usize>> {
    let mut result = Vec::new();
    let (mut start, mut seen) = (0, 0);
    for (bucket, count) in totals.iter().enumerate() {
        seen += count;
        let parted = result.len() + 1;
        if parted < parts && seen * parts >= sum * parted {
            result.push(start..bucket + 1);
            start = bucket + 1;
        }
    }
    result.push(start..totals.len());
    result
}

/// The keys of some buckets, in the incidents' order.
fn pick(shares: &[Share], buckets: &Range<usize>, count: usize) -> Vec<Keyed> {
    // Each key is written and then kept or overwritten: a branch would be mispredicted for every other key.
    let mut mine = vec![(0, 0); count + 1];
    let mut at = 0;
    for keyed in shares.iter().flat_map(|share| &share.keyed) {
        mine[at] = *keyed;
        at += usize::from(buckets.contains(&bucket(keyed.0)));
    }
    mine.truncate(count);
    mine
}

/// Sorts by key; equal keys stay in order.
fn radix_sort(mut keyed: Vec<Keyed>) -> Vec<Keyed> {
    let mut counts = [[0u32; 256]; 8];
    for (key, _) in &keyed {
        for (counts, byte) in counts.iter_mut().zip(key.to_le_bytes()) {
            counts[usize::from(byte)] += 1;
        }
    }
    let mut other = vec![(0, 0); keyed.len()];
    for (digit, counts) in counts.iter_mut().enumerate() {
        if counts.iter().any(|&count| count as usize == keyed.len()) {
            continue;
        }
        let mut next = 0;
        for count in counts.iter_mut() {
            next += std::mem::replace(count, next);
        }
        for entry in &keyed {
            let at = &mut counts[usize::from((entry.0 >> (8 * digit)) as u8)];
            other[*at as usize] = *entry;
            *at += 1;
        }
        std::mem::swap(&mut keyed, &mut other);
    }
    keyed
}

/// Writes into each cell, from `cell` on, the slot of the first key in it or after it.
fn fill_directory(cells: &mut [u32], sorted: &[Keyed], level: u32, cell: u64, slot: u32) {
    let mut filled = 0;
    for (n, (key, _)) in sorted.iter().enumerate() {
        let until = (morton::cell(*key, level) - cell) as usize + 1;
        if until > filled {
            cells[filled..until].fill(slot + n as u32);
            filled = until;
        }
    }
    cells[filled..].fill(slot + sorted.len() as u32);
}

/// A stretch of the columns that one thread writes.
struct Stretch<'a> {
    x: &'a mut [u32],
    y: &'a mut [u32],
    start_min: &'a mut [i32],
    end_min: &'a mut [i32],
    event_type: &'a mut [u16],
    codes: &'a mut [u8],
    incident_of: &'a mut [u32],
    planes: &'a mut [u64],
    word_sums: &'a mut [[u64; 2]],
}

impl<'a> Stretch<'a> {
    fn split(self, slots: usize, planes: usize) -> (Self, Self) {
        let words = slots / 64;
        let (x, x2) = self.x.split_at_mut(slots);
        let (y, y2) = self.y.split_at_mut(slots);
        let (start_min, start_min2) = self.start_min.split_at_mut(slots);
        let (end_min, end_min2) = self.end_min.split_at_mut(slots);
        let (event_type, event_type2) = self.event_type.split_at_mut(slots);
        let (codes, codes2) = self.codes.split_at_mut(slots);
        let (incident_of, incident_of2) = self.incident_of.split_at_mut(slots);
        let (planes, planes2) = self.planes.split_at_mut(words * planes);
        let (word_sums, word_sums2) = self.word_sums.split_at_mut(words);
        let first = Stretch { x, y, start_min, end_min, event_type, codes, incident_of, planes, word_sums };
        let second: Stretch<'a> = Stretch {
            x: x2,
            y: y2,
            start_min: start_min2,
            end_min: end_min2,
            event_type: event_type2,
            codes: codes2,
            incident_of: incident_of2,
            planes: planes2,
            word_sums: word_sums2,
        };
        (first, second)
    }

    /// Writes the slot `at` (counted from the stretch's first).
    fn write(&mut self, at: usize, (key, incident): Keyed, rest: Rest, types: usize) {
        let (x, y) = morton::position(key);
        let [start, end, type_and_codes] = rest;
        let (event_type, codes) = (type_and_codes as u16, (type_and_codes >> 16) as u8);
        self.x[at] = x;
        self.y[at] = y;
        self.start_min[at] = start.cast_signed();
        self.end_min[at] = end.cast_signed();
        self.event_type[at] = event_type;
        self.codes[at] = codes;
        self.incident_of[at] = incident;
        let (word, bit) = (at / 64, 1 << (at % 64));
        let stride = types + STATUSES.len() + PRECISIONS.len();
        let planes = &mut self.planes[word * stride..][..stride];
        planes[usize::from(event_type).min(TYPES_APART)] |= bit;
        planes[types + usize::from(codes & 15)] |= bit;
        planes[types + STATUSES.len() + usize::from(codes >> 4)] |= bit;
        let sums = &mut self.word_sums[word];
        sums[0] += u64::from(x);
        sums[1] += u64::from(y);
    }
}

/// Writes all columns in slot order, whole words of slots to each thread.
fn gather(columns: &mut Columns, sorted: &[Vec<Keyed>], off_map: &[Keyed], rest: &[Rest], threads: usize) {
    let (len, types, stride) = (rest.len(), columns.planes.types, columns.planes.stride());
    let slot_of: Vec<AtomicU32> = std::iter::repeat_with(AtomicU32::default).take(len).collect();
    let mut left = Stretch {
        x: &mut columns.x,
        y: &mut columns.y,
        start_min: &mut columns.start_min,
        end_min: &mut columns.end_min,
        event_type: &mut columns.event_type,
        codes: &mut columns.codes,
        incident_of: &mut columns.incident_of,
        planes: &mut columns.planes.bits,
        word_sums: &mut columns.word_sums,
    };
    let mut jobs = Vec::new();
    let mut slot = 0;
    for thread in 1..threads {
        let slots = (len * thread / threads / 64 * 64) - slot;
        let (mine, others) = left.split(slots, stride);
        jobs.push((slot, slots, mine));
        (left, slot) = (others, slot + slots);
    }
    jobs.push((slot, len - slot, left));
    parallel::each(jobs, |(slot, slots, mut mine)| {
        let pieces = sorted.iter().map(Vec::as_slice).chain([off_map]);
        pieces.flatten().skip(slot).take(slots).enumerate().for_each(|(at, keyed)| {
            let incident = keyed.1 as usize;
            mine.write(at, *keyed, rest[incident], types);
            slot_of[incident].store((slot + at) as u32, Ordering::Relaxed);
        });
    });
    columns.slot_of = slot_of.into_iter().map(AtomicU32::into_inner).collect();
}
