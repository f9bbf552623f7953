//! Asks for a file by its path, where the desktop has no dialog: a text field that completes names, and what can be
//! opened in the folder that is typed.

use std::path::{Path, PathBuf};

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::{
    Align, Button, Context, CursorIcon, EventFilter, Frame, Id, Key, Layout, Modal, Modifiers, Rect,
    RichText, Role, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use crate::io::escape;
use crate::t;
use crate::ui::folder::{Entry, Folder, Matching, parted, resolve};
use crate::ui::long_scroll::LongScroll;
use crate::ui::symbol::Icon;
use crate::ui::theme;
use crate::ui::widgets::{focus_ring, icon_button, one_line, palette, sheet_width};

/// Width of the sheet, in points, where the window has room for it.
const WIDTH: f32 = 560.0;
/// Height of a row of the list, in points.
const ROW_HEIGHT: f32 = 28.0;
/// Rows in sight.
const VISIBLE_ROWS: f32 = 9.0;

/// What the reader wants of an open path field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// To know what is in this folder; the answer goes to [`PathField::take`].
    List(PathBuf),
    /// To open this file.
    Open(PathBuf),
    /// To close the field.
    Close,
}

/// An open path field.
#[derive(Debug)]
pub struct PathField {
    /// Paths that do not begin at the root begin here.
    working_folder: PathBuf,
    typed: String,
    /// The folder that was asked for last.
    asked: Option<PathBuf>,
    folder: Option<Folder>,
    /// What of the folder begins with what is typed: looked for once for each text, not in every frame.
    matching: Option<Matching>,
    /// The row that the arrow keys have chosen.
    chosen: Option<usize>,
    scroll: LongScroll,
    was_shown: bool,
}

impl PathField {
    /// A field that begins in this folder.
    #[must_use]
    pub fn new(working_folder: PathBuf) -> Self {
        Self {
            working_folder,
            typed: String::new(),
            asked: None,
            folder: None,
            matching: None,
            chosen: None,
            scroll: LongScroll::default(),
            was_shown: false,
        }
    }

    /// Takes in the content of a folder, if it is still the one that is typed.
    pub fn take(&mut self, folder: Folder) {
        if self.asked.as_ref() == Some(&folder.path) {
            self.folder = Some(folder);
            self.matching = None;
        }
    }

    /// Draws the sheet over the window and says what the reader wants of it.
    pub fn show(&mut self, ctx: &Context) -> Option<Wish> {
        let width = sheet_width(ctx, WIDTH);
        let frame = Frame::popup(&ctx.global_style()).inner_margin(20);
        let modal = Modal::new(Id::unique("path field")).frame(frame).show(ctx, |ui| {
            ui.set_width(width);
            self.content(ui)
        });
        self.was_shown = true;
        let folder = self.folder_path();
        if modal.should_close() {
            return Some(Wish::Close);
        }
        modal.inner.or_else(|| {
            let is_new = self.asked.as_ref() != Some(&folder);
            is_new.then(|| {
                self.folder = None;
                self.matching = None;
                self.asked = Some(folder.clone());
                Wish::List(folder)
            })
        })
    }

    /// The folder whose content is listed.
    fn folder_path(&self) -> PathBuf {
        resolve(&self.working_folder, parted(&self.typed).0)
    }

    fn content(&mut self, ui: &mut Ui) -> Option<Wish> {
        let mut wish = header(ui);
        ui.add_space(theme::GAP);
        wish = self.field(ui).or(wish);
        let palette = palette(ui);
        let folder = t!("path-folder", folder = escape(&self.folder_path().to_string_lossy()));
        let folder =
            one_line(ui, &folder, theme::regular(theme::SMALL_SIZE), palette.weak, ui.available_width());
        ui.label(folder);
        ui.add_space(theme::GAP);
        let height = VISIBLE_ROWS * ROW_HEIGHT + 2.0 * theme::GAP;
        let (_, list) = ui.allocate_space(vec2(ui.available_width(), height));
        ui.painter().rect_filled(list, theme::CORNER, palette.raised);
        let builder = eframe::egui::UiBuilder::new().max_rect(list.shrink(theme::GAP));
        wish = ui.scope_builder(builder, |ui| self.list(ui)).inner.or(wish);
        ui.add_space(theme::GAP);
        ui.horizontal(|ui| {
            ui.set_min_height(theme::BUTTON_HEIGHT);
            ui.label(theme::small(t!("path-keys"), palette));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let text = RichText::new(t!("path-open")).font(theme::semibold(theme::BODY_SIZE));
                let open = Button::new(text).min_size(vec2(88.0, theme::BUTTON_HEIGHT));
                if ui.add_enabled(!self.typed.trim().is_empty(), open).clicked() {
                    wish = self.accept();
                }
            });
        });
        wish
    }

    /// The text field with its keys.
    fn field(&mut self, ui: &mut Ui) -> Option<Wish> {
        let id = Id::unique("path field text");
        let had_focus = ui.memory(|memory| memory.has_focus(id));
        let pressed =
            |ui: &Ui, key| had_focus && ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        for (key, step) in [(Key::ArrowDown, 1), (Key::ArrowUp, -1)] {
            if pressed(ui, key) {
                self.choose(step);
            }
        }
        // Tab completes while there is something to complete, and else goes on to the next control.
        let keys = EventFilter {
            tab: self.completion().is_some(),
            horizontal_arrows: true,
            vertical_arrows: true,
            escape: false,
        };
        let edit = TextEdit::singleline(&mut self.typed)
            .id(id)
            .hint_text(RichText::new(t!("path-hint")).color(palette(ui).weak))
            .event_filter(keys)
            .return_key(None)
            .margin(eframe::egui::Margin::symmetric(8, 7))
            .desired_width(f32::INFINITY);
        let mut output = edit.show(ui);
        let response = &output.response.response;
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, t!("path-name")));
        focus_ring(ui, response, response.rect.expand(1.0));
        if response.changed() {
            self.chosen = None;
            self.scroll.to_top();
        }
        if !self.was_shown {
            response.request_focus();
        }
        // After the text of this frame: who types fast presses Enter in the same one.
        let before = self.typed.clone();
        if pressed(ui, Key::Tab)
            && let Some(completed) = self.completion()
        {
            self.typed = completed;
            self.chosen = None;
        }
        let wish = if pressed(ui, Key::Enter) { self.accept() } else { None };
        if self.typed != before {
            let end = CCursor::new(self.typed.chars().count());
            output.state.cursor.set_char_range(Some(CCursorRange::one(end)));
            output.state.store(ui.ctx(), id);
            ui.ctx().request_repaint();
        }
        wish
    }

    /// What Tab would make of the text.
    fn completion(&mut self) -> Option<String> {
        // The names of folders themselves: only their slash is missing.
        if matches!(parted(&self.typed).0, "~" | "." | "..") {
            return Some(format!("{}/", self.typed));
        }
        let completed = self.matching()?.completion.clone()?;
        let (folder, _) = parted(&self.typed);
        Some(format!("{folder}{completed}"))
    }

    fn choose(&mut self, step: isize) {
        let rows = self.matching().map_or(0, |matching| matching.rows.len());
        if rows == 0 {
            return;
        }
        let row = match self.chosen {
            None if step > 0 => 0,
            None => rows - 1,
            Some(row) => row.saturating_add_signed(step).min(rows - 1),
        };
        self.chosen = Some(row);
        self.scroll.reveal(row, VISIBLE_ROWS * ROW_HEIGHT, ROW_HEIGHT);
    }

    /// The rows of the list; `None` while nothing is known of the folder.
    fn matching(&mut self) -> Option<&Matching> {
        let folder = self.folder.as_ref()?;
        let (_, name) = parted(&self.typed);
        if self.matching.as_ref().is_none_or(|matching| matching.typed != name) {
            self.matching = Some(folder.matching(name));
        }
        self.matching.as_ref()
    }

    /// Opens the chosen row, or what is typed.
    fn accept(&mut self) -> Option<Wish> {
        let chosen = self.chosen;
        let chosen = self.matching().and_then(|matching| matching.rows.get(chosen?).copied());
        let (_, name) = parted(&self.typed);
        let entry = self.folder.as_ref().and_then(|folder| match chosen {
            Some(row) => folder.entries.get(row),
            None => folder.entries.iter().find(|entry| !entry.is_file && entry.name == name),
        });
        match entry.cloned() {
            Some(entry) => self.pick(&entry),
            None if name.trim().is_empty() => None,
            None => Some(Wish::Open(resolve(&self.working_folder, &self.typed))),
        }
    }

    /// Opens a file, goes into a folder.
    fn pick(&mut self, entry: &Entry) -> Option<Wish> {
        if entry.is_file {
            return Some(Wish::Open(entry.path.clone()));
        }
        let (folder, _) = parted(&self.typed);
        let slash = if matches!(folder, "~" | "." | "..") { "/" } else { "" };
        self.typed = format!("{folder}{slash}{}/", entry.name);
        self.chosen = None;
        self.scroll.to_top();
        None
    }

    fn list(&mut self, ui: &mut Ui) -> Option<Wish> {
        let palette = palette(ui);
        let is_empty = self.matching().is_none_or(|matching| matching.rows.is_empty());
        let Self { folder, matching, scroll, chosen, .. } = self;
        let (Some(Folder { entries, .. }), Some(Matching { rows, .. }), false) =
            (&folder, &matching, is_empty)
        else {
            let words = match folder {
                None => "",
                Some(folder) if !folder.is_readable => t!("path-no-folder"),
                Some(_) => t!("path-nothing"),
            };
            ui.centered_and_justified(|ui| ui.label(theme::small(words, palette)));
            return None;
        };
        let mut clicked = None;
        scroll.show(ui, t!("path-scroll"), rows.len(), ROW_HEIGHT, |ui, range, first| {
            for (n, row) in range.enumerate() {
                let rect = first.translate(vec2(0.0, n as f32 * ROW_HEIGHT));
                let Some(entry) = rows.get(row).and_then(|&entry| entries.get(entry)) else { continue };
                if entry_row(ui, entry, row, rect, *chosen == Some(row)) {
                    clicked = Some(entry.clone());
                }
            }
        });
        self.pick(&clicked?)
    }
}

fn header(ui: &mut Ui) -> Option<Wish> {
    ui.horizontal(|ui| {
        ui.label(RichText::new(t!("path-title")).font(theme::semibold(theme::TITLE_SIZE)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let close = icon_button(ui, Icon::Close, t!("path-close"), theme::BUTTON_HEIGHT, true);
            close.clicked().then_some(Wish::Close)
        })
        .inner
    })
    .inner
}

fn entry_row(ui: &Ui, entry: &Entry, row: usize, rect: Rect, chosen: bool) -> bool {
    let palette = palette(ui);
    let slash = if entry.is_file { "" } else { "/" };
    let name = format!("{}{slash}", escape(&entry.name));
    let response = ui.interact(rect, ui.scope_id().with(("entry", row)), Sense::click());
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, chosen, &name));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect.shrink(1.0), theme::CORNER, palette.hovered);
    }
    focus_ring(ui, &response, rect);
    let font =
        if entry.is_file { theme::semibold(theme::BODY_SIZE) } else { theme::regular(theme::BODY_SIZE) };
    let galley = one_line(ui, &name, font, palette.text, rect.width() - 24.0);
    let top = rect.center().y - galley.size().y / 2.0;
    ui.painter().galley(pos2(rect.left() + 2.0 * theme::GAP, top), galley, palette.text);
    response.clicked()
}

/// The folder that a path field begins in: that of the open file, else the program's working folder.
#[must_use]
pub fn folder_to_begin_in(open_file: Option<&Path>) -> PathBuf {
    let of_file = open_file.and_then(Path::parent).map(Path::to_owned);
    of_file.or_else(|| std::env::current_dir().ok()).unwrap_or_else(|| PathBuf::from("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> Folder {
        let entry = |name: &&str| Entry { is_file: true, name: (*name).to_owned(), path: (*name).into() };
        Folder { path: "/data/".into(), entries: names.iter().map(entry).collect(), is_readable: true }
    }

    fn rows(field: &mut PathField) -> Vec<String> {
        let rows = field.matching().map_or(Vec::new(), |matching| matching.rows.clone());
        let entries = field.folder.iter().flat_map(|folder| &folder.entries);
        entries.enumerate().filter(|(n, _)| rows.contains(n)).map(|(_, entry)| entry.name.clone()).collect()
    }

    #[test]
    fn names_are_looked_at_once_for_a_text_and_again_for_another_text_or_folder() {
        let mut field = PathField::new("/data/".into());
        field.asked = Some("/data/".into());
        assert_eq!(field.completion(), None, "nothing is known of the folder yet");
        field.take(folder(&["fire.ron", "flood-1.ron", "flood-2.ron"]));
        field.typed = "fl".to_owned();
        assert_eq!(field.completion().as_deref(), Some("flood-"));
        let kept = field.matching().map(|matching| matching.rows.as_ptr());
        assert_eq!(field.matching().map(|matching| matching.rows.as_ptr()), kept);
        assert_eq!(rows(&mut field), ["flood-1.ron", "flood-2.ron"]);
        field.typed = "fi".to_owned();
        assert_eq!(rows(&mut field), ["fire.ron"]);
        field.take(folder(&["fish.ron"]));
        assert_eq!(rows(&mut field), ["fish.ron"]);
        assert_eq!(field.completion().as_deref(), Some("fish.ron"));
    }
}
