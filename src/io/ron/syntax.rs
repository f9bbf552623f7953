//! Whether a text is RON at all.
//!
//! This takes and refuses what the ron crate takes and refuses when it reads a value of unknown type; a property test
//! holds the two together. The ron crate itself needs up to half a microsecond for a token, tens of seconds for a large
//! file, so it only reads the few places that are hard (ranges, characters, bytes) and, where the text is refused, the
//! surroundings of the mistake, in order to name it: see [`super::words`].
//!
//! No dataset needs many of those literals. After so many of them the rest are let through unread: they are no texts, so
//! [`super::records`] refuses them anyway.

use serde::de::IgnoredAny;

use super::super::limits::{MAX_RON_BYTES, RON_CALL_BYTES};
use super::cursor::Cursor;
use super::literal;
use crate::progress::{Pace, Progress};

/// Deeper nesting is refused, here and in ron.
pub(super) const MAX_DEPTH: usize = 50;

/// The place of the first syntax error and the brackets around it, from the outermost to the innermost.
#[derive(Debug)]
pub(super) struct Fault {
    /// The byte at which no valid text goes on.
    pub(super) at: usize,
    /// The brackets that are open there.
    pub(super) open: Vec<Frame>,
}

/// An open bracket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    kind: Kind,
    /// The byte of the bracket.
    pub(super) bracket: usize,
    /// Where the item that is being read begins: behind the bracket or the last comma.
    pub(super) item: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `[...]`
    List,
    /// `(...)` with values.
    Tuple,
    /// `(...)` with names and values.
    Struct,
    /// `{...}` before a key.
    MapKey,
    /// `{...}` before a value.
    MapValue,
    /// `Some(...)`
    Some,
}

impl Frame {
    /// The shortest item that may come first in a bracket of this kind, with a comma.
    pub(super) const fn first_item(self) -> &'static str {
        match self.kind {
            Kind::List | Kind::Tuple | Kind::Some => "0,",
            Kind::Struct => "_:0,",
            Kind::MapKey | Kind::MapValue => "0:0,",
        }
    }
}

impl Kind {
    const fn closing(self) -> u8 {
        match self {
            Self::List => b']',
            Self::Tuple | Self::Struct | Self::Some => b')',
            Self::MapKey | Self::MapValue => b'}',
        }
    }
}

/// The first place at which the text is not RON.
/// A reader that was cancelled ends with a fault, too.
pub(super) fn check(text: &str, progress: &Progress) -> Result<(), Fault> {
    let pace = Pace::new(progress, text.len());
    let mut checker = Checker { cursor: Cursor::new(text), open: Vec::new(), ron_bytes: MAX_RON_BYTES, pace };
    match checker.document() {
        Some(()) => Ok(()),
        None => Err(Fault { at: checker.cursor.at(), open: checker.open }),
    }
}

struct Checker<'a> {
    cursor: Cursor<'a>,
    open: Vec<Frame>,
    /// Bytes that ron may still be asked about.
    ron_bytes: usize,
    pace: Pace,
}

/// Methods return `None` where the text is not RON, with the cursor near that place.
impl Checker<'_> {
    fn document(&mut self) -> Option<()> {
        self.attributes()?;
        self.value()?;
        while let Some(frame) = self.open.last_mut() {
            // Behind an item.
            if !self.pace.go_on(self.cursor.at()) {
                return None;
            }
            self.cursor.skip_gap();
            if self.cursor.peek() == b':' && frame.kind == Kind::MapKey {
                frame.kind = Kind::MapValue;
                self.cursor.eat(b':');
                self.value()?;
                continue;
            }
            let has_comma = frame.kind != Kind::MapKey && self.cursor.eat(b',');
            if has_comma && frame.kind != Kind::Some {
                frame.item = self.cursor.at();
                if frame.kind == Kind::MapValue {
                    frame.kind = Kind::MapKey;
                }
                self.item()?;
                continue;
            }
            self.cursor.skip_gap();
            if frame.kind == Kind::MapKey || !self.cursor.eat(frame.kind.closing()) {
                return None;
            }
            self.open.pop();
        }
        self.cursor.skip_gap();
        (self.cursor.at() == self.cursor.len()).then_some(())
    }

    /// `#![enable(...)]` and the like before the value.
    fn attributes(&mut self) -> Option<()> {
        self.cursor.skip_gap();
        if self.cursor.peek() != b'#' {
            return Some(());
        }
        self.cursor.skip_attributes();
        let attributes = format!("{}()", self.cursor.slice(&(0..self.cursor.at())));
        ron_takes(&attributes)
    }

    /// An item of the innermost bracket, or the bracket's end.
    fn item(&mut self) -> Option<()> {
        self.cursor.skip_gap();
        let frame = *self.open.last()?;
        if frame.kind != Kind::Some && self.cursor.eat(frame.kind.closing()) {
            self.open.pop();
            return Some(());
        }
        if frame.kind == Kind::Struct {
            self.field_name()?;
        }
        self.value()
    }

    fn field_name(&mut self) -> Option<()> {
        let start = self.cursor.at();
        let (name, span) = self.cursor.name()?;
        let is_raw = span.len() != name.len();
        let is_right = if is_raw {
            !name.is_empty()
                && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '+' | '-'))
        } else {
            is_plain_name(name)
        };
        if !is_right {
            self.cursor.go_to(start);
            return None;
        }
        self.cursor.skip_gap();
        self.cursor.eat(b':').then_some(())
    }

    /// A value: all of it, or its opening bracket with what follows to its first item.
    fn value(&mut self) -> Option<()> {
        self.cursor.skip_gap();
        let start = self.cursor.at();
        match self.cursor.peek() {
            b'(' => return self.round_bracket(),
            b'[' => return self.push(Kind::List),
            b'{' => return self.push(Kind::MapKey),
            b'"' => return self.text(),
            _ => {}
        }
        if self.cursor.at_text() {
            return self.quoted_literal(start);
        }
        let span = start..self.cursor.atom_end();
        let atom = self.cursor.slice(&span);
        if literal::is_number(atom) {
            self.cursor.go_to(span.end);
            return Some(());
        }
        let is_name = is_plain_name(atom);
        if !is_name {
            self.ask_ron(atom)?;
        }
        self.cursor.go_to(span.end);
        if matches!(
            atom,
            "true" | "false" | "None" | "inf" | "inff32" | "inff64" | "NaN" | "NaNf32" | "NaNf64"
        ) {
            return Some(());
        }
        if !is_name && !atom.starts_with("r#") {
            return Some(());
        }
        self.cursor.skip_gap();
        match (atom, self.cursor.peek()) {
            ("Some", b'(') => self.push(Kind::Some),
            ("Some", _) => None,
            (_, b'(') => self.round_bracket(),
            _ => Some(()),
        }
    }

    /// A tuple or a struct: it is a struct if a name and a colon come first.
    fn round_bracket(&mut self) -> Option<()> {
        let mut ahead = self.cursor.clone();
        ahead.eat(b'(');
        ahead.skip_gap();
        let has_name = ahead.name().is_some();
        ahead.skip_gap();
        self.push(if has_name && ahead.peek() == b':' { Kind::Struct } else { Kind::Tuple })
    }

    fn push(&mut self, kind: Kind) -> Option<()> {
        if self.open.len() == MAX_DEPTH {
            return None;
        }
        let bracket = self.cursor.at();
        self.cursor.go_to(bracket + 1);
        self.open.push(Frame { kind, bracket, item: bracket + 1 });
        self.item()
    }

    /// A text in double quotes.
    fn text(&mut self) -> Option<()> {
        let start = self.cursor.at();
        let (inside, has_escapes) = self.cursor.skip_text();
        if inside.end == self.cursor.at() {
            return self.back_to(start);
        }
        let bad = if has_escapes { literal::bad_escape(self.cursor.slice(&inside)) } else { None };
        bad.map_or(Some(()), |at| self.back_to(inside.start + at))
    }

    /// A raw text, bytes or a character.
    fn quoted_literal(&mut self, start: usize) -> Option<()> {
        let is_raw_text = self.cursor.peek() == b'r';
        let (inside, _) = self.cursor.skip_text();
        let has_end = inside.end < self.cursor.at();
        if is_raw_text && has_end {
            return Some(());
        }
        let literal = self.cursor.slice(&(start..self.cursor.at()));
        self.ask_ron(literal).or_else(|| self.back_to(start))
    }

    /// Whether ron takes a literal, as long as it may be asked.
    fn ask_ron(&mut self, literal: &str) -> Option<()> {
        if literal.is_empty() {
            return None;
        }
        let Some(left) = self.ron_bytes.checked_sub(RON_CALL_BYTES + literal.len()) else { return Some(()) };
        self.ron_bytes = left;
        ron_takes(literal)
    }

    fn back_to(&mut self, start: usize) -> Option<()> {
        self.cursor.go_to(start);
        None
    }
}

fn ron_takes(literal: &str) -> Option<()> {
    ron::Options::default().from_str::<IgnoredAny>(literal).ok().map(|_| ())
}

/// Letters, digits and underscores, no digit first. Letters beyond ASCII are as Rust's `char` counts them, which is close
/// to the identifiers of ron; no name of the format has any.
fn is_plain_name(atom: &str) -> bool {
    if atom.is_ascii() {
        return atom.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
            && !atom.bytes().next().is_none_or(|byte| byte.is_ascii_digit());
    }
    let mut chars = atom.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && chars.all(|c| c == '_' || c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str) -> Result<(), Fault> {
        super::check(text, &Progress::default())
    }

    fn agree(text: &str) -> Result<(), String> {
        let ours = check(text).is_ok();
        let rons = ron::Options::default().from_str::<IgnoredAny>(text);
        // ron counts levels in another way; the limit is tested by itself.
        if matches!(&rons, Err(error) if error.code == ron::Error::ExceededRecursionLimit) {
            return Ok(());
        }
        if ours == rons.is_ok() { Ok(()) } else { Err(format!("{text:?}: ours {ours}, ron {rons:?}")) }
    }

    #[test]
    #[allow(clippy::too_many_lines)] // A table.
    fn odd_corners_are_judged_as_ron_judges_them() {
        let texts = [
            "",
            " ",
            "//",
            "// x\n1",
            "1 //",
            "/**/1",
            "/* /* */ */ 1",
            "/* /* */ 1",
            "1 /",
            "/1",
            "1 /*",
            "1",
            "-1",
            "+1",
            "--1",
            "1.",
            ".5",
            "1.5e3",
            "1e5",
            "12e",
            "1_0",
            "_1",
            "1_",
            "0x1F",
            "0b12",
            "0xG",
            "1u8",
            "1f32",
            "256u8",
            "1.0f64",
            "1..2",
            "1..=2",
            "..",
            "..=3",
            "1..",
            "1 ..2",
            "99999999999999999999",
            "1a",
            "inf",
            "-inf",
            "NaN",
            "inf..",
            "inff32",
            "infx",
            "true",
            "truex",
            "true()",
            "None",
            "None()",
            "Some",
            "Some()",
            "Some(1)",
            "Some(1,)",
            "Some(1,2)",
            "Some (1)",
            "Some /*x*/ (1)",
            "Some(a: 1)",
            "Some((a: 1))",
            "Some(Some(1))",
            "Some 1",
            "()",
            "( )",
            "(,)",
            "(1)",
            "(1,)",
            "(1,,)",
            "(1 2)",
            "(a)",
            "(a,)",
            "(a, b: 1)",
            "(a: 1, b)",
            "(a: 1,)",
            "(a: 1,,)",
            "(a: )",
            "(a 1)",
            "(a: 1 b: 2)",
            "(\"a\": 1)",
            "(r#a: 1)",
            "(r#: 1)",
            "(a.b: 1)",
            "(a-b: 1)",
            "(a: 1",
            "a: 1",
            "(1: 2)",
            "A",
            "A()",
            "A (1)",
            "A(a: 1)",
            "A(B(C))",
            "A(a: B(b: [C, D(1)]))",
            "A B",
            "A[1]",
            "A{}",
            "r#A(1)",
            "r#a-b",
            "a-b",
            "a.b",
            "[]",
            "[1]",
            "[1,]",
            "[,]",
            "[1,,2]",
            "[1 2]",
            "[1",
            "]",
            "[1)",
            "[(]",
            "[[[]]]",
            "[a: 1]",
            "{}",
            "{1: 2}",
            "{1: 2,}",
            "{1: 2, 3: 4}",
            "{1}",
            "{1,}",
            "{1: }",
            "{: 1}",
            "{a: 1}",
            "{\"a\": {\"b\": [1]}}",
            "{1: 2 3: 4}",
            "\"\"",
            "\"a",
            "\"a\"\"b\"",
            r#""\n\t\\\"\'\0""#,
            r#""\q""#,
            r#""\x41""#,
            r#""\x4""#,
            r#""\xff""#,
            r#""\xc3\xa9""#,
            r#""\u{41}""#,
            r#""\u{}""#,
            r#""\u{110000}""#,
            r#""\u41""#,
            "\"a\\\n  b\"",
            r#""\"#,
            "r\"a\"",
            "r#\"a\"b\"#",
            "r#\"a\"",
            "r##\"a\"#",
            "b\"a\"",
            "b\"\\xff\"",
            "br\"a\"",
            "b'a'",
            "b'ab'",
            "b",
            "'a'",
            "'ab'",
            "'\\''",
            "'''",
            "'",
            "'\\u{41}'",
            "'é'",
            "b\"é\"",
            "#![enable(implicit_some)] 1",
            "#![enable(implicit_some)]\n#![enable(unwrap_newtypes,)]\n(a: 1)",
            "#![enable(x)] 1",
            "#![type = \"a]b\"] 1",
            "#! [ enable ( implicit_some ) ] 1",
            "#![enable(implicit_some) 1",
            "#",
            "#![",
            "1 #![enable(implicit_some)]",
            "é",
            "é(1)",
            "(é: 1)",
            "\u{feff}1",
            "\u{2028}1",
            "\u{a0}1",
            "@",
            "1 @",
            "[@]",
            ",",
            ":",
            "1,",
            "1:",
            "\0",
            "\"\0\"",
        ];
        let wrong: Vec<String> = texts.into_iter().filter_map(|text| agree(text).err()).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn nesting_has_a_limit_that_ron_does_not_fall_below() {
        for (open, close) in [("(", ")"), ("[", "]"), ("A(a:", ")"), ("Some(", ")"), ("{1:", "}")] {
            let nested = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
            assert!(check(&nested(MAX_DEPTH)).is_ok() && agree(&nested(MAX_DEPTH)).is_ok(), "{open}");
            assert!(check(&nested(MAX_DEPTH + 1)).is_err() && check(&nested(100_000)).is_err(), "{open}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn any_text_is_judged_as_ron_judges_it(
            tokens in prop::collection::vec(prop::sample::select(vec![
                "(", ")", "[", "]", "{", "}", ",", ",", ":", ":", " ", "\n", "a", "A", "b", "r", "Some", "None", "true", "inf", "1",
                "-", "+", ".", "..", "2.5", "e3", "0x", "0x1F", "1_0", "_", "\\u{41}", "\\x41", "\"", "\"x\"", "'", "'c'", "\\", "\\n", "#", "r#", "/", "*", "//", "/*", "*/",
                "é", "a: 1", "\"t\", ", "(a: ", "[1, ", "u8", "\u{2028}",
            ]), 0..12)
        ) {
            prop_assert_eq!(agree(&tokens.concat()), Ok(()));
        }

        #[test]
        fn the_bundled_dataset_with_a_change_is_judged_as_ron_judges_it(
            at in any::<prop::sample::Index>(), len in 0..3_usize, with in "[-,:()\\[\\]{}\"'\\\\/*#.0-9a-zé \n]{0,3}"
        ) {
            let chars: Vec<char> = super::super::super::BUNDLED.chars().collect();
            // A part of it keeps ron's reading short.
            let from = at.index(chars.len());
            let text: String = chars[..from.min(4000)].iter().chain(with.chars().collect::<Vec<_>>().iter())
                .chain(&chars[(from.min(4000) + len).min(chars.len())..]).collect();
            prop_assert_eq!(agree(&text), Ok(()));
        }
    }
}
