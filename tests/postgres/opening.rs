//! Coming to a database for the first time, with the wrong one, and with others.

use std::thread;

use regdesk::{
    backend::{Backend, Clock, HookedProjects},
    engine::{ConnectError, DatabaseLogin, Engine},
};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::{
    desks::Desks,
    server::{self, PASSWORD},
};

fn open(login: &DatabaseLogin) -> Result<Engine, ConnectError> {
    let outbox = TempDir::new().unwrap();
    Engine::connect(login, outbox.path(), Clock::system(), HookedProjects::default())
}

fn refusal(login: &DatabaseLogin) -> String {
    open(login).err().expect("it was opened").to_string()
}

#[test]
fn of_many_who_come_first_one_makes_the_tables_and_all_come_in() {
    let Some(server) = server::shared() else { return };
    let login = server.database();
    thread::scope(|scope| {
        let opened: Vec<_> = (0..6).map(|_| scope.spawn(|| open(&login).map(drop))).collect();
        for opened in opened {
            opened.join().unwrap().unwrap();
        }
    });
    assert_eq!(server.sql(&login.name, "select count(*) from regdesk_turns"), "0");
    assert_eq!(server.sql(&login.name, "select count(*) from regdesk_projects"), "3");
}

#[test]
fn a_turn_that_somebody_left_behind_runs_out() {
    let Some(server) = server::shared() else { return };
    let login = server.database();
    drop(open(&login).unwrap());
    server.sql(&login.name, "delete from regdesk_meta where name = 'format'");
    server.sql(&login.name, "insert into regdesk_turns values ('schema', 7, now() + interval '1 second')");
    drop(open(&login).unwrap());
    assert_eq!(server.sql(&login.name, "select value from regdesk_meta where name = 'format'"), "2");
}

#[test]
fn a_store_of_a_later_version_is_left_alone() {
    let Some(server) = server::shared() else { return };
    let login = server.database();
    drop(open(&login).unwrap());
    server.sql(&login.name, "update regdesk_meta set value = 99 where name = 'format'");
    let message = refusal(&login);
    assert!(message.contains("has format 99") && message.contains("as new as that"), "{message}");
}

#[test]
fn who_is_not_let_in_is_told_so_without_the_password() {
    let Some(server) = server::shared() else { return };
    let login = DatabaseLogin { password: Some(SecretString::from("a-wrong-word")), ..server.database() };
    let message = refusal(&login);
    assert!(message.contains("does not let this user in") && !message.contains("a-wrong-word"), "{message}");
    let nowhere = refusal(&server.login("nowhere"));
    assert!(nowhere.contains("there is no such database"), "{nowhere}");
}

#[test]
fn a_machine_that_speaks_no_tls_is_refused_where_tls_is_needed() {
    let Some(server) = server::shared() else { return };
    let message = refusal(&DatabaseLogin { tls: true, ..server.database() });
    assert!(message.contains("cannot be reached") && message.contains("TLS"), "{message}");
}

#[test]
fn nobody_there_is_told_with_the_place() {
    let login = DatabaseLogin {
        host: "127.0.0.1".to_owned(),
        port: 1,
        user: "regdesk".to_owned(),
        name: "regdesk".to_owned(),
        password: Some(SecretString::from(PASSWORD)),
        tls: false,
    };
    let message = refusal(&login);
    assert!(message.contains("127.0.0.1:1/regdesk cannot be reached"), "{message}");
}

#[tokio::test]
async fn an_engine_is_opened_and_let_go_on_threads_that_run_tasks() {
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    assert_eq!(desks.engines[1].projects().await.unwrap().len(), 3);
    drop(desks);
}
