//! `token`: what it says, where it puts one, and that it never shows one.

use std::{fs, os::unix::fs::PermissionsExt};

use crate::{TOKEN, User};

/// {"exp":1780315200}: noon of the first of June 2026.
const DATED: &str = "e30.eyJleHAiOjE3ODAzMTUyMDB9.c2ln";

/// A profile whose token is in a file that is not there yet.
fn with_token_file(user: &User, url: &str) -> std::path::PathBuf {
    let token = user.path("token");
    let text = format!("profile = \"p\"\n[profiles.p]\nurl = \"{url}\"\ntoken_file = \"{}\"\n", token.display());
    user.configure(&text);
    token
}

#[test]
fn a_token_is_stored_for_its_owner_alone_and_told_of_without_being_shown() {
    let user = User::new();
    let file = with_token_file(&user, "http://127.0.0.1:9");
    let missing = user.run(&["token", "show"]);
    assert_eq!(missing.code, 2, "{missing:?}");
    let stored = user.run_with_input(&["token", "store"], &format!("{DATED}\n")).ok();
    assert!(stored.contains(file.to_str().unwrap()), "{stored}");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let shown = user.run(&["token", "show"]).ok();
    assert!(shown.contains("holds until 2026-06-01 12:00:00 UTC") && !shown.contains("eyJ"), "{shown}");
    let refused = user.run_with_input(&["token", "store"], "two words\n");
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(user.run(&["token", "show"]).ok().contains("2026-06-01"), "what was there stays");
}

#[test]
fn a_renewal_that_has_nowhere_to_go_or_is_not_offered_is_refused_with_what_to_do() {
    let user = User::new();
    let endpoint = user.serve();
    let nowhere = user.run_against(&endpoint.address, TOKEN, &["token", "renew"]);
    assert!(nowhere.code == 2 && nowhere.stderr.contains("--to-file"), "{nowhere:?}");
    let file = user.path("fresh");
    let arguments = ["token", "renew", "--to-file", file.to_str().unwrap()];
    let refused = user.run_against(&endpoint.address, TOKEN, &arguments);
    assert!(refused.stderr.contains("offers no renewal") && !file.exists(), "{refused:?}");
    let embedded = user.run(&["token", "show"]);
    assert!(embedded.code == 2 && embedded.stderr.contains("no remote"), "{embedded:?}");
}

#[test]
fn a_token_in_a_keyring_that_is_not_built_in_says_how_to_have_one() {
    if cfg!(feature = "keyring") {
        return;
    }
    let user = User::new();
    user.configure("profile = \"p\"\n[profiles.p]\nurl = \"http://127.0.0.1:9\"\ntoken_keyring = \"desk\"\n");
    let done = user.run(&["list"]);
    assert!(done.code != 0 && done.stderr.contains("--features keyring"), "{done:?}");
}
