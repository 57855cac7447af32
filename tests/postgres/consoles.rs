//! Two consoles in terminals of their own, over one store.

use std::{
    fs,
    io::Write as _,
    time::{Duration, Instant},
};

use crate::{
    desks::program_over,
    program::{Desk, text},
    server::{self, PASSWORD, Server},
    terminal::{self, Terminal, regdesk},
};

/// The lease of a claim in this test, seconds: as short as a busy machine allows.
const LEASE: u64 = 4;

/// What is promised is a second; the machine may be busy with other tests.
const BOUND: Duration = Duration::from_secs(10);

/// Somebody's desk on a machine of its own, which shows who has claimed whom.
fn desk(server: &Server, database: &str) -> Desk {
    let desk = program_over(&server.login(database));
    fs::create_dir(desk.path("home")).unwrap();
    let mut file = fs::OpenOptions::new().append(true).open(desk.path("config.toml")).unwrap();
    write!(file, "claim_lease_seconds = {LEASE}\n[queue]\ncolumns = [\"status\", \"owner\"]\n").unwrap();
    desk
}

fn console(desk: &Desk, operator: &str) -> Terminal {
    let mut environment = terminal::environment(&desk.path("home"));
    environment.push(("REGDESK_CONFIG", desk.path("config.toml").display().to_string()));
    environment.push(("STORE_PASSWORD", PASSWORD.to_owned()));
    environment.push(("REGDESK_OPERATOR", operator.to_owned()));
    Terminal::start(regdesk(), &[], &environment, 120, 40)
}

/// How long it takes until a console shows something.
fn seen(terminal: &Terminal, words: &str) -> Duration {
    let began = Instant::now();
    terminal.wait_for(words);
    began.elapsed()
}

/// What is printed about who has claimed a registration.
fn claimed(desk: &Desk, arguments: &[&str], operator: &str) -> String {
    let output = desk.command(arguments).env("REGDESK_OPERATOR", operator).output().unwrap();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

#[test]
fn what_is_decided_and_claimed_at_one_console_is_seen_at_the_other_and_a_claim_dies_with_its_console() {
    let Some(server) = server::shared() else { return };
    let database = server.database().name;
    let (anas, bens) = (desk(server, &database), desk(server, &database));
    let id = anas.create("wanted.person@example.com");
    let (mut ana, mut ben) = (console(&anas, "ana"), console(&bens, "ben"));
    for terminal in [&ana, &ben] {
        terminal.wait_for("wanted.person");
        terminal.wait_for("1 of 1");
    }

    ana.send("a");
    let claim_seen = seen(&ben, " ana");
    let refused = claimed(&bens, &["claim", &id], "ben");
    assert!(refused.contains("ana has claimed it"), "{refused}");
    // One key takes nothing from a colleague.
    ben.send("a");
    ben.wait_for("Release 1 registration");
    ben.send("\u{1b}");
    ben.wait_gone("Release 1 registration");
    ben.wait_for(" ana");

    // Longer than a lease: the console renews it.
    std::thread::sleep(Duration::from_secs(LEASE * 2));
    assert!(claimed(&bens, &["claim", &id], "ben").contains("ana has claimed it"));

    ana.signal("KILL");
    let killed = Instant::now();
    ben.wait_gone(" ana");
    let given_back = killed.elapsed();
    ben.send("a");
    ben.wait_for(" ben");

    let mut ana = console(&anas, "ana");
    ana.wait_for(" ben");
    ana.send("d");
    ana.wait_for("Decide on 1 registration");
    ana.send("r");
    ana.wait_for("face_mismatch");
    ana.send("\u{1b}[A\tWrote to her twice.\r");
    ana.wait_for("type 1 and press enter");
    ana.send("1\r");
    let decision_seen = seen(&ben, "failed");

    // Whoever leaves gives back what they have claimed.
    ben.send("q");
    assert_eq!(ben.exit(), 0);
    ana.wait_gone(" ben");
    println!(
        "a claim was seen at the other console after {} ms and a decision after {} ms; a claim of a console that was \
         killed was given back after {} ms with a lease of {LEASE} s",
        claim_seen.as_millis(),
        decision_seen.as_millis(),
        given_back.as_millis()
    );
    assert!(claim_seen < BOUND && decision_seen < BOUND, "{claim_seen:?} {decision_seen:?}");
    assert!(given_back < Duration::from_secs(LEASE) + BOUND, "{given_back:?}");
    anas.assert_whole();
}
