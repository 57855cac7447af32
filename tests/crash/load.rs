//! Many clients at once, on every route. `REGDESK_LOAD_SECONDS` sets for how long; eight seconds without it.

use std::{
    collections::BTreeMap,
    fs,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::desk::{Desk, FLOW, PROJECT, request};

/// Clients at once.
const CLIENTS: usize = 200;

/// What the endpoint is documented to answer to what is asked below: done, made, refused for a reason, not there,
/// changed by somebody else meanwhile, too often.
const DOCUMENTED: [u16; 6] = [200, 201, 400, 404, 409, 429];

/// Memory that may be taken beyond what was taken when a third of the time was over, KB: of ten thousand more
/// registrations, and what an allocator keeps.
const ROOM: u64 = 64 * 1024;

/// Answers by status, and how long each took.
#[derive(Default)]
struct Counts {
    by_status: BTreeMap<u16, u64>,
    cut: u64,
    took: Vec<Duration>,
}

/// One client: every route in turn, beginning with another one each.
fn client(address: &str, number: usize, ids: &[String], end: Instant) -> Counts {
    let mut counts = Counts::default();
    for round in number.. {
        let id = &ids[round * 7 % ids.len()];
        let of = |tail: &str| format!("/v2/app-registrations/{id}{tail}");
        let page = format!("/v2/app-registrations?page={}&limit=20", 1 + round % 50);
        let (method, path, body) = match round % 10 {
            0 | 1 => ("GET", page, json!({})),
            2 | 3 => ("GET", of(""), json!({})),
            4 => ("POST", of("/sync"), json!({ "step": "instructions", "status": "ongoing" })),
            5 => ("POST", of("/annotations"), json!({ "kind": "claim" })),
            6 => ("POST", of("/evidence"), json!({ "step": "consent", "accepted": true })),
            7 => ("GET", "/v2/app-registrations/none-such".to_owned(), json!({})),
            8 => ("POST", "/v2/app-registrations".to_owned(), json!({ "projectId": PROJECT })),
            _ => {
                let email = format!("person{number}x{round}@example.com");
                let person = json!({ "projectId": PROJECT, "flowId": FLOW, "email": email });
                ("POST", "/v2/app-registrations".to_owned(), person)
            }
        };
        let begun = Instant::now();
        match request(address, method, &path, &body.to_string()) {
            Some((status, _)) => *counts.by_status.entry(status).or_default() += 1,
            None => counts.cut += 1,
        }
        counts.took.push(begun.elapsed());
        if Instant::now() > end {
            break;
        }
    }
    counts
}

/// Memory of a process, KB.
fn memory(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn two_hundred_clients_on_all_routes_get_documented_answers_and_memory_stays() {
    let seconds = std::env::var("REGDESK_LOAD_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(8);
    let desk = Desk::new();
    desk.ok(&["generate", "--count", "1000"]);
    let ids: Vec<String> = desk.all().into_keys().collect();
    let endpoint = desk.serve();
    let (all, begun, whole) = (Mutex::new(Counts::default()), Instant::now(), Duration::from_secs(seconds));
    let mut early = 0;
    thread::scope(|scope| {
        for number in 0..CLIENTS {
            let (all, ids, address) = (&all, &ids, &endpoint.address);
            scope.spawn(move || {
                let counts = client(address, number, ids, begun + whole);
                let mut all = all.lock().unwrap();
                all.cut += counts.cut;
                all.took.extend(counts.took);
                for (status, count) in counts.by_status {
                    *all.by_status.entry(status).or_default() += count;
                }
            });
        }
        thread::sleep(whole / 3);
        early = memory(endpoint.id());
    });
    let late = memory(endpoint.id());
    let mut all = all.into_inner().unwrap();
    all.took.sort_unstable();
    let at = |share: usize| all.took[(all.took.len() - 1) * share / 100];
    println!(
        "{} requests in {:?}: {:?}, {} cut; p50 {:?}, p99 {:?}; {early} KB, then {late} KB",
        all.took.len(),
        begun.elapsed(),
        all.by_status,
        all.cut,
        at(50),
        at(99)
    );
    assert_eq!(all.cut, 0, "answers that never came");
    let strange: Vec<_> = all.by_status.keys().filter(|status| !DOCUMENTED.contains(status)).collect();
    assert!(strange.is_empty(), "{strange:?}");
    assert!(all.by_status.contains_key(&200) && all.by_status.contains_key(&201), "{:?}", all.by_status);
    assert!(late < early + ROOM, "{early} KB, then {late} KB");
    endpoint.kill();
    desk.assert_whole();
}
