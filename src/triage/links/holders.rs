//! Who is known, and who holds which value.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use super::{
    LinkKind,
    arrivals::{Arrival, Arrivals, Row},
    traces::{Key, Traces},
};
use crate::model::RegistrationId;

/// The traces of everyone known, and everyone by what they left.
#[derive(Debug, Clone, Default)]
pub struct Holders {
    known: HashMap<Arc<RegistrationId>, Traces>,
    by_key: HashMap<Key, Arrivals>,
}

impl Holders {
    /// What is remembered of a registration.
    pub fn traces(&self, id: &RegistrationId) -> Option<&Traces> {
        self.known.get(id)
    }

    /// What a registration may share; nothing of one that is not known.
    pub fn keys(&self, id: &RegistrationId) -> &[Key] {
        self.known.get(id).map_or(&[], |traces| &traces.keys)
    }

    /// Everyone who holds a value.
    pub fn of(&self, key: &Key) -> Option<&Arrivals> {
        self.by_key.get(key)
    }

    /// Somebody else who holds a value.
    pub fn other(&self, key: &Key, arrival: &Arrival) -> Option<&Arrival> {
        self.of(key)?.other_than(arrival)
    }

    /// Remembers these traces of a registration in place of what is known, and gives that back.
    pub fn replace(&mut self, traces: Traces) -> Option<Traces> {
        let old = self.forget(&traces.arrival.id);
        for key in &traces.keys {
            self.by_key.entry(key.clone()).or_default().insert(traces.arrival.clone());
        }
        self.known.insert(Arc::clone(&traces.arrival.id), traces);
        old
    }

    /// Forgets a registration, and gives back what was known.
    pub fn forget(&mut self, id: &RegistrationId) -> Option<Traces> {
        let old = self.known.remove(id)?;
        for key in &old.keys {
            let Some(holders) = self.by_key.get_mut(key) else { continue };
            holders.remove(&old.arrival);
            if holders.is_empty() {
                self.by_key.remove(key);
            }
        }
        Some(old)
    }

    /// A registration and everyone joined to it by documents, people, devices, e-mail addresses and phones, over any
    /// number of others; the closest first.
    pub fn joined<'a>(&'a self, start: &'a Arrival) -> Joined<'a> {
        Joined {
            holders: self,
            start: Some(start),
            seen: HashSet::new(),
            followed: HashSet::new(),
            open: VecDeque::new(),
        }
    }
}

/// How somebody was reached.
pub struct Step<'a> {
    /// Who.
    pub member: &'a Arrival,
    /// From whom, and by which value; `None` for the one who is joined.
    pub from: Option<(&'a Arrival, &'a Key)>,
}

/// A walk over those who are joined. It looks no further than it is asked, so that its first steps are cheap among
/// however many.
pub struct Joined<'a> {
    holders: &'a Holders,
    start: Option<&'a Arrival>,
    seen: HashSet<&'a Arrival>,
    followed: HashSet<&'a Key>,
    /// Values to follow, from whom, and who of their holders is left.
    open: VecDeque<(&'a Arrival, &'a Key, Row<'a>)>,
}

impl<'a> Joined<'a> {
    /// Notes someone and what leads on from there; whether that is news.
    fn see(&mut self, member: &'a Arrival) -> bool {
        let is_new = self.seen.insert(member);
        if is_new {
            for key in self.holders.keys(&member.id).iter().filter(|key| key.is_strong()) {
                if self.followed.insert(key) {
                    self.open.extend(self.holders.of(key).map(|holders| (member, key, holders.iter())));
                }
            }
        }
        is_new
    }
}

impl<'a> Iterator for Joined<'a> {
    type Item = Step<'a>;

    fn next(&mut self) -> Option<Step<'a>> {
        if let Some(start) = self.start.take() {
            self.see(start);
            return Some(Step { member: start, from: None });
        }
        loop {
            let (from, key, rest) = self.open.front_mut()?;
            let from = Some((*from, *key));
            match rest.next() {
                Some(member) if self.see(member) => return Some(Step { member, from }),
                Some(_) => {}
                None => _ = self.open.pop_front(),
            }
        }
    }
}

impl Key {
    /// Whether it joins people; an IP address does not.
    pub fn is_strong(&self) -> bool {
        self.kind != LinkKind::Ip
    }
}
