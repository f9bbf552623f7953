//! The binary: parses the command line, starts the logger, hands over, and turns results into exit codes.
//!
//! 0: done; 1: a problem in the data or the machine, told on stderr; 2: wrong usage.

use std::error::Error;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Instant;

use dateline::batch;
use dateline::cli::{self, CheckRequest, ConvertRequest, Request};
use dateline::crash;
use dateline::io::{self, ReadError};
use dateline::progress::Progress;
use dateline::settings;

/// Gives back to the system what a file needed only while it was read; glibc keeps it, and more with every reading.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let started = Instant::now();
    // wgpu looks for OpenGL, too, and calls it an error when there is none; Vulkan is what counts.
    // Where rfd has no dialog to offer, the window asks for a path itself.
    let filter = env_logger::Env::default().default_filter_or("error,wgpu_hal::gles=off,rfd=off");
    env_logger::Builder::from_env(filter).init();
    // Beside the settings where these have a folder of their own.
    crash::install(crash::folder(settings::disk::named_folder()));
    match cli::parse(std::env::args_os()) {
        Ok(request) => run(request, started),
        Err(usage) => {
            // Nobody is left to tell if even this cannot be written.
            let _ = usage.print();
            ExitCode::from(if usage.exit_code() == 0 { 0 } else { 2 })
        }
    }
}

fn run(request: Request, started: Instant) -> ExitCode {
    match request {
        Request::Check(request) => check(&request),
        Request::Convert(request) => convert(&request),
        #[cfg(feature = "gui")]
        Request::Window(request) => finish(dateline::ui::run(&request, started)),
        #[cfg(feature = "gui")]
        Request::Render(request) => finish(dateline::render::run(&request)),
        #[cfg(not(feature = "gui"))]
        Request::Window(_) | Request::Render(_) => {
            let _ = started;
            tell(
                "dateline was built without its window (cargo feature `gui`); only `dateline check` and `dateline convert` work here",
            );
            ExitCode::FAILURE
        }
    }
}

/// Checks every file, whatever is wrong with the ones before it.
fn check(request: &CheckRequest) -> ExitCode {
    let mut all_good = true;
    for file in &request.files {
        let said = match io::read_path_with(file, &request.read, &Progress::default()) {
            Ok(dataset) => {
                all_good &= dataset.account.rejected() == 0;
                batch::account_text(&file.to_string_lossy(), &dataset, request.show)
            }
            Err(error) => {
                all_good = false;
                report(&error);
                batch::nothing_read()
            }
        };
        // A closed pipe (`| head`) is no reason to leave files unchecked.
        let _ = write!(std::io::stdout(), "{said}");
    }
    if all_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn convert(request: &ConvertRequest) -> ExitCode {
    match batch::convert(request) {
        Ok(told) => {
            tell(told.trim_end());
            ExitCode::SUCCESS
        }
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

#[cfg(feature = "gui")]
fn finish<E: Error + 'static>(result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// Tells an error once: a dataset's problems as their report, anything else in its own words.
fn report(error: &(dyn Error + 'static)) {
    let mut cause = Some(error);
    while let Some(one) = cause {
        if let Some(problems) = one.downcast_ref::<ReadError>() {
            let stderr = std::io::stderr();
            let color =
                stderr.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            let _ = write!(stderr.lock(), "{}", problems.render(color));
            return;
        }
        cause = one.source();
    }
    tell(&error.to_string());
}

fn tell(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}
