//! What is wrong with a file that could not be opened: every problem with its line, the words around it, and what to do.
//! The dataset that was open stays open above it.

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Align, Frame, Layout, Margin, Panel, Rect, Role, Sense, Stroke, TextFormat, Ui, WidgetInfo, pos2, vec2,
};

use crate::io::{Problem, ReadError, escape};
use crate::t;
use crate::ui::long_scroll::LongScroll;
use crate::ui::symbol::Icon;
use crate::ui::theme;
use crate::ui::widgets::{icon_button, one_line, palette, text_button};

/// Height of a row: what is wrong, what to do, and the line of the file, in points.
const ROW_HEIGHT: f32 = 66.0;
/// Height of the row of a problem with the file as a whole, which shows no line of it, in points.
const SHORT_ROW_HEIGHT: f32 = 48.0;
/// Width of the column with line and column, in points.
const PLACE_WIDTH: f32 = 148.0;
/// Least and greatest height of the panel, in points.
const HEIGHT: [f32; 2] = [112.0, 480.0];

/// What the reader wants of the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// The problems on the clipboard.
    Copy(String),
    /// To try the file again.
    Again,
    /// To close the panel.
    Close,
}

/// The problems of one file.
#[derive(Debug)]
pub struct Problems {
    /// The file's name as it can be shown.
    name: String,
    error: ReadError,
    /// Whether the file is the one that is open, in an older state.
    is_reload: bool,
    scroll: LongScroll,
}

impl Problems {
    /// A panel for what is wrong with the file of this name.
    #[must_use]
    pub fn new(name: String, error: ReadError, is_reload: bool) -> Self {
        Self { name, error, is_reload, scroll: LongScroll::default() }
    }

    /// Draws the panel along the bottom of the window.
    pub fn show(&mut self, ui: &mut Ui) -> Option<Wish> {
        let margin = Margin::symmetric(theme::MARGIN as i8, theme::MARGIN as i8);
        let frame = Frame::new().fill(palette(ui).panel).inner_margin(margin);
        let row_height = self.row_height();
        // As high as the problems need, up to about a third of the window.
        let needed = 64.0 + row_height * self.rows().min(10) as f32;
        let most = HEIGHT[1].min(ui.available_height() * 0.5).max(HEIGHT[0]);
        // The height that the reader gives it is kept for reports of the same length.
        let panel = Panel::bottom(("problems", self.rows().min(10)))
            .resizable(true)
            .default_size(needed.clamp(HEIGHT[0], most.min(276.0)))
            .size_range(HEIGHT[0]..=most)
            .frame(frame);
        panel
            .show(ui, |ui| {
                let wish = self.header(ui);
                ui.add_space(theme::GAP);
                let (problems, more) = (self.error.problems(), self.hidden());
                let rows = self.rows();
                self.scroll.show(ui, t!("problems-scroll"), rows, row_height, |ui, range, first| {
                    for (n, row) in range.enumerate() {
                        let rect = first.translate(vec2(0.0, n as f32 * row_height));
                        match problems.get(row) {
                            Some(problem) => problem_row(ui, problem, row, rect),
                            None => more_row(ui, more, rect),
                        }
                    }
                });
                wish
            })
            .inner
    }

    /// Problems that were counted but not kept.
    fn hidden(&self) -> usize {
        self.error.total().saturating_sub(self.error.problems().len())
    }

    fn rows(&self) -> usize {
        self.error.problems().len() + usize::from(self.hidden() > 0)
    }

    fn row_height(&self) -> f32 {
        let has_place = self.error.problems().iter().any(|problem| problem.place.is_some());
        if has_place { ROW_HEIGHT } else { SHORT_ROW_HEIGHT }
    }

    fn header(&self, ui: &mut Ui) -> Option<Wish> {
        let palette = palette(ui);
        let count = t!("problems-count", count = self.error.total());
        let head = if self.is_reload {
            t!("problems-reload", name = &self.name)
        } else {
            t!("problems-open", name = &self.name)
        };
        let mut wish = None;
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 4.0 * theme::GAP;
                if icon_button(ui, Icon::Close, t!("problems-close"), 28.0, true).clicked() {
                    wish = Some(Wish::Close);
                }
                if text_button(ui, theme::strong(t!("problems-copy")), t!("problems-copy")).clicked() {
                    wish = Some(Wish::Copy(self.error.render_all()));
                }
                if text_button(ui, theme::strong(t!("problems-again")), t!("problems-again")).clicked() {
                    wish = Some(Wish::Again);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let font = theme::semibold(theme::BODY_SIZE);
                    let width = ui.available_width();
                    let galley = one_line(ui, &format!("{head} {count}"), font, palette.text, width);
                    let response = ui.label(galley);
                    // Read out when it comes up, wherever the focus is.
                    ui.ctx().accesskit_node_builder(response.id, |node| {
                        node.set_live(eframe::egui::accesskit::Live::Assertive);
                    });
                });
            });
        });
        wish
    }
}

/// Where the problem is: `line 12, column 8`.
fn place_words(problem: &Problem) -> String {
    problem.place.as_ref().map_or_else(
        || t!("problems-whole-file").to_owned(),
        |place| t!("problems-place", line = place.line, column = place.column),
    )
}

fn problem_row(ui: &Ui, problem: &Problem, row: usize, rect: Rect) {
    let palette = palette(ui);
    let (what, advice) = (capitalised(&escape(&problem.what)), capitalised(&escape(&problem.advice)));
    let place = place_words(problem);
    let excerpt = problem.place.as_ref().and_then(|place| place.excerpt());
    let response = ui.interact(rect, ui.scope_id().with(("problem", row)), Sense::hover());
    let line = excerpt.as_ref().map_or(String::new(), |(text, _)| format!(" {text}"));
    response.widget_info(|| {
        WidgetInfo::labeled(Role::ListItem, true, format!("{place}: {what}. {advice}.{line}"))
    });
    let painter = ui.painter();
    painter.line_segment([rect.left_top(), rect.right_top()], Stroke::new(1.0, palette.line));
    let left = rect.left() + PLACE_WIDTH;
    let width = (rect.right() - left - theme::GAP).max(1.0);
    let small = theme::regular(theme::SMALL_SIZE);
    let mut top = rect.top() + 7.0;
    let place = one_line(ui, &place, small.clone(), palette.weak, PLACE_WIDTH - theme::GAP);
    ui.painter().galley(pos2(rect.left(), top + 1.0), place, palette.weak);
    let what_galley = one_line(ui, &what, theme::semibold(theme::BODY_SIZE), palette.text, width);
    let advice_galley = one_line(ui, &advice, small.clone(), palette.text, width);
    let is_cut = what_galley.elided || advice_galley.elided;
    for galley in [what_galley, advice_galley] {
        let height = galley.size().y;
        ui.painter().galley(pos2(left, top), galley, palette.text);
        top += height + 2.0;
    }
    if let Some((text, mark)) = excerpt {
        let galley = ui.painter().layout_job(excerpt_job(text, mark, palette));
        let clip = Rect::from_min_max(pos2(left, rect.top()), rect.max).intersect(ui.clip_rect());
        ui.painter().with_clip_rect(clip).galley(pos2(left, top), galley, palette.weak);
    }
    if is_cut {
        response.on_hover_text(format!("{what}.\n{advice}."));
    }
}

/// The line of the file, what is meant in it underlined.
fn excerpt_job(text: &str, mark: std::ops::Range<usize>, palette: &theme::Palette) -> LayoutJob {
    let mut job = LayoutJob::default();
    let plain =
        |color| TextFormat { font_id: theme::regular(theme::SMALL_SIZE), color, ..TextFormat::default() };
    let marked = TextFormat { underline: Stroke::new(1.5, palette.on_notice), ..plain(palette.on_notice) };
    // The mark of a place behind the last character lies beyond the text.
    let (start, end) = (mark.start.min(text.len()), mark.end.min(text.len()));
    job.append(&text[..start], 0.0, plain(palette.weak));
    job.append(if start == end { "\u{A0}" } else { &text[start..end] }, 0.0, marked);
    job.append(&text[end..], 0.0, plain(palette.weak));
    job.wrap.max_rows = 1;
    job.break_on_newline = false;
    job
}

fn more_row(ui: &Ui, more: usize, rect: Rect) {
    let palette = palette(ui);
    let words = t!("problems-more", count = more);
    let response = ui.interact(rect, ui.scope_id().with("more problems"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &words));
    ui.painter().line_segment([rect.left_top(), rect.right_top()], Stroke::new(1.0, palette.line));
    let galley =
        one_line(ui, &words, theme::regular(theme::BODY_SIZE), palette.weak, rect.width() - PLACE_WIDTH);
    ui.painter().galley(pos2(rect.left() + PLACE_WIDTH, rect.top() + 7.0), galley, palette.weak);
}

/// Problems are told in one line on a terminal; here each part begins a line of its own.
fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::Palette;

    #[test]
    fn an_excerpt_is_underlined_where_the_problem_is_even_behind_its_end() {
        let palette = Palette::of(eframe::egui::Theme::Light);
        for (mark, parts) in [(2..4, ["ab", "cd", "ef"]), (6..7, ["abcdef", "\u{A0}", ""])] {
            let job = excerpt_job("abcdef", mark, palette);
            let found: Vec<&str> =
                job.sections.iter().map(|it| &job.text[it.byte_range.start.0..it.byte_range.end.0]).collect();
            assert_eq!(found, parts);
        }
    }

    #[test]
    fn a_sentence_begins_with_a_capital() {
        assert_eq!(capitalised("ünknown word"), "Ünknown word");
        assert_eq!(capitalised(""), "");
    }
}
