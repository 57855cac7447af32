//! The feed of changes: what it tells, to whom, and whom it turns away.

use std::fs;

use redb::{ReadableDatabase as _, ReadableTable as _};

use super::super::feed::{FEED, FORGOTTEN, Feed, REMEMBERED};
use super::super::tables::{self, META};
use super::super::{Found, backup, erase, restore};
use super::*;
use crate::backend::FeedPosition;

/// Who has changed since; `None` if that cannot be told.
fn since(store: &Store, position: FeedPosition) -> Option<(Vec<String>, FeedPosition)> {
    let (ids, end) = store.changed_since(position, usize::MAX).unwrap()?;
    Some((ids.into_iter().map(|id| id.as_str().trim_start_matches('0').to_owned()).collect(), end))
}

fn told(store: &Store, position: FeedPosition) -> Option<Vec<String>> {
    since(store, position).map(|(ids, _)| ids)
}

#[expect(clippy::unnecessary_wraps, reason = "what it is compared with is optional")]
fn listed(ids: &[&str]) -> Option<Vec<String>> {
    Some(ids.iter().map(|id| (*id).to_owned()).collect())
}

#[test]
fn who_has_changed_is_told_once_and_from_where_one_stood() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let start = store.feed_position().unwrap();
    assert_eq!(told(&store, start), listed(&[]));
    let first = put(&store, 1, 0);
    put(&store, 2, 1);
    decide(&store, &first, Status::Completed).unwrap();
    let (ids, end) = since(&store, start).unwrap();
    assert_eq!((ids, end), (vec!["1".to_owned(), "2".to_owned()], store.feed_position().unwrap()));
    assert_eq!(told(&store, end), listed(&[]));
    let (ids, after_one) = store.changed_since(start, 1).unwrap().unwrap();
    assert_eq!((ids.len(), told(&store, after_one)), (1, listed(&["2", "1"])));
}

#[test]
fn a_place_in_the_feed_outlives_the_opening_of_the_store() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    put(&store, 1, 0);
    let place = store.feed_position().unwrap();
    put(&store, 2, 1);
    drop(store);
    let store = open(directory.path()).unwrap();
    put(&store, 3, 2);
    assert_eq!(told(&store, place), listed(&["2", "3"]));
}

#[test]
fn what_is_filled_in_at_once_is_told_too() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let start = store.feed_position().unwrap();
    let records = (1..=3).map(|number| {
        let (state, events) = opened(&store, number, 0);
        super::super::Record::of(&events, &state)
    });
    store.fill(records, 2, |_| {}).unwrap();
    assert_eq!(told(&store, start), listed(&["1", "2", "3"]));
}

#[test]
fn a_copy_that_was_written_to_does_not_take_the_place_of_its_original() {
    let (directory, copies) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open(directory.path()).unwrap();
    put(&store, 1, 0);
    let shared = store.feed_position().unwrap();
    drop(store);
    backup(directory.path(), copies.path()).unwrap();
    let store = open(directory.path()).unwrap();
    put(&store, 2, 1);
    let own = store.feed_position().unwrap();
    drop(store);
    restore(copies.path(), directory.path(), true, at(9)).unwrap();
    let store = open(directory.path()).unwrap();
    assert_eq!((told(&store, own), told(&store, shared)), (None, listed(&[])));
    put(&store, 3, 2);
    put(&store, 4, 3);
    assert_eq!((told(&store, own), told(&store, shared)), (None, listed(&["3", "4"])));
}

#[test]
fn erasing_somebody_leaves_no_id_in_the_feed_and_nobody_a_place_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let gone = put(&store, 0xdead_beef, 0).registration.id;
    put(&store, 2, 1);
    let before = store.feed_position().unwrap();
    drop(store);
    erase(directory.path(), &Found { ids: vec![gone], ..Found::default() }).unwrap();
    let file = fs::read(directory.path().join("engine.redb")).unwrap();
    assert!(!file.windows(8).any(|bytes| bytes == b"deadbeef"));
    let store = open(directory.path()).unwrap();
    assert_eq!(told(&store, before), None);
    let after = store.feed_position().unwrap();
    put(&store, 3, 2);
    assert_eq!(told(&store, after), listed(&["3"]));
}

#[test]
fn only_the_latest_changes_are_remembered() {
    let database = Database::builder().create_with_backend(redb::backends::InMemoryBackend::new()).unwrap();
    let transaction = database.begin_write().unwrap();
    let mut feed = Feed::open(&transaction, 7).unwrap();
    for number in 0..REMEMBERED + FORGOTTEN + 9 {
        feed.note(&number.to_string()).unwrap();
    }
    drop(feed);
    transaction.commit().unwrap();
    let transaction = database.begin_read().unwrap();
    let ask = |number| super::super::feed::since(&transaction, FeedPosition { number, mark: 7 }, 1).unwrap();
    let first = FORGOTTEN + 1;
    assert_eq!((ask(first - 1), ask(first).unwrap().0.len()), (None, 1));
    assert_eq!(transaction.open_table(FEED).unwrap().last().unwrap().unwrap().0.value(), REMEMBERED + FORGOTTEN + 10);
}

#[test]
fn a_file_of_format_2_gets_the_feed_that_it_lacks() {
    let directory = tempfile::tempdir().unwrap();
    put(&open(directory.path()).unwrap(), 1, 0);
    let file = Database::open(directory.path().join("engine.redb")).unwrap();
    let transaction = file.begin_write().unwrap();
    transaction.delete_table(FEED).unwrap();
    transaction.open_table(META).unwrap().insert("format", 2).unwrap();
    transaction.commit().unwrap();
    drop(file);
    assert!(super::super::check(directory.path()).unwrap().mistakes.is_empty());
    let store = open(directory.path()).unwrap();
    let start = store.feed_position().unwrap();
    put(&store, 2, 1);
    assert_eq!(told(&store, start), listed(&["2"]));
    drop(store);
    let file = Database::open(directory.path().join("engine.redb")).unwrap();
    let meta = file.begin_read().unwrap().open_table(META).unwrap();
    assert_eq!(meta.get("format").unwrap().unwrap().value(), tables::FORMAT);
}
