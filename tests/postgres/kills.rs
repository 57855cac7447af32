//! Something breaks in the middle: the database is killed, connections are cut. What was acknowledged is there once,
//! what was refused is not there, and what nobody knows is there at most once.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use regdesk::{
    backend::{Backend, Caller, ErrorKind, ListRequest},
    engine::Engine,
    model::RegistrationId,
};
use tokio::time::sleep;

use crate::{
    desks::{Desks, note},
    server::{self, Server},
};

/// Registrations that are written to.
const PEOPLE: usize = 12;

/// Who writes at once.
const WRITERS: usize = 6;

/// What became of each note.
#[derive(Default)]
struct Ledger {
    number: AtomicU64,
    kept: Mutex<HashSet<String>>,
    refused: Mutex<HashSet<String>>,
    unsure: Mutex<HashSet<String>>,
}

impl Ledger {
    /// Writes notes until told to stop.
    async fn write(&self, engine: &Engine, people: &[RegistrationId], stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            let number = self.number.fetch_add(1, Ordering::Relaxed);
            let text = format!("note {number}");
            match note(engine, &people[number as usize % PEOPLE], &text).await {
                Ok(_) => drop(self.kept.lock().unwrap().insert(text)),
                Err(error) if error.kind == ErrorKind::TimedOut => drop(self.unsure.lock().unwrap().insert(text)),
                Err(error) => {
                    assert!(matches!(error.kind, ErrorKind::Unreachable | ErrorKind::TooMany { .. }), "{error:?}");
                    assert!(error.message.starts_with("Nothing was done"), "{error:?}");
                    self.refused.lock().unwrap().insert(text);
                    sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    /// Holds what is there against what was said.
    async fn assert_true(&self, name: &str, desks: &Desks, people: &[RegistrationId]) {
        let mut found: HashMap<String, usize> = HashMap::new();
        for id in people {
            for note in desks.read(id).await.desk.notes {
                *found.entry(note.text.reveal().to_owned()).or_default() += 1;
            }
        }
        let (kept, refused) = (self.kept.lock().unwrap(), self.refused.lock().unwrap());
        let lost = kept.iter().filter(|text| !found.contains_key(*text)).count();
        let twice = found.values().filter(|times| **times > 1).count();
        let denied = refused.iter().filter(|text| found.contains_key(*text)).count();
        let (unsure, there) = {
            let unsure = self.unsure.lock().unwrap();
            (unsure.len(), unsure.iter().filter(|text| found.contains_key(*text)).count())
        };
        println!(
            "{name}: {} acknowledged, {lost} lost, {twice} twice; {} refused, {denied} of them there; nobody knew of \
             {unsure}, {there} of them there",
            kept.len(),
            refused.len()
        );
        assert_eq!((lost, twice, denied), (0, 0, 0));
        assert!(kept.len() > 20, "there was hardly anything to be lost");
        desks.assert_whole();
    }
}

/// Writes at two desks while something is done to what they share.
async fn while_writing(name: &str, desks: &Desks, harm: impl AsyncFnOnce()) {
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(desks.create(&format!("person{number}")).await.id);
    }
    let (ledger, stop) = (Ledger::default(), AtomicBool::new(false));
    let writers = (0..WRITERS).map(|writer| ledger.write(&desks.engines[writer % 2], &people, &stop));
    let harmed = async {
        harm().await;
        // Long enough for all to find their way back.
        sleep(Duration::from_secs(3)).await;
        stop.store(true, Ordering::Relaxed);
    };
    tokio::join!(futures_util::future::join_all(writers), harmed);
    ledger.assert_true(name, desks, &people).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kills_of_the_database() {
    const KILLS: u64 = 6;
    let Some(server) = Server::new() else { return };
    let desks = Desks::over(server.database());
    while_writing("database killed six times", &desks, async || {
        for kill in 0..KILLS {
            sleep(Duration::from_millis(300 + 70 * kill)).await;
            tokio::task::block_in_place(|| {
                server.kill();
                server.start();
            });
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_cut_connections() {
    const CUTS: u64 = 40;
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let cut = format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{}' and pid <> pg_backend_pid()",
        desks.login.name
    );
    while_writing("connections cut forty times", &desks, async || {
        for number in 0..CUTS {
            sleep(Duration::from_millis(40 + 7 * (number % 11))).await;
            tokio::task::block_in_place(|| server.sql("postgres", &cut));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_everybody_is_told_so_and_afterwards_all_goes_on() {
    let Some(server) = Server::new() else { return };
    let desks = Desks::over(server.database());
    let person = desks.create("person").await.id;
    tokio::task::block_in_place(|| server.kill());
    for _ in 0..20 {
        let read = desks.engines[0].retrieve(&person, &Caller::operator()).await.unwrap_err();
        assert_eq!(read.kind, ErrorKind::Unreachable, "{read:?}");
        let written = note(&desks.engines[1], &person, "never").await.unwrap_err();
        assert_eq!(written.kind, ErrorKind::Unreachable, "{written:?}");
        assert!(written.message.contains("the database cannot be reached"), "{written:?}");
    }
    tokio::task::block_in_place(|| server.start());
    let back = async || loop {
        match desks.engines[0].list(ListRequest::page(1, 10)).await {
            Ok(page) => return page,
            Err(error) => assert_eq!(error.kind, ErrorKind::Unreachable, "{error:?}"),
        }
        sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(back().await.registrations[0].id, person);
    assert!(desks.read(&person).await.desk.notes.is_empty());
}
