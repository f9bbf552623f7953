//! Changes to files: of bytes, of the words and numbers of a text, and of two files into one.

use super::dice::Dice;

/// Longer inputs are cut: what is wrong with them is wrong with shorter ones.
const MOST_BYTES: usize = 1 << 16;

/// Numbers and dates at the ends of what there is.
const EXTREMES: [&str; 44] = [
    "0",
    "-0",
    "-1",
    "1",
    "127",
    "128",
    "255",
    "256",
    "32767",
    "32768",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "-2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1e308",
    "1e309",
    "-1e999",
    "1e-400",
    "NaN",
    "nan",
    "inf",
    "-Infinity",
    "90",
    "90.0000001",
    "-90",
    "180",
    "180.0000001",
    "-180",
    "360",
    "0.1e-9",
    "1,5",
    "1.2.3",
    "0x10",
    "9999-12-31",
    "-9999-01-01",
    "10000-01-01",
    "2024-02-30",
    "1969-12-31T23:59:60Z",
];

/// Words that are obeyed somewhere.
const NASTY: [&str; 40] = [
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\0",
    "\u{1b}[2J",
    "\u{1b}]0;x\u{7}",
    "\u{202e}",
    "\u{2066}",
    "\u{feff}",
    "\u{200b}",
    "\u{fffd}",
    "\u{10ffff}",
    "e\u{301}",
    "ﬃ",
    "İ",
    "ẞ",
    "Й",
    "日本",
    "👩‍👩‍👧",
    "'",
    "\"",
    "\"\"",
    "\\",
    "\\u{0}",
    "%",
    "%00",
    "<",
    ">",
    "<script>alert(1)</script>",
    "&",
    "&#0;",
    "&amp;",
    "]]>",
    "=1+1",
    "javascript:alert(1)",
    "../../etc/passwd",
    "${HOME}`id`",
];

/// Bytes that mean something to some format.
const BYTES: [u8; 16] =
    [0, 1, 0x0A, 0x0D, 0x1B, 0x22, 0x27, 0x2C, 0x3C, 0x7F, 0x80, 0xC0, 0xE2, 0xF4, 0xFE, 0xFF];

/// Changes bytes without looking at what they mean.
pub(crate) fn bytes(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let len = bytes.len();
    match dice.below(9) {
        0 if len > 0 => bytes[dice.below(len)] ^= 1 << dice.below(8),
        1 if len > 0 => bytes[dice.below(len)] = *dice.of(&BYTES),
        2 if len > 0 => bytes[dice.below(len)] = dice.next() as u8,
        3 => drop(bytes.drain(dice.stretch(len))),
        4 => {
            let copied = bytes[dice.stretch(len)].to_vec();
            insert(bytes, dice.below(len + 1), &copied);
        }
        5 => bytes.truncate(dice.below(len + 1)),
        6 => {
            let word = dice.next().to_le_bytes();
            insert(bytes, dice.below(len + 1), &word[..=dice.below(8).min(7)]);
        }
        7 => {
            // Lengths and offsets: a number of four bytes, in either order.
            let number = [0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFF_FFFF, u32::MAX, dice.next() as u32][dice.below(8)];
            let number = if dice.once_in(2) { number.to_le_bytes() } else { number.to_be_bytes() };
            if let Some(place) = len.checked_sub(4).map(|last| dice.below(last + 1)) {
                bytes[place..place + 4].copy_from_slice(&number);
            }
        }
        _ => {
            let stretch = dice.stretch(len);
            let byte = *dice.of(&BYTES);
            bytes[stretch].fill(byte);
        }
    }
}

/// Changes the words and numbers of a text; `words` are those that its format knows.
pub(crate) fn text(dice: &mut Dice, bytes: &mut Vec<u8>, words: &[&str]) {
    let len = bytes.len();
    match dice.below(10) {
        0 | 1 => {
            replace_run(dice, bytes, |byte| byte.is_ascii_digit() || b".-+eE:T".contains(&byte), &EXTREMES)
        }
        2 => replace_run(dice, bytes, |byte| byte.is_ascii_alphanumeric() || byte >= 0x80, &NASTY),
        3 if !words.is_empty() => replace_run(dice, bytes, |byte| byte.is_ascii_alphabetic(), words),
        4 if !words.is_empty() => insert(bytes, dice.below(len + 1), dice.clone().of(words).as_bytes()),
        5 => insert(bytes, dice.below(len + 1), dice.clone().of(&NASTY).as_bytes()),
        6 => lines(dice, bytes),
        7 => {
            // Many of one thing: nesting, columns, repeats.
            let stretch = dice.stretch(len);
            let copied = bytes[stretch.start..stretch.end.min(stretch.start + 64)].repeat(1 << dice.below(9));
            insert(bytes, stretch.start, &copied);
        }
        _ => self::bytes(dice, bytes),
    }
}

/// Puts the end of one file behind the beginning of another.
pub(crate) fn join(dice: &mut Dice, bytes: &mut Vec<u8>, other: &[u8]) {
    bytes.truncate(dice.below(bytes.len() + 1));
    bytes.extend(&other[dice.below(other.len() + 1)..]);
}

/// Cuts what has become too long.
pub(crate) fn bound(bytes: &mut Vec<u8>) {
    bytes.truncate(MOST_BYTES);
}

/// A text of some nasty words.
pub(crate) fn nasty_text(dice: &mut Dice) -> String {
    let words = ["fire", "Орёл", "near", "42", "a b", "—", "\u{5d0}", " ", "<b>"];
    let count = if dice.once_in(20) { 400 } else { dice.below(5) };
    let mut text = String::new();
    for _ in 0..count {
        text.push_str(if dice.once_in(3) { dice.of(&NASTY) } else { dice.of(&words) });
    }
    text
}

fn insert(bytes: &mut Vec<u8>, at: usize, more: &[u8]) {
    bytes.splice(at..at, more.iter().copied());
}

/// Replaces a run of such bytes, near a random place, by one of some words.
fn replace_run(dice: &mut Dice, bytes: &mut Vec<u8>, is_such: impl Fn(u8) -> bool, words: &[&str]) {
    let from = dice.below(bytes.len());
    let Some(start) = bytes[from..].iter().position(|&byte| is_such(byte)).map(|at| from + at) else {
        return;
    };
    let end = bytes[start..].iter().position(|&byte| !is_such(byte)).map_or(bytes.len(), |at| start + at);
    bytes.splice(start..end, dice.of(words).bytes());
}

/// Repeats, moves or leaves out a line.
fn lines(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let mut lines: Vec<Vec<u8>> = bytes.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    let (from, to) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(3) {
        0 => lines.swap(from, to),
        1 => drop(lines.remove(from)),
        _ => lines.insert(to, lines[from].clone()),
    }
    *bytes = lines.join(&b'\n');
}
