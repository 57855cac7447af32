//! Writers who come together.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use super::*;
use crate::engine::core::Access;

type Work<'w, T> = Box<dyn FnOnce() -> T + Send + 'w>;

/// Does something while somebody else has the turn, so that all of it comes together, and waits for it.
fn while_somebody_writes<T: Send>(store: &Store, work: Vec<Work<'_, T>>) -> Vec<T> {
    let entered = Barrier::new(2);
    thread::scope(|scope| {
        let (entered, waiting) = (&entered, work.len());
        let holder = scope.spawn(move || {
            store.write(|_| {
                entered.wait();
                while store.turns.waiting() < waiting {
                    thread::sleep(Duration::from_millis(1));
                }
                Ok::<_, StoreError>(())
            })
        });
        entered.wait();
        let done: Vec<_> = work.into_iter().map(|work| scope.spawn(work)).collect();
        holder.join().unwrap().unwrap();
        done.into_iter().map(|done| done.join().unwrap()).collect()
    })
}

/// Says how many registrations the file holds for whoever reads it now.
fn count(store: &Store) -> u64 {
    store.page(&ListRequest::page(1, 1)).unwrap().1
}

#[test]
fn of_those_who_come_together_each_has_its_own_outcome_and_the_refused_leave_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let store = &store;
    let work: Vec<Work<'_, Result<u64, StoreError>>> = (1..=20)
        .map(|number| {
            let (state, events) = opened(store, number, i64::from(number));
            let work = move || {
                store.write(|writer| {
                    writer.append(0, &events, &state)?;
                    if number % 2 == 0 {
                        writer.append(0, &events, &state)?;
                    }
                    Ok::<_, StoreError>(())
                })?;
                // What is acknowledged can be read at once.
                assert_eq!(store.load(&state.registration.id)?, Some(state));
                Ok(store.cursor.generation())
            };
            Box::new(work) as Work<'_, Result<u64, StoreError>>
        })
        .collect();
    let before = store.cursor.generation();
    let outcomes = while_somebody_writes(store, work);
    for (number, outcome) in (1..=20).zip(&outcomes) {
        assert_eq!(outcome.is_ok(), number % 2 == 1, "{number}: {outcome:?}");
    }
    assert_eq!(count(store), 10);
    assert!(store.cursor.generation() - before < 10, "{} commits for 10 writers", store.cursor.generation() - before);
}

#[test]
fn who_comes_later_sees_what_those_before_have_written_even_in_one_commit() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let store = &store;
    let state = put(store, 1, 0);
    let id = &state.registration.id;
    let work: Vec<Work<'_, u64>> = (0..10)
        .map(|_| {
            let work = move || {
                let after: Result<u64, StoreError> = store.write(|writer| {
                    let state = writer.load(id)?.unwrap();
                    let access = Access { actor: CallerKind::Operator, ip: None, action: "look".into(), denied: None };
                    let (after, events) = advance(Some(state.clone()), &Command::NoteAccess(access), at(5)).unwrap();
                    writer.append(state.events, &events, &after)?;
                    Ok(after.events)
                });
                after.unwrap()
            };
            Box::new(work) as Work<'_, u64>
        })
        .collect();
    let mut counts = while_somebody_writes(store, work);
    counts.sort_unstable();
    let expected: Vec<u64> = (1..=10).map(|more| state.events + more).collect();
    assert_eq!(counts, expected);
    assert_eq!(store.events(id).unwrap().len() as u64, state.events + 10);
}

#[test]
fn somebody_who_panics_takes_nobody_along() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let store = &store;
    let work: Vec<Work<'_, bool>> = (1..=6)
        .map(|number| {
            let (state, events) = opened(store, number, 0);
            let work = move || {
                let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    store.write::<_, StoreError>(|writer| {
                        writer.append(0, &events, &state)?;
                        assert!(number != 3, "as planned");
                        Ok(())
                    })
                }));
                matches!(done, Ok(Ok(())))
            };
            Box::new(work) as Work<'_, bool>
        })
        .collect();
    assert_eq!(while_somebody_writes(store, work), [true, true, false, true, true, true]);
    assert_eq!(count(store), 5);
    put(store, 7, 0);
}
