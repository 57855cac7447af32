//! The groups of those who are joined by strong ties, kept up to date one registration at a time.
//!
//! Someone new costs a look at each of their values, and now and then the merging of the smaller of two groups into
//! the larger. Only when a tie is cut between people who may have no other is the smaller part walked over.

use std::collections::{HashMap, HashSet};

use super::{
    Touched,
    arrivals::{Arrival, Arrivals, Number, Roughly},
    distinct_people,
    holders::Holders,
    keys::Key,
    traces::Traces,
};

/// So many people of a group are told apart, no more.
pub const MOST_PEOPLE: usize = 10;
/// So many of the first registrations of a group are asked for who they are.
const ASKED: usize = 100;

/// Everyone's group. Who shares nothing with anybody has none.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    all: HashMap<u64, Group>,
    of: HashMap<Number, u64>,
    last: u64,
    /// Groups that are still to be looked at, because nobody was to be told.
    unsettled: HashSet<u64>,
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
        self.all.get(self.of.get(&number)?)?.size
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
        if let Some(group) = self.of.get(&arrival.number).copied() {
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
        let Some(group) = self.of.get(&arrival.number).copied() else { return };
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
    fn part(&mut self, group: u64, leaving: &[Arrival], holders: &Holders, touched: &mut Touched) {
        let Some(stays) = self.all.get_mut(&group) else { return };
        let mut own = Group { members: Arrivals::default(), size: stays.size };
        for member in leaving.iter().filter(|member| stays.members.remove(member)) {
            own.members.insert(*member);
            self.of.remove(&member.number);
        }
        let own = self.found(own);
        self.judge(own, holders, touched);
        self.judge(group, holders, touched);
    }

    fn found(&mut self, group: Group) -> u64 {
        self.last += 1;
        self.of.extend(group.members.iter().map(|member| (member.number, self.last)));
        self.all.insert(self.last, group);
        self.last
    }

    /// Brings two registrations into one group.
    fn join(&mut self, left: &Arrival, right: &Arrival, touched: &mut Touched) {
        let group = |groups: &Self, arrival: &Arrival| groups.of.get(&arrival.number).copied();
        let (into, from) = match (group(self, left), group(self, right)) {
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
        let size = |groups: &Self, group: u64| groups.all.get(&group).map_or(0, |group| group.members.len());
        let (into, from) = if size(self, into) < size(self, from) { (from, into) } else { (into, from) };
        let Some(from) = self.all.remove(&from) else { return };
        let Some(group) = self.all.get_mut(&into) else { return };
        if from.size != group.size {
            touched.extend(from.members.iter().map(|member| member.number));
        }
        self.of.extend(from.members.iter().map(|member| (member.number, into)));
        // One by one: joining two whole sets would pass over both, however small one of them is.
        for member in from.members.iter() {
            group.members.insert(member);
        }
    }

    /// Looks at a group anew: how large it is, and whether it is still a group.
    fn judge(&mut self, place: u64, holders: &Holders, touched: &mut Touched) {
        let Some(group) = self.all.get_mut(&place) else { return };
        let known = group.members.iter().filter_map(|member| holders.traces_at(member.number)).take(ASKED);
        let known: Vec<Traces> = known.collect();
        let people = distinct_people(&known, false, MOST_PEOPLE);
        let size = (people > 1).then(|| GroupSize { people, registrations: Roughly::new(group.members.len()) });
        if group.size != size {
            group.size = size;
            touched.extend(group.members.iter().map(|member| member.number));
        }
        if group.members.len() < 2 {
            for member in group.members.iter() {
                self.of.remove(&member.number);
            }
            self.all.remove(&place);
        }
    }
}
