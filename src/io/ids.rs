//! Identifiers: each incident of a dataset has one that no other has, whatever its file says. One that an earlier row
//! has, too, gets the row's number: `UKR17 #3`. Which ones a file has already had is known by eight bytes for each.

use std::collections::HashMap;

/// The identifiers of a file while it is read, and which of them are told apart from others.
#[derive(Debug, Default)]
pub(super) struct Ids {
    seen: Seen,
    told_apart: ToldApart,
    first_line: u64,
}

/// The incidents whose identifier an earlier one has.
#[derive(Debug, Default)]
pub(super) struct ToldApart {
    /// Ascending.
    incidents: Vec<u32>,
    /// Those whose number had to be added more than once, because the file has that identifier, too.
    times: HashMap<u32, u8>,
}

impl Ids {
    /// Takes the identifier of an incident in by its hash, in the order of incidents. `number` is what tells it apart from
    /// others, and `line` where it stands.
    pub(super) fn add(&mut self, incident: usize, number: usize, hash: u64, line: u64) {
        let Ok(incident) = u32::try_from(incident) else { return };
        let (mut hash, mut times) = (hash, 0_u8);
        while self.seen.holds(hash) && times < u8::MAX {
            hash = with_number(hash, number as u64);
            times += 1;
        }
        if times == 0 {
            return;
        }
        if self.told_apart.incidents.is_empty() {
            self.first_line = line;
        }
        self.told_apart.incidents.push(incident);
        if times > 1 {
            self.told_apart.times.insert(incident, times);
        }
    }

    /// What is to be said of them, if any was told apart.
    pub(super) fn note(&self) -> Option<String> {
        let line = self.first_line;
        match self.told_apart.incidents.len() {
            0 => None,
            1 => Some(format!(
                "1 row has the identifier of an earlier row, in line {line}: a number was added to it"
            )),
            count => Some(format!(
                "{count} rows have the identifier of an earlier row, the first in line {line}: a number was added to it"
            )),
        }
    }

    /// What is needed once all are read.
    pub(super) fn into_told_apart(self) -> ToldApart {
        self.told_apart
    }
}

impl ToldApart {
    /// The identifier of an incident that has this one in its file.
    pub(super) fn name(&self, incident: usize, number: usize, mut id: String) -> String {
        let Ok(incident) = u32::try_from(incident) else { return id };
        if self.incidents.binary_search(&incident).is_ok() {
            for _ in 0..self.times.get(&incident).copied().unwrap_or(1) {
                id = format!("{id} #{number}");
            }
        }
        id
    }
}

/// Hashes of identifiers: an open table that is never more than half full.
#[derive(Debug, Default)]
struct Seen {
    places: Vec<u64>,
    count: usize,
}

impl Seen {
    /// Whether a hash was there before; it is from now on. Zero stands for no identifier and is never there.
    fn holds(&mut self, hash: u64) -> bool {
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

/// A hash of an identifier, in which every bit counts; 0 for an empty one only. That of one with a number added is the same
/// whether the file has it or it was told apart so.
pub(super) fn hash_of(id: &[u8]) -> u64 {
    let digits = id.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, number) = id.split_at(id.len() - digits);
    match before.strip_suffix(b" #") {
        Some(before) if digits > 0 && number[0] != b'0' && digits < 19 => {
            let number = number.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
            with_number(hash_of(before), number)
        }
        _ => hash_of_bytes(id),
    }
}

/// The hash of an identifier with a number added.
fn with_number(hash: u64, number: u64) -> u64 {
    let product = u128::from(hash ^ 0x2D35_8DCC_AA6C_78A5).wrapping_mul(FACTOR ^ u128::from(number) << 64);
    ((product >> 64) as u64 ^ product as u64 ^ number.rotate_left(32)).max(1)
}

const FACTOR: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;

fn hash_of_bytes(text: &[u8]) -> u64 {
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

    fn told_apart(ids: &[&str]) -> Vec<String> {
        let mut all = Ids::default();
        for (n, id) in ids.iter().enumerate() {
            all.add(n, n + 1, hash_of(id.as_bytes()), n as u64 + 2);
        }
        let told_apart = all.into_told_apart();
        ids.iter().enumerate().map(|(n, id)| told_apart.name(n, n + 1, (*id).to_owned())).collect()
    }

    #[test]
    fn no_two_identifiers_are_one_even_where_the_file_has_the_made_ones_itself() {
        assert_eq!(told_apart(&["a", "a", "b", "a"]), ["a", "a #2", "b", "a #4"]);
        assert_eq!(told_apart(&["a", "a", "a #2"]), ["a", "a #2", "a #2 #3"]);
        assert_eq!(told_apart(&["a #2", "a", "a", "a #3"]), ["a #2", "a", "a #3", "a #3 #4"]);
        assert_eq!(told_apart(&["a", "a #3", "a"]), ["a", "a #3", "a #3 #3"]);
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_file_has_each_is_there_once(ids in proptest::collection::vec("[ab]( #[1-9]){0,2}", 0..12)) {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let all = told_apart(&ids);
            let different: std::collections::HashSet<&String> = all.iter().collect();
            proptest::prop_assert_eq!(different.len(), all.len());
        }
    }
}
