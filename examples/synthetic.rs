//! Writes a made-up dataset of any size, always the same for the same number.
//!
//! ```sh
//! cargo run --release --example synthetic -- 1000000 out.ron
//! ```

use std::io::Write as _;
use std::path::PathBuf;

use clap::Parser;

mod made_up;

/// How many incidents, and where to write them.
#[derive(Parser)]
struct Options {
    /// How many incidents.
    count: usize,
    /// The file to write; one that is there already is replaced.
    output: PathBuf,
}

fn main() -> std::io::Result<()> {
    let options = Options::parse();
    let text = dateline::io::ron::write(&made_up::dataset(options.count));
    // Beside the goal first, so that it is never half there.
    let mut part = options.output.clone().into_os_string();
    part.push(".part");
    let mut file = std::fs::File::create(&part)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&part, &options.output)
}
