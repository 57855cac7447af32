//! The real binary as a process: what it prints where, and with which exit code it ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod annotate;
mod audit;
mod commands;
mod configuration;
mod decide;
mod doctor;
mod durability;
mod export;
mod help;
mod hostile;
mod import;
mod insights;
mod leaks;
mod mistakes;
mod purge;
mod remote;
mod schema;
mod shell;
mod snapshot;
mod start;
mod streams;
mod token;
mod webhooks;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A user with a home of their own.
struct User {
    home: TempDir,
}

/// What a call did.
#[derive(Debug)]
struct Done {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Done {
    /// Standard output of a call that must have succeeded.
    #[track_caller]
    fn ok(self) -> String {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self.stdout
    }

    /// JSON of a call that must have succeeded.
    #[track_caller]
    fn json(self) -> Value {
        serde_json::from_str(&self.ok()).unwrap()
    }

    /// Standard error of a call that must have failed with this code, and printed no data.
    #[track_caller]
    fn failed(self, code: i32) -> String {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.stdout, "");
        self.stderr
    }
}

impl User {
    fn new() -> Self {
        Self { home: TempDir::new().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// A call with nothing of the tester's environment.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regdesk"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("XDG_DATA_HOME", self.path("data"))
            .env("XDG_STATE_HOME", self.path("state"))
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Done {
        finish(self.command(arguments))
    }

    /// A call to a remote, with this token.
    fn run_against(&self, address: &str, token: &str, arguments: &[&str]) -> Done {
        let mut command = self.command(&["--url", &format!("http://{address}")]);
        command.args(arguments).env("REGDESK_TOKEN", token);
        finish(command)
    }

    /// A call that gets this text on standard input.
    fn run_with_input(&self, arguments: &[&str], input: &str) -> Done {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        Done {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Writes the user's configuration.
    fn configure(&self, text: &str) {
        let directory = self.path("config/regdesk");
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("config.toml"), text).unwrap();
    }

    /// A registration of someone with this address; its id.
    #[track_caller]
    fn create(&self, email: &str) -> String {
        let flags = ["create", "--project", "Nimbus Wallet", "--flow", "Verified wallet", "--email", email];
        self.run(&flags).ok().trim().to_owned()
    }

    /// All registrations as JSON.
    #[track_caller]
    fn all(&self) -> Vec<Value> {
        self.run(&["list", "--limit", "0", "--json"]).json().as_array().unwrap().clone()
    }

    /// An endpoint over this user's registrations.
    fn serve(&self) -> Endpoint {
        self.serve_in("overview")
    }

    /// An endpoint that speaks this dialect.
    fn serve_in(&self, dialect: &str) -> Endpoint {
        let mut child = self
            .command(&["serve", "--listen", "127.0.0.1:0", "--dialect", dialect])
            .env("REGDESK_SERVE_TOKEN", TOKEN)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        Endpoint { child, address }
    }
}

fn finish(mut command: Command) -> Done {
    let output = command.output().unwrap();
    Done {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The token that endpoints of these tests ask for.
const TOKEN: &str = "endpoint-token-of-the-tests";

/// A running `regdesk serve`.
struct Endpoint {
    child: Child,
    address: String,
}

impl Endpoint {
    /// A request on a connection of its own: status and body.
    fn request(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// Ends the process as a power failure would.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the process to stop; its exit code.
    fn terminate(mut self, signal: &str) -> Option<i32> {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
