//! What stands over points and heat: the map's names, and markers for the incidents that are selected or pointed out.
//! Points are no widgets: the map itself finds the one under the pointer.

use eframe::egui::{CursorIcon, PointerButton, Response, Ui};

use super::chooser::Chooser;
use super::hints::{incident_tooltip, spot_tooltip, tooltip};
use super::labels::Taken;
use super::markers::Mark;
use super::transform::MapTransform;
use super::{Hovered, MapPanel, furniture};
use crate::state::{AppState, Command, Drawing};
use crate::ui::widgets::palette;

/// How near to a point the pointer must be, in points.
const REACH_PX: f64 = 8.0;

impl MapPanel {
    /// Draws them; `ground` is the map. A point that is clicked opens its incident, or, where several stand on one spot,
    /// lets the reader choose.
    pub(super) fn show_few_marks(
        &mut self,
        ui: &Ui,
        state: &AppState,
        transform: &MapTransform,
        highlighted: Option<usize>,
        ground: &Response,
        commands: &mut Vec<Command>,
    ) {
        let palette = palette(ui);
        let painter = ui.painter().clone();
        let mark_of = |index: Option<usize>| {
            let index = index.filter(|&index| state.engine().contains(index))?;
            Mark::of_incident(state, transform, index)
        };
        let selected = mark_of(state.selection());
        // A mark that came and went with the pointer would take the pointer away from the point below it: only the
        // selected one is a widget.
        let on_selected = selected.as_ref().map(|mark| mark.interact(ui, state.dataset(), true));
        let hit = self.show_points(state, transform, ground, on_selected.as_ref(), commands);
        let is_on_selected = on_selected.as_ref().is_some_and(Response::hovered);
        self.hovered = Hovered { incident: hit.or(state.selection().filter(|_| is_on_selected)), ring: None };
        let other = mark_of(hit.or(highlighted).filter(|&index| state.selection() != Some(index)));
        let marks: Vec<&Mark> = selected.iter().chain(&other).collect();
        let mut taken = Taken::default();
        let furniture = furniture::taken_by(transform.rect, self.attribution);
        furniture.into_iter().chain(marks.iter().map(|mark| mark.rect())).for_each(|rect| taken.add(rect));
        let language = state.label_language();
        let placed: Vec<_> = marks
            .iter()
            .map(|mark| mark.place_label(&painter, state.dataset(), palette, &mut taken, language, true))
            .collect();
        self.paint_names(&painter, state, transform, palette, &mut taken);
        for mark in &marks {
            let is_selected = mark.incident() == state.selection();
            mark.paint(&painter, state.dataset(), palette, &mut self.rings, is_selected, 0.0);
        }
        placed.iter().flatten().for_each(|label| label.paint(&painter, palette));
        if let (Some(mark), Some(response)) = (&selected, &on_selected) {
            if response.has_focus() {
                mark.paint_focus(&painter, palette, true);
            }
            if hit.is_none() {
                tooltip(response, state, mark);
            }
        }
    }

    /// Finds the point under the pointer, which is on the ground or on the selected marker, and what becomes of a click.
    fn show_points(
        &mut self,
        state: &AppState,
        transform: &MapTransform,
        ground: &Response,
        on_selected: Option<&Response>,
        commands: &mut Vec<Command>,
    ) -> Option<usize> {
        let under = [Some(ground), on_selected].into_iter().flatten().find(|it| it.hovered());
        let under = under.filter(|_| state.drawing() == Drawing::Points)?;
        let at = transform.to_unit(under.hover_pos()?);
        let hit = state.engine().hit(at, REACH_PX / transform.world_px)?;
        let count = state.engine().count_on_spot(self.drawing.points(), hit);
        if under.clicked_by(PointerButton::Primary) {
            if count > 1 {
                let members = state.engine().members_on_spot(self.drawing.points(), hit);
                self.chooser = Some(Chooser::new(members, count, state.revision()));
            } else {
                commands.push(Command::Select(hit));
            }
        }
        let under = under.clone().on_hover_cursor(CursorIcon::PointingHand);
        if count > 1 {
            spot_tooltip(&under, count);
        } else {
            incident_tooltip(&under, state, hit);
        }
        Some(hit)
    }
}
