//! What is wrong with a file: positions, words, and the report that a person reads.
//!
//! Readers collect [`Finding`]s (a span of bytes and words) while they work. At the end [`ReadError::locate`] turns them
//! into [`Problem`]s with line, column and an excerpt of the source line, so that a report outlives the file's text.

use std::fmt;
use std::ops::Range;

use codespan_reporting::diagnostic::{LabelStyle, Severity};
use codespan_reporting::term::termcolor::{Buffer, Color, ColorSpec, WriteColor};
use codespan_reporting::term::{Config, Renderer};

use super::limits::{
    EXCERPT_CHARS, MAX_COUNTED_PROBLEMS, MAX_KEPT_PROBLEMS, MAX_SHOWN_PROBLEMS, QUOTED_CHARS,
};
use super::table::Preview;
use crate::model::is_hidden;

/// One thing that is wrong, where, and what to do about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The file as the caller named it.
    pub file: String,
    /// Where in the file; `None` where the file as a whole is meant (it is missing, it is a directory).
    pub place: Option<SourcePlace>,
    /// What is wrong, as a sentence without a full stop.
    pub what: String,
    /// What to do, likewise.
    pub advice: String,
}

/// A place in a text file.
#[derive(Debug, Clone, PartialEq)]
pub struct SourcePlace {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters (not bytes), counted from 1.
    pub column: usize,
    /// The bytes of the file that are meant. May be empty: then it is the position before `span.start`.
    pub span: Range<usize>,
    /// The line to show, if it is text.
    pub(super) excerpt: Option<Excerpt>,
}

impl SourcePlace {
    /// The source line as it may be shown, clipped and with control characters spelled out, and the bytes of it that are
    /// meant. These may reach one byte beyond its end.
    #[must_use]
    pub fn excerpt(&self) -> Option<(&str, Range<usize>)> {
        self.excerpt.as_ref().map(|excerpt| (excerpt.text.as_str(), excerpt.underline.clone()))
    }
}

/// A source line as it may be shown: clipped, and with control characters spelled out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Excerpt {
    text: String,
    underline: Range<usize>,
}

/// Why a file could not be read: at least one [`Problem`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReadError {
    problems: Vec<Problem>,
    total: usize,
    unmapped: Option<Box<Preview>>,
}

/// A problem as a reader finds it: bytes of the text and words.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    /// Bytes of the text that are meant.
    pub(super) span: Range<usize>,
    /// What is wrong.
    pub(super) what: String,
    /// What to do.
    pub(super) advice: String,
    /// Another byte that explains it, with a word for it: what is said is "(opened in line 3)".
    pub(super) see: Option<(usize, &'static str)>,
}

/// A bounded collection of findings that counts all of them.
#[derive(Debug, Default)]
pub(super) struct Findings {
    kept: Vec<Finding>,
    total: usize,
}

impl Findings {
    /// Adds a finding. It is only made if there is room for it.
    pub(super) fn push(&mut self, finding: impl FnOnce() -> Finding) {
        self.total += 1;
        if self.has_room() {
            self.kept.push(finding());
        }
    }

    /// Whether another finding would be kept.
    pub(super) fn has_room(&self) -> bool {
        self.kept.len() < MAX_KEPT_PROBLEMS
    }

    /// Whether there are so many findings that looking for more is pointless.
    pub(super) fn are_too_many(&self) -> bool {
        self.total >= MAX_COUNTED_PROBLEMS
    }

    /// How many findings there were, kept or not.
    pub(super) fn total(&self) -> usize {
        self.total
    }
}

impl From<Finding> for Findings {
    fn from(finding: Finding) -> Self {
        Self { kept: vec![finding], total: 1 }
    }
}

impl ReadError {
    /// A problem with the file as a whole.
    pub(super) fn whole_file(file: &str, what: impl Into<String>, advice: impl Into<String>) -> Self {
        let problem =
            Problem { file: file.to_owned(), place: None, what: what.into(), advice: advice.into() };
        Self { problems: vec![problem], total: 1, unmapped: None }
    }

    /// A table whose columns nobody has given a meaning: `what` is missing.
    pub(super) fn unmapped(file: &str, what: impl Into<String>, preview: Preview) -> Self {
        let advice = "say which columns hold the position, as in --map lat=Y,lon=X,title=Name";
        Self { unmapped: Some(Box::new(preview)), ..Self::whole_file(file, what, advice) }
    }

    /// What to show to somebody who can say what the columns of the table mean, if that is what is missing.
    #[must_use]
    pub fn preview(&self) -> Option<&Preview> {
        self.unmapped.as_deref()
    }

    /// Reading ended because nobody waits for it any more.
    pub(super) fn cancelled(file: &str) -> Self {
        Self::whole_file(file, "reading was cancelled", "open it again")
    }

    /// A problem at a line of a file that is not text.
    pub(super) fn at(
        file: &str,
        place: SourcePlace,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        let mut error = Self::whole_file(file, what, advice);
        if let Some(problem) = error.problems.first_mut() {
            problem.place = Some(place);
        }
        error
    }

    /// Sorts findings by position and gives them line, column and excerpt. `base` is the number of bytes of the file
    /// before `text` (a byte order mark).
    pub(super) fn locate(file: &str, text: &str, base: usize, findings: Findings) -> Self {
        let mut kept = findings.kept;
        kept.sort_by_key(|finding| finding.see.map_or(0, |(at, _)| at));
        let mut lines = LineCounter::new(text);
        for finding in &mut kept {
            if let Some((at, word)) = finding.see {
                lines.go_to(at);
                finding.what = format!("{} ({word} in line {})", finding.what, lines.line);
            }
        }
        kept.sort_by_key(|finding| (finding.span.start, finding.span.end));
        let mut lines = LineCounter::new(text);
        let problems = kept
            .into_iter()
            .map(|finding| {
                lines.go_to(finding.span.start);
                let place = SourcePlace {
                    line: lines.line,
                    column: lines.column,
                    span: finding.span.start + base..finding.span.end + base,
                    excerpt: Some(Excerpt::new(text, lines.line_start, &finding.span)),
                };
                let place = Some(place);
                Problem { file: file.to_owned(), place, what: finding.what, advice: finding.advice }
            })
            .collect();
        Self { problems, total: findings.total, unmapped: None }
    }

    /// The problems in the order of the file, at least one. Of very many only the first [`MAX_KEPT_PROBLEMS`] are kept.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many problems there are, kept or not; from [`MAX_COUNTED_PROBLEMS`] on it may be more.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }

    /// The report that a person reads: for each problem `file:line:column: what is wrong; what to do`, and below it the
    /// line with the place underlined. Ends with a line feed. With `color`, ANSI colours are used.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        self.report(color, MAX_SHOWN_PROBLEMS)
    }

    /// The same without colour, with every problem that was kept.
    #[must_use]
    pub fn render_all(&self) -> String {
        self.report(false, MAX_KEPT_PROBLEMS)
    }

    fn report(&self, color: bool, shown: usize) -> String {
        let mut out = if color { Buffer::ansi() } else { Buffer::no_color() };
        for problem in self.problems.iter().take(shown) {
            // Writing to memory does not fail.
            let _ = problem.write_to(&mut out);
        }
        let mut report = String::from_utf8_lossy(out.as_slice()).into_owned();
        let more = self.total.saturating_sub(shown);
        if more > 0 {
            let file = self.problems.first().map_or("", |problem| &problem.file);
            let at_least = if self.total >= MAX_COUNTED_PROBLEMS { "at least " } else { "" };
            report = format!("{report}{}: and {at_least}{more} more\n", escape(file));
        }
        report
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(false).trim_end())
    }
}

impl std::error::Error for ReadError {}

impl Problem {
    fn write_to(&self, out: &mut Buffer) -> Result<(), codespan_reporting::files::Error> {
        use std::io::Write;
        out.set_color(ColorSpec::new().set_bold(true))?;
        write!(out, "{}", escape(&self.file))?;
        if let Some(place) = &self.place {
            write!(out, ":{}:{}", place.line, place.column)?;
        }
        write!(out, ": ")?;
        out.set_color(ColorSpec::new().set_bold(true).set_fg(Some(Color::Red)))?;
        write!(out, "{}", escape(&self.what))?;
        out.reset()?;
        writeln!(out, "; {}", escape(&self.advice))?;
        let Some((place, excerpt)) =
            self.place.as_ref().and_then(|place| Some((place, place.excerpt.as_ref()?)))
        else {
            return Ok(());
        };
        let label = (LabelStyle::Primary, excerpt.underline.clone(), "");
        let gutter_columns = place.line.to_string().len();
        Renderer::new(out, &Config::default()).render_snippet_source(
            gutter_columns,
            place.line,
            &excerpt.text,
            Severity::Error,
            &[label],
            0,
            &[],
        )
    }
}

impl Excerpt {
    /// Cuts the line that starts at `line_start` to a window around the span.
    fn new(text: &str, line_start: usize, span: &Range<usize>) -> Self {
        // No more of a long line is looked at than can be shown.
        let (window, _) = first_chars(&text[span.start..], EXCERPT_CHARS + 1);
        let line_end = span.start + window.find(['\n', '\r']).unwrap_or(window.len());
        let before = &text[line_start..span.start];
        let marked_end = span.end.clamp(span.start, line_end);
        let (marked, after) = (&text[span.start..marked_end], &text[marked_end..line_end]);
        // One third of the window stands before the place, so that what follows it stays readable.
        let from = before.char_indices().rev().nth(EXCERPT_CHARS / 3 - 1).map_or(0, |(at, _)| at);
        let mut shown = String::new();
        if from > 0 {
            shown.push('…');
        }
        escape_into(&before[from..], &mut shown);
        let start = shown.len();
        let (head, is_cut) = first_chars(marked, EXCERPT_CHARS);
        escape_into(head, &mut shown);
        // An empty span still needs a caret.
        let end = shown.len().max(start + 1);
        let room = EXCERPT_CHARS.saturating_sub(shown.chars().count());
        let (tail, tail_is_cut) = if is_cut { ("", true) } else { first_chars(after, room) };
        escape_into(tail, &mut shown);
        if is_cut || tail_is_cut {
            shown.push('…');
        }
        Self { text: shown, underline: start..end }
    }
}

/// Finds lines and columns for ascending positions in one pass over the text.
struct LineCounter<'a> {
    text: &'a str,
    line: usize,
    column: usize,
    line_start: usize,
    at: usize,
}

impl<'a> LineCounter<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, line: 1, column: 1, line_start: 0, at: 0 }
    }

    /// Moves to a position, which must not lie before the last one.
    fn go_to(&mut self, position: usize) {
        let passed = &self.text[self.at..position];
        match passed.rfind('\n') {
            Some(newline) => {
                self.line += passed.bytes().filter(|&byte| byte == b'\n').count();
                self.line_start = self.at + newline + 1;
                self.column = 1 + passed[newline + 1..].chars().count();
            }
            None => self.column += passed.chars().count(),
        }
        self.at = position;
    }
}

/// The first `count` characters of a text, and whether there are more.
fn first_chars(text: &str, count: usize) -> (&str, bool) {
    text.char_indices().nth(count).map_or((text, false), |(end, _)| (&text[..end], true))
}

/// A word from a file as a message repeats it: in back quotes, clipped.
pub(super) fn quoted(word: &str) -> String {
    let (head, is_cut) = first_chars(word, QUOTED_CHARS);
    format!("`{head}{}`", if is_cut { "…" } else { "" })
}

/// Spells out what a terminal would obey instead of show: control characters, and the marks that turn the direction of
/// text or are invisible.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(text, &mut out);
    out
}

fn escape_into(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            c if is_hidden(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(span: Range<usize>) -> Finding {
        Finding { span, what: "it is wrong".into(), advice: "put it right".into(), see: None }
    }

    fn error(text: &str, span: Range<usize>) -> ReadError {
        ReadError::locate("a.ron", text, 0, finding(span).into())
    }

    #[test]
    fn a_report_shows_position_words_and_the_underlined_line() {
        let report = error("one\ntwo three\nfour", 8..13).render(false);
        assert_eq!(report, "a.ron:2:5: it is wrong; put it right\n2 │ two three\n  │     ^^^^^\n");
    }

    #[test]
    fn columns_count_characters_and_carets_count_cells() {
        let text = "å日 x";
        let report = error(text, text.len() - 1..text.len()).render(false);
        assert_eq!(report, "a.ron:1:4: it is wrong; put it right\n1 │ å日 x\n  │     ^\n");
    }

    #[test]
    fn an_empty_span_at_the_end_of_a_file_still_has_a_caret() {
        let report = error("one\r\ntwo", 8..8).render(false);
        assert!(report.ends_with("2 │ two\n  │    ^\n"), "{report}");
        assert!(error("", 0..0).render(false).ends_with("1 │ \n  │ ^\n"));
    }

    #[test]
    fn a_very_long_line_is_clipped_around_the_place() {
        let text = format!("{}HERE{}", "a".repeat(1_000_000), "b".repeat(1_000_000));
        let report = error(&text, 1_000_000..1_000_004).render(false);
        assert!(report.len() < 600, "{}", report.len());
        assert!(report.contains("…aaa") && report.contains("HEREbbb") && report.contains("bbb…"), "{report}");
    }

    #[test]
    fn control_and_direction_characters_are_spelled_out() {
        let text = "\u{1b}[31m\u{202e}abc";
        let report = error(text, 0..1).render(false);
        assert!(!report.contains('\u{1b}') && !report.contains('\u{202e}'));
        assert!(report.contains(r"\u{1b}[31m\u{202e}abc"), "{report}");
    }

    #[test]
    fn colours_are_used_only_when_asked_for() {
        let error = error("one", 0..3);
        assert!(error.render(true).contains('\u{1b}') && !error.render(false).contains('\u{1b}'));
    }

    #[test]
    fn all_problems_are_counted_and_a_hundred_shown() {
        let mut findings = Findings::default();
        for _ in 0..2500 {
            findings.push(|| finding(0..1));
        }
        let error = ReadError::locate("a.ron", "x", 0, findings);
        assert_eq!((error.problems().len(), error.total()), (MAX_KEPT_PROBLEMS, 2500));
        let report = error.render(false);
        assert_eq!(report.matches("it is wrong").count(), MAX_SHOWN_PROBLEMS);
        assert!(report.ends_with("a.ron: and 2400 more\n"), "{report}");
    }
}
