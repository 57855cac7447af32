//! Tokens and secrets that fitted nothing, counted by the address they came from: whoever guesses gets few tries.
//!
//! Behind a proxy all requests come from the proxy's address; it has to set limits of its own.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Wrong tokens of one address in [`WINDOW`]. Our own choice: a client that was set up wrongly gets to see its refusals.
const MOST: u32 = 30;

/// How long wrong tokens are remembered, from the first.
const WINDOW: Duration = Duration::from_mins(1);

/// Addresses remembered at a time; beyond that, those whose time is over are forgotten, and then all.
const ADDRESSES: usize = 10_000;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Guesses(Mutex<HashMap<IpAddr, (Instant, u32)>>);

impl Guesses {
    /// How long an address has to wait, if it has tried too many.
    pub(super) fn wait(&self, address: IpAddr, now: Instant) -> Option<Duration> {
        let (first, count) = *self.lock().get(&network(address))?;
        let left = WINDOW.checked_sub(now.saturating_duration_since(first))?;
        (count >= MOST && !left.is_zero()).then_some(left)
    }

    /// Counts a wrong token.
    pub(super) fn count(&self, address: IpAddr, now: Instant) {
        let mut seen = self.lock();
        if seen.len() >= ADDRESSES {
            seen.retain(|_, (first, _)| now.saturating_duration_since(*first) < WINDOW);
        }
        if seen.len() >= ADDRESSES {
            seen.clear();
        }
        let entry = seen.entry(network(address)).or_insert((now, 0));
        if now.saturating_duration_since(entry.0) >= WINDOW {
            *entry = (now, 0);
        }
        entry.1 = entry.1.saturating_add(1);
    }

    /// A panic elsewhere leaves counts as they were, which are still right.
    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, (Instant, u32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One customer has a whole /64 of IPv6 addresses.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        IpAddr::V4(address) => IpAddr::V4(address),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_waits_after_its_last_guess_and_others_do_not() {
        let (guesses, start) = (Guesses::default(), Instant::now());
        let [address, stranger]: [IpAddr; 2] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        for _ in 0..MOST {
            assert_eq!(guesses.wait(address, start), None);
            guesses.count(address, start);
        }
        assert_eq!(guesses.wait(address, start), Some(WINDOW));
        assert_eq!(guesses.wait(stranger, start), None);
        assert_eq!(guesses.wait(address, start + WINDOW), None);
    }

    #[test]
    fn addresses_of_one_network_count_together_and_memory_is_bounded() {
        let (guesses, start) = (Guesses::default(), Instant::now());
        for last in 0..MOST {
            guesses.count(format!("2001:db8::{last:x}").parse().unwrap(), start);
        }
        assert!(guesses.wait("2001:db8::ffff".parse().unwrap(), start).is_some());
        for number in 0..2 * u32::try_from(ADDRESSES).unwrap() {
            guesses.count(IpAddr::from(number.to_be_bytes()), start);
        }
        assert!(guesses.lock().len() <= ADDRESSES);
    }
}
