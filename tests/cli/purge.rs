//! Erasing for good, by age and on request.

use std::{fs, path::Path};

use crate::User;

/// Whether any file of a directory holds a text, in whatever case.
fn holds(directory: &Path, text: &str) -> bool {
    fs::read_dir(directory).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, text);
        }
        let bytes = fs::read(path).unwrap().to_ascii_lowercase();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[test]
fn of_a_person_who_is_erased_nothing_stays_in_any_file_and_all_others_do() {
    let user = User::new();
    user.run(&["generate", "--count", "40"]).ok();
    let mut ids = vec![user.create("alba.muestra@example.com")];
    let stay = user.create("bruno@example.com");
    user.run(&["resend", &ids[0], "--email"]).ok();
    user.run(&["decide", &ids[0], "--reject", "--reason", "spoof_attempt", "--yes"]).ok();
    ids.push(user.create("Alba.Muestra@example.com"));
    let before = user.all().len();
    assert!(holds(&user.path("data"), "alba.muestra"));
    let planned = user.run(&["purge", "--person", "ALBA.muestra@example.com"]);
    assert_eq!((planned.code, planned.stdout.trim()), (2, "2"), "{}", planned.stderr);
    assert_eq!(user.all().len(), before);
    let purged = user.run_with_input(&["purge", "--person", "-", "--yes"], "alba.muestra@example.com\n").ok();
    assert_eq!(purged.trim(), "2");
    assert!(!holds(user.home.path(), "alba.muestra"), "something of the person is left");
    assert_eq!(user.all().len(), before - 2);
    assert!(user.run(&["show", &stay]).ok().contains("bruno@example.com"));
    user.run(&["show", &ids[0]]).failed(3);
    user.run(&["check"]).ok();
    let audit = user.run(&["audit", &ids[0]]).ok();
    assert!(audit.contains("purge"), "{audit}");
    user.run(&["audit", "--verify"]).ok();
}

#[cfg(unix)]
#[test]
fn a_file_or_directory_that_others_can_read_is_named_when_the_program_starts() {
    use std::os::unix::fs::PermissionsExt as _;
    let user = User::new();
    user.create("alba@example.com");
    let quiet = user.run(&["list"]);
    assert_eq!(quiet.stderr, "");
    let directory = user.path("data/regdesk");
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(directory.join("audit.ndjson"), fs::Permissions::from_mode(0o644)).unwrap();
    let warned = user.run(&["list"]);
    assert_eq!(warned.code, 0);
    let lines: Vec<&str> = warned.stderr.lines().filter(|line| line.contains("other users")).collect();
    assert!(lines.len() == 2 && lines[1].contains("audit.ndjson"), "{}", warned.stderr);
}

#[test]
fn what_is_over_for_long_goes_and_what_is_open_or_fresh_stays() {
    let user = User::new();
    user.run(&["generate", "--count", "80", "--now", "2026-03-01T12:00:00Z"]).ok();
    let at = |now: &'static str, span: &'static str| {
        user.run(&["--now", now, "purge", "--older-than", span, "--yes"]).ok().trim().parse::<usize>().unwrap()
    };
    let before = user.run(&["--now", "2026-03-01T12:00:00Z", "list", "--limit", "0", "--json"]).json();
    let is_over = |status: &str| ["completed", "completed_without_kyc", "failed", "expired"].contains(&status);
    let over = before.as_array().unwrap().iter().filter(|row| is_over(row["status"].as_str().unwrap())).count();
    assert!(over > 0);
    assert_eq!(at("2026-03-01T12:00:00Z", "90d"), 0);
    let gone = at("2026-03-01T12:00:00Z", "1h");
    assert!(gone > 0 && gone <= over, "{gone} of {over}");
    let left = user.run(&["--now", "2026-03-01T12:00:00Z", "list", "--limit", "0", "--json"]).json();
    assert_eq!(left.as_array().unwrap().len(), before.as_array().unwrap().len() - gone);
    user.run(&["check"]).ok();
}
