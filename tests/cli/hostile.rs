//! Text from strangers, and readers that go away.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use crate::User;

/// An escape sequence, a C1 sequence, a direction override, and a formula.
const NAME: &str = "=A\u{1b}[31m\u{9b}2J\u{202e}\u{7f} Müstra 山田";

fn hostile(user: &User) -> String {
    let flags = [
        "create",
        "--project",
        "Nimbus Wallet",
        "--flow",
        "Verified wallet",
        "--email",
        "ana@example.com",
        "--full-name",
        NAME,
    ];
    user.run(&flags).ok().trim().to_owned()
}

#[test]
fn escape_sequences_never_reach_the_terminal() {
    let user = User::new();
    let id = hostile(&user);
    for arguments in [
        &["list"][..],
        &["list", "--csv"],
        &["list", "--json"],
        &["list", "--ndjson"],
        &["show", &id],
        &["show", &id, "--json"],
    ] {
        let printed = user.run(arguments).ok();
        assert!(printed.contains("stra 山田"), "{arguments:?}: {printed}");
        let raw = printed.chars().find(|character| {
            (character.is_control() && *character != '\n') || matches!(character, '\u{202e}' | '\u{7f}')
        });
        assert_eq!(raw, None, "{arguments:?}");
    }
    let name = user.run(&["show", &id, "--json"]).json()["contact"]["fullName"].as_str().unwrap().to_owned();
    assert!(!name.is_empty());
}

#[test]
fn arguments_do_not_steer_the_terminal_through_error_messages() {
    let user = User::new();
    for arguments in [&["show", "\u{1b}[31m"][..], &["list", "status:\u{1b}[31m"], &["--profile", "\u{1b}[31m", "list"]]
    {
        let done = user.run(arguments);
        assert_ne!(done.code, 0);
        assert!(!done.stderr.contains('\u{1b}'), "{}", done.stderr);
    }
}

#[test]
fn a_spreadsheet_gets_no_formula() {
    let user = User::new();
    hostile(&user);
    assert!(user.run(&["list", "--csv"]).ok().contains(",'=A"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let user = User::new();
    // More than a pipe holds.
    let mut child = user.command(&["rules", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::with_capacity(1, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
