//! A cursor over RON text that knows where every value begins and ends.
//!
//! The ron crate gives no positions for values, so this walks the text itself. It never judges the text: that is done by
//! [`super::syntax`], which walks with it, too. On any text it ends without a panic. Nothing here recurses, so nesting
//! costs no stack.

use std::ops::Range;

/// A position in RON text.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning of the text.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte at which the cursor stands.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes to a byte that the cursor has stood at before, or to the end.
    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at.min(self.text.len());
    }

    /// The text of a span.
    pub(super) fn slice(&self, span: &Range<usize>) -> &'a str {
        &self.text[span.clone()]
    }

    /// The whole text's length in bytes.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next byte; 0 at the end.
    pub(super) fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    /// Steps over one byte if it is this ASCII character.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let is_next = byte.is_ascii() && self.peek() == byte && self.at < self.text.len();
        self.at += usize::from(is_next);
        is_next
    }

    /// Steps over whitespace and comments, as ron defines them. A comment without an end is not stepped over.
    #[inline]
    pub(super) fn skip_gap(&mut self) {
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b' ' | b'\t'..=b'\r' => self.at += 1,
                b'/' | 0x80.. => {
                    if !self.skip_rare_gap() {
                        return;
                    }
                }
                _ => return,
            }
        }
    }

    /// A comment or a character of whitespace beyond ASCII, if one is here.
    #[cold]
    fn skip_rare_gap(&mut self) -> bool {
        let rest = self.rest();
        if rest.starts_with("//") {
            self.at += rest.find('\n').unwrap_or(rest.len());
            return true;
        }
        if rest.starts_with("/*") {
            let end = self.block_comment_end();
            self.at = end.unwrap_or(self.at);
            return end.is_some();
        }
        let gap = rest.chars().next().filter(|&c| is_wide_gap(c));
        self.at += gap.map_or(0, char::len_utf8);
        gap.is_some()
    }

    /// Block comments nest. `None` if this one has no end.
    fn block_comment_end(&self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth) = (self.at, 0_usize);
        while let Some(pair) = bytes.get(at..at + 2) {
            match pair {
                b"/*" => depth += 1,
                b"*/" => depth -= 1,
                _ => {
                    at += 1;
                    continue;
                }
            }
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        }
        None
    }

    /// Steps over attributes (`#![enable(implicit_some)]`) and the gaps behind them.
    pub(super) fn skip_attributes(&mut self) {
        while self.eat(b'#') {
            self.skip_gap();
            self.eat(b'!');
            self.skip_gap();
            self.skip_value();
            self.skip_gap();
        }
    }

    /// Steps over a name (`title`, `r#title`) and returns it without the mark of a raw name.
    pub(super) fn name(&mut self) -> Option<(&'a str, Range<usize>)> {
        let start = self.at;
        if self.at_text() || !self.at_name() {
            return None;
        }
        let end = self.atom_end();
        self.at = end;
        let word = &self.text[start..end];
        Some((word.strip_prefix("r#").unwrap_or(word), start..end))
    }

    /// Whether a name starts here. (Texts such as `r"..."` start with a letter, too: see [`Self::at_text`].)
    pub(super) fn at_name(&self) -> bool {
        match self.peek() {
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => true,
            byte if byte.is_ascii() => false,
            _ => self.rest().chars().next().is_some_and(char::is_alphabetic),
        }
    }

    /// Whether a text starts here, plain or raw, or one of RON's literals in quotes (characters and bytes).
    pub(super) fn at_text(&self) -> bool {
        match self.peek() {
            b'"' | b'\'' => true,
            b'b' if matches!(self.text.as_bytes().get(self.at + 1), Some(b'"' | b'\'')) => true,
            b'b' | b'r' => self.raw_hashes().is_some(),
            _ => false,
        }
    }

    /// For a raw text (`r"`, `r#"`, `br##"`): the lengths of its prefix letters and of its hashes.
    fn raw_hashes(&self) -> Option<(usize, usize)> {
        let rest = &self.text.as_bytes()[self.at..];
        let letters = match rest {
            [b'r', ..] => 1,
            [b'b', b'r', ..] => 2,
            _ => return None,
        };
        let hashes = rest[letters..].iter().take_while(|&&byte| byte == b'#').count();
        (rest.get(letters + hashes) == Some(&b'"')).then_some((letters, hashes))
    }

    /// Steps over a literal in quotes. Returns the bytes between the quotes and whether they may hold escapes.
    pub(super) fn skip_text(&mut self) -> (Range<usize>, bool) {
        if let Some((letters, hashes)) = self.raw_hashes() {
            let start = self.at + letters + hashes + 1;
            let rest = &self.text[start..];
            let end = match hashes {
                0 => rest.find('"'),
                // The closing mark could be longer than what is left.
                _ if hashes >= rest.len() => None,
                _ => rest.find(&format!("\"{}", "#".repeat(hashes))),
            };
            let end = end.map_or(self.text.len(), |at| start + at);
            self.at = (end + 1 + hashes).min(self.text.len());
            return (start..end, false);
        }
        self.at += usize::from(self.peek() == b'b');
        let quote = self.peek();
        self.at += 1;
        let start = self.at;
        if quote == b'\'' {
            self.skip_character();
            return (start..self.at, true);
        }
        let mut has_escapes = false;
        let is_mark = |byte: &u8| matches!(byte, b'"' | b'\\');
        while let Some(mark) = self.text.as_bytes()[self.at..].iter().position(is_mark) {
            self.at += mark;
            if self.eat(b'"') {
                return (start..self.at - 1, has_escapes);
            }
            has_escapes = true;
            self.skip_escaped();
        }
        self.at = self.text.len();
        (start..self.at, has_escapes)
    }

    /// The inside and the closing quote of a character literal.
    fn skip_character(&mut self) {
        if self.peek() == b'\\' {
            self.skip_escaped();
        } else {
            self.skip_char();
        }
        // What is left of a longer escape (`\u{1F600}`), up to the quote.
        let len = self.rest().find(|c: char| !(c.is_ascii_hexdigit() || matches!(c, '{' | '}'))).unwrap_or(0);
        self.at += len;
        self.eat(b'\'');
    }

    fn skip_escaped(&mut self) {
        self.at += 1;
        self.skip_char();
    }

    fn skip_char(&mut self) {
        self.at += self.rest().chars().next().map_or(0, char::len_utf8);
    }

    /// Steps over one value of any kind and returns its span. At the end of the text, and before a closing bracket, a
    /// comma or a colon, there is no value: the span is empty.
    pub(super) fn skip_value(&mut self) -> Range<usize> {
        let start = self.at;
        match self.peek() {
            b'(' | b'[' | b'{' => self.skip_brackets(),
            b')' | b']' | b'}' | b',' | b':' => {}
            _ if self.at_text() => {
                self.skip_text();
            }
            _ if self.at_name() => {
                self.skip_atom();
                let end = self.at;
                self.skip_gap();
                if self.peek() == b'(' {
                    self.skip_brackets();
                } else {
                    self.at = end;
                }
            }
            _ => self.skip_atom(),
        }
        start..self.at
    }

    /// From an opening bracket to behind the one that closes it.
    fn skip_brackets(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.text.len() {
            match self.peek() {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b',' | b':' => {}
                _ => {
                    self.skip_literal();
                    self.skip_gap();
                    continue;
                }
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
            self.skip_gap();
        }
    }

    fn skip_literal(&mut self) {
        if self.at_text() {
            self.skip_text();
        } else {
            self.skip_atom();
        }
    }

    /// A number, a name or any other run up to the next mark; a single character if a mark is next.
    pub(super) fn skip_atom(&mut self) {
        let end = self.atom_end();
        if end > self.at {
            self.at = end;
        } else {
            self.skip_char();
        }
    }

    /// Where the run that begins here ends: at whitespace, a bracket, a comma, a colon, a quote or a slash.
    pub(super) fn atom_end(&self) -> usize {
        let mut end = self.at;
        while let Some(&byte) = self.text.as_bytes().get(end) {
            if byte.is_ascii() {
                if ENDS_ATOM[usize::from(byte)] {
                    break;
                }
                end += 1;
            } else {
                match self.text[end..].chars().next() {
                    Some(c) if !is_wide_gap(c) => end += c.len_utf8(),
                    _ => break,
                }
            }
        }
        end
    }
}

/// Whitespace of ron's beyond ASCII.
fn is_wide_gap(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}')
}

/// The ASCII bytes at which a number or a name ends.
const ENDS_ATOM: [bool; 128] = {
    let mut table = [false; 128];
    let marks = b" \t\n\r\x0B\x0C,:()[]{}\"'/";
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> &str {
        let span = Cursor::new(text).skip_value();
        &text[span]
    }

    #[test]
    fn a_value_ends_where_ron_says_it_ends() {
        for whole in [
            "12",
            "-1.5e3",
            "0x1F",
            "1..=2",
            "..",
            "inf",
            "true",
            "Circle",
            "r#type",
            "()",
            "Place(a: [1, 2], b: (\")\", ')'))",
            "Some /* ( */ (1)",
            "[[], [()], {1: 2}]",
            r##"r#"a"b"#"##,
            r#""a \" b""#,
            "b\"(\"",
            "b'('",
            "br#\"(\"#",
            "'\\u{28}'",
            "'\\''",
            "'('",
        ] {
            for after in ["", ", 1", ")", "]", "/* x */", " // x", ": 2", "\n"] {
                assert_eq!(value(&format!("{whole}{after}")), whole);
            }
        }
    }

    #[test]
    fn where_no_value_is_the_span_is_empty() {
        for text in ["", ")", "]", ",", ":"] {
            assert_eq!(value(text), "");
        }
    }

    #[test]
    fn a_gap_is_whitespace_and_comments_that_may_nest() {
        let text = " \t\r\n// one\n/* two /* three */ */\u{2028}x";
        let mut cursor = Cursor::new(text);
        cursor.skip_gap();
        assert_eq!(cursor.rest(), "x");
        let mut unclosed = Cursor::new(" /* /* */");
        unclosed.skip_gap();
        assert_eq!(unclosed.at, 1);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_cursor_panic_or_stand_still(text in "[-a-zA-Z0-9 \\n\"'(){},:\\[\\]\\\\#/*.é日]{0,60}") {
            let mut cursor = Cursor::new(&text);
            while cursor.at < text.len() {
                let before = cursor.at;
                cursor.skip_gap();
                cursor.skip_value();
                if cursor.at == before {
                    cursor.skip_char();
                }
            }
        }
    }
}
