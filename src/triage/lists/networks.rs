//! Networks with something that is known of them, found by address in the time of a binary search.

use std::{cmp::Reverse, net::IpAddr};

use ipnet::IpNet;

/// What is known of networks. Of networks within one another the smallest counts, of equal ones the latest.
#[derive(Clone, PartialEq)]
pub struct Networks<T> {
    known: Vec<(IpNet, T)>,
    /// Where what is known changes: from this address up to the next one it is this. Sorted; made of `known`.
    changes: Vec<(u128, Option<T>)>,
}

impl<T> Default for Networks<T> {
    fn default() -> Self {
        Self { known: Vec::new(), changes: Vec::new() }
    }
}

impl<T: Copy> Networks<T> {
    /// Adds networks. Costs a sort of all of them.
    pub fn extend(&mut self, networks: Vec<(IpNet, T)>) {
        self.known.extend(networks);
        // Stable: the later of two equal networks stays behind, and covers the earlier one below.
        self.known.sort_by_key(|(network, _)| (first(network), Reverse(last(network))));
        self.changes.clear();
        let mut open: Vec<(u128, T)> = Vec::new();
        for (network, value) in &self.known {
            self.changes.extend(closed_before(&mut open, Some(first(network))));
            self.changes.push((first(network), Some(*value)));
            open.push((last(network), *value));
        }
        self.changes.extend(closed_before(&mut open, None));
        // Of several changes at one address the last holds.
        self.changes.reverse();
        self.changes.dedup_by_key(|(address, _)| *address);
        self.changes.reverse();
    }

    /// What is known of an address.
    pub fn get(&self, address: IpAddr) -> Option<T> {
        let address = number(address);
        let behind = self.changes.partition_point(|(change, _)| *change <= address);
        self.changes.get(behind.checked_sub(1)?)?.1
    }

    /// The networks and what is known of them.
    pub fn iter(&self) -> impl Iterator<Item = &(IpNet, T)> {
        self.known.iter()
    }

    /// How many networks are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }
}

/// Closes the open networks that end before an address (all of them if there is none), and tells what is known behind
/// each of their ends.
fn closed_before<T: Copy>(open: &mut Vec<(u128, T)>, address: Option<u128>) -> Vec<(u128, Option<T>)> {
    let mut changes = Vec::new();
    while let Some((end, _)) = open.last().copied().filter(|(end, _)| address.is_none_or(|address| *end < address)) {
        open.pop();
        if let Some(behind) = end.checked_add(1) {
            changes.push((behind, open.last().map(|(_, value)| *value)));
        }
    }
    changes
}

/// Addresses of both families in one order; IPv4 as IPv6 writes it (`::ffff:0:0/96`).
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().into(),
        IpAddr::V6(address) => address.into(),
    }
}

fn first(network: &IpNet) -> u128 {
    number(network.network())
}

fn last(network: &IpNet) -> u128 {
    number(network.broadcast())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::{IpAddr, Ipv4Addr};

    use ipnet::{IpNet, Ipv4Net};
    use proptest::prelude::*;

    use super::Networks;

    fn networks(list: &[(&str, u8)]) -> Networks<u8> {
        let mut networks = Networks::default();
        networks.extend(list.iter().map(|(network, value)| (network.parse::<IpNet>().unwrap(), *value)).collect());
        networks
    }

    fn at(networks: &Networks<u8>, address: &str) -> Option<u8> {
        networks.get(address.parse().unwrap())
    }

    #[test]
    fn an_address_belongs_to_the_smallest_network_around_it() {
        let known = networks(&[("203.0.113.64/26", 2), ("203.0.113.0/24", 1), ("203.0.113.64/32", 3)]);
        let expected = [
            ("203.0.112.255", None),
            ("203.0.113.0", Some(1)),
            ("203.0.113.63", Some(1)),
            ("203.0.113.64", Some(3)),
            ("203.0.113.65", Some(2)),
            ("203.0.113.127", Some(2)),
            ("203.0.113.128", Some(1)),
            ("203.0.114.0", None),
        ];
        for (address, value) in expected {
            assert_eq!(at(&known, address), value, "{address}");
        }
    }

    #[test]
    fn both_families_are_known_up_to_their_ends() {
        let known = networks(&[("2001:db8::/32", 6), ("255.255.255.255/32", 4), ("ffff::/16", 9)]);
        assert_eq!(at(&known, "2001:db8:ffff::1"), Some(6));
        assert_eq!(at(&known, "2001:db9::"), None);
        assert_eq!(at(&known, "255.255.255.255"), Some(4));
        assert_eq!(at(&known, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), Some(9));
        assert_eq!(at(&Networks::default(), "203.0.113.1"), None);
    }

    #[test]
    fn what_is_added_later_stands_over_the_same_network() {
        let mut known = networks(&[("198.51.100.0/24", 1)]);
        known.extend(vec![("198.51.100.0/24".parse().unwrap(), 2)]);
        assert_eq!(at(&known, "198.51.100.7"), Some(2));
    }

    proptest! {
        #[test]
        fn the_search_finds_what_asking_each_network_finds(
            list in prop::collection::vec((0_u32..64, 26_u8..=32), 0..12),
            asked in 0_u32..80,
        ) {
            let list: Vec<(IpNet, u8)> = list.into_iter().zip(0..).map(|((address, prefix), value)| {
                (IpNet::V4(Ipv4Net::new(Ipv4Addr::from(address), prefix).unwrap().trunc()), value)
            }).collect();
            let mut known = Networks::default();
            known.extend(list.clone());
            let asked = IpAddr::V4(Ipv4Addr::from(asked));
            let around = list.iter().filter(|(network, _)| network.contains(&asked));
            let smallest = around.max_by_key(|(network, value)| (network.prefix_len(), *value));
            prop_assert_eq!(known.get(asked), smallest.map(|(_, value)| *value));
        }
    }
}
