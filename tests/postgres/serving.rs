//! Endpoints behind a load balancer: how they stop, and what they log.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    desks::program_over,
    program::{FLOW, PROJECT, TOKEN, request, started, text},
    server::{self, PASSWORD},
};

/// How long the endpoint of these tests drains.
const DRAIN: Duration = Duration::from_secs(4);

/// The status of an answer without a body that would be JSON.
fn status(address: &str, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1)?.parse().ok()
}

fn terminate(child: &Child) {
    assert!(Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status().unwrap().success());
}

/// A request whose body has not come yet: the connection, and what is still to be sent.
fn half_a_request(address: &str) -> (TcpStream, String) {
    let body = json!({ "projectId": PROJECT, "flowId": FLOW, "email": "slow@example.com" }).to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /v2/app-registrations HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {TOKEN}\r\n\
         Connection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
        body.len(),
        &body[..10]
    )
    .unwrap();
    (stream, body[10..].to_owned())
}

#[test]
fn an_endpoint_that_is_told_to_stop_drains_and_finishes_what_is_under_way() {
    let Some(server) = server::shared() else { return };
    let desk = program_over(&server.database());
    let id = desk.create("ana@example.com");
    let drain = DRAIN.as_secs().to_string();
    let (mut child, address) =
        started(desk.command(&["serve", "--listen", "127.0.0.1:0", "--drain", &drain]).stderr(Stdio::null()));
    assert_eq!(status(&address, "/readyz"), Some(200));
    terminate(&child);
    let told = Instant::now();
    while status(&address, "/readyz") == Some(200) {
        assert!(told.elapsed() < DRAIN, "it stays ready");
        thread::sleep(Duration::from_millis(20));
    }
    let unready = told.elapsed();
    assert_eq!(status(&address, "/readyz"), Some(503));
    assert_eq!(status(&address, "/healthz"), Some(200), "it lives");
    let path = format!("/v2/app-registrations/{id}");
    assert_eq!(request(&address, "GET", &path, "").unwrap().0, 200, "requests are still answered");
    assert!(told.elapsed() < DRAIN, "the machine is too slow for this test");
    let (mut stream, rest) = half_a_request(&address);
    while TcpStream::connect(&address).is_ok() {
        assert!(told.elapsed() < DRAIN + Duration::from_secs(20), "it listens on");
        thread::sleep(Duration::from_millis(20));
    }
    let closed = told.elapsed();
    assert!(closed >= DRAIN, "it stopped listening after {closed:?}");
    stream.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "what was under way is finished: {answer}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(desk.all().len(), 2);
    println!(
        "not ready {} ms after SIGTERM, no longer listening after {} ms, what was under way was answered",
        unready.as_millis(),
        closed.as_millis()
    );
}

#[test]
fn without_a_drain_an_endpoint_stops_at_once() {
    let Some(server) = server::shared() else { return };
    let desk = program_over(&server.database());
    let (mut child, _) = started(desk.command(&["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::null()));
    terminate(&child);
    let told = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(told.elapsed() < Duration::from_secs(4), "{:?}", told.elapsed());
}

#[test]
fn a_log_for_machines_is_an_object_a_line_with_every_request_and_nothing_personal() {
    let Some(server) = server::shared() else { return };
    let desk = program_over(&server.database());
    let mut command = desk.command(&["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
    let (child, address) = started(command.stderr(Stdio::piped()));
    let person = json!({ "projectId": PROJECT, "flowId": FLOW, "email": "ana.muestra@example.com" }).to_string();
    let (code, created) = request(&address, "POST", "/v2/app-registrations", &person).unwrap();
    let id = created["id"].as_str().unwrap();
    assert_eq!(code, 201);
    let path = format!("/v2/app-registrations/{id}");
    assert_eq!(request(&address, "GET", &path, "").unwrap().0, 200);
    assert_eq!(request(&address, "GET", "/v2/app-registrations/ana.muestra@example.com", "").unwrap().0, 404);
    assert_eq!(request(&address, "ANAMUESTRA", "/ana.muestra", "").unwrap().0, 404);
    assert_eq!(status(&address, "/v2/app-registrations?email=ana.muestra%40example.com"), Some(401));
    terminate(&child);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let log = text(&output.stderr);
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        for key in ["timestamp", "level", "target"] {
            assert!(line[key].is_string(), "{line}");
        }
        assert!(line["fields"].is_object(), "{line}");
    }
    let answered: Vec<String> = lines
        .iter()
        .map(|line| &line["fields"])
        .filter(|fields| fields["message"] == "answered")
        .inspect(|fields| assert!(fields["ms"].is_u64(), "{fields}"))
        .map(|fields| format!("{} {} {}", text_of(&fields["method"]), text_of(&fields["route"]), fields["status"]))
        .collect();
    assert_eq!(
        answered,
        [
            "POST /v2/app-registrations 201",
            "GET /v2/app-registrations/{id} 200",
            "GET /v2/app-registrations/{id} 404",
            "other none 404",
            "GET /v2/app-registrations 401",
        ]
    );
    for secret in ["muestra", "MUESTRA", "example.com", TOKEN, PASSWORD, id] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
    println!("{} lines, {} requests among them, nothing personal", lines.len(), answered.len());
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap()
}
