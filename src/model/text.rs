//! What a character is to a reader.

/// Whether a character is obeyed instead of shown, or cannot be seen: control characters, direction marks, embeddings,
/// overrides and isolates (Unicode UAX 9), the soft hyphen, zero-width characters, fillers that are blank, tags, line and
/// paragraph separators, and the byte order mark.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
                | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
        )
}

/// Whether a link from a dataset may be opened at all: an http or https address with a host, and without spaces or
/// characters that cannot be seen. What is shown of it is then what is opened.
#[must_use]
pub fn may_open(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))
        && !url.chars().any(|c| is_hidden(c) || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_hidden_and_letters_of_all_scripts_are_not() {
        for c in "\0\n\u{7F}\u{85}\u{AD}\u{200B}\u{200D}\u{202E}\u{2066}\u{FEFF}\u{E0041}".chars() {
            assert!(is_hidden(c), "{c:?}");
        }
        for c in "aÄЖ中עअ😀 -'\u{301}\u{A0}".chars() {
            assert!(!is_hidden(c), "{c:?}");
        }
    }
}
