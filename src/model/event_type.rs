//! Event types: what kind of thing happened, with the colour and the shape that stand for it everywhere.

use std::fmt;

/// A kind of event, as the dataset defines it.
#[derive(Debug, Clone, PartialEq)]
pub struct EventType {
    /// Identifier, unique within the dataset.
    pub id: String,
    /// What people read.
    pub label: String,
    /// Fill colour of its marker.
    pub color: Rgb,
    /// Shape on its marker: colour is never the only sign.
    pub symbol: Symbol,
}

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb {
    /// Red, 0 to 255.
    pub r: u8,
    /// Green, 0 to 255.
    pub g: u8,
    /// Blue, 0 to 255.
    pub b: u8,
}

impl Rgb {
    /// Reads `#RRGGBB`; `None` for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let value = u32::from_str_radix(digits, 16).ok()?;
        Some(Self { r: (value >> 16) as u8, g: (value >> 8) as u8, b: value as u8 })
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02X}{:02X}{:02X}", self.r, self.g, self.b)
    }
}

/// The shapes that a marker can bear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Symbol {
    /// A filled disc.
    Circle,
    /// A triangle, point up.
    Triangle,
    /// A square standing on its corner.
    Diamond,
    /// A square.
    Square,
    /// A diagonal cross (x).
    Cross,
    /// An upright cross (+).
    Plus,
    /// A five-pointed star.
    Star,
    /// A regular hexagon.
    Hexagon,
}

impl Symbol {
    /// All symbols, in the order in which the format lists them.
    pub const ALL: [Self; 8] = [
        Self::Circle,
        Self::Triangle,
        Self::Diamond,
        Self::Square,
        Self::Cross,
        Self::Plus,
        Self::Star,
        Self::Hexagon,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_a_hash_and_six_hexadecimal_digits() {
        assert_eq!(Rgb::from_hex("#0A6BB0"), Some(Rgb { r: 0x0A, g: 0x6B, b: 0xB0 }));
        assert_eq!(Rgb::from_hex("#0a6bb0").map(|rgb| rgb.to_string()).as_deref(), Some("#0A6BB0"));
        for wrong in ["0A6BB0", "#0A6BB", "#0A6BB0F", "#GG0000", "#+12345", "#ééé", ""] {
            assert_eq!(Rgb::from_hex(wrong), None, "{wrong}");
        }
    }
}
