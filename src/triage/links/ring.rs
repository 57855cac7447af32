//! Rings: who is joined to whom over any number of others, and by which value.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    LinkIndex, LinkKind,
    holders::Step,
    keys::{Key, value_of},
};
use crate::model::{Personal, Registration, RegistrationId};

/// A ring is followed up to this size.
const LARGEST_RING: usize = 500;

/// The ring of one registration as a tree: it at the root, everyone else below the value by which they were reached
/// first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ring {
    /// The tree from top to bottom: what belongs below a row follows it, one deeper.
    pub rows: Vec<RingRow>,
    /// How many registrations it has, the root included and those joined by an IP address alone left out.
    pub size: usize,
    /// There are more than were followed.
    pub is_cut: bool,
}

/// A row of the tree.
#[derive(Debug, Clone, PartialEq)]
pub struct RingRow {
    /// How deep it stands: the root 0, values at odd depths, registrations at even ones.
    pub depth: usize,
    /// What stands there.
    pub node: RingNode,
}

/// What stands in a row of the tree.
#[derive(Debug, Clone, PartialEq)]
pub enum RingNode {
    /// A value that joins the registration above with those below.
    Value {
        /// What it is.
        kind: LinkKind,
        /// In the spelling in which it is compared; `None` if the one above cannot be read.
        value: Option<Personal>,
        /// How many registrations have it.
        holders: usize,
    },
    /// A registration.
    Member {
        /// Which.
        id: RegistrationId,
        /// What else it shares with the registration two rows up, strongest first.
        also: Vec<LinkKind>,
        /// Joined by an IP address alone, so not of the ring.
        is_weak: bool,
    },
}

impl RingRow {
    /// The registration in the row, if it is one.
    pub fn member(&self) -> Option<&RegistrationId> {
        match &self.node {
            RingNode::Member { id, .. } => Some(id),
            RingNode::Value { .. } => None,
        }
    }
}

/// Who was reached from whom, by which value.
type Below<'a> = HashMap<&'a RegistrationId, BTreeMap<Key, Vec<&'a RegistrationId>>>;

impl LinkIndex {
    /// The ring a registration belongs to: everyone joined to it by documents, people, devices, e-mail addresses and
    /// phones, over any number of others; itself included, sorted. Of more than 500 the closest are told.
    pub fn ring_of(&self, id: &RegistrationId) -> Vec<RegistrationId> {
        let members = self.reach(id).0.into_iter().filter_map(|step| self.holders.id(step.member.number).cloned());
        let mut ring: Vec<RegistrationId> = members.collect();
        ring.sort();
        ring
    }

    /// The same ring as a tree, with those that share no more than an IP address with the root at its end. The values
    /// are those of `registration`, which reads one.
    pub fn tree_of<R: AsRef<Registration>>(
        &self,
        id: &RegistrationId,
        registration: impl Fn(&RegistrationId) -> Option<R>,
    ) -> Ring {
        let (steps, is_cut) = self.reach(id);
        let mut below: Below = HashMap::new();
        let id_of = |step: &Step| self.holders.id(step.member.number);
        for step in &steps {
            if let Some((from, key)) = step.from
                && let (Some(from), Some(member)) = (self.holders.id(from.number), id_of(step))
            {
                below.entry(from).or_default().entry(key).or_default().push(member);
            }
        }
        if let Some((root, own)) = steps.first().and_then(|root| Some((id_of(root)?, root.member))) {
            let members: HashSet<&RegistrationId> = steps.iter().filter_map(id_of).collect();
            for key in self.holders.keys(id).filter(|key| !key.is_strong()) {
                let others = self.others_with(key, own).filter_map(|other| self.holders.id(other.number));
                let mut weak: Vec<_> = others.filter(|other| !members.contains(other)).collect();
                weak.sort();
                if !weak.is_empty() {
                    below.entry(root).or_default().insert(key, weak);
                }
            }
        }
        let root = steps.first().and_then(id_of);
        Ring { rows: self.rows(root, &below, registration), size: steps.len(), is_cut }
    }

    /// Everyone in a ring in the order in which they are found, and whether there are more.
    fn reach(&self, id: &RegistrationId) -> (Vec<Step>, bool) {
        let Some(own) = self.holders.arrival(id) else { return (Vec::new(), false) };
        let mut joined = self.holders.joined(own);
        let steps = joined.by_ref().take(LARGEST_RING).collect();
        (steps, joined.next().is_some())
    }

    /// The tree from top to bottom. Without recursion: a ring may be one long chain.
    fn rows<R: AsRef<Registration>>(
        &self,
        root: Option<&RegistrationId>,
        below: &Below,
        registration: impl Fn(&RegistrationId) -> Option<R>,
    ) -> Vec<RingRow> {
        let mut rows = Vec::new();
        let mut open: Vec<RingRow> = Vec::new();
        let member = |id: &RegistrationId, depth, also, is_weak| RingRow {
            depth,
            node: RingNode::Member { id: id.clone(), also, is_weak },
        };
        open.extend(root.map(|root| member(root, 0, Vec::new(), false)));
        while let Some(row) = open.pop() {
            let weak = matches!(row.node, RingNode::Member { is_weak: true, .. });
            let values = row.member().filter(|_| !weak).and_then(|id| Some((id.clone(), below.get(id)?)));
            let depth = row.depth;
            rows.push(row);
            let Some((parent, values)) = values else { continue };
            let above = registration(&parent);
            // What is opened last is written first.
            for (key, children) in values.iter().rev() {
                for child in children.iter().rev() {
                    let also = self.shared(&parent, child, key);
                    open.push(member(child, depth + 2, also, key.kind == LinkKind::Ip));
                }
                let holders = self.holders.of(key).map_or(0, |holders| holders.len());
                let value = above.as_ref().and_then(|above| value_of(key, above.as_ref()));
                open.push(RingRow { depth: depth + 1, node: RingNode::Value { kind: key.kind, value, holders } });
            }
        }
        rows
    }

    /// The kinds of values two registrations share beside one of them.
    fn shared(&self, left: &RegistrationId, right: &RegistrationId, beside: &Key) -> Vec<LinkKind> {
        let right: Vec<Key> = self.holders.keys(right).collect();
        let left = self.holders.keys(left);
        let mut kinds: Vec<LinkKind> =
            left.filter(|key| key != beside && right.contains(key)).map(|key| key.kind).collect();
        kinds.dedup();
        kinds
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::{LARGEST_RING, LinkIndex, Ring, RingNode};
    use crate::{
        model::{Registration, RegistrationId},
        triage::testing::{document, information, liveness, named},
    };

    fn index_of(people: &[Registration]) -> LinkIndex {
        let mut index = LinkIndex::default();
        for person in people {
            index.insert(person);
        }
        index
    }

    /// The tree as text: a line a row, indented, values by kind and number of holders.
    fn drawn(ring: &Ring) -> Vec<String> {
        let line = |depth: usize, text: String| format!("{}{text}", " ".repeat(depth));
        ring.rows
            .iter()
            .map(|row| match &row.node {
                RingNode::Value { kind, holders, .. } => line(row.depth, format!("{} {holders}", kind.as_str())),
                RingNode::Member { id, also, is_weak } => {
                    let also: Vec<&str> = also.iter().map(|kind| kind.as_str()).collect();
                    let weak = if *is_weak { " weak" } else { "" };
                    line(row.depth, format!("{id}{}{}{weak}", if also.is_empty() { "" } else { " +" }, also.join(",")))
                }
            })
            .collect()
    }

    fn nobody(_: &RegistrationId) -> Option<Arc<Registration>> {
        None
    }

    fn with_email(id: &str, email: &str) -> Registration {
        let mut person = named(id);
        person.contact.email = Some(email.into());
        person
    }

    #[test]
    fn everyone_stands_below_the_value_that_joins_them_and_addresses_stand_apart() {
        let mut root = with_email("a", "x@example.com");
        document(&mut root).number = Some("AB-123456".into());
        information(&mut root).ip = Some("203.0.113.9".into());
        let mut twin = with_email("b", "x@example.com");
        document(&mut twin).number = Some("AB-123456".into());
        liveness(&mut twin).person = Some("person-1".into());
        let mut friend = named("c");
        liveness(&mut friend).person = Some("person-1".into());
        let mut neighbour = named("d");
        information(&mut neighbour).ip = Some("203.0.113.9".into());
        let people = vec![with_email("e", "x@example.com"), neighbour, friend, twin, root];
        let ring = index_of(&people).tree_of(&"a".into(), nobody);
        let expected =
            ["a", " document 2", "  b +email", "   person 2", "    c", " email 3", "  e", " ip 2", "  d weak"];
        assert_eq!(drawn(&ring), expected);
        assert_eq!((ring.size, ring.is_cut), (4, false));
    }

    #[test]
    fn a_value_is_told_as_the_one_above_it_has_it() {
        let people = [with_email("a", "X+tag@example.com"), with_email("b", "x@example.com")];
        let read = |id: &RegistrationId| people.iter().find(|person| person.id == *id).cloned().map(Arc::new);
        let ring = index_of(&people).tree_of(&"a".into(), read);
        let RingNode::Value { value, .. } = &ring.rows[1].node else { panic!("no value") };
        assert_eq!(value.as_ref().unwrap().reveal(), "x@example.com");
    }

    #[test]
    fn someone_alone_is_a_ring_of_one_and_nobody_is_none() {
        let index = index_of(&[named("a")]);
        assert_eq!(drawn(&index.tree_of(&"a".into(), nobody)), ["a"]);
        assert_eq!(index.tree_of(&"b".into(), nobody), Ring::default());
    }

    #[test]
    fn a_ring_that_is_too_large_is_cut_and_says_so() {
        let people: Vec<Registration> =
            (0..=LARGEST_RING).map(|number| with_email(&format!("r{number:04}"), "x@example.com")).collect();
        let ring = index_of(&people).tree_of(&"r0007".into(), nobody);
        assert_eq!((ring.size, ring.is_cut), (LARGEST_RING, true));
        let whole = index_of(&people[1..]).tree_of(&"r0007".into(), nobody);
        assert_eq!((whole.size, whole.is_cut), (LARGEST_RING, false));
    }

    #[test]
    fn a_chain_as_long_as_a_ring_may_be_is_followed() {
        let people: Vec<Registration> = (0..LARGEST_RING)
            .map(|number| {
                let mut person = with_email(&format!("r{number:04}"), &format!("p{}@example.com", number / 2));
                liveness(&mut person).person = Some(format!("person-{}", number.div_ceil(2)));
                person
            })
            .collect();
        let ring = index_of(&people).tree_of(&"r0000".into(), nobody);
        assert_eq!(ring.size, LARGEST_RING);
        assert_eq!(ring.rows.last().unwrap().depth, 2 * (LARGEST_RING - 1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// The tree holds the ring, everyone once, and each row is at most one deeper than the one before.
        #[test]
        fn the_tree_holds_everyone_once(ties in prop::collection::vec((0_u8..6, 0_u8..6, 0_u8..4), 1..20)) {
            let people: Vec<Registration> = ties
                .iter()
                .enumerate()
                .map(|(number, (email, person, address))| {
                    let mut made = with_email(&format!("r{number}"), &format!("p{email}@example.com"));
                    liveness(&mut made).person = Some(format!("person-{person}"));
                    information(&mut made).ip = Some(format!("203.0.113.{address}"));
                    made
                })
                .collect();
            let index = index_of(&people);
            for person in &people {
                let ring = index.tree_of(&person.id, nobody);
                let mut members: Vec<RegistrationId> = ring
                    .rows
                    .iter()
                    .filter(|row| matches!(row.node, RingNode::Member { is_weak: false, .. }))
                    .filter_map(|row| row.member().cloned())
                    .collect();
                prop_assert_eq!(members.first(), Some(&person.id));
                members.sort();
                prop_assert_eq!(members.len(), ring.size);
                prop_assert_eq!(members, index.ring_of(&person.id));
                prop_assert!(ring.rows.windows(2).all(|pair| pair[1].depth <= pair[0].depth + 1));
                prop_assert!(ring.rows.iter().all(|row| (row.depth % 2 == 0) == row.member().is_some()));
            }
        }
    }
}
