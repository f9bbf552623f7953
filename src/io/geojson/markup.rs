//! Descriptions that are HTML, as text: map programs keep them so.

/// The text of a description: of HTML what a reader would see of it, anything else as it is.
pub(super) fn plain(text: &str) -> Option<String> {
    if !has_markup(text) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let from_tag = &rest[open..];
        let Some((tag, end)) = tag_at(from_tag) else {
            out.push('<');
            rest = &from_tag[1..];
            continue;
        };
        let name = tag.trim_start_matches('/').to_ascii_lowercase();
        rest = &from_tag[end..];
        if matches!(name.as_str(), "script" | "style") && !tag.starts_with('/') {
            let close = format!("</{name}");
            let at = rest.to_ascii_lowercase().find(&close).unwrap_or(rest.len());
            rest = &rest[at..];
        }
        if matches!(name.as_str(), "br" | "p" | "div" | "li" | "tr" | "h1" | "h2" | "h3" | "h4" | "table" | "ul") {
            let is_new_line = out.is_empty() || out.ends_with('\n');
            out.push_str(if is_new_line { "" } else { "\n" });
        } else if matches!(name.as_str(), "td" | "th") && !out.ends_with(char::is_whitespace) {
            out.push(' ');
        }
    }
    out.push_str(rest);
    Some(unescaped(out.trim()))
}

/// Whether there is a tag that HTML knows.
fn has_markup(text: &str) -> bool {
    const KNOWN: [&str; 21] = [
        "a", "b", "br", "p", "div", "span", "img", "i", "em", "strong", "table", "tr", "td", "th", "ul", "ol",
        "li", "h1", "h2", "h3", "font",
    ];
    text.match_indices('<').any(|(at, _)| {
        tag_at(&text[at..])
            .is_some_and(|(tag, _)| KNOWN.contains(&tag.trim_start_matches('/').to_ascii_lowercase().as_str()))
    })
}

/// The name of the tag that a text begins with, and where the tag ends.
fn tag_at(text: &str) -> Option<(&str, usize)> {
    let end = text.find('>')?;
    let inner = &text[1..end];
    let slash = usize::from(inner.starts_with('/'));
    let length = inner[slash..].find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len() - slash);
    let follows = inner[slash + length..].chars().next();
    let is_tag = length > 0 && follows.is_none_or(|c| c.is_whitespace() || c == '/');
    is_tag.then_some((&inner[..slash + length], end + 1))
}

fn unescaped(text: &str) -> String {
    let mut text = text.to_owned();
    for (code, sign) in
        [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&amp;", "&")]
    {
        if text.contains(code) {
            text = text.replace(code, sign);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_html_the_text_is_kept() {
        for (html, text) in [
            ("A <b>fire</b><br>at 6 &amp; 7", "A fire\nat 6 & 7"),
            ("<p>One</p><p>Two</p>", "One\nTwo"),
            ("<script>alert(1)</script>x <i>y</i>", "x y"),
            ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ] {
            assert_eq!(plain(html).as_deref(), Some(text));
        }
        for text in ["3 < 4 and 5 > 4", "a <unknown> word", "plain", "<"] {
            assert_eq!(plain(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_gone_through(text in "(<|>|/|b|script|&|amp;|é| ){0,30}") {
            let _ = plain(&text);
        }
    }
}
