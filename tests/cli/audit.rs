//! The log of what operators did, and the file about one registration.

use std::fs;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{TOKEN, User, finish};

/// A user who has created, decided on, annotated, looked at and exported a registration; its id.
fn busy() -> (User, String) {
    let user = User::new();
    let id = user.create("alba.muestra@example.com");
    user.run(&["note", &id, "Called Alba, who was upset"]).ok();
    user.run(&["decide", &id, "--reject", "--reason", "spoof_attempt", "--note", "Alba lied", "--yes"]).ok();
    user.run(&["show", &id]).ok();
    user.run(&["export", "--output", user.path("all.ndjson").to_str().unwrap()]).ok();
    (user, id)
}

fn log(user: &User) -> std::path::PathBuf {
    user.path("data/regdesk/audit.ndjson")
}

fn entries(user: &User, more: &[&str]) -> Vec<Value> {
    user.run(&[&["audit", "--json"], more].concat()).json().as_array().unwrap().clone()
}

fn actions(entries: &[Value]) -> Vec<&str> {
    entries.iter().filter(|entry| entry["ends"].is_null()).map(|entry| entry["action"].as_str().unwrap()).collect()
}

#[test]
fn every_action_is_noted_with_what_was_seen_and_answered_and_without_personal_data() {
    let (user, id) = busy();
    let all = entries(&user, &[]);
    assert_eq!(actions(&all), ["create", "note", "sync adminOverride", "show", "export"]);
    let decision = all.iter().find(|entry| entry["action"] == "sync adminOverride").unwrap();
    assert_eq!((&decision["registration"], &decision["asked"]), (&id.as_str().into(), &"failed".into()));
    assert_eq!(decision["seen"]["status"], "started");
    assert!(decision["seen"]["version"].as_u64().unwrap() >= 1 && decision["seen"]["flags"].is_array());
    let end = all.iter().find(|entry| entry["ends"] == decision["number"]).unwrap();
    assert_eq!(end["answered"], "failed");
    let own = entries(&user, &[&id]);
    assert!(own.len() < all.len() && own.iter().all(|entry| entry["registration"] == id.as_str()));
    let text = fs::read_to_string(log(&user)).unwrap().to_lowercase();
    for personal in ["alba", "muestra", "upset", "lied", "example.com"] {
        assert!(!text.contains(personal), "{personal} is in the log");
    }
    assert!(user.run(&["audit"]).ok().contains("sync adminOverride: failed"));
}

#[test]
fn what_is_refused_is_noted_too_and_a_log_that_cannot_be_written_refuses_everything() {
    let user = User::new();
    let id = user.create("alba@example.com");
    user.run(&["create", "--project", "Nimbus Wallet", "--flow", "Verified wallet", "--email", "alba@example.com"])
        .failed(4);
    let last = entries(&user, &[]).pop().unwrap();
    assert_eq!(last["answered"], "email_is_registered_already");
    fs::rename(log(&user), user.path("elsewhere")).unwrap();
    fs::create_dir(log(&user)).unwrap();
    let message = user.run(&["sync", &id]);
    assert_ne!(message.code, 0);
    assert!(
        message.stderr.contains("Nothing was done") && message.stderr.contains("audit.ndjson"),
        "{}",
        message.stderr
    );
}

#[test]
fn a_change_a_gap_a_swap_an_addition_and_a_cut_are_each_found() {
    let (user, _) = busy();
    let (path, head) = (log(&user), user.path("data/regdesk/audit.head"));
    let whole = fs::read_to_string(&path).unwrap();
    let verified = user.run(&["audit", "--verify", "--json"]).json();
    let last: Value = serde_json::from_str(whole.lines().last().unwrap()).unwrap();
    assert_eq!((&verified["faulty"], &verified["digest"]), (&0.into(), &last["digest"]));
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let tampered = [
        ("a change", whole.replacen("\"failed\"", "\"completed\"", 1)),
        ("a gap", [&lines[..2], &lines[3..]].concat().concat()),
        ("a swap", [&lines[..2], &[lines[3], lines[2]], &lines[4..]].concat().concat()),
        ("an addition", [&lines[..3], &lines[2..]].concat().concat()),
        ("a cut", lines[..lines.len() - 1].concat()),
        ("all gone", String::new()),
        ("nonsense", whole.replacen('{', "!", 1)),
    ];
    for (what, text) in tampered {
        fs::write(&path, text).unwrap();
        let done = user.run(&["audit", "--verify"]);
        assert_eq!(done.code, 1, "{what} was not found: {}", done.stdout);
        assert!(done.stderr.contains("tampered with or damaged"), "{what}: {}", done.stderr);
    }
    fs::write(&path, &whole).unwrap();
    user.run(&["audit", "--verify"]).ok();
    fs::remove_file(&head).unwrap();
    user.run(&["audit", "--verify"]).code.checked_sub(1).expect("a missing note of the last entry is found");
}

#[test]
fn what_was_cut_off_is_reported_for_good_although_work_goes_on() {
    let (user, id) = busy();
    let (path, head) = (log(&user), user.path("data/regdesk/audit.head"));
    let (whole, noted) = (fs::read_to_string(&path).unwrap(), fs::read_to_string(&head).unwrap());
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let cuts = [
        ("all but three entries", lines[..3].concat()),
        ("the end of the last entry", whole[..whole.len() - 20].to_owned()),
        ("everything", String::new()),
        ("the last entry made unreadable", [&lines[..lines.len() - 1], &["!\n"]].concat().concat()),
    ];
    for (what, text) in cuts {
        fs::write(&path, text).unwrap();
        fs::write(&head, &noted).unwrap();
        user.run(&["show", &id]).ok();
        user.run(&["show", &id]).ok();
        let all = entries(&user, &[]);
        let told = all.iter().find(|entry| entry["found"].is_string()).unwrap_or_else(|| panic!("{what}: {all:?}"));
        let (written, by) = (lines.len() as u64, &told["by"]);
        assert_eq!((&told["number"], by.as_str()), (&(written + 1).into(), Some("regdesk")), "{what}");
        assert_eq!(all.last().unwrap()["number"], written + 3, "{what}: numbers are not used again");
        let done = user.run(&["audit", "--verify"]);
        assert!(done.code == 1 && done.stdout.contains("missing at the end"), "{what}: {done:?}");
    }
    for (what, note) in [("no note", None), ("a note that says nothing", Some("?")), ("an old note", Some(&*noted))] {
        fs::write(&path, &whole).unwrap();
        fs::write(&head, &noted).unwrap();
        user.run(&["show", &id]).ok();
        user.run(&["show", &id]).ok();
        match note {
            None => fs::remove_file(&head).unwrap(),
            Some(note) => fs::write(&head, note).unwrap(),
        }
        user.run(&["show", &id]).ok();
        assert_eq!(user.run(&["audit", "--verify"]).code, 1, "{what} is forgotten");
    }
}

#[test]
fn a_program_that_ends_between_an_entry_and_its_note_leaves_nothing_to_report() {
    let user = User::new();
    let id = user.create("alba@example.com");
    let head = user.path("data/regdesk/audit.head");
    let noted = fs::read_to_string(&head).unwrap();
    user.run(&["show", &id]).ok();
    fs::write(&head, noted).unwrap();
    user.run(&["audit", "--verify"]).ok();
    user.run(&["show", &id]).ok();
    user.run(&["audit", "--verify"]).ok();
    // And after the very first entry.
    let first = fs::read_to_string(log(&user)).unwrap().split_inclusive('\n').next().unwrap().to_owned();
    for note in [None, Some("")] {
        fs::write(log(&user), &first).unwrap();
        fs::remove_file(&head).unwrap();
        if let Some(note) = note {
            fs::write(&head, note).unwrap();
        }
        user.run(&["show", &id]).ok();
        user.run(&["audit", "--verify"]).ok();
    }
}

#[test]
fn an_entry_that_was_cut_short_by_a_crash_costs_nothing() {
    let (user, id) = busy();
    let before = entries(&user, &[]).len();
    let mut text = fs::read_to_string(log(&user)).unwrap();
    text.push_str("{\"number\":99,\"at\":\"2026-0");
    fs::write(log(&user), text).unwrap();
    user.run(&["audit", "--verify"]).ok();
    user.run(&["show", &id]).ok();
    assert_eq!(entries(&user, &[]).len(), before + 1);
    user.run(&["audit", "--verify"]).ok();
}

#[test]
fn time_and_user_of_an_entry_are_the_systems_whatever_the_operator_says() {
    let user = User::new();
    let id = user.create("alba@example.com");
    let mut command = user.command(&["--now", "2001-01-01T00:00:00Z", "show", &id]);
    command.env("REGDESK_OPERATOR", "ceo");
    finish(command).ok();
    let last = entries(&user, &[]).pop().unwrap();
    assert_eq!((&last["action"], &last["by"]), (&"show".into(), &"ceo".into()));
    assert!(last["at"].as_str().unwrap() > "2026", "{last}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let uid = fs::metadata(log(&user)).unwrap().uid();
        assert_eq!(last["uid"], uid);
        assert!(user.run(&["audit"]).ok().contains(&format!("ceo (uid {uid})")));
    }
    assert_eq!(user.run(&["audit", "--verify", "--json"]).json()["doubts"], serde_json::json!([]));
}

#[test]
fn programs_that_write_at_once_make_one_chain() {
    let user = User::new();
    let endpoint = user.serve();
    let remote = User::new();
    let children: Vec<_> = (0..6)
        .map(|number| {
            let email = format!("person{number}@example.com");
            let mut command = remote.command(&["--url", &format!("http://{}", endpoint.address), "create"]);
            command.args(["--project", "Nimbus Wallet", "--flow", "Verified wallet", "--email", &email]);
            command.env("REGDESK_TOKEN", TOKEN);
            std::thread::spawn(move || finish(command).ok())
        })
        .collect();
    for child in children {
        child.join().unwrap();
    }
    let directory = remote.path("data/regdesk/127.0.0.1");
    let text = fs::read_to_string(directory.join("audit.ndjson")).unwrap();
    assert_eq!(text.lines().count(), 12);
    let verified = remote.run_against(&endpoint.address, TOKEN, &["audit", "--verify"]);
    assert!(verified.ok().starts_with("12 entries"));
}

#[test]
fn the_file_about_a_registration_holds_all_there_is_and_is_its_owners_alone() {
    let (user, id) = busy();
    let path = user.path("case.json");
    user.run(&["evidence", &id, "--output", path.to_str().unwrap()]).ok();
    let bundle: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(bundle["registration"]["id"], id.as_str());
    assert_eq!(bundle["registration"]["reviews"][0]["to"], "failed");
    assert!(bundle["registration"]["steps"].as_array().is_some_and(|steps| !steps.is_empty()));
    assert!(bundle["registration"]["flowSettings"].is_object());
    assert!(bundle["rules"].as_array().is_some_and(|rules| rules.iter().all(|rule| !rule["numbers"].is_null())));
    assert_eq!(bundle["audit"]["log"]["faulty"], 0);
    assert!(bundle["madeAt"].as_str().unwrap() > "2026");
    assert!(bundle["audit"]["entries"].as_array().unwrap().iter().any(|entry| entry["action"] == "evidence"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = user.run(&["evidence", &id, "--output", path.to_str().unwrap()]);
    assert_eq!(again.code, 1, "a file that is there is not replaced");
}

fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// The digest of the log that the chain of a bundle leads to, and how many entries are shown on the way.
fn followed(bundle: &Value) -> (String, usize) {
    let mut digest = bundle["audit"]["from"].as_str().unwrap().to_owned();
    let mut shown = 0;
    for link in bundle["audit"]["links"].as_array().unwrap() {
        let content = match (link["line"].as_str(), link["content"].as_str()) {
            (Some(line), None) => {
                shown += 1;
                sha256(line.rsplit_once(",\"previous\":").unwrap().0)
            }
            (None, Some(content)) => content.to_owned(),
            _ => panic!("{link}"),
        };
        digest = sha256(&(digest + &content));
    }
    (digest, shown)
}

#[test]
fn a_third_party_can_check_the_file_about_a_registration_with_sha256_alone() {
    let (user, id) = busy();
    let other = user.create("bruno@example.com");
    user.run(&["show", &other]).ok();
    user.run(&["show", &id]).ok();
    let path = user.path("case.json");
    user.run(&["evidence", &id, "--output", path.to_str().unwrap()]).ok();
    let text = fs::read_to_string(&path).unwrap();
    let mut bundle: Value = serde_json::from_str(&text).unwrap();
    // The digest of the file: of all lines but the last two, and in the audit log as well.
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let digest = sha256(&lines[..lines.len() - 2].concat());
    assert_eq!(bundle["digest"], digest.as_str());
    let last = entries(&user, &[&id]).pop().unwrap();
    assert_eq!((&last["action"], &last["answered"]), (&"evidence".into(), &format!("sha256 {digest}").into()));
    // The chain: to the digest of the log as it was then, over entries about others that are not shown.
    let (reached, shown) = followed(&bundle);
    assert_eq!(bundle["audit"]["log"]["digest"], reached.as_str());
    assert_eq!(shown, bundle["audit"]["entries"].as_array().unwrap().len());
    assert!(!text.contains(&other), "another registration is named");
    let log = fs::read_to_string(log(&user)).unwrap();
    let in_the_log = |link: &Value| link["line"].as_str().is_none_or(|line| log.lines().any(|entry| entry == line));
    assert!(bundle["audit"]["links"].as_array().unwrap().iter().all(in_the_log));
    // And it leads elsewhere once anything shown is changed or left out.
    let chain = bundle["audit"]["links"].as_array_mut().unwrap();
    let decision = chain.iter().position(|link| link["line"].as_str().is_some_and(|line| line.contains("failed")));
    let decision = decision.unwrap();
    let line = chain[decision]["line"].as_str().unwrap().replace("failed", "completed");
    let honest = std::mem::replace(&mut chain[decision]["line"], line.into());
    assert_ne!(followed(&bundle).0, reached);
    bundle["audit"]["links"][decision]["line"] = honest;
    assert_eq!(followed(&bundle).0, reached);
    bundle["audit"]["links"].as_array_mut().unwrap().remove(decision);
    assert_ne!(followed(&bundle).0, reached);
}
