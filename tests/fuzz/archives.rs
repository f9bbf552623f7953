//! Changes to what is packed: unpacked, changed inside, and packed again, so that checks of lengths and sums do not keep
//! them out.

use std::io::{Cursor, Read as _, Write as _};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::dice::Dice;
use super::engine::Input;
use super::mutate;

/// More of a file within is not unpacked.
const MOST_BYTES: u64 = 1 << 17;

/// Names that lead somewhere else.
const NAMES: [&str; 8] = [
    "../x.kml",
    "/etc/x.kml",
    "doc.kml",
    "a/b/../../c.kml",
    "C:\\x.kml",
    "",
    "x\u{202e}lmk.kml",
    "xl/workbook.xml",
];

/// Changes one file of a zip archive, or the archive itself.
pub(crate) fn zip(dice: &mut Dice, input: &mut Input, words: &[&str]) {
    let Some(mut files) = unzip(&input.bytes).filter(|files| !files.is_empty() && !dice.once_in(6)) else {
        mutate::bytes(dice, &mut input.bytes);
        return;
    };
    let at = dice.below(files.len());
    match dice.below(16) {
        0 => drop(files.remove(at)),
        1 => files.push(files[at].clone()),
        2 => files[at].0 = (*dice.of(&NAMES)).to_owned(),
        _ => mutate::text(dice, &mut files[at].1, words),
    }
    if let Some(bytes) = rezip(dice, &files) {
        input.bytes = bytes;
    }
}

/// Changes what is in a gzip, zstd or zip file, or the file itself.
pub(crate) fn packed(dice: &mut Dice, input: &mut Input) {
    if input.bytes.starts_with(b"PK") {
        return zip(dice, input, &["<Placemark>", "<Point>", "lat", "lon"]);
    }
    let inside = unpacked(&input.bytes).filter(|_| !dice.once_in(4));
    let Some(mut inside) = inside else { return mutate::bytes(dice, &mut input.bytes) };
    mutate::text(dice, &mut inside, &[]);
    match dice.below(8) {
        0 => inside = inside.repeat(1 << dice.below(9)),
        // Packed twice.
        1 => inside = gzip(&inside),
        _ => {}
    }
    input.bytes = if dice.once_in(2) { gzip(&inside) } else { zstd(&inside) };
}

fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut inside = Vec::new();
    if bytes.starts_with(b"\x1f\x8b") {
        MultiGzDecoder::new(bytes).take(MOST_BYTES).read_to_end(&mut inside).ok()?;
    } else {
        zstd::Decoder::new(bytes).ok()?.take(MOST_BYTES).read_to_end(&mut inside).ok()?;
    }
    Some(inside)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).and_then(|()| packer.finish()).expect("room in memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("room in memory")
}

fn unzip(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut files = Vec::new();
    for at in 0..archive.len().min(32) {
        let file = archive.by_index(at).ok()?;
        let name = file.name().ok()?.into_owned();
        let mut inside = Vec::new();
        file.take(MOST_BYTES).read_to_end(&mut inside).ok()?;
        files.push((name, inside));
    }
    Some(files)
}

fn rezip(dice: &mut Dice, files: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, inside) in files {
        let method = if dice.once_in(8) { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method).compression_level(Some(1));
        writer.start_file(name.as_str(), options).ok()?;
        writer.write_all(inside).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}
