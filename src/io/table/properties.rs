//! What features of a map (placemarks of KML) say of themselves by name, as if it were cells of a table: names in several
//! languages, dates and codes mean the same there.

use std::borrow::Cow;
use std::collections::HashMap;

use super::cells::{Cells, is_unknown};
use super::layouts::Layout;
use super::plan::Plan;
use super::{Field, TableReader, Tally, guess};
use crate::geo::LonLat;
use crate::io::limits::MAX_PROPERTY_NAMES;
use crate::model::Incident;

/// The names of all properties of a file, in the order in which they come up.
#[derive(Debug, Default)]
pub(in crate::io) struct Properties {
    names: Vec<String>,
    by_name: HashMap<String, u16>,
}

/// The properties of one feature.
#[derive(Debug, Clone, Default)]
pub(in crate::io) struct PropertyRow {
    /// Values by the number of their name.
    cells: Vec<(u16, String)>,
    /// What comes again under the same name, or under more names than are told apart.
    more: Vec<(String, String)>,
}

/// Knows what the properties of a file mean.
#[derive(Debug)]
pub(in crate::io) struct PropertyReader {
    table: TableReader,
}

impl Properties {
    /// Adds a property to those of a feature.
    pub(in crate::io) fn add(&mut self, row: &mut PropertyRow, name: String, value: String) {
        let number = match self.by_name.get(&name) {
            Some(number) => Some(*number),
            None if self.names.len() < MAX_PROPERTY_NAMES => {
                let number = self.names.len() as u16;
                self.names.push(name.clone());
                self.by_name.insert(name.clone(), number);
                Some(number)
            }
            None => None,
        };
        match number {
            Some(number) if !row.cells.iter().any(|(known, _)| *known == number) => {
                row.cells.push((number, value));
            }
            _ => row.more.push((name, value)),
        }
    }

    /// The properties of a feature with their names.
    pub(in crate::io) fn pairs<'a>(
        &'a self,
        row: &'a PropertyRow,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let named = |(number, value): &'a (u16, String)| {
            let name = self.names.get(usize::from(*number)).map_or("", String::as_str);
            (name, value.as_str())
        };
        row.cells.iter().map(named)
    }

    /// Finds out what they mean, by their names and by the dates in all rows. The tally is that of the rows.
    pub(in crate::io) fn reader<'a>(
        self,
        rows: impl Iterator<Item = (u64, &'a PropertyRow)>,
    ) -> (PropertyReader, Tally) {
        let layout = Layout::of_properties(&self.names);
        let plan = if layout == Layout::Mapped {
            let mut mapping = guess::guess(&self.names, &[]);
            // The position is known: what else says where it is stays as it is.
            for field in [Field::Lat, Field::Lon, Field::LatLon, Field::Wkt] {
                mapping.set(field, None);
            }
            Plan::of_mapping(&mapping, &self.names, self.names.len()).ok()
        } else {
            Some(Plan::of_layout(layout, &self.names))
        };
        let plan = plan.unwrap_or_else(|| Plan::of_layout(Layout::Mapped, &self.names));
        let mut table = TableReader::of_plan(self.names, plan);
        let mut tally = Tally::default();
        for (line, row) in rows {
            table.when(row, line, Some(&mut tally));
            let (_, _, is_odd) = table.precision(row);
            if is_odd {
                tally.odd_precision.add(line);
            }
        }
        table.settle(&tally);
        (PropertyReader { table }, tally)
    }
}

impl PropertyReader {
    /// What a feature at this position says by its properties. The event type is not set yet, and the identifier is
    /// empty where no property gives one.
    pub(in crate::io) fn incident(&self, row: &PropertyRow, position: LonLat) -> Incident {
        let mut incident = self.table.texts(row, position);
        incident.more.extend(row.more.iter().cloned());
        incident
    }

    /// The name of its event type; empty where no property gives one.
    pub(in crate::io) fn type_name<'a>(&'a self, row: &'a PropertyRow) -> Cow<'a, str> {
        self.table.type_name(row)
    }

    /// What its properties say of a field that the file has a word of its own for, which counts.
    pub(in crate::io) fn overruled(&self, row: &PropertyRow, field: Field) -> Option<(String, String)> {
        let column = self.table.plan.column(field)?;
        let value = row.cell(column);
        (!is_unknown(&value)).then(|| (self.table.header[column].clone(), value.into_owned()))
    }

    /// What is to be said of all of them.
    pub(in crate::io) fn notes(&self, tally: &Tally) -> Vec<String> {
        self.table.notes(tally)
    }
}

impl Cells for PropertyRow {
    fn count(&self) -> usize {
        self.cells.iter().map(|(number, _)| usize::from(*number) + 1).max().unwrap_or(0)
    }

    fn cell(&self, column: usize) -> Cow<'_, str> {
        let found = self.cells.iter().find(|(number, _)| usize::from(*number) == column);
        Cow::Borrowed(found.map_or("", |(_, value)| value))
    }
}
