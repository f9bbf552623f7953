//! What servers send: tiles that are whole, and such that are not.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use image::{ImageFormat, RgbImage};

/// A picture of a tile.
pub(crate) fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = RgbImage::from_fn(256, 256, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A whole picture of 10 000 by 10 000 pixels, a tenth of a megabyte in all.
pub(crate) fn png_of_100_megapixels() -> Vec<u8> {
    const SIDE: u32 = 10_000;
    let mut pixels = ZlibEncoder::new(Vec::new(), Compression::fast());
    let row = vec![0; 1 + SIDE as usize];
    for _ in 0..SIDE {
        pixels.write_all(&row).unwrap();
    }
    // Grey, 8 bits.
    let head = [&SIDE.to_be_bytes()[..], &SIDE.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let chunks = [chunk(*b"IHDR", &head), chunk(*b"IDAT", &pixels.finish().unwrap()), chunk(*b"IEND", &[])];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat()].concat()
}

fn chunk(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(&kind);
    sum.update(content);
    [&(content.len() as u32).to_be_bytes()[..], &kind, content, &sum.sum().to_be_bytes()].concat()
}

/// A vector tile with one layer, one feature and a name.
pub(crate) fn vector_tile() -> Vec<u8> {
    let feature = [18, 2, 0, 0, 24, 1, 34, 3, 9, 50, 34];
    let layer = [
        &[10, 3][..],
        b"sea",
        &[18, feature.len() as u8],
        &feature,
        &[26, 4],
        b"name",
        &[34, 7, 10, 5],
        b"Azov!",
        &[120, 2],
    ]
    .concat();
    [&[26, layer.len() as u8][..], &layer].concat()
}

/// What gzip makes of it.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Half a gigabyte of nothing in half a megabyte.
pub(crate) fn gzip_bomb() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let nothing = vec![0; 1 << 20];
    for _ in 0..512 {
        encoder.write_all(&nothing).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 1 << 20, "else its own size would give it away");
    bomb
}
