//! A service that does everything wrong, at random but the same each time: the mirror ends complete and true, and keys
//! are answered throughout.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::terminal::{Terminal, environment, regdesk};

const TOKEN: &str = "token-of-the-chaos";

/// What the service holds, and what it has been asked.
struct Service {
    rows: Mutex<Vec<Value>>,
    chance: Mutex<ChaCha8Rng>,
    creates: AtomicUsize,
    stop: AtomicBool,
}

fn row(number: usize) -> Value {
    let created = format!("2026-03-{:02}T{:02}:{:02}:00Z", 1 + number / 600 % 28, number / 60 % 24, number % 60);
    let mut row = json!({
        "_id": format!("{number:024x}"), "status": "ONGOING", "currentStep": "document",
        "fullName": format!("Person {number:04}"), "email": format!("person{number}@example.com"),
        "createdAt": created, "updatedAt": created,
    });
    // References as ids and as objects, statuses nobody foresaw, fields of wrong types: within one page.
    match number % 5 {
        0 => row["project"] = json!("project-1"),
        1 => row["project"] = json!({ "_id": "project-1", "name": "Chaos Bank" }),
        2 => row["status"] = json!("ON_THE_MOON"),
        3 => row["phone"] = json!({ "deep": [[[[[[7]]]]]] }),
        _ => row["biometricValidation"] = json!({ "_id": "bio", "livenessScore": "0.93", "status": 7 }),
    }
    row
}

impl Service {
    fn start(count: usize) -> (Arc<Self>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = Arc::new(Self {
            rows: Mutex::new((0..count).rev().map(row).collect()),
            chance: Mutex::new(ChaCha8Rng::seed_from_u64(7)),
            creates: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
        });
        let shared = Arc::clone(&service);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if shared.stop.load(Ordering::Relaxed) {
                    return;
                }
                let shared = Arc::clone(&shared);
                // A connection that breaks is part of the game.
                thread::spawn(move || drop(shared.answer(stream)));
            }
        });
        (service, url)
    }

    fn dice(&self) -> u32 {
        self.chance.lock().unwrap().random_range(0..100)
    }

    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut request = [0; 16 * 1024];
        let length = stream.read(&mut request)?;
        let request = String::from_utf8_lossy(&request[..length]).into_owned();
        let line = request.lines().next().unwrap_or_default();
        if line.starts_with("POST") {
            self.creates.fetch_add(1, Ordering::Relaxed);
            // The write arrives, its answer does not.
            return Ok(());
        }
        if line.contains("/v3/projects") {
            let projects = json!({ "data": [{ "_id": "project-1", "name": "Chaos Bank" }], "pages": 1 });
            return respond(&mut stream, "200 OK", "", &projects.to_string());
        }
        if line.contains("/v2/project-flows") {
            let flow = json!({ "_id": "flow-1", "project": "project-1", "name": "Chaos", "type": "onboarding" });
            return respond(&mut stream, "200 OK", "", &json!({ "data": [flow], "pages": 1 }).to_string());
        }
        if !line.contains("/v2/app-registrations?") {
            return respond(&mut stream, "404 Not Found", "", &json!({ "message": "Not Found" }).to_string());
        }
        let page = line.split("page=").nth(1).and_then(|rest| rest.split('&').next()).unwrap().parse().unwrap();
        match self.dice() {
            0..10 => respond(&mut stream, "502 Bad Gateway", "text/html", "<html><h1>Bad gateway</h1></html>"),
            10..18 => respond(&mut stream, "429 Too Many Requests", "", r#"{"message":"slow down"}"#),
            18..24 => Ok(()),
            24..28 => respond(&mut stream, "500 Internal Server Error", "", r#"{"error":"boom"}"#),
            28..32 => respond(&mut stream, "200 OK", "", r#"{"data": [{"_id": "#),
            other => {
                if other < 40 {
                    thread::sleep(Duration::from_millis(120));
                }
                let body = self.page(page, other < 50).to_string();
                respond(&mut stream, "200 OK", "", &body)
            }
        }
    }

    /// A page, now and then with a row twice.
    fn page(&self, number: usize, repeats: bool) -> Value {
        let rows = self.rows.lock().unwrap();
        let mut page: Vec<Value> = rows.iter().skip((number - 1) * 100).take(100).cloned().collect();
        if repeats && let Some(first) = page.first().cloned() {
            page.push(first);
        }
        json!({ "data": page, "total": rows.len(), "page": number, "limit": 100, "pages": rows.len().div_ceil(100) })
    }
}

fn respond(stream: &mut TcpStream, status: &str, kind: &str, body: &str) -> std::io::Result<()> {
    let kind = if kind.is_empty() { "application/json" } else { kind };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nRetry-After: 0\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn the_mirror_of_a_service_that_does_everything_wrong_ends_complete_and_keys_are_answered_meanwhile() {
    let (service, url) = Service::start(730);
    let home = TempDir::new().unwrap();
    let mut environment = environment(home.path());
    environment.push(("REGDESK_TOKEN", TOKEN.to_owned()));
    let mut terminal = Terminal::start(regdesk(), &["--url", &url], &environment, 120, 40);
    // Keys do not wait for it.
    terminal.send("?");
    terminal.wait_for("In the queue");
    terminal.send("\u{1b}");
    terminal.wait_for("730 of 730");
    terminal.wait_for("✓ complete");
    terminal.send("/name:0042\r");
    terminal.wait_for("1 of 730");
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
    service.stop.store(true, Ordering::Relaxed);
}

#[test]
fn a_create_whose_answer_is_lost_is_sent_once_and_said_to_be_unknown() {
    let (service, url) = Service::start(3);
    let home = TempDir::new().unwrap();
    let mut command = crate::terminal::command(home.path(), &["--url", &url]);
    let done = command
        .args(["create", "--project", "project-1", "--flow", "flow-1", "--email", "once@example.com"])
        .env("REGDESK_TOKEN", TOKEN)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!done.status.success() && said.contains("unknown"), "{said}");
    assert_eq!(service.creates.load(Ordering::Relaxed), 1, "a write is never repeated");
    service.stop.store(true, Ordering::Relaxed);
}
