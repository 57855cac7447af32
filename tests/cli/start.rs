//! Machines on which something usual is missing: a home, directories that can be written, a name for the user.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{Done, finish};

/// An id that belongs to no user of the machine, so that no home is known for it.
const NOBODY: &str = "61234";

/// A copy of the program that every user can run, in a directory that only its owner can write.
fn installed() -> TempDir {
    let directory = TempDir::new().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_regdesk"), directory.path().join("regdesk")).unwrap();
    directory
}

/// A call by a plain user without a home; `None` where only root could become one.
fn by_a_plain_user(program: &Path, environment: &[(&str, &Path)], arguments: &[&str]) -> Option<Done> {
    let become_one = ["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"];
    let can = Command::new("setpriv").args(become_one).arg("true").stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        return None;
    }
    let mut command = Command::new("setpriv");
    command.args(become_one).arg(program).args(arguments);
    command.env_clear().env("PATH", "/usr/bin:/bin").envs(environment.iter().copied()).stdin(Stdio::null());
    Some(finish(command))
}

#[test]
fn without_a_home_it_is_said_what_to_set_and_what_needs_none_works() {
    let installed = installed();
    let program = installed.path().join("regdesk");
    let call = |arguments: &[&str]| by_a_plain_user(&program, &[], arguments);
    let Some(listed) = call(&["list"]) else { return };
    let message = listed.failed(2);
    assert!(message.contains("HOME") && message.contains("--data-dir"), "{message}");
    for arguments in [&["config", "path"][..], &["config", "init"], &["cache", "path"], &["doctor"]] {
        assert!(call(arguments).unwrap().failed(2).contains("HOME"), "{arguments:?}");
    }
    for arguments in [
        &["rules"][..],
        &["schema"],
        &["man"],
        &["completions", "zsh"],
        &["help", "operators"],
        &["config", "show"],
        &["--version"],
    ] {
        call(arguments).unwrap().ok();
    }
}

#[test]
fn without_a_home_two_options_are_enough() {
    let (installed, place) = (installed(), TempDir::new().unwrap());
    fs::set_permissions(place.path(), Permissions::from_mode(0o777)).unwrap();
    let (config, data) = (place.path().join("config.toml"), place.path().join("data"));
    let given = ["--config", config.to_str().unwrap(), "--data-dir", data.to_str().unwrap()];
    let call =
        |arguments: &[&str]| by_a_plain_user(&installed.path().join("regdesk"), &[], &[&given, arguments].concat());
    let Some(made) = call(&["config", "init"]) else { return };
    made.ok();
    call(&["generate", "--count", "5"]).unwrap().ok();
    assert_eq!(call(&["list", "--ndjson"]).unwrap().ok().lines().count(), 5);
    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn directories_that_cannot_be_written_are_named_with_a_way_out() {
    let (installed, home) = (installed(), TempDir::new().unwrap());
    fs::set_permissions(home.path(), Permissions::from_mode(0o555)).unwrap();
    let call =
        |arguments: &[&str]| by_a_plain_user(&installed.path().join("regdesk"), &[("HOME", home.path())], arguments);
    let Some(listed) = call(&["list"]) else { return };
    let message = listed.failed(1);
    assert!(message.contains(".local/share/regdesk") && message.contains("--data-dir"), "{message}");
    assert!(message.contains("no log is written to") && message.contains(".local/state/regdesk"), "{message}");
    let message = call(&["config", "init"]).unwrap().failed(1);
    assert!(message.contains(".config") && message.contains("--config"), "{message}");
    call(&["config", "check"]).unwrap();
    call(&["rules"]).unwrap().ok();
}

#[test]
fn a_home_that_is_not_there_yet_is_made() {
    let place = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_regdesk"));
    command.args(["generate", "--count", "3"]).env_clear().env("HOME", place.path().join("new/home"));
    assert_eq!(finish(command).ok(), "3\n");
    assert!(place.path().join("new/home/.local/share/regdesk/engine.redb").exists());
}
