//! Two desks follow each other.

use std::{collections::HashSet, time::Duration};

use regdesk::{
    backend::{Annotation, Backend, Caller, ErrorKind, Feed, FeedPosition},
    model::RegistrationId,
};
use tokio::{sync::broadcast::Receiver, time};

use crate::{
    desks::{Desks, note},
    server,
};

/// What is promised is a second; the machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(20);

async fn told(changes: &mut Receiver<RegistrationId>, id: &RegistrationId) {
    let told = async { while changes.recv().await.unwrap() != *id {} };
    time::timeout(PATIENCE, told).await.expect("the change never came");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_desk_does_the_other_is_told() {
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let mut changes = desks.engines[1].changes().unwrap();
    let id = desks.create("noticed").await.id;
    told(&mut changes, &id).await;
    let began = time::Instant::now();
    note(&desks.engines[0], &id, "Called.").await.unwrap();
    told(&mut changes, &id).await;
    println!("a change came to the other desk after {} ms", began.elapsed().as_millis());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_is_told_once_of_what_it_did_itself() {
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let mut changes = desks.engines[0].changes().unwrap();
    let own = desks.create("own").await.id;
    let theirs = desks.engines[1].create(crate::desks::someone("theirs"), &Caller::operator()).await.unwrap();
    let mut seen = Vec::new();
    while seen.last() != Some(&theirs.registration.id) {
        seen.push(time::timeout(PATIENCE, changes.recv()).await.unwrap().unwrap());
    }
    assert_eq!(seen.iter().filter(|id| **id == own).count(), 1, "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_claims_at_one_desk_nobody_else_gets_at_the_other() {
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let id = desks.create("wanted").await.id;
    let [one, other] = &desks.engines;
    one.annotate(&id, Annotation::Claim, &Caller::operator().named("ana")).await.unwrap();
    let refused = other.annotate(&id, Annotation::Claim, &Caller::operator().named("ben")).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Conflict, "{refused:?}");
    assert_eq!(desks.read(&id).await.desk.claim.unwrap().by, "ana");
}

/// Everybody who has changed since, however many it takes to ask.
async fn since(feed: &dyn Feed, mut place: FeedPosition, most: usize) -> (HashSet<RegistrationId>, FeedPosition) {
    let mut all = HashSet::new();
    loop {
        let (ids, reached) = feed.since(place, most).await.unwrap().expect("the place is known");
        all.extend(ids);
        if reached == place {
            return (all, place);
        }
        place = reached;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_is_told_who_has_changed_since_and_nobody_else() {
    let Some(server) = server::shared() else { return };
    let desks = Desks::over(server.database());
    let [one, other] = &desks.engines;
    desks.create("before").await;
    let start = one.position().await.unwrap();
    assert_eq!(since(other, start, 100).await, (HashSet::new(), start));
    let mut wanted = HashSet::new();
    for number in 0..12 {
        wanted.insert(desks.create(&format!("person{number}")).await.id);
    }
    for most in [1, 5, 100] {
        let (found, end) = since(other, start, most).await;
        assert_eq!(found, wanted, "{most} at a time");
        assert_eq!(since(one, end, most).await.0, HashSet::new());
    }
    let nowhere = FeedPosition { number: 7, mark: 0 };
    assert_eq!(one.since(nowhere, 10).await.unwrap(), None);
}
