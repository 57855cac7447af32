//! A recording of the real program in a terminal, as an asciinema cast (version 2).

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    terminal::{Terminal, environment, regdesk},
    writes,
};

const COLUMNS: u16 = 110;
const ROWS: u16 = 32;
/// Larger recordings would weigh on every clone of the repository, bytes.
const LARGEST: usize = 300_000;

/// What an operator does: keys, what is on the screen then, and how long one looks at it, seconds.
const SCENE: &[(&str, &str, f64)] = &[
    ("", "400 of 400", 2.5),
    ("jjj", "400 of 400", 1.2),
    ("/", "enter keep", 0.6),
    ("flag:critical linked:>=3", "linked:>=3", 1.5),
    ("\r", "linked:>=3", 1.0),
    ("\r", "1 Overview", 3.0),
    ("2", "threshold", 3.0),
    ("t", "Ring", 2.5),
    ("\u{1b}", "1 Overview", 1.0),
    ("\u{1b}", "of 400", 1.2),
    ("d", "Decide on 1", 1.5),
    ("r", "document_forged", 1.5),
    ("\u{1b}", "of 400", 1.0),
    ("i", "Insights", 3.0),
    ("\u{1b}", "of 400", 1.0),
    ("?", "Help", 2.0),
    ("\u{1b}", "of 400", 1.0),
];
/// Seconds between two keys that are typed.
const BETWEEN_KEYS: f64 = 0.12;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/demo.cast")
}

/// Plays the scene, and writes down what the program wrote and when.
fn record() -> String {
    let home = TempDir::new().unwrap();
    let now = ["demo", "--still", "--now", "2026-06-01T12:00:00Z"];
    let mut terminal = Terminal::start(regdesk(), &now, &environment(home.path()), COLUMNS, ROWS);
    let header = json!({
        "version": 2, "width": COLUMNS, "height": ROWS, "title": "regdesk demo", "env": { "TERM": "xterm-256color" },
    });
    let mut lines = vec![header.to_string()];
    let (mut at, mut seen) = (0.3, 0);
    let mut take = |terminal: &Terminal, at: f64| {
        let raw = terminal.wait_at_rest();
        let text = std::str::from_utf8(&raw[seen..]).unwrap();
        if !text.is_empty() {
            lines.push(json!([(at * 1000.0).round() / 1000.0, "o", text]).to_string());
        }
        seen = raw.len();
    };
    for (keys, shown, looked) in SCENE {
        for key in keys.chars() {
            terminal.send(&key.to_string());
            take(&terminal, at);
            at += BETWEEN_KEYS;
        }
        terminal.wait_for(shown);
        take(&terminal, at);
        at += looked;
    }
    terminal.send("q");
    terminal.exit();
    take(&terminal, at);
    lines.join("\n") + "\n"
}

#[test]
fn the_recording_plays_and_shows_what_it_is_about() {
    if writes() {
        fs::write(path(), record()).unwrap();
    }
    let cast = fs::read_to_string(path()).unwrap();
    assert!(cast.len() < LARGEST, "{} bytes", cast.len());
    let mut lines = cast.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let header = lines.next().unwrap();
    assert_eq!((&header["version"], &header["width"]), (&json!(2), &json!(COLUMNS)));
    let mut parser = vt100::Parser::new(ROWS.try_into().unwrap(), COLUMNS.try_into().unwrap(), 0);
    let (mut screens, mut last) = (String::new(), 0.0);
    for event in lines {
        let at = event[0].as_f64().unwrap();
        assert!(at >= last, "time goes back at {at}");
        last = at;
        assert_eq!(event[1], "o");
        parser.process(event[2].as_str().unwrap().as_bytes());
        screens.push_str(&parser.screen().contents());
    }
    for (_, shown, _) in SCENE {
        assert!(screens.contains(shown), "{shown} is never seen; record anew");
    }
    assert!(!parser.screen().alternate_screen(), "the terminal is given back at the end");
    assert!(last < 60.0, "short enough to be watched");
}
