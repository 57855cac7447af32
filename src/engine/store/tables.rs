//! The tables of the store and how a registration is found in them.

use redb::{Key, ReadTransaction, ReadableTable, Table, TableDefinition, Value, WriteTransaction};

use super::feed::Feed;
use super::record::{Record, contact_keys, unpack_snapshot};
use super::{StoreError, codec, indexing};
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

    /// Writes records. Whoever made one has seen what it says was there before; of a new one this is looked at here.
    ///
    /// One table is written after the other, and each index in the order of its keys: of a large store, each page then is
    /// read and written once for all records, and not again and again for single ones. For snapshots and histories, the
    /// records have to come in the order of their ids.
    pub(super) fn put(&mut self, records: &[Record]) -> Result<(), StoreError> {
        for record in records {
            self.put_state(record)?;
        }
        for record in records {
            if let Some(events) = &record.events {
                self.history.insert((record.id.as_str(), record.seen()), events.as_slice())?;
            }
        }
        for (row, change) in indexing::counts(records) {
            let count = self.counts.get(row)?.map_or(0, |count| count.value());
            self.counts.insert(row, count.saturating_add_signed(change))?;
        }
        apply(&mut self.order, records.iter().flat_map(indexing::order))?;
        apply(&mut self.changed, records.iter().flat_map(indexing::changed))?;
        apply(&mut self.contacts, records.iter().flat_map(indexing::contacts))?;
        apply(&mut self.expiry, records.iter().flat_map(indexing::expiry))?;
        self.put_tokens(records)?;
        records.iter().try_for_each(|record| self.feed.note(record.id.as_str()))
    }

    /// A token leads to one registration: whoever brings one that leads elsewhere is refused, with the transaction.
    fn put_tokens(&mut self, records: &[Record]) -> Result<(), StoreError> {
        for (token, owner) in sorted(records.iter().flat_map(indexing::tokens)) {
            match owner {
                Some(id) => {
                    let before = self.tokens.insert(token, id)?;
                    if let Some(before) = before.filter(|before| before.value() != id) {
                        return Err(StoreError::Issued { id: RegistrationId::new(before.value()) });
                    }
                }
                None => drop(self.tokens.remove(token)?),
            }
        }
        Ok(())
    }

    fn put_state(&mut self, record: &Record) -> Result<(), StoreError> {
        let replaced = self.states.insert(record.id.as_str(), record.snapshot.as_slice())?;
        if let (Some(found), None) = (&replaced, &record.before) {
            let found = unpack_snapshot(found.value())?.events;
            return Err(StoreError::Moved { id: record.id.clone(), expected: 0, found });
        }
        Ok(())
    }
}

/// In the order of their keys. What happens to one key stays as it came.
fn sorted<K: Ord, V>(changes: impl Iterator<Item = (K, V)>) -> Vec<(K, V)> {
    let mut changes: Vec<_> = changes.collect();
    changes.sort_by(|(one, _), (other, _)| one.cmp(other));
    changes
}

/// Changes a table in the order of its keys.
fn apply<'k, K, V>(
    table: &mut Table<'_, K, V>,
    changes: impl Iterator<Item = (K::SelfType<'k>, Option<V::SelfType<'k>>)>,
) -> Result<(), StoreError>
where
    K: Key<SelfType<'k>: Ord> + 'static,
    V: Value + 'static,
{
    for (key, value) in &sorted(changes) {
        match value {
            Some(value) => drop(table.insert(key, value)?),
            None => drop(table.remove(key)?),
        }
    }
    Ok(())
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
