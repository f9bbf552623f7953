//! The rows of a sheet's table as incidents: facts of all, texts from the grid when they are asked for.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::grid::{Grid, SheetRow};
use super::header::{self, Found};
use super::{Sheet, listed};
use crate::io::ids::{Ids, ToldApart, hash_of};
use crate::io::table::{Row, TableReader, Tally};
use crate::io::{EventTypes, Input, Intake, ReadError, ReadOptions, RowPlace, escape, title_of};
use crate::model::{Dataset, Facts, Incident, TextError, Texts, unreadable};
use crate::progress::Progress;

/// Up to so many rows become incidents at once; those of more stay packed.
const SMALL_ROWS: usize = 20_000;

/// Rows between two looks at the wish to stop.
const STEP_ROWS: usize = 1 << 10;

/// Makes a dataset of a sheet.
pub(super) fn read(
    input: &Input,
    sheet: Sheet,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Dataset, ReadError> {
    let Sheet { mut grid, names, chosen } = sheet;
    let name = names.get(chosen).map(|name| escape(name)).unwrap_or_default();
    if grid.len() == 0 {
        return Err(ReadError::whole_file(
            input.name(),
            format!("the sheet “{name}” has no rows"),
            "name another sheet with --part",
        ));
    }
    // Names of columns may span the rows of a header of several.
    grid.sort_spans();
    let Found { mut reader, first_row, header_row } = header::find(input.name(), &grid, options)?;
    let spans = grid.settle_spans(header_row.map_or(0, |row| grid.number(row)));
    let take = |reader: &TableReader| Rows { grid: &grid, reader, first_row }.take(input, progress);
    let mut taken = take(&reader)?;
    if reader.settle(&taken.tally) {
        taken = take(&reader)?;
    }
    let mut intake = std::mem::take(&mut taken.intake);
    if names.len() > 1 {
        let others = names.iter().enumerate().filter(|(n, _)| *n != chosen).map(|(_, name)| name);
        let others = listed(others.collect::<Vec<_>>().into_iter());
        intake.note(format!("the sheet “{name}” was read; others are {others}: name one with --part"));
    }
    if let Some(note) = above_words(&grid, header_row) {
        intake.note(note);
    }
    if spans > 0 {
        intake.note(format!("merged cells hold for all the rows that they span ({spans})"));
    }
    for note in reader.notes(&taken.tally) {
        intake.note(note);
    }
    if intake.account().rows() == 0 {
        intake.note("the table has no rows");
    }
    let event_types = intake.event_types().clone();
    let Taken { rows, ids, .. } = taken;
    ids.note().into_iter().for_each(|note| intake.note(note));
    let texts = SheetTexts { grid, reader, rows, told_apart: ids.into_told_apart(), event_types };
    let in_memory = (intake.len() <= SMALL_ROWS)
        .then(|| (0..intake.len()).map(|n| texts.incident(n)).collect::<Vec<Incident>>());
    let mut dataset = intake.finish_stored(title_of(input), Box::new(texts));
    if let Some(incidents) = in_memory {
        dataset.incidents = incidents.into();
    }
    Ok(dataset)
}

/// What is said of a header that does not stand where it is looked for.
fn above_words(grid: &Grid, header_row: Option<usize>) -> Option<String> {
    let row = match header_row {
        None => return Some("the sheet has no header: its columns are numbered".to_owned()),
        Some(0) => return None,
        Some(row) => row,
    };
    let first: Vec<&str> = grid.row_text(0).split_whitespace().collect();
    let first: String = first.join(" ").chars().take(60).collect();
    let number = grid.number(row);
    Some(format!(
        "the header stands in row {number}; what stands above it was left out (“{}”)",
        escape(&first)
    ))
}

struct Rows<'a> {
    grid: &'a Grid,
    reader: &'a TableReader,
    first_row: usize,
}

struct Taken {
    intake: Intake,
    tally: Tally,
    /// The grid's row of each incident.
    rows: Vec<u32>,
    ids: Ids,
}

impl Rows<'_> {
    /// Takes all rows below the header in.
    fn take(&self, input: &Input, progress: &Progress) -> Result<Taken, ReadError> {
        let mut taken = Taken {
            intake: Intake::reporting(progress),
            tally: Tally::default(),
            rows: Vec::new(),
            ids: Ids::default(),
        };
        let mut event_types = EventTypes::default();
        for row in self.first_row..self.grid.len() {
            if row % STEP_ROWS == 0 && !progress.go_on(row, self.grid.len()) {
                return Err(ReadError::cancelled(input.name()));
            }
            let cells = SheetRow { grid: self.grid, row, width: self.reader.header().len() };
            let line = self.grid.number(row).into();
            let place = |column| RowPlace { line, column };
            let Taken { intake, tally, rows, ids } = &mut taken;
            match self.reader.facts(&cells, line, &mut event_types, tally) {
                Row::Kept((facts, geometry)) => {
                    let incident = intake.keep_facts(place(0), facts);
                    rows.push(row as u32);
                    if self.reader.has_ids() {
                        let number = self.grid.number(row);
                        let own = self.reader.id(&cells);
                        let id = id_of(own.trim(), number);
                        ids.add(incident, number as usize, hash_of(id.as_bytes()), line);
                    }
                    if let Some(shape) = geometry.and_then(|geometry| geometry.into_shape(incident)) {
                        intake.shape(shape);
                    }
                }
                Row::Listed(fault) => {
                    intake.list(place(fault.column), &fault.field, &fault.value, &fault.reason);
                }
                Row::Rejected(fault) => {
                    intake.reject(place(fault.column), &fault.field, &fault.value, &fault.reason);
                }
                // Cells with blanks only, or beyond the table.
                Row::Blank => {}
            }
        }
        *taken.intake.event_types() = event_types;
        Ok(taken)
    }
}

/// Makes incidents of the rows of a grid.
struct SheetTexts {
    grid: Grid,
    reader: TableReader,
    rows: Vec<u32>,
    told_apart: ToldApart,
    event_types: EventTypes,
}

impl fmt::Debug for SheetTexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SheetTexts").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}

impl SheetTexts {
    fn incident(&self, number: usize) -> Incident {
        let row = self.rows.get(number).map_or(usize::MAX, |&row| row as usize);
        let width = self.reader.header().len();
        let cells = SheetRow { grid: &self.grid, row, width };
        let mut incident = match self.reader.incident_of(&cells, &self.event_types) {
            Row::Kept((incident, _)) => incident,
            // The grid is what it was when this row was found to be an incident.
            _ => unreadable(number, &Facts::NONE),
        };
        let row_number = self.grid.number(row);
        let id = id_of(&incident.id, row_number).into_owned();
        incident.id = self.told_apart.name(number, row_number as usize, id);
        let beyond = self.grid.cells(row).filter(|(column, _)| usize::from(*column) >= width);
        incident.more.extend(beyond.map(|(column, text)| (header::unnamed(column.into()), text.to_owned())));
        incident
    }
}

/// The identifier of an incident: its own, or that of its row.
fn id_of(own: &str, row_number: u32) -> Cow<'_, str> {
    if own.is_empty() { format!("row-{row_number}").into() } else { own.into() }
}

impl Texts for SheetTexts {
    fn read(&self, incident: usize) -> Result<Incident, TextError> {
        Ok(self.incident(incident))
    }

    fn scan(
        &self,
        range: Range<usize>,
        wanted: &dyn Fn(&[u8]) -> bool,
        visit: &mut dyn FnMut(usize, &Incident) -> bool,
    ) -> Result<(), TextError> {
        let is_wanted = |number: &usize| {
            let row = self.rows.get(*number).map_or(usize::MAX, |&row| row as usize);
            self.reader.adds_words() || self.grid.has_spans() || wanted(self.grid.row_text(row).as_bytes())
        };
        let _ = range.filter(is_wanted).all(|number| visit(number, &self.incident(number)));
        Ok(())
    }
}
