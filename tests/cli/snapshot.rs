//! The snapshot of the index: what is listed with it is what is listed without, whatever happened in between.

use std::{fs, path::PathBuf};

use crate::User;

/// As many as are worth a snapshot.
const PEOPLE: &str = "2100";

fn snapshot(user: &User) -> PathBuf {
    user.path("data/regdesk/index.snapshot")
}

/// What a command prints at one time of all.
#[track_caller]
fn at_noon(user: &User, command: &[&str]) -> String {
    user.run(&[&["--now", "2026-03-01T12:00:00Z"], command].concat()).ok()
}

/// Everybody with all that is thought of them.
#[track_caller]
fn listed(user: &User) -> String {
    at_noon(user, &["list", "--limit", "0", "--sort", "urgency", "--json"])
}

#[test]
fn what_is_listed_from_the_snapshot_is_what_is_listed_without_it() {
    let user = User::new();
    at_noon(&user, &["generate", "--count", PEOPLE, "--seed", "3"]);
    let before = listed(&user);
    let written = fs::metadata(snapshot(&user)).unwrap();
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&written.permissions()) & 0o777, 0o600);
    assert_eq!(listed(&user), before);
    assert_eq!(fs::metadata(snapshot(&user)).unwrap().modified().unwrap(), written.modified().unwrap(), "it was read");

    let flags = ["--project", "Nimbus Wallet", "--flow", "Verified wallet", "--email", "alba.muestra@example.com"];
    let id = at_noon(&user, &[&["create"], &flags[..]].concat()).trim().to_owned();
    at_noon(&user, &["decide", &id, "--reject", "--reason", "spoof_attempt", "--yes"]);
    let after = listed(&user);
    assert!(after != before && after.contains(&id));
    let length = fs::metadata(snapshot(&user)).unwrap().len();
    fs::OpenOptions::new().write(true).open(snapshot(&user)).unwrap().set_len(length / 2).unwrap();
    assert_eq!(after, listed(&user), "half a snapshot is none, and everybody is read");

    user.configure("[rules.BIO-01]\nenabled = false\n");
    assert!(listed(&user) != after, "a snapshot of other rules is none");
    assert_eq!(at_noon(&user, &["purge", "--person", &id, "--yes"]).trim(), "1");
    assert!(!snapshot(&user).exists(), "who was erased must not be in it");
    user.run(&["--now", "2026-03-01T12:00:00Z", "show", &id]).failed(3);
}
