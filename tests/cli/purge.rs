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

/// The e-mail addresses in a file that was a store once.
fn addresses_in(store: &Path) -> Vec<String> {
    let reader = User::new();
    fs::create_dir_all(reader.path("data/regdesk")).unwrap();
    fs::copy(store, reader.path("data/regdesk/engine.redb")).unwrap();
    let address = |row: &serde_json::Value| row["contact"]["email"].as_str().unwrap_or_default().to_owned();
    reader.all().iter().map(address).collect()
}

fn named(directory: &Path, part: &str) -> Vec<std::path::PathBuf> {
    let paths = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.to_string_lossy().contains(part)).collect()
}

#[test]
fn whoever_is_erased_is_erased_from_what_restoring_has_moved_aside_as_well() {
    let user = User::new();
    user.create("alba@example.com");
    user.create("bruno@example.com");
    let backup = user.path("backup");
    user.run(&["backup", backup.to_str().unwrap()]).ok();
    // Carla is in what is moved aside only.
    user.create("carla@example.com");
    user.run(&["restore", backup.to_str().unwrap(), "--replace"]).ok();
    let data = user.path("data/regdesk");
    let aside = named(&data, "engine.redb.before-").pop().unwrap();
    assert_eq!(addresses_in(&aside).len(), 3);
    for (address, there) in [("alba@example.com", "1"), ("carla@example.com", "0")] {
        let planned = user.run(&["purge", "--person", address]);
        assert_eq!((planned.code, planned.stdout.trim()), (2, there), "{}", planned.stderr);
        assert!(planned.stderr.contains(aside.to_str().unwrap()), "{}", planned.stderr);
        let done = user.run(&["purge", "--person", address, "--yes"]);
        assert_eq!((done.code, done.stdout.trim()), (0, there), "{}", done.stderr);
    }
    assert_eq!(addresses_in(&aside), ["bruno@example.com"]);
    assert_eq!(addresses_in(&data.join("engine.redb")), ["bruno@example.com"]);
    assert!(named(&data, ".part").is_empty());
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&aside).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_copy_of_a_former_format_goes_as_a_whole_if_it_holds_the_person_and_stays_if_not() {
    let user = User::new();
    let data = user.path("data/regdesk");
    fs::create_dir_all(&data).unwrap();
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/format-1/engine.redb");
    fs::copy(fixture, data.join("engine.redb")).unwrap();
    let all = user.all();
    let address = all.iter().find_map(|row| row["contact"]["email"].as_str()).unwrap();
    let copy = data.join("engine.redb.format-1");
    assert!(holds(&data, &address.to_ascii_lowercase()), "the copy is plain text");
    user.create("new@example.com");
    user.run(&["purge", "--person", "new@example.com", "--yes"]).ok();
    assert!(copy.exists(), "it never held them");
    let planned = user.run(&["purge", "--person", address]);
    assert!(planned.code == 2 && planned.stderr.contains("goes as a whole"), "{}", planned.stderr);
    assert!(copy.exists());
    user.run(&["purge", "--person", address, "--yes"]).ok();
    assert!(!copy.exists() && !holds(&data, &address.to_ascii_lowercase()));
    assert!(!addresses_in(&data.join("engine.redb")).contains(&address.to_owned()));
}

#[test]
fn a_copy_that_was_never_finished_goes_with_whoever_is_erased() {
    let user = User::new();
    user.create("alba@example.com");
    let part = user.path("data/regdesk/engine.0123456789abcdef.part");
    fs::write(&part, "half a copy with alba@example.com").unwrap();
    user.run(&["purge", "--person", "alba@example.com", "--yes"]).ok();
    assert!(!part.exists() && !holds(user.home.path(), "alba@example.com"));
}

#[test]
fn what_was_typed_at_the_console_to_find_a_person_is_forgotten_with_them() {
    let user = User::new();
    user.create("alba@example.com");
    let console = user.path("state/regdesk/console");
    fs::create_dir_all(&console).unwrap();
    let kept = r#"{ "sort": "risk:desc", "filters": ["muestra", "stuck"], "views": [
        { "name": "her", "query": "Alba@example.com", "sort": "risk:desc" },
        { "name": "mine", "query": "owner:me", "sort": "risk:desc" } ] }"#;
    fs::write(console.join("local.json"), kept).unwrap();
    let done = user.run(&["purge", "--person", "alba@example.com", "--yes"]);
    assert!(done.code == 0 && done.stderr.contains("filters"), "{}", done.stderr);
    let text = fs::read_to_string(console.join("local.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&kept["sort"], &kept["filters"]), (&"risk:desc".into(), &serde_json::json!([])));
    assert!(kept["views"].as_array().unwrap().len() == 1 && kept["views"][0]["name"] == "mine", "{kept}");
}

#[test]
fn of_a_person_at_a_remote_all_that_is_kept_here_is_erased() {
    let desk = User::new();
    let (one, other) = ("reg_1", "reg_2");
    // Nobody answers there: what is kept here goes without.
    desk.configure(
        "profile = \"far\"\n[profiles.far]\nbackend = \"remote\"\nurl = \"http://127.0.0.1:9\"\n\
         token_env = \"FAR_TOKEN\"\n",
    );
    let said = |id: &str, text: &str| {
        let annotation = serde_json::json!({ "kind": "note", "text": text });
        let line = serde_json::json!({ "id": id, "at": "2026-01-01T00:00:00Z", "by": "ana", "annotation": annotation });
        format!("{line}\n")
    };
    let journal = desk.path("data/regdesk/far/annotations.ndjson");
    fs::create_dir_all(journal.parent().unwrap()).unwrap();
    fs::write(&journal, said(one, "Her mother called") + &said(other, "Nothing to see")).unwrap();
    let mirror = desk.path(".cache/regdesk/mirror/far.ndjson");
    fs::create_dir_all(mirror.parent().unwrap()).unwrap();
    fs::write(&mirror, "{\"of\":\"x\",\"savedAt\":\"2026-01-01T00:00:00Z\"}\n").unwrap();
    let planned = desk.run(&["purge", "--person", one]);
    assert_eq!((planned.code, planned.stdout.trim()), (2, "1"), "{}", planned.stderr);
    assert!(mirror.exists() && holds(&desk.path("data"), "mother"));
    desk.run(&["purge", "--person", one, "--yes"]).ok();
    assert!(!mirror.exists() && !holds(&desk.path("data"), "mother"));
    assert!(holds(&desk.path("data"), "nothing to see"));
    desk.run(&["audit", "--verify"]).ok();
    desk.run(&["purge", "--older-than", "90d"]).failed(2);
}
