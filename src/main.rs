//! The binary: arguments in, exit code out. Everything else is in the library.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Registrations are many small texts, read on one thread and let go on another.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    regdesk::cli::install_reports();
    ExitCode::from(regdesk::cli::run(std::env::args_os()))
}
