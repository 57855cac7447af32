//! Completions and manual pages.

use std::{fs, process::Command};

use crate::{User, finish};

/// What a shell with descriptions is told after these words, the last of which is being typed.
fn completed(user: &User, words: &[&str]) -> Vec<String> {
    let mut command = user.command(&["--", "regdesk"]);
    command.args(words).env("REGDESK_COMPLETE", "fish");
    finish(command).ok().lines().map(str::to_owned).collect()
}

fn values(lines: &[String]) -> Vec<&str> {
    lines.iter().map(|line| line.split('\t').next().unwrap()).filter(|value| !value.starts_with('-')).collect()
}

#[test]
fn ids_are_completed_and_tell_nothing_about_the_person() {
    let user = User::new();
    let (ana, bo) = (user.create("ana@example.com"), user.create("bo@example.com"));
    let offered = completed(&user, &["show", ""]);
    let mut ids = values(&offered);
    ids.sort_unstable();
    let mut expected = [ana.as_str(), bo.as_str()];
    expected.sort_unstable();
    assert_eq!(ids, expected);
    assert!(offered.concat().contains("Nimbus Wallet") && !offered.concat().contains("example.com"), "{offered:?}");
    assert_eq!(values(&completed(&user, &["sync", &ana, &bo[..23]])), [bo.as_str()]);
}

#[test]
fn the_profile_of_the_words_is_the_one_that_is_completed_from() {
    let user = User::new();
    user.configure("[profiles.shop]\n[profiles.far]\nurl = \"https://far.example.com\"\ntoken_env = \"FAR\"\n");
    let id = user.create("ana@example.com");
    assert_eq!(values(&completed(&user, &["--profile", ""])), ["far", "local", "shop"]);
    assert_eq!(values(&completed(&user, &["show", &id[..4]])), [id.as_str()]);
    assert_eq!(values(&completed(&user, &["--profile", "shop", "show", ""])), [""; 0]);
    assert_eq!(values(&completed(&user, &["--profile", "far", "show", ""])), [""; 0], "a remote is not asked");
    assert!(!user.path("data/regdesk/shop").exists(), "a key press makes no engine");
}

#[test]
fn names_are_completed_as_one_word_that_the_command_takes() {
    let user = User::new();
    user.configure("[views.\"our banks\"]\nquery = \"project:bank\"\n[views.\"$(id)\"]\nquery = \"stuck\"\n");
    assert_eq!(values(&completed(&user, &["create", "--project", "nim"])), ["Nimbus-Wallet"]);
    assert_eq!(values(&completed(&user, &["create", "--project", "Nimbus\\ W"])), ["Nimbus-Wallet"]);
    assert_eq!(values(&completed(&user, &["create", "--flow", "Verified-wallet"]))[0], "Verified-wallet");
    let words =
        ["create", "--project", "Nimbus-Wallet", "--flow", "Verified-wallet", "--email", "ana@example.com", "--json"];
    assert_eq!(user.run(&words).json()["projectName"], "Nimbus Wallet");
    let views = completed(&user, &["list", "--view", ""]);
    assert!(values(&views).contains(&"our-banks"), "{views:?}");
    assert!(!views.concat().contains("$("), "what a shell would run is not offered: {views:?}");
    user.run(&["list", "--view", "our-banks"]).ok();
    for (words, expected) in [
        (&["verdict", "x", "DOC-04"][..], "DOC-04"),
        (&["verdict", "x", "DOC-04", "cann"], "cannot-tell"),
        (&["decide", "x", "--reason", "face_m"], "face_mismatch"),
        (&["list", "--sort", "upd"], "updated"),
        (&["sync", "x", "--step", "docu"], "document_verification"),
        (&["export", "--format", "c"], "csv"),
        (&["compl"], "completions"),
    ] {
        assert_eq!(values(&completed(&user, words)), [expected], "{words:?}");
    }
}

#[test]
fn an_engine_in_use_and_a_broken_configuration_leave_what_is_typed_alone() {
    let user = User::new();
    user.create("ana@example.com");
    let endpoint = user.serve();
    assert_eq!(values(&completed(&user, &["show", ""])), [""; 0]);
    assert_eq!(values(&completed(&user, &["create", "--project", "Nim"])), ["Nimbus-Wallet"]);
    drop(endpoint);
    user.configure("[ui]\nthem = 1\n");
    let mut command = user.command(&["--", "regdesk", "show", ""]);
    command.env("REGDESK_COMPLETE", "fish");
    let done = finish(command);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
}

#[test]
fn bash_completes_with_the_script_it_is_given() {
    let user = User::new();
    let id = user.create("ana@example.com");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(user.run(&["completions", shell]).ok().contains("REGDESK_COMPLETE"), "{shell}");
    }
    assert!(user.run(&["completions", "tcsh"]).failed(2).contains("zsh"));
    let script = "source /dev/stdin; COMP_WORDS=(regdesk show \"$1\") COMP_CWORD=2 COMP_TYPE=9; \
                  _clap_complete_regdesk regdesk \"$1\" show; echo \"${COMPREPLY[@]}\"";
    let mut bash = Command::new("bash");
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_regdesk")).parent().unwrap();
    let path = std::env::join_paths([binary, "/usr/bin".as_ref(), "/bin".as_ref()]).unwrap();
    let file = user.path("regdesk.bash");
    fs::write(&file, user.run(&["completions", "bash"]).ok()).unwrap();
    bash.args(["--norc", "-c", script, "bash", &id[..6]])
        .env_clear()
        .env("HOME", user.home.path())
        .env("XDG_CONFIG_HOME", user.path("config"))
        .env("XDG_DATA_HOME", user.path("data"))
        .env("PATH", path)
        .stdin(fs::File::open(&file).unwrap());
    let done = finish(bash);
    assert_eq!(done.stdout.trim(), id, "{}", done.stderr);
}

#[test]
fn every_command_has_a_page_in_the_manual() {
    let user = User::new();
    let directory = user.path("share/man/man1");
    let written = user.run(&["man", directory.to_str().unwrap()]).ok();
    let help = user.run(&["--help"]).ok();
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = commands.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    for page in names.map(|name| format!("regdesk-{name}.1")).chain(["regdesk-config-check.1".to_owned()]) {
        assert!(written.contains(&page), "{page}");
        assert!(fs::read_to_string(directory.join(&page)).unwrap().contains(".SH SYNOPSIS"), "{page}");
    }
    let page = fs::read_to_string(directory.join("regdesk-list.1")).unwrap();
    assert!(page.contains("Example: regdesk list"), "{page}");
    let own = user.run(&["man"]).ok();
    assert_eq!(own, fs::read_to_string(directory.join("regdesk.1")).unwrap());
    assert!(own.contains("6 a batch of which some failed"), "{own}");
    user.run(&["man", "/dev/null/man"]).failed(1);
}
