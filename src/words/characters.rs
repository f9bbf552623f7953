//! What a character is to a reader, and texts from outside as they may be shown.

use std::borrow::Cow;

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

/// Whether a character would change how the text around it is set, or hides text: control characters other than line
/// ends and tabs, embeddings, overrides and isolates of direction, separators, annotations and tags. Marks that belong to
/// the spelling of a script, such as joiners and the marks of direction, are none.
fn is_obeyed(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(
            c,
            '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
        )
}

/// A text as it may be shown in a window or on a page: characters that would be obeyed there instead of shown, or that
/// hide text, are spelled out, as in `\u{202e}`.
#[must_use]
pub fn revealed(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_obeyed(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
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

    #[test]
    fn what_would_be_obeyed_is_spelled_out_and_other_texts_stay_as_they_are() {
        assert_eq!(revealed("ab\u{202E}gpj.exe"), "ab\\u{202e}gpj.exe");
        assert_eq!(revealed("\u{1B}[31mred\u{9B}0m\0"), "\\u{1b}[31mred\\u{9b}0m\\u{0}");
        assert_eq!(revealed("\u{2066}a\u{2069}\u{E0041}"), "\\u{2066}a\\u{2069}\\u{e0041}");
        for same in ["Орёл\nтекст\t1", "می\u{200C}خواهم", "👨\u{200D}👩", "\u{5E9}\u{200F}!", ""]
        {
            assert!(matches!(revealed(same), Cow::Borrowed(text) if text == same));
        }
    }
}
