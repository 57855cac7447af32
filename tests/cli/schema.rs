//! What is printed as JSON, held against the schema that is printed.

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::{
    TOKEN, User,
    webhooks::{Watch, event},
};

const NOW: &str = "2026-03-01T12:00:00Z";

/// The schema of a command, strict: a key that it does not describe is a mistake.
fn strict(user: &User, command: &str) -> Validator {
    let mut schema = user.run(&["schema", command]).json();
    assert!(jsonschema::meta::is_valid(&schema), "{command}");
    close(&mut schema);
    jsonschema::validator_for(&schema).unwrap()
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(keys) => {
            keys.values_mut().for_each(close);
            if keys.get("properties").is_some_and(Value::is_object) {
                keys.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

#[track_caller]
fn assert_described(schema: &Validator, printed: &Value, what: &str) {
    let mistakes: Vec<String> =
        schema.iter_errors(printed).take(5).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(mistakes.is_empty(), "{what}: {mistakes:#?}");
}

/// People of every kind, and all that a desk can say about one of them.
fn desk() -> User {
    let user = User::new();
    user.run(&["--now", NOW, "generate", "--count", "90", "--seed", "5"]).ok();
    let id = user.run(&["--now", NOW, "list", "flag:high", "--limit", "1", "--json"]).json()[0].clone();
    let (id, rule) = (id["id"].as_str().unwrap(), id["redFlags"][0]["rule"].as_str().unwrap());
    for said in [
        &["claim", id][..],
        &["snooze", id, "--for", "4h", "--reason", "asked"],
        &["note", id, "called"],
        &["verdict", id, rule, "right"],
    ] {
        user.run(&[&["--now", NOW], said].concat()).ok();
    }
    user
}

#[test]
fn what_is_printed_is_as_the_schema_says_for_operators_and_for_support() {
    let user = desk();
    for role in ["operator", "support"] {
        user.configure(&format!("[profiles.local]\nrole = \"{role}\"\n"));
        for (command, arguments) in [
            ("list", &["list", "--limit", "0", "--json"][..]),
            ("flags", &["flags", "--json"]),
            ("insights", &["insights", "--what-if", "face=0.9", "--json"]),
            ("projects", &["projects", "--json"]),
            ("flows", &["flows", "--json"]),
            ("views", &["views", "--json"]),
            ("doctor", &["doctor", "--json"]),
        ] {
            let printed = user.run(&[&["--now", NOW], arguments].concat()).json();
            assert_described(&strict(&user, command), &printed, &format!("{command} of {role}"));
        }
        let schema = strict(&user, "show");
        for line in user.run(&["--now", NOW, "list", "--ndjson", "--limit", "0"]).ok().lines() {
            assert_described(&schema, &serde_json::from_str(line).unwrap(), "a line of list --ndjson");
        }
    }
}

#[test]
fn what_is_done_is_told_as_the_schema_says() {
    let user = User::new();
    let id = user.create("ana@example.com");
    let no_id = "000000000000000000000000";
    let exported = user.run(&["export", "--output", "-"]).ok();
    let create = ["create", "--project", "Nimbus Wallet", "--flow", "Verified wallet", "--email", "bo@example.com"];
    let decide = ["decide", &id, no_id, "--reject", "--reason", "spoof_attempt"];
    let evidence = r#"{"step": "consent", "accepted": true}"#;
    for (command, arguments, input) in [
        ("create", &[&create[..], &["--json"]].concat()[..], ""),
        ("record", &["record", &id, "--evidence", "-", "--json"], evidence),
        ("sync", &["sync", &id, no_id, "--json"], ""),
        ("claim", &["claim", &id, no_id, "--json"], ""),
        ("claim", &["snooze", &id, "--for", "2h", "--json"], ""),
        ("claim", &["release", &id, "--json"], ""),
        ("note", &["note", &id, "called", "--json"], ""),
        ("resend", &["resend", &id, "--email", "--json"], ""),
        ("decide", &[&decide[..], &["--plan", "--json"]].concat(), ""),
        ("decide", &[&decide[..], &["--yes", "--json"]].concat(), ""),
        ("decide", &[&decide[..], &["--yes", "--json"]].concat(), ""),
        ("import", &["import", "-", "--json"], &exported),
        ("check", &["check", "--json"], ""),
    ] {
        let done = user.run_with_input(arguments, input);
        assert!([0, 6].contains(&done.code), "{arguments:?}: {done:?}");
        assert_described(
            &strict(&user, command),
            &serde_json::from_str(&done.stdout).unwrap(),
            &format!("{arguments:?}"),
        );
    }
}

#[test]
fn what_watch_prints_is_as_the_schema_says() {
    let user = User::new();
    let schema = strict(&user, "watch");
    let mut watch = Watch::start(&user, "1", None);
    assert_eq!(watch.deliver("/hooks", "", &event("sync_end", 30)), 200);
    // The object is the service's own.
    let told = |mut line: Value| {
        line["object"] = json!({});
        line
    };
    assert_described(&schema, &told(watch.next()), "watch");
    let owner = User::new();
    owner.configure("[profiles.local.webhooks.to]\n\"*\" = \"http://127.0.0.1:9/hooks\"\n");
    owner.create("ana@example.com");
    let endpoint = owner.serve_in("live");
    let past = user.run_against(&endpoint.address, TOKEN, &["watch", "--past"]).ok();
    assert!(past.lines().count() > 0);
    for line in past.lines() {
        assert_described(&schema, &told(serde_json::from_str(line).unwrap()), "watch --past");
    }
}

#[test]
fn the_schema_of_all_is_those_of_each_and_refuses_what_is_something_else() {
    let user = User::new();
    let all = user.run(&["schema"]).json();
    assert!(jsonschema::meta::is_valid(&all));
    let commands = [
        "list", "show", "create", "record", "sync", "decide", "claim", "note", "resend", "import", "check", "flags",
        "insights", "projects", "flows", "views", "doctor", "watch",
    ];
    for command in commands {
        let one = user.run(&["schema", command]).json();
        assert_eq!(one["$defs"][command], all["$defs"][command], "{command}");
        assert!(!jsonschema::is_valid(&one, &json!({ "id": 7 })), "{command}");
        assert!(!jsonschema::is_valid(&one, &json!([{ "id": 7 }])), "{command}");
    }
    assert!(user.run(&["schema", "lst"]).failed(2).contains("list"));
}
