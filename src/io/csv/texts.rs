//! Reads incidents back from their rows.

use std::ops::Range;

use super::Table;
use super::load::RowIndex;
use super::scan::{Ending, Field, Record, row};
use crate::io::EventTypes;
use crate::io::table::Row;
use crate::model::{Incident, Marks, SearchText, TextError, Texts};

/// The rows of a table, which are read again when somebody looks at them.
#[derive(Debug)]
pub(super) struct CsvTexts {
    pub(super) table: Table,
    pub(super) rows: RowIndex,
    pub(super) types: EventTypes,
}

/// What an incident is called whose row has no identifier.
pub(super) fn made_id(incident: usize) -> String {
    format!("row-{}", incident + 1)
}

impl CsvTexts {
    fn place(&self, incident: usize) -> Option<(u64, usize)> {
        Some((*self.rows.offsets.get(incident)?, *self.rows.lens.get(incident)? as usize))
    }

    fn changed(&self) -> TextError {
        TextError::Changed { file: self.table.input.name().to_owned() }
    }

    /// The cells in the bytes of a row.
    fn record<'a>(&self, bytes: &'a [u8], fields: &'a mut Vec<Field>) -> Result<Record<'a>, TextError> {
        let text = std::str::from_utf8(bytes).map_err(|_| self.changed())?;
        let is_whole = !bytes.is_empty()
            && matches!(row(bytes, true, self.table.dialect, fields), Ending::Row { next, .. } if next == bytes.len());
        if is_whole { Ok(Record { text, fields }) } else { Err(self.changed()) }
    }

    /// The incident in the bytes of its row.
    fn parse(&self, number: usize, bytes: &[u8], fields: &mut Vec<Field>) -> Result<Incident, TextError> {
        let record = self.record(bytes, fields)?;
        let found = self.table.reader.incident_of(&record, &self.types);
        let Row::Kept((mut incident, _)) = found else { return Err(self.changed()) };
        if incident.id.is_empty() {
            incident.id = made_id(number);
        }
        incident.id = self.rows.told_apart.name(number, number + 1, incident.id);
        Ok(incident)
    }
}

impl Texts for CsvTexts {
    fn read(&self, incident: usize) -> Result<Incident, TextError> {
        let (offset, len) = self.place(incident).ok_or_else(|| self.changed())?;
        self.parse(incident, &self.table.input.again(offset, len)?, &mut Vec::new())
    }

    fn scan(
        &self,
        range: Range<usize>,
        wanted: &dyn Fn(&[u8]) -> bool,
        visit: &mut dyn FnMut(usize, &Incident) -> bool,
    ) -> Result<(), TextError> {
        let adds_words = self.table.reader.adds_words();
        let mut fields = Vec::new();
        self.table.input.each_stretch(
            range,
            |n| self.place(n),
            |number, row| {
                if !adds_words && !wanted(row) {
                    return Ok(true);
                }
                Ok(visit(number, &self.parse(number, row, &mut fields)?))
            },
        )
    }

    fn marks(&self) -> Option<&Marks> {
        self.table.marks.then_some(&self.rows.marks)
    }

    fn search(
        &self,
        range: Range<usize>,
        wanted: &dyn Fn(&[u8]) -> bool,
        visit: &mut dyn FnMut(usize, &mut SearchText) -> bool,
    ) -> Result<(), TextError> {
        let reader = &self.table.reader;
        let mut fields = Vec::new();
        let mut text = SearchText::default();
        self.table.input.each_stretch(
            range,
            |n| self.place(n),
            |number, row| {
                if !reader.adds_words() && !wanted(row) {
                    return Ok(true);
                }
                text.clear();
                if !reader.search_text(&self.record(row, &mut fields)?, &mut text) {
                    // Its own tables say more than their cells do by themselves.
                    text.set(&self.parse(number, row, &mut fields)?);
                }
                Ok(visit(number, &mut text))
            },
        )
    }
}
