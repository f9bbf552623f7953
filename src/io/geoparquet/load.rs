//! Reads what is known of every row without its texts, on all cores, part by part.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::damage::Damage;
use super::file::ParquetFile;
use super::plan::{Plan, Tallies};
use super::rows::{Chunks, Outcome, RowIndex, Stream};
use crate::io::ids::Ids;
use crate::io::limits::MAX_REFUSED_ROWS;
use crate::io::table::{Fault, Tally};
use crate::io::{Intake, RowPlace};
use crate::model::{Facts, Shape};
use crate::progress::Progress;

/// Rows of a part: few enough that both cores end at about the same time.
const PART_ROWS: usize = 1 << 17;

/// Rows that are in memory at a time.
const BATCH_ROWS: usize = 1 << 14;

/// More threads than this gain nothing: the memory is then the limit.
const MAX_THREADS: usize = 4;

/// Some rows of a row group.
#[derive(Debug, Clone, Copy)]
struct Part {
    group: usize,
    from: usize,
    rows: usize,
}

/// What was found in a part.
#[derive(Default)]
struct Found {
    tallies: Tallies,
    facts: Vec<Facts>,
    /// The hashes of their identifiers, if they were asked for.
    ids: Vec<u64>,
    /// Rows that are no incidents, by their number in the part, and whether they are only listed.
    refused: Vec<(usize, bool, Fault)>,
    shapes: Vec<Shape>,
}

/// All rows of a file, taken in.
pub(super) struct Loaded {
    pub(super) intake: Intake,
    pub(super) tally: Tally,
    /// Which row is which incident.
    pub(super) index: RowIndex,
    pub(super) ids: Ids,
}

/// Takes all rows in.
pub(super) fn load(file: &ParquetFile, plan: &Plan, progress: &Progress) -> Result<Loaded, Damage> {
    let mut loaded = Loaded {
        intake: Intake::default(),
        tally: Tally::default(),
        index: RowIndex::new((0..file.groups()).map(|group| file.rows_of(group))),
        ids: Ids::default(),
    };
    let parts = parts(file);
    let found = read_parts(file, plan, progress, &parts)?;
    loaded.intake.reserve_facts(found.iter().map(|found| found.facts.len()).sum());
    for (part, found) in parts.iter().zip(found) {
        let first_row = loaded.index.first_row(part.group) + part.from;
        merge(plan, first_row, found, &mut loaded);
    }
    Ok(loaded)
}

fn parts(file: &ParquetFile) -> Vec<Part> {
    let of_group = |group| {
        let rows = file.rows_of(group);
        (0..rows).step_by(PART_ROWS).map(move |from| Part { group, from, rows: PART_ROWS.min(rows - from) })
    };
    (0..file.groups()).flat_map(of_group).collect()
}

/// Reads the parts, each by whichever thread is free.
fn read_parts(
    file: &ParquetFile,
    plan: &Plan,
    progress: &Progress,
    parts: &[Part],
) -> Result<Vec<Found>, Damage> {
    let chunks = Chunks::default();
    let total: usize = parts.iter().map(|part| part.rows).sum();
    let (next, done, has_failed) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let refused = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<Result<Found, Damage>>>> = Mutex::new(parts.iter().map(|_| None).collect());
    let go_on = |rows: usize, found: &[Facts]| {
        let places = found.iter().map(|it| [it.position.lon_deg as f32, it.position.lat_deg as f32]);
        progress.found(rows, places);
        let done = done.fetch_add(rows, Ordering::Relaxed) + rows;
        progress.go_on(done, total) && !has_failed.load(Ordering::Relaxed)
    };
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(part) = parts.get(number) else { return };
            let result = read_part(&chunks, file, plan, *part, &go_on).and_then(|found| {
                let before = refused.fetch_add(found.refused.len(), Ordering::Relaxed);
                if before + found.refused.len() > MAX_REFUSED_ROWS { Err(Damage::TooMany) } else { Ok(found) }
            });
            has_failed.fetch_or(result.is_err(), Ordering::Relaxed);
            if let Some(place) = results.lock().unwrap_or_else(PoisonError::into_inner).get_mut(number) {
                *place = Some(result);
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
    std::thread::scope(|scope| {
        for _ in 1..threads.min(parts.len()) {
            // Without another thread this one does all of it.
            let _ = std::thread::Builder::new().name("parquet".to_owned()).spawn_scoped(scope, work);
        }
        work();
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    // What stopped the others is the reason, not that they were stopped.
    let mut found = Vec::with_capacity(results.len());
    let mut stopped = None;
    for result in results {
        match result {
            Some(Ok(part)) => found.push(part),
            Some(Err(Damage::Cancelled)) | None => stopped = Some(Damage::Cancelled),
            Some(Err(damage)) => return Err(damage),
        }
    }
    stopped.map_or(Ok(found), Err)
}

fn read_part(
    chunks: &Chunks,
    file: &ParquetFile,
    plan: &Plan,
    part: Part,
    go_on: &dyn Fn(usize, &[Facts]) -> bool,
) -> Result<Found, Damage> {
    let mut stream = Stream::open(chunks, file, part.group, part.from, &plan.fact_leaves())?;
    let mut found = Found::default();
    let first_row = (0..part.group).map(|group| file.rows_of(group)).sum::<usize>() + part.from;
    for from in (0..part.rows).step_by(BATCH_ROWS) {
        let rows = BATCH_ROWS.min(part.rows - from);
        let columns = stream.next(rows)?;
        let kept_before = found.facts.len();
        for row in 0..rows {
            match plan.facts(row, &columns, (from + row) as u64 + 1, &mut found.tallies) {
                Outcome::Kept(facts, geometry) => {
                    found.shapes.extend(geometry.and_then(|it| it.into_shape(found.facts.len())));
                    found.facts.push(facts);
                    found.ids.extend(plan.id_hash(row, &columns, first_row + from + row));
                }
                Outcome::Listed(fault) => found.refused.push((from + row, true, fault)),
                Outcome::Rejected(fault) => found.refused.push((from + row, false, fault)),
            }
        }
        if !go_on(rows, &found.facts[kept_before..]) {
            return Err(Damage::Cancelled);
        }
    }
    Ok(found)
}

/// Takes the rows of a part in, the first of which has this number in the file.
fn merge(plan: &Plan, first_row: usize, found: Found, loaded: &mut Loaded) {
    let Loaded { intake, tally, index, ids } = loaded;
    tally.merge(&found.tallies.tally, first_row as u64);
    let place = |row: usize, column| RowPlace { line: (first_row + row) as u64 + 1, column };
    let first_incident = intake.len();
    for mut shape in found.shapes {
        shape.incident += first_incident;
        intake.shape(shape);
    }
    let types = plan.merge_types(&found.tallies.event_types, intake.event_types());
    let mut refused = found.refused.into_iter().peekable();
    let mut facts = found.facts.into_iter();
    let mut hashes = found.ids.into_iter();
    let mut row = 0;
    loop {
        if let Some((_, is_listed, fault)) = refused.next_if(|(number, ..)| *number == row) {
            let Fault { column, field, value, reason } = fault;
            let take = if is_listed { Intake::list } else { Intake::reject };
            take(intake, place(row, column), &field, &value, &reason);
            index.drop_row(first_row + row);
        } else if let Some(mut facts) = facts.next() {
            if let Some(&event_type) = types.get(usize::from(facts.event_type)) {
                facts.event_type = event_type;
            }
            let incident = intake.keep_facts(place(row, 0), facts);
            if let Some(hash) = hashes.next() {
                ids.add(incident, first_row + row + 1, hash, place(row, 0).line);
            }
        } else {
            return;
        }
        row += 1;
    }
}
