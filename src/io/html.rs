//! HTML to plain text: what people have written into the descriptions of their maps.
//!
//! Tags go, their text stays; what stands in a paragraph, a list or a table keeps its lines. Addresses of links and
//! pictures are collected. Nothing is fetched and nothing is run: scripts and styles go with all that is in them.

/// What a description says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Plain {
    /// Its text.
    pub(super) text: String,
    /// The http and https addresses of its links and pictures, each once, in their order.
    pub(super) urls: Vec<String>,
}

/// The characters that people write by name, beside those of XML.
const NAMED: [(&str, char); 42] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("bull", '•'),
    ("middot", '·'),
    ("deg", '°'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("euro", '€'),
    ("pound", '£'),
    ("sect", '§'),
    ("para", '¶'),
    ("plusmn", '±'),
    ("times", '×'),
    ("frac12", '½'),
    ("micro", 'µ'),
    ("rarr", '→'),
    ("larr", '←'),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("Auml", 'Ä'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
    ("szlig", 'ß'),
    ("eacute", 'é'),
    ("shy", '\u{ad}'),
];

/// The longest name of a character, or number of one.
const MAX_REFERENCE_BYTES: usize = 10;

/// Elements whose content is no text.
const SILENT: [&str; 4] = ["script", "style", "head", "title"];

/// Elements that begin and end on a line of their own.
const BLOCKS: [&str; 22] = [
    "br",
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "blockquote",
    "pre",
    "section",
    "article",
    "dt",
    "dd",
    "caption",
];

/// All names of elements that descriptions are written with: what else stands between angle brackets is text.
const INLINE: [&str; 30] = [
    "a", "b", "i", "u", "s", "em", "strong", "span", "font", "img", "small", "big", "sub", "sup", "td", "th",
    "tbody", "thead", "html", "body", "center", "iframe", "video", "source", "code", "strike", "dl", "meta",
    "link", "col",
];

/// The character that a reference (what stands between `&` and `;`) stands for.
pub(super) fn character(reference: &str) -> Option<char> {
    if let Some(number) = reference.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                u32::from_str_radix(hex, 16).ok()?
            }
            None if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse().ok()?,
            _ => return None,
        };
        return char::from_u32(code);
    }
    NAMED.iter().find(|(name, _)| *name == reference).map(|(_, character)| *character)
}

/// A text with its references resolved; what is none stays as it stands.
pub(super) fn resolve(text: &str) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        resolved.push_str(before);
        rest = after;
        let end = after.bytes().take(MAX_REFERENCE_BYTES + 1).position(|byte| byte == b';');
        match end.and_then(|end| Some((character(after.get(..end)?)?, end))) {
            Some((character, end)) => {
                resolved.push(character);
                rest = &after[end + 1..];
            }
            None => resolved.push('&'),
        }
    }
    resolved.push_str(rest);
    resolved
}

/// The text of a description that may be HTML. One without any tag or reference is the text as it is.
pub(super) fn plain(html: &str) -> Plain {
    let mut tags = Tags::default();
    let is_html = html.match_indices('<').any(|(at, _)| tags.read(&html[at..]).is_some());
    if !is_html {
        return Plain { text: resolve(html.trim()), urls: Vec::new() };
    }
    let mut plain = Plain::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        plain.add(&rest[..at]);
        rest = &rest[at..];
        let Some(Tag { name, attributes, is_end, after }) = tags.read(rest) else {
            plain.add("<");
            rest = &rest[1..];
            continue;
        };
        rest = after;
        if SILENT.contains(&name.as_str()) && !is_end {
            rest = after_end(rest, &name);
        } else if name == "br" {
            plain.line_end();
        } else if BLOCKS.contains(&name.as_str()) {
            plain.line();
        } else if matches!(name.as_str(), "td" | "th") && !is_end {
            plain.space();
        }
        plain.link(attributes);
    }
    plain.add(rest);
    plain.text.truncate(plain.text.trim_end().len());
    plain
}

impl Plain {
    /// Adds text in which any number of blanks is one.
    fn add(&mut self, text: &str) {
        let text = resolve(text);
        for (n, word) in text.split([' ', '\t', '\n', '\r']).enumerate() {
            if n > 0 {
                self.space();
            }
            self.text.push_str(word);
        }
    }

    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
    }

    /// Ends a line; more than one empty one in a row says nothing.
    fn line_end(&mut self) {
        let end = self.text.trim_end_matches(' ').len();
        self.text.truncate(end);
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Ends a line that has begun.
    fn line(&mut self) {
        let end = self.text.trim_end_matches(' ').len();
        self.text.truncate(end);
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn link(&mut self, attributes: &str) {
        for name in ["href", "src"] {
            let Some(url) = attribute(attributes, name).map(|url| resolve(url.trim())) else { continue };
            let is_web = url.starts_with("http://") || url.starts_with("https://");
            if is_web && !self.urls.contains(&url) && self.urls.len() < MAX_URLS {
                self.urls.push(url);
            }
        }
    }
}

/// Addresses that are kept of one description.
const MAX_URLS: usize = 100;

struct Tag<'a> {
    name: String,
    attributes: &'a str,
    is_end: bool,
    after: &'a str,
}

/// Finds tags in one text.
#[derive(Default)]
struct Tags {
    /// No comment ends any more: looking for that again and again would take for ever.
    has_no_comment_end: bool,
}

impl Tags {
    /// The tag or comment at the beginning of the rest of the text.
    fn read<'a>(&mut self, text: &'a str) -> Option<Tag<'a>> {
        let Some(comment) = text.strip_prefix("<!--") else { return tag(text) };
        if self.has_no_comment_end {
            return None;
        }
        let end = comment.split_once("-->");
        self.has_no_comment_end = end.is_none();
        Some(Tag { name: String::new(), attributes: "", is_end: true, after: end?.1 })
    }
}

fn tag(text: &str) -> Option<Tag<'_>> {
    let inner = text.strip_prefix('<')?;
    let (is_end, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    let length = inner.bytes().take_while(u8::is_ascii_alphanumeric).take(MAX_REFERENCE_BYTES + 1).count();
    let name = inner[..length].to_ascii_lowercase();
    let is_known = [&SILENT[..], &BLOCKS, &INLINE].iter().any(|names| names.contains(&name.as_str()));
    let inner = &inner[length..];
    if !is_known || !inner.starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/')) {
        return None;
    }
    let end = tag_end(inner)?;
    Some(Tag { name, attributes: &inner[..end], is_end, after: &inner[end + 1..] })
}

/// Where a tag ends: at the first closing bracket outside of quotes, in so many bytes.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate().take(MAX_TAG_BYTES) {
        match (byte, quote) {
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            (b'>', None) => return Some(at),
            (b'<', None) => return None,
            _ => {}
        }
    }
    None
}

/// The longest tag; one with a picture in its address is longer, and is text then.
const MAX_TAG_BYTES: usize = 1 << 14;

/// What follows the end of an element that has no text.
fn after_end<'a>(text: &'a str, name: &str) -> &'a str {
    let ends = text.match_indices("</").find_map(|(at, _)| {
        let inner = text.get(at + 2..at + 2 + name.len())?;
        inner.eq_ignore_ascii_case(name).then_some(&text[at + 2 + name.len()..])
    });
    ends.and_then(|rest| rest.split_once('>')).map_or("", |(_, after)| after)
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes;
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let (value, after) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => after[1..].split_once(quote)?,
            _ => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
        };
        if key.split_whitespace().next_back().is_some_and(|key| key.eq_ignore_ascii_case(name)) {
            return Some(value);
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(html: &str) -> String {
        plain(html).text
    }

    #[test]
    fn tags_go_and_their_text_stays_in_its_lines() {
        assert_eq!(
            text("<p>One <b>two</b>&nbsp;&amp; three</p><p>four<br/>five</p>"),
            "One two\u{a0}& three\nfour\nfive"
        );
        assert_eq!(
            text("<table><tr><td>Date</td><td>1 May</td></tr><tr><td>Type</td><td>Fire</td></tr></table>"),
            "Date 1 May\nType Fire"
        );
        assert_eq!(text("<html><head><title>x</title></head><body>a<script>alert(1)</script>b</body>"), "ab");
        assert_eq!(text("<!-- note -->a"), "a");
    }

    #[test]
    fn text_without_tags_stays_as_it_is() {
        for plain_text in
            ["a\n\n  b", "3 < 4 and 5 > 4", "<Fuel depot> burns", "x <3", "R&D", "<b", "a <unknown> b"]
        {
            assert_eq!(text(plain_text), plain_text);
        }
    }

    #[test]
    fn addresses_of_links_and_pictures_are_collected_once_and_only_those_of_the_web() {
        let found = plain(
            r#"<a href="https://example.org/?a=1&amp;b=2">here</a> <img src='http://example.org/x.png'>
               <a href="https://example.org/?a=1&amp;b=2">again</a> <a href=javascript:alert(1)>no</a>"#,
        );
        assert_eq!(found.urls, ["https://example.org/?a=1&b=2", "http://example.org/x.png"]);
        assert_eq!(found.text, "here again no");
    }

    #[test]
    fn references_that_are_none_stay() {
        assert_eq!(
            resolve("&lt;a&gt; &#1046;&#x416; &bogus; & &#xD800; &#99999999999;"),
            "<a> ЖЖ &bogus; & &#xD800; &#99999999999;"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_looked_through(html in "(<|>|/|&|;|#|a|br|script|style|!--|--|=|\"|'|href|[ -я]){0,60}") {
            let _ = plain(&html);
        }
    }

    #[test]
    fn many_tags_that_do_not_end_take_no_time_to_speak_of() {
        assert_eq!(text(&"<a ".repeat(50_000)).len(), 150_000 - 1);
    }
}
