//! A data directory with a home of its own, and the program over it.
#![allow(dead_code, reason = "each test binary uses its part of it")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;

pub const TOKEN: &str = "endpoint-token-of-the-tests";
pub const PROJECT: &str = "667f0b92e4d1c8a7350f6b29";
pub const FLOW: &str = "667f0c643f9a2be817d0c4e5";

/// How long a call over the network may take before its process is taken for dead.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Desk {
    home: TempDir,
    /// The password of the database that its profile names, instead of a file of its own.
    password: Option<String>,
}

impl Desk {
    pub fn new() -> Self {
        Self { home: TempDir::new().unwrap(), password: None }
    }

    /// One that works on a database that others may work on as well.
    pub fn sharing(url: &str, password: &str) -> Self {
        let desk = Self { home: TempDir::new().unwrap(), password: Some(password.to_owned()) };
        let data = desk.path("data");
        let profile = format!(
            "profile = \"team\"\n[profiles.team]\nstore = \"{url}\"\nstore_password_env = \"STORE_PASSWORD\"\n\
             data_dir = \"{}\"\n",
            data.display()
        );
        std::fs::write(desk.path("config.toml"), profile).unwrap();
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The file of the store.
    pub fn store(&self) -> PathBuf {
        self.path("data/engine.redb")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        self.prepared(Command::new(env!("CARGO_BIN_EXE_regdesk")), arguments)
    }

    /// The program under a limit on the size of the files that it writes, in blocks of 512 bytes: what a full disk
    /// does, it does as well.
    pub fn limited(&self, blocks: u64, arguments: &[&str]) -> Command {
        let mut command = Command::new("sh");
        let script = "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"";
        command.args(["-c", script, "sh", &blocks.to_string(), env!("CARGO_BIN_EXE_regdesk")]);
        self.prepared(command, arguments)
    }

    fn prepared(&self, mut command: Command, arguments: &[&str]) -> Command {
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("XDG_STATE_HOME", self.path("state"))
            .env("REGDESK_SERVE_TOKEN", TOKEN)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .args(arguments)
            .stdin(Stdio::null());
        match &self.password {
            Some(password) => command.env("REGDESK_CONFIG", self.path("config.toml")).env("STORE_PASSWORD", password),
            None => command.env("REGDESK_DATA_DIR", self.path("data")),
        };
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Standard output of a call that must succeed.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Creates a registration; its id.
    #[track_caller]
    pub fn create(&self, email: &str) -> String {
        self.ok(&["create", "--project", PROJECT, "--flow", FLOW, "--email", email]).trim().to_owned()
    }

    /// All registrations by id.
    #[track_caller]
    pub fn all(&self) -> std::collections::HashMap<String, Value> {
        let mut listed: Value = serde_json::from_str(&self.ok(&["list", "--limit", "0", "--json"])).unwrap();
        let by_id = |row: &mut Value| {
            // It counts down, so that no two lists of the same agree on it.
            row.get_mut("link").and_then(Value::as_object_mut).and_then(|link| link.remove("secondsLeft"));
            (row["id"].as_str().unwrap().to_owned(), row.take())
        };
        listed.as_array_mut().unwrap().iter_mut().map(by_id).collect()
    }

    /// Registrations are whole, and so is the audit log.
    #[track_caller]
    pub fn assert_whole(&self) {
        let check = self.run(&["check"]);
        assert!(check.status.success(), "{}{}", text(&check.stdout), text(&check.stderr));
        let audit = self.run(&["audit", "--verify"]);
        assert!(audit.status.success(), "{}{}", text(&audit.stdout), text(&audit.stderr));
    }

    /// A running endpoint.
    pub fn serve(&self) -> Endpoint {
        let (child, address) = started(self.command(&["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::null()));
        Endpoint { child, address }
    }
}

/// The process of an endpoint, and where it listens.
pub fn started(command: &mut Command) -> (Child, String) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line:?}")).to_owned();
    (child, address)
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub struct Endpoint {
    child: Child,
    pub address: String,
}

impl Endpoint {
    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the process in the middle of whatever it does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request on a connection of its own: status and body; `None` if no whole answer came.
pub fn request(address: &str, method: &str, path: &str, body: &str) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let body = serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()?;
    Some((status, body))
}
