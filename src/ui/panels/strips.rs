//! Short messages over the foot of the map: a file that is being read, one that has changed on disk, a word about what
//! was just done.

use eframe::egui::{
    Area, Context, Frame, Id, Label, Order, Pos2, ProgressBar, Rect, Role, Ui, WidgetInfo, accesskit::Live, pos2,
    vec2,
};

use crate::t;
use crate::ui::symbol::Icon;
use crate::ui::theme;
use crate::ui::widgets::{icon_button, palette, text_button};
use crate::watch::Change;

/// Widest strip, in points.
const MAX_WIDTH: f32 = 520.0;
/// Distance from the map's lower edge, above scale and attribution, in points.
const FOOT: f32 = 40.0;

/// What a strip says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Strip<'a> {
    /// This file is being read, and how much of that is done, 0 to 1.
    Loading(&'a str, f32),
    /// The open file has changed on disk.
    Changed(&'a str, Change),
    /// A word about what was just done.
    Said(&'a str),
}

/// What the reader answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Stop reading the file.
    Cancel,
    /// Read the changed file again.
    Reload,
    /// Take the notice of a change away.
    NotNow,
    /// Take the word away.
    Understood,
}

/// Draws strips one above the other over the foot of the map, which fills `map`.
pub fn show(ctx: &Context, map: Rect, strips: &[Strip<'_>]) -> Option<Answer> {
    let mut answer = None;
    let mut foot = pos2(map.center().x, map.bottom() - FOOT);
    for strip in strips {
        let width = MAX_WIDTH.min(map.width() - 6.0 * theme::GAP);
        let (given, rect) = show_one(ctx, foot, width, *strip);
        answer = answer.or(given);
        foot.y = rect.top() - 2.0 * theme::GAP;
    }
    answer
}

fn show_one(ctx: &Context, foot: Pos2, width: f32, strip: Strip<'_>) -> (Option<Answer>, Rect) {
    let salt = match strip {
        Strip::Loading(..) => "loading strip",
        Strip::Changed(..) => "changed strip",
        Strip::Said(_) => "word strip",
    };
    let area = Area::new(Id::unique(salt))
        .order(Order::Middle)
        .pivot(eframe::egui::Align2::CENTER_BOTTOM)
        .fixed_pos(foot)
        .constrain(true);
    let shown = area.show(ctx, |ui| {
        ui.set_max_width(width);
        Frame::popup(ui.style())
            .inner_margin(eframe::egui::Margin::symmetric(14, 9))
            .show(ui, |ui| ui.horizontal(|ui| content(ui, width, strip)).inner)
            .inner
    });
    (shown.inner, shown.response.rect)
}

fn content(ui: &mut Ui, width: f32, strip: Strip<'_>) -> Option<Answer> {
    ui.spacing_mut().item_spacing.x = theme::MARGIN;
    match strip {
        Strip::Loading(name, share) => {
            words(ui, &t!("strip-loading", name = name), width - 250.0);
            let percent = t!("strip-percent", count = (share * 100.0) as usize);
            let bar = ProgressBar::new(share).desired_width(110.0).desired_height(6.0);
            let response = ui.add(bar.fill(palette(ui).accent));
            response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &percent));
            ui.add_sized(vec2(34.0, 18.0), Label::new(theme::small(percent, palette(ui))));
            button(ui, t!("strip-cancel")).then_some(Answer::Cancel)
        }
        Strip::Changed(name, Change::Written) => {
            words(ui, &t!("strip-changed", name = name), width - 200.0);
            if button(ui, t!("strip-reload")) {
                return Some(Answer::Reload);
            }
            button(ui, t!("strip-not-now")).then_some(Answer::NotNow)
        }
        Strip::Changed(name, Change::Vanished) => {
            words(ui, &t!("strip-vanished", name = name), width - 60.0);
            close(ui).then_some(Answer::NotNow)
        }
        Strip::Said(text) => {
            words(ui, text, width - 60.0);
            close(ui).then_some(Answer::Understood)
        }
    }
}

/// The words of a strip, which a screen reader reads out when they come up.
fn words(ui: &mut Ui, text: &str, width: f32) {
    let response = ui
        .scope(|ui| {
            ui.set_max_width(width.max(80.0));
            ui.add(Label::new(text).wrap())
        })
        .inner;
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_live(Live::Polite));
}

fn button(ui: &mut Ui, name: &str) -> bool {
    text_button(ui, theme::strong(name), name).clicked()
}

fn close(ui: &mut Ui) -> bool {
    icon_button(ui, Icon::Close, t!("strip-close"), 24.0, true).clicked()
}
