//! A file of format 1, made by the program as it was then.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use redb::{ReadableDatabase as _, ReadableTable as _, TableHandle as _};

use super::super::migration::{EVENTS, SNAPSHOTS};
use super::super::tables::{CHANGED, META};
use super::*;
use crate::engine::core::replay;

/// What a file of format 1 says of each registration.
type Held = BTreeMap<String, (State, Vec<Event>)>;

/// A copy of the file, in a data directory of its own.
fn copy() -> tempfile::TempDir {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/format-1/engine.redb");
    let directory = tempfile::tempdir().unwrap();
    fs::copy(fixture, directory.path().join("engine.redb")).unwrap();
    directory
}

fn database(directory: &Path) -> Database {
    Database::open(directory.join("engine.redb")).unwrap()
}

fn held(directory: &Path) -> Held {
    let file = database(directory);
    let transaction = file.begin_read().unwrap();
    let mut held = Held::new();
    for entry in transaction.open_table(SNAPSHOTS).unwrap().iter().unwrap() {
        let (id, json) = entry.unwrap();
        held.insert(id.value().to_owned(), (State::from_stored(json.value()).unwrap(), Vec::new()));
    }
    for entry in transaction.open_table(EVENTS).unwrap().iter().unwrap() {
        let (key, json) = entry.unwrap();
        held.get_mut(key.value().0).unwrap().1.push(serde_json::from_slice(json.value()).unwrap());
    }
    held
}

fn assert_holds(store: &Store, held: &Held) {
    for (id, (state, events)) in held {
        let id = RegistrationId::new(id);
        assert_eq!(store.load(&id).unwrap().as_ref(), Some(state));
        assert_eq!(&store.events(&id).unwrap(), events);
    }
    let (rows, total) = store.page(&ListRequest::page(1, 100)).unwrap();
    assert_eq!((rows.len(), total), (held.len(), held.len() as u64));
    for row in rows {
        assert_eq!(row, *held[row.id.as_str()].0.registration);
    }
}

#[test]
fn a_file_of_format_1_is_brought_over_whole_and_once() {
    let directory = copy();
    let held = held(directory.path());
    assert!(held.len() == 6 && held.values().all(|(state, events)| state.events == events.len() as u64));
    assert_holds(&open(directory.path()).unwrap(), &held);
    assert_holds(&open(directory.path()).unwrap(), &held);

    let file = database(directory.path());
    let transaction = file.begin_read().unwrap();
    assert_eq!(transaction.open_table(META).unwrap().get("format").unwrap().unwrap().value(), 3);
    let tables: Vec<String> = transaction.list_tables().unwrap().map(|table| table.name().to_owned()).collect();
    assert!(!tables.iter().any(|name| name == "events" || name == "snapshots"), "{tables:?}");
}

#[test]
fn what_was_brought_over_goes_on_where_it_stood() {
    let directory = copy();
    let held = held(directory.path());
    let store = open(directory.path()).unwrap();
    for (state, _) in held.values().filter(|(state, _)| state.registration.status != Status::Completed) {
        let after = decide(&store, state, Status::Completed).unwrap();
        let events = store.events(&state.registration.id).unwrap();
        assert_eq!(events.len() as u64, after.events);
        assert_eq!(replay(&events).unwrap().registration.status, Status::Completed);
    }
    let only = ListRequest { statuses: vec![Status::Completed], ..ListRequest::page(1, 100) };
    assert_eq!(store.page(&only).unwrap().1, held.len() as u64);
}

#[test]
fn an_early_file_of_format_1_gets_the_order_of_changes_it_lacks() {
    let (directory, other) = (copy(), copy());
    let held = held(directory.path());
    let changed = |store: &Store| {
        let request = ListRequest { order: crate::backend::Order::Changed, ..ListRequest::page(1, 100) };
        ids(store, &request)
    };
    let expected = changed(&open(other.path()).unwrap());
    let file = database(directory.path());
    let transaction = file.begin_write().unwrap();
    transaction.delete_table(CHANGED).unwrap();
    transaction.commit().unwrap();
    drop(file);
    let store = open(directory.path()).unwrap();
    assert_eq!(changed(&store), expected);
    assert_holds(&store, &held);
}

#[test]
fn bringing_over_that_is_cut_short_leaves_the_file_as_it_was() {
    let directory = copy();
    let held_before = held(directory.path());
    let file = database(directory.path());
    let transaction = file.begin_write().unwrap();
    super::super::migration::bring_over(&transaction, 7).unwrap();
    drop(transaction);
    drop(file);
    assert_eq!(held(directory.path()), held_before);
    assert_holds(&open(directory.path()).unwrap(), &held_before);
}
