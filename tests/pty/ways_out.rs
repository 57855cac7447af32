//! Whatever ends or stops the console, the terminal is as it was.

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use regdesk::{
    app::{Profile, look::Look},
    backend::{Caller, Clock, fake::Fake},
    runtime::{Options, run},
    ui::Themes,
};
use tempfile::TempDir;

use crate::terminal::{Terminal, command, environment, regdesk};

/// What is said of a store that was not closed.
const MENDING: &str = "The store was not closed";

#[test]
fn signals_give_the_terminal_back() {
    for signal in ["TERM", "HUP", "INT"] {
        let home = TempDir::new().unwrap();
        let mut terminal = Terminal::start(regdesk(), &["demo", "--still"], &environment(home.path()), 120, 40);
        terminal.wait_for("400 of 400");
        terminal.signal(signal);
        terminal.exit();
        terminal.assert_given_back();
    }
}

#[test]
fn a_console_that_was_killed_opens_again_and_says_what_it_does_meanwhile() {
    let home = TempDir::new().unwrap();
    let generated = command(home.path(), &["generate", "--count", "2000"]).output().unwrap();
    assert!(generated.status.success(), "{generated:?}");
    let start = || Terminal::start(regdesk(), &[], &environment(home.path()), 80, 24);
    let mut killed = start();
    killed.wait_for("2000 of 2000");
    // As long as nothing was written, there is nothing to put in order.
    killed.send("a");
    killed.wait_for("Claimed");
    killed.signal("KILL");
    killed.exit();
    assert!(!String::from_utf8_lossy(&killed.raw()).contains(MENDING));

    let mut again = start();
    again.wait_for("2000 of 2000");
    let written = String::from_utf8_lossy(&again.raw()).into_owned();
    let (before, after) = written.split_once("\u{1b}[?1049h").expect("the alternate screen was taken");
    assert!(before.contains(MENDING) && before.ends_with("\u{1b}[2K"), "it is said and wiped off: {before:?}");
    let drawn = after.find("regdesk").expect("it is the first word of a frame");
    assert!(
        after[..drawn].contains("\u{1b}[2J"),
        "what the killed one left there is cleared first: {:?}",
        &after[..drawn]
    );
    assert!(!after.contains(MENDING));
    again.send("q");
    assert_eq!(again.exit(), 0);
    again.assert_given_back();
}

#[test]
fn ctrl_z_stops_the_console_and_fg_brings_it_back() {
    let home = TempDir::new().unwrap();
    let mut terminal =
        Terminal::start("bash", &["--norc", "--noprofile", "--noediting", "-i"], &environment(home.path()), 120, 40);
    terminal.send(&format!("{} demo --still\n", regdesk()));
    terminal.wait_for("400 of 400");
    terminal.send("\u{1a}");
    terminal.wait_for("Stopped");
    terminal.assert_given_back();
    terminal.send("fg\n");
    terminal.wait_for("400 of 400");
    terminal.send("q");
    terminal.wait_gone("400 of 400");
    terminal.send("exit\n");
    assert_eq!(terminal.exit(), 0);
    terminal.assert_given_back();
}

/// Set in the process that is to panic; see below.
const PANICS: &str = "REGDESK_PANICKING_CONSOLE";

/// A panic in the console's own thread: this test starts itself again in a terminal, with a clock that panics.
#[test]
fn a_panic_gives_the_terminal_back_before_it_is_printed() {
    if env::var_os(PANICS).is_some() {
        return panicking_console();
    }
    let home = TempDir::new().unwrap();
    let mut variables = environment(home.path());
    variables.push((PANICS, "1".to_owned()));
    let program = env::current_exe().unwrap();
    let name = "ways_out::a_panic_gives_the_terminal_back_before_it_is_printed";
    let arguments = ["--exact", name, "--nocapture", "--test-threads", "1"];
    let mut terminal = Terminal::start(program.to_str().unwrap(), &arguments, &variables, 120, 40);
    terminal.exit();
    terminal.assert_given_back();
    let written = String::from_utf8_lossy(&terminal.raw()).into_owned();
    let (before, after) = written.split_once("\u{1b}[?1049l").expect("the alternate screen was taken and left");
    assert!(before.contains("\u{1b}[?1049h"));
    assert!(after.contains("the clock broke"), "the panic is printed on the screen that was there before: {after}");
}

fn panicking_console() {
    let reads = Arc::new(AtomicUsize::new(0));
    let clock = Clock::new(move || {
        assert!(reads.fetch_add(1, Ordering::SeqCst) < 4, "the clock broke");
        chrono::DateTime::UNIX_EPOCH
    });
    let options = Options {
        backend: Arc::new(Fake::new(Vec::new(), Vec::new(), clock.clone())),
        operator: Caller::operator(),
        clock,
        profile: Profile {
            name: "panic".to_owned(),
            backend: "fake".to_owned(),
            role: regdesk::model::Role::default(),
            read_only: true,
            production: false,
            mirror: regdesk::backend::Mirror::default(),
            announces_changes: true,
            at_hand: true,
        },
        policy: Arc::default(),
        keys: Vec::new(),
        decision_keys: true,
        look: Look::default(),
        themes: Themes::default(),
        reasons: regdesk::triage::Reasons::default(),
        views: regdesk::index::Views::default(),
        columns: None,
        kept_at: None,
        mirror_at: None,
        snapshot_at: None,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let _ = runtime.block_on(run(options));
}

#[test]
fn a_poor_terminal_gets_a_clear_message_and_no_mess() {
    let home = TempDir::new().unwrap();
    let mut variables = environment(home.path());
    variables.retain(|(name, _)| *name != "TERM");
    variables.push(("TERM", "dumb".to_owned()));
    let mut terminal = Terminal::start(regdesk(), &["demo"], &variables, 80, 24);
    assert_ne!(terminal.exit(), 0);
    let written = String::from_utf8_lossy(&terminal.raw()).into_owned();
    assert!(written.contains("TERM=dumb"), "{written}");
    assert!(!written.contains('\u{1b}'), "no escape sequences: {written:?}");
}

#[test]
fn a_pipe_gets_a_clear_message() {
    let home = TempDir::new().unwrap();
    let output = command(home.path(), &["demo"]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("needs a terminal"));
    assert!(output.stdout.is_empty());
}
