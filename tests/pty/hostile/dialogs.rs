//! Hostile text in dialogs: what is shown there of people, and what is pasted there.

use std::fs;

use tempfile::TempDir;

use super::{PAYLOADS, assert_unharmed, people, show};
use crate::terminal::{Terminal, environment, regdesk};

/// Keys that open a dialog over the queue, how often Esc closes it again, and what it shows where it opens for all.
const DIALOGS: &[(&str, usize, &str)] = &[
    ("dr", 2, "Decide on 42"),
    ("s", 1, "Sync"),
    ("x", 1, ""),
    ("R", 1, ""),
    ("C", 1, "New registration"),
    ("Y", 1, "Copy"),
    ("z", 1, "Snooze 42"),
    ("N", 1, "Note"),
    ("e", 1, "Export 42"),
    ("v", 1, "Columns after the name"),
    ("/eve\rV", 1, "Save as a view"),
    ("b", 1, ""),
    ("t", 1, ""),
    ("L", 1, "What happened, newest first"),
];

/// Keys that open something to type in, and what it is. A paste is typed there.
const TYPED_IN: &[(&str, &str)] = &[
    ("/", "the filter"),
    (":", "the palette"),
    ("?/", "the search of the help"),
    ("c\t\t", "the form"),
    ("c\t\t\t\t\t", "a name in the form"),
    ("N", "the note"),
    ("z\t", "the reason of a snooze"),
    ("drj\t", "the words of a decision"),
    ("e\u{15}", "the file of an export"),
    ("/eve\rV", "the name of a view"),
];

/// Closes whatever is open over the queue.
fn close_all(terminal: &mut Terminal) {
    for _ in 0..4 {
        // An escape that another key follows at once would be that key with Alt.
        show(terminal, "\u{1b}");
    }
}

fn leave(mut terminal: Terminal) {
    terminal.send("\u{3}");
    assert_eq!(terminal.exit(), 0);
    terminal.assert_given_back();
}

#[test]
fn dialogs_over_hostile_people_show_marks_and_steer_nothing() {
    let home = TempDir::new().unwrap();
    people(home.path());
    for arguments in [&[][..], &["--plain"]] {
        let mut terminal = Terminal::start(regdesk(), arguments, &environment(home.path()), 120, 40);
        terminal.wait_for("Eve");
        for _ in PAYLOADS {
            for (keys, closes, _) in DIALOGS {
                show(&mut terminal, keys);
                for _ in 0..*closes {
                    show(&mut terminal, "\u{1b}");
                }
            }
            close_all(&mut terminal);
            assert_unharmed(&terminal, "the dialogs");
            show(&mut terminal, "j");
        }
        // All of them at once: the plan has a row for each.
        show(&mut terminal, "*");
        for (keys, _, shown) in DIALOGS {
            show(&mut terminal, keys);
            terminal.wait_for(shown);
            assert_unharmed(&terminal, keys);
            close_all(&mut terminal);
            show(&mut terminal, "*");
        }
        leave(terminal);
    }
}

#[test]
fn pasted_text_that_is_meant_for_the_terminal_is_shown_as_marks_wherever_it_is_typed() {
    let home = TempDir::new().unwrap();
    people(home.path());
    for arguments in [&[][..], &["--plain"]] {
        let mut terminal = Terminal::start(regdesk(), arguments, &environment(home.path()), 120, 40);
        terminal.wait_for("Eve");
        for (keys, place) in TYPED_IN {
            // Few at a time, so that none is cut off where there is little room.
            for payloads in PAYLOADS.chunks(4) {
                show(&mut terminal, keys);
                show(&mut terminal, &format!("\u{1b}[200~Mal{}lory\u{1b}[201~", payloads.concat()));
                // What is refused is told with the words that were typed.
                show(&mut terminal, "\r");
                close_all(&mut terminal);
            }
            assert_unharmed(&terminal, place);
        }
        leave(terminal);
    }
}

#[test]
fn views_of_the_configuration_with_hostile_names_are_listed_as_marks() {
    let home = TempDir::new().unwrap();
    people(home.path());
    let config = home.path().join("config.toml");
    let views = PAYLOADS.iter().enumerate().map(|(number, payload)| {
        let name = toml::Value::from(format!("Eve{payload}"));
        format!("[views.{name}]\nquery = \"name:eve\"\nkey = {}\n", number % 10)
    });
    fs::write(&config, views.collect::<String>()).unwrap();
    let mut variables = environment(home.path());
    variables.push(("REGDESK_CONFIG", config.display().to_string()));
    for arguments in [&[][..], &["--plain"], &["views"], &["config", "check"], &["views", "--json"]] {
        let mut terminal = Terminal::start(regdesk(), arguments, &variables, 120, 40);
        terminal.wait_for("Eve");
        if arguments.first().is_none_or(|first| first.starts_with('-')) {
            for keys in ["0", "1", "2", "?", "G", "\u{1b}", ":view", "\u{1b}", "V"] {
                show(&mut terminal, keys);
                assert_unharmed(&terminal, "views");
            }
            close_all(&mut terminal);
            terminal.send("\u{3}");
        }
        terminal.exit();
        let written = String::from_utf8_lossy(&terminal.raw()).into_owned();
        for payload in PAYLOADS.iter().filter(|payload| !payload.trim().is_empty()) {
            assert!(!written.contains(payload), "{payload:?} was written by {arguments:?}");
        }
    }
}
