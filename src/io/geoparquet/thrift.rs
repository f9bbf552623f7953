//! Thrift's compact protocol, as far as it takes to look at a Parquet file's structures before the parquet crate does.
//!
//! That crate makes room for as many values as a header announces. Here the announcements are held against bounds first.

use super::damage::Damage;
use crate::io::limits::{MAX_PARQUET_DEPTH, MAX_PARQUET_LIST};

/// The types of the protocol that are told apart here.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// What the header of a page says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PageHeader {
    /// How many bytes the header itself takes.
    pub(super) header_bytes: usize,
    /// Size of the page after expansion.
    pub(super) expanded_bytes: i64,
    /// Size of the page in the file, without its header.
    pub(super) packed_bytes: i64,
    /// Number of values of a data page; `None` for other pages.
    pub(super) values: Option<i64>,
}

/// Reads a page's header from bytes that begin with it.
pub(super) fn page_header(bytes: &[u8]) -> Result<PageHeader, Damage> {
    let mut walk = Walk { bytes, at: 0 };
    let mut header = PageHeader::default();
    walk.fields(0, &mut |walk, field, kind| match (field, kind) {
        (2, I16..=I64) => {
            header.expanded_bytes = walk.integer()?;
            Ok(())
        }
        (3, I16..=I64) => {
            header.packed_bytes = walk.integer()?;
            Ok(())
        }
        (5 | 8, STRUCT) => walk.fields(1, &mut |walk, field, kind| match (field, kind) {
            (1, I16..=I64) => {
                header.values = Some(walk.integer()?);
                Ok(())
            }
            _ => walk.skip(kind, 2),
        }),
        _ => walk.skip(kind, 1),
    })?;
    header.header_bytes = walk.at;
    Ok(header)
}

/// Checks that a file's metadata is whole, and that no list in it is longer than the lists of real files.
pub(super) fn check_metadata(bytes: &[u8]) -> Result<(), Damage> {
    Walk { bytes, at: 0 }.skip(STRUCT, 0)
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// What is done with a field: its number, its type.
type Visit<'v, 'a> = dyn FnMut(&mut Walk<'a>, i64, u8) -> Result<(), Damage> + 'v;

impl<'a> Walk<'a> {
    fn byte(&mut self) -> Result<u8, Damage> {
        let byte = *self.bytes.get(self.at).ok_or(Damage::CutOff)?;
        self.at += 1;
        Ok(byte)
    }

    fn unsigned(&mut self) -> Result<u64, Damage> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Damage::Header("a number is too long"))
    }

    fn integer(&mut self) -> Result<i64, Damage> {
        let zigzag = self.unsigned()?;
        Ok((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
    }

    fn pass(&mut self, count: usize) -> Result<(), Damage> {
        if self.bytes.len() - self.at < count {
            return Err(Damage::CutOff);
        }
        self.at += count;
        Ok(())
    }

    /// Goes through the fields of a structure, up to and with its end.
    fn fields(&mut self, depth: usize, visit: &mut Visit<'_, 'a>) -> Result<(), Damage> {
        if depth > MAX_PARQUET_DEPTH {
            return Err(Damage::Header("it is nested too deeply"));
        }
        let mut field = 0_i64;
        loop {
            let head = self.byte()?;
            let kind = head & 0x0F;
            if kind == 0 {
                return Ok(());
            }
            let step = i64::from(head >> 4);
            field = if step == 0 { self.integer()? } else { field.saturating_add(step) };
            visit(self, field, kind)?;
        }
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Result<(), Damage> {
        match kind {
            TRUE | FALSE => Ok(()),
            BYTE => self.pass(1),
            I16..=I64 => self.unsigned().map(|_| ()),
            DOUBLE => self.pass(8),
            BINARY => {
                let len = self.unsigned()?;
                self.pass(usize::try_from(len).unwrap_or(usize::MAX))
            }
            LIST | SET => self.skip_list(depth),
            MAP => self.skip_map(depth),
            STRUCT => self.fields(depth + 1, &mut |walk, _, kind| walk.skip(kind, depth + 1)),
            _ => Err(Damage::Header("it has a value of an unknown type")),
        }
    }

    fn skip_list(&mut self, depth: usize) -> Result<(), Damage> {
        let head = self.byte()?;
        let kind = head & 0x0F;
        let len = if head >> 4 == 15 { self.unsigned()? } else { u64::from(head >> 4) };
        if len > MAX_PARQUET_LIST {
            return Err(Damage::Header("a list is too long"));
        }
        for _ in 0..len {
            self.skip_element(kind, depth)?;
        }
        Ok(())
    }

    fn skip_map(&mut self, depth: usize) -> Result<(), Damage> {
        let len = self.unsigned()?;
        if len > MAX_PARQUET_LIST {
            return Err(Damage::Header("a list is too long"));
        }
        let kinds = if len == 0 { 0 } else { self.byte()? };
        for _ in 0..len {
            self.skip_element(kinds >> 4, depth)?;
            self.skip_element(kinds & 0x0F, depth)?;
        }
        Ok(())
    }

    /// Within lists, even truth values take a byte.
    fn skip_element(&mut self, kind: u8, depth: usize) -> Result<(), Damage> {
        if depth > MAX_PARQUET_DEPTH {
            return Err(Damage::Header("it is nested too deeply"));
        }
        match kind {
            TRUE | FALSE => self.pass(1),
            kind => self.skip(kind, depth + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_page_s_header_says_how_large_it_is() {
        // type = 0, expanded = 100, packed = 50, data_page_header { num_values = 7, encoding = 0 }
        let bytes =
            [0x15, 0x00, 0x15, 0xC8, 0x01, 0x15, 0x64, 0x2C, 0x15, 0x0E, 0x15, 0x00, 0x00, 0x00, 0xFF];
        let header = page_header(&bytes).unwrap();
        let expected =
            PageHeader { header_bytes: 14, expanded_bytes: 100, packed_bytes: 50, values: Some(7) };
        assert_eq!(header, expected);
        assert!(page_header(&bytes[..8]).is_err());
    }

    #[test]
    fn a_list_that_announces_too_much_is_refused() {
        assert!(matches!(
            check_metadata(&[0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
            Err(Damage::Header("a list is too long"))
        ));
        let deep = vec![0x1C; 1_000_000];
        assert!(check_metadata(&deep).is_err());
        let deep = vec![0x19; 100_000];
        assert!(check_metadata(&deep).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_passed_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = page_header(&bytes);
            let _ = check_metadata(&bytes);
        }
    }
}
