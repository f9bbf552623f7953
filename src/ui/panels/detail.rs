//! The selected incident in full: what, where, when, how far it is confirmed, and who says what.

mod particulars;

use std::sync::Arc;

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Align, Button, CursorIcon, Frame, Label, Layout, Margin, Pos2, Rect, RichText, Role, ScrollArea, Sense,
    Shape, Stroke, TextFormat, Ui, WidgetInfo, pos2, vec2,
};
use jiff::tz::TimeZone;

use super::{introduction, story};
use crate::atlas;
use crate::geo::{MILE_M, compass_point};
use crate::locale::{self, runs_left};
use crate::model::{Claim, Dataset, Incident, Place, Precision, Source, Stance, Status};
use crate::state::command::{incident_text, may_open, position_text};
use crate::state::{AppState, Command};
use crate::t;
use crate::ui::accessibility::follow_focus;
use crate::ui::bidi;
use crate::ui::symbol::{Icon, paint_badge, paint_icon};
use crate::ui::theme;
use crate::ui::widgets::{
    badge_frame, cut, icon_button, kept, lines, long_list, long_text, palette, prefix, section_head,
    text_button,
};

/// More of a title is not shown.
const MAX_TITLE_BYTES: usize = 2000;
/// More sources of one incident are not listed.
const MAX_SOURCES: usize = 10_000;
/// More sources of one claim are not listed.
const MAX_REFERENCES: usize = 20;
/// How far around an incident others are listed, in metres.
const NEARBY_RADIUS_M: f64 = 100_000.0;
/// How many neighbours are listed at most.
const NEARBY_LIMIT: usize = 5;
/// How near and how far a town may be to describe a position by it, in metres: nearer, it is the place itself.
const TOWN_DISTANCE_M: [f64; 2] = [1_000.0, 60_000.0];
/// Smallest town to describe a position by.
const TOWN_POPULATION: u32 = 5_000;

/// Draws the panel: the selected incident, or the dataset's introduction.
pub fn show(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some((index, incident)) = state.selection().zip(state.selected()) else {
        scrolled(ui, "introduction", |ui| introduction::show(ui, state, commands));
        return;
    };
    let incident = &*incident;
    header(ui, state, incident, commands);
    story::row(ui, state, commands);
    // One scroll position for each incident: a new one starts at its top.
    scrolled(ui, &incident.id, |ui| {
        if state.selection_is_hidden() {
            hidden_notice(ui, commands);
        }
        headline(ui, incident, state.text_zone());
        layer(ui, state.dataset(), index);
        ui.add_space(2.0 * theme::GAP);
        long_text(ui, "summary", &incident.summary);
        claims(ui, incident);
        particulars::deaths(ui, incident);
        particulars::actors(ui, incident);
        location(ui, state.dataset(), index, commands);
        sources(ui, incident, commands);
        related(ui, state.dataset(), incident, commands);
        neighbours(ui, state, index, commands);
        tags(ui, incident);
        particulars::more(ui, incident);
        copy_button(ui, state, index, commands);
        ui.add_space(2.0 * theme::MARGIN);
    });
}

fn scrolled(ui: &mut Ui, salt: &str, add_contents: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt(salt).auto_shrink(false).show(ui, |ui| {
        // Free the strip of the scroll bar, so that it never covers text.
        ui.set_max_width((ui.available_width() - 2.0 * theme::GAP).max(0.0));
        add_contents(ui);
        follow_focus(ui);
    });
}

fn header(ui: &mut Ui, state: &AppState, incident: &Incident, commands: &mut Vec<Command>) {
    let palette = palette(ui);
    let event_type = &state.dataset().event_types[incident.event_type];
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            if icon_button(ui, Icon::Close, t!("detail-close"), 28.0, true).clicked() {
                commands.push(Command::ClearSelection);
            }
            let (rank, total) = (state.selection_rank(), state.engine().rows());
            let can_go_on = total > 0 && rank != Some(total);
            if icon_button(ui, Icon::Next, t!("detail-next"), 28.0, can_go_on).clicked() {
                commands.push(Command::SelectNext);
            }
            let position = match rank {
                Some(rank) => t!("detail-rank", rank = rank, total = total),
                None => t!("detail-rank-hidden", total = total),
            };
            ui.label(theme::small(position, palette));
            let can_go_back = total > 0 && rank != Some(1);
            if icon_button(ui, Icon::Previous, t!("detail-previous"), 28.0, can_go_back).clicked() {
                commands.push(Command::SelectPrevious);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let fill = palette.tint(theme::color(event_type.color));
                let text = palette.readable(theme::color(event_type.color), fill);
                badge_frame(fill).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.x = 6.0;
                    let (rect, _) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::hover());
                    crate::ui::symbol::paint(ui.painter(), event_type.symbol, rect.center(), 5.0, text);
                    let label = RichText::new(prefix(&event_type.label, MAX_TITLE_BYTES))
                        .font(theme::semibold(theme::SMALL_SIZE))
                        .color(text);
                    ui.add(Label::new(label).truncate());
                });
            });
        });
    });
    ui.add_space(theme::GAP);
}

fn hidden_notice(ui: &mut Ui, commands: &mut Vec<Command>) {
    let palette = palette(ui);
    badge_frame(palette.notice).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(t!("detail-hidden")).color(palette.on_notice));
            if text_button(ui, theme::strong(t!("detail-reveal")), t!("detail-reveal-name")).clicked() {
                commands.push(Command::RevealSelection);
            }
        });
    });
    ui.add_space(2.0 * theme::GAP);
}

fn headline(ui: &mut Ui, incident: &Incident, zone: Option<&TimeZone>) {
    let palette = palette(ui);
    let title =
        RichText::new(prefix(&incident.title, MAX_TITLE_BYTES)).font(theme::semibold(theme::TITLE_SIZE));
    ui.add(Label::new(title).wrap());
    ui.add(Label::new(dateline(ui, incident, zone)).wrap());
    ui.add_space(theme::GAP);
    let status = incident.status;
    let contested = status == Status::Contested;
    let (fill, text) =
        if contested { (palette.notice, palette.on_notice) } else { (palette.raised, palette.text) };
    let frame = badge_frame(fill).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            if contested {
                let (rect, _) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::hover());
                paint_icon(ui.painter(), Icon::Half, rect, text);
            }
            let label =
                RichText::new(status_text(incident)).font(theme::semibold(theme::SMALL_SIZE)).color(text);
            ui.add(Label::new(label).selectable(false).sense(Sense::hover()))
        })
        .inner
    });
    frame.inner.on_hover_text(status.definition());
    frame.response.on_hover_text(status.definition());
}

/// Which of the files that are open it is from, where they are several.
fn layer(ui: &mut Ui, dataset: &Dataset, index: usize) {
    if let Some(layer) = dataset.layer_of(index).filter(|_| dataset.layers.len() > 1) {
        let title = prefix(&layer.title, MAX_TITLE_BYTES);
        ui.add(Label::new(theme::small(t!("detail-layer", title = title), palette(ui))).wrap());
    }
}

/// `TETKINO, Kursk Oblast — 12 March 2024`, in the weights of a newspaper's dateline.
fn dateline(ui: &Ui, incident: &Incident, zone: Option<&TimeZone>) -> LayoutJob {
    let palette = palette(ui);
    let mut job = LayoutJob::default();
    let format = |font| TextFormat { font_id: font, color: palette.weak, ..TextFormat::default() };
    let (bold, plain) =
        (format(theme::semibold(theme::SMALL_SIZE)), format(theme::regular(theme::SMALL_SIZE)));
    let name = if incident.place.name.is_empty() {
        t!("detail-place-unknown").to_uppercase()
    } else {
        prefix(&incident.place.name, MAX_TITLE_BYTES).to_uppercase()
    };
    job.append(&name, 0.0, bold);
    let region = incident.place.region.as_deref().filter(|region| *region != incident.place.name);
    let region = region.map_or(String::new(), |region| format!(", {}", prefix(region, MAX_TITLE_BYTES)));
    job.append(&format!("{region} — {}", incident.long_time(zone)), 0.0, plain);
    job
}

fn status_text(incident: &Incident) -> String {
    let accounts = incident.claims.iter().filter(|claim| claim.stance != Stance::Reports).count();
    match incident.status {
        Status::Contested if accounts > 1 => t!("status-contested-accounts").to_owned(),
        status => status.label().to_owned(),
    }
}

fn claims(ui: &mut Ui, incident: &Incident) {
    if incident.claims.is_empty() {
        return;
    }
    section_head(ui, t!("claims-head"));
    let used = used_sources(incident);
    long_list(ui, "claims", incident.claims.len(), |ui, n| {
        claim_block(ui, &used, &incident.claims[n]);
        ui.add_space(theme::GAP);
    });
}

/// A speaker's account beside a rule: solid for what is asserted, dashed for what is denied, dotted for what is
/// reported. The same colour for everybody: the window takes no side.
fn claim_block(ui: &mut Ui, used: &[&Arc<Source>], claim: &Claim) {
    let palette = palette(ui);
    let margin = Margin { left: 12, right: 0, top: 1, bottom: 1 };
    let response = Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let mut job = LayoutJob::default();
        let format = |font, color| TextFormat { font_id: font, color, ..TextFormat::default() };
        job.append(
            &prefix(&claim.speaker, MAX_TITLE_BYTES),
            0.0,
            format(theme::semibold(theme::SMALL_SIZE), palette.text),
        );
        job.append(
            &format!(" {}", claim.stance.label()),
            0.0,
            format(theme::regular(theme::SMALL_SIZE), palette.weak),
        );
        let numbered = claim.sources.iter().take(MAX_REFERENCES).filter_map(|source| {
            Some((used.iter().position(|known| Arc::ptr_eq(known, source))? + 1, source))
        });
        for (number, _) in numbered.clone() {
            let reference = format!(" [{number}]");
            job.append(&reference, 0.0, format(theme::regular(theme::SMALL_SIZE), palette.weak));
        }
        ui.spacing_mut().item_spacing.y = 1.0;
        let head = ui.add(Label::new(job).wrap());
        let names: Vec<String> = numbered.map(|(number, source)| source_line(number, source)).collect();
        if !names.is_empty() {
            head.on_hover_text(prefix(&names.join("\n"), MAX_TITLE_BYTES));
        }
        long_text(ui, &claim.speaker, &claim.text);
    });
    let rect = response.response.rect;
    let line = [pos2(rect.left() + 1.5, rect.top()), pos2(rect.left() + 1.5, rect.bottom())];
    let stroke = Stroke::new(3.0, palette.rule);
    match claim.stance {
        Stance::Asserts => {
            ui.painter().line_segment(line, stroke);
        }
        Stance::Denies => {
            ui.painter().extend(Shape::dashed_line(&line, stroke, 6.0, 4.0));
        }
        Stance::Reports => {
            ui.painter().extend(Shape::dotted_line(&line, palette.rule, 6.0, 1.5));
        }
    }
}

fn location(ui: &mut Ui, dataset: &Dataset, index: usize, commands: &mut Vec<Command>) {
    let palette = palette(ui);
    let place = &dataset.incidents.at(index).place;
    section_head(ui, t!("location-head"));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP;
        let words = if place.precision.is_point() {
            format!("{} · {}", place.precision.label(), place.position.to_decimal_text())
        } else if area_name(place).is_empty() {
            place.precision.label().to_owned()
        } else {
            format!("{} · {}", place.precision.label(), prefix(area_name(place), MAX_TITLE_BYTES))
        };
        ui.label(words);
        let copy = ui.add(
            Button::new(RichText::new(t!("location-copy")).size(theme::SMALL_SIZE)).min_size(vec2(0.0, 22.0)),
        );
        let name =
            if place.precision.is_point() { t!("location-copy-point") } else { t!("location-copy-area") };
        copy.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
        if copy.on_hover_text(name).clicked() {
            commands.extend(position_text(dataset, index).map(Command::Copy));
        }
    });
    if place.precision.is_point() {
        ui.label(theme::small(place.position.to_dms_text(), palette));
    } else {
        let marker = place.position;
        let words = t!("location-marker", decimal = marker.to_decimal_text(), dms = marker.to_dms_text());
        ui.label(theme::small(words, palette));
    }
    let can_write =
        |name: &str| ui.fonts_mut(|fonts| fonts.has_glyphs(&theme::regular(theme::SMALL_SIZE), name));
    if let Some(local) = place.local_name.as_ref().filter(|local| **local != place.name && can_write(local)) {
        let words = t!("location-local-name", name = &*bidi::line(cut(local, MAX_TITLE_BYTES)));
        // Text that was put into another order is not there to be copied.
        let label = Label::new(theme::small(words, palette)).selectable(!runs_left(local));
        let response = ui.add(label);
        response.widget_info(|| {
            WidgetInfo::labeled(
                Role::Label,
                true,
                t!("location-local-name", name = prefix(local, MAX_TITLE_BYTES)),
            )
        });
    }
    ui.label(theme::small(precision_text(place), palette));
    // Unpacking a part of the gazetteer takes a moment: once for each position, not once for each frame.
    let key = eframe::egui::Id::unique(("nearest town", index));
    let position = (place.position.lon_deg.to_bits(), place.position.lat_deg.to_bits());
    let cached =
        ui.data(|data| data.get_temp::<((u64, u64), Option<String>)>(key)).filter(|it| it.0 == position);
    let (_, words) = cached.unwrap_or_else(|| (position, nearest_town(place)));
    if let Some(words) = &words {
        ui.label(theme::small(words, palette));
    }
    ui.data_mut(|data| data.insert_temp(key, (position, words)));
}

fn area_name(place: &Place) -> &str {
    match place.precision {
        Precision::Region => place.region.as_deref().unwrap_or(&place.name),
        Precision::Country => &place.country,
        _ => &place.name,
    }
}

/// What the precision means for this marker, in a sentence.
fn precision_text(place: &Place) -> String {
    let sentence = match place.precision {
        Precision::Exact => t!("known-exact").to_owned(),
        Precision::Settlement => t!("known-settlement").to_owned(),
        Precision::District => t!("known-district").to_owned(),
        Precision::Region if area_name(place).is_empty() => t!("known-region-unnamed").to_owned(),
        Precision::Region => t!("known-region", region = area_name(place)),
        Precision::Country => t!("known-country").to_owned(),
    };
    match place.radius_m {
        Some(radius_m) => {
            format!("{sentence} {}", t!("known-within", distance = distance_text(radius_m)))
        }
        None => sentence,
    }
}

/// `8 km SW of Glushkovo`, for positions known to the settlement or better, unless the place itself is that town.
fn nearest_town(place: &Place) -> Option<String> {
    if !place.precision.is_point() {
        return None;
    }
    let town = atlas::gazetteer().nearest(place.position, TOWN_POPULATION)?;
    let says_more = (TOWN_DISTANCE_M[0]..TOWN_DISTANCE_M[1]).contains(&town.distance_m);
    if !says_more || town.place.name == place.name {
        return None;
    }
    let wind = compass_point(town.bearing_deg);
    // On the other side of a border, which side it is matters.
    let abroad = Some(&town.place.country).filter(|country| **country != place.country);
    let country = abroad.and_then(|code| atlas::regions().country_outline(code));
    let (distance, town) = (distance_text(town.distance_m), &town.place.name);
    Some(match country {
        Some(country) => {
            let country = &country.name_en;
            t!("town-abroad", distance = distance, wind = wind, town = town, country = country)
        }
        None => t!("town", distance = distance, wind = wind, town = town),
    })
}

/// Kilometres and miles, rounded as far as makes sense: `8.4 km (5.2 mi)`.
#[must_use]
pub fn distance_text(distance_m: f64) -> String {
    let locale = locale::reader();
    let round = |value: f64| locale.decimal(value, usize::from(value < 10.0));
    if distance_m < 1000.0 {
        t!("distance-m", m = locale.decimal(distance_m, 0), mi = round(distance_m / MILE_M))
    } else {
        t!("distance-km", km = round(distance_m / 1000.0), mi = round(distance_m / MILE_M))
    }
}

/// The sources of an incident and of what is said about it, each once: their places are their numbers.
fn used_sources(incident: &Incident) -> Vec<&Arc<Source>> {
    let mut used: Vec<&Arc<Source>> = Vec::new();
    let all = incident.sources.iter().chain(incident.claims.iter().flat_map(|claim| &claim.sources));
    for source in all.take(MAX_SOURCES) {
        if !used.iter().any(|known| Arc::ptr_eq(known, source)) {
            used.push(source);
        }
    }
    used
}

fn sources(ui: &mut Ui, incident: &Incident, commands: &mut Vec<Command>) {
    let used = used_sources(incident);
    if used.is_empty() {
        return;
    }
    section_head(ui, t!("sources-head"));
    long_list(ui, "sources", used.len(), |ui, n| {
        source_row(ui, Some(n + 1), used[n], commands);
    });
}

/// A source, with its number where there is one, and its address.
pub fn source_row(ui: &mut Ui, number: Option<usize>, source: &Source, commands: &mut Vec<Command>) {
    let line = number.map_or_else(|| source.to_text(), |number| source_line(number, source));
    ui.add(Label::new(prefix(&line, MAX_TITLE_BYTES)).wrap());
    if let Some(url) = &source.url {
        link(ui, url, commands);
    }
}

/// `[1] The Telegraph: “Headline”, A. Writer, 12 March 2024`.
fn source_line(number: usize, source: &Source) -> String {
    t!("source", number = number.to_string(), source = source.to_text())
}

/// An address: shown in full, and opened on a click if it is one that may be opened.
fn link(ui: &mut Ui, url: &str, commands: &mut Vec<Command>) {
    /// Longer than any address that a browser takes.
    const MAX_URL_BYTES: usize = 4000;
    let palette = palette(ui);
    if !may_open(url) || url.len() > MAX_URL_BYTES {
        let url = prefix(url, MAX_URL_BYTES);
        ui.add(Label::new(theme::small(t!("link-not-opened", address = url), palette)).wrap());
        return;
    }
    let text = RichText::new(url).size(theme::SMALL_SIZE).color(palette.accent).underline();
    let response = ui.add(Label::new(text).wrap().selectable(false).sense(Sense::click()));
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, url));
    crate::ui::widgets::focus_ring(ui, &response, response.rect.expand(2.0));
    let response = response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(t!("link-open"));
    if response.clicked() {
        commands.push(Command::OpenLink(url.to_owned()));
    }
}

fn related(ui: &mut Ui, dataset: &Dataset, incident: &Incident, commands: &mut Vec<Command>) {
    // By way, in the order of the file; of a list without end only its beginning.
    const MAX_RELATED: usize = 100;
    let mut ways: Vec<(&str, Vec<usize>)> = Vec::new();
    for related in incident.related.iter().take(MAX_RELATED) {
        match ways.iter_mut().find(|(how, _)| *how == related.how) {
            Some((_, others)) => others.push(related.incident),
            None => ways.push((&related.how, vec![related.incident])),
        }
    }
    for (how, others) in ways {
        section_head(ui, &prefix(how, MAX_TITLE_BYTES));
        for other in others {
            incident_row(ui, dataset, other, None, commands);
        }
    }
    if incident.related.len() > MAX_RELATED {
        let words = t!("related-more", count = incident.related.len() - MAX_RELATED);
        ui.label(theme::small(words, palette(ui)));
    }
}

fn neighbours(ui: &mut Ui, state: &AppState, index: usize, commands: &mut Vec<Command>) {
    let dataset = state.dataset();
    let whose = (state.generation(), index);
    let nearest = || state.engine().nearest_to(index, NEARBY_LIMIT, NEARBY_RADIUS_M);
    let found = kept(ui, "nearby", whose, nearest);
    if found.is_empty() {
        return;
    }
    section_head(ui, t!("nearby-head"));
    for neighbour in found.iter() {
        // Two that are known to the same town are at no distance that anybody knows.
        let same_place = neighbour.distance_m < 1.0;
        let extra =
            if same_place { t!("nearby-same-place").to_owned() } else { distance_text(neighbour.distance_m) };
        incident_row(ui, dataset, neighbour.incident, Some(extra), commands);
    }
}

/// A clickable line with badge and title; `extra` stands under the title.
fn incident_row(
    ui: &mut Ui,
    dataset: &Dataset,
    index: usize,
    extra: Option<String>,
    commands: &mut Vec<Command>,
) {
    const BADGE: f32 = 20.0;
    let palette = palette(ui);
    let incident = dataset.incidents.at(index);
    let width = ui.available_width();
    let text_left = BADGE + 2.0 * theme::GAP;
    let text_width = width - text_left - theme::GAP;
    let title = lines(ui, &incident.title, theme::regular(theme::BODY_SIZE), palette.text, text_width, 2);
    let extra =
        extra.map(|extra| lines(ui, &extra, theme::regular(theme::SMALL_SIZE), palette.weak, text_width, 1));
    let block = title.size().y + extra.as_ref().map_or(0.0, |extra| extra.size().y);
    let (rect, response) =
        ui.allocate_exact_size(vec2(width, block.max(BADGE) + 2.0 * theme::GAP), Sense::click());
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, true, t!("detail-go-to", title = &incident.title)));
    if response.hovered() {
        ui.painter().rect_filled(rect, theme::CORNER, palette.raised);
    }
    crate::ui::widgets::focus_ring(ui, &response, rect);
    let badge_center = pos2(rect.left() + theme::GAP / 2.0 + BADGE / 2.0, rect.center().y);
    let badge = Rect::from_center_size(badge_center, vec2(BADGE, BADGE));
    paint_badge(ui.painter(), &dataset.event_types[incident.event_type], badge);
    let top: Pos2 = pos2(rect.left() + text_left + theme::GAP / 2.0, rect.center().y - block / 2.0);
    let below = top + vec2(0.0, title.size().y);
    ui.painter().galley(top, title, palette.text);
    if let Some(extra) = extra {
        ui.painter().galley(below, extra, palette.weak);
    }
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        commands.push(Command::Select(index));
    }
}

fn tags(ui: &mut Ui, incident: &Incident) {
    if incident.tags.is_empty() {
        return;
    }
    section_head(ui, t!("tags-head"));
    ui.add(Label::new(prefix(&incident.tags.join(" · "), MAX_TITLE_BYTES)).wrap());
}

fn copy_button(ui: &mut Ui, state: &AppState, index: usize, commands: &mut Vec<Command>) {
    ui.add_space(2.0 * theme::MARGIN);
    if ui.button(t!("detail-copy")).on_hover_text(t!("detail-copy-hint")).clicked() {
        commands.extend(incident_text(state.dataset(), index, state.text_zone()).map(Command::Copy));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_read_in_kilometres_and_miles() {
        for (distance_m, text) in
            [(400.0, "400 m (0.2 mi)"), (8400.0, "8.4 km (5.2 mi)"), (128_900.0, "129 km (80 mi)")]
        {
            assert_eq!(distance_text(distance_m), text);
        }
    }
}
