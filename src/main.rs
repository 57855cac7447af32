//! The binary: arguments in, exit code out. Everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    regdesk::cli::install_reports();
    ExitCode::from(regdesk::cli::run(std::env::args_os()))
}
