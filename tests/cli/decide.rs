//! Decisions: the plan, what is refused, and what is kept of them.

use serde_json::Value;

use crate::{TOKEN, User};

/// A desk with people in every state; always the same.
fn desk() -> User {
    let user = User::new();
    user.run(&["generate", "--count", "60", "--seed", "3", "--now", NOW]).ok();
    user
}

/// When the people of [`desk`] are looked at.
const NOW: &str = "2026-03-01T12:00:00Z";

impl User {
    #[track_caller]
    fn found(&self, query: &str) -> Vec<Value> {
        self.run(&["--now", NOW, "list", query, "--limit", "0", "--json"]).json().as_array().unwrap().clone()
    }
}

fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

fn flagged(object: &Value, severity: &str) -> bool {
    object["redFlags"].as_array().unwrap().iter().any(|flag| flag["severity"] == severity)
}

#[test]
fn a_decision_is_kept_with_its_reason_and_its_words() {
    let user = User::new();
    let person = user.create("ana@example.com");
    let done = user
        .run(&["decide", &person, "--reject", "--reason", "no_answer", "--note", "Called twice.", "--yes", "--json"])
        .json();
    assert_eq!(
        (&done[0]["ok"], &done[0]["from"], &done[0]["status"]),
        (&true.into(), &"started".into(), &"failed".into())
    );
    let shown = user.run(&["show", &person, "--json"]).json();
    let review = &shown["reviews"][0];
    assert_eq!((&review["reason"], &review["note"]), (&"no_answer".into(), &"Called twice.".into()));
    assert!(user.run(&["show", &person]).ok().contains("started to failed by operator  no_answer: Called twice."));
}

#[test]
fn in_a_pipe_nothing_is_decided_without_yes_and_the_plan_is_printed() {
    let user = User::new();
    let person = user.create("ana@example.com");
    let arguments = ["decide", &person, "--review", "--reason", "second_look"];
    let done = user.run(&arguments);
    assert_eq!(done.code, 2);
    assert!(done.stdout.contains(&person) && done.stdout.contains("needs_manual_verification"), "{}", done.stdout);
    assert!(done.stderr.contains("--yes"), "{}", done.stderr);
    let plan = user.run(&[&arguments[..], &["--plan", "--json"]].concat()).json();
    assert_eq!((&plan[0]["from"], &plan[0]["to"]), (&"started".into(), &"needs_manual_verification".into()));
    let shown = user.run(&["show", &person, "--json"]).json();
    assert_eq!((&plan[0]["seenVersion"], &plan[0]["skipped"]), (&shown["version"], &Value::Null));
    assert_eq!(shown["status"], "started", "a plan changes nothing");
}

#[test]
fn a_plan_in_a_file_is_carried_out_on_those_who_are_still_as_they_were_seen() {
    let user = User::new();
    let [stays, moves, struck] =
        ["ana@example.com", "bo@example.com", "cy@example.com"].map(|email| user.create(email));
    let words = ["decide", "--query", "status:started", "--reject", "--reason", "no_answer", "--note", "Called twice."];
    for form in ["--ndjson", "--json"] {
        let plan = user.run(&[&words[..], &["--plan", form]].concat()).ok();
        std::fs::write(user.path(form), plan).unwrap();
    }
    let kept: Vec<String> = std::fs::read_to_string(user.path("--ndjson"))
        .unwrap()
        .lines()
        .filter(|line| !line.contains(&struck))
        .map(str::to_owned)
        .collect();
    assert_eq!(kept.len(), 2);
    user.run_with_input(&["record", &moves, "--evidence", "-"], r#"{"step": "consent", "accepted": true}"#).ok();
    let done = user.run_with_input(&["decide", "--from", "-", "--yes", "--ndjson"], &kept.join("\n"));
    assert_eq!(done.code, 6, "{done:?}");
    assert!(done.stderr.contains(&moves) && !done.stderr.contains(&stays), "{}", done.stderr);
    let status = |id: &str| user.run(&["show", id, "--json"]).json()["status"].as_str().unwrap().to_owned();
    assert_eq!([&stays, &moves, &struck].map(|id| status(id)), ["failed", "ongoing", "started"]);
    let review = user.run(&["show", &stays, "--json"]).json()["reviews"][0].clone();
    assert_eq!((&review["reason"], &review["note"]), (&"no_answer".into(), &"Called twice.".into()));
    // The array holds the third one, too, and the first is decided already.
    let array = user.path("--json");
    let again = user.run(&["decide", "--from", array.to_str().unwrap(), "--yes"]);
    assert_eq!((again.code, status(&struck).as_str()), (6, "failed"), "{again:?}");
}

#[test]
fn what_is_no_plan_is_refused_with_its_place() {
    let user = User::new();
    let id = user.create("ana@example.com");
    let plan = |reason: &str| {
        user.run(&["decide", &id, "--reject", "--reason", reason, "--plan", "--ndjson"]).ok().trim().to_owned()
    };
    let (first, other) = (plan("no_answer"), plan("face_mismatch"));
    for (text, said) in [
        (String::new(), "nothing in it"),
        (format!("{first}\n{{}}"), "line 2"),
        (format!("{first}\n{other}"), "a plan is of one decision"),
        (first.replace("\"no_answer\"", "null"), "no reason"),
        (first.replace("\"to\":\"failed\"", "\"to\":\"expired\""), "leads to expired"),
        (first.replace("\"from\":\"started\"", "\"from\":null"), "as what it was seen"),
    ] {
        let message = user.run_with_input(&["decide", "--from", "-", "--yes"], &text).failed(2);
        assert!(message.contains(said), "{text}: {message}");
    }
    user.run(&["decide", "--from", "/nonexistent", "--yes"]).failed(1);
    user.run(&["decide", "--from", "-", "--reject", "--reason", "no_answer"]).failed(2);
    assert_eq!(user.run(&["show", &id, "--json"]).json()["status"], "started");
}

#[test]
fn what_is_decided_already_is_skipped_unless_it_is_to_be_overturned() {
    let user = User::new();
    let person = user.create("ana@example.com");
    let reject = ["decide", &person, "--reject", "--reason", "no_answer", "--yes"];
    user.run(&reject).ok();
    assert!(user.run(&reject).ok().contains("left as it was: it is failed already"), "the same again does no harm");
    let approve = ["decide", &person, "--approve", "--reason", "identity_confirmed", "--yes"];
    assert!(user.run(&approve).failed(4).contains("it is final: failed"));
    assert_eq!(user.run(&["show", &person, "--json"]).json()["reviews"].as_array().unwrap().len(), 1);
    user.run(&[&approve[..], &["--overturn"]].concat()).ok();
    assert_eq!(user.run(&["show", &person, "--json"]).json()["status"], "completed");
}

#[test]
fn the_command_lines_that_are_suggested_run_as_they_are_printed() {
    let user = User::new();
    user.run(&["generate", "--count", "400", "--seed", "1", "--now", NOW]).ok();
    // Also where the house has taken a built-in reason away.
    user.configure("[reasons.second_look]\nenabled = false\n");
    let mut seen = std::collections::BTreeSet::new();
    for object in user.found("stuck") {
        let Some(line) = object["stuck"]["command"].as_str() else { continue };
        let words: Vec<&str> = line.split(' ').collect();
        if seen.insert((words[1].to_owned(), object["status"].as_str().unwrap().to_owned())) {
            let done = user.run(&[&["--now", NOW], &words[1..]].concat());
            assert_eq!(done.code, 0, "{line}: {done:?}");
        }
    }
    assert!(seen.iter().any(|(command, _)| command == "decide"), "{seen:?}");
    let plan = user.run(&["--now", NOW, "decide", &id(&user.found("stuck")[0]), "--reject", "--plan"]).ok();
    assert!(plan.contains("still without a reason"), "{plan}");
}

#[test]
fn an_approval_over_a_critical_flag_takes_a_note() {
    let user = desk();
    let open = user.found("flag:critical status:started,ongoing,needs_manual_verification");
    let person = id(&open[0]);
    assert!(flagged(&open[0], "critical"));
    let approve = ["--now", NOW, "decide", &person, "--approve", "--reason", "documents_in_order"];
    let plan = user.run(&[&approve[..], &["--plan", "--json"]].concat()).json();
    assert_eq!(plan[0]["skipped"]["code"], "note_required");
    assert!(!plan[0]["openFlags"]["critical"].as_array().unwrap().is_empty());
    assert!(user.run(&[&approve[..], &["--yes"]].concat()).failed(4).contains("takes a note"));
    user.run(&[&approve[..], &["--yes", "--note", "Seen at the branch."]].concat()).ok();
    assert_eq!(user.run(&["show", &person, "--json"]).json()["status"], "completed");
}

#[test]
fn a_batch_reports_each_and_tells_some_failed_from_all_refused() {
    let user = desk();
    let open: Vec<String> = user.found("status:ongoing").iter().map(id).collect();
    let closed: Vec<String> = user.found("status:completed").iter().map(id).collect();
    assert!(open.len() > 2 && closed.len() > 1);
    let input = format!("{}\n{} {}\n\n{}\n", open[0], closed[0], open[1], open[0]);
    let decide = ["--now", NOW, "decide", "-", "--reject", "--reason", "no_answer", "--yes", "--ndjson"];
    let done = user.run_with_input(&decide, &input);
    assert_eq!(done.code, 6, "{}", done.stderr);
    let results: Vec<Value> = done.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<(String, bool)> = results.iter().map(|object| (id(object), object["ok"] == true)).collect();
    assert_eq!(told, [(open[0].clone(), true), (closed[0].clone(), false), (open[1].clone(), true)]);
    assert_eq!(results[1]["error"]["code"], "already_final");
    assert!(done.stderr.contains("1 of 3 failed"), "{}", done.stderr);
    let refused = user.run_with_input(&decide, &format!("{} {}", closed[0], closed[1]));
    assert_eq!(refused.code, 4);
    let missing = user.run_with_input(&decide, &format!("000000000000000000000000 {}", open[2]));
    assert_eq!(missing.code, 6, "one that does not exist does not stop the others");
    assert_eq!(user.run(&["show", &open[2], "--json"]).json()["status"], "failed");
}

#[test]
fn all_that_match_are_decided_and_nobody_else() {
    let user = desk();
    let query = "status:needs_manual_verification";
    let matching = user.found(query).len();
    let failed = user.found("status:failed").len();
    assert!(matching > 1);
    user.run(&["--now", NOW, "decide", "--query", query, "--reject", "--reason", "face_mismatch", "--yes"]).ok();
    assert_eq!(user.found(query).len(), 0);
    assert_eq!(user.found("status:failed").len(), failed + matching);
    let again = user.run(&["--now", NOW, "decide", "--query", query, "--reject", "--reason", "face_mismatch", "--yes"]);
    assert!(again.stderr.contains("nothing matches"));
    assert_eq!(again.ok(), "");
}

#[test]
fn a_wrong_use_is_explained_before_anything_is_read() {
    let user = User::new();
    let unknown = user.run(&["decide", "x", "--reject", "--reason", "face_mismach", "--yes"]).failed(2);
    assert!(unknown.contains("did you mean face_mismatch?") && unknown.contains("no_answer"), "{unknown}");
    let other = user.run(&["decide", "x", "--approve", "--reason", "face_mismatch", "--yes"]).failed(2);
    assert!(other.contains("no reason to approve"), "{other}");
    let bare = user.run(&["decide", "x", "--review", "--reason", "escalated", "--note", "  ", "--yes"]).failed(2);
    assert!(bare.contains("--note"), "{bare}");
    for arguments in [
        &["decide", "x", "--reason", "no_answer"][..],
        &["decide", "x", "--reject"],
        &["decide", "--reject", "--reason", "no_answer"],
        &["decide", "x", "--reject", "--approve", "--reason", "no_answer"],
        &["decide", "x", "--reject", "--reason", "no_answer", "--yes", "--plan"],
    ] {
        user.run(arguments).failed(2);
    }
    let absent = user.run(&["decide", "000000000000000000000000", "--reject", "--reason", "no_answer", "--yes"]);
    absent.failed(3);
}

#[test]
fn a_read_only_profile_shows_the_plan_and_decides_nothing() {
    let user = User::new();
    let person = user.create("ana@example.com");
    let decide = ["--read-only", "decide", &person, "--reject", "--reason", "no_answer"];
    assert!(user.run(&[&decide[..], &["--yes"]].concat()).failed(4).contains("read-only"));
    assert!(user.run(&[&decide[..], &["--plan"]].concat()).ok().contains(&person));
}

#[test]
fn reasons_of_the_house_are_taken_from_the_configuration() {
    let user = User::new();
    let person = user.create("ana@example.com");
    let file = user.path("reasons.toml");
    let text = "[reasons.branch_visit]\nfor = [\"review\"]\nlabel = \"They come to a branch.\"\n\
                [reasons.second_look]\nenabled = false\n";
    std::fs::write(&file, text).unwrap();
    let decide = |reason| {
        user.run(&["--config", file.to_str().unwrap(), "decide", &person, "--review", "--reason", reason, "--yes"])
    };
    assert!(decide("second_look").failed(2).contains("branch_visit"));
    decide("branch_visit").ok();
}

#[test]
fn an_endpoint_of_either_dialect_keeps_decision_and_reason() {
    for dialect in ["overview", "live"] {
        let (owner, guest) = (User::new(), User::new());
        let person = owner.create("ana@example.com");
        let endpoint = owner.serve_in(dialect);
        let run = |arguments: &[&str]| guest.run_against(&endpoint.address, TOKEN, arguments);
        let decide = ["decide", &person, "--review", "--reason", "escalated", "--note", "To Bo.", "--yes", "--json"];
        assert_eq!(run(&decide).json()[0]["status"], "needs_manual_verification", "{dialect}");
        let review = run(&["show", &person, "--json"]).json()["reviews"][0].clone();
        assert_eq!((&review["reason"], &review["note"]), (&"escalated".into(), &"To Bo.".into()), "{dialect}");
        drop(endpoint);
        let kept = owner.run(&["show", &person, "--json"]).json()["reviews"][0].clone();
        assert_eq!(kept["reason"], "escalated", "{dialect}");
    }
}
