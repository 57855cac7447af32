//! Registrations from files: what was exported comes back, what is wrong is told by its line, and what was interrupted
//! is taken up again.

use std::{io::Write, process::Stdio};

use serde_json::{Value, json};

use crate::{Done, User};

const NOW: &str = "2026-03-01T12:00:00Z";

/// So many people, as `export` writes them.
fn exported(count: &str, format: &str) -> String {
    let user = User::new();
    user.run(&["--now", NOW, "generate", "--count", count, "--seed", "4"]).ok();
    user.run(&["--now", NOW, "export", "--format", format, "--output", "-"]).ok()
}

fn import(user: &User, text: &str) -> Done {
    user.run_with_input(&["--now", NOW, "import", "-", "--json"], text)
}

/// How many were imported, were there, and were refused.
#[track_caller]
fn counts(done: &Done) -> [u64; 3] {
    let told: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|_| panic!("{done:?}"));
    ["imported", "there", "refused"].map(|key| told[key].as_u64().unwrap())
}

fn person(id: &str) -> Value {
    json!({ "id": id, "status": "ongoing", "createdAt": "2026-02-28T10:00:00Z", "contact": { "email": "ana@example.com" } })
}

/// Lines of JSON without what an import begins anew: versions count from 1.
fn without_versions(lines: &str) -> Vec<Value> {
    let parsed = lines.lines().map(|line| {
        let mut object: Value = serde_json::from_str(line).unwrap();
        object["version"] = Value::Null;
        object
    });
    parsed.collect()
}

#[test]
fn what_was_exported_comes_back_as_it_was() {
    let export = exported("150", "ndjson");
    let list = Value::Array(export.lines().map(|line| serde_json::from_str(line).unwrap()).collect());
    for text in [export.clone(), list.to_string(), serde_json::to_string_pretty(&list).unwrap()] {
        let user = User::new();
        assert_eq!(counts(&import(&user, &text)), [150, 0, 0]);
        let again = user.run(&["--now", NOW, "export", "--output", "-"]).ok();
        assert_eq!(without_versions(&again), without_versions(&export));
    }
}

#[test]
fn rows_bring_back_what_rows_can_say() {
    let export = exported("150", "csv");
    let user = User::new();
    let done = import(&user, &export);
    assert_eq!(counts(&done), [150, 0, 0], "{}", done.stderr);
    let again = user.run(&["--now", NOW, "export", "--format", "csv", "--output", "-"]).ok();
    let said = |csv: &str| {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        // Behind these stands what is judged anew, from less.
        reader.records().map(|row| row.unwrap().iter().take(12).collect::<Vec<_>>().join("|")).collect::<Vec<_>>()
    };
    assert_eq!(said(&again), said(&export));
    assert!(export.contains("'+"), "a phone that a spreadsheet would compute is among them");
}

#[test]
fn what_is_longer_than_people_have_it_is_refused_and_named() {
    let user = User::new();
    let with = |contact: Value| json!({ "contact": contact, "id": "reg_1", "status": "ongoing", "createdAt": "2026-02-28T10:00:00Z" });
    let long = "a".repeat(300);
    let lines =
        [person(&long), with(json!({ "fullName": long })), with(json!({ "email": format!("{long}@example.com") }))];
    let done = import(&user, &lines.map(|line| line.to_string()).join("\n"));
    assert_eq!(counts(&done), [0, 0, 3]);
    for said in ["line 1: The id is longer than", "line 2: The name is longer than", "line 3: The e-mail address"] {
        assert!(done.stderr.contains(said), "{}", done.stderr);
    }
}

#[test]
fn answers_of_a_service_are_taken_over_in_both_dialects() {
    for dialect in ["live", "overview"] {
        let owner = User::new();
        let ids = ["ana@example.com", "bo@example.com"].map(|email| owner.create(email));
        let endpoint = owner.serve_in(dialect);
        let (_, page) = endpoint.request("GET", "/v2/app-registrations?page=1&limit=10", "");
        let (_, one) = endpoint.request("GET", &format!("/v2/app-registrations/{}", ids[0]), "");
        let user = User::new();
        let done = user.run_with_input(&["import", "-", "--json"], &format!("{page}\n{one}\n"));
        assert_eq!(counts(&done), [2, 1, 0], "{dialect}: {}", done.stderr);
        let found = user.run(&["list", "bo@example.com", "--json"]).json();
        assert_eq!((&found[0]["id"], &found[0]["status"]), (&json!(ids[1]), &json!("started")), "{dialect}");
        assert_eq!(found[0]["projectName"], "Nimbus Wallet", "{dialect}");
    }
}

#[test]
fn each_refused_line_is_told_with_its_number_and_nothing_about_the_person() {
    let user = User::new();
    let mut lines: Vec<String> = (1..=8).map(|number| person(&format!("p{number}")).to_string()).collect();
    lines[1] = lines[1].replace("\"id\":\"p2\",", "");
    lines[2] = lines[2].replace(":\"ongoing\"", " \"ongoing\"");
    lines[3] = lines[3].replace("2026-02-28", "2027-02-28");
    lines[4] = lines[4].replace("\"status\":\"ongoing\",", "");
    lines[5] = lines[5].replace("2026-02-28T10:00:00Z", "once");
    lines[6] = lines[6].replace("ana@example.com", "a•••@example.com");
    let done = import(&user, &lines.join("\n"));
    assert_eq!(done.code, 6, "{done:?}");
    assert_eq!(counts(&done), [2, 0, 6]);
    for (line, why) in
        [(2, "$.id"), (3, "not JSON from column"), (4, "future"), (5, "$.status"), (6, "$.createdAt"), (7, "masked")]
    {
        let told = done.stderr.lines().find(|told| told.contains(&format!("line {line}: ")));
        assert!(told.is_some_and(|told| told.contains(why)), "line {line}: {}", done.stderr);
    }
    assert!(!done.stderr.contains("example.com") && done.stderr.contains("6 of 8 failed"), "{}", done.stderr);
    let csv =
        "id,status,created_at,email\np9,ongoing,2026-02-28T10:00:00Z,ana@example.com\np10,ongoing\n,ongoing,x,y\n";
    let done = import(&user, csv);
    assert_eq!((done.code, counts(&done)), (6, [1, 0, 2]));
    assert!(done.stderr.contains("line 3: has 2 cells") && done.stderr.contains("line 4: $.id"), "{}", done.stderr);
    assert_eq!(user.run(&["--now", NOW, "list", "--limit", "0", "--json"]).json().as_array().unwrap().len(), 3);
}

#[test]
fn an_import_that_was_killed_is_taken_up_where_it_stopped() {
    let user = User::new();
    let lines: Vec<String> = (0..700).map(|number| big(number).to_string()).collect();
    let export = lines.join("\n") + "\n";
    let mut killed = user.command(&["--now", NOW, "import", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    // It has read all but what fits into its buffers, so it has stored the first batches; the end never comes.
    let mut input = killed.stdin.take().unwrap();
    input.write_all(export.as_bytes()).unwrap();
    killed.kill().unwrap();
    killed.wait().unwrap();
    let stored = user.run(&["--now", NOW, "list", "--limit", "0", "--json"]).json().as_array().unwrap().len() as u64;
    assert!((500..700).contains(&stored) && stored.is_multiple_of(500), "{stored}");
    let done = import(&user, &export);
    assert_eq!((done.code, counts(&done)), (0, [700 - stored, stored, 0]), "{}", done.stderr);
    assert_eq!(counts(&import(&user, &export)), [0, 700, 0]);
}

/// A registration of some thousand bytes, so that buffers hold few.
fn big(number: u32) -> Value {
    let mut person = person(&format!("p{number}"));
    person["remark"] = json!("x".repeat(2_000));
    person
}

#[test]
fn what_is_no_file_of_registrations_is_told() {
    let user = User::new();
    assert!(user.run(&["import", "/nowhere.ndjson"]).failed(1).contains("/nowhere.ndjson"));
    let message = user.run_with_input(&["import", "-"], "id,stauts,created_at\n").failed(2);
    assert!(message.contains("did you mean `status`?"), "{message}");
    let message = user.run_with_input(&["import", "-"], "id,status\n").failed(2);
    assert!(message.contains("`created_at`"), "{message}");
    assert_eq!(counts(&import(&user, "")), [0, 0, 0]);
    let cut = import(&user, &format!("[{}, ", person("p1")));
    assert_eq!((cut.code, counts(&cut)), (6, [1, 0, 1]));
    assert!(cut.stderr.contains("ends before its list does"), "{}", cut.stderr);
}

#[test]
fn remotes_and_read_only_profiles_take_nothing_over() {
    let user = User::new();
    user.configure("[profiles.fixed]\nread_only = true\n");
    let text = person("p1").to_string();
    let remote = user.run_with_input(&["--url", "https://far.example.com", "import", "-"], &text).failed(2);
    assert!(remote.contains("embedded"), "{remote}");
    for arguments in [&["--read-only", "import", "-"][..], &["--profile", "fixed", "import", "-"]] {
        assert!(user.run_with_input(arguments, &text).failed(4).contains("read-only"));
    }
    assert!(user.all().is_empty());
}
