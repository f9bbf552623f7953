//! Decodes raster tiles: PNG, JPEG and WebP, told by their bytes, within limits.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};

use super::MapFileError;
use crate::limits;
use crate::tiles::Picture;

/// Whether the bytes are those of a picture that can be decoded.
#[must_use]
pub fn is_one(bytes: &[u8]) -> bool {
    format_of(bytes).is_some()
}

fn format_of(bytes: &[u8]) -> Option<ImageFormat> {
    image::guess_format(bytes)
        .ok()
        .filter(|format| matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP))
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
    let mut bounds = Limits::default();
    bounds.max_image_width = Some(limits::MAX_TILE_SIDE_PX);
    bounds.max_image_height = Some(limits::MAX_TILE_SIDE_PX);
    bounds.max_alloc = Some(limits::MAX_TILE_DECODE_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(bounds);
    let image = reader.decode().map_err(|error| wrong(error.to_string()))?.into_rgba8();
    Ok(Picture { width_px: image.width(), height_px: image.height(), rgba: image.into_raw() })
}

#[cfg(test)]
mod tests {
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
