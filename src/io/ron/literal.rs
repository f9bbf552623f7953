//! What stands in a literal: numbers and the escapes of texts.
//!
//! The ron crate reads these, too, but needs half a microsecond for each. What is understood here is understood as ron
//! understands it; see the property tests here and in [`super::syntax`].

/// The value of a number and whether it is written as a whole one. `None` for what is no number and for the rarest ways
/// to write one, which are left to ron. An exponent makes a number a broken one, as it does for ron.
pub(super) fn number(literal: &str) -> Option<(f64, bool)> {
    let (is_negative, form, digits) = form(literal)?;
    let parsed = |digits: &str| -> Option<f64> {
        if digits.contains('_') { digits.replace('_', "").parse() } else { digits.parse() }.ok()
    };
    let (value, is_whole) = match form {
        Form::Decimal => (parsed(digits)?, !digits.contains(['.', 'e', 'E'])),
        // To round to f64 first could differ in the last bit.
        Form::F32 => (f64::from(digits.replace('_', "").parse::<f32>().ok()?), false),
        Form::F64 => (parsed(digits)?, false),
        Form::Whole(value) => (value as f64, true),
    };
    Some((if is_negative { -value } else { value }, is_whole))
}

/// Whether [`number`] has a value for a literal.
pub(super) fn is_number(literal: &str) -> bool {
    form(literal).is_some()
}

/// The ways to write a number that are understood here.
enum Form {
    /// Digits, point, digits, exponent.
    Decimal,
    /// The same with a suffix.
    F32,
    /// The same with a suffix.
    F64,
    /// Another base, or a suffix of whole numbers. What it is without its sign.
    Whole(i128),
}

/// Whether there is a minus, how the number is written, and what is left without sign and suffix.
fn form(literal: &str) -> Option<(bool, Form, &str)> {
    let first = literal.as_bytes().first()?;
    let unsigned = if matches!(first, b'-' | b'+') { &literal[1..] } else { literal };
    if !matches!(unsigned.as_bytes().first()?, b'0'..=b'9' | b'.') {
        return None;
    }
    let is_negative = *first == b'-';
    if is_decimal(unsigned) {
        return Some((is_negative, Form::Decimal, unsigned));
    }
    for (suffix, form) in [("f32", Form::F32), ("f64", Form::F64)] {
        if let Some(digits) = unsigned.strip_suffix(suffix).filter(|digits| is_decimal(digits)) {
            return Some((is_negative, form, digits));
        }
    }
    Some((is_negative, Form::Whole(whole(unsigned, is_negative)?), unsigned))
}

/// Whether a text without a sign is digits, point, digits, exponent. Underscores may stand behind digits.
fn is_decimal(unsigned: &str) -> bool {
    let bytes = unsigned.as_bytes();
    let digits_end = |from: usize| {
        let starts = bytes.get(from).is_some_and(u8::is_ascii_digit);
        let is_inside = |byte: &u8| byte.is_ascii_digit() || *byte == b'_';
        let rest = bytes.get(from..).unwrap_or_default();
        if starts { from + rest.iter().take_while(|byte| is_inside(byte)).count() } else { from }
    };
    let mut at = digits_end(0);
    let mut has_digits = at > 0;
    if bytes.get(at) == Some(&b'.') {
        let end = digits_end(at + 1);
        has_digits |= end > at + 1;
        at = end;
    }
    if has_digits && matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'-' | b'+')));
        let end = digits_end(at);
        has_digits = end > at;
        at = end;
    }
    has_digits && at == bytes.len()
}

/// A whole number in another base or with a suffix (`0x1F`, `200u8`) without its sign, if it fits into its type with it.
fn whole(unsigned: &str, is_negative: bool) -> Option<i128> {
    /// Suffixes with the bits that they leave to a number without its sign, and whether a sign may stand before it.
    const SUFFIXES: [(&str, u32, bool); 8] = [
        ("i8", 7, true),
        ("i16", 15, true),
        ("i32", 31, true),
        ("i64", 63, true),
        ("u8", 8, false),
        ("u16", 16, false),
        ("u32", 32, false),
        ("u64", 64, false),
    ];
    let suffix = SUFFIXES.iter().find_map(|&(suffix, bits, signed)| {
        let digits = unsigned.strip_suffix(suffix)?;
        Some((digits, bits, signed))
    });
    let (digits, bits, may_be_negative) =
        suffix.unwrap_or((unsigned, if is_negative { 63 } else { 64 }, true));
    let (digits, base) = match digits.as_bytes() {
        [b'0', b'x', ..] => (&digits[2..], 16),
        [b'0', b'o', ..] => (&digits[2..], 8),
        [b'0', b'b', ..] => (&digits[2..], 2),
        _ => (digits, 10),
    };
    if digits.is_empty() || digits.starts_with('_') {
        return None;
    }
    let mut value = 0_i128;
    for c in digits.chars().filter(|&c| c != '_') {
        value = value.checked_mul(i128::from(base))?.checked_add(i128::from(c.to_digit(base)?))?;
    }
    let lowest = if may_be_negative { -(1_i128 << bits) } else { 0 };
    let signed = if is_negative { -value } else { value };
    (lowest..1_i128 << bits).contains(&signed).then_some(value)
}

/// The text that stands between double quotes, escapes resolved.
pub(super) fn unescape(inside: &str) -> Option<String> {
    let mut text = String::with_capacity(inside.len());
    resolve(inside, |part| text.push_str(part)).ok().map(|()| text)
}

/// The first byte between double quotes at which an escape begins that is none.
pub(super) fn bad_escape(inside: &str) -> Option<usize> {
    resolve(inside, |_| ()).err()
}

/// Hands out the parts of a text. The error is the byte of a backslash that begins no escape.
fn resolve(inside: &str, mut part: impl FnMut(&str)) -> Result<(), usize> {
    let mut at = 0;
    while let Some(plain) = inside.as_bytes()[at..].iter().position(|&byte| byte == b'\\') {
        part(&inside[at..at + plain]);
        at += plain;
        let rest = &inside[at + 1..];
        if let Some(len) = continuation(rest) {
            at += 1 + len;
            continue;
        }
        let (c, len) = escaped(rest).ok_or(at)?;
        part(c.encode_utf8(&mut [0; 4]));
        at += 1 + len;
    }
    part(&inside[at..]);
    Ok(())
}

/// A line break behind a backslash stands for nothing, with the whitespace behind it: their length.
fn continuation(rest: &str) -> Option<usize> {
    let next = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))?;
    Some(rest.len() - next.trim_start_matches([' ', '\t', '\n', '\r']).len())
}

/// The character that is meant by what follows a backslash, and how many bytes that is.
fn escaped(rest: &str) -> Option<(char, usize)> {
    let c = match rest.as_bytes().first()? {
        b'\'' => '\'',
        b'"' => '"',
        b'\\' => '\\',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'0' => '\0',
        b'x' => return escaped_bytes(rest),
        b'u' => {
            let digits = rest[1..].strip_prefix('{')?.split_once('}')?.0;
            return Some((char::from_u32(hex(digits, 1..=6)?)?, digits.len() + 3));
        }
        _ => return None,
    };
    Some((c, 1))
}

/// `x41`, or the bytes of one character in UTF-8: `xc3\xa9`.
fn escaped_bytes(rest: &str) -> Option<(char, usize)> {
    let mut bytes = [0; 4];
    for count in 1..=4 {
        let at = 4 * (count - 1);
        if count > 1 && rest.as_bytes().get(at - 1) != Some(&b'\\') {
            return None;
        }
        let digits = rest.get(at..at + 3)?.strip_prefix('x')?;
        bytes[count - 1] = u8::try_from(hex(digits, 2..=2)?).ok()?;
        if let Some(c) = std::str::from_utf8(&bytes[..count]).ok().and_then(|text| text.chars().next()) {
            return Some((c, at + 3));
        }
    }
    None
}

/// Hexadecimal digits, as many as allowed and nothing else.
fn hex(digits: &str, count: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let is_right = count.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_right.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whatever is understood here, ron understands alike.
    fn agree(literal: &str) -> Result<(), String> {
        let Some((value, is_whole)) = number(literal) else { return Ok(()) };
        let rons = match ron::from_str::<ron::Value>(literal) {
            Ok(ron::Value::Number(number)) => {
                let is_whole = !matches!(number, ron::Number::F32(_) | ron::Number::F64(_));
                // A whole number that no type holds is a broken one for ron.
                Some((number.into_f64(), is_whole || number.into_f64().abs() > 1e18))
            }
            _ => None,
        };
        let same = rons.is_some_and(|(rons, rons_whole)| {
            value == rons && (is_whole == rons_whole || value.abs() > 1e18)
        });
        if same { Ok(()) } else { Err(format!("{literal}: {value} {is_whole}, ron {rons:?}")) }
    }

    #[test]
    fn numbers_are_understood_in_every_way_to_write_them() {
        for (literal, value) in [
            ("12", 12.0),
            ("-1.5e3", -1500.0),
            ("1e5", 1e5),
            ("+1E-2", 0.01),
            (".5", 0.5),
            ("1.", 1.0),
            ("1_000.2_5", 1000.25),
            ("0x1F", 31.0),
            ("-0b1_01", -5.0),
            ("0o17", 15.0),
            ("200u8", 200.0),
            ("-128i8", -128.0),
            ("0x7fi16", 127.0),
            ("18446744073709551615u64", 18_446_744_073_709_551_615.0),
            ("0.1f32", f64::from(0.1_f32)),
            ("-2f64", -2.0),
        ] {
            assert_eq!(number(literal).map(|(value, _)| value), Some(value), "{literal}");
            assert_eq!(agree(literal), Ok(()));
        }
        for literal in
            ["", "-", ".", "_1", "1e", "1._5", "0x", "0x_1", "0b12", "256u8", "-1u8", "129i8", "1x"]
        {
            assert_eq!(number(literal), None, "{literal}");
        }
    }

    #[test]
    fn a_bad_escape_is_found_where_it_stands() {
        for (inside, at) in [(r"a\q", 1), (r"\n\u{}", 2), (r"\xc3a", 0), (r"\u{110000}", 0), ("\\n\\", 2)] {
            assert_eq!(bad_escape(inside), Some(at), "{inside}");
            assert_eq!(unescape(inside), None);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn numbers_mean_what_they_mean_to_ron(
            parts in prop::collection::vec(prop::sample::select(vec![
                "0", "1", "12", "255", "_", ".", "e", "E", "-", "+", "0x", "0b", "0o", "F", "a9", "f32", "f64", "i8", "u8", "u16", "i64",
                "u64", "18446744073709551615",
            ]), 1..6)
        ) {
            prop_assert_eq!(agree(&parts.concat()), Ok(()));
        }

        #[test]
        fn escapes_mean_what_they_mean_to_ron(
            parts in prop::collection::vec(prop::sample::select(vec![
                "a", "é", " ", "\\n", "\\\\", "\\\"", "\\'", "\\0", "\\q", "\\x41", "\\xc3", "\\xa9", "\\xf0", "\\x9f", "\\x98", "\\x80",
                "\\x", "\\u{41}", "\\u{1F600}", "\\u{D800}", "\\u{}", "\\u", "{", "}", "\\\n", "\\\r\n", "\n", "4", "\\é",
            ]), 0..8)
        ) {
            let inside = parts.concat();
            let rons = ron::from_str::<String>(&format!("\"{inside}\"")).ok();
            prop_assert_eq!(unescape(&inside), rons);
        }
    }
}
