//! A service whose every word is meant for the terminal: rows, projects, flows, and what it says when it refuses.

use std::{
    io::Result,
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{PAYLOADS, assert_unharmed, show};
use crate::{
    chaos::service::{head, respond},
    terminal::{Terminal, environment, regdesk},
};

/// Says its next word at each call.
fn word(said: &AtomicUsize) -> String {
    format!("Eve{}says", PAYLOADS[said.fetch_add(1, Ordering::Relaxed) % PAYLOADS.len()])
}

fn row(number: usize, said: &AtomicUsize) -> Value {
    json!({
        "_id": format!("{number:024x}"), "status": word(said), "currentStep": word(said), "fullName": word(said),
        "email": word(said), "phone": word(said), "countryCode": word(said), "language": word(said),
        "project": { "_id": "project-1", "name": word(said) }, "createdAt": "2026-03-01T00:00:00Z",
        "projectFlow": { "_id": "flow-1", "name": word(said) }, "updatedAt": "2026-03-01T00:00:00Z",
        "failedAttempts": [{ "step": "document", "reason": word(said) }],
        "accessLog": [{ "actor": word(said), "action": word(said), "outcome": word(said) }],
    })
}

fn answer(mut stream: TcpStream, said: &AtomicUsize) -> Result<()> {
    let request = head(&mut stream)?;
    let line = request.lines().next().unwrap_or_default();
    let ok = |stream: &mut TcpStream, body: &Value| respond(stream, "200 OK", "", &body.to_string());
    if !line.starts_with("GET") {
        let status = ["409 Conflict", "400 Bad Request", "422 Unprocessable", "500 Broken"];
        let status = status[said.load(Ordering::Relaxed) % status.len()];
        let refusal = json!({ "code": word(said), "message": word(said), "detail": word(said),
            "details": [{ "field": word(said), "message": word(said) }] });
        return respond(&mut stream, status, "", &refusal.to_string());
    }
    if line.contains("/v3/projects") {
        let project = json!({ "_id": "project-1", "name": word(said), "status": "active" });
        return ok(&mut stream, &json!({ "data": [project], "pages": 1 }));
    }
    if line.contains("/v2/project-flows") {
        let flow = json!({ "_id": "flow-1", "project": "project-1", "name": word(said), "type": "onboarding" });
        return ok(&mut stream, &json!({ "data": [flow], "pages": 1 }));
    }
    if line.contains("/v2/app-registrations?") {
        let rows: Vec<Value> = (1..=PAYLOADS.len()).map(|number| row(number, said)).collect();
        let total = rows.len();
        return ok(&mut stream, &json!({ "data": rows, "total": total, "page": 1, "limit": 100, "pages": 1 }));
    }
    match said.load(Ordering::Relaxed) % 3 {
        0 => ok(&mut stream, &json!({ "data": row(1, said) })),
        1 => respond(&mut stream, "500 Broken", "text/html", &format!("<h1>{}</h1>", word(said))),
        _ => respond(&mut stream, "404 Not Found", "", &json!({ "message": word(said) }).to_string()),
    }
}

/// Starts it; it lasts as long as the tests do.
fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let said = Arc::new(AtomicUsize::new(0));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let said = Arc::clone(&said);
            // A connection that the console closes early is no failure.
            thread::spawn(move || drop(answer(stream, &said)));
        }
    });
    url
}

#[test]
fn whatever_a_remote_says_steers_nothing_neither_its_rows_nor_its_refusals() {
    for arguments in [&[][..], &["--plain"]] {
        let (home, url) = (TempDir::new().unwrap(), start());
        let mut variables = environment(home.path());
        variables.push(("REGDESK_TOKEN", "a-token-for-the-test".to_owned()));
        let arguments = [&["--url", &url], arguments].concat();
        let mut terminal = Terminal::start(regdesk(), &arguments, &variables, 120, 40);
        terminal.wait_for("of 14");
        for _ in PAYLOADS {
            // Opened, synced, sent again and created anew: each is refused, in words of the remote.
            for keys in ["\r", "5", "\u{1b}", "s", "\r", "\r", "\u{1b}", "R", "\r", "\u{1b}", "C", "\r", "\u{1b}"] {
                show(&mut terminal, keys);
            }
            show(&mut terminal, "\u{1b}");
            assert_unharmed(&terminal, "what a remote refused");
            show(&mut terminal, "j");
        }
        for (keys, view) in [("L", "the log"), ("b", "the jobs"), ("c", "the form"), ("F", "the facets")] {
            show(&mut terminal, keys);
            assert_unharmed(&terminal, view);
            show(&mut terminal, "\u{1b}");
        }
        show(&mut terminal, "L");
        terminal.wait_for("Eve");
        show(&mut terminal, "\u{1b}");
        terminal.send("\u{3}");
        // It asks first if one of those is still under way.
        show(&mut terminal, "y");
        terminal.exit();
        terminal.assert_given_back();
    }
}
