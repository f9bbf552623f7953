//! An opened Parquet file: its metadata, checked before it is believed, its columns, and which of them is the geometry.

use std::sync::Arc;

use parquet::basic::{LogicalType, Type};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use super::cell::Kind;
use super::damage::{Damage, guarded};
use super::pages::{Chunk, Source};
use super::{geo, thrift};
use crate::io::Input;
use crate::io::limits::{
    MAX_COLUMNS, MAX_PARQUET_METADATA_BYTES, MAX_PARQUET_ROWS, MAX_PARQUET_ROWS_PER_BYTE,
    MIN_PARQUET_ROWS_BOUND,
};

/// What every Parquet file begins and ends with.
pub(super) const MAGIC: &[u8] = b"PAR1";

/// What an encrypted one ends with instead.
const ENCRYPTED: &[u8] = b"PARE";

/// The length of the metadata and the magic.
const TAIL_BYTES: u64 = 8;

/// A column that has values: a whole one, or a part of one that is made of parts.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// Its number in the file.
    pub(super) index: usize,
    /// Its name; parts are joined to it by dots.
    pub(super) name: String,
    /// What its values mean.
    pub(super) kind: Kind,
    /// How they are stored.
    pub(super) physical: Type,
    /// Whether a row may have several.
    pub(super) is_list: bool,
}

/// Where the positions are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Positions {
    /// In a column of geometries as well-known binary.
    Wkb(usize),
    /// In two columns of numbers: x and y.
    Points(usize, usize),
}

/// A file whose metadata are whole.
#[derive(Debug, Clone)]
pub(super) struct ParquetFile {
    pub(super) source: Source,
    pub(super) metadata: Arc<ParquetMetaData>,
    /// All columns.
    pub(super) leaves: Vec<Leaf>,
    /// The numbers of those that hold geometries or the boxes around them.
    hidden: Vec<usize>,
    /// Where the geometry is, if the file has one.
    pub(super) positions: Option<Positions>,
    /// The name of its column.
    pub(super) geometry_name: String,
    /// What was decided while looking at the columns.
    pub(super) notes: Vec<String>,
}

impl ParquetFile {
    /// Reads and checks the metadata.
    pub(super) fn open(input: &Input) -> Result<Self, Damage> {
        let source = Source(input.clone());
        let metadata = Arc::new(read_metadata(&source)?);
        check_rows(&metadata, input.len())?;
        let schema = metadata.file_metadata().schema_descr();
        if schema.num_columns() > MAX_COLUMNS {
            return Err(Damage::Unknown(format!("the table has more than {MAX_COLUMNS} columns")));
        }
        for group in metadata.row_groups() {
            if group.num_columns() != schema.num_columns() {
                return Err(Damage::Header("a row group lacks columns"));
            }
        }
        let leaves: Vec<Leaf> = (0..schema.num_columns()).map(|n| leaf(&metadata, n)).collect();
        let mut file = Self {
            source,
            metadata,
            leaves,
            hidden: Vec::new(),
            positions: None,
            geometry_name: String::new(),
            notes: Vec::new(),
        };
        file.find_geometry()?;
        Ok(file)
    }

    fn find_geometry(&mut self) -> Result<(), Damage> {
        if let Some(text) = self.key_value("geo") {
            let found = geo::geometry(text, &self.leaves)?;
            self.notes.extend(found.notes);
            self.hidden = found.hidden;
            self.positions = Some(found.positions);
            self.geometry_name = found.name;
        } else {
            // Parquet's own geometry types need no metadata of GeoParquet.
            let geometry = self.leaves.iter().find(|leaf| leaf.kind == Kind::Geometry && !leaf.is_list);
            let Some((index, name)) = geometry.map(|leaf| (leaf.index, leaf.name.clone())) else {
                return Ok(());
            };
            self.geometry_name = name;
            self.check_crs(index)?;
            self.positions = Some(Positions::Wkb(index));
            let geometries = self.leaves.iter().filter(|leaf| leaf.kind == Kind::Geometry);
            self.hidden = geometries.map(|leaf| leaf.index).collect();
        }
        Ok(())
    }

    fn check_crs(&self, index: usize) -> Result<(), Damage> {
        let column = self.metadata.file_metadata().schema_descr().column(index);
        let crs = match column.logical_type_ref() {
            Some(LogicalType::Geometry(geometry)) => geometry.crs.clone(),
            Some(LogicalType::Geography(geography)) => geography.crs.clone(),
            _ => None,
        };
        match crs {
            Some(crs) if !geo::is_wgs84_name(&crs) => Err(geo::other_crs(&crs)),
            _ => Ok(()),
        }
    }

    /// A text that the file's metadata have under this key.
    pub(super) fn key_value(&self, key: &str) -> Option<&str> {
        let pairs = self.metadata.file_metadata().key_value_metadata()?;
        pairs.iter().find(|pair| pair.key == key)?.value.as_deref()
    }

    /// The columns that make up the table: all but those of geometries.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Leaf> {
        self.leaves.iter().filter(|leaf| !self.hidden.contains(&leaf.index))
    }

    /// How many rows a row group has.
    pub(super) fn rows_of(&self, group: usize) -> usize {
        self.metadata
            .row_groups()
            .get(group)
            .map_or(0, |group| usize::try_from(group.num_rows()).unwrap_or(0))
    }

    /// How many row groups there are.
    pub(super) fn groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    /// A column of a row group.
    pub(super) fn chunk(&self, group: usize, leaf: usize) -> Result<Chunk, Damage> {
        guarded(|| Chunk::open(&self.source, &self.metadata, group, leaf))
    }
}

fn read_metadata(source: &Source) -> Result<ParquetMetaData, Damage> {
    let len = source.0.len();
    let tail = source.bytes(len.checked_sub(TAIL_BYTES).ok_or(Damage::CutOff)?, TAIL_BYTES as usize)?;
    if tail.ends_with(ENCRYPTED) {
        return Err(Damage::Unknown("the Parquet file is encrypted".to_owned()));
    }
    let Some((length, MAGIC)) = tail.split_first_chunk::<4>() else {
        return Err(Damage::CutOff);
    };
    let metadata_bytes = u64::from(u32::from_le_bytes(*length));
    if metadata_bytes > MAX_PARQUET_METADATA_BYTES {
        return Err(Damage::Header("its metadata are larger than those of real files"));
    }
    let start = len.checked_sub(TAIL_BYTES + metadata_bytes).ok_or(Damage::CutOff)?;
    let bytes = source.bytes(start, metadata_bytes as usize)?;
    thrift::check_metadata(&bytes)?;
    guarded(|| Ok(ParquetMetaDataReader::decode_metadata(&bytes)?))
}

/// Rows are counted before any is read: a few bytes may stand for any number of equal ones.
fn check_rows(metadata: &ParquetMetaData, file_bytes: u64) -> Result<(), Damage> {
    let mut sum = 0_u64;
    for group in metadata.row_groups() {
        let rows =
            u64::try_from(group.num_rows()).map_err(|_| Damage::Header("a number of rows is negative"))?;
        sum = sum.saturating_add(rows);
    }
    let most =
        MAX_PARQUET_ROWS.min(MIN_PARQUET_ROWS_BOUND + file_bytes.saturating_mul(MAX_PARQUET_ROWS_PER_BYTE));
    if sum > most {
        return Err(Damage::Contradiction(format!(
            "it says that it has {sum} rows; a file of its size has at most {most}"
        )));
    }
    Ok(())
}

fn leaf(metadata: &ParquetMetaData, index: usize) -> Leaf {
    let column = metadata.file_metadata().schema_descr().column(index);
    let parts: Vec<&str> = column.path().parts().iter().map(String::as_str).collect();
    let is_list = column.max_rep_level() > 0;
    let helper = |part: &str| {
        matches!(part, "list" | "element" | "array" | "item" | "bag" | "array_element" | "key_value")
    };
    let name = match parts.as_slice() {
        [first, rest @ ..] if is_list => std::iter::once(*first)
            .chain(rest.iter().copied().filter(|part| !helper(part)))
            .collect::<Vec<_>>()
            .join("."),
        _ => parts.join("."),
    };
    Leaf { index, name, kind: Kind::of(&column), physical: column.physical_type(), is_list }
}
