//! Two desks at one registration, at the same time.

use std::collections::HashSet;

use regdesk::{
    backend::{Backend, BackendError, Caller, Channel, ErrorKind, ListRequest, SyncRequest, SyncStep},
    engine::Engine,
    model::{Registration, RegistrationId, Status},
};
use secrecy::SecretString;
use tokio::task::JoinSet;

use crate::{
    desks::{Desks, someone},
    server,
};

async fn decide(engine: Engine, id: RegistrationId, to: Status, seen: u64) -> Result<Registration, BackendError> {
    let request = SyncRequest {
        step: Some((SyncStep::AdminOverride, to)),
        note: Some("seen by a person".to_owned()),
        seen_version: Some(seen),
    };
    engine.sync(&id, request, &Caller::operator()).await.map(|outcome| outcome.registration)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_decisions_on_one_version_exactly_one_wins() {
    const ROUNDS: usize = 100;
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let [one, other] = desks.engines.clone();
    for round in 0..ROUNDS {
        let seen = desks.create(&format!("person{round}")).await;
        let (id, version) = (seen.id.clone(), seen.version);
        let first = tokio::spawn(decide(one.clone(), id.clone(), Status::Failed, version));
        let second = tokio::spawn(decide(other.clone(), id.clone(), Status::Completed, version));
        let outcomes = [first.await.unwrap(), second.await.unwrap()];
        let won: Vec<&Registration> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
        let lost: Vec<&BackendError> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
        assert_eq!((won.len(), lost.len()), (1, 1), "{outcomes:?}");
        assert_eq!(lost[0].kind, ErrorKind::Conflict, "{lost:?}");
        let stored = desks.read(&id).await;
        assert_eq!((&stored.status, stored.reviews.len()), (&won[0].status, 1));
    }
    desks.assert_whole();
    println!("{ROUNDS} pairs of decisions, {ROUNDS} won, {ROUNDS} saw the conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_wrong_codes_at_two_desks_at_once_exactly_as_many_are_tried_as_are_allowed() {
    const ROUNDS: usize = 10;
    const TRIES: usize = 24;
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let mut tried = 0;
    for round in 0..ROUNDS {
        let id = desks.create(&format!("person{round}")).await.id;
        let sent = desks.engines[0].send_code(&id, Channel::Email, &Caller::operator()).await.unwrap();
        let limit = sent.checks.email.and_then(|code| code.max_attempts).unwrap();
        let mut entering = JoinSet::new();
        for number in 0..TRIES {
            let (engine, id) = (desks.engines[number % 2].clone(), id.clone());
            entering.spawn(async move {
                let wrong = SecretString::from("not-it");
                engine.enter_code(&id, Channel::Email, wrong, &Caller::operator()).await.unwrap_err().kind
            });
        }
        let kinds = entering.join_all().await;
        let wrong = kinds.iter().filter(|kind| **kind == ErrorKind::WrongCode).count();
        let refused = kinds.iter().filter(|kind| matches!(kind, ErrorKind::TooMany { retry_after: None })).count();
        assert_eq!((wrong, refused), (limit as usize, TRIES - limit as usize), "{kinds:?}");
        assert_eq!(desks.read(&id).await.checks.email.unwrap().attempts, limit);
        tried += wrong;
    }
    desks.assert_whole();
    println!("{} wrong codes at two desks, {tried} tried, the others refused", ROUNDS * TRIES);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_register_one_contact_at_two_desks_one_is_told_that_it_is_taken() {
    const ROUNDS: usize = 40;
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    for round in 0..ROUNDS {
        let creating = desks.engines.clone().map(|engine| {
            let request = someone(&format!("person{round}"));
            tokio::spawn(async move { engine.create(request, &Caller::operator()).await })
        });
        let mut created = 0;
        for outcome in creating {
            match outcome.await.unwrap() {
                Ok(_) => created += 1,
                Err(error) => assert_eq!(error.code.as_deref(), Some("email_is_registered_already"), "{error:?}"),
            }
        }
        assert_eq!(created, 1);
    }
    assert_eq!(desks.engines[1].list(ListRequest::page(1, 1)).await.unwrap().total, Some(ROUNDS as u64));
    desks.assert_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_write_at_two_desks_is_counted_and_listed_once() {
    const WRITERS: usize = 8;
    const EACH: usize = 12;
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let engine = desks.engines[writer % 2].clone();
        writers.spawn(async move {
            for number in 0..EACH {
                let request = someone(&format!("person{writer}-{number}"));
                let created = engine.create(request, &Caller::operator()).await.unwrap().registration;
                if number % 2 == 0 {
                    decide(engine.clone(), created.id, Status::Failed, created.version).await.unwrap();
                }
            }
        });
    }
    writers.join_all().await;
    let all = (WRITERS * EACH) as u64;
    let list = async |statuses: Vec<Status>, page| {
        desks.engines[1].list(ListRequest { statuses, ..ListRequest::page(page, 20) }).await.unwrap()
    };
    let mut seen = HashSet::new();
    for page in 1..=all.div_ceil(20) {
        seen.extend(list(vec![], page as u32).await.registrations.into_iter().map(|row| row.id));
    }
    assert_eq!((seen.len() as u64, list(vec![], 1).await.total), (all, Some(all)));
    assert_eq!(list(vec![Status::Failed], 1).await.total, Some(all / 2));
    desks.assert_whole();
}
