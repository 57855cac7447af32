//! Webhooks from end to end: `serve` tells, `watch` hears, and what is not heard is told again.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Stdio},
    thread,
};

use serde_json::{Value, json};

use crate::{User, finish};

const SECRET: &str = "webhook-secret-of-the-tests";

/// A running `regdesk watch`.
pub struct Watch {
    child: Child,
    address: String,
    lines: BufReader<std::process::ChildStdout>,
}

impl Watch {
    pub fn start(user: &User, limit: &str, secret: Option<&str>) -> Self {
        let mut command = user.command(&["watch", "--listen", "127.0.0.1:0", "--limit", limit]);
        command.envs(secret.map(|secret| ("REGDESK_WEBHOOK_SECRET", secret)));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let address = line.trim().split("http://").nth(1).unwrap().trim_end_matches("/hooks").to_owned();
        // Somebody has to read what else it says.
        thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, address, lines }
    }

    pub fn next(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"))
    }

    /// A delivery; the status of the answer.
    pub fn deliver(&self, path: &str, headers: &str, body: &str) -> u16 {
        self.deliver_and_read(path, headers, body).0
    }

    /// A delivery; status, headers and body of the answer.
    fn deliver_and_read(&self, path: &str, headers: &str, body: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}Content-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}",
            self.address
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), head.to_ascii_lowercase(), body.to_owned())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn event(suffix: &str, second: u32) -> String {
    json!({
        "type": format!("onboarding_app_registration_{suffix}"),
        "object": { "_id": "reg_1", "status": "ONGOING", "updatedAt": format!("2026-05-04T14:10:{second:02}Z"), "otp": "123456" },
    })
    .to_string()
}

#[test]
fn a_delivery_is_printed_once_without_secrets_and_a_late_one_is_marked() {
    let user = User::new();
    let mut watch = Watch::start(&user, "2", None);
    assert_eq!(watch.deliver("/hooks", "", &event("sync_end", 30)), 200);
    assert_eq!(watch.deliver("/hooks", "", &event("sync_end", 30)), 200, "a repeated one is answered like the first");
    assert_eq!(watch.deliver("/hooks", "", &event("created", 10)), 200);
    let first = watch.next();
    assert_eq!((&first["event"], &first["registration"]), (&json!("app_registration_sync_end"), &json!("reg_1")));
    assert_eq!((&first["known"], &first["late"], &first["proof"]), (&json!(true), &json!(false), &json!("none")));
    assert!(!first.to_string().contains("123456"), "{first}");
    assert_eq!(watch.next()["late"], true);
    assert_eq!(watch.child.wait().unwrap().code(), Some(0), "it ends after as many as were asked for");
}

#[test]
fn without_the_secret_nothing_is_taken() {
    let user = User::new();
    let mut watch = Watch::start(&user, "2", Some(SECRET));
    let body = event("created", 10);
    for (path, headers) in [
        ("/hooks", String::new()),
        ("/hooks/wrong", String::new()),
        ("/hooks", "x-webhook-secret: wrong\r\n".to_owned()),
        (&*format!("/hooks/{SECRET}"), "x-verifik-signature: sha256=00\r\n".to_owned()),
    ] {
        assert_eq!(watch.deliver(path, &headers, &body), 401, "{path} {headers}");
    }
    assert_eq!(watch.deliver("/hooks", "", "{"), 401, "a stranger does not even learn what is wrong");
    assert_eq!(watch.deliver(&format!("/hooks/{SECRET}"), "", "{"), 400);
    assert_eq!(watch.deliver(&format!("/hooks/{SECRET}"), "", &" ".repeat(2 << 20)), 413);
    assert_eq!(watch.deliver(&format!("/hooks/{SECRET}"), "", &body), 200);
    assert_eq!(watch.next()["proof"], "secret");
    let by_header = format!("x-webhook-secret: {SECRET}\r\n");
    assert_eq!(watch.deliver("/hooks", &by_header, &event("created", 11)), 200);
    assert_eq!(watch.next()["proof"], "secret");
}

#[test]
fn whoever_guesses_the_secret_is_made_to_wait_and_told_how_long() {
    let watch = Watch::start(&User::new(), "2", Some(SECRET));
    let body = event("created", 10);
    for number in 0..30 {
        let (path, headers) = match number % 3 {
            0 => (format!("/hooks/guess{number}"), String::new()),
            1 => ("/hooks".to_owned(), format!("x-webhook-secret: guess{number}\r\n")),
            _ => ("/hooks".to_owned(), format!("x-verifik-signature: sha256={number:064}\r\n")),
        };
        assert_eq!(watch.deliver(&path, &headers, &body), 401, "guess {number}");
    }
    let (status, head, answer) = watch.deliver_and_read("/hooks/guess", "", &body);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((status, &answer["code"]), (429, &json!("TooManyRequests")));
    assert!(head.contains("retry-after: "), "{head}");
    assert_eq!(watch.deliver(&format!("/hooks/{SECRET}"), "", &body), 429, "a right one is no way to find out");
}

#[test]
fn a_delivery_that_is_too_large_is_refused_in_json() {
    let watch = Watch::start(&User::new(), "2", None);
    let (status, head, answer) = watch.deliver_and_read("/hooks", "", &" ".repeat(2 << 20));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((status, &answer["code"]), (413, &json!("PayloadTooLarge")));
    assert!(head.contains("content-type: application/json"), "{head}");
    let note = format!("x-note: {}\r\n", "y".repeat(40_000));
    assert_eq!(watch.deliver("/hooks", &note, &event("created", 10)), 431);
}

#[test]
fn other_machines_are_not_listened_to_without_a_secret() {
    let message = User::new().run(&["watch", "--listen", "0.0.0.0:0"]).failed(2);
    assert!(message.contains("no secret is set"), "{message}");
}

#[test]
fn other_machines_are_served_unencrypted_only_where_somebody_says_so() {
    let user = User::new();
    for arguments in [["serve", "--listen", "0.0.0.0:0"], ["watch", "--listen", "[::]:0"]] {
        let mut command = user.command(&arguments);
        command.env("REGDESK_SERVE_TOKEN", "secret").env("REGDESK_WEBHOOK_SECRET", "secret");
        let message = finish(command).failed(2);
        assert!(message.contains("--allow-plain-http"), "{message}");
    }
}

#[test]
fn serve_tells_what_happens_signed_and_watch_hears_it() {
    let (owner, listener) = (User::new(), User::new());
    let mut watch = Watch::start(&listener, "4", Some(SECRET));
    std::fs::write(owner.path("secret"), SECRET).unwrap();
    only_for_the_owner(&owner, "secret");
    owner.configure(&format!(
        "[profiles.local.webhooks]\nsecret_file = \"{}\"\n[profiles.local.webhooks.to]\n\
         \"Nimbus Wallet\" = \"http://{}/hooks\"\n",
        owner.path("secret").display(),
        watch.address
    ));
    // Nobody serves yet: it is kept until somebody does.
    let id = owner.create("ana@example.com");
    let endpoint = owner.serve_in("live");
    let created = watch.next();
    assert_eq!((&created["event"], &created["registration"]), (&json!("app_registration_created"), &json!(id)));
    assert_eq!(created["proof"], "signature");
    assert_eq!(created["object"]["email"], "ana@example.com");
    let body = json!({ "step": "instructions", "status": "ONGOING" }).to_string();
    assert_eq!(endpoint.request("PUT", &format!("/v2/app-registrations/{id}/sync"), &body).0, 200);
    let heard = [watch.next()["event"].clone(), watch.next()["event"].clone()];
    assert!(heard.contains(&json!("app_registration_ongoing")), "{heard:?}");
    assert!(heard.contains(&json!("app_registration_sync_instructions")), "{heard:?}");
    let (status, log) = endpoint.request("GET", &format!("/v2/webhook-events?where_appRegistration={id}"), "");
    assert_eq!(status, 200);
    assert!(log["pagination"]["total"].as_u64().unwrap() >= 3, "{log}");
    let oldest = log["data"].as_array().unwrap().last().unwrap();
    assert_eq!((&oldest["_id"], &oldest["response"]["status"]), (&json!("1"), &json!("success")));
    drop(endpoint);
    let all = owner.all();
    assert_eq!(all[0]["deliveries"][0]["event"], "onboarding_app_registration_created", "it is part of the record");
    assert_eq!(all[0]["deliveries"][0]["code"], 200);
}

#[test]
fn what_was_not_heard_is_kept_and_told_again_on_demand() {
    let (owner, listener) = (User::new(), User::new());
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let hooked = |address: &str| format!("[profiles.local.webhooks.to]\n\"*\" = \"http://{address}/hooks\"\n");
    owner.configure(&hooked(&closed.to_string()));
    let id = owner.create("ana@example.com");
    let endpoint = owner.serve_in("live");
    // The first try follows at once; what it came to is in the log.
    let event = loop {
        let event = endpoint.request("GET", "/v2/webhook-events/1", "").1["data"].clone();
        if event["status"] == "sent" {
            break event;
        }
        thread::yield_now();
    };
    assert_eq!((&event["response"]["status"], &event["response"]["code"]), (&json!("fail"), &Value::Null));
    assert!(event["nextTryAt"].is_string(), "{event}");
    endpoint.terminate("-TERM");
    let mut watch = Watch::start(&listener, "2", None);
    owner.configure(&hooked(&watch.address));
    let endpoint = owner.serve_in("live");
    assert_eq!(endpoint.request("PUT", "/v2/webhook-events/1/resend", "{}").0, 200);
    assert_eq!(watch.next()["registration"], json!(id));
    assert_eq!(endpoint.request("PUT", "/v2/webhook-events/99/resend", "{}").0, 404);
}

fn only_for_the_owner(user: &User, name: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(user.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
}
