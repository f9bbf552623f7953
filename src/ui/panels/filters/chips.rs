//! The active filters: each a chip that says what it asks for, and takes it back.

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{
    CursorIcon, Id, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::values::value_label;
use crate::query::Field;
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::accessibility::follow_focus;
use crate::ui::panels::timeline::span_text;
use crate::ui::symbol::{Icon, paint_icon};
use crate::ui::theme;
use crate::ui::widgets::{focus_ring, palette, prefix};

/// Height of a chip, in points.
const HEIGHT: f32 = 26.0;
/// Side of the cross that says what a click does, in points.
const CROSS: f32 = 16.0;
/// More chips than stand in so much are scrolled, in points.
const MAX_HEIGHT: f32 = 4.5 * (HEIGHT + theme::GAP);
/// So much of a long value is shown, in bytes; the chip cuts it to its width.
const MAX_BYTES: usize = 300;

/// An active filter.
struct Chip {
    kind: &'static str,
    value: String,
    /// What takes it back.
    remove: Command,
}

impl Chip {
    fn new(kind: &'static str, value: impl Into<String>, remove: Command) -> Self {
        Self { kind, value: value.into(), remove }
    }

    fn name(&self) -> String {
        format!("{} {}", self.kind, self.value).trim().to_owned()
    }
}

/// Draws them. What has the focus when the last one goes hands it on to `add`.
pub(super) fn show(ui: &mut Ui, state: &AppState, add: Id, commands: &mut Vec<Command>) {
    let chips = active(state);
    if chips.is_empty() {
        return;
    }
    ui.add_space(theme::GAP);
    // Of a low window, too, most is left to the list.
    let max_height = MAX_HEIGHT.min(ui.available_height() / 2.5);
    ScrollArea::vertical().id_salt("chips").max_height(max_height).auto_shrink([false, true]).show(
        ui,
        |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(theme::GAP, theme::GAP);
                let last = chips.len() - 1;
                for (n, chip) in chips.into_iter().enumerate() {
                    if draw(ui, n, &chip) {
                        commands.push(chip.remove);
                        if n == last {
                            // The one that would take its place is the one before, or the way to a new one.
                            let next = n.checked_sub(1).map_or(add, |n| chip_id(ui, n));
                            ui.memory_mut(|memory| memory.request_focus(next));
                        }
                    }
                }
            });
            follow_focus(ui);
        },
    );
}

fn chip_id(ui: &Ui, n: usize) -> Id {
    ui.scope_id().with(("chip", n))
}

/// Draws one; says whether it was clicked.
fn draw(ui: &mut Ui, n: usize, chip: &Chip) -> bool {
    let palette = palette(ui);
    let padding = 2.0 * theme::GAP;
    let room = ui.max_rect().width() - CROSS - 2.0 * padding - theme::GAP;
    let font = theme::regular(theme::SMALL_SIZE);
    let mut job = LayoutJob::default();
    job.append(chip.kind, 0.0, TextFormat::simple(font.clone(), palette.weak));
    job.append(&chip.value, theme::GAP, TextFormat::simple(font, palette.text));
    job.wrap.max_width = room.max(1.0);
    job.wrap.max_rows = 1;
    job.wrap.break_anywhere = true;
    job.break_on_newline = false;
    let galley = ui.painter().layout_job(job);
    let is_cut = galley.elided;
    let size = vec2(galley.size().x + CROSS + 2.0 * padding + theme::GAP, HEIGHT);
    // By its place, not by what it says: when one is taken away, the focus is on the next.
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let response = ui.interact(rect, chip_id(ui, n), Sense::click());
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, true, t!("filter-remove", filter = chip.name())));
    let fill = if response.hovered() { palette.hovered } else { palette.raised };
    let line = Stroke::new(1.0, palette.line);
    ui.painter().rect(rect, theme::CORNER, fill, line, StrokeKind::Inside);
    focus_ring(ui, &response, rect);
    let at = pos2(rect.left() + padding, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, palette.text);
    let cross = pos2(rect.right() - padding - CROSS / 2.0 + 2.0, rect.center().y);
    paint_icon(ui.painter(), Icon::Close, Rect::from_center_size(cross, vec2(CROSS, CROSS)), palette.weak);
    let clicked = response.clicked();
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    if is_cut {
        response.on_hover_text(chip.name());
    }
    clicked
}

/// So many event types are named where there is room for words.
const MAX_NAMED: usize = 8;

/// What the active filters ask for, in words; empty where everything is shown.
pub(super) fn words(state: &AppState) -> String {
    let types = state.dataset().event_types.iter().enumerate();
    let shown: Vec<&str> = types
        .filter(|(n, _)| state.filter().shows_type(*n))
        .map(|(_, event_type)| event_type.label.as_str())
        .collect();
    let named = |chip: Chip| match chip.remove {
        Command::ShowAllTypes if (1..=MAX_NAMED).contains(&shown.len()) => {
            format!("{} {}", chip.kind, shown.join(", "))
        }
        _ => chip.name(),
    };
    active(state).into_iter().map(named).collect::<Vec<_>>().join("; ")
}

/// All active filters, in the order in which the menu offers them.
fn active(state: &AppState) -> Vec<Chip> {
    let filter = state.filter();
    let mut chips = Vec::new();
    let types = state.dataset().event_types.len();
    let shown = (0..types).filter(|&n| filter.shows_type(n)).count();
    if shown < types {
        let value = t!("filter-types", shown = shown, total = types);
        chips.push(Chip::new(t!("filter-kind-types"), value, Command::ShowAllTypes));
    }
    let layers = filter.hidden_layers().iter().filter_map(|&n| Some((n, state.dataset().layers.get(n)?)));
    chips.extend(layers.map(|(layer, file)| {
        let remove = Command::SetLayerShown { layer, shown: true };
        Chip::new(t!("filter-kind-layer"), prefix(&file.title, MAX_BYTES), remove)
    }));
    chips.extend(filter.chosen_statuses().map(|status| {
        let remove = Command::ChooseStatus { status, chosen: false };
        Chip::new(t!("filter-kind-status"), status.label(), remove)
    }));
    if let Some(precision) = filter.at_least() {
        let value = t!("filter-at-least", precision = precision.label());
        chips.push(Chip::new(t!("filter-kind-precision"), value, Command::SetAtLeast(None)));
    }
    for (field, values) in filter.all_chosen() {
        chips.extend(values.iter().map(|value| {
            let remove = Command::ChooseValue { field, value: value.clone(), chosen: false };
            Chip::new(field_label(field), prefix(&value_label(field, value), MAX_BYTES), remove)
        }));
    }
    if filter.in_view() {
        chips.push(Chip::new(t!("filter-in-view"), "", Command::ListView(false)));
    }
    if filter.rectangle().is_some() {
        chips.push(Chip::new(t!("filter-in-rectangle"), "", Command::SetRectangle(None)));
    }
    if let Some(window_min) = filter.window_min() {
        let value = span_text(state, window_min);
        chips.push(Chip::new(t!("filter-kind-time"), value, Command::SetTimeWindow(None)));
    }
    let text = filter.text().trim();
    if !text.is_empty() {
        let value = t!("filter-words", text = prefix(text, MAX_BYTES));
        chips.push(Chip::new(t!("filter-kind-text"), value, Command::SetText(String::new())));
    }
    chips
}

/// What people call a field.
pub(super) fn field_label(field: Field) -> &'static str {
    match field {
        Field::Country => t!("filter-kind-country"),
        Field::Region => t!("filter-kind-region"),
        Field::Source => t!("filter-kind-source"),
        Field::Tag => t!("filter-kind-tag"),
    }
}
