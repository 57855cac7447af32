//! Everyone known, by number and by id, with what they left, packed into one piece of memory.

use std::{
    hash::BuildHasher,
    io::{self, Read, Write},
    ops::Range,
    sync::Arc,
};

use hashbrown::{DefaultHashBuilder, HashTable, hash_table::Entry};

use super::{
    arrivals::{Arrival, Number},
    traces::Traces,
};
use crate::{
    model::{RegistrationId, Timestamp},
    sections::{Reading, Writing, roomy},
};

/// Once more than this share of the memory belongs to nobody any more, it is put together anew.
const MOST_WASTE: usize = 2;
/// So many bytes are no matter.
#[cfg(not(test))]
const LITTLE_WASTE: usize = 64 * 1024;
#[cfg(test)]
const LITTLE_WASTE: usize = 64;

/// See the module.
#[derive(Clone, Default)]
pub struct Members {
    /// By number.
    all: Vec<Option<Member>>,
    /// The number of each id. The id itself stands with the member.
    numbers: HashTable<Number>,
    hasher: DefaultHashBuilder,
    /// Numbers that nobody has any more.
    free: Vec<Number>,
    /// The id of each project, once.
    projects: Vec<Arc<str>>,
    /// What everyone left, packed, one after the other.
    packed: Vec<u8>,
    /// How much of it is of nobody any more.
    waste: usize,
}

/// One of those known.
#[derive(Clone)]
pub struct Member {
    pub id: RegistrationId,
    pub arrival: Arrival,
    /// By its place among the projects.
    project: u32,
    /// Where what it left begins, and how much that is.
    start: usize,
    length: u32,
}

impl Member {
    fn place(&self) -> Range<usize> {
        self.start..self.start + self.length as usize
    }
}

impl Members {
    /// The member of a number.
    pub fn get(&self, number: Number) -> Option<&Member> {
        self.all.get(number as usize)?.as_ref()
    }

    /// The number of a registration.
    pub fn number(&self, id: &RegistrationId) -> Option<Number> {
        self.numbers.find(self.hasher.hash_one(id), |number| self.is(*number, id)).copied()
    }

    fn is(&self, number: Number, id: &RegistrationId) -> bool {
        self.get(number).is_some_and(|member| member.id == *id)
    }

    /// The member of an id.
    pub fn of(&self, id: &RegistrationId) -> Option<&Member> {
        self.get(self.number(id)?)
    }

    /// The number that the next new member gets.
    pub fn next_number(&self) -> Number {
        // Four billion would not fit into memory.
        self.free.last().copied().unwrap_or_else(|| u32::try_from(self.all.len()).unwrap_or(u32::MAX))
    }

    /// What a member left, packed.
    pub fn packed(&self, member: &Member) -> &[u8] {
        &self.packed[member.place()]
    }

    /// What a member left.
    pub fn traces(&self, member: &Member) -> Option<Traces> {
        let project = self.projects.get(member.project as usize)?;
        Traces::unpack(self.packed(member), member.id.clone(), member.arrival, project)
    }

    /// The id of a member's project.
    pub fn project(&self, member: &Member) -> &str {
        self.projects.get(member.project as usize).map_or("", AsRef::as_ref)
    }

    /// Adds one who is not known, at the number of its arrival: [`Members::next_number`].
    pub fn insert(&mut self, id: RegistrationId, arrival: Arrival, project: &str, packed: &[u8]) {
        let project = self.place_of(project);
        let (start, length) = (self.packed.len(), u32::try_from(packed.len()).unwrap_or(u32::MAX));
        self.packed.extend_from_slice(packed);
        self.free.pop_if(|number| *number == arrival.number);
        self.put(Member { id, arrival, project, start, length });
    }

    /// Puts a member where its number says; `None` if somebody of its id is known.
    fn put(&mut self, member: Member) -> Option<()> {
        let Self { all, numbers, hasher, .. } = self;
        let known = |number: &Number| all.get(*number as usize).and_then(Option::as_ref);
        let hash = |number: &Number| known(number).map_or(0, |member| hasher.hash_one(&member.id));
        let is = |number: &Number| known(number).is_some_and(|known| known.id == member.id);
        let Entry::Vacant(free) = numbers.entry(hasher.hash_one(&member.id), is, hash) else { return None };
        let number = member.arrival.number;
        free.insert(number);
        match all.get_mut(number as usize) {
            Some(place) => *place = Some(member),
            None => all.push(Some(member)),
        }
        Some(())
    }

    /// The place of a project among those known.
    fn place_of(&mut self, project: &str) -> u32 {
        let known = self.projects.iter().rposition(|known| **known == *project);
        let place = known.unwrap_or_else(|| {
            self.projects.push(project.into());
            self.projects.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    /// Takes one away, with what it left.
    pub fn remove(&mut self, id: &RegistrationId) -> Option<(Arrival, Vec<u8>)> {
        let Self { all, numbers, hasher, .. } = self;
        let member = |number: u32| all.get(number as usize).and_then(Option::as_ref);
        let is = |number: &Number| member(*number).is_some_and(|member| member.id == *id);
        let (number, _) = numbers.find_entry(hasher.hash_one(id), is).ok()?.remove();
        let member = self.all.get_mut(number as usize)?.take()?;
        self.free.push(number);
        let left = &mut self.packed[member.place()];
        let packed = left.to_vec();
        // Whoever is erased is not to stay in memory.
        left.fill(0);
        self.waste += packed.len();
        self.tidy();
        Some((member.arrival, packed))
    }

    /// Puts the memory together anew if much of it is wasted.
    fn tidy(&mut self) {
        if self.waste < LITTLE_WASTE || self.waste < self.packed.len() / MOST_WASTE {
            return;
        }
        let mut packed = Vec::with_capacity(self.packed.len() - self.waste);
        for member in self.all.iter_mut().flatten() {
            let start = packed.len();
            packed.extend_from_slice(&self.packed[member.place()]);
            member.start = start;
        }
        self.packed = packed;
        self.waste = 0;
    }

    /// Everyone.
    pub fn iter(&self) -> impl Iterator<Item = &Member> {
        self.all.iter().flatten()
    }

    /// Writes what they left, in the order of these numbers; whose they are the reader has to know.
    pub fn write<W: Write>(&self, order: &[Number], out: &mut Writing<W>) -> io::Result<()> {
        out.blobs(order.iter().map(|number| self.get(*number).map(|member| self.packed(member)).unwrap_or_default()))
    }

    /// Reads them, for people in that order: id, when created, and id of the project. They are numbered in this order.
    /// `None` if somebody stands there twice, or it is no such thing.
    pub fn read<'a, R: Read>(
        from: &mut Reading<R>,
        people: impl ExactSizeIterator<Item = (&'a RegistrationId, Timestamp, &'a str)>,
    ) -> Option<Self> {
        let (lengths, packed) = from.blobs(people.len())?;
        let mut members = Self {
            all: roomy(people.len()),
            numbers: HashTable::with_capacity(people.len()),
            packed,
            ..Self::default()
        };
        let mut start = 0;
        for ((id, created, project), length) in people.zip(lengths) {
            let (arrival, project) = (Arrival::new(created, id, members.next_number()), members.place_of(project));
            members.put(Member { id: id.clone(), arrival, project, start, length })?;
            start += length as usize;
        }
        Some(members)
    }
}
