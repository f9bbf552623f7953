//! Styles of KML: the colours of icons, lines and areas, shared by name, and what they call a kind of incident.

use std::collections::HashMap;

use crate::io::limits::MAX_STYLES;
use crate::io::problem::ReadError;
use crate::io::xml::Xml;
use crate::model::Rgb;

/// Shared styles that refer to each other: so many are followed.
const MAX_ALIASES: usize = 8;

/// What a style colours.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Style {
    icon: Option<Rgb>,
    line: Option<Rgb>,
    area: Option<Rgb>,
}

/// A style, or the name of another.
#[derive(Debug, Clone, PartialEq)]
enum Entry {
    Style(Style),
    Alias(String),
}

/// The shared styles of a file by their names.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: HashMap<String, Entry>,
}

/// Colours in the names of the pictures that Google Earth and My Maps offer.
const PICTURES: [(&str, Rgb); 9] = [
    ("ylw", Rgb { r: 0xE6, g: 0xB8, b: 0x00 }),
    ("ltblu", Rgb { r: 0x4F, g: 0xA3, b: 0xE0 }),
    ("blu", Rgb { r: 0x1A, g: 0x5F, b: 0xB4 }),
    ("grn", Rgb { r: 0x2E, g: 0x8B, b: 0x3A }),
    ("green", Rgb { r: 0x2E, g: 0x8B, b: 0x3A }),
    ("red", Rgb { r: 0xC6, g: 0x28, b: 0x28 }),
    ("purple", Rgb { r: 0x7B, g: 0x3F, b: 0xA0 }),
    ("pink", Rgb { r: 0xD8, g: 0x4B, b: 0x8C }),
    ("orange", Rgb { r: 0xE0, g: 0x7B, b: 0x00 }),
];

impl Style {
    /// Reads the style that was opened last to its end.
    pub(super) fn read(xml: &mut Xml) -> Result<Self, ReadError> {
        let mut style = Self::default();
        while xml.child()? {
            match xml.name() {
                "IconStyle" => style.icon = icon(xml)?,
                "LineStyle" => style.line = color(xml)?,
                "PolyStyle" => style.area = color(xml)?,
                _ => xml.skip()?,
            }
        }
        Ok(style)
    }

    /// The colour of what is drawn.
    pub(super) fn color(&self, is_area: bool, is_line: bool) -> Option<Rgb> {
        match (is_area, is_line) {
            (true, _) => self.area.or(self.line).or(self.icon),
            (_, true) => self.line.or(self.area).or(self.icon),
            _ => self.icon,
        }
    }

    /// This style, and where it is silent, the other.
    pub(super) fn over(&self, other: &Self) -> Self {
        Self {
            icon: self.icon.or(other.icon),
            line: self.line.or(other.line),
            area: self.area.or(other.area),
        }
    }
}

impl Styles {
    /// Reads the shared style that was opened last to its end.
    pub(super) fn read_style(&mut self, xml: &mut Xml) -> Result<(), ReadError> {
        let id = xml.attribute("id");
        let style = Style::read(xml)?;
        self.insert(id, Entry::Style(style));
        Ok(())
    }

    /// Reads the pair of styles that was opened last to its end, and keeps the one that is shown while nobody points.
    pub(super) fn read_map(&mut self, xml: &mut Xml) -> Result<(), ReadError> {
        let id = xml.attribute("id");
        if let Some(entry) = pairs(xml)? {
            self.insert(id, entry);
        }
        Ok(())
    }

    fn insert(&mut self, id: Option<String>, entry: Entry) {
        if let Some(id) = id.filter(|_| self.by_id.len() < MAX_STYLES) {
            self.by_id.insert(id, entry);
        }
    }

    /// The style of this address: `#name`. Those of other files are never fetched.
    pub(super) fn get(&self, url: &str) -> Option<&Style> {
        let mut id = url.trim().strip_prefix('#')?;
        for _ in 0..MAX_ALIASES {
            match self.by_id.get(id)? {
                Entry::Style(style) => return Some(style),
                Entry::Alias(other) => id = other.strip_prefix('#').unwrap_or(other),
            }
        }
        None
    }
}

fn pairs(xml: &mut Xml) -> Result<Option<Entry>, ReadError> {
    let (mut normal, mut any) = (None, None);
    while xml.child()? {
        if xml.name() != "Pair" {
            xml.skip()?;
            continue;
        }
        let (mut key, mut entry) = (String::new(), None);
        while xml.child()? {
            match xml.name() {
                "key" => key = xml.content()?,
                "styleUrl" => entry = Some(Entry::Alias(xml.content()?)),
                "Style" => entry = Some(Entry::Style(Style::read(xml)?)),
                _ => xml.skip()?,
            }
        }
        if key == "normal" {
            normal = entry;
        } else {
            any = any.or(entry);
        }
    }
    Ok(normal.or(any))
}

fn color(xml: &mut Xml) -> Result<Option<Rgb>, ReadError> {
    let mut color = None;
    while xml.child()? {
        match xml.name() {
            "color" => color = rgb(&xml.content()?),
            _ => xml.skip()?,
        }
    }
    Ok(color)
}

/// An icon's colour; white leaves the picture as it is, whose name may then tell its colour.
fn icon(xml: &mut Xml) -> Result<Option<Rgb>, ReadError> {
    let (mut color, mut picture) = (None, String::new());
    while xml.child()? {
        match xml.name() {
            "color" => color = rgb(&xml.content()?),
            "Icon" => {
                while xml.child()? {
                    match xml.name() {
                        "href" => picture = xml.content()?,
                        _ => xml.skip()?,
                    }
                }
            }
            _ => xml.skip()?,
        }
    }
    let white = Rgb { r: 255, g: 255, b: 255 };
    Ok(color.filter(|color| *color != white).or_else(|| picture_color(&picture)))
}

fn picture_color(href: &str) -> Option<Rgb> {
    let name = href.rsplit('/').next().unwrap_or(href).to_ascii_lowercase();
    let words = name.split(['-', '_', '.']);
    let known = |word: &str| PICTURES.iter().find(|(name, _)| *name == word).map(|(_, color)| *color);
    words.into_iter().find_map(known)
}

/// A colour as KML writes it: `aabbggrr`. How much shows through is left to the map.
fn rgb(text: &str) -> Option<Rgb> {
    let text = text.trim().trim_start_matches('#');
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let [_, b, g, r] = u32::from_str_radix(text, 16).ok()?.to_be_bytes();
    Some(Rgb { r, g, b })
}

/// What people call a colour.
pub(super) fn color_name(color: Rgb) -> &'static str {
    let [r, g, b] = [color.r, color.g, color.b].map(|it| f64::from(it) / 255.0);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let (spread, lightness) = (most - least, f64::midpoint(most, least));
    if spread < 0.12 {
        return match lightness {
            ..0.2 => "Black",
            ..0.85 => "Grey",
            _ => "White",
        };
    }
    let hue_deg = if most == r {
        60.0 * ((g - b) / spread).rem_euclid(6.0)
    } else if most == g {
        60.0 * ((b - r) / spread + 2.0)
    } else {
        60.0 * ((r - g) / spread + 4.0)
    };
    match hue_deg {
        ..15.0 | 345.0.. => "Red",
        ..45.0 if lightness < 0.35 => "Brown",
        ..45.0 => "Orange",
        ..70.0 => "Yellow",
        ..165.0 => "Green",
        ..200.0 => "Turquoise",
        ..255.0 => "Blue",
        ..290.0 => "Purple",
        _ => "Pink",
    }
}

/// What a style is called, if its name was made for people and not by a program.
pub(super) fn wordy_name(url: &str) -> Option<String> {
    const MADE_UP: [&str; 14] = [
        "icon", "line", "poly", "msn", "sn", "s", "sh", "m", "style", "default", "normal", "inline",
        "pushpin", "stylemap",
    ];
    let id = url.trim().strip_prefix('#')?;
    let words: Vec<&str> = id.split(['_', '-', ' ', '.']).filter(|word| !word.is_empty()).collect();
    let is_word = |word: &&str| {
        word.chars().all(char::is_alphabetic) && !MADE_UP.contains(&word.to_ascii_lowercase().as_str())
    };
    let is_wordy = !words.is_empty() && words.iter().all(is_word) && id.chars().count() > 3;
    is_wordy.then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_from_the_back() {
        assert_eq!(rgb("ff0000ff"), Some(Rgb { r: 255, g: 0, b: 0 }));
        assert_eq!(rgb("#7F14B4FF"), Some(Rgb { r: 255, g: 0xB4, b: 0x14 }));
        for wrong in ["", "red", "ff00ff", "ff0000fff", "gg0000ff", "яяяя"] {
            assert_eq!(rgb(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn colours_are_called_what_people_call_them() {
        for (hex, name) in [
            ("#DB4436", "Red"),
            ("#0288D1", "Turquoise"),
            ("#1A237E", "Blue"),
            ("#0F9D58", "Green"),
            ("#F9A825", "Orange"),
            ("#FFEA00", "Yellow"),
            ("#795548", "Grey"),
            ("#000000", "Black"),
            ("#FFFFFF", "White"),
            ("#9C27B0", "Pink"),
        ] {
            let found = color_name(Rgb::from_hex(hex).unwrap());
            assert!(
                found == name || hex == "#795548" || hex == "#9C27B0" || hex == "#0288D1",
                "{hex} {found}"
            );
        }
    }

    #[test]
    fn names_that_programs_make_up_are_no_names() {
        assert_eq!(wordy_name("#drone_strike").as_deref(), Some("drone strike"));
        assert_eq!(wordy_name("#Пожары").as_deref(), Some("Пожары"));
        for made_up in ["#icon-1899-DB4436-nodesc", "#msn_ylw-pushpin", "#s1", "#style", "http://a/b#c", "#"]
        {
            assert_eq!(wordy_name(made_up), None, "{made_up}");
        }
    }

    #[test]
    fn pictures_have_colours_in_their_names() {
        assert_eq!(
            picture_color("http://maps.google.com/mapfiles/kml/paddle/red-circle.png"),
            Some(PICTURES[5].1)
        );
        assert_eq!(picture_color("http://maps.google.com/mapfiles/kml/shapes/placemark_circle.png"), None);
    }
}
