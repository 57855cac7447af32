//! Who is known, and who holds which value.

use std::{
    collections::{HashSet, VecDeque},
    io::{self, Read, Write},
};

use super::{
    arrivals::{Arrival, Arrivals, Number, Row},
    codes::Codes,
    keys::{Key, keys_of},
    members::{Member, Members},
    traces::Traces,
};
use crate::{
    model::{RegistrationId, Timestamp},
    sections::{Reading, Writing},
};

/// Values that most are the only ones to hold: the number of that one, or with this bit the place of a crowd.
const SHARED: u32 = 1 << 31;

/// The traces of everyone known, packed, and everyone by what they left.
#[derive(Clone, Default)]
pub struct Holders {
    members: Members,
    /// By the digest of a value.
    by_key: Codes,
    shared: Vec<Arrivals>,
    /// Places of crowds that are none any more.
    free_shared: Vec<u32>,
}

/// Everyone who holds a value.
pub enum Of<'a> {
    /// A single one.
    One(Arrival),
    /// More.
    Many(&'a Arrivals),
}

impl<'a> Of<'a> {
    pub fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(many) => many.len(),
        }
    }

    pub fn iter(&self) -> Row<'a> {
        match self {
            Self::One(one) => Box::new(std::iter::once(*one)),
            Self::Many(many) => many.iter(),
        }
    }

    /// The others nearest in time: up to 25 before and up to 25 after.
    pub fn near(&self, arrival: &Arrival) -> Row<'a> {
        match self {
            Self::One(one) => Box::new(Some(*one).filter(|one| one != arrival).into_iter()),
            Self::Many(many) => Box::new(many.near(arrival)),
        }
    }
}

impl Holders {
    /// Whose number it is.
    pub fn id(&self, number: Number) -> Option<&RegistrationId> {
        self.members.get(number).map(|member| &member.id)
    }

    /// The number of a registration.
    pub fn number(&self, id: &RegistrationId) -> Option<Number> {
        self.members.number(id)
    }

    /// When the one of a number was created.
    pub fn arrival_at(&self, number: Number) -> Option<Arrival> {
        self.members.get(number).map(|member| member.arrival)
    }

    /// When a registration was created, and its number.
    pub fn arrival(&self, id: &RegistrationId) -> Option<Arrival> {
        self.members.of(id).map(|member| member.arrival)
    }

    /// The same; of one that is not known as it would be.
    pub fn arrival_of(&self, id: &RegistrationId, at: Timestamp) -> Arrival {
        Arrival::new(at, id, self.number(id).unwrap_or_else(|| self.members.next_number()))
    }

    /// What is remembered of a registration.
    pub fn traces(&self, id: &RegistrationId) -> Option<Traces> {
        self.members.traces(self.members.of(id)?)
    }

    /// The same by its number.
    pub fn traces_at(&self, number: Number) -> Option<Traces> {
        self.members.traces(self.members.get(number)?)
    }

    /// Whether it is just this that is known of a registration.
    pub fn knows(&self, traces: &Traces, packed: &[u8]) -> bool {
        self.members.get(traces.arrival.number).is_some_and(|known| {
            known.arrival == traces.arrival
                && self.members.project(known) == &*traces.project
                && self.members.packed(known) == packed
        })
    }

    /// What a registration may share; nothing of one that is not known.
    pub fn keys(&self, id: &RegistrationId) -> impl Iterator<Item = Key> + use<'_> {
        self.number(id).into_iter().flat_map(|number| self.keys_at(number))
    }

    /// The same by its number.
    pub fn keys_at(&self, number: Number) -> impl Iterator<Item = Key> + use<'_> {
        let keys = |member: &Member| keys_of(self.members.packed(member));
        self.members.get(number).map(keys).into_iter().flatten()
    }

    /// Everyone who holds a value.
    pub fn of(&self, key: &Key) -> Option<Of<'_>> {
        let code = self.by_key.get(key.digest)?;
        match code & SHARED {
            0 => self.arrival_at(code).map(Of::One),
            _ => self.shared.get((code & !SHARED) as usize).map(Of::Many),
        }
    }

    /// Somebody else who holds a value.
    pub fn other(&self, key: &Key, arrival: &Arrival) -> Option<Arrival> {
        match self.of(key)? {
            Of::One(one) => (one != *arrival).then_some(one),
            Of::Many(many) => many.other_than(arrival),
        }
    }

    /// Remembers these traces, packed, of a registration in place of what is known of it.
    pub fn replace(&mut self, traces: &Traces, packed: &[u8]) {
        self.forget(&traces.id);
        let arrival = traces.arrival;
        for key in &traces.keys {
            self.hold(key, arrival);
        }
        self.members.insert(traces.id.clone(), arrival, &traces.project, packed);
    }

    fn hold(&mut self, key: &Key, arrival: Arrival) {
        let Some(code) = self.by_key.get(key.digest) else {
            self.by_key.set(key.digest, arrival.number);
            return;
        };
        if code & SHARED != 0 {
            if let Some(crowd) = self.shared.get_mut((code & !SHARED) as usize) {
                crowd.insert(arrival);
            }
            return;
        }
        let both: Arrivals = self.arrival_at(code).into_iter().chain([arrival]).collect();
        let place = self.free_shared.pop().unwrap_or_else(|| {
            self.shared.push(Arrivals::default());
            u32::try_from(self.shared.len() - 1).unwrap_or(u32::MAX)
        });
        self.shared[place as usize] = both;
        self.by_key.set(key.digest, place | SHARED);
    }

    /// Forgets a registration; whether it was known.
    pub fn forget(&mut self, id: &RegistrationId) -> bool {
        let Some((arrival, packed)) = self.members.remove(id) else { return false };
        for key in keys_of(&packed) {
            self.let_go(&key, &arrival);
        }
        true
    }

    fn let_go(&mut self, key: &Key, arrival: &Arrival) {
        let Some(code) = self.by_key.get(key.digest) else { return };
        if code & SHARED == 0 {
            self.by_key.remove(key.digest);
            return;
        }
        let place = code & !SHARED;
        let Some(crowd) = self.shared.get_mut(place as usize) else { return };
        crowd.remove(arrival);
        let left = crowd.iter().next().filter(|_| crowd.len() == 1);
        if let Some(last) = left {
            *crowd = Arrivals::default();
            self.free_shared.push(place);
            self.by_key.set(key.digest, last.number);
        }
    }

    /// A registration and everyone joined to it by documents, people, devices, e-mail addresses and phones, over any
    /// number of others; the closest first.
    pub fn joined(&self, start: Arrival) -> Joined<'_> {
        Joined {
            holders: self,
            start: Some(start),
            seen: HashSet::new(),
            followed: HashSet::new(),
            open: VecDeque::new(),
        }
    }

    /// When everyone was created, each with the id of their project.
    pub fn arrivals(&self) -> impl Iterator<Item = (&str, Arrival)> {
        self.members.iter().map(|member| (self.members.project(member), member.arrival))
    }

    /// Writes everybody in the order of these numbers. A reader who knows whose they are numbers them anew in that
    /// order: `renumbered` tells how.
    pub fn write<W: Write>(
        &self,
        out: &mut Writing<W>,
        order: &[Number],
        renumbered: impl Fn(Number) -> Number,
    ) -> io::Result<()> {
        self.members.write(order, out)?;
        write_crowds(out, &self.shared, &renumbered)?;
        self.by_key.write(out, |code| if code & SHARED == 0 { renumbered(code) } else { code })
    }

    /// Reads them for these people, in that order: id, when created, and id of the project. `None` if it is no such
    /// thing.
    pub fn read<'a, R: Read>(
        from: &mut Reading<R>,
        people: impl ExactSizeIterator<Item = (&'a RegistrationId, Timestamp, &'a str)>,
    ) -> Option<Self> {
        let members = Members::read(from, people)?;
        let shared = read_crowds(from, |number| Some(members.get(number)?.arrival))?;
        let is_code = |code: u32| match code & SHARED {
            0 => members.get(code).is_some(),
            _ => ((code & !SHARED) as usize) < shared.len(),
        };
        let by_key = Codes::read(from, is_code)?;
        let free_shared = (0..).zip(&shared).filter(|(_, crowd)| crowd.len() == 0).map(|(place, _)| place).collect();
        Some(Self { members, by_key, shared, free_shared })
    }
}

/// Writes crowds: how many each has, and their numbers.
pub fn write_crowds<'a, W: Write>(
    out: &mut Writing<W>,
    crowds: impl IntoIterator<Item = &'a Arrivals, IntoIter: ExactSizeIterator + Clone>,
    renumbered: impl Fn(Number) -> Number,
) -> io::Result<()> {
    let crowds = crowds.into_iter();
    out.list(crowds.clone().map(|crowd| u32::try_from(crowd.len()).unwrap_or(u32::MAX)))?;
    let numbers: Vec<Number> = crowds.flat_map(Arrivals::iter).map(|member| renumbered(member.number)).collect();
    out.list(numbers.into_iter())
}

/// Reads them again; `None` if a number is nobody's.
pub fn read_crowds<R: Read>(
    from: &mut Reading<R>,
    arrival: impl Fn(Number) -> Option<Arrival>,
) -> Option<Vec<Arrivals>> {
    let lengths: Vec<u32> = from.any_list()?;
    let numbers: Vec<Number> = from.any_list()?;
    let mut rest = numbers.as_slice();
    let crowds = lengths.into_iter().map(|length| {
        let (own, others) = rest.split_at_checked(length as usize)?;
        rest = others;
        own.iter().map(|number| arrival(*number)).collect()
    });
    crowds.collect()
}

/// How somebody was reached.
#[derive(Clone, Copy)]
pub struct Step {
    /// Who.
    pub member: Arrival,
    /// From whom, and by which value; `None` for the one who is joined.
    pub from: Option<(Arrival, Key)>,
}

/// A walk over those who are joined. It looks no further than it is asked, so that its first steps are cheap among
/// however many.
pub struct Joined<'a> {
    holders: &'a Holders,
    start: Option<Arrival>,
    seen: HashSet<Number>,
    followed: HashSet<Key>,
    /// Values to follow, from whom, and who of their holders is left.
    open: VecDeque<(Arrival, Key, Row<'a>)>,
}

impl Joined<'_> {
    /// Notes someone and what leads on from there; whether that is news.
    fn see(&mut self, member: Arrival) -> bool {
        let is_new = self.seen.insert(member.number);
        if is_new {
            for key in self.holders.keys_at(member.number).filter(Key::is_strong) {
                if self.followed.insert(key) {
                    self.open.extend(self.holders.of(&key).map(|holders| (member, key, holders.iter())));
                }
            }
        }
        is_new
    }
}

impl Iterator for Joined<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
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
