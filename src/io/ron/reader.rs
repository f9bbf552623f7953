//! Reads the building blocks of the format (structs, lists, texts, numbers, words) and notes what is wrong with them.
//!
//! Every method steps over exactly one value, right or wrong, so that reading goes on behind a mistake. `None` means that
//! a finding was noted.

use std::borrow::Cow;
use std::ops::Range;

use super::super::problem::{Finding, Findings, quoted};
use super::cursor::Cursor;
use super::literal;
use super::schema::{Schema, Words};
use super::suggest::nearest;
use crate::progress::{Finds, Pace, Progress};

/// Where reading stands and what was found so far.
pub(super) struct Reader<'a> {
    cursor: Cursor<'a>,
    pace: Pace,
    progress: Progress,
    pub(super) findings: Findings,
    /// Tells of the incidents.
    pub(super) finds: Finds,
}

/// A text from the file with the place of its whole literal.
#[derive(Debug, Clone)]
pub(super) struct Text<'a> {
    pub(super) value: Cow<'a, str>,
    pub(super) span: Range<usize>,
}

/// A number from the file.
#[derive(Debug, Clone)]
pub(super) struct Number {
    pub(super) value: f64,
    pub(super) is_whole: bool,
    pub(super) span: Range<usize>,
}

impl<'a> Reader<'a> {
    /// At the beginning of the text's value; attributes before it are passed over.
    pub(super) fn new(text: &'a str, progress: &Progress) -> Self {
        let mut cursor = Cursor::new(text);
        cursor.skip_gap();
        cursor.skip_attributes();
        let pace = Pace::new(progress, text.len());
        Self {
            cursor,
            pace,
            progress: progress.clone(),
            findings: Findings::default(),
            finds: Finds::new(progress),
        }
    }

    /// The byte at which it stands.
    pub(super) fn at(&self) -> usize {
        self.cursor.at()
    }

    /// Whether nobody waits any more for what is read.
    pub(super) fn is_cancelled(&self) -> bool {
        self.progress.is_cancelled()
    }

    /// Notes a finding.
    pub(super) fn report(&mut self, span: Range<usize>, words: impl FnOnce() -> (String, String)) {
        self.findings.push(|| {
            let (what, advice) = words();
            Finding { span, what, advice, see: None }
        });
    }

    /// Reads the fields of a struct: `read` is called once for each known field, with the cursor at its value. A misspelt
    /// name is reported and read as the field that it is nearest to, so that what it holds is checked, too. Returns the
    /// span of the struct's head, or `None` if the value is no such struct.
    pub(super) fn fields(
        &mut self,
        schema: &'static Schema,
        mut read: impl FnMut(&mut Self, &'static str),
    ) -> Option<Range<usize>> {
        let head = self.enter(schema)?;
        let mut seen = [Seen::No; MAX_FIELDS];
        self.cursor.skip_gap();
        while !self.cursor.eat(b')') {
            let name = if self.findings.are_too_many() { None } else { self.field_name() };
            let Some((name, span)) = name else { return self.give_up() };
            let exact = schema.fields.iter().position(|field| field.name == name);
            match exact {
                Some(index) if seen[index] == Seen::Yes => {
                    self.cursor.skip_value();
                    self.report(span, || {
                        (
                            format!("duplicate field `{name}` in {}", schema.name),
                            "keep one of them".to_owned(),
                        )
                    });
                }
                Some(index) => {
                    seen[index] = Seen::Yes;
                    read(self, schema.fields[index].name);
                }
                None => match self.misspelt(schema, &seen, name, span) {
                    Some(index) => {
                        seen[index] = Seen::Misspelt;
                        read(self, schema.fields[index].name);
                    }
                    None => drop(self.cursor.skip_value()),
                },
            }
            self.cursor.skip_gap();
            self.cursor.eat(b',');
            self.cursor.skip_gap();
        }
        for (field, _) in
            schema.fields.iter().zip(&seen).filter(|(field, seen)| field.is_required && **seen == Seen::No)
        {
            self.report(head.clone(), || {
                let what = format!("missing field `{}` in {}", field.name, schema.name);
                (what, format!("add it, as in `{}: {}`", field.name, field.example))
            });
        }
        Some(head)
    }

    /// Reports a field's name that the struct does not have. Returns the field that was meant.
    fn misspelt(
        &mut self,
        schema: &'static Schema,
        seen: &[Seen; MAX_FIELDS],
        name: &str,
        span: Range<usize>,
    ) -> Option<usize> {
        let unused = schema.fields.iter().zip(seen).filter(|(_, seen)| **seen == Seen::No);
        // Once there are more problems than anybody reads, guessing is not worth its time.
        let is_worth_it = self.findings.has_room();
        let near = is_worth_it.then(|| nearest(name, unused.map(|(field, _)| field.name))).flatten();
        self.report(span, || unknown_field(schema, name, near));
        schema.fields.iter().position(|field| Some(field.name) == near)
    }

    /// Steps over a struct's name, if it has one, and its opening bracket.
    fn enter(&mut self, schema: &'static Schema) -> Option<Range<usize>> {
        let start = self.cursor.at();
        let name = self.cursor.name();
        let name_end = self.cursor.at();
        self.cursor.skip_gap();
        let is_struct = self.cursor.eat(b'(') && !matches!(name, Some(("Some", _)));
        self.cursor.skip_gap();
        let inside = self.cursor.at();
        let is_named = self.cursor.eat(b')') || self.field_name().is_some();
        if !is_struct || !is_named {
            self.cursor.go_to(start);
            let expected = || format!("{}(...)", schema.name);
            let advice = || format!("write {} with round brackets and a name before each value", expected());
            return self.wrong_type(|| (expected(), advice()));
        }
        self.cursor.go_to(inside);
        match name {
            Some((found, span)) => {
                if found != schema.name {
                    self.report(span.clone(), || {
                        let what = format!(
                            "expected {}(...), found {}",
                            schema.name,
                            quoted(&format!("{found}(...)"))
                        );
                        (what, format!("write {}", schema.name))
                    });
                }
                Some(span)
            }
            None => Some(start..name_end.max(start + 1)),
        }
    }

    /// A field's name and the colon behind it; the cursor then stands at the value.
    fn field_name(&mut self) -> Option<(&'a str, Range<usize>)> {
        let name = self.cursor.name()?;
        self.cursor.skip_gap();
        if !self.cursor.eat(b':') {
            return None;
        }
        self.cursor.skip_gap();
        Some(name)
    }

    /// Reads a list: `read` is called at each item. `None` if the value is no list.
    pub(super) fn list(&mut self, of: &str, mut read: impl FnMut(&mut Self)) -> Option<()> {
        if !self.cursor.eat(b'[') {
            return self
                .wrong_type(|| (format!("a list of {of}"), "write it in square brackets: [...]".to_owned()));
        }
        self.cursor.skip_gap();
        while !self.cursor.eat(b']') {
            let before = self.cursor.at();
            read(self);
            let at = self.cursor.at();
            if at == before || self.findings.are_too_many() || !self.pace.go_on(at) {
                return self.give_up();
            }
            self.cursor.skip_gap();
            self.cursor.eat(b',');
            self.cursor.skip_gap();
        }
        Some(())
    }

    /// The text is not built as ron has said that it is. This should not happen; if it does, it is said and reading ends.
    fn give_up<T>(&mut self) -> Option<T> {
        if self.findings.are_too_many() {
            return self.end();
        }
        let at = self.cursor.at();
        if at < self.cursor.len() || self.findings.total() == 0 {
            self.report(at..at, || {
                ("this cannot be read".to_owned(), "rewrite it as the format's description has it".to_owned())
            });
        }
        self.end()
    }

    fn end<T>(&mut self) -> Option<T> {
        self.cursor.go_to(self.cursor.len());
        None
    }

    /// Reads an optional value: `None`, `Some(value)` or the bare value. Here `None` may mean that there is no value, too.
    pub(super) fn optional<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let start = self.cursor.at();
        match self.cursor.name().map(|(name, _)| name) {
            Some("None") => return None,
            Some("Some") => {
                self.cursor.skip_gap();
                if self.cursor.eat(b'(') {
                    self.cursor.skip_gap();
                    let value = read(self);
                    self.cursor.skip_gap();
                    self.cursor.eat(b',');
                    self.cursor.skip_gap();
                    self.cursor.eat(b')');
                    return value;
                }
            }
            _ => {}
        }
        self.cursor.go_to(start);
        read(self)
    }

    /// Reads a text.
    pub(super) fn text(&mut self, field: &str) -> Option<Text<'a>> {
        let start = self.cursor.at();
        let is_other = matches!(self.cursor.peek(), b'\'' | b'b') || !self.cursor.at_text();
        if is_other {
            return self
                .wrong_type(|| (format!("a text for `{field}`"), "write it in double quotes".to_owned()));
        }
        let (inside, has_escapes) = self.cursor.skip_text();
        let span = start..self.cursor.at();
        if !has_escapes {
            return Some(Text { value: Cow::Borrowed(self.cursor.slice(&inside)), span });
        }
        match literal::unescape(self.cursor.slice(&inside)) {
            Some(value) => Some(Text { value: Cow::Owned(value), span }),
            None => self.give_up(),
        }
    }

    /// Reads a text that must say something.
    pub(super) fn filled_text(&mut self, field: &str) -> Option<Text<'a>> {
        let text = self.text(field)?;
        if text.value.trim().is_empty() {
            self.report(text.span, || {
                (format!("empty {field}"), format!("give `{field}` a text that says something"))
            });
            return None;
        }
        Some(text)
    }

    /// Reads a number, finite or not.
    pub(super) fn number(&mut self, field: &str) -> Option<Number> {
        let start = self.cursor.at();
        let span = self.cursor.skip_value();
        let literal = self.cursor.slice(&span);
        if describe(literal) != "a number" {
            self.cursor.go_to(start);
            let advice = "write it without quotes, as in 36.5873";
            return self.wrong_type(|| (format!("a number for `{field}`"), advice.to_owned()));
        }
        // What is not understood here ron may understand: the words for no number, and rare ways to write one.
        let parsed = literal::number(literal).or_else(|| match ron::from_str::<ron::Value>(literal) {
            Ok(ron::Value::Number(number)) => {
                let is_whole = !matches!(number, ron::Number::F32(_) | ron::Number::F64(_));
                Some((number.into_f64(), is_whole))
            }
            _ => None,
        });
        match parsed {
            Some((value, is_whole)) => Some(Number { value, is_whole, span }),
            None => self.give_up(),
        }
    }

    /// Reads one of the format's words.
    pub(super) fn word<T: Copy>(&mut self, field: &str, words: Words<T>) -> Option<T> {
        let list = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        let start = self.cursor.at();
        let name = if self.cursor.at_text() { None } else { self.cursor.name() };
        self.cursor.go_to(start);
        let span = self.cursor.skip_value();
        let Some((name, _)) = name.filter(|(_, name)| *name == span) else {
            self.cursor.go_to(start);
            let advice = || format!("write one of these without quotes: {}", list());
            return self.wrong_type(|| (format!("a word for `{field}`"), advice()));
        };
        let found = words.iter().find(|(word, _)| *word == name).map(|(_, value)| *value);
        if found.is_none() {
            self.report(span, || {
                let near = nearest(name, words.iter().map(|(word, _)| *word));
                let advice = match near {
                    Some(near) => format!("did you mean `{near}`? Known words: {}", list()),
                    None => format!("write one of these: {}", list()),
                };
                (format!("unknown {field} {}", quoted(name)), advice)
            });
        }
        found
    }

    /// Reports the value at the cursor as one of the wrong kind and steps over it. The words are what was expected and
    /// what to do.
    fn wrong_type<T>(&mut self, words: impl FnOnce() -> (String, String)) -> Option<T> {
        let span = self.cursor.skip_value();
        let literal = self.cursor.slice(&span);
        self.report(span, || {
            let (expected, advice) = words();
            let is_some = literal.strip_prefix("Some").is_some_and(|rest| rest.trim_start().starts_with('('));
            let advice = if is_some { "write the value without Some(...)".to_owned() } else { advice };
            (format!("expected {expected}, found {}", describe(literal)), advice)
        });
        None
    }
}

/// No struct of the format has more fields.
const MAX_FIELDS: usize = 16;

/// Whether a field has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    No,
    /// Under a name that is nearly its own: the right name may still come.
    Misspelt,
    Yes,
}

fn unknown_field(schema: &Schema, name: &str, near: Option<&str>) -> (String, String) {
    let advice = if let Some(near) = near {
        format!("did you mean `{near}`?")
    } else {
        let names: Vec<&str> = schema.fields.iter().map(|field| field.name).collect();
        format!("remove it; {} has {}", schema.name, names.join(", "))
    };
    (format!("unknown field {} in {}", quoted(name), schema.name), advice)
}

/// What kind of value a literal is, in words.
fn describe(literal: &str) -> Cow<'static, str> {
    let first = literal.bytes().next().unwrap_or(b' ');
    let is_text = literal.starts_with("r\"") || literal.starts_with("r#\"") || literal.starts_with("r##");
    Cow::Borrowed(match first {
        b' ' => "nothing",
        b'"' => "a text",
        _ if is_text => "a text",
        b'\'' => "a character",
        b'b' if literal.contains(['"', '\'']) => "bytes",
        b'[' => "a list",
        b'{' => "a map",
        b'(' => "round brackets",
        _ if literal.contains("..") && !literal.contains('(') => "a range",
        b'0'..=b'9' | b'+' | b'-' | b'.' => "a number",
        _ => match literal {
            "true" | "false" => "a truth value",
            "inf" | "inff32" | "inff64" | "NaN" | "NaNf32" | "NaNf64" => "a number",
            _ => {
                let name = literal.find(|c: char| c.is_whitespace() || matches!(c, '(' | '/'));
                let (name, tail) = name.map_or((literal, ""), |end| (&literal[..end], "(...)"));
                return Cow::Owned(quoted(&format!("{name}{tail}")));
            }
        },
    })
}
