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

#[test]
fn what_somebody_wrote_into_a_field_for_codes_is_masked_with_the_rest() {
    let user = User::new();
    let id = user.create("alba@example.com");
    let mut record = user.run(&["show", &id, "--json"]).json();
    let entry = serde_json::json!({
        "at": null, "actor": "Marta Zubiri", "ip": null, "action": "retrieve", "outcome": "denied",
        "reason": "Marta Zubiri rang, marta@example.org of 12 Elm Street",
    });
    record["accessLog"] = serde_json::json!([entry]);
    let attempt = serde_json::json!({ "step": "form", "at": null, "reason": "Zubiri hung up", "counts": true });
    record["failedAttempts"] = serde_json::json!([attempt]);
    record["id"] = "reg_other".into();
    record["contact"]["email"] = "marta@example.net".into();
    let other = User::new();
    fs::write(other.path("in.ndjson"), format!("{record}\n")).unwrap();
    other.run(&["import", other.path("in.ndjson").to_str().unwrap()]).ok();
    let open = other.run(&["export", "--output", "-"]).ok();
    assert!(open.contains("Zubiri hung up") && open.contains("Elm Street"), "{open}");
    for format in ["ndjson", "csv"] {
        let masked = other.run(&["export", "--format", format, "--output", "-", "--mask"]).ok();
        assert!(masked.contains("reg_other"), "{masked}");
        for word in ["Zubiri", "Marta", "marta", "Elm Street"] {
            assert!(!masked.contains(word), "{format}: {word} in {masked}");
        }
    }
    other.configure("[profiles.local]\nrole = \"support\"\n");
    let shown = other.run(&["show", "reg_other"]).ok();
    assert!(!shown.contains("Zubiri") && !shown.contains("Elm Street"), "{shown}");
}

#[test]
fn the_support_role_neither_takes_personal_data_out_nor_registrations_over_or_away() {
    let user = User::new();
    let id = user.create("alba@example.com");
    let (backup, file) = (user.path("backup"), user.path("all.ndjson"));
    let (backup, file) = (backup.to_str().unwrap(), file.to_str().unwrap());
    user.run(&["backup", backup]).ok();
    user.run(&["export", "--output", file]).ok();
    user.configure("[profiles.local]\nrole = \"support\"\n");
    let more = user.path("more");
    let case = user.path("case.json");
    let calls: [&[&str]; 7] = [
        &["backup", more.to_str().unwrap()],
        &["restore", backup, "--replace"],
        &["import", file],
        &["purge", "--person", &id, "--yes"],
        &["evidence", &id, "--output", case.to_str().unwrap()],
        &["serve", "--listen", "127.0.0.1:0"],
        &["migrate-store", "local", more.to_str().unwrap()],
    ];
    for call in calls {
        let message = user.run(call).failed(4);
        assert!(message.contains("role support"), "{call:?}: {message}");
    }
    assert!(!more.exists() && !case.exists());
    assert_eq!(user.all().len(), 1);
}
