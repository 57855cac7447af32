//! The way to a database, encrypted.

use std::process::Command;

use regdesk::{
    backend::{Clock, HookedProjects},
    engine::{ConnectError, DatabaseLogin, Engine},
};
use tempfile::TempDir;

use crate::server::Server;

/// What a process of its own is told by.
const PORT: &str = "REGDESK_TEST_PORT";
const DATABASE: &str = "REGDESK_TEST_DATABASE";

fn open(login: DatabaseLogin) -> Result<(), ConnectError> {
    let outbox = TempDir::new().unwrap();
    let login = DatabaseLogin { host: "localhost".to_owned(), tls: true, ..login };
    Engine::connect(&login, outbox.path(), Clock::system(), HookedProjects::default()).map(drop)
}

#[test]
fn only_a_machine_whose_certificate_is_trusted_is_talked_to() {
    let Some(server) = Server::encrypted() else { return };
    let login = server.database();
    let refused = open(login.clone()).unwrap_err().to_string();
    assert!(refused.contains("cannot be reached") && refused.to_lowercase().contains("certificate"), "{refused}");
    // Whom the system trusts is read once in a process.
    let trusting = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tls::who_trusts_the_certificate_comes_in", "--ignored"])
        .env("SSL_CERT_FILE", server.certificate())
        .env(PORT, server.port.to_string())
        .env(DATABASE, &login.name)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&trusting.stdout);
    assert!(trusting.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "a part of the test before, in a process that trusts the certificate"]
fn who_trusts_the_certificate_comes_in() {
    let port = std::env::var(PORT).unwrap().parse().unwrap();
    open(crate::server::login(port, &std::env::var(DATABASE).unwrap())).unwrap();
}
