//! Kills at random moments, and a journal of what was acknowledged until then.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    os::unix::process::ExitStatusExt as _,
    process::{Child, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::desk::{Desk, FLOW, PROJECT, request};

/// The signal that nothing survives.
const SIGKILL: i32 = 9;

/// Kills in all, spread over the tests of this file.
const KILLS: u64 = 200;

/// Tests that share them.
const SHARES: u64 = 4;

/// Kills after which a store is looked over for the last time and a new one begun, so that stores stay small.
const PER_STORE: u64 = 25;

/// How long the first line of a command is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Clients that write at once.
const CLIENTS: u64 = 3;

/// This test's share of the kills.
fn kills() -> u64 {
    let all = std::env::var("REGDESK_CRASH_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    (all / SHARES).max(1)
}

/// Numbers that differ from run to run; a failure prints the seed.
struct Chance(u64);

impl Chance {
    fn new() -> Self {
        let seed = u64::from(std::process::id()) ^ (std::ptr::from_ref(&KILLS) as u64);
        println!("seed {seed}");
        Self(seed | 1)
    }

    /// A number below another.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// What was acknowledged: the latest version of each registration, and the status that came with it.
#[derive(Default)]
struct Acknowledged {
    writes: u64,
    latest: HashMap<String, (u64, String)>,
}

impl Acknowledged {
    fn note(&mut self, object: &Value) {
        self.writes += 1;
        let id = object["id"].as_str().unwrap().to_owned();
        let now = (object["version"].as_u64().unwrap(), object["status"].as_str().unwrap().to_owned());
        let kept = self.latest.entry(id).or_insert_with(|| now.clone());
        if now.0 > kept.0 {
            *kept = now;
        }
    }

    /// Everything is there: as new as it was acknowledged, and as it was acknowledged if it is not newer.
    fn assert_kept(&self, found: &HashMap<String, Value>) {
        for (id, (version, status)) in &self.latest {
            let object = found.get(id).unwrap_or_else(|| panic!("{id} is lost"));
            let kept = object["version"].as_u64().unwrap();
            assert!(kept >= *version, "{id} fell back from version {version} to {kept}");
            assert!(kept > *version || object["status"] == **status, "{id} is {} and was {status}", object["status"]);
        }
    }
}

/// The counts that a test ends with.
fn report(name: &str, kills: u64, writes: u64) {
    println!("{name}: {kills} kills, {writes} acknowledged writes, 0 lost, 0 corrupted");
}

/// Kills a program; tells whether it still ran, as one that is through cannot be killed in the middle of anything.
fn was_killed(child: &mut Child) -> bool {
    // It may end on its own just now.
    let _ = child.kill();
    child.wait().unwrap().signal() == Some(SIGKILL)
}

/// Creates, reports, hands in evidence, decides and annotates until nobody answers any more.
fn write_until_it_dies(address: &str, number: &AtomicU64, acknowledged: &Mutex<Acknowledged>) {
    let send = |method: &str, path: &str, body: &Value, whole: u16| {
        let (status, object) = request(address, method, path, &body.to_string())?;
        assert_eq!(status, whole, "{path}: {object}");
        acknowledged.lock().unwrap().note(&object);
        Some(object)
    };
    let round = || {
        let email = format!("person{}@example.com", number.fetch_add(1, Ordering::Relaxed));
        let person = json!({ "projectId": PROJECT, "flowId": FLOW, "email": email, "fullName": "Alba Muestra" });
        let object = send("POST", "/v2/app-registrations", &person, 201)?;
        let path = |tail: &str| format!("/v2/app-registrations/{}/{tail}", object["id"].as_str().unwrap());
        send("POST", &path("evidence"), &json!({ "step": "consent", "accepted": true }), 200)?;
        send("POST", &path("sync"), &json!({ "step": "instructions", "status": "ongoing" }), 200)?;
        send("POST", &path("annotations"), &json!({ "kind": "claim" }), 200);
        let decision = json!({ "step": "adminOverride", "status": "failed", "note": "spoof_attempt" });
        send("POST", &path("sync"), &decision, 200)
    };
    while round().is_some() {}
}

#[test]
fn what_an_endpoint_acknowledged_survives_kills_in_the_middle_of_its_writes() {
    endpoint_rounds("endpoint", kills());
}

#[test]
fn what_another_endpoint_acknowledged_survives_kills_as_well() {
    endpoint_rounds("another endpoint", kills());
}

fn endpoint_rounds(name: &str, kills: u64) {
    let (mut chance, mut writes) = (Chance::new(), 0);
    let number = AtomicU64::new(0);
    for first in (0..kills).step_by(PER_STORE as usize) {
        let (desk, acknowledged) = (Desk::new(), Arc::new(Mutex::new(Acknowledged::default())));
        for _ in first..kills.min(first + PER_STORE) {
            let endpoint = desk.serve();
            let address = endpoint.address.clone();
            let pause = Duration::from_millis(5 + chance.below(150));
            thread::scope(|scope| {
                for _ in 0..CLIENTS {
                    scope.spawn(|| write_until_it_dies(&address, &number, &acknowledged));
                }
                thread::sleep(pause);
                endpoint.kill();
            });
            desk.assert_whole();
        }
        acknowledged.lock().unwrap().assert_kept(&desk.all());
        writes += acknowledged.lock().unwrap().writes;
    }
    report(name, kills, writes);
}

#[test]
fn what_commands_printed_survives_kills_in_the_middle_of_a_batch() {
    let (kills, mut chance, mut writes, mut killed) = (kills(), Chance::new(), 0, 0);
    for first in (0..kills).step_by(PER_STORE as usize) {
        let (desk, mut acknowledged) = (Desk::new(), Acknowledged::default());
        desk.ok(&["generate", "--count", "60", "--seed", &(first + 1).to_string()]);
        for round in first..kills.min(first + PER_STORE) {
            let query =
                ["decide", "--query", "status:ongoing", "--reject", "--reason", "spoof_attempt", "--yes", "--ndjson"];
            let sync = ["sync", "--query", "status:started", "--ndjson"];
            let arguments: &[&str] = if round % 2 == 0 { &query } else { &sync };
            let mut child = desk.command(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap());
            let (said, heard) = mpsc::channel();
            let tell = move |_: &String| said.send(()).unwrap_or_default();
            let reader = thread::spawn(move || lines.lines().map_while(Result::ok).inspect(tell).collect::<Vec<_>>());
            // Half of them at any time, half in the middle of what is acknowledged, however slow the machine is.
            if round % 4 > 1 {
                let _ = heard.recv_timeout(PATIENCE);
            }
            thread::sleep(Duration::from_millis(10 + chance.below(90)));
            killed += u64::from(was_killed(&mut child));
            desk.assert_whole();
            let found = desk.all();
            for line in reader.join().unwrap() {
                let Ok(result) = serde_json::from_str::<Value>(&line) else { continue };
                if result["ok"] == true {
                    let id = result["id"].as_str().unwrap();
                    assert_eq!(found[id]["status"], result["status"], "{line}");
                    acknowledged.note(&found[id]);
                }
            }
            acknowledged.assert_kept(&found);
        }
        writes += acknowledged.writes;
    }
    assert!(killed > kills / 10, "nearly all were through before: {killed} of {kills}");
    report("commands", killed, writes);
}

#[test]
fn an_import_that_is_killed_again_and_again_ends_with_everything_once() {
    let (kills, mut chance, mut imported, mut killed) = (kills(), Chance::new(), 0, 0);
    for first in (0..kills).step_by(PER_STORE as usize) {
        let source = Desk::new();
        source.ok(&["generate", "--count", "400", "--seed", &(first + 1).to_string()]);
        let file = source.path("all.ndjson").to_str().unwrap().to_owned();
        source.ok(&["export", "--output", &file]);
        let desk = Desk::new();
        let mut most = 0;
        for _ in first..kills.min(first + PER_STORE) {
            let mut child =
                desk.command(&["import", &file]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            thread::sleep(Duration::from_millis(chance.below(500)));
            killed += u64::from(was_killed(&mut child));
            if desk.store().exists() {
                desk.assert_whole();
                let counts: Value = serde_json::from_str(&desk.ok(&["check", "--json"])).unwrap();
                let there = counts["registrations"].as_u64().unwrap();
                assert!(there >= most, "{there} are left of {most}");
                most = there;
            }
        }
        desk.ok(&["import", &file]);
        let whole = std::fs::read_to_string(&file).unwrap().lines().count();
        assert_eq!(desk.all().len(), whole);
        imported += whole as u64;
    }
    assert!(killed > kills / 10, "nearly all were through before: {killed} of {kills}");
    report("import", killed, imported);
}
