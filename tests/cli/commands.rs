//! Each command on its good day.

use serde_json::Value;

use crate::{User, finish};

#[test]
fn what_is_created_can_be_listed_shown_recorded_and_synced() {
    let user = User::new();
    let id = user.create("ana@example.com");
    let listed = user.run(&["list"]).ok();
    assert!(listed.contains(&id) && listed.contains("ana@example.com") && listed.contains("Nimbus Wallet"));
    assert!(user.run(&["show", &id]).ok().contains("Timeline"));
    let evidence = r#"{"step": "consent", "accepted": true}"#;
    let recorded = user.run_with_input(&["record", &id, "--evidence", "-"], evidence).ok();
    assert!(recorded.contains("consent completed"), "{recorded}");
    let synced = user.run(&["sync", &id, "--json"]).json();
    assert_eq!(synced[0]["ok"], true);
    let blockers: Vec<&str> =
        synced[0]["blockers"].as_array().unwrap().iter().filter_map(|blocker| blocker["step"].as_str()).collect();
    assert!(blockers.contains(&"document_verification") && !blockers.contains(&"consent"), "{blockers:?}");
    let shown = user.run(&["show", &id, "--json"]).json();
    assert_eq!(shown["id"], id.as_str());
    let consent = shown["steps"].as_array().unwrap().iter().find(|step| step["type"] == "consent").unwrap();
    assert_eq!(consent["status"], "completed");
}

#[test]
fn evidence_comes_from_a_file_too() {
    let user = User::new();
    let id = user.create("ana@example.com");
    let file = user.path("evidence.json");
    std::fs::write(&file, r#"{"step": "instructions"}"#).unwrap();
    let object = user.run(&["record", &id, "--evidence", file.to_str().unwrap(), "--json"]).json();
    assert_eq!(object["status"], "ongoing");
}

#[test]
fn the_token_of_a_new_person_is_printed_only_on_request() {
    let user = User::new();
    let arguments =
        ["create", "--project", "Feria Market", "--flow", "Buyer sign-up", "--email", "bo@example.com", "--json"];
    assert!(user.run(&arguments).json().get("token").is_none());
    let other = arguments.map(|argument| argument.replace("bo@", "al@"));
    let with_token: Vec<&str> = other.iter().map(String::as_str).chain(["--show-token"]).collect();
    let done = user.run(&with_token);
    let (stderr, object) = (done.stderr.clone(), done.json());
    let token = object["token"].as_str().unwrap();
    assert!(token.len() >= 32 && !stderr.contains(token));
}

#[test]
fn a_phone_is_enough_to_create_someone() {
    let user = User::new();
    let flags = [
        "create",
        "--project",
        "Aldea Bank",
        "--flow",
        "Savings pocket, light check",
        "--phone",
        "2025550123",
        "--country-code",
        "+1",
        "--first-name",
        "Bo",
        "--last-name",
        "Muster",
        "--json",
    ];
    let object = user.run(&flags).json();
    assert_eq!(object["contact"]["phone"], "2025550123");
    assert_eq!(object["contact"]["countryCode"], "+1");
}

#[test]
fn a_resent_link_is_printed_as_data_and_its_end_as_a_note() {
    let user = User::new();
    let id = user.create("ana@example.com");
    let done = user.run(&["resend", &id]);
    assert!(done.stderr.contains("works until"), "{}", done.stderr);
    let link = done.ok();
    assert!(link.starts_with("https://") && link.lines().count() == 1, "{link}");
    assert_eq!(user.run(&["resend", &id, "--email", "--json"]).json()["emailSent"], true);
}

#[test]
fn a_list_is_narrowed_sorted_and_cut() {
    let user = User::new();
    let ids = ["zoe@example.com", "ana@example.com", "bo@example.com"].map(|email| user.create(email));
    let found = user.run(&["list", "bo@example.com", "--json"]).json();
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found[0]["id"], ids[2].as_str());
    let ndjson = user.run(&["list", "--ndjson", "--sort", "created:asc"]).ok();
    let order: Vec<String> = ndjson
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    let mut backwards: Vec<String> = user
        .run(&["list", "--json", "--sort", "created:desc"])
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|object| object["id"].as_str().unwrap().to_owned())
        .collect();
    backwards.reverse();
    assert_eq!(order, backwards);
    let cut = user.run(&["list", "--limit", "2"]);
    assert!(cut.stderr.contains("2 of 3 shown"), "{}", cut.stderr);
    assert_eq!(cut.ok().lines().count(), 3);
}

#[test]
fn a_term_may_be_negated_without_quoting() {
    let user = User::new();
    let id = user.create("ana@example.com");
    assert_eq!(user.run(&["list", "-status:completed", "--json"]).json()[0]["id"], id.as_str());
    assert_eq!(user.run(&["list", "-status:started", "--json"]).json(), Value::Array(Vec::new()));
}

#[test]
fn csv_has_a_header_and_one_line_for_each() {
    let user = User::new();
    let id = user.create("ana@example.com");
    let csv = user.run(&["list", "--csv"]).ok();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("id,status,current_step,project,"));
    assert!(lines[1].starts_with(&format!("{id},started,")), "{}", lines[1]);
    assert_eq!(lines.len(), 2);
}

#[test]
fn every_match_of_a_query_is_synced() {
    let user = User::new();
    for email in ["ana@example.com", "bo@example.com"] {
        user.create(email);
    }
    let done = user.run(&["sync", "--query", "status:started", "--ndjson"]).ok();
    assert_eq!(done.lines().count(), 2);
    assert!(done.lines().all(|line| serde_json::from_str::<Value>(line).unwrap()["ok"] == true));
}

#[test]
fn rules_and_flags_tell_the_same_rules() {
    let user = User::new();
    user.create("ana@example.com");
    let rules = user.run(&["rules", "--json"]).json();
    let rules = rules.as_array().unwrap();
    assert!(rules.len() >= 12);
    assert!(rules.iter().all(|rule| rule["source"].as_str().is_some_and(|source| !source.is_empty())));
    let flags = user.run(&["flags", "--json"]).json();
    assert_eq!(flags["registrations"], 1);
    for rule in rules {
        let told = flags["rules"].as_array().unwrap().iter().any(|counted| counted["rule"] == rule["rule"]);
        assert!(told, "{} is missing", rule["rule"]);
    }
}

#[test]
fn a_rule_that_the_configuration_changes_judges_by_its_new_number_and_one_that_is_off_is_silent() {
    let user = User::new();
    let id = user.create("ana@example.com");
    let evidence = r#"{"step":"document_verification","state":"completed","confidence":0.8}"#;
    user.run_with_input(&["record", &id, "--evidence", "-"], evidence).ok();
    let weak = |user: &User| {
        let flags = user.run(&["show", &id, "--json"]).json()["redFlags"].as_array().unwrap().clone();
        flags.into_iter().find(|flag| flag["rule"] == "DOC-04")
    };
    assert_eq!(weak(&user).unwrap()["severity"], "medium");
    user.configure("[rules.DOC-04]\nhigh_below = 0.82\n");
    assert_eq!(weak(&user).unwrap()["severity"], "high");
    user.configure("[rules.DOC-04]\nmedium_below = 0.5\n");
    assert_eq!(weak(&user), None);
    user.configure("[rules.DOC-04]\nenabled = false\n");
    assert_eq!(weak(&user), None);
    let rules = user.run(&["rules", "--json"]).json();
    let rule = rules.as_array().unwrap().iter().find(|rule| rule["rule"] == "DOC-04").unwrap();
    assert_eq!(rule["enabled"], false);
    assert!(user.run(&["rules"]).ok().lines().any(|line| line.starts_with("DOC-04") && line.ends_with("OFF")));
    assert!(user.run(&["config", "show"]).ok().contains("[rules.DOC-04]\nenabled = false\n"));
}

#[test]
fn a_list_of_the_house_decides_with_the_built_in_one() {
    let user = User::new();
    let id = user.create("ana@thrown.example.com");
    let disposable = |user: &User| {
        let flags = user.run(&["show", &id, "--json"]).json()["redFlags"].clone();
        flags.as_array().unwrap().iter().any(|flag| flag["rule"] == "CON-01")
    };
    assert!(!disposable(&user));
    user.configure("[lists]\ndisposable_mail = \"own.txt\"\n");
    std::fs::write(user.path("config/regdesk/own.txt"), "thrown.example.com\n").unwrap();
    assert!(disposable(&user));
    let lists = user.run(&["rules", "--lists", "--json"]).json();
    let list = lists.as_array().unwrap().iter().find(|list| list["list"] == "disposable_mail").unwrap();
    assert_eq!(list["entries"].as_u64().unwrap(), list["builtIn"].as_u64().unwrap() + 1);
    let own = user.path("config/regdesk/own.txt").display().to_string();
    assert!(user.run(&["config", "show"]).ok().contains(&format!("[lists]\ndisposable_mail = [\"{own}\"]")));
}

#[test]
fn the_ways_of_being_stuck_are_listed_with_the_limits_in_force() {
    let user = User::new();
    user.configure("[limits.D-02]\nstuck = \"7m\"\n[projects.Aldea.limits.document_verification]\ngive_up = \"2d\"\n");
    let ways = user.run(&["rules", "--stuck", "--json"]).json();
    let way = ways.as_array().unwrap().iter().find(|way| way["reason"] == "D-02").unwrap().clone();
    assert_eq!(way["limits"]["stuck"], serde_json::json!({"seconds": 420, "configured": true}));
    assert_eq!(way["projects"]["Aldea"]["give_up"]["seconds"], 172_800);
    let text = user.run(&["rules", "--stuck"]).ok();
    assert!(text.contains("stuck 7m (configured)"), "{text}");
    assert!(text.contains("stuck at once"), "{text}");
}

#[test]
fn projects_and_flows_belong_together() {
    let user = User::new();
    let projects = user.run(&["projects", "--json"]).json();
    let flows = user.run(&["flows", "--json"]).json();
    assert_eq!(projects.as_array().unwrap().len(), 3);
    assert!(flows.as_array().unwrap().len() >= 3);
    for flow in flows.as_array().unwrap() {
        let owner = projects.as_array().unwrap().iter().find(|project| project["id"] == flow["projectId"]);
        assert!(owner.is_some(), "{flow}");
    }
    assert!(user.run(&["flows"]).ok().contains("Nimbus Wallet"));
}

#[test]
fn a_time_that_stands_still_makes_output_repeatable() {
    let user = User::new();
    let id = user.create("ana@example.com");
    let at = ["--now", "2030-01-01T00:00:00Z", "show", &id];
    assert_eq!(user.run(&at).ok(), user.run(&at).ok());
}

#[test]
fn the_configuration_is_begun_checked_and_shown() {
    let user = User::new();
    let path = user.run(&["config", "path"]).ok();
    assert_eq!(path.trim(), user.path("config/regdesk/config.toml").to_str().unwrap());
    assert!(user.run(&["config", "check"]).ok().contains("built-in"));
    assert_eq!(user.run(&["config", "init"]).ok(), path);
    assert!(user.run(&["config", "check"]).ok().contains("no mistakes"));
    assert!(user.run(&["config", "init"]).failed(1).contains("there already"));
    let shown = user.run(&["config", "show"]).ok();
    assert!(shown.contains("[profiles.local]") && shown.contains("theme = \"auto\""), "{shown}");
    // What is shown is a configuration itself.
    let copy = user.path("copy.toml");
    std::fs::write(&copy, shown).unwrap();
    user.run(&["--config", copy.to_str().unwrap(), "config", "check"]).ok();
}

#[test]
fn the_same_arguments_generate_the_same_bytes() {
    let now = ["--now", "2026-03-01T12:00:00Z"];
    let generated = |seed: &str| {
        let user = User::new();
        let arguments = [&now[..], &["generate", "--count", "120", "--seed", seed]].concat();
        assert_eq!(user.run(&arguments).ok().trim(), "120");
        user.run(&[&now[..], &["list", "--ndjson", "--limit", "0"]].concat()).ok()
    };
    let first = generated("7");
    assert_eq!(first.lines().count(), 120);
    assert!(first == generated("7"));
    assert!(first != generated("8"));
}

#[test]
fn the_same_people_are_not_generated_twice() {
    let user = User::new();
    let arguments = ["generate", "--count", "60", "--now", "2026-03-01T12:00:00Z"];
    user.run(&arguments).ok();
    assert!(user.run(&arguments).failed(1).contains("--seed"));
    // A second later they would have other ids, and the tokens that lead to those who are there.
    let later = ["generate", "--count", "5", "--now", "2026-03-01T12:00:01Z"];
    assert!(user.run(&later).failed(1).contains("--seed"));
    assert_eq!(user.all().len(), 60);
    user.run(&["check"]).ok();
}

#[test]
fn each_profile_has_its_own_registrations() {
    let user = User::new();
    std::fs::create_dir_all(user.path("config/regdesk")).unwrap();
    std::fs::write(user.path("config/regdesk/config.toml"), "[profiles.shop]\n[profiles.kiosk]\n").unwrap();
    user.create("ana@example.com");
    assert_eq!(user.run(&["--profile", "shop", "list", "--json"]).json(), Value::Array(Vec::new()));
    let mut kiosk = user.command(&["list", "--json"]);
    kiosk.env("REGDESK_PROFILE", "kiosk");
    assert_eq!(finish(kiosk).json(), Value::Array(Vec::new()));
    assert_eq!(user.all().len(), 1);
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let user = User::new();
    let help = user.run(&["--help"]).ok();
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() >= 12, "{commands:?}");
    for command in commands {
        let help = user.run(&[command, "--help"]).ok();
        assert!(help.contains("Example:"), "{command}:\n{help}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_written_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let user = User::new();
    user.create("ana@example.com");
    let mode = |path: &str| std::fs::metadata(user.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("state/regdesk"), 0o700);
    assert_eq!(mode("state/regdesk/regdesk.log"), 0o600);
    assert_eq!(mode("data/regdesk/engine.redb"), 0o600);
}

#[test]
fn a_view_lists_what_it_holds_in_its_order() {
    let user = User::new();
    let id = user.create("ana@example.com");
    user.create("bo@example.com");
    let views = user.run(&["views", "--json"]).json();
    assert_eq!(
        (&views[0]["key"], &views[0]["name"], &views[0]["origin"]),
        (&1.into(), &"my turn".into(), &"built in".into())
    );
    let new = views.as_array().unwrap().iter().find(|view| view["name"] == "new today").unwrap();
    assert_eq!(new["count"], 2);
    assert!(user.run(&["views"]).ok().contains("manual review"));
    let listed = user.run(&["list", "--view", "New-Today", "ana@example.com", "--json"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["id"], id.as_str());
    let wrong = user.run(&["list", "--view", "new toady"]).failed(2);
    assert!(wrong.contains("did you mean `new today`?"), "{wrong}");
}
