//! A shell in a terminal, at which the commands of a document are typed.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    terminal::{Terminal, command, regdesk},
    tickets::Tickets,
};

/// What is not run here, and why.
const UNRUN: [(&str, &str); 4] = [
    ("cargo run", "builds the program; the console it opens is opened by `regdesk demo`"),
    ("cargo test", "runs this test"),
    ("cargo install", "builds the program; the package is built and installed by .ci/package"),
    ("sudo ", "changes the machine; the package is built and installed by .ci/package"),
];

/// Programs that a fresh machine may lack; what needs them is only run where they are.
const PERHAPS_MISSING: [&str; 2] = ["jq", "man"];

/// Whom `ID` stands for, by the command it stands behind; the last is for all others.
const WHO: [(&str, &str); 5] = [
    ("record ID", "status:ongoing step:face_comparison"),
    ("verdict ID DOC-04", "flag:DOC-04"),
    ("resend ID", "status:ongoing"),
    ("decide ID", "status:needs_manual_verification -flag:critical"),
    ("", "status:ongoing -flag:high"),
];

/// How long a command may take; it only matters when one hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// The token of the service that stands for a remote one.
const TOKEN: &str = "token-of-the-service";

pub struct Shell {
    home: TempDir,
    terminal: Terminal,
    console_is_open: bool,
    /// Where output of the command that was typed last begins.
    from: usize,
    /// Texts of the documents, and what they are here.
    here: Vec<(&'static str, String)>,
    pub tickets: Tickets,
    service: Child,
    _service_home: TempDir,
}

impl Shell {
    /// A shell of a new user, whose home has the few files that the documents speak of.
    pub fn open() -> Self {
        let home = TempDir::new().unwrap();
        for (name, text) in [
            ("outcome.json", r#"{"step": "face_comparison", "score": 0.91}"#),
            (".token", TOKEN),
            ("stick/.keep", ""),
            ("nightly/.keep", ""),
        ] {
            let path = home.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let service_home = TempDir::new().unwrap();
        let (service, address) = service(service_home.path());
        let tickets = Tickets::open();
        let here = vec![
            ("https://api.example.com", format!("http://{address}")),
            ("https://tickets.example.com", format!("http://{}", tickets.address)),
            ("/media/stick", home.path().join("stick").display().to_string()),
            ("127.0.0.1:8787", free_address()),
            ("127.0.0.1:8790", free_address()),
        ];
        let terminal = bash(home.path());
        let mut shell = Self {
            home,
            terminal,
            console_is_open: false,
            from: 0,
            here,
            tickets,
            service,
            _service_home: service_home,
        };
        shell.wait_for_prompt("the shell");
        shell
    }

    /// Types a command, and waits until it has ended well; or until it has opened the console.
    pub fn run(&mut self, command: &str) {
        self.close();
        let missing = PERHAPS_MISSING.iter().any(|tool| has_word(command, tool) && !is_there(tool));
        if missing || UNRUN.iter().any(|(begin, _)| command.starts_with(begin)) {
            return;
        }
        let typed = self.localised(command);
        self.from = self.terminal.raw().len();
        self.terminal.send(&typed);
        self.wait_for_prompt(&typed);
        let without_remark = typed.split(" #").next().unwrap_or_default();
        if without_remark.trim_end().ends_with('&') {
            self.wait_for_listener(&typed);
        }
    }

    /// Presses keys of the open console, and waits for what is seen then.
    pub fn press(&mut self, keys: &str, seen: &str) {
        assert!(self.console_is_open, "no command has opened the console before `{keys}`");
        let key = match keys {
            "Enter" => "\r",
            "Esc" => "\u{1b}",
            "Tab" => "\t",
            "Space" => " ",
            typed => typed,
        };
        self.from = self.terminal.raw().len();
        self.terminal.send(key);
        if keys == "q" {
            self.console_is_open = false;
            self.wait_for_prompt("q");
        } else {
            self.terminal.wait_for(seen);
        }
    }

    /// Takes a part of a configuration file for the whole, which must be right, and goes on without it.
    pub fn check_configuration(&self, text: &str) {
        let path = self.home.path().join("example.toml");
        fs::write(&path, text).unwrap();
        let read =
            command(self.home.path(), &["--config", path.to_str().unwrap(), "config", "check"]).output().unwrap();
        assert!(read.status.success(), "{text}\n{}", String::from_utf8_lossy(&read.stderr));
    }

    /// Leaves the console, if one is open.
    pub fn close(&mut self) {
        if self.console_is_open {
            self.press("q", "");
        }
    }

    /// The command with addresses, directories and ids of this machine.
    fn localised(&self, command: &str) -> String {
        let mut typed = command.to_owned();
        for (there, here) in &self.here {
            typed = typed.replace(there, here);
        }
        if has_word(&typed, "ID") {
            let (_, query) = WHO.iter().find(|(behind, _)| command.contains(behind)).unwrap();
            typed = typed.replace(" ID", &format!(" {}", self.id(query)));
        }
        typed
    }

    /// The id of a registration in the data directory of this user.
    fn id(&self, query: &str) -> String {
        let arguments = ["list", query, "--limit", "1", "--ndjson"];
        let listed = at_home(self.home.path(), regdesk()).args(arguments).output().unwrap();
        let line: serde_json::Value = serde_json::from_slice(&listed.stdout)
            .unwrap_or_else(|_| panic!("nobody is {query}: {}", String::from_utf8_lossy(&listed.stderr)));
        line["id"].as_str().unwrap().to_owned()
    }

    /// Waits until the shell asks for the next command, which tells how the last one has ended; or until the console
    /// is open instead.
    fn wait_for_prompt(&mut self, typed: &str) {
        let begun = Instant::now();
        loop {
            let raw = self.terminal.raw();
            let said = String::from_utf8_lossy(&raw[self.from..]).into_owned();
            if let Some(code) = said.split("[ended ").nth(1).and_then(|rest| rest.split(']').next()) {
                assert_eq!(code, "0", "{typed}\n{said}");
                self.from = raw.len();
                return;
            }
            if said.contains("\u{1b}[?1049h") && !self.console_is_open {
                self.terminal.wait_for("✓");
                self.console_is_open = true;
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "waited in vain for the end of\n{typed}\n{said}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until what was started behind the shell takes connections.
    fn wait_for_listener(&self, typed: &str) {
        let address = self.here.iter().map(|(_, here)| here).find(|here| typed.contains(here.as_str())).unwrap();
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(begun.elapsed() < PATIENCE, "nobody listens after\n{typed}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}

/// A program with nothing but a home and the usual path, on which the binary under test comes first.
fn at_home(home: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(environment(home)).current_dir(home);
    command
}

fn environment(home: &Path) -> Vec<(&'static str, String)> {
    let binaries = Path::new(regdesk()).parent().unwrap().display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    vec![
        ("HOME", home.display().to_string()),
        ("PATH", format!("{binaries}:{path}")),
        ("TERM", "xterm-256color".to_owned()),
        ("LANG", "C.UTF-8".to_owned()),
    ]
}

/// A shell that tells after each command how it has ended.
fn bash(home: &Path) -> Terminal {
    let prompts = "PS1='[ended $?]' PS2=";
    let go_home = format!("cd '{}' && exec env {prompts} bash --norc --noprofile --noediting -i", home.display());
    Terminal::start("bash", &["-c", &go_home], &environment(home), 120, 34)
}

/// A service elsewhere, with people and with a project that has webhooks.
fn service(home: &Path) -> (Child, String) {
    let filled = at_home(home, regdesk()).args(["generate", "--count", "60", "--seed", "5"]).output().unwrap();
    assert!(filled.status.success());
    let mut child = at_home(home, regdesk())
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env("REGDESK_SERVE_TOKEN", TOKEN)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, line.trim().strip_prefix("listening on http://").unwrap().to_owned())
}

/// An address at which nobody listens yet.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|found| found == word)
}

fn is_there(tool: &str) -> bool {
    Command::new("which").arg(tool).output().is_ok_and(|found| found.status.success())
}
