//! Which registrations share something, arrive together or count on from one another: kept up to date one
//! registration at a time, so that a newcomer costs about the logarithm of all.
//!
//! Of a crowd that shares one value the nearest in time are looked at. So what is told of someone depends on few
//! others, and a newcomer changes the judgement of few.

mod arrivals;
mod bursts;
mod codes;
mod groups;
mod holders;
mod kept;
mod keys;
mod members;
mod ring;
mod series;
mod traces;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::model::{Registration, RegistrationId};
use arrivals::{Arrival, Number};
use bursts::Bursts;
pub(super) use bursts::{DEVIATIONS, FEWEST, Pace};
pub(super) use groups::MOST_PEOPLE;
use groups::{GroupSize, Groups};
use holders::Holders;
use keys::Key;
pub(super) use keys::{addresses, parse_public};
pub use ring::{Ring, RingNode, RingRow};
use series::Series;
pub(super) use traces::{Failure, MISREAD_EDITS, Traces};

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
///
/// Everybody has a number in it while they are known, and values are digests: of a million it takes some three hundred
/// bytes each.
#[derive(Clone, Default)]
pub struct LinkIndex {
    holders: Holders,
    groups: Groups,
    bursts: Bursts,
    series: Series,
}

/// Holds personal data and prints none.
impl std::fmt::Debug for LinkIndex {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("LinkIndex")
    }
}

/// Who is judged differently by a change, where somebody wants to know.
struct Touched(Option<Vec<Number>>);

impl Touched {
    fn wanted() -> Self {
        Self(Some(Vec::new()))
    }

    fn unwanted() -> Self {
        Self(None)
    }

    fn is_wanted(&self) -> bool {
        self.0.is_some()
    }

    fn extend(&mut self, numbers: impl Iterator<Item = Number>) {
        if let Some(known) = &mut self.0 {
            known.extend(numbers);
        }
    }
}

impl LinkIndex {
    /// Adds a registration, or replaces what it shared before.
    pub fn insert(&mut self, registration: &Registration) {
        self.add(registration);
        self.settle();
    }

    /// The same for one of many, after whom [`LinkIndex::settle`] has to follow.
    pub fn add(&mut self, registration: &Registration) {
        self.put(self.traces_from(registration), &mut Touched::unwanted());
    }

    /// Finds out what is left to be found out of those who were added.
    pub fn settle(&mut self) {
        self.series.settle();
        self.groups.settle(&self.holders);
    }

    /// Adds or replaces a registration, and tells who else is judged differently by it (and perhaps some who are not).
    pub fn update(&mut self, registration: &Registration) -> BTreeSet<RegistrationId> {
        self.settle();
        let mut touched = Touched::wanted();
        self.put(self.traces_from(registration), &mut touched);
        self.others(touched, &registration.id)
    }

    /// Forgets a registration, and tells who else is judged differently by that.
    pub fn remove(&mut self, id: &RegistrationId) -> BTreeSet<RegistrationId> {
        self.settle();
        let mut touched = Touched::wanted();
        self.forget(id, &mut touched);
        self.others(touched, id)
    }

    /// The ones who are touched but for the one who touches them, each once.
    fn others(&self, touched: Touched, id: &RegistrationId) -> BTreeSet<RegistrationId> {
        let ids = touched.0.unwrap_or_default().into_iter().filter_map(|number| self.holders.id(number));
        ids.filter(|other| *other != id).cloned().collect()
    }

    fn traces_from(&self, registration: &Registration) -> Traces {
        Traces::of(registration, self.holders.arrival_of(&registration.id, registration.created_at))
    }

    /// The number of a registration: small, and its own for as long as it is known.
    pub fn number(&self, id: &RegistrationId) -> Option<u32> {
        self.holders.number(id)
    }

    fn put(&mut self, mut traces: Traces, touched: &mut Touched) {
        let packed = traces.pack();
        if self.holders.arrival(&traces.id).is_some_and(|known| known.at() != traces.arrival.at()) {
            self.forget(&traces.id, touched);
            traces.arrival = self.holders.arrival_of(&traces.id, traces.arrival.at());
        }
        let arrival = traces.arrival;
        if self.holders.knows(&traces, &packed) {
            return;
        }
        self.touch_near(&arrival, touched);
        let old = self.holders.traces(&traces.id);
        self.holders.replace(&traces, &packed);
        self.touch_near(&arrival, touched);
        let before = old.as_ref().map_or(&[][..], |old| &old.keys);
        let gone: Vec<Key> = before.iter().filter(|key| !traces.keys.contains(key)).copied().collect();
        self.groups.update(&arrival, &gone, &self.holders, touched);

        if old.as_ref().is_none_or(|old| old.project != traces.project) {
            if let Some(old) = &old {
                self.bursts.remove(&old.project, &arrival, touched);
            }
            self.bursts.insert(&traces.project, &arrival, touched);
        }
        if old.as_ref().is_none_or(|old| old.series != traces.series) {
            for place in old.iter().flat_map(|old| &old.series) {
                self.series.remove(*place, arrival, touched);
            }
            for place in &traces.series {
                self.series.insert(*place, arrival, touched);
            }
        }
    }

    fn forget(&mut self, id: &RegistrationId, touched: &mut Touched) {
        let Some(old) = self.holders.traces(id) else { return };
        let arrival = old.arrival;
        self.touch_near(&arrival, touched);
        self.holders.forget(id);
        self.groups.update(&arrival, &old.keys, &self.holders, touched);
        self.bursts.remove(&old.project, &arrival, touched);
        for place in &old.series {
            self.series.remove(*place, arrival, touched);
        }
    }

    /// Everyone who looks at a registration because they share a value: the nearest of each. An address that has been
    /// crowded for long links nobody, so there only those who came within a day look.
    fn touch_near(&self, arrival: &Arrival, touched: &mut Touched) {
        if !touched.is_wanted() {
            return;
        }
        for key in self.holders.keys_at(arrival.number) {
            let Some(holders) = self.holders.of(&key) else { continue };
            let links = key.is_strong() || holders.len() <= CROWDED_ADDRESS + 1;
            let near = holders.near(arrival).filter(|other| links || arrival.is_within(DAY, other));
            touched.extend(near.map(|other| other.number));
        }
    }

    /// Who shares something with a registration, strongest tie first. A crowded IP address links nobody, and of a
    /// value with very many holders the nearest in time are told: 25 created before and 25 after.
    pub fn links_of(&self, id: &RegistrationId) -> Vec<Link> {
        let mut shared: BTreeMap<&RegistrationId, Vec<LinkKind>> = BTreeMap::new();
        for (key, other) in self.others_of(id, |_| true) {
            let Some(other) = self.holders.id(other.number) else { continue };
            let via = shared.entry(other).or_default();
            if via.last() != Some(&key.kind) {
                via.push(key.kind);
            }
        }
        let mut links: Vec<Link> = shared.into_iter().map(|(id, via)| Link { id: id.clone(), via }).collect();
        links.sort_by(|left, right| {
            (left.via.first(), right.via.len(), &left.id).cmp(&(right.via.first(), left.via.len(), &right.id))
        });
        links
    }

    /// What is remembered of a registration.
    pub(super) fn traces(&self, id: &RegistrationId) -> Option<Traces> {
        self.holders.traces(id)
    }

    /// The size of a registration's ring; `None` if it is one person alone.
    pub(super) fn ring_size(&self, id: &RegistrationId) -> Option<GroupSize> {
        self.groups.size(self.holders.arrival(id)?.number)
    }

    /// How many arrived when a registration did, and how many usually do; `None` if that is not known.
    pub(super) fn pace(&self, id: &RegistrationId) -> Option<Pace> {
        let traces = self.traces(id)?;
        self.bursts.pace(&traces.project, traces.arrival.at())
    }

    /// For each contact of a registration that may be one of a series: its kind, and who has the others of it.
    pub(super) fn series(&self, id: &RegistrationId) -> Vec<(LinkKind, Vec<&RegistrationId>)> {
        let Some(own) = self.traces(id) else { return Vec::new() };
        let others = |place: &series::Place| {
            let kind = if place.line == series::Line::PHONE { LinkKind::Phone } else { LinkKind::Email };
            let others = self.series.others(*place, &own.arrival);
            (kind, others.filter_map(|other| self.holders.id(other)).collect())
        };
        own.series.iter().map(others).collect()
    }

    /// For each address of a registration: who came from there within a day of it, the nearest of very many.
    pub(super) fn at_its_addresses(&self, id: &RegistrationId) -> Vec<Vec<Traces>> {
        let Some(own) = self.holders.arrival(id) else { return Vec::new() };
        let addresses = self.holders.keys_at(own.number).filter(|key| key.kind == LinkKind::Ip);
        let near = |key: Key| {
            let near = self.holders.of(&key).into_iter().flat_map(|holders| holders.near(&own));
            let near = near.filter(|other| own.is_within(DAY, other));
            near.filter_map(|other| self.holders.traces_at(other.number)).collect()
        };
        addresses.map(near).collect()
    }

    /// The others that share a value of one of these kinds, in order of id.
    pub(super) fn sharing(&self, id: &RegistrationId, kinds: &[LinkKind]) -> BTreeMap<&RegistrationId, Traces> {
        let others = self.others_of(id, |key| kinds.contains(&key.kind)).map(|(_, other)| other.number);
        let others: BTreeSet<Number> = others.collect();
        let sharing = |other| Some((self.holders.id(other)?, self.holders.traces_at(other)?));
        others.into_iter().filter_map(sharing).collect()
    }

    /// Those who share some of the values of a registration, value by value.
    fn others_of(&self, id: &RegistrationId, wanted: impl Fn(&Key) -> bool) -> impl Iterator<Item = (Key, Arrival)> {
        let own = self.holders.arrival(id);
        own.into_iter().flat_map(move |own| {
            let keys: Vec<Key> = self.holders.keys_at(own.number).filter(&wanted).collect();
            keys.into_iter().flat_map(move |key| self.others_with(key, own).map(move |other| (key, other)))
        })
    }

    fn others_with(&self, key: Key, own: Arrival) -> impl Iterator<Item = Arrival> + use<'_> {
        let holders = self.holders.of(&key).filter(|holders| key.is_strong() || holders.len() <= CROWDED_ADDRESS);
        holders.into_iter().flat_map(move |holders| holders.near(&own))
    }
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
