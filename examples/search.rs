//! How long a search takes in a large dataset: `cargo run --release --example search -- FILE [WORDS...]`. Without a file
//! a million incidents are made up.

mod made_up;

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dateline::io;
use dateline::query::search::Finder;

const INCIDENTS: usize = 1_000_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let dataset = Arc::new(match args.next() {
        Some(file) => io::read_path(file.as_ref())?,
        None => made_up::dataset(INCIDENTS),
    });
    let mut questions: Vec<String> = args.collect();
    if questions.is_empty() {
        questions =
            ["k", "kharkiv", "khrakiv", "shelling kha", "орел", "zeppelin", "a"].map(str::to_owned).to_vec();
    }
    let (sender, woken) = channel();
    let sender = Mutex::new(sender);
    let mut finder = Finder::new(Arc::new(move || {
        if let Ok(sender) = sender.lock() {
            // Nobody waits any more.
            let _ = sender.send(());
        }
    }));
    let start = Instant::now();
    finder.open(&dataset);
    finder.ask("warm");
    wait(&mut finder, &woken, Finder::is_looking);
    println!(
        "{} incidents, index and first search: {} ms",
        dataset.incidents.len(),
        start.elapsed().as_millis()
    );
    for question in questions {
        let (start, cpu_before) = (Instant::now(), cpu_ms());
        finder.ask(&question);
        wait(&mut finder, &woken, Finder::is_behind);
        let names = start.elapsed();
        wait(&mut finder, &woken, Finder::is_looking);
        let found = finder.findings();
        println!(
            "{question:14} names {:5.1} ms ({} places, {} incidents), text {:6.1} ms, {:4} ms of all cores ({} more)",
            names.as_secs_f64() * 1e3,
            found.places.len(),
            found.incident_count,
            start.elapsed().as_secs_f64() * 1e3,
            cpu_ms().saturating_sub(cpu_before),
            found.in_text_count
        );
    }
    Ok(())
}

/// What this program has used of the processor, in steps of 10 ms; 0 where the system does not say it.
fn cpu_ms() -> u64 {
    /// Milliseconds in a tick of Linux's clock.
    const TICK_MS: u64 = 10;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in parentheses may have blanks.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * TICK_MS
}

fn wait(finder: &mut Finder, woken: &std::sync::mpsc::Receiver<()>, goes_on: fn(&Finder) -> bool) {
    finder.poll();
    while goes_on(finder) && woken.recv_timeout(Duration::from_mins(2)).is_ok() {
        finder.poll();
    }
}
