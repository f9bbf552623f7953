//! What the columns of an unknown table mean: asked beside the first rows of the table.
//!
//! The dialog begins with what the reader of the table has guessed, or with what was chosen before for a table of the
//! same columns. Whatever is chosen is tried at once on the whole file, in the background: the count below says how many
//! rows would be on the map, and when it says so the dataset is there to be opened.

use std::path::PathBuf;

use eframe::egui::{
    Align, Button, ComboBox, Context, Frame, Grid, Id, Layout, Modal, RichText, Role, ScrollArea, Sense,
    TextEdit, Ui, WidgetInfo, vec2,
};

use crate::io::table::{Field, Mapping, Preview, Value};
use crate::model::Account;
use crate::t;
use crate::ui::opening::name_of;
use crate::ui::symbol::Icon;
use crate::ui::theme;
use crate::ui::widgets::{icon_button, one_line, outline_choices, palette, prefix, sheet_width};
use crate::words::number;

/// Width of the sheet, in points, where the window has room for it.
const WIDTH: f32 = 860.0;
/// Width of a column of the preview, in points.
const CELL_WIDTH: f32 = 128.0;
/// Height of the preview, in points: the header and five rows.
const PREVIEW_HEIGHT: f32 = 148.0;
/// Rows of the preview.
const PREVIEW_ROWS: usize = 5;
/// More columns are neither shown nor offered.
const MAX_COLUMNS: usize = 256;
/// More of a cell is not laid out.
const MAX_CELL_BYTES: usize = 200;

/// What somebody wants of the dialog.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// To know what would come of this mapping; the answer goes to [`Mapper::take`].
    Try(Mapping),
    /// To open the file with it.
    Open(Mapping),
    /// To leave it.
    Close,
}

/// The open dialog.
#[derive(Debug)]
pub struct Mapper {
    file: PathBuf,
    preview: Preview,
    mapping: Mapping,
    /// The mapping that was asked about last, and what came of it.
    tried: Option<Mapping>,
    outcome: Option<Outcome>,
}

/// What comes of a mapping.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    /// The file can be read, with this account: rows on the map, without position, rejected.
    Read([u64; 3]),
    /// It cannot, for this reason.
    Failed(String),
}

impl Mapper {
    /// Asks about a table; `known` is what was chosen for its columns before.
    #[must_use]
    pub fn new(file: PathBuf, preview: Preview, known: Option<Mapping>) -> Self {
        let mapping = known.unwrap_or_else(|| preview.guess.clone());
        Self { file, preview, mapping, tried: None, outcome: None }
    }

    /// The file that is asked about.
    #[must_use]
    pub fn file(&self) -> &PathBuf {
        &self.file
    }

    /// The names of its columns.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.preview.header
    }

    /// Takes in what came of a mapping, if it is still the one that is chosen.
    pub fn take(&mut self, mapping: &Mapping, result: Result<&Account, String>) {
        if *mapping == self.mapping {
            self.outcome = Some(match result {
                Ok(account) => Outcome::Read([account.mapped, account.listed(), account.rejected()]),
                Err(why) => Outcome::Failed(why),
            });
        }
    }

    /// Draws the dialog over the window and says what is wanted of it.
    pub fn show(&mut self, ctx: &Context) -> Option<Wish> {
        let screen = ctx.content_rect();
        let width = sheet_width(ctx, WIDTH);
        let frame = Frame::popup(&ctx.global_style()).inner_margin(20);
        let modal = Modal::new(Id::unique("column mapper")).frame(frame).show(ctx, |ui| {
            ui.set_width(width);
            self.content(ui, screen.height() - 120.0)
        });
        if modal.should_close() {
            return Some(Wish::Close);
        }
        modal.inner.or_else(|| self.next_try())
    }

    /// What has to be tried: whatever is chosen, once.
    fn next_try(&mut self) -> Option<Wish> {
        if !self.mapping.has_position() {
            (self.tried, self.outcome) = (None, None);
            return None;
        }
        let is_new = self.tried.as_ref() != Some(&self.mapping);
        is_new.then(|| {
            self.tried = Some(self.mapping.clone());
            self.outcome = None;
            Wish::Try(self.mapping.clone())
        })
    }

    fn content(&mut self, ui: &mut Ui, height: f32) -> Option<Wish> {
        let mut wish = None;
        ui.horizontal(|ui| {
            let head = RichText::new(t!("mapper-head", name = name_of(&self.file)));
            ui.label(head.font(theme::semibold(theme::TITLE_SIZE)));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, Icon::Close, t!("mapper-close"), 28.0, true).clicked() {
                    wish = Some(Wish::Close);
                }
            });
        });
        ui.label(theme::small(t!("mapper-why"), palette(ui)));
        ui.add_space(theme::GAP);
        self.rows(ui);
        ui.add_space(theme::GAP);
        let room = (height - PREVIEW_HEIGHT - 130.0).max(120.0);
        ScrollArea::vertical().id_salt("fields").max_height(room).auto_shrink([false, true]).show(ui, |ui| {
            outline_choices(ui);
            self.fields(ui);
        });
        ui.add_space(theme::GAP);
        self.footer(ui).or(wish)
    }

    /// The first rows of the table.
    fn rows(&self, ui: &mut Ui) {
        let palette = palette(ui);
        let columns = self.preview.header.len().min(MAX_COLUMNS);
        Frame::new().fill(palette.raised).corner_radius(theme::CORNER).inner_margin(8).show(ui, |ui| {
            ScrollArea::both().id_salt("preview").max_height(PREVIEW_HEIGHT).auto_shrink([false, true]).show(
                ui,
                |ui| {
                    let cell = |ui: &mut Ui, text: &str, strong: bool| {
                        let font = if strong {
                            theme::semibold(theme::SMALL_SIZE)
                        } else {
                            theme::regular(theme::SMALL_SIZE)
                        };
                        let galley =
                            one_line(ui, &prefix(text, MAX_CELL_BYTES), font, palette.text, CELL_WIDTH - 8.0);
                        let size = vec2(CELL_WIDTH, galley.size().y + 6.0);
                        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
                        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
                        ui.painter().galley(rect.min, galley, palette.text);
                        if !text.is_empty() {
                            response.on_hover_text(prefix(text, MAX_CELL_BYTES));
                        }
                    };
                    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
                    let line = |ui: &mut Ui, cells: &[String], strong: bool| {
                        ui.horizontal(|ui| {
                            for text in cells.iter().take(columns) {
                                cell(ui, text, strong);
                            }
                        });
                    };
                    line(ui, &self.preview.header, true);
                    for cells in self.preview.rows.iter().take(PREVIEW_ROWS) {
                        line(ui, cells, false);
                    }
                },
            );
        });
    }

    /// Each field with the column that it comes from, in two columns of fields.
    fn fields(&mut self, ui: &mut Ui) {
        Grid::new("mapping").num_columns(4).spacing(vec2(16.0, 6.0)).show(ui, |ui| {
            let half = Field::ALL.len().div_ceil(2);
            for row in 0..half {
                for (field, _) in [row, row + half].iter().filter_map(|&n| Field::ALL.get(n)) {
                    self.field(ui, *field);
                }
                ui.end_row();
            }
        });
    }

    fn field(&mut self, ui: &mut Ui, field: Field) {
        let label = label_of(field);
        ui.label(label);
        let value = self.mapping.get(field).cloned();
        let shown = match &value {
            None => t!("mapper-none").to_owned(),
            Some(Value::Column(name)) => prefix(name, MAX_CELL_BYTES).into_owned(),
            Some(Value::Number(n)) => {
                self.preview.header.get(*n).cloned().unwrap_or_else(|| (n + 1).to_string())
            }
            Some(Value::Constant(_)) => t!("mapper-constant").to_owned(),
        };
        ui.horizontal(|ui| {
            let combo = ComboBox::from_id_salt(("field", field))
                .width(190.0)
                .selected_text(shown.clone())
                .truncate()
                .show_ui(ui, |ui| {
                    outline_choices(ui);
                    let mut chosen = value.clone();
                    ui.selectable_value(&mut chosen, None, t!("mapper-none"));
                    let is_constant = matches!(chosen, Some(Value::Constant(_)));
                    if ui.selectable_label(is_constant, t!("mapper-constant")).clicked() && !is_constant {
                        chosen = Some(Value::Constant(String::new()));
                    }
                    for (n, name) in self.preview.header.iter().enumerate().take(MAX_COLUMNS) {
                        let own = Value::of_column(&self.preview.header, n);
                        let is_chosen = chosen.as_ref() == Some(&own);
                        if ui.selectable_label(is_chosen, prefix(name, MAX_CELL_BYTES)).clicked() {
                            chosen = Some(own);
                        }
                    }
                    chosen
                });
            let name = t!("mapper-field", field = label, column = &shown);
            combo.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &name));
            if let Some(chosen) = combo.inner.filter(|chosen| *chosen != value) {
                self.mapping.set(field, chosen);
            }
            if let Some(Value::Constant(text)) = self.mapping.get(field) {
                let mut text = text.clone();
                let edit = ui.add(TextEdit::singleline(&mut text).desired_width(110.0));
                edit.widget_info(|| {
                    WidgetInfo::labeled(Role::TextInput, true, t!("mapper-text", field = label))
                });
                if edit.changed() {
                    self.mapping.set(field, Some(Value::Constant(text)));
                }
            }
        });
    }

    /// What would come of it, and the buttons.
    fn footer(&self, ui: &mut Ui) -> Option<Wish> {
        let palette = palette(ui);
        let mut wish = None;
        ui.horizontal(|ui| {
            ui.set_min_height(theme::BUTTON_HEIGHT);
            let words = match &self.outcome {
                _ if !self.mapping.has_position() => t!("mapper-no-position").to_owned(),
                None => t!("mapper-counting").to_owned(),
                Some(Outcome::Failed(why)) => prefix(why, 600).into_owned(),
                Some(Outcome::Read([mapped, listed, rejected])) => {
                    let text = |count: &u64| number(usize::try_from(*count).unwrap_or(usize::MAX));
                    t!(
                        "mapper-count",
                        mapped = text(mapped),
                        listed = text(listed),
                        rejected = text(rejected)
                    )
                }
            };
            let can_open = matches!(self.outcome, Some(Outcome::Read(_)));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let text = RichText::new(t!("mapper-open")).font(theme::semibold(theme::BODY_SIZE));
                let open = Button::new(text).min_size(vec2(88.0, theme::BUTTON_HEIGHT));
                if ui.add_enabled(can_open, open).clicked() {
                    wish = Some(Wish::Open(self.mapping.clone()));
                }
                ui.with_layout(Layout::left_to_right(Align::Center).with_main_wrap(true), |ui| {
                    ui.label(theme::small(words, palette));
                });
            });
        });
        wish
    }
}

/// What a field is called in the window.
fn label_of(field: Field) -> &'static str {
    match field {
        Field::Lat => t!("field-lat"),
        Field::Lon => t!("field-lon"),
        Field::LatLon => t!("field-latlon"),
        Field::Wkt => t!("field-wkt"),
        Field::Date => t!("field-date"),
        Field::Time => t!("field-time"),
        Field::EndDate => t!("field-end"),
        Field::Title => t!("field-title"),
        Field::Type => t!("field-type"),
        Field::Summary => t!("field-summary"),
        Field::Status => t!("field-status"),
        Field::Precision => t!("field-precision"),
        Field::Place => t!("field-place"),
        Field::Region => t!("field-region"),
        Field::Country => t!("field-country"),
        Field::Source => t!("field-source"),
        Field::Url => t!("field-url"),
        Field::Tags => t!("field-tags"),
        Field::Actor => t!("field-actor"),
        Field::Deaths => t!("field-deaths"),
        Field::DeathsLow => t!("field-deaths-low"),
        Field::DeathsHigh => t!("field-deaths-high"),
        Field::Id => t!("field-id"),
    }
}
