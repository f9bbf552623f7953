//! The map as a picture for others: what the window shows of it, without its buttons, above a legend of the event types.
//!
//! [`Picture::of`] takes what is needed in a frame; the picture is drawn off screen, on the thread that asks for it.

use eframe::egui::{Context, Frame, Id, Label, Margin, Panel, Sense, Theme, Ui, Vec2, vec2};

use super::symbol;
use super::theme;
use super::widgets::palette;
use crate::progress::Progress;
use crate::render::{self, RenderError};
use crate::state::likeness::Likeness;
use crate::state::{AppState, ThemeChoice};
use crate::t;
use crate::words::number;

/// More event types are not in the legend.
const MAX_LEGEND: usize = 24;
/// Smallest and largest side of the map, in points.
const SIDES: [f32; 2] = [320.0, 2400.0];
/// Pixels per point: pictures are looked at closely, and printed.
const SCALE: f32 = 2.0;

/// A picture that is to be made.
#[derive(Debug)]
pub struct Picture {
    likeness: Likeness,
    size_pt: Vec2,
    theme: ThemeChoice,
}

impl Picture {
    /// A picture of what the map shows now, as large as the map and in the window's theme.
    #[must_use]
    pub fn of(ctx: &Context, state: &AppState, map_pt: Vec2) -> Self {
        let theme = if ctx.theme() == Theme::Dark { ThemeChoice::Dark } else { ThemeChoice::Light };
        let [least, most] = SIDES;
        Self {
            likeness: Likeness::of(state),
            size_pt: map_pt.clamp(Vec2::splat(least), Vec2::splat(most)),
            theme,
        }
    }

    /// Draws it: the bytes of a PNG.
    pub fn png(self, progress: &Progress) -> Result<Vec<u8>, RenderError> {
        let Self { likeness, size_pt, theme } = self;
        let state = likeness.into_state();
        let size_px = [size_pt.x * SCALE, (size_pt.y + legend_height(&state, size_pt.x)) * SCALE];
        render::png_of(state, theme, size_px.map(|side| side.round() as u32), SCALE, progress)
    }
}

/// Says that what is drawn in this context is a picture: what only a pointer needs is left out.
pub fn mark(ctx: &Context) {
    ctx.data_mut(|data| data.insert_temp(mark_id(), true));
}

/// Whether what is drawn is a picture.
#[must_use]
pub fn is_marked(ctx: &Context) -> bool {
    ctx.data(|data| data.get_temp(mark_id()).unwrap_or(false))
}

fn mark_id() -> Id {
    Id::unique("is a picture")
}

/// Width of a place in the legend, in points.
const ENTRY_WIDTH: f32 = 210.0;
/// Height of a line of the legend, in points.
const LINE_HEIGHT: f32 = 22.0;

fn shown_types(state: &AppState) -> Vec<(usize, usize)> {
    let counts = (0..state.dataset().event_types.len()).map(|n| (n, state.engine().count_of_type(n)));
    counts.filter(|(n, count)| *count > 0 && state.filter().shows_type(*n)).collect()
}

fn columns(width: f32) -> usize {
    ((width / ENTRY_WIDTH) as usize).max(1)
}

/// Height of the legend under a map of this width, in points.
fn legend_height(state: &AppState, width: f32) -> f32 {
    let types = shown_types(state).len();
    let entries = types.min(MAX_LEGEND) + usize::from(types > MAX_LEGEND);
    let lines = entries.div_ceil(columns(width)) as f32;
    2.0 * theme::MARGIN + LINE_HEIGHT * (lines + 1.0) + theme::GAP
}

/// Draws title and legend along the bottom of `ui`.
pub fn legend(ui: &mut Ui, state: &AppState) {
    let palette = palette(ui);
    let width = ui.available_width();
    let margin = Margin::same(theme::MARGIN as i8);
    let frame = Frame::new().fill(palette.panel).inner_margin(margin);
    Panel::bottom("legend").exact_size(legend_height(state, width)).resizable(false).frame(frame).show(
        ui,
        |ui| {
            ui.horizontal(|ui| {
                ui.set_min_height(LINE_HEIGHT);
                let (all, shown) = (state.dataset().incidents.len(), state.engine().total());
                let count = if shown == all {
                    t!("report-all", count = all)
                } else {
                    t!("report-some", count = shown, all = all)
                };
                ui.label(theme::strong(&state.dataset().title));
                ui.add(Label::new(theme::small(count, palette)).truncate());
            });
            ui.add_space(theme::GAP);
            let types = shown_types(state);
            let (first, columns) = (ui.cursor().min, columns(width));
            for (n, (event_type, count)) in types.iter().take(MAX_LEGEND).enumerate() {
                let event_type = &state.dataset().event_types[*event_type];
                let at = first + vec2((n % columns) as f32 * ENTRY_WIDTH, (n / columns) as f32 * LINE_HEIGHT);
                let badge = eframe::egui::Rect::from_min_size(at + vec2(0.0, 2.0), vec2(18.0, 18.0));
                symbol::paint_badge(ui.painter(), event_type, badge);
                let words = format!("{}  {}", event_type.label, number(*count));
                entry(ui, &words, at + vec2(26.0, 3.0), palette.text);
            }
            if types.len() > MAX_LEGEND {
                let at = vec2(
                    (MAX_LEGEND % columns) as f32 * ENTRY_WIDTH,
                    (MAX_LEGEND / columns) as f32 * LINE_HEIGHT,
                );
                let words = t!("picture-more", count = types.len() - MAX_LEGEND);
                entry(ui, &words, first + at + vec2(0.0, 3.0), palette.weak);
            }
            ui.allocate_exact_size(ui.available_size(), Sense::hover());
        },
    );
}

fn entry(ui: &Ui, words: &str, at: eframe::egui::Pos2, color: eframe::egui::Color32) {
    let font = theme::regular(theme::SMALL_SIZE);
    let galley = super::widgets::one_line(ui, words, font, color, ENTRY_WIDTH - 32.0);
    ui.painter().galley(at, galley, color);
}
