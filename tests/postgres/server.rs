//! A PostgreSQL of the tests' own, on loopback and with a directory of its own: one for all tests of a process, and a
//! fresh database for each. Where none is installed, tests say that they are skipped; where `CI=true`, they fail.

#![allow(dead_code, reason = "each test binary uses its part of it")]
#![allow(clippy::print_stderr, reason = "whoever runs the tests is told what was skipped")]

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use regdesk::engine::DatabaseLogin;
use secrecy::SecretString;

pub const USER: &str = "regdesk";
pub const PASSWORD: &str = "password-of-the-tests";

/// How long it may take to come up; after a kill it goes through its log first.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where Debian puts the programs of each version.
const INSTALLED: &str = "/usr/lib/postgresql";

/// A running server. Dropped or not, it ends with the process.
pub struct Server {
    pub port: u16,
    programs: PathBuf,
    directory: PathBuf,
    is_encrypted: bool,
    running: Mutex<Option<Child>>,
}

/// The server that all tests of this process share; `None`, and a word on standard error, where there can be none.
pub fn shared() -> Option<&'static Server> {
    static SHARED: OnceLock<Option<Server>> = OnceLock::new();
    SHARED.get_or_init(Server::new).as_ref()
}

impl Server {
    /// A server of one's own, to be killed for example.
    pub fn new() -> Option<Self> {
        Self::begun(false)
    }

    /// A server that speaks TLS as well, with a certificate that nobody has signed.
    pub fn encrypted() -> Option<Self> {
        Self::begun(true)
    }

    fn begun(is_encrypted: bool) -> Option<Self> {
        let Some(programs) = programs() else {
            let missing = "there is no PostgreSQL on this machine (Debian: apt-get install postgresql)";
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{missing}");
            eprintln!("skipped: {missing}");
            return None;
        };
        let directory = directory();
        copy(&template(&programs), &directory);
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        if is_encrypted {
            certify(&directory);
        }
        let server = Self { port, programs, directory, is_encrypted, running: Mutex::default() };
        server.start();
        Some(server)
    }

    /// Starts it again after a kill, and waits until it lets somebody in.
    pub fn start(&self) {
        let mut command = as_somebody(&self.programs.join("postgres"));
        let ssl = if self.is_encrypted { "ssl=on" } else { "ssl=off" };
        let bounds = ["max_connections=300", "shared_buffers=64MB", "unix_socket_directories=", ssl];
        command.arg("-D").arg(&self.directory).args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        for bound in bounds {
            command.args(["-c", bound]);
        }
        command.stdout(Stdio::null()).stderr(fs::File::create(self.directory.with_extension("log")).unwrap());
        *self.running.lock().unwrap() = Some(spawned_for_good(command));
        let began = Instant::now();
        while !self.answers() {
            assert!(began.elapsed() < PATIENCE, "the server does not come up: {}", self.directory.display());
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn answers(&self) -> bool {
        self.try_sql("postgres", "select 1").is_ok()
    }

    /// Ends it in the middle of whatever it does, and all that it serves.
    pub fn kill(&self) {
        if let Some(mut child) = self.running.lock().unwrap().take() {
            child.kill().unwrap();
            child.wait().unwrap();
            // Those it has begun go a moment later; a new one refuses to come up before.
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// A fresh database.
    pub fn database(&self) -> DatabaseLogin {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("test{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("create database {name}"));
        self.login(&name)
    }

    /// The way into a database.
    pub fn login(&self, name: &str) -> DatabaseLogin {
        login(self.port, name)
    }

    /// The file of its certificate.
    pub fn certificate(&self) -> PathBuf {
        self.directory.join("server.crt")
    }

    /// Says something to a database, past the program; what it answers, a line a row, columns apart by `|`.
    #[track_caller]
    pub fn sql(&self, database: &str, statement: &str) -> String {
        self.try_sql(database, statement).unwrap_or_else(|reason| panic!("{statement}: {reason}"))
    }

    fn try_sql(&self, database: &str, statement: &str) -> Result<String, String> {
        let port = self.port.to_string();
        let output = Command::new(self.programs.join("psql"))
            .args(["-h", "127.0.0.1", "-p", &port, "-U", USER, "-d", database, "-AtqX", "-v", "ON_ERROR_STOP=1"])
            .args(["-c", statement])
            .env("PGPASSWORD", PASSWORD)
            .env("PGCONNECT_TIMEOUT", "5")
            .output()
            .unwrap();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }
}

/// The way into a database of a server.
pub fn login(port: u16, name: &str) -> DatabaseLogin {
    DatabaseLogin {
        host: "127.0.0.1".to_owned(),
        port,
        user: USER.to_owned(),
        name: name.to_owned(),
        password: Some(SecretString::from(PASSWORD)),
        tls: false,
    }
}

/// Makes a certificate for `localhost`, where the server looks for it.
fn certify(directory: &Path) {
    let mut openssl = as_somebody(Path::new("openssl"));
    openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]);
    openssl.args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"]);
    openssl.arg("-keyout").arg(directory.join("server.key")).arg("-out").arg(directory.join("server.crt"));
    run(&mut openssl);
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().to_owned()
}

/// The programs of the newest version that is installed.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir(INSTALLED).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.filter(|path| path.join("bin/initdb").exists()).max_by_key(number)?;
    Some(newest.join("bin"))
}

/// A program that ends when this process does. PostgreSQL refuses to be run by root, so root is somebody else for it.
fn as_somebody(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if is_root() {
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]);
    }
    command.args(["--pdeathsig", "KILL"]).arg(program).current_dir("/").stdin(Stdio::null());
    command
}

fn is_root() -> bool {
    std::env::var("USER").as_deref() == Ok("root") || text(&run(Command::new("id").arg("-u")).stdout) == "0"
}

#[track_caller]
fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", text(&output.stderr));
    output
}

/// Starts a program from a thread that stays: its end would be taken for the end of the process.
fn spawned_for_good(mut command: Command) -> Child {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        sender.send(command.spawn().unwrap()).unwrap();
        loop {
            thread::park();
        }
    });
    receiver.recv().unwrap()
}

/// A data directory that was made once, to be copied: making one takes seconds.
fn template(programs: &Path) -> PathBuf {
    let version = text(&run(Command::new(programs.join("postgres")).arg("--version")).stdout);
    let version: String = version.chars().filter(char::is_ascii_alphanumeric).collect();
    let user = text(&run(Command::new("id").arg("-u")).stdout);
    let made = std::env::temp_dir().join(format!("regdesk-{version}-{user}"));
    if !made.exists() {
        let part = made.with_file_name(format!("regdesk-{version}-{user}-{}", std::process::id()));
        let password = part.with_extension("password");
        fs::write(&password, PASSWORD).unwrap();
        let mut initdb = as_somebody(&programs.join("initdb"));
        initdb.arg("-D").arg(&part).arg("--pwfile").arg(&password);
        run(initdb.args(["-U", USER, "-A", "scram-sha-256", "-E", "UTF8", "--locale", "C", "--no-sync"]));
        fs::remove_file(password).unwrap();
        // Somebody else may have been quicker.
        if fs::rename(&part, &made).is_err() {
            fs::remove_dir_all(&part).unwrap();
        }
    }
    made
}

fn copy(from: &Path, to: &Path) {
    run(Command::new("cp").arg("-a").arg(from).arg(to));
}

/// A place for a data directory. Those of processes that are gone are cleared away.
fn directory() -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    const NAME: &str = "regdesk-postgres-of-";
    let parent = std::env::temp_dir();
    for entry in fs::read_dir(&parent).unwrap().filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix(NAME).and_then(|rest| rest.split(['-', '.']).next());
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            let _ = fs::remove_dir_all(entry.path()).or_else(|_| fs::remove_file(entry.path()));
        }
    }
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    parent.join(format!("{NAME}{}-{number}", std::process::id()))
}
