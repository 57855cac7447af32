//! Which registrations share something, arrive together or count on from one another: kept up to date one
//! registration at a time, so that a newcomer costs about the logarithm of all.
//!
//! Of a crowd that shares one value the nearest in time are looked at. So what is told of someone depends on few
//! others, and a newcomer changes the judgement of few.

mod arrivals;
mod bursts;
mod groups;
mod holders;
mod ring;
mod series;
mod traces;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::model::{Registration, RegistrationId};
use arrivals::Arrival;
use bursts::Bursts;
pub(super) use bursts::{DEVIATIONS, FEWEST, Pace};
pub(super) use groups::MOST_PEOPLE;
use groups::{GroupSize, Groups};
use holders::Holders;
pub use ring::{Ring, RingNode, RingRow};
use series::Series;
use traces::Key;
pub(super) use traces::{Failure, MISREAD_EDITS, Traces, addresses, parse_public};

/// An IP address shared by more registrations than this is a network (an office, a carrier), not a person.
const CROWDED_ADDRESS: usize = 20;
/// Who came within this time of one another came together.
const DAY: TimeDelta = TimeDelta::hours(24);

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

/// What registrations have to do with one another.
#[derive(Debug, Clone, Default)]
pub struct LinkIndex {
    holders: Holders,
    groups: Groups,
    bursts: Bursts,
    series: Series,
}

impl LinkIndex {
    /// Adds a registration, or replaces what it shared before.
    pub fn insert(&mut self, registration: &Registration) {
        self.put(&Traces::of(registration), &mut Vec::new());
    }

    /// Adds or replaces a registration, and tells who else is judged differently by it (and perhaps some who are not).
    pub fn update(&mut self, registration: &Registration) -> BTreeSet<Arc<RegistrationId>> {
        let mut touched = Vec::new();
        self.put(&Traces::of(registration), &mut touched);
        others(touched, &registration.id)
    }

    /// Forgets a registration, and tells who else is judged differently by that.
    pub fn remove(&mut self, id: &RegistrationId) -> BTreeSet<Arc<RegistrationId>> {
        let mut touched = Vec::new();
        self.forget(id, &mut touched);
        others(touched, id)
    }

    fn put(&mut self, traces: &Traces, touched: &mut Vec<Arc<RegistrationId>>) {
        let arrival = traces.arrival.clone();
        if self.holders.traces(&arrival.id).is_some_and(|known| known.arrival != arrival) {
            self.forget(&arrival.id, touched);
        }
        if self.holders.traces(&arrival.id) == Some(traces) {
            return;
        }
        self.touch_near(&arrival, touched);
        let old = self.holders.replace(traces.clone());
        self.touch_near(&arrival, touched);
        let before = old.as_ref().map_or(&[][..], |old| &old.keys);
        let gone: Vec<Key> = before.iter().filter(|key| !traces.keys.contains(key)).cloned().collect();
        self.groups.update(&arrival, &gone, &self.holders, touched);

        if old.as_ref().is_none_or(|old| old.project != traces.project) {
            if let Some(old) = &old {
                self.bursts.remove(&old.project, &arrival, touched);
            }
            self.bursts.insert(&traces.project, &arrival, touched);
        }
        if old.as_ref().is_none_or(|old| old.series != traces.series) {
            for place in old.iter().flat_map(|old| &old.series) {
                self.series.remove(place, &arrival, touched);
            }
            for place in &traces.series {
                self.series.insert(place, &arrival, touched);
            }
        }
    }

    fn forget(&mut self, id: &RegistrationId, touched: &mut Vec<Arc<RegistrationId>>) {
        let Some(arrival) = self.holders.traces(id).map(|traces| traces.arrival.clone()) else { return };
        self.touch_near(&arrival, touched);
        let Some(old) = self.holders.forget(id) else { return };
        self.groups.update(&arrival, &old.keys, &self.holders, touched);
        self.bursts.remove(&old.project, &arrival, touched);
        for place in &old.series {
            self.series.remove(place, &arrival, touched);
        }
    }

    /// Everyone who looks at a registration because they share a value: the nearest of each. An address that has been
    /// crowded for long links nobody, so there only those who came within a day look.
    fn touch_near(&self, arrival: &Arrival, touched: &mut Vec<Arc<RegistrationId>>) {
        for key in self.holders.keys(&arrival.id) {
            let Some(holders) = self.holders.of(key) else { continue };
            let links = key.is_strong() || holders.len() <= CROWDED_ADDRESS + 1;
            let near = holders.near(arrival).filter(|other| links || arrival.is_within(DAY, other));
            touched.extend(near.map(|other| Arc::clone(&other.id)));
        }
    }

    /// Who shares something with a registration, strongest tie first. A crowded IP address links nobody, and of a
    /// value with very many holders the nearest in time are told: 25 created before and 25 after.
    pub fn links_of(&self, id: &RegistrationId) -> Vec<Link> {
        let mut shared: BTreeMap<&RegistrationId, Vec<LinkKind>> = BTreeMap::new();
        for key in self.holders.keys(id) {
            for other in self.others_with(key, id) {
                let via = shared.entry(&other.id).or_default();
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

    /// What is remembered of a registration.
    pub(super) fn traces(&self, id: &RegistrationId) -> Option<&Traces> {
        self.holders.traces(id)
    }

    /// The size of a registration's ring; `None` if it is one person alone.
    pub(super) fn ring_size(&self, id: &RegistrationId) -> Option<GroupSize> {
        self.groups.size(id)
    }

    /// How many arrived when a registration did, and how many usually do; `None` if that is not known.
    pub(super) fn pace(&self, id: &RegistrationId) -> Option<Pace> {
        let traces = self.traces(id)?;
        self.bursts.pace(&traces.project, traces.arrival.at)
    }

    /// For each contact of a registration that may be one of a series: its kind, and who has the others of it.
    pub(super) fn series(&self, id: &RegistrationId) -> impl Iterator<Item = (LinkKind, Vec<&RegistrationId>)> {
        self.traces(id).into_iter().flat_map(|traces| {
            traces.series.iter().map(|place| {
                let kind = if place.line == series::Line::Phone { LinkKind::Phone } else { LinkKind::Email };
                (kind, self.series.others(place, &traces.arrival).collect())
            })
        })
    }

    /// For each address of a registration: who came from there within a day of it, the nearest of very many.
    pub(super) fn at_its_addresses(&self, id: &RegistrationId) -> impl Iterator<Item = Vec<&Traces>> {
        self.traces(id).into_iter().flat_map(|own| {
            own.keys.iter().filter(|key| key.kind == LinkKind::Ip).map(|key| {
                let near = self.holders.of(key).into_iter().flat_map(|holders| holders.near(&own.arrival));
                let near = near.filter(|other| own.arrival.is_within(DAY, other));
                near.filter_map(|other| self.traces(&other.id)).collect()
            })
        })
    }

    /// The others that share a value of one of these kinds, in order of id.
    pub(super) fn sharing<'a>(
        &'a self,
        id: &RegistrationId,
        kinds: &[LinkKind],
    ) -> BTreeMap<&'a RegistrationId, &'a Traces> {
        let keys = self.holders.keys(id).iter().filter(|key| kinds.contains(&key.kind));
        keys.flat_map(|key| self.others_with(key, id))
            .filter_map(|other| Some((other.id.as_ref(), self.traces(&other.id)?)))
            .collect()
    }

    fn others_with<'a>(&'a self, key: &Key, id: &RegistrationId) -> impl Iterator<Item = &'a Arrival> + use<'a> {
        let holders = self.holders.of(key).filter(|holders| key.is_strong() || holders.len() <= CROWDED_ADDRESS);
        let own = self.traces(id).map(|traces| &traces.arrival);
        holders.zip(own).into_iter().flat_map(|(holders, own)| holders.near(own))
    }
}

/// The ones who are touched but for the one who touches them, each once.
fn others(touched: Vec<Arc<RegistrationId>>, id: &RegistrationId) -> BTreeSet<Arc<RegistrationId>> {
    let mut others: BTreeSet<_> = touched.into_iter().collect();
    others.remove(id);
    others
}

/// How many different people stand behind registrations. Someone who may be anybody counts only if `unknown_counts`;
/// counting stops at `enough`.
pub(super) fn distinct_people<'a>(
    traces: impl IntoIterator<Item = &'a Traces>,
    unknown_counts: bool,
    enough: usize,
) -> usize {
    distinct(traces, enough, |known, candidate| known.same_person(candidate).unwrap_or(!unknown_counts)).len()
}

/// The first of each that are the same as one another; looks no further once there are `enough`.
pub(super) fn distinct<'a>(
    traces: impl IntoIterator<Item = &'a Traces>,
    enough: usize,
    same: impl Fn(&Traces, &Traces) -> bool,
) -> Vec<&'a Traces> {
    let mut found: Vec<&Traces> = Vec::new();
    for candidate in traces {
        if found.len() >= enough {
            break;
        }
        if found.iter().all(|known| !same(known, candidate)) {
            found.push(candidate);
        }
    }
    found
}

#[cfg(test)]
mod tests;
