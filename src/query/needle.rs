//! A few signs in a row, each one of several, looked for in the bytes of a text: quickly, and whatever the case.
//!
//! Of 64 places at a time it is found out where all signs fit, in loops that the compiler turns into vector instructions;
//! but a sign that is met seldom is looked for by itself.

use super::bitmap::{Ones, pack};

/// How often each letter is met, in parts of a thousand of English text.
const OFTEN: [u32; 26] =
    [82, 15, 28, 43, 127, 22, 20, 61, 70, 2, 8, 40, 24, 67, 75, 19, 1, 60, 63, 91, 28, 10, 24, 2, 20, 1];

/// One to three signs in a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Needle {
    /// For each the bytes that it may be; of letters the small ones.
    classes: Vec<Vec<u8>>,
    /// A sign that is met seldom, small and capital, and where it stands.
    rare: Option<(usize, [u8; 2])>,
}

impl Needle {
    /// Takes what each sign may be, in small letters.
    pub(super) fn new(classes: impl IntoIterator<Item = Vec<u8>>) -> Self {
        /// Signs that are met less often than this, in parts of a thousand, are quicker to look for one by one.
        const SELDOM: u32 = 25;
        let classes: Vec<Vec<u8>> = classes
            .into_iter()
            .map(|mut class| {
                class.sort_unstable();
                class.dedup();
                // Without the bit by which small letters differ from capitals.
                for byte in &mut class {
                    *byte |= CASE;
                }
                class
            })
            .collect();
        let single = |(at, class): (usize, &Vec<u8>)| match class[..] {
            [sign] => Some((often(sign), (at, [sign, sign.to_ascii_uppercase()]))),
            _ => None,
        };
        let rarest = classes.iter().enumerate().filter_map(single).min();
        let rare = rarest.filter(|(often, _)| *often < SELDOM).map(|(_, rare)| rare);
        Self { classes, rare }
    }

    /// How many places of a text fit, in parts of a thousand, about.
    pub(super) fn frequency(&self) -> f64 {
        let of_class = |class: &Vec<u8>| f64::from(class.iter().copied().map(often).sum::<u32>()) / 1000.0;
        self.classes.iter().map(of_class).product::<f64>() * 1000.0
    }

    /// The first place of a text for which this holds, of those where the signs may begin. Signs that are no letters may
    /// have been taken for others: whoever asks looks again.
    pub(super) fn find(&self, text: &[u8], mut holds: impl FnMut(usize) -> bool) -> Option<usize> {
        if let Some((offset, [small, capital])) = self.rare {
            let places = memchr::memchr2_iter(small, capital, text).filter_map(|at| at.checked_sub(offset));
            return places.filter(|&place| self.is_at(text, place)).find(|&place| holds(place));
        }
        let places = (text.len() + 1).checked_sub(self.classes.len())?;
        (0..places).step_by(64).find_map(|start| {
            let count = (places - start).min(64);
            let mut fits = [1; 64];
            fits[count..].fill(0);
            for (class, at) in self.classes.iter().zip(start..) {
                match text[at..].first_chunk::<64>() {
                    Some(bytes) => keep(bytes, class, &mut fits),
                    None => keep(&text[at..], class, &mut fits),
                }
            }
            Ones(pack(&fits)).map(|bit| start + bit as usize).find(|&place| holds(place))
        })
    }

    fn is_at(&self, text: &[u8], place: usize) -> bool {
        let signs = text.get(place..place + self.classes.len());
        signs.is_some_and(|signs| {
            signs.iter().zip(&self.classes).all(|(sign, class)| class.contains(&(sign | CASE)))
        })
    }
}

/// How often a small letter, or another sign, is met.
fn often(sign: u8) -> u32 {
    OFTEN.get(usize::from(sign.wrapping_sub(b'a'))).copied().unwrap_or(8)
}

/// By this bit small letters differ from capitals.
const CASE: u8 = 0x20;

/// Keeps what fits one of the bytes.
#[inline]
fn keep(bytes: &[u8], class: &[u8], fits: &mut [u8; 64]) {
    let mut is_one = [0; 64];
    for value in class {
        for (is_one, byte) in is_one.iter_mut().zip(bytes) {
            *is_one |= u8::from(byte | CASE == *value);
        }
    }
    for (fits, is_one) in fits.iter_mut().zip(&is_one) {
        *fits &= is_one;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_rarer_signs_are_known() {
        let needle = |text: &str| Needle::new(text.bytes().map(|byte| vec![byte]));
        assert!(needle("zep").frequency() < needle("the").frequency());
        assert!(needle("e").frequency() > needle("q").frequency());
    }

    proptest! {
        #[test]
        fn every_place_that_fits_is_found(text in "[aAeEtbB]{0,200}", classes in prop::collection::vec("[aet]{1,2}|b", 1..4)) {
            let needle = Needle::new(classes.iter().map(|class| class.as_bytes().to_vec()));
            let mut found = Vec::new();
            needle.find(text.as_bytes(), |place| {
                found.push(place);
                false
            });
            let lower = text.to_lowercase();
            let fits = |place: &usize| {
                let mut signs = classes.iter().zip(lower[*place..].chars());
                signs.all(|(class, sign)| class.contains(sign)) && place + classes.len() <= text.len()
            };
            let expected: Vec<usize> = (0..text.len()).filter(fits).collect();
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(needle.find(text.as_bytes(), |_| true), expected.first().copied());
        }
    }
}
