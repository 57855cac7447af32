//! Who is known, and who holds which value.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    hash::{BuildHasherDefault, Hasher},
    sync::Arc,
};

use super::{
    arrivals::{Arrival, Arrivals, Number, Row},
    keys::{Key, keys_of},
    traces::Traces,
};
use crate::model::{RegistrationId, Timestamp};

/// Values that most are the only ones to hold: the number of that one, or with this bit the place of a crowd.
const SHARED: u32 = 1 << 31;

/// Values that most registrations leave behind and nobody else does.
const KEYS_EACH: usize = 5;

/// The traces of everyone known, packed, and everyone by what they left.
#[derive(Clone, Default)]
pub struct Holders {
    numbers: HashMap<RegistrationId, Number>,
    members: Vec<Option<Member>>,
    /// Numbers that nobody has any more.
    free: Vec<Number>,
    /// The id of each project, once.
    projects: Vec<Arc<str>>,
    /// By the digest of a value.
    by_key: HashMap<u64, u32, BuildHasherDefault<AsItIs>>,
    shared: Vec<Arrivals>,
    /// Places of crowds that are none any more.
    free_shared: Vec<u32>,
}

/// One of those known.
#[derive(Clone)]
struct Member {
    id: RegistrationId,
    arrival: Arrival,
    project: Arc<str>,
    traces: Box<[u8]>,
}

impl Member {
    fn unpacked(&self) -> Option<Traces> {
        Traces::unpack(&self.traces, self.id.clone(), self.arrival, &self.project)
    }
}

/// Digests are as good as hashed.
#[derive(Default)]
pub struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, digest: u64) {
        self.0 = digest;
    }
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
    /// For so many registrations, with what each usually shares.
    pub fn with_room_for(count: usize) -> Self {
        let mut holders = Self::default();
        holders.numbers.reserve(count);
        holders.members.reserve(count);
        holders.by_key.reserve(count.saturating_mul(KEYS_EACH));
        holders
    }

    fn member(&self, number: Number) -> Option<&Member> {
        self.members.get(number as usize)?.as_ref()
    }

    fn member_of(&self, id: &RegistrationId) -> Option<&Member> {
        self.member(*self.numbers.get(id)?)
    }

    /// Whose number it is.
    pub fn id(&self, number: Number) -> Option<&RegistrationId> {
        self.member(number).map(|member| &member.id)
    }

    /// The number of a registration.
    pub fn number(&self, id: &RegistrationId) -> Option<Number> {
        self.numbers.get(id).copied()
    }

    /// When a registration was created, and its number.
    pub fn arrival(&self, id: &RegistrationId) -> Option<Arrival> {
        self.member_of(id).map(|member| member.arrival)
    }

    /// The same; of one that is not known as it would be.
    pub fn arrival_of(&self, id: &RegistrationId, at: Timestamp) -> Arrival {
        let next =
            || self.free.last().copied().unwrap_or_else(|| u32::try_from(self.members.len()).unwrap_or(u32::MAX));
        Arrival::new(at, id, self.numbers.get(id).copied().unwrap_or_else(next))
    }

    /// What is remembered of a registration.
    pub fn traces(&self, id: &RegistrationId) -> Option<Traces> {
        self.member_of(id)?.unpacked()
    }

    /// The same by its number.
    pub fn traces_at(&self, number: Number) -> Option<Traces> {
        self.member(number)?.unpacked()
    }

    /// The same as it is packed.
    pub fn packed(&self, id: &RegistrationId) -> Option<&[u8]> {
        self.member_of(id).map(|member| member.traces.as_ref())
    }

    /// Whether it is just this that is known of a registration.
    pub fn knows(&self, traces: &Traces, packed: &[u8]) -> bool {
        self.member(traces.arrival.number).is_some_and(|known| {
            known.arrival == traces.arrival && *known.project == *traces.project && *known.traces == *packed
        })
    }

    /// What a registration may share; nothing of one that is not known.
    pub fn keys(&self, id: &RegistrationId) -> impl Iterator<Item = Key> + use<'_> {
        self.member_of(id).into_iter().flat_map(|member| keys_of(&member.traces))
    }

    /// The same by its number.
    pub fn keys_at(&self, number: Number) -> impl Iterator<Item = Key> + use<'_> {
        self.member(number).into_iter().flat_map(|member| keys_of(&member.traces))
    }

    /// Everyone who holds a value.
    pub fn of(&self, key: &Key) -> Option<Of<'_>> {
        let code = *self.by_key.get(&key.digest)?;
        match code & SHARED {
            0 => self.member(code).map(|member| Of::One(member.arrival)),
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

    /// The text of a project's id as it is kept.
    fn project(&mut self, project: &Arc<str>) -> Arc<str> {
        let known = self.projects.iter().rfind(|known| **known == *project).cloned();
        known.unwrap_or_else(|| {
            self.projects.push(Arc::clone(project));
            Arc::clone(project)
        })
    }

    /// Remembers these traces, packed, of a registration in place of what is known of it.
    pub fn replace(&mut self, traces: &Traces, packed: Vec<u8>) {
        self.forget(&traces.id);
        let arrival = traces.arrival;
        for key in &traces.keys {
            self.hold(key, arrival);
        }
        let project = self.project(&traces.project);
        let member = Member { id: traces.id.clone(), arrival, project, traces: packed.into_boxed_slice() };
        self.numbers.insert(traces.id.clone(), arrival.number);
        match self.members.get_mut(arrival.number as usize) {
            Some(place) => *place = Some(member),
            None => self.members.push(Some(member)),
        }
        self.free.retain(|number| *number != arrival.number);
    }

    fn hold(&mut self, key: &Key, arrival: Arrival) {
        let Some(code) = self.by_key.get(&key.digest).copied() else {
            self.by_key.insert(key.digest, arrival.number);
            return;
        };
        if code & SHARED != 0 {
            if let Some(crowd) = self.shared.get_mut((code & !SHARED) as usize) {
                crowd.insert(arrival);
            }
            return;
        }
        let first = self.member(code).map(|member| member.arrival);
        let both: Arrivals = first.into_iter().chain([arrival]).collect();
        let place = self.free_shared.pop().unwrap_or_else(|| {
            self.shared.push(Arrivals::default());
            u32::try_from(self.shared.len() - 1).unwrap_or(u32::MAX)
        });
        self.shared[place as usize] = both;
        self.by_key.insert(key.digest, place | SHARED);
    }

    /// Forgets a registration; whether it was known.
    pub fn forget(&mut self, id: &RegistrationId) -> bool {
        let Some(number) = self.numbers.remove(id) else { return false };
        let Some(old) = self.members.get_mut(number as usize).and_then(Option::take) else { return false };
        for key in keys_of(&old.traces) {
            self.let_go(&key, &old.arrival);
        }
        self.free.push(number);
        true
    }

    fn let_go(&mut self, key: &Key, arrival: &Arrival) {
        let Some(code) = self.by_key.get(&key.digest).copied() else { return };
        if code & SHARED == 0 {
            self.by_key.remove(&key.digest);
            return;
        }
        let place = code & !SHARED;
        let Some(crowd) = self.shared.get_mut(place as usize) else { return };
        crowd.remove(arrival);
        let left = crowd.iter().next().filter(|_| crowd.len() == 1);
        if let Some(last) = left {
            *crowd = Arrivals::default();
            self.free_shared.push(place);
            self.by_key.insert(key.digest, last.number);
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
