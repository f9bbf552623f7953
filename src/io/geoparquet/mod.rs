//! GeoParquet 1.0 and 1.1, and Parquet files with columns of latitude and longitude.
//!
//! Positions come from the geometry column that the `geo` metadata name (well-known binary or native points), from a
//! column of Parquet's own geometry types, or else from columns as in any table. Everything else is a table whose cells
//! are the columns' values as text: see [`super::table`]. What Dateline wrote itself is read back to what it was.
//!
//! At first only the columns are read that tell where, when and of what type each incident is, on all cores; texts stay
//! in the file and are read back by row group, page and row. The parquet crate expands pages and decodes values, but it
//! trusts what a file announces: so all headers are looked at before it sees them (`thrift`, `pages`, `delta`), and
//! where it still stumbles, that becomes words (`damage`).

mod cell;
mod columns;
mod damage;
mod delta;
mod file;
mod geo;
mod load;
mod own;
mod pages;
mod plan;
mod rows;
mod texts;
mod thrift;
mod wkb;
mod write;

#[cfg(test)]
mod tests;

use damage::Damage;
use file::ParquetFile;
use plan::Plan;
use texts::ParquetTexts;
pub(super) use wkb::of_wgs84 as geometry_of_wkb;
pub(super) use write::write_selection;

use super::limits::{MAX_COMPARED_IDS, SMALL_TABLE_BYTES};
use super::{Input, Intake, ReadError, ReadOptions, title_of};
use crate::model::{Dataset, Incident};
use crate::progress::Progress;

/// Texts of fewer rows than these are kept in memory, where the file is small, too.
const SMALL_ROWS: usize = 100_000;

/// How much of the time goes into the first pass, roughly.
const FACTS_SHARE: f64 = 0.9;

/// Whether a file begins as Parquet files do.
pub(super) fn detect(head: &[u8]) -> bool {
    head.starts_with(file::MAGIC)
}

/// Reads a file.
pub(super) fn read_input(
    input: &Input,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Dataset, ReadError> {
    let fail = |damage: Damage| damage.into_read_error(input);
    let file = ParquetFile::open(input).map_err(fail)?;
    let mut plan = Plan::of(&file, options)?;
    let rows: usize = (0..file.groups()).map(|group| file.rows_of(group)).sum();
    let are_ids_left = rows > MAX_COMPARED_IDS && plan.has_ids();
    if rows <= MAX_COMPARED_IDS {
        plan.ask_for_ids();
    }
    let mut loaded = load::load(&file, &plan, &progress.part(0.0, FACTS_SHARE)).map_err(fail)?;
    if plan.settle(&loaded.tally) {
        progress.forget_rows();
        loaded = load::load(&file, &plan, &progress.part(0.0, FACTS_SHARE)).map_err(fail)?;
    }
    let mut intake = loaded.intake;
    for note in &file.notes {
        intake.note(note.clone());
    }
    if let Plan::Table(table) = &plan {
        for note in table.reader.notes(&loaded.tally) {
            intake.note(note);
        }
    }
    if intake.account().rows() == 0 {
        intake.note("the table has no rows");
    }
    loaded.ids.note().into_iter().for_each(|note| intake.note(note));
    if are_ids_left {
        intake.note("identifiers were not held against each other: the file has more than four million rows");
    }
    plan.keep_types(intake.event_types());
    let told_apart = loaded.ids.into_told_apart();
    finish(input, ParquetTexts::new(file, plan, loaded.index, told_apart), intake, progress)
}

fn finish(
    input: &Input,
    texts: ParquetTexts,
    intake: Intake,
    progress: &Progress,
) -> Result<Dataset, ReadError> {
    let is_small = input.len() <= SMALL_TABLE_BYTES && intake.len() <= SMALL_ROWS;
    let own = match texts.plan() {
        Plan::Own(own) => Some(own.head()),
        Plan::Table(_) => None,
    };
    let mut dataset = intake.finish_stored(title_of(input), Box::new(texts));
    if let Some(head) = own {
        head.give_to(&mut dataset);
    }
    if is_small {
        let mut all: Vec<Incident> = Vec::new();
        let read = dataset.incidents.each(|_, incident| {
            all.push(incident.clone());
            !progress.is_cancelled()
        });
        if progress.is_cancelled() {
            return Err(ReadError::cancelled(input.name()));
        }
        // The columns of positions were sound, but others are not: nothing is half read.
        read.map_err(|error| ReadError::whole_file(input.name(), error.to_string(), "write the file again"))?;
        dataset.incidents = all.into();
    }
    Ok(dataset)
}
