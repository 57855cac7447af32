//! Files that registrations are exported to.

use std::fs;

use crate::User;

const NOW: &str = "2026-03-01T12:00:00Z";

fn desk() -> User {
    let user = User::new();
    user.run(&["generate", "--count", "60", "--seed", "3", "--now", NOW]).ok();
    user
}

#[test]
fn an_export_holds_what_matches_and_is_its_owners_alone() {
    let user = desk();
    let path = user.path("out.ndjson");
    let output = path.to_str().unwrap();
    user.run(&["--now", NOW, "export", "-status:completed", "--format", "ndjson", "--output", output]).ok();
    let written = fs::read_to_string(&path).unwrap();
    let listed =
        user.run(&["--now", NOW, "list", "-status:completed", "--limit", "0", "--sort", "created:asc", "--ndjson"]);
    assert_eq!(written, listed.ok());
    assert!(written.lines().count() > 5);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_file_that_is_there_is_only_replaced_with_force() {
    let user = desk();
    let path = user.path("out.csv");
    let output = path.to_str().unwrap();
    fs::write(&path, "precious").unwrap();
    let export = |more: &[&str]| user.run(&[&["export", "--format", "csv", "--output", output], more].concat());
    let refused = export(&[]).failed(1);
    assert!(refused.contains("--force") && refused.contains("out.csv"), "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    export(&["--force"]).ok();
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 61);
    let nowhere = user.path("nowhere/out.csv");
    let refused = user.run(&["export", "--output", nowhere.to_str().unwrap()]).failed(1);
    assert!(refused.contains("no such directory"), "{refused}");
    user.run(&["export", "--format", "xml", "--output", "-"]).failed(2);
    user.run(&["export", "status:nosuch", "--output", nowhere.to_str().unwrap()]).failed(2);
}

#[test]
fn a_masked_export_names_nobody() {
    let user = desk();
    let people = user.run(&["list", "--limit", "0", "--json"]).json();
    for format in ["ndjson", "csv"] {
        let open = user.run(&["export", "--format", format, "--output", "-"]).ok();
        let masked = user.run(&["export", "--format", format, "--output", "-", "--mask"]).ok();
        for person in people.as_array().unwrap() {
            for field in ["email", "fullName", "phone"] {
                let Some(value) = person["contact"][field].as_str() else { continue };
                assert!(!masked.contains(value), "{format}: {value}");
            }
            assert!(masked.contains(person["id"].as_str().unwrap()));
        }
        assert!(open.contains("@example.com"));
    }
}
