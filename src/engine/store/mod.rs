//! The store: events and snapshots in one redb file. Knows nothing of the rules; blocking, so the engine calls it from
//! threads made for that.
//!
//! What was written is on disk when the writer returns. Writers decide side by side (see [`writer`]), take turns to
//! write, share a transaction where they come together (see [`turns`]), and each says how many events it has seen, so that
//! nothing is ever written over something unseen. Values are JSON, packed (see [`codec`]): a snapshot for each
//! registration, and a row for all events that came together.

mod check;
mod codec;
mod copies;
mod erase;
mod feed;
mod hooks;
mod indexing;
mod migration;
mod open;
mod pages;
mod postgres;
mod record;
mod tables;
#[cfg(test)]
mod tests;
mod turns;
mod unfinished;
mod writer;

use std::io;
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use redb::{Database, ReadableDatabase as _, WriteTransaction};

pub use check::Findings;
pub(super) use check::check;
pub use copies::CopyError;
pub(super) use copies::{backup, restore};
pub use erase::{Found, FoundCopy};
pub(super) use erase::{erase, find};
pub(super) use hooks::StoredHook;
pub use open::{OpenError, is_trying};
use pages::Cursor;
pub use postgres::{ConnectError, DatabaseLogin};
pub(super) use postgres::{SharedStore, aside, check as check_shared};
pub(super) use record::Record;
use tables::{EXPIRY, STATES, TOKENS, Tables, snapshot};
use turns::{Turn, Turns};
pub(super) use writer::Writer;
use writer::{Plan, View};

use super::core::{Digest, Event, State, replay};
use crate::backend::{BackendError, ErrorKind, FeedPosition, ListRequest};
use crate::model::{Flow, Project, Registration, RegistrationId, Timestamp};

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
    /// A token that leads to somebody was to lead to somebody else.
    #[error("a token of these registrations leads to {id}, which is there already")]
    Issued {
        /// Whom it leads to.
        id: RegistrationId,
    },
    /// A new file could not be made.
    #[error("a new file cannot be made: {0}")]
    Create(#[from] redb::DatabaseError),
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
    /// A value could not be compressed, or is no compressed value.
    #[error("a stored record cannot be packed or unpacked: {0}")]
    Packing(io::Error),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
    /// Another request that was to come to disk together with this one could not be written.
    #[error("another request that shared the transaction could not be written; do it again")]
    Torn,
    /// What happened to all who shared a transaction.
    #[error("{0}")]
    Together(Arc<StoreError>),
    /// The database of a shared store cannot be reached, or went away before anything was to be kept.
    #[error("the database cannot be reached: {0}")]
    Away(String),
    /// The database went away while it was told to keep what was written.
    #[error("the database went away while it was told to keep it")]
    Unsure,
    /// Others wrote the same again and again.
    #[error("too many write the same at once; do it again in a moment")]
    Busy,
    /// The database did not do what it was told.
    #[error("the database refused it: {0}")]
    Refused(String),
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
            StoreError::Moved { .. } | StoreError::Issued { .. } => ErrorKind::Conflict,
            StoreError::Away(_) => ErrorKind::Unreachable,
            StoreError::Busy => ErrorKind::TooMany { retry_after: Some(Duration::from_secs(1)) },
            StoreError::Unsure => {
                let message = "Nobody knows whether it was done: the database went away in the middle. Read the \
                               registration again before repeating it.";
                return Self::new(ErrorKind::TimedOut, message);
            }
            _ => ErrorKind::Storage,
        };
        Self::new(kind, format!("Nothing was done: {error}."))
    }
}

/// New registrations that are put in order before they are written: some fifty megabytes.
pub(super) const SORTED: usize = 20_000;

/// The open store.
pub(super) struct Store {
    database: Database,
    cursor: Cursor,
    turns: Turns,
    /// What the changes of this opening are marked with in the feed.
    mark: u64,
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
        tables::events(&self.database.begin_read()?, id.as_str())
    }

    /// Counts the transactions of this opening, but for moved webhook events, and some that failed. One that is on disk is
    /// counted before anybody is told of it.
    pub(super) fn revision(&self) -> u64 {
        self.cursor.generation()
    }

    /// Where the feed of changes ends.
    pub(super) fn feed_position(&self) -> Result<FeedPosition, StoreError> {
        feed::position(&self.database)
    }

    /// See [`crate::backend::Feed::since`].
    pub(super) fn changed_since(
        &self,
        position: FeedPosition,
        most: usize,
    ) -> Result<Option<(Vec<RegistrationId>, FeedPosition)>, StoreError> {
        feed::since(&self.database.begin_read()?, position, most)
    }

    /// The ids of registrations, in their order, so many after one of them.
    pub(super) fn ids(&self, after: Option<&RegistrationId>, most: usize) -> Result<Vec<RegistrationId>, StoreError> {
        let states = self.database.begin_read()?.open_table(STATES)?;
        let from = after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.as_str()));
        let found = states.range::<&str>((from, Bound::Unbounded))?.take(most);
        found.map(|entry| Ok(RegistrationId::new(entry?.0.value()))).collect()
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

    /// Does some work and writes what it leads to. If the work fails, nothing of it stays; if it succeeds, all of it is
    /// on disk when this returns. The work may be done twice: on what is on disk, and if that has changed meanwhile, on
    /// what will be there when its turn comes.
    pub(super) fn write<T, E: From<StoreError>>(&self, work: impl Fn(&mut Writer<'_>) -> Result<T, E>) -> Result<T, E> {
        let (done, plan) = {
            let view = View::Committed(self.database.begin_read().map_err(StoreError::from)?);
            self.decide(&view, &work)?
        };
        if plan.is_empty() {
            return Ok(done);
        }
        let mut turn = self.turns.take(&self.cursor);
        let written = self.settle(&mut turn, done, plan, work);
        let ended = turn.end();
        let done = written?;
        ended?;
        Ok(done)
    }

    fn decide<T, E>(&self, view: &View<'_>, work: impl Fn(&mut Writer<'_>) -> Result<T, E>) -> Result<(T, Plan), E> {
        let mut writer = Writer::new(view, &self.flows);
        let done = work(&mut writer)?;
        Ok((done, writer.into_plan()))
    }

    /// Writes a plan in its turn, or what comes of deciding anew.
    fn settle<T, E: From<StoreError>>(
        &self,
        turn: &mut Turn<'_>,
        mut done: T,
        mut plan: Plan,
        work: impl Fn(&mut Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let open = turn.transaction(&self.database)?;
        let view = View::Open(&open.transaction);
        if !plan.holds(&view)? {
            (done, plan) = self.decide(&view, work)?;
        }
        if !plan.is_empty() {
            open.write(|| plan.write(&open.transaction, self.mark))?;
        }
        Ok(done)
    }

    /// Writes new registrations in transactions of so many each, and tells after each thousand, and at the end, how
    /// many have come.
    /// A registration that is there already, or an error among the records, ends it: the transaction it came in leaves
    /// nothing, those before stay. Nobody else writes meanwhile.
    pub(super) fn fill<E: From<StoreError>>(
        &self,
        records: impl Iterator<Item = Result<Record, E>>,
        most: usize,
        mut progress: impl FnMut(u64),
    ) -> Result<u64, E> {
        let _turn = self.turns.take_alone(&self.cursor);
        let mut filled = 0;
        let mut records = records
            .inspect(|_| {
                filled += 1;
                if filled % 1_000 == 0 {
                    progress(filled);
                }
            })
            .peekable();
        while records.peek().is_some() {
            let transaction = self.database.begin_write().map_err(StoreError::from)?;
            self.put_sorted(&transaction, records.by_ref().take(most))?;
            transaction.commit().map_err(StoreError::from)?;
            self.cursor.outdate();
        }
        drop(records);
        if filled % 1_000 != 0 {
            progress(filled);
        }
        Ok(filled)
    }

    /// Writes records in the order of their ids, as many at a time as are held in memory.
    fn put_sorted<E: From<StoreError>>(
        &self,
        transaction: &WriteTransaction,
        mut records: impl Iterator<Item = Result<Record, E>>,
    ) -> Result<(), E> {
        let mut tables = Tables::open(transaction, self.mark)?;
        loop {
            let mut together = records.by_ref().take(SORTED).collect::<Result<Vec<_>, E>>()?;
            if together.is_empty() {
                return Ok(());
            }
            together.sort_unstable_by(|one, other| one.id.cmp(&other.id));
            tables.put(&together)?;
        }
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

/// Whether a registration is what its events lead to. How its flow is doing is the catalogue's to say: what is read is
/// brought up to date with it, and so is what is written after that.
fn follows_from(events: &[Event], state: &State) -> bool {
    replay(events).is_some_and(|mut replayed| {
        replayed.registration.flow.status.clone_from(&state.registration.flow.status);
        replayed.registration == state.registration
    })
}
