#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::DateTime;

use super::{Movement, Mover};
use crate::backend::{Backend as _, Caller, Clock, ListRequest, ResendRequest, SyncRequest, SyncStep};
use crate::demo::{People, load};
use crate::engine::Engine;
use crate::model::{Registration, RegistrationId, Status, StepKind};

/// A desk whose clock goes on by hand.
struct Scene {
    engine: Engine,
    mover: Mover,
    seconds: Arc<AtomicI64>,
}

impl Scene {
    async fn with(count: u64) -> Self {
        let seconds = Arc::new(AtomicI64::new(1_780_000_000));
        let read = Arc::clone(&seconds);
        let clock = Clock::new(move || DateTime::from_timestamp(read.load(Ordering::SeqCst), 0).unwrap());
        let engine = Engine::in_memory(clock.clone()).unwrap();
        let people = People::of(&engine, 1, clock.now()).await.unwrap();
        let (people, _) = load(&engine, people, count, |_| {}).await.unwrap();
        let mover = Mover::new(engine.clone(), clock, people, 1);
        Self { engine, mover, seconds }
    }

    async fn steps(&mut self, count: usize) {
        for _ in 0..count {
            self.seconds.fetch_add(2, Ordering::SeqCst);
            self.mover.step().await;
        }
    }

    async fn all(&self) -> Vec<Registration> {
        let mut all = Vec::new();
        for page in 1.. {
            let rows = self.engine.list(ListRequest::page(page, ListRequest::MAX_LIMIT)).await.unwrap().registrations;
            if rows.is_empty() {
                return all;
            }
            all.extend(rows);
        }
        all
    }

    async fn somebody(&self, wish: impl Fn(&Registration) -> bool) -> RegistrationId {
        self.all().await.into_iter().find(wish).expect("nobody is like that").id
    }
}

fn versions(people: &[Registration]) -> BTreeSet<(RegistrationId, u64)> {
    people.iter().map(|registration| (registration.id.clone(), registration.version)).collect()
}

#[tokio::test]
async fn people_under_way_get_on_finish_and_are_joined_by_new_ones() {
    let mut scene = Scene::with(300).await;
    let before = scene.all().await;
    scene.mover.gather().await;
    assert!(scene.mover.under_way.len() >= 5, "{}", scene.mover.under_way.len());
    scene.steps(900).await;
    let after = scene.all().await;
    let (old, new) = (versions(&before), versions(&after));
    assert!(new.difference(&old).count() >= 40);
    let newcomers: Vec<_> = after.iter().filter(|now| before.iter().all(|then| then.id != now.id)).collect();
    assert!(newcomers.len() >= 20, "{}", newcomers.len());
    assert!(newcomers.iter().any(|registration| registration.status == Status::Completed));
    assert!(newcomers.iter().any(|registration| !registration.failed_attempts.is_empty()));
    let reached: BTreeSet<_> = newcomers
        .iter()
        .flat_map(|registration| &registration.steps)
        .filter(|step| step.state.is_settled())
        .map(|step| step.kind.clone())
        .collect();
    assert!(reached.contains(&StepKind::CriminalHistory) && reached.contains(&StepKind::Signature), "{reached:?}");
}

#[tokio::test]
async fn movement_repeats_for_a_seed() {
    let run = async || {
        let mut scene = Scene::with(120).await;
        scene.mover.gather().await;
        scene.steps(120).await;
        serde_json::to_string(&scene.all().await).unwrap()
    };
    assert_eq!(run().await, run().await);
}

#[tokio::test]
async fn a_fresh_link_brings_somebody_back() {
    let mut scene = Scene::with(150).await;
    let id = scene.somebody(|registration| registration.status == Status::Expired).await;
    assert!(!scene.mover.under_way.contains(&id));
    scene.engine.resend(&id, ResendRequest::default(), &Caller::operator()).await.unwrap();
    scene.steps(1).await;
    assert!(scene.mover.under_way.contains(&id));
}

#[tokio::test]
async fn whoever_the_desk_has_decided_on_moves_no_more() {
    let mut scene = Scene::with(150).await;
    scene.mover.gather().await;
    let id = scene.mover.under_way.first().cloned().unwrap();
    scene.mover.under_way.retain(|other| *other == id);
    let step = Some((SyncStep::AdminOverride, Status::Failed));
    let request = SyncRequest { step, note: Some("test".to_owned()), seen_version: None };
    let decided = scene.engine.sync(&id, request, &Caller::operator()).await.unwrap().registration;
    scene.steps(60).await;
    assert!(!scene.mover.under_way.contains(&id));
    let now = scene.engine.retrieve(&id, &Caller::operator()).await.unwrap();
    assert_eq!((now.status, now.version), (Status::Failed, decided.version));
}

#[tokio::test]
async fn movement_ends_with_its_handle() {
    let scene = Scene::with(0).await;
    let movement = Movement::start(scene.mover, 100.0);
    let task = movement.0.abort_handle();
    assert!(!task.is_finished());
    drop(movement);
    while !task.is_finished() {
        tokio::task::yield_now().await;
    }
}
