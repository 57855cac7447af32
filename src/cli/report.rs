//! What is printed when the program breaks off.

use std::panic;

use crate::engine;

/// Has panics and last-resort errors reported without environment and arguments: a report is pasted into tickets, and
/// those hold people's data. A panic over a damaged file is not reported, because it is told as an error.
pub fn install_reports() {
    let (on_panic, on_error) = color_eyre::config::HookBuilder::default()
        .display_env_section(false)
        .panic_section("This is a mistake in regdesk. Nothing that was acknowledged is lost.")
        .into_hooks();
    let report = on_panic.into_panic_hook();
    panic::set_hook(Box::new(move |info| {
        if !engine::is_trying() {
            report(info);
        }
    }));
    // Without the hook an error is merely reported in a plainer way.
    let _ = on_error.install();
}
