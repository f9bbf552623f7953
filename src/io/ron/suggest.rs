//! "Did you mean": the known name that is nearest to an unknown one.

use super::super::limits::MAX_SUGGESTION_CANDIDATES;

/// The known name that differs from `word` by few typing mistakes, if there is one. Case counts as half a mistake, and
/// of names that are equally near the first one wins. Of very many names only the first are compared.
#[must_use]
pub fn nearest<'n>(word: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let word: Vec<char> = word.chars().take(MAX_WORD_CHARS + 1).collect();
    if word.len() > MAX_WORD_CHARS {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for name in known.into_iter().take(MAX_SUGGESTION_CANDIDATES) {
        let chars: Vec<char> = name.chars().take(MAX_WORD_CHARS + 1).collect();
        // About a third of the longer word may be wrong, in half mistakes.
        let allowed = 2 * word.len().max(chars.len()).div_ceil(3).max(1);
        if chars.len() > MAX_WORD_CHARS || 2 * word.len().abs_diff(chars.len()) > allowed {
            continue;
        }
        let mistakes = half_mistakes(&word, &chars);
        if mistakes <= allowed && best.is_none_or(|(fewest, _)| mistakes < fewest) {
            best = Some((mistakes, name));
        }
    }
    best.map(|(_, name)| name)
}

/// Longer words are not compared.
const MAX_WORD_CHARS: usize = 80;

/// Twice the optimal string alignment distance (insert, delete, replace, swap neighbours); another case costs one half.
fn half_mistakes(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut before_last = vec![0; width];
    let mut last: Vec<usize> = (0..width).map(|column| 2 * column).collect();
    for (row, &from) in a.iter().enumerate() {
        let mut current = vec![2 * (row + 1); width];
        for (column, &to) in b.iter().enumerate() {
            let replace = match () {
                () if from == to => 0,
                () if from.to_lowercase().eq(to.to_lowercase()) => 1,
                () => 2,
            };
            let mut fewest = (last[column] + replace).min(last[column + 1] + 2).min(current[column] + 2);
            if row > 0 && column > 0 && from == b[column - 1] && a[row - 1] == to {
                fewest = fewest.min(before_last[column - 1] + 2);
            }
            current[column + 1] = fewest;
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] = ["title", "id", "position", "Circle", "ground_incursion"];

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        for (word, name) in [
            ("titel", "title"),
            ("Title", "title"),
            ("postion", "position"),
            ("circle", "Circle"),
            ("cirle", "Circle"),
            ("ground-incursion", "ground_incursion"),
        ] {
            assert_eq!(nearest(word, NAMES), Some(name), "{word}");
        }
    }

    #[test]
    fn another_word_is_not_taken_for_a_slip() {
        for word in ["", "x", "colour", "description", &"t".repeat(1000)] {
            assert_eq!(nearest(word, NAMES), None, "{word}");
        }
    }
}
