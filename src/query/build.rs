//! Building the columns: project, sort by Morton key, write column by column. Every step is shared among the cores.
//!
//! Memory is what takes the time, so everything is done within what a core's cache holds: a batch of incidents at a time
//! is dealt into buckets by the top bits of their keys, then one bucket at a time is brought together from all batches,
//! sorted and written.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use super::bins::Times;
use super::columns::{
    Columns, Directory, Planes, Row, STATUSES, TYPE_COUNTS, TYPES_APART, precision_code, status_code,
};
use super::{morton, parallel};
use crate::geo::LonLat;

/// Bits of the key by which records are dealt into buckets.
const BUCKET_BITS: u32 = 12;
const BUCKETS: usize = 1 << BUCKET_BITS;

/// The directory goes no deeper: it would take 64 MiB.
const MAX_DIRECTORY_LEVEL: u32 = 12;

/// An incident on its way into the columns.
#[derive(Debug, Clone, Copy, Default)]
struct Record {
    /// Its Morton key; once it is written, its slot.
    key: u64,
    incident: u32,
    start_min: i32,
    end_min: i32,
    event_type: u16,
    codes: u8,
}

/// Incidents of a batch: their records and their slots fit a core's cache.
const BATCH: usize = 1 << 16;

/// Incidents that follow each other, dealt into buckets.
#[derive(Default)]
struct Batch {
    records: Vec<Record>,
    /// Where each bucket begins, and the end of the last.
    first: Vec<u32>,
    off_map: Vec<(Record, LonLat)>,
    event_types: usize,
}

impl Batch {
    fn bucket(&self, bucket: usize) -> Range<usize> {
        self.first[bucket] as usize..self.first[bucket + 1] as usize
    }
}

/// Columns of `len` incidents, of which `row` gives each.
pub(super) fn build(len: usize, row: &(impl Fn(usize) -> Row + Sync)) -> Columns {
    build_on(parallel::threads_for(len), len, row)
}

fn build_on(threads: usize, len: usize, row: &(impl Fn(usize) -> Row + Sync)) -> Columns {
    static NEXT_ID: AtomicU64 = AtomicU64::new(1);
    let len = len.min(u32::MAX as usize - 64);
    let mut batches: Vec<Batch> = std::iter::repeat_with(Batch::default).take(len.div_ceil(BATCH)).collect();
    let share = batches.len().div_ceil(threads).max(1);
    let jobs = batches.chunks_mut(share).enumerate().collect();
    parallel::each(jobs, |(n, batches): (usize, &mut [Batch])| {
        let mut records = Vec::with_capacity(BATCH);
        for (batch, first) in batches.iter_mut().zip((n * share * BATCH..len).step_by(BATCH)) {
            batch.deal(first..(first + BATCH).min(len), row, &mut records);
        }
    });

    let mappable: usize = batches.iter().map(|batch| batch.records.len()).sum();
    let event_types = batches.iter().map(|batch| batch.event_types).max().unwrap_or(0);
    let level = directory_level(mappable);
    let planes = Planes { bits: Vec::new(), types: event_types.min(TYPE_COUNTS) };
    let mut columns = Columns {
        id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
        x: vec![0; len],
        y: vec![0; len],
        start_min: vec![0; len],
        end_min: vec![0; len],
        event_type: vec![0; len],
        codes: vec![0; len],
        incident_of: vec![0; len],
        slot_of: vec![0; len],
        word_sums: vec![[0; 2]; len / 64 + 1],
        directory: Directory { level, first: vec![0; (1 << (2 * level)) + 1] },
        mappable: mappable as u32,
        off_map: batches.iter().flat_map(|batch| &batch.off_map).map(|(_, position)| *position).collect(),
        planes: Planes { bits: vec![0; (len / 64 + 1) * planes.stride()], ..planes },
        event_types,
        times: None,
        common_zone: None,
    };
    write_columns(&mut columns, &mut batches, threads);
    write_slots(&mut columns, &batches, threads);
    write_words(&mut columns, threads);
    columns.times = Times::of(columns.spans(None));
    columns
}

impl Batch {
    /// Reads some rows and deals those on the map into buckets, in order.
    fn deal(&mut self, incidents: Range<usize>, row: &impl Fn(usize) -> Row, records: &mut Vec<Record>) {
        records.clear();
        self.first = vec![0; BUCKETS + 1];
        for incident in incidents {
            let row = row(incident);
            let [start_min, end_min] = row.span_min;
            let mut record = Record {
                key: 0,
                incident: incident as u32,
                start_min,
                end_min: end_min.max(start_min),
                event_type: row.event_type,
                codes: status_code(row.status) | precision_code(row.precision) << 4,
            };
            self.event_types = self.event_types.max(usize::from(row.event_type) + 1);
            if let Some((x, y)) = row.units() {
                record.key = morton::key(x, y);
                self.first[bucket(record.key) + 1] += 1;
                records.push(record);
            } else {
                self.off_map.push((record, row.position));
            }
        }
        for bucket in 1..=BUCKETS {
            self.first[bucket] += self.first[bucket - 1];
        }
        let mut next = self.first.clone();
        self.records = vec![Record::default(); records.len()];
        for record in records {
            let next = &mut next[bucket(record.key)];
            self.records[*next as usize] = *record;
            *next += 1;
        }
    }
}

fn bucket(key: u64) -> usize {
    (key >> (64 - BUCKET_BITS)) as usize
}

/// About four incidents a cell if they were spread evenly.
fn directory_level(mappable: usize) -> u32 {
    mappable.max(1).ilog2().div_ceil(2).saturating_sub(1).min(MAX_DIRECTORY_LEVEL)
}

/// Stretches of buckets, about equally full, that cover them all.
fn part(totals: &[usize], parts: usize) -> Vec<Range<usize>> {
    let sum: usize = totals.iter().sum();
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

/// The stretch of columns and directory that one thread writes.
struct Stretch<'a> {
    /// Its first slot and its first cell of the directory.
    slot: usize,
    cell: u64,
    x: &'a mut [u32],
    y: &'a mut [u32],
    start_min: &'a mut [i32],
    end_min: &'a mut [i32],
    event_type: &'a mut [u16],
    codes: &'a mut [u8],
    incident_of: &'a mut [u32],
    directory: &'a mut [u32],
    written: usize,
    cells_written: usize,
}

/// Takes the first entries off a column.
#[expect(clippy::mut_mut, reason = "what is shortened is itself a mutable slice")]
fn front<'a, T>(count: usize, column: &mut &'a mut [T]) -> &'a mut [T] {
    let (front, back) = std::mem::take(column).split_at_mut(count);
    *column = back;
    front
}

impl<'a> Stretch<'a> {
    fn of(columns: &'a mut Columns) -> Self {
        Self {
            slot: 0,
            cell: 0,
            x: &mut columns.x,
            y: &mut columns.y,
            start_min: &mut columns.start_min,
            end_min: &mut columns.end_min,
            event_type: &mut columns.event_type,
            codes: &mut columns.codes,
            incident_of: &mut columns.incident_of,
            directory: &mut columns.directory.first,
            written: 0,
            cells_written: 0,
        }
    }

    /// Takes so many slots and cells off the front.
    fn take(&mut self, slots: usize, cells: usize) -> Self {
        let taken = Stretch {
            slot: self.slot,
            cell: self.cell,
            x: front(slots, &mut self.x),
            y: front(slots, &mut self.y),
            start_min: front(slots, &mut self.start_min),
            end_min: front(slots, &mut self.end_min),
            event_type: front(slots, &mut self.event_type),
            codes: front(slots, &mut self.codes),
            incident_of: front(slots, &mut self.incident_of),
            directory: front(cells, &mut self.directory),
            written: 0,
            cells_written: 0,
        };
        self.slot += slots;
        self.cell += cells as u64;
        taken
    }

    /// Writes the next slot, and where the cells up to the record's begin. Gives the slot.
    fn write(&mut self, record: &Record, level: u32) -> u64 {
        let cells = (morton::cell(record.key, level) - self.cell) as usize + 1;
        if cells > self.cells_written {
            self.directory[self.cells_written..cells].fill((self.slot + self.written) as u32);
            self.cells_written = cells;
        }
        self.put(record)
    }

    /// Writes the next slot and gives it.
    fn put(&mut self, record: &Record) -> u64 {
        let at = self.written;
        (self.x[at], self.y[at]) = morton::position(record.key);
        self.start_min[at] = record.start_min;
        self.end_min[at] = record.end_min;
        self.event_type[at] = record.event_type;
        self.codes[at] = record.codes;
        self.incident_of[at] = record.incident;
        self.written += 1;
        (self.slot + at) as u64
    }

    fn finish(self) {
        self.directory[self.cells_written..].fill((self.slot + self.written) as u32);
    }
}

/// Sorts the buckets and writes them, some to each thread, then what is not on the map.
fn write_columns(columns: &mut Columns, batches: &mut [Batch], threads: usize) {
    let level = columns.directory.level;
    let totals: Vec<usize> =
        (0..BUCKETS).map(|bucket| batches.iter().map(|batch| batch.bucket(bucket).len()).sum()).collect();
    // Small directories have cells that are larger than buckets: then one thread does it all.
    let parts = part(&totals, if 2 * level < BUCKET_BITS { 1 } else { threads });
    let mut left = Stretch::of(columns);
    let mut jobs: Vec<_> = parts
        .into_iter()
        .map(|buckets| {
            let slots = totals[buckets.clone()].iter().sum();
            let is_last = buckets.end == BUCKETS;
            let cells =
                if is_last { left.directory.len() } else { buckets.len() << (2 * level - BUCKET_BITS) };
            (buckets, left.take(slots, cells), Vec::with_capacity(batches.len()))
        })
        .collect();
    for Batch { records, first, off_map, .. } in batches {
        let mut records = records.as_mut_slice();
        for (buckets, _, pieces) in &mut jobs {
            let (mine, others) = records.split_at_mut((first[buckets.end] - first[buckets.start]) as usize);
            records = others;
            pieces.push((mine, &first[buckets.start..]));
        }
        for (record, _) in off_map {
            record.key = left.put(record);
        }
    }
    parallel::each(jobs, |(buckets, mut stretch, mut pieces)| {
        let mut sorting = Sorting::default();
        for bucket in 0..buckets.len() {
            sorting.write_bucket(&mut stretch, level, &mut pieces, bucket);
        }
        stretch.finish();
    });
}

/// Writes which slot each incident has, a batch at a time.
fn write_slots(columns: &mut Columns, batches: &[Batch], threads: usize) {
    let share = batches.len().div_ceil(threads).max(1);
    let jobs = columns.slot_of.chunks_mut(share * BATCH).zip(batches.chunks(share)).collect();
    parallel::each(jobs, |(slot_of, batches): (&mut [u32], &[Batch])| {
        for (slot_of, batch) in slot_of.chunks_mut(BATCH).zip(batches) {
            for record in batch.records.iter().chain(batch.off_map.iter().map(|(record, _)| record)) {
                slot_of[record.incident as usize % BATCH] = record.key as u32;
            }
        }
    });
}

/// The records of one batch in some buckets, and where each bucket begins in the batch.
type Piece<'a> = (&'a mut [Record], &'a [u32]);

fn of_bucket((_, first): &Piece, bucket: usize) -> Range<usize> {
    (first[bucket] - first[0]) as usize..(first[bucket + 1] - first[0]) as usize
}

/// Puts one bucket after the other in order. Its buffers are used again.
#[derive(Default)]
struct Sorting {
    records: Vec<Record>,
    packed: Vec<u64>,
    keyed: Vec<(u64, u32)>,
    other: Vec<(u64, u32)>,
    order: Vec<u32>,
}

impl Sorting {
    /// Sorts a bucket and writes it; its records then know their slots.
    fn write_bucket(&mut self, stretch: &mut Stretch, level: u32, pieces: &mut [Piece], bucket: usize) {
        self.records.clear();
        for piece in pieces.iter() {
            self.records.extend_from_slice(&piece.0[of_bucket(piece, bucket)]);
        }
        self.sort();
        for &n in &self.order {
            let record = &mut self.records[n as usize];
            record.key = stretch.write(record, level);
        }
        let mut written = self.records.iter();
        for piece in pieces {
            let mine = of_bucket(piece, bucket);
            for (record, written) in piece.0[mine].iter_mut().zip(&mut written) {
                record.key = written.key;
            }
        }
    }

    /// Finds the order of the records by key; equal keys stay in order.
    fn sort(&mut self) {
        /// The bits that all keys of the bucket share make room for the number of a record.
        const NUMBER: u64 = BUCKETS as u64 - 1;
        self.order.clear();
        let numbered = (0..).zip(&self.records);
        if self.records.len() <= BUCKETS {
            self.packed.clear();
            self.packed.extend(numbered.map(|(n, record)| record.key << BUCKET_BITS | n));
            self.packed.sort_unstable();
            self.order.extend(self.packed.iter().map(|packed| (packed & NUMBER) as u32));
        } else {
            self.keyed.clear();
            self.keyed.extend(numbered.map(|(n, record)| (record.key, n as u32)));
            radix_sort(&mut self.keyed, &mut self.other);
            self.order.extend(self.keyed.iter().map(|(_, n)| n));
        }
    }
}

/// Sorts by key, byte by byte from the lowest; bytes that are the same everywhere are skipped. Equal keys stay in order.
fn radix_sort(keyed: &mut Vec<(u64, u32)>, other: &mut Vec<(u64, u32)>) {
    let mut counts = [[0u32; 256]; 8];
    for (key, _) in keyed.iter() {
        for (counts, byte) in counts.iter_mut().zip(key.to_le_bytes()) {
            counts[usize::from(byte)] += 1;
        }
    }
    other.resize(keyed.len(), (0, 0));
    for (digit, counts) in counts.iter_mut().enumerate() {
        if counts.iter().any(|&count| count as usize == keyed.len()) {
            continue;
        }
        let mut next = 0;
        for count in counts.iter_mut() {
            next += std::mem::replace(count, next);
        }
        for entry in keyed.iter() {
            let at = &mut counts[usize::from((entry.0 >> (8 * digit)) as u8)];
            other[*at as usize] = *entry;
            *at += 1;
        }
        std::mem::swap(keyed, other);
    }
}

/// Writes the bits and the sums of each word of slots.
fn write_words(columns: &mut Columns, threads: usize) {
    let Columns { x, y, event_type, codes, planes, word_sums, .. } = columns;
    let (types, stride) = (planes.types, planes.stride());
    let words = word_sums.len().div_ceil(threads);
    let jobs = planes.bits.chunks_mut(words * stride).zip(word_sums.chunks_mut(words)).enumerate().collect();
    parallel::each(jobs, |(n, (planes, sums)): (usize, (&mut [u64], &mut [[u64; 2]]))| {
        for (at, (planes, sums)) in planes.chunks_mut(stride).zip(sums).enumerate() {
            let first = ((n * words) + at) * 64;
            let slots = first..(first + 64).min(x.len());
            for (bit, (event_type, codes)) in
                event_type[slots.clone()].iter().zip(&codes[slots.clone()]).enumerate()
            {
                planes[usize::from(*event_type).min(TYPES_APART)] |= 1 << bit;
                planes[types + usize::from(codes & 15)] |= 1 << bit;
                planes[types + STATUSES.len() + usize::from(codes >> 4)] |= 1 << bit;
            }
            *sums = [&x[slots.clone()], &y[slots]].map(|axis| axis.iter().map(|&it| u64::from(it)).sum());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Row, brute};

    /// Three batches and more than one thread, whatever the machine.
    #[test]
    fn many_incidents_are_in_order_on_any_number_of_threads() {
        let len = 2 * BATCH + 1000;
        let row = |n: usize| {
            // Everything in one quarter of a town, so that buckets are large, but for some that are nowhere.
            let lat_deg = if n.is_multiple_of(1000) { 89.0 } else { 50.0 + (n * 7919 % 1009) as f64 * 1e-5 };
            let position = LonLat::new(30.0 + (n * 104_729 % 997) as f64 * 1e-5, lat_deg);
            Row { position, event_type: (n % 7) as u16, ..brute::plain_row() }
        };
        let expected = Columns::build(len, row);
        let mut order: Vec<usize> = (0..len).collect();
        order.sort_by_key(|&n| row(n).units().map_or((u64::MAX, n), |(x, y)| (morton::key(x, y), n)));
        let found: Vec<usize> = (0..len).map(|slot| expected.incident_of(slot).unwrap()).collect();
        assert_eq!(found, order);
        assert!((0..len).all(|n| expected.slot_of(order[n]) == Some(n)));
        for threads in [2, 3] {
            let columns = build_on(threads, len, &row);
            assert_eq!((&columns.incident_of, &columns.slot_of), (&expected.incident_of, &expected.slot_of));
            assert_eq!((&columns.x, &columns.y), (&expected.x, &expected.y));
            assert_eq!(columns.directory.first, expected.directory.first);
            assert_eq!(columns.planes.bits, expected.planes.bits);
            assert_eq!(columns.word_sums, expected.word_sums);
        }
    }
}
