//! The real program over a shared store: three endpoints of which one is killed, and the commands.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    desks::program_over,
    program::{FLOW, PROJECT, request, text},
    server,
};

/// Clients at each endpoint.
const CLIENTS: u64 = 2;

/// How long they work, and how long before one endpoint is killed.
const WORK: [Duration; 2] = [Duration::from_millis(1_500), Duration::from_secs(3)];

/// What clients were told, all together.
#[derive(Default)]
struct Told {
    people: AtomicU64,
    writes: AtomicU64,
    reads: AtomicU64,
    unanswered: AtomicU64,
    /// The latest version and status of each registration.
    latest: Mutex<HashMap<String, (u64, String)>>,
}

impl Told {
    fn note(&self, object: &Value) {
        let (version, status) = (object["version"].as_u64().unwrap(), object["status"].as_str().unwrap().to_owned());
        let mut latest = self.latest.lock().unwrap();
        let known = latest.entry(object["id"].as_str().unwrap().to_owned()).or_insert((version, status.clone()));
        if version > known.0 {
            *known = (version, status);
        }
    }

    /// Registers somebody, decides, and reads it at each endpoint, until told to stop or nobody answers.
    fn work(&self, addresses: &[String], own: usize, until: std::time::Instant) {
        while std::time::Instant::now() < until {
            if self.round(addresses, own).is_none() {
                self.unanswered.fetch_add(1, Ordering::Relaxed);
                // Nobody is left behind this address.
                if std::net::TcpStream::connect(&addresses[own]).is_err() {
                    return;
                }
            }
        }
    }

    fn round(&self, addresses: &[String], own: usize) -> Option<()> {
        let email = format!("person{}@example.com", self.people.fetch_add(1, Ordering::Relaxed));
        let person = json!({ "projectId": PROJECT, "flowId": FLOW, "email": email });
        let created = self.write(&addresses[own], "/v2/app-registrations", &person)?;
        let path = format!("/v2/app-registrations/{}", created["id"].as_str().unwrap());
        let decision = json!({
            "step": "adminOverride", "status": "failed", "note": "spoof_attempt", "seenVersion": created["version"],
        });
        let decided = self.write(&addresses[own], &format!("{path}/sync"), &decision)?;
        for address in addresses {
            // A read may be asked again, elsewhere: every answer is as new as what was acknowledged.
            if let Some((200, read)) = request(address, "GET", &path, "") {
                assert_eq!((&read["version"], &read["status"]), (&decided["version"], &json!("failed")), "{read}");
                self.reads.fetch_add(1, Ordering::Relaxed);
            }
        }
        Some(())
    }

    fn write(&self, address: &str, path: &str, body: &Value) -> Option<Value> {
        let (status, object) = request(address, "POST", path, &body.to_string())?;
        if status == 429 {
            return self.write(address, path, body);
        }
        assert!((200..300).contains(&status), "{path}: {status} {object}");
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.note(&object);
        Some(object)
    }
}

#[test]
fn of_three_endpoints_one_is_killed_and_every_answer_was_true() {
    let Some(server) = server::shared() else { return };
    let desk = program_over(&server.database());
    let endpoints = [desk.serve(), desk.serve(), desk.serve()];
    let addresses: Vec<String> = endpoints.iter().map(|endpoint| endpoint.address.clone()).collect();
    let told = Told::default();
    let until = std::time::Instant::now() + WORK[0] + WORK[1];
    thread::scope(|scope| {
        for client in 0..3 * CLIENTS {
            let (told, addresses) = (&told, &addresses);
            scope.spawn(move || told.work(addresses, client as usize % 3, until));
        }
        thread::sleep(WORK[0]);
        let [first, others @ ..] = endpoints;
        first.kill();
        thread::sleep(until.saturating_duration_since(std::time::Instant::now()));
        others
    });
    let found = desk.all();
    let latest = told.latest.lock().unwrap();
    for (id, (version, status)) in latest.iter() {
        let object = found.get(id).unwrap_or_else(|| panic!("{id} is lost"));
        assert!(object["version"].as_u64().unwrap() >= *version, "{id} fell back");
        assert!(object["version"] != *version || object["status"] == **status, "{id} is something else");
    }
    desk.assert_whole();
    let [writes, reads, unanswered] =
        [&told.writes, &told.reads, &told.unanswered].map(|count| count.load(Ordering::Relaxed));
    println!("three endpoints, one killed: {writes} writes, {reads} reads, 0 untrue, 0 lost, {unanswered} unanswered");
    assert!(writes > 20 && unanswered > 0);
}

#[test]
fn commands_on_two_desks_see_each_others_people() {
    let Some(server) = server::shared() else { return };
    let login = server.database();
    let (one, other) = (program_over(&login), program_over(&login));
    one.ok(&["generate", "--count", "60", "--seed", "3"]);
    let id = one.create("ana@example.com");
    other.ok(&["claim", &id]);
    assert_eq!(one.all()[&id]["id"], json!(id));
    assert_eq!((one.all().len(), other.all().len()), (61, 61));
    let doctor = other.ok(&["doctor"]);
    assert!(doctor.contains("61 registrations"), "{doctor}");
    one.assert_whole();
}

#[test]
fn what_only_a_file_has_is_refused_for_a_database_with_what_to_do() {
    let Some(server) = server::shared() else { return };
    let desk = program_over(&server.database());
    for arguments in [&["backup", "/nowhere/at/all"][..], &["purge", "--older-than", "1d"]] {
        let output = desk.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(text(&output.stderr).contains("regdesk help team"), "{}", text(&output.stderr));
    }
}

#[test]
fn without_its_password_nothing_is_tried_and_nothing_of_it_is_repeated() {
    let Some(server) = server::shared() else { return };
    let desk = program_over(&server.database());
    let output = desk.command(&["list"]).env_remove("STORE_PASSWORD").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(text(&output.stderr).contains("STORE_PASSWORD is not set"), "{}", text(&output.stderr));
    let wrong = desk.command(&["list"]).env("STORE_PASSWORD", "a-wrong-word").output().unwrap();
    assert!(!wrong.status.success());
    assert!(!text(&wrong.stderr).contains("a-wrong-word"), "{}", text(&wrong.stderr));
}
