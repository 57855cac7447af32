//! Claims that consoles take: one wins, and what somebody leaves behind does not stay theirs.

use std::time::{Duration, Instant};

use regdesk::{
    backend::{Annotation, Backend, BackendError, Caller, ErrorKind},
    engine::Engine,
    model::{Registration, RegistrationId},
};

use crate::{desks::Desks, server};

/// Longer than any test takes.
const LONG: Duration = Duration::from_mins(10);

/// As short as a busy machine allows.
const SHORT: Duration = Duration::from_secs(3);

/// How long something may take beyond a lease; the machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

async fn claim(engine: &Engine, id: &RegistrationId, who: &str) -> Result<Registration, BackendError> {
    engine.annotate(id, Annotation::Claim, &Caller::operator().named(who)).await
}

async fn owner(engine: &Engine, id: &RegistrationId) -> Option<String> {
    let registration = engine.retrieve(id, &Caller::operator()).await.unwrap();
    registration.desk.claim.map(|claim| claim.by)
}

/// Waits until nobody has it; how long that took.
async fn freed(engine: &Engine, id: &RegistrationId) -> Duration {
    let began = Instant::now();
    while owner(engine, id).await.is_some() {
        assert!(began.elapsed() < SHORT + PATIENCE, "it is never given back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_consoles_that_claim_one_person_at_once_exactly_one_gets_them() {
    const ROUNDS: usize = 60;
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let _leasing = desks.engines.each_ref().map(|engine| engine.lease_claims(LONG).unwrap().unwrap());
    for round in 0..ROUNDS {
        let id = desks.create(&format!("wanted{round}")).await.id;
        let claiming = [("ana", 0), ("ben", 1)].map(|(who, at)| {
            let (engine, id) = (desks.engines[at].clone(), id.clone());
            tokio::spawn(async move { (who, claim(&engine, &id, who).await) })
        });
        let mut won = Vec::new();
        for claiming in claiming {
            match claiming.await.unwrap() {
                (who, Ok(_)) => won.push(who),
                (_, Err(error)) => assert_eq!(error.kind, ErrorKind::Conflict, "{error:?}"),
            }
        }
        assert_eq!(won.len(), 1, "{won:?}");
        assert_eq!(owner(&desks.engines[1], &id).await.as_deref(), Some(won[0]));
    }
    desks.assert_whole();
    println!("{ROUNDS} claims at two consoles at once, {ROUNDS} won, {ROUNDS} refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_goes_when_the_console_that_took_it_is_gone_without_a_word() {
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let id = desks.create("left").await.id;
    let [one, other] = desks.engines;
    let leasing = one.lease_claims(SHORT).unwrap();
    claim(&one, &id, "ana").await.unwrap();
    // Nobody renews for an engine that is gone.
    drop((leasing, one));
    let refused = claim(&other, &id, "ben").await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Conflict, "it holds for as long as its lease");
    let mut changes = other.changes().unwrap();
    let took = freed(&other, &id).await;
    assert_eq!(tokio::time::timeout(PATIENCE, changes.recv()).await.unwrap().unwrap(), id, "consoles hear of it");
    claim(&other, &id, "ben").await.unwrap();
    println!("a claim with a lease of {} s was free after {} ms", SHORT.as_secs(), took.as_millis());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_holds_for_as_long_as_its_console_lives_and_is_given_back_when_it_is_left() {
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let [held, other] = [desks.create("held").await.id, desks.create("other").await.id];
    let [one, two] = &desks.engines;
    let leasing = one.lease_claims(SHORT).unwrap().unwrap();
    claim(one, &held, "ana").await.unwrap();
    claim(two, &other, "ben").await.unwrap();
    tokio::time::sleep(SHORT * 3).await;
    assert_eq!(claim(two, &held, "ben").await.unwrap_err().kind, ErrorKind::Conflict, "it was renewed");
    leasing.end().await.unwrap();
    assert_eq!(owner(two, &held).await, None);
    assert_eq!(owner(two, &other).await.as_deref(), Some("ben"), "it was not of that console");
    assert_eq!(server.sql(&desks.login.name, "select count(*) from regdesk_leases"), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_command_has_claimed_stays_claimed_also_when_a_console_claims_it_again() {
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let id = desks.create("kept").await.id;
    let [console, command] = &desks.engines;
    let leases = || server.sql(&desks.login.name, "select count(*) from regdesk_leases");
    let leasing = console.lease_claims(SHORT).unwrap().unwrap();
    claim(command, &id, "ana").await.unwrap();
    claim(console, &id, "ana").await.unwrap();
    assert_eq!(leases(), "0");
    console.annotate(&id, Annotation::Release, &Caller::operator().named("ana")).await.unwrap();
    claim(console, &id, "ana").await.unwrap();
    assert_eq!(leases(), "1");
    claim(command, &id, "ana").await.unwrap();
    assert_eq!(leases(), "0", "a command claims for good");
    leasing.end().await.unwrap();
    assert_eq!(owner(command, &id).await.as_deref(), Some("ana"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_console_that_renews_late_and_others_who_wait_for_its_end_nobody_takes_what_is_held() {
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let [one, other] = &desks.engines;
    let _leasing = one.lease_claims(LONG).unwrap();
    let id = desks.create("late").await.id;
    claim(one, &id, "ana").await.unwrap();
    let set = |until: &str| {
        server.sql(&desks.login.name, &format!("update regdesk_leases set until = now() {until} interval '1 minute'"))
    };
    // Over, and renewed before anybody has looked: whichever comes first, there is one owner and one truth.
    for _ in 0..20 {
        set("-");
        set("+");
        match claim(other, &id, "ben").await {
            Ok(_) => {
                assert_eq!(owner(one, &id).await.as_deref(), Some("ben"));
                other.annotate(&id, Annotation::Release, &Caller::operator().named("ben")).await.unwrap();
                claim(one, &id, "ana").await.unwrap();
            }
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::Conflict, "{error:?}");
                assert_eq!(owner(one, &id).await.as_deref(), Some("ana"));
            }
        }
    }
    desks.assert_whole();
}
