//! Disks that are full, directories that cannot be written, files of others, and two programs at once.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Stdio};

use crate::desk::{Desk, text};

#[test]
fn on_a_full_disk_it_says_so_and_what_was_acknowledged_stays() {
    let desk = Desk::new();
    let first = desk.create("first@example.com");
    let blocks = fs::metadata(desk.store()).unwrap().len() / 512;
    let mut acknowledged = vec![first];
    let mut refused = None;
    for number in 0..200 {
        let email = format!("person{number}@example.com");
        let arguments = ["create", "--project", crate::desk::PROJECT, "--flow", crate::desk::FLOW, "--email", &email];
        let output = desk.limited(blocks, &arguments).output().unwrap();
        if output.status.success() {
            acknowledged.push(text(&output.stdout).trim().to_owned());
        } else {
            refused = Some(output);
            break;
        }
    }
    let refused = refused.expect("the disk was never full");
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let message = text(&refused.stderr);
    assert!(message.contains("Nothing was done") || message.contains("cannot"), "{message}");
    assert!(!message.contains("panicked"), "{message}");
    desk.assert_whole();
    let there = desk.all();
    assert!(acknowledged.iter().all(|id| there.contains_key(id)), "{} were acknowledged", acknowledged.len());
    desk.create("later@example.com");
}

#[test]
fn a_directory_that_cannot_be_written_is_refused_by_name() {
    let desk = Desk::new();
    desk.create("first@example.com");
    fs::set_permissions(desk.store(), fs::Permissions::from_mode(0o400)).unwrap();
    fs::set_permissions(desk.path("data"), fs::Permissions::from_mode(0o500)).unwrap();
    let output = desk.run(&["list"]);
    fs::set_permissions(desk.path("data"), fs::Permissions::from_mode(0o700)).unwrap();
    // Root may write anywhere; everybody else is told.
    if !output.status.success() {
        assert!(text(&output.stderr).contains("engine.redb"), "{}", text(&output.stderr));
        assert_eq!(output.status.code(), Some(1));
    }
    desk.assert_whole();
}

#[test]
fn of_two_programs_on_one_directory_the_second_is_refused() {
    let desk = Desk::new();
    let endpoint = desk.serve();
    for arguments in [&["list"][..], &["check"], &["backup", "/nowhere/at/all"]] {
        let output = desk.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(text(&output.stderr).contains("in use by another regdesk") || arguments[0] == "backup", "{output:?}");
    }
    let target = desk.path("copy");
    let refused = desk.run(&["backup", target.to_str().unwrap()]);
    assert!(text(&refused.stderr).contains("in use by another regdesk"), "{refused:?}");
    assert!(!target.exists(), "half a backup stays");
    endpoint.kill();
    desk.ok(&["backup", target.to_str().unwrap()]);
}

#[test]
fn a_file_of_something_else_and_one_of_a_later_version_are_left_as_they_are() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("data")).unwrap();
    fs::write(desk.store(), "these are my holiday photos").unwrap();
    for command in ["list", "check"] {
        let output = desk.run(&[command]);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains("is not a store of regdesk"), "{}", text(&output.stderr));
    }
    assert_eq!(fs::read(desk.store()).unwrap(), b"these are my holiday photos");
}

#[test]
fn the_first_call_of_two_at_once_makes_the_store_and_the_other_is_refused_or_served() {
    let desk = Desk::new();
    let start = |email: &str| {
        let arguments = ["create", "--project", crate::desk::PROJECT, "--flow", crate::desk::FLOW, "--email", email];
        desk.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let both = ["a@example.com", "b@example.com"].map(start).map(|child| child.wait_with_output().unwrap());
    let created = both.iter().filter(|output| output.status.success()).count();
    assert!(created >= 1, "{both:?}");
    for output in both.iter().filter(|output| !output.status.success()) {
        assert!(text(&output.stderr).contains("in use by another regdesk"), "{output:?}");
    }
    assert_eq!(desk.all().len(), created);
}
