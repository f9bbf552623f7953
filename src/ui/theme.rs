//! The only place with colours, fonts and spacing.
//!
//! [`Palette::of`] gives the colours of the light or the dark theme; [`install`] puts fonts and widget styles into
//! egui once at the start. Spacing is in steps of [`GAP`], corners are [`CORNER`].

use std::sync::Arc;

use eframe::egui::epaint::text::{FontData, FontDefinitions};
use eframe::egui::style::ScrollAnimation;
use eframe::egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, RichText, Shadow, Stroke, Style, TextStyle,
    Theme, Visuals, vec2,
};

use crate::model::{Rgb, revealed};

/// The step of all spacing, in points.
pub const GAP: f32 = 4.0;
/// Inner margin of panels, in points.
pub const MARGIN: f32 = 12.0;
/// Corner radius of buttons, cards and badges, in points.
pub const CORNER: u8 = 8;
/// Height of the top bar, in points.
pub const BAR_HEIGHT: f32 = 48.0;
/// Height of buttons and fields in the bar and on the map, in points.
pub const BUTTON_HEIGHT: f32 = 32.0;
/// Radius of a marker's disc without its rim, in points.
pub const MARKER_RADIUS: f32 = 12.0;
/// Width of a marker's white rim, in points.
pub const MARKER_RIM: f32 = 2.0;
/// Width of the line around what has the keyboard's focus, in points.
pub const FOCUS_WIDTH: f32 = 2.0;
/// Side of a symbol badge in rows of the sidebar, in points.
pub const BADGE_SIZE: f32 = 24.0;

/// Body text, in points.
pub const BODY_SIZE: f32 = 13.0;
/// Height of a line of running text, in points.
pub const BODY_LINE: f32 = 19.0;
/// Secondary text, in points.
pub const SMALL_SIZE: f32 = 12.0;
/// Section heads in spaced capitals, in points.
pub const HEAD_SIZE: f32 = 11.0;
/// Titles, in points.
pub const TITLE_SIZE: f32 = 21.0;

/// Lowest contrast of text against its ground (WCAG 2.2, AA).
pub const MIN_TEXT_CONTRAST: f32 = 4.5;
/// Lowest contrast of shapes, borders of controls and focus rings against their ground (WCAG 2.2, AA).
pub const MIN_SHAPE_CONTRAST: f32 = 3.0;

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.ttf");
const SEMIBOLD: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.ttf");

/// Colours in the ramp of heat.
pub const HEAT_STEPS: usize = 9;

/// The colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Whether this is the dark theme.
    pub dark: bool,
    /// Ground of bars and panels.
    pub panel: Color32,
    /// Ground of buttons, fields and the selected card.
    pub raised: Color32,
    /// Ground of a button or card under the pointer.
    pub hovered: Color32,
    /// Lines between panels and around buttons: decoration only.
    pub line: Color32,
    /// Borders that a reader needs to see: empty checkboxes.
    pub outline: Color32,
    /// Pictures on buttons that can do nothing at the moment.
    pub disabled: Color32,
    /// Text.
    pub text: Color32,
    /// Secondary text.
    pub weak: Color32,
    /// Links, focus, what is checked or selected.
    pub accent: Color32,
    /// Marks on the accent colour.
    pub on_accent: Color32,
    /// Ground of warnings and of a contested status.
    pub notice: Color32,
    /// Text on `notice`.
    pub on_notice: Color32,
    /// The rule beside a claim.
    pub rule: Color32,
    /// The rim of a marker.
    pub rim: Color32,
    /// The rim of an incident drawn as a point.
    pub point_rim: Color32,
    /// The colours of heat, in even steps of lightness away from the ground.
    pub heat: [Color32; HEAT_STEPS],
    /// The inside of a ring that stands for several incidents.
    pub ring_inside: Color32,
    /// Text inside a ring.
    pub on_ring: Color32,
    /// The two edges of a ring, whatever the colours between them.
    pub ring_edge: Color32,
    /// The map's own colours.
    pub map: MapPalette,
}

/// The colours of the embedded map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapPalette {
    /// Land.
    pub land: Color32,
    /// Built-up areas.
    pub urban: Color32,
    /// Seas and lakes.
    pub water: Color32,
    /// Rivers.
    pub river: Color32,
    /// Woods.
    pub wood: Color32,
    /// Parks and meadows.
    pub green: Color32,
    /// Sand and rock.
    pub sand: Color32,
    /// Glaciers.
    pub ice: Color32,
    /// Buildings.
    pub building: Color32,
    /// Streets and roads.
    pub road: Color32,
    /// Motorways.
    pub highway: Color32,
    /// The edges of roads.
    pub road_edge: Color32,
    /// Paths.
    pub path: Color32,
    /// Borders between countries.
    pub country_line: Color32,
    /// Borders between regions.
    pub region_line: Color32,
    /// Railways.
    pub rail: Color32,
    /// Names of towns and the dots beside them.
    pub town: Color32,
    /// Names of capitals and large cities.
    pub city: Color32,
    /// Names of countries.
    pub country: Color32,
    /// Names of regions.
    pub region: Color32,
    /// Names of waters.
    pub water_name: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

const LIGHT: Palette = Palette {
    dark: false,
    panel: rgb(0x00FF_FFFF),
    raised: rgb(0x00F1_EFE9),
    hovered: rgb(0x00E7_E4DB),
    line: rgb(0x00E2_DFD6),
    outline: rgb(0x0081_8794),
    disabled: rgb(0x0084_8A96),
    text: rgb(0x001D_2128),
    weak: rgb(0x005C_6271),
    accent: rgb(0x001F_5FD0),
    on_accent: rgb(0x00FF_FFFF),
    notice: rgb(0x00EE_E8D9),
    on_notice: rgb(0x0075_5000),
    rule: rgb(0x0046_5A85),
    rim: rgb(0x00FF_FFFF),
    // Opaque, the rims of a crowd would hide the colours of its discs.
    point_rim: Color32::from_rgba_premultiplied(150, 150, 150, 150),
    heat: [
        rgb(0x00FC_DA86),
        rgb(0x00FE_B35C),
        rgb(0x00FB_8947),
        rgb(0x00EC_6152),
        rgb(0x00D4_3B65),
        rgb(0x00AB_2A76),
        rgb(0x0080_1E7D),
        rgb(0x0053_1C74),
        rgb(0x002B_165E),
    ],
    ring_inside: rgb(0x00FF_FFFF),
    on_ring: rgb(0x001D_2128),
    ring_edge: rgb(0x006E_7480),
    map: MapPalette {
        land: rgb(0x00F3_EFE6),
        urban: rgb(0x00E9_E2D5),
        water: rgb(0x00CF_DDE6),
        river: rgb(0x00B9_CDD9),
        wood: rgb(0x00E1_E7D3),
        green: rgb(0x00E6_ECD9),
        sand: rgb(0x00F3_EAD2),
        ice: rgb(0x00F4_F7F8),
        building: rgb(0x00E2_DACB),
        road: rgb(0x00FF_FFFF),
        highway: rgb(0x00FA_E7BE),
        road_edge: rgb(0x00D9_D1C2),
        path: rgb(0x00DC_D2C0),
        country_line: rgb(0x00A3_9A86),
        region_line: rgb(0x00D8_D0C0),
        rail: rgb(0x00DD_D6C9),
        town: rgb(0x005F_6470),
        city: rgb(0x0045_4A55),
        country: rgb(0x006E_6552),
        region: rgb(0x0070_6857),
        water_name: rgb(0x003B_6279),
    },
};

const DARK: Palette = Palette {
    dark: true,
    panel: rgb(0x001B_1F26),
    raised: rgb(0x0026_2C37),
    hovered: rgb(0x0030_3846),
    line: rgb(0x002C_323D),
    outline: rgb(0x0076_8093),
    disabled: rgb(0x0070_798A),
    text: rgb(0x00E8_EAEE),
    weak: rgb(0x00A0_A7B5),
    accent: rgb(0x006E_A8FE),
    on_accent: rgb(0x0010_1A2B),
    notice: rgb(0x002B_2920),
    on_notice: rgb(0x00F0_C674),
    rule: rgb(0x0092_A5CF),
    rim: rgb(0x00FF_FFFF),
    point_rim: rgb(0x000E_1218),
    heat: [
        rgb(0x004C_3D8F),
        rgb(0x0079_429E),
        rgb(0x00A8_45A0),
        rgb(0x00D4_4E91),
        rgb(0x00FA_5E77),
        rgb(0x00FF_8B6D),
        rgb(0x00FF_B279),
        rgb(0x00FF_D491),
        rgb(0x00FF_F4B1),
    ],
    ring_inside: rgb(0x0012_161D),
    on_ring: rgb(0x00F2_F4F7),
    ring_edge: rgb(0x008A_93A5),
    map: MapPalette {
        land: rgb(0x0021_2832),
        urban: rgb(0x002A_323E),
        water: rgb(0x000E_1620),
        river: rgb(0x0024_374B),
        wood: rgb(0x0020_2E2F),
        green: rgb(0x0022_2F30),
        sand: rgb(0x002C_2E30),
        ice: rgb(0x0030_3A46),
        building: rgb(0x002D_3642),
        road: rgb(0x003B_4554),
        highway: rgb(0x0044_4C5A),
        road_edge: rgb(0x0018_1E27),
        path: rgb(0x0033_3C49),
        country_line: rgb(0x005C_6678),
        region_line: rgb(0x0034_3D4B),
        rail: rgb(0x002B_323E),
        town: rgb(0x009A_A3B2),
        city: rgb(0x00BC_C4D0),
        country: rgb(0x008E_97A8),
        region: rgb(0x0086_90A1),
        water_name: rgb(0x006F_93AD),
    },
};

impl Palette {
    /// The colours of egui's light or dark theme.
    #[must_use]
    pub fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }

    /// The colours of the dark theme, or of the light one.
    #[must_use]
    pub fn of_dark(dark: bool) -> &'static Self {
        Self::of(if dark { Theme::Dark } else { Theme::Light })
    }

    /// An event type's colour as text on the panel: darkened or lightened until it can be read.
    #[must_use]
    pub fn readable(&self, color: Color32, ground: Color32) -> Color32 {
        let target = if self.dark { Color32::WHITE } else { Color32::BLACK };
        (0..=20)
            .map(|step| color.lerp_to_gamma(target, step as f32 / 20.0))
            .find(|mixed| contrast(*mixed, ground) >= MIN_TEXT_CONTRAST)
            .unwrap_or(self.text)
    }

    /// An event type's colour as a point on the map: darkened or lightened until it stands out.
    #[must_use]
    pub fn on_map(&self, color: Color32) -> Color32 {
        let target = if self.dark { Color32::WHITE } else { Color32::BLACK };
        let stands_out = |color: &Color32| contrast(*color, self.map.land) >= MIN_SHAPE_CONTRAST;
        let mixed = |step: i32| color.lerp_to_gamma(target, step as f32 / 20.0);
        (0..=20).map(mixed).find(stands_out).unwrap_or(self.text)
    }

    /// A line around a shape that stands out too little from the grounds of lists, in a shade of its own colour that does;
    /// nothing around others.
    #[must_use]
    pub fn edge(&self, fill: Color32) -> Stroke {
        let stands_out = |color: &Color32| {
            [self.panel, self.raised].iter().all(|ground| contrast(*color, *ground) >= MIN_SHAPE_CONTRAST)
        };
        if stands_out(&fill) {
            return Stroke::NONE;
        }
        let target = if self.dark { Color32::WHITE } else { Color32::BLACK };
        let mut shades = (1..=20u8).map(|step| fill.lerp_to_gamma(target, f32::from(step) / 20.0));
        Stroke::new(1.5, shades.find(stands_out).unwrap_or(self.text))
    }

    /// What lies around a selected marker of a colour: a translucent ground and the line around it.
    #[must_use]
    pub fn halo(&self, color: Color32) -> (Color32, Stroke) {
        let color = self.readable(color, self.map.land);
        (color.gamma_multiply(0.18), Stroke::new(2.5, color.gamma_multiply(0.85)))
    }

    /// The ground behind the attribution, which lets the map shine through.
    #[must_use]
    pub fn veil(&self) -> Color32 {
        self.panel.gamma_multiply(0.85)
    }

    /// A colour of the timeline outside the window of time.
    #[must_use]
    pub fn faint(&self, color: Color32) -> Color32 {
        self.panel.lerp_to_gamma(color, if self.dark { 0.34 } else { 0.28 })
    }

    /// The translucent ground of the window of time.
    #[must_use]
    pub fn band(&self) -> Color32 {
        self.accent.gamma_multiply(if self.dark { 0.16 } else { 0.12 })
    }

    /// A quiet ground in an event type's colour.
    #[must_use]
    pub fn tint(&self, color: Color32) -> Color32 {
        self.panel.lerp_to_gamma(color, if self.dark { 0.22 } else { 0.14 })
    }
}

/// A dataset's colour as egui's.
#[must_use]
pub fn color(rgb: Rgb) -> Color32 {
    Color32::from_rgb(rgb.r, rgb.g, rgb.b)
}

/// An opaque colour as styles and web pages write it: `#rrggbb`.
#[must_use]
pub fn hex(color: Color32) -> String {
    format!("#{:02x}{:02x}{:02x}", color.r(), color.g(), color.b())
}

/// Makes a picture of a map bearable beside dark panels, `rgba` being its pixels. A drawn map is turned over: white paper
/// becomes the colour of the land, black print light, hues stay. A photograph only becomes darker.
pub fn darken(rgba: &mut [u8], is_photograph: bool) {
    /// What is left of a photograph's light.
    const PHOTOGRAPH: f32 = 0.62;
    /// How light the darkest print becomes.
    const PRINT: [f32; 3] = [196.0, 202.0, 210.0];
    let paper = DARK.map.land.to_array();
    for pixel in rgba.chunks_exact_mut(4) {
        let color = [pixel[0], pixel[1], pixel[2]].map(f32::from);
        if is_photograph {
            for n in 0..3 {
                pixel[n] = (color[n] * PHOTOGRAPH) as u8;
            }
            continue;
        }
        // Lightness turned over while what is more red, green or blue than grey stays so.
        let [least, most] =
            [color.iter().copied().fold(255.0, f32::min), color.iter().copied().fold(0.0, f32::max)];
        let turned = 255.0 - least - most;
        for n in 0..3 {
            let share = ((color[n] + turned) / 255.0).clamp(0.0, 1.0);
            let from = f32::from(paper[n]);
            pixel[n] = (from + (PRINT[n] - from) * share) as u8;
        }
    }
}

/// White or near-black, whichever stands out more from `fill`.
#[must_use]
pub fn shape_on(fill: Color32) -> Color32 {
    const DARK_SHAPE: Color32 = rgb(0x0014_171C);
    if contrast(Color32::WHITE, fill) >= MIN_SHAPE_CONTRAST
        || contrast(Color32::WHITE, fill) >= contrast(DARK_SHAPE, fill)
    {
        Color32::WHITE
    } else {
        DARK_SHAPE
    }
}

/// Contrast ratio of two opaque colours, 1 to 21, as WCAG 2.2 defines it.
#[must_use]
pub fn contrast(a: Color32, b: Color32) -> f32 {
    let luminance = |color: Color32| {
        let channel = |value: u8| {
            let value = f32::from(value) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(color.r()) + 0.7152 * channel(color.g()) + 0.0722 * channel(color.b())
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The semibold cut.
#[must_use]
pub fn semibold_family() -> FontFamily {
    FontFamily::Name("semibold".into())
}

/// The semibold cut at a size in points.
#[must_use]
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, semibold_family())
}

/// The regular cut at a size in points.
#[must_use]
pub fn regular(size: f32) -> FontId {
    FontId::proportional(size)
}

/// A section head: small spaced capitals.
#[must_use]
pub fn head(text: &str, palette: &Palette) -> RichText {
    RichText::new(revealed(text).to_uppercase())
        .font(semibold(HEAD_SIZE))
        .extra_letter_spacing(1.0)
        .color(palette.weak)
}

/// Running text: lines far enough apart to be read at length.
#[must_use]
pub fn body(text: impl Into<String>) -> RichText {
    RichText::new(revealed(&text.into())).line_height(Some(BODY_LINE))
}

/// Secondary text.
#[must_use]
pub fn small(text: impl Into<String>, palette: &Palette) -> RichText {
    RichText::new(revealed(&text.into())).size(SMALL_SIZE).color(palette.weak)
}

/// Emphasised body text.
#[must_use]
pub fn strong(text: impl Into<String>) -> RichText {
    RichText::new(revealed(&text.into())).font(semibold(BODY_SIZE))
}

/// Puts fonts and both themes' widget styles into egui.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    ctx.options_mut(|options| {
        // Where the desktop does not say which theme it has.
        options.fallback_theme = Theme::Light;
        // The size of text goes through the table of actions and is remembered.
        options.zoom_with_keyboard = false;
    });
    for theme in [Theme::Light, Theme::Dark] {
        ctx.set_style_of(theme, style(Palette::of(theme)));
    }
}

/// Lets things move on their own, or not.
pub fn set_motion(ctx: &Context, moves: bool) {
    let usual = Style::default();
    ctx.all_styles_mut(|style| {
        style.animation_time = if moves { usual.animation_time } else { 0.0 };
        style.scroll_animation = if moves { usual.scroll_animation } else { ScrollAnimation::none() };
    });
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in [("regular", REGULAR), ("semibold", SEMIBOLD)] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    fonts.families.insert(FontFamily::Proportional, vec!["regular".to_owned()]);
    // No text of ours is set in a monospaced face; egui needs the family to exist.
    fonts.families.insert(FontFamily::Monospace, vec!["regular".to_owned()]);
    fonts.families.insert(semibold_family(), vec!["semibold".to_owned(), "regular".to_owned()]);
    fonts
}

fn style(palette: &Palette) -> Style {
    let mut style = Style { visuals: visuals(palette), ..Style::default() };
    style.text_styles = [
        (TextStyle::Body, regular(BODY_SIZE)),
        (TextStyle::Button, regular(BODY_SIZE)),
        (TextStyle::Small, regular(SMALL_SIZE)),
        (TextStyle::Monospace, regular(SMALL_SIZE)),
        (TextStyle::Heading, semibold(TITLE_SIZE)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(2.0 * GAP, GAP);
    spacing.button_padding = vec2(10.0, 6.0);
    spacing.interact_size.y = 24.0;
    spacing.menu_margin = Margin::same(8);
    spacing.scroll.bar_width = 6.0;
    spacing.scroll.floating = true;
    style.interaction.tooltip_delay = 0.3;
    style.url_in_tooltip = true;
    style
}

/// The translucent ground of selected text.
fn selection(palette: &Palette) -> Color32 {
    palette.accent.gamma_multiply(if palette.dark { 0.45 } else { 0.25 })
}

fn visuals(palette: &Palette) -> Visuals {
    let mut visuals = if palette.dark { Visuals::dark() } else { Visuals::light() };
    let corner = CornerRadius::same(CORNER);
    let widgets = &mut visuals.widgets;
    for (widget, fill, stroke) in [
        (&mut widgets.noninteractive, palette.panel, palette.line),
        (&mut widgets.inactive, palette.raised, palette.line),
        (&mut widgets.hovered, palette.hovered, palette.outline),
        // What has the focus is drawn so, too.
        (&mut widgets.active, palette.hovered, palette.accent),
        (&mut widgets.open, palette.hovered, palette.line),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(if stroke == palette.accent { FOCUS_WIDTH } else { 1.0 }, stroke);
        widget.fg_stroke = Stroke::new(1.0, palette.text);
        widget.corner_radius = corner;
        widget.expansion = 0.0;
    }
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(palette.weak);
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.panel;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = corner;
    visuals.menu_corner_radius = corner;
    let shadow = Shadow { offset: [0, 4], blur: 16, spread: 0, color: Color32::from_black_alpha(40) };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    visuals.extreme_bg_color = palette.raised;
    visuals.faint_bg_color = palette.raised;
    visuals.hyperlink_color = palette.accent;
    visuals.selection.bg_fill = selection(palette);
    // Selected text takes this colour.
    visuals.selection.stroke = Stroke::new(FOCUS_WIDTH, palette.text);
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A translucent colour on an opaque one, as the screen shows it.
    fn over(top: Color32, ground: Color32) -> Color32 {
        ground.blend(top)
    }

    fn bundled_colors() -> Vec<Color32> {
        let dataset = crate::io::bundled().unwrap();
        dataset.event_types.iter().map(|event_type| color(event_type.color)).collect()
    }

    fn assert_contrast(palette: &Palette, least: f32, pairs: &[(&str, Color32, Color32)]) {
        for (name, color, ground) in pairs {
            let ratio = contrast(*color, *ground);
            assert!(ratio >= least, "{name}, dark {}: {ratio}", palette.dark);
        }
    }

    #[test]
    fn text_can_be_read_on_every_ground_it_stands_on() {
        for palette in [&LIGHT, &DARK] {
            let map = &palette.map;
            let mut pairs = vec![
                ("text", palette.text, palette.panel),
                ("text on buttons and cards", palette.text, palette.raised),
                ("text on what is under the pointer", palette.text, palette.hovered),
                ("selected text", palette.text, over(selection(palette), palette.panel)),
                ("selected text in a field", palette.text, over(selection(palette), palette.raised)),
                ("weak", palette.weak, palette.panel),
                ("weak on cards and fields", palette.weak, palette.raised),
                ("weak under the pointer", palette.weak, palette.hovered),
                ("links", palette.accent, palette.panel),
                ("links on cards", palette.accent, palette.raised),
                ("links under the pointer", palette.accent, palette.hovered),
                ("links in a notice", palette.accent, palette.notice),
                ("what is chosen of a row", palette.on_accent, palette.accent),
                ("notice", palette.on_notice, palette.notice),
                ("button of a notice", palette.accent, palette.notice),
                ("ring", palette.on_ring, palette.ring_inside),
                ("attribution on land", palette.weak, over(palette.veil(), map.land)),
                ("attribution on water", palette.weak, over(palette.veil(), map.water)),
                ("attribution on a town", palette.weak, over(palette.veil(), map.urban)),
                ("attribution of other maps", palette.text, palette.panel),
            ];
            // Names on the map have a halo in the colour of the land, those of waters one in the colour of the water.
            pairs.extend([
                ("marker's name, scale, schematic", palette.text, map.land),
                ("town", map.town, map.land),
                ("city", map.city, map.land),
                ("country", map.country, map.land),
                ("region, degrees of the grid", map.region, map.land),
                ("water name", map.water_name, map.water),
            ]);
            assert_contrast(palette, MIN_TEXT_CONTRAST, &pairs);
        }
    }

    #[test]
    fn shapes_and_focus_stand_out() {
        for palette in [&LIGHT, &DARK] {
            let map = &palette.map;
            let pairs = [
                ("checkbox", palette.outline, palette.panel),
                ("checkbox on a card", palette.outline, palette.raised),
                ("checked box", palette.accent, palette.panel),
                ("checked box on a card", palette.accent, palette.raised),
                ("tick", palette.on_accent, palette.accent),
                ("focus", palette.accent, palette.panel),
                ("focus on cards and fields", palette.accent, palette.raised),
                ("focus under the pointer", palette.accent, palette.hovered),
                ("focus in a notice", palette.accent, palette.notice),
                ("focus on the map", palette.accent, map.land),
                ("focus on water", palette.accent, map.water),
                ("focus on a town", palette.accent, map.urban),
                ("icon", palette.text, palette.panel),
                ("icon under the pointer", palette.text, palette.hovered),
                ("weak icon", palette.weak, palette.raised),
                ("disabled icon", palette.disabled, palette.panel),
                ("disabled icon on a card", palette.disabled, palette.raised),
                ("icon of a notice", palette.on_notice, palette.notice),
                ("claim rule, legend", palette.rule, palette.panel),
                ("scale bar", palette.text, map.land),
                ("ring on land", palette.ring_edge, map.land),
                ("ring on water", palette.ring_edge, map.water),
                ("ring on a town", palette.ring_edge, map.urban),
                ("inside of a ring", palette.ring_edge, palette.ring_inside),
            ];
            assert_contrast(palette, MIN_SHAPE_CONTRAST, &pairs);
        }
    }

    #[test]
    fn what_can_do_nothing_looks_weaker_than_what_can() {
        for palette in [&LIGHT, &DARK] {
            assert!(contrast(palette.text, palette.disabled) >= MIN_SHAPE_CONTRAST, "dark {}", palette.dark);
        }
    }

    #[test]
    fn the_bundled_event_types_stand_out_wherever_they_are_drawn() {
        for palette in [&LIGHT, &DARK] {
            let map = &palette.map;
            for fill in bundled_colors() {
                let mut pairs = vec![
                    ("symbol", shape_on(fill), fill),
                    ("disc in its rim", fill, palette.rim),
                    ("badge's label", palette.readable(fill, palette.tint(fill)), palette.tint(fill)),
                ];
                for ground in [palette.panel, palette.raised] {
                    let edge = palette.edge(fill);
                    pairs.push(("badge", if edge == Stroke::NONE { fill } else { edge.color }, ground));
                }
                let (_, halo) = palette.halo(fill);
                for ground in [map.land, map.water, map.urban] {
                    // On dark ground the rim stands out, on light ground the disc in it.
                    let outermost = if palette.dark { palette.rim } else { fill };
                    pairs.push(("marker", outermost, ground));
                    pairs.push(("halo", over(halo.color, ground), ground));
                    pairs.push(("outline of an area", palette.readable(fill, map.land), ground));
                }
                assert_contrast(palette, MIN_SHAPE_CONTRAST, &pairs);
            }
        }
    }

    #[test]
    fn any_event_type_colour_gets_a_shape_and_a_text_that_can_be_seen() {
        for step in 0..=0x3F {
            let color = Color32::from_rgb((step & 3) * 85, (step >> 2 & 3) * 85, (step >> 4 & 3) * 85);
            assert!(contrast(shape_on(color), color) >= MIN_SHAPE_CONTRAST, "{color:?}");
            for palette in [&LIGHT, &DARK] {
                let ground = palette.tint(color);
                assert!(contrast(palette.readable(color, ground), ground) >= MIN_TEXT_CONTRAST, "{color:?}");
                let edge = palette.edge(color);
                let seen = if edge == Stroke::NONE { color } else { edge.color };
                assert!(contrast(seen, palette.raised) >= MIN_SHAPE_CONTRAST, "{color:?}");
            }
        }
    }

    #[test]
    fn roads_and_woods_leave_names_readable() {
        for palette in [&LIGHT, &DARK] {
            let map = &palette.map;
            for ground in [map.wood, map.green, map.sand, map.ice, map.building, map.road, map.highway] {
                assert!(
                    contrast(map.town, ground) >= MIN_SHAPE_CONTRAST,
                    "dark {}: {ground:?}",
                    palette.dark
                );
            }
        }
    }

    #[test]
    fn a_drawn_map_is_turned_over_and_a_photograph_only_becomes_darker() {
        let darkened = |color: [u8; 3], is_photograph| {
            let mut pixel = [color[0], color[1], color[2], 200];
            darken(&mut pixel, is_photograph);
            pixel
        };
        let land = DARK.map.land.to_array();
        assert_eq!(darkened([255; 3], false), [land[0], land[1], land[2], 200]);
        assert!(darkened([0; 3], false)[1] > 180);
        let [red, green, ..] = darkened([200, 30, 30], false);
        assert!(red > green + 40, "red stays red: {red} {green}");
        assert!(darkened([255; 3], true)[0] < 180 && darkened([0; 3], true)[0] == 0);
    }

    #[test]
    fn black_on_white_has_the_highest_contrast() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 0.01);
    }

    #[test]
    fn points_stand_out_on_the_map() {
        for palette in [&LIGHT, &DARK] {
            for hex in [0x00C2_410C, 0x00A3_1D3F, 0x007A_3FA0, 0x000A_6BB0, 0x00FF_FF00, 0x0000_0000] {
                let ratio = contrast(palette.on_map(rgb(hex)), palette.map.land);
                assert!(ratio >= MIN_SHAPE_CONTRAST, "{hex:06x}, dark {}: {ratio}", palette.dark);
            }
        }
    }

    /// Lightness as it is seen, 0 to 1 (the L of Oklab).
    fn lightness(color: Color32) -> f32 {
        let [r, g, b, _] = color.to_array().map(|channel| {
            let value = f32::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        let cones = [
            0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b,
            0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b,
            0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b,
        ]
        .map(f32::cbrt);
        0.210_454_26 * cones[0] + 0.793_617_8 * cones[1] - 0.004_072_047 * cones[2]
    }

    #[test]
    fn heat_changes_in_even_steps_of_lightness_so_that_no_eye_needs_its_hues() {
        for palette in [&LIGHT, &DARK] {
            let steps: Vec<f32> =
                palette.heat.windows(2).map(|pair| lightness(pair[1]) - lightness(pair[0])).collect();
            let mean = steps.iter().sum::<f32>() / steps.len() as f32;
            assert!(mean.abs() > 0.06 && (mean > 0.0) == palette.dark, "dark {}: {mean}", palette.dark);
            for step in steps {
                assert!((step / mean - 1.0).abs() < 0.1, "dark {}: {step} of {mean}", palette.dark);
            }
        }
    }
}
