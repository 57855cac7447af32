//! A console over a hundred thousand registrations: the screen is there and keys are answered long before everybody is
//! indexed.

use std::process::Stdio;

use tempfile::TempDir;

use crate::terminal::{Terminal, command, environment, regdesk};

/// What the header says until everybody is indexed.
const READING: &str = "/100000 …";

#[test]
fn a_hundred_thousand_are_seen_at_once_and_no_key_waits_for_their_index() {
    let home = TempDir::new().unwrap();
    let generated = command(home.path(), &["generate", "--count", "100000"]).stdout(Stdio::null()).status().unwrap();
    assert!(generated.success());

    let mut terminal = Terminal::start(regdesk(), &[], &environment(home.path()), 120, 40);
    let first = terminal.wait_for(READING);
    assert!(first.matches("ongoing").count() > 10, "rows are there before the index is: {first}");
    for _ in 0..5 {
        terminal.send("?");
        terminal.wait_for("In the queue");
        terminal.send("q");
        terminal.wait_gone("In the queue");
    }
    let top = top_row(&terminal.wait_for(READING));
    terminal.send("G");
    terminal.wait_gone(&top);
    for letter in ["/", "z", "z", "q"] {
        terminal.send(letter);
    }
    terminal.wait_for("zzq");
    let last = terminal.wait_for(READING);
    assert!(last.contains("reading"), "all of this was before the index was complete: {last}");

    // Whoever leaves does not wait for it either.
    terminal.send("\u{3}");
    assert_eq!(terminal.exit(), 0);
    terminal.assert_given_back();
}

/// The line below the names of the columns.
fn top_row(screen: &str) -> String {
    screen.lines().skip_while(|line| !line.starts_with("  who")).nth(1).expect("a list is shown").to_owned()
}
