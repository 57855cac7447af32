//! Whose turn it is to write, and who comes to disk together with whom.
//!
//! redb has one writer at a time, and bringing a transaction to disk takes far longer than what a request has to write.
//! So those who come while a commit is under way queue up, take turns in one transaction that stays open for all of
//! them, and the last, behind whom nobody waits, brings it to disk; the others wait until it is there. Nobody waits for
//! company: whoever is alone commits at once.
//!
//! What a request leads to goes into the transaction only once it is decided, so that a refused one leaves nothing. If
//! the writing itself fails, or the commit, nothing of the whole transaction stays and all who shared it are told so.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use redb::{Database, WriteTransaction};

use super::StoreError;
use super::pages::Cursor;

/// Turns in one transaction at most, so that the first of them is answered in good time.
const MOST: usize = 256;

/// See the module.
#[derive(Default)]
pub(super) struct Turns {
    /// How many want a turn and have none yet.
    waiting: AtomicUsize,
    open: Mutex<Option<Open>>,
}

/// A transaction that is not on disk yet.
pub(super) struct Open {
    pub(super) transaction: WriteTransaction,
    group: Ending,
    turns: usize,
    written: Cell<bool>,
    /// Somebody is writing, or stopped in the middle of it.
    torn: Cell<bool>,
}

/// Those who share a transaction.
#[derive(Default)]
struct Group {
    outcome: Mutex<Option<Result<(), Arc<StoreError>>>>,
    ended: Condvar,
}

/// Ends the group at the latest when dropped, so that nobody waits forever.
struct Ending(Arc<Group>);

/// The turn of one writer. The next one gets in when it is dropped.
pub(super) struct Turn<'s> {
    turns: &'s Turns,
    cursor: &'s Cursor,
    open: Option<MutexGuard<'s, Option<Open>>>,
}

impl Turns {
    /// Waits for a turn. `cursor` is told when something has come to disk.
    pub(super) fn take<'s>(&'s self, cursor: &'s Cursor) -> Turn<'s> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        // Whoever panicked left the transaction whole, or marked as torn.
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        Turn { turns: self, cursor, open: Some(open) }
    }

    /// How many want a turn and have none yet.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    /// Waits for a turn and brings to disk what others have left open. As long as the turn is held, transactions can
    /// be begun that are nobody else's.
    pub(super) fn take_alone<'s>(&'s self, cursor: &'s Cursor) -> Turn<'s> {
        let mut turn = self.take(cursor);
        if let Some(open) = turn.open.as_mut().and_then(|open| open.take()) {
            open.finish(cursor);
        }
        turn
    }
}

impl Turn<'_> {
    /// The transaction of this turn: the one that others have left open, or a new one. One that is torn leads to nothing,
    /// and what is in it is nothing to decide on.
    pub(super) fn transaction(&mut self, database: &Database) -> Result<&Open, StoreError> {
        let Some(guard) = &mut self.open else { return Err(StoreError::Torn) };
        match &mut **guard {
            Some(open) if open.torn.get() => Err(StoreError::Torn),
            Some(open) => Ok(open),
            none => Ok(none.insert(Open {
                transaction: database.begin_write()?,
                group: Ending(Arc::default()),
                turns: 0,
                written: Cell::new(false),
                torn: Cell::new(false),
            })),
        }
    }

    /// Lets the next one in, and returns when everything of this turn is on disk, or nothing of it.
    pub(super) fn end(mut self) -> Result<(), StoreError> {
        self.close().map_or(Ok(()), |group| group.wait()).map_err(StoreError::Together)
    }

    /// Lets the next one in; if nobody waits, brings the transaction to disk before.
    fn close(&mut self) -> Option<Arc<Group>> {
        let mut guard = self.open.take()?;
        let open = guard.as_mut()?;
        open.turns += 1;
        let group = Arc::clone(&open.group.0);
        let is_last = self.turns.waiting.load(Ordering::Acquire) == 0 || open.turns >= MOST;
        if let Some(open) = guard.take_if(|_| is_last) {
            open.finish(self.cursor);
        }
        Some(group)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.close();
    }
}

impl Open {
    /// Writes something. What fails or panics in the middle takes the transaction with it.
    pub(super) fn write(&self, work: impl FnOnce() -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.written.set(true);
        let was_torn = self.torn.replace(true);
        work()?;
        self.torn.set(was_torn);
        Ok(())
    }

    fn finish(self, cursor: &Cursor) {
        let outcome = match (self.torn.get(), self.written.get()) {
            (true, _) => Err(StoreError::Torn),
            (false, false) => Ok(()),
            (false, true) => self.transaction.commit().map_err(StoreError::from),
        };
        if self.written.get() {
            cursor.outdate();
        }
        self.group.0.end(outcome.map_err(Arc::new));
    }
}

impl Group {
    /// Says how it ended, if that has not been said.
    fn end(&self, outcome: Result<(), Arc<StoreError>>) {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(outcome);
        self.ended.notify_all();
    }

    fn wait(&self) -> Result<(), Arc<StoreError>> {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(outcome) = &*outcome {
                return outcome.clone();
            }
            outcome = self.ended.wait(outcome).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end(Err(Arc::new(StoreError::Torn)));
    }
}
