//! What the desk says about registrations: claims, verdicts, and how precise the rules turn out to be.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use serde_json::{Value, json};

use crate::{Done, TOKEN, User, finish};

/// When the people of [`desk`] are looked at.
const NOW: &str = "2026-03-01T12:00:00Z";

/// A desk with people in every state; always the same.
fn desk() -> User {
    let user = User::new();
    user.run(&["generate", "--count", "60", "--seed", "3", "--now", NOW]).ok();
    user
}

impl User {
    fn run_as(&self, name: &str, arguments: &[&str]) -> Done {
        let mut command = self.command(&["--now", NOW]);
        command.args(arguments).env("REGDESK_OPERATOR", name);
        finish(command)
    }

    /// People with a flag, and its rule.
    /// Flags by a rule that nobody has said anything about yet: the invented desk has given its verdict on another.
    #[track_caller]
    fn flagged(&self) -> Vec<(String, String)> {
        let all = self.run(&["--now", NOW, "list", "--limit", "0", "--json"]).json();
        let with_flag = all.as_array().unwrap().iter().filter_map(|object| {
            let flag = object["redFlags"].as_array().unwrap().iter().find(|flag| flag["rule"] != "BIO-01")?;
            Some((object["id"].as_str()?.to_owned(), flag["rule"].as_str()?.to_owned()))
        });
        with_flag.collect()
    }

    #[track_caller]
    fn rate_of(&self, rule: &str) -> Value {
        let rates = self.run(&["--now", NOW, "flags", "--json"]).json();
        rates["rules"].as_array().unwrap().iter().find(|rate| rate["rule"] == rule).unwrap().clone()
    }
}

#[test]
fn a_claim_keeps_others_off_until_it_is_released() {
    let user = desk();
    let ids: Vec<String> = user.flagged().into_iter().map(|(id, _)| id).collect();
    let claimed = user.run_as("alba", &["claim", &ids[0]]).ok();
    assert_eq!(claimed, format!("{}  claimed by alba since 2026-03-01 12:00:00 UTC\n", ids[0]));
    assert!(user.run_as("bruno", &["show", &ids[0]]).ok().contains("claimed    by alba"));
    let refused = user.run_as("bruno", &["claim", &ids[0]]).failed(4);
    assert!(refused.contains("alba") && refused.contains("2026-03-01 12:00 UTC"), "{refused}");
    let both = user.run_as("bruno", &["claim", &ids[0], &ids[1], "--json"]);
    assert_eq!(both.code, 6);
    let results: Value = serde_json::from_str(&both.stdout).unwrap();
    assert_eq!(results[0]["error"]["code"], "already_claimed");
    assert_eq!(results[1]["desk"]["claim"]["by"], "bruno");
    assert!(user.run_as("bruno", &["release", &ids[0]]).ok().contains("claimed by nobody"));
    user.run_as("bruno", &["claim", &ids[0]]).ok();
    user.run_as("bruno", &["claim", "nobody"]).failed(3);
}

#[test]
fn who_one_is_comes_from_the_environment_then_the_configuration_then_the_login_name() {
    let user = User::new();
    let id = user.create("ana@example.com");
    let holder = |variables: &[(&str, &str)]| {
        let mut command = user.command(&["claim", &id, "--json"]);
        command.envs(variables.iter().copied());
        let claimed = finish(command).json();
        user.run(&["release", &id]).ok();
        claimed[0]["desk"]["claim"]["by"].as_str().unwrap().to_owned()
    };
    assert_eq!(holder(&[]), "operator");
    assert_eq!(holder(&[("USER", "login")]), "login");
    user.configure("operator = \"from the file\"\n");
    assert_eq!(holder(&[("USER", "login")]), "from the file");
    assert_eq!(holder(&[("USER", "login"), ("REGDESK_OPERATOR", "\u{1b}[31mred")]), "␛[31mred");
}

#[test]
fn verdicts_measure_how_precise_a_rule_is() {
    let user = desk();
    let flagged = user.flagged();
    let rule = &flagged[0].1;
    let people: Vec<&str> = flagged.iter().filter(|(_, other)| other == rule).map(|(id, _)| id.as_str()).collect();
    assert_eq!(user.rate_of(rule)["precision"], Value::Null, "nobody has said anything yet");
    let said = user.run_as("alba", &["verdict", people[0], &rule.to_lowercase(), "right"]).ok();
    assert_eq!(said, format!("{}  {rule}: right, says alba\n", people[0]));
    let rate = user.rate_of(rule);
    assert_eq!(
        (&rate["precision"], &rate["verdicts"]),
        (&json!(1.0), &json!({"right": 1, "wrong": 0, "cannotTell": 0}))
    );
    let low = rate["precisionInterval"]["low"].as_f64().unwrap();
    assert!((low - 0.207).abs() < 0.001, "one verdict proves little: {low}");
    let line = |text: &str| text.lines().find(|line| line.starts_with(rule.as_str())).unwrap().to_owned();
    assert!(line(&user.run(&["--now", NOW, "flags"]).ok()).contains("100 % (21 to 100)  1 right"));
    assert!(user.run(&["--now", NOW, "show", people[0]]).ok().contains("said: right, by alba"));

    user.run_as("bruno", &["verdict", people[0], rule, "cannot-tell"]).ok();
    let rate = user.rate_of(rule);
    assert_eq!((&rate["precision"], &rate["verdicts"]["cannotTell"]), (&Value::Null, &json!(1)));
    user.run_as("bruno", &["verdict", people[0], rule, "none"]).ok();
    assert_eq!(user.rate_of(rule)["verdicts"], json!({"right": 0, "wrong": 0, "cannotTell": 0}));
}

#[test]
fn a_verdict_on_a_flag_that_is_not_there_is_refused_with_those_that_are() {
    let user = desk();
    let (id, rule) = user.flagged().remove(0);
    let before = user.run(&["show", &id, "--json"]).json()["desk"].clone();
    let refused = user.run_as("alba", &["verdict", &id, "XYZ-99", "right"]).failed(4);
    assert!(refused.contains("no flag XYZ-99") && refused.contains(&rule), "{refused}");
    user.run_as("alba", &["verdict", &id, &rule, "maybe"]).failed(2);
    user.run_as("alba", &["verdict", "nobody", &rule, "right"]).failed(3);
    user.run_as("alba", &["--read-only", "verdict", &id, &rule, "right"]).failed(4);
    assert_eq!(user.run(&["show", &id, "--json"]).json()["desk"], before);
}

#[test]
fn a_remote_without_a_place_for_it_is_annotated_beside_and_one_with_it_there() {
    for (dialect, is_shared) in [("overview", true), ("live", false)] {
        let (owner, guest) = (User::new(), User::new());
        let endpoint = owner.serve_in(dialect);
        guest.configure(&format!(
            "profile = \"there\"\n[profiles.there]\nurl = \"http://{}\"\ntoken_env = \"THERE\"\n",
            endpoint.address
        ));
        let run = |arguments: &[&str]| {
            let mut command = guest.command(arguments);
            command.env("THERE", TOKEN).env("REGDESK_OPERATOR", "alba");
            finish(command)
        };
        let create =
            ["create", "--project", "Nimbus Wallet", "--flow", "Verified wallet", "--email", "ana@example.com"];
        let id = run(&create).ok().trim().to_owned();
        let claimed = run(&["claim", &id]);
        assert_eq!(claimed.stderr, "", "{dialect}");
        claimed.ok();
        assert_eq!(run(&["show", &id, "--json"]).json()["desk"]["claim"]["by"], "alba", "{dialect}");
        let beside = guest.path("data/regdesk/there/annotations.ndjson");
        assert_eq!(beside.exists(), !is_shared, "{dialect}");
        drop(endpoint);
        assert_eq!(owner.all()[0]["desk"]["claim"]["by"] == "alba", is_shared, "{dialect}");
    }
}

#[test]
fn a_remote_without_a_profile_says_that_it_forgets() {
    let (owner, guest) = (User::new(), User::new());
    let id = owner.create("ana@example.com");
    let endpoint = owner.serve_in("live");
    let done = guest.run_against(&endpoint.address, TOKEN, &["claim", &id]);
    assert!(done.stderr.contains("forgotten"), "{}", done.stderr);
    done.ok();
}

#[test]
fn a_verdict_that_was_acknowledged_survives_a_kill() {
    let user = desk();
    let flagged = user.flagged();
    for (id, rule) in flagged.iter().take(10) {
        let mut command = user.command(&["--now", NOW, "verdict", id, rule, "wrong"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(line.contains("wrong"), "{line}");
        let said = user.run(&["--now", NOW, "show", id, "--json"]).json()["desk"]["verdicts"].clone();
        assert_eq!((&said[0]["rule"], &said[0]["verdict"]), (&json!(rule), &json!("wrong")));
    }
}

#[test]
fn an_annotation_that_an_endpoint_acknowledged_survives_its_kill() {
    let user = User::new();
    let id = user.create("ana@example.com");
    for round in 0..5 {
        let endpoint = user.serve();
        let rule = format!("DOC-{round:02}");
        let body = json!({ "kind": "verdict", "rule": rule, "verdict": "right", "by": "alba" }).to_string();
        let (status, object) = endpoint.request("POST", &format!("/v2/app-registrations/{id}/annotations"), &body);
        assert_eq!((status, &object["desk"]["verdicts"][round]["by"]), (200, &json!("alba")), "{object}");
        endpoint.kill();
    }
    assert_eq!(user.all()[0]["desk"]["verdicts"].as_array().unwrap().len(), 5);
}

#[test]
fn a_snooze_puts_a_registration_last_until_its_time_is_over_or_it_is_taken_off() {
    let user = desk();
    let first = |now: &str| {
        let rows = user.run(&["--now", now, "list", "--limit", "0", "--json"]).json();
        let ids = rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    let before = first(NOW);
    let snoozed =
        user.run_as("alba", &["snooze", &before[0], "--for", "1d12h", "--reason", "asked for a passport"]).ok();
    assert_eq!(snoozed, format!("{}  snoozed until 2026-03-03 00:00:00 UTC, says alba\n", before[0]));
    assert_eq!(first(NOW).last(), before.first());
    assert_eq!(user.run(&["--now", NOW, "list", "snoozed", "--limit", "0", "--ndjson"]).ok().lines().count(), 1);
    assert!(!user.run(&["--now", NOW, "list", "-snoozed", "--limit", "0"]).ok().contains(&before[0]));
    let shown = user.run_as("bruno", &["show", &before[0]]).ok();
    assert!(shown.contains("snoozed    until 2026-03-03 00:00:00 UTC, by alba: asked for a passport"), "{shown}");
    assert!(user.run_as("bruno", &["snooze", &before[0], "--off"]).ok().contains("not snoozed"));
    assert_eq!(first(NOW), before);
    for wrong in [&["--for", "0m"][..], &["--for", "4"], &[], &["--for", "4h", "--off"]] {
        user.run_as("alba", &[&["snooze", &before[0]], wrong].concat()).failed(2);
    }
    for wrong in [&["--for", "0m"][..], &["--for", "4"], &[], &["--for", "4h", "--off"]] {
        user.run_as("alba", &[&["snooze", &before[0]], wrong].concat()).failed(2);
    }
    assert!(user.run_as("alba", &["snooze", &before[0], "--for", "800d"]).failed(4).contains("366 days"));
    user.run_as("alba", &["snooze", &before[0], "--for", "1d12h"]).ok();
    assert_eq!(user.run(&["--now", "2026-03-02T23:59:59Z", "list", "snoozed", "--ndjson"]).ok().lines().count(), 1);
    assert_eq!(user.run(&["--now", "2026-03-03T00:00:00Z", "list", "snoozed", "--ndjson"]).ok(), "");
}

#[test]
fn notes_are_kept_with_who_and_when_and_only_ones_own_are_taken_back() {
    let user = desk();
    let (id, _) = &user.flagged()[0];
    assert_eq!(user.run_as("alba", &["note", id, "Called, no answer"]).ok(), format!("{id}  1 note\n"));
    let mut writing = user.command(&["--now", "2026-03-01T12:05:00Z", "note", id, "-", "--json"]);
    writing.env("REGDESK_OPERATOR", "bruno").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = writing.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"Two lines\r\nof a note\n").unwrap();
    let noted: Value = serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(noted["desk"]["notes"][1]["text"], "Two lines\nof a note");
    let shown = user.run_as("alba", &["show", id]).ok();
    let printed = "Notes\n  2026-03-01 12:00:00 UTC  alba\n    Called, no answer\n  2026-03-01 12:05:00 UTC  bruno\n    Two lines\n    of a note\n";
    assert!(shown.contains(printed), "{shown}");
    assert_eq!(user.run_as("alba", &["note", id, "--take-back"]).ok(), format!("{id}  1 note\n"));
    user.run_as("alba", &["note", id, "--take-back"]).failed(1);
    user.run_as("alba", &["note", id, " "]).failed(4);
    user.run_as("alba", &["note", id]).failed(2);
    user.run_as("alba", &["note", "nobody", "x"]).failed(3);
}

#[test]
fn a_support_role_is_shown_nobody_by_name_on_the_command_line_either() {
    let user = User::new();
    let id = user.create("ana.muestra@example.com");
    user.configure("[profiles.local]\nrole = \"support\"\n");
    for command in [
        &["list"][..],
        &["list", "--json"],
        &["list", "--ndjson"],
        &["list", "--csv"],
        &["show", &id],
        &["show", &id, "--json"],
        &["export", "--output", "-"],
        &["decide", &id, "--review", "--reason", "second_look", "--plan"],
    ] {
        let printed = user.run(command).ok();
        assert!(printed.contains(&id), "{command:?}");
        assert!(!printed.contains("ana.muestra"), "{command:?}: {printed}");
    }
}
