//! Asks what shall be written to a file, in which format, and where.
//!
//! Format and file name go together: choosing a format changes the name's ending, and typing an ending chooses its format.

use std::path::{Path, PathBuf};

use eframe::egui::{
    Align, Button, ComboBox, Context, Frame, Id, Key, Label, Layout, Modal, Modifiers, RichText, Role,
    TextEdit, Ui, WidgetInfo, vec2,
};

use crate::io::export::{Target, targets};
use crate::t;
use crate::ui::folder::resolve;
use crate::ui::symbol::Icon;
use crate::ui::theme;
use crate::ui::widgets::{icon_button, outline_choices, palette, segments, sheet_width, text_button};

/// Width of the sheet, in points, where the window has room for it.
const WIDTH: f32 = 560.0;
/// Longer titles make no file names.
const MAX_NAME_CHARS: usize = 60;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Every incident that is open.
    All,
    /// Those that pass the filter.
    Shown,
    /// The one that is selected.
    Selected,
    /// Rows of the account.
    Rows,
}

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// A format of datasets.
    Data(Target),
    /// A page for browsers.
    Report,
    /// The map as a picture.
    Picture,
}

impl Form {
    /// The form that a file's ending means.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        let ending = path.extension().unwrap_or_default();
        if ending.eq_ignore_ascii_case("html") || ending.eq_ignore_ascii_case("htm") {
            return Some(Self::Report);
        }
        if ending.eq_ignore_ascii_case("png") {
            return Some(Self::Picture);
        }
        Target::of_path(path).ok().map(Self::Data)
    }

    fn all() -> impl Iterator<Item = Self> {
        targets().map(Self::Data).chain([Self::Report, Self::Picture])
    }

    fn label(self) -> &'static str {
        match self {
            Self::Data(target) => target.format().name,
            Self::Report => t!("export-report"),
            Self::Picture => t!("export-picture"),
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Data(target) => target.ending(),
            Self::Report => "html",
            Self::Picture => "png",
        }
    }

    /// Whether both are written alike, but for being packed.
    fn is_like(self, other: Self) -> bool {
        self.ending() == other.ending()
    }
}

/// What the reader wants of the sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// To choose the file in the desktop's own dialog, beginning with this one.
    Choose(PathBuf),
    /// To write it.
    Write(Choice),
    /// To close the sheet.
    Close,
}

/// What the reader has decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What is written.
    pub what: What,
    /// In which form.
    pub form: Form,
    /// Where to.
    pub path: PathBuf,
    /// Whether a file that is there may be replaced.
    pub replaces: bool,
}

/// The open sheet.
#[derive(Debug)]
pub struct ExportSheet {
    /// Paths that do not begin at the root begin here.
    folder: PathBuf,
    typed: String,
    what: What,
    form: Form,
    /// How many incidents there are, how many are shown, whether one is selected; how many rows of the account.
    counts: Counts,
    /// A file that may be replaced: it was chosen in a dialog that asked, or here.
    may_replace: Option<PathBuf>,
    /// A file that is there.
    exists: Option<PathBuf>,
    /// Whether the desktop has a dialog for files.
    has_dialog: bool,
    was_shown: bool,
}

/// How much there is to be written.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    /// Incidents that are open.
    pub all: usize,
    /// Those that pass the filter.
    pub shown: usize,
    /// Whether one is selected.
    pub has_selection: bool,
    /// Rows of the account, where these shall be written.
    pub rows: Option<usize>,
}

impl ExportSheet {
    /// A sheet for a dataset with this title; `None` where there is no format to write in.
    #[must_use]
    pub fn new(folder: PathBuf, title: &str, counts: Counts, has_dialog: bool) -> Option<Self> {
        let csv = Form::of_path(Path::new("rows.csv"));
        let (what, form) = match counts.rows {
            Some(_) => (What::Rows, csv?),
            None => {
                (if counts.shown < counts.all { What::Shown } else { What::All }, csv.or(Form::all().next())?)
            }
        };
        let name = file_name(title);
        // Not the name of the open file: nobody means to write over that.
        let name = match counts.rows {
            Some(_) => t!("export-rows-name", name = &name),
            None => t!("export-file-name", name = &name),
        };
        let typed = folder.join(format!("{name}.{}", form.ending())).to_string_lossy().into_owned();
        Some(Self {
            folder,
            typed,
            what,
            form,
            counts,
            may_replace: None,
            exists: None,
            has_dialog,
            was_shown: false,
        })
    }

    /// Takes in a file that was chosen in a dialog, which has asked whether it may be replaced.
    pub fn choose(&mut self, path: &Path) {
        self.typed = path.to_string_lossy().into_owned();
        self.follow_ending();
        self.may_replace = Some(self.path());
    }

    /// Takes in that the desktop has no dialog after all.
    pub fn without_dialog(&mut self) {
        self.has_dialog = false;
    }

    /// Takes in that there is a file of this name already.
    pub fn ask_to_replace(&mut self, path: PathBuf) {
        self.exists = Some(path);
    }

    /// The file, with an ending.
    fn path(&self) -> PathBuf {
        let path = resolve(&self.folder, self.typed.trim());
        if Form::of_path(&path).is_some_and(|form| form.is_like(self.form)) {
            return path;
        }
        let mut name = path.into_os_string();
        name.push(".");
        name.push(self.form.ending());
        name.into()
    }

    /// The format follows what is typed, where it is one that can be had.
    fn follow_ending(&mut self) {
        let form = Form::of_path(Path::new(self.typed.trim()));
        if let Some(form) = form.filter(|_| self.what != What::Rows) {
            self.form = form;
        }
    }

    fn set_form(&mut self, form: Form) {
        let path = PathBuf::from(self.typed.trim());
        let has_ending = Form::of_path(&path).is_some_and(|it| it.is_like(self.form));
        let stem =
            if has_ending { strip_ending(&self.typed, self.form) } else { self.typed.trim().to_owned() };
        self.typed = format!("{stem}.{}", form.ending());
        self.form = form;
    }

    /// Draws the sheet over the window and says what the reader wants of it.
    pub fn show(&mut self, ctx: &Context) -> Option<Wish> {
        let width = sheet_width(ctx, WIDTH);
        let frame = Frame::popup(&ctx.global_style()).inner_margin(20);
        let modal = Modal::new(Id::unique("export")).frame(frame).show(ctx, |ui| {
            ui.set_width(width);
            self.content(ui)
        });
        self.was_shown = true;
        if modal.should_close() { Some(Wish::Close) } else { modal.inner }
    }

    fn content(&mut self, ui: &mut Ui) -> Option<Wish> {
        let mut wish = header(ui, self.what);
        ui.add_space(theme::GAP);
        if self.what != What::Rows {
            self.what_and_form(ui);
        }
        wish = self.file(ui).or(wish);
        ui.add_space(theme::GAP);
        self.hint(ui);
        ui.add_space(theme::GAP);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let replaces = self.exists.as_ref() == Some(&self.path());
            let words = if replaces { t!("export-replace") } else { t!("export-write") };
            let text = RichText::new(words).font(theme::semibold(theme::BODY_SIZE));
            let button = Button::new(text).min_size(vec2(88.0, theme::BUTTON_HEIGHT));
            if ui.add_enabled(self.can_write(), button).clicked() {
                wish = self.write();
            }
        });
        wish
    }

    fn what_and_form(&mut self, ui: &mut Ui) {
        let Counts { all, shown, has_selection, .. } = self.counts;
        let selected = t!("export-selected").to_owned();
        let mut choices = vec![
            (What::All, t!("export-all", count = all)),
            (What::Shown, t!("export-shown", count = shown)),
        ];
        choices.extend(has_selection.then_some((What::Selected, selected)));
        let labels: Vec<&str> = choices.iter().map(|(_, label)| label.as_str()).collect();
        let chosen = choices.iter().position(|(what, _)| *what == self.what).unwrap_or(0);
        ui.label(theme::head(t!("export-what"), palette(ui)));
        if self.form == Form::Picture {
            ui.add(Label::new(t!("export-what-map")).wrap());
        } else if let Some(picked) = segments(ui, t!("export-what"), &labels, chosen) {
            self.what = choices[picked].0;
        }
        ui.add_space(theme::GAP);
        ui.label(theme::head(t!("export-form"), palette(ui)));
        outline_choices(ui);
        let mut picked = None;
        let shown = ComboBox::from_id_salt("export form")
            .selected_text(self.form.label())
            .width(260.0)
            .show_ui(ui, |ui| {
                for form in Form::all() {
                    if ui.selectable_label(form.is_like(self.form), form.label()).clicked() {
                        picked = Some(form);
                    }
                }
            });
        let name = format!("{}: {}", t!("export-form"), self.form.label());
        shown.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &name));
        if let Some(form) = picked {
            self.set_form(form);
        }
        ui.add_space(theme::GAP);
    }

    fn file(&mut self, ui: &mut Ui) -> Option<Wish> {
        let mut wish = None;
        ui.label(theme::head(t!("export-file"), palette(ui)));
        ui.horizontal(|ui| {
            let choose = if self.has_dialog { 96.0 } else { 0.0 };
            let edit = TextEdit::singleline(&mut self.typed)
                .id(Id::unique("export path"))
                .return_key(None)
                .margin(eframe::egui::Margin::symmetric(8, 7))
                .desired_width((ui.available_width() - choose).max(0.0));
            let response = ui.add(edit);
            response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, t!("export-file")));
            if !self.was_shown {
                response.request_focus();
            }
            let has_focus = response.has_focus();
            if response.changed() {
                self.follow_ending();
            }
            if has_focus && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)) {
                wish = self.write();
            }
            let choose = t!("export-choose");
            if self.has_dialog && text_button(ui, theme::strong(choose), choose).clicked() {
                wish = Some(Wish::Choose(self.path()));
            }
        });
        wish
    }

    /// What will happen, or what stands in the way.
    fn hint(&self, ui: &mut Ui) {
        let path = self.path();
        let palette = palette(ui);
        let exists = self.exists.as_ref() == Some(&path);
        let words = match self.form {
            _ if exists => t!("export-exists"),
            Form::Data(_) => t!("export-data-hint"),
            Form::Report => t!("export-report-hint"),
            Form::Picture => t!("export-picture-hint"),
        };
        let text =
            if exists { theme::strong(words).color(palette.text) } else { theme::small(words, palette) };
        ui.add(Label::new(text).wrap());
    }

    fn can_write(&self) -> bool {
        let count = match self.what {
            What::All => self.counts.all,
            What::Shown => self.counts.shown,
            What::Selected => usize::from(self.counts.has_selection),
            What::Rows => self.counts.rows.unwrap_or(0),
        };
        !self.typed.trim().is_empty() && (count > 0 || self.form == Form::Picture)
    }

    fn write(&self) -> Option<Wish> {
        let path = self.path();
        let replaces = [&self.exists, &self.may_replace].contains(&&Some(path.clone()));
        let form = Form::of_path(&path).unwrap_or(self.form);
        self.can_write().then_some(Wish::Write(Choice { what: self.what, form, path, replaces }))
    }
}

fn header(ui: &mut Ui, what: What) -> Option<Wish> {
    let title = if what == What::Rows { t!("export-title-rows") } else { t!("export-title") };
    ui.horizontal(|ui| {
        ui.label(RichText::new(title).font(theme::semibold(theme::TITLE_SIZE)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let close = icon_button(ui, Icon::Close, t!("export-close"), theme::BUTTON_HEIGHT, true);
            close.clicked().then_some(Wish::Close)
        })
        .inner
    })
    .inner
}

/// A path without the ending that means a form, packed or not.
fn strip_ending(typed: &str, form: Form) -> String {
    let typed = typed.trim();
    let lower = typed.to_ascii_lowercase();
    let packed = lower.strip_suffix(".gz").unwrap_or(&lower);
    // Lower case in ASCII changes no length.
    let stem = packed.rfind('.').map_or(typed.len(), |at| at);
    if Form::of_path(Path::new(typed)).is_some_and(|it| it.is_like(form)) {
        typed.get(..stem).unwrap_or(typed).to_owned()
    } else {
        typed.to_owned()
    }
}

/// A title as a file's name: nothing in it that file systems take for something else.
fn file_name(title: &str) -> String {
    let is_plain = |c: &char| !c.is_control() && !r#"/\:*?"<>|"#.contains(*c);
    let name: String = title.chars().filter(is_plain).take(MAX_NAME_CHARS).collect();
    let name = name.trim_matches([' ', '.']);
    if name.is_empty() { t!("export-name").to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTS: Counts = Counts { all: 12, shown: 3, has_selection: false, rows: None };

    fn sheet() -> ExportSheet {
        ExportSheet::new("/data".into(), "A/B: floods", COUNTS, false).unwrap()
    }

    #[test]
    fn the_name_follows_the_format_and_the_format_the_name() {
        let mut sheet = sheet();
        assert_eq!((sheet.path(), sheet.what), ("/data/AB floods export.csv".into(), What::Shown));
        sheet.set_form(Form::Report);
        assert_eq!(sheet.path(), PathBuf::from("/data/AB floods export.html"));
        sheet.typed = "out.ron.gz".to_owned();
        sheet.follow_ending();
        assert_eq!((sheet.form.ending(), sheet.path()), ("ron", "/data/out.ron.gz".into()));
        sheet.set_form(Form::Picture);
        assert_eq!(sheet.typed, "out.png");
        sheet.typed = "v1.2".to_owned();
        sheet.follow_ending();
        assert_eq!(sheet.path(), PathBuf::from("/data/v1.2.png"), "an ending is added where none is known");
    }

    #[test]
    fn a_file_that_is_there_is_replaced_only_when_that_was_said_of_it() {
        let mut sheet = sheet();
        let replaces = |sheet: &ExportSheet| match sheet.write() {
            Some(Wish::Write(choice)) => choice.replaces,
            other => panic!("{other:?}"),
        };
        assert!(!replaces(&sheet));
        sheet.ask_to_replace(sheet.path());
        assert!(replaces(&sheet));
        sheet.typed = "other.csv".to_owned();
        assert!(!replaces(&sheet));
        sheet.choose(Path::new("/data/third.csv"));
        assert!(replaces(&sheet), "the desktop's dialog has asked");
    }

    #[test]
    fn titles_become_names_that_every_file_system_takes() {
        assert_eq!(file_name("..a/b\\c:\u{7}?. "), "abc");
        assert_eq!(file_name(" /// "), "incidents");
        assert_eq!(file_name(&"ä".repeat(500)).chars().count(), MAX_NAME_CHARS);
    }
}
