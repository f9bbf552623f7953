//! Columns as batches of typed values, and any of their values as the text of a cell.

use bytes::Bytes;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray, Int96};

use super::cell::{self, Kind};
use super::damage::{Damage, guarded};
use super::pages::Chunk;

/// Values of some rows of a column, without the places where there is none.
pub(super) enum Values {
    /// Truth values.
    Bool(Vec<bool>),
    /// Integers, dates and the like.
    I32(Vec<i32>),
    /// Integers, times and the like.
    I64(Vec<i64>),
    /// Times of the old kind.
    I96(Vec<Int96>),
    /// Numbers of simple precision.
    F32(Vec<f32>),
    /// Numbers.
    F64(Vec<f64>),
    /// Texts and bytes.
    Bytes(Vec<ByteArray>),
    /// Bytes of one length.
    Fixed(Vec<FixedLenByteArray>),
}

/// Some rows of a column.
pub(super) struct Batch {
    pub(super) values: Values,
    /// At which value each row begins, and the end; `None` where every row has exactly one value.
    starts: Option<Vec<u32>>,
    /// How many rows there are.
    pub(super) rows: usize,
}

impl Batch {
    /// The same without the pages that it was read from: for keeping.
    pub(super) fn compact(mut self) -> Self {
        if let Values::Bytes(values) = &mut self.values {
            let all: Bytes = values.iter().flat_map(ByteArray::data).copied().collect::<Vec<u8>>().into();
            let mut at = 0;
            for value in values {
                let end = at + value.len();
                *value = all.slice(at..end).into();
                at = end;
            }
        }
        self
    }

    /// The index of a row's only value.
    pub(super) fn at(&self, row: usize) -> Option<usize> {
        let range = self.range(row);
        (row < self.rows && !range.is_empty()).then_some(range.start)
    }

    /// The bytes of a row's only value.
    pub(super) fn bytes(&self, row: usize) -> Option<&[u8]> {
        let at = self.at(row)?;
        match &self.values {
            Values::Bytes(values) => values.get(at).map(ByteArray::data),
            Values::Fixed(values) => values.get(at).map(|value| value.data()),
            _ => None,
        }
    }

    /// The text of a row's only value, if it is one.
    pub(super) fn text(&self, row: usize) -> Option<&str> {
        std::str::from_utf8(self.bytes(row)?).ok()
    }

    /// The number of a row's only value.
    pub(super) fn number(&self, row: usize) -> Option<f64> {
        let at = self.at(row)?;
        match &self.values {
            Values::F64(values) => values.get(at).copied(),
            // The shortest decimal of a simple number is what was meant: 55.75 and not its neighbour.
            Values::F32(values) => values.get(at).and_then(|value| value.to_string().parse().ok()),
            Values::I32(values) => values.get(at).map(|&value| value.into()),
            Values::I64(values) => values.get(at).map(|&value| value as f64),
            _ => None,
        }
    }

    /// The integer of a row's only value.
    pub(super) fn integer(&self, row: usize) -> Option<i64> {
        let at = self.at(row)?;
        match &self.values {
            Values::I32(values) => values.get(at).map(|&value| value.into()),
            Values::I64(values) => values.get(at).copied(),
            _ => None,
        }
    }

    /// All texts of a row.
    pub(super) fn texts(&self, row: usize) -> Vec<String> {
        let Values::Bytes(values) = &self.values else { return Vec::new() };
        let text = |value: &ByteArray| String::from_utf8_lossy(value.data()).into_owned();
        values.get(self.range(row)).unwrap_or_default().iter().map(text).collect()
    }

    fn range(&self, row: usize) -> std::ops::Range<usize> {
        match &self.starts {
            None => row..row + 1,
            Some(starts) => match (starts.get(row), starts.get(row + 1)) {
                (Some(&start), Some(&end)) => start as usize..end as usize,
                _ => 0..0,
            },
        }
    }

    /// Adds the text of a row's cell; the values of a list are parted by semicolons.
    pub(super) fn cell(&self, row: usize, kind: &Kind, out: &mut String) {
        for (n, at) in self.range(row).enumerate() {
            if n > 0 {
                out.push_str("; ");
            }
            match &self.values {
                Values::Bool(values) => out.push_str(if values[at] { "true" } else { "false" }),
                Values::I32(values) => cell::integer(values[at].into(), kind, out),
                Values::I64(values) => cell::integer(values[at], kind, out),
                Values::I96(values) => cell::old_time(&values[at], out),
                Values::F32(values) => cell::number(values[at].into(), &values[at].to_string(), out),
                Values::F64(values) => cell::number(values[at], &values[at].to_string(), out),
                Values::Bytes(values) => cell::bytes(values[at].data(), kind, out),
                Values::Fixed(values) => cell::bytes(values[at].data(), kind, out),
            }
        }
    }
}

/// Reads a column batch by batch.
pub(super) struct Reader {
    inner: ColumnReader,
    max_def: i16,
    /// The level at which a list has an element; 0 for columns without lists.
    element_def: i16,
    is_list: bool,
}

impl Reader {
    /// From the row with this number in the row group on.
    pub(super) fn open(chunk: &Chunk, from: usize) -> Result<Self, Damage> {
        guarded(|| {
            let column = chunk.column();
            let mut reader = Self {
                inner: chunk.reader()?,
                max_def: column.max_def_level(),
                element_def: column.repeated_ancestor_def_level(),
                is_list: column.max_rep_level() > 0,
            };
            if from > 0 {
                reader.skip(from)?;
            }
            Ok(reader)
        })
    }

    fn skip(&mut self, rows: usize) -> Result<(), Damage> {
        let skipped = match &mut self.inner {
            ColumnReader::BoolColumnReader(it) => it.skip_records(rows)?,
            ColumnReader::Int32ColumnReader(it) => it.skip_records(rows)?,
            ColumnReader::Int64ColumnReader(it) => it.skip_records(rows)?,
            ColumnReader::Int96ColumnReader(it) => it.skip_records(rows)?,
            ColumnReader::FloatColumnReader(it) => it.skip_records(rows)?,
            ColumnReader::DoubleColumnReader(it) => it.skip_records(rows)?,
            ColumnReader::ByteArrayColumnReader(it) => it.skip_records(rows)?,
            ColumnReader::FixedLenByteArrayColumnReader(it) => it.skip_records(rows)?,
        };
        if skipped == rows { Ok(()) } else { Err(Damage::CutOff) }
    }

    /// The next rows, all of which must be there.
    pub(super) fn read(&mut self, rows: usize) -> Result<Batch, Damage> {
        guarded(|| self.read_batch(rows))
    }

    fn read_batch(&mut self, rows: usize) -> Result<Batch, Damage> {
        let mut levels = Levels::default();
        let values = match &mut self.inner {
            ColumnReader::BoolColumnReader(it) => Values::Bool(levels.read(it, rows)?),
            ColumnReader::Int32ColumnReader(it) => Values::I32(levels.read(it, rows)?),
            ColumnReader::Int64ColumnReader(it) => Values::I64(levels.read(it, rows)?),
            ColumnReader::Int96ColumnReader(it) => Values::I96(levels.read(it, rows)?),
            ColumnReader::FloatColumnReader(it) => Values::F32(levels.read(it, rows)?),
            ColumnReader::DoubleColumnReader(it) => Values::F64(levels.read(it, rows)?),
            ColumnReader::ByteArrayColumnReader(it) => Values::Bytes(levels.read(it, rows)?),
            ColumnReader::FixedLenByteArrayColumnReader(it) => Values::Fixed(levels.read(it, rows)?),
        };
        let starts = (levels.values != rows || self.is_list).then(|| levels.starts(self));
        if starts.as_ref().is_some_and(|starts| starts.len() != rows + 1) {
            return Err(Damage::Header("the rows of a list are not as many as there are rows"));
        }
        Ok(Batch { values, starts, rows })
    }
}

/// The levels that say which rows have values.
#[derive(Default)]
struct Levels {
    def: Vec<i16>,
    rep: Vec<i16>,
    values: usize,
}

impl Levels {
    fn read<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        rows: usize,
    ) -> Result<Vec<T::T>, Damage> {
        let mut values = Vec::new();
        let (read, _, _) =
            reader.read_records(rows, Some(&mut self.def), Some(&mut self.rep), &mut values)?;
        self.values = values.len();
        if read == rows { Ok(values) } else { Err(Damage::CutOff) }
    }

    /// At which value each row begins.
    fn starts(&self, reader: &Reader) -> Vec<u32> {
        let mut starts = Vec::with_capacity(self.def.len() + 1);
        let mut value = 0;
        for (n, &def) in self.def.iter().enumerate() {
            if !reader.is_list || self.rep.get(n) == Some(&0) {
                starts.push(value);
            }
            value += u32::from(def == reader.max_def && def >= reader.element_def);
        }
        starts.push(value);
        starts
    }
}
