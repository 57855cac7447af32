//! The queue of events for webhooks, in the file of the store.

use redb::{ReadableDatabase as _, ReadableTable, Table, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::{Store, StoreError};
use crate::backend::HookFilter;
use crate::model::{Delivery, RegistrationId, Timestamp};

/// Number of an event to the event, JSON.
pub(super) const HOOKS: TableDefinition<u64, &[u8]> = TableDefinition::new("hooks");
/// When each event is to be tried next (µs) and its number.
pub(super) const HOOKS_DUE: TableDefinition<(i64, u64), ()> = TableDefinition::new("hooks_due");

/// An event as stored: the registration as it was is found by replaying its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::engine) struct StoredHook {
    /// The registration.
    pub(in crate::engine) registration: RegistrationId,
    /// How many of its events lead to what it was.
    pub(in crate::engine) events: u64,
    /// What it is announced as.
    pub(in crate::engine) name: String,
    /// When it happened.
    pub(in crate::engine) at: Timestamp,
    /// The tries so far.
    pub(in crate::engine) tries: Vec<Delivery>,
    /// When it is to be tried next.
    pub(in crate::engine) due: Option<Timestamp>,
}

/// The tables of the queue, open for writing.
pub(super) struct Hooks<'t> {
    hooks: Table<'t, u64, &'static [u8]>,
    due: Table<'t, (i64, u64), ()>,
}

impl<'t> Hooks<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, StoreError> {
        Ok(Self { hooks: transaction.open_table(HOOKS)?, due: transaction.open_table(HOOKS_DUE)? })
    }

    /// Adds an event at the end.
    pub(super) fn push(&mut self, hook: &StoredHook) -> Result<(), StoreError> {
        let last = self.hooks.last()?.map_or(0, |(number, _)| number.value());
        self.put(last + 1, None, hook)
    }

    /// Puts an event in the place of what it was.
    pub(super) fn put(
        &mut self,
        number: u64,
        before: Option<&StoredHook>,
        hook: &StoredHook,
    ) -> Result<(), StoreError> {
        let micros = |hook: &StoredHook| hook.due.map(|due| due.timestamp_micros());
        if let Some(due) = before.and_then(micros) {
            self.due.remove((due, number))?;
        }
        if let Some(due) = micros(hook) {
            self.due.insert((due, number), ())?;
        }
        self.hooks.insert(number, serde_json::to_vec(hook)?.as_slice())?;
        Ok(())
    }
}

/// Reads an event.
pub(super) fn load(
    hooks: &impl ReadableTable<u64, &'static [u8]>,
    number: u64,
) -> Result<Option<StoredHook>, StoreError> {
    match hooks.get(number)? {
        Some(bytes) => Ok(Some(serde_json::from_slice(bytes.value())?)),
        None => Ok(None),
    }
}

impl Store {
    /// Events whose time has come, the longest waiting first, so many at most; and when the next one after those is
    /// due (µs).
    #[expect(clippy::type_complexity, reason = "a list and what comes after it")]
    pub(in crate::engine) fn due_hooks(
        &self,
        now: Timestamp,
        most: usize,
    ) -> Result<(Vec<(u64, StoredHook)>, Option<i64>), StoreError> {
        let transaction = self.database.begin_read()?;
        let hooks = transaction.open_table(HOOKS)?;
        let mut found = Vec::new();
        for entry in transaction.open_table(HOOKS_DUE)?.iter()? {
            let (due, number) = entry?.0.value();
            if due > now.timestamp_micros() || found.len() == most {
                return Ok((found, Some(due)));
            }
            if let Some(bytes) = hooks.get(number)? {
                found.push((number, serde_json::from_slice(bytes.value())?));
            }
        }
        Ok((found, None))
    }

    /// One event.
    pub(in crate::engine) fn hook(&self, number: u64) -> Result<Option<StoredHook>, StoreError> {
        load(&self.database.begin_read()?.open_table(HOOKS)?, number)
    }

    /// Events that a filter lets through, latest first, from a position on, so many at most; and how many there are.
    pub(in crate::engine) fn hooks(
        &self,
        filter: &HookFilter,
        skip: usize,
        most: usize,
    ) -> Result<(Vec<(u64, StoredHook)>, usize), StoreError> {
        let transaction = self.database.begin_read()?;
        let (mut found, mut count) = (Vec::new(), 0);
        for entry in transaction.open_table(HOOKS)?.iter()?.rev() {
            let (number, bytes) = entry?;
            let hook: StoredHook = serde_json::from_slice(bytes.value())?;
            if !hook.fits(filter) {
                continue;
            }
            if count >= skip && found.len() < most {
                found.push((number.value(), hook));
            }
            count += 1;
        }
        Ok((found, count))
    }
}

impl Store {
    /// Takes events of another store, each under its number. Those that are there already stay as they are.
    pub(in crate::engine) fn take_hooks(&self, others: &[(u64, StoredHook)]) -> Result<(), StoreError> {
        let _turn = self.turns.take_alone(&self.cursor);
        let transaction = self.database.begin_write()?;
        let mut hooks = Hooks::open(&transaction)?;
        for (number, hook) in others {
            if load(&hooks.hooks, *number)?.is_none() {
                hooks.put(*number, None, hook)?;
            }
        }
        drop(hooks);
        transaction.commit()?;
        Ok(())
    }
}

impl StoredHook {
    fn fits(&self, filter: &HookFilter) -> bool {
        let heard = self.tries.last().map(|last| last.was_heard() == Some(true));
        filter.registration.as_ref().is_none_or(|wanted| *wanted == self.registration)
            && filter.heard.is_none_or(|wanted| heard == Some(wanted))
    }
}
