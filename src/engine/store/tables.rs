//! The tables of the store and how a registration is found in them.

use redb::{ReadTransaction, ReadableTable as _, Table, TableDefinition, WriteTransaction};

use super::StoreError;
use crate::backend::Channel;
use crate::engine::core::{Event, State};
use crate::model::{Contact, Registration, RegistrationId, Status};

/// Number of the layout below; a file of another number is not touched.
pub(super) const FORMAT: u64 = 1;

pub(super) const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
/// Project id to project, JSON.
pub(super) const PROJECTS: TableDefinition<&str, &[u8]> = TableDefinition::new("projects");
/// Flow id to flow, JSON.
pub(super) const FLOWS: TableDefinition<&str, &[u8]> = TableDefinition::new("flows");
/// Registration id to state, JSON.
pub(super) const SNAPSHOTS: TableDefinition<&str, &[u8]> = TableDefinition::new("snapshots");
/// Registration id and number, from 0, to event, JSON.
pub(super) const EVENTS: TableDefinition<(&str, u64), &[u8]> = TableDefinition::new("events");
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
    snapshots: Table<'t, &'static str, &'static [u8]>,
    events: Table<'t, (&'static str, u64), &'static [u8]>,
    order: Table<'t, (i64, &'static str), (&'static str, &'static str, &'static str)>,
    changed: Table<'t, (i64, &'static str), (&'static str, &'static str, &'static str)>,
    counts: Table<'t, (&'static str, &'static str, &'static str), u64>,
    contacts: Table<'t, (&'static str, &'static str, &'static str), ()>,
    tokens: Table<'t, &'static [u8; 32], &'static str>,
    expiry: Table<'t, (i64, &'static str), ()>,
}

impl<'t> Tables<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, StoreError> {
        Ok(Self {
            snapshots: transaction.open_table(SNAPSHOTS)?,
            events: transaction.open_table(EVENTS)?,
            order: transaction.open_table(ORDER)?,
            changed: transaction.open_table(CHANGED)?,
            counts: transaction.open_table(COUNTS)?,
            contacts: transaction.open_table(CONTACTS)?,
            tokens: transaction.open_table(TOKENS)?,
            expiry: transaction.open_table(EXPIRY)?,
        })
    }

    pub(super) fn load(&self, id: &RegistrationId) -> Result<Option<State>, StoreError> {
        match self.snapshots.get(id.as_str())? {
            Some(bytes) => Ok(Some(State::from_stored(bytes.value())?)),
            None => Ok(None),
        }
    }

    /// Appends events to what `expected` events have led to, with the snapshot they lead to.
    pub(super) fn append(&mut self, expected: u64, events: &[Event], after: &State) -> Result<(), StoreError> {
        let id = &after.registration.id;
        let before = self.load(id)?;
        let found = before.as_ref().map_or(0, |before| before.events);
        if found != expected {
            return Err(StoreError::Moved { id: id.clone(), expected, found });
        }
        for (number, event) in (expected..).zip(events) {
            self.events.insert((id.as_str(), number), serde_json::to_vec(event)?.as_slice())?;
        }
        self.snapshots.insert(id.as_str(), after.to_stored()?.as_slice())?;
        self.index(before.as_ref(), after)
    }

    /// Brings every index from what it says of `before` to what it has to say of `after`.
    fn index(&mut self, before: Option<&State>, after: &State) -> Result<(), StoreError> {
        let old = before.map(|state| Keys::of(&state.registration)).unwrap_or_default();
        let new = Keys::of(&after.registration);
        let id = after.registration.id.as_str();
        if old.row != new.row {
            if let Some(row) = old.row {
                self.count(row, |count| count.saturating_sub(1))?;
            }
            if let Some((status, project, flow)) = new.row {
                self.count((status, project, flow), |count| count + 1)?;
                self.order.insert((order_key(&after.registration), id), (status, project, flow))?;
            }
        }
        if (old.row, old.changed) != (new.row, new.changed) {
            if let Some(at) = old.changed {
                self.changed.remove((at, id))?;
            }
            if let (Some(row), Some(at)) = (new.row, new.changed) {
                self.changed.insert((at, id), row)?;
            }
        }
        for contact in old.contacts.iter().filter(|contact| !new.contacts.contains(contact)) {
            self.contacts.remove((new.project, contact.as_str(), id))?;
        }
        for contact in new.contacts.iter().filter(|contact| !old.contacts.contains(contact)) {
            self.contacts.insert((new.project, contact.as_str(), id), ())?;
        }
        if old.expiry != new.expiry {
            if let Some(at) = old.expiry {
                self.expiry.remove((at, id))?;
            }
            if let Some(at) = new.expiry {
                self.expiry.insert((at, id), ())?;
            }
        }
        self.index_tokens(before, after)
    }

    fn index_tokens(&mut self, before: Option<&State>, after: &State) -> Result<(), StoreError> {
        let old = before.map_or(&[][..], |state| state.tokens.as_slice());
        for issued in old.iter().filter(|issued| !after.tokens.contains(issued)) {
            self.tokens.remove(issued.token.bytes())?;
        }
        for issued in after.tokens.iter().filter(|issued| !old.contains(issued)) {
            self.tokens.insert(issued.token.bytes(), after.registration.id.as_str())?;
        }
        Ok(())
    }

    fn count(&mut self, row: (&str, &str, &str), change: impl FnOnce(u64) -> u64) -> Result<(), StoreError> {
        let count = self.counts.get(row)?.map_or(0, |count| count.value());
        self.counts.insert(row, change(count))?;
        Ok(())
    }

    /// The contact of these that an open registration of the project already has, and which one that is.
    pub(super) fn taken(
        &self,
        project: &str,
        contact: &Contact,
    ) -> Result<Option<(Channel, RegistrationId)>, StoreError> {
        for (channel, key) in contact_keys(contact) {
            // Ids follow the contact in the key, so the first entry at or after the bare contact is one of its own.
            let mut entries = self.contacts.range((project, key.as_str(), "")..)?;
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
}

/// Reads a snapshot.
pub(super) fn snapshot(transaction: &ReadTransaction, id: &str) -> Result<Option<State>, StoreError> {
    match transaction.open_table(SNAPSHOTS)?.get(id)? {
        Some(bytes) => Ok(Some(State::from_stored(bytes.value())?)),
        None => Ok(None),
    }
}

/// Newest first.
fn order_key(registration: &Registration) -> i64 {
    -registration.created_at.timestamp_micros()
}

/// Latest changed first.
pub(super) fn changed_key(registration: &Registration) -> i64 {
    -registration.updated_at.timestamp_micros()
}

/// Where a registration stands in the indexes.
#[derive(Default)]
struct Keys<'r> {
    row: Option<(&'r str, &'r str, &'r str)>,
    project: &'r str,
    contacts: Vec<String>,
    expiry: Option<i64>,
    changed: Option<i64>,
}

impl<'r> Keys<'r> {
    fn of(registration: &'r Registration) -> Self {
        let project = registration.project.id.as_str();
        let unfinished = matches!(registration.status, Status::Started | Status::Ongoing);
        let contacts = if registration.status.is_open() {
            contact_keys(&registration.contact).into_iter().map(|(_, key)| key).collect()
        } else {
            Vec::new()
        };
        Self {
            row: Some((registration.status.as_str(), project, registration.flow.id.as_str())),
            project,
            contacts,
            changed: Some(changed_key(registration)),
            expiry: registration.expires_at.filter(|_| unfinished).map(|at| at.timestamp_micros()),
        }
    }
}

/// The contacts of a person in one spelling: address in lower case, phone as digits with its country code.
fn contact_keys(contact: &Contact) -> Vec<(Channel, String)> {
    let email = contact.email.as_ref().map(|email| format!("email:{}", email.reveal().trim().to_lowercase()));
    let phone = contact.phone.as_ref().map(|phone| {
        let digits: String = phone.reveal().chars().filter(char::is_ascii_digit).collect();
        format!("phone:{}{digits}", contact.country_code.as_deref().unwrap_or_default().trim())
    });
    let email = email.map(|key| (Channel::Email, key));
    email.into_iter().chain(phone.map(|key| (Channel::Phone, key))).collect()
}
