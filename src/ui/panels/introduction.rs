//! What the detail panel says while no incident is open: what the dataset is, and how to read the map.

use std::collections::BTreeMap;

use eframe::egui::{Color32, Painter, Rect, Sense, Shape, Stroke, Ui, vec2};

use crate::locale::{self, Length};
use crate::model::Status;
use crate::query::TYPE_COUNTS;
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::actions::Action;
use crate::ui::opening::accepts_drops;
use crate::ui::panels::detail::source_row;
use crate::ui::symbol::badge;
use crate::ui::theme;
use crate::ui::widgets::{kept, long_list, long_text, palette, prefix, section_head, text_button};

/// More of a dataset's title is not shown.
const MAX_TITLE_BYTES: usize = 1000;

/// Draws the introduction.
pub fn show(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let dataset = state.dataset();
    let palette = palette(ui);
    ui.add_space(theme::GAP);
    ui.label(
        eframe::egui::RichText::new(prefix(&dataset.title, MAX_TITLE_BYTES))
            .font(theme::semibold(theme::TITLE_SIZE)),
    );
    let as_of =
        dataset.as_of.map(|day| t!("introduction-as-of", date = locale::reader().day(day, Length::Long)));
    let licence = dataset.licence.as_ref().map(|licence| t!("introduction-licence", licence = licence));
    let words: Vec<String> = [as_of, licence].into_iter().flatten().collect();
    if !words.is_empty() {
        ui.label(theme::small(words.join(" · "), palette));
    }
    ui.add_space(theme::GAP);
    if !dataset.introduction.trim().is_empty() {
        long_text(ui, "introduction", &dataset.introduction);
    }
    if state.is_waiting() {
        ui.label(t!("introduction-waiting"));
    } else if dataset.incidents.is_empty() {
        section_head(ui, t!("introduction-empty-head"));
        ui.label(t!("introduction-empty"));
    } else {
        ui.add_space(theme::GAP);
        ui.label(theme::strong(t!("introduction-first-step")));
    }
    own_file(ui, commands);
    if !dataset.incidents.is_empty() {
        legend(ui, state);
    }
    if !dataset.sources.is_empty() {
        section_head(ui, t!("sources-head"));
        long_list(ui, "sources", dataset.sources.len(), |ui, number| {
            source_row(ui, None, &dataset.sources[number], commands);
        });
    }
    ui.add_space(3.0 * theme::MARGIN);
}

/// How to come to a file of one's own.
fn own_file(ui: &mut Ui, commands: &mut Vec<Command>) {
    section_head(ui, t!("introduction-open-head"));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP;
        let keys = Action::Open.keys(ui.ctx()).into_iter().next().unwrap_or_default();
        let words = t!("introduction-open");
        if text_button(ui, theme::strong(words), words).clicked() {
            commands.push(Command::AskForFile);
        }
        ui.label(theme::small(format!("({keys})"), palette(ui)));
        if accepts_drops(ui.ctx()) {
            ui.label(t!("introduction-or-drop"));
        }
    });
}

fn legend(ui: &mut Ui, state: &AppState) {
    let dataset = state.dataset();
    let palette = palette(ui);
    section_head(ui, t!("legend-head"));
    long_list(ui, "legend", dataset.event_types.len(), |ui, n| {
        let event_type = &dataset.event_types[n];
        ui.horizontal(|ui| {
            badge(ui, event_type, 20.0);
            ui.add_space(theme::GAP);
            ui.label(prefix(&event_type.label, MAX_TITLE_BYTES));
        });
    });
    let tint = palette.rule;
    sample(ui, t!("legend-area"), |painter, rect| {
        dashed_area(painter, rect, tint);
    });
    sample(ui, t!("legend-ring"), |painter, rect| {
        painter.circle(rect.center(), 7.5, palette.ring_inside, Stroke::new(4.0, tint));
    });
    if dataset.event_types.len() > TYPE_COUNTS {
        ui.label(theme::small(t!("legend-rest", count = TYPE_COUNTS), palette));
    }
    section_head(ui, t!("legend-statuses"));
    // Only the words that occur, in the order of their meaning.
    let used = kept(ui, "used statuses", state.generation(), || {
        let facts = (0..dataset.incidents.len()).filter_map(|n| dataset.incidents.facts(n));
        facts.map(|facts| (facts.status as u8, facts.status)).collect::<BTreeMap<u8, Status>>()
    });
    for status in used.values() {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = theme::GAP;
            ui.label(theme::strong(t!("legend-status", status = status.label())));
            ui.label(status.definition());
        });
    }
}

fn sample(ui: &mut Ui, text: &str, paint: impl FnOnce(&Painter, Rect)) {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(20.0, 20.0), Sense::hover());
        paint(ui.painter(), rect);
        ui.add_space(theme::GAP);
        ui.add(eframe::egui::Label::new(text).wrap());
    });
}

fn dashed_area(painter: &Painter, rect: Rect, color: Color32) {
    let area = rect.shrink2(vec2(1.0, 3.0));
    painter.rect_filled(area, 0.0, color.gamma_multiply(0.15));
    let corners =
        [area.left_top(), area.right_top(), area.right_bottom(), area.left_bottom(), area.left_top()];
    painter.extend(Shape::dashed_line(&corners, Stroke::new(1.5, color), 3.0, 2.0));
}
