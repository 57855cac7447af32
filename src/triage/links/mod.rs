//! Which registrations share something: kept up to date one registration at a time, in one spelling for each value.

mod ring;
mod traces;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::model::{Registration, RegistrationId};
pub use ring::{Ring, RingNode, RingRow};
use traces::Key;
pub(super) use traces::{Failure, MISREAD_EDITS, Traces, addresses, parse_public};

/// An IP address shared by more registrations than this is a network (an office, a carrier), not a person.
const CROWDED_ADDRESS: usize = 20;
/// At most so many others are looked at for one shared value.
const MOST_PER_VALUE: usize = 100;

/// What joins two registrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// Same document number.
    Document,
    /// Same biometric person.
    Person,
    /// Same device.
    Device,
    /// Same normalised e-mail address.
    Email,
    /// Same phone in international form.
    Phone,
    /// Same IP address: weak.
    Ip,
}

impl LinkKind {
    /// The word on the wire and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Person => "person",
            Self::Device => "device",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Ip => "ip",
        }
    }
}

/// Another registration that shares something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The other one.
    pub id: RegistrationId,
    /// What is shared, strongest first.
    pub via: Vec<LinkKind>,
}

/// Values shared between registrations.
#[derive(Debug, Clone, Default)]
pub struct LinkIndex {
    traces: HashMap<Arc<RegistrationId>, Traces>,
    holders: HashMap<Key, BTreeSet<Arc<RegistrationId>>>,
}

impl LinkIndex {
    /// Adds a registration, or replaces what it shared before.
    pub fn insert(&mut self, registration: &Registration) {
        self.put(registration.id.clone(), Traces::of(registration));
    }

    /// Adds or replaces a registration, and tells who else is judged differently by it.
    pub fn update(&mut self, registration: &Registration) -> BTreeSet<RegistrationId> {
        let traces = Traces::of(registration);
        if self.traces.get(&registration.id) == Some(&traces) {
            return BTreeSet::new();
        }
        let mut touched = self.neighbours(&registration.id);
        self.put(registration.id.clone(), traces);
        touched.append(&mut self.neighbours(&registration.id));
        touched
    }

    fn put(&mut self, id: RegistrationId, traces: Traces) {
        self.remove(&id);
        let id = Arc::new(id);
        for key in &traces.keys {
            self.holders.entry(key.clone()).or_default().insert(Arc::clone(&id));
        }
        self.traces.insert(id, traces);
    }

    /// Forgets a registration.
    pub fn remove(&mut self, id: &RegistrationId) {
        let Some(traces) = self.traces.remove(id) else { return };
        for key in traces.keys {
            if let Some(holders) = self.holders.get_mut(&key) {
                holders.remove(id);
                if holders.is_empty() {
                    self.holders.remove(&key);
                }
            }
        }
    }

    /// Who shares something with a registration, strongest tie first. A crowded IP address links nobody, and of a
    /// value with very many holders the first hundred ids are told.
    pub fn links_of(&self, id: &RegistrationId) -> Vec<Link> {
        let mut shared: BTreeMap<&RegistrationId, Vec<LinkKind>> = BTreeMap::new();
        for key in self.keys_of(id) {
            for other in self.others_with(key, id) {
                let via = shared.entry(other).or_default();
                if via.last() != Some(&key.kind) {
                    via.push(key.kind);
                }
            }
        }
        let mut links: Vec<Link> = shared.into_iter().map(|(id, via)| Link { id: id.clone(), via }).collect();
        links.sort_by(|left, right| {
            (left.via.first(), right.via.len(), &left.id).cmp(&(right.via.first(), left.via.len(), &right.id))
        });
        links
    }

    /// Everyone whose judgement may depend on a registration. Only the many holders of an address that has been
    /// crowded for long are left out: for them nothing changes.
    pub fn neighbours(&self, id: &RegistrationId) -> BTreeSet<RegistrationId> {
        let mut near: BTreeSet<RegistrationId> = self.ring_of(id).into_iter().collect();
        for key in self.keys_of(id).iter().filter(|key| key.kind == LinkKind::Ip) {
            if let Some(holders) = self.holders.get(key).filter(|holders| holders.len() <= CROWDED_ADDRESS + 1) {
                near.extend(holders.iter().map(|holder| holder.as_ref().clone()));
            }
        }
        near.remove(id);
        near
    }

    /// What is remembered of a registration.
    pub(super) fn traces(&self, id: &RegistrationId) -> Option<&Traces> {
        self.traces.get(id)
    }

    /// The others that share a value of one of these kinds, in order of id.
    pub(super) fn sharing<'a>(
        &'a self,
        id: &RegistrationId,
        kinds: &[LinkKind],
    ) -> BTreeMap<&'a RegistrationId, &'a Traces> {
        self.keys_of(id)
            .iter()
            .filter(|key| kinds.contains(&key.kind))
            .flat_map(|key| self.others_with(key, id))
            .filter_map(|other| Some((other, self.traces.get(other)?)))
            .collect()
    }

    fn keys_of(&self, id: &RegistrationId) -> &[Key] {
        self.traces.get(id).map_or(&[], |traces| &traces.keys)
    }

    fn others_with<'a, 'b>(
        &'a self,
        key: &'b Key,
        id: &'b RegistrationId,
    ) -> impl Iterator<Item = &'a RegistrationId> + use<'a, 'b> {
        let crowded = |holders: &&BTreeSet<_>| key.kind == LinkKind::Ip && holders.len() > CROWDED_ADDRESS;
        self.holders
            .get(key)
            .filter(|holders| !crowded(holders))
            .into_iter()
            .flatten()
            .map(AsRef::as_ref)
            .filter(move |other: &&RegistrationId| *other != id)
            .take(MOST_PER_VALUE)
    }
}

/// How many different people stand behind registrations. Someone who may be anybody counts only if `unknown_counts`;
/// counting stops at `enough`.
pub(super) fn distinct_people<'a>(
    traces: impl IntoIterator<Item = &'a Traces>,
    unknown_counts: bool,
    enough: usize,
) -> usize {
    let mut people: Vec<&Traces> = Vec::new();
    for candidate in traces {
        if people.len() >= enough {
            break;
        }
        let is_new = people.iter().all(|known| match known.same_person(candidate) {
            Some(same) => !same,
            None => unknown_counts,
        });
        if is_new {
            people.push(candidate);
        }
    }
    people.len()
}

#[cfg(test)]
mod tests;
