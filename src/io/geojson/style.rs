//! How a feature looks: simplestyle 1.1, and what uMap has instead of it.

use super::feature::{Members, text_of};
use crate::model::{Rgb, Symbol};

/// The properties that say how a feature looks, in the order in which they are asked.
const COLORS: [&str; 5] = ["marker-color", "stroke", "fill", "color", "_umap_options"];

/// Colours by their names in CSS, as far as map programs offer them.
const NAMED: [(&str, u32); 28] = [
    ("black", 0x00_0000),
    ("white", 0xFF_FFFF),
    ("gray", 0x80_8080),
    ("grey", 0x80_8080),
    ("silver", 0xC0_C0C0),
    ("red", 0xFF_0000),
    ("darkred", 0x8B_0000),
    ("maroon", 0x80_0000),
    ("crimson", 0xDC_143C),
    ("orange", 0xFF_A500),
    ("darkorange", 0xFF_8C00),
    ("gold", 0xFF_D700),
    ("yellow", 0xFF_FF00),
    ("olive", 0x80_8000),
    ("green", 0x00_8000),
    ("darkgreen", 0x00_6400),
    ("lime", 0x00_FF00),
    ("teal", 0x00_8080),
    ("cyan", 0x00_FFFF),
    ("aqua", 0x00_FFFF),
    ("blue", 0x00_00FF),
    ("darkblue", 0x00_008B),
    ("navy", 0x00_0080),
    ("darkslateblue", 0x48_3D8B),
    ("purple", 0x80_0080),
    ("magenta", 0xFF_00FF),
    ("pink", 0xFF_C0CB),
    ("brown", 0xA5_2A2A),
];

/// What a feature says of its own look.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Style {
    pub(super) color: Option<Rgb>,
    pub(super) symbol: Option<Symbol>,
    /// What to call features that look like this where nothing else tells kinds apart.
    pub(super) name: Option<String>,
}

/// Whether a property says how a feature looks.
pub(super) fn is_style(name: &str) -> bool {
    name == "marker-symbol" || COLORS.contains(&name)
}

/// How a feature looks by its properties.
pub(super) fn of(properties: &Members<'_>) -> Style {
    let text = |name: &str| properties.get(name).map(text_of).filter(|text| !text.is_empty());
    let color = COLORS.iter().find_map(|name| match *name {
        "_umap_options" => {
            let options: Members<'_> = serde_json::from_str(properties.get(name)?).ok()?;
            color_of(&text_of(options.get("color")?))
        }
        name => color_of(&text(name)?),
    });
    let word = text("marker-symbol");
    let name = match (&word, color) {
        (Some(word), _) => Some(capitalised(word)),
        (None, Some(color)) => Some(format!("Colour {color}")),
        (None, None) => None,
    };
    Style { color, symbol: word.and_then(|word| symbol_of(&word)), name }
}

/// A word with a capital, and with blanks for what stands between its parts.
pub(super) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + &letters.as_str().replace(['-', '_'], " ")
}

/// `#C2410C`, `#c40`, the same without the hash, or a name.
pub(super) fn color_of(text: &str) -> Option<Rgb> {
    let text = text.trim();
    let digits = text.strip_prefix('#').unwrap_or(text);
    if digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let doubled: String = digits.chars().flat_map(|digit| [digit, digit]).collect();
        return Rgb::from_hex(&format!("#{doubled}"));
    }
    let named = || {
        let (_, rgb) = NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(text))?;
        let [_, r, g, b] = rgb.to_be_bytes();
        Some(Rgb { r, g, b })
    };
    Rgb::from_hex(&format!("#{digits}")).or_else(named)
}

/// The symbol that a name of Maki, or of this program, comes nearest to.
fn symbol_of(word: &str) -> Option<Symbol> {
    let word = word.trim().to_lowercase();
    let stem = word.split('-').next().unwrap_or(&word);
    Some(match stem {
        "circle" => Symbol::Circle,
        "triangle" => Symbol::Triangle,
        "diamond" => Symbol::Diamond,
        "square" => Symbol::Square,
        "x" | "danger" | "roadblock" => Symbol::Cross,
        "cross" | "plus" | "hospital" => Symbol::Plus,
        "star" => Symbol::Star,
        "hexagon" => Symbol::Hexagon,
        _ => return None,
    })
}

/// The word for a symbol that [`of`] reads back.
pub(super) fn word_of(symbol: Symbol) -> &'static str {
    match symbol {
        Symbol::Circle => "circle",
        Symbol::Triangle => "triangle",
        Symbol::Diamond => "diamond",
        Symbol::Square => "square",
        Symbol::Cross => "x",
        Symbol::Plus => "plus",
        Symbol::Star => "star",
        Symbol::Hexagon => "hexagon",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(json: &str) -> Style {
        of(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn colours_and_symbols_are_those_of_simplestyle_and_umap() {
        let red = Some(Rgb { r: 255, g: 0, b: 0 });
        for json in [
            r##"{"marker-color":"#ff0000"}"##,
            r#"{"marker-color":"f00"}"#,
            r#"{"stroke":"Red"}"#,
            r##"{"_umap_options":{"color":"#F00","iconClass":"Drop"}}"##,
        ] {
            assert_eq!(style(json).color, red, "{json}");
            assert_eq!(style(json).name.as_deref(), Some("Colour #FF0000"));
        }
        let fire = style(r#"{"marker-symbol":"fire-station","marker-color":"nonsense"}"#);
        assert_eq!((fire.color, fire.symbol, fire.name.as_deref()), (None, None, Some("Fire station")));
        assert_eq!(style("{}"), Style::default());
    }

    #[test]
    fn symbols_are_written_as_they_are_read() {
        for symbol in Symbol::ALL {
            assert_eq!(symbol_of(word_of(symbol)), Some(symbol));
        }
    }
}
