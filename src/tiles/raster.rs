//! Decodes raster tiles: PNG, JPEG and WebP, told by their first bytes, within limits. For tiles of servers and of files.

use std::io::Cursor;

use image::{ImageError, ImageFormat, ImageReader, Limits};

use super::tile::Picture;
use crate::limits::{MAX_TILE_DECODE_BYTES, MAX_TILE_SIDE_PX};

/// Why bytes are no picture that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RasterProblem {
    /// A side is longer than [`MAX_TILE_SIDE_PX`], or its pixels would take more than [`MAX_TILE_DECODE_BYTES`].
    #[error("it has too many pixels")]
    TooManyPixels,
    /// It cannot be decoded, in the decoder's words.
    #[error("{0}")]
    Damaged(String),
}

impl From<ImageError> for RasterProblem {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooManyPixels,
            error => Self::Damaged(error.to_string()),
        }
    }
}

/// Which of the formats that tiles come in bytes are in.
#[must_use]
pub fn format_of(bytes: &[u8]) -> Option<ImageFormat> {
    let format = image::guess_format(bytes).ok()?;
    matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP).then_some(format)
}

/// Decodes a picture. One with more than `side_px` pixels along a side is made smaller.
pub fn decode(bytes: &[u8], format: ImageFormat, side_px: u32) -> Result<Picture, RasterProblem> {
    let reader = || ImageReader::with_format(Cursor::new(bytes), format);
    // What the decoder makes room for follows from the size that the file claims: that is looked at first.
    let (width, height) = reader().into_dimensions()?;
    if width == 0 || height == 0 {
        return Err(RasterProblem::Damaged("it has no pixels".to_owned()));
    }
    if width.max(height) > MAX_TILE_SIDE_PX {
        return Err(RasterProblem::TooManyPixels);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_TILE_SIDE_PX);
    limits.max_image_height = Some(MAX_TILE_SIDE_PX);
    limits.max_alloc = Some(MAX_TILE_DECODE_BYTES);
    let mut reader = reader();
    reader.limits(limits);
    let mut picture = reader.decode()?;
    if width.max(height) > side_px {
        picture = picture.thumbnail(side_px, side_px);
    }
    let picture = picture.into_rgba8();
    let (width_px, height_px) = picture.dimensions();
    Ok(Picture { width_px, height_px, rgba: picture.into_raw() })
}
