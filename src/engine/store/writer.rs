//! One request's view of the store while it has its turn: what is there, and what is to be written once it is decided.

use std::collections::HashMap;

use redb::WriteTransaction;

use super::hooks::{Hooks, StoredHook};
use super::record::{Keys, Record, unpack_snapshot};
use super::tables::Tables;
use super::{StoreError, refreshed};
use crate::backend::Channel;
use crate::engine::core::{Event, State};
use crate::model::{Contact, Flow, RegistrationId};

/// See the module.
pub(in crate::engine) struct Writer<'t> {
    transaction: &'t WriteTransaction,
    tables: Tables<'t>,
    flows: &'t [Flow],
    /// What was read or is to be written: where each registration stands then, and its place in `records`.
    known: HashMap<RegistrationId, (Keys, Option<usize>)>,
    records: Vec<Record>,
    hooks: Vec<HookChange>,
}

enum HookChange {
    New(StoredHook),
    Other { number: u64, was: StoredHook, is: StoredHook },
}

impl<'t> Writer<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction, flows: &'t [Flow]) -> Result<Self, StoreError> {
        let tables = Tables::open(transaction)?;
        Ok(Self { transaction, tables, flows, known: HashMap::new(), records: Vec::new(), hooks: Vec::new() })
    }

    /// One registration, as of now.
    pub(in crate::engine) fn load(&mut self, id: &RegistrationId) -> Result<Option<State>, StoreError> {
        let place = self.known.get(id).and_then(|(_, place)| *place);
        let state = match place.and_then(|place| self.records.get(place)) {
            Some(record) => Some(unpack_snapshot(&record.snapshot)?),
            None => self.tables.load(id)?,
        };
        if let Some(state) = &state {
            self.known.entry(id.clone()).or_insert_with(|| (Keys::of(state), None));
        }
        Ok(state.map(|state| refreshed(state, self.flows)))
    }

    /// The contact of these that an open registration of the project already has, and which one that is; what is still
    /// to be written is not looked at.
    pub(in crate::engine) fn taken(
        &self,
        project: &str,
        contact: &Contact,
    ) -> Result<Option<(Channel, RegistrationId)>, StoreError> {
        self.tables.taken(project, contact)
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
        let before = self.known.get(id).map(|(keys, _)| keys.clone());
        let found = before.as_ref().map_or(0, |before| before.events);
        if found != expected {
            return Err(StoreError::Moved { id: id.clone(), expected, found });
        }
        let record = Record::following(before, events, after)?;
        self.known.insert(id.clone(), (record.after.clone(), Some(self.records.len())));
        self.records.push(record);
        Ok(())
    }

    /// Queues an event for the webhook of its project.
    pub(in crate::engine) fn announce(&mut self, hook: StoredHook) {
        self.hooks.push(HookChange::New(hook));
    }

    /// An event of the queue; what is still to be written is not looked at.
    pub(in crate::engine) fn hook(&self, number: u64) -> Result<Option<StoredHook>, StoreError> {
        Hooks::open(self.transaction)?.load(number)
    }

    /// Puts an event of the queue in the place of what it was.
    pub(in crate::engine) fn put_hook(&mut self, number: u64, was: StoredHook, is: StoredHook) {
        self.hooks.push(HookChange::Other { number, was, is });
    }

    /// Whether there is anything to be written.
    pub(super) fn has_work(&self) -> bool {
        !self.records.is_empty() || !self.hooks.is_empty()
    }

    /// Writes everything.
    pub(super) fn write(mut self) -> Result<(), StoreError> {
        for record in &self.records {
            self.tables.put(record)?;
        }
        if self.hooks.is_empty() {
            return Ok(());
        }
        let mut hooks = Hooks::open(self.transaction)?;
        for change in &self.hooks {
            match change {
                HookChange::New(hook) => hooks.push(hook)?,
                HookChange::Other { number, was, is } => hooks.put(*number, Some(was), is)?,
            }
        }
        Ok(())
    }
}
