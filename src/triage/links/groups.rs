//! The groups of those who are joined by strong ties, kept up to date one registration at a time.
//!
//! Someone new costs a look at each of their values, and now and then the merging of the smaller of two groups into
//! the larger. Only when a tie is cut between people who may have no other is the smaller part walked over.

use std::{
    collections::HashSet,
    io::{self, Read, Write},
};

use super::{
    Touched,
    arrivals::{Arrival, Arrivals, Number, Roughly},
    distinct_people,
    holders::{Holders, read_crowds, write_crowds},
    keys::Key,
    traces::Traces,
};
use crate::sections::{Reading, Writing};

/// So many people of a group are told apart, no more.
pub const MOST_PEOPLE: usize = 10;
/// So many of the first registrations of a group are asked for who they are.
const ASKED: usize = 100;

/// The place of a group among all.
type Place = u32;
/// The place of no group.
const NONE: Place = Place::MAX;

/// Everyone's group. Who shares nothing with anybody has none.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    /// By place.
    all: Vec<Option<Group>>,
    /// Places that no group has any more.
    free: Vec<Place>,
    /// By number.
    of: Vec<Place>,
    /// Groups that are still to be looked at, because nobody was to be told.
    unsettled: HashSet<Place>,
}

#[derive(Debug, Clone, Default)]
struct Group {
    members: Arrivals,
    size: Option<GroupSize>,
}

/// How large a group of more than one person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupSize {
    /// How many different people, counted up to ten among its first hundred registrations.
    pub people: usize,
    /// How many registrations.
    pub registrations: Roughly,
}

impl Groups {
    /// The size of a registration's group; `None` if it is one person alone.
    pub fn size(&self, number: Number) -> Option<GroupSize> {
        self.get(self.of(number)?)?.size
    }

    /// The place of a registration's group.
    fn of(&self, number: Number) -> Option<Place> {
        self.of.get(number as usize).copied().filter(|place| *place != NONE)
    }

    fn get(&self, place: Place) -> Option<&Group> {
        self.all.get(place as usize)?.as_ref()
    }

    fn get_mut(&mut self, place: Place) -> Option<&mut Group> {
        self.all.get_mut(place as usize)?.as_mut()
    }

    /// Notes that members are in a group.
    fn note(&mut self, members: &Arrivals, place: Place) {
        for number in members.iter().map(|member| member.number as usize) {
            if number >= self.of.len() {
                self.of.resize(number + 1, NONE);
            }
            self.of[number] = place;
        }
    }

    /// Takes a group away.
    fn dissolve(&mut self, place: Place) -> Option<Group> {
        let group = self.all.get_mut(place as usize)?.take()?;
        self.free.push(place);
        Some(group)
    }

    /// Takes a change of a registration's traces into account, which `holders` already know. `gone` are the values it
    /// no longer holds. Tells of everyone whose group has another size now.
    pub fn update(&mut self, arrival: &Arrival, gone: &[Key], holders: &Holders, touched: &mut Touched) {
        self.cut(arrival, gone, holders, touched);
        for key in holders.keys_at(arrival.number).filter(Key::is_strong) {
            if let Some(other) = holders.other(&key, arrival) {
                self.join(arrival, &other, touched);
            }
        }
        if let Some(group) = self.of(arrival.number) {
            if touched.is_wanted() {
                self.judge(group, holders, touched);
            } else {
                self.unsettled.insert(group);
            }
        }
    }

    /// Looks at every group to which somebody came untold.
    pub fn settle(&mut self, holders: &Holders) {
        for group in std::mem::take(&mut self.unsettled) {
            self.judge(group, holders, &mut Touched::unwanted());
        }
    }

    /// Parts those who were joined by these values of a registration alone.
    fn cut(&mut self, arrival: &Arrival, gone: &[Key], holders: &Holders, touched: &mut Touched) {
        let Some(group) = self.of(arrival.number) else { return };
        let strong = gone.iter().filter(|key| key.is_strong());
        let mut parts: Vec<Arrival> = strong.filter_map(|key| holders.other(key, arrival)).collect();
        parts.sort();
        parts.dedup();
        if holders.id(arrival.number).is_some() {
            parts.push(*arrival);
        } else {
            self.part(group, std::slice::from_ref(arrival), holders, touched);
        }
        while parts.len() > 1 {
            let Some(start) = parts.pop() else { return };
            let mut members = Vec::new();
            let meets_another = holders.joined(start).any(|step| {
                members.push(step.member);
                parts.contains(&step.member)
            });
            if !meets_another {
                self.part(group, &members, holders, touched);
            }
        }
        self.judge(group, holders, touched);
    }

    /// Makes members of a group a group of their own.
    fn part(&mut self, group: Place, leaving: &[Arrival], holders: &Holders, touched: &mut Touched) {
        let Some(stays) = self.get_mut(group) else { return };
        let mut own = Group { members: Arrivals::default(), size: stays.size };
        for member in leaving.iter().filter(|member| stays.members.remove(member)) {
            own.members.insert(*member);
        }
        let own = self.found(own);
        self.judge(own, holders, touched);
        self.judge(group, holders, touched);
    }

    fn found(&mut self, group: Group) -> Place {
        let place = self.free.pop().unwrap_or_else(|| {
            self.all.push(None);
            // Four billion groups would not fit into memory.
            Place::try_from(self.all.len() - 1).unwrap_or(NONE)
        });
        self.note(&group.members, place);
        self.all[place as usize] = Some(group);
        place
    }

    /// Brings two registrations into one group.
    fn join(&mut self, left: &Arrival, right: &Arrival, touched: &mut Touched) {
        let (into, from) = match (self.of(left.number), self.of(right.number)) {
            (None, None) => {
                let members = [left, right].into_iter().copied().collect();
                self.found(Group { members, size: None });
                return;
            }
            (Some(into), None) => (into, self.found(Group { members: [*right].into_iter().collect(), size: None })),
            (None, Some(into)) => (into, self.found(Group { members: [*left].into_iter().collect(), size: None })),
            (Some(left), Some(right)) => (left, right),
        };
        if into == from {
            return;
        }
        let size = |place: Place| self.get(place).map_or(0, |group| group.members.len());
        let (into, from) = if size(into) < size(from) { (from, into) } else { (into, from) };
        let Some(from) = self.dissolve(from) else { return };
        self.note(&from.members, into);
        let Some(group) = self.get_mut(into) else { return };
        if from.size != group.size {
            touched.extend(from.members.iter().map(|member| member.number));
        }
        // One by one: joining two whole sets would pass over both, however small one of them is.
        for member in from.members.iter() {
            group.members.insert(member);
        }
    }

    /// Looks at a group anew: how large it is, and whether it is still a group.
    fn judge(&mut self, place: Place, holders: &Holders, touched: &mut Touched) {
        let Some(group) = self.get_mut(place) else { return };
        let known = group.members.iter().filter_map(|member| holders.traces_at(member.number)).take(ASKED);
        let known: Vec<Traces> = known.collect();
        let people = distinct_people(&known, false, MOST_PEOPLE);
        let size = (people > 1).then(|| GroupSize { people, registrations: Roughly::new(group.members.len()) });
        if group.size != size {
            group.size = size;
            touched.extend(group.members.iter().map(|member| member.number));
        }
        if group.members.len() < 2
            && let Some(group) = self.dissolve(place)
        {
            self.note(&group.members, NONE);
        }
    }

    /// Writes all of them, with members by the numbers that they have for the reader.
    pub fn write<W: Write>(&self, out: &mut Writing<W>, renumbered: impl Fn(Number) -> Number) -> io::Result<()> {
        let groups: Vec<&Group> = self.all.iter().flatten().collect();
        write_crowds(out, groups.iter().map(|group| &group.members), renumbered)?;
        let size =
            |size: GroupSize| (u32::try_from(size.people).unwrap_or(u32::MAX), size.registrations.least() as u64);
        out.list(groups.iter().map(|group| group.size.map_or((0, 0), size)))
    }

    /// Reads them; `None` if they are none.
    pub fn read<R: Read>(from: &mut Reading<R>, holders: &Holders) -> Option<Self> {
        let mut groups = Self::default();
        let crowds = read_crowds(from, |number| holders.arrival_at(number))?;
        let sizes: Vec<(u32, u64)> = from.list(crowds.len())?;
        for (members, (people, registrations)) in crowds.into_iter().zip(sizes) {
            let registrations = Roughly::new(usize::try_from(registrations).ok()?);
            let size = (people > 0).then_some(GroupSize { people: people as usize, registrations });
            if members.iter().any(|member| groups.of(member.number).is_some()) {
                return None;
            }
            groups.found(Group { members, size });
        }
        Some(groups)
    }
}
