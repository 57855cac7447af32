//! The binary: arguments in, exit code out. Everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Neither environment nor arguments: a report is pasted into tickets, and those hold people's data.
    let hooks = color_eyre::config::HookBuilder::default()
        .display_env_section(false)
        .panic_section("This is a mistake in regdesk. Nothing that was acknowledged is lost.");
    // Without the hook a panic is merely reported in the plainer way of the standard library.
    let _ = hooks.install();
    ExitCode::from(regdesk::cli::run(std::env::args_os()))
}
