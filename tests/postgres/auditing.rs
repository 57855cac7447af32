//! The log of what operators did, kept with the registrations: one for all who share them.

use std::{fs, thread, time::Instant};

use regdesk::audit::{Deed, Journal};
use serde_json::{Value, json};

use crate::{
    desks::{Desks, program_over},
    program::{Desk, text},
    server,
};

fn verdict(desk: &Desk) -> Value {
    serde_json::from_slice(&desk.run(&["audit", "--verify", "--json"]).stdout).unwrap()
}

fn entries(desk: &Desk, place: &[&str]) -> Vec<Value> {
    let printed = desk.ok(&[place, &["audit", "--json"]].concat());
    serde_json::from_str::<Value>(&printed).unwrap().as_array().unwrap().clone()
}

#[test]
fn what_is_done_on_two_machines_stands_in_one_log_that_neither_machine_keeps() {
    const EACH: usize = 8;
    let Some(server) = server::shared() else { return };
    let database = server.database().name;
    let desks = [(); 2].map(|()| program_over(&server.login(&database)));
    let id = desks[0].create("ana@example.com");
    thread::scope(|scope| {
        for desk in &desks {
            let id = id.as_str();
            scope.spawn(move || (0..EACH).for_each(|_| drop(desk.ok(&["note", id, "Called Ana"]))));
        }
    });
    for desk in &desks {
        let all = entries(desk, &[]);
        let notes = all.iter().filter(|entry| entry["action"] == "note" && entry["begins"] == true).count();
        assert_eq!(notes, 2 * EACH);
        // Each deed is announced, and its end is noted.
        assert_eq!(all.len(), 2 * (2 * EACH + 1));
        assert_eq!(verdict(desk)["faulty"], 0);
        assert_eq!(verdict(desk)["entries"], json!(all.len()));
        assert!(!desk.path("data/audit.ndjson").exists(), "nothing of it is a file of this machine");
    }
    let lines = server.sql(&database, "select string_agg(line, '') from regdesk_audit");
    assert!(!lines.contains("Called") && !lines.contains("ana@example.com"), "{lines}");
    let about = desks[1].ok(&["audit", &id, "--json"]);
    assert!(about.contains(&id));
    let evidence: Value = serde_json::from_str(&desks[1].ok(&["evidence", &id, "--output", "-"])).unwrap();
    assert_eq!(evidence["audit"]["log"]["faulty"], 0);
    assert!(evidence["audit"]["links"].as_array().unwrap().len() > 2 * EACH);
    println!("two machines, {} entries in one log, 0 faults", verdict(&desks[0])["entries"]);
}

#[test]
fn entries_that_many_add_at_once_stand_in_the_log_one_behind_the_other() {
    const WRITERS: usize = 8;
    const EACH: usize = 25;
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let journals = desks.engines.each_ref().map(|engine| Journal::shared(engine.ledger().unwrap(), "team"));
    let began = Instant::now();
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let journal = &journals[writer % 2];
            scope.spawn(move || {
                for _ in 0..EACH {
                    journal.note(&format!("operator{writer}"), Deed::of("export")).unwrap();
                }
            });
        }
    });
    let took = began.elapsed();
    let verdict = journals[0].verify().unwrap();
    assert_eq!((verdict.entries, verdict.faulty), ((WRITERS * EACH) as u64, 0), "{:?}", verdict.faults);
    println!("{WRITERS} at once: {} entries in {} ms, none lost, none out of place", verdict.entries, took.as_millis());
}

#[test]
fn what_somebody_changes_cuts_off_or_adds_in_the_tables_is_found() {
    let Some(server) = server::shared() else { return };
    let changes = [
        ("update regdesk_audit set line = replace(line, 'note', 'nota') where number = 3", "was changed"),
        ("delete from regdesk_audit where number = 3", "does not follow"),
        ("delete from regdesk_audit where number > 4", "missing at the end"),
        ("delete from regdesk_audit_end", "the note of the last entry is missing"),
        ("update regdesk_audit_end set digest = repeat('0', 64)", "is not what was written"),
        ("insert into regdesk_audit select 99, digest, line from regdesk_audit where number = 2", "does not follow"),
    ];
    for (change, found) in changes {
        let database = server.database().name;
        let desk = program_over(&server.login(&database));
        let id = desk.create("ana@example.com");
        desk.ok(&["note", &id, "Called"]);
        desk.ok(&["note", &id, "Called again"]);
        server.sql(&database, change);
        for _ in 0..2 {
            let output = desk.run(&["audit", "--verify"]);
            assert_eq!(output.status.code(), Some(1), "{change}: {output:?}");
            assert!(text(&output.stdout).contains(found), "{change}: {}", text(&output.stdout));
            // What was found stays in the log, and work goes on.
            desk.ok(&["note", &id, "Called once more"]);
        }
    }
}

#[test]
fn a_log_that_cannot_be_written_lets_nothing_be_done() {
    let Some(server) = server::shared() else { return };
    let database = server.database().name;
    let desk = program_over(&server.login(&database));
    let id = desk.create("ana@example.com");
    server.sql(&database, "alter table regdesk_audit rename to regdesk_audit_away");
    let output = desk.run(&["note", &id, "Called"]);
    assert!(!output.status.success() && text(&output.stderr).contains("Nothing was done"), "{output:?}");
    server.sql(&database, "alter table regdesk_audit_away rename to regdesk_audit");
    desk.assert_whole();
    assert_eq!(desk.all()[&id]["desk"]["notes"].as_array().map_or(0, Vec::len), 0);
}

#[test]
fn the_log_moves_with_the_registrations_and_back_and_goes_on() {
    let Some(server) = server::shared() else { return };
    let desk = program_over(&server.database());
    let [file, back] = ["file", "back"].map(|name| desk.path(name).to_str().unwrap().to_owned());
    let of = |place| ["--profile", "local", "--data-dir", place];
    desk.ok(&[&of(&file)[..], &["generate", "--count", "20", "--seed", "5"]].concat());
    let id = desk.ok(&[&of(&file)[..], &["list", "--limit", "1", "--json"]].concat());
    let id = serde_json::from_str::<Value>(&id).unwrap()[0]["id"].as_str().unwrap().to_owned();
    desk.ok(&[&of(&file)[..], &["note", &id, "Called"]].concat());
    let before = entries(&desk, &of(&file));
    assert!(before.len() > 2);

    desk.ok(&["migrate-store", &file, "team"]);
    let moved = entries(&desk, &[]);
    assert_eq!(moved[..before.len()], before);
    assert_eq!(moved[before.len()]["action"], "migrate-store");
    assert_eq!(verdict(&desk)["faulty"], 0);
    // Once more adds nothing but that it was done.
    desk.ok(&["migrate-store", &file, "team"]);
    assert_eq!(entries(&desk, &[]).len(), moved.len() + 1);

    desk.ok(&["note", &id, "Called again"]);
    let all = entries(&desk, &[]);
    desk.ok(&["migrate-store", "team", &back]);
    let returned = entries(&desk, &of(&back));
    assert_eq!(returned[..all.len()], all);
    desk.ok(&[&of(&back)[..], &["audit", "--verify"]].concat());
}

#[test]
fn a_log_that_has_faults_or_meets_another_one_stays_where_it_is() {
    let Some(server) = server::shared() else { return };
    let desk = program_over(&server.database());
    let file = desk.path("file").to_str().unwrap().to_owned();
    let of_file = ["--profile", "local", "--data-dir", file.as_str()];
    desk.ok(&[&of_file[..], &["generate", "--count", "5", "--seed", "5"]].concat());
    let digest = desk.ok(&[&of_file[..], &["audit", "--verify", "--json"]].concat());
    let digest = serde_json::from_str::<Value>(&digest).unwrap()["digest"].as_str().unwrap().to_owned();
    desk.create("ana@example.com");
    let apart = desk.run(&["migrate-store", &file, "team"]);
    assert!(apart.status.success() && text(&apart.stderr).contains("there is another one"), "{apart:?}");
    let noted = entries(&desk, &[]);
    let noted = noted.iter().find(|entry| entry["action"] == "migrate-store").unwrap();
    assert!(noted["asked"].as_str().unwrap().contains(&digest), "the log that stays is held to what it was: {noted}");

    let log = desk.path("file/audit.ndjson");
    fs::write(&log, fs::read_to_string(&log).unwrap().replace("generate", "delicate")).unwrap();
    let faulty = desk.run(&["migrate-store", &file, "team"]);
    assert!(faulty.status.success() && text(&faulty.stderr).contains("faults"), "{faulty:?}");
    assert_eq!(verdict(&desk)["faulty"], 0);
}
