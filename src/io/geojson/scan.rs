//! Finds the items of a JSON text (the features of a collection, the lines of a stream) without reading what is in them,
//! block by block, so that a text of any size needs the memory of one block.
//!
//! Only the structure around the items is checked here: a fault in it means that nothing after it can be believed.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr3, memrchr};

use crate::io::limits::MAX_JSON_ITEM_BYTES;
use crate::io::{Input, ReadError, SourcePlace};
use crate::progress::Progress;

/// Bytes that are read at a time.
const BLOCK_BYTES: usize = 4 << 20;

/// What stands before each text of a sequence (RFC 8142).
const RECORD_SEPARATOR: u8 = 0x1E;

const IS_EMPTY: &str = "the file is empty";
const IS_UTF_16: &str = "the file is UTF-16 text and not UTF-8";

/// Members of the outermost object that say something of all items.
const KEPT_MEMBERS: [&str; 10] = [
    "crs",
    "name",
    "title",
    "description",
    "type",
    super::own::MEMBER,
    "associations",
    "sources",
    "licence",
    "spatialReference",
];

/// An item, as its bytes in the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::io) struct Item {
    pub(in crate::io) range: Range<usize>,
    /// Line of its first byte, counted from 1.
    pub(in crate::io) line: u64,
    /// Column of its first byte, counted from 1.
    pub(in crate::io) column: u32,
    /// The number of the list that it stands in, where a file has several.
    pub(in crate::io) group: u16,
}

/// Where in the text the scanner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Start,
    /// In the outermost object.
    Members {
        is_first: bool,
    },
    /// In the list of items, which is the whole text or a member.
    Items {
        is_member: bool,
        is_first: bool,
    },
    /// Independent texts with this byte between them.
    Lines(u8),
    /// After the end of the text.
    Tail,
}

/// Why the scanner cannot go on.
enum Stop {
    /// The block ends here.
    More,
    /// The text is wrong here.
    Bad(usize, &'static str),
}

/// Goes through a text.
#[derive(Debug)]
pub(in crate::io) struct Scanner<'a> {
    input: &'a Input,
    progress: Progress,
    /// The member that holds the items.
    list: &'a str,
    buffer: Vec<u8>,
    /// Where in the text the buffer begins.
    base: u64,
    at: usize,
    is_end: bool,
    phase: Phase,
    /// Where the outermost object begins, until the items are found in it.
    whole: Option<usize>,
    /// Up to where lines are counted, how many there are, and where in the text the last one begins.
    counted: usize,
    line: u64,
    line_start: u64,
    is_lines_by_name: bool,
    /// Whether the text is one item and no list.
    is_one: bool,
    members: Vec<(&'static str, String)>,
}

impl<'a> Scanner<'a> {
    /// For a text whose items stand in the member `list`, or are the text.
    pub(in crate::io) fn new(input: &'a Input, list: &'a str, progress: &Progress) -> Self {
        let name = input.name().to_lowercase();
        let is_lines_by_name =
            [".ndjson", ".geojsonl", ".jsonl", ".ndgeojson"].iter().any(|end| name.ends_with(end));
        Self {
            input,
            progress: progress.clone(),
            list,
            buffer: Vec::new(),
            base: 0,
            at: 0,
            is_end: false,
            phase: Phase::Start,
            whole: None,
            counted: 0,
            line: 1,
            line_start: 0,
            is_lines_by_name,
            is_one: false,
            members: Vec::new(),
        }
    }

    /// Reads on to the next items: at least one, or none at the end of the text.
    pub(in crate::io) fn batch(&mut self) -> Result<Vec<Item>, ReadError> {
        let mut items = Vec::new();
        self.drop_read();
        loop {
            match self.step(&mut items) {
                Ok(true) => {}
                Ok(false) => return Ok(items),
                Err(Stop::Bad(at, what)) => return Err(self.fault(at, what)),
                Err(Stop::More) if !items.is_empty() => return Ok(items),
                Err(Stop::More) if self.is_end => {
                    return Err(self.fault(self.buffer.len(), "the text ends in the middle: it was cut off"));
                }
                Err(Stop::More) => {
                    if self.buffer.len() - self.at > MAX_JSON_ITEM_BYTES {
                        return Err(self.fault(self.at, "what begins here is longer than 64 MiB"));
                    }
                    self.read_on()?;
                }
            }
        }
    }

    /// The bytes that the items of the last batch stand in.
    pub(in crate::io) fn bytes(&self) -> &[u8] {
        &self.buffer
    }

    /// Where in the text [`Self::bytes`] begin.
    pub(in crate::io) fn base(&self) -> u64 {
        self.base
    }

    /// What a member of the outermost object says, as JSON.
    pub(in crate::io) fn member(&self, name: &str) -> Option<&str> {
        self.members.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str())
    }

    /// Whether the text was one item and no list.
    pub(in crate::io) fn is_one(&self) -> bool {
        self.is_one
    }

    /// Lets go of what was read.
    fn drop_read(&mut self) {
        let from = self.whole.unwrap_or(self.at);
        self.count_lines(from);
        self.buffer.drain(..from);
        self.base += from as u64;
        self.at -= from;
        self.counted = self.counted.saturating_sub(from);
        self.whole = self.whole.map(|_| 0);
    }

    fn read_on(&mut self) -> Result<(), ReadError> {
        let (input, old) = (self.input, self.buffer.len());
        let offset = self.base + old as u64;
        if !self.progress.go_on(offset as usize, input.len() as usize) {
            return Err(ReadError::cancelled(input.name()));
        }
        // What does not fit into a block is looked at again with more: with twice as much, so that it ends.
        let more = BLOCK_BYTES
            .max(old)
            .min(usize::try_from(input.len() - offset.min(input.len())).unwrap_or(BLOCK_BYTES) + 1);
        self.buffer.resize(old + more, 0);
        let read = input.read_at(&mut self.buffer[old..], offset).map_err(|error| input.failed(&error))?;
        self.buffer.truncate(old + read);
        self.is_end = read < more;
        Ok(())
    }

    /// One step through the text; says whether there is another.
    fn step(&mut self, items: &mut Vec<Item>) -> Result<bool, Stop> {
        match self.phase {
            Phase::Start => self.start(),
            Phase::Members { is_first } => self.one_member(is_first, items),
            Phase::Items { is_member, is_first } => self.one_item(is_member, is_first, items),
            Phase::Lines(separator) => self.one_line(separator, items),
            Phase::Tail => match self.next_byte(self.at) {
                Ok((at, _)) => Err(Stop::Bad(at, "there is more text after the end of the data")),
                Err(_) if self.is_end => Ok(false),
                Err(stop) => Err(stop),
            },
        }
    }

    fn start(&mut self) -> Result<bool, Stop> {
        if self.buffer.len() < 4 && !self.is_end {
            return Err(Stop::More);
        }
        let mark = if self.buffer.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        if self.buffer.starts_with(b"\xFF\xFE") || self.buffer.starts_with(b"\xFE\xFF") {
            return Err(Stop::Bad(0, IS_UTF_16));
        }
        let (at, first) = match self.next_byte(mark) {
            Err(_) if self.is_end => return Err(Stop::Bad(self.buffer.len(), IS_EMPTY)),
            found => found?,
        };
        self.at = at;
        self.phase = match first {
            RECORD_SEPARATOR => Phase::Lines(RECORD_SEPARATOR),
            b'{' if self.is_lines_by_name => Phase::Lines(b'\n'),
            b'{' => {
                self.whole = Some(at);
                self.at += 1;
                Phase::Members { is_first: true }
            }
            b'[' => {
                self.at += 1;
                Phase::Items { is_member: false, is_first: true }
            }
            _ if self.is_lines_by_name => Phase::Lines(b'\n'),
            _ => return Err(Stop::Bad(at, "this is not JSON, which begins with a curly or square bracket")),
        };
        Ok(true)
    }

    /// A member of the outermost object, or its end.
    fn one_member(&mut self, is_first: bool, items: &mut Vec<Item>) -> Result<bool, Stop> {
        let (mut at, mut byte) = self.next_byte(self.at)?;
        if byte == b'}' {
            return self.end_of_object(at + 1, items);
        }
        if !is_first {
            if byte != b',' {
                return Err(Stop::Bad(at, "a comma or a closing curly bracket is missing here"));
            }
            (at, byte) = self.next_byte(at + 1)?;
        }
        if byte != b'"' {
            return Err(Stop::Bad(at, "the name of a member in double quotes is missing here"));
        }
        let end = string_end(&self.buffer, at)?;
        let name = at + 1..end - 1;
        let (colon, byte) = self.next_byte(end)?;
        if byte != b':' {
            return Err(Stop::Bad(colon, "a colon is missing here"));
        }
        let (value, byte) = self.next_byte(colon + 1)?;
        if byte == b'[' && self.buffer[name.clone()] == *self.list.as_bytes() {
            self.whole = None;
            self.at = value + 1;
            self.phase = Phase::Items { is_member: true, is_first: true };
            return Ok(true);
        }
        let end = value_end(&self.buffer, value)?;
        let known = KEPT_MEMBERS.iter().find(|known| self.buffer[name.clone()] == *known.as_bytes());
        if let (Some(known), Ok(text)) = (known, std::str::from_utf8(&self.buffer[value..end])) {
            self.members.push((known, text.to_owned()));
        }
        self.at = end;
        self.phase = Phase::Members { is_first: false };
        Ok(true)
    }

    /// The outermost object ends. One without a list is the only item, or the first of several lines.
    fn end_of_object(&mut self, end: usize, items: &mut Vec<Item>) -> Result<bool, Stop> {
        let next = match self.next_byte(end) {
            Ok((_, byte)) => Some(byte),
            Err(_) if self.is_end => None,
            Err(stop) => return Err(stop),
        };
        if let Some(whole) = self.whole.take() {
            if next == Some(b'{') {
                self.at = whole;
                self.members.clear();
                self.phase = Phase::Lines(b'\n');
                return Ok(true);
            }
            let item = self.item(whole..end);
            items.push(item);
            self.is_one = true;
        }
        self.at = end;
        self.phase = Phase::Tail;
        Ok(true)
    }

    fn one_item(&mut self, is_member: bool, is_first: bool, items: &mut Vec<Item>) -> Result<bool, Stop> {
        let (mut at, byte) = self.next_byte(self.at)?;
        if byte == b']' {
            self.at = at + 1;
            self.phase = if is_member { Phase::Members { is_first: false } } else { Phase::Tail };
            return Ok(true);
        }
        if !is_first {
            if byte != b',' {
                return Err(Stop::Bad(at, "a comma or a closing square bracket is missing here"));
            }
            (at, _) = self.next_byte(at + 1)?;
        }
        let end = value_end(&self.buffer, at)?;
        let item = self.item(at..end);
        items.push(item);
        self.at = end;
        self.phase = Phase::Items { is_member, is_first: false };
        Ok(true)
    }

    fn one_line(&mut self, separator: u8, items: &mut Vec<Item>) -> Result<bool, Stop> {
        let end = match memchr(separator, &self.buffer[self.at..]) {
            Some(length) => self.at + length,
            None if !self.is_end => return Err(Stop::More),
            None => self.buffer.len(),
        };
        let line = &self.buffer[self.at..end];
        let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == RECORD_SEPARATOR;
        if let Some(first) = line.iter().position(|byte| !is_blank(byte)) {
            let last = line.iter().rposition(|byte| !is_blank(byte)).unwrap_or(first);
            let item = self.item(self.at + first..self.at + last + 1);
            items.push(item);
        }
        if end == self.buffer.len() {
            self.at = end;
            return if self.is_end { Ok(false) } else { Err(Stop::More) };
        }
        self.at = end + 1;
        Ok(true)
    }

    /// The next byte that is no blank.
    fn next_byte(&self, from: usize) -> Result<(usize, u8), Stop> {
        let rest = self.buffer.get(from..).unwrap_or_default();
        let skipped = rest.iter().position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t'));
        skipped.map(|skipped| (from + skipped, rest[skipped])).ok_or(Stop::More)
    }

    fn item(&mut self, range: Range<usize>) -> Item {
        self.count_lines(range.start);
        let column = self.base + range.start as u64 - self.line_start + 1;
        let column = u32::try_from(column).unwrap_or(u32::MAX);
        Item { range, line: self.line, column, group: 0 }
    }

    /// Counts lines up to a byte of the buffer; one before those that are counted stays where it is.
    fn count_lines(&mut self, to: usize) {
        let passed = self.buffer.get(self.counted..to).unwrap_or_default();
        if let Some(last) = memrchr(b'\n', passed) {
            self.line += memchr_iter(b'\n', passed).count() as u64;
            self.line_start = self.base + (self.counted + last) as u64 + 1;
        }
        self.counted = self.counted.max(to);
    }

    /// An error of the whole text at a byte of the buffer.
    fn fault(&mut self, at: usize, what: &str) -> ReadError {
        let advice = match what {
            IS_EMPTY => "name a file with incidents",
            IS_UTF_16 => "save it as UTF-8",
            _ => "mend the JSON there, or export the file again",
        };
        self.count_lines(at);
        let offset = self.base + at as u64;
        let from = usize::try_from(self.line_start.saturating_sub(self.base)).unwrap_or(0).min(at);
        let before = self.buffer.get(from..at).unwrap_or_default();
        let hidden = self.base.saturating_sub(self.line_start) as usize;
        let column = hidden + String::from_utf8_lossy(before).chars().count() + 1;
        let span = offset as usize..offset as usize + 1;
        let place = SourcePlace { line: self.line as usize, column, span, excerpt: None };
        ReadError::at(self.input.name(), place, what, advice)
    }
}

/// Where the value ends that begins at a byte.
fn value_end(text: &[u8], at: usize) -> Result<usize, Stop> {
    match text.get(at) {
        None => Err(Stop::More),
        Some(b'"') => string_end(text, at),
        Some(b'{') => closing(text, at, [b'{', b'}']),
        Some(b'[') => closing(text, at, [b'[', b']']),
        Some(_) => {
            let is_end = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t');
            match text[at..].iter().position(is_end) {
                Some(0) => Err(Stop::Bad(at, "a value is missing here")),
                Some(length) => Ok(at + length),
                None => Err(Stop::More),
            }
        }
    }
}

/// Where a bracket closes. In JSON the brackets of one kind match whatever the others do.
fn closing(text: &[u8], at: usize, [open, close]: [u8; 2]) -> Result<usize, Stop> {
    let (mut at, mut depth) = (at, 0_usize);
    while let Some(found) = memchr3(open, close, b'"', &text[at..]) {
        at += found;
        if text[at] == b'"' {
            at = string_end(text, at)?;
            continue;
        }
        depth = if text[at] == open { depth + 1 } else { depth - 1 };
        at += 1;
        if depth == 0 {
            return Ok(at);
        }
    }
    Err(Stop::More)
}

fn string_end(text: &[u8], open: usize) -> Result<usize, Stop> {
    let mut at = open + 1;
    while let Some(found) = text.get(at..).and_then(|rest| memchr3(b'"', b'\\', b'\n', rest)) {
        at += found;
        match text[at] {
            b'"' => return Ok(at + 1),
            b'\\' => at += 2,
            _ => return Err(Stop::Bad(open, "the text that begins here is not closed in its line")),
        }
    }
    Err(Stop::More)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn items(name: &str, text: &str) -> Result<Vec<(String, u64)>, String> {
        let input = Input::memory(name, text.as_bytes());
        let mut scanner = Scanner::new(&input, "features", &Progress::default());
        let mut all = Vec::new();
        loop {
            let batch = scanner.batch().map_err(|error| error.to_string())?;
            if batch.is_empty() {
                return Ok(all);
            }
            let found = batch
                .into_iter()
                .map(|item| (String::from_utf8_lossy(&scanner.bytes()[item.range]).into_owned(), item.line));
            all.extend(found);
        }
    }

    #[test]
    fn items_are_found_wherever_they_stand() {
        let two = vec![("{\"a\":\"}\"}".to_owned(), 2), ("{\"b\":[{}]}".to_owned(), 3)];
        for text in [
            "{\"x\":[1,{\"features\":[]}],\"features\":[\n{\"a\":\"}\"},\n{\"b\":[{}]}],\"type\":\"FeatureCollection\"}",
            "[\n{\"a\":\"}\"},\n{\"b\":[{}]}]",
            "\u{feff}\n{\"a\":\"}\"}\n{\"b\":[{}]}\n\n",
            "\u{1e}\n{\"a\":\"}\"}\n\u{1e}{\"b\":[{}]}\n",
        ] {
            assert_eq!(items("a.json", text), Ok(two.clone()), "{text}");
        }
        assert_eq!(items("a", "{\"a\":1}"), Ok(vec![("{\"a\":1}".to_owned(), 1)]));
    }

    #[test]
    fn a_fault_in_the_structure_is_found_at_its_line_and_column() {
        for (text, words) in [
            ("{\"features\":[{},\n {}", "2:4: the text ends in the middle"),
            ("{\"features\":[{}\n {}]}", "2:2: a comma or a closing square"),
            ("{\"features\":[{}]} x", "1:19: there is more text"),
            ("{\"features\":[\n{\"a\":\"b\n\"}]}", "2:6: the text that begins here is not closed"),
            ("{features:[]}", "1:2: the name of a member"),
            ("", "1:1: the file is empty"),
            ("hello", "1:1: this is not JSON"),
        ] {
            let report = items("a.json", text).unwrap_err();
            assert!(report.contains(words), "{report}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_gone_through(text in "[\\[\\]{}\",:a\\\\ \n\u{1e}]{0,60}") {
            let _ = items("a.json", &text);
            let _ = items("a.ndjson", &text);
            let _ = items("a.json", &format!("{{\"features\":[{text}"));
        }
    }
}
