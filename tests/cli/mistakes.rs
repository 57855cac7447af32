//! What goes wrong is said on standard error, with the exit code that scripts rely on.

use std::{fs, net::TcpListener};

use crate::{TOKEN, User, finish};

#[test]
fn a_wrong_query_is_marked_where_it_is_wrong() {
    let user = User::new();
    let message = user.run(&["list", "ana", "staus:ongoing"]).failed(2);
    let lines: Vec<&str> = message.lines().collect();
    let query = lines.iter().position(|line| line.contains("ana staus:ongoing")).unwrap();
    assert_eq!(lines[query].find("staus"), lines[query + 1].find('^'), "{message}");
    assert!(user.run(&["sync", "--query", "staus:ongoing"]).failed(2).contains('^'));
}

#[test]
fn wrong_arguments_end_with_2() {
    let user = User::new();
    for arguments in [
        &["lst"][..],
        &["list", "--jsn"],
        &["list", "--json", "--csv"],
        &["list", "--sort", "nmae"],
        &["show"],
        &["create", "--project", "P", "--flow", "F"],
        &["sync"],
        &["sync", "a", "--query", "b"],
        &["sync", "a", "--step", "end"],
        &["--now", "yesterday", "list"],
        &["--profile", "a", "--url", "https://example.com", "list"],
    ] {
        user.run(arguments).failed(2);
    }
    assert!(user.run(&["list", "--sort", "nmae"]).failed(2).contains("Did you mean `name`?"));
    let unknown = ["create", "--project", "Nimbus Walet", "--flow", "F", "--email", "ana@example.com"];
    assert!(user.run(&unknown).failed(2).contains("did you mean `Nimbus Wallet`?"));
}

#[test]
fn an_unknown_registration_ends_with_3() {
    let user = User::new();
    let id = "000000000000000000000000";
    assert!(user.run(&["show", id]).failed(3).contains("AppRegistration_not_found"));
    user.run(&["sync", id]).failed(3);
    user.run(&["resend", id]).failed(3);
    user.run_with_input(&["record", id, "--evidence", "-"], r#"{"step": "instructions"}"#).failed(3);
}

#[test]
fn a_refusal_ends_with_4() {
    let user = User::new();
    let id = user.create("ana@example.com");
    for arguments in [
        &["--read-only", "sync", &id][..],
        &["--read-only", "resend", &id],
        &[
            "--read-only",
            "create",
            "--project",
            "Nimbus Wallet",
            "--flow",
            "Verified wallet",
            "--email",
            "b@example.com",
        ],
    ] {
        assert!(user.run(arguments).failed(4).contains("read-only"));
    }
    let mut by_environment = user.command(&["sync", &id]);
    by_environment.env("REGDESK_READ_ONLY", "1");
    finish(by_environment).failed(4);
    assert_eq!(user.run(&["--read-only", "list", "--json"]).json().as_array().unwrap().len(), 1);
    let wrong = ["create", "--project", "Nimbus Wallet", "--flow", "Verified wallet", "--email", "nobody"];
    assert!(user.run(&wrong).failed(4).contains("email"));
    assert_eq!(user.all().len(), 1);
}

#[test]
fn a_batch_of_which_some_failed_ends_with_6_and_does_the_rest() {
    let user = User::new();
    let id = user.create("ana@example.com");
    let done = user.run(&["sync", "000000000000000000000000", &id, "--json"]);
    assert_eq!(done.code, 6);
    assert!(done.stderr.contains("1 of 2 failed"), "{}", done.stderr);
    let results: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((&results[0]["ok"], &results[1]["ok"]), (&false.into(), &true.into()));
}

#[test]
fn a_wrong_configuration_names_file_line_key_and_nearest_name() {
    let user = User::new();
    let file = user.path("wrong.toml");
    fs::write(&file, "[ui]\nthem = \"dark\"\n\n[keys]\nsnyc = [\"s\"]\n").unwrap();
    let path = file.to_str().unwrap();
    for arguments in [&["--config", path, "config", "check"][..], &["--config", path, "list"]] {
        let message = user.run(arguments).failed(2);
        assert!(message.contains(&format!("{path}:2:1: `ui.them`:")), "{message}");
        assert!(message.contains("did you mean `theme`?"), "{message}");
    }
    fs::write(&file, "[keys]\nsnyc = [\"s\"]\nopen = [\"entr\"]\n").unwrap();
    let message = user.run(&["--config", path, "config", "check"]).failed(2);
    assert!(message.contains(":2:1:") && message.contains("`sync`") && message.contains(":3:1:"), "{message}");
    let everywhere = "[ui]\nthem = \"dark\"\n[keys]\nsnyc = [\"s\"]\n[profiles.far]\nbackend = \"remot\"\nurl = \"nowhere\"\ntokn_env = \"T\"\n";
    fs::write(&file, everywhere).unwrap();
    let message = user.run(&["--config", path, "config", "check"]).failed(2);
    for (line, key) in [(2, "ui.them"), (4, "keys.snyc"), (6, "backend"), (7, "url"), (8, "tokn_env")] {
        assert!(message.contains(&format!("{path}:{line}:")) && message.contains(key), "{key} is not told: {message}");
    }
    let mut by_environment = user.command(&["list"]);
    by_environment.env("REGDESK_CONFIG", user.path("nowhere.toml"));
    assert!(finish(by_environment).failed(2).contains("nowhere.toml: there is no such file"));
    assert!(user.run(&["--profile", "locla", "list"]).failed(2).contains("did you mean `local`?"));
}

#[test]
fn evidence_that_cannot_be_read_is_not_repeated() {
    let user = User::new();
    let id = user.create("ana@example.com");
    let message = user
        .run_with_input(&["record", &id, "--evidence", "-"], r#"{"step": "face_comparison", "score": "Ana Muestra"}"#)
        .failed(2);
    assert!(!message.contains("Muestra") && message.contains("evidence"), "{message}");
    user.run(&["record", &id, "--evidence", "/nowhere/evidence.json"]).failed(1);
}

#[test]
fn a_store_in_use_is_said_to_be_in_use() {
    let user = User::new();
    let endpoint = user.serve();
    let message = user.run(&["list"]).failed(1);
    assert!(message.contains("in use") && message.contains("--data-dir"), "{message}");
    drop(endpoint);
}

#[test]
fn an_endpoint_without_a_token_or_an_address_is_refused() {
    let user = User::new();
    assert!(user.run(&["serve", "--listen", "127.0.0.1:0"]).failed(2).contains("REGDESK_SERVE_TOKEN"));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut second = user.command(&["serve", "--listen", &taken.local_addr().unwrap().to_string()]);
    second.env("REGDESK_SERVE_TOKEN", TOKEN);
    assert!(finish(second).failed(1).contains("Choose another address"));
}

#[cfg(unix)]
#[test]
fn a_token_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let user = User::new();
    let file = user.path("token");
    fs::write(&file, TOKEN).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let message = user.run(&["serve", "--listen", "127.0.0.1:0", "--token-file", file.to_str().unwrap()]).failed(2);
    assert!(message.contains("chmod 600") && !message.contains(TOKEN), "{message}");
}
