//! Hostile input: every reader, the settings file, texts that people type or paste, map tiles, filters and writers,
//! with files of the corpora changed at random. Whatever comes in, nothing panics, hangs or takes memory without bounds,
//! every row is accounted for, and what is written reads back.
//!
//! It needs no special compiler: changes know what they change (cells, tokens, files of an archive), and an input whose
//! answer is new, with numbers and quotations left out, becomes a seed of further ones. `cargo test` runs each target for a
//! moment, always with the same inputs. `make fuzz` runs all of them round robin for as long as it is let: see
//! `tests/fuzz/long.rs`. What was found stands in `tests/corpus` and beside the code that was mended.

// Mutations cast and count as they like; what is tested is elsewhere.
#![allow(clippy::pedantic, clippy::style, clippy::perf, clippy::octal_escapes)]
#![cfg(feature = "gui")]
// A test ends by panicking with what went wrong.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod archives;
mod dice;
mod engine;
mod long;
mod mutate;
mod queries;
mod readers;
mod texts;
mod tiles;
mod writers;

use engine::Target;

/// All targets.
fn targets() -> Vec<Target> {
    let mut all = readers::targets();
    all.extend(texts::targets());
    all.extend(tiles::targets());
    all.extend(queries::targets());
    all.extend(writers::targets());
    all
}

/// Runs the targets of a module for a moment.
fn briefly(targets: Vec<Target>) {
    for mut target in targets {
        let cases = target.brief_cases;
        for seed in 0..cases {
            target.step(seed);
        }
        let (name, findings) = (target.name, target.findings);
        assert!(findings.is_empty(), "{name}: {}", findings.join("\n"));
    }
}

#[test]
fn readers_take_or_refuse_whatever_a_file_holds() {
    briefly(readers::targets());
}

#[test]
fn whatever_is_typed_pasted_or_remembered_is_understood_or_refused() {
    briefly(texts::targets());
}

#[test]
fn damaged_maps_are_drawn_or_left_out() {
    briefly(tiles::targets());
}

#[test]
fn filters_answer_as_the_plainest_way_does() {
    briefly(queries::targets());
}

#[test]
fn what_is_written_reads_back_and_nothing_in_it_is_obeyed() {
    briefly(writers::targets());
}
