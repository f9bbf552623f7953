//! A target: where its inputs come from, what is asserted of each, and what it has found.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::dice::Dice;
use super::mutate;

/// Seeds that are kept: more of them are hardly ever chosen.
const MOST_SEEDS: usize = 3000;

/// A file as a reader gets it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Input {
    /// Its name, whose extension may say what it is.
    pub(crate) name: String,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

impl Input {
    pub(crate) fn new(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.to_owned(), bytes: bytes.into() }
    }
}

/// How an input is changed once.
pub(crate) type Change = fn(&mut Dice, &mut Input);

/// Something that takes what strangers bring.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    /// Inputs that are run in `cargo test`.
    pub(crate) brief_cases: u64,
    seeds: Vec<Input>,
    change: Change,
    /// Panics if an invariant does not hold; otherwise returns what kind of answer came.
    run: fn(&Input) -> u64,
    seen: HashSet<u64>,
    /// What went wrong, in words with the number of the input.
    pub(crate) findings: Vec<String>,
}

impl Target {
    pub(crate) fn new(
        name: &'static str,
        brief_cases: u64,
        seeds: Vec<Input>,
        change: Change,
        run: fn(&Input) -> u64,
    ) -> Self {
        assert!(!seeds.is_empty(), "{name} has nothing to begin with");
        Self { name, brief_cases, seeds, change, run, seen: HashSet::new(), findings: Vec::new() }
    }

    /// How many seeds there are by now.
    pub(crate) fn seeds(&self) -> usize {
        self.seeds.len()
    }

    /// The input with this number: the seeds themselves come first.
    pub(crate) fn input(&self, number: u64) -> Input {
        let mut dice = Dice(number);
        if let Some(seed) = self.seeds.get(number as usize) {
            return seed.clone();
        }
        let mut input = dice.of(&self.seeds).clone();
        if dice.once_in(10) {
            let other = dice.of(&self.seeds);
            mutate::join(&mut dice, &mut input.bytes, &other.bytes.clone());
        }
        for _ in 0..1 + dice.below(5) {
            (self.change)(&mut dice, &mut input);
            mutate::bound(&mut input.bytes);
        }
        input
    }

    /// Runs the input with this number; whether the answer was of a new kind.
    pub(crate) fn step(&mut self, number: u64) -> bool {
        let input = self.input(number);
        self.take(input, number)
    }

    /// Runs an input.
    pub(crate) fn take(&mut self, input: Input, number: u64) -> bool {
        let run = self.run;
        match catch_unwind(AssertUnwindSafe(|| run(&input))) {
            Ok(kind) => {
                let is_new = self.seen.insert(kind);
                if is_new && self.seeds.len() < MOST_SEEDS && !self.seeds.contains(&input) {
                    self.seeds.push(input);
                }
                is_new
            }
            Err(panic) => {
                let place = PLACE.take();
                self.findings.push(format!("input {number} ({}): {place} {}", input.name, words_of(&*panic)));
                false
            }
        }
    }
}

thread_local! {
    /// Where this thread has panicked last, if anybody keeps a note of it.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps a note of where a panic is instead of printing it: a finding is told once, at the end.
pub(crate) fn note_panics() {
    std::panic::set_hook(Box::new(|panic| {
        PLACE.set(panic.location().map(ToString::to_string).unwrap_or_default());
    }));
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned())
}

/// What kind of answer this is: texts without their numbers and without what they quote.
pub(crate) struct Kind(DefaultHasher);

impl Kind {
    pub(crate) fn new() -> Self {
        Self(DefaultHasher::new())
    }

    /// Takes in something as it is.
    pub(crate) fn exactly(&mut self, value: impl Hash) -> &mut Self {
        value.hash(&mut self.0);
        self
    }

    /// Takes in about how large a number is.
    pub(crate) fn about(&mut self, number: u64) -> &mut Self {
        self.exactly(64 - number.leading_zeros())
    }

    /// Takes in a text without its numbers and what it quotes.
    pub(crate) fn words(&mut self, text: &str) -> &mut Self {
        let outside = text.split('`').step_by(2);
        for part in outside {
            for word in part.split(|c: char| !c.is_alphabetic()) {
                word.hash(&mut self.0);
            }
        }
        self
    }

    pub(crate) fn value(&self) -> u64 {
        self.0.finish()
    }
}
