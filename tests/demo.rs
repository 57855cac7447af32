//! The people of the demo: who they are, what they do, and that every rule of the desk has somebody to show.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta};
use regdesk::backend::{Backend as _, CallerKind, Clock, ListRequest, SyncStep};
use regdesk::demo;
use regdesk::engine::{
    Engine, Script,
    core::{self, Command},
};
use regdesk::index::Index;
use regdesk::model::{DocumentKind, Flow, Outcome, Project, Registration, Status, StepKind, StepState, Timestamp};
use regdesk::triage::{self, Act, Context, LinkIndex, LinkKind};

fn now() -> Timestamp {
    DateTime::from_timestamp(1_780_000_000, 0).unwrap()
}

async fn catalog() -> (Vec<Project>, Vec<Flow>) {
    let engine = Engine::in_memory(Clock::fixed(now())).unwrap();
    (engine.projects().await.unwrap(), engine.flows().await.unwrap())
}

async fn scripts(count: u64, seed: u64) -> Vec<Script> {
    let (projects, flows) = catalog().await;
    demo::generate(count, seed, now(), &projects, &flows).unwrap().collect()
}

/// What the scripts lead to; a script that the rules refuse fails the test.
fn played(scripts: &[Script]) -> Vec<Registration> {
    let end = |script: &Script| match core::fold(script) {
        Ok(Some((state, _))) => *state.registration,
        Ok(None) => panic!("an empty script"),
        Err(refusal) => panic!("{} ({}): {script:?}", refusal, refusal.code),
    };
    scripts.iter().map(end).collect()
}

async fn people(count: u64, seed: u64) -> Vec<Registration> {
    played(&scripts(count, seed).await)
}

fn links(people: &[Registration]) -> LinkIndex {
    let mut links = LinkIndex::default();
    for registration in people {
        links.insert(registration);
    }
    links
}

#[tokio::test]
async fn there_are_as_many_people_as_asked_for_each_with_an_id_of_its_own() {
    for count in [0, 1, 10, 400, 5_000] {
        let people = people(count, 1).await;
        let ids: BTreeSet<_> = people.iter().map(|registration| &registration.id).collect();
        assert_eq!((people.len(), ids.len()), (count as usize, count as usize));
    }
}

#[tokio::test]
async fn the_same_arguments_give_the_same_bytes_and_another_seed_gives_other_people() {
    let text = |people: &[Registration]| serde_json::to_string(people).unwrap();
    let first = people(150, 7).await;
    assert_eq!(text(&first), text(&people(150, 7).await));
    assert_eq!(text(&first[..60]), text(&people(60, 7).await), "fewer people are the first of many");
    assert!(first[0].contact != people(1, 8).await[0].contact);
}

#[tokio::test]
async fn an_id_begins_with_the_second_of_creation_and_nothing_lies_in_the_future() {
    for registration in people(400, 1).await {
        let second = i64::from_str_radix(&registration.id.as_str()[..8], 16).unwrap();
        assert_eq!(second, registration.created_at.timestamp());
        assert_eq!(registration.id.as_str().len(), 24);
        assert!(registration.updated_at <= now() && registration.created_at <= registration.updated_at);
        let open = matches!(registration.status, Status::Started | Status::Ongoing);
        assert!(!open || registration.expires_at.unwrap() > now(), "{} should have expired", registration.id);
    }
}

#[tokio::test]
async fn every_rule_fires_on_somebody_whatever_the_seed() {
    for seed in [1, 2, 7] {
        let people = people(400, seed).await;
        let links = links(&people);
        let judged = people.iter().map(|registration| triage::judge(registration, Context::new(&links, now())));
        let fired: BTreeSet<String> =
            judged.flat_map(|judgement| judgement.flags).map(|flag| flag.rule.into_owned()).collect();
        let silent: Vec<_> = triage::rules().map(|rule| rule.id).filter(|rule| !fired.contains(*rule)).collect();
        assert_eq!(silent, Vec::<&str>::new(), "seed {seed}");
    }
}

#[tokio::test]
async fn every_way_of_being_stuck_blocks_somebody_of_the_default_demo() {
    let people = people(400, 1).await;
    let mut index = Index::default();
    index.upsert(people.into_iter().map(Arc::new).collect(), now());
    let blocked: BTreeSet<_> = index
        .entries()
        .filter_map(|entry| triage::blocker(&entry.registration, index.context(now())))
        .map(|way| way.reason)
        .collect();
    let free: Vec<_> = triage::WAYS.iter().map(|way| way.id).filter(|way| !blocked.contains(way)).collect();
    assert_eq!(free, Vec::<&str>::new());
}

#[tokio::test]
async fn nothing_that_the_desk_offers_is_refused_by_the_rules() {
    let operator = CallerKind::Operator;
    let states = scripts(400, 1).await.into_iter().map(|script| core::fold(&script).unwrap().unwrap().0);
    let states: BTreeMap<_, _> = states.map(|state| (state.registration.id.clone(), state)).collect();
    let mut index = Index::default();
    index.upsert(states.values().map(|state| Arc::new(Registration::clone(&state.registration))).collect(), now());
    let mut tried = BTreeSet::new();
    for (id, state) in &states {
        let Some(blocker) = triage::blocker(&state.registration, index.context(now())) else { continue };
        let command = match blocker.act {
            Act::Resend => Command::Resend { token: core::Digest::of_token("fresh"), send_email: false },
            Act::Sync => Command::Sync(core::Sync::recompute(operator)),
            Act::Decide | Act::Claim => {
                Command::Sync(core::Sync::report(SyncStep::AdminOverride, Status::Failed, operator))
            }
            _ => continue,
        };
        let subject = blocker.about.as_ref().map_or(state, |about| &states[about]);
        let outcome = core::advance(Some(subject.clone()), &command, now());
        assert!(outcome.is_ok(), "{} {}: {:?}", id, blocker.reason, outcome.err());
        tried.insert(blocker.reason);
    }
    assert!(tried.len() >= 20, "{tried:?}");
}

#[tokio::test]
async fn every_status_step_state_result_and_document_is_there() {
    let people = people(400, 1).await;
    let statuses: BTreeSet<_> = people.iter().map(|registration| registration.status.clone()).collect();
    assert_eq!(statuses.len(), Status::ALL.len() + 1, "every one, and one that nobody knows: {statuses:?}");

    let steps = || people.iter().flat_map(|registration| &registration.steps);
    let done: BTreeSet<_> =
        steps().filter(|step| step.state == StepState::Completed).map(|step| step.kind.clone()).collect();
    assert_eq!(done.len(), StepKind::ALL.len(), "{done:?}");
    let states: BTreeSet<_> = steps().map(|step| step.state.clone()).collect();
    assert_eq!(states.len(), StepState::ALL.len(), "{states:?}");

    let outcomes: BTreeSet<_> = people
        .iter()
        .flat_map(|registration| {
            let results = &registration.results;
            [
                &results.document_verification,
                &results.biometric_verification,
                &results.liveness_detection,
                &results.face_comparison,
                &results.criminal_history,
                &results.email_verification,
                &results.phone_verification,
            ]
        })
        .flatten()
        .cloned()
        .collect();
    assert_eq!(outcomes.len(), Outcome::ALL.len(), "{outcomes:?}");

    let documents = people.iter().filter_map(|registration| registration.checks.document.as_ref()?.kind.clone());
    let kinds: BTreeSet<_> = documents.collect();
    assert_eq!(kinds.len(), DocumentKind::ALL.len(), "{kinds:?}");

    let projects: BTreeSet<_> = people.iter().map(|registration| &registration.project.id).collect();
    assert_eq!(projects.len(), 3);
}

#[tokio::test]
async fn retries_resends_reviews_and_refusals_are_part_of_the_histories() {
    let people = people(400, 1).await;
    let attempts = || people.iter().flat_map(|registration| &registration.failed_attempts);
    assert!(attempts().any(|attempt| attempt.counts) && attempts().any(|attempt| !attempt.counts));
    assert!(attempts().map(|attempt| attempt.reason.clone()).collect::<BTreeSet<_>>().len() >= 8);
    assert!(people.iter().any(|registration| registration.link_resends > 0));
    let decided: BTreeSet<_> =
        people.iter().flat_map(|registration| &registration.reviews).map(|review| review.to.clone()).collect();
    assert!(decided.len() >= 3, "{decided:?}");
    let denied: BTreeSet<_> = people
        .iter()
        .flat_map(|registration| &registration.access_log)
        .filter(|entry| entry.outcome == "denied")
        .filter_map(|entry| entry.reason.clone())
        .collect();
    for reason in ["access_denied", "registration_is_closed", "otp_does_not_match", "MAX_ATTEMPTS_EXCEEDED"] {
        assert!(denied.contains(reason), "{reason} is not among {denied:?}");
    }
}

#[tokio::test]
async fn pairs_and_a_ring_of_four_are_linked_and_nobody_else_by_accident() {
    let people = people(400, 1).await;
    let links = links(&people);
    let mut rings: BTreeMap<usize, usize> = BTreeMap::new();
    let mut kinds = BTreeSet::new();
    for registration in &people {
        *rings.entry(links.ring_of(&registration.id).len()).or_default() += 1;
        kinds.extend(links.links_of(&registration.id).into_iter().flat_map(|link| link.via));
    }
    let all = [LinkKind::Document, LinkKind::Person, LinkKind::Device, LinkKind::Email, LinkKind::Phone, LinkKind::Ip];
    assert_eq!(kinds, BTreeSet::from(all));
    assert!(rings[&2] >= 8 && rings[&4] >= 4, "{rings:?}");
    assert!(rings[&1] >= 360 && rings.keys().all(|size| *size <= 5), "{rings:?}");
}

#[tokio::test]
async fn a_contact_is_never_open_twice_in_one_project() {
    let mut open = BTreeSet::new();
    for registration in people(2_000, 3).await {
        let Some(email) = registration.contact.email.filter(|_| registration.status.is_open()) else { continue };
        assert!(open.insert((registration.project.id, email)), "twice open: {}", registration.id);
    }
}

#[tokio::test]
async fn everybody_lives_in_reserved_ranges() {
    for registration in people(2_000, 1).await {
        let email = registration.contact.email.as_ref().unwrap().reveal().to_owned();
        let domain = email.split('@').next_back().unwrap();
        assert!(
            ["example.com", "example.org", "example.net"].contains(&domain) || domain.ends_with(".example"),
            "{email}"
        );
        if let Some(number) = registration.checks.document.as_ref().and_then(|document| document.number.as_ref()) {
            assert!(number.reveal().starts_with("DEMO"), "{}", number.reveal());
        }
        let typed = registration.checks.information.as_ref().unwrap();
        let ip = typed.ip.clone().unwrap();
        let reserved = ["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:", "10."];
        assert!(reserved.iter().any(|network| ip.starts_with(network)), "{ip}");
    }
}

#[tokio::test]
async fn many_people_moved_within_the_last_hours_and_some_within_minutes() {
    let people = people(400, 1).await;
    let within = |span: TimeDelta| people.iter().filter(|registration| now() - registration.updated_at <= span).count();
    assert!(within(TimeDelta::minutes(10)) >= 15, "{}", within(TimeDelta::minutes(10)));
    assert!(within(TimeDelta::hours(6)) >= 90, "{}", within(TimeDelta::hours(6)));
    assert!(within(TimeDelta::days(10)) >= 370);
}

#[tokio::test]
async fn a_demo_opens_with_its_people_and_stands_still_when_told_to() {
    let demo = demo::Demo { count: 400, seed: 1, still: true, speed: 1.0 };
    let running = demo::open(demo, Clock::fixed(now())).await.unwrap();
    assert!(running.movement.is_none());
    let page = running.engine.list(ListRequest::page(1, 100)).await.unwrap();
    assert_eq!(page.total, Some(400));
}

#[tokio::test]
async fn an_engine_on_disk_is_filled_in_batches_and_keeps_its_people() {
    let directory = tempfile::tempdir().unwrap();
    let mut told = Vec::new();
    {
        let engine = Engine::open(directory.path(), Clock::fixed(now())).unwrap();
        let loaded = demo::generate_into(&engine, 1_100, 5, now(), |so_far| told.push(so_far)).await.unwrap();
        assert_eq!((loaded, told), (1_100, vec![1_000, 1_100]));
        let again = demo::generate_into(&engine, 10, 5, now(), |_| {}).await;
        assert!(again.is_err(), "the same people twice");
    }
    let engine = Engine::open(directory.path(), Clock::fixed(now())).unwrap();
    let page = engine.list(ListRequest::page(1, 100)).await.unwrap();
    assert_eq!(page.total, Some(1_100));
}

#[tokio::test]
async fn every_invented_person_is_packed_and_unpacked_as_they_were() {
    let people = played(&scripts(300, 7).await);
    let mut index = Index::default().keeping_at_hand(0);
    index.upsert(people.iter().cloned().map(Arc::new).collect(), now());
    for person in people {
        assert_eq!(*index.get(&person.id).unwrap().registration, person);
    }
}

#[tokio::test]
async fn when_the_reserved_phones_are_used_up_people_go_on_without() {
    let (projects, flows) = catalog().await;
    let late = demo::generate(27_000, 1, now(), &projects, &flows).unwrap().skip(26_000);
    let people = played(&late.collect::<Vec<_>>());
    assert_eq!(people.len(), 1_000);
    assert!(people.iter().all(|person| person.contact.email.is_some() || person.contact.phone.is_some()));
    assert!(people.iter().any(|person| person.contact.phone.is_none()));
}
