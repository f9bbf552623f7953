//! Who made a map, from the HTML that maps say it in: plain words, and links where they may be opened.

use crate::limits;
use crate::model::may_open;

/// Words, and where they lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What is read.
    pub text: String,
    /// An http or https address.
    pub link: Option<String>,
}

/// The parts of an attribution. Tags vanish; of links those that may be opened stay; its length is bounded.
#[must_use]
pub fn parts(html: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let (mut link, mut rest) = (None, html);
    let mut room = limits::MAX_ATTRIBUTION_CHARS;
    while !rest.is_empty() && room > 0 {
        let (text, tag_on) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        let text: String = words(text).chars().take(room).collect();
        room -= text.chars().count();
        if !text.is_empty() {
            parts.push(Part { text: super::visible(&text), link: Option::clone(&link) });
        }
        let Some((tag, behind)) = tag_on.strip_prefix('<').and_then(|it| it.split_once('>')) else { break };
        let name = tag.split(|c: char| c.is_whitespace()).next().unwrap_or_default().to_ascii_lowercase();
        match name.as_str() {
            "a" => link = href(tag).filter(|href| may_open(href)),
            "/a" => link = None,
            _ => {}
        }
        rest = behind;
    }
    tidied(parts)
}

/// What a tag leads to.
fn href(tag: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let value = tag[lower.find("href")? + 4..].trim_start().strip_prefix('=')?.trim_start();
    let quoted = ['"', '\''].iter().find_map(|&quote| value.strip_prefix(quote)?.split(quote).next());
    Some(words(quoted.or_else(|| value.split_whitespace().next())?))
}

/// Text as it is meant: with the few entities that attributions have, and white space as single spaces.
fn words(text: &str) -> String {
    let mut plain = text.to_owned();
    for (entity, character) in [
        ("&copy;", "©"),
        ("&#169;", "©"),
        ("&#xa9;", "©"),
        ("&#xA9;", "©"),
        ("&nbsp;", " "),
        ("&middot;", "·"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ] {
        plain = plain.replace(entity, character);
    }
    let mut spaced = String::with_capacity(plain.len());
    for character in plain.chars() {
        if !character.is_whitespace() {
            spaced.push(character);
        } else if !spaced.ends_with(' ') {
            spaced.push(' ');
        }
    }
    spaced
}

/// Neighbours that lead to the same place are one; the ends have no spaces.
fn tidied(parts: Vec<Part>) -> Vec<Part> {
    let mut tidy: Vec<Part> = Vec::new();
    for part in parts {
        match tidy.last_mut() {
            Some(last) if last.link == part.link => last.text.push_str(&part.text),
            _ => tidy.push(part),
        }
    }
    if let Some(first) = tidy.first_mut() {
        first.text = first.text.trim_start().to_owned();
    }
    if let Some(last) = tidy.last_mut() {
        last.text = last.text.trim_end().to_owned();
    }
    tidy.retain(|part| !part.text.is_empty());
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str, link: Option<&str>) -> Part {
        Part { text: text.to_owned(), link: link.map(str::to_owned) }
    }

    #[test]
    fn links_stay_and_other_tags_vanish() {
        assert_eq!(
            parts(
                "<a href=\"https://openmaptiles.org/\" target='_blank'>&copy; OpenMapTiles</a> \
                 <b>and</b>\n <A HREF='http://osm.org/?a=1&amp;b=2'>OSM</A>"
            ),
            [
                part("© OpenMapTiles", Some("https://openmaptiles.org/")),
                part(" and ", None),
                part("OSM", Some("http://osm.org/?a=1&b=2")),
            ]
        );
    }

    #[test]
    fn what_may_not_be_opened_is_only_text_and_what_is_broken_does_no_harm() {
        assert_eq!(parts("<a href='javascript:alert(1)'>x</a>"), [part("x", None)]);
        assert_eq!(parts("<a href=file:///etc/passwd>x"), [part("x", None)]);
        assert_eq!(parts("a < b"), [part("a", None)]);
        assert_eq!(parts("<a href"), []);
        assert_eq!(parts("<a href=>İ</a>"), [part("İ", None)]);
        assert_eq!(parts("  "), []);
        let long = parts(&"x".repeat(1_000_000));
        assert_eq!(long[0].text.len(), limits::MAX_ATTRIBUTION_CHARS);
    }
}
