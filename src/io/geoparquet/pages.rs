//! The pages of a column, looked at before the parquet crate expands them: what a damaged or a hostile file announces
//! must fit what is there.

use std::io::{self, Read};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::Type;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::page_index::offset_index::PageLocation;
use parquet::file::reader::{ChunkReader, Length, SerializedPageReader};
use parquet::schema::types::ColumnDescPtr;

use super::damage::Damage;
use super::delta::fits;
use super::thrift::page_header;
use crate::io::Input;
use crate::io::limits::{MAX_LIST_VALUES, MAX_PARQUET_HEADER_BYTES, MAX_PARQUET_PAGE_BYTES};

/// How much is read to find a page's header in. Most take less than fifty bytes.
const HEADER_BYTES: usize = 256;

/// How much is read ahead by whoever reads on from a place.
const AHEAD_BYTES: usize = 1 << 12;

/// An input as the parquet crate reads it: any bytes, from several threads.
#[derive(Debug, Clone)]
pub(super) struct Source(pub(super) Input);

impl Source {
    /// Some bytes, all of which must be there.
    pub(super) fn bytes(&self, start: u64, length: usize) -> Result<Vec<u8>, Damage> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.0.len()) {
            return Err(Damage::CutOff);
        }
        let mut bytes = vec![0; length];
        if self.0.read_at(&mut bytes, start)? < length { Err(Damage::CutOff) } else { Ok(bytes) }
    }
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Source {
    type T = Onward;

    fn get_read(&self, start: u64) -> ParquetResult<Onward> {
        Ok(Onward { input: self.0.clone(), offset: start, buffer: Vec::new(), at: 0 })
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        match self.bytes(start, length) {
            Ok(bytes) => Ok(bytes.into()),
            Err(damage) => Err(ParquetError::EOF(damage.to_string())),
        }
    }
}

/// Reads on from a place in an input.
#[derive(Debug)]
pub(super) struct Onward {
    input: Input,
    offset: u64,
    buffer: Vec<u8>,
    at: usize,
}

impl Read for Onward {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.buffer.len() {
            self.buffer.resize(AHEAD_BYTES, 0);
            let read = self.input.read_at(&mut self.buffer, self.offset)?;
            self.buffer.truncate(read);
            self.offset += read as u64;
            self.at = 0;
        }
        let count = into.len().min(self.buffer.len() - self.at);
        into[..count].copy_from_slice(&self.buffer[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// One column of one row group, whose pages are known and fit.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    source: Source,
    column: ColumnDescPtr,
    metadata: Arc<ParquetMetaData>,
    group: usize,
    leaf: usize,
    /// Where each page begins and which row is its first; `None` for columns of lists, whose pages do not say it.
    pages: Option<Arc<[PageLocation]>>,
}

impl Chunk {
    /// Looks at the headers of all pages of a column.
    pub(super) fn open(
        source: &Source,
        metadata: &Arc<ParquetMetaData>,
        group: usize,
        leaf: usize,
    ) -> Result<Self, Damage> {
        let groups = metadata.row_groups();
        let group_metadata = groups.get(group).ok_or(Damage::Header("a row group is missing"))?;
        let chunk = group_metadata.columns().get(leaf).ok_or(Damage::Header("a column is missing"))?;
        let column = chunk.column_descr_ptr();
        let pages = walk(source, chunk)?;
        let rows: i64 = group_metadata.num_rows();
        let values = pages.iter().try_fold(0_i64, |sum, page| sum.checked_add(page.values));
        let is_list = column.max_rep_level() > 0;
        if !is_list && values != Some(rows) {
            return Err(Damage::Contradiction(format!(
                "column {} of row group {} has {} values, but there are {rows} rows",
                column.path().string(),
                group + 1,
                values.unwrap_or(i64::MAX)
            )));
        }
        if is_list && values.is_none_or(|values| values as u64 > MAX_LIST_VALUES) {
            return Err(Damage::Header("a list has more values than real ones have"));
        }
        let pages = (!is_list).then(|| locations(&pages));
        Ok(Self { source: source.clone(), column, metadata: Arc::clone(metadata), group, leaf, pages })
    }

    /// What the schema says of the column.
    pub(super) fn column(&self) -> &ColumnDescPtr {
        &self.column
    }

    /// A reader from the first row of the row group on.
    pub(super) fn reader(&self) -> Result<ColumnReader, Damage> {
        let group = self.metadata.row_group(self.group);
        let rows = usize::try_from(group.num_rows()).map_err(|_| Damage::Header("a number is too large"))?;
        let pages = SerializedPageReader::new(
            Arc::new(self.source.clone()),
            group.column(self.leaf),
            rows,
            self.pages.as_ref().map(|pages| pages.to_vec()),
        )?;
        let pages = Checked { inner: pages, column: Arc::clone(&self.column) };
        Ok(get_column_reader(Arc::clone(&self.column), Box::new(pages)))
    }
}

/// What is known of a page before it is read.
struct WalkedPage {
    offset: u64,
    /// With its header.
    bytes: u64,
    values: i64,
}

/// Looks at the header of each page.
fn walk(source: &Source, chunk: &ColumnChunkMetaData) -> Result<Vec<WalkedPage>, Damage> {
    let (mut at, len) = range_of(chunk)?;
    let end = at.checked_add(len).filter(|&end| end <= source.len()).ok_or(Damage::CutOff)?;
    let mut pages = Vec::new();
    while at < end {
        let header = header_at(source, at, end)?;
        let (packed, expanded) = (header.packed_bytes, header.expanded_bytes);
        if !(0..=MAX_PARQUET_PAGE_BYTES).contains(&packed)
            || !(0..=MAX_PARQUET_PAGE_BYTES).contains(&expanded)
        {
            return Err(Damage::Header("a page is larger than 128 MiB"));
        }
        let bytes = header.header_bytes as u64 + packed as u64;
        if bytes > end - at {
            return Err(Damage::CutOff);
        }
        match header.values {
            Some(values) if (0..=i64::from(i32::MAX)).contains(&values) => {
                pages.push(WalkedPage { offset: at, bytes, values });
            }
            Some(_) => return Err(Damage::Header("a page has an impossible number of values")),
            None => {}
        }
        at += bytes;
    }
    Ok(pages)
}

/// Where a column begins and how long it is; the crate's own function for it panics.
fn range_of(chunk: &ColumnChunkMetaData) -> Result<(u64, u64), Damage> {
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    match (u64::try_from(start), u64::try_from(chunk.compressed_size())) {
        (Ok(start), Ok(len)) => Ok((start, len)),
        _ => Err(Damage::Header("a column begins before the file")),
    }
}

fn header_at(source: &Source, at: u64, end: u64) -> Result<super::thrift::PageHeader, Damage> {
    let mut most = HEADER_BYTES;
    loop {
        let length = most.min(usize::try_from(end - at).unwrap_or(most));
        match page_header(&source.bytes(at, length)?) {
            // The header holds values of the page and may be long.
            Err(Damage::CutOff) if length == most && most < MAX_PARQUET_HEADER_BYTES => most *= 16,
            result => return result,
        }
    }
}

fn locations(pages: &[WalkedPage]) -> Arc<[PageLocation]> {
    let mut first_row_index = 0;
    let locate = |page: &WalkedPage| {
        let location = PageLocation {
            offset: page.offset.cast_signed(),
            compressed_page_size: i32::try_from(page.bytes).unwrap_or(i32::MAX),
            first_row_index,
        };
        first_row_index += page.values;
        location
    };
    pages.iter().map(locate).collect()
}

/// Hands pages on whose announcements fit their bytes.
struct Checked {
    inner: SerializedPageReader<Source>,
    column: ColumnDescPtr,
}

impl Checked {
    fn check(&self, page: Page) -> ParquetResult<Page> {
        let is_sound = match &page {
            Page::DictionaryPage { buf, num_values, .. } => {
                (*num_values as usize).saturating_mul(self.least_bytes()) <= buf.len()
            }
            Page::DataPage { buf, num_values, encoding, .. } => {
                fits(*encoding, &buf[self.values_start(buf).unwrap_or(0)..], *num_values)
            }
            Page::DataPageV2 {
                buf, num_values, encoding, def_levels_byte_len, rep_levels_byte_len, ..
            } => {
                let start = (*def_levels_byte_len as usize).saturating_add(*rep_levels_byte_len as usize);
                buf.get(start..).is_some_and(|values| fits(*encoding, values, *num_values))
            }
        };
        if is_sound {
            Ok(page)
        } else {
            Err(ParquetError::General("a page announces more than it has".into()))
        }
    }

    /// The fewest bytes that a value of the column takes in a dictionary.
    fn least_bytes(&self) -> usize {
        match self.column.physical_type() {
            Type::BOOLEAN => 1,
            Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY => 4,
            Type::INT64 | Type::DOUBLE => 8,
            Type::INT96 => 12,
            Type::FIXED_LEN_BYTE_ARRAY => usize::try_from(self.column.type_length()).unwrap_or(0).max(1),
        }
    }

    /// Where the values begin in a page of version 1, behind the levels; `None` where that cannot be told.
    fn values_start(&self, buf: &[u8]) -> Option<usize> {
        let mut start = 0_usize;
        for levels in [self.column.max_rep_level(), self.column.max_def_level()] {
            if levels > 0 {
                let len = buf.get(start..)?.first_chunk::<4>()?;
                start = start.checked_add(4)?.checked_add(u32::from_le_bytes(*len) as usize)?;
            }
        }
        (start <= buf.len()).then_some(start)
    }
}

impl Iterator for Checked {
    type Item = ParquetResult<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Checked {
    fn get_next_page(&mut self) -> ParquetResult<Option<Page>> {
        let page = self.inner.get_next_page()?;
        page.map(|page| self.check(page)).transpose()
    }

    fn peek_next_page(&mut self) -> ParquetResult<Option<PageMetadata>> {
        self.inner.peek_next_page()
    }

    fn skip_next_page(&mut self) -> ParquetResult<()> {
        self.inner.skip_next_page()
    }

    fn supports_deferred_dictionary(&self) -> bool {
        self.inner.supports_deferred_dictionary()
    }

    fn take_deferred_dictionary(&mut self) -> ParquetResult<Option<Page>> {
        let page = self.inner.take_deferred_dictionary()?;
        page.map(|page| self.check(page)).transpose()
    }

    fn at_record_boundary(&mut self) -> ParquetResult<bool> {
        self.inner.at_record_boundary()
    }
}
