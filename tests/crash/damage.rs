//! Writes that came to disk in part, files that were damaged, and what brings them back.

use std::fs;

use crate::desk::{Desk, text};

/// Bytes that a disk writes at once.
const PAGE: usize = 4096;

/// Mixes that are tried.
const MIXES: u64 = 16;

/// A change of which only some pages reached the disk, in whatever order, is there as a whole or not at all.
#[test]
fn a_write_that_is_torn_in_the_middle_is_there_or_it_is_not() {
    let desk = Desk::new();
    let first = desk.create("first@example.com");
    let endpoint = desk.serve();
    let before = fs::read(desk.store()).unwrap();
    let body = format!(
        r#"{{"projectId": "{}", "flowId": "{}", "email": "second@example.com"}}"#,
        crate::desk::PROJECT,
        crate::desk::FLOW
    );
    let (status, object) = crate::desk::request(&endpoint.address, "POST", "/v2/app-registrations", &body).unwrap();
    assert_eq!(status, 201, "{object}");
    let after = fs::read(desk.store()).unwrap();
    endpoint.kill();
    let second = object["id"].as_str().unwrap();
    for mix in 0..MIXES {
        let mut torn = after.clone();
        for (number, page) in before.chunks(PAGE).enumerate() {
            let digit = (mix + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left((number % 64) as u32);
            if digit % 2 == 0 {
                let at = number * PAGE;
                torn[at..at + page.len()].copy_from_slice(page);
            }
        }
        fs::write(desk.store(), torn).unwrap();
        let there = desk.all();
        assert!(there.contains_key(&first), "mix {mix}");
        assert!(there.len() == 1 || there.contains_key(second), "mix {mix}");
        desk.assert_whole();
    }
}

#[test]
fn damage_is_found_and_a_backup_brings_everything_back() {
    let desk = Desk::new();
    let id = desk.create("first@example.com");
    let backup = desk.path("backup");
    let backup = backup.to_str().unwrap();
    desk.ok(&["backup", backup]);
    desk.ok(&["--data-dir", backup, "check"]);
    let lost = desk.create("second@example.com");
    let mut bytes = fs::read(desk.store()).unwrap();
    let end = bytes.len();
    bytes[PAGE..end].fill(0xA5);
    fs::write(desk.store(), bytes).unwrap();
    let check = desk.run(&["check"]);
    assert_eq!(check.status.code(), Some(1), "{}", text(&check.stdout));
    assert!(!text(&check.stderr).contains("panicked"), "{}", text(&check.stderr));
    let refused = desk.run(&["restore", backup]);
    assert!(text(&refused.stderr).contains("--replace"), "{}", text(&refused.stderr));
    desk.ok(&["restore", backup, "--replace"]);
    let there = desk.all();
    assert!(there.contains_key(&id) && !there.contains_key(&lost));
    desk.assert_whole();
    let audit = desk.ok(&["audit"]);
    assert!(audit.contains("backup") && audit.contains("restore"), "{audit}");
}

#[test]
fn a_backup_goes_into_an_empty_place_and_holds_the_audit_log() {
    let (desk, other) = (Desk::new(), Desk::new());
    desk.create("first@example.com");
    let backup = desk.path("backup");
    desk.ok(&["backup", backup.to_str().unwrap()]);
    assert_eq!(desk.run(&["backup", backup.to_str().unwrap()]).status.code(), Some(1), "it is there already");
    other.ok(&["restore", backup.to_str().unwrap()]);
    assert_eq!(other.all(), desk.all());
    other.assert_whole();
    assert!(other.ok(&["audit"]).contains("create"));
}

#[test]
fn a_damaged_backup_is_not_restored() {
    let desk = Desk::new();
    desk.create("first@example.com");
    let backup = desk.path("backup");
    desk.ok(&["backup", backup.to_str().unwrap()]);
    let file = backup.join("engine.redb");
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let refused = desk.run(&["restore", backup.to_str().unwrap(), "--replace"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert_eq!(desk.all().len(), 1);
}

#[test]
fn a_store_of_an_earlier_format_is_kept_as_a_copy_before_it_is_brought_over() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("data")).unwrap();
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/format-1/engine.redb");
    fs::copy(fixture, desk.store()).unwrap();
    assert_eq!(desk.all().len(), 6);
    desk.assert_whole();
    let copy = desk.path("data/engine.redb.format-1");
    fs::copy(&copy, desk.store()).unwrap();
    assert_eq!(desk.all().len(), 6, "the copy is as good as the file was");
}
