//! The long run: targets round robin in slices, for as long as it is let.
//!
//! ```sh
//! make fuzz                          # all targets for an hour, findings and times in target/fuzz
//! make fuzz FUZZ_S=600 TARGET=kml    # one target for ten minutes
//! ```
//!
//! Each slice is a process of its own, which goes on where the last one of its target ended: one that dies of a stack
//! overflow or of too little memory leaves its input behind in `TARGET.now`, and the others go on. `times.csv` has a line
//! for each slice: the target, processor seconds, inputs, seeds, findings, the slowest input's milliseconds and the most
//! memory in MiB. An input is a finding, too, if it takes over twelve seconds or over 768 MiB more than the slice began
//! with: none is larger than 64 KiB, or than 64 MiB when it is unpacked.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use super::engine::{Input, Target, note_panics};
use super::targets;

/// The longest that any input may take, of the processor.
const MOST_TIME: Duration = Duration::from_secs(12);
/// The most memory that any input may take.
const MOST_KIB: u64 = 768 << 10;
/// How long a slice is.
const SLICE: Duration = Duration::from_secs(60);

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn folder() -> PathBuf {
    let folder =
        variable("DATELINE_FUZZ_DIR").map_or_else(|| env::temp_dir().join("dateline-fuzz"), PathBuf::from);
    fs::create_dir_all(&folder).expect("a folder for findings");
    folder
}

#[test]
#[ignore = "runs for as long as DATELINE_FUZZ_S says, an hour without it"]
fn all_targets_round_robin() {
    let seconds = variable("DATELINE_FUZZ_S").and_then(|it| it.parse().ok()).unwrap_or(3600);
    let end = Instant::now() + Duration::from_secs(seconds);
    let only = variable("DATELINE_FUZZ_TARGET");
    let names =
        targets().into_iter().map(|it| it.name).filter(|name| only.as_deref().is_none_or(|it| it == *name));
    let names: Vec<&str> = names.collect();
    assert!(!names.is_empty(), "no target is called so");
    let folder = folder();
    for name in names.iter().cycle() {
        let Some(left) = end.checked_duration_since(Instant::now()) else { break };
        let status = Command::new(env::current_exe().expect("this program"))
            .args(["--ignored", "--exact", "long::one_slice", "--nocapture"])
            .env("DATELINE_FUZZ_DIR", &folder)
            .env("DATELINE_FUZZ_TARGET", name)
            .env("DATELINE_FUZZ_S", SLICE.min(left).as_secs().max(1).to_string())
            .status()
            .expect("a process");
        if !status.success() {
            let now = folder.join(format!("{name}.now"));
            let kept =
                folder.join(format!("{name}.{}.died", fs::read_dir(&folder).map_or(0, Iterator::count)));
            // A slice that only told of findings has no input at hand.
            let _ = fs::rename(now, kept);
        }
    }
}

#[test]
#[ignore = "a slice of the run above"]
fn one_slice() {
    let name = variable("DATELINE_FUZZ_TARGET").expect("the name of a target");
    let seconds = variable("DATELINE_FUZZ_S").and_then(|it| it.parse().ok()).unwrap_or(SLICE.as_secs());
    let target = targets().into_iter().find(|it| it.name == name).expect("a target of this name");
    note_panics();
    Slice::new(target, &folder()).run(Duration::from_secs(seconds));
}

struct Slice<'a> {
    target: Target,
    folder: &'a Path,
    /// Number of the next input.
    number: u64,
    inputs: u64,
    slowest: Duration,
}

impl<'a> Slice<'a> {
    /// Goes on where the last slice of the target ended, with the seeds that it had found.
    fn new(mut target: Target, folder: &'a Path) -> Self {
        let seeds = folder.join(target.name);
        fs::create_dir_all(&seeds).expect("a folder for seeds");
        let mut found: Vec<PathBuf> =
            fs::read_dir(&seeds).expect("the folder").filter_map(|it| Some(it.ok()?.path())).collect();
        found.sort();
        for path in found {
            target.take(read_input(&path), 0);
        }
        target.findings.clear();
        let number = fs::read_to_string(folder.join(format!("{}.next", target.name)));
        let number = number.ok().and_then(|it| it.trim().parse().ok()).unwrap_or(0);
        Self { target, folder, number, inputs: 0, slowest: Duration::ZERO }
    }

    fn run(mut self, wall: Duration) {
        let (started, cpu) = (Instant::now(), cpu_time());
        let next = self.folder.join(format!("{}.next", self.target.name));
        while started.elapsed() < wall {
            if self.inputs.is_multiple_of(256) {
                // What kills the process is not run again.
                fs::write(&next, (self.number + 256).to_string()).expect("a place to write");
            }
            self.step();
        }
        fs::write(&next, self.number.to_string()).expect("a place to write");
        let _ = fs::remove_file(self.folder.join(format!("{}.now", self.target.name)));
        self.tell(cpu_time().saturating_sub(cpu));
    }

    fn step(&mut self) {
        let input = self.target.input(self.number);
        let now = self.folder.join(format!("{}.now", self.target.name));
        write_input(&now, &input);
        let (cpu, most_kib, findings) = (cpu_time(), peak_kib(), self.target.findings.len());
        let is_new = self.target.take(input.clone(), self.number);
        let took = cpu_time().saturating_sub(cpu);
        let more_kib = peak_kib().saturating_sub(most_kib);
        self.slowest = self.slowest.max(took);
        if took > MOST_TIME {
            self.target.findings.push(format!("input {} takes {took:?}", self.number));
        }
        if more_kib > MOST_KIB {
            self.target.findings.push(format!("input {} takes {more_kib} KiB", self.number));
        }
        if self.target.findings.len() > findings {
            write_input(&self.folder.join(format!("{}.{}.found", self.target.name, self.number)), &input);
        } else if is_new {
            write_input(&self.folder.join(self.target.name).join(format!("{:016}", self.number)), &input);
        }
        self.number += 1;
        self.inputs += 1;
    }

    fn tell(&self, cpu: Duration) {
        let (name, findings) = (self.target.name, &self.target.findings);
        let line = format!(
            "{name},{:.1},{},{},{},{},{}\n",
            cpu.as_secs_f64(),
            self.inputs,
            self.target.seeds(),
            findings.len(),
            self.slowest.as_millis(),
            peak_kib() >> 10
        );
        append(&self.folder.join("times.csv"), &line);
        for finding in findings {
            append(&self.folder.join("findings.txt"), &format!("{name}: {finding}\n"));
        }
    }
}

/// An input as a file: its name in the first line.
fn write_input(path: &Path, input: &Input) {
    let whole = [input.name.as_bytes(), b"\n", &input.bytes].concat();
    fs::write(path, whole).expect("a place to write");
}

fn read_input(path: &Path) -> Input {
    let whole = fs::read(path).expect("an input");
    let end = whole.iter().position(|&byte| byte == b'\n').unwrap_or(whole.len());
    let bytes = whole.get(end + 1..).unwrap_or_default();
    Input::new(&String::from_utf8_lossy(&whole[..end]), bytes)
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).expect("a place to write");
    file.write_all(text.as_bytes()).expect("room to write");
}

/// What this process has taken of the processor.
fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}

/// The most memory that this process has had; 0 where the system does not say.
fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|it| it.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

#[test]
#[ignore = "runs the one input in the file that DATELINE_FUZZ_INPUT names, for the target DATELINE_FUZZ_TARGET"]
fn one_input() {
    let name = variable("DATELINE_FUZZ_TARGET").expect("the name of a target");
    let path = variable("DATELINE_FUZZ_INPUT").expect("a file");
    let mut target = targets().into_iter().find(|it| it.name == name).expect("a target of this name");
    let cpu = cpu_time();
    target.take(read_input(Path::new(&path)), 0);
    assert!(target.findings.is_empty(), "{}", target.findings.join("\n"));
    println!("{:?}, {} MiB", cpu_time().saturating_sub(cpu), peak_kib() >> 10);
}
