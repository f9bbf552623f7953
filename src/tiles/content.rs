//! What came for a tile: told by its first bytes whatever the server calls it, unpacked and decoded within limits.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::GzDecoder;
use image::ImageFormat;

use super::provider::Content;
use super::raster::{self, RasterProblem};
use super::status::Reason;
use super::tile::{Picture, TileData};
use super::vector::{self, VectorProblem};
use crate::limits::MAX_VECTOR_TILE_BYTES;

/// First bytes of a file that gzip has packed.
const GZIP: &[u8] = &[0x1f, 0x8b];
/// First byte of a vector tile: a layer.
const LAYER: u8 = 0x1a;
/// The end of a JPEG picture, and how far before the end of the file it may stand.
const JPEG_END: &[u8] = &[0xff, 0xd9];
const JPEG_TRAILER_BYTES: usize = 1024;

/// Decodes what came. A picture with more than `side_px` pixels along a side is made smaller.
pub(super) fn decode(bytes: &[u8], content: Content, side_px: u32) -> Result<TileData, Reason> {
    decode_unpacked(&unpack(bytes, MAX_VECTOR_TILE_BYTES)?, content, side_px)
}

/// What came, unpacked if gzip has packed it, whatever the server says of that.
pub(super) fn unpack(bytes: &[u8], max_bytes: usize) -> Result<Cow<'_, [u8]>, Reason> {
    if !bytes.starts_with(GZIP) {
        return Ok(bytes.into());
    }
    let mut unpacked = Vec::new();
    GzDecoder::new(bytes)
        .take(max_bytes as u64 + 1)
        .read_to_end(&mut unpacked)
        .map_err(|_| Reason::Damaged)?;
    if unpacked.len() > max_bytes { Err(Reason::TooLarge) } else { Ok(unpacked.into()) }
}

fn decode_unpacked(bytes: &[u8], content: Content, side_px: u32) -> Result<TileData, Reason> {
    let is_vector = content == Content::Vector;
    match raster::format_of(bytes) {
        Some(format) if !is_vector => decode_picture(bytes, format, side_px).map(TileData::Raster),
        None if bytes.is_empty() && is_vector => Ok(TileData::Nothing),
        None if bytes.is_empty() => Err(Reason::Damaged),
        None if content != Content::Raster => match vector::check(bytes) {
            Ok(()) => Ok(TileData::Vector(bytes.to_vec())),
            Err(VectorProblem::TooLarge) => Err(Reason::TooLarge),
            Err(VectorProblem::Malformed) if bytes.first() == Some(&LAYER) => Err(Reason::Damaged),
            Err(VectorProblem::Malformed) => Err(Reason::NotATile),
        },
        _ => Err(Reason::NotATile),
    }
}

fn decode_picture(bytes: &[u8], format: ImageFormat, side_px: u32) -> Result<Picture, Reason> {
    let picture = raster::decode(bytes, format, side_px).map_err(|problem| match problem {
        RasterProblem::TooManyPixels => Reason::TooManyPixels,
        RasterProblem::Damaged(_) => Reason::Damaged,
    })?;
    let tail = &bytes[bytes.len().saturating_sub(JPEG_TRAILER_BYTES)..];
    if format == ImageFormat::Jpeg && memchr::memmem::rfind(tail, JPEG_END).is_none() {
        // A connection was cut: the decoder has filled what is missing with grey.
        return Err(Reason::Damaged);
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn picture(side_px: u32, format: ImageFormat) -> Vec<u8> {
        let picture = image::RgbImage::from_fn(side_px, side_px, |x, y| image::Rgb([x as u8, y as u8, 9]));
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn side_of(data: &TileData) -> u32 {
        let TileData::Raster(picture) = data else { panic!("{data:?}") };
        assert_eq!(picture.rgba.len(), 4 * (picture.width_px * picture.height_px) as usize);
        picture.width_px
    }

    #[test]
    fn pictures_of_all_three_formats_are_decoded() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let bytes = picture(64, format);
            assert_eq!(side_of(&decode(&bytes, Content::Raster, 512).unwrap()), 64, "{format:?}");
            assert_eq!(side_of(&decode(&packed(&bytes), Content::Any, 512).unwrap()), 64, "{format:?}");
        }
    }

    #[test]
    fn a_picture_that_ends_too_early_is_damaged() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let bytes = picture(64, format);
            for end in [bytes.len() / 3, bytes.len() / 2, bytes.len() - 13] {
                assert_eq!(
                    decode(&bytes[..end], Content::Raster, 512),
                    Err(Reason::Damaged),
                    "{format:?} {end}"
                );
            }
        }
        assert_eq!(decode(&[], Content::Raster, 512), Err(Reason::Damaged));
    }

    #[test]
    fn a_picture_with_too_many_pixels_is_refused_by_its_head() {
        // The head of a picture of 10 000 by 10 000, and nothing behind it: had it been decoded, it were damaged.
        let mut bytes = picture(1, ImageFormat::Png)[..33].to_vec();
        bytes[16..24].copy_from_slice(&[0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10]);
        let mut sum = flate2::Crc::new();
        sum.update(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.sum().to_be_bytes());
        bytes.extend([0, 0, 0, 0, b'I', b'D', b'A', b'T', 0x35, 0xaf, 0x06, 0x1e]);
        assert_eq!(decode(&bytes, Content::Raster, 512), Err(Reason::TooManyPixels));
    }

    #[test]
    fn a_picture_with_more_pixels_than_the_screen_shows_is_made_smaller() {
        assert_eq!(side_of(&decode(&picture(1024, ImageFormat::Png), Content::Raster, 512).unwrap()), 512);
    }

    #[test]
    fn what_is_no_tile_is_told_from_a_damaged_one() {
        let page = b"<!DOCTYPE html><title>Log in</title>";
        for content in [Content::Raster, Content::Vector, Content::Any] {
            assert_eq!(decode(page, content, 512), Err(Reason::NotATile), "{content:?}");
            assert_eq!(decode(&packed(page), content, 512), Err(Reason::NotATile), "{content:?}");
        }
        assert_eq!(decode(&picture(8, ImageFormat::Png), Content::Vector, 512), Err(Reason::NotATile));
        assert_eq!(decode(&[LAYER, 200, 1, 2], Content::Vector, 512), Err(Reason::Damaged));
        assert_eq!(decode(b"GIF89a", Content::Any, 512), Err(Reason::NotATile));
    }

    #[test]
    fn a_vector_tile_is_unpacked_within_bounds() {
        let tile = [LAYER, 4, 10, 2, b's', b'e'];
        assert_eq!(decode(&packed(&tile), Content::Vector, 512), Ok(TileData::Vector(tile.to_vec())));
        assert_eq!(decode(&tile, Content::Any, 512), Ok(TileData::Vector(tile.to_vec())));
        assert_eq!(decode(&[], Content::Vector, 512), Ok(TileData::Nothing));
        let bomb = packed(&vec![0; MAX_VECTOR_TILE_BYTES + 1]);
        assert!(bomb.len() < 100_000);
        assert_eq!(decode(&bomb, Content::Vector, 512), Err(Reason::TooLarge));
        let whole = packed(&tile);
        assert_eq!(decode(&whole[..whole.len() - 9], Content::Vector, 512), Err(Reason::Damaged));
    }
}
