//! From a file to a database and back.

use std::collections::HashMap;

use serde_json::Value;

use crate::{
    desks::program_over,
    program::{Desk, text},
    server,
};

/// Everything about everybody, without what is another moment's.
fn everything(desk: &Desk, place: &[&str]) -> HashMap<String, Value> {
    let mut all = HashMap::new();
    let arguments = [place, &["export", "--output", "-"]].concat();
    for line in desk.ok(&arguments).lines() {
        let object: Value = serde_json::from_str(line).unwrap();
        all.insert(object["id"].as_str().unwrap().to_owned(), object);
    }
    all
}

#[test]
fn what_moves_to_a_database_and_back_is_the_same() {
    let Some(server) = server::shared() else { return };
    let desk = program_over(&server.database());
    let [file, back] = ["file", "back"].map(|name| desk.path(name).to_str().unwrap().to_owned());
    let now = ["--now", "2026-03-01T12:00:00Z"];
    let at = |place: &[&'static str]| [place, &now].concat();
    let of_file = [&["--profile", "local", "--data-dir", file.as_str()], &now[..]].concat();
    let of_back = [&["--profile", "local", "--data-dir", back.as_str()], &now[..]].concat();
    let generate = [of_file.as_slice(), &["generate", "--count", "120", "--seed", "5"]].concat();
    desk.ok(&generate);
    let before = everything(&desk, &of_file);
    let id = before.keys().next().unwrap().as_str();
    desk.ok(&[of_file.as_slice(), &["note", id, "called"]].concat());
    let before = everything(&desk, &of_file);

    let moved = desk.ok(&[&now[..], &["migrate-store", &file, "team"]].concat());
    assert_eq!(moved.trim(), before.len().to_string());
    assert_eq!(everything(&desk, &at(&["--profile", "team"])), before);
    desk.assert_whole();
    let again = desk.run(&[&now[..], &["migrate-store", &file, "team"]].concat());
    assert_eq!(text(&again.stdout).trim(), "0", "{again:?}");

    desk.ok(&[&now[..], &["migrate-store", "team", &back]].concat());
    assert_eq!(everything(&desk, &of_back), before);
    desk.ok(&[of_back.as_slice(), &["check"]].concat());
}

#[test]
fn a_move_that_was_cut_short_goes_on_and_ends_with_everything_once() {
    let Some(server) = server::shared() else { return };
    let desk = program_over(&server.database());
    let file = desk.path("file").to_str().unwrap().to_owned();
    desk.ok(&["--profile", "local", "--data-dir", &file, "generate", "--count", "400", "--seed", "6"]);
    let all = everything(&desk, &["--profile", "local", "--data-dir", &file]).len();
    for pause in [300, 600, 900] {
        let mut child = desk.command(&["migrate-store", &file, "team"]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(pause));
        // It may be through.
        let _ = child.kill();
        child.wait().unwrap();
    }
    desk.ok(&["migrate-store", &file, "team"]);
    assert_eq!(desk.all().len(), all);
    desk.assert_whole();
}

#[test]
fn nothing_is_moved_from_nowhere_or_onto_itself() {
    let Some(server) = server::shared() else { return };
    let desk = program_over(&server.database());
    let nowhere = desk.path("nowhere");
    let output = desk.run(&["migrate-store", nowhere.to_str().unwrap(), "team"]);
    assert!(text(&output.stderr).contains("there is no store"), "{output:?}");
    assert!(!nowhere.exists());
    let itself = desk.run(&["migrate-store", "team", "team"]);
    assert_eq!(itself.status.code(), Some(2), "{itself:?}");
}
