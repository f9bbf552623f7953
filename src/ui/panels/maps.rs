//! Which map lies under the markers: the sheet with all of them, the question before a server is asked for the first
//! time, and the form for a server of one's own.

use eframe::egui::{
    Align, Button, Context, Frame, Id, Label, Layout, Modal, RadioButton, RichText, Role, ScrollArea,
    TextEdit, Ui, WidgetInfo, vec2,
};

use crate::state::{AppState, Command, MapChoice};
use crate::t;
use crate::tiles::{CustomMap, KnownMap, Provider};
use crate::ui::opening::name_of;
use crate::ui::symbol::Icon;
use crate::ui::theme;
use crate::ui::widgets::{icon_button, outline_choices, palette, segments, text_button};

/// Width of the sheets, in points, where the window has room for them.
const WIDTH: f32 = 520.0;
/// Longer names of maps are cut where they are shown.
const MAX_NAME_CHARS: usize = 28;
/// Sides of tiles that there are to choose from, in points.
const TILE_SIZES: [u32; 2] = [256, 512];
/// The last zoom that most servers have.
const USUAL_LAST_ZOOM: u8 = 19;

/// What people call a map.
#[must_use]
pub fn label(choice: &MapChoice) -> String {
    let name = match choice {
        MapChoice::Embedded => return t!("map-embedded").to_owned(),
        MapChoice::Plain => return t!("map-plain").to_owned(),
        MapChoice::Online(map) => Provider::known(*map).map(|it| it.name.to_string()).unwrap_or_default(),
        MapChoice::Own(map) => map.name.clone(),
        MapChoice::File(file) => name_of(file),
    };
    match name.char_indices().nth(MAX_NAME_CHARS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name,
    }
}

/// All maps that there are to choose from but those in files, in the order of the menu.
pub fn choices(state: &AppState) -> impl Iterator<Item = MapChoice> {
    let own = state.map_shelf().own.iter().cloned().map(MapChoice::Own);
    let files = state.map_shelf().files.iter().cloned().map(MapChoice::File);
    [MapChoice::Embedded, MapChoice::Plain]
        .into_iter()
        .chain(KnownMap::ALL.map(MapChoice::Online))
        .chain(own)
        .chain(files)
}

/// A map to be chosen, as a radio button; online ones only where there is leave to go online.
pub fn radio(ui: &mut Ui, state: &AppState, choice: &MapChoice, commands: &mut Vec<Command>) {
    let enabled = !choice.is_online() || state.may_go_online();
    let button = RadioButton::new(state.map() == choice, label(choice));
    let response = ui.add_enabled(enabled, button);
    let response = match choice {
        MapChoice::File(file) => response.on_hover_text(file.display().to_string()),
        _ => response.on_disabled_hover_text(t!("maps-offline")),
    };
    if response.clicked() {
        commands.push(Command::SetMap(choice.clone()));
    }
}

/// The sheets and which of them are open.
#[derive(Debug, Default)]
pub struct MapSheets {
    open: bool,
    form: Option<Form>,
    /// Whether the question was on the screen already.
    question_was_shown: bool,
}

impl MapSheets {
    /// Opens the sheet with all maps, or closes it.
    pub fn toggle(&mut self) {
        self.open = !self.open;
        self.form = None;
    }

    /// Whether a sheet lies over the window, which takes the keys.
    #[must_use]
    pub fn is_asking(&self, state: &AppState) -> bool {
        self.open || state.map_question().is_some()
    }

    /// Draws what is open over the window.
    pub fn show(&mut self, ctx: &Context, state: &AppState, commands: &mut Vec<Command>) {
        if let Some(provider) = state.map_question().and_then(MapChoice::provider) {
            question(ctx, &provider, self.question_was_shown, commands);
            self.question_was_shown = true;
            // What was chosen is what is asked about; the sheet has done its work.
            self.open = false;
            return;
        }
        self.question_was_shown = false;
        if !self.open {
            return;
        }
        let closes = sheet(ctx, "maps", t!("maps-title"), t!("maps-close"), |ui| match &mut self.form {
            Some(form) => match form.content(ui) {
                Some(Wish::Add(map)) => {
                    commands.push(Command::AddOwnMap(map));
                    self.form = None;
                }
                Some(Wish::Back) => self.form = None,
                None => {}
            },
            None => self.form = list(ui, state, commands),
        });
        let asks_for_file = commands.iter().any(|command| matches!(command, Command::AskForFile));
        if closes || asks_for_file {
            self.open = false;
            self.form = None;
        }
    }
}

/// A sheet over the window with a title; says whether it is to be closed.
fn sheet(ctx: &Context, id: &str, title: &str, close: &str, content: impl FnOnce(&mut Ui)) -> bool {
    let screen = ctx.content_rect();
    let frame = Frame::popup(&ctx.global_style()).inner_margin(20);
    let modal = Modal::new(Id::unique(("map sheet", id))).frame(frame).show(ctx, |ui| {
        ui.set_width(WIDTH.min(screen.width() - 80.0));
        let closes = ui
            .horizontal(|ui| {
                ui.label(RichText::new(title).font(theme::semibold(theme::TITLE_SIZE)));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    icon_button(ui, Icon::Close, close, theme::BUTTON_HEIGHT, true).clicked()
                })
                .inner
            })
            .inner;
        ui.add_space(theme::GAP);
        let height = (screen.height() - 160.0).max(120.0);
        // As high as its content, also where that was lower in the frame before.
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, content);
        closes
    });
    modal.inner || modal.should_close()
}

/// All maps with what is said of them; returns the form if a server is to be added.
fn list(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) -> Option<Form> {
    outline_choices(ui);
    let palette = palette(ui);
    let all: Vec<MapChoice> = choices(state).collect();
    let of = |wanted: fn(&MapChoice) -> bool| all.iter().filter(move |choice| wanted(choice));
    for choice in of(|it| matches!(it, MapChoice::Embedded | MapChoice::Plain)) {
        row(ui, state, choice, commands);
    }
    ui.add_space(theme::GAP);
    ui.label(theme::head(t!("maps-online"), palette));
    if !state.may_go_online() {
        ui.add(Label::new(theme::small(t!("maps-offline"), palette)).wrap());
    }
    for choice in of(MapChoice::is_online) {
        row(ui, state, choice, commands);
    }
    let words = t!("maps-add");
    let form = text_button(ui, theme::strong(words), words).clicked().then(Form::new);
    ui.add_space(theme::GAP);
    ui.label(theme::head(t!("maps-files"), palette));
    for choice in of(|it| matches!(it, MapChoice::File(_))) {
        row(ui, state, choice, commands);
    }
    let words = t!("maps-open");
    if text_button(ui, theme::strong(words), words).clicked() {
        commands.push(Command::AskForFile);
    }
    let agreed: Vec<&str> = state.map_shelf().agreed.hosts().collect();
    if !agreed.is_empty() {
        ui.add_space(theme::GAP);
        ui.label(theme::head(t!("maps-agreed"), palette));
        ui.add(Label::new(theme::small(agreed.join(", "), palette)).wrap());
        let words = t!("maps-forget");
        if text_button(ui, theme::strong(words), words).clicked() {
            commands.push(Command::ForgetAgreements);
        }
    }
    form
}

/// A map: the button that chooses it, what is said of it, and what removes it.
fn row(ui: &mut Ui, state: &AppState, choice: &MapChoice, commands: &mut Vec<Command>) {
    let palette = palette(ui);
    let more = match choice {
        MapChoice::Embedded => t!("maps-embedded").to_owned(),
        MapChoice::Plain => t!("maps-plain").to_owned(),
        MapChoice::File(file) => {
            file.parent().map(|folder| crate::io::escape(&folder.to_string_lossy())).unwrap_or_default()
        }
        online => online.provider().map(|it| it.shown_host().to_owned()).unwrap_or_default(),
    };
    ui.horizontal(|ui| {
        ui.set_min_height(theme::BUTTON_HEIGHT);
        radio(ui, state, choice, commands);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if matches!(choice, MapChoice::Own(_) | MapChoice::File(_)) {
                let name = t!("maps-remove", name = label(choice));
                if icon_button(ui, Icon::Close, &name, 24.0, true).clicked() {
                    commands.push(Command::RemoveMap(choice.clone()));
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(theme::small(more, palette)).truncate());
            });
        });
    });
}

/// Asks before the servers of a map are asked for the first time.
fn question(ctx: &Context, provider: &Provider, was_shown: bool, commands: &mut Vec<Command>) {
    let title = t!("maps-question", name = provider.name.as_ref());
    let closes = sheet(ctx, "question", &title, t!("maps-question-close"), |ui| {
        ui.add(Label::new(theme::body(t!("maps-question-host", host = provider.shown_host()))).wrap());
        ui.add_space(theme::GAP);
        ui.add(Label::new(theme::body(t!("maps-question-not"))).wrap());
        ui.add_space(theme::GAP);
        let palette = palette(ui);
        let by = t!("maps-question-by", attribution = provider.attribution.text.as_ref());
        ui.add(Label::new(theme::small(by, palette)).wrap());
        ui.add_space(2.0 * theme::GAP);
        in_a_row(ui, |ui| {
            if button(ui, t!("maps-agree")).clicked() {
                commands.push(Command::AgreeToMap);
            }
            let declines = button(ui, t!("maps-decline"));
            if !was_shown {
                declines.request_focus();
            }
            if declines.clicked() {
                commands.push(Command::DeclineMap);
            }
        });
    });
    if closes {
        commands.push(Command::DeclineMap);
    }
}

/// Buttons from the right, in a row of their own: a scrolled sheet is as high as it likes.
fn in_a_row<T>(ui: &mut Ui, buttons: impl FnOnce(&mut Ui) -> T) -> T {
    let size = vec2(ui.available_width(), theme::BUTTON_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), buttons).inner
}

fn button(ui: &mut Ui, words: &str) -> eframe::egui::Response {
    let text = RichText::new(words).font(theme::semibold(theme::BODY_SIZE));
    ui.add(Button::new(text).min_size(vec2(88.0, theme::BUTTON_HEIGHT)))
}

/// What the reader wants of the form.
enum Wish {
    Add(CustomMap),
    Back,
}

/// The form for a server of one's own.
#[derive(Debug)]
struct Form {
    map: CustomMap,
    /// What was typed for the last zoom.
    last_zoom: String,
    /// What stands in the way, once somebody has tried.
    problem: Option<String>,
    was_shown: bool,
}

impl Form {
    fn new() -> Self {
        let map = CustomMap {
            name: String::new(),
            attribution: String::new(),
            template: String::new(),
            max_zoom: USUAL_LAST_ZOOM,
            tile_size_px: TILE_SIZES[0],
        };
        Self { map, last_zoom: USUAL_LAST_ZOOM.to_string(), problem: None, was_shown: false }
    }

    fn content(&mut self, ui: &mut Ui) -> Option<Wish> {
        let palette = palette(ui);
        let was_shown = std::mem::replace(&mut self.was_shown, true);
        let first = field(ui, t!("maps-form-name"), t!("maps-form-name-hint"), &mut self.map.name);
        if !was_shown {
            first.request_focus();
        }
        field(ui, t!("maps-form-address"), "https://tiles.example/{z}/{x}/{y}.png", &mut self.map.template);
        ui.add(Label::new(theme::small(t!("maps-form-address-hint"), palette)).wrap());
        field(ui, t!("maps-form-attribution"), t!("maps-form-attribution-hint"), &mut self.map.attribution);
        field(ui, t!("maps-form-zoom"), "", &mut self.last_zoom);
        ui.label(theme::head(t!("maps-form-size"), palette));
        let labels = TILE_SIZES.map(|size| size.to_string());
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let chosen = TILE_SIZES.iter().position(|size| *size == self.map.tile_size_px).unwrap_or(0);
        if let Some(n) = segments(ui, t!("maps-form-size"), &labels, chosen) {
            self.map.tile_size_px = TILE_SIZES[n];
        }
        ui.add_space(theme::GAP);
        if let Some(problem) = &self.problem {
            let text = theme::strong(problem).color(palette.on_notice);
            let response = ui.add(Label::new(text).wrap());
            ui.ctx().accesskit_node_builder(response.id, |node| {
                node.set_live(eframe::egui::accesskit::Live::Polite);
            });
            ui.add_space(theme::GAP);
        }
        in_a_row(ui, |ui| {
            let mut wish = None;
            if button(ui, t!("maps-form-add")).clicked() {
                wish = self.finish();
            }
            if button(ui, t!("maps-form-back")).clicked() {
                wish = Some(Wish::Back);
            }
            wish
        })
    }

    /// The map, if it can be one.
    fn finish(&mut self) -> Option<Wish> {
        // What is no number is no zoom that any map has.
        let max_zoom = self.last_zoom.trim().parse().unwrap_or(u8::MAX);
        let map = CustomMap {
            name: self.map.name.trim().to_owned(),
            attribution: self.map.attribution.trim().to_owned(),
            template: self.map.template.trim().to_owned(),
            max_zoom,
            tile_size_px: self.map.tile_size_px,
        };
        match Provider::custom(&map) {
            Ok(_) => Some(Wish::Add(map)),
            Err(problem) => {
                self.problem = Some(problem.to_string());
                None
            }
        }
    }
}

fn field(ui: &mut Ui, label: &str, hint: &str, text: &mut String) -> eframe::egui::Response {
    let palette = palette(ui);
    ui.label(theme::head(label, palette));
    let edit = TextEdit::singleline(text)
        .id(Id::unique(("map form", label)))
        .hint_text(RichText::new(hint).color(palette.weak))
        .margin(eframe::egui::Margin::symmetric(8, 7))
        .char_limit(crate::limits::MAX_TEMPLATE_CHARS)
        .desired_width(f32::INFINITY);
    let response = ui.add(edit);
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, label));
    response
}
