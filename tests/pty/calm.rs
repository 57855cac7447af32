//! A console that is left open all day: quiet while nothing happens, and undisturbed by what terminals do.

use std::{
    fs,
    io::Read,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use tempfile::TempDir;

use crate::terminal::{Terminal, environment, regdesk};

/// Colours of the word `regdesk` at the top left, in the dark and in the light theme.
const DARK: u8 = 117;
const LIGHT: u8 = 25;

fn demo(home: &TempDir) -> Terminal {
    let terminal = Terminal::start(regdesk(), &["demo", "--still"], &environment(home.path()), 120, 40);
    terminal.wait_for("400 of 400");
    terminal
}

fn leave(mut terminal: Terminal) {
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
    terminal.assert_given_back();
}

/// How often any thread of a process was woken so far.
fn wake_ups(id: u32) -> u64 {
    fs::read_dir(format!("/proc/{id}/task"))
        .unwrap()
        .filter_map(|task| fs::read_to_string(task.unwrap().path().join("status")).ok())
        .filter_map(|status| {
            let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches"))?.to_owned();
            line.split_whitespace().last()?.parse::<u64>().ok()
        })
        .sum()
}

#[test]
fn an_idle_console_writes_nothing_and_is_not_woken() {
    /// How long it is left alone: the test is that nothing happens, so there is nothing to wait for.
    const ALONE: Duration = Duration::from_secs(2);
    let home = TempDir::new().unwrap();
    let terminal = demo(&home);
    // What the start has set in motion comes to rest.
    let rest = Instant::now() + Duration::from_secs(10);
    loop {
        let before = (terminal.raw().len(), wake_ups(terminal.id()));
        std::thread::sleep(ALONE);
        let after = (terminal.raw().len(), wake_ups(terminal.id()));
        if before == after {
            break;
        }
        assert!(Instant::now() < rest, "never at rest: {before:?} bytes and wake-ups, {ALONE:?} later {after:?}");
    }
    leave(terminal);
}

#[test]
fn the_theme_follows_the_background_that_the_terminal_tells_and_no_answer_is_taken_for_keys() {
    let home = TempDir::new().unwrap();
    let mut terminal = demo(&home);
    terminal.wait_written("\u{1b}]11;?\u{1b}\\");
    terminal.wait_color("regdesk", DARK);
    terminal.send("\u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\");
    terminal.wait_color("regdesk", LIGHT);
    // Late and odd ones, while something is typed.
    terminal.send("/status:ong\u{1b}]11;rgb:1111/1111/1111\u{7}oing\u{1b}]11;nonsense\u{7}\u{1b}]10;?\u{1b}\\");
    terminal.wait_color("regdesk", DARK);
    terminal.send("\r");
    let screen = terminal.wait_for("status:ongoing");
    assert!(!screen.contains("nonsense") && !screen.contains("rgb:"), "{screen}");
    leave(terminal);
}

#[test]
fn a_theme_by_name_ignores_the_background_and_a_key_goes_round_them() {
    let home = TempDir::new().unwrap();
    let config = home.path().join("config.toml");
    fs::write(&config, "[ui]\ntheme = \"dark\"\n").unwrap();
    let mut variables = environment(home.path());
    variables.push(("REGDESK_CONFIG", config.display().to_string()));
    variables.push(("COLORFGBG", "0;15".to_owned()));
    let mut terminal = Terminal::start(regdesk(), &["demo", "--still"], &variables, 120, 40);
    terminal.wait_for("400 of 400");
    terminal.wait_color("regdesk", DARK);
    terminal.send("\u{14}");
    terminal.wait_for("Theme: light");
    terminal.wait_color("regdesk", LIGHT);
    leave(terminal);
}

#[test]
fn without_an_answer_the_variable_of_some_terminals_tells_the_background() {
    let home = TempDir::new().unwrap();
    let mut variables = environment(home.path());
    variables.push(("COLORFGBG", "0;15".to_owned()));
    let terminal = Terminal::start(regdesk(), &["demo", "--still"], &variables, 120, 40);
    terminal.wait_for("400 of 400");
    terminal.wait_color("regdesk", LIGHT);
    leave(terminal);
}

#[test]
fn the_mouse_can_be_left_to_the_terminal_and_taken_again() {
    let home = TempDir::new().unwrap();
    let mut terminal = demo(&home);
    terminal.wait_mouse(true);
    for taken in [false, true] {
        terminal.send("\u{f}");
        terminal.wait_mouse(taken);
    }
    leave(terminal);
}

#[test]
fn pasted_text_is_typed_and_never_carried_out() {
    let home = TempDir::new().unwrap();
    let mut terminal = demo(&home);
    // Where nothing is typed, a paste is nothing, whatever letters it has.
    terminal.send("\u{1b}[200~qdc\r\u{3}\u{1b}[201~/");
    terminal.send("\u{1b}[200~status:completed\n\u{1b}[201~ risk:>5");
    terminal.wait_for("status:completed");
    terminal.wait_for("risk:>5");
    terminal.send("\u{1b}");
    terminal.wait_for("400 of 400");
    leave(terminal);
}

#[test]
fn a_storm_of_sizes_ends_with_the_right_screen() {
    let home = TempDir::new().unwrap();
    let mut terminal = demo(&home);
    for step in 0..120_u16 {
        terminal.resize(1 + step * 7 % 200, 1 + step * 5 % 60);
    }
    terminal.resize(100, 30);
    terminal.wait_for("400 of 400");
    terminal.send("?");
    terminal.wait_for("Help");
    terminal.send("\u{1b}");
    terminal.wait_gone("Help");
    leave(terminal);
}

#[test]
fn stopped_from_outside_it_gives_the_terminal_back_and_continues_where_it_was() {
    for signal in ["TSTP", "STOP"] {
        let home = TempDir::new().unwrap();
        let shell = ["--norc", "--noprofile", "--noediting", "-i"];
        let mut terminal = Terminal::start("bash", &shell, &environment(home.path()), 120, 40);
        terminal.send(&format!("{} demo --still\n", regdesk()));
        terminal.wait_for("400 of 400");
        let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", terminal.id())).unwrap();
        let console = children.split_whitespace().last().unwrap().to_owned();
        assert!(std::process::Command::new("kill").args(["-s", signal, &console]).status().unwrap().success());
        terminal.wait_for("Stopped");
        if signal == "TSTP" {
            terminal.assert_given_back();
        }
        terminal.send("fg\n");
        terminal.wait_for("400 of 400");
        terminal.wait_gone("Stopped");
        terminal.send("?");
        terminal.wait_for("Help");
        terminal.send("\u{1b}");
        terminal.wait_gone("Help");
        terminal.send("q");
        terminal.wait_gone("400 of 400");
        terminal.send("exit\n");
        assert_eq!(terminal.exit(), 0);
        terminal.assert_given_back();
    }
}

#[test]
fn a_closed_window_ends_the_console() {
    let home = TempDir::new().unwrap();
    let size = PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut builder = CommandBuilder::new(regdesk());
    builder.args(["demo", "--still"]);
    builder.env_clear();
    for (name, value) in environment(home.path()) {
        builder.env(name, value);
    }
    let mut child = pair.slave.spawn_command(builder).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let (mut written, mut buffer) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&written).contains("regdesk") {
        let read = reader.read(&mut buffer).unwrap();
        written.extend_from_slice(&buffer[..read]);
    }
    drop((reader, pair.master));
    let deadline = Instant::now() + Duration::from_secs(30);
    while child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "it goes on without a terminal");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn in_plain_text_the_cursor_follows_the_selection_and_no_sign_is_written() {
    let home = TempDir::new().unwrap();
    let mut terminal = Terminal::start(regdesk(), &["demo", "--still", "--plain"], &environment(home.path()), 100, 30);
    terminal.wait_for("Shown: 400 of 400");
    let first = terminal.wait_cursor(None);
    terminal.send("j");
    let second = terminal.wait_cursor(Some(first));
    assert_eq!((second.0, second.1), (0, first.1 + 1));
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
    terminal.assert_given_back();
    let written = String::from_utf8_lossy(&terminal.raw()).into_owned();
    assert!(!written.contains(['│', '─', '◐', '✓', '·', '…']), "a sign was written");
}
