//! Which column of a table means what, as numbers: a layout or a mapping, held against the header.

use std::borrow::Cow;

use super::cells::Cells;
use super::guess::folded;
use super::layouts::{Layout, Scale};
use super::{Field, Mapping, Value};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum From {
    Column(usize),
    Constant(String),
}

/// What all columns mean.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) layout: Layout,
    fields: [Option<From>; Field::ALL.len()],
    /// The columns that name who took part.
    pub(super) actors: Vec<usize>,
    /// Year, month and day, where each has a column of its own.
    pub(super) day_parts: Option<[usize; 3]>,
    /// How exactly the date is known, by the publisher's code.
    pub(super) time_code: Option<usize>,
    /// What the codes of the precision mean.
    pub(super) scale: Scale,
    /// What the publisher's layout has beside what every incident has: ACLED's sub-type; UCDP's dyad, headlines and
    /// dates of its sources.
    pub(super) extra: [Option<usize>; 3],
    /// Columns whose text stands in a field of the incident as it is.
    pub(super) is_used: Vec<bool>,
}

/// ACLED's sub-type, or UCDP's name of the two sides.
pub(super) const SUB_TYPE: usize = 0;
/// Headlines of UCDP's sources.
pub(super) const HEADLINES: usize = 1;
/// Dates of UCDP's sources.
pub(super) const SOURCE_DATES: usize = 2;

/// The columns of [`Plan::extra`] by folded name.
fn extra_names(layout: Layout) -> [&'static str; 3] {
    match layout {
        Layout::Acled => ["sub event type", "", ""],
        Layout::Ucdp => ["dyad name", "source headline", "source date"],
        Layout::Dateline | Layout::Gdelt | Layout::Mapped => [""; 3],
    }
}

/// The columns of a year, a month and a day: those of the Global Terrorism Database have an `i` before their names.
fn day_parts(names: &[String]) -> Option<[usize; 3]> {
    let column = |known: &str| names.iter().position(|name| name == known);
    [
        ["iyear", "imonth", "iday"],
        ["year", "month", "day"],
        ["год", "месяц", "день"],
        ["рік", "місяць", "день"],
    ]
    .iter()
    .find_map(|known| {
        let [year, month, day] = known.map(column);
        Some([year?, month?, day?])
    })
}

impl Plan {
    /// For the layout of a known publisher.
    pub(super) fn of_layout(layout: Layout, header: &[String]) -> Self {
        let names: Vec<String> = header.iter().map(|name| folded(name)).collect();
        let column = |name: &str| names.iter().position(|known| !name.is_empty() && known == name);
        let mut plan = Self::empty(layout, header.len());
        for (field, name) in layout.fields() {
            if let (Some(column), None) = (column(name), plan.get(*field)) {
                plan.put(*field, From::Column(column), &names);
            }
        }
        plan.actors = layout.actors().iter().filter_map(|name| column(name)).collect();
        plan.extra = extra_names(layout).map(column);
        plan.time_code = column(if layout == Layout::Ucdp { "date prec" } else { "time precision" });
        let repeated = layout.repeated().iter().filter_map(|name| column(name));
        let used = plan.actors.iter().copied().chain(plan.time_code).chain(repeated);
        for column in used.collect::<Vec<_>>() {
            plan.use_column(column);
        }
        plan
    }

    /// For a mapping; an error is the name of a column that the table does not have.
    pub(super) fn of_mapping(mapping: &Mapping, header: &[String], columns: usize) -> Result<Self, String> {
        let names: Vec<String> = header.iter().map(|name| folded(name)).collect();
        let mut plan = Self::empty(Layout::Mapped, columns);
        for (field, value) in mapping.iter() {
            let from = match value {
                Value::Constant(text) => From::Constant(text.clone()),
                Value::Number(column) if *column < columns => From::Column(*column),
                Value::Number(column) => return Err(format!("#{}", column + 1)),
                Value::Column(name) => {
                    let exact = header.iter().position(|known| known == name);
                    let column = exact.or_else(|| names.iter().position(|known| *known == folded(name)));
                    From::Column(column.ok_or_else(|| name.clone())?)
                }
            };
            plan.put(field, from, &names);
        }
        if !plan.has(Field::Date) {
            plan.day_parts = day_parts(&names);
            plan.day_parts.into_iter().flatten().for_each(|column| plan.use_column(column));
        }
        Ok(plan)
    }

    /// Says that the position stands in these columns, whatever others repeat it.
    pub(super) fn put_position(&mut self, lat: usize, lon: usize) {
        self.put(Field::Lat, From::Column(lat), &[]);
        self.put(Field::Lon, From::Column(lon), &[]);
        for field in [Field::LatLon, Field::Wkt] {
            self.fields[field as usize] = None;
        }
    }

    /// Columns without a name are made by the caller and say nothing more.
    pub(super) fn use_unnamed(&mut self, header: &[String]) {
        for (column, name) in header.iter().enumerate() {
            if name.is_empty() {
                self.use_column(column);
            }
        }
    }

    fn empty(layout: Layout, columns: usize) -> Self {
        Self {
            layout,
            fields: Default::default(),
            actors: Vec::new(),
            day_parts: None,
            time_code: None,
            scale: Scale::Words,
            extra: [None; 3],
            is_used: vec![false; columns],
        }
    }

    fn put(&mut self, field: Field, from: From, names: &[String]) {
        if let From::Column(column) = from {
            if field == Field::Precision {
                self.scale = Scale::of_column(names.get(column).map_or("", String::as_str));
            }
            self.use_column(column);
        }
        self.fields[field as usize] = Some(from);
    }

    fn use_column(&mut self, column: usize) {
        if let Some(is_used) = self.is_used.get_mut(column) {
            *is_used = true;
        }
    }

    pub(super) fn get(&self, field: Field) -> Option<&From> {
        self.fields[field as usize].as_ref()
    }

    pub(super) fn has(&self, field: Field) -> bool {
        self.get(field).is_some()
    }

    /// Whether the mapping gives some field the same text in every row.
    pub(super) fn has_constants(&self) -> bool {
        self.fields.iter().any(|from| matches!(from, Some(From::Constant(_))))
    }

    /// The number of a field's column.
    pub(super) fn column(&self, field: Field) -> Option<usize> {
        match self.get(field) {
            Some(From::Column(column)) => Some(*column),
            _ => None,
        }
    }

    /// What a row says of a field; empty where nothing says it.
    pub(super) fn text<'a, C: Cells + ?Sized>(&'a self, cells: &'a C, field: Field) -> Cow<'a, str> {
        match self.get(field) {
            Some(From::Column(column)) if self.layout == Layout::Dateline => {
                super::own::unescaped(cells.cell(*column))
            }
            Some(From::Column(column)) => cells.cell(*column),
            Some(From::Constant(text)) => Cow::Borrowed(text),
            None => Cow::Borrowed(""),
        }
    }

    pub(super) fn extra<'a, C: Cells + ?Sized>(&self, cells: &'a C, which: usize) -> Cow<'a, str> {
        self.extra.get(which).copied().flatten().map_or(Cow::Borrowed(""), |column| cells.cell(column))
    }
}
