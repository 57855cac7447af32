//! What the engine asks of a store, whichever it is: one file on this machine, or a database that many share.
//!
//! Reading is plain. Writing is a piece of work that decides on what it reads through a [`Writer`] and says there what
//! is to be written. A store may have it decide again as long as nothing is written, and has to see to it that the
//! outcome is as if all writers had come one after the other.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use super::core::{Digest, Event, State};
use super::store::{Record, Store, StoreError, StoredHook, Writer};
use crate::backend::{BackendError, FeedPosition, HookFilter, Ledger, ListRequest};
use crate::model::{Flow, Project, Registration, RegistrationId, Timestamp};

/// Work of a writer: whether what it has said is to be written. It may be done more than once.
pub(super) type Work<'w> = dyn Fn(&mut Writer<'_>) -> bool + 'w;

/// New registrations on their way into a store.
pub(super) type Records<'r> = dyn Iterator<Item = Result<Record, BackendError>> + 'r;

/// Events of the queue with their numbers.
pub(super) type NumberedHooks = Vec<(u64, StoredHook)>;

/// Who has changed since a place in the feed, and from where to ask on; `None` if that cannot be told.
pub(super) type Since = Option<(Vec<RegistrationId>, FeedPosition)>;

/// Who leases claims: one console while it runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder {
    /// Tells it from all others.
    pub(super) number: i64,
    /// How long a lease holds that is not renewed.
    pub(super) length: Duration,
}

/// A lease on the claim of a registration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lease {
    /// The number of its holder.
    pub(super) holder: i64,
    /// Whether its time is over.
    pub(super) is_over: bool,
}

/// What becomes of a lease.
#[derive(Debug, Clone)]
pub(super) enum LeaseChange {
    /// A claim was taken.
    Begin(RegistrationId, Holder),
    /// Its lease is somebody else's now, if it has one.
    TakeOver(RegistrationId, Holder),
    /// There is none any more.
    End(RegistrationId),
}

/// A store. All of it blocks.
pub(super) trait Storage: Send + Sync {
    /// All projects, in the order of their ids.
    fn projects(&self) -> &[Project];

    /// All flows, in the order of their ids.
    fn flows(&self) -> &[Flow];

    /// Whether it lies on this machine. What does not is waited for only on threads made for that.
    fn is_at_hand(&self) -> bool;

    /// One registration.
    fn load(&self, id: &RegistrationId) -> Result<Option<State>, StoreError>;

    /// One page and how many registrations match in all, both as of one moment.
    fn page(&self, request: &ListRequest) -> Result<(Vec<Registration>, u64), StoreError>;

    /// The registration that a token was handed out for.
    fn token_owner(&self, token: &Digest) -> Result<Option<State>, StoreError>;

    /// The events of a registration, oldest first.
    fn events(&self, id: &RegistrationId) -> Result<Vec<Event>, StoreError>;

    /// The ids of registrations, in their order, so many after one of them.
    fn ids(&self, after: Option<&RegistrationId>, most: usize) -> Result<Vec<RegistrationId>, StoreError>;

    /// Unfinished registrations whose lifetime is over.
    fn overdue(&self, now: Timestamp) -> Result<Vec<RegistrationId>, StoreError>;

    /// Does some work, and writes what it leads to if the work says so; then all of it is kept for good when this
    /// returns. An error is one of the store: nothing was written, unless it is [`StoreError::Unsure`].
    fn settle(&self, work: &Work<'_>) -> Result<(), StoreError>;

    /// Writes new registrations in transactions of so many each, and tells after each thousand, and at the end, how
    /// many have come. A registration that is there already, or an error among the records, ends it: the transaction it
    /// came in leaves nothing, those before stay.
    fn fill(&self, records: &mut Records<'_>, most: usize, progress: &mut dyn FnMut(u64)) -> Result<u64, BackendError>;

    /// See [`crate::backend::Backend::revision`]. A database is written to by others as well.
    fn revision(&self) -> Option<u64> {
        None
    }

    /// Where the feed of changes ends.
    fn feed_position(&self) -> Result<FeedPosition, StoreError>;

    /// See [`crate::backend::Feed::since`].
    fn changed_since(&self, position: FeedPosition, most: usize) -> Result<Since, StoreError>;

    /// Whom others have changed since this was asked last. Nobody else writes to a file.
    fn news(&self) -> Result<Vec<RegistrationId>, StoreError> {
        Ok(Vec::new())
    }

    /// The log of what operators did, where it is kept with the registrations.
    fn ledger(&self) -> Option<Arc<dyn Ledger>> {
        None
    }

    /// Registrations whose claim was leased, and the lease is over. There are no leases in a file.
    fn lapsed(&self) -> Result<Vec<RegistrationId>, StoreError> {
        Ok(Vec::new())
    }

    /// Registrations whose claim somebody has leased.
    fn held(&self, _: Holder) -> Result<Vec<RegistrationId>, StoreError> {
        Ok(Vec::new())
    }

    /// Lets somebody's leases begin anew.
    fn renew(&self, _: Holder) -> Result<(), StoreError> {
        Ok(())
    }

    /// Events for webhooks whose time has come, the longest waiting first, so many at most; and when the next one after
    /// those is due (µs).
    fn due_hooks(&self, now: Timestamp, most: usize) -> Result<(NumberedHooks, Option<i64>), StoreError>;

    /// One event of the queue.
    fn hook(&self, number: u64) -> Result<Option<StoredHook>, StoreError>;

    /// Events that a filter lets through, latest first, from a position on, so many at most; and how many there are.
    fn hooks(&self, filter: &HookFilter, skip: usize, most: usize) -> Result<(NumberedHooks, usize), StoreError>;

    /// Takes events of another store, each under its number. Those that are there already stay as they are.
    fn take_hooks(&self, hooks: &[(u64, StoredHook)]) -> Result<(), StoreError>;
}

impl dyn Storage {
    /// Does some work and writes what it leads to. If the work fails, nothing of it stays; if it succeeds, all of it is
    /// kept for good when this returns.
    pub(super) fn write<T, E: From<StoreError>>(&self, work: impl Fn(&mut Writer<'_>) -> Result<T, E>) -> Result<T, E> {
        let outcome = Cell::new(None);
        let settled = self.settle(&|writer| {
            let done = work(writer);
            let is_to_be_written = done.is_ok();
            outcome.set(Some(done));
            is_to_be_written
        });
        settled?;
        outcome.into_inner().unwrap_or_else(|| Err(StoreError::Torn.into()))
    }
}

impl Storage for Store {
    fn is_at_hand(&self) -> bool {
        true
    }

    fn projects(&self) -> &[Project] {
        self.projects()
    }

    fn flows(&self) -> &[Flow] {
        self.flows()
    }

    fn load(&self, id: &RegistrationId) -> Result<Option<State>, StoreError> {
        self.load(id)
    }

    fn page(&self, request: &ListRequest) -> Result<(Vec<Registration>, u64), StoreError> {
        self.page(request)
    }

    fn token_owner(&self, token: &Digest) -> Result<Option<State>, StoreError> {
        self.token_owner(token)
    }

    fn events(&self, id: &RegistrationId) -> Result<Vec<Event>, StoreError> {
        self.events(id)
    }

    fn ids(&self, after: Option<&RegistrationId>, most: usize) -> Result<Vec<RegistrationId>, StoreError> {
        self.ids(after, most)
    }

    fn overdue(&self, now: Timestamp) -> Result<Vec<RegistrationId>, StoreError> {
        self.overdue(now)
    }

    fn settle(&self, work: &Work<'_>) -> Result<(), StoreError> {
        match self.write(|writer| if work(writer) { Ok(()) } else { Err(None) }) {
            Ok(()) | Err(None) => Ok(()),
            Err(Some(error)) => Err(error),
        }
    }

    fn fill(&self, records: &mut Records<'_>, most: usize, progress: &mut dyn FnMut(u64)) -> Result<u64, BackendError> {
        self.fill(records, most, progress)
    }

    fn revision(&self) -> Option<u64> {
        Some(self.revision())
    }

    fn feed_position(&self) -> Result<FeedPosition, StoreError> {
        self.feed_position()
    }

    fn changed_since(&self, position: FeedPosition, most: usize) -> Result<Since, StoreError> {
        self.changed_since(position, most)
    }

    fn due_hooks(&self, now: Timestamp, most: usize) -> Result<(NumberedHooks, Option<i64>), StoreError> {
        self.due_hooks(now, most)
    }

    fn hook(&self, number: u64) -> Result<Option<StoredHook>, StoreError> {
        self.hook(number)
    }

    fn hooks(&self, filter: &HookFilter, skip: usize, most: usize) -> Result<(NumberedHooks, usize), StoreError> {
        self.hooks(filter, skip, most)
    }

    fn take_hooks(&self, hooks: &[(u64, StoredHook)]) -> Result<(), StoreError> {
        self.take_hooks(hooks)
    }
}
