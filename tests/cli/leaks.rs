//! What the program wrote, gone over for tokens, codes and people that were planted.

use std::{fs, io::Write as _, path::Path};

use serde_json::{Value, json};

use crate::{TOKEN, User, finish};

/// People and secrets, none of which may stand anywhere but where registrations are kept.
const EMAIL: &str = "planted.address@example.com";
const NAME: &str = "Plantina Muestrosa";
const PHONE: &str = "2025550147";
const REMOTE_TOKEN: &str = "planted-remote-token-a81bc81b";
const NOTE: &str = "planted words of an operator";

/// Everything that a directory holds, by path; what is kept of registrations is left out, which is what it is for.
fn written(directory: &Path, found: &mut Vec<(String, String)>) {
    const KEPT: [&str; 2] = ["engine.redb", "outbox.ndjson"];
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            written(&path, found);
        } else if !KEPT.iter().any(|name| path.ends_with(name)) {
            found.push((path.display().to_string(), String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned()));
        }
    }
}

/// Asks an endpoint with a token of one's own.
fn ask(address: &str, token: &str, path: &str, body: &str) {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    std::io::Read::read_to_end(&mut stream, &mut Vec::new()).unwrap();
}

#[test]
fn nothing_planted_is_in_logs_messages_masked_exports_configuration_or_what_is_remembered() {
    let user = User::new();
    user.configure("[profiles.desk]\nrole = \"support\"\n[profiles.far]\nbackend = \"remote\"\nurl = \"http://127.0.0.1:9\"\ntoken_env = \"PLANTED\"\n");
    let mut said: Vec<(String, String)> = Vec::new();
    let mut run = |arguments: &[&str]| {
        let mut command = user.command(&[&["-vvv"], arguments].concat());
        command.env("PLANTED", REMOTE_TOKEN).env("REGDESK_TOKEN", REMOTE_TOKEN);
        let done = finish(command);
        said.push((format!("{arguments:?}"), done.stdout.clone() + &done.stderr));
        done
    };
    let person = ["--email", EMAIL, "--phone", PHONE, "--country-code", "+1", "--full-name", NAME];
    let create = [&["create", "--project", "Nimbus Wallet", "--flow", "Verified wallet"][..], &person].concat();
    let id = run(&create).stdout.trim().to_owned();
    assert!(!id.is_empty());
    // Refused, with the same person again.
    assert_eq!(run(&create).code, 4);
    for arguments in [
        &["note", &id, NOTE][..],
        &["decide", &id, "--reject", "--reason", "spoof_attempt", "--note", NOTE, "--yes"],
        &["resend", &id],
        &["sync", &id],
        &["audit"],
        &["audit", "--verify"],
        &["check"],
        &["--profile", "desk", "--data-dir", user.path("data/regdesk").to_str().unwrap(), "show", &id],
        &["--profile", "desk", "--data-dir", user.path("data/regdesk").to_str().unwrap(), "list", "--json"],
        &["--profile", "far", "list"],
        &["--profile", "far", "doctor"],
        &["config", "show", "--origin"],
        &["export", "--mask", "--output", user.path("masked.ndjson").to_str().unwrap()],
        &["export", "--mask", "--format", "csv", "--output", user.path("masked.csv").to_str().unwrap()],
    ] {
        run(arguments);
    }
    let endpoint = user.serve();
    let body = json!({ "appRegistration": id });
    for token in [TOKEN, "planted-guess"] {
        ask(&endpoint.address, token, "/v2/email-validations/app-registration", &body.to_string());
        ask(&endpoint.address, token, "/v2/email-validations/validate", &json!({ "otp": EMAIL }).to_string());
    }
    let log = user.path("state/regdesk/regdesk.log");
    endpoint.kill();
    assert!(fs::metadata(log).unwrap().len() > 0, "nothing was logged, so this shows nothing");
    let sent = fs::read_to_string(user.path("data/regdesk/outbox.ndjson")).unwrap_or_default();
    let secrets =
        sent.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["secret"].as_str().unwrap().to_owned());
    let mut planted: Vec<String> =
        [EMAIL, NAME, "Plantina", PHONE, REMOTE_TOKEN, NOTE, TOKEN, "planted-guess"].map(str::to_owned).to_vec();
    planted.extend(secrets);
    written(user.home.path(), &mut said);
    for (place, text) in &said {
        for secret in &planted {
            assert!(!text.contains(secret), "{secret} is in {place}:\n{text}");
        }
    }
}
