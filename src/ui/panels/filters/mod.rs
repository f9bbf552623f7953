//! The filters of the sidebar: event types, the menu that adds others, and those that are active as chips that take
//! them back.

mod chips;
mod menu;
mod values;

use std::sync::Arc;

use eframe::egui::{Align, Context, Layout, Ui};

use self::menu::Menu;
use super::event_types;
use crate::jobs::Jobs;
use crate::model::{Dataset, TextError};
use crate::query::Facets;
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::actions::Action;
use crate::ui::notice::{Notice, Notices};
use crate::ui::theme;
use crate::ui::widgets::text_button;

/// What comes of reading all values of a dataset; none once that was cancelled.
type Gathered = (Arc<Dataset>, Result<Option<Facets>, TextError>);

/// What the filter asks for, in words, for those who write what it shows; empty where that is everything.
#[must_use]
pub fn words(state: &AppState) -> String {
    chips::words(state)
}

/// What the section remembers between frames.
pub struct FilterPanel {
    menu: Menu,
    gathering: Jobs<(), Gathered>,
}

impl FilterPanel {
    /// Nothing is open yet.
    #[must_use]
    pub fn new(ctx: &Context) -> Self {
        let waking = ctx.clone();
        Self { menu: Menu::new(ctx), gathering: Jobs::new(Arc::new(move || waking.request_repaint())) }
    }

    /// Finds out which values incidents have, once somebody wants to know. To be called before each frame.
    pub fn update(&mut self, state: &mut AppState, notices: &mut Notices) {
        while let Some(((), result)) = self.gathering.poll() {
            match result {
                Ok((dataset, Ok(Some(facets)))) => state.set_facets(&dataset, facets),
                // Another dataset is open by now.
                Ok((_, Ok(None))) => {}
                Ok((dataset, Err(error))) => {
                    state.set_facets(&dataset, Facets::default());
                    notices.push(Notice::new(t!("filter-values-unreadable", error = error.to_string())));
                }
                Err(error) => {
                    log::error!("gathering values: {error}");
                    let dataset = Arc::clone(state.dataset());
                    state.set_facets(&dataset, Facets::default());
                    notices.push(Notice::new(t!("filter-values-crashed").to_owned()));
                }
            }
        }
        if let Some(dataset) = state.gather_values() {
            self.gathering.start((), move |progress| {
                let facets = Facets::build(&dataset, progress);
                (dataset, facets)
            });
        }
    }

    /// Draws the section: event types, and what else is filtered by.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        commands: &mut Vec<Command>,
        actions: &mut Vec<Action>,
    ) {
        event_types::show(ui, state, commands);
        let add = ui
            .horizontal(|ui| {
                let add = text_button(ui, theme::strong(t!("filter-add")), t!("filter-add"));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let name = t!("filter-reset");
                    if !state.filter().is_empty()
                        && text_button(ui, theme::strong(name), name)
                            .on_hover_text(Action::ResetFilter.tooltip(ui.ctx()))
                            .clicked()
                    {
                        commands.push(Command::ResetFilter);
                    }
                });
                add
            })
            .inner;
        self.menu.show(&add, state, commands, actions);
        chips::show(ui, state, add.id, commands);
    }
}
