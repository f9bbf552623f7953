//! What a file says of an incident beside what, where and who says so: deaths, who took part, and all that it says by
//! names of its own.

use eframe::egui::{CollapsingHeader, Label, Role, Ui, WidgetInfo};

use super::MAX_TITLE_BYTES;
use crate::model::{Deaths, Incident};
use crate::t;
use crate::ui::theme;
use crate::ui::widgets::{long_list, palette, prefix, section_head};
use crate::words::number;

/// How many people died, as far as the file says.
pub(super) fn deaths(ui: &mut Ui, incident: &Incident) {
    let Some(deaths) = incident.deaths else { return };
    section_head(ui, t!("detail-deaths"));
    ui.add(Label::new(deaths_text(deaths)).wrap());
}

/// A number that is known, or the best one between the lowest and the highest. Files count what was reported: a zero
/// says that nobody reported any.
fn deaths_text(deaths: Deaths) -> String {
    let Deaths { low, best, high } = deaths;
    let [low_text, best_text, high_text] = [low, best, high].map(|count| number(count as usize));
    match (low == best, best == high) {
        (true, true) if best == 0 => t!("detail-deaths-none").to_owned(),
        (true, true) => best_text,
        (false, true) => t!("detail-deaths-from", best = best_text, low = low_text),
        (true, false) => t!("detail-deaths-to", best = best_text, high = high_text),
        (false, false) => t!("detail-deaths-range", best = best_text, low = low_text, high = high_text),
    }
}

/// Who took part, where the file does not say who says so.
pub(super) fn actors(ui: &mut Ui, incident: &Incident) {
    if incident.actors.is_empty() {
        return;
    }
    section_head(ui, t!("detail-actors"));
    long_list(ui, "actors", incident.actors.len(), |ui, n| {
        ui.add(Label::new(prefix(&incident.actors[n], MAX_TITLE_BYTES)).wrap());
    });
    ui.label(theme::small(t!("detail-actors-hint"), palette(ui)));
}

/// What else the file says, by its own names. Closed at first: it is for those who know the file.
pub(super) fn more(ui: &mut Ui, incident: &Incident) {
    if incident.more.is_empty() {
        return;
    }
    ui.add_space(3.0 * theme::GAP);
    let head = theme::head(t!("detail-more"), palette(ui));
    // Open or closed for every incident alike.
    let shown = CollapsingHeader::new(head).id_salt("more from the file").show_unindented(ui, |ui| {
        long_list(ui, "more", incident.more.len(), |ui, n| {
            let (name, value) = &incident.more[n];
            let palette = palette(ui);
            let spacing = ui.spacing().item_spacing.y;
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.add(Label::new(theme::small(prefix(name, MAX_TITLE_BYTES), palette)).wrap());
            ui.add(Label::new(theme::body(prefix(value, MAX_TITLE_BYTES))).wrap());
            ui.spacing_mut().item_spacing.y = spacing;
        });
    });
    let name = t!("detail-more");
    let open = shown.openness > 0.5;
    shown.header_response.widget_info(|| WidgetInfo::selected(Role::Button, true, open, name));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deaths_are_a_number_a_range_or_none_that_anybody_reported() {
        let text = |low, best, high| deaths_text(Deaths { low, best, high });
        assert_eq!(text(0, 0, 0), "none reported");
        assert_eq!(text(3, 3, 3), "3");
        assert_eq!(text(1, 3, 3), "3 (at least 1)");
        assert_eq!(text(0, 0, 2), "0 (up to 2)");
        assert_eq!(text(1, 3, 8), "3 (between 1 and 8)");
    }
}
