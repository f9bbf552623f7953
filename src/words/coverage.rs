//! Holds the source and the catalogue of words together: no key that is missing or unused, no message that waits for
//! an argument in vain, and no words that bypass the catalogue.
//!
//! The source is read as text, by a scanner that knows just enough of Rust: strings, comments, attributes, and which
//! calls a string stands in. The unit tests at the end of a file are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

/// Where words stand that are read in the window. Problems of files and messages of the command line are read
/// elsewhere.
const READ_IN_THE_WINDOW: &[&str] = &["geo.rs", "model", "state", "ui"];

/// What draws on the graphics card: the names there are for its debuggers.
const ON_THE_CARD: &str = "ui/map/gpu";

/// Strings that look like words but are none, each with its reason.
const NOT_WORDS: &[(&str, &[&str])] = &[
    // Printed on keys, not words.
    ("ui/actions.rs", &["Esc"]),
    // What walkers calls the shape that it fills, and what tells outlines apart.
    ("ui/map/areas.rs", &["Polygon"]),
    ("state/area.rs", &["region {code}", "country {code}"]),
    // What a report leaves out, as readers' and writers' words are, and what tells widgets apart.
    ("ui/exporting.rs", &["picture of the map"]),
    ("ui/panels/export.rs", &["export form"]),
    // The line with which `check` ends.
    ("model/account.rs", &["rows {rows}: mapped {}, listed {listed}, rejected {rejected}"]),
    // An entry of KDE's settings.
    ("ui/motion.rs", &["AnimationDurationFactor"]),
    // The name of a thread.
    ("ui/map/tile_work.rs", &["map tiles {number}", "tile {}/{}/{}"]),
    // What walkers calls shapes.
    ("ui/map/vector.rs", &["Point", "LineString", "Polygon"]),
    // A method of D-Bus, and what winit asks the environment for.
    ("ui/dialog.rs", &["Get"]),
    ("ui/window.rs", &["WAYLAND_DISPLAY", "WAYLAND_SOCKET"]),
];

/// Calls and macros whose strings nobody reads in the window: names of widgets and of kept values, the style of the map,
/// the log.
const NOT_READ: &[&str] = &[
    "Id::unique",
    "IdSalt::new",
    "id_salt",
    "with",
    "kept",
    "json!",
    "log::debug!",
    "log::info!",
    "log::warn!",
    "log::error!",
];

/// A string in the source, and the calls that it stands in, the innermost last.
#[derive(Debug)]
struct Literal {
    text: String,
    calls: Vec<String>,
}

/// `t!("key", name = ...)` in the source.
#[derive(Debug, PartialEq, Eq)]
struct Use {
    key: String,
    arguments: BTreeSet<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Mark(char),
}

/// The source in pieces, without comments, attributes and the unit tests at its end.
fn tokens(source: &str) -> Vec<Token> {
    // Unit tests stand at the end of their file.
    let source = source.find("#[cfg(test)]\nmod ").map_or(source, |end| &source[..end]);
    let chars: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied().unwrap_or_default();
        if c == '/' && next == '/' {
            at = position(&chars, at, "\n");
        } else if c == '/' && next == '*' {
            at = position(&chars, at, "*/") + 2;
        } else if c == '\'' {
            let is_char = next == '\\' || chars.get(at + 2) == Some(&'\'');
            at = if is_char { position(&chars, at + 3 - usize::from(next != '\\'), "'") + 1 } else { at + 1 };
        } else if c == '"' {
            let (text, end) = text(&chars, at + 1);
            tokens.push(Token::Text(text));
            at = end;
        } else if c == 'r' && (next == '"' || next == '#') && raw_marks(&chars, at).is_some() {
            let marks = raw_marks(&chars, at).unwrap();
            let end = position(&chars, at + marks + 2, &format!("\"{}", "#".repeat(marks)));
            tokens.push(Token::Text(chars[at + marks + 2..end].iter().collect()));
            at = end + marks + 1;
        } else if c.is_alphanumeric() || c == '_' {
            let end = (at..chars.len())
                .find(|&n| !chars[n].is_alphanumeric() && chars[n] != '_')
                .unwrap_or(chars.len());
            tokens.push(Token::Word(chars[at..end].iter().collect()));
            at = end;
        } else {
            tokens.extend((!c.is_whitespace()).then_some(Token::Mark(c)));
            at += 1;
        }
    }
    without_attributes(tokens)
}

/// How many `#` a raw string that begins here has.
fn raw_marks(chars: &[char], at: usize) -> Option<usize> {
    let marks = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    (chars.get(at + 1 + marks) == Some(&'"')).then_some(marks)
}

fn position(chars: &[char], from: usize, what: &str) -> usize {
    let what: Vec<char> = what.chars().collect();
    (from..chars.len()).find(|&n| chars[n..].starts_with(&what)).unwrap_or(chars.len())
}

/// A string from behind its quotation mark, and where it ends. What is escaped becomes a space or is left out.
fn text(chars: &[char], from: usize) -> (String, usize) {
    let mut text = String::new();
    let mut at = from;
    while at < chars.len() && chars[at] != '"' {
        let is_escape = chars[at] == '\\';
        text.push(if is_escape { ' ' } else { chars[at] });
        at += if is_escape { 2 } else { 1 };
    }
    (text, at + 1)
}

fn without_attributes(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut depth = 0;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let begins = token == Token::Mark('#') && matches!(tokens.peek(), Some(Token::Mark('[' | '!')));
        match &token {
            Token::Mark('[') if depth > 0 => depth += 1,
            // 1 stands for "behind the #", each bracket adds one.
            Token::Mark(']') if depth > 0 => depth = if depth == 2 { 0 } else { depth - 1 },
            _ if depth > 0 => {}
            _ if begins => depth = 1,
            _ => kept.push(token),
        }
    }
    kept
}

/// What stands before an opening bracket: `Id::unique`, `t!`, or nothing.
fn callee(before: &[Token]) -> String {
    let mut parts = Vec::new();
    let mut rest = before;
    if let [head @ .., Token::Mark('!')] = rest {
        parts.push("!".to_owned());
        rest = head;
    }
    while let [head @ .., Token::Word(word)] = rest {
        parts.push(word.clone());
        rest = head;
        let [head @ .., Token::Mark(':'), Token::Mark(':')] = rest else { break };
        parts.push("::".to_owned());
        rest = head;
    }
    parts.reverse();
    parts.concat()
}

/// All strings of a source, and all uses of the catalogue.
fn scan(source: &str) -> (Vec<Literal>, Vec<Use>) {
    let tokens = tokens(source);
    let (mut literals, mut uses): (Vec<Literal>, Vec<Use>) = Default::default();
    let mut calls: Vec<String> = Vec::new();
    let mut open_uses: Vec<(usize, usize)> = Vec::new();
    for (n, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('(' | '[' | '{') => calls.push(callee(&tokens[..n])),
            Token::Mark(')' | ']' | '}') => {
                open_uses.retain(|&(depth, _)| depth < calls.len());
                calls.pop();
            }
            Token::Text(text) => {
                if calls.last().is_some_and(|call| call == "t!") && tokens[n - 1] == Token::Mark('(') {
                    open_uses.push((calls.len(), uses.len()));
                    uses.push(Use { key: text.clone(), arguments: BTreeSet::new() });
                } else {
                    literals.push(Literal { text: text.clone(), calls: calls.clone() });
                }
            }
            Token::Word(name) => {
                let is_argument = matches!(tokens.get(n + 1), Some(Token::Mark('=')))
                    && !matches!(tokens.get(n + 2), Some(Token::Mark('=' | '>')));
                if let Some(&(_, at)) =
                    open_uses.last().filter(|(depth, _)| is_argument && *depth == calls.len())
                {
                    uses[at].arguments.insert(name.clone());
                }
            }
            Token::Mark(_) => {}
        }
    }
    (literals, uses)
}

/// Whether a string reads like words, not like an identifier: with its placeholders left out, it has two letters in a
/// row, and begins with a capital or contains a space.
fn reads_like_words(text: &str) -> bool {
    let mut depth = 0;
    let bare: String = text
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '{');
            let outside = depth == 0;
            depth -= i32::from(*c == '}');
            outside
        })
        .collect();
    let letters: Vec<bool> = bare.chars().map(char::is_alphabetic).collect();
    letters.windows(2).any(|pair| pair == [true, true])
        && (bare.starts_with(char::is_uppercase) || bare.contains(' '))
}

/// Whether nobody reads the strings of a call, by whichever path it is named.
fn is_not_read(call: &str) -> bool {
    NOT_READ
        .iter()
        .any(|name| call.strip_suffix(name).is_some_and(|path| path.is_empty() || path.ends_with("::")))
}

/// The strings of a source that bypass the catalogue. `file` is its path below `src`.
fn bypassing(file: &str, source: &str) -> Vec<String> {
    let allowed = |text: &str| NOT_WORDS.iter().any(|(of, texts)| *of == file && texts.contains(&text));
    scan(source)
        .0
        .into_iter()
        .filter(|literal| reads_like_words(&literal.text) && !allowed(&literal.text))
        .filter(|literal| !literal.calls.iter().any(|call| is_not_read(call)))
        .map(|literal| literal.text)
        .collect()
}

/// The files of the source with their paths below `src`.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs")
                && !path.ends_with("words/coverage.rs")
                && !path.ends_with("tests.rs")
            {
                files.push(path);
            }
        }
    }
    files.sort();
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    files.into_iter().map(|path| (name(&path), std::fs::read_to_string(&path).unwrap())).collect()
}

/// The variables that each message of the catalogue waits for.
fn messages() -> BTreeMap<String, BTreeSet<String>> {
    let resource = parser::parse(super::ENGLISH).expect("the catalogue has no fault");
    let mut messages = BTreeMap::new();
    for entry in &resource.body {
        if let Entry::Message(message) = entry {
            let mut variables = BTreeSet::new();
            if let Some(pattern) = &message.value {
                collect_variables(pattern, &mut variables);
            }
            let before = messages.insert(message.id.name.to_owned(), variables);
            assert!(before.is_none(), "{} stands in the catalogue twice", message.id.name);
        }
    }
    messages
}

fn collect_variables(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        let (Expression::Inline(inline) | Expression::Select { selector: inline, .. }) = expression;
        if let InlineExpression::VariableReference { id } = inline {
            variables.insert(id.name.to_owned());
        }
        if let Expression::Select { variants, .. } = expression {
            for variant in variants {
                collect_variables(&variant.value, variables);
            }
        }
    }
}

#[test]
fn every_key_of_the_source_is_in_the_catalogue_and_gets_what_it_waits_for() {
    let messages = messages();
    for (file, source) in sources() {
        for Use { key, arguments } in scan(&source).1 {
            let Some(variables) = messages.get(&key) else { panic!("{file}: the catalogue has no {key}") };
            assert_eq!(&arguments, variables, "{file}: {key}");
        }
    }
}

#[test]
fn every_key_of_the_catalogue_is_used() {
    let used: BTreeSet<String> =
        sources().iter().flat_map(|(_, source)| scan(source).1).map(|it| it.key).collect();
    let unused: Vec<String> = messages().into_keys().filter(|key| !used.contains(key)).collect();
    assert_eq!(unused, Vec::<String>::new());
}

#[test]
fn no_words_of_the_window_bypass_the_catalogue() {
    let in_the_window = |file: &str| {
        let file = Path::new(file);
        READ_IN_THE_WINDOW.iter().any(|top| file.starts_with(top)) && !file.starts_with(ON_THE_CARD)
    };
    let found: Vec<(String, Vec<String>)> = sources()
        .into_iter()
        .filter(|(file, _)| in_the_window(file))
        .map(|(file, source)| (file.clone(), bypassing(&file, &source)))
        .filter(|(_, found)| !found.is_empty())
        .collect();
    assert_eq!(found, Vec::new(), "words belong into assets/locales/en.ftl");
}

#[test]
fn every_exception_is_still_needed() {
    let sources: BTreeMap<String, String> = sources().into_iter().collect();
    for (file, texts) in NOT_WORDS {
        let literals: Vec<String> = scan(&sources[*file]).0.into_iter().map(|literal| literal.text).collect();
        for text in *texts {
            assert!(literals.iter().any(|literal| literal == text), "{file} no longer has {text:?}");
        }
    }
}

/// What the scanner has to find and to leave alone.
const SAMPLE: &str = r##"
//! "A doc comment" is no string.
#[error("an attribute's words")]
fn show(ui: &mut Ui, c: char, name: &'static str) {
    // "Nor is a comment".
    if c == '"' || c == '\'' { return }
    ui.label("Click here");
    ui.label(format!("{} of {total}", 1));
    ui.label(t!("known-key", count = 3, name = f(other == 2, x = 1)));
    ui.scope(Id::unique(("a salt with spaces", 1)));
    log::debug!("the log is {}", "not read");
    let json = "a-key";
    ui.label(r#"Raw "quoted" words"#);
    ui.label(format!("{name:?} · {}", "Go"));
}
#[cfg(test)]
mod tests {
    const X: &str = "Words of a test";
}
"##;

#[test]
fn the_scanner_finds_words_that_bypass_the_catalogue() {
    assert_eq!(
        bypassing("ui/sample.rs", SAMPLE),
        ["Click here", "{} of {total}", "Raw \"quoted\" words", "Go"]
    );
}

#[test]
fn the_scanner_finds_uses_of_the_catalogue() {
    let arguments = ["count", "name"].map(str::to_owned).into();
    assert_eq!(scan(SAMPLE).1, [Use { key: "known-key".to_owned(), arguments }]);
}
