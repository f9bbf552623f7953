//! What became of the rows of the files that are open: those that are not on the map, each with its place in the file
//! and the reason, and what was decided for the files as a whole.
//!
//! A file may have millions of such rows: which of them pass the panel's own filter is found out off the window's thread.

use std::sync::Arc;

use eframe::egui::{
    Align, Frame, Label, Layout, Margin, Panel, Rect, RichText, Role, ScrollArea, Sense, Stroke, TextEdit,
    Ui, WidgetInfo, pos2, vec2,
};

use crate::io::account::Files;
use crate::io::escape;
use crate::model::{Account, Entry, Fate};
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::accounting::Wanted;
use crate::ui::long_scroll::LongScroll;
use crate::ui::symbol::Icon;
use crate::ui::theme;
use crate::ui::widgets::{icon_button, one_line, palette, segments, text_button};

/// Height of a row, in points.
const ROW_HEIGHT: f32 = 44.0;
/// Width of the column with file and line, in points.
const PLACE_WIDTH: f32 = 200.0;
/// Least, usual and greatest height of the panel, in points.
const HEIGHT: [f32; 3] = [150.0, 300.0, 560.0];
/// Height that the notes take at most, in points.
const NOTES_HEIGHT: f32 = 84.0;
/// More rows than these are not put on the clipboard: they are for a file.
pub const MAX_COPIED: usize = 10_000;

/// What the reader wants of the panel.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// Another choice of rows.
    Want(Wanted),
    /// Something that the rest of the program does.
    Do(Command),
    /// To close the panel.
    Close,
}

/// The open panel.
#[derive(Debug, Default)]
pub struct AccountPanel {
    files: Files,
    /// What became of all rows, in words: counted once, not in every frame.
    summary: String,
    wanted: Wanted,
    /// The rows that pass, by their places in the account; `None` while they are looked for.
    rows: Option<Arc<Vec<usize>>>,
    /// How many rows are listed and how many rejected.
    counts: [usize; 2],
    scroll: LongScroll,
}

impl AccountPanel {
    /// A panel about what is open.
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        let account = &state.dataset().account;
        let counts = [account.listed(), account.rejected()].map(|count| count as usize);
        let summary = summary(account);
        Self { files: Files::of(state.dataset()), summary, counts, ..Self::default() }
    }

    /// Which rows are wanted.
    #[must_use]
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// Takes in which rows pass.
    pub fn take(&mut self, wanted: &Wanted, rows: Vec<usize>) {
        if *wanted == self.wanted {
            self.rows = Some(Arc::new(rows));
        }
    }

    /// Draws the panel along the bottom of the window.
    pub fn show(&mut self, ui: &mut Ui, account: &Account) -> Option<Wish> {
        let margin = Margin::symmetric(theme::MARGIN as i8, theme::MARGIN as i8);
        let most = HEIGHT[2].min(ui.available_height() * 0.6).max(HEIGHT[0]);
        let panel = Panel::bottom("account")
            .resizable(true)
            .default_size(HEIGHT[1].min(most))
            .size_range(HEIGHT[0]..=most)
            .frame(Frame::new().fill(palette(ui).panel).inner_margin(margin));
        panel
            .show(ui, |ui| {
                let mut wish = header(ui, &self.summary);
                notes(ui, &account.notes);
                if !account.entries.is_empty() {
                    wish = self.tools(ui, account).or(wish);
                    ui.add_space(theme::GAP);
                    wish = self.list(ui, account).or(wish);
                }
                ui.allocate_space(ui.available_size());
                wish
            })
            .inner
    }

    /// Which rows are listed, and what can be done with them.
    fn tools(&mut self, ui: &mut Ui, account: &Account) -> Option<Wish> {
        let mut wish = None;
        let mut wanted = self.wanted.clone();
        ui.horizontal(|ui| {
            ui.set_min_height(theme::BUTTON_HEIGHT);
            let [listed, rejected] = self.counts;
            let labels = [
                t!("account-all", count = listed + rejected),
                t!("account-listed", count = listed),
                t!("account-rejected", count = rejected),
            ];
            let labels = labels.each_ref().map(String::as_str);
            let fates = [None, Some(Fate::Listed), Some(Fate::Rejected)];
            let chosen = fates.iter().position(|fate| *fate == wanted.fate).unwrap_or(0);
            if let Some(picked) = segments(ui, t!("account-fate"), &labels, chosen) {
                wanted.fate = fates[picked];
            }
            let edit = TextEdit::singleline(&mut wanted.text)
                .hint_text(RichText::new(t!("account-text")).color(palette(ui).weak))
                .margin(Margin::symmetric(8, 5))
                .desired_width(200.0);
            let response = ui.add(edit);
            response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, t!("account-text")));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let Some(rows) = self.rows.clone().filter(|rows| !rows.is_empty()) else { return };
                let export = t!("account-export", count = rows.len());
                if text_button(ui, theme::strong(&export), &export).clicked() {
                    wish = Some(Wish::Do(Command::AskForExport(Some(Arc::clone(&rows)))));
                }
                if rows.len() <= MAX_COPIED {
                    let copy = t!("account-copy", count = rows.len());
                    if text_button(ui, theme::strong(&copy), &copy).clicked() {
                        wish = Some(Wish::Do(Command::Copy(self.as_text(account, &rows))));
                    }
                }
            });
        });
        if wanted != self.wanted {
            self.wanted = wanted.clone();
            self.rows = None;
            self.scroll.to_top();
            return Some(Wish::Want(wanted));
        }
        wish
    }

    fn list(&mut self, ui: &mut Ui, account: &Account) -> Option<Wish> {
        let palette = palette(ui);
        let rows = self.rows.clone()?;
        if rows.is_empty() {
            ui.label(theme::small(t!("account-none"), palette));
            return None;
        }
        let mut copied = None;
        let mut scroll = self.scroll;
        scroll.show(ui, t!("account-scroll"), rows.len(), ROW_HEIGHT, |ui, range, first| {
            for (n, row) in range.enumerate() {
                let rect = first.translate(vec2(0.0, n as f32 * ROW_HEIGHT));
                let entry = rows.get(row).and_then(|&at| Some((at, account.entries.get(at)?)));
                let Some((at, entry)) = entry else { continue };
                if self.row(ui, (at, entry), rect) {
                    copied = Some(Wish::Do(Command::Copy(self.entry_text(at, entry))));
                }
            }
        });
        self.scroll = scroll;
        copied
    }

    /// Draws a row; says whether it is to be copied.
    fn row(&self, ui: &Ui, (at, entry): (usize, &Entry), rect: Rect) -> bool {
        let palette = palette(ui);
        let response = ui.interact(rect, ui.scope_id().with(("account", at)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, self.entry_text(at, entry)));
        let painter = ui.painter();
        if response.hovered() {
            painter.rect_filled(rect, theme::CORNER, palette.hovered);
        }
        painter.line_segment([rect.left_top(), rect.right_top()], Stroke::new(1.0, palette.line));
        crate::ui::widgets::focus_ring(ui, &response, rect);
        let small = theme::regular(theme::SMALL_SIZE);
        let (left, middle) = (rect.left() + theme::GAP, rect.left() + PLACE_WIDTH);
        let width = (rect.right() - middle - theme::GAP).max(1.0);
        let tops = [rect.top() + 5.0, rect.top() + 24.0];
        let place =
            one_line(ui, &self.place_text(at, entry), small.clone(), palette.text, PLACE_WIDTH - 16.0);
        let fate = one_line(ui, fate_text(entry.fate), small.clone(), palette.weak, PLACE_WIDTH - 16.0);
        let reason =
            one_line(ui, &reason_text(entry), theme::semibold(theme::BODY_SIZE), palette.text, width);
        let value = one_line(ui, &value_text(entry), small, palette.weak, width);
        let is_cut = reason.elided || value.elided || place.elided;
        for (galley, left, top, color) in [
            (place, left, tops[0], palette.text),
            (fate, left, tops[1], palette.weak),
            (reason, middle, tops[0] - 1.0, palette.text),
            (value, middle, tops[1], palette.weak),
        ] {
            painter.galley(pos2(left, top), galley, color);
        }
        let hint = t!("account-copy-row");
        let hint = if is_cut { format!("{}\n{hint}", self.entry_text(at, entry)) } else { hint.to_owned() };
        response.on_hover_text(hint).clicked()
    }

    /// Where the row stands: with the file's name where there are several.
    fn place_text(&self, at: usize, entry: &Entry) -> String {
        let line = entry.line as usize;
        let place = match entry.column {
            0 => t!("account-line", line = line),
            column => t!("account-place", line = line, column = column as usize),
        };
        if self.files.len() > 1 { format!("{}, {place}", escape(self.files.name(at))) } else { place }
    }

    /// All of an entry in one line.
    fn entry_text(&self, at: usize, entry: &Entry) -> String {
        let value = Some(value_text(entry)).filter(|value| !value.is_empty());
        let parts = [
            Some(self.place_text(at, entry)),
            Some(fate_text(entry.fate).to_owned()),
            Some(reason_text(entry)),
            value,
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    fn as_text(&self, account: &Account, rows: &[usize]) -> String {
        let entries = rows.iter().filter_map(|&at| Some((at, account.entries.get(at)?)));
        let lines: Vec<String> = entries.map(|(at, entry)| self.entry_text(at, entry)).collect();
        format!("{}\n", lines.join("\n"))
    }
}

fn header(ui: &mut Ui, summary: &str) -> Option<Wish> {
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let close = icon_button(ui, Icon::Close, t!("account-close"), 28.0, true).clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let font = theme::semibold(theme::BODY_SIZE);
                let galley = one_line(ui, summary, font, palette(ui).text, ui.available_width());
                ui.label(galley);
            });
            close.then_some(Wish::Close)
        })
        .inner
    })
    .inner
}

/// What was decided for the files as a whole.
fn notes(ui: &mut Ui, notes: &[String]) {
    if notes.is_empty() {
        return;
    }
    let palette = palette(ui);
    ScrollArea::vertical().id_salt("account notes").max_height(NOTES_HEIGHT).show(ui, |ui| {
        for note in notes {
            ui.add(Label::new(theme::small(format!("· {}", escape(note)), palette)).wrap());
        }
    });
    ui.add_space(theme::GAP);
}

/// How many rows there are, and what became of them.
#[must_use]
pub fn summary(account: &Account) -> String {
    let [rows, mapped, listed, rejected] =
        [account.rows(), account.mapped, account.listed(), account.rejected()].map(|count| count as usize);
    let parts = [
        Some(t!("account-mapped", count = mapped)),
        (listed > 0).then(|| t!("account-without-position", count = listed)),
        (rejected > 0).then(|| t!("account-not-understood", count = rejected)),
    ];
    let parts = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    t!("account-summary", rows = rows, parts = parts)
}

fn fate_text(fate: Fate) -> &'static str {
    match fate {
        Fate::Listed => t!("account-fate-listed"),
        Fate::Rejected => t!("account-fate-rejected"),
    }
}

/// `lat: is not a number`.
fn reason_text(entry: &Entry) -> String {
    let reason = escape(&entry.reason);
    if entry.field.is_empty() { reason } else { format!("{}: {reason}", escape(&entry.field)) }
}

fn value_text(entry: &Entry) -> String {
    if entry.value.is_empty() { String::new() } else { t!("account-value", value = escape(&entry.value)) }
}
