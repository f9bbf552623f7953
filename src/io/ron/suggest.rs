//! "Did you mean": the known name that is nearest to an unknown one.

use super::super::limits::{MAX_SUGGESTION_CANDIDATES, MAX_SUGGESTION_WORK};

/// The known name that differs from `word` by few typing mistakes, if there is one. Case counts as half a mistake, and
/// of names that are equally near the first one wins. Of very many names only the first are compared, and words of more
/// than 64 characters not at all, so that a call takes a few milliseconds at most.
#[must_use]
pub fn nearest<'n>(word: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let mut budget = MAX_SUGGESTION_WORK;
    nearest_within(word, known, &mut budget)
}

/// As [`nearest`]; `budget` is the number of pairs of characters that may still be compared.
fn nearest_within<'n>(
    word: &str,
    known: impl IntoIterator<Item = &'n str>,
    budget: &mut usize,
) -> Option<&'n str> {
    let word = chars_of(word)?;
    let mut best: Option<(usize, &str)> = None;
    for name in known.into_iter().take(MAX_SUGGESTION_CANDIDATES) {
        let Some(chars) = chars_of(name) else { continue };
        // About a third of the longer word may be wrong, in half mistakes.
        let third = 2 * word.len().max(chars.len()).div_ceil(3).max(1);
        // A name that is no nearer than the best one does not matter.
        let allowed = best.map_or(third, |(fewest, _)| third.min(fewest.saturating_sub(1)));
        if 2 * word.len().abs_diff(chars.len()) > allowed {
            continue;
        }
        if let Some(mistakes) = half_mistakes(&word, &chars, allowed, budget) {
            best = Some((mistakes, name));
        }
        if *budget == 0 || best.is_some_and(|(fewest, _)| fewest == 0) {
            break;
        }
    }
    best.map(|(_, name)| name)
}

/// Longer words are not compared.
const MAX_WORD_CHARS: usize = 64;

fn chars_of(word: &str) -> Option<Vec<char>> {
    let chars: Vec<char> = word.chars().take(MAX_WORD_CHARS + 1).collect();
    (chars.len() <= MAX_WORD_CHARS).then_some(chars)
}

/// Twice the optimal string alignment distance (insert, delete, replace, swap neighbours); another case costs one half.
/// `None` if it is more than `allowed`, or if `budget` does not suffice to find out.
fn half_mistakes(a: &[char], b: &[char], allowed: usize, budget: &mut usize) -> Option<usize> {
    let width = b.len() + 1;
    let mut before_last = vec![0; width];
    let mut last: Vec<usize> = (0..width).map(|column| 2 * column).collect();
    let mut current = vec![0; width];
    // The fewest mistakes in the last row: no later row but the next has fewer than this and its own.
    let mut fewest_before = 0;
    for (row, &from) in a.iter().enumerate() {
        let Some(left) = budget.checked_sub(b.len()) else {
            *budget = 0;
            return None;
        };
        *budget = left;
        current[0] = 2 * (row + 1);
        for (column, &to) in b.iter().enumerate() {
            let mut fewest =
                (last[column] + replacing(from, to)).min(last[column + 1] + 2).min(current[column] + 2);
            if row > 0 && column > 0 && from == b[column - 1] && a[row - 1] == to {
                fewest = fewest.min(before_last[column - 1] + 2);
            }
            current[column + 1] = fewest;
        }
        let fewest_now = current.iter().copied().min().unwrap_or(0);
        if fewest_now > allowed && fewest_before > allowed {
            return None;
        }
        fewest_before = fewest_now;
        std::mem::swap(&mut before_last, &mut last);
        std::mem::swap(&mut last, &mut current);
    }
    Some(last[b.len()]).filter(|&mistakes| mistakes <= allowed)
}

/// Half mistakes between two characters.
fn replacing(from: char, to: char) -> usize {
    if from == to {
        return 0;
    }
    let same_letter = if from.is_ascii() && to.is_ascii() {
        from.eq_ignore_ascii_case(&to)
    } else {
        from.to_lowercase().eq(to.to_lowercase())
    };
    if same_letter { 1 } else { 2 }
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

    #[test]
    fn a_word_that_is_known_is_nearest_to_itself() {
        assert_eq!(nearest("a", ["b", "A", "a", "a"]), Some("a"));
    }

    #[test]
    fn many_long_names_are_not_compared_without_end() {
        let names: Vec<String> = (0..MAX_SUGGESTION_CANDIDATES).map(|n| format!("{n:0>64}")).collect();
        let names = || names.iter().map(String::as_str);
        let mut budget = 10 * 64 * 64;
        assert_eq!(nearest_within(&"9".repeat(64), names(), &mut budget), None);
        assert_eq!(budget, 0);
        // What was found before the work was done is still said.
        let mut budget = 10 * 64 * 64;
        let near = format!("{:x>64}", 0);
        let found = nearest_within(&near, std::iter::once(near.as_str()).chain(names()), &mut budget);
        assert_eq!(found, Some(near.as_str()));
        assert_eq!(nearest(&"a".repeat(65), ["a"]), None);
    }
}
