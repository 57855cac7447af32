//! What is written of one registration at a time, encoded. Made by any thread, written by the one whose turn it is.

use super::StoreError;
use super::codec::{pack, pack_json, unpack_json};
use crate::backend::Channel;
use crate::engine::core::{Digest, Event, State};
use crate::model::{Contact, Registration, RegistrationId, Status};

/// New events of a registration with the snapshot they lead to.
pub(in crate::engine) struct Record {
    pub(super) id: RegistrationId,
    /// The events as one value; `None` if there are none.
    pub(super) events: Option<Vec<u8>>,
    pub(super) snapshot: Vec<u8>,
    /// Where the registration stood before; `None` if it is new.
    pub(super) before: Option<Keys>,
    pub(super) after: Keys,
}

impl Record {
    /// A registration that is new.
    pub(in crate::engine) fn of(events: &[Event], after: &State) -> Result<Self, StoreError> {
        Self::following(None, events, after)
    }

    /// Events after others.
    pub(super) fn following(before: Option<Keys>, events: &[Event], after: &State) -> Result<Self, StoreError> {
        Ok(Self {
            id: after.registration.id.clone(),
            events: if events.is_empty() { None } else { Some(pack(&events)?) },
            snapshot: pack_snapshot(after)?,
            before,
            after: Keys::of(after),
        })
    }

    /// How many events there were before.
    pub(super) fn seen(&self) -> u64 {
        self.before.as_ref().map_or(0, |before| before.events)
    }
}

fn pack_snapshot(state: &State) -> Result<Vec<u8>, StoreError> {
    pack_json(&state.to_stored()?)
}

/// Reads a snapshot.
pub(super) fn unpack_snapshot(packed: &[u8]) -> Result<State, StoreError> {
    Ok(State::from_stored(&unpack_json(packed)?)?)
}

/// Where a registration stands in the indexes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Keys {
    /// How many events led here.
    pub(super) events: u64,
    pub(super) status: Status,
    pub(super) project: String,
    pub(super) flow: String,
    /// Newest first.
    pub(super) created: i64,
    /// Latest changed first.
    pub(super) changed: i64,
    /// Its contacts in one spelling, as long as it is open.
    pub(super) contacts: Vec<String>,
    /// When it runs out (µs), as long as it is unfinished.
    pub(super) expiry: Option<i64>,
    pub(super) tokens: Vec<Digest>,
}

impl Keys {
    pub(super) fn of(state: &State) -> Self {
        let registration = &state.registration;
        let is_unfinished = matches!(registration.status, Status::Started | Status::Ongoing);
        let contacts = if registration.status.is_open() { contact_keys(&registration.contact) } else { Vec::new() };
        Self {
            events: state.events,
            status: registration.status.clone(),
            project: registration.project.id.clone(),
            flow: registration.flow.id.clone(),
            created: -registration.created_at.timestamp_micros(),
            changed: changed_key(registration),
            contacts: contacts.into_iter().map(|(_, key)| key).collect(),
            expiry: registration.expires_at.filter(|_| is_unfinished).map(|at| at.timestamp_micros()),
            tokens: state.tokens.iter().map(|issued| issued.token).collect(),
        }
    }

    /// Status, project and flow.
    pub(super) fn row(&self) -> (&str, &str, &str) {
        (self.status.as_str(), &self.project, &self.flow)
    }
}

/// Latest changed first.
pub(super) fn changed_key(registration: &Registration) -> i64 {
    -registration.updated_at.timestamp_micros()
}

/// The contacts of a person in one spelling: address in lower case, phone as digits with its country code.
pub(super) fn contact_keys(contact: &Contact) -> Vec<(Channel, String)> {
    let email = contact.email.as_ref().map(|email| format!("email:{}", email.reveal().trim().to_lowercase()));
    let phone = contact.phone.as_ref().map(|phone| {
        let digits: String = phone.reveal().chars().filter(char::is_ascii_digit).collect();
        format!("phone:{}{digits}", contact.country_code.as_deref().unwrap_or_default().trim())
    });
    let email = email.map(|key| (Channel::Email, key));
    email.into_iter().chain(phone.map(|key| (Channel::Phone, key))).collect()
}
