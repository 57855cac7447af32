#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod feed;
mod migration;
mod together;

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;

use chrono::{DateTime, TimeDelta};
use redb::{Database, TableDefinition};

use super::super::core::{Command, Create, Digest, Origin, Sync, advance, fold};
use super::{OpenError, Store, StoreError};
use crate::backend::{CallerKind, Channel, ListRequest, SyncStep};
use crate::engine::catalog;
use crate::engine::core::{Event, State};
use crate::model::{Contact, Flow, RegistrationId, Status, Timestamp};

fn at(seconds: i64) -> Timestamp {
    DateTime::from_timestamp(1_760_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

fn open(directory: &Path) -> Result<Store, OpenError> {
    let (projects, flows) = catalog::built_in().unwrap();
    Store::open(directory, &projects, &flows, || {})
}

/// The life of a new registration so far: its state and its events.
fn opened(store: &Store, number: u32, seconds: i64) -> (State, Vec<Event>) {
    opened_in(store.flows()[0].clone(), store, number, seconds)
}

fn opened_in(flow: Flow, store: &Store, number: u32, seconds: i64) -> (State, Vec<Event>) {
    let create = Create {
        id: RegistrationId::new(format!("{number:024x}")),
        user_id: "user".into(),
        project: store.projects().iter().find(|project| project.id == flow.project_id).unwrap().clone(),
        flow,
        contact: Contact { email: Some(format!("p{number}@example.com").into()), ..Contact::default() },
        taken: None,
        token: Some(Digest::of_token(&number.to_string())),
        origin: Origin::default(),
    };
    advance(None, &Command::Create(Box::new(create)), at(seconds)).unwrap()
}

fn put(store: &Store, number: u32, seconds: i64) -> State {
    let (state, events) = opened(store, number, seconds);
    store.write(|writer| writer.append(0, &events, &state)).unwrap();
    state
}

/// Decides on a registration that has `expected` events.
fn decide(store: &Store, state: &State, to: Status) -> Result<State, StoreError> {
    let request = Sync::report(SyncStep::AdminOverride, to, CallerKind::Operator);
    let (after, events) = advance(Some(state.clone()), &Command::Sync(request), at(1_000)).unwrap();
    store.write(|writer| writer.append(state.events, &events, &after))?;
    Ok(after)
}

fn ids(store: &Store, request: &ListRequest) -> Vec<String> {
    let (rows, _) = store.page(request).unwrap();
    rows.into_iter().map(|row| row.id.as_str().trim_start_matches('0').to_owned()).collect()
}

/// See `assets/store/README.md`.
#[test]
#[ignore = "writes samples, for a dictionary to be trained with, to the directory REGDESK_SAMPLES"]
fn samples_for_a_dictionary() {
    let directory = std::env::var_os("REGDESK_SAMPLES").expect("REGDESK_SAMPLES names a directory");
    let (projects, flows) = catalog::built_in().unwrap();
    let write = |name: String, json: Vec<u8>| std::fs::write(Path::new(&directory).join(name), json).unwrap();
    let scripts = crate::demo::generate(3_000, 11, at(0), &projects, &flows).unwrap();
    for (number, script) in scripts.enumerate() {
        let (state, events) = fold(&script).unwrap().unwrap();
        write(format!("{number}-state"), state.to_stored().unwrap());
        write(format!("{number}-history"), serde_json::to_vec(&events).unwrap());
        let together = events.chunk_by(|one, next| one.at == next.at).skip(number % 5).step_by(5);
        for (place, events) in together.enumerate() {
            write(format!("{number}-{place}"), serde_json::to_vec(events).unwrap());
        }
    }
}

#[test]
fn what_was_written_is_there_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let (state, events) = {
        let store = open(directory.path()).unwrap();
        let (state, events) = opened(&store, 1, 0);
        store.write(|writer| writer.append(0, &events, &state)).unwrap();
        (state, events)
    };
    let store = open(directory.path()).unwrap();
    let id = &state.registration.id;
    assert_eq!(store.load(id).unwrap(), Some(state.clone()));
    assert_eq!(store.events(id).unwrap(), events);
    assert_eq!(store.projects().len(), 3);
}

#[test]
fn of_two_writers_who_saw_the_same_state_one_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let state = put(&store, 1, 0);
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let writers: Vec<_> = [Status::Completed, Status::Failed]
            .into_iter()
            .map(|to| scope.spawn(|| decide(&store, &state, to)))
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    let [StoreError::Moved { expected, found, .. }] = refused[..] else { panic!("{refused:?}") };
    assert!(*found > *expected);
    let stored = store.load(&state.registration.id).unwrap().unwrap();
    assert_eq!(store.events(&state.registration.id).unwrap().len() as u64, stored.events);
}

#[test]
fn work_that_fails_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let (state, events) = opened(&store, 1, 0);
    let failed: Result<(), StoreError> = store.write(|writer| {
        writer.append(0, &events, &state)?;
        writer.append(0, &events, &state)
    });
    assert!(failed.is_err());
    assert_eq!(store.load(&state.registration.id).unwrap(), None);
    assert_eq!(store.page(&ListRequest::page(1, 10)).unwrap().1, 0);
}

#[test]
fn a_token_leads_to_whom_it_was_handed_out_first() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let (first, events) = opened(&store, 1, 0);
    store.write(|writer| writer.append(0, &events, &first)).unwrap();
    let token = first.tokens[0].token;
    let (mut second, events) = opened(&store, 2, 0);
    second.tokens = first.tokens;
    let refused: Result<(), StoreError> = store.write(|writer| writer.append(0, &events, &second));
    assert!(matches!(&refused, Err(StoreError::Issued { id }) if *id == first.registration.id), "{refused:?}");
    assert_eq!(store.load(&second.registration.id).unwrap(), None);
    assert_eq!(store.token_owner(&token).unwrap().map(|state| state.registration.id), Some(first.registration.id));
}

#[test]
fn pages_are_newest_first_and_do_not_overlap() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    for number in 1..=5 {
        put(&store, number, i64::from(number));
    }
    let pages: Vec<_> = (1..=4).map(|page| ids(&store, &ListRequest::page(page, 2))).collect();
    assert_eq!(pages, [vec!["5", "4"], vec!["3", "2"], vec!["1"], vec![]]);
    assert_eq!(store.page(&ListRequest::page(1, 2)).unwrap().1, 5);
}

#[test]
fn a_page_is_right_even_if_something_was_added_after_the_one_before_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    for number in 1..=4 {
        put(&store, number, i64::from(number));
    }
    assert_eq!(ids(&store, &ListRequest::page(1, 2)), ["4", "3"]);
    put(&store, 5, 5);
    assert_eq!(ids(&store, &ListRequest::page(2, 2)), ["3", "2"]);
}

#[test]
fn filters_and_totals_follow_the_status() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let states: Vec<_> = (1..=3).map(|number| put(&store, number, i64::from(number))).collect();
    decide(&store, &states[1], Status::Failed).unwrap();
    let only = |status| ListRequest { statuses: vec![status], ..ListRequest::page(1, 10) };
    assert_eq!(ids(&store, &only(Status::Failed)), ["2"]);
    assert_eq!(ids(&store, &only(Status::Started)), ["3", "1"]);
    assert_eq!(store.page(&only(Status::Started)).unwrap().1, 2);
    let elsewhere = ListRequest { project: Some("nowhere".into()), ..ListRequest::page(1, 10) };
    assert_eq!(store.page(&elsewhere).unwrap(), (Vec::new(), 0));
}

#[test]
fn a_contact_is_taken_in_its_project_as_long_as_its_registration_is_open() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let state = put(&store, 1, 0);
    let taken = |project: &str, email: &str| {
        let contact = Contact { email: Some(email.into()), ..Contact::default() };
        store.write(|writer| writer.taken(project, &contact)).unwrap().map(|(channel, _)| channel)
    };
    let project = state.registration.project.id.as_str();
    assert_eq!(taken(project, " P1@Example.com"), Some(Channel::Email));
    assert_eq!(taken(project, "p@example.com"), None);
    assert_eq!(taken("other", "p1@example.com"), None);
    decide(&store, &state, Status::Completed).unwrap();
    assert_eq!(taken(project, "p1@example.com"), None);
}

#[test]
fn what_runs_out_is_found_until_it_is_settled() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let state = put(&store, 1, 0);
    let end = state.registration.expires_at.unwrap();
    assert!(store.overdue(end - TimeDelta::microseconds(1)).unwrap().is_empty());
    assert_eq!(store.overdue(end).unwrap(), std::slice::from_ref(&state.registration.id));
    decide(&store, &state, Status::Completed).unwrap();
    assert!(store.overdue(end).unwrap().is_empty());
}

fn refusal(directory: &Path) -> String {
    open(directory).err().expect("it was opened").to_string()
}

#[test]
fn a_store_in_use_says_so_and_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let _open = open(directory.path()).unwrap();
    let message = refusal(directory.path());
    assert!(message.contains("engine.redb is in use") && message.contains("--data-dir"), "{message}");
}

#[test]
fn only_of_a_store_that_was_not_closed_is_told_that_it_is_put_in_order() {
    let (running, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let id = {
        let store = open(running.path()).unwrap();
        let id = put(&store, 1, 0).registration.id;
        // What a kill would leave just now.
        std::fs::copy(running.path().join("engine.redb"), killed.path().join("engine.redb")).unwrap();
        id
    };
    let (projects, flows) = catalog::built_in().unwrap();
    let is_told = |directory: &Path| {
        let told = Rc::new(Cell::new(false));
        let mending = Rc::clone(&told);
        let store = Store::open(directory, &projects, &flows, move || mending.set(true)).unwrap();
        assert!(store.load(&id).unwrap().is_some());
        told.get()
    };
    assert_eq!([killed.path(), killed.path(), running.path()].map(is_told), [true, false, false]);
}

#[test]
fn a_file_of_another_format_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("engine.redb");
    let database = Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(TableDefinition::<&str, u64>::new("meta")).unwrap().insert("format", 99).unwrap();
    transaction.commit().unwrap();
    drop(database);
    assert!(matches!(open(directory.path()), Err(OpenError::Format { found: 99, .. })));
}

#[test]
fn a_file_that_is_no_store_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("engine.redb");
    let text = "not a store, but someone's notes ".repeat(1000);
    std::fs::write(&path, &text).unwrap();
    assert!(matches!(open(directory.path()), Err(OpenError::Foreign { .. })));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);

    std::fs::remove_file(&path).unwrap();
    let database = Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(TableDefinition::<&str, u64>::new("recipes")).unwrap();
    transaction.commit().unwrap();
    drop(database);
    assert!(matches!(open(directory.path()), Err(OpenError::Foreign { .. })));
}

#[test]
fn what_has_become_of_a_flow_is_no_mistake_of_its_registrations() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let before = Flow { status: None, ..store.flows()[0].clone() };
    let (state, events) = opened_in(before, &store, 1, 0);
    store.write(|writer| writer.append(0, &events, &state)).unwrap();
    let now = store.load(&state.registration.id).unwrap().unwrap();
    assert_ne!(now.registration.flow.status, state.registration.flow.status);
    decide(&store, &now, Status::Failed).unwrap();
    drop(store);
    assert_eq!(super::check(directory.path()).unwrap().mistakes, Vec::<String>::new());
}

#[test]
fn a_store_whose_making_was_cut_short_is_whole_and_is_begun_anew() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("engine.redb");
    drop(Database::create(&path).unwrap());
    let made = std::fs::read(&path).unwrap();
    let head_alone = || [&[0; 9], &made[9..320], &vec![0; made.len() - 320]].concat();
    let stages = [Vec::new(), vec![0; made.len()], head_alone(), made.clone()];
    for (stage, bytes) in stages.into_iter().enumerate() {
        std::fs::write(&path, bytes).unwrap();
        let findings = super::check::check(directory.path()).unwrap();
        assert_eq!((findings.registrations, findings.mistaken), (0, 0), "stage {stage}");
        drop(open(directory.path()).unwrap());
        drop(open(directory.path()).unwrap());
    }
}

#[test]
fn a_store_that_lost_its_mark_and_holds_something_is_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()).unwrap());
    let path = directory.path().join("engine.redb");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[..9].fill(0);
    std::fs::write(&path, &bytes).unwrap();
    assert!(matches!(open(directory.path()), Err(OpenError::Foreign { .. })));
    assert!(std::fs::read(&path).unwrap() == bytes, "it was written to");
}

#[test]
fn a_data_directory_that_cannot_be_made_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let message = refusal(&file.join("data"));
    assert!(message.contains("file/data") && message.contains("--data-dir"), "{message}");
}

#[cfg(unix)]
#[test]
fn directory_and_file_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("data");
    drop(open(&directory).unwrap());
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(mode(&directory.join("engine.redb")), 0o600);
}
