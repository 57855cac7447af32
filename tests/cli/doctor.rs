//! `doctor`: what it finds, and with which exit code it ends.

use std::net::TcpListener;

use serde_json::Value;

use crate::{TOKEN, User};

/// How a check came out.
fn health(found: &Value, what: &str) -> String {
    let of = found.as_array().unwrap().iter().find(|finding| finding["check"] == what);
    of.unwrap_or_else(|| panic!("{what} is not among {found}"))["health"].as_str().unwrap().to_owned()
}

#[test]
fn an_endpoint_in_order_is_good_in_both_dialects() {
    for dialect in ["overview", "live"] {
        let (owner, guest) = (User::new(), User::new());
        for number in 0..7 {
            owner.create(&format!("person{number}@example.com"));
        }
        let endpoint = owner.serve_in(dialect);
        let found = guest.run_against(&endpoint.address, TOKEN, &["doctor", "--json"]).json();
        for what in ["address", "token", "sign-in", "dialect", "list", "order", "paging", "filters"] {
            assert_eq!(health(&found, what), "good", "{what} of {dialect}: {found}");
        }
        let printed = guest.run_against(&endpoint.address, TOKEN, &["doctor"]).ok();
        assert!(printed.contains("7 registrations in all") && printed.contains(dialect), "{printed}");
        assert!(!printed.contains(TOKEN));
    }
}

#[test]
fn what_keeps_one_out_ends_with_5_and_says_where() {
    let user = User::new();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let done = user.run_against(&closed, TOKEN, &["doctor"]);
    assert_eq!(done.code, 5, "{done:?}");
    assert!(done.stdout.contains("bad      connection"), "{}", done.stdout);
    let endpoint = user.serve();
    let done = user.run_against(&endpoint.address, "another-token", &["doctor"]);
    assert_eq!(done.code, 5);
    assert!(done.stdout.contains("bad      sign-in") && done.stdout.contains("fresh token"), "{}", done.stdout);
}

#[test]
fn a_token_that_ran_out_is_told_with_its_time_and_never_shown() {
    let user = User::new();
    // {"exp":1780315200}: noon of the first of June 2026.
    let token = "e30.eyJleHAiOjE3ODAzMTUyMDB9.c2ln";
    let endpoint = user.serve();
    let at = |now: &str| user.run_against(&endpoint.address, token, &["--now", now, "doctor"]);
    let done = at("2026-06-02T00:00:00Z");
    assert!(done.stdout.contains("bad      token") && done.stdout.contains("2026-06-01 12:00 UTC"), "{}", done.stdout);
    let done = at("2026-05-31T00:00:00Z");
    assert!(done.stdout.contains("warning  token"), "{}", done.stdout);
    assert!(!done.stdout.contains("eyJ") && !done.stderr.contains("eyJ"));
}

#[test]
fn an_embedded_profile_is_opened_and_files_open_to_others_are_named() {
    use std::os::unix::fs::PermissionsExt;
    let user = User::new();
    user.create("ana@example.com");
    let found = user.run(&["doctor", "--json"]).json();
    assert_eq!((health(&found, "engine"), health(&found, "data directory")), ("good".into(), "good".into()));
    std::fs::set_permissions(user.path("data/regdesk"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let printed = user.run(&["doctor"]).ok();
    assert!(printed.contains("warning  data directory") && printed.contains("chmod go-rwx"), "{printed}");
}
