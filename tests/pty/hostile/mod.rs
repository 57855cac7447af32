//! People whose names, devices and notes are meant for the terminal: every view shows them, and the terminal does nothing
//! but what the console means it to.

mod dialogs;
mod service;

use std::{fs, path::Path, thread, time::Duration};

use serde_json::Value;
use tempfile::TempDir;

use crate::terminal::{Terminal, command, environment, regdesk};

/// What a text from outside could make a terminal do. The bytes of each are its own: nothing of the console writes them.
const PAYLOADS: [&str; 14] = [
    "\u{1b}]0;OWNED\u{7}",
    "\u{1b}]2;OWNED\u{1b}\\",
    "\u{1b}]52;c;T1dORUQ=\u{7}",
    "\u{1b}]8;;http://example.com/owned\u{1b}\\link\u{1b}]8;;\u{1b}\\",
    "\u{1b}[007;077H",
    "\u{1b}[38;5;201m",
    "\u{1b}[2J\u{1b}[3J",
    "\u{1b}[?1049l\u{1b}c",
    "\u{1b}P$q\"p\u{1b}\\",
    "\u{9b}38;5;201m\u{9d}0;OWNED\u{9c}",
    "\u{202e}detrevni\u{2066}\u{200f}",
    "\r\n\u{8}\u{b}\u{c}\t\u{7f}\u{0}",
    "\u{200b}\u{200d}\u{feff}\u{ad}\u{2028}",
    "Z\u{351}\u{36b}\u{343}\u{363}\u{36f}\u{351}\u{36b}\u{343}\u{363}\u{36f}\u{351}\u{36b}\u{343}\u{363}\u{36f}",
];

/// Fields that hold whatever somebody typed, scanned or sent.
const TYPED: [&str; 14] = [
    "fullName",
    "firstName",
    "lastName",
    "documentNumber",
    "userAgent",
    "deviceId",
    "city",
    "address",
    "issuer",
    "label",
    "note",
    "answer",
    "value",
    "country",
];

/// A colour that no theme has.
const PLANTED_COLOR: vt100::Color = vt100::Color::Idx(201);

/// Puts a payload before every text that is typed.
fn plant(value: &mut Value, payload: &str) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                match field {
                    Value::String(text) if TYPED.contains(&key.as_str()) => *text = format!("Eve{payload}{text}"),
                    field => plant(field, payload),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| plant(value, payload)),
        _ => {}
    }
}

/// A store in which everybody is hostile in a way of their own.
fn people(home: &Path) {
    let run = |arguments: &[&str]| {
        let done = command(home, arguments).output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    let (good, bad) = (home.join("good.ndjson"), home.join("bad.ndjson"));
    let elsewhere = home.join("elsewhere").display().to_string();
    run(&["generate", "--count", "42", "--seed", "5", "--data-dir", &elsewhere]);
    run(&["export", "--output", good.to_str().unwrap(), "--data-dir", &elsewhere]);
    let good = fs::read_to_string(good).unwrap();
    let lines = good.lines().zip(PAYLOADS.iter().cycle()).map(|(line, payload)| {
        let mut person: Value = serde_json::from_str(line).unwrap();
        plant(&mut person, payload);
        person.to_string()
    });
    fs::write(&bad, lines.collect::<Vec<_>>().join("\n")).unwrap();
    run(&["import", bad.to_str().unwrap()]);
}

/// Types keys and leaves the console the time to draw what they open.
fn show(terminal: &mut Terminal, keys: &str) {
    terminal.send(keys);
    thread::sleep(Duration::from_millis(30));
}

/// Asserts that nothing planted has worked, whatever is on the screen.
fn assert_unharmed(terminal: &Terminal, view: &str) {
    let written = String::from_utf8_lossy(&terminal.wait_at_rest()).into_owned();
    for payload in PAYLOADS {
        assert!(!written.contains(payload), "{payload:?} was written, in {view}");
    }
    for harm in ['\u{202e}', '\u{2066}', '\u{200f}', '\u{9b}', '\u{9d}', '\u{200b}', '\u{2028}'] {
        assert!(!written.contains(harm), "{harm:?} was written, in {view}");
    }
    // Commands to the terminal that are more than colours and places: all of them are the console's own.
    for command in written.split("\u{1b}]").skip(1) {
        assert!(command.starts_with("11;?"), "a command of the system kind in {view}: {:?}", &command[..20]);
    }
    assert!(!written.contains("\u{1b}P"), "a device command, in {view}");
    terminal.assert_no_cell(&format!("a planted colour in {view}"), |cell| {
        cell.fgcolor() == PLANTED_COLOR || cell.bgcolor() == PLANTED_COLOR
    });
}

#[test]
fn arguments_that_are_wrong_and_hostile_are_told_without_harm() {
    let home = TempDir::new().unwrap();
    for payload in PAYLOADS.into_iter().filter(|payload| !payload.contains('\0')) {
        for arguments in [&[payload][..], &["list", "--limit", payload], &["show", payload], &["list", payload]] {
            let mut terminal = Terminal::start(regdesk(), arguments, &environment(home.path()), 120, 40);
            assert_ne!(terminal.exit(), 101, "{arguments:?}");
            let written = String::from_utf8_lossy(&terminal.raw()).into_owned();
            assert!(!written.contains(payload.trim_start_matches("\r\n")), "{arguments:?} came out raw");
            assert!(!written.contains('\u{1b}'), "{arguments:?} came out raw: {written:?}");
        }
    }
}

#[test]
fn hostile_text_is_shown_as_marks_in_every_view_and_steers_nothing() {
    let home = TempDir::new().unwrap();
    people(home.path());
    for (columns, rows) in [(160, 48), (80, 24)] {
        let mut terminal = Terminal::start(regdesk(), &["--read-only"], &environment(home.path()), columns, rows);
        terminal.wait_for("42 of 42");
        assert!(terminal.wait_for("Eve").contains('␛'), "escapes are marked");
        assert_unharmed(&terminal, "the queue");
        // Everybody passes through the preview, and through every part of the registration.
        terminal.send("P");
        for _ in 0..42 {
            show(&mut terminal, "j");
        }
        assert_unharmed(&terminal, "the preview");
        terminal.send("\r");
        terminal.wait_for("1 Overview");
        for _ in 0..PAYLOADS.len() {
            for tab in ["1", "2", "3", "4", "5", "6", "7", "8"] {
                show(&mut terminal, tab);
            }
            assert_unharmed(&terminal, "a registration");
            show(&mut terminal, "n");
        }
        terminal.send("\u{1b}");
        terminal.wait_for("42 of 42");
        for (keys, view) in [("f", "the flags"), ("F", "the facets"), ("i", "the insights"), ("?", "the help")] {
            terminal.send(keys);
            assert_unharmed(&terminal, view);
            terminal.send("jjjj");
            assert_unharmed(&terminal, view);
            terminal.send("\u{1b}");
            terminal.wait_for("42 of 42");
        }
        for (typed, view) in [("/name:eve", "the filter"), ("/eve\u{1b}:export", "the palette")] {
            terminal.send(typed);
            assert_unharmed(&terminal, view);
            terminal.send("\u{1b}");
            assert_unharmed(&terminal, "the way back");
            // An escape that another key follows at once would be that key with Alt.
            show(&mut terminal, "\u{1b}");
        }
        terminal.send("\u{3}");
        assert_eq!(terminal.exit(), 0);
        terminal.assert_given_back();
    }
}
