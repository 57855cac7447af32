//! Writers who come together.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use super::super::turns::Turn;
use super::super::writer::{View, Writer};
use super::*;
use crate::engine::core::Access;

type Work<'w, T> = Box<dyn FnOnce() -> T + Send + 'w>;

/// Holds a turn until all of these wait for theirs, does something in it, and lets them have theirs.
fn together<T: Send>(store: &Store, during: impl FnOnce(&mut Turn<'_>), work: Vec<Work<'_, T>>) -> Vec<T> {
    let mut turn = store.turns.take(&store.cursor);
    thread::scope(|scope| {
        let all = work.len();
        let done: Vec<_> = work.into_iter().map(|work| scope.spawn(work)).collect();
        while store.turns.waiting() < all {
            thread::sleep(Duration::from_millis(1));
        }
        during(&mut turn);
        drop(turn);
        done.into_iter().map(|done| done.join().unwrap()).collect()
    })
}

fn count(store: &Store) -> u64 {
    store.page(&ListRequest::page(1, 1)).unwrap().1
}

/// Notes an access at a registration; how many events it has then.
fn look(writer: &mut Writer<'_>, id: &RegistrationId) -> Result<u64, StoreError> {
    let state = writer.load(id)?.unwrap();
    let access = Access { actor: CallerKind::Operator, ip: None, action: "look".into(), denied: None };
    let (after, events) = advance(Some(state.clone()), &Command::NoteAccess(access), at(5)).unwrap();
    writer.append(state.events, &events, &after)?;
    Ok(after.events)
}

#[test]
fn those_who_wait_together_share_one_commit_and_can_read_what_they_wrote() {
    let directory = tempfile::tempdir().unwrap();
    let store = &open(directory.path()).unwrap();
    let commits = store.cursor.generation();
    let work = (1..=20).map(|number| {
        Box::new(move || {
            let state = put(store, number, i64::from(number));
            assert_eq!(store.load(&state.registration.id).unwrap(), Some(state));
        }) as Work<'_, ()>
    });
    together(store, |_| {}, work.collect());
    assert_eq!((count(store), store.cursor.generation() - commits), (20, 1));
}

#[test]
fn of_those_who_want_one_contact_one_gets_it_and_the_others_leave_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = &open(directory.path()).unwrap();
    let work = (1..=10).map(|number| {
        let (mut state, events) = opened(store, number, 0);
        state.registration.contact.email = Some("shared@example.com".into());
        Box::new(move || {
            let registration = &state.registration;
            store.write(|writer| match writer.taken(&registration.project.id, &registration.contact)? {
                Some((_, holder)) => Ok(Some(holder)),
                None => writer.append(0, &events, &state).map(|()| None),
            })
        }) as Work<'_, Result<Option<RegistrationId>, StoreError>>
    });
    let holders: Vec<_> = together(store, |_| {}, work.collect()).into_iter().map(Result::unwrap).collect();
    let (rows, total) = store.page(&ListRequest::page(1, 10)).unwrap();
    assert_eq!(total, 1);
    assert_eq!(holders.iter().filter(|holder| holder.is_none()).count(), 1);
    assert!(holders.iter().flatten().all(|holder| *holder == rows[0].id));
}

#[test]
fn who_comes_later_goes_on_from_what_those_before_have_written() {
    let directory = tempfile::tempdir().unwrap();
    let store = &open(directory.path()).unwrap();
    let state = put(store, 1, 0);
    let id = &state.registration.id;
    let work =
        (0..10).map(|_| Box::new(|| store.write(|writer| look(writer, id))) as Work<'_, Result<u64, StoreError>>);
    let mut counts: Vec<u64> = together(store, |_| {}, work.collect()).into_iter().map(Result::unwrap).collect();
    counts.sort_unstable();
    assert_eq!(counts, (1..=10).map(|more| state.events + more).collect::<Vec<_>>());
    assert_eq!(store.events(id).unwrap().len() as u64, state.events + 10);
}

#[test]
fn somebody_who_panics_in_the_turn_takes_nobody_along() {
    let directory = tempfile::tempdir().unwrap();
    let store = &open(directory.path()).unwrap();
    let state = put(store, 1, 0);
    let id = &state.registration.id;
    let work = (0..6).map(|number| {
        Box::new(move || {
            let runs = AtomicU32::new(0);
            let written = catch_unwind(AssertUnwindSafe(|| {
                store.write(|writer| {
                    // Decided anew in the turn, because somebody has written meanwhile.
                    assert!(runs.fetch_add(1, Ordering::SeqCst) == 0 || number != 3, "as planned");
                    look(writer, id)
                })
            }));
            matches!(written, Ok(Ok(_)))
        }) as Work<'_, bool>
    });
    let meanwhile = |turn: &mut Turn<'_>| {
        let open = turn.transaction(&store.database).unwrap();
        let view = View::Open(&open.transaction);
        let mut writer = Writer::new(&view, &store.flows);
        look(&mut writer, id).unwrap();
        open.write(|| writer.into_plan().write(&open.transaction, 7)).unwrap();
    };
    assert_eq!(together(store, meanwhile, work.collect()), [true, true, true, false, true, true]);
    assert_eq!(store.events(id).unwrap().len() as u64, state.events + 6);
}

#[test]
fn if_one_cannot_be_written_all_who_share_the_transaction_are_told_and_nothing_of_it_stays() {
    let directory = tempfile::tempdir().unwrap();
    let store = &open(directory.path()).unwrap();
    let work = (1..=5).map(|number| {
        let (state, events) = opened(store, number, 0);
        Box::new(move || store.write(|writer| writer.append(0, &events, &state))) as Work<'_, Result<(), StoreError>>
    });
    let tear = |turn: &mut Turn<'_>| {
        let open = turn.transaction(&store.database).unwrap();
        assert!(open.write(|| Err(StoreError::Torn)).is_err());
    };
    let told = together(store, tear, work.collect());
    assert!(told.iter().all(|outcome| matches!(outcome, Err(StoreError::Torn | StoreError::Together(_)))), "{told:?}");
    assert_eq!(count(store), 0);
    put(store, 7, 0);
    assert_eq!(count(store), 1);
}
