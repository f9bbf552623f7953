//! XML as the readers of KML and GPX want it: elements in their order, texts with their entities resolved, and where in
//! the file each of them stands.
//!
//! Nothing is ever fetched or expanded: a file with a document type declaration is refused, a reference that is not one
//! of XML or HTML stays as it stands. Depth and size of every piece are bounded. A file that is not well-formed is an
//! error as a whole: what was read before the mistake may be half of something.

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::Event;

use super::html;
use super::input::{Input, InputReader};
use super::intake::RowPlace;
use super::limits::{MAX_WHOLE_BYTES, MAX_XML_DEPTH, MAX_XML_PIECE_BYTES};
use super::problem::{ReadError, SourcePlace, escape};
use crate::progress::Progress;

/// Text that is decoded at a time.
const DECODED_BYTES: usize = 1 << 16;

/// Bytes of a file in which its XML declaration stands.
const DECLARATION_BYTES: usize = 256;

/// The next piece of a file. Its name or text is in the [`Xml`] that it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// An element begins: [`Xml::name`], [`Xml::attribute`].
    Open,
    /// Text, which [`Xml::content`] collects.
    Text,
    /// An element ends.
    Close,
    /// The file ends.
    End,
}

/// Reads XML piece by piece.
pub(super) struct Xml {
    reader: Reader<Source>,
    file: Input,
    progress: Progress,
    buffer: Vec<u8>,
    name: String,
    attributes: String,
    text: String,
    /// The names of the elements that are open, from the outermost on, one behind the other.
    names: String,
    /// Where in that each of them begins.
    open: Vec<usize>,
    has_root: bool,
    at: RowPlace,
}

/// Whether a file begins as XML whose first element has this name, and whatever prefix.
pub(super) fn begins_with(head: &[u8], root: &str) -> bool {
    let text = head_text(head);
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let after = if rest.starts_with("<?") {
            rest.split_once("?>")
        } else if rest.starts_with("<!--") {
            rest.split_once("-->")
        } else if let Some(declared) = rest.strip_prefix("<!DOCTYPE") {
            // What is in it does not matter: the reader refuses it, in words.
            let name = declared.split_whitespace().next().unwrap_or_default();
            return name.trim_end_matches(['>', '[']).eq_ignore_ascii_case(root);
        } else {
            None
        };
        match after {
            Some((_, after)) => rest = after.trim_start(),
            None => break,
        }
    }
    let Some(tag) = rest.strip_prefix('<') else { return false };
    let name = tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default();
    local(name) == root
}

/// The beginning of a file as text, well enough to find the names of elements in it.
fn head_text(head: &[u8]) -> String {
    let encoding = match encoding_of(head) {
        Ok(encoding) => encoding,
        Err(_) => UTF_8,
    };
    encoding.decode(head).0.into_owned()
}

/// The encoding that a file declares; an error is a label that is not known.
fn encoding_of(head: &[u8]) -> Result<&'static Encoding, String> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Ok(encoding);
    }
    match head {
        [b'<', 0, b'?', 0, ..] => return Ok(UTF_16LE),
        [0, b'<', 0, b'?', ..] => return Ok(UTF_16BE),
        _ => {}
    }
    let declaration = String::from_utf8_lossy(&head[..head.len().min(DECLARATION_BYTES)]);
    let Some((declaration, _)) =
        declaration.trim_start().strip_prefix("<?xml").and_then(|it| it.split_once("?>"))
    else {
        return Ok(UTF_8);
    };
    let Some((_, value)) = declaration.split_once("encoding") else { return Ok(UTF_8) };
    let value = value.trim_start().trim_start_matches('=').trim_start();
    let label = value.trim_start_matches(['"', '\'']).split(['"', '\'', ' ', '?']).next().unwrap_or_default();
    match Encoding::for_label(label.as_bytes()) {
        // It says so in letters of one byte each: it is none of these.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => Ok(UTF_8),
        Some(encoding) => Ok(encoding),
        None => Err(label.to_owned()),
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

impl Xml {
    /// Begins to read. The note says in which encoding the file is, if it is another than most.
    pub(super) fn new(input: &Input, progress: &Progress) -> Result<(Self, Option<String>), ReadError> {
        input.bound(MAX_WHOLE_BYTES)?;
        let encoding = encoding_of(&input.head()?).map_err(|label| {
            let what = format!("the encoding `{}` is not known", escape(&label));
            ReadError::whole_file(input.name(), what, "save the file as UTF-8")
        })?;
        let source = Source {
            reader: input.reader(progress),
            decoder: encoding.new_decoder_with_bom_removal(),
            decoded: String::with_capacity(DECODED_BYTES),
            at: 0,
            is_done: false,
            line: 1,
            column: 1,
            piece_bytes: 0,
            fault: None,
        };
        let mut reader = Reader::from_reader(source);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        let note =
            (encoding != UTF_8).then(|| format!("the text is in {}, as the file says", encoding.name()));
        let xml = Self {
            reader,
            file: input.clone(),
            progress: progress.clone(),
            buffer: Vec::new(),
            name: String::new(),
            attributes: String::new(),
            text: String::new(),
            names: String::new(),
            open: Vec::new(),
            has_root: false,
            at: RowPlace { line: 1, column: 1 },
        };
        Ok((xml, note))
    }

    /// The name of the element that was opened last, without its prefix.
    pub(super) fn name(&self) -> &str {
        local(&self.name)
    }

    /// Where the piece that was read last begins.
    pub(super) fn at(&self) -> RowPlace {
        self.at
    }

    /// An attribute of the element that was opened last, by its name without prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes.as_str();
        while let Some((key, after)) = rest.split_once('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, after) = after[1..].split_once(quote)?;
            if local(key.trim()) == name {
                return Some(html::resolve(value));
            }
            rest = after;
        }
        None
    }

    /// The next piece.
    pub(super) fn next(&mut self) -> Result<Token, ReadError> {
        loop {
            let source = self.reader.get_ref();
            self.at = RowPlace { line: source.line, column: source.column };
            self.reader.get_mut().piece_bytes = 0;
            self.buffer.clear();
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(error) => return Err(self.failed(&error)),
            };
            match event {
                Event::Start(tag) => {
                    self.name.clear();
                    self.name.push_str(tag.name().0);
                    self.attributes.clear();
                    self.attributes.push_str(tag.attributes_raw());
                    return self.opened();
                }
                Event::End(_) => {
                    if let Some(begin) = self.open.pop() {
                        self.names.truncate(begin);
                    }
                    return Ok(Token::Close);
                }
                Event::Text(text) => {
                    self.text.clear();
                    self.text.push_str(&text.into_inner());
                    if !self.open.is_empty() {
                        return Ok(Token::Text);
                    }
                    if !self.text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty() {
                        return Err(self.error("there is text outside of all elements", "remove it"));
                    }
                }
                Event::CData(text) => {
                    self.text.clear();
                    self.text.push_str(&text.into_inner());
                    return Ok(Token::Text);
                }
                Event::GeneralRef(reference) => {
                    self.text.clear();
                    let reference = reference.into_inner();
                    match html::character(&reference) {
                        Some(character) => self.text.push(character),
                        // Nothing is known of it: it stays as it stands.
                        None => self.text.extend(["&", &reference, ";"]),
                    }
                    return Ok(Token::Text);
                }
                Event::DocType(declared) => {
                    let is_web_page =
                        declared.trim_start().get(..4).is_some_and(|it| it.eq_ignore_ascii_case("html"));
                    return Err(self.declared(is_web_page));
                }
                Event::Eof => return self.ended(),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_) => {}
            }
        }
    }

    fn declared(&self, is_web_page: bool) -> ReadError {
        if is_web_page {
            return self.error(
                "this is a web page",
                "look at it in a browser: it may say why the file is not there",
            );
        }
        self.error(
            "the file has a document type declaration, which can pull in other files or grow without end",
            "remove everything from <!DOCTYPE to its closing >",
        )
    }

    fn opened(&mut self) -> Result<Token, ReadError> {
        if self.open.is_empty() && self.has_root {
            return Err(self.error("a second document begins here", "put it into a file of its own"));
        }
        self.has_root = true;
        if self.open.len() >= MAX_XML_DEPTH {
            return Err(self.error(
                &format!("elements lie within each other more than {MAX_XML_DEPTH} deep"),
                "this is no file of incidents; if it is one, make its folders flatter",
            ));
        }
        self.open.push(self.names.len());
        self.names.push_str(&self.name);
        Ok(Token::Open)
    }

    fn ended(&self) -> Result<Token, ReadError> {
        if self.progress.is_cancelled() {
            return Err(ReadError::cancelled(self.file.name()));
        }
        match self.open.last() {
            Some(begin) => Err(self.error(
                &format!("the file ends within <{}>", escape(&self.names[*begin..])),
                "it is cut off: get it once more from where it came from",
            )),
            None if self.has_root => Ok(Token::End),
            None => Err(ReadError::whole_file(
                self.file.name(),
                "the file has no elements",
                "name a file with incidents",
            )),
        }
    }

    /// Passes over the rest of the element that was opened last.
    pub(super) fn skip(&mut self) -> Result<(), ReadError> {
        let depth = self.open.len();
        while self.open.len() >= depth {
            if self.next()? == Token::End {
                break;
            }
        }
        Ok(())
    }

    /// All text in the rest of the element that was opened last, without blanks around it.
    pub(super) fn content(&mut self) -> Result<String, ReadError> {
        let depth = self.open.len();
        let mut content = String::new();
        while self.open.len() >= depth {
            match self.next()? {
                Token::Text => content.push_str(&self.text),
                Token::End => break,
                Token::Open | Token::Close => {}
            }
        }
        let trimmed = content.trim();
        Ok(if trimmed.len() == content.len() { content } else { trimmed.to_owned() })
    }

    /// Goes to the next element directly within the one that was opened last; says whether there is one. Each must be read
    /// to its end before the next.
    pub(super) fn child(&mut self) -> Result<bool, ReadError> {
        loop {
            match self.next()? {
                Token::Open => return Ok(true),
                Token::Text => {}
                Token::Close | Token::End => return Ok(false),
            }
        }
    }

    /// An error if a file has more of something than can be kept.
    pub(super) fn bound(&self, count: usize, most: usize, what: &str) -> Result<(), ReadError> {
        if count < most {
            return Ok(());
        }
        Err(self.error(&format!("the file has more than {most} {what}"), "split it into several files"))
    }

    /// An error at the piece that was read last.
    pub(super) fn error(&self, what: &str, advice: &str) -> ReadError {
        let RowPlace { line, column } = self.at;
        let (line, column) = (usize::try_from(line).unwrap_or(usize::MAX), column as usize);
        let offset = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        let place = SourcePlace { line, column, span: offset..offset, excerpt: None };
        ReadError::at(self.file.name(), place, what, advice)
    }

    fn failed(&mut self, error: &Error) -> ReadError {
        if self.progress.is_cancelled() {
            return ReadError::cancelled(self.file.name());
        }
        let well_formed = "correct it there, or write the file anew with the program that it comes from";
        match self.reader.get_mut().fault.take() {
            Some(Fault::Io(error)) => return self.file.failed(&error),
            Some(Fault::Encoding { line, column }) => {
                self.at = RowPlace { line, column };
                return self.error(
                    "these bytes are no text in the encoding that the file is in",
                    "save it as UTF-8, or name its encoding in the first line, as in \
                     <?xml version=\"1.0\" encoding=\"windows-1251\"?>",
                );
            }
            Some(Fault::Size) => {
                let most = MAX_XML_PIECE_BYTES >> 20;
                let what = format!("a single tag or text is larger than {most} MiB");
                return self.error(&what, "this is no file of incidents; if it is one, split it");
            }
            None => {}
        }
        match error {
            Error::Syntax(error) => {
                self.error(&format!("the file is cut off or broken: {error}"), well_formed)
            }
            Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                let what = format!("</{}> stands where </{}> should", escape(found), escape(expected));
                self.error(&what, well_formed)
            }
            Error::IllFormed(IllFormedError::UnmatchedEndTag(name)) => {
                self.error(&format!("</{}> ends nothing", escape(name)), well_formed)
            }
            other => self.error(&format!("the file is not well-formed: {other}"), well_formed),
        }
    }
}

/// The bytes of a file as UTF-8, with the place up to which they were taken.
struct Source {
    reader: InputReader,
    decoder: Decoder,
    decoded: String,
    /// How much of `decoded` was taken.
    at: usize,
    is_done: bool,
    line: u64,
    column: u32,
    /// Bytes that were taken for the current piece.
    piece_bytes: u64,
    fault: Option<Fault>,
}

/// Why no more can be had.
enum Fault {
    Io(io::Error),
    Encoding { line: u64, column: u32 },
    Size,
}

impl Source {
    fn decode(&mut self) -> io::Result<()> {
        self.decoded.clear();
        self.at = 0;
        while self.decoded.is_empty() && !self.is_done {
            let bytes = match self.reader.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) => {
                    let kind = error.kind();
                    self.fault = Some(Fault::Io(error));
                    return Err(kind.into());
                }
            };
            let is_last = bytes.is_empty();
            let (result, read) =
                self.decoder.decode_to_string_without_replacement(bytes, &mut self.decoded, is_last);
            self.reader.consume(read);
            match result {
                DecoderResult::InputEmpty => self.is_done = is_last,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    let (line, column) = moved(self.line, self.column, self.decoded.as_bytes());
                    self.fault = Some(Fault::Encoding { line, column });
                    return Err(io::ErrorKind::InvalidData.into());
                }
            }
        }
        Ok(())
    }
}

/// The line and column behind some text.
fn moved(line: u64, column: u32, text: &[u8]) -> (u64, u32) {
    let characters = |text: &[u8]| {
        let count = text.iter().filter(|byte| !matches!(**byte, 0x80..=0xBF)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    match memchr::memrchr(b'\n', text) {
        Some(newline) => {
            let lines = memchr::memchr_iter(b'\n', text).count() as u64;
            (line + lines, characters(&text[newline + 1..]).saturating_add(1))
        }
        None => (line, column.saturating_add(characters(text))),
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let from = self.fill_buf()?;
        let count = from.len().min(into.len());
        into[..count].copy_from_slice(&from[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Source {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece_bytes > MAX_XML_PIECE_BYTES {
            self.fault = Some(Fault::Size);
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if self.at >= self.decoded.len() {
            self.decode()?;
        }
        Ok(&self.decoded.as_bytes()[self.at..])
    }

    fn consume(&mut self, count: usize) {
        let end = (self.at + count).min(self.decoded.len());
        let taken = &self.decoded.as_bytes()[self.at..end];
        (self.line, self.column) = moved(self.line, self.column, taken);
        self.piece_bytes += taken.len() as u64;
        self.at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xml(bytes: &[u8]) -> (Xml, Option<String>) {
        Xml::new(&Input::memory("a.xml", bytes), &Progress::default()).unwrap()
    }

    #[test]
    fn formats_are_told_by_their_first_element() {
        for text in [
            "<kml>",
            "\u{feff}\n<?xml version=\"1.0\"?><!-- <gpx> --><kml xmlns=\"x\">",
            "<k:kml/>",
            "<!DOCTYPE kml [<!ENTITY a \"b\">]><kml>",
        ] {
            assert!(begins_with(text.as_bytes(), "kml"), "{text}");
            assert!(!begins_with(text.as_bytes(), "gpx"), "{text}");
        }
        let utf_16: Vec<u8> = "<?xml?><kml>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(begins_with(&utf_16, "kml"));
        for text in ["", "<", "kml", "<!-- <kml>", "{\"kml\": 1}", "<kmlx>"] {
            assert!(!begins_with(text.as_bytes(), "kml"), "{text}");
        }
    }

    #[test]
    fn encodings_are_those_that_the_file_declares() {
        let declared =
            |label: &str| encoding_of(format!("<?xml version='1.0' encoding='{label}'?>").as_bytes());
        assert_eq!(declared("koi8-r").unwrap().name(), "KOI8-R");
        assert_eq!(declared("ISO-8859-1").unwrap().name(), "windows-1252");
        assert_eq!(declared("UTF-16").unwrap(), UTF_8, "in letters of one byte");
        assert_eq!(declared("nonsense"), Err("nonsense".to_owned()));
        assert_eq!(encoding_of(b"<kml encoding='koi8-r'>"), Ok(UTF_8));
    }

    #[test]
    fn lines_and_columns_are_counted_in_characters() {
        let (mut xml, note) = xml("<a>\n<ж>ж</ж><b x='1' p:y=\"&lt;2\"/>\n</a>".as_bytes());
        assert_eq!(note, None);
        assert_eq!(xml.next().unwrap(), Token::Open);
        assert!(xml.child().unwrap());
        assert_eq!((xml.name(), xml.at()), ("ж", RowPlace { line: 2, column: 1 }));
        assert_eq!(xml.content().unwrap(), "ж");
        assert!(xml.child().unwrap());
        assert_eq!((xml.name(), xml.at()), ("b", RowPlace { line: 2, column: 9 }));
        assert_eq!(
            ["x", "y", "z"].map(|name| xml.attribute(name)),
            [Some("1".to_owned()), Some("<2".to_owned()), None]
        );
        xml.skip().unwrap();
        assert!(!xml.child().unwrap());
        assert_eq!(xml.next().unwrap(), Token::End);
    }

    #[test]
    fn text_is_put_together_from_all_its_pieces() {
        let (mut xml, _) = xml(b"<a> x &amp; <![CDATA[<y>]]><!-- no --><i>z</i> & &unknown; </a>");
        xml.next().unwrap();
        assert_eq!(xml.content().unwrap(), "x & <y>z & &unknown;");
    }
}
