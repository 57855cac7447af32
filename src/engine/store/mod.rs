//! The store: events and snapshots in one redb file. Knows nothing of the rules; blocking, so the engine calls it from
//! threads made for that.
//!
//! Every write is one transaction that is on disk when it returns. Writers take turns (redb has one writer at a time),
//! and each says how many events it has seen, so that nothing is ever written over something unseen.

mod hooks;
mod open;
mod pages;
mod tables;
#[cfg(test)]
mod tests;

use redb::{Database, ReadableDatabase as _};

use hooks::Hooks;
pub(super) use hooks::StoredHook;
pub use open::OpenError;
use pages::Cursor;
use tables::{EXPIRY, TOKENS, Tables, snapshot};

use super::core::{Digest, Event, State};
use crate::backend::{BackendError, Channel, ErrorKind, ListRequest};
use crate::model::{Contact, Flow, Project, Registration, RegistrationId, Timestamp};

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    /// Someone else wrote in between.
    #[error("registration {id} has moved on: {expected} events were seen, {found} are there")]
    Moved {
        /// Which registration.
        id: RegistrationId,
        /// Events the writer had seen.
        expected: u64,
        /// Events there are.
        found: u64,
    },
    /// No transaction could be begun.
    #[error("the store cannot begin: {0}")]
    Begin(#[from] redb::TransactionError),
    /// A table could not be opened.
    #[error("the store has no such table: {0}")]
    Table(#[from] redb::TableError),
    /// The file could not be read or written.
    #[error("the store cannot be read or written: {0}")]
    Storage(#[from] redb::StorageError),
    /// The transaction could not be ended.
    #[error("the store cannot write to disk: {0}")]
    Commit(#[from] redb::CommitError),
    /// What was stored cannot be read. The text of the error names no value.
    #[error("a stored record cannot be read (line {}, column {}): {}", .0.line(), .0.column(), category(.0))]
    Record(#[from] serde_json::Error),
}

/// What is wrong with a record, without quoting it.
fn category(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Io => "it could not be read",
        serde_json::error::Category::Syntax => "it is not JSON",
        serde_json::error::Category::Data => "it has another shape",
        serde_json::error::Category::Eof => "it ends early",
    }
}

impl From<StoreError> for BackendError {
    fn from(error: StoreError) -> Self {
        let kind = match error {
            StoreError::Moved { .. } => ErrorKind::Conflict,
            _ => ErrorKind::Storage,
        };
        Self::new(kind, format!("Nothing was done: {error}."))
    }
}

/// The open store.
pub(super) struct Store {
    database: Database,
    cursor: Cursor,
    projects: Vec<Project>,
    flows: Vec<Flow>,
}

impl Store {
    /// All projects, in the order of their ids.
    pub(super) fn projects(&self) -> &[Project] {
        &self.projects
    }

    /// All flows, in the order of their ids.
    pub(super) fn flows(&self) -> &[Flow] {
        &self.flows
    }

    /// One registration.
    pub(super) fn load(&self, id: &RegistrationId) -> Result<Option<State>, StoreError> {
        Ok(snapshot(&self.database.begin_read()?, id.as_str())?.map(|state| refreshed(state, &self.flows)))
    }

    /// One page and how many registrations match in all, both as of one moment.
    pub(super) fn page(&self, request: &ListRequest) -> Result<(Vec<Registration>, u64), StoreError> {
        // Read before the transaction begins: a change in between then outdates what this page leaves behind.
        let generation = self.cursor.generation();
        let transaction = self.database.begin_read()?;
        let mut rows = pages::rows(&transaction, request, &self.cursor, generation)?;
        for row in &mut rows {
            refresh(row, &self.flows);
        }
        Ok((rows, pages::total(&transaction, request)?))
    }

    /// The registration that a token was handed out for.
    pub(super) fn token_owner(&self, token: &Digest) -> Result<Option<State>, StoreError> {
        let transaction = self.database.begin_read()?;
        let Some(id) = transaction.open_table(TOKENS)?.get(token.bytes())?.map(|id| id.value().to_owned()) else {
            return Ok(None);
        };
        Ok(snapshot(&transaction, &id)?.map(|state| refreshed(state, &self.flows)))
    }

    /// The events of a registration, oldest first.
    pub(super) fn events(&self, id: &RegistrationId) -> Result<Vec<Event>, StoreError> {
        let transaction = self.database.begin_read()?;
        let table = transaction.open_table(tables::EVENTS)?;
        let mut events = Vec::new();
        for entry in table.range((id.as_str(), 0)..=(id.as_str(), u64::MAX))? {
            events.push(serde_json::from_slice(entry?.1.value())?);
        }
        Ok(events)
    }

    /// Unfinished registrations whose lifetime is over.
    pub(super) fn overdue(&self, now: Timestamp) -> Result<Vec<RegistrationId>, StoreError> {
        let transaction = self.database.begin_read()?;
        let table = transaction.open_table(EXPIRY)?;
        let mut ids = Vec::new();
        for entry in table.range(..(now.timestamp_micros() + 1, ""))? {
            ids.push(RegistrationId::new(entry?.0.value().1));
        }
        Ok(ids)
    }

    /// Does some work in one write transaction. If the work fails, nothing of it stays; if it succeeds, all of it is
    /// on disk when this returns.
    pub(super) fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = self.database.begin_write().map_err(StoreError::from)?;
        let done = {
            let mut writer =
                Writer { tables: Tables::open(&transaction)?, hooks: Hooks::open(&transaction)?, flows: &self.flows };
            work(&mut writer)?
        };
        transaction.commit().map_err(StoreError::from)?;
        self.cursor.outdate();
        Ok(done)
    }
}

/// An open write transaction.
pub(super) struct Writer<'t> {
    tables: Tables<'t>,
    hooks: Hooks<'t>,
    flows: &'t [Flow],
}

impl Writer<'_> {
    /// One registration, as of now.
    pub(super) fn load(&self, id: &RegistrationId) -> Result<Option<State>, StoreError> {
        Ok(self.tables.load(id)?.map(|state| refreshed(state, self.flows)))
    }

    /// The contact of these that an open registration of the project already has, and which one that is.
    pub(super) fn taken(
        &self,
        project: &str,
        contact: &Contact,
    ) -> Result<Option<(Channel, RegistrationId)>, StoreError> {
        self.tables.taken(project, contact)
    }

    /// Appends events to a registration of which `expected` events were seen, with the snapshot they lead to.
    pub(super) fn append(&mut self, expected: u64, events: &[Event], after: &State) -> Result<(), StoreError> {
        self.tables.append(expected, events, after)
    }

    /// Queues an event for the webhook of its project.
    pub(super) fn announce(&mut self, hook: &StoredHook) -> Result<(), StoreError> {
        self.hooks.push(hook)
    }

    /// An event of the queue.
    pub(super) fn hook(&self, number: u64) -> Result<Option<StoredHook>, StoreError> {
        self.hooks.load(number)
    }

    /// Puts an event of the queue in the place of what it was.
    pub(super) fn put_hook(&mut self, number: u64, was: &StoredHook, is: &StoredHook) -> Result<(), StoreError> {
        self.hooks.put(number, Some(was), is)
    }
}

/// With what the catalogue says of its flow today; the settings stay those it was begun with.
fn refresh(registration: &mut Registration, flows: &[Flow]) {
    if let Some(flow) = flows.iter().find(|flow| flow.id == registration.flow.id) {
        registration.flow.status.clone_from(&flow.status);
    }
}

fn refreshed(mut state: State, flows: &[Flow]) -> State {
    refresh(&mut state.registration, flows);
    state
}
