//! Which identifiers a file has already had, in eight bytes for each.

/// Hashes of identifiers: an open table that is never more than half full.
#[derive(Debug, Default)]
pub(super) struct Seen {
    places: Vec<u64>,
    count: usize,
}

impl Seen {
    /// Whether a hash was there before; it is from now on. Zero stands for no identifier and is never there.
    pub(super) fn holds(&mut self, hash: u64) -> bool {
        if hash == 0 {
            return false;
        }
        if self.places.len() <= 2 * self.count {
            self.grow();
        }
        let place = self.place_of(hash);
        let is_there = self.places[place] == hash;
        self.places[place] = hash;
        self.count += usize::from(!is_there);
        is_there
    }

    /// Where a hash is, or goes.
    fn place_of(&self, hash: u64) -> usize {
        let mask = self.places.len() - 1;
        let mut place = hash as usize & mask;
        while self.places[place] != 0 && self.places[place] != hash {
            place = (place + 1) & mask;
        }
        place
    }

    fn grow(&mut self) {
        let size = (self.places.len() * 2).max(1 << 10);
        for hash in std::mem::replace(&mut self.places, vec![0; size]) {
            if hash != 0 {
                let place = self.place_of(hash);
                self.places[place] = hash;
            }
        }
    }
}

/// A hash in which every bit of a text counts; 0 for an empty one only.
pub(in crate::io) fn hash_of(text: &[u8]) -> u64 {
    const FACTOR: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
    if text.is_empty() {
        return 0;
    }
    let mut state = text.len() as u64 ^ 0x2D35_8DCC_AA6C_78A5;
    for part in text.chunks(8) {
        let mut word = [0; 8];
        word[..part.len()].copy_from_slice(part);
        let product = u128::from(state ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR);
        state = (product >> 64) as u64 ^ product as u64;
    }
    state.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_is_known_however_much_there_is() {
        let mut seen = Seen::default();
        let hash = |n: u32| hash_of(format!("UKR{n}").as_bytes());
        assert!((0..50_000).all(|n| !seen.holds(hash(n))));
        assert!((0..50_000).all(|n| seen.holds(hash(n))));
        assert!(!seen.holds(hash_of(b"")) && !seen.holds(hash_of(b"")), "no identifier is no identifier");
        assert_ne!(hash_of(b"a"), hash_of(b"a\0"));
    }
}
