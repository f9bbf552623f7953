//! Unpacking that never gives out more than it was asked for.

use std::io::Read;

use super::MapFileError;

/// How bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// They are not.
    None,
    /// By gzip.
    Gzip,
    /// By zlib, as some programs write tiles.
    Zlib,
    /// By Zstandard.
    Zstd,
}

impl Packing {
    /// How bytes are packed that say nothing of it but by how they begin.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0x1F, 0x8B, ..] => Self::Gzip,
            // A vector tile begins with field 3 (0x1A), a picture with its own letters.
            [0x78, 0x01 | 0x5E | 0x9C | 0xDA, ..] => Self::Zlib,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// Unpacks bytes; `limit` is the most that comes out.
pub fn unpack(bytes: Vec<u8>, packing: Packing, limit: usize) -> Result<Vec<u8>, MapFileError> {
    match packing {
        Packing::None if bytes.len() <= limit => Ok(bytes),
        Packing::None => Err(MapFileError::TooLarge),
        Packing::Gzip => read(flate2::read::MultiGzDecoder::new(&bytes[..]), limit),
        Packing::Zlib => read(flate2::read::ZlibDecoder::new(&bytes[..]), limit),
        Packing::Zstd => {
            /// Frames that want a larger window are refused: 8 MiB, as the format recommends.
            const WINDOW_LOG: u32 = 23;
            let mut decoder = zstd::stream::read::Decoder::new(&bytes[..]).map_err(MapFileError::Packed)?;
            decoder.window_log_max(WINDOW_LOG).map_err(MapFileError::Packed)?;
            read(decoder, limit)
        }
    }
}

fn read(reader: impl Read, limit: usize) -> Result<Vec<u8>, MapFileError> {
    let mut unpacked = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(most).read_to_end(&mut unpacked).map_err(MapFileError::Packed)?;
    if unpacked.len() > limit { Err(MapFileError::TooLarge) } else { Ok(unpacked) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let bomb = gzipped(&vec![0; 50_000_000]);
        assert!(bomb.len() < 100_000);
        assert!(matches!(unpack(bomb, Packing::Gzip, 1_000_000), Err(MapFileError::TooLarge)));
    }

    #[test]
    fn what_is_packed_comes_back_and_what_is_cut_off_is_an_error() {
        let packed = gzipped(b"Belgorod");
        assert_eq!(Packing::of(&packed), Packing::Gzip);
        assert_eq!(unpack(packed.clone(), Packing::Gzip, 100).unwrap(), b"Belgorod");
        assert!(unpack(packed[..packed.len() - 9].to_vec(), Packing::Gzip, 100).is_err());
        assert!(unpack(b"junk".to_vec(), Packing::Zstd, 100).is_err());
        let packed = zstd::stream::encode_all(&b"Kursk"[..], 3).unwrap();
        assert_eq!(unpack(packed.clone(), Packing::of(&packed), 100).unwrap(), b"Kursk");
    }
}
