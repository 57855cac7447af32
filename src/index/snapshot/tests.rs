#![allow(clippy::unwrap_used)]
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use proptest::prelude::*;

use super::{Index, Stamp};
use crate::{
    index::{
        FACETS, LookUp, Query, Row, Sort, SortField,
        tests::{crowd, member},
    },
    model::{Registration, RegistrationId, Status},
    sections::{OF_ONE_NUMBER, Reading, of_payload, payload},
    triage::testing::{at, named},
};

/// Where the registrations of an index are stored.
type Store = Arc<Mutex<HashMap<RegistrationId, Registration>>>;

fn look_up(store: &Store) -> LookUp {
    let store = Arc::clone(store);
    Arc::new(move |id| store.lock().unwrap().get(id).cloned())
}

fn empty(store: &Store) -> Index {
    Index::default().asked_by(Some("alba".to_owned())).looking_up(look_up(store))
}

/// Everybody stored and indexed.
fn filled(store: &Store, people: Vec<Registration>) -> Index {
    for person in &people {
        store.lock().unwrap().entry(person.id.clone()).or_insert_with(|| person.clone());
    }
    let mut index = empty(store);
    index.fill(people, at(1_000));
    index.judge_all(at(1_000));
    index
}

fn written(index: &Index) -> Vec<u8> {
    let mut bytes = Vec::new();
    index.write_snapshot(&Stamp { maker: "us".to_owned(), position: (7, 8) }, &mut bytes).unwrap();
    bytes
}

fn from<'a>(bytes: &'a [u8]) -> impl Fn(u64) -> &'a [u8] {
    |start| bytes.get(usize::try_from(start).unwrap()..).unwrap_or_default()
}

fn read(store: &Store, bytes: &[u8]) -> Option<Index> {
    let (index, position) = empty(store).read_snapshot("us", from(bytes), bytes.len() as u64)?;
    assert_eq!(position, (7, 8));
    Some(index)
}

/// What is in the blocks of both parts.
fn parts(bytes: &[u8]) -> [Vec<u8>; 2] {
    let (both, end) = bytes.split_at(bytes.len() - OF_ONE_NUMBER as usize);
    let second: u64 = Reading::new(end, OF_ONE_NUMBER).number().unwrap();
    let (first, second) = both.split_at(second as usize);
    [first, second].map(payload)
}

/// A snapshot of such parts.
fn of_parts(parts: &[Vec<u8>; 2]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let first = of_payload(&parts[0], &mut bytes);
    of_payload(&parts[1], &mut bytes);
    of_payload(&first.to_le_bytes(), &mut bytes);
    bytes
}

fn people(steps: Vec<(u8, u8, u8, u8)>, version: usize) -> Vec<Registration> {
    steps.into_iter().map(|step| member(step, version)).collect()
}

/// All that is asked of an index.
fn assert_alike(one: &Index, other: &Index) {
    let now = at(1_200);
    for text in ["", "example", "~a", "status:ongoing", "flag:low", "stuck", "-turn:user", "country:peru", "snoozed"] {
        let query = Query::parse(text).unwrap();
        for field in SortField::ALL {
            let order = |index: &Index| index.search(&query, Sort::by(field), now);
            assert_eq!(order(one), order(other), "{text} by {}", field.as_str());
        }
    }
    let all = |index: &Index| (0..index.len()).map(Row::new).collect::<Vec<_>>();
    assert_eq!(one.values(&all(one)), other.values(&all(other)), "{FACETS:?}");
    assert_eq!(one.flag_rates(&all(one)), other.flag_rates(&all(other)));
    assert_eq!(one.incidents().collect::<Vec<_>>(), other.incidents().collect::<Vec<_>>());
    for entry in one.entries() {
        let id = &entry.registration.id;
        assert_eq!(entry.judgement, other.get(id).unwrap().judgement);
        assert_eq!(one.ring_of(id), other.ring_of(id));
        assert_eq!((one.seen(id), one.links().links_of(id)), (other.seen(id), other.links().links_of(id)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn an_index_that_was_written_answers_and_goes_on_as_if_it_had_stayed(before in crowd(), after in crowd()) {
        let store = Store::default();
        let mut stayed = filled(&store, people(before, 0));
        let mut read = read(&store, &written(&stayed)).unwrap();
        assert_alike(&stayed, &read);
        let changes: Vec<_> = people(after, 9).into_iter().map(Arc::new).collect();
        for change in changes {
            store.lock().unwrap().insert(change.id.clone(), Registration::clone(&change));
            stayed.upsert(vec![Arc::clone(&change)], at(1_100));
            read.upsert(vec![change], at(1_100));
        }
        for index in [&mut stayed, &mut read] {
            while index.rejudge(at(1_200), 3) {}
        }
        assert_alike(&stayed, &read);
    }

    #[test]
    fn a_snapshot_that_was_cut_or_changed_is_none(steps in crowd(), cut in any::<usize>(), place in any::<usize>(), bit in 0..8_u8) {
        let store = Store::default();
        let bytes = written(&filled(&store, people(steps, 0)));
        prop_assert!(read(&store, &bytes[..cut % bytes.len()]).is_none());
        let mut changed = bytes;
        let place = place % changed.len();
        changed[place] ^= 1_u8 << bit;
        prop_assert!(read(&store, &changed).is_none());
    }

    #[test]
    fn any_sections_whose_checksums_fit_are_read_or_refused_without_harm(
        steps in crowd(),
        place in any::<usize>(),
        garbage in prop::collection::vec(any::<u8>(), 1..12),
    ) {
        let store = Store::default();
        let bytes = written(&filled(&store, people(steps, 0)));
        let mut parts = parts(&bytes);
        let place = place % parts.iter().map(Vec::len).sum::<usize>();
        for (old, new) in parts.iter_mut().flatten().skip(place).zip(garbage) {
            *old = new;
        }
        let forged = of_parts(&parts);
        if let Some(index) = read(&store, &forged) {
            for entry in index.entries() {
                let _ = index.links().links_of(&entry.registration.id);
            }
            for text in ["a", "~a", "status:ongoing", "flag:low"] {
                let _ = index.search(&Query::parse(text).unwrap(), Sort::by(SortField::Urgency), at(1_200));
            }
        }
    }
}

#[test]
fn a_snapshot_of_another_maker_and_one_of_an_index_that_keeps_its_registrations_are_none() {
    let store = Store::default();
    let bytes = written(&filled(&store, Vec::new()));
    assert!(read(&store, &bytes).is_some());
    assert!(empty(&store).read_snapshot("others", from(&bytes), bytes.len() as u64).is_none());
    let stamp = Stamp { maker: "us".to_owned(), position: (7, 8) };
    assert!(Index::default().write_snapshot(&stamp, Vec::new()).is_err());
    assert!(Index::default().read_snapshot("us", from(&bytes), bytes.len() as u64).is_none());
}

#[test]
fn who_was_looked_up_before_their_change_was_told_is_counted_as_they_are_all_the_same() {
    let store = Store::default();
    let mut index = filled(&store, vec![named("a")]);
    let mut changed = named("a");
    (changed.version, changed.status) = (named("a").version + 1, Status::Failed);
    store.lock().unwrap().insert(changed.id.clone(), changed.clone());
    assert_eq!(index.get(&changed.id).unwrap().registration.status, Status::Failed, "as it is stored by now");
    let failed = |index: &Index| index.count(&Query::parse("status:failed").unwrap(), at(1_000));
    assert_eq!(failed(&index), 0);
    index.upsert(vec![Arc::new(changed.clone())], at(1_000));
    assert_eq!(failed(&index), 1);
    index.take_changes();
    index.upsert(vec![Arc::new(changed)], at(1_000));
    assert_eq!(index.take_changes(), Some(Vec::new()), "told once more, and nothing new");
}
