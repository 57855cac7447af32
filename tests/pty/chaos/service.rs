//! The service that does everything wrong, at random but the same each time, in a process of its own: this test binary
//! once more, asked to serve.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
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

/// The token it takes at first.
pub const TOKEN: &str = "token-of-the-chaos";
/// The token it takes once the first has expired, in the middle of a run.
pub const SECOND_TOKEN: &str = "second-token-of-the-chaos";
/// What stands in its answers and must stay nowhere.
pub const SECRETS: &[&str] =
    &["$2b$10$hash-of-a-code", "planted-person-token", "cGxhbnRlZC1mYWNl", "planted-auth-link"];

/// How many registrations there are at first.
pub const COUNT: usize = 730;
/// Pages that are answered before the token expires.
const PAGES_UNTIL_EXPIRY: usize = 12;
/// How long an answer stalls in its middle, once.
const STALL: Duration = Duration::from_secs(4);

/// The service, running; it ends with this.
pub struct Chaos {
    process: Child,
    /// Its address.
    pub url: String,
}

impl Chaos {
    /// Starts it in a process of its own.
    pub fn start() -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "chaos::service::serves", "--ignored", "--nocapture"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url =
            lines.map_while(Result::ok).find_map(|line| line.split_once("http://").map(|(_, rest)| rest.to_owned()));
        Self { process, url: format!("http://{}", url.unwrap().trim()) }
    }

    /// What happened so far, as the service counts it.
    pub fn told(&self) -> Value {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        write!(stream, "GET /told HTTP/1.1\r\nHost: chaos\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
    }
}

impl Drop for Chaos {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The process itself. It ends when nobody holds its standard input any more.
#[test]
#[ignore = "the service of the other tests, no test"]
fn serves() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    writeln!(std::io::stdout(), "http://{}", listener.local_addr().unwrap()).unwrap();
    let service = Arc::new(Service {
        rows: Mutex::new((0..COUNT).rev().map(row).collect()),
        chance: Mutex::new(ChaCha8Rng::seed_from_u64(7)),
        ..Service::default_counts()
    });
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let service = Arc::clone(&service);
            // A connection that breaks is part of the game.
            thread::spawn(move || drop(service.answer(stream)));
        }
    });
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

struct Service {
    rows: Mutex<Vec<Value>>,
    chance: Mutex<ChaCha8Rng>,
    pages: AtomicUsize,
    refused: AtomicUsize,
    faults: AtomicUsize,
    creates: AtomicUsize,
    syncs: AtomicUsize,
    has_stalled: AtomicBool,
    has_shifted: AtomicBool,
}

fn row(number: usize) -> Value {
    let created = format!("2026-03-{:02}T{:02}:{:02}:00Z", 1 + number / 600 % 28, number / 60 % 24, number % 60);
    let mut row = json!({
        "_id": format!("{number:024x}"), "status": "ONGOING", "currentStep": "document",
        "fullName": format!("Person {number:04}"), "email": format!("person{number}@example.com"),
        "createdAt": created, "updatedAt": created, "token": SECRETS[1], "otp": SECRETS[0],
        "emailData": { "authLink": format!("https://access.example.com/?x={}", SECRETS[3]) },
        "faces": [{ "base64": SECRETS[2] }],
    });
    // References as ids and as objects, statuses nobody foresaw, fields of wrong types: within one page.
    match number % 5 {
        0 => row["project"] = json!("project-1"),
        1 => row["project"] = json!({ "_id": "project-1", "name": "Chaos Bank" }),
        2 => row["status"] = json!("ON_THE_MOON"),
        3 => row["phone"] = json!({ "deep": [[[[[[7]]]]]] }),
        _ => row["biometricValidation"] = json!({ "_id": "bio", "livenessScore": "0.93", "status": 7 }),
    }
    match number {
        // Ten megabytes in one field.
        111 => row["notes"] = json!("ten megabytes ".repeat(750_000)),
        // One row in the other dialect.
        222 => {
            row = json!({ "id": row["_id"], "userId": "user-222", "status": "in_progress", "steps": [],
                "createdAt": created, "fullName": "Person 0222" });
        }
        _ => {}
    }
    row
}

impl Service {
    fn default_counts() -> Self {
        Self {
            rows: Mutex::default(),
            chance: Mutex::new(ChaCha8Rng::seed_from_u64(0)),
            pages: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            faults: AtomicUsize::new(0),
            creates: AtomicUsize::new(0),
            syncs: AtomicUsize::new(0),
            has_stalled: AtomicBool::new(false),
            has_shifted: AtomicBool::new(false),
        }
    }

    fn dice(&self) -> u32 {
        self.chance.lock().unwrap().random_range(0..100)
    }

    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let request = head(&mut stream)?;
        let line = request.lines().next().unwrap_or_default();
        if line.starts_with("GET /told") {
            let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
            let told = json!({ "pages": count(&self.pages), "refused": count(&self.refused), "faults": count(&self.faults),
                "creates": count(&self.creates), "syncs": count(&self.syncs) });
            return respond(&mut stream, "200 OK", "", &told.to_string());
        }
        if line.starts_with("POST") || line.starts_with("PUT") {
            let counter = if line.contains("/sync") { &self.syncs } else { &self.creates };
            counter.fetch_add(1, Ordering::Relaxed);
            // The write arrives, its answer does not.
            return Ok(());
        }
        let has_expired = self.pages.load(Ordering::Relaxed) >= PAGES_UNTIL_EXPIRY;
        if has_expired && !request.to_ascii_lowercase().contains(&format!("bearer {SECOND_TOKEN}")) {
            self.refused.fetch_add(1, Ordering::Relaxed);
            let body = json!({ "message": "token_expired", "code": "FORBIDDEN" });
            return respond(&mut stream, "403 Forbidden", "", &body.to_string());
        }
        if line.contains("/v3/projects") {
            let projects = json!({ "data": [{ "_id": "project-1", "name": "Chaos Bank" }], "pages": 1 });
            return respond(&mut stream, "200 OK", "", &projects.to_string());
        }
        if line.contains("/v2/project-flows") {
            let flow = json!({ "_id": "flow-1", "project": "project-1", "name": "Chaos", "type": "onboarding" });
            return respond(&mut stream, "200 OK", "", &json!({ "data": [flow], "pages": 1 }).to_string());
        }
        if let Some(id) = line.split("/v2/app-registrations/").nth(1) {
            let id = id.split([' ', '?', '/']).next().unwrap_or_default();
            let rows = self.rows.lock().unwrap();
            let found = rows.iter().find(|row| row["_id"] == id || row["id"] == id);
            return match found {
                Some(row) => respond(&mut stream, "200 OK", "", &json!({ "data": row }).to_string()),
                None => respond(&mut stream, "404 Not Found", "", r#"{"code":"AppRegistration_not_found"}"#),
            };
        }
        if !line.contains("/v2/app-registrations?") {
            return respond(&mut stream, "404 Not Found", "", &json!({ "message": "Not Found" }).to_string());
        }
        let page = line.split("page=").nth(1).and_then(|rest| rest.split('&').next()).unwrap().parse().unwrap();
        self.list(&mut stream, page)
    }

    fn list(&self, stream: &mut TcpStream, page: usize) -> std::io::Result<()> {
        let dice = self.dice();
        if dice < 32 {
            self.faults.fetch_add(1, Ordering::Relaxed);
        }
        match dice {
            0..8 => respond(stream, "502 Bad Gateway", "text/html", "<html><h1>Bad gateway</h1></html>"),
            8..14 => respond(stream, "429 Too Many Requests", "", r#"{"message":"slow down"}"#),
            14..18 => Ok(()),
            18..21 => respond(stream, "500 Internal Server Error", "", r#"{"error":"boom"}"#),
            21..24 => {
                respond(stream, "409 Conflict", "", r#"{"success":false,"error":{"code":"Broken","message":"?"}}"#)
            }
            24..28 => respond(stream, "200 OK", "", r#"{"data": [{"_id": "#),
            28..32 => respond(stream, "200 OK", "", "[[[[{]"),
            other => {
                if other < 40 {
                    thread::sleep(Duration::from_millis(120));
                }
                self.pages.fetch_add(1, Ordering::Relaxed);
                let body = self.page(page, other < 50);
                if page == 4 && !self.has_stalled.swap(true, Ordering::Relaxed) {
                    return stall(stream, &body);
                }
                respond(stream, "200 OK", "", &body)
            }
        }
    }

    /// A page, now and then with a row twice, one row nested without end; and pages shift under the reader, once.
    fn page(&self, number: usize, repeats: bool) -> String {
        let mut rows = self.rows.lock().unwrap();
        if number == 3 && !self.has_shifted.swap(true, Ordering::Relaxed) {
            rows.splice(0..0, (COUNT..COUNT + 3).rev().map(row));
            rows.pop();
        }
        let mut page: Vec<Value> = rows.iter().skip((number - 1) * 100).take(100).cloned().collect();
        if repeats && let Some(first) = page.first().cloned() {
            page.push(first);
        }
        if let Some(place) = page.iter().position(|row| row["fullName"] == "Person 0333") {
            page[place]["hole"] = json!("HOLE");
        }
        let body = json!({ "data": page, "total": rows.len(), "page": number, "limit": 100, "pages": rows.len().div_ceil(100) });
        body.to_string().replace("\"HOLE\"", &format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)))
    }
}

/// The head of a request.
pub fn head(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let length = stream.read(&mut part)?;
        if length == 0 {
            break;
        }
        request.extend_from_slice(&part[..length]);
    }
    Ok(String::from_utf8_lossy(&request).into_owned())
}

/// Answers with a status, a type of content (JSON where none is given) and a body.
pub fn respond(stream: &mut TcpStream, status: &str, kind: &str, body: &str) -> std::io::Result<()> {
    let kind = if kind.is_empty() { "application/json" } else { kind };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nRetry-After: 0\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Half of an answer, then nothing for a while, then the connection is cut.
fn stall(stream: &mut TcpStream, body: &str) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}",
        body.len(),
        &body[..body.floor_char_boundary(body.len() / 2)]
    )?;
    stream.flush()?;
    thread::sleep(STALL);
    Ok(())
}
