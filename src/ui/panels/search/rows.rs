//! The rows of the palette: what each stands for and how it looks.

use std::borrow::Cow;
use std::ops::Range;

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Color32, CursorIcon, FontId, Frame, Id, Margin, Rect, Response, Role, Sense, TextFormat, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::atlas;
use crate::locale::runs_left;
use crate::query::search::{Findings, Spot, SpotTarget, emphasis, fits, snippet};
use crate::state::AppState;
use crate::state::view_text::{ViewText, ViewTextError};
use crate::t;
use crate::ui::accessibility::mark_row;
use crate::ui::actions::{ACTIONS, Action};
use crate::ui::bidi;
use crate::ui::symbol::{Icon, paint_badge, paint_icon};
use crate::ui::theme::{self, Palette};
use crate::ui::widgets::{one_line, palette, prefix};

use super::times::Time;

/// Height of a row, in points.
const ROW_HEIGHT: f32 = 32.0;
/// Side of what stands before a row, in points.
const MARK_SIZE: f32 = 20.0;
/// No row shows more of a text, in bytes.
const MAX_BYTES: usize = 400;

/// What a row stands for. Numbers refer to the findings and the dataset.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Choice {
    /// The view that was pasted.
    View,
    /// The coordinates that were typed.
    Position,
    /// Showing a time that was typed and no other, by its rank.
    Time(usize),
    /// The first incident of such a time.
    FirstIn(usize),
    /// A place, by its rank.
    Place(usize),
    /// An incident with such a name.
    Incident(usize),
    /// An event type.
    EventType(usize),
    /// Keeping the text as a filter.
    Keep,
    /// Something that the program can do.
    Do(Action),
    /// An incident that contains the words somewhere.
    InText(usize),
}

impl Choice {
    /// The id of its row.
    pub(super) fn id(&self) -> Id {
        Id::unique(("search row", self))
    }
}

/// What rows have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// A view that was handed on.
    View,
    /// Coordinates.
    Coordinates,
    /// Times.
    Times,
    /// Places.
    Places,
    /// Incidents by name.
    Incidents,
    /// Event types.
    EventTypes,
    /// What the program can do.
    Do,
    /// Incidents by their text.
    InText,
}

/// A row.
#[derive(Debug)]
pub(super) struct Row {
    /// Under which head it stands.
    pub(super) group: Group,
    /// What it stands for.
    pub(super) choice: Choice,
}

/// What is in the field, and what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// What was found.
    pub(super) findings: &'a Findings,
    /// What was typed.
    pub(super) text: &'a str,
    /// The view that it is, if it is meant to be one.
    pub(super) view: Option<&'a Result<ViewText, ViewTextError>>,
    /// The times that it is.
    pub(super) times: &'a [Time],
}

/// All rows from top to bottom. What is still being found stands last, so that it moves nothing.
pub(super) fn rows(asked: Asked<'_>) -> Vec<Row> {
    let Asked { findings, text, view, times } = asked;
    if view.is_some() {
        return vec![Row { group: Group::View, choice: Choice::View }];
    }
    let all =
        |group: Group, choices: Vec<Choice>| choices.into_iter().map(move |choice| Row { group, choice });
    let keep = Some(Choice::Keep).filter(|_| !text.trim().is_empty());
    let doing =
        actions().filter(|action| text.trim().is_empty() || fits(text, action.label())).map(Choice::Do);
    let of_times = times
        .iter()
        .enumerate()
        .flat_map(|(n, time)| std::iter::once(Choice::Time(n)).chain(time.first.map(|_| Choice::FirstIn(n))));
    all(Group::Coordinates, findings.coordinates.iter().map(|_| Choice::Position).collect())
        .chain(all(Group::Times, of_times.collect()))
        .chain(all(Group::Places, (0..findings.places.len()).map(Choice::Place).collect()))
        .chain(all(Group::Incidents, findings.incidents.iter().copied().map(Choice::Incident).collect()))
        .chain(all(Group::EventTypes, findings.event_types.iter().copied().map(Choice::EventType).collect()))
        .chain(all(Group::Do, doing.chain(keep).collect()))
        .chain(all(Group::InText, findings.in_text.iter().copied().map(Choice::InText).collect()))
        .collect()
}

/// Each action once that means something without the key that was pressed, in the order of the table.
fn actions() -> impl Iterator<Item = Action> {
    let first = |n: usize| ACTIONS[..n].iter().all(|entry| entry.action != ACTIONS[n].action);
    (0..ACTIONS.len()).filter(move |&n| first(n)).map(|n| ACTIONS[n].action).filter(|action| {
        !matches!(action, Action::Search | Action::ToggleType | Action::OnlyType | Action::Close)
    })
}

/// The head of a group, with how many there are where only the best are shown.
pub(super) fn head(ui: &mut Ui, group: Group, findings: &Findings, is_looking: bool) {
    let words = match group {
        Group::View => t!("search-view").to_owned(),
        Group::Coordinates => t!("search-coordinates").to_owned(),
        Group::Times => t!("search-times").to_owned(),
        Group::Places => t!("search-places").to_owned(),
        Group::Incidents => t!("search-incidents", count = findings.incident_count),
        Group::EventTypes => t!("search-types").to_owned(),
        Group::Do => t!("search-do").to_owned(),
        Group::InText if is_looking => t!("search-in-text-so-far", count = findings.in_text_count),
        Group::InText => t!("search-in-text", count = findings.in_text_count),
    };
    let margin = Margin { left: theme::MARGIN as i8, right: theme::MARGIN as i8, top: 8, bottom: 4 };
    Frame::new().inner_margin(margin).show(ui, |ui| ui.label(theme::head(&words, palette(ui))));
}

/// What a row says.
#[derive(Default)]
struct Words {
    name: String,
    /// The parts of the name that were asked for.
    emphasis: Vec<Range<usize>>,
    /// What stands behind it, quieter.
    more: String,
    /// The part of that that was asked for.
    found: Option<Range<usize>>,
    /// What Enter does.
    hint: &'static str,
    /// Its keys, where it has some.
    keys: Option<String>,
}

impl Row {
    /// Draws the row, which is number `rank` of `count`.
    pub(super) fn show(
        &self,
        ui: &mut Ui,
        state: &AppState,
        asked: Asked<'_>,
        (rank, count): (usize, usize),
        chosen: bool,
    ) -> Response {
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW_HEIGHT));
        let id = self.choice.id();
        // Without a focus of its own: that stays in the field.
        let response = ui.interact(rect, id, Sense::CLICK).on_hover_cursor(CursorIcon::PointingHand);
        let words = self.words(ui, state, asked);
        let name = if words.more.is_empty() {
            words.name.clone()
        } else {
            format!("{}, {}", words.name, words.more)
        };
        response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &name));
        mark_row(ui, id, chosen, rank, count);
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let colors = palette(ui);
        if chosen {
            ui.painter().rect_filled(rect, theme::CORNER, colors.hovered);
        }
        let mark = Rect::from_center_size(
            pos2(rect.left() + theme::MARGIN + 8.0, rect.center().y),
            vec2(MARK_SIZE, MARK_SIZE),
        );
        self.paint_mark(ui, state, asked.findings, mark);
        let left = mark.right() + 2.0 * theme::GAP;
        let right = paint_hint(ui, rect, &words, chosen);
        paint_words(ui, rect.with_min_x(left).with_max_x(right), &words);
        response
    }

    fn paint_mark(&self, ui: &Ui, state: &AppState, findings: &Findings, rect: Rect) {
        let dataset = state.dataset();
        let event_type = match self.choice {
            Choice::Incident(index) | Choice::InText(index) => {
                dataset.incidents.get(index).map(|incident| incident.event_type)
            }
            Choice::EventType(event_type) => Some(event_type),
            _ => None,
        };
        if let Some(event_type) = event_type.and_then(|n| dataset.event_types.get(n)) {
            paint_badge(ui.painter(), event_type, rect);
            return;
        }
        let is_area = |n: &usize| {
            findings.places.get(*n).is_some_and(|spot| matches!(spot.target, SpotTarget::Area(_)))
        };
        let icon = match &self.choice {
            Choice::Place(n) if is_area(n) => Icon::Fit,
            Choice::Place(_) | Choice::Position => Icon::Spot,
            Choice::Time(_) => Icon::BottomPanel,
            Choice::Keep => Icon::Lens,
            Choice::View => Icon::Fit,
            _ => Icon::Next,
        };
        paint_icon(ui.painter(), icon, rect, palette(ui).weak);
    }

    fn words(&self, ui: &Ui, state: &AppState, asked: Asked<'_>) -> Words {
        let Asked { findings, text, view, times } = asked;
        let question = findings.question.as_str();
        match &self.choice {
            Choice::View => {
                if let Some(Err(error)) = view {
                    let name = t!("search-view-broken").to_owned();
                    return Words { name, more: error.to_string(), ..Words::default() };
                }
                let name = t!("search-view-restore").to_owned();
                let more = prefix(text.trim(), MAX_BYTES).into_owned();
                Words { name, more, hint: t!("search-open"), ..Words::default() }
            }
            Choice::Position => {
                let Some(at) = findings.coordinates.map(|it| it.position) else { return Words::default() };
                let hint = t!("search-fly");
                Words { name: at.to_decimal_text(), more: at.to_dms_text(), hint, ..Words::default() }
            }
            Choice::Time(n) => times.get(*n).map_or(Words::default(), |time| {
                let (name, more) =
                    (t!("search-time", time = &time.name), t!("search-type-count", count = time.count));
                Words { name, more, hint: t!("search-show"), ..Words::default() }
            }),
            Choice::FirstIn(n) => times.get(*n).map_or(Words::default(), |time| {
                let incident = time.first.and_then(|index| state.dataset().incidents.get(index));
                let title = incident.map_or(String::new(), |it| prefix(&it.title, MAX_BYTES).into_owned());
                let name = t!("search-first-in", time = &time.name);
                Words { name, more: title, hint: t!("search-open"), ..Words::default() }
            }),
            Choice::Place(n) => {
                findings.places.get(*n).map_or(Words::default(), |spot| place(spot, question))
            }
            Choice::Incident(index) | Choice::InText(index) => {
                incident(state, *index, question, matches!(self.choice, Choice::InText(_)))
            }
            Choice::EventType(event_type) => {
                let found = state.dataset().event_types.get(*event_type);
                let label = found.map_or(Cow::default(), |it| prefix(&it.label, MAX_BYTES));
                let shown = state.engine().count_of_type(*event_type);
                let (emphasis, more) = (emphasis(question, &label), t!("search-type-count", count = shown));
                let name = label.into_owned();
                Words { name, emphasis, more, hint: t!("search-only"), ..Words::default() }
            }
            Choice::Keep => {
                let name = t!("search-keep", text = text.trim());
                Words { name, keys: Some(t!("search-keep-keys").to_owned()), ..Words::default() }
            }
            Choice::Do(action) => {
                let name = action.label().to_owned();
                let keys = action.keys(ui.ctx()).into_iter().next();
                Words { emphasis: emphasis(text, &name), name, keys, ..Words::default() }
            }
        }
    }
}

/// `Oryol`, `Орёл · Oryol Oblast, Russia · 318 136`.
fn place(spot: &Spot, question: &str) -> Words {
    let english = |code: &str| atlas::regions().names(code).map(|names| names.name_en);
    let region = english(&spot.within).map(str::to_owned);
    let country = spot.within.split_once('-').and_then(|(country, _)| english(country));
    let around = match (region, country) {
        (Some(region), Some(country)) => Some(t!("search-region", region = region, country = country)),
        (region, _) => region,
    };
    let population = match spot.target {
        SpotTarget::Town { population, .. } if population > 0 => {
            Some(crate::words::number(population as usize))
        }
        _ => None,
    };
    let parts: Vec<String> = spot.local_name.clone().into_iter().chain(around).chain(population).collect();
    Words {
        name: spot.name().to_owned(),
        emphasis: emphasis(question, spot.name()),
        more: parts.join(t!("search-and")),
        hint: t!("search-fly"),
        ..Words::default()
    }
}

/// The title with place and day, or what stands around the words in its text.
fn incident(state: &AppState, index: usize, question: &str, in_text: bool) -> Words {
    let Some(incident) = state.dataset().incidents.get(index) else { return Words::default() };
    let (title, place) = (prefix(&incident.title, MAX_BYTES), &incident.place);
    let name = title.clone().into_owned();
    let hint = t!("search-open");
    let claims = incident.claims.iter().flat_map(|claim| [claim.text.as_str(), claim.speaker.as_str()]);
    let texts = std::iter::once(incident.summary.as_str())
        .chain(claims)
        .chain(incident.tags.iter().map(String::as_str));
    if in_text && let Some((more, found)) = snippet(question, texts) {
        return Words { name, more, found: Some(found), hint, ..Words::default() };
    }
    let emphasized = emphasis(question, &title);
    // What is found by a name in another script shows that name.
    let other = place.local_name.as_deref().filter(|local| {
        emphasized.is_empty()
            && emphasis(question, &place.name).is_empty()
            && !emphasis(question, local).is_empty()
    });
    let place_name = prefix(other.unwrap_or(&place.name), MAX_BYTES);
    let found = emphasis(question, &place_name).into_iter().next();
    let more = [&*place_name, &incident.short_time(state.text_zone())].join(t!("search-and"));
    Words { name, emphasis: emphasized, more, found, hint, ..Words::default() }
}

/// Draws what stands at the right end of a row and returns where the rest must end.
fn paint_hint(ui: &Ui, rect: Rect, words: &Words, chosen: bool) -> f32 {
    let colors = palette(ui);
    let right = rect.right() - theme::MARGIN;
    let hint = match &words.keys {
        Some(keys) => keys.as_str(),
        None if chosen => words.hint,
        None => return right,
    };
    let font = theme::regular(theme::SMALL_SIZE);
    let galley = ui.painter().layout_no_wrap(hint.to_owned(), font, colors.weak);
    let left = right - galley.size().x;
    ui.painter().galley(pos2(left, rect.center().y - galley.size().y / 2.0), galley, colors.weak);
    left - 2.0 * theme::MARGIN
}

/// Draws the name and what stands behind it.
fn paint_words(ui: &Ui, rect: Rect, words: &Words) {
    let colors = palette(ui);
    let mut left = rect.left();
    let size = theme::BODY_SIZE;
    let name = emphasized(ui, &words.name, &words.emphasis, size, colors.text, rect.right() - left);
    let baseline = |height: f32| rect.center().y - height / 2.0;
    let width = name.size().x;
    ui.painter().galley(pos2(left, baseline(name.size().y)), name, colors.text);
    left += width + 2.0 * theme::GAP;
    let room = rect.right() - left;
    if words.more.is_empty() || room < 2.0 * MARK_SIZE {
        return;
    }
    let found: Vec<Range<usize>> = words.found.clone().into_iter().collect();
    let more = emphasized(ui, &words.more, &found, theme::SMALL_SIZE, colors.weak, room);
    ui.painter().galley(pos2(left, baseline(more.size().y)), more, colors.weak);
}

/// One line of text in which the parts that were asked for stand out.
fn emphasized(
    ui: &Ui,
    text: &str,
    parts: &[Range<usize>],
    size: f32,
    color: Color32,
    width: f32,
) -> std::sync::Arc<eframe::egui::Galley> {
    if parts.is_empty() || runs_left(text) {
        return one_line(ui, &bidi::line(text), theme::regular(size), color, width);
    }
    let format = |font: FontId, color: Color32| TextFormat::simple(font, color);
    let plain = format(theme::regular(size), color);
    let strong = format(theme::semibold(size), accent(palette(ui)));
    let mut job = LayoutJob::default();
    let mut at = 0;
    for part in parts {
        job.append(text.get(at..part.start).unwrap_or_default(), 0.0, plain.clone());
        job.append(text.get(part.clone()).unwrap_or_default(), 0.0, strong.clone());
        at = part.end;
    }
    job.append(text.get(at..).unwrap_or_default(), 0.0, plain);
    job.wrap.max_rows = 1;
    job.wrap.max_width = width.max(1.0);
    job.break_on_newline = false;
    ui.painter().layout_job(job)
}

/// The accent colour, where it can be read on the chosen row as well.
fn accent(colors: &Palette) -> Color32 {
    colors.readable(colors.accent, colors.hovered)
}
