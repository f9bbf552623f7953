//! Raster tiles of files: see [`crate::tiles::raster`], which decodes them.

use image::ImageFormat;

use super::MapFileError;
use crate::limits;
use crate::tiles::Picture;
use crate::tiles::raster::{self, format_of};

/// Whether the bytes are those of a picture that can be decoded.
#[must_use]
pub fn is_one(bytes: &[u8]) -> bool {
    format_of(bytes).is_some()
}

/// Whether the bytes are those of a JPEG: a photograph, most likely, rather than a drawn map.
#[must_use]
pub fn is_photograph(bytes: &[u8]) -> bool {
    format_of(bytes) == Some(ImageFormat::Jpeg)
}

/// Decodes a picture.
pub fn decode(bytes: &[u8]) -> Result<Picture, MapFileError> {
    let wrong = |words: String| MapFileError::Picture(words);
    let format = format_of(bytes).ok_or_else(|| wrong("it is no PNG, JPEG or WebP".to_owned()))?;
    raster::decode(bytes, format, limits::MAX_TILE_SIDE_PX).map_err(|problem| wrong(problem.to_string()))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image::RgbaImage::from_pixel(width, height, image::Rgba([1, 2, 3, 255]))
            .write_to(&mut bytes, ImageFormat::Png)
            .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_is_decoded_and_a_cut_or_a_giant_one_refused() {
        let whole = png(3, 2);
        let picture = decode(&whole).unwrap();
        assert_eq!((picture.width_px, picture.height_px, picture.rgba.len()), (3, 2, 24));
        assert!(decode(&whole[..whole.len() / 2]).is_err());
        // Its header alone says how large it is.
        let mut giant = whole.clone();
        giant[16..24].copy_from_slice(&[0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10]);
        assert!(decode(&giant).is_err());
        assert!(decode(&png(limits::MAX_TILE_SIDE_PX + 1, 1)).is_err());
        assert!(decode(b"<html>not found</html>").is_err() && !is_one(b"<html>"));
    }
}
