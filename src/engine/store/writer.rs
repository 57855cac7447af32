//! What a request reads of the store and is to write, before and in its turn.
//!
//! A request decides outside of its turn, on what is on disk: reading, deciding and encoding take most of its time, and
//! all processors can do that at once. What it has read is kept in its [`Plan`]. If all of it still is as it was when
//! the turn comes, the plan is written; otherwise the request decides anew, in its turn, so that it always comes out as
//! if all of them had come one after the other.

use std::collections::HashMap;

use redb::{ReadTransaction, ReadableTable, WriteTransaction};

use super::hooks::{HOOKS, Hooks, StoredHook};
use super::record::{Keys, Record, unpack_snapshot};
use super::tables::{self, CONTACTS, STATES, Tables};
use super::{StoreError, refreshed};
use crate::backend::Channel;
use crate::engine::core::{Event, State};
use crate::engine::storage::{Lease, LeaseChange};
use crate::model::{Contact, Flow, RegistrationId};

/// What a writer reads a store by.
pub(in crate::engine) trait Reading {
    /// A snapshot as it is written.
    fn packed(&self, id: &RegistrationId) -> Result<Option<Vec<u8>>, StoreError>;

    /// The contact of these that an open registration of the project already has, and which one that is.
    fn taken(&self, project: &str, contact: &Contact) -> Result<Holder, StoreError>;

    /// An event of the queue.
    fn hook(&self, number: u64) -> Result<Option<StoredHook>, StoreError>;

    /// The lease on the claim of a registration. There are none in a file.
    fn lease(&self, _: &RegistrationId) -> Result<Option<Lease>, StoreError> {
        Ok(None)
    }
}

/// The file of a store as a writer sees it.
pub(super) enum View<'t> {
    /// What is on disk.
    Committed(ReadTransaction),
    /// What will be, if nobody writes more: only in one's turn.
    Open(&'t WriteTransaction),
}

impl Reading for View<'_> {
    fn packed(&self, id: &RegistrationId) -> Result<Option<Vec<u8>>, StoreError> {
        fn get(
            table: &impl ReadableTable<&'static str, &'static [u8]>,
            id: &str,
        ) -> Result<Option<Vec<u8>>, StoreError> {
            Ok(table.get(id)?.map(|packed| packed.value().to_vec()))
        }
        match self {
            Self::Committed(transaction) => get(&transaction.open_table(STATES)?, id.as_str()),
            Self::Open(transaction) => get(&transaction.open_table(STATES)?, id.as_str()),
        }
    }

    fn taken(&self, project: &str, contact: &Contact) -> Result<Holder, StoreError> {
        match self {
            Self::Committed(transaction) => tables::taken(&transaction.open_table(CONTACTS)?, project, contact),
            Self::Open(transaction) => tables::taken(&transaction.open_table(CONTACTS)?, project, contact),
        }
    }

    fn hook(&self, number: u64) -> Result<Option<StoredHook>, StoreError> {
        match self {
            Self::Committed(transaction) => super::hooks::load(&transaction.open_table(HOOKS)?, number),
            Self::Open(transaction) => super::hooks::load(&transaction.open_table(HOOKS)?, number),
        }
    }
}

/// Who has a contact, if anybody.
pub(in crate::engine) type Holder = Option<(Channel, RegistrationId)>;

/// One request at the store.
pub(in crate::engine) struct Writer<'v> {
    view: &'v dyn Reading,
    flows: &'v [Flow],
    /// Where each registration stands that was read or is to be written, and which of the records says so.
    known: HashMap<RegistrationId, (Option<Keys>, Option<usize>)>,
    plan: Plan,
}

/// What a request has read and is to write.
#[derive(Default)]
pub(super) struct Plan {
    read: Vec<(RegistrationId, Option<Vec<u8>>)>,
    asked: Vec<(String, Contact, Holder)>,
    hooks_read: Vec<(u64, Option<StoredHook>)>,
    pub(super) records: Vec<Record>,
    pub(super) hooks: Vec<HookChange>,
    /// Only of a store that is shared.
    pub(super) leases: Vec<LeaseChange>,
}

/// What becomes of the queue.
pub(super) enum HookChange {
    /// An event at its end.
    New(StoredHook),
    /// An event in the place of what it was.
    Other { number: u64, was: StoredHook, is: StoredHook },
}

impl<'v> Writer<'v> {
    pub(super) fn new(view: &'v dyn Reading, flows: &'v [Flow]) -> Self {
        Self { view, flows, known: HashMap::new(), plan: Plan::default() }
    }

    /// One registration, as of now.
    pub(in crate::engine) fn load(&mut self, id: &RegistrationId) -> Result<Option<State>, StoreError> {
        let place = self.known.get(id).and_then(|(_, place)| *place);
        if let Some(record) = place.and_then(|place| self.plan.records.get(place)) {
            return Ok(Some(refreshed(unpack_snapshot(&record.snapshot)?, self.flows)));
        }
        let packed = self.view.packed(id)?;
        let state = packed.as_deref().map(unpack_snapshot).transpose()?;
        self.known.insert(id.clone(), (state.as_ref().map(Keys::of), None));
        self.plan.read.push((id.clone(), packed));
        Ok(state.map(|state| refreshed(state, self.flows)))
    }

    /// The contact of these that an open registration of the project already has, and which one that is; what is still
    /// to be written is not looked at.
    pub(in crate::engine) fn taken(&mut self, project: &str, contact: &Contact) -> Result<Holder, StoreError> {
        let holder = self.view.taken(project, contact)?;
        self.plan.asked.push((project.to_owned(), contact.clone(), holder.clone()));
        Ok(holder)
    }

    /// Appends events to a registration of which `expected` events were seen, with the snapshot they lead to.
    pub(in crate::engine) fn append(
        &mut self,
        expected: u64,
        events: &[Event],
        after: &State,
    ) -> Result<(), StoreError> {
        let id = &after.registration.id;
        if !self.known.contains_key(id) {
            self.load(id)?;
        }
        let before = self.known.get(id).and_then(|(keys, _)| keys.clone());
        let found = before.as_ref().map_or(0, |before| before.events);
        if found != expected {
            return Err(StoreError::Moved { id: id.clone(), expected, found });
        }
        let record = Record::following(before, events, after)?;
        self.known.insert(id.clone(), (Some(record.after.clone()), Some(self.plan.records.len())));
        self.plan.records.push(record);
        Ok(())
    }

    /// Queues an event for the webhook of its project.
    pub(in crate::engine) fn announce(&mut self, hook: StoredHook) {
        self.plan.hooks.push(HookChange::New(hook));
    }

    /// An event of the queue; what is still to be written is not looked at.
    pub(in crate::engine) fn hook(&mut self, number: u64) -> Result<Option<StoredHook>, StoreError> {
        let hook = self.view.hook(number)?;
        self.plan.hooks_read.push((number, hook.clone()));
        Ok(hook)
    }

    /// Puts an event of the queue in the place of what it was.
    pub(in crate::engine) fn put_hook(&mut self, number: u64, was: StoredHook, is: StoredHook) {
        self.plan.hooks.push(HookChange::Other { number, was, is });
    }

    /// The lease on the claim of a registration; what is still to be written is not looked at.
    pub(in crate::engine) fn lease(&self, id: &RegistrationId) -> Result<Option<Lease>, StoreError> {
        self.view.lease(id)
    }

    /// Says what becomes of a lease.
    pub(in crate::engine) fn change_lease(&mut self, change: LeaseChange) {
        self.plan.leases.push(change);
    }

    pub(super) fn into_plan(self) -> Plan {
        self.plan
    }
}

impl Plan {
    /// Whether there is nothing to be written.
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.hooks.is_empty() && self.leases.is_empty()
    }

    /// Whether everything still is as it was read.
    pub(super) fn holds(&self, view: &dyn Reading) -> Result<bool, StoreError> {
        for (id, packed) in &self.read {
            if view.packed(id)? != *packed {
                return Ok(false);
            }
        }
        for (project, contact, holder) in &self.asked {
            if view.taken(project, contact)? != *holder {
                return Ok(false);
            }
        }
        for (number, hook) in &self.hooks_read {
            if view.hook(*number)? != *hook {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Writes everything; `mark` goes with it into the feed.
    pub(super) fn write(&self, transaction: &WriteTransaction, mark: u64) -> Result<(), StoreError> {
        Tables::open(transaction, mark)?.put(&self.records)?;
        if self.hooks.is_empty() {
            return Ok(());
        }
        let mut hooks = Hooks::open(transaction)?;
        for change in &self.hooks {
            match change {
                HookChange::New(hook) => hooks.push(hook)?,
                HookChange::Other { number, was, is } => hooks.put(*number, Some(was), is)?,
            }
        }
        Ok(())
    }
}
