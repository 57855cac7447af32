//! Each user's path through the console, from the first frame to the last.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::terminal::{Terminal, command, environment, regdesk};

fn console(home: &TempDir, arguments: &[&str], columns: u16, rows: u16) -> Terminal {
    Terminal::start(regdesk(), arguments, &environment(home.path()), columns, rows)
}

/// The JSON that a command prints.
fn json(home: &TempDir, arguments: &[&str]) -> serde_json::Value {
    let output = command(home.path(), arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_demo_opens_shows_a_registration_and_closes() {
    for (columns, rows) in [(120, 40), (80, 24)] {
        let home = TempDir::new().unwrap();
        let mut terminal = console(&home, &["demo", "--still"], columns, rows);
        terminal.wait_for("400 of 400");
        terminal.send("\r");
        terminal.wait_for("Overview");
        for tab in ["2", "3", "4", "5"] {
            terminal.send(tab);
        }
        terminal.wait_for("\"projectId\"");
        terminal.send("\u{1b}");
        terminal.wait_for("400 of 400");
        terminal.send("q");
        assert_eq!(terminal.exit(), 0);
        terminal.assert_given_back();
    }
}

#[test]
fn people_of_the_demo_move_while_one_watches() {
    let home = TempDir::new().unwrap();
    let mut terminal = console(&home, &["demo", "--speed", "50"], 120, 40);
    let first = terminal.wait_for("of 4");
    let changed = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        terminal.wait_for("of 4") != first
    });
    assert!(changed, "nobody moved:\n{first}");
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
}

#[test]
fn what_is_created_and_synced_in_the_console_is_there_afterwards() {
    let home = TempDir::new().unwrap();
    let mut terminal = console(&home, &[], 120, 40);
    terminal.wait_for("✓ live");
    terminal.send("c");
    terminal.wait_for("E-mail");
    terminal.send("\t\tpty.person@example.com\t\t\tPia Muster\r");
    terminal.wait_for("show the token");
    terminal.send("\u{1b}");
    terminal.wait_gone("show the token");
    terminal.wait_for("Pia Muster");
    terminal.send("s");
    terminal.wait_for("Recompute");
    terminal.send("\r");
    terminal.wait_for("Synced 1");
    terminal.send("\r");
    terminal.wait_gone("Synced 1");
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
    let list = json(&home, &["list", "--json"]);
    let rows = list.as_array().or_else(|| list["data"].as_array()).unwrap().clone();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["contact"]["email"], "pty.person@example.com");
}

/// A registration of somebody; its id.
fn pia(home: &TempDir) -> String {
    let flows = json(home, &["flows", "--json"]);
    let flow = &flows.as_array().unwrap()[0];
    let created = command(home.path(), &["create", "--email", "pty.person@example.com", "--full-name", "Pia Muster"])
        .args(["--project", flow["projectId"].as_str().unwrap(), "--flow", flow["id"].as_str().unwrap()])
        .output()
        .unwrap();
    assert!(created.status.success());
    String::from_utf8(created.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_decision_made_in_the_console_is_kept_with_its_reason() {
    let home = TempDir::new().unwrap();
    pia(&home);
    let mut terminal = console(&home, &[], 120, 40);
    terminal.wait_for("Pia Muster");
    terminal.send("d");
    terminal.wait_for("Decide on 1 registration");
    terminal.send("r");
    terminal.wait_for("face_mismatch");
    terminal.send("\u{1b}[A\tWrote to her twice.\r");
    terminal.wait_for("type 1 and press enter");
    terminal.send("\r\r\r");
    terminal.send("1\r");
    terminal.wait_for("Rejected 1");
    terminal.send("\u{1b}");
    terminal.wait_gone("Rejected 1");
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
    let found = json(&home, &["list", "--json"]);
    assert_eq!(found[0]["status"], "failed");
    let review = &found[0]["reviews"][0];
    assert_eq!((&review["reason"], &review["note"]), (&"other".into(), &"Wrote to her twice.".into()));
}

#[test]
fn a_decision_on_the_command_line_is_asked_for_on_a_terminal() {
    let home = TempDir::new().unwrap();
    let person = pia(&home);
    for (answer, code, status) in [("yes\r", 1, None), ("1\r", 0, Some("failed"))] {
        let mut terminal = console(&home, &["decide", &person, "--reject", "--reason", "no_answer"], 160, 40);
        terminal.wait_for("type 1");
        terminal.send(answer);
        assert_eq!(terminal.exit(), code);
        let now = json(&home, &["show", &person, "--json"])["status"].clone();
        assert_eq!(now == "failed", status == Some("failed"), "{now}");
    }
}

#[test]
fn a_filter_narrows_the_queue_while_it_is_typed() {
    let home = TempDir::new().unwrap();
    let mut terminal = console(&home, &["demo", "--still"], 120, 40);
    terminal.wait_for("400 of 400");
    terminal.send("/status:completed");
    let narrowed = terminal.wait_gone("400 of 400");
    assert!(narrowed.contains(" of 400"), "{narrowed}");
    terminal.wait_for("esc close the list");
    terminal.send("\u{1b}");
    terminal.wait_for("esc as before");
    terminal.send("\u{1b}");
    terminal.wait_for("400 of 400");
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
}

#[test]
fn a_window_too_small_is_said_and_comes_back() {
    let home = TempDir::new().unwrap();
    let mut terminal = console(&home, &["demo", "--still"], 120, 40);
    terminal.wait_for("400 of 400");
    terminal.resize(40, 10);
    terminal.wait_for("60x15");
    terminal.resize(1, 1);
    terminal.resize(100, 30);
    terminal.wait_for("400 of 400");
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
}

#[test]
fn whom_an_operator_opened_and_that_they_exported_is_in_the_audit_log() {
    let home = TempDir::new().unwrap();
    let created =
        command(home.path(), &["create", "--project", "Nimbus Wallet", "--flow", "Verified wallet", "--email"])
            .arg("ana@example.com")
            .output()
            .unwrap();
    let id = String::from_utf8(created.stdout).unwrap().trim().to_owned();
    let mut terminal = Terminal::start(regdesk(), &[], &environment(home.path()), 120, 40);
    terminal.wait_for("1 of 1");
    terminal.send("\r");
    terminal.wait_for("1 Overview");
    terminal.send("h");
    terminal.wait_for("1 of 1");
    terminal.send("e");
    terminal.wait_for("registrations-");
    terminal.send("\u{15}");
    terminal.wait_gone("registrations-");
    terminal.send(&format!("{}/all.ndjson\r", home.path().display()));
    terminal.wait_for("Exported 1");
    terminal.send("q");
    terminal.wait_gone("Export to");
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
    let log = json(&home, &["audit", "--json"]);
    let entries = log.as_array().unwrap();
    let noted = |action: &str| entries.iter().find(|entry| entry["action"] == action);
    assert_eq!(noted("show").expect("it was opened")["registration"], id.as_str());
    assert!(noted("export").is_some(), "{log}");
}

/// An endpoint over a data directory of its own.
struct Endpoint {
    process: Child,
    url: String,
    _home: TempDir,
}

const TOKEN: &str = "a-token-for-the-test";

impl Endpoint {
    fn serve(dialect: &str) -> Self {
        let home = TempDir::new().unwrap();
        let generated =
            command(home.path(), &["generate", "--count", "30", "--seed", "3"]).stdout(Stdio::null()).status().unwrap();
        assert!(generated.success());
        let mut process = command(home.path(), &["serve", "--listen", "127.0.0.1:0", "--dialect", dialect])
            .env("REGDESK_SERVE_TOKEN", TOKEN)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { process, url, _home: home }
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

#[test]
fn the_console_works_against_an_endpoint_in_both_dialects() {
    for dialect in ["overview", "live"] {
        let endpoint = Endpoint::serve(dialect);
        let home = TempDir::new().unwrap();
        let mut environment = environment(home.path());
        environment.push(("REGDESK_TOKEN", TOKEN.to_owned()));
        let mut terminal = Terminal::start(regdesk(), &["--url", &endpoint.url], &environment, 120, 40);
        terminal.wait_for("30 of 30");
        terminal.send("\r");
        terminal.wait_for("Overview");
        terminal.send("\u{1b}");
        terminal.wait_for("30 of 30");
        terminal.send("c");
        terminal.wait_for("E-mail");
        terminal.send("\t\tremote.person@example.com\t\t\tRemo Muster\r");
        terminal.wait_for("show the token");
        terminal.send("\u{1b}");
        terminal.wait_gone("show the token");
        terminal.wait_for("31 of 31");
        terminal.send("s");
        terminal.wait_for("Recompute");
        terminal.send("\r");
        terminal.wait_for("Synced 1");
        terminal.send("\r");
        terminal.wait_gone("Recompute");
        terminal.send("q");
        assert_eq!(terminal.exit(), 0, "{dialect}");
        assert!(!String::from_utf8_lossy(&terminal.raw()).contains(TOKEN));
    }
}

#[test]
fn a_remote_that_is_not_there_leaves_a_usable_console_that_says_so() {
    let home = TempDir::new().unwrap();
    let mut environment = environment(home.path());
    environment.push(("REGDESK_TOKEN", TOKEN.to_owned()));
    let mut terminal = Terminal::start(regdesk(), &["--url", "http://127.0.0.1:9"], &environment, 120, 40);
    terminal.wait_for("127.0.0.1");
    terminal.wait_for("not reached");
    terminal.send("?");
    terminal.wait_for("In the queue");
    terminal.send("\u{1b}");
    terminal.wait_gone("In the queue");
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
}

#[test]
fn escape_sequences_in_a_name_never_reach_the_terminal() {
    let home = TempDir::new().unwrap();
    let hostile = "Eve\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}[31m\u{9b}2J\u{202e}lived";
    let flows = json(&home, &["flows", "--json"]);
    let flow = &flows.as_array().unwrap()[0];
    let created = command(home.path(), &["create", "--email", "eve@example.com", "--full-name", hostile])
        .args(["--project", flow["projectId"].as_str().unwrap(), "--flow", flow["id"].as_str().unwrap()])
        .output()
        .unwrap();
    assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
    let mut terminal = console(&home, &[], 120, 40);
    terminal.wait_for("Eve");
    terminal.send("\r12345");
    terminal.wait_for("\"projectId\"");
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
    let raw = terminal.raw();
    let text = String::from_utf8_lossy(&raw);
    assert!(!text.contains("\u{1b}]52"), "a clipboard write got through");
    assert!(!text.contains('\u{202e}'), "a direction override got through");
    assert!(!text.contains('\u{9b}'), "a C1 control got through");
}

/// A program that shows its last argument, tells that the terminal is its own, and waits for a line.
fn shows_file(home: &TempDir, name: &str, ending: &str) -> String {
    let path = home.path().join(name);
    let script = format!("#!/bin/sh\nfor file; do :; done\necho \"reading $# $1 $file\"\nread line\n{ending}\n");
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn pager_and_editor_get_the_terminal_and_a_private_file_and_give_both_back() {
    let home = TempDir::new().unwrap();
    let mut variables = environment(home.path());
    variables.push(("PAGER", shows_file(&home, "pager", "exit 0")));
    variables.push(("EDITOR", format!("{} -w", shows_file(&home, "editor", "echo more >> \"$file\""))));
    variables.push(("XDG_RUNTIME_DIR", home.path().to_str().unwrap().to_owned()));
    let mut terminal = Terminal::start(regdesk(), &["demo", "--still"], &variables, 120, 40);
    terminal.wait_for("400 of 400");
    terminal.send("|");
    let screen = terminal.wait_for("reading 1");
    let path = screen.split_whitespace().find(|word| word.ends_with("registration.json")).unwrap().to_owned();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&text).unwrap()["id"].is_string());
    terminal.send("\u{3}");
    terminal.wait_for("400 of 400");
    assert!(!std::path::Path::new(&path).exists(), "the file is gone");
    terminal.send("E");
    terminal.wait_for("reading 2 -w");
    terminal.send("x\n");
    terminal.wait_for("what you changed in it is dropped");
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
    terminal.assert_given_back();
    let left = std::fs::read_dir(home.path()).unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    assert!(left.into_iter().all(|name| !name.starts_with("regdesk-")));
}

#[test]
fn an_editor_that_is_not_there_is_named_and_the_screen_comes_back() {
    let home = TempDir::new().unwrap();
    let mut variables = environment(home.path());
    variables.push(("VISUAL", "no-such-editor-here -w".to_owned()));
    let mut terminal = Terminal::start(regdesk(), &["demo", "--still"], &variables, 120, 40);
    terminal.wait_for("400 of 400");
    terminal.send("E");
    let screen = terminal.wait_for("there is no such program");
    assert!(screen.contains("no-such-editor-here") && screen.contains("$VISUAL") && screen.contains("400 of 400"));
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
    terminal.assert_given_back();
}

#[test]
fn a_mirror_on_disk_is_there_before_the_remote_answers_and_is_cleared_on_demand() {
    let endpoint = Endpoint::serve("live");
    let home = TempDir::new().unwrap();
    let mut environment = environment(home.path());
    environment.push(("REGDESK_TOKEN", TOKEN.to_owned()));
    let config = home.path().join("config.toml");
    let text = format!(
        "profile = \"far\"\n[profiles.far]\nurl = \"{}\"\ntoken_env = \"REGDESK_TOKEN\"\nmirror = \"disk\"\n",
        endpoint.url
    );
    std::fs::write(&config, text).unwrap();
    let arguments = ["--config", config.to_str().unwrap()];
    let mut terminal = Terminal::start(regdesk(), &arguments, &environment, 120, 40);
    terminal.wait_for("✓ complete");
    let cache = |words: &str| {
        let output = command(home.path(), &["cache", words]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let file = std::path::Path::new(&cache("path")).join("far.ndjson");
    while !file.exists() {
        std::thread::yield_now();
    }
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
    drop(endpoint);
    let mut terminal = Terminal::start(regdesk(), &arguments, &environment, 120, 40);
    terminal.wait_for("30 of 30");
    terminal.wait_for("not reached");
    terminal.send("q");
    assert_eq!(terminal.exit(), 0);
    assert_eq!(cache("clear"), "1 mirrors deleted");
    assert!(!file.exists());
}
