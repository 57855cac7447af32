//! Connections counted by the network they come from, so that one cannot take the place of all others.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::guesses::network;

/// How many connections may be open at a time from one network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    /// From anywhere else.
    pub(super) remote: usize,
    /// From this machine, where a proxy may stand before us.
    pub(super) local: usize,
}

type Counts = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// The connections that are open.
#[derive(Debug)]
pub(super) struct Shares {
    most: Share,
    open: Counts,
}

/// The place of an open connection; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    network: IpAddr,
    open: Counts,
}

impl Shares {
    pub(super) fn new(most: Share) -> Self {
        Self { most, open: Counts::default() }
    }

    /// A place for one more connection from an address, if its network has not got its share already.
    pub(super) fn take(&self, address: IpAddr) -> Option<Place> {
        let most = if address.to_canonical().is_loopback() { self.most.local } else { self.most.remote };
        let network = network(address);
        let mut open = lock(&self.open);
        let count = open.entry(network).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place { network, open: Arc::clone(&self.open) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = lock(&self.open);
        if let Some(count) = open.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.network);
            }
        }
    }
}

/// A panic elsewhere leaves counts as they were, which are still right.
fn lock(open: &Counts) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_network_has_its_share_and_gets_a_place_back_when_one_is_left() {
        let shares = Shares::new(Share { remote: 2, local: 3 });
        let take = |address: &str| shares.take(address.parse().unwrap());
        let first = take("2001:db8::1").unwrap();
        let _second = take("2001:db8::2").unwrap();
        assert!(take("2001:db8::3").is_none(), "one network");
        let _other = take("192.0.2.1").unwrap();
        drop(first);
        let _third = take("2001:db8::3").unwrap();
        let local: Vec<Place> = (0..4).filter_map(|_| take("127.0.0.1")).collect();
        assert_eq!(local.len(), 3);
        drop(local);
        assert_eq!(lock(&shares.open).len(), 2, "nothing is kept of those who have gone");
    }
}
