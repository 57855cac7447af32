//! The tables of the store and how a registration is found in them.

use redb::{ReadTransaction, ReadableTable, Table, TableDefinition, WriteTransaction};

use super::feed::Feed;
use super::record::{Keys, Record, contact_keys, unpack_snapshot};
use super::{StoreError, codec};
use crate::backend::Channel;
use crate::engine::core::{Event, State};
use crate::model::{Contact, RegistrationId};

/// Number of the layout below; a file of another number is not touched, but for earlier ones, which are brought over.
pub(super) const FORMAT: u64 = 3;

pub(super) const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
/// Project id to project, JSON.
pub(super) const PROJECTS: TableDefinition<&str, &[u8]> = TableDefinition::new("projects");
/// Flow id to flow, JSON.
pub(super) const FLOWS: TableDefinition<&str, &[u8]> = TableDefinition::new("flows");
/// Registration id to state, packed.
pub(super) const STATES: TableDefinition<&str, &[u8]> = TableDefinition::new("states");
/// Registration id and number of the first, from 0, to the events that came together: a list, packed.
pub(super) const HISTORY: TableDefinition<(&str, u64), &[u8]> = TableDefinition::new("history");
/// Newest first: negated creation time (µs) and id, to status, project and flow.
pub(super) const ORDER: TableDefinition<(i64, &str), (&str, &str, &str)> = TableDefinition::new("order");
/// Latest changed first: negated time of the last change (µs) and id, to status, project and flow.
pub(super) const CHANGED: TableDefinition<(i64, &str), (&str, &str, &str)> = TableDefinition::new("changed");
/// Status, project and flow to how many registrations have them.
pub(super) const COUNTS: TableDefinition<(&str, &str, &str), u64> = TableDefinition::new("counts");
/// Project, contact in one spelling, and id of each open registration.
pub(super) const CONTACTS: TableDefinition<(&str, &str, &str), ()> = TableDefinition::new("contacts");
/// Digest of each token that still counts, to its registration.
pub(super) const TOKENS: TableDefinition<&[u8; 32], &str> = TableDefinition::new("tokens");
/// When each unfinished registration runs out (µs) and its id.
pub(super) const EXPIRY: TableDefinition<(i64, &str), ()> = TableDefinition::new("expiry");

/// All tables of the registrations, open for writing.
pub(super) struct Tables<'t> {
    states: Table<'t, &'static str, &'static [u8]>,
    history: Table<'t, (&'static str, u64), &'static [u8]>,
    order: Table<'t, (i64, &'static str), (&'static str, &'static str, &'static str)>,
    changed: Table<'t, (i64, &'static str), (&'static str, &'static str, &'static str)>,
    counts: Table<'t, (&'static str, &'static str, &'static str), u64>,
    contacts: Table<'t, (&'static str, &'static str, &'static str), ()>,
    tokens: Table<'t, &'static [u8; 32], &'static str>,
    expiry: Table<'t, (i64, &'static str), ()>,
    feed: Feed<'t>,
}

impl<'t> Tables<'t> {
    /// Opens them; what is written is marked with `mark` in the feed.
    pub(super) fn open(transaction: &'t WriteTransaction, mark: u64) -> Result<Self, StoreError> {
        Ok(Self {
            states: transaction.open_table(STATES)?,
            history: transaction.open_table(HISTORY)?,
            order: transaction.open_table(ORDER)?,
            changed: transaction.open_table(CHANGED)?,
            counts: transaction.open_table(COUNTS)?,
            contacts: transaction.open_table(CONTACTS)?,
            tokens: transaction.open_table(TOKENS)?,
            expiry: transaction.open_table(EXPIRY)?,
            feed: Feed::open(transaction, mark)?,
        })
    }

    /// Writes a record. Whoever made it has seen what it says was there before; of a new one this is looked at here.
    pub(super) fn put(&mut self, record: &Record) -> Result<(), StoreError> {
        let id = record.id.as_str();
        let replaced = self.states.insert(id, record.snapshot.as_slice())?;
        if let (Some(found), None) = (&replaced, &record.before) {
            let found = unpack_snapshot(found.value())?.events;
            return Err(StoreError::Moved { id: record.id.clone(), expected: 0, found });
        }
        drop(replaced);
        if let Some(events) = &record.events {
            self.history.insert((id, record.seen()), events.as_slice())?;
        }
        self.index(id, record.before.as_ref(), &record.after)?;
        self.feed.note(id)
    }

    /// Brings every index from what it says of a registration to what it has to say.
    fn index(&mut self, id: &str, old: Option<&Keys>, new: &Keys) -> Result<(), StoreError> {
        let old_row = old.map(Keys::row);
        if old_row != Some(new.row()) {
            if let Some(row) = old_row {
                self.count(row, |count| count.saturating_sub(1))?;
            }
            self.count(new.row(), |count| count + 1)?;
            self.order.insert((new.created, id), new.row())?;
        }
        if old.map(|old| (old.row(), old.changed)) != Some((new.row(), new.changed)) {
            if let Some(old) = old.filter(|old| old.changed != new.changed) {
                self.changed.remove((old.changed, id))?;
            }
            self.changed.insert((new.changed, id), new.row())?;
        }
        let (old_expiry, old_contacts, old_tokens) =
            old.map_or((None, &[][..], &[][..]), |old| (old.expiry, &old.contacts, &old.tokens));
        for contact in old_contacts.iter().filter(|contact| !new.contacts.contains(contact)) {
            self.contacts.remove((new.project.as_str(), contact.as_str(), id))?;
        }
        for contact in new.contacts.iter().filter(|contact| !old_contacts.contains(contact)) {
            self.contacts.insert((new.project.as_str(), contact.as_str(), id), ())?;
        }
        if old_expiry != new.expiry {
            if let Some(at) = old_expiry {
                self.expiry.remove((at, id))?;
            }
            if let Some(at) = new.expiry {
                self.expiry.insert((at, id), ())?;
            }
        }
        for token in old_tokens.iter().filter(|token| !new.tokens.contains(token)) {
            self.tokens.remove(token.bytes())?;
        }
        for token in new.tokens.iter().filter(|token| !old_tokens.contains(token)) {
            self.tokens.insert(token.bytes(), id)?;
        }
        Ok(())
    }

    fn count(&mut self, row: (&str, &str, &str), change: impl FnOnce(u64) -> u64) -> Result<(), StoreError> {
        let count = self.counts.get(row)?.map_or(0, |count| count.value());
        self.counts.insert(row, change(count))?;
        Ok(())
    }
}

/// The contact of these that an open registration of the project already has, and which one that is.
pub(super) fn taken(
    contacts: &impl ReadableTable<(&'static str, &'static str, &'static str), ()>,
    project: &str,
    contact: &Contact,
) -> Result<Option<(Channel, RegistrationId)>, StoreError> {
    for (channel, key) in contact_keys(contact) {
        // Ids follow the contact in the key, so the first entry at or after the bare contact is one of its own.
        let mut entries = contacts.range((project, key.as_str(), "")..)?;
        if let Some(entry) = entries.next() {
            let (found, ()) = (entry?.0, ());
            let (found_project, found_contact, holder) = found.value();
            if found_project == project && found_contact == key {
                return Ok(Some((channel, RegistrationId::new(holder))));
            }
        }
    }
    Ok(None)
}

/// Reads a snapshot.
pub(super) fn snapshot(transaction: &ReadTransaction, id: &str) -> Result<Option<State>, StoreError> {
    transaction.open_table(STATES)?.get(id)?.map(|packed| unpack_snapshot(packed.value())).transpose()
}

/// Reads the events of a registration, oldest first.
pub(super) fn events(transaction: &ReadTransaction, id: &str) -> Result<Vec<Event>, StoreError> {
    let table = transaction.open_table(HISTORY)?;
    let mut events = Vec::new();
    for entry in table.range((id, 0)..=(id, u64::MAX))? {
        events.extend(codec::unpack::<Vec<Event>>(entry?.1.value())?);
    }
    Ok(events)
}
